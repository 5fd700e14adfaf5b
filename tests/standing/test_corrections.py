"""What became of the problems of an earlier run: told by what they are about, not by where they happened to stand."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from huitoukan.campaign.campaign import load_campaign
from huitoukan.model import FileResult, FileStatus, Finding, Severity, SheetKind, SheetResult, Stage
from huitoukan.output import correction_records, records
from huitoukan.output.text import Words
from huitoukan.pipeline import inspect
from huitoukan.standing.corrections import Progress, corrections
from huitoukan.standing.past_findings import PastFinding, PastFindingsError, read_past_findings

SAMPLES = Path(__file__).parents[2] / "sample_sheets"
UNIT, OTHER = "140724100", "140724101"
WORDS = Words("zh")


def past(code="S405", **known):
    return PastFinding(code, Severity.ERROR, **{"file": "a.xlsx", "sheet": "评分表", "cell": "F5"} | known)


def found(code="S405", **known):
    stage = {"stage": Stage(known.pop("stage"))} if known.get("stage") else {}
    return Finding(
        code, Severity.ERROR, **{"file": "a.xlsx", "sheet": "评分表", "cell": "F5"} | known | stage
    )


def file(path="a.xlsx", unit=UNIT, stage=Stage.SELF, status=FileStatus.FINDINGS):
    sheets = (SheetResult(path, "评分表", SheetKind.SCORE, unit, stage),) if unit else ()
    return FileResult(path, "", status, sheets=sheets)


def told(campaign, before, today, files=None, **scope):
    made = corrections(before, [file()] if files is None else files, today, campaign, **scope)
    return [state.value for state in made.states], len(made.fixed), len(made.absent)


ITEM = {"unit": UNIT, "stage": "self", "item": "T2.3"}


@pytest.mark.parametrize(
    "today",
    [
        ITEM | {"value": "8"},  # as it was
        ITEM | {"file": "改后/b.xlsx", "value": "8"},  # renamed and moved
        ITEM | {"cell": "F6", "value": "8"},  # a row was inserted
        ITEM | {"cell": "F6", "value": "9"},  # still wrong, with another number
    ],
)
def test_the_same_problem_is_known_again(campaign, today):
    assert told(campaign, [past(**ITEM, value="8")], [found(**today)]) == (["remaining"], 0, 0)


@pytest.mark.parametrize(
    "today",
    [ITEM | {"item": "T2.4"}, ITEM | {"unit": OTHER}, ITEM | {"stage": "city"}, ITEM | {"code": "S406"}],
)
def test_another_problem_is_new_and_the_old_one_fixed(campaign, today):
    assert told(campaign, [past(**ITEM, value="8")], [found(**today, cell="F9", value="8")]) == (
        ["new"],
        1,
        0,
    )


def test_a_file_whose_unit_can_now_be_told_brings_nothing_new(campaign):
    before = [past(item="T2.3"), past("U301", cell="B2")]
    assert told(campaign, before, [found(**ITEM)]) == (["remaining"], 1, 0)


def test_of_two_alike_one_may_be_fixed(campaign):
    before = [past(**ITEM), past(**ITEM, file="b.xlsx")]
    assert told(campaign, before, [found(**ITEM, file="b.xlsx")], [file(), file("b.xlsx")]) == (
        ["remaining"],
        1,
        0,
    )
    today = [found(**ITEM), found(**ITEM, file="b.xlsx")]
    assert told(campaign, before[:1], today, [file(), file("b.xlsx")]) == (["remaining", "new"], 0, 0)


def test_who_sends_nothing_has_fixed_nothing(campaign):
    assert told(campaign, [past(**ITEM)], [], []) == ([], 0, 1)
    assert told(campaign, [past(**ITEM)], [], [file(stage=Stage.CITY)]) == ([], 0, 1)
    assert told(campaign, [past(**ITEM)], [], [file(unit=None, status=FileStatus.UNREADABLE)]) == ([], 0, 1)
    assert told(campaign, [past(**ITEM)], [], [file("b.xlsx")]) == ([], 1, 0)


def test_a_broken_file_is_fixed_by_one_of_its_name(campaign):
    broken = past("F101", sheet=None, cell=None, file="x/a.xls")
    assert told(campaign, [broken], [], [file("x/a.xlsx")]) == ([], 1, 0)
    assert told(campaign, [broken], [], [file("x/b.xlsx")]) == ([], 0, 1)
    still = file("x/a.xls", unit=None, status=FileStatus.UNREADABLE)
    assert told(campaign, [broken], [], [still]) == ([], 0, 1)


def test_what_was_missing_and_has_come_is_fixed(campaign):
    missing = past("C601", file=None, sheet=None, cell=None, unit=UNIT, stage="self")
    assert told(campaign, [missing], []) == ([], 1, 0)
    assert told(campaign, [missing], [], whole=False) == ([], 0, 0)  # one file tells nothing of the folder
    again = Finding("C601", unit=UNIT, stage=Stage.SELF)
    assert told(campaign, [missing], [again], []) == (["remaining"], 0, 0)


def test_what_lies_outside_of_the_question_is_left_aside(campaign):
    before = [past(**ITEM), past(unit="140702100", stage="self"), past(unit=UNIT, stage="city")]
    assert told(campaign, before, [], county="140724", stage=Stage.SELF) == ([], 1, 0)
    assert told(campaign, before, [], stage=Stage.CITY) == ([], 0, 1)
    assert told(campaign, before, []) == ([], 1, 2)


# ------------------------------------------------------------------------------------------------------ the document


@pytest.fixture(scope="module")
def inspection():
    return inspect(SAMPLES, load_campaign(SAMPLES / "campaign.yaml"), jobs=2)


def document(inspection, words=WORDS):
    return records.validation(inspection.campaign, inspection.files, inspection.findings, words)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_nothing_has_become_of_results_of_the_same_day(inspection, encoding):
    """Whatever order the problems come in, and whatever language they were told in."""
    told_then = document(inspection, Words("en"))
    random.Random(1).shuffle(told_then["findings"])
    data = records.to_json(told_then).encode(encoding)
    before = read_past_findings(data, inspection.campaign.settings.id)
    assert len(before) == len(inspection.findings)
    made = corrections(before, inspection.files, inspection.findings, inspection.campaign)
    assert set(made.states) == {Progress.REMAINING}
    assert (made.fixed, made.absent) == ((), ())


def test_random_halves_add_up(inspection):
    """Old ones less those fixed and absent are those that remain; today's less these are new."""
    before = read_past_findings(
        records.to_json(document(inspection)).encode(), inspection.campaign.settings.id
    )
    rng = random.Random(7)
    for _ in range(20):
        old = rng.sample(before, rng.randint(0, len(before)))
        today = rng.sample(inspection.findings, rng.randint(0, len(inspection.findings)))
        moved = [replace(f, file=f"新/{f.file}" if f.file else None) for f in today]
        made = corrections(old, inspection.files, moved, inspection.campaign)
        remaining = made.count(Progress.REMAINING)
        assert remaining + made.count(Progress.FIXED) + made.count(Progress.ABSENT) == len(old)
        assert remaining + made.count(Progress.NEW) == len(today)
        same = {(f.code, f.unit, f.stage, f.item, f.cell) for f in old} & {
            (f.code, f.unit, f.stage.value if f.stage else None, f.item, f.cell) for f in today if f.unit
        }
        assert remaining >= len({one for one in same if one[1]})


