"""Samples: what the command draws is what the published method gives, worked out again from the roster alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.city.conftest import run
from tests.support.city import lots, standards
from tests.support.city.standards import units

SEEDS = ("2024093", "双色球2024056期:03,09", "7")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_draw_of_the_city(seed: str, tmp_path: Path) -> None:
    told = run("sample", "--seed", seed, "--out", tmp_path / "draw")
    counties, townships = lots.city_draw(seed)
    drawn = {level: {one["code"] for one in told["result"][level]} for level in ("counties", "townships")}
    assert drawn == {"counties": {*counties}, "townships": {*townships}}
    assert (len(counties), len(townships)) == (6, 24)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_draw_of_each_county(seed: str, tmp_path: Path) -> None:
    told = run("sample", "--design", "county", "--seed", seed, "--out", tmp_path / "draw")
    expected = lots.county_draw(seed)
    drawn: dict[str, set[str]] = {}
    for one in told["result"]["townships"]:
        drawn.setdefault(units()[one["code"]].county, set()).add(one["code"])
    assert drawn == {county: {*codes} for county, codes in expected.items()}
    assert {len(codes) for codes in drawn.values()} == {6}


def test_chances_worked_out_by_hand(tmp_path: Path) -> None:
    """Every county has 6 of 12. A township of 榆次区 (18 of them, more than any other county):

    if 榆次区 is drawn (1/2), the development zone, which has no townships, is among the other five of eleven with 5/11. Then the
    24 lie in five counties: 5 in 榆次区, which comes first among equal remainders; else 4 in each of six. So its chance is
    1/2 × (5/11 × 5/18 + 6/11 × 4/18) = 1/2 × 49/198 = 49/396.
    """
    told = run("sample", "--seed", "1", "--out", tmp_path / "draw")
    chances = {one["code"]: one["probability"] for one in told["candidates"]}
    assert {chances[body.code] for body in standards.bodies()} == {"1/2"}
    assert {chances[unit.code] for unit in standards.townships("140702")} == {"49/396"}


def test_everybody_is_drawn_as_often_as_the_others() -> None:
    """Over many seeds (of the plain method, not of the product): each county 1 in 2, each township of 榆次区 6 in 18."""
    seeds = [str(n) for n in range(600)]
    counts = dict.fromkeys([unit.code for unit in (*standards.bodies(), *standards.townships("140702"))], 0)
    for seed in seeds:
        for code in lots.Lots(seed, "city").draw("counties", standards.bodies(), 6):
            counts[code] += 1
        for code in lots.Lots(seed, "county").draw("140702", standards.townships("140702"), 6):
            counts[code] += 1
    for unit in standards.bodies():
        assert abs(counts[unit.code] - 300) < 5 * (600 * 0.5 * 0.5) ** 0.5
    for unit in standards.townships("140702"):
        assert abs(counts[unit.code] - 200) < 5 * (600 / 3 * 2 / 3) ** 0.5
