"""What calamine does not see of an xlsx: a bounded look at the XML of its worksheets.

Error cells and formulas whose result was not saved (calamine gives a blank for both); formulas themselves; hidden rows and
columns; number formats and colours that hide something; where pictures lie. Patterns begin with literal text, which makes them ten times as fast; the slow ones run only where a quick look hits.
None reaches beyond the tag or the cell at which it begins, so that a hostile file costs no more than its length.
"""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote
from xml.etree import ElementTree

from huitoukan.grid import Look, Mark, Place, Range
from huitoukan.intake.bounds import MOST_COLUMNS
from huitoukan.intake.parts import column_number, keeping, read_small_part


@dataclass(slots=True)
class SheetScan:
    """What the XML of one worksheet told beyond its values; rows and columns count from zero."""

    marks: dict[Place, tuple[Mark, str]] = field(default_factory=dict)
    formulas: dict[Place, str] = field(default_factory=dict)
    looks: Mapping[Place, Look] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    pictures: tuple[Range, ...] = ()


def scan_sheet(archive: zipfile.ZipFile, part: str, xml: bytes) -> SheetScan:
    """Look at the XML of one worksheet, and at the styles and drawings that it refers to."""
    scan = SheetScan()
    _read_formulas(xml, scan)
    if any("[" in formula for formula in scan.formulas.values()):
        names = _external_names(archive)
        scan.formulas = {place: _named(formula, names) for place, formula in scan.formulas.items()}
    if b't="e"' in xml:
        _read_errors(xml, scan)
    start, end = xml.find(b"<sheetData"), xml.rfind(b"</sheetData>")  # what stands around the rows is short
    scan.hidden_columns = frozenset(_hidden_columns(xml[: max(start, 0)]))
    if b' hidden="' in xml or _FLAT.search(xml):
        # Empty rows below may be hidden by the million.
        last_cell = xml.rfind(b"<c", start, end) if 0 <= start < end else -1
        scan.hidden_rows = frozenset(_hidden_rows(xml, last_cell if last_cell >= 0 else len(xml)))
    telling = _telling_styles(archive)
    if telling:
        scan.looks = _looks(xml, telling)
    if b"drawing" in xml[max(end, 0) :]:
        scan.pictures = tuple(_pictures(archive, part))
    return scan


# ---------------------------------------------------------------------------------------------------------- formulas

_RESULT = (
    rb"(?:[^<>]*/>|[^<>]*>([^<]*)</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>([^<]*)</(?:\w+:)?v>)?"
)
_FORMULA = re.compile(rb"<f\b" + _RESULT)
_LONGEST_FORMULA = 8192  # Excel's own limit
_HEAD = 2048  # bytes in which the root element stands; it tells whether elements have a prefix
_PREFIXED_FORMULA = re.compile(rb"<\w+:f\b" + _RESULT)
_ERROR = re.compile(rb'\st="e"')
_ERROR_CELL = re.compile(rb"<(?:\w+:)?c\s")
_ERROR_TEXT = re.compile(  # directly after the tag of its cell, at most a formula between them
    rb"\s*(?:<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*)?<(?:\w+:)?v>([^<]*)</(?:\w+:)?v>"
)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')


def _read_formulas(xml: bytes, scan: SheetScan) -> None:
    """Every formula (empty text where only its first cell tells a shared one), and those without a saved result."""
    pattern = _FORMULA if b"<worksheet" in xml[:_HEAD] else _PREFIXED_FORMULA
    for formula in pattern.finditer(xml):
        attributes = xml[xml.rfind(b"<", 0, formula.start()) : formula.start()]
        place = _place(attributes)
        if place is None:
            continue
        text = (formula[1] or b"")[:_LONGEST_FORMULA].decode("utf-8", "replace")
        scan.formulas[place] = html.unescape(text) if "&" in text else text
        if not formula[2] and b't="str"' not in attributes:  # a saved empty text says t="str"
            scan.marks[place] = (Mark.UNCACHED, "")


def _read_errors(xml: bytes, scan: SheetScan) -> None:
    """The error cells and what they show."""
    found = _ERROR.search(xml)
    while found:
        start, end = xml.rfind(b"<", 0, found.start()), xml.find(b">", found.end())
        if start < 0 or end < 0:
            return
        text = _ERROR_TEXT.match(xml, end + 1) if _ERROR_CELL.match(xml, start) else None
        place = _place(xml[start:end]) if text else None
        if text and place:
            scan.marks[place] = (Mark.ERROR, text[1].decode("utf-8", "replace"))
        found = _ERROR.search(xml, end)


_EXTERNAL_NUMBER = re.compile(r"\[(\d{1,4})\]")


def _named(formula: str, names: Mapping[str, str]) -> str:
    """A formula with the names of other workbooks, which the file keeps as numbers: `[去年.xlsx]Sheet1!F35`."""
    return _EXTERNAL_NUMBER.sub(lambda found: f"[{names.get(found[1], found[1])}]", formula)


