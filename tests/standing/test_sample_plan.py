"""Designs on the shipped roster: who can be drawn, how many from where, with which probability over all steps."""

from collections import Counter
from fractions import Fraction
from itertools import combinations

import pytest

from huitoukan.model import Level, Unit
from huitoukan.output.text import Words
from huitoukan.standing.sample_plan import (
    Allocation,
    Choice,
    Design,
    PlanError,
    Request,
    Types,
    Weight,
    chances,
    draw,
    make_plan,
    roster_hash,
    roster_lines,
    units_of,
)
from tests.support.lots import LIMIT, digest, drawn_by_hand, furthest

CITY = {"design": Design.CITY, "counties": 6, "townships": 24}
COUNTY = {"design": Design.COUNTY, "counties": 0, "townships": 6}
SIZES = {  # 乡, 镇 and 街道 of each county, from the table in campaign/data/README.md
    "140702": 18, "140703": 8, "140721": 7, "140722": 8, "140723": 8, "140724": 10, "140725": 12, "140727": 7,
    "140728": 16, "140729": 10, "140781": 14, "140702401": 0,
}  # fmt: skip


@pytest.fixture
def plan(campaign):
    def make(**request):
        return make_plan(campaign.roster.units, Request(**request))

    return make


def counted(drawn, units):
    return Counter(units[code].county for code in drawn.townships)


# ------------------------------------------------------------------------------------------------ city


def test_the_city_draws_six_counties_and_24_townships_inside_them(plan):
    one = plan(**CITY)
    for n in range(200):
        drawn = draw(one, str(n))
        numbers = counted(drawn, one.units)
        assert len(drawn.counties) == len(set(drawn.counties)) == 6
        assert len(set(drawn.townships)) == 24
        assert set(numbers) == set(drawn.counties) - {"140702401"}
        expected = [4] * 6 if "140702401" not in drawn.counties else [4, 5, 5, 5, 5]
        assert sorted(numbers.values()) == expected
        assert all(one.units[code].required for code in drawn.townships)
        assert not drawn.shortages


def test_the_whole_draw_by_hand(plan):
    """A city draw redone from docs/sampling.md, without the program's own functions."""
    one = plan(**CITY, types=Types.BY_CHANCE, bare=False)
    units = one.units.values()
    lines = sorted(
        f"{u.code},{u.name},{u.level.value},{u.county},{u.kind},{'yes' if u.required else 'no'}"
        for u in units
    )
    roster = digest("".join(line + "\n" for line in lines))
    assert one.roster == roster
    for seed in ("2024093", "福彩双色球第2024093期 01 12 18 23 29 33+07"):
        prefix = f"huitoukan-sampling-1|{seed}|{roster}|city|"
        bodies = [u.code for u in units if u.level is Level.COUNTY and SIZES[u.code]]
        counties = drawn_by_hand(prefix, "counties", [[(code, 1) for code in bodies]], 6)
        townships = set()
        for county in counties:
            kinds = {}
            for u in sorted(units, key=lambda u: u.code):
                if u.county == county and u.level is Level.TOWNSHIP and u.required:
                    kinds.setdefault(u.kind, []).append((u.code, 1))
            townships |= drawn_by_hand(prefix, county, list(kinds.values()), 4)
        drawn = draw(one, seed)
        assert set(drawn.counties) == counties
        assert set(drawn.townships) == townships


def test_proportional_shares(plan):
    one = plan(**CITY, allocation=Allocation.PROPORTIONAL, bare=False)
    for n in range(50):
        numbers = counted(draw(one, str(n)), one.units)
        assert numbers.total() == 24
        total = sum(SIZES[county] for county in numbers)
        assert all(abs(number - Fraction(24 * SIZES[c], total)) < 1 for c, number in numbers.items())


def test_anywhere(plan):
    one = plan(**CITY, allocation=Allocation.ANYWHERE)
    outside = 0
    for n in range(50):
        drawn = draw(one, str(n))
        assert (len(drawn.counties), len(drawn.townships)) == (6, 24)
        numbers = counted(drawn, one.units)
        for county, size in SIZES.items():  # counties and types are strata: each gets its share
            assert abs(numbers[county] - Fraction(24 * size, 118)) < 3
        outside += len(set(numbers) - set(drawn.counties))
    assert outside > 0


def test_bodies_without_townships_may_be_left_out(plan):
    assert "140702401" in plan(**CITY).bodies
    assert "140702401" not in plan(**CITY, bare=False).bodies


