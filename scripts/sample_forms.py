"""What a filled score form looks like: its contents, the layouts of the offices, the writer that draws them.

Part of `make_sample_sheets.py`, and as little tied to the package as that is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from math import ceil

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter as letter_of
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

Scores = dict[str, Decimal]

# ------------------------------------------------------------------------------------------ what stands on it


@dataclass(frozen=True)
class Item:
    """An item of the rubric; `legal` lists its legal scores from the maximum down."""

    id: str
    dimension: str
    title: str
    criterion: str
    evidence: tuple[str, ...]
    mode: str
    step: Decimal
    legal: tuple[Decimal, ...]
    veto: bool

    @property
    def maximum(self) -> Decimal:
        return self.legal[0]


@dataclass(frozen=True)
class Unit:
    """A unit of the roster; `county` is the name of its county, also for the county body."""

    code: str
    name: str
    county: str
    township: bool

    @property
    def full_name(self) -> str:
        return self.county + self.name if self.township else self.name


@dataclass(frozen=True)
class Stage:
    """A stage: its key in the campaign, its folder (and Chinese name), and the working days used here."""

    key: str
    title: str
    days: tuple[date, ...]


def by_dimension(items: Iterable[Item]) -> Iterator[tuple[str, list[Item]]]:
    for dimension, group in groupby(items, key=lambda item: item.dimension):
        yield dimension, list(group)


# ---------------------------------------------------------------------------------------------------- layouts


@dataclass(frozen=True)
class Column:
    """A column of the table; the role `score` is that of the sheet's own stage."""

    role: str
    label: str
    width: float


@dataclass(frozen=True)
class Spot:
    """A text outside the table, merged from `first` to `last`; in the foot, `row` counts from the table."""

    row: int
    first: str
    last: str
    text: str


def columns(*lines: str) -> tuple[Column, ...]:
    """Columns from lines such as `maximum 标准分 9`."""
    parts = (line.split() for line in lines)
    return tuple(Column(role, label, float(width)) for role, label, width in parts)


def spots(*lines: str) -> tuple[Spot, ...]:
    """Spots from lines such as `3 A:B 单位名称`."""
    found = []
    for line in lines:
        row, area, text = line.split(maxsplit=2)
        first, _, last = area.partition(":")
        found.append(Spot(int(row), first, last or first, text))
    return tuple(found)


@dataclass(frozen=True)
class Layout:
    """How an office draws the form."""

    name: str
    columns: tuple[Column, ...]
    head: tuple[Spot, ...]
    foot: tuple[Spot, ...]
    header_row: int
    sheet_name: str
    total: str = "合计"
    subtotals: bool = False
    first_column: int = 1
    two_rows: bool = False
    item_ids: bool = False
    merge_dimensions: bool = True
    date_style: str = "words"  # words 2024年5月21日, dots 2024.5.21, cell: a real date
    font: str = "宋体"

    @property
    def first_item_row(self) -> int:
        return self.header_row + (2 if self.two_rows else 1)

    def column(self, role: str) -> int:
        """The number of the column with a role, 0 when the layout has none."""
        roles = [column.role for column in self.columns]
        return self.first_column + roles.index(role) if role in roles else 0

    def score_column(self, stage: str) -> int:
        """The column in which scores of a stage stand, by the stage's key."""
        return self.column(stage) or self.column("score")


