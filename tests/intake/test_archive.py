"""Zip archives: read in memory, as if their files lay in a folder of that name."""

import io
import shutil
import struct
import zipfile
from dataclasses import replace

import pytest

from huitoukan import examination, pipeline
from huitoukan.model import FileStatus
from huitoukan.pipeline import inspect
from tests.conftest import DATA
from tests.support.archives import locked, zipped

CLEAN = DATA / "inbox/clean/自评/昔阳县"
GOOD = (CLEAN / "大寨镇评分表.xlsx").read_bytes()
OTHER = (CLEAN / "沾尚镇评分表.xlsx").read_bytes()


@pytest.fixture
def arrive(tmp_path):
    """Put files into a folder of their own; gives the folder."""

    def put(files):
        for name, content in files.items():
            path = tmp_path / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return tmp_path / "in"

    return put


@pytest.fixture
def found_in(arrive, campaign):
    """Inspect some files: for each path its status, the units it holds and the F codes."""

    def look(files, limits=None, **options):
        changed = campaign.settings.limits.model_copy(update=limits or {})
        settings = campaign.settings.model_copy(update={"limits": changed})
        inspection = inspect(arrive(files), replace(campaign, settings=settings), jobs=2, **options)
        return {
            file.path: (
                file.status.value,
                [campaign.roster.units[s.unit].name for s in file.sheets if s.unit],
                [f.code for f in file.findings if f.code.startswith("F")],
            )
            for file in inspection.files
        }

    return look


READ = ("ok", ["大寨镇"], [])


@pytest.mark.parametrize("encoding", [None, "gbk", "gb18030", "utf-8"])
def test_names_in_every_encoding(found_in, encoding):
    # 馀 is a character that GB2312 lacks
    files = {"馀/自评/大寨镇评分表.xlsx": GOOD}
    assert found_in({"包.zip": zipped(files, encoding)}) == {
        "包.zip": ("ok", [], []),
        "包.zip/馀/自评/大寨镇评分表.xlsx": READ,
    }


def test_backslashes_of_old_programs_are_folders(found_in):
    found = found_in({"包.zip": zipped({"昔阳县\\大寨镇.xlsx": GOOD}, "gbk")})
    assert found["包.zip/昔阳县/大寨镇.xlsx"] == READ


def test_an_archive_says_what_the_folder_says(campaign, arrive, tmp_path):
    files = {f"{p.parent.name}/{p.name}": p.read_bytes() for p in sorted((DATA / "inbox/dirty").iterdir())}
    outside = inspect(arrive(files), campaign)
    (tmp_path / "市.zip").write_bytes(zipped(files, "gbk"))
    inside = inspect(tmp_path / "市.zip", campaign)

    def told(inspection, prefix=""):
        return [
            (f.code, (f.file or "").removeprefix(prefix), f.sheet, f.cell, f.value, f.unit)
            for f in inspection.findings
        ]

    assert told(inside, "市.zip/") == told(outside)
    assert inside.coverage, "an archive is a folder: what is missing in it is told"
    hashes = {f.path.removeprefix("市.zip/"): f.sha256 for f in inside.files}
    assert {f.path: f.sha256 for f in outside.files}.items() <= hashes.items()


def test_workers_change_nothing(campaign, arrive):
    inner = zipped({f"{n}.xlsx": GOOD for n in range(20)})
    folder = arrive({"a.zip": zipped({"内.zip": inner, "b.xlsx": OTHER}), "c.xlsx": GOOD})
    one, four = (inspect(folder, campaign, jobs=jobs) for jobs in (1, 4))
    assert one.files == four.files
    assert len(one.files) == 24


