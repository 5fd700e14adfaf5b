"""What a unit sends at each stage (R06, R07, R12, R22, R40), what a county keeps (R34), and the words that name it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from huitoukan.campaign.problems import Problem
from huitoukan.campaign.rubric import Sourced, Strict, Word
from huitoukan.campaign.yamlfile import YamlFile
from huitoukan.materials import MaterialKind
from huitoukan.model import Level, Stage
from huitoukan.phrase import say

Demand = Literal["always", "if_any", "never"]


class Asked(Sourced):
    """One material of a stage, and the levels that owe it.

    `demand`: always; only where the folder holds any such thing for this stage (an analyst who collects nothing but
    score sheets is not told of hundreds of missing questionnaires); or never.
    """

    stage: Stage
    material: MaterialKind
    levels: tuple[Level, ...] = Field(default=tuple(Level), min_length=1)
    demand: Demand


class Part(Strict):
    """One part that a report should have, and words of which one at least tells that it has it."""

    title: Word
    words: tuple[Word, ...] = Field(min_length=1)


class ReportParts(Sourced):
    """The parts of a county's report."""

    value: tuple[Part, ...]


class ArchiveGroup(Strict):
    """One group of a county's archive, and the materials in it; with a stage, those of that stage."""

    title: Word
    stage: Stage | None = None
    materials: tuple[MaterialKind, ...] = Field(min_length=1)


class Archive(Sourced):
    """The groups of a county's archive; `demand` as for materials, by county."""

    demand: Demand
    groups: tuple[ArchiveGroup, ...]


class Materials(Strict):
    """Materials: the words by which documents are recognised, and what is due.

    `words` name a material by themselves; `with_campaign_words` only in a name that also speaks of this campaign
    (`campaign_words`), since 2023年工作总结 is a piece of evidence and no 总结报告. With one of `blank_words` in its own name, a
    file is no score sheet, questionnaire or report, but speaks of them (总结报告提纲).
    """

    campaign_words: tuple[Word, ...]
    blank_words: tuple[Word, ...]
    words: dict[MaterialKind, tuple[Word, ...]]
    with_campaign_words: dict[MaterialKind, tuple[Word, ...]]
    asked: tuple[Asked, ...]
    report_parts: ReportParts
    archive: Archive

    def asked_for(self, stage: Stage, kind: MaterialKind) -> Asked | None:
        """The entry of a material at a stage; None where it is no part of that stage."""
        return next((one for one in self.asked if (one.stage, one.material) == (stage, kind)), None)


def material_problems(materials: Materials, file: YamlFile) -> Iterator[Problem]:
    """R906 for a material that is asked for twice at a stage, R902 for one that only an archive holds."""
    seen = set()
    for n, one in enumerate(materials.asked):
        where = ("materials", "asked", n, "material")
        if not one.material.is_sent:
            expected = say("score_sheet、questionnaire 或 report")
            yield file.problem("R902", where, key="material", value=one.material.value, expected=expected)
        elif (one.stage, one.material) in seen:
            value = say("{stage}{kind}", stage=one.stage, kind=one.material)
            yield file.problem("R906", where, value=value)
        seen.add((one.stage, one.material))
