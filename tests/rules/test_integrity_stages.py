"""I711-I720: stages, days and people of one unit beside those of the others."""

import statistics
from dataclasses import replace

import pytest

from huitoukan.model import Finding, Severity
from huitoukan.output.text import Words
from tests.support.clues import CITY, COUNTY, SELF, clues, details, filled, of, townships, with_settings

LOST = {"T1.1": "3.5", "T2.4": "2", "T4.2": "5.5", "T7.2": "1.5"}


def fires_across(code, found, *units):
    assert [f.unit for f in found] == list(units), found
    assert all(f.code == code and f.file and not f.blocks for f in found)


def silent_across(code, found):
    assert [f for f in found if f.code == code] == [], code


# ---------------------------------------------------------------------------------------------------------- one sheet


def two_columns(pairs, county_column="县级检查得分"):
    rows = "\n".join(
        f"| {item} | {title} | {most} | {first} | {second} | |" for item, title, most, first, second in pairs
    )
    return f"| 序号 | 检查项目 | 标准分 | 自评得分 | {county_column} | 扣分原因 |\n{rows}\n"


ROWS = [
    ("T1.1", "报表任务", 4), ("T1.2", "普查与抽样", 3), ("T1.3", "单位核实", 3), ("T1.4", "计划总结", 2), ("T2.1", "机构设置", 3),
    ("T2.2", "分管领导", 3), ("T2.3", "统计人员", 6), ("T2.4", "村级统计员", 3), ("T2.5", "变动管理", 3), ("T3.1", "制度齐全", 4),
]  # fmt: skip
COUNTY_FIELDS = "单位名称：昔阳县乐平镇 检查阶段：县级检查 检查日期：2024年5月28日"


def test_the_same_in_every_row_of_one_sheet(fires, silent):
    same = [(i, t, m, m - (i == "T1.1"), m - (i == "T1.1")) for i, t, m in ROWS]
    fires("I711", two_columns(same), "E1 '县级检查得分'", fields=COUNTY_FIELDS)
    silent("I711", two_columns([*same[:-1], ("T3.1", "制度齐全", 4, 4, 3.5)]), fields=COUNTY_FIELDS)
    silent("I711", two_columns([(i, t, m, m, m) for i, t, m in ROWS]), fields=COUNTY_FIELDS)  # I706
    silent("I711", two_columns(same[:-1]), fields=COUNTY_FIELDS)  # nine rows
    silent("I711", two_columns(same))  # a self-assessment beside which somebody wrote the check


# ---------------------------------------------------------------------------------------------------------- rows


def test_a_check_that_equals_the_self_assessment(campaign):
    one, two, three = townships(campaign, "140724")[:3]
    files = [filled(campaign, u, stage, LOST) for u in (one, two) for stage in (SELF, COUNTY)]
    files += [filled(campaign, three, SELF, LOST), filled(campaign, three, COUNTY, {**LOST, "T8.2": "2"})]
    found = of("I712", clues(campaign, *files))
    fires_across("I712", found, one)
    assert (found[0].stage, details(found[0])["count"], details(found[0])["usual"]) == (COUNTY, 2, "")
    assert set(found[0].others) == {f"self/{one}.xlsx", f"county/{two}.xlsx", f"self/{two}.xlsx"}


def test_how_many_would_agree_by_chance_is_told_by_the_other_counties(campaign):
    one = townships(campaign, "140724")[0]
    files = [filled(campaign, one, SELF, LOST), filled(campaign, one, COUNTY, LOST)]
    for unit in townships(campaign, "140727")[:3]:  # three of four deductions agree in each of them
        files += [filled(campaign, unit, SELF, LOST), filled(campaign, unit, COUNTY, {**LOST, "T1.1": "3"})]
    (finding,) = of("I712", clues(campaign, *files))
    said = Words("zh").message(finding)
    assert "其他县扣分的项目，自评与县级检查有 75% 一致；照此推算，本县偶然逐项相同的约 0.3 个。" in said
    assert f"{0.75**4:.0e}" == "3e-01"


