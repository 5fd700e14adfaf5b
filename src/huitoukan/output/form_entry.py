"""What may be entered on a blank form: the legal scores and days as data validation, and the colours of what is missing.

Excel, WPS and LibreOffice all take what stands here: lists, custom formulas without new functions, plain colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from huitoukan.campaign.campaign import Campaign, StageSettings
from huitoukan.campaign.rubric import Item
from huitoukan.output.files import xml_text
from huitoukan.output.text import Words
from huitoukan.phrase import Phrase, plain, say

if TYPE_CHECKING:
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

# Characters that spreadsheet programs allow in the boxes of a validation.
LONGEST_TITLE, LONGEST_TEXT = 32, 255
_LONGEST_LIST = 255  # a longer list in the validation itself would spoil the workbook
_NOISE = "0.000001"  # what 2.3-0.1 may be away from a whole number of steps
DAY_ZERO = date(1899, 12, 30)  # a day in a formula is the number of days since then
EMPTY, AT_FAULT = "FFF8DC", "FBE3DF"


def score_validation(
    item: Item, cell: str, unit: str, campaign: Campaign, words: Words, choices: str | None = None
) -> DataValidation:
    """The validation of an item's score cell: a list to choose from, or a formula for scores with deductions.

    `choices` is a range that holds the legal scores (see `needs_range`).
    """
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    legal = legal_entries(item, unit, campaign)
    not_applicable = campaign.rubric.form.not_applicable[0] if item.allows_not_applicable(unit) else None
    if legal is None:
        validation = DataValidation("custom", deduction_formula(item, cell, not_applicable))
    else:
        validation = DataValidation("list", choices or _literal(legal))
    validation.allow_blank = validation.showErrorMessage = validation.showInputMessage = True
    allowed = words.phrase(_allowed(item, not_applicable))
    validation.errorTitle = clipped(words("得分不合规定"), LONGEST_TITLE)
    validation.error = clipped(f"{item.label()}\n{allowed}", LONGEST_TEXT)
    validation.promptTitle = clipped(item.label(), LONGEST_TITLE)
    validation.prompt = clipped("\n".join((allowed, *_reminders(item, campaign, words))), LONGEST_TEXT)
    validation.add(cell)
    return validation


def legal_entries(item: Item, unit: str, campaign: Campaign) -> tuple[Decimal | str, ...] | None:
    """The entries of an item's list, highest score first and 不适用 last; None for an item with deductions."""
    scores = item.choices()
    if scores is None:
        return None
    words = campaign.rubric.form.not_applicable[:1] if item.allows_not_applicable(unit) else ()
    return (*scores, *words)


def needs_range(entries: Sequence[Decimal | str]) -> bool:
    """Whether a list does not fit into the validation itself and must be kept in cells."""
    spoilt = any(mark in entry for entry in entries if isinstance(entry, str) for mark in ',"')
    return spoilt or len(_literal(entries)) > _LONGEST_LIST


def _literal(entries: Sequence[Decimal | str]) -> str:
    texts = (plain(entry) if isinstance(entry, Decimal) else entry for entry in entries)
    return xml_text(f'"{",".join(texts)}"')


def deduction_formula(item: Item, cell: str, not_applicable: str | None) -> str:
    """A formula that is true for the legal scores of an item with deductions: the maximum minus whole steps, or 0."""
    maximum = plain(item.maximum)
    conditions = f"{cell}>=0,{cell}<={maximum}"
    if item.step is not None:
        steps = f"({maximum}-{cell})/{plain(item.step.value)}"
        conditions += f",OR({cell}=0,ABS({steps}-ROUND({steps},0))<{_NOISE})"
    quoted = xml_text(not_applicable).replace('"', '""') if not_applicable else ""
    other = f'{cell}="{quoted}"' if not_applicable else "FALSE"
    return f"IF(ISNUMBER({cell}),AND({conditions}),{other})"


def _allowed(item: Item, not_applicable: str | None) -> Phrase:
    if not_applicable:
        return say("可填 {legal}; 不适用的填“{word}”。", legal=item.legal(), word=not_applicable)
    return say("可填 {legal}。", legal=item.legal())


_FEW = 6  # legal scores that are printed; more of them stand in the prompt of the cell alone


def printed_criterion(item: Item) -> Phrase:
    """The criterion as it is printed: with the legal points behind it where its own words do not tell them."""
    if item.step is not None:
        told = plain(item.step.value) in item.criterion
        points = say("每{per}扣 {step}", per=say(item.step.per), step=item.step.value)
    else:
        choices = item.choices() or ()
        told = len(choices) > _FEW or all(plain(choice) in item.criterion for choice in choices if choice)
        points = say("{choices}", choices=choices)
    if told:
        return say("{criterion}", criterion=item.criterion)
    return say("{criterion}({points})", criterion=item.criterion, points=points)


