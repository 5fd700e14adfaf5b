"""Who saved a document: written by openpyxl and LibreOffice, and built by hand where nothing else writes it."""

import io
import struct
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook

from huitoukan.authorship import Properties
from huitoukan.intake.ole import SIGNATURE
from huitoukan.intake.properties import ole_properties, zipped_properties
from huitoukan.intake.reader import read
from tests.conftest import DATA


def xlsx(saved_by="张丽", modified=datetime(2024, 5, 20, 2, 31, 7), creator="huitoukan"):
    workbook = Workbook()
    workbook.properties.creator, workbook.properties.lastModifiedBy = creator, saved_by
    stream = io.BytesIO()
    workbook.save(stream)
    stream.seek(0)
    # openpyxl stamps the time of saving: it is put in afterwards, as the part says it.
    return with_part(stream.getvalue(), lambda xml: _modified(xml, f"{modified:%Y-%m-%dT%H:%M:%SZ}"))


def _modified(xml, moment):
    start = xml.index(b">", xml.index(b"<dcterms:modified")) + 1
    return xml[:start] + moment.encode() + xml[xml.index(b"<", start) :]


def with_part(data, change, name="docProps/core.xml"):
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as copy:
        for part in source.namelist():
            content = source.read(part)
            if part != name:
                copy.writestr(part, content)
            elif (changed := change(content)) is not None:
                copy.writestr(part, changed)
    return target.getvalue()


def zipped(data):
    return zipped_properties(data, zipfile.ZipFile(io.BytesIO(data)))


def test_who_saved_an_xlsx_and_when(campaign):
    data = xlsx()
    assert zipped(data) == Properties("huitoukan", "张丽", datetime(2024, 5, 20, 10, 31, 7))
    assert read("a.xlsx", data, campaign.settings.limits).properties == zipped(data)
    east = with_part(data, lambda xml: _modified(xml, "2024-05-20T10:31:07.25+08:00"))
    assert zipped(east).saved == datetime(2024, 5, 20, 10, 31, 7)
    local = with_part(data, lambda xml: _modified(xml, "2024-05-20T10:31:07"))  # of an ods: no zone
    assert zipped(local).saved == datetime(2024, 5, 20, 10, 31, 7)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda _: None, None),
        (lambda xml: xml.replace(b"cp:", b"x:"), Properties("huitoukan", "张丽", datetime(2024, 5, 20, 10, 31, 7))),
        (lambda xml: _modified(xml, "gestern"), Properties("huitoukan", "张丽", None)),
        (lambda xml: _modified(xml, "9999-12-31T23:59:59-14:00"), Properties("huitoukan", "张丽", None)),
        (lambda xml: xml.replace("张丽".encode(), b"  A &amp;\n B\x00 "), Properties("huitoukan", "A & B", datetime(2024, 5, 20, 10, 31, 7))),
        (lambda xml: xml.replace("张丽".encode(), b"x" * 500), Properties("huitoukan", "x" * 80, datetime(2024, 5, 20, 10, 31, 7))),
        (lambda xml: b"<!DOCTYPE x>" + xml, None),
        (lambda xml: xml + b" " * 70_000, None),
        (lambda _: b"<x/>", None),
        (lambda _: b"\xff\xfe<\x00", None),
    ],
)  # fmt: skip
def test_properties_that_are_unusual_or_broken(campaign, change, expected):
    data = with_part(xlsx(), change)
    assert zipped(data) == expected
    assert read("a.xlsx", data, campaign.settings.limits).properties == expected


def test_libreoffice_names_nobody():
    clean = DATA / "inbox/clean"
    ods = next(clean.rglob("*.ods"))
    assert zipped(ods.read_bytes()).saved_by == ""
    for old in [*clean.rglob("*.xls"), *clean.rglob("*.et")]:
        found = ole_properties(old.read_bytes())
        assert (found.author, found.saved_by, found.saved.year) == ("openpyxl", "", 2026)


def summary(*values, page=936):
    """A summary stream: (id, type, bytes) each."""
    entries = [(1, 2, struct.pack("<HH", page, 0)), *values]
    offsets, body, at = [], b"", 8 + 8 * len(entries)
    for key, kind, content in entries:
        offsets.append(struct.pack("<II", key, at + len(body)))
        body += struct.pack("<I", kind) + content
    section = struct.pack("<II", at + len(body), len(entries)) + b"".join(offsets) + body
    return (
        b"\xfe\xff\x00\x00" + b"\0" * 20 + struct.pack("<I", 1) + b"\0" * 16 + struct.pack("<I", 48) + section
    )


def text(value, encoding="gbk"):
    data = value.encode(encoding) + b"\0"
    return struct.pack("<I", len(data)) + data


def container(stream, name="\x05SummaryInformation"):
    """A compound file with one stream of at least 4,096 bytes."""
    stream = stream.ljust(4096, b"\0")
    sectors = len(stream) // 512
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    fat = struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff")

    def entry(title, kind, child, start, size):
        raw = title.encode("utf-16-le")
        head = raw.ljust(64, b"\0") + struct.pack(
            "<HBB3I", len(raw) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child
        )
        return head + b"\0" * 36 + struct.pack("<IQ", start, size)

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(name, 2, 0xFFFFFFFF, 2, len(stream))
    header = SIGNATURE + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 10
    header += struct.pack("<5I", 1, 1, 0, 4096, 0xFFFFFFFE) + struct.pack("<3I", 0, 0xFFFFFFFE, 0)
    return header + struct.pack("<I", 0).ljust(436, b"\xff") + fat + directory.ljust(512, b"\0") + stream


TICKS = int((datetime(2024, 5, 20, 2, 31, 7) - datetime(1601, 1, 1)).total_seconds()) * 10_000_000


def test_who_saved_an_xls_and_when():
    stream = summary(
        (4, 0x1E, text("huitoukan")), (8, 0x1E, text("张丽")), (13, 0x40, struct.pack("<Q", TICKS))
    )
    assert ole_properties(container(stream)) == Properties(
        "huitoukan", "张丽", datetime(2024, 5, 20, 10, 31, 7)
    )


@pytest.mark.parametrize(
    ("page", "encoding"), [(65001, "utf-8"), (1200, "utf-16-le"), (936, "gbk"), (4242, "gb18030")]
)
def test_code_pages(page, encoding):
    assert ole_properties(container(summary((8, 0x1E, text("张丽", encoding)), page=page))).saved_by == "张丽"


@pytest.mark.parametrize(
    "data",
    [
        b"\x09\x08\x10\x00",  # a stream without its container
        SIGNATURE,
        container(summary((8, 0x1E, text("张丽"))), name="Other"),
        container(summary()),
        container(summary((13, 0x40, struct.pack("<Q", 0)))),
        container(b"\xff" * 4096),
        container(summary((8, 0x1E, struct.pack("<I", 0)))),
    ],
)  # fmt: skip
def test_xls_without_usable_properties(data):
    assert ole_properties(data) is None


def test_a_time_beyond_all_calendars():
    stream = summary((8, 0x1E, text("张丽")), (13, 0x40, struct.pack("<Q", 2**64 - 1)))
    assert ole_properties(container(stream)) == Properties("", "张丽", None)
