"""Charts of the office program itself on a worksheet: they follow its cells."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

Area = tuple[int, int, int, int]  # first column and row, last column and row, from 1: what a chart covers
_BLUE, _ORANGE = "4472C4", "C55A11"
_POINTS = 100  # of the size of a font, to the unit that drawings use


def bars_with_line(
    sheet: Any, area: Area, title: str, *, categories: tuple[int, int, int], bars: int, line: int | None,
    names: Sequence[str], percent: bool = False, top: Decimal | None = None,
) -> None:  # fmt: skip
    """Bars of one column, and a threshold as a line over them; the axis ends at `top`.

    `categories` are the column of the names, the first and the last row; `bars` and `line` are columns, `names` the words of
    the two in the legend.
    """
    from openpyxl.chart import BarChart, LineChart  # noqa: PLC0415

    chart = BarChart()
    chart.type, chart.gapWidth = "col", 60
    _add(chart, sheet, categories, bars, names[0], _BLUE)
    _label(chart)
    _dress(chart, title, percent=percent)
    if top is not None:
        chart.y_axis.scaling.max = float(top)
    if line is not None:
        above = LineChart()
        _add(above, sheet, categories, line, names[1], _ORANGE)
        own = above.series[0]
        own.graphicalProperties.line.solidFill, own.graphicalProperties.line.width = _ORANGE, 22000
        own.marker.symbol, own.smooth = "none", False
        chart += above
    _place(chart, sheet, area)


def bars(
    sheet: Any, area: Area, title: str, *, categories: tuple[int, int, int], column: int, name: str
) -> None:
    """Bars of one column, up and down."""
    from openpyxl.chart import BarChart  # noqa: PLC0415

    chart = BarChart()
    chart.type, chart.gapWidth = "col", 60
    _add(chart, sheet, categories, column, name, _BLUE)
    _label(chart)
    _dress(chart, title)
    chart.y_axis.scaling.min = None
    chart.x_axis.tickLblPos = "low"  # names stand below the bars that go down, too
    chart.legend = None
    _place(chart, sheet, area)


def stacked_shares(
    sheet: Any, area: Area, title: str, *, categories: tuple[int, int, int], columns: Sequence[int], names: Sequence[str],
    colours: Sequence[str],
) -> None:  # fmt: skip
    """Lying bars of the same length, divided by the numbers of several columns, which stand on them."""
    from openpyxl.chart import BarChart  # noqa: PLC0415

    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "percentStacked", 100, 50
    for column, name, colour in zip(columns, names, colours, strict=True):
        _add(chart, sheet, categories, column, name, colour)
    _label(chart, "0;;;")  # nobody reads a 0 on a bar that is not there
    _dress(chart, title, percent=True)
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.delete = True  # the numbers stand on the bars
    chart.y_axis.majorGridlines = None
    _place(chart, sheet, area)


def _place(chart: Any, sheet: Any, area: Area) -> None:
    """Put a chart over cells: it is as wide as they are, whatever the font that widths are counted in."""
    from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor  # noqa: PLC0415

    left, top, right, bottom = area
    corners = AnchorMarker(col=left - 1, row=top - 1), AnchorMarker(col=right, row=bottom)
    chart.anchor = TwoCellAnchor(editAs="oneCell", _from=corners[0], to=corners[1])
    sheet.add_chart(chart)


def _add(
    chart: Any, sheet: Any, categories: tuple[int, int, int], column: int, name: str, colour: str
) -> None:
    from openpyxl.chart import Reference, Series  # noqa: PLC0415
    from openpyxl.chart.data_source import AxDataSource, StrRef  # noqa: PLC0415

    names, first, last = categories
    series = Series(Reference(sheet, min_col=column, min_row=first, max_row=last), title=name)
    series.graphicalProperties.solidFill = colour
    place = str(Reference(sheet, min_col=names, min_row=first, max_row=last))
    series.cat = AxDataSource(strRef=StrRef(f=place))  # texts: openpyxl itself would call them numbers
    chart.append(series)


def _label(chart: Any, number_format: str | None = None) -> None:
    from openpyxl.chart.label import DataLabelList  # noqa: PLC0415

    labels = DataLabelList()
    labels.showVal = True
    labels.showSerName = labels.showCatName = labels.showLegendKey = labels.showPercent = False
    if number_format is not None:
        labels.numFmt = number_format
    labels.txPr = _text(8)
    chart.dataLabels = labels


def _dress(chart: Any, title: str, *, percent: bool = False) -> None:
    """Title, axes that are really shown, legend below, and letters that are neither large nor bold."""
    from openpyxl.chart.shapes import GraphicalProperties  # noqa: PLC0415
    from openpyxl.drawing.line import LineProperties  # noqa: PLC0415

    chart.title = _title(title)
    chart.legend.position = "b"
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.txPr = _text(9)
    chart.y_axis.scaling.min = 0
    if percent:
        chart.y_axis.scaling.max = 1
        chart.y_axis.number_format = "0%"
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="D9D9D9"))


def _title(text: str) -> Any:
    from openpyxl.chart.text import RichText, Text  # noqa: PLC0415
    from openpyxl.chart.title import Title  # noqa: PLC0415
    from openpyxl.drawing.text import Paragraph, ParagraphProperties, RegularTextRun  # noqa: PLC0415

    look = _characters(12)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=look), r=[RegularTextRun(rPr=look, t=text)])
    return Title(tx=Text(rich=RichText(p=[paragraph])), overlay=False)


def _text(size: int) -> Any:
    from openpyxl.chart.text import RichText  # noqa: PLC0415
    from openpyxl.drawing.text import Paragraph, ParagraphProperties  # noqa: PLC0415

    return RichText(
        p=[Paragraph(pPr=ParagraphProperties(defRPr=_characters(size)), endParaRPr=_characters(size))]
    )


def _characters(size: int) -> Any:
    from openpyxl.drawing.text import CharacterProperties  # noqa: PLC0415

    return CharacterProperties(sz=size * _POINTS, b=False)
