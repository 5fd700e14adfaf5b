"""The Word report and the letters: opened by another program, one source with results.json, safe, the same bytes every time."""

from __future__ import annotations

import importlib.util
import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn

from huitoukan.campaign.campaign import load_campaign
from huitoukan.campaign.letters import MostFindings
from huitoukan.campaign.people import CountyPeople, Person
from huitoukan.campaign.roster import limit
from huitoukan.model import Severity
from huitoukan.output import docx, docx_pictures, records
from huitoukan.output.context import report_context
from huitoukan.output.letters import letter
from huitoukan.output.places import FINDINGS, FOLLOW_UP, foreign
from huitoukan.output.render import TemplateError, render, template_names, templates
from huitoukan.output.text import Words
from huitoukan.pipeline import inspect
from huitoukan.standing.aggregate import standings
from huitoukan.standing.compare import compare
from huitoukan.standing.followup import follow_up
from huitoukan.standing.remedy import with_remedies

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_sheets"
COUNTIES = ("榆社县", "左权县", "和顺县")
WRITTEN = (FINDINGS, FOLLOW_UP, "report.html", *(f"feedback/{name}.html" for name in COUNTIES))


def context_of(inspection, campaign=None):
    campaign = campaign or inspection.campaign
    counties = with_remedies(standings(inspection.by_unit, campaign), campaign)
    return report_context(
        campaign, inspection.files, inspection.findings, inspection.by_unit, counties,
        comparison=compare(inspection.by_unit, counties, campaign), follow_up=follow_up(counties, campaign),
    )  # fmt: skip


@pytest.fixture(scope="module")
def inspection():
    return inspect(SAMPLES, load_campaign(SAMPLES / "campaign.yaml"), jobs=1)


@pytest.fixture(scope="module")
def context(inspection):
    return context_of(inspection)


@pytest.fixture(scope="module")
def results(inspection, context):
    made = records.results(
        inspection.campaign, inspection.files, inspection.findings, context.counties, Words()
    )
    return json.loads(records.to_json(made))


@pytest.fixture(scope="module")
def made(context):
    drawn = docx_pictures.pictures(context, Words())
    return dict(docx.documents(context, Words(), written=WRITTEN, drawn=drawn))


@pytest.fixture(scope="module")
def opened(made, tmp_path_factory):
    """The documents as LibreOffice lays them out: text of each page, and its size in points."""
    folder = tmp_path_factory.mktemp("word")
    names = {"report.docx": "report", "letters/整改通知_左权县.docx": "letter"}
    for name, stem in names.items():
        (folder / f"{stem}.docx").write_bytes(made[name])
    subprocess.run(
        [
            "soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf",
            "--outdir", str(folder), *(str(folder / f"{stem}.docx") for stem in names.values()),
        ],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    pages = {}
    for stem in names.values():
        pdf = folder / f"{stem}.pdf"
        text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True).stdout
        size = subprocess.run(["pdfinfo", pdf], check=True, capture_output=True).stdout.decode()
        pages[stem] = (text.decode("utf-8").split("\f")[:-1], size)
    return pages


def text_of(document: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(io.BytesIO(document)).paragraphs]


def cells_of(document: bytes) -> list[list[list[str]]]:
    tables = Document(io.BytesIO(document)).tables
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in tables]


def styled(document: bytes, style: str) -> list[str]:
    return [p.text for p in Document(io.BytesIO(document)).paragraphs if p.style.name == style]


# ------------------------------------------------------------------------------------------------ by another program


def test_libreoffice_lays_it_out_on_a4_with_the_numbers_of_pages(opened):
    for pages, size in opened.values():
        assert re.search(r"Page size:\s+595\.\d+ x 841\.\d+ pts", size)
        assert len(pages) > 4
        for number, page in enumerate(pages, 1):
            last = page.rstrip().splitlines()[-1]
            assert last.replace(" ", "") == f"—{number}—"
        # right on odd pages, left on even ones
        indents = [len(line) - len(line.lstrip()) for line in (p.rstrip().splitlines()[-1] for p in pages)]
        assert min(indents[::2]) > max(indents[1::2])


