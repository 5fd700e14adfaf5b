"""The sheet 问题清单 of report.xlsx: every finding with its file, worksheet and cell."""

from __future__ import annotations

from collections.abc import Iterator

from huitoukan.model import Severity
from huitoukan.output.book_page import Column, Page, Value
from huitoukan.output.problem_list import Problem
from huitoukan.output.report_layout import COLOURS, HEADER, Layout


def draw_problems(page: Page, layout: Layout) -> None:
    """As many problems as a worksheet holds; a note says how many are left out."""
    words, lines = layout.words, layout.problem_lines
    columns = [
        Column("n", words("序号"), width=8.0),
        Column("severity", words("级别")),
        Column("code", words("代码")),
        Column("county", words("县(区、市)")),
        Column("unit", words("单位"), "text", 17.0),
        Column("stage", words("阶段")),
        Column("item", words("项目")),
        Column("message", words("问题"), "text", 42.0),
        Column("fix", words("怎么改"), "text", 34.0),
        Column("file", words("文件"), "text", 30.0),
        Column("sheet", words("工作表"), "text", 13.0),
        Column("cell", words("单元格"), width=9.0),
        Column("value", words("原值"), "text", 16.0),
        Column("expected", words("应为"), "text", 16.0),
        Column("blocks", words("不能采用"), width=8.0),
        Column("told", words("告知县区"), width=8.0),
        Column("county_code", words("县代码")),
        Column("unit_code", words("单位代码")),
    ]
    problems = layout.problems.problems
    rows = [list(_row(layout, n, one)) for n, one in enumerate(problems[: lines.count], start=1)]
    page.heading(words("问题清单"), (_note(layout),), layout.sheets["overview"])
    page.list(lines, columns, rows, "Problems", group=PROBLEM_GROUP)
    page.colour_words(lines, "severity", {layout.name(severity): COLOURS[severity] for severity in Severity})
    page.paper(HEADER, f"A1:{lines.letter('cell')}{lines.last}", f"D{lines.first}")


PROBLEM_GROUP = 4  # a line is drawn where the unit changes


def _note(layout: Layout) -> str:
    words, left = layout.words, len(layout.problems.problems) - layout.problem_lines.count
    if left > 0:
        return words("工作表放不下全部问题, 另有 {n} 处见 findings.csv。").format(n=left)
    if not layout.problems.problems:
        return words("没有发现问题。")
    if all(one.told for one in layout.problems.problems):
        return words("位置是原文件里的工作表和单元格。“不能采用”为是的, 更正以前该表不能作为结论的依据。")
    return words(
        "位置是原文件里的工作表和单元格。“不能采用”为是的, 更正以前该表不能作为结论的依据; “告知县区”为否的是核实线索, 不要转发。"
    )


def _row(layout: Layout, n: int, problem: Problem) -> Iterator[Value]:
    words, finding, roster = layout.words, problem.finding, layout.context.campaign.roster
    yes, no = words("是"), words("否")
    yield n
    yield words.value(finding.severity)
    yield finding.code
    yield roster.county_name(problem.county) if problem.county else None
    yield roster.units[problem.unit].name if problem.unit else None
    yield words.value(finding.stage) if finding.stage else None
    yield finding.item
    yield words.message(finding)
    yield words.fix(finding)
    yield finding.file
    yield finding.sheet
    yield finding.cell
    yield finding.value
    yield words.phrase(finding.expected) or None
    yield yes if finding.blocks else no
    yield yes if problem.told else no
    yield problem.county or None
    yield problem.unit or None
