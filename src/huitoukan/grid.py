"""A worksheet as it was read: rows of values from A1, each cell with its address. No input or output of its own."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, TypeVar, overload

from huitoukan.phrase import plain

T = TypeVar("T")
Place = tuple[int, int]  # row and column of a cell, from zero
CellValue = str | float | int | bool | date | datetime | time | timedelta | None


@lru_cache(maxsize=4096)
def column_letters(column: int) -> str:
    """Letters of a zero-based column index: 0 gives A, 26 gives AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Range:
    """A rectangle of cells by zero-based row and column, both ends inside."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def address(self) -> str:
        """`F12` for a single cell, else `F12:F14`."""
        first = f"{column_letters(self.left)}{self.top + 1}"
        last = f"{column_letters(self.right)}{self.bottom + 1}"
        return first if first == last else f"{first}:{last}"


class Mark(StrEnum):
    """What a value alone does not tell of its cell."""

    ERROR = "error"  # #REF!, #DIV/0! …: the reader gives a blank
    UNCACHED = "uncached"  # a formula whose result was never saved: the reader gives a blank


class Look(NamedTuple):
    """What the style of a cell does to its value: not shown at all, shown with so many decimals, or as a percentage.

    `instead` is the text that a number format shows in place of any number.
    """

    invisible: bool = False
    decimals: int | None = None
    percent: bool = False
    instead: str | None = None


class Cell(NamedTuple):
    """One cell as it was read (a named tuple: hundreds are made for every workbook).

    `row` and `column` count from zero; `value` is None when the cell is empty. `note` holds the error text (`#REF!`) of a cell marked as an error.
    """

    row: int
    column: int
    value: CellValue = None
    mark: Mark | None = None
    note: str = ""

    @property
    def address(self) -> str:
        """The A1 address."""
        return f"{column_letters(self.column)}{self.row + 1}"

    @property
    def text(self) -> str | None:
        """What the cell holds, as text; None for an empty one. Numbers carry no trailing zeros, dates are ISO."""
        if self.mark is Mark.ERROR:
            return self.note
        return value_text(self.value)


_new_cell = tuple.__new__  # a named tuple's own way of being made costs twice as much, and hundreds are


def by_rows(values: Mapping[Place, CellValue], height: int) -> list[list[CellValue]]:
    """Values by their places as so many rows from A1; each row ends with its last value."""
    rows: list[list[CellValue]] = [[] for _ in range(height)]
    for (row, column), value in sorted(values.items(), key=lambda item: item[0]):
        rows[row].extend([None] * (column - len(rows[row])))
        rows[row].append(value)
    return rows


def value_text(value: CellValue) -> str | None:
    """The text of a cell value as findings quote it; text is left exactly as it stands."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        number = Decimal(str(value))
        return plain(number) if number.is_finite() else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


@dataclass(frozen=True, slots=True)
class _Window(Sequence[Sequence[CellValue]]):
    """Some rows of a worksheet where they stand; those above are empty. A sheet of many forms is not copied for each."""

    rows: Sequence[Sequence[CellValue]]
    first: int
    end: int

    def __len__(self) -> int:
        return self.end

    @overload
    def __getitem__(self, at: int) -> Sequence[CellValue]: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Sequence[CellValue]]: ...

    def __getitem__(self, at: int | slice) -> Sequence[CellValue] | Sequence[Sequence[CellValue]]:
        if isinstance(at, slice):
            return [self[row] for row in range(*at.indices(self.end))]
        row = at + self.end if at < 0 else at
        if not 0 <= row < self.end:
            raise IndexError(at)
        return self.rows[row] if row >= self.first else ()


