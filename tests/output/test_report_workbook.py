"""report.xlsx: LibreOffice works out every formula again and gets our numbers; links, names, tables and charts hang together."""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries

from huitoukan.campaign.campaign import load_campaign
from huitoukan.campaign.roster import limit
from huitoukan.materials import Presence
from huitoukan.model import FileResult, FileStatus, Finding, Level, Severity, Stage, Verdict
from huitoukan.output import report_layout
from huitoukan.output.cached_results import with_results
from huitoukan.output.context import report_context, township_counts
from huitoukan.output.places import foreign
from huitoukan.output.text import Words
from huitoukan.output.xlsx import report_workbook
from huitoukan.phrase import plain
from huitoukan.pipeline import Inspection, inspect
from huitoukan.rules.received import received
from huitoukan.standing.aggregate import standings
from huitoukan.standing.compare import compare
from tests.standing.test_aggregate import TO_80
from tests.standing.test_aggregate import sheet as filled

SAMPLES = Path(__file__).parents[2] / "sample_sheets"
SHEETS = ["总览", "县区", "乡镇", "维度", "问题清单", "缺报", "三阶段对比", "说明"]
_FORMULA = re.compile(rb"(<c [^>]*?)( t=\"str\")?(>)(<f>[^<]*</f>)<v>[^<]*</v>")


def context_of(inspection):
    by_unit, campaign = inspection.by_unit, inspection.campaign
    counties = standings(by_unit, campaign)
    return report_context(
        campaign, inspection.files, inspection.findings, by_unit, counties,
        comparison=compare(by_unit, counties, campaign),
    )  # fmt: skip


def context_of_sheets(campaign, *sheets, findings=()):
    files = tuple(FileResult(s.file, "0" * 64, FileStatus.OK, sheets=(s,)) for s in sheets)
    by_unit = received(files, campaign).by_unit
    counties = standings(by_unit, campaign)
    compared = compare(by_unit, counties, campaign)
    return report_context(campaign, files, findings, by_unit, counties, comparison=compared)


XIYANG, LEPING, ZONE = "140724", "140724100", "140702401"
HOSTILE = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x","y")', "<b>&amp;\x00\n")


def hard_context(campaign):
    """Scores that doubles do not hold exactly, points that do not apply, a zero, nothing at all, hostile texts."""
    one = replace(campaign, roster=limit(campaign.roster, ["昔阳县", "晋中开发区"]), partial=True)
    sheets = (
        filled(one, XIYANG, file="县.xlsx", C1_1="1.1", C1_2="2.2", C2_3="0.3", C4_1="0.0123456789"),
        filled(one, XIYANG, Stage.CITY, file="市.xlsx", C1_1="0.7", C1_2="2.1", C8_2="0.1"),
        filled(one, LEPING, file="=1+1.xlsx", T7_1="0", T7_2="0", T7_3="1.0000000000000002", T4_5="0"),
        filled(one, "140724101", file="高落.xlsx", **TO_80),
        filled(one, ZONE, file="区.xlsx", C2_1="n/a", C1_1="1.3"),
    )
    findings = [
        Finding(
            "F101",
            Severity.ERROR,
            f"{text}.xlsx",
            text,
            "A1",
            value=text,
            details=(("why", text), ("how", "")),
        )
        for text in HOSTILE
    ]
    return context_of_sheets(one, *sheets, findings=findings)


def empty_context(campaign):
    one = replace(campaign, roster=limit(campaign.roster, ["昔阳县"]), partial=True)
    return context_of(Inspection(one, (), ()))


@pytest.fixture(scope="module")
def contexts(campaign):
    samples = context_of(inspect(SAMPLES, load_campaign(SAMPLES / "campaign.yaml")))
    return {
        "samples": samples, "english": samples, "hard": hard_context(campaign), "empty": empty_context(campaign),
    }  # fmt: skip


@pytest.fixture(scope="module")
def books(contexts):
    return {
        name: report_workbook(context, Words("en" if name == "english" else "zh"))
        for name, context in contexts.items()
    }


