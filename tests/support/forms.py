"""Writes filled score forms in the many layouts that offices use.

Nothing here knows how the product recognises a form: labels, synonyms and positions are written by hand, so that
a mistake in recognition cannot hide behind the same mistake here. Only what is inspected (items, points, units)
comes from the campaign.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from huitoukan.campaign.campaign import Campaign, load_campaign
from huitoukan.campaign.rubric import Dimension, Item
from huitoukan.model import Level, Stage, Unit

# -------------------------------------------------------------------------------------- words

HEADERS: Mapping[str, tuple[str, ...]] = {
    "number": ("序号", "编号", "项目编号"),
    "dimension": ("检查内容", "维度", "一级指标"),
    "item": ("检查项目", "项目", "二级指标"),
    "criterion": ("评分标准", "评分细则", "评分办法"),
    "max_points": ("标准分", "分值", "满分"),
    "score": ("得分", "实得分", "检查得分"),
    "score_self": ("自评分", "自评得分", "自查得分"),
    "score_county": ("县级检查得分", "县级得分", "县级评分"),
    "score_city": ("市级检查得分", "市级得分", "市级评分"),
    "deduction_reason": ("扣分原因", "扣分说明", "扣分理由"),
    "evidence": ("佐证材料", "证明材料", "佐证资料"),
    "remark": ("备注", "备注说明", "其他说明"),
}
FIELDS: Mapping[str, tuple[str, ...]] = {
    "unit": ("单位名称", "填报单位", "被检查单位"),
    "stage": ("检查阶段", "评分阶段", "阶段"),
    "date": ("检查日期", "填报日期", "日期"),
}
STAGES: Mapping[Stage, str] = {Stage.SELF: "自评", Stage.COUNTY: "县级检查", Stage.CITY: "市级检查"}
FOOTER = {"检查人员": "张建国、李秀英", "负责人": "王志强", "电话": "0354-4123456"}
TOTALS = ("合计", "总计", "总分")
TITLES = (
    "附件2",
    "统计基层基础工作规范化建设“回头看”评分表",
    "（2023年度）",
    "说明：本表逐项打分，得分低于标准分的，须写明原因。",
)
REASONS = ("缺2项制度", "台账不连续，缺3月、4月", "迟报1次", "无文件", "资料不全，已要求补齐", "现场未见实物")
NUMERALS = "一二三四五六七八九十"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"

USUAL = (
    "number",
    "dimension",
    "item",
    "criterion",
    "max_points",
    "score",
    "deduction_reason",
    "evidence",
    "remark",
)
ORDERS: tuple[tuple[str, ...], ...] = (
    USUAL,
    ("number", "dimension", "item", "criterion", "max_points", "deduction_reason", "score", "remark"),
    ("dimension", "number", "item", "max_points", "criterion", "score", "deduction_reason"),
    ("number", "dimension", "item", "max_points", "score", "deduction_reason", "criterion", "evidence"),
    ("dimension", "item", "criterion", "max_points", "score", "deduction_reason", "remark"),
    ("number", "item", "criterion", "max_points", "score", "deduction_reason", "evidence"),
)


# -------------------------------------------------------------------------------------- what is filled


@dataclass(frozen=True)
class Filled:
    """What one form says. `earlier` holds the scores of other stages that stand beside the form's own."""

    unit: Unit
    stage: Stage
    date: date
    scores: Mapping[str, Decimal]
    reasons: Mapping[str, str]
    earlier: Mapping[Stage, Mapping[str, Decimal]] = field(default_factory=dict)


@cache
def shipped() -> Campaign:
    """The shipped campaign, read once."""
    return load_campaign()


def items(level: Level) -> tuple[Item, ...]:
    """The items of a level in the order of the form."""
    return tuple(item for dimension in shipped().rubric.levels[level].dimensions for item in dimension.items)


def legal_scores(item: Item) -> tuple[Decimal, ...]:
    """Every score that the rubric allows, highest first."""
    maximum = item.max_points.value
    if item.mode.value == "tiers":
        assert item.tiers is not None
        return tuple(sorted(item.tiers.value, reverse=True))
    if item.mode.value == "yesno":
        return (maximum, Decimal(0))
    assert item.step is not None
    scores = [maximum]
    while scores[-1] > item.step.value:
        scores.append(scores[-1] - item.step.value)
    return tuple(scores) if scores[-1] == 0 else (*scores, Decimal(0))


