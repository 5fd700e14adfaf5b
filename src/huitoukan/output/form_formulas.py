"""Formulas of forms that check themselves, put together from small pieces. A piece is a text without the `=`.

Excel 2010, WPS and LibreOffice all work them out: no function younger than 2007, no array formula; arrays stand inside
SUMPRODUCT only. Numbers are compared after nine decimals: what a spreadsheet program adds of its own lies far beyond.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from string import Formatter

from huitoukan.output.files import xml_text
from huitoukan.phrase import plain

FINE = "√"
DIGITS, WIDE_DIGITS = "0123456789", "０１２３４５６７８９"
# What is neither letter nor digit, as offices write it; the blanks among them are left out before.
MARKS = "、，。；：！？,.;:!?()（）[]［］【】〔〕{}-—–－_＿/／\\|｜·•…“”‘’\"'《》〈〉<>「」『』*＊#＃~～√×✓✔☑■□●○◎☆★→+＋=＝&＆%％@^`"
# Blanks, line ends and characters that do not show.
_BLANKS = (
    " ",
    "\u3000",
    "\u00a0",
    "\u200b",
    "\ufeff",
    "CHAR(9)",
    "CHAR(10)",
    "CHAR(13)",
)
_LONGEST = (
    24  # characters of a text that are looked at one by one: longer ones are no fillers, names or numbers
)
_BETWEEN = "|"
_PLACES = 9


def quoted(text: str) -> str:
    """A text as it stands in a formula."""
    return '"' + xml_text(text).replace('"', '""') + '"'


def told(template: str, **pieces: str) -> str:
    """A template `还有 {count} 处问题` as a formula that joins its words and pieces."""
    joined = []
    for words, name, _, _ in Formatter().parse(template):
        if words:
            joined.append(quoted(words))
        if name is not None:
            joined.append(pieces[name])
    return "&".join(joined) or '""'


def array(values: Iterable[str | Decimal]) -> str:
    """Texts or numbers as an array constant."""
    return "{" + ",".join(plain(v) if isinstance(v, Decimal) else quoted(v) for v in values) + "}"


def any_of(condition: str) -> str:
    """Whether a condition over an array holds anywhere."""
    return f"SUMPRODUCT(--({condition}))>0"


def without(text: str, parts: Sequence[str], instead: str = "") -> str:
    """A text without some parts of it, or with something in their place."""
    for part in parts:
        sought = part if part.startswith("CHAR(") else quoted(part)
        text = f"SUBSTITUTE({text},{sought},{quoted(instead)})"
    return text


def squeezed(cell: str) -> str:
    """What stands in a cell as text, without blanks, line ends and characters that do not show."""
    return without(cell, _BLANKS)


def blank(cell: str) -> str:
    """Whether nothing stands in a cell but blanks."""
    return f"LEN({squeezed(cell)})=0"


def _characters(text: str) -> str:
    return f"MID({text},ROW($1:${_LONGEST}),1)"


def only(text: str, signs: str) -> str:
    """Whether a text holds none but some characters; also of an empty one, never of a long one. `signs` is a piece."""
    each = _characters(text)
    none_else = f"SUMPRODUCT((LEN({each})>0)*ISERROR(FIND({each},{signs})))=0"
    return f"IF(LEN({text})>{_LONGEST},FALSE,{none_else})"


def has_any(text: str, signs: str) -> str:
    """Whether a text holds one of some characters at its beginning. `signs` is a piece."""
    each = _characters(text)
    return f"SUMPRODUCT((LEN({each})>0)*ISNUMBER(FIND({each},{signs})))>0"


def listed(words: Iterable[str]) -> str:
    """Words as one text in which `is_listed` finds them."""
    return _BETWEEN + _BETWEEN.join(dict.fromkeys(words)) + _BETWEEN


def is_listed(text: str, words: str) -> str:
    """Whether a text is one of the words that a cell lists."""
    return f"ISNUMBER(FIND({quoted(_BETWEEN)}&{text}&{quoted(_BETWEEN)},{words}))"


def first_of(text: str, signs: str) -> str:
    """The position of the first of some characters in a text; one beyond its end where there is none."""
    return f"SUMPRODUCT(MIN(FIND({array(signs)},{text}&{quoted(signs)})))"


def rounded(number: str) -> str:
    """A number without the noise of its last binary places."""
    return f"ROUND({number},{_PLACES})"


def is_number(cell: str) -> str:
    """Whether a cell holds a number: TRUE and FALSE are none, which LibreOffice thinks they are."""
    return f"AND(ISNUMBER({cell}),NOT(ISLOGICAL({cell})))"


def chosen(cases: Sequence[tuple[str, str]], otherwise: str) -> str:
    """The first of some pieces whose condition holds, else another one."""
    return "".join(f"IF({when},{piece}," for when, piece in cases) + otherwise + ")" * len(cases)
