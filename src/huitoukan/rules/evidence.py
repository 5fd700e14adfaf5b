"""E5xx: reasons and evidence. Source of E501: 芦山 2018, “扣分项需附扣分说明”; of E506: 自评须附说明和依据 (R35)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from huitoukan.campaign.roster import Roster
from huitoukan.grid import Cell, Range
from huitoukan.intake.labels import tidy
from huitoukan.model import Finding, Level, Severity
from huitoukan.phrase import Listing, say
from huitoukan.rules.reasons import bare_words, claims_no_deduction, points_said, says_nothing
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.subjects import SheetSubject


def _text(cell: Cell | None) -> str:
    """What a cell holds as text; "" for an empty one, and where the form has no such column."""
    return (cell.text or "") if cell is not None and cell.value is not None else ""


@rule(
    "E501",
    severity=Severity.ERROR,
    on=SheetSubject,
    message="{label} 扣了 {lost} 分, 没有写扣分原因。",
    fix="请写明扣分的具体原因。",
)
def reason_missing(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """扣分没有写原因。

    查什么: 得分低于标准分的项目必须写明扣分原因。
    为什么: 没有原因的扣分无法复核, 也无法整改。
    例子: 标准分 4, 得分 3, 扣分原因空着。
    怎么改: 写明具体原因, 例如“缺 2 项制度, 扣 1 分”。
    """
    for reason in subject.reasons:
        if reason.lost and not tidy(reason.text):
            yield reason.row.finding(reason.cell, lost=reason.row.lost)


@rule(
    "E502", severity=Severity.ERROR, on=SheetSubject, message="{label} 扣了 {lost} 分, 扣分原因只写了“{value}”。",
    fix="请写明扣分的具体原因。",
)  # fmt: skip
def reason_is_a_filler(subject: SheetSubject, context: Context) -> Iterator[Finding]:
    """扣分原因没有内容。

    查什么: 扣分原因要写具体情况, 不能只写“无”“/”“同上”或一个数字。
    为什么: 没有内容等于没有写原因, 无法复核, 也无法整改。
    例子: 扣了 1 分, 原因写“同上”。
    怎么改: 写明具体原因, 例如“缺 2 项制度, 扣 1 分”。
    """
    fillers = bare_words(context.campaign.rubric.form.fillers)
    for reason in subject.reasons:
        if reason.lost and tidy(reason.text) and says_nothing(reason.text, fillers):
            yield reason.row.finding(reason.cell, lost=reason.row.lost)


@rule(
    "E503", severity=Severity.WARNING, on=SheetSubject, message="{label} 得了满分, 却写了扣分原因“{text}”。",
    fix="请核对得分; 没有扣分的不写原因。",
)  # fmt: skip
def reason_without_deduction(subject: SheetSubject, context: Context) -> Iterator[Finding]:
    """没有扣分却写了原因。

    查什么: 得满分的项目不应写扣分原因 (“无”“不扣分”“无迟报”“资料齐全”之类除外)。
    为什么: 可能是该扣的分没有扣, 也可能是原因写错了行。
    例子: 标准分 4, 得分 4, 扣分原因写“缺 2 项制度”。
    怎么改: 核对得分; 没有扣分的, 说明写到备注里。
    """
    form = context.campaign.rubric.form
    fillers, praise, faults = (bare_words(words) for words in (form.fillers, form.no_deduction, form.faults))
    for reason in subject.reasons:
        told = reason.text and not says_nothing(reason.text, fillers)
        full = told and all(row.points == row.item.maximum for row in reason.rows)
        if full and not claims_no_deduction(reason.text, praise, faults):
            yield reason.row.finding(reason.cell, text=_short(reason.text))


_SHOWN = 60  # characters of a text that a message quotes; the finding holds it all


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


@lru_cache(maxsize=8)
def _unit_names(roster: Roster) -> re.Pattern[str]:
    """Finds the names of units, longest first; a county body by 统计局 with the name of its county."""
    names = {unit.name for unit in roster.units.values() if unit.required}
    return re.compile("|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name)))) or "(?!)")


_BESIDE = re.compile(
    r"(?:从|由|与|和|同|跟|向|到|至|往|在|对照|参照|比照|学习|借调|调入|调出|抽调)\s*(?:[^,，。;；、\s]{2,3}[县区市])?$"
)


@rule(
    "E504", severity=Severity.WARNING, on=SheetSubject, message="{label} 的扣分原因说的是{names}, 不是本单位。",
    fix="请核对是不是从别的单位的表上抄来的, 改为本单位的情况。",
)  # fmt: skip
def reason_names_another_unit(subject: SheetSubject, context: Context) -> Iterator[Finding]:
    """扣分原因说的是别的单位。

    查什么: 乡级的扣分原因不应说别的乡镇 (街道) 的情况, 县级的不应说别的县的 (“从某镇调入”“与某镇交接”之类除外)。
    为什么: 多半是从别的单位的表上复制来的。
    例子: 乐平镇的表上写“皋落镇缺少会议记录”。
    怎么改: 改为本单位的情况。
    """
    roster = context.campaign.roster
    unit = roster.units.get(subject.sheet.unit.unit or "")
    if unit is None:
        return
    own = {unit.name, *unit.variants, *unit.aliases, roster.units[unit.county].name}
    if unit.level is Level.COUNTY:
        own |= {township.name for township in roster.townships(unit.code)}
    for reason in subject.reasons:
        found = _unit_names(roster).finditer(reason.text) if reason.text else ()
        named = [name[0] for name in found if not _BESIDE.search(reason.text[: name.start()][-_BEFORE:])]
        others = tuple(dict.fromkeys(say("“{name}”", name=name) for name in named if name not in own))
        if others:
            yield reason.row.finding(reason.cell, names=Listing(others))


_BEFORE = 12  # characters before a name that tell why it is named


@rule(
    "E505", severity=Severity.WARNING, on=SheetSubject, message="{label} 实际扣了 {lost} 分, 扣分原因里写的是扣 {said} 分。",
    fix="请核对, 使得分与扣分原因一致。",
)  # fmt: skip
def reason_contradicts_score(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """扣分原因里的分数与得分不符。

    查什么: 扣分原因写了扣几分的, 应与标准分减得分一致 (“每次扣 0.5”乘以次数也算一致)。
    为什么: 得分和原因有一处是错的。
    例子: 标准分 4, 得分 3, 原因写“迟报 1 次, 扣 0.5 分”。
    怎么改: 核对后改正得分或原因。
    """
    for reason in subject.reasons:
        points = points_said(reason.text) if reason.lost and reason.text else None
        if points is not None and points.possible.isdisjoint(
            {reason.lost, *(row.lost for row in reason.rows)}
        ):
            yield reason.row.finding(reason.cell, lost=reason.lost, said=points.said)


@rule(
    "E506", severity=Severity.WARNING, on=SheetSubject, message="{what}。",
    fix="请写明佐证材料的名称或存放的地方。",
)  # fmt: skip
def evidence_missing(subject: SheetSubject, context: Context) -> Iterator[Finding]:
    """没有佐证材料。

    查什么: 表上有“佐证材料”栏的, 得分的项目都要写明依据 (通知 R35: 检查依据要妥善保存)。
    为什么: 没有依据的得分经不起抽查。
    例子: 得了 4 分, 佐证材料空着。
    怎么改: 写明佐证材料的名称或存放的地方。
    """
    fillers = bare_words(context.campaign.rubric.form.fillers)
    scored = [row for row in subject.rows if row.points and row.score.evidence is not None]
    cells = {
        (cell.row, cell.column): row
        for row in scored
        if (cell := row.score.evidence) and says_nothing(_text(cell), fillers)
    }
    if len(cells) > 1 and len(cells) * _HALF > len(scored):
        rows, columns = zip(*cells, strict=True)
        area = Range(min(rows), min(columns), max(rows), max(columns))
        yield subject.finding(area, what=say("有 {count} 个得分的项目没有写佐证材料", count=len(cells)))
        return
    for row in cells.values():
        written = tidy(_text(row.score.evidence))
        missing = say("{label} 没有写佐证材料", label=row.item.label())
        filler = say("{label} 的佐证材料只写了“{text}”", label=row.item.label(), text=written)
        yield row.finding(row.score.evidence, what=filler if written else missing)


_HALF = 2  # when more than half of the rows lack it, it is one thing to say
