"""What an experienced reviewer looks for on one form, one test for each irregularity of the domain notes, in its own words.

The numbers are those of the list of irregularities that the rules were written from (1-2, 5-6 and 8-17 concern one sheet,
18-20 one file, 21-22 the files of a folder).
The details and near misses of each code stand in the tests of its family.
"""

import io
import random
from dataclasses import replace
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook

from huitoukan.grid import Look
from huitoukan.intake.extract import extract_sheet
from huitoukan.model import FileStatus, ReadingKind, Stage, Verdict
from huitoukan.output.text import Words
from huitoukan.pipeline import inspect, process
from huitoukan.standing.aggregate import standings
from tests.conftest import DATA, findings_of, grid_of
from tests.support.binary import as_xls
from tests.support.forms import Layout, build, filling, units
from tests.support.renderings import as_csv, as_html, as_spreadsheetml, sheets_of

HEAD = "| 序号 | 检查项目 | 评分标准 | 标准分 | 自评分 | 扣分原因 | 佐证材料 |\n"
ROWS = {
    "T1.1": "| T1.1 | 报表任务 | 各专业报表无漏报 | 4 | {} | {} | 登记簿 |\n",
    "T1.2": "| T1.2 | 普查与抽样 | 按期完成普查、抽样 | 3 | {} | {} | 验收单 |\n",
    "T1.3": "| T1.3 | 单位核实 | 名录核实、新增上报 | 3 | {} | {} | 核实表 |\n",
    "T1.4": "| T1.4 | 计划总结 | 有年度计划、总结 | 2 | {} | {} | 计划 |\n",
}
FIELDS = "单位名称：昔阳县乐平镇 检查阶段：自评 检查日期：2024年5月20日\n检查人员：王伟 单位负责人：李娜 联系电话：0354-3021234"


def sheet(one="4", reason="", two="3", two_reason="", subtotal="12", total="12"):
    """A short township form: four items of one dimension, its subtotal and the total."""
    return (
        HEAD
        + ROWS["T1.1"].format(one, reason)
        + ROWS["T1.2"].format(two, two_reason)
        + ROWS["T1.3"].format("3", "")
        + ROWS["T1.4"].format("2", "")
        + f"| 小计 | | | 12 | {subtotal} | | |\n| 合计 | | | 100 | {total} | | |\n"
    )


@pytest.fixture
def found(campaign):
    """The codes found on a table, by cell; what only the shortness of these forms brings is left out."""

    def found(table, fields=FIELDS, path="a.xlsx"):
        findings = findings_of(grid_of(table, fields), path, campaign)
        return {(f.code, f.cell) for f in findings if f.code != "L204"}

    return found


def test_the_form_itself_is_in_order(found):
    assert found(sheet()) == set()


def test_01_arithmetic(found):
    """合计≠各项之和; 小计≠该维度之和; item > 标准分; negative; 标准分 changed or not adding to 100."""
    assert found(sheet(total="13")) == {("S421", "E7")}
    assert found(sheet(subtotal="11")) == {("S422", "E6")}
    assert ("S405", "E2") in found(sheet(one="5", subtotal="13", total="13"))
    assert ("S404", "E2") in found(sheet(one="-0.5", subtotal="7.5", total="7.5"))
    assert found(sheet().replace("| 4 | 4 |", "| 5 | 4 |")) == {("L207", "D2")}
    swapped = (
        sheet(two="2", two_reason="缺1项")
        .replace("抽样 | 3 | 2 |", "抽样 | 2 | 2 |")
        .replace("总结 | 2 | 2 |", "总结 | 3 | 2 |")
    )
    assert {("L207", "D3"), ("L207", "D5")} <= found(swapped)  # two standard points swapped
    assert found(sheet().replace("| 12 | 12 |", "| 13 | 12 |")) == {("L209", "D6")}


