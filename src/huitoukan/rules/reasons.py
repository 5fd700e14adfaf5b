"""What a reason for a deduction says: nothing at all, that nothing was deducted, or how many points were.

Offices write these in a hundred ways. Whatever is not understood is not judged: a rule may only speak where the words
leave no other reading.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from huitoukan.intake.numerals import numeral_in

_LONGEST = 300  # characters that are interpreted; what is longer is a report, not a reason
_MARKS = re.compile(r"[\W_]+")
_CLAUSE_END = re.compile(r"[\s,，。;；、:：!！()（）]+")


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    """A reason as it is read: its beginning, full width folded, without characters that do not show."""
    folded = unicodedata.normalize("NFKC", text[:_LONGEST])
    return "".join(c for c in folded if unicodedata.category(c) != "Cf").strip()


@lru_cache(maxsize=64)
def bare_words(words: tuple[str, ...]) -> frozenset[str]:
    """A list of the rubric's words without marks, as they are compared."""
    return frozenset(_MARKS.sub("", _folded(word)) for word in words)


# ---------------------------------------------------------------------------------------------------------- nothing

_NUMBER_ONLY = re.compile(r"(?:扣分?|扣[减除]|减|-|—)*[\d.]+分?|[xXvV]+")
_AS_ELSEWHERE = re.compile(r"同(?:[上前左]|第?[\dA-Za-z.一二三四五六七八九十]+)[一项条款行栏面列述]*")


@lru_cache(maxsize=4096)
def says_nothing(text: str, fillers: frozenset[str]) -> bool:
    """Whether a text is only a filler: a word of the rubric's list, marks, a bare number, “as above”."""
    folded = _folded(text).replace(" ", "")
    bare = _MARKS.sub("", folded)
    return (
        not bare or bare in fillers or bool(_NUMBER_ONLY.fullmatch(folded) or _AS_ELSEWHERE.fullmatch(folded))
    )


# ---------------------------------------------------------------------------------------------------------- no deduction

_NOTHING_LOST = re.compile(r"(?:不予?|未|免|无需?|没有|无须)(?:扣|失|减)[分减除]*|扣分?为?0分?|-?0分?")
_NEGATION = re.compile(r"(?:无|未发现|没有发现|未出现|不存在|没有|未见)(?:任何|其他|其它|明显)?")
_NEGATIVE = re.compile(r"[不未没无缺漏迟差欠逾错虚]|较少")
_POINTER = re.compile(r"[详可]?见\S+")


@lru_cache(maxsize=4096)
def claims_no_deduction(text: str, praise: frozenset[str], faults: frozenset[str]) -> bool:
    """Whether a text beside full marks says just that: nothing deducted, no fault found, or praise, in every clause.

    `praise` are words that are good news, `faults` what there may be none of. Negated praise (不符合要求) is none.
    """
    folded = _folded(text)
    if _NOTHING_LOST.fullmatch(re.sub(r"[:：\s]", "", folded)):  # 扣分：0
        return True
    clauses = [clause for clause in _CLAUSE_END.split(folded) if clause]
    return all(_is_harmless(clause, praise, faults) for clause in clauses)


def _is_harmless(clause: str, praise: frozenset[str], faults: frozenset[str]) -> bool:
    if clause in praise or _NOTHING_LOST.fullmatch(clause) or _POINTER.fullmatch(clause):
        return True
    negation = _NEGATION.match(clause)
    if negation:
        rest = clause[negation.end() :]
        for fault in sorted(faults, key=len, reverse=True):
            rest = rest.replace(fault, "")
        return not rest.strip("此和及或的等")
    return not _NEGATIVE.search(clause) and any(word in clause for word in praise)


# ---------------------------------------------------------------------------------------------------------- points

