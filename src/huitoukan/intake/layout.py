"""Where things are on a worksheet: the header row, the columns, the item rows, the sums, the fields around the table.

Everything is found by the words of the form, never by position; see `Vocabulary` for the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from huitoukan.campaign.rubric import Item
from huitoukan.intake.normalise import label_key, title_key
from huitoukan.intake.vocabulary import ColumnRole, LevelWords, Vocabulary, item_key
from huitoukan.model import Cell, CellValue, Grid, Level, Stage, value_text

_LONGEST_LABEL = 24
_ENOUGH_ROLES = 3
_LEADING_ID = re.compile(r"[A-Z0-9.]+")
_AFTER_LABEL = re.compile(r"[:：\s]")  # one of them stands between a label and its value
_KNOWN_SHARE = 4  # a table without a header is a form when it holds at least a quarter of a level's items


class RowKind(StrEnum):
    """What a row of the table is."""

    ITEM = "item"
    SUBTOTAL = "subtotal"
    TOTAL = "total"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table; `item` for an item row, `dimension` for a subtotal; `label` is the cell that says so."""

    kind: RowKind
    row: int
    label: Cell
    item: Item | None = None
    dimension: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A recognised column and the header cell that names it."""

    meaning: ColumnRole
    column: int
    header: Cell


@dataclass(frozen=True, slots=True)
class Header:
    """The header of the table: its first and last row, and the recognised columns from left to right."""

    top: int
    bottom: int
    columns: tuple[Column, ...]

    def find(self, role: str, stage: Stage | None = None) -> tuple[Column, ...]:
        """The columns of a role; with a stage, those that name it, else those that name none."""
        named = [c for c in self.columns if c.meaning.role == role]
        own = [c for c in named if stage is not None and c.meaning.stage is stage]
        return tuple(own or [c for c in named if c.meaning.stage is None or stage is None])

    def first(self, role: str, stage: Stage | None = None) -> int | None:
        """The index of the first column of a role."""
        found = self.find(role, stage)
        return found[0].column if found else None


@dataclass(frozen=True, slots=True)
class Table:
    """A score table on a worksheet: the level whose items it holds, its header and its rows."""

    level: Level
    header: Header
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A header or footer field: the cell that holds its value (or should), and the value's part of that cell."""

    cell: Cell
    text: str
    whole: bool  # the cell holds the value alone, without its label


# ---------------------------------------------------------------------------------------------------------- header


def find_header(grid: Grid, words: Vocabulary) -> Header | None:
    """The first row that names enough columns to be the header of a score table, with its second row if it has one."""
    for row, values in enumerate(grid.rows):
        single = [_role(value, words) for value in values]
        if not _is_header(single):
            continue
        below = row + 1
        if below < len(grid.rows) and _continues_header(grid, row, words):
            return Header(row, below, tuple(_two_row_columns(grid, row, words)))
        columns = (Column(role, column, grid.cell(row, column)) for column, role in enumerate(single) if role)
        return Header(row, row, tuple(columns))
    return None


def _role(value: object, words: Vocabulary) -> ColumnRole | None:
    if isinstance(value, str) and value and len(value) <= _LONGEST_LABEL * 2:
        return words.columns.get(label_key(value))
    return None


def _is_header(roles: Sequence[ColumnRole | None]) -> bool:
    names = {role.role for role in roles if role}
    scored = any(name.startswith("score") for name in names)
    return (
        len(names) >= _ENOUGH_ROLES
        and bool(names & {"item", "number", "criterion"})
        and (scored or "max_points" in names)
    )


def _continues_header(grid: Grid, top: int, words: Vocabulary) -> bool:
    """Whether the row below the header belongs to it: it holds labels only, and at least one of a column."""
    texts = [value for value in grid.rows[top + 1] if value not in ("", None)]
    if not texts or not all(isinstance(text, str) and len(text) <= _LONGEST_LABEL for text in texts):
        return False
    if any(
        title_key(str(text)) in level.titles or item_key(str(text)) in level.ids
        for level in words.levels.values()
        for text in texts
    ):
        return False
    return any(_role(text, words) for text in texts)


def _two_row_columns(grid: Grid, top: int, words: Vocabulary) -> Iterator[Column]:
    upper = ""
    for column in range(max(len(grid.rows[top]), len(grid.rows[top + 1]))):
        head = grid.cell(top, column)
        upper = str(head.value) if head.value is not None else upper
        lower = grid.cell(top + 1, column)
        if lower.value is None:
            role, cell = _role(head.value, words), head
        else:
            below = str(lower.value)
            role = _role(upper + below, words) or _role(below + upper, words) or _role(below, words)
            cell = lower
            if role is None and not label_key(below):  # “（分）” below the label
                role, cell = _role(head.value, words), head
        if role:
            yield Column(role, column, cell)


