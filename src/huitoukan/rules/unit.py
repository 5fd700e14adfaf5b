"""U301-U313 and U337: which unit and which stage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from huitoukan.model import Finding, Hint, Match, Origin, Severity, StageClaim, UnitClaim
from huitoukan.phrase import Listing, Phrase, say
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.responses import SurveySubject
from huitoukan.rules.subjects import SheetSubject


@rule(
    "U301",
    severity=Severity.ERROR,
    on=SheetSubject,
    also=(SurveySubject,),
    blocks=True,
    message="没有填单位名称。",
    fix="请在“单位名称”处填写单位全称。",
)
def unit_missing(subject: SheetSubject | SurveySubject, _context: Context) -> Iterator[Finding]:
    """单位名称未填。

    查什么: 评分表的“单位名称”必须填写。
    为什么: 不知道是哪个单位的表, 分数无处可计。
    例子: 只写了“（盖章）”, 没有写名称。
    怎么改: 填写单位全称, 如“昔阳县乐平镇”。
    """
    claim = subject.sheet.unit
    if not claim.text and claim.unit is None:
        yield subject.finding(claim.cell)


@rule(
    "U302", severity=Severity.ERROR, on=SheetSubject, also=(SurveySubject,), blocks=True,
    message="单位“{name}”不在名录里。{suggestion}",
    fix="请核对单位名称, 改为名录里的全称。",
)  # fmt: skip
def unit_unknown(subject: SheetSubject | SurveySubject, context: Context) -> Iterator[Finding]:
    """单位不在名录里。

    查什么: 单位名称必须是名录里的单位。
    为什么: 名录里没有的单位无法计入所属的县。
    例子: 把“昔阳县”错写成“析阳县”。
    怎么改: 按名录改正单位名称。工具只提示相近的名称, 不代为决定; 用本工具的空白表填报的, 按发给的单位计入。
    """
    claim, roster = subject.sheet.unit, context.campaign.roster
    if claim.text and claim.match.kind is Match.UNKNOWN and claim.unit is not None:
        yield subject.finding(claim.cell, blocks=False, name=claim.text, suggestion=_by_stamp(claim, context))
    elif claim.text and claim.match.kind is Match.UNKNOWN:
        close = roster.suggestions(claim.text, claim.county) or roster.suggestions(claim.text)
        suggestion = say("是不是{names}?", names=close) if close else ""
        yield subject.finding(claim.cell, name=claim.text, suggestion=suggestion)


@rule(
    "U303",
    severity=Severity.ERROR,
    on=SheetSubject,
    also=(SurveySubject,),
    blocks=True,
    message="“{name}”在几个县都有: {names}。",
    fix="请在名称前写明所属县(区、市)。",
)
def unit_ambiguous(subject: SheetSubject | SurveySubject, context: Context) -> Iterator[Finding]:
    """单位重名。

    查什么: 几个县都有的名称必须写明所属县。
    为什么: 只写“北关街道”, 不知道是榆次区的还是介休市的。
    例子: 单位名称只写“城区”。
    怎么改: 在前面加上县(区、市)名, 如“介休市北关街道”。
    """
    claim = subject.sheet.unit
    if claim.match.kind is Match.AMBIGUOUS and claim.unit is None:
        names = tuple(context.campaign.roster.full_name(code) for code in claim.match.candidates)
        yield subject.finding(claim.cell, name=claim.text, names=names)


@rule(
    "U304", severity=Severity.ERROR, on=SheetSubject, also=(SurveySubject,), message="{what}是{name}, {places}。",
    fix="请核对是哪个单位的表, 改正表内名称或文件的位置、名称。",
)  # fmt: skip
def unit_contradicted(subject: SheetSubject | SurveySubject, context: Context) -> Iterator[Finding]:
    """单位前后不一致。

    查什么: 表内的单位应与工作表名、文件名和所在文件夹 (压缩包、邮件也算) 一致。
    为什么: 不一致时, 可能是放错了文件夹, 也可能是套用别的单位的表忘了改名。
    例子: 文件名是“东观镇”, 表内单位是“古县镇”。
    怎么改: 核对后改正不对的一处。汇总暂以表内为准; 用本工具的空白表填报的, 以空白表发给的单位为准。
    """
    claim = subject.sheet.unit
    if claim.contradictions and claim.unit is not None:
        elsewhere = say("{origin}里的单位", origin=claim.origin)
        what = _what(claim, say("空白表发给的单位"), say("表内单位"), elsewhere)
        name = context.campaign.roster.full_name(claim.unit)
        yield subject.finding(claim.cell, what=what, name=name, places=_places(claim.contradictions))


@rule(
    "U305",
    severity=Severity.WARNING,
    on=SheetSubject,
    also=(SurveySubject,),
    message="“{name}”已撤并, 现为{now}, 已按现名计入。",
    fix="请改用现在的名称{now}。",
)
def unit_former_name(subject: SheetSubject | SurveySubject, context: Context) -> Iterator[Finding]:
    """用了撤并前的名称。

    查什么: 单位名称应是现行名称, 不用 2021 年撤并前的旧名。
    为什么: 旧名说明可能沿用了旧表、旧章。
    例子: 榆次区什贴镇已并入乌金山镇。
    怎么改: 改用现在的名称。
    """
    claim = subject.sheet.unit
    if claim.match.kind is Match.FORMER and claim.unit and not claim.differs:
        now = context.campaign.roster.full_name(claim.unit)
        yield subject.finding(claim.cell, name=claim.text, now=now)


@rule(
    "U306",
    severity=Severity.INFO,
    on=SheetSubject,
    also=(SurveySubject,),
    message="“{name}”是别名, 已按{now}计入。",
    fix="建议写全称{now}。",
)
def unit_alias(subject: SheetSubject | SurveySubject, context: Context) -> Iterator[Finding]:
    """用了别名。

    查什么: 单位名称最好写全称。
    为什么: 别名虽能认出, 仍以全称为准。
    例子: “乐平”“锦纶街办”。
    怎么改: 写全称; 本次已认出, 不影响结果。
    """
    claim = subject.sheet.unit
    if claim.match.kind is Match.ALIAS and claim.unit and not claim.differs:
        now = context.campaign.roster.full_name(claim.unit)
        yield subject.finding(claim.cell, name=claim.text, now=now)


@rule(
    "U307",
    severity=Severity.WARNING,
    on=SheetSubject,
    also=(SurveySubject,),
    blocks=True,
    message="“{name}”已撤销, 归属不能确定{names}。{counted}",
    fix="请写明现在的单位全称。",
)
def unit_abolished(subject: SheetSubject | SurveySubject, context: Context) -> Iterator[Finding]:
    """用了已撤销的名称, 归属不明。

    查什么: 已撤销而又没有唯一接续单位的旧名不能使用。
    为什么: 不知道分数应计入哪个单位。
    例子: 左权县粟城乡分别并入辽阳镇和桐峪镇。
    怎么改: 写明现在的单位全称。
    """
    claim = subject.sheet.unit
    if claim.match.kind is Match.ABOLISHED and not claim.differs:
        units = tuple(context.campaign.roster.full_name(code) for code in claim.match.candidates)
        names = say(" (可能是 {names})", names=units) if units else ""
        counted = _by_stamp(claim, context) if claim.unit else ""
        yield subject.finding(
            claim.cell, blocks=claim.unit is None, name=claim.text, names=names, counted=counted
        )


@rule(
    "U308",
    severity=Severity.WARNING,
    on=SheetSubject,
    also=(SurveySubject,),
    message="“{name}”没有写所属县, 已按所在位置计入{now}。",
    fix="请写全称{now}。",
)
def unit_without_county(subject: SheetSubject | SurveySubject, context: Context) -> Iterator[Finding]:
    """重名单位没有写县名。

    查什么: 几个县都有的名称应写明所属县。
    为什么: 本次是按工作表名、文件名或文件夹推断的, 放错文件夹就会计错。
    例子: 文件夹是“介休市”, 单位名称只写“北关街道”。
    怎么改: 在单位名称前加上县(区、市)名。
    """
    claim = subject.sheet.unit
    if claim.match.kind is Match.AMBIGUOUS and claim.unit and not claim.differs:
        now = context.campaign.roster.full_name(claim.unit)
        yield subject.finding(claim.cell, name=claim.text, now=now)


@rule(
    "U309",
    severity=Severity.WARNING,
    on=SheetSubject,
    also=(SurveySubject,),
    message="没有填单位名称, 已按{origin}计入{now}。",
    fix="请在“单位名称”处填写{now}。",
)
def unit_from_name(subject: SheetSubject | SurveySubject, context: Context) -> Iterator[Finding]:
    """单位名称未填, 按文件推断。

    查什么: 评分表的“单位名称”必须填写。
    为什么: 本次是按标题、工作表名、文件名或文件夹推断的, 应由填报单位确认。
    例子: 表内单位名称空着, 文件名是“东观镇评分表”。
    怎么改: 在表内填写单位全称。
    """
    claim = subject.sheet.unit
    if not claim.text and claim.unit and claim.origin is not Origin.STAMP:
        now = context.campaign.roster.full_name(claim.unit)
        yield subject.finding(claim.cell, origin=claim.origin, now=now)


@rule(
    "U311", severity=Severity.ERROR, on=SheetSubject, blocks=True, message="看不出是哪个检查阶段的表。",
    fix="请在“检查阶段”处填写: 自评、县级检查或市级检查。",
)  # fmt: skip
def stage_unknown(subject: SheetSubject | SurveySubject, _context: Context) -> Iterator[Finding]:
    """检查阶段不明。

    查什么: 评分表应写明是自评、县级检查还是市级检查。
    为什么: 不知道阶段, 分数就不知道该算在哪一级。
    例子: “检查阶段”空着, 表头只有“得分”。
    怎么改: 在“检查阶段”处填写自评、县级检查或市级检查。
    """
    if subject.sheet.stage.stage is None:
        yield subject.finding(subject.sheet.stage.cell)


@rule(
    "U312", severity=Severity.ERROR, on=SheetSubject, also=(SurveySubject,), message="{what}是{name}, {places}。",
    fix="请核对是哪个阶段的表, 改正表内阶段或文件的位置、名称。",
)  # fmt: skip
def stage_contradicted(subject: SheetSubject | SurveySubject, _context: Context) -> Iterator[Finding]:
    """检查阶段前后不一致。

    查什么: 表内的检查阶段应与工作表名、文件名和所在文件夹一致。
    为什么: 阶段弄错, 自评的分会被当成检查的分。
    例子: 文件夹是“县级检查”, 表内写的是“自评”。
    怎么改: 核对后改正不对的一处。汇总暂以表内为准; 用本工具的空白表填报的, 以空白表发给的阶段为准。
    """
    claim = subject.sheet.stage
    if claim.contradictions:
        elsewhere = say("{origin}里的阶段", origin=claim.origin)
        what = _what(claim, say("空白表发给的阶段"), say("表内阶段"), elsewhere)
        yield subject.finding(claim.cell, what=what, name=claim.stage, places=_places(claim.contradictions))


def _what(claim: UnitClaim | StageClaim, stamped: Phrase, written: Phrase, elsewhere: Phrase) -> Phrase:
    """The unit or stage that counts, by the place that it was taken from."""
    if claim.origin is Origin.STAMP:
        return stamped
    return written if claim.text or claim.origin is None else elsewhere


def _by_stamp(claim: UnitClaim, context: Context) -> Phrase:
    """That the sheet counts for the unit to which the blank form was given, whatever its header says."""
    assert claim.unit is not None
    return say("空白表是发给{now}的, 已按它计入。", now=context.campaign.roster.full_name(claim.unit))


def _places(hints: Sequence[Hint]) -> Listing:
    """What the sheet name, the file name and the folder say instead."""
    return Listing(tuple(say("{origin}却是“{other}”", origin=hint.origin, other=hint.text) for hint in hints))


@rule(
    "U313", severity=Severity.WARNING, on=SheetSubject, message="没有填检查阶段, 已按{origin}计入{now}。",
    fix="请在“检查阶段”处填写{now}。",
)  # fmt: skip
def stage_inferred(subject: SheetSubject | SurveySubject, _context: Context) -> Iterator[Finding]:
    """检查阶段未填, 按文件推断。

    查什么: 评分表应写明检查阶段。
    为什么: 本次是按文件名或文件夹推断的, 应由填报单位确认。
    例子: 文件夹是“自评”, 表内没有写阶段。
    怎么改: 在表内填写检查阶段。
    """
    claim = subject.sheet.stage
    if not claim.text and claim.stage and claim.origin not in (Origin.STAMP, Origin.COLUMNS):
        yield subject.finding(claim.cell, origin=claim.origin, now=claim.stage)


@rule(
    "U337", severity=Severity.ERROR, on=SheetSubject, also=(SurveySubject,), message="空白表是发给{stamped}的, 表内写的却是{name}, 暂按{counted}计入。",
    fix="请用本单位、本阶段的空白表重新填报; 确实借用表样的, 请把这张表移到新建的工作簿 (不带隐藏的工作表 _huitoukan) 再报; 表内写错的, 改正表内。",
)  # fmt: skip
def form_of_another_unit(subject: SheetSubject | SurveySubject, context: Context) -> Iterator[Finding]:
    """用的是发给别的单位或别的阶段的表。

    查什么: 用本工具生成的空白表填报的, 表内的单位和阶段应与下发时的一致。
    为什么: 汇总先看空白表是发给谁的。写的不一致, 可能是用了别的单位的表, 也可能是把别人填好的表改了名称, 分数会计错。
    例子: 发给乐平镇的表, 单位名称改成了皋落镇。
    怎么改: 用本单位、本阶段的空白表重新填报; 借用表样的, 把表移到新建的工作簿, 不带隐藏的工作表 _huitoukan; 表内写错的, 改正表内。
    """
    roster, stamp = context.campaign.roster, subject.stamp
    unit, stage = subject.sheet.unit, subject.sheet.stage
    if unit.unit is None or stage.stage is None:
        return
    now: Phrase | str = roster.full_name(unit.unit)
    written: Phrase | str = roster.full_name(unit.match.unit) if unit.match.unit else f"“{unit.text}”"
    if unit.differs and stage.differs:
        stamped, now = (
            say("{unit}{stage}用", unit=now, stage=stage.stage),
            say("{unit}{stage}", unit=now, stage=stage.stage),
        )
        written = say("{unit}“{stage}”", unit=written, stage=stage.text)
        yield subject.finding(unit.cell, stamped=stamped, name=written, counted=now)
    elif unit.differs:
        yield subject.finding(unit.cell, stamped=now, name=written, counted=now)
    elif stage.differs:
        stamped = say("{unit}{stage}用", unit=now, stage=stage.stage)
        yield subject.finding(stage.cell, stamped=stamped, name=f"“{stage.text}”", counted=stage.stage)
    elif stamp is not None and stamp.unit in roster.units and unit.text and stamp.unit != unit.unit:
        # the table of another level was put on the form: then the form does not say whose it is
        yield subject.finding(unit.cell, stamped=roster.full_name(stamp.unit), name=written, counted=written)
