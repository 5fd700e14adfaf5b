"""A plain .xlsx from the values that were read, where the original is of a kind in which nothing can be marked.

Numbers, texts, dates, merged areas, and hidden rows and sheets are those of the original; what it looked like is not known.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from html import escape
from typing import NamedTuple

from huitoukan.grid import CellValue, Grid, Mark, Place, value_text
from huitoukan.intake.stamp import SHEET as STAMP_SHEET
from huitoukan.output.annotate_cells import address_of
from huitoukan.output.annotate_package import MAIN, OFFICE, TYPES, WORKBOOK, Package
from huitoukan.output.annotate_styles import Styles
from huitoukan.output.files import xml_text
from huitoukan.output.form_page import SIZE, height_of, text_width

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_PACKAGE_RELATIONS = "application/vnd.openxmlformats-package.relationships+xml"
_LONGEST_TEXT = 32767  # characters of a cell, as programs take them
_LONGEST_FORMULA = 8192
# Formulas that only work on cells of the same worksheet; others could reach out of the workbook.
_WORD = re.compile(r"[A-Za-z_]+[A-Za-z0-9_.]*(?=\()")
_PLAIN_FORMULA = re.compile(r"[A-Za-z0-9:,+\-*/().$ ]+")
_FUNCTIONS = frozenset({"SUM", "SUBTOTAL", "ROUND", "AVERAGE", "MAX", "MIN", "COUNT", "COUNTA", "ABS"})
_NARROWEST, _WIDEST, _DIGIT = 7.0, 40.0, 6.0
_HIGHEST = 409.0
_HIDDEN = ' hidden="1"'
_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
_THIN = '<left style="thin"/><right style="thin"/><top style="thin"/><bottom style="thin"/><diagonal/>'
_FONTS = ((SIZE, "宋体"), (14.0, "黑体"))
_FRAMED_CELLS = 50_000  # more are not framed: nobody prints them


class _Looks(NamedTuple):
    """The numbers of the styles that cells are given: a text, what is no text, a title, dates and times."""

    plain: int
    number: int
    title: int
    date: int
    moment: int
    time: int
    span: int


def cell_xml(
    place: Place, style: int, value: CellValue, formula: str = "", *, date_1904: bool = False
) -> str:
    """A cell with its value as XML; a text is always a text, whatever it begins with."""
    at = f'<c r="{address_of(place)}" s="{style}"'
    told = f"<f>{escape(formula)}</f>" if formula else ""
    if value is None or value == "":
        return f"{at}>{told}</c>" if told else f"{at}/>"
    if isinstance(value, bool):
        return f'{at} t="b">{told}<v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        number = value_text(value) or ""
        if number.lower().strip("-") in ("inf", "infinity", "nan"):
            return f'{at} t="e">{told}<v>#NUM!</v></c>'
        return f"{at}>{told}<v>{number}</v></c>"
    if isinstance(value, (date, time, timedelta)):
        return f"{at}>{told}<v>{_serial(value, date_1904=date_1904)!r}</v></c>"
    text = escape(xml_text(str(value))[:_LONGEST_TEXT], quote=False).replace("\r", "&#13;")
    if told:
        return f'{at} t="str">{told}<v>{text}</v></c>'
    return f'{at} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _serial(value: date | time | timedelta, *, date_1904: bool) -> float:
    """A date, a time or a span as the number that stands in its cell."""
    from openpyxl.utils import datetime as calendar  # noqa: PLC0415

    epoch = calendar.CALENDAR_MAC_1904 if date_1904 else calendar.CALENDAR_WINDOWS_1900
    serial: float = calendar.to_excel(value, epoch)  # type: ignore[no-untyped-call]
    return serial


def workbook_of(grids: Sequence[Grid]) -> Package:
    """The worksheets as a package."""
    package = Package(zipfile.ZipFile(_skeleton(grids)))
    styles = Styles(package)
    border = f"<border>{_THIN}</border>"
    wrapped, centred = (
        f'<alignment {side}vertical="center" wrapText="1"/>' for side in ("", 'horizontal="center" ')
    )
    font, title = (
        f'<font><sz val="{size:g}"/><name val="{name}"/><charset val="134"/></font>' for size, name in _FONTS
    )
    looks = _Looks(
        styles.style(font, border=border, alignment=wrapped),
        styles.style(font, border=border, alignment=centred),
        styles.style(title, alignment=centred),
        *(
            styles.style(font, border=border, alignment=centred, number_format=number)
            for number in (14, 22, 21, 46)
        ),
    )
    for n, grid in enumerate(grids, start=1):
        package.put(f"xl/worksheets/sheet{n}.xml", _sheet(grid, looks).encode("utf-8", "replace"))
    return package


def is_plain(formula: str) -> bool:
    """Whether a formula only works on cells of its own worksheet, with the functions of sums."""
    return (
        0 < len(formula) <= _LONGEST_FORMULA
        and _PLAIN_FORMULA.fullmatch(formula) is not None
        and all(word.upper() in _FUNCTIONS for word in _WORD.findall(formula))
    )


def _skeleton(grids: Sequence[Grid]) -> io.BytesIO:
    numbers = range(1, len(grids) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{SHEET_TYPE}"/>' for n in numbers
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    sheets = "".join(
        f'<sheet name="{escape(xml_text(grid.name))}" sheetId="{n}"{_state(grid)} r:id="rId{n}"/>'
        for n, grid in enumerate(grids, start=1)
    )
    from_1904 = ' date1904="1"' if any(grid.date_1904 for grid in grids) else ""
    uncalculated = any(mark is Mark.UNCACHED for grid in grids for mark, _ in grid.marks.values())
    calculate = '<calcPr fullCalcOnLoad="1"/>' if uncalculated else ""
    contents = {
        TYPES: f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="{_PACKAGE_RELATIONS}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/{WORKBOOK}" ContentType="{_WORKBOOK_TYPE}"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="{WORKBOOK}"/></Relationships>',
        WORKBOOK: f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr{from_1904}/><sheets>{sheets}</sheets>{calculate}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relations}</Relationships>',
        **{
            f"xl/worksheets/sheet{n}.xml": f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
            for n in numbers
        },
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    stream.seek(0)
    return stream


def _state(grid: Grid) -> str:
    if grid.name == STAMP_SHEET:
        return ' state="veryHidden"'
    return "" if grid.visible else ' state="hidden"'


def _sheet(grid: Grid, looks: _Looks) -> str:
    last = max((len(row) for row in grid.rows), default=0)
    framed = len(grid.rows) * last <= _FRAMED_CELLS
    values: dict[Place, CellValue] = {
        (r, c): value
        for r, row in enumerate(grid.rows)
        for c, value in enumerate(row)
        if framed or value not in (None, "")
    }
    values |= grid.covered
    for place in (*grid.marks, *grid.formulas):
        values.setdefault(place, None)
    rows: dict[int, list[str]] = {}
    for (row, column), value in sorted(values.items(), key=lambda item: item[0]):
        rows.setdefault(row, []).append(_cell(grid, (row, column), value, looks))
    widths = _widths(grid, last)
    drawn = "".join(
        f'<row r="{n + 1}" ht="{_height(grid, n, widths):g}"{_HIDDEN if n in grid.hidden_rows else ""}>{"".join(cells)}</row>'
        for n, cells in sorted(rows.items())
    )
    columns = "".join(
        f'<col min="{c + 1}" max="{c + 1}" width="{width:.2f}" customWidth="1"{_HIDDEN if c in grid.hidden_columns else ""}/>'
        for c, width in enumerate(widths)
    )
    merges = "".join(f'<mergeCell ref="{area.address}"/>' for area in grid.merges if ":" in area.address)
    return (
        f'<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><cols>{columns}</cols>'
        f"<sheetData>{drawn}</sheetData>"
        + (f'<mergeCells count="{merges.count("<mergeCell")}">{merges}</mergeCells>' if merges else "")
        + '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    ).replace("<cols></cols>", "")


def _cell(grid: Grid, place: Place, value: CellValue, looks: _Looks) -> str:
    mark, note = grid.marks.get(place, (None, ""))
    formula = grid.formulas.get(place, "")
    formula = formula if is_plain(formula) else ""
    if mark is Mark.ERROR:
        error = note if note in _ERRORS else "#VALUE!"
        return f'<c r="{address_of(place)}" s="{looks.plain}" t="e"><v>{escape(error)}</v></c>'
    style = looks.title if place == (0, 0) and _has_title(grid) else _style(value, looks)
    return cell_xml(place, style, value, formula, date_1904=grid.date_1904)


def _has_title(grid: Grid) -> bool:
    """Whether the first row is one cell over the table: what the form is called."""
    return any((m.top, m.left, m.bottom) == (0, 0, 0) and m.right > 1 for m in grid.merges)


def _style(value: CellValue, looks: _Looks) -> int:
    if isinstance(value, datetime):
        return looks.date if value.time() == time() else looks.moment
    if isinstance(value, date):
        return looks.date
    if isinstance(value, time):
        return looks.time
    if isinstance(value, timedelta):
        return looks.span
    return looks.number if isinstance(value, (bool, int, float)) else looks.plain


def _widths(grid: Grid, count: int) -> list[float]:
    """The columns as wide as their texts, within reason, in characters; a text in a merged area asks for nothing."""
    wide = {(area.top, area.left) for area in grid.merges if area.right > area.left}
    widest = [0.0] * count
    for r, row in enumerate(grid.rows):
        for c, value in enumerate(row):
            if value not in (None, "") and (r, c) not in wide:
                text = value_text(value) or ""
                widest[c] = max(widest[c], *(text_width(line, SIZE) for line in text.split("\n")))
    return [min(_WIDEST, max(_NARROWEST, width / _DIGIT + 2)) for width in widest]


def _height(grid: Grid, row: int, widths: Sequence[float]) -> float:
    """High enough for the texts of a row; it is not marked as set by hand, and grows with what people write."""
    if row == 0 and _has_title(grid):
        return 30.0
    merged = {area.left for area in grid.merges if area.top <= row <= area.bottom}
    texts = (
        (c, value)
        for c, value in enumerate(grid.rows[row] if row < len(grid.rows) else ())
        if isinstance(value, str)
    )
    heights = (height_of(text, widths[c] * _DIGIT) for c, text in texts if c not in merged)
    return min(_HIGHEST, max(18.0, *heights, 0.0))
