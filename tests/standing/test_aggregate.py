"""Who passes: design rules, one by one, at their edges."""

from dataclasses import replace
from decimal import Decimal

import pytest

from huitoukan.campaign.roster import limit
from huitoukan.model import ItemScore, ScoreState, SheetKind, SheetResult, Stage, Verdict
from huitoukan.standing.aggregate import standings, totals, unit_standing

LEPING = "140724100"


def sheet(campaign, unit=LEPING, stage=Stage.SELF, file="a.xlsx", **changes):
    """A sheet with full marks but for `changes`: item id with _ for the dot; None is missing, "n/a" not applicable."""
    level = campaign.roster.units[unit].level
    changed = {key.replace("_", "."): value for key, value in changes.items()}
    items = []
    for item in campaign.rubric.level(level).items():
        value = changed.pop(item.id, item.maximum)
        if value == "n/a":
            items.append(ItemScore(item.id, ScoreState.NOT_APPLICABLE, None, "F1"))
        elif value is None:
            items.append(ItemScore(item.id, ScoreState.MISSING, None, "F1"))
        else:
            items.append(ItemScore(item.id, ScoreState.SCORED, Decimal(value), "F1"))
    assert not changed, f"no such item: {changed}"
    return SheetResult(file, "评分表", SheetKind.SCORE, unit, stage, level, items=tuple(items))


def standing(campaign, *sheets, unit=LEPING):
    return unit_standing(campaign.roster.units[unit], sheets, campaign)


def rules(found, passed):
    return [reason.rule for reason in found.reasons if reason.passed is passed]


# Losing as many points as possible without touching a veto or the least share of a dimension: 100 - 20 = 80.
TO_80 = {"T1_1": "0", "T2_4": "0", "T2_5": "0", "T3_3": "1", "T4_1": "0", "T4_4": "0"}


def test_the_highest_complete_stage_counts(campaign):
    own, county, city = (
        sheet(campaign, stage=stage, T1_4=points) for stage, points in zip(Stage, "012", strict=True)
    )
    assert (standing(campaign, own).score, standing(campaign, own).basis) == (98, Stage.SELF)
    assert (standing(campaign, own, county).score, standing(campaign, county, own).basis) == (
        99,
        Stage.COUNTY,
    )
    assert standing(campaign, own, city, county).basis is Stage.CITY


def test_an_incomplete_sheet_falls_back_to_the_stage_below_and_says_so(campaign):
    found = standing(campaign, sheet(campaign), sheet(campaign, stage=Stage.CITY, T1_1=None))
    assert (found.basis, found.score, found.verdict) == (Stage.SELF, 100, Verdict.PASS)
    assert [(r.rule, r.passed) for r in found.reasons][:2] == [("complete", None), ("complete", True)]


@pytest.mark.parametrize("unusable", [None, "4.5", "-0.5", "n/a"])
def test_unusable_scores_leave_a_unit_pending(campaign, unusable):
    found = standing(campaign, sheet(campaign, T1_1=unusable))
    assert (found.verdict, found.score, found.grade, found.basis) == (Verdict.PENDING, None, None, None)


def test_nothing_sent_is_pending_and_no_zero(campaign):
    found = standing(campaign)
    assert (found.verdict, found.score, rules(found, None)) == (Verdict.PENDING, None, ["received"])


def test_an_illegal_tier_is_usable(campaign):
    assert standing(campaign, sheet(campaign, T2_4="2.5")).score == Decimal("99.5")


def test_zero_is_a_score(campaign):
    assert standing(campaign, sheet(campaign, T1_4="0")).score == 98


def test_pass_mark_is_reached_at_80(campaign):
    found = standing(campaign, sheet(campaign, **TO_80))
    assert (found.score, found.verdict, found.grade, found.margin) == (80, Verdict.PASS, "达标", 0)
    below = standing(campaign, sheet(campaign, **TO_80 | {"T8_3": "1.5"}))
    assert (below.score, below.verdict, below.grade, below.margin) == (
        Decimal("79.5"),
        Verdict.FAIL,
        "未达标",
        Decimal("-0.5"),
    )
    assert rules(below, False) == ["pass_mark"]


