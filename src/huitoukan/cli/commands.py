"""The table of commands. What a command needs is imported when it is run: `validate` need not load what draws reports."""

from __future__ import annotations

from collections import UserDict
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from huitoukan.cli.language import _

_CORE = _("核心命令")
_BEFORE = _("检查之前")
_AFTER = _("检查之后")
_MORE = _("查阅")

SETTINGS = {"help_option_names": ["-h", "--help"]}
MARKUP: Literal["rich"] = "rich"


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: what it does and under what it is listed. It is the function of its name in the module of its name.

    A name of two words is a command of its own: its function is the second word, in the module of the first.
    """

    help: str
    panel: str


TABLE = {
    "validate": Entry(_("核对: 逐个单元格列出问题。"), _CORE),
    "aggregate": Entry(_("汇总: 各县达标、未达标还是待定, 以及理由。"), _CORE),
    "report": Entry(_("报告: 在一个文件夹里写出报告、问题清单和结果数据。"), _CORE),
    "form": Entry(_("表样: 按评分标准为每个单位写出空白评分表。"), _BEFORE),
    "sample": Entry(_("抽样: 按公开的种子抽县和乡镇, 写出人人可以重抽核对的证书。"), _BEFORE),
    "compare": Entry(_("对比: 自评与检查之间, 今年与上年之间。"), _AFTER),
    "coverage": Entry(_("报送情况: 每个单位各阶段的材料, 哪些收到、缺报、逾期。"), _AFTER),
    "survey": Entry(_("问卷: 调查问卷的回收、汇总和意见。"), _AFTER),
    "fix": Entry(_("修复: 在副本里改好不会变意思的写法 (文本数字、全角、空格), 逐处留下清单。"), _AFTER),
    "annotate": Entry(_("标注: 为有问题的工作簿写出着色、带批注的副本, 按县打包发回。"), _AFTER),
    "archive": Entry(_("归档: 按检查、自评、完善三组整理全部材料, 写出卷内目录和校验清单。"), _AFTER),
    "archive verify": Entry(_("核对归档: 找出改动、缺少和多出的文件。"), _AFTER),
    "explain": Entry(_("解释一个问题代码: 查什么、为什么、怎么改。"), _MORE),
}


class _Commands(UserDict[str, Any]):
    """The commands by name, each built when it is first asked for."""

    def __init__(self) -> None:
        super().__init__(dict.fromkeys(TABLE))

    def __getitem__(self, name: str) -> TyperCommand:
        if self.data[name] is None:
            self.data[name] = _built(name, TABLE[name])
        command: TyperCommand = self.data[name]
        return command


def _without_cuts() -> None:
    """Let the help fold what is longer than a line: Chinese has no blanks to break at, and would be cut off."""
    from rich.text import Text  # noqa: PLC0415  (help only)
    from typer import rich_utils  # noqa: PLC0415

    class Folding(Text):
        @classmethod
        def from_markup(cls, text: str, **settings: Any) -> Text:
            return Text.from_markup(text, **{"overflow": "fold", **settings})

    setattr(rich_utils, "Text", Folding)  # noqa: B010  the parser has no setting for it


class Command(TyperCommand):
    """One command."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print its help."""
        _without_cuts()
        super().format_help(ctx, formatter)


def _built(name: str, entry: Entry) -> TyperCommand:
    application = typer.Typer(
        add_completion=False,
        rich_markup_mode=MARKUP,
        pretty_exceptions_enable=False,
        context_settings=SETTINGS,
    )
    module, _space, function = name.partition(" ")
    application.command(name, cls=Command, help=entry.help, rich_help_panel=entry.panel)(
        getattr(import_module(f"huitoukan.cli.{module}"), function or module)
    )
    built = get_command(application)
    assert isinstance(built, TyperCommand)
    return built


class Commands(TyperGroup):
    """The group of all commands, in the order of the table."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = _Commands()

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help of all."""
        _without_cuts()
        super().format_help(ctx, formatter)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that the first word names, or the first two together (`archive verify`), and the words after it."""
        if " ".join(args[:2]) in self.commands and len(args) > 1:
            args = [" ".join(args[:2]), *args[2:]]
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: object) -> list[str]:  # noqa: ARG002  (its name is the parser's)
        """The names, without building any."""
        return list(TABLE)
