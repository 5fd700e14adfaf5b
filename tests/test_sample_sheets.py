"""Exactly the planted problems of sample_sheets/ are found, each at its cell, and the verdicts are those it promises."""

from pathlib import Path

import pytest

from huitoukan.campaign.campaign import load_campaign
from huitoukan.model import FileStatus, Verdict
from huitoukan.pipeline import inspect
from huitoukan.standing.aggregate import standings

SAMPLES = Path(__file__).parents[1] / "sample_sheets"


@pytest.fixture(scope="module")
def inspection():
    return inspect(SAMPLES, load_campaign(SAMPLES / "campaign.yaml"))


def planted() -> set[tuple[str, str, str, str]]:
    """The table of the README: file, sheet, cell, code."""
    lines = (SAMPLES / "README.md").read_text(encoding="utf-8").splitlines()
    start = lines.index("| 文件 | 工作表 | 单元格 | 代码 | 说明 |")
    rows = set()
    for n, line in enumerate(lines[start + 2 :]):
        if not line.startswith("|"):
            break
        file, sheet, cell, code, words = (part.strip().strip("`") for part in line.strip("|").split("|"))
        unit = words.partition("（")[2].partition("）")[0] if code.startswith("C") else ""
        rows.add((file, sheet, cell or unit, code))
        assert len(rows) == n + 1, f"{line} stands twice"
    return rows


def test_exactly_the_planted_problems(inspection):
    found = [
        (f.file or "", f.sheet or "", f.cell or (f.unit if f.file is None else "") or "", f.code)
        for f in inspection.findings
    ]
    assert len(planted()) > 12
    assert sorted(found) == sorted(planted())


def test_verdicts(inspection):
    counties = standings(inspection.by_unit, inspection.campaign)
    verdicts = {inspection.campaign.roster.county_name(c.unit.code): c.verdict for c in counties}
    assert verdicts == {"榆社县": Verdict.FAIL, "左权县": Verdict.PASS, "和顺县": Verdict.PENDING}


def test_every_workbook_is_read_or_planted_not_to_be(inspection):
    statuses = {f.path: f.status for f in inspection.files}
    unread = {
        path for path, status in statuses.items() if status in (FileStatus.UNREADABLE, FileStatus.ENCRYPTED)
    }
    assert unread == {file for file, _, _, code in planted() if code in ("F101", "F102")}
    assert {path for path, status in statuses.items() if status is FileStatus.SKIPPED} == {
        "README.md",
        "campaign.yaml",
    }
    assert {Path(path).suffix for path in statuses} >= {".xlsx", ".xls", ".et", ".ods"}
    assert 45 <= len(statuses) - 2 <= 60
