"""How scores are spread: units counted in steps of points, whose limits include those of the grades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from huitoukan.campaign.campaign import Campaign, PassRules
from huitoukan.model import Level, Verdict
from huitoukan.standing.model import Standing

# So wide a step may be, in points; the narrowest is taken that does not need more steps than `_MOST`.
_WIDTHS = tuple(map(Decimal, (1, 2, 5, 10, 20, 50, 100, 200, 500)))
_MOST = 14


@dataclass(frozen=True, slots=True)
class ScoreStep:
    """Scores from `lower` up to, but not including, `upper` (the last step includes it), and the grade that they give.

    `counts` has the units by their own verdict: one above the pass mark may fail by another rule. Verdicts that no unit
    has are left out.
    """

    lower: Decimal
    upper: Decimal
    grade: str
    counts: Mapping[Verdict, int]

    @property
    def units(self) -> int:
        """How many units."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Distribution:
    """The scores of `n` units (at least one) in steps without a gap; scores in points on the scale of the total.

    `held_back` are those at or above the pass mark that fail all the same: by a dimension or a veto item.
    """

    steps: tuple[ScoreStep, ...]
    n: int
    lowest: Decimal
    middle: Decimal
    highest: Decimal
    held_back: int


def distributions(counties: Sequence[Standing], campaign: Campaign) -> Mapping[Level, Distribution]:
    """The distribution of each level that has a score, in the same steps; of a county, its own body counts."""
    townships = [township for county in counties for township in county.townships]
    of = {Level.COUNTY: [county.own for county in counties], Level.TOWNSHIP: townships}
    scored = {level: [(s.score, s.verdict) for s in of[level] if s.score is not None] for level in Level}
    scores = [score for units in scored.values() for score, _ in units]
    if not scores:
        return {}
    rules = campaign.settings.pass_rules
    total = max(*(campaign.rubric.level(level).total for level in campaign.rubric.levels), *scores)
    steps = _steps(min(scores), total, rules)
    return {level: _distribution(units, steps, rules) for level, units in scored.items() if units}


def _steps(lowest: Decimal, total: Decimal, rules: PassRules) -> list[tuple[Decimal, Decimal, str]]:
    """Lower and upper limit and grade of each step, from the one with the lowest score up to the total."""
    bands = [(title, mark) for title, mark in rules.bands() if mark < total]
    first = min([lowest, *(mark for _, mark in bands)])
    width = next((w for w in _WIDTHS if total - first // w * w <= w * _MOST), _WIDTHS[-1])
    limits = {first // width * width + width * n for n in range(int((total - first) // width) + 1)}
    limits = {limit for limit in limits if limit < total} | {mark for _, mark in bands}
    edges = [*sorted(limits), total]
    grade = [next((title for title, mark in bands if edge >= mark), rules.failed) for edge in edges]
    return list(zip(edges, edges[1:], grade, strict=False))


def _distribution(
    units: Sequence[tuple[Decimal, Verdict]], steps: Sequence[tuple[Decimal, Decimal, str]], rules: PassRules
) -> Distribution:
    scores = [score for score, _ in units]
    last = steps[-1][1]
    counted = []
    for lower, upper, grade in steps:
        inside = [verdict for score, verdict in units if lower <= score < upper or score == upper == last]
        counts = {verdict: n for verdict in Verdict if (n := inside.count(verdict))}
        counted.append(ScoreStep(lower, upper, grade, counts))
    mark = rules.pass_mark.value
    return Distribution(
        steps=tuple(counted),
        n=len(units),
        lowest=min(scores),
        middle=median(scores),
        highest=max(scores),
        held_back=sum(score >= mark and verdict is Verdict.FAIL for score, verdict in units),
    )
