"""Robust statistics: median, MAD, robust z, and how likely coincidences are. Plain functions of plain numbers.

Sources: B. Iglewicz, D. C. Hoaglin, How to Detect and Handle Outliers (1993), for the modified z-score; G. Rasch, Probabilistic
Models for Some Intelligence and Attainment Tests (1960), for probabilities given a total.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import comb, inf
from statistics import fmean, median

# What makes the MAD, and the mean absolute deviation, of normal data equal to its standard deviation.
_MAD_TO_SIGMA, _MEAN_TO_SIGMA = 1.482602, 1.253314


def mad(values: Collection[float]) -> float:
    """The median of the absolute deviations from the median; 0 for fewer than two values."""
    if len(values) < 2:  # noqa: PLR2004
        return 0.0
    middle = median(values)
    return median(abs(value - middle) for value in values)


@dataclass(frozen=True, slots=True)
class Spread:
    """What is usual among many values: their median, and their spread on the scale of a standard deviation."""

    middle: float
    sigma: float

    def z(self, value: float) -> float:
        """How many robust standard deviations a value lies above the median; where nothing spreads, infinite or 0."""
        if self.sigma:
            return (value - self.middle) / self.sigma
        return 0.0 if value == self.middle else inf if value > self.middle else -inf


def spread(values: Collection[float]) -> Spread:
    """The spread of values by their MAD.

    A MAD of 0 (more than half of them are equal) would make every other value an outlier: then the mean absolute
    deviation from the median is taken, as Iglewicz and Hoaglin advise.

    Raises:
        StatisticsError: there are no values.
    """
    middle = median(values)
    by_median = mad(values)
    if by_median:
        return Spread(middle, _MAD_TO_SIGMA * by_median)
    return Spread(middle, _MEAN_TO_SIGMA * fmean(abs(value - middle) for value in values))


def symmetric(odds: Iterable[float], most: int) -> list[float]:
    """The elementary symmetric polynomials of degree 0 to `most`: the n-th adds up the products of all choices of n odds."""
    sums = [1.0] + [0.0] * most
    for one in odds:
        for n in range(most, 0, -1):
            sums[n] += sums[n - 1] * one
    return sums


def overlap(odds: Sequence[tuple[float, float]], others: Sequence[float], total: int, shared: int) -> float:
    """How likely at least `shared` of some items are hit in the same way, given that `total` of all items are hit.

    Items are independent. `odds` are, for each of those, the odds that it is hit in the same way and in another way, against
    not being hit; `others` the elementary symmetric polynomials of the odds of all further items, to degree `total` at least.
    """
    # ways[n][m]: the weight of all cases in which n items are hit, m of them in the same way
    ways = [[1.0]]
    for same, otherwise in odds:
        longer = [[0.0] * (n + 1) for n in range(min(len(ways), total) + 1)]
        for n, row in enumerate(ways):
            for m, weight in enumerate(row):
                longer[n][m] += weight
                if n + 1 < len(longer):
                    longer[n + 1][m] += weight * otherwise
                    longer[n + 1][m + 1] += weight * same
        ways = longer
    all_ = hits = 0.0
    for n, row in enumerate(ways):
        if total - n >= 0:
            rest = others[total - n]
            all_ += rest * sum(row)
            hits += rest * sum(row[shared:])
    return min(1.0, hits / all_) if all_ else 1.0


def densest(values: Sequence[float], width: float) -> float:
    """The greatest share of the values that lie in an interval of this width; 0 when there are none."""
    ordered = sorted(values)
    most = first = 0
    for last, value in enumerate(ordered):
        while value - ordered[first] > width:
            first += 1
        most = max(most, last - first + 1)
    return most / len(ordered) if ordered else 0.0


def band_chance(share: float, units: int) -> float:
    """At most how likely so many independent values lie in one interval into which no more than `share` of all fall.

    One of them is the lowest; the others must lie in the interval that begins with it.
    """
    return min(1.0, units * share ** (units - 1)) if units else 1.0


def pairs(units: int) -> int:
    """How many pairs there are."""
    return comb(units, 2)
