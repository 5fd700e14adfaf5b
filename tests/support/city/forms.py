"""Score forms as they are filled in: what one says, and how three kinds of offices lay it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tests.support.city.standards import STAGE_WORDS, STAGES, ZERO, full_name, rubric, units
from tests.support.city.workbooks import Formula, Sheet, Value, letters

NOT_APPLICABLE = "不适用"
Entry = Decimal | str | None  # points, a text in the cell, or nothing
_NUMERALS = "一二三四五六七八"


@dataclass(frozen=True)
class Form:
    """What one score form says. `total` is written instead of the formula; `name` instead of the unit's full name."""

    unit: str
    stage: str
    day: date | None
    scores: Mapping[str, Entry]
    reasons: Mapping[str, str]
    inspectors: tuple[str, ...]
    leader: str
    phone: str
    layout: str = "plain"
    earlier: Mapping[str, Mapping[str, Entry]] = field(default_factory=dict)
    total: Decimal | None = None
    name: str | None = None

    @property
    def level(self) -> str:
        return units()[self.unit].level


@dataclass
class Places:
    """Where on its sheet everything stands, as A1 addresses."""

    scores: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    sums: dict[str, str] = field(default_factory=dict)
    total: str = ""
    heads: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Layout:
    """The columns and labels of one office. `split`: each field in cells of its own; `bands`: dimensions as rows of their own."""

    columns: tuple[str, ...]
    labels: Mapping[str, str]
    fields: Mapping[str, str]
    split: bool
    bands: bool
    subtotals: bool
    serial_dates: bool
    total: str
    stages: tuple[str, ...] | None = None


LAYOUTS = {
    "plain": Layout(
        ("number", "dimension", "item", "criterion", "max", "score", "reason", "evidence", "remark"),
        {
            "number": "序号", "dimension": "检查内容", "item": "检查项目", "criterion": "评分标准", "max": "标准分",
            "self": "自评分", "county": "县级检查得分", "city": "市级检查得分", "reason": "扣分原因", "evidence": "佐证材料",
            "remark": "备注",
        },
        {"unit": "单位名称", "stage": "检查阶段", "day": "检查日期", "inspectors": "检查人员", "leader": "被检查单位负责人签字", "phone": "联系电话"},
        split=True, bands=False, subtotals=True, serial_dates=True, total="合计",
    ),
    "bands": Layout(
        ("number", "item", "criterion", "max", "score", "reason"),
        {
            "number": "编号", "item": "项目", "criterion": "评分细则", "max": "分值", "self": "得分", "county": "得分",
            "city": "得分", "reason": "扣分说明",
        },
        {"unit": "被检查单位", "stage": "检查阶段", "day": "日期", "inspectors": "检查组成员", "leader": "单位负责人", "phone": "电话"},
        split=False, bands=True, subtotals=False, serial_dates=False, total="总分",
    ),
    "stages": Layout(
        ("dimension", "number", "item", "criterion", "max", "score", "reason", "evidence"),
        {
            "number": "序号", "dimension": "一级指标", "item": "二级指标", "criterion": "评分标准", "max": "标准分",
            "self": "自评得分", "county": "县级得分", "city": "市级得分", "reason": "扣分原因", "evidence": "佐证资料",
        },
        {"unit": "填报单位", "stage": "评分阶段", "day": "填报日期", "inspectors": "检查人员", "leader": "负责人", "phone": "联系方式"},
        split=False, bands=False, subtotals=True, serial_dates=False, total="合计", stages=STAGES,
    ),
}  # fmt: skip


def draw(forms: Sequence[Form], name: str) -> tuple[Sheet, list[Places]]:
    """A worksheet with the forms below one another, and where everything of each stands."""
    sheet = Sheet(name)
    places = []
    for n, form in enumerate(forms):
        if n:
            sheet.rows += [[], []]
        places.append(_Drawing(sheet, form, LAYOUTS[form.layout]).draw())
    return sheet, places


