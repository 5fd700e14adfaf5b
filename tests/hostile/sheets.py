"""Hostile XML inside workbooks: entities, numbers, references and sizes that lie or blow up."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping

from tests.hostile.case import (
    READS,
    RELATIONS,
    SHEET,
    STRINGS,
    STYLES,
    TYPES,
    WORKBOOK,
    Corpus,
    changed,
    edited,
    form_rows,
    header_row,
    item_row,
    pack,
    parts,
    sheet_xml,
    text_cell,
)

corpus = Corpus()
MEGABYTE = 1024 * 1024
DECLARATION = b'<?xml version="1.0"?>'


# ---------------------------------------------------------------------------------------- entities and encodings


def with_doctype(name: str, doctype: bytes, use: bytes) -> bytes:
    """The plainest form with a document type before the root of a part, and an entity used in its first text."""
    xml = parts()[name]
    start = xml.index(b"<", xml.index(b"?>") if b"?>" in xml[:100] else 0)
    xml = DECLARATION + doctype + xml[start:]
    before = {SHEET: b"<v>", STRINGS: b"<t>", WORKBOOK: b'<sheet name="'}[name]
    if before not in xml:
        xml = xml.replace(b"<sheet ", before + b'x" ', 1) if name == WORKBOOK else xml
    place = xml.index(before) + len(before)
    return pack(parts() | {name: xml[:place] + use + xml[place:]})


def laughs(levels: int = 10) -> bytes:
    """Entities that multiply by ten at every level."""
    inner = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, levels))
    return b'<!DOCTYPE x [<!ENTITY e0 "ha">' + inner + b"]>"


QUADRATIC = b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 100_000 + b'">]>'
PASSWD = b'<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
NETWORK = b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>'

for part, label in ((SHEET, "工作表"), (STRINGS, "共享字符串"), (WORKBOOK, "工作簿")):
    corpus.put(f"实体-十亿笑-{label}.xlsx", "F101", lambda part=part: with_doctype(part, laughs(), b"&e9;"))  # type: ignore[misc]
    corpus.put(
        f"实体-二次-{label}.xlsx", "F101", lambda part=part: with_doctype(part, QUADRATIC, b"&a;" * 20_000)
    )  # type: ignore[misc]
    corpus.put(f"实体-读文件-{label}.xlsx", "F101", lambda part=part: with_doctype(part, PASSWD, b"&x;"))  # type: ignore[misc]
    corpus.put(
        f"实体-外部DTD-{label}.xlsx",
        "F101" if part != STRINGS else READS,
        lambda part=part: with_doctype(part, NETWORK, b""),
    )  # type: ignore[misc]
corpus.put(
    "样式-十亿笑.xlsx",
    "F101",
    lambda: changed(styles=DECLARATION + laughs() + b"<styleSheet>&e9;</styleSheet>"),
)


def included() -> bytes:
    """An inclusion of another file by XInclude."""
    use = b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    return sheet_xml(form_rows()[0] + b"<row>" + use + b"</row>")


corpus.put("XInclude.xlsx", READS, lambda: changed(sheet=included()))


def encoded(codec: str, name: str) -> bytes:
    """The worksheet in another encoding."""
    text = parts()[SHEET].decode()
    text = text[text.index("<worksheet") :]
    return changed(sheet=f'<?xml version="1.0" encoding="{name}"?>{text}'.encode(codec, "xmlcharrefreplace"))


corpus.put("编码-UTF-16.xlsx", "F101", lambda: encoded("utf-16", "UTF-16"))
corpus.put("编码-UTF-7.xlsx", READS, lambda: encoded("ascii", "UTF-7"))
corpus.put("编码-EBCDIC.xlsx", "F101", lambda: encoded("cp037", "cp037"))
corpus.put("编码-无效UTF-8.xlsx", "F101", lambda: edited(STRINGS, (b"<t>", b"<t>\xff\xfe\xc0")))
corpus.put("编码-NUL字节.xlsx", READS, lambda: edited(SHEET, (b"<sheetData>", b"<sheetData>\0\0\0")))
corpus.put("编码-控制字符.xlsx", READS, lambda: edited(STRINGS, (b"<t>", b"<t>\x01\x02\x1b[31m")))


# ---------------------------------------------------------------------------------------- structure


def nested(depth: int) -> bytes:
    """Elements inside elements."""
    return sheet_xml(form_rows()[0], after=b"<a>" * depth + b"</a>" * depth)


corpus.put("嵌套十万层-工作表.xlsx", READS, lambda: changed(sheet=nested(100_000)))
corpus.put(
    "嵌套二十万层-工作簿.xlsx",
    READS,
    lambda: edited(WORKBOOK, (b"<sheets>", b"<a>" * 200_000 + b"</a>" * 200_000 + b"<sheets>")),
)
corpus.put(
    "嵌套二十万层-样式.xlsx",
    READS,
    lambda: edited(STYLES, (b"<fonts", b"<a>" * 200_000 + b"</a>" * 200_000 + b"<fonts")),
)
corpus.put("嵌套不闭合.xlsx", "F106", lambda: changed(sheet=sheet_xml(b"<row>" * 500_000)))
corpus.put(
    "属性1MB.xlsx",
    READS,
    lambda: edited(SHEET, (b"<sheetData>", b'<x a="' + b"a" * MEGABYTE + b'"/><sheetData>')),
)
corpus.put(
    "属性百万个.xlsx",
    READS,
    lambda: edited(
        SHEET,
        (b"<sheetData>", b"<x " + b"".join(b'a%d="" ' % n for n in range(1_000_000)) + b"/><sheetData>"),
    ),
)
corpus.put(
    "属性百万个-单元格.xlsx",
    READS,
    lambda: edited(SHEET, (b"<c ", b"<c " + b"".join(b'a%d="" ' % n for n in range(300_000)))),
)
corpus.put(
    "标签不闭合10MB.xlsx",
    "F101",
    lambda: edited(SHEET, (b"<sheetData>", b"<sheetData><c " + b"r=" * 5 * MEGABYTE)),
)
corpus.put(
    "注释10MB.xlsx",
    READS,
    lambda: edited(SHEET, (b"<sheetData>", b"<!--" + b"<c r='A1'>" * MEGABYTE + b"--><sheetData>")),
)
corpus.put(
    "CDATA里的单元格.xlsx",
    READS,
    lambda: edited(SHEET, (b"<sheetData>", b"<x><![CDATA[<c r='XFD1048576'><v>1</v></c>]]></x><sheetData>")),
)


def relations(**changes: str) -> bytes:
    """The relations of the workbook with the worksheet's own changed."""
    xml = parts()[RELATIONS].decode()
    for old, new in changes.items():
        xml = xml.replace(
            {"target": "/xl/worksheets/sheet1.xml", "kind": "relationships/worksheet"}[old], new
        )
    return changed(relations=xml.encode())


