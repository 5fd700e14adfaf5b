"""The chapter 数据核实线索: there when there is something to look into, with its evidence, and accusing nobody."""

import re

import pytest

from huitoukan import catalogue, pipeline
from huitoukan.output.context import report_context
from huitoukan.output.render import render
from huitoukan.output.text import Words
from huitoukan.pipeline import inspect
from huitoukan.rules.compared import compared
from huitoukan.rules.received import received
from huitoukan.rules.registry import Context, check
from huitoukan.standing.aggregate import standings
from tests.conftest import DATA
from tests.support.clues import COUNTY, SELF, filled, townships
from tests.support.pages import page


def written(campaign, files, language="zh"):
    folder = received(files, campaign)
    findings = tuple(check(compared(folder, campaign), Context(campaign)))
    context = report_context(campaign, files, findings, folder.by_unit, standings(folder.by_unit, campaign))
    return findings, {name: content.decode() for name, content in render(context, Words(language))}


@pytest.fixture(scope="module")
def files(campaign):
    one, other = townships(campaign, "140724")[:2]
    far = townships(campaign, "140727")[0]
    text = "3月份劳动工资台账缺负责人签字|补签日期与*收表登记簿*记载不符<b>"
    return [
        filled(campaign, one, SELF, {"T4.2": "5.5"}, day="2024-05-24", texts={"T4.2": text}),
        filled(campaign, far, SELF, {"T4.2": "5"}, texts={"T4.2": text}),
        filled(campaign, other),
        filled(campaign, one, COUNTY, {"T4.2": "5"}, day="2024-05-20"),
    ]


def test_every_clue_stands_in_the_chapter_with_its_places(campaign, files):
    findings, pages = written(campaign, files)
    assert sorted(f.code for f in findings) == ["I703", "I706", "I718"]
    html = page(pages["report.html"])
    text = "".join(html.text)
    for name, content in (("html", text), ("md", pages["report.md"])):
        assert "数据核实线索" in content, name
        assert "有 3 条线索值得核实" in content
        for finding in findings:
            assert catalogue.entry(finding.code).title in content
    for place in (
        "self/140724100.xlsx「评分表」G19",
        "self/140727100.xlsx「评分表」G19",
        "county/140724100.xlsx「评分表」B2",
    ):
        assert place in text
        assert place in pages["report.md"]
    assert "<b>" not in re.sub(r"<b>\d+</b>", "", pages["report.html"])
    assert "登记簿\\*记载不符\\<b>" in pages["report.md"]
    titles = re.findall(r"^## (.+)$", pages["report.md"], re.MULTILINE)
    assert [t for t in titles if "线索" in t or "下一步" in t] == ["六、数据核实线索", "七、下一步工作"]


def test_clues_that_are_held_back_are_on_no_feedback_page(campaign, files):
    _, pages = written(campaign, files)
    feedback = {name: content for name, content in pages.items() if name.startswith("feedback/")}
    assert not [name for name, content in feedback.items() if "I703" in content or "一字不差" in content]
    assert "I718" in feedback["feedback/昔阳县.html"]
    assert "I706" in feedback["feedback/昔阳县.html"]
    assert "其中 1 条没有写进各县（区、市）的核对反馈" in pages["report.md"]


def test_without_clues_there_is_no_chapter(campaign):
    unit = townships(campaign)[0]
    _, pages = written(campaign, [filled(campaign, unit, SELF, {"T1.1": "3.5"})])
    for name in ("report.html", "report.md"):
        assert "线索" not in pages[name]


def test_the_chapter_in_english(campaign, files):
    _, pages = written(campaign, files, "en")
    chapter = pages["report.md"].partition("Clues to look into")[2].partition("\n## ")[0]
    assert "3 clues" in chapter
    told = re.sub(r"「[^」]*」|“[^”]*”", "", chapter)
    for unit in (files[0], files[1], files[2]):  # names of units stay what they are
        told = told.replace(campaign.roster.full_name(unit.sheets[0].unit), "")
    told = told.replace("昔阳县", "").replace("、", "")
    assert not re.search("[\u4e00-\u9fff]", told)


def test_no_text_accuses_anybody():
    assert pipeline.MODULES
    entries = [entry for entry in catalogue.entries() if entry.code.startswith("I")]
    assert len(entries) == 16
    for entry in entries:
        texts = (entry.message, entry.fix, entry.title)
        assert not any(word in text for text in texts for word in ("造假", "抄袭", "作弊", "舞弊", "违纪")), (
            entry.code
        )
        assert "核实" in entry.fix or "核对" in entry.fix, entry.code


def test_the_clean_inbox_has_only_clues_that_are_true(campaign):
    """Its scores hardly change from stage to stage, as its README says: nothing else is to be said of it."""
    inspection = inspect(DATA / "inbox/clean", campaign, jobs=2)
    found = [f for f in inspection.findings if f.code.startswith("I")]
    assert {f.code for f in found} == {"I712"}
    sheets = {s.file: {i.item: i.value for i in s.items} for file in inspection.files for s in file.sheets}
    for finding in found:
        files = [finding.file, *finding.others]
        assert len(files) % 2 == 0
        for later, earlier in zip(files[::2], files[1::2], strict=True):
            assert sheets[later] == sheets[earlier]


def test_one_county_or_stage_is_compared_by_itself(campaign):
    whole = inspect(DATA / "inbox/clean", campaign, jobs=2)
    county = inspect(DATA / "inbox/clean", campaign, jobs=2, county="140727")
    stage = inspect(DATA / "inbox/clean", campaign, jobs=2, stage=SELF)

    def told(inspection):
        return [(f.unit, f.stage) for f in inspection.findings if f.code == "I712"]

    assert told(county) == [one for one in told(whole) if one[0].startswith("140727")]
    assert told(stage) == []


def test_files_that_a_clue_names_are_not_called_faultless(campaign):
    inspection = inspect(DATA / "inbox/clean", campaign, jobs=2)
    named = {path for f in inspection.findings if f.code == "I712" for path in (f.file, *f.others)}
    assert named
    assert {f.status.value for f in inspection.files if f.path in named} == {"findings"}
