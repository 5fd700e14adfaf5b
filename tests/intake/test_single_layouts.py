"""Layouts of single offices, written as tables: what is read, and that nobody is blamed for it."""

import io
import re
import zipfile

import pytest
from openpyxl import Workbook

from huitoukan.intake import reader
from huitoukan.intake.extract import extract_all, extract_sheet
from huitoukan.model import Stage
from tests.conftest import findings_of, grid_of


def _read(
    campaign, table, fields="单位名称：昔阳县乐平镇 检查阶段：自评 检查日期：2024年5月20日", path="a.xlsx"
):
    grid = grid_of(table, fields)
    sheet = extract_sheet(path, grid, campaign)[0].sheet
    assert sheet is not None, "not recognised as a form"
    codes = {f.code for f in findings_of(grid, path, campaign)}
    return sheet, codes - {"L204", "S423", "L219", "L223"}  # short tables, in other words, without signatures


def _items(sheet):
    return {score.item: score.reading.value for score in sheet.scores}


WANTED = {"T1.2": 3, "T1.4": 2}


@pytest.mark.parametrize(
    ("header", "first", "second"),
    [
        ("序号 | 检查项目 | 检查内容 | 评分标准", "1 | 工作任务 | 普查与抽样 | 按期", "2 | | 计划总结 | 有"),
        ("序号 | 项目 | 内容 | 评分标准", "1 | 工作任务 | 普查与抽样 | 按期", "2 | | 计划总结 | 有"),
        ("序号 | 一级指标 | 二级指标 | 三级指标", "1 | 工作任务 | 普查与抽样 | 按期", "2 | | 计划总结 | 有"),
        ("序号 | 检查内容及评分标准", "1 | 普查与抽样：按期完成", "2 | 计划总结：有计划"),
        ("序号 | 评分标准", "1 | 普查与抽样\t按期完成".replace("\t", "："), "2 | 计划总结"),
    ],
)
def test_the_items_are_where_they_are_named(campaign, header, first, second):
    table = f"| {header} | 标准分 | 自评分 | 扣分原因 |\n| {first} | 3 | 3 | |\n| {second} | 2 | 2 | |\n"
    sheet, codes = _read(campaign, table)
    assert _items(sheet) == WANTED
    assert codes <= {"L202"}


TABLE = "| 序号 | 检查项目 | 标准分 | 自评分 | 扣分原因 |\n| T1.2 | 普查与抽样 | 3 | 3 | |\n| T1.4 | 计划总结 | 2 | 2 | |\n"


def test_fields_right_of_the_table(campaign):
    lines = [
        line.rstrip() + cells
        for line, cells in zip(
            TABLE.splitlines(),
            [" | | ", " | 单位名称 | 昔阳县乐平镇 |", " | 检查阶段：自评 | |"],
            strict=True,
        )
    ]
    sheet, codes = _read(campaign, "\n".join(lines), fields="")
    assert (sheet.unit.unit, sheet.stage.stage, codes) == ("140724100", Stage.SELF, {"U321"})


def test_values_below_their_labels(campaign):
    sheet, codes = _read(
        campaign,
        TABLE + "| | | | | |\n| 单位名称 | 检查阶段 | 检查日期 |\n| 昔阳县乐平镇 | 自评 | 2024-05-20 |\n",
        fields="",
    )
    assert (sheet.unit.unit, sheet.stage.stage, codes) == ("140724100", Stage.SELF, set())


def test_labels_above_the_header_are_not_filled_from_it(campaign):
    sheet, codes = _read(campaign, "| 单位名称 | 检查阶段 | 检查日期 |\n" + TABLE, fields="")
    assert (sheet.unit.unit, sheet.unit.text, codes) == (None, "", {"U301", "U321"})


def test_a_repeated_header_is_no_field(campaign):
    header = "| 序号 | 检查项目 | 标准分 | 自评分 | 扣分原因 | 检查方式 | 检查时间 |\n"
    rows = TABLE.splitlines()[1:]
    sheet, codes = _read(campaign, header + rows[0] + "\n" + header + rows[1])
    assert (sheet.stage.stage, codes) == (Stage.SELF, set())


def test_numbered_columns_below_a_blank_row(campaign):
    head, *rows = TABLE.splitlines()
    _, codes = _read(campaign, "\n".join([head, "| | | | | |", "| 1 | 2 | 3 | 4 | 5 |", *rows]))
    assert codes == set()


