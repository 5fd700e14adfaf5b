"""The clues (数据核实线索) of an inspection as the report tells them: what the integrity rules found, by kind, with its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huitoukan import catalogue
from huitoukan.campaign.campaign import Campaign
from huitoukan.model import Finding, Severity
from huitoukan.phrase import Listing

_FAMILY = "I"
_EVIDENCE = "places"  # the detail in which a rule says where to look


@dataclass(frozen=True, slots=True)
class Clue:
    """One finding, and the places that it rests on: `榆次区/a.xlsx「评分表」F12、F15`."""

    finding: Finding
    places: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class ClueKind:
    """All clues of one code: its title and how honest data come to look so are texts of the catalogue."""

    code: str
    title: str
    reason: str
    severity: Severity
    clues: tuple[Clue, ...]


@dataclass(frozen=True, slots=True)
class Clues:
    """All clues by code; `held_back` of them are on no feedback page."""

    kinds: tuple[ClueKind, ...]
    held_back: int

    @property
    def count(self) -> int:
        """How many clues there are."""
        return sum(len(kind.clues) for kind in self.kinds)


def clues(findings: Sequence[Finding], campaign: Campaign) -> Clues | None:
    """The clues among the findings; None where there are none."""
    found: dict[tuple[str, Severity], list[Clue]] = {}
    for finding in findings:
        if finding.code.startswith(_FAMILY):
            found.setdefault((finding.code, finding.severity), []).append(Clue(finding, _places(finding)))
    if not found:
        return None
    kinds = []
    for (code, severity), own in sorted(found.items()):
        entry = catalogue.entry(code)
        kinds.append(ClueKind(code, entry.title, entry.reason, severity, tuple(own)))
    back = set(campaign.settings.integrity.held_back.value)
    return Clues(tuple(kinds), sum(len(kind.clues) for kind in kinds if kind.code in back))


def told_to_counties(findings: Sequence[Finding], campaign: Campaign) -> list[Finding]:
    """The findings that the feedback pages tell: all but the clues that the campaign holds back."""
    back = set(campaign.settings.integrity.held_back.value)
    return [finding for finding in findings if finding.code not in back]


def _places(finding: Finding) -> tuple[object, ...]:
    listed = dict(finding.details).get(_EVIDENCE)
    if isinstance(listed, Listing):
        return listed.words
    place = f"{finding.file}「{finding.sheet}」{finding.cell or ''}"
    return (place,) if finding.file else ()
