"""I711: two stages on one sheet with the same score in every row. Source: domain practice (自评与检查逐项相同)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from huitoukan.model import Finding, Severity, Stage
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.subjects import SheetSubject


@rule(
    "I711", severity=Severity.WARNING, on=SheetSubject,
    message="表上{later}与{earlier} {items} 个项目的得分逐项相同, 其中扣分的 {lost} 项也一分不差。",
    fix="需核实: 请确认检查组到现场逐项核对过, 不是照抄{earlier}。",
)  # fmt: skip
def same_in_every_row(subject: SheetSubject, context: Context) -> Iterator[Finding]:
    """同一张表上两个阶段的得分逐项相同。

    查什么: 同一张表上填有几个阶段的得分时, 本阶段与前一阶段是否逐项相同 (至少有一项扣分; 都是满分的由 I706 列出)。
    为什么: 检查与自评一分不差, 可能是没有实地核对就照抄, 也可能自评确实准确。
    例子: 县级检查表的“自评得分”和“县级检查得分”两列完全一样。
    怎么改: 需核实, 不是结论: 查看检查记录和照片, 必要时复核。
    """
    own = subject.sheet.stage.stage
    if own in (None, Stage.SELF) or not any(score.reference for score in subject.sheet.scores):
        return
    pairs: dict[Stage, list[tuple[Decimal, Decimal, Decimal]]] = {}
    for row in subject.rows:
        for stage, _, reading in row.score.reference:
            if row.in_range and row.points is not None and reading.value is not None:
                pairs.setdefault(stage, []).append((reading.value, row.points, row.item.maximum))
    earlier = max(
        (s for s in pairs if own is not None and s.rank < own.rank), key=lambda s: s.rank, default=None
    )
    if earlier is None:
        return
    scores = pairs[earlier]
    lost = sum(points < maximum for _, points, maximum in scores)
    least = context.campaign.settings.integrity.gaps.items.value
    if len(scores) >= least and lost and all(before == points for before, points, _ in scores):
        yield subject.finding(
            subject.sheet.score_header, later=own, earlier=earlier, items=len(scores), lost=lost
        )