# ---------------------------------------------------------------------------------------------------------- rows


def find_table(grid: Grid, words: Vocabulary) -> Table | None:
    """The score table of a worksheet; None when there is no header, or nothing below it belongs to a rubric."""
    header = find_header(grid, words)
    if header is None:
        return None
    level = _level(grid, header, words)
    if level is None:
        return None
    return Table(level, header, tuple(_rows(grid, header, words, level)))


def _level(grid: Grid, header: Header, words: Vocabulary) -> Level | None:
    """The level whose items the table names most of; None when it names none. Some titles stand on both forms."""
    columns = [c for c in (header.first("number"), header.first("item")) if c is not None]
    texts = {
        text
        for row in grid.rows[header.bottom + 1 :]
        for c in columns
        if c < len(row) and (text := _text(row[c]))
    }
    keys = {item_key(text.split(maxsplit=1)[0]) for text in texts if text.strip()} | {
        title_key(text) for text in texts
    }
    found = {
        level: len(keys & (known.ids.keys() | known.titles.keys())) for level, known in words.levels.items()
    }
    best = max(found, key=lambda level: found[level])
    return best if found[best] else None


def _text(value: CellValue) -> str:
    return value if isinstance(value, str) else value_text(value) or ""


def headless(grid: Grid, words: Vocabulary) -> Cell | None:
    """The first item of a table whose header is missing; None when the sheet is no score table at all."""
    for level in words.levels.values():
        found: dict[str, Cell] = {}
        for row, values in enumerate(grid.rows):
            for column, value in enumerate(values):
                if isinstance(value, str) and 0 < len(value) <= _LONGEST_LABEL:
                    item = level.ids.get(item_key(value)) or next(
                        iter(level.titles.get(title_key(value), ())), None
                    )
                    if item:
                        found.setdefault(item.id, grid.cell(row, column))
        if len(found) * _KNOWN_SHARE >= len(level.ids):
            return next(iter(found.values()))
    return None


def _rows(grid: Grid, header: Header, words: Vocabulary, level: Level) -> Iterator[Row]:
    reader = _RowReader(grid, header, words, words.levels[level])
    for row in range(header.bottom + 1, len(grid.rows)):
        found = reader.read(row)
        if found is not None:
            yield found


