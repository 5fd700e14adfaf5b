"""`huitoukan fix`: copies beside the originals, a log that is played again or refused line by line."""

import csv
import io
import json
import random
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from huitoukan.cli import app
from huitoukan.model import Stage
from huitoukan.output.zip_parts import splice
from tests.cli.test_cli import SAMPLES
from tests.cli.test_cli import run as run_alone
from tests.support.archives import locked, zipped
from tests.support.city.city import city
from tests.support.forms import Layout, build, filling, units
from tests.support.mails import Attachment, mail

PLAIN = Layout(fields="beside", colon="")


def form(code: str, *texts: tuple[str, str]) -> tuple[bytes, dict[str, str]]:
    """A form of a unit with some scores as texts (`{}` is the number), and where its scores stand."""
    unit = next(unit for unit in units() if unit.code == code)
    data, places = build(PLAIN, [filling(random.Random(code), unit, Stage.SELF, deducted=0.2)])
    own = places[unit.name]
    workbook = load_workbook(io.BytesIO(data))
    for item, text in texts:
        cell = workbook.worksheets[0][own[item]]
        cell.value = text.format(f"{cell.value:g}")
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue(), own


LEPING, CELLS = form("140724100", ("T1.1", "{}分"), ("T1.2", " {}"), ("T1.3", "约{}"))
GAOLUO, _ = form("140724101", ("T1.1", "{} "))
CLEAN, _ = form("140724102")


@pytest.fixture
def run(monkeypatch, capsysbinary):
    """The program in this process, which saves the start of an interpreter and of its workers each time."""

    def call(*arguments):
        monkeypatch.setattr("sys.argv", ["huitoukan", *map(str, arguments)])
        code = app.run()
        out, err = (text.decode("utf-8") for text in capsysbinary.readouterr())
        return code, out, err

    return call


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "报送"
    files = {
        "乐平镇.xlsx": LEPING,
        "昔阳县/干净.xlsx": CLEAN,
        "昔阳县/说明.txt": b"x",
        "~$乐平镇.xlsx": b"lock",
        "打包.zip": zipped([("皋落镇.xlsx", GAOLUO), ("说明.txt", b"y")], "gb18030"),
        "里外.zip": zipped({"里.zip": zipped({"皋落.xlsx": GAOLUO})}),
        "加锁.zip": locked("皋落镇.xlsx", GAOLUO, b"secret"),
        "来信.eml": mail([Attachment("皋落镇.xlsx", GAOLUO)]),
    }
    for path, data in files.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(data)
    return place


