"""C608-C613: whom the checks covered: how many counties and townships, which ones, and whether they assessed themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from huitoukan.materials import Holding, MaterialKind, Presence
from huitoukan.model import Finding, Level, Severity, Stage
from huitoukan.phrase import Listing, Phrase, say
from huitoukan.rules.receipts import Ledger
from huitoukan.rules.registry import Context, rule

_MOST = 30  # units that one message lists: no county has more
_SHEET = MaterialKind.SCORE_SHEET


def listed(names: Sequence[str]) -> Listing:
    """Names for a message: the first ones, and how many more there are."""
    more = [say("还有 {n} 个", n=len(names) - _MOST)] if len(names) > _MOST else []
    return Listing((*names[:_MOST], *more))


def own_names(holdings: Sequence[Holding], context: Context) -> Listing:
    """The units of holdings, as they are called within their county."""
    return listed([context.campaign.roster.units[one.unit].name for one in holdings])


def by_county_and_stage(
    holdings: Sequence[Holding], context: Context
) -> Iterator[tuple[str, Stage, list[Holding]]]:
    """Holdings by county and stage, in the order of the roster: many units of a county are one thing to ask for."""
    units = context.campaign.roster.units
    groups: dict[tuple[str, Stage], list[Holding]] = {}
    for one in holdings:
        groups.setdefault((units[one.unit].county, one.stage), []).append(one)
    for body in context.campaign.roster.bodies():
        for stage in Stage:
            if (body.code, stage) in groups:
                yield body.code, stage, groups[body.code, stage]


def _checked_by_city(found: Ledger, level: Level) -> list[str]:
    units = found.campaign.roster.units.values()
    return [unit.code for unit in units if unit.level is level and found.is_checked(unit.code, [Stage.CITY])]


def _difference(count: int, due: int) -> Phrase:
    return say("还差 {n} 个", n=due - count) if count < due else say("多出 {n} 个", n=count - due)


@rule(
    "C608", severity=Severity.WARNING, on=Ledger,
    message="{found}, 应为 {due} 个, {difference}。",
    fix="请核对还有哪些县的市级检查评分表没有归到一起, 或检查是否多抽了县。",
)  # fmt: skip
def wrong_number_of_counties(found: Ledger, context: Context) -> Iterator[Finding]:
    """市级检查的县数不对。

    查什么: 市级检查抽选的县数 (通知 R31: 6 个县), 按收到的县级统计机构市级检查评分表计; 一份也没有的, 视为还没有开始, 不报。
    为什么: 县数不足, 检查没有完成; 多了, 或者评分表的检查阶段填错了。
    例子: 只收到 5 个县的市级检查评分表。
    怎么改: 补齐评分表; 县数有变的, 改检查活动文件的 coverage.city_check_counties。
    """
    counties, townships = _city_check(found, context)
    due = context.campaign.settings.coverage.city_check_counties.value
    if (counties or townships) and len(counties) != due:
        names = listed([found.campaign.roster.county_name(code) for code in counties])
        told = (
            say("市级检查收到 {count} 个县级统计机构的评分表 ({names})", count=len(counties), names=names)
            if counties
            else say("没有收到县级统计机构的市级检查评分表")
        )
        difference = _difference(len(counties), due)
        yield Finding(stage=Stage.CITY, details=(("found", told), ("due", due), ("difference", difference)))


def _city_check(found: Ledger, context: Context) -> tuple[list[str], list[str]]:
    """The bodies and the townships that the city checked; none where the roster is only a part of the city."""
    if context.campaign.partial:
        return [], []
    return _checked_by_city(found, Level.COUNTY), _checked_by_city(found, Level.TOWNSHIP)


@rule(
    "C609", severity=Severity.WARNING, on=Ledger,
    message="{found}, 应为 {due} 个, {difference}。",
    fix="请核对还有哪些乡镇(街道)的市级检查评分表没有归到一起, 或检查阶段填错了。",
)  # fmt: skip
def wrong_number_of_townships(found: Ledger, context: Context) -> Iterator[Finding]:
    """市级检查的乡镇数不对。

    查什么: 市级检查的乡级统计机构数 (通知 R32: 24 个), 同一单位的几份表计一次; 一份也没有的, 视为还没有开始, 不报。
    为什么: 不足, 检查没有完成; 多了, 或者评分表的检查阶段填错了。
    例子: 只收到 22 个乡镇的市级检查评分表。
    怎么改: 补齐评分表; 个数有变的, 改检查活动文件的 coverage.city_check_townships。
    """
    counties, townships = _city_check(found, context)
    due = context.campaign.settings.coverage.city_check_townships.value
    if (counties or townships) and len(townships) != due:
        difference = _difference(len(townships), due)
        told = (
            say("市级检查收到 {count} 个乡级统计机构的评分表", count=len(townships))
            if townships
            else say("没有收到乡级统计机构的市级检查评分表")
        )
        details = (("found", told), ("due", due), ("difference", difference))
        yield Finding(stage=Stage.CITY, details=details)


@rule(
    "C610", severity=Severity.WARNING, on=Ledger,
    message="{county}有 {count} 个乡镇(街道)的市级检查评分表 ({units}), 但{county}不在市级检查的县里: {why}。",
    fix="请补上该县统计机构的市级检查评分表, 或核对这些表的检查阶段。",
)  # fmt: skip
def township_outside_the_counties(found: Ledger, context: Context) -> Iterator[Finding]:
    """市级检查的乡镇不在抽中的县里。

    查什么: 市级检查的乡镇(街道)应在抽中的县里; 抽中的县按 coverage.city_units, 没有写的按收到的县级统计机构市级检查评分表。
    为什么: 通知只说抽选 6 个县、24 个乡级统计机构, 按常理乡镇在这些县里; 不这样理解的, 把 coverage.townships_inside_counties 改为 false。
    例子: 收到祁县三个乡镇的市级检查评分表, 却没有祁县统计局的。
    怎么改: 补上县级统计机构的市级检查评分表; 检查阶段填错的, 请改正。
    """
    if not context.campaign.settings.coverage.townships_inside_counties.value:
        return
    roster = context.campaign.roster
    drawn = {code for code in context.campaign.selection.city if code in roster.units}
    bodies = {c for c in drawn if roster.units[c].level is Level.COUNTY}
    why = say("抽中的名单里没有该县") if bodies else say("没有该县统计机构的市级检查评分表")
    counties = bodies or set(_checked_by_city(found, Level.COUNTY))
    townships = _checked_by_city(found, Level.TOWNSHIP)
    for body in roster.bodies():
        names = [roster.units[c].name for c in townships if roster.units[c].county == body.code]
        if names and body.code not in counties:
            details = (
                ("county", roster.county_name(body.code)), ("count", len(names)), ("units", listed(names)), ("why", why),
            )  # fmt: skip
            yield Finding(unit=body.code, stage=Stage.CITY, details=details)


@rule(
    "C611", severity=Severity.ERROR, on=Ledger,
    message="{county}应接受{stage_name}的 {count} 个单位没有评分表: {units}。", fix="请补报这些单位的{stage_name}评分表。",
)  # fmt: skip
def selected_unit_without_sheet(found: Ledger, context: Context) -> Iterator[Finding]:
    """抽中的单位没有评分表。

    查什么: 检查活动文件 coverage 的 city_units、county_units 写明的单位, 都要有该阶段的评分表; 没有写明的不查, 只看个数。
    为什么: 抽中谁就查谁, 抽中而没有查的不能用别的单位代替。
    例子: 抽中了乐平镇, 没有收到乐平镇的市级检查评分表。
    怎么改: 补查、补报; 名单有变的, 改检查活动文件。
    """
    missing = [
        one for one in found.holdings
        if one.kind is _SHEET and one.stage is not Stage.SELF and one.presence is Presence.MISSING
    ]  # fmt: skip
    yield from _told(missing, context)


@rule(
    "C612", severity=Severity.WARNING, on=Ledger,
    message="{county}有 {count} 个单位不在{stage_name}的名单里, 却有{stage_name}评分表: {units}。",
    fix="请核对这些表的单位和检查阶段; 名单有变的, 请改检查活动文件。",
)  # fmt: skip
def unit_that_was_not_selected(found: Ledger, context: Context) -> Iterator[Finding]:
    """不在名单里的单位有检查评分表。

    查什么: 检查活动文件 coverage 的 city_units、county_units 写明了名单的, 名单之外不应有该阶段的评分表。
    为什么: 多半是单位或检查阶段填错了; 临时换了单位的, 要有说明。
    例子: 市级检查没有抽中大寨镇, 却收到大寨镇的市级检查评分表。
    怎么改: 改正单位或检查阶段; 名单有变的, 改检查活动文件。
    """
    extra = [one for one in found.holdings if one.kind is _SHEET and one.presence is Presence.EXTRA]
    yield from _told(extra, context)


def _told(holdings: Sequence[Holding], context: Context) -> Iterator[Finding]:
    """One finding for the units of a county and stage, with the files where there are any."""
    for county, stage, own in by_county_and_stage(holdings, context):
        files = tuple(dict.fromkeys(receipt.file for one in own for receipt in one.receipts))
        yield Finding(
            unit=county if len(own) > 1 else own[0].unit, stage=stage,
            file=files[0] if files else None, others=files[1:],
            details=(
                ("county", context.campaign.roster.county_name(county)), ("stage_name", stage), ("count", len(own)),
                ("units", own_names(own, context)),
            ),
        )  # fmt: skip


@rule(
    "C613", severity=Severity.WARNING, on=Ledger,
    message="{county}有 {count} 个单位接受了检查, 却没有自评表: {units}。", fix="请补报这些单位的自评表。",
)  # fmt: skip
def checked_without_self_assessment(found: Ledger, context: Context) -> Iterator[Finding]:
    """查过的单位没有自评表。

    查什么: 接受了县级或市级检查的单位都应先有自评表。已按 C601 报缺的不重复报:
    这里只报 coverage.self_assessment 为 checked 时的单位, 和为 all 时名录里不作要求的单位 (城区等)。
    为什么: 检查要对照自评; 没有自评, 看不出自评是否虚高。
    例子: 市局查了某城区, 该城区没有自评。
    怎么改: 补报自评表。
    """
    demanded = context.campaign.settings.coverage.self_assessment.value
    if demanded == "none":
        return
    without = [
        found.holding(unit, Stage.SELF, _SHEET)
        for unit in context.campaign.roster.units.values()
        if (demanded == "checked" or not unit.required)
        and found.is_checked(unit.code)
        and (unit.code, Stage.SELF, _SHEET) not in found.receipts
    ]
    yield from _told(without, context)
