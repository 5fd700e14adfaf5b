"""Blank questionnaires: what stands on them, what may be written where, and that the same input gives the same bytes."""

import io
import re
import zipfile

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from huitoukan.campaign.campaign import load_campaign
from huitoukan.intake import stamp
from huitoukan.model import Level, SheetKind, Stage
from huitoukan.output.forms import blank_forms, workbook_of
from huitoukan.output.question_entry import literal_list
from huitoukan.output.text import Words
from tests.support.questionnaires import UNITS, blank, places, questions

LONGEST = 255  # characters in a list or a box of a validation


def book(level: Level):
    return load_workbook(io.BytesIO(blank(level)))


def sheet_of(level: Level) -> Worksheet:
    return book(level)["调查问卷"]


def open_cells(sheet: Worksheet) -> set[str]:
    """The cells in which somebody may write; of a merged area, its first."""
    covered = {
        f"{sheet.cell(row, column).coordinate}"
        for area in sheet.merged_cells.ranges
        for row, column in area.cells
        if (row, column) != (area.min_row, area.min_col)
    }
    cells = {c.coordinate for row in sheet.iter_rows() for c in row if not c.protection.locked}
    return cells - covered


def validations(sheet: Worksheet):
    return {str(one.sqref): one for one in sheet.data_validations.dataValidation}


@pytest.mark.parametrize("level", list(Level))
def test_every_question_has_its_cells_and_nothing_else_is_open(level):
    sheet = sheet_of(level)
    rows = places(sheet)
    assert list(rows) == [question.id for question in questions(level)]
    expected = {"E2"}  # the date
    for question in questions(level):
        own = rows[question.id]
        if question.parts:
            expected |= {f"D{row}" for row in own}
        elif question.type == "multiple":
            expected |= {f"D{row}" for row in own}
            assert len(own) == len(question.options) + any(o.needs_text for o in question.options)
        elif question.type == "text":
            if question.holds != "unit":
                expected.add(f"{'C' if question.longest else 'D'}{own[0]}")
        else:
            expected.add(f"D{own[0]}")
    assert open_cells(sheet) == expected
    assert sheet.protection.sheet
    assert set(validations(sheet)) == expected


@pytest.mark.parametrize("level", list(Level))
def test_what_may_be_entered(level):
    sheet = sheet_of(level)
    rows, found = places(sheet), validations(sheet)
    for question in questions(level):
        one = found.get(f"D{rows[question.id][0]}")
        if question.type == "single":
            titles = ",".join(f"{option.key} {option.title}" for option in question.options)
            assert (one.type, one.formula1) == ("list", f'"{titles}"')
        elif question.type == "multiple":
            assert (one.type, one.formula1) == ("list", '"√"')
        elif question.type == "number":
            assert one.type == "custom"
            assert f"D{rows[question.id][0]}>=0" in one.formula1
    for one in found.values():
        assert len(one.formula1 or "") <= LONGEST
        assert len(one.prompt or "") <= LONGEST
        assert len(one.promptTitle or "") <= 32
        assert one.showInputMessage
    assert found[f"C{rows['Q22'][0]}"].formula1 == "500"


def test_numbers_that_do_not_agree_turn_red():
    sheet = sheet_of(Level.TOWNSHIP)
    rows = places(sheet)
    formulas = {
        str(area.sqref): [rule.formula[0] for rule in rules]
        for area, rules in sheet.conditional_formatting._cf_rules.items()
    }
    q5, q6, q7 = (f"$D${rows[name][0]}" for name in ("Q5", "Q6", "Q7"))
    own = formulas[f"D{rows['Q5'][0]}"]
    assert f"AND(COUNT({q5},{q6},{q7})=3,ABS({q5}-({q6}+{q7}))>0.000001)" in own
    assert f"AND(COUNT({q6},{q5})=2,{q6}>{q5})" in formulas[f"D{rows['Q6'][0]}"]


def test_a_list_too_long_for_a_validation_goes_to_the_hidden_sheet():
    campaign = load_campaign()
    asked = campaign.questionnaire
    long = tuple(
        o.model_copy(update={"title": o.title + "很长的选项" * 12}) for o in asked.by_id["Q2"].options
    )
    changed = [q.model_copy(update={"options": long}) if q.id == "Q2" else q for q in asked.questions]
    own = campaign.__class__(
        campaign.settings, campaign.rubric, campaign.roster,
        questionnaire=asked.model_copy(update={"questions": tuple(changed)}),
    )  # fmt: skip
    [form] = [
        f for f in blank_forms(own, Stage.CITY, kind=SheetKind.QUESTIONNAIRE) if f.unit.code == "140724100"
    ]
    workbook = load_workbook(io.BytesIO(workbook_of(form, own, Words("zh"))))
    one = validations(workbook["调查问卷"])[f"D{places(workbook['调查问卷'])['Q2'][0]}"]
    assert one.formula1 == "'_huitoukan'!$D$1:$D$5"
    assert [workbook[stamp.SHEET][f"D{n}"].value for n in range(1, 6)] == [o.label() for o in long]
    assert literal_list(["甲,乙", "丙"]) is None


def test_stamp_paper_and_name():
    for level, code in UNITS.items():
        workbook = book(level)
        hidden = workbook[stamp.SHEET]
        assert hidden.sheet_state == "veryHidden"
        said = {row[0].value: row[1].value for row in hidden.iter_rows(max_col=2)}
        assert (said["kind"], said["unit"], said["stage"], said["level"]) == (
            "questionnaire",
            code,
            "city",
            level,
        )
        sheet = workbook["调查问卷"]
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("portrait", 9)
        assert sheet.page_setup.fitToWidth == 1
        assert re.fullmatch(r"\$\d+:\$\d+", sheet.print_title_rows or "")
    assert sheet_of(Level.TOWNSHIP)["C5"].value == "昔阳县乐平镇"
    assert sheet_of(Level.TOWNSHIP)["A1"].value == "县乡级统计基层基础规范化建设情况调查问卷（乡级统计机构）"


def test_the_same_input_gives_the_same_bytes():
    campaign = load_campaign()
    forms = blank_forms(campaign, Stage.CITY, county="140724", kind=SheetKind.QUESTIONNAIRE)
    assert len(forms) == 11
    first, again = (workbook_of(forms[0], campaign, Words("zh")) for _ in range(2))
    assert first == again
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {info.date_time for info in parts.infolist()} == {(2024, 5, 10, 0, 0, 0)}
