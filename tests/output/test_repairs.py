"""Safe repair of single workbooks: what is put right, what never is, and that nothing else changes."""

from __future__ import annotations

import io
import random
import zipfile
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.drawing.image import Image
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image as Picture

from huitoukan.intake.containers import Sniffed
from huitoukan.intake.kinds import sniff
from huitoukan.model import Level, Stage
from huitoukan.output.cell_edit import edited_sheet
from huitoukan.output.repair_run import Task, mend
from huitoukan.output.repairs import Change, RepairKind, State
from huitoukan.pipeline import process
from tests.support.binary import as_xls
from tests.support.forms import Layout, build, filling, fillings, layouts, shipped, units, write
from tests.support.questionnaires import fill, random_answers
from tests.support.renderings import sheets_of

UNIT = next(unit for unit in units() if unit.code == "140724100")
PLAIN = Layout(fields="beside", colon="")
# What the reader reads without loss, and the number that anyone would write instead.
LOSSLESS = {
    " {} ": None,
    "{}分": None,
    "'{}": None,
    "\u200b{}": None,
    "+{}": None,
    "{} 分": None,
    "\u3000{}\u00a0": None,
}
GUESSES = ("O", "√", "满分", "3-4", "约4", "四点五", "4,5", "4.5/5", "①", "90%", "4。5", "同上", "良好", "/")


def mended(data: bytes, path: str = "a.xlsx") -> tuple[dict[str, Change], bytes]:
    """The changes by cell, and the bytes of the copy."""
    result = process(path, data, shipped())
    forms = {(path, sheet.sheet, sheet.unit, sheet.stage) for sheet in result.sheets}
    changes, content = mend(path, Sniffed(*sniff(data), data), Task(shipped(), (), forms, None, dry=False))
    return {change.cell: change for change in changes}, data if content is None else content


def filled(
    change: Callable[[Worksheet], object], layout: Layout = PLAIN, **own: Any
) -> tuple[bytes, dict[str, str]]:
    """A form, after something was done to its worksheet, and where its scores stand."""
    form = filling(random.Random(7), own.get("unit", UNIT), own.get("stage", Stage.SELF), deducted=0.2)
    data, places = build(layout, [form])
    workbook = load_workbook(io.BytesIO(data))
    change(workbook.worksheets[0])
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue(), next(iter(places.values()))


SCORES = build(PLAIN, [filling(random.Random(7), UNIT, Stage.SELF, deducted=0.2)])[1][UNIT.name]
FIRST, SECOND = SCORES["T1.1"], SCORES["T1.2"]


def with_score(value: object, **look: object) -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet[FIRST] = value
        for name, own in look.items():
            setattr(sheet[FIRST], name, own)

    return filled(change)[0]


def wide(text: str) -> str:
    return text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789."})


# --------------------------------------------------------------------------------------------------- one score


@pytest.mark.parametrize(
    "text", [*(form.format("3.5") for form in LOSSLESS), wide("3.5"), wide("3.5") + "分"]
)
def test_a_number_as_text_becomes_that_number(text):
    changes, copy = mended(with_score(text))
    change = changes[FIRST]
    assert (change.before, change.after, change.kind, change.code, change.state) == (
        text, Decimal("3.5"), RepairKind.NUMBER, "S403", State.DONE,
    )  # fmt: skip
    assert load_workbook(io.BytesIO(copy)).worksheets[0][FIRST].value == 3.5


@pytest.mark.parametrize("text", GUESSES)
def test_what_is_no_number_without_a_doubt_is_never_touched(text):
    data = with_score(text)
    changes, copy = mended(data)
    assert changes == {}
    assert copy == data