def test_the_record_adds_keys_and_renames_none(inspection):
    plain, more = document(inspection), document(inspection)
    before = read_past_findings(records.to_json(plain).encode(), inspection.campaign.settings.id)
    made = corrections(before[5:], inspection.files, inspection.findings, inspection.campaign)
    correction_records.add_corrections(more, made)
    assert more.keys() - plain.keys() == {"since"}
    assert all(
        m.keys() - p.keys() == {"since"} for m, p in zip(more["findings"], plain["findings"], strict=True)
    )
    told_since = more["since"]
    assert set(told_since) == {"fixed", "new", "remaining", "absent"}
    assert told_since["new"] == sum(f["since"] == "new" for f in more["findings"]) > 0
    rows = list(correction_records.correction_rows(inspection.findings, made, WORDS))
    assert [row["since"] for row in rows][: len(made.states)] == [state.value for state in made.states]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xff\x00PK", "UTF-8"),
        (b"{", "JSON"),
        (b"[" * 100_000, "嵌套"),
        (b"[1]", "findings"),
        (b'{"schema": 1}', "本工具"),
        (b'{"schema": 2, "huitoukan": "9", "findings": []}', "本工具"),
        (b'{"schema": 1, "huitoukan": "0.1"}', "findings"),
        (
            b'{"schema": 1, "huitoukan": "0.1", "findings": [], "campaign": {"id": "other", "title": "2023"}}',
            "2023",
        ),
        (b'{"schema": 1, "huitoukan": "0.1", "findings": [], "campaign": 5}', "?"),
        (b'{"schema": 1, "huitoukan": "0.1", "findings": [7], "campaign": {"id": "here"}}', "findings[0]"),
        (
            b'{"schema": 1, "huitoukan": "0.1", "findings": [{"code": "S405"}], "campaign": {"id": "here"}}',
            "findings[0]",
        ),
        (
            b'{"schema": 1, "huitoukan": "0.1", "findings": [{"code": "S405", "severity": "error", "unit": []}], "campaign": {"id": "here"}}',
            "findings[0]",
        ),
    ],
)
def test_what_is_no_result_of_this_campaign_is_refused_in_words(data, why):
    with pytest.raises(PastFindingsError) as refused:
        read_past_findings(data, "here")
    assert why in WORDS.phrase(refused.value.why)


def test_unknown_keys_and_half_characters_do_no_harm():
    one = {"code": "S405", "severity": "info", "message": "\ud800", "later": {"a": 1}}
    text = json.dumps({"schema": 1, "huitoukan": "9", "campaign": {"id": "here"}, "findings": [one]})
    (read,) = read_past_findings(text.encode(), "here")
    assert (read.severity, read.message, read.unit) == (Severity.INFO, "?", None)