@pytest.fixture(scope="module")
def recalculated(books, tmp_path_factory):
    """The same workbooks without a single saved result, opened by LibreOffice and saved again."""
    folder = tmp_path_factory.mktemp("books")
    sources = []
    for name, data in books.items():
        source = folder / f"{name}.xlsx"
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(source, "w") as new:
            for part in old.namelist():
                new.writestr(part, _FORMULA.sub(rb"\1\3\4", old.read(part)))
        sources.append(str(source))
    soffice = shutil.which("soffice")
    assert soffice, "LibreOffice (soffice) is not installed"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    out = folder / "out"
    command = [soffice, profile, "--headless", "--norestore", "--convert-to", "xlsx", "--outdir", str(out)]
    subprocess.run([*command, *sources], check=True, capture_output=True, timeout=300)
    return {name: load_workbook(out / f"{name}.xlsx", data_only=True) for name in books}


def opened(data, **options):
    return load_workbook(io.BytesIO(data), **options)


def formulas(book):
    return [(sheet.title, cell) for sheet in book for row in sheet for cell in row if cell.data_type == "f"]


def table(book, name, values):
    """The rows of a table by its titles, as a reader without formulas sees them."""
    sheet = next(one for one in book if name in one.tables)
    left, top, right, bottom = range_boundaries(sheet.tables[name].ref)
    titles = [sheet.cell(top, n).value for n in range(left, right + 1)]
    return [
        {t: values[sheet.title].cell(row, n).value for n, t in enumerate(titles, start=left)}
        for row in range(top + 1, bottom + 1)
    ]


@pytest.fixture(scope="module")
def tables(books):
    def read(book, name):
        return table(opened(books[book]), name, opened(books[book], data_only=True))

    return read


# ---------------------------------------------------------------------------------------------------------- formulas


@pytest.mark.parametrize("name", ["samples", "english", "hard", "empty"])
def test_libreoffice_gets_the_results_that_were_saved(books, recalculated, name):
    saved, again = opened(books[name], data_only=True), recalculated[name]
    assert saved.sheetnames == again.sheetnames
    found = formulas(opened(books[name]))
    assert len(found) > (20 if name == "empty" else 150)
    differing = [
        (sheet, cell.coordinate, cell.value, ours, theirs)
        for sheet, cell in found
        if (ours := saved[sheet][cell.coordinate].value) != (theirs := again[sheet][cell.coordinate].value)
        or ours is None
    ]
    assert not differing


@pytest.mark.parametrize("name", ["samples", "hard"])
def test_libreoffice_reads_what_we_wrote(books, recalculated, name):
    saved, again = opened(books[name], data_only=True), recalculated[name]
    for sheet in saved:
        for row in sheet:
            for cell in row:
                theirs = again[sheet.title][cell.coordinate].value
                if isinstance(cell.value, str):
                    assert str(theirs or "").split() == cell.value.split(), (sheet.title, cell.coordinate)
                elif cell.value is None:
                    assert theirs is None, (sheet.title, cell.coordinate)
                else:  # LibreOffice saves 15 digits
                    assert theirs == pytest.approx(cell.value, abs=1e-14), (sheet.title, cell.coordinate)


def test_totals_are_formulas(books):
    book = opened(books["samples"])
    shares = [value for _, cell in formulas(book) if (value := cell.value).startswith("=ROUND(")]
    assert len(shares) > 20
    overview = [cell.value for name, cell in formulas(book) if name == "总览"]
    assert [value for value in overview if value.startswith("=COUNTIF(")]
    assert [value for value in overview if value.startswith("=SUM(")]
    assert book.calculation.fullCalcOnLoad


def test_a_formula_without_a_result_is_a_bug(books):
    with pytest.raises(KeyError):
        with_results(_without_results(books["empty"]), {})


def _without_results(data):
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for part in old.namelist():
            new.writestr(part, _FORMULA.sub(rb"\1\3\4<v/>", old.read(part)) + b"")
    return stream.getvalue()


# ---------------------------------------------------------------------------------------------------------- numbers


def text_of(number):
    """A number of a workbook as exact text."""
    return None if number is None else plain(Decimal(repr(number)))


def held(number):
    """An exact decimal as text, as far as a double can hold it: all of up to 15 digits, the nearest of more."""
    short = len(number.as_tuple().digits) <= 15
    return plain(number if short else Decimal(repr(float(number))))


