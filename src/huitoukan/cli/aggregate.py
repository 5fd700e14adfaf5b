"""`huitoukan aggregate`: who passes, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from huitoukan.campaign.campaign import Campaign
from huitoukan.cli.console import UsageError, existing, out, shown, tell, write_data
from huitoukan.cli.language import _
from huitoukan.cli.lists import print_lists
from huitoukan.cli.options import (
    SPOKEN,
    BaselineFile,
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
    last_year,
    open_campaign,
    run_inspection,
    words_for,
)
from huitoukan.cli.tracing import ExplainOption, chosen_units, traced, write_traces
from huitoukan.cli.validate import summary_line
from huitoukan.cli.whatif import MoreArguments, WhatIfOption, chosen_changes, print_what_if, told_apart
from huitoukan.model import Verdict
from huitoukan.output import records, verdict_records
from huitoukan.output.comparisons import trends_record
from huitoukan.output.text import Words, signed
from huitoukan.phrase import plain
from huitoukan.standing.aggregate import Sheets, standings, totals
from huitoukan.standing.exact import CENT, half_up
from huitoukan.standing.followup import FollowUp, follow_up
from huitoukan.standing.model import Standing
from huitoukan.standing.remedy import with_remedies
from huitoukan.standing.trend import Trend, Trends, UnitTrend, trends
from huitoukan.standing.whatif import WhatIf
from huitoukan.standing.whatif import what_if as try_out

_STYLES = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.PENDING: "yellow"}


@dataclass(frozen=True)
class _Result:
    """All that is printed: standings and lists, beside them last year's results and an experiment where asked for."""

    counties: tuple[Standing, ...]
    lists: FollowUp
    beside: Trends | None
    experiment: WhatIf | None
    campaign: Campaign


def aggregate(
    folder: Folder = None,
    more: MoreArguments = None,
    explain: ExplainOption = None,
    what_if: WhatIfOption = None,
    baseline: BaselineFile = None,
    campaign: CampaignFile = None,
    rubric: RubricFile = None,
    stage: StageOption = None,
    county: County = None,
    format: Output = Format.TABLE,
    inbox: Inbox = None,
    password: Password = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
    lang: Lang = SPOKEN,
) -> None:
    """Say of every county whether it passes, and why."""
    folder, changes = told_apart(folder, more, what_if)
    _check_asked(explain or (), changes, folder or inbox, campaign, rubric)
    past = last_year(baseline, (folder, inbox), campaign, rubric)
    inspection = run_inspection(folder, campaign, rubric, stage, county, jobs, inbox, password, quiet=quiet)
    words, own = words_for(inspection, lang), inspection.campaign
    counties = with_remedies(standings(inspection.by_unit, own), own)
    beside = None if past is None else trends(counties, past, own)
    if explain:
        write_traces(traced(explain, counties, inspection), own, words, format)
    else:
        lists = follow_up(counties, own, past)
        experiment = _tried(changes, inspection.by_unit, own) if changes else None
        _write(_Result(counties, lists, beside, experiment, own), words, format)
    if not quiet:
        tell(summary_line(inspection, words))
        tell(verdict_line(counties, words))
        if beside is not None:
            tell(trend_line(beside, words))


def _check_asked(
    names: Sequence[str], changes: Sequence[str], place: Path | None, campaign: Path | None, rubric: Path | None
) -> None:  # fmt: skip
    """Say what is wrong with a question before hundreds of files are read for it."""
    if names and changes:
        raise UsageError(_("--explain 和 --what-if 请分两次运行。"))
    if (names or changes) and place is not None:
        asked = open_campaign(existing(place), campaign, rubric)
        chosen_units(names, asked)
        if changes:
            chosen_changes(changes, asked)


def _tried(changes: Sequence[str], by_unit: Sheets, campaign: Campaign) -> WhatIf:
    return try_out(by_unit, campaign, chosen_changes(changes, campaign))


def _write(result: _Result, words: Words, kind: Format) -> None:
    if kind is not Format.TABLE:
        write_data(_document(result, words, kind))
        return
    _print_table(result.counties, result.campaign, words, result.beside)
    if result.beside is not None:
        print_lists(result.lists, result.campaign, words)
    if result.experiment is not None:
        print_what_if(result.experiment, result.campaign, words)


def _document(result: _Result, words: Words, kind: Format) -> Iterable[str]:
    """The result; an experiment stands beside it in the JSON, and in its place in the formats of rows."""
    counties, campaign, experiment = result.counties, result.campaign, result.experiment
    if kind is Format.JSON:
        document = records.aggregation(counties, campaign, words)
        verdict_records.add_follow_up(document, result.lists, campaign, words)
        if result.beside is not None:
            document["last_year"] = trends_record(result.beside, campaign, words)
        if experiment is not None:
            document["what_if"] = verdict_records.what_if_record(experiment, campaign.roster, words)
        return records.json_parts(document)
    if kind is Format.JSONL:
        if experiment is not None:
            flips = [verdict_records.flip_record(flip, campaign.roster, words) for flip in experiment.flips]
            return records.jsonl_parts(flips)
        return records.jsonl_parts([records.standing_record(county, words) for county in counties])
    if experiment is not None:
        return [verdict_records.flips_csv(experiment, campaign.roster, words)]
    return [records.standings_csv(counties, campaign, words)]


def verdict_line(counties: Sequence[Standing], words: Words) -> str:
    """One line: how many counties pass, fail and are pending."""
    counts = {verdict.value: count for verdict, count in totals(counties).items()}
    return words("县(区、市): 达标 {pass}, 未达标 {fail}, 待定 {pending}。").format(**counts)


def trend_line(beside: Trends, words: Words) -> str:
    """One line: how many units rose, stayed and fell, and how many of last year's are not in the roster."""
    text = words(
        "与上年相比: 提升 {up}, 持平 {steady}, 下降 {down}, 不能比较 {open}; 上年有、名录里没有的 {unmatched}。"
    )
    return text.format(
        up=beside.count(Trend.UP),
        steady=beside.count(Trend.STEADY),
        down=beside.count(Trend.DOWN),
        open=beside.count(None),
        unmatched=len(beside.baseline.unmatched),
    )


def trend_words(one: UnitTrend, words: Words) -> str:
    """How a unit went: `提升 +3.5, 上年未达标`; the verdict of last year only where it was another one."""
    parts = [words("不能比较")]
    if one.change is not None:
        parts = [f"{words.value(one.trend)} {signed(half_up(one.change, CENT))}"]
    if one.then.verdict is not None and one.then.verdict is not one.now.verdict:
        parts.append(words("上年{verdict}").format(verdict=words.value(one.then.verdict)))
    return words("、").join(parts)


def _print_table(
    counties: Sequence[Standing], campaign: Campaign, words: Words, beside: Trends | None
) -> None:
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
    went = {} if beside is None else {one.unit.code: trend_words(one, words) for one in beside.units}
    if beside is not None:
        table.add_column(words("与上年相比"))
    table.add_column(words("理由"), ratio=1, overflow="fold")
    for county in counties:
        passing = sum(township.verdict is Verdict.PASS for township in county.townships)
        reasons = words.joined(
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
            *([went.get(county.unit.code, words("上年没有"))] if beside is not None else []),
            reasons,
        )
        table.add_row(*map(shown, texts), style=_STYLES[county.verdict])
    out().print(table)


def _worth_saying(county: Standing, rule: str) -> bool:
    """For a pass, the total and the townships are enough; anything else is told in full."""
    return county.verdict is not Verdict.PASS or rule in ("pass_mark", "township_share")
