"""The documentation is under test: what it names exists, and both READMEs say the same."""

import re
from pathlib import Path

import pytest

import huitoukan.cli.explain  # noqa: F401  enters every code into the catalogue
from huitoukan import catalogue
from huitoukan.cli.commands import TABLE

ROOT = Path(__file__).parents[1]
READMES = ["README.md", "README.zh-CN.md"]


@pytest.mark.parametrize("name", READMES)
def test_every_command_and_option_is_documented(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    for command in TABLE:
        assert f"huitoukan {command}" in text
    for option in (
        "--campaign",
        "--rubric",
        "--stage",
        "--county",
        "--format",
        "--baseline",
        "--fail-on",
        "--template",
        "--jobs",
        "--quiet",
        "--lang",
        "--out",
        "--level",
        "--optional",
        "--force",
        "--explain",
        "--what-if",
        "--by",
        "--question",
        "--changes",
        "--dry-run",
        "--since",
        "--with",
        "--date",
        "--hash",
    ):
        assert option in text, option


@pytest.mark.parametrize(
    "name",
    [
        *READMES,
        "docs/architecture.md",
        "docs/archive.md",
        "docs/compare.md",
        "docs/coverage.md",
        "docs/fix.md",
        "docs/gallery.md",
        "docs/notice.md",
        "docs/integrity.md",
        "docs/performance.md",
        "docs/survey.md",
        "docs/testing.md",
    ],
)
def test_links_lead_somewhere(name):
    path = ROOT / name
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_the_two_readmes_have_the_same_commands_and_parts():
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in READMES]
    blocks = [re.findall(r"```\n(.*?)```", text, re.DOTALL) for text in texts]
    assert len(blocks[0]) == len(blocks[1])
    assert blocks[0][:2] == blocks[1][:2]
    assert [text.count("\n## ") for text in texts] == [texts[0].count("\n## ")] * 2


def test_the_changelog_names_every_family_of_codes():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for family in "FLUSECIQR":
        codes = sorted(e.code for e in catalogue.entries() if e.code[0] == family)
        assert codes[0] in text, codes[0]
        assert codes[-1] in text, codes[-1]