def test_the_city_is_compared_with_the_stage_before(campaign):
    one = townships(campaign)[0]
    files = [
        filled(campaign, one, SELF, {}),
        filled(campaign, one, COUNTY, LOST),
        filled(campaign, one, CITY, LOST),
    ]
    (finding,) = of("I712", clues(campaign, *files))
    assert (finding.stage, finding.others) == (CITY, (f"county/{one}.xlsx",))


def test_what_does_not_make_two_stages_the_same(campaign):
    one = townships(campaign)[0]
    few = dict(list(LOST.items())[:2])
    silent_across(
        "I712", clues(campaign, filled(campaign, one, SELF, few), filled(campaign, one, COUNTY, few))
    )
    silent_across("I712", clues(campaign, filled(campaign, one), filled(campaign, one, COUNTY)))
    most = [i.id for i in campaign.rubric.level(campaign.roster.units[one].level).items() if i.id not in LOST]
    halved = filled(campaign, one, COUNTY, LOST, leave_out=most[:-5])
    silent_across("I712", clues(campaign, filled(campaign, one, SELF, LOST), halved))
    told = (Finding("I711", file=f"county/{one}.xlsx", sheet="评分表", unit=one),)
    both = filled(campaign, one, COUNTY, LOST, findings=told)
    silent_across("I712", clues(campaign, filled(campaign, one, SELF, LOST), both))


# ---------------------------------------------------------------------------------------------------------- gaps


def points_off(points):
    """Scores that lose so many whole points."""
    scores = {}
    for item, most in (("T2.3", 6), ("T4.2", 6), ("T8.1", 5), ("T1.1", 4)):
        lost = min(points, most)
        points -= lost
        if lost:
            scores[item] = str(most - lost)
    return scores


def gaps(campaign, differences, later=COUNTY, earlier=SELF):
    """Units whose earlier stage lies so many points above the later one."""
    files = []
    for unit, gap in zip(townships(campaign), differences, strict=False):
        before, after = (3, 3 + gap) if gap >= 0 else (3 - gap, 3)
        files += [
            filled(campaign, unit, earlier, points_off(before)),
            filled(campaign, unit, later, points_off(after)),
        ]
    return files


@pytest.mark.parametrize(("gap", "told"), [(6, False), (7, True)])
def test_a_gap_that_is_odd_beside_the_others(campaign, gap, told):
    differences = [0, 1, 1, 2, 1, 0, 2, 1, gap]
    found = of("I713", clues(campaign, *gaps(campaign, differences)))
    # By the book, the modified z-score is 0.6745 (x - median) / MAD, and 3.5 is where outliers begin.
    middle = statistics.median(differences)
    mad = statistics.median(abs(d - middle) for d in differences)
    assert (0.6745 * (gap - middle) / mad >= 3.5) is told
    if not told:
        silent_across("I713", found)
        return
    fires_across("I713", found, townships(campaign)[8])
    values = details(found[0])
    assert (str(values["gap"]), values["items"], str(values["before"])) == ("7.00", 30, "97.00")
    assert found[0].others == (f"self/{townships(campaign)[8]}.xlsx",)
    said = Words("zh").message(found[0])
    assert (
        "自评 97 分，县级检查 90 分（按百分制，两次都有分数的 30 项），自评高 7 分；9 个单位的差距，中位数是高 1 分。"
        in said
    )


def test_a_check_that_is_odd_beside_the_others(campaign):
    found = clues(campaign, *gaps(campaign, [0, 1, 1, 2, 1, 0, 2, 1, -6]))
    fires_across("I714", of("I714", found), townships(campaign)[8])
    silent_across("I713", found)
    silent_across(
        "I714", clues(campaign, *gaps(campaign, [0, 1, 1, 2, 1, 0, 2, 1, -4]))
    )  # less than 5 points
    # Where everybody is 9 points below, one that is 1 below is odd, and no favour.
    found = clues(campaign, *gaps(campaign, [9, 9, 9, 9, 9, 9, 9, 9, 1]))
    silent_across("I714", found)
    silent_across("I713", found)


