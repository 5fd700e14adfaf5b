"""The rows of a score table: which are items, which are sums, and which dimension they belong to.

Rows are matched by item id, else by title inside the dimension; never by position. See `Vocabulary` for the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import chain

from huitoukan.campaign.rubric import Item
from huitoukan.grid import Cell, CellValue, Grid, value_text
from huitoukan.intake.header import Header, column_role, headers, is_header, panels
from huitoukan.intake.labels import label_key, legible
from huitoukan.intake.rowlabels import NamedSum, Said, row_labels
from huitoukan.intake.vocabulary import LONGEST_LABEL, ColumnRole, LevelWords, Vocabulary
from huitoukan.model import Level

_KNOWN_SHARE = 4  # a table without a header is a form when it holds at least a quarter of a level's items
_MOST_HEADERS = 20  # different ones on a worksheet: all rows are looked at below each of them
_MOST_IN_ROW = 3  # items in a row of a table: it may be printed in panels side by side
_DESCRIBING = ("item", "dimension", "criterion")
# Rows below headers, in all: thousands of headers would have all rows read for each of them.
_MOST_LOOKED_AT = 60_000
_HALF = 2  # a header above at least half of a level's items is not doubted
_ORDINAL = re.compile(r"[甲乙丙丁戊己庚辛]|\d{1,2}")


class RowKind(StrEnum):
    """What a row of the table is."""

    ITEM = "item"
    SUBTOTAL = "subtotal"
    TOTAL = "total"
    UNKNOWN = "unknown"
    HEADER = "header"  # the header once more, or its columns numbered 甲 乙 1 2


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table; `item` for an item row, `dimension` for a subtotal; `label` is the cell that says so.

    `titled` are the ids of the items that the title of an item row names, None when there is only an id. `panel` counts
    the panels of a table that is printed in several side by side. `renamed`: an item under another name.
    """

    kind: RowKind
    row: int
    label: Cell
    item: Item | None = None
    dimension: str | None = None
    titled: tuple[str, ...] | None = None
    panel: int = 0
    renamed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A score table on a worksheet: the level whose items it holds, its header (one a panel) and its rows.

    A `borrowed` header is that of the form above, whose columns this table continues.
    """

    level: Level
    panels: tuple[Header, ...]
    rows: tuple[Row, ...]
    borrowed: bool = False

    @property
    def header(self) -> Header:
        """The header of the first panel."""
        return self.panels[0]

    @property
    def top(self) -> int:
        """The first row of the table, also where its header stands above another form."""
        return (
            min((row.row for row in self.rows), default=self.header.top) if self.borrowed else self.header.top
        )

    def of(self, kind: RowKind) -> list[Row]:
        """The rows of a kind, from top to bottom."""
        return [row for row in self.rows if row.kind is kind]

    def items(self) -> int:
        """How many different items the table holds."""
        return len({row.item.id for row in self.rows if row.item})

    def body(self) -> frozenset[int]:
        """The rows that belong to the table: everything else may hold fields."""
        rows = frozenset(row.row for row in self.rows)
        return rows if self.borrowed else rows.union(range(self.header.top, self.header.bottom + 1))


def find_table(grid: Grid, words: Vocabulary) -> Table | None:
    """The score table of a worksheet; None when no header stands above rows of a rubric.

    Of several headers (a summary above the table), the one above most items is taken. The same header again has fewer
    rows below it, and need not be tried.
    """
    best: Table | None = None
    tried: set[tuple[tuple[ColumnRole, int], ...]] = set()
    looked_at = 0
    for labelled in headers(grid, words):
        columns = tuple((column.meaning, column.column) for column in labelled.columns)
        if columns in tried:
            continue
        looked_at += len(grid.rows) - labelled.bottom
        if len(tried) == _MOST_HEADERS or looked_at > _MOST_LOOKED_AT:
            break
        tried.add(columns)
        table = table_under(grid, labelled, words)
        if table is None:
            continue
        if table.items() > (best.items() if best else 0):
            best = table
        if table.items() * _HALF >= len(words.levels[table.level].ids):
            break
    return best


def table_under(grid: Grid, labelled: Header, words: Vocabulary, asked: Level | None = None) -> Table | None:
    """The table below a header, with the items of one level (unless asked for: the one that has most of them there)."""
    parts = panels(labelled)
    level, named = _level(grid, labelled, words, ("number", "item"))
    several = any(len(header.find("item")) > 1 for header in parts)
    if level is None or named * _HALF < len(words.levels[level].ids) or several or asked:
        level, named = (asked, 0) if asked else _level(grid, labelled, words, ("number", *_DESCRIBING))
        if level is None:
            return None
        parts = tuple(_with_item_column(grid, header, words.levels[level]) for header in parts)
    return read_table(grid, parts, words, level)


def read_table(
    grid: Grid, parts: tuple[Header, ...], words: Vocabulary, level: Level, *, borrowed: bool = False
) -> Table:
    """The rows below the headers of the panels of a table; all rows of the worksheet where these are another form's."""
    rows = chain.from_iterable(
        _rows(grid, header, words, level, panel, grid.first if borrowed else header.bottom + 1)
        for panel, header in enumerate(parts)
    )
    return Table(level, parts, _with_dimension_totals(tuple(rows), words.levels[level]), borrowed)


