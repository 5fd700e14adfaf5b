"""I723-I727: who saved the files, and what the questionnaire says."""

from dataclasses import replace
from decimal import Decimal

import pytest

from huitoukan.answers import Answer, AnswerState
from huitoukan.campaign.integrity import Expected
from huitoukan.model import FileResult, FileStatus, Severity, SheetKind, SheetResult
from huitoukan.output.text import Words
from huitoukan.rules.integrity_answers import missed
from tests.support.clues import CITY, COUNTY, SELF, clues, details, filled, of, townships


def fires_for(code, found, *units):
    assert [f.unit for f in found] == list(units), found
    assert all(f.code == code and f.file and not f.blocks for f in found)


def silent_for(code, found):
    assert [f for f in found if f.code == code] == [], code


# ---------------------------------------------------------------------------------------------------------- authorship


def saved(campaign, *who, stage=SELF, counties=("140724",)):
    units = [u for county in counties for u in townships(campaign, county)[: len(who)]]
    return [
        filled(campaign, u, stage, {"T1.1": "3"}, saved=one) for u, one in zip(units, who * 2, strict=False)
    ]


ONE, SOON, LATER = (
    ("zhangli", "2024-05-20T02:31:07"), ("ZhangLi", "2024-05-20T02:31:55"), ("zhangli", "2024-05-20T02:41:00")
)  # fmt: skip


def test_one_person_saved_the_files_of_a_county(campaign):
    files = saved(campaign, ONE, SOON, LATER)
    found = of("I723", clues(campaign, *files))
    fires_for("I723", found, townships(campaign, "140724")[0])
    assert found[0].severity is Severity.INFO
    assert found[0].others == (files[1].path,)
    said = Words("zh").message(found[0])
    assert (
        "昔阳县 2 个单位的自评表由同一用户“zhangli”在 2024-05-20 02:31:07 至 2024-05-20 02:31:55 接连保存："
        in said
    )
    silent_for("I724", clues(campaign, *files))


def test_one_person_saved_the_files_of_two_counties(campaign):
    files = saved(campaign, ONE, counties=("140724", "140727"))
    files[1] = replace(files[1], properties=files[0].properties)
    found = clues(campaign, *files)
    fires_for("I724", of("I724", found), townships(campaign, "140724")[0])
    assert of("I724", found)[0].severity is Severity.WARNING
    silent_for("I723", found)


@pytest.mark.parametrize(
    "who",
    [
        (ONE, LATER),
        (ONE, ("wangwei", "2024-05-20T02:31:07")),
        (("administrator", "2024-05-20T02:31:07"), ("Administrator", "2024-05-20T02:31:07")),
        (("", "2024-05-20T02:31:07"), ("", "2024-05-20T02:31:07")),  # LibreOffice names nobody
    ],
)
def test_files_saved_by_chance_or_by_nobody(campaign, who):
    files = saved(campaign, *who)
    silent_for("I723", clues(campaign, *files))
    silent_for("I724", clues(campaign, *files))


def test_files_that_one_person_must_save(campaign):
    silent_for("I723", clues(campaign, *saved(campaign, ONE, SOON, stage=COUNTY)))
    one, other = saved(campaign, ONE, SOON)
    silent_for("I723", clues(campaign, one, replace(other, sha256=one.sha256)))  # copies of one file
    both = replace(one, sheets=(*one.sheets, replace(other.sheets[0], file=one.path)))
    silent_for("I723", clues(campaign, both))  # one workbook with a sheet a unit
    again = replace(one, path="self/b.xlsx", sha256="b", sheets=(replace(one.sheets[0], file="self/b.xlsx"),))
    silent_for("I723", clues(campaign, one, again))  # one unit
    timeless = [replace(f, properties=f.properties._replace(saved=None)) for f in (one, other)]
    silent_for("I723", clues(campaign, *timeless))
    silent_for("I724", clues(campaign, *(replace(f, properties=None) for f in (one, other))))


# ---------------------------------------------------------------------------------------------------------- questionnaire


