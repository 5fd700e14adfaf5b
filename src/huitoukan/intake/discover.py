"""Which files there are in a folder. Every one is listed once, junk too; nothing is opened here."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_JUNK_NAMES = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})
TEMPORARY = ".huitoukan-"  # how the names begin of what we write before it takes its place
_JUNK_PREFIXES = (
    "~$",
    ".~",
    "._",
    TEMPORARY,
)  # lock files of Excel and WPS, resource forks of a Mac, our own


@dataclass(frozen=True, slots=True)
class Submission:
    """One file as it arrived: its path relative to the folder, with `/`, and where it lies."""

    path: str
    location: Path
    junk: bool = False


def discover(folder: Path, exclude: Path | None = None) -> list[Submission]:
    """All files below a folder, or the one file that `folder` is, sorted by relative path.

    `exclude` is a folder inside that holds our own results. Links to folders are not followed, so there are no loops.

    Raises:
        OSError: the folder itself cannot be listed.
    """
    if folder.is_file():
        return [Submission(_readable(folder.name), folder)]
    os.scandir(folder).close()
    excluded = exclude.resolve() if exclude else None
    return sorted(_walk(folder, excluded), key=lambda submission: submission.path)


def _walk(folder: Path, excluded: Path | None) -> Iterator[Submission]:
    for directory, folders, files in os.walk(folder):
        here = Path(directory)
        folders[:] = [name for name in folders if excluded is None or (here / name).resolve() != excluded]
        for name in files:
            location = here / name
            yield Submission(_readable(location.relative_to(folder).as_posix()), location, _is_junk(location))


def _readable(path: str) -> str:
    """A path as text: names unpacked from a zip of Chinese Windows may be GBK bytes on a system of UTF-8 names."""
    try:
        path.encode("utf-8")
        return path
    except UnicodeEncodeError:
        raw = os.fsencode(path)
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "backslashreplace")


def _is_junk(location: Path) -> bool:
    name = location.name.lower()
    if name in _JUNK_NAMES or name.startswith(_JUNK_PREFIXES):
        return True
    try:
        return not stat.S_ISREG(location.stat().st_mode)  # a pipe would keep the reader waiting for ever
    except OSError:
        return False