corpus.put("关系-悬空.xlsx", "F101", lambda: relations(target="/xl/worksheets/sheet99.xml"))
corpus.put("关系-指向自己.xlsx", "F106", lambda: relations(target="/xl/workbook.xml"))
corpus.put("关系-指向关系.xlsx", "F106", lambda: relations(target="/xl/_rels/workbook.xml.rels"))
corpus.put("关系-指向样式.xlsx", "F106", lambda: relations(target="/xl/styles.xml"))
corpus.put("关系-网址.xlsx", "F101", lambda: relations(target="http://127.0.0.1:9/sheet1.xml"))
corpus.put("关系-类型错.xlsx", READS, lambda: relations(kind="relationships/theme"))
corpus.put(
    "关系-十万条.xlsx",
    READS,
    lambda: edited(
        RELATIONS,
        (
            b"</Relationships>",
            b"".join(b'<Relationship Id="x%d" Type="/worksheet" Target="y"/>' % n for n in range(100_000))
            + b"</Relationships>",
        ),
    ),
)
corpus.put("工作簿-空元素.xlsx", "F106", lambda: changed(workbook=b"<workbook/>"))
corpus.put("工作簿-空文件.xlsx", "F101", lambda: changed(workbook=b""))
corpus.put("工作表-空文件.xlsx", "F101", lambda: changed(sheet=b""))
corpus.put("工作表-网页.xlsx", "F106", lambda: changed(sheet=b"<html><body>404</body></html>"))


