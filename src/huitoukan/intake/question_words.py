"""The words of a questionnaire, prepared for look-up: question ids and titles, parts, options, columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.questionnaire import Question
from huitoukan.intake.answering import ChoiceWords, choice_words
from huitoukan.intake.labels import label_key, legible, tidy, title_key
from huitoukan.model import Level

_ID = re.compile(r"\s*([A-Z]*\d{1,3})(?![\dA-Z年.])", re.IGNORECASE)
_HEAD = re.compile(r"[:：？?\n_＿]|\s+(?=[A-Z][\s.、．:：]?[\u3400-\u9fff])")
_YEAR = re.compile(r"^\d{4}年度?")
_QUANTITY = re.compile(r"\d+[\u3400-\u9fff]{0,2}$")  # an answer behind its question: 其中：专职 3人
_LONGEST = 400  # characters of a question with its options
_SURE_PART = 4  # shorter titles of parts (次数) name them only beside their question


class Named(NamedTuple):
    """The question, and the part of it, that a cell names; by its id alone, or by its title (of another year: `altered`)."""

    question: str
    part: str | None = None
    by_title: bool = False
    altered: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class QuestionWords:
    """The words of the questionnaire of one level. Compared by identity, so that what is looked up can be cached."""

    level: Level
    questions: Mapping[str, Question]
    ids: Mapping[str, str]
    titles: Mapping[str, Named]
    parts: Mapping[str, Mapping[str, str]]
    choices: Mapping[str, ChoiceWords]
    columns: Mapping[str, str]
    title: tuple[str, ...]
    other_text: frozenset[str]
    nothing: frozenset[str]
    units: frozenset[str]

    def named(self, text: str) -> Named | None:
        """The question that a cell names: by its id, its title or both, with its options behind it or without."""
        return _named(self, text) if len(text) <= _LONGEST else None

    def id_in(self, text: str) -> str | None:
        """What may be the id of a question at the beginning of a text, known or not."""
        found = _ID.match(tidy(legible(text)))
        return found[1].upper() if found else None

    def part_named(self, question: str, text: str) -> str | None:
        """The part of a question that a text is the title of."""
        return self.parts[question].get(label_key(text))


@lru_cache(maxsize=8192)
def _named(words: QuestionWords, text: str) -> Named | None:
    folded = tidy(text)
    found = _ID.match(folded)
    by_id = words.ids.get(found[1].upper()) if found else None
    rest = folded[found.end() :] if found and by_id else folded
    for part in _heads(rest):
        key = title_key(part)
        named = words.titles.get(key) or words.titles.get(_QUANTITY.sub("", key))
        if named is None:
            bare = words.titles.get(_YEAR.sub("", key))
            named = bare._replace(altered=key != _YEAR.sub("", key)) if bare else None
        if named is not None:
            return named
    return Named(by_id) if by_id else None


def _heads(text: str) -> Iterator[str]:
    """The whole text, then what stands before a colon, a line to write on, or the first option."""
    yield text
    head = _HEAD.split(text, maxsplit=1)[0]
    if head != text:
        yield head


@lru_cache(maxsize=8)
def question_words(campaign: Campaign, level: Level) -> QuestionWords:
    """The words of a level, made once for each campaign; it must have a questionnaire."""
    questionnaire = campaign.questionnaire
    assert questionnaire is not None
    form = questionnaire.form
    questions = {question.id: question for question in questionnaire.of_level(level)}
    titles: dict[str, Named] = {}
    for question in questions.values():
        for word in (question.title, *question.aliases):
            titles.setdefault(title_key(word), Named(question.id, by_title=True))
    for question in questions.values():
        for part in question.parts:
            for word in (part.title, *part.aliases):
                if len(title_key(word)) >= _SURE_PART:
                    titles.setdefault(title_key(word), Named(question.id, part.id, by_title=True))
    for key, named in list(titles.items()):
        titles.setdefault(_YEAR.sub("", key), named)
    nothing = frozenset(tidy(word) for word in form.nothing)
    return QuestionWords(
        level=level,
        questions=questions,
        ids={name.upper(): name for name in questions},
        titles=titles,
        parts={
            q.id: {label_key(w): p.id for p in q.parts for w in (p.title, *p.aliases)}
            for q in questions.values()
        },
        choices={
            q.id: choice_words(q, form.chosen, form.not_chosen, form.nothing)
            for q in questions.values()
            if q.options
        },
        columns={
            label_key(word): role for role, label in form.columns.labels().items() for word in label.words()
        },
        title=tuple(label_key(word) for word in form.title.words()),
        other_text=frozenset(label_key(word) for word in form.other_text.words()),
        nothing=nothing,
        units=_units(questions),
    )


def _units(questions: Mapping[str, Question]) -> frozenset[str]:
    """Every word for a unit: those of the questions, and money."""
    measures = [m for question in questions.values() for m in (question, *question.parts)]
    words = {word for measure in measures for word in (measure.unit, *measure.unit_words) if word}
    return frozenset(words | {"元", "百元", "千元", "万元", "百万元", "亿元", "%", "分", "天", "年", "小时"})
