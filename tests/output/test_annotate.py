"""Marked copies: all that was in a workbook is still there, all that was found is told, and nothing of it is read as data."""

from __future__ import annotations

import io
import random
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from huitoukan.campaign.campaign import load_campaign
from huitoukan.examination import process
from huitoukan.grid import Grid, Mark, Range
from huitoukan.intake.containers import Sniffed
from huitoukan.intake.discover import arrivals
from huitoukan.intake.kinds import sniff
from huitoukan.intake.marked import SIGN
from huitoukan.intake.reader import read
from huitoukan.model import Severity
from huitoukan.output.annotate import Order, make, marked_copies, orders
from huitoukan.output.annotate_comments import SIGN as COMMENT_SIGN
from huitoukan.output.annotate_copy import Setting, marked_copy
from huitoukan.output.annotate_list import Remark
from huitoukan.output.annotate_styles import GROUNDS
from huitoukan.output.annotate_values import is_plain, workbook_of
from huitoukan.output.clockless import moment_of
from huitoukan.output.text import Words
from huitoukan.pipeline import inspect
from huitoukan.standing.aggregate import standings
from tests.support.packages import packed, parts, rich_workbook

SAMPLES = Path(__file__).parents[2] / "sample_sheets"
WORDS = Words("zh")
MOMENT = moment_of(date(2024, 5, 10))
NAME_FINDING = "F105"  # a copy has the extension of what it is


@pytest.fixture(scope="module")
def campaign():
    return load_campaign(SAMPLES / "campaign.yaml")


@pytest.fixture(scope="module")
def inspection(campaign):
    return inspect(SAMPLES, campaign, jobs=2)


@pytest.fixture(scope="module")
def made(inspection):
    return marked_copies(inspection, arrivals(SAMPLES, None), WORDS, jobs=2)


def setting(campaign, *passwords):
    return Setting(campaign.settings.limits, passwords, MOMENT)


def remark(sheet, cell, severity=Severity.ERROR, code="S405", message="得分高于标准分。"):
    return Remark(severity, code, sheet, cell, "昔阳县统计局", "C1.1", "5", message, message, "请改正。")


def copy_of(data, remarks, campaign, name="a.xlsx", words=WORDS):
    return marked_copy(name, Sniffed(*sniff(data), data), remarks, name, setting(campaign), words)


def said(result):
    """What a file says: of each form whose it is and every score or answer, and what was found about it."""
    forms = [(s.sheet, s.kind, s.unit, s.stage, s.dating, s.items, s.answers) for s in result.sheets]
    found = {(f.code, f.sheet, f.cell, f.value, f.unit, f.stage, f.item) for f in result.findings}
    return forms, {one for one in found if one[0] != NAME_FINDING}


# ---------------------------------------------------------------------------------------------------- sample_sheets


def test_every_copy_says_what_its_original_said(inspection, made, campaign):
    """Scores, units, stages and findings are those of the original: nobody is blamed for what we added, or for formulas."""
    by_path = {file.path: file for file in inspection.files}
    copies = [one for one in made.files if one.copy]
    assert len(copies) > 40
    assert {Path(one.file).suffix for one in copies} >= {".xlsx", ".xls"}
    checked = 0
    for one in copies:
        again = process(one.copy, made.contents[one.copy], campaign)
        told = said(
            replace(
                by_path[one.file], findings=process_alone(one.file, campaign) or by_path[one.file].findings
            )
        )
        assert said(again) == told, one.file
        checked += 1
    assert checked == len(copies)


def process_alone(path, campaign):
    """The findings of a file by itself, as its copy is looked at; None for one inside another."""
    place = SAMPLES / path
    return process(path, place.read_bytes(), campaign).findings if place.is_file() else None