def test_what_lies_under_a_merge_is_not_read(campaign):
    book = Workbook()
    sheet = book.active
    for row in grid_of(TABLE).rows:
        sheet.append(list(row))
    sheet.merge_cells("E2:E3")
    stream = io.BytesIO()
    book.save(stream)
    hidden = stream.getvalue()
    with zipfile.ZipFile(io.BytesIO(hidden)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    hidden_cell = rb'<c r="E3" t="inlineStr"><is><t>x</t></is></c></row>'
    changed = re.sub(
        rb'(<row r="3".*?)(?:<c r="E3"[^>]*/>)?</row>', rb"\g<1>" + hidden_cell, parts[name], count=1
    )
    assert b'r="E3" t="inlineStr"' in changed
    parts[name] = changed
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    grid = reader.read("a.xlsx", stream.getvalue(), campaign.settings.limits).grids[0]
    assert grid.cell(2, 4).value is None


def test_a_form_that_nobody_filled_is_a_left_over_sheet(campaign):
    blank = grid_of(
        TABLE.replace("| 3 | 3 |", "| 3 | |").replace("| 2 | 2 |", "| 2 | |"),
        fields="单位名称：",
        name="空表",
    )
    filled = grid_of(TABLE)
    assert [bool(e.sheet) for e in extract_all("a.xlsx", [filled, blank], campaign)] == [True, False]
    assert [bool(e.sheet) for e in extract_all("a.xlsx", [blank], campaign)] == [True]


@pytest.mark.parametrize(
    "label",
    [
        "合  计",
        "合计（100分）",
        "总分：100分",
        "自评总分",
        "实得总分",
        "考核总分",
        "全部合计",
        "总计得分",
        "最后得分",
        "合计得分",
    ],
)
def test_totals_by_many_names(campaign, label):
    sheet, codes = _read(campaign, TABLE + f"| {label} | | 100 | 5 | |\n")
    assert sheet.total is not None
    assert sheet.total.cell.address == "D4"
    assert codes == set()


@pytest.mark.parametrize(
    "label", ["小计", "工作任务小计", "工作任务合计", "工作任务得分合计", "一、工作任务小计", "本项合计"]
)
def test_subtotals_by_many_names(campaign, label):
    sheet, codes = _read(campaign, TABLE + f"| {label} | | 12 | 5 | |\n| 合计 | | 100 | 5 | |\n")
    assert [s.dimension for s in sheet.subtotals] == ["T1"]
    assert codes == set()


def test_fields_glued_together(campaign):
    sheet, codes = _read(
        campaign, TABLE, fields="单位名称：昔阳县乐平镇检查阶段：自评检查日期：2024年5月20日"
    )
    assert (sheet.unit.unit, sheet.stage.stage, codes) == ("140724100", Stage.SELF, set())


def test_two_columns_that_may_both_be_the_items(campaign):
    table = "| 序号 | 考核项目 | 考核内容 | 标准分 | 自评分 | 扣分原因 |\n| 1 | 工作任务 | 普查与抽样 | 3 | 3 | |\n| 2 | | 计划总结 | 2 | 2 | |\n"
    sheet, codes = _read(campaign, table)
    assert _items(sheet) == WANTED
    assert codes == set()


def test_a_title_below_its_dimension_in_one_cell(campaign):
    grid = grid_of(TABLE.replace("T1.2 | 普查与抽样", "1 | 普查"))
    grid.rows[1][1] = "工作任务\n普查与抽样"
    sheet = extract_sheet("a.xlsx", grid, campaign)[0].sheet
    assert _items(sheet) == WANTED


NO_DATE = "单位名称：昔阳县乐平镇 检查阶段：自评"
DAY = "2024-05-20"


@pytest.mark.parametrize(
    ("fields", "cell"),
    [
        (NO_DATE + "\n检查人员：李秀英  单位负责人（签字）：王建军      2024年5月20日", "A5"),
        (NO_DATE + "\n单位负责人（签字）：      2024年5月20日", "A5"),
        (NO_DATE + "\n2024年5月20日", "A5"),
        (NO_DATE + "\n昔阳县乐平镇统计站   二〇二四年五月二十日", "A5"),
        (NO_DATE + "\n检查日期：    年  月  日\n王建军 2024.5.20\n李秀英 2024年5月20日", "A6"),
        ("检查阶段：自评\n填报单位：昔阳县乐平镇（盖章）     2024年5月20日", "A5"),
        ("检查阶段：自评\n填报单位：昔阳县乐平镇（盖章）     2024年5月20日   填表人：李秀英", "A5"),
        ("单位名称__昔阳县乐平镇__  检查日期__2024年5月20日__  检查阶段__自评__", "A4"),
        ("单位名称：__昔阳县乐平镇__  检查日期：__2024年5月20日__  检查阶段：自评", "A4"),
        (NO_DATE + "\n打印日期 2023年1月1日\n2024年5月20日", "A6"),
    ],
)
def test_a_date_without_its_label(campaign, fields, cell):
    sheet, codes = _read(campaign, TABLE, fields)
    assert (sheet.unit.unit, sheet.stage.stage) == ("140724100", Stage.SELF)
    assert (sheet.date.reading.value.isoformat(), sheet.date.cell.address) == (DAY, cell)
    assert codes <= {"U335"}  # a date is nobody's signature


def test_a_date_cell_without_a_label(campaign):
    for table in (TABLE + "| | | | | 2024-05-20 |\n", "| | | 2024-05-20 |\n" + TABLE):
        sheet, codes = _read(campaign, table, NO_DATE)
        assert (sheet.date.reading.value.isoformat(), codes) == (DAY, set())


@pytest.mark.parametrize(
    "fields",
    [
        NO_DATE + "\n王建军 2024年5月20日\n李秀英 2024年5月21日",  # which of them?
        NO_DATE + "\n打印日期 2024年5月20日",
        NO_DATE + "\n打印时间：   2024年5月20日",
        NO_DATE + "\n自评时间自 2024年5月10日 至 2024年5月25日",
        NO_DATE + "\n请于2024年5月25日前报送",
        NO_DATE + "\n表号 20240520",
    ],
)
def test_a_date_of_something_else(campaign, fields):
    sheet, codes = _read(campaign, TABLE, fields)
    assert (sheet.date.reading.value, codes) == (None, {"U321"})


@pytest.mark.parametrize(
    "title",
    [
        "普查与抽样3分",
        "普查与抽样 3",
        "普查与抽样（3分）",
        "普查与抽样，按时完成，资料齐全",
        "普查与抽样3分；按时完成",
        "普查与抽样。按时完成",
        "工作任务-普查与抽样",
        "一、工作任务（12分）—普查与抽样3分：按时完成",
        "工作任务：普查与抽样",
        "工作任务/普查与抽样，按时完成",
    ],
)
def test_a_title_with_what_stands_beside_it(campaign, title):
    sheet, codes = _read(
        campaign, TABLE.replace("T1.2", "1").replace("T1.4", "2").replace("普查与抽样", title)
    )
    assert (_items(sheet), codes) == (WANTED, set())


@pytest.mark.parametrize(
    "text",
    [
        "按时完成，普查与抽样",
        "普查与抽样工作按时完成",
        "统计服务-普查与抽样",
        "做好普查与抽样，按时完成",
        "普查与抽样3分4分",
    ],
)
def test_a_sentence_that_speaks_of_an_item(campaign, text):
    sheet, codes = _read(campaign, TABLE.replace("T1.2", "1").replace("普查与抽样", text))
    assert (_items(sheet), codes) == ({"T1.4": 2}, {"L206"})


def _whole(campaign, subtotal="合计", *, last=True, total="合计"):
    rows, number = ["| 序号 | 检查内容 | 检查项目 | 标准分 | 自评分 | 扣分原因 |"], 0
    dimensions = campaign.rubric.levels["township"].dimensions
    for dimension in dimensions:
        for item in dimension.items:
            number += 1
            rows.append(
                f"| {number} | {dimension.title} | {item.title} | {item.maximum} | {item.maximum} | |"
            )
        if last or dimension is not dimensions[-1]:
            rows.append(f"| | {subtotal} | | {dimension.max_points} | {dimension.max_points} | |")
    return "\n".join([*rows, f"| | {total} | | 100 | 100 | |"]) + "\n"


@pytest.mark.parametrize("total", ["合计", "总得分", "总计"])
def test_a_total_of_each_dimension(campaign, total):
    sheet, codes = _read(campaign, _whole(campaign, total=total))
    assert ([one.dimension for one in sheet.subtotals], sheet.total.reading.value) == (
        [f"T{n}" for n in range(1, 9)],
        100,
    )
    assert codes == set()


def test_a_total_of_each_dimension_but_the_last(campaign):
    sheet, codes = _read(campaign, _whole(campaign, last=False))
    assert ([one.dimension for one in sheet.subtotals], codes) == ([f"T{n}" for n in range(1, 8)], set())


@pytest.mark.parametrize(("last", "subtotals"), [(True, 8), (False, 7)])
def test_two_totals_at_the_end(campaign, last, subtotals):
    table = _whole(campaign, subtotal="小计", last=last) + "| | 最终得分 | | 100 | 95 | |\n"
    sheet, _ = _read(campaign, table)
    assert (len(sheet.subtotals), sheet.total.reading.value) == (subtotals, 100)


def test_a_row_that_is_no_item_below_the_total_of_a_dimension(campaign):
    rows = _whole(campaign).splitlines()
    _, codes = _read(campaign, "\n".join([*rows[:8], "| 99 | | 特色工作 | 5 | 5 | |", *rows[8:]]) + "\n")
    assert codes == {"L206"}


@pytest.mark.parametrize("second", ["", "| | | | | 昔阳县乐平镇 | 昔阳县大寨镇 | 皋落镇 |\n"])
def test_items_by_units_are_no_form(campaign, second):
    names = "得分 | | " if second else "乐平镇 | 大寨镇 | 皋落镇"
    table = (
        f"| 序号 | 检查项目 | 标准分 | 评分标准 | {names} |\n{second}"
        "| T1.2 | 普查与抽样 | 3 | 按期 | 3 | 2 | 3 |\n| T1.4 | 计划总结 | 2 | 有 | 2 | 2 | 1 |\n"
    )
    grid = grid_of(table, "昔阳县各乡镇自评得分汇总表")
    assert extract_sheet("a.xlsx", grid, campaign)[0].sheet is None
    assert [f.code for f in findings_of(grid, "a.xlsx", campaign)] == ["F106"]
    one = table.replace("大寨镇", "说明").replace("皋落镇", "办公室")
    # A single name may stand anywhere.
    assert extract_sheet("a.xlsx", grid_of(one), campaign)[0].sheet is not None
