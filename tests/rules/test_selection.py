"""C608-C613: whom the checks covered."""

from dataclasses import replace

import pytest

from huitoukan.campaign.roster import limit
from huitoukan.model import Level, Stage
from huitoukan.output.text import Words
from huitoukan.pipeline import MODULES
from tests.support.arrivals import questionnaire, score, whole_folder

assert MODULES  # the rules are entered by importing them
SELF, COUNTY, CITY = Stage
XIYANG, QI, YUSHE = "140724", "140727", "140721"
LEPING, DAZHAI = "140724100", "140724104"
URBAN = "140724400"  # 昔阳县城区, which the roster does not require
SIX = ("140702", "140703", "140721", "140722", "140723", "140724")


@pytest.fixture
def settings(campaign):
    """The shipped campaign with other values in its section coverage."""

    def settings(**values):
        coverage = campaign.settings.coverage
        changes = {
            key: getattr(coverage, key).model_copy(update={"value": value})
            if hasattr(getattr(coverage, key), "basis")
            else value
            for key, value in values.items()
        }
        own = campaign.settings.model_copy(update={"coverage": coverage.model_copy(update=changes)})
        return replace(campaign, settings=own)

    return settings


def found(code, campaign, *files):
    return [f for f in whole_folder(campaign, *files) if f.code == code]


def fires(code, findings, *places):
    assert [(f.unit, f.stage) for f in findings] == list(places), code


def silent(code, findings):
    assert findings == [], code


def says(findings, *messages):
    assert [Words("zh").message(f) for f in findings] == list(messages)


def township_codes(campaign, county):
    return [unit.code for unit in campaign.roster.townships(county) if unit.required]


def city_check(campaign, counties=SIX, each=4):
    """The sheets of a city check: the bodies of some counties and so many townships of each."""
    codes = [*counties, *(code for county in counties for code in township_codes(campaign, county)[:each])]
    return [score(code, CITY) for code in codes]


def test_wrong_number_of_counties(campaign):
    whole = city_check(campaign)
    silent("C608", found("C608", campaign, *whole))
    fires("C608", found("C608", campaign, *whole[1:]), (None, CITY))
    says(
        found("C608", campaign, *whole[4:]),
        "市级检查收到 2 个县级统计机构的评分表（和顺县、昔阳县），应为 6 个，还差 4 个。",
    )
    fires("C608", found("C608", campaign, *whole, score(QI, CITY)), (None, CITY))
    says(
        found("C608", campaign, score(LEPING, CITY)),
        "没有收到县级统计机构的市级检查评分表，应为 6 个，还差 6 个。",
    )
    silent("C608", found("C608", campaign, *whole, score(SIX[0], CITY, "again.xlsx")))  # a copy is no county
    silent("C608", found("C608", campaign, score(LEPING, COUNTY)))  # the city has not begun


def test_wrong_number_of_townships(campaign):
    whole = city_check(campaign)
    silent("C609", found("C609", campaign, *whole))
    says(
        found("C609", campaign, *whole[:-1]),
        "市级检查收到 23 个乡级统计机构的评分表，应为 24 个，还差 1 个。",
    )
    says(
        found("C609", campaign, *whole, score(URBAN, CITY)),
        "市级检查收到 25 个乡级统计机构的评分表，应为 24 个，多出 1 个。",
    )
    fires("C609", found("C609", campaign, score(XIYANG, CITY)), (None, CITY))


def test_a_part_of_the_city_says_nothing_of_its_numbers(campaign):
    few = city_check(campaign, [XIYANG])
    part = campaign.limited_to(XIYANG)
    silent("C608", found("C608", part, *few))
    silent("C609", found("C609", part, *few))
    fires("C608", found("C608", campaign, *few), (None, CITY))


def test_the_numbers_are_the_campaigns(settings):
    own = settings(city_check_counties=1, city_check_townships=4)
    silent("C608", found("C608", own, *city_check(own, [XIYANG])))
    silent("C609", found("C609", own, *city_check(own, [XIYANG])))


