"""Hostile zip archives of files: what is wrong with one of their files costs the others nothing, nor those of other archives."""

from __future__ import annotations

import bz2
import lzma
import stat
import struct
import zipfile
import zlib
from functools import cache

from tests.hostile import sheets
from tests.hostile.case import READS, SHEET, STRINGS, Corpus, good, pack, parts
from tests.hostile.zips import MEGABYTE, Bomb, Entry, bomb, end_record, raw_zip
from tests.support.mails import Attachment, mail

corpus = Corpus()
MANY = 1990


@cache
def forms() -> dict[str, bytes]:
    """The good forms that lie in hostile containers, by name."""
    return {f"好{n}.xlsx": good(400 + n) for n in (1, 2)}


BESIDE = dict.fromkeys(("好1.xlsx", "好2.xlsx"), READS)


def beside(*entries: Entry) -> bytes:
    """An archive of these entries between two good forms."""
    one, two = ((name, data, {}) for name, data in forms().items())
    return raw_zip([one, *entries, two])


def put(name: str, expect: str, inside: dict[str, str], *entries: Entry) -> None:
    """Enter an archive of entries, which are cheap to make, between two good forms."""
    corpus.put(name, expect, lambda: beside(*entries), inside=BESIDE | inside)


def hostile(name: str) -> bytes:
    """A hostile workbook of the others."""
    return next(case for case in sheets.corpus.cases if case.name == name).build()


# ------------------------------------------------------------------------------------------------- archives in archives


def nested(depth: int, width: int, name: str = "{n}.zip") -> bytes:
    """Archives in archives, `depth` times, each of which holds `width` of them."""
    data = pack({"底.txt": b"x"})
    for _ in range(depth):
        data = pack({name.format(n=n): data for n in range(width)})
    return data


NESTED = {f"{a}.zip": READS for a in range(5)}
NESTED |= {f"{a}.zip/{b}.zip": READS for a in range(5) for b in range(5)}
NESTED |= {f"{a}.zip/{b}.zip/{c}.zip": "F111" for a in range(5) for b in range(5) for c in range(5)}
corpus.put("包-42.zip", READS, lambda: nested(6, 5), inside=NESTED)
ITSELF = {"r.zip": READS, "r.zip/r.zip": READS, "r.zip/r.zip/r.zip": "F111"}
corpus.put("包-里面总是自己.zip", READS, lambda: nested(200, 1, "r.zip"), inside=ITSELF)


@corpus.add(
    "包-分装的炸弹.zip", READS, inside=BESIDE | {f"{n}/内.zip": "F111" if n > 1 else READS for n in range(4)}
    | {f"{n}/内.zip/{m}.bin": "F101" for n in range(2) for m in range(12)},
)  # fmt: skip
def bombs_apart() -> bytes:
    """Every archive inside is within the limit, all of them together are not; the sizes are those that they tell."""
    inner = raw_zip([(f"{m}.bin", b"", {"size": 40 * MEGABYTE}) for m in range(12)])
    return beside(*((f"{n}/内.zip", inner, {}) for n in range(4)))


@corpus.add("包-邮件里的包.zip", READS, inside=BESIDE | {"信.eml": READS, "信.eml/表.xlsx": "F105"}
            | {f"信.eml/表.xlsx/{name}": READS for name in BESIDE})  # fmt: skip
def archive_in_a_mail() -> bytes:
    return beside(("信.eml", mail([Attachment("表.xlsx", beside())]), {}))


# ------------------------------------------------------------------------------------------------- lies


put("包-尺寸谎报小.zip", READS, {"甲.xlsx": "F101"}, ("甲.xlsx", good(1), {"size": 1}))
put("包-尺寸谎报大.zip", READS, {"甲.xlsx": "F101"}, ("甲.xlsx", good(1), {"size": 10 * MEGABYTE}))
put("包-尺寸60MB.zip", READS, {"甲.xlsx": "F104"}, ("甲.xlsx", good(1), {"size": 60 * MEGABYTE}))
corpus.put("包-尺寸4GB.zip", "F111", lambda: beside(("甲.xlsx", good(1), {"size": 0xFFFFFFF0})), inside={})
put("包-本地头谎报.zip", READS, {"甲.xlsx": READS},
    ("甲.xlsx", good(1), {"local_size": 1, "local_packed": 0xFFFFFFF0}))  # fmt: skip
put("包-压缩后4GB.zip", READS, {"甲.xlsx": READS}, ("甲.xlsx", good(1), {"packed": 0xFFFFFFF0}))
put("包-校验和.zip", READS, {"甲.xlsx": "F101"}, ("甲.xlsx", good(1), {"crc": 1}))
put("包-偏移量在文件外.zip", READS, {"甲.xlsx": "F101"}, ("甲.xlsx", good(1), {"offset": 0x7FFFFFFF}))
put("包-偏移量是别人的.zip", READS, {"甲.xlsx": "F101"}, ("甲.xlsx", good(1), {"offset": 0}))
put("包-本地方法不同.zip", READS, {"甲.xlsx": READS}, ("甲.xlsx", good(1), {"local_method": 99}))