def test_every_problem_of_a_workbook_is_in_its_copy(inspection, made):
    held = set(inspection.campaign.settings.integrity.held_back.value)
    assert held
    assert any(finding.code in held for finding in inspection.findings)
    for one in made.files:
        assert not {remark.code for remark in one.remarks} & held
        if not one.copy:
            continue
        book = load_workbook(io.BytesIO(made.contents[one.copy]))
        first = book.worksheets[0]
        rows = [row for row in first.iter_rows(values_only=True) if isinstance(row[0], int)]
        assert first.title == "问题清单"
        assert [(row[4], row[9]) for row in rows] == [(r.cell, r.code) for r in one.remarks]
        for n, remark in enumerate(one.remarks):
            if remark.cell is None or book[remark.sheet].sheet_state != "visible":
                continue
            row = next(r for r in range(1, 40) if first.cell(r, 1).value == 1) + n
            assert first.cell(row, 5).hyperlink.location == f"'{remark.sheet}'!{remark.cell}"
            cell = book[remark.sheet][remark.cell.split(":")[0]]
            anchor = next((a for a in book[remark.sheet].merged_cells.ranges if cell.coordinate in a), None)
            anchor = book[remark.sheet].cell(anchor.min_row, anchor.min_col) if anchor else cell
            assert remark.code in anchor.comment.text
            assert remark.message in anchor.comment.text
            assert remark.fix in anchor.comment.text
            if remark.severity is Severity.ERROR:
                assert anchor.fill.fgColor.rgb in (GROUNDS[Severity.ERROR], "00000000"), (one.file, remark)
        assert book.active.title == "问题清单"
        assert sum(bool(sheet.sheet_view.tabSelected) for sheet in book.worksheets) == 1


def test_all_other_parts_are_what_they_were(made):
    """Byte for byte: whatever no library models is still there."""
    checked = 0
    for one in made.files:
        place = SAMPLES / one.file
        if not one.copy or one.rebuilt or not place.is_file():
            continue
        before, after = parts(place.read_bytes()), parts(made.contents[one.copy])
        assert before.keys() <= after.keys()
        changed = {name for name in before if before[name] != after[name]}
        allowed = r"\[Content_Types\]\.xml|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/styles\.xml|xl/worksheets/.*|xl/comments.*|.*\.vml"
        assert all(re.fullmatch(allowed, name) for name in changed), changed
        checked += 1
    assert checked > 30


def test_the_same_input_gives_the_same_bytes(inspection, made):
    again = marked_copies(inspection, arrivals(SAMPLES, None), WORDS, jobs=1)
    assert again.contents == made.contents


def test_zips_hold_what_the_folders_hold(made):
    homes = {name.partition("/")[0] for name in made.contents if "/" in name}
    assert homes >= {"榆社县", "左权县", "和顺县", "未能归县"}
    for home in homes:
        with zipfile.ZipFile(io.BytesIO(made.contents[f"{home}.zip"])) as archive:
            inside = {f"{home}/{name}": archive.read(name) for name in archive.namelist()}
            assert all(info.flag_bits & 0x800 for info in archive.infolist() if not info.filename.isascii())
            assert archive.namelist()[0] == "请先看.txt"
        assert inside == {name: data for name, data in made.contents.items() if name.startswith(f"{home}/")}


def test_files_inside_others_are_marked_too(made):
    inside = [one for one in made.files if one.copy and not (SAMPLES / one.file).is_file()]
    assert {Path(one.file.split("/")[2]).suffix for one in inside} == {".zip", ".eml"}
    for one in inside:
        assert not re.search(r"\.(zip|eml)/", one.copy)


def test_original_and_copy_in_one_folder_score_as_before(inspection, made, campaign, tmp_path):
    for name in ("自评/左权县/石匣乡评分表.xlsx", "自评/左权县/左权县桐峪镇.xlsx"):
        one = next(one for one in made.files if one.file == name)
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SAMPLES / name, place)
        place.with_name(f"{place.stem}_标注.xlsx").write_bytes(made.contents[one.copy])
    both = inspect(tmp_path, campaign, jobs=1)
    for path in tmp_path.rglob("*_标注.xlsx"):
        path.unlink()
    alone = inspect(tmp_path, campaign, jobs=1)
    assert len(both.files) == 2 * len(alone.files) == 4
    for unit, sheets in both.by_unit.items():  # the same twice counts once
        assert {sheet.items for sheet in sheets} == {sheet.items for sheet in alone.by_unit[unit]}
    told = [
        [
            (s.unit.code, s.verdict, s.score, s.basis)
            for c in standings(one.by_unit, campaign)
            for s in (c, *c.townships)
        ]
        for one in (both, alone)
    ]
    assert told[0] == told[1]
    assert any(score is not None for _, _, score, _ in told[0])