def test_grades(campaign):
    assert standing(campaign, sheet(campaign)).grade == "优秀"
    assert standing(campaign, sheet(campaign, T4_1="0", T4_4="0", T1_4="0")).grade == "优秀"  # 90 exactly
    assert standing(campaign, sheet(campaign, T4_1="0", T4_4="0", T1_4="0", T8_3="1.5")).grade == "达标"


def test_every_dimension_needs_its_share(campaign):
    # 统计服务 has 8 points: 4.8 are enough, 4.5 are not
    enough = standing(campaign, sheet(campaign, T5_1="0", T5_2="2.8"))
    short = standing(campaign, sheet(campaign, T5_1="0", T5_2="2.5"))
    assert (enough.verdict, short.verdict, short.grade) == (Verdict.PASS, Verdict.FAIL, "未达标")
    (reason,) = [r for r in short.reasons if r.passed is False]
    assert (reason.rule, reason.subject, reason.value, reason.threshold) == (
        "dimension_share",
        "T5",
        Decimal("4.5"),
        Decimal("4.8"),
    )
    assert [d.passed for d in short.dimensions].count(False) == 1


def test_a_veto_at_zero_fails_whatever_the_total(campaign):
    found = standing(campaign, sheet(campaign, T4_5="0"))
    assert (found.score, found.verdict, found.grade) == (96, Verdict.FAIL, "未达标")
    assert rules(found, False) == ["veto"]
    assert standing(campaign, sheet(campaign, T4_5="1")).verdict is Verdict.PASS


def test_not_applicable_rescales_half_up(campaign):
    zone = "140702401"
    found = standing(campaign, sheet(campaign, unit=zone, C2_1="n/a", C1_1="3.5"), unit=zone)
    assert found.score == Decimal("99.48")  # 96.5 / 97 * 100 = 99.4845…
    assert (found.verdict, rules(found, None)) == (Verdict.PASS, [])
    personnel = next(d for d in found.dimensions if d.dimension == "C2")
    assert (personnel.score, personnel.maximum) == (11, 11)
    assert (
        standing(campaign, sheet(campaign, unit="140724", C2_1="n/a"), unit="140724").verdict
        is Verdict.PENDING
    )


def allowing(campaign, *items):
    """The campaign with 不适用 allowed for some township items."""
    level = campaign.rubric.levels["township"]
    dimensions = tuple(
        d.model_copy(
            update={"items": tuple(i.model_copy(update={"na_allowed": i.id in items}) for i in d.items)}
        )
        for d in level.dimensions
    )
    levels = campaign.rubric.levels | {
        level_name(campaign): level.model_copy(update={"dimensions": dimensions})
    }
    return replace(campaign, rubric=campaign.rubric.model_copy(update={"levels": levels}))


def level_name(campaign):
    return campaign.roster.units[LEPING].level


def test_a_dimension_that_does_not_apply_is_left_out(campaign):
    edited = allowing(campaign, "T5.1", "T5.2", "T5.3")
    found = standing(edited, sheet(edited, T5_1="n/a", T5_2="n/a", T5_3="n/a"))
    service = next(d for d in found.dimensions if d.dimension == "T5")
    assert (service.score, service.maximum, service.passed, found.verdict) == (None, 0, None, Verdict.PASS)


def test_more_than_twenty_points_not_applicable_are_pending(campaign):
    some = {"T4_1": "n/a", "T4_2": "n/a", "T4_3": "n/a", "T1_1": "n/a", "T1_4": "n/a"}  # 4+6+4+4+2
    edited = allowing(campaign, *(key.replace("_", ".") for key in some), "T5.3")
    assert standing(edited, sheet(edited, **some)).verdict is Verdict.PASS
    found = standing(edited, sheet(edited, **some, T5_3="n/a"))
    assert (found.verdict, found.grade, found.score, rules(found, None)) == (
        Verdict.PENDING,
        None,
        100,
        ["not_applicable"],
    )


def test_two_different_sheets_of_one_stage_wait_for_a_decision(campaign):
    found = standing(campaign, sheet(campaign), sheet(campaign, T1_4="1", file="b.xlsx"))
    assert (found.verdict, rules(found, None)) == (Verdict.PENDING, ["single_sheet"])
    assert standing(campaign, sheet(campaign), sheet(campaign, file="b.xlsx")).verdict is Verdict.PASS


