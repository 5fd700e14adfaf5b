"""How the charts look: colours, sizes, and the few marks that all of them are made of.

Everything that is text, an axis or a line takes `INK`, the colour of the text around the picture; surfaces have colours of
their own that stand out from white and from a dark page (3 : 1 at least) and carry white text (4.5 : 1 at least). Blue,
orange and grey stay apart for people who cannot tell red from green; and no colour says anything that a word, a sign or the
form of a mark does not say too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from huitoukan.model import Verdict

INK = "currentColor"
PASS, FAIL, PENDING = "#1170b4", "#bf4a00", "#6b7280"
ON_COLOUR, ON_PALE = "#ffffff", "#000000"
_PALE = 250  # of each channel
_LINEAR = 0.04045  # up to here the channels of sRGB are linear
VERDICT_COLOURS: Mapping[Verdict, str] = {Verdict.PASS: PASS, Verdict.FAIL: FAIL, Verdict.PENDING: PENDING}
SIGNS: Mapping[Verdict, str] = {Verdict.PASS: "√", Verdict.FAIL: "×", Verdict.PENDING: "?"}

WIDTH = 640  # pixels of a picture: a page of A4 shows 13 of them as 9 points
SIZE, SMALL = 13, 12
NAMES = 150  # pixels that names beside a chart take at most
FAINT, STRONG = 0.18, 0.75  # opacity of the grid, and of lines that matter
_CHINESE_FROM = "\u2e80"

Values = Sequence[Mapping[str, Any]]


def text_width(text: str, size: float = SIZE) -> float:
    """About how wide a text is, in pixels: the same on every machine, whatever its fonts."""
    return sum(size if character >= _CHINESE_FROM else size * 0.56 for character in text)


def shortened(text: str, room: float, size: float = SIZE) -> str:
    """A text that is no wider than the room that it has: the end of a longer one is left out."""
    if text_width(text, size) <= room:
        return text
    kept = next(n for n in range(len(text) - 1, -1, -1) if text_width(text[:n] + "…", size) <= room or not n)
    return text[:kept] + "…"


def tint(colour: str, share: float) -> str:
    """A colour between a pale one (0) and itself (1)."""
    mixed = (_PALE + (channel - _PALE) * (0.15 + 0.85 * share) for channel in _channels(colour))
    return "#" + "".join(f"{round(channel):02x}" for channel in mixed)


def on(colour: str) -> str:
    """The colour of a text on a surface: white or black, whichever is easier to read."""
    return max((ON_COLOUR, ON_PALE), key=lambda ink: contrast(ink, colour))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2: 1 to 21."""
    low, high = sorted(map(_luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = (channel / 255 for channel in _channels(colour))
    linear = (c / 12.92 if c <= _LINEAR else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[n : n + 2], 16) for n in (1, 3, 5))


def data(values: Values) -> Any:
    """Rows as altair takes them."""
    import altair as alt  # noqa: PLC0415

    return alt.InlineData(values=[dict(value) for value in values])


def texts(values: Values, x: Any, y: Any, **look: Any) -> Any:
    """Texts of the field `text`. They are made by us, so that numbers in them are exact."""
    import altair as alt  # noqa: PLC0415

    settings: dict[str, Any] = {"fontSize": SIZE, "color": INK, "align": "left", "baseline": "middle"} | look
    return alt.Chart(data(values)).mark_text(**settings).encode(x=x, y=y, text=alt.Text("text:N"))


def legend(entries: Sequence[tuple[str, float, str]], width: float, y: float) -> list[Any]:
    """A row of squares in the middle, each with its text: colour, opacity of the fill, text."""
    import altair as alt  # noqa: PLC0415

    wide = [18 + text_width(text, SMALL) for _, _, text in entries]
    x = (width - sum(wide) - 20 * (len(wide) - 1)) / 2
    layers: list[Any] = []
    for (colour, opacity, text), step in zip(entries, wide, strict=True):
        square = alt.Chart(data([{}])).mark_square(
            size=120, color=colour, fillOpacity=opacity, stroke=colour, strokeWidth=1, opacity=1
        )
        layers.append(square.encode(x=alt.value(x + 6), y=alt.value(y)))
        layers.append(texts([{"text": text}], alt.value(x + 17), alt.value(y), fontSize=SMALL))
        x += step + 20
    return layers


def picture(layers: Sequence[Any], width: int, height: int, padding: Mapping[str, int]) -> dict[str, Any]:
    """The specification of layers on one another, `width` and `height` without the padding around them.

    The size is fixed: it does not depend on how wide the fonts of this machine are.
    """
    import altair as alt  # noqa: PLC0415

    chart = (
        alt.layer(*layers)
        .properties(width=width, height=height, padding=dict(padding), autosize=alt.AutoSizeParams(type="none"))
        .configure(aria=False, background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=SMALL, titleFontSize=SMALL, titleFontWeight="normal", labelColor=INK, titleColor=INK,
            gridColor=INK, gridOpacity=FAINT, domain=False, ticks=False, labelPadding=6, labelFlush=False,
        )
    )  # fmt: skip
    spec: dict[str, Any] = chart.to_dict()
    return spec