def answer(question, value, state=AnswerState.ANSWERED):
    question, _, part = question.partition(".")
    number = Decimal(value) if value.replace(".", "").isdigit() else None
    choices = () if number is not None or value == "-" else tuple(value)
    return Answer(question, part or None, state, "D9", number, choices)


def questionnaire(unit, path="问卷/a.xlsx", **answers):
    told = tuple(answer(name.replace("_", "."), value) for name, value in answers.items())
    sheet = SheetResult(path, "问卷", SheetKind.QUESTIONNAIRE, unit, answers=told)
    return FileResult(path, path, FileStatus.OK, sheets=(sheet,))


def contradictions(campaign, scores, unit="140724100", stage=SELF, **answers):
    return of("I727", clues(campaign, filled(campaign, unit, stage, scores), questionnaire(unit, **answers)))


def test_a_score_that_the_questionnaire_contradicts(campaign):
    found = contradictions(campaign, {}, Q6="0", Q5="2")
    fires_for("I727", found, "140724100")
    (finding,) = found
    assert (finding.item, finding.cell, finding.others) == ("T2.3", "F11", ("问卷/a.xlsx",))
    said = Words("zh").message(finding)
    assert (
        said
        == "T2.3 统计人员：自评得 6 分，调查问卷 Q6 其中专职 却填“0”，应不小于 1（问卷/a.xlsx「问卷」D9）。"
    )
    assert details(finding)["places"].words == (f"{finding.file}「评分表」F11", "问卷/a.xlsx「问卷」D9")
    silent_for("I727", contradictions(campaign, {}, Q6="1", Q5="2"))
    silent_for("I727", contradictions(campaign, {"T2.3": "0"}, Q6="0", Q5="0"))


COUNTY_BODY = "140724"


@pytest.mark.parametrize(
    ("unit", "scores", "answers", "items"),
    [
        ("140724100", {}, {"Q13": "0"}, ["T8.1"]),
        ("140724100", {}, {"Q13": "0.5"}, []),
        ("140724100", {"T8.1": "3"}, {"Q13": "0", "Q14": "D"}, []),
        ("140724100", {}, {"Q14": "D"}, ["T8.1"]),
        ("140724100", {}, {"Q10": "B"}, ["T2.2"]),
        ("140724100", {}, {"Q10": "A"}, []),
        ("140724100", {}, {"Q11_villages": "20", "Q11_staffed": "19"}, ["T2.4"]),
        ("140724100", {"T2.4": "2"}, {"Q11_villages": "20", "Q11_staffed": "18"}, []),
        ("140724100", {"T2.4": "2"}, {"Q11_villages": "20", "Q11_staffed": "17"}, ["T2.4"]),
        ("140724100", {}, {"Q11_staffed": "0"}, []),  # of how many is not told
        ("140724100", {}, {"Q8": "6"}, ["T2.5"]),
        ("140724100", {"T2.5": "2"}, {"Q8": "9"}, []),
        ("140724100", {}, {"Q18": "ABCDE"}, ["T3.1"]),
        ("140724100", {}, {"Q18": "ABCDEGH"}, ["T3.1"]),
        ("140724100", {}, {"Q18": "ABCDEF"}, []),
        ("140724100", {}, {"Q18": "-"}, ["T3.1"]),  # 无
        ("140724100", {}, {"Q20": "3"}, ["T5.2"]),
        ("140724100", {"T5.2": "2"}, {"Q20": "3"}, []),
        ("140724100", {}, {"Q15": "0"}, ["T6.1"]),
        ("140724100", {}, {"Q2": "E"}, ["T2.1"]),
        (COUNTY_BODY, {}, {"Q15": "8", "Q5": "9"}, ["C6.1"]),
        (COUNTY_BODY, {}, {"Q15": "9", "Q5": "9"}, []),
        (COUNTY_BODY, {}, {"Q18": "ABCDEFG"}, ["C3.2"]),
        (COUNTY_BODY, {"C5.2": "3"}, {"Q20": "11"}, ["C5.2"]),
        (COUNTY_BODY, {}, {"Q20": "24", "Q13": "30"}, []),
        (COUNTY_BODY, {}, {"Q13": "0", "Q8": "11", "Q2": "B"}, ["C2.1", "C2.4", "C8.1"]),
    ],
)  # fmt: skip
def test_every_kind_of_contradiction(campaign, unit, scores, answers, items):
    assert sorted(f.item for f in contradictions(campaign, scores, unit, **answers)) == items


