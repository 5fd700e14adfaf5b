"""A verdict traced back: reasons with the rules behind them, stages that counted or did not, dimensions, items, cells.

Nothing is judged here: a trace lays out what led to a standing that was already given, and what is still missing for one
that was not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from huitoukan.authorship import Written
from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.rubric import Dimension, Item, Sourced
from huitoukan.model import Finding, ItemScore, Level, ScoreState, SheetResult, Stage, Unit, Verdict
from huitoukan.phrase import Listing, Phrase, say
from huitoukan.standing.aggregate import Sheets, is_usable, unusable
from huitoukan.standing.model import DimensionStanding, Reason, Standing

# Which pass rule of the campaign stands behind a reason; the others rest on none that could be set.
_SETTINGS = {
    "pass_mark": "pass_mark",
    "dimension_share": "dimension_share",
    "veto": "veto_fails",
    "not_applicable": "not_applicable_points",
    "township_share": "township_share",
    "body": "county_verdict",
}
_COUNTY_RULES = ("body", "township_share")


class StageOutcome(StrEnum):
    """What became of the sheets of one stage."""

    COUNTED = "counted"
    LOWER = "lower"  # a later stage counted
    INCOMPLETE = "incomplete"
    CONTRADICTORY = "contradictory"  # several sheets with different scores, and no decision
    HELD_UP = "held_up"  # a later stage must be decided first
    NOT_RECEIVED = "not_received"


@dataclass(frozen=True, slots=True)
class ReasonTrace:
    """One step of a verdict, and the pass rule of the campaign behind it: its key, and whether it is grounded."""

    reason: Reason
    key: str | None
    rule: Sourced | None


@dataclass(frozen=True, slots=True)
class StageTrace:
    """One stage of a unit: which sheets there are, what became of them, and the items that have no usable score."""

    stage: Stage
    outcome: StageOutcome
    sheets: tuple[SheetResult, ...]
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemTrace:
    """One item: points, cell, the reasons written for a deduction, and the findings that stand there.

    `cell` is None where the sheet has no such row; a score that is not `usable` keeps the sheet from being complete.
    """

    item: Item
    state: ScoreState
    value: Decimal | None
    cell: str | None
    usable: bool
    written: tuple[Written, ...]
    findings: tuple[Finding, ...]

    @property
    def full(self) -> bool:
        """Whether there is nothing to say of it: full marks, and no finding."""
        return self.value == self.item.maximum and not self.findings


@dataclass(frozen=True, slots=True)
class DimensionTrace:
    """One dimension with its items, in the order of the form."""

    standing: DimensionStanding
    items: tuple[ItemTrace, ...]


@dataclass(frozen=True, slots=True)
class UnitTrace:
    """A unit by itself. `sheet` is the one that counts or, without any, the highest one received: its items are shown.

    `findings` are those on the sheet that stand at none of its items, `open` says what would decide it.
    """

    standing: Standing
    reasons: tuple[ReasonTrace, ...]
    stages: tuple[StageTrace, ...]
    sheet: SheetResult | None
    dimensions: tuple[DimensionTrace, ...]
    findings: tuple[Finding, ...]
    open: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class CountyTrace:
    """A county: its verdict from its own body and its townships. Without townships there are no reasons but the body's."""

    standing: Standing
    reasons: tuple[ReasonTrace, ...]
    body: UnitTrace
    townships: tuple[UnitTrace, ...]
    open: tuple[Phrase, ...]


Trace = CountyTrace | UnitTrace


