"""The dates of sheets: as written, as read, and what that took. No input or output of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from huitoukan.grid import Cell


class DateKind(StrEnum):
    """What a date field was found to hold."""

    DATE = "date"
    NO_YEAR = "no_year"
    BLANK = "blank"
    IMPOSSIBLE = "impossible"  # a day that no calendar has: 5月32日
    UNREADABLE = "unreadable"


class DateChange(StrEnum):
    """What reading a date took, apart from looking at a date cell or at 2024年5月20日."""

    JOINED = "joined"  # 2024 | 年 | 5 | 月 | 20 | 日, in a cell each
    WIDTH = "width"  # ２０２４年５月２０日
    WORDS_LEFT_OUT = "words_left_out"  # a weekday, a time of day, brackets, words behind the day
    NUMERALS = "numerals"  # 二〇二四年五月二十日
    SERIAL = "serial"  # 45432
    COMPACT = "compact"  # 20240520
    TWO_DIGIT_YEAR = "two_digit_year"  # 24.5.20
    SEPARATORS = "separators"  # 2024.5.20
    DECIMAL = "decimal"  # 5.15, typed as a number
    LAST_OF_RANGE = "last_of_range"  # 2024年5月20日—22日


@dataclass(frozen=True, slots=True)
class DateReading:
    """A date as written: `value` is set for a full date; without a year, `month` and `day` are set instead.

    `raw` is the text as it stands, "" for nothing; `done` what it took to make a date of it, empty where there is none.
    """

    kind: DateKind
    value: date | None = None
    month: int | None = None
    day: int | None = None
    raw: str = ""
    done: tuple[DateChange, ...] = ()


@dataclass(frozen=True, slots=True)
class DateClaim:
    """The date of a sheet and the cell it stands in (None when the form has no date field)."""

    cell: Cell | None
    text: str
    reading: DateReading


class SheetDate(NamedTuple):
    """The date of a sheet: the day (None where it cannot be read in full), the text, what was done, the cell."""

    value: date | None
    raw: str
    done: tuple[DateChange, ...]
    cell: str
