"""`aggregate --what-if`: which pass rules are tried, and the tables of who flips."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from huitoukan.campaign.campaign import Campaign
from huitoukan.cli.console import UsageError, out, shown
from huitoukan.cli.language import _
from huitoukan.model import Level, Verdict
from huitoukan.output.text import Words
from huitoukan.phrase import plain
from huitoukan.standing.whatif import (
    MarkLimit,
    RuleChange,
    Value,
    WhatIf,
    WhatIfError,
    parse_changes,
)

WhatIfOption = Annotated[
    list[str] | None,
    typer.Option(
        "--what-if",
        metavar="KEY=VALUE",
        help=_("改一条达标规则试算, 看哪些单位的结论会变, 如 pass_mark=85; 可以写几条。原来的结果不变。"),
    ),
]
# `--what-if pass_mark=85 township_share=0.9`: for the parser of the command line, the second one is an argument.
MoreArguments = Annotated[list[str] | None, typer.Argument(metavar="KEY=VALUE", hidden=True)]
_ASSIGNMENT = re.compile(r"\s*[A-Za-z_]+\s*=.*", re.DOTALL)


def told_apart(
    folder: Path | None, more: Sequence[str] | None, changes: Sequence[str] | None
) -> tuple[Path | None, list[str]]:
    """The folder and the changes, whatever their order on the command line.

    Raises:
        UsageError: a second folder, or a change without `--what-if`.
    """
    words = [*(() if folder is None else (str(folder),)), *(more or ())]
    assigned = [one for one in words if _ASSIGNMENT.fullmatch(one) and not Path(one).exists()]
    places = [one for one in words if one not in assigned]
    if len(places) > 1:
        raise UsageError(_("多了“{name}”。文件夹只能写一个; 路径里有空格时请加引号。").format(name=places[1]))
    if assigned and not changes:
        raise UsageError(_("“{name}”前面要写 --what-if。").format(name=assigned[0]))
    return Path(places[0]) if places else None, [*(changes or ()), *assigned]


def chosen_changes(texts: Sequence[str], campaign: Campaign) -> tuple[RuleChange, ...]:
    """The pass rules to try, or a usage problem that says what can be written."""
    try:
        return parse_changes(texts, campaign)
    except WhatIfError as error:
        raise UsageError(_.phrase(error.why)) from None


def print_what_if(found: WhatIf, campaign: Campaign, words: Words) -> None:
    """What was tried, who flips, and up to which pass mark each county passes."""
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    console, roster = out(), campaign.roster
    changes = [f"{one.key}: {_shown(one.before)} → {_shown(one.after)}" for one in found.changes]
    console.print(shown(words("试算: {changes}").format(changes=words("; ").join(changes))))
    for level, label in ((Level.COUNTY, words("县(区、市)")), (Level.TOWNSHIP, words("乡镇(街道)"))):
        before, after = ([counts[level][v] for v in Verdict] for counts in (found.before, found.after))
        if any(before):
            text = words("{label}: 达标 {a} → {b}, 未达标 {c} → {d}, 待定 {e} → {f}")
            a, c, e, b, d, f = (*before, *after)
            console.print(shown(text.format(label=label, a=a, b=b, c=c, d=d, e=e, f=f)))
    if found.flips:
        table = Table(box=box.SIMPLE_HEAD, expand=True)
        for name in (words("县(区、市)"), words("单位"), words("原结论"), words("试算结论")):
            table.add_column(name, no_wrap=True)
        table.add_column(words("理由"), ratio=1, overflow="fold")
        for flip in found.flips:
            own = "" if flip.unit.level is Level.COUNTY else flip.unit.name
            reasons = words.joined(words.reason(reason) for reason in flip.reasons)
            texts = (
                roster.county_name(flip.unit.county), own, words.value(flip.before), words.value(flip.after), reasons
            )  # fmt: skip
            table.add_row(*map(shown, texts))
        console.print(table)
    else:
        console.print(shown(words("没有单位的结论改变。")))
    _print_limits(found, campaign, words)


def _print_limits(found: WhatIf, campaign: Campaign, words: Words) -> None:
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    # Not the table's title: rich breaks that at the width of a narrow table.
    title = words("其他规则不变, 达标线不高于下列分数时各县达标 (“—”: 达标线多低都不达标; 空白: 同左)")
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(words("县(区、市)"), no_wrap=True)
    table.add_column(words("肯定达标"), justify="right")
    table.add_column(words("可能达标"), justify="right")
    table.add_column(words("取决于"), no_wrap=True)
    for limit in found.limits:
        binding = words("县级统计机构") if limit.binding is Level.COUNTY else words("乡镇(街道)")
        texts = (
            campaign.roster.county_name(limit.unit.code), _mark(limit.certain), _possible(limit), binding
        )  # fmt: skip
        table.add_row(*map(shown, texts))
    out().print(shown(title))
    out().print(table)


def _possible(limit: MarkLimit) -> str:
    """Empty where it says no more than the mark that is certain."""
    return "" if limit.possible == limit.certain else _mark(limit.possible)


def _mark(mark: Decimal | None) -> str:
    return "—" if mark is None else plain(mark)


def _shown(value: Value) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value).lower()
