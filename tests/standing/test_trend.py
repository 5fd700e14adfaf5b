"""This year beside last year: shares where maxima differ, what is steady, what cannot be compared."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from huitoukan.model import Stage, Verdict
from huitoukan.standing.aggregate import standings
from huitoukan.standing.baseline import Baseline, BaselineDimension, BaselineUnit, Unmatched
from huitoukan.standing.compare import compare
from huitoukan.standing.trend import Trend, trends
from tests.standing.test_compare import BODY, LEPING, sheet


def past(campaign, **units):
    """Last year's results: unit code with u before it → (verdict, score, maximum, {dimension: (score, maximum)})."""
    found = {}
    for code, (verdict, score, maximum, dimensions) in units.items():
        asked = {
            key: BaselineDimension(key, points and Decimal(points), Decimal(most), "「表」E2")
            for key, (points, most) in dimensions.items()
        }
        number = None if score is None else Decimal(score)
        found[code[1:]] = BaselineUnit(
            verdict, number, Decimal(maximum), asked, "上年.xlsx", "「表」A2", code
        )
    return Baseline(Path("上年.xlsx"), "", found, (Unmatched("析阳镇", "「表」A9", "没有"),))


def trend_of(campaign, sheets, baseline, code=LEPING):
    by_unit = {}
    for one in sheets:
        by_unit.setdefault(one.unit, []).append(one)
    found = trends(standings(by_unit, campaign), baseline, campaign)
    return next(one for one in found.units if one.unit.code == code)


@pytest.mark.parametrize(
    ("score", "maximum", "change", "trend"),
    [
        ("97", "100", 1, Trend.STEADY),  # 98 now: the threshold itself is still steady
        ("96.99", "100", Fraction(101, 100), Trend.UP),
        ("99", "100", -1, Trend.STEADY),
        ("99.01", "100", Fraction(-101, 100), Trend.DOWN),
        ("120", "150", 18, Trend.UP),  # a share of 0.8 then, 0.98 now
        ("0", "100", 98, Trend.UP),  # zero is a score
        (None, "100", None, None),  # none is not
    ],
)
def test_the_change_in_points_of_100(campaign, score, maximum, change, trend):
    baseline = past(campaign, **{"u" + LEPING: (Verdict.PASS, score, maximum, {})})
    found = trend_of(campaign, [sheet(campaign, T1_4=2)], baseline)
    assert (found.change, found.trend) == (change, trend)


def test_dimensions_by_their_share(campaign):
    # T1 has 12 points: 11.4 now is 95 %; 5 % of the dimension are steady
    dimensions = {"T1": ("13.5", "15"), "T2": ("18", "18"), "T8": (None, "10"), "T5": ("7", "8")}
    baseline = past(campaign, **{"u" + LEPING: (None, None, "100", dimensions)})
    found = trend_of(campaign, [sheet(campaign, T1_1="0.6", T2_4=1)], baseline)
    assert {d.now.dimension: (d.change, d.trend) for d in found.dimensions} == {
        "T1": (5, Trend.STEADY),
        "T2": (Fraction(-100, 18), Trend.DOWN),
        "T5": (Fraction(100, 8), Trend.UP),
    }
    assert (found.change, found.turned) == (None, None)


def test_what_counts_as_steady_is_the_campaigns(campaign):
    settings = campaign.settings
    own = settings.comparison.model_copy(
        update={"steady_points": settings.comparison.steady_points.model_copy(update={"value": Decimal(3)})}
    )
    lenient = replace(campaign, settings=settings.model_copy(update={"comparison": own}))
    baseline = past(campaign, **{"u" + LEPING: (Verdict.PASS, "95", "100", {})})
    assert trend_of(lenient, [sheet(lenient, T1_4=2)], baseline).trend is Trend.STEADY
    assert trend_of(campaign, [sheet(campaign, T1_4=2)], baseline).trend is Trend.UP


def test_verdicts_that_turned(campaign):
    def turned(then, *sheets):
        return trend_of(campaign, sheets, past(campaign, **{"u" + LEPING: (then, "70", "100", {})})).turned

    assert turned(Verdict.FAIL, sheet(campaign)) is Verdict.PASS
    assert turned(Verdict.PASS, sheet(campaign, T2_3=6)) is Verdict.FAIL
    assert turned(Verdict.PASS, sheet(campaign)) is None
    assert turned(Verdict.PENDING, sheet(campaign)) is None
    assert turned(None, sheet(campaign)) is None
    assert turned(Verdict.PASS, sheet(campaign, T1_1=None)) is None, "pending is no verdict"


def test_a_county_is_told_as_a_whole_and_units_are_counted(campaign):
    baseline = past(
        campaign,
        **{"u" + BODY: (Verdict.PASS, "90", "100", {}), "u" + LEPING: (Verdict.FAIL, "70", "100", {})},
    )
    sheets = {BODY: [sheet(campaign, BODY)], LEPING: [sheet(campaign, stage=Stage.COUNTY)]}
    counties = standings(sheets, campaign)
    found = compare(sheets, counties, campaign, baseline).trends
    assert [one.unit.code for one in found.bodies] == [BODY]
    assert found.bodies[0].now.verdict is Verdict.PENDING  # its townships sent nothing
    assert (found.count(Trend.UP), found.count(None), found.townships(BODY)) == (2, 0, (1, 0, 0))
    everybody = [s.unit.code for c in counties for s in (c, *c.townships)]
    assert sorted([BODY, LEPING, *(unit.code for unit in found.new)]) == sorted(everybody)
    assert compare(sheets, counties, campaign).trends is None
