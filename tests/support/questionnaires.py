"""Blank questionnaires filled in by openpyxl, at cells that the tests find by themselves, and random legal answers."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from huitoukan.campaign.campaign import load_campaign
from huitoukan.campaign.questionnaire import Question
from huitoukan.model import Level, SheetKind, Stage
from huitoukan.output.forms import blank_forms, workbook_of
from huitoukan.output.text import Words

UNITS = {Level.COUNTY: "140724", Level.TOWNSHIP: "140724100"}
# An answer as the tests hold it: a number, a text, the letters of the options, or None for a blank.
Value = Decimal | str | tuple[str, ...] | None
Answers = dict[tuple[str, str | None], Value]


@cache
def blank(level: Level, stage: Stage = Stage.CITY) -> bytes:
    campaign = load_campaign()
    [form] = [
        one
        for one in blank_forms(campaign, stage, kind=SheetKind.QUESTIONNAIRE)
        if one.unit.code == UNITS[level]
    ]
    return workbook_of(form, campaign, Words("zh"))


@cache
def questions(level: Level) -> tuple[Question, ...]:
    questionnaire = load_campaign().questionnaire
    assert questionnaire is not None
    return questionnaire.of_level(level)


def places(sheet: Worksheet) -> dict[str, list[int]]:
    """The rows of each question: from the one that its id stands in to the next id."""
    starts = [
        (str(row[0].value), row[0].row)
        for row in sheet.iter_rows(max_col=1)
        if re.fullmatch(r"Q\d+", str(row[0].value))
    ]
    ends = [row for _, row in starts[1:]] + [sheet.max_row + 1]
    return {name: list(range(row, end)) for (name, row), end in zip(starts, ends, strict=True)}


def fill(level: Level, answers: Answers) -> bytes:
    """The blank form of a level with some answers, written as the form asks for them."""
    workbook = load_workbook(io.BytesIO(blank(level)))
    sheet = workbook["调查问卷"]
    rows = places(sheet)
    for question in questions(level):
        own = rows[question.id]
        if question.parts:
            for row, part in zip(own, question.parts, strict=True):
                assert sheet[f"C{row}"].value == part.title
                put(sheet, f"D{row}", answers.get((question.id, part.id)))
        elif question.type == "multiple":
            chosen = answers.get((question.id, None)) or ()
            for row, option in zip(own, question.options, strict=False):
                assert sheet[f"C{row}"].value == f"{option.key} {option.title}"
                put(sheet, f"D{row}", "√" if option.key in chosen else None)
            if (question.id, "other") in answers:
                put(sheet, f"D{own[len(question.options)]}", answers[question.id, "other"])
        elif question.type == "single":
            chosen = answers.get((question.id, None)) or ()
            titles = [f"{o.key} {o.title}" for o in question.options if o.key in chosen]
            put(sheet, f"D{own[0]}", titles[0] if titles else None)
        elif question.holds != "unit":
            merged = any(f"C{own[0]}" in area for area in sheet.merged_cells.ranges)
            put(sheet, f"{'C' if merged else 'D'}{own[0]}", answers.get((question.id, None)))
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def put(sheet: Worksheet, cell: str, value: Value) -> None:
    assert not sheet[cell].protection.locked, cell
    if isinstance(value, Decimal):
        sheet[cell] = int(value) if value == value.to_integral_value() else float(value)
    elif value is not None:
        sheet[cell] = str(value)
        sheet[cell].data_type = "s"


def random_answers(level: Level, rng: random.Random) -> Answers:
    """Legal answers to every question, whatever else: numbers agree, nothing is out of the ordinary."""
    found: Answers = {}
    total = rng.randint(1, 9)
    full = rng.randint(0, total)
    villages = rng.randint(0, 40)
    fixed: Mapping[tuple[str, str | None], int] = {
        ("Q5", None): total, ("Q6", None): full, ("Q7", None): total - full, ("Q9", None): rng.randint(0, total),
        ("Q11", "villages"): villages, ("Q11", "staffed"): rng.randint(0, villages),
        ("Q12", "townships"): 10, ("Q12", "staffed"): rng.randint(0, 10),
    }  # fmt: skip
    for question in questions(level):
        for part in question.part_ids():
            key = (question.id, part)
            if question.type == "number":
                places = question.measure(part).places
                free = Decimal(rng.randint(0, 20 * 10**places)).scaleb(-places)
                found[key] = Decimal(fixed[key]) if key in fixed else free
            elif question.type == "single":
                found[key] = (rng.choice(question.options).key,)
            elif question.type == "multiple":
                keys = [option.key for option in question.options]
                found[key] = tuple(sorted(rng.sample(keys, rng.randint(1, len(keys)))))
                if question.options[-1].needs_text and keys[-1] in (found[key] or ()):
                    found[question.id, "other"] = rng.choice(["交通不便", "=村多", "人员少、事情多", "A"])
            elif question.holds == "contact":
                found[key] = rng.choice(["王敏 13800138000", "李建军 0354-3021234", "王敏、0354 3021234"])
            elif question.holds is None:
                found[key] = (
                    rng.choice(["", "建立了月度会审制度。", "A、B 两组轮岗;\n建议增加经费", "无"]) or None
                )
    return found