def test_random_remarks_change_no_score(inspection, campaign):
    """Colours and comments anywhere on a workbook change nothing that is read from it."""
    rng = random.Random(6)
    submissions = {one.path: one for one in arrivals(SAMPLES, None)}
    files = [f for f in inspection.files if f.path in submissions and f.reader and f.sheets]
    for file in rng.sample(files, 25):
        names = [sheet.sheet for sheet in file.sheets]
        remarks = tuple(
            remark(
                rng.choice(names),
                f"{rng.choice('ABCDEFGHIJ')}{rng.randint(1, 45)}",
                rng.choice(list(Severity)),
            )
            for _ in range(30)
        )
        order = Order(file.path, submissions[file.path], "", remarks, file.sha256)
        copy = make(order, setting(campaign), Words("en"))
        again = process(str(Path(file.path).with_suffix(copy.suffix)), copy.data, campaign)
        alone = process(file.path, (SAMPLES / file.path).read_bytes(), campaign)
        assert said(again) == said(alone), file.path


# ---------------------------------------------------------------------------------------------------- what is kept


def test_a_rich_workbook_keeps_everything(campaign):
    data = rich_workbook()
    copy = copy_of(
        data,
        [remark("评分表", "D2"), remark("评分表", "E2"), remark("评分表", "D3", Severity.INFO)],
        campaign,
    )
    before, after = parts(data), parts(copy.data)
    assert copy.suffix == ".xlsm"
    assert [note.template[:6] for note in copy.notes] == ["原件有数字签", "工作簿里有宏"]
    assert not any(name.startswith("_xmlsignatures") for name in after)
    assert b"digital-signature" not in after["_rels/.rels"]
    for name in before:
        if name.startswith(
            ("xl/charts", "xl/drawings/drawing", "xl/vba", "xl/ctrlProps", "docProps", "xl/worksheets/sheet2")
        ):
            assert after[name] == before[name], name
    sheet = after["xl/worksheets/sheet1.xml"].decode()
    assert "<f>SUM(C2:C3)</f><v>7</v>" in sheet
    for kept in ("sheetProtection", "dataValidation", "conditionalFormatting", "mergeCell", "<drawing"):
        assert sheet.count(f"<{kept.strip('<')}") == before["xl/worksheets/sheet1.xml"].decode().count(
            f"<{kept.strip('<')}"
        )
    vml = next(after[name] for name in after if name.endswith(".vml"))
    assert b'ObjectType="Button"' in vml
    assert b"<br>" in vml
    assert len(re.findall(rb'ObjectType="Note"', vml)) == 4
    numbers = re.findall(rb'id="_x0000_s(\d+)"', vml)
    assert len(numbers) == len(set(numbers))
    book = load_workbook(io.BytesIO(copy.data), keep_vba=True)
    own = book["评分表"]
    assert own["B2"].comment.text == "与问题无关的批注"
    assert own["D2"].comment.text.startswith("请张三核实")
    assert "S405" in own["D2"].comment.text.partition("————")[2]
    assert own["E2"].comment.text.startswith(COMMENT_SIGN)
    assert not own["D2"].protection.locked
    assert own["D2"].number_format == "0.0"
    assert own["D2"].fill.fgColor.rgb == GROUNDS[Severity.ERROR]
    assert own["D3"].fill.fgColor.rgb == GROUNDS[Severity.INFO]
    assert own.protection.sheet
    assert own.print_title_rows == "$1:$1"
    assert own.print_area == "'评分表'!$A$1:$E$5"
    assert book["数据"].sheet_state == "hidden"
    assert said(process("a.xlsm", copy.data, campaign)) == said(process("a.xlsm", data, campaign))