@corpus.add("包-重叠.zip", READS, inside=BESIDE | {f"{n}.bin": "F101" if n else READS for n in range(20)})
def overlapping() -> bytes:
    """Many names for one kernel (after Fifield): only the name that stands before the kernel may have it."""
    kernel = bytes(8 * MEGABYTE)
    (first, data) = next(iter(forms().items()))
    start = len(raw_zip([(first, data, {})])) - 22 - 46 - len(first.encode())
    packed = len(zlib.compress(kernel, 9)) - 6
    lies = {"offset": start, "packed": packed, "crc": zlib.crc32(kernel)}
    return beside(("0.bin", kernel, {}), *((f"{n}.bin", kernel, lies) for n in range(1, 20)))


def central(name: bytes, count: int) -> bytes:
    """A directory of many empty entries of one name, and nothing else."""
    entry = (
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0, 0, 0, 0, 0, 0)
        + name
    )
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0) + name
    directory = entry * count
    return local + directory + end_record(count, len(directory), len(local))


corpus.put("包-一百万个条目.zip", "F111", lambda: central(b"a", 1_000_000), inside={})
corpus.put("条目-一百万个.xlsx", "F111", lambda: central(b"a", 1_000_000), inside={})
corpus.put("包-八万个条目.zip", "F111", lambda: central("好.xlsx".encode(), 70_000), inside={})
corpus.put(
    "包-条目数谎报.zip", READS, lambda: beside()[:-22] + end_record(0, *directory_of(beside())), inside=BESIDE
)


def directory_of(data: bytes) -> tuple[int, int]:
    """The size and the place of a directory."""
    return struct.unpack_from("<LL", data, len(data) - 10)  # type: ignore[return-value]


@corpus.add("包-目录偏移为负.zip", READS, inside=dict.fromkeys(BESIDE, "F101"))
def negative_offset() -> bytes:
    size, start = directory_of(beside())
    return beside()[:-22] + end_record(2, size, start + 1000)


@corpus.add("包-zip64.zip", READS, inside=BESIDE)
def zip64() -> bytes:
    """The same archive with an end record that leaves everything to the one of zip64."""
    data, (size, start) = beside(), directory_of(beside())
    return data[:-22] + zip64_end(len(data) - 22, 2, size, start)


def zip64_end(at: int, count: int, size: int, start: int) -> bytes:
    """The end records of zip64."""
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
    return record + struct.pack("<4sLQL", b"PK\6\7", 0, at, 1) + end_record(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)


corpus.put(
    "包-zip64谎报.zip",
    "F101",
    lambda: beside()[:-22] + zip64_end(len(beside()) - 22, 1 << 62, 1 << 60, 1 << 63),
    inside={},
)
corpus.put(
    "包-zip64目录6MB.zip",
    "F111",
    lambda: b"PK\3\4" + bytes(6 * MEGABYTE - 4) + zip64_end(6 * MEGABYTE, 1, 6 * MEGABYTE, 0),
    inside={},
)
corpus.put("包-前有垃圾.zip", READS, lambda: b"PK\3\4" + b"junk" * 999 + beside(), inside=BESIDE)
corpus.put("包-后有垃圾.zip", READS, lambda: beside() + bytes(999), inside=BESIDE)
corpus.put("包-截断.zip", "F101", lambda: beside()[:-30], inside={})
corpus.put("包-空.zip", "F113", lambda: end_record(0, 0, 0), inside={})


# ------------------------------------------------------------------------------------------------- names


UNSAFE = (
    "../上级.xlsx", "a/../../上级.xlsx", "/etc/passwd.xlsx", "C:\\Windows\\甲.xlsx", "c:甲.xlsx", "\\\\server\\share\\甲.xlsx", "..",
    "甲\0.xlsx", "甲\x1b[2J.xlsx", "甲\x9b2J.xlsx", "长" * 10_000 + ".xlsx", "甲\r\n乙.xlsx",
)  # fmt: skip
for n, unsafe in enumerate(UNSAFE):
    put(f"包-名称不安全{n}.zip", "F110", {}, (unsafe, good(1), {"flags": 0x800}))
put("包-名称不安全两千个.zip", "F110", {}, *((f"../{n}.xlsx", b"x", {}) for n in range(MANY)))
put("包-名称转向.zip", READS, {"甲xslx.exe": READS}, ("甲\u202exslx.exe", b"MZ", {"flags": 0x800}))
put("包-名称不是UTF-8.zip", READS, {"甲\ufffd\ufffd.xlsx": READS, "乙.xlsx": READS},
    ("甲".encode("gbk") + b"\xff\xfe.xlsx", good(1), {"flags": 0x800}),
    ("乙.xlsx".encode("gbk"), good(2), {"flags": 0x800}))  # fmt: skip
