"""The checks of the fields around a form, as formulas: the day, names of people, telephone numbers.

Their texts are taken apart in cells behind the column of checks (`Desk`), one step a cell. What is compared is what the rules U321 to
U336 compare; spellings that people hardly use (docs/forms.md lists them) are asked for again in a plainer one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from huitoukan.output.form_checks import Check
from huitoukan.output.form_entry import DAY_ZERO
from huitoukan.output.form_formulas import (
    DIGITS,
    MARKS,
    any_of,
    array,
    chosen,
    first_of,
    has_any,
    is_listed,
    is_number,
    listed,
    only,
    squeezed,
    without,
)
from huitoukan.rules.people import NOBODY, OFFICES

# Puts a formula, or a text to compare with, into the next free cell of the working, and returns that cell.
Desk = Callable[[str], str]

_PEOPLE = 3  # groups of names, with marks between them, that are looked at in one field
_DAYS_FROM, _DAYS_TO = date(2000, 1, 1), date(2100, 1, 1)
_PHONE_MARKS = (" ", "\u3000", "-", "—", "－", "–", "(", ")", "（", "）", "+")
_NO_LETTERS = "".join(mark for mark in MARKS if mark not in "·•.")
_LINES = "_＿-—/、,，.。:：　 "


# ---------------------------------------------------------------------------------------------------------- the day


def day_checks(
    cell: str, first: date, last: date, desk: Desk, keep: Desk, words: tuple[str, str, str]
) -> list[Check]:
    """The checks of the day of a form; `words`: what is said of a blank, of what is no day, and of one outside the window."""
    day = desk(_day(cell, desk, keep))
    missing, unreadable, outside = words
    window = f"AND({day}>={_serial(first)},{day}<={_serial(last)})"
    printed = only(without(squeezed(cell), ("年", "月", "日")), keep(_LINES))
    return [
        Check(("U321",), f"AND(NOT(ISNUMBER({cell})),{printed})", missing),
        Check(("U322", "U324"), f"{day}=0", unreadable),
        Check(("U323", "U325"), f"NOT({window})", outside),
    ]


def _serial(day: date) -> int:
    return (day - DAY_ZERO).days


def _day(cell: str, desk: Desk, keep: Desk) -> str:
    """The day in a cell as a serial number: a day, 20240520, or year, month and day with marks between them; else 0."""
    text = without(squeezed(cell), ("年", "月", "/", ".", "。", "．", "、", ",", "，", "·", "－", "／"), "-")
    text = desk(without(text, ("日", "号")))
    first = desk(f'IFERROR(FIND("-",{text}),0)')
    second = desk(f'IF({first}=0,0,IFERROR(FIND("-",{text},{first}+1),0))')
    whole = f"AND(LEN({text})=8,{only(text, keep(DIGITS))})"
    parts = (
        f"IF({whole},LEFT({text},4),LEFT({text},{first}-1))",
        f"IF({whole},MID({text},5,2),MID({text},{first}+1,{second}-{first}-1))",
        f"IF({whole},RIGHT({text},2),MID({text},{second}+1,9))",
    )
    year, month, day = (desk(f'IFERROR({part},"")') for part in parts)
    number = f"LEN({year})*LEN({month})*LEN({day})>0"
    digits = only(f"{year}&{month}&{day}", keep(DIGITS))
    lengths = f"AND(OR(LEN({year})=4,LEN({year})=2),LEN({month})<=2,LEN({day})<=2,{number},{digits})"
    full = f"VALUE({year})+IF(LEN({year})=2,2000,0)"
    made = desk(f"IFERROR(IF({lengths},DATE({full},VALUE({month}),VALUE({day})),0),0)")
    real = f"IF({made}=0,0,IF(AND(MONTH({made})=VALUE({month}),DAY({made})=VALUE({day})),{made},0))"
    serial = f"AND({is_number(cell)},{cell}>={_serial(_DAYS_FROM)},{cell}<{_serial(_DAYS_TO)})"
    return f"IFERROR(IF({serial},INT({cell}),{real}),0)"


# ---------------------------------------------------------------------------------------------------------- names


@dataclass(frozen=True, slots=True)
class People:
    """The names in a field: whether anything is written there, the cells of what may be names, and those that are some."""

    written: str
    names: tuple[str, ...]
    valid: tuple[str, ...]


def people_in(cell: str, desk: Desk, keep: Desk) -> People:
    """Take the names in a field apart: two words of each of the first groups."""
    text = without(without(cell, ("(", "[", "【", "〔"), "（"), (")", "]", "】", "〕"), "）")
    text = desk(without(text, ("CHAR(10)", "\u3000", "\u00a0"), " "))
    # What stands in brackets is no name: （签字）.
    text = desk(f'IFERROR(LEFT({text},FIND("（",{text})-1)&" "&MID({text},FIND("）",{text})+1,200),{text})')
    written = f"NOT({only(squeezed(text), keep(_LINES))})"
    apart = without(
        text,
        (",", "，", ";", "；", ":", "：", "/", "／", "|", "&", "+", "-", "—", "（", "）", "_", "＿"),
        "、",
    )
    apart = desk(without(apart, tuple(DIGITS), "、"))
    names, valid = [], []
    for n in range(_PEOPLE):
        group = desk(f'TRIM(MID(SUBSTITUTE({apart},"、",REPT(" ",60)),{60 * n + 1},60))')
        for name in map(desk, _two_words(group)):
            names.append(name)
            valid.append(desk(_is_name(name, keep)))
    return People(written, tuple(names), tuple(valid))


def _two_words(group: str) -> tuple[str, str]:
    """What stands between two marks as a word and the rest; single characters with a blank between them are one (王 伟)."""
    close = f'SUBSTITUTE({group}," ","")'
    first = f'FIND(" ",{group}&" ")'
    apart = f"LEN({group})=2*LEN({close})-1"
    return (
        chosen([(apart, close)], f"LEFT({group},{first}-1)"),
        chosen([(apart, '""')], f"MID({group},{first}+1,60)"),
    )


def _is_name(name: str, keep: Desk) -> str:
    """Whether a text may be a name: two letters or more, no office, nobody's word (同上), not XXX."""
    ends = f"RIGHT({name},{_lengths(OFFICES)})={array(OFFICES)}"
    conditions = (
        f"LEN({name})>=2",
        f"NOT({is_listed(name, keep(listed(sorted(NOBODY))))})",
        f'ISERROR(FIND("某",{name}))',
        f"{name}<>REPT(LEFT({name},1),LEN({name}))",
        f"NOT({any_of(ends)})",
        f"NOT({has_any(name, keep(_NO_LETTERS))})",
    )
    return f"IF(AND({','.join(conditions)}),1,0)"


