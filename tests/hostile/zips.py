"""Hostile zip containers: what is wrong lies around the parts of the workbook, not in them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from tests.hostile.case import READS, RELATIONS, SHEET, STRINGS, STYLES, WORKBOOK, Corpus, changed, good, pack, parts, plain

corpus = Corpus()
MEGABYTE = 1024 * 1024


@corpus.add("炸弹-工作表300MB空格.xlsx", "F104")
def bomb_in_the_sheet() -> bytes:
    xml = parts()[SHEET]
    return changed(sheet=xml.replace(b"<sheetData>", b" " * (320 * MEGABYTE) + b"<sheetData>"))


@corpus.add("炸弹-图片部件.xlsx", "F104")
def bomb_in_a_picture() -> bytes:
    return pack(parts() | {"xl/media/image1.png": bytes(320 * MEGABYTE)})


@corpus.add("炸弹-许多部件.xlsx", "F104")
def bomb_of_many_parts() -> bytes:
    return pack(parts() | {f"xl/media/image{n}.png": bytes(4 * MEGABYTE) for n in range(80)})


@corpus.add("接近上限-100MB空格.xlsx", READS)
def below_the_limit() -> bytes:
    xml = parts()[SHEET]
    return changed(sheet=xml.replace(b"<sheetData>", b" " * (100 * MEGABYTE) + b"<sheetData>"))


def raw_zip(entries: list[tuple[str, bytes, dict[str, int]]]) -> bytes:
    """A zip written by hand: every entry may lie about anything (`local_` keys lie in the local header only)."""
    body, directory = bytearray(), bytearray()
    for name, data, lies in entries:
        raw = name.encode()
        method = lies.get("method", 8)
        packed = b"" if "offset" in lies else zlib.compress(data, 9)[2:-4] if method == 8 else data
        crc, size = lies.get("crc", zlib.crc32(data)), lies.get("size", len(data))
        flags = lies.get("flags", 0)
        offset = lies.get("offset", len(body))
        if "offset" not in lies:
            body += struct.pack(
                "<4s5H3L2H", b"PK\3\4", 20, flags, lies.get("local_method", method), 0, 33, crc,
                lies.get("local_packed", len(packed)), lies.get("local_size", size), len(raw), 0,
            ) + raw + packed  # fmt: skip
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 20, 20, flags, method, 0, 33, crc, lies.get("packed", len(packed)), size,
            len(raw), 0, 0, 0, 0, 0, offset,
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


@corpus.add("目录谎报-炸弹.xlsx", "F101")
def bomb_that_lies() -> bytes:
    content = parts()
    bomb = content[SHEET].replace(b"<sheetData>", b" " * (400 * MEGABYTE) + b"<sheetData>")
    return raw_zip([(n, bomb if n == SHEET else d, {"size": len(d)} if n == SHEET else {}) for n, d in content.items()])


@corpus.add("目录谎报-共享字符串炸弹.xlsx", "F101")
def bomb_of_strings_that_lies() -> bytes:
    content = parts()
    return raw_zip(
        [(n, d + b" " * (400 * MEGABYTE) if n == STRINGS else d, {"size": len(d)} if n == STRINGS else {}) for n, d in content.items()]
    )


@corpus.add("重叠条目.xlsx", "F104")
def overlapping_entries() -> bytes:
    """Many names for one kernel of data: a few kilobytes that unpack to gigabytes (after Fifield)."""
    content = parts()
    kernel = bytes(8 * MEGABYTE)
    entries: list[tuple[str, bytes, dict[str, int]]] = [(n, d, {}) for n, d in content.items()]
    entries.append(("xl/media/image0.png", kernel, {}))
    start = len(raw_zip(entries[:-1])) - sum(46 + len(n) for n in content) - 22
    packed = len(zlib.compress(kernel, 9)) - 6
    entries += [(f"xl/media/image{n}.png", kernel, {"offset": start, "packed": packed, "crc": 0}) for n in range(1, 300)]
    return raw_zip(entries)


@corpus.add("七万个条目.xlsx", READS)
def many_entries() -> bytes:
    return pack(parts() | {f"x/{n}": b"" for n in range(70_000)}, zipfile.ZIP_STORED)


@corpus.add("同名部件.xlsx", "F101")
def workbook_twice() -> bytes:
    content = parts()
    other = content[SHEET].replace(b"<v>4</v>", b"<v>1</v>")
    entries: list[tuple[str, bytes, dict[str, int]]] = [(n, d, {}) for n, d in content.items()]
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
corpus.put("目录为空.xlsx", "F107", lambda: plain()[:-22] + end_record(0, 0, 0))
corpus.put("只有结尾记录.xlsx", "F107", lambda: end_record(0, 0, 0))


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


def inside(outer: Mapping[str, bytes]) -> bytes:
    """A zip of other files."""
    return pack(outer)


corpus.put("缺workbook.xlsx", "F101", lambda: without(WORKBOOK))
corpus.put("缺关系.xlsx", "F101", lambda: without(RELATIONS))
corpus.put("缺工作表.xlsx", "F101", lambda: without(SHEET))
corpus.put("缺样式.xlsx", READS, lambda: without(STYLES))
corpus.put("缺共享字符串.xlsx", "F101", lambda: without(STRINGS))
corpus.put("缺内容类型.xlsx", READS, lambda: without("[Content_Types].xml"))
corpus.put("压缩包改名.xlsx", "F107", lambda: inside({"a.xlsx": plain(), "b.xlsx": plain()}))
