"""The charts of a report (图): each says in a picture what the context has counted, and nothing else.

Inside a page: `chart.svg()` is one element with `role="img"` and its text alternative; it is transparent, and its text and
lines take the colour of the text around it (`currentColor`), so that light and dark pages need no second drawing. Nothing in
it has a class, and ids begin with the id of the chart. Set `svg { max-width: 100%; height: auto }` for it; put the title
beside it as text (a `figcaption`), it is not drawn. In Word: `chart.png()`, 640 pixels wide at scale 1.
"""

from __future__ import annotations

from collections.abc import Callable

from huitoukan.output.chart_dimensions import dimension_profile
from huitoukan.output.chart_font import FontMissingError, chinese_font
from huitoukan.output.chart_picture import Chart
from huitoukan.output.context import ReportContext
from huitoukan.output.text import Words

__all__ = ["Chart", "FontMissingError", "charts", "chinese_font"]

_CHARTS: tuple[Callable[[ReportContext, Words], Chart | None], ...] = (dimension_profile,)


def charts(context: ReportContext, words: Words) -> tuple[Chart, ...]:
    """The charts that there is something to show in, in the order of the report."""
    return tuple(chart for draw in _CHARTS if (chart := draw(context, words)) is not None)
