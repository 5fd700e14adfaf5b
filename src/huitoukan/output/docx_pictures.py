"""The charts as pictures in a Word document, with a text for those who cannot see them; none where Chinese cannot be drawn."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from huitoukan.output.charts import CHARTS, Chart, charts, chinese_font
from huitoukan.output.context import ReportContext
from huitoukan.output.text import Words

if TYPE_CHECKING:
    from docxtpl import DocxTemplate

_WIDEST, _HIGHEST = 150, 190  # mm
_EMU = 36_000  # English Metric Units of a millimetre


@dataclass(frozen=True)
class Pictures:
    """The charts of a report by their ids; each is drawn once, when it is first wanted. `all`: also those not to be drawn here.

    `missing` says in plain words why there are none; "" where there is nothing to say.
    """

    charts: Mapping[str, Chart] = field(default_factory=dict)
    missing: str = ""
    all: tuple[Chart, ...] = ()
    _drawn: dict[str, bytes] = field(default_factory=dict, repr=False)

    def in_document(self, document: DocxTemplate) -> Mapping[str, Picture]:
        """The pictures as a template of this document may print them."""
        return {name: Picture(chart, self, document) for name, chart in self.charts.items()}

    def files(self) -> Mapping[str, bytes]:
        """The pictures as files: path in the report folder, content."""
        return {f"{CHARTS}/{name}.png": self.png(name) for name in self.charts}

    def png(self, name: str) -> bytes:
        """One picture."""
        if name not in self._drawn:
            self._drawn[name] = self.charts[name].png()
        return self._drawn[name]


def pictures(context: ReportContext, words: Words) -> Pictures:
    """What can be drawn of a report: all its charts, or none where no Chinese font is installed."""
    found = charts(context, words)
    if found and chinese_font() is None:
        return Pictures(missing=found[0].no_font, all=found)
    return Pictures({chart.id: chart for chart in found}, all=found)


class Picture:
    """A chart in a template: `{{ charts.map }}` gives the picture, `{{ charts.map.title }}` what it is called."""

    def __init__(self, chart: Chart, drawn: Pictures, document: DocxTemplate) -> None:
        self.title, self.description = chart.title, chart.description
        self._name, self._drawn, self._document = chart.id, drawn, document

    def __html__(self) -> str:
        """The drawing as it stands in a run of a paragraph, as wide as the text or as high as a page bears."""
        from docx.image.image import Image  # noqa: PLC0415

        png = self._drawn.png(self._name)
        image = Image.from_blob(png)
        scale = min(_WIDEST / image.px_width, _HIGHEST / image.px_height)
        width, height = (round(pixels * scale * _EMU) for pixels in (image.px_width, image.px_height))
        part: Any = self._document.current_rendering_part
        drawing = part.new_pic_inline(io.BytesIO(png), width, height)
        drawing.docPr.set("title", self.title)
        drawing.docPr.set("descr", self.description)
        # docxtpl prints inside the text of a run: it ends before the drawing and another one begins behind it.
        return f'</w:t></w:r><w:r><w:drawing>{drawing.xml}</w:drawing></w:r><w:r><w:t xml:space="preserve">'
