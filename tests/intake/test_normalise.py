"""The grammar of score cells, one row for each form of writing, and as properties."""

import re
import sys
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitoukan.grid import Cell, Mark
from huitoukan.intake.normalise import read_score
from huitoukan.model import Change, Reading, ReadingKind
from huitoukan.phrase import plain

NOT_APPLICABLE = {"不适用", "不涉及", "/", "—", "无", "N/A"}
NUMBERS = (ReadingKind.NUMBER, ReadingKind.TEXT_NUMBER)


def read(value, mark=None):
    return read_score(Cell(0, 0, value, mark), NOT_APPLICABLE)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (4, "4"), (4.0, "4"), (4.5, "4.5"), (0.1 + 0.2, "0.3"), (0, "0"), (-1.5, "-1.5"), (4.4999999, "4.4999999"), (1e-3, "0.001"),
    ],
)  # fmt: skip
def test_numbers(value, number):
    assert read(value) == Reading(ReadingKind.NUMBER, Decimal(number))


# -------------------------------------------------------------------------------- text without loss


@pytest.mark.parametrize(
    ("text", "number", "done"),
    [
        ("4.5", "4.5", ()),
        ("4.50", "4.5", ()),
        ("04", "4", ()),
        ("0", "0", ()),
        ("-0.5", "-0.5", ()),
        ("3.3000000000000003", "3.3000000000000003", ()),
        ("999999999999999", "999999999999999", ()),
        ("4.5分", "4.5", (Change.UNIT_WORD,)),
        ("4.5 分", "4.5", (Change.SPACES, Change.UNIT_WORD)),
        ("４．５", "4.5", (Change.WIDTH,)),
        ("４.５", "4.5", (Change.WIDTH,)),
        ("－０．５", "-0.5", (Change.WIDTH,)),
        ("４．５分", "4.5", (Change.WIDTH, Change.UNIT_WORD)),
        (" 4.5 ", "4.5", (Change.SPACES,)),
        ("\u00a04.5\u3000", "4.5", (Change.SPACES,)),
        ("4.5\n", "4.5", (Change.SPACES,)),
        ("\u200b4\u200d.5\ufeff", "4.5", (Change.INVISIBLE,)),
        ("\u202d4.5\u202c", "4.5", (Change.INVISIBLE,)),
        ("'4.5", "4.5", (Change.APOSTROPHE,)),
        ("＇4.5", "4.5", (Change.APOSTROPHE, Change.WIDTH)),
        (" ' 4.5", "4.5", (Change.APOSTROPHE, Change.SPACES)),
        ("+4", "4", (Change.PLUS,)),
        ("＋4", "4", (Change.WIDTH, Change.PLUS)),
        (".5", "0.5", (Change.BARE_POINT,)),
        ("-.5", "-0.5", (Change.BARE_POINT,)),
        ("4.", "4", (Change.BARE_POINT,)),
        ("4.分", "4", (Change.BARE_POINT, Change.UNIT_WORD)),
    ],
)
def test_text_that_is_a_number_without_loss(text, number, done):
    assert read(text) == Reading(ReadingKind.TEXT_NUMBER, Decimal(number), raw=text, done=done)


# -------------------------------------------------------------------------------- guesses


