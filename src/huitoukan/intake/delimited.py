"""Delimited text (CSV, TSV, Excel's Unicode text) as a worksheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from huitoukan.grid import CellValue, Grid
from huitoukan.intake.bounds import BrokenError, TooLargeError, too_large
from huitoukan.intake.encodings import decode
from huitoukan.intake.entry import Entries
from huitoukan.phrase import say

_DELIMITERS = "\t,;|"
_LOOKED_AT = 200  # lines that tell the delimiter
_HEAD = 65536  # and characters
_SAID = re.compile(r"sep=(.)\r?\n")  # a first line for Excel, which does not show it


def delimiter_of(text: str) -> str | None:
    """The character that parts a text into a table of at least two rows and columns; None when none does."""
    said = _SAID.match(text)
    if said:
        return said[1]
    head = text[:_HEAD]
    counts = {mark: _rows_parted(head, mark) for mark in _DELIMITERS if mark in head}
    best = max(counts, key=lambda mark: counts[mark], default=None)
    return best if best is not None and counts[best] > 1 else None


def read_delimited(data: bytes, name: str, limit: int) -> tuple[Grid, ...]:
    """The one worksheet of a delimited text, which is named `name`; nothing when it is none.

    Raises:
        TooLargeError: it has more than `limit` cells.
        BrokenError: a quotation mark is not closed, and one cell swallows the rest.
    """
    text = decode(data)
    delimiter = delimiter_of(text) if text else None
    if text is None or delimiter is None:
        return ()
    entries = Entries()
    rows: list[list[CellValue]] = []
    left = limit
    said = _SAID.match(text)
    try:
        for texts in _rows(text[said.end() if said else 0 :], delimiter):
            left -= max(len(texts), 1)
            if left < 0:
                raise TooLargeError(too_large(name, len(rows) + 1, len(texts)))
            row = len(rows)
            rows.append([entries.enter(row, column, value) for column, value in enumerate(texts)])
    except csv.Error:
        line = len(rows) + 1
        raise BrokenError(say("第 {line} 行有一个单元格过长, 多半是引号没有成对", line=line)) from None
    return (Grid(name, rows, marks=entries.marks, formulas=entries.formulas),)


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    for texts in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        yield [value.replace("\r\n", "\n") for value in texts]


def _rows_parted(head: str, delimiter: str) -> int:
    try:
        return sum(len(texts) > 1 for texts in islice(_rows(head, delimiter), _LOOKED_AT))
    except csv.Error:
        return 0
