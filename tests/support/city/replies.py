"""What the units of the made-up city answer on the questionnaire: in keeping with their scores, but for a known few."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tests.support.city import standards
from tests.support.city.standards import Unit

Ref = tuple[str, str | None]  # a question, and the part of it
LETTERS = "ABCDEFGH"


@dataclass(frozen=True)
class Reply:
    """One answer: a number, letters (none of them: 无), or a text; `blank` where nothing is written at all.

    `written` is what stands in the cell instead, where that is not the plain answer.
    """

    number: Decimal | None = None
    choices: tuple[str, ...] | None = None
    text: str = ""
    written: str | None = None

    @property
    def blank(self) -> bool:
        return self.number is None and self.choices is None and not self.text and self.written is None


Replies = dict[Ref, Reply]
SINGLE = {"Q2": 5, "Q10": 2, "Q14": 4, "Q16": 4, "Q19": 4}  # and how many options they have
MULTIPLE = {"Q18": 8, "Q21": 7}
PARTS = {"Q11": ("villages", "staffed"), "Q12": ("townships", "staffed"), "Q17": ("times", "persons")}
ASKED = {
    "county": [q for q in range(1, 23) if q not in (10, 11)],
    "township": [q for q in range(1, 23) if q not in (4, 12)],
}
OPINIONS = (
    "建议多办业务培训", "建议增加统计工作经费。", "建立了“一户一档”台账，做到数出有据", "希望统一台账样式", "建议多办业务培训。", "无",
)  # fmt: skip
OTHER_DIFFICULTIES = ("年轻人留不住", "企业配合不够", "兼职太多")


def refs(level: str) -> list[Ref]:
    """Everything that a level is asked, in order."""
    found: list[Ref] = []
    for n in ASKED[level]:
        question = f"Q{n}"
        found += [(question, part) for part in PARTS.get(question, (None,))]
    return found


def replies(rng: random.Random, unit: Unit, marks: Mapping[str, Decimal], contact: str) -> Replies:
    """What a unit answers that stands by these scores."""
    found: Replies = {
        ("Q1", None): Reply(text=standards.full_name(unit.code)),
        ("Q3", None): Reply(text=contact),
    }
    own = _county if unit.level == "county" else _township
    for question, answer in own(rng, unit, marks).items():
        name, _, part = question.partition(".")
        found[name, part or None] = answer
    found["Q8", None] = _number(rng.choice((0, 0, 1)))
    found["Q9", None] = _number(rng.randint(0, int(found["Q5", None].number or 0)))
    hard = _chosen(rng, 7, rng.choice((0, 1, 1, 2, 3)))
    other = rng.choice(OTHER_DIFFICULTIES) if "G" in hard else ""
    found["Q21", None] = Reply() if rng.random() < 0.1 else Reply(choices=hard, text=other)
    found["Q22", None] = Reply(text=rng.choice(OPINIONS)) if rng.random() < 0.6 else Reply()
    assert set(found) == set(refs(unit.level)), set(found) ^ set(refs(unit.level))
    return found


def _number(value: int | Decimal | str) -> Reply:
    return Reply(number=Decimal(value))


def _letter(rng: random.Random, letters: str) -> Reply:
    return Reply(choices=(rng.choice(letters),))


def _chosen(rng: random.Random, of: int, count: int) -> tuple[str, ...]:
    return tuple(sorted(rng.sample(LETTERS[:of], count)))


def _staff(full_time: int, part_time: int) -> dict[str, Reply]:
    return {"Q5": _number(full_time + part_time), "Q6": _number(full_time), "Q7": _number(part_time)}


def _township(rng: random.Random, unit: Unit, marks: Mapping[str, Decimal]) -> dict[str, Reply]:
    full_time = {6: rng.randint(1, 2), 4: 1, 2: 0, 0: 0}[int(marks["T2.3"])]
    part_time = {6: rng.randint(1, 3), 4: 0, 2: rng.randint(1, 2), 0: 0}[int(marks["T2.3"])]
    villages = rng.randint(10, 40)
    share = {3: 100, 2: 92, 1: 75, 0: 50}[int(marks["T2.4"])]
    staffed = -(-villages * share // 100)  # the least whole number that reaches the share
    money = Decimal(rng.randint(50, 1200)) / 100 if marks["T8.1"] else Decimal(0)
    missing = int((4 - marks["T3.1"]) * 2)
    systems = _chosen(rng, 6, max(0, 6 - missing))
    return {
        "Q2": _letter(rng, {3: "ABC", 2: "BC", 1: "D", 0: "E"}[int(marks["T2.1"])]),
        **_staff(full_time, part_time),
        "Q10": _letter(rng, "A" if marks["T2.2"] else "B"),
        "Q11.villages": _number(villages),
        "Q11.staffed": _number(staffed),
        "Q13": _number(money),
        "Q14": _letter(rng, {5: "AC", 3: "B", 0: "D"}[int(marks["T8.1"])]),
        "Q15": _number(rng.randint(1, 3) if marks["T6.1"] else 0),
        "Q16": _letter(rng, "AB" if marks["T6.2"] == 3 else "C" if marks["T6.2"] else "D"),
        "Q17.times": _number(rng.randint(4, 9)),
        "Q17.persons": _number(rng.randint(10, 120)),
        "Q18": Reply(choices=systems if missing or rng.random() < 0.5 else (*systems, "G", "H")),
        "Q19": _letter(rng, "BC" if marks["T6.3"] else "A"),
        "Q20": _number({3: rng.randint(4, 12), 2: rng.randint(2, 3), 1: 1, 0: 0}[int(marks["T5.2"])]),
    }


def _county(rng: random.Random, unit: Unit, marks: Mapping[str, Decimal]) -> dict[str, Reply]:
    posts = rng.randint(15, 40)
    share = {4: 95, 3: 85, 2: 70, 0: 50}[int(marks["C2.2"])]
    staff = -(-posts * share // 100)
    part_time = rng.randint(0, 3)
    townships = len(standards.townships(unit.code))
    missing = int((4 - marks["C3.2"]) * 2)
    computers = max(0, staff - int((3 - marks["C6.1"]) * 2))
    times = {3: rng.randint(4, 8), 2: 3, 1: rng.randint(1, 2), 0: 0}[int(marks["C7.1"])]
    written = {
        4: rng.randint(24, 60),
        3: rng.randint(12, 23),
        2: rng.randint(6, 11),
        1: rng.randint(1, 5),
        0: 0,
    }
    return {
        "Q2": _letter(rng, "A" if marks.get("C2.1") else "BC"),
        "Q4": _number(posts),
        **_staff(staff - part_time, part_time),
        "Q12.townships": _number(townships),
        "Q12.staffed": _number(rng.randint(townships // 2, townships)),
        "Q13": _number(Decimal(rng.randint(3000, 30000)) / 100 if marks["C8.1"] else 0),
        "Q14": _letter(rng, "A" if marks["C8.1"] else "D"),
        "Q15": _number(computers),
        "Q16": _letter(rng, "A" if marks["C6.2"] == 3 else "AB"),
        "Q17.times": _number(times),
        "Q17.persons": _number(times * rng.randint(20, 90)),
        "Q18": Reply(choices=_chosen(rng, 8, max(0, 8 - missing))),
        "Q19": _letter(rng, "BC" if marks["C6.4"] else "A"),
        "Q20": _number(written[int(marks["C5.2"])]),
    }


def chosen(found: Sequence[Replies], ref: Ref, letter: str) -> int:
    """How many of some questionnaires chose an option."""
    return sum(letter in (one[ref].choices or ()) for one in found if ref in one)
