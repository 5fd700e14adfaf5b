"""The grammar of labels, scores and dates, case by case and as properties."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitoukan.grid import Cell, Mark
from huitoukan.intake.normalise import label_key, read_date, read_score, tidy, title_key
from huitoukan.model import DateKind, ReadingKind


@pytest.mark.parametrize(
    "text",
    [
        "单位名称",
        "单 位 名 称：",
        "单位名称（盖章）",
        "单位名称(公章):",
        " 单位\n名称 ",
        "【必填】单位名称",
        "单位名称*",
    ],
)
def test_labels(text):
    assert label_key(text) == "单位名称"


@pytest.mark.parametrize(
    "text",
    [
        "工作任务",
        "一、工作任务（12分）",
        "(一)工作任务",
        "1.工作任务",
        "1 工作任务",
        "第一部分 工作任务",
        "①工作任务",
        "1.1工作任务",
        "工作\n任务",
        "一. 工作任务（含（嵌套）括号）",
    ],
)
def test_titles(text):
    assert title_key(text) == "工作任务"


@pytest.mark.parametrize("text", ["一体化建设", "三级网络", "2023年度公报"])
def test_titles_that_only_look_numbered(text):
    assert title_key(text) == text


def read(value, mark=None):
    return read_score(Cell(0, 0, value, mark), {"不适用", "/", "无"})


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (4, "4"), (4.0, "4"), (4.5, "4.5"), (0.1 + 0.2, "0.3"), (0, "0"), (-1.5, "-1.5"), (4.4999999, "4.4999999"), (1e-3, "0.001"),
    ],
)  # fmt: skip
def test_numbers(value, number):
    assert read(value).kind is ReadingKind.NUMBER
    assert read(value).value == Decimal(number)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("4.5", "4.5"),
        ("4.5分", "4.5"),
        ("４．５", "4.5"),
        (" 4 ", "4"),
        ("'4", "4"),
        ("\u200b4\ufeff", "4"),
        ("-0.5", "-0.5"),
        (".5", ".5"),
        ("+3", "3"),
    ],
)
def test_text_that_is_a_number_without_loss(value, number):
    assert (read(value).kind, read(value).value) == (ReadingKind.TEXT_NUMBER, Decimal(number))


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, ReadingKind.BLANK), ("", ReadingKind.BLANK), (" \u3000\u00a0", ReadingKind.BLANK), ("\u200b", ReadingKind.BLANK),
        ("/", ReadingKind.NOT_APPLICABLE), ("不适用", ReadingKind.NOT_APPLICABLE), ("不适用。", ReadingKind.NOT_APPLICABLE), ("不适用（综改区）", ReadingKind.NOT_APPLICABLE), ("无", ReadingKind.NOT_APPLICABLE), ("——", ReadingKind.NOT_APPLICABLE),
        ("同上", ReadingKind.DITTO), ("〃", ReadingKind.DITTO),
        ("√", ReadingKind.GUESS), ("满分", ReadingKind.GUESS), ("O", ReadingKind.GUESS), ("4。5", ReadingKind.GUESS), ("4,5", ReadingKind.GUESS),
        ("4.5/5", ReadingKind.GUESS), ("3-4", ReadingKind.GUESS), ("①", ReadingKind.GUESS), ("½", ReadingKind.GUESS), ("4²", ReadingKind.GUESS),
        ("四点五", ReadingKind.GUESS), ("90%", ReadingKind.GUESS),
        ("良好", ReadingKind.UNREADABLE), (True, ReadingKind.UNREADABLE), (float("nan"), ReadingKind.UNREADABLE), (float("inf"), ReadingKind.UNREADABLE),
        (date(2024, 4, 5), ReadingKind.UNREADABLE), ("#REF!", ReadingKind.ERROR),
    ],
)  # fmt: skip
def test_everything_else_is_no_number(value, kind):
    assert (read(value).kind, read(value).value) == (kind, None)


def test_marks_speak_before_values():
    assert read(None, Mark.ERROR).kind is ReadingKind.ERROR
    assert read(None, Mark.UNCACHED).kind is ReadingKind.UNCACHED


@given(st.text(max_size=12))
def test_a_number_is_never_invented(text):
    value = read(text).value
    if value is not None:
        digits = [c for c in tidy(text) if c.isdigit()]
        assert digits, "what is returned can be seen in the text"
        assert value.copy_abs() == Decimal("".join(c for c in tidy(text) if c.isdigit() or c == "."))


@given(st.text(max_size=20))
def test_keys_are_stable(text):
    assert label_key(label_key(text)) == label_key(text)
    assert tidy(tidy(text)) == tidy(text)


@given(st.decimals(min_value=0, max_value=100, places=2))
def test_what_is_written_is_read(number):
    for written in (f"{number}", f"{number}分", f" {number} "):
        assert read(written).value == number
    assert read(float(number)).value == number


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
    ["2024年2月30日", "2024.13.1", "20241301", "五月", "2024", 5.2, 99, True, "1949-10-01", "2024年5月"],
)
def test_dates_that_are_none(text):
    assert read_date(text).kind is DateKind.UNREADABLE


@pytest.mark.parametrize("text", [None, "", "  年  月  日", "____年__月__日", "/", "2024年  月  日"])
def test_dates_not_filled_in(text):
    assert read_date(text).kind is DateKind.BLANK
