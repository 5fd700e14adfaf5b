"""The list of problems (问题清单): every finding once, by county and unit, so that what belongs together stands together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from huitoukan.model import Finding, Severity
from huitoukan.output.context import ReportContext
from huitoukan.output.feedback import Places
from huitoukan.standing.clues import told_to_counties


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding and whose it is: `unit` and `county` are roster codes, "" where they cannot be told.

    `told`: it stands on the feedback page of its county; a clue that the campaign holds back does not.
    """

    finding: Finding
    county: str
    unit: str
    told: bool


@dataclass(frozen=True)
class ProblemList:
    """All problems: counties and units in the order of the roster, what belongs to no county last."""

    problems: Sequence[Problem]

    @cached_property
    def by_unit(self) -> Mapping[tuple[str, Severity], int]:
        """How many problems of a severity a unit has, by its code."""
        return Counter((one.unit, one.finding.severity) for one in self.problems)

    @cached_property
    def by_county(self) -> Mapping[tuple[str, Severity], int]:
        """How many problems of a severity a county and its units have, by its code."""
        return Counter((one.county, one.finding.severity) for one in self.problems)

    @cached_property
    def first_of_unit(self) -> Mapping[str, int]:
        """Where (from 0) the problems of a unit begin."""
        return {one.unit: n for n, one in reversed(list(enumerate(self.problems)))}

    @cached_property
    def first_of_county(self) -> Mapping[str, int]:
        """Where (from 0) the problems of a county begin."""
        return {one.county: n for n, one in reversed(list(enumerate(self.problems)))}


def problem_list(context: ReportContext) -> ProblemList:
    """The findings of a report in the order of the roster; those of one unit as they come in its files."""
    campaign = context.campaign
    places = Places(context.files, campaign)
    told = {id(finding) for finding in told_to_counties(context.findings, campaign)}
    order = {code: n for n, code in enumerate(_codes(context))}
    problems = [
        Problem(one, places.county(one), places.unit(one) or "", id(one) in told) for one in context.findings
    ]
    last = len(order)
    return ProblemList(
        sorted(problems, key=lambda one: (order.get(one.county, last), order.get(one.unit, last)))
    )


def _codes(context: ReportContext) -> list[str]:
    """The codes of the roster, each county before its townships."""
    roster = context.campaign.roster
    return [unit.code for body in roster.bodies() for unit in (body, *roster.townships(body.code))]
