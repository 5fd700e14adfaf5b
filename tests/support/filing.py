"""Archives for tests: made from a folder, written, and read back by other means than the product's own."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from docx import Document
from openpyxl import load_workbook

from huitoukan.campaign.campaign import load_campaign
from huitoukan.intake.discover import arrivals
from huitoukan.output.archive import Archive, Request, plan_archive
from huitoukan.output.text import Words
from huitoukan.pipeline import Inspection, inspect
from huitoukan.standing.aggregate import standings

SAMPLES = Path(__file__).parents[2] / "sample_sheets"


@cache
def _inspected(folder: Path, county: str | None) -> Inspection:
    own = folder / "campaign.yaml"
    campaign = load_campaign(own if own.is_file() else None)
    return inspect(folder, campaign, jobs=1, county=county)


def planned(folder: Path, language: str = "zh", county: str | None = None, **options: Any) -> Archive:
    """The archive of a folder, planned as the command does it; a folder that was looked at before is not read again."""
    found = _inspected(folder, county)
    locations = {one.path: one.location for one in arrivals(folder, None)}
    counties = tuple(standings(found.by_unit, found.campaign))
    request = Request(
        found.campaign, found.files, found.findings, counties, locations, county=county, **options
    )
    return plan_archive(request, Words(language))


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    """A folder of files."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    """All files of a folder by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def unzipped(file: Path) -> dict[str, bytes]:
    """All files of a zip by path."""
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def contents(archive: Archive) -> dict[str, bytes]:
    """What an archive that is planned would hold."""
    return {
        piece.path: piece.source if isinstance(piece.source, bytes) else piece.source.read_bytes()
        for piece in archive.pieces
    }


def manifest(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The manifest, and in it the files by path."""
    record: dict[str, Any] = json.loads(files["MANIFEST.json"])
    record["by_path"] = {file["path"]: file for file in record["files"]}
    return record


def table(workbook: bytes, sheet: int = 0) -> list[dict[str, Any]]:
    """The rows of the first table of a worksheet by their heads; the head is the row with 序号 or 县."""
    rows = [
        list(row) for row in load_workbook(io.BytesIO(workbook)).worksheets[sheet].iter_rows(values_only=True)
    ]
    start = next(n for n, row in enumerate(rows) if row[0] in ("序号", "县（区、市）"))
    return [dict(zip(map(str, rows[start]), row, strict=True)) for row in rows[start + 1 :]]


def document_rows(document: bytes, n: int = 0) -> list[list[list[str]]]:
    """The rows of a table of a Word document: the paragraphs of each cell."""
    found = Document(io.BytesIO(document)).tables[n]
    return [[[line.text for line in cell.paragraphs] for cell in row.cells] for row in found.rows]


def sha256(data: bytes) -> str:
    """The hash of some bytes."""
    return hashlib.sha256(data).hexdigest()


DAY = date(2024, 7, 1)
