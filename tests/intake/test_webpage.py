"""Web pages as worksheets, and pages that were made to cost much."""

from __future__ import annotations

import pytest

from huitoukan.grid import Grid, Mark
from huitoukan.intake.bounds import TooLargeError
from huitoukan.intake.markup import pieces
from huitoukan.intake.webpage import is_frameset, read_webpage


def page(text: str, limit: int = 10_000) -> Grid:
    [grid] = read_webpage(text.encode(), "a", limit)
    return grid


def filled(grid: Grid) -> dict[str, object]:
    cells = [grid.cell(row, column) for row, values in enumerate(grid.rows) for column in range(len(values))]
    return {cell.address: cell.value for cell in cells if cell.value is not None}


def test_spans_become_merged_cells_with_the_value_at_the_top_left():
    grid = page(
        "<table><tr><td rowspan=2>一</td><td colspan='2'>二</td></tr><tr><td>三</td><td>四</td></tr>"
        "<tr><td colspan=2 rowspan=1>五</td><td>六</td></tr></table>"
    )
    assert filled(grid) == {"A1": "一", "B1": "二", "B2": "三", "C2": "四", "A3": "五", "C3": "六"}
    assert [area.address for area in grid.merges] == ["A1:A2", "B1:C1", "A3:B3"]


def test_a_span_does_not_reach_beyond_its_table():
    grid = page("<table><tr><td rowspan=99>a<td>b<tr><td>c</table><table><tr><td>d</table>")
    assert filled(grid) == {"A1": "a", "B1": "b", "B2": "c", "A3": "d"}
    assert [area.address for area in grid.merges] == ["A1:A2"]


def test_rowspan_zero_reaches_to_the_end():
    grid = page("<table><tr><td rowspan=0>a<td>b<tr><td>c<tr><td>d</table>")
    assert filled(grid) == {"A1": "a", "B1": "b", "B2": "c", "B3": "d"}
    assert [area.address for area in grid.merges] == ["A1:A3"]


def test_texts_between_tables_are_rows_of_their_own():
    grid = page(
        "<body>附件2<h1>评分表</h1><p>单位名称：<b>乐平镇</b></p><p> </p><table><caption>表一</caption><tr><td>1</td></tr></table>"
        "<div>检查人员：<br>王伟</div><table><tr><td>2</td></tr></table>完</body>"
    )
    assert [row[0] for row in grid.rows] == [
        "附件2",
        "评分表",
        "单位名称：乐平镇",
        "表一",
        1,
        "检查人员：",
        "王伟",
        2,
        "完",
    ]


def test_unclosed_tags_entities_and_line_ends():
    grid = page(
        "<TABLE><TR><TD>&lt;5&gt;&amp;&nbsp;6<TD>一<BR>二<br/><p>三</p><TR><TH>  多   个\n空格 <TD>&nbsp;<TD><!-- x -->7<tr><td>&#x4e2d;&#25991;"
    )
    assert filled(grid) == {"A1": "<5>&\xa06", "B1": "一\n二\n三", "A2": "多 个 空格", "C2": 7, "A3": "中文"}


def test_paragraphs_in_a_cell_are_lines():
    assert filled(page("<table><tr><td> <p>a</p> <p>b</p>\n<div>c</div> d <br><br>e")) == {
        "A1": "a\nb\nc\nd\n\ne"
    }


def test_a_table_that_was_not_closed_ends_where_the_next_begins():
    assert filled(page("<table><tr><td>a</td></tr><table><tr><td>b")) == {"A1": "a", "A2": "b"}


def test_rows_without_a_table():
    assert filled(page("<html><tr><td>a</td><td>b</td></tr><td>c</html>")) == {
        "A1": "a",
        "B1": "b",
        "A2": "c",
    }


def test_nested_tables_take_their_place():
    """Old systems lay a page out with tables: what they show apart lies apart."""
    inner = "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>"
    grid = page(
        f"<table><tr><td>标题</td></tr><tr><td>说明{inner}</td><td>右</td></tr><tr><td>尾</td><td>角</td></tr></table>"
    )
    assert filled(grid) == {
        "A1": "标题", "A2": "说明", "A3": 1, "B3": 2, "A4": 3, "B4": 4, "C2": "右", "A5": "尾", "C5": "角",
    }  # fmt: skip
    assert {area.address for area in grid.merges} == {"A1:B1", "C2:C4", "A5:B5"}


def test_numbers_texts_and_errors_as_excel_makes_them():
    head = '<style>.t{mso-style-parent:style0;mso-number-format:"\\@";} .n{mso-number-format:0}</style>'
    grid = page(
        f"{head}<table><tr><td>4.50</td><td>1,234.5</td><td>-0.5</td><td>4.5分</td><td>1.</td></tr>"
        "<tr><td class='x t'>4.5</td><td style='mso-number-format:\"\\@\"'>4</td><td x:str>3</td><td class=n>2</td><td x:num='4.4999'>4.5</td></tr>"
        "<tr><td>#REF!</td><td>140702199001011234</td><td>2024-05-20</td><td>1,2</td><td>TRUE</td></tr></table>"
    )  # fmt: skip
    assert grid.rows[0] == [4.5, 1234.5, -0.5, "4.5分", 1]
    assert grid.rows[1] == ["4.5", "4", "3", 2, 4.4999]
    assert grid.rows[2] == [None, "140702199001011234", "2024-05-20", "1,2", True]
    assert grid.marks == {(2, 0): (Mark.ERROR, "#REF!")}


