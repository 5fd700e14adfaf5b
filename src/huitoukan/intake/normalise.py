"""From what stands in a score cell to what it means. Nothing is ever guessed in silence, and no text is ever lost.

The grammar, after the spaces around and the characters that do not show are left out:

    score   = ["'"] [sign] number ["分"]         a number without loss; true full-width forms count as their ASCII ones
    number  = digits ["." [digits]] | "." digits
    guess   = 4,5 | 四点五 | 4.5/5 | √ | O | ① | 3-4 | 约4 …  what it may mean is told, and never used
    percent = number "%" | 百分之九十               neither points nor a guess at points

NFKC is not asked about numbers: it also turns ①, ², ½ and 𝟒 into digits that nobody typed. Words (不适用, 同上) may be
folded with it, because no number comes of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal
from functools import lru_cache

from huitoukan.grid import Cell, Mark
from huitoukan.intake.guess import guess, percentage
from huitoukan.intake.labels import tidy, without_brackets
from huitoukan.intake.numerals import NUMBER
from huitoukan.model import Change, Reading, ReadingKind

_LONGEST = 256  # characters; 不适用 may have its reason in brackets, longer texts are notes
_HUGE = 1e300  # a whole number of a workbook may be too large for a float

# Characters that do not show and do not move others. Not the ones that reverse the direction of writing (5.4 would
# look like 4.5) and not the soft hyphen, which may look like a minus sign.
_INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u200e\u2060\u2066\u2069\u202a\u202c\u202d\ufeff\u180e")
)
_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}

_DITTO = frozenset(map(tidy, ("同上", "同前", "同左", "〃", '"', "″", "”")))
_ERRORS = frozenset(
    {"#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)


def read_score(cell: Cell, not_applicable: Collection[str] = ()) -> Reading:
    """Read the number in a score cell. `not_applicable` are the words that stand for 不适用.

    `value` is set only for numbers and for text that is a number without loss; it may lie outside any range.
    """
    if cell.mark is Mark.ERROR:
        return Reading(ReadingKind.ERROR)
    if cell.mark is Mark.UNCACHED:
        return Reading(ReadingKind.UNCACHED)
    value = cell.value
    if value is None:
        return Reading(ReadingKind.BLANK)
    if isinstance(value, str):
        return _read_text(value, not_applicable)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -_HUGE < value < _HUGE:  # or nan
        return Reading(ReadingKind.UNREADABLE)
    return _number(value)


@lru_cache(maxsize=4096)
def _number(value: float) -> Reading:
    # Spreadsheets keep 15 significant digits; what a float shows beyond them is noise (0.1+0.2).
    return Reading(ReadingKind.NUMBER, Decimal(f"{value:.15g}"))


def _read_text(raw: str, not_applicable: Collection[str]) -> Reading:
    seen = raw.translate(_INVISIBLE)
    text = seen.strip()
    if not text:
        return Reading(ReadingKind.BLANK, raw=raw)
    if len(text) > _LONGEST:
        return Reading(ReadingKind.UNREADABLE, raw=raw)
    if len(text) > 1 and text[0] in "'＇":
        text = text[1:].lstrip()
    words = tidy(text)
    if not words:
        return Reading(ReadingKind.BLANK, raw=raw)
    kind = _word(words, not_applicable)
    if kind is not None:
        return Reading(kind, raw=raw)
    text = text.translate(_WIDTH)
    number = NUMBER.fullmatch(text)
    if number:
        return Reading(ReadingKind.TEXT_NUMBER, Decimal(number["number"]), raw=raw, done=_done(raw, number))
    share = percentage(text)
    if share is not None:
        return Reading(ReadingKind.PERCENT, guess=share, raw=raw)
    meant = guess(text)
    if meant is None:
        return Reading(ReadingKind.UNREADABLE, raw=raw)
    return Reading(ReadingKind.GUESS, guess=meant.text, raw=raw, done=meant.rests_on)


def _word(words: str, not_applicable: Collection[str]) -> ReadingKind | None:
    """What a text means that speaks of no number at all."""
    bare = without_brackets(words).replace(" ", "").rstrip("。.")
    if words in not_applicable or bare.upper() in not_applicable or not words.strip("-—–―─"):
        return ReadingKind.NOT_APPLICABLE
    if words in _DITTO:
        return ReadingKind.DITTO
    return ReadingKind.ERROR if words.upper() in _ERRORS else None


def _done(raw: str, number: re.Match[str]) -> tuple[Change, ...]:
    """What was left out or folded in the text of a score cell, so that a number without loss was left."""
    seen = raw.translate(_INVISIBLE)
    digits = number["number"].lstrip("+-")
    changes = {
        Change.APOSTROPHE: seen.lstrip()[0] in "'＇",
        Change.INVISIBLE: seen != raw,
        Change.SPACES: any(c.isspace() for c in seen),
        Change.WIDTH: seen.translate(_WIDTH) != seen,
        Change.PLUS: number["number"][0] == "+",
        Change.BARE_POINT: digits[0] == "." or digits[-1] == ".",
        Change.UNIT_WORD: bool(number["unit"]),
    }
    return tuple(change for change, made in changes.items() if made)