@pytest.mark.parametrize("name", ["samples", "hard"])
def test_scores_read_back_as_the_same_decimals(contexts, tables, name):
    context = contexts[name]
    rows = {row["代码"]: row for title in ("Counties", "Townships") for row in tables(name, title)}
    standings = [one for county in context.counties for one in (county, *county.townships)]
    assert set(rows) == {one.unit.code for one in standings}
    for one in standings:
        row = rows[one.unit.code]
        assert text_of(row["得分"]) == (None if one.score is None else held(one.score))
        assert text_of(row["距达标线"]) == (None if one.margin is None else held(one.margin))
        assert row["结论"] == Words().value(one.verdict)
        assert row["名次" if one.unit.level is Level.COUNTY else "县内名次"] == one.rank
        for d in one.dimensions:
            got = row[d.title]
            if one.source is None:
                assert got is None
            elif d.score is None:
                assert got == "不适用"
            else:
                assert text_of(got) == plain(d.score)
                assert text_of(row[f"{d.title}适用分值"]) == plain(d.maximum)


def test_hard_decimals_are_there(contexts, tables):
    rows = {row["代码"]: row for title in ("Counties", "Townships") for row in tables("hard", title)}
    assert text_of(rows[LEPING]["教育培训"]) == "1.0000000000000002", "all 17 digits"
    assert text_of(rows[ZONE]["得分"]) == "97.22"  # (97 - 2.7) / 97 of 100, half-up
    assert rows[ZONE]["人员配备适用分值"] == 11
    assert rows["140724102"]["得分"] is None and rows["140724102"]["结论"] == "待定"


def test_nothing_received_is_nowhere_a_zero(tables):
    for name in ("Counties", "Townships"):
        for row in tables("empty", name):
            assert row["得分"] is None and row["工作任务"] is None and row["距达标线"] is None


def test_counts_agree_with_the_report(contexts, tables, books):
    context, rows = contexts["samples"], tables("samples", "Problems")
    assert len(rows) == len(context.findings)
    for severity in Severity:
        word = Words().value(severity)
        assert sum(row["级别"] == word for row in rows) == context.severities[severity]
    assert sum(row["不能采用"] == "是" for row in rows) == context.blocking
    values = opened(books["samples"], data_only=True)["总览"]
    shown = [[cell.value for cell in row] for row in values.iter_rows()]
    verdicts = [
        row[2:6] for row in shown if row[1] in ("县（区、市）", "乡镇（街道）") and isinstance(row[2], int)
    ]
    for found, counts in zip(verdicts, (context.verdicts, context.township_verdicts), strict=True):
        assert found == [*(counts[v] for v in Verdict), sum(counts.values())]
    problems = next(row[2:7] for row in shown if row[1] == "处数")
    assert problems == [*(context.severities[s] for s in Severity), len(context.findings), context.blocking]
    counties = {row["县（区、市）"]: row for row in tables("samples", "Counties")}
    for county in context.counties:
        row = counties[context.campaign.roster.county_name(county.unit.code)]
        counts = township_counts(county)
        assert (row["达标乡镇"], row["参评乡镇"]) == (counts["passing"], counts["all"])
    for page in context.feedback:
        if page.body is not None:
            told = [r for r in rows if r["县代码"] == page.body.code and r["告知县区"] == "是"]
            assert len(told) == len(page.findings), "the feedback page tells the same problems"


def test_what_is_missing_agrees_with_the_matrix(contexts, tables):
    matrix, words = contexts["samples"].matrix, Words()
    rows = tables("samples", "Missing")
    wanted = [
        (county.name, words.value(stage), words.value(kind), words.value(one.presence))
        for county in matrix.counties
        for holdings in county.holdings.values()
        for (stage, kind), one in holdings.items()
        if one.presence in (Presence.MISSING, Presence.LATE, Presence.EXTRA)
    ]
    assert [(r["县（区、市）"], r["阶段"], r["材料"], r["状态"]) for r in rows] == wanted
    assert wanted


def test_the_comparison_agrees(contexts, tables):
    comparison = contexts["samples"].comparison
    rows = tables("samples", "Stages")
    assert len(rows) == len(comparison.units)
    for row, unit in zip(rows, comparison.units, strict=True):
        assert row["单位"] == unit.unit.name
        above = unit.above
        assert (row["自评高出"] is None) == (above is None)
        if above is not None:
            assert Decimal(repr(row["自评高出"])) == Decimal(above.numerator) / Decimal(above.denominator)


# ---------------------------------------------------------------------------------------------------------- structure