def test_the_numbers_are_those_of_the_results(opened, results):
    text = re.sub(r"\s", "", "".join(opened["report"][0]))
    for county in results["counties"]:
        assert county["name"] in text
        for dimension in county["dimensions"].values():
            row = re.escape(dimension["title"]) + re.escape(str(dimension["score"])) + dimension["max"]
            assert re.search(row, text), (county["name"], dimension)
    summary = results["summary"]
    whole = f"检查发现问题{summary['error'] + summary['warning'] + summary['info']}处"
    assert whole in text
    assert f"错误{summary['error']}处、警告{summary['warning']}处、提示{summary['info']}处" in text


def test_chapters_equal_those_of_the_markdown_report(made, context):
    markdown = dict(render(context, Words()))["report.md"].decode("utf-8")
    chapters = re.findall(r"^## (.+)$", markdown, re.MULTILINE)
    heads = [*styled(made["report.docx"], "一级标题"), *styled(made["report.docx"], "附件标题")]
    assert heads == chapters
    assert [head[:2] for head in heads] == [*(f"{n}、" for n in "一二三四五六七八九十"), "十一", "附："]


def test_the_verdict_table_agrees_with_the_results(made, results):
    table = next(t for t in cells_of(made["report.docx"]) if t[0][0] == "名次" and "乡镇达标" in t[0])
    told = {row[1]: row for row in table[1:]}
    words = {"pass": "达标", "fail": "未达标", "pending": "待定"}
    assert set(told) == {county["name"] for county in results["counties"]}
    for county in results["counties"]:
        row = told[county["name"]]
        assert row[2] == words[county["status"]]
        assert row[3] == county["score"]


# ------------------------------------------------------------------------------------------------ an official document


def test_the_page_is_that_of_the_standard(made):
    section = Document(io.BytesIO(made["report.docx"])).sections[0]
    millimetres = [
        round(length.mm)
        for length in (
            section.page_width, section.page_height, section.top_margin, section.bottom_margin, section.left_margin,
            section.right_margin,
        )
    ]  # fmt: skip
    assert millimetres == [210, 297, 37, 35, 28, 26]


@pytest.mark.parametrize(
    ("style", "font", "points"),
    [
        ("公文标题", "方正小标宋简体", 22),
        ("公文正文", "仿宋_GB2312", 16),
        ("一级标题", "黑体", 16),
        ("二级标题", "楷体_GB2312", 16),
        ("三级标题", "仿宋_GB2312", 16),
    ],
)
def test_styles_are_those_of_the_standard(made, style, font, points):
    found = Document(io.BytesIO(made["report.docx"])).styles[style]
    assert found.element.rPr.rFonts.get(qn("w:eastAsia")) == font
    assert found.font.size.pt == points
    if style != "公文标题":
        assert found.paragraph_format.line_spacing.pt == 28
        assert found.element.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"
    assert bool(found.font.bold) is (style == "三级标题")


def test_every_font_has_a_stand_in(made):
    with zipfile.ZipFile(io.BytesIO(made["report.docx"])) as archive:
        fonts = archive.read("word/fontTable.xml").decode("utf-8")
        styles = archive.read("word/styles.xml").decode("utf-8")
    for font in set(re.findall(r'w:eastAsia="([^"]*[^\x00-\x7f][^"]*)"', styles)):
        others = re.search(rf'w:name="{font}"><w:altName w:val="([^"]+)"', fonts)
        assert others, font
        assert "Noto" in others[1]


def test_tables_repeat_their_heading_and_keep_rows_whole(made):
    for name in ("report.docx", "letters/整改通知_左权县.docx"):
        for table in Document(io.BytesIO(made[name])).tables:
            head, *rows = table.rows
            assert head._tr.trPr.find(qn("w:tblHeader")) is not None
            assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in (head, *rows))
            widths = [int(column.w) for column in table._tbl.tblGrid.gridCol_lst]
            assert abs(sum(widths) / 36000 - 156) < 1, [cell.text for cell in head.cells]


