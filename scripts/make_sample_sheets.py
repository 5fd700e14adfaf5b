"""Make `sample_sheets/`: a made-up small inspection of three counties with planted problems.

The roster, the rubric and the campaign are those that the package ships; scores, reasons, dates and people
are invented from a fixed seed, so every run writes the same cell values. LibreOffice re-saves most workbooks,
so that formulas carry cached values; as its bytes differ each time, files whose drawing is unchanged are kept as they
are (sample_kept.py). `sample_sheets/README.md` is written from the
same data that plants the problems: it lists what a validator must report, and the verdicts.

Run it with `python scripts/make_sample_sheets.py`; it needs openpyxl, PyYAML and LibreOffice (`soffice`).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook
from sample_containers import pack
from sample_files import BESIDE, OTHER_FILES, OTHER_WORKBOOKS, READ_TOO
from sample_forms import FormWriter, Sheet, Unit, by_dimension, plain
from sample_kept import Kept, drawing
from sample_last_year import PATH as LAST_YEAR
from sample_last_year import TITLE as LAST_YEAR_TITLE
from sample_last_year import results
from sample_links import Link, link
from sample_materials import ARCHIVE_NOTE, COMMANDS, DOCUMENTS, FURTHER_FILES
from sample_people import PEOPLE
from sample_plan import COUNTIES, DATA, Plan, read_roster, read_rubric
from sample_plant import plant, prepare
from sample_problems import DECISION, NOBODYS, NOTED, PASSWORD, STACKED_NOTE, UNREAD
from sample_questions import MAILED, NOT_SENT, Questionnaires
from sample_renderings import KINDS, moved, rendered, stack
from sample_stages import COUNTY, SELF, STAGES

TARGET = Path(__file__).resolve().parent.parent / "sample_sheets"

# ------------------------------------------------------------------------------------------------ LibreOffice

MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">
Sub SaveWithPassword(source As String, target As String, word As String)
    Dim hidden(0) As New com.sun.star.beans.PropertyValue
    hidden(0).Name = "Hidden"
    hidden(0).Value = True
    Dim options(1) As New com.sun.star.beans.PropertyValue
    options(0).Name = "FilterName"
    options(0).Value = "MS Excel 97"
    options(1).Name = "Password"
    options(1).Value = word
    Dim document As Object
    document = StarDesktop.loadComponentFromURL(ConvertToURL(source), "_blank", 0, hidden())
    document.storeToURL(ConvertToURL(target), options())
    document.close(True)
End Sub
</script:module>
"""
LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard"
 library:readonly="false" library:passwordprotected="false">
 <library:element library:name="Module1"/>
</library:library>
"""


class Office:
    """LibreOffice with a profile of its own inside a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.profile = folder / "profile"

    def _run(self, *arguments: str) -> None:
        command = ["soffice", f"-env:UserInstallation={self.profile.as_uri()}", "--headless", "--norestore"]
        subprocess.run([*command, *arguments], check=True, capture_output=True, timeout=600)

    def convert(self, sources: Sequence[Path], kind: str, target: Path) -> None:
        """Re-save workbooks as xlsx, xls or ods, which calculates their formulas."""
        self._run("--convert-to", kind, "--outdir", str(target), *map(str, sources))

    def lock(self, source: Path, target: Path) -> None:
        """Save a workbook as .xls under a password (the command line cannot; a macro can)."""
        library = self.profile / "user" / "basic" / "Standard"
        library.mkdir(parents=True, exist_ok=True)
        (library / "script.xlb").write_text(LIBRARY, encoding="utf-8")
        (library / "Module1.xba").write_text(MACRO, encoding="utf-8")
        self._run(f'macro:///Standard.Module1.SaveWithPassword("{source}","{target}","{PASSWORD}")')


def kind_of(path: str, saved_as: str = "") -> str:
    """As what LibreOffice saves a workbook."""
    return saved_as or Path(path).suffix[1:].replace("et", "xls")


