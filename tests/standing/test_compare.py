"""Stages beside each other: which sheets count, differences with their cells, indices, overturned verdicts, the order."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from huitoukan.campaign.decisions import Decision
from huitoukan.model import (
    FileResult,
    FileStatus,
    ItemScore,
    Level,
    ScoreState,
    SheetKind,
    SheetResult,
    Stage,
    Verdict,
)
from huitoukan.rules.received import received
from huitoukan.standing.aggregate import standings
from huitoukan.standing.compare import compare
from huitoukan.standing.differences import compare_unit

LEPING, BODY = "140724100", "140724"
NA, MISSING = "n/a", None


def sheet(campaign, unit=LEPING, stage=Stage.SELF, file=None, **lost):
    """Full marks less what is lost: item id with _ for the dot; `NA` and `MISSING` as they say. Cells tell the stage."""
    level = campaign.roster.units[unit].level
    changed = {key.replace("_", "."): value for key, value in lost.items()}
    column = {Stage.SELF: "F", Stage.COUNTY: "G", Stage.CITY: "H"}[stage]
    items = []
    for row, item in enumerate(campaign.rubric.level(level).items(), start=5):
        value = changed.pop(item.id, 0)
        state = {NA: ScoreState.NOT_APPLICABLE, MISSING: ScoreState.MISSING}.get(value, ScoreState.SCORED)
        points = item.maximum - Decimal(str(value)) if state is ScoreState.SCORED else None
        items.append(ItemScore(item.id, state, points, f"{column}{row}"))
    assert not changed, f"no such item: {changed}"
    return SheetResult(
        file or f"{stage}/{unit}.xlsx", f"{stage}表", SheetKind.SCORE, unit, stage, level, items=tuple(items)
    )


def comparison(campaign, *sheets):
    by_unit = {}
    for one in sheets:
        by_unit.setdefault(one.unit, []).append(one)
    return compare(by_unit, standings(by_unit, campaign), campaign)


def unit(campaign, *sheets):
    return compare_unit(campaign.roster.units[sheets[0].unit], sheets, campaign)


def county_of(found, code=BODY):
    return next(county for county in found.counties if county.body.code == code)


# ------------------------------------------------------------------------------------------------------ two sheets


def test_a_difference_is_the_earlier_minus_the_later_and_leads_to_both_cells(campaign):
    found = unit(campaign, sheet(campaign, T1_1=1), sheet(campaign, stage=Stage.COUNTY, T1_1=3, T1_4="0.5"))
    (pair,) = found.pairs
    changed = {one.item: one for one in pair.items if one.difference}
    assert {key: one.difference for key, one in changed.items()} == {"T1.1": 2, "T1.4": Decimal("0.5")}
    assert (changed["T1.1"].earlier.cell, changed["T1.1"].later.cell) == ("F5", "G5")
    assert (pair.earlier.file, pair.later.sheet) == ("self/140724100.xlsx", "county表")
    assert (pair.difference, pair.score_difference) == (Decimal("2.5"), Decimal("2.5"))
    assert (pair.earlier_score, pair.later_score) == (99, Decimal("96.5"))
    assert {d.dimension: d.difference for d in pair.dimensions if d.difference} == {"T1": Decimal("2.5")}
    (task,) = [d for d in pair.dimensions if d.dimension == "T1"]
    assert (task.earlier.score, task.later.score, task.rate) == (11, Decimal("8.5"), Fraction(250, 12))
    assert len(pair.items) == len(campaign.rubric.level(Level.TOWNSHIP).items())


def test_three_stages_give_three_pairs_and_the_highest_check_decides(campaign):
    found = unit(
        campaign,
        sheet(campaign),
        sheet(campaign, stage=Stage.COUNTY, T1_1=1),
        sheet(campaign, stage=Stage.CITY, T1_1=4),
    )
    assert [pair.stages for pair in found.pairs] == [
        (Stage.SELF, Stage.COUNTY), (Stage.SELF, Stage.CITY), (Stage.COUNTY, Stage.CITY)
    ]  # fmt: skip
    assert [pair.score_difference for pair in found.pairs] == [1, 4, 3]
    assert (found.check.basis, found.above, found.deciding) == (Stage.CITY, 4, found.pairs[1])


def test_what_is_missing_is_left_out_and_is_no_zero(campaign):
    found = unit(
        campaign, sheet(campaign, T1_1=MISSING, T1_2=2), sheet(campaign, stage=Stage.COUNTY, T1_4=MISSING)
    )
    (pair,) = found.pairs
    assert (pair.missing, pair.not_applicable, pair.complete) == (("T1.1", "T1.4"), (), False)
    assert (pair.difference, pair.dimensions, pair.score_difference) == (-2, (), None)
    assert {"T1.1", "T1.4"}.isdisjoint(one.item for one in pair.items)
    assert (found.own, found.check, found.above) == (None, None, None), "one by one only"


def test_what_cannot_count_is_missing(campaign):
    above_maximum = unit(campaign, sheet(campaign, T1_1=-1), sheet(campaign, stage=Stage.COUNTY))
    assert above_maximum.pairs[0].missing == ("T1.1",)
    not_allowed = unit(campaign, sheet(campaign, T1_1=NA), sheet(campaign, stage=Stage.COUNTY))
    assert not_allowed.pairs[0].missing == ("T1.1",)


def test_not_applicable_is_left_out_of_the_points_and_rescaled_in_the_score(campaign):
    zone = "140702401"  # C2.1 (3 points) may be 不适用 there
    found = unit(
        campaign, sheet(campaign, zone, C1_1=1), sheet(campaign, zone, Stage.COUNTY, C2_1=NA, C1_1=2)
    )
    (pair,) = found.pairs
    assert (pair.missing, pair.not_applicable, pair.complete) == ((), ("C2.1",), True)
    assert (pair.difference, pair.earlier_score, pair.later_score) == (1, 99, Decimal("97.94"))  # 95 / 97
    assert pair.score_difference == found.above == Decimal("1.06")
    staff = next(d for d in pair.dimensions if d.dimension == "C2")
    assert (staff.difference, staff.earlier.maximum, staff.later.maximum, staff.rate) == (0, 14, 11, 0)


def test_a_unit_with_one_stage_is_compared_with_nothing(campaign):
    assert unit(campaign, sheet(campaign), sheet(campaign, file="copy.xlsx")) is None


# ------------------------------------------------------------------------------------------------ which sheets count


def test_contradicting_sheets_leave_a_unit_out(campaign):
    sheets = [
        sheet(campaign),
        sheet(campaign, file="b.xlsx", T1_1=1),
        sheet(campaign, stage=Stage.COUNTY, T1_1=2),
    ]
    found = comparison(campaign, *sheets)
    (one,) = found.units
    assert (one.contradicting, one.pairs, one.own, one.scores) == ((Stage.SELF,), (), None, None)
    assert (found.compared, found.left_out, found.whole.index.n) == ((), (one,), 0)


def test_a_contradicting_higher_check_is_not_replaced_by_a_lower_one(campaign):
    found = unit(
        campaign, sheet(campaign), sheet(campaign, stage=Stage.COUNTY, T1_1=1),
        sheet(campaign, stage=Stage.CITY, T1_1=2), sheet(campaign, stage=Stage.CITY, file="b.xlsx", T1_1=3),
    )  # fmt: skip
    assert found.check is None
    assert [pair.stages for pair in found.pairs] == [(Stage.SELF, Stage.COUNTY)]


def test_copies_count_once_and_an_incomplete_higher_check_gives_way(campaign):
    found = unit(
        campaign, sheet(campaign), sheet(campaign, file="copy.xlsx"),
        sheet(campaign, stage=Stage.COUNTY, T1_1=1), sheet(campaign, stage=Stage.CITY, T1_1=MISSING),
    )  # fmt: skip
    assert (found.check.basis, found.above) == (Stage.COUNTY, 1)
    assert [pair.complete for pair in found.pairs] == [True, False, False]


def test_decisions_are_carried_out_before(campaign):
    decision = Decision(unit=LEPING, stage=Stage.SELF, file="a.xlsx", reason="电话确认")
    decided = replace(campaign, settings=campaign.settings.model_copy(update={"decisions": (decision,)}))
    sheets = [
        sheet(campaign, file="a.xlsx", T1_1=1),
        sheet(campaign, file="b.xlsx"),
        sheet(campaign, stage=Stage.COUNTY),
    ]
    files = [FileResult(s.file, "", FileStatus.OK, sheets=(s,)) for s in sheets]
    by_unit = received(files, decided).by_unit
    found = compare(by_unit, standings(by_unit, decided), decided)
    assert found.compared[0].above == -1


# ------------------------------------------------------------------------------------------------------- the index


@pytest.fixture
def city(campaign):
    """A county of a body and townships with self-assessment and check, and one township of another county."""
    lost = {"140724100": (0, 4), "140724101": (2, 3), "140724102": (3, 3), "140724104": (1, 0)}
    codes = [u.code for u in campaign.roster.townships(BODY)][:4]
    sheets = [sheet(campaign, BODY), sheet(campaign, BODY, Stage.CITY, C4_4=4, C4_3=4)]
    for code, (own, check) in zip(codes, lost.values(), strict=True):
        sheets += [sheet(campaign, code, T4_1=own), sheet(campaign, code, Stage.COUNTY, T4_1=check)]
    other = campaign.roster.townships("140702")[0].code
    sheets += [sheet(campaign, other), sheet(campaign, other, Stage.CITY, T1_1=4)]
    sheets += [sheet(campaign, campaign.roster.townships("140702")[1].code)]  # no check
    sheets += [
        sheet(campaign, campaign.roster.townships("140702")[2].code, Stage.COUNTY)
    ]  # no self-assessment
    return comparison(campaign, *sheets)


def test_the_index_of_a_county_rests_on_the_units_with_both(city):
    found = county_of(city)
    # s - c: body 8, townships 4, 1, 0, -1
    index = found.group.index
    assert (index.n, index.few, index.index, index.middle) == (5, False, Decimal("2.4"), 1)
    assert (index.above, index.equal, index.below) == (3, 1, 1)
    # own 100 + 100 + 98 + 97 + 99 = 494, taken 12
    assert index.taken == Decimal("0.0243")
    assert (found.levels[Level.TOWNSHIP].n, found.levels[Level.TOWNSHIP].index) == (4, 1)
    assert (found.levels[Level.COUNTY].n, found.levels[Level.COUNTY].index) == (1, 8)
    assert found.levels[Level.TOWNSHIP].few


def test_the_whole_and_the_dimensions(city):
    assert (city.whole.index.n, city.whole.index.index) == (6, Decimal("2.67"))  # (8 + 4 + 1 + 0 - 1 + 4) / 6
    assert (city.levels[Level.TOWNSHIP].index.n, city.levels[Level.TOWNSHIP].index.index) == (
        5,
        Decimal("1.6"),
    )
    dimensions = dict(city.whole.dimensions)
    # 业务流程 has 20 points for a body and 22 for a township: (40 + (4 + 1 + 0 - 1) / 22 * 100 + 0) / 6
    assert dimensions["业务流程"].index == Decimal("9.70")
    assert (dimensions["业务流程"].n, dimensions["经费保障"].index) == (6, 0)
    # 工作任务 has 12 points: 4 / 12 * 100 / 6
    assert dimensions["工作任务"].index == Decimal("5.56")
    assert (city.own_only, city.check_only) == (1, 1)


def test_counties_without_both_have_no_index_and_no_zero(city):
    empty = county_of(city, "140721")
    assert (empty.group.index.n, empty.group.index.index, empty.group.dimensions) == (0, None, ())
    assert (empty.ranks.n, empty.ranks.tau) == (0, None)


def test_the_order_of_townships(city):
    # own 100 98 97 99, check 96 97 97 100: of six pairs two are kept, three turned round, one is tied by the check
    found = county_of(city).ranks
    assert found.n == 4
    assert float(found.tau) == pytest.approx((2 - 3) / (6 * 5) ** 0.5, abs=0.00005)
    assert (city.bodies.n, city.bodies.tau) == (1, None)
    assert city.townships.n == 5


def test_items_by_what_checks_took_away(city):
    assert [(c.item, c.units, c.reduced, c.raised, c.difference) for c in city.cuts[Level.TOWNSHIP]] == [
        ("T1.1", 5, 1, 0, 4), ("T4.1", 5, 2, 1, 4)
    ]  # fmt: skip
    assert [c.item for c in city.cuts[Level.COUNTY]] == ["C4.3", "C4.4"]


# ----------------------------------------------------------------------------------------------------- overturned


def test_overturned_with_the_reasons_that_decided(campaign):
    found = comparison(campaign, sheet(campaign), sheet(campaign, stage=Stage.COUNTY, T2_3=6))
    (turned,) = found.overturned
    assert (turned.unit.code, turned.to, turned.earlier.basis, turned.later.basis) == (
        LEPING, Verdict.FAIL, Stage.SELF, Stage.COUNTY
    )  # fmt: skip
    assert {(r.rule, r.subject) for r in turned.reasons} == {("veto", "T2.3")}
    assert turned.later.source.items[6].cell.startswith("G")


def test_the_reverse_tells_what_the_self_assessment_failed_by(campaign):
    found = comparison(campaign, sheet(campaign, T2_3=6), sheet(campaign, stage=Stage.COUNTY))
    (turned,) = found.overturned
    assert (turned.to, [r.rule for r in turned.reasons]) == (Verdict.PASS, ["veto"])


def test_the_city_overturns_the_county(campaign):
    found = comparison(
        campaign,
        sheet(campaign),
        sheet(campaign, stage=Stage.COUNTY),
        sheet(campaign, stage=Stage.CITY, T2_3=6),
    )
    assert [(t.earlier.basis, t.later.basis) for t in found.overturned] == [
        (Stage.SELF, Stage.CITY), (Stage.COUNTY, Stage.CITY)
    ]  # fmt: skip


def test_a_pass_that_stays_a_pass_is_not_overturned_and_pending_is_no_verdict(campaign):
    assert comparison(campaign, sheet(campaign), sheet(campaign, stage=Stage.COUNTY, T1_1=4)).overturned == ()
    incomplete = comparison(
        campaign, sheet(campaign), sheet(campaign, stage=Stage.COUNTY, T2_3=6, T1_1=MISSING)
    )
    assert incomplete.overturned == ()
    assert incomplete.left_out == incomplete.units


def test_a_county_whose_verdict_the_checks_turned_round(campaign):
    codes = [u.code for u in campaign.roster.townships(BODY) if u.required]
    own = [sheet(campaign, BODY), *(sheet(campaign, code) for code in codes)]
    failing = [sheet(campaign, code, Stage.COUNTY, T2_3=6) for code in codes[: len(codes) // 4 + 1]]
    found = county_of(comparison(campaign, *own, *failing))
    assert (found.own.verdict, found.now.verdict, found.turned) == (Verdict.PASS, Verdict.FAIL, Verdict.FAIL)
    assert [(reason.rule, reason.subject) for reason in found.reasons] == [("township_share", None)]
    unturned = county_of(comparison(campaign, *own))
    assert (unturned.turned, unturned.reasons) == (None, ())


def test_the_order_of_units_does_not_matter(campaign):
    codes = [BODY, *(unit.code for unit in campaign.roster.townships(BODY))]
    lost = dict(zip(codes, range(len(codes)), strict=True))
    by_unit = {
        code: [
            sheet(campaign, code),
            sheet(campaign, code, Stage.COUNTY, **{f"{'C4' if code == BODY else 'T4'}_3": n % 4}),
        ]
        for code, n in lost.items()
    }
    turned = dict(reversed(by_unit.items()))
    found = compare(by_unit, standings(by_unit, campaign), campaign)
    assert compare(turned, standings(turned, campaign), campaign) == found
    assert len(found.compared) == len(codes)


def test_the_other_way_round_the_index_changes_its_sign(campaign):
    """Self-assessments and checks exchanged: every difference, and so mean and median, with the opposite sign."""
    other = {Stage.SELF: Stage.COUNTY, Stage.COUNTY: Stage.SELF}
    codes = [unit.code for unit in campaign.roster.townships(BODY)]
    sheets = [sheet(campaign, code, Stage.SELF, T4_1=n % 3) for n, code in enumerate(codes)]
    sheets += [sheet(campaign, code, Stage.COUNTY, T4_1=n % 4) for n, code in enumerate(codes)]
    exchanged = [replace(one, stage=other[one.stage]) for one in sheets]
    one, two = (comparison(campaign, *group).whole.index for group in (sheets, exchanged))
    assert (one.index, one.middle) == (-two.index, -two.middle)
    assert (one.above, one.equal, one.below) == (two.below, two.equal, two.above)
    assert (one.own, one.check) == (two.check, two.own)
    assert one.index != 0
