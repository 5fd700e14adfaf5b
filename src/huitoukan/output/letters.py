"""What a letter to a county (整改通知) lists of its feedback: all of it up to a number that campaign.yaml sets, the weightiest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from huitoukan.campaign.campaign import Campaign
from huitoukan.model import Finding, Severity, Unit
from huitoukan.output.feedback import CountyFeedback, Request, UnitFeedback


@dataclass(frozen=True, slots=True)
class Note:
    """Something for the record, which needs no answer; `unit` is None where it could not be told."""

    unit: Unit | None
    finding: Finding


@dataclass(frozen=True, slots=True)
class Letter:
    """What is listed, in the order of the feedback page; `left` counts the findings that are not, by severity.

    `page` is where all of them stand, relative to the folder of results; "" where no such page is written.
    """

    requests: tuple[Request, ...]
    units: tuple[UnitFeedback, ...]
    notes: tuple[Note, ...]
    left: Mapping[Severity, int]
    page: str = ""


def letter(county: CountyFeedback, campaign: Campaign, page: str = "") -> Letter:
    """The letter of a county. A request that speaks for several units is one line, as it is on the feedback page.

    Lines that keep a sheet from counting come before others, errors before warnings, notes last.
    """
    lines = sorted(_lines(county), key=lambda line: line[0])
    most = campaign.settings.letters.findings.value
    kept = {id(line[1]) for line in lines[:most]}
    left = [finding for line in lines[most:] for finding in line[2]]
    units = []
    for unit in county.units:
        sheets = tuple(
            replace(sheet, findings=listed)
            for sheet in unit.sheets
            if (listed := tuple(finding for finding in sheet.findings if id(finding) in kept))
        )
        if sheets:
            units.append(replace(unit, sheets=sheets))
    return Letter(
        requests=tuple(request for request in county.requests if id(request) in kept),
        units=tuple(units),
        notes=tuple(
            Note(unit.unit, note) for unit in county.units for note in unit.notes if id(note) in kept
        ),
        left={severity: sum(finding.severity is severity for finding in left) for severity in Severity},
        page=page,
    )


_Weight = tuple[bool, bool, int]


def _lines(county: CountyFeedback) -> Iterator[tuple[_Weight, Request | Finding, tuple[Finding, ...]]]:
    """Every line that a letter may have: its weight (the smaller the weightier), what it is, the findings it stands for."""
    for request in county.requests:
        yield _weight(request.told), request, request.findings
    for unit in county.units:
        for sheet in unit.sheets:
            for finding in sheet.findings:
                yield _weight(finding), finding, (finding,)
        for note in unit.notes:
            yield (True, *_weight(note)[1:]), note, (note,)


def _weight(finding: Finding) -> _Weight:
    return False, not finding.blocks, tuple(Severity).index(finding.severity)
