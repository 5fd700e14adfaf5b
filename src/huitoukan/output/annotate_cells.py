"""The cells of a worksheet: giving some of them another ground, and taking away the grounds of an earlier copy."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Mapping
from typing import Any

from huitoukan.grid import Place, column_letters
from huitoukan.intake.parts import column_number
from huitoukan.model import Severity
from huitoukan.output.annotate_package import MAIN, OFFICE, PackageError, main
from huitoukan.output.annotate_styles import Styles

_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_AFTER_LEGACY = (
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
)
_TRUE = ("1", "true")


def place_of(address: str) -> Place | None:
    """The zero-based row and column of an A1 address; None for anything else."""
    found = _ADDRESS.fullmatch(address)
    return (int(found[2]) - 1, column_number(found[1].encode()) - 1) if found else None


def address_of(place: Place) -> str:
    """The A1 address of a place."""
    return f"{column_letters(place[1])}{place[0] + 1}"


def area_of(reference: str) -> tuple[Place, Place] | None:
    """The first and the last place of a range (`F12:F14`, `F12`)."""
    first, _, last = reference.partition(":")
    start, end = place_of(first), place_of(last or first)
    return (start, end) if start and end else None


class SheetCells:
    """The cells of one worksheet, by its root element."""

    def __init__(self, root: Any, styles: Styles) -> None:
        data = root.find(main("sheetData"))
        if data is None:
            raise PackageError("sheetData")
        self._root, self._data, self._styles = root, data, styles
        self._rows = dict(_numbered(data, main("row"), _row_number))
        self._merged = [
            area
            for one in root.iter(main("mergeCell"))
            if (area := area_of(one.get("ref") or "")) is not None
        ]

    def shown_at(self, place: Place) -> Place:
        """The place at which a cell shows: the first one of the merged area over it."""
        row, column = place
        for (top, left), (bottom, right) in self._merged:
            if top <= row <= bottom and left <= column <= right:
                return top, left
        return place

    def colour(self, grounds: Mapping[Place, Severity]) -> None:
        """Give cells the ground of a severity; a cell that is not there yet is made, with the style of its row or column."""
        for place, severity in sorted(grounds.items()):
            cell = self._cell(place)
            cell.set("s", str(self._styles.coloured(int(cell.get("s") or 0), severity)))

    def clear(self) -> None:
        """Take away the grounds of an earlier copy."""
        for cell in self._data.iter(main("c")):
            style = int(cell.get("s") or 0)
            cleared = self._styles.cleared(style)
            if cleared != style:
                cell.set("s", str(cleared))

    def _cell(self, place: Place) -> Any:
        row, column = self._row(place[0]), place[1]
        cells = list(_numbered(row, main("c"), _column_number))
        for number, cell in cells:
            if number == column:
                return cell
        from lxml import etree  # noqa: PLC0415

        made = etree.Element(main("c"), r=address_of(place))
        style = self._default_style(row, column)
        if style:
            made.set("s", style)
        before = [cell for number, cell in cells if number < column]
        row.insert(row.index(before[-1]) + 1 if before else 0, made)
        row.attrib.pop("spans", None)  # how far the row reaches; programs do without
        self._extend(place)
        return made

    def _row(self, number: int) -> Any:
        from lxml import etree  # noqa: PLC0415

        if number not in self._rows:
            made = etree.Element(main("row"), r=str(number + 1))
            numbers = sorted(self._rows)
            at = bisect(numbers, number)
            if at:
                before = self._rows[numbers[at - 1]]
                self._data.insert(self._data.index(before) + 1, made)
            else:
                self._data.insert(0, made)
            self._rows[number] = made
        return self._rows[number]

    def _default_style(self, row: Any, column: int) -> str:
        if row.get("customFormat") in _TRUE:
            return row.get("s") or ""
        for one in self._root.iter(main("col")):
            if int(one.get("min") or 0) <= column + 1 <= int(one.get("max") or 0):
                return one.get("style") or ""
        return ""

    def _extend(self, place: Place) -> None:
        dimension = self._root.find(main("dimension"))
        area = area_of(dimension.get("ref") or "") if dimension is not None else None
        if area is not None:
            (top, left), (bottom, right) = area
            first = address_of((min(top, place[0]), min(left, place[1])))
            last = address_of((max(bottom, place[0]), max(right, place[1])))
            dimension.set("ref", f"{first}:{last}")

    # ------------------------------------------------------------------------------------------------ geometry

    def widths(self) -> Mapping[int, float]:
        """The widths of the columns that have one of their own, in characters; hidden ones have none."""
        widths = {}
        for one in self._root.iter(main("col")):
            width = 0.0 if one.get("hidden") in _TRUE else float(one.get("width") or 0)
            for column in range(int(one.get("min") or 1) - 1, min(int(one.get("max") or 0), _FEW_COLUMNS)):
                widths[column] = width
        return widths

    def heights(self) -> Mapping[int, float]:
        """The heights of the rows that have one of their own, in points; hidden ones have none."""
        return {
            number: 0.0 if row.get("hidden") in _TRUE else float(row.get("ht") or 0)
            for number, row in self._rows.items()
            if row.get("ht") or row.get("hidden")
        }


_FEW_COLUMNS = 512  # beyond them nobody looks for a comment


def insert_legacy_drawing(root: Any, relation: str) -> None:
    """Let a worksheet refer to the drawing in which the boxes of its comments stand."""
    from lxml import etree  # noqa: PLC0415

    # Without a prefix of its own it would get one that depends on what else this process has loaded.
    made = etree.Element(main("legacyDrawing"), nsmap={None: MAIN, "r": OFFICE})
    made.set(f"{{{OFFICE}}}id", relation)
    after = {main(name) for name in _AFTER_LEGACY}
    for n, child in enumerate(root):
        # Controls may be wrapped in a choice between versions of Excel.
        if child.tag in after or (isinstance(child.tag, str) and child.tag.endswith("}AlternateContent")):
            root.insert(n, made)
            return
    root.append(made)


def _numbered(parent: Any, tag: str, number_of: Any) -> Iterator[tuple[int, Any]]:
    """The elements of a name with their numbers; one that tells none follows the one before."""
    number = -1
    for element in parent.iterchildren(tag):
        told = number_of(element.get("r") or "")
        number = number + 1 if told is None else told
        yield number, element


def _row_number(text: str) -> int | None:
    return int(text) - 1 if text.isascii() and text.isdigit() else None


def _column_number(text: str) -> int | None:
    place = place_of(text)
    return place[1] if place else None
