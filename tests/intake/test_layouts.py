"""Forms as real offices lay them out: each must be read to the last cell, without a word of complaint."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pytest

from huitoukan.model import FileResult, Level, ScoreState, Severity, SheetKind, SheetResult, Stage
from huitoukan.pipeline import process
from tests.support.forms import STAGES, USUAL, Filled, Layout, build, filling, shipped

TOWNSHIP, COUNTY, ZONE = "140724100", "140724", "140702401"
NAMESAKE = "140781001"  # 介休市北关街道; 榆次区 has one too
DAYS = {Stage.SELF: date(2024, 5, 20), Stage.COUNTY: date(2024, 6, 3), Stage.CITY: date(2024, 6, 18)}
NO_TOTAL = frozenset({"S423"})  # a form without a total is rightly told so


@dataclass(frozen=True)
class Case:
    """A layout, whose form it is, and the warnings that it deserves (none, as a rule)."""

    layout: Layout
    unit: str = TOWNSHIP
    stage: Stage = Stage.SELF
    deserves: frozenset[str] = frozenset()
    earlier: tuple[Stage, ...] = ()


def form_of(unit: str, stage: Stage, earlier: Sequence[Stage] = (), seed: int = 7) -> Filled:
    """A filled form with a day that is inside its stage and right for every layout."""
    rng = random.Random(seed)
    form = filling(rng, shipped().roster.units[unit], stage)
    others = {other: filling(rng, form.unit, other).scores for other in earlier}  # none, unless asked for
    return replace(form, date=DAYS[stage], earlier=others)


def complaints(result: FileResult) -> list[tuple[str, str | None, str | None]]:
    """The errors and warnings of a file: code, cell, value."""
    far = ("S431", "S432", "L223")  # made-up scores of stages lie far apart; some layouts have no signatures
    return [
        (f.code, f.cell, f.value)
        for f in result.findings
        if f.severity is not Severity.INFO and f.code not in far
    ]


def assert_read(sheet: SheetResult, form: Filled, cells: Mapping[str, str]) -> None:
    """Identity, scores and cells of a sheet are those of the form."""
    assert sheet.kind is SheetKind.SCORE
    assert (sheet.level, sheet.unit, sheet.stage) == (form.unit.level, form.unit.code, form.stage)
    assert sheet.dated == form.date
    assert {i.item: (i.state, i.value) for i in sheet.items} == {
        item: (ScoreState.SCORED, score) for item, score in form.scores.items()
    }
    assert {i.item: i.cell for i in sheet.items} == cells


TICKS = {
    Stage.SELF: "☑自评  □县级检查  □市级检查",
    Stage.COUNTY: "□自评  ☑县级检查  □市级检查",
    Stage.CITY: "□自评  □县级检查  ☑市级检查",
}

SPLIT_STAGES = Layout(header="two", scores=tuple(Stage), stage_reasons=True)
STATISTICAL_FOOTER = (
    "单位名称：{unit}  检查阶段：{stage}  填表人：李秀英  联系电话：0354-4123456  报出日期：{date}"
)


def ordered(*roles: str) -> Layout:
    """A layout with these columns."""
    return Layout(order=roles)


CASES: dict[str, Case] = {
    # The plain ones.
    "the form as sent out": Case(Layout()),
    "county body, ids, one score column": Case(Layout(), unit=COUNTY),
    "development zone, full official name": Case(
        Layout(line="单位名称：山西转型综合改革示范区晋中开发区  检查阶段：{stage}  检查日期：{date}"),
        unit=ZONE,
    ),
    "no title, table from the second row": Case(Layout(titles=0, fields="beside", footer=False)),
    "first column left blank, empty row above": Case(Layout(blank_column=True, gap=True, titles=3)),
    "half-width colons, dotted date": Case(Layout(colon=":", date_words="{0.year}.{0.month}.{0.day}")),
    "label and value in neighbouring cells, true date": Case(Layout(fields="beside", date_cell=True)),
    "spaced-out labels": Case(Layout(labels="spaced", fields="cells", total=True)),
    "line ends inside the header": Case(Layout(labels="broken", words=1)),
    "units of measure behind the labels": Case(Layout(labels="suffixed", header="two", scores=tuple(Stage))),
    "stamp behind the name": Case(Layout(unit_words="{unit}（盖章）", words=2, fields="cells")),
    "written by the statistical station": Case(Layout(unit_words="{unit}统计站", words=1)),
    "spaces inside the date": Case(Layout(date_words="{0.year} 年 {0.month} 月 {0.day} 日", fields="cells")),
    # Stages and score columns.
    "three stages under one 得分": Case(
        Layout(header="two", scores=tuple(Stage)), stage=Stage.COUNTY, earlier=(Stage.SELF,)
    ),
    "three score columns, the last stage first": Case(
        Layout(scores=(Stage.CITY, Stage.COUNTY, Stage.SELF), words=1),
        stage=Stage.CITY,
        earlier=(Stage.SELF, Stage.COUNTY),
    ),
    "stage told by the only score column": Case(Layout(stage_field=False), stage=Stage.COUNTY),
    "stage told by the only filled column": Case(
        Layout(stage_field=False, scores=tuple(Stage)), stage=Stage.CITY
    ),
    "a bare 得分": Case(Layout(scores="plain", words=1), stage=Stage.CITY),
    "reasons under each stage": Case(SPLIT_STAGES, stage=Stage.COUNTY, earlier=(Stage.SELF,)),
    "reasons under 情况 of each stage": Case(
        replace(SPLIT_STAGES, stage_heads={stage: f"{words}情况" for stage, words in STAGES.items()}),
        stage=Stage.COUNTY,
        earlier=(Stage.SELF,),
    ),
    "reasons beside each score, all called the same": Case(
        Layout(scores=tuple(Stage), stage_reasons=True), stage=Stage.COUNTY, earlier=(Stage.SELF,)
    ),
    "stage ticked in a list": Case(Layout(stage_words=TICKS), stage=Stage.COUNTY),
    # Rows.
    "running numbers, titles, subtotals": Case(
        Layout(marking="running", subtotals=True, header="two", scores=tuple(Stage))
    ),
    "id and title in one cell": Case(Layout(marking="joined")),
    "numeral of the dimension in the number column": Case(
        Layout(marking="numeral", dimension_words="{title}（{points}分）", item_words="{n}.{title}")
    ),
    "dimension in every row": Case(Layout(dimension="repeated", marking="running")),
    "dimension in the first row only": Case(Layout(dimension="first", marking="running")),
    "dimension written downwards": Case(Layout(dimension_words="{title}\n({points}分)", words=1)),
    "dimension as a row of its own": Case(
        Layout(dimension="band", dimension_words="{numeral}、{title}（{points}分）", marking="running")
    ),
    "dimension as a row with its sums": Case(
        Layout(dimension="sums", dimension_words="{numeral}、{title}", marking="running")
    ),
    "dimension as a row with its points behind the title": Case(
        Layout(dimension="sums", dimension_words="{numeral}、{title}{points}分", marking="running")
    ),
    "dimension as a row, numeral and title apart": Case(
        replace(ordered("number", "item", *USUAL[3:]), dimension="sums", band_numeral=True, marking="running")
    ),
    "dimension as a row, title in the dimension column": Case(
        Layout(dimension="sums", band_numeral=True, marking="running")
    ),
    "items numbered inside the dimension": Case(
        Layout(marking="numeral", item_words="（{k}）{title}（{points}分）")
    ),
    "items numbered 1.1": Case(Layout(marking="numeral", item_words="{d}.{k} {title}")),
    "id glued to the title": Case(Layout(marking="numeral", item_words="{id}{title}")),
    "id and title with 、 between": Case(Layout(marking="numeral", item_words="{id}、{title}")),
    "title and criterion in one cell": Case(
        replace(
            ordered("number", "dimension", "item", *USUAL[4:]),
            marking="running",
            item_words="{title}\n{criterion}",
        )
    ),
    "items with circled numbers": Case(Layout(marking="numeral", item_words="{circled}{title}")),
    "subtotals named after the dimension": Case(
        Layout(subtotals=True, subtotal_words="{title}小计", words=2)
    ),
    "subtotals called 合计 of the dimension": Case(Layout(subtotals=True, subtotal_words="{title}合计")),
    "no total": Case(Layout(total=False), deserves=NO_TOTAL),
    "total above the items": Case(Layout(total_first=True, total_words="总分")),
    "total called 得分合计": Case(Layout(total_words="得分合计")),
    "total called 自评总分": Case(Layout(total_words="自评总分")),
    # Columns.
    "reasons before the score": Case(ordered(*USUAL[:5], "deduction_reason", "score")),
    "criterion last": Case(ordered(*USUAL[:3], *USUAL[4:7], "criterion")),
    "columns of the office's own in between": Case(
        Layout(extras=(("max_points", "权重说明"), ("score", "检查组意见")))
    ),
    "no dimension column": Case(ordered("number", *USUAL[2:7])),
    "item and criterion under one heading": Case(
        replace(ordered(*USUAL[1:7], "remark"), header="two", group="检查内容及评分标准")
    ),
    "columns numbered 1 2 3": Case(Layout(numbered="digits")),
    "columns numbered 甲 乙 1 2": Case(Layout(numbered="letters", marking="running")),
    "header repeated on the next page": Case(Layout(repeat_header=True, header="two", scores=tuple(Stage))),
    # Fields.
    "fields below the table": Case(Layout(fields_at="below")),
    "date in the footer": Case(Layout(fields_at="split", fields="beside", date_cell=True)),
    "fields below in cells of their own, no total": Case(
        Layout(fields_at="below", fields="beside", total=False), deserves=NO_TOTAL
    ),
    "unit of measure above the table": Case(Layout(notes=("单位：分",))),
    "an unknown field in the info line": Case(
        Layout(line="单位名称：{unit}    机构代码：140724100    检查阶段：{stage}    检查日期：{date}")
    ),
    "total score in the info line": Case(
        Layout(line="单位全称：{unit}    自评总分：95    检查阶段：{stage}    检查日期：{date}")
    ),
    "county and township in fields of their own": Case(
        Layout(line="县（市、区）：{county}    乡镇（街道）：{name}    检查阶段：{stage}    检查日期：{date}")
    ),
    "the county tells two streets of one name apart": Case(
        Layout(line="县（市、区）：{county}    单位名称：{name}    检查阶段：{stage}    检查日期：{date}"),
        unit=NAMESAKE,
        deserves=frozenset({"U308"}),  # the name itself is still without its county
    ),
    "footer of a statistical report": Case(Layout(line=STATISTICAL_FOOTER, fields_at="below")),
    "labels without a colon": Case(Layout(line="单位名称 {unit}    检查阶段 {stage}    检查日期 {date}")),
    "workbook with an empty Sheet2": Case(Layout(empty_sheet=True, sheet="Sheet1")),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_form_is_read(case: Case) -> None:
    form = form_of(case.unit, case.stage, case.earlier)
    data, addresses = build(case.layout, [form])
    result = process("a1.xlsx", data, shipped())
    [(name, cells)] = addresses.items()
    [sheet] = [sheet for sheet in result.sheets if sheet.sheet == name]
    assert_read(sheet, form, cells)
    assert [found for found in complaints(result) if found[0] not in case.deserves] == []


LABELS = {
    "item": ("检查项目", "项目", "二级指标", "指标名称", "考核项目", "检查指标"),
    "criterion": ("评分标准", "评分细则", "计分办法", "考核标准"),
    "max_points": ("标准分", "分值", "满分", "标准分（分）", "分 值", "标准\n分值"),
    "score_self": (
        "自评分",
        "自评得分",
        "自查得分",
        "单位自评分",
        "自 评 分",
        "自评\n得分",
        "自评得分（分）",
    ),
    "deduction_reason": ("扣分原因", "扣分说明", "扣分理由", "扣分依据", "存在问题", "扣分原因（可另附页）"),
}


@pytest.mark.parametrize(
    ("role", "label"), [(role, label) for role, labels in LABELS.items() for label in labels]
)
def test_label_of_a_column(role: str, label: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.support import forms  # noqa: PLC0415  its table of labels is replaced for this test

    monkeypatch.setattr(forms, "HEADERS", {**forms.HEADERS, role: (label,)})
    form = form_of(TOWNSHIP, Stage.SELF)
    data, addresses = build(Layout(), [form])
    result = process("a1.xlsx", data, shipped())
    assert_read(result.sheets[0], form, next(iter(addresses.values())))
    assert complaints(result) == []


# -------------------------------------------------------------------------------------- several sheets


def test_a_township_on_each_sheet() -> None:
    codes = ("140724", "140724100", "140724101", "140724204")
    forms = [form_of(code, Stage.COUNTY, seed=n) for n, code in enumerate(codes)]
    data, addresses = build(Layout(empty_sheet=True, subtotals=True, marking="running"), forms)
    result = process("昔阳县/汇总.xlsx", data, shipped())
    sheets = [sheet for sheet in result.sheets if sheet.kind is SheetKind.SCORE]
    assert [sheet.sheet for sheet in sheets] == list(addresses)
    for sheet, form in zip(sheets, forms, strict=True):
        assert_read(sheet, form, addresses[sheet.sheet])
    assert [sheet.level for sheet in sheets] == [Level.COUNTY, *[Level.TOWNSHIP] * 3]
    assert complaints(result) == []


def test_the_three_stages_of_a_unit_on_a_sheet_each() -> None:
    forms = [form_of(TOWNSHIP, stage, seed=n) for n, stage in enumerate(Stage)]
    data, addresses = build(Layout(fields="beside", scores="plain"), forms)
    result = process("a1.xlsx", data, shipped())
    assert [sheet.stage for sheet in result.sheets] == list(Stage)
    for sheet, form in zip(result.sheets, forms, strict=True):
        assert_read(sheet, form, addresses[sheet.sheet])
    assert complaints(result) == []
