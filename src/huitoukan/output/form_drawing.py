"""Drawing a form on a worksheet: how its cells look, which of them may be filled in, and rows from the top down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from huitoukan.grid import column_letters
from huitoukan.output.files import is_formula_like, xml_text
from huitoukan.output.form_page import DIGIT, SIZE

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

SHADE = "F2F2F2"


class Look(NamedTuple):
    """How a cell looks, and whether it may be filled in. `border`: nothing, a line below, or a box."""

    font: str = "宋体"
    size: float = SIZE
    side: str = "left"
    border: str = ""
    shaded: bool = False
    locked: bool = True
    wrap: bool = True


TITLE = Look("黑体", 18.0, "center")
HEAD = Look("黑体", side="center", border="box", shaded=True)
TEXT = Look(border="box")
MIDDLE = Look(side="center", border="box")
ENTRY = Look(border="box", locked=False)
SCORE = Look(size=12.0, side="center", border="box", locked=False)
LABEL = Look(side="right")
GIVEN = Look(border="below")
FIELD = Look(border="below", locked=False)
NOTE = Look(size=9.0)


class Drawing:
    """A worksheet that is drawn once, top down. `widths` are those of its columns by role, in points.

    `hidden` keeps lists that do not fit into a validation, from its column D on.
    """

    def __init__(self, sheet: Worksheet, hidden: Worksheet, widths: Mapping[str, float]) -> None:
        self.sheet, self.hidden, self.widths = sheet, hidden, dict(widths)
        self.letters = {role: column_letters(n) for n, role in enumerate(widths)}
        self.row = 1
        self.lists = 0
        self._styles: dict[Look, Any] = {}

    def set_widths(self) -> None:
        """Give the columns their widths."""
        for role, width in self.widths.items():
            self.sheet.column_dimensions[self.letters[role]].width = round(width / DIGIT, 2)

    def keep(self, entries: Sequence[Decimal | str]) -> str:
        """Write a list into a column of the hidden sheet and return its range."""
        column = column_letters(3 + self.lists)
        self.lists += 1
        for n, entry in enumerate(entries, start=1):
            put(self.hidden[f"{column}{n}"], number(entry) if isinstance(entry, Decimal) else entry)
        return f"'{self.hidden.title}'!${column}$1:${column}${len(entries)}"

    def end_row(self, height: float) -> None:
        """Give the current row its height and go on to the next."""
        self.sheet.row_dimensions[self.row].height = height
        self.row += 1

    def label(self, first: str, last: str, label: str) -> None:
        """A label before a field."""
        self.span(first, last, f"{label}：", LABEL)

    def span(self, first: str, last: str, text: str | None, look: Look) -> Cell:
        """A cell that stretches over several columns."""
        roles = list(self.letters)
        inside = roles[roles.index(first) : roles.index(last) + 1]
        cells = [self.cell(role, text if role == first else None, look) for role in inside]
        if len(cells) > 1:
            self.sheet.merge_cells(f"{cells[0].coordinate}:{cells[-1].coordinate}")
        return cells[0]

    def cell(self, role: str, value: str | float | None, look: Look) -> Cell:
        """A cell of the current row."""
        cell = self.dress(self.sheet[f"{self.letters[role]}{self.row}"], look)
        put(cell, value)
        return cell

    def dress(self, cell: Cell, look: Look) -> Cell:
        """Give a cell its look."""
        styled: Any = cell
        if look in self._styles:  # copied: openpyxl is slow to find out that it knows a style
            styled._style = copy(self._styles[look])
        else:
            _dress(cell, look)
            self._styles[look] = copy(styled._style)
        return cell


def put(cell: Cell, value: Any) -> None:
    """Write a value as what it is: text that looks like a formula or an error stays text."""
    if not isinstance(value, str):
        cell.value = value
        return
    cell.value = text = xml_text(value)
    cell.data_type = "s"
    if is_formula_like(text):
        cell.quotePrefix = True


def chinese_font(name: str, size: float) -> Any:
    """A font, marked as Chinese for systems that lack it and must find another."""
    from openpyxl.styles import Font  # noqa: PLC0415

    return Font(name=name, size=size, charset=134)


def _dress(cell: Cell, look: Look) -> None:
    from openpyxl.styles import Alignment, Border, PatternFill, Protection, Side  # noqa: PLC0415

    line = Side(style="thin")
    cell.font = chinese_font(look.font, look.size)
    cell.alignment = Alignment(horizontal=look.side, vertical="center", wrap_text=look.wrap)
    if look.border:
        box = look.border == "box"
        cell.border = Border(line, line, line, line) if box else Border(bottom=line)
    if look.shaded:
        cell.fill = PatternFill("solid", start_color=SHADE)
    cell.protection = Protection(locked=look.locked)


def number(value: Decimal) -> int | float:
    """A number as a cell holds it."""
    return int(value) if value == value.to_integral_value() else float(value)
