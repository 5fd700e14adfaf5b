"""From the bytes of a file to grids of cells. Kinds are told by content, never by name.

calamine reads all kinds at half a millisecond a workbook; what it cannot see of an xlsx is found by a bounded look at its
XML (scan.py); openpyxl takes over where calamine fails on an xlsx.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any
from xml.etree import ElementTree

from huitoukan.authorship import Properties
from huitoukan.campaign.campaign import Limits
from huitoukan.grid import CellValue, Grid, Range
from huitoukan.intake.bounds import (
    LONGEST_SHEET_NAME,
    MEGABYTE,
    BrokenError,
    TooLargeError,
    damage,
    merged_areas,
    too_large,
)
from huitoukan.intake.contents import Contents
from huitoukan.intake.epoch import counts_from_1904_xls, counts_from_1904_zip
from huitoukan.intake.expanse import check_ods, check_xls
from huitoukan.intake.kinds import (
    ARCHIVE_NAMES,
    BROKEN_ZIP,
    NAMES,
    SPREADSHEET_NAMES,
    SPREADSHEETS,
    TABLES,
    Kind,
    is_cut_short,
    sniff,
)
from huitoukan.intake.ole import workbook_stream
from huitoukan.intake.parts import check_directory, extent, miscounts_strings, read_part, structure
from huitoukan.intake.properties import ole_properties, zipped_properties
from huitoukan.intake.scan import SheetScan, scan_sheet
from huitoukan.intake.strict import is_strict, to_transitional
from huitoukan.intake.unlock import Lock, unlock
from huitoukan.phrase import Phrase, say


class Outcome(StrEnum):
    """Why there are no grids, or `read` when there are."""

    READ = "read"
    CONTAINER = "container"  # an archive or a mail, whose files are read on their own
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

    `why` says it in words, `lock` why an encrypted one was not opened; `unchecked` lists what this kind of
    file does not show. `incidental`: a text under its own name (.csv, .html …), which only matters when it holds a
    form. `contents` is set for an archive or a mail. `properties` are what the document says of who saved it.
    """

    outcome: Outcome
    kind: Kind
    reader: str | None = None
    grids: tuple[Grid, ...] = ()
    why: Phrase | None = None
    false_name: bool = False
    unchecked: tuple[str, ...] = ()
    lock: Lock | None = None
    incidental: bool = False
    contents: Contents | None = None
    properties: Properties | None = None


def extension(path: str) -> str:
    """The lower-case extension of a relative path, with its dot."""
    return PurePosixPath(path).suffix.lower()


def is_false_name(path: str, kind: Kind) -> bool:
    """Whether an archive or a mail has the extension of another kind."""
    own = extension(path)
    return own in SPREADSHEET_NAMES | ARCHIVE_NAMES and own not in NAMES[kind]


def read(
    path: str, data: bytes, limits: Limits, passwords: Sequence[str] = (),
    sniffed: tuple[Kind, zipfile.ZipFile | None] | None = None,
) -> Workbook:  # fmt: skip
    """Read one file. Nothing in the data raises; what cannot be read comes back as an outcome.

    `passwords` are tried on an encrypted workbook; `sniffed` is what `sniff` said of the data, if it was asked already.
    """
    kind, archive = sniffed or sniff(data)
    if kind in SPREADSHEETS:
        return _read_workbook(path, data, kind, archive, limits)
    if kind is Kind.ENCRYPTED:
        return _read_locked(path, data, limits, passwords)
    own = extension(path)
    if kind in TABLES and (own in SPREADSHEET_NAMES | NAMES[kind] or not own):
        return _read_table(path, data, kind, limits)
    return _unread(own, data, kind)


def _unread(own: str, data: bytes, kind: Kind) -> Workbook:
    """What becomes of a file of a kind that is not read: that depends on what its extension promises."""
    named_workbook = own in SPREADSHEET_NAMES
    if not named_workbook and (kind is Kind.ARCHIVE or own in ARCHIVE_NAMES - NAMES[Kind.ZIP]):
        return Workbook(Outcome.ARCHIVE, Kind.ARCHIVE)
    if kind is Kind.UNKNOWN and own in NAMES[Kind.ZIP]:
        return Workbook(Outcome.DAMAGED, Kind.ZIP, why=say("压缩包损坏或不完整"))
    if kind in _UNTOLD and own in NAMES[Kind.MAIL]:
        return Workbook(Outcome.DAMAGED, Kind.MAIL, why=say("邮件损坏或不完整"))
    if kind is Kind.EMPTY and (named_workbook or own in ARCHIVE_NAMES | NAMES[Kind.MAIL]):
        return Workbook(Outcome.EMPTY, kind)
    if kind is Kind.OUTLOOK or (kind in _UNTOLD and own == _OUTLOOK_NAME):
        return Workbook(Outcome.SKIPPED, Kind.OUTLOOK)
    if not (named_workbook or kind is Kind.FODS):
        return Workbook(Outcome.SKIPPED, kind)
    if kind is Kind.UNKNOWN:
        cut, other = say("文件不完整, 可能只拷贝了一部分"), say("内容不是工作簿, 或已损坏、不完整")
        return Workbook(Outcome.DAMAGED, kind, why=cut if is_cut_short(data) else other)
    return Workbook(Outcome.OTHER_KIND, kind)


