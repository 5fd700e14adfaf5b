"""`huitoukan compare`: the three stages beside each other, and this year beside last year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from huitoukan.campaign.campaign import Campaign
from huitoukan.cli.aggregate import trend_line
from huitoukan.cli.console import out, shown, tell, write_data
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
    last_year,
    run_inspection,
    words_for,
)
from huitoukan.cli.validate import summary_line
from huitoukan.model import Level, Stage
from huitoukan.output import comparisons, records
from huitoukan.output.text import Words, percent, signed
from huitoukan.phrase import plain
from huitoukan.standing.aggregate import standings
from huitoukan.standing.compare import Comparison, CountyComparison
from huitoukan.standing.compare import compare as compare_all
from huitoukan.standing.differences import UnitComparison
from huitoukan.standing.exact import CENT, half_up
from huitoukan.standing.trend import UnitTrend

_Row = tuple[str, ...]


def compare(
    folder: Folder = None,
    baseline: BaselineFile = None,
    campaign: CampaignFile = None,
    rubric: RubricFile = None,
    county: County = None,
    format: Output = Format.TABLE,
    inbox: Inbox = None,
    password: Password = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
    lang: Lang = SPOKEN,
) -> None:
    """Hold the self-assessments against the checks, and this year against last year's results."""
    past = last_year(baseline, (folder, inbox), campaign, rubric)
    inspection = run_inspection(folder, campaign, rubric, None, county, jobs, inbox, password, quiet=quiet)
    words = words_for(inspection, lang)
    own = inspection.campaign
    found = compare_all(inspection.by_unit, standings(inspection.by_unit, own), own, past)
    if format is Format.TABLE:
        _print_tables(found, own, words, units=county is not None)
    else:
        write_data(_document(found, own, words, format))
    if not quiet:
        tell(summary_line(inspection, words))
        tell(comparison_line(found, words))


def comparison_line(found: Comparison, words: Words) -> str:
    """One line: on how many units the comparison rests, and what it says of all of them."""
    index = found.whole.index
    if index.index is None:
        line = words("没有既有自评又有检查完整得分的单位, 无从比较。")
    elif index.index < 0:
        text = words("自评与检查可比的单位 {n} 个, 自评平均低于检查 {points} 分。")
        line = text.format(n=index.n, points=plain(-index.index))
    else:
        text = words("自评与检查可比的单位 {n} 个, 自评平均高出检查 {points} 分, 核减率 {taken}。")
        line = text.format(n=index.n, points=plain(index.index), taken=percent(index.taken) or "—")
    return line if found.trends is None else f"{line}\n{trend_line(found.trends, words)}"


def _document(found: Comparison, campaign: Campaign, words: Words, kind: Format) -> Iterable[str]:
    if kind is Format.CSV:
        return [comparisons.comparison_csv(found, campaign)]
    document = comparisons.comparison_document(found, campaign, words)
    return records.json_parts(document) if kind is Format.JSON else records.jsonl_parts(document["units"])


# ---------------------------------------------------------------------------------------------------------- tables


def _print_tables(found: Comparison, campaign: Campaign, words: Words, *, units: bool) -> None:
    counties = [one for one in found.counties if one.group.index.n]
    if counties:
        head = [
            words("县(区、市)"),
            words("可比单位"),
            words("自评均分"),
            words("检查均分"),
            words("偏高指数"),
            words("中位数"),
            words("核减率"),
            words("名次相关"),
            words("说明"),
        ]
        rows = [_county_row(one, campaign, words, found.least_units) for one in counties]
        _print(words("自评与检查"), head, rows, {0, 8})
    if units and found.units:
        head = [
            words("单位"),
            words("自评"),
            words("县级检查"),
            words("市级检查"),
            words("自评高出"),
            words("说明"),
        ]
        rows = [_unit_row(one, campaign, words) for one in found.units]
        _print(words("各单位"), head, rows, {0, 5})
    if found.overturned:
        head = [words("单位"), words("前一阶段"), words("后一阶段"), words("未达标的理由")]
        _print(words("结论被改变的单位"), head, _turned_rows(found, campaign, words), set(range(4)))
    if found.trends is not None and found.trends.units:
        head = [
            words("单位"),
            words("上年结论"),
            words("今年结论"),
            words("上年得分"),
            words("今年得分"),
            words("变化"),
            words("升降"),
        ]
        shown_units = found.trends.units if units else found.trends.bodies
        rows = [_trend_row(one, campaign, words) for one in shown_units]
        _print(words("与上年相比"), head, rows, {0, 1, 2, 6})


def _county_row(one: CountyComparison, campaign: Campaign, words: Words, least: int) -> _Row:
    index = one.group.index
    notes = [words("不足 {least} 个单位, 仅供参考。").format(least=least)] if index.few else []
    if one.turned is not None:
        text = words("只看自评为{own}, 现为{now}。")
        notes.append(text.format(own=words.value(one.own.verdict), now=words.value(one.now.verdict)))
    return (
        campaign.roster.county_name(one.body.code),
        str(index.n),
        _plain(index.own),
        _plain(index.check),
        signed(index.index),
        signed(index.middle),
        percent(index.taken),
        "" if one.ranks.tau is None else f"{plain(one.ranks.tau)} (n={one.ranks.n})",
        words.joined(notes),
    )


def _plain(number: Decimal | None) -> str:
    return "" if number is None else plain(number)


def _unit_row(one: UnitComparison, campaign: Campaign, words: Words) -> _Row:
    standings_by_stage = dict(one.stages)
    scores = [
        _plain(standings_by_stage[stage].score) if stage in standings_by_stage else "" for stage in Stage
    ]
    reasons = (r for _, standing in one.stages for r in standing.reasons if r.passed is None)
    above = one.above
    return (
        campaign.roster.full_name(one.unit.code),
        *scores,
        "" if above is None else signed(half_up(above, CENT)),
        words.joined(words.reason(reason) for reason in reasons),
    )


def _turned_rows(found: Comparison, campaign: Campaign, words: Words) -> list[_Row]:
    text = words("{stage}{verdict} ({score} 分)")
    rows = []
    for one in found.overturned:
        sides = (
            text.format(stage=words.value(s.basis), verdict=words.value(s.verdict), score=_plain(s.score))
            for s in (one.earlier, one.later)
        )
        reasons = words.joined(words.reason(reason) for reason in one.reasons)
        rows.append((campaign.roster.full_name(one.unit.code), *sides, reasons))
    return rows


def _trend_row(one: UnitTrend, campaign: Campaign, words: Words) -> _Row:
    maximum = "" if one.then.score is None else f"{_plain(one.then.score)}/{plain(one.then.maximum)}"
    whole = one.unit.level is Level.COUNTY  # the verdict is that of the county, not of its body
    name = (campaign.roster.county_name if whole else campaign.roster.full_name)(one.unit.code)
    total = campaign.rubric.level(one.unit.level).total
    return (
        name,
        words.value(one.then.verdict) or "—",
        words.value(one.now.verdict),
        maximum,
        "" if one.now.score is None else f"{plain(one.now.score)}/{plain(total)}",
        "" if one.change is None else signed(half_up(one.change, CENT)),
        words.value(one.trend) or words("不能比较"),
    )


def _print(title: str, head: Sequence[str], rows: Sequence[_Row], texts: set[int]) -> None:
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for n, name in enumerate(head):
        table.add_column(name, justify="left" if n in texts else "right", overflow="fold")
    for row in rows:
        table.add_row(*map(shown, row))
    out().print(table)
