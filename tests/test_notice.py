"""docs/notice.md is true: every rule of the notice has its row, and what a row names exists."""

import re
from pathlib import Path

import pytest

from huitoukan import catalogue, pipeline
from huitoukan.campaign.campaign import DATA
from huitoukan.campaign.yamlfile import read_yaml
from huitoukan.cli.commands import TABLE

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/notice.md").read_text("utf-8")
RULES = [
    "R01",
    "R02",
    "R03",
    "R04",
    "R05",
    "R06",
    "R07",
    "R10",
    "R11",
    "R12",
    "R20",
    "R21",
    "R22",
    "R30",
    "R31",
    "R32",
    "R33",
    "R34",
    "R35",
    "R40",
    "R50",
    "R51",
    "R52",
    "R53",
    "R54",
]
CODES = {entry.code for entry in catalogue.entries()}
COMMANDS = set(TABLE)
SETTINGS = read_yaml(DATA / "campaign.yaml").data


def rows():
    lines = PAGE.splitlines()
    start = lines.index("|---|---|---|---|---|") + 1
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        yield [part.strip() for part in line.strip("|").split("|")]


ROWS = {row[0]: row for row in rows()}


def quoted(cell):
    return re.findall(r"`([^`]+)`", cell)


def exists(name):
    """Whether a code, a command or a setting is there."""
    if re.fullmatch(r"[A-Z]\d{3}", name):
        return name in CODES
    if name.startswith("huitoukan "):
        return name.removeprefix("huitoukan ") in COMMANDS
    place = SETTINGS
    for key in name.split("."):
        if not isinstance(place, dict) or key not in place:
            return False
        place = place[key]
    return True


def test_every_rule_of_the_notice_has_its_row():
    assert pipeline.MODULES
    assert list(ROWS) == RULES
    assert all(len(row) == 5 for row in ROWS.values())


@pytest.mark.parametrize("rule", RULES)
def test_what_a_row_names_exists(rule):
    says, carried = ROWS[rule][1:3]
    assert says
    named = quoted(carried)
    assert named, "something carries it"
    missing = [name for name in named if not exists(name)]
    assert not missing, missing


@pytest.mark.parametrize("rule", RULES)
def test_every_test_named_exists(rule):
    named = quoted(ROWS[rule][3])
    assert named, "something shows it"
    for name in named:
        path, _, function = name.partition("::")
        file = ROOT / path
        assert file.exists(), name
        assert not function or f"def {function}(" in file.read_text("utf-8"), name


def test_what_software_cannot_check_says_why():
    assert all(ROWS[rule][4] for rule in ("R21", "R22", "R34", "R35", "R51", "R54"))
