"""Scores in steps: every unit once, the grades' limits among the limits, and units that fail above the pass mark told apart."""

from dataclasses import replace
from decimal import Decimal

from huitoukan.model import Level, Verdict
from huitoukan.standing.aggregate import standings
from huitoukan.standing.distribution import distributions
from huitoukan.standing.model import Standing
from tests.standing.test_aggregate import LEPING, TO_80, sheet


def of(campaign, *scores, verdict=Verdict.PASS):
    """The distribution of townships with these scores."""
    county = campaign.roster.units["140724"]
    unit = campaign.roster.units[LEPING]
    townships = tuple(Standing(unit, verdict, score=None if s is None else Decimal(s)) for s in scores)
    return distributions([Standing(county, Verdict.PENDING, townships=townships)], campaign)


def steps(found):
    return [(str(step.lower), str(step.upper), step.grade, step.units) for step in found.steps if step.units]


def test_a_limit_belongs_to_the_step_above_it_and_the_total_to_the_last(campaign):
    found = of(campaign, "79.5", "80", "89.99", "90", "98", "100")[Level.TOWNSHIP]
    assert steps(found) == [
        ("78", "80", "未达标", 1),
        ("80", "82", "达标", 1),
        ("88", "90", "达标", 1),
        ("90", "92", "优秀", 1),
        ("98", "100", "优秀", 2),
    ]
    assert (found.n, found.lowest, found.highest) == (6, Decimal("79.5"), Decimal(100))
    assert found.middle == Decimal("89.995")


def test_steps_leave_no_gap_and_lose_nobody(campaign):
    for scores in (["0"], ["3.5", "99"], ["61", "62"], ["100"], ["84.25", "84.75", "85"]):
        found = of(campaign, *scores)[Level.TOWNSHIP]
        assert all(one.upper == other.lower for one, other in zip(found.steps, found.steps[1:], strict=False))
        assert sum(step.units for step in found.steps) == found.n == len(scores)
        assert {Decimal(80), Decimal(90)} <= {step.lower for step in found.steps}
        assert found.steps[-1].upper == 100
        assert len(found.steps) <= 16


def test_an_odd_pass_mark_is_a_limit_all_the_same(campaign):
    rules = campaign.settings.pass_rules
    odd = rules.model_copy(
        update={"pass_mark": rules.pass_mark.model_copy(update={"value": Decimal("82.5")})}
    )
    changed = replace(campaign, settings=campaign.settings.model_copy(update={"pass_rules": odd}))
    found = of(changed, "82.4", "82.5", "60")[Level.TOWNSHIP]
    assert Decimal("82.5") in {step.lower for step in found.steps}
    assert [step.grade for step in found.steps if step.units] == ["未达标", "未达标", "达标"]


def test_units_without_a_score_are_nowhere(campaign):
    assert of(campaign, None) == {}
    assert of(campaign, None, "95")[Level.TOWNSHIP].n == 1


def test_units_held_back_above_the_pass_mark(campaign):
    """Full marks but for a veto item scored 0, or one dimension below its share: 未达标 above 80, and counted there."""
    veto = sheet(campaign, T2_3="0")
    counties = standings({LEPING: (veto,)}, campaign)
    found = distributions(counties, campaign)[Level.TOWNSHIP]
    assert found.held_back == 1
    (step,) = [step for step in found.steps if step.units]
    assert (step.grade, step.counts) == ("优秀", {Verdict.FAIL: 1})
    low = distributions(standings({LEPING: (sheet(campaign, **TO_80, T1_2="0"),)}, campaign), campaign)
    assert low[Level.TOWNSHIP].held_back == 0


def test_a_county_counts_by_its_own_body(campaign):
    """A county fails for its townships; its body's own score and verdict are what is counted."""
    body = sheet(campaign, unit="140724")
    counties = standings({"140724": (body,), LEPING: (sheet(campaign, T2_3="0"),)}, campaign)
    found = distributions(counties, campaign)[Level.COUNTY]
    assert (found.n, found.lowest, found.held_back) == (1, 100, 0)
    assert found.steps[-1].counts == {Verdict.PASS: 1}


def test_both_levels_share_their_steps(campaign):
    body = sheet(campaign, unit="140724")
    counties = standings({"140724": (body,), LEPING: (sheet(campaign, T1_1="0", T4_1="0"),)}, campaign)
    found = distributions(counties, campaign)
    assert found[Level.TOWNSHIP].lowest == 92
    assert [step.lower for step in found[Level.COUNTY].steps] == [
        step.lower for step in found[Level.TOWNSHIP].steps
    ]
