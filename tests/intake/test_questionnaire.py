"""Questionnaires: what is filled in is read back, and what people write instead is understood or told."""

import random
import shutil
import subprocess

import pytest

from huitoukan.answers import AnswerState
from huitoukan.campaign.campaign import load_campaign
from huitoukan.examination import process
from huitoukan.model import Level, Severity, SheetKind, Stage
from tests.support.questionnaires import UNITS, Answers, fill, questions, random_answers

CAMPAIGN = load_campaign()


def read_back(data: bytes) -> Answers:
    result = process("问卷.xlsx", data, CAMPAIGN)
    [sheet] = [one for one in result.sheets if one.kind is SheetKind.QUESTIONNAIRE]
    assert [found for found in result.findings if found.severity is Severity.ERROR] == []
    found: Answers = {}
    asked = {question.id: question for question in questions(sheet.level)}
    for answer in sheet.answers:
        question = asked[answer.question]
        if question.holds == "unit":
            continue
        assert answer.state is not AnswerState.UNREADABLE, answer
        value = {"number": answer.number, "text": answer.text or None}.get(question.type, answer.choices)
        found[answer.question, answer.part] = value if answer.state is AnswerState.ANSWERED else None
        if question.type == "multiple" and answer.text:
            found[answer.question, "other"] = answer.text
    return found


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("seed", range(12))
def test_what_is_filled_in_is_read_back(level, seed):
    answers = random_answers(level, random.Random(seed))
    assert read_back(fill(level, answers)) == answers


def test_whose_it_is():
    for level, code in UNITS.items():
        result = process("a.xlsx", fill(level, random_answers(level, random.Random(1))), CAMPAIGN)
        [sheet] = result.sheets
        assert (sheet.unit, sheet.stage, sheet.level) == (code, Stage.CITY, level)
        assert [found.code for found in result.findings] == []


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_saved_again_by_libreoffice(tmp_path, kind):
    """Other programs keep neither very-hidden sheets nor, for some kinds, merged cells."""
    answers = random_answers(Level.TOWNSHIP, random.Random(5))
    (tmp_path / "a.xlsx").write_bytes(fill(Level.TOWNSHIP, answers))
    program = shutil.which("soffice")
    assert program, "LibreOffice is needed for this test"
    subprocess.run(
        [program, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", kind,
         "--outdir", str(tmp_path / "out"), str(tmp_path / "a.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert read_back((tmp_path / "out" / f"a.{kind}").read_bytes()) == answers
