"""Whatever is done to an archive is found, in a folder and in a zip; and nothing in a zip can mislead or harm the reader."""

from __future__ import annotations

import json
import random
import shutil
import tracemalloc
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from huitoukan.output.archive_manifest import Entry, manifest_bytes, sums_bytes
from huitoukan.output.archive_store import held, write_folder, write_zip
from huitoukan.output.archive_verify import NoArchiveError, State, listed, verify
from huitoukan.output.text import Words
from tests.support.archives import locked
from tests.support.filing import files_of, sha256, unzipped, write

MOMENT = datetime(2024, 5, 10)
FILES = {
    "检查阶段/榆社县/云簇镇/评分表.xlsx": random.Random(1).randbytes(3000),
    "检查阶段/卷内目录.docx": b"list" * 50,
    "自评阶段/空.txt": b"",
    "目录.xlsx": b"overview",
}
SHEET, LIST, EMPTY, OVERVIEW = FILES
MANIFESTS = ["MANIFEST.json", "MANIFEST.sha256"]


def sealed(files):
    """The files with manifests that list them."""
    entries = [Entry(path, sha256(data), len(data)) for path, data in files.items()]
    records = [
        {
            "path": e.path,
            "sha256": e.sha256,
            "size": e.size,
            "role": "list" if "目录" in e.path else "received",
        }
        for e in entries
    ]
    manifest = manifest_bytes({"huitoukan": "0"}, records)
    return {"MANIFEST.json": manifest, "MANIFEST.sha256": sums_bytes(entries, manifest), **files}


SEALED = sealed(FILES)
FINGERPRINT = sha256(SEALED["MANIFEST.json"])


@pytest.fixture(params=["folder", "zip"])
def store(request, tmp_path):
    """Puts files down as a folder or as a zip."""

    def put(files):
        place = tmp_path / ("archive.zip" if request.param == "zip" else "archive")
        pieces = [held(path, data) for path, data in files.items()]
        if request.param == "zip":
            write_zip(pieces, place, MOMENT)
            assert unzipped(place) == files
        else:
            write_folder(pieces, place)
            assert files_of(place) == files
        return place

    return put


def states(place, fingerprint=None):
    """What is not whole."""
    found = verify(place, fingerprint)
    return {one.path: one.state.value for one in found.files if one.state is not State.WHOLE}


def whys(place):
    words = Words("zh")
    return {one.path: words.phrase(one.why) for one in verify(place).files if one.why}


def without(*paths):
    return {path: data for path, data in SEALED.items() if path not in paths}


# ---------------------------------------------------------------------------------------------------------- found


def test_an_untouched_archive_is_whole(store):
    place = store(SEALED)
    found = verify(place, FINGERPRINT)
    assert found.is_whole
    assert found.fingerprint == FINGERPRINT
    assert [one.path for one in found.files] == sorted(SEALED)
    assert found.count(State.WHOLE) == 6
    assert verify(place).is_whole


@pytest.mark.parametrize("path", [path for path, data in FILES.items() if data])
def test_one_byte_is_found_wherever_it_is(store, path):
    rng = random.Random(path)
    for _ in range(5):
        data = bytearray(FILES[path])
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        assert states(store(SEALED | {path: bytes(data)})) == {path: "changed"}


@pytest.mark.parametrize("path", FILES)
def test_a_file_that_is_gone_is_found(store, path):
    assert states(store(without(path))) == {path: "missing"}


@pytest.mark.parametrize("path", ["检查阶段/新.xlsx", "MANIFEST.txt", "自评阶段/榆社县/.DS_Store"])
def test_a_file_that_came_later_is_found(store, path):
    assert states(store(SEALED | {path: b"more"})) == {path: "added"}


def test_a_file_that_was_renamed_is_found_with_its_name(store):
    place = store(without(SHEET) | {"检查阶段/榆社县/别名.xlsx": FILES[SHEET]})
    assert states(place) == {SHEET: "missing", "检查阶段/榆社县/别名.xlsx": "added"}
    (missing,) = (one for one in verify(place).files if one.state is State.MISSING)
    assert missing.moved == "检查阶段/榆社县/别名.xlsx"
    assert whys(place) == {
        SHEET: "现在叫“检查阶段/榆社县/别名.xlsx”", "检查阶段/榆社县/别名.xlsx": f"就是“{SHEET}”",
    }  # fmt: skip