_UNTOLD = frozenset({Kind.UNKNOWN, Kind.TEXT, Kind.DOCUMENT})
_OUTLOOK_NAME = ".msg"


# ---------------------------------------------------------------------------------------------------------- reading

_XML_ONLY = ("error_cells", "uncached_formulas", "formulas", "hidden_rows", "cell_styles", "pictures")
_UNCHECKED = {
    Kind.XLS: _XML_ONLY,
    Kind.XLSB: (*_XML_ONLY, "merged_cells"),
    Kind.ODS: (*_XML_ONLY, "merged_cells"),
    Kind.HTML: ("uncached_formulas", "formulas", "cell_styles", "pictures", "properties"),
    Kind.CSV: ("formulas", "hidden_rows", "cell_styles", "pictures", "merged_cells", "properties"),
    Kind.SPREADSHEETML: ("cell_styles", "pictures", "properties"),
}


def _read_workbook(
    path: str, data: bytes, kind: Kind, archive: zipfile.ZipFile | None, limits: Limits
) -> Workbook:
    try:
        return _workbook(path, data, kind, archive, limits)
    except TooLargeError as error:
        return Workbook(Outcome.REFUSED, kind, why=error.why)
    except BrokenError as error:
        return Workbook(Outcome.DAMAGED, kind, why=error.why)


def _workbook(
    path: str, data: bytes, kind: Kind, archive: zipfile.ZipFile | None, limits: Limits
) -> Workbook:
    scans: Mapping[str, SheetScan] = {}
    date_1904 = False
    if archive is not None:
        try:
            scans, date_1904 = _scan(archive, kind, limits)
        except (*BROKEN_ZIP, ElementTree.ParseError) as error:
            if "encrypted" in str(error):  # a part of the zip has its own password
                return Workbook(Outcome.ENCRYPTED, kind, lock=Lock.UNKNOWN)
            return Workbook(Outcome.DAMAGED, kind, why=damage(error))
    elif kind is Kind.XLS:
        check_xls(workbook_stream(data), limits.cells)
        date_1904 = counts_from_1904_xls(data)
    false_name = extension(path) not in NAMES[kind]
    unchecked = _UNCHECKED.get(kind, ())
    reader = "python-calamine"
    try:
        if archive is not None and miscounts_strings(data, archive):
            raise OverflowError  # openpyxl does not look at that number
        grids = _calamine(data, scans, limits.cells)
    except BaseException as error:  # calamine's PanicException derives from BaseException alone
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError, TooLargeError, BrokenError)):
            raise
        if "password" in str(error).lower() or "encrypt" in str(error).lower():
            return Workbook(Outcome.ENCRYPTED, kind, lock=Lock.UNKNOWN)
        if kind is not Kind.XLSX or archive is None:
            why = say("文件不完整, 可能只拷贝了一部分") if is_cut_short(data) else damage(error)
            return Workbook(Outcome.DAMAGED, kind, why=why)
        reader = "openpyxl"
        try:
            grids = _openpyxl(to_transitional(archive) if is_strict(archive) else data, scans, limits.cells)
        except (TooLargeError, MemoryError):
            raise
        except Exception as error:  # whatever openpyxl meets in a broken workbook, the file is damaged
            return Workbook(Outcome.DAMAGED, kind, why=damage(error))
    if date_1904:
        grids = tuple(replace(grid, date_1904=True) for grid in grids)
    properties = ole_properties(data) if archive is None else zipped_properties(data, archive)
    return Workbook(Outcome.READ, kind, reader, grids, None, false_name, unchecked, properties=properties)


def _read_table(path: str, data: bytes, kind: Kind, limits: Limits) -> Workbook:
    """A text that holds a table. Under its own name it matters, and is reported, only when that is a form."""
    false_name = extension(path) not in NAMES[kind]
    name = PurePosixPath(path).stem[:LONGEST_SHEET_NAME]  # as the worksheet is called in Excel
    try:
        most = limits.file_megabytes / _TEXT_COSTS
        if len(data) > most * MEGABYTE:
            size = len(data) // MEGABYTE
            raise TooLargeError(say("文本有 {size} MB, 超过上限 {limit} MB", size=size, limit=most))
        read_grids, reader = _table_reader(kind)
        grids = read_grids(data, name, limits.cells)
    except TooLargeError as error:
        result = Workbook(Outcome.REFUSED, kind, why=error.why)
    except BrokenError as error:
        result = Workbook(Outcome.DAMAGED, kind, why=error.why)
    else:
        if grids:
            unchecked = _UNCHECKED[kind]
            return Workbook(
                Outcome.READ, kind, reader, grids, None, false_name, unchecked, incidental=not false_name
            )
        result = Workbook(Outcome.OTHER_KIND, _without_table(kind, data))
    return result if extension(path) in SPREADSHEET_NAMES else Workbook(Outcome.SKIPPED, kind)


