"""One chart: what it is called, what it says in words, and its drawing as SVG and PNG."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from huitoukan.output.chart_font import FAMILIES, FontMissingError, chinese_font, font_folder
from huitoukan.output.files import xml_text
from huitoukan.output.text import Words

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MARK = "Software:huitoukan"  # in the files: by it a later run knows them for its own
_HEADER = 8 + 4 + 4 + 13 + 4  # bytes of a PNG: its signature and the first chunk
_SVG = "{http://www.w3.org/2000/svg}"
_PAPER, _PRINTED = "#ffffff", "#1d2733"
# What is said once for the whole picture, or serves a pointer only, or could meet the names of a page around it.
_DROPPED = frozenset(
    ("class", "font-family", "pointer-events", "role", "xlink", "version", "stroke-miterlimit", "cursor")
)
_LONG = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
_NO_PATHS = frozenset(("", "M0,0h0v0h0Z"))


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: `id` is a word of our own, `title` and `description` are in the language of the report.

    `description` tells in words what the picture shows, for those who cannot see it. `spec` is a Vega-Lite specification
    with all its data inside. `no_font` is what is said where a picture cannot be drawn.
    """

    id: str
    title: str
    description: str
    spec: Mapping[str, Any] = field(repr=False)
    no_font: str = field(default="", repr=False)

    def svg(self, *, standalone: bool = False) -> str:
        """The drawing as one `<svg>` element: text as text, no script, no style, no class, nothing fetched from anywhere.

        To stand inside a page it is transparent, its text and lines take the colour of the text around it
        (`currentColor`), and its ids begin with the id of the chart. A `standalone` one brings white paper and dark ink.
        """
        drawing = self._drawing(
            ", ".join(f"'{family}'" for family in FAMILIES) + ", sans-serif", paper=standalone
        )
        return drawing.replace("currentColor", _PRINTED) if standalone else drawing

    def png(self, scale: float = 2.0) -> bytes:
        """The drawing as a picture on white; at `scale` 1 a pixel of the SVG is one of the picture.

        Raises:
            FontMissingError: no Chinese font is installed; the message says what to do.
        """
        import vl_convert  # noqa: PLC0415

        family, folder = chinese_font(), font_folder()
        if family is None or folder is None:
            raise FontMissingError(self.no_font)
        vl_convert.register_font_directory(str(folder))
        drawing = self._drawing(f"'{family}'", paper=True).replace("currentColor", _PRINTED)
        return _marked(vl_convert.svg_to_png(drawing, scale=scale))

    def _drawing(self, families: str, *, paper: bool) -> str:
        from xml.etree import ElementTree  # noqa: PLC0415

        root = ElementTree.fromstring(xml_text(_convert(json.dumps(_clean(dict(self.spec))))))
        width, height = root.get("width", ""), root.get("height", "")
        head = {
            "xmlns": _SVG[1:-1], "role": "img", "aria-label": xml_text(f"{self.title}: {self.description}"), "width": width, "height": height,
            "viewBox": f"0 0 {width} {height}", "font-family": families, "fill": "none",
        }  # fmt: skip
        sheet = f'<rect width="{width}" height="{height}" fill="{_PAPER}"/>' if paper else ""
        inside = "".join(_written(child, self._ids(root)) for child in root)
        made = f"<metadata>{MARK}</metadata>" if paper else ""
        return f"<svg{_attributes(head)}>{made}<title>{escape(xml_text(self.title))}</title>{sheet}{inside}</svg>"

    def _ids(self, root: Element) -> Mapping[str, str]:
        """New names of what the drawing refers to: the library counts on from drawing to drawing."""
        found = [one.get("id") for one in root.iter() if one.get("id")]
        return {str(old): f"{self.id}-{n}" for n, old in enumerate(found, 1)}


def _marked(picture: bytes) -> bytes:
    """A PNG that says what made it, in a chunk of text behind its header."""
    text = b"tEXt" + MARK.replace(":", "\0").encode("ascii")
    chunk = (len(text) - 4).to_bytes(4, "big") + text + zlib.crc32(text).to_bytes(4, "big")
    return picture[:_HEADER] + chunk + picture[_HEADER:]


def no_font(words: Words) -> str:
    """What is said where a picture cannot be drawn."""
    return words(
        "没有找到中文字体, 画不出图片 (PNG)。请安装一种中文字体: Windows 的微软雅黑或宋体, macOS 的苹方, Linux 的 Noto Sans CJK (Debian、Ubuntu: fonts-noto-cjk), 再运行一次。SVG 图不受影响。"
    )


@lru_cache(maxsize=16)
def _convert(spec: str) -> str:
    """The drawing by Vega of a specification in JSON, from the data in it alone: no address may be asked for more."""
    import altair  # noqa: PLC0415
    import vl_convert  # noqa: PLC0415

    wanted = re.findall(r"\d+", altair.SCHEMA_VERSION)[:2]
    versions = [version.split(".") for version in vl_convert.get_vegalite_versions()]
    version = max(
        (v for v in versions if v[0] == wanted[0]), key=lambda v: (v == wanted, int(v[1])), default=None
    )
    drawing: str = vl_convert.vegalite_to_svg(
        spec, vl_version=".".join(version) if version else None, allowed_base_urls=[]
    )
    return drawing


def _clean(value: Any) -> Any:
    """The same value without the characters that XML cannot hold."""
    if isinstance(value, str):
        return xml_text(value)
    if isinstance(value, dict):
        return {key: _clean(one) for key, one in value.items()}
    return [_clean(one) for one in value] if isinstance(value, list) else value


def _written(element: Element, ids: Mapping[str, str]) -> str:
    """An element as text, without what draws nothing; numbers to a hundredth of a pixel."""
    name = element.tag.removeprefix(_SVG)
    given = {
        key: value
        for key, value in element.attrib.items()
        if key not in _DROPPED and not key.startswith("aria-")
    }
    if "none" in (given.get("display"), given.get("opacity")) or given.get("fill") == "transparent":
        return ""
    if name == "path" and given.get("d", "") in _NO_PATHS:
        return ""
    kept = dict(_kept(given, ids))
    inside = escape(element.text or "") + "".join(_written(child, ids) for child in element)
    if name == "g" and (not inside or not kept):
        return inside
    return f"<{name}{_attributes(kept)}>{inside}</{name}>" if inside else f"<{name}{_attributes(kept)}/>"


def _kept(given: Mapping[str, str], ids: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, value in given.items():
        if (key, value) in {("opacity", "1"), ("transform", "translate(0,0)"), ("font-weight", "normal")}:
            continue
        if key == "id":
            yield key, ids[value]
        elif value.startswith("url(#"):
            yield key, f"url(#{ids[value[5:-1]]})"
        else:
            yield key, _LONG.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), value)


def _attributes(attributes: Mapping[str, str]) -> str:
    return "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
