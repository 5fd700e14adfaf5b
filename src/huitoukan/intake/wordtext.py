"""The text of a Word document (.docx), paragraph by paragraph, of which no more is read than a report can have."""

from __future__ import annotations

import zipfile
from xml.parsers import expat

from huitoukan.intake.bounds import MEGABYTE, BrokenError
from huitoukan.intake.kinds import BROKEN_ZIP
from huitoukan.intake.parts import read_part

_PART = "word/document.xml"
_LARGEST = 8 * MEGABYTE  # of XML: a report of a hundred pages takes one
_LONGEST = 400_000  # characters


def paragraphs(archive: zipfile.ZipFile) -> tuple[str, ...] | None:
    """The paragraphs that hold text, in their order; None where the document is damaged, or no report can be so long."""
    try:
        if archive.getinfo(_PART).file_size > _LARGEST:
            return None
        return _read(read_part(archive, _PART))
    except (*BROKEN_ZIP, BrokenError, expat.ExpatError):
        return None


def _read(xml: bytes) -> tuple[str, ...]:
    found: list[str] = []
    line: list[str] = []
    inside, length = False, 0

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal inside
        inside = name.rpartition(":")[2] == "t"

    def end(name: str) -> None:
        nonlocal inside
        inside = False
        if name.rpartition(":")[2] == "p" and line:
            found.append("".join(line).strip())
            line.clear()

    def text(data: str) -> None:
        nonlocal length
        if inside and length < _LONGEST:
            length += len(data)
            line.append(data)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.Parse(xml, True)
    return tuple(paragraph for paragraph in found if paragraph)
