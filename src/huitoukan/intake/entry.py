"""What a spreadsheet program makes of a text that is typed into a cell: a number, an error, a formula."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from dataclasses import dataclass, field

from huitoukan.grid import CellValue, Mark, Place

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_DIGITS = 15  # a number of more digits would lose some: a number of an identity card stays a text
_LONGEST = 40  # characters of a number
_ERRORS = frozenset({
    "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!",
})  # fmt: skip
_QUOTED = re.compile(r'="((?:[^"]|"")*)"')


@dataclass(slots=True)
class Entries:
    """Cells filled from texts: what the values alone do not tell of them, by zero-based row and column."""

    marks: MutableMapping[Place, tuple[Mark, str]] = field(default_factory=dict)
    formulas: MutableMapping[Place, str] = field(default_factory=dict)

    def enter(self, row: int, column: int, text: str) -> CellValue:
        """The value that a text becomes in a cell; an error or a formula is noted and leaves the cell empty."""
        if not text or text.isspace():
            return text or None
        first = text[0]
        if first == "#" and text in _ERRORS:
            self.marks[row, column] = (Mark.ERROR, text)
            return None
        if first == "=" and len(text) > 1:
            quoted = _QUOTED.fullmatch(text)  # ="140702": how a program writes digits that are to stay a text
            if quoted:
                return quoted[1].replace('""', '"')
            self.formulas[row, column] = text[1:]
            self.marks[row, column] = (Mark.UNCACHED, "")
            return None
        return number(text)


def number(text: str) -> CellValue:
    """A plain number as a number, TRUE and FALSE as themselves, everything else as the text that it is."""
    if len(text) > _LONGEST:
        return text
    bare = text.strip(" \t")
    if _NUMBER.fullmatch(bare) and sum(c.isdigit() for c in bare) <= _DIGITS and bare.isascii():
        return float(bare.replace(",", ""))
    return {"TRUE": True, "FALSE": False}.get(bare.upper(), text)
