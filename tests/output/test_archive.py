"""The archive (R34): every file in its place and whole, lists that say so, the same bytes every time, all of it or nothing."""

from __future__ import annotations

import io
import os
import random
import shutil
import subprocess
import sys
import time
import tracemalloc
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from huitoukan.model import Stage
from huitoukan.output import archive_store
from huitoukan.output.archive_store import ChangedError, Piece, held, on_disk, write_folder, write_zip
from huitoukan.output.files import is_temporary
from tests.support.archives import zipped
from tests.support.filing import (
    DAY,
    SAMPLES,
    contents,
    document_rows,
    files_of,
    manifest,
    planned,
    sha256,
    table,
    unzipped,
    write,
)
from tests.support.forms import Layout, build, filling, units
from tests.support.mails import Attachment, mail

MOMENT = datetime(2024, 5, 10)
LOCK = "县级检查/榆社县/~$榆社县县级检查汇总.xlsx"


@pytest.fixture(scope="module")
def samples():
    return planned(SAMPLES)


@pytest.fixture(scope="module")
def filed(samples):
    """The samples as they are archived, by path."""
    return contents(samples)


def form(code, stage, seed=1):
    unit = next(unit for unit in units() if unit.code == code)
    return build(Layout(), [filling(random.Random(seed), unit, stage)])[0]


def both_stages():
    unit = next(unit for unit in units() if unit.code == "140724100")
    rng = random.Random(3)
    return build(Layout(), [filling(rng, unit, stage) for stage in (Stage.SELF, Stage.COUNTY)])[0]


# ---------------------------------------------------------------------------------------------------------- places


def test_every_file_is_kept_once_and_unchanged(filed):
    received = files_of(SAMPLES)
    kept = {f["source"]: f for f in manifest(filed)["files"] if f["role"] == "received"}
    assert set(received) - set(kept) == {"campaign.yaml", LOCK}
    assert not set(kept) - set(received)
    for source, file in kept.items():
        assert filed[file["path"]] == received[source]
        assert (file["sha256"], file["size"]) == (sha256(received[source]), len(received[source]))
    assert filed["检查活动/campaign.yaml"] == received["campaign.yaml"]


def test_each_stage_has_its_group(filed):
    groups = {f["source"]: f["group"] for f in manifest(filed)["files"] if "source" in f}
    folders = {"自评": "自评阶段", "县级检查": "检查阶段", "市级检查": "检查阶段"}
    placed = {s: g for s, g in groups.items() if g != "待归类" and "归档资料" not in s}
    assert len(placed) == 68
    # 自评/榆社县/县级检查-榆社县-西马乡.xlsx says 自评 inside: the sheet decides, and not its name
    assert {s: g for s, g in placed.items() if folders[s.partition("/")[0]] != g} == {}


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("自评/榆社县/县级检查-榆社县-西马乡.xlsx", "自评阶段/榆社县/西马乡/县级检查-榆社县-西马乡.xlsx"),
        (
            "县级检查/榆社县/榆社县统计局县级检查评分表.xlsx",
            "检查阶段/榆社县/榆社县统计局/榆社县统计局县级检查评分表.xlsx",
        ),
        (
            "县级检查/左权县/左权县乡镇县级检查评分表（3个乡镇）.xlsx",
            "检查阶段/左权县/左权县乡镇县级检查评分表（3个乡镇）.xlsx",
        ),
        ("县级检查/榆社县/归档资料/统计法宣传活动.pdf", "完善阶段/榆社县/统计法宣传活动.pdf"),
        ("县级检查/榆社县/归档资料/检查组名单和检查安排.docx", "检查阶段/榆社县/检查组名单和检查安排.docx"),
        ("县级检查/和顺县/马坊乡（补报）.rar", "待归类/县级检查/和顺县/马坊乡（补报）.rar"),
        ("县级检查/和顺县/补报义兴镇调查问卷.eml", "检查阶段/和顺县/义兴镇/补报义兴镇调查问卷.eml"),
    ],
)
def test_where_files_go(filed, source, path):
    assert manifest(filed)["by_path"][path]["source"] == source


def test_what_has_no_place_is_listed_with_the_reason(filed):
    reasons = {row["原来的位置"]: row["原因"] for row in table(filed["待归类/卷内目录.xlsx"])}
    assert reasons[LOCK] == "程序留下的临时文件，没有归档"
    assert reasons["自评/和顺县/评分表(1).xls"] == "看不出是哪个单位的评分表"
    assert reasons["自评/和顺县/横岭镇评分表(更正).xlsx"] == "文件是空的（0 字节）"
    assert reasons["自评/左权县/桐峪镇村级统计员花名册.xlsx"] == "里面没有评分表或调查问卷"
    assert reasons["县级检查/和顺县/马坊乡（补报）.rar"] == "这种压缩包不能直接读取"
    assert all(reasons.values())
    record = manifest(filed)
    assert len(reasons) == sum(f.get("group") == "待归类" for f in record["files"]) + len(record["left_out"])


