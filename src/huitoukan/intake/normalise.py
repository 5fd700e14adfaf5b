"""From what stands in a cell to what it means: labels, scores and dates. Nothing is ever guessed in silence.

The grammar of scores follows domain practice: `4.5分`, full-width digits and surrounding spaces are numbers without
loss; a letter O, √, 满分, ① or two numbers are guesses that only a person may settle.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from huitoukan.grid import Cell, CellValue, Mark
from huitoukan.model import DateKind, DateReading, Reading, ReadingKind

_BRACKETS = re.compile(r"[(\[【〔《<][^()\[\]【】〔〕《》<>]*[)\]】〕》>]")
_NOT_WORD = re.compile(r"[^0-9A-Za-z\u3400-\u9fff/—\-]")
_EDGE_MARKS = "/—-"
_CIRCLED = re.compile("[①-⑳]")
_ORDINAL = r"(?:\d{1,2}(?:[.．\-]\d{1,2})*+|[一二三四五六七八九十]{1,3})"
_NUMBERING = re.compile(
    rf"\s*(?:第{_ORDINAL}(?:[项条章节类款]|部分)|[(（]{_ORDINAL}[)）]|{_ORDINAL}[)）、.．,，:：\s]|\d{{1,2}}(?:[.．\-]\d{{1,2}})+)"
    r"[、.．,，:：\s]*"
)


@lru_cache(maxsize=8192)
def label_key(text: str) -> str:
    """A label as it is compared: full width folded, brackets with their content, spaces and punctuation dropped."""
    folded = unicodedata.normalize("NFKC", text)
    return _NOT_WORD.sub("", _without_brackets(folded)).strip(_EDGE_MARKS)


def _without_brackets(text: str) -> str:
    """Text without brackets and their content, also where they are nested: 设置（设站(岗)）."""
    while (shorter := _BRACKETS.sub("", text)) != text:
        text = shorter
    return text


@lru_cache(maxsize=8192)
def title_key(text: str) -> str:
    """The key of a title or dimension without its own numbering: `一、工作任务（12分）` gives `工作任务`."""
    folded = unicodedata.normalize("NFKC", _CIRCLED.sub("", text))
    return label_key(_NUMBERING.sub("", folded, count=1) if _NUMBERING.match(folded) else folded)


def tidy(text: str) -> str:
    """Text with full width folded and without spaces at the ends or characters that do not show."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if unicodedata.category(c) != "Cf").strip()


# ---------------------------------------------------------------------------------------------------------- scores

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
    bare = _without_brackets(text).replace(" ", "").rstrip("。.")
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


# ---------------------------------------------------------------------------------------------------------- dates

_YMD = re.compile(
    r"(\d{4})\s*[年.\-/、,]\s*(\d{1,2})\s*[月.\-/、,]\s*(\d{1,2})\s*[日号]?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?"
)
_YMD_SHORT = re.compile(r"(\d{2})\s*[年.\-/]\s*(\d{1,2})\s*[月.\-/]\s*(\d{1,2})\s*[日号]?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MD = re.compile(r"(\d{1,2})\s*[月.\-/]\s*(\d{1,2})\s*[日号]?")
_UNFILLED = re.compile(r"(?:\d{4}|[\s_]*)\s*年[\s_]*月[\s_]*日?|[\s_/.\-—:]*")  # also with the year printed
_AROUND = re.compile(
    r"^_+|_+$|[T\s]\d{1,2}:\d{2}(?::\d{2})?$|[，,\s]*(?:星期|周)[一二三四五六日天]$|[上下]午$"
)
_CHINESE_DIGITS = {c: str(n) for n, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}
_CHINESE_DATE = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日?"
)
_EPOCH = date(1899, 12, 30)  # day 0 of the 1900 date system after 28 February 1900
_SERIALS = range(36526, 73051)  # 2000-01-01 to 2100-01-01
_YEARS = range(2000, 2100)


def read_date(value: CellValue) -> DateReading:
    """Read a date as people write it: a date cell, `2024.5.20`, `2024年5月20日`, `20240520`, a serial number.

    `5月20日` or `5.20` has no year: month and day are given, the value is not. Text without any digit, such as the
    unfilled `  年  月  日`, is blank.
    """
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return DateReading(DateKind.DATE, value)
    if value is None:
        return DateReading(DateKind.BLANK)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if math.isfinite(value) and int(value) in _SERIALS:
            return DateReading(DateKind.DATE, _EPOCH + timedelta(days=int(value)))
        value = str(int(value)) if math.isfinite(value) and value == int(value) else "?"
    text = _without_brackets(tidy(str(value))).strip(" .。")  # …（星期一）
    text = _AROUND.sub("", text).strip(" .。_")
    if text.isascii() and text.isdigit() and int(text) in _SERIALS:  # a serial number turned into text
        return DateReading(DateKind.DATE, _EPOCH + timedelta(days=int(text)))
    chinese = _CHINESE_DATE.fullmatch(text)
    if chinese:
        year = "".join(_CHINESE_DIGITS[c] for c in chinese[1])
        return _date(int(year), _chinese_number(chinese[2]), _chinese_number(chinese[3]))
    if _UNFILLED.fullmatch(text):
        return DateReading(DateKind.BLANK)
    for pattern in (_YMD, _COMPACT):
        match = pattern.fullmatch(text)
        if match:
            return _date(int(match[1]), int(match[2]), int(match[3]))
    match = _YMD_SHORT.fullmatch(text)
    if match:
        return _date(2000 + int(match[1]), int(match[2]), int(match[3]))
    match = _MD.fullmatch(text)
    if match and _date(2024, int(match[1]), int(match[2])).kind is DateKind.DATE:  # 2024: a leap year
        return DateReading(DateKind.NO_YEAR, month=int(match[1]), day=int(match[2]))
    return DateReading(DateKind.UNREADABLE)


def _date(year: int, month: int, day: int) -> DateReading:
    if year in _YEARS:
        try:
            return DateReading(DateKind.DATE, date(year, month, day))
        except ValueError:
            pass
    return DateReading(DateKind.UNREADABLE)


def _chinese_number(text: str) -> int:
    """十二 gives 12, 三十 gives 30: the days and months of a date written out."""
    tens, ten, ones = text.rpartition("十")
    units = int(_CHINESE_DIGITS.get(ones, "0"))
    return (int(_CHINESE_DIGITS.get(tens, "1")) * 10 if ten else 0) + units
