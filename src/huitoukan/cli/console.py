"""Consoles, progress and messages. stdout carries data only; everything else goes to stderr."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.text import Text

from huitoukan.campaign.problems import ConfigError
from huitoukan.cli.language import _

_MANY = 20  # files from which on a progress bar is worth its place
# What could command a terminal or turn the order of its characters round: controls, marks of direction, half characters.
_COMMANDS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_CAUSES = {
    errno.ENOENT: _("找不到, 请核对路径"),
    errno.EACCES: _("没有权限, 或者文件正被别的程序 (如 Excel) 打开。请关闭后再运行一次"),
    errno.EPERM: _("没有权限, 或者文件正被别的程序 (如 Excel) 打开。请关闭后再运行一次"),
    errno.ENOSPC: _("磁盘已满"),
    errno.EFBIG: _("文件太大, 放不下"),
    errno.EROFS: _("磁盘只能读, 不能写"),
    errno.ENAMETOOLONG: _("路径太长"),
    errno.ENOTDIR: _("路径中有一段是文件, 不是文件夹"),
    errno.EISDIR: _("那里已有同名的文件夹"),
}


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


def visible(text: str) -> str:
    """A text that a terminal shows as it is: what would command it (names and cells may hold anything) is spelled out."""
    return _COMMANDS.sub(lambda sign: sign[0].encode("unicode_escape").decode("ascii"), text)


def shown(text: str) -> Text:
    """A text for a table: no markup, no commands."""
    return Text(visible(text))


def tell(message: str, *, style: str | None = None) -> None:
    """A message for the person at the terminal."""
    err().print(shown(message), style=style)


def cause(error: OSError) -> str:
    """Why the system refused, in the analyst's words where we have them."""
    words = _CAUSES.get(error.errno or 0)
    return words or error.strerror or str(error)


def write_data(parts: Iterable[str]) -> None:
    """Data on stdout, as UTF-8 whatever the console's encoding, so that a pipe or a file gets the same everywhere."""
    stream: TextIO = sys.stdout
    binary = getattr(stream, "buffer", None)
    if stream.isatty():
        stream.writelines(visible(part.replace("\r\n", "\n")) for part in parts)
        return
    if binary is None:
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
    try:
        there = folder.exists()
    except OSError as error:  # a path that is too long, say
        raise UsageError(_("“{folder}”打不开: {why}").format(folder=folder, why=cause(error))) from None
    if not there:
        raise UsageError(_("找不到“{folder}”。请核对路径; 路径里有空格时请加引号。").format(folder=folder))
    return folder