def _external_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """The file names of the workbooks that formulas refer to, by their number."""
    names = {}
    for part in archive.namelist():
        number = _EXTERNAL_PART.fullmatch(part)
        if number:
            for target in _related(archive, part, _EXTERNAL_PATH):
                names[number[1]] = posixpath.basename(unquote(target).replace("\\", "/"))
    return names


def _place(attributes: bytes) -> Place | None:
    reference = _REFERENCE.search(attributes)
    return (int(reference[2]) - 1, column_number(reference[1]) - 1) if reference else None


# ---------------------------------------------------------------------------------------------------------- hidden

_HIDDEN = (b' hidden="1"', b' hidden="true"')
# At most one point high: it does not show either.
_FLAT = re.compile(rb' ht="(?:1(?:\.0+)?|0(?:\.\d+)?|\.\d+)"')
_NARROW = re.compile(rb' width="0?(?:0|\.[01]\d*|\.20*)"')  # at most a fifth of a character wide
_ROW = re.compile(rb"<(?:\w+:)?row\b([^<>]*)>")
_COL = re.compile(rb"<(?:\w+:)?col\b([^<>]*)>")
_NUMBERED = re.compile(rb'\br="(\d{1,7})"')
_SPAN = (re.compile(rb'\bmin="(\d{1,5})"'), re.compile(rb'\bmax="(\d{1,5})"'))


def _hidden_rows(xml: bytes, end: int) -> Iterator[int]:
    for row in _ROW.finditer(xml, 0, end):
        number = _NUMBERED.search(row[1])
        if number and (any(word in row[1] for word in _HIDDEN) or _FLAT.search(row[1])):
            yield int(number[1]) - 1


def _hidden_columns(xml: bytes) -> Iterator[int]:
    spans = set()
    for column in _COL.finditer(xml):
        first, last = (pattern.search(column[1]) for pattern in _SPAN)
        hidden = any(word in column[1] for word in _HIDDEN) or _NARROW.search(column[1])
        if first and last and hidden:
            spans.add((int(first[1]) - 1, min(int(last[1]), MOST_COLUMNS)))
    told = 0  # every column once, however often the spans overlap
    for start, end in sorted(spans):
        yield from range(max(start, told), end)
        told = max(told, end)


# ---------------------------------------------------------------------------------------------------------- looks

_CELL = re.compile(rb"<(?:\w+:)?c\s([^<>]*)>")
_STYLE = re.compile(rb'\bs="(\d{1,6})"')
_WHITE = "FFFFFF"
_HEX = re.compile("[0-9A-F]{6}")
_INDISTINCT = 8  # of 255 in each channel
_WHITE_THEME, _WHITE_INDEXES = "0", frozenset({"1", "9"})
_BUILT_IN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%"}
_SHOWS_NOTHING = ";;;"
_LONGEST_FORMAT = 255  # characters, Excel's own limit
# What of a number format is no digit: texts, escapes, paddings, colours and conditions.
_NOT_DIGITS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\[\]]*\]')
_FIRST_SECTION = re.compile(r'(?:"[^"]*"|\\.|[^;"\\])*')  # a semicolon in a text parts nothing
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_DIGITS = re.compile(r"[#0?,]*[#0?](?:\.([#0?]*))?")


def _looks(xml: bytes, telling: Mapping[int, Look]) -> dict[Place, Look]:
    """The cells whose style hides something or rounds."""
    looks = {}
    for cell in _CELL.finditer(xml):
        style = _STYLE.search(cell[1])
        look = telling.get(int(style[1])) if style else None
        place = _place(cell[1]) if look else None
        if look and place:
            looks[place] = look
    return looks


def _telling_styles(archive: zipfile.ZipFile) -> Mapping[int, Look]:
    name = "xl/styles.xml"
    if name not in archive.NameToInfo:
        return {}
    return read_styles(read_small_part(archive, name))


@keeping
def read_styles(xml: bytes) -> Mapping[int, Look]:
    """The cell styles that show a value otherwise than it is, by their number."""
    parts = {element.tag.rpartition("}")[2]: element for element in _parse(xml)}
    formats = dict(_BUILT_IN)
    for element in parts.get("numFmts", ()):
        number = element.get("numFmtId", "")
        if number.isdigit():
            formats[int(number)] = element.get("formatCode", "")
    fonts = [_colour(font, "color") for font in parts.get("fonts", ())]
    fills = [_fill(fill) for fill in parts.get("fills", ())]
    telling = {}
    known: dict[tuple[str | None, ...], Look] = {}  # thousands of styles may differ in their borders only
    for n, style in enumerate(parts.get("cellXfs", ())):
        key = (style.get("fontId"), style.get("fillId"), style.get("numFmtId"))
        look = known.get(key)
        if look is None:
            font, fill = _at(fonts, key[0]), _at(fills, key[1])
            look = _format_look(formats.get(_number(key[2]), ""))
            if font is not None and _alike(font, fill or _WHITE):
                look = look._replace(invisible=True)
            known[key] = look
        if look != Look():
            telling[n] = look
    return telling


