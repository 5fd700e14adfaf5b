"""The one context that every report is rendered from: counted once here, so that no two outputs can disagree."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from huitoukan import __version__, catalogue
from huitoukan.campaign.campaign import Campaign
from huitoukan.materials import MaterialKind
from huitoukan.model import (
    FileResult,
    FileStatus,
    Finding,
    Level,
    Mail,
    ScoreState,
    Severity,
    SheetKind,
    SheetResult,
    Stage,
    Unit,
    Verdict,
)
from huitoukan.output.drilldown import Drilldown, drilldown
from huitoukan.output.feedback import CountyFeedback, Places, county_feedback
from huitoukan.standing.aggregate import totals
from huitoukan.standing.clues import Clues, clues, told_to_counties
from huitoukan.standing.compare import Comparison
from huitoukan.standing.coverage import CoverageMatrix, coverage_matrix
from huitoukan.standing.distribution import Distribution, distributions
from huitoukan.standing.followup import FollowUp, FollowUpEntry, LeaderEntries, by_leader
from huitoukan.standing.model import DimensionStanding, Standing
from huitoukan.standing.survey import Survey, survey

if TYPE_CHECKING:
    import pandas as pd

_PLACES = Decimal("0.0001")
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class CountyCoverage:
    """What a county should have sent and what arrived: units by stage, and those without a self-assessment.

    `due` and `missing` speak of required units, `received` of all; `missing` is empty where none is demanded.
    """

    code: str
    name: str
    due: int
    received: Mapping[Stage, int]
    missing: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class DimensionAnalysis:
    """One dimension over all units of a level with a score: `rate` is points got out of points that apply (0 to 1).

    `below` counts the units under the least share of the dimension; `weakest` is the unit with the lowest rate,
    one of `weakest_units` that share it.
    """

    dimension: str
    title: str
    units: int
    rate: Decimal
    below: int
    lowest: Decimal
    weakest: str
    weakest_units: int


@dataclass(frozen=True, slots=True)
class ItemLoss:
    """One item over all units of a level with a score: how many lost points, and how many points on average."""

    item: str
    title: str
    maximum: Decimal
    units: int
    losing: int
    lost: Decimal
    average: Decimal


@dataclass(frozen=True, slots=True)
class CommonProblem:
    """One code over all findings: how often, in how many files, in which counties."""

    code: str
    severity: Severity
    title: str
    count: int
    files: int
    counties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportContext:
    """Everything that a report says; tuples are sorted as they are shown.

    `stage_sheets` and `CountyCoverage.received` hold the stages that the inspection looked at; `mails` has the mail that
    brought a file, by its path. `matrix` is what the command `coverage` shows, `comparison` what `compare` does (None: not
    worked out); `clues` are None where nothing asks to be looked into, `survey` where no questionnaire arrived; `follow_up`:
    who is on which list. `documents` counts the files that were recognised as reports or papers for the archive: no scores
    are read from them, but they have arrived; `questionnaires` counts worksheets. `details` leads from a county to its cells.
    """

    version: str
    campaign: Campaign
    files: tuple[FileResult, ...]
    statuses: Mapping[FileStatus, int]
    findings: tuple[Finding, ...]
    severities: Mapping[Severity, int]
    counties: tuple[Standing, ...]
    verdicts: Mapping[Verdict, int]
    township_verdicts: Mapping[Verdict, int]
    sheets: int
    stage_sheets: Mapping[Stage, int]
    coverage: tuple[CountyCoverage, ...]
    dimensions: Mapping[Level, tuple[DimensionAnalysis, ...]]
    losses: Mapping[Level, tuple[ItemLoss, ...]]
    problems: tuple[CommonProblem, ...]
    feedback: tuple[CountyFeedback, ...]
    mails: Mapping[str, Mail]
    clues: Clues | None = None
    comparison: Comparison | None = None
    matrix: CoverageMatrix = field(default_factory=CoverageMatrix)
    follow_up: FollowUp | None = None
    survey: Survey | None = None
    documents: Mapping[MaterialKind, int] = field(default_factory=dict)
    questionnaires: int = 0
    details: Drilldown = field(default_factory=Drilldown)

    @property
    def by_county(self) -> tuple[CountyFeedback, ...]:
        """The counties with findings, in the order of the roster; those of no county last."""
        return tuple(county for county in self.feedback if county.findings)

    @property
    def ranked(self) -> tuple[Standing, ...]:
        """The counties by rank; those without a score last, in the order of the roster."""
        return by_rank(self.counties)

    def of(self, verdict: Verdict) -> tuple[Standing, ...]:
        """The counties of one verdict, by rank."""
        return tuple(county for county in self.ranked if county.verdict is verdict)

    @property
    def due(self) -> Mapping[Level, int]:
        """How many units of each level must be inspected."""
        required = [unit for unit in self.campaign.roster.units.values() if unit.required]
        return {level: sum(unit.level is level for unit in required) for level in Level}

    @property
    def blocking(self) -> int:
        """How many findings keep a sheet, or a unit, from counting for a verdict."""
        return sum(bool(finding.blocks) for finding in self.findings)

    @property
    def missing(self) -> int:
        """How many required units sent no self-assessment."""
        return sum(len(county.missing) for county in self.coverage)

    @property
    def demands_self_assessment(self) -> bool:
        """Whether every required unit must send a self-assessment, and the inspection looked at that stage."""
        return _demands_self_assessment(self.campaign, self.stage_sheets)

    @property
    def unplaced(self) -> int:
        """How many score sheets belong to nobody: their unit or their stage could not be told."""
        sheets = [sheet for file in self.files for sheet in file.sheets if sheet.kind is SheetKind.SCORE]
        return sum(sheet.unit is None or sheet.stage is None for sheet in sheets)

    @property
    def silent(self) -> tuple[Standing, ...]:
        """The counties from which no sheet at all was received, in the order of the roster."""
        return tuple(c for c in self.counties if not _heard(c) and not any(map(_heard, c.townships)))

    @property
    def distributions(self) -> Mapping[Level, Distribution]:
        """How the scores of each level are spread."""
        return distributions(self.counties, self.campaign)

    def by_leader(self, entries: Sequence[FollowUpEntry]) -> tuple[LeaderEntries, ...]:
        """Entries of a list by the leader of their county; one group without a leader where nobody is named."""
        return by_leader(entries, self.campaign)

    def standing(self, code: str) -> Standing | None:
        """The standing of a county, by its code."""
        return next((county for county in self.counties if county.unit.code == code), None)

    def strongest(self, level: Level) -> tuple[DimensionAnalysis, ...]:
        """The dimensions of a level with the highest rate."""
        dimensions = self.dimensions[level]
        return tuple(d for d in dimensions if d.rate == max(d.rate for d in dimensions))

    def weakest(self, level: Level) -> tuple[DimensionAnalysis, ...]:
        """The dimensions of a level with the lowest rate."""
        dimensions = self.dimensions[level]
        return tuple(d for d in dimensions if d.rate == min(d.rate for d in dimensions))

    def assumed_items(self) -> tuple[int, int]:
        """How many items of the rubric have assumed standard points, and how many items there are."""
        items = [item for level in self.campaign.rubric.levels.values() for item in level.items()]
        return sum(item.max_points.basis == "assumed" for item in items), len(items)


def by_rank(group: Sequence[Standing]) -> tuple[Standing, ...]:
    """Standings by rank; those without one last, in the order given."""
    return tuple(sorted(group, key=lambda standing: standing.rank or len(group) + 1))


def rate(dimension: DimensionStanding) -> Decimal | None:
    """Points got out of the points that apply (0 to 1, four places); None when none apply."""
    return None if dimension.score is None else _share(dimension.score, dimension.maximum)


def pass_share(verdicts: Mapping[Verdict, int]) -> Decimal | None:
    """The share of units that pass, pending ones counted (0 to 1, four places); None without any unit."""
    n = sum(verdicts.values())
    return _share(Decimal(verdicts[Verdict.PASS]), Decimal(n)) if n else None


def weakest_dimension(standing: Standing) -> DimensionStanding | None:
    """The dimension with the lowest rate, the first of several; None without a score or when all are full."""
    lost = [d for d in standing.dimensions if d.score is not None and d.score < d.maximum]
    return min(lost, key=lambda d: (d.score or 0) / d.maximum, default=None)


def unheard(county: Standing) -> tuple[Standing, ...]:
    """The townships of a county from which no sheet at all was received, in the order of the roster."""
    return tuple(township for township in county.townships if not _heard(township))


def _heard(standing: Standing) -> bool:
    return not any(reason.rule == "received" for reason in standing.reasons)


def township_counts(county: Standing) -> Mapping[str, int]:
    """How many townships count for a county's verdict: `all`, `passing`, `pending`; {} for one without any."""
    for reason in county.reasons:
        if reason.rule == "township_share":
            return {key: int(str(value)) for key, value in reason.details}
    return {}


