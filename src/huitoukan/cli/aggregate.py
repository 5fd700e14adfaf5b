"""`huitoukan aggregate`: who passes, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from huitoukan.campaign.campaign import Campaign
from huitoukan.cli.console import out, shown, tell, write_data
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
from huitoukan.cli.validate import summary_line
from huitoukan.model import Verdict
from huitoukan.output import records
from huitoukan.output.text import Words
from huitoukan.phrase import plain
from huitoukan.standing.aggregate import standings, totals
from huitoukan.standing.model import Standing

_STYLES = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.PENDING: "yellow"}


def aggregate(
    folder: Folder = None,
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
    inspection = run_inspection(folder, campaign, rubric, stage, county, jobs, inbox, password, quiet=quiet)
    words = words_for(inspection, lang)
    counties = standings(inspection.by_unit, inspection.campaign)
    if format is Format.TABLE:
        _print_table(counties, inspection.campaign, words)
    else:
        write_data(_document(counties, inspection.campaign, words, format))
    if not quiet:
        tell(summary_line(inspection, words))
        tell(verdict_line(counties, words))


def verdict_line(counties: Sequence[Standing], words: Words) -> str:
    """One line: how many counties pass, fail and are pending."""
    counts = {verdict.value: count for verdict, count in totals(counties).items()}
    return words("县(区、市): 达标 {pass}, 未达标 {fail}, 待定 {pending}。").format(**counts)


def _document(counties: Sequence[Standing], campaign: Campaign, words: Words, kind: Format) -> Iterable[str]:
    if kind is Format.JSON:
        return records.json_parts(records.aggregation(counties, campaign, words))
    if kind is Format.JSONL:
        return records.jsonl_parts([records.standing_record(county, words) for county in counties])
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