@pytest.mark.parametrize("allocation", Allocation)
@pytest.mark.parametrize("types", Types)
def test_frequencies_are_the_stated_probabilities(plan, allocation, types):
    one = plan(**CITY, allocation=allocation, types=types)
    stated, trials, counts = chances(one), 2500, Counter()
    for n in range(trials):
        drawn = draw(one, f"seed {n}")
        counts.update((*drawn.counties, *drawn.townships))
    assert not stated.estimated
    assert sum(stated.of.values()) == 30
    assert len(stated.of) == 12 + 118
    assert furthest(counts, trials, stated.of) < LIMIT


def test_stated_probabilities_by_formula(plan):
    """Equal numbers, no bodies without townships: 6/11 for a county, 4 of its townships."""
    stated = chances(plan(**CITY, bare=False))
    for code, chance in stated.of.items():
        assert chance == (
            Fraction(6, 11) if code in SIZES else Fraction(6, 11) * Fraction(4, SIZES[code[:6]])
        )


def test_stated_probabilities_where_the_number_depends_on_the_others(plan):
    """With 晋中开发区 among the counties the others give five, and the smallest of them four: over all 924 sets."""
    stated, places = chances(plan(**CITY)), sorted(SIZES)
    expected = Counter()
    for some in combinations(places, 6):
        if "140702401" not in some:
            due = dict.fromkeys(some, 4)
        else:
            due = {c: 5 for c in some if c != "140702401"}
            due[min(due, key=lambda c: (SIZES[c], -places.index(c)))] = 4
        for county, number in due.items():
            expected[county] += Fraction(number, 924)
    for code, chance in stated.of.items():
        if code not in SIZES:
            assert chance == expected[code[:6]] / SIZES[code[:6]]


def test_what_cannot_be_worked_out_is_estimated_and_said(plan):
    one = plan(
        **CITY,
        weights=(
            Weight("140702401", Fraction(5)),
            Weight("140724", Fraction(2)),
            Weight("140724100", Fraction(3)),
        ),
    )
    stated, trials, counts = chances(one), 3000, Counter()
    for n in range(trials):
        drawn = draw(one, f"{n}")
        counts.update((*drawn.counties, *drawn.townships))
    bodies = {code: chance for code, chance in stated.of.items() if code in SIZES}
    assert bodies["140702401"] == 1  # 6·5/17 is more than certain
    assert bodies["140724"] == Fraction(5 * 2, 12)
    assert furthest(counts, trials, bodies) < LIMIT
    assert stated.estimated
    assert not stated.estimated & set(SIZES)
    rough = {code: stated.of[code] for code in stated.estimated}
    assert furthest(counts, trials, rough) < 2 * LIMIT  # both sides of the comparison are sampled
    assert abs(sum(stated.of.values()) - 30) < Fraction(1, 10)


def test_a_county_that_no_trial_draws_has_its_chance_all_the_same(plan):
    heavy = tuple(Weight(code, Fraction(10**9)) for code in SIZES if code != "140724")
    stated = chances(plan(**CITY, weights=heavy))
    assert stated.of["140724"] == Fraction(6, 11 * 10**9 + 1)
    assert stated.of["140724100"] in [stated.of["140724"] * Fraction(n, 10) for n in (4, 5)]


# ------------------------------------------------------------------------------------------------ county


def test_each_county_draws_its_own(plan):
    one = plan(**COUNTY)
    drawn = draw(one, "7")
    assert counted(drawn, one.units) == {county: 6 for county, size in SIZES.items() if size}
    assert [(s.place, s.due, s.available) for s in drawn.shortages] == [("140702401", 6, 0)]
    alone = draw(plan(**COUNTY, only=("140724",)), "7")
    assert set(alone.townships) == {code for code in drawn.townships if code.startswith("140724")}
    assert not alone.shortages


def test_fixed_types_are_drawn_apart(plan):
    one = plan(**COUNTY, types=Types.FIXED, only=("140728",))  # 5 镇, 8 乡, 3 街道: 1.875, 3, 1.125
    trials, pairs, counts = 4000, Counter(), Counter()
    for n in range(trials):
        drawn = draw(one, f"{n}").townships
        assert Counter(one.units[code].kind for code in drawn) == {"镇": 2, "乡": 3, "街道": 1}
        counts.update(drawn)
        pairs.update(combinations(sorted(drawn), 2))
    stated = chances(one).of
    assert furthest(counts, trials, stated) < LIMIT
    independent = {
        (a, b): stated[a] * stated[b]
        for a, b in combinations(sorted(stated), 2)
        if one.units[a].kind != one.units[b].kind
    }
    assert furthest(pairs, trials, independent) < LIMIT


def test_counties_are_drawn_independently(plan):
    one, trials, pairs = plan(**COUNTY), 2500, Counter()
    for n in range(trials):
        townships = draw(one, f"{n}").townships
        here = [code for code in townships if code.startswith("140724")]
        there = [code for code in townships if code.startswith("140729")]
        pairs.update((a, b) for a in here for b in there)
    product = {(a, b): Fraction(6, 10) ** 2 for a in one.townships["140724"] for b in one.townships["140729"]}
    assert len(product) == 100
    assert furthest(pairs, trials, product) < LIMIT