def test_charts_come_with_a_text_for_those_who_cannot_see_them(made):
    with zipfile.ZipFile(io.BytesIO(made["report.docx"])) as archive:
        xml = archive.read("word/document.xml").decode("utf-8")
        pictures = [name for name in archive.namelist() if name.startswith("word/media/")]
    told = re.findall(r'<wp:docPr [^>]*descr="([^"]+)"', xml)
    assert pictures
    assert len(told) == xml.count("<wp:inline") >= len(pictures)
    assert any("%" in text for text in told)


def test_without_a_chinese_font_it_says_that_it_has_no_pictures(context, monkeypatch):
    monkeypatch.setattr(docx_pictures, "chinese_font", lambda: None)
    drawn = docx_pictures.pictures(context, Words())
    assert not drawn.charts
    assert "中文字体" in drawn.missing
    document = dict(docx.documents(context, Words(), drawn=drawn))["report.docx"]
    assert "word/media" not in str(zipfile.ZipFile(io.BytesIO(document)).namelist())
    assert any("没有附图" in text for text in text_of(document))


def test_the_enclosures_are_what_is_really_written(made, context):
    text = text_of(made["report.docx"])
    start = next(n for n, line in enumerate(text) if line.startswith("附件："))
    assert text[start : start + 4] == [
        "附件：1. 问题清单（findings.csv）",
        "2. 后续工作清单（follow_up.csv）",
        "3. 核对反馈（feedback，3 份）",
        "4. 整改通知（letters，3 份）",
    ]
    assert docx.enclosures((), Words()) == ()
    assert docx.enclosures(("report.xlsx", "letters/a.docx"), Words())[0].file == "report.xlsx"


# ------------------------------------------------------------------------------------------------ letters


def test_a_letter_lists_every_finding_of_its_county_once(made, context):
    for county in context.by_county:
        if not county.body:
            continue
        document = made[f"letters/整改通知_{county.stem}.docx"]
        rows = [row for table in cells_of(document) for row in table]
        shaded = [row for row in rows if len(set(row)) == 1 and len(row) > 1]
        heads = sum(len(table) > 0 for table in cells_of(document))
        lines = len(rows) - len(shaded) - heads
        wanted = len(county.requests) + sum(
            len(unit.notes) + sum(len(sheet.findings) for sheet in unit.sheets) for unit in county.units
        )
        assert lines == wanted
        assert f"{county.body.name}：" in text_of(document)
        assert styled(document, "落款") == [context.campaign.settings.issuer]


def test_what_is_held_back_is_in_no_letter(made, context):
    held = set(context.campaign.settings.integrity.held_back.value)
    hidden = [finding for finding in context.findings if finding.code in held]
    assert hidden
    for name, document in made.items():
        if name.startswith("letters/"):
            text = "".join(cell for table in cells_of(document) for row in table for cell in row)
            assert not any(Words().message(finding) in text for finding in hidden)


def test_a_letter_that_is_too_long_lists_the_weightiest_and_says_what_is_left(inspection):
    settings = inspection.campaign.settings
    few = settings.letters.model_copy(update={"findings": MostFindings(value=5, basis="assumed", source="A")})
    campaign = replace(inspection.campaign, settings=settings.model_copy(update={"letters": few}))
    context = context_of(inspection, campaign)
    county = next(county for county in context.by_county if county.name == "左权县")
    cut = letter(county, campaign, "feedback/左权县.html")
    lines = [request.told for request in cut.requests]
    lines += [finding for unit in cut.units for sheet in unit.sheets for finding in sheet.findings]
    assert len(lines) + len(cut.notes) == 5
    assert all(finding.blocks for finding in lines) or sum(f.blocks for f in lines) == county.blocking
    listed = sum(len(request.findings) for request in cut.requests) + len(lines) - len(cut.requests)
    assert sum(cut.left.values()) == len(county.findings) - listed
    document = dict(docx.documents(context, Words(), written=["feedback/左权县.html"]))[
        "letters/整改通知_左权县.docx"
    ]
    said = next(text for text in text_of(document) if "没有列出的还有" in text)
    assert "最要紧的 5 条" in said
    assert f"警告 {cut.left[Severity.WARNING]} 处" in said
    assert "feedback/左权县.html" in said


