"""The styles of a workbook, with those added by which its cells are coloured and the list of problems is drawn.

A coloured style is the cell's own with another ground: number format, font, borders and protection stay.
"""

from __future__ import annotations

import re
from copy import deepcopy

from huitoukan.intake.scan import read_styles
from huitoukan.model import Severity
from huitoukan.output.annotate_package import WORKBOOK, Package, PackageError, main

# Pale red, yellow and blue: a shade beside those that programs offer, so that ours are known when the file comes back.
GROUNDS = {Severity.ERROR: "FFFFC9CD", Severity.WARNING: "FFFFEC9E", Severity.INFO: "FFDCEBF8"}
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_MOST = 64_000  # cell formats, Excel's own limit
_EMPTY = (
    b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<fonts count="1"><font><sz val="11"/><name val="\xe5\xae\x8b\xe4\xbd\x93"/><charset val="134"/></font></fonts>'
    b'<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    b'<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    b'<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    b'<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class Styles:
    """The part of styles, to be added to."""

    def __init__(self, package: Package) -> None:
        self._package = package
        found = package.related(WORKBOOK, "styles")
        self._part = found.target if found else "xl/styles.xml"  # readers look for it there
        if found is None:
            package.put(self._part, _EMPTY)
            package.relate(WORKBOOK, "styles", self._part)
            package.declare(_TYPE, part=self._part)
        root = package.tree(self._part)
        self._lists = {name: root.find(main(name)) for name in ("fonts", "fills", "borders", "cellXfs")}
        if any(one is None or not len(one) for one in self._lists.values()):
            raise PackageError(self._part)
        self._coloured: dict[tuple[int, Severity], int] = {}
        self._cleared: dict[int, int] = {}
        self._known: dict[str, int] = {}

    # ------------------------------------------------------------------------------------------------ colours

    def coloured(self, style: int, severity: Severity) -> int:
        """The number of a style on the ground of a severity."""
        key = style, severity
        if key not in self._coloured:
            colour = GROUNDS[severity]
            fill = self._add(
                "fills",
                f'<fill><patternFill patternType="solid"><fgColor rgb="{colour}"/><bgColor indexed="64"/></patternFill></fill>',
            )
            self._coloured[key] = self._with_fill(style, fill)
        return self._coloured[key]

    def settle(self) -> None:
        """Leave the ground as it was where another one would hide a text, or show one that its own colour hides.

        What a style does to its value is what the checks look at: a marked copy must tell them the same.
        """
        looks = read_styles(self._package.read(self._part))
        formats = self._lists["cellXfs"]
        for (style, _), number in self._coloured.items():
            if looks.get(style) != looks.get(number):
                formats[number].set("fillId", formats[style].get("fillId") or "0")

    def cleared(self, style: int) -> int:
        """The number of a style without a ground of ours; its own where it has none."""
        if style not in self._cleared:
            formats, fills = self._lists["cellXfs"], self._lists["fills"]
            fill = int(formats[style].get("fillId") or 0) if style < len(formats) else 0
            ours = fill < len(fills) and any(
                (colour.get("rgb") or "").upper() in GROUNDS.values()
                for colour in fills[fill].iter(main("fgColor"))
            )
            self._cleared[style] = self._with_fill(style, 0) if ours else style
        return self._cleared[style]

    @property
    def has_ours(self) -> bool:
        """Whether grounds of ours are there from before."""
        return any(
            (c.get("rgb") or "").upper() in GROUNDS.values()
            for c in self._lists["fills"].iter(main("fgColor"))
        )

    def _with_fill(self, style: int, fill: int) -> int:
        formats = self._lists["cellXfs"]
        if len(formats) >= _MOST:
            return style
        made = deepcopy(formats[style if style < len(formats) else 0])
        made.set("fillId", str(fill))
        made.set("applyFill", "1")
        formats.append(made)
        formats.set("count", str(len(formats)))
        return len(formats) - 1

    # ------------------------------------------------------------------------------------------------ own cells

    def style(
        self, font: str = "", fill: str = "", border: str = "", alignment: str = "", number_format: int = 0
    ) -> int:
        """The number of a style made of elements without a namespace (`<font>…</font>`); "" for the first there is."""
        font_id, fill_id, border_id = (
            self._add(name, xml) if xml else 0
            for name, xml in (("fonts", font), ("fills", fill), ("borders", border))
        )
        return self._add(
            "cellXfs",
            f'<xf numFmtId="{number_format}" fontId="{font_id}" fillId="{fill_id}" borderId="{border_id}" xfId="0" applyNumberFormat="1"'
            f' applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">{alignment}</xf>',
        )

    def _add(self, name: str, xml: str) -> int:
        from lxml import etree  # noqa: PLC0415

        if xml not in self._known:
            elements = self._lists[name]
            namespaced = re.sub(r"^<(\w+)", rf'<\1 xmlns="{main("")[1:-1]}"', xml, count=1)
            elements.append(etree.fromstring(namespaced))
            elements.set("count", str(len(elements)))
            self._known[xml] = len(elements) - 1
        return self._known[xml]
