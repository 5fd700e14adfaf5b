"""C601-C602: who has not sent what. These look at the whole folder, and stand at no file."""

from __future__ import annotations

from collections.abc import Iterator

from huitoukan.model import Finding, Severity, Stage
from huitoukan.phrase import say
from huitoukan.rules.received import FolderSubject
from huitoukan.rules.registry import Context, rule


@rule(
    "C601",
    severity=Severity.ERROR,
    on=FolderSubject,
    blocks=True,
    message="没有收到{unit_name}的自评表。",
    fix="请{unit_name}补报自评表; 已报的请核对表内单位名称和检查阶段。",
)
def self_assessment_missing(folder: FolderSubject, context: Context) -> Iterator[Finding]:
    """缺自评表。

    查什么: 名录里每个应检单位都要有自评表 (通知 R11: 全部乡、镇、街道, 无一遗漏)。
    为什么: 缺报不是 0 分, 而是没有结论; 缺得多了, 全县的结论也定不下来。
    例子: 某乡没有报送, 或者报送的文件打不开、认不出单位。
    怎么改: 催报; 已报的核对单位名称和检查阶段。
    """
    if context.campaign.settings.coverage.self_assessment.value != "all":
        return
    for unit in context.campaign.roster.units.values():
        received = {sheet.stage for sheet in folder.by_unit.get(unit.code, ())}
        if unit.required and Stage.SELF not in received:
            name = context.campaign.roster.full_name(unit.code)
            yield Finding(
                unit=unit.code,
                stage=Stage.SELF,
                details=(("unit_name", name),),
                blocks=not received,  # a later stage can carry the verdict
            )


@rule(
    "C602", severity=Severity.ERROR, on=FolderSubject, message="{found}, 应不少于 {least} 个。",
    fix="请补查或补报, 至少 {least} 个乡镇(街道)。",
)  # fmt: skip
def too_few_checked(folder: FolderSubject, context: Context) -> Iterator[Finding]:
    """县级检查的乡镇太少。

    查什么: 每个县实地检查的乡镇(街道)不少于规定的个数 (通知 R21: 不少于 6 个); 没有乡镇的开发区不适用。
    为什么: 查得太少, 县级检查的结论没有代表性。
    例子: 某县只查了 4 个乡镇。
    怎么改: 补查, 或补报已经检查的评分表。
    """
    least = context.campaign.settings.coverage.county_check_townships.value
    roster = context.campaign.roster
    for body in roster.bodies():
        townships = roster.townships(body.code)
        checked = [
            u for u in townships if any(s.stage is Stage.COUNTY for s in folder.by_unit.get(u.code, ()))
        ]
        if any(u.required for u in townships) and len(checked) < min(least, len(townships)):
            county = roster.county_name(body.code)
            found = (
                say("{county}县级检查只收到 {count} 个乡镇(街道)的评分表", county=county, count=len(checked))
                if checked
                else say("没有收到{county}县级检查乡镇(街道)的评分表", county=county)
            )
            details = (("found", found), ("least", least))
            yield Finding(unit=body.code, stage=Stage.COUNTY, details=details)
