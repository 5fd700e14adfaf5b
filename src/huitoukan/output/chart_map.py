"""The tile map of the counties (县区分布): one tile a county, about where it lies, with its verdict as colour, sign and word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from huitoukan.campaign.county_map import Place
from huitoukan.model import Verdict
from huitoukan.output.chart_picture import Chart, no_font
from huitoukan.output.chart_style import (
    INK,
    ON_COLOUR,
    SIGNS,
    SIZE,
    SMALL,
    VERDICT_COLOURS,
    WIDTH,
    data,
    picture,
    shortened,
    texts,
)
from huitoukan.output.context import ReportContext, township_counts
from huitoukan.output.text import Words
from huitoukan.phrase import Listing, Phrase, say
from huitoukan.standing.model import Standing

_GAP, _HIGH = 6, 74  # pixels between tiles, and of a tile
_WIDE = 150  # of a tile at most
_PLAIN = 4  # tiles in a row of a plain grid
_STRIPE = 9  # pixels between the stripes over a tile that fails


def county_tiles(context: ReportContext, words: Words) -> Chart | None:
    """The chart; None for a single county, which needs no map."""
    if len(context.counties) < 2:  # noqa: PLR2004
        return None
    told = (words.phrase(sentence) for sentence in _told(context))
    return Chart(
        "map", words("各县(区、市)达标情况"), words.joined(told), _spec(context, words), no_font(words)
    )  # fmt: skip


def _told(context: ReportContext) -> Iterator[Phrase]:
    roster = context.campaign.roster
    for verdict in Verdict:
        counties = context.of(verdict)
        names = tuple(
            say("{county} {score} 分", county=roster.county_name(one.unit.code), score=one.score)
            if one.score is not None
            else roster.county_name(one.unit.code)
            for one in counties
        )
        if names:
            yield say(
                "{verdict} {n} 个: {counties}。", verdict=verdict, n=len(names), counties=Listing(names)
            )


def _places(context: ReportContext) -> Mapping[str, Place]:
    plain = {c.unit.code: divmod(n, _PLAIN) for n, c in enumerate(context.counties)}
    return context.campaign.places or plain


def _spec(context: ReportContext, words: Words) -> dict[str, Any]:
    import altair as alt  # noqa: PLC0415

    places = _places(context)
    rows, columns = (max(place[n] for place in places.values()) + 1 for n in (0, 1))
    wide = min((WIDTH - 2 * _GAP + _GAP) / columns - _GAP, _WIDE)
    width, height = round(columns * (wide + _GAP) - _GAP), rows * (_HIGH + _GAP) - _GAP
    x_axis = alt.X("x:Q", scale=alt.Scale(domain=[0, width], nice=False), axis=None)
    y_axis = alt.Y("y:Q", scale=alt.Scale(domain=[0, height], nice=False, reverse=True), axis=None)
    tiles: dict[Verdict, list[Mapping[str, Any]]] = {}
    lines: dict[tuple[Verdict, int], list[Mapping[str, Any]]] = {}
    for county in context.counties:
        row, column = places[county.unit.code]
        x, y = column * (wide + _GAP), row * (_HIGH + _GAP)
        tiles.setdefault(county.verdict, []).append({"x": x, "y": y, "x2": x + wide, "y2": y + _HIGH})
        for n, text in enumerate(_lines(county, context, words)):
            line = {"x": x + wide / 2, "y": y + 18 + n * 20, "text": shortened(text, wide - 8)}
            lines.setdefault((county.verdict, n), []).append(line)
    layers: list[Any] = []
    for verdict, its in tiles.items():
        area = alt.Chart(data(its)).encode(x=x_axis, x2="x2:Q", y=y_axis, y2="y2:Q")
        look: dict[str, Any] = {"color": VERDICT_COLOURS[verdict], "cornerRadius": 3, "strokeWidth": 2}
        if verdict is Verdict.PENDING:  # not decided: an empty tile
            look |= {"fillOpacity": 0, "stroke": VERDICT_COLOURS[verdict], "strokeDash": [6, 4]}
        layers.append(area.mark_rect(**look))
        if verdict is Verdict.FAIL:
            layers.append(
                area.mark_rule(color="#000000", opacity=0.25, strokeWidth=3).properties(
                    data=data(_stripes(its))
                )
            )
    for (verdict, n), its in lines.items():
        colour = INK if verdict is Verdict.PENDING else ON_COLOUR
        look = {"fontSize": SIZE + 1, "fontWeight": "bold"} if n == 0 else {"fontSize": SMALL}
        layers.append(texts(its, x_axis, y_axis, align="center", color=colour, **look))
    margin = (WIDTH - width) // 2
    return picture(
        layers, width, height, {"left": margin, "right": WIDTH - width - margin, "top": _GAP, "bottom": _GAP}
    )


def _stripes(tiles: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Slanted stripes along the foot of each tile, below its words: seen on a print without colours too."""
    found: list[Mapping[str, Any]] = []
    for tile in tiles:
        x, foot = tile["x"] + 2.0, tile["y2"]
        while x + _STRIPE < tile["x2"]:
            found.append({"x": x, "y": foot, "x2": x + 6, "y2": foot - 7})
            x += _STRIPE
    return found


def _lines(county: Standing, context: ReportContext, words: Words) -> tuple[str, ...]:
    """What a tile says: the county, its verdict and score, and how its townships did."""
    verdict = f"{SIGNS[county.verdict]} {words.value(county.verdict)}"
    if county.score is not None:
        verdict = words.phrase(say("{verdict} {score} 分", verdict=verdict, score=county.score))
    counts = township_counts(county)
    passing = (
        say("乡镇 {passing}/{all} 达标", passing=counts["passing"], all=counts["all"]) if counts else None
    )
    return (
        context.campaign.roster.county_name(county.unit.code), verdict, words.phrase(passing)
    )  # fmt: skip
