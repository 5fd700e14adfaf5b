"""S431-S432: scores of several stages on one sheet that lie far apart. Source: domain practice of checks (自评与检查差距)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from huitoukan.grid import Cell
from huitoukan.model import Finding, Severity, Stage
from huitoukan.phrase import Listing, say
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.subjects import SheetSubject


@dataclass(frozen=True, slots=True)
class _Gap:
    """How far a later stage lies from an earlier one: in all, and in the dimensions where it is far.

    `total` and the differences are points, later minus earlier; they rest on the items scored at both stages, each
    from 0 to its maximum.
    """

    earlier: Stage
    later: Stage
    total: Decimal
    far: tuple[tuple[str, Decimal, Cell], ...]


def _gaps(subject: SheetSubject, context: Context) -> Iterator[_Gap]:
    """The pairs of stages filled on one sheet, earlier first."""
    if not any(score.reference for score in subject.sheet.scores):
        return
    own = subject.sheet.stage.stage
    points: dict[Stage, dict[str, Decimal]] = {}
    for row in subject.rows:
        score = row.score
        for stage, _, reading in (*score.reference, *([(own, score.cell, score.reading)] if own else [])):
            if reading.value is not None and 0 <= reading.value <= row.item.maximum:
                points.setdefault(stage, {})[score.item] = reading.value
    cells = {score.item: score.cell for score in subject.sheet.scores}
    share = context.campaign.settings.comparison.dimension_share.value
    for earlier, later in combinations([stage for stage in Stage if stage in points], 2):
        total, far = Decimal(0), []
        for dimension in subject.rubric.dimensions:
            both = [i for i in dimension.items if i.id in points[earlier] and i.id in points[later]]
            difference = sum((points[later][i.id] - points[earlier][i.id] for i in both), Decimal(0))
            total += difference
            if both and abs(difference) >= share * sum((i.maximum for i in both), Decimal(0)):
                far.append((dimension.title, difference, cells[both[0].id]))
        yield _Gap(earlier, later, total, tuple(far))


@rule(
    "S431", severity=Severity.WARNING, on=SheetSubject,
    message="{later}比{earlier}{direction} {points} 分{dimensions}。", fix="请核对差距大的项目, 写明理由。",
)  # fmt: skip
def stages_far_apart(subject: SheetSubject, context: Context) -> Iterator[Finding]:
    """两个阶段的总分相差很大。

    查什么: 同一张表上填有几个阶段的得分时, 后一阶段与前一阶段的总分相差不应达到检查活动文件 comparison 一节的分数。
    为什么: 自评虚高或者检查放宽, 都要说明理由。
    例子: 自评 96 分, 县级检查 84 分。
    怎么改: 核对差距大的项目, 写明理由。
    """
    least = context.campaign.settings.comparison.total_points.value
    total = subject.sheet.total
    for gap in _gaps(subject, context):
        if abs(gap.total) >= least:
            names = Listing(tuple(title for title, _, _ in gap.far))
            dimensions = say(", 主要在{names}", names=names) if gap.far else ""
            yield subject.finding(
                total.cell if total and total.cell else subject.sheet.score_header,
                later=gap.later,
                earlier=gap.earlier,
                direction=say("高") if gap.total > 0 else say("低"),
                points=abs(gap.total),
                dimensions=dimensions,
            )


@rule(
    "S432", severity=Severity.WARNING, on=SheetSubject,
    message="“{title}”{later}比{earlier}{direction} {points} 分。", fix="请核对这一维度的项目, 写明理由。",
)  # fmt: skip
def dimension_far_apart(subject: SheetSubject, context: Context) -> Iterator[Finding]:
    """两个阶段在一个维度上相差很大。

    查什么: 总分相差不大时, 各维度的得分相差也不应达到检查活动文件 comparison 一节的比例。
    为什么: 一个维度多扣、另一个维度少扣, 总分会互相抵消。
    例子: “人员配备”18 分, 自评 18 分, 县级检查 12 分。
    怎么改: 核对这一维度的项目, 写明理由。
    """
    least = context.campaign.settings.comparison.total_points.value
    for gap in _gaps(subject, context):
        for title, difference, cell in gap.far if abs(gap.total) < least else ():
            yield subject.finding(
                cell,
                title=title,
                later=gap.later,
                earlier=gap.earlier,
                direction=say("高") if difference > 0 else say("低"),
                points=abs(difference),
            )