def test_township_outside_the_counties(campaign, settings):
    whole = city_check(campaign)
    silent("C610", found("C610", campaign, *whole))
    outside = [score(code, CITY) for code in township_codes(campaign, QI)[:2]]
    fires("C610", found("C610", campaign, *whole, *outside), (QI, CITY))
    says(
        found("C610", campaign, *whole, *outside),
        "祁县有 2 个乡镇（街道）的市级检查评分表（昭馀镇、东观镇），但祁县不在市级检查的县里："
        "没有该县统计机构的市级检查评分表。",
    )
    named = settings(city_units=("昔阳县", "祁县"))
    fires("C610", found("C610", named, score(LEPING, CITY), score(YUSHE + "100", CITY)), (YUSHE, CITY))
    silent("C610", found("C610", named, score(LEPING, CITY)))  # the bureau's sheet will come
    # the fourth ambiguity: that they lie in the six counties is implied, not stated
    elsewhere = settings(townships_inside_counties=False)
    silent("C610", found("C610", elsewhere, *whole, *outside))


def test_selected_unit_without_sheet(campaign, settings):
    silent("C611", found("C611", campaign, *city_check(campaign)[:3]))  # nobody was named
    drawn = settings(city_units=("昔阳县", "昔阳县乐平镇", DAZHAI))
    fires("C611", found("C611", drawn, score(XIYANG, CITY), score(DAZHAI, CITY)), (LEPING, CITY))
    says(
        found("C611", drawn, score(XIYANG, CITY), score(LEPING, SELF)),
        "昔阳县应接受市级检查的 2 个单位没有评分表：乐平镇、大寨镇。",
    )
    silent("C611", found("C611", drawn, *(score(code, CITY) for code in (XIYANG, LEPING, DAZHAI))))
    chosen = settings(county_units={"昔阳县": ("乐平镇",)})
    fires("C611", found("C611", chosen), (LEPING, COUNTY))
    silent("C611", found("C611", chosen, score(LEPING, COUNTY)))


def test_a_body_without_townships(campaign, settings):
    """The fifth ambiguity: six townships cannot be asked of 晋中开发区, which has none."""
    zone = "140702401"
    silent("C611", found("C611", campaign))
    fires("C611", found("C611", settings(without_townships="body")), (zone, COUNTY))
    silent("C611", found("C611", settings(without_townships="body"), score(zone, COUNTY)))


def test_unit_that_was_not_selected(campaign, settings):
    drawn = settings(city_units=("昔阳县", LEPING))
    extra = [score(DAZHAI, CITY, "市/大寨镇.xlsx"), score(QI, CITY)]
    findings = found("C612", drawn, score(XIYANG, CITY), score(LEPING, CITY), *extra)
    fires("C612", findings, (DAZHAI, CITY), (QI, CITY))
    assert findings[0].file == "市/大寨镇.xlsx"
    says(findings[:1], "昔阳县有 1 个单位不在市级检查的名单里，却有市级检查评分表：大寨镇。")
    silent("C612", found("C612", campaign, *extra))
    chosen = settings(county_units={"昔阳县": ("乐平镇",)})
    fires("C612", found("C612", chosen, score(DAZHAI, COUNTY), score(QI + "100", COUNTY)), (DAZHAI, COUNTY))
    silent(
        "C612", found("C612", chosen, score(XIYANG, COUNTY))
    )  # the bureau itself is not what was chosen from


def test_checked_without_self_assessment(campaign, settings):
    checked = [score(LEPING, COUNTY), score(DAZHAI, CITY), score(URBAN, COUNTY), score(DAZHAI, SELF)]
    fires("C613", found("C613", campaign, *checked), (URBAN, SELF))  # 乐平镇 is told by C601
    silent("C613", found("C613", campaign, *checked, score(URBAN, SELF)))
    only_checked = settings(self_assessment="checked")
    fires("C613", found("C613", only_checked, *checked), (XIYANG, SELF))
    says(found("C613", only_checked, *checked), "昔阳县有 2 个单位接受了检查，却没有自评表：乐平镇、城区。")
    assert found("C601", only_checked, *checked) == [], "one cause is told once"
    silent("C613", found("C613", settings(self_assessment="none"), *checked))


def test_nothing_of_it_keeps_a_verdict_from_being_given(campaign, settings):
    drawn = settings(city_units=("昔阳县", LEPING))
    files = [score(DAZHAI, CITY), score(URBAN, COUNTY), questionnaire(URBAN, COUNTY)]
    codes = {f.code: f.blocks for f in whole_folder(drawn, *files)}
    assert {code for code, blocks in codes.items() if blocks} <= {"C601"}


def test_a_limited_roster_knows_only_its_own(campaign):
    drawn = replace(campaign, roster=limit(campaign.roster, ["祁县"]))
    assert all(unit.county == QI for unit in drawn.roster.units.values() if unit.level is Level.TOWNSHIP)
    silent("C611", found("C611", drawn))
