"""A verdict traced back: nothing is added, nothing is lost, and what is missing says what would decide it."""

from dataclasses import replace

import pytest

from huitoukan.authorship import Written
from huitoukan.campaign.roster import limit
from huitoukan.model import Finding, ScoreState, Stage, Verdict
from huitoukan.output.text import Words
from huitoukan.standing.aggregate import standings
from huitoukan.standing.remedy import with_remedies
from huitoukan.standing.trace import StageOutcome, Tracer
from huitoukan.standing.whatif import changed, parse_changes
from tests.standing.test_aggregate import LEPING, TO_80, allowing, sheet

XIYANG, OPTIONAL = "140724", "140724400"


@pytest.fixture
def xiyang(campaign):
    return replace(campaign, roster=limit(campaign.roster, ["昔阳县"]))


def tracer(campaign, by_unit, *findings):
    counties = with_remedies(standings(by_unit, campaign), campaign)
    return Tracer(counties, by_unit, findings, campaign)


def township(campaign, *sheets, findings=()):
    return tracer(campaign, {LEPING: sheets}, *findings).trace(campaign.roster.units[LEPING])


def outcomes(trace):
    return [one.outcome.value for one in trace.stages]  # city, county, self


def items(trace):
    return {item.item.id: item for dimension in trace.dimensions for item in dimension.items}


def open_texts(trace):
    return [Words().phrase(phrase) for phrase in trace.open]


# ------------------------------------------------------------------------------------------------------- stages


def test_which_stage_counted_and_why_not_another(xiyang):
    own, county = sheet(xiyang), sheet(xiyang, stage=Stage.COUNTY, file="b.xlsx")
    assert outcomes(township(xiyang, own)) == ["not_received", "not_received", "counted"]
    assert outcomes(township(xiyang, own, county)) == ["not_received", "counted", "lower"]
    gaps = sheet(xiyang, stage=Stage.CITY, T1_1=None, T5_2="4.5")
    found = township(xiyang, own, gaps)
    assert outcomes(found) == ["incomplete", "not_received", "counted"]
    assert found.stages[0].gaps == ("T1.1", "T5.2")
    assert found.sheet is found.standing.source is not gaps


def test_a_contradiction_holds_up_the_stages_below(xiyang):
    twice = [
        sheet(xiyang, stage=Stage.COUNTY, file="b.xlsx"),
        sheet(xiyang, stage=Stage.COUNTY, file="c.xlsx", T1_4="1"),
    ]
    found = township(xiyang, sheet(xiyang), *twice)
    assert outcomes(found) == ["not_received", "contradictory", "held_up"]
    assert (found.sheet, found.dimensions) == (None, ())
    assert open_texts(found) == [
        "在 campaign.yaml 的 decisions 里写明县级检查阶段以哪一份为准：b.xlsx、c.xlsx。"
    ]


def test_every_stage_is_told_as_the_standing_has_it(xiyang):
    found = township(xiyang, sheet(xiyang), sheet(xiyang, stage=Stage.CITY, file="c.xlsx"))
    counted = [one for one in found.stages if one.outcome is StageOutcome.COUNTED]
    assert [one.stage for one in counted] == [found.standing.basis] == [Stage.CITY]


# -------------------------------------------------------------------------------------------------------- items


def test_items_add_up_to_their_dimension_and_dimensions_to_the_score(xiyang):
    found = township(xiyang, sheet(xiyang, **TO_80))
    for dimension in found.dimensions:
        assert sum(item.value for item in dimension.items) == dimension.standing.score
    assert sum(d.standing.score for d in found.dimensions) == found.standing.score == 80
    assert [len(found.dimensions), len(items(found))] == [8, 30]


def test_findings_stand_at_their_item_each_once(xiyang):
    sent = sheet(xiyang, T1_4="1")
    cells = {score.item: score for score in sent.items}
    rows = tuple(
        score._replace(cell=f"F{n}") for n, score in enumerate(cells.values(), start=5)
    )  # T1.1 in F5, T1.2 in F6 …
    sent = replace(sent, items=rows)
    at = {"file": "a.xlsx", "sheet": "评分表"}
    reason = Finding("E501", cell="G8", item="T1.4", **at)
    area = Finding("L213", cell="E6:F7", **at)
    date = Finding("U321", cell="H3", **at)
    elsewhere = [
        Finding("S401", cell="F5", file="b.xlsx", sheet="评分表"),
        Finding("S401", cell="F5", file="a.xlsx", sheet="Sheet2"),
        Finding("S401", cell="F5", unit="140724101", **at),
        Finding("C601", unit=LEPING),
    ]
    found = township(xiyang, sent, findings=[reason, area, date, *elsewhere])
    told = {id: item.findings for id, item in items(found).items() if item.findings}
    assert told == {"T1.4": (reason,), "T1.2": (area,), "T1.3": (area,)}
    assert found.findings == (date,)


def test_the_reasons_written_stand_at_their_item(xiyang):
    reason = Written("T1.4", "G8", "没有年度总结")
    found = items(township(xiyang, replace(sheet(xiyang, T1_4="1"), texts=(reason,))))
    assert {id: item.written for id, item in found.items() if item.written} == {"T1.4": (reason,)}


def test_columns_beyond_z_are_beyond_it(xiyang):
    sent = sheet(xiyang)
    sent = replace(sent, items=tuple(score._replace(cell="B7") for score in sent.items))
    wide = Finding("L213", cell="A5:AA9", file="a.xlsx", sheet="评分表")
    narrow = Finding("L213", cell="AA5:AB9", file="a.xlsx", sheet="评分表")
    found = township(xiyang, sent, findings=[wide, narrow])
    assert items(found)["T1.1"].findings == (wide,)
    assert found.findings == (narrow,)


