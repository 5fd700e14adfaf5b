"""Other pass rules on the same scores: what can be tried, who flips, and up to which mark a county passes."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitoukan.campaign.campaign import load_campaign
from huitoukan.campaign.roster import limit
from huitoukan.model import Level, Verdict
from huitoukan.output.text import Words
from huitoukan.standing.aggregate import standings
from huitoukan.standing.whatif import WhatIfError, changed, mark_limit, parse_changes, what_if
from tests.standing.test_aggregate import TO_80, sheet

XIYANG = "140724"


@pytest.fixture
def xiyang(campaign):
    return replace(campaign, roster=limit(campaign.roster, ["昔阳县"]))


def townships(campaign):
    return [unit.code for unit in campaign.roster.townships(XIYANG) if unit.required]


def received(campaign, *losses, body=None):
    codes = townships(campaign)
    by_unit = {code: (sheet(campaign, code, **lost),) for code, lost in zip(codes, losses, strict=False)}
    return by_unit | {XIYANG: (sheet(campaign, XIYANG, **(body or {})),)}


# ------------------------------------------------------------------------------------------------- what can be tried


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("pass_mark=85", Decimal(85)),
        (" pass_mark = 85.5 ", Decimal("85.5")),
        ("pass_mark=0", Decimal(0)),
        ("pass_mark=100", Decimal(100)),
        ("township_share=0.9", Decimal("0.9")),
        ("township_share=90%", Decimal("0.9")),
        ("dimension_share=1", Decimal(1)),
        ("not_applicable_points=0", Decimal(0)),
        ("veto_fails=false", False),
        ("veto_fails=是", True),
        ("county_verdict=body", "body"),
    ],
)
def test_changes(campaign, text, value):
    (change,) = parse_changes([text], campaign)
    assert (change.key, change.after) == (text.partition("=")[0].strip(), value)
    assert change.before == getattr(campaign.settings.pass_rules, change.key).value
    assert getattr(changed(campaign, [change]).settings.pass_rules, change.key).value == value


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        (["pass_mrak=85"], "没有“pass_mrak”这条达标规则。可以改的有：pass_mark、dimension_share、veto_fails"),
        (["grades=1"], "没有“grades”"),
        (["pass_mark"], "“pass_mark”应写成 KEY=VALUE"),
        (["pass_mark=100.5"], "pass_mark 不能是“100.5”，应是 0 到 100 的数。"),
        (["pass_mark=-1"], "0 到 100 的数"),
        (["pass_mark=nan"], "0 到 100 的数"),
        (["pass_mark=８５"], "0 到 100 的数"),
        (["pass_mark=1e2"], "0 到 100 的数"),
        (["pass_mark="], "0 到 100 的数"),
        (["township_share=80"], "0 到 1 的数，或百分数（如 90%）"),
        (["township_share=101%"], "0 到 1 的数"),
        (["veto_fails=maybe"], "true 或 false"),
        (["county_verdict=both"], "应是 body_and_townships、body 或 townships"),
        (["pass_mark=80", "pass_mark=85"], "pass_mark 写了两次。"),
        ([], "没有写要改成什么"),
    ],
)
def test_what_cannot_be_tried(campaign, texts, says):
    with pytest.raises(WhatIfError) as caught:
        parse_changes(texts, campaign)
    assert says in Words().phrase(caught.value.why)


# ------------------------------------------------------------------------------------------------------ who flips


def flips(found):
    return [(flip.unit.code, flip.before, flip.after, [r.rule for r in flip.reasons]) for flip in found.flips]


def test_who_flips_and_by_which_reason(xiyang):
    low = TO_80  # a township with 80 points
    by_unit = received(xiyang, low, low, low, *[{}] * 7)
    found = what_if(by_unit, xiyang, parse_changes(["pass_mark=80.5"], xiyang))
    codes = townships(xiyang)
    passes, fails = Verdict.PASS, Verdict.FAIL
    assert flips(found) == [
        (XIYANG, passes, fails, ["township_share"]),
        *((code, passes, fails, ["pass_mark"]) for code in codes[:3]),
    ]
    assert found.before[Level.TOWNSHIP] == {passes: 10, fails: 0, Verdict.PENDING: 0}
    assert found.after[Level.TOWNSHIP] == {passes: 7, fails: 3, Verdict.PENDING: 0}
    assert (found.before[Level.COUNTY][passes], found.after[Level.COUNTY][fails]) == (1, 1)
    both = what_if(by_unit, xiyang, parse_changes(["pass_mark=80.5", "township_share=0.7"], xiyang))
    assert [flip.unit.code for flip in both.flips] == codes[:3], "seven of ten are enough then"


def test_a_rule_switched_off_is_the_reason_itself(xiyang):
    by_unit = received(xiyang, *[{}] * 10, body={"C4_2": "0"})
    found = what_if(by_unit, xiyang, parse_changes(["veto_fails=false"], xiyang))
    # C4.2 has 4 of the 20 points of its dimension
    assert flips(found) == [(XIYANG, Verdict.FAIL, Verdict.PASS, ["body"])]
    alone = what_if(received(xiyang, {"T4_5": "0"}), xiyang, parse_changes(["veto_fails=false"], xiyang))
    assert flips(alone)[-1] == (townships(xiyang)[0], Verdict.FAIL, Verdict.PASS, ["veto"])


def test_a_county_judged_by_its_body_alone(xiyang):
    by_unit = received(xiyang, *[{"T4_5": "0"}] * 10)
    found = what_if(by_unit, xiyang, parse_changes(["county_verdict=body"], xiyang))
    assert flips(found) == [(XIYANG, Verdict.FAIL, Verdict.PASS, ["township_share"])]
    assert [(one.certain, one.binding) for one in found.limits] == [(100, Level.COUNTY)]


def test_the_campaign_and_its_result_stay_as_they_are(xiyang):
    by_unit = received(xiyang, TO_80)
    before = standings(by_unit, xiyang)
    assert what_if(by_unit, xiyang, parse_changes(["pass_mark=90"], xiyang)).flips
    assert standings(by_unit, xiyang) == before
    assert not what_if(by_unit, xiyang, parse_changes(["pass_mark=80"], xiyang)).flips


# ------------------------------------------------------------------------------------------- up to which pass mark

ONE = replace(load_campaign(), roster=limit(load_campaign().roster, ["昔阳县"]))
LOSSES = [None, {}, {"T1_1": "2"}, {"T1_1": "2", "T4_2": "3"}, TO_80, {"T4_5": "0"}, {"T1_1": None}]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(LOSSES), min_size=10, max_size=10),
    st.sampled_from([None, {}, {"C1_1": "2"}, {"C4_2": "0"}, {"C1_1": "0", "C5_2": "2", "C4_4": "1"}]),
    st.sampled_from(["0", "0.3", "0.8", "1"]),
    st.sampled_from(["body_and_townships", "body", "townships"]),
)
def test_the_limit_is_where_the_verdict_turns(losses, body, share, basis):
    campaign = changed(ONE, parse_changes([f"township_share={share}", f"county_verdict={basis}"], ONE))
    by_unit = received(campaign, *({} if lost is None else lost for lost in losses), body=body)
    for code, lost in zip(townships(campaign), losses, strict=True):
        if lost is None:
            del by_unit[code]
    if body is None:
        del by_unit[XIYANG]
    (county,) = standings(by_unit, campaign)
    found = mark_limit(county, campaign)
    for mark in ("0", "79.5", "80", "80.5", "91", "91.5", "93", "94", "95", "98", "98.5", "99.5", "100"):
        tried = changed(campaign, parse_changes([f"pass_mark={mark}"], campaign))
        (judged,) = standings(by_unit, tried)
        at = Decimal(mark)
        assert (judged.verdict is Verdict.PASS) == (found.certain is not None and at <= found.certain), mark
        assert (judged.verdict is Verdict.FAIL) == (found.possible is None or at > found.possible), mark


def test_the_limit_says_which_level_sets_it(xiyang):
    def limit_of(*losses, body=None):
        (county,) = standings(received(xiyang, *losses, body=body), xiyang)
        found = mark_limit(county, xiyang)
        return found.certain, found.possible, found.binding

    assert limit_of(*[{}] * 10, body={"C1_1": "2"}) == (98, 98, Level.COUNTY)
    assert limit_of(TO_80, TO_80, TO_80, *[{}] * 7) == (80, 80, Level.TOWNSHIP)
    assert limit_of(TO_80, TO_80, *[{}] * 8) == (100, 100, Level.COUNTY)
    assert limit_of(*[{}] * 7) == (None, 100, Level.TOWNSHIP)


def test_a_county_without_townships_has_the_limit_of_its_body(campaign):
    zone = replace(campaign, roster=limit(campaign.roster, ["晋中开发区"]))
    (county,) = standings({"140702401": (sheet(zone, "140702401", C1_1="2", C2_1="n/a"),)}, zone)
    assert (mark_limit(county, zone).certain, county.score) == (Decimal("97.94"), Decimal("97.94"))
