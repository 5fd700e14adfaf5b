"""The sheet 总览 of report.xlsx: the whole inspection on one page, every number of it taken from the other sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from huitoukan.model import Level, Severity, Verdict
from huitoukan.output.book_charts import bars_with_line, stacked_shares
from huitoukan.output.book_page import (
    HEAD,
    RED,
    SUBTITLE,
    Linked,
    Live,
    Look,
    Page,
    Value,
    capital,
    quoted,
    quoted_text,
)
from huitoukan.output.context import pass_share, township_counts
from huitoukan.output.report_layout import COLOURS, Layout
from huitoukan.standing.model import Standing

_WIDTHS = (7.0, 15.0, 10.0, 9.5, 9.5, 9.5, 12.0, 9.5, 9.5, 11.0, 8.0, 8.0, 8.0)
_LAST = "M"
# The other sheets, and the columns over which their names stand.
_LINKS = {
    "counties": (1, 2), "townships": (3, 4), "dimensions": (5, 6), "problems": (7, 8), "missing": (9, 9), "stages": (10, 12),
    "notes": (13, 13),
}  # fmt: skip
_CHART_INKS = {Verdict.PASS: "70AD47", Verdict.FAIL: "E15759", Verdict.PENDING: "F1BE42"}
_SMALL_ROWS, _LARGE_ROWS = 9, 16  # that the charts cover


def draw_overview(page: Page, layout: Layout) -> None:
    """Sentences, counts, counties, two charts."""
    for letter, width in zip("ABCDEFGHIJKLM", _WIDTHS, strict=True):
        page.sheet.column_dimensions[letter].width = width
    page.heading(layout.said.title)
    for key, (first, last) in _LINKS.items():
        page.put(2, first, Linked(layout.sheets[key], f"{quoted(layout.sheets[key])}!A1"), Look("word"))
        if last > first:
            page.sheet.merge_cells(start_row=2, start_column=first, end_row=2, end_column=last)
    page.sheet.row_dimensions[2].height = 22
    row = 3
    for sentence in layout.said.overview:
        page.wide(row, 1, len(_WIDTHS), sentence, sum(_WIDTHS))
        row += 1
    top = row + 1
    row = _verdicts(page, layout, top)
    row = _problems(page, layout, row + 1)
    row = max(_arrivals(page, layout, row + 1), top + _SMALL_ROWS)
    row = _counties(page, layout, row + 1)
    page.paper(1, f"A1:{_LAST}{row + _LARGE_ROWS - 1}", None, portrait=True)
    page.sheet.page_setup.fitToHeight = 1


def _heads(page: Page, row: int, *titles: str) -> None:
    page.row(row, titles, HEAD, 2)
    page.grow(row, titles, _WIDTHS[1:], 22.0)


def _verdicts(page: Page, layout: Layout, row: int) -> int:
    """How many counties and townships pass, fail and are pending, and their chart; returns the row below."""
    words, context = layout.words, layout.context
    _heads(page, row, words("单位"), *map(words.value, Verdict), words("合计"), words("达标占比"))
    counted: list[tuple[str, Level, Mapping[Verdict, int]]] = [
        (words("县(区、市)"), Level.COUNTY, context.verdicts),
        (words("乡镇(街道)"), Level.TOWNSHIP, context.township_verdicts),
    ]
    first = row + 1
    for n, (title, level, verdicts) in enumerate(counted, start=first):
        share = pass_share(verdicts)
        values: list[Value] = [
            capital(title),
            *(Live(layout.counting(level, "verdict", verdict), verdicts[verdict]) for verdict in Verdict),
            Live(f"SUM(C{n}:E{n})", sum(verdicts.values())),
            None if share is None else Live(f"ROUND(C{n}/F{n},4)", share),
        ]
        page.row(
            n, values, [Look("text", "pale"), *(Look("number", "pale"),) * 4, Look("percent", "pale")], 2
        )
    stacked_shares(
        page.sheet, (8, row, len(_WIDTHS), row + _SMALL_ROWS - 2), words("达标情况"), categories=(2, first, first + 1), columns=(3, 4, 5),
        names=[words.value(verdict) for verdict in Verdict], colours=list(_CHART_INKS.values()),
    )  # fmt: skip
    return first + 2


def _problems(page: Page, layout: Layout, row: int) -> int:
    """How many findings of each severity."""
    words, context, lines = layout.words, layout.context, layout.problem_lines
    _heads(page, row, words("问题"), *map(words.value, Severity), words("合计"), words("不能采用"))
    n = row + 1
    whole = lines.count == len(context.findings)  # else the list has no place for all of them
    yes = quoted_text(words("是"))
    counts = [
        (f"COUNTIF({lines.area('severity')},{layout.name(s)})", context.severities[s]) for s in Severity
    ]
    blocking = (f"COUNTIF({lines.area('blocks')},{yes})", context.blocking)
    total = (f"SUM(C{n}:E{n})", len(context.findings))
    values = [Live(*one) if whole else one[1] for one in (*counts, total, blocking)]
    page.row(n, [words("处数"), *values], [Look("text", "pale"), *(Look("number", "pale"),) * 5], 2)
    return n + 1


def _arrivals(page: Page, layout: Layout, row: int) -> int:
    """What was due and what came, by stage and material."""
    words, lines = layout.words, layout.total_lines
    columns = layout.context.matrix.columns
    if not columns:
        return row
    _heads(
        page,
        row,
        words("材料"),
        words("应报"),
        words("收到"),
        words("缺报"),
        words("其中逾期"),
        words("收到率"),
    )
    looks = [Look("text", "pale"), *(Look("number", "pale"),) * 4, Look("percent", "pale")]
    for n, column in enumerate(columns):
        tally = layout.context.matrix.totals[column]
        shown = (
            ("due", tally.due), ("received", tally.received), ("missing", tally.missing), ("late", tally.late),
            ("share", tally.share),
        )  # fmt: skip
        values = [None if value is None else Live(lines.place(n, key), value) for key, value in shown]
        material = capital(layout.material(column))
        page.row(row + 1 + n, [material, *values], looks, 2)
        page.grow(row + 1 + n, [material], _WIDTHS[1:])
    last = row + len(columns)
    page.colour(f"E{row + 1}:E{last}", f"E{row + 1}>0", RED)
    return last + 1


def _counties(page: Page, layout: Layout, row: int) -> int:
    """The counties by rank, each leading to its row, and the chart of their scores; returns the row of the chart."""
    words, context = layout.words, layout.context
    page.put(row, 1, words("各县(区、市)达标情况"), SUBTITLE)
    titles = (
        words("名次"), words("县(区、市)"), words("结论"), words("得分"), words("达标线"), words("等级"), words("依据"),
        words("达标乡镇"), words("参评乡镇"), words("乡镇达标占比"), *map(words.value, Severity),
    )  # fmt: skip
    page.heads(row + 1, titles, _WIDTHS)
    kinds = (
        "number", "text", "word", "number", "number", "word", "word", "number", "number", "percent", *("number",) * 3,
    )  # fmt: skip
    looks = [Look(kind, "pale") for kind in kinds]
    first = row + 2
    for n, county in enumerate(context.ranked, start=first):
        page.row(n, list(_county(layout, county, n)), looks)
        page.grow(
            n, ["", "", "", "", "", "", words.value(county.basis) if county.basis else ""], _WIDTHS, 20.0
        )
    last = first + len(context.ranked) - 1
    for verdict in Verdict:
        page.colour(f"C{first}:C{last}", f"$C{first}={layout.name(verdict)}", COLOURS[verdict])
    page.colour(f"D{first}:D{last}", f"AND(ISNUMBER($D{first}),$D{first}<$E{first})", RED)
    share = layout.name("township_share")
    page.colour(f"J{first}:J{last}", f"AND(ISNUMBER($J{first}),$J{first}<{share})", RED)
    bars_with_line(
        page.sheet, (1, last + 2, len(_WIDTHS), last + 1 + _LARGE_ROWS), words("各县(区、市)统计机构得分"),
        categories=(2, first, last), bars=4, line=5, names=(words("得分"), words("达标线")),
        top=context.campaign.rubric.level(Level.COUNTY).total,
    )  # fmt: skip
    return last + 2


def _county(layout: Layout, county: Standing, row: int) -> Iterator[Value]:
    """What stands in the row of the county on 县区, found by its name: that list may be sorted. Nothing stays nothing."""
    words, lines = layout.words, layout.county_lines
    code = county.unit.code
    name = layout.context.campaign.roster.county_name(code)
    counts, problems = township_counts(county), layout.problems.by_county
    share = next((reason.value for reason in county.reasons if reason.rule == "township_share"), None)

    def found(key: str, value: str | int | object | None) -> Value:
        if value is None:
            return None
        formula = f"INDEX({lines.area(key)},MATCH($B{row},{lines.area('name')},0))"
        return Live(formula, value)  # type: ignore[arg-type]

    yield found("rank", county.rank)
    yield Linked(name, layout.county_place(code))
    yield found("verdict", words.value(county.verdict))
    yield found("score", county.score)
    yield Live(layout.name("pass_mark"), layout.context.campaign.settings.pass_rules.pass_mark.value)
    yield found("grade", words(county.grade) if county.grade else None)
    yield found("basis", words.value(county.basis) if county.basis else None)
    yield found("passing", counts.get("passing"))
    yield found("counted", counts.get("all"))
    yield found("share", share)
    for severity in Severity:
        yield found(severity.value, problems.get((code, severity), 0))
