"""What the XML of a worksheet tells: read from workbooks that openpyxl and LibreOffice wrote, and from XML by hand."""

import contextlib
import io
import re
import shutil
import subprocess
import time
import warnings
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.drawing.image import Image
from openpyxl.styles import Font, PatternFill
from PIL import Image as Picture

from huitoukan.campaign.campaign import load_campaign
from huitoukan.grid import Look, Mark
from huitoukan.intake.bounds import BrokenError
from huitoukan.intake.parts import extent
from huitoukan.intake.reader import read
from huitoukan.intake.scan import SheetScan, _format_look, read_styles, scan_sheet


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def workbook() -> Workbook:
    """One of everything that a value does not tell."""
    book = Workbook()
    sheet = book.active
    sheet.title = "评分表"
    for row in range(1, 9):
        sheet.append([f"项目{row}", 4, row / 2])
    sheet.row_dimensions[3].hidden = True
    sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["B"].hidden = True
    sheet["C1"].font = Font(color="FFFFFFFF")
    sheet["C2"].font = Font(color="FF00B0F0")
    sheet["C2"].fill = PatternFill("solid", start_color="FF00B0F0")
    sheet["C3"].font = Font(color="FFFFFFFF")  # white on blue can be read
    sheet["C3"].fill = PatternFill("solid", start_color="FF0000FF")
    sheet["C4"].number_format = "0"
    sheet["C5"].number_format = "0.0_ "
    sheet["C6"].number_format = "0%"
    sheet["C7"].number_format = ";;;"
    sheet["C8"].number_format = "yyyy-mm-dd"
    sheet["D1"] = "=SUM(C1:C8)"
    sheet["D2"] = "=C1+C2"
    book.create_sheet("藏").sheet_state = "veryHidden"
    return book


LOOKS = {
    "C1": Look(invisible=True),
    "C2": Look(invisible=True),
    "C4": Look(decimals=0),
    "C5": Look(decimals=1),
    "C6": Look(decimals=0, percent=True),
    "C7": Look(invisible=True),
}


def seen(data: bytes):
    book = read("a.xlsx", data, load_campaign().settings.limits)
    return book.grids


def address(place):
    return f"{'ABCDEFGH'[place[1]]}{place[0] + 1}"


def test_what_openpyxl_wrote():
    grid, hidden = seen(saved(workbook()))
    assert sorted(grid.hidden_rows) == [2, 4]
    assert sorted(grid.hidden_columns) == [1]
    assert {address(place): look for place, look in grid.looks.items()} == LOOKS
    assert {address(place): formula for place, formula in grid.formulas.items()} == {
        "D1": "SUM(C1:C8)",
        "D2": "C1+C2",
    }
    assert {address(place): mark for place, (mark, _) in grid.marks.items()} == {
        "D1": Mark.UNCACHED,
        "D2": Mark.UNCACHED,
    }
    assert (grid.visible, hidden.visible) == (True, False)
    assert (grid.pictures, hidden.hidden_rows) == ((), frozenset())


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed (CI installs it)")
def test_what_libreoffice_saved(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(saved(workbook()))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "out")]
    subprocess.run([*command, str(tmp_path / "a.xlsx")], check=True, capture_output=True, timeout=180)
    grid, hidden = seen((tmp_path / "out/a.xlsx").read_bytes())
    assert sorted(grid.hidden_rows) == [2, 4]
    assert sorted(grid.hidden_columns) == [1]
    assert {address(place): look for place, look in grid.looks.items()} == LOOKS
    assert {address(place): formula for place, formula in grid.formulas.items()} == {
        "D1": "SUM(C1:C8)",
        "D2": "C1+C2",
    }
    assert (grid.marks, hidden.visible) == ({}, False)


def test_pictures_lie_over_their_cells():
    book = workbook()
    stream = io.BytesIO()
    Picture.new("RGB", (64, 20), "red").save(stream, "PNG")
    book["评分表"].add_image(Image(stream), "B5")
    grid, _ = seen(saved(book))
    (area,) = grid.pictures
    assert (area.top, area.left) == (4, 1)


def test_a_merged_area_covers_what_lies_under_it():
    book = Workbook()
    for row in (1, 2, 3):
        book.active.cell(row, 1, row)
    data = _edited(
        saved(book),
        b"</sheetData>",
        b'</sheetData><mergeCells count="1"><mergeCell ref="A1:A2"/></mergeCells>',
    )
    (grid,) = seen(data)
    assert grid.covered == {(1, 0): 2.0}
    assert [row[0] for row in grid.rows] == [1.0, "", 3.0]


def _edited(data: bytes, old: bytes, new: bytes, part: str = "xl/worksheets/sheet1.xml") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                assert old in content
                content = content.replace(old, new)
            archive.writestr(name, content)
    return target.getvalue()


