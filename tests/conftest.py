"""Shared fixtures: the shipped campaign, and rules tested by tables written in the test."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl.utils.cell import coordinate_to_tuple

from huitoukan.campaign.campaign import Campaign, load_campaign
from huitoukan.examination import check_sheet
from huitoukan.grid import CellValue, Grid, Look, Mark, Range
from huitoukan.intake.extract import extract_all, extract_sheet
from huitoukan.intake.kinds import Kind
from huitoukan.intake.reader import Outcome, Workbook
from huitoukan.model import Finding
from huitoukan.output.text import Words
from huitoukan.rules.registry import Context, check
from huitoukan.rules.subjects import FileSubject

DATA = Path(__file__).parent / "data"
FIELDS = "单位名称：昔阳县乐平镇 检查阶段：自评 检查日期：2024年5月20日"


@pytest.fixture(scope="session")
def campaign() -> Campaign:
    """The shipped campaign (Jinzhong 2024)."""
    return load_campaign()


def cell_value(text: str) -> CellValue:
    """What a cell of a table in a test means: numbers and dates as themselves, `'4.5` and the rest as text."""
    if not text:
        return None
    if text.startswith("'"):
        return text[1:]
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return float(text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text)
    return {"TRUE": True, "nan": float("nan"), "inf": float("inf")}.get(text, text)


def grid_of(table: str, fields: str = FIELDS, name: str = "评分表") -> Grid:
    """A worksheet from a Markdown table; the header fields stand below it, so that the table begins at A1.

    `#REF!` becomes an error cell and `=` a formula without a saved result, as the reader marks them.
    """
    rows: list[list[CellValue]] = []
    marks: dict[tuple[int, int], tuple[Mark, str]] = {}
    for line in table.strip().splitlines():
        cells = [part.strip(" ") for part in line.strip().strip("|").split("|")]
        row: list[CellValue] = []
        for text in cells:
            if text.startswith("#"):
                marks[len(rows), len(row)] = (Mark.ERROR, text)
                row.append(None)
            elif text == "=":
                marks[len(rows), len(row)] = (Mark.UNCACHED, "")
                row.append(None)
            else:
                row.append(cell_value(text))
        rows.append(row)
    return Grid(name, [*rows, *([line] for line in fields.splitlines())], marks=marks)


def address(text: str) -> tuple[int, int]:
    """The zero-based row and column of an A1 address."""
    row, column = coordinate_to_tuple(text)
    return row - 1, column - 1


def area(text: str) -> Range:
    """A range such as `D2:D3`."""
    first, _, last = text.partition(":")
    return Range(*address(first), *address(last or first))


def dressed(
    grid: Grid, *, merges: Sequence[str] = (), covered: Mapping[str, CellValue] | None = None,
    formulas: Mapping[str, str] | None = None, looks: Mapping[str, Look] | None = None,
    hidden_rows: Sequence[int] = (), hidden_columns: str = "", pictures: Sequence[str] = (), visible: bool = True,
) -> Grid:  # fmt: skip
    """The same worksheet with what its values do not tell; cells by their A1 address, rows counted from 1."""
    return replace(
        grid,
        merges=tuple(map(area, merges)),
        covered={address(cell): value for cell, value in (covered or {}).items()},
        formulas={address(cell): formula for cell, formula in (formulas or {}).items()},
        looks={address(cell): look for cell, look in (looks or {}).items()},
        hidden_rows=frozenset(row - 1 for row in hidden_rows),
        hidden_columns=frozenset(address(f"{column}1")[1] for column in hidden_columns),
        pictures=tuple(map(area, pictures)),
        visible=visible,
    )


def findings_of(grid: Grid, path: str, campaign: Campaign) -> list[Finding]:
    """Everything that the rules find on one worksheet of a file that was read without trouble."""
    extracted = extract_all(path, (grid,), campaign)
    context = Context(campaign)
    workbook = Workbook(Outcome.READ, Kind.XLSX, "test", (grid,))
    found = list(check(FileSubject(path, workbook, extracted), context))
    return found + [one for form in extracted for one in check_sheet(form, context)]


def place(finding: Finding) -> str:
    """A finding as tests write it: `D2 '5'`, `D2` for an empty cell, `T1.2` for something absent."""
    where = finding.cell or finding.item or ""
    return where if finding.value is None else f"{where} {finding.value!r}"


@pytest.fixture
def fires(campaign: Campaign) -> Callable[..., None]:
    """Assert that a rule fires on a table exactly at the given places."""

    def assert_fires(
        code: str, table: str, *places: str, fields: str = FIELDS, path: str = "a.xlsx", **dress: Any
    ) -> None:
        assert places, "say where the rule fires"
        found = findings_of(dressed(grid_of(table, fields), **dress), path, campaign)
        assert [place(f) for f in found if f.code == code] == list(places), sorted(f.code for f in found)

    return assert_fires


@pytest.fixture
def says(campaign: Campaign) -> Callable[..., None]:
    """Assert what the one finding of a code on a table says, in Chinese."""

    def assert_says(code: str, table: str, message: str, *, fields: str = FIELDS, **dress: Any) -> None:
        found = findings_of(dressed(grid_of(table, fields), **dress), "a.xlsx", campaign)
        assert [Words("zh").message(f) for f in found if f.code == code] == [message]

    return assert_says


@pytest.fixture
def silent(campaign: Campaign) -> Callable[..., None]:
    """Assert that a rule stays silent on a table that was recognised as a form."""

    def assert_silent(
        code: str, table: str, *, fields: str = FIELDS, path: str = "a.xlsx", **dress: Any
    ) -> None:
        grid = dressed(grid_of(table, fields), **dress)
        extracted = extract_sheet(path, grid, campaign)[0]
        assert extracted.sheet or extracted.headless, "a near miss must still be a form"
        assert [place(f) for f in findings_of(grid, path, campaign) if f.code == code] == []

    return assert_silent
