"""From what stands in a score cell to what it means. Nothing is ever guessed in silence.

The grammar follows domain practice: `4.5分`, full-width digits and surrounding spaces are numbers without loss; a
letter O, √, 满分, ① or two numbers are guesses that only a person may settle.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection
from decimal import Decimal
from functools import lru_cache

from huitoukan.grid import Cell, Mark
from huitoukan.intake.labels import tidy, without_brackets
from huitoukan.model import Reading, ReadingKind

_NUMBER = re.compile(r"'?([+-]?\d+(?:\.\d+)?|[+-]?\.\d+)\s*分?")
_DITTO = frozenset({"同上", "〃", '"', "″", "同前", "同左"})
_ERRORS = frozenset(
    {"#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
_LIKE_DIGITS = str.maketrans("OoＯ〇零lIＩ", "00000111")
_FULL = frozenset({"满分", "全分", "√", "✓", "✔", "是", "达标", "合格"})
_CHINESE = re.compile(r"[零〇一二三四五六七八九十百点两半]+分?")


def read_score(cell: Cell, not_applicable: Collection[str] = ()) -> Reading:
    """Read the number in a score cell. `not_applicable` are the words that stand for 不适用.

    `value` is set only for numbers and for text that is a number without loss; it may lie outside any range.
    """
    if cell.mark is Mark.ERROR:
        return Reading(ReadingKind.ERROR)
    if cell.mark is Mark.UNCACHED:
        return Reading(ReadingKind.UNCACHED)
    value = cell.value
    if value is None:
        return Reading(ReadingKind.BLANK)
    if isinstance(value, str):
        return _read_text(value, not_applicable)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return Reading(ReadingKind.UNREADABLE)
    return _number(value)


@lru_cache(maxsize=4096)
def _number(value: float) -> Reading:
    # Spreadsheets keep 15 significant digits; what a float shows beyond them is noise (0.1+0.2).
    return Reading(ReadingKind.NUMBER, Decimal(f"{value:.15g}"))


def _read_text(raw: str, not_applicable: Collection[str]) -> Reading:
    text = tidy(raw)
    if not text:
        return Reading(ReadingKind.BLANK)
    bare = without_brackets(text).replace(" ", "").rstrip("。.")
    if text in not_applicable or bare.upper() in not_applicable or text.strip("-—") == "":
        return Reading(ReadingKind.NOT_APPLICABLE)
    if text in _DITTO:
        return Reading(ReadingKind.DITTO)
    if text.upper() in _ERRORS:
        return Reading(ReadingKind.ERROR)
    if any(unicodedata.category(c) == "No" for c in raw):  # ① ² ½ fold to digits that nobody typed
        return Reading(ReadingKind.GUESS, guess=text)
    number = _NUMBER.fullmatch(text)
    if number:
        return Reading(ReadingKind.TEXT_NUMBER, Decimal(number[1]))
    if text in _FULL:
        return Reading(ReadingKind.GUESS, guess="满分")
    alike = text.translate(_LIKE_DIGITS).replace("。", ".").replace(",", ".").replace("、", ".")
    number = _NUMBER.fullmatch(alike.replace(" ", ""))
    if number:
        return Reading(ReadingKind.GUESS, guess=number[1])
    numbers = re.findall(r"\d+(?:\.\d+)?", text)
    if numbers:
        return Reading(ReadingKind.GUESS, guess=" / ".join(numbers))
    if _CHINESE.fullmatch(text):
        return Reading(ReadingKind.GUESS, guess=text)
    return Reading(ReadingKind.UNREADABLE)
