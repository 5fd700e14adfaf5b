"""F12x: what is not told of a file because it would be too much: findings without end, rows without end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from huitoukan.model import Finding, Severity
from huitoukan.phrase import Listing, Phrase
from huitoukan.rules.registry import Context, check, rule
from huitoukan.rules.subjects import FileSubject

_LONGEST_VALUE = 32_767  # characters of a cell, Excel's own limit
_HEAVY = 1000  # characters of a value that count as one more finding
_LONGEST_DETAIL = 200  # characters of a text in a message
_MOST_LISTED = 200  # words of a list in a message


@dataclass(frozen=True, slots=True)
class Flood:
    """How many findings of one code a file has beyond those that are listed."""

    path: str
    code: str
    left_out: int


@rule(
    "F120", severity=Severity.INFO, on=Flood, message="同类问题太多: {code} 另有 {count} 处未逐条列出。",
    fix="请先改正已列出的问题, 再检查一次。",
)  # fmt: skip
def flooded(flood: Flood, _context: Context) -> Iterator[Finding]:
    """同类问题太多, 没有逐条列出。

    查什么: 一个文件里同一代码的问题, 超过检查活动文件 limits 一节 findings 规定的条数时, 其余的只计数。
    为什么: 成千上万条相同的问题没有人看, 还会淹没别的问题。每张评分表影响结论的问题至少列出一条, 结论不受影响。
    例子: 整列得分都写成文字, 同一代码有三万处。
    怎么改: 先改正已列出的问题, 再检查一次; 确有需要时在 limits 里调高上限。
    """
    yield Finding(file=flood.path, details=(("code", flood.code), ("count", flood.left_out)))


@rule(
    "F121", severity=Severity.WARNING, on=FileSubject,
    message="工作表有 {rows} 行, 只检查了前 {limit} 行。",
    fix="请删去表格以外的内容, 或把其他数据移到另外的工作表。",
)  # fmt: skip
def rows_without_end(file: FileSubject, context: Context) -> Iterator[Finding]:
    """评分表所在的工作表行数太多, 没有全部检查。

    查什么: 评分表所在的工作表, 行数不应超过检查活动文件 limits 一节 rows 规定的行数。
    为什么: 一张评分表只有几十行; 超出的行没有检查, 其中如有分数不会计入。
    例子: 评分表下面误粘了六万行明细。
    怎么改: 删去表格以外的行; 确有需要时在 limits 里调高上限。
    """
    limit = context.campaign.settings.limits.rows
    rows = {grid.name: len(grid.rows) for grid in file.workbook.grids if len(grid.rows) > limit}
    for name in dict.fromkeys(one.grid.name for one in file.sheets if one.is_form):
        if name in rows:
            yield file.finding(sheet=name, rows=rows[name], limit=limit)


def without_flood(path: str, findings: Sequence[Finding], context: Context) -> list[Finding]:
    """No more findings of one code than the campaign allows, and one (F120) that counts the rest.

    Long values count more. What keeps a score sheet from being used is kept once for every sheet, however many there are.
    """
    limit = context.campaign.settings.limits.findings
    weight: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    blocked: set[tuple[str, str | None]] = set()
    kept = []
    for found in findings:
        weight[found.code] += 1 + len(found.value or "") // _HEAVY
        blocks = found.blocks and (found.code, found.sheet) not in blocked
        if weight[found.code] <= limit or blocks:
            kept.append(found)
            blocked.add((found.code, found.sheet))
        else:
            left_out[found.code] += 1
    for code, count in sorted(left_out.items()):
        kept += check(Flood(path, code, count), context)
    return kept


def bounded(found: Finding) -> Finding:
    """The finding with no text in it that is longer than anybody reads: a cell of megabytes must not travel on."""
    value, expected = found.value, found.expected
    if value is not None and len(value) > _LONGEST_VALUE:
        found = replace(found, value=value[:_LONGEST_VALUE])
    if isinstance(expected, str) and len(expected) > _LONGEST_DETAIL:
        found = replace(found, expected=expected[:_LONGEST_DETAIL] + "…")
    if found.details:
        details = tuple((name, _cut(detail)) for name, detail in found.details)
        if any(new is not old for (_, new), (_, old) in zip(details, found.details, strict=True)):
            found = replace(found, details=details)
    return found


def _cut(detail: object) -> object:
    if isinstance(detail, str):
        return detail if len(detail) <= _LONGEST_DETAIL else detail[:_LONGEST_DETAIL] + "…"
    if isinstance(detail, Listing):
        words = tuple(map(_cut, detail.words[:_MOST_LISTED]))
        same = len(words) == len(detail.words) and all(
            new is old for new, old in zip(words, detail.words, strict=True)
        )
        return detail if same else Listing((*words, "…") if len(words) < len(detail.words) else words)
    if isinstance(detail, Phrase):
        values = tuple((name, _cut(value)) for name, value in detail.values)
        return detail if values == detail.values else Phrase(detail.template, values)
    return detail