def _alike(font: str, fill: str) -> bool:
    """Whether two colours differ so little that a text in the one does not show on the other."""
    if not (_HEX.fullmatch(font) and _HEX.fullmatch(fill)):
        return font == fill
    channels = zip(bytes.fromhex(font), bytes.fromhex(fill), strict=True)
    return all(abs(one - other) <= _INDISTINCT for one, other in channels)


def _at(values: list[str | None], index: str | None) -> str | None:
    place = _number(index)
    return values[place] if place < len(values) else None


def _number(text: str | None) -> int:
    """A number of an attribute; one that is missing or malformed counts as 0, the first style."""
    return int(text) if text and text.isascii() and text.isdigit() else 0


def _colour(element: ElementTree.Element, name: str) -> str | None:
    """A colour as six hex digits; None for an automatic one, or one of a theme that we do not follow."""
    for child in element:
        if child.tag.rpartition("}")[2] == name:
            white = child.get("theme") == _WHITE_THEME and not child.get("tint")
            if white or child.get("indexed") in _WHITE_INDEXES:
                return _WHITE
            return (child.get("rgb") or "")[-6:].upper() or None
    return None


def _fill(element: ElementTree.Element) -> str | None:
    """The colour behind a cell; None for none. A pattern of a colour that we do not follow counts as its own."""
    for pattern in element:
        if pattern.tag.rpartition("}")[2] == "patternFill" and pattern.get("patternType") not in (
            None,
            "none",
        ):
            return _colour(pattern, "fgColor") or "?"
        if pattern.tag.rpartition("}")[2] == "gradientFill":
            return "?"
    return None


def _format_look(code: str) -> Look:
    """What a number format does to a number: how many decimals it shows, as a percentage, or not at all."""
    if len(code) > _LONGEST_FORMAT:
        return Look()
    if code.strip() == _SHOWS_NOTHING:
        return Look(invisible=True)
    first = _FIRST_SECTION.match(code)
    section = first[0] if first else ""
    shown = _NOT_DIGITS.sub("", section)
    if code and not shown.strip() and "[" not in section:  # a colour alone shows the number
        return Look(instead="".join(quoted or escaped for quoted, escaped in _LITERAL.findall(section)))
    digits = _DIGITS.search(shown)
    if digits is None or re.search("[ymdhsEe/@]|General", shown):
        return Look()
    return Look(decimals=len(digits[1] or ""), percent="%" in shown)


# ---------------------------------------------------------------------------------------------------------- pictures

_DRAWING, _EXTERNAL_PATH = "/drawing", "/externalLinkPath"
_EXTERNAL_PART = re.compile(r"xl/externalLinks/externalLink(\d{1,4})\.xml")
_ANCHORS = ("twoCellAnchor", "oneCellAnchor")


def _pictures(archive: zipfile.ZipFile, part: str) -> Iterator[Range]:
    """Where the pictures on a worksheet lie: a signature or a seal may be one."""
    for drawing in _related(archive, part, _DRAWING):
        if drawing not in archive.NameToInfo:
            continue
        for anchor in _parse(read_small_part(archive, drawing)):
            if anchor.tag.rpartition("}")[2] in _ANCHORS and any(
                child.tag.rpartition("}")[2] == "pic" for child in anchor.iter()
            ):
                corners = [
                    _corner(child) for child in anchor if child.tag.rpartition("}")[2] in ("from", "to")
                ]
                if corners:
                    yield Range(*corners[0], *corners[-1])


def _corner(element: ElementTree.Element) -> Place:
    """The row and column of a corner of a picture."""
    found = {child.tag.rpartition("}")[2]: child.text or "" for child in element}
    row, column = found.get("row", ""), found.get("col", "")
    return _number(row), _number(column)


def _related(archive: zipfile.ZipFile, part: str, kind: str) -> Iterator[str]:
    """The parts of a kind that a part refers to."""
    folder, name = posixpath.split(part)
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in archive.NameToInfo:
        return
    for relation in _parse(read_small_part(archive, relations)):
        if relation.get("Type", "").endswith(kind):
            yield posixpath.normpath(posixpath.join(folder, relation.get("Target", ""))).lstrip("/")


def _parse(xml: bytes) -> ElementTree.Element:
    """The root of a part that only adds to what is known: an empty one where the part is malformed."""
    try:
        return ElementTree.fromstring(xml)
    except ElementTree.ParseError:
        return ElementTree.Element("malformed")
