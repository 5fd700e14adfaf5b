"""`huitoukan coverage` as an analyst meets it."""

import csv
import io
import json

import pytest

from tests.cli.test_cli import SAMPLES, run
from tests.conftest import DATA
from tests.support.arrivals import docx

CLEAN = DATA / "inbox/clean"


def test_the_table_of_counties():
    code, out, err = run("coverage", SAMPLES)
    assert code == 0
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line.strip()}
    assert rows["榆社县"] == ["8/8", "6/6", "另收", "2", "7/8", "缺", "1", "1/1", "3"]
    assert rows["和顺县"] == ["7/9", "缺", "2", "5/6", "缺", "1", "4/5", "缺", "1、逾期", "1", "1/1", "—"]
    assert "市级检查：" not in out, "three counties say nothing of the numbers of a city"
    assert "94 个文件" in err


def test_the_table_of_units():
    code, out, _ = run("coverage", SAMPLES, "--county", "左权县", "--quiet")
    assert code == 0
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line.strip()}
    assert rows["左权县统计局"] == ["已收"] * 5
    assert rows["辽阳镇"] == ["已收", "已收", "已收", "不要求", "已收"]
    assert rows["石匣乡"] == ["已收", *["不要求"] * 4]
    assert rows["城区（不作要求）"] == ["不要求"] * 5
    code, out, _ = run("coverage", SAMPLES, "--county", "左权县", "--quiet", "--lang", "en")
    assert "received" in out


def test_the_city_check():
    _, out, _ = run("coverage", CLEAN, "--quiet")
    assert "市级检查：县 2/6 个，乡镇（街道）8/24 个。" in out
    assert run("coverage", CLEAN, "--quiet", encoding="gbk")[0] == 0


def test_formats():
    _, out, _ = run("coverage", SAMPLES, "--format", "json", "--quiet")
    document = json.loads(out)
    assert document["counties"][0]["stages"]["self"]["score_sheet"]["missing"] == 0
    assert document["city_check"] is None
    _, out, _ = run("coverage", SAMPLES, "--format", "csv", "--quiet")
    rows = list(csv.DictReader(io.StringIO(out.lstrip("\ufeff"))))
    states = [row["state"] for row in rows if row["stage"] == "self" and row["county"] == "和顺县"]
    assert states.count("missing") == 2
    _, out, _ = run("coverage", SAMPLES, "--format", "jsonl", "--quiet", "--stage", "county")
    assert {json.loads(line)["stage"] for line in out.splitlines()} == {"county"}


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "报送"
    (place / "自评/昔阳县").mkdir(parents=True)
    (place / "自评/昔阳县/乐平镇自评总结报告.pdf").write_bytes(b"%PDF-1.4\n")
    (place / "自评/昔阳县/总结报告.pdf").write_bytes(b"%PDF-1.4\n")
    (place / "县级检查").mkdir()
    (place / "县级检查/昔阳县总结报告.docx").write_bytes(docx("主要经验、亮点", "意见建议", "下一步打算"))
    return place


def test_documents_in_the_json_of_validate(folder):
    _, out, _ = run("validate", folder, "--format", "json", "--county", "昔阳县")
    document = json.loads(out)
    materials = {file["path"]: (file["status"], file["material"]) for file in document["files"]}
    assert materials["自评/昔阳县/乐平镇自评总结报告.pdf"] == (
        "skipped",
        {
            "kind": "report",
            "unit": "140724100",
            "stage": "self",
            "county": "140724",
            "lacking": None,
            "readable": True,
        },
    )
    assert materials["县级检查/昔阳县总结报告.docx"][1]["lacking"] == ["问题"]
    found = {f["code"]: f for f in document["findings"] if f["file"]}
    assert set(found) == {"C618", "C619"}
    assert found["C618"]["file"] == "自评/昔阳县/总结报告.pdf"
    assert found["C619"]["unit"] == "140724"
    assert found["C619"]["message"] == "总结报告里没有提到问题。"
    (missing,) = (f for f in document["findings"] if f["code"] == "C615")
    assert missing["message"].startswith("昔阳县应报自评总结报告的单位中，10 个没有收到")
    # another county's are not shown
    _, out, _ = run("validate", folder, "--format", "json", "--county", "祁县")
    assert json.loads(out)["files"] == []


def test_what_a_whole_county_lacks_is_one_line_on_the_screen_and_one_finding_a_unit_in_the_data(folder):
    _, table, _ = run("validate", folder, "--county", "昔阳县", "--quiet")
    shown = "".join(table.split())
    assert shown.count("C601") == 1
    assert "没有收到昔阳县11请这些单位补报自评表" in shown  # two columns side by side
    assert "个单位（昔阳县统计局、乐平镇、" in shown
    _, data, _ = run("validate", folder, "--county", "昔阳县", "--quiet", "--format", "jsonl")
    found = [json.loads(line) for line in data.splitlines()]
    assert sum(one["code"] == "C601" for one in found) == 11


def test_the_report_shows_the_same_counts(folder, tmp_path):
    assert run("report", folder, "--out", tmp_path / "out", "--quiet")[0] == 0
    text = (tmp_path / "out/report.md").read_text("utf-8")
    assert "| 自评 评分表 | 自评 总结报告 |" in text
    assert "| 昔阳县 | 0/11 缺 11 | 1/11 缺 10 |" in text
    page = (tmp_path / "out/report.html").read_text("utf-8")
    assert "1/11 缺 10" in page
    # Reports have arrived; one that nobody can be told from has, too. What is left over was not used.
    assert "收到文档 3 个：总结报告 3 个。" in text
    assert "没有采用的文件" not in text
    # What all of a county lacks is one row of its table, and the heading counts every finding.
    assert text.count("| C601 | 没有收到昔阳县 11 个单位（昔阳县统计局、乐平镇、") == 1
    assert page.count("没有收到昔阳县 11 个单位（昔阳县统计局、乐平镇、") == 1
