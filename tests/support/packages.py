"""Looking at an xlsx as a package, and building ones that hold what no library writes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import PatternFill, Protection
from openpyxl.worksheet.datavalidation import DataValidation

RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def parts(data: bytes) -> dict[str, bytes]:
    """The parts of a package by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(contents: Mapping[str, bytes]) -> bytes:
    """A package of parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return stream.getvalue()


def rich_workbook() -> bytes:
    """A workbook with a form, and with all that a library is apt to lose when it reads and writes it.

    Saved results of formulas, a chart, comments of the office, a protected sheet with a password, rules for entry and for
    colours, defined names of a worksheet, a hidden sheet, a button (a form control in the drawing of the comments),
    macros and a signature.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "评分表"
    rows = [
        ["序号", "检查项目", "标准分", "自评分", "扣分原因"],
        ["C1.1", "常规调查任务", 4, 5, None],
        ["C1.2", "普查与专项", 3, "3分", None],
        [None, "合计", "=SUM(C2:C3)", "=SUM(D2:D3)", None],
        ["单位名称：昔阳县统计局 检查阶段：自评 检查日期：2024年5月20日"],
    ]
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("A5:E5")
    sheet["D2"].protection = Protection(locked=False)
    sheet["D2"].number_format = "0.0"
    sheet["D2"].comment = Comment("请张三核实", "县局")
    sheet["B2"].comment = Comment("与问题无关的批注", "县局")
    sheet.protection.sheet, sheet.protection.password = True, "abcd"
    sheet.add_data_validation(
        DataValidation("decimal", operator="between", formula1="0", formula2="4", sqref="D2:D3")
    )
    sheet.conditional_formatting.add(
        "D2:D3", CellIsRule(operator="lessThan", formula=["0"], fill=PatternFill("solid", "FF0000"))
    )
    sheet.print_title_rows = "1:1"
    sheet.print_area = "A1:E5"
    other = book.create_sheet("数据")
    other["A1"] = 1
    other.sheet_state = "hidden"
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=4, min_row=2, max_row=3))
    sheet.add_chart(chart, "G2")
    stream = io.BytesIO()
    book.save(stream)
    contents = parts(stream.getvalue())
    name = "xl/worksheets/sheet1.xml"
    xml = contents[name].decode()
    for cell, value in (("C4", "7"), ("D4", "5")):  # as a spreadsheet program saves them
        xml = re.sub(rf'(<c r="{cell}"[^>]*>\s*<f>[^<]*</f>)\s*<v\s*/?>(?:</v>)?', rf"\1<v>{value}</v>", xml)
    assert "<v>7</v>" in xml
    contents[name] = xml.encode()
    vml = next(n for n in contents if n.endswith(".vml"))
    button = (
        b'<v:shape id="_x0000_s1999" type="#_x0000_t201"><v:textbox><div>go<br></div></v:textbox>'
        b'<x:ClientData ObjectType="Button"><x:FmlaMacro>[0]!go</x:FmlaMacro></x:ClientData></v:shape>'
    )
    contents[vml] = contents[vml].replace(b"</xml>", button + b"</xml>")
    contents["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0 macros"
    contents["xl/ctrlProps/ctrlProp1.xml"] = b'<formControlPr objectType="Button"/>'
    contents["_xmlsignatures/origin.sigs"] = b""
    contents["_xmlsignatures/sig1.xml"] = b"<Signature/>"
    contents["_rels/.rels"] = contents["_rels/.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rIdSig" Type="http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin" Target="_xmlsignatures/origin.sigs"/></Relationships>',
    )
    relations = "xl/_rels/workbook.xml.rels"
    contents[relations] = contents[relations].replace(
        b"</Relationships>",
        b'<Relationship Id="rIdVba" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/></Relationships>',
    )
    types = "[Content_Types].xml"
    contents[types] = (
        contents[types]
        .replace(b"spreadsheetml.sheet.main+xml", b"spreadsheetml.REPLACED")
        .replace(
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.REPLACED",
            b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        )
        .replace(
            b"</Types>",
            b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Default Extension="sigs" ContentType="application/vnd.openxmlformats-package.digital-signature-origin"/>'
            b'<Override PartName="/_xmlsignatures/sig1.xml" ContentType="application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml"/>'
            b'<Override PartName="/xl/ctrlProps/ctrlProp1.xml" ContentType="application/vnd.ms-excel.controlproperties+xml"/></Types>',
        )
    )
    return packed(contents)