def test_sizes_and_lists_say_more(store):
    place = store(SEALED | {SHEET: b"short", LIST: b"LIST" * 50})
    assert whys(place) == {SHEET: "应有 3000 字节，现有 5 字节", LIST: "目录改过；补填也算改动"}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_that_is_gone_or_broken_is_found(store, name):
    assert states(store(without(name))) == {name: "missing"}
    assert states(store(SEALED | {name: b"{"})) == {name: "changed"}


def test_manifests_that_contradict_each_other(store):
    """Which of the two was changed, only the fingerprint tells."""
    sums = SEALED["MANIFEST.sha256"].replace(FINGERPRINT.encode(), sha256(b"x").encode())
    place = store(SEALED | {"MANIFEST.sha256": sums})
    assert states(place) == dict.fromkeys(MANIFESTS, "changed")
    assert states(place, FINGERPRINT) == {"MANIFEST.sha256": "changed"}
    assert "--hash" in whys(place)["MANIFEST.json"]
    edited = SEALED["MANIFEST.json"].replace(sha256(FILES[SHEET]).encode(), sha256(b"other").encode())
    place = store(SEALED | {"MANIFEST.json": edited})
    assert states(place) == dict.fromkeys(MANIFESTS, "changed")
    assert states(place, FINGERPRINT) == {"MANIFEST.json": "changed"}
    place = store(SEALED | {"MANIFEST.json": edited, SHEET: b"other"})
    assert states(place) == dict.fromkeys((*MANIFESTS, SHEET), "changed")
    assert states(place, FINGERPRINT) == dict.fromkeys(("MANIFEST.json", SHEET), "changed")


def test_an_archive_that_was_sealed_again_is_found_by_its_fingerprint_alone(store):
    place = store(sealed(FILES | {SHEET: b"other"}))
    assert states(place) == {}
    assert states(place, FINGERPRINT) == {"MANIFEST.json": "changed", "MANIFEST.sha256": "changed"}


def test_any_change_is_found(store):
    rng = random.Random(7)
    for _ in range(25):
        files, expected = dict(SEALED), {}
        for path in rng.sample(sorted(FILES), rng.randint(1, 3)):
            what = rng.choice(("change", "remove", "add"))
            if what == "add":
                files[f"{path}.{rng.randint(0, 9)}"] = rng.randbytes(9)
                expected[next(reversed(files))] = "added"
            elif what == "remove":
                del files[path]
                expected[path] = "missing"
            else:
                files[path] = files[path] + b"!"
                expected[path] = "changed"
        place = store(files)
        assert states(place) == expected
        shutil.rmtree(place) if place.is_dir() else place.unlink()


def test_what_an_archive_should_have_and_has(store):
    due, there = listed(store(without(SHEET) | {"more": b""}))
    assert due - there == {SHEET}
    assert there - due == {"more"}


# ---------------------------------------------------------------------------------------------------------- no archive


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"a.txt": b"x"},
        {"MANIFEST.json": b'{"schema": 1, "files": []}'},
        {"MANIFEST.json": b"[" * 100_000},
        {"MANIFEST.json": b"\xff\xfe"},
        {"MANIFEST.sha256": b"0" * 64 + b"  a.txt\n"},
    ],
)
def test_what_is_no_archive_of_ours(store, files):
    with pytest.raises(NoArchiveError):
        verify(store(files))


@pytest.mark.parametrize(
    "path", ["../a", "/etc/passwd", "a/../../b", "C:/a", "a\\b", "a//b", "./a", "", "a\0"]
)
def test_a_manifest_that_leads_outside_is_none(store, path):
    record = json.loads(SEALED["MANIFEST.json"])
    record["files"].append({"path": path, "sha256": "0" * 64, "size": 1})
    with pytest.raises(NoArchiveError):
        verify(store(FILES | {"MANIFEST.json": json.dumps(record).encode()}))


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04" + bytes(100), b"text", b"PK\x05\x06" + bytes(18)])
def test_files_that_are_no_zip(tmp_path, data):
    with pytest.raises(NoArchiveError):
        verify(write(tmp_path, {"a.zip": data}) / "a.zip")


