"""Who must send what, and when (R11, R21, R31-R33, R40), and how the doubtful places of the notice are read.

The nine ambiguities are settings, each with its default: docs/coverage.md tells them one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from pydantic import Field

from huitoukan.campaign.problems import Problem
from huitoukan.campaign.roster import Roster, county_code
from huitoukan.campaign.rubric import Flag, Sourced, Strict, Word
from huitoukan.campaign.yamlfile import YamlFile, YamlPath
from huitoukan.model import Severity
from huitoukan.phrase import say

_MISSING_SELF_ASSESSMENT = "C601"


class SelfAssessment(Sourced):
    """Of which units a self-assessment is demanded: all required ones, those that were checked, or none."""

    value: Literal["all", "checked", "none"]


class Number(Sourced):
    """A number of units: the least, or the exact one."""

    value: int = Field(ge=0)


class WithoutTownships(Sourced):
    """What the county check means for a body without townships: nothing, or that the body itself is checked."""

    value: Literal["exempt", "body"]


class OptionalUnits(Sourced):
    """Whether the units that the roster calls optional (城区) are welcome, or due like all others."""

    value: Literal["optional", "required"]


class SharedDays(Sourced):
    """To which stage a day belongs that ends one stage and begins the next: both, or one of them."""

    value: Literal["both", "earlier", "later"]


class Day(Sourced):
    """A day."""

    value: date


Runner = Literal["city", "county"]


class RunBy(Sourced):
    """Who runs this inspection and looks at these files."""

    value: Runner


class MissingSelfAssessment(Sourced):
    """How serious a missing self-assessment is, by who runs the inspection."""

    value: dict[Runner, Literal["error", "warning", "info"]]


class Forwarded(Sourced):
    """The day on which a county passed the notice on, by county (name or code); none: not looked at."""

    value: dict[Word, date]


class Coverage(Strict):
    """Who must have sent what.

    `city_units` and `county_units` name the units that were drawn or chosen; empty: any will do, and only the numbers
    are looked at.
    """

    self_assessment: SelfAssessment
    county_check_townships: Number
    without_townships: WithoutTownships
    city_check_counties: Number
    city_check_townships: Number
    townships_inside_counties: Flag
    city_units: tuple[Word, ...] = ()
    county_units: dict[Word, tuple[Word, ...]] = Field(default_factory=dict)
    optional_units: OptionalUnits
    shared_days: SharedDays
    deadline: Day
    deadline_inclusive: Flag
    run_by: RunBy
    missing_self_assessment: MissingSelfAssessment
    forwarded: Forwarded

    def severities(self) -> Mapping[str, Severity]:
        """The severities that these settings decide, by code."""
        told = self.missing_self_assessment.value.get(self.run_by.value)
        return {} if told is None else {_MISSING_SELF_ASSESSMENT: Severity(told)}

    def is_late(self, day: date) -> bool:
        """Whether a day lies behind the deadline (R40)."""
        last = self.deadline.value
        return day > last if self.deadline_inclusive.value else day >= last


@dataclass(frozen=True, slots=True)
class Selection:
    """The units that were drawn or chosen, as roster codes; a county that is not in `county` may check any townships."""

    city: frozenset[str] = frozenset()
    county: Mapping[str, frozenset[str]] = field(default_factory=dict)


def selection(coverage: Coverage, roster: Roster) -> Selection:
    """The drawn units of a (perhaps limited) roster; those outside of it are left out."""
    city = (_unit(name, roster) for name in coverage.city_units)
    chosen = {}
    for county, names in coverage.county_units.items():
        code = _county(county, roster)
        if code is not None:
            units = (_unit(name, roster, code) for name in names)
            chosen[code] = frozenset(unit for unit in units if unit is not None)
    return Selection(frozenset(unit for unit in city if unit is not None), chosen)


def forwarding_days(coverage: Coverage, roster: Roster) -> Mapping[str, date]:
    """The day on which each county passed the notice on, by its code."""
    days = ((_county(county, roster), day) for county, day in coverage.forwarded.value.items())
    return {code: day for code, day in days if code is not None}


def _county(name: str, roster: Roster) -> str | None:
    try:
        return county_code(roster, name)
    except KeyError:
        return None


def _unit(name: str, roster: Roster, county: str | None = None) -> str | None:
    return name if name in roster.units else roster.find(name, county).unit


def coverage_problems(coverage: Coverage, file: YamlFile, roster: Roster) -> Iterator[Problem]:
    """R907 for a unit or county that is not in the roster, or not a single one."""
    unknown = say("名录里没有这个单位, 或几个县都有")
    for n, name in enumerate(coverage.city_units):
        if _unit(name, roster) is None:
            yield file.problem("R907", ("coverage", "city_units", n), value=name, why=unknown)
    for county, names in coverage.county_units.items():
        where: YamlPath = ("coverage", "county_units", county)
        code = _county(county, roster)
        if code is None:
            yield file.problem("R907", where, at_key=True, value=county, why=say("名录里没有这个县"))
            continue
        for n, name in enumerate(names):
            unit = _unit(name, roster, code)
            if unit is None or roster.units[unit].county != code:
                yield file.problem("R907", (*where, n), value=name, why=say("这个县没有这个单位"))
    for county in coverage.forwarded.value:
        if _county(county, roster) is None:
            path: YamlPath = ("coverage", "forwarded", "value", county)
            yield file.problem("R907", path, at_key=True, value=county, why=say("名录里没有这个县"))
