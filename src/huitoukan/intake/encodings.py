"""Bytes that are a text: which characters they mean. Whatever a file declares, UTF-8 that is valid is UTF-8."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"(?:charset|encoding)\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_HEAD = 4096  # bytes within which a text declares its charset
_CHARSETS = {  # only these: a name from a file must not reach every codec of Python
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "cp936": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030",
    "big5": "big5", "big5-hkscs": "big5hkscs", "iso-8859-1": "cp1252", "windows-1252": "cp1252", "us-ascii": "ascii",
}  # fmt: skip
_FIRST_CHINESE = "\u2e80"  # what lies below are letters of other scripts
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")


def decode(data: bytes) -> str | None:
    """The text of some bytes: by their byte order mark, else UTF-8, else GB 18030; None where they are no text.

    What does not decode, or holds control characters that no text has, is no text.
    """
    try:
        text = _by_mark(data, "strict")
    except UnicodeDecodeError:
        return None
    if text is None:
        text = _first(data, ("gb18030",))
    if text is None:
        return None
    text = text.rstrip("\x1a")  # the end of a text in DOS
    return None if _CONTROL.search(text) else text


def decode_markup(data: bytes) -> str:
    """The text of a web page or an XML file, whose start may declare the charset; single bad bytes are forgiven."""
    text = _by_mark(data, "replace")
    if text is not None:
        return text
    declared = _DECLARED.search(data[:_HEAD])
    name = declared[1].decode("ascii", "replace").lower() if declared else ""
    likely = "utf-8" if name in ("utf-8", "utf8") else _CHARSETS.get(name, "gb18030")
    text = _first(data, (likely, "gb18030"))
    return data.decode(likely, "replace") if text is None else text


def _first(data: bytes, others: tuple[str, ...]) -> str | None:
    """The text as UTF-8, else in the first of the other charsets in which all bytes have a meaning.

    A few characters of GBK are valid UTF-8 by chance, but then they are letters of other scripts, never Chinese.
    """
    for charset in ("utf-8", *others):
        try:
            text = data.decode(charset)
        except UnicodeDecodeError:
            continue
        if charset != "utf-8" or text.isascii() or others[0] == charset or max(text) >= _FIRST_CHINESE:
            return text
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _by_mark(data: bytes, errors: str) -> str | None:
    for mark, charset in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(charset, errors)
    return None
