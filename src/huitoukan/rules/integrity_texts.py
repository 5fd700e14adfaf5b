"""I703: units that wrote the same reasons. Source: domain practice of checks (雷同的文字是更强的线索)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from huitoukan.authorship import Written
from huitoukan.campaign.campaign import Campaign
from huitoukan.model import Finding, Severity, Stage
from huitoukan.phrase import say
from huitoukan.rules.clue_words import listed, place, places, units
from huitoukan.rules.clusters import Clusters
from huitoukan.rules.compared import Compared, Filled
from huitoukan.rules.reasons import bare_words, claims_no_deduction, says_nothing
from huitoukan.rules.registry import Context, rule

_MARKS = re.compile(r"[\W_]+")
_SHOWN = 40  # characters of a text that a message quotes
_QUOTED = 5


@rule(
    "I703", severity=Severity.WARNING, on=Compared,
    message="{stage_name}阶段 {count} 个单位写的扣分原因有 {texts} 处一字不差: {units}; 例如{quoted}。",
    fix="需核实: 请确认这些扣分原因是各单位 (各检查组) 分别写的, 所写情况属实。",
)  # fmt: skip
def same_texts(all_: Compared, context: Context) -> Iterator[Finding]:
    """几个单位写的扣分原因一字不差。

    查什么: 同一阶段不同单位的扣分原因是否一字不差 (标点、空格不计); 太短的、许多单位都这样写的套话、照抄评分标准的、“不扣分”之类不算。县级、市级检查由同一检查组填写, 用语相同是常事, 所以县级检查只比较不同的县, 市级检查不比较。
    为什么: 具体情况的描写一字不差, 可能是照抄或由一人代填, 也可能是统一下发了参考写法。
    例子: 甲镇和乙镇都写“3月份劳动工资台账缺负责人签字, 补签日期与收表登记不符”。
    怎么改: 需核实, 不是结论: 问清是谁写的, 对照佐证材料。
    """
    for stage in (Stage.SELF, Stage.COUNTY):
        yield from _alike(all_.of(stage), stage, context)


def _alike(sheets: tuple[Filled, ...], stage: Stage, context: Context) -> Iterator[Finding]:
    """The groups of units of a stage that share texts."""
    settings = context.campaign.settings.integrity.same_texts
    writers: dict[str, dict[int, Written]] = {}
    for n, one in enumerate(sheets):
        for written in one.texts:
            bare = bare_text(written.text)
            if len(bare) >= settings.characters.value and not _is_usual(written, one, context.campaign):
                writers.setdefault(bare, {}).setdefault(n, written)
    most = max(settings.usual_units.value, int(settings.usual_share.value * len(sheets)))
    shared = {
        bare: found
        for bare, found in writers.items()
        if len(found) > 1 and (len(found) <= most or len(bare) >= settings.alone.value)
    }
    characters: dict[tuple[int, int], int] = {}
    for bare, found in shared.items():
        enough = len(bare) >= settings.alone.value
        for a, b in _links(list(found), sheets, stage, chained=enough):
            length = settings.together.value if enough else len(bare)
            characters[a, b] = characters.get((a, b), 0) + length
    clusters = Clusters(len(sheets))
    for (a, b), length in characters.items():
        if length >= settings.together.value:
            clusters.join(a, b)
    for members in clusters.groups():
        yield _told(members, sheets, shared, context)


def _links(
    found: list[int], sheets: tuple[Filled, ...], stage: Stage, *, chained: bool
) -> Iterator[tuple[int, int]]:
    """The pairs of units that one text joins; `chained`: as few as keep them together (each of them is enough alone)."""
    for n, a in enumerate(found):
        others = (
            b
            for b in found[n + 1 :]
            if sheets[a].unit != sheets[b].unit
            and (stage is Stage.SELF or sheets[a].county != sheets[b].county)
        )
        yield from ((a, b) for b in (islice(others, 1) if chained and n else others))


def _told(
    members: tuple[int, ...], sheets: tuple[Filled, ...], shared: dict[str, dict[int, Written]], context: Context
) -> Finding:  # fmt: skip
    group = [sheets[n] for n in members]
    texts = {bare: found for bare, found in shared.items() if len(found.keys() & set(members)) > 1}
    at: dict[int, list[str]] = {}
    for found in texts.values():
        for n in members:
            if n in found:
                at.setdefault(n, []).append(found[n].cell)
    longest = sorted(texts, key=lambda bare: (-len(bare), bare))[:_QUOTED]
    quoted = [say("“{text}”", text=_short(next(iter(texts[bare].values())).text)) for bare in longest]
    first = group[0]
    return first.finding(
        at[members[0]][0],
        value=next(w.text for w in first.texts if w.cell == at[members[0]][0]),
        others=tuple(one.sheet.file for one in group),
        stage_name=first.stage,
        count=len(group),
        texts=len(texts),
        units=units(group, context.campaign),
        quoted=listed(quoted),
        places=places(place(sheets[n], at[n]) for n in members if n in at),
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "…"


# ---------------------------------------------------------------------------------------------------------- usual texts


@lru_cache(maxsize=8192)
def bare_text(text: str) -> str:
    """A text as it is compared: full width folded, without marks and blanks."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text)).casefold()


@lru_cache(maxsize=4)
def _printed(campaign: Campaign) -> frozenset[str]:
    """What the form itself says of each item: criterion, title, what to show."""
    return frozenset(
        bare_text(text)
        for level in campaign.rubric.levels.values()
        for item in level.items()
        for text in (item.criterion, item.title, *item.evidence)
    )


def _is_usual(written: Written, one: Filled, campaign: Campaign) -> bool:
    """Whether a text says nothing of its own: a filler, “nothing deducted”, the words of the form."""
    form, bare = campaign.rubric.form, bare_text(written.text)
    fillers, praise, faults = (bare_words(words) for words in (form.fillers, form.no_deduction, form.faults))
    if says_nothing(written.text, fillers) or claims_no_deduction(written.text, praise, faults):
        return True
    item = next((i for i in campaign.rubric.level(one.level).items() if i.id == written.item), None)
    return bare in _printed(campaign) or (item is not None and bare in bare_text(item.criterion))
