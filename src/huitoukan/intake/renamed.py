"""Items under a slightly other name: rows that match no item, where an item is missing that they surely are.

Surely means: the standard points agree, the criterion or the name does too, and no other item or row comes near. All
else stays unknown, because a row may have been added, too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import lru_cache

from huitoukan.campaign.rubric import Item
from huitoukan.grid import Grid
from huitoukan.intake.labels import label_key, legible, tidy, title_key, without_brackets, wording
from huitoukan.intake.layout import Row, RowKind, Table
from huitoukan.intake.normalise import read_score
from huitoukan.intake.vocabulary import LevelWords, Vocabulary

_MOST_ROWS = 40  # as many as a form has items; a table with more unknown rows is another table
_SURE = 0.75  # likeness of two names from which on they may be one: of five characters four
_CONTAINED = 0.9  # a name inside a longer one: 统计人员 in 统计人员情况
_SHORTEST = 3  # characters of a name that is looked for inside another
_CLEAR = 0.15  # how much less alike the next item must be
_SAME_CRITERION = 0.4  # likeness of criteria below which a row with a similar name is about something else
_HALF = 2
_LEADING = re.compile(r"^[\W\d]+")  # the number of the row
_NO_NAME = re.compile(r"[\d,;:，。；：、\n/—–-]")
_LONG_CRITERION = 6  # characters; shorter ones (按期完成) may stand at several items


def with_renamed(grid: Grid, table: Table, words: Vocabulary) -> Table:
    """The table with the unknown rows that are surely a missing item as items, marked as renamed."""
    unknown = table.of(RowKind.UNKNOWN)
    if not unknown or len(unknown) > _MOST_ROWS:
        return table
    level = words.levels[table.level]
    present = {row.item.id for row in table.rows if row.item}
    missing = [item for item in level.ids.values() if item.id not in present]
    if not missing:
        return table
    found: dict[tuple[int, int], Item] = {}
    for row in unknown:
        item = _meant(grid, table, row, missing, level)
        if item is not None:
            found[row.row, row.panel] = item
    taken = list(found.values())
    rows = tuple(
        replace(row, kind=RowKind.ITEM, item=item, dimension=None, renamed=True)
        if (item := found.get((row.row, row.panel))) and taken.count(item) == 1
        else row
        for row in table.rows
    )
    return replace(table, rows=rows)


def likeness(text: str, item: Item) -> float:
    """How alike the name in a cell and that of an item are, from 0 to 1."""
    return _likeness(text, (item.title, *item.aliases))


@lru_cache(maxsize=4096)
def _likeness(text: str, names: tuple[str, ...]) -> float:
    key = title_key(text)
    return max((_alike(key, title_key(name)) for name in names), default=0.0)


def _alike(one: str, other: str) -> float:
    short, long = sorted((one, other), key=len)
    if len(short) >= _SHORTEST and len(short) * _HALF >= len(long) and short in long:
        return _CONTAINED
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _meant(grid: Grid, table: Table, row: Row, missing: Sequence[Item], level: LevelWords) -> Item | None:
    name = row.label.value
    if not isinstance(name, str) or not label_key(name):
        return None
    header = table.panels[row.panel]
    maximum, criterion = header.first("max_points"), header.first("criterion")
    dimensions = _dimensions(table, row, level.dimension_of)
    points = None if maximum is None else read_score(grid.cell(row.row, maximum)).value
    printed = (
        "" if criterion is None or criterion == row.label.column else grid.cell(row.row, criterion).value
    )
    asked = wording(legible(printed)) if isinstance(printed, str) else ""

    same = [item for item in level.ids.values() if _is_criterion(asked, item)]
    alike = {item.id: likeness(legible(name), item) for item in level.ids.values()}
    best = max(alike, key=lambda item: alike[item])
    rest = max((value for item, value in alike.items() if item != best), default=0.0)
    clear = alike[best] >= _SURE and alike[best] - rest >= _CLEAR and _is_name(name)
    if same and not (len(same) == 1 and (same[0].id == best or not clear)):
        return None
    chosen = same[0].id if same else best if clear else None
    item = next((item for item in missing if item.id == chosen), None)
    if item is None or level.dimension_of[item.id] not in dimensions:
        return None
    if maximum is not None and points != item.maximum:
        return None
    return item if same or not _speaks_of_something_else(asked, item) else None


def _is_name(text: str) -> bool:
    """Whether a text is a name and no sentence that speaks of an item: 按时完成，普查与抽样."""
    return _NO_NAME.search(_LEADING.sub("", without_brackets(tidy(legible(text))))) is None


def _is_criterion(asked: str, item: Item) -> bool:
    """Whether a printed criterion is that of an item, or holds it."""
    own = wording(legible(item.criterion))
    return len(own) >= _LONG_CRITERION and own in asked


def _speaks_of_something_else(asked: str, item: Item) -> bool:
    own = wording(legible(item.criterion))
    return bool(asked and own) and SequenceMatcher(None, asked, own, autojunk=False).ratio() < _SAME_CRITERION


def _dimensions(table: Table, row: Row, dimension_of: Mapping[str, str]) -> Collection[str]:
    """The dimension that a row stands in: the first row of one may still be counted to the one before."""
    below = next(
        (
            other.item.id
            for other in table.rows
            if other.item and other.panel == row.panel and other.row > row.row
        ),
        None,
    )
    found = {row.dimension} | ({dimension_of[below]} if below else set())
    return {dimension for dimension in found if dimension is not None}
