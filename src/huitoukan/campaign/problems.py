"""Mistakes in the files that steer a campaign: each is reported with file, line, column and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

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
        self.problems = tuple(sorted(problems, key=lambda p: (p.file, p.line, p.column, p.code)))
        super().__init__("; ".join(f"{p.file}:{p.line}:{p.column}: {p.code}" for p in self.problems))


def problem_kind(code: str, *, message: str, fix: str) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Enter a check of the campaign files into the catalogue under its R code (always an error)."""

    def enter(function: Callable[..., object]) -> Callable[..., object]:
        catalogue.document(code, Severity.ERROR, message, fix, function)
        return function

    return enter
