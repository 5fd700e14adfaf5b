"""The screens of both READMEs are what the commands print on the samples."""

import re
import shlex
from functools import cache
from pathlib import Path

import pytest

from tests.cli.test_cli import run

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
COMMANDS = {"validate", "aggregate", "coverage", "compare", "sample", "survey", "fix"}
_SCREEN = re.compile(r"```\n(\$ huitoukan .*?)```", re.DOTALL)
_RULE = re.compile(r"[─ ]*")


def screens(name):
    """Command lines with the lines shown below each; one block may hold several."""
    for block in _SCREEN.findall((ROOT / name).read_text(encoding="utf-8")):
        for part in block.split("$ ")[1:]:
            command, *lines = part.splitlines()
            yield command, [line for line in lines if not _RULE.fullmatch(line)]


def squeezed(text):
    return "".join(text.split())


@cache
def printed(command, folder):
    """The lines that a command prints, without blanks; what it writes goes into a folder of the test."""
    words = [str(ROOT / word) if word.startswith("sample_sheets") else word for word in shlex.split(command)]
    for n, word in enumerate(words):
        if n and words[n - 1] == "--out":
            words[n] = str(folder / word)
    code, out, err = run(*words[1:])
    assert code in (0, 1), err
    return [squeezed(line) for line in (out + err).splitlines()]


def shows(printed_line, line):
    """Whether a line is what is shown, of which … leaves something out."""
    pattern = ".*".join(re.escape(squeezed(part)) for part in line.split("…"))
    return re.fullmatch(pattern, printed_line) is not None


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("screens")


@pytest.mark.parametrize(("name", "command", "lines"), [(n, *one) for n in READMES for one in screens(n)])
def test_a_screen_is_what_the_command_prints(name, command, lines, folder):
    assert 2 <= len(lines) <= 14
    left = iter(printed(command, folder))
    for line in lines:
        if line != "…":
            assert any(shows(one, line) for one in left), (
                f"{name}: {command} does not print, in this order:\n{line}"
            )


@pytest.mark.parametrize("name", READMES)
def test_every_command_that_looks_at_sheets_has_a_screen(name):
    shown = [command for command, _ in screens(name)]
    assert {command.split()[1] for command in shown} == COMMANDS
    for option in ("--explain", "--what-if", "--baseline"):
        assert any(option in command for command in shown), option


def test_both_readmes_show_the_same_screens():
    assert list(screens(READMES[0])) == list(screens(READMES[1]))