def test_a_gap_of_ten_points_is_told_by_itself(campaign):
    fires_across("I713", of("I713", clues(campaign, *gaps(campaign, [10]))), townships(campaign)[0])
    silent_across("I713", clues(campaign, *gaps(campaign, [9])))
    fires_across("I714", of("I714", clues(campaign, *gaps(campaign, [-10]))), townships(campaign)[0])
    everybody = clues(campaign, *gaps(campaign, [12] * 9))
    assert len(of("I713", everybody)) == 9


def test_gaps_of_equal_units_do_not_make_every_other_one_odd(campaign):
    # More than half of them equal: the MAD is 0, and the mean deviation is taken.
    differences = [1] * 8 + [6, 2]
    found = of("I713", clues(campaign, *gaps(campaign, differences)))
    fires_across("I713", found, townships(campaign)[8])
    silent_across("I713", clues(campaign, *gaps(campaign, [1] * 7)))


def test_the_county_and_the_city(campaign):
    found = of("I715", clues(campaign, *gaps(campaign, [11], later=CITY, earlier=COUNTY)))
    fires_across("I715", found, townships(campaign)[0])
    assert "县级检查 97 分，市级检查 86 分（按百分制，两次都有分数的 30 项），市级低 11 分。" in Words(
        "zh"
    ).message(found[0])
    (other,) = of("I715", clues(campaign, *gaps(campaign, [-11], later=CITY, earlier=COUNTY)))
    assert "市级高 11 分" in Words("zh").message(other)
    silent_across("I715", clues(campaign, *gaps(campaign, [9], later=CITY, earlier=COUNTY)))


def test_a_gap_told_on_one_sheet_is_not_told_again(campaign):
    unit = townships(campaign)[0]
    one, other = gaps(campaign, [12])
    told = (Finding("S431", file=other.path, sheet="评分表", unit=unit),)
    silent_across("I713", clues(campaign, one, replace(other, findings=told)))
    elsewhere = (Finding("S431", file=other.path, sheet="Sheet2", unit=unit),)
    assert of("I713", clues(campaign, one, replace(other, findings=elsewhere)))


def test_items_scored_at_one_stage_only_do_not_count(campaign):
    unit = townships(campaign)[0]
    items = [i.id for i in campaign.rubric.level(campaign.roster.units[unit].level).items()]
    low = filled(campaign, unit, COUNTY, points_off(12))
    without = filled(campaign, unit, SELF, leave_out=["T2.3", "T4.2"])
    silent_across("I713", clues(campaign, without, low))  # both lost 12 points on these two alone
    silent_across("I713", clues(campaign, filled(campaign, unit, SELF, leave_out=items[9:]), low))


# ---------------------------------------------------------------------------------------------------------- days


def test_a_check_dated_before_the_self_assessment(campaign):
    unit = townships(campaign)[0]
    files = [
        filled(campaign, unit, SELF, day="2024-05-24"), filled(campaign, unit, COUNTY, {"T1.1": "3"}, day="2024-05-21"),
        filled(campaign, unit, CITY, {"T1.1": "3"}, day="2024-05-22"),
    ]  # fmt: skip
    found = of("I718", clues(campaign, *files))
    assert [(f.stage, f.cell, f.severity) for f in found] == [
        (COUNTY, "B2", Severity.ERROR),
        (CITY, "B2", Severity.ERROR),
    ]
    fires_across("I718", found, unit, unit)
    assert "县级检查的日期是 2024-05-21，早于自评的日期 2024-05-24。" in Words("zh").message(found[0])


@pytest.mark.parametrize(
    ("first", "second"),
    [("2024-05-24", "2024-05-24"), ("2024-05-24", ""), ("", "2024-05-24"), ("2024-05-24", "2023-05-28")],
)
def test_days_in_order_or_not_told(campaign, first, second):
    unit = townships(campaign)[0]
    files = [filled(campaign, unit, SELF, day=first), filled(campaign, unit, COUNTY, day=second)]
    silent_across("I718", clues(campaign, *files))  # another year: U325


# ---------------------------------------------------------------------------------------------------------- people


def checked(campaign, units, inspectors, day="2024-05-28", stage=COUNTY):
    return [filled(campaign, u, stage, {"T1.1": "3"}, day=day, inspectors=inspectors) for u in units]


