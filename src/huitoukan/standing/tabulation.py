"""Answers counted: every question over a group of units, with how many answered, left it blank, or were not asked.

A missing answer is never a zero, and a question that a level is not asked is missing from nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from huitoukan.answers import Answer, AnswerState
from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.questionnaire import Question, Questionnaire
from huitoukan.campaign.survey import UNITS, Ratio
from huitoukan.model import Level
from huitoukan.standing.quantiles import NumberSummary, exact_sum, quotient, summarise
from huitoukan.standing.respondents import Respondent


class Cut(StrEnum):
    """By what the units are put into groups."""

    ALL = "all"
    LEVEL = "level"
    COUNTY = "county"
    TYPE = "type"  # 乡, 镇, 街道: townships only


@dataclass(frozen=True, slots=True)
class Group:
    """Units that are counted together; `key` is a level, the code of a county, a type of township, "" for all.

    `level` is that of all its units: of a county the body or the townships, which are too unlike to be only mixed. None
    for groups of both together.
    """

    cut: Cut
    key: str
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Variable:
    """One thing that is counted: a question, or one cell of a question with several; `unit` is that of its number."""

    question: Question
    part: str | None
    title: str
    unit: str

    @property
    def id(self) -> str:
        """As people and files name it: Q5, Q11.staffed."""
        return self.question.id if self.part is None else f"{self.question.id}.{self.part}"

    @property
    def asked(self) -> bool:
        """Whether it is counted by its contents: texts are listed, not counted."""
        return self.question.type != "text"


@dataclass(frozen=True, slots=True)
class Counts:
    """The units of a group by what became of one question: all of them are one of the last four."""

    units: int
    answered: int
    missing: int
    unreadable: int
    not_asked: int


@dataclass(frozen=True, slots=True)
class OptionCount:
    """One option and the units (codes) that chose it; `share` is of those that answered, None where nobody did."""

    key: str
    title: str
    units: tuple[str, ...]
    share: Decimal | None

    @property
    def count(self) -> int:
        """How many chose it."""
        return len(self.units)


@dataclass(frozen=True, slots=True)
class Table:
    """One variable over one group: options of a choice, the figures of a number (None where nobody answered).

    `none` are the units (codes) that answered that no option applies; `lowest` and `highest` gave the least and the
    greatest number. `doubtful` are those whose answer counts although a check of it found something.
    """

    variable: Variable
    group: Group
    counts: Counts
    options: tuple[OptionCount, ...] = ()
    none: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    numbers: NumberSummary | None = None
    lowest: tuple[str, ...] = ()
    highest: tuple[str, ...] = ()

    @property
    def ranked(self) -> tuple[OptionCount, ...]:
        """The options, the most frequent first; equal ones in the order of the form."""
        return tuple(sorted(self.options, key=lambda option: -option.count))


@dataclass(frozen=True, slots=True)
class RatioResult:
    """A ratio over one group: the sums over the `n` units that answered both; `value` is None where it has no meaning.

    `value` is rounded half up to four places. Only units that are asked both can be among them.
    """

    ratio: Ratio
    group: Group
    n: int
    part: Decimal
    whole: Decimal
    value: Decimal | None


# ---------------------------------------------------------------------------------------------------------- variables


def variables(questionnaire: Questionnaire) -> tuple[Variable, ...]:
    """Everything that can be counted, in the order of the form; a part bears its own title."""
    found = []
    for question in questionnaire.questions:
        if question.parts:
            found += [Variable(question, part.id, part.title, part.unit) for part in question.parts]
        else:
            found.append(Variable(question, None, question.title, question.unit))
    return tuple(found)


def reply(respondent: Respondent, variable: Variable) -> tuple[AnswerState | None, Answer | None]:
    """What became of a question on a questionnaire: None where its level is not asked.

    A question whose row is gone was asked and is not answered. What should be a number or one letter and is none, is not
    readable, whatever its state says.
    """
    question = variable.question
    if respondent.unit.level not in question.levels:
        return None, None
    answer = respondent.answers.get((question.id, variable.part))
    if answer is None:
        return AnswerState.BLANK, None
    if answer.state is AnswerState.ANSWERED and not _usable(question, answer):
        return AnswerState.UNREADABLE, answer
    return answer.state, answer


def doubtful(respondent: Respondent, answer: Answer) -> bool:
    """Whether a check found an error or a warning at an answer: a sum that does not agree, 元 for 万元."""
    asked = [cell for question, cell in respondent.doubts if question == answer.question]
    return answer.cell in asked if answer.part is not None else bool(asked)


def _usable(question: Question, answer: Answer) -> bool:
    if question.type == "number":
        return answer.number is not None
    if question.type == "text":
        return bool(answer.text.strip())
    known = set(answer.choices) <= {option.key for option in question.options}
    return known and (len(answer.choices) == 1 or question.type == "multiple")


# ---------------------------------------------------------------------------------------------------------- groups


def groups(
    respondents: Sequence[Respondent], cut: Cut, campaign: Campaign
) -> Iterator[tuple[Group, tuple[Respondent, ...]]]:
    """The groups of a cut with their units, in the order of the campaign; those that nobody belongs to are left out.

    Where both levels answered, counties come with both together first, then with each by itself.
    """
    mixed = len({one.unit.level for one in respondents}) > 1
    townships = [one for one in respondents if one.unit.level is Level.TOWNSHIP]
    if cut is Cut.ALL:
        yield Group(cut, ""), tuple(respondents)
    elif cut is Cut.LEVEL:
        for level in Level:
            yield from _group(
                Group(cut, level.value, level), (one for one in respondents if one.unit.level is level)
            )
    elif cut is Cut.TYPE:
        kinds = {unit.kind for unit in campaign.roster.units.values() if unit.level is Level.TOWNSHIP}
        for kind in sorted(kinds, key=_type_order):
            yield from _group(
                Group(cut, kind, Level.TOWNSHIP), (one for one in townships if one.unit.kind == kind)
            )
    else:
        for body in campaign.roster.bodies():
            own = [one for one in respondents if one.unit.county == body.code]
            if mixed:
                yield from _group(Group(cut, body.code), own)
            for level in Level:
                members = (one for one in own if one.unit.level is level)
                yield from _group(Group(cut, body.code, level), members)


def _group(group: Group, members: Iterable[Respondent]) -> Iterator[tuple[Group, tuple[Respondent, ...]]]:
    found = tuple(members)
    if found:
        yield group, found


_TYPES = ("乡", "镇", "街道")


def _type_order(kind: str) -> tuple[int, str]:
    """乡, 镇, 街道 and then whatever else a roster has (其他)."""
    return (_TYPES.index(kind) if kind in _TYPES else len(_TYPES), kind)


# ---------------------------------------------------------------------------------------------------------- tables


def tabulate(variable: Variable, group: Group, members: Sequence[Respondent], few: int) -> Table:
    """One variable over the units of one group."""
    states = [(one, *reply(one, variable)) for one in members]
    answered = [
        (one.unit.code, answer) for one, state, answer in states if state is AnswerState.ANSWERED and answer
    ]
    counts = Counts(
        units=len(members),
        answered=len(answered),
        missing=sum(state is AnswerState.BLANK for _, state, _ in states),
        unreadable=sum(state is AnswerState.UNREADABLE for _, state, _ in states),
        not_asked=sum(state is None for _, state, _ in states),
    )
    questioned = tuple(
        one.unit.code
        for one, state, answer in states
        if answer and state is AnswerState.ANSWERED and doubtful(one, answer)
    )
    return replace(_contents(variable, group, counts, answered, few), doubtful=questioned)


def _contents(
    variable: Variable, group: Group, counts: Counts, answered: Sequence[tuple[str, Answer]], few: int
) -> Table:
    if variable.question.type == "number":
        numbers = {code: answer.number for code, answer in answered if answer.number is not None}
        return _numbers(variable, group, counts, numbers, few)
    options = tuple(_option(option.key, option.title, answered) for option in variable.question.options)
    none = tuple(code for code, answer in answered if options and not answer.choices)
    return Table(variable, group, counts, options, none)


def _numbers(
    variable: Variable, group: Group, counts: Counts, numbers: Mapping[str, Decimal], few: int
) -> Table:
    summary = summarise(tuple(numbers.values()), few)
    if summary is None:
        return Table(variable, group, counts)
    lowest = tuple(code for code, number in numbers.items() if number == summary.minimum)
    highest = tuple(code for code, number in numbers.items() if number == summary.maximum)
    return Table(variable, group, counts, numbers=summary, lowest=lowest, highest=highest)


def _option(key: str, title: str, answered: Sequence[tuple[str, Answer]]) -> OptionCount:
    units = tuple(code for code, answer in answered if key in answer.choices)
    share = quotient(Decimal(len(units)), Decimal(len(answered))) if answered else None
    return OptionCount(key, title, units, share)


def tables(
    respondents: Sequence[Respondent], counted: Sequence[Variable], cut: Cut, campaign: Campaign
) -> tuple[Table, ...]:
    """All variables over all groups of a cut: by variable, then by group. Groups that are not asked at all are left out."""
    few = campaign.settings.survey.few.value
    cells = list(groups(respondents, cut, campaign))
    return tuple(
        tabulate(variable, group, members, few)
        for variable in counted
        for group, members in cells
        if _concerns(group, variable.question.levels)
    )


def _concerns(group: Group, levels: Collection[Level]) -> bool:
    """Whether a group is worth counting for what these levels are asked: never both mixed where one is asked alone."""
    if group.cut is Cut.COUNTY and group.level is None:
        return len(levels) > 1
    return group.level is None or group.level in levels


# ---------------------------------------------------------------------------------------------------------- ratios


def ratios(
    respondents: Sequence[Respondent], known: Sequence[Variable], cut: Cut, campaign: Campaign
) -> tuple[RatioResult, ...]:
    """The campaign's ratios over all groups of a cut; those of questions that the questionnaire has not are left out."""
    by_id = {variable.id: variable for variable in known if variable.question.type == "number"}
    cells = list(groups(respondents, cut, campaign))
    found = []
    for ratio in campaign.settings.survey.ratios:
        if ratio.of not in by_id or (ratio.per != UNITS and ratio.per not in by_id):
            continue
        named = [by_id[one].question.levels for one in (ratio.of, ratio.per) if one != UNITS]
        asked = [level for level in Level if all(level in levels for levels in named)]
        for group, members in cells:
            result = _ratio(ratio, by_id, group, members)
            if cut is Cut.ALL or (result.n and _concerns(group, asked)):
                found.append(result)
    return tuple(found)


def _ratio(
    ratio: Ratio, by_id: Mapping[str, Variable], group: Group, members: Sequence[Respondent]
) -> RatioResult:
    pairs = []
    for one in members:
        part = _number(one, by_id[ratio.of])
        whole = Decimal(1) if ratio.per == UNITS else _number(one, by_id[ratio.per])
        if part is not None and whole is not None:
            pairs.append((part, whole))
    part, whole = exact_sum([a for a, _ in pairs]), exact_sum([b for _, b in pairs])
    return RatioResult(ratio, group, len(pairs), part, whole, quotient(part, whole) if whole else None)


def _number(respondent: Respondent, variable: Variable) -> Decimal | None:
    state, answer = reply(respondent, variable)
    return answer.number if answer is not None and state is AnswerState.ANSWERED else None
