"""Dates as people write them."""

from datetime import date, datetime

import pytest

from huitoukan.days import DateChange, DateKind, DateReading
from huitoukan.grid import value_text
from huitoukan.intake.dates import read_date


@pytest.mark.parametrize(
    "text",
    [
        "2024.5.20", "2024-05-20", "2024/5/20", "2024年5月20日", "2024 年 5 月 20 日", "20240520", "２０２４年５月２０日", "二〇二四年五月二十日",
        "24.5.20", "2024年5月20号", "2024-05-20 10:30", "2024.5.20.", "2024年5月20日（星期一）", "__2024年5月20日__", "2024-05-20T00:00:00", "2024年5月20日 星期一", "2024年5月20日上午", 45432, "45432", 45432.0, 20240520,
        datetime(2024, 5, 20, 9), date(2024, 5, 20),
        "2024·5·20", "2024 5 20", "2024年五月二十日", "二零二四年5月20日", "二〇二四年五月二十", "2024年5月20日 乐平镇统计站",
    ],
)  # fmt: skip
def test_dates(text):
    assert read_date(text).value == date(2024, 5, 20)


@pytest.mark.parametrize("serial", [43970, 43970.0, "43970"])
def test_serial_numbers_of_the_1904_date_system(serial):
    assert read_date(serial, date_1904=True).value == date(2024, 5, 20)
    assert read_date(serial).value == date(2020, 5, 19)
    assert read_date("2024.5.20", date_1904=True).value == date(2024, 5, 20)
    assert read_date(72000, date_1904=True).kind is DateKind.UNREADABLE  # the year 2101


@pytest.mark.parametrize(
    "text", ["5月20日", "5.20", "5/20", "05-20", "五月二十日", "5月18日至20日", "五月十八日—五月二十日"]
)
def test_dates_without_a_year(text):
    reading = read_date(text)
    assert (reading.kind, reading.value, reading.month, reading.day) == (DateKind.NO_YEAR, None, 5, 20)


@pytest.mark.parametrize(
    "text",
    [
        "五月", "2024", 5.2, 99, True, "1949-10-01", "2024年5月", "11.10-12", "2024.5 20:30", "0024年5月20日",
        "2024年5月22日至20日", "2024年5月20日至", "2024年5月20日至下旬", "2024年5月20日 2024年5月22日", "2024年5月2 0日",
        10**400, -(10**400), float("inf"), float("nan"),
    ],
)  # fmt: skip
def test_dates_that_are_none(text):
    assert read_date(text).kind is DateKind.UNREADABLE


@pytest.mark.parametrize(
    "text",
    [
        "2024年2月30日",
        "2024.13.1",
        "20241301",
        "24.6.31",
        "5月32日",
        "2.30",
        "2024年5月20日至32日",
        "五月四十日",
    ],
)
def test_days_that_no_calendar_has(text):
    assert read_date(text) == DateReading(DateKind.IMPOSSIBLE, raw=text)


@pytest.mark.parametrize("text", [None, "", "  年  月  日", "____年__月__日", "/", "2024年  月  日"])
def test_dates_not_filled_in(text):
    assert read_date(text).kind is DateKind.BLANK


@pytest.mark.parametrize(
    "text",
    [
        "2024年5月20日—22日", "2024.5.20-2024.5.22", "2024年5月20日至5月22日", "2024年5月20日至22日", "2024.5.20-22", "20240520-20240522",
        "2024年5月20日 至 2024年5月22日", "2024/5/20～5/22", "二〇二四年五月二十日至二十二日", "24.5.20-5.22",
    ],
)  # fmt: skip
def test_of_a_range_the_last_day_is_the_date(text):
    reading = read_date(text)
    assert (reading.kind, reading.value, reading.raw) == (DateKind.DATE, date(2024, 5, 22), text)
    assert DateChange.LAST_OF_RANGE in reading.done


@pytest.mark.parametrize(
    "text", ["9" * 5000, "①" * 5000, "\ufdfa" * 32767, "(" * 16000 + ")" * 16000, "2024" * 100]
)
def test_a_text_that_is_far_too_long_is_no_date(text):
    assert read_date(text).kind in (DateKind.UNREADABLE, DateKind.BLANK)


@pytest.mark.parametrize(
    ("written", "done"),
    [
        ("2024年5月20日", ""), (date(2024, 5, 20), ""), (datetime(2024, 5, 20), ""), (datetime(2024, 5, 20, 9), "words_left_out"),
        ("2024.5.20", "separators"), ("2024-05-20", "separators"), ("20240520", "compact"), (20240520, "compact"), (45432, "serial"),
        ("45432", "serial"), ("二〇二四年五月二十日", "numerals"), ("24.5.20", "two_digit_year separators"), ("２０２４年５月２０日", "width"),
        ("2024年5月20日（星期一）", "words_left_out"), ("2024年5月20日 乐平镇统计站", "words_left_out"), ("2024.5.18-20", "last_of_range separators"),
        ("5.20", "separators"), ("5月20日", ""), ("5月18日至20日", "last_of_range"), (5.15, "decimal"),
        ("五月", ""), ("2024年5月32日", ""), ("  年  月  日", ""), (None, ""), ("（星期一）", ""),
    ],
)  # fmt: skip
def test_what_was_done_to_read_a_date(written, done):
    reading = read_date(written)
    assert set(reading.done) == {DateChange(one) for one in done.split()}
    assert reading.raw == ("" if written is None else value_text(written))


@pytest.mark.parametrize(
    ("number", "day"), [(5.15, (5, 15)), (5.4, (5, 4)), (2.3, (2, 3)), (12.31, (12, 31))]
)
def test_a_number_with_a_point_is_a_day_where_only_one_can_be_meant(number, day):
    reading = read_date(number)
    assert (reading.kind, reading.month, reading.day) == (DateKind.NO_YEAR, *day)


@pytest.mark.parametrize("number", [5.2, 5.1, 5.3, 5.32, 13.5, 0.5, 95.5, 5.123])
def test_a_number_with_a_point_is_no_day_otherwise(number):
    assert read_date(number).kind is DateKind.UNREADABLE
