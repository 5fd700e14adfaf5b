"""Which files there are in a folder. Every one is listed once, junk too; nothing is opened here."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from huitoukan.model import Mail

_JUNK_NAMES = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})
TEMPORARY = ".huitoukan-"  # how the names begin of what we write before it takes its place
# Lock files of Excel and WPS, resource forks of a Mac, our own.
_JUNK_PREFIXES = ("~$", ".~", "._", TEMPORARY)


@dataclass(frozen=True, slots=True)
class Submission:
    """One file as it arrived: its path relative to the folder, with `/`, and where it lies.

    For a file inside an archive or a mail, `location` is the outermost one on disk and `inside` the way in: its place
    in the directory of each archive or mail, the outermost first. `mail` is the mail that brought it.
    """

    path: str
    location: Path
    junk: bool = False
    inside: tuple[int, ...] = ()
    mail: Mail | None = None


def discover(folder: Path, exclude: Path | None = None) -> list[Submission]:
    """All files below a folder, or the one file that `folder` is, sorted by relative path.

    `exclude` is a folder inside that holds our own results. Links to folders are not followed, so there are no loops.
    What lies in archives and mails is not listed here: that takes opening them (containers.py).

    Raises:
        OSError: the folder itself cannot be listed.
    """
    if folder.is_file():
        return [Submission(_readable(folder.name), folder)]
    os.scandir(folder).close()
    excluded = exclude.resolve() if exclude else None
    return sorted(_walk(folder, excluded), key=lambda submission: submission.path)


def arrivals(folder: Path | None, inbox: Path | None, exclude: Path | None = None) -> list[Submission]:
    """What arrived in a folder and in an inbox, a folder of mails whose files are shown below its name.

    A file that lies in both is listed once, and no two share a path.

    Raises:
        OSError: one of the two cannot be listed.
    """
    found = discover(folder, exclude) if folder else []
    if inbox is None:
        return found
    known, taken = {one.location.resolve() for one in found}, {one.path for one in found}
    name = inbox.resolve().name
    for mail in discover(inbox, exclude):
        if mail.location.resolve() not in known:
            shown = mail.path if inbox.is_file() else f"{name}/{mail.path}"
            while shown in taken:
                shown = f"{name}/{shown}"
            taken.add(shown)
            found.append(replace(mail, path=shown))
    return sorted(found, key=lambda submission: submission.path)


def _walk(folder: Path, excluded: Path | None) -> Iterator[Submission]:
    for directory, folders, files in os.walk(folder):
        here = Path(directory)
        folders[:] = [name for name in folders if excluded is None or (here / name).resolve() != excluded]
        for name in files:
            location = here / name
            junk = is_junk(name) or not _is_regular(location)
            yield Submission(_readable(location.relative_to(folder).as_posix()), location, junk)


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


def is_junk(name: str) -> bool:
    """Whether a file of this name is what programs leave behind: lock files, thumbnails, resource forks."""
    name = name.lower()
    return name in _JUNK_NAMES or name.startswith(_JUNK_PREFIXES)


def _is_regular(location: Path) -> bool:
    """Whether it can be read like a file: a pipe would keep the reader waiting for ever."""
    try:
        return stat.S_ISREG(location.stat().st_mode)
    except OSError:
        return True  # that it cannot be read is found, and said, when it is
