"""The manifest of an archive: what it holds, with size and sha256, and what it was made from.

`MANIFEST.json` lists every file but itself and `MANIFEST.sha256`; the latter lists all others, so that `sha256sum -c` can check
them without this program. The hash of MANIFEST.json stands for the whole archive.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from huitoukan.output.records import json_parts

MANIFEST, SUMS = "MANIFEST.json", "MANIFEST.sha256"
SCHEMA = 1
LIST_ROLE = "list"  # of the lists, which the archivist may have filled in
LARGEST = 64 * 1024 * 1024  # bytes of a manifest: enough for a hundred thousand files
_KIND = "huitoukan archive"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LINE = re.compile(r"([0-9a-f]{64})  ([^\r\n]+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the archive by its path, with `/`; `size` is in bytes, None where only the hash is known.

    `role` is what it is there for: received, result, campaign or list; "" where it is not told.
    """

    path: str
    sha256: str
    size: int | None = None
    role: str = ""


class ManifestError(Exception):
    """Bytes that are no manifest of ours, or not one any more."""


def manifest_bytes(provenance: Mapping[str, Any], files: Iterable[Mapping[str, Any]]) -> bytes:
    """MANIFEST.json: `provenance` and then the files, one a line, by their path."""
    listed = sorted(files, key=lambda file: file["path"])
    record = {"schema": SCHEMA, "kind": _KIND, **provenance, "files": listed}
    return "".join(json_parts(record)).encode("utf-8")


def sums_bytes(entries: Iterable[Entry], manifest: bytes) -> bytes:
    """MANIFEST.sha256: a line for each file and for MANIFEST.json, as `sha256sum -c` reads them."""
    every = {entry.path: entry.sha256 for entry in entries} | {MANIFEST: hashlib.sha256(manifest).hexdigest()}
    return "".join(f"{every[path]}  {path}\n" for path in sorted(every)).encode("utf-8")


def read_manifest(data: bytes) -> tuple[Entry, ...]:
    """The files that a MANIFEST.json lists.

    Raises:
        ManifestError: it is none of ours.
    """
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):  # no JSON, no UTF-8, or nested without end
        raise ManifestError from None
    if not isinstance(record, dict) or record.get("kind") != _KIND or record.get("schema") != SCHEMA:
        raise ManifestError
    files = record.get("files")
    if not isinstance(files, list):
        raise ManifestError
    entries = tuple(map(_entry, files))
    if len({entry.path for entry in entries}) != len(entries):
        raise ManifestError
    return entries


def _entry(file: object) -> Entry:
    if not isinstance(file, dict):
        raise ManifestError
    path, sha256, size, role = (file.get(key) for key in ("path", "sha256", "size", "role"))
    if not isinstance(path, str) or not isinstance(sha256, str) or type(size) is not int:
        raise ManifestError
    if not is_inside(path) or not _SHA256.fullmatch(sha256) or size < 0:
        raise ManifestError
    return Entry(path, sha256, size, role if isinstance(role, str) else "")


def read_sums(data: bytes) -> tuple[Entry, ...]:
    """The files that a MANIFEST.sha256 lists, MANIFEST.json among them.

    Raises:
        ManifestError: it is none of ours.
    """
    try:
        lines = data.decode("utf-8").removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        raise ManifestError from None
    entries = {}
    for line in lines:
        found = _LINE.fullmatch(line)
        if found is None or not is_inside(found[2]) or found[2] in entries:
            raise ManifestError
        entries[found[2]] = Entry(found[2], found[1])
    if MANIFEST not in entries:
        raise ManifestError
    return tuple(entries.values())


def is_inside(path: str) -> bool:
    """Whether a path leads to a file inside the archive, as ours do."""
    parts = PurePosixPath(path).parts
    plain = "\\" not in path and "\0" not in path and ":" not in path
    return (
        bool(parts) and plain and "/".join(parts) == path and ".." not in parts and not path.startswith("/")
    )
