"""A formula that refers to another workbook, which LibreOffice would not keep. Part of `make_sample_sheets.py`."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from urllib.parse import quote

OTHER = "李阳镇设备登记.xlsx"
OTHER_SHEET, OTHER_CELL = "Sheet1", "D12"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PART = "xl/externalLinks/externalLink1.xml"


@dataclass(frozen=True)
class Link:
    """The cell of a workbook, by its path, whose typed score becomes such a formula."""

    path: str
    cell: str


def link(content: bytes, where: Link) -> bytes:
    """The workbook whose cell, on its first sheet, is a formula with the same number as its saved result."""
    source = zipfile.ZipFile(io.BytesIO(content))
    parts = {info.filename: source.read(info) for info in source.infolist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    cell = re.compile(rf'(<c r="{where.cell}"[^>]*>)<v>([^<]*)</v>')
    found = cell.search(sheet)
    if found is None:
        raise SystemExit(f"{where.path}: no number in {where.cell}")
    formula = f"{found[1]}<f>[1]{OTHER_SHEET}!{OTHER_CELL}</f><v>{found[2]}</v>"
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(found[0], formula).encode()
    parts[_PART] = _part(found[2]).encode()
    parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = _relations().encode()
    _change(
        parts, "[Content_Types].xml", "</Types>", f'<Override PartName="/{_PART}" ContentType="{_TYPE}"/>'
    )
    relation = (
        f'<Relationship Id="rIdL1" Type="{_OFFICE}/externalLink" Target="externalLinks/externalLink1.xml"/>'
    )
    _change(parts, "xl/_rels/workbook.xml.rels", "</Relationships>", relation)
    references = (
        f'<externalReferences xmlns:r="{_OFFICE}"><externalReference r:id="rIdL1"/></externalReferences>'
    )
    before = "<definedNames" if b"<definedNames" in parts["xl/workbook.xml"] else "<calcPr"
    _change(parts, "xl/workbook.xml", before, references)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, part in parts.items():
            target.writestr(name, part)
    return stream.getvalue()


_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"


def _part(value: str) -> str:
    row = OTHER_CELL.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return (
        f'{_HEAD}<externalLink xmlns="{_MAIN}"><externalBook xmlns:r="{_OFFICE}" r:id="rId1">'
        f'<sheetNames><sheetName val="{OTHER_SHEET}"/></sheetNames><sheetDataSet><sheetData sheetId="0">'
        f'<row r="{row}"><cell r="{OTHER_CELL}"><v>{value}</v></cell></row></sheetData></sheetDataSet>'
        "</externalBook></externalLink>"
    )


def _relations() -> str:
    return (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_OFFICE}/externalLinkPath" '
        f'Target="{quote(OTHER)}" TargetMode="External"/></Relationships>'
    )


def _change(parts: dict[str, bytes], name: str, before: str, added: str) -> None:
    text = parts[name].decode()
    if text.count(before) != 1:
        raise SystemExit(f"{name}: {before} stands {text.count(before)} times")
    parts[name] = text.replace(before, added + before).encode()
