"""S421-S426: the subtotals and the total of a sheet, and the formulas behind them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from huitoukan.grid import column_letters
from huitoukan.model import Finding, ReadingKind, Severity
from huitoukan.phrase import Listing, Phrase, plain, say
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.subjects import SheetSubject, SumRow, as_shown

_NO_SUM = (ReadingKind.BLANK, ReadingKind.UNCACHED, ReadingKind.NOT_APPLICABLE, ReadingKind.DITTO)
_NO_NUMBER = (ReadingKind.UNREADABLE, ReadingKind.ERROR, ReadingKind.GUESS, ReadingKind.PERCENT)
_NOISE = Decimal("0.000001")  # a sum saved by a spreadsheet carries binary noise far below any step
_ROUNDED = Decimal("0.005")  # what two decimals leave of a sum that was scaled


@rule(
    "S421",
    severity=Severity.ERROR,
    on=SumRow,
    message="合计“{value}”与各项得分之和 {expected} 不符{why}。",
    fix="{remedy}",
)
def total_wrong(row: SumRow, _context: Context) -> Iterator[Finding]:
    """合计不等于各项之和。

    查什么: 合计应等于各检查项目得分之和; 只因小计错了而跟着错的, 只报告小计 (S422)。
    为什么: 合计是上报的数, 错了会影响达标结论; 本工具以各项得分为准。
    例子: 各项之和是 91, 合计写成 92; 或者某项是文本, 求和公式漏掉了它。
    怎么改: 核对各项得分, 用求和公式重新计算合计。
    """
    if row.dimension is None:
        yield from _wrong_sum(row)


@rule(
    "S422", severity=Severity.ERROR, on=SumRow, message="{what}“{value}”与本维度各项得分之和 {expected} 不符{why}。",
    fix="{remedy}",
)  # fmt: skip
def subtotal_wrong(row: SumRow, _context: Context) -> Iterator[Finding]:
    """小计不等于本维度各项之和。

    查什么: 每个维度的小计应等于该维度各项得分之和。
    为什么: 小计错了, 维度的得分率就看错了。
    例子: 求和公式少选了一行。
    怎么改: 核对本维度各项得分, 用求和公式重新计算小计。
    """
    if row.dimension is not None:
        yield from _wrong_sum(row)


def _wrong_sum(row: SumRow) -> Iterator[Finding]:
    right = row.expected()
    if (
        row.written.cell is not None
        and row.of.measured
        and right is not None
        and _is_wrong_itself(row, right)
    ):
        why, remedy = _why(row, right[0])
        yield row.finding(row.written.cell, right[0], why=why, remedy=remedy)


def _is_wrong_itself(row: SumRow, right: tuple[Decimal, ...]) -> bool:
    """Whether a sum is wrong by itself: a total that is wrong only because subtotals are is told with them."""
    return _is_wrong(row, right) and not (row.dimension is None and _follows(row, right))


def _follows(total: SumRow, right: tuple[Decimal, ...]) -> bool:
    """Whether the total is wrong by exactly what the subtotals are, and not by rows that its own formula skips."""
    wrong = [
        (other.written.reading, expected[0])
        for other in total.of.sums
        if other.dimension is not None
        and other.written.cell is not None
        and (expected := other.expected()) is not None
        and _is_wrong(other, expected)
    ]
    if not wrong or any(_miscounted(total)):
        return False
    written = total.written.reading
    if written.value is None:  # an error value goes from a subtotal to the total
        return written.kind is ReadingKind.ERROR and any(reading.kind is written.kind for reading, _ in wrong)
    errors = [reading.value - proper for reading, proper in wrong if reading.value is not None]
    return any(abs(written.value - sum(errors, Decimal(0)) - sum_) <= _NOISE for sum_ in right)


def _is_wrong(row: SumRow, right: tuple[Decimal, ...]) -> bool:
    written = row.written.reading
    unreadable = written.kind in _NO_NUMBER
    return unreadable or (
        written.value is not None and all(abs(written.value - sum_) > _NOISE for sum_ in right)
    )


def _why(row: SumRow, right: Decimal) -> tuple[Phrase | str, Phrase]:
    """What made a sum wrong, where it can be seen, and what to do about that: nobody should type over a formula."""
    missed, twice = _miscounted(row)
    if missed or twice:
        return say(" ({what})", what=_rows_in_words(missed, twice)), say("请改正求和公式的范围。")
    texts = [s for s, _ in row.parts if s.reading.kind is ReadingKind.TEXT_NUMBER and s.reading.value]
    written, summed = row.written.reading.value, row.written.formula is not None
    lost = sum((s.reading.value or 0 for s in texts), Decimal(0))
    if texts and written is not None and abs(right - written - lost) <= _NOISE:
        cells = Listing(tuple(score.cell.address for score in texts))
        remedy = (
            say("请把 {cells} 改为数字, {what}会自动更正。", cells=cells, what=row.what)
            if summed
            else say("请把 {cells} 改为数字, 把{what}改为 {right}。", cells=cells, what=row.what, right=right)
        )
        return say(" ({cells} 是文本, 没有加进去)", cells=cells), remedy
    if _typed_over(row):
        return say(" (公式被改成了数字)"), say("请恢复求和公式。")
    if summed:
        return "", say("请核对各项得分和求和公式, {what}应为 {right}。", what=row.what, right=right)
    return "", say("请核对各项得分, 把{what}改为 {right}。", what=row.what, right=right)


# ---------------------------------------------------------------------------------------------------------- formulas

_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?")
_MOST_ROWS = 2000  # in all ranges of a formula; more reach far beyond any table


def summed_rows(formula: str, column: str) -> Counter[int] | None:
    """How often a formula adds up each row (counted from 1) of a column; None for any formula that does not just do that.

    `SUM(F4:F7,F9)`, `F4+F5` and `SUBTOTAL(9,F4:F7)` are understood.
    """
    text = formula.upper().replace("$", "").replace(" ", "").removeprefix("=")
    text = re.sub(r"SUBTOTAL\((?:9|109),|SUM\(|[()]", ",", text)
    rows: Counter[int] = Counter()
    counted = 0
    for part in filter(None, re.split(r"[,+]", text)):
        reference = _REFERENCE.fullmatch(part)
        if reference is None or reference[1] != column or reference[3] not in (None, column):
            return None
        first, last = int(reference[2]), int(reference[4] or reference[2])
        counted += last - first + 1
        if last < first or counted > _MOST_ROWS:
            return None
        rows.update(range(first, last + 1))
    return rows or None


def _miscounted(row: SumRow) -> tuple[list[int], list[int]]:
    """The item rows (counted from 1) that the formula of a sum leaves out, and those that it counts twice."""
    cell, formula = row.written.cell, row.written.formula
    counted = summed_rows(formula, column_letters(cell.column)) if cell and formula else None
    if counted is None or cell is None:
        return [], []
    by_dimension: Counter[str] = Counter()
    for other in row.of.sums if row.dimension is None else ():
        if other.dimension is not None and other.written.label.row != cell.row:
            by_dimension[other.dimension.id] += counted[other.written.label.row + 1]
    times = {
        score.cell.row + 1: counted[score.cell.row + 1] + by_dimension[row.of.dimension_of[item.id]]
        for score, item in row.parts
    }
    return [r for r, n in times.items() if n == 0], [r for r, n in times.items() if n > 1]


def _rows_in_words(missed: list[int], twice: list[int]) -> Phrase:
    if missed:
        return say("求和公式漏了第 {rows} 行", rows=Listing(tuple(missed)))
    return say("求和公式把第 {rows} 行加了两次", rows=Listing(tuple(twice)))


def _typed_over(row: SumRow) -> bool:
    """Whether a sum is a typed number while another sum of the same sheet is a formula."""
    typed = row.written.formula is None and row.written.reading.kind is ReadingKind.NUMBER
    return typed and row.of.has_formulas


@rule(
    "S424", severity=Severity.WARNING, on=SheetSubject, message="{what}“{value}”{more}是填上去的数, 不是公式。",
    fix="请恢复求和公式, 免得改了分数以后忘记改它。",
)  # fmt: skip
def sum_typed_over(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """求和公式被改成了数字。

    查什么: 表中别的小计、合计是公式时, 每个小计、合计都应是公式; 多数都是填上去的, 只报告第一处。
    为什么: 填上去的数不会随分数变化, 改了分数就会对不上。
    例子: 合计原是 =SUM(F4:F33), 被改成了 91。
    怎么改: 恢复求和公式。
    """
    if not subject.has_formulas:
        return
    typed = [
        (row, row.written.cell, right)
        for row in subject.sums
        if row.written.cell is not None
        and _typed_over(row)
        and (right := row.expected()) is not None
        and not _is_wrong_itself(row, right)  # S421 or S422 has this as its reason
    ]
    together = len(typed) * 2 >= len(subject.sums) and len(typed) > 1
    more = say("等 {count} 处", count=len(typed)) if together else ""
    for row, cell, right in typed[:1] if together else typed:
        yield row.finding(cell, right[0], more=more)


@rule(
    "S425", severity=Severity.WARNING, on=SumRow, message="{what}的{rows}, 现在的数碰巧没有错。",
    fix="请改正求和公式的范围, 每个检查项目加一次。",
)  # fmt: skip
def sum_skips_rows(row: SumRow, _context: Context) -> Iterator[Finding]:
    """求和公式漏行或重复。

    查什么: 小计、合计的求和公式应把每个检查项目加一次, 不漏行, 不重复。
    为什么: 漏掉的一行现在是 0 分或空白, 所以数没有错; 一旦改了分数, 合计就错了。
    例子: =SUM(F4:F20), 但项目到第 33 行。
    怎么改: 改正公式的范围。
    """
    missed, twice = _miscounted(row)
    right = row.expected()
    wrong = right is not None and row.of.measured and _is_wrong(row, right)  # told by S421 or S422
    if row.written.cell is not None and (missed or twice) and not wrong:
        yield row.finding(row.written.cell, rows=_rows_in_words(missed, twice))


@rule(
    "S426", severity=Severity.WARNING, on=SumRow, message="{what}显示的是 {shown}, 实际是 {value}。",
    fix="请把单元格改成常规格式, 按实际的数上报。",
)  # fmt: skip
def sum_precision_hidden(row: SumRow, _context: Context) -> Iterator[Finding]:
    """合计显示的不是实际的数。

    查什么: 小计、合计显示的数应与实际的数一致。
    为什么: 打印出来是一个数, 各项得分加起来是另一个数, 看上去就像算错了。
    例子: 实际是 99.5, 因为格式不显示小数, 看上去是 100。
    怎么改: 单元格改成常规格式, 按实际的数上报。折算出来的数除不尽, 可以只显示两位小数。
    """
    cell, number = row.written.cell, row.written.reading.value
    if not row.of.grid.looks or cell is None or number is None:
        return
    scaled = any(score.reading.kind is ReadingKind.NOT_APPLICABLE for score, _ in row.parts)
    shown = as_shown(number, cell, row.of.grid)
    if abs(shown - number) > (_ROUNDED if scaled else _NOISE):
        yield row.finding(cell, shown=shown)


@rule(
    "S423", severity=Severity.WARNING, on=SheetSubject, message="没有合计。", fix="请填写合计: {expected}。"
)
def total_missing(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """没有合计。

    查什么: 评分表应有合计一行并已填写 (公式要保存有结果)。
    为什么: 没有合计, 不能核对填报人自己的加总。
    例子: 合计空着, 或删去了合计行。
    怎么改: 填写合计。本工具以各项得分之和为准。
    """
    total = subject.sheet.total
    blank = total is None or total.reading.kind in _NO_SUM
    if total is not None and total.formula is not None and total.reading.kind is ReadingKind.UNCACHED:
        blank = subject.stamp is None  # on our own form the sum stands; only nobody has opened the file since
    if subject.measured and blank:
        right = next((row.expected() for row in subject.sums if row.dimension is None), None)
        known = plain(right[0]) if right else None
        yield subject.finding(total.cell if total else None, expected=known)
