"""Getting at the bytes of a submission, through any archives and mails around it, in memory.

Archives and mails are containers: what lies in them is listed, and each file inside is then read on its own, like any
other. The containers opened last stay open, since their files come one after the other.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from huitoukan.campaign.campaign import Limits
from huitoukan.intake.archive import list_archive, read_entry
from huitoukan.intake.bounds import MEGABYTE
from huitoukan.intake.contents import ContainerError, Contents
from huitoukan.intake.discover import Submission
from huitoukan.intake.kinds import BROKEN_ZIP, Kind, sniff, sniff_zip
from huitoukan.intake.zipped import LARGEST_DIRECTORY, DirectoryTooLargeError, open_zip_on_disk
from huitoukan.phrase import Phrase, say

CONTAINERS = frozenset({Kind.ZIP, Kind.MAIL})


@dataclass(frozen=True, slots=True)
class Sniffed:
    """The bytes of a file with its kind; `archive` is the open one of a zipped file.

    A zip archive of files may be larger than any one file may be: then it stays on disk, and `data` is empty. One whose
    directory is too large to be read has no `archive`.
    """

    kind: Kind
    archive: zipfile.ZipFile | None
    data: bytes = b""


def load(submission: Submission, limits: Limits, passwords: Sequence[str]) -> Sniffed:
    """Read a submission.

    Raises:
        ContainerError: it, or a container around it, is damaged, locked or larger than the limits allow.
        OSError: the file on disk cannot be read.
    """
    *way, place = submission.inside or (None,)
    if place is None:
        return _load_from_disk(submission.location, limits)
    state = submission.location.stat()
    around = _opened(submission.location, state.st_mtime_ns, tuple(way), limits, tuple(passwords))
    return _member(around, place, limits, passwords)


def list_members(container: Sniffed, depth: int, limits: Limits, passwords: Sequence[str]) -> Contents:
    """What a container holds; `depth` counts the containers around it.

    Raises:
        ContainerError: it is damaged, or lies deeper in others than the limits allow.
    """
    if depth >= limits.archive_depth:
        why = say("压缩包一层套一层, 超过上限 {limit} 层", limit=limits.archive_depth)
        raise ContainerError(why, refused=True)
    if container.archive is not None:
        return list_archive(container.archive, limits, passwords)
    if container.kind is Kind.ZIP:
        why = say("文件清单超过上限 {limit} MB", limit=LARGEST_DIRECTORY // MEGABYTE)
        raise ContainerError(why, refused=True)
    from huitoukan.intake.mail import list_mail  # noqa: PLC0415  (needed for few files)

    return list_mail(container.data, limits)


def inside_of(submission: Submission, contents: Contents) -> tuple[Submission, ...]:
    """The files that a container holds."""
    mail = contents.mail or submission.mail
    return tuple(
        Submission(
            f"{submission.path}/{m.name}", submission.location, m.junk, (*submission.inside, m.place), mail
        )
        for m in contents.members
    )


def submission_at(
    path: str, outer: Submission, limits: Limits, passwords: Sequence[str]
) -> Submission | None:
    """The file at a path inside a submission on disk, or that submission itself; None where it is not there.

    Raises:
        ContainerError, OSError: as for `load`.
    """
    found = outer
    while found.path != path:
        contents = list_members(load(found, limits, passwords), len(found.inside), limits, passwords)
        ways = [
            one for one in inside_of(found, contents) if path == one.path or path.startswith(f"{one.path}/")
        ]
        if not ways:
            return None
        found = max(ways, key=lambda one: len(one.path))
    return found


def _load_from_disk(location: Path, limits: Limits) -> Sniffed:
    size = location.stat().st_size
    if size <= limits.file_megabytes * MEGABYTE:
        return _sniffed(location.read_bytes())
    if size <= limits.archive_megabytes * MEGABYTE:
        try:
            archive = open_zip_on_disk(location)
            if sniff_zip(archive) is Kind.ZIP:
                return Sniffed(Kind.ZIP, archive)
        except DirectoryTooLargeError:
            return Sniffed(Kind.ZIP, None)
        except BROKEN_ZIP:
            pass  # then it is no archive, and a file too large
    raise ContainerError(_too_large(size, limits), refused=True)


def _too_large(size: int, limits: Limits) -> Phrase:
    return say("文件有 {size} MB, 超过上限 {limit} MB", size=size // MEGABYTE, limit=limits.file_megabytes)


@lru_cache(maxsize=4)
def _opened(
    location: Path, _changed: int, way: tuple[int, ...], limits: Limits, passwords: tuple[str, ...]
) -> Sniffed:
    """The container on disk, or the one that `way` leads to inside of it; `_changed` is when the file was written."""
    if not way:
        return _load_from_disk(location, limits)
    around = _opened(location, _changed, way[:-1], limits, passwords)
    return _member(around, way[-1], limits, passwords)


def _member(container: Sniffed, place: int, limits: Limits, passwords: Sequence[str]) -> Sniffed:
    most = int(limits.file_megabytes * MEGABYTE)
    if container.archive is not None:
        return _sniffed(read_entry(container.archive, place, most, passwords))
    from huitoukan.intake.mail import read_attachment  # noqa: PLC0415

    return _sniffed(read_attachment(container.data, place, most))


def _sniffed(data: bytes) -> Sniffed:
    kind, archive = sniff(data)
    return Sniffed(kind, archive, data)
