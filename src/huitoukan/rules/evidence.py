"""E5xx: reasons and evidence. Source of E501: 芦山 2018, “扣分项需附扣分说明”; of E506: 自评须附说明和依据 (R35)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from huitoukan.campaign.roster import Roster
from huitoukan.grid import Cell, Range
from huitoukan.intake.labels import tidy
from huitoukan.model import Finding, Level, Severity
from huitoukan.phrase import say
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.subjects import NUMBERS, ScoreRow, SheetSubject

_MARKS = re.compile(r"[\W_]+")
_NOTHING_SAID = re.compile(r"[\d.]+分?|[xX]+|[vV]")


@lru_cache(maxsize=4096)
def _says_nothing(text: str, fillers: frozenset[str]) -> bool:
    """Whether a text is only a filler: a word of the rubric's list, marks, a bare number."""
    bare = _MARKS.sub("", unicodedata.normalize("NFKC", text))
    return not bare or bare in fillers or bool(_NOTHING_SAID.fullmatch(_folded(text)))


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    return tidy(text).replace(" ", "")


@lru_cache(maxsize=64)
def _bare_words(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_MARKS.sub("", unicodedata.normalize("NFKC", word)) for word in words)


def _text(cell: Cell | None) -> str:
    """What a cell holds as text; "" for an empty one, and where the form has no such column."""
    return (cell.text or "") if cell is not None and cell.value is not None else ""


def _lost(row: ScoreRow) -> Decimal:
    """Points lost by a row whose score is in range; 0 where there is nothing to judge."""
    return row.item.maximum - row.points if row.in_range and row.points is not None else Decimal(0)


@rule(
    "E501",
    severity=Severity.ERROR,
    on=ScoreRow,
    kinds=NUMBERS,
    message="{label} 扣了 {lost} 分, 没有写扣分原因。",
    fix="请写明扣分的具体原因。",
)
def reason_missing(row: ScoreRow, _context: Context) -> Iterator[Finding]:
    """扣分没有写原因。

    查什么: 得分低于标准分的项目必须写明扣分原因。
    为什么: 没有原因的扣分无法复核, 也无法整改。
    例子: 标准分 4, 得分 3, 扣分原因空着。
    怎么改: 写明具体原因, 例如“缺 2 项制度, 扣 1 分”。
    """
    reason = row.score.reason
    if reason is None or not row.in_range or row.points is None or row.points == row.item.maximum:
        return
    if not tidy(reason.text or ""):
        yield row.finding(reason, lost=row.item.maximum - row.points)


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
    fillers = _bare_words(context.campaign.rubric.form.fillers)
    for row in subject.rows:
        reason = row.score.reason
        text = _text(reason)
        if text and _lost(row) and tidy(text) and _says_nothing(text, fillers):
            yield row.finding(reason, lost=_lost(row))


@rule(
    "E503", severity=Severity.WARNING, on=SheetSubject, message="{label} 得了满分, 却写了扣分原因“{value}”。",
    fix="请核对得分; 没有扣分的不写原因。",
)  # fmt: skip
def reason_without_deduction(subject: SheetSubject, context: Context) -> Iterator[Finding]:
    """没有扣分却写了原因。

    查什么: 得满分的项目不应写扣分原因 (“无”“不扣分”“符合要求”之类除外)。
    为什么: 可能是该扣的分没有扣, 也可能是原因写错了行。
    例子: 标准分 4, 得分 4, 扣分原因写“缺 2 项制度”。
    怎么改: 核对得分; 没有扣分的, 说明写到备注里。
    """
    form = context.campaign.rubric.form
    fillers, harmless = _bare_words(form.fillers), _bare_words(form.no_deduction)
    for row in subject.rows:
        reason = row.score.reason
        text = _text(reason)
        if text and row.points == row.item.maximum and not _says_nothing(text, fillers):
            bare = _MARKS.sub("", unicodedata.normalize("NFKC", text))
            if not any(word in bare for word in harmless):
                yield row.finding(reason)


