"""The XML of Excel 2003 as worksheets."""

from __future__ import annotations

from datetime import date, datetime, time
from xml.sax.saxutils import quoteattr

import pytest

from huitoukan.grid import Grid, Mark
from huitoukan.intake.bounds import BrokenError, TooLargeError
from huitoukan.intake.spreadsheetml import read_spreadsheetml

HEAD = (
    '<?xml version="1.0"?>\r\n<?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel" '
    'xmlns:html="http://www.w3.org/TR/REC-html40">'
)


def book(inner: str, limit: int = 1000) -> tuple[Grid, ...]:
    return read_spreadsheetml((HEAD + inner + "</Workbook>").encode(), "a", limit)


def table(inner: str, limit: int = 1000) -> Grid:
    [grid] = book(f'<Worksheet ss:Name="评分表"><Table>{inner}</Table></Worksheet>', limit)
    return grid


def data(text: str, kind: str = "String", **attributes: object) -> str:
    told = "".join(f" ss:{name}={quoteattr(str(value))}" for name, value in attributes.items())
    return f'<Cell{told}><Data ss:Type="{kind}">{text}</Data></Cell>'


def filled(grid: Grid) -> dict[str, object]:
    cells = [grid.cell(row, column) for row, values in enumerate(grid.rows) for column in range(len(values))]
    return {cell.address: cell.value for cell in cells if cell.value is not None}


def test_indexes_and_merged_cells():
    grid = table(
        f"<Row>{data('a')}{data('b', MergeAcross=2)}{data('c')}</Row>"
        f'<Row ss:Index="4">{data("d", Index=3, MergeDown=1)}{data("e")}</Row><Row>{data("f")}</Row>'
    )
    assert filled(grid) == {"A1": "a", "B1": "b", "E1": "c", "C4": "d", "D4": "e", "A5": "f"}
    assert [area.address for area in grid.merges] == ["B1:D1", "C4:C5"]


def test_types():
    grid = table(
        f"<Row>{data('4.50', 'Number')}{data(' 4 ')}{data('1', 'Boolean')}{data('2024-05-20T00:00:00.000', 'DateTime')}"
        f"{data('2024-05-20T08:30:00.000', 'DateTime')}{data('1899-12-31T08:30:00.000', 'DateTime')}{data('#REF!', 'Error')}"
        f"{data('', 'String')}{data('x', 'Number')}<Cell><Data>y</Data></Cell></Row>"
    )
    assert [grid.cell(0, n).value for n in range(10)] == [
        4.5, " 4 ", True, date(2024, 5, 20), datetime(2024, 5, 20, 8, 30), time(8, 30), None, None, "x", "y",
    ]  # fmt: skip
    assert grid.marks == {(0, 6): (Mark.ERROR, "#REF!")}


def test_rich_text_and_comments():
    grid = table(
        '<Row><Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>加粗</B><Font>的字</Font></ss:Data>'
        '<Comment ss:Author="x"><ss:Data xmlns="http://www.w3.org/TR/REC-html40"><B>批注</B></ss:Data></Comment></Cell></Row>'
    )
    assert filled(grid) == {"A1": "加粗的字"}


def test_formulas_are_told_in_addresses_that_people_know():
    grid = table(
        f"<Row>{data('1', 'Number')}</Row><Row>{data('3', 'Number')}</Row>"
        f"<Row>{data('4', 'Number', Formula='=SUM(R[-2]C:R[-1]C)')}"
        '<Cell ss:Formula="=R1C1+RC[-1]&amp;&quot;RC&quot;"/><Cell ss:Formula="=ROUND(R[-9]C,1)"/>'
        "<Cell ss:Formula=\"='[去年.xlsx]RC'!R2C5\"/></Row>"
    )
    assert grid.formulas == {
        (2, 0): "SUM(A1:A2)",
        (2, 1): '$A$1+A3&"RC"',
        (2, 2): "ROUND(#REF!,1)",
        (2, 3): "'[去年.xlsx]RC'!$E$2",
    }
    assert {place: mark for place, (mark, _) in grid.marks.items()} == dict.fromkeys(
        [(2, 1), (2, 2), (2, 3)], Mark.UNCACHED
    )


