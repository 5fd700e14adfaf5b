"""`huitoukan aggregate`: who passes, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from huitoukan.campaign.campaign import Campaign
from huitoukan.cli.console import UsageError, existing, out, shown, tell, write_data
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
    open_campaign,
    run_inspection,
    words_for,
)
from huitoukan.cli.tracing import ExplainOption, chosen_units, print_traces, traced
from huitoukan.cli.validate import summary_line
from huitoukan.cli.whatif import MoreArguments, WhatIfOption, chosen_changes, print_what_if, told_apart, tried
from huitoukan.model import Verdict
from huitoukan.output import records, verdict_records
from huitoukan.output.text import Words
from huitoukan.phrase import plain
from huitoukan.standing.aggregate import standings, totals
from huitoukan.standing.model import Standing
from huitoukan.standing.remedy import with_remedies
from huitoukan.standing.trace import Trace
from huitoukan.standing.whatif import WhatIf

_STYLES = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.PENDING: "yellow"}


def aggregate(
    folder: Folder = None,
    more: MoreArguments = None,
    campaign: CampaignFile = None,
    rubric: RubricFile = None,
    stage: StageOption = None,
    county: County = None,
    explain: ExplainOption = None,
    what_if: WhatIfOption = None,
    format: Output = Format.TABLE,
    inbox: Inbox = None,
    password: Password = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
    lang: Lang = SPOKEN,
) -> None:
    """Say of every county whether it passes, and why."""
    folder, changes = told_apart(folder, more, what_if)
    if explain and changes:
        raise UsageError(_("--explain 和 --what-if 请分两次运行。"))
    if explain or changes:
        _check_asked(explain or (), changes, next((p for p in (folder, inbox) if p), None), campaign, rubric)
    inspection = run_inspection(folder, campaign, rubric, stage, county, jobs, inbox, password, quiet=quiet)
    words = words_for(inspection, lang)
    counties = with_remedies(standings(inspection.by_unit, inspection.campaign), inspection.campaign)
    if explain:
        _write_traces(traced(explain, counties, inspection), inspection.campaign, words, format)
    else:
        experiment = tried(changes, inspection.by_unit, inspection.campaign)
        if format is Format.TABLE:
            _print_table(counties, inspection.campaign, words)
            if experiment is not None:
                print_what_if(experiment, inspection.campaign, words)
        else:
            write_data(_document(counties, experiment, inspection.campaign, words, format))
    if not quiet:
        tell(summary_line(inspection, words))
        tell(verdict_line(counties, words))


def _check_asked(
    names: Sequence[str],
    changes: Sequence[str],
    place: Path | None,
    campaign: Path | None,
    rubric: Path | None,
) -> None:
    """Say what is wrong with a question before hundreds of files are read for it."""
    if place is not None:
        asked = open_campaign(existing(place), campaign, rubric)
        chosen_units(names, asked)
        if changes:
            chosen_changes(changes, asked)


def _write_traces(found: Sequence[Trace], campaign: Campaign, words: Words, kind: Format) -> None:
    if kind is Format.TABLE:
        print_traces(found, campaign, words)
    elif kind is Format.JSON:
        write_data(records.json_parts(verdict_records.traces(found, campaign, words)))
    elif kind is Format.JSONL:
        roster = campaign.roster
        write_data(records.jsonl_parts(verdict_records.trace_record(one, roster, words) for one in found))
    else:
        write_data([verdict_records.traces_csv(found, campaign.roster)])


def verdict_line(counties: Sequence[Standing], words: Words) -> str:
    """One line: how many counties pass, fail and are pending."""
    counts = {verdict.value: count for verdict, count in totals(counties).items()}
    return words("县(区、市): 达标 {pass}, 未达标 {fail}, 待定 {pending}。").format(**counts)


def _document(
    counties: Sequence[Standing], experiment: WhatIf | None, campaign: Campaign, words: Words, kind: Format
) -> Iterable[str]:
    """The result; an experiment stands beside it in the JSON, and in its place in the formats of rows."""
    roster = campaign.roster
    if kind is Format.JSON:
        document = records.aggregation(counties, campaign, words)
        if experiment is not None:
            document["what_if"] = verdict_records.what_if_record(experiment, roster, words)
        return records.json_parts(document)
    if kind is Format.JSONL:
        if experiment is not None:
            flips = [verdict_records.flip_record(flip, roster, words) for flip in experiment.flips]
            return records.jsonl_parts(flips)
        return records.jsonl_parts([records.standing_record(county, words) for county in counties])
    if experiment is not None:
        return [verdict_records.flips_csv(experiment, roster, words)]
    return [records.standings_csv(counties, campaign, words)]


def _print_table(counties: Sequence[Standing], campaign: Campaign, words: Words) -> None:
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, expand=True)
    table.add_column(words("名次"), justify="right")
    table.add_column(words("县(区、市)"), no_wrap=True)
    table.add_column(words("结论"), no_wrap=True)
    table.add_column(words("得分"), justify="right")
    table.add_column(words("依据"), no_wrap=True)
    table.add_column(words("等级"), no_wrap=True)
    table.add_column(words("乡镇达标"), justify="right")
    table.add_column(words("理由"), ratio=1, overflow="fold")
    for county in counties:
        passing = sum(township.verdict is Verdict.PASS for township in county.townships)
        reasons = " ".join(
            words.reason(reason) for reason in records.deciding(county) if _worth_saying(county, reason.rule)
        )
        texts = (
            str(county.rank or ""),
            campaign.roster.county_name(county.unit.code),
            words.value(county.verdict),
            "" if county.score is None else plain(county.score),
            words.value(county.basis),
            words(county.grade or ""),
            f"{passing}/{len(county.townships)}" if county.townships else "",
            reasons,
        )
        table.add_row(*map(shown, texts), style=_STYLES[county.verdict])
    out().print(table)


def _worth_saying(county: Standing, rule: str) -> bool:
    """For a pass, the total and the townships are enough; anything else is told in full."""
    return county.verdict is not Verdict.PASS or rule in ("pass_mark", "township_share")