def test_a_zip_is_kept_as_it_came_and_listed_with_its_files(filed):
    path = "检查阶段/和顺县/横岭镇/横岭镇、马坊乡.zip"
    members = manifest(filed)["by_path"][path]["members"]
    with zipfile.ZipFile(io.BytesIO(filed[path]), metadata_encoding="gbk") as archive:
        own = {name: sha256(archive.read(name)) for name in archive.namelist()}
    assert [m["sha256"] for m in members] == [own[m["path"]] for m in members]
    rows = table(filed["检查阶段/卷内目录.xlsx"])
    at = next(n for n, row in enumerate(rows) if row["原来的位置"] == "县级检查/和顺县/横岭镇、马坊乡.zip")
    assert rows[at]["备注"] == "内有 2 个文件"
    assert [row["序号"] for row in rows[at : at + 3]] == [44, None, None]
    assert [row["题名"] for row in rows[at + 1 : at + 3]] == ["内有：和顺县横岭镇县级检查评分表"] * 2


def test_numbers_run_through_and_counties_follow_the_roster(filed):
    rows = table(filed["检查阶段/卷内目录.xlsx"])
    numbers = [row["序号"] for row in rows if row["序号"] is not None]
    assert numbers == list(range(1, 46))
    counties = [row["文件位置"].partition("/")[0] for row in rows]
    assert list(dict.fromkeys(counties)) == ["榆社县", "左权县", "和顺县"]
    copies = [row["备注"] for row in rows if "（副本）" in row["原来的位置"]]
    assert copies == ["与第 19 件相同"]


def test_authors_and_days(filed):
    rows = {row["原来的位置"]: row for row in table(filed["检查阶段/卷内目录.xlsx"])}
    county, city = (
        rows["县级检查/榆社县/云簇镇评分表.xlsx"],
        rows["市级检查/榆社县/市级检查-榆社县-云簇镇.xlsx"],
    )
    assert (county["责任者"], county["题名"], county["日期"]) == (
        "榆社县统计局", "榆社县云簇镇县级检查评分表", "20240529",
    )  # fmt: skip
    assert (city["责任者"], city["日期"]) == ("晋中市统计局", "20240613")
    own = {row["原来的位置"]: row for row in table(filed["自评阶段/卷内目录.xlsx"])}
    assert own["自评/榆社县/社城镇2024年自评.xlsx"]["责任者"] == "榆社县社城镇"
    assert {row["文号"] for row in rows.values()} == {None}  # the archivist's to fill in
    assert {row["页号/份数"] for row in rows.values()} == {None}


def test_names_that_clash_are_numbered_and_say_so(tmp_path):
    first, other = form("140724100", Stage.SELF, 1), form("140724100", Stage.SELF, 2)
    folder = write(
        tmp_path / "in", {"甲/评分表.xlsx": first, "乙/评分表.XLSX": other, "丙/评分表(2).xlsx": first}
    )
    filed = contents(planned(folder))
    names = {f["source"]: f["path"].rpartition("/")[2] for f in manifest(filed)["files"] if "source" in f}
    assert names == {
        "丙/评分表(2).xlsx": "评分表(2).xlsx", "乙/评分表.XLSX": "评分表.XLSX", "甲/评分表.xlsx": "评分表(3).xlsx",
    }  # fmt: skip
    rows = {row["原来的位置"]: row["备注"] for row in table(filed["自评阶段/卷内目录.xlsx"])}
    assert rows == {
        "丙/评分表(2).xlsx": None, "乙/评分表.XLSX": None, "甲/评分表.xlsx": "原名评分表.xlsx；与第 1 件相同",
    }  # fmt: skip


def test_what_belongs_to_two_groups_is_kept_in_one_and_found_from_the_other(tmp_path):
    folder = write(tmp_path / "in", {"昔阳县/乐平镇全部.xlsx": both_stages()})
    filed = contents(planned(folder))
    assert "检查阶段/昔阳县/乐平镇/乐平镇全部.xlsx" in filed
    (row,) = table(filed["检查阶段/卷内目录.xlsx"])
    assert (row["序号"], row["备注"]) == (1, "其中有自评阶段的内容")
    (see,) = table(filed["自评阶段/卷内目录.xlsx"])
    assert (see["序号"], see["题名"], see["备注"]) == (
        None, "另见：昔阳县乐平镇自评评分表", "原件在检查阶段第 1 件",
    )  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="Windows takes no such names")