def test_02_steps_tiers_and_deductions(found):
    """Not a multiple of the step / not a listed tier; both 得分 and 扣分 given and 标准分−扣分≠得分."""
    assert found(sheet(one="3.3", reason="漏报", subtotal="11.3", total="11.3")) == {("S407", "E2")}
    assert found(sheet(two="2.5", two_reason="缺页", subtotal="11.5", total="11.5")) == {("S406", "E3")}
    both = "| 序号 | 检查项目 | 标准分 | 扣分 | 自评分 |\n| T1.1 | 报表任务 | 4 | 1 | 3.5 |\n| T1.4 | 计划总结 | 2 | | 2 |\n"
    assert ("S417", "E2") in found(both)


def test_05_self_far_above_the_county_check(found):
    """Self − county check ≥ 10 points or ≥ 30 % of a dimension, within one sheet."""
    head = "| 序号 | 检查项目 | 标准分 | 自评分 | 县级检查得分 |\n"
    rows = "| T2.3 | 统计人员 | 6 | 6 | 0 |\n| T4.2 | 统计台账 | 6 | 6 | 2 |\n"
    fields = FIELDS.replace("自评", "县级检查").replace("5月20日", "6月1日")
    assert ("S431", "E1") in found(head + rows, fields)
    assert ("S432", "E2") in found(head + rows.replace("| 2 |", "| 6 |"), fields)


def test_06_reasons(found):
    """Deduction without 扣分原因; reason present but no deduction; reason naming another township."""
    assert found(sheet(two="2", subtotal="11", total="11")) == {("E501", "F3")}
    assert found(sheet(two_reason="缺验收单")) == {("E503", "F3")}
    other = sheet(two="2", two_reason="皋落镇缺验收单", subtotal="11", total="11")
    assert found(other) == {("E504", "F3")}
    assert found(other.replace("皋落镇缺验收单", "同上")) == {("E502", "F3")}
    assert found(other.replace("皋落镇缺验收单", "缺验收单，扣2分")) == {("E505", "F3")}
    assert found(sheet().replace("验收单 |", "|")) == {("E506", "G3")}  # evidence missing


def test_08_whose_form_it_is(found):
    """Unit missing / not in roster; abolished 2021 name; alias; unit in file name ≠ unit in sheet ≠ folder; county missing."""

    def unit(name, path="a.xlsx"):
        return {code for code, _ in found(sheet(), FIELDS.replace("昔阳县乐平镇", name), path)}

    assert unit("") == {"U301"}
    assert unit("昔阳县东平镇") == {"U302"}
    assert unit("昔阳县西寨乡") & {"U305", "U307"}
    assert unit("乐平") & {"U306"}
    assert unit("昔阳县乐平镇", "祁县/东观镇评分表.xlsx") == {"U304"}
    assert unit("昔阳县乐平镇", "昔阳县/大寨镇.xlsx") == {"U304"}  # the file
    assert unit("昔阳县乐平镇", "祁县.zip/自评/1.xlsx") == {"U304"}  # the folder, be it an archive
    for name in ("北关街道", "西南街道", "城区"):
        assert unit(name) == {"U303"}
        assert not unit(name, "介休市/1.xlsx" if name != "城区" else "昔阳县/1.xlsx") & {"U303", "U302"}
    assert unit("介休市北关街道") == set()


def test_09_signature_and_date_missing(found):
    """Missing signature, stamp, date. A typed “(盖章)” is a label, not a stamp."""
    head = FIELDS.splitlines()[0]
    assert {code for code, _ in found(sheet(), head)} == {"L223"}  # no place for a signature at all
    unsigned = f"{head}\n检查人员： 单位负责人：（签字、盖章） 联系电话："
    assert {code for code, _ in found(sheet(), unsigned)} == {"U331", "U332", "U333"}
    assert {code for code, _ in found(sheet(), FIELDS.replace("2024年5月20日", "  年  月  日"))} == {"U321"}
    assert {code for code, _ in found(sheet(), FIELDS.replace("0354-3021234", "1380013800"))} == {"U334"}
    assert {code for code, _ in found(sheet(), FIELDS.replace("王伟", "同上"))} == {"U335"}


