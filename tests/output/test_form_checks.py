"""The form says √ in a row exactly when `validate` finds nothing there: on random fillings, worked out by LibreOffice."""

from __future__ import annotations

import io
import random
import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import pytest
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from huitoukan.campaign.campaign import Campaign, RuleSettings
from huitoukan.campaign.people import CountyPeople, Person
from huitoukan.grid import Grid
from huitoukan.intake import stamp
from huitoukan.intake.filling_aids import without_checks
from huitoukan.model import Finding, Level, SheetKind, Stage
from huitoukan.output.form_checks import UNSEEN
from huitoukan.output.forms import workbook_of
from huitoukan.output.text import Words
from huitoukan.pipeline import process
from tests.support.forms import items, shipped
from tests.support.questionnaires import questions
from tests.support.refilled import (
    LEVELS,
    NO_PHONES,
    NOBODY,
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
        sign = next(
            row for row in range(last, last + 9) if str(sheet[f"A{row}"].value).startswith("检查人员")
        )
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
            [first] = [
                int(cell[1:]) for cell, value in values.items() if cell[0] == "A" and value == question.id
            ]
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
        rows = {
            row for row in rows if "%" in str(values.get(f"F{row}")) or "百分" in str(values.get(f"F{row}"))
        }
    if (
        finding.code == "E506" and len(rows) > 1
    ):  # told where a row has points, and no evidence worth the name
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


def test_what_is_summed_up_agrees_with_its_rows(worked):
    """A subtotal is fine when its rows are; the cell at the top counts the rows that are not, and what is filled."""
    for one in worked:
        asks = "questionnaire" in one.batch.name
        column = "F" if asks else CHECKS
        for values in one.values.values():
            rows = [row for row in range(2, 80) if values.get(f"{column}{row}") not in (None, "校验")]
            sums = [row for row in rows if values.get(f"A{row}") in ("小计", "合计")]
            own = [row for row in rows if row not in sums]
            first = min(own) if asks else 4
            for row in sums:
                above = range(first, row)
                start = 4 if values[f"A{row}"] == "合计" else max([3, *(s for s in sums if s < row)]) + 1
                wrong = sum(values[f"{column}{r}"] != FINE for r in above if r >= start and r not in sums)
                assert values[f"{column}{row}"] == (f"还有 {wrong} 处" if wrong else FINE)
            wrong = sum(values[f"{column}{row}"] != FINE for row in own)
            top, share = str(values[f"{column}1"]).split("\n")
            assert top == (f"还有 {wrong} 处问题" if wrong else "√ 全部通过")
            count, wanted = map(int, re.match(r"已填 (\d+)/(\d+)（", share).groups())
            if not asks:
                level = one.batch.form.unit.level
                scores = [
                    values.get(f"F{r}")
                    for r, v in ((int(c[1:]), v) for c, v in values.items() if c[0] == "A")
                    if v in {i.id for i in items(level)}
                ]
                assert (count, wanted) == (sum(v is not None for v in scores), len(items(level)))
            assert share == f"已填 {count}/{wanted}（{int(count / wanted * 100 + 0.5)}%）"


def test_a_subtotal_is_fine_exactly_when_validate_finds_nothing_in_its_rows(worked):
    for one in worked:
        for name, values in one.values.items():
            sums = [row for row in range(4, 80) if values.get(f"A{row}") == "小计"]
            told = set()
            for finding in one.findings[name]:
                told |= rows_of(finding, values, one.batch.form.unit.level)
            for before, row in zip([3, *sums], sums, strict=False):
                assert (values[f"{CHECKS}{row}"] == FINE) == told.isdisjoint(range(before + 1, row + 1))


def test_every_kind_of_mistake_was_among_the_fillings(worked):
    found = {finding.code for one in worked for findings in one.findings.values() for finding in findings}
    asked_for = {
        *[
            "S401",
            "S402",
            "S403",
            "S404",
            "S405",
            "S406",
            "S407",
            "S408",
            "S410",
            "S411",
            "S413",
            "S415",
            "E501",
            "E502",
            "E506",
            "U321",
            "U322",
            "U323",
            "U324",
            "U325",
        ]
    }
    asked_for |= {
        *["U331", "U332", "U333", "U334", "U335"],
        *(f"Q8{n:02}" for n in (*range(1, 8), *range(9, 18), 20)),
    }
    assert asked_for <= found


# -------------------------------------------------------------------------------- blank forms, and the reader


BLANK = [
    score_form("140724100", Stage.SELF),
    score_form("140702401", Stage.CITY),
    question_form("140724", Stage.CITY),
]


@pytest.mark.parametrize("form", BLANK, ids=lambda form: f"{form.unit.code}-{form.kind}")
def test_results_stand_in_the_file(form, worked):
    """A program that does not calculate sees what LibreOffice works out of the blank form."""
    data = workbook_of(form, shipped(), Words())
    saved = load_workbook(io.BytesIO(data), data_only=True).worksheets[0]
    formulas = load_workbook(io.BytesIO(data)).worksheets[0]
    seen = {
        c.coordinate: saved[c.coordinate].value
        for row in formulas.iter_rows()
        for c in row
        if c.data_type == "f"
    }
    shown = {cell: value for cell, value in seen.items() if cell[0] in "EFJ" and cell[1].isdigit()}
    assert len(shown) > 20
    assert None not in shown.values()
    for one in worked:
        if one.batch.form == form:
            blank = one.values["f007"]  # nobody filled in the table of this one
            rows = {
                int(cell[1:])
                for cell in shown
                if blank.get(f"A{cell[1:]}") in {"小计", "合计"} | {i.id for i in items(form.unit.level)}
            }
            assert rows or form.kind is SheetKind.QUESTIONNAIRE
            for cell, value in shown.items():
                if int(cell[1:]) in rows or (form.kind is SheetKind.QUESTIONNAIRE and cell != "F1"):
                    assert blank.get(cell, 0) == value, cell


@pytest.mark.parametrize("stamped", [True, False])
@pytest.mark.parametrize("form", BLANK, ids=lambda form: f"{form.unit.code}-{form.kind}")
def test_the_reader_takes_nothing_of_it_for_data(form, stamped):
    """Neither the column nor the guide is read, nor taken for a changed form, also when the stamp is gone."""
    workbook = load_workbook(io.BytesIO(workbook_of(form, shipped(), Words())))
    assert workbook.sheetnames[1:] == ["填报说明", stamp.SHEET]
    if not stamped:
        workbook.remove(workbook[stamp.SHEET])
        workbook["填报说明"].title = "填报说明 (2)"
    column = "F" if form.kind is SheetKind.QUESTIONNAIRE else CHECKS
    sheet = workbook.worksheets[0]
    for row in range(1, 60):  # what a program that calculates would have saved
        if sheet[f"{column}{row}"].value is not None and sheet[f"{column}{row}"].value != "校验":
            sheet[f"{column}{row}"] = "王敏 13800138000 2024年5月20日 单位名称：榆次区"
    stream = io.BytesIO()
    workbook.save(stream)
    result = process("a.xlsx", stream.getvalue(), shipped())
    nothing = {"Q801"} if form.kind is SheetKind.QUESTIONNAIRE else {"S413", "U321", "U331", "U332", "U333"}
    assert {finding.code for finding in result.findings} == nothing
    [one] = result.sheets
    assert (one.kind, one.unit, one.stage) == (form.kind, form.unit.code, form.stage)


def test_another_sheet_by_the_name_of_the_guide_is_left_over():
    workbook = load_workbook(io.BytesIO(workbook_of(BLANK[0], shipped(), Words())))
    workbook["填报说明"]["A1"] = "请各站报送"
    stream = io.BytesIO()
    workbook.save(stream)
    assert "L210" in {finding.code for finding in process("a.xlsx", stream.getvalue(), shipped()).findings}


def test_a_column_that_is_only_called_so_is_no_column_of_checks():
    """校验 at the left of a form, or alone in a row, hides nothing behind it."""
    grid = Grid("表", [["校验", "序号", "得分"], ["", "", "", "校验", "x"]])
    assert without_checks(grid) is grid
    grid = Grid(
        "表", [["序号", "项目", "得分", "校验", "x"], ["1", "a", 3, "√", 9]], formulas={(1, 3): "[1]A!A1"}
    )
    assert without_checks(grid).rows == [["序号", "项目", "得分"], ["1", "a", 3]]
    assert not without_checks(grid).formulas


# -------------------------------------------------------------------------------- what stands on it


@pytest.mark.parametrize("form", BLANK, ids=lambda form: f"{form.unit.code}-{form.kind}")
def test_checks_are_locked_and_not_printed(form):
    workbook = load_workbook(io.BytesIO(workbook_of(form, shipped(), Words())))
    sheet, guide = workbook.worksheets[:2]
    column = "F" if form.kind is SheetKind.QUESTIONNAIRE else CHECKS
    behind = column_index_from_string(column)
    assert all(c.protection.locked for row in sheet.iter_rows(min_col=behind) for c in row)
    assert range_boundaries(str(sheet.print_area).split("!")[-1].replace("$", ""))[2] == behind - 1
    assert all(one.protection.sheet and not one.protection.password for one in (sheet, guide))
    assert all(not one.protection.formatColumns and not one.protection.formatRows for one in (sheet, guide))
    for row in sheet.iter_rows(min_col=behind):
        for cell in row:
            if cell.data_type == "f":
                assert len(cell.value) < 8192  # the most that Excel takes
                assert not NEW_FUNCTIONS.search(cell.value)
                assert all(len(text) <= 255 for text in re.findall(r'"((?:[^"]|"")*)"', cell.value))


NEW_FUNCTIONS = re.compile(
    r"\b(LET|LAMBDA|XLOOKUP|IFS|TEXTJOIN|CONCAT|FILTER|UNIQUE|SWITCH|SEQUENCE|UNICHAR)\("
)


def test_a_rule_that_is_switched_off_is_not_checked():
    campaign = shipped()
    off = {code: RuleSettings(severity="off") for code in ("E506", "U333", "U334")}
    own = Campaign(
        campaign.settings.model_copy(update={"rules": off}),
        campaign.rubric,
        campaign.roster,
        questionnaire=campaign.questionnaire,
    )
    sheets = [
        load_workbook(io.BytesIO(workbook_of(BLANK[0], one, Words()))).worksheets[0]
        for one in (campaign, own)
    ]
    told = [
        " ".join(str(c.value) for row in sheet.iter_rows(min_col=10, max_col=10) for c in row)
        for sheet in sheets
    ]
    assert ["佐证材料" in text for text in told] == [True, False]
    assert ["请填联系电话" in text for text in told] == [True, False]


@pytest.mark.parametrize("level", list(Level))
def test_the_guide_says_what_campaign_and_rubric_say(level):
    settings, rubric = shipped().settings, shipped().rubric.level(level)
    guide = load_workbook(
        io.BytesIO(workbook_of(score_form(LEVELS[level], Stage.COUNTY), shipped(), Words()))
    )["填报说明"]
    text = "\n".join(str(c.value) for row in guide.iter_rows() for c in row if c.value is not None)
    for stage in settings.stages.values():
        day = stage.window.end
        assert f"{day.year}年{day.month}月{day.day}日，首尾两天都算" in text
    assert "2024年7月1日 报齐" in text
    assert settings.issuer in text
    for item in rubric.items():
        assert (item.label() in text) == item.is_veto
    deducted = sum(item.mode.value == "deduct" for item in rubric.items())
    assert f"最低 0 分。共 {deducted} 项" in text
    assert "不低于 80 分。\n" in text  # grounded
    assert "60%。（暂定）" in text  # assumed, and said so
    assert ("所辖乡镇" in text) == (level is Level.COUNTY)


def test_the_guide_names_whom_to_ask():
    campaign = shipped()
    people = {
        "昔阳县": CountyPeople(
            leader=Person(name="张明", post="副局长"), contact=Person(name="李华", phone="0354-0000002")
        )
    }
    own = Campaign(
        campaign.settings.model_copy(update={"people": people}),
        campaign.rubric,
        campaign.roster,
        questionnaire=campaign.questionnaire,
    )
    guide = load_workbook(io.BytesIO(workbook_of(BLANK[0], own, Words())))["填报说明"]
    said = {row[0].value: row[1].value for row in guide.iter_rows(max_col=2)}
    assert said["包县领导"] == "张明（副局长）"
    assert said["联系人"] == "李华 0354-0000002"


def test_checks_speak_english():
    for form in BLANK:
        sheet, guide = load_workbook(io.BytesIO(workbook_of(form, shipped(), Words("en")))).worksheets[:2]
        column = column_index_from_string("F" if form.kind is SheetKind.QUESTIONNAIRE else CHECKS)
        formulas = [
            str(c.value)
            for row in sheet.iter_rows(min_col=column, max_col=column)
            for c in row
            if c.data_type == "f"
        ]
        assert any("problem" in formula for formula in formulas)
        assert not any("请填" in formula or "还有" in formula for formula in formulas)
        texts = [str(c.value) for row in guide.iter_rows(min_row=2) for c in row if c.value]
        assert any("checks" in text for text in texts)
