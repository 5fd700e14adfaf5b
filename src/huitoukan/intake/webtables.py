"""The tables of a web page, put together from its tags; unclosed ones end where the next ones demand it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from huitoukan.intake.bounds import MOST_COLUMNS, TAGS_PER_CELL, TooLargeError, too_many_tags
from huitoukan.intake.markup import Piece, attributes, unescape

_DEEPEST = 16  # tables inside tables; what lies deeper is read as text
_WHITE = re.compile(r"[ \t\r\n\f]+")
_SPACE = re.compile(" +")
_AROUND_BREAK = re.compile(r" ?\n ?")
_BLOCKS = frozenset({
    "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6",
    "center", "form", "fieldset", "hr", "pre", "blockquote", "address", "caption", "body", "head", "html",
})  # fmt: skip
_HIDDEN = re.compile(
    r"display\s*:\s*none|mso-hide\s*:\s*all|(?<![\w-])height\s*:\s*0(?:\.0*)?(?:pt|px)?\s*(?:;|$)",
    re.IGNORECASE,
)
AS_TEXT = re.compile(r"mso-number-format\s*:\s*[\"']?\\+@", re.IGNORECASE)  # the style of a text
_CLASS = re.compile(r"\.([\w-]{1,60})\s*\{([^{}]{0,4000})\}")
_SHEET_NAME = re.compile(r"<x:Name>([^<]{1,120})</x:Name>", re.IGNORECASE)
_INVISIBLE = re.compile(r"<x:Visible>\s*Sheet(?:Very)?Hidden", re.IGNORECASE)


@dataclass(slots=True)
class Box:
    """The page, or a cell: texts and tables one below the other. A cell also has its spans and attributes."""

    blocks: list[str | Table] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    columns: int = 1
    rows: int = 1
    attributes: Mapping[str, str] = field(default_factory=dict)

    def flush(self) -> None:
        """The text gathered so far becomes a block."""
        text = _AROUND_BREAK.sub("\n", _SPACE.sub(" ", "".join(self.parts))).strip(" \n")
        self.parts.clear()
        if text and not text.isspace():
            self.blocks.append(text)

    def line_end(self) -> None:
        """A paragraph begins or ends."""
        while self.parts and self.parts[-1] == " ":
            self.parts.pop()
        if self.parts and self.parts[-1] != "\n":
            self.parts.append("\n")


@dataclass(slots=True)
class Row:
    """A row of a table as it was written."""

    hidden: bool
    cells: list[Box] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A table while its rows come by: the row and the cell that are open, and what there is already."""

    before: Box = field(default_factory=Box)  # its caption, and texts that stand outside its cells
    rows: list[Row] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    described: int = 0  # columns that have had their <col>
    row: Row | None = None
    cell: Box | None = None

    def end_row(self) -> None:
        """The open row ends."""
        self.end_cell()
        self.row = None

    def end_cell(self) -> None:
        """The open cell ends."""
        if self.cell is not None:
            self.cell.flush()
            self.cell = None


class Page:
    """Puts the pieces of a page together; tags that were never closed are closed where the next ones demand it."""

    def __init__(self, limit: int) -> None:
        self.body = Box()
        self.tables: list[Table] = []
        self.too_deep = 0
        self.limit = limit // TAGS_PER_CELL
        self.name = ""
        self.visible = True
        self.island = False  # inside the XML that Excel leaves in a page
        self.text_classes: set[str] = set()

    def box(self) -> Box:
        """Where a text belongs now."""
        for table in reversed(self.tables):
            return table.cell or table.before
        return self.body

    def take(self, piece: Piece) -> None:
        """The next piece of the page."""
        name = piece.name
        if not name:
            if not self.island:
                self._text(piece.text)
        elif name == "!":
            self._comment(piece.text)
        elif name == "style!":
            self.text_classes |= {
                found[1] for found in _CLASS.finditer(piece.text) if AS_TEXT.search(found[2])
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
        """The page ends, and with it everything that is open."""
        self.too_deep = 0
        while self.tables:
            self._end_table()
        self.body.flush()

    def _text(self, text: str) -> None:
        self.box().parts.append(_WHITE.sub(" ", text))

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
        table = Table()
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
            table.row = Row(_hidden(attributes(text)))
            table.rows.append(table.row)
        else:
            table.end_cell()
            self._spend()
            if table.row is None:
                table.row = Row(hidden=False)
                table.rows.append(table.row)
            told = attributes(text)
            table.cell = Box(
                columns=max(_whole(told.get("colspan"), 1), 1),
                rows=_whole(told.get("rowspan"), 1),
                attributes=told,
            )
            table.row.cells.append(table.cell)

    def _spend(self, cells: int = 1) -> None:
        self.limit -= cells
        if self.limit < 0:
            raise TooLargeError(too_many_tags())


def _whole(text: str | None, default: int) -> int:
    found = re.match(r"\s*(\d{1,9})", text or "")
    return int(found[1]) if found else default


def _hidden(told: Mapping[str, str]) -> bool:
    return told.get("height") == "0" or "hidden" in told or bool(_HIDDEN.search(told.get("style", "")))
