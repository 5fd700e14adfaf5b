"""`huitoukan archive` and `huitoukan archive verify` as an analyst meets them."""

import csv
import io
import json
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from unittest.mock import patch

import pytest

from huitoukan.cli import app
from huitoukan.output import archive_store
from tests.cli.test_cli import DIRTY
from tests.cli.test_cli import run as run_program
from tests.support.filing import files_of, manifest, sha256, table, unzipped


def run(*arguments):
    """What the program does, without starting it anew: its exit code, and what it prints and says."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with (
        patch.object(sys, "argv", ["huitoukan", *map(str, arguments)]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = app.run()
    said = tuple(stream.buffer.getvalue().decode() for stream in (out, err))
    assert code != app.OUR_BUG, said
    return code, *said


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A few forms, a lock file and a document that nobody knows."""
    place = tmp_path_factory.mktemp("archive") / "报送"
    (place / "自评/昔阳县").mkdir(parents=True)
    for name in ("1_乐平镇.xlsx", "4_沾尚镇.xlsx"):
        shutil.copy(DIRTY / name, place / "自评/昔阳县" / name)
    (place / "~$1_乐平镇.xlsx").write_bytes(b"lock")
    (place / "说明.txt").write_bytes("无关".encode())
    return place


@pytest.fixture(scope="module")
def archive(data):
    """Its archive as a folder, and what was said about it."""
    out = data.parent / "档案"
    code, printed, said = run("archive", data, "--out", out)
    assert (code, printed) == (0, "")
    return out, said


def copied(archive, folder):
    shutil.copytree(archive[0], folder / "档案")
    return folder / "档案"


def test_archive_says_what_went_where_and_its_fingerprint(archive):
    out, said = archive
    assert "自评阶段 2 件" in said
    assert "待归类 1 件" in said
    assert "~$1_乐平镇.xlsx" in said
    assert sha256((out / "MANIFEST.json").read_bytes()) in said


def test_a_zip_holds_the_same(data, archive, tmp_path):
    code, _, said = run("archive", data, "--out", tmp_path / "档案.ZIP", "--jobs", "1")
    assert code == 0
    assert unzipped(tmp_path / "档案.ZIP") == files_of(archive[0])
    fingerprint = manifest_hash(archive)
    assert fingerprint in said
    assert run("archive", "verify", tmp_path / "档案.ZIP", "--hash", fingerprint)[0] == 0


def manifest_hash(archive):
    return sha256((archive[0] / "MANIFEST.json").read_bytes())


def test_nothing_of_the_machine_stands_in_the_archive(data, archive):
    record = manifest(files_of(archive[0]))
    assert record["command"] == {"command": "archive", "folder": "报送", "options": {"lang": "zh"}}
    assert not [
        path for path, content in files_of(archive[0]).items() if str(data.parent).encode() in content
    ]


def test_verify_says_that_all_is_whole(archive):
    code, out, err = run("archive", "verify", archive[0], "--hash", manifest_hash(archive).upper())
    assert (code, out) == (0, "")
    assert "完好" in err
    assert "没有给 --hash" not in err
    assert "没有给 --hash" in run("archive", "verify", archive[0])[2]


def test_verify_tells_what_is_not_as_it_was(archive, tmp_path):
    place = copied(archive, tmp_path)
    (place / "待归类/说明.txt").unlink()
    (place / "新.txt").write_text("x")
    with (place / "目录.xlsx").open("ab") as file:
        file.write(b"x")
    code, out, err = run("archive", "verify", place)
    assert code == 1
    for words in ("缺少", "待归类/说明.txt", "多出", "新.txt", "改动", "目录.xlsx", "补填"):
        assert words in out or words in err
    assert "改动 1 个、缺少 1 个、多出 1 个" in err
    code, out, _ = run("archive", "verify", place, "--format", "json", "--quiet")
    document = json.loads(out)
    assert (code, document["whole"]) == (1, False)
    assert document["summary"] == {
        "whole": len(document["files"]) - 3,
        "changed": 1,
        "missing": 1,
        "added": 1,
    }
    states = {file["path"]: file["state"] for file in document["files"]}
    assert states["新.txt"] == "added"
    assert len(states) == len(files_of(place)) + 1
    rows = list(csv.DictReader(io.StringIO(run("archive", "verify", place, "--format", "csv")[1])))
    assert {row["path"]: row["state"] for row in rows} == states
    lines = run("archive", "verify", place, "--format", "jsonl")[1].splitlines()
    assert {json.loads(line)["path"]: json.loads(line)["state"] for line in lines} == states
    code, out, err = run("archive", "verify", place, "--lang", "en")
    assert "1 changed, 1 missing, 1 added" in err


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["nowhere"], "找不到"),
        (["."], "不是本工具的归档"),
        (["说明.txt"], "不是文件夹, 也不是 zip".replace(", ", "，")),
        (["MANIFEST.json", "--hash", "12"], "64 位"),
        ([], "缺少 PLACE"),
    ],
)
def test_verify_of_what_cannot_be_verified(data, given, says):
    places = [
        data if one == "." else data / one if not one.startswith("-") and "." in one else one for one in given
    ]
    if "MANIFEST.json" in given:
        places[0] = data / "说明.txt"
    code, out, err = run("archive", "verify", *places)
    assert (code, out) == (2, "")
    assert says in err, err


