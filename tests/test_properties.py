"""What must hold for every form, in every layout, with every mistake in it."""

from __future__ import annotations

import io
import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from huitoukan.model import ScoreState, Severity, SheetKind, Stage
from huitoukan.pipeline import Inspection, inspect, process
from huitoukan.standing.aggregate import standings
from tests.support.forms import (
    Filled,
    Layout,
    Places,
    build,
    filling,
    fillings,
    full_name,
    items,
    layouts,
    random_layout,
    shipped,
    units,
    write,
)

THOROUGH = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
FEW = settings(max_examples=3, deadline=None, derandomize=True)


# -------------------------------------------------------------------------------- reading back


@THOROUGH
@given(layouts(), st.lists(fillings(), min_size=1, max_size=2, unique_by=lambda form: form.unit.code))
def test_legal_scores_in_any_layout_are_read_back(layout: Layout, forms: list[Filled]) -> None:
    data, addresses = build(layout, forms)
    result = process("a1.xlsx", data, shipped())
    sheets = [sheet for sheet in result.sheets if sheet.kind is SheetKind.SCORE]
    assert [sheet.sheet for sheet in sheets] == list(addresses)
    for sheet, form in zip(sheets, forms, strict=True):
        assert (sheet.unit, sheet.stage, sheet.dated) == (form.unit.code, form.stage, form.date)
        assert {i.item: (i.state, i.value) for i in sheet.items} == {
            item: (ScoreState.SCORED, score) for item, score in form.scores.items()
        }
        assert {i.item: i.cell for i in sheet.items} == addresses[sheet.sheet]
    complaints = {found.code for found in result.findings if found.severity is not Severity.INFO}
    # Made-up scores of several stages lie far apart, and some layouts have no place for signatures.
    assert complaints <= {"S431", "S432"} | (set() if layout.footer else {"L223"}) | (
        set() if layout.total else {"S423"}
    )


# -------------------------------------------------------------------------------- location


@dataclass(frozen=True)
class Plant:
    """A mistake made on a sheet, and the cell where a finding must stand (None when others may hide it)."""

    kind: str
    cell: str | None


SCORE_MISTAKES = (
    "above maximum", "text", "blank", "negative", "guess", "text number", "illegal",
    "formula", "error", "date", "truth",
)  # fmt: skip
UNREADABLE = frozenset({"text", "guess", "formula", "error", "date", "truth"})
OTHER_MISTAKES = ("total", "subtotal", "reason", "spaces for a reason", "unit", "day", "maximum")
MISTAKES = (*SCORE_MISTAKES, *OTHER_MISTAKES)


def plant(
    sheet: Worksheet, places: Places, form: Filled, kinds: Sequence[str], rng: random.Random
) -> list[Plant]:
    """Make mistakes on a filled sheet, each score mistake in a row of its own."""
    known = {item.id: item.max_points.value for item in items(form.unit.level)}
    free = list(known)
    rng.shuffle(free)
    planted = []
    for kind in dict.fromkeys(kinds):
        cell: str | None = None
        if kind in SCORE_MISTAKES:
            item = free.pop()
            cell = places.scores[item]
            sheet[cell] = _wrong_score(kind, known[item])
        elif kind in ("reason", "spaces for a reason"):
            lost = [item for item in free if form.scores[item] < known[item]]
            if lost:
                free.remove(lost[0])
                cell = places.reasons[lost[0]]
                sheet[cell] = (
                    None if kind == "reason" else "\u3000"
                )  # what openpyxl writes of plain spaces depends on whether lxml is there
        elif kind == "maximum":
            cell = places.maxima[free.pop()]
            sheet[cell] = 99.5
        elif kind == "unit":
            cell = places.fields["unit"]
            sheet[cell] = str(sheet[cell].value).replace(full_name(form.unit), "析阳县乐坪镇")
        elif kind == "day":
            cell = places.fields["date"]
            _redate(sheet, cell, form.date)
        elif kind == "total" and places.total:
            cell = places.total
            sheet[cell] = 101.25
        elif kind == "subtotal" and places.subtotals:
            cell = rng.choice(sorted(places.subtotals.values()))
            sheet[cell] = 77
        if kind in ("total", "subtotal") and not UNREADABLE.isdisjoint(kinds):
            cell = None  # a sum of what cannot be read is not judged
        planted.append(Plant(kind, cell))
    return planted


def _wrong_score(kind: str, maximum: Decimal) -> Any:
    return {
        "above maximum": float(maximum) + 1, "text": "良好", "blank": None, "negative": -0.5, "guess": "√",
        "text number": f"{maximum:f}分", "illegal": float(maximum) - 0.37, "formula": "=1+2",
        "error": "#REF!", "date": datetime(2024, 4, 5), "truth": True,
    }[kind]  # fmt: skip


