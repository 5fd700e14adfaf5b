"""From what on similarities, gaps and contradictions are worth a person's look (I7xx): the analyst's own thresholds.

Every one says whether it is grounded in a public source or assumed. None of them decides a verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from huitoukan.campaign.problems import Problem
from huitoukan.campaign.questionnaire import Questionnaire
from huitoukan.campaign.rubric import Points, Rubric, Share, Sourced, Strict, Word
from huitoukan.campaign.yamlfile import YamlFile
from huitoukan.phrase import say


class Count(Sourced):
    """A number of units, items, characters, minutes."""

    value: int = Field(ge=0)


class Chance(Sourced):
    """How often something may be expected by chance alone, over all comparisons of one inspection."""

    value: Decimal = Field(gt=0)


class Names(Sourced):
    """A list of names or phrases."""

    value: tuple[Word, ...]


class SameDeductions(Strict):
    """When units that lost the same points on the same items are reported.

    At least `items` shared deductions, at least `share` of those of either sheet, so rare among the other units that
    `chance` such pairs or fewer are expected by chance; only where `units` sheets of a stage and level can be compared.
    """

    items: Count
    share: Share
    chance: Chance
    units: Count


class SameTexts(Strict):
    """When units that wrote the same reasons are reported: how many `characters` a text has at least, how many one has
    that is enough `alone`, and how many all texts `together` that two units share.

    What more than `usual_share` of the units (but at least `usual_units`) wrote is a usual phrase and tells nothing.
    """

    characters: Count
    alone: Count
    together: Count
    usual_share: Share
    usual_units: Count


class Band(Strict):
    """When the totals of a county's townships lie too close: at least so many `units`, their MAD at most `mad_share` of
    that of the other counties, and a band as narrow expected by `chance` in at most so many inspections.
    """

    units: Count
    mad_share: Share
    chance: Chance


class Gaps(Strict):
    """When a unit's stages lie far apart beside those of others: by `deviations` (robust z) and by `points` on the scale of
    100, where `units` were scored at both stages; `items` scored twice are needed to compare at all, and `deductions` to
    call two stages the same in every row.
    """

    deviations: Points
    points: Points
    units: Count
    items: Count
    deductions: Count


class People(Strict):
    """How many townships one inspector may inspect on one day; a name among the own people of `homonyms` units is common."""

    townships_a_day: Count
    homonyms: Count


class Authors(Strict):
    """Files saved under one name with no more `minutes` between one and the next; accounts that name nobody."""

    minutes: Count
    accounts: Names


class Expected(Strict):
    """What an answer must be. Numbers are in the unit of the question; `count` is how many options are ticked.

    `among` are the options that are counted (all when empty). `not_below` names another number: this one is at least as
    high. `of` names one of which this number is at least the `share`.
    """

    at_least: Decimal | None = None
    at_most: Decimal | None = None
    count: int | None = Field(default=None, ge=0)
    among: tuple[Word, ...] = ()
    one_of: tuple[Word, ...] = ()
    none_of: tuple[Word, ...] = ()
    not_below: Word | None = None
    of: Word | None = None
    share: Decimal | None = Field(default=None, ge=0, le=1)

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        asked = (
            self.at_least,
            self.at_most,
            self.count,
            self.not_below,
            self.of,
            *self.one_of,
            *self.none_of,
        )
        if all(value is None for value in asked):
            raise ValueError("then")
        if (self.of is None) != (self.share is None):
            raise ValueError("share")
        return self


class Contradiction(Sourced):
    """A score and an answer that cannot both be right: where `item` has one of the scores `when`, the answer must be so.

    `when` is full (the standard points) or a list of scores; `question` is a question, or a part of one (Q11.staffed).
    """

    item: Word
    when: Literal["full"] | tuple[Decimal, ...]
    question: Word
    then: Expected


class IntegritySettings(Strict):
    """The section `integrity` of campaign.yaml; `held_back` are the codes that no feedback page tells the counties."""

    same_deductions: SameDeductions
    same_texts: SameTexts
    band: Band
    gaps: Gaps
    people: People
    authors: Authors
    contradictions: tuple[Contradiction, ...] = ()
    held_back: Names


def contradiction_problems(
    settings: IntegritySettings, file: YamlFile, rubric: Rubric, questionnaire: Questionnaire | None
) -> Iterator[Problem]:
    """R907 for a contradiction about an item or a question that there is not."""
    items = {item.id for level in rubric.levels.values() for item in level.items()}
    questions = {
        f"{question.id}.{part}" if part else question.id
        for question in (questionnaire.questions if questionnaire else ())
        for part in question.part_ids()
    }
    for n, one in enumerate(settings.contradictions):
        where = ("integrity", "contradictions", n)
        if (*where, "item") not in file.values:  # the shipped ones, beside a questionnaire of one's own
            continue
        if one.item not in items:
            yield file.problem("R907", (*where, "item"), value=one.item, why=say("评分标准里没有这个项目"))
        for key, name in (("question", one.question), ("not_below", one.then.not_below), ("of", one.then.of)):
            if questionnaire is not None and name is not None and name not in questions:
                place = (*where, key) if key == "question" else (*where, "then", key)
                yield file.problem("R907", place, value=name, why=say("调查问卷里没有这个问题"))
