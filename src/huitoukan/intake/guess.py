"""What a human may have meant by a score that is no number without loss. It is told to people and never used."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from huitoukan.days import DateKind
from huitoukan.intake.dates import read_date
from huitoukan.intake.labels import without_brackets
from huitoukan.intake.numerals import DIGITS, number_in, numeral_in
from huitoukan.model import Change
from huitoukan.phrase import plain


class Guess(NamedTuple):
    """What may be meant, as text, and what that rests on."""

    text: str
    rests_on: tuple[Change, ...]


FULL_MARKS = "满分"
_FULL = frozenset({FULL_MARKS, "全分", "√", "✓", "✔", "✔\ufe0f", "☑", "✅", "是", "达标", "合格"})
_TIME = re.compile(r"[0-9]{1,2}\s*[:时][\s0-9:分]*$|[0-9]{1,2}点[0-9]{2}分$")
_MONTH_AND_DAY = re.compile(r"[0-9]{1,2}\s*月(?:\s*[0-9]{1,2}\s*[日号]?)?")
_LIKE_DIGITS = str.maketrans("OoОо〇○◯lI", "000000011")
_LIKE_POINT = str.maketrans(dict.fromkeys("。｡,、､·・", "."))
_LIKE_MINUS = "−–—―‐‑"
_GROUPED = re.compile(r"([+-]?[0-9]{1,3}(?:[, ][0-9]{3})+(?:\.[0-9]+)?)\s*分?")
_FRACTION = re.compile(rf"(?P<points>{DIGITS})\s*分?\s*/\s*(?:{DIGITS})\s*分?")
_DEDUCTED = re.compile(r"[扣减][除去掉了]?\s*[0-9]+(?:\.[0-9]+)?")
_AMONG_WORDS = re.compile(
    r"(?<![0-9A-Za-z.])(?<![A-Za-z][+-])-?[0-9]{1,15}(?:\.[0-9]{1,17})?(?![0-9A-Za-z]|\.[0-9])(?:\s*%)?"
)
_MOST_NUMBERS = 3  # a text with more numbers is a note
_MOST_PLACES = 3  # ⅛ is 0.125; a third is better told as 1/3


def guess(text: str) -> Guess | None:
    """What a text may mean; None where nobody could tell, or where it is a date or a time of the day.

    Full-width forms are folded already, and the text has no spaces around it.
    """
    if _TIME.match(text) or _is_date(text):
        return None
    attempts: tuple[Callable[[str], Guess | None], ...] = (
        _full_marks, _special, _grouped, _fraction, _loose, _numeral, _among_words
    )  # fmt: skip
    return next((found for attempt in attempts if (found := attempt(text)) is not None), None)


def percentage(text: str) -> str | None:
    """The percentage that a text is: `90%` for 90%, 百分之九十 and 九十 %."""
    if text == "百分百":
        return "100%"
    share = text.removeprefix("百分之")
    if share == text:
        share = text.rstrip("%﹪").rstrip()
        if share == text:
            return None
    number = number_in(share)
    if number is None:
        number = numeral_in(share)
    return None if number is None else f"{plain(number)}%"


def _is_date(text: str) -> bool:
    """Whether a text is a full date, or a month and a day by name; 4-5 may be one too, but also two numbers."""
    return bool(_MONTH_AND_DAY.fullmatch(text)) or read_date(text).kind is DateKind.DATE


def _full_marks(text: str) -> Guess | None:
    return Guess(FULL_MARKS, (Change.MARK,)) if text in _FULL else None


def _special(text: str) -> Guess | None:
    """①, ², ½, 𝟒 or the digits of another script, each taken for its value."""
    special = [
        c for c in text if c != "〇" and not c.isascii() and unicodedata.category(c) in ("Nd", "No", "Nl")
    ]
    if not special:
        return None
    mixed = re.fullmatch(r"([0-9]{0,3})\s*(\D)\s*分?", text)  # ½ and 4½
    if mixed and mixed[2] in special and unicodedata.numeric(mixed[2]) % 1:
        return Guess(_mixed(mixed[1], mixed[2]), (Change.SPECIAL,))
    for c in special:
        digit = unicodedata.decimal(c, None)
        text = text.replace(c, f" {plain(_value(c))} " if digit is None else str(digit))
    number = number_in(text.strip())
    found = " / ".join(_AMONG_WORDS.findall(text)) if number is None else plain(number)
    return Guess(found, (Change.SPECIAL,)) if found else None


def _value(character: str) -> Decimal:
    return Decimal(str(unicodedata.numeric(character)))


def _mixed(whole: str, fraction: str) -> str:
    """A whole number with a fraction in one character: 4½ gives 4.5, 4⅓ gives 4 1/3."""
    value = _value(fraction)
    if len(plain(value).partition(".")[2]) <= _MOST_PLACES:
        return plain(value + Decimal(whole or 0))
    written = unicodedata.normalize("NFKC", fraction).replace("\N{FRACTION SLASH}", "/")
    return f"{whole} {written}".strip()


def _grouped(text: str) -> Guess | None:
    """1,000: a separator of thousands."""
    grouped = _GROUPED.fullmatch(text)
    return Guess(re.sub("[, ]", "", grouped[1]), (Change.GROUPING,)) if grouped else None


def _fraction(text: str) -> Guess | None:
    """4.5/5: the points before the stroke, full marks behind it."""
    fraction = _FRACTION.fullmatch(text)
    return Guess(plain(Decimal(fraction["points"])), (Change.FRACTION,)) if fraction else None


def _loose(text: str) -> Guess | None:
    """A number in which letters, punctuation, dashes or gaps stand for digits, point and sign."""
    body = text.removesuffix("分").rstrip()
    digits = body.translate(_LIKE_DIGITS)
    if len(body) > 1 and not re.search("[0-9]", body):
        digits = body  # oil is no 011
    point = re.sub(r"\.{2,}", ".", digits.translate(_LIKE_POINT))
    signed = "-" + point[1:] if point[:1] in _LIKE_MINUS else point
    closed = re.sub(r"\s*\.\s*|(?<=^[+-])\s+", lambda gap: gap[0].strip(), signed)
    number = number_in(closed)
    if number is None:
        return None
    steps = (body, digits, point, signed, closed)
    reasons = (Change.LETTER, Change.POINT, Change.DASH, Change.GAP)
    pairs = zip(reasons, steps, steps[1:], strict=False)
    changed = tuple(reason for reason, before, after in pairs if before != after)
    return Guess(plain(number), changed) if changed else None


def _numeral(text: str) -> Guess | None:
    number = numeral_in(text)
    return None if number is None else Guess(plain(number), (Change.NUMERAL,))


def _among_words(text: str) -> Guess | None:
    """The number or numbers among words, apart from points that were taken off: 约4, 3或4, 4分(扣1)."""
    kept = _DEDUCTED.sub("", text)
    found = _AMONG_WORDS.findall(kept)
    outside = _AMONG_WORDS.findall(without_brackets(kept))
    if len(outside) == 1:
        found = outside
    if not 0 < len(found) <= _MOST_NUMBERS:
        return None
    return Guess(" / ".join(found), (Change.WORDS if len(found) == 1 else Change.SEVERAL,))
