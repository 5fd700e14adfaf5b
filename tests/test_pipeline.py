"""The flow over a folder."""

import shutil
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from huitoukan import examination, pipeline
from huitoukan.campaign.campaign import RuleSettings
from huitoukan.campaign.decisions import Decision
from huitoukan.model import FileStatus, Stage
from huitoukan.pipeline import inspect
from tests.conftest import DATA

DIRTY = DATA / "inbox/dirty"


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(DIRTY, tmp_path / "in")
    return tmp_path / "in"


def test_progress_is_told_for_every_file(campaign, folder):
    seen = []
    inspect(folder, campaign, jobs=2, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(n, 6) for n in range(7)]


def test_inputs_are_never_changed(campaign, folder):
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    inspect(folder, campaign)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()} == before


def test_a_contradicting_duplicate_is_not_ok(campaign, tmp_path):
    original = DATA / "inbox/clean/自评/昔阳县/大寨镇评分表.xlsx"
    for name in ("a.xlsx", "c.xlsx"):
        shutil.copy(original, tmp_path / name)
    same = inspect(tmp_path, campaign)
    assert {f.status for f in same.files} == {FileStatus.OK}
    assert "C603" not in {f.code for f in same.findings}

    book = load_workbook(original)
    book["评分表"]["F34"], book["评分表"]["G34"], book["评分表"]["F35"] = 1, "台账不全", 92
    book.save(tmp_path / "b.xlsx")
    found = inspect(tmp_path, campaign)
    (duplicate,) = [f for f in found.findings if f.code == "C603"]
    assert (duplicate.file, duplicate.unit) == ("a.xlsx", "140724104")
    assert next(f.status for f in found.files if f.path == "a.xlsx") is FileStatus.FINDINGS


def test_a_bug_on_one_file_costs_the_others_nothing(campaign, folder, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(examination, "read", broken)
    monkeypatch.setattr(pipeline, "_campaign", campaign)
    (submission, *_) = pipeline.arrivals(folder, None)
    result = pipeline._process_submission(submission).result
    assert [f.code for f in result.findings] == ["F109"]
    assert result.status is FileStatus.UNREADABLE


def test_a_file_that_is_too_large_is_refused_unread(campaign, folder):
    small = campaign.settings.limits.model_copy(update={"file_megabytes": 0})
    settings = campaign.settings.model_copy(update={"limits": small})

    found = inspect(folder, replace(campaign, settings=settings))
    assert {f.status for f in found.files} == {FileStatus.REFUSED}
    assert all(len(f.sha256) == 64 for f in found.files)


def test_severities_can_be_changed_and_rules_switched_off(campaign, folder):

    rules = {"S406": RuleSettings(severity="error"), "S405": RuleSettings(severity="off")}
    settings = campaign.settings.model_copy(update={"rules": rules})
    found = inspect(folder, replace(campaign, settings=settings))
    codes = {(f.code, f.severity.value) for f in found.findings}
    assert ("S406", "error") in codes
    assert "S405" not in {code for code, _ in codes}


def test_a_copy_does_not_repeat_what_is_told_of_its_source(campaign, tmp_path):
    dirty = next(DIRTY.glob("4_*.xlsx"))
    for name in ("a.xlsx", "b.xlsx"):
        shutil.copy(dirty, tmp_path / name)
    found = inspect(tmp_path, campaign)
    first, copy = (file.findings for file in found.files)
    assert first
    assert not copy
    assert [f.file for f in found.findings if f.code == "C604"] == ["b.xlsx"]

    decided = Decision(unit=first[0].unit, stage="self", file="b.xlsx", reason="电话确认")
    settings = campaign.settings.model_copy(update={"decisions": (decided,)})
    campaign = replace(campaign, settings=settings)
    other_way = inspect(tmp_path, campaign)
    assert [bool(file.findings) for file in other_way.files] == [False, True]


def test_a_file_of_another_county_is_left_out_with_its_other_worksheets(campaign, tmp_path):
    book = load_workbook(DATA / "inbox/clean/自评/昔阳县/大寨镇评分表.xlsx")
    book.create_sheet("草稿")["A1"] = "备查"
    book.save(tmp_path / "a.xlsx")
    assert "L210" in {f.code for f in inspect(tmp_path, campaign).files[0].findings}
    assert inspect(tmp_path, campaign, county="140724").files
    assert not inspect(tmp_path, campaign, county="140725").files
    assert not inspect(tmp_path, campaign, stage=Stage.CITY).files
