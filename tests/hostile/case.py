"""What a hostile file is, and the pieces that such files are made of."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from tests.support import forms

READS = ""  # it is read as the form that it still is, or as a workbook without one: nothing is wrong with the file itself


@dataclass(frozen=True)
class Hostile:
    """A file that was made to do harm.

    `expect` is the F code that it must have (several where the kind of reader may decide), `READS` for none. `isolated`
    says why only the worker process can contain it; it may then end in F109. Of an archive or a mail, `inside` has the codes
    of every file in it, at any depth, by the path in it.
    """

    name: str
    build: Callable[[], bytes]
    expect: str
    isolated: str = ""
    inside: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The name as test ids show it."""
        return self.name.encode("ascii", "backslashreplace").decode()


class Corpus:
    """Collects hostile files: a decorator for their builders."""

    def __init__(self) -> None:
        self.cases: list[Hostile] = []

    def add(
        self, name: str, expect: str, isolated: str = "", inside: Mapping[str, str] | None = None
    ) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
        """Enter the decorated builder under a file name."""

        def enter(build: Callable[[], bytes]) -> Callable[[], bytes]:
            self.put(name, expect, build, isolated, inside)
            return build

        return enter

    def put(
        self,
        name: str,
        expect: str,
        build: Callable[[], bytes],
        isolated: str = "",
        inside: Mapping[str, str] | None = None,
    ) -> None:
        """Enter a builder under a file name."""
        self.cases.append(Hostile(name, build, expect, isolated, inside or {}))


@cache
def good(seed: int = 0) -> bytes:
    """A well filled form, a different one for every seed."""
    rng = random.Random(seed)
    return timeless(forms.build(forms.random_layout(rng), [forms.filling(rng)])[0])


@cache
def plain() -> bytes:
    """A form in the plainest layout: table from column A, item ids, a total; texts are shared, as Excel saves them."""
    rng = random.Random(7)
    return with_shared_strings(timeless(forms.build(forms.Layout(), [forms.filling(rng)])[0]))


def timeless(data: bytes) -> bytes:
    """A workbook of openpyxl without the time at which it was saved."""
    content = parts(data)
    content["docProps/core.xml"] = re.sub(
        rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2024-05-20T00:00:00Z", content["docProps/core.xml"]
    )
    return pack(content)


def with_shared_strings(data: bytes) -> bytes:
    """A workbook of openpyxl, which keeps texts in their cells, with a table of shared strings."""
    content = parts(data)
    texts: list[bytes] = []

    def shared(cell: re.Match[bytes]) -> bytes:
        texts.append(cell[2])
        return b'%s t="s"><v>%d</v></c>' % (cell[1], len(texts) - 1)

    content[SHEET] = re.sub(
        rb'(<c [^<>]*?) t="inlineStr"><is>(.*?)</is></c>', shared, content[SHEET], flags=re.DOTALL
    )
    items = b"".join(b"<si>%s</si>" % text for text in texts)
    content[STRINGS] = b'<sst xmlns="%s" count="%d" uniqueCount="%d">%s</sst>' % (
        _MAIN,
        len(texts),
        len(texts),
        items,
    )
    relation = b'<Relationship Id="rIdS" Type="%s/sharedStrings" Target="sharedStrings.xml"/>' % _OFFICE
    content[RELATIONS] = content[RELATIONS].replace(b"</Relationships>", relation + b"</Relationships>")
    kind = b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
    content[TYPES] = content[TYPES].replace(b"</Types>", kind + b"</Types>")
    return pack(content)


def parts(data: bytes | None = None) -> dict[str, bytes]:
    """The parts of a zipped workbook by name; without one, those of the plainest form."""
    with zipfile.ZipFile(io.BytesIO(data or plain())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


SHEET, WORKBOOK, STRINGS, STYLES = (
    "xl/worksheets/sheet1.xml",
    "xl/workbook.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
)
RELATIONS, TYPES = "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def pack(content: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in content.items():
            info = zipfile.ZipInfo(name)  # without the time of day, so that the bytes are the same every day
            info.compress_type = method
            archive.writestr(info, data)
    return stream.getvalue()


def changed(**changes: bytes) -> bytes:
    """The plainest form with some parts (`sheet`, `workbook`, …) replaced."""
    names = {
        "sheet": SHEET,
        "workbook": WORKBOOK,
        "strings": STRINGS,
        "styles": STYLES,
        "relations": RELATIONS,
    }
    return pack(parts() | {names[key]: data for key, data in changes.items()})


def edited(name: str, *replacements: tuple[bytes, bytes]) -> bytes:
    """The plainest form with texts in one part replaced, each once; every one of them must be there."""
    content = parts()
    for old, new in replacements:
        assert old in content[name], (name, old)
        content[name] = content[name].replace(old, new, 1)
    return pack(content)


def sheet_xml(body: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    """The XML of a worksheet around its rows."""
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>'
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        + before
        + b"<sheetData>"
        + body
        + b"</sheetData>"
        + after
        + b"</worksheet>"
    )


def text_cell(reference: str, text: str) -> bytes:
    """An inline text cell."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'.encode()


HEADER = ("序号", "检查内容", "检查项目", "标准分", "自评分", "扣分原因")


def header_row(row: int) -> bytes:
    """A header of a form as one row."""
    cells = b"".join(text_cell(f"{'ABCDEF'[n]}{row}", label) for n, label in enumerate(HEADER))
    return b'<row r="%d">%s</row>' % (row, cells)


def item_row(row: int, item: str, title: str, points: str, score: str) -> bytes:
    """An item row below `header_row`."""
    cells = (
        text_cell(f"A{row}", item)
        + text_cell(f"C{row}", title)
        + f'<c r="D{row}"><v>{points}</v></c>'.encode()
    )
    return b'<row r="%d">%s<c r="E%d"><v>%s</v></c></row>' % (row, cells, row, score.encode())


def form_rows(first: int = 1) -> tuple[bytes, int]:
    """The rows of a whole township form, and the row that follows."""
    items = forms.items(forms.Level.TOWNSHIP)
    rows = [header_row(first)]
    for n, item in enumerate(items, start=first + 1):
        points = str(item.max_points.value)
        rows.append(item_row(n, item.id, item.title, points, points))
    return b"".join(rows), first + 1 + len(items)
