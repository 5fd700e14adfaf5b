"""I718-I720: days and inspectors across sheets. Source: R10-R30 of the notice (the order of the stages), domain practice.

Names are compared as written: two people may share one, which every message leaves open.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from huitoukan.model import Finding, Level, Severity, Stage
from huitoukan.phrase import Listing, Phrase, say
from huitoukan.rules.clue_words import listed, place, places, units
from huitoukan.rules.compared import INSPECTORS, LEADER, Compared, Filled
from huitoukan.rules.registry import Context, rule

_CHECKS = (Stage.COUNTY, Stage.CITY)


@rule(
    "I718", severity=Severity.ERROR, on=Compared,
    message="{unit_name}{later}的日期是 {day}, 早于{earlier}的日期 {before}。",
    fix="请核对两张表的日期, 改正写错的一张; 确实先检查后自评的请说明情况。",
)  # fmt: skip
def dated_before_the_stage_before(all_: Compared, context: Context) -> Iterator[Finding]:
    """检查日期早于前一阶段的日期。

    查什么: 同一单位各阶段评分表的日期应依次为自评、县级检查、市级检查, 后一阶段不得早于前一阶段 (通知 R10、R20、R30)。
    为什么: 先检查后自评, 自评就失去意义; 多半是日期写错, 也可能是事后补填。年份不对的日期由 U325 列出, 不再比较。
    例子: 自评表日期 5月24日, 县级检查表日期 5月21日。
    怎么改: 核对两张表, 改正写错的日期。
    """
    period = context.campaign.settings.period
    years = range(period.start.year, period.end.year + 1)
    for unit, stages in all_.by_unit.items():
        dated = [
            (stage, one.dated)
            for stage in Stage
            if (one := stages.get(stage)) and one.dated and one.dated.year in years
        ]
        for n, (later, day) in enumerate(dated):
            before = [(stage, first) for stage, first in dated[:n] if first > day]
            if not before:
                continue
            earlier, first = before[0]
            one = stages[later]
            dating = one.sheet.dating
            yield one.finding(
                dating.cell if dating else None,
                others=(stages[earlier].sheet.file,),
                unit_name=context.campaign.roster.full_name(unit),
                later=later,
                earlier=earlier,
                day=day,
                before=first,
                places=places(
                    place(s, [s.sheet.dating.cell]) for s in (stages[earlier], one) if s.sheet.dating
                ),
            )


@rule(
    "I719", severity=Severity.WARNING, on=Compared,
    message="{day} 这一天, {stage_name}的检查人员“{name}”出现在 {count} 个乡镇(街道)的表上{counties}: {units}。",
    fix="需核实: 请核对检查日期和人员 (同名的请注明), 附当天的检查记录。",
)  # fmt: skip
def too_many_on_one_day(all_: Compared, context: Context) -> Iterator[Finding]:
    """同一检查人员一天之内检查的地方太多或太远。

    查什么: 县级、市级检查中, 同一姓名的检查人员同一天检查的乡镇(街道)是否超过规定的个数, 或者分属不同的县。
    为什么: 实地检查要逐项看材料, 一天跑不了太多、太远的地方; 也可能是日期统一填写, 或者同名。
    例子: “李建国”5月28日出现在昔阳县 7 个乡镇的检查表上。几个单位都有人叫的名字 (如“王伟”) 说明不了问题, 不算。
    怎么改: 需核实, 不是结论: 核对检查日期和人员, 附检查记录。
    """
    most = context.campaign.settings.integrity.people.townships_a_day.value
    roster = context.campaign.roster
    for stage in _CHECKS:
        met: dict[tuple[date, str], list[Filled]] = {}
        for one in all_.of(stage, Level.TOWNSHIP):
            day = one.dated
            for name in sorted(one.people(INSPECTORS)) if day else ():
                if day and not _is_common(name, all_, context):
                    met.setdefault((day, name), []).append(one)
        for group, days in _by_group(met):
            counties = list(dict.fromkeys(one.county for one in group))
            if len(group) <= most and len(counties) == 1:
                continue
            day = days[0][0]
            names = Listing(tuple(name for _, name in days))
            far: Phrase | str = ""
            if len(counties) > 1:
                far = say(", 分属{counties}", counties=Listing(tuple(map(roster.county_name, counties))))
            yield group[0].finding(
                _cell(group[0], INSPECTORS),
                others=tuple(one.sheet.file for one in group),
                value=_text(group[0], INSPECTORS),
                day=day,
                stage_name=stage,
                name=names,
                count=len(group),
                counties=far,
                units=units(group, context.campaign),
                places=places(place(one, _cells(one, INSPECTORS)) for one in group),
            )


def _by_group(
    met: dict[tuple[date, str], list[Filled]],
) -> Iterator[tuple[list[Filled], list[tuple[date, str]]]]:
    """The places that people were at on one day; a team whose members were all at the same ones is told once."""
    teams: dict[tuple[date, tuple[str, ...]], list[tuple[date, str]]] = {}
    for key, group in met.items():
        teams.setdefault((key[0], tuple(one.unit for one in group)), []).append(key)
    for keys in teams.values():
        yield met[keys[0]], keys


@rule(
    "I720", severity=Severity.WARNING, on=Compared,
    message="{unit_name}{stage_name}表上的检查人员“{names}”, 与本单位自己的表上填的人员同名 ({where})。",
    fix="需核实: 请确认检查人员不是被检查单位的人; 只是同名的请注明。",
)  # fmt: skip
def inspector_of_the_unit(all_: Compared, context: Context) -> Iterator[Finding]:
    """检查人员与被检查单位的人同名。

    查什么: 县级、市级检查表上的检查人员, 是否也是这个单位自评表上的填报人员, 或者别的阶段表上的单位负责人 (同一张表上的由 U336 列出; 县级检查县级统计机构本身的不查; 几个单位都有人叫的名字不算)。
    为什么: 自己检查自己, 不能算上级检查; 也可能只是同名。
    例子: 县级检查表的检查人员“王建军”, 也是该镇自评表的填报人员。
    怎么改: 需核实, 不是结论: 确认检查人员的单位。
    """
    for unit, stages in all_.by_unit.items():
        for stage in _CHECKS:
            one = stages.get(stage)
            if one is None or (stage is Stage.COUNTY and one.level is Level.COUNTY):
                continue
            inspectors = one.people(INSPECTORS) - one.people(LEADER)
            found: dict[str, list[tuple[Filled, str]]] = {}
            for other in stages.values():
                if other is one:
                    continue
                fields = (INSPECTORS, LEADER) if other.stage is Stage.SELF else (LEADER,)
                for field in fields:
                    for name in sorted(inspectors & other.people(field)):
                        if not _is_common(name, all_, context):
                            found.setdefault(name, []).append((other, field))
            if found:
                met = list(dict.fromkeys(one for others in found.values() for one in others))
                yield one.finding(
                    _cell(one, INSPECTORS),
                    others=tuple(other.sheet.file for other, _ in met),
                    value=_text(one, INSPECTORS),
                    unit_name=context.campaign.roster.full_name(unit),
                    stage_name=stage,
                    names=Listing(tuple(sorted(found))),
                    where=listed([place(other, [_cell(other, field) or ""]) for other, field in met]),
                    places=places(
                        [place(one, _cells(one, INSPECTORS))]
                        + [place(other, _cells(other, field)) for other, field in met]
                    ),
                )


def _is_common(name: str, all_: Compared, context: Context) -> bool:
    """Whether so many units have somebody so called that the name tells nothing of one person."""
    return len(all_.own_people.get(name, ())) >= context.campaign.settings.integrity.people.homonyms.value


def _cell(one: Filled, field: str) -> str | None:
    return next((claim.cell.address for key, claim in one.sheet.signatures if key == field), None)


def _cells(one: Filled, field: str) -> list[str]:
    cell = _cell(one, field)
    return [cell] if cell else []


def _text(one: Filled, field: str) -> str | None:
    return next((claim.cell.text for key, claim in one.sheet.signatures if key == field), None)
