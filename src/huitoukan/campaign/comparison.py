"""Settings of comparisons: of the stages with each other, and with last year's results."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from huitoukan.campaign.rubric import Points, Share, Sourced, Strict


class LeastUnits(Sourced):
    """A number of units below which a figure is said to rest on few."""

    value: int = Field(ge=1)


class SteadyPoints(Points):
    """Points of 100 that make no difference yet."""

    value: Decimal = Field(ge=0)


class Comparison(Strict):
    """From when stages on one sheet lie far apart; how few units are few; and what counts as 持平 beside last year.

    `total_points` and `dimension_share` are differences between two stages of one sheet: points in all, or a share of the
    points of one dimension. `steady_points` (of 100) and `steady_dimension_share` (of a dimension's points) are the
    largest changes against last year that are neither a rise nor a fall.
    """

    total_points: Points
    dimension_share: Share
    least_units: LeastUnits
    steady_points: SteadyPoints
    steady_dimension_share: Share
