"""Consoles, progress and messages. stdout carries data only; everything else goes to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from rich.console import Console

from huitoukan.campaign.problems import ConfigError
from huitoukan.cli.language import _

_MANY = 20  # files from which on a progress bar is worth its place


class UsageError(Exception):
    """The command cannot be carried out as it was given: exit code 2."""


def prepare_streams() -> None:
    """Never fail on a character that the console cannot print (a GBK console on Windows)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def out() -> Console:
    """The console for tables on stdout; wide enough for whole messages when stdout is no terminal."""
    terminal = sys.stdout.isatty()
    return Console(file=sys.stdout, highlight=False, width=None if terminal else 160)


def err() -> Console:
    """The console for messages on stderr."""
    return Console(file=sys.stderr, highlight=False, soft_wrap=True)


def tell(message: str, *, style: str | None = None) -> None:
    """A message for the person at the terminal."""
    err().print(message, style=style, markup=False)


def write_data(parts: Iterable[str]) -> None:
    """Data on stdout, as UTF-8 whatever the console's encoding, so that a pipe or a file gets the same everywhere."""
    stream: TextIO = sys.stdout
    binary = getattr(stream, "buffer", None)
    if binary is None or stream.isatty():
        stream.writelines(parts)
        return
    stream.flush()
    try:
        binary.writelines(part.encode("utf-8") for part in parts)
        binary.flush()
    except BrokenPipeError:  # whoever read our output has seen enough (| head)
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def config_problems(error: ConfigError) -> None:
    """Every mistake of a rubric, roster or campaign file, one a line."""
    for problem in error.problems:
        tell(_.problem(problem))
    tell(_("配置文件有 {count} 处错误, 没有开始检查。").format(count=len(error.problems)), style="bold red")


@contextmanager
def progress_bar(*, quiet: bool, doing: str | None = None) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on stderr: on a terminal, for more than twenty files, and unless told to be quiet.

    `doing` is what it says, if it is not that workbooks are read.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (TextColumn(doing or _("读取工作簿")), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err(), transient=True) as progress:
        task = progress.add_task("", total=None, visible=False)

        def show(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, visible=total > _MANY)

        yield show


def existing(folder: Path) -> Path:
    """The folder or workbook given, or a usage problem that says what is wrong with it."""
    if not folder.exists():
        raise UsageError(_("找不到“{folder}”。请核对路径; 路径里有空格时请加引号。").format(folder=folder))
    return folder