def test_nothing_is_unpacked_to_disk(campaign, arrive, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.mkstemp", lambda *a, **k: pytest.fail("a temporary file"))
    folder = arrive({"包.zip": zipped({"a.xlsx": GOOD, "内.zip": zipped({"b.xlsx": OTHER})})})
    before = sorted(tmp_path.rglob("*"))
    (outer,) = pipeline.arrivals(folder, None)
    first = examination.process_submission(outer, campaign)
    second = [examination.process_submission(one, campaign) for one in first.inside]
    third = [examination.process_submission(one, campaign) for two in second for one in two.inside]
    assert [p.result.path for p in (*second, *third)] == [
        "包.zip/a.xlsx",
        "包.zip/内.zip",
        "包.zip/内.zip/b.xlsx",
    ]
    assert sorted(tmp_path.rglob("*")) == before


def test_archives_in_archives_to_the_stated_depth(found_in):
    three = {"一.zip": zipped({"二.zip": zipped({"三.zip": zipped({"a.xlsx": GOOD})})})}
    assert found_in(three)["一.zip/二.zip/三.zip/a.xlsx"] == READ
    four = {"零.zip": zipped(three)}
    found = found_in(four)
    assert found["零.zip/一.zip/二.zip/三.zip"] == ("refused", [], ["F111"])
    assert "零.zip/一.zip/二.zip/三.zip/a.xlsx" not in found


def test_names_that_point_outside_are_refused(found_in, tmp_path):
    files = [
        ("../../外.xlsx", GOOD), ("/etc/外.xlsx", GOOD), ("C:\\外.xlsx", GOOD), ("a/../../外.xlsx", GOOD),
        ("好/../外.xlsx", GOOD), ("\x1b[2J.xlsx", GOOD), ("好/大寨镇.xlsx", GOOD),
    ]  # fmt: skip
    found = found_in({"包.zip": zipped(files)})
    assert found == {"包.zip": ("findings", [], ["F110"]), "包.zip/好/大寨镇.xlsx": READ}
    assert not list(tmp_path.rglob("外.xlsx"))


def test_two_files_of_one_name_are_both_read(found_in):
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped([("评分表.xlsx", GOOD), ("评分表.xlsx", OTHER)])
    found = found_in({"包.zip": data})
    assert found["包.zip/评分表.xlsx"] == READ
    assert found["包.zip/评分表(2).xlsx"][:2] == ("ok", ["沾尚镇"])


def test_what_programs_leave_in_archives(found_in):
    found = found_in(
        {"包.zip": zipped({"__MACOSX/._a.xlsx": b"x", "~$a.xlsx": b"x", "a.xlsx": GOOD, "空/": b""})}
    )
    assert {path: status for path, (status, _, _) in found.items()} == {
        "包.zip": "ok", "包.zip/__MACOSX/._a.xlsx": "skipped", "包.zip/~$a.xlsx": "skipped", "包.zip/a.xlsx": "ok",
    }  # fmt: skip


def test_an_archive_with_the_name_of_a_workbook(found_in):
    found = found_in({"自评.xlsx": zipped({"大寨镇.xlsx": GOOD})})
    assert found == {"自评.xlsx": ("ok", [], ["F105"]), "自评.xlsx/大寨镇.xlsx": READ}


def test_each_file_has_its_own_findings(found_in):
    found = found_in(
        {
            "包.zip": zipped(
                {"好.xlsx": GOOD, "坏.xlsx": GOOD[:3000], "空.xlsx": b"", "x.rar": b"Rar!\x1a\x07"}
            )
        }
    )
    assert found == {
        "包.zip": ("ok", [], []),
        "包.zip/x.rar": ("skipped", [], ["F108"]),
        "包.zip/坏.xlsx": ("unreadable", [], ["F101"]),
        "包.zip/好.xlsx": READ,
        "包.zip/空.xlsx": ("unreadable", [], ["F103"]),
    }


def test_a_file_larger_than_one_may_be(found_in):
    limits = {"file_megabytes": 1}
    found = found_in({"包.zip": zipped({"大.xlsx": b"x" * 1_100_000, "好.xlsx": GOOD})}, limits)
    assert found == {
        "包.zip": ("ok", [], []),
        "包.zip/大.xlsx": ("refused", [], ["F104"]),
        "包.zip/好.xlsx": READ,
    }


def test_an_archive_may_be_larger_than_one_file(found_in):
    limits = {"file_megabytes": 1}
    noise = b"".join(struct.pack("<Q", n * 0x9E3779B97F4A7C15 & (1 << 64) - 1) for n in range(80_000))
    data = zipped({"一.bin": noise, "二.bin": noise[::-1], "好.xlsx": GOOD})
    assert len(data) > 1024 * 1024
    found = found_in({"包.zip": data, "不是压缩包.zip": b"PK\x03\x04" + noise + noise}, limits)
    assert found["包.zip/好.xlsx"] == READ
    assert found["不是压缩包.zip"] == ("refused", [], ["F104"])


@pytest.mark.parametrize(
    "limits", [{"archive_files": 2}, {"archive_megabytes": 0}], ids=["too many files", "too much unpacked"]
)
def test_an_archive_beyond_the_limits(found_in, limits):
    data = zipped({"a.xlsx": GOOD, "b.xlsx": GOOD, "c.bin": bytes(1_100_000)})
    found = found_in({"包.zip": data, "d.xlsx": OTHER}, limits)
    assert found["包.zip"] == ("refused", [], ["F111"])
    assert found["d.xlsx"][0] == "ok"
    assert len(found) == 2


def test_archives_inside_share_the_limit_of_the_outermost(found_in):
    inner = {f"{n}.zip": zipped({"a.xlsx": GOOD, "b.xlsx": GOOD}) for n in range(3)}
    found = found_in({"包.zip": zipped(inner)}, {"archive_files": 7})  # 3 archives, then 2 files in each
    assert {path: codes for path, (_, _, codes) in found.items() if path.endswith(".zip")} == {
        "包.zip": [], "包.zip/0.zip": [], "包.zip/1.zip": [], "包.zip/2.zip": ["F111"],
    }  # fmt: skip


def test_sizes_that_lie_and_broken_contents(found_in):
    data = bytearray(zipped({"大寨镇.xlsx": GOOD, "沾尚镇.xlsx": OTHER}))
    start = data.index(b"PK\x01\x02")
    data[start + 24 : start + 28] = (100).to_bytes(4, "little")  # it says 100 bytes, and is larger
    found = found_in({"谎.zip": bytes(data)})
    assert found["谎.zip/大寨镇.xlsx"] == ("unreadable", [], ["F101"])
    assert found["谎.zip/沾尚镇.xlsx"][0] == "ok"


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.97])
def test_a_truncated_archive(found_in, cut):
    data = zipped({"大寨镇.xlsx": GOOD})
    assert found_in({"包.zip": data[: int(len(data) * cut)]}) == {"包.zip": ("unreadable", [], ["F101"])}


