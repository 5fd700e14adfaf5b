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

from huitoukan.grid import Range
from huitoukan.intake.extract import extract_all
from huitoukan.intake.layout import RowKind, find_table
from huitoukan.intake.reader import read
from huitoukan.intake.vocabulary import vocabulary
from huitoukan.model import ScoreState, Severity, SheetKind, Stage
from huitoukan.pipeline import Inspection, inspect, process
from huitoukan.standing.aggregate import standings
from tests.support.forms import (
    USUAL,
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
    write_stacked,
)

THOROUGH = settings(
    max_examples=100,
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


@THOROUGH
@given(
    layouts(), st.lists(fillings(), min_size=2, max_size=4, unique_by=lambda form: form.unit.code),
    st.integers(0, 2), st.booleans(),
)  # fmt: skip
def test_forms_below_one_another_are_read_back(
    layout: Layout, forms: list[Filled], apart: int, one_header: bool
) -> None:
    if one_header:  # then they have the same columns
        forms = [replace(form, stage=forms[0].stage, date=forms[0].date) for form in forms]
        forms = [form for form in forms if form.unit.level is forms[0].unit.level]
        layout = replace(layout, repeat_header=False)
    data, places = write_stacked(layout, forms, apart=apart, one_header=one_header)
    result = process("a1.xlsx", data, shipped())
    found = [(sheet.sheet, sheet.unit, sheet.stage, sheet.dated) for sheet in result.sheets]
    assert found == [("汇总", form.unit.code, form.stage, form.date) for form in forms]
    for sheet, form, place in zip(result.sheets, forms, places, strict=True):
        assert {item.item: item.value for item in sheet.items} == form.scores
        assert {item.item: item.cell for item in sheet.items} == place.scores
    complaints = {found.code for found in result.findings if found.severity is not Severity.INFO}
    assert complaints <= {"S431", "S432"} | (set() if layout.footer else {"L223"}) | (
        set() if layout.total else {"S423"}
    )


@THOROUGH
@given(
    layouts(), fillings(), st.sampled_from(("", "blank", "title", "续表", "all above")), st.integers(0, 99)
)
def test_a_page_break_anywhere_changes_nothing(layout: Layout, form: Filled, kind: str, where: int) -> None:
    data, _ = build(replace(layout, repeat_header=False, empty_sheet=False), [form])
    [grid] = read("a1.xlsx", data, shipped().settings.limits).grids
    table = find_table(grid, vocabulary(shipped()))
    assert table is not None
    header, items_ = table.header, sorted(row.row for row in table.of(RowKind.ITEM))
    rows = [list(row) for row in grid.rows]
    above = [row for row in rows[: header.top] if not any("：" in str(v) or ":" in str(v) for v in row)]
    before = {"blank": [[]], "title": above, "续表": [["续表"]], "all above": rows[: header.top]}.get(
        kind, []
    )
    repeated = [*before, *rows[header.top : header.bottom + 1]]
    at = header.bottom + 1 + where % (items_[-1] - header.bottom)
    broken = replace(
        grid,
        rows=[*rows[:at], *repeated, *rows[at:]],
        merges=tuple(part for area in grid.merges for part in _moved(area, at, len(repeated))),
    )
    [extracted] = extract_all("a1.xlsx", [broken], shipped())
    sheet = extracted.sheet
    assert sheet is not None
    assert (sheet.unit.unit, sheet.stage.stage, sheet.date.reading.value) == (
        form.unit.code,
        form.stage,
        form.date,
    )
    assert {score.item: score.reading.value for score in sheet.scores} == form.scores
    assert (sheet.repeated_items, sheet.unknown_rows) == ((), ())


def _moved(area: Range, at: int, by: int) -> list[Range]:
    """A merged area after rows were put in; one that lies across the place is parted, as a page break does it."""
    if area.bottom < at:
        return [area]
    lower = replace(area, top=max(area.top, at) + by, bottom=area.bottom + by)
    return [lower] if area.top >= at else [replace(area, bottom=at - 1), lower]


UNRELATED = ("食堂卫生", "车辆管理", "消防演练", "植树造林", "图书借阅", "水电维修", "来访登记", "保洁绿化")


@FEW
@given(layouts(), fillings(), st.randoms(use_true_random=False))
def test_names_that_have_nothing_to_do_with_the_items_match_nothing(
    layout: Layout, form: Filled, rng: random.Random
) -> None:
    layout = replace(layout, marking="running", item_words="{title}", order=USUAL)
    data, _ = build(layout, [form])
    workbook = load_workbook(io.BytesIO(data))
    kept = rng.choice(items(form.unit.level)).title
    titles = {item.title for item in items(form.unit.level)} - {kept}
    criteria = {item.criterion for item in items(form.unit.level)}
    for row in workbook.worksheets[0].iter_rows():
        for cell in row:
            if str(cell.value).replace("\u3000", "") in titles:
                cell.value = rng.choice(UNRELATED)
            elif cell.value in criteria:
                cell.value = None
    stream = io.BytesIO()
    workbook.save(stream)
    result = process("a1.xlsx", stream.getvalue(), shipped())
    score = [sheet for sheet in result.sheets if sheet.kind is SheetKind.SCORE]
    named = {item.id for item in items(form.unit.level) if item.title == kept}
    assert {item.item for sheet in score for item in sheet.items} <= named
    assert "L228" not in {found.code for found in result.findings}


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
                # What openpyxl writes of plain spaces depends on whether lxml is there.
                sheet[cell] = None if kind == "reason" else "\u3000"
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
        for end in ("'", "「"):  # alone, or with the worksheet
            told, coverage = (text.replace(f"'{path}{end}", f"'{sha}{end}") for text in (told, coverage))
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