def _with_item_column(grid: Grid, header: Header, level: LevelWords) -> Header:
    """The header with the column as `item` that names the items, whatever its label says.

    Offices print 检查项目 above the dimensions and 检查内容 above the items, or the item before its criterion.
    """
    rows = grid.rows[header.bottom + 1 :]
    named: dict[int, int] = {}
    for column in header.columns:
        if column.meaning.role in _DESCRIBING:
            texts = {row[column.column] for row in rows if column.column < len(row)}
            items = {item.id for text in texts if isinstance(text, str) for item in level.items_named(text)}
            named[column.column] = len(items)
    best = max(named, key=lambda c: named[c], default=None)
    item = header.first("item")
    if best is None or named[best] <= (named.get(item, 0) if item is not None else 0):
        best = item
    columns = []
    for column in header.columns:
        role = column.meaning.role
        if column.column == best and role in _DESCRIBING:
            role = "item"
        elif role == "item" and (best is not None and not named[column.column]):
            role = "dimension" if column.column < best else "criterion"
        columns.append(replace(column, meaning=replace(column.meaning, role=role)))
    return replace(header, columns=tuple(columns))


def _level(grid: Grid, header: Header, words: Vocabulary, roles: Sequence[str]) -> tuple[Level | None, int]:
    """The level whose items the columns of some roles name most of, and how many; some titles stand on both forms."""
    columns = [c.column for c in header.columns if c.meaning.role in roles]
    values = {row[c] for row in grid.rows[header.bottom + 1 :] for c in columns if c < len(row)}
    return _level_named(words, frozenset(text for value in values if (text := _text(value))))


@lru_cache(maxsize=256)
def _level_named(words: Vocabulary, texts: frozenset[str]) -> tuple[Level | None, int]:
    """The level whose items some texts name most of, and how many: the same for every copy of a form."""
    named = {
        level: len({item.id for text in texts for item in known.items_named(text)})
        for level, known in words.levels.items()
    }
    best = max(named, key=lambda level: named[level])
    return (best if named[best] else None), named[best]


_TEXTS = frozenset({str})


def _text(value: CellValue) -> str:
    return value if isinstance(value, str) else value_text(value) or ""


def without_empty_twins(grid: Grid, table: Table) -> Table:
    """The table without the columns that hold nothing in any item row, where another column of the same meaning does."""
    rows = [row.row for row in table.of(RowKind.ITEM)]

    def kept(header: Header) -> Header:
        by_meaning: dict[ColumnRole, list[int]] = {}
        for column in header.columns:
            by_meaning.setdefault(column.meaning, []).append(column.column)
        empty: set[int] = set()
        for columns in by_meaning.values():
            filled = [c for c in columns if any(grid.cell(row, c).value is not None for row in rows)]
            if filled and len(columns) > 1:
                empty.update(set(columns).difference(filled))
        return replace(header, columns=tuple(c for c in header.columns if c.column not in empty))

    if all(len({c.meaning for c in header.columns}) == len(header.columns) for header in table.panels):
        return table
    return replace(table, panels=tuple(map(kept, table.panels)))