def test_hidden_rows_and_columns():
    grid = page(
        "<table><col><col span=2 style='display:none'><col width=0><tr><td>a<td>b<td>c<td>d<tr style='mso-x:y;height:0pt'><td>e"
        "<tr height=0><td>f<tr style='DISPLAY: none'><td>g<tr style='line-height:0'><td>h<tr height=20 style='height:20pt'><td>i</table>"
    )
    assert grid.hidden_columns == {1, 2, 3}
    assert grid.hidden_rows == {1, 2, 3}


def test_the_name_and_visibility_that_excel_left_in_the_page():
    island = (
        "<!--[if gte mso 9]><xml><x:ExcelWorkbook><x:ExcelWorksheets><x:ExcelWorksheet><x:Name>评分&amp;表</x:Name>"
        "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></x:ExcelWorksheet></xml><![endif]-->"
    )
    grid = page(
        f"<html><head>{island}<title>不是单元格</title><script>var a='<td>x';</script></head><table><tr><td>1</table>"
    )
    assert (grid.name, grid.visible) == ("评分&表", False)
    assert filled(grid) == {"A1": 1}
    assert page("<table><tr><td>1").name == "a"


@pytest.mark.parametrize(
    "declared",
    ["", "<meta charset=gb2312>", "<meta charset=utf-8>", "<meta charset=rot13>", "<meta charset=utf-7>"],
)
@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "utf-8-sig", "utf-16"])
def test_charsets_whatever_is_declared(declared, charset):
    data = f"<html>{declared}<table><tr><td>单位名称：乐平镇</td></tr></table>".encode(charset)
    [grid] = read_webpage(data, "a", 100)
    assert filled(grid) == {"A1": "单位名称：乐平镇"}


def test_a_declared_charset_counts_where_the_bytes_allow_several():
    data = "<meta charset=big5><table><tr><td>統計</td></tr></table>".encode("big5")
    assert filled(read_webpage(data, "a", 100)[0]) == {"A1": "統計"}


def test_one_bad_byte_costs_one_character():
    data = "<table><tr><td>甲<td>乙".encode() + b"\xff" + "<td>丙".encode()
    row = read_webpage(b"<meta charset=utf-8>" + data, "a", 100)[0].rows[0]
    assert (row[0], row[2]) == ("甲", "丙")


def test_pages_without_a_table():
    assert read_webpage(b"<html><p>text</p></html>", "a", 100) == ()
    assert is_frameset(b"<html><FRAMESET rows=2><frame src=x></frameset></html>")
    assert not is_frameset(b"<html><p>text</p></html>")


# -------------------------------------------------------------------------------- made to cost much


@pytest.mark.parametrize(
    "text",
    [
        "<table>" + "<tr><td colspan=16384 rowspan=9>x" * 50 + "</table>",
        "<table>" + "<tr><td rowspan=1000000 colspan=1000000>x" * 50 + "</table>",
        "<table>" + "<tr><td colspan=9000><td>x" * 3,
        "<table><tr><td colspan=99999>a<td>b",  # beyond the last column
        "<table>" + "<tr>" * 20_000,
        "<table><tr>" + "<td>" * 20_000,
        "<table><tr><td>" + "<b>" * 20_000,
        "<table><col span=9000 width=0></table>" * 9,
        # a wide table in the first column pushes the second one out, a long one in it makes many rows
        "<table><tr><td><table><tr><td colspan=5000>x</table><td><table>"
        + "<tr><td>x" * 50
        + "</table></table>",
    ],
)
def test_more_cells_than_the_limit_are_refused_before_they_exist(text):
    with pytest.raises(TooLargeError):
        page(text)


def test_a_wide_title_costs_no_cells():
    assert filled(page("<table><tr><td colspan=1000>标题</td></tr><tr><td>1</td></tr></table>")) == {
        "A1": "标题",
        "A2": 1,
    }


def test_tables_may_lie_in_one_another_without_end():
    grid = page("<table><tr><td>x" * 5000 + "</table>" * 5000, 100_000)
    assert grid.cell(0, 0).value == "x"
    assert len(grid.rows) < 20


@pytest.mark.parametrize(
    "part",
    [
        "<",
        "<!--",
        "<a '",
        '<a "',
        "<a b=\"'",
        "</",
        "<td <",
        "<style>",
        "<![CDATA[",
        "&#99999999999;",
        "&" * 9,
        "<a a='b'c=\"",
        "<!x",
        "<table ",
        "<a" + " " * 50,
    ],
)
def test_no_page_takes_more_than_its_length(part):
    """Doubling a page about doubles the work: counted in pieces, and none is lost in a search to the end for each."""
    once, twice = (sum(1 for _ in pieces(part * n)) for n in (20_000, 40_000))
    assert twice <= 2 * once + 2


def test_a_character_number_of_thousands_of_digits():
    assert filled(page("<table><tr><td>a&#" + "9" * 6000 + ";b<td>&#x" + "f" * 6000 + ";")) == {
        "A1": "a\ufffdb",
        "B1": "\ufffd",
    }
