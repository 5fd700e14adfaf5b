"""What people wrote in their own words, question by question: identical texts together, each with its unit and cell."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from huitoukan.answers import Answer, AnswerState
from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.questionnaire import Question
from huitoukan.standing.respondents import Respondent
from huitoukan.standing.tabulation import Variable, reply


@dataclass(frozen=True, slots=True)
class Remark:
    """A text as it stands in a cell of one unit's questionnaire."""

    unit: str
    text: str
    file: str
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one or several units wrote in the same words (blanks, width of signs and marks at the end left aside)."""

    remarks: tuple[Remark, ...]

    @property
    def text(self) -> str:
        """The words of the first of them."""
        return self.remarks[0].text


@dataclass(frozen=True, slots=True)
class Opinions:
    """All texts of one question: of a text question its answers, of a choice the words behind 其他.

    Those of most units come first, the others in the order of the roster. `nothing` are the ones that only say that there
    is nothing to say (无).
    """

    question: Question
    opinions: tuple[Opinion, ...]
    nothing: tuple[Remark, ...] = ()

    @property
    def units(self) -> int:
        """How many units had something to say."""
        return sum(len(opinion.remarks) for opinion in self.opinions)

    @property
    def repeated(self) -> int:
        """How many of the opinions are those of more than one unit."""
        return sum(len(opinion.remarks) > 1 for opinion in self.opinions)

    @property
    def behind_options(self) -> str:
        """The options that these words stand behind, as printed (G 其他); "" for a text question."""
        if self.question.type == "text":
            return ""
        return "、".join(option.label() for option in self.question.options if option.needs_text)


def opinions(
    respondents: Sequence[Respondent], asked: Sequence[Variable], campaign: Campaign
) -> tuple[Opinions, ...]:
    """The texts of all questions that may be answered in words; names and telephone numbers are no opinions."""
    own = campaign.questionnaire.form.nothing if campaign.questionnaire else ()
    fillers = {_bare(word) for word in (*campaign.settings.survey.nothing, *own, "")}
    found = []
    for variable in asked:
        question = variable.question
        if question.holds is None and (
            question.type == "text" or any(option.needs_text for option in question.options)
        ):
            remarks = tuple(_remarks(respondents, variable))
            if remarks:
                found.append(_grouped(question, remarks, fillers))
    return tuple(found)


def _remarks(respondents: Sequence[Respondent], variable: Variable) -> Iterator[Remark]:
    for one in respondents:
        state, answer = reply(one, variable)
        if state is AnswerState.ANSWERED and answer is not None and answer.text.strip():
            yield _remark(one, answer)


def _remark(respondent: Respondent, answer: Answer) -> Remark:
    sheet = respondent.sheet
    return Remark(respondent.unit.code, answer.text.strip(), sheet.file, sheet.sheet, answer.cell)


def _grouped(question: Question, remarks: Sequence[Remark], fillers: Collection[str]) -> Opinions:
    said = [remark for remark in remarks if _bare(remark.text) not in fillers]
    order = {key: n for n, key in reversed(list(enumerate(_bare(remark.text) for remark in said)))}
    ordered = sorted(said, key=lambda remark: order[_bare(remark.text)])
    together = [Opinion(tuple(same)) for _, same in groupby(ordered, key=lambda remark: _bare(remark.text))]
    together.sort(key=lambda opinion: -len(opinion.remarks))
    nothing = tuple(remark for remark in remarks if remark not in said)
    return Opinions(question, tuple(together), nothing)


def _bare(text: str) -> str:
    """A text as it is compared: without blanks, widths and cases folded, without marks at its end. Marks alone: ""."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    shown = "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf")
    while shown and unicodedata.category(shown[-1])[0] in "PS":
        shown = shown[:-1]
    return shown
