"""No rule is forgotten: every code of the catalogue is documented and tested, both ways."""

import re
from pathlib import Path

import pytest

from huitoukan import catalogue, pipeline
from huitoukan.rules.registry import rules

TESTS = Path(__file__).parents[1]
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
CODES = [entry.code for entry in catalogue.entries()]


def codes_in(word: str) -> set[str]:
    """The codes that a call like `fires("S401", …)` or `fires_file("F101", …)` names first."""
    return set(re.findall(rf'\b{word}\w*\(\s*"([A-Z]\d{{3}})"', SOURCES))


def test_there_are_rules_of_every_family_of_this_version():
    assert {code[0] for code in CODES} == set("FLUSECR")
    assert {rule.function.__module__ for rule in rules()} == {module.__name__ for module in pipeline.MODULES}


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_test_that_fires_and_a_near_miss(code):
    assert code in codes_in("fires"), f"no test in which {code} fires"
    assert code in codes_in("silent"), f"no near miss of {code}"


@pytest.mark.parametrize("entry", catalogue.entries(), ids=lambda entry: entry.code)
def test_every_message_says_what_and_what_to_do(entry):
    assert entry.message.endswith(("。", "}"))
    assert entry.fix
    assert len(entry.title) < 30


def test_a_code_is_entered_once():
    entry = catalogue.entry("S405")
    with pytest.raises(ValueError, match="S405 is taken"):
        catalogue.document("S405", entry.severity, "", "", test_a_code_is_entered_once)
    with pytest.raises(ValueError, match="lacks"):
        catalogue.document("S499", entry.severity, "", "", test_a_code_is_entered_once)


def test_what_blocks_a_verdict_is_told_apart():
    blocking = {entry.code for entry in catalogue.entries() if entry.blocks}
    assert {"F101", "L204", "U301", "S401", "S405", "C603"} <= blocking
    assert blocking.isdisjoint({"F105", "L207", "U323", "S403", "S406", "S421", "E501", "C602"})