def units(level: Level | None = None) -> tuple[Unit, ...]:
    """The required units of the roster."""
    known = shipped().roster.units.values()
    return tuple(unit for unit in known if unit.required and level in (None, unit.level))


def days(stage: Stage) -> tuple[date, ...]:
    """The days of a stage's window."""
    window = shipped().settings.stages[stage].window
    return tuple(window.start + timedelta(n) for n in range((window.end - window.start).days + 1))


def full_name(unit: Unit) -> str:
    """County and unit, which is unique in the roster."""
    county = shipped().roster.units[unit.county].name.removesuffix("统计局")
    return unit.name if unit.level is Level.COUNTY or unit.name.startswith(county) else county + unit.name


def filling(
    rng: random.Random, unit: Unit | None = None, stage: Stage | None = None, *, deducted: float = 0.3
) -> Filled:
    """A legal filling; `deducted` is the share of items that lose points. Each of those has its reason."""
    unit = unit or rng.choice(units())
    stage = stage or rng.choice(tuple(Stage))

    def score(item: Item) -> Decimal:
        return rng.choice(legal_scores(item)) if rng.random() < deducted else item.max_points.value

    scores = {item.id: score(item) for item in items(unit.level)}
    reasons = {
        item.id: rng.choice(REASONS) for item in items(unit.level) if scores[item.id] < item.max_points.value
    }
    return Filled(unit, stage, rng.choice(days(stage)), scores, reasons, _full_marks(unit, stage))


@st.composite
def fillings(draw: st.DrawFn, unit: Unit | None = None, stage: Stage | None = None) -> Filled:
    """Legal fillings; a failing one shrinks towards full marks."""
    unit = unit or draw(st.sampled_from(units()))
    stage = stage or draw(st.sampled_from(tuple(Stage)))
    scores = {item.id: draw(st.sampled_from(legal_scores(item))) for item in items(unit.level)}
    reason = draw(st.sampled_from(REASONS))
    reasons = {item.id: reason for item in items(unit.level) if scores[item.id] < item.max_points.value}
    earlier = _full_marks(unit, stage) if draw(st.booleans()) else {}
    return Filled(unit, stage, draw(st.sampled_from(days(stage))), scores, reasons, earlier)


def _full_marks(unit: Unit, stage: Stage) -> dict[Stage, dict[str, Decimal]]:
    """Scores of the stages before this one, where a form has columns for them: not to be taken for its own."""
    order = tuple(Stage)
    full = {item.id: item.max_points.value for item in items(unit.level)}
    return dict.fromkeys(order[: order.index(stage)], full)


# -------------------------------------------------------------------------------------- layout


@dataclass(frozen=True)
class Layout:
    """How a form is laid out. The defaults are the plainest form, all other values liberties of offices."""

    titles: int = 2  # rows above, 0-4
    notes: tuple[str, ...] = ()  # lines of their own between titles and fields, at the right
    blank_column: bool = False
    gap: bool = False  # an empty row above the header
    # line: all in one cell | cells: label and value in a cell each | beside: in two cells
    fields: str = "line"
    fields_at: str = "above"  # above | below | split: the date below, the rest above
    line: str | None = None  # own words of the info line, with {unit} {name} {county} {stage} {date}
    stage_field: bool = True
    stage_words: Mapping[Stage, str] | None = None
    colon: str = "："
    unit_words: str = "{unit}"
    date_words: str = "{0.year}年{0.month}月{0.day}日"  # of a date typed as text
    date_cell: bool = False  # a true date, where the value has a cell of its own
    order: tuple[str, ...] = USUAL
    # own: one column named for the stage | plain: 得分 | several, in this order
    scores: str | tuple[Stage, ...] = "own"
    stage_reasons: bool = False  # a column of reasons beside each score column
    header: str = "one"  # one row | two: 得分 above its stages
    stage_heads: Mapping[Stage, str] | None = None  # two rows: what stands for the stages there
    group: str | None = None  # two rows: words above item and criterion
    numbered: str | None = None  # a row under the header: digits 1 2 3 | letters 甲 乙 1 2
    repeat_header: bool = False  # again after half of the dimensions, as on the next printed page
    # merged down | repeated | first row only | band: a row above its items | sums: with points
    dimension: str = "merged"
    dimension_words: str = "{title}"  # with {n} {numeral} {title} {points}
    band_numeral: bool = False  # 一 in the number column of a band
    # id | running number | numeral of the dimension, merged | joined: id and title in one cell
    marking: str = "id"
    item_words: str = "{title}"  # with {n} {k} {d} {circled} {title} {id} {points} {criterion}
    subtotals: bool = False
    subtotal_words: str = "小计"  # with {title} {numeral}
    total: bool = True
    total_words: str | None = None
    total_first: bool = False  # above the items
    extras: tuple[tuple[str, str], ...] = ()  # (after which column, label)
    words: int = 0  # which of the synonyms
    labels: str = "plain"  # plain | spaced out | broken by a line end | suffixed with （分）
    footer: bool = True
    empty_sheet: bool = False
    sheet: str | None = None  # its name; None names it for the unit


