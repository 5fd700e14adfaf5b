"""Questionnaires made for tests: as the reader would hand them on, from plain answers by question."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from huitoukan.answers import Answer, AnswerState
from huitoukan.campaign.campaign import Campaign
from huitoukan.model import FileResult, FileStatus, ItemScore, Level, SheetKind, SheetResult, Stage

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


def score_sheet(unit: str, stage: Stage) -> SheetResult:
    """A score sheet of a unit, of which only that it exists matters."""
    return SheetResult(
        f"{unit}_{stage}.xlsx", "评分表", SheetKind.SCORE, unit, stage, items=tuple[ItemScore, ...]()
    )


def files_of(*sheets: SheetResult) -> tuple[FileResult, ...]:
    """A file for each sheet."""
    return tuple(FileResult(sheet.file, "", FileStatus.OK, "test", (sheet,)) for sheet in sheets)