def test_the_highest_stage_is_compared_and_what_is_not_answered_is_not(campaign):
    unit = "140724100"
    asked = questionnaire(unit, Q6="0")
    stages = [filled(campaign, unit, SELF, {}), filled(campaign, unit, CITY, {"T2.3": "0"})]
    silent_for("I727", clues(campaign, *stages, asked))
    stages = [filled(campaign, unit, SELF, {"T2.3": "0"}), filled(campaign, unit, CITY)]
    assert of("I727", clues(campaign, *stages, asked))[0].stage == CITY
    for state in (AnswerState.BLANK, AnswerState.UNREADABLE):
        sheet = replace(asked.sheets[0], answers=(Answer("Q6", None, state, "D9"),))
        silent_for("I727", clues(campaign, filled(campaign, unit), replace(asked, sheets=(sheet,))))
    silent_for("I727", clues(campaign, asked))  # no score sheet


def test_questionnaires_that_contradict_each_other_tell_nothing(campaign):
    unit = "140724100"
    one, other = questionnaire(unit, Q6="0"), questionnaire(unit, "问卷/b.xlsx", Q6="2")
    assert of(
        "I727", clues(campaign, filled(campaign, unit), one, questionnaire(unit, "问卷/b.xlsx", Q6="0"))
    )
    silent_for("I727", clues(campaign, filled(campaign, unit), one, other))


def test_of_questionnaires_of_two_stages_the_later_one_is_looked_at(campaign):
    unit = "140724100"

    def at(stage, path, **answers):
        sent = questionnaire(unit, path, **answers)
        return replace(sent, sheets=(replace(sent.sheets[0], stage=stage),))

    before, now = at(COUNTY, "问卷/a.xlsx", Q6="2"), at(CITY, "问卷/b.xlsx", Q6="0")
    (finding,) = of("I727", clues(campaign, filled(campaign, unit), before, now))
    assert finding.others == ("问卷/b.xlsx",)
    before, now = at(COUNTY, "问卷/a.xlsx", Q6="0"), at(CITY, "问卷/b.xlsx", Q6="2")
    silent_for("I727", clues(campaign, filled(campaign, unit), before, now))


def test_one_answer_is_told_once_for_an_item(campaign):
    assert [f.item for f in contradictions(campaign, {}, Q5="0", Q6="0", Q7="0")] == [
        "T2.3",
        "T2.3",
    ]  # Q5 and Q6


def test_what_is_missed():
    def say(then, value, **others):
        answers = {name: answer(name, one) for name, one in others.items()}
        phrase = missed(Expected.model_validate(then), answer("Q1", value), answers)
        return phrase and Words("zh").phrase(phrase)

    assert say({"at_most": 5}, "6") == "不大于 5"
    assert say({"at_most": 5}, "5") is None
    assert say({"not_below": "Q5"}, "2", Q5="3") == "不小于 Q5 的 3"
    assert say({"not_below": "Q5"}, "2") is None
    assert say({"of": "Q5", "share": Decimal("0.9")}, "17", Q5="20") == "不小于 18（按 0.9 计）"
    assert say({"of": "Q5", "share": Decimal("0.9")}, "0", Q5="0") is None
    assert say({"one_of": ["A", "C"]}, "B") == "选 A 或 C"
    assert say({"none_of": ["D"]}, "D") == "选 D 以外的项"
    assert say({"none_of": ["D"]}, "A") is None
    assert say({"count": 2}, "A") == "至少选 2 项"
    assert say({"one_of": ["A"]}, "-") is None
    assert say({"at_least": 1}, "AB") is None  # a choice where a number was expected
