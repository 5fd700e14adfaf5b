"""C614-C617, C620-C621: questionnaires and reports that did not come, came late, or came as what cannot be added up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from huitoukan.campaign.materials import ArchiveGroup
from huitoukan.materials import Holding, MaterialKind, Presence
from huitoukan.model import Finding, Severity, Stage
from huitoukan.phrase import Listing, Phrase, say
from huitoukan.rules.receipts import Ledger, documents_of
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.selection import by_county_and_stage, listed, own_names

_ARCHIVED = frozenset(kind for kind in MaterialKind if not kind.is_sent)


def _missing(kind: MaterialKind, found: Ledger, context: Context) -> Iterator[Finding]:
    """One finding for the units of a county that lack a material at a stage."""
    missing = [one for one in found.holdings if one.kind is kind and one.presence is Presence.MISSING]
    for county, stage, own in by_county_and_stage(missing, context):
        yield Finding(
            unit=county if len(own) > 1 else own[0].unit, stage=stage,
            details=(
                ("county", context.campaign.roster.county_name(county)), ("stage_name", stage), ("count", len(own)),
                ("units", own_names(own, context)),
            ),
        )  # fmt: skip


@rule(
    "C614", severity=Severity.WARNING, on=Ledger,
    message="{county}{stage_name}过的单位中, {count} 个没有调查问卷: {units}。", fix="请补报这些单位的调查问卷。",
)  # fmt: skip
def questionnaire_missing(found: Ledger, context: Context) -> Iterator[Finding]:
    """缺调查问卷。

    查什么: 接受检查的单位都要有调查问卷 (通知 R07、R40)。文件夹里一份该阶段的问卷也没有的不报 (只收评分表的不受打扰);
    要一律核对的, 把检查活动文件 materials.asked 里这一条的 demand 改为 always。
    为什么: 问卷和评分表一起上报, 还要用来核对评分。
    例子: 县里查了 7 个乡镇, 只报了 6 份问卷。
    怎么改: 补报问卷; 已报的核对文件名和表内的单位名称。
    """
    yield from _missing(MaterialKind.QUESTIONNAIRE, found, context)


@rule(
    "C615", severity=Severity.WARNING, on=Ledger,
    message="{county}应报{stage_name}总结报告的单位中, {count} 个没有收到: {units}。", fix="请补报这些单位的总结报告。",
)  # fmt: skip
def report_missing(found: Ledger, context: Context) -> Iterator[Finding]:
    """缺总结报告。

    查什么: 自评阶段每个单位、县级检查阶段每个县都要有总结报告 (通知 R12、R22、R40)。文件夹里一份该阶段的报告也没有的不报;
    要一律核对的, 把检查活动文件 materials.asked 里这一条的 demand 改为 always。
    为什么: 总结报告和评分表一起上报。
    例子: 全县都报了自评报告, 只有一个乡没有。
    怎么改: 补报; 已报的, 文件名要写明单位和“总结报告”, 如“昔阳县乐平镇自评总结报告.docx”。
    """
    yield from _missing(MaterialKind.REPORT, found, context)


@rule(
    "C616", severity=Severity.WARNING, on=Ledger,
    message="{unit_name}的评分表是文档或图片, 读不出分数; 没有收到{stage_name}的工作簿。",
    fix="请报送 Excel 原表; 盖章的扫描件可以一并报送。",
)  # fmt: skip
def document_in_place_of_a_workbook(found: Ledger, context: Context) -> Iterator[Finding]:
    """评分表是文档或图片。

    查什么: 名为评分表的 PDF、Word、图片, 同一单位同一阶段又没有工作簿的。
    为什么: 文档和图片里的分数读不出来, 这个单位等于没有报送。
    例子: 只发来“乐平镇自评表.pdf”。
    怎么改: 报送 Excel 原表; 扫描件作为盖章的凭据可以一并报送。
    """
    for file in documents_of(found.files, MaterialKind.SCORE_SHEET):
        material = file.material
        assert material is not None
        stages = [material.stage] if material.stage else list(Stage)
        if material.unit is None or any(
            (material.unit, stage, MaterialKind.SCORE_SHEET) in found.receipts for stage in stages
        ):
            continue
        name = context.campaign.roster.full_name(material.unit)
        yield Finding(
            file=file.path, unit=material.unit, stage=material.stage,
            details=(("unit_name", name), ("stage_name", material.stage or say("任何阶段"))),
        )  # fmt: skip


@rule(
    "C617", severity=Severity.WARNING, on=Ledger,
    message="{county}有 {count} 个单位的{stage_name}材料在 {deadline} 之后才发来 (最晚的 {last}): {units}。",
    fix="请说明逾期的原因。",
)  # fmt: skip
def sent_late(found: Ledger, context: Context) -> Iterator[Finding]:
    """逾期报送。

    查什么: 邮件的发送日期不应晚于报送期限 (通知 R40: 7月1日前; 7月1日当天算不算逾期由 coverage.deadline_inclusive 决定)。
    同一份材料早些时候也发来过的不算逾期。没有邮件的, 表内日期晚于期限的只在报送情况里标出: 它已按 U323 报出; 文件的修改时间不作依据。
    为什么: 逾期影响市局汇总。
    例子: 7月3日才发来县级检查评分表。
    怎么改: 说明原因; 以后按期报送。
    """
    late = [
        one for one in found.holdings if one.presence is Presence.LATE and any(r.mailed for r in one.receipts)
    ]
    for county, stage, own in by_county_and_stage(late, context):
        files = tuple(dict.fromkeys(receipt.file for one in own for receipt in one.receipts))
        units = dict.fromkeys(one.unit for one in own)
        first = {code: next(one for one in own if one.unit == code) for code in units}
        yield Finding(
            file=files[0], others=files[1:], unit=county if len(units) > 1 else own[0].unit, stage=stage,
            details=(
                ("county", context.campaign.roster.county_name(county)), ("stage_name", stage), ("count", len(units)),
                ("deadline", context.campaign.settings.coverage.deadline.value), ("last", _last_day(own)),
                ("units", own_names(list(first.values()), context)),
            ),
        )  # fmt: skip


def _last_day(late: list[Holding]) -> date:
    return max(receipt.day for one in late for receipt in one.receipts if receipt.day is not None)


@rule(
    "C620", severity=Severity.INFO, on=Ledger, message="{county}的档案里, {group}的资料还缺{parts}。",
    fix="请补齐归档; 资料在县里没有报来的, 不必理会。",
)  # fmt: skip
def archive_incomplete(found: Ledger, context: Context) -> Iterator[Finding]:
    """归档资料不全。

    查什么: 县里的档案分检查阶段 (评分表、相关文件、组织实施)、自评阶段 (自查评分表、总结)、完善阶段 (宣传、培训、指导) 三组 (通知 R34)。
    只看报来过文件、宣传、培训之类资料的县; 要一律核对的, 把检查活动文件 materials.archive 的 demand 改为 always, 不核对的改为 never。
    为什么: 这些资料要装订成册、完整保存, 随时接受抽查。
    例子: 报来了培训和宣传的照片, 没有对乡镇指导的记录。
    怎么改: 补齐归档。是否装订成册、是否妥善保存, 软件看不出来。
    """
    archive = context.campaign.settings.materials.archive
    if archive.demand == "never":
        return
    for body in context.campaign.roster.bodies():
        kept = {
            f.material.kind for f in found.files if f.material is not None and f.material.county == body.code
        }
        if archive.demand == "if_any" and not kept & _ARCHIVED:
            continue
        for group in archive.groups:
            lacking = [
                _told_as(kind, group)
                for kind in group.materials
                if kind not in kept and not _received(kind, group, body.code, found)
            ]
            if lacking:
                yield Finding(
                    unit=body.code, stage=group.stage,
                    details=(
                        ("county", context.campaign.roster.county_name(body.code)), ("group", group.title),
                        ("parts", Listing(tuple(lacking))),
                    ),
                )  # fmt: skip


def _told_as(kind: MaterialKind, group: ArchiveGroup) -> MaterialKind | Phrase:
    own = kind is MaterialKind.SCORE_SHEET and group.stage is Stage.SELF
    return say("自查评分表") if own else kind


def _received(kind: MaterialKind, group: ArchiveGroup, county: str, found: Ledger) -> bool:
    units = found.campaign.roster.units
    return any(
        what is kind and group.stage in (None, stage) and units[unit].county == county
        for unit, stage, what in found.receipts
    )


@rule(
    "C621", severity=Severity.INFO, on=Ledger,
    message="{county}有 {count} 个单位的自评表, 日期早于通知转发的 {day}: {units}。", fix="请核对日期。",
)  # fmt: skip
def dated_before_the_notice_came(found: Ledger, context: Context) -> Iterator[Finding]:
    """自评日期早于县里转发通知。

    查什么: 检查活动文件 coverage.forwarded 写明了各县转发通知日期的, 自评表的日期一般不应更早; 没有写的不查。
    为什么: 通知没有到, 表样也没有到; 日期可能是随手填的。
    例子: 昔阳县 5月13日转发通知, 某乡自评表的日期是 5月11日。
    怎么改: 核对日期; 确实提前自评的不用改。
    """
    roster = context.campaign.roster
    for county, day in context.campaign.forwarded.items():
        early = [
            (unit, receipt)
            for (unit, stage, kind), receipts in found.receipts.items()
            if stage is Stage.SELF
            and kind is MaterialKind.SCORE_SHEET
            and roster.units[unit].county == county
            for receipt in receipts
            if receipt.dated is not None and receipt.dated < day
        ]
        if early:
            first, files = early[0][1], [receipt.file for _, receipt in early]
            one = len(early) == 1
            yield Finding(
                file=first.file, sheet=first.sheet if one else None, cell=first.cell if one else None,
                unit=early[0][0] if one else county, stage=Stage.SELF,
                others=tuple(dict.fromkeys(file for file in files if file != first.file)),
                details=(
                    ("county", roster.county_name(county)), ("count", len(early)), ("day", day),
                    ("units", listed([roster.units[unit].name for unit, _ in early])),
                ),
            )  # fmt: skip
