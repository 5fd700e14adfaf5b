"""The comparison as it goes out: JSON, CSV and the chapter of the report say the same, and every number has its cells."""

import csv
import io
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from huitoukan.campaign.campaign import load_campaign
from huitoukan.model import Stage
from huitoukan.output import records
from huitoukan.output.comparisons import comparison_csv, comparison_document, comparison_record
from huitoukan.output.context import report_context
from huitoukan.output.render import render
from huitoukan.output.text import Words
from huitoukan.pipeline import inspect
from huitoukan.standing.aggregate import standings
from huitoukan.standing.baseline import read_baseline
from huitoukan.standing.compare import compare
from tests.support.pages import page

SAMPLES = Path(__file__).parents[2] / "sample_sheets"


@pytest.fixture(scope="module")
def inspection():
    return inspect(SAMPLES, load_campaign(SAMPLES / "campaign.yaml"))


@pytest.fixture(scope="module")
def counties(inspection):
    return standings(inspection.by_unit, inspection.campaign)


@pytest.fixture(scope="module")
def comparison(inspection, counties):
    return compare(inspection.by_unit, counties, inspection.campaign)


@pytest.fixture(scope="module")
def document(comparison, inspection):
    return comparison_document(comparison, inspection.campaign, Words())


def written(inspection, counties, comparison, language="zh"):
    context = report_context(
        inspection.campaign, inspection.files, inspection.findings, inspection.by_unit, counties,
        comparison=comparison,
    )  # fmt: skip
    return {name: content.decode("utf-8") for name, content in render(context, Words(language))}


def chapter(text, title):
    return re.split(r"^## ", text, flags=re.MULTILINE)[1:][[*headings(text)].index(title)]


def headings(text):
    return [line[3:].split("、")[-1] for line in text.splitlines() if line.startswith("## ")]


def test_the_document_is_json_and_begins_as_the_others(document):
    assert json.loads(records.to_json(document)) == document
    assert list(document)[:3] == ["schema", "huitoukan", "campaign"]
    assert document["last_year"] is None


def test_every_pair_adds_up_and_leads_to_cells(document, inspection):
    """Sums worked out from the document's own rows, and every score looked up in the sheet that it names."""
    sheets = {(s.file, s.sheet, s.stage, unit): s for unit, all_ in inspection.by_unit.items() for s in all_}
    pairs = [(unit, pair) for unit in document["units"] for pair in unit["pairs"]]
    assert len(pairs) > 20
    for unit, pair in pairs:
        items = pair["items"]
        assert Decimal(pair["difference"]) == sum(Decimal(one["difference"]) for one in items.values())
        for side in ("earlier", "later"):
            source = pair[side]
            sheet = sheets[source["file"], source["sheet"], Stage(source["stage"]), unit["code"]]
            found = {score.item: score for score in sheet.items}
            for item, one in items.items():
                assert (found[item].cell, found[item].value) == (
                    one[side]["cell"],
                    Decimal(one[side]["score"]),
                )
        for one in items.values():
            lost = Decimal(one["earlier"]["score"]) - Decimal(one["later"]["score"])
            assert Decimal(one["difference"]) == lost
        if pair["complete"]:
            lost = Decimal(pair["earlier_score"]) - Decimal(pair["later_score"])
            assert Decimal(pair["score_difference"]) == lost == Decimal(pair["difference"])
            assert sum(Decimal(d["difference"]) for d in pair["dimensions"].values()) == lost
        else:
            assert (pair["dimensions"], pair["score_difference"]) == ({}, None)


def test_the_index_is_the_mean_of_the_units_in_the_document(document):
    for county in document["counties"]:
        above = [
            Decimal(u["self"]["score"]) - Decimal(u["check"]["score"])
            for u in document["units"]
            if u["county"] == county["name"] and u["above"] is not None
        ]
        assert county["index"]["n"] == len(above) > 1
        assert float(county["index"]["index"]) == pytest.approx(float(sum(above) / len(above)), abs=0.00501)
        assert county["index"]["few"] == (len(above) < document["least_units"])
    left_out = [u for u in document["units"] if u["above"] is None]
    assert len(left_out) == document["counts"]["left_out"]
    assert all(u["unusable"] for u in left_out)


