"""L226 and U337: forms of ours, filled by somebody else or made for another inspection."""

from dataclasses import replace

import pytest

from huitoukan.examination import check_sheet
from huitoukan.grid import Grid
from huitoukan.intake.extract import extract_all
from huitoukan.intake.stamp import Stamp, rows
from huitoukan.model import Level, Origin, Stage
from huitoukan.output.text import Words
from huitoukan.rules.registry import Context
from tests.conftest import grid_of, place

TABLE = "| 序号 | 检查项目 | 标准分 | 自评分 |\n| T1.2 | 普查与抽样 | 3 | 3 |\n| T1.4 | 计划总结 | 2 | 2 |\n"
OWN = Stamp("jinzhong-2024", "2024.1", "jinzhong-2024", "140724100", Stage.SELF, Level.TOWNSHIP)  # 乐平镇
FIELDS = "单位名称：昔阳县乐平镇 检查阶段：自评 检查日期：2024年5月20日"


@pytest.fixture
def found(campaign):
    def found(stamp, fields=FIELDS, table=TABLE, path="a.xlsx", name="评分表"):
        hidden = Grid("_huitoukan", [list(row) for row in rows(stamp)], visible=False)
        form, *_ = extract_all(path, [grid_of(table, fields, name), hidden], campaign)
        return form.sheet, check_sheet(form, Context(campaign))

    return found


def fires(code, findings, *places):
    assert [place(f) for f in findings if f.code == code] == list(places)


def silent(code, findings):
    assert code not in {f.code for f in findings}


def told(code, findings):
    (finding,) = (f for f in findings if f.code == code)
    return Words("zh").message(finding)


def whose(sheet):
    return sheet.unit.unit, sheet.stage.stage


GAOLUO, BEIGUAN, TONGYU = "140724101", "140781001", "140722101"
NAMELESS = "| 序号 | 检查项目 | 标准分 | 得分 |\n| T1.2 | 普查与抽样 | 3 | 3 |\n"


def test_form_of_another_unit(found):
    sheet, findings = found(replace(OWN, unit=GAOLUO))
    fires("U337", findings, f"A4 {FIELDS!r}")
    silent("U304", findings)  # one cause, one finding
    assert whose(sheet) == (GAOLUO, Stage.SELF)  # the stamp comes first
    sheet, findings = found(replace(OWN, stage=Stage.COUNTY))
    fires("U337", findings, f"A4 {FIELDS!r}")
    silent("U312", findings)
    assert whose(sheet) == ("140724100", Stage.COUNTY)
    silent("U337", found(OWN)[1])
    silent("U337", found(replace(OWN, stage=None))[1])
    sheet, findings = found(replace(OWN, unit="999999999"))  # a stamp that nobody can read says nothing
    silent("U337", findings)
    assert whose(sheet) == ("140724100", Stage.SELF)


def test_whose_form_it_was_and_which_of_the_two_is_counted(found):
    def message(**changes):
        return told("U337", found(replace(OWN, **changes))[1])

    assert (
        message(unit=GAOLUO) == "空白表是发给昔阳县皋落镇的，表内写的却是昔阳县乐平镇，暂按昔阳县皋落镇计入。"
    )
    assert (
        message(stage=Stage.COUNTY)
        == "空白表是发给昔阳县乐平镇县级检查用的，表内写的却是“自评”，暂按县级检查计入。"
    )
    assert (
        message(unit=GAOLUO, stage=Stage.COUNTY)
        == "空白表是发给昔阳县皋落镇县级检查用的，表内写的却是昔阳县乐平镇“自评”，暂按昔阳县皋落镇县级检查计入。"
    )


def test_what_the_surroundings_say_beside_a_stamp(found):
    other = replace(OWN, unit=GAOLUO)
    silent("U304", found(other, path="昔阳县/乐平镇.xlsx")[1])  # with the header: told once, by U337
    silent("U304", found(other, path="昔阳县/皋落镇.xlsx")[1])
    findings = found(other, path="昔阳县/大寨镇.xlsx")[1]  # a third unit is another matter
    assert told("U304", findings) == "空白表发给的单位是昔阳县皋落镇，文件名却是“大寨镇”。"
    findings = found(OWN, path="昔阳县/大寨镇.xlsx")[1]
    fires("U304", findings, f"A4 {FIELDS!r}")
    silent("U304", found(OWN, path="昔阳县/乐平镇.xlsx")[1])
    county = replace(OWN, stage=Stage.COUNTY)
    silent("U312", found(county, path="自评/1.xlsx")[1])
    assert told("U312", found(county, path="市级检查/1.xlsx")[1]) == (
        "空白表发给的阶段是县级检查，文件夹却是“市级检查”。"
    )


def test_a_header_that_says_the_same_in_other_words_is_no_contradiction(found):
    for written, code in (("乐平", "U306"), ("昔阳县西寨乡", "U305"), ("昔阳县乐平镇人民政府", None)):
        stamp = OWN if written != "昔阳县西寨乡" else replace(OWN, unit="140724103")
        sheet, findings = found(stamp, FIELDS.replace("昔阳县乐平镇", written))
        assert sheet.unit.unit == stamp.unit
        silent("U337", findings)
        if code:
            assert code in {f.code for f in findings}, written


