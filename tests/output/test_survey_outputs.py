"""The survey as people get it: the chapter of the report, the workbook, and what becomes of hostile texts in them."""

import csv
import io
import re
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from huitoukan.model import Level, Stage
from huitoukan.output.context import report_context
from huitoukan.output.places import SURVEY_BOOK, foreign
from huitoukan.output.render import render
from huitoukan.output.survey_book import survey_workbook
from huitoukan.output.survey_records import answers_csv, texts_csv
from huitoukan.output.text import Words
from huitoukan.standing.aggregate import standings
from huitoukan.standing.survey import survey
from tests.support.answered import BLANK, UNREADABLE, files_of, questionnaire_sheet, score_sheet
from tests.support.pages import SCRIPT, page

XIYANG, LEPING, GAOLUO, SHEN = "140724", "140724100", "140724101", "140724200"


def report_of(files, campaign, language="zh"):
    context = report_context(campaign, files, (), {}, standings({}, campaign))
    return {
        name: content.decode("utf-8") for name, content in render(context, Words(language)) if "/" not in name
    }


def chapter(written, language="zh"):
    """The text of the chapter in report.md, to the next chapter."""
    title = "调查问卷情况" if language == "zh" else "Questionnaires"
    text = written["report.md"]
    return re.split(r"\n## ", text)[
        [title in part.splitlines()[0] for part in re.split(r"\n## ", text)].index(True)
    ]


def files(campaign, *answers, checked=(XIYANG, LEPING, GAOLUO, SHEN)):
    codes = (LEPING, GAOLUO, SHEN, XIYANG)
    sheets = [questionnaire_sheet(campaign, code, one) for code, one in zip(codes, answers, strict=False)]
    return files_of(*sheets, *(score_sheet(code, Stage.COUNTY) for code in checked))


def test_no_questionnaire_no_chapter(campaign):
    written = report_of(files(campaign), campaign)
    assert 'id="survey"' not in written["report.html"]
    assert "调查问卷情况" not in written["report.md"]
    assert "五、缺报情况" in written["report.md"]
    assert "六、下一步工作" in written["report.md"]


def test_the_chapter_says_who_answered_and_what(campaign):
    one = {"Q5": 3, "Q6": 1, "Q2": "A", "Q21": "AC", "Q22": "多培训"}
    two = {"Q5": 1, "Q6": 1, "Q2": "A", "Q21": "A", "Q22": "多培训。"}
    written = report_of(files(campaign, one, two), campaign)
    told = chapter(written)
    assert told.startswith("六、调查问卷情况")
    for sentence in (
        "受检查的 4 个单位应填调查问卷，以有县级检查或市级检查评分表的为准。收到 2 份，回收率 50%。还有 2 个单位没有报送。",
        "昔阳县没有报送问卷的 2 个：昔阳县统计局、",
        "专职人员占比：乡级统计机构 50%（2 个单位）。",
        "乡级统计机构回答的 2 个单位中，反映较多的是人员少（2 个，100%）、经费（1 个，50%）。",
        "| 实有统计人员数（人） | 乡级 | 2 | 0 | 4 | 2 | 2（少） | 1.5–2.5 | 1–3 | 0 |",
        "| A 独立 | 2 | 100% |",
        "亮点做法及意见建议：2 个单位写了内容，说法相同。",
        "“多培训”（昔阳县乐平镇、昔阳县皋落镇）",
    ):
        assert sentence in told, sentence
    html = page(written["report.html"])
    assert html.scripts == [SCRIPT]
    assert '<section id="survey">' in written["report.html"]
    assert "乐平镇" in written["report.html"]
    assert f"{LEPING}.xlsx「调查问卷」D24" in written["report.html"], "every text with its cell"


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        (({"Q5": 1},), "收到 1 份，回收率 25%。"),
        (({"Q5": 1}, {"Q5": 1}, {"Q5": 1}, {"Q5": 1}), "全部收到。"),
        (({},), "没有一份收到而且可用。"),
        (({"Q21": ""},), "乡级统计机构回答的 1 个单位没有反映困难。"),
        (({"Q22": "无"},), "亮点做法及意见建议：没有单位写出内容。"),
        (({"Q22": "少填表"},), "亮点做法及意见建议：1 个单位写了内容。"),
        (({"Q22": "少填表"}, {"Q22": "加人"}), "亮点做法及意见建议：2 个单位写了内容，说法各不相同。"),
    ],
)
def test_sentences_are_chosen_from_the_data(campaign, answers, sentence):
    told = chapter(report_of(files(campaign, *answers), campaign))
    assert sentence in told
    assert not re.search(r"[^0-9.]0 个单位(?!的)", told), "nobody says 0 个单位"


def test_without_checks_there_is_no_rate(campaign):
    told = chapter(report_of(files(campaign, {"Q5": 1}, checked=()), campaign))
    assert "收到调查问卷 1 份。没有县级检查或市级检查的评分表，不计算回收率。" in told
    assert "| 昔阳县 | 0 | 0 | — |" in told


def test_what_does_not_count_is_listed(campaign):
    sheets = [
        questionnaire_sheet(campaign, LEPING, {"Q5": 1}, file="a.xlsx"),
        questionnaire_sheet(campaign, LEPING, {"Q5": 2}, file="b.xlsx"),
    ]
    told = chapter(report_of(files_of(*sheets), campaign))
    assert "昔阳县乐平镇：报了几份，内容不同（a.xlsx「调查问卷」、b.xlsx「调查问卷」）。" in told
    assert "有 2 份问卷没有计入，列在本章末尾。" in told