def report_context(
    campaign: Campaign, files: Sequence[FileResult], findings: Sequence[Finding],
    by_unit: Mapping[str, Sequence[SheetResult]], counties: Sequence[Standing], *,
    stage: Stage | None = None, comparison: Comparison | None = None, follow_up: FollowUp | None = None,
) -> ReportContext:  # fmt: skip
    """Count everything once. `stage` says that the inspection looked at one stage only."""
    stages = [one for one in campaign.stages if stage in (None, one)]
    scored = [sheet for file in files for sheet in file.sheets if sheet.kind is SheetKind.SCORE]
    townships = [township for county in counties for township in county.townships]
    places = Places(files, campaign)
    answered = survey(files, campaign)
    told = told_to_counties(findings, campaign)
    return ReportContext(
        version=__version__,
        campaign=campaign,
        files=tuple(files),
        statuses={status: n for status in FileStatus if (n := sum(f.status is status for f in files))},
        documents=_documents(files),
        questionnaires=sum(s.kind is SheetKind.QUESTIONNAIRE for f in files for s in f.sheets),
        findings=tuple(findings),
        severities={severity: sum(f.severity is severity for f in findings) for severity in Severity},
        counties=tuple(counties),
        verdicts=totals(counties),
        township_verdicts=totals(townships),
        sheets=len(scored),
        stage_sheets={one: sum(sheet.stage is one for sheet in scored) for one in stages},
        coverage=tuple(_coverage(county, by_unit, campaign, stages) for county in counties),
        dimensions={level: _dimensions(level, counties, campaign) for level in campaign.rubric.levels},
        losses={level: _losses(level, counties, campaign) for level in campaign.rubric.levels},
        problems=_problems(findings, places, campaign),
        feedback=county_feedback(campaign, files, told, places, stages),
        mails={file.path: file.mail for file in files if file.mail is not None},
        clues=clues(findings, campaign),
        comparison=comparison,
        matrix=coverage_matrix(files, campaign, stages),
        follow_up=follow_up,
        survey=answered if answered.arrived else None,
        details=drilldown(campaign, told, by_unit, counties, places),
    )


