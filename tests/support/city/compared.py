"""The truth about stages compared: how far self-assessments lie above checks, who was overturned, how the order changed.

Plain sums and textbook formulas over the decisions; the only thing shared with the truth about verdicts is how a form is judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from statistics import correlation, median

from tests.support.city import standards
from tests.support.city.decisions import Decisions
from tests.support.city.standards import Unit, units
from tests.support.city.truth import Judged, complete, counting, judged, number, rounded, usable


@dataclass(frozen=True)
class Pair:
    """One unit by its own account and by its highest complete check."""

    unit: Unit
    own: Judged
    check: Judged

    @property
    def above(self) -> Fraction:
        assert self.own.score is not None and self.check.score is not None
        return self.own.score - self.check.score


def pairs(decisions: Decisions) -> list[Pair]:
    """The units with both scores."""
    found = []
    for unit in units().values():
        own, check = judged(decisions, unit, ("self",)), judged(decisions, unit, ("county", "city"))
        if own.score is not None and check.score is not None:
            found.append(Pair(unit, own, check))
    return found


def index(differences: Sequence[tuple[Fraction, Fraction]]) -> dict[str, object]:
    """The inflation index of (own, checked) scores, in the words of the JSON."""
    n = len(differences)
    above = [own - check for own, check in differences]
    if not n:
        return {
            "n": 0,
            "few": True,
            **dict.fromkeys(("index", "median", "taken", "self", "check")),
            **_signs([]),
        }
    own, check = sum(own for own, _ in differences), sum(check for _, check in differences)
    return {
        "n": n, "few": n < 5, "index": rounded(Fraction(own - check) / n, 2), "median": rounded(Fraction(median(above)), 2),
        "taken": rounded(Fraction(own - check) / own, 4), "self": rounded(Fraction(own) / n, 2),
        "check": rounded(Fraction(check) / n, 2), **_signs(above),
    }  # fmt: skip


def _signs(above: Iterable[Fraction]) -> dict[str, int]:
    signs = Counter("above" if one > 0 else "below" if one < 0 else "equal" for one in above)
    return {name: signs[name] for name in ("above", "equal", "below")}


def scores(found: Iterable[Pair]) -> list[tuple[Fraction, Fraction]]:
    """Own and checked scores."""
    return [
        (one.own.score, one.check.score)
        for one in found
        if one.own.score is not None and one.check.score is not None
    ]


def dimension_scores(found: Iterable[Pair], title: str) -> list[tuple[Fraction, Fraction]]:
    """Own and checked points of one dimension, on a scale of 100."""
    rates = []
    for one in found:
        [dimension] = [d for d in standards.rubric(one.unit.level) if d.title == title]
        got = [(side.dimensions or {})[dimension.id] for side in (one.own, one.check)]
        if got[0][0] is not None and got[1][0] is not None:
            rates.append((got[0][0] * 100 / got[0][1], got[1][0] * 100 / got[1][1]))
    return rates


def overturned(decisions: Decisions) -> set[tuple[str, str]]:
    """Units whose verdict a later stage turned round, and what it turned into; the city against the county counts too."""
    found = set()
    for unit in units().values():
        verdicts = [
            judged(decisions, unit, ("self",)).verdict,
            judged(decisions, unit, ("county", "city")).verdict,
        ]
        steps = (
            [verdicts] if any(counting(decisions, unit.code, stage) for stage in ("county", "city")) else []
        )
        if all(counting(decisions, unit.code, stage) for stage in ("county", "city")):
            steps.append([judged(decisions, unit, (stage,)).verdict for stage in ("county", "city")])
        found |= {(unit.code, later) for earlier, later in steps if {earlier, later} == {"pass", "fail"}}
    return found


# ---------------------------------------------------------------------------------------- item by item


@dataclass(frozen=True)
class Beside:
    """Two stages of one unit: the differences of the items scored at both, and the items that one of them lacks."""

    items: Mapping[str, Fraction]
    missing: frozenset[str]
    complete: bool


def beside(decisions: Decisions, unit: Unit) -> dict[tuple[str, str], Beside]:
    """Every two stages of a unit of which each has one form (or the one that somebody decided for)."""
    forms = {stage: counting(decisions, unit.code, stage) for stage in standards.STAGES}
    clear = {stage: found[0] for stage, found in forms.items() if len(found) == 1}
    return {(a, b): _beside(clear[a], clear[b]) for a, b in combinations(clear, 2)}


def _beside(earlier, later) -> Beside:  # type: ignore[no-untyped-def]
    differences, missing = {}, set()
    for item in standards.items(earlier.level):
        a, b = earlier.scores[item.id], later.scores[item.id]
        if not (usable(a, item, earlier.unit) and usable(b, item, later.unit)):
            missing.add(item.id)
        elif (first := number(a)) is not None and (second := number(b)) is not None:
            differences[item.id] = first - second
    return Beside(differences, frozenset(missing), complete(earlier) and complete(later))


# ---------------------------------------------------------------------------------------- order


def tau_b(both: Sequence[tuple[Fraction, Fraction]]) -> float | None:
    """Kendall's tau-b by counting pairs."""
    count = Counter(_agree(a, b) for a, b in combinations(both, 2))
    one, other = (
        count["same"] + count["against"] + count["tie y"],
        count["same"] + count["against"] + count["tie x"],
    )
    return (count["same"] - count["against"]) / (one * other) ** 0.5 if one and other else None


def _agree(a: tuple[Fraction, Fraction], b: tuple[Fraction, Fraction]) -> str:
    if a[0] == b[0]:
        return "tie" if a[1] == b[1] else "tie x"
    if a[1] == b[1]:
        return "tie y"
    return "same" if (a[0] < b[0]) == (a[1] < b[1]) else "against"


def rho(both: Sequence[tuple[Fraction, Fraction]]) -> float | None:
    """Spearman's rho: the correlation of mean ranks."""
    series = [[one[k] for one in both] for k in (0, 1)]
    if len(both) < 2 or any(len(set(values)) == 1 for values in series):
        return None
    return correlation(*(_ranks(values) for values in series))


def _ranks(values: Sequence[Fraction]) -> list[float]:
    ordered = sorted(values)
    return [ordered.index(v) + (ordered.count(v) + 1) / 2 for v in values]
