"""Whether a reason or evidence says nothing, as formulas: marks, 无, 同上, a bare number. The same as `rules/reasons.says_nothing`.

The words and characters that it is compared with stand in cells behind the column of checks, once for the whole form, and each
text is taken apart in cells beside its row: formulas stay short enough to be read, and to be worked out in no time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from huitoukan.output.form_formulas import DIGITS, MARKS, WIDE_DIGITS, first_of, is_listed, listed, only, squeezed, without
from huitoukan.rules.reasons import bare_words

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Marks that stand around and inside of a filler: 无。 （无） N/A
_FEW_MARKS = ("。", ".", "，", ",", "！", "!", "；", ";", "：", ":", "（", "）", "(", ")", "-", "/", "“", "”", "…")
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
    """A text taken apart, by cells: without blanks, also without 分 at its end, and without marks."""

    close: str
    points: str
    bare: str

    def working(self, cell: str) -> Mapping[str, str]:
        """The formulas of these cells, for the text of a cell."""
        close = self.close
        return {
            close: squeezed(cell),
            self.points: f'IF(RIGHT({close},1)="分",LEFT({close},LEN({close})-1),{close})',
            self.bare: f'IF(LEN({close})>{_LONGEST},"-",{without(close, _FEW_MARKS)})',
        }


def says_nothing(text: Taken, fillers: Fillers) -> str:
    """Whether a text is only a filler."""
    close, points = text.close, text.points
    at = first_of(points, DIGITS + ".")
    rest = only(f"MID({points},{at},{_LONGEST})", fillers.number)
    before = only(f"LEFT({points},{at}-1)", fillers.before_number)
    number = f"AND(LEN({points})>={at},{rest},{before})"
    elsewhere = f'IF(LEFT({close},1)<>"同",FALSE,AND(LEN({close})>1,{only(f"MID({close},2,{_LONGEST})", fillers.elsewhere)}))'
    return (
        f"IF(LEN({close})=0,TRUE,IF(LEN({close})>{_LONGEST},FALSE,IF({is_listed(text.bare, fillers.words)},TRUE,"
        f"OR({only(close, fillers.marks)},{number},{elsewhere},{only(close, fillers.ticks)}))))"
    )
