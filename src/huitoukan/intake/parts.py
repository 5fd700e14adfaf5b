"""The parts of an xlsx, read with care: no more of each than the zip's directory tells, and nothing that is no plain XML.

Where the worksheets lie, and how far they reach, is known before a reader allocates anything: a reader that believes
one cell in the last corner of a worksheet takes the whole process with it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import NamedTuple, TypeVar
from xml.etree import ElementTree
from xml.parsers import expat

from huitoukan.intake.bounds import (
    LONGEST_SHEET_NAME,
    MEGABYTE,
    MOST_COLUMNS,
    MOST_ROWS,
    BrokenError,
    TooLargeError,
    damage,
    too_large,
)
from huitoukan.intake.zipped import METHODS, Zip, beginning
from huitoukan.phrase import say

T = TypeVar("T")

WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
# Bytes of a part that is read as a whole: 64,000 cell formats, Excel's limit, take less.
_LARGEST_TREE = 16 * MEGABYTE
_KEPT, _LARGEST_KEPT = 64, 256 * 1024  # parts whose reading is kept, and how many bytes each may have
_HARMLESS = 64 * 1024  # packed bytes that cannot unpack to more than 66 MB, whatever the directory says
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def read_part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part of XML.

    Raises:
        BrokenError: it has a document type, which no workbook has (entities can blow up), or no UTF-8.
        KeyError, zipfile.BadZipFile, …: it is missing, damaged, or not as long as the directory says.
    """
    info = archive.getinfo(name)
    data = archive.small(info) if isinstance(archive, Zip) else None
    if data is None:
        with archive.open(info) as stream:
            data = stream.read(info.file_size)
    if len(data) != info.file_size:
        raise BrokenError(say("部件 {name} 不完整", name=name))
    if b"<!DOCTYPE" in data:
        raise BrokenError(say("部件 {name} 带有工作簿不该有的文档类型声明", name=name))
    if data.startswith(_WIDE):
        raise BrokenError(say("部件 {name} 不是 UTF-8 编码", name=name))
    return data


