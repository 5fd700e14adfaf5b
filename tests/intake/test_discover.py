"""Every file is listed once, junk too; nothing is followed in circles."""

import os

import pytest

from huitoukan.intake.discover import discover


def test_files_are_listed_once_sorted_with_slashes(tmp_path):
    for name in ("b/2.xlsx", "b/1.xlsx", "a.xls", "~$a.xls", "c/.~锁.et", "Thumbs.db", "x.xlsx/inside.xlsx"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    found = discover(tmp_path)
    assert [s.path for s in found] == [
        "Thumbs.db",
        "a.xls",
        "b/1.xlsx",
        "b/2.xlsx",
        "c/.~锁.et",
        "x.xlsx/inside.xlsx",
        "~$a.xls",
    ]
    assert {s.path for s in found if s.junk} == {"Thumbs.db", "c/.~锁.et", "~$a.xls"}


def test_one_file_and_our_own_results(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/report.xlsx").write_bytes(b"")
    (tmp_path / "a.xlsx").write_bytes(b"")
    assert [s.path for s in discover(tmp_path, tmp_path / "out")] == ["a.xlsx"]
    assert [s.path for s in discover(tmp_path / "a.xlsx")] == ["a.xlsx"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes on Windows")
def test_loops_and_pipes(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "gone.xlsx").symlink_to(tmp_path / "nowhere.xlsx")
    os.mkfifo(tmp_path / "pipe.xlsx")
    found = {s.path: s.junk for s in discover(tmp_path)}
    assert found == {"gone.xlsx": False, "pipe.xlsx": True}


@pytest.mark.skipif(os.name == "nt", reason="names are text on Windows")
@pytest.mark.parametrize(
    ("raw", "shown"), [("祁县东观镇.xlsx".encode("gbk"), "祁县东观镇.xlsx"), (b"a\xff.xlsx", "a\\xff.xlsx")]
)
def test_names_that_are_not_utf8(tmp_path, raw, shown):
    try:
        (tmp_path / os.fsdecode(raw)).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system takes names of text only")
    (found,) = discover(tmp_path)
    assert found.path == shown
    assert found.location.is_file()
