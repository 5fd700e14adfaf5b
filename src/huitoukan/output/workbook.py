"""Workbooks of tables: each sheet one table with a fixed header; the same contents give the same bytes.

Numbers are numbers, text is text and never a formula, and what is not there is an empty cell.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from huitoukan.output.clockless import moment_of, without_clock
from huitoukan.output.files import xml_text
from huitoukan.output.form_drawing import chinese_font, put
from huitoukan.output.form_page import text_width

_SIZE = 10.5
_DIGIT = 6.0  # points of a digit of the standard font: what a column width counts
_NARROWEST, _WIDEST, _PADDING = 6.0, 46.0, 3.0  # of a column, in digits
_HEAD_CHARACTERS = 6  # of a header that stay on one line
_NOTES_WIDTH = 110.0
_HIGHEST_ROW, _LINE, _GAP = 409.0, 15.3, 3.0


class Percent(NamedTuple):
    """A share of 1 that is shown in per cent."""

    share: Decimal


class Marked(NamedTuple):
    """A text or number that is to be looked at: it stands on a coloured ground."""

    value: str | Decimal


Value = str | int | Decimal | Percent | Marked | None


@dataclass(frozen=True, slots=True)
class TableSheet:
    """One worksheet: a title, notes below it, and a table.

    `fixed` is the number of columns at the left that stay in view; where one of the first `groups` values changes, a line
    is drawn. `widths` are those of columns (from 0, in digits) that are not as wide as what stands in them. Without columns,
    the notes are all there is.
    """

    name: str
    title: str
    columns: tuple[str, ...] = ()
    rows: Sequence[Sequence[Value]] = ()
    notes: tuple[str, ...] = ()
    fixed: int = 0
    groups: int = 0
    widths: dict[int, float] = field(default_factory=dict)


def workbook(sheets: Sequence[TableSheet], title: str, day: date) -> bytes:
    """The sheets as an .xlsx file that says of itself that it was made on a given day."""
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook()
    # Column widths are counted in digits of the standard font; openpyxl has no public way to set it.
    fonts: Any = book._fonts  # type: ignore[attr-defined]
    fonts[0] = chinese_font("宋体", 11)
    book.remove(book.worksheets[0])
    for one in sheets:
        _draw(book.create_sheet(one.name), one)
    moment = moment_of(day)
    properties = book.properties
    properties.creator, properties.title = "huitoukan", xml_text(title)
    properties.created = moment.replace(tzinfo=None)
    stream = io.BytesIO()
    book.save(stream)
    return without_clock(stream.getvalue(), moment)


# ---------------------------------------------------------------------------------------------------------- drawing


def _draw(sheet: Any, table: TableSheet) -> None:  # openpyxl's cells are a union of two types
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    put(sheet["A1"], table.title)
    sheet["A1"].font = chinese_font("黑体", 14)
    sheet.row_dimensions[1].height = 24
    for n, note in enumerate(table.notes, start=2):
        cell = sheet.cell(n, 1)
        put(cell, note)
        _dress(cell, _NOTE if table.columns else _PROSE)
    if not table.columns:
        sheet.column_dimensions["A"].width = _NOTES_WIDTH
        for n, note in enumerate(table.notes, start=2):
            sheet.row_dimensions[n].height = _height(note, _NOTES_WIDTH)
        _set_page(sheet, "")
        return
    header = len(table.notes) + 2
    widths = [_width(table, n) for n in range(len(table.columns))]
    for n, (column, width) in enumerate(zip(table.columns, widths, strict=True), start=1):
        put(sheet.cell(header, n), column)
        _dress(sheet.cell(header, n), _HEAD)
        sheet.column_dimensions[get_column_letter(n)].width = width
    heads = zip(table.columns, widths, strict=True)
    sheet.row_dimensions[header].height = max(20.0, *(_height(head, width) for head, width in heads))
    _draw_rows(sheet, table, header, widths)
    area = f"A{header}:{get_column_letter(len(table.columns))}{header + max(1, len(table.rows))}"
    sheet.freeze_panes = f"{get_column_letter(table.fixed + 1)}{header + 1}"
    sheet.auto_filter.ref = area
    _set_page(sheet, f"{header}:{header}")


def _draw_rows(sheet: Any, table: TableSheet, header: int, widths: Sequence[float]) -> None:
    styles: dict[_Look, Any] = {}
    before: Sequence[Value] = ()
    for row, values in enumerate(table.rows, start=header + 1):
        new = bool(before) and tuple(values[: table.groups]) != tuple(before[: table.groups])
        before = values
        for n, value in enumerate(values, start=1):
            cell = sheet.cell(row, n)
            look = _look(value, new)
            if look in styles:  # copied: openpyxl is slow to find out that it knows a style
                cell._style = copy(styles[look])
            else:
                _dress(cell, look)
                styles[look] = copy(cell._style)
            _enter(cell, value)
        height = max(_height(_shown(value), width) for value, width in zip(values, widths, strict=True))
        if height > _LINE + _GAP:
            sheet.row_dimensions[row].height = height


class _Look(NamedTuple):
    """How a cell looks: its ground, the line above it (`thin` is a pale one), and what it holds."""

    fill: str = ""
    line: str = ""
    bold: bool = False
    wrap: bool = False
    centred: bool = False
    percent: bool = False


_NOTE, _PROSE = _Look(), _Look(wrap=True)
_HEAD = _Look("DCE6F1", "medium", bold=True, wrap=True, centred=True)


def _look(value: Value, new: bool) -> _Look:
    return _Look(
        fill="FDE9D9" if isinstance(value, Marked) else "",
        line="thin" if new else "pale",
        wrap=isinstance(value.value if isinstance(value, Marked) else value, str),
        percent=isinstance(value, Percent),
    )


def _dress(cell: Any, look: _Look) -> None:
    from openpyxl.styles import Alignment, Border, PatternFill, Side  # noqa: PLC0415

    cell.font = chinese_font("黑体" if look.bold else "宋体", _SIZE)
    cell.alignment = Alignment(
        horizontal="center" if look.centred else "left" if look.wrap else None,
        vertical="center",
        wrap_text=look.wrap,
        indent=1 if look.wrap and look.line and not look.centred else 0,
    )
    if look.fill:
        cell.fill = PatternFill("solid", start_color=look.fill)
    if look.line:
        sides = {
            "pale": Side(style="thin", color="BFBFBF"),
            "thin": Side(style="thin"),
            "medium": Side(style="medium"),
        }
        side = sides[look.line]
        cell.border = Border(top=side, bottom=Side(style="thin")) if look.bold else Border(top=side)
    if look.percent:
        cell.number_format = "0.0%"


def _enter(cell: Any, value: Value) -> None:
    if isinstance(value, Percent):
        cell.value = float(value.share)
    elif isinstance(value, Marked):
        _enter(cell, value.value)
    elif isinstance(value, Decimal):
        cell.value = int(value) if value == value.to_integral_value() else float(value)
    else:
        put(cell, value)


def _shown(value: Value) -> str:
    if isinstance(value, Percent):
        return "100.0%"
    held = value.value if isinstance(value, Marked) else value
    return "" if held is None else str(held)


def _width(table: TableSheet, column: int) -> float:
    """Wide enough for what stands in a column, within reason; the header may take two lines."""
    if column in table.widths:
        return table.widths[column]
    texts = [_shown(row[column]) for row in table.rows]
    widest = max((text_width(line, _SIZE) for text in texts for line in text.split("\n")), default=0.0)
    head = text_width(table.columns[column], _SIZE)
    if head > _HEAD_CHARACTERS * _SIZE:
        head = head / 2 + _SIZE
    return min(_WIDEST, max(_NARROWEST, max(widest, head) / _DIGIT + _PADDING))


def _height(text: str, width: float) -> float:
    room = max(1.0, (width - _PADDING / 2) * _DIGIT)
    lines = sum(max(1, -(-int(text_width(line, _SIZE)) // int(room))) for line in text.split("\n"))
    return min(_HIGHEST_ROW, _LINE * lines + _GAP)


def _set_page(sheet: Any, repeated: str) -> None:
    """A4 landscape, one page wide, the header on each page."""
    from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415

    setup = sheet.page_setup
    setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight = "landscape", 9, 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if repeated:
        sheet.print_title_rows = repeated
    sheet.sheet_view.showGridLines = False
