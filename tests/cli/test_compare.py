"""`huitoukan compare` and `--baseline` as an analyst meets them."""

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.cli.test_cli import run

SAMPLES = Path(__file__).parents[2] / "sample_sheets"
COUNTY = "和顺县"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The sheets of one county at its stages."""
    place = tmp_path_factory.mktemp("报送")
    shutil.copy(SAMPLES / "campaign.yaml", place / "campaign.yaml")
    for stage in ("自评", "县级检查"):
        shutil.copytree(SAMPLES / stage / COUNTY, place / stage / COUNTY)
    return place


@pytest.fixture(scope="module")
def compared(folder):
    code, out, err = run("compare", folder, "--format", "json")
    return code, json.loads(out), err


def last_year(path, *rows):
    workbook = Workbook()
    workbook.active.title = "汇总"
    for row in (("单位名称", "县(区、市)", "总分", "结论", "工作任务"), *rows):
        workbook.active.append(row)
    workbook.save(path)
    return path


def test_json_on_stdout_and_words_on_stderr(compared):
    code, document, err = compared
    assert code == 0
    assert (document["schema"], document["last_year"]) == (1, None)
    (county,) = [one for one in document["counties"] if one["name"] == COUNTY]
    assert county["index"]["n"] == document["index"]["n"] > 0
    assert f"自评与检查可比的单位 {document['index']['n']} 个" in err


def test_table_csv_and_lines_say_the_same(folder, compared):
    _, document, _ = compared
    code, table, _ = run("compare", folder, "--county", COUNTY)
    assert code == 0
    assert "偏高指数" in table
    for unit in document["units"]:
        assert unit["name"] in table
    _, text, _ = run("compare", folder, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["code"] for row in rows} == {unit["code"] for unit in document["units"]}
    _, lines, _ = run("compare", folder, "--format", "jsonl", "--quiet")
    assert [json.loads(line) for line in lines.splitlines()] == document["units"]


def test_last_year_in_every_command(folder, tmp_path):
    baseline = last_year(
        tmp_path / "上年.xlsx",
        (COUNTY, COUNTY, 60, "未达标", 6),
        ("李阳镇", COUNTY, 85, "达标", 12),
        ("无名镇", COUNTY, 85, "达标", 12),
    )
    code, out, err = run("compare", folder, "--baseline", baseline, "--format", "json")
    past = json.loads(out)["last_year"]
    assert code == 0
    assert [(one["name"], one["place"]) for one in past["unmatched"]] == [("无名镇", "「汇总」A4")]
    body = next(one for one in past["units"] if one["level"] == "county")
    assert (body["then"]["status"], body["then"]["score"], body["trend"]) == ("fail", "60", "up")
    assert "上年有、名录里没有的 1" in err
    code, table, _ = run("aggregate", folder, "--baseline", baseline)
    assert code == 0
    assert "提升" in table
    assert "上年未达标" in table
    _, out, _ = run("aggregate", folder, "--baseline", baseline, "--format", "json")
    assert json.loads(out)["last_year"] == past
    code, _, _ = run("report", folder, "--baseline", baseline, "--out", tmp_path / "报告")
    assert code == 0
    results = json.loads((tmp_path / "报告/results.json").read_text(encoding="utf-8"))
    assert results["comparison"]["last_year"] == past
    assert "与上年相比" in (tmp_path / "报告/report.md").read_text(encoding="utf-8")


def test_results_of_one_run_are_the_baseline_of_the_next(folder, tmp_path):
    out = tmp_path / "报告"
    assert run("report", folder, "--out", out, "--quiet")[0] == 0
    before = (out / "results.json").read_bytes()
    code, table, _ = run("compare", folder, "--baseline", out / "results.json")
    assert code == 0
    assert "持平" in table
    code, _, err = run("report", folder, "--out", out, "--baseline", out / "results.json")
    assert code == 2, "last year's results are an input, and no input is written over"
    assert "不能覆盖" in err
    assert (out / "results.json").read_bytes() == before


def test_mistakes_in_last_years_file_name_the_cell(folder, tmp_path):
    baseline = last_year(tmp_path / "上年.xlsx", (COUNTY, COUNTY, "约60", "还行", 6))
    code, out, err = run("compare", folder, "--baseline", baseline)
    assert (code, out) == (2, "")
    assert "上年.xlsx「汇总」C2: R923" in err
    assert "上年.xlsx「汇总」D2: R923" in err
    assert "有 2 处错误, 没有开始检查" in err.replace("，", ", ")
    code, _, err = run("aggregate", folder, "--baseline", tmp_path / "没有.xlsx")
    assert code == 2
    assert "R920" in err


def test_a_folder_with_one_stage_has_nothing_to_compare(folder):
    code, out, err = run("compare", folder / "自评")
    assert (code, out.strip()) == (0, "")
    assert "无从比较" in err
