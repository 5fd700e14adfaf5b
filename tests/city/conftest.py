"""The made-up city in a folder, and one run of the product over it, shared by all tests here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from huitoukan.campaign.campaign import load_campaign
from huitoukan.pipeline import Inspection, inspect
from tests.support.city.city import city
from tests.support.city.folder import City

SEED = 2024


@pytest.fixture(scope="package")
def made() -> City:
    return city(SEED, papers=True)


@pytest.fixture(scope="package")
def folder(made: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.write(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="package")
def inspection(folder: Path) -> Inspection:
    """The run that the tests share."""
    return inspect(folder, load_campaign(folder / "campaign.yaml"), jobs=2)


def run(*arguments: object) -> dict:
    """The JSON that a command prints."""
    command = [sys.executable, "-m", "huitoukan", *map(str, arguments), "--quiet", "--format", "json"]
    done = subprocess.run(command, capture_output=True, env=os.environ | {"PYTHONUTF8": "1"}, check=False)
    assert done.returncode in (0, 1), done.stderr.decode("utf-8", "replace")
    return json.loads(done.stdout)
