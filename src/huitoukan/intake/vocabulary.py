"""The words of a campaign, prepared for recognition: column labels, header fields, item ids and titles, stages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.rubric import Item
from huitoukan.intake.labels import label_key, legible, tidy, title_key
from huitoukan.model import Level, Stage

LONGEST_LABEL = 24  # characters; longer texts are notes
SCORE_ROLES = {"score_self": Stage.SELF, "score_county": Stage.COUNTY, "score_city": Stage.CITY}
_STAGED = frozenset({"deduction_reason", "evidence", "remark"})  # roles that a form may print once per stage
_LONG_LABEL = 4
_SURE_WORD = 3  # a shorter word (县级) inside a longer text need not speak of the stage
_LEADING_ID = re.compile(r"[A-Z0-9.]+")
_WRITTEN_ID = re.compile(r"^[A-Za-z]?\d+(?:[.。．·\-_,、]\d+)*[\s.。．、:：]*")
_POINTS_AT_END = re.compile(r"\d+(?:\.\d+)?分?$")
_END_OF_TITLE = re.compile(r"[:：，,。；;\n]")
_AFTER_DIMENSION = re.compile(r"\s*([^\-—–/:：·>＞\n]{2,24})(?:[\-—–/:：·>＞]+|\n)\s*(\S.*)", re.DOTALL)
_HEADED = re.compile(r"(?:情况|阶段|意见|结果|栏)+$")
_BOX = "□☐○☑■●√✓✔"
_TICK = "☑■●√✓✔"


@dataclass(frozen=True, slots=True)
class ColumnRole:
    """What a column label means; `stage` is set for a score column and for one that names its stage."""

    role: str
    stage: Stage | None = None


@dataclass(frozen=True, eq=False)
class LevelWords:
    """Items of one level by id and by title key, and dimension ids by title key."""

    ids: Mapping[str, Item]
    titles: Mapping[str, tuple[Item, ...]]
    dimensions: Mapping[str, str]
    dimension_of: Mapping[str, str]

    def items_named(self, text: str) -> tuple[Item, ...]:
        """The items that a cell names: by id alone or before the title, else by title; several with one title."""
        return _items_named(self, text)

    def ids_titled(self, text: str) -> tuple[str, ...] | None:
        """The ids of the items that the title in a cell names, whatever id stands before it; None for an id alone."""
        return _ids_titled(self, text)

    def dimension_named(self, text: str) -> str | None:
        """The dimension that a cell names, with its numbering and points or without: `一、工作任务（12分）`."""
        return _dimension_named(self, text)


@lru_cache(maxsize=16384)
def _dimension_named(words: LevelWords, text: str) -> str | None:
    key = title_key(text)
    return words.dimensions.get(key) or words.dimensions.get(_POINTS_AT_END.sub("", key))


@lru_cache(maxsize=16384)
def _items_named(words: LevelWords, text: str) -> tuple[Item, ...]:
    key = item_key(text)
    head = _LEADING_ID.match(key)
    item = words.ids.get(key) or (words.ids.get(head[0].rstrip(".")) if head else None)
    return (item,) if item is not None else _items_titled(words, text)


@lru_cache(maxsize=16384)
def _ids_titled(words: LevelWords, text: str) -> tuple[str, ...] | None:
    title = _WRITTEN_ID.sub("", tidy(legible(text)), count=1)
    return tuple(item.id for item in _items_titled(words, title)) if title else None


def _items_titled(words: LevelWords, text: str) -> tuple[Item, ...]:
    """The items with a title; it may stand between its dimension and its criterion, in lines of their own or with a mark
    between them, and before its points: `工作任务-报表任务4分，各专业报表无漏报`.

    Only a whole part of the text counts, so that a criterion which speaks of another item does not name it.
    """  # fmt: skip
    for part in (
        text,
        text.partition("\n")[0],
        text.rpartition("\n")[2],
        _END_OF_TITLE.split(text, maxsplit=1)[0],
    ):
        found = _titled(words, part)
        if found:
            return found
    inside = _AFTER_DIMENSION.match(legible(text))
    dimension = _dimension_named(words, inside[1]) if inside else None
    if inside is None or dimension is None:
        return ()
    named = _titled(words, _END_OF_TITLE.split(inside[2], maxsplit=1)[0])
    return tuple(item for item in named if words.dimension_of[item.id] == dimension)


def _titled(words: LevelWords, title: str) -> tuple[Item, ...]:
    key = title_key(title)
    return words.titles.get(key) or words.titles.get(_POINTS_AT_END.sub("", key), ())


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything that recognition looks words up in."""

    columns: Mapping[str, ColumnRole]
    fields: Mapping[str, str]
    field_pattern: re.Pattern[str]
    levels: Mapping[Level, LevelWords]
    subtotals: tuple[str, ...]
    sum_endings: tuple[str, ...]
    not_applicable: frozenset[str]
    stage_words: Mapping[str, Stage]
    stage_names: tuple[tuple[str, Stage], ...]

    def stage_of(self, text: str) -> Stage | None:
        """The stage that the content of a stage field means; in a list with boxes, the one that is ticked."""
        found = self.stage_words.get(label_key(text))
        if found is not None:
            return found
        text = legible(text)
        if any(mark in text for mark in _TICK):
            return self._ticked(text)
        key = label_key(text)
        named = {stage for word, stage in self.stage_words.items() if len(word) >= _SURE_WORD and word in key}
        return next(iter(named)) if len(named) == 1 else self.stage_named(text)

    def _ticked(self, text: str) -> Stage | None:
        """The one stage beside a tick; boxes stand before the words when the text begins with one, else behind."""
        words = "|".join(sorted(map(re.escape, self.stage_words), key=len, reverse=True))
        before = text.strip()[:1] in _BOX
        pattern = rf"[{_TICK}]\s*({words})" if before else rf"({words})\s*[(（\[]?\s*[{_TICK}]"
        ticked = {self.stage_words[word] for word in re.findall(pattern, text)}
        return next(iter(ticked)) if len(ticked) == 1 else None

    def stage_named(self, text: str) -> Stage | None:
        """The one stage that a file, folder or sheet name speaks of."""
        folded = tidy(legible(text))
        named = {stage for word, stage in self.stage_names if word in folded}
        return next(iter(named)) if len(named) == 1 else None

    def stage_headed(self, text: str) -> Stage | None:
        """The stage of a header cell above several columns: 县级检查情况."""
        key = _HEADED.sub("", label_key(text))
        return self.stage_words.get(key) or self.stage_named(key)


