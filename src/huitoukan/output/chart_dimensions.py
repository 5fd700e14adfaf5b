"""The dimension profile (维度得分率): the rate of each dimension at each level, and the least share as a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from huitoukan.model import Level
from huitoukan.output.chart_picture import Chart, no_font
from huitoukan.output.chart_style import (
    INK,
    NAMES,
    PASS,
    SIZE,
    SMALL,
    STRONG,
    WIDTH,
    data,
    picture,
    shortened,
    text_width,
    texts,
)
from huitoukan.output.context import DimensionAnalysis, ReportContext
from huitoukan.output.text import Words, percent
from huitoukan.phrase import Listing, Phrase, say

_ROW, _BAR = 20, 15  # pixels
_GAP = 10  # between dimensions
_LEAST_WIDTH = 300  # of the part with the bars
# A solid bar and a light one with a border: the two levels differ without their colour, and each bar says which it is.
_OPACITY = {Level.COUNTY: 1.0, Level.TOWNSHIP: 0.3}

Rows = Mapping[str, Sequence[tuple[Level, DimensionAnalysis]]]


def dimension_profile(context: ReportContext, words: Words) -> Chart | None:
    """The chart; None where no unit has a score."""
    rows = _rows(context)
    if not rows:
        return None
    least = context.campaign.settings.pass_rules.dimension_share.value
    return Chart(
        "dimensions",
        words("各维度得分率"),
        words.joined(words.phrase(sentence) for sentence in _told(context, least)),
        _spec(rows, least, words),
        no_font(words),
    )


def _rows(context: ReportContext) -> Rows:
    """The levels of each dimension, by its title, in the order of the rubric."""
    rows: dict[str, list[tuple[Level, DimensionAnalysis]]] = {}
    for level in Level:
        for one in context.dimensions.get(level, ()):
            rows.setdefault(one.title, []).append((level, one))
    return rows


def _told(context: ReportContext, least: Decimal) -> Iterator[Phrase]:
    for level in Level:
        dimensions = context.dimensions.get(level, ())
        if dimensions:
            told = tuple(f"{one.title} {percent(one.rate)}" for one in dimensions)
            yield say(
                "{level} ({n} 个单位有得分): {dimensions}。",
                level=level, n=max(one.units for one in dimensions), dimensions=Listing(told),
            )  # fmt: skip
    below = tuple(
        say("{level}{title} {n} 个", level=level, title=one.title, n=one.below)
        for level in Level
        for one in context.dimensions.get(level, ())
        if one.below
    )
    if below:
        yield say(
            "低于维度底线 {share} 的单位: {dimensions}。", share=percent(least), dimensions=Listing(below)
        )
    else:
        yield say("没有单位低于维度底线 {share}。", share=percent(least))


def _spec(rows: Rows, least: Decimal, words: Words) -> dict[str, object]:
    import altair as alt  # noqa: PLC0415

    bars: list[Mapping[str, object]] = []
    titles: list[Mapping[str, object]] = []
    right, y = 20.0, 0.0
    for title, levels in rows.items():
        titles.append({"y": y + len(levels) * _ROW / 2, "text": shortened(title, NAMES)})
        for level, one in levels:
            below = words.phrase(say(", {n} 个单位低于底线", n=one.below)) if one.below else ""
            text = f"{words.value(level)} {percent(one.rate)}{below}"
            rate = float(one.rate * 100)
            right = max(right, text_width(text, SMALL) + 8 - (100 - rate) * _LEAST_WIDTH / 100)
            top, bottom = y + (_ROW - _BAR) / 2, y + (_ROW + _BAR) / 2
            bars.append(
                {
                    "y": y + _ROW / 2,
                    "y1": top,
                    "y2": bottom,
                    "zero": 0,
                    "rate": rate,
                    "level": level.value,
                    "text": text,
                }
            )
            y += _ROW
        y += _GAP
    height = y - _GAP
    left = min(NAMES, max(text_width(title) for title in rows)) + 16
    right = min(right, WIDTH - left - _LEAST_WIDTH)
    width = WIDTH - left - right
    x_axis = alt.Axis(values=[0, 20, 40, 60, 80, 100], labelExpr="datum.label + '%'", title=None)
    x = alt.X("rate:Q", scale=alt.Scale(domain=[0, 100], nice=False), axis=x_axis)
    across = alt.Scale(domain=[0, height], nice=False, reverse=True)
    layers = [
        alt.Chart(data([one for one in bars if one["level"] == level]))
        .mark_bar(color=PASS, fillOpacity=_OPACITY[level], stroke=PASS, strokeWidth=1)
        .encode(x=x, x2="zero:Q", y=alt.Y("y1:Q", scale=across, axis=None), y2="y2:Q")
        for level in Level
    ]
    middle = alt.Y("y:Q", scale=across, axis=None)
    layers.append(texts(bars, x, middle, dx=6, fontSize=SMALL))
    layers.append(texts(titles, alt.value(-12), middle, align="right", fontSize=SIZE))
    line = [{"rate": float(least * 100), "text": words.phrase(say("底线 {share}", share=percent(least)))}]
    rule = alt.Chart(data(line)).mark_rule(color=INK, strokeDash=[5, 3], strokeWidth=1.5, opacity=STRONG)
    layers += [rule.encode(x=x), texts(line, x, alt.value(-10), align="center", fontSize=SMALL)]
    padding = {"left": round(left), "right": round(right), "top": 24, "bottom": 26}
    return picture(layers, round(width), round(height), padding)
