"""From the bytes of a file to grids of cells. Kinds are told by content, never by name.

calamine reads all kinds at half a millisecond a workbook; what it cannot see of an xlsx is found by a bounded look at its
XML (scan.py); openpyxl takes over where calamine fails on an xlsx.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any
from xml.etree import ElementTree

from huitoukan.campaign.campaign import Limits
from huitoukan.grid import CellValue, Grid, Range
from huitoukan.intake import ole
from huitoukan.intake.scan import SheetScan, extent, scan_sheet, sheet_parts
from huitoukan.phrase import Phrase, say


class Kind(StrEnum):
    """What a file is by its content."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    ENCRYPTED = "encrypted"
    HTML = "html"
    XML = "xml"
    ARCHIVE = "archive"
    DOCUMENT = "document"
    EMPTY = "empty"
    UNKNOWN = "unknown"


SPREADSHEETS = frozenset({Kind.XLSX, Kind.XLSB, Kind.XLS, Kind.ODS})
_NAMES = {  # the extensions under which a kind is expected
    Kind.XLSX: {".xlsx", ".xlsm", ".xltx", ".xltm"},
    Kind.XLSB: {".xlsb"},
    Kind.XLS: {".xls", ".et", ".xlt", ".ett"},
    Kind.ODS: {".ods", ".ots"},
}
_SPREADSHEET_NAMES = frozenset().union(*_NAMES.values())
_ARCHIVE_NAMES = frozenset({".zip", ".rar", ".7z", ".tar", ".gz", ".bz2", ".xz"})


class Outcome(StrEnum):
    """Why there are no grids, or `read` when there are."""

    READ = "read"
    DAMAGED = "damaged"
    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    REFUSED = "refused"
    OTHER_KIND = "other_kind"  # named like a workbook, and something else that is not read
    ARCHIVE = "archive"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Workbook:
    """What became of a file: its grids, or the outcome that explains why there are none.

    `why` says it in words; `unchecked` lists what this kind of file does not show.
    """

    outcome: Outcome
    kind: Kind
    reader: str | None = None
    grids: tuple[Grid, ...] = ()
    why: Phrase | None = None
    false_name: bool = False
    unchecked: tuple[str, ...] = ()


def extension(path: str) -> str:
    """The lower-case extension of a relative path, with its dot."""
    return PurePosixPath(path).suffix.lower()


def read(path: str, data: bytes, limits: Limits) -> Workbook:
    """Read one file. Nothing in the data raises; what cannot be read comes back as an outcome."""
    kind, archive = sniff(data)
    named_workbook = extension(path) in _SPREADSHEET_NAMES
    if kind in SPREADSHEETS:
        return _read_workbook(path, data, kind, archive, limits)
    if kind is Kind.ENCRYPTED:
        return Workbook(Outcome.ENCRYPTED, kind)
    if (kind is Kind.ARCHIVE and not named_workbook) or (
        not named_workbook and extension(path) in _ARCHIVE_NAMES
    ):
        return Workbook(Outcome.ARCHIVE, Kind.ARCHIVE)
    if not named_workbook:
        return Workbook(Outcome.SKIPPED, kind)
    if kind is Kind.EMPTY:
        return Workbook(Outcome.EMPTY, kind)
    if kind is Kind.UNKNOWN:
        return Workbook(Outcome.DAMAGED, kind, why=say("内容不是工作簿, 或已损坏、不完整"))
    return Workbook(Outcome.OTHER_KIND, kind)


# ---------------------------------------------------------------------------------------------------------- kinds

_MEGABYTE = 1024 * 1024
_BROKEN_ZIP = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    KeyError,
    EOFError,
    zlib.error,
)
_TEXT_START = re.compile(rb"\s*<(?:!doctype\s+html|html|\?xml|meta|table|head|body)", re.IGNORECASE)


def sniff(data: bytes) -> tuple[Kind, zipfile.ZipFile | None]:
    """The kind of a file by its content; with it, the opened archive of a zipped one."""
    if data.startswith(b"PK"):
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
            return _sniff_zip(archive), archive
        except _BROKEN_ZIP:
            return Kind.UNKNOWN, None
    return _sniff_plain(data), None


