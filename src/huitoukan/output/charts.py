"""The charts of a report (图): each says in a picture what the context has counted, and nothing else.

Inside a page: `chart.svg()` is one element with `role="img"` and its text alternative; it is transparent, and its text and
lines take the colour of the text around it (`currentColor`), so that light and dark pages need no second drawing. Nothing in
it has a class, and ids begin with the id of the chart. Set `svg { max-width: 100%; height: auto }` for it; put the title
beside it as text (a `figcaption`), it is not drawn. In Word: `chart.png()`, 640 pixels wide at scale 1.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from huitoukan.output.chart_coverage import coverage_map
from huitoukan.output.chart_dimensions import dimension_profile
from huitoukan.output.chart_font import FontMissingError, chinese_font
from huitoukan.output.chart_map import county_tiles
from huitoukan.output.chart_picture import Chart
from huitoukan.output.chart_scores import score_distribution
from huitoukan.output.chart_stages import self_and_check
from huitoukan.output.context import ReportContext
from huitoukan.output.text import Words

__all__ = [
    "CHARTS", "Chart", "FontMissingError", "chart_drawings", "charts", "chinese_font",
    "outdated_charts",
]  # fmt: skip

_CHARTS: tuple[Callable[[ReportContext, Words], Chart | None], ...] = (
    dimension_profile,
    score_distribution,
    self_and_check,
    coverage_map,
    county_tiles,
)

CHARTS = "charts"  # the folder of the files
IDS = ("dimensions", "scores", "stages", "coverage", "map")


def chart_drawings(drawn: Iterable[Chart]) -> Mapping[str, bytes]:
    """The charts as files: path in the report folder, content."""
    return {f"{CHARTS}/{chart.id}.svg": chart.svg(standalone=True).encode("utf-8") for chart in drawn}


def outdated_charts(written: Collection[str]) -> tuple[str, ...]:
    """The files of an earlier run that must not lie there as if they were of today: a chart that now has nothing to show."""
    names = {f"{CHARTS}/{id}{suffix}" for id in IDS for suffix in (".svg", ".png")}
    return tuple(sorted(names.difference(written)))


def charts(context: ReportContext, words: Words) -> tuple[Chart, ...]:
    """The charts that there is something to show in, in the order of the report."""
    return tuple(chart for draw in _CHARTS if (chart := draw(context, words)) is not None)
