"""Drawing the score form (评分表) on a worksheet: an official table that prints on A4 and lets only entries be changed.

Labels and titles are those of the rubric, because forms are recognised by them; hints speak the language asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.rubric import Dimension, Item
from huitoukan.grid import column_letters
from huitoukan.model import Stage, Unit
from huitoukan.output.form_entry import (
    colour_blank,
    colour_missing,
    date_validation,
    evidence_prompt,
    hide_empty_sum,
    legal_entries,
    needs_range,
    score_validation,
)
from huitoukan.output.text import Words

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

DATE_FORMAT = 'yyyy"年"m"月"d"日"'
_TITLE_FONT, _HEAD_FONT, _TEXT_FONT = "黑体", "黑体", "宋体"
_TITLE_SIZE, _SIZE, _NOTE_SIZE = 18.0, 10.5, 9.0
_SHADE = "F2F2F2"
_FORMULA_START = ("=", "+", "-", "@")

# Everything below is in points. Columns from left to right: role and width; together they fill A4 landscape.
_COLUMNS = (
    ("number", 39.0), ("dimension", 60.0), ("item", 96.0), ("criterion", 207.0), ("max_points", 41.0),
    ("score", 51.0), ("deduction_reason", 126.0), ("evidence", 78.0), ("remark", 81.0),
)  # fmt: skip
_WIDEST_CRITERION, _LINES_WANTED = 360.0, 6  # long criteria widen their column before they grow too high
_ENTRIES = ("score", "deduction_reason", "evidence", "remark")
_LEFT = ("criterion", "deduction_reason", "evidence", "remark")
_LINE, _PADDING, _ROW, _SUM_ROW, _HIGHEST = 14.0, 4.0, 18.0, 16.0, 409.0
_PAGE_WIDTH, _PAGE_HEIGHT, _MARGIN, _FOOT_MARGIN = 842.0, 595.0, 34.0, 42.0
_CAUTION = 0.98  # programs differ a little in how high a row prints
# Widths in a workbook count digits of its standard font: 8 pixels, or 6 points, for the one that we set.
STANDARD_FONT, _DIGIT = "宋体", 6.0
_CHINESE = 134  # the character set of a font, for systems that lack it and must find another


def text_width(text: str, size: float = _SIZE) -> float:
    """The width of a text in print: a Chinese character is as wide as high, a Latin letter half of that."""
    return sum(size if east_asian_width(c) in "WFA" else size / 2 for c in text)


def lines_of(text: str, width: float, size: float = _SIZE) -> int:
    """In how many lines a text stands in a column; a little pessimistic, since a line may not begin with a comma."""
    room = max(2 * size, width - 6)
    return sum(
        max(1, ceil(needed / (room if needed <= room else room - size / 2)))
        for needed in (text_width(line, size) for line in text.split("\n"))
    )


@dataclass
class FormSheet:
    """One blank form in the making: draw it once, top down."""

    sheet: Worksheet
    hidden: Worksheet  # keeps lists that do not fit into a validation, from its column D on
    campaign: Campaign
    unit: Unit
    stage: Stage
    words: Words
    row: int = 1
    groups: list[tuple[int, int]] = field(default_factory=list)  # first and last row of what stays on one page
    _kept: int = 0

    def __post_init__(self) -> None:
        self.form = self.campaign.rubric.form
        self.level = self.campaign.rubric.level(self.unit.level)
        self.letters = {role: column_letters(n) for n, (role, _) in enumerate(_COLUMNS)}
        self.widths = dict(_COLUMNS)
        longest = max((text_width(item.criterion) for item in self.level.items()), default=0)
        wanted = longest / _LINES_WANTED
        self.widths["criterion"] = min(max(self.widths["criterion"], wanted), _WIDEST_CRITERION)

    def draw(self) -> None:
        """Title, fields, table, signatures, notes; then what concerns the whole page."""
        for role, width in self.widths.items():
            self.sheet.column_dimensions[self.letters[role]].width = round(width / _DIGIT, 2)
        self._title()
        self._fields_above()
        header = self.row
        self._header()
        item_rows: list[str] = []
        sum_rows: list[int] = []
        for dimension in self.level.dimensions:
            item_rows.append(self._dimension(dimension))
            sum_rows.append(self.row - 1)
        self._total(item_rows, sum_rows)
        top = header + 1
        columns = (self.letters["max_points"], self.letters["score"], self.letters["deduction_reason"])
        colour_missing(self.sheet, item_rows, columns, top)
        self._fields_below()
        self._notes()
        self._page(header)

    # -------------------------------------------------------------------------------------------- head

    def _title(self) -> None:
        title = form_title(self.campaign, self.unit)
        self._span("number", "remark", title, font=_TITLE_FONT, size=_TITLE_SIZE, side="center")
        self._height(32.0 * lines_of(title, sum(self.widths.values()), _TITLE_SIZE))

    def _fields_above(self) -> None:
        labels, settings = self.form.fields, self.campaign.settings.stages[self.stage]
        stage = settings.title if settings.title in settings.words else settings.words[0]
        self._label("number", "dimension", labels.unit.label)
        self._value("item", "criterion", self.campaign.roster.full_name(self.unit.code))
        self._label("max_points", "score", labels.stage.label)
        self._value("deduction_reason", "deduction_reason", stage)
        self._label("evidence", "evidence", labels.date.label)
        day = self._value("remark", "remark", None, locked=False)
        day.number_format = DATE_FORMAT
        self.sheet.add_data_validation(
            date_validation(day.coordinate, settings, labels.date.label, self.words)
        )
        colour_blank(self.sheet, day.coordinate)
        self._height(21.0)

    def _header(self) -> None:
        labels = self.form.columns
        lines = 1
        for role, width in self.widths.items():
            label = labels.of_stage(self.stage) if role == "score" else labels.labels()[role]
            self._boxed(role, label.label, font=_HEAD_FONT, shaded=True, side="center")
            lines = max(lines, lines_of(label.label, width))
        self._height(_PADDING + _LINE * max(lines, 1.6))

    # -------------------------------------------------------------------------------------------- table

    def _dimension(self, dimension: Dimension) -> str:
        """The rows of a dimension and its subtotal; returns the item rows as `4:7`."""
        first = self.row
        heights = [self._item_height(item) for item in dimension.items]
        needed = _PADDING + _LINE * lines_of(dimension.title, self.widths["dimension"])
        heights[-1] += max(0.0, needed - sum(heights))
        for item, height in zip(dimension.items, heights, strict=True):
            self._item(item, dimension)
            self._height(height)
        column = self.letters["dimension"]
        if self.row - first > 1:
            self.sheet.merge_cells(f"{column}{first}:{column}{self.row - 1}")
        rows = f"{first}:{self.row - 1}"
        self._sum(self.form.subtotal.label, [rows], [rows])
        self.groups.append((first, self.row - 1))
        return rows

    def _item_height(self, item: Item) -> float:
        texts = {"number": item.id, "item": item.title, "criterion": item.criterion}
        lines = max(lines_of(text, self.widths[role]) for role, text in texts.items())
        return min(_HIGHEST, max(_ROW, _PADDING + _LINE * lines))

    def _item(self, item: Item, dimension: Dimension) -> None:
        self._boxed("number", item.id, side="center")
        self._boxed("dimension", dimension.title, side="center")
        self._boxed("item", item.title)
        self._boxed("criterion", item.criterion)
        self._boxed("max_points", _number(item.maximum), side="center")
        for role in _ENTRIES:
            self._boxed(role, None, locked=False, side="left" if role in _LEFT else "center")
        score = f"{self.letters['score']}{self.row}"
        entries = legal_entries(item, self.unit.code, self.campaign)
        kept = self._keep(entries) if entries and needs_range(entries) else None
        validation = score_validation(item, score, self.unit.code, self.campaign, self.words, kept)
        self.sheet.add_data_validation(validation)
        prompt = evidence_prompt(item, f"{self.letters['evidence']}{self.row}", self.campaign)
        if prompt is not None:
            self.sheet.add_data_validation(prompt)

    def _keep(self, entries: Sequence[str]) -> str:
        """Write a long list into a column of the hidden sheet and return its range."""
        column = column_letters(3 + self._kept)
        self._kept += 1
        for n, entry in enumerate(entries, start=1):
            put(self.hidden[f"{column}{n}"], entry if n == len(entries) and not _is_number(entry) else float(entry))
        return f"'{self.hidden.title}'!${column}$1:${column}${len(entries)}"

    def _sum(self, label: str, added: Sequence[str], items: Sequence[str]) -> None:
        """A row of sums over rows written as `4:7`; with no score in the item rows, the sum of scores is not shown."""
        for role in self.widths:
            self._boxed(role, None, font=_HEAD_FONT, shaded=True, side="center")
        self._span("number", "criterion", label, font=_HEAD_FONT, size=_SIZE, side="center")
        for role in ("max_points", "score"):
            letter = self.letters[role]
            self.sheet[f"{letter}{self.row}"] = f"=SUM({','.join(_areas(letter, added))})"
        score = self.letters["score"]
        hide_empty_sum(self.sheet, f"{score}{self.row}", list(_areas(score, items)), _SHADE)
        self._height(_SUM_ROW)

    def _total(self, item_rows: Sequence[str], sum_rows: Sequence[int]) -> None:
        self._sum(self.form.total.label, [f"{row}:{row}" for row in sum_rows], item_rows)
        self.groups.append((self.row - 1, self.row - 1))

    # -------------------------------------------------------------------------------------------- foot

    def _fields_below(self) -> None:
        labels = self.form.fields
        self._height(8.0)
        self._label("number", "dimension", labels.inspectors.label)
        self._value("item", "criterion", None, locked=False)
        self._label("max_points", "deduction_reason", labels.leader.label, "（盖章）")
        self._value("evidence", "remark", None, locked=False)
        self._height(24.0)
        self._label("number", "dimension", labels.phone.label)
        phone = self._value("item", "criterion", None, locked=False)
        phone.number_format = "@"  # a number would lose its leading zero
        self._height(24.0)

    def _notes(self) -> None:
        columns, words = self.form.columns, self.words
        labels = {
            "score": columns.of_stage(self.stage).label, "reason": columns.deduction_reason.label,
            "maximum": columns.max_points.label, "criterion": columns.criterion.label,
        }  # fmt: skip
        notes = (
            words("只填淡黄色的单元格和表中的空白格, 其余单元格已锁定; 请勿增删行列、改动表样。"),
            words("“{score}”按“{criterion}”打分, 可填的分数见单元格旁的提示; 不得分填 0, 不能留空。"),
            words("得分低于“{maximum}”的, 必须写明“{reason}”; 没有写明的, 该格显示为淡红色。"),
        )
        lines = [words("填表说明:"), *(f"{n}. {note.format(**labels)}" for n, note in enumerate(notes, 1))]
        self._height(6.0)
        # One cell: a line of its own that begins with a number might be taken for an item of that number.
        cell = self._span("number", "remark", "\n".join(lines), font=_TEXT_FONT, size=_NOTE_SIZE, side="left")
        lines_needed = lines_of(str(cell.value), sum(self.widths.values()), _NOTE_SIZE)
        self._height(_PADDING + _LINE * lines_needed)
        self.groups[-1] = (self.groups[-1][0], self.row - 1)

    # -------------------------------------------------------------------------------------------- page

    def _page(self, header: int) -> None:
        from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415

        sheet = self.sheet
        setup = sheet.page_setup
        setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight = "landscape", 9, 1, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.print_title_rows = f"{header}:{header}"
        sheet.print_area = f"A1:{self.letters['remark']}{self.row - 1}"
        sheet.print_options.horizontalCentered = True
        margins = sheet.page_margins
        margins.left = margins.right = margins.top = _MARGIN / 72
        margins.bottom, margins.footer, margins.header = _FOOT_MARGIN / 72, 20 / 72, 20 / 72
        sheet.oddFooter.center.text = self.words("第 &P 页 共 &N 页")
        sheet.oddFooter.center.size = 9
        sheet.freeze_panes = f"A{header + 1}"
        sheet.sheet_view.showGridLines = False
        protection = sheet.protection
        protection.sheet = True
        protection.formatColumns = protection.formatRows = False  # what is False is allowed
        self._break_pages(header)

    def _break_pages(self, header: int) -> None:
        """Begin a new page before a dimension that would not fit on the current one as a whole."""
        from openpyxl.worksheet.pagebreak import Break  # noqa: PLC0415

        scale = min(1.0, (_PAGE_WIDTH - 2 * _MARGIN) / sum(self.widths.values()))
        page = (_PAGE_HEIGHT - _MARGIN - _FOOT_MARGIN) / scale * _CAUTION
        used = self._rows_height(1, header)
        for first, last in self.groups:
            needed = self._rows_height(first, last)
            if used + needed > page and first > header + 1:
                self.sheet.row_breaks.append(Break(id=first - 1))
                used = self._rows_height(header, header)
            used += needed

    def _rows_height(self, first: int, last: int) -> float:
        return sum(self.sheet.row_dimensions[row].height or 0 for row in range(first, last + 1))

    # -------------------------------------------------------------------------------------------- cells

    def _height(self, points: float) -> None:
        """End the row."""
        self.sheet.row_dimensions[self.row].height = points
        self.row += 1

    def _boxed(
        self, role: str, value: str | float | None, *, locked: bool = True, font: str = _TEXT_FONT,
        shaded: bool = False, side: str = "left",
    ) -> None:  # fmt: skip
        from openpyxl.styles import Border, PatternFill, Protection, Side  # noqa: PLC0415

        cell = self.sheet[f"{self.letters[role]}{self.row}"]
        put(cell, value)
        line = Side(style="thin")
        cell.border = Border(left=line, right=line, top=line, bottom=line)
        cell.font = chinese_font(font, _SIZE)
        cell.alignment = _alignment(side)
        if shaded:
            cell.fill = PatternFill("solid", start_color=_SHADE)
        if not locked:
            cell.protection = Protection(locked=False)

    def _span(self, first: str, last: str, text: str | None, *, font: str, size: float, side: str) -> Cell:
        left, right = f"{self.letters[first]}{self.row}", f"{self.letters[last]}{self.row}"
        cell: Cell = self.sheet[left]
        put(cell, text)
        cell.font = chinese_font(font, size)
        cell.alignment = _alignment(side)
        if left != right:
            self.sheet.merge_cells(f"{left}:{right}")
        return cell

    def _label(self, first: str, last: str, label: str, after: str = "") -> None:
        self._span(first, last, f"{label}{after}：", font=_TEXT_FONT, size=_SIZE, side="right")

    def _value(self, first: str, last: str, text: str | None, *, locked: bool = True) -> Cell:
        """The place of a field's value: underlined, and open for entry unless it is filled in already."""
        from openpyxl.styles import Border, Protection, Side  # noqa: PLC0415

        for row in self.sheet[f"{self.letters[first]}{self.row}:{self.letters[last]}{self.row}"]:
            for cell in row:
                cell.border = Border(bottom=Side(style="thin"))
                cell.protection = Protection(locked=locked)
        return self._span(first, last, text, font=_TEXT_FONT, size=_SIZE, side="left")


def form_title(campaign: Campaign, unit: Unit) -> str:
    """The title of a form: that of the rubric, as a table, and the level it is for."""
    title = campaign.rubric.title.removesuffix("评分标准").removesuffix("评分表")
    return f"{title}评分表（{campaign.rubric.level(unit.level).title}）"


def put(cell: Cell, value: Any) -> None:
    """Write a value as what it is: text that looks like a formula or an error stays text."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    if not isinstance(value, str):
        cell.value = value
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell.data_type = "s"
    if value.startswith(_FORMULA_START):
        cell.quotePrefix = True


def _areas(letter: str, rows: Sequence[str]) -> Iterator[str]:
    """Rows `4:7` in a column as `F4:F7`, a single row `8:8` as `F8`."""
    for first, last in (area.split(":") for area in rows):
        yield f"{letter}{first}" if first == last else f"{letter}{first}:{letter}{last}"


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def chinese_font(name: str, size: float) -> Any:
    from openpyxl.styles import Font  # noqa: PLC0415

    return Font(name=name, size=size, charset=_CHINESE)


def _alignment(side: str) -> Any:
    from openpyxl.styles import Alignment  # noqa: PLC0415

    return Alignment(horizontal=side, vertical="center", wrap_text=True)
