"""Q8xx: answers of a questionnaire, the form they stand on, and several questionnaires of one unit."""

from dataclasses import replace
from decimal import Decimal

import pytest

from huitoukan.answers import Answer, AnswerState
from huitoukan.grid import Grid
from huitoukan.intake.extract import extract_all
from huitoukan.intake.kinds import Kind
from huitoukan.intake.reader import Outcome, Workbook
from huitoukan.intake.stamp import SHEET, Stamp, rows
from huitoukan.model import FileResult, FileStatus, Level, SheetKind, SheetResult, Stage
from huitoukan.output.text import Words
from huitoukan.rules.duplicates import told_once
from huitoukan.rules.received import received
from huitoukan.rules.registry import Context, check
from huitoukan.rules.subjects import FileSubject
from tests.conftest import dressed, findings_of, grid_of, place

TITLE = "| 县乡级统计基层基础规范化建设情况调查问卷 |"
HEAD = "| 题号 | 问题 | 选项 | 填写 | 计量单位 |"
UNIT, CONTACT = "昔阳县乐平镇", "王敏 13800138000"


def table(*answers: str, unit: str = UNIT, contact: str = CONTACT) -> str:
    """A questionnaire with these rows from row 5 on; the rows of the unit and the contact stand above."""
    first = [f"| Q1 | 单位全称 | | {unit} | |", f"| Q3 | 填表人及联系电话 | | {contact} | |"]
    return "\n".join([TITLE, HEAD, *first, *answers])


def row(name, title, value, option="", unit=""):
    return f"| {name} | {title} | {option} | {value} | {unit} |"


def q2(value, option="A独立 B合署 C挂靠 D仅设岗位 E无"):
    return row("Q2", "统计机构设置形式", value, option)


def q5(value):
    return row("Q5", "实有统计人员数", value)


def q11(value):
    return row("Q11", "辖区村（居）数和已配统计员的村（居）数", value)


def q13(value):
    return row("Q13", "2023年统计工作经费", value)


def q18(*marks):
    options = ("A 岗位责任", "B 报表审核", "C 台账")
    first = f"| Q18 | 已建立的制度 | {options[0]} | {marks[0]} | |"
    return "\n".join([first, *(f"| | | {o} | {m} | |" for o, m in zip(options[1:], marks[1:], strict=True))])


STAFF = (q5("5"), row("Q6", "其中专职", "3"), row("Q7", "其中兼职", "2"))


@pytest.fixture
def fires_survey(campaign):
    """Assert that a rule fires on a questionnaire exactly at the given places."""

    def assert_fires(code, text, *places, path="a.xlsx", **dress):
        assert places
        found = findings_of(dressed(grid_of(text, fields="", name="问卷"), **dress), path, campaign)
        assert [place(f) for f in found if f.code == code] == list(places), sorted(f.code for f in found)

    return assert_fires


@pytest.fixture
def silent_survey(campaign):
    """Assert that a rule stays silent on a table that was recognised as a questionnaire."""

    def assert_silent(code, text, *, path="a.xlsx", **dress):
        grid = dressed(grid_of(text, fields="", name="问卷"), **dress)
        assert extract_all(path, (grid,), campaign)[0].questionnaire, "a near miss must still be one"
        assert [place(f) for f in findings_of(grid, path, campaign) if f.code == code] == []

    return assert_silent


def test_nothing_answered(fires_survey, silent_survey):
    fires_survey("Q801", table(q2(""), q5("")), "B3 '单位全称'")
    silent_survey("Q801", table(q2(""), q5("0")))
    silent_survey("Q802", table(q2(""), q5("")))  # one cause, one finding


