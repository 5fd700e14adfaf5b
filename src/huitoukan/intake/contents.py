"""What an archive or a mail holds, as its own directory tells; nothing is unpacked to disk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, count
from pathlib import PurePosixPath

from huitoukan.intake.discover import is_junk
from huitoukan.intake.unlock import Lock
from huitoukan.model import Mail
from huitoukan.phrase import Phrase

_LONGEST_NAME = 1000  # characters of a path inside an archive; systems stop far earlier
_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
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
    locked. `mail` is set for a mail.
    """

    members: tuple[Member, ...] = ()
    unsafe: tuple[str, ...] = ()
    lock: Lock | None = None
    mail: Mail | None = None


class ContainerError(Exception):
    """An archive or a mail, or one file of it, that cannot be read: damaged, locked, or larger than it may be."""

    def __init__(self, why: Phrase | None = None, *, lock: Lock | None = None, refused: bool = False) -> None:
        super().__init__()
        self.why = why
        self.lock = lock
        self.refused = refused


def is_unsafe(name: str) -> bool:
    """Whether a name inside an archive points outside of it, or is none that a file can have."""
    path = PurePosixPath(name)
    outside = path.is_absolute() or ".." in path.parts or bool(_DRIVE.match(name))
    return outside or not path.name or len(name) > _LONGEST_NAME or bool(_CONTROL.search(name))


def members(names: Iterable[tuple[int, str]]) -> Iterator[Member]:
    """The members by their place and name; of several with one name, the later ones are numbered: `评分表(2).xls`."""
    taken: set[str] = set()
    for place, name in names:
        path = PurePosixPath(name)  # without doubled slashes
        several = (str(path.with_name(f"{path.stem}({n}){path.suffix}")) for n in count(2))
        unique = next(one for one in chain([str(path)], several) if one not in taken)
        taken.add(unique)
        yield Member(unique, place, is_junk(path.name) or path.parts[0] == _RESOURCE_FORKS)
