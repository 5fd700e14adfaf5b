"""Which workbooks LibreOffice need not save again: its bytes differ each time, the contents seldom.

Part of `make_sample_sheets.py`. `sample_kept.json` holds, for each file that LibreOffice made, a digest of what was drawn
for it and one of the file.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from openpyxl import Workbook

RECORD = Path(__file__).with_name("sample_kept.json")
CLOCK = "docProps/core.xml"  # where openpyxl writes the time


class Kept:
    """The files that LibreOffice made in earlier runs, below a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        text = RECORD.read_text(encoding="utf-8") if RECORD.exists() else "{}"
        self.before: dict[str, list[str]] = json.loads(text)
        self.now: dict[str, list[str]] = {}

    def content(self, path: str, drawn: str) -> bytes | None:
        """The file, if it was made of the same drawing and nobody has touched it since."""
        file = self.folder / path
        if path not in self.before or not file.exists():
            return None
        content = file.read_bytes()
        return content if self.before[path] == [drawn, _digest(content)] else None

    def note(self, path: str, drawn: str, content: bytes) -> None:
        """Remember of what a file was made."""
        self.now[path] = [drawn, _digest(content)]

    def save(self) -> None:
        """Write the record of this run."""
        text = json.dumps(self.now, ensure_ascii=False, indent=0, sort_keys=True)
        RECORD.write_text(text + "\n", encoding="utf-8")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def drawing(workbook: Workbook, *how: str) -> str:
    """A digest of a workbook, and of how it is saved and changed afterwards.

    What counts is the XML, not how it is put down: openpyxl writes it with lxml where that is installed.
    """
    stream = io.BytesIO()
    workbook.save(stream)
    digest = hashlib.sha256("|".join(how).encode())
    with zipfile.ZipFile(stream) as saved:
        for name in sorted(saved.namelist()):
            if name == CLOCK:
                continue
            content = saved.read(name)
            if name.endswith((".xml", ".rels")):
                content = ElementTree.canonicalize(content.decode("utf-8"), rewrite_prefixes=True).encode()
            digest.update(content)
    return digest.hexdigest()[:16]
