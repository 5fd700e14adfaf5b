"""What keeps a unit below the line: compared with all possibilities on random rubrics, and by hand at the edges."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitoukan.campaign.campaign import load_campaign
from huitoukan.campaign.roster import limit
from huitoukan.campaign.rubric import LevelRubric
from huitoukan.model import ItemScore, Level, ScoreState, SheetKind, SheetResult, Stage, Verdict
from huitoukan.standing.aggregate import standings, unit_standing
from huitoukan.standing.remedy import remedy, with_remedies
from tests.standing.test_aggregate import LEPING, allowing, sheet

SHIPPED = load_campaign()
ASSUMED = {"basis": "assumed", "source": "A"}


def with_rules(campaign, **values):
    rules = campaign.settings.pass_rules
    changed = {key: getattr(rules, key).model_copy(update={"value": value}) for key, value in values.items()}
    pass_rules = rules.model_copy(update=changed)
    return replace(campaign, settings=campaign.settings.model_copy(update={"pass_rules": pass_rules}))


def remedy_of(campaign, *sheets, unit=LEPING):
    return remedy(unit_standing(campaign.roster.units[unit], sheets, campaign), campaign)


def told(found):
    return [(step.item, step.value, step.target) for step in found.steps]


# ------------------------------------------------------------------------------------------------- known answers


def test_a_unit_that_passes_or_waits_has_none(campaign):
    assert remedy_of(campaign, sheet(campaign)) is None
    assert remedy_of(campaign, sheet(campaign, T1_1=None)) is None
    assert remedy_of(campaign) is None


def test_one_item_is_better_than_two_and_of_one_item_the_fewest_points(campaign):
    # 79: one item can regain the point, by itself and in steps that its rubric allows
    lost = {"T1_1": "0", "T2_4": "2", "T2_5": "0", "T3_3": "2", "T4_1": "0", "T4_4": "0", "T7_3": "0"}
    found = remedy_of(campaign, sheet(campaign, **lost, T8_2="1"))
    assert (found.score, found.points, len(found.steps)) == (80, 1, 1)
    # each of the eight can; the first of the form is named
    assert (told(found), found.ways) == ([("T1.1", 0, 1)], 8)


def test_a_veto_at_zero_takes_the_least_score_above(campaign):
    found = remedy_of(campaign, sheet(campaign, T4_5="0", T1_1="3"))
    assert (told(found), found.points, found.score, found.ways) == ([("T4.5", 0, 1)], 1, 96, 1)


def test_every_dimension_is_lifted_at_once_with_the_total(campaign):
    # T5 has 3 of 8 and T7 3.5 of 8, each needs 4.8: two items, though the total is enough
    short = sheet(campaign, T5_1="0", T5_2="1", T7_1="0", T7_2="1.5")
    found = remedy_of(campaign, short)
    assert (told(found), found.points) == (
        [("T5.1", 0, 2), ("T7.2", Decimal("1.5"), 3)],
        Decimal("3.5"),
    )
    assert (found.score, found.ways) == (94, 2)  # T5.2 from 1 to 3 is as good; T7.1 takes 2 points


def test_nothing_helps_where_full_marks_do_not_reach_the_line(campaign):
    assert remedy_of(with_rules(campaign, pass_mark=Decimal(101)), sheet(campaign)) is None


def test_a_score_that_is_no_tier_is_lifted_to_one(campaign):
    found = remedy_of(with_rules(campaign, pass_mark=Decimal(100)), sheet(campaign, T2_4="2.5", T1_1="3.8"))
    assert told(found) == [("T1.1", Decimal("3.8"), 4), ("T2.4", Decimal("2.5"), 3)]


def test_what_does_not_apply_is_no_lost_point(campaign):
    edited = allowing(campaign, "T4.1")
    marked = with_rules(edited, pass_mark=Decimal("99.48"))
    # 95.5 of 96 are 99.479…, rounded 99.48: the same rounding as in the verdict
    assert remedy_of(marked, sheet(edited, T4_1="n/a", T1_1="3.5")) is None
    assert told(remedy_of(marked, sheet(edited, T4_1="n/a", T1_1="3"))) == [("T1.1", 3, Decimal("3.5"))]


def test_points_too_fine_to_compare_everything_are_no_trap(campaign):
    items = campaign.rubric.level(Level.TOWNSHIP).items()
    fine = {
        item.id.replace(".", "_"): item.maximum * Decimal(f"0.{(n * 7919 + 3) ** 9 % 10**16:016}")
        for n, item in enumerate(items)
    }
    found = remedy_of(campaign, sheet(campaign, **fine))
    assert found.score >= 80
    assert all(step.value < step.target <= step.maximum for step in found.steps)


# -------------------------------------------------------------------------------- all possibilities, independently

HALF = Decimal("0.5")


@st.composite
def cases(draw):
    """A small rubric, scores, and pass rules: (dimensions, scores by item id, mark, share, veto rule)."""
    dimensions, scores, left = [], {}, 6
    for d in range(draw(st.integers(1, 3))):
        items = []
        for i in range(draw(st.integers(1, 2))):
            maximum = draw(st.integers(1, 4))
            mode = draw(st.sampled_from(["deduct", "tiers", "yesno"]))
            item = {
                "id": f"X{d}.{i}",
                "title": f"项目{d}{i}",
                "criterion": "",
                "max_points": {"value": maximum, **ASSUMED},
                "mode": {"value": mode, **ASSUMED},
                "veto": {"value": draw(st.booleans()), **ASSUMED},
                "na_allowed": True,
            }
            if mode == "deduct":
                item["step"] = {"value": draw(st.sampled_from([HALF, 1])), "per": "次", **ASSUMED}
            if mode == "tiers":
                lower = draw(st.sets(st.integers(0, 2 * maximum - 1), min_size=1, max_size=3))
                tiers = (maximum, *(Decimal(tier) / 2 for tier in sorted(lower, reverse=True)))
                item["tiers"] = {"value": tiers, **ASSUMED}
            scores[item["id"]] = draw(
                st.one_of(st.integers(0, 4 * maximum).map(lambda n: Decimal(n) / 4), st.just("n/a"))
                if draw(st.integers(0, 7)) == 0
                else st.integers(0, 2 * maximum).map(lambda n: Decimal(n) / 2)
            )
            items.append(item)
            left -= 1
        total = sum(item["max_points"]["value"] for item in items)
        dimensions.append({"id": f"X{d}", "title": f"维度{d}", "max_points": total, "items": items})
    total = sum(d["max_points"] for d in dimensions)
    mark = Decimal(draw(st.integers(0, 4 * total))) / 4
    return dimensions, total, scores, mark, Decimal(draw(st.integers(0, 10))) / 10, draw(st.booleans())


def legal_scores(item):
    """All legal scores of an item, from the words of the rubric."""
    maximum = Decimal(item["max_points"]["value"])
    if item["mode"]["value"] == "yesno":
        return {maximum, Decimal(0)}
    if item["mode"]["value"] == "tiers":
        return {Decimal(tier) for tier in item["tiers"]["value"]}
    step = Decimal(item["step"]["value"])
    return {maximum - n * step for n in range(int(maximum / step) + 1)}


def passes(dimensions, total, scores, mark, share, veto_rule):
    """The pass rules once more, in the words of the design."""
    got = applicable = Decimal(0)
    for dimension in dimensions:
        scored = [item for item in dimension["items"] if scores[item["id"]] != "n/a"]
        own = sum(scores[item["id"]] for item in scored)
        most = sum(Decimal(item["max_points"]["value"]) for item in scored)
        if own < share * most:
            return False
        if veto_rule and any(item["veto"]["value"] and scores[item["id"]] == 0 for item in scored):
            return False
        got, applicable = got + own, applicable + most
    if applicable != total:
        got = (got / applicable * total).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return got >= mark


def by_brute_force(dimensions, total, scores, mark, share, veto_rule):
    """(items, points, how many ways) of the smallest change that passes; None where there is none."""
    items = [item for dimension in dimensions for item in dimension["items"] if scores[item["id"]] != "n/a"]
    options = []
    for item in items:
        value = scores[item["id"]]
        options.append([value, *(one for one in legal_scores(item) if one > value)])
    found = {}
    for values in product(*options):
        changed = scores | {item["id"]: value for item, value in zip(items, values, strict=True)}
        if passes(dimensions, total, changed, mark, share, veto_rule):
            gains = [changed[item["id"]] - scores[item["id"]] for item in items]
            key = (sum(gain > 0 for gain in gains), sum(gains))
            found[key] = found.get(key, 0) + 1
    return min((*key, ways) for key, ways in found.items()) if found else None


@settings(max_examples=400, deadline=None)
@given(cases())
def test_it_is_what_trying_everything_finds(case):
    dimensions, total, scores, mark, share, veto_rule = case
    rubric = LevelRubric.model_validate({"title": "X", "total": total, "dimensions": dimensions})
    levels = SHIPPED.rubric.levels | {Level.TOWNSHIP: rubric}
    edited = replace(SHIPPED, rubric=SHIPPED.rubric.model_copy(update={"levels": levels}))
    edited = with_rules(
        edited, pass_mark=mark, dimension_share=share, veto_fails=veto_rule, not_applicable_points=Decimal(99)
    )
    items = tuple(
        ItemScore(id, ScoreState.NOT_APPLICABLE, None, "F1")
        if value == "n/a"
        else ItemScore(id, ScoreState.SCORED, value, "F1")
        for id, value in scores.items()
    )
    sent = SheetResult("a.xlsx", "评分表", SheetKind.SCORE, LEPING, Stage.SELF, Level.TOWNSHIP, items=items)
    standing = unit_standing(edited.roster.units[LEPING], [sent], edited)
    found = remedy(standing, edited)
    if all(value == "n/a" for value in scores.values()):
        assert standing.verdict is Verdict.PENDING
        assert found is None
        return
    assert (standing.verdict is Verdict.PASS) == passes(*case)
    expected = None if passes(*case) else by_brute_force(*case)
    assert (found and (len(found.steps), found.points, found.ways)) == expected
    if found:
        assert found.exact
        changed = scores | {step.item: step.target for step in found.steps}
        assert passes(dimensions, total, changed, mark, share, veto_rule)
        assert [(step.value, step.maximum) for step in found.steps] == [
            (scores[step.item], item["max_points"]["value"])
            for step in found.steps
            for dimension in dimensions
            for item in dimension["items"]
            if item["id"] == step.item
        ]


# ------------------------------------------------------------------------------------------------------- counties


@pytest.fixture
def xiyang(campaign):
    return replace(campaign, roster=limit(campaign.roster, ["昔阳县"]))


def county(campaign, *losses, body=None):
    """昔阳县 with the first townships scored with these losses, one after the other."""
    townships = [unit.code for unit in campaign.roster.townships("140724") if unit.required]
    by_unit = {code: (sheet(campaign, code, **lost),) for code, lost in zip(townships, losses, strict=False)}
    by_unit["140724"] = (sheet(campaign, "140724", **(body or {})),)
    (found,) = with_remedies(standings(by_unit, campaign), campaign)
    return found, townships


def test_a_county_says_how_many_townships_it_lacks_and_which_are_nearest(xiyang):
    veto, two, far = {"T4_5": "0"}, {"T4_5": "0", "T3_4": "0"}, {"T2_3": "0", "T4_5": "0", "T3_4": "0"}
    found, townships = county(xiyang, far, two, veto, {}, {}, {}, {}, {}, {}, {})
    gap = found.gap
    assert (gap.needed, gap.counted, gap.passing, gap.pending, gap.short) == (8, 10, 7, 0, 1)
    assert gap.nearest == (townships[2], townships[1], townships[0])
    assert found.remedy is None, "its own body passes"
    assert [t.remedy and len(t.remedy.steps) for t in found.townships][:4] == [3, 2, 1, None]


def test_a_county_that_has_its_share_lacks_none(xiyang):
    assert county(xiyang, *[{}] * 10)[0].gap is None
    found = county(xiyang, *[{}] * 8, body={"C4_2": "0"})[0]
    assert (found.verdict, found.gap) == (Verdict.FAIL, None)
    assert told(found.remedy) == [("C4.2", 0, 4)]


def test_missing_townships_are_told_apart_from_failing_ones(xiyang):
    found = county(xiyang, *[{}] * 7, {"T4_5": "0"})[0]
    gap = found.gap
    assert (found.verdict, gap.needed, gap.passing, gap.pending, len(gap.nearest)) == (
        Verdict.PENDING,
        8,
        7,
        2,
        1,
    )
