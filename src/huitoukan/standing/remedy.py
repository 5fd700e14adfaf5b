"""How far from the line: which smallest set of items keeps a unit below it, and which townships a county lacks.

This tells where points were lost; it is no invitation to change scores. All conditions are met at once: the pass mark,
the least share of every dimension, no veto item at 0; scores only take legal values (tiers, whole steps) up to the
maximum. The search is exact: the fewest items follow from the largest gains (nothing else can reach further with as
many), the fewest points from all sums that so many items can reach.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import count

from huitoukan.campaign.campaign import Campaign, PassRules
from huitoukan.campaign.rubric import Item, LevelRubric
from huitoukan.model import ItemScore, ScoreState, Verdict
from huitoukan.standing.aggregate import Points, points_of, score_of
from huitoukan.standing.model import Reason, Remedy, RemedyStep, Standing, TownshipGap

_ZERO = Decimal(0)
_MOST_TARGETS = 1_000  # scores of one item; a step so fine that there are more is no step
_MOST_WORK = (
    1_000_000  # sums that are looked at; a unit far below the line, scored in halves, takes some ten thousand
)


def with_remedies(counties: Sequence[Standing], campaign: Campaign) -> tuple[Standing, ...]:
    """The same standings; each unit that fails by itself says what keeps it below the line, each county what it lacks."""
    return tuple(_with_remedies(county, campaign) for county in counties)


def _with_remedies(county: Standing, campaign: Campaign) -> Standing:
    townships = tuple(replace(t, remedy=remedy(t, campaign)) for t in county.townships)
    county = replace(county, townships=townships, remedy=remedy(county, campaign))
    return replace(county, gap=_gap(county, campaign.settings.pass_rules))


def _gap(county: Standing, rules: PassRules) -> TownshipGap | None:
    share: Reason | None = next((r for r in county.reasons if r.rule == "township_share"), None)
    if share is None or share.passed:
        return None
    numbers = {key: int(str(value)) for key, value in share.details}
    needed = next(n for n in count() if n >= rules.township_share.value * numbers["all"])
    failing = [t for t in county.townships if t.verdict is Verdict.FAIL]
    failing.sort(key=_distance)
    nearest = tuple(township.unit.code for township in failing)
    return TownshipGap(needed, numbers["all"], numbers["passing"], numbers["pending"], nearest)


def _distance(standing: Standing) -> tuple[float, Decimal, str]:
    own = standing.remedy
    return (
        (len(own.steps), own.points, standing.unit.code) if own else (float("inf"), _ZERO, standing.unit.code)
    )


# ---------------------------------------------------------------------------------------------------------- one unit


def remedy(standing: Standing, campaign: Campaign) -> Remedy | None:
    """The smallest set of items that would bring a unit over the line.

    None for a unit that passes, is not decided, or could not pass with full marks (a pass mark above the total).
    """
    if standing.own.verdict is not Verdict.FAIL or standing.source is None:
        return None
    rubric = campaign.rubric.level(standing.unit.level)
    scores = {score.item: score for score in standing.source.items}
    return _Search(rubric, scores, campaign.settings.pass_rules).answer()


@dataclass(frozen=True, slots=True)
class _Lost:
    """An item below its maximum: the legal scores above the one it has, lowest first; `forced` is a veto at 0."""

    item: Item
    score: ItemScore
    value: Decimal
    targets: tuple[Decimal, ...]
    forced: bool

    @property
    def most(self) -> Decimal:
        """What it can regain at the most."""
        return self.targets[-1] - self.value


@dataclass(frozen=True, slots=True)
class _Part:
    """A dimension: its items below the maximum and how many points it lacks to its least share (0: none)."""

    lost: tuple[_Lost, ...]
    lacks: Decimal

    def best(self, number: int) -> tuple[_Lost, ...] | None:
        """The items that regain most, so many of them; None where a veto is left or the least share is not reached."""
        forced = [one for one in self.lost if one.forced]
        others = sorted((one for one in self.lost if not one.forced), key=lambda one: -one.most)
        chosen = (*forced, *others[: max(0, number - len(forced))])
        enough = sum((one.most for one in chosen), _ZERO) >= self.lacks
        return chosen if len(chosen) == number and enough else None


# What was chosen: (position in the form, new score) for each item; with it, how many choices are as good.
_Choice = tuple[tuple[int, Decimal], ...]
_Sums = dict[tuple[int, Decimal], tuple[int, _Choice]]


class _TooFineError(Exception):
    """There are too many sums to look at all of them."""


class _Search:
    def __init__(self, rubric: LevelRubric, scores: Mapping[str, ItemScore], rules: PassRules) -> None:
        self._rubric, self._mark = rubric, rules.pass_mark.value
        self._points = points_of(rubric.items(), scores)
        self._parts: list[_Part] = []
        self._order = {item.id: n for n, item in enumerate(rubric.items())}
        self._best = cache(self._best_uncached)
        self._work = 0
        for dimension in rubric.dimensions:
            own = points_of(dimension.items, scores)
            lacks = max(_ZERO, own.applicable * rules.dimension_share.value - own.got)
            lost = tuple(_lost(dimension.items, scores, veto_fails=rules.veto_fails.value))
            self._parts.append(_Part(lost, lacks))
        self._lost = {self._order[one.item.id]: one for part in self._parts for one in part.lost}

    def answer(self) -> Remedy | None:
        """The remedy; None where even full marks would not do."""
        for number in range(len(self._lost) + 1):
            best = self._best(0, number)
            if best is not None and self._enough(sum((one.most for one in best), _ZERO)):
                break
        else:
            return None
        try:
            ways, choice = self._fewest_points(number)
            exact = True
        except _TooFineError:
            ways, choice, exact = 1, self._lowered(best), False
        return self._remedy(choice, ways, exact=exact)

    def _enough(self, gain: Decimal) -> bool:
        return self._score(gain) >= self._mark

    def _score(self, gain: Decimal) -> Decimal:
        points = Points(self._points.got + gain, self._points.applicable)
        return score_of(points, self._rubric) or _ZERO

    def _best_uncached(self, first: int, number: int) -> tuple[_Lost, ...] | None:
        """The items of the dimensions from `first` on that regain most, so many of them, all conditions but the mark met."""
        if first == len(self._parts):
            return () if number == 0 else None
        found: tuple[_Lost, ...] | None = None
        for own_number in range(min(number, len(self._parts[first].lost)) + 1):
            own, rest = self._parts[first].best(own_number), self._best(first + 1, number - own_number)
            if own is not None and rest is not None:
                both = (*own, *rest)
                if found is None or _most(both) > _most(found):
                    found = both
        return found

    def _fewest_points(self, number: int) -> tuple[int, _Choice]:
        """Of all choices of so many items that do, those with the fewest points: how many there are, and the first."""
        sums: _Sums = {(0, _ZERO): (1, ())}
        for n, part in enumerate(self._parts, start=1):
            sums = _merged(self._joined(sums, self._sums(part, number), n, number))
        return min((gain, found) for (_, gain), found in sums.items())[1]

    def _joined(
        self, sums: _Sums, own: _Sums, following: int, number: int
    ) -> Iterator[tuple[int, Decimal, int, _Choice]]:
        """What two groups of dimensions reach together, as far as those that follow can make it enough."""
        self._look_at(len(sums) * len(own))
        for (items, gain), (ways, choice) in sums.items():
            for (more, further), (times, added) in own.items():
                rest = self._best(following, number - items - more) if items + more <= number else None
                if rest is not None and self._enough(gain + further + _most(rest)):
                    yield items + more, gain + further, ways * times, choice + added

    def _sums(self, part: _Part, number: int) -> _Sums:
        """What up to so many items of a dimension reach, by their number and points."""
        sums: _Sums = {(0, _ZERO): (1, ())}
        for one in part.lost:
            sums = _merged(self._with(one, sums, number))
        return {key: found for key, found in sums.items() if key[1] >= part.lacks}

    def _with(self, one: _Lost, sums: _Sums, number: int) -> Iterator[tuple[int, Decimal, int, _Choice]]:
        position = self._order[one.item.id]
        self._look_at(len(sums) * len(one.targets))
        for (items, gain), (ways, choice) in sums.items():
            if not one.forced:
                yield items, gain, ways, choice
            if items < number:
                for target in one.targets:
                    yield items + 1, gain + target - one.value, ways, (*choice, (position, target))

    def _look_at(self, sums: int) -> None:
        self._work += sums
        if self._work > _MOST_WORK:
            raise _TooFineError

    def _lowered(self, best: Sequence[_Lost]) -> _Choice:
        """The items that regain most, each at the lowest score that still does: no more than a good choice."""
        chosen = {self._order[one.item.id]: one.targets[-1] for one in best}
        for position in sorted(chosen):
            for target in self._lost[position].targets:
                if self._does(chosen | {position: target}):
                    chosen[position] = target
                    break
        return tuple(sorted(chosen.items()))

    def _does(self, chosen: Mapping[int, Decimal]) -> bool:
        gains = {n: target - self._lost[n].value for n, target in chosen.items()}
        for part in self._parts:
            own = (gains.get(self._order[one.item.id], _ZERO) for one in part.lost)
            if sum(own, _ZERO) < part.lacks:
                return False
        return self._enough(sum(gains.values(), _ZERO))

    def _remedy(self, choice: _Choice, ways: int, *, exact: bool) -> Remedy:
        steps = tuple(
            RemedyStep(one.item.id, one.item.title, one.score.cell, one.value, target, one.item.maximum)
            for one, target in ((self._lost[position], target) for position, target in choice)
        )
        points = sum((step.gain for step in steps), _ZERO)
        return Remedy(steps, points, self._score(points), ways, exact)


def _lost(items: Sequence[Item], scores: Mapping[str, ItemScore], *, veto_fails: bool) -> Iterator[_Lost]:
    for item in items:
        score = scores[item.id]
        if score.state is ScoreState.SCORED and score.value is not None and score.value < item.maximum:
            targets = tuple(sorted(_targets(item, score.value)))
            yield _Lost(item, score, score.value, targets, veto_fails and item.is_veto and score.value == 0)


def _targets(item: Item, value: Decimal) -> Iterator[Decimal]:
    """The legal scores of an item above a value; the maximum is always one."""
    choices = item.choices()
    if choices is not None:
        yield from (one for one in choices if one > value)
        return
    step, target = item.step.value if item.step else item.maximum, item.maximum
    for _ in range(_MOST_TARGETS):
        if target <= value:
            break
        yield target
        target -= step


def _most(chosen: Sequence[_Lost]) -> Decimal:
    return sum((one.most for one in chosen), _ZERO)


def _merged(found: Iterator[tuple[int, Decimal, int, _Choice]]) -> _Sums:
    """Sums kept once, with the number of ways to them and the first of these in the order of the form."""
    sums: _Sums = {}
    for items, gain, ways, choice in found:
        known = sums.get((items, gain))
        sums[items, gain] = (ways, choice) if known is None else (known[0] + ways, min(known[1], choice))
    return sums
