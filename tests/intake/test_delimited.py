"""Delimited text as a worksheet."""

from __future__ import annotations

import pytest

from huitoukan.grid import Grid, Mark
from huitoukan.intake.bounds import BrokenError, TooLargeError
from huitoukan.intake.delimited import delimiter_of, read_delimited


def table(text: str, charset: str = "utf-8") -> Grid:
    [grid] = read_delimited(text.encode(charset), "a", 1000)
    return grid


def test_rows_stand_where_excel_shows_them():
    grid = table('附件2\r\n\r\n序号,项目,"得\r\n分"\r\nT1.1,"报表, ""任务""",4.50\r\n')
    assert [list(row) for row in grid.rows] == [
        ["附件2"],
        [],
        ["序号", "项目", "得\n分"],
        ["T1.1", '报表, "任务"', 4.5],
    ]
    assert grid.name == "a"


def test_what_becomes_a_number():
    grid = table(
        'a,b\n4, 4.5 ,"1,234",-0.5,007,4.5分,1e3,,90%,4/5,TRUE,=1+1,"=""0354""",#N/A,12345678901234567\n'
    )
    assert [grid.cell(1, n).value for n in range(15)] == [
        4, 4.5, 1234, -0.5, 7, "4.5分", 1000, None, "90%", "4/5", True, None, "0354", None, "12345678901234567",
    ]  # fmt: skip
    assert grid.formulas == {(1, 11): "1+1"}
    assert grid.marks == {(1, 11): (Mark.UNCACHED, ""), (1, 13): (Mark.ERROR, "#N/A")}


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\nc,d", ","), ("a\tb\nc\td", "\t"), ("a;b\nc;d", ";"), ("a|b\nc|d", "|"), ("a,b\tc\nd\te,f\ng\th", "\t"),
        ("标题, 一\n1;2;3\n4;5;6\n7;8;9", ";"), ("sep=|\na|b", "|"), ("a,b", None), ("", None), ("a\nb\nc", None),
    ],
)  # fmt: skip
def test_the_delimiter(text, delimiter):
    assert delimiter_of(text) == delimiter


def test_a_line_for_excel_is_no_row():
    assert [list(row) for row in table("sep=;\r\na;1,5\r\nb;2\r\n").rows] == [["a", "1,5"], ["b", 2]]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_charsets(charset):
    assert table("单位,得分\n乐平镇,4\n", charset).rows[1] == ["乐平镇", 4]


def test_words_of_gbk_that_are_utf_8_by_chance():
    assert table("联通,电信\n1,2\n", "gbk").rows[0] == ["联通", "电信"]


def test_what_is_no_table():
    for data in (b"hello", b"", b"a,b\n\x001,2\n", b"a,b\n\xff,1\n"):
        assert read_delimited(data, "a", 100) == ()


def test_limits():
    for text in ("1,2\n" * 600, "a,b\nc,d\n" + "\n" * 1001, "," * 1001 + "\na,b"):
        with pytest.raises(TooLargeError):
            table(text)
    with pytest.raises(BrokenError):
        table('a,b\n1,2\n1,"' + "x\n" * 100_000)