# ---------------------------------------------------------------------------------------------------------- coverage


def _documents(files: Sequence[FileResult]) -> Mapping[MaterialKind, int]:
    """The documents that count as received, by kind. One in place of a score sheet does not: nobody can add it up (C616)."""
    kinds = [
        file.material.kind
        for file in files
        if file.status is FileStatus.SKIPPED and file.material is not None and file.material.readable
    ]
    return {
        kind: n for kind in MaterialKind if kind is not MaterialKind.SCORE_SHEET and (n := kinds.count(kind))
    }


def _demands_self_assessment(campaign: Campaign, stages: Collection[Stage]) -> bool:
    return Stage.SELF in stages and campaign.settings.coverage.self_assessment.value == "all"


def _coverage(
    county: Standing,
    by_unit: Mapping[str, Sequence[SheetResult]],
    campaign: Campaign,
    stages: Sequence[Stage],
) -> CountyCoverage:
    body = county.unit
    units = (body, *campaign.roster.townships(body.code))
    sent = {unit.code: {sheet.stage for sheet in by_unit.get(unit.code, ())} for unit in units}
    required = [unit for unit in units if unit.required]
    demanded = _demands_self_assessment(campaign, stages)
    return CountyCoverage(
        code=body.code,
        name=campaign.roster.county_name(body.code),
        due=len(required),
        received={stage: sum(stage in sent[unit.code] for unit in units) for stage in stages},
        missing=tuple(unit for unit in required if demanded and Stage.SELF not in sent[unit.code]),
    )


