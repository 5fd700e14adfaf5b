"""L226 and U337: forms of ours, filled by somebody else or made for another inspection."""

from dataclasses import replace

import pytest

from huitoukan.grid import Grid
from huitoukan.intake.extract import extract_all
from huitoukan.intake.stamp import Stamp, rows
from huitoukan.model import Level, Origin, Stage
from huitoukan.output.text import Words
from huitoukan.pipeline import check_sheet
from huitoukan.rules.registry import Context
from tests.conftest import grid_of, place

TABLE = "| 序号 | 检查项目 | 标准分 | 自评分 |\n| T1.2 | 普查与抽样 | 3 | 3 |\n| T1.4 | 计划总结 | 2 | 2 |\n"
OWN = Stamp("jinzhong-2024", "2024.1", "jinzhong-2024", "140724100", Stage.SELF, Level.TOWNSHIP)  # 乐平镇
FIELDS = "单位名称：昔阳县乐平镇 检查阶段：自评 检查日期：2024年5月20日"


@pytest.fixture
def found(campaign):
    def found(stamp, fields=FIELDS, table=TABLE):
        hidden = Grid("_huitoukan", [list(row) for row in rows(stamp)], visible=False)
        form, *_ = extract_all("a.xlsx", [grid_of(table, fields), hidden], campaign)
        return form.sheet, check_sheet(form, Context(campaign))

    return found


def fires(code, findings, *places):
    assert [place(f) for f in findings if f.code == code] == list(places)


def silent(code, findings):
    assert code not in {f.code for f in findings}


def test_form_of_another_unit(found):
    sheet, findings = found(replace(OWN, unit="140724101"))
    fires("U337", findings, f"A4 {FIELDS!r}")
    silent("U304", findings)  # one cause, one finding
    assert sheet.unit.unit == "140724100"  # what people see counts
    sheet, findings = found(replace(OWN, stage=Stage.COUNTY))
    fires("U337", findings, f"A4 {FIELDS!r}")
    assert sheet.stage.stage is Stage.SELF
    silent("U337", found(OWN)[1])
    silent("U337", found(replace(OWN, stage=None))[1])
    silent("U337", found(replace(OWN, unit="999999999"))[1])  # a stamp that nobody can read says nothing


def test_whose_form_it_was(found):
    def message(stamp):
        (finding,) = (f for f in found(stamp)[1] if f.code == "U337")
        return Words("zh").message(finding)

    assert message(replace(OWN, unit="140724101")) == "这张表是发给昔阳县皋落镇的，表内写的却是昔阳县乐平镇。"
    assert (
        message(replace(OWN, stage=Stage.COUNTY))
        == "这张表是发给昔阳县乐平镇县级检查用的，表内写的却是自评。"
    )


def test_whose_form_it_was_is_not_asked_where_unit_or_stage_are_unknown(found):
    other = replace(OWN, unit="140724101", stage=Stage.COUNTY)
    silent("U337", found(other, FIELDS.replace("昔阳县乐平镇", "第一组"))[1])
    silent("U337", found(other, FIELDS.replace("自评", "第三轮"), TABLE.replace("自评分", "得分"))[1])


def test_form_of_another_rubric(found):
    fires("L226", found(replace(OWN, version="2023.1"))[1], "")
    fires("L226", found(replace(OWN, rubric="taiyuan-2024"))[1], "")
    silent("L226", found(OWN)[1])


def test_a_blank_unit_and_stage_are_taken_from_the_stamp(found):
    sheet, findings = found(
        OWN, "单位名称： 检查阶段： 检查日期：2024年5月20日", TABLE.replace("自评分", "得分")
    )
    assert (sheet.unit.unit, sheet.unit.origin) == ("140724100", Origin.STAMP)
    assert (sheet.stage.stage, sheet.stage.origin) == (Stage.SELF, Origin.STAMP)
    codes = {f.code for f in findings}
    assert {"U309", "U313"} <= codes
    assert codes.isdisjoint({"U301", "U311", "U337"})


def test_a_stamp_speaks_for_the_first_worksheet_only(campaign):
    hidden = Grid("_huitoukan", [list(row) for row in rows(OWN)], visible=False)
    blank = "单位名称： 检查阶段：自评 检查日期：2024年5月20日"
    one, two = extract_all("a.xlsx", [grid_of(TABLE, blank), grid_of(TABLE, blank, "二"), hidden], campaign)
    assert (one.sheet.unit.unit, two.sheet.unit.unit) == ("140724100", None)
