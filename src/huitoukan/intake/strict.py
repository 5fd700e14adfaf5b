"""Workbooks in strict OOXML (ISO/IEC 29500) as the transitional ones that every reader knows.

calamine reads both; only the second reader, openpyxl, knows nothing of the strict names.
"""

from __future__ import annotations

import io
import re
import zipfile

_STRICT = b"http://purl.oclc.org/ooxml/"
_NAMES = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)(/\w+)?")
_YEARS = {  # of the transitional namespaces; relationships carry no part of their own
    b"spreadsheetml": b"spreadsheetml/2006",
    b"drawingml": b"drawingml/2006",
    b"officeDocument": b"officeDocument/2006",
}


def is_strict(archive: zipfile.ZipFile) -> bool:
    """Whether the main part uses the strict names."""
    return _STRICT in archive.read("xl/workbook.xml")[:4096]


def to_transitional(archive: zipfile.ZipFile) -> bytes:
    """The same workbook with transitional names. What it unpacks to was limited before."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith((".xml", ".rels")):
                content = _NAMES.sub(_transitional, content)
            copy.writestr(name, content)
    return target.getvalue()


def _transitional(name: re.Match[bytes]) -> bytes:
    return b"http://schemas.openxmlformats.org/" + _YEARS.get(name[1], name[1] + b"/2006") + (name[2] or b"")