def test_names_that_no_windows_takes_are_made_such(tmp_path):
    folder = write(tmp_path / "in", {"乐平镇:自评?.xlsx": form("140724100", Stage.SELF), "=1+1.txt": b"x"})
    filed = contents(planned(folder))
    assert "自评阶段/昔阳县/乐平镇/乐平镇：自评？.xlsx" in filed
    cells = load_workbook(io.BytesIO(filed["待归类/卷内目录.xlsx"])).worksheets[0]
    (cell,) = (cell for row in cells for cell in row if cell.value == "=1+1.txt" and cell.column == 2)
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_left_out_and_a_mail_without_files_says_so(tmp_path):
    folder = write(tmp_path / "in", {"空.eml": mail(), "a/~$b.xlsx": b"x"})
    os.mkfifo(folder / "管道.xlsx")
    filed = contents(planned(folder))
    reasons = {row["原来的位置"]: row["原因"] for row in table(filed["待归类/卷内目录.xlsx"])}
    assert reasons == {
        "空.eml": "里面没有文件", "a/~$b.xlsx": "程序留下的临时文件，没有归档",
        "管道.xlsx": "不是普通文件，是链接之类，没有归档",
    }  # fmt: skip


def test_the_archive_of_one_county(tmp_path):
    ours, theirs = form("140724100", Stage.SELF), form("140721100", Stage.SELF)
    letter = mail(attachments=[Attachment("箕城镇.xlsx", theirs)])
    files = {"乐平镇.xlsx": ours, "箕城镇.xlsx": theirs, "别县.eml": letter, "两县.zip": zipped({"a.xlsx": ours, "b.xlsx": theirs})}  # fmt: skip
    filed = contents(planned(write(tmp_path / "in", files), county="140724"))
    record = manifest(filed)
    assert {f["source"] for f in record["files"] if "source" in f} == {"乐平镇.xlsx", "两县.zip"}
    assert record["left_out"] == [{"source": "别县.eml", "why": "里面没有这个县的文件"}]
    assert table(filed["目录.xlsx"])[1]["件数"] == 2


# ---------------------------------------------------------------------------------------------------------- lists


def test_the_list_of_lists_counts_what_the_lists_hold(filed):
    volumes = table(filed["目录.xlsx"])
    for row in volumes:
        inside = table(filed[f"{row['文件夹']}/卷内目录.xlsx"])
        assert row["件数"] == sum(one["序号"] is not None for one in inside)
    assert [row["文件夹"] for row in volumes] == ["检查阶段", "自评阶段", "完善阶段", "待归类"]
    counties = table(filed["目录.xlsx"], 1)
    for group in ("检查阶段", "自评阶段", "完善阶段"):
        rows = table(filed[f"{group}/卷内目录.xlsx"])
        for county in counties:
            own = [r for r in rows if r["序号"] and r["文件位置"].startswith(county["县（区、市）"])]
            assert county[group] == len(own)


@pytest.mark.parametrize("group", ["检查阶段", "自评阶段", "完善阶段", "待归类"])
def test_document_and_workbook_say_the_same(filed, group):
    head, *rows = document_rows(filed[f"{group}/卷内目录.docx"])
    columns = ["".join(cell) for cell in head]
    told = [{column: cell[0] for column, cell in zip(columns, row, strict=True)} for row in rows]
    book = table(filed[f"{group}/卷内目录.xlsx"])
    assert told == [{column: str(row[column] or "") for column in columns} for row in book]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_libreoffice_reads_the_lists_as_they_are(filed, tmp_path):
    for name in ("检查阶段", "待归类"):
        (tmp_path / f"{name}.docx").write_bytes(filed[f"{name}/卷内目录.docx"])
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--norestore", "--convert-to", "txt:Text (encoded):UTF8"]
    sources = [str(path) for path in tmp_path.glob("*.docx")]
    subprocess.run(
        [*command, "--outdir", str(tmp_path), *sources], check=True, capture_output=True, timeout=300
    )
    for name, columns in (("检查阶段", ("责任者", "题名", "日期", "备注")), ("待归类", ("文件", "原因"))):
        text = (tmp_path / f"{name}.txt").read_text("utf-8-sig")
        at = 0
        for row in table(filed[f"{name}/卷内目录.xlsx"]):
            for column in columns:
                if row[column]:
                    at = text.index(row[column], at)  # one after the other, as in the workbook
    assert "立卷人：" in text[at:]


