"""Charts of the office program itself on a worksheet: they follow its cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_WIDTH, _HEIGHT = 24.0, 7.5  # centimetres
_BLUE, _ORANGE, _GREY = "4472C4", "C55A11", "A5A5A5"
_POINTS = 100  # of the size of a font, to the unit that drawings use


def bars_with_line(
    sheet: Any, anchor: str, title: str, *, categories: tuple[int, int, int], bars: int, line: int | None,
    names: Sequence[str], percent: bool = False, width: float = _WIDTH, height: float = _HEIGHT,
) -> None:  # fmt: skip
    """Bars of one column, and a threshold as a line over them.

    `categories` are the column of the names, the first and the last row; `bars` and `line` are columns, `names` the words of
    the two in the legend.
    """
    from openpyxl.chart import BarChart, LineChart  # noqa: PLC0415

    chart = BarChart()
    chart.type, chart.gapWidth = "col", 60
    _add(chart, sheet, categories, bars, names[0], _BLUE)
    _label(chart)
    _dress(chart, title, width, height, percent=percent)
    if line is not None:
        above = LineChart()
        _add(above, sheet, categories, line, names[1], _ORANGE)
        own = above.series[0]
        own.graphicalProperties.line.solidFill, own.graphicalProperties.line.width = _ORANGE, 22000
        own.marker.symbol, own.smooth = "none", False
        chart += above
    sheet.add_chart(chart, anchor)


def grouped_bars(
    sheet: Any, anchor: str, title: str, *, categories: tuple[int, int, int], columns: Sequence[int], names: Sequence[str],
    colours: Sequence[str] = (_GREY, _BLUE), width: float = _WIDTH, height: float = _HEIGHT,
) -> None:  # fmt: skip
    """Bars of several columns side by side."""
    from openpyxl.chart import BarChart  # noqa: PLC0415

    chart = BarChart()
    chart.type, chart.gapWidth = "col", 60
    for column, name, colour in zip(columns, names, colours, strict=True):
        _add(chart, sheet, categories, column, name, colour)
    _label(chart)
    _dress(chart, title, width, height)
    sheet.add_chart(chart, anchor)


def stacked_shares(
    sheet: Any, anchor: str, title: str, *, categories: tuple[int, int, int], columns: Sequence[int], names: Sequence[str],
    colours: Sequence[str], width: float = _WIDTH, height: float = _HEIGHT,
) -> None:  # fmt: skip
    """Lying bars of the same length, divided by the numbers of several columns, which stand on them."""
    from openpyxl.chart import BarChart  # noqa: PLC0415

    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "percentStacked", 100, 50
    for column, name, colour in zip(columns, names, colours, strict=True):
        _add(chart, sheet, categories, column, name, colour)
    _label(chart, "0;;;")  # nobody reads a 0 on a bar that is not there
    _dress(chart, title, width, height, percent=True)
    chart.x_axis.scaling.orientation = "maxMin"
    sheet.add_chart(chart, anchor)


def _add(
    chart: Any, sheet: Any, categories: tuple[int, int, int], column: int, name: str, colour: str
) -> None:
    from openpyxl.chart import Reference, Series  # noqa: PLC0415

    names, first, last = categories
    series = Series(Reference(sheet, min_col=column, min_row=first, max_row=last), title=name)
    series.graphicalProperties.solidFill = colour
    chart.append(series)
    chart.set_categories(Reference(sheet, min_col=names, min_row=first, max_row=last))


def _label(chart: Any, number_format: str | None = None) -> None:
    from openpyxl.chart.label import DataLabelList  # noqa: PLC0415

    labels = DataLabelList()
    labels.showVal = True
    labels.showSerName = labels.showCatName = labels.showLegendKey = labels.showPercent = False
    if number_format is not None:
        labels.numFmt = number_format
    labels.txPr = _text(8)
    chart.dataLabels = labels


def _dress(chart: Any, title: str, width: float, height: float, *, percent: bool = False) -> None:
    """Title, axes that are really shown, legend below, and letters that are neither large nor bold."""
    from openpyxl.chart.layout import Layout as ChartLayout  # noqa: PLC0415, F401
    from openpyxl.chart.shapes import GraphicalProperties  # noqa: PLC0415
    from openpyxl.chart.title import Title  # noqa: PLC0415
    from openpyxl.drawing.line import LineProperties  # noqa: PLC0415

    chart.width, chart.height = width, height
    chart.title = _title(title)
    assert isinstance(chart.title, Title)
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
