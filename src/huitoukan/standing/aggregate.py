"""From scores to standings: which stage counts, who passes, and every step of the answer.

A unit's standing rests on its highest stage with a complete sheet; a county passes when its own body passes and
enough of its townships do. What is missing counts both ways: the verdict is given only when it could not change.
All thresholds come from the pass rules of the campaign. Scores are exact; only a score rescaled for items that do
not apply is rounded, half-up to 2 places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from huitoukan.campaign.campaign import Campaign, PassRules
from huitoukan.campaign.rubric import Dimension, Item, LevelRubric
from huitoukan.model import ItemScore, ScoreState, SheetResult, Unit, Verdict
from huitoukan.phrase import Listing
from huitoukan.standing.model import DimensionStanding, Reason, Standing

_CENT = Decimal("0.01")
_SHARE = Decimal("0.0001")
_ZERO = Decimal(0)
_ABOUT_SHEETS = ("received", "complete", "single_sheet", "decided")  # reasons that judge nothing yet
Sheets = Mapping[str, Sequence[SheetResult]]


def standings(by_unit: Sheets, campaign: Campaign) -> tuple[Standing, ...]:
    """The standing of every county body of the roster with its townships, in the order of the roster, with ranks.

    Townships are the required ones and those optional ones that sent something. Counties rank among counties and
    townships within their county, by score; equal scores share a rank.
    """
    counties = tuple(_county(body, by_unit, campaign) for body in campaign.roster.bodies())
    return _ranked(counties)


def unit_standing(unit: Unit, sheets: Sequence[SheetResult], campaign: Campaign) -> Standing:
    """The standing of one unit by its own sheets of any stage (sheets on another level's form are left out)."""
    rubric = campaign.rubric.level(unit.level)
    reasons: list[Reason] = []
    for stage in sorted(campaign.stages, key=lambda stage: stage.rank, reverse=True):
        sent = [sheet for sheet in sheets if sheet.stage is stage and sheet.level is unit.level]
        if not sent:
            continue
        if len({sheet.scores for sheet in sent}) > 1:
            details = (("stage_name", stage), ("files", Listing(tuple(sheet.file for sheet in sent))))
            reasons.append(Reason("single_sheet", None, Decimal(len(sent)), Decimal(1), details=details))
            return _open(unit, rubric, reasons)
        reasons += _decided(unit, sent[0], campaign)
        gaps = unusable(unit, sent[0], rubric)
        if not gaps:
            return _judged(unit, sent[0], rubric, campaign.settings.pass_rules, tuple(reasons))
        missing: tuple[tuple[str, object], ...] = (
            ("stage_name", stage),
            ("items", Listing(tuple(gaps))),
            ("all", len(rubric.items())),
            ("file", sent[0].file),
        )
        reasons.append(Reason("complete", None, Decimal(len(gaps)), _ZERO, details=missing))
    if not reasons:
        reasons.append(Reason("received", None))
    return _open(unit, rubric, reasons)


def _decided(unit: Unit, sheet: SheetResult, campaign: Campaign) -> list[Reason]:
    """That a person decided for this sheet, and why."""
    assert sheet.stage is not None
    decision = campaign.decisions.get((unit.code, sheet.stage))
    if decision is None or not decision.means(sheet.file, sheet.sheet):
        return []
    details = (("stage_name", sheet.stage), ("file", sheet.file), ("reason", decision.reason))
    return [Reason("decided", True, details=details)]


def _open(unit: Unit, rubric: LevelRubric, reasons: Sequence[Reason]) -> Standing:
    """A unit without a sheet to judge it by: pending, its dimensions without scores."""
    dimensions = (DimensionStanding(d.id, d.title, None, d.max_points, None) for d in rubric.dimensions)
    return Standing(unit, Verdict.PENDING, dimensions=tuple(dimensions), reasons=tuple(reasons))


# ---------------------------------------------------------------------------------------------------------- usable


def is_usable(score: ItemScore | None, item: Item, unit: Unit) -> bool:
    """A number from 0 to the maximum, or 不适用 where the rubric allows it for this unit."""
    if score is None or score.state is ScoreState.MISSING:
        return False
    if score.state is ScoreState.NOT_APPLICABLE:
        return item.allows_not_applicable(unit.code)
    return score.value is not None and _ZERO <= score.value <= item.maximum


def unusable(unit: Unit, sheet: SheetResult, rubric: LevelRubric) -> list[str]:
    """The items of a sheet that keep it from being complete, in the order of the form."""
    scores = {score.item: score for score in sheet.items}
    return [item.id for item in rubric.items() if not is_usable(scores.get(item.id), item, unit)]


# ---------------------------------------------------------------------------------------------------------- units


@dataclass(frozen=True, slots=True)
class Points:
    """Points got out of the points that apply."""

    got: Decimal
    applicable: Decimal


def points_of(items: Sequence[Item], scores: Mapping[str, ItemScore]) -> Points:
    """The points of some items of a complete sheet; those that do not apply are left out."""
    applying = [item for item in items if scores[item.id].state is ScoreState.SCORED]
    got = sum((scores[item.id].value or _ZERO for item in applying), _ZERO)
    return Points(got, sum((item.maximum for item in applying), _ZERO))


def _judged(
    unit: Unit, sheet: SheetResult, rubric: LevelRubric, rules: PassRules, before: tuple[Reason, ...]
) -> Standing:
    """The standing of a unit by a complete sheet; `before` tells of higher stages that were incomplete."""
    scores = {score.item: score for score in sheet.items}
    points = points_of(rubric.items(), scores)
    not_applicable = rubric.total - points.applicable
    score = score_of(points, rubric)
    dimensions = tuple(_dimension(dimension, scores, rules) for dimension in rubric.dimensions)
    reasons = [*before, Reason("complete", True, details=(("stage_name", sheet.stage), ("file", sheet.file)))]
    if not_applicable:
        limit = rules.not_applicable_points.value
        reasons.append(
            Reason("not_applicable", None if not_applicable > limit else True, not_applicable, limit)
        )
    if score is not None:
        reasons.append(Reason("pass_mark", score >= rules.pass_mark.value, score, rules.pass_mark.value))
    reasons += _dimension_reasons(dimensions, rules)
    reasons += _veto_reasons(rubric, scores, rules)
    undecided = score is None or not_applicable > rules.not_applicable_points.value
    failed = any(reason.passed is False for reason in reasons)
    verdict = Verdict.PENDING if undecided else Verdict.FAIL if failed else Verdict.PASS
    return Standing(
        unit=unit,
        verdict=verdict,
        score=score,
        basis=sheet.stage,
        grade=_grade(verdict, score, rules),
        margin=None if score is None else score - rules.pass_mark.value,
        dimensions=dimensions,
        reasons=tuple(reasons),
        source=sheet,
    )


def score_of(points: Points, rubric: LevelRubric) -> Decimal | None:
    """The score on the scale of the total; rescaled and rounded where items do not apply, None where none does."""
    if points.applicable == rubric.total:
        return points.got
    if not points.applicable:
        return None
    return (points.got / points.applicable * rubric.total).quantize(_CENT, ROUND_HALF_UP)


def _dimension(dimension: Dimension, scores: Mapping[str, ItemScore], rules: PassRules) -> DimensionStanding:
    points = points_of(dimension.items, scores)
    if not points.applicable:
        return DimensionStanding(dimension.id, dimension.title, None, _ZERO, None)
    passed = points.got >= points.applicable * rules.dimension_share.value
    return DimensionStanding(dimension.id, dimension.title, points.got, points.applicable, passed)


def _dimension_reasons(dimensions: Sequence[DimensionStanding], rules: PassRules) -> list[Reason]:
    return [
        Reason(
            "dimension_share",
            d.passed,
            d.score,
            d.maximum * rules.dimension_share.value,
            d.dimension,
            (("title", d.title), ("maximum", d.maximum), ("share", rules.dimension_share.value)),
        )
        for d in dimensions
        if d.score is not None
    ]


def _veto_reasons(rubric: LevelRubric, scores: Mapping[str, ItemScore], rules: PassRules) -> list[Reason]:
    """One reason for each veto item; 不适用 is no zero."""
    if not rules.veto_fails.value:
        return []
    return [
        Reason(
            "veto", value != 0, value, _ZERO, item.id, (("title", item.title), ("cell", scores[item.id].cell))
        )
        for item in rubric.items()
        if item.is_veto and (value := scores[item.id].value) is not None
    ]


def _grade(verdict: Verdict, score: Decimal | None, rules: PassRules) -> str | None:
    if verdict is Verdict.FAIL:
        return rules.failed
    if verdict is Verdict.PENDING or score is None:
        return None
    return next((title for title, mark in rules.bands() if score >= mark), rules.failed)


# ---------------------------------------------------------------------------------------------------------- counties


def _county(body: Unit, by_unit: Sheets, campaign: Campaign) -> Standing:
    """A county by its own body and its townships; without required townships, by its body alone."""
    rules = campaign.settings.pass_rules
    own = unit_standing(body, by_unit.get(body.code, ()), campaign)
    townships = tuple(
        unit_standing(unit, by_unit.get(unit.code, ()), campaign)
        for unit in campaign.roster.townships(body.code)
        if unit.required or unit.code in by_unit
    )
    counted = [t for t in townships if t.unit.required or t.verdict is not Verdict.PENDING]
    if not counted:
        return replace(own, townships=_ranked(townships))
    share_reason = _share(counted, rules)
    basis = rules.county_verdict.value
    verdict = {
        "body_and_townships": _both(own.verdict, share_reason.passed),
        "body": own.verdict,
        "townships": _by_share(share_reason.passed),
    }[basis]
    body_reason = Reason(
        "body", {Verdict.PASS: True, Verdict.FAIL: False}.get(own.verdict), subject=body.code
    )
    own_reasons = own.reasons
    if basis == "townships":  # how the body did is no reason for this verdict
        own_reasons = tuple(reason for reason in own.reasons if reason.rule in _ABOUT_SHEETS)
    told = {
        "body_and_townships": (body_reason, share_reason),
        "body": (body_reason,),
        "townships": (share_reason,),
    }[basis]
    return replace(
        own,
        verdict=verdict,
        grade=_county_grade(verdict, own, rules),
        reasons=(*own_reasons, *told),
        townships=_ranked(townships),
        body=own,
    )


def _county_grade(verdict: Verdict, own: Standing, rules: PassRules) -> str | None:
    """The grade by the body's score; of a county that passes though its body does not, the lowest that passes."""
    if verdict is Verdict.PASS and own.verdict is not Verdict.PASS:
        return rules.lowest_grade
    return _grade(verdict, own.score, rules)


def _share(townships: Sequence[Standing], rules: PassRules) -> Reason:
    """The share of townships that pass: decided only when the undecided ones cannot change the answer."""
    passing = sum(t.verdict is Verdict.PASS for t in townships)
    pending = sum(t.verdict is Verdict.PENDING for t in townships)
    threshold = rules.township_share.value
    needed = threshold * len(townships)
    passed = True if passing >= needed else False if passing + pending < needed else None
    # This is shown; compared are whole numbers.
    share = (Decimal(passing) / len(townships)).quantize(_SHARE, ROUND_HALF_UP)
    details = (("passing", passing), ("pending", pending), ("all", len(townships)))
    return Reason("township_share", passed, share, threshold, details=details)


def _by_share(share: bool | None) -> Verdict:
    return {True: Verdict.PASS, False: Verdict.FAIL, None: Verdict.PENDING}[share]


def _both(body: Verdict, share: bool | None) -> Verdict:
    if body is Verdict.FAIL or share is False:
        return Verdict.FAIL
    return Verdict.PASS if body is Verdict.PASS and share else Verdict.PENDING


# ---------------------------------------------------------------------------------------------------------- ranks


def _ranked(group: tuple[Standing, ...]) -> tuple[Standing, ...]:
    """The same standings with ranks by score, best first; equal scores share a rank, and no score has none."""
    scores = sorted((s.score for s in group if s.score is not None), reverse=True)
    return tuple(s if s.score is None else replace(s, rank=scores.index(s.score) + 1) for s in group)


def totals(counties: Sequence[Standing]) -> dict[Verdict, int]:
    """How many counties pass, fail and are pending."""
    return {verdict: sum(county.verdict is verdict for county in counties) for verdict in Verdict}