def read_small_part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part that is read as a whole tree.

    Raises:
        TooLargeError: no honest part of this kind is so long.
        BrokenError, …: as for any part.
    """
    size = archive.getinfo(name).file_size
    if size > _LARGEST_TREE:
        raise TooLargeError(say("部件 {name} 有 {size} MB", name=name, size=size // MEGABYTE))
    return read_part(archive, name)


def keeping(read: Callable[[bytes], T]) -> Callable[[bytes], T]:
    """The same function, which keeps what it made of the last parts unless they are long.

    Most files of a campaign come from one blank form, and these parts of them are the same.
    """
    kept = lru_cache(maxsize=_KEPT)(read)
    return lambda xml: kept(xml) if len(xml) <= _LARGEST_KEPT else read(xml)


def check_directory(archive: zipfile.ZipFile, read: Collection[str] = ()) -> None:
    """Refuse names that stand twice, odd ways of packing, and large parts longer than the directory says; `read` are read anyway.

    Raises:
        BrokenError: two readers would read different things.
        zipfile.BadZipFile: a part is not what the directory says.
    """
    if len(archive.filelist) != len(archive.NameToInfo):
        raise BrokenError(say("压缩包里有同名的部件"))
    if any(info.compress_type not in METHODS for info in archive.filelist):
        raise BrokenError(say("压缩包用了不支持的压缩方法"))
    for info in archive.filelist:
        if (
            info.compress_size > _HARMLESS
            and info.filename.endswith((".xml", ".bin"))
            and info.filename not in read
        ):
            with archive.open(info) as stream:
                while stream.read(MEGABYTE):
                    pass


_STRINGS = "xl/sharedStrings.xml"
_COUNT = re.compile(rb"""\suniqueCount\s*=\s*["'](\d{7,})["']""")
_BEFORE_THE_COUNT = 320  # bytes, packed or not


def miscounts_strings(data: bytes, archive: zipfile.ZipFile) -> bool:
    """Whether the table of shared strings tells of millions more than it can hold: calamine sets aside room for them all."""
    entry = archive.NameToInfo.get(_STRINGS)
    if entry is None:
        return False
    found = _COUNT.search(beginning(data, entry, _BEFORE_THE_COUNT))
    return found is not None and int(found[1][:20]) > entry.file_size


class Structure(NamedTuple):
    """What the main part of a workbook tells: the XML part of each worksheet by sheet name, and how dates are counted."""

    parts: dict[str, str]
    date_1904: bool


def structure(archive: zipfile.ZipFile, most: int) -> Structure:
    """Read the main part of a workbook; files in strict OOXML name everything differently and mean the same.

    Raises:
        BrokenError: two worksheets have one name, or one part.
        TooLargeError: there are more worksheets than `most`.
    """
    targets = _targets(read_small_part(archive, RELATIONS))
    sheets, date_1904 = _sheets(read_small_part(archive, WORKBOOK))
    parts: dict[str, str] = {}
    for name, relation in sheets:
        target = targets.get(relation)
        if target:
            if name in parts:
                raise BrokenError(say("有两张同名的工作表“{sheet}”", sheet=name[:LONGEST_SHEET_NAME]))
            inside = target if target.startswith("xl/") else f"xl/{target}"
            parts[name] = target[1:] if target[0] == "/" else inside
    if len(parts) > most:
        raise TooLargeError(say("有 {count} 张工作表, 超过上限 {limit} 张", count=len(parts), limit=most))
    if len(set(parts.values())) < len(parts):
        raise BrokenError(say("几张工作表指向同一个部件"))
    return Structure(parts, date_1904)


@keeping
def _targets(relations: bytes) -> Mapping[str | None, str]:
    return {r.get("Id"): r.get("Target", "") for r in ElementTree.fromstring(relations)}


@keeping
def _sheets(workbook: bytes) -> tuple[tuple[tuple[str, str | None], ...], bool]:
    """The name and the relation of each sheet, and whether days are counted from 1904."""
    sheets: list[tuple[str, str | None]] = []
    date_1904 = False
    for element in ElementTree.fromstring(workbook).iter():
        if element.tag.endswith("}workbookPr"):
            date_1904 = element.get("date1904") in ("1", "true")
        elif element.tag.endswith("}sheet"):
            relation = element.get(_RELATION) or element.get(_STRICT_RELATION)
            sheets.append((element.get("name", ""), relation))
    return tuple(sheets), date_1904


# ---------------------------------------------------------------------------------------------------------- extent

_PREFIXED = re.compile(rb":c(?![\w.-])")
# A cell that is not written as programs write it, or lies (perhaps) beyond column ZZ or row 999.
_FAR = re.compile(rb'<c(?![A-Za-z]| r="[A-Z]{1,2}\d{1,3}")')
_FEW_CELLS = 999 * 702
_ODD = re.compile(rb'<c(?![A-Za-z]| r="[A-Z]{1,3}[1-9]\d{0,6}")')
_FILLED = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"(?!(?: \w+="[^"<>]*+")*+ ?/>)')
_ADDRESS = re.compile(r"([A-Za-z]{1,3})(\d{1,8})")
_ROW_NUMBER = re.compile(r"\d{1,8}")


def extent(sheet: str, xml: bytes, limit: int) -> tuple[int, int]:
    """Rows and columns up to the last filled cell; (0, 0) when a quick look shows that they are fewer than the limit.

    Cells written as every spreadsheet program writes them (`<c r="A1" …`) are counted by patterns; where there is one
    that is not, the XML is parsed.

    Raises:
        BrokenError: the XML is malformed, or cells stand where there are none.
        TooLargeError: a cell lies beyond the last row or column of any worksheet.
    """
    usual = not _PREFIXED.search(xml)
    if usual and limit >= _FEW_CELLS and not _FAR.search(xml):
        return 0, 0
    if not usual or _ODD.search(xml):
        rows, columns = _parsed_extent(xml)
    else:
        references = _FILLED.findall(xml)
        rows = max((int(row) for _, row in references), default=0)
        columns = max(map(column_number, {letters for letters, _ in references}), default=0)
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise TooLargeError(too_large(sheet, rows, columns))
    return rows, columns


def _parsed_extent(xml: bytes) -> tuple[int, int]:
    """The extent by way of an XML parser, for cells that are written in unusual ways or do not say where they stand."""
    last_row = last_column = row = column = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal last_row, last_column, row, column
        local = name.rpartition(":")[2]
        if local == "row":
            number = attributes.get("r")
            row = int(number) if number is not None and _ROW_NUMBER.fullmatch(number) else row + 1
            column = 0
        elif local == "c":
            address = attributes.get("r")
            column += 1
            if address is not None:
                found = _ADDRESS.fullmatch(address)
                if found is None:
                    raise BrokenError(say("单元格的地址“{address}”无效", address=address[:20]))
                row, column = int(found[2]), column_number(found[1].upper().encode())
            last_row, last_column = max(last_row, row), max(last_column, column)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise BrokenError(damage(error)) from error
    return last_row, last_column


@lru_cache(maxsize=1024)
def column_number(letters: bytes) -> int:
    """The one-based number of a column's letters."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
