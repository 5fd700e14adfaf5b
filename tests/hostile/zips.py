"""Hostile zip containers: what is wrong lies around the parts of the workbook, not in them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from tests.hostile.case import (
    READS,
    RELATIONS,
    SHEET,
    STRINGS,
    STYLES,
    WORKBOOK,
    Corpus,
    good,
    pack,
    parts,
    plain,
)

corpus = Corpus()
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Bomb:
    """Data that is mostly blanks, deflated without ever being written out: its size, and what takes its place in a zip."""

    size: int
    packed: bytes


def bomb(megabytes: int, before: bytes = b"", after: bytes = b"") -> Bomb:
    """So many megabytes of blanks between two texts."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = deflate.compress(before) + deflate.flush(zlib.Z_FULL_FLUSH)
    packed += (deflate.compress(b" " * MEGABYTE) + deflate.flush(zlib.Z_FULL_FLUSH)) * megabytes
    packed += deflate.compress(after) + deflate.flush()
    return Bomb(len(before) + megabytes * MEGABYTE + len(after), packed)


def with_bomb(name: str, found: Bomb, content: Mapping[str, bytes] | None = None, **lies: int) -> bytes:
    """A workbook with a part that is a bomb."""
    content = dict(content or parts())
    entries: list[Entry] = [(n, d, {}) for n, d in content.items() if n != name]
    return raw_zip([*entries, (name, found, {"crc": 0, "size": found.size} | lies)])


Entry = tuple["str | bytes", "bytes | Bomb", dict[str, int]]


def raw_zip(entries: list[Entry]) -> bytes:
    """A zip written by hand: every entry may lie about anything (`local_` keys lie in the local header only)."""
    body, directory = bytearray(), bytearray()
    for name, data, lies in entries:
        raw = name if isinstance(name, bytes) else name.encode()
        method = lies.get("method", 8)
        if isinstance(data, Bomb):
            packed, crc, size = data.packed, lies.get("crc", 0), data.size
        else:
            packed = b"" if "offset" in lies else zlib.compress(data, 9)[2:-4] if method == 8 else data
            crc, size = lies.get("crc", zlib.crc32(data) if "offset" not in lies else 0), len(data)
        size = lies.get("size", size)
        flags = lies.get("flags", 0)
        offset = lies.get("offset", len(body))
        if "offset" not in lies:
            body += struct.pack(
                "<4s5H3L2H", b"PK\3\4", 20, flags, lies.get("local_method", method), 0, 33, crc,
                lies.get("local_packed", len(packed)), lies.get("local_size", size), len(raw), 0,
            ) + raw + packed  # fmt: skip
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", lies.get("made", 20), 20, flags, method, 0, 33, crc, lies.get("packed", len(packed)), size,
            len(raw), 0, 0, 0, 0, lies.get("external", 0), offset,
        ) + raw  # fmt: skip
    return bytes(body + directory) + end_record(len(entries), len(directory), len(body))


def end_record(count: int, size: int, start: int) -> bytes:
    """The record that ends a zip."""
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, min(count, 65535), min(count, 65535), size, start, 0)


def lying(part: str, **lies: int) -> bytes:
    """The plainest form, with one part about which the zip lies."""
    return raw_zip([(name, data, lies if name == part else {}) for name, data in parts().items()])


corpus.put("目录谎报-尺寸为1.xlsx", "F101", lambda: lying(SHEET, size=1))
corpus.put("目录谎报-尺寸为4GB.xlsx", "F104", lambda: lying(SHEET, size=0xFFFFFFF0))
corpus.put("目录谎报-压缩后4GB.xlsx", READS, lambda: lying(SHEET, packed=0xFFFFFFF0))
corpus.put("目录谎报-校验和.xlsx", "F101", lambda: lying(SHEET, crc=1))
corpus.put("目录谎报-偏移量.xlsx", "F101", lambda: lying(SHEET, offset=0x7FFFFFFF))
corpus.put("目录谎报-偏移量在目录里.xlsx", "F101", lambda: lying(SHEET, offset=len(plain())))
corpus.put("条目加密标志.xlsx", "F102", lambda: lying(SHEET, flags=1))
corpus.put("未知压缩方法.xlsx", "F101", lambda: lying(SHEET, method=99))
corpus.put("样式表校验和错.xlsx", "F101", lambda: lying(STYLES, crc=1))


def padded_sheet(megabytes: int) -> Bomb:
    """The worksheet of the form behind blanks."""
    before, middle, after = parts()[SHEET].partition(b"<sheetData>")
    return bomb(megabytes, before, middle + after)


MEDIA = "xl/media/image1.png"
corpus.put("炸弹-工作表320MB空格.xlsx", "F104", lambda: with_bomb(SHEET, padded_sheet(320)))
corpus.put("炸弹-图片部件.xlsx", "F104", lambda: with_bomb(MEDIA, bomb(320)))
corpus.put(
    "炸弹-许多部件.xlsx",
    "F104",
    lambda: raw_zip(
        [*((n, d, {}) for n, d in parts().items()), *((f"xl/media/{n}.png", bomb(4), {}) for n in range(80))]
    ),
)
corpus.put(
    "目录谎报-炸弹.xlsx", "F101", lambda: with_bomb(SHEET, padded_sheet(400), size=len(parts()[SHEET]))
)
corpus.put(
    "目录谎报-共享字符串炸弹.xlsx",
    "F101",
    lambda: with_bomb(STRINGS, bomb(400, parts()[STRINGS]), size=len(parts()[STRINGS])),
)