def test_answer_missing(fires_survey, silent_survey):
    fires_survey("Q802", table(q2("A"), q5("")), "D6")
    fires_survey("Q802", table(q2("A"), q5("＿＿")), "D6 '＿＿'")
    fires_survey("Q802", table(q2("A"), q11("")), "D6")  # one cell for two numbers
    fires_survey("Q802", table(q2("A"), contact=""), "D4")
    silent_survey("Q802", table(q2("A"), q5("0")))
    silent_survey("Q802", table(q2("A"), row("Q21", "主要困难", "")))  # not required


@pytest.mark.parametrize("value", ["F", "见附件", "√", "A-C", "独立性"])
def test_not_an_option(fires_survey, silent_survey, value):
    fires_survey("Q803", table(q2(value)), f"D5 {value!r}")
    silent_survey("Q803", table(q2("A"), row("Q18", "已建立的制度", "无")))


@pytest.mark.parametrize(
    "value",
    [
        "A",
        "a",
        "Ａ",
        "（A）",
        "A独立",
        "A.独立",
        "A、独立",
        "a 独立",
        "独立",
        "独立设置",
        "选A",
        "无",
        "E",
        "A;",
    ],
)
def test_an_option(silent_survey, value):
    for code in ("Q803", "Q804"):
        silent_survey(code, table(q2(value), q5("1")))


@pytest.mark.parametrize(
    ("printed", "chosen"),
    [
        ("√A独立 B合署 C挂靠", "A"),
        ("A独立√ B合署 C挂靠", "A"),
        ("A独立 √B合署 C挂靠", "B"),
        ("A独立（√） B合署（ ） C挂靠（ ）", "A"),
        ("□A独立 ☑B合署 □C挂靠", "B"),
        ("A. 独立 ■ B. 合署 □ C. 挂靠 □", None),  # a box on either side: nobody can tell
        ("A独立 B合署 C挂靠", ""),
    ],
)
def test_ticks_in_the_printed_options(campaign, printed, chosen):
    [found] = extract_all("a.xlsx", (grid_of(table(q2("", printed), q5("1")), fields=""),), campaign)
    [answer] = [one for one in found.questionnaire.responses if one.question == "Q2"]
    wanted = {None: ("no_option", ()), "": ("blank", ())}.get(chosen, ("answered", (chosen,)))
    assert (answer.kind.value, answer.choices) == wanted


def test_several_options(fires_survey, silent_survey):
    fires_survey("Q804", table(q2("A、B")), "D5 'A、B'")
    fires_survey("Q804", table(q2("AB")), "D5 'AB'")
    fires_survey("Q804", table(q2("独立，合署")), "D5 '独立，合署'")
    silent_survey("Q804", table(q2("A、独立"), q5("1")))
    silent_survey("Q804", table(row("Q18", "已建立的制度", "A、B")))


def test_unclear_mark(fires_survey, silent_survey):
    fires_survey("Q805", table(q18("√", "部分", "")), "D6 '部分'")
    silent_survey("Q805", table(q18("√", "×", "是")))
    silent_survey("Q805", table(q18("A、C", "", "")))


@pytest.mark.parametrize("value", ["若干", "√", "/", "见附表", "2024-05-12"])
def test_not_a_number(fires_survey, value):
    fires_survey("Q806", table(q2("A"), q5(value)), f"D6 {value!r}")


@pytest.mark.parametrize("value", ["约5", "五人", "5-6", "无", "5人左右", "1,000"])
def test_guessed_number(fires_survey, silent_survey, value):
    fires_survey("Q807", table(q2("A"), q5(value)), f"D6 {value!r}")
    silent_survey("Q806", table(q2("A"), q5(value)))
    silent_survey("Q807", table(q2("A"), q5("5人")))


@pytest.mark.parametrize("value", ["5", "'5", "5人", "5 名", "５", "0"])
def test_a_number(silent_survey, value):
    for code in ("Q806", "Q807", "Q808"):
        silent_survey(code, table(q2("A"), q5(value)))


