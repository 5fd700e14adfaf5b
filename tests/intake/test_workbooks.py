"""Workbooks of several sheets and sheets of several forms: each form is read for itself, and nothing else is taken for one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from huitoukan.days import DateChange
from huitoukan.grid import Grid, Mark
from huitoukan.intake.stamp import SHEET, Stamp
from huitoukan.intake.stamp import rows as stamp_rows
from huitoukan.model import FileResult, Level, Severity, SheetKind, Stage
from huitoukan.output.feedback import Places, county_feedback
from huitoukan.output.records import file_record
from huitoukan.output.text import Words
from huitoukan.pipeline import process
from tests.support.forms import shipped

HEAD = ["序号", "检查项目", "标准分", "自评分", "扣分原因"]
ITEMS = [
    ["T1.1", "报表任务", 4, 4, None],
    ["T1.2", "普查与抽样", 3, 3, None],
    ["T1.4", "计划总结", 2, 2, None],
]
SIGNED = "检查人员：王伟 单位负责人：李娜 联系电话：0354-3021234"
LACKING = {"L204", "S423"}  # these short forms lack items and a total


def fields(unit: str, stage: str = "自评", day: str = "2024年5月20日") -> str:
    return f"单位名称：{unit} 检查阶段：{stage} 检查日期：{day}"


def form(
    unit: str, stage: str = "自评", day: str = "2024年5月20日", head: Sequence[Any] = HEAD
) -> list[list[Any]]:
    return [["评分表"], [fields(unit, stage, day)], list(head), *map(list, ITEMS), [SIGNED]]


def read(sheets: dict[str, list[list[Any]]], path: str = "a1.xlsx") -> FileResult:
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for n, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                if value is not None:
                    sheet.cell(n, column, value)
    stream = io.BytesIO()
    workbook.save(stream)
    return process(path, stream.getvalue(), shipped())


def whose(result: FileResult) -> list[tuple[str, str | None, str | None]]:
    return [(s.sheet, s.unit, s.stage) for s in result.sheets if s.kind is SheetKind.SCORE]


def told(result: FileResult) -> set[tuple[str, str | None]]:
    """What is found beside what these short forms lack: code and sheet."""
    return {(f.code, f.sheet) for f in result.findings if f.code not in LACKING}


LEPING, GAOLUO, DAZHAI = "140724100", "140724101", "140724104"
SELF = Stage.SELF.value

# -------------------------------------------------------------------------------------- a sheet for each


def test_a_sheet_for_each_township_with_left_over_sheets():
    result = read(
        {
            "封面": [["统计基层基础工作“回头看”"], ["昔阳县统计局"], ["2024年5月"]],
            "乐平镇": form("昔阳县乐平镇"), "皋落镇": form("昔阳县皋落镇"),
            "Sheet2": [], "Sheet3": [["草稿"], [1, 2, 3]],
        }
    )  # fmt: skip
    assert whose(result) == [("乐平镇", LEPING, SELF), ("皋落镇", GAOLUO, SELF)]
    assert told(result) == {("L210", "封面"), ("L210", "Sheet3")}
    assert {f.severity for f in result.findings if f.code == "L210"} == {Severity.INFO}


def test_the_name_of_a_sheet_is_not_the_unit_inside():
    result = read(
        {"乐平镇": form("昔阳县皋落镇"), "皋落镇": form("昔阳县皋落镇", "县级检查", "2024年6月1日")}
    )
    assert ("U304", "乐平镇") in told(result)
    assert ("U304", "皋落镇") not in told(result)
    assert [unit for _, unit, _ in whose(result)] == [GAOLUO, GAOLUO]  # what is written inside counts


def test_the_three_stages_of_a_unit_on_sheets_named_after_them():
    head = [*HEAD[:3], "得分", HEAD[4]]
    days = {"自评": "2024年5月20日", "县级检查": "2024年6月1日", "市级检查": "2024年6月20日"}
    result = read(
        {stage: form("昔阳县乐平镇", stage, day, head) for stage, day in days.items()}, "乐平镇.xlsx"
    )
    assert [stage for _, _, stage in whose(result)] == ["self", "county", "city"]
    assert {code for code, _ in told(result)} <= {"U323"}


SUMMARIES = {
    "a row for each township, totals": [["序号", "单位", "自评分", "县级检查得分", "备注"], [1, "乐平镇", 96, 95, None], [2, "皋落镇", 92, 90, None]],
    "a column for each dimension": [["序号", "乡镇", "工作任务", "人员配备", "合计"], [1, "乐平镇", 12, 20, 96], [2, "皋落镇", 11, 18, 92]],
    "a column for each item": [["乡镇", *(item.title for item in shipped().rubric.levels["township"].items())], ["乐平镇", *[3] * 31]],
    "a column for each item, points below": [
        ["乡镇", *(item.title for item in shipped().rubric.levels["township"].items())], ["标准分", *[3] * 31], ["乐平镇", *[3] * 31],
    ],
}  # fmt: skip


@pytest.mark.parametrize("rows", SUMMARIES.values(), ids=SUMMARIES.keys())
def test_a_summary_is_no_form(rows):
    result = read(
        {"汇总表": [["昔阳县统计基层基础工作“回头看”汇总表"], [], *rows], "乐平镇": form("昔阳县乐平镇")}
    )
    assert whose(result) == [("乐平镇", LEPING, SELF)]
    assert told(result) == {("L210", "汇总表")}
    alone = read({"汇总表": rows})
    assert {f.code for f in alone.findings} == {"F106"}


# -------------------------------------------------------------------------------------- forms below one another


def stack(*forms: list[list[Any]], apart: int = 1) -> list[list[Any]]:
    return [row for one in forms for row in (*one, *[[]] * apart)]


def test_forms_below_one_another_have_each_their_own():
    rows = stack(
        form("昔阳县乐平镇"),
        form("昔阳县皋落镇", day="2024年5月21日"),
        form("昔阳县大寨镇", day="2024年5月22日"),
    )
    rows[3][3] = 9  # D4: above the maximum
    result = read({"汇总": rows}, "昔阳县各乡镇.xlsx")
    assert whose(result) == [("汇总", LEPING, SELF), ("汇总", GAOLUO, SELF), ("汇总", DAZHAI, SELF)]
    assert [s.dating.cell for s in result.sheets if s.dating] == ["A2", "A10", "A18"]
    assert [s.dated.day for s in result.sheets if s.dated] == [20, 21, 22]
    assert [[i.cell for i in s.items] for s in result.sheets] == [
        ["D4", "D5", "D6"], ["D12", "D13", "D14"], ["D20", "D21", "D22"],
    ]  # fmt: skip
    assert [(f.code, f.cell, f.unit) for f in result.findings if f.code == "S405"] == [("S405", "D4", LEPING)]
    assert told(result) == {("L229", "汇总"), ("S405", "汇总")}


@pytest.mark.parametrize("name", ["昔阳县各乡镇", "乐平镇", "昔阳县乐平镇等3个乡镇自评"])
@pytest.mark.parametrize("sheet", ["Sheet1", "皋落镇"])
def test_a_name_of_one_unit_does_not_contradict_the_others(name, sheet):
    rows = stack(form("昔阳县乐平镇"), form("昔阳县皋落镇"), form("昔阳县大寨镇"))
    result = read({sheet: rows}, f"昔阳县/{name}.xlsx")
    assert [unit for _, unit, _ in whose(result)] == [LEPING, GAOLUO, DAZHAI]
    assert {code for code, _ in told(result)} == {"L229"}


def test_another_county_contradicts_all_of_them():
    result = read({"Sheet1": stack(form("昔阳县乐平镇"), form("昔阳县皋落镇"))}, "祁县/各乡镇.xlsx")
    assert [f.unit for f in result.findings if f.code == "U304"] == [LEPING, GAOLUO]


def test_a_name_fills_in_no_unit_for_several_forms():
    blank = [["评分表"], ["单位名称： 检查阶段：自评 检查日期：2024年5月20日"], HEAD, *ITEMS, [SIGNED]]
    result = read({"乐平镇": stack(form("昔阳县皋落镇"), blank)}, "乐平镇.xlsx")
    assert [unit for _, unit, _ in whose(result)] == [GAOLUO, None]
    assert ("U301", "乐平镇") in told(result)


def test_the_stages_of_one_unit_below_one_another():
    head = [*HEAD[:3], "得分", HEAD[4]]
    rows = stack(
        form("昔阳县乐平镇", "自评", "2024年5月20日", head),
        form("昔阳县乐平镇", "县级检查", "2024年6月1日", head),
    )
    result = read({"乐平镇": rows}, "乐平镇自评.xlsx")
    assert whose(result) == [("乐平镇", LEPING, "self"), ("乐平镇", LEPING, "county")]
    assert "U312" not in {code for code, _ in told(result)}
    other = read({"皋落镇": rows})
    # All of one unit, under another's name.
    assert [f.stage for f in other.findings if f.code == "U304"] == ["self", "county"]


def test_the_unit_in_the_footer_is_that_of_the_form_above():
    def below(unit: str) -> list[list[Any]]:
        return [
            ["评分表"],
            HEAD,
            *ITEMS,
            [f"填报单位（盖章）：{unit} 检查阶段：自评"],
            ["检查人员：王伟 单位负责人：李娜"],
            ["2024年5月20日"],
        ]

    for apart in (0, 1):
        result = read(
            {"表": stack(below("昔阳县乐平镇"), below("昔阳县皋落镇"), below("昔阳县大寨镇"), apart=apart)}
        )
        assert [unit for _, unit, _ in whose(result)] == [LEPING, GAOLUO, DAZHAI]
        assert [s.dating.cell for s in result.sheets if s.dating] == [
            f"A{8 + n * (8 + apart)}" for n in range(3)
        ]
        assert {code for code, _ in told(result)} == {"L229"}


def test_one_header_for_all():
    """Only the title and the line with the unit come again, then the items."""
    rows = [
        *form("昔阳县乐平镇"),
        [fields("昔阳县皋落镇")],
        *ITEMS,
        [SIGNED],
        [],
        [fields("昔阳县大寨镇")],
        *ITEMS,
        [SIGNED],
    ]
    result = read({"表": rows})
    assert [unit for _, unit, _ in whose(result)] == [LEPING, GAOLUO, DAZHAI]
    assert [s.items[0].cell for s in result.sheets] == ["D4", "D9", "D15"]
    assert {code for code, _ in told(result)} == {"L229"}


def test_nothing_tells_them_apart():
    result = read({"表": [*form("昔阳县乐平镇")[:-1], *ITEMS, *ITEMS, [SIGNED]]})
    assert whose(result) == [("表", LEPING, SELF)]
    assert told(result) == {("L212", "表")}


def test_a_form_that_nobody_filled_at_the_end():
    empty = [
        ["评分表"],
        ["单位名称： 检查阶段： 检查日期："],
        HEAD,
        *([*item[:3]] for item in ITEMS),
        ["检查人员："],
    ]
    result = read({"表": stack(form("昔阳县乐平镇"), form("昔阳县皋落镇"), empty)})
    assert [unit for _, unit, _ in whose(result)] == [LEPING, GAOLUO]
    assert len(result.sheets) == 2
    assert told(result) == {("L229", "表")}
    only = read({"表": stack(empty, empty)})
    assert [(s.kind, s.unit) for s in only.sheets] == [(SheetKind.SCORE, None)]


def test_the_forms_of_county_and_townships_below_one_another():
    head = [*HEAD[:2], "标准分", "自评分", HEAD[4]]
    county = [["C1.1", "常规调查任务", 4, 4, None], ["C1.4", "计划与分工", 2, 2, None]]
    rows = stack([["评分表"], [fields("昔阳县统计局")], head, *county, [SIGNED]], form("昔阳县乐平镇"))
    for order in (rows, stack(form("昔阳县乐平镇"), rows[:6])):
        result = read({"表": order})
        levels = {s.unit: s.level and s.level.value for s in result.sheets}
        assert levels == {"140724": "county", LEPING: "township"}
        assert {code for code, _ in told(result)} == {"L229"}


def test_what_is_hidden_or_merged_in_one_form_is_not_told_of_another():
    workbook = Workbook()
    for row in stack(form("昔阳县乐平镇"), form("昔阳县皋落镇")):
        workbook.active.append(row)
    workbook.active.row_dimensions[12].hidden = True
    workbook.active.merge_cells("D13:D14")
    stream = io.BytesIO()
    workbook.save(stream)
    result = process("a1.xlsx", stream.getvalue(), shipped())
    found = [(f.code, f.cell, f.unit) for f in result.findings if f.code in ("L213", "L217", "L216")]
    assert found == [("L213", "D12", GAOLUO), ("L217", "D13:D14", GAOLUO)]


# -------------------------------------------------------------------------------------- columns


def test_a_second_score_column_that_is_empty():
    rows = [
        ["评分表"],
        [fields("昔阳县乐平镇")],
        ["检查项目", "标准分", "得分", "得分", "扣分原因"],
        ["报表任务", 4, None, 4, None],
        ["计划总结", 2, None, 2, None],
        [SIGNED],
    ]
    result = read({"表": rows})
    assert [item.cell for item in result.sheets[0].items] == ["D4", "D5"]
    assert told(result) == set()
    rows[3][2] = 3
    assert ("L203", "表") in told(read({"表": rows}))


# -------------------------------------------------------------------------------------- dates


@pytest.mark.parametrize(
    "cells",
    [
        ["检查日期", 2024, "年", 5, "月", 20, "日"], ["检查日期：", "2024", "年", "5", "月", "20", "日"], ["检查日期", "2024年", "5月", "20日"],
        ["检查日期：2024", "年", 5, "月", 20, "日"], ["检查日期", None, 2024, None, "年", 5, "月", 20, "日", "单位：分"],
    ],
)  # fmt: skip
def test_a_date_in_a_cell_for_each_part(cells):
    result = read({"表": [["单位名称：昔阳县乐平镇 检查阶段：自评"], cells, HEAD, *ITEMS, [SIGNED]]})
    first = next(n for n, cell in enumerate(cells) if "2024" in str(cell))
    assert [s.dating for s in result.sheets] == [
        (date(2024, 5, 20), "2024年5月20日", (DateChange.JOINED,), f"{'ABC'[first]}2")
    ]
    assert told(result) == set()


def test_a_date_whose_parts_are_not_filled_in():
    result = read(
        {
            "表": [
                ["单位名称：昔阳县乐平镇 检查阶段：自评"],
                ["检查日期", None, "年", None, "月", None, "日"],
                HEAD,
                *ITEMS,
                [SIGNED],
            ]
        }
    )
    assert [s.dating for s in result.sheets] == [None]
    assert {code for code, _ in told(result)} == {"U321"}


def test_a_number_that_may_be_two_days_says_so():
    result = read(
        {"表": [["单位名称：昔阳县乐平镇 检查阶段：自评"], ["检查日期", 5.2], HEAD, *ITEMS, [SIGNED]]}
    )
    assert [Words("zh").message(f) for f in result.findings if f.code == "U322"] == [
        "日期“5.2”是一个数，看不出是5月2日或 5月20日。"
    ]
    assert [s.dating for s in result.sheets] == [(None, "5.2", (), "B2")]


def test_the_date_in_the_json():
    result = read(
        {
            "表": [["单位名称：昔阳县乐平镇 检查阶段：自评 检查日期：2024.5.20"], HEAD, *ITEMS, [SIGNED]],
            "Sheet2": [["草稿"]],
        }
    )
    assert [sheet["date"] for sheet in file_record(result)["sheets"]] == [
        {"value": "2024-05-20", "raw": "2024.5.20", "done": ["separators"], "cell": "A1"}, None,
    ]  # fmt: skip


# -------------------------------------------------------------------------------------- pages


def test_a_page_break_repeats_the_title_the_unit_and_both_rows_of_the_header():
    head = [["检查内容", "检查项目", "标准分", "得分"], [None, None, None, "自评", "县级检查"]]
    above = [["评分表"], [fields("昔阳县乐平镇")], *head]
    one = [["工作任务", "报表任务", 4, 4], [None, "普查与抽样", 3, 3]]
    two = [
        [None, "计划总结", 2, 2],
        ["小计", None, 9, 9],
        ["人员配备", "分管领导", 3, 3],
        ["合计", None, 12, 12],
    ]
    for again in (head, above, [[], ["续表"], *head], [[SIGNED], [], *above]):
        result = read({"表": [*above, *one, *again, *two, [SIGNED]]})
        first = len(again) + 7
        assert [(i.item, i.cell) for i in result.sheets[0].items] == [
            ("T1.1", "D5"), ("T1.2", "D6"), ("T1.4", f"D{first}"), ("T2.2", f"D{first + 2}"),
        ]  # fmt: skip
        assert len(result.sheets) == 1
        assert {code for code, _ in told(result)} == set()


def test_two_pages_of_each_of_two_forms():
    def pages(unit: str) -> list[list[Any]]:
        return [[fields(unit)], HEAD, *ITEMS[:2], [], HEAD, *ITEMS[2:], [SIGNED], []]

    result = read({"表": [*pages("昔阳县乐平镇"), *pages("昔阳县皋落镇")]})
    assert [unit for _, unit, _ in whose(result)] == [LEPING, GAOLUO]
    assert [[item.cell for item in sheet.items] for sheet in result.sheets] == [
        ["D3", "D4", "D7"],
        ["D12", "D13", "D16"],
    ]


def test_more_forms_than_a_prefecture_has_units_are_not_told_apart():
    rows = [HEAD, *ITEMS] * 1001
    result = read({"表": rows})
    assert len(result.sheets) == 1
    assert ("L212", "表") in told(result)


def test_a_part_of_a_worksheet_keeps_its_addresses():
    grid = Grid(
        "表", [["a"], ["b"], ["c"]], marks={(2, 0): (Mark.ERROR, "#REF!")}, hidden_rows=frozenset({1})
    )
    upper, lower = grid.cut((0, 2))
    assert (len(upper.rows), len(lower.rows), lower.first) == (2, 3, 2)
    assert (list(lower.rows), lower.rows[-1], lower.rows[1:]) == ([(), (), ["c"]], ["c"], [(), ["c"]])
    assert (lower.cell(2, 0).text, lower.cell(1, 0).value, upper.cell(2, 0).value) == ("#REF!", None, None)
    assert (dict(upper.marks), list(lower.marks)) == ({}, [(2, 0)])
    with pytest.raises(IndexError):
        lower.rows[3]


def test_a_stamp_speaks_for_one_of_the_forms_below_one_another():
    rubric = shipped().rubric
    stamp = Stamp(rubric.id, rubric.version, shipped().settings.id, GAOLUO, Stage.SELF, Level.TOWNSHIP)
    rows = stack(form("昔阳县乐平镇"), form("昔阳县皋落镇"), form("昔阳县大寨镇"))
    result = read({"表": rows, SHEET: [list(row) for row in stamp_rows(stamp)]})
    assert [unit for _, unit, _ in whose(result)] == [LEPING, GAOLUO, DAZHAI]
    assert told(result) == {("L229", "表")}


def test_the_findings_of_a_sheet_of_several_stages_stand_with_their_stage():
    head = [*HEAD[:3], "得分", HEAD[4]]
    rows = stack(
        form("昔阳县乐平镇", "自评", "2024年5月20日", head),
        form("昔阳县乐平镇", "县级检查", "2024年6月1日", head),
    )
    rows[3][3] = rows[11][3] = 9
    result = read({"表": rows})
    places = Places([result], shipped())
    feedback = county_feedback(shipped(), [result], result.findings, places, tuple(Stage))
    [unit] = [unit for county in feedback for unit in county.units if unit.unit and unit.unit.code == LEPING]
    assert [(s.stage, [f.cell for f in s.findings if f.code == "S405"]) for s in unit.sheets] == [
        (Stage.SELF, ["D4"]),
        (Stage.COUNTY, ["D12"]),
    ]
