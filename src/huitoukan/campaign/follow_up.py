"""What follows for those that pass and those that do not (R52, R53): the titles of the lists, and whom they concern."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from huitoukan.campaign.problems import Problem, problem_kind
from huitoukan.campaign.rubric import Sourced, Strict, Word
from huitoukan.campaign.yamlfile import YamlFile
from huitoukan.model import Level


class FollowUpList(Sourced):
    """One list: its titles, and the levels of the units on it; without a level there is no such list."""

    value: tuple[Word, ...] = Field(min_length=1)
    levels: tuple[Level, ...] = (Level.COUNTY,)


class FollowUpSettings(Strict):
    """`priority` is for units that pass; `key_checks` for those that fail, until they pass."""

    priority: FollowUpList
    key_checks: FollowUpList


@problem_kind("R934", message="follow_up 一节里“{value}”写了两次。", fix="请只留一处。")
def follow_up_problems(settings: FollowUpSettings, file: YamlFile) -> Iterator[Problem]:
    """后续工作清单的名称或级别重复。

    查什么: follow_up 一节里, 清单的名称不能重复, 一张清单里同一级别只写一次。
    为什么: 优先待遇和核查重点叫同一个名称, 清单就分不清。
    例子: 两张清单都写了“优先培训”。
    怎么改: 删去重复的一处。
    """
    seen: set[str] = set()
    for key in ("priority", "key_checks"):
        one: FollowUpList = getattr(settings, key)
        for n, title in enumerate(one.value):
            if title in seen:
                yield file.problem("R934", ("follow_up", key, "value", n), value=title)
            seen.add(title)
        for n, level in enumerate(one.levels):
            if level in one.levels[:n]:
                yield file.problem("R934", ("follow_up", key, "levels", n), value=level.value)