def test_the_document_is_a_paper_of_an_office(filed):
    with zipfile.ZipFile(io.BytesIO(filed["检查阶段/卷内目录.docx"])) as parts:
        body = parts.read("word/document.xml").decode()
        fonts = parts.read("word/fontTable.xml").decode()
        footer = "".join(parts.read(n).decode() for n in parts.namelist() if n.startswith("word/footer"))
        assert {entry.date_time for entry in parts.infolist()} == {(2024, 5, 10, 0, 0, 0)}
        assert b"2024-05-10T00:00:00Z</dcterms:modified>" in parts.read("docProps/core.xml")
    assert 'w:w="11906"' in body  # A4
    assert body.count("<w:tblHeader/>") == 1
    assert "仿宋_GB2312" in body
    assert '<w:altName w:val="仿宋;FangSong' in fonts
    assert " PAGE " in footer


# ---------------------------------------------------------------------------------------------------------- manifest


def test_the_manifest_says_what_the_archive_was_made_from(filed):
    record = manifest(filed)
    assert record["campaign"]["sha256"] == sha256((SAMPLES / "campaign.yaml").read_bytes())
    for key in ("campaign", "rubric", "roster"):
        assert sha256(filed[record[key]["file"]]) == record[key]["sha256"]
    assert record["date"] is None
    assert record["counts"]["files"] == 94
    assert record["counts"]["counties"] == {"pass": 1, "fail": 1, "pending": 1}
    assert set(filed) == {f["path"] for f in record["files"]} | {"MANIFEST.json", "MANIFEST.sha256"}


