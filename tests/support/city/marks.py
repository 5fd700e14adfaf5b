"""Score vectors of made-up units: points are lost and regained by legal steps, and never below what is wanted."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal

from tests.support.city.standards import ZERO, Item, items, rubric

Marks = dict[str, Decimal]
_FLOOR = Decimal("0.65")  # of a dimension: units that are short of 0.6 are planted, never made by chance


def full(level: str) -> Marks:
    """Full marks."""
    return {item.id: item.maximum for item in items(level)}


def lost(level: str, marks: Mapping[str, Decimal]) -> Decimal:
    """Points below the maximum."""
    return sum((item.maximum - marks[item.id] for item in items(level)), ZERO)


def lowered(rng: random.Random, level: str, marks: Mapping[str, Decimal], points: Decimal | int) -> Marks:
    """The marks with at least so many more points lost, step by step; veto items stay above 0."""
    now = dict(marks)
    wanted = lost(level, now) + points
    while lost(level, now) < wanted:
        item = rng.choice([i for i in items(level) if _may_fall(level, now, i)])
        now[item.id] = _next(item, now[item.id])
    return now


def raised(rng: random.Random, level: str, marks: Mapping[str, Decimal], points: Decimal | int) -> Marks:
    """The marks with at least so many points regained, as far as points were lost."""
    now = dict(marks)
    wanted = max(ZERO, lost(level, now) - points)
    while lost(level, now) > wanted:
        item = rng.choice([i for i in items(level) if now[i.id] < i.maximum])
        now[item.id] = _before(item, now[item.id])
    return now


def unusual(rng: random.Random, level: str) -> Marks:
    """Marks that nobody has by chance: a few steps lower on every item that is scored in steps of half a point."""
    now = full(level)
    for item in items(level):
        if not item.veto and len(item.choices) > 6:
            now[item.id] = item.choices[rng.randint(2, 4)]
    return now


def seen_by_another(rng: random.Random, level: str, marks: Mapping[str, Decimal], keep: str = "-") -> Marks:
    """The marks as somebody else gives them: one item a step higher, one a step lower; those that begin with `keep` stay.

    No veto item is touched, and no step up is larger than a point, so that the verdict stays what it is meant to be.
    """
    now = dict(marks)
    open_ones = [i for i in items(level) if not i.veto and not i.id.startswith(keep)]
    higher = [i for i in open_ones if now[i.id] < i.maximum and _before(i, now[i.id]) - now[i.id] <= 1]
    if higher:
        item = rng.choice(higher)
        now[item.id] = _before(item, now[item.id])
        open_ones.remove(item)
    lower = [i for i in open_ones if _may_fall(level, now, i) and now[i.id] - _next(i, now[i.id]) <= 1]
    item = rng.choice(lower)
    now[item.id] = _next(item, now[item.id])
    return now


def _before(item: Item, points: Decimal) -> Decimal:
    return item.choices[item.choices.index(points) - 1]


def _next(item: Item, points: Decimal) -> Decimal:
    return item.choices[item.choices.index(points) + 1]


def _may_fall(level: str, marks: Marks, item: Item) -> bool:
    if marks[item.id] == item.choices[-1] or (item.veto and _next(item, marks[item.id]) == 0):
        return False
    [dimension] = [d for d in rubric(level) if item in d.items]
    points = sum((marks[i.id] for i in dimension.items), ZERO) - marks[item.id] + _next(item, marks[item.id])
    return points >= dimension.maximum * _FLOOR