def test_a_county_with_too_few_gives_all(plan):
    one = plan(**COUNTY | {"townships": 8}, only=("140727",))
    drawn = draw(one, "1")
    assert set(drawn.townships) == set(one.townships["140727"])
    assert [(s.place, s.due, s.available) for s in drawn.shortages] == [("140727", 8, 7)]
    assert set(chances(one).of.values()) == {1}


# ------------------------------------------------------------------------------------------------ people's choices


def test_excluded_never_and_certain_always(plan):
    one = plan(
        **CITY,
        exclusions=(Choice("140724100", "刚检查过"), Choice("140727", "撤并")),
        certain=(Choice("140728001", "群众反映"), Choice("140729", "去年未达标")),
    )
    stated = chances(one).of
    assert not {code for code in stated if code == "140724100" or code.startswith("140727")}
    assert (
        stated["140728001"] == stated["140728"] == stated["140729"] == 1
    )  # a township brings its county along
    for n in range(200):
        drawn = draw(one, str(n))
        everyone = {*drawn.counties, *drawn.townships}
        assert {"140728001", "140728", "140729"} <= everyone
        assert "140724100" not in everyone
        assert not [code for code in everyone if code.startswith("140727")]
        assert (len(drawn.counties), len(drawn.townships)) == (6, 24)


def test_an_exclusion_changes_nobody_elses_number(plan):
    before = draw(plan(**COUNTY, only=("140724",)), "3").pools[0]
    after = draw(plan(**COUNTY, only=("140724",), exclusions=(Choice("140724100", "x"),)), "3").pools[0]
    numbers = {row.member.code: row.number for row in before.rows()}
    assert {row.member.code: row.number for row in after.rows()} == {
        code: number for code, number in numbers.items() if code != "140724100"
    }


def test_certain_townships_anywhere_leave_the_counties_alone(plan):
    one = plan(**CITY, allocation=Allocation.ANYWHERE, certain=(Choice("140728001", "x"),))
    assert chances(one).of["140728"] == Fraction(1, 2)
    assert chances(one).of["140728001"] == 1


def test_optional_units_only_when_asked_for(plan):
    optional = "140702402"
    assert optional not in chances(plan(**CITY)).of
    assert optional in chances(plan(**CITY, optional=True)).of
    chosen = plan(**CITY, certain=(Choice(optional, "群众反映"),))
    assert optional in draw(chosen, "1").townships


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        (CITY | {"exclusions": (Choice("140724", "a"),), "certain": (Choice("140724100", "b"),)}, "又排除又选定"),
        (CITY | {"exclusions": (Choice("999", "a"),)}, "不抽这些单位"),
        (COUNTY | {"certain": (Choice("140724", "a"),)}, "不抽这些单位"),
        (COUNTY | {"only": ("140724",), "certain": (Choice("140727100", "a"),)}, "不抽这些单位"),
        (CITY | {"townships": 1, "certain": (Choice("140724100", "a"), Choice("140724101", "b"))}, "还多"),
        (CITY | {"counties": 1, "certain": (Choice("140724100", "a"), Choice("140727100", "b"))}, "还多"),
        (COUNTY | {"only": ("140702401",)}, "没有可抽"),
    ],
)  # fmt: skip
def test_requests_that_cannot_be(plan, request_, kind):
    with pytest.raises(PlanError) as error:
        plan(**request_)
    assert kind in Words().phrase(error.value.why)


# ------------------------------------------------------------------------------------------------ roster


def test_the_roster_hash_changes_with_what_matters(campaign):
    units = dict(campaign.roster.units)
    lines = roster_lines(units.values())
    assert units_of(lines).keys() == units.keys()
    assert roster_lines(units_of(lines).values()) == lines
    one = units["140724100"]
    plain = Unit(one.code, one.name, one.level, one.county, one.kind, one.required, (), ("别名",))
    assert roster_hash(roster_lines((units | {one.code: plain}).values())) == roster_hash(lines)
    renamed = Unit(one.code, "新名镇", one.level, one.county, one.kind)
    assert roster_hash(roster_lines((units | {one.code: renamed}).values())) != roster_hash(lines)


@pytest.mark.parametrize(
    "line", ["", "1,2", "1,甲,province,1,县级,yes", "1,甲,county,1,县级,maybe", "2,乙,township,1,乡,yes"]
)
def test_lines_that_are_no_roster(line):
    with pytest.raises((ValueError, KeyError)):
        units_of([line])