@corpus.add("接近上限-100MB空格.xlsx", READS)
def below_the_limit() -> bytes:
    found = padded_sheet(100)
    crc = 0
    before, middle, after = parts()[SHEET].partition(b"<sheetData>")
    for part in (before, *[b" " * MEGABYTE] * 100, middle + after):
        crc = zlib.crc32(part, crc)
    return with_bomb(SHEET, found, crc=crc)


@corpus.add("重叠条目.xlsx", "F104")
def overlapping_entries() -> bytes:
    """Many names for one kernel of data: a few kilobytes that unpack to gigabytes (after Fifield)."""
    content = parts()
    kernel = bytes(8 * MEGABYTE)
    entries: list[Entry] = [(n, d, {}) for n, d in content.items()]
    entries.append(("xl/media/image0.png", kernel, {}))
    start = len(raw_zip(entries[:-1])) - sum(46 + len(n) for n in content) - 22
    packed = len(zlib.compress(kernel, 9)) - 6
    entries += [
        (f"xl/media/image{n}.png", kernel, {"offset": start, "packed": packed, "crc": 0})
        for n in range(1, 300)
    ]
    return raw_zip(entries)


@corpus.add("七万个条目.xlsx", READS)
def many_entries() -> bytes:
    return pack(parts() | {f"x/{n}": b"" for n in range(70_000)}, zipfile.ZIP_STORED)


@corpus.add("同名部件.xlsx", "F101")
def workbook_twice() -> bytes:
    content = parts()
    other = content[SHEET].replace(b"<v>4</v>", b"<v>1</v>")
    entries: list[Entry] = [(n, d, {}) for n, d in content.items()]
    return raw_zip([*entries, (SHEET, other, {}), (WORKBOOK, content[WORKBOOK], {})])


def renamed(target: str, name: str) -> bytes:
    """The plainest form with its worksheet under another name, as its relation says."""
    content = parts()
    content[RELATIONS] = content[RELATIONS].replace(b"/xl/worksheets/sheet1.xml", target.encode())
    assert target.encode() in content[RELATIONS]
    return pack({name if n == SHEET else n: d for n, d in content.items()})


corpus.put("部件名-上级目录.xlsx", "F101", lambda: renamed("../../../../etc/passwd", "../../etc/passwd"))
corpus.put("部件名-绝对路径.xlsx", "F101", lambda: renamed("/etc/passwd", "/etc/passwd"))
corpus.put("部件名-反斜杠.xlsx", "F101", lambda: pack({n.replace("/", "\\"): d for n, d in parts().items()}))
corpus.put("部件名-点斜杠.xlsx", "F101", lambda: renamed("./worksheets/../worksheets/sheet1.xml", SHEET))
corpus.put("前有垃圾.xlsx", "F101", lambda: b"junk" * 4096 + plain())
corpus.put("前有PK垃圾.xlsx", READS, lambda: b"PK\3\4" + b"junk" * 4096 + plain())
corpus.put("后有垃圾.xlsx", READS, lambda: plain() + b"\0" * 4096)
corpus.put("后有太多垃圾.xlsx", "F101", lambda: plain() + b"\0" * 200_000)
corpus.put("两个结尾记录.xlsx", READS, lambda: plain() + good(1))
corpus.put("结尾记录指向自己.xlsx", "F101", lambda: plain()[:-22] + end_record(9, 22, len(plain()) - 22))
corpus.put("目录大小4GB.xlsx", "F101", lambda: plain()[:-22] + end_record(9, 0xFFFFFFFF, 0xFFFFFFFF))
corpus.put("目录为空.xlsx", "F105,F113", lambda: plain()[:-22] + end_record(0, 0, 0))
corpus.put("只有结尾记录.xlsx", "F105,F113", lambda: end_record(0, 0, 0))


@corpus.add("zip64-谎报.xlsx", "F101")
def zip64_that_lies() -> bytes:
    data = plain()[:-22]
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1 << 40, 1 << 40, 1 << 60, 1 << 62)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(data), 1)
    return data + record + locator + end_record(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)


for quarter in (1, 2, 3):
    corpus.put(f"截断-{quarter}.xlsx", "F101", lambda quarter=quarter: plain()[: len(plain()) * quarter // 4])  # type: ignore[misc]
corpus.put("截断-最后一字节.xlsx", "F101", lambda: plain()[:-1])


def with_comment(size: int) -> bytes:
    """A zip with a comment of the greatest length, full of end records."""
    stream = io.BytesIO(plain())
    with zipfile.ZipFile(stream, "a") as archive:
        archive.comment = (b"PK\5\6" * size)[:65535]
    return stream.getvalue()


corpus.put("注释里满是结尾记录.xlsx", "F101", lambda: with_comment(20_000))


def without(*names: str) -> bytes:
    """The plainest form without some parts."""
    return pack({n: d for n, d in parts().items() if n not in names})


corpus.put("缺workbook.xlsx", "F101", lambda: without(WORKBOOK))
corpus.put("缺关系.xlsx", "F101", lambda: without(RELATIONS))
corpus.put("缺工作表.xlsx", "F101", lambda: without(SHEET))
corpus.put("缺样式.xlsx", READS, lambda: without(STYLES))
corpus.put("缺共享字符串.xlsx", "F101", lambda: without(STRINGS))
corpus.put("缺内容类型.xlsx", READS, lambda: without("[Content_Types].xml"))
