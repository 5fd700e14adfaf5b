"""Clues from files on disk to the command: what must travel does, and a finding quotes the cell that it names."""

import io
import json

import pytest
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner

from huitoukan.cli.app import app
from huitoukan.model import Level
from huitoukan.pipeline import inspect

REASON = "3月份劳动工资台账缺负责人签字，补签日期与收表登记簿记载的日期不符"


def saved(workbook, user):
    workbook.properties.lastModifiedBy = user
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def form(
    campaign, unit, stage="自评", lost=None, *, day="2024年5月20日", inspectors="张建国", user="zhangli"
):
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(["单位名称", unit, None, "检查阶段", stage, "检查日期", day])
    sheet.append(
        ["序号", "检查项目", "标准分", {"自评": "自评得分", "县级检查": "县级检查得分"}[stage], "扣分原因"]
    )
    for item in campaign.rubric.level(Level.TOWNSHIP).items():
        points, reason = (lost or {}).get(item.id, (item.maximum, None))
        sheet.append([item.id, item.title, item.maximum, points, reason])
    sheet.append(["检查人员", inspectors, None, "被检查单位负责人签字", "王志强"])
    return saved(workbook, user)


def questionnaire(campaign, unit, **answers):
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(["县乡级统计基层基础规范化建设情况调查问卷"])
    sheet.append(["题号", "问题", "填写"])
    for question in campaign.questionnaire.of_level(Level.TOWNSHIP):
        if not question.parts:
            sheet.append(
                [question.id, question.title, unit if question.id == "Q1" else answers.get(question.id)]
            )
    return saved(workbook, "")


LOST = {"T4.2": (5.5, REASON), "T1.1": (3.5, "漏报劳动工资报表1项"), "T7.2": (1.5, "只培训1次")}
FILES = {
    "昔阳县/乐平镇自评.xlsx": ("昔阳县乐平镇", "自评", LOST, {}),
    "昔阳县/皋落镇自评.xlsx": ("昔阳县皋落镇", "自评", {"T4.2": (5, REASON)}, {}),
    "昔阳县/乐平镇县级.xlsx": (
        "昔阳县乐平镇", "县级检查", LOST, {"day": "2024年5月15日", "inspectors": "李明、张建国", "user": "liming"},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(campaign, tmp_path_factory):
    place = tmp_path_factory.mktemp("folder")
    (place / "昔阳县").mkdir()
    for path, (unit, stage, lost, more) in FILES.items():
        (place / path).write_bytes(form(campaign, unit, stage, lost, **more))
    (place / "昔阳县/乐平镇问卷.xlsx").write_bytes(questionnaire(campaign, "昔阳县乐平镇", Q5=2, Q6=0, Q7=2))
    return place


@pytest.fixture(scope="module")
def found(campaign, folder):
    inspection = inspect(folder, campaign, jobs=2)
    return {f.code: f for f in inspection.findings if f.code.startswith("I")}


def test_what_the_files_tell(found):
    assert sorted(found) == ["I703", "I712", "I718", "I720", "I723", "I727"]
    assert {code: f.file for code, f in found.items()} == {
        "I703": "昔阳县/乐平镇自评.xlsx",
        "I712": "昔阳县/乐平镇县级.xlsx",
        "I718": "昔阳县/乐平镇县级.xlsx",
        "I720": "昔阳县/乐平镇县级.xlsx",
        "I723": "昔阳县/乐平镇自评.xlsx",
        "I727": "昔阳县/乐平镇县级.xlsx",
    }
    assert found["I727"].others == ("昔阳县/乐平镇问卷.xlsx",)


def test_findings_quote_their_cells(found, folder):
    for finding in found.values():
        if finding.cell is not None and finding.value is not None:
            sheet = load_workbook(folder / finding.file)[finding.sheet]
            assert str(sheet[finding.cell].value) == finding.value, finding.code
    places = {code: f.cell for code, f in found.items()}
    assert places["I703"] == "E17"
    assert places["I720"] == "B33"
    assert places["I727"] == "D9"


def test_one_worker_or_many_one_stage_or_all(campaign, folder, found):
    alone = inspect(folder, campaign, jobs=1)
    assert {f.code: f for f in alone.findings if f.code.startswith("I")} == found
    staged = inspect(folder, campaign, jobs=1, stage="self")
    assert sorted(f.code for f in staged.findings if f.code.startswith("I")) == ["I703", "I723", "I727"]


def test_what_travels(campaign, folder):
    inspection = inspect(folder, campaign, jobs=2)
    by_path = {file.path: file for file in inspection.files}
    result = by_path["昔阳县/乐平镇自评.xlsx"]
    (sheet,) = result.sheets
    assert result.properties.saved_by == "zhangli"
    assert [(name, claim.text) for name, claim in sheet.signatures] == [
        ("inspectors", "张建国"),
        ("leader", "王志强"),
    ]
    assert [tuple(one) for one in sheet.texts] == [
        ("T1.1", "E3", "漏报劳动工资报表1项"), ("T4.2", "E17", REASON), ("T7.2", "E28", "只培训1次"),
    ]  # fmt: skip


def test_explain_and_validate_tell_them(folder):
    runner = CliRunner()
    told = runner.invoke(app, ["validate", str(folder), "--format", "json", "--quiet"])
    document = json.loads(told.stdout)
    codes = {finding["code"] for finding in document["findings"]}
    assert {"I703", "I712", "I718", "I727"} <= codes
    explained = runner.invoke(app, ["explain", "I701"])
    assert "需核实" in explained.stdout
