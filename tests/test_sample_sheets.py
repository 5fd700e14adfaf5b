"""Exactly the planted problems of sample_sheets/ are found, each at its cell, and the verdicts are those it promises."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from huitoukan.campaign.campaign import load_campaign
from huitoukan.cli.validate import summary_line
from huitoukan.model import FileStatus, ScoreState, SheetKind, Stage, Verdict
from huitoukan.output.text import Words
from huitoukan.phrase import plain
from huitoukan.pipeline import inspect
from huitoukan.standing.aggregate import standings

SAMPLES = Path(__file__).parents[1] / "sample_sheets"
WORKBOOKS = {".xlsx", ".xls", ".et", ".ods", ".csv"}
VERDICTS = {Verdict.PASS: "达标", Verdict.FAIL: "未达标", Verdict.PENDING: "待定"}
DOCUMENTS = {
    "县级检查/和顺县/和顺县县级检查总结报告.pdf",
    "县级检查/左权县/左权县县级检查总结报告.docx",
    "县级检查/榆社县/榆社县县级检查总结报告.docx",
    "县级检查/榆社县/归档资料/乡镇统计员培训签到.pdf",
    "县级检查/榆社县/归档资料/检查组名单和检查安排.docx",
    "县级检查/榆社县/归档资料/榆社县“回头看”实施细则.docx",
    "县级检查/榆社县/归档资料/统计法宣传活动.pdf",
}
STAGES = {Stage.SELF: "自评", Stage.COUNTY: "县级检查", Stage.CITY: "市级检查"}


@pytest.fixture(scope="module")
def inspection():
    return inspect(SAMPLES, load_campaign(SAMPLES / "campaign.yaml"))


def table(head: str) -> Iterator[tuple[str, ...]]:
    """The rows of the table of the README with a header."""
    lines = (SAMPLES / "README.md").read_text(encoding="utf-8").splitlines()
    for line in lines[lines.index(head) + 2 :]:
        if not line.startswith("|"):
            break
        yield tuple(part.strip().strip("`") for part in line.strip("|").split("|"))


def planted() -> set[tuple[str, str, str, str]]:
    """What the README lists: file, sheet, cell (or the unit, where it is about the whole folder), code."""
    rows = set()
    for n, (file, sheet, cell, code, words) in enumerate(table("| 文件 | 工作表 | 单元格 | 代码 | 说明 |")):
        unit = "" if file else words.partition("（")[2].partition("）")[0]
        rows.add((file, sheet, cell or unit, code))
        assert len(rows) == n + 1, f"{file} {sheet} {cell} {code} stands twice"
    return rows


def test_exactly_the_planted_problems(inspection):
    found = [
        (f.file or "", f.sheet or "", f.cell or (f.unit if f.file is None else "") or "", f.code)
        for f in inspection.findings
    ]
    assert sorted(found) == sorted(planted())


def test_most_codes_are_shown():
    codes = {code for _, _, _, code in planted()}
    assert len(codes) >= 40
    assert {code[0] for code in codes} == set("FLUSECQI")
    words = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert f"{len(planted())}处，{len(codes)}种问题代码" in words


def test_what_blocks_is_what_keeps_a_sheet_from_counting(inspection):
    campaign = inspection.campaign
    for file in inspection.files:
        for sheet in file.sheets:
            if sheet.kind is not SheetKind.SCORE:
                continue
            blocked = any(f.blocks and f.sheet == sheet.sheet and f.code[0] != "C" for f in file.findings)
            items = {score.item: score for score in sheet.items}
            placed = sheet.unit is not None and sheet.stage is not None
            counts = placed and campaign.roster.units[sheet.unit].level is sheet.level
            for item in campaign.rubric.level(sheet.level).items():
                score = items.get(item.id)
                counts &= score is not None and (
                    (score.state is ScoreState.SCORED and 0 <= score.value <= item.maximum)
                    or (score.state is ScoreState.NOT_APPLICABLE and item.allows_not_applicable(sheet.unit))
                )
            assert counts is not blocked, (file.path, sheet.sheet)


def test_verdicts(inspection):
    counties = standings(inspection.by_unit, inspection.campaign)
    verdicts = {inspection.campaign.roster.county_name(c.unit.code): c.verdict for c in counties}
    assert verdicts == {"榆社县": Verdict.FAIL, "左权县": Verdict.PASS, "和顺县": Verdict.PENDING}


def test_every_unit_is_judged_as_the_readme_says(inspection):
    roster = inspection.campaign.roster
    counties = standings(inspection.by_unit, inspection.campaign)
    judged = set()
    for one in (unit for county in counties for unit in (county, *county.townships)):
        # The verdict of a county is not that of its bureau alone.
        verdict = "" if one.townships else VERDICTS[one.verdict]
        basis, score = STAGES[one.basis] if one.basis else "", "" if one.score is None else plain(one.score)
        judged.add((roster.full_name(one.unit.code), basis, score, verdict))
    promised = {
        (name, basis, score, "" if name.endswith("统计局") else verdict)
        for name, basis, score, verdict, _ in table("| 单位 | 依据 | 得分 | 结论 | 理由 |")
    }
    assert judged == promised


def test_every_workbook_is_read_or_planted_not_to_be(inspection):
    statuses = {f.path: f.status for f in inspection.files}
    unread = {
        path for path, status in statuses.items() if status in (FileStatus.UNREADABLE, FileStatus.ENCRYPTED)
    }
    codes = {code: {file for file, _, _, c in planted() if c == code} for _, _, _, code in planted()}
    assert unread == codes["F101"] | codes["F102"] | codes["F103"] | codes["F107"]
    assert {path for path, status in statuses.items() if status is FileStatus.SKIPPED} == {
        "README.md",
        "campaign.yaml",
        "县级检查/榆社县/~$榆社县县级检查汇总.xlsx",
        "自评/左权县/左权县自评情况说明.docx",
        "去年结果/results.json",
        *DOCUMENTS,
        *codes["F108"],
        *codes["F112"],
    }
    assert {path for path, status in statuses.items() if status is FileStatus.NOT_A_FORM} == codes["F106"]
    workbooks = {p for p in statuses if Path(p).suffix in WORKBOOKS and not Path(p).name.startswith("~$")}
    assert {Path(path).suffix for path in workbooks} == WORKBOOKS
    assert 70 <= len(workbooks) <= 90
    clean = [path for path in workbooks if statuses[path] is FileStatus.OK]
    assert len(clean) * 3 >= len(workbooks)
    words = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert f"表格文件{len(workbooks)}个，其中{len(clean)}个没有错误和警告" in words


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readmes_quote_what_the_command_says(inspection, name):
    text = (SAMPLES.parent / name).read_text(encoding="utf-8")
    assert summary_line(inspection, Words("zh")) in text
