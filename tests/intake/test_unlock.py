"""Encrypted workbooks, with and without their passwords."""

from __future__ import annotations

import io
import random
import sys
import zipfile
from dataclasses import replace
from functools import cache

import msoffcrypto
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from huitoukan.intake.reader import Outcome, Workbook, read
from huitoukan.intake.unlock import Lock, unlock
from huitoukan.output.text import Words
from huitoukan.pipeline import process
from tests.conftest import DATA
from tests.support.binary import as_xls, as_xlsb
from tests.support.forms import Layout, filling, shipped, write
from tests.support.renderings import sheets_of

ENCRYPTED = (DATA / "encrypted.xlsx").read_bytes()


@cache
def form() -> bytes:
    return write(Layout(), [filling(random.Random(5))])[0]


@cache
def agile(password: str, clear: bytes | None = None) -> bytes:
    target = io.BytesIO()
    OOXMLFile(io.BytesIO(clear or form())).encrypt(password, target)
    return target.getvalue()


@cache
def old(password: str) -> bytes:
    return as_xls(sheets_of(form())[0], password=password)


def opened(data: bytes, *passwords: str, path: str = "a.xlsx") -> Workbook:
    return read(path, data, shipped().settings.limits, passwords)


@pytest.mark.parametrize("make", [agile, old])
@pytest.mark.parametrize("passwords", [("密码1",), ("falsch", "密码1"), ("", "密码1", "密码1")])
def test_the_right_password_opens(make, passwords):
    clear = opened(form())
    workbook = opened(make("密码1"), *passwords)
    assert (workbook.outcome, workbook.reader) == (Outcome.READ, "python-calamine")
    [grid], [expected] = workbook.grids, clear.grids
    for row, values in enumerate(expected.rows):
        for column in range(len(values)):
            assert grid.cell(row, column).text == expected.cell(row, column).text
    assert set(grid.merges) == set(expected.merges)


def test_an_unlocked_workbook_is_looked_at_like_any_other():
    assert opened(agile("x"), "x") == opened(form())
    assert opened(agile("x"), "x", path="a.xls").false_name
    [sheet] = sheets_of(form())
    several = [replace(sheet, name=f"表{n}") for n in range(6)]  # msoffcrypto cannot encrypt small files
    assert opened(agile("x", as_xlsb(several)), "x").kind == "xlsb"


@pytest.mark.parametrize("make", [agile, old])
def test_a_workbook_that_is_only_protected_needs_no_password(make):
    """Excel encrypts an .xls that is protected against changes with a password that everybody has."""
    assert opened(make("VelvetSweatshop")).outcome is Outcome.READ


@pytest.mark.parametrize("make", [agile, old])
def test_why_it_stays_locked(make):
    assert opened(make("x")).lock is Lock.NO_PASSWORD
    assert opened(make("x"), "y", "").lock is Lock.WRONG
    assert opened(make("x")).outcome is opened(make("x"), "y").outcome is Outcome.ENCRYPTED


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "msoffcrypto", None)
    assert opened(agile("x"), "x").lock is Lock.NO_PACKAGE
    assert opened(agile("x")).lock is Lock.NO_PASSWORD


def test_what_is_said(campaign, monkeypatch):
    def says() -> tuple[str, str]:
        [finding] = process("a.xlsx", agile("x"), campaign).findings
        return Words("zh").message(finding), Words("zh").fix(finding)

    assert says()[0] == "文件加了密码，读不出来：没有给出密码。"
    for lock, why, how in (
        (Lock.WRONG, "密码都不对", "核对密码"),
        (Lock.NO_PACKAGE, "没有安装解密组件", "huitoukan[unlock]"),
        (Lock.UNKNOWN, "加密方式不支持", "取消密码"),
    ):
        monkeypatch.setattr("huitoukan.intake.reader.unlock", lambda *_, lock=lock: lock)
        message, fix = says()
        assert why in message
        assert how in fix


def test_an_encrypted_ods_is_called_so():
    manifest = b'<manifest:manifest><manifest:file-entry manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/><manifest:encryption-data/></manifest:manifest>'
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("content.xml", b"\x93\x01")
        archive.writestr("META-INF/manifest.xml", manifest)
    workbook = opened(target.getvalue(), "x", path="a.ods")
    assert (workbook.outcome, workbook.lock) == (Outcome.ENCRYPTED, Lock.UNKNOWN)


# -------------------------------------------------------------------------------- made to harm


def test_a_key_that_would_take_for_ever_is_not_derived(monkeypatch):
    def derives(*_: object, **__: object) -> None:
        raise AssertionError("no key may be derived")

    rounds = b' <p:encryptedKey spinCount="100000"', b'<p:encryptedKey spinCount="9000000"'
    slow = agile("x").replace(*rounds)
    assert slow != agile("x")
    monkeypatch.setattr(OOXMLFile, "load_key", derives)
    assert unlock(slow, ["x"]) is Lock.UNKNOWN


@pytest.mark.parametrize("cut", [600, 1024, 2048, 5000])
def test_broken_containers_stay_locked(cut):
    for data in (agile("x")[:cut], old("x")[:cut], ENCRYPTED[:cut]):
        assert isinstance(unlock(data, ["x"]), Lock)


def test_mutations_never_raise():
    rng = random.Random(6)
    for source in (agile("VelvetSweatshop"), old("VelvetSweatshop")):
        for _ in range(25):
            data = bytearray(source)
            for _ in range(rng.randrange(1, 9)):
                data[rng.randrange(min(len(data), 4096))] = rng.randrange(256)
            assert isinstance(unlock(bytes(data), ()), (bytes, Lock))


def test_a_document_type_is_not_parsed(monkeypatch):
    monkeypatch.setattr(msoffcrypto, "OfficeFile", lambda _: pytest.fail("parsed"))
    assert unlock(agile("x") + b"<!ENTITY", ["x"]) is Lock.UNKNOWN


def test_what_it_decrypts_to_is_limited():
    limits = shipped().settings.limits
    small = limits.model_copy(update={"cells": 100})
    assert read("a.xlsx", agile("x"), small, ["x"]).outcome is Outcome.REFUSED
    small = limits.model_copy(update={"file_megabytes": limits.file_megabytes / 100_000})
    assert read("a.xlsx", agile("x"), small, ["x"]).outcome is Outcome.REFUSED
