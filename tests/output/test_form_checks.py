"""The form says √ in a row exactly when `validate` finds nothing there: on random fillings, worked out by LibreOffice."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from huitoukan.model import Finding, Level, Stage
from huitoukan.output.form_checks import UNSEEN
from huitoukan.pipeline import process
from tests.support.forms import items, shipped
from tests.support.questionnaires import questions
from tests.support.refilled import (
    NOBODY,
    NO_PHONES,
    PEOPLE,
    PHONES,
    Batch,
    batch,
    day_written,
    enter,
    fill_answers,
    question_form,
    recalculated,
    score_form,
    score_row,
    values_of,
)

FINE = "√"
CHECKS = "J"  # the column of checks on a score form
COPIES, ASKED = 17, 41  # fillings of each form: 201 in all
SCORED = [
    *((unit, stage) for unit in ("140724", "140724100") for stage in Stage),
    ("140702401", Stage.SELF),  # one item may be 不适用 there
]


def item_rows(sheet: Worksheet, level: Level) -> dict[str, int]:
    ids = {item.id for item in items(level)}
    return {str(row[0].value): row[0].row for row in sheet.iter_rows(max_col=1) if row[0].value in ids}


def scored(unit: str, stage: Stage) -> Batch:
    form = score_form(unit, stage)
    level = form.unit.level

    def fill(sheet: Worksheet, rng: random.Random, n: int) -> None:
        wrong = (0.0, 0.1, 0.3, 0.6)[n % 4]
        last = max(item_rows(sheet, level).values())
        for item in items(level):
            row = item_rows(sheet, level)[item.id]
            values = (None, None, None) if n == 7 else score_row(rng, item, wrong)
            for column, value in zip("FGH", values, strict=True):
                enter(sheet, f"{column}{row}", value)
        bad = rng.random() < 0.5
        enter(sheet, "I2", day_written(rng, stage))
        sign = next(row for row in range(last, last + 9) if str(sheet[f"A{row}"].value).startswith("检查人员"))
        enter(sheet, f"C{sign}", rng.choice((*PEOPLE, *NOBODY) if bad else PEOPLE))
        enter(sheet, f"H{sign}", rng.choice((*PEOPLE, *NOBODY) if bad else PEOPLE[1:3]))
        enter(sheet, f"C{sign + 1}", rng.choice((*PHONES, *NO_PHONES) if bad else PHONES))

    return batch(f"{unit}-{stage}", form, COPIES, fill)


def asked(unit: str, stage: Stage) -> Batch:
    form = question_form(unit, stage)

    def fill(sheet: Worksheet, rng: random.Random, n: int) -> None:
        if n != 7:
            fill_answers(sheet, rng, form.unit.level, (0.0, 0.1, 0.3, 0.6)[n % 4])

    return batch(f"{unit}-{stage}-questionnaire", form, ASKED, fill)


class Worked(NamedTuple):
    """One batch worked out: the values of its worksheets by name and cell, and what `validate` finds on each."""

    batch: Batch
    values: Mapping[str, Mapping[str, object]]
    findings: Mapping[str, list[Finding]]


@pytest.fixture(scope="module")
def worked(tmp_path_factory) -> list[Worked]:
    batches = [scored(unit, stage) for unit, stage in SCORED]
    batches += [asked(unit, Stage.CITY) for unit in ("140724", "140724100")]
    saved = recalculated(batches, tmp_path_factory.mktemp("forms"))
    found = []
    for one in batches:
        by_sheet = defaultdict(list)
        for finding in process("a.xlsx", saved[one.name], shipped()).findings:
            if finding.code not in UNSEEN:
                by_sheet[finding.sheet or ""].append(finding)
        found.append(Worked(one, values_of(saved[one.name]), by_sheet))
    return found


def asked_rows(values: Mapping[str, object], level: Level) -> set[int]:
    """The rows of a questionnaire in which something must be answered."""
    found = set()
    for question in questions(level):
        if question.required and question.holds != "unit":
            [first] = [int(cell[1:]) for cell, value in values.items() if cell[0] == "A" and value == question.id]
            found |= set(range(first, first + len(question.part_ids())))
    return found


def rows_of(finding: Finding, values: Mapping[str, object], level: Level) -> set[int]:
    """The rows that a finding is about. Some are told once for a whole column: then those rows that show what it says."""
    if finding.code == "Q801":
        return asked_rows(values, level)
    first, _, last = (finding.cell or "").partition(":")
    top, bottom = (int(re.sub("[A-Z]", "", cell)) for cell in (first, last or first))
    rows = set(range(top, bottom + 1))
    if finding.code == "S415" and len(rows) > 1:
        rows = {row for row in rows if "%" in str(values.get(f"F{row}")) or "百分" in str(values.get(f"F{row}"))}
    if finding.code == "E506" and len(rows) > 1:  # told where a row has points, and no evidence worth the name
        empty = {"", "无", "/", "同上", "略", "1", "3", "3.0", "—", "不详", "暂无", "（略）", "。"}
        rows = {
            row for row in rows
            if str(values.get(f"H{row}", "")).strip() in empty and values.get(f"F{row}") not in (None, 0, 0.0)
        }  # fmt: skip
    return rows


def test_a_row_is_fine_exactly_when_validate_finds_nothing_in_it(worked):
    wrong, counted = [], defaultdict(int)
    for one in worked:
        for name, values in one.values.items():
            findings = one.findings[name]
            assert all(finding.cell for finding in findings), findings
            column = "F" if "questionnaire" in one.batch.name else CHECKS
            told = defaultdict(set)
            for finding in findings:
                for row in rows_of(finding, values, one.batch.form.unit.level):
                    told[row].add(finding.code)
            for row in range(2, 80):
                if f"{column}{row}" not in values or values[f"{column}{row}"] == "校验":
                    continue
                said = values[f"{column}{row}"]
                if values.get(f"A{row}") in ("小计", "合计"):
                    continue
                if column == "F" and isinstance(values.get(f"D{row}"), date):
                    continue  # for a formula a day is a number; docs/forms.md says so
                counted[said == FINE] += 1
                if (said == FINE) == bool(told[row]):
                    line = [values.get(f"{c}{row}") for c in "ABCDEFGHI"]
                    wrong.append((one.batch.name, name, row, said, sorted(told[row]), line))
    assert not wrong, "\n".join(map(str, wrong[:40]))
    assert min(counted.values()) > 1000
