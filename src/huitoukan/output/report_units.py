"""The sheets 县区 and 乡镇 of report.xlsx: a row a unit, with its verdict, score, dimensions and problems."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from huitoukan.model import Level, Severity, Verdict
from huitoukan.output.book_page import RED, Column, Lines, Linked, Live, Page, Value, quoted_text
from huitoukan.output.context import township_counts
from huitoukan.output.report_layout import COLOURS, HEADER, Layout, got_key, of_key
from huitoukan.standing.model import Standing

_NUMBER_WIDTH = 8.5
_WHY_WIDTH = 46.0


def draw_counties(page: Page, layout: Layout) -> None:
    """The sheet 县区."""
    words, lines = layout.words, layout.county_lines
    columns = [
        Column("code", words("代码")),
        Column("name", words("县(区、市)")),
        Column("verdict", words("结论")),
        Column("score", words("得分"), "number", _NUMBER_WIDTH),
        Column("grade", words("等级")),
        Column("basis", words("依据")),
        Column("margin", words("距达标线"), "signed"),
        Column("rank", words("名次"), "number"),
        Column("passing", words("达标乡镇"), "number"),
        Column("counted", words("参评乡镇"), "number"),
        Column("pending", words("待定乡镇"), "number"),
        Column("share", words("乡镇达标占比"), "percent"),
        *_problem_columns(layout),
        Column("why", words("主要理由"), "text", _WHY_WIDTH),
        *_dimension_columns(layout, Level.COUNTY),
        *_source_columns(layout),
    ]
    rows = [list(_county(layout, n, county)) for n, county in enumerate(layout.context.counties)]
    note = words("得分、名次、依据和距达标线是县级统计机构本身的。点县名看它的乡镇, 点问题数看它的问题。")
    page.heading(words("县(区、市)达标情况"), (note,), layout.sheets["overview"])
    page.list(lines, columns, rows, "Counties")
    _finish(page, layout, lines, Level.COUNTY, "C")
    letter = lines.letter("share")
    area = f"{letter}{lines.first}:{letter}{lines.last}"
    first = f"${letter}{lines.first}"
    page.colour(area, f"AND(ISNUMBER({first}),{first}<{layout.name('township_share')})", RED)


def draw_townships(page: Page, layout: Layout) -> None:
    """The sheet 乡镇."""
    words, lines = layout.words, layout.township_lines
    columns = [
        Column("code", words("代码")),
        Column("county", words("县(区、市)")),
        Column("name", words("单位"), "text", 20.0),
        Column("required", words("应参加"), width=7.0),
        Column("verdict", words("结论")),
        Column("score", words("得分"), "number", _NUMBER_WIDTH),
        Column("grade", words("等级")),
        Column("basis", words("依据")),
        Column("margin", words("距达标线"), "signed"),
        Column("rank", words("县内名次"), "number"),
        *_problem_columns(layout),
        Column("why", words("主要理由"), "text", _WHY_WIDTH),
        *_dimension_columns(layout, Level.TOWNSHIP),
        *_source_columns(layout),
    ]
    rows = [list(_township(layout, n, *pair)) for n, pair in enumerate(layout.townships)]
    note = words("没有分数的格是空的, 不是 0 分; 不适用的写明不适用。点单位名称看它的问题。")
    page.heading(words("乡镇(街道)达标情况"), (note,), layout.sheets["overview"])
    page.list(lines, columns, rows, "Townships", group=1)
    _finish(page, layout, lines, Level.TOWNSHIP, "D")


def _problem_columns(layout: Layout) -> list[Column]:
    return [
        Column(severity.value, layout.words.value(severity), "number", 7.5) for severity in Severity
    ]  # fmt: skip


def _dimension_columns(layout: Layout, level: Level) -> Iterator[Column]:
    """Points got in each dimension, then the points that apply."""
    for dimension in layout.dimensions(level):
        yield Column(got_key(dimension.id), dimension.title, "number", 9.5)
    for dimension in layout.dimensions(level):
        title = layout.words("{title}适用分值").format(title=dimension.title)
        yield Column(of_key(dimension.id), title, "number", 9.5)


def _source_columns(layout: Layout) -> list[Column]:
    return [
        Column("file", layout.words("文件"), "text", 40.0),
        Column("sheet", layout.words("工作表"), "text", 14.0),
    ]


def _finish(page: Page, layout: Layout, lines: Lines, level: Level, freeze: str) -> None:
    """Colours and paper. What stands right of the reasons is for the screen: it would make the print too small."""
    page.colour_words(lines, "verdict", {layout.name(verdict): COLOURS[verdict] for verdict in Verdict})
    score = lines.letter("score")
    first = f"${score}{lines.first}"
    area = f"{score}{lines.first}:{score}{lines.last}"
    page.colour(area, f"AND(ISNUMBER({first}),{first}<{layout.name('pass_mark')})", RED)
    for dimension in layout.dimensions(level):
        got, of = lines.letter(got_key(dimension.id)), lines.letter(of_key(dimension.id))
        cell = f"{got}{lines.first}"
        least = f"ROUND({of}{lines.first}*{layout.name('dimension_share')},10)"
        page.colour(
            f"{cell}:{got}{lines.last}", f"AND(ISNUMBER({cell}),{cell}<{least})", RED
        )  # fmt: skip
    page.paper(HEADER, f"A1:{lines.letter('why')}{lines.last}", f"{freeze}{lines.first}")


# ---------------------------------------------------------------------------------------------------------- rows


def _county(layout: Layout, n: int, county: Standing) -> Iterator[Value]:
    """One row of 县区; `n` from 0."""
    lines, words, row = layout.county_lines, layout.words, layout.county_lines.first + n
    code = county.unit.code
    name = layout.context.campaign.roster.county_name(code)
    first = next((n for n, (body, _) in enumerate(layout.townships) if body is county), None)
    yield code
    yield name if first is None else Linked(name, layout.township_lines.place(first))
    yield words.value(county.verdict)
    yield from _score(layout, lines, row, Level.COUNTY, county)
    yield _rank(lines, row, county, ())
    yield from _township_share(layout, row, county)
    yield from _problems(layout, row, code, "county_code")
    yield layout.why(county)
    yield from _dimensions(layout, Level.COUNTY, county)
    yield from _source(county)


def _township(layout: Layout, n: int, county: Standing, township: Standing) -> Iterator[Value]:
    """One row of 乡镇; `n` from 0."""
    lines, words, row = layout.township_lines, layout.words, layout.township_lines.first + n
    unit = township.unit
    first = layout.problems.first_of_unit.get(unit.code)
    yield unit.code
    yield layout.context.campaign.roster.county_name(county.unit.code)
    yield unit.name if first is None else Linked(unit.name, layout.problem_lines.place(first))
    yield words("是") if unit.required else words("否")
    yield words.value(township.verdict)
    yield from _score(layout, lines, row, Level.TOWNSHIP, township)
    yield _rank(lines, row, township, ("county",))
    yield from _problems(layout, row, unit.code, "unit_code")
    yield layout.why(township)
    yield from _dimensions(layout, Level.TOWNSHIP, township)
    yield from _source(township)


def _score(layout: Layout, lines: Lines, row: int, level: Level, one: Standing) -> Iterator[Value]:
    """Score, grade, stage and margin. The score sums the dimensions, on the scale of the total if not all points apply."""
    if one.score is None:
        yield from (None, layout.words(one.grade) if one.grade else None)
        yield from (layout.words.value(one.basis) if one.basis else None, None)
        return
    ids = [dimension.id for dimension in layout.dimensions(level)]
    got = f"{lines.letter(got_key(ids[0]))}{row}:{lines.letter(got_key(ids[-1]))}{row}"
    of = f"{lines.letter(of_key(ids[0]))}{row}:{lines.letter(of_key(ids[-1]))}{row}"
    total = layout.total(level)
    formula = (
        f"IF(SUM({of})={total},ROUND(SUM({got}),10),ROUND(SUM({got})/SUM({of})*{total},2))"
    )  # fmt: skip
    yield Live(formula, one.score)
    yield layout.words(one.grade) if one.grade else None
    yield layout.words.value(one.basis)
    margin = f"ROUND({lines.letter('score')}{row}-{layout.name('pass_mark')},10)"
    yield Live(margin, one.margin)


def _rank(lines: Lines, row: int, one: Standing, within: Sequence[str]) -> Value:
    """How many have a higher score (among the rows that agree in the columns `within`), and one."""
    if one.rank is None:
        return None
    same = "".join(f"{lines.area(key)},${lines.letter(key)}{row}," for key in within)
    higher = f'{lines.area("score")},">"&{lines.letter("score")}{row}'
    return Live(f"COUNTIFS({same}{higher})+1", one.rank)


def _township_share(layout: Layout, row: int, county: Standing) -> Iterator[Value]:
    """Townships that pass, those that count, those pending among them, and the share; nothing where none count."""
    counts = township_counts(county)
    if not counts:
        yield from (None, None, None, None)
        return
    lines, townships = layout.county_lines, layout.township_lines
    own = f"{townships.area('county')},${lines.letter('name')}{row},{townships.area('verdict')},"
    required = f",{townships.area('required')},{quoted_text(layout.words('是'))}"
    passing, counted, pending = (f"{lines.letter(key)}{row}" for key in ("passing", "counted", "pending"))
    share = next(reason.value for reason in county.reasons if reason.rule == "township_share")
    yield Live(f"COUNTIFS({own}{layout.name(Verdict.PASS)})", counts["passing"])
    failing = f"COUNTIFS({own}{layout.name(Verdict.FAIL)})"
    yield Live(f"{passing}+{pending}+{failing}", counts["all"])
    yield Live(f"COUNTIFS({own}{layout.name(Verdict.PENDING)}{required})", counts["pending"])
    yield Live(f"ROUND({passing}/{counted},4)", share)


def _problems(layout: Layout, row: int, code: str, key: str) -> Iterator[Value]:
    """The problems of a unit, or of a county with its units, by severity; the first number leads to them."""
    listed, whole = layout.problem_lines, key == "county_code"
    counts = layout.problems.by_county if whole else layout.problems.by_unit
    first = (layout.problems.first_of_county if whole else layout.problems.first_of_unit).get(code)
    for severity in Severity:
        n = counts.get((code, severity), 0)
        formula = f"COUNTIFS({listed.area(key)},$A{row},{listed.area('severity')},{layout.name(severity)})"
        live = Live(formula, n)
        yield Linked(live, listed.place(first)) if first is not None and n else live


def _dimensions(layout: Layout, level: Level, one: Standing) -> Iterator[Value]:
    """Points got, then points that apply; what does not apply says so, what is missing is empty."""
    known = {dimension.dimension: dimension for dimension in one.dimensions}
    found = [known.get(dimension.id) for dimension in layout.dimensions(level)]
    for d in found:
        missing = layout.words("不适用") if d is not None and one.source is not None else None
        yield missing if d is None or d.score is None else d.score
    for d in found:
        yield None if d is None or d.score is None else d.maximum


def _source(one: Standing) -> Iterator[Value]:
    """The file and the worksheet that the score stands on."""
    yield one.source.file if one.source else None
    yield one.source.sheet if one.source else None
