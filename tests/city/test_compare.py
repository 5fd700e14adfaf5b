"""Stages beside each other, and this year beside the last one: the made-up city against plain sums and textbook formulas."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tests.city.conftest import SEED, run
from tests.support.city import compared, last_year, standards, truth
from tests.support.city.folder import City
from tests.support.city.standards import units


@pytest.fixture(scope="module")
def past() -> dict[str, last_year.Past]:
    return last_year.last_year(SEED)


@pytest.fixture(scope="module")
def told(folder: Path, past: dict[str, last_year.Past], tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The JSON of `compare` beside last year's results.json."""
    baseline = last_year.write_json(tmp_path_factory.mktemp("past") / "results.json", past)
    return run("compare", folder, "--baseline", baseline)


def exact(told: dict) -> dict:
    """An index of the JSON with its numbers as exact ones."""
    texts = ("index", "median", "taken", "self", "check")
    return {
        name: Fraction(one) if name in texts and one is not None else one
        for name, one in told.items()
        if name != "dimensions"
    }


def test_the_index_of_the_whole_city_and_of_each_dimension(made: City, told: dict) -> None:
    pairs = compared.pairs(made.decisions)
    assert exact(told["index"]) == compared.index(compared.scores(pairs))
    for dimension in told["index"]["dimensions"]:
        own = exact(dimension)
        assert own.pop("title") == dimension["title"]
        assert own == compared.index(compared.dimension_scores(pairs, dimension["title"]))
    for level in ("county", "township"):
        own_level = [pair for pair in pairs if pair.unit.level == level]
        assert exact(told["levels"][level]) == compared.index(compared.scores(own_level))


def test_the_index_of_every_county(made: City, told: dict) -> None:
    pairs = compared.pairs(made.decisions)
    assert [county["code"] for county in told["counties"]] == [body.code for body in standards.bodies()]
    for county in told["counties"]:
        own = [pair for pair in pairs if pair.unit.county == county["code"]]
        assert exact(county["index"]) == compared.index(compared.scores(own))
    largest = sorted(told["counties"], key=lambda one: -Fraction(one["index"]["median"] or 0))[:2]
    assert {one["code"] for one in largest} == {*made.decisions.roles["lenient"]}


def test_who_was_overturned(made: City, told: dict) -> None:
    assert {(one["code"], one["to"]) for one in told["overturned"]} == compared.overturned(made.decisions)
    planted = {
        unit
        for role in ("overturned", "overturned_by_city", "check_veto")
        for unit in made.decisions.roles[role]
    }
    assert planted <= {one["code"] for one in told["overturned"]}


def test_counties_by_their_own_account_and_by_the_checks(made: City, told: dict) -> None:
    own, now = truth.counties(made.decisions, ("self",)), truth.counties(made.decisions)
    for county in told["counties"]:
        verdicts = (own[county["code"]].verdict, now[county["code"]].verdict)
        assert (county["self_status"], county["status"]) == verdicts
        assert county["overturned"] == (verdicts[1] if {*verdicts} == {"pass", "fail"} else None)


def test_the_order_of_units(made: City, told: dict) -> None:
    pairs = compared.pairs(made.decisions)
    groups = {"counties": "county", "townships": "township"}
    told_of = [
        (told["ranks"][name], [p for p in pairs if p.unit.level == level]) for name, level in groups.items()
    ]
    told_of += [
        (
            county["ranks"],
            [p for p in pairs if p.unit.county == county["code"] and p.unit.level == "township"],
        )
        for county in told["counties"]
    ]
    for ranks, members in told_of:
        both = compared.scores(members)
        assert ranks["n"] == len(both)
        for name, formula in (("tau_b", compared.tau_b), ("spearman", compared.rho)):
            value = formula(both)
            assert (ranks[name] is None) == (value is None)
            assert value is None or float(ranks[name]) == pytest.approx(value, abs=0.00006)


def test_every_item_of_every_two_stages(made: City, told: dict) -> None:
    seen = {one["code"]: one for one in told["units"]}
    true = {code: compared.beside(made.decisions, unit) for code, unit in units().items()}
    for code, pairs in true.items():
        told_pairs = {
            (p["earlier"]["stage"], p["later"]["stage"]): p for p in seen.get(code, {"pairs": []})["pairs"]
        }
        assert {*told_pairs} == {*pairs}
        for stages, pair in pairs.items():
            one = told_pairs[stages]
            assert {item: Fraction(d["difference"]) for item, d in one["items"].items()} == pair.items
            assert ({*one["missing"]}, one["complete"]) == (pair.missing, pair.complete)
            spots = [made.spots[code, stage, 0] for stage in stages]
            for item, both in one["items"].items():
                if code not in made.decisions.decided and code not in made.decisions.roles["resaved"]:
                    assert (both["earlier"]["cell"], both["later"]["cell"]) == tuple(
                        s.places.scores[item] for s in spots
                    )


