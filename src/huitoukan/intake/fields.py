"""The fields around a score table (unit, stage, date, signatures): label and value in one cell or in neighbouring ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import chain

from huitoukan.grid import Cell, Grid, value_text
from huitoukan.intake.dates import DATE_IN_TEXT, read_date
from huitoukan.intake.labels import label_key, legible
from huitoukan.intake.layout import Table
from huitoukan.intake.vocabulary import Vocabulary

_AFTER_LABEL = re.compile(r"[:：\s_＿]")  # one of them stands between a label and its value
# A label of a field that we do not know ends a value.
_OTHER_LABEL = re.compile(r"(?<!\s)\s+[^\s:：]{2,12}[:：]")
_NEAR = 40  # characters before a date that may say what it is the date of
_MEASURES = frozenset({"分", "人", "元", "万元", "个", "%"})  # 单位：分 above a table is no unit of ours
# 打印日期 and the like.
_DATE_OF_SOMETHING = re.compile(r"(?:日期|时间|期限|有效期|[至到于自从])[:：\s_＿]*$")
_PIECE = re.compile(r"\d{0,4}\s*[年月日号]?")  # of a date in several cells
_YEAR = 4  # digits
_EDGES = " \u3000\t\r\n;；,，|_＿"  # also the line to write on


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A header or footer field: the cell that holds its value (or should), and the value's part of that cell."""

    cell: Cell
    text: str
    whole: bool  # the cell holds the value alone, without its label
    joined: bool = False  # the text is that of several cells: 2024 | 年 | 5 | 月 | 20 | 日


def find_fields(grid: Grid, table: Table, words: Vocabulary) -> Mapping[str, FieldValue]:
    """The fields above and below the table, by name.

    A filled field wins over an empty one of the same name, an earlier one over a later.
    """
    body = table.body()
    beyond = max(column.column for column in table.panels[-1].columns) + 1
    found: dict[str, FieldValue] = {}
    for row in range(grid.first, len(grid.rows)):
        # In the rows of the table, fields may stand to its right.
        if row in body and len(grid.rows[row]) <= beyond:
            continue
        for name, written in _fields_in_row(grid, row, beyond if row in body else 0, words, body):
            value = _joined(grid, written) if name == "date" else _without_date(written)
            measure = name == "unit" and value.text in _MEASURES
            if not measure and (name not in found or (not found[name].text and value.text)):
                found[name] = value
    return found


def fields_in_row(grid: Grid, row: int, words: Vocabulary) -> list[tuple[str, FieldValue]]:
    """The fields in a row that belongs to no table, by name."""
    return list(_fields_in_row(grid, row, 0, words, frozenset()))


def _joined(grid: Grid, field: FieldValue) -> FieldValue:
    """A date field with all of a date that is split over several cells of its row: 2024 | 年 | 5 | 月 | 20 | 日."""
    if not _PIECE.fullmatch(field.text) or (field.text.isdigit() and len(field.text) > _YEAR):
        return field
    row, pieces = field.cell.row, [field.text]
    values = grid.rows[row] if row < len(grid.rows) else ()
    for column in range(field.cell.column + 1, len(values)):
        text = legible(grid.cell(row, column).text or "").strip(_EDGES)
        if text and not _PIECE.fullmatch(text):
            break
        pieces.append(text)
    text = "".join(pieces)
    return (
        replace(field, text=text, whole=False, joined=True) if text != field.text and "年" in text else field
    )


def _without_date(field: FieldValue) -> FieldValue:
    """The field without the date behind its value: 昔阳县乐平镇（盖章）     2024年5月20日."""
    dated = DATE_IN_TEXT.search(field.text)
    if dated is None or field.text[dated.end() :].strip(_EDGES):
        return field
    return replace(field, text=field.text[: dated.start()].strip(_EDGES) or field.text)