@pytest.mark.parametrize(
    ("text", "meant", "rests_on"),
    [
        ("4。5", "4.5", (Change.POINT,)),
        ("4,5", "4.5", (Change.POINT,)),
        ("4，5", "4.5", (Change.POINT,)),
        ("4、5", "4.5", (Change.POINT,)),
        ("4·5分", "4.5", (Change.POINT,)),
        ("4..5", "4.5", (Change.POINT,)),
        ("4。", "4", (Change.POINT,)),
        ("4. 5", "4.5", (Change.GAP,)),
        ("- 0.5", "-0.5", (Change.GAP,)),
        ("−0.5", "-0.5", (Change.DASH,)),
        ("−4", "-4", (Change.DASH,)),
        ("—0,5", "-0.5", (Change.POINT, Change.DASH)),
        ("1,000", "1000", (Change.GROUPING,)),
        ("1，000.5", "1000.5", (Change.GROUPING,)),
        ("1 000", "1000", (Change.GROUPING,)),
        ("1,000分", "1000", (Change.GROUPING,)),
        ("四点五", "4.5", (Change.NUMERAL,)),
        ("四點五", "4.5", (Change.NUMERAL,)),
        ("四点二五分", "4.25", (Change.NUMERAL,)),
        ("零", "0", (Change.NUMERAL,)),
        ("两分", "2", (Change.NUMERAL,)),
        ("五分", "5", (Change.NUMERAL,)),
        ("十分", "10", (Change.NUMERAL,)),
        ("一点五分", "1.5", (Change.NUMERAL,)),
        ("十二点五", "12.5", (Change.NUMERAL,)),
        ("二十", "20", (Change.NUMERAL,)),
        ("九十五分", "95", (Change.NUMERAL,)),
        ("一百", "100", (Change.NUMERAL,)),
        ("一百零五", "105", (Change.NUMERAL,)),
        ("伍分", "5", (Change.NUMERAL,)),
        ("两分半", "2.5", (Change.NUMERAL,)),
        ("三分半", "3.5", (Change.NUMERAL,)),
        ("5分半", "5.5", (Change.NUMERAL,)),
        ("半分", "0.5", (Change.NUMERAL,)),
        ("4点5", "4.5", (Change.NUMERAL,)),
        ("4.5/5", "4.5", (Change.FRACTION,)),
        ("４．５／５", "4.5", (Change.FRACTION,)),
        ("4分/5分", "4", (Change.FRACTION,)),
        *((text, "满分", (Change.MARK,)) for text in ("满分", "全分", "√", "✓", "✔", "✔\ufe0f", "☑", "✅", "是", "达标", "合格")),
        ("O", "0", (Change.LETTER,)),
        ("o分", "0", (Change.LETTER,)),
        ("Ｏ", "0", (Change.LETTER,)),
        ("〇", "0", (Change.LETTER,)),
        ("l.5", "1.5", (Change.LETTER,)),
        ("2.O", "2", (Change.LETTER,)),
        ("l，5", "1.5", (Change.LETTER, Change.POINT)),
        ("①", "1", (Change.SPECIAL,)),
        ("⑫", "12", (Change.SPECIAL,)),
        ("²", "2", (Change.SPECIAL,)),
        ("4²", "4 / 2", (Change.SPECIAL,)),
        ("4①", "4 / 1", (Change.SPECIAL,)),
        ("½", "0.5", (Change.SPECIAL,)),
        ("4½", "4.5", (Change.SPECIAL,)),
        ("4⅛", "4.125", (Change.SPECIAL,)),
        ("4⅓", "4 1/3", (Change.SPECIAL,)),
        ("Ⅳ", "4", (Change.SPECIAL,)),
        ("٤", "4", (Change.SPECIAL,)),
        ("٤.٥", "4.5", (Change.SPECIAL,)),
        ("𝟒", "4", (Change.SPECIAL,)),
        ("3 4", "3 / 4", (Change.SEVERAL,)),
        ("3-4", "3 / 4", (Change.SEVERAL,)),
        ("3或4", "3 / 4", (Change.SEVERAL,)),
        ("3、4或5", "3 / 4 / 5", (Change.SEVERAL,)),
        ("3.5、4", "3.5 / 4", (Change.SEVERAL,)),
        ("约4", "4", (Change.WORDS,)),
        ("约-4", "-4", (Change.WORDS,)),
        ("+-4", "-4", (Change.WORDS,)),
        ("4分分", "4", (Change.WORDS,)),
        ("得3分", "3", (Change.WORDS,)),
        ("4分(扣1)", "4", (Change.WORDS,)),
        ("4（满分5）", "4", (Change.WORDS,)),
        ("扣1分，得3分", "3", (Change.WORDS,)),
        ("3扣1", "3", (Change.WORDS,)),
        ("(4.5)", "4.5", (Change.WORDS,)),
        ("约90%", "90%", (Change.WORDS,)),
        ("\u202e5.4", "5.4", (Change.WORDS,)),  # it shows as 4.5
    ],
)  # fmt: skip
def test_guesses_are_told_and_not_used(text, meant, rests_on):
    assert read(text) == Reading(ReadingKind.GUESS, None, meant, text, rests_on)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("90%", "90%"), ("100 %", "100%"), ("９０％", "90%"), ("62.50﹪", "62.5%"),
        ("百分之九十", "90%"), ("百分之90", "90%"), ("百分之六十二点五", "62.5%"), ("九十%", "90%"), ("百分百", "100%"),
    ],
)  # fmt: skip
def test_percentages(text, share):
    assert read(text) == Reading(ReadingKind.PERCENT, None, share, text)


