"""Hostile names and texts in every place that people read: the pages, the Markdown and the blank forms."""

import io
import re
import shutil
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

import pytest
from openpyxl import load_workbook

from huitoukan.campaign.campaign import DATA, load_campaign
from huitoukan.model import Stage
from huitoukan.output.context import report_context
from huitoukan.output.forms import blank_forms, workbook_of
from huitoukan.output.render import markdown, render
from huitoukan.output.text import Words
from huitoukan.pipeline import inspect
from huitoukan.standing.aggregate import standings
from tests.conftest import DATA as INBOX
from tests.support.pages import SCRIPT, page

ATTACKS = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "{{7*7}}{%x%}",
    "javascript:alert(1)",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "[x](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "http://evil.example www.evil.example a@evil.example",
    "a|b\\|c`d`",
    "</td></tr></table><h1>x</h1>",
    "</style><svg onload=alert(1)>",
    "&lt;script&gt;&#x3c;b>",
    "=HYPERLINK(1)",
    "-->]]>",
)
DIRTY = INBOX / "inbox/dirty/1_乐平镇.xlsx"
ALL = " ".join(ATTACKS)


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    """A campaign with hostile words wherever its files have some: unit names, titles, items, labels, evidence."""
    place = tmp_path_factory.mktemp("campaign")
    roster = (DATA / "roster.csv").read_text(encoding="utf-8-sig")
    quoted = ALL.replace('"', '""')
    roster = roster.replace("昔阳县统计局,", f'"../昔阳{quoted}县统计局",').replace(
        "乐平镇,", f'"={quoted}乐平镇",', 1
    )
    (place / "roster.csv").write_text(roster.replace("介休市统计局,", "CON统计局,"), encoding="utf-8")
    text = (DATA / "campaign.yaml").read_text(encoding="utf-8")
    text = text.replace("units: shipped", "units: roster.csv").replace(
        "former_names: shipped", "former_names: null"
    )
    (place / "campaign.yaml").write_text(text, encoding="utf-8")
    loaded = load_campaign(place / "campaign.yaml")
    attack = "=" + ALL + '\x07\uffff,"逗号",'
    rubric = loaded.rubric
    levels = {
        level: part.model_copy(
            update={
                "title": part.title + attack,
                "dimensions": tuple(
                    d.model_copy(
                        update={
                            "title": attack + d.title,
                            "items": tuple(
                                i.model_copy(
                                    update={
                                        "title": attack + i.title,
                                        "criterion": attack,
                                        "evidence": (attack,),
                                    }
                                )
                                for i in d.items
                            ),
                        }
                    )
                    for d in part.dimensions
                ),
            }
        )
        for level, part in rubric.levels.items()
    }
    form = rubric.form.model_copy(update={"not_applicable": ('=不"适\x07,用"', "不适用")})
    settings = loaded.settings.model_copy(update={"title": ALL, "issuer": ALL})
    rubric = rubric.model_copy(update={"title": attack, "levels": levels, "form": form})
    return replace(loaded, rubric=rubric, settings=settings)


@pytest.fixture(scope="module")
def pages(campaign, tmp_path_factory):
    folder = tmp_path_factory.mktemp("in")
    for n, attack in enumerate(ATTACKS):
        name = re.sub(r"[/\0]", "", attack)
        (folder / f"{n}{name}").mkdir()
        (folder / f"{n}{name}/{name}.xlsx").write_bytes(b"junk")
    shutil.copy(DIRTY, folder / "昔阳县乐平镇.xlsx")
    book = load_workbook(folder / "昔阳县乐平镇.xlsx")
    sheet = book.worksheets[0]
    sheet.title = "<b>{{7}}&\"'"
    for row in sheet.iter_rows(min_row=5, min_col=6, max_col=9):
        for cell, attack in zip(row, ATTACKS, strict=False):
            if not isinstance(cell.value, type(None)) and not hasattr(cell, "is_merged"):
                cell.value = attack
    for row in sheet.iter_rows(min_row=5, max_row=12, min_col=6, max_col=6):
        for n, cell in enumerate(row):
            cell.value = ATTACKS[(cell.row + n) % len(ATTACKS)]
            cell.data_type = "s"
    book.save(folder / "昔阳县乐平镇.xlsx")
    found = inspect(folder, campaign, jobs=1)
    counties = standings(found.by_unit, campaign)
    context = report_context(campaign, found.files, found.findings, found.by_unit, counties)
    return {name: content.decode("utf-8") for name, content in render(context, Words())}


class Strict(HTMLParser):
    """Collects what would run or lead away."""

    def __init__(self):
        super().__init__()
        self.bad, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "img", "iframe", "object", "embed", "link", "base", "form", "input"):
            self.bad.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in ("autofocus", "srcdoc", "action", "formaction", "src"):
                self.bad.append((tag, name))
            if name == "href" and not re.match(r"#|feedback/[^:]*$", value or ""):
                self.bad.append((tag, name, value))

    def handle_data(self, data):
        self.text += data


