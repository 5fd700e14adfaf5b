"""Some files of a zip replaced, every other byte of it as it was.

An archive that is packed anew keeps its files and loses what nobody thought of: names in GBK, the order, a comment, the way
each file is packed. So what stays is copied as it lies there, and only the entries of what changes are written again.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import NamedTuple

_LOCAL, _CENTRAL, _END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
_LOCAL_SIZE, _CENTRAL_SIZE, _END_SIZE = 30, 46, 22
_STORED, _DEFLATED = 0, 8
_SIZES_BEHIND, _ENCRYPTED = 0x8, 0x1  # flags: the sizes stand behind the packed bytes; locked
_WIDE_EXTRA = 1  # the extra field of sizes of more than 32 bits
_MOST_COUNT, _MOST = 0xFFFF, 0xFFFFFFFF  # these say that the true number stands elsewhere (zip64)


class SpliceError(Exception):
    """The zip is laid out in a way that is not taken apart here."""


class _Entry(NamedTuple):
    """One record of the directory: where it lies, where its file begins, and how the file is packed."""

    at: int
    end: int
    start: int
    flags: int
    method: int


def splice(data: bytes, contents: Mapping[int, bytes]) -> bytes:
    """The zip with new contents for the files at some places of its directory.

    Raises:
        SpliceError: it is zip64, locked, damaged, or packed in a way of its own.
    """
    try:
        return _splice(data, contents)
    except (struct.error, IndexError) as error:
        raise SpliceError(str(error)) from None


def _splice(data: bytes, contents: Mapping[int, bytes]) -> bytes:
    at = data.rfind(_END)
    if at < 0 or at + _END_SIZE + struct.unpack_from("<H", data, at + 20)[0] != len(data):
        raise SpliceError("no end")
    count, size, first = struct.unpack_from("<HLL", data, at + 10)
    if count == _MOST_COUNT or _MOST in (size, first) or first + size != at:
        raise SpliceError("zip64, or bytes in front of the archive")
    entries = _directory(data, first, count)
    starts = sorted({entry.start for entry in entries})
    if len(starts) < len(entries) or (starts and starts[-1] >= first):
        raise SpliceError("entries share their bytes")
    ends = dict(zip(starts, [*starts[1:], first], strict=True))
    places = sorted(range(len(entries)), key=lambda place: entries[place].start)
    packed: list[bytes] = [data[: starts[0]] if starts else b""]
    moved: dict[int, int] = {}
    told: dict[int, tuple[int, int, int]] = {}
    length = len(packed[0])
    for place in places:
        entry = entries[place]
        if place in contents:
            raw, told[place] = _packed(data, entry, contents[place])
        else:
            raw = data[entry.start : ends[entry.start]]
        moved[place] = length
        packed.append(raw)
        length += len(raw)
    directory = b"".join(_record(data, entries[n], moved[n], told.get(n)) for n in range(len(entries)))
    end = bytearray(data[at:])
    struct.pack_into("<LL", end, 12, len(directory), length)
    return b"".join([*packed, directory, bytes(end)])


def _directory(data: bytes, at: int, count: int) -> list[_Entry]:
    entries = []
    for _ in range(count):
        if not data.startswith(_CENTRAL, at):
            raise SpliceError("no directory")
        flags, method = struct.unpack_from("<HH", data, at + 8)
        lengths, start = struct.unpack_from("<HHH", data, at + 28), struct.unpack_from("<L", data, at + 42)[0]
        end = at + _CENTRAL_SIZE + sum(lengths)
        if start == _MOST or not data.startswith(_LOCAL, start):
            raise SpliceError("zip64")
        entries.append(_Entry(at, end, start, flags, method))
        at = end
    return entries


def _packed(data: bytes, entry: _Entry, content: bytes) -> tuple[bytes, tuple[int, int, int]]:
    """The local header and the packed bytes of a new content, with its checksum and its sizes, packed and not."""
    if entry.flags & _ENCRYPTED or entry.method not in (_STORED, _DEFLATED):
        raise SpliceError("locked, or an odd way of packing")
    raw = content
    if entry.method == _DEFLATED:
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        raw = packer.compress(content) + packer.flush()
    sizes = (zlib.crc32(content), len(raw), len(content))
    name, extra = struct.unpack_from("<HH", data, entry.start + 26)
    behind = entry.start + _LOCAL_SIZE + name
    kept = _without_wide(data[behind : behind + extra])
    header = bytearray(data[entry.start : behind])
    struct.pack_into("<H", header, 6, entry.flags & ~_SIZES_BEHIND)
    struct.pack_into("<LLLHH", header, 14, *sizes, name, len(kept))
    return bytes(header) + kept + raw, sizes


def _record(data: bytes, entry: _Entry, start: int, sizes: tuple[int, int, int] | None) -> bytes:
    """The record of the directory for a file that begins elsewhere now, and perhaps has another content."""
    record = bytearray(data[entry.at : entry.end])
    struct.pack_into("<L", record, 42, start)
    if sizes is None:
        return bytes(record)
    name, extra = struct.unpack_from("<HH", record, 28)
    behind = _CENTRAL_SIZE + name
    kept = _without_wide(bytes(record[behind : behind + extra]))
    struct.pack_into("<H", record, 8, entry.flags & ~_SIZES_BEHIND)
    struct.pack_into("<LLLHH", record, 16, *sizes, name, len(kept))
    return bytes(record[:behind]) + kept + bytes(record[behind + extra :])


def _without_wide(extra: bytes) -> bytes:
    """Extra fields without the one that holds sizes of more than 32 bits."""
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind != _WIDE_EXTRA:
            kept += extra[at : at + 4 + size]
        at += 4 + size
    return kept + extra[at:]