@pytest.mark.parametrize(
    ("written", "code"),
    [("2024年6月1日", "U323"), ("2023年5月20日", "U325"), ("5.20", "U324"), ("2024年5月32日", "U322"), ("五月份", "U322"),
     ("2024.5.20", None), ("20240520", None), ("45432", None)],
)  # fmt: skip
def test_10_dates(found, written, code):
    """Date outside its stage window; formats 2024.5.20, 2024年5月20日, 5.20 (no year), 20240520, Excel serial (45432)."""
    codes = {one for one, _ in found(sheet(), FIELDS.replace("2024年5月20日", written))}
    assert codes == ({code} if code else set())


def test_11_inspector_from_the_unit(found):
    """Inspector = inspected unit's own person."""
    fields = FIELDS.replace("自评", "县级检查").replace("5月20日", "6月1日").replace("李娜", "王伟")
    assert {code for code, _ in found(sheet().replace("自评分", "县级检查得分"), fields)} == {"U336"}


def test_12_another_form(found):
    """Township on the county form or the reverse; old version (other 标准分, other row text); rows added, deleted, reordered."""
    county = "| 序号 | 检查项目 | 标准分 | 自评分 |\n| C1.1 | 常规调查任务 | 4 | 4 |\n| C1.4 | 计划与分工 | 2 | 2 |\n"
    assert "L208" in {code for code, _ in found(county)}
    assert found(sheet().replace("名录核实、新增上报", "名录核实")) == {("L218", "C4")}
    assert found(sheet().replace("单位核实", "企业核实")) == {("L220", "B4")}
    added = (
        sheet()
        .replace("| 小计", "| 特色 | 特色工作 | | 2 | 2 | | |\n| 小计")
        .replace("| 12 | 12 |", "| 12 | 14 |")
    )
    assert ("L206", "B6") in found(added)
    lines = sheet().splitlines(keepends=True)
    assert found("".join([lines[0], lines[2], lines[1], *lines[3:]])) == {("L222", "B2")}


def test_13_layouts(found, campaign):
    """Two-panel layout; merged dimension cells; title and header not in row 1; repeated header; sums inside the body."""
    panels = (
        "| 检查项目 | 标准分 | 自评分 | 检查项目 | 标准分 | 自评分 |\n"
        "| 报表任务 | 4 | 9 | 分管领导 | 3 | 9 |\n| 普查与抽样 | 3 | 3 | 统计人员 | 6 | 6 |\n"
    )
    assert {("L224", "D1"), ("S405", "C2"), ("S405", "F2")} <= found(panels)
    book = Workbook()
    rows = [
        ["统计基层基础工作规范化建设“回头看”评分表"], [],
        ["单位名称：昔阳县乐平镇  检查阶段：自评  检查日期：2024年5月20日"],
        ["检查内容", "检查项目", "标准分", "自评分"],
        ["工作任务", "报表任务", 4, 4], [None, "普查与抽样", 3, 3], ["小计", None, 12, 7],
        ["检查内容", "检查项目", "标准分", "自评分"],
        ["人员配备", "分管领导", 3, 9],
    ]  # fmt: skip
    for row in rows:
        book.active.append(row)
    book.active.merge_cells("A5:A6")
    stream = io.BytesIO()
    book.save(stream)
    result = process("a.xlsx", stream.getvalue(), campaign)
    assert {item.item: item.cell for item in result.sheets[0].items} == {
        "T1.1": "D5",
        "T1.2": "D6",
        "T2.2": "D9",
    }
    assert ("S405", "D9") in {(f.code, f.cell) for f in result.findings}