def headless(grid: Grid, words: Vocabulary) -> Cell | None:
    """The first item of a table whose header is missing; None when the sheet is no score table at all.

    Items side by side in a few rows are the columns of a summary with a row for every unit.
    """
    for level in words.levels.values():
        found: dict[str, Cell] = {}
        for row, values in enumerate(grid.rows):
            for column, value in enumerate(values):
                if isinstance(value, str) and 0 < len(value) <= LONGEST_LABEL:
                    for item in level.items_named(value):
                        found.setdefault(item.id, grid.cell(row, column))
        rows = len({cell.row for cell in found.values()})
        if len(found) * _KNOWN_SHARE >= len(level.ids) and rows * _MOST_IN_ROW >= len(found):
            return next(iter(found.values()))
    return None


def _rows(
    grid: Grid, header: Header, words: Vocabulary, level: Level, panel: int, start: int
) -> Iterator[Row]:
    reader = _RowReader(grid, header, words, words.levels[level])
    for row in range(start, len(grid.rows)):
        found = reader.read(row)
        if found is not None:
            yield replace(found, panel=panel) if panel else found


def _with_dimension_totals(rows: tuple[Row, ...], level: LevelWords) -> tuple[Row, ...]:
    """The rows with every 合计 that sums up one dimension as its subtotal, where several rows are called so.

    Such a row stands right behind items of one dimension and before those of the next; behind the last item, it is
    followed by the total.
    """
    totals = [n for n, row in enumerate(rows) if row.kind is RowKind.TOTAL]
    if len(totals) <= 1:
        return rows
    after: list[Item | None] = [None] * (len(rows) + 1)  # the first item behind each row
    for n in reversed(range(len(rows))):
        after[n] = rows[n].item or after[n + 1]
    settled = list(rows)
    # Begun: one was the sum of its dimension, so that the last dimension has its own, too.
    start, begun = 0, False
    for n in totals[:-1]:  # the last one is the total
        items, following = _dimensions(rows[start:n], level), after[n]
        ends = level.dimension_of[following.id] not in items if following else begun
        if len(items) == 1 and ends:
            begun = True
            settled[n] = replace(rows[n], kind=RowKind.SUBTOTAL, dimension=next(iter(items)))
        start = n + 1
    return tuple(settled)


def _dimensions(rows: Sequence[Row], level: LevelWords) -> set[str]:
    """The dimensions of the items that stand behind the last subtotal of some rows."""
    found: set[str] = set()
    for row in rows:
        if row.kind is RowKind.SUBTOTAL:
            found.clear()
        elif row.item:
            found.add(level.dimension_of[row.item.id])
    return found


