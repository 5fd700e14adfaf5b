"""What our own blank forms carry for those who fill them in, and what is no part of what was filled in: nothing of it is read.

A column headed 校验 behind the table (what is wrong in a row; hidden columns behind it hold its working) and a worksheet
填报说明. A verdict such as “没有填联系电话” must not be taken for a telephone number, nor the worksheet for a left-over one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from huitoukan.grid import Grid
from huitoukan.intake.labels import label_key

CHECK, GUIDE = "校验", "填报说明"
_DEEPEST = 60  # rows in which the head of the column is looked for: titles, notes and fields stand above it
_BEFORE = 3  # labels of a form that stand before it in its row, at least

T = TypeVar("T")


def is_guide(grid: Grid) -> bool:
    """Whether a worksheet is the guide of a form of ours: by its name and by its first cell, which says so, too.

    Programs that copy a worksheet put a number behind its name.
    """
    first = grid.cell(0, 0).text or ""
    return grid.name.startswith(GUIDE) and label_key(first).startswith(GUIDE)


def without_checks(grid: Grid) -> Grid:
    """The worksheet without the column of checks, where it has one, and without what stands to its right."""
    column = _check_column(grid)
    if column is None:
        return grid
    return replace(
        grid,
        rows=[row if len(row) <= column else row[:column] for row in grid.rows],
        marks=_left_of(grid.marks, column),
        covered=_left_of(grid.covered, column),
        formulas=_left_of(grid.formulas, column),
        looks=_left_of(grid.looks, column),
    )


def _check_column(grid: Grid) -> int | None:
    """The column headed 校验: the label stands behind at least some others, and nothing written by hand behind it."""
    for row in range(min(len(grid.rows), _DEEPEST)):
        values = grid.rows[row]
        if CHECK not in values:
            continue
        column = list(values).index(CHECK)
        if sum(isinstance(value, str) and value != "" for value in values[:column]) >= _BEFORE:
            return column
    return None


def _left_of(values: Mapping[tuple[int, int], T], column: int) -> Mapping[tuple[int, int], T]:
    return {place: value for place, value in values.items() if place[1] < column}
