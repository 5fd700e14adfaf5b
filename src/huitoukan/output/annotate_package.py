"""An xlsx as the package that it is: parts are changed one by one, and every other part stays byte for byte.

A library that reads a workbook into its own objects and writes these loses what it does not model (form controls, shapes,
macros, the saved results of formulas). Here a part is parsed only to be changed, and keeps what it holds.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import unquote

from huitoukan.intake.parts import read_part

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
TYPES = "[Content_Types].xml"
WORKBOOK = "xl/workbook.xml"
# In the first bytes of a copy, so that a later run knows what it may replace; any program that saves the copy drops it.
MARK = "huitoukan annotate"


class PackageError(Exception):
    """The package is built in a way that is not understood here."""


class Relation(NamedTuple):
    """What a part refers to: the last word of the relation's type, and the part (an address for what lies outside)."""

    id: str
    kind: str
    target: str


def main(name: str) -> str:
    """The full name of an element of a workbook."""
    return f"{{{MAIN}}}{name}"


class Package:
    """The parts of a workbook by name, and the changes to them."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._order = [info.filename for info in archive.filelist if not info.is_dir()]
        self._put: dict[str, bytes] = {}
        self._trees: dict[str, Any] = {}
        self._parsed: dict[str, bytes] = {}  # what a tree looked like before anything was changed
        self._dropped: set[str] = set()

    # ------------------------------------------------------------------------------------------------ parts

    def __contains__(self, name: str) -> bool:
        return name not in self._dropped and (
            name in self._put or name in self._trees or name in self._archive.NameToInfo
        )

    def names(self) -> list[str]:
        """The parts that there are: those of the workbook in their order, then the new ones."""
        names = [name for name in self._order if name in self]
        return names + sorted(name for name in self._put if name not in self._order and name in self)

    def read(self, name: str) -> bytes:
        """The bytes of a part as it is now."""
        if name in self._trees:
            written = _serialised(self._trees[name])
            if written != self._parsed[name]:
                return written
        return self._original(name)

    def _original(self, name: str) -> bytes:
        return self._put[name] if name in self._put else read_part(self._archive, name)

    def tree(self, name: str) -> Any:
        """The root element of a part, to be changed."""
        from lxml import etree  # noqa: PLC0415

        if name not in self._trees:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=False)
            try:
                self._trees[name] = etree.fromstring(self._original(name), parser)
                self._parsed[name] = _serialised(self._trees[name])
            except etree.XMLSyntaxError as error:
                raise PackageError(f"{name}: {error}") from error
        return self._trees[name]

    def put(self, name: str, content: bytes) -> None:
        """Set a part."""
        self._trees.pop(name, None)
        self._dropped.discard(name)
        self._put[name] = content

    def drop(self, name: str) -> None:
        """Take a part out, with what it refers to and its own content type."""
        self._put.pop(name, None)
        self._trees.pop(name, None)
        self._dropped.add(name)
        self._dropped.add(_relations_of(name))
        for element in list(self.tree(TYPES)):
            if element.get("PartName") == f"/{name}":
                self.tree(TYPES).remove(element)

    def free(self, pattern: str) -> str:
        """The first name of a pattern (`xl/comments{}.xml`) that no part has."""
        taken = {name.lower() for name in (*self._order, *self._put)}
        number = 1
        while pattern.format(number).lower() in taken:
            number += 1
        return pattern.format(number)

    # ------------------------------------------------------------------------------------------------ relations

    def relations(self, part: str) -> Iterator[Relation]:
        """What a part refers to."""
        name = _relations_of(part)
        if name not in self:
            return
        for element in self.tree(name):
            kind = (element.get("Type") or "").rpartition("/")[2]
            target = element.get("Target") or ""
            if element.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join(posixpath.dirname(part), unquote(target)))
                target = target.lstrip("/")
            yield Relation(element.get("Id") or "", kind, target)

    def related(self, part: str, kind: str) -> Relation | None:
        """The first part of a kind that a part refers to, if it is there."""
        found = (one for one in self.relations(part) if one.kind == kind and one.target in self)
        return next(found, None)

    def relate(self, part: str, kind: str, target: str) -> str:
        """Let a part refer to another; the id of the relation."""
        from lxml import etree  # noqa: PLC0415

        name = _relations_of(part)
        if name not in self:
            self.put(name, f'<Relationships xmlns="{_RELATIONS}"/>'.encode())
        root = self.tree(name)
        taken = {element.get("Id") for element in root}
        number = 1
        while f"rId{number}" in taken:
            number += 1
        place = posixpath.relpath(target, posixpath.dirname(part) or ".")
        etree.SubElement(
            root, f"{{{_RELATIONS}}}Relationship", Id=f"rId{number}", Type=f"{OFFICE}/{kind}", Target=place
        )
        return f"rId{number}"

    def unrelate(self, part: str, kinds: frozenset[str]) -> list[str]:
        """Take out what a part refers to of some kinds; the parts that this concerns."""
        gone = [one for one in self.relations(part) if one.kind in kinds]
        if gone:
            root, ids = self.tree(_relations_of(part)), {one.id for one in gone}
            for element in list(root):
                if element.get("Id") in ids:
                    root.remove(element)
        return [one.target for one in gone]

    def declare(self, content_type: str, *, part: str = "", extension: str = "") -> None:
        """Say of which type a part is, or all parts of an extension."""
        from lxml import etree  # noqa: PLC0415

        root = self.tree(TYPES)
        tag, key, value = (
            ("Override", "PartName", f"/{part}") if part else ("Default", "Extension", extension)
        )
        if any((element.get(key) or "").lower() == value.lower() for element in root):
            return
        made = etree.Element(f"{{{_TYPES}}}{tag}", {key: value, "ContentType": content_type})
        root.insert(len(root) if part else 0, made)

    def content_type(self, part: str) -> str:
        """The type of a part; "" where only its extension tells it."""
        return next(
            (e.get("ContentType") or "" for e in self.tree(TYPES) if e.get("PartName") == f"/{part}"), ""
        )

    # ------------------------------------------------------------------------------------------------ saving

    def save(self, moment: datetime) -> bytes:
        """The package as a file that says that it was made at a given moment."""
        from lxml import etree  # noqa: PLC0415

        types = self.tree(TYPES)
        for comment in types.xpath("//comment()"):
            comment.getparent().remove(comment)
        types.insert(0, etree.Comment(f" {MARK} "))
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
            for name in sorted(self.names(), key=lambda name: name != TYPES):  # the types first
                part = zipfile.ZipInfo(name, moment.timetuple()[:6])
                part.compress_type = zipfile.ZIP_STORED if name == TYPES else zipfile.ZIP_DEFLATED
                part.create_system, part.external_attr = 0, 0
                target.writestr(part, self._content(name))
        return stream.getvalue()

    def _content(self, name: str) -> bytes:
        if name in self._trees or name in self._put:
            return self.read(name)
        return self._archive.read(name)


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _serialised(root: Any) -> bytes:
    from lxml import etree  # noqa: PLC0415

    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written