def test_a_copy_that_comes_back_is_cleaned_before_it_is_marked_again(campaign):
    data = rich_workbook()
    first = copy_of(data, [remark("评分表", "D2"), remark("评分表", "E2")], campaign)
    twice = copy_of(first.data, [remark("评分表", "D2"), remark("评分表", "E2")], campaign)
    own = load_workbook(io.BytesIO(twice.data))["评分表"]
    once = load_workbook(io.BytesIO(first.data))["评分表"]
    for cell in ("B2", "D2", "E2"):
        assert own[cell].comment.text == once[cell].comment.text
    corrected = copy_of(first.data, [remark("评分表", "D3", Severity.WARNING)], campaign)
    book = load_workbook(io.BytesIO(corrected.data))
    own = book["评分表"]
    assert book.sheetnames == ["问题清单", "评分表", "数据"]
    assert own["D2"].comment.text.strip() == "请张三核实"
    assert own["E2"].comment is None
    assert own["D2"].fill.fill_type is None
    assert own["D3"].fill.fgColor.rgb == GROUNDS[Severity.WARNING]
    vml = next(text for name, text in parts(corrected.data).items() if name.endswith(".vml"))
    assert len(re.findall(rb'ObjectType="Note"', vml)) == 3  # B2, D2 and the new one


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def prefixed(contents):
    """The same package with a prefix before every element of a workbook, as some programs write it."""

    def change(xml):
        text = re.sub(r"<(/?)(?=[a-zA-Z]\w*[\s/>])", r"<\1x:", xml.decode())
        return text.replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"').encode()

    own = re.compile(r"xl/(workbook|styles)\.xml|xl/worksheets/sheet\d\.xml|xl/comments.*\.xml")
    return {name: change(xml) if own.fullmatch(name) else xml for name, xml in contents.items()}


def strict(contents):
    """The same package in strict OOXML, as Excel saves it on demand."""
    years = "spreadsheetml", "drawingml", "officeDocument"

    def change(xml):
        for name in years:
            xml = xml.replace(
                f"http://schemas.openxmlformats.org/{name}/2006".encode(),
                f"http://purl.oclc.org/ooxml/{name}".encode(),
            )
        return xml

    return {name: change(xml) if name.endswith((".xml", ".rels")) else xml for name, xml in contents.items()}


@pytest.mark.parametrize("build", [prefixed, strict])
def test_other_ways_of_writing_the_same(campaign, build):
    data = packed(build(parts(rich_workbook())))
    copy = copy_of(data, [remark("评分表", "D2"), remark("评分表", "E2")], campaign)
    assert not copy.rebuilt
    own = load_workbook(io.BytesIO(copy.data))["评分表"]
    assert own["E2"].comment.text.startswith(COMMENT_SIGN)
    assert own["D2"].comment.text.startswith("请张三核实")
    assert own["E2"].fill.fgColor.rgb == GROUNDS[Severity.ERROR]
    assert said(process("a.xlsm", copy.data, campaign)) == said(process("a.xlsm", data, campaign))


def test_a_conversation_in_a_cell_is_left_alone(campaign):
    """Newer programs show it instead of a comment: the list tells the problem, the comment stays as they wrote it."""
    contents = parts(rich_workbook())
    relations = "xl/worksheets/_rels/sheet1.xml.rels"
    kind = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    contents[relations] = contents[relations].replace(
        b"</Relationships>",
        f'<Relationship Id="rIdT" Type="{kind}" Target="../threadedComments/threadedComment1.xml"/></Relationships>'.encode(),
    )
    contents["xl/threadedComments/threadedComment1.xml"] = (
        b'<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"><threadedComment ref="D2" id="{1}"/></ThreadedComments>'
    )
    copy = copy_of(packed(contents), [remark("评分表", "D2"), remark("评分表", "E2")], campaign)
    own = load_workbook(io.BytesIO(copy.data))["评分表"]
    assert own["D2"].comment.text == "请张三核实"
    assert own["D2"].fill.fgColor.rgb == GROUNDS[Severity.ERROR]
    assert own["E2"].comment.text.startswith(COMMENT_SIGN)


