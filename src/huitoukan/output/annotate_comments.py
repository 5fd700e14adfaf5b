"""Comments (批注) on the cells of a worksheet. Those of the office stay, ours is added below; ours of an earlier copy go.

A comment stands in two parts: its text, and a box in a drawing of an old kind (VML) that programs want to show it. Such a
drawing is often no XML to the letter, and may hold form controls: it is changed as text, by whole shapes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from huitoukan.grid import Place
from huitoukan.output.annotate_cells import SheetCells, address_of, insert_legacy_drawing, place_of
from huitoukan.output.annotate_package import MAIN, Package, main
from huitoukan.output.files import xml_text
from huitoukan.output.form_page import lines_of

SIGN = "〔huitoukan〕"  # how a text of ours begins, in every language
_AUTHOR = "huitoukan"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_RULE = "\n————————\n"  # between the office's text and ours
_LONGEST = 8000  # characters of a comment; programs take 32,767
_WIDTH, _LINE, _SIZE = 320, 17, 9.0  # of a box: pixels, pixels, points
_COLUMN, _ROW = 64, 20  # pixels of a column and a row without a size of their own
_CHARACTER, _POINT = 7.0, 4 / 3  # pixels of a width in characters, of a height in points
_SHAPE = re.compile(r"<v:shape\b.*?</v:shape>", re.DOTALL | re.IGNORECASE)
_SHAPE_ID = re.compile(r"_x0000_s([0-9]{1,9})")
_BLOCK = re.compile(r"<o:idmap\b[^>]*\bdata=[\"']([0-9, ]{1,200})[\"']", re.IGNORECASE)
_SHAPES_OF_BLOCK = 1024
_ANCHOR = re.compile(r"(<x:Anchor>)([^<]*)(</x:Anchor>)", re.IGNORECASE)
_DRAWING = """<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">
<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{block}"/></o:shapelayout>
<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>
</xml>"""
_BOX = """<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;width:{width}pt;height:{height}pt;z-index:{z};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>
"""


def comment_on(package: Package, part: str, cells: SheetCells, texts: Mapping[Place, str]) -> None:
    """Put comments on the cells of the worksheet in a part."""
    if texts or package.related(part, "comments"):
        _Comments(package, part, cells).write(texts)


class _Comments:
    def __init__(self, package: Package, part: str, cells: SheetCells) -> None:
        self._package, self._part, self._cells = package, part, cells
        found = package.related(part, "comments")
        if found is None:
            name = package.free("xl/comments{}.xml")
            empty = f'<comments xmlns="{MAIN}"><authors/><commentList/></comments>'
            package.put(name, empty.encode())
            package.relate(part, "comments", name)
            package.declare(_COMMENTS_TYPE, part=name)
        else:
            name = found.target
        self._root = package.tree(name)
        self._list = self._child("commentList")

    def _child(self, name: str) -> Any:
        from lxml import etree  # noqa: PLC0415

        found = self._root.find(main(name))
        return etree.SubElement(self._root, main(name)) if found is None else found

    def write(self, texts: Mapping[Place, str]) -> None:
        """Take away what an earlier copy said, then say what is to be said."""
        there = {place: one for one in self._list if (place := place_of(one.get("ref") or "")) is not None}
        gone = [place for place, one in there.items() if self._without_ours(one)]
        for place in gone:
            self._list.remove(there.pop(place))
        if not texts and not gone:
            return
        for place, text in sorted(texts.items()):
            if place in there:
                self._say(there[place], _RULE + text)
            else:
                self._say(self._new(place), text)
        grown = {place: _whole_text(one) for place, one in there.items() if place in texts}
        self._draw([place for place in sorted(texts) if place not in there], gone, grown, texts)

    def _new(self, place: Place) -> Any:
        from lxml import etree  # noqa: PLC0415

        made = etree.SubElement(
            self._list, main("comment"), ref=address_of(place), authorId=str(self._author())
        )
        etree.SubElement(made, main("text"))
        return made

    def _author(self) -> int:
        from lxml import etree  # noqa: PLC0415

        authors = self._child("authors")
        for n, one in enumerate(authors):
            if one.text == _AUTHOR:
                return n
        etree.SubElement(authors, main("author")).text = _AUTHOR
        return len(authors) - 1

    def _say(self, comment: Any, text: str) -> None:
        """Add a run of text. One that stood without runs of its own becomes the first."""
        from lxml import etree  # noqa: PLC0415

        body = comment.find(main("text"))
        if body is None:
            body = etree.SubElement(comment, main("text"))
        plain = body.find(main("t"))
        if plain is not None:
            run = etree.Element(main("r"))
            body.replace(plain, run)
            run.append(plain)
        run = etree.SubElement(body, main("r"))
        look = etree.SubElement(run, main("rPr"))
        for name, value in (("sz", "9"), ("rFont", "宋体"), ("charset", "134")):
            etree.SubElement(look, main(name), val=value)
        said = etree.SubElement(run, main("t"))
        said.text = xml_text(text)[:_LONGEST]
        said.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def _without_ours(self, comment: Any) -> bool:
        """Take our text of an earlier copy out of a comment; whether nothing is left of it."""
        start = _whole_text(comment).find(SIGN)
        if start < 0:
            return False
        room = start
        for text in list(comment.iter(main("t"))):
            kept = (text.text or "")[:room]
            room -= len(text.text or "")
            text.text = kept
            room = max(room, 0)
        kept = _whole_text(comment)
        if kept.rstrip().endswith(_RULE.strip()):
            self._cut(comment, len(kept.rstrip().removesuffix(_RULE.strip()).rstrip()))
        return not _whole_text(comment).strip()

    @staticmethod
    def _cut(comment: Any, length: int) -> None:
        for text in list(comment.iter(main("t"))):
            own = text.text or ""
            text.text = own[: max(length, 0)]
            length -= len(own)
        for run in list(comment.iter(main("r"))):
            if not "".join(t.text or "" for t in run.iter(main("t"))):
                run.getparent().remove(run)

    # ------------------------------------------------------------------------------------------------ boxes

    def _draw(
        self, new: list[Place], gone: list[Place], grown: Mapping[Place, str], texts: Mapping[Place, str]
    ) -> None:
        found = self._package.related(self._part, "vmlDrawing")
        if found is None:
            if not new:
                return
            name = self._package.free("xl/drawings/vmlDrawing{}.vml")
            relation = self._package.relate(self._part, "vmlDrawing", name)
            insert_legacy_drawing(self._package.tree(self._part), relation)
            self._package.declare(_VML_TYPE, extension="vml")
            drawing = _DRAWING.format(block=self._free_block())
        else:
            name = found.target
            drawing = self._package.read(name).decode("utf-8", "surrogateescape")
        drawing = _SHAPE.sub(lambda shape: self._changed(shape[0], set(gone), grown), drawing)
        blocks = _BLOCK.search(drawing)
        first = int(blocks[1].replace(",", " ").split()[0]) * _SHAPES_OF_BLOCK if blocks else _SHAPES_OF_BLOCK
        number = max([first, *map(int, _SHAPE_ID.findall(drawing))]) + 1
        boxes = "".join(self._box(place, texts[place], number + n, n + 1) for n, place in enumerate(new))
        head, end, tail = drawing.rpartition("</xml>")
        drawing = head + boxes + end + tail if end else drawing + boxes
        self._package.put(name, drawing.encode("utf-8", "surrogateescape"))

    def _free_block(self) -> int:
        """A block of shape numbers that no other drawing of the workbook has."""
        taken = [0]
        for name in self._package.names():
            if name.lower().endswith(".vml"):
                text = self._package.read(name).decode("utf-8", "replace")
                for blocks in _BLOCK.findall(text):
                    taken += map(int, blocks.replace(",", " ").split())
        return max(taken) + 1

    def _changed(self, shape: str, gone: set[Place], grown: Mapping[Place, str]) -> str:
        """A shape of the drawing as it is to be: away with its comment, or as high as its text now needs."""
        row, column = (re.search(rf"<x:{name}>\s*([0-9]+)\s*<", shape) for name in ("Row", "Column"))
        if not (row and column and 'ObjectType="Note"' in shape.replace("'", '"')):
            return shape
        place = int(row[1]), int(column[1])
        if place in gone:
            return ""
        if place in grown:
            return _ANCHOR.sub(lambda a: f"{a[1]}{self._anchor(place, grown[place])}{a[3]}", shape, count=1)
        return shape

    def _box(self, place: Place, text: str, number: int, z: int) -> str:
        return _BOX.format(
            id=number,
            width=_WIDTH * 3 // 4,
            height=_height(text) * 3 // 4,
            z=z,
            anchor=escape(self._anchor(place, text)),
            row=place[0],
            column=place[1],
        )

    def _anchor(self, place: Place, text: str) -> str:
        """Where a box lies: from the upper right of its cell, over as many columns and rows as its size takes."""
        widths, heights = self._cells.widths(), self._cells.heights()
        left, top = place[1] + 1, max(place[0] - 1, 0)
        right, over = left, float(_WIDTH + 15)
        while over > (wide := widths.get(right, _COLUMN / _CHARACTER) * _CHARACTER):
            over, right = over - wide, right + 1
        bottom, below = top, float(_height(text) + 4)
        while below > (high := heights.get(bottom, _ROW / _POINT) * _POINT):
            below, bottom = below - high, bottom + 1
        return f"{left}, 15, {top}, 4, {right}, {int(over)}, {bottom}, {int(below)}"


def _height(text: str) -> int:
    """Pixels that a text takes in a box."""
    return _LINE * lines_of(text, _WIDTH * 0.75, _SIZE) + 14


def _whole_text(comment: Any) -> str:
    return "".join(text.text or "" for text in comment.iter(main("t")))