def test_number_deadline_and_contact_come_from_the_campaign_or_not_at_all(inspection, made):
    plain = text_of(made["letters/整改通知_左权县.docx"])
    assert not any("〔" in text for text in plain)
    assert any("材料应于2024年7月1日前报齐" in text for text in plain)
    settings = inspection.campaign.settings
    letters = settings.letters.model_copy(
        update={"number": "晋中统设管〔    〕  号", "return_by": date(2024, 6, 20)}
    )
    people = {"左权县": CountyPeople(contact=Person(name="李华", phone="0354-0000002"))}
    campaign = replace(
        inspection.campaign, settings=settings.model_copy(update={"letters": letters, "people": people})
    )
    document = dict(docx.documents(context_of(inspection, campaign), Words()))["letters/整改通知_左权县.docx"]
    text = text_of(document)
    assert text[0] == "晋中统设管〔    〕  号"
    assert any("请于2024年6月20日前交回。" in line for line in text)
    assert "联系人：李华，电话：0354-0000002" in text


def test_a_county_without_problems_is_asked_for_nothing(inspection):
    context = context_of(inspection)
    county = next(county for county in context.feedback if county.body)
    clean = replace(county, findings=(), counts=dict.fromkeys(Severity, 0), blocking=0, requests=(), units=())
    document = dict(docx.documents(replace(context, feedback=(clean,)), Words()))[
        f"letters/整改通知_{county.stem}.docx"
    ]
    text = " ".join(text_of(document))
    assert "没有需要更正的问题" in text
    for word in ("整改的通知", "怎么交回", "前报齐", "0 处"):
        assert word not in text
    assert not Document(io.BytesIO(document)).tables


# ------------------------------------------------------------------------------------------------ whatever there is


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_received_gives_a_report_and_letters_too(lang):
    campaign = load_campaign()
    context = report_context(campaign, (), (), {}, standings({}, campaign))
    made = dict(docx.documents(context, Words(lang)))
    assert len(made) == 13
    text = " ".join(text_of(made["report.docx"]))
    assert ("没有收到文件" if lang == "zh" else "No file") in text
    assert "0 个县" not in text
    if lang == "zh":
        assert "附件：整改通知（letters，12 份）" in text_of(made["report.docx"])


def test_a_report_of_one_county_has_no_ranks(inspection):
    campaign = replace(inspection.campaign, roster=limit(inspection.campaign.roster, ["140722"]))
    own = {code: sheets for code, sheets in inspection.by_unit.items() if code in campaign.roster.units}
    context = report_context(campaign, (), (), own, standings(own, campaign))
    made = dict(docx.documents(context, Words()))
    assert set(made) == {"report.docx", "letters/整改通知_左权县.docx"}
    heads = [table[0] for table in cells_of(made["report.docx"])]
    verdicts = next(head for head in heads if "乡镇达标" in head)
    assert verdicts[0] == "县（区、市）"
    assert "范围：左权县" in text_of(made["report.docx"])


# ------------------------------------------------------------------------------------------------ bytes and templates


def test_the_same_input_gives_the_same_bytes(made, context):
    again = dict(
        docx.documents(context, Words(), written=WRITTEN, drawn=docx_pictures.pictures(context, Words()))
    )
    assert again == made
    for document in made.values():
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(2024, 5, 10, 0, 0, 0)}
            core = archive.read("docProps/core.xml").decode("utf-8")
        assert set(re.findall(r">(\d{4}-\d\d-\d\d)T", core)) == {"2024-05-10"}


def test_documents_of_an_earlier_run_are_known_as_ours(made, tmp_path):
    for name, document in made.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(document)
    assert foreign(tmp_path, (), template_names(templates())) == []
    own = Document()
    own.save(str(tmp_path / "report.docx"))
    own.save(str(tmp_path / "letters/整改通知_左权县.docx"))
    assert foreign(tmp_path, (), template_names(templates())) == [
        "letters/整改通知_左权县.docx",
        "report.docx",
    ]


