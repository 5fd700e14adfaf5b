"""Putting an archive down: as a folder or as one zip, whole or not at all, file by file and never all of it in memory."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from huitoukan.intake.discover import TEMPORARY

CHUNK = 1024 * 1024  # bytes that are in memory at once
_UNIX, _READABLE = 3, 0o100644  # what unpacking gives on systems that have such rights
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Piece:
    """One file to be put down: its path in the archive, its bytes or the file that has them, and what these must be."""

    path: str
    source: Path | bytes
    sha256: str
    size: int


class ChangedError(Exception):
    """A file is not what it was when it was examined."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(str(path))
        self.path = path


def held(path: str, content: bytes) -> Piece:
    """A piece whose bytes are at hand."""
    return Piece(path, content, hashlib.sha256(content).hexdigest(), len(content))


def on_disk(path: str, source: Path, sha256: str | None = None) -> Piece:
    """A piece that lies on disk, hashed now unless its hash is known.

    Raises:
        OSError: it cannot be read.
    """
    if sha256 is None:
        with source.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return Piece(path, source, sha256, source.stat().st_size)


def write_folder(pieces: Sequence[Piece], out: Path, progress: Progress | None = None) -> None:
    """Write the pieces as a folder; one that is there already is replaced as a whole, at the very end.

    Raises:
        OSError: it cannot be written, or a file cannot be read.
        ChangedError: a file is not what it was.
    """
    with _in_place_of(out) as new:
        new.mkdir(parents=True)
        for n, piece in enumerate(pieces, start=1):
            target = new / piece.path
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as stream:
                _copy(piece, stream)
                stream.flush()
                os.fsync(stream.fileno())  # the folder gets its name only once its files are there
            if progress:
                progress(n, len(pieces))


def write_zip(pieces: Sequence[Piece], out: Path, moment: datetime, progress: Progress | None = None) -> None:
    """Write the pieces as one zip (zip64 where it grows large); every file in it is as old as `moment`.

    It raises what `write_folder` does.
    """
    with _in_place_of(out) as new:
        new.parent.mkdir(parents=True, exist_ok=True)
        with new.open("xb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
                for n, piece in enumerate(pieces, start=1):
                    entry = zipfile.ZipInfo(piece.path, moment.timetuple()[:6])
                    entry.compress_type, entry.file_size = zipfile.ZIP_DEFLATED, piece.size
                    entry.create_system, entry.external_attr = _UNIX, _READABLE << 16
                    with archive.open(entry, "w") as stream:  # zip64 by the size that it will have
                        _copy(piece, stream)
                    if progress:
                        progress(n, len(pieces))
            file.flush()
            os.fsync(file.fileno())


def _copy(piece: Piece, target: IO[bytes]) -> None:
    digest, size = hashlib.sha256(), 0
    with io.BytesIO(piece.source) if isinstance(piece.source, bytes) else piece.source.open("rb") as source:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > piece.size:
                break
            digest.update(chunk)
            target.write(chunk)
    if size != piece.size or digest.hexdigest() != piece.sha256:
        raise ChangedError(piece.path if isinstance(piece.source, bytes) else piece.source)


@contextmanager
def _in_place_of(out: Path) -> Iterator[Path]:
    """A temporary name beside a place, which takes that place once all is written; else nothing is left of it.

    The name is always the same for one place: what a killed run left behind is known by it, and removed.
    """
    out = out.resolve()
    own = hashlib.sha256(os.fsencode(out.name)).hexdigest()
    new, old = (out.with_name(f"{TEMPORARY}{part}.tmp") for part in (own[:8], own[8:16]))
    _restore(old, out)
    _remove(new)
    try:
        yield new
        if out.exists():
            out.rename(old)
        try:
            new.rename(out)
        except BaseException:  # an interrupt too must leave the former archive in its place
            _restore(old, out)
            raise
    finally:
        _remove(new)
    _remove(old)


def _restore(old: Path, out: Path) -> None:
    """What a run that was killed between two renamings left: the former archive goes back to its place."""
    if old.exists():
        if out.exists():
            _remove(old)
        else:
            old.rename(out)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
