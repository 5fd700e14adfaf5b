"""Beside last year's results: 提升, 持平 or 下降 (R02 asks whether institutions 是否达标、是否提升).

Compared are shares of the maximum, because last year's maxima may have been others: the change is told in points of 100
of the whole, or of the dimension. Nothing is compared where one of the years has no score.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from huitoukan.campaign.campaign import Campaign
from huitoukan.model import Level, Unit, Verdict
from huitoukan.standing.baseline import Baseline, BaselineDimension, BaselineUnit
from huitoukan.standing.exact import HUNDRED, of_hundred
from huitoukan.standing.model import DimensionStanding, Standing


class Trend(StrEnum):
    """Which way a score went."""

    UP = "up"
    STEADY = "steady"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class DimensionTrend:
    """One dimension in both years; `change` in points of 100 of the dimension, exact."""

    then: BaselineDimension
    now: DimensionStanding
    change: Fraction
    trend: Trend


@dataclass(frozen=True, slots=True)
class UnitTrend:
    """One unit in both years: `change` in points of 100, exact, and its trend; both None without two scores.

    For a county `now` is the whole county: its verdict counts the townships, its score is that of its own body.
    """

    unit: Unit
    then: BaselineUnit
    now: Standing
    change: Fraction | None
    trend: Trend | None
    dimensions: tuple[DimensionTrend, ...]

    @property
    def turned(self) -> Verdict | None:
        """The verdict of this year where both are decided and differ; else None."""
        decided = {Verdict.PASS, Verdict.FAIL}
        if {self.then.verdict, self.now.verdict} == decided:
            return self.now.verdict
        return None


@dataclass(frozen=True, slots=True)
class Trends:
    """All units that last year's results speak of, counties before their townships; `new` are those they do not."""

    baseline: Baseline
    units: tuple[UnitTrend, ...]
    new: tuple[Unit, ...]

    def count(self, trend: Trend | None) -> int:
        """How many units have a trend; None: those that cannot be compared."""
        return sum(one.trend is trend for one in self.units)

    @property
    def bodies(self) -> tuple[UnitTrend, ...]:
        """The counties."""
        return tuple(one for one in self.units if one.unit.level is Level.COUNTY)

    def townships(self, county: str) -> tuple[int, ...]:
        """How many townships of a county rose, stayed and fell."""
        own = [
            one.trend for one in self.units if one.unit.level is Level.TOWNSHIP and one.unit.county == county
        ]
        return tuple(own.count(trend) for trend in Trend)


def trends(counties: Sequence[Standing], baseline: Baseline, campaign: Campaign) -> Trends:
    """Every unit of this year's standings beside last year's results."""
    units: list[UnitTrend] = []
    new: list[Unit] = []
    for standing in (one for county in counties for one in (county, *county.townships)):
        then = baseline.units.get(standing.unit.code)
        if then is None:
            new.append(standing.unit)
        else:
            units.append(_unit(standing, then, campaign))
    return Trends(baseline, tuple(units), tuple(new))


def _unit(now: Standing, then: BaselineUnit, campaign: Campaign) -> UnitTrend:
    settings = campaign.settings.comparison
    total = campaign.rubric.level(now.unit.level).total
    change = _change(then.score, then.maximum, now.score, total)
    dimensions = _dimensions(now, then, settings.steady_dimension_share.value * HUNDRED)
    trend = None if change is None else _trend(change, settings.steady_points.value)
    return UnitTrend(now.unit, then, now, change, trend, tuple(dimensions))


def _dimensions(now: Standing, then: BaselineUnit, steady: Decimal) -> Iterator[DimensionTrend]:
    for dimension in now.dimensions:
        past = then.dimensions.get(dimension.dimension)
        if past is not None:
            change = _change(past.score, past.maximum, dimension.score, dimension.maximum)
            if change is not None:
                yield DimensionTrend(past, dimension, change, _trend(change, steady))


def _change(
    then: Decimal | None, then_maximum: Decimal, now: Decimal | None, now_maximum: Decimal
) -> Fraction | None:
    if then is None or now is None or not then_maximum or not now_maximum:
        return None
    return of_hundred(now, now_maximum) - of_hundred(then, then_maximum)


def _trend(change: Fraction, steady: Decimal) -> Trend:
    if abs(change) <= Fraction(steady):
        return Trend.STEADY
    return Trend.UP if change > 0 else Trend.DOWN
