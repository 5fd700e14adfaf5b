"""From a county down to a cell: every unit with its items, and all findings about it, for whoever looks something up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from huitoukan.campaign.campaign import Campaign
from huitoukan.model import Finding, Severity
from huitoukan.output.feedback import Places
from huitoukan.standing.aggregate import Sheets
from huitoukan.standing.model import Standing
from huitoukan.standing.trace import CountyTrace, Tracer, UnitTrace


@dataclass(frozen=True, slots=True)
class UnitDetail:
    """A unit by itself, down to the cells of the sheet that counts, and every finding about it.

    `elsewhere` are the findings that stand at none of the items shown: on its other sheets, on its files as a whole, or
    about what it did not send. `counts` counts all of them, those at the items too.
    """

    trace: UnitTrace
    elsewhere: tuple[Finding, ...]
    counts: Mapping[Severity, int]


@dataclass(frozen=True, slots=True)
class CountyDetail:
    """A county body and its townships, in the order of the roster."""

    trace: CountyTrace
    units: tuple[UnitDetail, ...]


@dataclass(frozen=True, slots=True)
class Drilldown:
    """The counties by code; `numbers` tells findings apart, equal ones too."""

    counties: Mapping[str, CountyDetail] = field(default_factory=dict)
    numbers: Mapping[int, int] = field(default_factory=dict)

    def number(self, finding: Finding) -> int | None:
        """Which finding this is, counted from 1; None for one that stands for several."""
        return self.numbers.get(id(finding))


def drilldown(
    campaign: Campaign, findings: Sequence[Finding], by_unit: Sheets, counties: Sequence[Standing], places: Places
) -> Drilldown:  # fmt: skip
    """Every county and unit that has a standing, with the given findings (which must outlive this)."""
    tracer = Tracer(counties, by_unit, findings, campaign)
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        by_code.setdefault(places.unit(finding) or "", []).append(finding)
    details = {}
    for county in counties:
        trace = tracer.trace(county.unit)
        if isinstance(trace, CountyTrace):
            units = tuple(_unit(one, by_code) for one in (trace.body, *trace.townships))
            details[county.unit.code] = CountyDetail(trace, units)
    return Drilldown(details, {id(finding): n for n, finding in enumerate(findings, start=1)})


def _unit(trace: UnitTrace, by_code: Mapping[str, Sequence[Finding]]) -> UnitDetail:
    at_items = {id(f): f for dimension in trace.dimensions for item in dimension.items for f in item.findings}
    others = {id(f): f for f in _others(trace, by_code) if id(f) not in at_items}
    found = [finding.severity for finding in (*at_items.values(), *others.values())]
    return UnitDetail(
        trace, tuple(others.values()), {severity: found.count(severity) for severity in Severity}
    )


def _others(trace: UnitTrace, by_code: Mapping[str, Sequence[Finding]]) -> Iterator[Finding]:
    """The findings on the sheet shown, then all that are about the unit, in the order of the files."""
    yield from trace.findings
    yield from by_code.get(trace.standing.unit.code, ())
