"""The catalogue of everything that can be found: one entry per code, its texts taken from the check's own docstring.

A docstring has a first line (the title, with a full stop) and four parts, each beginning its own line:
查什么 (what is checked), 为什么 (why), 例子 (an example), 怎么改 (what to do). `huitoukan explain`, the JSON catalogue
and the messages all come from here. Chinese is the source language.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass

from huitoukan.model import Severity

_PARTS = ("查什么", "为什么", "例子", "怎么改")
_CODE = re.compile(r"[FLUSECIQR]\d{3}")


@dataclass(frozen=True, slots=True)
class Entry:
    """What one code means, in Chinese. `message` and `fix` are templates with `{name}` fields.

    `blocks` says that what it finds keeps a sheet, or a unit, from counting for a verdict.
    """

    code: str
    severity: Severity
    message: str
    fix: str
    title: str
    checks: str
    reason: str
    example: str
    remedy: str
    blocks: bool = False

    def texts(self) -> tuple[str, ...]:
        """Every text of the entry that a translation must cover."""
        return (self.message, self.fix, self.title, self.checks, self.reason, self.example, self.remedy)


_entries: dict[str, Entry] = {}


def document(
    code: str, severity: Severity, message: str, fix: str, function: Callable[..., object], *, blocks: bool = False
) -> Entry:  # fmt: skip
    """Enter a check into the catalogue.

    Raises:
        ValueError: the code is malformed or taken, or the docstring lacks one of its four parts (a bug of ours).
    """
    if not _CODE.fullmatch(code):
        raise ValueError(f"{code}: a code is a family letter and three digits")
    if code in _entries:
        raise ValueError(f"{code} is taken by “{_entries[code].title}”")
    lines = inspect.cleandoc(function.__doc__ or "").splitlines()
    parts: dict[str, str] = {}
    name = ""
    for line in lines[1:]:
        head, colon, rest = line.partition(":")
        if colon and head.strip() in _PARTS:
            name = head.strip()
            parts[name] = rest.strip()
        elif line.strip() and name:
            parts[name] += line.strip()
    missing = [part for part in _PARTS if not parts.get(part)]
    if missing or not lines:
        raise ValueError(f"{code}: the docstring lacks {missing}")
    checks, reason, example, remedy = (parts[part] for part in _PARTS)
    title = lines[0].rstrip("。")
    entry = Entry(code, severity, message, fix, title, checks, reason, example, remedy, blocks)
    _entries[code] = entry
    return entry


def entry(code: str) -> Entry:
    """The entry of a code; KeyError when there is none."""
    return _entries[code]


def entries() -> tuple[Entry, ...]:
    """All entries in the order of their families and numbers: F L U S E C I Q R."""
    return tuple(sorted(_entries.values(), key=lambda e: ("FLUSECIQR".index(e.code[0]), e.code)))