@pytest.mark.parametrize(
    ("value", "look", "why"),
    [
        ("3.5分", {"number_format": "0"}, "数字格式"),
        ("0.5", {"number_format": "0%"}, "数字格式"),
        ("3.5分", {"number_format": "yyyy-mm-dd"}, "日期"),
        ("3.50000000000000001", {}, "位数太多"),
    ],
)
def test_a_number_that_would_show_or_read_otherwise_is_refused(value, look, why):
    data = with_score(value, **look)
    changes, copy = mended(data)
    assert changes[FIRST].state is State.REFUSED
    assert why in str(changes[FIRST].refusal)
    assert copy == data


def test_a_formula_is_never_touched():
    data, _ = filled(lambda sheet: None)
    sheet_xml = f'<c r="{FIRST}" t="str"><f>"3.5"&amp;"分"</f><v>3.5分</v></c>'
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    name = "xl/worksheets/sheet1.xml"
    xml = parts[name].decode()
    start = xml.index(f'<c r="{FIRST}"')
    end = xml.index("</c>", start) + 4
    parts[name] = (xml[:start] + sheet_xml + xml[end:]).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    changes, copy = mended(stream.getvalue())
    assert changes[FIRST].state is State.REFUSED
    assert "公式" in str(changes[FIRST].refusal)
    assert copy == stream.getvalue()


def test_another_kind_of_file_is_told_and_not_changed():
    data, _ = filled(lambda sheet: sheet.__setitem__(FIRST, "3.5分"))
    old = as_xls(sheets_of(data)[0])
    changes, copy = mended(old, "a.xls")
    assert (changes[FIRST].state, changes[FIRST].after) == (State.REFUSED, Decimal("3.5"))
    assert ".xlsx" in str(changes[FIRST].refusal)
    assert copy == old


# --------------------------------------------------------------------------------------------- names, dates, ids


def test_names_dates_and_ids_lose_blanks_and_full_width():
    layout = Layout(fields="beside", colon="", date_words="{0.year}-{0.month}-{0.day}")
    form = filling(random.Random(7), UNIT, Stage.SELF, deducted=0.2)
    data, places = write(layout, [form])
    where = places[UNIT.name].fields
    number = "A" + SCORES["T1.1"][1:]

    def change(sheet: Worksheet) -> None:
        sheet[where["unit"]] = " 昔阳县 乐平\u200b镇　"
        sheet[where["date"]] = "２０２４．５．２０ "
        sheet[number] = "Ｔ１．１ "

    data, _ = filled(change, layout)
    assert load_workbook(io.BytesIO(data)).worksheets[0][number].value == "Ｔ１．１ "
    changes, copy = mended(data)
    assert {cell: (c.after, c.kind, c.code) for cell, c in changes.items()} == {
        where["unit"]: ("昔阳县乐平镇", RepairKind.SPACES, ""),
        where["date"]: ("2024.5.20", RepairKind.WIDTH, ""),
        number: ("T1.1", RepairKind.WIDTH, ""),
    }
    sheet = load_workbook(io.BytesIO(copy)).worksheets[0]
    assert [sheet[cell].value for cell in changes] == [change.after for change in changes.values()]
    assert not mended(copy)[0]  # twice is once


@pytest.mark.parametrize(
    "text", ["5月20日 ", "５．２０", " 24.5.20", "２０２４年５月２０日—２２日", "２０２４年１３月２０日"]
)
def test_a_date_that_is_not_certain_stays(text):
    form = filling(random.Random(7), UNIT, Stage.SELF, deducted=0.2)
    where = write(PLAIN, [form])[1][UNIT.name].fields["date"]
    changes, _ = mended(filled(lambda sheet: sheet.__setitem__(where, text))[0])
    assert where not in changes


@pytest.mark.parametrize("text", [" 析阳县乐平镇", "昔阳县 北关街道 ", "乐 平乡"])
def test_a_name_that_the_roster_does_not_know_stays(text):
    form = filling(random.Random(7), UNIT, Stage.SELF, deducted=0.2)
    where = write(PLAIN, [form])[1][UNIT.name].fields["unit"]
    changes, _ = mended(filled(lambda sheet: sheet.__setitem__(where, text))[0])
    assert where not in changes