@dataclass(frozen=True, slots=True)
class Grid:
    """One worksheet: values by row from A1, merged areas, and what the values do not tell.

    `rows` is a list of lists, possibly empty, with `""` or None for empty cells. By position (zero-based row and column):
    `marks`, `covered` (values that lie hidden under a merged cell and were taken out), `formulas` (without the `=`; empty
    where only another cell tells a shared one) and `looks` (only styles that hide or round something). All but `covered`
    and `visible` are known for few kinds. `pictures` are the areas that pictures cover. `date_1904`: bare serial numbers
    count the days from 1 January 1904, as workbooks of the first Macs did. Rows above `first` belong to other forms of
    the same worksheet and are empty here.
    """

    name: str
    rows: Sequence[Sequence[CellValue]]
    merges: tuple[Range, ...] = ()
    marks: Mapping[Place, tuple[Mark, str]] = field(default_factory=dict)
    visible: bool = True
    covered: Mapping[Place, CellValue] = field(default_factory=dict)
    formulas: Mapping[Place, str] = field(default_factory=dict)
    looks: Mapping[Place, Look] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    pictures: tuple[Range, ...] = ()
    date_1904: bool = False
    first: int = 0

    @property
    def part(self) -> bool:
        """Whether these are only some of the rows of the worksheet: several forms stand on it."""
        return isinstance(self.rows, _Window)

    def upper(self, rows: int) -> Grid:
        """The same worksheet with its first rows only, where it has more."""
        if len(self.rows) <= rows:
            return self
        return replace(self, rows=self.rows[:rows], merges=tuple(m for m in self.merges if m.top < rows))

    def cell(self, row: int, column: int) -> Cell:
        """The cell at a zero-based position, also beyond the used area (an empty cell)."""
        value: CellValue = None
        if 0 <= row < len(self.rows):
            values = self.rows[row]
            if 0 <= column < len(values) and values[column] != "":
                value = values[column]
        if not self.marks:
            return _new_cell(Cell, (row, column, value, None, ""))
        mark, note = self.marks.get((row, column), (None, ""))
        return Cell(row, column, value, mark, note)

    def cells(self, row: int, columns: Iterable[int | None]) -> list[Cell | None]:
        """The cells of a row in some columns; None for no column."""
        if self.marks or not 0 <= row < len(self.rows):
            return [None if column is None else self.cell(row, column) for column in columns]
        values, found = self.rows[row], list[Cell | None]()
        for column in columns:
            if column is None:
                found.append(None)
            else:
                value = values[column] if column < len(values) else None
                found.append(_new_cell(Cell, (row, column, None if value == "" else value, None, "")))
        return found

    def anchor(self, row: int, column: int) -> Cell:
        """The cell that shows at a position: the top-left one of the merged area that covers it, else itself."""
        area = self.area(row, column)
        return self.cell(row, column) if area is None else self.cell(area.top, area.left)

    def window(self, first: int, end: int) -> Grid:
        """The values of the rows from `first` up to `end`, every cell at its own address; the rows above are empty."""
        return replace(self, rows=_Window(self.rows, first, end), first=first)

    def cut(self, starts: Sequence[int]) -> tuple[Grid, ...]:
        """The worksheet cut above some rows, from top to bottom: each part with all that stands in its rows, no more."""
        ends = (*starts[1:], len(self.rows))
        merges, pictures = _shares(self.merges, starts), _shares(self.pictures, starts)
        marks, covered = _shares_of(self.marks, starts), _shares_of(self.covered, starts)
        formulas, looks = _shares_of(self.formulas, starts), _shares_of(self.looks, starts)
        return tuple(
            replace(
                self.window(first, end), merges=tuple(merges[n]), marks=marks[n], covered=covered[n],
                formulas=formulas[n], looks=looks[n], pictures=tuple(pictures[n]),
            )
            for n, (first, end) in enumerate(zip(starts, ends, strict=True))
        )  # fmt: skip

    def area(self, row: int, column: int) -> Range | None:
        """The merged area that covers a position, if any."""
        for area in self.merges:
            if area.top <= row <= area.bottom and area.left <= column <= area.right:
                return area
        return None


def _shares(areas: Sequence[Range], starts: Sequence[int]) -> list[list[Range]]:
    shares: list[list[Range]] = [[] for _ in starts]
    for area in areas:
        shares[max(0, bisect_right(starts, area.top) - 1)].append(area)
    return shares


def _shares_of(values: Mapping[Place, T], starts: Sequence[int]) -> list[dict[Place, T]]:
    shares: list[dict[Place, T]] = [{} for _ in starts]
    for at, value in values.items():
        shares[max(0, bisect_right(starts, at[0]) - 1)][at] = value
    return shares
