"""Files are written whole or not at all, and text never becomes a formula."""

import csv
import io

import pytest

from huitoukan.output.files import WriteError, csv_text, harmless, write_whole


def test_write_whole(tmp_path):
    write_whole(tmp_path / "new/a.txt", b"one")
    write_whole(tmp_path / "new/a.txt", b"two")
    assert [(p.name, p.read_bytes()) for p in (tmp_path / "new").iterdir()] == [("a.txt", b"two")]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    write_whole(tmp_path / "a.txt", b"old")
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(WriteError, match="disk full"):
        write_whole(tmp_path / "a.txt", b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.txt", b"old")]


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-x", "@SUM(A1)", "\t=1", "\r=1", "-1+1", "-0.5分"])
def test_formulas_are_defused(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-0.5", "+3", "7", "T1.1", "良好", "", "a=b"])
def test_harmless_text_stays(text):
    assert harmless(text) == text


def test_csv():
    text = csv_text(("a", "b"), [{"a": '引"号, 逗号', "b": None}, {"a": "=1", "b": 0}])
    assert text.endswith("\r\n")
    assert list(csv.reader(io.StringIO(text))) == [["a", "b"], ['引"号, 逗号', ""], ["'=1", "0"]]