# ---------------------------------------------------------------------------------------------------------- analysis


def _units(level: Level, counties: Sequence[Standing]) -> list[Standing]:
    """The units of a level whose standing rests on a sheet."""
    units = counties if level is Level.COUNTY else [t for county in counties for t in county.townships]
    return [unit for unit in units if unit.source is not None]


def _dimensions(
    level: Level, counties: Sequence[Standing], campaign: Campaign
) -> tuple[DimensionAnalysis, ...]:
    import pandas as pd  # noqa: PLC0415  (0.3 s, and only reports need it)

    rows = [
        {
            "dimension": d.dimension,
            "title": d.title,
            "unit": campaign.roster.full_name(unit.unit.code),
            "got": d.score,
            "applicable": d.maximum,
            "rate": d.score / d.maximum,
            "below": d.passed is False,
        }
        for unit in _units(level, counties)
        for d in unit.dimensions
        if d.score is not None
    ]
    if not rows:
        return ()
    table = pd.DataFrame(rows)
    return tuple(_dimension(group) for _, group in table.groupby("dimension", sort=False))


def _dimension(group: pd.DataFrame) -> DimensionAnalysis:
    rows = group.to_dict("records")
    weakest = min(rows, key=lambda row: (row["rate"], row["unit"]))
    return DimensionAnalysis(
        dimension=str(weakest["dimension"]),
        title=str(weakest["title"]),
        units=len(group),
        rate=_share(sum(group["got"], Decimal(0)), sum(group["applicable"], Decimal(0))),
        below=int(group["below"].sum()),
        lowest=_share(weakest["got"], weakest["applicable"]),
        weakest=str(weakest["unit"]),
        weakest_units=sum(row["rate"] == weakest["rate"] for row in rows),
    )


def _share(part: Decimal, whole: Decimal) -> Decimal:
    return (part / whole).quantize(_PLACES, ROUND_HALF_UP)


def _losses(level: Level, counties: Sequence[Standing], campaign: Campaign) -> tuple[ItemLoss, ...]:
    """The items of a level by points lost, most first; items that nobody lost points on are left out."""
    import pandas as pd  # noqa: PLC0415

    items = {item.id: item for item in campaign.rubric.level(level).items()}
    rows = [
        {"item": score.item, "lost": items[score.item].maximum - score.value}
        for unit in _units(level, counties)
        for score in (unit.source.items if unit.source else ())
        if score.state is ScoreState.SCORED and score.value is not None and score.item in items
    ]
    if not rows:
        return ()
    losses = []
    for item, lost in pd.DataFrame(rows).groupby("item", sort=False)["lost"]:
        total = sum(lost, Decimal(0))
        losing = int((lost > 0).sum())
        average = (total / len(lost)).quantize(_HUNDREDTH, ROUND_HALF_UP)
        asked = items[str(item)]
        losses.append(ItemLoss(asked.id, asked.title, asked.maximum, len(lost), losing, total, average))
    order = {item: n for n, item in enumerate(items)}
    return tuple(
        sorted((loss for loss in losses if loss.losing), key=lambda loss: (-loss.lost, order[loss.item]))
    )


# ---------------------------------------------------------------------------------------------------------- problems


def _problems(findings: Sequence[Finding], places: Places, campaign: Campaign) -> tuple[CommonProblem, ...]:
    """All codes found, errors first, the frequent ones first."""
    import pandas as pd  # noqa: PLC0415

    if not findings:
        return ()
    rows = [
        {"code": f.code, "severity": f.severity, "file": f.file, "county": places.name(places.county(f))}
        for f in findings
    ]
    order = {campaign.roster.county_name(body.code): n for n, body in enumerate(campaign.roster.bodies())}
    problems = []
    for (code, severity), group in pd.DataFrame(rows).groupby(["code", "severity"], sort=True):
        counties = sorted(
            {county for county in group["county"] if county}, key=lambda name: order.get(name, len(order))
        )
        title = catalogue.entry(str(code)).title
        files_hit = int(group["file"].nunique())
        problems.append(
            CommonProblem(str(code), Severity(str(severity)), title, len(group), files_hit, tuple(counties))
        )
    return tuple(sorted(problems, key=lambda p: (tuple(Severity).index(p.severity), -p.count, p.code)))
