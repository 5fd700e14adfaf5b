"""The sheet 三阶段对比 of report.xlsx: the scores of each unit at its stages, and how far self-assessments lie above checks."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from huitoukan.model import Stage
from huitoukan.output.book_charts import bars
from huitoukan.output.book_page import GREY, RED, SUBTITLE, YELLOW, Column, Live, Look, Page, Value
from huitoukan.output.report_layout import CHART_ROWS, Layout
from huitoukan.standing.differences import UnitComparison
from huitoukan.standing.exact import half_up
from huitoukan.standing.inflation import Inflation
from huitoukan.standing.model import Standing

_TEN_PLACES = Decimal("1e-10")
_KEYS = {Stage.SELF: "self", Stage.COUNTY: "county_check", Stage.CITY: "city_check"}
_GROUPS = ("text", "number", "number", "number", "signed", "signed", "percent", "number", "number", "number")


def draw_stages(page: Page, layout: Layout) -> None:
    """The counties with their chart, then the units."""
    words, groups, units = layout.words, layout.group_lines, layout.stage_lines
    page.heading(words("三阶段对比"), (), layout.sheets["overview"])
    comparison = layout.context.comparison
    if comparison is None or not comparison.units:
        page.put(groups.header, 1, words("没有单位报送过两个阶段的评分表, 不能对比。"))
        page.paper(1, f"A1:H{groups.header}", None)
        return
    columns = _unit_columns(layout)
    rows = [list(_unit(layout, one, units.first + n)) for n, one in enumerate(comparison.units)]
    page.list(units, columns, rows, "Stages", group=0)
    page.put(units.header - 1, 1, words("各单位"), SUBTITLE)
    before, after = units.letter("before"), units.letter("after")
    area = f"{before}{units.first}:{after}{units.last}"
    own, checked = f"${before}{units.first}", f"${after}{units.first}"
    page.colour(area, f'AND({own}<>"",{checked}<>"",{own}<>{checked})', RED)
    above = units.letter("above")
    page.colour(
        f"{above}{units.first}:{above}{units.last}",
        f"AND(ISNUMBER({above}{units.first}),{above}{units.first}>={layout.name('gap')})", YELLOW,
    )  # fmt: skip
    if layout.groups:
        widths = [page.sheet.column_dimensions[units.letter(column.key)].width for column in columns]
        page.put(groups.header - 1, 1, words("自评与检查"), SUBTITLE)
        page.heads(groups.header, _group_titles(layout), widths[: len(_GROUPS)])
        looks = [Look(kind, "pale") for kind in _GROUPS]
        for n, (name, index) in enumerate(layout.groups):
            values = list(_group(layout, name, index, groups.first + n, whole=n == 0))
            page.row(groups.first + n, values, looks)
        few = f"$B{groups.first}<{layout.name('least_units')}"
        page.colour(f"A{groups.first}:J{groups.last}", few, GREY)
        note = words(
            "得分换算为百分制, 只计自评和检查都有得分的单位; 检查取最高阶段的。灰色的单位数过少, 仅供参考。"
        )
        page.put(groups.last + 1, 1, note)
        covered = (1, groups.last + 3, len(_GROUPS), groups.last + CHART_ROWS)
        title = words("自评比检查高出的平均分(偏高指数)")
        bars(
            page.sheet,
            covered,
            title,
            categories=(1, groups.first, groups.last),
            column=5,
            name=words("偏高指数"),
        )
    page.paper(units.header, f"A1:{units.letter('left')}{units.last}", "C3")


def _group_titles(layout: Layout) -> list[str]:
    words = layout.words
    return [
        words("县(区、市)"), words("可比单位"), words("自评均分"), words("检查均分"), words("偏高指数"), words("中位数"),
        words("核减率"), words("自评高的单位"), words("相同的单位"), words("自评低的单位"),
    ]  # fmt: skip


def _group(layout: Layout, name: str, index: Inflation, row: int, *, whole: bool) -> Iterator[Value]:
    """The index of a county, or of all units."""
    units = layout.stage_lines
    county, above = units.area("county"), units.area("above")
    own, checked = units.area("own"), units.area("checked")
    only = "" if whole else f",{county},$A{row}"

    def mean(area: str) -> str:
        inner = f"AVERAGE({area})" if whole else f"AVERAGEIFS({area}{only})"
        return f"ROUND(ROUND({inner},10),2)"

    def total(area: str) -> str:
        return f"SUM({area})" if whole else f"SUMIFS({area}{only})"

    yield name
    yield Live(f"COUNT({above})" if whole else f'COUNTIFS({county},$A{row},{above},">=-1E+9")', index.n)
    yield Live(mean(own), index.own)
    yield Live(mean(checked), index.check)
    yield Live(mean(above), index.index)
    yield index.middle
    taken = f"ROUND(({total(own)}-{total(checked)})/{total(own)},4)"
    yield None if index.taken is None else Live(taken, index.taken)
    for sign, n in ((">0", index.above), ("=0", index.equal), ("<0", index.below)):
        yield Live(f'COUNTIFS({above},"{sign}"{only})', n)


# ---------------------------------------------------------------------------------------------------------- units


def _unit_columns(layout: Layout) -> list[Column]:
    words = layout.words
    return [
        Column("county", words("县(区、市)"), "text", 13.0),
        Column("unit", words("单位"), "text", 20.0),
        Column("level", words("级别"), width=10.0),
        *(Column(key, words.value(stage), "number", 10.5) for stage, key in _KEYS.items()),
        Column("check", words("采用的检查"), width=11.0),
        Column("own", words("自评(百分制)"), "number", 11.0),
        Column("checked", words("检查(百分制)"), "number", 11.0),
        Column("above", words("自评高出"), "signed", 10.5),
        Column("before", words("自评结论"), width=10.0),
        Column("after", words("检查结论"), width=10.0),
        Column("left", words("说明"), "text", 40.0),
    ]


def _unit(layout: Layout, unit: UnitComparison, row: int) -> Iterator[Value]:
    words, roster, lines = layout.words, layout.context.campaign.roster, layout.stage_lines
    stages = dict(unit.stages)
    yield roster.county_name(unit.unit.county)
    yield unit.unit.name
    yield words.value(unit.unit.level)
    for stage in _KEYS:
        yield stages[stage].score if stage in stages else None
    scores, check = unit.scores, unit.check
    if scores is None or check is None or check.basis is None:
        yield from (words.value(check.basis) if check and check.basis else None, None, None, None)
    else:
        total = layout.total(unit.unit.level)
        yield words.value(check.basis)
        for key, score in zip((Stage.SELF, check.basis), scores, strict=True):
            yield Live(f"ROUND({lines.letter(_KEYS[key])}{row}*100/{total},10)", _exact(score))
        own, checked = (f"{lines.letter(key)}{row}" for key in ("own", "checked"))
        yield Live(f"ROUND({own}-{checked},10)", _exact(scores[0] - scores[1]))
    yield words.value(unit.own.verdict) if unit.own else None
    yield words.value(check.verdict) if check else None
    yield (
        "\n".join(_unclear(layout, standing) for standing in stages.values() if standing.score is None)
        or None
    )


def _exact(number: Fraction) -> Decimal:
    """As exact as the formula: ten places."""
    return half_up(number, _TEN_PLACES)


def _unclear(layout: Layout, standing: Standing) -> str:
    """Why a stage has no score."""
    return layout.words.joined(
        layout.words.reason(reason) for reason in standing.reasons if reason.passed is None
    )