def test_other_unit(fires_survey, silent_survey, campaign):
    fires_survey("Q808", table(q13("125000元")), "D5 '125000元'")
    fires_survey("Q808", table(q5("5台")), "D5 '5台'")
    silent_survey("Q808", table(q13("12.5万元")))
    silent_survey("Q808", table(q13("12.5万")))
    found = findings_of(grid_of(table(q13("125,000 元")), fields=""), "a.xlsx", campaign)
    [fix] = [Words("zh").fix(one) for one in found if one.code == "Q808"]
    assert "12.5" in fix


def test_out_of_range(fires_survey, silent_survey):
    fires_survey("Q809", table(q5("-1")), "D5 '-1'")
    silent_survey("Q809", table(q5("0")))


def test_too_many_places(fires_survey, silent_survey):
    fires_survey("Q810", table(q5("2.5"), q13("3.1416")), "D5 '2.5'", "D6 '3.1416'")
    silent_survey("Q810", table(q5("2.0"), q13("3.14")))


def test_unusually_large(fires_survey, silent_survey):
    fires_survey("Q811", table(q13("50000")), "D5 '50000'")
    silent_survey("Q811", table(q13("100")))
    silent_survey("Q811", table(q13("500"), row("Q4", "核定编制数", "9"), unit="昔阳县统计局"))


def test_sum_does_not_agree(fires_survey, silent_survey):
    fires_survey("Q812", table(q5("6"), *STAFF[1:]), "D5 '6'")
    silent_survey("Q812", table(*STAFF))
    silent_survey("Q812", table(q5("2"), *STAFF[1:]))  # Q813 says that 3 of 2 are full-time
    silent_survey("Q812", table(q5("约6"), *STAFF[1:]))


def test_part_greater_than_whole(fires_survey, silent_survey):
    fires_survey("Q813", table(q5("2"), *STAFF[1:]), "D6 '3'")
    fires_survey("Q813", table(q11("10/12")), "D5 '10/12'")
    silent_survey("Q813", table(*STAFF, q11("12/12")))


def test_words_missing(fires_survey, silent_survey):
    title, options = "主要困难", "A人员少 G其他"
    fires_survey("Q814", table(row("Q21", title, "A、G", options)), "D5 'A、G'")
    for value in ("A、G其他：交通不便", "G（村多、路远）", "G交通不便", "A、B"):
        silent_survey("Q814", table(row("Q21", title, value, options)))
    rows_of_options = (
        "| Q21 | 主要困难 | A 人员少 | | |\n| | | G 其他 | √ | |\n| | | 请写明其他的内容 | {} | |"
    )
    fires_survey("Q814", table(rows_of_options.format("")), "D7")
    silent_survey("Q814", table(rows_of_options.format("路远")))


def test_text_too_long(fires_survey, silent_survey):
    long = "好" * 501
    fires_survey("Q815", table(q5("1"), row("Q22", "亮点做法及意见建议", long)), f"D6 {long!r}")
    silent_survey("Q815", table(q5("1"), row("Q22", "亮点做法及意见建议", long[1:] + " 　")))


@pytest.mark.parametrize("contact", ["王敏", "13800138000", "王敏 1380013800", "无"])
def test_contact_incomplete(fires_survey, contact):
    fires_survey("Q816", table(q5("1"), contact="'" + contact), f"D4 {contact!r}")


@pytest.mark.parametrize("contact", ["王敏 13800138000", "王敏0354-3021234", "填表人：李建军，电话：3021234"])
def test_contact_complete(silent_survey, contact):
    silent_survey("Q816", table(q5("1"), contact=contact))


def test_differs_from_roster(fires_survey, silent_survey):
    title = "辖区乡镇（街道）数和已配专职统计员的乡镇（街道）数"
    bureau = {"unit": "昔阳县统计局"}
    fires_survey(
        "Q817", table(row("Q4", "核定编制数", "9"), row("Q12", title, "12/9"), **bureau), "D6 '12/9'"
    )
    silent_survey("Q817", table(row("Q4", "核定编制数", "9"), row("Q12", title, "10/9"), **bureau))


