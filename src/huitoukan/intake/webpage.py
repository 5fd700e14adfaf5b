"""Web pages as worksheets: what Excel shows when it opens a page that an old system has exported under the name .xls.

Tables stand one below the other, texts between them in rows of their own. Spans become merged cells. A table inside a
cell takes its place there and pushes the rest aside. Nothing is fetched, no script is run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from huitoukan.grid import CellValue, Grid, Range
from huitoukan.intake.bounds import MOST_COLUMNS, MOST_ROWS, TooLargeError, too_large
from huitoukan.intake.encodings import decode_markup
from huitoukan.intake.entry import Entries, number
from huitoukan.intake.markup import Piece, attributes, pieces, unescape

_DEEPEST = 16  # tables inside tables; what lies deeper is read as text
_SPACE = re.compile(r"[ \t\r\n\f]+")
_AROUND_BREAK = re.compile(r" *\n *")
_BLOCKS = frozenset({
    "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6",
    "center", "form", "fieldset", "hr", "pre", "blockquote", "address", "caption", "body", "head", "html",
})  # fmt: skip
_HIDDEN = re.compile(
    r"display\s*:\s*none|mso-hide\s*:\s*all|(?<![\w-])height\s*:\s*0(?:\.0*)?(?:pt|px)?\s*(?:;|$)",
    re.IGNORECASE,
)
_AS_TEXT = re.compile(r"mso-number-format\s*:\s*[\"']?\\+@", re.IGNORECASE)
_CLASS = re.compile(r"\.([\w-]{1,60})\s*\{([^{}]{0,4000})\}")
_SHEET_NAME = re.compile(r"<x:Name>([^<]{1,120})</x:Name>", re.IGNORECASE)
_OURS = re.compile(
    rb"<meta name=\"generator\" content=\"huitoukan "
)  # our own reports hold scores of many forms
_HEAD = 8192
_INVISIBLE = re.compile(r"<x:Visible>\s*Sheet(?:Very)?Hidden", re.IGNORECASE)


def read_webpage(data: bytes, name: str, limit: int) -> tuple[Grid, ...]:
    """The one worksheet of a web page; nothing when there is no table on it. `name` is used where the page gives none.

    Raises:
        TooLargeError: its tables cover more than `limit` cells.
    """
    if _OURS.search(data[:_HEAD]):
        return ()
    page = _Page(limit)
    for piece in pieces(decode_markup(data)):
        page.take(piece)
    page.close()
    if not any(isinstance(block, _Table) for block in page.body.blocks):
        return ()
    return (_Sheet(page.name or name, limit, page.text_classes).grid(page),)


def is_frameset(data: bytes) -> bool:
    """Whether a page only frames other pages: the worksheets lie in files beside it."""
    return "<frameset" in decode_markup(data).lower()


# ---------------------------------------------------------------------------------------------------------- the page


@dataclass(slots=True)
class _Box:
    """The page, or a cell: texts and tables one below the other. A cell also has its spans and attributes."""

    blocks: list[str | _Table] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    columns: int = 1
    rows: int = 1
    attributes: Mapping[str, str] = field(default_factory=dict)

    def flush(self) -> None:
        text = _AROUND_BREAK.sub("\n", "".join(self.parts)).strip(" \n")
        self.parts.clear()
        if text and not text.isspace():
            self.blocks.append(text)

    def line_end(self) -> None:
        if self.parts and self.parts[-1] != "\n":
            self.parts.append("\n")


@dataclass(slots=True)
class _Row:
    hidden: bool
    cells: list[_Box] = field(default_factory=list)


@dataclass(slots=True)
class _Table:
    before: _Box = field(default_factory=_Box)  # its caption, and texts that stand outside its cells
    rows: list[_Row] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    described: int = 0  # columns that have had their <col>
    row: _Row | None = None
    cell: _Box | None = None

    def end_row(self) -> None:
        self.end_cell()
        self.row = None

    def end_cell(self) -> None:
        if self.cell is not None:
            self.cell.flush()
            self.cell = None


class _Page:
    """Puts the pieces of a page together; tags that were never closed are closed where the next ones demand it."""

    def __init__(self, limit: int) -> None:
        self.body = _Box()
        self.tables: list[_Table] = []
        self.too_deep = 0
        self.limit = limit
        self.name = ""
        self.visible = True
        self.island = False  # inside the XML that Excel leaves in a page
        self.text_classes: set[str] = set()

    def box(self) -> _Box:
        """Where a text belongs now."""
        for table in reversed(self.tables):
            return table.cell or table.before
        return self.body

    def take(self, piece: Piece) -> None:
        name = piece.name
        if not name:
            if not self.island:
                self._text(piece.text)
        elif name == "!":
            self._comment(piece.text)
        elif name == "style!":
            self.text_classes |= {
                found[1] for found in _CLASS.finditer(piece.text) if _AS_TEXT.search(found[2])
            }
        elif name in ("xml", "/xml"):
            self.island = name == "xml"
        elif name in ("table", "/table"):
            self._begin_table() if name == "table" else self._end_table()
        elif name in ("tr", "/tr", "td", "th", "/td", "/th", "col") and not self.too_deep:
            self._inside(name, piece.text)
        elif name == "br":
            self.box().parts.append("\n")
        elif name.lstrip("/") in _BLOCKS or self.too_deep:
            self.box().line_end()

    def close(self) -> None:
        self.too_deep = 0
        while self.tables:
            self._end_table()
        self.body.flush()

    def _text(self, text: str) -> None:
        self.box().parts.append(_SPACE.sub(" ", text))

    def _comment(self, text: str) -> None:
        if not self.name:
            found = _SHEET_NAME.search(text)
            if found:
                self.name = unescape(found[1]).strip()
                self.visible = not _INVISIBLE.search(text)

    def _begin_table(self) -> None:
        if self.tables and self.tables[-1].cell is None and not self.too_deep:
            self._end_table()  # the one before was not closed
        if self.too_deep or len(self.tables) == _DEEPEST:
            self.too_deep += 1
            return
        outer = self.box()
        outer.flush()
        table = _Table()
        outer.blocks.append(table)
        self.tables.append(table)

    def _end_table(self) -> None:
        if self.too_deep:
            self.too_deep -= 1
        elif self.tables:
            table = self.tables.pop()
            table.end_row()
            table.before.flush()

    def _inside(self, name: str, text: str) -> None:
        if not self.tables:
            if name.startswith("/") or name == "col":
                return
            self._begin_table()  # rows without a table around them
        table = self.tables[-1]
        if name == "col":
            told = attributes(text)
            span = min(_whole(told.get("span"), 1), MOST_COLUMNS - table.described)
            if span > 0 and (_hidden(told) or told.get("width") == "0"):
                self._spend(span)
                table.hidden_columns.update(range(table.described, table.described + span))
            table.described += max(span, 0)
        elif name == "/tr":
            table.end_row()
        elif name in ("/td", "/th"):
            table.end_cell()
        elif name == "tr":
            table.end_row()
            self._spend()
            table.row = _Row(_hidden(attributes(text)))
            table.rows.append(table.row)
        else:
            table.end_cell()
            self._spend()
            if table.row is None:
                table.row = _Row(hidden=False)
                table.rows.append(table.row)
            told = attributes(text)
            table.cell = _Box(
                columns=max(_whole(told.get("colspan"), 1), 1),
                rows=_whole(told.get("rowspan"), 1),
                attributes=told,
            )
            table.row.cells.append(table.cell)

    def _spend(self, cells: int = 1) -> None:
        self.limit -= cells
        if self.limit < 0:
            raise TooLargeError(too_large(self.name or "HTML", len(self.tables[0].rows), 1))


def _whole(text: str | None, default: int) -> int:
    found = re.match(r"\s*(\d{1,9})", text or "")
    return int(found[1]) if found else default


def _hidden(told: Mapping[str, str]) -> bool:
    return told.get("height") == "0" or "hidden" in told or bool(_HIDDEN.search(told.get("style", "")))


# ---------------------------------------------------------------------------------------------------------- the worksheet


@dataclass(slots=True)
class _Layout:
    """A table whose cells have found their places: (row, column, rows, columns, cell), and where its rows and columns begin."""

    cells: list[tuple[int, int, int, int, _Box]]
    tops: list[int]  # one more than there are rows: the last is the height
    lefts: list[int]
    inner: dict[int, _Layout]  # by the identity of a table that lies in a cell


class _Sheet:
    """Lays the tables and texts of a page out on one worksheet."""

    def __init__(self, name: str, limit: int, text_classes: set[str]) -> None:
        self.name = name
        self.limit = self.left = limit
        self.text_classes = text_classes
        self.values: dict[tuple[int, int], CellValue] = {}
        self.merges: list[Range] = []
        self.entries = Entries()
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()

    def grid(self, page: _Page) -> Grid:
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
        rows: list[list[CellValue]] = [[] for _ in range(height)]
        for (row, column), value in sorted(self.values.items(), key=lambda item: item[0]):
            rows[row].extend([None] * (column - len(rows[row])))
            rows[row].append(value)
        return Grid(
            self.name,
            rows,
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

    def _layout(self, table: _Table) -> _Layout:
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
            tables = [block for block in cell.blocks if isinstance(block, _Table)]
            if not tables:
                continue
            inner |= {id(one): self._layout(one) for one in tables}
            size = sum(_lines_before(one) + inner[id(one)].tops[-1] for one in tables)
            size += len(cell.blocks) - len(tables)
            heights[r + rows - 1] += max(size - sum(heights[r : r + rows]), 0)
            width = max(inner[id(one)].lefts[-1] for one in tables)
            widths[c + columns - 1] += max(width - sum(widths[c : c + columns]), 0)
        return _Layout(cells, _starts(heights), _starts(widths), inner)

    def _place(self, table: _Table, layout: _Layout, top: int, left: int) -> int:
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
            if layout.inner and any(isinstance(block, _Table) for block in cell.blocks):
                self._stack(cell, layout, row, column)
                continue
            self._fill(cell, row, column)
            bottom, right = top + tops[r + rows] - 1, left + lefts[c + columns] - 1
            if (bottom, right) != (row, column):
                self.merges.append(Range(row, column, bottom, right))
        return top + tops[-1]

    def _stack(self, cell: _Box, layout: _Layout, row: int, column: int) -> None:
        """What lies in a cell with a table in it: one below the other."""
        for block in cell.blocks:
            if isinstance(block, str):
                self._enter(row, column, block, as_text=False)
                row += 1
            else:
                row = self._place(block, layout.inner[id(block)], row, column)

    def _fill(self, cell: _Box, row: int, column: int) -> None:
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
            as_text = "x:str" in told or bool(classes) or bool(_AS_TEXT.search(told.get("style", "")))
            self._enter(row, column, text, as_text=as_text)


def _starts(sizes: list[int]) -> list[int]:
    starts = [0]
    for size in sizes:
        starts.append(starts[-1] + size)
    return starts


def _lines_before(table: _Table) -> int:
    return sum(len(block.split("\n")) for block in table.before.blocks if isinstance(block, str))
