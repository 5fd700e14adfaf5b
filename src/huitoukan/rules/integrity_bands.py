"""I706-I707: everything at full marks, and counties whose townships all lie in a tiny band. Source: 宜章 (S30), domain practice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from huitoukan.model import Finding, Level, Severity, Stage
from huitoukan.rules.clue_words import expected, number, place, places, units
from huitoukan.rules.compared import Compared, Filled
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.robust import band_chance, densest, mad


@rule(
    "I706", severity=Severity.WARNING, on=Compared,
    message="{county} {count} 个单位的{stage_name}表所有项目都是满分: {units}。",
    fix="需核实: 请抽查佐证材料, 确认各项确无扣分情形。",
)  # fmt: skip
def full_marks(all_: Compared, context: Context) -> Iterator[Finding]:
    """所有项目都是满分。

    查什么: 一张评分表上适用的项目是不是个个满分。一个县的列在一起。
    为什么: 几十个项目一分不扣很少见, 可能是没有逐项核对就填了满分, 也可能确实做得好。
    例子: 某镇自评表 30 个项目全部填标准分。
    怎么改: 需核实, 不是结论: 抽查佐证材料, 尤其是易扣分的项目。
    """
    full: dict[tuple[Stage, str], list[Filled]] = {}
    for one in all_.filled:
        if one.complete and one.points and not one.deductions:
            full.setdefault((one.stage, one.county), []).append(one)
    for (stage, county), group in full.items():
        yield group[0].finding(
            others=tuple(one.sheet.file for one in group),
            county=context.campaign.roster.county_name(county),
            stage_name=stage,
            count=len(group),
            units=units(group, context.campaign),
            places=places(place(one) for one in group),
        )


@rule(
    "I707", severity=Severity.WARNING, on=Compared,
    message="{county}{stage_name}的 {count} 个乡镇(街道)总分都在 {low} 至 {high} 分之间: 中位数 {middle}, 绝对中位差 {mad}, 其他县为 {usual}。"
    "按其他县的离散程度, 偶然挤在这么窄的范围里预计{chance} 次。",
    fix="需核实: 请复核这个县的打分尺度, 抽查几个乡镇(街道)的佐证材料。",
)  # fmt: skip
def narrow_band(all_: Compared, context: Context) -> Iterator[Finding]:
    """一个县的乡镇总分挤在很窄的范围里。

    查什么: 同一阶段, 一个县各乡镇(街道)总分的绝对中位差 (MAD) 远小于其他县, 而且全部总分所在的范围窄到不大可能是偶然。
    为什么: 各乡镇基础不同, 总分几乎一样, 可能是统一定了分数, 也可能是打分太粗。
    例子: 全县 9 个乡镇自评都在 98 分以上, 最高最低只差 0.5 分, 而其他县内部一般相差 5 分以上。
    怎么改: 需核实, 不是结论: 复核打分尺度, 抽查佐证材料。
    """
    for stage in Stage:
        yield from _bands(all_.of(stage, Level.TOWNSHIP), stage, context)


def _bands(sheets: Sequence[Filled], stage: Stage, context: Context) -> Iterator[Finding]:
    """The counties of one stage whose townships lie close beside those of the others."""
    settings = context.campaign.settings.integrity.band
    by_county: dict[str, list[Filled]] = {}
    for one in sheets:
        if one.complete and one.total.of:
            by_county.setdefault(one.county, []).append(one)
    totals = {
        county: [float(one.total.scaled) for one in group]
        for county, group in by_county.items()
        if len(group) >= settings.units.value
    }
    for county, own in totals.items():
        apart = _deviations(totals, county)
        usual, narrow = mad(apart), mad(own)
        if len(totals) < 2 or not usual or narrow > float(settings.mad_share.value) * usual:  # noqa: PLR2004
            continue
        chance = len(totals) * band_chance(densest(apart, max(own) - min(own)), len(own))
        if chance > float(settings.chance.value):
            continue
        group, roster = by_county[county], context.campaign.roster
        yield group[0].finding(
            others=tuple(one.sheet.file for one in group),
            county=roster.county_name(county),
            stage_name=stage,
            count=len(own),
            low=number(min(own), 2),
            high=number(max(own), 2),
            middle=number(median(own), 2),
            mad=number(narrow, 2),
            usual=number(usual, 2),
            chance=expected(chance),
            units=units(group, context.campaign),
            places=places(place(one) for one in group),
        )


def _deviations(totals: Mapping[str, Sequence[float]], county: str) -> list[float]:
    """How far the townships of all other counties lie from the median of their own county."""
    return [total - median(others) for code, others in totals.items() if code != county for total in others]