def test_nobody_is_lost(made: City, told: dict) -> None:
    forms = made.decisions.forms
    by_check = {unit for unit, stage, _ in forms if stage != "self"}
    by_self = {unit for unit, stage, _ in forms if stage == "self"}
    counts, pairs = told["counts"], compared.pairs(made.decisions)
    assert counts["compared"] == len(pairs)
    assert counts["left_out"] == len(by_check & by_self) - len(pairs)
    assert counts["check_only"] == len(by_check - by_self)
    scored = {u for u in by_self - by_check if truth.judged(made.decisions, units()[u]).score is not None}
    assert counts["self_only"] == len(scored)


def test_last_year(made: City, told: dict, past: dict[str, last_year.Past]) -> None:
    check_trends(made, told["last_year"], past)


def test_last_year_from_a_table(
    made: City, folder: Path, past: dict[str, last_year.Past], tmp_path: Path
) -> None:
    table = last_year.write_table(tmp_path / "上年结果.xlsx", past)
    check_trends(made, run("aggregate", folder, "--baseline", table)["last_year"], past)


def check_trends(made: City, told: dict, past: dict[str, last_year.Past]) -> None:
    counties = truth.counties(made.decisions)
    now = {code: unit for county in counties.values() for code, unit in county.townships.items()}
    now |= {code: county.body for code, county in counties.items()}
    found = {
        u["code"]: (u["trend"], {d: one["trend"] for d, one in u["dimensions"].items()})
        for u in told["units"]
    }
    assert found == last_year.trends(past, now)
    assert {trend for trend, _ in found.values()} == {"up", "steady", "down", None}
    assert {unit["code"] for unit in told["new"]} == {*now} - {*past}
    assert told["unmatched"] == []


# ---------------------------------------------------------------------------------------- worked out by hand
#
# 祁县, a lenient county: its units with both scores, own account and check, and the differences.
#
#   统计局 87.5 - 87.5 = 0    昭馀镇 94 - 83.5 = 10.5    东观镇 94 - 89 = 5      古县镇 97 - 88.5 = 8.5
#   贾令镇 91 - 82 = 9        城赵镇 94 - 90 = 4         来远镇 92 - 87.5 = 4.5  峪口乡 96 - 84 = 12
#
# Sum 53.5, over 8 units 6.6875, so 6.69. In order 0, 4, 4.5, 5, 8.5, 9, 10.5, 12: the middle is 6.75. Of 745.5 self-assessed
# points 53.5 were taken away, 0.07176…. The means are 93.1875 and 692 / 8. Seven units lie above their check, one is equal.
QIXIAN = {
    "n": 8, "few": False, "index": "6.69", "median": "6.75", "taken": "0.0718", "self": "93.19", "check": "86.5", "above": 7,
    "equal": 1, "below": 0,
}  # fmt: skip

# 左权县, the order of its seven townships with both scores, own account and check:
#
#   桐峪镇 83.5, 83.5   羊角乡 82, 81   寒王乡 80, 82   石匣乡 79, 79   麻田镇 78.5, 78.5   拐儿镇 78.5, 76.5   芹泉镇 75.5, 76
#
# 21 pairs: 羊角乡 and 寒王乡 change places (1 against), 麻田镇 and 拐儿镇 are tied by their own account, 19 stay as they were.
# tau-b = (19 - 1) / sqrt(20 × 21) = 18 / 20.4939 = 0.8783. Ranks from the mean: -3 -2 -1 0 1.5 1.5 3 and -3 -1 -2 0 1 2 3;
# rho = (9 + 2 + 2 + 0 + 1.5 + 3 + 9) / sqrt(27.5 × 28) = 26.5 / 27.7489 = 0.9550.
ZUOQUAN = {"n": 7, "few": False, "tau_b": "0.8783", "spearman": "0.955"}


def test_worked_out_by_hand(told: dict) -> None:
    counties = {county["code"]: county for county in told["counties"]}
    index = counties["140727"]["index"]
    assert {name: index[name] for name in QIXIAN} == QIXIAN
    assert counties["140722"]["ranks"] == ZUOQUAN
