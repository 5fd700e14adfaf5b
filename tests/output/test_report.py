"""The report: one source for all outputs, safe against what stands in the data, and no way out to a network."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from huitoukan.campaign.campaign import load_campaign
from huitoukan.campaign.roster import limit
from huitoukan.model import FileResult, FileStatus, Finding, Severity, Verdict
from huitoukan.output import records
from huitoukan.output.context import report_context
from huitoukan.output.render import TemplateError, render, templates
from huitoukan.output.text import Words
from huitoukan.pipeline import Inspection, inspect
from huitoukan.standing.aggregate import standings
from tests.support.pages import SCRIPT, page

SAMPLES = Path(__file__).parents[2] / "sample_sheets"


@pytest.fixture(scope="module")
def inspection():
    return inspect(SAMPLES, load_campaign(SAMPLES / "campaign.yaml"))


def context_of(inspection):
    counties = standings(inspection.by_unit, inspection.campaign)
    return report_context(
        inspection.campaign, inspection.files, inspection.findings, inspection.by_unit, counties
    )


@pytest.fixture(scope="module")
def context(inspection):
    return context_of(inspection)


@pytest.fixture(scope="module")
def written(context):
    return {name: content.decode("utf-8") for name, content in render(context, Words())}


def test_the_page_is_one_file_without_any_way_out(written):
    parsed = page(written["report.html"])
    assert all(reference.startswith(("#", "feedback/")) for reference in parsed.references)
    html = written["report.html"].replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?://|@import|url\((?!#)", html)
    assert parsed.tags["table"] > 5
    assert parsed.tags["link"] == parsed.tags["img"] == 0
    assert parsed.scripts == [SCRIPT]
    assert 'lang="zh' in written["report.html"][:200]


def test_every_part_is_there(written):
    for name in ("report.html", "report.md"):
        for part in (
            "总体情况",
            "达标结论",
            "分维度分析",
            "共性问题",
            "缺报情况",
            "下一步工作",
            "问题清单",
            "优先评优",
            "执法检查",
        ):
            assert part in written[name], (name, part)
        for county in ("榆社县", "左权县", "和顺县"):
            assert county in written[name]
        assert not re.search(r"(?<!\d)0 个", written[name]), "words are chosen from the data"


def test_numbers_agree_in_all_outputs(inspection, context, written):
    counties = standings(inspection.by_unit, inspection.campaign)
    document = records.results(inspection.campaign, inspection.files, inspection.findings, counties, Words())
    assert json.loads(records.to_json(document)) == document
    assert document["totals"] == {verdict.value: n for verdict, n in context.verdicts.items()}
    assert document["summary"]["error"] == context.severities[Severity.ERROR]
    text = "".join(page(written["report.html"]).text)
    for name, words in (("html", text), ("md", written["report.md"])):
        assert f"其中 {document['summary']['blocking']} 处使评分表不能作为结论的依据" in words, name
        for county in document["counties"]:
            assert county["score"] in words, name
        for finding in document["findings"]:
            assert finding["code"] in words
            assert finding["fix"] in words
    assert len(records.findings_csv(inspection.findings, Words()).splitlines()) == 1 + len(
        document["findings"]
    )


def test_lists_of_what_follows(context):
    assert [c.unit.code for c in context.of(Verdict.PASS)] == ["140722"]
    assert [c.unit.code for c in context.of(Verdict.FAIL)] == ["140721"]
    missing = {c.name: [u.name for u in c.missing] for c in context.coverage}
    assert missing == {"榆社县": [], "左权县": [], "和顺县": ["横岭镇", "马坊乡"]}


HOSTILE = "<script>alert(1)</script>|*_`[x](javascript:1)&amp;.xlsx"


def test_hostile_names_are_shown_as_they_are(context, inspection):
    finding = Finding("F101", Severity.ERROR, HOSTILE, details=(("why", "<b>{x}</b>"), ("how", "")))
    file = FileResult(HOSTILE, "0" * 64, FileStatus.UNREADABLE, findings=(finding,))
    hostile = context_of(Inspection(inspection.campaign, (*inspection.files, file), inspection.coverage))
    out = {name: content.decode("utf-8") for name, content in render(hostile, Words())}
    parsed = page(out["report.html"])
    assert parsed.scripts == [SCRIPT]
    assert HOSTILE in "".join(parsed.text)
    rows = [line for line in out["report.md"].splitlines() if line.startswith("|")]
    assert not [row for row in rows if re.search(r"(?<!\\)<\w", row)], "markup is escaped in Markdown too"


@pytest.mark.parametrize("county", ["昔阳县", "晋中开发区"])
def test_nothing_received(campaign, county):
    one = replace(campaign, roster=limit(campaign.roster, [county]))
    out = dict(render(context_of(Inspection(one, (), ())), Words()))
    assert county in out["report.md"].decode("utf-8")
    page(out["report.html"].decode("utf-8"))


def test_english(context):
    out = {name: content.decode("utf-8") for name, content in render(context, Words("en"))}
    assert 'lang="en"' in out["report.html"][:200]
    assert "## " in out["report.md"]
    assert not re.search(
        r"达标|检查项目|得分", re.sub(r"「.*?」|\S*\.\w+", "", out["report.md"].split("\n## ")[1])
    )


def test_own_template_folder_falls_back_to_our_parts(context, tmp_path):
    (tmp_path / "a.md").write_text(
        "{% include '_note.md' %}{{ report.counties[0].unit.name | upper }}", encoding="utf-8"
    )
    (tmp_path / "_note.md").write_text("注: ", encoding="utf-8")
    assert dict(render(context, Words(), tmp_path)) == {"a.md": "注: 榆社县统计局".encode()}


def test_an_empty_template_folder_is_a_mistake(context, tmp_path):
    with pytest.raises(TemplateError, match="模板"):
        list(render(context, Words(), tmp_path))


def test_templates_are_found():
    assert (templates() / "report.html").is_file()