put("包-名称只差一点.zip", READS, {"a.XLSX": READS, "A.xlsx": READS, "a.xlsx.": "F105", "a.xlsx ": "F105"},
    *((name, good(1), {}) for name in ("a.XLSX", "A.xlsx", "a.xlsx.", "a.xlsx ")))  # fmt: skip
SAME = {"同.txt": READS} | {f"同({n}).txt": READS for n in range(2, MANY + 1)}
put("包-同名两千个.zip", READS, SAME, *[("同.txt", b"x", {})] * MANY)
put("包-设备名.zip", READS, {"CON.xlsx": READS, "aux/nul.xlsx": READS},
    ("CON.xlsx", good(1), {}), ("aux\\nul.xlsx", good(1), {}))  # fmt: skip
put("包-目录条目有内容.zip", READS, {}, ("甲.xlsx/", good(1), {}))


LINK = {"made": 3 << 8 | 20, "external": (stat.S_IFLNK | 0o777) << 16}
put("包-符号链接.zip", READS, {"甲.xlsx": "F107"}, ("甲.xlsx", b"/etc/passwd", LINK))


# ------------------------------------------------------------------------------------------------- packing


@cache
def packed_otherwise(method: int) -> bytes:
    """45 MB of blanks, packed in a way whose unpacking the standard library does not bound."""
    if method == zipfile.ZIP_BZIP2:
        return bz2.compress(b" " * (45 * MEGABYTE), 9)
    properties = bytes([0x5D]) + struct.pack("<L", 0xFFFFFFFF)  # a dictionary of 4 GB
    filters = [{"id": lzma.FILTER_LZMA1, "preset": 0}]
    return b"\x09\x04\x05\x00" + properties + lzma.compress(b" " * MEGABYTE, lzma.FORMAT_RAW, filters=filters)


for label, method in (("bzip2炸弹", zipfile.ZIP_BZIP2), ("LZMA字典4GB", zipfile.ZIP_LZMA)):
    corpus.put(
        f"包-{label}.zip",
        READS,
        lambda method=method: beside(  # type: ignore[misc]
            ("甲.csv", Bomb(45 * MEGABYTE, packed_otherwise(method)), {"method": method})
        ),
        inside=BESIDE | {"甲.csv": "F101"},
    )
    corpus.put(
        f"部件-{label}.xlsx",
        "F101",
        lambda method=method: raw_zip(  # type: ignore[misc]
            [
                *((n, d, {}) for n, d in parts().items() if n != STRINGS),
                (STRINGS, Bomb(45 * MEGABYTE, packed_otherwise(method)), {"method": method}),
            ]
        ),
    )
for method in (9, 12, 14, 20, 93, 95, 98, 99, 65535):
    put(f"包-压缩方法{method}.zip", READS, {"甲.xlsx": "F101"}, ("甲.xlsx", b"junk" * 99, {"method": method}))
put("包-加密零长度.zip", "F102", {}, ("甲.xlsx", b"", {"flags": 1, "method": 0}))
put("包-加密AES.zip", "F102", {}, ("甲.xlsx", bytes(99), {"flags": 1, "method": 99}))
corpus.put(
    "包-成员320MB.zip",
    READS,
    lambda: beside(("甲.csv", bomb(320), {"crc": 0})),
    inside=BESIDE | {"甲.csv": "F104"},
)
corpus.put(
    "包-成员40MB空格.zip",
    READS,
    lambda: beside(("甲.csv", b" " * (40 * MEGABYTE), {})),
    inside=BESIDE | {"甲.csv": READS},
)


# ------------------------------------------------------------------------------------------------- what lies in it


KILLERS = {
    "单元格-XFD1048576.xlsx": "F104",
    "单元格-ZZZ.xlsx": "F104",
    "实体-十亿笑-工作表.xlsx": "F101",
    "关系-悬空.xlsx": "F101",
}
corpus.put(
    "包-会害死进程的文件.zip",
    READS,
    lambda: beside(*((name, hostile(name), {}) for name in KILLERS)),
    inside=BESIDE | KILLERS,
)
ABORTS = next(case for case in sheets.corpus.cases if case.expect == "F109")
corpus.put(
    "包-害死进程的文件.zip",
    READS,
    lambda: beside(("县/害.xlsx", ABORTS.build(), {})),
    isolated=ABORTS.isolated,
    inside=BESIDE | {"县/害.xlsx": "F109"},
)
put("包-垃圾.zip", READS,
    {"垃圾.xlsx": "F101", "空.xlsx": "F103", "假.zip": "F101", "半.zip": "F101", "Thumbs.db": READS, "页.xls": "F107"},
    ("垃圾.xlsx", bytes(range(256)) * 9, {}), ("空.xlsx", b"", {}), ("假.zip", b"PK\3\4" + bytes(99), {}),
    ("半.zip", pack({SHEET: b"x" * 9})[:-5], {}), ("Thumbs.db", b"\0", {}), ("页.xls", b"%PDF-1.7", {}))  # fmt: skip
