"""Content, not names: the same filled form in every kind of file is read alike, and what is no table is named truly."""

from __future__ import annotations

import io
import random
import zipfile
from functools import cache

import pytest

from huitoukan.intake.kinds import Kind, is_cut_short, sniff
from huitoukan.intake.reader import Outcome, read
from huitoukan.model import FileResult, FileStatus, Stage
from huitoukan.output.context import report_context
from huitoukan.output.render import render
from huitoukan.output.text import Words
from huitoukan.pipeline import inspect, process
from huitoukan.standing.aggregate import standings
from tests.conftest import DATA
from tests.support.binary import as_xls, as_xlsb, compound
from tests.support.forms import Layout, filling, shipped, units, write
from tests.support.renderings import (
    Sheet,
    as_csv,
    as_html,
    as_spreadsheetml,
    as_strict,
    rewritten,
    sheets_of,
)

LAYOUT = Layout(
    fields="beside",
    dimension_words="{title}\n({points}分)",
    labels="broken",
    header="two",
    scores=tuple(Stage),
)
ENCRYPTED = (DATA / "encrypted.xlsx").read_bytes()
ODS = (DATA / "inbox/clean/自评/祁县/自评-祁县-来远镇.ods").read_bytes()


@cache
def original() -> bytes:
    """A realistic filled form, with merged cells, line ends in cells and a header of two rows."""
    unit = next(unit for unit in units() if unit.name == "乐平镇")
    return write(LAYOUT, [filling(random.Random(4), unit, Stage.COUNTY)])[0]


def sheet() -> Sheet:
    return sheets_of(original())[0]


KINDS = {
    "html": lambda: as_html(sheet()),
    "html in gbk": lambda: as_html(sheet(), "gbk"),
    "csv": lambda: as_csv(sheet()),
    "csv in gb18030": lambda: as_csv(sheet(), charset="gb18030"),
    "csv in utf-8 without a mark": lambda: as_csv(sheet(), charset="utf-8"),
    "Unicode text": lambda: as_csv(sheet(), "\t", "utf-16"),
    "csv with semicolons": lambda: as_csv(sheet(), ";"),
    "csv with bars": lambda: as_csv(sheet(), "|"),
    "SpreadsheetML": lambda: as_spreadsheetml([sheet()]),
    "SpreadsheetML in gb2312": lambda: as_spreadsheetml([sheet()], charset="gb18030"),
    "strict": lambda: as_strict(original()),
    "xlsb": lambda: as_xlsb([sheet()]),
    "xls": lambda: as_xls(sheet()),
}


def read_alike(result: FileResult) -> None:
    """The same unit, stage, date, scores and cells as of the xlsx."""
    assert original_result().sheets[0].dated is not None
    assert [(s.unit, s.stage, s.dated, s.items) for s in result.sheets] == [
        (s.unit, s.stage, s.dated, s.items) for s in original_result().sheets
    ]


@cache
def original_result() -> FileResult:
    return process("a.xlsx", original(), shipped())


@pytest.mark.parametrize("name", ["a.xls", "a.xlsx", "a.et", "a.ods", "a"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_form_is_read_whatever_its_kind_and_name(kind, name):
    result = process(name, KINDS[kind](), shipped())
    read_alike(result)
    assert {f.code for f in result.findings} <= {"F105"} | {f.code for f in original_result().findings}


@pytest.mark.parametrize(
    ("kind", "names"),
    [("html", ".html .htm"), ("csv", ".csv .txt .tsv"), ("SpreadsheetML", ".xml"), ("xls", ".xls .et")],
)
def test_under_its_own_name_nothing_is_reported(kind, names):
    for name in names.split():
        result = process("a" + name, KINDS[kind](), shipped())
        read_alike(result)
        assert "F105" not in {f.code for f in result.findings}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (original, "xlsx 工作簿"),
        (KINDS["html"], "网页（HTML）"),
        (KINDS["csv"], "文本表格（CSV）"),
        (KINDS["SpreadsheetML"], "2003 版 XML 表格"),
        (KINDS["xlsb"], "xlsb 工作簿"),
        (lambda: ODS, "ods 工作簿"),
    ],
)
def test_the_true_kind_is_said_in_words(data, words):
    [finding] = [f for f in process("a.xls", data(), shipped()).findings if f.code == "F105"]
    assert words in Words("zh").message(finding)


