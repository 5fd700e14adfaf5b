"""How far the worksheets of an .xls or .ods reach, told before a reader sets aside memory for all of it."""

from __future__ import annotations

import struct
from xml.parsers import expat

from huitoukan.intake.bounds import BrokenError, TooLargeError, damage, too_large

# ---------------------------------------------------------------------------------------------------------- xls

_HEAD = struct.Struct("<HH")  # of a record, and of a cell: kind and length, row and column
_REACH = struct.Struct("<IIHH")  # first row, the one behind the last, the same of columns; two bytes follow
_BOF, _EOF, _DIMENSIONS = 0x0809, 0x0A, 0x200
# The records of filled cells: a reader keeps no blank ones. Text that a formula results in (0x207) comes without a place of its own.
_CELLS = frozenset({0x06, 0x27E, 0x203, 0xFD, 0x204, 0x205, 0xD6, 0xBD})
_MANY = 0xBD  # several numbers in one record, which ends with the last column


def check_xls(stream: bytes, limit: int) -> None:
    """Refuse a workbook stream whose worksheets reach, or say that they reach, over more than `limit` cells.

    Raises:
        TooLargeError: they do.
    """
    at, total, sheet = 0, 0, 0
    rows = columns = 0
    while at + _HEAD.size <= len(stream):
        kind, length = _HEAD.unpack_from(stream, at)
        at += _HEAD.size
        if kind in _CELLS and length >= _HEAD.size:
            row, column = _HEAD.unpack_from(stream, at) if at + _HEAD.size <= len(stream) else (0, 0)
            if kind == _MANY and length >= _HEAD.size + 2 and at + length <= len(stream):
                (column,) = struct.unpack_from("<H", stream, at + length - 2)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
        elif kind == _DIMENSIONS and length > _REACH.size and at + _REACH.size <= len(stream):
            first, last, left, right = _REACH.unpack_from(stream, at)
            if last > first and right > left and (last - first) * (right - left) > limit - total:
                raise TooLargeError(too_large(f"#{sheet}", last - first, right - left))
        elif kind in (_BOF, _EOF):
            sheet += kind == _BOF and at > _HEAD.size
            total += rows * columns
            rows = columns = 0
        if total + rows * columns > limit:
            raise TooLargeError(too_large(f"#{sheet}", rows, columns))
        at += length


# ---------------------------------------------------------------------------------------------------------- ods

_MOST, _MOST_DIGITS = 1 << 32, 19


def check_ods(xml: bytes, limit: int) -> None:
    """Refuse the content of an .ods whose tables reach over more than `limit` cells: one cell may stand for millions.

    Raises:
        TooLargeError: they do.
        BrokenError: it is no well-formed XML.
    """
    tables = _Tables(limit)
    parser = expat.ParserCreate()
    parser.StartElementHandler = tables.start
    parser.EndElementHandler = tables.end
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise BrokenError(damage(error)) from error


class _Tables:
    """Follows rows and cells with their repetitions."""

    def __init__(self, limit: int) -> None:
        self.limit, self.total, self.name = limit, 0, ""
        self.row = self.column = self.rows = self.columns = 0
        self.repeated_row = self.repeated = 1
        self.filled = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        local = name.rpartition(":")[2]
        if local == "table":
            self.total += self.rows * self.columns
            self.row = self.rows = self.columns = 0
            self.name = next((v for k, v in attributes.items() if k.endswith(":name")), "")
        elif local == "table-row":
            self.repeated_row = _repeated(attributes, ":number-rows-repeated")
            self.column, self.filled = 0, False
        elif local in ("table-cell", "covered-table-cell"):
            self.repeated = _repeated(attributes, ":number-columns-repeated")
            self.column += self.repeated
            if any(key.endswith(":value-type") for key in attributes):
                self._fill()
        elif local == "p":
            self._fill()

    def _fill(self) -> None:
        self.filled = True
        self.columns = max(self.columns, self.column)
        self.rows = max(self.rows, self.row + self.repeated_row)
        if self.total + self.rows * self.columns > self.limit:
            raise TooLargeError(too_large(self.name, self.rows, self.columns))

    def end(self, name: str) -> None:
        """An element ends."""
        if name.rpartition(":")[2] == "table-row":
            self.row += self.repeated_row


def _repeated(attributes: dict[str, str], name: str) -> int:
    number = next((value for key, value in attributes.items() if key.endswith(name)), "1")
    usual = number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS
    return min(int(number), _MOST) if usual else _MOST
