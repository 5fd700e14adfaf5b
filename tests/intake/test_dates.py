"""Dates as people write them."""

from datetime import date, datetime

import pytest

from huitoukan.intake.dates import read_date
from huitoukan.model import DateKind, DateReading


@pytest.mark.parametrize(
    "text",
    [
        "2024.5.20", "2024-05-20", "2024/5/20", "2024年5月20日", "2024 年 5 月 20 日", "20240520", "２０２４年５月２０日", "二〇二四年五月二十日",
        "24.5.20", "2024年5月20号", "2024-05-20 10:30", "2024.5.20.", "2024年5月20日（星期一）", "__2024年5月20日__", "2024-05-20T00:00:00", "2024年5月20日 星期一", "2024年5月20日上午", 45432, "45432", 45432.0, 20240520,
        datetime(2024, 5, 20, 9), date(2024, 5, 20),
    ],
)  # fmt: skip
def test_dates(text):
    assert read_date(text).value == date(2024, 5, 20)


@pytest.mark.parametrize("text", ["5月20日", "5.20", "5/20", "05-20"])
def test_dates_without_a_year(text):
    reading = read_date(text)
    assert (reading.kind, reading.value, reading.month, reading.day) == (DateKind.NO_YEAR, None, 5, 20)


@pytest.mark.parametrize(
    "text",
    ["五月", "2024", 5.2, 99, True, "1949-10-01", "2024年5月", "五月二十日"],
)
def test_dates_that_are_none(text):
    assert read_date(text).kind is DateKind.UNREADABLE


@pytest.mark.parametrize("text", ["2024年2月30日", "2024.13.1", "20241301", "24.6.31", "5月32日", "2.30"])
def test_days_that_no_calendar_has(text):
    assert read_date(text) == DateReading(DateKind.IMPOSSIBLE)


@pytest.mark.parametrize("text", [None, "", "  年  月  日", "____年__月__日", "/", "2024年  月  日"])
def test_dates_not_filled_in(text):
    assert read_date(text).kind is DateKind.BLANK
