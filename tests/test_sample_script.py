"""scripts/make_sample_sheets.py makes the samples that are here: nothing was edited by hand, and nothing depends on the clock."""

import io
import os
import shutil
import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[1]
OOXML = (b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/")
SHIPPED = Path("src/huitoukan/campaign/data")


def held(content):
    """What a file holds: the parts of a zip or a mail, else its bytes.

    How well a zip is packed depends on the machine, how XML is put down on whether openpyxl finds lxml there.
    """
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {part: held(archive.read(part)) for part in archive.namelist()}
    if content.startswith(b"Received:"):
        mail = message_from_bytes(content)
        return [mail.items(), *(held(part.get_payload(decode=True) or b"") for part in mail.walk())]
    if content.startswith(b"<") and any(space in content[:1000] for space in OOXML):
        return ElementTree.canonicalize(content.decode("utf-8"), rewrite_prefixes=True)
    return content


def contents(folder):
    """What all files of a folder hold, by their paths."""
    files = sorted(one for one in folder.rglob("*") if one.is_file())
    return {path.relative_to(folder).as_posix(): held(path.read_bytes()) for path in files}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The samples as a second run of the script leaves them, without LibreOffice at hand."""
    place = tmp_path_factory.mktemp("made")
    for folder in ("scripts", "sample_sheets", SHIPPED):
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, str(place / "scripts" / "make_sample_sheets.py")]
    variables = os.environ | {"PATH": str(place)}
    done = subprocess.run(command, capture_output=True, env=variables, check=False, timeout=300)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return place


def test_a_second_run_makes_the_same_samples(made):
    before, after = contents(ROOT / "sample_sheets"), contents(made / "sample_sheets")
    assert sorted(after) == sorted(before)
    assert [name for name in before if before[name] != after[name]] == []


def test_what_libreoffice_made_is_kept(made):
    record = Path("scripts/sample_kept.json")
    assert (made / record).read_bytes() == (ROOT / record).read_bytes()
