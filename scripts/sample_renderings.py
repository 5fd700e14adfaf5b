"""Forms as other programs write them: old systems that call a text an .xls, strict OOXML, days counted from 1904.

Part of `make_sample_sheets.py`. Nothing here needs LibreOffice: sums are worked out, and the bytes are the same each time.
"""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from copy import copy
from datetime import datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook
from openpyxl.formula.translate import Translator
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet
from sample_forms import plain

DAY = (2024, 6, 7, 9, 0, 0)  # the time that stands inside archives
_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip whose bytes depend on nothing but the files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, DAY), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def stack(first: Worksheet, other: Worksheet, gap: int = 2) -> int:
    """Write a worksheet below another one of the same columns, blank rows between them; by how many rows it moved."""
    down = first.max_row + gap
    for number, row in enumerate(other.iter_rows(), down + 1):
        for place, cell in enumerate(row, 1):
            below = first.cell(number, place)
            if cell.data_type == "f":
                below.value = Translator(str(cell.value), cell.coordinate).translate_formula(below.coordinate)
            elif cell.value is not None:
                below.value = cell.value
            for style in ("font", "border", "fill", "alignment"):
                setattr(below, style, copy(getattr(cell, style)))
            below.number_format = cell.number_format
    for area in other.merged_cells.ranges:
        area.shift(row_shift=down)
        first.merge_cells(area.coord)
    for number, dimension in other.row_dimensions.items():
        first.row_dimensions[number + down].height = dimension.height
    return down


def moved(cells: str, down: int) -> str:
    """An address, or a range of them, so many rows further down."""
    return re.sub(r"\d+", lambda row: str(int(row[0]) + down), cells)


def rendered(workbook: Workbook, kind: str) -> bytes:
    """The workbook as a file of a kind of `KINDS`."""
    for sheet in workbook.worksheets:
        _work_out(sheet)
    return KINDS[kind](workbook)


_SUM = re.compile(r"=SUM\(([A-Z0-9:,]+)\)")


def _work_out(sheet: Worksheet) -> None:
    """Put numbers in the place of sums, the only formulas there are."""
    for row in sheet.iter_rows():
        for cell in row:
            found = _SUM.fullmatch(str(cell.value)) if cell.data_type == "f" else None
            if found:
                parts = (
                    Decimal(str(one.value or 0))
                    for area in found[1].split(",")
                    for line in sheet[area]
                    for one in line
                )
                cell.value = plain(sum(parts, Decimal(0)))


def _xlsx(workbook: Workbook) -> bytes:
    """As openpyxl saves it, without the clock."""
    stream = io.BytesIO()
    workbook.save(stream)
    with zipfile.ZipFile(stream) as saved:
        parts = {name: saved.read(name) for name in saved.namelist()}
    moment = f"{datetime(*DAY):%Y-%m-%dT%H:%M:%SZ}".encode()
    parts["docProps/core.xml"] = _TIME.sub(moment, parts["docProps/core.xml"])
    return zipped(parts)


def _from_1904(workbook: Workbook) -> bytes:
    workbook.epoch = CALENDAR_MAC_1904
    return _xlsx(workbook)


_STRICT = {  # what some programs write as “Strict Open XML”
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    b"http://schemas.openxmlformats.org/drawingml/2006/main": b"http://purl.oclc.org/ooxml/drawingml/main",
}


def _strict(workbook: Workbook) -> bytes:
    with zipfile.ZipFile(io.BytesIO(_xlsx(workbook))) as saved:
        parts = {name: saved.read(name) for name in saved.namelist()}
    for usual, strict in _STRICT.items():
        parts = {name: content.replace(usual, strict) for name, content in parts.items()}
    return zipped(parts)


# ---------------------------------------------------------------------------------------------------- as text


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value.year}年{value.month}月{value.day}日"
    return "" if value is None else str(value)


def _spans(sheet: Worksheet) -> tuple[dict[str, tuple[int, int]], set[tuple[int, int]]]:
    """Rows and columns of merged areas by their first cell, and the cells that they cover."""
    first, covered = {}, set()
    for area in sheet.merged_cells.ranges:
        first[area.start_cell.coordinate] = area.size["rows"], area.size["columns"]
        covered |= set(list(area.cells)[1:])
    return first, covered


_STYLE = "td{border:.5pt solid black;font-size:10.5pt}"


def _web_page(workbook: Workbook) -> bytes:
    """A page with one table, in GB2312: what a server writes that calls it an Excel file."""
    sheet = workbook.worksheets[0]
    first, covered = _spans(sheet)
    lines = [
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel">',
        '<head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">',
        f"<style>{_STYLE}</style></head>",
        '<body><table border="1" cellspacing="0">',
    ]
    for row in sheet.iter_rows():
        cells = []
        for cell in row:
            if (cell.row, cell.column) in covered:
                continue
            rows, columns = first.get(cell.coordinate, (1, 1))
            number = " x:num" if isinstance(cell.value, int | float) else ""
            spans = (f' rowspan="{rows}"' if rows > 1 else "") + (
                f' colspan="{columns}"' if columns > 1 else ""
            )
            cells.append(f"<td{number}{spans}>{html.escape(_shown(cell.value)) or '&nbsp;'}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return "\r\n".join([*lines, "</table></body></html>", ""]).encode("gb18030")


def _delimited(workbook: Workbook) -> bytes:
    """A delimited text in GBK, as Excel saves one on Chinese Windows."""
    stream = io.StringIO(newline="")
    rows = workbook.worksheets[0].iter_rows(values_only=True)
    csv.writer(stream).writerows([_shown(value) for value in row] for row in rows)
    return stream.getvalue().encode("gbk")


def _spreadsheetml(workbook: Workbook) -> bytes:
    """The XML of Excel 2003, without the cells that are blank."""
    sheet = workbook.worksheets[0]
    first, covered = _spans(sheet)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<?mso-application progid="Excel.Sheet"?>',
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"',
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">',
        f"<Worksheet ss:Name={quoteattr(sheet.title)}><Table>",
    ]
    for row in sheet.iter_rows():
        cells = "".join(
            _spreadsheetml_cell(cell, *first.get(cell.coordinate, (1, 1)))
            for cell in row
            if cell.value is not None and (cell.row, cell.column) not in covered
        )
        if cells:
            lines.append(f'<Row ss:Index="{row[0].row}">{cells}</Row>')
    return "\r\n".join([*lines, "</Table></Worksheet>", "</Workbook>", ""]).encode()


def _spreadsheetml_cell(cell: Any, rows: int, columns: int) -> str:
    spans = (f' ss:MergeDown="{rows - 1}"' if rows > 1 else "") + (
        f' ss:MergeAcross="{columns - 1}"' if columns > 1 else ""
    )
    kind, text = ("Number" if isinstance(cell.value, int | float) else "String"), _shown(cell.value)
    if isinstance(cell.value, datetime):
        kind, text = "DateTime", f"{cell.value:%Y-%m-%dT00:00:00.000}"
    return f'<Cell ss:Index="{cell.column}"{spans}><Data ss:Type="{kind}">{escape(text)}</Data></Cell>'


KINDS: Mapping[str, Callable[[Workbook], bytes]] = {
    "plain": _xlsx,
    "strict": _strict,
    "1904": _from_1904,
    "web page": _web_page,
    "delimited": _delimited,
    "spreadsheetml": _spreadsheetml,
}
