"""A cell's address is born in the reader: it is the file's own, whatever lies before it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from huitoukan.grid import Grid, Mark
from huitoukan.intake import reader
from huitoukan.intake.reader import Outcome, read
from tests.support.forms import shipped

Build = Callable[[Worksheet], None]


def workbook_of(build: Build) -> bytes:
    """A workbook with one sheet, 评分表, as openpyxl writes it."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "评分表"
    build(sheet)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def rewritten(data: bytes, change: Callable[[str], str]) -> bytes:
    """The same workbook with the XML of its first sheet changed: what openpyxl would never write."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                changed = change(content.decode())
                assert changed != content.decode()
                content = changed.encode()
            new.writestr(info, content)
    return stream.getvalue()


def grid_of(data: bytes) -> Grid:
    """The one worksheet of a workbook as the product reads it."""
    workbook = read("a1.xlsx", data, shipped().settings.limits)
    assert workbook.outcome is Outcome.READ
    [grid] = workbook.grids
    return grid


def filled(grid: Grid) -> dict[str, object]:
    """Every filled cell by address."""
    cells = [grid.cell(row, column) for row, values in enumerate(grid.rows) for column in range(len(values))]
    return {cell.address: cell.value for cell in cells if cell.value is not None}


def filled_by_openpyxl(data: bytes) -> dict[str, object]:
    """The same by an independent reader."""
    sheet = load_workbook(io.BytesIO(data))["评分表"]
    return {cell.coordinate: cell.value for row in sheet for cell in row if cell.value is not None}


def table_at(top: int, left: int) -> Build:
    """A small table with its first cell at a one-based row and column."""

    def build(sheet: Worksheet) -> None:
        rows: list[tuple[str | float | None, ...]] = [
            ("序号", "检查项目", "得分"),
            ("T1.1", "报表任务", 3.5),
            ("T1.2", None, 0),
        ]
        for r, values in enumerate(rows):
            for c, value in enumerate(values):
                sheet.cell(top + r, left + c, value)

    return build


@pytest.mark.parametrize(
    ("top", "left"), [(1, 1), (2, 1), (1, 2), (4, 1), (1, 4), (7, 3), (40, 30), (3, 26), (3, 27), (3, 703)]
)
def test_blank_rows_and_columns_in_front_shift_nothing(top: int, left: int) -> None:
    data = workbook_of(table_at(top, left))
    assert filled(grid_of(data)) == filled_by_openpyxl(data)


def test_blank_rows_and_columns_inside_shift_nothing() -> None:
    def build(sheet: Worksheet) -> None:
        table_at(3, 2)(sheet)
        table_at(12, 9)(sheet)

    data = workbook_of(build)
    assert filled(grid_of(data)) == filled_by_openpyxl(data)


def test_coloured_but_empty_cells_in_front_shift_nothing() -> None:
    def build(sheet: Worksheet) -> None:
        table_at(5, 4)(sheet)
        for row in sheet["A1:C4"]:
            for cell in row:
                cell.fill = PatternFill("solid", "FFFF00")

    data = workbook_of(build)
    assert filled(grid_of(data)) == filled_by_openpyxl(data)


def test_hidden_rows_and_columns_in_front_shift_nothing() -> None:
    def build(sheet: Worksheet) -> None:
        table_at(4, 3)(sheet)
        sheet["A1"] = "内部用"
        sheet.column_dimensions["A"].hidden = True
        sheet.column_dimensions["B"].hidden = True
        sheet.row_dimensions[1].hidden = True
        sheet.row_dimensions[2].hidden = True

    data = workbook_of(build)
    assert filled(grid_of(data)) == filled_by_openpyxl(data)


def test_merged_areas_in_front_shift_nothing() -> None:
    def build(sheet: Worksheet) -> None:
        table_at(5, 3)(sheet)
        sheet["B1"] = "评分表"
        sheet.merge_cells("B1:E2")
        sheet["A5"] = "工作任务"
        sheet.merge_cells("A5:B7")
        sheet.merge_cells("A3:B4")  # nothing in it

    data = workbook_of(build)
    grid = grid_of(data)
    assert filled(grid) == filled_by_openpyxl(data)
    assert {area.address for area in grid.merges} == {"B1:E2", "A5:B7", "A3:B4"}
    assert grid.anchor(6, 1).address == "A5"
    assert grid.anchor(6, 1).value == "工作任务"
    assert grid.anchor(6, 2).address == "C7"
    assert grid.area(3, 0) is not None


def test_a_lying_dimension_hides_nothing() -> None:
    """WPS writes A1:A1 whatever the sheet holds."""
    data = rewritten(
        workbook_of(table_at(3, 2)),
        lambda xml: re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1:A1"', xml),
    )
    assert filled(grid_of(data)) == filled_by_openpyxl(data)


def test_a_sheet_without_dimension() -> None:
    data = rewritten(workbook_of(table_at(3, 2)), lambda xml: re.sub(r"<dimension [^>]*/>", "", xml))
    assert filled(grid_of(data)) == filled_by_openpyxl(data)


def test_marks_stand_at_their_cells_behind_blank_rows_and_columns() -> None:
    def build(sheet: Worksheet) -> None:
        table_at(4, 3)(sheet)
        sheet["E5"] = "=SUM(1,2)"  # openpyxl saves no result
        sheet["E6"] = "#REF!"

    grid = grid_of(workbook_of(build))
    assert {(grid.cell(*place).address, mark, note) for place, (mark, note) in grid.marks.items()} == {
        ("E5", Mark.UNCACHED, ""),
        ("E6", Mark.ERROR, "#REF!"),
    }
    assert grid.cell(5, 4).text == "#REF!"


def test_the_second_reader_gives_the_same_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """openpyxl takes over where calamine fails."""

    def fails(*_: object) -> None:
        raise ValueError("calamine")

    def build(sheet: Worksheet) -> None:
        table_at(4, 3)(sheet)
        sheet["B1"] = "评分表"
        sheet.merge_cells("B1:E2")

    data = workbook_of(build)
    first = grid_of(data)
    monkeypatch.setattr(reader, "_calamine", fails)
    second = grid_of(data)
    assert filled(second) == filled(first) == filled_by_openpyxl(data)
    assert set(second.merges) == set(first.merges)


def test_a_cell_beyond_the_used_area_is_empty() -> None:
    grid = grid_of(workbook_of(table_at(1, 1)))
    cell = grid.cell(500, 50)
    assert (cell.address, cell.value) == ("AY501", None)