def test_what_is_hidden():
    one, two = book(
        '<Worksheet ss:Name="一"><Table><Column/><Column ss:Hidden="1" ss:Span="1"/><Column/><Column ss:Index="6" ss:Width="0"/>'
        f'<Row>{data("a")}{data("g", Index=7)}</Row><Row ss:Hidden="1" ss:Span="1"/><Row>{data("d")}</Row>'
        f'<Row ss:Height="0">{data("e")}</Row></Table></Worksheet>'
        f'<Worksheet ss:Name="二"><Table><Row>{data("a")}</Row></Table><x:WorksheetOptions><x:Visible>SheetVeryHidden</x:Visible>'
        "</x:WorksheetOptions></Worksheet>"
    )
    assert (one.hidden_columns, one.hidden_rows, one.visible) == ({1, 2, 5}, {1, 2, 4}, True)
    assert filled(one) == {"A1": "a", "G1": "g", "A4": "d", "A5": "e"}
    assert (two.name, two.visible) == ("二", False)


def test_the_date_system():
    sheet = f'<Worksheet ss:Name="a"><Table><Row>{data("43970", "Number")}</Row></Table></Worksheet>'
    assert not book(sheet)[0].date_1904
    assert book(f"<x:ExcelWorkbook><x:Date1904/></x:ExcelWorkbook>{sheet}")[0].date_1904


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "utf-16"])
def test_charsets(charset):
    text = (
        HEAD.replace('"1.0"', f'"1.0" encoding="{charset}"')
        + f'<Worksheet ss:Name="表"><Table><Row>{data("乐平镇")}</Row></Table></Worksheet></Workbook>'
    )
    [grid] = read_spreadsheetml(text.encode("gb18030" if charset == "gb2312" else charset), "a", 100)
    assert filled(grid) == {"A1": "乐平镇"}


# -------------------------------------------------------------------------------- made to harm


@pytest.mark.parametrize(
    "text",
    [
        HEAD.replace("<?mso", '<!DOCTYPE w [<!ENTITY a "x">]><?mso') + "</Workbook>",
        HEAD.replace("<?mso", '<!DOCTYPE w SYSTEM "file:///etc/passwd"><?mso') + "</Workbook>",
        HEAD.replace("<?mso", '<!DOCTYPE w [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><?mso') + "&b;</Workbook>",
        HEAD + "</Work",
        HEAD + '<Worksheet ss:Name="a"><Table><Row ss:Index="1048577"/></Table></Worksheet></Workbook>',
        HEAD
        + '<Worksheet ss:Name="a"><Table><Row><Cell ss:Index="16385"/></Row></Table></Worksheet></Workbook>',
        HEAD + f'<Worksheet ss:Name="a"><Table><Row ss:Index="{"9" * 5000}"/></Table></Worksheet></Workbook>',
        HEAD + "<a>" * 100_000,
    ],
)
def test_what_is_not_read(text):
    with pytest.raises(BrokenError):
        read_spreadsheetml(text.encode("utf-8", "surrogatepass"), "a", 1000)


def test_areas_beyond_the_limit_are_refused_before_they_exist():
    with pytest.raises(TooLargeError):
        table(f'<Row ss:Index="1048576">{data("x", Index=16384)}</Row>')
    with pytest.raises(TooLargeError):
        book(
            "".join(
                f'<Worksheet ss:Name="{n}"><Table><Row ss:Index="600">{data("x")}</Row></Table></Worksheet>'
                for n in "ab"
            )
        )


def test_more_elements_than_cells_within_the_limit_are_refused():
    with pytest.raises(TooLargeError):
        table("<Row>" + "<Cell/>" * 600 + "</Row>")


def test_empty_cells_and_hidden_spans_far_away_cost_nothing():
    grid = table(
        f'<Column ss:Hidden="1" ss:Span="99999999"/><Row>{data("x")}</Row><Row ss:Index="1048576" ss:Hidden="1" ss:Span="9999999"><Cell ss:Index="16384"/></Row>'
    )
    assert (len(grid.rows), grid.hidden_columns, grid.hidden_rows) == (1, {0}, frozenset())


def test_a_merged_area_without_end():
    grid = table(f"<Row>{data('x', MergeAcross=99999999, MergeDown=99999999)}</Row>")
    assert [area.address for area in grid.merges] == ["A1:XFD1048576"]


def test_elements_out_of_place_are_passed_over():
    assert (
        book("<Row/><Cell/><Data>x</Data><Worksheet ss:Name='a'><Cell><Data>x</Data></Cell></Worksheet>")[
            0
        ].rows
        == []
    )