def test_a_sheet_on_the_other_levels_form_does_not_count(campaign):
    county_form = replace(sheet(campaign, unit="140724"), unit=LEPING)
    assert standing(campaign, county_form).verdict is Verdict.PENDING


# ------------------------------------------------------------------------------------------------------- counties


@pytest.fixture
def xiyang(campaign):
    """One county with ten required townships."""
    return replace(campaign, roster=limit(campaign.roster, ["昔阳县"]))


def county(campaign, passing, failing=0, body="pass", optional=None):
    townships = [unit for unit in campaign.roster.townships("140724") if unit.required]
    by_unit = {}
    for n, unit in enumerate(townships[: passing + failing]):
        by_unit[unit.code] = (sheet(campaign, unit.code, **({} if n < passing else {"T4_5": "0"})),)
    if body != "pending":
        by_unit["140724"] = (sheet(campaign, "140724", **({} if body == "pass" else {"C4_2": "0"})),)
    if optional:
        by_unit["140724400"] = (sheet(campaign, "140724400", **optional),)
    (found,) = standings(by_unit, campaign)
    return found


@pytest.mark.parametrize(
    ("passing", "failing", "body", "verdict"),
    [
        (10, 0, "pass", Verdict.PASS),
        (8, 2, "pass", Verdict.PASS),
        (8, 0, "pass", Verdict.PASS),  # the two that are missing cannot change it
        (7, 3, "pass", Verdict.FAIL),
        (0, 3, "pass", Verdict.FAIL),  # even if all the missing ones passed
        (7, 2, "pass", Verdict.PENDING),
        (0, 0, "pass", Verdict.PENDING),
        (10, 0, "fail", Verdict.FAIL),
        (0, 0, "fail", Verdict.FAIL),
        (10, 0, "pending", Verdict.PENDING),
        (0, 3, "pending", Verdict.FAIL),
    ],
)
def test_a_county_is_judged_only_when_nothing_missing_could_change_it(
    xiyang, passing, failing, body, verdict
):
    assert county(xiyang, passing, failing, body).verdict is verdict


def test_a_county_shows_its_own_bodys_score_and_its_own_verdict(xiyang):
    found = county(xiyang, 7, 3)
    assert (found.score, found.basis, found.grade) == (100, Stage.SELF, "未达标")
    share = found.reasons[-1]
    assert (share.rule, share.passed, share.value, share.threshold) == (
        "township_share",
        False,
        Decimal("0.7"),
        Decimal("0.8"),
    )
    assert county(xiyang, 7, 2).grade is None


def test_an_optional_unit_counts_when_it_sent_something_complete(xiyang):
    assert len(county(xiyang, 8, 2).townships) == 10
    failing = county(xiyang, 8, 2, optional={"T4_5": "0"})
    assert (len(failing.townships), failing.verdict) == (11, Verdict.FAIL)  # 8 of 11
    assert county(xiyang, 8, 2, optional={"T4_5": None}).verdict is Verdict.PASS  # listed, not counted


def test_a_county_without_townships_is_judged_by_its_body(campaign):
    zone = replace(campaign, roster=limit(campaign.roster, ["晋中开发区"]))
    (found,) = standings({"140702401": (sheet(zone, "140702401", C2_1="n/a"),)}, zone)
    assert (found.verdict, found.townships) == (Verdict.PASS, ())


def test_ranks_are_shared_by_equal_scores(campaign):
    three = replace(campaign, roster=limit(campaign.roster, ["昔阳县", "祁县", "左权县", "晋中开发区"]))
    points = {"140722": "4", "140724": "4", "140727": "3.5"}
    by_unit = {code: (sheet(three, code, C1_1=score),) for code, score in points.items()}
    found = standings(by_unit, three)
    assert {s.unit.code: s.rank for s in found} == {"140722": 1, "140724": 1, "140727": 3, "140702401": None}
    assert totals(found) == {Verdict.PASS: 0, Verdict.FAIL: 0, Verdict.PENDING: 4}