def scan(xml: str, styles: bytes | None = None) -> SheetScan:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        if styles is not None:
            archive.writestr("xl/styles.xml", styles)
        return scan_sheet(archive, "xl/worksheets/sheet1.xml", xml.encode())


def test_formulas_in_every_way_of_writing():
    sheet = (
        "<worksheet><sheetData>"
        '<row r="1"><c r="A1"><f>SUM(B1:B2)</f><v>3</v></c><c r="B1" t="str"><f>""</f><v></v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" ref="A2:A3" si="0">B2+1</f><v>1</v></c><c r="B2"><f>C2</f></c></row>'
        '<row r="3"><c r="A3"><f t="shared" si="0"/><v>2</v></c><c r="B3" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        "</sheetData></worksheet>"
    )
    expected = {"A1": "SUM(B1:B2)", "B1": '""', "A2": "B2+1", "B2": "C2", "A3": "", "B3": "1/0"}
    for xml in (sheet, re.sub(r"<(/?)(?=\w)", r"<\1x:", sheet)):  # elements may carry a prefix
        found = scan(xml)
        assert {address(place): formula for place, formula in found.formulas.items()} == expected
        assert {address(place): mark for place, (mark, _) in found.marks.items()} == {
            "B2": Mark.UNCACHED,
            "B3": Mark.ERROR,
        }


def test_openpyxl_prints_no_warnings():
    data = _edited(saved(workbook()), b"<v>4</v>", b"<v>1e15</v>")
    data = _edited(
        data, b"</sheetData>", b'<row r="60"><c r="A60" t="e"><v>#SPILL!</v></c></row></sheetData>'
    )
    with warnings.catch_warnings(record=True) as printed:
        warnings.simplefilter("always")
        assert read("a.xlsx", data, load_campaign().settings.limits).reader == "openpyxl"
    assert printed == []


def test_rows_without_height_and_columns_without_width_do_not_show():
    found = scan(
        '<worksheet><cols><col min="2" max="3" width="0" customWidth="1"/><col min="5" max="16384" hidden="1"/></cols><sheetData>'
        '<row r="1" customHeight="0" ht="15"/><row r="2" ht="0" customHeight="1"/><row r="3" hidden="true"/>'
        '<row r="4" hidden="0"/></sheetData></worksheet>'
    )
    assert sorted(found.hidden_rows) == [1, 2]
    assert sorted(found.hidden_columns)[:3] == [1, 2, 4]
    assert max(found.hidden_columns) == 16383


@pytest.mark.parametrize(
    ("code", "look"),
    [
        ("0.00", Look(decimals=2)), ("#,##0", Look(decimals=0)), ('0.0"分"', Look(decimals=1)), ("0.0_);[Red]\\(0.0\\)", Look(decimals=1)),
        ("0.0%", Look(decimals=1, percent=True)), ("General", None), ("@", None), ('yyyy"年"m"月"', None), ("0.00E+00", None), ("# ?/?", None),
        (";;;", Look(invisible=True)), ('"无"', Look(instead="无")), ('"4"', Look(instead="4")), ('\\4;0', Look(instead="4")), ('""', Look(instead="")), (";;", Look(instead="")),
        ("[Red]", None), ("", None), ('"a;b"0', Look(decimals=0)), ("[h]:mm", None),
    ],
)  # fmt: skip
def test_number_formats(code, look):
    code = code.replace('"', "&quot;")
    styles = (
        f'<styleSheet><numFmts><numFmt numFmtId="170" formatCode="{code}"/></numFmts><fonts><font/></fonts><fills><fill/></fills>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="170" fontId="0" fillId="0"/></cellXfs></styleSheet>'
    )
    assert read_styles(styles.encode()).get(1) == look


@pytest.mark.parametrize(
    ("colour", "invisible"),
    [('rgb="FFFFFFFF"', True), ('theme="0"', True), ('theme="0" tint="-0.5"', False), ('indexed="9"', True), ('rgb="FFF8F9FA"', True), ('rgb="FFF6FFFF"', False), ('rgb="red"', False), ('rgb="FF000000"', False), ('auto="1"', False)],
)  # fmt: skip
def test_white_text(colour, invisible):
    styles = (
        f"<styleSheet><fonts><font><color {colour}/></font></fonts><fills><fill><patternFill patternType='none'/></fill></fills>"
        "<cellXfs><xf fontId='0' fillId='0'/></cellXfs></styleSheet>"
    )
    assert read_styles(styles.encode()).get(0, Look()).invisible is invisible