# -------------------------------------------------------------------------------- no number


@pytest.mark.parametrize("text", ["", " ", " \u3000\u00a0", "\u200b", "\ufeff \u2060", "\n", " " * 1000])
def test_blanks(text):
    assert read(text) == Reading(ReadingKind.BLANK, raw=text)
    assert read(None) == Reading(ReadingKind.BLANK)


@pytest.mark.parametrize(
    "text",
    ["/", "／", "—", "——", "-", "无", " 无 ", "不适用", "不适用。", "不适用（综改区）", "不 适 用", "N/A", "n/a", "不涉及", "'/",
     "不适用（" + "本单位没有这项任务，" * 10 + "）"],
)  # fmt: skip
def test_not_applicable(text):
    assert read(text) == Reading(ReadingKind.NOT_APPLICABLE, raw=text)


@pytest.mark.parametrize("text", ["同上", " 同上 ", "同前", "同左", "〃", '"', "″", "”", "'同上"])
def test_ditto(text):
    assert read(text) == Reading(ReadingKind.DITTO, raw=text)


@pytest.mark.parametrize(
    "text",
    [
        "良好", "十分满意", "扣1分", "扣 0.5", "×", "否", "oil", "OO", "三四", "十十", "四点五半",
        "4:30", "4：30", "4:30:00", "4点30分", "4时30分", "4月5日", "4月", "2024-04-05", "2024年4月5日", "二〇二四年四月五日",
        "1e2", "1E-2", "1e+2", "0x1F", "4.5points", "T1.2", "1.2.3", "A-4", "'", "''", ".", "+", "分", "%", "nan", "inf",
        "1、报表，2、台账，3、档案，4、制度", "9" * 16, "0." + "1" * 18, "X", "X-", "X4", "4X", "4X5", "不适用X",
    ],
)  # fmt: skip
def test_text_that_nobody_can_read(text):
    assert read(text) == Reading(ReadingKind.UNREADABLE, raw=text)


@pytest.mark.parametrize("text", ["9" * 10**6, "0." + "0" * 10**6, "(" * 10**6, "٤" * 10**6, "1 " * 10**6])
def test_endless_text_is_not_read(text):
    assert read(text) == Reading(ReadingKind.UNREADABLE, raw=text)


@pytest.mark.parametrize(
    "value",
    [True, False, float("nan"), float("inf"), -float("inf"), 10**400, 1e300, -1e300, date(2024, 4, 5), datetime(2024, 4, 5), time(4, 30)],
)  # fmt: skip
def test_values_that_are_no_numbers(value):
    assert read(value) == Reading(ReadingKind.UNREADABLE)


@pytest.mark.parametrize(
    "text",
    ["#REF!", "#n/a", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"],
)  # fmt: skip
def test_error_texts(text):
    assert read(text) == Reading(ReadingKind.ERROR, raw=text)


def test_how_long_a_text_may_be():
    reason = "不适用（" + "无" * 251 + "）"
    assert len(reason) == 256
    assert read(reason) == Reading(ReadingKind.NOT_APPLICABLE, raw=reason)
    longer = reason.replace("（无", "（无无")
    assert read(longer) == Reading(ReadingKind.UNREADABLE, raw=longer)


def test_marks_speak_before_values():
    assert read(None, Mark.ERROR).kind is ReadingKind.ERROR
    assert read(None, Mark.UNCACHED).kind is ReadingKind.UNCACHED


# -------------------------------------------------------------------------------- properties

ZERO_WIDTH = "\u200b\u200c\u200d\u200e\u2060\u2066\u2069\u202a\u202c\u202d\ufeff\u180e"
PIECES = [
    *"0123456789" * 3, *"...---+'", *"０４９．－＋＇％／", *"。，、,:/%()（）", *"零〇一二四十百半点两", "分", "分", "约", "满分", "扣",
    *"OolIex", *" \u00a0\u3000\n", *"\u200b\ufeff\u202e\u00ad\ufe0f", *"٤४๔𝟒𝟻", *"①⑫²½Ⅳ㈣", "同上", "不适用", "—", "−",
]  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.text(max_size=300), st.text(max_size=4)
)