def test_formula_without_result(fires_survey, silent_survey):
    fires_survey("Q818", table(q5("#REF!"), q13("=")), "D5 '#REF!'", "D6")
    silent_survey("Q818", table(q5("1")))


def test_wrong_count_of_numbers(fires_survey, silent_survey):
    fires_survey("Q819", table(q11("12")), "D5 '12'")
    fires_survey("Q819", table(q11("2024-12-10")), "D5 '2024-12-10'")
    silent_survey("Q819", table(q11("12/10")))


def test_number_as_text(fires_survey, silent_survey):
    fires_survey("Q820", table(q5("5人")), "D5 '5人'")
    silent_survey("Q820", table(q5("5")))
    silent_survey("Q820", table(q5("约5")))


@pytest.mark.parametrize("value", ["12/10", "12、10", "12个，10个", "12 10", "１２／１０"])
def test_numbers_in_one_cell(fires_survey, silent_survey, value):
    fires_survey("Q821", table(q11(value)), f"D5 {value!r}")
    silent_survey("Q821", table(q11("12")))


def test_questions_missing(fires_survey, silent_survey, campaign):
    fires_survey("Q822", table(q5("1")), "")
    every = [
        f"| {q.id} | {q.title} | | {'1' if q.type == 'number' else 'A'} | |"
        for q in campaign.questionnaire.of_level(Level.TOWNSHIP)
        if q.holds is None
    ]
    silent_survey("Q822", table(*every))


def test_question_repeated(fires_survey, silent_survey):
    fires_survey("Q823", table(q5("5"), q2("A"), q5("6")), "B7 '实有统计人员数'")
    silent_survey("Q823", table(q5("5"), q2("A")))
    silent_survey("Q823", table(q18("√", "", "√")))


def test_question_unknown(fires_survey, silent_survey):
    fires_survey("Q824", table(q5("5"), row("Q23", "自行增加的题", "6")), "A6 'Q23'")
    fires_survey("Q824", table(q5("5"), q11("3/3"), row("Q4", "核定编制数", "6")), "A7 'Q4'")
    silent_survey("Q824", table(q5("5"), row("5", "备注", "6")))


def test_question_altered(fires_survey, silent_survey):
    last_year = row("Q13", "2022年统计工作经费", "6")
    fires_survey("Q825", table(q5("5"), last_year), "B6 '2022年统计工作经费'")
    fires_survey("Q825", table(q5("5"), row("Q20", "写了几篇", "6")), "A6 'Q20'")
    silent_survey("Q825", table(q5("5"), row("", "统计工作经费（万元）", "6"), row("Q20", "", "6")))


def stamped(campaign, **changes):
    asked = campaign.questionnaire
    stamp = Stamp(
        asked.id,
        asked.version,
        campaign.settings.id,
        "140724100",
        Stage.CITY,
        Level.TOWNSHIP,
        SheetKind.QUESTIONNAIRE,
    )
    return Grid(SHEET, [list(pair) for pair in rows(replace(stamp, **changes))], visible=False)


def codes_with_stamp(campaign, text, **changes):
    grids = (grid_of(text, fields="", name="问卷"), stamped(campaign, **changes))
    context = Context(campaign)
    from huitoukan.examination import check_sheet  # noqa: PLC0415

    return {
        found.code: place(found)
        for one in extract_all("a.xlsx", grids, campaign)
        for found in check_sheet(one, context)
    }


def test_another_questionnaire(campaign):
    def fires(code, text, **changes):
        assert code in codes_with_stamp(campaign, text, **changes)

    def silent(code, text, **changes):
        assert code not in codes_with_stamp(campaign, text, **changes)

    fires("Q826", table(*STAFF), version="2023.1")
    silent("Q826", table(*STAFF))
    silent("U337", table(*STAFF))
    fires("U337", table(*STAFF, unit="昔阳县皋落镇"))