def save_workbooks(
    office: Office, folder: Path, workbooks: dict[str, tuple[Workbook, str]]
) -> dict[str, bytes]:
    """The bytes of workbooks, each saved as the given kind; a locked one has a password."""
    saved: dict[str, bytes] = {}
    kinds: dict[str, dict[str, str]] = {}
    for place, (path, (workbook, kind)) in enumerate(workbooks.items()):
        workbook.save(folder / f"{place:03d}.xlsx")
        kinds.setdefault(kind, {})[f"{place:03d}"] = path
    for kind, stems in kinds.items():
        if kind == "locked":
            for stem, path in stems.items():
                office.lock(folder / f"{stem}.xlsx", folder / f"{stem}.xls")
                saved[path] = (folder / f"{stem}.xls").read_bytes()
            continue
        office.convert([folder / f"{stem}.xlsx" for stem in stems], kind, folder / kind)
        for stem, path in stems.items():
            saved[path] = (folder / kind / f"{stem}.{kind}").read_bytes()
    return saved


def save_all(plan: Plan, workbooks: dict[str, tuple[Workbook, str]], links: list[Link]) -> dict[str, bytes]:
    """The files of the workbooks; those that LibreOffice made of the same drawing before are kept."""
    kept, files, changed = Kept(TARGET), dict[str, bytes](), dict[str, tuple[Workbook, str]]()
    drawn = {}
    for path, (workbook, kind) in workbooks.items():
        if kind in KINDS:
            files[path] = rendered(workbook, kind)
            continue
        drawn[path] = drawing(workbook, kind, *(problem.code for problem in plan.planted.get(path, ())))
        content = kept.content(path, drawn[path])
        if content is None:
            changed[path] = workbook, kind
        else:
            files[path] = content
    if changed:
        with tempfile.TemporaryDirectory() as name:
            made = save_workbooks(Office(Path(name)), Path(name), changed)
        for one in links:
            if one.path in made:
                made[one.path] = link(made[one.path], one)
        for path in made:
            if any(problem.code == "F101" for problem in plan.planted.get(path, ())):
                made[path] = made[path][: len(made[path]) // 2]
        files |= made
    for path, digest in drawn.items():
        kept.note(path, digest, files[path])
    kept.save()
    return files


# --------------------------------------------------------------------------------------- what should come out


@dataclass(frozen=True)
class Outcome:
    """The verdict that a unit must get: True 达标, False 未达标, None 待定."""

    unit: Unit
    passed: bool | None
    basis: str = ""
    score: str = ""
    why: str = ""


def highest(unit: Unit, sheets: Sequence[Sheet], spoilt: set[str]) -> Sheet | None:
    """The sheet of the highest stage at which a unit has a complete one."""
    usable = [sheet for sheet in sheets if sheet.unit == unit and sheet.path not in spoilt]
    return max(usable, key=lambda sheet: STAGES.index(sheet.stage), default=None)


def outcome(unit: Unit, sheets: Sequence[Sheet], spoilt: set[str]) -> Outcome:
    """Judge a unit by its highest complete stage: pass mark 80, each dimension 60 %, no veto item at 0."""
    sheet = highest(unit, sheets, spoilt)
    if sheet is None:
        return Outcome(unit, None, why="没有完整的评分表")
    usable = [other for other in sheets if other.unit == unit and other.path not in spoilt]
    if any(other.stage is sheet.stage and other.scores != sheet.scores for other in usable):
        return Outcome(unit, None, why=f"{sheet.stage.title}有几份分数不同的评分表")
    why = [
        f"“{item.title}”（否决项）得0分" for item in sheet.items if item.veto and not sheet.scores[item.id]
    ]
    for dimension, group in by_dimension(sheet.items):
        got, top = sheet.subtotal(dimension), sum(item.maximum for item in group)
        if got < top * Decimal("0.6"):
            why.append(f"“{dimension}”{plain(got)}分，不足{top}分的60%")
    if sheet.total < 80:
        why.append("总分低于80分")
    return Outcome(unit, not why, sheet.stage.title, str(plain(sheet.total)), "；".join(why))


WORDS = {True: "达标", False: "未达标", None: "待定"}


def county_verdict(outcomes: Sequence[Outcome]) -> tuple[bool | None, str]:
    """A county passes when its body does and at least 80 % of its townships do, whatever is still missing."""
    body, *townships = outcomes
    count, passed = len(townships), sum(o.passed is True for o in townships)
    missing = sum(o.passed is None for o in townships)
    counts = f"{count}个乡镇中{passed}个达标、{count - passed - missing}个未达标、{missing}个待定"
    low, high = (f"{100 * part / count:.1f}%" for part in (passed, passed + missing))
    if body.passed and passed >= count * 0.8:
        return True, f"机构本身达标；{counts}，达标比例至少{low}，不低于80%"
    if body.passed is False or passed + missing < count * 0.8:
        return False, f"机构本身{WORDS[body.passed]}；{counts}，达标比例最多{high}，不到80%"
    return None, f"机构本身{WORDS[body.passed]}；{counts}，达标比例在{low}到{high}之间，缺的材料会改变结论"


# ------------------------------------------------------------------------------------------- README, campaign

README = """# 示例检查活动（数据纯属虚构）

A made-up inspection of three counties with problems planted on purpose; all scores and people are invented.
It is written by `scripts/make_sample_sheets.py`, this page included: do not edit it by hand.

这里是一套演示用的报送材料，共{count}个文件（压缩包、邮件各算一个），连同压缩包和邮件里的，有评分表等表格文件{workbooks}个，其中{clean}个没有错误和警告。单位名称取自名录，分数、原因、日期、人名、电话都是编的，与实际工作无关。
`campaign.yaml` 把检查活动限定在榆社县、左权县、和顺县。

| 文件夹 | 内容 |
|---|---|
{folders}

评分表有四种样式（编号、三栏加小计、双层表头、签字在下），合计、小计多是公式。送来的样子也各不相同，下面这些都照常读取：

| 文件 | 是什么 |
|---|---|
{kinds}

评分表之外还有下面这些：

| 文件 | 是什么 |
|---|---|
{further}

每个命令在这里都有东西可看：

| 命令 | 看什么 |
|---|---|
{commands}

## 应得的结论

| 县 | 结论 | 理由 |
|---|---|---|
{counties}

各单位按级别最高、填写完整的一份评分表认定：

| 单位 | 依据 | 得分 | 结论 | 理由 |
|---|---|---|---|---|
{units}

## 埋设的问题

对整个文件夹运行 `huitoukan validate`，应当报出的就是下面这些，不多也不少：{planted}处，{codes}种问题代码。
代码的意思用 `huitoukan explain 代码` 查看。{beside}

| 文件 | 工作表 | 单元格 | 代码 | 说明 |
|---|---|---|---|---|
{problems}
"""
COMMENT = """\
# A made-up sample: the shipped campaign, limited to three counties. Written by scripts/make_sample_sheets.py.
# R01-R54 are the rules read out of the notice; S-numbers are the sources listed in the rubric.
"""


def table(rows: Iterable[Sequence[str]]) -> str:
    return (
        "\n".join("| " + " | ".join(row) + " |" for row in rows).replace("|  |", "| |").replace("|  |", "| |")
    )


def spoilt_in(plan: Plan) -> set[str]:
    """The files whose sheets cannot count for a verdict."""
    return {path for path, planted in plan.planted.items() if any(p.spoils for p in planted)}


def coverage_rows(plan: Plan) -> Iterator[Sequence[str]]:
    """What is missing: units without a self-assessment, counties with too few townships checked."""
    nobody = {
        path for path, planted in plan.planted.items() if {p.code for p in planted} & (UNREAD | NOBODYS)
    }
    known = [sheet for sheet in plan.sheets if sheet.path not in nobody]
    received = {sheet.unit.code for sheet in known if sheet.stage is SELF}
    for unit in plan.units:
        if unit.code not in received:
            yield "", "", "", "C601", f"{unit.full_name}（{unit.code}）没有自评表"
    for county in COUNTIES:
        body = next(unit for unit in plan.units if unit.county == county and not unit.township)
        sheets = (s for s in known if s.stage is COUNTY and s.unit.township and s.unit.county == county)
        checked = {sheet.unit.code for sheet in sheets}
        if len(checked) < 6:
            note = f"{body.full_name}（{body.code}）的县级检查只有{len(checked)}个乡镇，少于6个"
            yield "", "", "", "C602", note
    for note in NOT_SENT:
        yield "", "", "", "C614", note
    yield "", "", "", "C620", ARCHIVE_NOTE


def in_order(row: Sequence[str]) -> tuple[int, int, str, str, int, str]:
    """Problems by stage, county, file, worksheet and row; those of the whole folder last."""
    path, sheet, cell, code = row[:4]
    stages = [stage.title for stage in STAGES]
    stage, _, rest = path.partition("/")
    county = rest.partition("/")[0]
    number = int("".join(filter(str.isdigit, cell.partition(":")[0])) or 0)
    return (
        stages.index(stage) if path else len(stages),
        COUNTIES.index(county) if county in COUNTIES else len(COUNTIES),
        path,
        sheet,
        number,
        code,
    )


def write_readme(
    plan: Plan, rows: list[Sequence[str]], files: Sequence[str], sent: Sequence[str], contradicting: set[str]
) -> None:
    """The page about the files on disk; `sent` are they with those inside of archives and mails.

    `contradicting` are files that are not in order, though what is reported of them stands at another one.
    """
    spoilt = spoilt_in(plan)
    counties, units = [], []
    for county in COUNTIES:
        outcomes = [outcome(unit, plan.sheets, spoilt) for unit in plan.units if unit.county == county]
        verdict, why = county_verdict(outcomes)
        counties.append((county, WORDS[verdict], why))
        units += [(o.unit.full_name, o.basis, o.score, WORDS[o.passed], o.why) for o in outcomes]
    rows = sorted([*rows, *coverage_rows(plan)], key=in_order)
    missing = {path for path, _ in READ_TOO} - set(files)
    if missing:
        raise SystemExit(f"not made: {sorted(missing)}")
    workbooks = [
        path for path in sent if Path(path).suffix in SUFFIXES and not Path(path).name.startswith("~$")
    ]
    counts = {stage: sum(path.startswith(f"{stage.title}/") for path in files) for stage in STAGES}
    text = README.format(
        count=len(files),
        workbooks=len(workbooks),
        clean=len(set(workbooks) - {row[0] for row in rows if row[3] not in NOTED} - contradicting),
        planted=len(rows),
        codes=len({row[3] for row in rows}),
        beside=BESIDE,
        folders=table((f"`{stage.title}/`", f"{stage.title}阶段，{counts[stage]}个文件") for stage in STAGES),
        kinds=table(READ_TOO),
        further=table(
            (
                *FURTHER_FILES,
                *((one.path, one.what) for one in DOCUMENTS),
                (LAST_YEAR, f"{LAST_YEAR_TITLE}的结果，不是评分表，不报出来；写在 `--baseline` 后面"),
            )
        ),
        commands=table((f"`huitoukan {command}`", what) for command, what in COMMANDS),
        counties=table(counties),
        units=table(units),
        problems=table(rows),
    )
    (TARGET / "README.md").write_text(text, encoding="utf-8")


def write_campaign() -> None:
    """The shipped campaign with another id and title, and a roster of three counties."""
    text = (DATA / "campaign.yaml").read_text(encoding="utf-8")
    changes = (
        (r"\A(#.*\n)+", COMMENT),
        (r"(?m)^id: .*$", "id: sample-2024"),
        (r"(?m)^title: .*$", "title: 示例检查活动（数据纯属虚构）"),
        (r"(?m)^  counties: \[\].*$", f"  counties: [{', '.join(COUNTIES)}]"),
        (r"(?m)^decisions: \[\]\n", DECISION),
        (r"(?m)^people: \{\}\n", PEOPLE),
    )
    for pattern, words in changes:
        text, count = re.subn(pattern, words, text)
        if count != 1:
            raise SystemExit(f"campaign.yaml: {pattern} found {count} times")
    (TARGET / "campaign.yaml").write_text(text, encoding="utf-8")


SUFFIXES = {".xlsx", ".xls", ".et", ".ods", ".csv"}


Cells = dict[tuple[str, str], tuple[str, dict[str, str]]]


def draw(plan: Plan, cells: Cells) -> tuple[dict[str, tuple[Workbook, str]], list[Sequence[str]], list[Link]]:
    """Every form as a workbook with the kind of its file, the rows of the list of problems, and links to other workbooks.

    `cells` is filled with the worksheet and the cells of the scores, by file and unit.
    """
    workbooks: dict[str, tuple[Workbook, str]] = {}
    rows: list[Sequence[str]] = []
    links = []
    for sheet in plan.sheets:
        planted = [problem for problem in plan.planted[sheet.path] if problem.unit == sheet.unit.name]
        for problem in planted:
            prepare(sheet, problem)
        workbook, places = FormWriter(sheet).write()
        found = [(problem, *plant(sheet, problem, workbook, places)) for problem in planted]
        if sheet.path in workbooks:
            above = workbooks[sheet.path][0].worksheets[0]
            if above.title != sheet.stage.title:
                rows[:] = [
                    (path, sheet.stage.title, *row)
                    if (path, name) == (sheet.path, above.title)
                    else (path, name, *row)
                    for path, name, *row in rows
                ]
                above.title = sheet.stage.title
                rows.append((sheet.path, above.title, "", "L229", STACKED_NOTE))
            down = stack(above, workbook.worksheets[0])
            found = [(problem, above.title, moved(cell, down)) for problem, _, cell in found]
            scores = {item: moved(cell, down) for item, cell in places.scores.items()}
            cells[sheet.path, sheet.unit.name] = above.title, scores
        else:
            locked = any(problem.code == "F102" for problem in planted)
            kind = "locked" if locked else kind_of(sheet.path, sheet.saved_as)
            workbooks[sheet.path] = workbook, kind
            cells[sheet.path, sheet.unit.name] = workbook.worksheets[0].title, dict(places.scores)
        for problem, name, cell in found:
            rows.append((sheet.path, name, cell, problem.code, problem.note))
            if problem.code == "L215":
                rows.append((sheet.path, name, "", "C605", "隐藏的这一份与原表各项得分相同，只计一次"))
            if problem.code == "L225":
                links.append(Link(sheet.path, cell))
        for again in (copy for copy, path in plan.copies.items() if path == sheet.path):
            for problem in plan.planted[again]:
                rows.append((again, *plant(sheet, problem, workbook, places), problem.code, problem.note))
    return workbooks, rows, links


def beside(plan: Plan, cells: Cells, rows: list[Sequence[str]]) -> tuple[dict[str, bytes], set[str]]:
    """What there is beside the score sheets: questionnaires, documents, last year's results; their problems join the rows.

    With them the files of which something is reported elsewhere: at the score that they contradict.
    """
    spoilt = spoilt_in(plan)

    def sheet_of(unit: Unit) -> Sheet:
        sheet = highest(unit, plan.sheets, spoilt)
        if sheet is None:
            raise SystemExit(f"{unit.full_name} has no sheet that its questionnaire could agree with")
        return sheet

    def score_cell(unit: Unit, item: str) -> tuple[str, str, str]:
        path = sheet_of(unit).path
        name, scores = cells[path, unit.name]
        return path, name, scores[item]

    questionnaires = Questionnaires(TARGET / "campaign.yaml", DATA / "questionnaire.yaml")
    files = questionnaires.fill(plan.units, sheet_of, plan.contact)
    rows += questionnaires.problems(score_cell)
    late = next(path for path in files if path.startswith(MAILED))
    rows.append((late, "", "", "C617", "补报的邮件7月3日才发来，晚于7月1日"))
    rows += [(one.path, "", "", one.code, one.note) for one in DOCUMENTS if one.code]
    files |= {one.path: one.content for one in DOCUMENTS}
    files[LAST_YEAR] = results(plan.units, lambda unit: highest(unit, plan.sheets, spoilt))
    return files, questionnaires.contradicting


def main() -> None:
    plan = Plan(read_rubric(), read_roster())
    cells: Cells = {}
    workbooks, rows, links = draw(plan, cells)
    for path, other in OTHER_WORKBOOKS.items():
        workbooks[path] = other.workbook(), kind_of(path)
        rows.append((path, "", "", other.code, other.note))
    saved = save_all(plan, workbooks, links)
    for copy, path in plan.copies.items():
        saved[copy] = saved[path]
    saved |= {path: other.content for path, other in OTHER_FILES.items()}
    rows += [(one.path, "", "", one.code, one.note) for one in OTHER_FILES.values() if one.code]
    write_campaign()
    further, contradicting = beside(plan, cells, rows)
    saved |= further
    files = pack(saved)
    for folder in (*(stage.title for stage in STAGES), LAST_YEAR.partition("/")[0]):
        shutil.rmtree(TARGET / folder, ignore_errors=True)
    for path, content in files.items():
        (TARGET / path).parent.mkdir(parents=True, exist_ok=True)
        (TARGET / path).write_bytes(content)
    write_readme(plan, rows, sorted(files), sorted(saved), contradicting)


if __name__ == "__main__":
    main()
