"""Single cells of an xlsx changed, every other byte of its parts as it was.

A workbook that openpyxl saves loses what openpyxl does not know (pictures of some kinds, controls, the saved results of its
formulas). So the XML of a worksheet is cut open at the cell and nowhere else; the table of shared strings stays as it is,
because a new text is written into its cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from xml.etree import ElementTree
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from huitoukan.grid import Place
from huitoukan.intake.bounds import BrokenError
from huitoukan.intake.kinds import BROKEN_ZIP
from huitoukan.intake.parts import column_number, read_part, read_small_part, structure
from huitoukan.intake.zipped import DirectoryTooLargeError, open_zip
from huitoukan.output.files import xml_text
from huitoukan.output.zip_parts import SpliceError, splice
from huitoukan.phrase import Phrase, plain, say

Value = Decimal | str
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_STRINGS = "xl/sharedStrings.xml"
_SIGNATURES = "_xmlsignatures/"
_CONTENT = frozenset({"v", "is"})  # what a plain cell holds; anything else of it would be lost
_MOST_SHEETS = 10_000  # the reader has counted them before
RECALCULATE = b'<%ssheetCalcPr fullCalcOnLoad="1"/>'


class EditError(Exception):
    """A cell, or the whole workbook, cannot be changed; `why` says so in words."""

    def __init__(self, why: Phrase) -> None:
        super().__init__()
        self.why = why


def edited(workbook: bytes, changes: Mapping[str, Mapping[Place, Value]]) -> bytes:
    """The workbook with new values in some cells, by worksheet and place (row and column from zero).

    A number is written as one, a text as a text. Where a worksheet has formulas, it says that they are to be worked out
    anew when it is opened: their saved results may rest on what was changed.

    Raises:
        EditError: one of the cells is a formula, several fonts share its text, or the workbook cannot be taken apart.
    """
    try:
        archive = open_zip(workbook)
        if any(name.startswith(_SIGNATURES) for name in archive.namelist()):
            raise EditError(say("工作簿有数字签名, 改动以后签名就失效了"))
        places = {name: place for place, name in enumerate(archive.namelist())}
        parts = structure(archive, _MOST_SHEETS).parts
        texts = any(isinstance(value, str) for cells in changes.values() for value in cells.values())
        rich = (
            _rich_strings(read_small_part(archive, _STRINGS)) if texts and _STRINGS in places else frozenset()
        )
        contents = {
            places[parts[sheet]]: edited_sheet(read_part(archive, parts[sheet]), cells, rich)
            for sheet, cells in changes.items()
        }
        return splice(workbook, contents)
    except (
        SpliceError,
        DirectoryTooLargeError,
        BrokenError,
        *BROKEN_ZIP,
        ElementTree.ParseError,
        expat.ExpatError,
    ):
        raise EditError(say("工作簿的内部结构特别, 不能就地修改")) from None


def edited_sheet(xml: bytes, changes: Mapping[Place, Value], rich: frozenset[int] = frozenset()) -> bytes:
    """The XML of a worksheet with new values in some cells; `rich` are the shared strings of several fonts.

    Raises:
        EditError: one of the cells is a formula, is not there, or its text has several fonts.
    """
    found = _find(xml, changes.keys())
    pieces, at = [], 0
    for place, cell in sorted(found.cells.items(), key=lambda item: item[1].start):
        value = changes[place]
        _check(cell, value, rich)
        pieces += [xml[at : cell.start], _written(cell, value)]
        at = cell.end
    if len(found.cells) < len(changes):
        raise EditError(say("工作表里没有这个单元格"))
    if found.formulas and not found.recalculates and found.data_end:
        pieces += [xml[at : found.data_end], RECALCULATE % found.prefix.encode()]
        at = found.data_end
    return b"".join([*pieces, xml[at:]])


@dataclass(slots=True)
class _Cell:
    """A cell in the XML: its bytes, its name and attributes as written, and the elements and the text inside."""

    start: int
    end: int
    name: str
    attributes: list[str]
    inside: set[str] = field(default_factory=set)
    text: str = ""


@dataclass(slots=True)
class _Found:
    """What was looked for in the XML of a worksheet; `data_end` is where its rows end."""

    cells: dict[Place, _Cell] = field(default_factory=dict)
    formulas: bool = False
    recalculates: bool = False
    data_end: int = 0
    prefix: str = ""


def _find(xml: bytes, places: object) -> _Found:
    """The cells at some places, by the same parser that says where in the bytes each of them lies."""
    found = _Found()
    wanted = set(places)  # type: ignore[call-overload]
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.buffer_text = True
    row = column = -1
    current: _Cell | None = None

    def start(name: str, attributes: list[str]) -> None:
        nonlocal row, column, current
        prefix, _, local = name.rpartition(":")
        if current is not None:
            current.inside.add(local)
        if local == "row":
            number = _attribute(attributes, "r")
            row, column = (int(number) - 1 if number else row + 1), -1
        elif local == "c":
            address = _ADDRESS.fullmatch((_attribute(attributes, "r") or "").upper())
            column += 1
            if address:
                row, column = int(address[2]) - 1, column_number(address[1].encode()) - 1
            if (row, column) in wanted:
                current = _Cell(parser.CurrentByteIndex, 0, name, attributes)
                found.cells[row, column] = current
        elif local == "f":
            found.formulas = True
        elif local == "sheetCalcPr":
            found.recalculates = True
        elif local == "sheetData":
            found.prefix = f"{prefix}:" if prefix else ""

    def end(name: str) -> None:
        nonlocal current
        local = name.rpartition(":")[2]
        if local == "c" and current is not None:
            current.end = xml.index(b">", parser.CurrentByteIndex) + 1
            current = None
        elif local == "sheetData":
            found.data_end = xml.index(b">", parser.CurrentByteIndex) + 1

    def text(characters: str) -> None:
        if current is not None:
            current.text += characters

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.Parse(xml, True)
    return found


def _attribute(attributes: list[str], name: str) -> str | None:
    return next((attributes[n + 1] for n in range(0, len(attributes), 2) if attributes[n] == name), None)


def _check(cell: _Cell, value: Value, rich: frozenset[int]) -> None:
    if "f" in cell.inside:
        raise EditError(say("这一格是公式, 公式不改"))
    if not cell.inside & _CONTENT:
        raise EditError(say("工作表里没有这个单元格"))
    if isinstance(value, str):
        shared = _attribute(cell.attributes, "t") == "s"
        several = int(cell.text) in rich if shared and cell.text.strip().isdigit() else "r" in cell.inside
        if several:
            raise EditError(say("这一格的文字有几种字体, 改动以后就没有了"))


def _written(cell: _Cell, value: Value) -> bytes:
    """The cell with its address and its style as they were, and a new value."""
    kept = [
        (cell.attributes[n], cell.attributes[n + 1])
        for n in range(0, len(cell.attributes), 2)
        if cell.attributes[n] != "t"
    ]
    prefix = cell.name.rpartition(":")[0]
    prefix = f"{prefix}:" if prefix else ""
    head = "".join(f" {name}={quoteattr(text)}" for name, text in kept)
    if isinstance(value, Decimal):
        body = f"<{prefix}v>{plain(value)}</{prefix}v>"
        return f"<{cell.name}{head}>{body}</{cell.name}>".encode()
    text = escape(xml_text(value))
    body = f'<{prefix}is><{prefix}t xml:space="preserve">{text}</{prefix}t></{prefix}is>'
    return f'<{cell.name}{head} t="inlineStr">{body}</{cell.name}>'.encode()


def _rich_strings(xml: bytes) -> frozenset[int]:
    """The shared strings that are made of several runs, each with a font of its own."""
    rich = set()
    for n, string in enumerate(ElementTree.fromstring(xml)):
        if any(child.tag.rpartition("}")[2] == "r" for child in string):
            rich.add(n)
    return frozenset(rich)
