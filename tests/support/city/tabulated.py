"""The truth about questionnaires: who answered, and every question counted over every group, from the replies alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from tests.support.city import standards
from tests.support.city.folder import City
from tests.support.city.papers import OPTIONS
from tests.support.city.replies import ASKED, LETTERS, MULTIPLE, SINGLE, Ref, Replies, Reply, refs
from tests.support.city.standards import Unit, units
from tests.support.city.truth import rounded

TEXTS = ("Q1", "Q3", "Q22")
Group = tuple[str, str | None, str | None]  # by what, which, of which level
RATIOS = {  # what is divided by what; None: by the number of units
    ("Q6", "Q5"), ("Q9", "Q5"), ("Q11.staffed", "Q11.villages"), ("Q12.staffed", "Q12.townships"), ("Q13", "units"), ("Q13", "Q5"),
    ("Q15", "Q5"),
}  # fmt: skip


def counting(made: City) -> dict[str, Replies]:
    """The questionnaires that count: of a unit that sent two different ones, none does."""
    return {
        unit: found for unit, found in made.papers.questionnaires.items() if unit not in made.papers.second
    }


def groups(made: City) -> Iterator[tuple[Group, Callable[[Unit], bool]]]:
    """All groups, and who belongs to each."""
    yield ("all", None, None), lambda unit: True
    for level in ("county", "township"):
        yield ("level", level, level), lambda unit, level=level: unit.level == level
    for body in standards.bodies():
        yield ("county", body.code, None), lambda unit, code=body.code: unit.county == code
        for level in ("county", "township"):
            yield (
                ("county", body.code, level),
                lambda unit, code=body.code, level=level: (unit.county, unit.level) == (code, level),
            )
    for kind in ("乡", "镇", "街道"):
        yield (
            ("type", kind, "township"),
            lambda unit, kind=kind: (unit.level, unit.kind) == ("township", kind),
        )


def results(made: City) -> dict[tuple[str, Group], dict]:
    """Every question over every group that is asked it and has anybody in it."""
    sent, found = counting(made), {}
    for group, belongs in groups(made):
        inside = {unit: replies for unit, replies in sent.items() if belongs(units()[unit])}
        levels = {units()[unit].level for unit in inside}
        for ref in dict.fromkeys((*refs("county"), *refs("township"))):
            asked = {level for level in ASKED if int(ref[0][1:]) in ASKED[level]}
            by, _, level = group
            mixed = by == "county" and level is None
            if (
                inside
                and (asked & levels if not mixed else len(asked) > 1)
                and (level is None or level in asked)
            ):
                found[".".join(filter(None, ref)), group] = _result(ref, inside)
    return found


def _result(ref: Ref, inside: dict[str, Replies]) -> dict:
    question = ref[0]
    asked = {unit: replies[ref] for unit, replies in inside.items() if ref in replies}
    answered = {unit: reply for unit, reply in asked.items() if _answered(question, reply)}
    blank = sum(reply.blank for reply in asked.values())
    told: dict = {
        "units": len(inside), "answered": len(answered), "missing": blank,
        "unreadable": len(asked) - len(answered) - blank, "not_asked": len(inside) - len(asked),
    }  # fmt: skip
    if question in SINGLE or question in MULTIPLE:
        chosen = {
            letter: [u for u, r in answered.items() if letter in (r.choices or ())]
            for letter in LETTERS[: len(OPTIONS[question])]
        }
        told["options"] = {
            letter: (len(own), rounded(Fraction(len(own), len(answered)), 4) if answered else None, {*own})
            for letter, own in chosen.items()
        }
        told["none"] = {unit for unit, reply in answered.items() if not reply.choices}
    elif question not in TEXTS:
        told["numbers"] = _figures(
            {unit: Fraction(reply.number) for unit, reply in answered.items() if reply.number is not None}
        )
    return told


def _answered(question: str, reply: Reply) -> bool:
    if reply.written is not None:
        return False  # what is written there is no number, or two letters where one is asked
    return not reply.blank


def _figures(numbers: dict[str, Fraction]) -> dict | None:
    if not numbers:
        return None
    ordered = sorted(numbers.values())
    return {
        "sum": sum(ordered), "mean": rounded(sum(ordered) / len(ordered), 4), "min": ordered[0], "max": ordered[-1],
        "q1": quantile(ordered, Fraction(1, 4)), "median": quantile(ordered, Fraction(1, 2)), "q3": quantile(ordered, Fraction(3, 4)),
        "zeros": ordered.count(Fraction(0)), "few": len(ordered) < 5,
        "min_units": {unit for unit, value in numbers.items() if value == ordered[0]},
        "max_units": {unit for unit, value in numbers.items() if value == ordered[-1]},
    }  # fmt: skip


def quantile(ordered: Sequence[Fraction], share: Fraction) -> Fraction:
    """QUARTILE.INC of a spreadsheet: in proportion between the two numbers around (n - 1) × share."""
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] * (1 - (place - low)) + ordered[high] * (place - low)


def ratios(made: City) -> dict[tuple[str, str, Group], tuple[int, Fraction, Fraction]]:
    """Every ratio over every group: of how many units, and the two sums."""
    sent, found = counting(made), {}
    for group, belongs in groups(made):
        inside = [replies for unit, replies in sent.items() if belongs(units()[unit])]
        for of, per in RATIOS:
            pairs = [
                (_value(replies, of), Fraction(1) if per == "units" else _value(replies, per))
                for replies in inside
            ]
            known = [(a, b) for a, b in pairs if a is not None and b is not None]
            found[of, per, group] = (len(known), sum(a for a, _ in known), sum(b for _, b in known))
    return found


def _value(replies: Replies, name: str) -> Fraction | None:
    question, _, part = name.partition(".")
    reply = replies.get((question, part or None))
    return None if reply is None or reply.number is None else Fraction(reply.number)


def response(made: City, county: str | None, level: str | None) -> dict[str, set[str]]:
    """Who owed a questionnaire (whoever was checked) and what came of it."""
    checked = {unit for unit, stage, _ in made.spots if stage != "self"}
    wanted = {u.code for u in units().values() if county in (None, u.county) and level in (None, u.level)}
    sent = {*counting(made)}
    return {
        "due": checked & wanted, "received": checked & sent & wanted, "unusable": {*made.papers.second} & checked & wanted,
        "missing": (checked - sent - {*made.papers.second}) & wanted, "extra": (sent - checked) & wanted,
    }  # fmt: skip