@pytest.mark.parametrize("name", ["samples", "english", "hard", "empty"])
def test_the_parts_hang_together(books, name):
    book = opened(books[name])
    if name != "english":
        assert book.sheetnames == SHEETS
    assert all(len(title) <= 31 and not re.search(r"[\[\]:*?/\\]", title) for title in book.sheetnames)
    assert len({title.casefold() for title in book.sheetnames}) == len(SHEETS)
    names = [table.name for sheet in book for table in sheet.tables.values()]
    assert len(names) == len(set(names)) >= 3
    assert len({t.id for sheet in book for t in sheet.tables.values()}) == len(names)
    for sheet in book:
        for one in sheet.tables.values():
            left, top, right, bottom = range_boundaries(one.ref)
            assert bottom > top
            heads = [sheet.cell(top, n).value for n in range(left, right + 1)]
            assert heads == [column.name for column in one.tableColumns]
            assert len({head.casefold() for head in heads}) == len(heads)
    for defined, value in book.defined_names.items():
        assert re.fullmatch(r"[^\W\d]\w*", defined) and not re.fullmatch(r"[A-Za-z]{1,3}\d+", defined)
        title, cell = value.attr_text.rsplit("!", 1)
        assert book[title.strip("'")][cell.replace("$", "")].value is not None
    used = set(re.findall(r"[^\W\d]\w*(?![\w(!'])", " ".join(cell.value for _, cell in formulas(book))))
    for sheet in book:
        for rules in sheet.conditional_formatting:
            for rule in rules.rules:
                text = " ".join(rule.formula)
                used |= set(re.findall(r"[^\W\d]\w*(?![\w(!'])", text))
                assert not re.search(r"[<>=]\s*[1-9.]", text), "thresholds stand in cells"
    assert set(book.defined_names) & used
    unknown = {word for word in used if re.search(r"[\u3400-\u9fff]", word)} - set(book.defined_names)
    assert not unknown - set(SHEETS) - {"是"}


# The children of a worksheet in the order of ECMA-376 (CT_Worksheet): Excel repairs what comes in another one.
ORDER = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "autoFilter",
    "mergeCells",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "ignoredErrors",
    "drawing",
    "legacyDrawing",
    "tableParts",
]


@pytest.mark.parametrize("name", ["samples", "empty"])
def test_the_xml_is_in_order(books, name):
    parts = zipfile.ZipFile(io.BytesIO(books[name]))
    for part in parts.namelist():
        root = ElementTree.fromstring(parts.read(part))  # well-formed, every part of it
        if part.startswith("xl/worksheets/sheet"):
            tags = [child.tag.rpartition("}")[2] for child in root]
            assert [ORDER.index(tag) for tag in tags] == sorted(ORDER.index(tag) for tag in tags)
            empty = [
                c
                for c in root.iter()
                if c.tag.endswith("}c") and c.find("{*}f") is not None and c.find("{*}v") is None
            ]
            assert not empty, "every formula carries its result"


@pytest.mark.parametrize("name", ["samples", "english", "empty"])
def test_links_lead_somewhere(books, name):
    book = opened(books[name])
    values = opened(books[name], data_only=True)
    links = [
        (s.title, cell.coordinate, cell.hyperlink)
        for s in book
        for row in s
        for cell in row
        if cell.hyperlink
    ]
    assert len(links) >= 14
    for title, place, link in links:
        assert link.target is None and link.location, (title, place)
        target, cell = link.location.rsplit("!", 1)
        target = target.strip("'")
        assert book[target][cell].row <= book[target].max_row
        assert values[target][cell].value is not None or cell == "A1"


def test_a_county_leads_to_its_townships_and_they_to_their_problems(books):
    book = opened(books["samples"], data_only=True)

    def follow(cell):
        title, place = cell.hyperlink.location.rsplit("!", 1)
        return book[title.strip("'")][place]

    def cell_of(sheet, text, column):
        return next(row[column] for row in book[sheet].iter_rows(min_row=5) if row[column].value == text)

    start = cell_of("总览", "榆社县", 1)
    county = follow(start)
    assert book["县区"].cell(county.row, 2).value == "榆社县"
    township = follow(book["县区"].cell(county.row, 2))
    assert (township.parent.title, township.parent.cell(township.row, 2).value) == ("乡镇", "榆社县")
    named = [row for row in book["乡镇"].iter_rows(min_row=5) if row[2].hyperlink]
    assert len(named) > 10
    for row in named:
        problem = follow(row[2])
        assert problem.parent.cell(problem.row, 18).value == row[0].value
        assert problem.row == 5 or problem.parent.cell(problem.row - 1, 18).value != row[0].value


