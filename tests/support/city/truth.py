"""The truth about verdicts, worked out from the decisions alone, in the plain words of the rules.

Nothing of the product is used, and its order of steps is not followed: a unit is judged by listing its faults.
All numbers are exact; those of the rules are written here once more, by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tests.support.city import standards
from tests.support.city.decisions import OPTIONAL, Decisions
from tests.support.city.forms import NOT_APPLICABLE, Entry, Form
from tests.support.city.standards import STAGES, Dimension, Item, Unit

EXCELLENT = Fraction(90)
_HAND_READ = {"4分": Decimal(4)}  # texts in score cells that are numbers without loss


@dataclass(frozen=True)
class Rules:
    """Who passes: the pass mark, the least share of every dimension and of townships, whether a veto item at 0 fails."""

    pass_mark: Fraction = Fraction(80)
    dimension_share: Fraction = Fraction(6, 10)
    township_share: Fraction = Fraction(8, 10)
    veto_fails: bool = True


RULES = Rules()


@dataclass(frozen=True)
class Judged:
    """A unit: its verdict, the stage that counted, its score in hundredths, points and share of each dimension, its faults."""

    verdict: str
    basis: str | None = None
    score: Fraction | None = None
    dimensions: Mapping[str, tuple[Fraction | None, Fraction, bool | None]] | None = None
    faults: tuple[str, ...] = ()
    grade: str | None = None


@dataclass(frozen=True)
class County:
    """A county: the verdict of all of it, its own body, its townships, and how many of them pass or are open."""

    verdict: str
    body: Judged
    townships: Mapping[str, Judged]
    passing: int
    pending: int


def number(entry: Entry) -> Fraction | None:
    """The points that an entry says; None where it says none."""
    entry = _HAND_READ.get(entry, entry) if isinstance(entry, str) else entry
    return Fraction(entry) if isinstance(entry, Decimal) else None


def usable(entry: Entry, item: Item, unit: str) -> bool:
    """Points from 0 to the maximum; 不适用 only for a unit to which the item does not apply."""
    if entry == NOT_APPLICABLE:
        return unit in item.na
    points = number(entry)
    return points is not None and 0 <= points <= item.maximum


def counting(decisions: Decisions, unit: str, stage: str) -> list[Form]:
    """The different forms of a unit and stage between which nobody has decided: one, where all is well."""
    found: list[Form] = []
    for (code, at, _), form in decisions.forms.items():
        if (code, at) != (unit, stage) or any(dict(form.scores) == dict(other.scores) for other in found):
            continue
        found.append(form)
    chosen = decisions.decided.get(unit) if stage == "self" else None
    return found if chosen is None else [decisions.forms[chosen]]


def judged(decisions: Decisions, unit: Unit, stages: Sequence[str] = STAGES, rules: Rules = RULES) -> Judged:
    """A unit by its highest complete stage (of some stages)."""
    for stage in reversed(stages):
        forms = counting(decisions, unit.code, stage)
        if len(forms) > 1:
            return Judged("pending")
        if forms and complete(forms[0]):
            return judged_by(forms[0], unit, rules)
    return Judged("pending")


def complete(form: Form) -> bool:
    """Whether every item of a form is usable."""
    return all(usable(form.scores[item.id], item, form.unit) for item in standards.items(form.level))


def judged_by(form: Form, unit: Unit, rules: Rules = RULES) -> Judged:
    """A unit by one complete form."""
    dimensions = standards.rubric(unit.level)
    points = {d.id: _points(form, d.items) for d in dimensions}
    got = sum((p for p, _ in points.values()), Fraction(0))
    applying = sum((m for _, m in points.values()), Fraction(0))
    score = got if applying == 100 else cents(got * 100 / applying)
    faults = ["total"] if score < rules.pass_mark else []
    faults += [f"short {d.id}" for d in dimensions if _short(points[d.id], rules)]
    faults += [
        f"veto {i.id}"
        for i in standards.items(unit.level)
        if i.veto and rules.veto_fails and number(form.scores[i.id]) == 0
    ]
    grade = "未达标" if faults else "优秀" if score >= EXCELLENT else "达标"
    shown = {d.id: _shown(d, points[d.id], rules) for d in dimensions}
    return Judged("fail" if faults else "pass", form.stage, score, shown, tuple(faults), grade)


def _points(form: Form, items: tuple[Item, ...]) -> tuple[Fraction, Fraction]:
    pairs = [(number(form.scores[item.id]), Fraction(item.maximum)) for item in items]
    known = [(got, maximum) for got, maximum in pairs if got is not None]
    return sum((got for got, _ in known), Fraction(0)), sum((maximum for _, maximum in known), Fraction(0))


def _short(points: tuple[Fraction, Fraction], rules: Rules) -> bool:
    got, maximum = points
    return maximum > 0 and got / maximum < rules.dimension_share


def _shown(
    dimension: Dimension, points: tuple[Fraction, Fraction], rules: Rules
) -> tuple[Fraction | None, Fraction, bool | None]:
    got, maximum = points
    return (got, maximum, not _short(points, rules)) if maximum else (None, Fraction(0), None)


def cents(value: Fraction) -> Fraction:
    """Half up to two places."""
    return rounded(value, 2)


def rounded(value: Fraction, places: int) -> Fraction:
    """Half up to some places, away from zero."""
    size = int(abs(value) * 10**places + Fraction(1, 2))
    return Fraction(size if value > 0 else -size, 10**places)


def counties(decisions: Decisions, stages: Sequence[str] = STAGES, rules: Rules = RULES) -> dict[str, County]:
    """Every county: it passes when its body and four fifths of its townships do, whatever the open ones turn out to be."""
    return {body.code: judged_county(decisions, body, stages, rules) for body in standards.bodies()}


def judged_county(
    decisions: Decisions, body: Unit, stages: Sequence[str] = STAGES, rules: Rules = RULES
) -> County:
    """One county with its townships."""
    own = judged(decisions, body, stages, rules)
    inside = list(standards.townships(body.code))
    optional = standards.units()[OPTIONAL]
    if optional.county == body.code and any(unit == OPTIONAL for unit, _, _ in decisions.forms):
        inside.append(optional)
    townships = {unit.code: judged(decisions, unit, stages, rules) for unit in inside}
    verdicts = [one.verdict for one in townships.values()]
    passing, pending = verdicts.count("pass"), verdicts.count("pending")
    worst = own.verdict == "pass" and (
        not verdicts or Fraction(passing, len(verdicts)) >= rules.township_share
    )
    best = own.verdict != "fail" and (
        not verdicts or Fraction(passing + pending, len(verdicts)) >= rules.township_share
    )
    return County("pass" if worst else "pending" if best else "fail", own, townships, passing, pending)


def ranks(scores: Mapping[str, Fraction | None]) -> dict[str, int | None]:
    """The rank of each: one more than there are better ones; without a score there is none."""
    known = [score for score in scores.values() if score is not None]
    return {
        code: None if score is None else 1 + sum(other > score for other in known)
        for code, score in scores.items()
    }
