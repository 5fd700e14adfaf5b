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
ON_COLOUR = "#ffffff"
VERDICT_COLOURS: Mapping[Verdict, str] = {Verdict.PASS: PASS, Verdict.FAIL: FAIL, Verdict.PENDING: PENDING}
SIGNS: Mapping[Verdict, str] = {Verdict.PASS: "√", Verdict.FAIL: "×", Verdict.PENDING: "?"}

WIDTH = 640  # pixels of a picture: a page of A4 shows 13 of them as 9 points
SIZE, SMALL = 13, 12
FAINT, STRONG = 0.18, 0.75  # opacity of the grid, and of lines that matter
_CHINESE_FROM = "\u2e80"

Values = Sequence[Mapping[str, Any]]


def text_width(text: str, size: float = SIZE) -> float:
    """About how wide a text is, in pixels: the same on every machine, whatever its fonts."""
    return sum(size if character >= _CHINESE_FROM else size * 0.56 for character in text)


def data(values: Values) -> Any:
    """Rows as altair takes them."""
    import altair as alt  # noqa: PLC0415

    return alt.InlineData(values=[dict(value) for value in values])


def texts(values: Values, x: Any, y: Any, **look: Any) -> Any:
    """Texts of the field `text`. They are made by us, so that numbers in them are exact."""
    import altair as alt  # noqa: PLC0415

    settings: dict[str, Any] = {"fontSize": SIZE, "color": INK, "align": "left", "baseline": "middle"} | look
    return alt.Chart(data(values)).mark_text(**settings).encode(x=x, y=y, text=alt.Text("text:N"))


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
