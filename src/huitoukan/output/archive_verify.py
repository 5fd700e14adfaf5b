"""Whether an archive is what it was: every file that was changed, is missing or was added, in a folder or a zip.

Nothing that stands in the archive is believed before it is checked, and nothing is unpacked: a zip may have been made by
somebody else, to mislead or to harm.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from huitoukan.intake.discover import is_junk
from huitoukan.intake.kinds import BROKEN_ZIP
from huitoukan.intake.zipped import DirectoryTooLargeError, Zip, open_zip_on_disk
from huitoukan.output.archive_manifest import (
    LARGEST,
    LIST_ROLE,
    MANIFEST,
    SUMS,
    Entry,
    ManifestError,
    read_manifest,
    read_sums,
    sums_bytes,
)
from huitoukan.output.archive_store import CHUNK
from huitoukan.phrase import Phrase, say

_ENCRYPTED = 0x1
_DENSEST, _SMALL = 200, 1024 * 1024  # how many times its packed size a file may have, from how many bytes on
_ZIP = b"PK"
_CONTRADICTION = say("MANIFEST.json 与 MANIFEST.sha256 不一致, 其中一个改过; 给出 --hash 可以分清")


class State(StrEnum):
    """What became of a file of the archive."""

    WHOLE = "whole"
    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class FileState:
    """A file and what became of it; `why` says more where there is more to say, `moved` where a missing one is now."""

    path: str
    state: State
    why: Phrase | None = None
    moved: str | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """All files by path. `fingerprint` is the hash of MANIFEST.json as it is, None where it is missing."""

    files: tuple[FileState, ...]
    fingerprint: str | None

    @property
    def is_whole(self) -> bool:
        """Whether nothing was changed, is missing or was added."""
        return all(one.state is State.WHOLE for one in self.files)

    def count(self, state: State) -> int:
        """How many files are in a state."""
        return sum(one.state is state for one in self.files)


class NoArchiveError(Exception):
    """A place is no archive of ours, or cannot be opened."""

    def __init__(self, why: Phrase) -> None:
        super().__init__()
        self.why = why


class _UnreadableError(Exception):
    """A file inside cannot be read, or had better not be."""

    def __init__(self, why: Phrase) -> None:
        super().__init__()
        self.why = why


class _Store(Protocol):
    """What an archive lies in: its files by path, with their sizes, and their bytes."""

    sizes: dict[str, int]

    def open(self, path: str, *, known: bool) -> IO[bytes]:
        """The bytes of a file. `known`: its size is as it should be."""


def verify(place: Path, fingerprint: str | None = None) -> Verification:
    """Compare an archive with its manifest; `fingerprint` is the hash of MANIFEST.json as it was told when it was made.

    Raises:
        NoArchiveError: it is none of ours, or cannot be opened.
    """
    with _opened(place) as store:
        return _verify(store, fingerprint)


def listed(place: Path) -> tuple[frozenset[str], frozenset[str]]:
    """The paths that an archive should have and those that it has, without looking into any.

    Raises:
        NoArchiveError: it is none of ours, or cannot be opened.
    """
    with _opened(place) as store:
        manifest, sums = _manifests(store)
        entries = manifest or sums
        if entries is None:
            raise NoArchiveError(say("里面没有本工具的 {name}", name=MANIFEST))
        return frozenset((*(entry.path for entry in entries), MANIFEST, SUMS)), frozenset(store.sizes)


# ------------------------------------------------------------------------------------------------------- comparing


def _manifests(store: _Store) -> tuple[tuple[Entry, ...] | None, tuple[Entry, ...] | None]:
    found: list[tuple[Entry, ...] | None] = []
    for name, read in ((MANIFEST, read_manifest), (SUMS, read_sums)):
        try:
            found.append(read(_read(store, name) or b""))
        except (ManifestError, _UnreadableError):
            found.append(None)
    return found[0], found[1]


def _verify(store: _Store, fingerprint: str | None) -> Verification:
    manifest, sums = _manifests(store)
    if manifest is None and sums is None:
        raise NoArchiveError(say("里面没有本工具的 {name}", name=MANIFEST))
    told = next((entry.sha256 for entry in sums or () if entry.path == MANIFEST), None)
    actual = _hash_of(store, MANIFEST)
    expected = fingerprint or told or actual
    believed = manifest is not None and actual == expected
    if manifest is not None and fingerprint is None and told not in (None, actual):
        files = [FileState(name, State.CHANGED, _CONTRADICTION) for name in (MANIFEST, SUMS)]
    else:
        files = [
            _manifest_state(store, actual, expected, sound=manifest is not None),
            _sums_state(store, manifest if believed else None, told, fingerprint),
        ]
    entries = manifest if believed or sums is None else sums
    assert entries is not None
    files += _states(store, [entry for entry in entries if entry.path != MANIFEST])
    return Verification(tuple(sorted(files, key=lambda one: one.path)), actual)


def _manifest_state(store: _Store, actual: str | None, expected: str | None, *, sound: bool) -> FileState:
    if MANIFEST not in store.sizes:
        return FileState(MANIFEST, State.MISSING)
    whole = sound and actual is not None and actual == expected
    return FileState(MANIFEST, State.WHOLE if whole else State.CHANGED)


def _sums_state(
    store: _Store, manifest: Sequence[Entry] | None, told: str | None, fingerprint: str | None
) -> FileState:
    """Whether MANIFEST.sha256 says what MANIFEST.json says, as long as that can be believed."""
    if SUMS not in store.sizes:
        return FileState(SUMS, State.MISSING)
    try:
        is_whole = told is not None and fingerprint in (None, told)
        if manifest is not None:
            is_whole = _read(store, SUMS) == sums_bytes(manifest, _read(store, MANIFEST) or b"")
    except _UnreadableError:
        is_whole = False
    return FileState(SUMS, State.WHOLE if is_whole else State.CHANGED)


def _states(store: _Store, entries: Sequence[Entry]) -> Iterator[FileState]:
    own = {entry.path for entry in entries} | {MANIFEST, SUMS}
    added = [path for path in store.sizes if path not in own]
    missing = [entry for entry in entries if entry.path not in store.sizes]
    moved = _moved(store, missing, added)
    for entry in entries:
        if entry.path in store.sizes:
            yield _state(store, entry)
        else:
            now = moved.get(entry.path)
            yield FileState(entry.path, State.MISSING, say("现在叫“{name}”", name=now) if now else None, now)
    before = {now: path for path, now in moved.items()}
    for path in added:
        why = _oddity(store, path)
        if path in before:
            why = say("就是“{name}”", name=before[path])
        elif is_junk(PurePosixPath(path).name):
            why = say("程序留下的临时文件")
        yield FileState(path, State.ADDED, why)


def _moved(store: _Store, missing: Sequence[Entry], added: Sequence[str]) -> dict[str, str]:
    """Where missing files are now, each added one taken once; empty files are all alike, and tell nothing."""
    sizes = {entry.size for entry in missing if entry.size}
    there: dict[str, list[str]] = {}
    for path in added:
        if store.sizes[path] in sizes:
            with suppress(_UnreadableError):
                there.setdefault(_hash(store, path, store.sizes[path], known=False), []).append(path)
    return {entry.path: own.pop(0) for entry in missing if (own := there.get(entry.sha256))}


def _oddity(store: _Store, path: str) -> Phrase | None:
    """Why a file could not even be read."""
    try:
        with _reading():
            store.open(path, known=False).close()
    except _UnreadableError as error:
        return error.why
    return None


def _state(store: _Store, entry: Entry) -> FileState:
    size = store.sizes[entry.path]
    why: Phrase | None = None
    try:
        if entry.size is not None and size != entry.size:
            why = _oddity(store, entry.path) or say(
                "应有 {size} 字节, 现有 {found} 字节", size=entry.size, found=size
            )
        elif _hash(store, entry.path, size, known=entry.size is not None) == entry.sha256:
            return FileState(entry.path, State.WHOLE)
    except _UnreadableError as error:
        return FileState(entry.path, State.CHANGED, error.why)
    if entry.role == LIST_ROLE:
        why = say("目录改过; 补填也算改动")
    return FileState(entry.path, State.CHANGED, why)


def _hash(store: _Store, path: str, size: int, *, known: bool) -> str:
    digest, read = hashlib.sha256(), 0
    with _reading(), store.open(path, known=known) as stream:
        while chunk := stream.read(CHUNK):
            read += len(chunk)
            if read > size:
                break
            digest.update(chunk)
    return digest.hexdigest()


def _hash_of(store: _Store, name: str) -> str | None:
    try:
        content = _read(store, name)
    except _UnreadableError:
        return None
    return None if content is None else hashlib.sha256(content).hexdigest()


def _read(store: _Store, name: str) -> bytes | None:
    """A manifest; None where there is none."""
    if name not in store.sizes:
        return None
    if store.sizes[name] > LARGEST:
        raise _UnreadableError(say("大得不合理"))
    with _reading(), store.open(name, known=False) as stream:
        return stream.read(LARGEST)


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except BROKEN_ZIP as error:
        raise _UnreadableError(say("读不出来 ({detail})", detail=_detail(error))) from None


def _detail(error: BaseException) -> str:
    text = error.strerror if isinstance(error, OSError) else str(error)
    return ((text or "").splitlines() or [type(error).__name__])[0][:120]


# ------------------------------------------------------------------------------------------------- folder and zip


@contextmanager
def _opened(place: Path) -> Iterator[_Store]:
    try:
        if place.is_dir():
            yield _Folder(place)
            return
        with place.open("rb") as stream:
            beginning = stream.read(len(_ZIP))
    except OSError as error:
        raise NoArchiveError(say("打不开 ({detail})", detail=_detail(error))) from None
    if beginning != _ZIP:
        raise NoArchiveError(say("不是文件夹, 也不是 zip 压缩包"))
    try:
        archive = open_zip_on_disk(place)
    except DirectoryTooLargeError:
        raise NoArchiveError(say("压缩包的文件清单大得不合理")) from None
    except BROKEN_ZIP as error:
        raise NoArchiveError(say("压缩包损坏或不完整 ({detail})", detail=_detail(error))) from None
    with closing(archive):
        yield _Zipped(archive)


class _Folder:
    """An archive that is a folder. Links are never followed."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._files: dict[str, Path] = {}
        self.sizes: dict[str, int] = {}
        for directory, folders, names in os.walk(place):
            here = Path(directory)
            links = [name for name in folders if (here / name).is_symlink()]
            for name in (*links, *names):
                path = _readable((here / name).relative_to(place).as_posix())
                self._files[path] = here / name
                self.sizes[path] = (here / name).lstat().st_size

    def open(self, path: str, *, known: bool) -> IO[bytes]:  # noqa: ARG002  (on disk, a size is no lie)
        """The bytes of a file."""
        file = self._files[path]
        if not stat.S_ISREG(file.lstat().st_mode):
            raise _UnreadableError(say("不是普通文件, 是链接之类"))
        return file.open("rb")