def _sniff_plain(data: bytes) -> Kind:
    if not data:
        return Kind.EMPTY
    if data.startswith(ole.SIGNATURE):
        return _sniff_ole(data)
    if data.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        return Kind.ARCHIVE
    if data.startswith((b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff")):
        return Kind.DOCUMENT
    if data.startswith(
        (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
    ):  # a BIFF stream without its container
        return Kind.XLS
    head = data[:4096].lstrip(b"\xef\xbb\xbf")
    match = _TEXT_START.match(head)
    if match:
        return Kind.XML if b"<?xml" in match[0].lower() and b"<html" not in head.lower() else Kind.HTML
    return Kind.UNKNOWN


def _sniff_zip(archive: zipfile.ZipFile) -> Kind:
    names = archive.NameToInfo
    if "xl/workbook.xml" in names:
        return Kind.XLSX
    if "xl/workbook.bin" in names:
        return Kind.XLSB
    if "content.xml" in names and "META-INF/manifest.xml" in names:
        manifest = archive.read("META-INF/manifest.xml")[:_MEGABYTE]
        if b"opendocument.spreadsheet" not in manifest:
            return Kind.DOCUMENT
        return Kind.ENCRYPTED if b"encryption-data" in manifest else Kind.ODS
    if "[Content_Types].xml" in names:
        documents = any(name.startswith(("word/", "ppt/")) for name in names)
        return Kind.DOCUMENT if documents else Kind.XLSX
    return Kind.ARCHIVE


_OLE_KINDS = {
    ole.Content.WORKBOOK: Kind.XLS,
    ole.Content.ENCRYPTED: Kind.ENCRYPTED,
    ole.Content.DOCUMENT: Kind.DOCUMENT,
    ole.Content.UNKNOWN: Kind.UNKNOWN,
}


def _sniff_ole(data: bytes) -> Kind:
    try:
        return _OLE_KINDS[ole.content(data)]
    except ole.BrokenContainerError:
        return Kind.UNKNOWN


# ---------------------------------------------------------------------------------------------------------- reading

_XML_ONLY = ("error_cells", "uncached_formulas", "formulas", "hidden_rows", "cell_styles", "pictures")
_UNCHECKED = {Kind.XLS: _XML_ONLY, Kind.XLSB: _XML_ONLY, Kind.ODS: (*_XML_ONLY, "merged_cells")}


def _read_workbook(
    path: str, data: bytes, kind: Kind, archive: zipfile.ZipFile | None, limits: Limits
) -> Workbook:
    scans: Mapping[str, SheetScan] = {}
    if archive is not None:
        try:
            refusal, scans = _scan(archive, kind, limits)
        except (*_BROKEN_ZIP, ElementTree.ParseError) as error:
            return Workbook(Outcome.DAMAGED, kind, why=_damage(error))
        if refusal is not None:
            return Workbook(Outcome.REFUSED, kind, why=refusal)
    false_name = extension(path) not in _NAMES[kind]
    unchecked = _UNCHECKED.get(kind, ())
    try:
        grids = _calamine(data, scans, limits.cells)
        return Workbook(Outcome.READ, kind, "python-calamine", grids, None, false_name, unchecked)
    except _TooLargeError as error:
        return Workbook(Outcome.REFUSED, kind, why=error.why)
    except BaseException as error:  # calamine's PanicException derives from BaseException alone
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        if "password" in str(error).lower() or "encrypt" in str(error).lower():
            return Workbook(Outcome.ENCRYPTED, kind)
        if kind is not Kind.XLSX:
            return Workbook(Outcome.DAMAGED, kind, why=_damage(error))
    try:
        return Workbook(Outcome.READ, kind, "openpyxl", _openpyxl(data, scans), None, false_name, unchecked)
    except Exception as error:  # whatever openpyxl meets in a broken workbook, the file is damaged
        return Workbook(Outcome.DAMAGED, kind, why=_damage(error))


def _scan(archive: zipfile.ZipFile, kind: Kind, limits: Limits) -> tuple[Phrase | None, dict[str, SheetScan]]:
    """Check the limits of a zipped workbook and, for xlsx, look at the XML of its sheets."""
    unpacked = sum(info.file_size for info in archive.filelist)  # a size that lies fails when it is read
    if unpacked > limits.unpacked_megabytes * _MEGABYTE:
        size = unpacked // _MEGABYTE
        return say("解压后有 {size} MB, 超过上限 {limit} MB", size=size, limit=limits.unpacked_megabytes), {}
    if kind is not Kind.XLSX:
        return None, {}
    scans: dict[str, SheetScan] = {}
    cells = 0
    for name, part in sheet_parts(archive).items():
        xml = archive.read(part)
        rows, columns = extent(xml, limits.cells)
        cells += rows * columns
        if cells > limits.cells:
            return _too_large(name, rows, columns), {}
        scans[name] = scan_sheet(archive, part, xml)
    return None, scans


def _damage(error: BaseException) -> Phrase:
    return say(
        "文件损坏或不完整 ({detail})",
        detail=str(error).splitlines()[0][:120] if str(error) else type(error).__name__,
    )


class _TooLargeError(Exception):
    """The used area of the sheets is beyond the limit."""

    def __init__(self, why: Phrase) -> None:
        super().__init__()
        self.why = why


def _too_large(sheet: str, rows: int, columns: int) -> Phrase:
    return say(
        "到工作表“{sheet}” ({rows} 行 {columns} 列) 为止, 范围超过上限",
        sheet=sheet,
        rows=rows,
        columns=columns,
    )


def _calamine(data: bytes, scans: Mapping[str, SheetScan], limit: int) -> tuple[Grid, ...]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    grids = []
    cells = 0
    for sheet in workbook.sheets_metadata:
        if sheet.typ != SheetTypeEnum.WorkSheet:
            continue
        contents: Any = workbook.get_sheet_by_name(sheet.name)
        rows, columns = (n + 1 for n in contents.end or (-1, -1))
        cells += rows * columns
        if cells > limit:
            raise _TooLargeError(_too_large(sheet.name, rows, columns))
        values = contents.to_python(skip_empty_area=False)
        merges = tuple(Range(*first, *last) for first, last in contents.merged_cell_ranges or ())
        covered = _uncover(values, merges)
        visible = sheet.visible == SheetVisibleEnum.Visible
        grids.append(_grid(sheet.name, values, merges, scans.get(sheet.name), visible, covered))
    return tuple(grids)


def _grid(
    name: str, rows: list[list[Any]], merges: tuple[Range, ...], scan: SheetScan | None, visible: bool,
    covered: Mapping[tuple[int, int], CellValue],
) -> Grid:  # fmt: skip
    scan = scan or SheetScan()
    return Grid(
        name,
        rows,
        merges,
        scan.marks,
        visible,
        covered,
        scan.formulas,
        scan.looks,
        scan.hidden_rows,
        scan.hidden_columns,
        scan.pictures,
    )


def _uncover(values: list[list[Any]], merges: tuple[Range, ...]) -> dict[tuple[int, int], CellValue]:
    """Take out what lies hidden under merged cells: no spreadsheet program shows it, and no other reader gives it."""
    covered = {}
    for area in merges:
        for row in range(area.top, min(area.bottom + 1, len(values))):
            start = area.left + 1 if row == area.top else area.left
            for column in range(start, min(area.right + 1, len(values[row]))):
                if values[row][column] != "":
                    covered[row, column] = values[row][column]
                    values[row][column] = ""
    return covered


def _openpyxl(data: bytes, scans: Mapping[str, SheetScan]) -> tuple[Grid, ...]:
    from openpyxl import load_workbook  # noqa: PLC0415  (0.2 s, and needed for few files)

    with warnings.catch_warnings(
        action="ignore"
    ):  # a library prints nothing; what openpyxl doubts, rules find
        workbook = load_workbook(io.BytesIO(data), data_only=True)
    grids = []
    for sheet in workbook.worksheets:
        scan = scans.get(sheet.title)
        marks = scan.marks if scan else {}
        rows: list[list[Any]] = [
            [None if (r, c) in marks else value for c, value in enumerate(row)]
            for r, row in enumerate(sheet.iter_rows(values_only=True))
        ]
        merges = tuple(
            Range(m.min_row - 1, m.min_col - 1, m.max_row - 1, m.max_col - 1)
            for m in sheet.merged_cells.ranges
        )
        grids.append(_grid(sheet.title, rows, merges, scan, sheet.sheet_state == "visible", {}))
    return tuple(grids)
