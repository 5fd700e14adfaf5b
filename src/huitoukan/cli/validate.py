"""`huitoukan validate`: every problem, by file and cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated

import typer

from huitoukan.cli.console import existing, out, shown, tell, write_data
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
    chosen_county,
    open_campaign,
    run_inspection,
    words_for,
)
from huitoukan.cli.since import (
    SinceFile,
    compared_with,
    correction_line,
    past_problems,
    print_gone,
    state_word,
)
from huitoukan.model import Finding, Severity
from huitoukan.output import correction_records, records
from huitoukan.output.feedback import by_county
from huitoukan.output.text import Words
from huitoukan.pipeline import Inspection
from huitoukan.standing.corrections import Corrections, Progress

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
    since: SinceFile = None,
    inbox: Inbox = None,
    password: Password = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
    lang: Lang = SPOKEN,
) -> None:
    """Check every workbook of a folder and list the findings by file and cell."""
    past, code = None, None
    places = [place for place in (folder, inbox) if place is not None]
    if since is not None and places:
        opened = open_campaign(existing(places[0]), campaign, rubric)
        past, code = past_problems(since, opened), chosen_county(opened, county)
    inspection = run_inspection(folder, campaign, rubric, stage, county, jobs, inbox, password, quiet=quiet)
    words = words_for(inspection, lang)
    whole = any(place.is_dir() for place in places)
    made = compared_with(past, inspection, stage, code, whole=whole)
    if format is Format.TABLE:
        _print_table(inspection, words, made)
    else:
        write_data(_document(inspection, words, format, made))
    if not quiet:
        tell(summary_line(inspection, words))
        if made is not None and since is not None:
            tell(correction_line(made, since, words))
    severe = {
        FailOn.ERROR: {Severity.ERROR},
        FailOn.WARNING: {Severity.ERROR, Severity.WARNING},
        FailOn.NEVER: set(),
    }
    if any(found.severity in severe[fail_on] for found in inspection.findings):
        raise typer.Exit(1)


def _document(inspection: Inspection, words: Words, kind: Format, made: Corrections | None) -> Iterable[str]:
    findings = inspection.findings
    if kind is Format.JSON:
        document = records.validation(inspection.campaign, inspection.files, findings, words)
        if made is not None:
            correction_records.add_corrections(document, made)
        return records.json_parts(document)
    if kind is Format.JSONL:
        if made is not None:
            return records.jsonl_parts(correction_records.correction_rows(findings, made, words))
        return records.jsonl_parts([records.finding_record(found, words) for found in findings])
    if made is not None:
        return [correction_records.corrections_csv(findings, made, words)]
    return [records.findings_csv(findings, words)]


def summary_line(inspection: Inspection, words: Words) -> str:
    """One line: how many files, sheets and findings."""
    counts = records.summary(inspection.files, inspection.findings)
    template = words("{files} 个文件, {sheets} 张工作表: 错误 {error}, 警告 {warning}, 提示 {info}。")
    blocking = words("其中 {blocking} 处使评分表不能作为结论的依据。") if counts["blocking"] else ""
    gap = "" if words.language == "zh" else " "
    return gap.join(text.format(**counts) for text in (template, blocking) if text)


def _print_table(inspection: Inspection, words: Words, made: Corrections | None) -> None:
    """Findings grouped by file, those of the folder as a whole at the end; what is gone since comes after them."""
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
    states = (
        {id(found): state for found, state in zip(inspection.findings, made.states, strict=True)}
        if made
        else {}
    )
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
        if made:
            table.add_column(words("对比"), no_wrap=True)
        table.add_column(words("位置"), min_width=6, overflow="fold")
        table.add_column(words("问题"), ratio=3, overflow="fold")
        table.add_column(words("怎么改"), ratio=2, overflow="fold")
        sheets = len({found.sheet for found in findings}) > 1
        # A folder at its beginning lacks nearly everything: a line for each county, and not one for each unit.
        for found, remedy, state in _told(findings, states, inspection):
            where = words.place(found) if sheets else found.cell or ""
            # The cell alone does not say whose form it is.
            if found.unit and forms[found.file, found.sheet] > 1:
                where = f"{inspection.campaign.roster.units[found.unit].name} {where}"
            since = [state_word(state, words)] if state else []
            cells = (words.value(found.severity), found.code, *since, where)
            table.add_row(
                *map(shown, (*cells, words.message(found), words.fix(remedy))), style=_STYLES[found.severity]
            )
        console.print(table)
    if made:
        print_gone(made, inspection, words)


def _told(
    findings: Sequence[Finding], states: Mapping[int, Progress], inspection: Inspection
) -> Iterator[tuple[Finding, Finding, Progress | None]]:
    """Findings as a table tells them: those told together are all new, or all remaining."""
    kinds: tuple[Progress | None, ...] = (None,)
    if states and all(found.file is None for found in findings):
        kinds = (Progress.REMAINING, Progress.NEW)
    for kind in kinds:
        own = [found for found in findings if kind is None or states[id(found)] is kind]
        for found, remedy in by_county(own, inspection.campaign):
            yield found, remedy, kind or states.get(id(found))
