"""What an archive or a mail holds, as its own directory tells; nothing is unpacked to disk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import PurePosixPath

from huitoukan.campaign.campaign import Limits
from huitoukan.intake.bounds import MEGABYTE
from huitoukan.intake.discover import is_junk
from huitoukan.intake.unlock import Lock
from huitoukan.model import Mail
from huitoukan.phrase import Phrase, say

_LONGEST_NAME = 1000  # characters of a path inside an archive; systems stop far earlier
_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# Marks of direction: they make a name look like another.
_UNSEEN = re.compile(r"[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_RESOURCE_FORKS = "__MACOSX"  # what a Mac puts beside the files


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside: its path there, with `/`, its place in the directory, and whether programs left it behind."""

    name: str
    place: int
    junk: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """The files inside, in the order of the directory, and why some are not to be had.

    `unsafe` are names that point outside the archive; `lock` says why some files, perhaps all, stay
    locked. `mail` is set for a mail. `unpacked` is how many bytes the files have, as far as is known before they are read.
    """

    members: tuple[Member, ...] = ()
    unsafe: tuple[str, ...] = ()
    lock: Lock | None = None
    mail: Mail | None = None
    unpacked: int = 0


class ContainerError(Exception):
    """An archive or a mail, or one file of it, that cannot be read: damaged, locked, or larger than it may be."""

    def __init__(self, why: Phrase | None = None, *, lock: Lock | None = None, refused: bool = False) -> None:
        super().__init__()
        self.why = why
        self.lock = lock
        self.refused = refused


def excess(count: int, size: int, limits: Limits) -> Phrase | None:
    """Why so many files, of so many bytes, are more than one archive may hold; None when they are not."""
    if count > limits.archive_files:
        return say("里面有 {count} 个文件, 超过上限 {limit} 个", count=count, limit=limits.archive_files)
    if size > limits.archive_megabytes * MEGABYTE:
        megabytes = size // MEGABYTE
        return say("解压后有 {size} MB, 超过上限 {limit} MB", size=megabytes, limit=limits.archive_megabytes)
    return None


def is_unsafe(name: str) -> bool:
    """Whether a name inside an archive points outside of it, or is none that a file can have."""
    path = PurePosixPath(name)
    outside = path.is_absolute() or ".." in path.parts or bool(_DRIVE.match(name))
    return outside or not path.name or len(name) > _LONGEST_NAME or bool(_CONTROL.search(name))


def members(names: Iterable[tuple[int, str]]) -> Iterator[Member]:
    """The members by their place and name; of several with one name, the later ones are numbered: `评分表(2).xls`."""
    taken: set[str] = set()
    # Each name goes on counting where it stopped: thousands may be alike.
    numbers: dict[str, Iterator[int]] = {}
    for place, name in names:
        path = PurePosixPath(_UNSEEN.sub("", name) or name)  # without doubled slashes
        unique = str(path)
        while unique in taken:
            n = next(numbers.setdefault(str(path), count(2)))
            unique = str(path.with_name(f"{path.stem}({n}){path.suffix}"))
        taken.add(unique)
        yield Member(unique, place, is_junk(path.name) or path.parts[0] == _RESOURCE_FORKS)
