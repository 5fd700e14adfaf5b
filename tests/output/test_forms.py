"""Blank forms: what stands on them, what may be changed, and that every legal filling is read back."""

import io
import random
import re
import shutil
import subprocess
import time
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from huitoukan.campaign.campaign import DATA, Campaign, load_campaign
from huitoukan.grid import Grid
from huitoukan.intake import stamp
from huitoukan.model import FileResult, Level, ScoreState, Severity, SheetKind, Stage
from huitoukan.output.form_entry import LONGEST_TEXT, LONGEST_TITLE, deduction_formula
from huitoukan.output.form_page import lines_of
from huitoukan.output.forms import blank_forms, workbook_of
from huitoukan.output.text import Words
from huitoukan.pipeline import process
from tests.support.forms import Filled, filling, fillings, full_name, items, shipped

HEADER = 3  # the row of the table's header
FIRST = HEADER + 1
UNITS = {Level.COUNTY: "140724", Level.TOWNSHIP: "140724100"}
OPEN_COLUMNS = "FGHI"  # score, reason, evidence, remark


def blank(unit: str, stage: Stage = Stage.SELF, campaign: Campaign | None = None, lang: str = "zh") -> bytes:
    campaign = campaign or shipped()
    [form] = [one for one in blank_forms(campaign, stage, optional=True) if one.unit.code == unit]
    return workbook_of(form, campaign, Words(lang))


def sheet_of(data: bytes) -> Worksheet:
    return load_workbook(io.BytesIO(data))["评分表"]


def item_rows(sheet: Worksheet, level: Level) -> dict[str, int]:
    ids = {item.id for item in items(level)}
    return {str(row[0].value): row[0].row for row in sheet.iter_rows() if row[0].value in ids}


def beside(sheet: Worksheet, label: str) -> str:
    """The address of the cell to the right of a label."""
    [cell] = [
        c for row in sheet.iter_rows() for c in row if isinstance(c.value, str) and c.value.startswith(label)
    ]
    area = next((m for m in sheet.merged_cells.ranges if cell.coordinate in m), None)
    right = (area.max_col if area else cell.column) + 1
    return sheet.cell(cell.row, right).coordinate


def filled(data: bytes, form: Filled, not_applicable: frozenset[str] = frozenset()) -> bytes:
    """The blank form filled in as a person would: only cells that are open, nothing else."""
    workbook = load_workbook(io.BytesIO(data))
    sheet = workbook["评分表"]

    def enter(address: str, value: object) -> None:
        assert not sheet[address].protection.locked, address
        sheet[address] = value

    for item, row in item_rows(sheet, form.unit.level).items():
        if item in not_applicable:
            enter(f"F{row}", "不适用")
            continue
        enter(f"F{row}", float(form.scores[item]))
        enter(f"G{row}", form.reasons.get(item))
        enter(f"H{row}", "见附件")
    enter(beside(sheet, "检查日期"), datetime.combine(form.date, datetime.min.time()))
    enter(beside(sheet, "检查人员"), "张建国、李秀英")
    enter(beside(sheet, "被检查单位负责人签字"), "王志强")
    enter(beside(sheet, "联系电话"), "0354-4123456")
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def assert_reads_back(result: FileResult, form: Filled) -> None:
    assert [found for found in result.findings if found.severity is Severity.ERROR] == []
    [sheet] = [sheet for sheet in result.sheets if sheet.kind is SheetKind.SCORE]
    assert (sheet.unit, sheet.stage, sheet.level) == (form.unit.code, form.stage, form.unit.level)
    assert sheet.dated == form.date
    assert {i.item: (i.state, i.value) for i in sheet.items} == {
        item: (ScoreState.SCORED, score) for item, score in form.scores.items()
    }


# -------------------------------------------------------------------------------- which forms, and where


def test_every_required_unit_gets_one_and_optional_ones_on_demand():
    roster = shipped().roster.units
    required = blank_forms(shipped(), Stage.SELF)
    assert {form.unit.code for form in required} == {unit.code for unit in roster.values() if unit.required}
    everybody = blank_forms(shipped(), Stage.SELF, optional=True)
    assert {form.unit.code for form in everybody} == set(roster)
    assert len({form.path.casefold() for form in everybody}) == len(roster)


def test_county_and_level_choose():
    forms = blank_forms(shipped(), Stage.COUNTY, county="140724", level=Level.COUNTY)
    assert [form.path for form in forms] == ["县级检查/昔阳县/县级检查-昔阳县-昔阳县统计局.xlsx"]
    forms = blank_forms(shipped(), Stage.SELF, county="140724", level=Level.TOWNSHIP)
    assert "自评/昔阳县/自评-昔阳县-乐平镇.xlsx" in {form.path for form in forms}
    assert {form.unit.level for form in forms} == {Level.TOWNSHIP}


