"""From what on similarities, gaps and contradictions are worth a person's look (I7xx): the analyst's own thresholds.

Every one says whether it is grounded in a public source or assumed. None of them decides a verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from huitoukan.campaign.problems import Problem
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
    """When units that wrote the same reasons are reported: how long a text is at least, and all shared texts together.

    What more than `usual_share` of the units (but at least `usual_units`) wrote is a usual phrase and tells nothing.
    """

    characters: Count
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
    100, where `units` were scored at both stages; `items` scored twice are needed to compare at all.
    """

    deviations: Points
    points: Points
    units: Count
    items: Count


class People(Strict):
    """How many townships one inspector may inspect on one day."""

    townships_a_day: Count


class Authors(Strict):
    """Files saved under one name with no more `minutes` between one and the next; accounts that name nobody."""

    minutes: Count
    accounts: Names


class Expected(Strict):
    """What an answer must be. Numbers are in the unit of the question; `count` is how many options are ticked.

    `not_below` and `of` name another question or part: the number is at least as high as that answer; the number is
    that share of it at least.
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

    `when` is full (the standard points) or a list of scores; `question` is the id of the question, `part` that of one of
    its cells where it has several.
    """

    item: Word
    when: Literal["full"] | tuple[Decimal, ...]
    question: Word
    part: Word | None = None
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


def contradiction_problems(settings: IntegritySettings, file: YamlFile, rubric: Rubric) -> Iterator[Problem]:
    """R907 for a contradiction about an item that the rubric does not have."""
    items = {item.id for level in rubric.levels.values() for item in level.items()}
    for n, one in enumerate(settings.contradictions):
        if one.item not in items:
            where = ("integrity", "contradictions", n, "item")
            yield file.problem("R907", where, value=one.item, why=say("评分标准里没有这个项目"))
