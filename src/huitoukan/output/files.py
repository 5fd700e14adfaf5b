"""Writing: files are there whole or not at all, and the text in them cannot turn into a formula."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import tempfile
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from huitoukan.intake.discover import TEMPORARY

_FORMULA_SIGNS = frozenset("=+-@")
_SKIPPED_SIGNS = frozenset("\t\r\n")  # programs drop them, and what follows them comes first
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
# Quoted, a field stays one field whatever a program takes for the separator.
_QUOTED = re.compile(r'[,;|"\s]')
_STALE = re.compile(re.escape(TEMPORARY) + r"[0-9a-z_]{8}\.tmp")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML has no place for
_LONGEST_NAME = 72  # bytes of a part of a file name: three of them stay below the 255 that systems take
_FORBIDDEN = '<>:"/\\|?*'  # in names on Windows
_FULL_WIDTH = {ord(sign): ord(sign) + 0xFEE0 for sign in _FORBIDDEN}
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)", re.IGNORECASE)


class WriteError(Exception):
    """Files could not be written. `path` is the one that failed, `written` those that are new already (mostly none)."""

    def __init__(self, path: Path, why: OSError, written: Collection[Path] = ()) -> None:
        super().__init__(f"{path}: {why.strerror or why}")
        self.path, self.why, self.written = path, why, tuple(written)


# ------------------------------------------------------------------------------------------------------- whole files


def write_together(contents: Mapping[Path, bytes | Path]) -> None:
    """Write files (a path stands for the content of the file there) so that whoever looks sees each of them old or new, even if the power fails in between.

    All contents are on the disk under temporary names before the first file takes its place: a full disk, or a file that
    another program holds, leaves every file as it was. What a killed run left behind is removed first; two runs that
    write into one folder at the same time may make each other fail.

    Raises:
        WriteError: with the file that failed and those that were replaced already.
    """
    for folder in sorted({path.parent for path in contents}):
        _remove_stale(folder)
    temporary: dict[Path, Path] = {}
    written: list[Path] = []
    path = Path()
    try:
        for path in contents:
            _check_place(path)
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=TEMPORARY, suffix=".tmp", dir=path.parent)
            temporary[path] = Path(name)
            with os.fdopen(handle, "wb") as stream:
                if isinstance(content, Path):
                    with content.open("rb") as source:
                        shutil.copyfileobj(source, stream)
                else:
                    stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())  # else a file may take its place before its content does
            temporary[path].chmod(0o644)
        for path in contents:
            _replace(temporary[path], path)
            written.append(path)
    except OSError as error:
        raise WriteError(path, error, written) from None
    finally:
        for left in temporary.values():
            _remove(left)


def _check_place(path: Path) -> None:
    """Fail now rather than half-way: the place is a folder, or another program (Excel on Windows) holds the file."""
    if path.is_dir():
        raise IsADirectoryError(21, "Is a directory", str(path))
    if path.is_file() and os.access(path, os.W_OK):
        path.open("r+b").close()


def _replace(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except PermissionError:  # Windows does not replace a file that is marked read-only
        if not path.is_file() or os.access(path, os.W_OK):
            raise
        path.chmod(stat.S_IREAD | stat.S_IWRITE)
        temporary.replace(path)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # it is only a left-over; the next run tries again
        path.unlink(missing_ok=True)


def _remove_stale(folder: Path) -> None:
    """Remove the temporary files that a killed run left in a folder; nobody else's files bear such names."""
    try:
        with os.scandir(folder) as entries:
            stale = [entry for entry in entries if is_temporary(entry.name)]
            for entry in stale:
                if entry.is_file(follow_symlinks=False):
                    _remove(Path(entry.path))
    except OSError:  # there is no such folder yet, or it cannot be listed: writing will say so
        pass


def is_temporary(name: str) -> bool:
    """Whether a file name is that of a temporary file of ours."""
    return _STALE.fullmatch(name) is not None


# ------------------------------------------------------------------------------------------------------------- names


def file_name(text: str, longest: int = _LONGEST_NAME) -> str:
    """A text as a file name (without its ending), or as a part of one, that every system takes; never empty.

    No separators, control or unseen characters, nothing that Windows forbids or means a device by, no dots or blanks
    at the ends; what is longer than `longest` bytes is cut.
    """
    seen = "".join(c for c in text if unicodedata.category(c)[0] != "C").translate(_FULL_WIDTH)
    cut = seen.strip(". ").encode("utf-8")[:longest].decode("utf-8", "ignore")
    name = cut.rstrip(". ") or "_"
    return _DEVICE.sub(lambda device: f"{device[0]}_", name, count=1) if _DEVICE.match(name) else name


# -------------------------------------------------------------------------------------------------------------- text


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet program might take a text for a formula; numbers such as -3 and +0.5 are none.

    What programs skip or fold is looked through: blanks, line ends and unseen characters before the sign, the full-width
    signs of a Chinese keyboard.
    """
    if _PLAIN_NUMBER.fullmatch(text):
        return False
    if text[:1] in _SKIPPED_SIGNS:
        return True
    first = next((c for c in text if not (c.isspace() or unicodedata.category(c)[0] == "C")), "")
    return unicodedata.normalize("NFKC", first)[:1] in _FORMULA_SIGNS


def harmless(text: str) -> str:
    """Text that no spreadsheet program takes for a formula; plain numbers stay as they are."""
    return f"'{text}" if is_formula_like(text) else text


def xml_text(text: str) -> str:
    """A text without the characters that XML, and with it a workbook, cannot hold."""
    return _UNSEEN.sub("", text)


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """Rows as CSV with a header line, `\\r\\n` at line ends, empty cells for None, `true` and `false` as in JSON."""
    lines = [columns, *([_text(row.get(column)) for column in columns] for row in rows)]
    return "".join(",".join(map(_field, line)) + "\r\n" for line in lines)


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else harmless(str(value))


def _field(text: str) -> str:
    if not _QUOTED.search(text):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