def test_white_text_is_not_shown_by_our_colour(campaign):
    """The rule that finds hidden texts must find them in the copy too; and no text vanishes on our ground."""
    data = rich_workbook()
    contents = parts(data)
    styles = contents["xl/styles.xml"].decode()
    white = re.sub(r"(<fonts[^>]*>\s*<font>)", r'\1<color rgb="FFFFFFFF"/>', styles, count=1)
    assert white != styles
    white = re.sub(r"(<fonts[^>]*>.*?)<color theme=\"1\"\s*/>", r"\1", white, count=1, flags=re.DOTALL)
    data = packed(contents | {"xl/styles.xml": white.encode()})
    copy = copy_of(data, [remark("评分表", "B2"), remark("评分表", "E2")], campaign)
    assert said(process("a.xlsm", copy.data, campaign)) == said(process("a.xlsm", data, campaign))


def test_text_that_looks_like_a_formula_stays_text(campaign):
    copy = copy_of(rich_workbook(), [remark("评分表", "D2", message="=cmd|'/c calc'!A1")], campaign)
    first = load_workbook(io.BytesIO(copy.data)).worksheets[0]
    cells = [cell for row in first.iter_rows() for cell in row if cell.value == "=cmd|'/c calc'!A1"]
    assert cells and all(cell.data_type != "f" for cell in cells)
    assert not is_plain("cmd|'/c calc'!A1")
    assert not is_plain("WEBSERVICE(A1)")
    assert not is_plain("HYPERLINK(A1)")
    assert is_plain("SUM(F4:F33)+ROUND($A$1,2)")


def test_the_list_is_known_by_its_sign_alone(campaign):
    """Whatever it is called, the list is no form and no left-over sheet; a sheet of its name without the sign is one."""
    data = rich_workbook()
    plain = process("a.xlsx", data, campaign)
    copy = copy_of(data, [remark("评分表", "D2")], campaign)
    book = load_workbook(io.BytesIO(copy.data))
    assert any(str(cell.value).startswith(SIGN) for row in book.worksheets[0].iter_rows() for cell in row)
    assert [s.sheet for s in process("a.xlsm", copy.data, campaign).sheets] == [s.sheet for s in plain.sheets]
    contents = parts(copy.data)
    renamed = contents["xl/workbook.xml"].replace("问题清单".encode(), "别的名字".encode())
    again = process("a.xlsm", packed(contents | {"xl/workbook.xml": renamed}), campaign)
    assert [s.sheet for s in again.sheets] == [s.sheet for s in plain.sheets]
    stranger = {name: text.replace(SIGN.encode(), b"anything") for name, text in contents.items()}
    assert "问题清单" in [s.sheet for s in process("a.xlsm", packed(stranger), campaign).sheets]


# ------------------------------------------------------------------------------------------------ from values alone


def test_values_of_every_kind_come_through(campaign):
    moments = [date(2024, 5, 20), datetime(2024, 5, 20, 8, 30), True, 0.1, -3, 1e-7, 12345678901234.5]
    texts = ["007", "=1+1", "a\nb", " x ", "<&>\"'", "４．５分", "𠮷", "#REF!", "1e5"]
    grid = Grid(
        "表<1>&'2'",
        [[*moments], [*texts], ["合", None, None, 4.0, 5.0]],
        merges=(Range(2, 0, 2, 1),),
        marks={(0, 8): (Mark.ERROR, "#DIV/0!"), (2, 5): (Mark.UNCACHED, "")},
        formulas={(2, 5): "SUM(D3:E3)"},
        covered={(2, 1): "掩"},
        hidden_rows=frozenset({1}),
    )
    for one in (grid, replace(grid, date_1904=True)):
        back = read("a.xlsx", workbook_of([one]).save(MOMENT), campaign.settings.limits).grids
        assert [g.name for g in back] == [one.name]
        for r, row in enumerate(one.rows):
            for c in range(len(row)):
                assert back[0].cell(r, c).text == one.cell(r, c).text, (r, c)
                assert type(back[0].cell(r, c).value) is not str or isinstance(row[c], str)
        assert back[0].marks == one.marks
        assert back[0].formulas == one.formulas
        assert (back[0].merges, back[0].covered, back[0].hidden_rows) == (
            one.merges,
            one.covered,
            one.hidden_rows,
        )
        assert back[0].date_1904 is one.date_1904


