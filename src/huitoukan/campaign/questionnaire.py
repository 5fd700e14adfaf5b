"""The questionnaire (调查问卷): its questions for both levels, what answers must satisfy, and how the form is recognised.

Source: R07 of the notice asks for it; its wording was not published, so every question says what it rests on. What is
checked of the answers stands in the file as data; the code knows kinds of checks, no question.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal

from pydantic import Field

from huitoukan.campaign.rubric import Basis, Label, Points, Source, Sourced, Strict, Word
from huitoukan.model import Level

QuestionType = Literal["single", "multiple", "number", "text"]
YEAR = "{year}"  # in titles: the year of the material assessed


class Option(Strict):
    """An option of a choice; `needs_text`: who chooses it must write what is meant (G其他)."""

    key: Word
    title: Word
    aliases: tuple[Word, ...] = ()
    needs_text: bool = False

    def label(self) -> str:
        """The option as it is printed and offered: `A 独立`."""
        return f"{self.key} {self.title}"


class Measure(Strict):
    """What a number is: its unit, decimal places (0: a whole number), the least and the greatest that there can be.

    `unit_words` are other words for the unit (名 for 人); `usual` is, by level, a number above which it was probably given in another unit (元 for 万元).
    """

    unit: str = ""
    unit_words: tuple[Word, ...] = ()
    places: int = Field(default=0, ge=0, le=6)
    at_least: Points | None = None
    at_most: Points | None = None
    usual: dict[Level, Points] = Field(default_factory=dict)


class Part(Measure):
    """One of several numbers that a question asks for, each in a cell of its own."""

    id: Word
    title: Word
    aliases: tuple[Word, ...] = ()


class Question(Measure):
    """One question.

    `holds`: the answer is the unit's name or a contact (a name and a telephone number). `longest` is the most characters
    of a text. `items` are the score items that speak of the same thing.
    """

    id: Word
    levels: tuple[Level, ...] = Field(min_length=1)
    type: QuestionType
    title: Word
    aliases: tuple[Word, ...] = ()
    options: tuple[Option, ...] = ()
    parts: tuple[Part, ...] = ()
    required: bool = True
    holds: Literal["unit", "contact"] | None = None
    longest: Points | None = None
    items: tuple[Word, ...] = ()
    note: str = ""
    basis: Basis = "assumed"
    source: str | tuple[str, ...] = "A"

    def label(self) -> str:
        """Id and title as messages name a question: `Q5 实有统计人员数`."""
        return f"{self.id} {self.title}"

    def part(self, part: str | None) -> Part | None:
        """A part by its id."""
        return next((one for one in self.parts if one.id == part), None)

    def measure(self, part: str | None) -> Measure:
        """What the number of a part is, or of the question itself."""
        return self.part(part) or self

    def part_ids(self) -> tuple[str | None, ...]:
        """The ids of the parts in order; a single None for a question without parts."""
        return tuple(part.id for part in self.parts) or (None,)


class SumCheck(Sourced):
    """A number that is the sum of others. Numbers are named by their question (Q5) or question and part (Q11.villages)."""

    total: Word
    parts: tuple[Word, ...] = Field(min_length=1)


class AtMostCheck(Sourced):
    """A number that is not greater than another one."""

    value: Word
    limit: Word


class RosterCheck(Sourced):
    """A number that the roster tells: `townships` are the townships of a county that must be inspected."""

    value: Word
    counts: Literal["townships"]


class Checks(Strict):
    """What the numbers of one questionnaire must satisfy together."""

    sums: tuple[SumCheck, ...] = ()
    at_most: tuple[AtMostCheck, ...] = ()
    roster: tuple[RosterCheck, ...] = ()


class QuestionColumns(Strict):
    """The columns of the form."""

    number: Label
    question: Label
    option: Label
    answer: Label
    unit: Label

    def labels(self) -> dict[str, Label]:
        """Labels by role, in the order of the form."""
        return {role: getattr(self, role) for role in type(self).model_fields}


class QuestionnaireForm(Strict):
    """How the form is recognised: by these words, never by position.

    `title` are words of its title. Beside an option, the words of `chosen` say that it applies and those of `not_chosen`
    that it does not; the first of `chosen` is offered on blank forms. `nothing` are the words for “none of them”.
    """

    title: Label
    columns: QuestionColumns
    other_text: Label
    chosen: tuple[Word, ...] = Field(min_length=1)
    not_chosen: tuple[Word, ...] = ()
    nothing: tuple[Word, ...] = ()


class Questionnaire(Strict):
    """The whole questionnaire: the form, the questions of both levels in their order, and the checks."""

    schema_version: Literal[1] = Field(alias="schema")
    id: str
    version: str
    title: str
    sources: dict[str, Source]
    form: QuestionnaireForm
    questions: tuple[Question, ...] = Field(min_length=1)
    checks: Checks = Checks()

    def of_level(self, level: Level) -> tuple[Question, ...]:
        """The questions of a level, in order."""
        return tuple(question for question in self.questions if level in question.levels)

    @cached_property
    def by_id(self) -> dict[str, Question]:
        """The questions by their ids."""
        return {question.id: question for question in self.questions}

    def about_year(self, year: int) -> Questionnaire:
        """The same questionnaire about the material of a year, wherever a title speaks of it."""
        return _with_year(self, str(year))  # type: ignore[no-any-return]


def _with_year(value: Any, year: str) -> Any:
    if isinstance(value, str):
        return value.replace(YEAR, year)
    if isinstance(value, tuple):
        return tuple(_with_year(one, year) for one in value)
    if isinstance(value, (Questionnaire, Question, Part, Option)):
        fields = {name: _with_year(getattr(value, name), year) for name in type(value).model_fields}
        return value.model_copy(update=fields)
    return value


def split_reference(reference: str) -> tuple[str, str | None]:
    """Question and part of a number that a check names: `Q11.villages` gives Q11 and villages."""
    question, _, part = reference.partition(".")
    return question, part or None
