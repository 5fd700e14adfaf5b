"""The comparison of a whole campaign: the three stages with each other, and with last year's results.

Which sheets count is what the standings say: decisions are carried out, contradicting sheets leave a unit out, the highest
complete check is the one that self-assessments are held against. docs/compare.md has the definitions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from huitoukan.campaign.campaign import Campaign
from huitoukan.model import Level, SheetResult, Stage, Unit, Verdict
from huitoukan.standing.aggregate import Sheets, standings
from huitoukan.standing.baseline import Baseline
from huitoukan.standing.differences import UnitComparison, compare_unit
from huitoukan.standing.exact import of_hundred
from huitoukan.standing.inflation import Inflation, inflation
from huitoukan.standing.model import Reason, Standing
from huitoukan.standing.ranks import RankStability, rank_stability
from huitoukan.standing.trend import Trends, trends


@dataclass(frozen=True, slots=True)
class Group:
    """The inflation index of some units, in all and by the titles of dimensions (in points of 100 of each)."""

    index: Inflation
    dimensions: tuple[tuple[str, Inflation], ...]


@dataclass(frozen=True, slots=True)
class Overturned:
    """A verdict that a later stage turned round: `to` FAIL for pass to fail, PASS for fail to pass.

    `earlier` and `later` are the two standings; `reasons` are those that decided for 未达标, whichever stage said so.
    """

    unit: Unit
    earlier: Standing
    later: Standing
    to: Verdict
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class CountyComparison:
    """One county: index over its body and townships that have both scores, by level too, and the order of its townships.

    `own` is its standing if self-assessments alone counted; `turned` is set where its verdict is another one by the checks.
    """

    body: Unit
    group: Group
    levels: Mapping[Level, Inflation]
    ranks: RankStability
    own: Standing
    now: Standing

    @property
    def turned(self) -> Verdict | None:
        """The verdict of the county where self-assessments alone would have given the opposite one; else None."""
        return (
            self.now.verdict if {self.own.verdict, self.now.verdict} == {Verdict.PASS, Verdict.FAIL} else None
        )

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why the one of the two verdicts that is 未达标 is so; () where nothing was turned."""
        if self.turned is None:
            return ()
        return _against(self.now if self.turned is Verdict.FAIL else self.own)


def _against(failed: Standing) -> tuple[Reason, ...]:
    return tuple(reason for reason in failed.reasons if reason.passed is False)


