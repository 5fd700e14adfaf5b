"""E5xx: reasons and evidence. Source of E501: 芦山 2018, “扣分项需附扣分说明”."""

from __future__ import annotations

from collections.abc import Iterator

from huitoukan.intake.labels import tidy
from huitoukan.model import Finding, Severity
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.subjects import ScoreRow


@rule(
    "E501",
    severity=Severity.ERROR,
    on=ScoreRow,
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
