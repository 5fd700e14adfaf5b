"""Answers (答案) of a questionnaire as they travel: one for a question and part, with its cell. No input or output."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class AnswerState(StrEnum):
    """What was made of an answer. Blank is nothing written; zero, and a choice of nothing (无), are answers."""

    ANSWERED = "answered"
    BLANK = "blank"
    UNREADABLE = "unreadable"  # something stands there that is not used: no number, no option, several where one is asked


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: `question` is its id (Q11), `part` the part's id of a question with several cells, else None.

    `cell` is where it stands or should stand. Only an answered one has a `number` (in the unit of the question) or
    `choices` (option letters in the order of the options; empty where somebody wrote 无). `text` is what was written: of a
    text question the answer itself, of a choice that was answered only the words behind an option that asks for them
    (G其他), of a number the text where the cell holds text, of what could not be read all of it.
    """

    question: str
    part: str | None
    state: AnswerState
    cell: str
    number: Decimal | None = None
    choices: tuple[str, ...] = ()
    text: str = ""
