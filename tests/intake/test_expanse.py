"""How far worksheets reach is known before anything is allocated for them."""

import pytest

from huitoukan.intake.bounds import BrokenError, TooLargeError, merged_areas
from huitoukan.intake.expanse import check_ods, check_xls
from huitoukan.intake.parts import extent
from tests.hostile.case import parts, sheet_xml
from tests.hostile.containers import BOF, END_OF_PART, book, number, ods, record

LIMIT = 2_000_000


def cells(*references: str) -> bytes:
    return sheet_xml(b"".join(b"<row><c %s><v>1</v></c></row>" % one.encode() for one in references))


@pytest.mark.parametrize(
    ("references", "reach"),
    [
        (['r="A1"', 'r="B2"'], (0, 0)),  # few at a quick look
        (['r="A1"', 'r="C1000"'], (1000, 3)),
        (['r="A1"', "r='C1000'"], (1000, 3)),
        (['r="A1"', ' s="1"\n r = "C1000"'], (1000, 3)),
        (['r="A1"', 'r="C&#49;000"'], (1000, 3)),
        (['r="A1"', 'r="c1000"'], (1000, 3)),
        (['r="A1"', 'x=">" r="C1000"'], (1000, 3)),
        (['r="A1"', 'r="C1000" x="/>"'], (1000, 3)),
        (["", ""], (2, 1)),
    ],
)
def test_the_reach_of_a_worksheet(references, reach):
    assert extent("表", cells(*references), LIMIT) == reach


def test_cells_without_an_address_count_from_their_row():
    xml = sheet_xml(b'<row r="7"><c><v>1</v></c><c><v>1</v></c></row>')
    assert extent("表", xml, LIMIT) == (7, 2)


def test_cells_under_a_prefix_count_too():
    xml = b'<x:worksheet xmlns:x="s"><x:sheetData><x:row><x:c r="C1000"/></x:row></x:sheetData></x:worksheet>'
    assert extent("表", xml, LIMIT) == (1000, 3)


def test_cells_behind_the_rows_count_too():
    xml = sheet_xml(b'<row><c r="A1"/></row></sheetData><sheetData><row><c r="C1000"><v>1</v></c></row>')
    assert extent("表", xml, LIMIT) == (1000, 3)


def test_styled_blank_cells_reach_nowhere():
    xml = sheet_xml(
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    )
    assert extent("表", xml, LIMIT) == (1, 1)


def test_the_reach_of_a_form_is_told_by_a_quick_look():
    xml = parts()["xl/worksheets/sheet1.xml"]
    assert extent("表", xml, LIMIT) == (0, 0)
    # What stands around the rows begins with the letter of a cell, too.
    around = xml.replace(b"</worksheet>", b"<conditionalFormatting/><colBreaks/></worksheet>")
    assert extent("表", around, LIMIT) == (0, 0)


@pytest.mark.parametrize("reference", ['r="A1048577"', 'r="XFE1"', 'r="ZZZ9"'])
def test_cells_beyond_any_worksheet_are_refused(reference):
    with pytest.raises(TooLargeError):
        extent("表", cells(reference), LIMIT)


@pytest.mark.parametrize("reference", ['r="1A"', 'r="A-1"', 'r="A99999999999"', 'r=""', 'r="AAAA1"'])
def test_cells_that_stand_nowhere_are_damage(reference):
    with pytest.raises(BrokenError):
        extent("表", cells(reference), LIMIT)


def stream(*body: bytes) -> bytes:
    return BOF + END_OF_PART + BOF + b"".join(body) + END_OF_PART


def test_the_reach_of_an_xls():
    check_xls(book(), LIMIT)
    check_xls(stream(number(0, 0), number(9, 9)), 100)
    with pytest.raises(TooLargeError):
        check_xls(stream(number(0, 0), number(9, 10)), 100)
    with pytest.raises(TooLargeError):
        check_xls(stream(number(9, 6)) + stream(number(9, 6)), 100)
    with pytest.raises(TooLargeError):
        check_xls(stream(record(0x200, b"\0\0\0\0\xff\xff\xff\0\0\0\xff\0\0\0")), LIMIT)
    with pytest.raises(TooLargeError):  # several numbers in one record: the last column stands at its end
        check_xls(stream(record(0xBD, b"\x09\0\0\0" + bytes(12) + b"\xff\0")), 100)
    # The text that a formula results in: its record begins with the length of that text, not with a place.
    check_xls(stream(number(0, 0), record(0x207, b"\x15\0\x01\xe0" + bytes(40))), 1)
    check_xls(stream(record(0x203, b"\1")) + b"\x03\x02\xff\xff", 1)


def table(rows: int, columns: int, value: str = 'o:value-type="float"') -> bytes:
    return f'<x xmlns:t="t" xmlns:o="o"><t:table t:name="表"><t:table-row t:number-rows-repeated="{rows}"><t:table-cell t:number-columns-repeated="{columns}" {value}/></t:table-row></t:table></x>'.encode()


def test_the_reach_of_an_ods():
    check_ods(parts(ods())["content.xml"], LIMIT)
    check_ods(table(10, 10), 100)
    check_ods(table(1048576, 16384, ""), 100)  # nothing in them
    for rows, columns in ((10, 11), (1 << 62, 1), (10**30, 1), (-1, 1)):
        with pytest.raises(TooLargeError):
            check_ods(table(rows, columns), 100)
    with pytest.raises(BrokenError):
        check_ods(b"<x>", 100)


def test_merged_areas_without_end():
    few = [((0, 0), (3, 3))] * 900
    assert len(merged_areas("表", few, 10, 10)) == 900
    assert len(merged_areas("表", [((n, 0), (n, 1)) for n in range(5000)], 5000, 2)) == 5000
    with pytest.raises(BrokenError):
        merged_areas("表", [((0, 0), (3, 3))] * 2000, 10, 10)
    with pytest.raises(TooLargeError):
        merged_areas("表", [((0, 0), (0, 0))] * 20_001, 10, 10)
