"""The compound files (OLE) in which .xls, .et, .doc, .msg and encrypted workbooks arrive: what stands in one.

Streams are found by the directory of the file, not by searching its bytes: a letter may hold a workbook, and a workbook
a letter. Every chain is followed for no more steps than the file has sectors, so that loops end.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")


class Content(StrEnum):
    """What a compound file holds, by the streams in its root."""

    WORKBOOK = "workbook"
    ENCRYPTED = "encrypted"
    WORD = "word"
    SLIDES = "slides"
    OUTLOOK = "outlook"
    DOCUMENT = "document"
    UNKNOWN = "unknown"


class BrokenContainerError(ValueError):
    """The file does not hang together: it is cut short, or its chains lead in circles or out of it."""


def content(data: bytes) -> Content:
    """What a compound file holds.

    Raises:
        BrokenContainerError: it cannot be told, or the workbook stream is not whole.
    """
    container = Container(data)
    streams = container.streams()
    if not _ENCRYPTED.isdisjoint(streams):
        return Content.ENCRYPTED
    for name in _WORKBOOKS:
        if name in streams:
            first = next(entry for entry in container.entries if entry.name.lower() == name)
            if first is not streams[name]:  # calamine would read the workbook of an embedded object
                raise BrokenContainerError("embedded")
            book = container.read(streams[name], _HEAD)
            return Content.ENCRYPTED if _has_password(book) else Content.WORKBOOK
    return next((told for name, told in _DOCUMENTS.items() if name in streams), Content.UNKNOWN)


def workbook_stream(data: bytes) -> bytes:
    """The workbook stream of a compound file that was found to hold one; other data is a stream without its container."""
    if not data.startswith(SIGNATURE):
        return data
    container = Container(data)
    streams = container.streams()
    return next((container.read(streams[name], len(data)) for name in _WORKBOOKS if name in streams), b"")


def is_cut_short(data: bytes) -> bool:
    """Whether data that begins like a compound file ends before the last sector that its allocation table knows."""
    if not data.startswith(SIGNATURE):
        return False
    if len(data) < _HEADER:
        return True
    size = 1 << min(data[30], 16)
    last = 0
    tables = struct.unpack_from(f"<{_IN_HEADER}I", data, _FIRST_LIST)
    for n, table in enumerate(tables[: int.from_bytes(data[44:48], "little")]):
        sector = data[(table + 1) * size : (table + 2) * size]
        if len(sector) < size:
            return True
        numbers = _numbers(sector)
        used = [m for m, number in enumerate(numbers) if number != _FREE]
        last = max(last, n * len(numbers) + used[-1]) if used else last
    return len(data) <= (last + 1) * size  # the last sector may be cut to what it holds


_ENCRYPTED = frozenset({"encryptedpackage", "\tdrmcontent"})
_WORKBOOKS = ("workbook", "book")
_DOCUMENTS = {
    "worddocument": Content.WORD,
    "powerpoint document": Content.SLIDES,
    "__properties_version1.0": Content.OUTLOOK,
    "wpscontent": Content.DOCUMENT,
    "matost": Content.DOCUMENT,  # Works
    "contents": Content.DOCUMENT,
    "visiodocument": Content.DOCUMENT,
    "fileheader": Content.DOCUMENT,  # Hangul
}

# ---------------------------------------------------------------------------------------------------------- container

_HEADER = 512
_FIRST_LIST, _IN_HEADER = 76, 109  # where the header lists the sectors of the allocation table, and how many
_SHIFTS = (9, 12)  # sectors of 512 and of 4,096 bytes: there are no others
_SMALL = 6  # small streams lie in sectors of 64 bytes
_FREE = 0xFFFFFFFF
_LAST = 0xFFFFFFFA  # from here on, numbers are no sectors: end of chain, free, part of a table
_ENTRY = struct.Struct("<64sHBx3I36xIQ")  # name, its bytes, kind, left, right, child, start, size
_STREAM, _ROOT = 2, 5
_MOST_ENTRIES = 20_000  # a letter with many attachments has hundreds
_HEAD = 8192  # bytes of the workbook stream that are looked at for a password


class Entry(NamedTuple):
    """One entry of the directory; `start` and `size` are those of a stream, or of what holds the small streams."""

    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


class Container:
    """A compound file: its allocation table and its directory, each checked against the length of the file."""

    def __init__(self, data: bytes) -> None:
        if len(data) < _HEADER:
            raise BrokenContainerError("header")
        self.data = data
        (self.shift,) = struct.unpack_from("<H", data, 30)
        if self.shift not in _SHIFTS:
            raise BrokenContainerError("sector size")
        self.sectors = -(-len(data) // (1 << self.shift)) - 1  # the last one may be cut short
        first, self.cutoff, first_small = struct.unpack_from("<I4x2I", data, 48)
        self.table = self._table()
        self.entries = self._entries(b"".join(map(self._sector, _follow(self.table, first, self.sectors))))
        if not self.entries or self.entries[0].kind != _ROOT:
            raise BrokenContainerError("root")
        small = b"".join(map(self._sector, _follow(self.table, first_small, self.sectors)))
        self.small_table = _numbers(small)
        self._check_chains()

    def streams(self) -> dict[str, Entry]:
        """The streams in the root by lower-case name; those inside embedded objects are not among them."""
        found: dict[str, Entry] = {}
        waiting, seen = [self.entries[0].child], set()
        while waiting:
            number = waiting.pop()
            if number in seen or number >= _LAST:
                continue
            if number >= len(self.entries):
                raise BrokenContainerError("directory")
            seen.add(number)
            entry = self.entries[number]
            if entry.kind == _STREAM:
                found.setdefault(entry.name.lower(), entry)
            waiting += (entry.left, entry.right)
        return found

    def read(self, stream: Entry, most: int) -> bytes:
        """The first `most` bytes of a stream, once its whole chain has been found to be there."""
        if stream.size > len(self.data):
            raise BrokenContainerError("size")
        if stream.size >= self.cutoff:
            parts = map(self._sector, _follow(self.table, stream.start, self.sectors))
            return _gather(parts, stream.size, most)
        holder = b"".join(map(self._sector, _follow(self.table, self.entries[0].start, self.sectors)))
        numbers = _follow(self.small_table, stream.start, len(self.small_table))
        return _gather((holder[n << _SMALL : (n + 1) << _SMALL] for n in numbers), stream.size, most)

    def _entries(self, directory: bytes) -> list[Entry]:
        if len(directory) > _MOST_ENTRIES * _ENTRY.size:
            raise BrokenContainerError("directory")
        whole = len(directory) // _ENTRY.size * _ENTRY.size
        entries = []
        for raw, length, kind, left, right, child, start, size in _ENTRY.iter_unpack(directory[:whole]):
            name = raw[: max(0, min(length, len(raw)) - 2)].decode("utf-16-le", "replace")
            if self.shift == _SHIFTS[0]:  # rubbish may stand in the upper half of a size
                size &= 0xFFFFFFFF  # noqa: PLW2901
            entries.append(Entry(name, kind, left, right, child, start, size))
        return entries

    def _sector(self, number: int) -> bytes:
        if number >= self.sectors:
            raise BrokenContainerError("sector")
        start = (number + 1) << self.shift
        return self.data[start : start + (1 << self.shift)]

    def _table(self) -> Sequence[int]:
        """The allocation table: for every sector, the one that follows it in its chain."""
        numbers = list(struct.unpack_from(f"<{_IN_HEADER}I", self.data, _FIRST_LIST))
        (further,) = struct.unpack_from("<I", self.data, 68)
        for _ in range(self.sectors + 1):
            if further >= _LAST:
                break
            *more, further = _numbers(self._sector(further).ljust(1 << self.shift, b"\xff"))
            numbers += more
        else:
            raise BrokenContainerError("loop")
        numbers = [number for number in numbers if number < _LAST]
        if len(numbers) > self.sectors:
            raise BrokenContainerError("table")
        return _numbers(b"".join(map(self._sector, numbers)))

    def _check_chains(self) -> None:
        """No sector may be in two chains, or twice in one: a reader that follows them would not end."""
        seen, seen_small = bytearray(len(self.table)), bytearray(len(self.small_table))
        for entry in self.entries:
            if entry.kind in (_STREAM, _ROOT) and entry.size:
                small = entry.kind == _STREAM and entry.size < self.cutoff
                table, met = (self.small_table, seen_small) if small else (self.table, seen)
                number = entry.start
                while number < len(table):
                    if met[number]:
                        raise BrokenContainerError("loop")
                    met[number] = 1
                    number = table[number]


def _numbers(data: bytes) -> Sequence[int]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _follow(table: Sequence[int], number: int, most: int) -> Iterator[int]:
    """The numbers of a chain; one that is longer than the file runs in a circle."""
    for _ in range(most + 1):
        if number >= _LAST:
            return
        yield number
        if number >= len(table):
            raise BrokenContainerError("chain")
        number = table[number]
    raise BrokenContainerError("loop")


def _gather(parts: Iterable[bytes], size: int, most: int) -> bytes:
    head, length = bytearray(), 0
    for part in parts:
        if len(head) < most:
            head += part
        length += len(part)
    if length < size:
        raise BrokenContainerError("stream")
    return bytes(head[: min(most, size)])


# ---------------------------------------------------------------------------------------------------------- password

_BOF = frozenset({0x0009, 0x0209, 0x0409, 0x0809})
_FILEPASS = 0x2F
_RECORDS = 64  # the record stands among the first ones


def _has_password(book: bytes) -> bool:
    """Whether the records at the beginning of a workbook stream say that what follows is encrypted."""
    at = 0
    for number in range(_RECORDS):
        if at + 4 > len(book):
            return False
        kind, length = struct.unpack_from("<HH", book, at)
        if number == 0 and kind not in _BOF:
            raise BrokenContainerError("workbook")
        if kind == _FILEPASS:
            return True
        at += 4 + length
    return False