def test_names_that_windows_does_not_take(tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "code,name,level,county,kind,required,variants,aliases\n"
        "140724,昔阳县统计局,county,140724,县级,yes,,\n"
        '140724100,"=乐/平:镇?",township,140724,镇,yes,,\n'
        "140724101,乐／平：镇？,township,140724,镇,yes,,\n"
        "140724102,=乐／平：镇？,township,140724,镇,yes,,\n"
        "140724103,尾点. .,township,140724,镇,yes,,\n",
        encoding="utf-8",
    )
    text = (DATA / "campaign.yaml").read_text(encoding="utf-8")
    text = text.replace("units: shipped", "units: roster.csv").replace(
        "former_names: shipped", "former_names: null"
    )
    # It names counties that this roster has not.
    text = re.sub(r"^county_map:\n(?:[ ].*\n)+", "", text, flags=re.M)
    (tmp_path / "campaign.yaml").write_text(text, encoding="utf-8")
    campaign = load_campaign(tmp_path / "campaign.yaml", DATA / "rubric.yaml")
    forms = blank_forms(campaign, Stage.SELF)
    names = [form.path.split("/") for form in forms]
    assert all(len(parts) == 3 for parts in names)
    assert not any(re.search(r'[<>:"\\|?*]|[. ]$', part) for parts in names for part in parts)
    assert len({form.path for form in forms}) == 5
    strange = next(form for form in forms if form.unit.code == "140724100")
    workbook = load_workbook(io.BytesIO(workbook_of(strange, campaign, Words())))
    assert not [
        c
        for row in workbook["评分表"].iter_rows()
        for c in row[
            :9
        ]  # behind them stand the checks, which have texts of the roster in none of their formulas
        if c.data_type == "f" and "SUM" not in c.value
    ]
    formulas = [
        c.value for row in workbook["评分表"].iter_rows(min_col=10) for c in row if c.data_type == "f"
    ]
    assert formulas
    assert not any("乐" in formula for formula in formulas)


@pytest.mark.parametrize("unit", sorted(shipped().roster.units))
def test_every_blank_form_is_recognised(unit):
    campaign = shipped()
    [form] = [one for one in blank_forms(campaign, Stage.SELF, optional=True) if one.unit.code == unit]
    result = process(form.path, workbook_of(form, campaign, Words()), campaign)
    unfilled = {"S413", "U321", "U331", "U332", "U333"}  # scores, date and signatures: nothing else
    assert {found.code for found in result.findings} == unfilled
    [sheet] = [sheet for sheet in result.sheets if sheet.kind is SheetKind.SCORE]
    assert (sheet.unit, sheet.stage, sheet.level) == (unit, Stage.SELF, form.unit.level)
    assert [i.item for i in sheet.items] == [item.id for item in items(form.unit.level)]


# -------------------------------------------------------------------------------- bytes


def test_the_same_input_gives_the_same_bytes():
    first = blank(UNITS[Level.TOWNSHIP])
    time.sleep(2.1)  # a zip counts in steps of two seconds
    assert blank(UNITS[Level.TOWNSHIP]) == first
    archive = zipfile.ZipFile(io.BytesIO(first))
    assert {info.date_time for info in archive.infolist()} == {(2024, 5, 10, 0, 0, 0)}
    assert archive.testzip() is None
    core = archive.read("docProps/core.xml").decode("utf-8")
    assert re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core) == ["2024-05-10T00:00:00Z"] * 2


# -------------------------------------------------------------------------------- what stands on it


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("stage", Stage)
def test_structure(level, stage):
    sheet = sheet_of(blank(UNITS[level], stage))
    rubric, form = shipped().rubric.level(level), shipped().rubric.form
    assert sheet["A1"].value == f"统计基层基础工作规范化建设“回头看”评分表（{rubric.title}）"
    assert [c.value for c in sheet[HEADER]][:10] == [
        "序号", "检查内容", "检查项目", "评分标准", "标准分", form.columns.of_stage(stage).label,
        "扣分原因", "佐证材料", "备注", "校验",
    ]  # fmt: skip
    rows = item_rows(sheet, level)
    for item in rubric.items():
        values = [c.value for c in sheet[rows[item.id]]]
        assert (values[2], *values[4:6]) == (item.title, float(item.maximum), None)
        assert values[3].startswith(item.criterion)
    unit = shipped().roster.units[UNITS[level]]
    assert sheet[beside(sheet, "单位名称")].value == full_name(unit)
    assert sheet[beside(sheet, "检查阶段")].value == shipped().settings.stages[stage].title
    day = sheet[beside(sheet, "检查日期")]
    assert (day.value, day.number_format) == (None, 'yyyy"年"m"月"d"日"')
    assert sheet[beside(sheet, "联系电话")].number_format == "@"
    labels = [row[0].value for row in sheet.iter_rows(min_row=FIRST)]
    assert labels.count("小计") == len(rubric.dimensions)
    assert labels.count("合计") == 1


