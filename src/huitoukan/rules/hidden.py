"""L213-L217: what a worksheet holds without showing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from huitoukan.grid import Cell, Look, Range, column_letters, value_text
from huitoukan.model import Finding, ScoreSheet, Severity
from huitoukan.phrase import Listing, say
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.subjects import FileSubject, SheetSubject

_SCORED = ("score_self", "score_county", "score_city", "score", "max_points", "deduction_reason")


def runs(cells: Iterable[tuple[int, int]]) -> Iterator[Range]:
    """Cells (zero-based row and column) as ranges, one for each unbroken run down a column."""
    top = bottom = left = -1
    for row, column in sorted(set(cells), key=lambda cell: (cell[1], cell[0])):
        if column != left or row != bottom + 1:
            if left >= 0:
                yield Range(top, left, bottom, left)
            top, left = row, column
        bottom = row
    if left >= 0:
        yield Range(top, left, bottom, left)


@dataclass(frozen=True, slots=True)
class _Table:
    """The cells of a score table that matter: those of its item rows and sums."""

    scores: tuple[Cell, ...]
    others: tuple[Cell, ...]


def _table(subject: SheetSubject) -> _Table:
    sheet = subject.sheet
    sums = [*sheet.subtotals, *([sheet.total] if sheet.total else [])]
    scores = [score.cell for score in sheet.scores] + [found.cell for found in sums if found.cell]
    others = [cell for score in sheet.scores for cell in (score.maximum, score.reason) if cell]
    return _Table(tuple(scores), tuple(others))


@rule(
    "L213", severity=Severity.WARNING, on=SheetSubject, message="第 {rows} 行是隐藏的, 里面有检查项目或合计。",
    fix="请取消隐藏, 核对这些行; 隐藏行的分数也已计入。",
)  # fmt: skip
def hidden_rows(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """有隐藏的行。

    查什么: 检查项目、小计和合计的行不应隐藏 (包括被筛选掉的行)。
    为什么: 看不见的行照样参加求和, 容易漏填漏查。
    例子: 用筛选查看后没有恢复, 第 10 到 12 行看不见。
    怎么改: 取消隐藏或筛选, 核对这些行。
    """
    hidden = subject.grid.hidden_rows
    if hidden:
        rows = [(cell.row, cell.column) for cell in _table(subject).scores if cell.row in hidden]
        for area in runs(rows):
            first, last = area.top + 1, area.bottom + 1
            yield subject.finding(area, rows=str(first) if first == last else f"{first}–{last}")


@rule(
    "L214", severity=Severity.WARNING, on=SheetSubject, message="{column} 列是隐藏的, 里面填有内容。",
    fix="请取消隐藏, 核对这一列。",
)  # fmt: skip
def hidden_columns(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """有隐藏的列。

    查什么: 得分、标准分、扣分原因各列填有内容时不应隐藏。
    为什么: 看不见的列照样会被读取, 填报人却核对不到。
    例子: 把“自评分”一列隐藏了, 只留下“县级检查得分”。
    怎么改: 取消隐藏, 核对这一列。
    """
    grid, sheet = subject.grid, subject.sheet
    if not grid.hidden_columns:
        return
    rows = [score.label.row for score in sheet.scores]
    for role, header in sorted(sheet.headers.items(), key=lambda found: found[1].column):
        column = header.column
        filled = [row for row in rows if grid.cell(row, column).value is not None]
        if role in _SCORED and column in grid.hidden_columns and filled:
            area = Range(min(filled), column, max(filled), column)
            yield subject.finding(area, column=column_letters(column))


@rule(
    "L215", severity=Severity.WARNING, on=FileSubject, message="这张工作表是隐藏的, 里面有评分表, 分数已经读取。",
    fix="请取消隐藏并核对; 不用的请删去。",
)  # fmt: skip
def hidden_sheet(file: FileSubject, _context: Context) -> Iterator[Finding]:
    """评分表所在的工作表是隐藏的。

    查什么: 评分表不应放在隐藏的工作表里。
    为什么: 打开文件看不到它, 分数却会被计入。
    例子: 旧的一份评分表没有删, 只是隐藏了。
    怎么改: 取消隐藏并核对; 不用的请删去。
    """
    by_name: dict[str, list[ScoreSheet]] = {}
    for one in file.sheets:
        if one.sheet and not one.grid.visible:
            by_name.setdefault(one.grid.name, []).append(one.sheet)
    for name, forms in by_name.items():
        found = file.finding(sheet=name)
        alone = len(forms) == 1  # else it is about several units
        yield replace(found, unit=forms[0].unit.unit, stage=forms[0].stage.stage) if alone else found


@rule(
    "L216", severity=Severity.WARNING, on=SheetSubject, message="这里有内容, 但字与底色相近, 或者格式设成了不显示它。",
    fix="请改为黑色字、常规格式, 核对里面的内容。",
)  # fmt: skip
def invisible_text(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """内容看不见。

    查什么: 得分、标准分、扣分原因、合计的字不应与底色相同或相近, 也不应设成不显示或显示别的内容的格式。
    为什么: 打印出来是空白, 电子表里却有数, 两者对不上。
    例子: 得分的字是白色的。
    怎么改: 改为黑色字、常规格式, 核对内容。
    """
    looks = subject.grid.looks
    if looks:
        table = _table(subject)
        cells = (cell for cell in (*table.scores, *table.others) if cell.value is not None)
        unseen = (c for c in cells if (look := looks.get((c.row, c.column))) and _hides(look, c))
        yield from map(subject.finding, runs((cell.row, cell.column) for cell in unseen))


def _hides(look: Look, cell: Cell) -> bool:
    """Whether a cell of this look does not show what it holds, or shows another text in place of its number."""
    replaced = look.instead is not None and isinstance(cell.value, int | float) and look.instead != cell.text
    return look.invisible or replaced


@rule(
    "L217", severity=Severity.ERROR, on=SheetSubject, blocks=True,
    message="{area} 合并成了一格, {items} 没有自己的得分{hidden}。", fix="请取消合并, 逐项填写得分。",
)  # fmt: skip
def merged_scores(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """得分单元格被合并。

    查什么: 每个检查项目的得分应有自己的单元格。
    为什么: 合并以后只有左上角的一格能填, 压在底下的数看不见也不算数。
    例子: 两个项目的得分合并成一格, 只填了一个数; 这个数不算任何一项的得分。
    怎么改: 取消合并, 逐项填写得分。
    """
    by_area: dict[Range, list[str]] = {}
    for score in subject.sheet.scores:
        if score.merged is not None:
            by_area.setdefault(score.merged, []).append(score.item)
    covered = subject.grid.covered
    for area, items in by_area.items():
        values = [
            value_text(value)
            for (row, column), value in covered.items()
            if area.top <= row <= area.bottom and area.left <= column <= area.right
        ]
        hidden = say(" (底下压着 {values})", values=Listing(tuple(values))) if values else ""
        yield subject.finding(area, area=area.address, items=Listing(tuple(items)), hidden=hidden)
