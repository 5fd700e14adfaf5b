"""What a worker does in these tests: the real thing, and note how much time of the processor it took."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

from huitoukan import pipeline
from huitoukan.intake.discover import Submission

PROCESS = pipeline._process_submission


def measured(submission: Submission) -> pipeline.Processed:
    """Process a file; the seconds are kept in a folder beside that of the hostile files, one line for each file inside."""
    start = time.process_time()
    processed = PROCESS(submission)
    seconds = time.process_time() - start
    note = note_of(submission.location)
    if note.parent.is_dir():
        with note.open("a", encoding="ascii") as lines:
            lines.write(f"{seconds}\n")
    return processed


def note_of(location: Path) -> Path:
    """Where the time that a file took is kept."""
    return (
        location.parent.parent
        / "measures"
        / hashlib.sha256(str(location).encode("utf-8", "surrogateescape")).hexdigest()
    )


def seconds_of(location: Path) -> list[float]:
    """How long a file took, and each of those inside of it."""
    note = note_of(location)
    return [float(line) for line in note.read_text(encoding="ascii").split()] if note.exists() else []