def test_form_of_another_level(fires_survey, silent_survey):
    fires_survey("Q827", table(q5("5"), row("Q4", "核定编制数", "9")), "B3 '单位全称'")
    silent_survey("Q827", table(q5("5"), row("Q4", "核定编制数", "9"), unit="昔阳县统计局"))
    silent_survey("Q827", table(q5("5")))


def test_units_are_checked_as_those_of_score_sheets(fires_survey, silent_survey):
    fires_survey("U302", table(*STAFF, unit="析阳县乐平镇"), "D3 '析阳县乐平镇'")
    fires_survey("U301", table(*STAFF, unit=""), "D3")
    fires_survey("U304", table(*STAFF), f"D3 {UNIT!r}", path="昔阳县皋落镇问卷.xlsx")
    silent_survey("U304", table(*STAFF), path="昔阳县乐平镇问卷.xlsx")
    silent_survey("U311", table(*STAFF))  # a questionnaire need not name a stage


def result(path, unit="140724100", stage=None, **numbers):
    answers = tuple(
        Answer(name, None, AnswerState.ANSWERED, f"D{n}", Decimal(value))
        for n, (name, value) in enumerate(numbers.items(), 5)
    )
    sheet = SheetResult(path, "问卷", SheetKind.QUESTIONNAIRE, unit, stage, Level.TOWNSHIP, answers=answers)
    return FileResult(path, path, FileStatus.OK, "test", (sheet,))


def test_contradicting_questionnaires(campaign):
    def found(code, files):
        return [one for one in check(received(files, campaign), Context(campaign)) if one.code == code]

    def fires(code, *files):
        [one] = found(code, files)
        assert (one.file, one.others, one.unit) == ("a.xlsx", ("b.xlsx",), "140724100")
        assert "Q5 (D5)" in Words("zh").message(one).replace("（", " (").replace("）", ")")

    def silent(code, *files):
        assert found(code, files) == []

    fires("Q828", result("a.xlsx", Q5=5, Q6=3), result("b.xlsx", Q5=6, Q6=3))
    silent("Q828", result("a.xlsx", Q5=5), result("b.xlsx", Q5=5))
    silent("Q828", result("a.xlsx", Q5=5), result("b.xlsx", unit="140724101", Q5=6))
    silent("Q828", result("a.xlsx", stage=Stage.COUNTY, Q5=5), result("b.xlsx", stage=Stage.CITY, Q5=6))
    silent("Q828", result("a.xlsx", Q5=5), result("b.xlsx"))  # blank: Q801 says so


def test_hidden_questionnaire(campaign):
    def found(code, visible):
        grid = dressed(grid_of(table(*STAFF), fields="", name="问卷"), visible=visible)
        extracted = extract_all("a.xlsx", (grid,), campaign)
        workbook = Workbook(Outcome.READ, Kind.XLSX, "test", (grid,))
        findings = check(FileSubject("a.xlsx", workbook, extracted), Context(campaign))
        return [one.sheet for one in findings if one.code == code]

    def fires(code, **how):
        assert found(code, **how) == ["问卷"]

    def silent(code, **how):
        assert found(code, **how) == []

    fires("Q829", visible=False)
    silent("Q829", visible=True)


def test_a_copy_of_a_file_is_told_once(campaign):
    found = tuple(findings_of(grid_of(table(q5("约5")), fields=""), "a.xlsx", campaign))
    first = replace(result("a.xlsx", Q6=1), sha256="1", findings=found)
    copy = replace(first, path="b.xlsx", findings=tuple(replace(one, file="b.xlsx") for one in found))
    kept = told_once((first, copy), campaign)
    assert (kept[0].findings, kept[1].findings) == (found, ())
    codes = [(one.code, one.file) for one in check(received(kept, campaign), Context(campaign))]
    assert ("C604", "b.xlsx") in codes
    assert "Q828" not in dict(codes)
