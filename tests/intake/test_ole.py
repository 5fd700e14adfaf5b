"""Compound files: what they hold is told by their directory."""

import pytest

from huitoukan.intake import ole
from tests.hostile.containers import BOF, Compound, book, compound, looped, record, xls

JUNK = b"\x01" * 5000


@pytest.mark.parametrize(
    ("streams", "content"),
    [
        ({"Workbook": book()}, ole.Content.WORKBOOK),
        ({"WORKBOOK": book()}, ole.Content.WORKBOOK),
        ({"Book": book()}, ole.Content.WORKBOOK),
        ({"Workbook": BOF + record(0x2F, bytes(6))}, ole.Content.ENCRYPTED),
        ({"Workbook": BOF + record(0x42, b"\xb0\x04") + record(0x2F, bytes(6))}, ole.Content.ENCRYPTED),
        ({"EncryptedPackage": JUNK, "EncryptionInfo": JUNK}, ole.Content.ENCRYPTED),
        ({"WordDocument": JUNK, "1Table": JUNK}, ole.Content.WORD),
        ({"PowerPoint Document": JUNK}, ole.Content.SLIDES),
        ({"__properties_version1.0": JUNK, "__substg1.0_0037001F": JUNK}, ole.Content.OUTLOOK),
        ({"WpsContent": JUNK}, ole.Content.DOCUMENT),
        ({"anything": JUNK}, ole.Content.UNKNOWN),
        ({"anything": "Workbook EncryptedPackage WordDocument".encode("utf-16-le")}, ole.Content.UNKNOWN),
    ],
)
def test_what_it_holds(streams, content):
    assert ole.content(Compound(streams).build()) is content


def test_streams_are_found_in_what_a_spreadsheet_program_saved():
    assert "workbook" in ole.Container(xls()).streams()
    assert ole.workbook_stream(xls())[:4] == BOF[:4]
    assert ole.workbook_stream(BOF + JUNK) == BOF + JUNK


@pytest.mark.parametrize(
    "data",
    [
        looped("stream"), looped("directory"), compound(size_Workbook=0xFFFFFFFF), compound(start_Workbook=0xFFFFFF), compound(directory=0x7FFFFFFF), compound(table=0x7FFFFFF),
        compound(list=0), xls()[:700], ole.SIGNATURE, ole.SIGNATURE + bytes(9000), Compound({"Workbook": JUNK}).build(),
    ],
    ids=range(11),
)  # fmt: skip
def test_what_does_not_hang_together_is_told(data):
    with pytest.raises(ole.BrokenContainerError):
        ole.content(data)


def test_the_workbook_of_an_embedded_object_is_not_taken_for_that_of_the_file():
    """calamine takes the first stream of the name, wherever it lies."""
    data = bytearray(Compound({"A": book(), "Workbook": book()}).build())
    directory = 512 + 512 * int.from_bytes(data[48:52], "little")
    inner = "Workbook".encode("utf-16-le")
    data[directory + 128 : directory + 128 + 64] = inner.ljust(64, b"\0")  # the entry "A" is called so too …
    data[directory + 128 + 64 : directory + 128 + 66] = (len(inner) + 2).to_bytes(2, "little")
    data[directory + 76 : directory + 80] = (2).to_bytes(4, "little")  # … and the root leads past it
    with pytest.raises(ole.BrokenContainerError, match="embedded"):
        ole.content(bytes(data))
