"""The sheet 缺报 of report.xlsx: what was due and what arrived, every unit that lacks something, and the counties."""

from __future__ import annotations

from collections.abc import Iterator

from huitoukan.materials import Holding, Presence
from huitoukan.output.book_page import (
    RED,
    SUBTITLE,
    Column,
    Lines,
    Linked,
    Live,
    Look,
    Page,
    Value,
    quoted,
)
from huitoukan.output.report_layout import COLOURS, Layout
from huitoukan.standing.coverage import Column as Material
from huitoukan.standing.coverage import Tally

_SHOWN = (Presence.MISSING, Presence.LATE, Presence.EXTRA)
_COUNTS = ("due", "received", "missing", "late")
_KINDS = ("text", "text", "number", "number", "number", "number", "percent")


def draw_missing(page: Page, layout: Layout) -> None:
    """The totals by stage and material, the units, the counties."""
    words, sheet = layout.words, layout.sheets["missing"]
    page.heading(words("报送和缺报情况"), (), layout.sheets["overview"])
    totals, units, counties = layout.total_lines, layout.missing_lines, layout.coverage_lines
    if not layout.context.matrix.columns:
        page.put(totals.header, 1, words("没有应报的材料。"))
        page.paper(1, f"A1:H{totals.header}", None)
        return
    page.put(2, 2, Linked(words("各县(区、市)情况"), f"{quoted(sheet)}!A{counties.header - 1}"))
    unit_columns = _unit_columns(layout)
    page.list(units, unit_columns, list(_units(layout)), "Missing", group=0)
    page.colour_words(units, "state", {layout.name(state): COLOURS[state] for state in _SHOWN})
    widths = [page.sheet.column_dimensions[units.letter(column.key)].width for column in unit_columns]
    page.put(totals.header - 1, 1, words("合计"), SUBTITLE)
    page.heads(totals.header, [column.title for column in _count_columns(layout)], widths[: len(_KINDS)])
    looks = [Look(kind, "pale") for kind in _KINDS]
    for row, column in enumerate(layout.context.matrix.columns, start=totals.first):
        page.row(row, list(_total(layout, column, row)), looks)
        page.grow(row, ["", layout.material(column)], widths)
    notes = [layout.said.matrix_note, *filter(None, [layout.said.city_line])]
    for row, note in enumerate(notes, start=totals.last + 1):
        page.wide(row, 1, len(unit_columns), note, sum(widths))
    title = words("缺报、逾期和多报的单位") if units.count else words("没有缺报、逾期或多报的单位")
    page.put(units.header - 1, 1, title, SUBTITLE)
    page.put(counties.header - 1, 1, words("各县(区、市)情况"), SUBTITLE)
    columns = [
        column._replace(width=width) for column, width in zip(_count_columns(layout), widths, strict=False)
    ]
    page.list(counties, columns, list(_counties(layout)), "Coverage", group=0)
    for lines in (totals, counties):
        letter = lines.letter("missing")
        page.colour(f"{letter}{lines.first}:{letter}{lines.last}", f"{letter}{lines.first}>0", RED)
    page.paper(1, f"A1:{units.letter('file')}{counties.last}", "B3", portrait=True)


def _count_columns(layout: Layout) -> list[Column]:
    words = layout.words
    return [
        Column("county", words("县(区、市)"), "text"),
        Column("material", words("阶段和材料"), "text"),
        Column("due", words("应报"), "number"),
        Column("received", words("收到"), "number"),
        Column("missing", words("缺报"), "number"),
        Column("late", words("其中逾期"), "number"),
        Column("share", words("收到率"), "percent"),
    ]


def _unit_columns(layout: Layout) -> list[Column]:
    words = layout.words
    return [
        Column("county", words("县(区、市)"), "text", 13.0),
        Column("unit", words("单位"), "text", 20.0),
        Column("level", words("级别"), width=10.0),
        Column("stage", words("阶段"), width=11.0),
        Column("material", words("材料"), width=11.0),
        Column("state", words("状态"), width=10.0),
        Column("day", words("日期"), width=12.5),
        Column("file", words("文件"), "text", 44.0),
    ]


# ---------------------------------------------------------------------------------------------------------- counts


def _total(layout: Layout, column: Material, row: int) -> Iterator[Value]:
    """The sums of the counties; what is due of the city as a whole, and of no county, stands as a number."""
    matrix, counties, totals = layout.context.matrix, layout.coverage_lines, layout.total_lines
    own = matrix.totals[column]
    summed = sum((county.tallies[column] for county in matrix.counties), Tally())
    yield layout.words("全部")
    yield layout.material(column)
    for key in _COUNTS:
        value = getattr(own, key)
        formula = f"SUMIFS({counties.area(key)},{counties.area('material')},$B{row})"
        yield Live(formula, value) if value == getattr(summed, key) else value
    yield _share(totals, own, row)


def _counties(layout: Layout) -> Iterator[list[Value]]:
    """A row a county and material, where anything was due or came."""
    lines = layout.coverage_lines
    for n, (county, column) in enumerate(layout.coverage_rows):
        tally = county.tallies[column]
        counts: list[Value] = [getattr(tally, key) for key in _COUNTS]
        yield [county.name, layout.material(column), *counts, _share(lines, tally, lines.first + n)]


def _share(lines: Lines, tally: Tally, row: int) -> Value:
    if tally.share is None:
        return None
    return Live(f"ROUND({lines.letter('received')}{row}/{lines.letter('due')}{row},4)", tally.share)


# ---------------------------------------------------------------------------------------------------------- units


def _units(layout: Layout) -> Iterator[list[Value]]:
    """Whatever a unit owes and has not sent, sent late, or sent though it was not to."""
    roster, words = layout.context.campaign.roster, layout.words
    for county, (stage, kind), holding in layout.missing_rows:
        unit = roster.units[holding.unit]
        yield [
            county.name, unit.name, words.value(unit.level), words.value(stage), words.value(kind),
            words.value(holding.presence), *_arrival(holding),
        ]  # fmt: skip


def _arrival(holding: Holding) -> tuple[Value, Value]:
    days = [receipt.day for receipt in holding.receipts if receipt.day is not None]
    files = dict.fromkeys(receipt.file for receipt in holding.receipts)
    return (min(days).isoformat() if days else None), ("\n".join(files) or None)