def test_what_a_kind_does_not_show_is_listed():
    for kind, unseen in (
        ("html", "formulas"),
        ("csv", "merged_cells"),
        ("SpreadsheetML", "cell_styles"),
        ("xlsb", "merged_cells"),
    ):
        assert unseen in process("a.xls", KINDS[kind](), shipped()).unchecked
    assert process("a.xlsx", original(), shipped()).unchecked == ()


# -------------------------------------------------------------------------------- texts under their own names


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("说明.txt", "各位同事：\n请于5月25日前报送，谢谢。\n".encode()),
        ("名单.csv", "姓名,电话\n王伟,0354-1234567\n".encode("gb18030")),
        ("网页.html", b"<html><table><tr><td>1</td></tr></table></html>"),
        ("网页.htm", b"<html><p>1</p></html>"),
        ("数据.xml", b"<?xml version='1.0'?><rows><row/></rows>"),
        ("表.xml", as_spreadsheetml([Sheet("表", [["年报", 1.0]])])),
        ("网页.mht", b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x--"),
        ("大.csv", b"1,2,3\n" * 800_000),
        ("大.txt", b"1,2,3\n" * 2_000_000),
        ("坏.xml", as_spreadsheetml([Sheet("表", [["年报", 1.0]])])[:-20]),
    ],
)
def test_texts_that_hold_no_form_are_passed_over(path, data):
    result = process(path, data, shipped())
    assert (result.status, result.findings, result.sheets) == (FileStatus.SKIPPED, (), ())


def test_our_own_reports_are_no_forms(tmp_path):
    """They name items and scores, and may lie in the folder that is checked."""
    (tmp_path / "a.xlsx").write_bytes(original())
    whole = inspect(tmp_path, shipped(), jobs=1)
    counties = standings(whole.by_unit, whole.campaign)
    context = report_context(whole.campaign, whole.files, whole.findings, whole.by_unit, counties)
    pages = {name: content for name, content in render(context, Words()) if name.endswith((".html", ".csv"))}
    assert len(pages) > 2
    for name, content in pages.items():
        assert process(name, content, shipped()).status is FileStatus.SKIPPED
    [feedback] = [content for name, content in pages.items() if "昔阳" in name]
    assert process("a.html", feedback.replace(b'"generator"', b'"x"'), shipped()).status is FileStatus.SKIPPED


def test_a_list_of_the_items_is_no_form(campaign):
    """The rubric itself, say, saved as a text: it has no header of a form, and under its own name it is passed over."""
    rows = [[f"T1.{n}", "报表任务"] for n in range(1, 5)]
    assert process("评分标准.csv", as_csv(Sheet("a", rows)), campaign).status is FileStatus.SKIPPED


def test_a_worksheet_named_for_its_file_is_no_second_witness(campaign):
    [finding] = [
        f for f in process("祁县/东观镇.csv", as_csv(sheet()), campaign).findings if f.code == "U304"
    ]
    assert "工作表名" not in Words("zh").message(finding)


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (b"<html><table><tr><td>1</td></tr></table></html>", {"F105", "F106"}),
        ("姓名,电话\n王伟,0354-1234567\n".encode(), {"F105", "F106"}),
        (as_spreadsheetml([Sheet("表", [["年报", 1.0]])]), {"F105", "F106"}),
        (as_spreadsheetml([Sheet("表", [["年报", 1.0]])])[:-20], {"F101"}),
        (b"1,2,3\n" * 800_000, {"F104"}),
        (b"1,2\n" * 3_000_000, {"F104"}),
    ],
)
def test_under_the_name_of_a_workbook_they_are_reported_like_one(data, codes):
    assert {f.code for f in process("a.xls", data, shipped()).findings} == codes


# -------------------------------------------------------------------------------- what is no table