def test_of_several_stages_the_last_one_counts(campaign):
    early = questionnaire_sheet(campaign, LEPING, {"Q5": 1}, file="a.xlsx")
    sheets = [replace(early, stage=Stage.COUNTY)]
    sheets.append(replace(questionnaire_sheet(campaign, LEPING, {"Q5": 2}, file="b.xlsx"), stage=Stage.CITY))
    found = survey(files_of(*sheets), campaign)
    assert [one.sheet.file for one in found.respondents] == ["b.xlsx"]
    assert [(left.why.value, left.sheets[0].file) for left in found.aside] == [("earlier", "a.xlsx")]
    assert found.total.unusable == ()


def test_english(campaign):
    told = chapter(report_of(files(campaign, {"Q5": 3, "Q21": "A"}), campaign, "en"), "en")
    assert "1 have arrived, a response rate of 25%." in told
    # What stays Chinese is the campaign's own: titles of questions and options, names, file names.
    assert "回收率" not in told
    assert "统计机构回答" not in told


# ---------------------------------------------------------------------------------------------------------- hostile texts

HOSTILE = [
    "| # *a*",
    "=1+1",
    "@SUM(A1)",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "＝1+1",
    "<script>alert(1)</script>",
    "a\x0bb",
    "| # *a*",
]


@pytest.fixture(scope="module")
def hostile(campaign):
    units = [u for u in campaign.roster.units.values() if u.level is Level.TOWNSHIP][: len(HOSTILE)]
    sheets = [
        questionnaire_sheet(campaign, unit.code, {"Q22": text, "Q21": ("G", text), "Q5": UNREADABLE, "Q6": BLANK}, file=f"={n}.xlsx")
        for n, (unit, text) in enumerate(zip(units, HOSTILE, strict=True))
    ]  # fmt: skip
    return files_of(*sheets)


def test_no_text_becomes_a_formula(hostile, campaign):
    found = survey(hostile, campaign)
    book = openpyxl.load_workbook(io.BytesIO(survey_workbook(found, campaign, Words())))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    texts = {cell.value for cell in cells}
    assert {"=1+1", "@SUM(A1)", "ab"} <= texts
    for text in (answers_csv(found, campaign), texts_csv(found, campaign)):
        fields = {field for row in csv.reader(io.StringIO(text)) for field in row}
        assert not [field for field in fields if field[:1] in "=+-@" and field]
        assert "'=1+1" in fields


def test_the_report_shows_texts_as_they_are(hostile, campaign):
    written = report_of(hostile, campaign)
    assert "<script>" not in written["report.html"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in written["report.html"]
    assert "“\\| # \\*a\\*”" in written["report.md"]


# ---------------------------------------------------------------------------------------------------------- the workbook


def test_the_workbook_depends_on_its_contents_only(campaign):
    one, two = (survey(files(campaign, {"Q5": n}), campaign) for n in (1, 2))
    words = Words()
    assert survey_workbook(one, campaign, words) == survey_workbook(one, campaign, words)
    assert survey_workbook(one, campaign, words) != survey_workbook(two, campaign, words)


def test_numbers_are_numbers_and_headers_stay(campaign):
    found = survey(files(campaign, {"Q5": 3, "Q13": "1.50", "Q6": BLANK, "Q8": UNREADABLE}), campaign)
    book = openpyxl.load_workbook(io.BytesIO(survey_workbook(found, campaign, Words())))
    sheet = book["明细"]
    assert sheet.freeze_panes == "D4"
    row = dict(zip((c.value for c in sheet[3]), sheet[4], strict=True))
    assert row["Q5 实有统计人员数 (人)"].value == 3
    assert row["Q13 2023年统计工作经费 (万元)"].value == 1.5
    assert row["Q6 其中专职 (人)"].value is None
    assert row["Q4 核定编制数 (人)"].value == "—"
    assert row["Q8 近三年统计岗位变动人次 (人次)"].value == "约三人"
    assert row["Q8 近三年统计岗位变动人次 (人次)"].fill.fgColor.rgb == "00FDE9D9"
    response = [[c.value for c in r] for r in book["回收情况"].iter_rows(min_row=3)]
    assert response[0][:8] == ["全部", "合计", 4, 1, 0.25, 0, 3, 0]
    assert book["回收情况"]["E3"].number_format == "0.0%"


def test_a_workbook_that_somebody_has_saved_is_kept(campaign, tmp_path):
    content = survey_workbook(survey(files(campaign, {"Q5": 1}), campaign), campaign, Words())
    (tmp_path / SURVEY_BOOK).write_bytes(content)
    assert foreign(tmp_path, (), ()) == []
    book = openpyxl.load_workbook(io.BytesIO(content))
    book["说明"]["A30"] = "批注"
    book.save(tmp_path / SURVEY_BOOK)
    assert foreign(tmp_path, (), ()) == [SURVEY_BOOK]


def test_the_workbook_is_a_sound_zip(campaign):
    content = survey_workbook(survey(files(campaign, {"Q5": 1}), campaign), campaign, Words())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "[Content_Types].xml"
