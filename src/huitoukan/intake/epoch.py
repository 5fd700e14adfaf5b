"""Whether a workbook counts days from 1904, where its XML is not looked at anyway: xls, xlsb, ods.

Date cells are converted by the reader. This is for bare serial numbers, which mean a date only where a date is expected.
"""

from __future__ import annotations

import re
import zipfile

from huitoukan.intake.bounds import MEGABYTE

_BIFF8_GLOBALS = bytes.fromhex("0908100000060500")
_DATEMODE, _END_OF_GLOBALS = 0x22, 0x0A
_MOST_RECORDS = 400  # the record is among the first; fonts, formats and styles come behind it
_NULL_DATE = re.compile(rb"<table:null-date\b[^<>]{0,200}date-value=\"1904-01-01")
_PROPERTIES = 0x99  # BrtWbProp
_HEAD = MEGABYTE  # bytes of a part that are looked at


def counts_from_1904_xls(data: bytes) -> bool:
    """Whether the globals of an xls say so."""
    at = data.find(_BIFF8_GLOBALS)
    for _ in range(_MOST_RECORDS) if at >= 0 else ():
        kind = int.from_bytes(data[at : at + 2], "little")
        length = int.from_bytes(data[at + 2 : at + 4], "little")
        if kind == _DATEMODE:
            return data[at + 4 : at + 4 + length] == b"\x01\x00"
        if kind == _END_OF_GLOBALS:
            break
        at += 4 + length
    return False


def counts_from_1904_zip(archive: zipfile.ZipFile) -> bool:
    """Whether the main part of an ods or xlsb says so."""
    for part in ("content.xml", "xl/workbook.bin"):
        if part in archive.NameToInfo:
            with archive.open(part) as stream:
                head = stream.read(_HEAD)
            return bool(_NULL_DATE.search(head)) if part == "content.xml" else _flag(head)
    return False


def _flag(binary: bytes) -> bool:
    """The first bit of the properties of a workbook in BIFF12: records of type, length (seven bits a byte), content."""
    at = 0
    for _ in range(_MOST_RECORDS):
        kind, at = _varied(binary, at, 2)
        length, at = _varied(binary, at, 4)
        if at >= len(binary):
            break
        if kind == _PROPERTIES:
            return bool(binary[at] & 1)
        at += length
    return False


def _varied(binary: bytes, at: int, most: int) -> tuple[int, int]:
    number = 0
    for n in range(most):
        byte = binary[at] if at < len(binary) else 0
        at += 1
        # The type keeps the bit that says that another byte follows; 0x99 0x01 is 153.
        number |= (byte & 0x7F) << (7 * n)
        if not byte & 0x80:
            break
    return number, at
