"""Zip archives as they arrive: with names in GBK, locked with the old zip encryption, or with a directory that lies."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence


class _Entry(zipfile.ZipInfo):
    """An entry whose name is written in an encoding of its own, without the flag that says UTF-8."""

    raw: bytes = b""

    def _encodeFilenameFlags(self):  # noqa: N802  the one place where zipfile decides on the bytes of a name
        return self.raw, self.flag_bits & ~0x800


def zipped(files: Mapping[str, bytes] | Sequence[tuple[str, bytes]], encoding: str | None = None) -> bytes:
    """An archive of some files; with an encoding, names are written in it and nothing says so."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items() if isinstance(files, Mapping) else files:
            entry = _Entry(name) if encoding else zipfile.ZipInfo(name)
            if isinstance(entry, _Entry):
                entry.raw = name.encode(encoding)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return stream.getvalue()


def locked(name: str, content: bytes, password: bytes) -> bytes:
    """An archive with one stored file, encrypted with the traditional PKWARE encryption (APPNOTE.TXT, section 6.1)."""
    data = zipped({name: content})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        crc = archive.infolist()[0].CRC
    secret = _encrypted(bytes(11) + bytes([crc >> 24]) + content, password)
    stream = io.BytesIO()
    entry = zipfile.ZipInfo(name)
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(entry, secret)
    raw = bytearray(stream.getvalue())
    start = raw.index(b"PK\x01\x02")
    for flags, crc_at, size_at in ((6, 14, 22), (start + 8, start + 16, start + 24)):
        raw[flags] |= 1
        raw[crc_at : crc_at + 4] = crc.to_bytes(4, "little")
        raw[size_at : size_at + 4] = len(content).to_bytes(4, "little")
    return bytes(raw)


def _encrypted(content: bytes, password: bytes) -> bytes:
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte: int) -> None:
        keys[0] = _crc(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = _crc(keys[2], keys[1] >> 24)

    for byte in password:
        update(byte)
    out = bytearray()
    for byte in content:
        temporary = (keys[2] | 2) & 0xFFFF
        out.append(byte ^ ((temporary * (temporary ^ 1)) >> 8 & 0xFF))
        update(byte)
    return bytes(out)


def _crc(value: int, byte: int) -> int:
    return zlib.crc32(bytes([byte]), value ^ 0xFFFFFFFF) ^ 0xFFFFFFFF
