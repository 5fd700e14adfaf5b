"""Tags and texts of a web page, in one pass whose cost is the length of the page, whatever stands in it.

The parser of the standard library takes quadratic time on pages made for it, and fails on some; a page is only looked at
here for its tables, so little is needed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

_TAG = re.compile(r"""<(/?)([A-Za-z][\w:.-]*+)((?:[^<>"']|"[^"]*+"|'[^']*+')*+)>""")
# The tags of a page with a quotation mark that is left open.
_LOOSE_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*+)([^<>]*+)>?")
_ATTRIBUTE = re.compile(r"""([\w:.-]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>]++)))?""")
_LONGEST_TAG = 65536  # characters of attributes that are looked at
_BEHIND_NAME = ("", "/", " ", "\t", "\r", "\n")
_NUMERIC = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")  # no character: and Python refuses to count that far
_RAW = frozenset({"script", "style", "title", "textarea", "noscript"})  # what is in them is no page


class Piece(NamedTuple):
    """A start tag (`name`), an end tag (`/name`), a comment (`!`), or a text (no name)."""

    name: str
    text: str  # the attributes of a tag, the text otherwise


def pieces(page: str) -> Iterator[Piece]:
    """The tags, comments and texts of a page in order; texts are unescaped, names are in lower case."""
    at, tag = 0, _TAG
    while at < len(page):
        start = page.find("<", at)
        if start < 0:
            start = len(page)
        if start > at:
            yield Piece("", unescape(page[at:start]))
        if start == len(page):
            return
        if page.startswith("<!--", start):
            end = page.find("-->", start + 4)
            end = len(page) if end < 0 else end
            yield Piece("!", page[start + 4 : end])
            at = end + 3
            continue
        if page.startswith(("<!", "<?"), start):
            end = page.find(">", start)
            at = len(page) if end < 0 else end + 1
            continue
        found = tag.match(page, start)
        if found is None and tag is _TAG:
            tag = _LOOSE_TAG
            found = tag.match(page, start)
        if found is None:
            yield Piece("", "<")
            at = start + 1
            continue
        at = found.end()
        name = found[2].lower()
        yield Piece(found[1] + name, found[3])
        if not found[1] and name in _RAW and not found[3].endswith("/"):
            closing = re.compile(f"</{name}", re.IGNORECASE).search(page, at)
            end = closing.start() if closing else len(page)
            if name == "style":
                yield Piece("style!", page[at:end])
            at = end


def attributes(text: str) -> dict[str, str]:
    """The attributes of a tag by lower-case name; the first of two counts."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text[:_LONGEST_TAG]):
        value = match[2] or match[3] or match[4] or ""
        found.setdefault(match[1].lower(), unescape(value))
    return found


def unescape(text: str) -> str:
    """A text with its entities as characters."""
    return html.unescape(_NUMERIC.sub("\ufffd", text)) if "&" in text else text


def first_element(page: str) -> tuple[str, str]:
    """Name and attributes of the first element, behind comments and instructions; empty texts where there is none."""
    at = 0
    while True:
        start = page.find("<", at)
        if start < 0:
            return "", ""
        if page.startswith("<!--", start):
            at = page.find("-->", start)
        elif page.startswith(("<!", "<?"), start):
            at = page.find(">", start)
        else:
            found = _LOOSE_TAG.match(page, start)
            return (found[2], found[3]) if found and found[3][:1] in _BEHIND_NAME else ("", "")
        if at < 0:
            return "", ""
