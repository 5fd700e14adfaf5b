"""Zip files opened with care: no directory without end, no packing that takes any memory it likes, no name that stops the rest.

The standard library reads the whole directory before it tells anything of it, unpacks bzip2 and LZMA without a bound, and
gives up an archive for one name that is no UTF-8 though it says so.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

from huitoukan.intake.bounds import MEGABYTE

LARGEST_DIRECTORY = 4 * MEGABYTE  # bytes: 90,000 entries at most, which take 70 MB and half a second
# What programs use, unless they are told otherwise.
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_UTF8 = 0x800  # the flag of an entry whose name is UTF-8
_CENTRAL, _LOCAL, _END = b"PK\1\2", b"PK\3\4", b"PK\5\6"
_CENTRAL_SIZE, _LOCAL_SIZE, _END_SIZE = 46, 30, 22


class DirectoryTooLargeError(Exception):
    """The directory of a zip is so large that it is not even read; `size` is in bytes."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size


class Zip(zipfile.ZipFile):
    """A zip file whose entries take no more memory than their size: only those stored or deflated are opened."""

    def open(self, name: str | zipfile.ZipInfo, *arguments: Any, **options: Any) -> IO[bytes]:
        """Open an entry.

        Raises:
            NotImplementedError: it is packed in another way.
        """
        info = name if isinstance(name, zipfile.ZipInfo) else self.getinfo(name)
        if info.compress_type not in METHODS:
            raise NotImplementedError(f"compression method {info.compress_type}")
        return super().open(info, *arguments, **options)


class _Guarded(io.BytesIO):
    """Bytes that refuse to be read as a directory without end."""

    opening = True

    def read(self, size: int | None = -1, /) -> bytes:
        if self.opening and size is not None and size > LARGEST_DIRECTORY:
            raise DirectoryTooLargeError(size)
        return super().read(size)


class _GuardedFile(io.BufferedReader):
    """The same for a file on disk, which is closed with its archive."""

    opening = True

    def read(self, size: int | None = -1, /) -> bytes:
        if self.opening and size is not None and size > LARGEST_DIRECTORY:
            raise DirectoryTooLargeError(size)
        return super().read(size)

    def __del__(self) -> None:
        self.close()


def open_zip(data: bytes) -> Zip:
    """Open a zip that is held in memory.

    Raises:
        DirectoryTooLargeError: its directory is larger than any honest one.
        zipfile.BadZipFile, …: it is damaged (`kinds.BROKEN_ZIP`).
    """
    if len(data) <= LARGEST_DIRECTORY:  # then its directory is no larger either
        try:
            return Zip(io.BytesIO(data))
        except UnicodeDecodeError:
            return Zip(io.BytesIO(_without_false_flags(data)))
    try:
        return _opened(_Guarded(data))
    except UnicodeDecodeError:
        return _opened(_Guarded(_without_false_flags(data)))


def open_zip_on_disk(location: Path) -> Zip:
    """Open a zip that stays on disk; it raises what `open_zip` does, or an OSError."""
    return _opened(_GuardedFile(io.FileIO(location)))


def _opened(stream: _Guarded | _GuardedFile) -> Zip:
    archive = Zip(stream)
    stream.opening = False
    return archive


def beginning(data: bytes, entry: zipfile.ZipInfo, size: int) -> bytes:
    """The first bytes of an entry, as cheaply as can be; nothing where it is not there, or oddly packed."""
    at = entry.header_offset
    there = 0 <= at <= len(data) - _LOCAL_SIZE and data.startswith(_LOCAL, at)
    if not there or entry.compress_type not in METHODS:
        return b""
    start = at + _LOCAL_SIZE + sum(struct.unpack_from("<HH", data, at + 26))
    raw = data[start : start + size]
    if entry.compress_type == zipfile.ZIP_STORED:
        return raw
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(raw, size)
    except zlib.error:
        return b""


def _without_false_flags(data: bytes) -> bytes:
    """The zip, but no entry says that its name is UTF-8 when it is not: then it is read like one that says nothing."""
    end = data.rfind(_END)
    if end < 0 or end + _END_SIZE > len(data):
        return data
    size, start = struct.unpack_from("<LL", data, end + 12)
    at = end - size
    before = at - start  # bytes in front of the archive
    changed = bytearray(data)
    while at >= 0 and data.startswith(_CENTRAL, at) and at + _CENTRAL_SIZE <= end:
        flags = struct.unpack_from("<H", data, at + 8)[0]
        lengths = struct.unpack_from("<HHH", data, at + 28)
        local = struct.unpack_from("<L", data, at + 42)[0] + before
        name = data[at + _CENTRAL_SIZE : at + _CENTRAL_SIZE + lengths[0]]
        if flags & _UTF8 and not _is_utf8(name):
            struct.pack_into("<H", changed, at + 8, flags & ~_UTF8)
            if 0 <= local <= len(data) - _LOCAL_SIZE and data.startswith(_LOCAL, local):
                flags = struct.unpack_from("<H", data, local + 6)[0]
                struct.pack_into("<H", changed, local + 6, flags & ~_UTF8)
        at += _CENTRAL_SIZE + sum(lengths)
    return bytes(changed)


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
