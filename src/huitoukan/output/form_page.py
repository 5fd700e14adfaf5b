"""The paper of a form: how wide a text prints, how high its row must be, and where a page ends. All in points."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import ceil
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from huitoukan.output.text import Words

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

SIZE = 10.5  # of the text in the table (五号)
# Height of a line of that size in the highest of the usual fonts, and what a row adds to it.
LINE, PADDING = 15.3, 3.0
HIGHEST_ROW = 409.0  # what spreadsheet programs allow
DIGIT = 6.0  # column widths count digits of the workbook's standard font, which is 宋体 11: 8 pixels each
_A4 = 9
_PAGE_WIDTH, _PAGE_HEIGHT, _MARGIN, _BOTTOM, _FOOTER = 842.0, 595.0, 34.0, 42.0, 20.0
_INCH = 72
_CELL_MARGINS = 6.0
_CAUTION = 0.98  # programs differ a little in how high a row prints


def text_width(text: str, size: float = SIZE) -> float:
    """The width of a text: a Chinese character is as wide as high, a Latin letter half of that."""
    return sum(size if east_asian_width(c) in "WFA" else size / 2 for c in text)


def lines_of(text: str, width: float, size: float = SIZE) -> int:
    """In how many lines a text stands in a column; a little pessimistic, since no line may begin with a comma."""
    room = max(2 * size, width - _CELL_MARGINS)
    return sum(
        max(1, ceil(needed / (room if needed <= room else room - size / 2)))
        for needed in (text_width(line, size) for line in text.split("\n"))
    )


def height_of(text: str, width: float, size: float = SIZE) -> float:
    """How high a row must be for a text in a column."""
    return PADDING + LINE * size / SIZE * lines_of(text, width, size)


def growing_row(sheet: Worksheet, row: int, height: float) -> None:
    """Give a row a height that is only its beginning: the row grows when somebody writes a long reason into it."""
    sheet.row_dimensions[row] = _growing_row()(sheet, index=row, ht=height)


@cache
def _growing_row() -> Any:
    from openpyxl.worksheet.dimensions import RowDimension  # noqa: PLC0415

    class GrowingRow(RowDimension):
        """A row whose height is not marked as set by hand, which openpyxl does with every height."""

        __fields__ = tuple(name for name in RowDimension.__fields__ if name != "customHeight")

    return GrowingRow


def set_up_page(sheet: Worksheet, header: int, area: str, words: Words, *, portrait: bool = False) -> None:
    """A4 landscape or portrait, one page wide, the header row on each page, pages numbered."""
    from openpyxl.worksheet.header_footer import HeaderFooterItem  # noqa: PLC0415
    from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415

    setup = sheet.page_setup
    setup.orientation = "portrait" if portrait else "landscape"
    setup.paperSize, setup.fitToWidth, setup.fitToHeight = _A4, 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{header}:{header}"
    sheet.print_area = area
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = margins.top = _MARGIN / _INCH
    margins.bottom, margins.footer, margins.header = _BOTTOM / _INCH, _FOOTER / _INCH, _FOOTER / _INCH
    footer = HeaderFooterItem()
    footer.center.text, footer.center.size = words("第 &P 页 共 &N 页"), 9
    sheet.oddFooter = footer
    sheet.freeze_panes = f"A{header + 1}"
    sheet.sheet_view.showGridLines = False


def break_pages(
    sheet: Worksheet, header: int, groups: Iterable[tuple[int, int]], width: float, *, portrait: bool = False
) -> None:
    """Begin a new page before rows that belong together and would not fit on the current one as a whole.

    `groups` are their first and last rows from the header down, `width` is that of all columns.
    """
    from openpyxl.worksheet.pagebreak import Break  # noqa: PLC0415

    across, down = (_PAGE_HEIGHT, _PAGE_WIDTH) if portrait else (_PAGE_WIDTH, _PAGE_HEIGHT)
    scale = min(1.0, (across - 2 * _MARGIN) / width)
    page = (down - _MARGIN - _BOTTOM) / scale * _CAUTION
    used = _height(sheet, 1, header)
    for first, last in groups:
        needed = _height(sheet, first, last)
        if used + needed > page and first > header + 1:
            sheet.row_breaks.append(Break(id=first - 1))
            used = _height(sheet, header, header)
        used += needed


def _height(sheet: Worksheet, first: int, last: int) -> float:
    return sum(float(sheet.row_dimensions[row].height or 0) for row in range(first, last + 1))