@dataclass(frozen=True, slots=True)
class ItemCut:
    """One item over the units of a level with both scores: how often checks took points away or gave some, and how many.

    `difference` sums self-assessment minus check over the `units` where it was scored on both sheets.
    """

    item: str
    title: str
    units: int
    reduced: int
    raised: int
    difference: Decimal


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that is compared. `units` sent at least two stages, in the order of the roster.

    `own_only` and `check_only` count units with one complete kind of sheet and none of the other. `bodies` and
    `townships` tell the stability of the order over the whole campaign. `trends` is None without last year's results.
    """

    units: tuple[UnitComparison, ...]
    counties: tuple[CountyComparison, ...]
    whole: Group
    levels: Mapping[Level, Group]
    bodies: RankStability
    townships: RankStability
    overturned: tuple[Overturned, ...]
    cuts: Mapping[Level, tuple[ItemCut, ...]]
    own_only: int
    check_only: int
    least_units: int
    trends: Trends | None = None

    @property
    def compared(self) -> tuple[UnitComparison, ...]:
        """The units with a score by both self-assessment and check, on which the index rests."""
        return tuple(unit for unit in self.units if unit.scores is not None)

    @property
    def left_out(self) -> tuple[UnitComparison, ...]:
        """The units that sent both kinds of sheets, of which one cannot be used as a whole."""
        return tuple(unit for unit in self.units if unit.scores is None and _sent_both(unit))

    @property
    def empty(self) -> bool:
        """Whether there is nothing to compare."""
        return not self.units and self.trends is None


def _sent_both(unit: UnitComparison) -> bool:
    return any(stage is Stage.SELF for stage, _ in unit.stages)


def compare(
    by_unit: Sheets, counties: Sequence[Standing], campaign: Campaign, baseline: Baseline | None = None
) -> Comparison:
    """Compare the stages of every unit; `counties` are the standings by all stages."""
    least = campaign.settings.comparison.least_units.value
    own_counties = standings(_self_assessments(by_unit), campaign)
    found = [
        unit
        for code, sheets in sorted(by_unit.items())
        if code in campaign.roster.units
        and (unit := compare_unit(campaign.roster.units[code], sheets, campaign)) is not None
    ]
    of = {level: [one for one in found if one.unit.level is level] for level in campaign.rubric.levels}
    own_only, check_only = _only(counties, own_counties, by_unit)
    return Comparison(
        units=tuple(found),
        counties=tuple(
            _county(own, now, [one for one in found if one.unit.county == now.unit.code], least)
            for own, now in zip(own_counties, counties, strict=True)
        ),
        whole=_group(found, least),
        levels={level: _group(units, least) for level, units in of.items()},
        bodies=_ranks(of.get(Level.COUNTY, []), least),
        townships=_ranks(of.get(Level.TOWNSHIP, []), least),
        overturned=tuple(turned for one in found for turned in _overturned(one)),
        cuts={level: tuple(_cuts(units, level, campaign)) for level, units in of.items()},
        own_only=own_only,
        check_only=check_only,
        least_units=least,
        trends=None if baseline is None else trends(counties, baseline, campaign),
    )


def _self_assessments(by_unit: Sheets) -> dict[str, tuple[SheetResult, ...]]:
    """The sheets of self-assessments by unit."""
    chosen = {code: tuple(s for s in sheets if s.stage is Stage.SELF) for code, sheets in by_unit.items()}
    return {code: sheets for code, sheets in chosen.items() if sheets}


def _only(counties: Sequence[Standing], own_counties: Sequence[Standing], by_unit: Sheets) -> tuple[int, int]:
    """How many units have a score by self-assessment and sent no check, and the other way round."""
    stages = {code: {sheet.stage for sheet in sheets} for code, sheets in by_unit.items()}
    by_own = (t for c in own_counties for t in (c, *c.townships) if t.score is not None)
    by_all = (t for c in counties for t in (c, *c.townships) if t.score is not None)
    own = sum(stages.get(one.unit.code, set()) == {Stage.SELF} for one in by_own)
    check = sum(Stage.SELF not in stages.get(one.unit.code, set()) for one in by_all)
    return own, check


# ---------------------------------------------------------------------------------------------------------- groups


def _county(own: Standing, now: Standing, units: Sequence[UnitComparison], least: int) -> CountyComparison:
    levels = {level: [one for one in units if one.unit.level is level] for level in Level}
    return CountyComparison(
        body=now.unit,
        group=_group(units, least),
        levels={level: inflation(_scores(ones), least) for level, ones in levels.items()},
        ranks=_ranks(levels[Level.TOWNSHIP], least),
        own=own,
        now=now,
    )


def _scores(units: Sequence[UnitComparison]) -> list[tuple[Fraction, Fraction]]:
    return [scores for unit in units if (scores := unit.scores) is not None]


def _group(units: Sequence[UnitComparison], least: int) -> Group:
    by_title: dict[str, list[tuple[Fraction, Fraction]]] = {}
    for unit in units:
        pair = unit.deciding
        if unit.scores is None or pair is None:
            continue
        for one in pair.dimensions:
            both = by_title.setdefault(one.title, [])
            if one.earlier.score is not None and one.later.score is not None:
                both.append(
                    (
                        of_hundred(one.earlier.score, one.earlier.maximum),
                        of_hundred(one.later.score, one.later.maximum),
                    )
                )
    dimensions = ((title, inflation(both, least)) for title, both in by_title.items())
    return Group(inflation(_scores(units), least), tuple(dimensions))


def _ranks(units: Sequence[UnitComparison], least: int) -> RankStability:
    """The stability of the order of units of one level."""
    scores = _scores(units)
    return rank_stability([own for own, _ in scores], [check for _, check in scores], least)


# ---------------------------------------------------------------------------------------------------------- verdicts


def _overturned(unit: UnitComparison) -> Iterator[Overturned]:
    """What the check says against the self-assessment, and the city's check against the county's."""
    stages = dict(unit.stages)
    if unit.own is not None and unit.check is not None:
        yield from _turned(unit.unit, unit.own, unit.check)
    if Stage.COUNTY in stages and Stage.CITY in stages:
        yield from _turned(unit.unit, stages[Stage.COUNTY], stages[Stage.CITY])


def _turned(unit: Unit, earlier: Standing, later: Standing) -> Iterator[Overturned]:
    if {earlier.verdict, later.verdict} == {Verdict.PASS, Verdict.FAIL}:
        failed = later if later.verdict is Verdict.FAIL else earlier
        yield Overturned(unit, earlier, later, later.verdict, _against(failed))


# ---------------------------------------------------------------------------------------------------------- items


def _cuts(units: Sequence[UnitComparison], level: Level, campaign: Campaign) -> Iterator[ItemCut]:
    """The items of a level by what checks took away, most first; those never changed are left out."""
    differences: dict[str, list[Decimal]] = {}
    for unit in units:
        pair = unit.deciding
        for one in pair.items if pair is not None else ():
            differences.setdefault(one.item, []).append(one.difference)
    cuts = [
        ItemCut(
            item.id,
            item.title,
            len(found),
            sum(d > 0 for d in found),
            sum(d < 0 for d in found),
            sum(found, Decimal(0)),
        )
        for item in campaign.rubric.level(level).items()
        if (found := differences.get(item.id))
    ]
    changed = [cut for cut in cuts if cut.reduced or cut.raised]
    yield from sorted(changed, key=lambda cut: -cut.difference)