OPTIONS: Mapping[str, tuple[Any, ...]] = {
    "titles": (2, 0, 1, 3, 4),
    "blank_column": (False, True),
    "gap": (False, True),
    "fields": ("line", "cells", "beside"),
    "fields_at": ("above", "below", "split"),
    "colon": ("：", ":"),
    "unit_words": ("{unit}", "{unit}统计站", "{unit}（盖章）", "山西省晋中市{unit}"),
    "date_words": (
        "{0.year}年{0.month}月{0.day}日",
        "{0.year}.{0.month}.{0.day}",
        "{0:%Y-%m-%d}",
        "{0.year} 年 {0.month} 月 {0.day} 日",
    ),
    "date_cell": (False, True),
    "order": ORDERS,
    "scores": ("own", "plain", tuple(Stage), (Stage.CITY, Stage.COUNTY, Stage.SELF)),
    "header": ("one", "two"),
    "repeat_header": (False, True),
    "dimension": ("merged", "repeated", "first", "band", "sums"),
    "dimension_words": ("{title}", "{numeral}、{title}（{points}分）", "{title}\n({points}分)"),
    "marking": ("id", "running", "joined"),
    "item_words": ("{title}", "{n}.{title}", "（{k}）{title}", "{title}（{points}分）"),
    "subtotals": (False, True),
    "subtotal_words": ("小计", "{title}小计"),
    "total": (True, False),
    "total_first": (False, True),
    "extras": ((), (("max_points", "权重说明"),), (("score", "检查组意见"), ("item", "责任科室"))),
    "words": (0, 1, 2),
    "labels": ("plain", "spaced", "broken", "suffixed"),
    "footer": (True, False),
    "empty_sheet": (False, True),
}


def _sensible(layout: Layout) -> Layout:
    """Without what contradicts itself: an id joined to its title takes no other number."""
    return replace(layout, item_words="{title}") if layout.marking == "joined" else layout


def random_layout(rng: random.Random) -> Layout:
    """Any combination of the options."""
    return _sensible(Layout(**{name: rng.choice(options) for name, options in OPTIONS.items()}))


def layouts() -> st.SearchStrategy[Layout]:
    """Any combination of the options; a failing one shrinks towards the plainest form."""
    choices = {name: st.sampled_from(options) for name, options in OPTIONS.items()}
    return st.builds(Layout, **choices).map(_sensible)


# -------------------------------------------------------------------------------------- writing


@dataclass
class Places:
    """Where on its sheet the writer put what, as A1 addresses; `fields` are the cells of the values."""

    scores: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    maxima: dict[str, str] = field(default_factory=dict)
    subtotals: dict[str, str] = field(default_factory=dict)
    total: str | None = None
    fields: dict[str, str] = field(default_factory=dict)


def build(layout: Layout, forms: Sequence[Filled]) -> tuple[bytes, dict[str, dict[str, str]]]:
    """A workbook with a sheet for each form, and by sheet the address of every item's score."""
    data, places = write(layout, forms)
    return data, {sheet: place.scores for sheet, place in places.items()}