FIELDS = ("unit", "stage", "date", "inspectors", "leader", "phone")
TITLE = "统计基层基础工作规范化建设“回头看”评分表（{form}）"
IDS = Layout(
    name="编号式",
    columns=columns(
        "number 编号 7",
        "dimension 检查内容 10",
        "item 检查项目 15",
        "criterion 评分标准 30",
        "maximum 标准分 10",
        "score {score} 13",
        "reason 扣分原因 30",
        "evidence 佐证材料 24",
        "remark 备注 14",
    ),
    head=spots(
        "1 A:B 附件2",
        "2 A:I {title}",
        "3 A:B 单位名称",
        "3 C:D {unit}",
        "3 E 检查阶段",
        "3 F {stage}",
        "3 G 检查日期",
        "3 H {date}",
    ),
    foot=spots(
        "1 A:B 检查人员",
        "1 C:D {inspectors}",
        "1 E:F 被检查单位负责人签字",
        "1 G {leader}",
        "1 H 联系电话",
        "1 I {phone}",
    ),
    header_row=4,
    sheet_name="评分表",
    item_ids=True,
    date_style="cell",
)
RUNNING = Layout(
    name="三栏小计式",
    columns=columns(
        "number 序号 6",
        "dimension 检查内容 10",
        "item 检查项目 15",
        "criterion 评分细则 28",
        "maximum 分值 7",
        "self 自评分 8",
        "county 县级检查得分 13",
        "city 市级检查得分 13",
        "reason 扣分原因 28",
        "evidence 佐证材料 22",
        "remark 备注 8",
    ),
    head=spots(
        "1 A:K {title}",
        "2 A:K 单位名称（盖章）：{unit}　　　检查阶段：{stage}　　　检查日期：{date}",
    ),
    foot=spots(
        "1 A:D 检查组成员：{inspectors}",
        "1 E:I 单位负责人：{leader}",
        "1 J:K 联系电话：{phone}",
    ),
    header_row=3,
    sheet_name="{unit}",
    total="合  计",
    subtotals=True,
)
TWO_ROWS = Layout(
    name="双层表头式",
    columns=columns(
        "number 序号 6",
        "dimension 检查内容 12",
        "item 检查项目 16",
        "criterion 评分标准 30",
        "maximum 标准分 8",
        "self 自评 9",
        "county 县级检查 10",
        "city 市级检查 10",
        "reason 扣分原因 28",
        "evidence 佐证材料 22",
    ),
    head=spots(
        "1 B:C 附件1",
        "2 B:K {title}",
        "3 B:C 被检查单位：",
        "3 D:E {unit}",
        "3 F:G 检查阶段：",
        "3 H:I {stage}",
        "3 J 检查时间：",
        "3 K {date}",
    ),
    foot=spots(
        "2 B:C 检查人员：",
        "2 D:E {inspectors}",
        "2 F:I 被检查单位负责人签字：",
        "2 J {leader}",
        "3 B:C 联系电话：",
        "3 D {phone}",
    ),
    header_row=4,
    sheet_name="Sheet1",
    first_column=2,
    two_rows=True,
    merge_dimensions=False,
    date_style="dots",
)
SYNONYMS = Layout(
    name="签字在下式",
    columns=columns(
        "dimension 检查类别 12",
        "item 检查指标 16",
        "criterion 评分细则 34",
        "maximum 分值 10",
        "score {score} 14",
        "reason 扣分说明 36",
        "evidence 佐证资料 28",
    ),
    head=spots(
        "1 A:G {title}",
        "2 A 填报单位：",
        "2 B:C {unit}",
        "2 D 阶段：",
        "2 E {stage}",
    ),
    foot=spots(
        "2 A:B 检查人员签字：",
        "2 C {inspectors}",
        "2 D:E 被检查单位负责人签字：",
        "2 F {leader}",
        "3 A:B 联系电话：",
        "3 C {phone}",
        "3 D:E 填表日期：",
        "3 F {date}",
        "5 A:G 注：凡有扣分的项目均应写明情况，相关资料留存备查。",
    ),
    header_row=3,
    sheet_name="评分表",
    total="总计",
    font="仿宋",
)
SCORE_LABELS = {
    IDS.name: {"self": "自评分", "county": "县级检查得分", "city": "得分"},
    SYNONYMS.name: {"self": "自评得分", "county": "县检得分", "city": "市检得分"},
}


@dataclass
class Sheet:
    """One filled form: who, when, in which layout and file, and everything that is written on it.

    `scores` are those of its own stage, `columns` what stands in the score columns, by stage key. The rest is how it
    differs from a form in order: `texts` of fields, `titles` and `criteria` by item, `added` rows (a title with a score)
    below an item, `left_out`, the item whose row is missing, `labels` of columns, and `saved_as`, the kind of file.
    """

    unit: Unit
    stage: Stage
    layout: Layout
    path: str
    dated: date
    written_name: str
    inspectors: str
    leader: str
    phone: str
    items: list[Item]
    scores: Scores
    columns: dict[str, Scores]
    reasons: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    criteria: dict[str, str] = field(default_factory=dict)
    added: dict[str, tuple[str, Decimal]] = field(default_factory=dict)
    left_out: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    saved_as: str = ""

    @property
    def sheet_name(self) -> str:
        return self.layout.sheet_name.format(unit=self.unit.name)

    @property
    def total(self) -> Decimal:
        return sum(self.scores.values(), Decimal(0))

    def item(self, key: str) -> Item:
        return next(item for item in self.items if item.id == key)

    def subtotal(self, dimension: str) -> Decimal:
        return sum((self.scores[item.id] for item in self.items if item.dimension == dimension), Decimal(0))


# ---------------------------------------------------------------------------------------------------- drawing


@dataclass
class Places:
    """Where things were written on the worksheet, as A1 addresses."""

    fields: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    criteria: dict[str, str] = field(default_factory=dict)
    scores: dict[str, str] = field(default_factory=dict)
    maxima: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    added: dict[str, str] = field(default_factory=dict)
    subtotals: dict[str, str] = field(default_factory=dict)
    total: str = ""
    maximum_total: str = ""


