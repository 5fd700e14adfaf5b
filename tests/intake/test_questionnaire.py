"""Questionnaires: what is filled in is read back, and what people write instead is understood or told."""

import io
import random
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from huitoukan.answers import AnswerState
from huitoukan.campaign.campaign import load_campaign
from huitoukan.examination import check_sheet, process
from huitoukan.grid import Grid, Range
from huitoukan.intake.extract import extract_all
from huitoukan.model import Level, Severity, SheetKind, Stage
from huitoukan.output.text import Words
from huitoukan.rules.registry import Context
from tests.support.questionnaires import UNITS, Answers, blank, fill, questions, random_answers

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


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_saved_again_by_libreoffice(tmp_path, kind):
    """Other programs keep neither very-hidden sheets nor, for some kinds, merged cells."""
    answers = random_answers(Level.TOWNSHIP, random.Random(5))
    (tmp_path / "a.xlsx").write_bytes(fill(Level.TOWNSHIP, answers))
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", kind,
         "--outdir", str(tmp_path / "out"), str(tmp_path / "a.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert read_back((tmp_path / "out" / f"a.{kind}").read_bytes()) == answers


# ---------------------------------------------------------------------------------------------------------- layouts


def workbook_with(*sheets: tuple[str, list[list[object]]], states: dict[str, str] | None = None) -> bytes:
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets:
        sheet = workbook.create_sheet(name)
        sheet.sheet_state = (states or {}).get(name, "visible")
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def answered(data: bytes, path: str = "a.xlsx") -> list[dict[tuple[str, str | None], object]]:
    result = process(path, data, CAMPAIGN)
    return [
        {
            (a.question, a.part): a.number if a.number is not None else (a.choices or a.text)
            for a in sheet.answers
        }
        for sheet in result.sheets
        if sheet.kind is SheetKind.QUESTIONNAIRE
    ]


TITLE = ["县乡级统计基层基础规范化建设情况调查问卷"]


def test_questions_and_answers_in_one_column():
    lines = [
        "1. 单位全称：昔阳县乐平镇", "2. 统计机构设置形式（ B ）", "A.独立 B.合署 C.挂靠 D.仅设岗位 E.无",
        "3. 填表人及联系电话：王敏 13800138000", "4. 实有统计人员数：__5__人", "其中：专职 3人", "其中：兼职 2人",
        "5. 已建立的制度（可多选）", "√A岗位责任 √B报表审核 □C台账", "6. 主要困难", "A人员少√ B不稳定 C经费√",
    ]  # fmt: skip
    assert answered(workbook_with(("Sheet1", [TITLE, *([line] for line in lines)]))) == [
        {
            ("Q1", None): "昔阳县乐平镇", ("Q2", None): ("B",), ("Q3", None): "王敏 13800138000", ("Q5", None): 5,
            ("Q6", None): 3, ("Q7", None): 2, ("Q18", None): ("A", "B"), ("Q21", None): ("A", "C"),
        }
    ]  # fmt: skip


def test_two_columns_without_a_header_and_with_marks_before_the_options():
    rows = [
        ["单位全称", "昔阳县乐平镇"], ["统计机构设置形式", "合署"], ["实有统计人员数（人）", 5],
        ["辖区村（居）数", 12], ["已配统计员的村（居）数", 10], ["主要困难"], ["A 人员少", "√"], ["B 不稳定", None],
        ["C 经费", "√"], ["G 其他", "路远"], ["台账形式", "两者都有"],
    ]  # fmt: skip
    assert answered(workbook_with(("Sheet1", [TITLE, *rows]))) == [
        {
            ("Q1", None): "昔阳县乐平镇", ("Q2", None): ("B",), ("Q5", None): 5, ("Q11", "villages"): 12,
            ("Q11", "staffed"): 10, ("Q19", None): ("C",), ("Q21", None): ("A", "C", "G"),
        }
    ]  # fmt: skip
    before = [
        ["Q1", "单位全称", "昔阳县乐平镇"], ["Q18", "已建立的制度", "√", "A岗位责任"],
        [None, None, None, "B报表审核"], [None, None, "√", "C台账"], ["Q19", "台账形式", "C"],
    ]  # fmt: skip
    [found] = answered(workbook_with(("Sheet1", [TITLE, *before])))
    assert (found["Q18", None], found["Q19", None]) == (("A", "C"), ("C",))


def table(unit: str, staff: int) -> list[list[object]]:
    """A questionnaire with half of the questions of its level."""
    rows = [
        ["题号", "问题", "填写"], ["Q1", "单位全称", unit], ["Q2", "统计机构设置形式", "A"],
        ["Q3", "填表人及联系电话", "王敏 13800138000"], ["Q5", "实有统计人员数", staff], ["Q6", "其中专职", staff],
        ["Q7", "其中兼职", 0], ["Q8", "近三年统计岗位变动人次", 0], ["Q9", "具有统计相关专业学历或职称人数", 1],
        ["Q10", "分管领导是否有文件明确", "是"], ["Q13", "2023年统计工作经费", 2.5],
    ]  # fmt: skip
    return [list(row) for row in rows]


def test_several_below_one_another_are_of_several_units():
    rows = [TITLE, *table("昔阳县乐平镇", 3), [None], TITLE, *table("昔阳县皋落镇", 4)]
    result = process("a.xlsx", workbook_with(("问卷", rows)), CAMPAIGN)
    assert [(one.unit, [a.cell for a in one.answers if a.question == "Q5"]) for one in result.sheets] == [
        ("140724100", ["C6"]),
        ("140724101", ["C19"]),
    ]
    assert not [found.code for found in result.findings if found.code in ("Q823", "U301", "U302", "U304")]


def test_half_of_the_questions_need_no_title_but_a_few_do():
    assert len(answered(workbook_with(("Sheet1", table("昔阳县乐平镇", 3))))) == 1
    assert answered(workbook_with(("Sheet1", table("昔阳县乐平镇", 3)[:5]))) == []
    assert (
        process("a.xlsx", workbook_with(("Sheet1", table("昔阳县乐平镇", 3)[:5])), CAMPAIGN).findings[0].code
        == "F106"
    )


SCORES = [
    ["单位名称：昔阳县乐平镇 检查阶段：自评 检查日期：2024年5月20日"],
    ["序号", "检查项目", "标准分", "自评分"],
    ["T1.2", "普查与抽样", 3, 3],
]


def test_beside_a_score_sheet():
    questionnaire = [TITLE, *table("昔阳县乐平镇", 3)]
    alone = process("a.xlsx", workbook_with(("评分表", SCORES)), CAMPAIGN)
    both = process("a.xlsx", workbook_with(("评分表", SCORES), ("问卷", questionnaire)), CAMPAIGN)
    assert [(one.sheet, one.kind) for one in both.sheets] == [
        ("评分表", SheetKind.SCORE),
        ("问卷", SheetKind.QUESTIONNAIRE),
    ]
    assert both.sheets[0] == alone.sheets[0]
    assert {found.code for found in both.findings} - {found.code for found in alone.findings} == {"Q822"}
    assert not [found for found in both.findings if found.sheet == "问卷" and found.blocks]


def test_the_stamp_of_a_questionnaire_does_not_speak_for_a_score_sheet():
    workbook = load_workbook(
        io.BytesIO(fill(Level.TOWNSHIP, random_answers(Level.TOWNSHIP, random.Random(3))))
    )
    sheet = workbook.create_sheet("评分表", 0)
    for row in [["单位名称：昔阳县皋落镇 检查阶段：自评"], *SCORES[1:]]:
        sheet.append(row)
    stream = io.BytesIO()
    workbook.save(stream)
    result = process("a.xlsx", stream.getvalue(), CAMPAIGN)
    assert [(one.kind, one.unit, one.stage) for one in result.sheets] == [
        (SheetKind.SCORE, "140724101", Stage.SELF),
        (SheetKind.QUESTIONNAIRE, "140724100", Stage.CITY),
    ]


def test_findings_quote_their_cells():
    """Independent of our reader: the cell of every finding holds the value that the finding quotes."""
    answers = random_answers(Level.TOWNSHIP, random.Random(9))
    answers |= {
        ("Q5", None): "约5人",
        ("Q13", None): "125000元",
        ("Q11", "staffed"): Decimal(999),
        ("Q14", None): (),
    }
    data = fill(Level.TOWNSHIP, answers)
    sheet = load_workbook(io.BytesIO(data))["调查问卷"]
    found = [one for one in process("a.xlsx", data, CAMPAIGN).findings if one.cell]
    assert {"Q802", "Q807", "Q808", "Q813"} <= {one.code for one in found}
    for one in found:
        value = sheet[one.cell].value
        assert (None if value is None else str(value)) == one.value, one


def test_without_a_questionnaire_in_the_campaign():
    campaign = replace(CAMPAIGN, questionnaire=None)
    result = process("a.xlsx", fill(Level.TOWNSHIP, {}), campaign)
    assert [one.kind for one in result.sheets] == [SheetKind.OTHER]
    assert [one.code for one in result.findings] == ["F106"]


PIECES = (
    "√", "A", "（", "）", "_", "：", "/", "12", "3人", "Q5", "Q11", "无", "其他", "G其他：路", "请写明其他的内容", "题号", "问题", "填写",
    "A独立 B合署", "统计机构设置形式", "实有统计人员数", "培训次数", "主要困难", "已建立的制度", "调查问卷", "昔阳县乐平镇", "2022年", "约",
)  # fmt: skip
CELLS = st.one_of(
    st.none(), st.sampled_from(PIECES), st.lists(st.sampled_from(PIECES), max_size=4).map("".join),
    st.floats(allow_nan=True), st.integers(-5, 10**6), st.dates(), st.booleans(), st.text(max_size=5),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 45), st.integers(0, 6), CELLS), max_size=40),
    st.sampled_from(list(Level)),
    st.lists(
        st.tuples(st.integers(0, 45), st.integers(0, 3), st.integers(0, 2), st.integers(0, 3)), max_size=3
    ),
)
def test_whatever_is_written_into_a_questionnaire_is_read_or_told(changes, level, areas):
    """No content makes the reader or a rule fail; every answer has a cell, and only answered ones have a value."""
    rows = [
        list(row) for row in load_workbook(io.BytesIO(blank(level)))["调查问卷"].iter_rows(values_only=True)
    ]
    for row, column, value in changes:
        rows[row % len(rows)][column % len(rows[0])] = value
    merges = tuple(Range(r, c, r + down, c + right) for r, c, down, right in areas)
    grid = Grid("问卷", [["" if v is None else v for v in row] for row in rows], merges=merges)
    for one in extract_all("a.xlsx", (grid,), CAMPAIGN):
        found = check_sheet(one, Context(CAMPAIGN))
        assert all(Words("zh").message(each) and Words("zh").fix(each) for each in found)
        for response in one.questionnaire.responses if one.questionnaire else ():
            answer = response.answer()
            assert answer.cell
            if answer.state is not AnswerState.ANSWERED:
                assert (answer.number, answer.choices) == (None, ())
