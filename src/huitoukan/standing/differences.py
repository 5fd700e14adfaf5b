"""The sheets of one unit at several stages beside each other: item by item, by dimension and in all.

A difference is the earlier stage minus the later one, so that it is positive where the check took points away. An item
that one of the two sheets lacks, or that does not apply on one of them, has no difference (and not one of zero): it is
counted apart. Sheets that are not both complete are compared item by item only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

from huitoukan.campaign.campaign import Campaign
from huitoukan.model import ItemScore, SheetResult, Stage, Unit
from huitoukan.standing.aggregate import is_usable, unit_standing
from huitoukan.standing.exact import of_hundred
from huitoukan.standing.model import DimensionStanding, Standing

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ItemDifference:
    """One item scored at both stages: the points of each and the cells where they stand."""

    item: str
    earlier: ItemScore
    later: ItemScore
    difference: Decimal


@dataclass(frozen=True, slots=True)
class DimensionDifference:
    """One dimension of two complete sheets: `difference` in points over the items scored on both.

    `earlier` and `later` are the points got out of those that apply on each sheet, `rate` how many points of 100 of the
    dimension the earlier lies above the later (exact; None where nothing of it applies on one of them).
    """

    dimension: str
    title: str
    earlier: DimensionStanding
    later: DimensionStanding
    difference: Decimal
    rate: Fraction | None


@dataclass(frozen=True, slots=True)
class StagePair:
    """Two sheets of one unit, the earlier stage first.

    `difference` sums the items scored on both, in points; `score_difference` compares the scores of complete sheets on the
    scale of the total, rescaled where items do not apply. `missing` and `not_applicable` are the items left out.
    """

    earlier: SheetResult
    later: SheetResult
    complete: bool
    items: tuple[ItemDifference, ...]
    missing: tuple[str, ...]
    not_applicable: tuple[str, ...]
    difference: Decimal
    dimensions: tuple[DimensionDifference, ...] = ()
    earlier_score: Decimal | None = None
    later_score: Decimal | None = None

    @property
    def score_difference(self) -> Decimal | None:
        """The earlier score minus the later one; None unless both sheets are complete."""
        if self.earlier_score is None or self.later_score is None:
            return None
        return self.earlier_score - self.later_score

    @property
    def stages(self) -> tuple[Stage | None, Stage | None]:
        """The two stages."""
        return self.earlier.stage, self.later.stage


@dataclass(frozen=True, slots=True)
class UnitComparison:
    """One unit that sent sheets of at least two stages.

    `stages` holds its standing by the sheets of each stage alone. `own` is the one by its self-assessment and `check` the
    one by its highest complete check; None where there is no score, or where sheets of that stage contradict each other
    (`contradicting`): then it is left out, as in the standings.
    """

    unit: Unit
    total: Decimal
    stages: tuple[tuple[Stage, Standing], ...]
    contradicting: tuple[Stage, ...]
    pairs: tuple[StagePair, ...]
    own: Standing | None
    check: Standing | None

    @property
    def scores(self) -> tuple[Fraction, Fraction] | None:
        """The self-assessed and the checked score in points of 100; None unless there are both."""
        if self.own is None or self.check is None or self.own.score is None or self.check.score is None:
            return None
        return of_hundred(self.own.score, self.total), of_hundred(self.check.score, self.total)

    @property
    def above(self) -> Fraction | None:
        """How far the self-assessment lies above the check, in points of 100."""
        scores = self.scores
        return None if scores is None else scores[0] - scores[1]

    @property
    def deciding(self) -> StagePair | None:
        """The sheets behind `own` and `check`."""
        if self.own is None or self.check is None:
            return None
        wanted = (Stage.SELF, self.check.basis)
        return next((pair for pair in self.pairs if pair.stages == wanted), None)


def compare_unit(unit: Unit, sheets: Sequence[SheetResult], campaign: Campaign) -> UnitComparison | None:
    """A unit's stages beside each other; None where it sent fewer than two. Sheets as in the standings."""
    sent = {
        stage: [s for s in sheets if s.stage is stage and s.level is unit.level] for stage in campaign.stages
    }
    stages = {stage: unit_standing(unit, own, campaign) for stage, own in sent.items() if own}
    if len(stages) < 2:  # noqa: PLR2004
        return None
    clear = [stage for stage in stages if len({sheet.scores for sheet in sent[stage]}) == 1]
    pairs = (
        _pair(unit, (sent[a][0], stages[a]), (sent[b][0], stages[b]), campaign)
        for a, b in combinations(clear, 2)
    )
    return UnitComparison(
        unit=unit,
        total=campaign.rubric.level(unit.level).total,
        stages=tuple(stages.items()),
        contradicting=tuple(stage for stage in stages if stage not in clear),
        pairs=tuple(pairs),
        own=_scored(stages.get(Stage.SELF)),
        check=_check(stages, clear),
    )


def _scored(standing: Standing | None) -> Standing | None:
    return None if standing is None or standing.score is None else standing


def _check(stages: dict[Stage, Standing], clear: Sequence[Stage]) -> Standing | None:
    """The standing by the highest complete check; None where the sheets of a higher one contradict each other."""
    for stage in sorted(stages, key=lambda stage: stage.rank, reverse=True):
        if stage is Stage.SELF or stage not in clear:
            return None
        if stages[stage].source is not None:
            return _scored(stages[stage])
    return None


# ---------------------------------------------------------------------------------------------------------- two sheets


def _pair(
    unit: Unit,
    earlier: tuple[SheetResult, Standing],
    later: tuple[SheetResult, Standing],
    campaign: Campaign,
) -> StagePair:
    rubric = campaign.rubric.level(unit.level)
    first, second = ({score.item: score for score in sheet.items} for sheet, _ in (earlier, later))
    items: dict[str, ItemDifference] = {}
    missing, not_applicable = [], []
    for item in rubric.items():
        a, b = first.get(item.id), second.get(item.id)
        if a is None or b is None or not (is_usable(a, item, unit) and is_usable(b, item, unit)):
            missing.append(item.id)
        elif a.value is None or b.value is None:
            not_applicable.append(item.id)
        else:
            items[item.id] = ItemDifference(item.id, a, b, a.value - b.value)
    complete = earlier[1].source is not None and later[1].source is not None
    return StagePair(
        earlier=earlier[0],
        later=later[0],
        complete=complete,
        items=tuple(items.values()),
        missing=tuple(missing),
        not_applicable=tuple(not_applicable),
        difference=sum((one.difference for one in items.values()), _ZERO),
        dimensions=tuple(_dimensions(earlier[1], later[1], items, campaign)) if complete else (),
        earlier_score=earlier[1].score if complete else None,
        later_score=later[1].score if complete else None,
    )


def _dimensions(
    earlier: Standing, later: Standing, items: dict[str, ItemDifference], campaign: Campaign
) -> Iterator[DimensionDifference]:
    asked = campaign.rubric.level(earlier.unit.level).dimensions
    for dimension, a, b in zip(asked, earlier.dimensions, later.dimensions, strict=True):
        both = (items[item.id].difference for item in dimension.items if item.id in items)
        rate = None
        if a.score is not None and b.score is not None:
            rate = of_hundred(a.score, a.maximum) - of_hundred(b.score, b.maximum)
        yield DimensionDifference(dimension.id, dimension.title, a, b, sum(both, _ZERO), rate)
