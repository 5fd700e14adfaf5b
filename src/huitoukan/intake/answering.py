"""What is written as an answer: a number with its unit, one option or several, a mark beside an option, a text.

People write A, a, A独立, 独立, √ beside an option, A、C, ABC; 3人, 约3, 12.5万元, 125000元. What loses nothing is read; what may be
meant by the rest is told to people and never used. A number in another unit is not converted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from huitoukan.campaign.questionnaire import Measure, Option, Question
from huitoukan.grid import Cell, Mark
from huitoukan.intake.labels import label_key, legible, tidy
from huitoukan.intake.normalise import read_score
from huitoukan.model import Change, ReadingKind
from huitoukan.phrase import plain

TICKS = "√✓✔☑■●✅"
BOXES = "□☐○"
_SEPARATORS = re.compile(r"[、,，;；/／|\s+&]+|(?<=[A-Za-z])[和及与](?=[A-Za-z])")
_BETWEEN_NUMBERS = re.compile(r"[/／、,，;；|\s]+|[和及与]")
_BRACKETED = re.compile(r"[(（【\[]([^()（）【】\[\]]*)[)）】\]]")
_EDGES = " \u3000\t\r\n_＿:：;；,，。."
_LETTER = r"(?<![A-Za-z]){key}(?![A-Za-z])"
# What other units are worth, beside each other: only to tell what may be meant.
_MONEY = {
    "元": 1, "百元": 100, "千元": 1_000, "万": 10_000, "万元": 10_000, "百万元": 1_000_000, "千万元": 10_000_000,
    "亿": 100_000_000, "亿元": 100_000_000,
}  # fmt: skip


class AnswerKind(StrEnum):
    """What an answer was found to be. Only an answered one is used."""

    ANSWERED = "answered"
    BLANK = "blank"
    GUESS = "guess"  # a number can be suspected
    OTHER_UNIT = "other_unit"  # a number, in a unit that was not asked for
    COUNT = "count"  # not as many numbers in one cell as are asked for
    SEVERAL = "several"  # several options where one is asked for
    NO_OPTION = "no_option"
    UNREADABLE = "unreadable"
    ERROR = "error"
    UNCACHED = "uncached"


class Spoken(NamedTuple):
    """What a text or a cell says: fields as in `Response`."""

    kind: AnswerKind
    number: Decimal | None = None
    choices: tuple[str, ...] = ()
    text: str = ""
    guess: str = ""
    folded: bool = False


BLANK = Spoken(AnswerKind.BLANK)


# ---------------------------------------------------------------------------------------------------------- numbers


def read_number(cell: Cell, measure: Measure, units: Collection[str], nothing: Collection[str]) -> Spoken:
    """The number in a cell; `units` are all words for units, `nothing` those for “none”, which may mean 0 or a blank."""
    reading = read_score(cell)
    if reading.kind in (ReadingKind.ERROR, ReadingKind.UNCACHED) and cell.mark is not None:
        kind = AnswerKind.ERROR if cell.mark is Mark.ERROR else AnswerKind.UNCACHED
        return Spoken(kind, text=cell.text or "")
    if reading.kind is ReadingKind.BLANK:
        return BLANK
    if reading.kind is ReadingKind.NUMBER:
        return Spoken(AnswerKind.ANSWERED, reading.value)
    if not isinstance(cell.value, str):
        return Spoken(AnswerKind.UNREADABLE, text=cell.text or "")
    return _number_in_text(cell.value, measure, units, nothing)


def _number_in_text(raw: str, measure: Measure, units: Collection[str], nothing: Collection[str]) -> Spoken:
    text = legible(raw).strip(_EDGES)
    if not text:
        return BLANK  # a line to write on
    if tidy(text) in nothing:
        return Spoken(AnswerKind.GUESS, text=raw, guess="0")
    own = tuple(word for word in (measure.unit, *measure.unit_words) if word)
    body = next((text.removesuffix(word) for word in _longest(own) if text.endswith(word)), text)
    reading = read_score(Cell(0, 0, body.rstrip()))
    if reading.kind is ReadingKind.TEXT_NUMBER and Change.UNIT_WORD not in reading.done:
        return Spoken(AnswerKind.ANSWERED, reading.value, text=raw, folded=True)
    for word in _longest(units):
        if word not in own and text.endswith(word):
            other = read_score(Cell(0, 0, text.removesuffix(word).rstrip()))
            value = other.value if other.kind is ReadingKind.TEXT_NUMBER else _single(other.guess)
            if value is not None:
                return Spoken(AnswerKind.OTHER_UNIT, text=raw, guess=_converted(value, word, measure.unit))
    if reading.kind is ReadingKind.TEXT_NUMBER and reading.value is not None:
        return Spoken(AnswerKind.GUESS, text=raw, guess=plain(reading.value))
    if reading.kind is ReadingKind.GUESS and Change.MARK not in reading.done:
        return Spoken(AnswerKind.GUESS, text=raw, guess=reading.guess)
    return Spoken(AnswerKind.UNREADABLE, text=raw)


def read_numbers(
    cell: Cell, measures: Sequence[Measure], units: Collection[str], nothing: Collection[str]
) -> tuple[Spoken, ...]:
    """Several numbers written into one cell, in order: 12/10, 12、10, 12个 10个."""
    value = cell.value
    if cell.mark is not None or value is None or (isinstance(value, str) and not tidy(value)):
        return tuple(read_number(cell, measure, units, nothing) for measure in measures)
    if isinstance(value, date):  # spreadsheet programs take 12/10 for a day
        guess = f"{value.month}/{value.day}"
        return tuple(Spoken(AnswerKind.COUNT, text=cell.text or "", guess=guess) for _ in measures)
    text = legible(cell.text or "").strip(_EDGES)
    pieces = [piece for piece in _BETWEEN_NUMBERS.split(text) if piece]
    if len(pieces) != len(measures):
        return tuple(Spoken(AnswerKind.COUNT, text=cell.text or "") for _ in measures)
    found = []
    for piece, measure in zip(pieces, measures, strict=True):
        spoken = read_number(Cell(cell.row, cell.column, piece), measure, units, nothing)
        found.append(spoken._replace(text=cell.text or ""))
    return tuple(found)


def _longest(words: Collection[str]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))


def _single(guess: str) -> Decimal | None:
    return Decimal(guess) if re.fullmatch(r"-?\d{1,15}(?:\.\d{1,9})?", guess) else None


def _converted(value: Decimal, unit: str, own: str) -> str:
    """A number in another unit as it would be in the one asked for, where that can be told; else as it stands."""
    if unit in _MONEY and own in _MONEY:
        return plain(value * _MONEY[unit] / _MONEY[own])
    return plain(value)


# ---------------------------------------------------------------------------------------------------------- choices


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceWords:
    """The options of a question by everything that names them, and a pattern that finds them in a text."""

    options: tuple[Option, ...]
    single: bool
    names: Mapping[str, str]
    pattern: re.Pattern[str]
    nothing: frozenset[str]
    chosen: frozenset[str]
    not_chosen: frozenset[str]

    def named(self, text: str) -> str | None:
        """The option that a text is, alone: A, a, A独立, A. 独立, 独立, （A）."""
        key = label_key(text).upper()
        if not key:
            inside = _BRACKETED.fullmatch(tidy(text))
            key = label_key(inside[1]).upper() if inside else ""
        return self.names.get(key)

    def needing_text(self) -> Option | None:
        """The option that asks for words."""
        return next((option for option in self.options if option.needs_text), None)


def choice_words(
    question: Question, chosen: Collection[str], not_chosen: Collection[str], nothing: Collection[str]
) -> ChoiceWords:
    """The words of a choice."""
    names: dict[str, str] = {}
    titles = []
    for option in question.options:
        words = (option.title, *option.aliases)
        titles += [(word, option.key) for word in words]
        for word in words:
            for name in (word, option.key + word):
                names.setdefault(label_key(name).upper(), option.key)
        names[option.key] = option.key
    alternatives = "|".join(re.escape(word) for word, _ in sorted(titles, key=lambda t: (-len(t[0]), t[0])))
    keys = "".join(option.key for option in question.options)
    pattern = re.compile(
        rf"(?<![A-Za-z])[{keys}](?![A-Za-z])[.、．:：)）\s]*(?:{alternatives})?|(?:{alternatives})",
        re.IGNORECASE,
    )
    single = question.type == "single"
    return ChoiceWords(
        question.options, single, names, pattern, _folded(nothing), _folded(chosen), _folded(not_chosen)
    )


def _folded(words: Collection[str]) -> frozenset[str]:
    return frozenset(tidy(word).upper() for word in words)


def read_choice(text: str, words: ChoiceWords) -> Spoken:
    """The option or options that a text names; `text` of what is returned are the words behind one that asks for them."""
    raw, text = text, tidy(legible(text)).strip(_EDGES)
    if not text:
        return BLANK
    text = text.removeprefix("选")
    if not words.single and text.upper() in words.nothing and words.named(text) is None:
        return Spoken(AnswerKind.ANSWERED)
    if any(tick in text for tick in TICKS):
        keys = _ticked(text, words)
        other = ""
    else:
        text, other = _without_other(text, words)
        keys = _listed(text, words)
    if keys is None:
        return Spoken(AnswerKind.NO_OPTION, text=raw)
    asking = words.needing_text()
    if other and asking is not None:
        keys = {*keys, asking.key}
    choices = tuple(option.key for option in words.options if option.key in keys)
    if words.single and len(choices) > 1:
        return Spoken(AnswerKind.SEVERAL, text=raw, guess=" / ".join(choices))
    return Spoken(AnswerKind.ANSWERED, choices=choices, text=other)


def _without_other(text: str, words: ChoiceWords) -> tuple[str, str]:
    """A text without what is written behind the option that asks for words: A、G其他：交通不便."""
    asking = words.needing_text()
    if asking is None:
        return text, ""
    titles = "|".join(map(re.escape, (asking.title, *asking.aliases)))
    named = rf"(?:{_LETTER.format(key=asking.key)}\s*[.、．]?\s*(?:{titles})?|(?:{titles}))"
    behind = rf"(?:[:：]\s*(.+)|[(（]\s*(.+?)\s*[)）]\s*|(?<=[A-Za-z])\s*[、.．]?\s*(?!{titles})([\u3400-\u9fff].+))$"
    found = re.search(rf"{named}\s*{behind}", text, re.IGNORECASE)
    if found is None:
        return text, ""
    return text[: found.start()].strip(_EDGES + "、"), (found[1] or found[2] or found[3]).strip(_EDGES)


def _listed(text: str, words: ChoiceWords) -> set[str] | None:
    """The options of a list; None where a part of it is none of them."""
    if not text:
        return set()
    alone = words.named(text)
    if alone is not None:
        return {alone}
    keys: set[str] = set()
    for piece in filter(None, _SEPARATORS.split(text)):
        named = words.named(piece)
        letters = piece.replace(".", "").upper()  # ABC and A.B.C, not A-C: whether B is meant nobody can tell
        if named is not None:
            keys.add(named)
        elif re.fullmatch(r"[A-Z]+", letters) and all(c in words.names for c in letters):
            keys |= set(letters)
        else:
            return None
    return keys or None


def _ticked(text: str, words: ChoiceWords) -> set[str] | None:
    """The options beside ticks: √A独立 B合署, A独立（√） B合署（ ）; None where it cannot be told which are meant."""
    found = list(words.pattern.finditer(text))
    if not found:
        return None
    names = [words.named(option[0]) for option in found]
    before_all = text.lstrip()[:1] in TICKS + BOXES
    keys: set[str] = set()
    for n, c in enumerate(text):
        if c not in TICKS:
            continue
        left = next((m for m in range(len(found) - 1, -1, -1) if found[m].end() <= n), None)
        right = next((m for m in range(len(found)) if found[m].start() > n), None)
        close_left = left is not None and not text[found[left].end() : n].strip("(（[【 ")
        close_right = right is not None and not text[n + 1 : found[right].start()].strip()
        if close_left and close_right:
            apart = text[n - 1].isspace(), text[n + 1].isspace()
            if apart[0] == apart[1] and not before_all:
                return None
            close_left = apart[1] and not apart[0]
            close_right = not close_left
        at = left if close_left else right if close_right else None
        name = names[at] if at is not None else None
        if name is None:
            return None
        keys.add(name)
    return keys


def ticked_in(text: str, words: ChoiceWords) -> Spoken:
    """What is chosen in the printed list of options itself, by a tick or the one filled pair of brackets; else a blank."""
    if any(tick in text for tick in TICKS):
        return read_choice(text, words)
    for inside in _BRACKETED.findall(legible(text)):
        spoken = read_choice(inside, words)
        letters = re.sub(r"[\s、,，]", "", tidy(inside)).upper()
        if letters.isascii() and letters and spoken.kind in (AnswerKind.ANSWERED, AnswerKind.SEVERAL):
            return spoken
    return BLANK


class Marked(NamedTuple):
    """What a cell beside an option says of it: whether it applies (None: nothing, or nothing clear), and further words."""

    chosen: bool | None
    text: str = ""
    clear: bool = True


def read_mark(cell: Cell, option: Option, words: ChoiceWords) -> Marked:
    """What stands beside an option."""
    if cell.mark is not None:
        return Marked(None, clear=False)
    raw = cell.text or ""
    text = tidy(legible(raw)).strip(_EDGES).upper()
    if not text:
        return Marked(None)
    if cell.value is True or text in words.chosen or words.named(text) == option.key:
        return Marked(True)
    if cell.value is False or text in words.not_chosen:
        return Marked(False)
    if option.needs_text and read_choice(raw, words).kind is AnswerKind.NO_OPTION:
        marked = tidy(raw).lstrip(TICKS).strip(_EDGES)
        return Marked(True, marked)
    return Marked(None, clear=False)
