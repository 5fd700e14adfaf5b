"""The truth about gaps between stages that stand out: the modified z-score of Iglewicz and Hoaglin, by the book.

All other suspicions are planted (see `decisions`); these follow from what lenient counties and overturned units are.
"""

from __future__ import annotations

from fractions import Fraction
from statistics import mean, median

from tests.support.city import standards
from tests.support.city.folder import City, Found
from tests.support.city.standards import units
from tests.support.city.truth import counting, number, usable

_LEAST_UNITS, _LEAST_POINTS, _DEVIATIONS, _FAR = 8, 5, 3.5, 10


def gaps(made: City, earlier: str, later: str) -> dict[str, Fraction]:
    """How far the earlier stage of each unit lies above the later one, in points of 100 of the items scored at both."""
    found = {}
    for code, unit in units().items():
        forms = [counting(made.decisions, code, stage) for stage in (earlier, later)]
        if any(len(one) != 1 for one in forms):
            continue
        [[first], [second]] = forms
        both = [
            i
            for i in standards.items(unit.level)
            if all(_points(form, i) is not None for form in (first, second))
        ]
        whole = sum(Fraction(item.maximum) for item in both)
        apart = sum((_points(first, i) or 0) - (_points(second, i) or 0) for i in both)
        found[code] = Fraction(apart) * 100 / whole
    return found


def _points(form, item) -> Fraction | None:  # type: ignore[no-untyped-def]
    return number(form.scores[item.id]) if usable(form.scores[item.id], item, form.unit) else None


def standing_out(values: dict[str, Fraction]) -> dict[str, Fraction]:
    """The gaps that are large beside the others, or by themselves."""
    numbers = [float(value) for value in values.values()]
    middle = median(numbers)
    deviation = median(abs(value - middle) for value in numbers)
    # 0.6745 (x - median) / MAD; where the MAD is 0, (x - median) / (1.2533 × the mean absolute deviation).
    scale = deviation / 0.6745 if deviation else 1.253314 * mean(abs(value - middle) for value in numbers)
    odd = {}
    for unit, gap in values.items():
        z = (float(gap) - middle) / scale if scale and len(numbers) >= _LEAST_UNITS else 0
        outlier = abs(z) >= _DEVIATIONS and abs(gap) >= _LEAST_POINTS and (z > 0) == (gap > 0)
        if outlier or abs(gap) >= _FAR:
            odd[unit] = gap
    return odd


def full_marks(made: City) -> set[Found]:
    """The forms on which every item has its maximum."""
    found: set[Found] = set()
    for (unit, stage, version), form in made.decisions.forms.items():
        points = {item.id: item.maximum for item in standards.items(form.level)}
        if not version and dict(form.scores) == points:
            spot = made.spots[unit, stage, 0]
            found.add(("I706", spot.file, spot.sheet, f"{unit} {stage}"))
    return found


def expected(made: City) -> set[Found]:
    """Everything that I706 and I713-I715 must say: what one form shows by itself (S431, S432, I711) is not told again."""
    told_there = {
        (key[0], key[1])
        for key in (one.form for one in made.decisions.planted if one.code in ("S431", "S432", "I711"))
        if key
    }
    found = full_marks(made)
    for earlier, later in (("self", "county"), ("self", "city"), ("county", "city")):
        for unit, gap in standing_out(gaps(made, earlier, later)).items():
            spot = made.spots[unit, later, 0]
            code = "I715" if earlier == "county" else "I713" if gap > 0 else "I714"
            if (unit, later) not in told_there:
                found.add((code, spot.file, spot.sheet, f"{unit} {later}"))
    return found
