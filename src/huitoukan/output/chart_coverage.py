"""The coverage heat map (报送情况): what each county has sent of what it owes, by stage and material."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
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
    on,
    picture,
    shortened,
    text_width,
    texts,
    tint,
)
from huitoukan.output.context import ReportContext
from huitoukan.output.text import Words
from huitoukan.phrase import Listing, Phrase, say
from huitoukan.standing.coverage import Column, CoverageMatrix, Tally

_ROW, _LINE, _GAP = 34, 14, 1  # pixels
_HEAD = 44
_WIDEST = 120  # of a cell
_INCOMPLETE = 0.5  # of the colour at most where something is missing, so that it is seen

Row = tuple[str, Mapping[Column, Tally]]


def coverage_map(context: ReportContext, words: Words) -> Chart | None:
    """The chart; None where nothing is due and nothing was received."""
    matrix = context.matrix
    if not matrix.columns or not matrix.counties:
        return None
    told = (words.phrase(sentence) for sentence in _told(matrix))
    return Chart(
        "coverage", words("各县材料报送情况"), words.joined(told), _spec(matrix, words), no_font(words)
    )  # fmt: skip


def _told(matrix: CoverageMatrix) -> Iterator[Phrase]:
    for column in matrix.columns:
        stage, kind = column
        total = matrix.totals[column]
        lacking = tuple(
            f"{county.name} {tally.missing}"
            for county in matrix.counties
            if (tally := county.tallies[column]).missing
        )
        values = {"stage": stage, "kind": kind, "received": total.received, "due": total.due}
        if not total.due:
            yield say("{stage}{kind}收到 {n} 份。", stage=stage, kind=kind, n=total.there)
        elif lacking:
            yield say(
                "{stage}{kind}应报 {due}, 收到 {received}, 缺报的有: {counties}。",
                counties=Listing(lacking),
                **values,
            )
        elif total.missing:
            yield say("{stage}{kind}应报 {due}, 收到 {received}, 缺 {n}。", n=total.missing, **values)
        else:
            yield say("{stage}{kind}应报 {due}, 全部收到。", stage=stage, kind=kind, due=total.due)


def _spec(matrix: CoverageMatrix, words: Words) -> dict[str, Any]:
    import altair as alt  # noqa: PLC0415

    rows: list[Row] = [(county.name, county.tallies) for county in matrix.counties]
    if len(rows) > 1:
        rows.append((words("合计"), matrix.totals))
    left = round(min(NAMES, max(text_width(name) for name, _ in rows))) + 16
    step = min((WIDTH - left - 4) / len(matrix.columns), _WIDEST)
    lines = [[_lines(tallies[column], step, words) for column in matrix.columns] for _, tallies in rows]
    high = _ROW + _LINE * max(0, max(len(cell) for row in lines for cell in row) - 2)
    width, height = round(step * len(matrix.columns)), _HEAD + high * len(rows)
    squares: dict[str, list[Mapping[str, Any]]] = {}
    counts: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    names: list[Mapping[str, Any]] = []
    for n, (name, tallies) in enumerate(rows):
        y = _HEAD + n * high
        names.append({"y": y + high / 2, "text": shortened(name, NAMES)})
        for k, column in enumerate(matrix.columns):
            fill, x = _fill(tallies[column]), k * step
            area = {"x": x + _GAP, "x2": x + step - _GAP, "y": y + _GAP, "y2": y + high - _GAP}
            squares.setdefault(fill, []).append(area)
            ink = on(fill) if fill else INK
            for m, text in enumerate(lines[n][k]):
                middle = y + high / 2 + (m - (len(lines[n][k]) - 1) / 2) * _LINE
                its = counts.setdefault((ink, SMALL - 1 if m else SIZE), [])
                its.append({"x": x + step / 2, "y": middle, "text": text})
    x_axis = alt.X("x:Q", scale=alt.Scale(domain=[0, width], nice=False), axis=None)
    y_axis = alt.Y("y:Q", scale=alt.Scale(domain=[0, height], nice=False, reverse=True), axis=None)
    layers: list[Any] = [
        alt.Chart(data(areas))
        .mark_rect(color=fill, cornerRadius=2)
        .encode(x=x_axis, x2="x2:Q", y=y_axis, y2="y2:Q")
        for fill, areas in squares.items()
        if fill
    ]
    layers += [
        texts(its, x_axis, y_axis, align="center", color=ink, fontSize=size)
        for (ink, size), its in counts.items()
    ]
    layers.append(texts(names, alt.value(-10), y_axis, align="right", fontSize=SIZE))
    layers += _heads(matrix.columns, step, x_axis, words)
    if len(rows) > 1:
        line = alt.Chart(data([{"y": height - high}])).mark_rule(color=INK, opacity=STRONG)
        layers.append(line.encode(y=y_axis, x=alt.value(-left + 4), x2=alt.value(width)))
    note = words("收到/应报, 颜色越深收到的越多")
    layers.append(
        texts([{"text": note}], alt.value(width), alt.value(height + 14), align="right", fontSize=SMALL)
    )
    return picture(layers, width, height, {"left": left, "right": 4, "top": 4, "bottom": 28})


def _heads(columns: Sequence[Column], step: float, x_axis: Any, words: Words) -> list[Any]:
    """The materials above the columns, and their stages above them."""
    import altair as alt  # noqa: PLC0415

    kinds = [{"x": (k + 0.5) * step, "text": words.value(kind)} for k, (_, kind) in enumerate(columns)]
    stages: list[Mapping[str, Any]] = []
    lines: list[Mapping[str, Any]] = []
    for stage, group in groupby(enumerate(columns), key=lambda one: one[1][0]):
        covered = [k for k, _ in group]
        first, last = covered[0] * step, (covered[-1] + 1) * step
        stages.append({"x": (first + last) / 2, "text": words.value(stage)})
        lines.append({"x": first + 4, "x2": last - 4})
    rule = alt.Chart(data(lines)).mark_rule(color=INK, opacity=STRONG)
    size = min(SMALL, int(SMALL * step / max(text_width(str(one["text"]), SMALL) for one in kinds)))
    return [
        texts(stages, x_axis, alt.value(8), align="center", fontSize=SIZE),
        rule.encode(x=x_axis, x2="x2:Q", y=alt.value(18)),
        texts(kinds, x_axis, alt.value(30), align="center", fontSize=size),
    ]


def _lines(tally: Tally, wide: float, words: Words) -> list[str]:
    """What a cell says: received and due, and below it what is missing or late, on lines that are no wider than the cell."""
    if not tally.due:
        return [str(tally.there) if tally.there else "—"]
    more = [
        words.phrase(phrase)
        for phrase, n in (
            (say("缺 {n}", n=tally.missing), tally.missing),
            (say("逾期 {n}", n=tally.late), tally.late),
        )
        if n
    ]
    together = words("、").join(more)
    fits = text_width(together, SMALL - 1) < wide - 2 * _GAP
    return [f"{tally.received}/{tally.due}", *(([together] if more else []) if fits else more)]


def _fill(tally: Tally) -> str:
    """The darker the more is there; none where nothing was due."""
    if not tally.due:
        return ""
    share = min(Fraction(tally.received, tally.due), Fraction(1))
    return tint(PASS, 1 if share == 1 else float(share) * _INCOMPLETE)
