"""Whether a reason or evidence says nothing, as formulas: marks, 无, 同上, a bare number. The same as `rules/reasons.says_nothing`.

The words and characters that it is compared with stand in cells behind the column of checks, once for the whole form, and each
text is taken apart in cells beside its row: formulas stay short enough to be read, and to be worked out in no time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from huitoukan.output.form_formulas import (
    DIGITS,
    MARKS,
    WIDE_DIGITS,
    first_of,
    is_listed,
    listed,
    only,
    squeezed,
    without,
)
from huitoukan.rules.reasons import bare_words

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Marks that stand around and inside of a filler: 无。 （无） N/A
_FEW_MARKS = (
    "。",
    ".",
    "，",
    ",",
    "！",
    "!",
    "；",
    ";",
    "：",
    ":",
    "（",
    "）",
    "(",
    ")",
    "-",
    "/",
    "“",
    "”",
    "…",
)
_LONGEST = 24  # characters: what is longer says something


@dataclass(frozen=True, slots=True)
class Fillers:
    """The cells in which stand the words that say nothing, and the characters of which a filler is made."""

    words: str
    marks: str
    number: str
    before_number: str
    elsewhere: str
    ticks: str

    @classmethod
    def kept(cls, fillers: Sequence[str], keep: Callable[[str], str]) -> Fillers:
        """The words of the rubric, and the rest, in cells; `keep` writes a text into one and returns it."""
        numbers = DIGITS + WIDE_DIGITS + ".．"
        return cls(
            keep(listed(sorted(bare_words(tuple(fillers))))),
            keep(MARKS),
            keep(numbers),
            keep("扣分减除-—－"),
            keep("上前左第一二三四五六七八九十项条款行栏面列述" + numbers + _LETTERS),
            keep("xXvV"),
        )


@dataclass(frozen=True, slots=True)
class Taken:
    """A text taken apart, by cells: without blanks, also without 分 at its end, its first digit, and whether it says nothing."""

    close: str
    points: str
    digit: str
    nothing: str

    def working(self, cell: str, fillers: Fillers) -> Mapping[str, str]:
        """The formulas of these cells, for the text of a cell."""
        close = self.close
        return {
            close: squeezed(cell),
            self.points: f'IF(RIGHT({close},1)="分",LEFT({close},LEN({close})-1),{close})',
            self.digit: first_of(self.points, DIGITS + "."),
            self.nothing: _says_nothing(self, fillers),
        }


def _says_nothing(text: Taken, fillers: Fillers) -> str:
    close, points, digit = text.close, text.points, text.digit
    rest = only(f"MID({points},{digit},{_LONGEST})", fillers.number)
    before = only(f"LEFT({points},{digit}-1)", fillers.before_number)
    number = f"IF(LEN({points})<{digit},FALSE,AND({rest},{before}))"
    as_above = only(f"MID({close},2,{_LONGEST})", fillers.elsewhere)
    elsewhere = f'IF(LEFT({close},1)<>"同",FALSE,AND(LEN({close})>1,{as_above}))'
    listed_word = is_listed(without(close, _FEW_MARKS), fillers.words)
    return (
        f"IF(LEN({close})=0,TRUE,IF(LEN({close})>{_LONGEST},FALSE,IF({listed_word},TRUE,"
        f"OR({only(close, fillers.marks)},{number},{elsewhere},{only(close, fillers.ticks)}))))"
    )