def test_the_rows_say_what_the_document_says(document, comparison, inspection):
    rows = list(csv.DictReader(io.StringIO(comparison_csv(comparison, inspection.campaign))))
    by_unit = {}
    for row in rows:
        by_unit.setdefault((row["code"], row["earlier"], row["later"]), []).append(row)
    for unit in document["units"]:
        for pair in unit["pairs"]:
            found = by_unit.pop((unit["code"], pair["earlier"]["stage"], pair["later"]["stage"]))
            told = {r["item"]: r["difference"] for r in found if r["state"] == "compared"}
            assert told == {item: one["difference"] for item, one in pair["items"].items()}
            assert [r["item"] for r in found if r["state"] == "missing"] == pair["missing"]
            assert {r["difference"] for r in found if r["state"] != "compared"} <= {""}
    assert by_unit == {}


def test_the_chapter_says_it_in_both_reports(inspection, counties, comparison, document):
    reports = written(inspection, counties, comparison)
    text = chapter(reports["report.md"], "三阶段对比")
    whole = document["index"]
    assert f"{whole['n']} 个，自评平均 {whole['self']} 分，检查平均 {whole['check']} 分" in text
    for county in document["counties"]:
        index = county["index"]
        assert (
            f"| {county['name']} | {index['n']} | {index['self']} | {index['check']} | +{index['index']} |"
            in text
        )
    shown = "".join(page(reports["report.html"]).text)
    assert f"自评平均高出检查 {whole['index']} 分" in shown
    assert "各县（区、市）可比的单位都不足 5 个，指数仅供参考。" in shown
    unit = next(u for u in document["units"] if u["pairs"][0]["missing"])
    assert unit["name"] in text
    for name in ("report.html", "report.md"):
        assert not re.search(r"(?<!\d)0 个", reports[name]), "words are chosen from the data"
        assert "造假" not in reports[name]


def test_without_anything_to_compare_there_is_no_chapter_and_no_gap(inspection, counties):
    only = {
        unit: tuple(s for s in sheets if s.stage is Stage.SELF) for unit, sheets in inspection.by_unit.items()
    }
    empty = compare(only, counties, inspection.campaign)
    assert empty.empty
    reports = written(inspection, counties, empty)
    assert "三阶段对比" not in reports["report.md"]
    assert 'id="comparison"' not in reports["report.html"]
    assert "## 四、共性问题" in reports["report.md"]


def test_last_year_in_the_report(inspection, counties, tmp_path):
    """A year in which every county body had two points less and every county failed."""
    document = records.aggregation(counties, inspection.campaign, Words())
    for county in document["counties"]:
        county["status"] = "fail"
        county["score"] = str(Decimal(county["score"]) - 2)
    document["counties"][0]["townships"].append({"code": "140721999", "name": "析阳镇", "status": "fail"})
    path = tmp_path / "results.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    baseline = read_baseline(path, inspection.campaign)
    found = compare(inspection.by_unit, counties, inspection.campaign, baseline)
    record = comparison_record(found, inspection.campaign, Words())["last_year"]
    bodies = [one for one in record["units"] if one["level"] == "county"]
    assert {(one["change"], one["trend"]) for one in bodies} == {("2", "up")}
    assert [one["turned"] for one in bodies].count("pass") == 1
    assert [one["name"] for one in record["unmatched"]] == ["析阳镇"]
    text = chapter(written(inspection, counties, found)["report.md"], "三阶段对比")
    assert "提升 3 个" in text
    assert "由未达标转为达标的 1 个：左权县。" in text
    assert "析阳镇" in text
    english = written(inspection, counties, found, "en")["report.md"]
    assert not re.search(r"偏高指数|提升|持平", english)


def test_last_year_alone_makes_a_chapter_too(inspection, counties, tmp_path):
    path = tmp_path / "results.json"
    path.write_text(json.dumps(records.aggregation(counties, inspection.campaign, Words())), encoding="utf-8")
    only = {
        unit: tuple(s for s in sheets if s.stage is Stage.SELF) for unit, sheets in inspection.by_unit.items()
    }
    past = read_baseline(path, inspection.campaign)
    found = compare(only, standings(only, inspection.campaign), inspection.campaign, past)
    reports = written(inspection, standings(only, inspection.campaign), found)
    text = chapter(reports["report.md"], "与上年相比")
    assert "（一）与上年相比" in text
    assert "偏高指数" not in text
    assert "—/100" not in text
