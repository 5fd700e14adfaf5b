"""L218-L226 and L228: forms that are not the one handed out: other words, other order, fields that went."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

from huitoukan.intake.labels import wording
from huitoukan.model import Finding, Severity
from huitoukan.phrase import Listing
from huitoukan.rules.hidden import runs
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.subjects import ScoreRow, SheetSubject

_HALF = 2


def _reworded(subject: SheetSubject) -> tuple[list[ScoreRow], bool]:
    """The rows whose criterion does not hold the words of the rubric, and whether these are most of the sheet."""
    compared, other = 0, []
    for row in subject.rows:
        cell, asked = row.score.criterion, row.item.criterion
        printed = cell.value if cell else None
        if not isinstance(printed, str) or not asked:
            continue
        compared += 1
        if printed != asked and wording(asked) not in wording(printed):
            other.append(row)
    return other, len(other) * _HALF > compared


@rule(
    "L218", severity=Severity.WARNING, on=SheetSubject, message="{label}的评分标准与本次的不一样, 可能用了旧表样。",
    fix="请按本次的评分标准“{expected}”核对得分, 换用下发的表样。",
)  # fmt: skip
def criterion_reworded(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """评分标准的文字与本次的不同。

    查什么: 表中印的评分标准应与本次的评分标准一致。
    为什么: 文字不同, 多半是旧表样, 按旧标准打的分不能采用。
    例子: 本次是“缺训每次扣1”, 表中印的是“缺训每次扣2”。
    怎么改: 按本次的评分标准核对得分, 换用下发的表样。
    """
    other, most = _reworded(subject)
    for row in () if most else other:
        yield row.finding(row.score.criterion, expected=row.item.criterion)


@rule(
    "L219", severity=Severity.INFO, on=SheetSubject, message="有 {count} 项的评分标准与本次的文字不一样。",
    fix="请核对是不是旧表样; 如果只是说法不同, 不影响得分。",
)  # fmt: skip
def criteria_reworded(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """评分标准大多是另一种说法。

    查什么: 表中印的评分标准应与本次的评分标准一致; 大多不一致时只在表头提示一次。
    为什么: 可能是旧表样, 也可能只是另一种说法; 标准分是否被改动另行核对 (L207)。
    例子: 用了上一年下发的表样。
    怎么改: 核对是不是旧表样; 如果只是说法不同, 不影响得分。
    """
    other, most = _reworded(subject)
    if most and other:
        yield subject.finding(subject.sheet.headers["criterion"], count=len(other))


def _titles(subject: SheetSubject) -> list[ScoreRow]:
    """The rows that have a title of their own; none when most of them are no title of the rubric (another column)."""
    rows = [row for row in subject.rows if row.score.titled is not None]
    known = sum(bool(row.score.titled) for row in rows)
    return rows if known * _HALF > len(rows) else []


@rule(
    "L220", severity=Severity.WARNING, on=SheetSubject, message="{item} 的项目名称应为“{expected}”, 表中是“{value}”。",
    fix="请改回“{expected}”, 不要改动表样。",
)  # fmt: skip
def item_renamed(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """检查项目改了名称。

    查什么: 每个检查项目的名称应与评分标准一致 (已登记的别名除外)。
    为什么: 名称变了, 检查的内容可能也变了; 本次是按编号认出它的。
    例子: “村级统计员”改成了“村级协统员”。
    怎么改: 改回原来的名称。
    """
    for row in _titles(subject):
        if row.score.titled == ():
            yield row.finding(row.score.label, expected=row.item.title)


@rule(
    "L221", severity=Severity.ERROR, on=SheetSubject, message="编号是 {item}, 名称“{value}”却是另一个项目 {other}, 已按编号读取。",
    fix="请核对这一行到底是哪个项目, 改正编号或名称。",
)  # fmt: skip
def id_and_title_disagree(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """编号与名称不是同一个项目。

    查什么: 一行的编号和名称应指同一个检查项目。
    为什么: 不知道分数是哪个项目的; 多半是插行、删行以后编号没有跟着改。
    例子: 编号是 T1.2, 名称却是“单位核实”。
    怎么改: 核对这一行到底是哪个项目, 改正编号或名称。
    """
    for row in _titles(subject):
        if row.score.titled and row.item.id not in row.score.titled:
            yield row.finding(row.score.label, other=row.score.titled)


@rule(
    "L222", severity=Severity.WARNING, on=SheetSubject, message="检查项目的顺序与表样不同, {items} 换了位置。",
    fix="请按下发的表样恢复顺序。",
)  # fmt: skip
def items_reordered(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """检查项目换了顺序。

    查什么: 检查项目的先后应与评分标准一致。
    为什么: 换了顺序, 小计公式和打印的表容易对错行。
    例子: 按得分排序以后没有恢复。
    怎么改: 按下发的表样恢复顺序。
    """
    place = {item: n for n, item in enumerate(subject.dimension_of)}
    moved = _out_of_order([place[row.score.item] for row in subject.rows])
    if moved and not subject.sheet.panels:
        rows = [subject.rows[n] for n in moved]
        items = Listing(tuple(row.item.id for row in rows))
        yield subject.finding(rows[0].score.label, item=rows[0].item.id, items=items)


def _out_of_order(places: list[int]) -> list[int]:
    """The fewest positions to take out so that the rest ascends (all but a longest ascending run)."""
    if all(first < second for first, second in pairwise(places)):
        return []
    tails: list[int] = []
    lengths = []
    for place in places:
        at = bisect_left(tails, place)
        tails[at : at + 1] = [place]
        lengths.append(at + 1)
    wanted, limit, moved = len(tails), max(places, default=0) + 1, []
    for n in range(len(places) - 1, -1, -1):
        if lengths[n] == wanted and places[n] < limit:
            wanted, limit = wanted - 1, places[n]
        else:
            moved.append(n)
    return moved[::-1]


@rule(
    "L223", severity=Severity.WARNING, on=SheetSubject, message="表上没有“{fields}”栏。",
    fix="请按下发的表样补上, 由本人签字。",
)  # fmt: skip
def signature_fields_missing(subject: SheetSubject, context: Context) -> Iterator[Finding]:
    """没有签字的地方。

    查什么: 评分表上应有检查人员和被检查单位负责人签字的地方。
    为什么: 没有签字, 分数由谁打、单位是否认可都说不清。
    例子: 表尾的签字一行被删去了。
    怎么改: 按下发的表样补上。
    """
    labels = context.campaign.rubric.form.fields.labels()
    missing = [
        label.label
        for name, label in labels.items()
        if name in ("inspectors", "leader") and label.required and name not in subject.sheet.signatures
    ]
    if missing:
        yield subject.finding(fields=Listing(tuple(missing)))


@rule(
    "L224", severity=Severity.WARNING, on=SheetSubject, message="这张表分左右 {count} 栏排列, 已逐栏读取。",
    fix="请核对有没有读漏的项目; 建议换用下发的表样, 从上到下排成一栏。",
)  # fmt: skip
def side_by_side(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """表分左右几栏。

    查什么: 评分表应从上到下排成一栏。
    为什么: 左右排列的表容易对错行, 求和也容易漏掉一栏。
    例子: 前四个维度在左边, 后四个维度在右边。
    怎么改: 换用下发的表样。本次已逐栏读取。
    """
    if subject.sheet.panels:
        yield subject.finding(subject.sheet.panels[0], count=len(subject.sheet.panels) + 1)


_EXTERNAL = re.compile(r"\[[^\]]+\][^!]*!")


@rule(
    "L225", severity=Severity.WARNING, on=SheetSubject, message="公式引用了别的工作簿: {formula}。",
    fix="请改为直接填写的数或本表的公式, 别的工作簿不会随表报送。",
)  # fmt: skip
def external_link(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """公式引用别的工作簿。

    查什么: 评分表里的公式只应引用本工作簿。
    为什么: 引用的文件没有一起报送, 保存的数可能早就过时, 打开时还会变成错误值。
    例子: =[上年评分表.xlsx]Sheet1!F35。
    怎么改: 改为直接填写的数或本表的公式。
    """
    formulas = subject.grid.formulas
    for area in runs(
        cell for cell, formula in formulas.items() if "[" in formula and _EXTERNAL.search(formula)
    ):
        yield subject.finding(area, formula=f"={formulas[area.top, area.left]}")


@rule(
    "L226", severity=Severity.WARNING, on=SheetSubject, message="这张表是按评分标准 {stamped} 生成的, 本次用的是 {expected}。",
    fix="请换用本次下发的空白表重新填报。",
)  # fmt: skip
def form_of_another_rubric(subject: SheetSubject, context: Context) -> Iterator[Finding]:
    """空白表的版本不对。

    查什么: 用本工具生成的空白表填报的, 表的评分标准和版本应与本次检查的一致。
    为什么: 旧版本的项目、分值可能不同。
    例子: 用了去年下发的空白表。
    怎么改: 换用本次下发的空白表重新填报。
    """
    stamp, rubric = subject.stamp, context.campaign.rubric
    if stamp is not None and (stamp.rubric, stamp.version) != (rubric.id, rubric.version):
        yield subject.finding(
            stamped=f"{stamp.rubric} {stamp.version}", expected=f"{rubric.id} {rubric.version}"
        )


@rule(
    "L228", severity=Severity.WARNING, on=SheetSubject, message="“{value}”按 {label} 读取。",
    fix="请核对是不是这一项; 是的请改回“{expected}”, 不是的请补上这一项。",
)  # fmt: skip
def item_slightly_renamed(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """项目名称略有改动, 已认出。

    查什么: 没有编号、名称又与评分标准不一样的行, 如果评分标准的文字或名称相近、标准分相同、维度里正缺这一项, 就按这一项读取。
    为什么: 名称改了要有人核对; 拿不准的不读取, 另行报告 (L204、L206)。
    例子: “统计人员”写成了“统计人员情况”。
    怎么改: 核对是不是这一项, 改回原来的名称。分数已经计入。
    """
    for row in subject.rows:
        if row.score.renamed:
            yield row.finding(row.score.label, expected=row.item.title)
