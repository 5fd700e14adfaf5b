"""What may be entered on a blank questionnaire, as data validation, and the colours of what is missing or does not agree.

Excel, WPS and LibreOffice all take what stands here: lists, custom formulas without new functions, plain colours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from huitoukan.campaign.questionnaire import Checks, Measure, Question, split_reference
from huitoukan.output.files import xml_text
from huitoukan.output.form_entry import AT_FAULT, EMPTY, LONGEST_TEXT, LONGEST_TITLE, clipped, colour_where
from huitoukan.output.text import Words
from huitoukan.phrase import Phrase, plain, say

if TYPE_CHECKING:
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

_NOISE = "0.000001"  # what a decimal number may be away from its places


def list_validation(cell: str, source: str, question: Question, hint: Phrase, words: Words) -> DataValidation:
    """A list to choose from; `source` is a range, or the entries in quotes."""
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    return _told(DataValidation("list", source), cell, question, hint, words)


def number_validation(
    cell: str, measure: Measure, question: Question, hint: Phrase, words: Words
) -> DataValidation:
    """A number within its range and with no more decimal places than it has."""
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    conditions = [f"ABS({cell}*{10**measure.places}-ROUND({cell}*{10**measure.places},0))<{_NOISE}"]
    if measure.at_least is not None:
        conditions.append(f"{cell}>={plain(measure.at_least.value)}")
    if measure.at_most is not None:
        conditions.append(f"{cell}<={plain(measure.at_most.value)}")
    formula = f"IF(ISNUMBER({cell}),AND({','.join(conditions)}),FALSE)"
    return _told(DataValidation("custom", formula), cell, question, hint, words)


def text_validation(cell: str, question: Question, hint: Phrase, words: Words) -> DataValidation:
    """A text of no more than so many characters, where the question limits them; else a hint alone."""
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    if question.longest is None:
        validation = _told(DataValidation(), cell, question, hint, words)
        validation.showErrorMessage = False
        return validation
    limit = plain(question.longest.value)
    return _told(
        DataValidation("textLength", operator="lessThanOrEqual", formula1=limit), cell, question, hint, words
    )


def _told(
    validation: DataValidation, cell: str, question: Question, hint: Phrase, words: Words
) -> DataValidation:
    validation.allow_blank = validation.showErrorMessage = validation.showInputMessage = True
    text = words.phrase(hint)
    validation.errorTitle = clipped(words("填写不合要求"), LONGEST_TITLE)
    validation.error = clipped(f"{question.label()}\n{text}", LONGEST_TEXT)
    validation.promptTitle = clipped(question.label(), LONGEST_TITLE)
    validation.prompt = clipped("\n".join(filter(None, (text, question.note))), LONGEST_TEXT)
    validation.add(cell)
    return validation


def literal_list(entries: Sequence[str]) -> str | None:
    """A list as it stands in the validation itself; None where it does not fit and must be kept in cells."""
    text = xml_text(f'"{",".join(entries)}"')
    spoilt = any(mark in entry for entry in entries for mark in ',"')
    return None if spoilt or len(text) > LONGEST_TEXT else text


def number_hint(measure: Measure) -> Phrase:
    """What a number must be, in words."""
    kind = say("整数") if measure.places == 0 else say("数, 最多 {places} 位小数", places=measure.places)
    least, most = measure.at_least, measure.at_most
    if least is not None and most is not None:
        return say("填{kind}, {least} 至 {most}。", kind=kind, least=least.value, most=most.value)
    if least is not None and least.value == 0:
        return say("填{kind}, 没有的填 0。", kind=kind)
    return say("填{kind}。", kind=kind)


def colour_unanswered(sheet: Worksheet, area: str, cells: Sequence[str]) -> None:
    """Pale yellow as long as none of some cells is filled."""
    blank = ",".join(f"LEN(TRIM({_fixed(cell)}))=0" for cell in cells)
    colour_where(sheet, area, f"AND({blank})", background=EMPTY)


def colour_unexplained(sheet: Worksheet, cell: str, mark: str) -> None:
    """Pale red for words that are still missing behind an option that asks for them."""
    colour_where(
        sheet, cell, f"AND(LEN(TRIM({_fixed(mark)}))>0,LEN(TRIM({_fixed(cell)}))=0)", background=AT_FAULT
    )


def colour_disagreeing(sheet: Worksheet, checks: Checks, cells: Mapping[tuple[str, str | None], str]) -> None:
    """Pale red for numbers that do not agree with each other, as far as they are filled in."""
    for total in checks.sums:
        names = [cells.get(split_reference(name)) for name in (total.total, *total.parts)]
        if None not in names:
            places = [_fixed(name) for name in names if name is not None]
            added = "+".join(places[1:])
            filled = f"COUNT({','.join(places)})={len(places)}"
            colour_where(
                sheet,
                str(names[0]),
                f"AND({filled},ABS({places[0]}-({added}))>{_NOISE})",
                background=AT_FAULT,
            )
    for pair in checks.at_most:
        value, limit = (cells.get(split_reference(name)) for name in (pair.value, pair.limit))
        if value is not None and limit is not None:
            places = [_fixed(value), _fixed(limit)]
            formula = f"AND(COUNT({','.join(places)})=2,{places[0]}>{places[1]})"
            colour_where(sheet, value, formula, background=AT_FAULT)


def _fixed(cell: str) -> str:
    """`D5` as `$D$5`: a rule of a range means this cell, wherever it is evaluated."""
    letters = cell.rstrip("0123456789")
    return f"${letters}${cell[len(letters) :]}"
