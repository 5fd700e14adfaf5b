"""Dates as people write them, from a date cell to 二〇二四年五月二十日. A date without its year stays without one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from huitoukan.days import DateChange, DateKind, DateReading
from huitoukan.grid import CellValue, value_text
from huitoukan.intake.labels import legible, tidy, without_brackets

_LONGEST = 64  # characters; longer texts are no dates
_YMD = re.compile(
    r"(?P<year>\d{4})(?:\s*[年.\-/、,·•・。]\s*|\s+)(?P<month>\d{1,2})(?:\s*[月.\-/、,·•・。]\s*|\s+)(?P<day>\d{1,2})\s*[日号]?"
    r"(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?"
)
_YMD_SHORT = re.compile(
    r"(?P<year>\d{2})\s*(?P<mark>[年.\-/])\s*(?P<month>\d{1,2})\s*(?:月|(?P=mark))\s*(?P<day>\d{1,2})\s*[日号]?"
)
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?!\d)")
_MD = re.compile(r"(?P<month>\d{1,2})\s*[月.\-/]\s*(?P<day>\d{1,2})\s*[日号]?")
_MD_WORDS = re.compile(r"(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号]?")
_D = re.compile(r"(?P<day>\d{1,2})\s*[日号]?")
_TO = re.compile(r"\s*(?:[至到]|[\-—–―~]+)\s*")  # between the first and the last day
_WORDS_BEHIND = re.compile(r"\s+[^\d]+")  # 2024年5月20日 乐平镇统计站
_UNFILLED = re.compile(r"(?:\d{4}|[\s_]*)\s*年[\s_]*月[\s_]*日?|[\s_/.\-—:]*")  # also with the year printed
_AROUND = re.compile(
    r"^_+|_+$|[T\s]\d{1,2}:\d{2}(?::\d{2})?$|[，,\s]*(?:星期|周)[一二三四五六日天]$|[上下]午$"
)
_CHINESE_DIGITS = {c: str(n) for n, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}
_ONES = "一二三四五六七八九"
_CHINESE_YEAR = re.compile(rf"[〇零○{_ONES}]{{4}}(?=\s*年)")
_CHINESE_NUMBER = re.compile(
    rf"(?<![十{_ONES}])(?:[{_ONES}]?十[{_ONES}]?|[{_ONES}])(?=\s*[月日号])|(?<=月)(?:[{_ONES}]?十[{_ONES}]?|[{_ONES}])$"
)
# A full date that stands by itself in a longer text; nothing that is the beginning of a range.
DATE_IN_TEXT = re.compile(
    r"(?:^|(?<=[\s_＿]))(?:\d{4}\s*[年.\-/]\s*\d{1,2}\s*[月.\-/]\s*\d{1,2}\s*[日号]?"
    rf"|[〇零○{_ONES}]{{4}}年[十{_ONES}]{{1,3}}月[十{_ONES}]{{1,3}}日)(?=$|[\s_＿])(?!\s*[至到—–~～\-])"
)
_EPOCH = date(1899, 12, 30)  # day 0 of the 1900 date system after 28 February 1900
_SERIALS = range(36526, 73051)  # 2000-01-01 to 2100-01-01
_DAYS_1904 = 1462  # a serial number of the 1904 date system is so much smaller
_YEARS = range(2000, 2100)
_LARGEST = 10**9  # larger numbers are neither a serial number nor 20240520

_FULL_WIDTH = re.compile("[０-９．／－]")
_DECIMAL = re.compile(r"(\d{1,2})\.(\d{1,2})")
_UNREADABLE = DateReading(DateKind.UNREADABLE)


def read_date(value: CellValue, *, date_1904: bool = False) -> DateReading:
    """Read a date as people write it: a date cell, `2024.5.20`, `2024年5月20日`, `20240520`, a serial number.

    Of a range (`2024年5月20日—22日`) the last day is the date: that is when the sheet was finished. Words behind a full
    date and a blank are left out. `5月20日` or `5.20` has no year: month and day are given, the value is not. Text
    without any digit, such as the unfilled `  年  月  日`, is blank. What may be read in two ways is unreadable.
    `date_1904`: serial numbers are those of a workbook that counts from 1904.
    """
    return replace(_read(value, date_1904), raw=value_text(value) or "")


def _read(value: CellValue, date_1904: bool) -> DateReading:
    if isinstance(value, datetime):
        timed = (DateChange.WORDS_LEFT_OUT,) if value.time() != time() else ()
        return DateReading(DateKind.DATE, value.date(), done=timed)
    if isinstance(value, date):
        return DateReading(DateKind.DATE, value)
    if value is None:
        return DateReading(DateKind.BLANK)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not -_LARGEST < value < _LARGEST:  # or nan
            return _UNREADABLE
        if int(value) + _DAYS_1904 * date_1904 in _SERIALS:
            return _serial(int(value), date_1904)
        if value != int(value):
            return _decimal(str(value))
        value = str(int(value))
    text = legible(str(value))
    done = (DateChange.WIDTH,) if _FULL_WIDTH.search(text) else ()
    return _after(done, _read_text(" ".join(tidy(text).split()), date_1904))


def _after(done: tuple[DateChange, ...], reading: DateReading) -> DateReading:
    """A reading with what was done before it; nothing is told of what is no date."""
    read = reading.kind in (DateKind.DATE, DateKind.NO_YEAR)
    return replace(reading, done=done + reading.done) if read and done else reading


def _serial(days: int, date_1904: bool) -> DateReading:
    day = _EPOCH + timedelta(days=days + _DAYS_1904 * date_1904)
    return DateReading(DateKind.DATE, day, done=(DateChange.SERIAL,))


def _decimal(number: str) -> DateReading:
    """A number such as 5.15 in place of a date: month and day, unless a nought at the end may have gone: 5.2 or 5.20."""
    days = days_of(number)
    if len(days) != 1:
        return _UNREADABLE
    month, day = days[0]
    return DateReading(DateKind.NO_YEAR, month=month, day=day, done=(DateChange.DECIMAL,))


def days_of(number: str) -> tuple[tuple[int, int], ...]:
    """The days of a year (month, day) that a number may stand for: 5.15 for one, 5.2 for two of them, 0.5 for none."""
    match = _DECIMAL.fullmatch(number)
    if match is None:
        return ()
    written = {match[2]} | ({match[2] + "0"} if len(match[2]) == 1 else set())
    days = sorted((int(match[1]), int(day)) for day in written)
    return tuple(day for day in days if _without_year(*day).kind is DateKind.NO_YEAR)


def _read_text(text: str, date_1904: bool) -> DateReading:
    text = text.strip(" .。_")
    bare = without_brackets(text).strip(" .。")  # …（星期一）
    bare = _AROUND.sub("", bare).strip(" .。_")
    if _UNFILLED.fullmatch(bare):
        return DateReading(DateKind.BLANK)
    if len(bare) > _LONGEST:
        return _UNREADABLE
    done: tuple[DateChange, ...] = (DateChange.WORDS_LEFT_OUT,) if bare != text else ()
    if bare.isascii() and bare.isdigit() and int(bare) + _DAYS_1904 * date_1904 in _SERIALS:
        return _after(done, _serial(int(bare), date_1904))  # a serial number turned into text
    digits = _CHINESE_YEAR.sub(lambda year: "".join(_CHINESE_DIGITS[c] for c in year[0]), bare)
    digits = _CHINESE_NUMBER.sub(lambda number: str(_chinese_number(number[0])), digits)
    if digits != bare:
        done += (DateChange.NUMERALS,)
    return _after(done, _read_digits(digits))


def _read_digits(text: str) -> DateReading:
    for pattern in (_YMD, _COMPACT, _YMD_SHORT):
        match = pattern.match(text)
        if match is not None:
            century = "20" if pattern is _YMD_SHORT else ""
            first = _date(int(century + match["year"]), int(match["month"]), int(match["day"]))
            done: tuple[DateChange, ...] = (DateChange.TWO_DIGIT_YEAR,) if century else ()
            done += (DateChange.COMPACT,) if pattern is _COMPACT else _separators(match[0])
            rest = text[match.end() :]
            return _after(done, first if not rest else _continued(first, rest))
    match = _MD.fullmatch(text)
    if match:
        return _after(_separators(text), _without_year(int(match["month"]), int(match["day"])))
    match = _MD_WORDS.match(text)
    if match is None:
        return _UNREADABLE
    return _until(_without_year(int(match["month"]), int(match["day"])), text[match.end() :])


def _separators(text: str) -> tuple[DateChange, ...]:
    return () if "月" in text else (DateChange.SEPARATORS,)


def _continued(first: DateReading, rest: str) -> DateReading:
    """A full date with something behind it: the last day of a range, or words."""
    if _WORDS_BEHIND.fullmatch(rest):
        return _after((DateChange.WORDS_LEFT_OUT,), first)
    return _until(first, rest)


def _until(first: DateReading, rest: str) -> DateReading:
    """The last day of a range, from its first day and what stands behind that: `—22日`, `至5月22日`."""
    to = _TO.match(rest)
    if to is None:
        return _UNREADABLE
    rest = rest[to.end() :]
    start = first.value or date(2024, first.month or 1, first.day or 1)  # 2024: a leap year
    full = _YMD.fullmatch(rest) or _COMPACT.fullmatch(rest) if first.value else None
    match = full or _MD.fullmatch(rest) or _D.fullmatch(rest)
    if match is None:
        return _UNREADABLE
    named = match.groupdict()
    last = _date(
        int(named.get("year") or start.year), int(named.get("month") or start.month), int(match["day"])
    )
    if DateKind.IMPOSSIBLE in (first.kind, last.kind):
        return DateReading(DateKind.IMPOSSIBLE)
    if last.value is None or first.kind is DateKind.UNREADABLE or last.value < start:
        return _UNREADABLE
    day = last if first.value else DateReading(DateKind.NO_YEAR, month=last.value.month, day=last.value.day)
    return _after((DateChange.LAST_OF_RANGE,), day)


def _without_year(month: int, day: int) -> DateReading:
    if _date(2024, month, day).kind is DateKind.IMPOSSIBLE:  # 2024: a leap year
        return DateReading(DateKind.IMPOSSIBLE)
    return DateReading(DateKind.NO_YEAR, month=month, day=day)


def _date(year: int, month: int, day: int) -> DateReading:
    if year in _YEARS:
        try:
            return DateReading(DateKind.DATE, date(year, month, day))
        except ValueError:
            return DateReading(DateKind.IMPOSSIBLE)
    return _UNREADABLE


def _chinese_number(text: str) -> int:
    """十二 gives 12, 三十 gives 30: the days and months of a date written out."""
    tens, ten, ones = text.rpartition("十")
    units = int(_CHINESE_DIGITS.get(ones, "0"))
    return (int(_CHINESE_DIGITS.get(tens, "1")) * 10 if ten else 0) + units