def test_an_empty_archive(found_in):
    assert found_in({"包.zip": zipped({})}) == {"包.zip": ("findings", [], ["F113"])}


def test_a_locked_archive(found_in):
    files = {"包.zip": locked("大寨镇.xlsx", GOOD, "统计2024".encode())}
    with zipfile.ZipFile(io.BytesIO(files["包.zip"])) as archive:
        assert archive.read("大寨镇.xlsx", pwd="统计2024".encode()) == GOOD  # the fixture is a real one
    assert found_in(files) == {"包.zip": ("encrypted", [], ["F102"])}
    assert found_in(files, passwords=["错了"]) == {"包.zip": ("encrypted", [], ["F102"])}
    assert found_in(files, passwords=["错了", "统计2024"])["包.zip/大寨镇.xlsx"] == READ
    gbk = {"包.zip": locked("大寨镇.xlsx", GOOD, "统计2024".encode("gbk"))}
    assert found_in(gbk, passwords=["统计2024"])["包.zip/大寨镇.xlsx"] == READ


def test_aes_is_told_as_locked(found_in):
    data = bytearray(locked("大寨镇.xlsx", GOOD, b"x"))
    for at in (8, data.index(b"PK\x01\x02") + 10):
        data[at : at + 2] = (99).to_bytes(2, "little")
    assert found_in({"包.zip": bytes(data)}, passwords=["x"]) == {"包.zip": ("encrypted", [], ["F102"])}


def test_an_archive_that_changes_between_two_runs_is_read_anew(found_in):
    assert found_in({"包.zip": zipped({"a.xlsx": GOOD})})["包.zip/a.xlsx"] == READ
    assert found_in({"包.zip": zipped({"a.xlsx": OTHER})})["包.zip/a.xlsx"][1] == ["沾尚镇"]


def test_the_folder_may_be_one_workbook_still(campaign, tmp_path):
    shutil.copy(CLEAN / "大寨镇评分表.xlsx", tmp_path / "a.xlsx")
    inspection = inspect(tmp_path / "a.xlsx", campaign)
    assert [f.status for f in inspection.files] == [FileStatus.OK]
    assert inspection.coverage == ()
