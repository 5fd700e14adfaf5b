"""How questionnaires are counted (the section `survey` of campaign.yaml): who owes one, what is worth a ratio.

The questions themselves stand in questionnaire.yaml.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from huitoukan.campaign.problems import Problem
from huitoukan.campaign.questionnaire import Questionnaire, split_reference
from huitoukan.campaign.rubric import Sourced, Strict, Word
from huitoukan.campaign.yamlfile import YamlFile
from huitoukan.phrase import say

UNITS = "units"  # what a ratio may be per, besides the answer to a question: the units that answered


class Due(Sourced):
    """Who owes a questionnaire: the units with a score sheet of a county or city check (R07), or all required ones."""

    value: Literal["checked", "all"]


class Few(Sourced):
    """Fewer answers than this are few: their median and quartiles are marked."""

    value: int = Field(ge=0)


class Ratio(Strict):
    """The sum of one number over the sum of another, over the units that answered both.

    `of` and `per` name a question (Q6) or a part of one (Q11.staffed); `per` may be `units`. A `share` is shown in per
    cent, a `ratio` as a number with the `unit` that is named.
    """

    title: Word
    of: Word
    per: Word
    form: Literal["share", "ratio"]
    unit: str = ""


class SurveySettings(Strict):
    """The section `survey`. `difficulties` are questions whose options are ranked, `opinions` those whose texts are
    printed; `nothing` are the texts that say that there is nothing to say.
    """

    due: Due
    few: Few
    difficulties: tuple[Word, ...] = ()
    opinions: tuple[Word, ...] = ()
    nothing: tuple[Word, ...] = ()
    ratios: tuple[Ratio, ...] = ()


def survey_problems(
    settings: SurveySettings, file: YamlFile, questionnaire: Questionnaire
) -> Iterator[Problem]:
    """R907 for a question that the questionnaire has not; R902 for a ratio of what is no number.

    Only what stands in the file itself is told: what was filled in from the shipped campaign may well speak of questions
    that a questionnaire of one's own leaves out.
    """
    named: list[tuple[tuple[str | int, ...], str]] = []
    for key in ("difficulties", "opinions"):
        named += [(("survey", key, n), question) for n, question in enumerate(getattr(settings, key))]
    for n, ratio in enumerate(settings.ratios):
        named.append((("survey", "ratios", n, "of"), ratio.of))
        if ratio.per != UNITS:
            named.append((("survey", "ratios", n, "per"), ratio.per))
    for where, reference in named:
        if where not in file.values:
            continue
        question_id, part = split_reference(reference)
        question = questionnaire.by_id.get(question_id)
        if question is None:
            yield file.problem("R907", where, value=reference, why=say("调查问卷里没有这个问题"))
        elif "ratios" in where and (question.type != "number" or part not in question.part_ids()):
            expected = say("数值题的题号, 有几个填空的题写到填空, 例如 Q6、Q11.villages")
            yield file.problem("R902", where, key=where[-1], value=reference, expected=expected)
