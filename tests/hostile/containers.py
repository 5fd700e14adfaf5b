"""Hostile compound files (OLE), OpenDocument files, and files that are not what their names say."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from functools import cache

from tests.conftest import DATA
from tests.hostile.case import READS, Corpus, good, pack, parts, plain
from tests.hostile.zips import bomb, with_bomb

corpus = Corpus()
MEGABYTE = 1024 * 1024
END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")


@cache
def xls() -> bytes:
    """A form that a spreadsheet program saved as .xls."""
    return (DATA / "inbox/clean/自评/祁县/祁县统计局评分表.xls").read_bytes()


@cache
def ods() -> bytes:
    """A form that a spreadsheet program saved as .ods."""
    return (DATA / "inbox/clean/自评/祁县/自评-祁县-来远镇.ods").read_bytes()


@cache
def book() -> bytes:
    """The workbook stream of the .xls: the longest of its streams."""
    from huitoukan.intake.ole import Container  # noqa: PLC0415

    container = Container(xls())
    return container.read(container.streams()["workbook"], len(xls()))


@dataclass
class Compound:
    """Writes a compound file: streams of the root by name, each at least as long as the small-stream cutoff."""

    streams: dict[str, bytes]
    shift: int = 9
    lies: dict[str, int] = field(default_factory=dict)

    def build(self) -> bytes:
        size = 1 << self.shift
        sectors: list[bytes] = []
        table: list[int] = []

        def chain(data: bytes) -> int:
            first, count = len(sectors), max(1, -(-len(data) // size))
            sectors.extend(data[n * size : (n + 1) * size].ljust(size, b"\0") for n in range(count))
            table.extend([*range(first + 1, first + count), END])
            return first

        entries = [self._entry("Root Entry", 5, END, 0, child=1)]
        names = sorted(self.streams)
        for n, name in enumerate(names, start=1):
            data = self.streams[name].ljust(4096, b"\0")
            right = n + 1 if n < len(names) else FREE
            entries.append(self._entry(name, 2, chain(data), len(data), right=right))
        directory = chain(b"".join(entries))
        table_sector = len(sectors)
        table.append(TABLE)
        count = -(-(len(table) * 4) // size)
        assert count == 1, "one table sector is enough for a test"
        sectors.append(b"".join(struct.pack("<I", n) for n in table).ljust(size, b"\xff"))
        lies = self.lies
        header = SIGNATURE + bytes(16) + struct.pack(
            "<HHHHH6xIIIIIIIIII", 0x3E, 4 if self.shift == 12 else 3, 0xFFFE, lies.get("shift", self.shift), 6, 0, 1,
            lies.get("directory", directory), 0, 4096, lies.get("mini", END), 0, lies.get("list", END),
            lies.get("lists", 0), lies.get("table", table_sector),
        ) + b"\xff" * (4 * 108)  # fmt: skip
        return header.ljust(size, b"\0") + b"".join(sectors)

    def _entry(
        self, name: str, kind: int, start: int, size: int, child: int = FREE, right: int = FREE
    ) -> bytes:
        raw = name.encode("utf-16-le")
        return struct.pack(
            "<64sHBBIII36xIQ", raw, len(raw) + 2, kind, 1, FREE, right, child,
            self.lies.get(f"start {name}", start), self.lies.get(f"size {name}", size),
        )  # fmt: skip


def compound(shift: int = 9, **lies: int) -> bytes:
    """The .xls form in a container of ours, which may lie."""
    return Compound(
        {"Workbook": book()}, shift, {name.replace("_", " "): n for name, n in lies.items()}
    ).build()


def patched(data: bytes, at: int, value: int, form: str = "<I") -> bytes:
    """The data with a number written into it."""
    raw = struct.pack(form, value)
    return data[:at] + raw + data[at + len(raw) :]


def looped(name: str) -> bytes:
    """A compound file with a chain of sectors that leads back to its beginning."""
    data = compound()
    table = 512 + 512 * struct.unpack_from("<I", data, 76)[0]
    if name == "directory":
        first = struct.unpack_from("<I", data, 48)[0]
        return patched(data, table + 4 * first, first)
    return patched(data, table + 4 * 3, 0)


corpus.put("ole-完好.xls", READS, compound)
corpus.put("ole-扇区4096.xls", "F101", lambda: compound(12))
corpus.put("ole-FAT循环.xls", "F101", lambda: looped("stream"))
corpus.put("ole-目录循环.xls", "F101", lambda: looped("directory"))
corpus.put(
    "ole-目录指向自己.xls",
    READS,
    lambda: patched(compound(), 512 + 512 * struct.unpack_from("<I", compound(), 48)[0] + 128 + 72, 1),
)
corpus.put("ole-DIFAT循环.xls", "F101", lambda: patched(compound(list=0, lists=1), 512 + 508, 0))
corpus.put("ole-扇区2的31次方.xls", "F101", lambda: patched(compound(), 30, 31, "<H"))
corpus.put("ole-扇区1字节.xls", "F101", lambda: patched(compound(), 30, 0, "<H"))
corpus.put("ole-目录在文件外.xls", "F101", lambda: compound(directory=0x7FFFFFFF))
corpus.put("ole-流长4GB.xls", "F101", lambda: compound(size_Workbook=0xFFFFFFFF))
corpus.put("ole-流长2的63次方.xls", "F101", lambda: compound(12, size_Workbook=1 << 62))
corpus.put("ole-流在文件外.xls", "F101", lambda: compound(start_Workbook=0x00FFFFFF))
corpus.put("ole-小流循环.xls", "F101", lambda: patched(xls(), 60, 0))
corpus.put("ole-仅文件头.xls", "F101", lambda: xls()[:512])
corpus.put("ole-仅签名.xls", "F101", lambda: SIGNATURE)
corpus.put("ole-流中截断.xls", "F101", lambda: xls()[: len(xls()) // 2])
corpus.put("ole-最后扇区截断.xls", "F101", lambda: compound()[:-600])
corpus.put("ole-全是FF.xls", "F101", lambda: SIGNATURE + b"\xff" * 8192)
corpus.put("ole-全是0.xls", "F101", lambda: SIGNATURE + bytes(8192))
corpus.put(
    "ole-加密垃圾.xlsx",
    "F102",
    lambda: Compound({"EncryptedPackage": b"\xaa" * 5000, "EncryptionInfo": b"\x04\0\x04\0" * 1100}).build(),
)
corpus.put(
    "ole-只提到加密.xls",
    READS,
    lambda: Compound({"Workbook": book() + "EncryptedPackage".encode("utf-16-le")}).build(),
)
corpus.put("ole-Word.xls", "F107", lambda: Compound({"WordDocument": bytes(5000)}).build())
corpus.put("ole-PowerPoint.xls", "F107", lambda: Compound({"PowerPoint Document": bytes(5000)}).build())
corpus.put(
    "ole-Word里提到Workbook.xls",
    "F107",
    lambda: Compound({"WordDocument": "Workbook".encode("utf-16-le") * 300}).build(),
)
corpus.put("ole-无名流.xls", "F101", lambda: Compound({"": bytes(5000), "Workbook": b""}).build())


def record(kind: int, data: bytes) -> bytes:
    """A BIFF record."""
    return struct.pack("<HH", kind, len(data)) + data


BOF = record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0x07CC, 0, 6))
END_OF_PART = record(0x0A, b"")


def biff(*records: bytes) -> bytes:
    """An .xls of which the workbook stream holds these records."""
    return Compound({"Workbook": BOF + b"".join(records)}).build()


def bound_sheet(offset: int, name: bytes = b"a") -> bytes:
    """The record that says where a worksheet begins."""
    return record(0x85, struct.pack("<IBBBB", offset, 0, 0, len(name), 0) + name)


corpus.put("biff-密码.xls", "F102", lambda: biff(record(0x2F, bytes(54)), END_OF_PART))
corpus.put("biff-密码记录太短.xls", "F102", lambda: biff(record(0x2F, b""), END_OF_PART))
corpus.put("biff-无内容.xls", "F106", lambda: biff(END_OF_PART))
corpus.put("biff-记录长度谎报.xls", "F101", lambda: biff(struct.pack("<HH", 0x85, 0xFFFF)))
corpus.put("biff-工作表在流外.xls", "F101", lambda: biff(bound_sheet(0x7FFFFFFF), END_OF_PART))
corpus.put("biff-工作表指向自己.xls", "F106", lambda: biff(bound_sheet(0), END_OF_PART))
corpus.put(
    "biff-字符串40亿.xls",
    "F106",
    lambda: biff(record(0xFC, struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF)), END_OF_PART),
)
corpus.put(
    "biff-字符串长度谎报.xls",
    "F101",
    lambda: biff(record(0xFC, struct.pack("<IIHB", 1, 1, 0xFFFF, 1)), END_OF_PART),
)


def cells(*body: bytes) -> bytes:
    """An .xls of one worksheet with these records."""
    sheet_bof = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0x07CC, 0, 6))
    start = len(BOF) + len(bound_sheet(0)) + len(END_OF_PART)
    return biff(bound_sheet(start), END_OF_PART, sheet_bof, *body, END_OF_PART)


def number(row: int, column: int) -> bytes:
    """A NUMBER record."""
    return record(0x203, struct.pack("<HHHd", row, column, 15, 1.0))


corpus.put(
    "biff-维度谎报.xls",
    "F104",
    lambda: cells(record(0x200, struct.pack("<IIHHH", 0, 0xFFFFFFFF, 0, 0xFFFF, 0)), number(0, 0)),
)
corpus.put("biff-远处单元格.xls", "F104", lambda: cells(number(0, 0), number(65535, 255)))
corpus.put("biff-列65535.xls", "F104", lambda: cells(number(0, 0), number(65535, 65535)))
corpus.put("biff-合并谎报.xls", "F101", lambda: cells(record(0xE5, struct.pack("<H", 0xFFFF)), number(0, 0)))
corpus.put("biff-十万个空记录.xls", "F106", lambda: cells(number(0, 0)) + b"")
corpus.put("biff-无容器.xls", "F101", lambda: BOF + bound_sheet(0) + END_OF_PART)
corpus.put("biff-垃圾.xls", "F101", lambda: b"\x09\x08" + b"\xff" * 5000)


# ---------------------------------------------------------------------------------------- OpenDocument


def spreadsheet(content: bytes, doctype: bytes = b"") -> bytes:
    """An .ods with this content in its only table."""
    xml = (
        b'<?xml version="1.0"?>'
        + doctype
        + (
            b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            b'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
            b'<office:body><office:spreadsheet><table:table table:name="a">'
            + content
            + b"</table:table></office:spreadsheet></office:body></office:document-content>"
        )
    )
    return pack(parts(ods()) | {"content.xml": xml})


def repeated(rows: int, columns: int) -> bytes:
    """One cell that stands for many."""
    return spreadsheet(
        b'<table:table-row table:number-rows-repeated="%d"><table:table-cell table:number-columns-repeated="%d" office:value-type="float" '
        b'office:value="1"><text:p>1</text:p></table:table-cell></table:table-row>' % (rows, columns)
    )


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "' + b"ha" * 50 + b'">' + b"".join(
    b'<!ENTITY %s "%s">' % (bytes([98 + n]), b"&%s;" % bytes([97 + n]) * 10) for n in range(9)
) + b"]>"  # fmt: skip
corpus.put("ods-重复整表.ods", "F104", lambda: repeated(1048576, 16384))
corpus.put("ods-重复整行.ods", "F106", lambda: repeated(1048576, 1))
corpus.put("ods-重复2的63次方.ods", "F104", lambda: repeated(1 << 62, 1 << 62))
corpus.put("ods-重复三列.ods", "F104", lambda: repeated(1048576, 3))
corpus.put("ods-重复整列.ods", "F106", lambda: repeated(1, 16384))
corpus.put(
    "ods-十亿笑.ods",
    "F101",
    lambda: spreadsheet(
        b"<table:table-row><table:table-cell><text:p>&j;</text:p></table:table-cell></table:table-row>",
        LAUGHS,
    ),
)
corpus.put(
    "ods-读文件.ods",
    "F101",
    lambda: spreadsheet(
        b"<table:table-row><table:table-cell><text:p>&x;</text:p></table:table-cell></table:table-row>",
        b'<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ),
)
corpus.put("ods-炸弹.ods", "F104", lambda: with_bomb("content.xml", bomb(320), parts(ods())))
corpus.put("ods-无内容.ods", "F101", lambda: pack(parts(ods()) | {"content.xml": b""}))
corpus.put(
    "ods-嵌套.ods",
    READS,
    lambda: pack(
        parts(ods())
        | {
            "content.xml": parts(ods())["content.xml"].replace(
                b"<office:spreadsheet>", b"<office:spreadsheet>" + b"<a>" * 200_000 + b"</a>" * 200_000
            )
        }
    ),
)
corpus.put("ods-截断.ods", "F101", lambda: ods()[: len(ods()) // 2])


# ---------------------------------------------------------------------------------------- other kinds

corpus.put("图片.xlsx", "F107", lambda: b"\x89PNG\r\n\x1a\n" + bytes(1000))
corpus.put("程序.xlsx", "F101", lambda: b"\x7fELF\x02\x01\x01" + bytes(4000))
corpus.put("程序2.xls", "F101", lambda: b"MZ\x90\0" + bytes(range(256)) * 20)
corpus.put("全零.xlsx", "F101", lambda: bytes(100_000))
corpus.put("随机.xlsx", "F101", lambda: bytes((n * 7919 >> 3) & 0xFF for n in range(100_000)))
corpus.put("空.xlsx", "F103", lambda: b"")
corpus.put("一字节.xlsx", "F107", lambda: b"P")
corpus.put("PK.xlsx", "F101", lambda: b"PK")
corpus.put("网页.xlsx", "F107", lambda: b"<html><body>404</body></html>")
corpus.put("网页-嵌套.xls", "F107", lambda: b"<html>" + b"<div>" * 300_000)
corpus.put("网页-表格不闭合.xls", "F105,F106", lambda: b"<html><table>" + b"<tr><td>1" * 50_000)
corpus.put("网页-嵌套表格.xls", "F105,F106", lambda: b"<html>" + b"<table><tr><td>" * 20_000)
corpus.put(
    "网页-跨度谎报.xls",
    "F104",
    lambda: (
        b'<html><table><tr><td rowspan="99999999" colspan="99999999">1</td></tr><tr><td>2</td></tr></table>'
    ),
)
corpus.put("文本.xlsx", "F107", lambda: "这是一封信\n".encode() * 100)
corpus.put("文本-长行.xls", "F107", lambda: b"a" * 3 * MEGABYTE)
corpus.put("逗号-百万个.xls", "F107", lambda: b",".join([b"1"] * 3_000_000))
corpus.put("逗号-引号不闭合.xls", "F101", lambda: b'a,b,c\n1,2,3\n"' + b"a,\n" * 500_000)
corpus.put(
    "xml-十亿笑.xls",
    "F101",
    lambda: (
        b'<?xml version="1.0"?>'
        + LAUGHS
        + b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table><Row><Cell><Data>&j;</Data></Cell></Row></Table></Worksheet></Workbook>'
    ),
)
corpus.put(
    "xml-序号谎报.xls",
    "F104",
    lambda: (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table><Row ss:Index="1048576"><Cell ss:Index="16384"><Data ss:Type="Number">1</Data></Cell></Row></Table></Worksheet></Workbook>'
    ),
)
corpus.put("xlsx改名.ods", "F105", lambda: good(3))
corpus.put("xls改名.xlsx", "F105", xls)
corpus.put("无扩展名", "F105", plain)
corpus.put("名字很长" * 15 + ".xlsx", READS, lambda: good(4))
corpus.put("换行\n和\x1b[31m转义.xlsx", READS, lambda: good(5))
corpus.put("反向\u202excod.xlsx", READS, lambda: good(6))
corpus.put("零宽\u200b\ufeff.xlsx", READS, lambda: good(7))
corpus.put("=cmd|' '!A0.xlsx", READS, lambda: good(8))
