"""Whose questionnaires count, and who owes one: one questionnaire a unit, contradicting ones left out and said so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from huitoukan.answers import Answer
from huitoukan.campaign.campaign import Campaign
from huitoukan.model import FileResult, Level, Severity, SheetKind, SheetResult, Stage, Unit
from huitoukan.rules.survey_form import latest, naming, said
from huitoukan.standing.quantiles import quotient

FAMILY = "Q"  # of the codes of questionnaires


class Aside(StrEnum):
    """Why a questionnaire does not count."""

    CONTRADICTING = "contradicting"  # the unit sent several that answer differently
    OTHER_LEVEL = "other_level"  # the form of the other level
    EARLIER = "earlier"  # the unit filled one in at a later stage too
    EMPTY = "empty"  # nothing is filled in
    UNPLACED = "unplaced"  # it could not be told whose it is


@dataclass(frozen=True)
class Respondent:
    """A unit and the questionnaire that counts for it; `copies` are further ones that answer the same.

    `doubts` are the questions, with the cells, of which a check of the questionnaire (Q8xx) found an error or a warning.
    """

    unit: Unit
    sheet: SheetResult
    copies: tuple[SheetResult, ...] = ()
    doubts: frozenset[tuple[str, str]] = frozenset()

    @cached_property
    def answers(self) -> Mapping[tuple[str, str | None], Answer]:
        """Its answers by question and part."""
        return {(answer.question, answer.part): answer for answer in self.sheet.answers}


@dataclass(frozen=True, slots=True)
class LeftAside:
    """Questionnaires that do not count, all of one unit (None: nobody knows whose)."""

    unit: Unit | None
    why: Aside
    sheets: tuple[SheetResult, ...]


@dataclass(frozen=True, slots=True)
class Returns:
    """What came back: who counts, in the order of the roster, and what does not."""

    respondents: tuple[Respondent, ...]
    aside: tuple[LeftAside, ...]


def returns(files: Sequence[FileResult], campaign: Campaign) -> Returns:
    """The questionnaires of a folder, one a unit; the order of the files changes nothing."""
    by_unit: dict[str, list[SheetResult]] = {}
    unplaced = []
    for sheet in sorted(_questionnaires(files), key=lambda sheet: (sheet.file, sheet.sheet, _first(sheet))):
        if sheet.unit is None or sheet.unit not in campaign.roster.units:
            unplaced.append(sheet)
        else:
            by_unit.setdefault(sheet.unit, []).append(sheet)
    doubts = _doubts(files)
    respondents, aside = [], []
    for code, unit in campaign.roster.units.items():
        counted, left = _counted(unit, by_unit.get(code, ()), campaign)
        if counted is not None:
            own = doubts.get((counted.sheet.file, counted.sheet.sheet, code))
            respondents.append(replace(counted, doubts=frozenset(own or ())))
        aside += left
    aside += [LeftAside(None, Aside.UNPLACED, (sheet,)) for sheet in unplaced]
    return Returns(tuple(respondents), tuple(aside))


def _questionnaires(files: Sequence[FileResult]) -> list[SheetResult]:
    return [sheet for file in files for sheet in file.sheets if sheet.kind is SheetKind.QUESTIONNAIRE]


def _doubts(files: Sequence[FileResult]) -> Mapping[tuple[str, str, str], set[tuple[str, str]]]:
    """What the checks of questionnaires found, by file, sheet and unit: the question and the cell."""
    found: dict[tuple[str, str, str], set[tuple[str, str]]] = {}
    for one in (one for file in files for one in file.findings):
        told = one.code.startswith(FAMILY) and one.severity is not Severity.INFO
        if told and one.file and one.sheet and one.unit and one.item and one.cell:
            found.setdefault((one.file, one.sheet, one.unit), set()).add((one.item, one.cell))
    return found


def _first(sheet: SheetResult) -> str:
    """The first cell of a questionnaire: several may stand below one another on one worksheet."""
    return sheet.answers[0].cell if sheet.answers else ""


def _counted(
    unit: Unit, sheets: Sequence[SheetResult], campaign: Campaign
) -> tuple[Respondent | None, list[LeftAside]]:
    """The questionnaire that counts: of the latest stage, as with score sheets; one of no stage may be of any.

    What is the same, and what contradicts, is what Q828 goes by.
    """
    ignored = naming(campaign)
    other = tuple(s for s in sheets if s.level not in (None, unit.level))
    empty = tuple(s for s in sheets if s not in other and not said(s, ignored))
    own, earlier = latest(s for s in sheets if s not in other and s not in empty)
    kinds = ((Aside.OTHER_LEVEL, other), (Aside.EARLIER, earlier), (Aside.EMPTY, empty))
    left = [LeftAside(unit, why, group) for why, group in kinds if group]
    if not own:
        return None, left
    if len({said(sheet, ignored) for sheet in own}) > 1:
        return None, [LeftAside(unit, Aside.CONTRADICTING, own), *left]
    return Respondent(unit, own[0], own[1:]), left


# ---------------------------------------------------------------------------------------------------------- response


@dataclass(frozen=True, slots=True)
class Response:
    """How many questionnaires came back from the units of one county (None: all) and level (None: both).

    Units by code. `due` are those that owe one: some are `received`, some sent only what does not count (`unusable`), the
    rest is `missing`. `extra` were received although not due.
    """

    county: str | None
    level: Level | None
    due: tuple[str, ...]
    received: tuple[str, ...]
    unusable: tuple[str, ...]
    missing: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def rate(self) -> Decimal | None:
        """Received out of due (0 to 1, four places); None where nothing is due."""
        return quotient(Decimal(len(self.received)), Decimal(len(self.due))) if self.due else None

    @property
    def counted(self) -> int:
        """How many questionnaires count, due or not."""
        return len(self.received) + len(self.extra)


def response(
    files: Sequence[FileResult], came: Returns, campaign: Campaign, level: Level | None = None
) -> tuple[Response, ...]:
    """The response of everything first, then of each level, each county, and each level of each county."""
    owing = _due(files, campaign)
    counted = {one.unit.code for one in came.respondents}
    unusable = {left.unit.code for left in came.aside if left.unit is not None} - counted
    counties = [body.code for body in campaign.roster.bodies()]
    levels = [one for one in Level if level in (None, one)]
    wanted: list[tuple[str | None, Level | None]] = [(None, level)]
    wanted += [(None, one) for one in levels if level is None]
    for code in counties:
        wanted += [(code, level)] + [(code, one) for one in levels if level is None]
    found = []
    for county, one in wanted:
        units = [
            unit.code
            for unit in campaign.roster.units.values()
            if county in (None, unit.county) and one in (None, unit.level)
        ]
        due = tuple(code for code in units if code in owing)
        row = Response(
            county=county,
            level=one,
            due=due,
            received=tuple(code for code in due if code in counted),
            unusable=tuple(code for code in due if code in unusable),
            missing=tuple(code for code in due if code not in counted | unusable),
            extra=tuple(code for code in units if code in counted and code not in owing),
        )
        if county is None or one is None or units:
            found.append(row)
    return tuple(found)


def _due(files: Sequence[FileResult], campaign: Campaign) -> frozenset[str]:
    """R07: whoever was checked on site fills in a questionnaire; or everybody, as the campaign says."""
    if campaign.settings.survey.due.value == "all":
        return frozenset(unit.code for unit in campaign.roster.units.values() if unit.required)
    return frozenset(
        sheet.unit
        for file in files
        for sheet in file.sheets
        if sheet.kind is SheetKind.SCORE
        and sheet.unit in campaign.roster.units
        and sheet.unit is not None
        and sheet.stage in (Stage.COUNTY, Stage.CITY)
    )