class _Zipped:
    """An archive that is a zip. Two files of one name, locked ones and bombs are not read."""

    def __init__(self, archive: Zip) -> None:
        self._archive = archive
        entries = [entry for entry in archive.infolist() if not entry.orig_filename.endswith("/")]
        self._entries = {_readable(entry.orig_filename): entry for entry in entries}
        self._times = Counter(_readable(entry.orig_filename) for entry in entries)
        self.sizes = {path: entry.file_size for path, entry in self._entries.items()}

    def open(self, path: str, *, known: bool) -> IO[bytes]:
        """The bytes of a file."""
        entry = self._entries[path]
        if self._times[path] > 1:
            raise _UnreadableError(say("压缩包里有 {count} 个同名的文件", count=self._times[path]))
        if entry.flag_bits & _ENCRYPTED:
            raise _UnreadableError(say("加了密, 读不出来"))
        if not known and entry.file_size > max(_SMALL, _DENSEST * entry.compress_size):
            raise _UnreadableError(say("解压后大得不合理"))
        try:
            return self._archive.open(entry)
        except BROKEN_ZIP as error:
            raise _UnreadableError(say("读不出来 ({detail})", detail=_detail(error))) from None


def _readable(path: str) -> str:
    """A path as text that can be printed and written: names that are no text are spelled out."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")
