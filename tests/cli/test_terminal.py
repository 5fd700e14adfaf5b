"""Whatever stands in names and cells, the terminal is not commanded and the words stay what they are."""

import shutil
import sys

import pytest

from huitoukan.cli.console import visible
from tests.cli.test_cli import DIRTY, run
from tests.support.terminal import on_a_terminal

ESCAPE = "\x1b[31m\x1b]0;x\x07\x9b2J\u202egpj\u2066"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("一\t二\n三", "一\t二\n三"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\rb\x08\x07\x00\x7f", "a\\rb\\x08\\x07\\x00\\x7f"),
        ("\x9b2J", "\\x9b2J"),
        ("a\u202egpj.exe\u2069", "a\\u202egpj.exe\\u2069"),
        ("\udce9", "\\udce9"),
        ("[red]x[/red] :bomb: \\", "[red]x[/red] :bomb: \\"),
    ],
)
def test_visible(text, shown):
    assert visible(text) == shown


@pytest.mark.skipif(sys.platform == "win32", reason="Windows takes no such file names")
def test_file_names_command_no_terminal(tmp_path):
    name = f"[red]:bomb:{ESCAPE}\n{chr(92)}[_1.xlsx"
    (tmp_path / name).write_bytes(b"junk")
    shutil.copy(DIRTY / "1_乐平镇.xlsx", tmp_path / f"乐平镇{ESCAPE}.xlsx")
    for arguments in (("validate", tmp_path), ("aggregate", tmp_path)):
        _, out, err = run(*arguments)
        assert not set(out + err) & set("\x1b\x07\x9b\u202e\u2066\x08\r"), arguments
    _, out, _ = run("validate", tmp_path)
    assert "[red]:bomb:\\x1b[31m" in out
    code, _, err = run("validate", tmp_path / f"fort{ESCAPE}:bomb:[b]")
    assert code == 2
    assert "\\x1b[31m" in err
    assert ":bomb:[b]" in err
    assert not set(err) & set("\x1b\x9b\u202e")


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are a thing of POSIX")
@pytest.mark.parametrize("kind", ["csv", "jsonl", "json"])
def test_data_on_a_terminal_commands_nothing(tmp_path, kind):
    """A file or pipe gets the bytes as they are, a terminal what it can show."""
    (tmp_path / f"a{ESCAPE}.xlsx").write_bytes(b"junk")
    options = ("--format", kind, "--county", "昔阳县", "-q")
    command = [sys.executable, "-m", "huitoukan", "validate", str(tmp_path), *options]
    code, text, _ = on_a_terminal(command, stream="stdout")
    assert code == 1
    assert "F107" in text
    assert not set(text) & set("\x1b\x07\x9b\u202e\u2066")
    piped = run("validate", tmp_path, *options)[1]
    assert "\u202e" in piped, "data stays as it is"
