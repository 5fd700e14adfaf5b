"""Web pages as worksheets: what Excel shows when it opens a page that an old system has exported under the name .xls.

Tables stand one below the other, texts between them in rows of their own. Spans become merged cells. A table inside a
cell takes its place there and pushes the rest aside. Nothing is fetched, no script is run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from huitoukan.grid import CellValue, Grid, Place, Range, by_rows
from huitoukan.intake.bounds import MOST_COLUMNS, MOST_ROWS, TooLargeError, too_large, too_many_tags
from huitoukan.intake.encodings import decode_markup
from huitoukan.intake.entry import Entries, number
from huitoukan.intake.markup import pieces
from huitoukan.intake.webtables import AS_TEXT, Box, Page, Table

# Our own reports hold scores of many forms.
_OURS = re.compile(rb'<meta name="generator" content="huitoukan ')
_HEAD = 8192
_CELLS_PER_PIECE = 4  # a tag takes the time of so many cells of a grid


def read_webpage(data: bytes, name: str, limit: int) -> tuple[Grid, ...]:
    """The one worksheet of a web page; nothing when there is no table on it. `name` is used where the page gives none.

    Raises:
        TooLargeError: its tables cover more than `limit` cells, or they have more than a tenth of that themselves.
    """
    if _OURS.search(data[:_HEAD]):
        return ()
    page = Page(limit)
    for n, piece in enumerate(pieces(decode_markup(data))):
        if n > limit // _CELLS_PER_PIECE:
            raise TooLargeError(too_many_tags())
        page.take(piece)
    page.close()
    if not any(isinstance(block, Table) for block in page.body.blocks):
        return ()
    return (_Sheet(page.name or name, limit, page.text_classes).grid(page),)


def is_frameset(data: bytes) -> bool:
    """Whether a page only frames other pages: the worksheets lie in files beside it."""
    return "<frameset" in decode_markup(data).lower()


@dataclass(slots=True)
class _Layout:
    """A table whose cells have found their places, and where its rows and columns begin.

    Each cell comes as (row, column, rows, columns, cell).
    """

    cells: list[tuple[int, int, int, int, Box]]
    tops: list[int]  # one more than there are rows: the last is the height
    lefts: list[int]
    inner: dict[int, _Layout]  # by the identity of a table that lies in a cell


class _Sheet:
    """Lays the tables and texts of a page out on one worksheet."""

    def __init__(self, name: str, limit: int, text_classes: set[str]) -> None:
        self.name = name
        self.limit = self.left = limit
        self.text_classes = text_classes
        self.values: dict[Place, CellValue] = {}
        self.merges: list[Range] = []
        self.entries = Entries()
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()

    def grid(self, page: Page) -> Grid:
        top = 0
        for block in page.body.blocks:
            if isinstance(block, str):
                top = self._lines(block, top, 0)
            else:
                top = self._place(block, self._layout(block), top, 0)
        height = max((row for row, _ in self.values), default=-1) + 1
        width = max((column for _, column in self.values), default=-1) + 1
        if height * width > self.limit or height > MOST_ROWS or width > MOST_COLUMNS:
            raise TooLargeError(too_large(self.name, height, width))
        return Grid(
            self.name,
            by_rows(self.values, height),
            tuple(self.merges),
            self.entries.marks,
            page.visible,
            formulas=self.entries.formulas,
            hidden_rows=frozenset(row for row in self.hidden_rows if row < height),
            hidden_columns=frozenset(column for column in self.hidden_columns if column < width),
        )

    def _lines(self, text: str, top: int, left: int) -> int:
        """Texts outside of tables: each line in a row of its own."""
        for line in text.split("\n"):
            if line and not line.isspace():
                self._enter(top, left, line, as_text=False)
                top += 1
        return top

    def _enter(self, row: int, column: int, text: str, *, as_text: bool) -> None:
        value = text if as_text else self.entries.enter(row, column, text)
        if value is not None or (row, column) in self.entries.marks:
            self.values[row, column] = value

    def _layout(self, table: Table) -> _Layout:
        taken: list[int] = []  # by column: the first row that a span from above leaves free
        cells = []
        height = len(table.rows)
        for r, row in enumerate(table.rows):
            c = 0
            for cell in row.cells:
                while c < len(taken) and taken[c] > r:
                    c += 1
                columns = min(cell.columns, MOST_COLUMNS - c)
                if columns <= 0:
                    raise TooLargeError(too_large(self.name, r + 1, c + 1))
                rows = min(cell.rows or height, height - r)  # rowspan="0": to the end
                self.left -= rows * columns
                if self.left < 0:
                    raise TooLargeError(too_large(self.name, r + rows, c + columns))
                taken.extend([0] * (c + columns - len(taken)))
                taken[c : c + columns] = [r + rows] * columns
                cells.append((r, c, rows, columns, cell))
                c += columns
        heights, widths = [1] * height, [1] * len(taken)
        inner: dict[int, _Layout] = {}
        for r, c, rows, columns, cell in cells:
            tables = [block for block in cell.blocks if isinstance(block, Table)]
            if not tables:
                continue
            inner |= {id(one): self._layout(one) for one in tables}
            size = sum(_lines_before(one) + inner[id(one)].tops[-1] for one in tables)
            size += len(cell.blocks) - len(tables)
            heights[r + rows - 1] += max(size - sum(heights[r : r + rows]), 0)
            width = max(inner[id(one)].lefts[-1] for one in tables)
            widths[c + columns - 1] += max(width - sum(widths[c : c + columns]), 0)
        return _Layout(cells, _starts(heights), _starts(widths), inner)

    def _place(self, table: Table, layout: _Layout, top: int, left: int) -> int:
        """Put a table on the worksheet; gives the row below it."""
        for block in table.before.blocks:
            assert isinstance(block, str)
            top = self._lines(block, top, left)
        tops, lefts = layout.tops, layout.lefts
        for r, one in enumerate(table.rows):
            if one.hidden:
                self.hidden_rows.update(range(top + tops[r], top + tops[r + 1]))
        for c in table.hidden_columns:
            if c + 1 < len(lefts):
                self.hidden_columns.update(range(left + lefts[c], left + lefts[c + 1]))
        for r, c, rows, columns, cell in layout.cells:
            row, column = top + tops[r], left + lefts[c]
            if layout.inner and any(isinstance(block, Table) for block in cell.blocks):
                self._stack(cell, layout, row, column)
                continue
            self._fill(cell, row, column)
            bottom, right = top + tops[r + rows] - 1, left + lefts[c + columns] - 1
            if (bottom, right) != (row, column):
                self.merges.append(Range(row, column, bottom, right))
        return top + tops[-1]

    def _stack(self, cell: Box, layout: _Layout, row: int, column: int) -> None:
        """What lies in a cell with a table in it: one below the other."""
        for block in cell.blocks:
            if isinstance(block, str):
                self._enter(row, column, block, as_text=False)
                row += 1
            else:
                row = self._place(block, layout.inner[id(block)], row, column)

    def _fill(self, cell: Box, row: int, column: int) -> None:
        text = "\n".join(block for block in cell.blocks if isinstance(block, str))
        told = cell.attributes
        exact = told.get("x:num") or told.get("x:bool") or told.get("x:err")
        if exact:
            value = number(exact)
            self._enter(row, column, exact, as_text=False) if isinstance(value, str) else self.values.update(
                {(row, column): value}
            )
        elif text:
            classes = self.text_classes and self.text_classes.intersection(told.get("class", "").split())
            as_text = "x:str" in told or bool(classes) or bool(AS_TEXT.search(told.get("style", "")))
            self._enter(row, column, text, as_text=as_text)


def _starts(sizes: list[int]) -> list[int]:
    starts = [0]
    for size in sizes:
        starts.append(starts[-1] + size)
    return starts


def _lines_before(table: Table) -> int:
    return sum(len(block.split("\n")) for block in table.before.blocks if isinstance(block, str))
