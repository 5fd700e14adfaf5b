"""What the units of the made-up sample inspection answer in their questionnaires. Part of `make_sample_sheets.py`.

Answers agree with the scores, except where a problem is planted. Numbers differ from unit to unit by their place in the
list, so nothing here is drawn at random.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from sample_forms import Sheet

Answers = dict[str, str | int | float]  # by question, or by question and part: Q11.villages

_WORDS = (
    "建立了“月初提醒、月中催报、月末核对”的台账登记办法，迟报明显减少。",
    "建议市局每年组织一次乡镇统计员业务培训。",
    "希望为乡镇配备统计专用计算机，村级统计员补助列入县级预算。",
    "",
    "把原始记录、台账、报表装在一个档案盒里，一月一盒，便于核对。",
    "乡镇统计员身兼数职，建议明确专职人员编制。",
    "",
)
_TROUBLES = ("A、C", "A、B、E", "C、D", "B", "A、F", "E", "A")


def answers_of(sheet: Sheet, place: int, villages: int, contact: str) -> Answers:
    """The answers of a unit, which agree with a sheet; `place` varies them from unit to unit."""
    own = _township(sheet, place, villages) if sheet.unit.township else _county(sheet, place, villages)
    return {
        "Q1": sheet.unit.full_name,
        "Q3": contact,
        "Q9": 1,
        "Q16": "AB"[place % 2],
        "Q17.persons": 4 + 3 * (place % 5),
        "Q21": _TROUBLES[place % len(_TROUBLES)],
        "Q22": _WORDS[place % len(_WORDS)],
        **own,
    }


def _full(sheet: Sheet, *keys: str) -> bool:
    return all(sheet.scores[key] == sheet.item(key).maximum for key in keys)


def _township(sheet: Sheet, place: int, villages: int) -> Answers:
    full_time = 0 if sheet.scores["T2.3"] == 2 else 1
    part_time = {6: 1 + place % 2, 4: 0, 2: 1}.get(int(sheet.scores["T2.3"]), 0)
    share = {3: 1.0, 2: 0.9, 1: 0.7}.get(int(sheet.scores["T2.4"]), 0.5)
    budget = _full(sheet, "T8.1")
    return {
        "Q2": "A" if _full(sheet, "T2.1") else "D",
        "Q5": full_time + part_time,
        "Q6": full_time,
        "Q7": part_time,
        "Q8": place % 3 if _full(sheet, "T2.5") else 2 + place % 3,
        "Q10": "A" if _full(sheet, "T2.2") else "B",
        "Q11.villages": villages,
        "Q11.staffed": ceil(villages * share),
        "Q13": round(2.4 + 0.35 * (place % 6), 2),
        "Q14": "A" if budget else "B",
        "Q15": 1 + place % 2,
        "Q17.times": 2 + place % 3,
        "Q18": _chosen(6 if _full(sheet, "T3.1") else 5, place),
        "Q19": ("C" if place % 2 else "B") if _full(sheet, "T6.3") else "A",
        "Q20": {3: 4 + place % 3, 2: 2 + place % 2, 1: 1}.get(int(sheet.scores["T5.2"]), 0),
    }


def _county(sheet: Sheet, place: int, townships: int) -> Answers:
    people = 9 + place % 4
    return {
        "Q2": "A",
        "Q4": people + 2,
        "Q5": people,
        "Q6": people - 1,
        "Q7": 1,
        "Q8": 2 + place % 4,
        "Q9": 5,
        "Q12.townships": townships,
        "Q12.staffed": townships - 1 - place % 2,
        "Q13": round(38.5 + 4.2 * (place % 3), 2),
        "Q14": "A",
        "Q15": people + place % 2,
        "Q17.times": {3: 4, 2: 3, 1: 1}.get(int(sheet.scores["C7.1"]), 0),
        "Q17.persons": 96 + 8 * place,
        "Q18": _chosen(8 if _full(sheet, "C3.2") else 7, place),
        "Q19": "C",
        "Q20": {4: 26, 3: 14, 2: 8, 1: 3}.get(int(sheet.scores["C5.2"]), 0),
    }


def _chosen(count: int, place: int) -> str:
    """So many of the systems; the last ones differ from unit to unit."""
    letters = "ABCDEFGH"[:count]
    return "、".join(letters if place % 3 or count > 6 else letters + "H")


def letters_of(answer: str | int | float) -> Sequence[str]:
    """The options of an answer to a question with several."""
    return [part for part in str(answer).split("、") if part]