@pytest.mark.parametrize(
    "styles", [b"", b"<", b"<styleSheet><cellXfs><xf fontId='x' numFmtId='-1'/></cellXfs></styleSheet>"]
)
def test_styles_that_are_malformed_tell_nothing(styles):
    assert (
        scan('<worksheet><sheetData><row r="1"><c r="A1" s="0"/></row></sheetData></worksheet>', styles).looks
        == {}
    )


def test_a_sheet_without_styles_or_with_a_broken_drawing_is_read():
    data = saved(workbook())
    broken = _edited(data, b"</worksheet>", b'<drawing r:id="rId9" xmlns:r="x"/></worksheet>')
    assert seen(broken)[0].rows[0][0] == "项目1"


def test_external_links_are_told_by_the_name_of_the_workbook():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
        archive.writestr(
            "xl/externalLinks/_rels/externalLink1.xml.rels",
            '<Relationships><Relationship Id="rId1" TargetMode="External" Type="http://x/relationships/externalLinkPath"'
            ' Target="file:///C:/%E5%8E%BB%E5%B9%B4/%E8%AF%84%E5%88%86%E8%A1%A8.xlsx"/></Relationships>',
        )
        xml = (
            '<worksheet><sheetData><row r="1"><c r="A1"><f>[1]Sheet1!F35</f><v>1</v></c>'
            '<c r="B1"><f>[2]Sheet1!A1</f><v>1</v></c></row></sheetData></worksheet>'
        )
        found = scan_sheet(archive, "xl/worksheets/sheet1.xml", xml.encode())
    assert list(found.formulas.values()) == ["[评分表.xlsx]Sheet1!F35", "[2]Sheet1!A1"]


CELLS = '<worksheet><sheetData><row r="1">{}</row></sheetData></worksheet>'


def test_an_error_cell_takes_no_value_from_another_cell():
    found = scan(
        CELLS.format(
            '<c r="A1" t="e"/><c r="B1" t="e"></c><c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="D1"><v>3</v></c>'
        )
    )
    assert {address(place): mark for place, mark in found.marks.items()} == {"C1": (Mark.ERROR, "#DIV/0!")}


def test_formulas_are_told_without_the_escapes_of_xml():
    found = scan(CELLS.format("<c r='x' /><c r=\"A1\"><f>SUM(&#19978;&apos;&amp;B1)</f><v>1</v></c>"))
    assert list(found.formulas.values()) == ["SUM(上'&B1)"]


@pytest.mark.parametrize(
    "xml",
    [
        CELLS.format('<c r="A1" t="e">' * 40_000), CELLS.format("<f" * 100_000), CELLS.format('<c t="e" ' * 100_000), CELLS.format("<f/>" * 100_000),
        '<x:worksheet xmlns:x="x">' + "<x:f" * 100_000, "<worksheet>" + '<row hidden="1" ' * 100_000, "<worksheet>" + "<col " * 100_000 + "<sheetData/>",
        '<worksheet><cols>' + '<col min="1" max="16384" hidden="1"/>' * 5_000 + "</cols><sheetData/></worksheet>",
        '<worksheet><cols>' + "".join(f'<col min="{n}" max="16384" hidden="1"/>' for n in range(1, 5_000)) + "</cols><sheetData/></worksheet>",
    ],
    ids=range(9),
)  # fmt: skip
def test_a_hostile_sheet_costs_no_more_than_its_length(xml):
    styles = b"<styleSheet><fonts><font><color rgb='FFFFFFFF'/></font></fonts><fills/><cellXfs><xf/></cellXfs></styleSheet>"
    start = time.process_time()
    scan(xml, styles)
    with contextlib.suppress(BrokenError):
        extent("a", xml.encode() + b'<c r="A9999"', 10)
    assert time.process_time() - start < 1


def test_a_number_format_longer_than_excel_allows_is_ignored():
    start = time.process_time()
    assert _format_look("[" * 100_000) == _format_look("0" * 256) == Look()
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("height", "hidden"),
    [("0", True), ("0.75", True), ("1", True), ("1.0", True), ("1.5", False), ("15", False), ("10", False)],
)
def test_a_row_of_nearly_no_height_does_not_show(height, hidden):
    found = scan(f'<worksheet><sheetData><row r="1" ht="{height}" customHeight="1"/></sheetData></worksheet>')
    assert bool(found.hidden_rows) is hidden


@pytest.mark.parametrize(
    ("width", "hidden"),
    [("0", True), ("0.1", True), ("0.2", True), ("0.25", False), ("2", False), ("0.9", False)],
)
def test_a_column_of_nearly_no_width_does_not_show(width, hidden):
    found = scan(f'<worksheet><cols><col min="1" max="1" width="{width}"/></cols><sheetData/></worksheet>')
    assert bool(found.hidden_columns) is hidden