@lru_cache(maxsize=8)
def _township_names(roster: Roster) -> re.Pattern[str]:
    names = {unit.name for unit in roster.units.values() if unit.level is Level.TOWNSHIP and unit.required}
    return re.compile("|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name)))) or "(?!)")


@rule(
    "E504", severity=Severity.WARNING, on=SheetSubject, message="{label} 的扣分原因说的是“{name}”, 不是本单位。",
    fix="请核对是不是从别的单位的表上抄来的, 改为本单位的情况。",
)  # fmt: skip
def reason_names_another_unit(subject: SheetSubject, context: Context) -> Iterator[Finding]:
    """扣分原因说的是别的单位。

    查什么: 乡级的扣分原因不应提到别的乡镇 (街道), 县级的不应提到别的县的乡镇。
    为什么: 多半是从别的单位的表上复制来的。
    例子: 乐平镇的表上写“皋落镇缺少会议记录”。
    怎么改: 改为本单位的情况。
    """
    roster = context.campaign.roster
    unit = roster.units.get(subject.sheet.unit.unit or "")
    if unit is None:
        return
    own = {unit.name, *unit.variants, *unit.aliases}
    if unit.level is Level.COUNTY:
        own |= {township.name for township in roster.townships(unit.code)}
    for row in subject.rows:
        text = _text(row.score.reason)
        for name in dict.fromkeys(_township_names(roster).findall(text)) if text else ():
            if name not in own:
                yield row.finding(row.score.reason, name=name)


_AMOUNT = re.compile(
    r"(每[^,，。;；、]{0,8}?)?(共|合计|总计|累计)?(?:扣除?|减)[去了掉]?\s*(\d{1,3}(?:\.\d+)?)\s*分?"
)


@rule(
    "E505", severity=Severity.WARNING, on=SheetSubject, message="{label} 实际扣了 {lost} 分, 扣分原因里写的是扣 {said} 分。",
    fix="请核对, 使得分与扣分原因一致。",
)  # fmt: skip
def reason_contradicts_score(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """扣分原因里的分数与得分不符。

    查什么: 扣分原因写了扣几分的, 应与标准分减得分一致 (“每次扣 0.5”是标准, 不算)。
    为什么: 得分和原因有一处是错的。
    例子: 标准分 4, 得分 3, 原因写“迟报 1 次, 扣 0.5 分”。
    怎么改: 核对后改正得分或原因。
    """
    for row in subject.rows:
        text = _text(row.score.reason)
        lost = _lost(row)
        if not text or not lost:
            continue
        found = [
            (total, Decimal(points)) for each, total, points in _AMOUNT.findall(_folded(text)) if not each
        ]
        totals = [points for total, points in found if total]
        said = totals[-1] if totals else sum((points for _, points in found), Decimal(0))
        if found and said != lost:
            yield row.finding(row.score.reason, lost=lost, said=said)


@rule(
    "E506", severity=Severity.WARNING, on=SheetSubject, message="{what}没有写佐证材料。",
    fix="请写明佐证材料的名称或存放的地方。",
)  # fmt: skip
def evidence_missing(subject: SheetSubject, context: Context) -> Iterator[Finding]:
    """没有佐证材料。

    查什么: 表上有“佐证材料”栏的, 得分的项目都要写明依据 (通知 R35: 检查依据要妥善保存)。
    为什么: 没有依据的得分经不起抽查。
    例子: 得了 4 分, 佐证材料空着。
    怎么改: 写明佐证材料的名称或存放的地方。
    """
    fillers = _bare_words(context.campaign.rubric.form.fillers)
    rows = [
        row
        for row in subject.rows
        if row.score.evidence is not None and row.points and _says_nothing(_text(row.score.evidence), fillers)
    ]
    cells = {cell.row: row for row in rows if (cell := row.score.evidence)}
    if len(rows) > 1 and len(rows) == sum(bool(row.points) for row in subject.rows):
        column = subject.sheet.headers["evidence"].column
        yield subject.finding(Range(min(cells), column, max(cells), column), what=say("得分的项目全都"))
        return
    for row in cells.values():
        yield row.finding(row.score.evidence, what=say("{label} ", label=row.item.label()))