def test_help_shows_both_commands():
    code, out, _ = run("--help")
    assert code == 0
    assert "archive verify" in out
    assert "PLACE" in run("archive", "verify", "--help")[1]
    assert "--with" in run("archive", "--help")[1]


def test_a_slip_of_the_pen_is_answered_with_both_commands():
    code, _, err = run("archiv", "x")
    assert code == 2
    assert "相近的有：archive、archive verify。" in err


# ------------------------------------------------------------------------------------------- results, places


def test_results_go_with_the_checks_and_must_be_of_these_files(data, tmp_path):
    home = tmp_path / "报送"
    shutil.copytree(data, home)
    results = home / "结果"
    assert run("report", home, "--out", results, "--county", "昔阳县", "--quiet")[0] == 0
    code, _, said = run("archive", home, "--with", results, "--out", tmp_path / "A", "--county", "昔阳县")
    assert code == 0
    assert "不是由这些文件得出" not in said
    kept = files_of(tmp_path / "A/检查阶段/检查结果")
    assert kept == files_of(results)
    record = manifest(files_of(tmp_path / "A"))
    assert record["results"] == {"other_files": 0}
    assert {f["role"] for f in record["files"] if "检查结果/" in f["path"]} == {"result"}
    titles = {
        row["文件位置"]: row["题名"] for row in table((tmp_path / "A/检查阶段/卷内目录.xlsx").read_bytes())
    }
    assert titles["检查结果/report.html"] == "检查情况报告"
    assert titles["检查结果/feedback/昔阳县.html"] == "昔阳县核对反馈"
    with (home / "自评/昔阳县/1_乐平镇.xlsx").open("ab") as file:
        file.write(b" ")
    said = run("archive", home, "--with", results, "--out", tmp_path / "B", "--county", "昔阳县")[2]
    assert "1 个文件（“自评/昔阳县/1_乐平镇.xlsx”等）不同" in said


def refused(*arguments, says):
    code, out, err = run("archive", *arguments)
    assert (code, out) == (2, ""), err
    assert says in err, err


def test_places_that_are_refused(data, archive, tmp_path):
    before = files_of(data.parent)
    refused(data, says="--out")
    refused(data, "--out", data / "档案", says="一个在另一个里面")
    refused(data, "--out", data / "档案.zip", says="一个在另一个里面")
    refused(data / "自评", "--out", data, says="一个在另一个里面")
    refused(data, "--out", archive[0], says="--force")
    refused(data, "--out", data.parent, says="一个在另一个里面")
    (tmp_path / "他人").mkdir()
    (tmp_path / "他人/论文.docx").write_bytes(b"x")
    (tmp_path / "他人.zip").write_bytes(b"PK")
    refused(data, "--out", tmp_path / "他人", "--force", says="已有别的东西")
    refused(data, "--out", tmp_path / "他人.zip", "--force", says="已有别的东西")
    refused(data, "--out", tmp_path / "A", "--with", data / "说明.txt", says="不是文件夹")
    refused(data, "--out", tmp_path / "A", "--date", "昨天", says="不是日期")
    assert files_of(data.parent) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["他人", "他人.zip"]


def test_an_archive_is_replaced_only_when_told_and_when_nothing_is_lost(data, archive, tmp_path):
    place = copied(archive, tmp_path)
    (place / "检查阶段/后来的.txt").write_text("x")
    refused(data, "--out", place, "--force", says="检查阶段/后来的.txt")
    (place / "检查阶段/后来的.txt").unlink()
    assert run("archive", data, "--out", place, "--force", "--date", "2024-07-01")[0] == 0
    assert manifest(files_of(place))["date"] == "2024-07-01"
    assert run("archive", "verify", place)[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["档案"]


def test_a_file_that_cannot_be_read_stops_the_archive(data, tmp_path, monkeypatch):
    def failing(piece, target):
        raise PermissionError(13, "Permission denied", "说明.txt")

    monkeypatch.setattr(archive_store, "_copy", failing)
    refused(data, "--out", tmp_path / "A", says="“说明.txt”没有权限")
    assert list(tmp_path.iterdir()) == []


def test_a_console_of_gbk_is_enough(data, tmp_path):
    assert run_program("archive", data, "--out", tmp_path / "A", encoding="gbk")[0] == 0
    code, out, err = run_program("archive", "verify", tmp_path / "A", encoding="gbk")
    assert (code, out) == (0, "")
    assert "归档完好" in err