@pytest.mark.parametrize("broken", ["xl/styles.xml", "xl/worksheets/sheet1.xml"])
def test_a_package_of_unusual_build_is_made_anew(campaign, broken):
    contents = parts(rich_workbook())
    if broken.endswith("styles.xml"):
        contents[broken] = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
        contents["xl/worksheets/sheet1.xml"] = re.sub(rb' s="\d+"', b"", contents["xl/worksheets/sheet1.xml"])
    else:
        contents[broken] = (
            contents[broken].replace(b"<sheetData>", b"<sheetData >").replace(b"<cols>", b"<cols><col/>")
        )
    data = packed(contents)
    copy = copy_of(data, [remark("评分表", "D2")], campaign)
    assert said(process("a.xlsm", copy.data, campaign))[0] == said(process("a.xlsm", data, campaign))[0]
    assert copy.rebuilt is broken.endswith("styles.xml")


def test_what_cannot_be_read_has_no_copy(campaign):
    assert copy_of(b"PK\x03\x04broken", [remark(None, None)], campaign) is None


# ------------------------------------------------------------------------------------------------ another program


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed (CI installs it)")
def test_libreoffice_opens_copies_and_keeps_what_they_say(made, campaign, tmp_path):
    wanted = [one for one in made.files if one.copy][::6]
    rich = copy_of(rich_workbook(), [remark("评分表", "D2"), remark("评分表", "E2")], campaign)
    copies = {f"{n}.xlsx": made.contents[one.copy] for n, one in enumerate(wanted)} | {"rich.xlsm": rich.data}
    for name, data in copies.items():
        (tmp_path / name).write_bytes(data)
    command = [
        "soffice",
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx",
    ]
    command += ["--outdir", str(tmp_path / "saved"), *(str(tmp_path / name) for name in copies)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    for name, data in copies.items():
        saved = (tmp_path / "saved" / f"{Path(name).stem}.xlsx").read_bytes()
        before, after = load_workbook(io.BytesIO(data)), load_workbook(io.BytesIO(saved))
        assert after.sheetnames == before.sheetnames
        limits = campaign.settings.limits
        ours, theirs = (read(name, one, limits).grids for one in (data, saved))
        for mine, yours in zip(ours, theirs, strict=True):
            cells = {
                (r, c) for r in range(len(mine.rows)) for c in range(len(mine.rows[r]))
            } - mine.marks.keys()
            assert all(mine.cell(r, c).text == yours.cell(r, c).text for r, c in cells), (name, mine.name)
        for sheet in before.worksheets:
            told = {
                cell.coordinate: cell.comment.text
                for row in sheet.iter_rows()
                for cell in row
                if cell.comment
            }
            other = {
                c.coordinate: c.comment.text
                for row in after[sheet.title].iter_rows()
                for c in row
                if c.comment
            }
            assert {at: " ".join(t.split()) for at, t in told.items()} == {
                at: " ".join(t.split()) for at, t in other.items()
            }
        # And what LibreOffice has saved is still known for what it is.
        assert [s[:5] for s in said(process(name, saved, campaign))[0]] == [
            s[:5] for s in said(process(name, data, campaign))[0]
        ]
    again = copy_of((tmp_path / "saved/rich.xlsx").read_bytes(), [remark("评分表", "D2")], campaign)
    own = load_workbook(io.BytesIO(again.data))["评分表"]
    assert own["D2"].comment.text.count(COMMENT_SIGN) == 1
    assert own["E2"].comment is None
    assert own["E2"].fill.fill_type is None


def test_orders_are_by_county(inspection):
    made = orders(inspection, arrivals(SAMPLES, None), WORDS)
    roster = inspection.campaign.roster
    assert {order.county for order in made} >= {body.code for body in roster.bodies()}
    assert len({(order.path, order.county) for order in made}) == len(made)