def test_charts_show_cells_that_are_there(books):
    book = opened(books["samples"])
    charts = {sheet.title: sheet._charts for sheet in book}
    assert {title: len(own) for title, own in charts.items() if own} == {
        "总览": 2,
        "维度": 2,
        "三阶段对比": 1,
    }
    for own in charts.values():
        for chart in own:
            for part in chart._charts:
                for series in part.series:
                    for reference in (
                        series.val.numRef.f,
                        series.cat.numRef.f if series.cat.numRef else series.cat.strRef.f,
                    ):
                        title, area = reference.rsplit("!", 1)
                        cells = book[title.strip("'")][area.replace("$", "")]
                        assert any(row[0].value is not None for row in cells), reference
    parts = zipfile.ZipFile(io.BytesIO(books["samples"]))
    drawn = [parts.read(name).decode() for name in parts.namelist() if "/charts/chart" in name]
    assert all('<c:delete val="0"' in xml or '<delete val="0"' in xml for xml in drawn), "axes are shown"


def test_paper_and_screen(books):
    book = opened(books["samples"])
    for sheet in book:
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToWidth) == (9, 1)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows and sheet.print_area
        assert "&P" in sheet.oddFooter.center.text
    for title in ("县区", "乡镇", "问题清单"):
        assert book[title].page_setup.orientation == "landscape"
        assert book[title].freeze_panes.endswith("5")
    assert book["总览"].page_setup.fitToHeight == 1


def test_colours_speak_of_cells(books):
    book = opened(books["samples"])
    rules = [
        (sheet.title, rule.formula[0])
        for sheet in book
        for area in sheet.conditional_formatting
        for rule in area.rules
    ]
    assert ("县区", "$C5=结论_未达标") in rules
    assert ("问题清单", "$B5=级别_错误") in rules
    assert ("乡镇", "AND(ISNUMBER($F5),$F5<达标线)") in rules
    settings = load_campaign(SAMPLES / "campaign.yaml").settings.pass_rules
    notes = book["说明"]
    place = book.defined_names["达标线"].attr_text.rsplit("!", 1)[1].replace("$", "")
    assert Decimal(notes[place].value) == settings.pass_mark.value


# ---------------------------------------------------------------------------------------------------------- safety


def test_text_stays_text(books):
    book = opened(books["hard"])
    problems = book["问题清单"]
    held = [
        cell
        for row in problems.iter_rows(min_row=5)
        for cell in row
        if str(cell.value).startswith(tuple("=+-@"))
    ]
    assert {cell.value for cell in held} >= {text for text in HOSTILE if text[0] in "=+-@"}
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in held)
    source = next(row for row in book["乡镇"].iter_rows(min_row=5) if row[0].value == LEPING)
    assert [cell.data_type for cell in source if cell.value == "=1+1.xlsx"] == ["s"]
    plain_cells = [cell for row in problems.iter_rows(min_row=5) for cell in row if cell.value == "F101"]
    assert plain_cells and not any(cell.quotePrefix for cell in plain_cells)


def test_the_same_input_gives_the_same_bytes(contexts, books, tmp_path):
    again = report_workbook(contexts["samples"], Words())
    assert again == books["samples"]
    with zipfile.ZipFile(io.BytesIO(again)) as parts:
        assert {info.date_time for info in parts.infolist()} == {(2024, 5, 10, 0, 0, 0)}
    (tmp_path / "report.xlsx").write_bytes(again)
    assert not foreign(tmp_path, (), ()), "a second run knows the file as ours"


def test_more_problems_than_rows(contexts, monkeypatch):
    context = contexts["samples"]
    monkeypatch.setattr(report_layout, "ROWS", 30)
    book = opened(report_workbook(context, Words()), data_only=True)
    sheet = book["问题清单"]
    assert sheet.max_row == 30
    assert f"另有 {len(context.findings) - 26} 处见 findings.csv" in sheet["A2"].value
    row = next(row for row in book["总览"].iter_rows() if row[1].value == "处数")
    assert row[5].value == len(context.findings), "the total is that of all of them"
