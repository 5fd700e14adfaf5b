"""C601-C602: what only the whole folder shows."""

from dataclasses import replace
from decimal import Decimal

from huitoukan.campaign.roster import limit
from huitoukan.model import ItemScore, ScoreState, SheetKind, SheetResult, Stage
from huitoukan.output.text import Words
from huitoukan.rules.received import FolderSubject
from huitoukan.rules.registry import Context, check


def sheet(unit: str, stage: Stage, score: str = "4", file: str = "a.xlsx") -> SheetResult:
    items = (ItemScore("T1.1", ScoreState.SCORED, Decimal(score), "F5"),)
    return SheetResult(file, "评分表", SheetKind.SCORE, unit, stage, items=items)


def found(code, campaign, *sheets, county="昔阳县"):
    context = Context(replace(campaign, roster=limit(campaign.roster, [county])))
    by_unit: dict[str, tuple[SheetResult, ...]] = {}
    for one in sheets:
        by_unit[one.unit] = (*by_unit.get(one.unit, ()), one)
    return [f for f in check(FolderSubject(by_unit), context) if f.code == code]


def self_sheets(campaign, county, leave_out=()):
    units = [u for u in campaign.roster.units.values() if u.county == county and u.required]
    return [sheet(u.code, Stage.SELF) for u in units if u.code not in leave_out]


def fires(code, findings, *units, file=None):
    assert [f.unit for f in findings] == list(units)
    assert all((f.code, f.file, f.cell) == (code, file, None) for f in findings)


def silent(code, findings):
    assert findings == [], code


def test_self_assessment_missing(campaign):
    fires("C601", found("C601", campaign, *self_sheets(campaign, "140724", ["140724100"])), "140724100")
    checked_only = [*self_sheets(campaign, "140724", ["140724100"]), sheet("140724100", Stage.COUNTY)]
    fires("C601", found("C601", campaign, *checked_only), "140724100")
    silent("C601", found("C601", campaign, *self_sheets(campaign, "140724")))  # 城区 is optional


def test_too_few_checked(campaign):
    townships = [u.code for u in campaign.roster.townships("140724")]
    fires("C602", found("C602", campaign, *(sheet(code, Stage.COUNTY) for code in townships[:5])), "140724")
    twice = [sheet(code, Stage.COUNTY) for code in [*townships[:5], townships[0]]]
    fires("C602", found("C602", campaign, *twice), "140724")  # six sheets of five townships
    silent("C602", found("C602", campaign, *(sheet(code, Stage.COUNTY) for code in townships[:6])))
    silent("C602", found("C602", campaign, county="晋中开发区"))  # it has no townships


def says(findings, *messages):
    assert [Words("zh").message(f) for f in findings] == list(messages)


def test_messages_name_units_stages_and_files(campaign):
    says(
        found("C601", campaign, *self_sheets(campaign, "140724", ["140724100"])),
        "没有收到昔阳县乐平镇的自评表。",
    )
    townships = [u.code for u in campaign.roster.townships("140724")]
    few = [sheet(code, Stage.COUNTY) for code in townships[:1]]
    says(found("C602", campaign, *few), "昔阳县县级检查只收到 1 个乡镇（街道）的评分表，应不少于 6 个。")
    says(found("C602", campaign), "没有收到昔阳县县级检查乡镇（街道）的评分表，应不少于 6 个。")


def test_what_blocks_the_verdict_of_a_unit(campaign):
    def blocks(code, *sheets):
        return {f.unit: f.blocks for f in found(code, campaign, *sheets)}["140724100"]

    missing = self_sheets(campaign, "140724", ["140724100"])
    assert blocks("C601", *missing)
    assert not blocks("C601", *missing, sheet("140724100", Stage.COUNTY))  # a later stage carries the verdict


def test_a_campaign_without_self_assessment(campaign):
    rule = campaign.settings.coverage.self_assessment
    none = campaign.settings.coverage.model_copy(
        update={"self_assessment": rule.model_copy(update={"value": "none"})}
    )
    without = replace(campaign, settings=campaign.settings.model_copy(update={"coverage": none}))
    silent("C601", found("C601", without))
    fires("C601", found("C601", campaign, county="晋中开发区"), "140702401")  # with it, it is asked for
