"""Results of formulas in a workbook that openpyxl has saved: it saves none, and a program that does not calculate sees nothing.

They are those of the blank form, whose formulas are known when they are written. A spreadsheet program works them out again.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

Result = str | int | float
_CELL = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"((?: s="[0-9]+")?)>(<f>[^<]*</f>)<v ?(?:/>|></v>)</c>')


def with_results(workbook: bytes, results: Mapping[int, Mapping[str, Result]]) -> bytes:
    """The workbook with results, by the number of the worksheet (from 1, in the order in which they were made) and cell."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as target,
    ):
        parts = {f"xl/worksheets/sheet{n}.xml": found for n, found in results.items()}
        for name in source.namelist():
            content = source.read(name)
            if name in parts:
                content = _filled(content, parts[name])
            target.writestr(name, content)
    return stream.getvalue()


def _filled(content: bytes, results: Mapping[str, Result]) -> bytes:
    def fill(cell: re.Match[bytes]) -> bytes:
        place, style, formula = cell[1], cell[2], cell[3]
        result = results.get(place.decode("ascii"))
        if result is None:
            return cell[0]
        text = isinstance(result, str)
        kind = b' t="str"' if text else b""
        value = escape(str(result)).encode("ascii", "xmlcharrefreplace").replace(b"\n", b"&#10;")
        return b'<c r="' + place + b'"' + style + kind + b">" + formula + b"<v>" + value + b"</v></c>"

    return _CELL.sub(fill, content)
