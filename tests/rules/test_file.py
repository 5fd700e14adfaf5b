"""F1xx: files that cannot be read. Each is a small file made here, or one kept under tests/data."""

import io
import re
import zipfile
from dataclasses import replace

import pytest
from openpyxl import Workbook, load_workbook

from huitoukan.examination import mishap, process
from huitoukan.intake.discover import Submission
from huitoukan.intake.kinds import Kind
from huitoukan.model import FileStatus
from huitoukan.output.text import Words
from huitoukan.phrase import say
from huitoukan.rules.file import _KINDS
from tests.conftest import DATA
from tests.support.archives import zipped
from tests.support.mails import Attachment, mail

GOOD = (DATA / "inbox/dirty/4_沾尚镇.xlsx").read_bytes()
OLD_XLS = (DATA / "inbox/clean/自评/祁县/祁县统计局评分表.xls").read_bytes()
ODS = (DATA / "inbox/clean/自评/祁县/自评-祁县-来远镇.ods").read_bytes()


@pytest.fixture
def fires_file(campaign):
    def assert_fires(code: str, path: str, data: bytes, status: FileStatus) -> None:
        result = process(path, data, campaign)
        assert [f.code for f in result.findings if f.code.startswith("F")] == [code]
        assert (result.status, result.path) == (status, path)
        assert all(f.file == path for f in result.findings)

    return assert_fires


@pytest.fixture
def silent_file(campaign):
    def assert_silent(code: str, path: str, data: bytes, status: FileStatus) -> None:
        result = process(path, data, campaign)
        assert code not in {f.code for f in result.findings}
        assert result.status is status

    return assert_silent


def rezip(change) -> bytes:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(GOOD)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in source.namelist():
            archive.writestr(name, change(name, source.read(name)))
    return target.getvalue()