def write(layout: Layout, forms: Sequence[Filled]) -> tuple[bytes, dict[str, Places]]:
    """A workbook with a sheet for each form, and by sheet where everything stands."""
    workbook = Workbook()
    first = workbook.active
    assert first is not None
    workbook.remove(first)
    places = {}
    for form in forms:
        name = layout.sheet or form.unit.name
        sheet = workbook.create_sheet(name if name not in places else f"{name}{STAGES[form.stage]}")
        places[sheet.title] = _SheetWriter(sheet, layout, form).write()
    if layout.empty_sheet:
        workbook.create_sheet("Sheet2")
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue(), places


@dataclass(frozen=True)
class _Column:
    role: str  # as in HEADERS; extra for a column that the form does not know
    label: str
    stage: Stage | None = None


def write_stacked(
    layout: Layout, forms: Sequence[Filled], *, apart: int = 1, name: str = "汇总", one_header: bool = False
) -> tuple[bytes, list[Places]]:
    """A workbook with one sheet on which the forms stand below one another, and where everything of each stands.

    `apart` empty rows lie between them; with `one_header` only the first has its header row.
    """
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = name
    places, row = [], 1
    for n, form in enumerate(forms):
        writer = _SheetWriter(sheet, layout, form, row, headed=not (n and one_header))
        places.append(writer.write())
        row = sheet.max_row + 1 + apart
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue(), places


