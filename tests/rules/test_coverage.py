"""C6xx: what only the whole folder shows."""

from dataclasses import replace
from decimal import Decimal

from huitoukan.campaign.roster import limit
from huitoukan.model import ItemScore, ScoreState, SheetKind, SheetResult, Stage
from huitoukan.rules.registry import Context, check
from huitoukan.rules.subjects import FolderSubject


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


def test_contradicting_duplicates(campaign):
    same, other = sheet("140724100", Stage.SELF), sheet("140724100", Stage.SELF, "3", "b.xlsx")
    fires("C603", found("C603", campaign, same, other), "140724100", file="a.xlsx")
    silent("C603", found("C603", campaign, same, same))
    silent("C603", found("C603", campaign, same, sheet("140724100", Stage.COUNTY, "3")))
