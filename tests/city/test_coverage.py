"""Who has sent what, for every unit, stage and material: the matrix of the made-up city against what was decided."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.city.conftest import run
from tests.support.city import ledger, standards
from tests.support.city.folder import City


@pytest.fixture(scope="module")
def told(folder: Path) -> dict:
    return run("coverage", folder)


def test_every_unit_stage_and_material(made: City, told: dict) -> None:
    true = ledger.entries(made)
    seen = {
        (unit["code"], stage, material): ledger.Entry(one["due"], one["state"], frozenset(one["files"]))
        for county in told["counties"]
        for unit in county["units"]
        for stage, materials in unit["stages"].items()
        for material, one in materials.items()
    }
    # A column that nobody owes and nobody sent is not told; all others are.
    columns = {(stage, material) for _, stage, material in seen}
    assert seen == {key: entry for key, entry in true.items() if key[1:] in columns}
    assert {entry.state for key, entry in true.items() if key[1:] not in columns} == {"not_due"}
    assert {entry.state for entry in seen.values()} == {"received", "late", "missing", "extra", "not_due"}


def test_the_counts_of_every_county_and_of_the_city(made: City, told: dict) -> None:
    totals: dict[tuple[str, str], Counter[str]] = {}
    for county in told["counties"]:
        for stage, materials in county["stages"].items():
            for material, counts in materials.items():
                assert counts == ledger.tally(made, county["code"], stage, material)
                totals.setdefault((stage, material), Counter()).update(counts)
    assert [county["code"] for county in told["counties"]] == [body.code for body in standards.bodies()]
    for (stage, material), counts in totals.items():
        assert told["totals"][stage][material] == dict(counts)
    assert told["city_check"] == {
        "counties": {"due": 6, "received": 6},
        "townships": {"due": 24, "received": 24},
    }


def test_worked_out_by_hand(told: dict) -> None:
    """130 units owe a self-assessment: two sent nothing at all, one was only checked; 城区 sent one that nobody asked for.

    Eleven counties owe the check of six townships each. 昔阳县, 寿阳县 and 平遥县 checked eight, 灵石县 seven, which is 7 more
    than asked; of the county that only checked five 1 is missing. Of the reports of the county check 11 of 12 came.
    """
    totals = told["totals"]
    assert {name: totals["self"]["score_sheet"][name] for name in ("due", "received", "missing", "welcome")} == {
        "due": 130, "received": 127, "missing": 3, "welcome": 1,
    }  # fmt: skip
    assert {name: totals["county"]["score_sheet"][name] for name in ("due", "received", "missing", "welcome", "late")} == {
        "due": 66, "received": 65, "missing": 1, "welcome": 7, "late": 1,
    }  # fmt: skip
    assert {name: totals["county"]["report"][name] for name in ("due", "received", "missing")} == {
        "due": 12, "received": 11, "missing": 1,
    }  # fmt: skip
