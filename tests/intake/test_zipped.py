"""Zips opened with care."""

import io
import zipfile

import pytest

from huitoukan.intake import zipped
from huitoukan.intake.kinds import Kind, sniff
from huitoukan.intake.zipped import DirectoryTooLargeError, beginning, open_zip, open_zip_on_disk
from tests.hostile.zips import raw_zip


def many(count: int) -> bytes:
    return raw_zip([(f"{n:05}", b"", {}) for n in range(count)])


def test_a_directory_is_measured_before_it_is_read(monkeypatch, tmp_path):
    monkeypatch.setattr(zipped, "LARGEST_DIRECTORY", 51 * 300)
    assert len(open_zip(many(300)).filelist) == 300
    (tmp_path / "a.zip").write_bytes(many(300))
    (tmp_path / "b.zip").write_bytes(many(301))
    with open_zip_on_disk(tmp_path / "a.zip") as archive:
        assert len(archive.filelist) == 300
        assert archive.read("00007") == b""
    with pytest.raises(DirectoryTooLargeError):
        open_zip(many(301))
    with pytest.raises(DirectoryTooLargeError):
        open_zip_on_disk(tmp_path / "b.zip")
    assert sniff(many(301)) == (Kind.ZIP, None)


def test_an_entry_may_be_longer_than_a_directory(monkeypatch):
    monkeypatch.setattr(zipped, "LARGEST_DIRECTORY", 1000)
    data = raw_zip([("a", b"x" * 5000, {"method": 0})])
    assert open_zip(data).read("a") == b"x" * 5000


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_only_what_is_unpacked_within_bounds_is_opened(method):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a", b"x" * 99, method)
        archive.writestr("b", b"y" * 99, zipfile.ZIP_DEFLATED)
    archive = open_zip(stream.getvalue())
    assert archive.read("b") == b"y" * 99
    with pytest.raises(NotImplementedError):
        archive.read("a")


def test_a_name_that_is_no_utf8_stops_nothing():
    data = raw_zip([("甲", b"1", {"flags": 0x800}), (b"\xbc\xd7", b"2", {"flags": 0x800})])
    for before in (b"", b"PK\3\4junk"):
        archive = open_zip(before + data)
        assert [archive.read(entry) for entry in archive.infolist()] == [b"1", b"2"]
        assert archive.infolist()[0].filename == "甲"


def test_the_beginning_of_an_entry():
    text = b"".join(b"%d " % n for n in range(9999))
    data = b"PK\3\4" + raw_zip(
        [("a", text, {}), ("b", text, {"method": 0}), ("c", text, {"offset": 1 << 30})]
    )
    one, stored, nowhere = open_zip(data).infolist()
    assert beginning(data, one, 100) == text[:100]
    assert beginning(data, stored, 100) == text[:100]
    assert beginning(data, nowhere, 100) == b""
    assert beginning(data[: one.header_offset + 28], one, 100) == b""
