"""Ctrl-C: the program ends at once, with a word where it has one, and never with a traceback.

An exception at any moment would surface inside imports and libraries, which print it or swallow it. Nothing is lost by
leaving at once: inputs are only read, workers end with their parent, and results are written whole. Only while they are
written is an interrupt an exception, so that temporary files are cleared away.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

CODE = 130
_SHOW_CURSOR = "\x1b[?25h"  # a progress bar hides it

_words: list[str] = []


def leave_at_once() -> None:
    """From here on an interrupt ends the process; one that is to be ignored stays ignored."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)


def say(words: str) -> None:
    """What to say on an interrupt, once it is known in which language."""
    _words[:] = [words]


@contextmanager
def as_exception() -> Iterator[None]:
    """An interrupt is a KeyboardInterrupt as usual."""
    before = signal.getsignal(signal.SIGINT)
    if before is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    try:
        cursor = _SHOW_CURSOR if os.name == "posix" and os.isatty(2) else ""
        encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
        os.write(2, (cursor + "".join(f"{line}\n" for line in _words)).encode(encoding, "replace"))
    finally:
        os._exit(CODE)
