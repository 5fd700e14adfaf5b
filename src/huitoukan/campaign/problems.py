"""Mistakes in the files that steer a campaign: each is reported with file, line, column and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from huitoukan import catalogue
from huitoukan.model import Severity


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a rubric, roster or campaign file; `line` and `column` count from 1 (0: the file as a whole)."""

    code: str
    file: str
    line: int
    column: int
    details: tuple[tuple[str, object], ...] = ()


class ConfigError(Exception):
    """The rubric, roster or campaign cannot be used; `problems` lists every mistake found, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        # A value that fits none of several types is told once.
        first = {(p.file, p.line, p.column, p.code): p for p in reversed(list(problems))}
        self.problems = tuple(first[place] for place in sorted(first))
        super().__init__("; ".join(f"{p.file}:{p.line}:{p.column}: {p.code}" for p in self.problems))


Check = TypeVar("Check", bound=Callable[..., object])


def problem_kind(code: str, *, message: str, fix: str) -> Callable[[Check], Check]:
    """Enter a check of the campaign files into the catalogue under its R code (always an error)."""

    def enter(function: Check) -> Check:
        catalogue.document(code, Severity.ERROR, message, fix, function)
        return function

    return enter