def zipped(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return target.getvalue()


MHTML = (
    b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n"
    b'Content-Type: multipart/related;\r\n boundary="----=_NextPart_01"\r\n\r\n'
    b"------=_NextPart_01\r\nContent-Type: text/html\r\n\r\n<html></html>"
)
MAIL = (
    b"Received: from mail.jz.gov.cn (10.1.1.1)\r\n\tby mx.jz.gov.cn; Mon, 20 May 2024 08:00:00 +0800\r\n"
    b"From: =?gb18030?B?zfXOsA==?= <wang@jz.gov.cn>\r\nTo: a@b.cn\r\nSubject: =?utf-8?B?6Ieq6K+E?=\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x--"
)
FRAMES = (
    b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><link id="shLink" href="a.files/sheet001.htm"></head>'
    b'<frameset rows="*,39"><frame src="a.files/sheet001.htm"></frameset></html>'
)
FODS = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    b' office:mimetype="application/vnd.oasis.opendocument.spreadsheet"></office:document>'
)
OTHERS = {
    Kind.MHTML: (MHTML, "单个文件网页（MHTML）", "另存为 .xlsx"),
    Kind.FODS: (FODS, "单文件 ODF 表格（FODS）", "LibreOffice"),
    Kind.UOF: (
        b'<?xml version="1.0"?><uof:UOF xmlns:uof="http://schemas.uof.org/cn/2003/uof"/>',
        "标文通文档（UOF）",
        "WPS",
    ),
    Kind.PDF: (b"%PDF-1.7\n%\xe2\xe3", "PDF 文档", "Excel 原表"),
    Kind.OFD: (zipped("OFD.xml", "Doc_0/Document.xml"), "OFD 版式文件", "Excel 原表"),
    Kind.WORD: (zipped("[Content_Types].xml", "word/document.xml"), "Word 文档", "Excel 原表"),
    Kind.SLIDES: (zipped("[Content_Types].xml", "ppt/presentation.xml"), "演示文稿", "Excel 原表"),
    Kind.RTF: (b"{\\rtf1\\ansi}", "RTF 文档", "Excel 原表"),
    Kind.PICTURE: (b"\x89PNG\r\n\x1a\n", "图片", "Excel 原表"),
    Kind.TEXT: ("今天开会".encode(), "纯文本", "Excel 原表"),
    Kind.ARCHIVE: (b"7z\xbc\xaf\x27\x1c\x00\x04", "压缩包", "解压"),
    Kind.XML: (b"<?xml version='1.0'?><Workbook/>", "XML 数据", "重新导出"),
    Kind.HTML: (b"<html><p>1</p></html>", "网页（HTML）", "另存为 .xlsx"),
    Kind.DOCUMENT: (zipped("Index/Document.iwa"), "其他文档", "Excel 原表"),
}


def test_archives_and_mails_under_the_name_of_a_workbook_are_told():
    assert sniff(MAIL)[0] is Kind.MAIL
    assert sniff(zipped("榆次区/a.xlsx"))[0] is Kind.ZIP


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_no_table_is_named_truly_with_what_to_do(kind, campaign):
    data, words, how = OTHERS[kind]
    assert sniff(data)[0] is kind
    result = process("榆次区/a.xlsx", data, campaign)
    [finding] = result.findings
    assert (finding.code, result.status) == ("F107", FileStatus.UNREADABLE)
    assert f"内容其实是{words}" in Words("zh").message(finding).replace("是 ", "是")
    assert how in Words("zh").fix(finding)


def test_a_frameset_lies_in_files_beside_it(campaign):
    [finding] = process("a.xls", FRAMES, campaign).findings
    assert "框架网页" in Words("zh").message(finding)
    assert ".files" in Words("zh").fix(finding)


def test_old_word_documents_are_named_too(campaign):
    for stream, words in (("WordDocument", "Word 文档"), ("PowerPoint Document", "演示文稿")):
        [finding] = process("a.xls", compound({stream: b"x"}), campaign).findings
        assert words in Words("zh").message(finding)


