"""What may be entered on a blank form: the legal scores and days as data validation, and the colours of what is missing.

Excel, WPS and LibreOffice all take what stands here: lists, custom formulas without new functions, plain colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from huitoukan.campaign.campaign import Campaign, StageSettings
from huitoukan.campaign.rubric import Item
from huitoukan.output.text import Words
from huitoukan.phrase import Phrase, plain, say

if TYPE_CHECKING:
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

LONGEST_TITLE, LONGEST_TEXT = 32, 255  # characters that spreadsheet programs allow in the boxes of a validation
_LONGEST_LIST = 255  # a longer list in the validation itself would spoil the workbook
_NOISE = "0.000001"  # what 2.3-0.1 may be away from a whole number of steps
_EMPTY, _AT_FAULT = "FFF8DC", "FBE3DF"


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
        kind, formula = "custom", deduction_formula(item, cell, not_applicable)
    else:
        kind, formula = "list", choices or _literal(legal)
    allowed = words.phrase(_allowed(item, not_applicable))
    validation = DataValidation(
        type=kind, formula1=formula, allow_blank=True, showErrorMessage=True, showInputMessage=True
    )
    validation.errorTitle = clipped(words("得分不合规定"), LONGEST_TITLE)
    validation.error = clipped(f"{item.label()}\n{allowed}", LONGEST_TEXT)
    validation.promptTitle = clipped(item.label(), LONGEST_TITLE)
    validation.prompt = clipped("\n".join((allowed, *_reminders(item, campaign, words))), LONGEST_TEXT)
    validation.add(cell)
    return validation


def legal_entries(item: Item, unit: str, campaign: Campaign) -> tuple[str, ...] | None:
    """The entries of an item's list, highest score first and 不适用 last; None for an item with deductions."""
    scores = item.choices()
    if scores is None:
        return None
    words = campaign.rubric.form.not_applicable[:1] if item.allows_not_applicable(unit) else ()
    return (*map(plain, scores), *words)


def needs_range(entries: Sequence[str]) -> bool:
    """Whether a list does not fit into the validation itself and must be kept in cells."""
    return len(_literal(entries)) > _LONGEST_LIST or any("," in entry or '"' in entry for entry in entries)


def _literal(entries: Sequence[str]) -> str:
    return f'"{",".join(entries)}"'


def deduction_formula(item: Item, cell: str, not_applicable: str | None) -> str:
    """A formula that is true for the legal scores of an item with deductions: the maximum minus whole steps, or 0."""
    maximum = plain(item.maximum)
    conditions = f"{cell}>=0,{cell}<={maximum}"
    if item.step is not None:
        steps = f"({maximum}-{cell})/{plain(item.step.value)}"
        conditions += f",OR({cell}=0,ABS({steps}-ROUND({steps},0))<{_NOISE})"
    quoted = not_applicable.replace('"', '""') if not_applicable else ""
    other = f'{cell}="{quoted}"' if not_applicable else "FALSE"
    return f"IF(ISNUMBER({cell}),AND({conditions}),{other})"


def _allowed(item: Item, not_applicable: str | None) -> Phrase:
    if not_applicable:
        return say("可填 {legal}; 不适用的填“{word}”。", legal=item.legal(), word=not_applicable)
    return say("可填 {legal}。", legal=item.legal())


def _reminders(item: Item, campaign: Campaign, words: Words) -> list[str]:
    """What else one should know before scoring: that a zero bars the unit, and what is looked at."""
    columns = campaign.rubric.form.columns
    lines = [f"{columns.criterion.label}: {item.criterion}"] if item.criterion else []
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
    from openpyxl.utils.datetime import to_excel  # noqa: PLC0415
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    first, last = stage.window.start, stage.window.end
    validation = DataValidation(
        type="date", operator="between", formula1=str(int(to_excel(first))), formula2=str(int(to_excel(last))),
        allow_blank=True, showErrorMessage=True, showInputMessage=True,
    )  # fmt: skip
    text = words.phrase(
        say(
            "{stage_name}阶段是 {start} 至 {end}, 首尾两天都算。请填这段时间里的一天, 如 {example}。",
            stage_name=stage.title, start=_day(first), end=_day(last), example=first,
        )  # fmt: skip
    )
    validation.errorTitle = clipped(words("日期不在阶段之内"), LONGEST_TITLE)
    validation.error = validation.prompt = clipped(text, LONGEST_TEXT)
    validation.promptTitle = clipped(label, LONGEST_TITLE)
    validation.add(cell)
    return validation


def _day(day: date) -> Phrase:
    return say("{year}年{month}月{day}日", year=day.year, month=day.month, day=day.day)


def colour_missing(sheet: Worksheet, ranges: Sequence[str], columns: tuple[str, str, str], top: int) -> None:
    """Pale yellow for scores still to be given, pale red for deductions that still lack their reason.

    `ranges` are the item rows as `4:7`; `columns` the letters of standard points, score and reason; `top` the first
    item row, which the formulas speak of.
    """
    from openpyxl.formatting.rule import FormulaRule  # noqa: PLC0415

    maximum, score, reason = columns
    blank = FormulaRule(formula=[f"LEN(TRIM({score}{top}))=0"], fill=_fill(_EMPTY))
    lost = f"AND(ISNUMBER({score}{top}),{score}{top}<{maximum}{top},LEN(TRIM({reason}{top}))=0)"
    unexplained = FormulaRule(formula=[lost], fill=_fill(_AT_FAULT))
    for column, rule in ((score, blank), (reason, unexplained)):
        area = " ".join(column + rows.replace(":", f":{column}") for rows in ranges)
        sheet.conditional_formatting.add(area, rule)


def colour_blank(sheet: Worksheet, cell: str) -> None:
    """Pale yellow for a single cell that must still be filled in."""
    from openpyxl.formatting.rule import FormulaRule  # noqa: PLC0415

    sheet.conditional_formatting.add(
        cell, FormulaRule(formula=[f"LEN(TRIM({cell}))=0"], fill=_fill(_EMPTY))
    )


def hide_empty_sum(sheet: Worksheet, cell: str, ranges: Sequence[str], background: str) -> None:
    """A sum of nothing shows nothing, so that a form printed blank can be filled in by hand."""
    from openpyxl.formatting.rule import FormulaRule  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415

    nothing = f"COUNT({','.join(ranges)})=0"
    sheet.conditional_formatting.add(cell, FormulaRule(formula=[nothing], font=Font(color=background)))


def _fill(colour: str) -> object:
    from openpyxl.styles import PatternFill  # noqa: PLC0415

    return PatternFill("solid", start_color=colour, end_color=colour)


def clipped(text: str, longest: int) -> str:
    """A text that fits into a box of so many characters."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
