"""The summary workbook `report.xlsx`: eight sheets whose totals and shares are live formulas that agree with the report."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from huitoukan.output.book_page import Page
from huitoukan.output.cached_results import with_results
from huitoukan.output.clockless import moment_of, without_clock
from huitoukan.output.context import ReportContext
from huitoukan.output.files import xml_text
from huitoukan.output.form_drawing import chinese_font
from huitoukan.output.render import sentences
from huitoukan.output.report_dimensions import draw_dimensions
from huitoukan.output.report_layout import Layout
from huitoukan.output.report_missing import draw_missing
from huitoukan.output.report_notes import draw_notes
from huitoukan.output.report_overview import draw_overview
from huitoukan.output.report_problems import draw_problems
from huitoukan.output.report_stages import draw_stages
from huitoukan.output.report_units import draw_counties, draw_townships
from huitoukan.output.text import Words

_DRAWN = {
    "overview": draw_overview, "counties": draw_counties, "townships": draw_townships, "dimensions": draw_dimensions,
    "problems": draw_problems, "missing": draw_missing, "stages": draw_stages,
}  # fmt: skip


def report_workbook(context: ReportContext, words: Words) -> bytes:
    """The workbook as a file. Formulas carry their results; programs that calculate work them out again when they open it."""
    from openpyxl import Workbook  # noqa: PLC0415

    layout = Layout(context, words, sentences(context, words))
    book = Workbook()
    # Column widths are counted in digits of the standard font; openpyxl has no public way to set it.
    fonts: Any = book._fonts  # type: ignore[attr-defined]
    fonts[0] = chinese_font("宋体", 11)
    book.remove(book.worksheets[0])
    pages = {key: Page(book.create_sheet(layout.sheets[key]), words) for key in (*_DRAWN, "notes")}
    for key, draw in _DRAWN.items():
        draw(pages[key], layout)
    draw_notes(pages["notes"], layout, book)
    book.calculation.fullCalcOnLoad = True
    moment = moment_of(context.campaign.settings.period.start)
    properties = book.properties
    properties.creator, properties.title = "huitoukan", xml_text(layout.said.title)
    properties.created = moment.replace(tzinfo=None)
    results = {f"xl/worksheets/sheet{n}.xml": page.results for n, page in enumerate(pages.values(), start=1)}
    return without_clock(with_results(_saved(book), results), moment)


def _saved(book: Any) -> bytes:
    """The workbook as openpyxl writes it, but its worksheets in memory: openpyxl puts them on a disk, which may be full."""
    from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing  # noqa: PLC0415
    from openpyxl.worksheet._writer import WorksheetWriter  # noqa: PLC0415
    from openpyxl.writer.excel import ExcelWriter  # noqa: PLC0415

    class Writer(ExcelWriter):  # type: ignore[misc, unused-ignore]
        def write_worksheet(self, ws: Any) -> None:
            ws._drawing = SpreadsheetDrawing()
            ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
            part = io.BytesIO()
            writer: Any = WorksheetWriter(ws, out=part)
            writer.write()
            ws._rels = writer._rels
            archive.writestr(ws.path[1:], part.getvalue())
            self.manifest.append(ws)

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        made: Any = Writer
        made(book, archive).save()
    return stream.getvalue()
