"""Who saved a document last, and when: the properties of xlsx, xlsb, ods and xls, looked at within bounds.

Nothing here makes a file unreadable: properties that are missing, broken or overlong are simply not known.
"""

from __future__ import annotations

import html
import re
import struct
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from huitoukan.authorship import Properties
from huitoukan.intake.ole import SIGNATURE, BrokenContainerError, Container
from huitoukan.intake.zipped import beginning

_CORE, _META = "docProps/core.xml", "meta.xml"
_LARGEST = 64 * 1024  # bytes of a part of properties: honest ones have one or two thousand
_LONGEST_NAME = 80
_BEIJING = timezone(timedelta(hours=8))  # the whole country has this one


def zipped_properties(data: bytes, archive: zipfile.ZipFile) -> Properties | None:
    """The properties of an xlsx, xlsb or ods, given with its opened zip; None where it has none that can be read.

    They are two hundred bytes in every file of a campaign, so they are unpacked by themselves and searched, not parsed.
    """
    part = next((name for name in (_CORE, _META) if name in archive.NameToInfo), None)
    if part is None or archive.NameToInfo[part].file_size > _LARGEST:
        return None
    xml = beginning(data, archive.NameToInfo[part], _LARGEST)
    if b"<!DOCTYPE" in xml:
        return None  # no workbook has one there
    author, saved_by, saved = _TAGS[part]
    return _properties(_element(xml, author), _element(xml, saved_by), _moment(_element(xml, saved)))


def _tag(name: bytes) -> re.Pattern[bytes]:
    """Finds the text of an element; the prefix of its name is whatever the writing program took."""
    return re.compile(rb"<(?:[\w.-]{1,40}:)?" + name + rb"(?:\s[^<>]*)?>([^<]*)<")


_TAGS = {
    _CORE: (_tag(rb"creator"), _tag(rb"lastModifiedBy"), _tag(rb"modified")),
    # In an ods dc:creator is who saved it last; the author is meta:initial-creator.
    _META: (_tag(rb"initial-creator"), _tag(rb"creator"), _tag(rb"date")),
}


def _element(xml: bytes, tag: re.Pattern[bytes]) -> str:
    found = tag.search(xml)
    return html.unescape(found[1].decode("utf-8", "replace")) if found else ""


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment.astimezone(_BEIJING) if moment.tzinfo else moment).replace(tzinfo=None, microsecond=0)
    except (ValueError, OverflowError):
        return None


def _properties(author: str, saved_by: str, saved: datetime | None) -> Properties | None:
    found = Properties(_name(author), _name(saved_by), saved)
    return found if any(found) else None


def _name(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text[:_LONGEST_NAME]).split())


# ---------------------------------------------------------------------------------------------------------- xls

_SUMMARY = "\x05summaryinformation"
_CODE_PAGE, _AUTHOR, _SAVED_BY, _SAVED = 1, 4, 8, 13  # property ids of the summary stream
_SHORT, _TEXT, _TIME = 0x02, 0x1E, 0x40  # types of values
_MOST_PROPERTIES = 64
_SECTION = 44  # where the header says at which byte the properties begin
_UTF16, _UTF8 = 1200, 65001
_EPOCH = datetime(1601, 1, 1, 8)  # of UTC, as Beijing's clocks would have shown it


def ole_properties(data: bytes) -> Properties | None:
    """The properties of an xls or et; None where it has none that can be read."""
    if not data.startswith(SIGNATURE):
        return None
    try:
        container = Container(data)
        stream = container.streams().get(_SUMMARY)
        if stream is None or stream.size > _LARGEST:
            return None
        values = dict(_values(container.read(stream, _LARGEST)))
    except (BrokenContainerError, struct.error):
        return None
    page = values.get(_CODE_PAGE)
    names = [_decoded(values.get(key), page) for key in (_AUTHOR, _SAVED_BY)]
    ticks = values.get(_SAVED)
    return _properties(names[0], names[1], _filetime(ticks) if isinstance(ticks, int) else None)


def _values(stream: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The short numbers, texts and times of the summary stream by their ids."""
    (start,) = struct.unpack_from("<I", stream, _SECTION)
    (count,) = struct.unpack_from("<I", stream, start + 4)
    for n in range(min(count, _MOST_PROPERTIES)):
        key, offset = struct.unpack_from("<II", stream, start + 8 + 8 * n)
        (kind,) = struct.unpack_from("<I", stream, start + offset)
        at = start + offset + 4
        if kind == _SHORT:
            yield key, struct.unpack_from("<H", stream, at)[0]
        elif kind == _TIME:
            yield key, struct.unpack_from("<Q", stream, at)[0]
        elif kind == _TEXT:
            (length,) = struct.unpack_from("<I", stream, at)
            yield key, stream[at + 4 : at + 4 + length]


def _decoded(text: int | bytes | None, page: int | bytes | None) -> str:
    if not isinstance(text, bytes):
        return ""
    number = page if isinstance(page, int) else 0
    encoding = {_UTF16: "utf-16-le", _UTF8: "utf-8"}.get(number, f"cp{number}")
    if number == _UTF16:
        text = text[: len(text) // 2 * 2]
    try:
        return text.decode(encoding, "replace").partition("\0")[0]
    except LookupError:
        return text.decode("gb18030", "replace").partition("\0")[0]


def _filetime(ticks: int) -> datetime | None:
    """A time in steps of 100 ns since 1601; 0 stands for none."""
    try:
        moment = _EPOCH + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return None
    return moment.replace(microsecond=0) if ticks else None