def test_another_program_can_check_the_sums(samples, tmp_path):
    write_folder(samples.pieces, tmp_path / "档案")
    program = shutil.which("sha256sum") or shutil.which("shasum")
    if program is not None:
        command = [program, *(["-a", "256"] if program.endswith("shasum") else []), "-c", "MANIFEST.sha256"]
        done = subprocess.run(command, cwd=tmp_path / "档案", capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
    lines = (tmp_path / "档案/MANIFEST.sha256").read_text("utf-8").splitlines()
    own = {line[66:]: line[:64] for line in lines}
    assert own == {p: sha256(d) for p, d in files_of(tmp_path / "档案").items() if p != "MANIFEST.sha256"}


def test_the_day_is_the_users_or_none(tmp_path):
    folder = write(tmp_path / "in", {"乐平镇.xlsx": form("140724100", Stage.SELF)})
    archive = planned(folder, day=DAY)
    assert manifest(contents(archive))["date"] == "2024-07-01"
    assert archive.moment.date() == DAY
    with zipfile.ZipFile(io.BytesIO(contents(archive)["自评阶段/卷内目录.docx"])) as parts:
        assert "立卷日期：20240701" in parts.read("word/document.xml").decode()


# ---------------------------------------------------------------------------------------------------------- writing


def test_the_same_input_gives_the_same_bytes_as_folder_and_as_zip(samples, tmp_path):
    again = planned(SAMPLES)
    assert again.pieces == samples.pieces
    write_folder(samples.pieces, tmp_path / "A")
    for name, archive in (("A.zip", samples), ("B.zip", again)):
        write_zip(archive.pieces, tmp_path / name, archive.moment)
        time.sleep(0.01)
    assert (tmp_path / "A.zip").read_bytes() == (tmp_path / "B.zip").read_bytes()
    assert unzipped(tmp_path / "A.zip") == files_of(tmp_path / "A") == contents(samples)


def test_large_zips_are_zip64(tmp_path, monkeypatch):
    """The limits of old zips are made small, instead of files large."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 3)
    big = random.Random(1).randbytes(5000)
    pieces = [held(f"检查阶段/{n}.bin", big[: n * 900]) for n in range(1, 6)]
    write_zip(pieces, tmp_path / "a.zip", MOMENT)
    data = (tmp_path / "a.zip").read_bytes()
    assert b"PK\x06\x06" in data  # the directory's own end for zip64
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert [entry.extract_version for entry in archive.infolist()] == [20, 45, 45, 45, 45]
        assert all(entry.flag_bits & 0x800 for entry in archive.infolist())  # names say that they are UTF-8
    monkeypatch.undo()
    assert unzipped(tmp_path / "a.zip") == {piece.path: piece.source for piece in pieces}
    program = shutil.which("unzip")
    if program is not None:
        assert (
            subprocess.run([program, "-tq", tmp_path / "a.zip"], capture_output=True, check=False).returncode
            == 0
        )


def test_large_files_are_never_in_memory(tmp_path):
    with (tmp_path / "big").open("wb") as file:
        file.truncate(40 * 1024 * 1024)
    tracemalloc.start()
    pieces = [on_disk("a", tmp_path / "big")]
    write_zip(pieces, tmp_path / "a.zip", MOMENT)
    write_folder(pieces, tmp_path / "a")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024


@pytest.mark.parametrize("writer", ["folder", "zip"])
def test_a_file_that_changes_meanwhile_spoils_the_archive_and_nothing_else(tmp_path, writer):
    source = write(tmp_path, {"a.txt": b"before"}) / "a.txt"
    before = on_disk("a.txt", source)
    for changed in (b"behind", b"longer than before", b""):
        source.write_bytes(changed)
        with pytest.raises(ChangedError):
            put([held("first", b"1"), before], tmp_path / "out", writer)
        assert files_of(tmp_path) == {"a.txt": changed}


def put(pieces, out, writer):
    if writer == "zip":
        write_zip(pieces, out, MOMENT)
    else:
        write_folder(pieces, out)


@pytest.mark.parametrize("writer", ["folder", "zip"])
def test_an_archive_that_is_there_is_replaced_whole_or_stays(tmp_path, writer, monkeypatch):
    out = tmp_path / "out"
    put([held("a", b"old")], out, writer)
    lost = Piece("b", tmp_path / "gone", sha256(b""), 0)
    before = files_of(tmp_path)
    with pytest.raises(FileNotFoundError):
        put([held("a", b"new"), lost], out, writer)
    assert files_of(tmp_path) == before
    put([held("a", b"new")], out, writer)
    assert (unzipped(out) if writer == "zip" else files_of(out)) == {"a": b"new"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("writer", ["folder", "zip"])
def test_an_interrupt_at_the_last_moment_leaves_the_old_archive(tmp_path, writer, monkeypatch):
    out = tmp_path / "out"
    put([held("a", b"old")], out, writer)
    rename = Path.rename

    def interrupted(self, target):
        if target == out and not done:
            done.append(target)
            raise KeyboardInterrupt
        return rename(self, target)

    done: list[Path] = []
    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        put([held("a", b"new")], out, writer)
    assert done
    assert (unzipped(out) if writer == "zip" else files_of(out)) == {"a": b"old"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


KILLED = """
import os, sys
from datetime import datetime
from pathlib import Path
from huitoukan.output import archive_store
pieces = [archive_store.held(f"检查阶段/{n}", b"new" * n) for n in range(9)]
at, writer, out = sys.argv[1], sys.argv[2], Path(sys.argv[3])
if at == "copying":
    copy, done = archive_store._copy, []
    def dying(piece, target):
        done.append(copy(piece, target))
        if len(done) == 5:
            os._exit(9)
    archive_store._copy = dying
else:
    rename = Path.rename
    def dying(self, target):
        if self.name != out.name and at == "renaming":
            os._exit(9)
        return rename(self, target)
    Path.rename = dying
if writer == "zip":
    archive_store.write_zip(pieces, out, datetime(2024, 5, 10))
else:
    archive_store.write_folder(pieces, out)
"""


@pytest.mark.parametrize("writer", ["folder", "zip"])
@pytest.mark.parametrize("at", ["copying", "renaming"])
def test_a_killed_run_leaves_no_half_archive(tmp_path, at, writer):
    out = tmp_path / "out"
    for old in (None, b"old"):
        if old is not None:
            put([held("a", old)], out, writer)
        command = [sys.executable, "-c", KILLED, at, writer, str(out)]
        assert subprocess.run(command, check=False, capture_output=True).returncode == 9
        if old is None or at == "renaming":
            assert not out.exists()  # between two renamings it has its other name
        else:
            assert (unzipped(out) if writer == "zip" else files_of(out)) == {"a": old}
    # The next run that fails puts back what there was, the next that does not clears up.
    with pytest.raises(FileNotFoundError):
        put([Piece("b", tmp_path / "gone", sha256(b""), 0)], out, writer)
    assert (unzipped(out) if writer == "zip" else files_of(out)) == {"a": b"old"}
    put([held("a", b"new")], out, writer)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_temporary_names_are_known_as_such(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(archive_store, "_copy", lambda piece, target: seen.extend(tmp_path.iterdir()))
    put([held("a", b"x")], tmp_path / "out", "folder")
    assert [is_temporary(path.name) for path in seen] == [True]


def test_the_pieces_lie_where_paths_say(tmp_path):
    assert on_disk("a", write(tmp_path, {"x": b"1"}) / "x") == Piece(
        "a", Path(tmp_path / "x"), sha256(b"1"), 1
    )