def test_pages_run_nothing_and_show_what_was_written(pages):
    for name in (name for name in pages if name.endswith(".html")):
        parsed = Strict()
        parsed.feed(pages[name])
        # the tools of the report are its own: its one script, three fields to write in and one to tick
        assert parsed.bad == (["script", *["input"] * 4] if name == "report.html" else []), name
        assert page(pages[name]).scripts == ([SCRIPT] if name == "report.html" else [])
    parsed = Strict()
    parsed.feed(pages["report.html"])
    for attack in ATTACKS:
        assert attack.replace("/", "") in parsed.text or attack in parsed.text, attack
    assert "49" not in re.findall(r"\b49\b", parsed.text), "no text is a template"


def test_page_names_stay_inside_and_suit_every_system(pages):
    names = [PurePosixPath(name) for name in pages]
    assert all(len(name.parts) <= 2 and ".." not in name.parts for name in names)
    assert not [name for name in names if re.search(r'[<>:"\\|?*\x00-\x1f]', name.name)]
    assert "feedback/CON_.html" in pages
    [attacked] = [name for name in pages if "昔阳" in name]
    assert len(PurePosixPath(attacked).name.encode()) < 255


def test_markdown_holds_no_markup_of_strangers(pages):
    text = pages["report.md"]
    plain = re.sub(r"\\[!-/:-@\[-`{-~]", "", text)  # without what is escaped
    links = re.findall(r"(?<!\\)\]\((.*?)\)", text)
    assert all(link.startswith("feedback/") for link in links)
    assert not re.search(r"<\w|</|`|https?://|www\.", plain.replace("feedback/", ""))
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert len(tables) > 5
    for table in tables:
        columns = {len(re.findall(r"(?<!\\)\|", line.replace("\\\\", ""))) for line in table.splitlines()}
        assert len(columns) == 1, table[:200]


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("一\n二\x1b[2J", "一 二 \\[2J"),
        ("# 题", "\\# 题"),
        ("- 项", "\\- 项"),
        ("1. 项", "1\\. 项"),
        ("> 引", "\\> 引"),
        ("---", "\\---"),
        ("2.5 分", "2.5 分"),
        ("-3", "-3"),
        ("&lt;b&gt;", "\\&lt;b\\&gt;"),
        ("A&B", "A&B"),
        ("http://x", "http\\://x"),
        ("时间: 3", "时间: 3"),
        ("www.x.cn", "www\\.x.cn"),
        ("a@b.c", "a\\@b.c"),
        ("$x$", "\\$x\\$"),
        ("榆次区/乌金山镇_自评.xlsx「评分表」", "榆次区/乌金山镇_自评.xlsx「评分表」"),
    ],
)
def test_markdown_of_a_text(text, escaped):
    assert markdown(text) == escaped


# Everything that a form's checks may call: nothing that opens a link, another file or a program.
CALCULATING = frozenset(
    [
        "AND",
        "CHAR",
        "COUNTA",
        "COUNTIF",
        "DATE",
        "DAY",
        "FIND",
        "IF",
        "IFERROR",
        "INT",
        "ISERROR",
        "ISLOGICAL",
        "ISNUMBER",
        "LEFT",
        "LEN",
        "MID",
        "MIN",
        "MONTH",
        "NOT",
        "OR",
        "REPT",
        "RIGHT",
        "ROUND",
        "ROW",
        "SUBSTITUTE",
        "SUM",
        "SUMPRODUCT",
        "TEXT",
        "TRIM",
        "VALUE",
    ]
)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_blank_forms_take_no_text_for_a_formula(campaign, lang):
    forms = blank_forms(campaign, Stage.SELF, county="140724", optional=True)
    paths = [PurePosixPath(form.path) for form in forms]
    assert not [path for path in paths if path.is_absolute() or ".." in path.parts or len(path.parts) != 3]
    assert all(len(part.encode()) < 255 for path in paths for part in path.parts)
    for form in forms[:2]:
        data = workbook_of(form, campaign, Words(lang))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                ET.fromstring(archive.read(name))  # well-formed, with whatever characters the texts have
        book = load_workbook(io.BytesIO(data))
        for sheet in book.worksheets:
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                if cell.data_type == "f":
                    # Texts stand in a formula between quotes only; outside of them it calculates and reaches no other sheet.
                    outside = re.sub(r'"(?:[^"]|"")*"', "", cell.value)
                    assert re.fullmatch(r"=[A-Z0-9$:,()+\-*/<>=&.{}]+", outside), cell.coordinate
                    assert set(re.findall(r"[A-Z.]+(?=\()", outside)) <= CALCULATING, cell.coordinate
                if isinstance(cell.value, str) and cell.value.startswith("=") and cell.data_type != "f":
                    assert cell.quotePrefix, cell.coordinate
                assert cell.hyperlink is None
            for one in sheet.data_validations.dataValidation:
                assert len(one.prompt or "") <= 255
                assert re.fullmatch(
                    r'"[0-9.,]*"|IF\(ISNUMBER.*|\'?_huitoukan\'?!\$[A-Z]+\$1:\$[A-Z]+\$\d+|\d+',
                    one.formula1 or '""',
                ), one.formula1
        assert all(name in ("Print_Area", "Print_Titles") for sheet in book for name in sheet.defined_names)
