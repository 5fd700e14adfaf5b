"""The inflation index: how far self-assessments lie above the checks, with the number of units that it rests on.

It speaks of the units that have both: a score by their self-assessment and one by their highest complete check.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import median

from huitoukan.standing.exact import CENT, SHARE, half_up


@dataclass(frozen=True, slots=True)
class Inflation:
    """The index over `n` units; everything else is None where there are none.

    With the self-assessed score s and the checked score c of each unit, both in points of 100: `index` is the mean of
    s - c and `middle` its median (2 places, half-up), `taken` the share of all self-assessed points that the checks took
    away, (sum of s - sum of c) / sum of s (4 places; None without any point). `own` and `check` are the mean scores.
    `above`, `equal` and `below` count the units by the sign of s - c. `few`: n is below what the campaign calls enough.
    """

    n: int
    few: bool
    index: Decimal | None = None
    middle: Decimal | None = None
    taken: Decimal | None = None
    own: Decimal | None = None
    check: Decimal | None = None
    above: int = 0
    equal: int = 0
    below: int = 0


def inflation(scores: Sequence[tuple[Fraction, Fraction]], least: int) -> Inflation:
    """The index of units by their (self-assessed, checked) scores in points of 100; `least` units are not few."""
    n = len(scores)
    if not n:
        return Inflation(0, few=True)
    own = sum((s for s, _ in scores), Fraction(0))
    check = sum((c for _, c in scores), Fraction(0))
    differences = [s - c for s, c in scores]
    return Inflation(
        n,
        few=n < least,
        index=half_up((own - check) / n, CENT),
        middle=half_up(median(differences), CENT),
        taken=half_up((own - check) / own, SHARE) if own else None,
        own=half_up(own / n, CENT),
        check=half_up(check / n, CENT),
        above=sum(d > 0 for d in differences),
        equal=sum(d == 0 for d in differences),
        below=sum(d < 0 for d in differences),
    )