_TEXT_COSTS = 5  # times as much time and memory as a workbook of the same size takes
_Reader = Callable[[bytes, str, int], tuple[Grid, ...]]


def _table_reader(kind: Kind) -> tuple[_Reader, str]:
    """What reads a kind of text, and the library that it is built on."""
    if kind is Kind.HTML:
        from huitoukan.intake.webpage import read_webpage  # noqa: PLC0415  (needed for few files)

        return read_webpage, "html"
    if kind is Kind.CSV:
        from huitoukan.intake.delimited import read_delimited  # noqa: PLC0415

        return read_delimited, "csv"
    from huitoukan.intake.spreadsheetml import read_spreadsheetml  # noqa: PLC0415

    return read_spreadsheetml, "expat"


def _without_table(kind: Kind, data: bytes) -> Kind:
    if kind is not Kind.HTML:
        return Kind.XML
    from huitoukan.intake.webpage import is_frameset  # noqa: PLC0415

    return Kind.FRAMESET if is_frameset(data) else Kind.HTML


def _read_locked(path: str, data: bytes, limits: Limits, passwords: Sequence[str]) -> Workbook:
    """An encrypted workbook, with the passwords at hand; what it unpacks to is limited like any other."""
    opened = Lock.UNKNOWN if data.startswith(b"PK") else unlock(data, passwords)  # an ods: not opened here
    if isinstance(opened, Lock):
        return Workbook(Outcome.ENCRYPTED, Kind.ENCRYPTED, lock=opened)
    if len(opened) > limits.file_megabytes * MEGABYTE:
        why = say("解密后超过上限 {limit} MB", limit=limits.file_megabytes)
        return Workbook(Outcome.REFUSED, Kind.ENCRYPTED, why=why)
    kind, archive = sniff(opened)
    if kind not in SPREADSHEETS:
        return Workbook(Outcome.ENCRYPTED, Kind.ENCRYPTED, lock=Lock.UNKNOWN)
    return _read_workbook(path, opened, kind, archive, limits)


def _scan(archive: zipfile.ZipFile, kind: Kind, limits: Limits) -> tuple[dict[str, SheetScan], bool]:
    """Check the limits of a zipped workbook and look at its XML: the scans of its sheets, and the date system.

    Raises:
        TooLargeError: it is beyond the limits.
        BrokenError, …: it is damaged.
    """
    unpacked = sum(info.file_size for info in archive.filelist)  # a size that lies fails when it is read
    if unpacked > limits.unpacked_megabytes * MEGABYTE:
        size = unpacked // MEGABYTE
        raise TooLargeError(
            say("解压后有 {size} MB, 超过上限 {limit} MB", size=size, limit=limits.unpacked_megabytes)
        )
    if kind is not Kind.XLSX:
        check_directory(archive)
        if kind is Kind.ODS:
            check_ods(read_part(archive, "content.xml"), limits.cells)
        return {}, counts_from_1904_zip(archive)
    scans: dict[str, SheetScan] = {}
    cells = 0
    parts, date_1904 = structure(archive, limits.sheets)
    check_directory(archive, read=parts.values())
    for name, part in parts.items():
        xml = read_part(archive, part)
        rows, columns = extent(name, xml, limits.cells)
        cells += rows * columns
        if cells > limits.cells:
            raise TooLargeError(too_large(name, rows, columns))
        scans[name] = scan_sheet(archive, part, xml)
    return scans, date_1904


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
            raise TooLargeError(too_large(sheet.name, rows, columns))
        values = contents.to_python(skip_empty_area=False)
        merges = merged_areas(sheet.name, contents.merged_cell_ranges or (), rows, columns)
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


def _openpyxl(data: bytes, scans: Mapping[str, SheetScan], limit: int) -> tuple[Grid, ...]:
    from openpyxl import load_workbook  # noqa: PLC0415  (0.2 s, and needed for few files)

    # A library prints nothing; what openpyxl doubts, rules find.
    with warnings.catch_warnings(action="ignore"):
        workbook = load_workbook(io.BytesIO(data), data_only=True)
    grids = []
    cells = 0
    for sheet in workbook.worksheets:
        cells += sheet.max_row * sheet.max_column
        if cells > limit:
            raise TooLargeError(too_large(sheet.title, sheet.max_row, sheet.max_column))
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
