"""The log of repairs: what it says, what a person or Excel may do to it, and what is wrong with it, by line."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitoukan.campaign.problems import ConfigError
from huitoukan.output.change_log import changes_csv, changes_json, quoted, read_log
from huitoukan.output.repairs import Change, RepairKind, State, Wish
from huitoukan.output.text import Words
from huitoukan.phrase import say
from tests.support.forms import shipped

WORDS = Words("zh")


def change(
    before: str = " 4 ", after: Decimal | str = Decimal(4), state: State = State.DONE, row: int = 2
) -> Change:
    kind = RepairKind.NUMBER if isinstance(after, Decimal) else RepairKind.SPACES
    return Change("=a/b,c.xlsx", "-表", (row, 3), before, after, kind, "S403", say("x"), state=state)


def as_csv(*changes: Change) -> bytes:
    return ("\ufeff" + changes_csv(changes, WORDS)).encode()


def as_json(*changes: Change) -> bytes:
    return changes_json(changes, {}, shipped(), WORDS).encode()


KEY = ("=a/b,c.xlsx", "-表", (2, 3))


@pytest.mark.parametrize("written", [as_csv, as_json])
def test_only_what_is_to_be_made_is_read_back(written):
    changes = [
        change(row=2),
        change(state=State.PLANNED, row=3),
        change(state=State.LEFT, row=4),
        change(state=State.REFUSED, row=5),
    ]
    assert [place[0] for _, _, place in read_log(written(*changes), "c")] == [2, 3]
    assert read_log(written(change()), "c") == {KEY: Wish(" 4 ", "4")}
    assert read_log(written(), "c") == {}


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12), st.booleans())
def test_any_text_survives_both_forms(text, named):
    one = change("乐平镇 " if named else text, text if named else Decimal("4.5"))
    wish = Wish(one.before, one.after_text)
    assert read_log(as_json(one), "c") == {KEY: wish}
    assert read_log(as_csv(one), "c") == {KEY: wish}


def test_what_excel_does_to_it_changes_nothing():
    text = as_csv(change("\u200b+４\u00a0\\")).decode("utf-8-sig")
    assert "“\\u200b+４\\u00a0\\\\”" in text
    rows = list(csv.reader(io.StringIO(text)))
    stream = io.StringIO()
    csv.writer(stream, delimiter="\t").writerows([[*rows[0], "x"], [*rows[1], ""], [""] * 3])
    for data in (stream.getvalue().encode("gb18030"), stream.getvalue().encode("utf-16")):
        assert read_log(data, "c") == {KEY: Wish("\u200b+４\u00a0\\", "4")}


def test_a_formula_is_none_in_the_log():
    text = changes_csv([change("=1+1", "@x ")], WORDS)
    assert all(
        not field.startswith(("=", "+", "-", "@")) for row in csv.reader(io.StringIO(text)) for field in row
    )
    assert quoted("4") == "“4”"


# ---------------------------------------------------------------------------------------------------- what is wrong

HEAD = "apply,file,sheet,cell,before,after\r\n"


def problems(data: str | bytes) -> list[str]:
    try:
        read_log(data.encode() if isinstance(data, str) else data, "c.csv")
    except ConfigError as error:
        return [WORDS.problem(problem) for problem in error.problems]
    return []


def fires(code: str, data: str | bytes, *parts: str) -> None:
    [told] = problems(data)
    assert f" {code} " in told
    for part in parts:
        assert part in told, told


def silent(code: str, data: str | bytes) -> None:
    assert not any(code in told for told in problems(data))


LINE = "是,a.xlsx,表,F4,“ 4”,4\r\n"


def test_a_log_that_cannot_be_read():
    silent("R940", HEAD + LINE)
    silent("R940", "\ufeff" + HEAD)
    fires("R940", b"\x00\x01")
    fires("R940", "")
    fires("R940", "code,severity\r\nS403,info\r\n", "c.csv:1:1", "apply")
    fires("R940", HEAD + '是,"a.xlsx' + "x" * 200_000, "引号")
    fires("R940", '{"schema": 1,\n "x"', "c.csv:2", "JSON")
    fires("R940", '{"schema": 1}', "changes")
    fires("R940", '{"schema": 9, "changes": []}', "版本")
    document = json.loads(as_json(change()))
    del document["changes"][0]["before"]
    fires("R940", json.dumps(document), "before")


def test_a_line_that_cannot_be_carried_out():
    silent("R941", HEAD + LINE + "否,,,坏,,\r\n,,,,,\r\n")
    fires("R941", HEAD + LINE + LINE.replace("是", "再看看"), "c.csv:3:1", "再看看")
    fires("R941", HEAD + LINE.replace("F4", "F4:F9"), "c.csv:2:4", "F4:F9")
    fires("R941", HEAD + LINE.replace("a.xlsx", ""), "c.csv:2:2")
    lines = HEAD + '是,a.xlsx,表,F5,"两\r\n行",4\r\n' + LINE.replace("F4", "?")
    fires("R941", lines, "c.csv:4:4")  # a text of two lines counts two
    assert len(problems(HEAD + LINE.replace("F4", "?") + LINE.replace("是", "?"))) == 2


def test_two_lines_for_one_cell():
    silent("R942", HEAD + LINE + LINE + LINE.replace("是", "否").replace("4\r", "5\r"))
    fires("R942", HEAD + LINE + LINE.replace("“ 4”", "“4 ”"), "c.csv:3:1", "F4", "第 2 行")
