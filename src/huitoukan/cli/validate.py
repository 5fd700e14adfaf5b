"""`huitoukan validate`: every problem, by file and cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

import typer

from huitoukan.cli.console import out, shown, tell, write_data
from huitoukan.cli.language import _
from huitoukan.cli.options import (
    SPOKEN,
    CampaignFile,
    County,
    Folder,
    Format,
    Inbox,
    Jobs,
    Lang,
    Output,
    Password,
    Quiet,
    RubricFile,
    StageOption,
    run_inspection,
    words_for,
)
from huitoukan.model import Finding, Severity
from huitoukan.output import records
from huitoukan.output.feedback import by_county
from huitoukan.output.text import Words
from huitoukan.pipeline import Inspection

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


class FailOn(StrEnum):
    """From which severity on the exit code is 1."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"


def validate(
    folder: Folder = None,
    campaign: CampaignFile = None,
    rubric: RubricFile = None,
    stage: StageOption = None,
    county: County = None,
    format: Output = Format.TABLE,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help=_("有这一级问题时返回 1: error, warning, never。"))
    ] = FailOn.ERROR,
    inbox: Inbox = None,
    password: Password = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
    lang: Lang = SPOKEN,
) -> None:
    """Check every workbook of a folder and list the findings by file and cell."""
    inspection = run_inspection(folder, campaign, rubric, stage, county, jobs, inbox, password, quiet=quiet)
    words = words_for(inspection, lang)
    if format is Format.TABLE:
        _print_table(inspection, words)
    else:
        write_data(_document(inspection, words, format))
    if not quiet:
        tell(summary_line(inspection, words))
    severe = {
        FailOn.ERROR: {Severity.ERROR},
        FailOn.WARNING: {Severity.ERROR, Severity.WARNING},
        FailOn.NEVER: set(),
    }
    if any(found.severity in severe[fail_on] for found in inspection.findings):
        raise typer.Exit(1)


def _document(inspection: Inspection, words: Words, kind: Format) -> Iterable[str]:
    if kind is Format.JSON:
        return records.json_parts(
            records.validation(inspection.campaign, inspection.files, inspection.findings, words)
        )
    if kind is Format.JSONL:
        return records.jsonl_parts([records.finding_record(found, words) for found in inspection.findings])
    return [records.findings_csv(inspection.findings, words)]


def summary_line(inspection: Inspection, words: Words) -> str:
    """One line: how many files, sheets and findings."""
    counts = records.summary(inspection.files, inspection.findings)
    template = words("{files} 个文件, {sheets} 张工作表: 错误 {error}, 警告 {warning}, 提示 {info}。")
    blocking = words("其中 {blocking} 处使评分表不能作为结论的依据。") if counts["blocking"] else ""
    gap = "" if words.language == "zh" else " "
    return gap.join(text.format(**counts) for text in (template, blocking) if text)


def _print_table(inspection: Inspection, words: Words) -> None:
    """Findings grouped by file, those of the folder as a whole at the end."""
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    console = out()
    forms = Counter[tuple[str | None, str | None]](
        (sheet.file, sheet.sheet) for file in inspection.files for sheet in file.sheets
    )
    files: dict[str | None, list[Finding]] = {}
    for found in inspection.findings:  # those about copies come last, far from the others of their file
        files.setdefault(found.file, []).append(found)
    whole = files.pop(None, [])
    for file, findings in [*files.items(), *([(None, whole)] if whole else [])]:
        table = Table(
            title=shown((file or words("整个文件夹")).replace("\n", "\\n")),
            title_justify="left",
            title_style="bold",
            box=box.SIMPLE_HEAD,
            expand=True,
        )
        table.add_column(words("级别"), no_wrap=True)
        table.add_column(words("代码"), no_wrap=True)
        table.add_column(words("位置"), min_width=6, overflow="fold")
        table.add_column(words("问题"), ratio=3, overflow="fold")
        table.add_column(words("怎么改"), ratio=2, overflow="fold")
        sheets = len({found.sheet for found in findings}) > 1
        # A folder at its beginning lacks nearly everything: a line for each county, and not one for each unit.
        told = by_county(findings, inspection.campaign)
        for found, remedy in told:
            where = words.place(found) if sheets else found.cell or ""
            # The cell alone does not say whose form it is.
            if found.unit and forms[found.file, found.sheet] > 1:
                where = f"{inspection.campaign.roster.units[found.unit].name} {where}"
            cells = (words.value(found.severity), found.code, where, words.message(found), words.fix(remedy))
            table.add_row(*map(shown, cells), style=_STYLES[found.severity])
        console.print(table)