@pytest.mark.parametrize(
    ("text", "code"),
    [("4分", "S403"), ("４", "S403"), ("'4", "S403"), ("'\u00a04\u3000", "S403"), ("'4\u200b", "S403"), ("3。5", "S408"), ("3,5", "S408"), ("三点五", "S408"),
     ("四分", "S408"), ("-0.5", "S404"), ("3.5/4", "S408"), ("满分", "S408"), ("√", "S408"), ("O", "S408"), ("3 4", "S408"), ("①", "S408"), ("²", "S408"), ("½", "S408"),
     ("90%", "S415"), ("良好", "S402"), ("TRUE", "S402"), ("2024-04-05", "S402"), ("nan", "S402"), ("inf", "S402")],
)  # fmt: skip
def test_14_text_scores(campaign, text, code):
    """Text scores: normalise, keep the raw text, always report; never coerce silently."""
    grid = grid_of(sheet(one=text), FIELDS)
    (finding,) = [f for f in findings_of(grid, "a.xlsx", campaign) if f.cell == "E2"]
    assert (finding.code, finding.value) == (code, grid.cell(1, 4).text)


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [("", ReadingKind.BLANK, "S401"), ("' ", ReadingKind.BLANK, "S401"), ("'\u200b", ReadingKind.BLANK, "S401"), ("0", ReadingKind.NUMBER, None),
     ("/", ReadingKind.NOT_APPLICABLE, "S410"), ("—", ReadingKind.NOT_APPLICABLE, "S410"), ("无", ReadingKind.NOT_APPLICABLE, "S410"),
     ("不适用", ReadingKind.NOT_APPLICABLE, "S410"), ("同上", ReadingKind.DITTO, "S411")],
)  # fmt: skip
def test_15_meaning_of_empties(campaign, text, kind, code):
    """Blank = not filled; 0 = scored zero (needs a reason); / — 无 不适用 = N/A only where allowed; 同上; a space = blank."""
    grid = grid_of(sheet(one=text, reason="未开展"), FIELDS)
    assert extract_sheet("a.xlsx", grid, campaign)[0].sheet.scores[0].reading.kind is kind
    assert [f.code for f in findings_of(grid, "a.xlsx", campaign) if f.cell == "E2"] == (
        [code] if code else []
    )


def test_16_formulas(fires, silent):
    """Formula replaced by a constant; formula without cached value; #REF!; SUM range that skips rows; external links."""
    sums = {"E6": "SUM(E2:E5)", "E7": "E6", "D6": "SUM(D2:D5)"}
    silent("S424", sheet(), fields=FIELDS, formulas=sums)
    fires("S424", sheet(), "E6 '12'", fields=FIELDS, formulas={"E7": "E6"})
    fires("S412", sheet(one="="), "E2", fields=FIELDS)
    fires("S409", sheet(one="#REF!"), "E2 '#REF!'", fields=FIELDS)
    fires(
        "S425",
        sheet(one="0", reason="未开展", subtotal="8", total="8"),
        "E6 '8'",
        fields=FIELDS,
        formulas=sums | {"E6": "SUM(E3:E5)"},
    )
    fires("L225", sheet(), "E2 '4'", fields=FIELDS, formulas={"E2": "[去年.xlsx]表!E2"})


def test_17_what_does_not_show(fires):
    """Hidden rows/columns/sheets, white text, filtered rows, 0.5 shown as 1 by number format, precision 4.4999999."""
    fires("L213", sheet(), "E3:E4", fields=FIELDS, hidden_rows=[3, 4])
    fires("L214", sheet(), "E2:E5", fields=FIELDS, hidden_columns="E")
    fires("L215", sheet(), "", fields=FIELDS, visible=False)
    fires("L216", sheet(), "E2 '4'", fields=FIELDS, looks={"E2": Look(invisible=True)})
    fires("L217", sheet(two=""), "E2:E3", fields=FIELDS, merges=["E2:E3"], covered={"E3": 3.0})
    fires("S416", sheet(one="0.5", reason="漏报"), "E2 '0.5'", fields=FIELDS, looks={"E2": Look(decimals=0)})
    fires(
        "S416",
        sheet(one="3.4999999", reason="漏报"),
        "E2 '3.4999999'",
        fields=FIELDS,
        looks={"E2": Look(decimals=1)},
    )