def test_a_zip_that_was_cut_off(tmp_path):
    whole = zip_of(tmp_path, SEALED).read_bytes()
    for length in (100, len(whole) // 2, len(whole) - 1):
        (tmp_path / "a.zip").write_bytes(whole[:length])
        with pytest.raises(NoArchiveError):
            verify(tmp_path / "a.zip")


# ---------------------------------------------------------------------------------------------------------- hostile


def zip_of(folder: Path, files, more=(), **options):
    path = folder / "archive.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, data in (*files.items(), *more):
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return path


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_never_whole(tmp_path):
    place = zip_of(tmp_path, SEALED, [(SHEET, FILES[SHEET])])
    assert states(place) == {SHEET: "changed"}
    assert whys(place) == {SHEET: "压缩包里有 2 个同名的文件"}
    place = zip_of(tmp_path, SEALED, [("MANIFEST.json", SEALED["MANIFEST.json"])])
    assert states(place) == {"MANIFEST.json": "changed"}


@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/cron.d/evil", "a\\..\\..\\b", "检查阶段/../../x"])
def test_names_that_lead_outside_are_only_told(tmp_path, name):
    before = files_of(tmp_path.parent)
    place = zip_of(tmp_path, SEALED, [(name, b"evil")])
    assert states(place) == {name: "added"}
    place.unlink()
    assert files_of(tmp_path.parent) == before


def test_bombs_are_not_unpacked(tmp_path):
    bomb = bytes(30 * 1024 * 1024)
    place = zip_of(tmp_path, without("MANIFEST.json", SHEET), [(SHEET, bomb), ("added.bin", bomb)])
    del bomb
    tracemalloc.start()
    assert states(place) == {"MANIFEST.json": "missing", SHEET: "changed", "added.bin": "added"}
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert whys(place)[SHEET] == "解压后大得不合理"
    assert peak < 8 * 1024 * 1024


def test_a_manifest_that_is_a_bomb(tmp_path):
    place = zip_of(tmp_path, FILES, [("MANIFEST.json", bytes(70 * 1024 * 1024))])
    with pytest.raises(NoArchiveError):
        verify(place)


def test_a_size_that_lies_in_the_directory(tmp_path):
    place = zip_of(tmp_path, SEALED)
    data = bytearray(place.read_bytes())
    at = data.rindex(SHEET.encode()) - 46
    data[at + 24 : at + 28] = (2999).to_bytes(4, "little")
    place.write_bytes(data)
    assert states(place) == {SHEET: "changed"}


def test_packed_bytes_that_are_broken(tmp_path):
    place = zip_of(tmp_path, SEALED)
    data = bytearray(place.read_bytes())
    at = data.index(SHEET.encode()) + len(SHEET.encode())
    data[at : at + 8] = b"\xff" * 8
    place.write_bytes(data)
    assert states(place) == {SHEET: "changed"}
    assert whys(place)[SHEET].startswith("读不出来")


def test_locked_files_and_unknown_packing(tmp_path):
    place = tmp_path / "a.zip"
    place.write_bytes(locked("MANIFEST.json", SEALED["MANIFEST.json"], b"1234"))
    with pytest.raises(NoArchiveError):
        verify(place)
    place = zip_of(tmp_path, without(SHEET))
    with zipfile.ZipFile(place, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr(SHEET, FILES[SHEET])
    assert states(place) == {SHEET: "changed"}
    data = bytearray(zip_of(tmp_path, SEALED).read_bytes())
    data[data.rindex(SHEET.encode()) - 46 + 8] |= 1
    place.write_bytes(data)
    assert whys(place) == {SHEET: "加了密，读不出来"}


def test_links_are_not_followed(tmp_path):
    place = tmp_path / "archive"
    write_folder([held(path, data) for path, data in SEALED.items()], place)
    (tmp_path / "copy").write_bytes(FILES[SHEET])
    (place / SHEET).unlink()
    (place / SHEET).symlink_to(tmp_path / "copy")
    (place / "folder").symlink_to(tmp_path)
    assert states(place) == {SHEET: "changed", "folder": "added"}
    assert set(whys(place).values()) == {"不是普通文件，是链接之类"}