class Tracer:
    """Traces standings of one inspection; `counties` carry their remedies already."""

    def __init__(
        self,
        counties: Sequence[Standing],
        by_unit: Sheets,
        findings: Iterable[Finding],
        campaign: Campaign,
    ) -> None:
        self._campaign, self._by_unit = campaign, by_unit
        self._counties = {county.unit.code: county for county in counties}
        self._townships = {t.unit.code: t for county in counties for t in county.townships}
        self._found: dict[tuple[str, str], list[Finding]] = {}
        for finding in findings:
            if finding.file is not None and finding.sheet is not None:
                self._found.setdefault((finding.file, finding.sheet), []).append(finding)

    def trace(self, unit: Unit) -> Trace | None:
        """The trace of a county (by its body) or a township; None for an optional unit that sent nothing."""
        if unit.level is Level.COUNTY:
            return self._county(self._counties[unit.code])
        standing = self._townships.get(unit.code)
        return None if standing is None else self._unit(standing)

    def _county(self, county: Standing) -> CountyTrace:
        body = replace(county.own, townships=(), body=None, rank=county.rank, remedy=county.remedy)
        above = tuple(reason for reason in county.reasons if reason.rule in _COUNTY_RULES)
        return CountyTrace(
            standing=county,
            reasons=self._reasons(above),
            body=self._unit(body),
            townships=tuple(self._unit(township) for township in county.townships),
            open=tuple(_open_county(county)),
        )

    def _unit(self, standing: Standing) -> UnitTrace:
        unit = standing.unit
        sent = self._by_unit.get(unit.code, ())
        stages = tuple(self._stages(standing, [sheet for sheet in sent if sheet.level is unit.level]))
        sheet = standing.source or next(
            (s.sheets[0] for s in stages if s.sheets and s.outcome is StageOutcome.INCOMPLETE), None
        )
        found = self._found.get((sheet.file, sheet.sheet), []) if sheet else []
        own = [one for one in found if one.unit in (None, unit.code)]
        dimensions = tuple(self._dimensions(standing, sheet, own)) if sheet else ()
        told = {id(one) for d in dimensions for item in d.items for one in item.findings}
        return UnitTrace(
            standing=standing,
            reasons=self._reasons(standing.reasons),
            stages=stages,
            sheet=sheet,
            dimensions=dimensions,
            findings=tuple(one for one in own if id(one) not in told),
            open=tuple(_open_unit(standing, stages)),
        )

    def _reasons(self, reasons: Sequence[Reason]) -> tuple[ReasonTrace, ...]:
        rules = self._campaign.settings.pass_rules
        return tuple(
            ReasonTrace(reason, key, getattr(rules, key) if key else None)
            for reason in reasons
            for key in (_SETTINGS.get(reason.rule),)
        )

    # ------------------------------------------------------------------------------------------------------- stages

    def _stages(self, standing: Standing, sent: Sequence[SheetResult]) -> Iterator[StageTrace]:
        """The stages from the highest to the lowest."""
        rubric = self._campaign.rubric.level(standing.unit.level)
        below = StageOutcome.COUNTED
        for stage in sorted(self._campaign.stages, key=lambda stage: stage.rank, reverse=True):
            sheets = tuple(sheet for sheet in sent if sheet.stage is stage)
            gaps: tuple[str, ...] = ()
            if not sheets:
                outcome = StageOutcome.NOT_RECEIVED
            elif below is not StageOutcome.COUNTED:
                outcome = below
            elif len({sheet.scores for sheet in sheets}) > 1:
                outcome, below = StageOutcome.CONTRADICTORY, StageOutcome.HELD_UP
            elif gaps := tuple(unusable(standing.unit, sheets[0], rubric)):
                outcome = StageOutcome.INCOMPLETE
            else:
                outcome, below = StageOutcome.COUNTED, StageOutcome.LOWER
            yield StageTrace(stage, outcome, sheets, gaps)

    # -------------------------------------------------------------------------------------------------------- items

    def _dimensions(
        self, standing: Standing, sheet: SheetResult, findings: Sequence[Finding]
    ) -> Iterator[DimensionTrace]:
        scores = {score.item: score for score in sheet.items}
        written: dict[str, list[Written]] = {}
        for text in sheet.texts:
            written.setdefault(text.item, []).append(text)
        asked = {d.id: d for d in self._campaign.rubric.level(standing.unit.level).dimensions}
        for dimension in standing.dimensions:
            items = _items(asked[dimension.dimension], standing.unit, scores, written, findings)
            yield DimensionTrace(dimension, tuple(items))


def _items(
    dimension: Dimension,
    unit: Unit,
    scores: Mapping[str, ItemScore],
    written: Mapping[str, Sequence[Written]],
    findings: Sequence[Finding],
) -> Iterator[ItemTrace]:
    for item in dimension.items:
        score = scores.get(item.id)
        yield ItemTrace(
            item=item,
            state=score.state if score else ScoreState.MISSING,
            value=score.value if score else None,
            cell=score.cell if score else None,
            usable=is_usable(score, item, unit),
            written=tuple(written.get(item.id, ())),
            findings=tuple(
                f for f in findings if f.item == item.id or (score and _covers(f.cell, score.cell))
            ),
        )


def _covers(cells: str | None, cell: str) -> bool:
    """Whether a cell (`F12`) lies in a range (`F10:G14`) or is the one named."""
    if cells is None or ":" not in cells:
        return cells == cell
    first, _, last = cells.partition(":")
    (left, top), (column, row), (right, bottom) = map(_place, (first, cell, last))
    return left <= column <= right and top <= row <= bottom


def _place(cell: str) -> tuple[tuple[int, str], int]:
    """Column and row of an address, so that AA comes after Z."""
    letters = cell.rstrip("0123456789")
    return (len(letters), letters), int(cell[len(letters) :] or 0)


# ---------------------------------------------------------------------------------------------------------- what is open


def _open_unit(standing: Standing, stages: Sequence[StageTrace]) -> Iterator[Phrase]:
    """What would decide a unit that is pending."""
    if standing.verdict is not Verdict.PENDING:
        return
    for one in stages:
        if one.outcome is StageOutcome.CONTRADICTORY:
            files = Listing(tuple(dict.fromkeys(sheet.file for sheet in one.sheets)))
            yield say(
                "在 campaign.yaml 的 decisions 里写明{stage}阶段以哪一份为准: {files}。",
                stage=one.stage,
                files=files,
            )
            return
        if one.outcome is StageOutcome.INCOMPLETE:
            yield say(
                "补全{stage}阶段的评分表 ({file}): {items}。",
                stage=one.stage,
                file=one.sheets[0].file,
                items=Listing(one.gaps),
            )
    if any(reason.rule == "not_applicable" and reason.passed is None for reason in standing.reasons):
        yield say("由人工认定哪些项目不适用; 认可的, 可以调高 not_applicable_points。")
    elif all(one.outcome is StageOutcome.NOT_RECEIVED for one in stages):
        yield say("报送任何一个阶段的完整评分表。")


def _open_county(county: Standing) -> Iterator[Phrase]:
    """What would decide a county that is pending."""
    if county.verdict is not Verdict.PENDING:
        return
    on_body = any(reason.rule == "body" for reason in county.reasons) or county.body is None
    if on_body and county.own.verdict is Verdict.PENDING:
        yield say("先确定县级统计机构本身是否达标。")
    gap = county.gap
    if gap is not None and gap.pending:
        spare = gap.pending - gap.short
        yield (
            say(
                "待定的 {pending} 个乡镇(街道)中有 {short} 个达标即达到要求。",
                pending=gap.pending,
                short=gap.short,
            )
            if spare
            else say("待定的 {pending} 个乡镇(街道)须全部达标。", pending=gap.pending)
        )
