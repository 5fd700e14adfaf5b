"""The same worksheet in other kinds of file, as other programs write them. Nothing here knows how the product reads."""

from __future__ import annotations

import csv
import html
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from openpyxl import load_workbook

Value = str | float | bool | date | None
Merge = tuple[int, int, int, int]  # first row, first column, last row, last column, from zero


@dataclass(frozen=True)
class Sheet:
    """A worksheet as a rectangle of values with its merged areas."""

    name: str
    rows: Sequence[Sequence[Any]]
    merges: Sequence[Merge] = ()


def sheets_of(data: bytes) -> list[Sheet]:
    """The worksheets of an xlsx."""
    return [
        Sheet(
            sheet.title,
            [list(row) for row in sheet.iter_rows(values_only=True)],
            [(m.min_row - 1, m.min_col - 1, m.max_row - 1, m.max_col - 1) for m in sheet.merged_cells.ranges],
        )
        for sheet in load_workbook(io.BytesIO(data)).worksheets
    ]


def text_of(value: Value) -> str:
    """A value as a program shows it in a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    return str(value) if isinstance(value, str) else f"{value:.15g}"


def _spans(sheet: Sheet) -> tuple[dict[tuple[int, int], tuple[int, int]], set[tuple[int, int]]]:
    """Rows and columns of the merged areas by their first cell, and the cells that they cover."""
    first, covered = {}, set()
    for top, left, bottom, right in sheet.merges:
        first[top, left] = (bottom - top + 1, right - left + 1)
        covered |= {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)} - {(top, left)}
    return first, covered


def as_html(sheet: Sheet, charset: str = "utf-8", head: str = "") -> bytes:
    """A page with one table, as servers write it that call it an Excel file."""
    first, covered = _spans(sheet)
    lines = [
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}">{head}</head><body><table border=1>'
    ]
    for r, row in enumerate(sheet.rows):
        lines.append("<tr>")
        for c, value in enumerate(row):
            if (r, c) in covered:
                continue
            rows, columns = first.get((r, c), (1, 1))
            spans = (f' rowspan="{rows}"' if rows > 1 else "") + (
                f" colspan={columns}" if columns > 1 else ""
            )
            text = html.escape(text_of(value)).replace("\n", "<br>") or "&nbsp;"
            lines.append(f"<td{spans}>{text}</td>")
        lines.append("</tr>")
    return "\r\n".join([*lines, "</table></body></html>"]).encode(charset)


def as_csv(sheet: Sheet, delimiter: str = ",", charset: str = "utf-8-sig") -> bytes:
    """A delimited text."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows([text_of(v) for v in row] for row in sheet.rows)
    return stream.getvalue().encode(charset)


def as_spreadsheetml(sheets: Iterable[Sheet], options: str = "", charset: str = "UTF-8") -> bytes:
    """The XML of Excel 2003; empty cells and rows are left out, so that the indexes count."""
    parts = [
        f'<?xml version="1.0" encoding="{charset}"?>\n<?mso-application progid="Excel.Sheet"?>\n',
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">\n',
        options,
    ]
    for sheet in sheets:
        first, covered = _spans(sheet)
        parts.append(f"<Worksheet ss:Name={quoteattr(sheet.name)}><Table>\n")
        for r, row in enumerate(sheet.rows):
            cells = [
                _cell(c, value, *first.get((r, c), (1, 1)))
                for c, value in enumerate(row)
                if (r, c) not in covered and (value is not None or (r, c) in first)
            ]
            if cells:
                parts.append(f'<Row ss:Index="{r + 1}">{"".join(cells)}</Row>\n')
        parts.append("</Table></Worksheet>\n")
    return "".join([*parts, "</Workbook>"]).encode(charset)


def _cell(column: int, value: Value, rows: int, columns: int) -> str:
    spans = (f' ss:MergeDown="{rows - 1}"' if rows > 1 else "") + (
        f' ss:MergeAcross="{columns - 1}"' if columns > 1 else ""
    )
    if value is None:
        return f'<Cell ss:Index="{column + 1}"{spans}/>'
    kind, text = "String", text_of(value)
    if isinstance(value, bool):
        kind, text = "Boolean", str(int(value))
    elif isinstance(value, datetime | date):
        kind, text = "DateTime", f"{value:%Y-%m-%dT00:00:00.000}"
    elif not isinstance(value, str):
        kind, text = "Number", repr(float(value))
    text = escape(text).replace("\n", "&#10;")
    return f'<Cell ss:Index="{column + 1}"{spans}><Data ss:Type="{kind}">{text}</Data></Cell>'


_STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    b"http://schemas.openxmlformats.org/drawingml/2006/main": b"http://purl.oclc.org/ooxml/drawingml/main",
    b"http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing": b"http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing",
}


def as_strict(data: bytes) -> bytes:
    """An xlsx in strict OOXML."""
    return rewritten(data, lambda _name, content: _replaced(content))


def _replaced(content: bytes) -> bytes:
    for transitional, strict in _STRICT.items():
        content = content.replace(transitional, strict)
    return content


def rewritten(data: bytes, change: Any) -> bytes:
    """A zipped file with every part changed by `change(name, content)`."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target.getvalue()