def test_the_templates_that_are_shipped_are_what_the_script_makes():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        spec = importlib.util.spec_from_file_location("make", ROOT / "scripts/make_word_templates.py")
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
    finally:
        sys.path.remove(str(ROOT / "scripts"))
    for name, content in script.documents().items():
        assert script.parts((templates() / name).read_bytes()) == script.parts(content), name


def own_template(folder, name, *texts):
    document = Document()
    for text in texts:
        document.add_paragraph(text)
    folder.mkdir(exist_ok=True)
    document.save(str(folder / name))


def test_a_template_of_ones_own_speaks_with_our_sentences(context, tmp_path):
    own_template(
        tmp_path / "own",
        "简报.docx",
        '{%p import "_sentences.txt" as say with context %}',
        "{{ say.title }}",
        "{{ “<&>” }}",
    )
    made = dict(docx.documents(context, Words(), tmp_path / "own"))
    assert set(made) == {"简报.docx"}
    assert text_of(made["简报.docx"]) == ["示例检查活动（数据纯属虚构）情况报告", "<&>"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ report.nothing }}", "own.docx, .*nothing"),
        ("前面 {% if %}", "own.docx.*前面"),
        ("{{ ''.__class__.__mro__ }}", "own.docx.*沙箱"),
        ("{{ report.campaign.settings.model_construct() }}", "own.docx.*沙箱"),
        ('{% include "_no.txt" %}', "own.docx.*_no.txt"),
        (
            "{% for a in range(3000) %}{% for b in range(3000) %}{% endfor %}{% endfor %}",
            "own.docx.*次数太多",
        ),
    ],
)
def test_a_mistake_is_told_by_its_document_and_paragraph(context, tmp_path, text, said):
    own_template(tmp_path / "own", "own.docx", "好的一段", text)
    with pytest.raises(TemplateError) as error:
        dict(docx.documents(context, Words(), tmp_path / "own"))
    assert re.search(said.replace(", ", "[，,] ?"), str(error.value)), error.value


@pytest.mark.parametrize("content", [b"", b"not a zip", b"\xd0\xcf\x11\xe0" + b"0" * 600])
def test_what_is_no_word_document_is_named(context, tmp_path, content):
    (tmp_path / "own.docx").write_bytes(content)
    with pytest.raises(TemplateError, match=r"own\.docx.*Word"):
        dict(docx.documents(context, Words(), tmp_path))
    with zipfile.ZipFile(tmp_path / "own.docx", "w") as archive:
        archive.writestr("word/document.xml", "<w:document")
    with pytest.raises(TemplateError, match=r"own\.docx.*Word"):
        dict(docx.documents(context, Words(), tmp_path))


def test_a_lock_file_of_word_is_no_template(tmp_path):
    for name in ("~$report.docx", "_part.docx", "b.docx"):
        (tmp_path / name).write_bytes(b"")
    assert docx.template_names(tmp_path) == ("b.docx",)


def test_texts_of_the_data_stay_text(context, tmp_path):
    strange = 'a<b>&"c" {{ 7*7 }} {% if %} \x0b\x1b\ufffe\ntwo\tthree'
    settings = context.campaign.settings.model_copy(update={"issuer": strange})
    hostile = replace(context, campaign=replace(context.campaign, settings=settings))
    made = dict(docx.documents(hostile, Words()))
    said = 'a<b>&"c" {{ 7*7 }} {% if %}  two three'
    for document in made.values():
        assert re.sub(r" +", " ", styled(document, "落款")[0]) == re.sub(r" +", " ", said)


def test_it_speaks_english_too(context):
    made = dict(docx.documents(context, Words("en"), written=WRITTEN))
    for name, document in made.items():
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            assert 'w:hint="eastAsia"' not in archive.read("word/styles.xml").decode("utf-8")
        heads = [*styled(document, "一级标题"), *styled(document, "附件标题")]
        assert heads
        assert not any(re.search("[\u3400-\u9fff]", head) for head in heads), (name, heads)
