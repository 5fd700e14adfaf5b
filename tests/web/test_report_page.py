"""report.html in a real browser: what a reader can do with it, on a screen, a phone and paper, with a mouse or without."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from huitoukan.campaign.campaign import load_campaign
from huitoukan.model import FileResult, FileStatus, Finding, Severity
from huitoukan.output.context import report_context
from huitoukan.output.render import render
from huitoukan.output.text import Words
from huitoukan.pipeline import Inspection, inspect
from huitoukan.standing.aggregate import standings
from tests.support.browser import CONTRAST, Visit, chromium, poppler

SAMPLES = Path(__file__).parents[2] / "sample_sheets"
FAILING = "140721200"  # 河峪乡: 79 points, of 80 that are wanted
HOSTILE = (
    "<img src=x onerror=alert(1)>.xlsx",
    "</script><script>alert(2)</script>.xlsx",
    "\"' onmouseover='alert(3)&amp;\u2028.xlsx",
    "=cmd|' /C calc'!A0.xlsx",
)
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def inspection():
    """The sample campaign, and files with hostile names that could not be opened."""
    found = inspect(SAMPLES, load_campaign(SAMPLES / "campaign.yaml"))
    hostile = []
    for name in HOSTILE:
        finding = Finding("F101", Severity.ERROR, name, details=(("why", name), ("how", "")))
        hostile.append(FileResult(name, "0" * 64, FileStatus.UNREADABLE, findings=(finding,)))
    return Inspection(found.campaign, (*found.files, *hostile), found.coverage)


@pytest.fixture(scope="module")
def context(inspection):
    counties = standings(inspection.by_unit, inspection.campaign)
    return report_context(
        inspection.campaign, inspection.files, inspection.findings, inspection.by_unit, counties
    )


@pytest.fixture(scope="module")
def report(context, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    for name, content in render(context, Words()):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return folder / "report.html"


@pytest.fixture
def visit(browser, report):
    """Open the report; whatever a test does there, the page makes no request and its console stays empty."""
    opened = []

    def visiting(hash_="", path=report, **options):
        opened.append(Visit(browser, path, hash_, **options))
        return opened[-1].page

    yield visiting
    for one in opened:
        one.close()


def rows(page, selector):
    """The texts of what is shown of a selection."""
    return [one.strip() for one in page.locator(f"{selector}:visible").all_inner_texts()]


# ---------------------------------------------------------------------------------------------------------- sort, filter


def test_sorting_a_table_and_back(visit):
    page = visit()
    table = page.locator(".townships").first
    before = rows(table, "tbody th")
    scores = [float(text) for text in rows(table, "tbody td:nth-child(4)") if text != "—"]
    head = table.get_by_role("columnheader", name="得分")
    assert head.get_attribute("aria-sort") == "none"
    for direction, wanted in (("ascending", sorted(scores)), ("descending", sorted(scores, reverse=True))):
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == direction
        shown = rows(table, "tbody td:nth-child(4)")
        assert [float(text) for text in shown[: len(wanted)]] == wanted
        assert set(shown[len(wanted) :]) <= {"—"}, "those without a score come last"
    assert "得分" in page.locator("#status").inner_text(), "said aloud"
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "none"
    assert rows(table, "tbody th") == before


def test_verdicts_sort_by_rank_and_what_is_absent_comes_last(visit):
    page = visit()
    table = page.locator(".verdicts")
    table.get_by_role("columnheader", name="结论").get_by_role("button").click()
    assert rows(table, "tbody .chip") == ["达标", "待定", "未达标"]
    grade = table.get_by_role("columnheader", name="等级")
    for _ in range(2):
        grade.get_by_role("button").click()
        assert rows(table, "tbody td:nth-child(5)")[-1] == "—"


def test_filtering_findings_counts_what_is_shown(visit, inspection, context):
    page = visit()
    errors = [f for f in inspection.findings if f.severity is Severity.ERROR]
    bar = page.locator("#filter-findings")
    assert bar.get_by_role("status").inner_text() == ""
    bar.get_by_label("级别").select_option("error")
    told = re.fullmatch(r"显示 (\d+) 条，共 (\d+) 条。", bar.get_by_role("status").inner_text())
    shown = page.locator("#findings tr[data-code]:visible")
    assert int(told[1]) == shown.count()
    assert set(rows(page, "#findings tr[data-code] .chip")) == {"错误"}
    assert len({f.code for f in errors}) == len(set(rows(page, "#findings tr[data-code] td:nth-child(2)")))
    bar.get_by_label("代码").select_option("F101")
    unread = {f.file for f in errors if f.code == "F101"}
    assert set(rows(page, "#findings tbody [scope=rowgroup]")) == unread
    bar.get_by_label("含有文字").fill("onerror")
    assert shown.count() == 1
    assert page.locator("#findings details:visible").count() == 1, "counties without any are gone"
    bar.get_by_role("button", name="清除筛选").click()
    assert shown.count() == int(told[2]) == page.locator("#findings tr[data-code]").count()


def test_filtering_units_by_verdict_and_name(visit, context):
    page = visit()
    failing = [t for county in context.counties for t in county.townships if t.verdict == "fail"]
    bar = page.locator("#filter-units")
    bar.get_by_label("结论").select_option("fail")
    assert page.locator(".townships tbody tr:visible").count() == len(failing)
    assert set(rows(page, ".townships tbody .chip")) == {"未达标"}
    assert f"乡镇（街道）{len(failing)} 个" in bar.get_by_role("status").inner_text()
    bar.get_by_label("含有文字").fill("河峪")
    assert rows(page, ".townships tbody th") == ["河峪乡"]
    bar.get_by_role("button", name="清除筛选").click()
    assert page.locator(".verdicts tbody tr:visible").count() == len(context.counties)


# ------------------------------------------------------------------------------------------------------ down to the cell


def test_from_the_tile_of_a_county_down_to_a_finding_and_its_cell(visit, context):
    page = visit()
    # the first finding that stands at an item of the sheet that counts
    finding = next(
        finding
        for county in context.counties
        for unit in county.townships
        if unit.source
        for finding in context.findings
        if (finding.file, finding.sheet, finding.unit)
        == (unit.source.file, unit.source.sheet, unit.unit.code)
        and finding.item
        and finding.cell in {score.cell for score in unit.source.items}
    )
    its = context.campaign.roster.units[finding.unit]
    page.locator(f".tiles a[href='#{its.county}']").click()
    page.locator(f"[id='{its.county}']").get_by_role("link", name=its.name, exact=True).click()
    unit = page.locator(f"[id='{its.code}']")
    assert page.evaluate("location.hash") == f"#{its.code}"
    assert unit.locator("summary").evaluate("one => one === document.activeElement")
    row = unit.locator(f"[id='{its.code}-{finding.item}']")
    assert row.locator(".at").inner_text() == finding.cell
    assert finding.file in unit.locator("caption").inner_text()
    row.get_by_role("link", name=finding.code).click()
    target = page.locator(page.evaluate("`[id='${location.hash.slice(1)}']`"))
    assert target.is_visible()
    assert f"「{finding.sheet}」{finding.cell}" in target.inner_text()
    assert Words().fix(finding) in target.inner_text()
    assert finding.file in target.locator("xpath=..").inner_text()
    page.go_back()
    assert page.evaluate("location.hash") == f"#{its.code}"


def test_every_score_of_the_units_stands_there_with_its_cell(visit, context):
    page = visit(java_script_enabled=False)
    shown = {
        one.get_attribute("id"): one.locator("td").all_text_contents()
        for one in page.locator(f"details[id='{FAILING}'] .items tr[id]").all()
    }
    [unit] = [t for c in context.counties for t in c.townships if t.unit.code == FAILING]
    assert len(shown) == len(unit.source.items) > 20
    for score in unit.source.items:
        cells = shown[f"{FAILING}-{score.item}"]
        assert (cells[0], cells[2]) == (str(score.value.normalize() if score.value else 0), score.cell)


@pytest.mark.parametrize("hash_", ["#140721", f"#{FAILING}", f"#{FAILING}-T4.2", "#f3", "#findings"])
def test_an_address_leads_to_its_place(visit, hash_):
    page = visit(hash_, viewport={"width": 1200, "height": 900})
    page.wait_for_function("document.activeElement !== document.body")
    target = page.locator(f"[id='{hash_[1:]}']")
    assert target.is_visible()
    assert 0 <= target.bounding_box()["y"] < 700, "below the tools and inside the window"
    inside = "one => one === document.activeElement || one.contains(document.activeElement)"
    assert target.evaluate(inside)


def test_an_address_leads_through_a_filter(visit):
    page = visit()
    page.locator("#filter-units").get_by_label("结论").select_option("pass")
    page.locator("#less").check()
    assert not page.locator(f"[id='{FAILING}']").is_visible()
    page.evaluate(f"location.hash = '#{FAILING}-T2.1'")
    page.wait_for_selector(f"[id='{FAILING}-T2.1']:visible")


def test_finding_a_unit_by_its_name_or_code(visit):
    page = visit()
    field = page.get_by_label("查找单位")
    field.fill("河峪")
    field.press("Enter")
    page.wait_for_selector(f"[id='{FAILING}'][open]")
    field.fill("乡")
    field.press("Enter")
    assert "请写全称" in page.locator("#status").inner_text()
    field.fill("<b>")
    field.press("Enter")
    assert page.locator("#status").inner_text() == "没有找到“<b>”。"
    field.fill("140722")
    field.press("Enter")
    page.wait_for_function("location.hash === '#140722'")


def test_opening_and_closing_everything(visit):
    page = visit()
    page.get_by_role("button", name="全部收起").click()
    assert page.locator("main details[open]").count() == 0
    page.get_by_role("button", name="全部展开").click()
    assert page.locator("details.county[open]").count() == 3
    assert page.locator("details.unit[open]").count() == 0, "items are opened one by one"


# --------------------------------------------------------------------------------------------------- for every reader


def test_with_the_keyboard_alone(visit):
    page = visit(viewport={"width": 1200, "height": 900})

    def focused():
        return page.evaluate("(one => one.id || one.className || one.innerText)(document.activeElement)")

    page.keyboard.press("Tab")
    assert focused() == "skip"
    page.keyboard.press("Enter")
    assert focused() == "main"
    page.keyboard.press("Tab")  # past the tiles, the filter and the head of the table, wherever they are
    for _ in range(40):
        if page.evaluate("document.activeElement.matches('.verdicts .sort')"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.locator(".verdicts [aria-sort=ascending]").count() == 1
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "the focus is seen"
    for _ in range(60):
        if page.evaluate("document.activeElement.tagName === 'SUMMARY'"):
            break
        page.keyboard.press("Tab")
    was_open = page.evaluate("document.activeElement.parentElement.open")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open") is not was_open


def test_landmarks_names_and_heads(visit):
    page = visit()
    for role in ("banner", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1
    assert page.get_by_role("navigation", name="目录").count() == 1
    unnamed = "all => all.filter(one => !one.labels.length && !one.getAttribute('aria-label')).length"
    assert page.locator("input, select").evaluate_all(unnamed) == 0
    ids = page.locator("[id]").evaluate_all("all => all.map(one => one.id)")
    assert len(ids) == len(set(ids))
    links = page.locator("a[href^='#']").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert {link[1:] for link in links} <= set(ids), "no link leads nowhere"
    bare = "all => all.filter(one => !one.scope && one.textContent.trim()).length"
    assert page.locator("th").evaluate_all(bare) == 0
    levels = page.locator("h1, h2, h3, h4, h5").evaluate_all("all => all.map(one => +one.tagName[1])")
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_in_both_schemes(visit, scheme):
    page = visit(color_scheme=scheme)
    page.locator("details").evaluate_all("all => all.slice(0, 40).forEach(one => { one.open = true; })")
    seen, bad = page.evaluate(CONTRAST)
    assert seen > 1000
    assert bad == []


def test_the_reader_chooses_dark_or_light(visit):
    page = visit(color_scheme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    switch = page.get_by_role("button", name="深色")
    assert switch.get_attribute("aria-pressed") == "false"
    switch.click()
    assert (switch.get_attribute("aria-pressed"), page.evaluate(paper) == light) == ("true", False)
    page.reload()
    assert page.get_by_role("button", name="深色").get_attribute("aria-pressed") == "true"
    page.emulate_media(media="print")
    assert page.evaluate(paper) in (light, "rgba(0, 0, 0, 0)")
    page.emulate_media(media="screen", color_scheme="dark")
    page.get_by_role("button", name="深色").click()
    assert page.evaluate(paper) == light


@pytest.mark.parametrize("hash_", ["", f"#{FAILING}", "#findings"])
def test_a_phone_needs_no_sideways_scrolling(visit, hash_):
    page = visit(hash_, viewport=PHONE)
    page.locator("details").evaluate_all("all => all.slice(0, 40).forEach(one => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    outside = """all => all.filter(one => !one.closest('.scroll, svg') && one.checkVisibility()
        && one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 80))"""
    assert page.locator("main *").evaluate_all(outside) == []


def test_without_scripts_everything_can_be_read(visit, context):
    page = visit(java_script_enabled=False)
    assert not page.locator(".tools, .filter").first.is_visible(), "no control that does nothing"
    assert page.locator("details.county[open]").count() == 3
    text = page.locator("main").text_content()
    words = Words()
    for finding in context.findings:
        assert words.fix(finding) in text


def test_hostile_names_stay_text(visit):
    page = visit()
    assert page.locator("main img").count() == 0
    assert page.locator("script").count() == 1
    text = page.locator("#findings").text_content()
    for name in HOSTILE:
        assert name in text


def test_a_foreign_script_or_request_is_refused_and_noticed(browser, report):
    opened = Visit(browser, report)
    inserted = """() => { const one = document.createElement('script'); one.textContent = 'window.ran = 1';
        document.body.append(one); return window.ran; }"""
    assert opened.page.evaluate(inserted) is None, "the page lets no other script run"
    opened.page.evaluate(
        "document.body.append(Object.assign(new Image(), {src: 'https://example.org/x.png'}))"
    )
    opened.page.wait_for_timeout(50)
    assert opened.requests == [], "the policy of the page stops it before it is asked"
    assert sum("Content Security Policy" in one for one in opened.complaints) == 2
    opened.complaints.clear()
    opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_feedback_pages_on_a_phone_and_in_both_schemes(visit, report, scheme):
    page = visit(path=report.parent / "feedback/榆社县.html", viewport=PHONE, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    seen, bad = page.evaluate(CONTRAST)
    assert seen > 100
    assert bad == []
    light = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert light is (scheme == "light")


# ------------------------------------------------------------------------------------------------------------- on paper


@pytest.fixture(scope="module")
def printed(browser, report, tmp_path_factory):
    """The report as a PDF with one unit opened: its text page by page."""
    opened = Visit(browser, report, f"#{FAILING}", color_scheme="dark")
    opened.page.wait_for_selector(f"[id='{FAILING}'][open]")
    opened.page.locator("details.county").first.evaluate("one => { one.open = false; }")
    path = tmp_path_factory.mktemp("pdf") / "report.pdf"
    opened.page.pdf(path=str(path), format="A4", prefer_css_page_size=True)
    opened.close()
    assert "(A4)" in poppler("pdfinfo", path)
    return poppler("pdftotext", "-layout", path, "-").split("\f")


def test_what_is_printed(printed, context):
    text = "".join("\n".join(printed).split())
    words = Words()
    for finding in context.findings:
        assert finding.code in text
        assert "".join(words.message(finding).split())[:6] in text, finding
    for county in context.counties:
        assert context.campaign.roster.county_name(county.unit.code) in text
    assert "河峪乡逐项得分" in text, "what was opened is printed"
    assert "社城镇逐项得分" not in text, "what was not, is not"
    for control in ("全部展开", "清除筛选", "查找单位", "跳到正文", "↕"):
        assert control not in text
    assert 8 < len(printed) < 60


def test_heads_of_tables_are_printed_again_on_each_page(printed):
    shown = [page for page in printed if re.search(r"「\S+」[A-Z]+\d+", page) and "问题清单" not in page]
    after = [page.split("\n") for page in shown if re.search("级别 +代码 +位置 +问题 +怎么改", page)]
    assert len(after) >= 3, "the list of problems goes over several pages"
    first = next(n for n, page in enumerate(printed) if "问题清单" in page and "级别" in page)
    following = [line for line in printed[first + 1].splitlines() if line.strip()]
    assert re.match(r"\s*级别\s+代码\s+位置", following[0]), "it begins with the head"
