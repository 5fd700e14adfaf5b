"""Good workbooks changed at random: no bug, no hang, no neighbour lost, and the same answer every time.

A few hundred of them here, more with HUITOUKAN_FUZZ=2000; `scripts/fuzz.py` runs as many as one likes, from any seed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from huitoukan import pipeline
from huitoukan.campaign.campaign import load_campaign
from tests.hostile.case import good
from tests.hostile.mutation import container, mutant
from tests.support.checks import assert_sound

MUTANTS = int(os.environ.get("HUITOUKAN_FUZZ") or 160)
CONTAINERS = max(1, MUTANTS // 4)
FIRST = 1
NEIGHBOURS = {f"好/{n}.xlsx": good(300 + n) for n in range(3)}


def check_batch(
    folder: Path, first: int, count: int, make: Callable[[int], bytes] = mutant, ending: str = "xlsx"
) -> dict[str, int]:
    """Run the mutants from one number on, beside good files, and assert what must hold; how many have which status."""
    campaign = load_campaign()
    for n in range(first, first + count):
        (folder / f"{n}.{ending}").write_bytes(make(n))
    (folder / "好").mkdir()
    for path, data in NEIGHBOURS.items():
        (folder / path).write_bytes(data)
    results = {result.path: result for result in pipeline.inspect(folder, campaign, jobs=2).files}
    assert len(results) >= count + len(NEIGHBOURS)
    for path, data in NEIGHBOURS.items():
        assert results[path] == pipeline.process(path, data, campaign)
    seen: dict[str, int] = {}
    for path, result in results.items():
        assert "F109" not in {found.code for found in result.findings}, (path, result.findings)
        assert_sound(result)
        seen[result.status.value] = seen.get(result.status.value, 0) + 1
    return seen


def test_mutants_are_read_or_refused_and_harm_nobody(tmp_path):
    seen = check_batch(tmp_path, FIRST, MUTANTS)
    assert seen["unreadable"] > MUTANTS // 10
    assert seen.get("ok", 0) + seen["findings"] > MUTANTS // 10, "most mutants should get past the front door"


def test_mutated_archives_and_mails_are_read_or_refused_and_harm_nobody(tmp_path):
    seen = check_batch(tmp_path, FIRST, CONTAINERS, container, "zip")
    assert seen["unreadable"] > 0
    assert seen.get("ok", 0) + seen["findings"] > CONTAINERS, "most of what lies in them should be read"


@pytest.mark.parametrize("seed", range(FIRST, FIRST + 40, 4))
def test_a_mutant_gets_the_same_answer_twice(campaign, seed):
    assert mutant(seed) == mutant(seed)
    one, two = (pipeline.process("a.xlsx", mutant(seed), campaign) for _ in range(2))
    assert one == two
    assert container(seed) == container(seed)