@pytest.mark.parametrize("level", Level)
def test_sums_cover_exactly_their_items(level):
    sheet = sheet_of(blank(UNITS[level]))
    rows = item_rows(sheet, level)
    by_row = {row: item for item, row in rows.items()}
    subtotals = []
    for row in sheet.iter_rows(min_row=FIRST):
        if row[0].value not in ("小计", "合计"):
            continue
        for column in "EF":
            formula = sheet[f"{column}{row[0].row}"].value
            parts = re.fullmatch(r"=SUM\((.*)\)", formula)[1].split(",")
            added = [
                r for part in parts for r in range(range_boundaries(part)[1], range_boundaries(part)[3] + 1)
            ]
            assert {part[0] for part in parts} == {column}
            if row[0].value == "合计":
                assert added == subtotals
            else:
                dimension = next(
                    d
                    for d in shipped().rubric.level(level).dimensions
                    if by_row[added[0]] in {i.id for i in d.items}
                )
                assert [by_row[r] for r in added] == [item.id for item in dimension.items]
        subtotals.append(row[0].row)


@pytest.mark.parametrize("level", Level)
def test_only_entries_can_be_changed(level):
    sheet = sheet_of(blank(UNITS[level]))
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert not sheet.protection.formatRows
    assert not sheet.protection.formatColumns
    wanted = {f"{c}{row}" for row in item_rows(sheet, level).values() for c in OPEN_COLUMNS}
    for label in ("检查日期", "检查人员", "被检查单位负责人签字", "联系电话"):
        place = beside(sheet, label)
        area = next((m for m in sheet.merged_cells.ranges if place in m), None)
        wanted |= {c.coordinate for row in sheet[area.coord] for c in row} if area else {place}
    found = {c.coordinate for row in sheet.iter_rows() for c in row if not c.protection.locked}
    assert found == wanted


