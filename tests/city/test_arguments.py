"""Verdicts that one can argue with: other rules tried, what keeps a unit below the line, who is on which list."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest

from tests.city.conftest import SEED, run
from tests.support.city import last_year, standards, truth
from tests.support.city.folder import City
from tests.support.city.forms import Form
from tests.support.city.standards import items, units
from tests.support.city.truth import Rules


def verdicts(made: City, rules: Rules = truth.RULES) -> dict[str, str]:
    """Every verdict: of a county that of all of it."""
    found = {}
    for code, county in truth.counties(made.decisions, rules=rules).items():
        found[code] = county.verdict
        found |= {unit: one.verdict for unit, one in county.townships.items()}
    return found


TRIED = {
    ("pass_mark=85", "township_share=0.9"): Rules(pass_mark=Fraction(85), township_share=Fraction(9, 10)),
    ("dimension_share=70%", "veto_fails=false"): Rules(dimension_share=Fraction(7, 10), veto_fails=False),
}


@pytest.fixture(scope="module")
def experiments(folder: Path) -> dict[tuple[str, ...], dict]:
    """The JSON of `aggregate --what-if` for each of the tried rules."""
    return {changes: run("aggregate", folder, "--what-if", *changes) for changes in TRIED}


@pytest.mark.parametrize("changes", TRIED)
def test_who_flips(made: City, experiments: dict, changes: tuple[str, ...]) -> None:
    before, after = verdicts(made), verdicts(made, TRIED[changes])
    told = experiments[changes]["what_if"]
    seen = {flip["code"]: (flip["before"], flip["after"]) for flip in told["flips"]}
    assert seen == {code: (before[code], after[code]) for code in before if before[code] != after[code]}
    assert len(seen) > 5
    for level in ("county", "township"):
        for when, true in (("before", before), ("after", after)):
            counted = [verdict for code, verdict in true.items() if units()[code].level == level]
            assert told["totals"][level][when] == {v: counted.count(v) for v in ("pass", "fail", "pending")}


def test_up_to_which_pass_mark_a_county_passes(made: City, experiments: dict) -> None:
    """At the mark that is told it passes (or may pass); at the next higher score of any of its units it does not."""
    first = truth.counties(made.decisions)
    changes = next(iter(TRIED))
    rules = TRIED[changes]
    for limit in experiments[changes]["what_if"]["pass_marks"]:
        county = first[limit["code"]]
        scores = {one.score for one in (county.body, *county.townships.values()) if one.score is not None}
        marks = sorted({*scores, Fraction(0), Fraction(100)})
        body = units()[limit["code"]]
        found = {
            mark: truth.judged_county(made.decisions, body, rules=replace(rules, pass_mark=mark)).verdict
            for mark in marks
        }
        passing = [mark for mark, verdict in found.items() if verdict == "pass"]
        not_failing = [mark for mark, verdict in found.items() if verdict != "fail"]
        told = [None if limit[name] is None else Fraction(limit[name]) for name in ("certain", "possible")]
        assert told == [max(passing, default=None), max(not_failing, default=None)], limit


# ---------------------------------------------------------------------------------------- what keeps a unit below the line


def passes(form: Form, raised: dict[str, Decimal]) -> bool:
    changed = replace(form, scores={**form.scores, **raised})
    return truth.judged_by(changed, units()[form.unit]).verdict == "pass"


def points(form: Form, item: str) -> Decimal:
    number = truth.number(form.scores[item])
    assert number is not None
    return Decimal(number.numerator) / Decimal(number.denominator)


def test_the_smallest_set_of_items(made: City, experiments: dict) -> None:
    """It does; no smaller one does even at full marks; and where it is of one or two items, no cheaper one does."""
    told = {
        unit["code"]: unit
        for county in experiments[next(iter(TRIED))]["counties"]
        for unit in (county, *county["townships"])
    }
    failing = 0
    for code, unit in units().items():
        judged = truth.judged(made.decisions, unit)
        if judged.verdict != "fail" or judged.basis is None:
            continue
        failing += 1
        form = truth.counting(made.decisions, code, judged.basis)[0]
        remedy = told[code]["remedy"]
        steps = {step["item"]: Decimal(step["needed"]) for step in remedy["items"]}
        known = {item.id: item for item in items(unit.level)}
        assert all(steps[item] in known[item].choices and steps[item] > points(form, item) for item in steps)
        assert passes(form, steps)
        assert sum(steps[item] - points(form, item) for item in steps) == Decimal(remedy["points"])
        lost = [
            item
            for item in known
            if form.scores[item] != "不适用" and points(form, item) < known[item].maximum
        ]
        fewer = combinations(lost, len(steps) - 1)
        assert not any(passes(form, {item: known[item].maximum for item in chosen}) for chosen in fewer)
        if len(steps) <= 2:
            cheapest = min(_costs(form, known, lost, len(steps)))
            assert cheapest == Decimal(remedy["points"])
    assert failing >= 15


def _costs(form: Form, known: dict, lost: list[str], number: int):  # type: ignore[no-untyped-def]
    """The points of every choice of so many items and higher scores that does."""
    for chosen in combinations(lost, number):
        above = [[c for c in known[item].choices if c > points(form, item)] for item in chosen]
        targets = (
            [(one,) for one in above[0]] if number == 1 else [(a, b) for a in above[0] for b in above[1]]
        )
        for target in targets:
            if passes(form, dict(zip(chosen, target, strict=True))):
                yield sum(t - points(form, item) for item, t in zip(chosen, target, strict=True))


# ---------------------------------------------------------------------------------------- follow-up


def test_follow_up_lists(made: City, folder: Path, tmp_path: Path) -> None:
    """Priority for counties that pass; key checks for those that fail, and for those that failed until they pass."""
    past = last_year.last_year(SEED)
    # Last year two failed that are open or pass now, by the table that the bureau keeps.
    true = verdicts(made)
    bodies = [body.code for body in standards.bodies()]
    open_now = next(code for code in bodies if true[code] == "pending")
    passing_now = next(code for code in bodies if true[code] == "pass")
    past |= {
        code: replace(past.get(code, past["140702"]), verdict="fail") for code in (open_now, passing_now)
    }
    baseline = last_year.write_json(tmp_path / "results.json", past)
    told = run("aggregate", folder, "--baseline", baseline)["follow_up"]
    failed_then = {code for code in bodies if code in past and past[code].verdict == "fail"}
    lists = {
        name: {entry["code"] for entry in told[name]}
        for name in ("priority", "key_checks", "off", "undecided")
    }
    assert lists == {
        "priority": {code for code in bodies if true[code] == "pass"},
        "key_checks": {c for c in bodies if true[c] == "fail" or (true[c] == "pending" and c in failed_then)},
        "off": {code for code in failed_then if true[code] == "pass"},
        "undecided": {code for code in bodies if true[code] == "pending" and code not in failed_then},
    }
    changes = {entry["code"]: entry["change"] for entry in told["key_checks"]}
    assert changes == {
        c: "still" if c in failed_then else "new" if c in past else None for c in lists["key_checks"]
    }