def test_20_several_forms_in_one_workbook(campaign):
    """One workbook, many townships (a sheet each), or one long sheet of stacked forms; leftover Sheet2; sheet name ≠ unit inside."""

    def form(unit):
        rows = [
            ["评分表"],
            [FIELDS.splitlines()[0].replace("乐平镇", unit)],
            ["检查项目", "标准分", "自评分"],
        ]
        return [*rows, ["报表任务", 4, 4], ["普查与抽样", 3, 3], [FIELDS.splitlines()[1]]]

    def read(**sheets):
        book = Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        stream = io.BytesIO()
        book.save(stream)
        result = process("a.xlsx", stream.getvalue(), campaign)
        units = [(sheet.sheet, sheet.unit) for sheet in result.sheets if sheet.unit]
        return units, {(f.code, f.sheet) for f in result.findings if f.code not in ("L204", "S423")}

    units, codes = read(乐平镇=form("乐平镇"), 皋落镇=form("皋落镇"), Sheet2=[["草稿"]])
    assert (units, codes) == ([("乐平镇", "140724100"), ("皋落镇", "140724101")], {("L210", "Sheet2")})
    units, codes = read(表=[*form("乐平镇"), *form("皋落镇")])
    assert (units, codes) == ([("表", "140724100"), ("表", "140724101")], {("L229", "表")})
    units, codes = read(乐平镇=form("皋落镇"))
    assert (units, codes) == ([("乐平镇", "140724101")], {("U304", "乐平镇")})


@pytest.fixture
def said(campaign):
    """What is said of a file, by code, and whether its scores were read."""

    def said(path, data):
        result = process(path, data, campaign)
        return {f.code: Words("zh").message(f) for f in result.findings}, bool(result.sheets)

    return said


def test_18_names_that_say_nothing(said):
    """.et from WPS: OLE/BIFF8 content; also an encrypted xlsx is OLE. Same for .xls that is really HTML, CSV or xlsx."""
    form = (DATA / "inbox/dirty/4_沾尚镇.xlsx").read_bytes()
    worksheet = sheets_of(form)[0]
    biff = as_xls(worksheet)
    for path in ("a.xls", "a.et"):
        findings, read = said(path, biff)
        assert read
        assert "F105" not in findings
    for path, data, kind in (
        ("a.xlsx", biff, "xls 工作簿"),
        ("a.xls", form, "xlsx 工作簿"),
        ("a.et", form, "xlsx 工作簿"),
        ("a.ods", form, "xlsx 工作簿"),
        ("a.xls", as_html(worksheet), "网页（HTML）"),
        ("a.xls", as_csv(worksheet), "文本表格（CSV）"),
        ("a.xls", as_spreadsheetml([worksheet]), "2003 版 XML 表格"),
    ):
        findings, read = said(path, data)
        assert read, (path, kind)
        assert kind in findings["F105"]
    findings, read = said("a.xls", (DATA / "encrypted.xlsx").read_bytes())
    assert "加了密码" in findings["F102"]
    assert not read