def _reminders(item: Item, campaign: Campaign, words: Words) -> list[str]:
    """What else one should know before scoring: that a zero bars the unit, and what is looked at."""
    columns = campaign.rubric.form.columns
    lines = [f"{columns.criterion.label}：{item.criterion}"] if item.criterion else []
    if item.is_veto and campaign.settings.pass_rules.veto_fails.value:
        lines.insert(0, words("否决项: 得 0 分不能达标。"))
    return lines


def evidence_prompt(item: Item, cell: str, campaign: Campaign) -> DataValidation | None:
    """A reminder, at the evidence cell, of the documents that the rubric asks for; nothing is forbidden there."""
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    if not item.evidence:
        return None
    validation = DataValidation(showInputMessage=True, showErrorMessage=False, allow_blank=True)
    validation.promptTitle = clipped(campaign.rubric.form.columns.evidence.label, LONGEST_TITLE)
    validation.prompt = clipped("、".join(item.evidence), LONGEST_TEXT)
    validation.add(cell)
    return validation


def date_validation(cell: str, stage: StageSettings, label: str, words: Words) -> DataValidation:
    """The validation of the date cell: a day of the stage's window."""
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    first, last = stage.window.start, stage.window.end
    validation = DataValidation(
        "date", str((first - DAY_ZERO).days), str((last - DAY_ZERO).days), operator="between", allow_blank=True,
        showErrorMessage=True, showInputMessage=True,
    )  # fmt: skip
    told = say(
        "{stage_name}阶段是 {start} 至 {end}, 首尾两天都算。请填这段时间里的一天, 如 {example}。",
        stage_name=stage.title,
        start=_day(first),
        end=_day(last),
        example=first,
    )
    text = words.phrase(told)
    validation.errorTitle = clipped(words("日期不在阶段之内"), LONGEST_TITLE)
    validation.error = validation.prompt = clipped(text, LONGEST_TEXT)
    validation.promptTitle = clipped(label, LONGEST_TITLE)
    validation.add(cell)
    return validation


def _day(day: date) -> Phrase:
    return say("{year}年{month}月{day}日", year=day.year, month=day.month, day=day.day)


def colour_missing(sheet: Worksheet, rows: Sequence[str], columns: tuple[str, str, str], top: int) -> None:
    """Pale yellow for scores still to be given, pale red for deductions that still lack their reason.

    `rows` are the item rows as `4:7`, `top` is the first of them; `columns` are the letters of standard points, score
    and reason.
    """
    maximum, score, reason = columns
    blank = f"LEN(TRIM({score}{top}))=0"
    unexplained = f"AND(ISNUMBER({score}{top}),{score}{top}<{maximum}{top},LEN(TRIM({reason}{top}))=0)"
    for column, formula, colour in ((score, blank, EMPTY), (reason, unexplained, AT_FAULT)):
        area = " ".join(column + part.replace(":", f":{column}") for part in rows)
        colour_where(sheet, area, formula, background=colour)


def colour_blank(sheet: Worksheet, cell: str) -> None:
    """Pale yellow for a single cell that must still be filled in."""
    colour_where(sheet, cell, f"LEN(TRIM({cell}))=0", background=EMPTY)


def hide_empty_sum(sheet: Worksheet, cell: str, areas: Sequence[str], background: str) -> None:
    """A sum of nothing takes the colour of its cell, so that a form printed blank can be filled in by hand."""
    colour_where(sheet, cell, f"COUNT({','.join(areas)})=0", text=background)


def colour_where(
    sheet: Worksheet, area: str, formula: str, *, background: str | None = None, text: str | None = None
) -> None:
    """Colour the cells of an area, or their text, where a formula is true."""
    from openpyxl.formatting.rule import Rule  # noqa: PLC0415
    from openpyxl.styles import Font, PatternFill  # noqa: PLC0415
    from openpyxl.styles.differential import DifferentialStyle  # noqa: PLC0415

    style = DifferentialStyle(
        font=Font(color=text) if text else None,
        fill=PatternFill("solid", start_color=background, end_color=background) if background else None,
    )
    sheet.conditional_formatting.add(area, Rule(type="expression", dxf=style, formula=[formula]))


def clipped(text: str, longest: int) -> str:
    """A text that fits into a box of so many characters, without those that a workbook cannot hold."""
    text = xml_text(text)
    return text if len(text) <= longest else text[: longest - 1] + "…"
