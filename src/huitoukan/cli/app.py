"""The application: the commands in their groups, and what happens around every one of them."""

from __future__ import annotations

import gc
import os
import re
import sys
import traceback
from typing import Annotated, Any

import typer

from huitoukan import __version__
from huitoukan.campaign.problems import ConfigError
from huitoukan.cli import interrupt
from huitoukan.cli.commands import MARKUP, SETTINGS, Commands
from huitoukan.cli.console import UsageError, config_problems, prepare_streams, tell
from huitoukan.cli.language import _
from huitoukan.intake.isolate import WorkersError

DONE, BAD_USAGE, OUR_BUG = 0, 2, 3
_GARBAGE = 50_000  # new objects between two looks for garbage: results are plain tuples, which leave none
app = typer.Typer(
    name="huitoukan",
    cls=Commands,
    help=_("回头看: 读取、核对、汇总统计规范化检查的评分表, 生成报告。"),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=MARKUP,
    pretty_exceptions_enable=False,
    context_settings=SETTINGS,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"huitoukan {__version__}\n")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", help=_("显示版本。"), is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """Options of the program itself."""


def run() -> int:
    """Run the command line and return its exit code: 0 done, 1 errors in the data, 2 bad usage, 3 a bug, 130 interrupted."""
    gc.freeze()  # what was imported stays: not to be looked through for garbage again and again
    gc.set_threshold(_GARBAGE)
    prepare_streams()
    interrupt.say(_("已中断。"))
    try:
        code = int(app(standalone_mode=False) or DONE)
        if code == interrupt.CODE:
            tell(_("已中断。"))
        return code
    except ConfigError as error:
        config_problems(error)
    except UsageError as error:
        tell(str(error), style="bold red")
    except WorkersError:
        tell(
            _("读取文件的进程起不来: 可能是系统内存不足, 或安全软件不让启动。请关掉别的程序再试。"),
            style="bold red",
        )
        return OUR_BUG
    except Exception as error:  # the last resort: no traceback for the analyst
        if not hasattr(error, "format_message"):
            return _our_bug(error)
        if type(error).__name__ == "NoArgsIsHelpError":  # the help has been printed
            return BAD_USAGE
        tell(_usage(error), style="bold red")
    return BAD_USAGE


def _usage(error: Any) -> str:
    """What the option parser found wrong, in the analyst's words where we have them."""
    parameter = getattr(error, "param", None)
    options = [option for option in getattr(parameter, "opts", ()) if option.startswith("-")]
    name = (options or [getattr(parameter, "metavar", None) or getattr(parameter, "name", None) or ""])[0]
    texts = {
        "MissingParameter": _("缺少 {name}。").format(name=name),
        "NoSuchOption": _("没有选项 {name}。").format(name=getattr(error, "option_name", "")),
        "BadOptionUsage": _("{name} 后面要写内容。").format(name=getattr(error, "option_name", "")),
        "BadParameter": _bad_value(name, error),
        "UsageError": _bad_words(error),
    }
    message = texts.get(type(error).__name__) or error.format_message()
    context = getattr(error, "ctx", None)
    command = getattr(context, "command_path", "huitoukan")
    return f"{message}\n" + _("用法见 {command} --help").format(command=command)


def _bad_value(name: str, error: Any) -> str:
    """A value that an option does not take, and what it takes, where the parser tells it."""
    mistakes: list[Any] = getattr(error.__cause__, "errors", list)()
    if not mistakes:
        return ""
    words = _("{name} 不能是“{value}”。").format(name=name, value=mistakes[0]["input"])
    choices = re.search(r"is not one of (.+)\.$", mistakes[0]["msg"])
    if choices:
        listed = _("、").join(re.findall(r"'([^']*)'", choices[1]))
        words = _("{name} 不能是“{value}”, 可以写: {choices}。").format(
            name=name, value=mistakes[0]["input"], choices=listed
        )
    return words


def _bad_words(error: Any) -> str:
    """A command that there is not, or words too many: the parser tells them in its message only."""
    told = error.format_message()
    if command := re.match(r"No such command '(.+?)'\.(?: Did you mean '(.+?)'\?)?", told):
        names = _("、").join(command[2].split("', '")) if command[2] else ""
        likely = _("相近的有: {names}。").format(names=names) if names else ""
        return _("没有命令“{name}”。").format(name=command[1]) + likely
    if words := re.fullmatch(r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)", told):
        return _("多出了“{words}”; 路径里有空格时请加引号。").format(words=words[1])
    return ""


def _our_bug(error: Exception) -> int:
    tell(
        _("程序出错了, 这是我们的问题: {error}").format(error=f"{type(error).__name__}: {error}"),
        style="bold red",
    )
    if os.environ.get("HUITOUKAN_DEBUG"):
        traceback.print_exc()
    else:
        tell(_("设置环境变量 HUITOUKAN_DEBUG=1 再运行一次, 把显示的内容发给维护者。"))
    return OUR_BUG
