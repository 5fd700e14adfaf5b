"""What has become of the problems that an earlier run found: fixed, still there, new, or of somebody who sent nothing this time.

A problem is the same where its code, unit, stage and item are: a file may be renamed, a row inserted. Only where these do not tell,
the file and the cell decide. Each pairs with one other at most, the surest pairs first, so that of two alike one may be fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import NamedTuple

from huitoukan.campaign.campaign import Campaign
from huitoukan.model import FileResult, FileStatus, Finding, SheetKind, Stage
from huitoukan.standing.past_findings import PastFinding


class Progress(StrEnum):
    """What became of a problem since the earlier run."""

    FIXED = "fixed"
    REMAINING = "remaining"
    NEW = "new"
    ABSENT = "absent"  # whoever had it sent nothing this time: nobody knows


@dataclass(frozen=True, slots=True)
class Corrections:
    """Beside each finding of today (in their order) whether it is new; the earlier ones that are gone, and why."""

    states: tuple[Progress, ...]
    fixed: tuple[PastFinding, ...]
    absent: tuple[PastFinding, ...]

    def count(self, state: Progress) -> int:
        """How many problems there are of a kind."""
        gone = {Progress.FIXED: self.fixed, Progress.ABSENT: self.absent}.get(state)
        return self.states.count(state) if gone is None else len(gone)


class _Traits(NamedTuple):
    """What problems are compared by."""

    code: str
    unit: str | None
    stage: str | None
    item: str | None
    file: str | None
    sheet: str | None
    cell: str | None
    value: str | None


def _name(file: str | None) -> str | None:
    return None if file is None else PurePosixPath(file).stem.casefold()


# From the surest to the loosest; None: what this compares does not tell enough of a problem.
_KEYS: tuple[Callable[[_Traits], Hashable | None], ...] = (
    lambda t: t,
    lambda t: (t.code, t.unit, t.stage, t.item, t.file, t.cell) if t.file and t.cell else None,
    lambda t: (t.code, t.unit, t.stage, t.item, t.value) if t.unit else None,  # another file, another row
    lambda t: (t.code, t.unit, t.stage, t.item) if t.unit else None,
    lambda t: (t.code, t.item, t.file, t.sheet, t.cell) if t.file else None,  # now its unit can be told
    lambda t: (t.code, t.item, t.file, t.value) if t.file and t.value else None,
    lambda t: (t.code, t.item, t.file) if t.file and (t.item or not t.cell) else None,
    lambda t: (t.code, t.item, _name(t.file), t.cell) if t.file else None,  # moved to another folder
    lambda t: (t.code, t.stage, t.item) if not (t.unit or t.file) else None,
)


def corrections(
    past: Sequence[PastFinding], files: Sequence[FileResult], findings: Sequence[Finding], campaign: Campaign, *,
    stage: Stage | None = None, county: str | None = None, whole: bool = True,
) -> Corrections:  # fmt: skip
    """Compare the problems of today with those of an earlier run of the same campaign.

    Of the earlier ones, those outside of `stage` and `county` (a code) are left aside; so are those of the folder as a
    whole where only a single file was looked at (`whole` false).
    """
    arrived = _Arrived(files)
    old = [one for one in past if _in_scope(one, arrived, campaign, stage, county, whole=whole)]
    before, today = [_traits_of_past(one) for one in old], [_traits(one) for one in findings]
    matched: set[int] = set()
    states = [Progress.NEW] * len(today)
    for key in _KEYS:
        waiting: dict[Hashable, list[int]] = {}
        for n, traits in enumerate(before):
            if n not in matched and (told := key(traits)) is not None:
                waiting.setdefault(told, []).append(n)
        for n, traits in enumerate(today):
            if states[n] is not Progress.NEW:
                continue
            alike = waiting.get(key(traits), [])
            same = next((m for m in alike if _may_be_one(before[m], traits)), None)
            if same is not None:
                alike.remove(same)
                matched.add(same)
                states[n] = Progress.REMAINING
    gone = [one for n, one in enumerate(old) if n not in matched]
    fixed = tuple(one for one in gone if arrived.has(one))
    absent = tuple(one for one in gone if not arrived.has(one))
    return Corrections(tuple(states), fixed, absent)


def _may_be_one(before: _Traits, today: _Traits) -> bool:
    """Whether two problems are not of two units, or of two stages; what could not be told may be anybody's."""
    pairs = ((before.unit, today.unit), (before.stage, today.stage))
    return all(then is None or now is None or then == now for then, now in pairs)


def _traits(finding: Finding) -> _Traits:
    stage = finding.stage.value if finding.stage else None
    return _Traits(
        finding.code,
        finding.unit,
        stage,
        finding.item,
        finding.file,
        finding.sheet,
        finding.cell,
        finding.value,
    )


def _traits_of_past(past: PastFinding) -> _Traits:
    return _Traits(past.code, past.unit, past.stage, past.item, past.file, past.sheet, past.cell, past.value)


class _Arrived:
    """What arrived this time, and can be read: forms and documents by unit and stage, files by path and name."""

    def __init__(self, files: Sequence[FileResult]) -> None:
        forms = {
            (s.unit, s.stage.value if s.stage else None)
            for file in files
            for s in file.sheets
            if s.kind is not SheetKind.OTHER
        }
        documents = {
            (m.unit, m.stage.value if m.stage else None) for file in files if (m := file.material) is not None
        }
        self._forms = forms | documents
        self._units = {unit for unit, _ in self._forms}
        read = [file.path for file in files if file.status not in _UNREAD]
        self.paths, self._names = set(read), {_name(path) for path in read}

    def has(self, past: PastFinding) -> bool:
        """Whether there is something this time in which the problem would have been found again."""
        if past.unit is None:
            return past.file is None or past.file in self.paths or _name(past.file) in self._names
        if past.stage is None:
            return past.unit in self._units
        return (past.unit, past.stage) in self._forms


_UNREAD = (FileStatus.UNREADABLE, FileStatus.ENCRYPTED, FileStatus.REFUSED)


def _in_scope(
    past: PastFinding,
    arrived: _Arrived,
    campaign: Campaign,
    stage: Stage | None,
    county: str | None,
    *,
    whole: bool,
) -> bool:
    if past.file is None and not whole:
        return False
    if stage is not None and past.stage not in (None, stage.value):
        return False
    if county is None:
        return True
    if past.unit is None:
        return past.file in arrived.paths
    unit = campaign.roster.units.get(past.unit)
    return unit is not None and unit.county == county
