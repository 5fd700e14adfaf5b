"""The words of a campaign, prepared for recognition: column labels, header fields, item ids and titles, stages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.rubric import Item
from huitoukan.intake.normalise import label_key, tidy, title_key
from huitoukan.model import Level, Stage

SCORE_ROLES = {"score_self": Stage.SELF, "score_county": Stage.COUNTY, "score_city": Stage.CITY}
_SURE_WORD = 3  # a shorter word (县级) inside a longer text need not speak of the stage
_STAGED = frozenset({"deduction_reason", "evidence", "remark"})  # roles that a form may print once per stage


@dataclass(frozen=True, slots=True)
class ColumnRole:
    """What a column label means; `stage` is set for a score column and for one that names its stage."""

    role: str
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class LevelWords:
    """Items of one level by id and by title key, and dimension ids by title key."""

    ids: Mapping[str, Item]
    titles: Mapping[str, tuple[Item, ...]]
    dimensions: Mapping[str, str]
    dimension_of: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything that recognition looks words up in."""

    columns: Mapping[str, ColumnRole]
    fields: Mapping[str, str]
    field_pattern: re.Pattern[str]
    levels: Mapping[Level, LevelWords]
    subtotals: tuple[str, ...]
    totals: frozenset[str]
    not_applicable: frozenset[str]
    stage_words: Mapping[str, Stage]
    stage_names: tuple[tuple[str, Stage], ...]

    def stage_of(self, text: str) -> Stage | None:
        """The stage that the content of a stage field means."""
        key = label_key(text)
        found = self.stage_words.get(key)
        if found is None:
            named = {
                stage for word, stage in self.stage_words.items() if len(word) >= _SURE_WORD and word in key
            }
            found = next(iter(named)) if len(named) == 1 else None
        return found

    def stage_named(self, text: str) -> Stage | None:
        """The one stage that a file, folder or sheet name speaks of."""
        folded = tidy(text)
        named = {stage for word, stage in self.stage_names if word in folded}
        return next(iter(named)) if len(named) == 1 else None


@lru_cache(maxsize=4)
def vocabulary(campaign: Campaign) -> Vocabulary:
    """The vocabulary of a campaign, made once for each."""
    form = campaign.rubric.form
    stages = campaign.settings.stages
    columns: dict[str, ColumnRole] = {}
    for role, label in form.columns.labels().items():
        for word in label.words():
            columns[label_key(word)] = ColumnRole(role, SCORE_ROLES.get(role))
    for stage, settings in stages.items():
        for word in settings.words:
            for role, label in form.columns.labels().items():
                if role in _STAGED or role == "score":
                    staged = f"score_{stage}" if role == "score" else role
                    for tail in label.words():
                        columns.setdefault(label_key(word + tail), ColumnRole(staged, stage))
    fields = {label_key(word): name for name, label in form.fields.labels().items() for word in label.words()}
    return Vocabulary(
        columns=columns,
        fields=fields,
        field_pattern=_field_pattern(list(fields)),
        levels={level: _level_words(campaign, level) for level in campaign.rubric.levels},
        subtotals=tuple(label_key(word) for word in form.subtotal.words()),
        totals=frozenset(label_key(word) for word in form.total.words()),
        not_applicable=frozenset(tidy(word) for word in form.not_applicable),
        stage_words={label_key(word): stage for stage, settings in stages.items() for word in settings.words},
        stage_names=tuple(
            (tidy(word), stage) for stage, settings in stages.items() for word in settings.name_words
        ),
    )


def _level_words(campaign: Campaign, level: Level) -> LevelWords:
    titles: dict[str, tuple[Item, ...]] = {}
    dimensions: dict[str, str] = {}
    dimension_of: dict[str, str] = {}
    for dimension in campaign.rubric.level(level).dimensions:
        dimensions |= {title_key(word): dimension.id for word in (dimension.title, *dimension.aliases)}
        for item in dimension.items:
            dimension_of[item.id] = dimension.id
            for word in (item.title, *item.aliases):
                titles[title_key(word)] = (*titles.get(title_key(word), ()), item)
    ids = {item_key(item.id): item for item in campaign.rubric.level(level).items()}
    return LevelWords(ids, titles, dimensions, dimension_of)


@lru_cache(maxsize=8192)
def item_key(text: str) -> str:
    """An item id as it is compared: `Ｔ１．１`, `t1-1` and `T1。1` give `T1.1`."""
    return re.sub(r"[。．·\-_,、]", ".", tidy(text).upper().replace(" ", ""))


def _field_pattern(words: list[str]) -> re.Pattern[str]:
    """Finds `label：value` inside a cell; the label may be spaced out (单 位) and followed by （盖章）."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    spaced = "|".join(r"\s*".join(map(re.escape, word)) for word in longest_first)
    return re.compile(
        rf"(?:^|(?<=[\s;；,，。、]))({spaced})\s*(?:[（(【\[][^）)】\]]*[）)】\]])?\s*(?:[:：]|(?<=\S)\s)"
    )
