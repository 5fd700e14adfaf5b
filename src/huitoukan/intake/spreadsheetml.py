"""The XML of Excel 2003 (SpreadsheetML) as worksheets. A file that declares anything of its own (DOCTYPE) is not read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, time
from xml.parsers import expat

from huitoukan.grid import CellValue, Grid, Mark, Place, Range, by_rows, column_letters
from huitoukan.intake.bounds import (
    MOST_COLUMNS,
    MOST_ROWS,
    BrokenError,
    TooLargeError,
    damage,
    too_large,
    too_many_tags,
)
from huitoukan.intake.encodings import decode_markup
from huitoukan.phrase import say

_SHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_EXCEL = "urn:schemas-microsoft-com:office:excel"
_DECLARATION = re.compile(r"\s*<\?xml[^<>]{0,200}\?>")
_DEEPEST = 64  # elements inside elements; a true file has about ten
_DAY_ZERO = 1900  # a time without a date is saved as one of 1899
_LONGEST_FORMULA = 8192  # characters, Excel's own limit


def read_spreadsheetml(data: bytes, _name: str, limit: int) -> tuple[Grid, ...]:
    """The worksheets of a file.

    Raises:
        TooLargeError: together they cover more than `limit` cells, or the file has too many elements.
        BrokenError: it is no well-formed XML, or declares a document type.
    """
    text = decode_markup(data).lstrip("\ufeff \t\r\n")
    book = _Book(limit)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = book.start
    parser.EndElementHandler = book.end
    parser.CharacterDataHandler = book.characters
    declaration = _DECLARATION.match(text)  # its charset no longer holds
    try:
        parser.Parse(text[declaration.end() if declaration else 0 :], True)
    except expat.ExpatError as error:
        raise BrokenError(damage(error)) from None
    return book.grids()


def _refuse(*_: object) -> None:
    raise BrokenError(say("含有 DOCTYPE 或实体声明, 为安全起见不读取"))


class _Worksheet:
    """One worksheet while its elements come by; rows and columns count from zero."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.visible = True
        self.values: dict[Place, CellValue] = {}
        self.merges: list[Range] = []
        self.marks: dict[Place, tuple[Mark, str]] = {}
        self.formulas: dict[Place, str] = {}
        self.hidden_rows: set[tuple[int, int]] = set()  # first and last
        self.hidden_columns: set[tuple[int, int]] = set()
        self.row = self.column = -1  # of the present cell
        self.next_row = self.next_column = 0  # where a <Row> or <Column> without an index stands
        self.rows = self.columns = 0  # the used area

    def grid(self, *, date_1904: bool) -> Grid:
        return Grid(
            self.name,
            by_rows(self.values, self.rows),
            tuple(self.merges),
            self.marks,
            self.visible,
            formulas=self.formulas,
            hidden_rows=frozenset(_spread(self.hidden_rows, self.rows)),
            hidden_columns=frozenset(_spread(self.hidden_columns, self.columns)),
            date_1904=date_1904,
        )


