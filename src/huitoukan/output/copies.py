"""A folder copied with some of its files changed: what goes where, and what of an earlier run may be replaced.

The copy has every file under its own path, so that it can be checked and sent like the original. The log says what was
written, byte by byte: a copy that somebody has worked on since is never replaced.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from huitoukan.intake.discover import discover


def copies(folder: Path, changed: Mapping[str, bytes]) -> dict[str, bytes | Path]:
    """Every file of a folder (or the one file that it is) by its relative path: its new bytes, or where it lies.

    What programs left behind (locks, thumbnails) is not copied.

    Raises:
        OSError: the folder cannot be listed.
    """
    return {one.path: changed.get(one.path, one.location) for one in discover(folder) if not one.junk}


def digest(content: bytes | Path) -> str:
    """The sha256 of bytes, or of the file at a path.

    Raises:
        OSError: it cannot be read.
    """
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def written_before(log: Path) -> dict[str, str]:
    """What the log of an earlier run says it wrote: sha256 by relative path; nothing where there is none of ours."""
    try:
        files = json.loads(log.read_text(encoding="utf-8"))["files"]
        return {str(one["path"]): str(one["sha256"]) for one in files}
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return {}


def worked_on(
    out: Path, targets: Iterable[str], new: Mapping[str, str], before: Mapping[str, str]
) -> list[str]:
    """The files in `out` that would be replaced and that are neither the same nor what an earlier run wrote.

    Raises:
        OSError: one of them cannot be read.
    """
    found = []
    for path in targets:
        target = out / path
        if target.is_file() and digest(target) not in (new.get(path), before.get(path)):
            found.append(path)
    return found
