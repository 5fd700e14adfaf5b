"""How a sample is drawn (`huitoukan sample`): what the notice leaves open, and who is drawn more often."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from huitoukan.campaign.rubric import Sourced, Strict


class AllocationChoice(Sourced):
    """Where the city's townships lie: as many in each drawn county, by size, or anywhere (ambiguity 4 of the notice)."""

    value: Literal["equal", "proportional", "anywhere"]


class TypesChoice(Sourced):
    """Township types: their shares rounded by chance, fixed by largest remainders, or types do not matter."""

    value: Literal["by_chance", "fixed", "none"]


class BareChoice(Sourced):
    """Whether county bodies without townships (晋中开发区) can be drawn (ambiguity 5 of the notice)."""

    value: Literal["drawn", "left_out"]


class Multiplier(Sourced):
    """How many times as often as others such a unit is to be drawn."""

    value: Decimal = Field(gt=0, le=1000)


class PointsMultiplier(Multiplier):
    """The same for units whose self-assessment lay this many points or more above the check."""

    points: Decimal = Field(gt=0)


class YearsMultiplier(Multiplier):
    """The same for units that no one has inspected for this many years."""

    years: int = Field(ge=1)


class Sampling(Strict):
    """The section `sampling`; how many units are drawn stands under `coverage`. Multipliers change the weight 1 that every unit has, and need a `--history` file."""

    allocation: AllocationChoice
    types: TypesChoice
    without_townships: BareChoice
    failed_last_year: Multiplier
    inflated: PointsMultiplier
    not_inspected: YearsMultiplier