@pytest.mark.parametrize(
    "data",
    [
        b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08\x00", b"BZh91AY&SY", b"\xfd7zXZ\x00",
        b"\0" * 257 + b"ustar\x0000", b"a.xls".ljust(257, b"\0") + b"ustar  \0",
    ],
)  # fmt: skip
def test_archives_that_are_not_opened(data):
    assert sniff(data)[0] is Kind.ARCHIVE
    assert read("a.zip", data, shipped().settings.limits).outcome is Outcome.ARCHIVE


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"From: a@b.cn\nTo: c@d.cn\nSubject: x\n\nhello", Kind.MAIL),
        (b"From a@b.cn Mon May 20 08:00:00 2024\nFrom: a@b.cn\nDate: x\n\nhello", Kind.MAIL),
        (b"Subject: x\nDate: y\n\nhello", Kind.TEXT),  # no sender: may be anybody's notes
        (b"From: a@b.cn\nTo: c@d.cn\nhello", Kind.TEXT),
        (b"Subject: x,From: y,Date: z\n1,2,3\n", Kind.CSV),
        (b"From:,To:\n1,2\n", Kind.CSV),
        (b"From: a,To: b\n\n1,2\n3,4\n", Kind.CSV),
        (b"\xef\xbb\xbf<!-- x --><?y ?>\r\n <table><tr><td>1", Kind.HTML),
        (b"<?xml version='1.0'?><!DOCTYPE html><html><body></body></html>", Kind.HTML),
        ("<html><table><tr><td>1".encode("utf-16"), Kind.HTML),
        (b"<unknown>x</unknown>", Kind.XML),
        (b"<", Kind.TEXT),
        (b"<!--", Kind.TEXT),
        (b"<A,b\n<5,6\n", Kind.CSV),
        (b"BM", Kind.TEXT),
        (b"BZh", Kind.TEXT),
        (b"7z", Kind.TEXT),
        (b"Rar!", Kind.TEXT),
        (b"BM\x36\x00\x00\x00\x00\x00\x00\x00\x36", Kind.PICTURE),
        (b"a,b\n1,\x002\n", Kind.UNKNOWN),
        (b"a,b\n1,\x07\n", Kind.UNKNOWN),
        (b"a,b\n1,\xff\xff\n", Kind.UNKNOWN),
        (b"a,b\n1,2\n\x1a", Kind.CSV),
        (b"a,b", Kind.TEXT),
        (b"a\tb\nc,d\te\nf\tg", Kind.CSV),
        (b"sep=;\na;b", Kind.CSV),
        ("联通,电信\n1,2\n".encode("gbk"), Kind.CSV),
    ],
)  # fmt: skip
def test_kinds_by_content(data, kind):
    assert sniff(data)[0] is kind


# -------------------------------------------------------------------------------- cut short


def test_a_copy_that_was_broken_off_is_called_so(campaign):
    assert not is_cut_short(original())
    xls = as_xls(sheet())
    assert not is_cut_short(xls)
    for data in (
        original()[: len(original()) // 2],
        original()[:60],
        xls[: len(xls) // 2],
        xls[:300],
        ODS[:-100],
    ):
        assert is_cut_short(data)
        [finding] = process("a.xlsx", data, campaign).findings
        assert Words("zh").message(finding) == "文件打不开：文件不完整，可能只拷贝了一部分。"


# -------------------------------------------------------------------------------- strict OOXML


def test_strict_workbooks_reach_the_second_reader_too():
    """calamine gives up a whole workbook for one error that it does not know; openpyxl knows no strict names."""
    strict = as_strict(original())
    spill = rewritten(
        strict,
        lambda name, content: (
            content.replace(
                b"</sheetData>", b'<row r="99"><c r="A99" t="e"><v>#SPILL!</v></c></row></sheetData>'
            )
            if name.startswith("xl/worksheets/sheet")
            else content
        ),
    )
    assert spill != strict
    result = process("a.xlsx", spill, shipped())
    assert result.reader == "openpyxl"
    read_alike(result)


def test_strict_workbooks_are_looked_at_like_others():
    """Formulas without a result, hidden rows and errors are found in them too."""

    def change(name: str, content: bytes) -> bytes:
        more = (
            b'<row r="98" hidden="1"><c r="A98"><f>SUM(F1:F2)</f></c></row><row r="99"><c r="A99" t="e"><v>#REF!</v></c>'
            b'<c r="B99" t="d"><v>2024-05-20</v></c></row></sheetData>'
        )
        return content.replace(b"</sheetData>", more) if name.startswith("xl/worksheets/sheet") else content

    [grid] = read("a.xlsx", rewritten(as_strict(original()), change), shipped().settings.limits).grids
    assert grid.hidden_rows == {97}
    assert grid.formulas == {(97, 0): "SUM(F1:F2)"}
    assert grid.cell(98, 0).text == "#REF!"
    assert grid.cell(98, 1).text == "2024-05-20"
