"""How far two rankings of the same units agree: Kendall's tau-b and Spearman's rho, both with ties.

tau-b = (C - D) / sqrt((P - Tx) (P - Ty)): of all P = n (n - 1) / 2 pairs of units, C are ranked the same way by both, D the
other way round; Tx and Ty are tied in the one and in the other. rho is Pearson's correlation of the ranks, where units
that are tied share the mean of their ranks. Both lie between -1 and 1; they do not exist for fewer than two units, or
where all are tied in one of the rankings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import combinations

from huitoukan.standing.exact import SHARE


@dataclass(frozen=True, slots=True)
class RankStability:
    """How stable the order of `n` units is, to four places; None where there is no answer. `few`: n is small."""

    n: int
    tau: Decimal | None
    rho: Decimal | None
    few: bool


def rank_stability(own: Sequence[Fraction], check: Sequence[Fraction], least: int) -> RankStability:
    """Compare the order of units by two scores, given in the same order of units; `least` units are not few."""
    return RankStability(len(own), kendall_tau_b(own, check), spearman_rho(own, check), len(own) < least)


def kendall_tau_b(xs: Sequence[Fraction], ys: Sequence[Fraction]) -> Decimal | None:
    """Kendall's tau-b of two series of the same length; None where it does not exist."""
    agreement = untied_x = untied_y = 0
    for (x1, y1), (x2, y2) in combinations(zip(xs, ys, strict=True), 2):
        x, y = (x1 > x2) - (x1 < x2), (y1 > y2) - (y1 < y2)
        agreement += x * y
        untied_x += x * x
        untied_y += y * y
    return _ratio(Fraction(agreement), Fraction(untied_x * untied_y))


def spearman_rho(xs: Sequence[Fraction], ys: Sequence[Fraction]) -> Decimal | None:
    """Spearman's rho of two series of the same length; None where it does not exist."""
    a, b = mean_ranks(xs), mean_ranks(ys)
    middle = Fraction(len(a) + 1, 2)
    together = sum((x - middle) * (y - middle) for x, y in zip(a, b, strict=True))
    spread = sum((x - middle) ** 2 for x in a) * sum((y - middle) ** 2 for y in b)
    return _ratio(Fraction(together), Fraction(spread))


def mean_ranks(scores: Sequence[Fraction]) -> list[Fraction]:
    """The rank of each score, the highest first; tied scores share the mean of their ranks."""
    above = {score: sum(other > score for other in scores) for score in set(scores)}
    same = {score: sum(other == score for other in scores) for score in set(scores)}
    return [above[score] + Fraction(same[score] + 1, 2) for score in scores]


def _ratio(top: Fraction, squared: Fraction) -> Decimal | None:
    """top / sqrt(squared), to four places."""
    if not squared:
        return None
    root = (Decimal(squared.numerator) / squared.denominator).sqrt()
    return (Decimal(top.numerator) / top.denominator / root).quantize(SHARE, ROUND_HALF_UP)