def blank_workbook(value: str) -> bytes:
    book, stream = Workbook(), io.BytesIO()
    book.active["B2"] = value
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    "data", [GOOD[: len(GOOD) // 2], GOOD[:40], b"\x01\x02hello", OLD_XLS[:600], b"\x00" * 4096]
)
def test_damaged(fires_file, data):
    fires_file("F101", "a.xlsx", data, FileStatus.UNREADABLE)


def test_damaged_inside(fires_file):
    broken = rezip(lambda name, content: content[: len(content) // 3] if "workbook.xml" in name else content)
    fires_file("F101", "a.xlsx", broken, FileStatus.UNREADABLE)


def test_damaged_near_misses(silent_file):
    silent_file("F101", "a.xlsx", GOOD, FileStatus.FINDINGS)
    silent_file("F101", "notes.txt", b"hello", FileStatus.SKIPPED)


def test_encrypted(fires_file, silent_file):
    fires_file("F102", "a.xlsx", (DATA / "encrypted.xlsx").read_bytes(), FileStatus.ENCRYPTED)
    silent_file("F102", "a.xls", OLD_XLS, FileStatus.OK)  # the same container, in clear


def test_empty(fires_file, silent_file):
    fires_file("F103", "a.xlsx", b"", FileStatus.UNREADABLE)
    silent_file("F103", "a.txt", b"", FileStatus.SKIPPED)


def far_cell(reference: bytes):
    def change(name: str, content: bytes) -> bytes:
        if not name.startswith("xl/worksheets/sheet"):
            return content
        row = re.sub(rb"[A-Z]+", b"", reference)
        far = b'<row r="%s"><c r="%s"><v>1</v></c></row></sheetData>' % (row, reference)
        return content.replace(b"</sheetData>", far)

    return rezip(change)


def test_refused(fires_file, silent_file):
    # Would abort the process when read.
    fires_file("F104", "a.xlsx", far_cell(b"XFD1048576"), FileStatus.REFUSED)
    silent_file("F104", "a.xlsx", far_cell(b"AA500"), FileStatus.FINDINGS)


def test_refused_by_unpacked_size(fires_file):
    bomb = rezip(lambda name, content: b" " * 400_000_000 if name.endswith("styles.xml") else content)
    fires_file("F104", "a.xlsx", bomb, FileStatus.REFUSED)


def test_false_name(fires_file, silent_file):
    fires_file("F105", "a.xls", GOOD, FileStatus.FINDINGS)
    fires_file("F105", "乐平镇评分表", GOOD, FileStatus.FINDINGS)
    fires_file("F105", "a.xlsx", ODS, FileStatus.OK)
    silent_file("F105", "a.et", OLD_XLS, FileStatus.OK)


def test_not_a_form(fires_file, silent_file):
    fires_file("F106", "a.xlsx", blank_workbook("年报"), FileStatus.NOT_A_FORM)
    silent_file("F106", "a.xlsx", GOOD, FileStatus.FINDINGS)


def test_a_form_beside_another_worksheet_is_a_form(silent_file):
    book, stream = load_workbook(io.BytesIO(GOOD)), io.BytesIO()
    book.create_sheet("Sheet2")["B2"] = "草稿"
    book.save(stream)
    silent_file("F106", "a.xlsx", stream.getvalue(), FileStatus.FINDINGS)


def test_other_kind(fires_file, silent_file):
    fires_file("F107", "a.xls", b"<html><p>1</p></html>", FileStatus.UNREADABLE)
    fires_file("F107", "a.xls", b"<?xml version='1.0'?><Workbook/>", FileStatus.UNREADABLE)
    fires_file("F107", "a.xlsx", b"hello", FileStatus.UNREADABLE)
    fires_file("F107", "a.xlsx", b"%PDF-1.7", FileStatus.UNREADABLE)
    silent_file("F107", "a.html", b"<html></html>", FileStatus.SKIPPED)


def test_archive(fires_file, silent_file):
    fires_file("F108", "报送.rar", b"Rar!\x1a\x07\x00", FileStatus.SKIPPED)
    silent_file("F108", "报送.zip", zipped({"榆次区/a.xlsx": GOOD}), FileStatus.OK)
    silent_file("F108", "a.xlsx", GOOD, FileStatus.FINDINGS)


def test_unsafe_names(fires_file, silent_file, campaign):
    fires_file("F110", "报送.zip", zipped({"../a.xlsx": GOOD, "b.xlsx": GOOD}), FileStatus.FINDINGS)
    silent_file("F110", "报送.zip", zipped({"./a..b/..c.xlsx": GOOD}), FileStatus.OK)
    many = process("报送.zip", zipped({f"../{n}\x1b[0m.xlsx": b"" for n in range(7)}), campaign)
    said = Words("zh").message(many.findings[0])
    assert said.startswith("压缩包里有 7 个文件的名称不安全，未读取：“../0\\x1b[0m.xlsx”、")
    assert said.endswith("“../4\\x1b[0m.xlsx” 等。")


def test_archive_refused(fires_file, silent_file):
    many = zipped({f"{n}.xlsx": b"" for n in range(2001)})
    fires_file("F111", "报送.zip", many, FileStatus.REFUSED)
    silent_file("F111", "报送.zip", zipped({f"{n}.xlsx": b"" for n in range(2000)}), FileStatus.OK)
    silent_file("F111", "a.xlsx", far_cell(b"XFD1048576"), FileStatus.REFUSED)  # a workbook: F104


def test_outlook_only(fires_file, silent_file):
    fires_file("F112", "winmail.dat", bytes.fromhex("789F3E22") + bytes(100), FileStatus.SKIPPED)
    silent_file("F112", "自评.eml", mail([Attachment("a.xlsx", GOOD)]), FileStatus.OK)


def test_nothing_inside(fires_file, silent_file, campaign):
    fires_file("F113", "报送.zip", zipped({}), FileStatus.FINDINGS)
    fires_file("F113", "自评.eml", mail(), FileStatus.FINDINGS)
    silent_file("F113", "报送.zip", zipped({"照片.png": b"\x89PNG"}), FileStatus.OK)
    silent_file("F113", "自评.eml", mail([Attachment("照片.png", b"\x89PNG")]), FileStatus.OK)
    said = [
        Words("zh").message(process(name, data, campaign).findings[0])
        for name, data in (("报送.zip", zipped({})), ("自评.eml", mail()))
    ]
    assert said == ["压缩包里没有文件。", "邮件里没有附件。"]
    logo = mail([Attachment("logo.png", b"\x89PNG", inline=True)]).replace(
        b"application/octet-stream", b"image/png\r\nContent-ID: <logo>"
    )
    fires_file("F113", "签名图.eml", logo, FileStatus.FINDINGS)  # the picture of a signature is no attachment
    fires_file("F113", "报送.zip", zipped({"Thumbs.db": b"x"}), FileStatus.FINDINGS)


def test_what_was_to_hold_files_and_is_broken_is_not_passed_over(fires_file, silent_file):
    fires_file("F103", "自评.eml", b"", FileStatus.UNREADABLE)
    fires_file("F103", "报送.zip", b"", FileStatus.UNREADABLE)
    fires_file("F101", "自评.eml", b"\x00\x01" * 50, FileStatus.UNREADABLE)
    fires_file("F112", "自评.msg", bytes.fromhex("D0CF11E0A1B11AE1") + bytes(2000), FileStatus.SKIPPED)
    silent_file("F103", "说明.docx", b"", FileStatus.SKIPPED)
    silent_file("F101", "照片.dat", b"\x00\x01" * 50, FileStatus.SKIPPED)


def test_a_spreadsheet_that_is_not_read_is_told_under_its_own_name(fires_file):
    fods = (
        b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        b'office:mimetype="application/vnd.oasis.opendocument.spreadsheet"></office:document>'
    )
    fires_file("F107", "乐平镇.fods", fods, FileStatus.UNREADABLE)


@pytest.mark.parametrize(
    ("path", "data", "what_to_do"),
    [
        ("a.xlsx", GOOD[:3000], "请在原来的电脑上打开并另存为 .xlsx，重新报送。"),
        ("a.zip", zipped({"乐平镇.xlsx": GOOD})[:3000], "请先用别的软件解压（邮件请另存附件）再检查；也打不开的，请重新报送。"),
        ("a.xlsx", zipped({"乐平镇.xlsx": GOOD}), "不影响结果；建议把扩展名改为 .zip。"),
        ("a.xls", GOOD, "不影响结果；建议另存为 .xlsx。"),
    ],
)  # fmt: skip
def test_what_to_do_fits_the_kind_of_file(campaign, path, data, what_to_do):
    assert Words("zh").fix(process(path, data, campaign).findings[0]) == what_to_do


def fires_as(code: str, result) -> None:
    assert [f.code for f in result.findings] == [code]
    assert result.status is FileStatus.UNREADABLE


def test_mishap(campaign, silent_file, tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(GOOD)
    late = mishap(Submission("a.xlsx", path), say("超时"), campaign)
    fires_as("F109", late)
    assert Words("zh").message(late.findings[0]) == "读取这个文件时超时，已跳过，其他文件不受影响。"
    silent_file("F109", "a.xlsx", GOOD, FileStatus.FINDINGS)


def test_openpyxl_takes_over_where_calamine_fails(campaign):
    # calamine gives up a whole workbook for one error that it does not know
    spill = rezip(
        lambda name, content: (
            content.replace(
                b"</sheetData>", b'<row r="60"><c r="A60" t="e"><v>#SPILL!</v></c></row></sheetData>'
            )
            if name.startswith("xl/worksheets/sheet")
            else content
        )
    )
    result = process("a.xlsx", spill, campaign)
    assert (result.reader, result.status) == ("openpyxl", FileStatus.FINDINGS)
    straight = process("a.xlsx", GOOD, campaign)
    assert result.sheets[0].items == straight.sheets[0].items
    assert [f.code for f in result.findings] == [f.code for f in straight.findings]


@pytest.mark.parametrize(("path", "data"), [("a.xlsx", GOOD), ("a.xls", OLD_XLS), ("a.ods", ODS)])
def test_every_kind_is_refused_beyond_the_limit(campaign, path, data):
    limits = campaign.settings.limits.model_copy(update={"cells": 100})
    small = replace(campaign, settings=campaign.settings.model_copy(update={"limits": limits}))
    assert [f.code for f in process(path, data, small).findings] == ["F104"]


def test_cells_that_do_not_say_where_they_stand_count_too(campaign):
    row = b"<row>" + b"<c><v>1</v></c>" * 3000 + b"</row>"
    many = rezip(
        lambda name, content: (
            re.sub(
                rb"<sheetData>.*</sheetData>",
                b"<sheetData>" + row * 1000 + b"</sheetData>",
                content,
                flags=re.DOTALL,
            )
            if name.startswith("xl/worksheets/sheet")
            else content
        )
    )
    assert [f.code for f in process("a.xlsx", many, campaign).findings] == ["F104"]


def test_messages_say_what_is_in_the_file(campaign):
    def says(code, path, data):
        (finding,) = (f for f in process(path, data, campaign).findings if f.code == code)
        return Words("zh").message(finding)

    assert says("F105", "a.xls", GOOD) == "扩展名与内容不符：内容是 xlsx 工作簿，已按内容读取。"
    for data, kind in (
        (b"<html><p>1</p></html>", "网页（HTML）"),
        (b"<?xml version='1.0'?><Workbook/>", " XML 数据"),
        (b"%PDF-1.7", " PDF 文档"),
        (b"Rar!\x1a\x07\x00", "压缩包"),
    ):
        assert says("F107", "a.xls", data) == f"文件名是工作簿，内容其实是{kind}，未读取。"


def test_every_kind_has_its_words():
    told_otherwise = {Kind.EMPTY, Kind.UNKNOWN, Kind.ENCRYPTED, Kind.OUTLOOK}
    assert set(Kind) - set(_KINDS) == told_otherwise
