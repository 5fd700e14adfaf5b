"""`--since`: the earlier results that a run is compared with, and what is said of the problems that are gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from huitoukan.campaign.campaign import Campaign
from huitoukan.cli.console import UsageError, cause, existing, out, shown
from huitoukan.cli.language import _
from huitoukan.model import Stage
from huitoukan.output.text import Words
from huitoukan.pipeline import Inspection
from huitoukan.standing.corrections import Corrections, Progress, corrections
from huitoukan.standing.past_findings import PastFinding, PastFindingsError, read_past_findings

SinceFile = Annotated[
    Path | None,
    typer.Option(
        "--since",
        metavar="FILE",
        help=_(
            "以前的结果 (report 写出的 results.json 或 validate --format json 的输出): 哪些已改正、新增、仍在。"
        ),
    ),
]


def past_problems(since: Path | None, campaign: Campaign) -> tuple[PastFinding, ...] | None:
    """The problems of the earlier results, read before anything else is; None where none are asked for."""
    if since is None:
        return None
    try:
        data = existing(since).read_bytes()
    except OSError as error:
        raise UsageError(_("“{folder}”打不开: {why}").format(folder=since, why=cause(error))) from None
    try:
        return read_past_findings(data, campaign.settings.id)
    except PastFindingsError as error:
        text = _(
            "“{file}”不能用来比较: {why}。请写这次检查活动以前 report 写出的 results.json, 或 validate --format json 的输出。"
        )
        raise UsageError(text.format(file=since, why=_.phrase(error.why))) from None


def compared_with(
    past: Sequence[PastFinding] | None,
    inspection: Inspection,
    stage: Stage | None,
    county: str | None,
    *,
    whole: bool,
) -> Corrections | None:
    """What became of the earlier problems; None where none are asked for. `county` is a code."""
    if past is None:
        return None
    return corrections(
        past,
        inspection.files,
        inspection.findings,
        inspection.campaign,
        stage=stage,
        county=county,
        whole=whole,
    )


def correction_line(made: Corrections, since: Path, words: Words) -> str:
    """One line: how many problems are fixed, new, still there, and of whom nothing came."""
    fixed, new, remaining = (made.count(one) for one in (Progress.FIXED, Progress.NEW, Progress.REMAINING))
    told_of = (
        (words("已改正 {n} 处"), fixed),
        (words("仍有 {n} 处"), remaining),
        (words("新增 {n} 处"), new),
        (words("{n} 处所在的材料这次没有收到, 不算改正"), len(made.absent)),
    )
    parts = [text.format(n=n) for text, n in told_of if n]
    told = words("; ").join(parts) if parts else words("那时和现在都没有问题")
    return words("与 {file} 相比: {told}。").format(file=since.name, told=told)


def state_word(state: Progress, words: Words) -> str:
    """How a table says what became of a problem."""
    return words("新增") if state is Progress.NEW else words("仍在")


def print_gone(made: Corrections, inspection: Inspection, words: Words) -> None:
    """The problems that are fixed, one a line; then who sent nothing this time, with how many problems."""
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    units = inspection.campaign.roster.units

    def whose(past: PastFinding) -> str:
        unit = units.get(past.unit or "")
        return unit.name if unit else past.file or words("整个文件夹")

    if made.fixed:
        table = Table(
            title=words("已改正"), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, expand=True
        )
        for head in (words("代码"), words("单位"), words("位置"), words("当时的问题")):
            table.add_column(head, overflow="fold", ratio=3 if head == words("当时的问题") else None)
        for past in made.fixed:
            where = " ".join(part for part in (past.file if past.unit else "", past.sheet, past.cell) if part)
            table.add_row(*map(shown, (past.code, whose(past), where, past.message)), style="green")
        out().print(table)
    if made.absent:
        table = Table(
            title=words("这次没有收到, 不知道改了没有"),
            title_justify="left",
            title_style="bold",
            box=box.SIMPLE_HEAD,
            expand=True,
        )
        table.add_column(words("单位"), overflow="fold")
        table.add_column(words("当时的问题"), justify="right")
        for name, n in Counter(map(whose, made.absent)).items():
            table.add_row(shown(name), shown(words("{n} 处").format(n=n)))
        out().print(table)
