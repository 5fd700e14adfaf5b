"""Small writers of the binary kinds that no program here writes: xlsb, and xls with a password or another date system.

After [MS-XLSB], [MS-XLS], [MS-CFB] and [MS-OFFCRYPTO]; only what a reader needs.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from tests.support.renderings import Sheet, text_of

# ---------------------------------------------------------------------------------------------------------- xlsb


def as_xlsb(sheets: Sequence[Sheet], *, date_1904: bool = False) -> bytes:
    """An xlsb: numbers as RK or real, texts as shared or inline strings by turns."""
    shared: dict[str, int] = {}
    parts = {f"xl/worksheets/sheet{n}.bin": _xlsb_sheet(sheet, shared) for n, sheet in enumerate(sheets, 1)}
    book = _record(131) + _record(153, struct.pack("<III", int(date_1904), 0, 0)) + _record(143)
    for n, sheet in enumerate(sheets, 1):
        book += _record(156, struct.pack("<II", 0, n) + _wide(f"rId{n}") + _wide(sheet.name))
    strings = b"".join(_record(19, b"\0" + _wide(text)) for text in shared)
    parts["xl/workbook.bin"] = book + _record(144) + _record(132)
    parts["xl/sharedStrings.bin"] = (
        _record(159, struct.pack("<II", len(shared), len(shared))) + strings + _record(160)
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = [("worksheet", f"worksheets/sheet{n}.bin") for n in range(1, len(sheets) + 1)]
    relations.append(("sharedStrings", "sharedStrings.bin"))
    parts["xl/_rels/workbook.bin.rels"] = _relations(office, relations)
    parts["_rels/.rels"] = _relations(office, [("officeDocument", "xl/workbook.bin")])
    parts["[Content_Types].xml"] = (
        b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        b'<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
        b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def _relations(office: str, relations: Sequence[tuple[str, str]]) -> bytes:
    inner = "".join(
        f'<Relationship Id="rId{n}" Type="{office}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(relations, 1)
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<?xml version="1.0"?><Relationships xmlns="{space}">{inner}</Relationships>'.encode()


def _record(kind: int, content: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = len(content)
    while True:
        head += bytes([length & 0x7F | (0x80 if length > 127 else 0)])
        length >>= 7
        if not length:
            return head + content


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")


def _xlsb_sheet(sheet: Sheet, shared: dict[str, int]) -> bytes:
    width = max((len(row) for row in sheet.rows), default=1)
    data = _record(129) + _record(148, struct.pack("<IIII", 0, max(len(sheet.rows) - 1, 0), 0, width - 1))
    data += _record(145)
    for r, row in enumerate(sheet.rows):
        if any(value is not None for value in row):
            data += _record(0, struct.pack("<IIHHBI", r, 0, 300, 0, 0, 0))
        for c, value in enumerate(row):
            cell = struct.pack("<II", c, 0)
            if value is None:
                continue
            if isinstance(value, bool):
                data += _record(4, cell + bytes([value]))
            elif isinstance(value, (int, float)) and value == int(value):
                data += _record(2, cell + struct.pack("<i", int(value) << 2 | 2))
            elif isinstance(value, (int, float)):
                data += _record(5, cell + struct.pack("<d", value))
            elif (r + c) % 2:
                data += _record(6, cell + _wide(text_of(value)))
            else:
                number = shared.setdefault(text_of(value), len(shared))
                data += _record(7, cell + struct.pack("<I", number))
    data += _record(146)
    if sheet.merges:
        data += _record(177, struct.pack("<I", len(sheet.merges)))
        for top, left, bottom, right in sheet.merges:
            data += _record(176, struct.pack("<IIII", top, bottom, left, right))
        data += _record(178)
    return data + _record(130)


# ---------------------------------------------------------------------------------------------------------- xls


def as_xls(sheet: Sheet, *, date_1904: bool = False, password: str | None = None) -> bytes:
    """An xls with one worksheet; with a password it is encrypted as Excel 97 does (RC4)."""
    records = list(_xls_records(sheet, date_1904))
    if password is not None:
        salt = bytes(range(16))
        records.insert(1, (0x2F, struct.pack("<HHH", 1, 1, 1) + salt + _verifier(password, salt)))
    stream, at = bytearray(), 0
    starts = [n for n, (kind, _) in enumerate(records) if kind == 0x809]
    offset = sum(4 + len(content) for _, content in records[: starts[1]])
    for kind, content in records:
        stream += struct.pack("<HH", kind, len(content))
        stream += struct.pack("<I", offset) + content[4:] if kind == 0x85 else content
    if password is not None:
        clear = bytes(stream)
        stream = bytearray(_rc4_blocks(password, salt, clear))
        while at < len(clear):  # what stays in clear: the heads of all records, and where each sheet begins
            kind, length = struct.unpack_from("<HH", clear, at)
            stays = 4 + (length if kind in (0x809, 0x2F) else 4 if kind == 0x85 else 0)
            stream[at : at + stays] = clear[at : at + stays]
            at += 4 + length
    return compound({"Workbook": bytes(stream)})


def _xls_records(sheet: Sheet, date_1904: bool) -> Iterator[tuple[int, bytes]]:
    yield 0x809, struct.pack("<HHHHII", 0x600, 5, 0x0DBB, 0x07CC, 0, 6)
    yield 0x42, struct.pack("<H", 1200)
    yield 0x22, struct.pack("<H", date_1904)
    name = sheet.name.encode("utf-16-le")
    yield 0x85, struct.pack("<IBBBB", 0, 0, 0, len(name) // 2, 1) + name
    yield 0x0A, b""
    yield 0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x0DBB, 0x07CC, 0, 6)
    width = max((len(row) for row in sheet.rows), default=0)
    yield 0x200, struct.pack("<IIHHH", 0, len(sheet.rows), 0, width, 0)
    for r, row in enumerate(sheet.rows):
        for c, value in enumerate(row):
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                yield 0x203, struct.pack("<HHHd", r, c, 0, value)
            elif value is not None:
                text = text_of(value).encode("utf-16-le")
                yield 0x204, struct.pack("<HHHHB", r, c, 0, len(text) // 2, 1) + text
    if sheet.merges:
        areas = b"".join(struct.pack("<HHHH", t, b, left, right) for t, left, b, right in sheet.merges)
        yield 0xE5, struct.pack("<H", len(sheet.merges)) + areas
    yield 0x0A, b""


def _key(password: str, salt: bytes, block: int) -> bytes:
    first = hashlib.md5(password.encode("utf-16-le")).digest()[:5]
    second = hashlib.md5((first + salt) * 16).digest()[:5]
    return hashlib.md5(second + struct.pack("<I", block)).digest()


def _rc4(key: bytes) -> Iterator[int]:
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    i = j = 0
    while True:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        yield box[(box[i] + box[j]) % 256]


def _verifier(password: str, salt: bytes) -> bytes:
    verifier = bytes(range(100, 116))
    stream = _rc4(_key(password, salt, 0))
    return bytes(a ^ b for a, b in zip(verifier + hashlib.md5(verifier).digest(), stream, strict=False))


def _rc4_blocks(password: str, salt: bytes, clear: bytes) -> bytes:
    return b"".join(
        bytes(a ^ b for a, b in zip(clear[n : n + 1024], _rc4(_key(password, salt, n // 1024)), strict=False))
        for n in range(0, len(clear), 1024)
    )


# ---------------------------------------------------------------------------------------------------------- OLE

_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(streams: dict[str, bytes]) -> bytes:
    """An OLE container; streams are padded to 4096 bytes at least, so that no small sectors are needed."""
    bodies = {name: content.ljust(4096, b"\0") for name, content in streams.items()}
    lengths = {name: -(-len(content) // 512) for name, content in bodies.items()}
    entries = 1 + len(bodies)
    directory = -(-entries // 4)
    fats = 1
    while fats * 128 < fats + directory + sum(lengths.values()):
        fats += 1
    table: list[int] = [_FAT] * fats + [*range(fats + 1, fats + directory), _END]
    starts = {}
    for name, length in lengths.items():
        starts[name] = len(table)
        table += [*range(len(table) + 1, len(table) + length), _END]
    table += [_FREE] * (fats * 128 - len(table))
    head = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16)
    head += struct.pack(
        "<HHHHHHIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, fats, fats, 0, 4096, _END, 0, _END, 0
    )
    head += struct.pack("<109I", *range(fats), *[_FREE] * (109 - fats))
    names = list(bodies)
    folders = _entry("Root Entry", 5, 1 if names else _FREE, _END, 0)
    for n, name in enumerate(names, 1):
        right = n + 1 if n < len(names) else _FREE
        folders += _entry(name, 2, _FREE, starts[name], len(bodies[name]), right)
    folders = folders.ljust(directory * 512, b"\0")
    rest = b"".join(content.ljust(lengths[name] * 512, b"\0") for name, content in bodies.items())
    return head + struct.pack(f"<{len(table)}I", *table) + folders + rest


def _entry(name: str, kind: int, child: int, start: int, size: int, right: Any = _FREE) -> bytes:
    wide = (name + "\0").encode("utf-16-le")
    head = wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide), kind, 1, _FREE, right, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)