class _SheetWriter:
    """Writes one form from top to bottom."""

    def __init__(
        self, sheet: Worksheet, layout: Layout, form: Filled, row: int = 1, *, headed: bool = True
    ) -> None:
        self.headed = headed
        self.sheet, self.layout, self.form = sheet, layout, form
        self.dimensions: tuple[Dimension, ...] = shipped().rubric.levels[form.unit.level].dimensions
        self.places = Places()
        self.row = row
        self.left = 2 if layout.blank_column else 1
        self.columns = tuple(self._columns())
        own = [
            n
            for n, column in enumerate(self.columns)
            if column.role == "score" and column.stage in (None, form.stage)
        ]
        assert len(own) == 1, "a form has one column for its own stage"
        self.own = own[0]

    def write(self) -> Places:
        layout = self.layout
        for title in TITLES[: layout.titles]:
            self._wide(title)
        for note in layout.notes:
            self._put(len(self.columns) - 1, note)
            self.row += 1
        above = {"above": ("unit", "stage", "date"), "split": ("unit", "stage"), "below": ()}[
            layout.fields_at
        ]
        self._fields(above)
        self.row += layout.gap
        if self.headed:
            self._header()
        if layout.total and layout.total_first:
            self._total()
        self._body()
        if layout.total and not layout.total_first:
            self._total()
        if layout.fields_at != "above":
            self._fields(tuple(name for name in ("unit", "stage", "date") if name not in above))
        if layout.footer:
            self._put(
                0,
                "    ".join(f"{label}{layout.colon}{value}" for label, value in FOOTER.items()),
            )
        return self.places

    # -- cells

    def _put(self, column: int, value: Any) -> str:
        """Write at a column of the table in the current row; gives the address."""
        address = f"{get_column_letter(self.left + column)}{self.row}"
        self.sheet[address] = float(value) if isinstance(value, Decimal) else value
        return address

    def _merge(self, first: int, last: int, top: int, bottom: int) -> None:
        if (first, top) != (last, bottom):
            self.sheet.merge_cells(
                start_row=top, end_row=bottom, start_column=self.left + first, end_column=self.left + last
            )

    def _wide(self, text: str) -> str:
        address = self._put(0, text)
        self._merge(0, len(self.columns) - 1, self.row, self.row)
        self.row += 1
        return address

    def _spaced(self, label: str) -> str:
        return "　".join(label) if self.layout.labels == "spaced" and len(label) <= 4 else label

    # -- fields

    def _fields(self, names: Sequence[str]) -> None:
        layout = self.layout
        names = [name for name in names if name != "stage" or layout.stage_field]
        if not names:
            return
        values: dict[str, str | date] = {
            "unit": layout.unit_words.format(unit=full_name(self.form.unit)),
            "stage": (layout.stage_words or STAGES)[self.form.stage],
            "date": layout.date_words.format(self.form.date),
        }
        if layout.unit_words.endswith("统计站") and self.form.unit.level is Level.COUNTY:
            values["unit"] = full_name(self.form.unit)
        if layout.line is not None:
            county = full_name(self.form.unit).removesuffix(self.form.unit.name)
            address = self._wide(layout.line.format(**values, name=self.form.unit.name, county=county))
            self.places.fields |= dict.fromkeys(names, address)
            return
        labels = {name: self._spaced(FIELDS[name][layout.words]) for name in names}
        if layout.fields == "line":
            address = self._wide("    ".join(f"{labels[name]}{layout.colon}{values[name]}" for name in names))
            self.places.fields |= dict.fromkeys(names, address)
            return
        for n, name in enumerate(names):
            if layout.fields == "cells":
                self.places.fields[name] = self._put(3 * n, f"{labels[name]}{layout.colon}{values[name]}")
            else:
                self._put(3 * n, labels[name] + (layout.colon if layout.words else ""))
                value = self.form.date if name == "date" and layout.date_cell else values[name]
                self.places.fields[name] = self._put(3 * n + 1, value)
        self.row += 1

    # -- header

    def _columns(self) -> Iterator[_Column]:
        layout = self.layout

        def label(role: str) -> str:
            return HEADERS[role][layout.words]

        for role in layout.order:
            if role == "number" and layout.marking == "joined":
                continue
            if role == "dimension" and layout.dimension in ("band", "sums") and not layout.band_numeral:
                continue
            if role == "score":
                yield from self._score_columns(label)
            elif role != "deduction_reason" or not layout.stage_reasons:
                yield _Column(role, label(role))
            yield from (_Column("extra", text) for after, text in layout.extras if after == role)

    def _score_columns(self, label: Callable[[str], str]) -> Iterator[_Column]:
        if self.layout.scores == "plain":
            yield _Column("score", label("score"))
            return
        stages = (self.form.stage,) if self.layout.scores == "own" else self.layout.scores
        for stage in stages:
            assert isinstance(stage, Stage)
            yield _Column("score", label(f"score_{stage}"), stage)
            if self.layout.stage_reasons:
                yield _Column("deduction_reason", label("deduction_reason"), stage)

    def _styled(self, column: _Column) -> str:
        label, style = column.label, self.layout.labels
        if style == "broken" and len(label) > 2:
            return f"{label[: len(label) // 2]}\n{label[len(label) // 2 :]}"
        if style == "suffixed" and column.role in ("max_points", "score"):
            return f"{label}（分）"
        return self._spaced(label)

    def _header(self) -> None:
        layout, top = self.layout, self.row
        heads = layout.stage_heads or STAGES
        two = layout.header == "two" and (layout.scores != "plain" or layout.group is not None)
        for n, column in enumerate(self.columns):
            self.row = top
            if two and column.stage is not None and layout.stage_reasons:
                self._put(n, heads[column.stage] if column.role == "score" else None)
                self.row = top + 1
                self._put(n, "得分" if column.role == "score" else column.label)
            elif two and column.stage is not None:
                self.row = top + 1
                self._put(n, heads[column.stage])
            elif two and layout.group is not None and column.role in ("item", "criterion"):
                self.row = top + 1
                self._put(n, self._styled(column))
            else:
                self._put(n, self._styled(column))
                self._merge(n, n, top, top + two)
        self.row = top
        if two:
            self._groups(top)
        self.row = top + 1 + two
        if layout.numbered:
            texts = [
                n
                for n, column in enumerate(self.columns)
                if column.role in ("number", "dimension", "item", "criterion")
            ]
            for n in range(len(self.columns)):
                letters = layout.numbered == "letters"
                self._put(
                    n, "甲乙丙丁"[texts.index(n)] if letters and n in texts else n + 1 - len(texts) * letters
                )
            self.row += 1

    def _groups(self, top: int) -> None:
        """The upper row of a header of two: 得分 above stages, or a stage above its columns; a group."""
        scores = [n for n, column in enumerate(self.columns) if column.stage is not None]
        if scores and self.layout.stage_reasons:
            for n in scores[::2]:
                self._merge(n, n + 1, top, top)
        elif scores:
            self._put(scores[0], self._spaced("得分"))
            self._merge(scores[0], scores[-1], top, top)
        if self.layout.group is not None:
            texts = [n for n, column in enumerate(self.columns) if column.role in ("item", "criterion")]
            self._put(texts[0], self.layout.group)
            self._merge(texts[0], texts[-1], top, top)

    # -- body

    def _body(self) -> None:
        layout, running = self.layout, 0
        for d, dimension in enumerate(self.dimensions, start=1):
            if layout.repeat_header and d == len(self.dimensions) // 2:
                self._header()
            title = layout.dimension_words.format(
                title=dimension.title, n=d, numeral=NUMERALS[d - 1], points=f"{dimension.max_points:f}"
            )
            if layout.dimension in ("band", "sums"):
                self._band(d, dimension, title)
            top = self.row
            for k, item in enumerate(dimension.items, start=1):
                running += 1
                self._item(
                    item,
                    running,
                    d,
                    k,
                    title
                    if (k == 1 and layout.dimension in ("merged", "first")) or layout.dimension == "repeated"
                    else None,
                )
                self.row += 1
            for n, column in enumerate(self.columns):
                down = column.role == "dimension" and layout.dimension == "merged"
                if down or (column.role == "number" and layout.marking == "numeral"):
                    self._merge(n, n, top, self.row - 1)
            if layout.subtotals:
                label = layout.subtotal_words.format(title=dimension.title, numeral=NUMERALS[d - 1])
                self.places.subtotals[dimension.id] = self._sums(label, dimension.items)
                self.row += 1

    def _band(self, d: int, dimension: Dimension, title: str) -> None:
        roles = [column.role for column in self.columns]
        if self.layout.band_numeral:
            self._put(roles.index("number"), NUMERALS[d - 1])
            self._put(roles.index("dimension" if "dimension" in roles else "item"), title)
        else:
            self._put(0, title)
        if self.layout.dimension == "sums":
            self.places.subtotals[dimension.id] = self._sums(None, dimension.items)
        elif not self.layout.band_numeral:
            self._merge(0, len(self.columns) - 1, self.row, self.row)
        self.row += 1

    def _item(self, item: Item, n: int, d: int, k: int, dimension: str | None) -> None:
        layout, form = self.layout, self.form
        words = layout.item_words.format(
            n=n, d=d, k=k, circled=CIRCLED[k - 1], title=item.title, id=item.id,
            points=f"{item.max_points.value:f}", criterion=item.criterion,
        )  # fmt: skip
        if layout.marking == "joined":
            words = f"{item.id} {item.title}"
        number = {"id": item.id, "running": n, "numeral": NUMERALS[d - 1] if k == 1 else None}.get(
            layout.marking
        )
        values: dict[str, object] = {
            "number": number, "dimension": dimension, "item": words, "criterion": item.criterion,
            "max_points": item.max_points.value, "evidence": "见档案盒",
            "extra": "按表样" if k == 1 else None,
        }  # fmt: skip
        for c, column in enumerate(self.columns):
            if column.role == "score":
                value = (
                    form.scores.get(item.id)
                    if c == self.own
                    else form.earlier.get(column.stage or form.stage, {}).get(item.id)
                )
                address = self._put(c, value)
                if c == self.own:
                    self.places.scores[item.id] = address
            elif column.role == "deduction_reason":
                own = column.stage in (None, form.stage)
                address = self._put(c, form.reasons.get(item.id) if own else None)
                if own:
                    self.places.reasons[item.id] = address
            else:
                address = self._put(c, values.get(column.role))
                if column.role == "max_points":
                    self.places.maxima[item.id] = address

    def _sums(self, label: str | None, parts: Sequence[Item]) -> str:
        """Write the sums of some items as typed numbers (openpyxl saves no results of formulas)."""
        form, address = self.form, ""
        for c, column in enumerate(self.columns):
            if column.role == "max_points":
                self._put(c, sum((item.max_points.value for item in parts), Decimal(0)))
            elif column.role == "score":
                scores = form.scores if c == self.own else form.earlier.get(column.stage or form.stage)
                if scores is not None:
                    sum_ = self._put(c, sum((scores.get(item.id, Decimal(0)) for item in parts), Decimal(0)))
                    address = sum_ if c == self.own else address
        if label is not None:
            self._put(0, label)
            points = min(c for c, column in enumerate(self.columns) if column.role in ("max_points", "score"))
            self._merge(0, points - 1, self.row, self.row)
        return address

    def _total(self) -> None:
        layout = self.layout
        label = layout.total_words or TOTALS[layout.words]
        label = "  ".join(label) if layout.labels == "spaced" else label
        self.places.total = self._sums(label, items(self.form.unit.level))
        self.row += 1