def test_the_page():
    sheet = sheet_of(blank(UNITS[Level.COUNTY]))
    setup = sheet.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight) == ("landscape", 9, 1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == f"${HEADER}:${HEADER}"
    assert sheet.freeze_panes == f"A{FIRST}"
    assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
    [page] = sheet.row_breaks.brk
    assert sheet.cell(page.id, 1).value == "小计"  # a dimension is not torn apart


def test_item_rows_grow_with_what_is_written():
    archive = zipfile.ZipFile(io.BytesIO(blank(UNITS[Level.COUNTY])))
    xml = archive.read("xl/worksheets/sheet1.xml").decode("utf-8")
    rows = {int(n): more for n, more in re.findall(r'<row r="(\d+)"([^>]*)>', xml)}
    items_ = set(item_rows(sheet_of(blank(UNITS[Level.COUNTY])), Level.COUNTY).values())
    assert all('ht="' in more for more in rows.values())
    assert {row for row, more in rows.items() if "customHeight" not in more} == items_


def test_the_stamp_reads_back():
    workbook = load_workbook(io.BytesIO(blank("140702401", Stage.CITY)))
    hidden = workbook[stamp.SHEET]
    assert hidden.sheet_state == "veryHidden"
    grid = Grid(stamp.SHEET, [list(row) for row in hidden.iter_rows(values_only=True)])
    assert stamp.read_stamp(grid) == stamp.Stamp(
        "jinzhong-2024", "2024.1", "jinzhong-2024", "140702401", Stage.CITY, Level.COUNTY
    )
    assert workbook.sheetnames == ["评分表", "填报说明", stamp.SHEET]
    assert workbook.calculation.fullCalcOnLoad


def test_hints_speak_english_and_labels_do_not():
    chinese, english = (
        sheet_of(blank(UNITS[Level.TOWNSHIP])),
        sheet_of(blank(UNITS[Level.TOWNSHIP], lang="en")),
    )
    assert [c.value for c in chinese[HEADER]] == [c.value for c in english[HEADER]]
    prompts = [v.error for v in english.data_validations.dataValidation if v.type in ("list", "custom")]
    assert all("Allowed" in prompt for prompt in prompts)


# -------------------------------------------------------------------------------- what may be entered


def validations(sheet: Worksheet) -> Mapping[str, object]:
    return {str(v.sqref): v for v in sheet.data_validations.dataValidation}


@pytest.mark.parametrize("code", [*UNITS.values(), "140702401"])
def test_every_entry_has_its_validation(code):
    unit = shipped().roster.units[code]
    sheet = sheet_of(blank(code))
    found = validations(sheet)
    for item in items(unit.level):
        one = found[f"F{item_rows(sheet, unit.level)[item.id]}"]
        extra = ["不适用"] if item.allows_not_applicable(code) else []
        if item.mode.value == "deduct":
            assert one.type == "custom"
            assert one.formula1.endswith(',"不适用")' if extra else ",FALSE)")
        else:
            assert one.type == "list"
            entries = one.formula1.strip('"').split(",")
            assert entries == [f"{p:f}".removesuffix(".0") for p in item.choices()] + extra
        assert item.title in one.promptTitle
        assert item.criterion in one.prompt
        assert "可填" in one.error
        assert one.showErrorMessage
        assert one.errorStyle in (None, "stop")
    window = shipped().settings.stages[Stage.SELF].window
    day = found[beside(sheet, "检查日期")]
    serials = [(d - date(1899, 12, 30)).days for d in (window.start, window.end)]
    assert (day.type, [int(day.formula1), int(day.formula2)]) == ("date", serials)
    assert "2024年5月10日" in day.error
    for one in found.values():
        assert all(len(t or "") <= LONGEST_TITLE for t in (one.promptTitle, one.errorTitle))
        assert all(len(t or "") <= LONGEST_TEXT for t in (one.prompt, one.error, one.formula1))


FUNCTIONS = {
    "IF": lambda test, yes, no: yes if test else no,
    "ISNUMBER": lambda value: isinstance(value, float),
    "AND": lambda *all_: all(all_), "OR": lambda *any_: any(any_),
    "ABS": abs, "ROUND": round, "FALSE": False,
}  # fmt: skip


def accepts(formula: str, value: float) -> bool:
    """What a spreadsheet program makes of the formula for a number in the cell X1."""
    return eval(re.sub(r"(?<![<>])=", "==", formula), {}, FUNCTIONS | {"X1": value})


@given(
    st.decimals(0, 30, places=2).filter(bool), st.decimals("0.05", 5, places=2),
    st.integers(0, 40), st.decimals(-1, 31, places=3),
)  # fmt: skip
def test_the_formula_for_deductions_takes_exactly_the_legal_scores(maximum, step, times, other):
    known = next(item for item in items(Level.TOWNSHIP) if item.mode.value == "deduct")
    item = known.model_copy(
        update={
            "max_points": known.max_points.model_copy(update={"value": maximum}),
            "step": known.step.model_copy(update={"value": step}),
        }
    )
    formula = deduction_formula(item, "X1", None)
    assert len(formula) <= 255
    noisy = float(maximum) - sum([float(step)] * times)  # as a spreadsheet program would work it out
    assert accepts(formula, noisy) == (Decimal(str(round(noisy, 6))) >= 0)
    for value in (other, maximum, Decimal(0), maximum + step, -step):
        assert accepts(formula, float(value)) == (0 <= value <= maximum and item.allows(value)), value


# -------------------------------------------------------------------------------- rubrics of the analyst


def edited_rubric(folder: Path) -> Path:
    """A township rubric of two strange dimensions; the rest of the file as shipped."""
    text = (DATA / "rubric.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    assumed = {"basis": "assumed", "source": "A"}

    def item(number: str, title: str, **more: object) -> dict[str, object]:
        common = {"id": number, "title": title, "criterion": "", "max_points": {"value": 50, **assumed}}
        return common | {"mode": {"value": "yesno", **assumed}} | more

    tiers = [50 - n / 4 for n in range(200)] + [0]
    data["levels"]["township"]["dimensions"] = [
        {"id": "1", "title": "这个维度的名称特别长长到一格放不下的程度" * 2, "max_points": 50, "items": [
            item("1.1", "=1+1", criterion="=HYPERLINK(\"x\")" + "很长的评分标准，" * 80, na_allowed=True,
                 mode={"value": "tiers", **assumed}, tiers={"value": tiers, **assumed})]},
        {"id": "2", "title": "@二", "max_points": 50, "items": [
            item("2.1", "扣", max_points={"value": 49.9, **assumed}, mode={"value": "deduct", **assumed},
                 step={"value": 0.3, "per": "处", **assumed}, criterion="-1"),
            item("2.2", "#N/A", max_points={"value": 0.1, **assumed}, evidence=["册"])]},
    ]  # fmt: skip
    data["form"]["not_applicable"] = ["不适用,无", *data["form"]["not_applicable"]]
    path = folder / "rubric.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("item", "printed"),
    [
        ("T1.1", "各专业报表无漏报（每项扣 0.5）"),
        ("T1.2", "按期完成普查、抽样（3、2、1 或 0）"),
        ("T2.2", "文件明确分管领导（3 或 0）"),
        ("T2.3", "≥2人且专职≥1 6; 专职1人 4; 仅兼职 2; 无 0"),  # it tells the points itself
        ("T4.4", "迟报每次0.5"),
    ],
)
def test_the_printed_criterion_tells_the_points(item, printed):
    sheet = load_workbook(io.BytesIO(blank("140724100")))["评分表"]
    assert {row[0].value: row[3].value for row in sheet.iter_rows()}[item] == printed


def test_an_edited_rubric_makes_a_form_too(tmp_path):
    campaign = load_campaign(None, edited_rubric(tmp_path))
    data = blank("140724100", campaign=campaign)
    workbook = load_workbook(io.BytesIO(data))
    sheet = workbook["评分表"]
    texts = {c.value: c for row in sheet.iter_rows() for c in row if isinstance(c.value, str)}
    for item in campaign.rubric.level(Level.TOWNSHIP).items():
        for text in filter(None, (item.title, item.criterion)):
            (cell,) = (
                cell
                for value, cell in texts.items()
                if re.sub("（[^（]*）$", "", value) == text or value == text
            )
            assert cell.data_type == "s"
    assert texts["=1+1"].quotePrefix
    for row in sheet.iter_rows(min_row=FIRST):
        height = sheet.row_dimensions[row[0].row].height
        if isinstance(row[3].value, str) and row[0].value:
            width = sheet.column_dimensions["D"].width * 6
            assert height >= 15 * lines_of(row[3].value, width)
    kept = validations(sheet)[f"F{FIRST}"]
    assert kept.formula1 == "'_huitoukan'!$D$1:$D$202"
    assert workbook["_huitoukan"]["D1"].value == 50
    assert workbook["_huitoukan"]["D202"].value == "不适用,无"
    result = process("a.xlsx", data, campaign)
    assert {found.code for found in result.findings} == {"S413", "U321", "U331", "U332", "U333"}
    assert [len(s.items) for s in result.sheets] == [3]


# -------------------------------------------------------------------------------- reading back


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("stage", Stage)
def test_any_legal_filling_is_read_back(level, stage):
    unit = shipped().roster.units[UNITS[level]]
    data = blank(unit.code, stage)

    @settings(max_examples=12, deadline=None, derandomize=True)
    @given(fillings(unit, stage))
    def check(form: Filled) -> None:
        assert_reads_back(process("a.xlsx", filled(data, form), shipped()), form)

    check()


def test_not_applicable_is_read_back():
    unit = shipped().roster.units["140702401"]
    form = filling(random.Random(1), unit, Stage.SELF)
    data = filled(blank(unit.code), form, frozenset({"C2.1"}))
    result = process("a.xlsx", data, shipped())
    assert [found for found in result.findings if found.severity is Severity.ERROR] == []
    states = {i.item: i.state for sheet in result.sheets for i in sheet.items}
    assert states["C2.1"] is ScoreState.NOT_APPLICABLE


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_libreoffice_keeps_what_was_filled_in(tmp_path, kind):
    rng = random.Random(kind)
    forms = {
        f"{stage}-{unit}": filling(rng, shipped().roster.units[unit], stage)
        for unit in (*UNITS.values(), "140702001")
        for stage in Stage
    }
    sources = []
    for name, form in forms.items():
        source = tmp_path / "filled" / f"{name}.xlsx"
        source.parent.mkdir(exist_ok=True)
        source.write_bytes(filled(blank(form.unit.code, form.stage), form))
        sources.append(str(source))
    profile = (tmp_path / "profile").as_uri()
    command = [
        "soffice",
        f"-env:UserInstallation={profile}",
        "--headless",
        "--norestore",
        "--convert-to",
        kind,
    ]
    subprocess.run(
        [*command, "--outdir", str(tmp_path / "saved"), *sources],
        check=True,
        capture_output=True,
        timeout=300,
    )
    for name, form in forms.items():
        data = (tmp_path / "saved" / f"{name}.{kind}").read_bytes()
        result = process(f"a.{kind}", data, shipped())
        assert_reads_back(result, form)
        # The program worked the sums out: a total is there, and it is right.
        assert not {"S421", "S422", "S423", "L209"} & {found.code for found in result.findings}