def contents(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def log(out: Path) -> list[dict[str, str]]:
    return list(
        csv.DictReader(io.StringIO((out / "changes.csv").read_text(encoding="utf-8-sig"), newline=""))
    )


def scores(data: bytes) -> dict[str, object]:
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    return {item: sheet[cell].value for item, cell in CELLS.items()}


def test_copies_log_and_archives(run, folder, tmp_path):
    before, out = contents(folder), tmp_path / "修复"
    code, printed, told = run("fix", folder, "--out", out, "--password", "secret", "--format", "json")
    assert code == 0
    assert contents(folder) == before  # the originals are what they were
    assert "修复了 4 处，在 3 个文件里。" in told
    after = contents(out)
    assert set(after) == {name for name in before if not name.startswith("~$")} | {
        "changes.csv",
        "changes.json",
    }
    unchanged = {"昔阳县/干净.xlsx", "昔阳县/说明.txt", "加锁.zip", "来信.eml"}
    assert {name for name in before if before[name] == after.get(name)} == unchanged
    assert (scores(before["乐平镇.xlsx"])["T1.1"], scores(after["乐平镇.xlsx"])["T1.1"]) == ("3.5分", 3.5)
    assert str(scores(after["乐平镇.xlsx"])["T1.3"]).startswith("约")  # a guess stays
    lines = {(one["file"], one["cell"]): one for one in log(out)}
    states = {file: one["state"] for (file, _), one in lines.items()}
    assert states == {
        "乐平镇.xlsx": "done", "打包.zip/皋落镇.xlsx": "done", "里外.zip/里.zip/皋落.xlsx": "done",
        "加锁.zip/皋落镇.xlsx": "refused", "来信.eml/皋落镇.xlsx": "refused",
    }  # fmt: skip
    assert "附件" in lines["来信.eml/皋落镇.xlsx", CELLS["T1.1"]]["why"]
    assert "密码" in lines["加锁.zip/皋落镇.xlsx", CELLS["T1.1"]]["why"]
    data = json.loads((out / "changes.json").read_text(encoding="utf-8"))
    assert data["changes"] == json.loads(printed)["changes"]
    assert [one["before"] for one in data["changes"][:1]] == ["3.5分"]
    assert data["summary"] == {"done": 4, "planned": 0, "left": 0, "refused": 2}
    with zipfile.ZipFile(io.BytesIO(after["打包.zip"])) as archive:
        with zipfile.ZipFile(io.BytesIO(before["打包.zip"])) as old:
            assert [i.orig_filename for i in archive.infolist()] == [i.orig_filename for i in old.infolist()]
            assert archive.read(archive.infolist()[1]) == b"y"
        assert archive.testzip() is None
    # the same again: the same bytes, over what was written before
    assert run("fix", folder, "--out", out, "--password", "secret", "--quiet", "--format", "csv")[0] == 0
    assert contents(out) == after
    # and nothing more to do in the copy
    again = run("fix", out, "--out", tmp_path / "再", "--password", "secret", "--format", "json")[1]
    assert json.loads(again)["summary"]["done"] == 0


def test_nothing_else_changes_for_validate(run, folder, tmp_path):
    out = tmp_path / "修复"
    for copy in (
        "里外.zip",
        "加锁.zip",
        "来信.eml",
    ):  # which is the same file as one that is repaired only now
        (folder / copy).unlink()
    assert run("fix", folder, "--out", out, "--quiet")[0] == 0
    assert len(compare(run, folder, out)) == 3


def test_samples_and_the_made_up_city(run, tmp_path):
    out = tmp_path / "样例"
    assert run("fix", SAMPLES, "--out", out, "--quiet")[0] == 0
    assert len(compare(run, SAMPLES, out)) == 2
    place = tmp_path / "市"
    city(2024).write(place)
    dirtied(place)
    out = tmp_path / "市修复"
    assert run("fix", place, "--out", out, "--quiet")[0] == 0
    assert len(compare(run, place, out)) > 40


def dirtied(place: Path) -> None:
    """Numbers as texts in every fourth workbook of a folder: 4 as 4分, and full-width ones."""
    for n, path in enumerate(sorted(place.rglob("*.xlsx"))):
        if n % 4:
            continue
        with warnings.catch_warnings(action="ignore"):
            workbook = load_workbook(path)
        for sheet in workbook.worksheets:
            for row in sheet.iter_rows(min_row=8, max_row=14):
                for cell in row:
                    if isinstance(cell.value, float | int) and not isinstance(cell.value, bool):
                        cell.value = f"{cell.value:g}分" if cell.row % 2 else f" {cell.value:g}"
        workbook.save(path)


def compare(run: Any, before: Path, after: Path) -> set[tuple[str, str, str]]:
    """The repaired findings; everything else that `validate` and `aggregate` say of two folders is the same."""
    old, new = (
        json.loads(run("validate", one, "--format", "json", "--fail-on", "never")[1])
        for one in (before, after)
    )
    done = {
        (one["code"], one["file"], one["cell"])
        for one in log(after)
        if one["state"] == "done" and one["code"]
    }
    touched = {(one["file"], one["cell"]) for one in log(after) if one["state"] == "done"}

    def told(document):
        found = []
        for one in document["findings"]:
            place = (one["file"], one["cell"])
            first, _, last = (one["cell"] or "").partition(":")
            cells = [one["cell"]]
            if one["code"] == "L227" and last:
                column = first.rstrip("0123456789")
                cells = [
                    f"{column}{n}" for n in range(int(first[len(column) :]), int(last[len(column) :]) + 1)
                ]
            value = None if place in touched or one["code"] == "L227" else one["value"]
            found += [
                (one["code"], one["file"], cell, one["severity"], one["unit"], one["stage"], value)
                for cell in cells
            ]
        return sorted(found, key=str)

    assert told(new) == [one for one in told(old) if one[:3] not in done]
    assert done <= {one[:3] for one in told(old)}
    verdicts = [
        json.loads(run("aggregate", one, "--format", "json", "--quiet")[1]) for one in (before, after)
    ]
    assert verdicts[0] == verdicts[1]
    return done


def test_a_log_is_played_line_by_line(run, folder, tmp_path):
    draft, out = tmp_path / "清单", tmp_path / "修复"
    code, _, told = run("fix", folder, "--out", draft, "--dry-run")
    assert code == 0
    assert "可以修复 4 处" in told
    assert set(contents(draft)) == {"changes.csv", "changes.json"}
    lines = log(draft)
    assert {one["state"] for one in lines} == {"planned", "refused"}
    own = [one for one in lines if one["file"] == "乐平镇.xlsx"]
    assert [(one["cell"], one["before"], one["apply"]) for one in own] == [
        (CELLS["T1.1"], "“3.5分”", "是"), (CELLS["T1.2"], f"“ {scores(LEPING)['T1.2'].strip()}”", "是"),
    ]  # fmt: skip
    own[0]["apply"] = "否"
    other = dict(own[1]) | {"cell": CELLS["T1.3"], "before": own[1]["before"]}
    gone = dict(own[1]) | {"file": "没有.xlsx"}
    empty = dict(own[1]) | {"cell": "ZZ99"}
    edited = dict(lines[-1]) | {"file": "打包.zip/皋落镇.xlsx", "after": "3.5", "apply": "yes"}
    (tmp_path / "改过.csv").write_text(
        as_csv([*own, other, gone, empty, edited]), encoding="gb18030", newline=""
    )
    code, _, told = run("fix", folder, "--out", out, "--changes", tmp_path / "改过.csv")
    assert code == 0
    assert "修复了 1 处，在 1 个文件里。" in told
    after = contents(out)
    assert scores(after["乐平镇.xlsx"])["T1.1"] == "3.5分"
    assert isinstance(scores(after["乐平镇.xlsx"])["T1.2"], int | float)
    assert after["打包.zip"] == (folder / "打包.zip").read_bytes()
    played = {(one["file"], one["cell"]): one for one in log(out)}
    assert played["乐平镇.xlsx", CELLS["T1.1"]]["state"] == "left"
    assert played["乐平镇.xlsx", CELLS["T1.2"]]["state"] == "done"
    why = {
        key: one["why"] for key, one in played.items() if one["state"] == "refused" and one["apply"] == "是"
    }
    assert "现在是“约" in why["乐平镇.xlsx", CELLS["T1.3"]]
    assert "没有读到这个文件" in why["没有.xlsx", CELLS["T1.2"]]
    assert "空的" in why["乐平镇.xlsx", "ZZ99"]
    assert "3.5" in why["打包.zip/皋落镇.xlsx", lines[-1]["cell"]]
    assert "另有" in told


def as_csv(lines: list[dict[str, str]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, lines[0])
    writer.writeheader()
    writer.writerows(lines)
    return stream.getvalue()


def test_a_broken_log_and_a_wrong_place_change_nothing(run, folder, tmp_path):
    bad = tmp_path / "坏.csv"
    bad.write_text("apply,file,sheet,cell,before,after\n也许,a,b,C3,x,y\n", encoding="utf-8")
    code, out, err = run_alone("fix", folder, "--out", tmp_path / "修复", "--changes", bad)
    assert (code, out) == (2, "")
    assert "坏.csv:2:1: R941" in err
    assert not (tmp_path / "修复").exists()
    for inside, place in (
        (folder / "修复", folder),
        (tmp_path, folder),
        (folder, folder),
        (folder, folder / "乐平镇.xlsx"),
    ):
        code, _, err = run("fix", place, "--out", inside)
        assert code == 2
        assert "--out" in err
    assert run("fix", folder)[0] == 2
    assert run("fix", folder, "--out", tmp_path / "修复", "--changes", tmp_path / "没有.csv")[0] == 2


def test_a_copy_that_somebody_worked_on_stays(run, folder, tmp_path):
    out = tmp_path / "修复"
    assert run("fix", folder, "--out", out, "--quiet")[0] == 0
    (out / "乐平镇.xlsx").write_bytes(b"edited")
    (folder / "昔阳县/说明.txt").unlink()
    code, _, err = run("fix", folder, "--out", out)
    assert code == 2
    assert "乐平镇.xlsx" in err
    assert (out / "昔阳县/说明.txt").exists()
    assert run("fix", folder, "--out", out, "--force", "--lang", "en")[0] == 0
    assert (out / "乐平镇.xlsx").read_bytes() != b"edited"
    assert not (out / "昔阳县/说明.txt").exists()  # ours, and gone from the folder
    assert log(out)[0]["apply"] == "Yes"


def test_one_workbook_one_stage_one_county(run, folder, tmp_path):
    assert run("fix", folder / "乐平镇.xlsx", "--out", tmp_path / "一")[0] == 0
    assert set(contents(tmp_path / "一")) == {"乐平镇.xlsx", "changes.csv", "changes.json"}
    for option in (("--stage", "city"), ("--county", "祁县")):
        assert run("fix", folder, "--out", tmp_path / option[1], *option)[0] == 0
        assert log(tmp_path / option[1]) == []


def test_zips_keep_what_they_say_besides_their_files():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.comment = "备注".encode()
        for name, method in (
            ("a.bin", zipfile.ZIP_STORED),
            ("b/c.xml", zipfile.ZIP_DEFLATED),
            ("d.txt", zipfile.ZIP_DEFLATED),
        ):
            info = zipfile.ZipInfo(name, (2020, 2, 3, 4, 5, 6))
            info.comment, info.compress_type = b"c", method
            with archive.open(info, "w", force_zip64=name == "b/c.xml") as entry:
                entry.write(name.encode() * 50)
    data = stream.getvalue()
    changed = splice(data, {1: b"new" * 9})
    with zipfile.ZipFile(io.BytesIO(changed)) as archive:
        assert archive.comment == "备注".encode()
        assert [archive.read(name) for name in archive.namelist()] == [
            b"a.bin" * 50,
            b"new" * 9,
            b"d.txt" * 50,
        ]
        assert {(i.date_time, i.comment) for i in archive.infolist()} == {((2020, 2, 3, 4, 5, 6), b"c")}
    assert splice(changed, {1: b"b/c.xml" * 50}) == splice(splice(data, {1: b""}), {1: b"b/c.xml" * 50})
    assert splice(data, {}) == data
