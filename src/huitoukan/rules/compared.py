"""What the integrity rules compare: of every unit the one sheet of each stage that counts, and its questionnaire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from huitoukan.answers import Answer
from huitoukan.authorship import Properties, Written
from huitoukan.campaign.campaign import Campaign
from huitoukan.model import (
    FileResult,
    Finding,
    Level,
    ScoreState,
    SheetKind,
    SheetResult,
    Stage,
)
from huitoukan.rules.people import names
from huitoukan.rules.received import FolderSubject
from huitoukan.rules.survey_form import latest, naming, said

INSPECTORS, LEADER = "inspectors", "leader"  # fields of the form
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Points:
    """Points got out of the points of the items that they were got on."""

    got: Decimal
    of: Decimal

    @property
    def scaled(self) -> Decimal:
        """On the scale of 100; 0 where there are no items."""
        return self.got * _HUNDRED / self.of if self.of else Decimal(0)


@dataclass(frozen=True, eq=False)
class Filled:
    """One unit's sheet of one stage: `points` are its usable scores by item, `not_applicable` the items that do not apply.

    `maxima` are the standard points of all items of its level.
    """

    unit: str
    county: str
    level: Level
    stage: Stage
    sheet: SheetResult
    points: Mapping[str, Decimal]
    not_applicable: frozenset[str]
    maxima: Mapping[str, Decimal]

    @cached_property
    def deductions(self) -> frozenset[tuple[str, Decimal]]:
        """The items below their maximum with their scores: two sheets at full marks share none."""
        return frozenset((item, got) for item, got in self.points.items() if got < self.maxima[item])

    @cached_property
    def complete(self) -> bool:
        """Whether every item has a usable score or does not apply."""
        return len(self.points) + len(self.not_applicable) == len(self.maxima)

    @cached_property
    def total(self) -> Points:
        """All points."""
        return Points(
            sum(self.points.values(), Decimal(0)), sum((self.maxima[i] for i in self.points), Decimal(0))
        )

    @property
    def dated(self) -> date | None:
        """The day of the sheet."""
        return self.sheet.dated

    @property
    def texts(self) -> tuple[Written, ...]:
        """The reasons for deductions."""
        return self.sheet.texts

    def people(self, field: str) -> frozenset[str]:
        """The names in a field of signatures."""
        return frozenset(
            name for key, claim in self.sheet.signatures if key == field for name in names(claim.text)
        )

    def cell_of(self, item: str) -> str:
        """Where the score of an item stands."""
        return next(score.cell for score in self.sheet.items if score.item == item)

    def finding(self, cell: str | None = None, *, value: str | None = None, item: str | None = None,
                others: tuple[str, ...] = (), **details: object) -> Finding:  # fmt: skip
        """A finding on this sheet, at a cell or as a whole; `others` are further files that it is about."""
        paths = tuple(dict.fromkeys(path for path in others if path != self.sheet.file))
        return Finding(
            file=self.sheet.file, sheet=self.sheet.sheet, cell=cell, unit=self.unit, stage=self.stage, item=item,
            value=value, details=tuple(details.items()), others=paths,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Compared:
    """What arrived, as the integrity rules see it.

    `filled` holds one sheet a unit and stage; units whose sheets contradict each other (C603) have none there. `answers`
    are those of the one questionnaire of each unit, with its sheet.
    """

    filled: tuple[Filled, ...]
    answers: Mapping[str, tuple[SheetResult, tuple[Answer, ...]]]
    files: Mapping[str, FileResult]

    def of(self, stage: Stage, level: Level | None = None) -> tuple[Filled, ...]:
        """The sheets of one stage, and one level."""
        return tuple(one for one in self.filled if one.stage is stage and level in (None, one.level))

    @cached_property
    def by_unit(self) -> Mapping[str, Mapping[Stage, Filled]]:
        """The sheets of each unit by stage."""
        found: dict[str, dict[Stage, Filled]] = {}
        for one in self.filled:
            found.setdefault(one.unit, {})[one.stage] = one
        return found

    @cached_property
    def own_people(self) -> Mapping[str, frozenset[str]]:
        """By name, the units that have somebody so called: who filled in the self-assessment, who answers for the unit."""
        found: dict[str, set[str]] = {}
        for one in self.filled:
            own = one.people(LEADER) | (one.people(INSPECTORS) if one.stage is Stage.SELF else frozenset())
            for name in own:
                found.setdefault(name, set()).add(one.unit)
        return {name: frozenset(units) for name, units in found.items()}

    def properties(self, one: Filled) -> Properties | None:
        """What the file of a sheet says of who saved it."""
        file = self.files.get(one.sheet.file)
        return file.properties if file else None

    def told(self, one: Filled, *codes: str) -> bool:
        """Whether one of these codes was found on the sheet itself."""
        file = self.files.get(one.sheet.file)
        return any(
            found.code in codes and found.sheet == one.sheet.sheet and found.unit == one.unit
            for found in (file.findings if file else ())
        )


def compared(folder: FolderSubject, campaign: Campaign) -> Compared:
    """What can be compared of a folder."""
    files = {file.path: file for file in folder.files}
    return Compared(tuple(_filled(folder, campaign)), _answers(folder.files, campaign), files)


def _filled(folder: FolderSubject, campaign: Campaign) -> Iterator[Filled]:
    maxima = {
        level: {item.id: item.maximum for item in rubric.items()}
        for level, rubric in campaign.rubric.levels.items()
    }
    for code, sheets in folder.by_unit.items():
        unit = campaign.roster.units[code]
        for stage in Stage:
            group = [s for s in sheets if s.stage is stage and s.level in (None, unit.level)]
            if len({sheet.scores for sheet in group}) == 1:
                yield _one(code, unit.county, unit.level, stage, group[0], maxima[unit.level])


def _one(
    unit: str, county: str, level: Level, stage: Stage, sheet: SheetResult, maxima: Mapping[str, Decimal]
) -> Filled:
    points, not_applicable = {}, set()
    for score in sheet.items:
        most = maxima.get(score.item)
        if most is None:
            continue
        if score.state is ScoreState.NOT_APPLICABLE:
            not_applicable.add(score.item)
        elif score.value is not None and 0 <= score.value <= most:
            points[score.item] = score.value
    return Filled(unit, county, level, stage, sheet, points, frozenset(not_applicable), maxima)


def _answers(
    files: tuple[FileResult, ...], campaign: Campaign
) -> dict[str, tuple[SheetResult, tuple[Answer, ...]]]:
    """The answers of every unit that sent one questionnaire, or several that say the same: those that are counted too."""
    ignored = naming(campaign)
    sent: dict[str, list[SheetResult]] = {}
    for sheet in (sheet for file in files for sheet in file.sheets if sheet.kind is SheetKind.QUESTIONNAIRE):
        unit = campaign.roster.units.get(sheet.unit or "")
        if unit is not None and sheet.level in (None, unit.level) and said(sheet, ignored):
            sent.setdefault(unit.code, []).append(sheet)
    counting = ((unit, latest(sheets)[0]) for unit, sheets in sent.items())
    return {
        unit: (own[0], own[0].answers)
        for unit, own in counting
        if len({said(sheet, ignored) for sheet in own}) == 1
    }