def test_one_inspector_at_too_many_places(campaign):
    units = townships(campaign, "140724")
    found = of("I719", clues(campaign, *checked(campaign, units[:5], "李建国、王芳")))
    fires_across("I719", found, units[0])  # a team is told once
    assert (found[0].cell, found[0].value) == ("A41", "李建国、王芳")
    said = Words("zh").message(found[0])
    assert "2024-05-28 这一天，县级检查的检查人员“李建国、王芳”出现在 5 个乡镇（街道）的表上：" in said
    silent_across("I719", clues(campaign, *checked(campaign, units[:4], "李建国、王芳")))
    two_days = [
        *checked(campaign, units[:3], "李建国"),
        *checked(campaign, units[3:6], "李建国", "2024-05-29"),
    ]
    silent_across("I719", clues(campaign, *two_days))
    undated = checked(campaign, units[:6], "李建国", "")
    silent_across("I719", clues(campaign, *undated))
    silent_across("I719", clues(campaign, *checked(campaign, units[:6], "李建国", stage=SELF)))


def test_one_inspector_in_two_counties_on_one_day(campaign):
    units = [townships(campaign, "140724")[0], townships(campaign, "140727")[0]]
    found = of("I719", clues(campaign, *checked(campaign, units, "李建国")))
    fires_across("I719", found, units[0])
    assert "分属昔阳县、祁县：" in Words("zh").message(found[0])
    assert details(found[0])["places"].words == tuple(f"county/{u}.xlsx「评分表」A41" for u in units)
    # A name that several units have among their own people may be anybody's.
    others = townships(campaign)[:3]
    namesakes = [filled(campaign, u, SELF, day="2024-05-20", leader="李建国") for u in others]
    silent_across("I719", clues(campaign, *checked(campaign, units, "李建国"), *namesakes))


def test_an_inspector_from_the_unit(campaign):
    unit = townships(campaign)[0]
    own = filled(campaign, unit, SELF, inspectors="王建军", leader="赵敏")
    found = of("I720", clues(campaign, own, *checked(campaign, [unit], "刘洋、王建军")))
    fires_across("I720", found, unit)
    assert (found[0].stage, found[0].cell, found[0].others) == (COUNTY, "A41", (own.path,))
    assert f"“王建军”，与本单位自己的表上填的人员同名（{own.path}「评分表」A41）。" in Words("zh").message(
        found[0]
    )
    assert of("I720", clues(campaign, own, *checked(campaign, [unit], "赵敏")))
    silent_across("I720", clues(campaign, own, *checked(campaign, [unit], "刘洋")))
    same_sheet = filled(campaign, unit, COUNTY, inspectors="赵敏", leader="赵敏")
    silent_across("I720", clues(campaign, own, same_sheet))  # U336
    namesakes = [filled(campaign, u, SELF, inspectors="王建军") for u in townships(campaign)[5:7]]
    assert of("I720", clues(campaign, own, namesakes[0], *checked(campaign, [unit], "王建军")))
    silent_across("I720", clues(campaign, own, *namesakes, *checked(campaign, [unit], "王建军")))
    colleagues = [
        filled(campaign, unit, COUNTY, inspectors="刘洋"),
        filled(campaign, unit, CITY, inspectors="刘洋"),
    ]
    silent_across("I720", clues(campaign, *colleagues))  # who inspected before is nobody's own


def test_a_county_bureau_checks_itself(campaign):
    own = filled(campaign, "140724", SELF, inspectors="王建军")
    silent_across("I720", clues(campaign, own, filled(campaign, "140724", COUNTY, inspectors="王建军")))
    assert of("I720", clues(campaign, own, filled(campaign, "140724", CITY, inspectors="王建军")))


def test_thresholds_are_those_of_the_campaign(campaign):
    units = townships(campaign, "140724")
    stricter = with_settings(campaign, "people", townships_a_day=2)
    assert of("I719", clues(stricter, *checked(campaign, units[:3], "李建国")))
    lenient = with_settings(campaign, "gaps", deviations=100)
    silent_across("I713", clues(lenient, *gaps(campaign, [0, 1, 1, 2, 1, 0, 2, 1, 9])))
