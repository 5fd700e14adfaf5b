"""Workbooks that count days from 1904: date cells are right, and bare serial numbers mean what their own workbook means."""

from __future__ import annotations

import io
import random
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from huitoukan.intake.epoch import counts_from_1904_xls, counts_from_1904_zip
from huitoukan.intake.reader import read
from huitoukan.model import Stage
from huitoukan.pipeline import process
from tests.support.binary import as_xls, as_xlsb
from tests.support.forms import Filled, Layout, filling, shipped, units, write
from tests.support.renderings import as_spreadsheetml, as_strict, rewritten, sheets_of

DAY = date(2024, 5, 21)
SERIAL_1900, SERIAL_1904 = 45433, 43971


def form() -> Filled:
    return replace(filling(random.Random(7), units()[1], Stage.SELF), date=DAY)


def workbook(*, date_1904: bool, serial: int | None = None) -> bytes:
    """A filled form whose date is a date cell, or a bare serial number."""
    data, places = write(Layout(fields="beside", date_cell=True), [form()])
    book = load_workbook(io.BytesIO(data))
    if date_1904:
        book.epoch = CALENDAR_MAC_1904
    if serial is not None:
        [sheet] = book.worksheets
        cell = sheet[places[sheet.title].fields["date"]]
        cell.value, cell.number_format = serial, "General"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def dated(path: str, data: bytes) -> date | None:
    [sheet] = process(path, data, shipped()).sheets
    return sheet.dated


def test_a_date_cell_of_either_system():
    for date_1904 in (False, True):
        data = workbook(date_1904=date_1904)
        assert dated("a.xlsx", data) == dated("a.xlsx", as_strict(data)) == DAY
        assert read("a.xlsx", data, shipped().settings.limits).grids[0].date_1904 is date_1904


@pytest.mark.parametrize(("date_1904", "serial"), [(False, SERIAL_1900), (True, SERIAL_1904)])
def test_a_bare_serial_number_of_either_system(date_1904, serial):
    data = workbook(date_1904=date_1904, serial=serial)
    [sheet] = sheets_of(data)
    option = (
        '<x:ExcelWorkbook xmlns:x="urn:schemas-microsoft-com:office:excel"><x:Date1904/></x:ExcelWorkbook>'
    )
    for path, other in (
        ("a.xlsx", data),
        ("a.xlsx", as_strict(data)),
        ("a.xlsb", as_xlsb([sheet], date_1904=date_1904)),
        ("a.xls", as_xls(sheet, date_1904=date_1904)),
        ("a.xml", as_spreadsheetml([sheet], option if date_1904 else "")),
    ):
        assert dated(path, other) == DAY, path


def test_the_same_number_means_another_day_in_the_other_system():
    assert dated("a.xlsx", workbook(date_1904=True, serial=SERIAL_1900)) == date(2028, 5, 22)
    assert dated("a.xlsx", workbook(date_1904=False, serial=SERIAL_1904)) == date(2020, 5, 20)


@pytest.mark.parametrize("word", ['date1904="0"', 'date1904="false"', ""])
def test_a_workbook_that_says_no(word):
    data = rewritten(
        workbook(date_1904=True, serial=SERIAL_1900),
        lambda _name, content: re.sub(rb'date1904="1"', word.encode(), content),
    )
    assert dated("a.xlsx", data) == DAY


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_as_libreoffice_saves_it(tmp_path, kind):
    for name, data in (
        ("cell", workbook(date_1904=True)),
        ("number", workbook(date_1904=True, serial=SERIAL_1904)),
        ("usual", workbook(date_1904=False, serial=SERIAL_1900)),
    ):
        (tmp_path / f"{name}.xlsx").write_bytes(data)
    command = [
        "soffice",
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--headless",
        "--norestore",
    ]
    subprocess.run(
        [
            *command,
            "--convert-to",
            kind,
            "--outdir",
            str(tmp_path),
            *map(str, sorted(tmp_path.glob("*.xlsx"))),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    for name in ("cell", "number", "usual"):
        assert dated(f"a.{kind}", (tmp_path / f"{name}.{kind}").read_bytes()) == DAY


def test_broken_parts_say_nothing():
    xls = as_xls(sheets_of(workbook(date_1904=False))[0], date_1904=True)
    assert counts_from_1904_xls(xls)
    for end in range(512, 1024, 7):
        counts_from_1904_xls(xls[:end])
    assert not counts_from_1904_xls(b"")
    for content in (b"", b"\x99", b"\x99\x01", b"\x99\x01\x0c", b"\xff" * 99):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("xl/workbook.bin", content)
            assert not counts_from_1904_zip(archive)
