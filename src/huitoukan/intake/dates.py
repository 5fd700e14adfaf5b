"""Dates as people write them, from a date cell to 二〇二四年五月二十日. A date without its year stays without one."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta

from huitoukan.grid import CellValue
from huitoukan.intake.labels import tidy, without_brackets
from huitoukan.model import DateKind, DateReading

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
    text = without_brackets(tidy(str(value))).strip(" .。")  # …（星期一）
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
    if match:
        month, day = int(match[1]), int(match[2])
        if _date(2024, month, day).kind is DateKind.IMPOSSIBLE:  # 2024: a leap year
            return DateReading(DateKind.IMPOSSIBLE)
        return DateReading(DateKind.NO_YEAR, month=month, day=day)
    return DateReading(DateKind.UNREADABLE)


def _date(year: int, month: int, day: int) -> DateReading:
    if year in _YEARS:
        try:
            return DateReading(DateKind.DATE, date(year, month, day))
        except ValueError:
            return DateReading(DateKind.IMPOSSIBLE)
    return DateReading(DateKind.UNREADABLE)


def _chinese_number(text: str) -> int:
    """十二 gives 12, 三十 gives 30: the days and months of a date written out."""
    tens, ten, ones = text.rpartition("十")
    units = int(_CHINESE_DIGITS.get(ones, "0"))
    return (int(_CHINESE_DIGITS.get(tens, "1")) * 10 if ten else 0) + units
