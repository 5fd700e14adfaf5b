"""The grammar of score cells, case by case and as properties."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitoukan.grid import Cell, Mark
from huitoukan.intake.labels import tidy
from huitoukan.intake.normalise import read_score
from huitoukan.model import ReadingKind


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


@given(st.decimals(min_value=0, max_value=100, places=2))
def test_what_is_written_is_read(number):
    for written in (f"{number}", f"{number}分", f" {number} "):
        assert read(written).value == number
    assert read(float(number)).value == number