def test_answers_of_questionnaires():
    data = fill(Level.TOWNSHIP, random_answers(Level.TOWNSHIP, random.Random(3)))
    workbook = load_workbook(io.BytesIO(data))
    sheet = workbook.worksheets[0]
    found = {
        a.question: a for s in process("q.xlsx", data, shipped()).sheets for a in s.answers if a.part is None
    }
    five, two = found["Q5"], found["Q2"]
    sheet[five.cell], sheet[two.cell] = "１２人", "Ｂ "
    stream = io.BytesIO()
    workbook.save(stream)
    changes, copy = mended(stream.getvalue(), "q.xlsx")
    assert {cell: (c.after, c.code, c.state) for cell, c in changes.items()} == {
        five.cell: (Decimal(12), "Q820", State.DONE),
        two.cell: ("B", "", State.DONE),
    }
    again = {
        a.question: a for s in process("q.xlsx", copy, shipped()).sheets for a in s.answers if a.part is None
    }
    assert (again["Q5"].number, again["Q2"].choices) == (12, ("B",))


# ------------------------------------------------------------------------------------------------ nothing else


def test_every_other_part_of_the_workbook_stays_byte_for_byte():
    picture = io.BytesIO()
    Picture.new("RGB", (8, 8), "red").save(picture, "PNG")

    def change(sheet: Worksheet) -> None:
        sheet[FIRST], sheet[SECOND] = "3.5分", "'2"
        sheet["Z90"] = f"=SUM({FIRST}:{SECOND})"
        sheet["Z91"] = CellRichText("a", TextBlock(InlineFont(b=True), "b"))
        sheet.protection.sheet = True
        sheet.protection.password = "x"
        sheet.add_image(Image(picture), "Z92")
        sheet.merge_cells(f"{FIRST}:{FIRST[0]}{int(FIRST[1:])}")

    data, _ = filled(change)
    changes, copy = mended(data)
    assert {change.state for change in changes.values()} == {State.DONE}
    before, after = zipfile.ZipFile(io.BytesIO(data)), zipfile.ZipFile(io.BytesIO(copy))
    assert before.namelist() == after.namelist()
    assert after.testzip() is None
    differ = [name for name in before.namelist() if before.read(name) != after.read(name)]
    assert differ == ["xl/worksheets/sheet1.xml"]
    assert [(i.date_time, i.external_attr, i.compress_type) for i in before.infolist()] == [
        (i.date_time, i.external_attr, i.compress_type) for i in after.infolist()
    ]
    xml = after.read("xl/worksheets/sheet1.xml")
    assert xml.count(b"<sheetCalcPr") == 1
    assert b"<sheetProtection" in xml
    # the XML of everything but the two cells is what it was
    cut = xml.replace(b'<sheetCalcPr fullCalcOnLoad="1"/>', b"")
    for place, number in ((FIRST, b"3.5"), (SECOND, b"2")):
        start = cut.index(f'<c r="{place}"'.encode())
        end = cut.index(b"</c>", start) + 4
        assert b"<v>" + number + b"</v>" in cut[start:end]
        old = before.read("xl/worksheets/sheet1.xml")
        first = old.index(f'<c r="{place}"'.encode())
        cut = cut[:start] + old[first : old.index(b"</c>", first) + 4] + cut[end:]
    assert cut == before.read("xl/worksheets/sheet1.xml")