def test_missing_zero_and_not_applicable_stay_apart(xiyang):
    edited = allowing(xiyang, "T5.1")
    found = items(township(edited, sheet(edited, T1_1=None, T1_4="0", T5_1="n/a", T5_2="n/a")))
    assert [
        (found[id].state, found[id].value, found[id].usable) for id in ("T1.1", "T1.4", "T5.1", "T5.2")
    ] == [
        (ScoreState.MISSING, None, False),
        (ScoreState.SCORED, 0, True),
        (ScoreState.NOT_APPLICABLE, None, True),
        (ScoreState.NOT_APPLICABLE, None, False),
    ]


# ------------------------------------------------------------------------------------------------------ reasons


def test_every_rule_says_what_it_rests_on(xiyang):
    found = township(xiyang, sheet(xiyang))
    told = {
        one.reason.rule: (one.key, one.rule and (one.rule.basis, one.rule.source_ids()))
        for one in found.reasons
    }
    assert told == {
        "complete": (None, None),
        "pass_mark": ("pass_mark", ("grounded", ("S2", "S3"))),
        "dimension_share": ("dimension_share", ("assumed", ("A",))),
        "veto": ("veto_fails", ("assumed", ("A",))),
    }


def test_what_would_decide_a_unit(xiyang):
    assert open_texts(township(xiyang, sheet(xiyang))) == []
    assert open_texts(township(xiyang)) == ["报送任何一个阶段的完整评分表。"]
    found = township(
        xiyang, sheet(xiyang, T1_1=None), sheet(xiyang, stage=Stage.CITY, file="c.xlsx", T1_4=None)
    )
    assert open_texts(found) == [
        "补全市级检查阶段的评分表（c.xlsx）：T1.4。",
        "补全自评阶段的评分表（a.xlsx）：T1.1。",
    ]
    assert found.sheet.file == "c.xlsx", "the highest one is shown"
    many = ("T4.1", "T4.2", "T4.3", "T4.4", "T1.1")
    edited = allowing(xiyang, *many)
    lost = {id.replace(".", "_"): "n/a" for id in many}
    assert open_texts(township(edited, sheet(edited, **lost))) == [
        "由人工认定哪些项目不适用；认可的，可以调高 not_applicable_points。"
    ]


# ------------------------------------------------------------------------------------------------------ counties


def county(campaign, passing, failing=0, body="pass"):
    codes = [unit.code for unit in campaign.roster.townships(XIYANG) if unit.required]
    losses = [{}] * passing + [{"T4_5": "0"}] * failing
    by_unit = {code: (sheet(campaign, code, **lost),) for code, lost in zip(codes, losses, strict=False)}
    if body != "pending":
        by_unit[XIYANG] = (sheet(campaign, XIYANG, **({} if body == "pass" else {"C4_2": "0"})),)
    return tracer(campaign, by_unit).trace(campaign.roster.units[XIYANG])


def test_a_county_rests_on_its_body_and_its_townships(xiyang):
    found = county(xiyang, 7, 3)
    assert [one.reason.rule for one in found.reasons] == ["body", "township_share"]
    assert (found.standing.verdict, found.body.standing.verdict) == (Verdict.FAIL, Verdict.PASS)
    assert "township_share" not in [one.reason.rule for one in found.body.reasons]
    assert [t.standing.verdict for t in found.townships] == [Verdict.PASS] * 7 + [Verdict.FAIL] * 3
    assert sorted(t.standing.unit.code for t in found.townships) == sorted(
        t.unit.code for t in found.standing.townships
    )


def test_a_county_judged_by_its_townships_alone_still_shows_its_body(xiyang):
    alone = changed(xiyang, parse_changes(["county_verdict=townships"], xiyang))
    found = county(alone, 10, body="fail")
    assert [one.reason.rule for one in found.reasons] == ["township_share"]
    assert (found.standing.verdict, found.body.standing.verdict) == (Verdict.PASS, Verdict.FAIL)
    assert [one.reason.subject for one in found.body.reasons if one.reason.passed is False] == ["C4.2"]
    assert [step.item for step in found.body.standing.remedy.steps] == ["C4.2"]
    assert open_texts(county(alone, 7, body="pending")) == [
        "待定的 3 个乡镇（街道）中有 1 个达标即达到要求。"
    ]


def test_what_would_decide_a_county(xiyang):
    assert open_texts(county(xiyang, 8)) == open_texts(county(xiyang, 7, 3)) == []
    assert open_texts(county(xiyang, 7)) == ["待定的 3 个乡镇（街道）中有 1 个达标即达到要求。"]
    assert open_texts(county(xiyang, 7, 2)) == ["待定的 1 个乡镇（街道）须全部达标。"]
    assert open_texts(county(xiyang, 10, body="pending")) == ["先确定县级统计机构本身是否达标。"]


def test_a_county_without_townships_is_its_body(campaign):
    zone = replace(campaign, roster=limit(campaign.roster, ["晋中开发区"]))
    code = "140702401"
    found = tracer(zone, {code: (sheet(zone, code, C2_1="n/a"),)}).trace(zone.roster.units[code])
    assert (found.reasons, found.townships, found.body.standing.score) == ((), (), 100)
    assert "not_applicable" in [one.reason.rule for one in found.body.reasons]


def test_an_optional_unit_that_sent_nothing_has_no_verdict_to_trace(xiyang):
    unit = xiyang.roster.units[OPTIONAL]
    assert tracer(xiyang, {}).trace(unit) is None
    assert tracer(xiyang, {OPTIONAL: (sheet(xiyang, OPTIONAL),)}).trace(unit).standing.score == 100
