"""The header of a score table: one row or two, its columns recognised by the labels of the form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from huitoukan.grid import Cell, CellValue, Grid
from huitoukan.intake.labels import label_key
from huitoukan.intake.vocabulary import LONGEST_LABEL, ColumnRole, Vocabulary
from huitoukan.model import Stage

_ENOUGH_ROLES = 3
_PER_STAGE = ("deduction_reason", "evidence", "remark")
_BEGINNING = frozenset({"number", "dimension", "item", "criterion"})  # what a panel begins with


@dataclass(frozen=True, slots=True)
class Column:
    """A recognised column and the header cell that names it."""

    meaning: ColumnRole
    column: int
    header: Cell


@dataclass(frozen=True, slots=True)
class Header:
    """The header of the table: its first and last row, and the recognised columns from left to right.

    `left` is the first column of the worksheet that belongs to it.
    """

    top: int
    bottom: int
    columns: tuple[Column, ...]
    left: int = 0

    def find(self, role: str, stage: Stage | None = None) -> tuple[Column, ...]:
        """The columns of a role; with a stage, those that name it, else those that name none."""
        named = [c for c in self.columns if c.meaning.role == role]
        own = [c for c in named if stage is not None and c.meaning.stage is stage]
        return tuple(own or [c for c in named if c.meaning.stage is None or stage is None])

    def first(self, role: str, stage: Stage | None = None) -> int | None:
        """The index of the first column of a role."""
        found = self.find(role, stage)
        return found[0].column if found else None


def headers(grid: Grid, words: Vocabulary) -> Iterator[Header]:
    """Every row that names enough columns to be the header of a score table, with its second row if it has one."""
    rows = grid.rows[grid.first :] if grid.first else grid.rows
    for row, values in enumerate(rows, start=grid.first):
        single = [column_role(value, words) for value in values]
        if sum(role is not None for role in single) < _ENOUGH_ROLES - 1:
            continue
        if row + 1 < len(grid.rows) and _continues_header(grid, row, words):
            columns = tuple(_two_row_columns(grid, row, words))
            if is_header([column.meaning for column in columns]):
                yield Header(row, row + 1, _settled(columns))
                continue
        if is_header(single):
            columns = tuple(Column(role, c, grid.cell(row, c)) for c, role in enumerate(single) if role)
            yield Header(row, row, _settled(columns))


def panels(header: Header) -> tuple[Header, ...]:
    """The header cut where its columns begin again: tables are printed in two panels side by side, with one header row."""
    parts: list[list[Column]] = [[]]
    for column in header.columns:
        roles = {other.meaning.role for other in parts[-1]}
        scored = "max_points" in roles or any(role.startswith("score") for role in roles)
        if column.meaning.role in _BEGINNING & roles and scored:
            parts.append([])
        parts[-1].append(column)
    if len(parts) == 1 or not all(is_header([column.meaning for column in part]) for part in parts):
        return (header,)
    return tuple(
        replace(header, columns=tuple(part), left=part[0].column if n else 0) for n, part in enumerate(parts)
    )


def column_role(value: CellValue, words: Vocabulary) -> ColumnRole | None:
    """What a header cell means; None for anything that is no label of a column."""
    if isinstance(value, str) and value and len(value) <= LONGEST_LABEL * 2:
        return words.columns.get(label_key(value))
    return None


def is_header(roles: Sequence[ColumnRole | None]) -> bool:
    """Whether these roles make a score table: what is scored, and points."""
    names = {role.role for role in roles if role}
    scored = any(name.startswith("score") for name in names)
    described = not names.isdisjoint(("item", "number", "criterion", "dimension"))
    return len(names) >= _ENOUGH_ROLES and described and (scored or "max_points" in names)


def _continues_header(grid: Grid, top: int, words: Vocabulary) -> bool:
    """Whether the row below the header belongs to it: it holds labels only, and at least one of a column."""
    texts = [value for value in grid.rows[top + 1] if value not in ("", None)]
    if not texts or not all(isinstance(text, str) and len(text) <= LONGEST_LABEL for text in texts):
        return False
    if any(level.items_named(str(text)) for level in words.levels.values() for text in texts):
        return False
    return any(column_role(text, words) for text in texts)


def _two_row_columns(grid: Grid, top: int, words: Vocabulary) -> Iterator[Column]:
    upper = ""
    for column in range(max(len(grid.rows[top]), len(grid.rows[top + 1]))):
        head, lower = grid.cell(top, column), grid.cell(top + 1, column)
        upper = str(head.value) if head.value is not None else upper
        below = str(lower.value) if lower.value is not None else ""
        if not label_key(below):  # nothing, or “（分）” below the label
            role, cell = column_role(head.value, words), head
        else:
            role = column_role(upper + below, words) or column_role(below + upper, words)
            role, cell = role or _staged(column_role(below, words), upper, words), lower
        if role:
            yield Column(role, column, cell)


def _staged(role: ColumnRole | None, upper: str, words: Vocabulary) -> ColumnRole | None:
    """A role of the lower row below a cell such as 县级检查情况: the role of that stage."""
    if role is None or role.stage is not None:
        return role
    stage = words.stage_headed(upper)
    if stage is None or role.role not in (*_PER_STAGE, "score"):
        return role
    return ColumnRole(f"score_{stage}" if role.role == "score" else role.role, stage)


def _settled(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns with what only their neighbourhood tells.

    A reason that stands beside each score is that of the nearest score on its left; a form without a column for the
    items has them in the column that is otherwise the dimension's (检查内容).
    """
    roles = [column.meaning.role for column in columns]
    repeated = {role for role in _PER_STAGE if roles.count(role) > 1}
    settled, stage = [], None
    for column in columns:
        meaning = column.meaning
        if meaning.role.startswith("score"):
            stage = meaning.stage
        if meaning.role in repeated and meaning.stage is None and stage is not None:
            meaning = ColumnRole(meaning.role, stage)
        elif meaning.role == "dimension" and "item" not in roles:
            meaning = ColumnRole("item")
        settled.append(replace(column, meaning=meaning))
    return tuple(settled)