def _redate(sheet: Worksheet, cell: str, written: date) -> None:
    """Put a day of another year wherever the year stands in the cell."""
    value = sheet[cell].value
    sheet[cell] = (
        value.replace(year=2022)
        if isinstance(value, datetime)
        else str(value).replace(str(written.year), "2022")
    )


def shown(value: object) -> str | None:
    """How a finding must quote a value: said here once more, independently of the product."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        text = f"{Decimal(str(value)):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime):
        return value.isoformat(" ").removesuffix(" 00:00:00")
    return str(value)


@THOROUGH
@given(
    layouts(), fillings(), st.lists(st.sampled_from(MISTAKES), min_size=1, max_size=6, unique=True),
    st.integers(0, 2**16),
)  # fmt: skip
def test_every_finding_quotes_the_cell_it_stands_at(
    layout: Layout, form: Filled, kinds: list[str], seed: int
) -> None:
    if not layout.total:  # where such a form ends is the question of the test above
        layout = replace(layout, fields_at="above")
    data, places = write(layout, [form])
    workbook = load_workbook(io.BytesIO(data))
    [(name, place)] = places.items()
    planted = plant(workbook[name], place, form, kinds, random.Random(seed))
    stream = io.BytesIO()
    workbook.save(stream)
    result = process("a1.xlsx", stream.getvalue(), shipped())

    reopened = load_workbook(io.BytesIO(stream.getvalue()), data_only=True)
    for found in result.findings:
        if found.cell is None:
            assert found.value is None
            continue
        assert found.sheet is not None
        if ":" in found.cell:
            assert found.value is None
            assert reopened[found.sheet][found.cell]
        else:
            assert found.value == shown(reopened[found.sheet][found.cell].value), found
    at = {found.cell for found in result.findings}
    assert [mistake for mistake in planted if mistake.cell is not None and mistake.cell not in at] == []


# -------------------------------------------------------------------------------- order, jobs, names


def _folder(rng: random.Random) -> list[bytes]:
    """Seven workbooks of one county that say whose they are; one of two sheets, some with mistakes."""
    inside = [unit for unit in units() if unit.county == "140724"]
    rng.shuffle(inside)
    forms = [filling(rng, unit, Stage.SELF, deducted=0.1) for unit in inside[:5]]
    forms += [filling(rng, unit, Stage.COUNTY, deducted=0.1) for unit in inside[:3]]
    files = []
    for group in ([form] for form in forms[:6]):
        files.append(_with_mistakes(_readable(rng), group, rng))
    files.append(build(_readable(rng), forms[6:])[0])
    return files


def _readable(rng: random.Random) -> Layout:
    """A random layout whose fields stand above the table, so that the test fails for its own reasons."""
    return replace(random_layout(rng), fields_at="above")


def _with_mistakes(layout: Layout, forms: list[Filled], rng: random.Random) -> bytes:
    data, places = write(layout, forms)
    workbook = load_workbook(io.BytesIO(data))
    for (name, place), form in zip(places.items(), forms, strict=True):
        plant(
            workbook[name],
            place,
            form,
            rng.sample((*SCORE_MISTAKES, "total", "reason", "day"), k=rng.randint(0, 2)),
            rng,
        )
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _inspected(files: Mapping[str, bytes], jobs: int) -> Inspection:
    with tempfile.TemporaryDirectory() as folder:
        for path, data in files.items():
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return inspect(Path(folder), shipped().limited_to("140724"), jobs=jobs)


def _without_paths(inspection: Inspection) -> tuple[object, ...]:
    """All that the inspection found, with each file called by its content instead of its path."""
    files = {result.sha256: result for result in inspection.files}
    called = {result.path: sha for sha, result in files.items()}
    contents = {
        sha: (
            result.status,
            result.reader,
            tuple(replace(sheet, file=sha) for sheet in result.sheets),
            tuple(replace(found, file=sha) for found in result.findings),
        )
        for sha, result in files.items()
    }
    told = repr(standings(inspection.by_unit, inspection.campaign))
    coverage = repr(inspection.coverage)
    for path, sha in called.items():
        told, coverage = told.replace(repr(path), repr(sha)), coverage.replace(repr(path), repr(sha))
    units_ = {
        code: {(called[sheet.file], sheet.sheet) for sheet in sheets}
        for code, sheets in inspection.by_unit.items()
    }
    return contents, told, coverage, units_


@FEW
@given(st.integers(0, 2**16))
def test_order_jobs_and_names_of_files_change_nothing(seed: int) -> None:
    rng = random.Random(seed)
    contents = _folder(rng)
    first = _inspected({f"a{n}.xlsx": data for n, data in enumerate(contents)}, jobs=1)
    assert first.findings
    expected = _without_paths(first)
    for jobs, pattern in ((2, "b{:02d}.xlsx"), (3, "收到/{}/x.xlsx")):
        rng.shuffle(contents)
        again = _inspected({pattern.format(n): data for n, data in enumerate(contents)}, jobs)
        assert _without_paths(again) == expected
