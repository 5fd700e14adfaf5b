"""A list of an archive as a Word document: A4, the fonts of official papers, the header row on each page, no clock.

Written with python-docx; the rows of a table are put together as text, since its own way takes seconds for a city.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from huitoukan.output.archive_list import (
    FileList,
    Overview,
    Row,
    county_columns,
    list_columns,
    overview_columns,
    overview_rows,
)
from huitoukan.output.clockless import moment_of, without_clock
from huitoukan.output.files import xml_text
from huitoukan.output.text import Words

_TITLE, _BODY, _HEAD = "方正小标宋简体", "仿宋_GB2312", "黑体"
# What systems have that lack the fonts of official papers; programs look here for another.
_FALLBACKS = {_TITLE: "小标宋;方正小标宋_GBK;宋体;SimSun;Noto Serif CJK SC", _BODY: "仿宋;FangSong;Noto Serif CJK SC", _HEAD: "SimHei;Noto Sans CJK SC"}  # fmt: skip
_TITLE_SIZE, _TEXT_SIZE, _DAY_SIZE, _SMALL = 18, 10.5, 9, 8
_MM = 56.7  # twentieths of a point in a millimetre: the unit of Word
_WIDTH = 165  # mm of a row: A4 with the margins below
_MARGINS = {"top": 30, "bottom": 25, "left": 25, "right": 20}
_FONT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/fontTable"
_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@dataclass(frozen=True, slots=True)
class _Cell:
    """What stands in a cell: a text, and smaller below it another."""

    text: str = ""
    below: str = ""
    centred: bool = False
    size: float = _TEXT_SIZE


@dataclass(frozen=True, slots=True)
class _Table:
    """A table: its columns with their widths in mm, and its rows."""

    columns: tuple[str, ...]
    widths: tuple[float, ...]
    rows: Sequence[Sequence[_Cell]]


def list_document(one: FileList, day: date, words: Words) -> bytes:
    """The list of a group (卷内目录), and below it what is said of the volume (卷内备考)."""
    widths: tuple[float, ...]
    if one.is_placed:
        widths = (10.0, 16.0, 27.0, 52.0, 22.0, 12.0, 26.0)
        rows = [
            [
                _Cell(_number(row), centred=True),
                _Cell(),
                _Cell(row.author),
                _Cell(row.title, row.below),
                _Cell(row.day, centred=True, size=_DAY_SIZE),
                _Cell(),
                _Cell(row.remark),
            ]
            for row in one.rows
        ]
    else:
        widths = (10.0, 75.0, 55.0, 25.0)
        rows = [
            [_Cell(_number(row), centred=True), _Cell(row.title, row.below), _Cell(row.remark), _Cell()]
            for row in one.rows
        ]
    table = _Table(list_columns(one, words), widths, rows)
    return _document(one.title, [table, *one.notes], day, words)


def _number(row: Row) -> str:
    return "" if row.number is None else str(row.number)


def overview_document(one: Overview, day: date, words: Words) -> bytes:
    """The list of lists."""
    rows = [[_Cell(str(n), centred=True), _Cell(title), _Cell(folder), _Cell(str(count), centred=True), _Cell(days, centred=True, size=_DAY_SIZE), _Cell(remark)] for n, title, folder, count, days, remark in overview_rows(one)]  # fmt: skip
    lists = _Table(overview_columns(words), (12.0, 65.0, 25.0, 14.0, 29.0, 20.0), rows)
    first = 35.0
    columns = county_columns(one, words)
    each = (_WIDTH - first) / max(1, len(columns) - 1)
    counts = [[_Cell(name), *(_Cell(str(n), centred=True) for n in own)] for name, own in one.counties]
    counties = _Table(columns, (first, *(each for _ in columns[1:])), counts)
    parts: list[_Table | str] = [lists]
    if counts:
        parts += [words("各县(区、市)件数"), counties]
    return _document(one.title, [*parts, *one.notes], day, words)


# ------------------------------------------------------------------------------------------------------------- drawing


def _document(title: str, parts: Sequence[_Table | str], day: date, words: Words) -> bytes:
    import docx  # noqa: PLC0415
    from docx.oxml import parse_xml  # noqa: PLC0415
    from docx.shared import Mm, Pt  # noqa: PLC0415

    document: Any = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    for side, width in _MARGINS.items():
        setattr(section, f"{side}_margin", Mm(width))
    section.footer_distance = Mm(15)
    normal = document.styles["Normal"]
    normal.font.size = Pt(_TEXT_SIZE)
    normal.paragraph_format.space_after = Pt(0)
    body = document.element.body
    closing = body[-1]  # what tells of the page comes last
    closing.addprevious(parse_xml(_paragraph(title, _TITLE, _TITLE_SIZE, centred=True, after=200)))
    for n, part in enumerate(parts):
        if isinstance(part, _Table):
            closing.addprevious(parse_xml(_table(part)))
            closing.addprevious(parse_xml(_paragraph("", _BODY, 6)))
        else:
            heads = n + 1 < len(parts) and isinstance(parts[n + 1], _Table)
            closing.addprevious(parse_xml(_paragraph(part, _HEAD if heads else _BODY, _TEXT_SIZE, after=60)))
    _number_pages(section, parse_xml)
    _name_fonts(document)
    moment = moment_of(day)
    properties = document.core_properties
    properties.author = properties.last_modified_by = "huitoukan"
    properties.title, properties.comments = xml_text(title), ""
    properties.created = properties.modified = moment.replace(tzinfo=None)
    properties.language = words.language
    stream = io.BytesIO()
    document.save(stream)
    return without_clock(stream.getvalue(), moment)


def _text(text: str) -> str:
    return escape(xml_text(text), quote=False)


def _run(text: str, font: str, size: float) -> str:
    half = round(size * 2)
    fonts = f'<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{font}" w:hint="eastAsia"/>'
    look = f'<w:rPr>{fonts}<w:sz w:val="{half}"/><w:szCs w:val="{half}"/><w:lang w:eastAsia="zh-CN"/></w:rPr>'
    return f'<w:r>{look}<w:t xml:space="preserve">{_text(text)}</w:t></w:r>'


def _paragraph(
    text: str, font: str, size: float, *, centred: bool = False, after: int = 0, own: bool = True
) -> str:
    name = f' xmlns:w="{_NAMESPACE}"' if own else ""
    side = '<w:jc w:val="center"/>' if centred else ""
    look = f'<w:pPr><w:spacing w:before="0" w:after="{after}"/>{side}</w:pPr>'
    return f"<w:p{name}>{look}{_run(text, font, size) if text else ''}</w:p>"


def _table(table: _Table) -> str:
    widths = [round(width * _MM) for width in table.widths]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = '<w:tblCellMar><w:top w:w="28" w:type="dxa"/><w:left w:w="57" w:type="dxa"/><w:bottom w:w="28" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar>'
    look = (
        f'<w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{sides}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/>{margins}</w:tblPr>'
    )
    head = _row([_Cell(column, centred=True) for column in table.columns], widths, _HEAD, repeated=True)
    rows = "".join(_row(row, widths, _BODY) for row in table.rows)
    return f'<w:tbl xmlns:w="{_NAMESPACE}">{look}<w:tblGrid>{grid}</w:tblGrid>{head}{rows}</w:tbl>'


def _row(cells: Sequence[_Cell], widths: Sequence[int], font: str, *, repeated: bool = False) -> str:
    header = "<w:tblHeader/>" if repeated else ""
    height = '<w:trHeight w:val="454" w:hRule="atLeast"/>'
    drawn = "".join(_drawn(cell, width, font) for cell, width in zip(cells, widths, strict=True))
    return f"<w:tr><w:trPr><w:cantSplit/>{height}{header}</w:trPr>{drawn}</w:tr>"


def _drawn(cell: _Cell, width: int, font: str) -> str:
    look = f'<w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
    text = _paragraph(cell.text, font, cell.size, centred=cell.centred, own=False)
    below = _paragraph(cell.below, font, _SMALL, own=False) if cell.below else ""
    return f"<w:tc>{look}{text}{below}</w:tc>"


def _number_pages(section: Any, parse_xml: Any) -> None:
    """“— 1 —” in the middle of the foot of each page."""
    fields = "".join(
        f'<w:r><w:rPr><w:sz w:val="28"/></w:rPr>{inside}</w:r>'
        for inside in (
            '<w:t xml:space="preserve">— </w:t>',
            '<w:fldChar w:fldCharType="begin"/>',
            '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>1</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
            '<w:t xml:space="preserve"> —</w:t>',
        )
    )
    footer = section.footer
    footer.is_linked_to_previous = False
    own = footer.paragraphs[0]._p
    new = parse_xml(f'<w:p xmlns:w="{_NAMESPACE}"><w:pPr><w:jc w:val="center"/></w:pPr>{fields}</w:p>')
    own.addprevious(new)
    own.getparent().remove(own)


def _name_fonts(document: Any) -> None:
    """Enter the fonts with what may stand in for them."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>'
        for name, others in _FALLBACKS.items()
    )
    for part in document.part.package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml":
            part._blob = part.blob.replace(b"</w:fonts>", fonts.encode("utf-8") + b"</w:fonts>")