def with_columns(layout: Layout, *added: tuple[str, Column], without: str = "") -> Layout:
    """A layout with columns added behind those with the given roles, and without one."""
    kept = [column for column in layout.columns if column.role != without]
    for behind, column in added:
        roles = [column.role for column in kept]
        kept.insert(roles.index(behind) + 1, column)
    return replace(layout, columns=tuple(kept))


def text_width(text: str) -> int:
    """The width of a text in column units: a Chinese character counts for two."""
    return sum(1 if character.isascii() else 2 for character in text)


def plain(value: Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)


class FormWriter:
    """Draws one sheet in its layout and notes where things stand."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet, self.layout, self.places = sheet, sheet.layout, Places()
        self.workbook = Workbook()
        self.ws: Worksheet = self.workbook.worksheets[0]
        self.ws.title = sheet.sheet_name
        self.items = [item for item in sheet.items if item.id != sheet.left_out]
        self.row = self.layout.first_item_row

    def write(self) -> tuple[Workbook, Places]:
        """Draw the whole form."""
        texts = self._texts()
        for spot in self.layout.head:
            self._spot(spot, spot.row, texts)
        self._header()
        item_rows: list[int] = []
        for dimension, group in by_dimension(self.items):
            item_rows += self._dimension(dimension, group)
        self._sum_row(self.layout.total, item_rows, None)
        self._dress()
        for spot in self.layout.foot:
            self._spot(spot, self.row - 1 + spot.row, texts)
        self._page()
        return self.workbook, self.places

    def _texts(self) -> dict[str, str]:
        sheet, day = self.sheet, self.sheet.dated
        form = "乡（镇、街道）统计机构" if sheet.unit.township else "县（区、市）统计机构"
        return {
            "title": TITLE.format(form=form),
            "unit": sheet.written_name,
            "stage": sheet.stage.title,
            "date": f"{day:%Y.}{day.month}.{day.day}"
            if self.layout.date_style == "dots"
            else f"{day.year}年{day.month}月{day.day}日",
            "inspectors": sheet.inspectors,
            "leader": sheet.leader,
            "phone": sheet.phone,
            **sheet.texts,
        }

    def _spot(self, spot: Spot, row: int, texts: dict[str, str]) -> None:
        cell, title, day = self.ws[f"{spot.first}{row}"], spot.text == "{title}", self.sheet.dated
        cell.value = spot.text.format(**texts)
        if spot.text == "{date}" and self.layout.date_style == "cell" and "date" not in self.sheet.texts:
            cell.value = datetime(day.year, day.month, day.day)
            cell.number_format = 'yyyy"年"m"月"d"日"'
        for name in FIELDS:
            if f"{{{name}}}" in spot.text:
                self.places.fields[name] = cell.coordinate
        cell.font = Font(name="黑体" if title else self.layout.font, size=18 if title else 11, bold=title)
        cell.alignment = Alignment(horizontal="center" if title else "left", vertical="center")
        self.ws.row_dimensions[row].height = 34 if title else 21
        if spot.first != spot.last:
            self.ws.merge_cells(f"{spot.first}{row}:{spot.last}{row}")

    def _header(self) -> None:
        layout, ws, row = self.layout, self.ws, self.layout.header_row
        own = SCORE_LABELS.get(layout.name, {}).get(self.sheet.stage.key, "")
        for place, column in enumerate(layout.columns, layout.first_column):
            ws.column_dimensions[letter_of(place)].width = column.width
            below = layout.two_rows and column.role in {"self", "county", "city"}
            label = self.sheet.labels.get(column.role) or column.label.format(score=own)
            self.places.headers[column.role] = ws.cell(row + below, place, label).coordinate
            if layout.two_rows and not below:
                ws.merge_cells(start_row=row, end_row=row + 1, start_column=place, end_column=place)
        if layout.two_rows:
            first, last = layout.score_column("self"), layout.score_column("city")
            ws.cell(row, first, "得分")
            ws.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)
            ws.column_dimensions["A"].width = 2.5

    def _put(self, role: str, value: str | float | None) -> str:
        column = self.layout.column(role)
        if not column:
            return ""
        self.ws.cell(self.row, column).value = value
        return f"{letter_of(column)}{self.row}"

    def _dimension(self, dimension: str, group: list[Item]) -> list[int]:
        first, own = self.row, self.layout.score_column(self.sheet.stage.key)
        rows: list[int] = []
        for item in group:
            self._item(item, dimension if self.row == first or not self.layout.merge_dimensions else None)
            self.places.scores[item.id] = f"{letter_of(own)}{self.row}"
            rows.append(self.row)
            self.row += 1
            if item.id in self.sheet.added:
                self._added(item, own)
        if self.layout.merge_dimensions and self.row - first > 1:
            column = self.layout.column("dimension")
            self.ws.merge_cells(start_row=first, end_row=self.row - 1, start_column=column, end_column=column)
        if self.layout.subtotals:
            self._sum_row("小计", rows, dimension)
        return rows

    def _item(self, item: Item, dimension: str | None) -> None:
        """An item row."""
        sheet, places = self.sheet, self.places
        self._put("number", item.id if self.layout.item_ids else len(places.scores) + 1)
        if dimension:
            self._put("dimension", dimension)
        places.titles[item.id] = self._put("item", sheet.titles.get(item.id, item.title))
        places.criteria[item.id] = self._put("criterion", sheet.criteria.get(item.id, item.criterion))
        places.maxima[item.id] = self._put("maximum", plain(item.maximum))
        for stage, scores in sheet.columns.items():
            if item.id in scores:
                self.ws.cell(self.row, self.layout.score_column(stage), plain(scores[item.id]))
        self._put("deduction", plain(item.maximum - sheet.scores[item.id]))
        places.reasons[item.id] = self._put("reason", sheet.reasons.get(item.id))
        places.evidence[item.id] = self._put("evidence", sheet.evidence.get(item.id))

    def _added(self, item: Item, own: int) -> None:
        """A row that does not belong on the form; no sum counts it."""
        title, score = self.sheet.added[item.id]
        if title == item.title:  # the row above once more
            self._put("number", item.id if self.layout.item_ids else len(self.places.scores))
            self._put("criterion", item.criterion)
            self._put("maximum", plain(item.maximum))
            self._put("reason", self.sheet.reasons.get(item.id))
            self._put("evidence", self.sheet.evidence[item.id])
        self.places.added[item.id] = self._put("item", title)
        self.ws.cell(self.row, own, plain(score))
        self.row += 1

    def _sum_row(self, label: str, rows: list[int], dimension: str | None) -> None:
        """A row of live SUM formulas over item rows: a subtotal, or the total when there is no dimension."""
        maximum = self.layout.column("maximum")
        own = self.layout.score_column(self.sheet.stage.key)
        first, row = self.layout.first_column, self.row
        self.ws.cell(row, first, label)
        self.ws.merge_cells(start_row=row, end_row=row, start_column=first, end_column=maximum - 1)
        for column in (maximum, *(self.layout.score_column(stage) for stage in self.sheet.columns)):
            letter = letter_of(column)
            self.ws[f"{letter}{self.row}"] = f"=SUM({','.join(ranges(letter, rows))})"
        if dimension:
            self.places.subtotals[dimension] = f"{letter_of(own)}{self.row}"
        else:
            self.places.total = f"{letter_of(own)}{self.row}"
            self.places.maximum_total = f"{letter_of(maximum)}{self.row}"
        self.row += 1

    def _dress(self) -> None:
        """Borders, fonts and alignment of the table."""
        layout, line = self.layout, Side(style="thin")
        left = {layout.column(role) for role in ("criterion", "reason", "evidence", "remark")}
        for number in range(layout.header_row, self.row):
            places = range(layout.first_column, layout.first_column + len(layout.columns))
            row = [self.ws.cell(number, place) for place in places]
            head = number < layout.first_item_row
            bold = head or str(row[0].value).replace(" ", "") in {"小计", "合计", "总计"}
            lines = 1
            for cell, column in zip(row, layout.columns, strict=True):
                if not bold or head:
                    lines = max(lines, ceil(text_width(str(cell.value or "")) / column.width))
                cell.border = Border(line, line, line, line)
                cell.font = Font(name=layout.font, size=10.5, bold=bold)
                side = "left" if cell.column in left and not bold else "center"
                cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)
                if head:
                    cell.fill = PatternFill("solid", start_color="D9E2F3")
            self.ws.row_dimensions[number].height = 5 + 14 * lines

    def _page(self) -> None:
        setup = self.ws.page_setup
        setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight = "landscape", 9, 1, 0
        self.ws.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        self.ws.print_title_rows = f"{self.layout.header_row}:{self.layout.first_item_row - 1}"
        self.ws.print_options.horizontalCentered = True
        margins = self.ws.page_margins
        margins.left = margins.right = margins.top = margins.bottom = 0.5
        self.ws.freeze_panes = f"A{self.layout.first_item_row}"


def ranges(letter: str, rows: list[int]) -> Iterator[str]:
    """Ranges of one column that cover the rows, one for each unbroken run."""
    for _, run in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]):
        numbers = [row for _, row in run]
        yield f"{letter}{numbers[0]}:{letter}{numbers[-1]}"