def _lengths(words: tuple[str, ...]) -> str:
    return "{" + ",".join(str(len(word)) for word in words) + "}"


def people_checks(people: People, missing: str, implausible: str, codes: tuple[str, str]) -> list[Check]:
    """The checks of a field that must hold somebody's name."""
    return [
        Check(codes[:1], f"NOT({people.written})", missing),
        Check(codes[1:], f"({'+'.join(people.valid)})=0", implausible),
    ]


def same_person(people: People, others: People) -> str:
    """Whether a name stands in both of two fields."""
    pairs = [
        f"AND({own_valid}=1,{other_valid}=1,{own}={other})"
        for own, own_valid in zip(people.names, people.valid, strict=True)
        for other, other_valid in zip(others.names, others.valid, strict=True)
    ]
    return f"OR({','.join(pairs)})"


# ---------------------------------------------------------------------------------------------------------- telephones


def phone_checks(cell: str, desk: Desk, keep: Desk, missing: str, implausible: str) -> list[Check]:
    """The checks of a telephone number."""
    return [
        Check(("U333",), only(squeezed(cell), keep(_LINES)), missing),
        Check(("U334",), f"NOT({holds_phone(cell, desk)})", implausible),
    ]


def holds_phone(cell: str, desk: Desk) -> str:
    """Whether a text holds a number that may be a telephone's: the first one in it, with or without an extension."""
    # Behind the second dash stands an extension, or the rest of the number.
    short = desk(f'IFERROR(LEFT({cell},FIND("-",{cell},FIND("-",{cell})+1)-1),{cell}&"")')
    return f"OR({_is_phone(_number(cell, desk))},{_is_phone(_number(short, desk))})"


def _number(cell: str, desk: Desk) -> str:
    """The digits that follow each other from the first one in a text, marks between them left out."""
    close = desk(without(cell, _PHONE_MARKS))
    tail = desk(f"MID({close},{first_of(close, DIGITS)},40)")
    first_other = f'SUMPRODUCT(--ISNUMBER(--LEFT({tail}&"x",ROW($1:$20))))'
    return desk(f"LEFT({tail},{first_other})")


def _is_phone(number: str) -> str:
    mobile = f'AND(LEN({number})=11,LEFT({number},1)="1",MID({number},2,1)>="3")'
    abroad = f'AND(OR(LEFT({number},3)="861",LEFT({number},5)="00861"),OR(LEN({number})=13,LEN({number})=15))'
    area = f'AND(LEFT({number},1)="0",LEN({number})>=11,LEN({number})<=12)'
    service = f'AND(LEN({number})=10,OR(LEFT({number},3)="400",LEFT({number},3)="800"))'
    local = f'AND(LEFT({number},1)>="2",LEN({number})>=7,LEN({number})<=8)'
    several = f"{number}<>REPT(LEFT({number},1),LEN({number}))"
    return f"AND({several},OR({mobile},{abroad},{area},{service},{local}))"
