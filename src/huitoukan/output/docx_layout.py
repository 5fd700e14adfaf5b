"""The finish of a rendered Word document: tables as wide as the text, marks of print for the language, no clock, our name."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from huitoukan.output.clockless import moment_of, without_clock

if TYPE_CHECKING:
    from docx.document import Document

_EMU = 635  # English Metric Units of a twentieth of a point


def finished(document: Document, language: str, day: date) -> bytes:
    """The bytes of a document: the same for the same input, and known as ours by their beginning (output/places.py).

    `day` stands in for the day of writing.
    """
    section = document.sections[0]
    page, left, right = section.page_width, section.left_margin, section.right_margin
    if page is not None and left is not None and right is not None:
        fit_tables(
            document.element.body, round((page - left - right) / _EMU)
        )  # English Metric Units of a twentieth
    if language != "zh":
        _latin_marks(document.styles.element)
    properties = document.core_properties
    properties.author = properties.last_modified_by = "huitoukan"
    properties.revision = 1
    properties.created = properties.modified = moment_of(day).replace(tzinfo=None)
    stream = io.BytesIO()
    document.save(stream)
    return without_clock(stream.getvalue(), moment_of(day))


def fit_tables(body: Any, width: int) -> None:
    """Give every table the width of the text, in its own proportions: a loop over columns makes as many as there are.

    `width` is in twentieths of a point. Cells keep what they span. Word goes by the cells, LibreOffice by the grid.
    """
    from docx.oxml.ns import qn  # noqa: PLC0415

    for table in body.iter(qn("w:tbl")):
        rows = [list(row.iterchildren(qn("w:tc"))) for row in table.iterchildren(qn("w:tr"))]
        columns = _columns(rows)
        if not columns:
            continue
        scaled = [round(one * width / sum(columns)) for one in columns]
        grid = table.find(qn("w:tblGrid"))
        for column in list(grid):
            grid.remove(column)
        for one in scaled:
            grid.append(grid.makeelement(qn("w:gridCol"), {qn("w:w"): str(one)}))
        for row in rows:
            at = 0
            for cell, span in zip(row, map(_span, row), strict=True):
                cell.width = sum(scaled[at : at + span]) * _EMU
                at += span


def _columns(rows: Iterable[list[Any]]) -> list[int]:
    """The widths of the columns by the row with most cells; [] where they are not told."""
    row = max(rows, key=lambda cells: (len(cells), -sum(map(_span, cells))), default=[])
    widths = [cell.width for cell in row]
    if any(_span(cell) > 1 for cell in row) or not all(widths):
        return []
    return [round(width / _EMU) for width in widths]


def _span(cell: Any) -> int:
    return int(cell.grid_span)


def _latin_marks(styles: Any) -> None:
    """Marks that both scripts have (“”—…) in the Latin font: as wide as a Chinese character they tear an English line."""
    from docx.oxml.ns import qn  # noqa: PLC0415

    for fonts in styles.iter(qn("w:rFonts")):
        fonts.attrib.pop(qn("w:hint"), None)