_CHINESE_NUMBER = "[零〇一二两三四五六七八九十半点]"
_POINTS = rf"(?:\d{{1,3}}(?:\.\d{{1,4}})?|{_CHINESE_NUMBER}{{1,5}}(?=分))"
_MEASURE = "人名次天张家笔个项处本台篇户册份条类村期日月年度例起套"
_LOST = re.compile(
    rf"(?P<total>共计?|合计|总计|累计|总共|实际?|计|[=＝])?\s*(?:被|应|已)?(?P<word>扣除?分?|扣减|减分?|失分?)?[去了掉:：为\s]*"
    rf"(?P<points>{_POINTS})\s*(?P<unit>分半?)?(?P<per>\s*[/每]\s*[{_MEASURE}])?"
)
_RATE = re.compile(r"(?:每|各|均)[^,，。;；、:：\s]{0,6}$")
_ONE_EACH = re.compile(rf"(?:^|\D)(?:1|一)[{_MEASURE}]\s*$")
_COUNT = re.compile(rf"(\d{{1,3}}|{_CHINESE_NUMBER}{{1,3}})\s*[{_MEASURE}]|[×xX*]\s*(\d{{1,3}})")
# Behind or beside these a number is part of another, or of another time: any one of the numbers may be the right one.
_BREAKDOWN = re.compile(r"[:：()（）]|其中|应[扣减]|实际?[扣减]|酌情|已扣|又扣|另|去年|上年|\d{4}年")


@dataclass(frozen=True, slots=True)
class PointsSaid:
    """The deductions that a reason may speak of, and the one to quote."""

    said: Decimal
    possible: frozenset[Decimal]


@lru_cache(maxsize=4096)
def points_said(text: str) -> PointsSaid | None:
    """How many points a reason says were deducted; None when it names none, or only what each occurrence costs."""
    folded = _folded(text)
    if "中的" in folded:  # 扣2分中的1分: nobody can be sure
        return None
    totals: list[Decimal] = []
    amounts: list[Decimal] = []
    singles: list[Decimal] = []  # 1次扣0.5: one occurrence, or what each costs
    rates: list[Decimal] = []
    for kind, points in _mentions(folded):
        {"total": totals, "amount": amounts, "single": singles, "rate": rates}[kind].append(points)
    counts = [_value(a or b) for a, b in _COUNT.findall(folded)]
    several = [count for count in counts if count is not None and count > 1]
    products = {rate * count for rate in (*rates, *singles) for count in several}
    named = [*amounts, *singles]
    if not totals and not named:
        return PointsSaid(min(products), frozenset(products)) if len(products) == 1 else None
    sums = {sum(group, Decimal(0)) for group in (amounts, named) if group}
    loose = {*named, *totals} if _BREAKDOWN.search(folded) else set()
    said = totals[-1] if totals else sum(amounts or named, Decimal(0))
    return PointsSaid(
        said, frozenset({*totals} | ({*loose, *products} if totals else {*sums, *loose, *products}))
    )


def _mentions(text: str) -> Iterator[tuple[str, Decimal]]:
    """The points that a text names, each as a total, an amount, what one occurrence costs, or what each costs."""
    for found in _LOST.finditer(text):
        points = _value(found["points"], half=found["unit"] == "分半")
        before, after = text[: found.start()], text[found.end() :]
        dash = before.rstrip().endswith(("-", "—", "–")) and not re.search(r"\d\s*[-—–]\s*$", before)
        worded = found["word"] or found["total"] or (dash and found["unit"])
        measured = not found["unit"] and after.lstrip().startswith(tuple(_MEASURE))
        if points is None or not worded or measured:
            continue
        if found["per"] or _RATE.search(before):
            yield "rate", points
        elif found["total"]:
            yield "total", points
        elif _ONE_EACH.search(before):
            yield "single", points
        else:
            yield "amount", points


def _value(text: str, *, half: bool = False) -> Decimal | None:
    number = Decimal(text) if re.fullmatch(r"\d{1,3}(?:\.\d{1,4})?", text) else numeral_in(text)
    return number + Decimal("0.5") if number is not None and half else number