def many_sheets(count: int) -> bytes:
    """A workbook that lists its one worksheet again and again."""
    xml = parts()[WORKBOOK]
    start, end = xml.index(b"<sheet "), xml.index(b"</sheets>")
    one = xml[start:end]
    name = one[one.index(b'name="') + 6 :].split(b'"')[0]
    return changed(
        workbook=xml[:start] + b"".join(one.replace(name, b"%d" % n, 1) for n in range(count)) + xml[end:]
    )


def several(sheets: Mapping[str, bytes]) -> bytes:
    """A workbook of these worksheets."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    names = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets, start=1)
    )
    links = "".join(
        f'<Relationship Id="r{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    packages = "http://schemas.openxmlformats.org/package/2006/relationships"
    content = {name: data for name, data in parts().items() if name in (TYPES, "_rels/.rels")}
    content[WORKBOOK] = (
        f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{names}</sheets></workbook>'.encode()
    )
    content[RELATIONS] = f'<Relationships xmlns="{packages}">{links}</Relationships>'.encode()
    return pack(
        content | {f"xl/worksheets/sheet{n}.xml": xml for n, xml in enumerate(sheets.values(), start=1)}
    )


def named(name: bytes) -> bytes:
    """The plainest form on a worksheet of another name."""
    xml = parts()[WORKBOOK]
    start = xml.index(b'name="', xml.index(b"<sheet ")) + 6
    return changed(workbook=xml[:start] + name + xml[xml.index(b'"', start) :])


corpus.put("工作表一万张.xlsx", "F104", lambda: many_sheets(10_000))
corpus.put("工作表二十张同部件.xlsx", "F101", lambda: many_sheets(20))
corpus.put(
    "工作表同名.xlsx",
    "F101",
    lambda: edited(
        WORKBOOK,
        (
            b"</sheets>",
            parts()[WORKBOOK][parts()[WORKBOOK].index(b"<sheet ") :].split(b"/>")[0] + b"/></sheets>",
        ),
    ),
)
corpus.put("工作表截断.xlsx", "F101", lambda: changed(sheet=parts()[SHEET][:400]))
corpus.put(
    "关系-类型错-远处单元格.xlsx",
    "F104",
    lambda: pack(
        parts(relations(kind="relationships/theme"))
        | {SHEET: parts(added(b'<c r="XFD1048576"><v>1</v></c>', b"1048576"))[SHEET]}
    ),
)
corpus.put("工作表名一万字.xlsx", READS, lambda: named("长".encode() * 10_000))
corpus.put("工作表名控制字符.xlsx", READS, lambda: named(b"&#9;&#10;&#13;[x]*?/\\:"))
corpus.put("工作表名ESC.xlsx", "F101", lambda: named(b"&#27;[31m&#0;"))
corpus.put("工作表名空.xlsx", READS, lambda: named(b""))


# ---------------------------------------------------------------------------------------- cells


def added(cells: bytes, row: bytes = b"900") -> bytes:
    """The plainest form with one more row."""
    return edited(SHEET, (b"</sheetData>", b'<row r="%s">%s</row></sheetData>' % (row, cells)))


corpus.put("单元格-XFD1048576.xlsx", "F104", lambda: added(b'<c r="XFD1048576"><v>1</v></c>', b"1048576"))
corpus.put(
    "单元格-XFD1048576单引号.xlsx", "F104", lambda: added(b"<c r='XFD1048576'><v>1</v></c>", b"1048576")
)
corpus.put(
    "单元格-XFD1048576空格.xlsx",
    "F104",
    lambda: added(b'<c  s="1"\n r = "XFD1048576" ><v>1</v></c>', b"1048576"),
)
corpus.put(
    "单元格-XFD1048576实体.xlsx", "F104", lambda: added(b'<c r="XFD&#49;048576"><v>1</v></c>', b"1048576")
)
corpus.put("单元格-XFD1048576小写.xlsx", "F104", lambda: added(b'<c r="xfd1048576"><v>1</v></c>', b"1048576"))
corpus.put(
    "单元格-XFD1048576带前缀.xlsx",
    "F104",
    lambda: changed(
        sheet=sheet_xml(b"").replace(
            b"<sheetData></sheetData>",
            b'<sheetData/><y:sheetData xmlns:y="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><y:row r="1048576"><y:c r="XFD1048576"><y:v>1</y:v></y:c></y:row><y:row r="1"><y:c r="A1"><y:v>1</y:v></y:c></y:row></y:sheetData>',
        )
    ),
)
corpus.put(
    "单元格-仅行号在远处.xlsx",
    "F104",
    lambda: changed(
        sheet=sheet_xml(
            form_rows()[0]
            + b'<row r="1048576"><c><v>1</v></c></row>'
            + b"<row>"
            + b"<c><v>1</v></c>" * 16384
            + b"</row>"
        )
    ),
)
corpus.put("单元格-ZZZ.xlsx", "F104", lambda: added(b'<c r="ZZZ900"><v>1</v></c>'))
corpus.put(
    "单元格-行号溢出.xlsx",
    "F101",
    lambda: added(b'<c r="A99999999999999999999"><v>1</v></c>', b"99999999999999999999"),
)
corpus.put("单元格-行号0.xlsx", READS, lambda: added(b'<c r="A0"><v>1</v></c>', b"0"))
corpus.put("单元格-行号负.xlsx", "F101", lambda: added(b'<c r="A-1"><v>1</v></c>', b"-1"))
corpus.put("单元格-无列.xlsx", "F101", lambda: added(b'<c r="900"><v>1</v></c>'))
corpus.put(
    "单元格-乱序.xlsx",
    READS,
    lambda: edited(
        SHEET,
        (b"<sheetData>", b'<sheetData><row r="800"><c r="Z800"><v>1</v></c><c r="B800"><v>2</v></c></row>'),
    ),
)
corpus.put("单元格-同址.xlsx", READS, lambda: added(b'<c r="A900"><v>1</v></c>' * 100_000))
corpus.put(
    "单元格-无地址.xlsx",
    "F106",
    lambda: changed(sheet=sheet_xml(b"<row>" + b"<c><v>1</v></c>" * 500 + b"</row>")),
)
corpus.put("单元格-行内列错.xlsx", READS, lambda: added(b'<c r="A1"><v>1</v></c><c r="B77"><v>1</v></c>'))

for value in (
    "nan",
    "inf",
    "-inf",
    "1e308",
    "-1e309",
    "1e-400",
    "0x10",
    "1_000",
    "9" * 5000,
    "",
    " ",
    "1,5",
    "١",
):
    label = value[:8].replace("-", "负").replace(" ", "空格") or "无"
    corpus.put(f"数值-{label}.xlsx", READS, lambda value=value: scored(value))  # type: ignore[misc]


def scored(value: str) -> bytes:
    """A form of which every score is the same number as written."""
    rows = form_rows()[0]
    start = rows.index(b"<row", 10)
    return changed(
        sheet=sheet_xml(
            rows[:start] + re.sub(rb"(<c r=\"E\d+\"><v>)[^<]*", rb"\g<1>" + value.encode(), rows[start:])
        )
    )


corpus.put("日期-1e308.xlsx", READS, lambda: dated(b"1e308"))
corpus.put("日期-负.xlsx", READS, lambda: dated(b"-1"))
corpus.put("日期-nan.xlsx", READS, lambda: dated(b"nan"))


def dated(number: bytes) -> bytes:
    """A cell with the style of a date and an impossible number."""
    content = parts()
    styles = content[STYLES].replace(
        b"</cellXfs>",
        b'<xf numFmtId="14" fontId="0" fillId="0" borderId="0" applyNumberFormat="1"/></cellXfs>',
    )
    count = styles[: styles.index(b"</cellXfs>")].rpartition(b"<cellXfs")[2].count(b"<xf ")
    cell = b'<c r="A900" s="%d"><v>%s</v></c>' % (count - 1, number)
    xml = content[SHEET].replace(b"</sheetData>", b'<row r="900">' + cell + b"</row></sheetData>")
    return pack(content | {STYLES: styles, SHEET: xml})


def hidden_count() -> bytes:
    """A lie behind a comment so long that nobody looks there before the reader does."""
    told = re.sub(rb'uniqueCount="\d+"', b'uniqueCount="4294967295"', parts()[STRINGS])
    assert told != parts()[STRINGS]
    return changed(strings=b"<!--" + random.Random(1).randbytes(4000).hex().encode() + b"-->" + told)


corpus.put("共享字符串-序号越界.xlsx", "F101", lambda: added(b'<c r="A900" t="s"><v>99999999</v></c>'))
corpus.put("共享字符串-序号负.xlsx", READS, lambda: added(b'<c r="A900" t="s"><v>-1</v></c>'))
corpus.put(
    "共享字符串-谎报个数.xlsx",
    READS,
    lambda: strings_counted(b"4294967295"),
)
corpus.put(
    "共享字符串-藏着谎报个数.xlsx",
    "F109",
    hidden_count,
    "calamine sets aside room for as many as it is told",
)
corpus.put(
    "共享字符串-50MB.xlsx",
    READS,
    lambda: edited(STRINGS, (b"</sst>", (b"<si><t>" + b"x" * 90 + b"</t></si>") * 500_000 + b"</sst>")),
)
corpus.put(
    "共享字符串-一条10MB.xlsx",
    READS,
    lambda: edited(STRINGS, (b"</sst>", b"<si><t>" + b"x" * 10 * MEGABYTE + b"</t></si></sst>")),
)
corpus.put(
    "共享字符串-十万段.xlsx",
    READS,
    lambda: edited(STRINGS, (b"</sst>", b"<si>" + b"<r><t>x</t></r>" * 500_000 + b"</si></sst>")),
)


def strings_counted(count: bytes) -> bytes:
    """The shared strings with another number of them in the head."""
    return changed(strings=re.sub(rb'(count|uniqueCount)="\d+"', rb'\1="' + count + b'"', parts()[STRINGS]))


corpus.put("尺寸-谎报全表.xlsx", READS, lambda: dimensioned(b"A1:XFD1048576"))
corpus.put("尺寸-谎报A1.xlsx", READS, lambda: dimensioned(b"A1:A1"))
corpus.put("尺寸-倒置.xlsx", READS, lambda: dimensioned(b"Z99:A1"))
corpus.put("尺寸-乱写.xlsx", READS, lambda: dimensioned(b"A1:ZZZZZZ99999999999"))


def dimensioned(reference: bytes) -> bytes:
    """The plainest form with another extent than its own."""
    return changed(
        sheet=re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="' + reference + b'"', parts()[SHEET])
    )


def merged(references: bytes) -> bytes:
    """A form with other merged areas."""
    return changed(sheet=sheet_xml(form_rows()[0], after=b"<mergeCells>" + references + b"</mergeCells>"))


corpus.put("合并-全表.xlsx", "F106", lambda: merged(b'<mergeCell ref="A1:XFD1048576"/>'))
corpus.put("合并-倒置.xlsx", READS, lambda: merged(b'<mergeCell ref="F30:A1"/>'))
corpus.put("合并-无效.xlsx", "F101", lambda: merged(b'<mergeCell ref="?"/><mergeCell/>'))
corpus.put(
    "合并-五十万个.xlsx",
    "F104",
    lambda: merged(b"".join(b'<mergeCell ref="E%d:F%d"/>' % (n, n) for n in range(1, 500_000))),
)
corpus.put("合并-重叠十万个.xlsx", "F104", lambda: merged(b'<mergeCell ref="A1:XFD1048576"/>' * 100_000))
corpus.put("合并-重叠列两万个.xlsx", "F101", lambda: merged(b'<mergeCell ref="E2:E1048576"/>' * 20_000))
corpus.put(
    "隐藏列-到999999999.xlsx",
    READS,
    lambda: edited(
        SHEET, (b"<sheetData>", b'<cols><col min="1" max="999999999" hidden="1"/></cols><sheetData>')
    ),
)
corpus.put(
    "隐藏列-十万段.xlsx",
    READS,
    lambda: edited(
        SHEET,
        (
            b"<sheetData>",
            b"<cols>" + b'<col min="1" max="16384" hidden="1"/>' * 100_000 + b"</cols><sheetData>",
        ),
    ),
)
corpus.put(
    "隐藏行-百万行.xlsx",
    READS,
    lambda: edited(
        SHEET,
        (
            b"</sheetData>",
            b"".join(b'<row r="%d" hidden="1"/>' % n for n in range(900, 1_000_900)) + b"</sheetData>",
        ),
    ),
)
corpus.put(
    "样式-百万个.xlsx",
    "F104",
    lambda: edited(
        STYLES,
        (b"</cellXfs>", b'<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>' * 1_000_000 + b"</cellXfs>"),
    ),
)
corpus.put("样式-序号谎报.xlsx", READS, lambda: added(b'<c r="A900" s="4294967295"><v>1</v></c>'))
corpus.put(
    "数字格式-10MB.xlsx",
    READS,
    lambda: edited(
        STYLES,
        (
            b"<fonts",
            b'<numFmts><numFmt numFmtId="200" formatCode="' + b"0;[" * 3 * MEGABYTE + b'"/></numFmts><fonts',
        ),
    ),
)
corpus.put(
    "定义名称-十万.xlsx",
    READS,
    lambda: edited(
        WORKBOOK,
        (
            b"</sheets>",
            b"</sheets><definedNames>"
            + b'<definedName name="a">Sheet1!$A$1:$XFD$1048576</definedName>' * 100_000
            + b"</definedNames>",
        ),
    ),
)
corpus.put("公式-1MB.xlsx", READS, lambda: added(b'<c r="A900"><f>' + b"1+" * 500_000 + b"1</f><v>1</v></c>"))
corpus.put("公式-括号.xlsx", READS, lambda: added(b'<c r="A900"><f>' + b"(" * 500_000 + b"</f><v>1</v></c>"))
corpus.put(
    "公式-共享范围谎报.xlsx",
    READS,
    lambda: added(b'<c r="A900"><f t="shared" ref="A1:XFD1048576" si="0">A1+1</f><v>1</v></c>'),
)
corpus.put(
    "公式-十万个无结果.xlsx",
    READS,
    lambda: edited(
        SHEET,
        (
            b"</sheetData>",
            b"".join(b'<row r="%d"><c r="A%d"><f>A1</f></c></row>' % (n, n) for n in range(900, 100_900))
            + b"</sheetData>",
        ),
    ),
)
corpus.put(
    "外部链接-编号.xlsx",
    READS,
    lambda: added(b'<c r="A900"><f>[9999]x!A1+' + b"[1]x!A1+" * 100_000 + b"1</f><v>1</v></c>"),
)
corpus.put(
    "错误值-十万个.xlsx",
    "F121",
    lambda: edited(
        SHEET,
        (
            b"</sheetData>",
            b"".join(
                b'<row r="%d"><c r="A%d" t="e"><v>#REF!</v></c></row>' % (n, n) for n in range(900, 100_900)
            )
            + b"</sheetData>",
        ),
    ),
)
corpus.put("类型-未知.xlsx", READS, lambda: added(b'<c r="A900" t="zzz"><v>1</v></c>'))
corpus.put(
    "文本-10MB.xlsx",
    READS,
    lambda: changed(
        sheet=sheet_xml(
            form_rows()[0] + b'<row r="800">' + text_cell("A800", "甲" * 3 * MEGABYTE) + b"</row>"
        )
    ),
)


# ---------------------------------------------------------------------------------------- floods of findings


@corpus.add("洪水-三万行项目.xlsx", "F121")
def flood_of_items() -> bytes:
    rows = b"".join(item_row(n, "T1.1", "常规调查", "4", "9" * (n % 7)) for n in range(2, 30_002))
    return changed(sheet=sheet_xml(header_row(1) + rows))


@corpus.add("洪水-三万行未知项目.xlsx", "F120,F121")
def flood_of_unknown_rows() -> bytes:
    rows, following = form_rows()
    more = b"".join(
        item_row(n, f"Z{n}", f"别的项目{n}", "4", "9") for n in range(following, following + 30_000)
    )
    return changed(sheet=sheet_xml(rows + more))


@corpus.add("洪水-十万个表头.xlsx", "F106")
def flood_of_headers() -> bytes:
    return changed(sheet=sheet_xml(b"".join(map(header_row, range(1, 100_001)))))


@corpus.add("洪水-表头和项目交替.xlsx", "F121")
def flood_of_tables() -> bytes:
    rows, at = [], 1
    while at < 20_000:
        more, at = form_rows(at)
        rows.append(more)
    return changed(sheet=sheet_xml(b"".join(rows)))


@corpus.add("洪水-三万个小计.xlsx", "F120,F120,F121")
def flood_of_sums() -> bytes:
    rows, following = form_rows()
    more = b"".join(
        b'<row r="%d">%s<c r="D%d"><v>3</v></c><c r="E%d"><v>99</v></c></row>'
        % (n, text_cell(f"A{n}", "小计"), n, n)
        for n in range(following, following + 30_000)
    )
    return changed(sheet=sheet_xml(rows + more))


@corpus.add("洪水-得分是长文本.xlsx", READS)
def flood_of_long_scores() -> bytes:
    long = "很长的得分" * 40_000
    rows = re.sub(
        rb'<c r="(E\d+)"><v>[^<]*</v></c>', lambda m: text_cell(m[1].decode(), long), form_rows()[0]
    )
    return changed(sheet=sheet_xml(rows))


@corpus.add("洪水-表头很宽.xlsx", READS)
def flood_of_columns() -> bytes:
    from tests.support.forms import get_column_letter  # noqa: PLC0415

    cells = b"".join(text_cell(f"{get_column_letter(n)}1", "自评分") for n in range(7, 10_000))
    row = header_row(1).replace(b"</row>", cells + b"</row>")
    rows = form_rows()[0]
    return changed(sheet=sheet_xml(row + rows[rows.index(b"<row", 10) :]))


@corpus.add("洪水-字段三万处.xlsx", "F121")
def flood_of_fields() -> bytes:
    rows, following = form_rows()
    more = b"".join(
        b'<row r="%d">%s</row>'
        % (n, text_cell(f"A{n}", "单位名称：某某乡 检查阶段：自评 检查日期：2024年13月45日"))
        for n in range(following, following + 30_000)
    )
    return changed(sheet=sheet_xml(rows + more))


@corpus.add("洪水-许多评分表.xlsx", "F120")
def flood_of_sheets() -> bytes:
    rows = sheet_xml(re.sub(rb"(<c r=\"E\d+\"><v>)[^<]*", rb"\g<1>99", form_rows()[0]))
    return several({f"表{n}": rows for n in range(1, 401)})
