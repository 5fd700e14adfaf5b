"""What the report and the feedback pages say of verdicts: where points were lost, who is on which list, whom to ask."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

import huitoukan.pipeline  # noqa: F401  enters the rules into the catalogue
from huitoukan.campaign.people import CountyPeople, Person
from huitoukan.campaign.roster import limit
from huitoukan.model import FileResult, FileStatus, Finding, Severity, Verdict
from huitoukan.output.context import report_context
from huitoukan.output.render import render
from huitoukan.output.text import Words
from huitoukan.rules.received import received
from huitoukan.standing.aggregate import standings
from huitoukan.standing.baseline import Baseline, BaselineUnit
from huitoukan.standing.followup import follow_up
from huitoukan.standing.remedy import with_remedies
from tests.standing.test_aggregate import TO_80, sheet

XIYANG, LEPING, GAOLUO = "140724", "140724100", "140724101"
HINT = "不得为达标改动分数"


@pytest.fixture
def xiyang(campaign):
    return replace(campaign, roster=limit(campaign.roster, ["昔阳县"]))


def named(campaign, **people):
    its = {"昔阳县": CountyPeople(**people)}
    return replace(campaign, settings=campaign.settings.model_copy(update={"people": its}))


def pages(campaign, *sheets, baseline=None, words=None):
    """The report and the feedback page of 昔阳县."""
    files = tuple(FileResult(s.file, "0" * 64, FileStatus.OK, sheets=(s,)) for s in sheets)
    by_unit = received(files, campaign).by_unit
    counties = with_remedies(standings(by_unit, campaign), campaign)
    lists = follow_up(counties, campaign, baseline)
    context = report_context(campaign, files, (), by_unit, counties, follow_up=lists)
    written = {path: content.decode("utf-8") for path, content in render(context, words or Words())}
    return written["report.html"], written["report.md"], written["feedback/昔阳县.html"]


def text(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def chapter(markdown):
    """The chapter of the lists in the Markdown report."""
    return markdown.partition("、后续工作清单\n")[2].partition("\n## ")[0]


FAILING = TO_80 | {"T8_3": "1.5"}  # 79.5


def test_where_points_were_lost_stands_in_all_three(xiyang):
    low = sheet(xiyang, LEPING, file="乐平镇.xlsx", **FAILING)
    body = sheet(xiyang, XIYANG, file="县局.xlsx", C4_2="0")
    written = pages(xiyang, low, body)
    for page in written:
        shown = text(page)
        assert HINT in shown
        assert (
            "昔阳县统计局：离达标线最近的失分是 1 项：C4.2 独立报送（F1，得 0 分，标准分 4）差 4 分。"
            in shown
        )
        assert "乐平镇：离达标线最近的失分是 1 项：T1.1 报表任务（F1，得 0 分，标准分 4）差 0.5 分。" in shown
    assert "参加评定的 10 个乡镇（街道）须有 8 个达标，现有 0 个，还差 8 个。待定的有 9 个。" in text(
        written[0]
    )
    assert "未达标的单位中，离达标线最近的是乐平镇。" in text(written[1])


def test_nothing_is_said_where_nobody_fails(xiyang):
    _, _, feedback = pages(xiyang, sheet(xiyang, LEPING), sheet(xiyang, XIYANG, file="b.xlsx"))
    assert HINT not in feedback
    assert "失分" not in feedback


def test_several_items_and_several_ways(xiyang):
    short = sheet(xiyang, LEPING, T5_1="0", T5_2="1", T7_1="0", T7_2="1.5")
    shown = text(pages(xiyang, short)[2])
    assert "离达标线最近的失分是 2 项，共差 3.5 分：" in shown
    assert "标准分 3）差 2 分；T7.2 培训村级" in shown
    assert "项数和分数同样少的组合还有 1 种。" in shown


# ------------------------------------------------------------------------------------------------------------ lists


def last_year(verdict, since=None):
    unit = BaselineUnit(verdict, None, Decimal(100), {}, "上年.xlsx", "A5", "昔阳县", key_since=since)
    return Baseline(Path("上年.xlsx"), "2023年检查", {XIYANG: unit})


def test_the_lists_are_a_chapter_of_both_reports(xiyang):
    written = pages(xiyang, sheet(xiyang, XIYANG, C4_2="0"))
    for page in written[:2]:
        shown = text(page)
        assert "七、后续工作清单" in shown
        assert "八、问题清单" in shown
        assert "执法检查重点、数据核查重点 1 个" in shown
        assert "没有提供上年的结果，不区分新列入和继续列入。" in shown
        assert "优先评优" not in shown.partition("七、后续工作清单")[2].partition("八、")[0]


@pytest.mark.parametrize(
    ("past", "losses", "says"),
    [
        (
            last_year(Verdict.FAIL),
            {"C4_2": "0"},
            ["均为上年已经列入、今年继续的。", "| 昔阳县 | 未达标 | 继续 | 2023 |"],
        ),
        (last_year(Verdict.PASS), {"C4_2": "0"}, ["均为今年新列入。", "| 昔阳县 | 未达标 | 新列入 | 2024 |"]),
        (
            last_year(Verdict.PENDING, "2021"),
            {"C1_1": None},
            ["昔阳县今年的结论待定，达标之前仍在清单上。", "| 昔阳县 | 待定 | 继续 | 2021 |"],
        ),
        (last_year(Verdict.PENDING), {"C1_1": None}, ["未定 1 个", "| 昔阳县 | 待定 | — |"]),
    ],
)
def test_last_year_is_carried_on(xiyang, past, losses, says):
    shown = chapter(pages(xiyang, sheet(xiyang, XIYANG, **losses), baseline=past)[1])
    for one in ("与上年的结果衔接：2023年检查。", *says):
        assert one in shown, shown


def test_a_county_that_passes_now_is_off_the_list(xiyang):
    codes = [unit.code for unit in xiyang.roster.townships(XIYANG) if unit.required]
    sheets = [sheet(xiyang, code, file=f"{code}.xlsx") for code in (XIYANG, *codes)]
    shown = chapter(pages(xiyang, *sheets, baseline=last_year(Verdict.FAIL))[1])
    assert "移出核查重点 1 个" in shown
    assert "上年在核查重点清单上，今年达标。" in shown
    assert "优先评优、优先培训 1 个" in shown
    assert "执法检查重点" not in shown


# ----------------------------------------------------------------------------------------------------------- people


CHIEF = Person(name="张明", post="副局长", phone="0354-0000001")
CONTACT = Person(name="李华", phone="0354-0000002")


def test_lists_are_grouped_by_the_leader_in_charge(xiyang):
    failing = sheet(xiyang, XIYANG, C4_2="0")
    html, markdown, _ = pages(named(xiyang, leader=CHIEF), failing)
    assert "包县领导：张明（副局长）" in text(html)
    assert "| 张明（副局长） | 昔阳县 | 未达标 |" in chapter(markdown)
    html, markdown, _ = pages(xiyang, failing)
    assert "包县领导" not in html + markdown
    html, markdown, _ = pages(named(xiyang, contact=CONTACT), failing)
    assert "没有写明包县领导" in text(html)


def test_the_feedback_page_names_the_people_of_its_county(xiyang):
    missing = sheet(xiyang, LEPING)
    people = {"leader": CHIEF, "group": (CONTACT, Person(name="王芳")), "contact": CONTACT}
    shown = text(pages(named(xiyang, **people), missing)[2])
    assert "包县领导：张明（副局长） 电话： 0354-0000001" in re.sub("： ", "： ", shown).replace(
        "电话：0", "电话： 0"
    )
    assert "包县区工作组：李华、王芳" in shown


def contact_line(page):
    return re.search(r'<p class="contact">.*?</p>', page, re.DOTALL)[0]


def test_the_contact_is_filled_in_where_known(xiyang):
    files = (FileResult("a.xlsx", "0" * 64, FileStatus.UNREADABLE),)
    details = (("unit_name", "昔阳县统计局"), ("stage_name", "自评"))
    missing = Finding("C601", Severity.ERROR, unit=XIYANG, details=details)

    def line(campaign):
        context = report_context(campaign, files, (missing,), {}, standings({}, campaign))
        return contact_line(dict(render(context, Words()))["feedback/昔阳县.html"].decode("utf-8"))

    assert line(xiyang).count('class="blank"') == 2
    filled = line(named(xiyang, contact=CONTACT))
    assert (filled.count("blank"), "李华" in filled, "0354-0000002" in filled) == (0, True, True)
    without = line(named(xiyang, contact=Person(name="李华", post="设管科")))
    assert (without.count('class="blank"'), "李华（设管科）" in without) == (1, True)


def test_names_are_text_wherever_they_stand(xiyang):
    evil = Person(name="<b>张*明*</b>", post="=1+1")
    html, markdown, feedback = pages(
        named(xiyang, leader=evil, group=(evil,)), sheet(xiyang, XIYANG, C4_2="0")
    )
    assert "<b>张" not in html + feedback
    assert "\\<b>张\\*明\\*" in markdown


def test_english(xiyang):
    written = pages(
        named(xiyang, leader=CHIEF),
        sheet(xiyang, XIYANG, C4_2="0"),
        baseline=last_year(Verdict.FAIL),
        words=Words("en"),
    )
    shown = [text(page) for page in written]
    assert "Follow-up lists" in shown[0]
    assert "All of them were on it last year already." in shown[1]
    assert "Nearest to the line are the points lost on 1 item: C4.2" in shown[2]