def test_cells_are_found_however_the_xml_is_written():
    xml = (
        b'<x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c>'
        b"<x:c s='3' t='s' ><x:v>0</x:v></x:c></x:row><x:row r='7'><!-- <c r=\"B7\"/> --><x:c/><x:c r='B7' t='str'><x:v>4 </x:v></x:c>"
        b"<x:c><x:f>B7</x:f><x:v>4</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    changed = edited_sheet(xml, {(0, 1): Decimal("2.50"), (6, 1): "<&\u3000"}).decode()
    assert '<x:c s="3"><x:v>2.5</x:v></x:c>' in changed
    assert (
        '<x:c r="B7" t="inlineStr"><x:is><x:t xml:space="preserve">&lt;&amp;\u3000</x:t></x:is></x:c>'
        in changed
    )
    assert '</x:sheetData><x:sheetCalcPr fullCalcOnLoad="1"/></x:worksheet>' in changed


def test_a_change_that_would_bring_a_new_finding_is_not_made_and_the_others_are():
    """The printed total leaves a text out: as a number, that text would make the total wrong."""
    form = filling(random.Random(7), UNIT, Stage.SELF, deducted=0.2)
    _, places = write(PLAIN, [form])
    maximum, total = places[UNIT.name].maxima["T1.1"], places[UNIT.name].total
    assert total is not None
    column = maximum.rstrip("0123456789")

    def change(sheet: Worksheet) -> None:
        sheet[maximum], sheet[FIRST] = "4分", "4分"
        sheet[f"{column}{total.lstrip('ABCDEFGHIJ')}"] = 96

    changes, copy = mended(filled(change)[0])
    assert (changes[maximum].state, changes[FIRST].state) == (State.REFUSED, State.DONE)
    assert "L209" in str(changes[maximum].refusal)
    sheet = load_workbook(io.BytesIO(copy)).worksheets[0]
    assert (sheet[maximum].value, sheet[FIRST].value) == ("4分", 4)


def test_a_signed_workbook_is_left_alone():
    stream = io.BytesIO(with_score("3.5分"))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("_xmlsignatures/sig1.xml", "<Signature/>")
    changes, copy = mended(stream.getvalue())
    assert changes[FIRST].state is State.REFUSED
    assert "签名" in str(changes[FIRST].refusal)
    assert copy == stream.getvalue()


# ---------------------------------------------------------------------------------------------- whatever comes

DIRTY = (*LOSSLESS, "wide", *GUESSES)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    layouts(),
    fillings(),
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from(DIRTY)), max_size=8),
    st.booleans(),
)
def test_exactly_the_repaired_findings_are_gone(layout, form, dirt, maxima):
    data, places = write(layout, [form])
    place = next(iter(places.values()))
    workbook = load_workbook(io.BytesIO(data))
    sheet = workbook.worksheets[0]
    cells = list((place.maxima if maxima else place.scores).values())
    for n, how in dirt:
        cell = sheet[cells[n % len(cells)]]
        if isinstance(cell.value, (int, float)):
            number = f"{cell.value:g}"
            cell.value = wide(number) if how == "wide" else how.format(number)
    stream = io.BytesIO()
    workbook.save(stream)
    data = stream.getvalue()
    changes, copy = mended(data)
    before, after = process("a.xlsx", data, shipped()), process("a.xlsx", copy, shipped())
    assert [s.items for s in before.sheets] == [s.items for s in after.sheets]
    assert [(s.unit, s.stage, s.dated) for s in before.sheets] == [
        (s.unit, s.stage, s.dated) for s in after.sheets
    ]
    done = {(c.code, c.cell) for c in changes.values() if c.state is State.DONE and c.code}
    gone = told(before.findings) - told(after.findings)
    assert told(after.findings) <= told(before.findings)
    assert set(gone) == done
    assert mended(data) == (changes, copy)  # the same bytes each time


def told(findings: Any) -> Counter[tuple[str, str | None]]:
    """Findings by code and cell; the area of a finding about standard points is taken apart."""
    found: Counter[tuple[str, str | None]] = Counter()
    for one in findings:
        first, _, last = (one.cell or "").partition(":")
        letters = first.rstrip("0123456789")
        rows = range(int(first[len(letters) :]), int(last[len(letters) :]) + 1) if last else ()
        cells = [f"{letters}{row}" for row in rows] if one.code == "L227" and last else [one.cell]
        found.update((one.code, cell) for cell in cells)
    return found