class _Book:
    """Takes the elements of a file one by one."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.elements = 0
        self.sheets: list[_Worksheet] = []
        self.date_1904 = False
        self.path: list[str] = []
        self.texts: list[str] | None = None  # of the element whose text is wanted now
        self.type = ""
        self.formula = ""
        self._starts: dict[str, Callable[[Mapping[str, str]], None]] = {
            "Worksheet": self._worksheet,
            "Column": self._column,
            "Row": self._row,
            "Cell": self._cell,
        }

    def grids(self) -> tuple[Grid, ...]:
        return tuple(sheet.grid(date_1904=self.date_1904) for sheet in self.sheets)

    def start(self, name: str, told: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        parent = self.path[-1] if self.path else ""
        self.elements += 1
        if self.elements > self.limit // 2:  # two of them are a cell
            raise TooLargeError(too_many_tags())
        if len(self.path) >= _DEEPEST:
            raise BrokenError(say("标签嵌套过深"))
        self.path.append(local if space in (_SHEET, _EXCEL) else "")
        if space == _SHEET:
            if local in self._starts and (self.sheets or local == "Worksheet"):
                own = {key.rpartition(" ")[2]: value for key, value in told.items() if key.startswith(_SHEET)}
                self._starts[local](own)
            elif local == "Data" and parent == "Cell" and self.sheets:  # a comment has its Data too
                self.type = told.get(f"{_SHEET} Type", "String")
                self.texts = []
        elif space == _EXCEL:
            if local == "Date1904":
                self.date_1904 = True
            elif local == "Visible" and self.sheets:
                self.texts = []

    def characters(self, text: str) -> None:
        if self.texts is not None:
            self.texts.append(text)

    def end(self, name: str) -> None:
        local = self.path.pop()
        if self.texts is not None and local == "Data" and name.startswith(_SHEET):
            self._data("".join(self.texts))
            self.texts = None
        elif self.texts is not None and local == "Visible":
            self.sheets[-1].visible = not "".join(self.texts).strip().endswith("Hidden")
            self.texts = None
        elif local == "Cell" and self.sheets and self.formula:
            sheet = self.sheets[-1]
            place = (sheet.row, sheet.column)
            sheet.formulas[place] = _a1(self.formula, *place)
            if place not in sheet.values:
                sheet.marks[place] = (Mark.UNCACHED, "")
                self._use(sheet)
            self.formula = ""

    def _worksheet(self, told: Mapping[str, str]) -> None:
        self.sheets.append(_Worksheet(told.get("Name", "")))

    def _column(self, told: Mapping[str, str]) -> None:
        sheet = self.sheets[-1]
        first = _whole(told.get("Index"), sheet.next_column + 1) - 1
        last = first + _whole(told.get("Span"), 0)
        if told.get("Hidden") == "1" or told.get("Width") == "0":
            sheet.hidden_columns.add((first, last))
        sheet.next_column = last + 1

    def _row(self, told: Mapping[str, str]) -> None:
        sheet = self.sheets[-1]
        sheet.row = _whole(told.get("Index"), sheet.next_row + 1) - 1
        sheet.column = -1
        last = sheet.row + _whole(told.get("Span"), 0)
        if told.get("Hidden") == "1" or told.get("Height") == "0":
            sheet.hidden_rows.add((sheet.row, last))
        sheet.next_row = last + 1
        self._check(sheet)

    def _cell(self, told: Mapping[str, str]) -> None:
        sheet = self.sheets[-1]
        sheet.column = _whole(told.get("Index"), sheet.column + 2) - 1
        for area in sheet.merges[-1:]:
            if told.get("Index") is None and area.top == sheet.row and area.left < sheet.column <= area.right:
                sheet.column = area.right + 1
        self._check(sheet)
        across, down = _whole(told.get("MergeAcross"), 0), _whole(told.get("MergeDown"), 0)
        if across or down:
            sheet.merges.append(
                Range(
                    sheet.row,
                    sheet.column,
                    min(sheet.row + down, MOST_ROWS - 1),
                    min(sheet.column + across, MOST_COLUMNS - 1),
                )
            )
        self.formula = told.get("Formula", "")

    def _check(self, sheet: _Worksheet) -> None:
        if sheet.row >= MOST_ROWS or sheet.column >= MOST_COLUMNS:
            raise BrokenError(say("工作表“{sheet}”的行号或列号超出范围", sheet=sheet.name))

    def _use(self, sheet: _Worksheet) -> None:
        """The used area grows to the present cell; checked before anything of its size exists."""
        sheet.rows, sheet.columns = max(sheet.rows, sheet.row + 1), max(sheet.columns, sheet.column + 1)
        if sum(one.rows * one.columns for one in self.sheets) > self.limit:
            raise TooLargeError(too_large(sheet.name, sheet.rows, sheet.columns))

    def _data(self, text: str) -> None:
        sheet = self.sheets[-1]
        if sheet.row < 0 or sheet.column < 0:
            return
        place = (sheet.row, sheet.column)
        if self.type == "Error":
            sheet.marks[place] = (Mark.ERROR, text)
            sheet.values[place] = None
        else:
            sheet.values[place] = _value(self.type, text) if text else ""
        self._use(sheet)


def _whole(text: str | None, default: int) -> int:
    """A number of an attribute; a missing or malformed one is the default, a huge one is beyond all limits."""
    return int(text[:8]) if text and text.isascii() and text.isdigit() else default


def _spread(spans: Iterable[tuple[int, int]], end: int) -> Iterator[int]:
    """Every place of some spans inside the used area, once however often they overlap."""
    told = 0
    for first, last in sorted(spans):
        yield from range(max(first, told), min(last + 1, end))
        told = max(told, min(last + 1, end))


def _value(kind: str, text: str) -> CellValue:
    try:
        if kind == "Number":
            return float(text)
        if kind == "Boolean":
            return text.strip() == "1"
        if kind == "DateTime":
            moment = datetime.fromisoformat(text.strip())
            if moment.year < _DAY_ZERO:
                return moment.time()
            return moment.date() if moment.time() == time() else moment
    except ValueError:
        pass
    return text


# ---------------------------------------------------------------------------------------------------------- formulas

_LITERAL = re.compile(
    r"\"[^\"]*\"|'[^']*'|\[[^\[\]]*\.[^\[\]]*\]|([^\"'\[]+(?:\[-?\d{1,7}\][^\"'\[]*)*)|[\"'\[]"
)
_REFERENCE = re.compile(r"(?<![\w.])R(?:\[(-?\d{1,7})\]|(\d{1,7}))?C(?:\[(-?\d{1,5})\]|(\d{1,5}))?(?![\w(.])")


def _a1(formula: str, row: int, column: int) -> str:
    """A formula without its `=`, with the usual addresses: `=SUM(R[-2]C:R[-1]C)` in F9 gives `SUM(F7:F8)`."""
    if len(formula) > _LONGEST_FORMULA:
        return formula.removeprefix("=")

    def address(found: re.Match[str]) -> str:
        r = int(found[2]) - 1 if found[2] else row + int(found[1] or 0)
        c = int(found[4]) - 1 if found[4] else column + int(found[3] or 0)
        if not (0 <= r < MOST_ROWS and 0 <= c < MOST_COLUMNS):
            return "#REF!"
        return f"{'$' if found[4] else ''}{column_letters(c)}{'$' if found[2] else ''}{r + 1}"

    return _LITERAL.sub(
        lambda part: _REFERENCE.sub(address, part[0]) if part[1] else part[0], formula.removeprefix("=")
    )
