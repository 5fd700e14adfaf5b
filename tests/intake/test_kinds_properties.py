"""Any small worksheet reads back equal from every kind that it can be written in."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from huitoukan.grid import Grid
from huitoukan.intake.entry import number
from huitoukan.intake.reader import Outcome, read
from tests.support.binary import as_xls, as_xlsb
from tests.support.forms import shipped
from tests.support.renderings import Sheet, as_csv, as_html, as_spreadsheetml

OFTEN = settings(max_examples=150, deadline=None, derandomize=True)
LETTERS = "一二得分单位（）：、A b0.5%<>&\"'#=+-/\\&nbsp;\n"


def _is_plain(text: str) -> bool:
    """Whether a program that opens a text leaves this one as it is."""
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return text == "\n".join(lines).strip("\n") and number(text) is text and text[0] not in "=#"


TEXTS = st.text(LETTERS, min_size=1, max_size=8).filter(str.strip).filter(_is_plain)
NUMBERS = st.integers(-(10**6), 10**6).map(lambda n: n / 100)
USUAL = st.none() | TEXTS | NUMBERS


@st.composite
def sheets(draw: st.DrawFn, values: st.SearchStrategy[object] = USUAL) -> Sheet:
    height, width = draw(st.integers(2, 6)), draw(st.integers(2, 6))
    rows = [[draw(values) for _ in range(width)] for _ in range(height)]
    merges: list[tuple[int, int, int, int]] = []
    taken: set[tuple[int, int]] = set()
    for _ in range(draw(st.integers(0, 3))):
        top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
        bottom, right = draw(st.integers(top, height - 1)), draw(st.integers(left, width - 1))
        area = {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
        if len(area) > 1 and not area & taken:
            taken |= area
            merges.append((top, left, bottom, right))
            for r, c in area - {(top, left)}:
                rows[r][c] = None
    return Sheet("表", rows, merges)


def filled(grid: Grid) -> dict[tuple[int, int], object]:
    return {
        (r, c): grid.cell(r, c).value
        for r, row in enumerate(grid.rows)
        for c in range(len(row))
        if grid.cell(r, c).value is not None
    }


def reads_back(sheet: Sheet, data: bytes, *, merged: bool = True) -> None:
    workbook = read("a.xls", data, shipped().settings.limits)
    assert workbook.outcome is Outcome.READ
    [grid] = workbook.grids
    assert filled(grid) == {
        (r, c): value for r, row in enumerate(sheet.rows) for c, value in enumerate(row) if value is not None
    }
    assert not grid.marks
    if merged and filled(grid):  # calamine asks nothing more of a worksheet without a value
        assert {(m.top, m.left, m.bottom, m.right) for m in grid.merges} == set(sheet.merges)


@OFTEN
@given(sheets(), st.sampled_from(["utf-8", "gb18030"]))
def test_html(sheet: Sheet, charset: str) -> None:
    reads_back(sheet, as_html(sheet, charset))


@OFTEN
@given(sheets(), st.sampled_from([",", "\t"]), st.sampled_from(["utf-8-sig", "utf-16"]))
def test_csv(sheet: Sheet, delimiter: str, charset: str) -> None:
    reads_back(sheet, as_csv(sheet, delimiter, charset), merged=False)


@OFTEN
@given(
    sheets(st.none() | TEXTS | NUMBERS | st.booleans() | st.dates(date(2000, 1, 1), date(2100, 1, 1))),
    st.sampled_from(["utf-8", "utf-16", "gb18030"]),
)
def test_spreadsheetml(sheet: Sheet, charset: str) -> None:
    reads_back(sheet, as_spreadsheetml([sheet], charset=charset))


@OFTEN
@given(sheets(), st.booleans())
def test_the_writers_of_binary_kinds(sheet: Sheet, old: bool) -> None:
    # Of an xlsb calamine gives no merges.
    reads_back(sheet, as_xls(sheet) if old else as_xlsb([sheet]), merged=old)