def test_a_stamp_settles_a_name_that_exists_in_several_counties(found):
    sheet, findings = found(replace(OWN, unit=BEIGUAN), FIELDS.replace("昔阳县乐平镇", "北关街道"))
    assert whose(sheet) == (BEIGUAN, Stage.SELF)
    assert {f.code for f in findings}.isdisjoint({"U303", "U304", "U308", "U337"})
    elsewhere = FIELDS.replace("昔阳县乐平镇", "北关街道")
    findings = found(replace(OWN, unit=BEIGUAN), elsewhere, path="榆次区/1.xlsx")[1]
    fires("U304", findings, f"A4 {elsewhere!r}")  # the folder is the wrong one
    sheet, findings = found(OWN, elsewhere)
    assert (
        told("U337", findings) == "空白表是发给昔阳县乐平镇的，表内写的却是“北关街道”，暂按昔阳县乐平镇计入。"
    )
    silent("U303", findings)
    silent("U308", findings)


def test_a_stamp_settles_an_abolished_name(found):
    split = FIELDS.replace("昔阳县乐平镇", "左权县粟城乡")
    sheet, findings = found(replace(OWN, unit=TONGYU), split)
    assert sheet.unit.unit == TONGYU
    assert told("U305", findings) == "“左权县粟城乡”已撤并，现为左权县桐峪镇，已按现名计入。"
    silent("U307", findings)
    gone = FIELDS.replace("昔阳县乐平镇", "介休市三佳乡")  # nobody knows its successor
    (finding,) = (f for f in found(replace(OWN, unit=BEIGUAN), gone)[1] if f.code == "U307")
    assert not finding.blocks
    assert Words("zh").message(finding) == (
        "“介休市三佳乡”已撤销，归属不能确定。空白表是发给介休市北关街道的，已按它计入。"
    )


def test_a_name_that_is_not_in_the_roster_does_not_unplace_a_stamped_form(found):
    sheet, findings = found(OWN, FIELDS.replace("昔阳县乐平镇", "第一组"))
    assert sheet.unit.unit == "140724100"
    silent("U337", findings)
    (finding,) = (f for f in findings if f.code == "U302")
    assert not finding.blocks
    assert Words("zh").message(finding) == (
        "单位“第一组”不在名录里。空白表是发给昔阳县乐平镇的，已按它计入。"
    )
    sheet, findings = found(OWN, FIELDS.replace("自评", "第三轮"), NAMELESS)
    assert sheet.stage.stage is Stage.SELF
    silent("U311", findings)
    assert "表内写的却是“第三轮”，暂按自评计入" in told("U337", findings)


def test_the_stamp_of_a_form_of_another_level_says_nothing(found):
    bureau = replace(OWN, unit="140724", level=Level.COUNTY)
    sheet, findings = found(bureau)  # the table on it is a township's now
    assert (sheet.unit.unit, sheet.unit.origin) == ("140724100", Origin.HEADER)
    assert told("U337", findings) == (
        "空白表是发给昔阳县统计局的，表内写的却是昔阳县乐平镇，暂按昔阳县乐平镇计入。"
    )
    sheet, findings = found(bureau, FIELDS.replace("昔阳县乐平镇", ""))
    assert sheet.unit.unit is None
    silent("U337", findings)
    assert found(replace(OWN, level=Level.COUNTY))[0].unit.origin is Origin.HEADER


def test_a_form_of_last_year_still_says_who_it_is(found):
    old = replace(OWN, campaign="jinzhong-2023", version="2023.1")
    sheet, findings = found(old, FIELDS.replace("昔阳县乐平镇", ""))
    assert (sheet.unit.unit, sheet.unit.origin) == ("140724100", Origin.STAMP)
    fires("L226", findings, "")  # and that it is one is told


def test_form_of_another_rubric(found):
    fires("L226", found(replace(OWN, version="2023.1"))[1], "")
    fires("L226", found(replace(OWN, rubric="taiyuan-2024"))[1], "")
    silent("L226", found(OWN)[1])


def test_a_blank_unit_and_stage_are_taken_from_the_stamp(found):
    sheet, findings = found(OWN, "单位名称： 检查阶段： 检查日期：2024年5月20日", NAMELESS)
    assert (sheet.unit.unit, sheet.unit.origin) == ("140724100", Origin.STAMP)
    assert (sheet.stage.stage, sheet.stage.origin) == (Stage.SELF, Origin.STAMP)
    assert {f.code for f in findings}.isdisjoint({"U301", "U309", "U311", "U313", "U337"})


def test_a_stamp_speaks_for_one_form_only(campaign):
    def units(*grids):
        hidden = Grid("_huitoukan", [list(row) for row in rows(OWN)], visible=False)
        found = extract_all("a.xlsx", [*grids, hidden], campaign)
        return [one.sheet and one.sheet.unit.unit for one in found if one.grid.name != "_huitoukan"]

    blank = "单位名称： 检查阶段：自评 检查日期：2024年5月20日"
    own, copied = grid_of(TABLE, FIELDS), grid_of(TABLE, FIELDS.replace("乐平镇", "皋落镇"), "评分表 (2)")
    assert units(grid_of(TABLE, blank), grid_of(TABLE, blank, "二")) == ["140724100", None]
    assert units(Grid("填表说明", [["请如实填写"]]), grid_of(TABLE, blank)) == [None, "140724100"]
    assert units(own, copied) == ["140724100", GAOLUO]
    assert units(copied, own) == [GAOLUO, "140724100"]  # WPS puts a copy before the sheet


def test_a_copied_form_whose_name_was_changed_is_not_told_of(campaign):
    hidden = Grid("_huitoukan", [list(row) for row in rows(OWN)], visible=False)
    copied = grid_of(TABLE, FIELDS.replace("乐平镇", "皋落镇"), "评分表 (2)")
    for form in extract_all("a.xlsx", [copied, grid_of(TABLE, FIELDS), hidden], campaign):
        silent("U337", check_sheet(form, Context(campaign)))