class _Drawing:
    """One form, drawn from top to bottom."""

    def __init__(self, sheet: Sheet, form: Form, layout: Layout) -> None:
        self.sheet, self.form, self.layout = sheet, form, layout
        self.places = Places()
        self.columns: list[str] = []
        for role in layout.columns:
            stages = layout.stages or (form.stage,)
            self.columns += stages if role == "score" else (role,)

    def draw(self) -> Places:
        level = "县级" if self.form.level == "county" else "乡级"
        self._wide(f"{level}统计基础工作规范化建设“回头看”评分表")
        self._fields(("unit", "stage", "day"))
        labels = self.layout.labels
        self.places.heads = {role: self._address(role) for role in self.columns}
        self._row({role: labels[role] for role in self.columns})
        self._body()
        self._fields(("inspectors", "leader", "phone"))
        return self.places

    # -- rows

    @property
    def _next(self) -> int:
        return len(self.sheet.rows) + 1

    def _address(self, role: str) -> str:
        return f"{letters(self.columns.index(role) + 1)}{self._next}"

    def _row(self, values: Mapping[str, Value]) -> None:
        self.sheet.rows.append([values.get(role) for role in self.columns])

    def _wide(self, text: str) -> None:
        self.sheet.merges.append(f"A{self._next}:{letters(len(self.columns))}{self._next}")
        self.sheet.rows.append([text])

    def _fields(self, names: Sequence[str]) -> None:
        form, layout = self.form, self.layout
        day = form.day
        words = f"{day.year}年{day.month}月{day.day}日" if day else ""
        values: dict[str, Value] = {
            "unit": form.name or full_name(form.unit),
            "stage": STAGE_WORDS[form.stage],
            "day": day if layout.serial_dates and layout.split else words,
            "inspectors": "、".join(form.inspectors),
            "leader": form.leader,
            "phone": form.phone,
        }
        if not layout.split:
            row = self._next
            self.places.fields |= dict.fromkeys(names, f"A{row}")
            self._wide("    ".join(f"{layout.fields[name]}：{values[name]}" for name in names))
            return
        cells: list[Value] = []
        for name in names:
            cells += [layout.fields[name], values[name] or None, None]
            self.places.fields[name] = f"{letters(len(cells) - 1)}{self._next}"
        self.sheet.rows.append(cells)

    # -- the table

    def _body(self) -> None:
        rows: list[tuple[int, int]] = []
        for n, dimension in enumerate(rubric(self.form.level)):
            if self.layout.bands:
                self._wide(f"{_NUMERALS[n]}、{dimension.title}（{dimension.maximum}分）")
            first = self._next
            for item in dimension.items:
                self.places.scores[item.id] = self._address(self.form.stage)
                self.places.reasons[item.id] = self._address("reason")
                own = self.form.scores[item.id]
                values: dict[str, Value] = {
                    "number": item.id, "item": item.title, "criterion": item.criterion, "max": item.maximum,
                    "dimension": dimension.title if item is dimension.items[0] else None,
                    "reason": self.form.reasons.get(item.id),
                    "evidence": "见档案盒" if own not in (None, NOT_APPLICABLE, ZERO) else None,
                }  # fmt: skip
                values |= {stage: scores[item.id] for stage, scores in self.form.earlier.items()}
                self._row(values | {self.form.stage: own})
            last = self._next - 1
            if "dimension" in self.columns and last > first:
                column = letters(self.columns.index("dimension") + 1)
                self.sheet.merges.append(f"{column}{first}:{column}{last}")
            rows.append((first, last))
            if self.layout.subtotals:
                self.places.sums[dimension.id] = self._address(self.form.stage)
                self._sums("小计", [(first, last)], {i.id for i in dimension.items})
        self.places.total = self._address(self.form.stage)
        self._sums(self.layout.total, rows, set(self.form.scores), self.form.total)

    def _sums(
        self, label: str, rows: Sequence[tuple[int, int]], ids: set[str], typed: Decimal | None = None
    ) -> None:
        """A row of sums, as a spreadsheet program works them out: texts count nothing."""
        values: dict[str, Value] = {self.columns[0]: label}
        maxima = {item.id: item.maximum for d in rubric(self.form.level) for item in d.items}
        scores = {**self.form.earlier, self.form.stage: self.form.scores, "max": maxima}
        for role, entries in scores.items():
            column = letters(self.columns.index(role) + 1)
            areas = ",".join(f"{column}{first}:{column}{last}" for first, last in rows)
            numbers = (entries[id_] for id_ in ids)
            total = sum((n for n in numbers if isinstance(n, Decimal)), ZERO)
            values[role] = Formula(f"SUM({areas})", total)
        if typed is not None:
            values[self.form.stage] = typed
        self._row(values)
