"""The feedback of each county: every finding once and in its place, in words chosen from the data."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from huitoukan.campaign.campaign import load_campaign
from huitoukan.campaign.roster import limit
from huitoukan.materials import Material, MaterialKind
from huitoukan.model import (
    FileResult,
    FileStatus,
    Finding,
    Level,
    Mail,
    Severity,
    SheetKind,
    SheetResult,
    Stage,
)
from huitoukan.output.context import report_context
from huitoukan.output.render import outdated, render
from huitoukan.output.text import Words
from huitoukan.phrase import Listing, say
from huitoukan.pipeline import Inspection, inspect
from huitoukan.standing.aggregate import standings
from tests.conftest import DATA
from tests.support.pages import page

SAMPLES = Path(__file__).parents[2] / "sample_sheets"
BODY, FIRST, SECOND = "140724", "140724100", "140724101"  # 昔阳县统计局, 乐平镇, 皋落镇
HOSTILE = "<script>alert(1)</script>&amp;\"'.xlsx"


def context_of(inspection):
    counties = standings(inspection.by_unit, inspection.campaign)
    return report_context(
        inspection.campaign, inspection.files, inspection.findings, inspection.by_unit, counties
    )


@pytest.fixture(scope="module", params=["samples", "inbox"])
def inspection(request):
    if request.param == "samples":
        return inspect(SAMPLES, load_campaign(SAMPLES / "campaign.yaml"))
    return inspect(DATA / "inbox", load_campaign())


def pages_of(context, words=None, folder=None):
    written = {name: content.decode("utf-8") for name, content in render(context, words or Words(), folder)}
    return {Path(name).stem: content for name, content in written.items() if name.startswith("feedback/")}


def made_up(campaign, *files, coverage=()):
    """An inspection of 昔阳县 alone, from results written in the test."""
    one = replace(campaign, roster=limit(campaign.roster, ["昔阳县"]))
    return context_of(Inspection(one, files, tuple(coverage)))


def sheet(file, unit=FIRST, stage=Stage.SELF, name="评分表"):
    return SheetResult(file, name, SheetKind.SCORE, unit, stage, Level.TOWNSHIP)


def finding(file, cell=None, code="S402", severity=Severity.ERROR, unit=FIRST, *, name="评分表", **more):
    what = say("是文字, 不是数")
    details = (("label", "T1.1 报表任务"), ("number", "4"), ("what", what), ("done", None))
    return Finding(code, severity, file, name, cell, unit, item="T1.1", expected="4", details=details, **more)


def result(file, *findings, sheets=None, status=FileStatus.FINDINGS):
    sheets = (sheet(file),) if sheets is None else sheets
    return FileResult(file, "0" * 64, status, sheets=sheets, findings=findings)


def cells(html):
    """The cell that each correction stands at, in the order of the page."""
    return [row[1] for row in page(html).rows if len(row) == 6 and row[1] not in ("单元格", "Cell")]


# ------------------------------------------------------------------------------------------- every finding, once


def told(inspection):
    """The findings that the counties are told: not the clues that are held back."""
    held_back = inspection.campaign.settings.integrity.held_back.value
    return [f for f in inspection.findings if f.code not in held_back]


def test_every_finding_is_on_exactly_one_page_and_in_one_place(inspection):
    context = context_of(inspection)
    assert Counter(f for county in context.feedback for f in county.findings) == Counter(told(inspection))
    for county in context.feedback:
        placed = [f for request in county.requests for f in request.findings]
        for unit in county.units:
            own = [*(f for one in unit.sheets for f in one.findings), *unit.notes]
            assert sum(unit.counts.values()) == len(own)
            assert sum(unit.blocking.values()) == sum(bool(f.blocks) for f in own)
            placed += own
        assert Counter(placed) == Counter(county.findings)


def test_the_counts_of_the_pages_sum_to_those_of_the_report(inspection):
    context = context_of(inspection)
    for severity in Severity:
        assert sum(c.counts[severity] for c in context.feedback) == sum(
            f.severity is severity for f in told(inspection)
        )
    assert sum(c.blocking for c in context.feedback) == sum(bool(f.blocks) for f in inspection.findings)
    assert sum(county.sheets for county in context.feedback) == context.sheets


def test_what_is_told_is_shown(inspection):
    context, words = context_of(inspection), Words()
    pages = pages_of(context)
    assert list(pages) == [county.stem for county in context.feedback]
    for county in context.feedback:
        shown = page(pages[county.stem])
        text = "".join(shown.text)
        found = [
            *(request.told for request in county.requests),
            *(f for unit in county.units for one in unit.sheets for f in one.findings),
        ]
        assert len(found) == sum(row[0].startswith(("必须", "请核对", "供参考")) for row in shown.rows)
        for one in found:
            assert words.short_message(one) in text
            assert words.fix(one) in text
        for note in (note for unit in county.units for note in unit.notes):
            assert words.message(note) in text
        assert not re.search(r"(?<!\d)0 [个张处份项]", text)


def test_a_page_is_one_file_without_any_way_out(inspection):
    for name, html in pages_of(context_of(inspection)).items():
        parsed = page(html)
        assert parsed.references == [], name
        assert not re.search(r"https?://|@import|url\(", html)
        assert not parsed.tags.keys() & {"script", "link", "img"}


def test_the_same_input_gives_the_same_bytes(inspection):
    assert pages_of(context_of(inspection)) == pages_of(context_of(inspection))


# ------------------------------------------------------------------------------------------------------ to correct


def test_findings_stand_in_the_order_of_the_sheet_blocking_or_not(campaign):
    found = [
        finding("a.xlsx", "F4", severity=Severity.WARNING),
        finding("a.xlsx", "F9", blocks=True),
        finding("a.xlsx", "F11", severity=Severity.INFO),
        finding("a.xlsx", "F20"),
    ]
    html = pages_of(made_up(campaign, result("a.xlsx", *found)))["昔阳县"]
    assert cells(html) == ["F4", "F9", "F20"]
    text = "".join(page(html).text)
    assert "必须改 2 处（其中 1 处使评分表不能计入结论），请核对 1 处，供参考 1 处" in text
    assert text.index("F20") < text.index("供参考，不用回复") < text.index("F11")


def test_marks_say_what_is_asked(campaign):
    found = [
        finding("a.xlsx", "F4", blocks=True),
        finding("a.xlsx", "F5"),
        finding("a.xlsx", "F6", severity=Severity.WARNING),
        finding("a.xlsx", "F7", severity=Severity.INFO, blocks=True),  # made info by the campaign
    ]
    html = pages_of(made_up(campaign, result("a.xlsx", *found)))["昔阳县"]
    marks = [row[0].split() for row in page(html).rows if len(row) == 6][1:]
    assert marks == [["必须改", "不能计入"], ["必须改"], ["请核对"], ["供参考", "不能计入"]]


def test_units_in_the_order_of_the_roster_and_sheets_by_stage(campaign):
    files = (
        result("1.xlsx", finding("1.xlsx", "F1", unit=SECOND), sheets=(sheet("1.xlsx", SECOND),)),
        result("2.xlsx", finding("2.xlsx", "F2"), sheets=(sheet("2.xlsx", stage=Stage.COUNTY),)),
        result("3.xlsx", finding("3.xlsx", "F3"), sheets=(sheet("3.xlsx"),)),
        result("4.xlsx", finding("4.xlsx", "F4", unit=BODY), sheets=(sheet("4.xlsx", BODY),)),
        result("5.xlsx", finding("5.xlsx", "F5", unit=None), sheets=(sheet("5.xlsx", None),)),
        result("昔阳县/6.xlsx", finding("昔阳县/6.xlsx", "F6", unit=None), sheets=(sheet("昔阳县/6.xlsx", None),)),
        result("7.xlsx", status=FileStatus.OK, sheets=(sheet("7.xlsx", "140724200"),)),
    )  # fmt: skip
    pages = pages_of(made_up(campaign, *files))
    assert cells(pages["昔阳县"]) == ["F4", "F3", "F2", "F1", "F6"]
    assert cells(pages["未能归县"]) == ["F5"]
    text = "".join(page(pages["昔阳县"]).text)
    assert "认不出单位的文件" in text
    clean = campaign.roster.units["140724200"].name
    assert f"以下单位没有问题：{clean}。" in text
    assert "收到文件 6 个，读到评分表 6 张：自评 5 张、县级检查 1 张。" in text


def test_a_finding_without_a_unit_belongs_to_the_sheet_it_stands_on(campaign):
    sheets = (sheet("a.xlsx", FIRST, name="甲"), sheet("a.xlsx", SECOND, name="乙"))
    found = finding("a.xlsx", "F3", unit=None, name="乙")
    context = made_up(campaign, result("a.xlsx", found, sheets=sheets))
    assert [unit.unit.code for unit in context.feedback[0].units] == [SECOND]


def test_a_table_is_headed_by_its_file_and_sheet(campaign):
    html = pages_of(made_up(campaign, result("甲/a.xlsx", finding("甲/a.xlsx", "F4"))))["昔阳县"]
    assert "自评：甲/a.xlsx「评分表」" in [row[0].strip() for row in page(html).rows if len(row) == 1]


def test_nothing_to_correct(campaign):
    one = sheet("a.xlsx")
    text = pages_of(made_up(campaign, result("a.xlsx", sheets=(one,), status=FileStatus.OK)))["昔阳县"]
    assert "没有需要更正的问题。" in text
    assert "怎么交回" not in text
    note = finding("a.xlsx", "F4", severity=Severity.INFO)
    text = pages_of(made_up(campaign, result("a.xlsx", note, status=FileStatus.OK)))["昔阳县"]
    assert "没有需要更正的问题；供参考的提示有 1 处，不用回复。" in text
    assert "怎么交回" not in text


# --------------------------------------------------------------------------------------------------------- to send


def missing(campaign, unit, **more):
    details = (("unit_name", campaign.roster.full_name(unit)),)
    return Finding("C601", unit=unit, stage=Stage.SELF, details=details, **more)


def test_who_has_not_sent_what_is_told_together(campaign):
    absent = [
        missing(campaign, FIRST, blocks=True),
        missing(campaign, SECOND, blocks=True),
        missing(campaign, BODY),
    ]
    context = made_up(campaign, coverage=absent)
    requests = context.feedback[0].requests
    assert [[unit.code for unit in request.units] for request in requests] == [[FIRST, SECOND], [BODY]]
    text = "".join(page(pages_of(context)["昔阳县"]).text)
    assert "乐平镇、皋落镇" in text
    assert "没有收到这 2 个单位的自评表。" in text
    assert "没有收到昔阳县统计局的自评表。" in text
    assert "没有收到文件。需要补报、确认的事项有 3 项。其中 2 处" in text


def test_files_that_were_not_used_and_duplicates_are_requests(campaign):
    encrypted = Finding("F102", Severity.ERROR, "昔阳县/锁.xlsx", blocks=True)
    details = (
        ("unit_name", "昔阳县乐平镇"),
        ("stage_name", Stage.SELF),
        ("count", 2),
        ("files", "a.xlsx; b.xlsx"),
    )
    double = Finding(
        "C603", file="a.xlsx", sheet="评分表", unit=FIRST, stage=Stage.SELF, details=details, blocks=True
    )
    context = made_up(
        campaign,
        result("昔阳县/锁.xlsx", encrypted, sheets=(), status=FileStatus.ENCRYPTED),
        result("a.xlsx"),
        result("b.xlsx", finding("b.xlsx", "F8")),
        coverage=[double],
    )
    county = context.feedback[0]
    assert [request.told.code for request in county.requests] == ["F102", "C603"]
    assert [one.file for unit in county.units for one in unit.sheets] == ["b.xlsx"]
    assert county.clean == ()


def test_what_a_mail_lacks_is_a_request_and_a_false_name_only_a_note(campaign):
    empty = Finding("F113", Severity.WARNING, "昔阳县/来信.eml")
    renamed = Finding("F105", Severity.INFO, "昔阳县/包.xlsx")
    context = made_up(
        campaign,
        result("昔阳县/来信.eml", empty, sheets=(), status=FileStatus.FINDINGS),
        result("昔阳县/包.xlsx", renamed, sheets=(), status=FileStatus.OK),
    )
    county = context.feedback[0]
    assert [request.told.code for request in county.requests] == ["F113"]
    assert [note.code for unit in county.units for note in unit.notes] == ["F105"]


def test_a_unit_whose_name_stands_on_an_unusable_file_is_not_called_clean(campaign):
    lost = Finding("F102", Severity.ERROR, "县级检查/昔阳县/乐平镇.xlsx")
    context = made_up(
        campaign,
        result(lost.file, lost, sheets=(), status=FileStatus.ENCRYPTED),
        result("a.xlsx", status=FileStatus.OK),
        result("b.xlsx", sheets=(sheet("b.xlsx", SECOND),), status=FileStatus.OK),
    )
    assert [unit.code for unit in context.feedback[0].clean] == [SECOND]


def test_a_unit_that_a_finding_about_several_lists_is_not_called_clean(campaign):
    units = Listing((campaign.roster.units[FIRST].name, "白羊乡"))
    details = (("county", "昔阳县"), ("stage_name", Stage.SELF), ("count", 2), ("units", units))
    lacking = Finding("C615", Severity.WARNING, unit="140724", stage=Stage.SELF, details=details)
    files = [
        result(f"{code}.xlsx", sheets=(sheet(f"{code}.xlsx", code),), status=FileStatus.OK)
        for code in (FIRST, SECOND)
    ]
    context = made_up(campaign, *files, coverage=[lacking])
    assert [unit.code for unit in context.feedback[0].clean] == [SECOND]


def test_what_belongs_to_no_county_has_a_page_of_its_own(campaign):
    lost = Finding("F101", Severity.ERROR, "乱.xlsx", details=(("why", "坏了"), ("how", "重报")))
    junk = FileResult("Thumbs.db", "", FileStatus.SKIPPED)
    # All is well with it, and what it holds counts by itself.
    archive = FileResult("报送.zip", "", FileStatus.OK)
    pages = pages_of(
        made_up(campaign, junk, archive, result("乱.xlsx", lost, sheets=(), status=FileStatus.UNREADABLE))
    )
    assert list(pages) == ["昔阳县", "未能归县"]
    assert "有 1 个文件认不出属于哪个县（区、市）" in pages["未能归县"]
    assert "怎么交回" not in pages["未能归县"]
    assert list(pages_of(made_up(campaign, junk, archive))) == ["昔阳县"]


def test_a_recognised_document_is_a_file_that_arrived(campaign):
    report = FileResult("a.pdf", "a", FileStatus.SKIPPED, material=Material(MaterialKind.REPORT, FIRST))
    other = FileResult("b.pdf", "b", FileStatus.SKIPPED)
    assert "收到文件 1 个，没有读到评分表" in pages_of(made_up(campaign, report, other))["昔阳县"]


def test_what_is_the_citys_own_is_not_called_lost(campaign):
    details = (("found", "市级检查没有收到评分表"), ("due", 6), ("difference", "还差 6 个"))
    own = Finding("C608", Severity.WARNING, stage=Stage.CITY, details=details)
    pages = pages_of(made_up(campaign, coverage=[own]))
    assert "由组织检查的单位自己核对" in pages["未能归县"]
    assert "认不出" not in pages["未能归县"]


def test_only_the_page_of_no_county_can_be_outdated():
    assert outdated(["report.html", "feedback/昔阳县.html"]) == ("feedback/未能归县.html",)
    assert outdated(["feedback/昔阳县.html", "feedback/未能归县.html"]) == ()
    assert outdated(["简报.md"]) == ()


def test_names_of_pages_are_harmless_and_differ(campaign):
    units = {unit.code: unit for unit in campaign.roster.units.values() if unit.level is Level.COUNTY}
    names = {"140702": "../../x:y统计局", BODY: "祁县统计局", "140727": "祁县统计局"}
    units |= {code: replace(units[code], name=name) for code, name in names.items()}
    odd = replace(campaign, roster=replace(campaign.roster, units=units))
    stems = [county.stem for county in context_of(Inspection(odd, (), ())).feedback]
    assert len(set(stems)) == len(stems)
    assert {"祁县_140724", "祁县_140727"} <= set(stems)
    assert not [stem for stem in stems if re.search(r"[/\\:]|^\.", stem)]


# ------------------------------------------------------------------------------------------ languages and templates


def test_hostile_text_is_shown_as_it_is(campaign):
    found = finding(HOSTILE, "F4", value="<b>{x}</b>")
    lost = Finding("F101", Severity.ERROR, "昔阳县/" + HOSTILE, details=(("why", "<i>{y}</i>"), ("how", "")))
    note = finding(HOSTILE, "F5", "S403", Severity.INFO, value="<u>4</u>")
    context = made_up(
        campaign,
        result(HOSTILE, found, note),
        result("昔阳县/" + HOSTILE, lost, sheets=(), status=FileStatus.UNREADABLE),
    )
    parsed = page(pages_of(context)["昔阳县"])
    assert not parsed.tags.keys() & {"script", "b", "i", "u"}
    text = "".join(parsed.text)
    assert text.count(HOSTILE) == 3
    for part in ("<b>{x}</b>", "<i>{y}</i>", "<u>4</u>"):
        assert part in text


def test_who_sent_a_file_stands_beside_it(campaign):
    mail = Mail("赵聂 <zhao@example.org>", "2024-05-20T09:30:00+08:00", "自评表")
    nameless = Mail(sent="五月二十日")
    files = (
        replace(result("昔阳县/1.eml/a.xlsx", finding("昔阳县/1.eml/a.xlsx", "F5")), mail=mail),
        replace(
            result(
                "昔阳县/2.eml/乐平镇.xlsx",
                Finding(
                    "F101", Severity.ERROR, "昔阳县/2.eml/乐平镇.xlsx", details=(("why", "x"), ("how", "y"))
                ),
                sheets=(),
                status=FileStatus.UNREADABLE,
            ),
            mail=nameless,
        ),
        result("昔阳县/b.xlsx", finding("昔阳县/b.xlsx", "F6")),
    )
    shown = "".join(page(pages_of(made_up(campaign, *files))["昔阳县"]).text)
    assert shown.count("邮件：") == 2
    assert "邮件：赵聂 <zhao@example.org>，2024-05-20 09:30" in shown
    assert "邮件：没有写发件人，五月二十日" in shown


def test_english(campaign):
    found = finding("a.xlsx", "F4", value="x", blocks=True)
    html = pages_of(
        made_up(campaign, result("a.xlsx", found), coverage=[missing(campaign, SECOND)]), Words("en")
    )["昔阳县"]
    assert 'lang="en"' in html[:200]
    text = "".join(page(html).text)
    assert "Files received: 1" in text
    assert "blocking" in text
    assert "The score “x” is text, not a number." in text, "the item stands in its own column"
    assert not re.search("必须|单元格|怎么|补报", text)


def test_own_template_has_a_page_for_each_county_and_links_lead_to_it(inspection, tmp_path):
    context = context_of(inspection)
    (tmp_path / "feedback.html").write_text(
        "{{ county.name }} {{ county.findings|length }}", encoding="utf-8"
    )
    (tmp_path / "a.txt").write_text("{{ report.feedback[0]|feedback_link }}", encoding="utf-8")
    own = {name: content.decode("utf-8") for name, content in render(context, Words(), tmp_path)}
    county = context.feedback[0]
    assert own[f"feedback/{county.name}.html"] == f"{county.name} {len(county.findings)}"
    assert unquote(own["a.txt"]) == f"feedback/{county.name}.html"
    assert own["a.txt"].isascii()
    (tmp_path / "feedback.html").unlink()
    assert dict(render(context, Words(), tmp_path)) == {"a.txt": b""}, "a folder without it makes no pages"


def test_the_report_links_to_the_pages(inspection):
    context = context_of(inspection)
    out = {name: content.decode("utf-8") for name, content in render(context, Words())}
    links = {unquote(link) for link in page(out["report.html"]).references if not link.startswith("#")}
    assert links == {f"feedback/{county.stem}.html" for county in context.by_county}
    assert links == {unquote(link) for link in re.findall(r"\]\((feedback/[^)]+)\)", out["report.md"])}
    assert links <= set(out)


@pytest.mark.parametrize("kind", [SheetKind.SCORE, SheetKind.QUESTIONNAIRE])
def test_only_score_sheets_of_the_city_check_are_corrected_by_the_city(campaign, kind):
    """A questionnaire is filled in by the unit that was checked (R07), whoever checked it."""
    finding = Finding(
        "Q802", Severity.ERROR, "a.xlsx", "表", "D5", FIRST, Stage.CITY, "Q5", details=(("label", "Q5"),)
    )
    sheet = SheetResult("a.xlsx", "表", kind, FIRST, Stage.CITY, Level.TOWNSHIP)
    file = FileResult("a.xlsx", "1", FileStatus.FINDINGS, "test", (sheet,), (finding,))
    text = pages_of(made_up(campaign, file))["昔阳县"]
    assert ("由市里更正" in text) == (kind is SheetKind.SCORE)
    assert "Q802" in text