class _RowReader:
    """Reads the rows of a table from top to bottom, carrying the dimension down."""

    def __init__(self, grid: Grid, header: Header, words: Vocabulary, level: LevelWords) -> None:
        self.grid = grid
        self.words = words
        self.level = level
        self.number = header.first("number")
        self.item = header.first("item")
        roles = {c.column: c.meaning.role for c in header.columns}
        self.points = [c for c, role in roles.items() if role == "max_points" or role.startswith("score")]
        named = [c for c, role in roles.items() if role in ("number", "dimension", "item", "criterion")]
        first_points = min(self.points, default=len(roles))
        self.labels = tuple(sorted({*range(header.left, first_points), *named} - set(self.points)))
        gapless = self.labels and self.labels[-1] - self.labels[0] == len(self.labels) - 1
        self.together = slice(self.labels[0], self.labels[-1] + 1) if gapless else None
        self.said = row_labels(words, level, self.labels, self.number, self.item).said
        self.current: str | None = None
        self.over = False

    def read(self, row: int) -> Row | None:
        """What a row is; None for one that says nothing to us (blank, repeated header, note, signature)."""
        values = self.grid.rows[row]
        texts = self._texts(values)
        if not any(texts):
            return None
        if self._repeats_header(values) or self._numbers_columns(values):
            return Row(RowKind.HEADER, row, self.grid.cell(row, 0))
        said = self.said(texts)
        for column, items in said.items:
            inside = [i for i in items if self.level.dimension_of[i.id] == (said.dimension or self.current)]
            if inside or len(items) == 1:
                item = (inside or items)[0]
                self.current, self.over = self.level.dimension_of[item.id], False
                label = self._label(row)
                label = label if label.value is not None else self.grid.cell(row, column)
                return Row(RowKind.ITEM, row, label, item, titled=said.titled)
        if said.sum is not None:
            return self._sum(row, said, said.sum)
        label = self._label(row)
        if label.value is None and self.number is not None:
            label = self.grid.cell(row, self.number)
        if said.dimension and (not said.title or said.is_dimension):  # the dimension as a row of its own
            self.current = said.dimension
            subtotal = Row(RowKind.SUBTOTAL, row, label, dimension=said.dimension)
            return subtotal if self._has_points(row) else None
        self.current = said.dimension or self.current
        unknown = (
            not self.over and label.value is not None and self._has_number(row) and not self._is_note(row)
        )
        return Row(RowKind.UNKNOWN, row, label, dimension=self.current) if unknown else None

    def _texts(self, values: Sequence[CellValue]) -> tuple[str, ...]:
        """The texts in the columns that hold no points; they stand side by side, and most are texts already."""
        if self.together is not None and len(values) >= self.together.stop:
            found = tuple(values[self.together])
            if _TEXTS.issuperset(map(type, found)):
                return found  # type: ignore[return-value]
            return tuple(map(_text, found))
        width = len(values)
        return tuple([_text(values[column]) if column < width else "" for column in self.labels])

    def _label(self, row: int) -> Cell:
        return self.grid.cell(row, self.item if self.item is not None else self.number or 0)

    def _repeats_header(self, values: Sequence[CellValue]) -> bool:
        """Whether a row is the header again, after a page break: a quick look at the points columns first."""
        for column in self.points:
            value = values[column] if column < len(values) else None
            if isinstance(value, str) and value and column_role(value, self.words):
                break
        else:
            return False
        return is_header([column_role(value, self.words) for value in values])

    def _numbers_columns(self, values: Sequence[CellValue]) -> bool:
        """Whether a row above the first item numbers the columns: 甲 乙 1 2 3."""
        if self.current is not None:
            return False
        filled = [_text(value) for value in values if value not in ("", None)]
        return len(filled) > 1 and all(map(_ORDINAL.fullmatch, filled))

    def _is_note(self, row: int) -> bool:
        """Whether a row with something in a points column is no item but holds header fields."""
        texts = [value for value in self.grid.rows[row] if isinstance(value, str) and value]
        return any(
            label_key(text) in self.words.fields or self.words.field_pattern.search(legible(text))
            for text in texts
        )

    def _sum(self, row: int, said: Said, found: NamedSum) -> Row:
        cell = self.grid.cell(row, found.column)
        if found.part:
            dimension = found.dimension or said.dimension or self.current
            return Row(RowKind.SUBTOTAL, row, cell, dimension=dimension)
        self.over = True
        return Row(RowKind.TOTAL, row, cell)

    def _has_number(self, row: int) -> bool:
        """Whether a points column holds a number, or text with a digit; a date is none."""
        values = self.grid.rows[row]
        points = [values[column] for column in self.points if column < len(values)]
        return any(
            isinstance(v, (int, float)) or (isinstance(v, str) and any(map(str.isdigit, v))) for v in points
        )

    def _has_points(self, row: int) -> bool:
        values = self.grid.rows[row]
        return any(column < len(values) and values[column] not in ("", None) for column in self.points)