@lru_cache(maxsize=4)
def vocabulary(campaign: Campaign) -> Vocabulary:
    """The vocabulary of a campaign, made once for each."""
    form = campaign.rubric.form
    stages = campaign.settings.stages
    fields = {label_key(word): name for name, label in form.fields.labels().items() for word in label.words()}
    subtotals = tuple(label_key(word) for word in form.subtotal.words())
    totals = frozenset(label_key(word) for word in form.total.words())
    return Vocabulary(
        columns=_columns(campaign),
        fields=fields,
        field_pattern=_field_pattern(list(fields)),
        levels={level: _level_words(campaign, level) for level in campaign.rubric.levels},
        subtotals=subtotals,
        sum_endings=(*subtotals, *sorted(totals)),
        not_applicable=frozenset(tidy(word) for word in form.not_applicable),
        stage_words={label_key(word): stage for stage, settings in stages.items() for word in settings.words},
        stage_names=tuple(
            (tidy(word), stage) for stage, settings in stages.items() for word in settings.name_words
        ),
    )


def _columns(campaign: Campaign) -> dict[str, ColumnRole]:
    """Column roles by label key; also every label with the words of a stage before it (县级检查 + 扣分原因)."""
    labels = campaign.rubric.form.columns.labels()
    columns = {
        label_key(word): ColumnRole(role, SCORE_ROLES.get(role))
        for role, label in labels.items()
        for word in label.words()
    }
    for stage, settings in campaign.settings.stages.items():
        for role, label in labels.items():
            if role in _STAGED or role == "score":
                staged = ColumnRole(f"score_{stage}" if role == "score" else role, stage)
                for word in settings.words:
                    for tail in label.words():
                        columns.setdefault(label_key(word + tail), staged)
    return columns


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


def item_key(text: str) -> str:
    """An item id as it is compared: `Ｔ１．１`, `t1-1` and `T1。1` give `T1.1`."""
    return re.sub(r"[。．·\-_,、]", ".", tidy(legible(text)).upper().replace(" ", ""))


@lru_cache(maxsize=8192)
def sum_key(text: str) -> str:
    """The label of a sum as it is compared: `合  计（100分）` and `总分：100分` without the points."""
    return _POINTS_AT_END.sub("", label_key(text))


def _field_pattern(words: list[str]) -> re.Pattern[str]:
    """Finds `label：value` inside a cell; the label may be spaced out (单 位) and followed by （盖章）.

    A label stands at the beginning or behind a blank, a comma or a line to write on (____), and one of these or a colon
    behind it; a long one before a colon also right behind the value
    of another (…乐平镇检查阶段：自评).
    """
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    spaced = "|".join(r"\s*".join(map(re.escape, word)) for word in longest_first)
    long = "|".join(re.escape(word) for word in longest_first if len(word) >= _LONG_LABEL)
    brackets = r"(?:[（(【\[][^）)】\]]*[）)】\]])?"
    apart = (
        rf"(?:^|(?<=[\s;；,，。、|【\[_＿]))(?P<apart>{spaced})[】\]]?\s*{brackets}\s*(?:[:：_＿]|(?<=\S)\s)"
    )
    return re.compile(rf"{apart}|(?P<glued>{long}){brackets}[:：]")
