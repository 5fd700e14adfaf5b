"""Labels and titles as they are compared: full width folded, numbering, brackets and what does not show left out."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST = 400  # characters of a text that are looked at for words; see `legible`
_BRACKETS = re.compile(r"[(\[【〔《<][^()\[\]【】〔〕《》<>]*[)\]】〕》>]")
_NOT_WORD = re.compile(r"[^0-9A-Za-z\u3400-\u9fff/—\-]")
_EDGE_MARKS = "/—-"
_CIRCLED = re.compile("[①-⑳]")
_ORDINAL = r"(?:\d{1,2}(?:[.．\-]\d{1,2})*+|[一二三四五六七八九十]{1,3})"
_NUMBERING = re.compile(
    rf"\s*(?:第{_ORDINAL}(?:[项条章节类款]|部分)|[(（]{_ORDINAL}[)）]|{_ORDINAL}[)）、.．,，:：\s]|\d{{1,2}}(?:[.．\-]\d{{1,2}})+)"
    r"[、.．,，:：\s]*"
)
_NOT_WORDS = re.compile(r"[^\w≥≤<>%]|_")
_LONGEST_CRITERION = 2000  # characters that are compared
_SAME = (
    (">=", "≥"), ("≧", "≥"), ("大于等于", "≥"), ("不低于", "≥"), ("不少于", "≥"), ("<=", "≤"), ("≦", "≤"), ("小于等于", "≤"), ("得", ""), ("分", ""),
)  # fmt: skip


def legible(text: str) -> str:
    """The beginning of a text, as far as labels, titles, names and fields are looked for in it.

    None of them is ever longer, and a cell may hold 32,767 characters: NFKC makes up to 18 of one, and patterns that
    try every blank or bracket take time that grows with the square of the length.
    """
    return text if len(text) <= LONGEST else text[:LONGEST]


@lru_cache(maxsize=8192)
def label_key(text: str) -> str:
    """A label as it is compared: full width folded, brackets with their content, spaces and punctuation dropped."""
    folded = unicodedata.normalize("NFKC", legible(text))
    return _NOT_WORD.sub("", without_brackets(folded)).strip(_EDGE_MARKS)


@lru_cache(maxsize=4096)
def wording(text: str) -> str:
    """A criterion as it is compared: full width folded, without spaces and punctuation."""
    folded = unicodedata.normalize("NFKC", text[:_LONGEST_CRITERION])
    for other, same in _SAME:
        folded = folded.replace(other, same)
    return _NOT_WORDS.sub("", folded)


def without_brackets(text: str) -> str:
    """Text without brackets and their content, also where they are nested: 设置（设站(岗)）."""
    while (shorter := _BRACKETS.sub("", text)) != text:
        text = shorter
    return text


@lru_cache(maxsize=8192)
def title_key(text: str) -> str:
    """The key of a title or dimension without its own numbering: `一、工作任务（12分）` gives `工作任务`."""
    folded = unicodedata.normalize("NFKC", _CIRCLED.sub("", legible(text)))
    return label_key(_NUMBERING.sub("", folded, count=1) if _NUMBERING.match(folded) else folded)


def tidy(text: str) -> str:
    """Text with full width folded and without spaces at the ends or characters that do not show."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if unicodedata.category(c) != "Cf").strip()
