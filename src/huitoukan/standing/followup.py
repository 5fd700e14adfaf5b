"""The lists of follow-up work: priority for those that pass (R52), key checks for those that fail, until they pass (R53).

Last year's results carry the second list on: who failed then stays on it until it passes, also while this year's verdict
is pending. Everybody else who is pending is on neither list, and told as undecided.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.people import Person
from huitoukan.model import Unit, Verdict
from huitoukan.standing.baseline import Baseline, BaselineUnit
from huitoukan.standing.model import Reason, Standing

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


class ListChange(StrEnum):
    """How a unit came to its list: new on it, still on it, or off it because it passed now."""

    NEW = "new"
    STILL = "still"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class FollowUpEntry:
    """One unit on a list. `change` is None where last year's results say nothing of it.

    `since` is the year in which it came on the list of key checks, as far as is known ("" for: last year or before).
    `reasons` are those against it, or those that leave it open.
    """

    unit: Unit
    verdict: Verdict
    change: ListChange | None
    since: str
    before: Verdict | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The lists, each in the order of the roster, a county before its townships.

    `off` were on the list of key checks and pass now. `baseline` is the title of last year's results, None without any.
    """

    priority: tuple[FollowUpEntry, ...]
    key_checks: tuple[FollowUpEntry, ...]
    off: tuple[FollowUpEntry, ...]
    undecided: tuple[FollowUpEntry, ...]
    baseline: str | None = None

    def listed(self, code: str) -> FollowUpEntry | None:
        """The entry of a unit on the list of key checks."""
        return next((entry for entry in self.key_checks if entry.unit.code == code), None)

    def by_list(self) -> Mapping[str, tuple[FollowUpEntry, ...]]:
        """The entries by the key of their list, in the order in which they are shown."""
        return {
            "priority": self.priority, "key_checks": self.key_checks, "off": self.off, "undecided": self.undecided
        }  # fmt: skip

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say of anybody."""
        return not any(self.by_list().values())


@dataclass(frozen=True, slots=True)
class LeaderEntries:
    """The entries of the counties of one leader, with the names of these counties; `leader` is None where none is named."""

    leader: Person | None
    entries: tuple[FollowUpEntry, ...]


def follow_up(counties: Sequence[Standing], campaign: Campaign, baseline: Baseline | None = None) -> FollowUp:
    """The lists of this year, carried on from last year's results where there are any."""
    lists = campaign.settings.follow_up
    priority, key_checks, off, undecided = [], [], [], []
    for standing in _units(counties):
        past = baseline.units.get(standing.unit.code) if baseline else None
        was_listed = past is not None and (past.verdict is Verdict.FAIL or past.key_since is not None)
        was_passing = past is not None and past.verdict is Verdict.PASS
        level = standing.unit.level
        if level in lists.priority.levels and standing.verdict is Verdict.PASS:
            priority.append(_entry(standing, past, _new_or_still(past, was_passing)))
        if level in lists.key_checks.levels and _is_listed(standing, was_listed):
            since = _since(past, baseline, campaign) if was_listed else _year(campaign)
            key_checks.append(_entry(standing, past, _new_or_still(past, was_listed), since))
        elif level in lists.key_checks.levels and was_listed:
            off.append(_entry(standing, past, ListChange.OFF, _since(past, baseline, campaign)))
        elif level in (*lists.priority.levels, *lists.key_checks.levels) and (
            standing.verdict is Verdict.PENDING
        ):
            undecided.append(_entry(standing, past, None))
    title = (baseline.title or baseline.path.name) if baseline else None
    return FollowUp(tuple(priority), tuple(key_checks), tuple(off), tuple(undecided), title)


def _units(counties: Sequence[Standing]) -> Iterator[Standing]:
    for county in counties:
        yield county
        yield from county.townships


def _is_listed(standing: Standing, was_listed: bool) -> bool:
    """Whoever fails, and whoever was on the list and has not passed yet."""
    return standing.verdict is Verdict.FAIL or (was_listed and standing.verdict is Verdict.PENDING)


def _new_or_still(past: BaselineUnit | None, was: bool) -> ListChange | None:
    if past is None:
        return None
    return ListChange.STILL if was else ListChange.NEW


def _entry(
    standing: Standing, past: BaselineUnit | None, change: ListChange | None, since: str = ""
) -> FollowUpEntry:
    against = {Verdict.FAIL: (False,), Verdict.PENDING: (None,), Verdict.PASS: ()}[standing.verdict]
    reasons = tuple(reason for reason in standing.reasons if reason.passed in against)
    return FollowUpEntry(
        standing.unit, standing.verdict, change, since, past.verdict if past else None, reasons
    )


def _year(campaign: Campaign) -> str:
    return str(campaign.settings.period.start.year)


def _since(past: BaselineUnit | None, baseline: Baseline | None, campaign: Campaign) -> str:
    """The year that last year's results name; else the year of these results, as their title or file name has it."""
    if past is not None and past.key_since:
        return past.key_since
    texts = (baseline.title, baseline.path.name) if baseline else ()
    years = (year[0] for text in texts for year in _YEAR.finditer(text))
    return next((year for year in years if year < _year(campaign)), "")


def by_leader(entries: Sequence[FollowUpEntry], campaign: Campaign) -> tuple[LeaderEntries, ...]:
    """Entries grouped by the leader of their county, in the order in which the leaders' counties stand in the roster.

    Those of counties without a leader come last; where nobody is named there is this one group only.
    """
    leaders: Mapping[str, Person | None] = {code: one.leader for code, one in campaign.people.items()}
    order = list(dict.fromkeys(leader for leader in leaders.values() if leader is not None))
    groups: dict[Person | None, list[FollowUpEntry]] = {leader: [] for leader in (*order, None)}
    for entry in entries:
        groups[leaders.get(entry.unit.county)].append(entry)
    return tuple(LeaderEntries(leader, tuple(own)) for leader, own in groups.items() if own)
