"""The sheet 维度 of report.xlsx: how the dimensions did at each level, county by county, and where points were lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from huitoukan.grid import column_letters
from huitoukan.model import Level
from huitoukan.output.book_charts import bars_with_line
from huitoukan.output.book_page import HEAD, RED, SUBTITLE, Lines, Live, Look, Page, Value
from huitoukan.output.context import DimensionAnalysis, rate
from huitoukan.output.report_layout import Layout, got_key, of_key

_WIDTHS = (24.0, 10.0, 10.0, 12.0, 12.0, 14.0, 11.0, 11.0, 11.0, 11.0)
_UNIT = 8  # the column of a unit's name, which stretches to the last one
_FIRST = 4
_CHART_ROWS = 15


def draw_dimensions(page: Page, layout: Layout) -> None:
    """A block a level with its chart, then the counties, then the items by points lost."""
    words = layout.words
    page.heading(words("各维度得分情况"), (), layout.sheets["overview"])
    row = _FIRST
    for level in layout.said.levels:
        if layout.context.dimensions[level]:
            row = _level(page, layout, level, row)
    row = _counties(page, layout, row)
    for level in layout.said.levels:
        if layout.context.losses[level]:
            row = _losses(page, layout, level, row)
    columns = max(len(_WIDTHS), len(layout.dimensions(Level.COUNTY)) + 1)
    if row == _FIRST:
        page.put(row, 1, words("没有可用的评分表。"))
        row += 1
    last = Lines(layout.sheets["dimensions"], 1, tuple(map(str, range(columns))), row - 2)
    page.paper(1, last.whole, "B4", portrait=True)
    for n, width in enumerate(_WIDTHS):
        page.sheet.column_dimensions[last.letter(str(n))].width = width


def _level(page: Page, layout: Layout, level: Level, row: int) -> int:
    """The dimensions of a level over all its units, and their chart; returns the row below them."""
    words, lines = layout.words, layout.unit_lines(level)
    page.put(row, 1, layout.said.bodies_word[level], SUBTITLE)
    titles = (
        words("维度"), words("分值"), words("单位数"), words("平均得分率"), words("维度底线"), words("低于底线的单位"),
        words("最低得分率"), words("最低的单位"),
    )  # fmt: skip
    page.heads(row + 1, [*titles, *("",) * (len(_WIDTHS) - len(titles))], _WIDTHS)
    _stretch(page, row + 1)
    kinds = ("text", "number", "number", "percent", "percent", "number", "percent", *("line",) * 3)
    looks = [Look(kind, "pale") for kind in kinds]
    points = {dimension.id: dimension.max_points for dimension in layout.dimensions(level)}
    first = row + 2
    for n, one in enumerate(layout.context.dimensions[level], start=first):
        page.row(n, [*_analysis(layout, lines, one, points), None, None], looks)
        _stretch(page, n)
    last = first + len(layout.context.dimensions[level]) - 1
    page.colour(f"D{first}:D{last}", f"D{first}<E{first}", RED)
    page.colour(f"G{first}:G{last}", f"G{first}<$E{first}", RED)
    title = words("{bodies}各维度平均得分率").format(bodies=layout.said.bodies_word[level])
    bars_with_line(
        page.sheet, (1, last + 2, len(_WIDTHS), last + 1 + _CHART_ROWS), title, categories=(1, first, last), bars=4, line=5,
        percent=True, names=(words("平均得分率"), words("维度底线")),
    )  # fmt: skip
    return last + 3 + _CHART_ROWS


def _stretch(page: Page, row: int) -> None:
    """The name of the weakest unit has the last columns to itself."""
    page.sheet.merge_cells(start_row=row, start_column=_UNIT, end_row=row, end_column=len(_WIDTHS))


def _analysis(
    layout: Layout, lines: Lines, one: DimensionAnalysis, points: Mapping[str, Decimal]
) -> Iterator[Value]:
    got, of = lines.area(got_key(one.dimension)), lines.area(of_key(one.dimension))
    share = layout.name("dimension_share")
    yield one.title
    yield points[one.dimension]
    yield Live(f"COUNT({got})", one.units)
    yield Live(f"ROUND(SUM({got})/SUM({of}),4)", one.rate)
    yield Live(share, layout.context.campaign.settings.pass_rules.dimension_share.value)
    below = f"SUMPRODUCT(ISNUMBER({got})*({got}<ROUND({of}*{share},10)))"
    yield Live(below, one.below)
    yield one.lowest
    yield layout.said.lowest[one.dimension]


def _counties(page: Page, layout: Layout, row: int) -> int:
    """The share of points that each county body got in each dimension."""
    words, lines = layout.words, layout.county_lines
    counties = [(n, c) for n, c in enumerate(layout.context.counties) if c.source is not None]
    dimensions = layout.dimensions(Level.COUNTY)
    if not counties:
        return row
    page.put(row, 1, words("各县(区、市)各维度得分率"), SUBTITLE)
    titles = [words("县(区、市)"), *(dimension.title for dimension in dimensions)]
    page.row(row + 1, titles, HEAD)
    page.grow(row + 1, titles, _WIDTHS, 22.0)
    looks = [Look("text", "pale"), *(Look("percent", "pale") for _ in dimensions)]
    first = row + 2
    for place, (n, county) in enumerate(counties, start=first):
        values: list[Value] = [layout.context.campaign.roster.county_name(county.unit.code)]
        known = {dimension.dimension: dimension for dimension in county.dimensions}
        for dimension in dimensions:
            one = known[dimension.id]
            share = rate(one)
            cells = (lines.place(n, key(dimension.id)) for key in (got_key, of_key))
            formula = "ROUND({}/{},4)".format(*cells)
            values.append(words("不适用") if share is None else Live(formula, share))
        page.row(place, values, looks)
    last = first + len(counties) - 1
    area = f"B{first}:{column_letters(len(dimensions))}{last}"
    page.colour(area, f"AND(ISNUMBER(B{first}),B{first}<{layout.name('dimension_share')})", RED)
    return last + 2


def _losses(page: Page, layout: Layout, level: Level, row: int) -> int:
    """The items of a level on which points were lost, most first."""
    words = layout.words
    title = words("{bodies}失分的项目").format(bodies=layout.said.bodies_word[level])
    page.put(row, 1, title, SUBTITLE)
    titles = (
        words("检查项目"), words("标准分"), words("单位数"), words("失分单位"), words("失分合计"), words("平均失分"),
    )  # fmt: skip
    page.row(row + 1, titles, HEAD)
    page.grow(row + 1, titles, _WIDTHS, 22.0)
    looks = [Look("text", "pale"), *(Look("number", "pale") for _ in titles[1:])]
    for n, loss in enumerate(layout.context.losses[level], start=row + 2):
        average = Live(f"ROUND(E{n}/C{n},2)", loss.average)
        values = (f"{loss.item} {loss.title}", loss.maximum, loss.units, loss.losing, loss.lost, average)
        page.row(n, values, looks)
    return row + 3 + len(layout.context.losses[level])