class _RowReader:
    """Reads the rows of a table from top to bottom, carrying the dimension down."""

    def __init__(self, grid: Grid, header: Header, words: Vocabulary, level: LevelWords) -> None:
        self.grid = grid
        self.words = words
        self.level = level
        self.number = header.first("number")
        self.dimension = header.first("dimension")
        self.item = header.first("item")
        self.points = [
            c.column
            for c in header.columns
            if c.meaning.role == "max_points" or c.meaning.role.startswith("score")
        ]
        self.columns = header.columns
        first_points = min(self.points, default=len(header.columns))
        named = (
            c.column for c in header.columns if c.meaning.role in ("number", "dimension", "item", "criterion")
        )
        self.labels = sorted({*range(first_points), *named} - set(self.points))
        self.current: str | None = None
        self.over = False

    def read(self, row: int) -> Row | None:
        """What a row is; None for one that says nothing to us (blank, repeated header, note, signature)."""
        values = self.grid.rows[row]
        texts = [self._text(row, column) for column in self.labels]
        if not any(texts) or self._repeats_header(values):
            return None
        named = self._dimension_named(texts)
        item, label = self._item(row, named or self.current)
        if item is not None:
            self.current = self.level.dimension_of[item.id]
            return Row(RowKind.ITEM, row, label, item)
        found = self._sum(row, texts, named)
        if found is not None:
            return found
        if (
            named
            and label.value is not None
            and self.level.dimensions.get(title_key(str(label.value))) is None
        ):
            self.current = named
        elif named:
            self.current = named
            return Row(RowKind.SUBTOTAL, row, label, dimension=named) if self._has_points(row) else None
        if not self.over and label.value is not None and self._has_points(row):
            return Row(RowKind.UNKNOWN, row, label)
        return None

    def _text(self, row: int, column: int | None) -> str:
        values = self.grid.rows[row]
        return "" if column is None or column >= len(values) else _text(values[column])

    def _repeats_header(self, values: Sequence[CellValue]) -> bool:
        """Whether a row is the header again, after a page break: a quick look at two columns before all of them."""
        labelled = any(
            c is not None and c < len(values) and _role(values[c], self.words)
            for c in (self.item, self.points[0] if self.points else None)
        )
        return labelled and _is_header([_role(value, self.words) for value in values])

    def _dimension_named(self, texts: Sequence[str]) -> str | None:
        for text in texts:
            found = self.level.dimensions.get(title_key(text)) if text else None
            if found:
                return found
        return None

    def _item(self, row: int, dimension: str | None) -> tuple[Item | None, Cell]:
        """The item of a row by id, else by title inside the dimension, and the cell that names it."""
        label = self.grid.cell(row, self.item if self.item is not None else self.number or 0)
        for column in (self.number, self.item):
            text = self._text(row, column)
            if text and column is not None:
                item = self.level.ids.get(item_key(text)) or self._leading_id(text)
                if item:
                    named = label if label.value is not None else self.grid.cell(row, column)
                    return item, named
        titled = self.level.titles.get(title_key(self._text(row, self.item)), ())
        inside = [item for item in titled if self.level.dimension_of[item.id] == dimension]
        if inside or len(titled) == 1:
            return (inside or list(titled))[0], label
        if label.value is None and self.number is not None:
            label = self.grid.cell(row, self.number)
        return None, label

    def _leading_id(self, text: str) -> Item | None:
        """The item whose id stands before its title in one cell: `T1.1 报表任务`."""
        head = item_key(text.split(maxsplit=1)[0]) if text.split() else ""
        if head in self.level.ids:
            return self.level.ids[head]
        match = _LEADING_ID.match(head)
        return self.level.ids.get(match[0].rstrip(".")) if match else None

    def _sum(self, row: int, texts: Sequence[str], named: str | None) -> Row | None:
        for column, text in zip(self.labels, texts, strict=True):
            if not text or len(text) > _LONGEST_LABEL:
                continue
            key = label_key(text)
            if key in self.words.totals:
                self.over = True
                return Row(RowKind.TOTAL, row, self.grid.cell(row, column))
            if key.endswith(self.words.subtotals):
                tail = next(word for word in self.words.subtotals if key.endswith(word))
                own = self.level.dimensions.get(title_key(key.removesuffix(tail)))
                return Row(
                    RowKind.SUBTOTAL, row, self.grid.cell(row, column), dimension=own or named or self.current
                )
        return None

    def _has_points(self, row: int) -> bool:
        values = self.grid.rows[row]
        return any(column < len(values) and values[column] not in ("", None) for column in self.points)


# ---------------------------------------------------------------------------------------------------------- fields


def find_fields(grid: Grid, table: Table, words: Vocabulary) -> Mapping[str, FieldValue]:
    """The fields above and below the table: label and value in one cell, or in neighbouring ones.

    A filled field wins over an empty one of the same name, an earlier one over a later.
    """
    body = range(table.header.top, max((row.row for row in table.rows), default=table.header.bottom) + 1)
    found: dict[str, FieldValue] = {}
    for row in range(len(grid.rows)):
        if row in body:
            continue
        for name, value in _fields_in_row(grid, row, words):
            if name not in found or (not found[name].text and value.text):
                found[name] = value
    return found


def _fields_in_row(grid: Grid, row: int, words: Vocabulary) -> Iterator[tuple[str, FieldValue]]:
    for column, value in enumerate(grid.rows[row]):
        if not isinstance(value, str) or not value:
            continue
        name = words.fields.get(label_key(value))
        if name is not None:
            yield name, _beside(grid, row, column, words)
            continue
        if not _AFTER_LABEL.search(value):
            continue
        matches = list(words.field_pattern.finditer(value))
        ends = [match.start() for match in matches[1:]] + [len(value)]
        for match, end in zip(matches, ends, strict=bool(matches)):
            name = words.fields.get(label_key(match[1]))
            if name is None:
                continue
            text = value[match.end() : end].strip(" \u3000\t\r\n;；,，")
            if text or len(matches) > 1:
                yield name, FieldValue(grid.cell(row, column), text, whole=False)
            else:
                yield name, _beside(grid, row, column, words)


def _beside(grid: Grid, row: int, column: int, words: Vocabulary) -> FieldValue:
    """The value of a label that stands alone in its cell: the next filled cell to the right that is no label itself."""
    area = grid.area(row, column)
    start = (area.right if area else column) + 1
    for place in range(start, len(grid.rows[row])):
        cell = grid.cell(row, place)
        text = cell.text
        if text is None or not text.strip():
            continue
        if isinstance(cell.value, str) and (
            label_key(text) in words.fields or words.field_pattern.match(text)
        ):
            break
        return FieldValue(cell, text, whole=True)
    return FieldValue(grid.cell(row, start), "", whole=True)
