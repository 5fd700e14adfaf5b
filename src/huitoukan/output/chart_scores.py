"""The distribution of scores (得分分布): townships and county bodies in steps named by the grades, and the pass mark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import groupby
from typing import Any

from huitoukan.model import Level, Verdict
from huitoukan.output.chart_picture import Chart, no_font
from huitoukan.output.chart_style import (
    INK,
    SIGNS,
    SIZE,
    SMALL,
    STRONG,
    VERDICT_COLOURS,
    WIDTH,
    data,
    legend,
    picture,
    texts,
)
from huitoukan.output.context import ReportContext
from huitoukan.output.text import Words, rounded
from huitoukan.phrase import Listing, Phrase, plain, say
from huitoukan.standing.distribution import Distribution

_LEVELS = (Level.TOWNSHIP, Level.COUNTY)  # from above
_HIGHEST, _LOWEST, _PER_UNIT = 150, 60, 24  # pixels of the part with the bars
_LINE = 15  # of text above a bar
_TITLE = 22
_MARGIN = 16
_ORDER = (Verdict.PASS, Verdict.PENDING, Verdict.FAIL)  # from below

Rows = list[Mapping[str, Any]]


def score_distribution(context: ReportContext, words: Words) -> Chart | None:
    """The chart; None where no unit has a score."""
    spread = context.distributions
    if not spread:
        return None
    mark = context.campaign.settings.pass_rules.pass_mark.value
    told = (
        words.phrase(one)
        for level in _LEVELS
        if level in spread
        for one in _told(level, spread[level], mark, words)
    )
    return Chart(
        "scores", words("得分分布"), words.joined(told), _spec(spread, mark, words), no_font(words)
    )  # fmt: skip


def _told(level: Level, spread: Distribution, mark: Decimal, words: Words) -> Iterator[Phrase]:
    if spread.n == 1:
        yield say("{level}只有 1 个单位有得分: {score} 分。", level=level, score=spread.lowest)
        return
    yield say(
        "{level} {n} 个单位有得分, 最低 {lowest} 分, 中位数 {middle} 分, 最高 {highest} 分。",
        level=level, n=spread.n, lowest=spread.lowest, middle=rounded(spread.middle), highest=spread.highest,
    )  # fmt: skip
    grades = tuple(
        say("{grade} {n} 个", grade=words(grade), n=n)
        for grade, steps in groupby(reversed(spread.steps), key=lambda step: step.grade)
        if (n := sum(step.units for step in steps))
    )
    yield say("只看得分: {grades}。", grades=Listing(grades))
    if spread.held_back:
        yield say("得分不低于 {mark} 分而未达标的有 {n} 个。", mark=mark, n=spread.held_back)


def _spec(spread: Mapping[Level, Distribution], mark: Decimal, words: Words) -> dict[str, Any]:
    import altair as alt  # noqa: PLC0415

    steps = next(iter(spread.values())).steps
    bars: Rows = []
    counts: Rows = []
    titles: Rows = []
    bases: Rows = []
    y = float(_TITLE)
    for level in (level for level in _LEVELS if level in spread):
        one = spread[level]
        most = max(step.units for step in one.steps)
        high = min(_HIGHEST, max(_LOWEST, most * _PER_UNIT))
        lines = max((len(step.counts) for step in one.steps if step.units == most), default=1)
        titles.append({"y": y + 8, "text": words.phrase(say("{level} ({n} 个单位)", level=level, n=one.n))})
        base = y + _TITLE + lines * _LINE + high
        bases.append({"y": base})
        for step in one.steps:
            top = base
            for verdict in (verdict for verdict in _ORDER if verdict in step.counts):
                size = step.counts[verdict] * high / most
                bars.append(
                    {
                        "from": float(step.lower), "to": float(step.upper), "y": top, "y2": top - size,
                        "verdict": verdict.value,
                    }
                )  # fmt: skip
                top -= size
            centre = float(step.lower + step.upper) / 2
            for n, verdict in enumerate(verdict for verdict in _ORDER if verdict in step.counts):
                text = f"{SIGNS[verdict]} {step.counts[verdict]}"
                counts.append({"x": centre, "y": top - 8 - n * _LINE, "text": text})
        y = base + _MARGIN
    height = y - _MARGIN
    first, last = steps[0].lower, steps[-1].upper
    width = WIDTH - 2 * _MARGIN
    scale = alt.Scale(domain=[float(first), float(last)], nice=False)
    values = [float(step.lower) for step in steps] + [float(last)]
    title = words("得分")
    x_axis = alt.Axis(values=values, title=title, grid=False, format="~r")
    down = alt.Scale(domain=[0, height], nice=False, reverse=True)
    up = alt.Y("y:Q", scale=down, axis=None)
    layers: list[Any] = [
        alt.Chart(data([bar for bar in bars if bar["verdict"] == verdict]))
        .mark_bar(color=VERDICT_COLOURS[verdict], xOffset=1, x2Offset=-1)
        .encode(x=alt.X("from:Q", scale=scale, axis=x_axis), x2="to:Q", y=up, y2="y2:Q")
        for verdict in _ORDER
    ]
    layers.append(alt.Chart(data(bases)).mark_rule(color=INK, opacity=STRONG).encode(y=up))
    x = alt.X("x:Q", scale=scale, axis=x_axis)
    layers.append(texts(counts, x, up, align="center", fontSize=SMALL))
    layers.append(texts(titles, alt.value(width), up, align="right", fontWeight="bold"))
    layers += _grades(spread, mark, x, words)
    used = [v for v in _ORDER if any(v in step.counts for one in spread.values() for step in one.steps)]
    signs = [(VERDICT_COLOURS[verdict], 1.0, f"{SIGNS[verdict]} {words.value(verdict)}") for verdict in used]
    layers += legend(signs, width, height + 56)
    padding = {"left": _MARGIN, "right": _MARGIN, "top": 26, "bottom": 68}
    return picture(layers, width, round(height), padding)


def _grades(spread: Mapping[Level, Distribution], mark: Decimal, x: Any, words: Words) -> list[Any]:
    """The names of the grades above the steps that they cover, and the pass mark."""
    import altair as alt  # noqa: PLC0415

    names, limits = [], []
    for grade, group in groupby(next(iter(spread.values())).steps, key=lambda step: step.grade):
        covered = list(group)
        lower, upper = covered[0].lower, covered[-1].upper
        names.append({"x": float(lower + upper) / 2, "text": words(grade)})
        limits.append({"x": float(lower), "dash": lower == mark})
    line = [{"x": float(mark), "text": words.phrase(say("达标线 {mark}", mark=plain(mark)))}]
    others = [one for one in limits[1:] if not one["dash"]]
    return [
        texts(names, x, alt.value(6), align="center", fontSize=SIZE),
        texts(line, x, alt.value(-14), align="center", fontSize=SMALL),
        alt.Chart(data(others)).mark_rule(color=INK, opacity=0.4, strokeDash=[1, 3]).encode(x=x),
        alt.Chart(data(line))
        .mark_rule(color=INK, opacity=STRONG, strokeDash=[5, 3], strokeWidth=1.5)
        .encode(x=x),
    ]
