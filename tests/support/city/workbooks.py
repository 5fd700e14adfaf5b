"""Workbooks written as XML by hand: a fraction of a millisecond each, and by other code than the product's.

Shared strings, saved results of formulas, dates as serial numbers and document properties, as a spreadsheet program saves them.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

_EPOCH = date(1899, 12, 30)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DATE_STYLE = 1
_STYLES = (
    f'{_HEAD}<styleSheet {_MAIN}><numFmts count="1"><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>'
    '<fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf numFmtId="176" applyNumberFormat="1" xfId="0"/></cellXfs></styleSheet>'
)


@dataclass(frozen=True)
class Formula:
    """A formula and the result that was saved with it."""

    text: str
    value: Decimal


Value = str | int | Decimal | date | Formula | None


@dataclass
class Sheet:
    """A worksheet: rows of values from A1 on, and merged areas as `A1:C1`."""

    name: str
    rows: list[list[Value]] = field(default_factory=list)
    merges: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Properties:
    """Who made a workbook, who saved it last, and when (by the clock of that computer)."""

    author: str = ""
    saved_by: str = ""
    saved: datetime | None = None


def letters(column: int) -> str:
    """The letters of a column, counted from 1 (no more than 26 are needed here)."""
    return chr(ord("A") + column - 1)


def workbook(sheets: Sequence[Sheet], properties: Properties = Properties()) -> bytes:
    """The bytes of an .xlsx file: the same sheets and properties, the same bytes."""
    strings: dict[str, int] = {}
    parts = {f"xl/worksheets/sheet{n}.xml": _worksheet(s, strings) for n, s in enumerate(sheets, start=1)}
    names = "".join(
        f'<sheet name={quoteattr(s.name)} sheetId="{n}" r:id="rId{n}"/>'
        for n, s in enumerate(sheets, start=1)
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for name in parts
    )
    spread = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    shared = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    return _zip(
        {
            "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{spread}.sheet.main+xml"/>{overrides}'
            f'<Override PartName="/xl/styles.xml" ContentType="{spread}.styles+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="{spread}.sharedStrings+xml"/>'
            '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>',
            "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
            f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>',
            "docProps/core.xml": _core(properties),
            "xl/workbook.xml": f'{_HEAD}<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{relations}'
            f'<Relationship Id="rId{len(sheets) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
            f'<Relationship Id="rId{len(sheets) + 2}" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
            "xl/styles.xml": _STYLES,
            "xl/sharedStrings.xml": f'{_HEAD}<sst {_MAIN} uniqueCount="{len(strings)}">{shared}</sst>',
            **parts,
        }
    )


def _zip(parts: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, (2024, 5, 10, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text.encode())
    return stream.getvalue()


def _core(properties: Properties) -> str:
    saved = ""
    if properties.saved is not None:
        moment = f"{properties.saved:%Y-%m-%dT%H:%M:%SZ}"
        saved = f'<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified>'
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:creator>{escape(properties.author)}</dc:creator><cp:lastModifiedBy>{escape(properties.saved_by)}</cp:lastModifiedBy>{saved}</cp:coreProperties>"
    )


def _worksheet(sheet: Sheet, strings: dict[str, int]) -> str:
    rows = []
    for r, row in enumerate(sheet.rows, start=1):
        cells = "".join(
            _cell(f"{letters(c)}{r}", value, strings)
            for c, value in enumerate(row, start=1)
            if value is not None
        )
        rows.append(f'<row r="{r}">{cells}</row>')
    merges = "".join(f'<mergeCell ref="{area}"/>' for area in sheet.merges)
    merged = f'<mergeCells count="{len(sheet.merges)}">{merges}</mergeCells>' if merges else ""
    return f"{_HEAD}<worksheet {_MAIN}><sheetData>{''.join(rows)}</sheetData>{merged}</worksheet>"


def _cell(address: str, value: Value, strings: dict[str, int]) -> str:
    if isinstance(value, str):
        return f'<c r="{address}" t="s"><v>{strings.setdefault(value, len(strings))}</v></c>'
    if isinstance(value, Formula):
        return f'<c r="{address}"><f>{escape(value.text)}</f><v>{value.value}</v></c>'
    if isinstance(value, date):
        return f'<c r="{address}" s="{_DATE_STYLE}"><v>{(value - _EPOCH).days}</v></c>'
    return f'<c r="{address}"><v>{value}</v></c>'
