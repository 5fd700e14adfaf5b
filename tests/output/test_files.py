"""Files are written whole or not at all, and text never becomes a formula."""

import csv
import errno
import io
import os
from pathlib import Path

import pytest

from huitoukan.output.files import WriteError, csv_text, file_name, harmless, write_together


def contents_of(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_file_is_written_whole(tmp_path):
    write_together({tmp_path / "new/a.txt": b"one"})
    write_together({tmp_path / "new/a.txt": b"two"})
    assert [(p.name, p.read_bytes()) for p in (tmp_path / "new").iterdir()] == [("a.txt", b"two")]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    write_together({tmp_path / "a.txt": b"old"})
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(WriteError, match="disk full"):
        write_together({tmp_path / "a.txt": b"new"})
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.txt", b"old")]


def test_a_full_disk_leaves_every_file_as_it_was(tmp_path, monkeypatch):
    """All contents are on the disk before the first file takes its place."""
    names = [tmp_path / name for name in ("a.txt", "sub/b.txt", "c.txt")]
    write_together(dict.fromkeys(names, b"old"))
    real, calls = os.fsync, []

    def full(handle):
        calls.append(handle)
        if len(calls) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(WriteError) as failure:
        write_together(dict.fromkeys(names, b"new"))
    assert (failure.value.path, failure.value.written) == (names[2], ())
    assert contents_of(tmp_path) == {"a.txt": b"old", "sub/b.txt": b"old", "c.txt": b"old"}


def test_content_is_on_the_disk_before_it_takes_its_place(tmp_path, monkeypatch):
    steps = []
    real = os.fsync, Path.replace
    monkeypatch.setattr("os.fsync", lambda handle: (steps.append("fsync"), real[0](handle)))
    monkeypatch.setattr("pathlib.Path.replace", lambda *paths: (steps.append("replace"), real[1](*paths)))
    write_together({tmp_path / "a": b"1", tmp_path / "b": b"2"})
    assert steps == ["fsync", "fsync", "replace", "replace"]


def test_a_file_that_another_program_holds_stops_everything_before_it_begins(tmp_path, monkeypatch):
    """As on Windows, where Excel lets nobody else write to a workbook that is open."""
    names = [tmp_path / "a.csv", tmp_path / "b.csv"]
    write_together(dict.fromkeys(names, b"old"))
    real = Path.open

    def held(self, *arguments, **options):
        if self.name == "b.csv":
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(self, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.open", held)
        with pytest.raises(WriteError) as failure:
            write_together(dict.fromkeys(names, b"new"))
    assert (failure.value.path.name, failure.value.written) == ("b.csv", ())
    assert contents_of(tmp_path) == {"a.csv": b"old", "b.csv": b"old"}


def test_what_was_replaced_is_told_when_a_later_file_fails(tmp_path, monkeypatch):
    real = Path.replace

    def fails(self, target):
        if target.name == "b":
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(self, target)

    monkeypatch.setattr("pathlib.Path.replace", fails)
    with pytest.raises(WriteError) as failure:
        write_together(dict.fromkeys((tmp_path / "a", tmp_path / "b", tmp_path / "c"), b"new"))
    assert [path.name for path in failure.value.written] == ["a"]
    assert contents_of(tmp_path) == {"a": b"new"}


def test_a_read_only_file_is_replaced(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    write_together({path: b"old"})
    path.chmod(0o444)
    real, refused = Path.replace, []

    def as_on_windows(self, target):
        if not target.stat().st_mode & 0o200:
            refused.append(target)
            raise PermissionError(errno.EACCES, "Access is denied")
        return real(self, target)

    monkeypatch.setattr("pathlib.Path.replace", as_on_windows)
    monkeypatch.setattr("os.access", lambda place, _: bool(place.stat().st_mode & 0o200))  # root may all
    write_together({path: b"new"})
    assert refused == [path]
    assert path.read_bytes() == b"new"


def test_a_folder_in_the_place_of_a_file(tmp_path):
    (tmp_path / "b.txt").mkdir()
    with pytest.raises(WriteError) as failure:
        write_together({tmp_path / "a.txt": b"new", tmp_path / "b.txt": b"new"})
    assert failure.value.why.errno == errno.EISDIR
    assert contents_of(tmp_path) == {}


def test_left_overs_of_a_killed_run_go_and_nothing_else(tmp_path):
    kept = [
        ".huitoukan-x.tmp",
        ".huitoukan-0a_b1c2d.tmp.xlsx",
        "huitoukan-0a_b1c2d.tmp",
        ".report.html.0a_b1c2d",
    ]
    for name in (".huitoukan-0a_b1c2d.tmp", *kept):
        (tmp_path / name).write_bytes(b"half")
    (tmp_path / ".huitoukan-folder_0.tmp").mkdir()
    write_together({tmp_path / "a.txt": b"new"})
    assert set(contents_of(tmp_path)) == {"a.txt", *kept}
    assert (tmp_path / ".huitoukan-folder_0.tmp").is_dir()


def test_a_link_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "input.xlsx").write_bytes(b"scores")
    (tmp_path / "report.html").symlink_to(tmp_path / "input.xlsx")
    os.link(tmp_path / "input.xlsx", tmp_path / "report.md")
    write_together({tmp_path / "report.html": b"new", tmp_path / "report.md": b"new"})
    assert (tmp_path / "input.xlsx").read_bytes() == b"scores"


# -------------------------------------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("昔阳县", "昔阳县"),
        ("../x", "／x"),
        ("..", "_"),
        ("", "_"),
        ("a/b\\c:d*e?", "a／b＼c：d＊e？"),
        ('<b>|"', "＜b＞｜＂"),
        ("尾点. .", "尾点"),
        (".隐藏", "隐藏"),
        ("CON", "CON_"),
        ("nul.txt", "nul_.txt"),
        ("com¹", "com¹_"),
        ("CONSOLE", "CONSOLE"),
        ("行\n=1\x1b[2J\x7f", "行=1[2J"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("\ud800x", "x"),
    ],
)
def test_file_names_that_every_system_takes(text, name):
    assert file_name(text) == name


def test_long_file_names_are_cut_between_characters():
    name = file_name("县" * 300)
    assert name == "县" * 24
    assert len(f"{name}-{name}-{name}-140724100.xlsx".encode()) < 255


# --------------------------------------------------------------------------------------------------------------- text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+cmd", "-x", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "-1+1", "-0.5分", "  =1", "\n\n =1", "\u3000=1",
        "\xa0=1", "＝1+1", "＋1+1", "－1+1", "＠SUM(A1)", "﹦1", "\ufeff=1", "\u200b=1", "\x00=1", "-3\n", "-3 ",
        '=cmd|"/C calc"!A0', '=HYPERLINK("http://x","y")', "=", "-", "+86 354", "=+1", "\t见附件", "-٣",
    ],
)  # fmt: skip
def test_formulas_are_defused(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    [
        "-0.5",
        "+3",
        "-3",
        "+5",
        "7",
        "T1.1",
        "良好",
        "",
        " ",
        "a=b",
        "'=1",
        "—无",
        "第1行\n=见附件",
        "0354-4123456",
        "3@x",
    ],
)
def test_harmless_text_stays(text):
    assert harmless(text) == text


@pytest.mark.parametrize(
    "text", ["一\n=1+1", "一\r=1", "a;=1+1", "a\t=1+1", 'a",=1+1', "a,=1+1", '";=1', "a|=1", " a"]
)
def test_text_with_a_separator_stays_one_field(text):
    """Whatever a spreadsheet program takes for the separator: the field is quoted, so that no new one begins inside."""
    line = csv_text(("a", "b"), [{"a": text, "b": "x"}]).split("\r\n", 1)[1]
    assert line.startswith('"')
    assert line == '"{}",x\r\n'.format(text.replace('"', '""'))
    assert list(csv.reader(io.StringIO(line, newline=""))) == [[text, "x"]]


def test_csv():
    text = csv_text(("a", "b"), [{"a": '引"号, 逗号', "b": None}, {"a": "=1", "b": 0}])
    assert text.endswith("\r\n")
    assert list(csv.reader(io.StringIO(text))) == [["a", "b"], ['引"号, 逗号', ""], ["'=1", "0"]]
