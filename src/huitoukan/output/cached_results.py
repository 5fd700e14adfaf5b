"""Formulas with their results: openpyxl writes a formula without what it gives, and a reader that does not calculate sees nothing.

Python, the preview of a telephone and the protected view of an office show the saved results. They are put into the XML of
the worksheets after openpyxl has written it, exactly as Excel itself saves them.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from xml.sax.saxutils import escape

from huitoukan.output.files import xml_text
from huitoukan.phrase import plain

Result = str | int | Decimal | None
# A cell as openpyxl writes it, with lxml or without: a formula and an empty value, or a number.
_FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^>]*)>(<f>[^<]*</f>)<v\s*(?:/>|></v>)</c>')
_NUMBER = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^>]*)><v>([^<]*)</v></c>')
_TYPE = re.compile(rb'\s+t="[^"]*"')
# Codes are text that looks like a number: no green corner in each of their cells. It stands before any of these.
_IGNORED = b'<ignoredErrors><ignoredError sqref="A1:XFD1048576" numberStoredAsText="1"/></ignoredErrors>'
_AFTER_IGNORED = re.compile(rb"<drawing |<legacyDrawing |<tableParts|</worksheet>")
_DIGITS = 16  # of a number that openpyxl writes; a double may need one more


def with_results(
    workbook: bytes, results: Mapping[str, Mapping[str, Result]], *, to_fill_in: bool = False
) -> bytes:
    """The same workbook with the result of every formula, and with the numbers that `results` knows to their last digit.

    Text that looks like a number is declared to be meant so, but not in a form `to_fill_in`: there it is a mistake that the
    spreadsheet program may point at. Formulas of such a form that are not in `results` (its working) stay without any.

    `results` are by the part of the worksheet (`xl/worksheets/sheet1.xml`) and the cell; None is a formula that shows nothing.

    Raises:
        KeyError: a formula has no result, which is a mistake of the program that wrote it.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(stream, "w") as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename.startswith("xl/worksheets/sheet"):
                content = _with_results(content, results.get(info.filename, {}), to_fill_in=to_fill_in)
            target.writestr(info, content)
    return stream.getvalue()


def _with_results(sheet: bytes, results: Mapping[str, Result], *, to_fill_in: bool) -> bytes:
    def formula(found: re.Match[bytes]) -> bytes:
        cell = found[1].decode("ascii")
        if to_fill_in and cell not in results:
            return found[0]
        result = results[cell]
        attributes = _TYPE.sub(b"", found[2])
        kind = b' t="str"' if result is None or isinstance(result, str) else b""
        return (
            b'<c r="%b"%b%b>%b<v>%b</v></c>' % (found[1], attributes, kind, found[3], _text(result))
        )  # fmt: skip

    def number(found: re.Match[bytes]) -> bytes:
        exact = results.get(found[1].decode("ascii"))
        if not isinstance(exact, Decimal):
            return found[0]
        return b'<c r="%b"%b><v>%b</v></c>' % (found[1], found[2], _text(exact))

    sheet = _NUMBER.sub(number, _FORMULA.sub(formula, sheet))
    if to_fill_in:
        return sheet
    return _AFTER_IGNORED.sub(lambda found: _IGNORED + found[0], sheet, count=1)


def _text(result: Result) -> bytes:
    if isinstance(result, Decimal):
        return plain(result).encode("ascii")
    return escape(xml_text("" if result is None else str(result))).encode("utf-8")


def needs_all_digits(number: Decimal) -> bool:
    """Whether openpyxl would write a number with fewer digits than it has."""
    return Decimal(f"{float(number):.{_DIGITS}g}") != number