def as_seen(text: str) -> str:
    """The visible characters, full width folded, without what may be left out without loss."""
    seen = "".join(c for c in text if c not in ZERO_WIDTH).strip()
    folded = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in seen)
    return folded.removeprefix("'").strip().removesuffix("分").strip().removeprefix("+")


def canonical(seen: str) -> str | None:
    """A decimal number by its characters alone: without zeros that tell nothing."""
    if not re.fullmatch(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)", seen):
        return None
    whole, _, places = seen.removeprefix("-").partition(".")
    number = (whole.lstrip("0") or "0") + ("." + places).rstrip("0").rstrip(".")
    return "-" + number if seen.startswith("-") and number != "0" else number


def assert_not_invented(text: str) -> None:
    reading = read(text)
    if reading.value is not None:
        assert plain(reading.value) == canonical(as_seen(text))
    assert (reading.value is not None) == (reading.kind is ReadingKind.TEXT_NUMBER)
    assert bool(reading.guess) == (reading.kind in (ReadingKind.GUESS, ReadingKind.PERCENT))
    assert bool(reading.done) >= (reading.kind is ReadingKind.GUESS), "a guess says what it rests on"


@given(TEXTS)
def test_a_number_is_never_invented(text):
    assert_not_invented(text)


def test_no_odd_character_makes_a_number():
    folds = re.compile(r"[0-9.+\-']")
    odd = [
        c
        for c in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(c) in ("Nd", "No", "Nl", "Cf", "Cc", "Zs", "Zl", "Zp", "Pd")
        or (not c.isascii() and folds.search(unicodedata.normalize("NFKC", c)))
        or c in PIECES
    ]
    assert len(odd) > 2000
    for c in odd:
        for text in (c, f"{c}4", f"4{c}", f"4{c}5", f"'{c}4", f"4{c}分"):
            assert_not_invented(text)


@given(TEXTS)
def test_the_text_is_kept_as_it_stands(text):
    assert read(text).raw == text


@given(st.one_of(TEXTS, st.floats(allow_nan=False, allow_infinity=False, width=32)))
def test_reading_twice_changes_nothing(value):
    reading = read(value)
    if reading.value is not None and abs(reading.value) < 10**15:
        written = plain(reading.value)
        if len(written.partition(".")[2]) <= 17:
            again = read(written)
            assert again == Reading(ReadingKind.TEXT_NUMBER, reading.value, raw=written)


@given(
    st.decimals(min_value=-100, max_value=100, places=2, allow_nan=False),
    st.sets(st.sampled_from([Change.APOSTROPHE, Change.INVISIBLE, Change.SPACES, Change.WIDTH, Change.UNIT_WORD])),
    st.data(),
)  # fmt: skip
def test_every_way_of_writing_a_number_is_read_and_told(number, ways, data):
    text = f"{number:f}"
    if Change.WIDTH in ways:
        text = "".join(chr(ord(c) + 0xFEE0) for c in text)
    if Change.INVISIBLE in ways:
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(st.sampled_from(ZERO_WIDTH)) + text[at:]
    if Change.UNIT_WORD in ways:
        text += "分"
    if Change.APOSTROPHE in ways:
        text = "'" + text
    if Change.SPACES in ways:
        text = data.draw(st.sampled_from([" {}", "{}\u3000", "\u00a0{}\u00a0"])).format(text)
    reading = read(text)
    assert (reading.kind, reading.value) == (ReadingKind.TEXT_NUMBER, number)
    assert set(reading.done) == ways


@given(
    st.text(alphabet=" \u3000\u00a0\t\n\u200b\ufeff\u2060", max_size=8),
    st.sampled_from(["", "0", "无", "同上"]),
)
def test_blank_zero_not_applicable_and_ditto_stay_apart(around, text):
    kinds = {
        "": ReadingKind.BLANK,
        "0": ReadingKind.TEXT_NUMBER,
        "无": ReadingKind.NOT_APPLICABLE,
        "同上": ReadingKind.DITTO,
    }
    assert read(around + text + around).kind is kinds[text]
    assert (read(around + text + around).value == 0) == (text == "0")