def lone_date(grid: Grid, table: Table) -> FieldValue | None:
    """The one day that stands above or below the table without a label: in a cell of its own, or apart in a text.

    None where there are several days: nobody says which of them is meant.
    """
    found: dict[date | None, FieldValue] = {}
    for row in chain(range(grid.first, table.top), range(max(table.body()) + 1, len(grid.rows))):
        before = ""
        for column, value in enumerate(grid.rows[row]):
            if isinstance(value, date):
                if not _DATE_OF_SOMETHING.search(before):
                    cell = grid.cell(row, column)
                    found.setdefault(read_date(value).value, FieldValue(cell, cell.text or "", whole=True))
            elif isinstance(value, str) and value:
                text = legible(value)
                for match in DATE_IN_TEXT.finditer(text):
                    if not _DATE_OF_SOMETHING.search((before + " " + text[: match.start()])[-2 * _NEAR :]):
                        day = read_date(match[0]).value
                        found.setdefault(day, FieldValue(grid.cell(row, column), match[0], whole=False))
            before = legible(value_text(value) or "")[-_NEAR:] or before
    return next(iter(found.values())) if len(found) == 1 else None


def _fields_in_row(
    grid: Grid, row: int, start: int, words: Vocabulary, body: frozenset[int]
) -> Iterator[tuple[str, FieldValue]]:
    values = grid.rows[row]
    for column in range(start, len(values)):
        value = values[column]
        if not isinstance(value, str) or not value:
            continue
        name = _field_named(words, value)
        if name:
            yield name, _beside(grid, row, column, words, body)
        elif name is None:
            yield from _fields_in_cell(grid, row, column, legible(value), words, body)


@lru_cache(maxsize=8192)
def _field_named(words: Vocabulary, text: str) -> str | None:
    """The field that a text is the label of; "" where it holds no field, None where it may hold some."""
    text = legible(text)
    name = words.fields.get(label_key(text))
    return name or (None if _AFTER_LABEL.search(text) else "")


def _fields_in_cell(
    grid: Grid, row: int, column: int, value: str, words: Vocabulary, body: frozenset[int]
) -> Iterator[tuple[str, FieldValue]]:
    matches = list(words.field_pattern.finditer(value))
    ends = [match.start() for match in matches[1:]] + [len(value)]
    for match, end in zip(matches, ends, strict=False):
        name = words.fields.get(label_key(match["apart"] or match["glued"]))
        if name is None:
            continue
        text = value[match.end() : end].strip(_EDGES)
        other = _OTHER_LABEL.search(text)
        text = text[: other.start()].strip(_EDGES) if other else text
        if text or len(matches) > 1:
            yield name, FieldValue(grid.cell(row, column), text, whole=False)
        else:
            yield name, _beside(grid, row, column, words, body)


def _beside(grid: Grid, row: int, column: int, words: Vocabulary, body: frozenset[int]) -> FieldValue:
    """The value of a label that stands alone in its cell.

    It is the next filled cell to the right that is no label itself; where labels stand side by side, the cell below.
    """
    area = grid.area(row, column)
    start = (area.right if area else column) + 1
    for place in range(start, len(grid.rows[row])):
        cell = grid.cell(row, place)
        text = cell.text
        if text is None or not text.strip():
            continue
        if not _is_label(cell, words):
            return FieldValue(cell, legible(text), whole=True)
        break
    beside = grid.cell(row, start)
    side_by_side = _is_label(beside, words) or (column > 0 and _is_label(grid.anchor(row, column - 1), words))
    below = grid.cell((area.bottom if area else row) + 1, column)
    if side_by_side and below.text and below.row not in body and not _is_label(below, words):
        return FieldValue(below, legible(below.text), whole=True)
    return FieldValue(grid.cell(row, column) if _is_label(beside, words) else beside, "", whole=True)


def _is_label(cell: Cell, words: Vocabulary) -> bool:
    text = cell.value
    return isinstance(text, str) and (
        label_key(text) in words.fields or bool(words.field_pattern.match(legible(text)))
    )
