"""Self-assessment beside check (自评与检查): the mean of each county by both, over the units that have both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

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
from huitoukan.output.context import ReportContext
from huitoukan.output.text import Words, signed
from huitoukan.phrase import Listing, Phrase, say
from huitoukan.standing.compare import Comparison
from huitoukan.standing.inflation import Inflation

_ROW, _HEAD = 26, 22  # pixels
_STEP = 5  # points: the axis begins and ends at a multiple
_COLUMN = 52  # pixels of a column of numbers at least

Row = tuple[str, Inflation]


def self_and_check(context: ReportContext, words: Words) -> Chart | None:
    """The chart; None where no unit has a score by both."""
    comparison = context.comparison
    rows = [] if comparison is None else _rows(context, comparison)
    if comparison is None or not rows:
        return None
    whole = comparison.whole.index
    told = (words.phrase(sentence) for sentence in _told(rows, whole))
    return Chart(
        "stages",
        words("自评与检查得分对比"),
        words.joined(told),
        _spec(rows, comparison, words),
        no_font(words),
    )


def _rows(context: ReportContext, comparison: Comparison) -> list[Row]:
    """The counties with any unit that has both scores; all of them together below, where they are several."""
    roster = context.campaign.roster
    rows = [
        (roster.county_name(one.body.code), one.group.index)
        for one in comparison.counties
        if one.group.index.n
    ]
    return [*rows, ("", comparison.whole.index)] if len(rows) > 1 else rows


def _told(rows: Sequence[Row], whole: Inflation) -> Iterator[Phrase]:
    yield say(
        "{n} 个单位既有自评得分又有检查得分, 自评平均 {own} 分, 检查平均 {check} 分, 自评减检查 {difference} 分。",
        n=whole.n, own=whole.own, check=whole.check, difference=signed(whole.index),
    )  # fmt: skip
    counties = [(name, index) for name, index in rows if name]
    if len(counties) > 1:
        told = tuple(
            say(
                "{county} {own} 和 {check} ({n} 个)", county=name, own=index.own, check=index.check, n=index.n
            )
            for name, index in counties
        )
        yield say("各县自评和检查的平均分: {counties}。", counties=Listing(told))


def _spec(rows: Sequence[Row], comparison: Comparison, words: Words) -> dict[str, Any]:
    import altair as alt  # noqa: PLC0415

    whole = words("合计")
    points: list[Mapping[str, Any]] = []
    titles = (words("自评"), words("检查"), words("相差"), words("单位数"))
    steps = [max(_COLUMN, text_width(title, SMALL) + 12) for title in titles]
    cells: list[list[Mapping[str, Any]]] = [[] for _ in titles]
    names: list[Mapping[str, Any]] = []
    for n, (name, index) in enumerate(rows):
        own, check = index.own or Decimal(0), index.check or Decimal(0)
        y = _HEAD + n * _ROW + _ROW / 2
        names.append({"y": y, "text": shortened(name or whole, NAMES)})
        points.append({"y": y, "own": float(own), "check": float(check)})
        told = (words.value(own), words.value(check), signed(index.index), f"{index.n}{'*' * index.few}")
        for column, text in zip(cells, told, strict=True):
            column.append({"y": y, "text": text})
    height = _HEAD + len(rows) * _ROW
    left = round(max(text_width(one["text"]) for one in names)) + 16
    right = round(sum(steps)) + 6
    width = WIDTH - left - right
    scores = [point[key] for point in points for key in ("own", "check")]
    first, last = _STEP * (min(scores) // _STEP), _STEP * -(-max(scores) // _STEP)
    scale = alt.Scale(domain=[first, max(last, first + _STEP)], nice=False)
    axis = alt.Axis(
        title=words("平均得分"),
        format="d",
        values=list(range(int(first), int(max(last, first + _STEP)) + 1, _STEP)),
    )
    y_axis = alt.Y("y:Q", scale=alt.Scale(domain=[0, height], nice=False, reverse=True), axis=None)
    own_x, check_x = (alt.X(f"{key}:Q", scale=scale, axis=axis) for key in ("own", "check"))
    base = alt.Chart(data(points)).encode(y=y_axis)
    layers: list[Any] = [
        base.mark_rule(color=INK, opacity=0.5, strokeWidth=2).encode(x=own_x, x2="check:Q"),
        base.mark_point(shape="circle", size=110, color=INK, strokeWidth=2.5, opacity=1).encode(x=own_x),
        base.mark_point(shape="diamond", size=110, color=PASS, filled=True, opacity=1).encode(x=check_x),
        texts(names, alt.value(-12), y_axis, align="right", fontSize=SIZE),
    ]
    x: float = width
    for title, step, column in zip(titles, steps, cells, strict=True):
        x += step
        layers.append(texts(column, alt.value(x), y_axis, align="right", fontSize=SMALL))
        layers.append(texts([{"text": title}], alt.value(x), alt.value(8), align="right", fontSize=SMALL))
    if len(rows) > 1:
        line = alt.Chart(data([{"y": height - _ROW}])).mark_rule(color=INK, opacity=STRONG)
        layers.append(line.encode(y=y_axis, x=alt.value(-left + 4), x2=alt.value(x)))
    layers += _legend(rows, comparison, x, height, words)
    return picture(layers, width, height, {"left": left, "right": right, "top": 6, "bottom": 70})


def _legend(
    rows: Sequence[Row], comparison: Comparison, right: float, height: float, words: Words
) -> list[Any]:
    import altair as alt  # noqa: PLC0415

    own, check = words("自评"), words("检查 (最高阶段)")
    y = height + 56
    marks = (
        ("circle", INK, False, own, 6.0),
        ("diamond", PASS, True, check, 6.0 + 22 + text_width(own, SMALL) + 20),
    )
    layers: list[Any] = []
    for shape, colour, filled, text, x in marks:
        mark = alt.Chart(data([{}])).mark_point(
            shape=shape, size=90, color=colour, filled=filled, strokeWidth=2, opacity=1
        )
        layers.append(mark.encode(x=alt.value(x), y=alt.value(y)))
        layers.append(texts([{"text": text}], alt.value(x + 12), alt.value(y), fontSize=SMALL))
    if any(index.few for _, index in rows):
        note = words.phrase(say("* 不足 {n} 个单位, 仅供参考", n=comparison.least_units))
        layers.append(texts([{"text": note}], alt.value(right), alt.value(y), align="right", fontSize=SMALL))
    return layers