def test_19_files_that_cannot_be_read(said, tmp_path, campaign):
    """Encrypted or write-protected workbook; zero-byte or truncated; lock files skipped with a note; zip/rar inside."""
    form = (DATA / "inbox/dirty/4_沾尚镇.xlsx").read_bytes()
    xls = as_xls(sheets_of(form)[0])
    assert said("a.xls", as_xls(sheets_of(form)[0], password="secret"))[0].keys() == {"F102"}
    assert said("a.xls", as_xls(sheets_of(form)[0], password="VelvetSweatshop"))[1]  # only write-protected
    assert said("a.xlsx", b"")[0] == {"F103": "文件是空的（0 字节）。"}
    for data in (form[: len(form) * 2 // 3], xls[: len(xls) * 2 // 3]):
        assert said("a.xlsx", data)[0] == {"F101": "文件打不开：文件不完整，可能只拷贝了一部分。"}
    assert said("报送.rar", b"Rar!\x1a\x07\x01\x00")[0].keys() == {"F108"}
    for name in ("~$a.xlsx", ".~a.et", ".DS_Store", "Thumbs.db"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "x.xlsx").mkdir()
    (tmp_path / "x.xlsx" / "a.xls").write_bytes(xls)
    files = {file.path: file for file in inspect(tmp_path, campaign, jobs=1).files}
    assert {path for path, file in files.items() if file.status is FileStatus.SKIPPED} == {
        "~$a.xlsx", ".~a.et", ".DS_Store", "Thumbs.db",
    }  # fmt: skip
    assert files["x.xlsx/a.xls"].sheets
    assert "x.xlsx" not in files


def form(scores=None):
    """A filled form of 昔阳县乐平镇 as a workbook; `scores` changes some of its points."""
    own = filling(
        random.Random(21), next(u for u in units() if u.code == "140724100"), Stage.SELF, deducted=0
    )
    return build(Layout(), [replace(own, scores=dict(own.scores) | (scores or {}))])[0]


@pytest.fixture
def folder(campaign, tmp_path):
    """The codes C6xx beside the self-assessments that were not sent, by file, and what became of 乐平镇."""

    def folder(files):
        home = tmp_path / str(len(list(tmp_path.iterdir())))
        for path, data in files.items():
            (home / path).parent.mkdir(parents=True, exist_ok=True)
            (home / path).write_bytes(data)
        inspection = inspect(home, campaign.limited_to("昔阳县"), jobs=1)
        found = {(f.code, f.file) for f in inspection.coverage if f.file is not None and f.code[0] == "C"}
        (county,) = standings(inspection.by_unit, inspection.campaign)
        (own,) = (one for one in county.townships if one.unit.code == "140724100")
        return found, own.verdict

    return folder


NAMES = ("终稿", "最终版", "final", "(1)", "副本", "修改2", "20240525")


@pytest.mark.parametrize("name", NAMES)
def test_21_duplicates(folder, name):
    """终稿, 最终版, final, (1), 副本, 修改2, 日期后缀: prefer none silently; same bytes = I, different scores = E."""
    plain, named = "昔阳县/乐平镇.xlsx", f"昔阳县/乐平镇 {name}.xlsx"
    full, worse = form(), form({"T1.4": Decimal(0)})
    assert folder({plain: full, named: full}) == ({("C604", max(plain, named))}, Verdict.PASS)
    for files in ({plain: full, named: worse}, {plain: worse, named: full}):
        assert folder(files) == ({("C603", min(plain, named))}, Verdict.PENDING)
    resaved = load_workbook(io.BytesIO(full))
    resaved.properties.creator = "别人"
    stream = io.BytesIO()
    resaved.save(stream)
    found, verdict = folder({plain: full, named: stream.getvalue()})
    assert (found, verdict) == ({("C605", max(plain, named))}, Verdict.PASS)


@pytest.mark.parametrize(
    "path",
    ["评分表.xls", "评分表（乐平镇）.xlsx", "评分表(乐平镇) .xlsx", " 乐平镇　自评 表.xlsx", "乐平.xlsx", "新建 Microsoft Excel 工作表.xlsx",
     "昔 阳 县 乐 平 镇.xlsx", "01.xlsx", "自评材料.eml/评分表.xls", "昔阳县.zip/自评/乐平镇.xlsx"],
)  # fmt: skip
def test_22_file_names(campaign, path):
    """评分表.xls from everyone; full-width brackets; spaces; county missing. Identity must come from the sheet first."""
    named = extract_sheet(path, grid_of(sheet(), FIELDS), campaign)[0].sheet
    assert (named.unit.unit, named.unit.contradictions) == ("140724100", ())
    blank = extract_sheet(path, grid_of(sheet(), FIELDS.replace("昔阳县乐平镇", "")), campaign)[0].sheet
    assert blank.unit.unit == ("140724100" if "乐" in path else None)  # the name is asked only then
