"""Drawing the score form (评分表) on a worksheet: an official table in which only entries can be changed.

Labels and titles are those of the rubric, because forms are recognised by them; hints speak the language asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.rubric import Dimension, Item
from huitoukan.model import Stage, Unit
from huitoukan.output.check_column import CheckColumn
from huitoukan.output.form_checks import filled
from huitoukan.output.form_drawing import (
    ENTRY,
    FIELD,
    GIVEN,
    HEAD,
    MIDDLE,
    NOTE,
    SCORE,
    SHADE,
    TEXT,
    TITLE,
    Drawing,
    number,
)
from huitoukan.output.form_entry import (
    colour_missing,
    date_validation,
    evidence_prompt,
    hide_empty_sum,
    legal_entries,
    needs_range,
    printed_criterion,
    score_validation,
)
from huitoukan.output.form_guide import pointer
from huitoukan.output.form_page import (
    HIGHEST_ROW,
    break_pages,
    growing_row,
    height_of,
    lines_of,
    set_up_page,
    text_width,
)
from huitoukan.output.form_verdicts import check_fields, check_item
from huitoukan.output.text import Words

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

DATE_FORMAT = 'yyyy"年"m"月"d"日"'
TEXT_FORMAT = "@"

# Columns from left to right: role and width in points; all together they fill the width of A4 landscape.
_COLUMNS = (
    ("number", 39.0), ("dimension", 60.0), ("item", 96.0), ("criterion", 224.0), ("max_points", 41.0),
    ("score", 51.0), ("deduction_reason", 120.0), ("evidence", 74.0), ("remark", 80.0),
)  # fmt: skip
_WIDEST_CRITERION, _LINES_WANTED = 360.0, 6  # long criteria widen their column before they grow too high
_WRITTEN = ("deduction_reason", "evidence", "remark")
# Heights of rows in points, at least.
_TITLE_ROW, _FIELD_ROW, _HEAD_ROW, _ROW, _SUM_ROW = 32.0, 21.0, 26.0, 18.0, 16.0
_GAP, _SIGNATURE_ROW = 6.0, 26.0


class FormSheet(Drawing):
    """One blank form in the making: draw it once, top down."""

    def __init__(
        self, sheet: Worksheet, hidden: Worksheet, campaign: Campaign, unit: Unit, stage: Stage, words: Words
    ) -> None:
        super().__init__(sheet, hidden, dict(_COLUMNS))
        self.campaign, self.unit, self.stage, self.words = campaign, unit, stage, words
        self.form = campaign.rubric.form
        self.level = campaign.rubric.level(unit.level)
        self.criteria = {item.id: words.phrase(printed_criterion(item)) for item in self.level.items()}
        longest = max(map(text_width, self.criteria.values()))
        self.widths["criterion"] = min(
            max(self.widths["criterion"], longest / _LINES_WANTED), _WIDEST_CRITERION
        )
        self.checks = CheckColumn(self, campaign, words)
        self.day = self.inspectors = self.leader = self.phone = ""  # cells of the fields
        self._groups: list[tuple[int, int]] = []  # first and last rows of what stays together

    def draw(self) -> None:
        """Title, fields, table, signatures, notes; then what concerns the whole sheet."""
        self.set_widths()
        self._title()
        self._fields_above()
        header = self.row
        self._header()
        item_rows, sum_rows = [], []
        for dimension in self.level.dimensions:
            item_rows.append(self._dimension(dimension))
            sum_rows.append(f"{self.row - 1}:{self.row - 1}")
        last = self.row
        self._sum(self.form.total.label, sum_rows, item_rows, _points(self.level.items()))
        self._fields_below()
        self._notes()
        self._groups.append((last, self.row - 1))
        columns = (self.letters["max_points"], self.letters["score"], self.letters["deduction_reason"])
        colour_missing(self.sheet, item_rows, columns, header + 1)
        check_fields(self)
        entries = [area for rows in item_rows for area in _areas(self.letters["score"], [rows])]
        self.checks.top(filled(entries), len(list(self.level.items())))
        area = f"{self.letters['number']}1:{self.letters['remark']}{self.row - 1}"
        set_up_page(self.sheet, header, area, self.words)
        break_pages(self.sheet, header, self._groups, sum(self.widths.values()))
        protection = self.sheet.protection
        protection.sheet = True
        protection.formatColumns = protection.formatRows = False  # what is False is allowed

    # -------------------------------------------------------------------------------------------- around the table

    def _title(self) -> None:
        title = form_title(self.campaign, self.unit)
        self.span("number", "remark", title, TITLE)
        self.end_row(_TITLE_ROW * lines_of(title, sum(self.widths.values()), TITLE.size))

    def _fields_above(self) -> None:
        labels, settings = self.form.fields, self.campaign.stages[self.stage]
        # A title of the analyst's that is none of the words for the stage would not be recognised.
        stage = settings.title if settings.title in settings.words else settings.words[0]
        self.label("number", "dimension", labels.unit.label)
        self.span("item", "criterion", self.campaign.roster.full_name(self.unit.code), GIVEN)
        self.label("max_points", "score", labels.stage.label)
        self.span("deduction_reason", "deduction_reason", stage, GIVEN)
        self.label("evidence", "evidence", labels.date.label)
        day = self.span("remark", "remark", None, FIELD)
        day.number_format = DATE_FORMAT
        self.sheet.add_data_validation(
            date_validation(day.coordinate, settings, labels.date.label, self.words)
        )
        self.day = day.coordinate
        self.end_row(_FIELD_ROW)

    def _fields_below(self) -> None:
        labels = self.form.fields
        self.end_row(_GAP)
        self.label("number", "dimension", labels.inspectors.label)
        self.inspectors = self.span("item", "criterion", None, FIELD).coordinate
        self.label("max_points", "deduction_reason", labels.leader.label + "（盖章）")
        self.leader = self.span("evidence", "remark", None, FIELD).coordinate
        self.end_row(_SIGNATURE_ROW)
        self.label("number", "dimension", labels.phone.label)
        phone = self.span("item", "criterion", None, FIELD)
        phone.number_format = TEXT_FORMAT  # a number would lose its leading zero
        self.phone = phone.coordinate
        self.end_row(_SIGNATURE_ROW)

    def _notes(self) -> None:
        columns, words = self.form.columns, self.words
        labels = {
            "score": columns.of_stage(self.stage).label, "reason": columns.deduction_reason.label,
            "maximum": columns.max_points.label, "criterion": columns.criterion.label,
        }  # fmt: skip
        notes = (
            words(
                "只填淡黄色的单元格、表中的白色空格和表下签字处, 其余单元格已锁定; 请勿增删行列、改动表样。"
            ),
            words("“{score}”按“{criterion}”打分, 可填的分数见单元格旁的提示; 不得分填 0, 不能留空。"),
            words("得分低于“{maximum}”的, 必须写明“{reason}”; 没有写明的, 该格显示为淡红色。"),
            pointer(words),
        )
        lines = [words("填表说明:"), *(f"{n}. {note.format(**labels)}" for n, note in enumerate(notes, 1))]
        text = "\n".join(lines)
        self.end_row(_GAP)
        # All in one cell: one that begins with a number might be taken for the item of that number.
        self.span("number", "remark", text, NOTE)
        self.end_row(height_of(text, sum(self.widths.values()), NOTE.size))

    # -------------------------------------------------------------------------------------------- the table

    def _header(self) -> None:
        columns = self.form.columns
        height = _HEAD_ROW
        for role, width in self.widths.items():
            label = columns.of_stage(self.stage) if role == "score" else columns.labels()[role]
            self.cell(role, label.label, HEAD)
            height = max(height, height_of(label.label, width))
        self.checks.head(self.row)
        self.end_row(height)

    def _dimension(self, dimension: Dimension) -> str:
        """The rows of a dimension and its subtotal; returns the item rows as `4:7`."""
        first = self.row
        heights = [self._item_height(item) for item in dimension.items]
        needed = height_of(dimension.title, self.widths["dimension"])
        heights[-1] = min(HIGHEST_ROW, heights[-1] + max(0.0, needed - sum(heights)))
        for item, height in zip(dimension.items, heights, strict=True):
            self._item(item, dimension)
            growing_row(self.sheet, self.row, height)
            self.row += 1
        column, last = self.letters["dimension"], self.row - 1
        if last > first:
            self.sheet.merge_cells(f"{column}{first}:{column}{last}")
        rows = f"{first}:{last}"
        self._sum(self.form.subtotal.label, [rows], [rows], _points(dimension.items))
        self._groups.append((first, self.row - 1))
        return rows

    def _item_height(self, item: Item) -> float:
        texts = {"number": item.id, "item": item.title, "criterion": self.criteria[item.id]}
        return min(
            HIGHEST_ROW, max(_ROW, *(height_of(text, self.widths[role]) for role, text in texts.items()))
        )

    def _item(self, item: Item, dimension: Dimension) -> None:
        self.cell("number", item.id, MIDDLE)
        self.cell("dimension", dimension.title, MIDDLE)
        self.cell("item", item.title, TEXT)
        self.cell("criterion", self.criteria[item.id], TEXT)
        self.cell("max_points", number(item.maximum), MIDDLE)
        score = self.cell("score", None, SCORE).coordinate
        for role in _WRITTEN:
            self.cell(role, None, ENTRY)
        entries = legal_entries(item, self.unit.code, self.campaign)
        kept = self.keep(entries) if entries and needs_range(entries) else None
        validation = score_validation(item, score, self.unit.code, self.campaign, self.words, kept)
        self.sheet.add_data_validation(validation)
        prompt = evidence_prompt(item, f"{self.letters['evidence']}{self.row}", self.campaign)
        if prompt is not None:
            self.sheet.add_data_validation(prompt)
        reason, evidence = (f"{self.letters[role]}{self.row}" for role in ("deduction_reason", "evidence"))
        check_item(self.checks, item, self.unit.code, (score, reason, evidence), self.row)

    def _sum(self, label: str, added: Sequence[str], items: Sequence[str], standard: Decimal) -> None:
        """A row of sums over rows written as `4:7`; `items` are the item rows that it stands for in the end.

        `standard` is what the standard points of these add up to.
        """
        for role in self.widths:
            self.cell(role, None, HEAD)
        self.span("number", "criterion", label, HEAD)
        for role in ("max_points", "score"):
            letter = self.letters[role]
            formula, points = f"SUM({','.join(_areas(letter, added))})", standard
            self.checks.formula(f"{letter}{self.row}", formula, points if role == "max_points" else 0)
        score = self.letters["score"]
        hide_empty_sum(self.sheet, f"{score}{self.row}", tuple(_areas(score, items)), SHADE)
        self.checks.sum_row(self.row, items)
        self.end_row(_SUM_ROW)


def form_title(campaign: Campaign, unit: Unit) -> str:
    """The title of a form: that of the rubric, as a table, and the level it is for."""
    title = campaign.rubric.title.removesuffix("评分标准").removesuffix("评分表")
    return f"{title}评分表（{campaign.rubric.level(unit.level).title}）"


def _points(items: Sequence[Item]) -> Decimal:
    return sum((item.maximum for item in items), Decimal(0))


def _areas(letter: str, rows: Sequence[str]) -> Iterator[str]:
    """Rows `4:7` in a column as `F4:F7`, a single row `8:8` as `F8`."""
    for first, last in (area.split(":") for area in rows):
        yield f"{letter}{first}" if first == last else f"{letter}{first}:{letter}{last}"
