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
# No password, no patch: how hard it was packed, that sizes stand behind the data, that the name is UTF-8.
_USUAL_FLAGS = 0b110 | 0b1000 | _UTF8
_SMALL = MEGABYTE  # packed bytes
_LOCAL_HEADER = struct.Struct("<4s2xH18xHH")  # signature, flags, lengths of the name and of what follows it
_CENTRAL_SIZE, _LOCAL_SIZE, _END_SIZE = 46, 30, 22


class DirectoryTooLargeError(Exception):
    """The directory of a zip is so large that it is not even read; `size` is in bytes."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size


class Zip(zipfile.ZipFile):
    """A zip file whose entries take no more memory than their size: only those stored or deflated are opened.

    `data` are its bytes, where it is held in memory.
    """

    data = b""

    def open(self, name: str | zipfile.ZipInfo, *arguments: Any, **options: Any) -> IO[bytes]:
        """Open an entry.

        Raises:
            NotImplementedError: it is packed in another way.
        """
        info = name if isinstance(name, zipfile.ZipInfo) else self.getinfo(name)
        if info.compress_type not in METHODS:
            raise NotImplementedError(f"compression method {info.compress_type}")
        return super().open(info, *arguments, **options)

    def small(self, info: zipfile.ZipInfo) -> bytes | None:
        """A small entry of an archive in memory, at a third of the cost; None for any that is not as programs write it."""
        data, at = self.data, info.header_offset
        usual = info.compress_type == zipfile.ZIP_DEFLATED and not info.flag_bits & ~_USUAL_FLAGS
        if not usual or info.compress_size > _SMALL or not 0 <= at <= len(data) - _LOCAL_SIZE:
            return None
        signature, flags, named, extra = _LOCAL_HEADER.unpack_from(data, at)
        name = at + _LOCAL_SIZE
        start = name + named + extra
        if signature != _LOCAL or data[name : name + named] != info.orig_filename.encode(
            "utf-8" if flags & _UTF8 else "cp437", "replace"
        ):
            return None
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = stream.decompress(data[start : start + info.compress_size], info.file_size + 1)
        except zlib.error:
            return None
        whole = stream.eof and len(content) == info.file_size and zlib.crc32(content) == info.CRC
        return content if whole else None


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
            return _in_memory(data)
        except UnicodeDecodeError:
            return _in_memory(_without_false_flags(data))
    try:
        return _opened(_Guarded(data))
    except UnicodeDecodeError:
        return _opened(_Guarded(_without_false_flags(data)))


def _in_memory(data: bytes) -> Zip:
    archive = Zip(io.BytesIO(data))
    archive.data = data
    return archive


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
