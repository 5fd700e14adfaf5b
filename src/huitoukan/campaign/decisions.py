"""Decisions (以哪一份为准): which file counts where one unit sent several for one stage, as a person wrote it down.

Names such as 终稿, 最终版 or (1) never decide; a decision in campaign.yaml does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import AfterValidator

from huitoukan.campaign.problems import Problem
from huitoukan.campaign.roster import Roster
from huitoukan.campaign.rubric import Strict, Word
from huitoukan.campaign.yamlfile import YamlFile
from huitoukan.model import Match, Stage
from huitoukan.phrase import say


def _path(text: str) -> str:
    """A path as the findings print it, from one copied out of Windows: 昔阳县\\乐平镇.xlsx."""
    return text.replace("\\", "/").removeprefix("./")


class Decision(Strict):
    """One decision: of a unit (a roster code or its full name) and stage, which file counts, and why.

    `file` is the path inside the folder, as the findings print it; `sheet` is needed where one workbook holds several
    such sheets.
    """

    unit: Word
    stage: Stage
    file: Annotated[Word, AfterValidator(_path)]
    sheet: Word | None = None
    reason: Word

    def means(self, file: str, sheet: str) -> bool:
        """Whether a worksheet is (one of) those that count."""
        return file == self.file and self.sheet in (None, sheet)


Decisions = Mapping[tuple[str, Stage], Decision]


def decisions_by_unit(decisions: Sequence[Decision], roster: Roster) -> Decisions:
    """The decisions by unit code and stage; those about units that a limited roster leaves out are left out too."""
    return {
        (code, decision.stage): decision
        for decision in decisions
        if (code := _unit(decision.unit, roster)) is not None
    }


def _unit(text: str, roster: Roster) -> str | None:
    if text in roster.units:
        return text
    found = roster.find(text)
    return found.unit if found.kind is Match.OFFICIAL else None


def decision_problems(decisions: Sequence[Decision], file: YamlFile, roster: Roster) -> Iterator[Problem]:
    """R907 for a unit that is not in the roster, R906 for a second decision about the same unit and stage."""
    seen: set[tuple[str, Stage]] = set()
    for n, decision in enumerate(decisions):
        code = _unit(decision.unit, roster)
        if code is None:
            several = roster.find(decision.unit).kind is Match.AMBIGUOUS
            why = say("几个县都有这个名称, 请写代码或全称") if several else say("名录里没有这个单位")
            yield file.problem("R907", ("decisions", n, "unit"), value=decision.unit, why=why)
        elif (code, decision.stage) in seen:
            value = say("{unit}{stage}", unit=roster.full_name(code), stage=decision.stage)
            yield file.problem("R906", ("decisions", n, "unit"), value=value)
        else:
            seen.add((code, decision.stage))
