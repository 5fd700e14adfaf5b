"""The shipped rubric and roster say what the sources say."""

from decimal import Decimal

import pytest

from huitoukan.model import Level, Match


def test_eight_dimensions_in_the_order_of_the_notice(campaign):
    expected = [
        "工作任务",
        "人员配备",
        "制度管理",
        "业务流程",
        "统计服务",
        "信息化建设",
        "教育培训",
        "经费保障",
    ]
    for level in Level:
        assert [d.title for d in campaign.rubric.level(level).dimensions] == expected
    points = {level: [d.max_points for d in campaign.rubric.level(level).dimensions] for level in Level}
    assert points[Level.COUNTY] == [12, 14, 14, 20, 12, 10, 8, 10]
    assert points[Level.TOWNSHIP] == [12, 18, 12, 22, 8, 10, 8, 10]


def test_vetoes(campaign):
    vetoes = {item.id for level in Level for item in campaign.rubric.level(level).items() if item.is_veto}
    assert vetoes == {"C2.1", "C3.1", "C4.2", "T2.3", "T3.4", "T4.5"}


def test_what_is_assumed_says_so(campaign):
    for level in Level:
        for item in campaign.rubric.level(level).items():
            for based in filter(None, (item.max_points, item.mode, item.step, item.tiers, item.veto)):
                assert (based.basis == "assumed") == ("A" in based.source_ids())


@pytest.mark.parametrize(
    ("item", "legal", "illegal"),
    [
        ("T2.3", ["6", "4", "2", "0"], ["5", "1", "3.5"]),
        ("T3.4", ["3", "1.5", "0"], ["2", "1"]),
        ("T2.2", ["3", "0"], ["1.5"]),
        ("T1.1", ["4", "3.5", "0.5", "0"], ["3.3", "0.25"]),
    ],
)
def test_legal_scores(campaign, item, legal, illegal):
    found = next(i for i in campaign.rubric.level(Level.TOWNSHIP).items() if i.id == item)
    assert all(found.allows(Decimal(points)) for points in legal)
    assert not any(found.allows(Decimal(points)) for points in illegal)


def test_not_applicable_is_allowed_for_the_development_zone_only(campaign):
    item = next(i for i in campaign.rubric.level(Level.COUNTY).items() if i.id == "C2.1")
    assert item.allows_not_applicable("140702401")
    assert not item.allows_not_applicable("140724")


def test_roster_counts(campaign):
    units = campaign.roster.units.values()
    assert len(campaign.roster.bodies()) == 12
    townships = [u for u in units if u.level is Level.TOWNSHIP]
    assert sum(u.required for u in townships) == 118
    assert {u.kind for u in townships if not u.required} == {"其他"}
    assert not campaign.roster.townships("140702401")


@pytest.mark.parametrize(
    ("name", "kind", "unit"),
    [
        ("榆次区北关街道", Match.OFFICIAL, "140702001"),
        ("介休市北关街道办事处", Match.OFFICIAL, "140781001"),
        ("山西转型综合改革示范区晋中开发区", Match.OFFICIAL, "140702401"),
        ("晋中市昔阳县统计局", Match.OFFICIAL, "140724"),
        ("昔阳县", Match.ALIAS, "140724"),
        ("昔阳", Match.ALIAS, "140724"),
        ("昭余镇", Match.ALIAS, "140727100"),
        ("东冶头镇", Match.ALIAS, "140724102"),
        ("昔阳县城区社会事务服务中心", Match.ALIAS, "140724400"),
        ("使赵乡", Match.ALIAS, "140702402"),
        ("太谷县水秀乡", Match.FORMER, "140703103"),
        ("西六支乡", Match.FORMER, "140727100"),
        ("粟城乡", Match.ABOLISHED, None),
        ("城区", Match.AMBIGUOUS, None),
        ("析阳县", Match.UNKNOWN, None),
        ("祁", Match.UNKNOWN, None),
        ("", Match.UNKNOWN, None),
    ],
)
def test_names(campaign, name, kind, unit):
    found = campaign.roster.find(name)
    assert (found.kind, found.unit) == (kind, unit)


def test_likeness_only_suggests(campaign):
    assert set(campaign.roster.suggestions("析阳县")) == {"昔阳县统计局", "寿阳县统计局"}
    assert "和顺县横岭镇" in campaign.roster.suggestions("恒岭镇统计站")


@pytest.mark.parametrize(
    ("text", "county", "unit"),
    [
        ("县级检查-祁县-东观镇", "140727", "140727101"),
        ("祁县统计局评分表", "140727", "140727"),
        ("昔阳县", "140724", None),
        ("祁县城区", "140727", "140727404"),
        ("昔阳县统计局 乐平镇评分表", "140724", "140724100"),
        ("昔阳县、祁县", None, None),
        ("北关街道评分表", None, None),
        ("评分表(1)", None, None),
    ],
)
def test_mentions(campaign, text, county, unit):
    found = campaign.roster.mention(text)
    assert (found.county, found.unit) == (county, unit)
