"""Questionnaires made for tests: as the reader would hand them on, from plain answers by question."""

from __future__ import annotations

import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import openpyxl

from huitoukan.answers import Answer, AnswerState
from huitoukan.campaign.campaign import Campaign
from huitoukan.model import FileResult, FileStatus, ItemScore, Level, SheetKind, SheetResult, Stage
from huitoukan.output.forms import BlankForm, workbook_of
from huitoukan.output.text import Words

BLANK, UNREADABLE = object(), object()


def questionnaire_sheet(
    campaign: Campaign,
    unit: str | None,
    answers: Mapping[str, Any],
    *,
    file: str = "",
    level: Level | None = None,
) -> SheetResult:
    """One questionnaire: a number, the letters of a choice, or a text for each question; a pair for one with two cells.

    A choice with words behind it is a pair of letters and words. What is not named is blank.
    """
    assert campaign.questionnaire is not None
    level = level or (campaign.roster.units[unit].level if unit else Level.TOWNSHIP)
    found = []
    for row, question in enumerate(campaign.questionnaire.of_level(level), start=5):
        given = answers.get(question.id, BLANK)
        parts = question.part_ids()
        values = given if len(parts) > 1 and isinstance(given, tuple) else (given,) * len(parts)
        for column, (part, value) in enumerate(zip(parts, values, strict=True)):
            cell = f"{'DE'[column]}{row}"
            found.append(_answer(question.id, part, question.type, cell, value))
    return SheetResult(
        file or f"{unit}.xlsx", "调查问卷", SheetKind.QUESTIONNAIRE, unit, None, level, answers=tuple(found)
    )


def _answer(question: str, part: str | None, kind: str, cell: str, value: Any) -> Answer:
    if value is BLANK:
        return Answer(question, part, AnswerState.BLANK, cell)
    if value is UNREADABLE:
        return Answer(question, part, AnswerState.UNREADABLE, cell, text="约三人")
    if kind == "number":
        return Answer(question, part, AnswerState.ANSWERED, cell, number=Decimal(str(value)))
    if kind == "text":
        return Answer(question, part, AnswerState.ANSWERED, cell, text=value)
    letters, words = value if isinstance(value, tuple) else (value, "")
    return Answer(question, part, AnswerState.ANSWERED, cell, choices=tuple(letters), text=words)


def filled_form(campaign: Campaign, unit: str, stage: Stage, answers: Mapping[str, Any]) -> bytes:
    """The blank questionnaire of a unit, filled in at the rows in which it prints its questions; answers as above.

    An unreadable answer is what people do write: 约三人 for a number, two letters for one.
    """
    assert campaign.questionnaire is not None
    blank = BlankForm(campaign.roster.units[unit], stage, "a.xlsx", SheetKind.QUESTIONNAIRE)
    workbook = openpyxl.load_workbook(io.BytesIO(workbook_of(blank, campaign, Words())))
    sheet = workbook.worksheets[0]
    rows = {str(cell.value): cell.row for cell in sheet["A"] if cell.value}
    sheet["E2"] = campaign.settings.stages[stage].window.start
    for question, value in answers.items():
        asked, row = campaign.questionnaire.by_id[question], rows.get(question)
        if row is None or value is BLANK or asked.holds == "unit":
            continue
        if asked.type == "number":
            values = value if isinstance(value, tuple) else (value,)
            for n, one in enumerate(values):
                if one is not BLANK:
                    sheet.cell(row + n, 4).value = "约三人" if one is UNREADABLE else float(one)
        elif asked.type == "single":
            titles = {option.key: f"{option.key} {option.title}" for option in asked.options}
            sheet.cell(row, 4).value = "AB" if value is UNREADABLE else titles[value]
        elif asked.type == "multiple":
            letters, words = value if isinstance(value, tuple) else (value, "")
            for n, option in enumerate(asked.options):
                if option.key in letters:
                    sheet.cell(row + n, 4).value = "√"
            if words:
                sheet.cell(row + len(asked.options), 4).value = words
        else:
            column = 3 if sheet.cell(row, 3).value is None else 4
            sheet.cell(row, column).value = value
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def score_sheet(unit: str, stage: Stage) -> SheetResult:
    """A score sheet of a unit, of which only that it exists matters."""
    return SheetResult(
        f"{unit}_{stage}.xlsx", "评分表", SheetKind.SCORE, unit, stage, items=tuple[ItemScore, ...]()
    )


def files_of(*sheets: SheetResult) -> tuple[FileResult, ...]:
    """A file for each sheet."""
    return tuple(FileResult(sheet.file, "", FileStatus.OK, "test", (sheet,)) for sheet in sheets)
