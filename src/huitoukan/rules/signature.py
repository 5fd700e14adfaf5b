"""U331-U336: who inspected, who answers for the unit, and how to reach them.

A typed （盖章） is a label, not a seal, and a cell cannot prove a signature: only what is missing or cannot be a name is
reported. Where a picture lies over the place, the signature may be that picture, and nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from huitoukan.model import FieldClaim, Finding, Severity, Stage
from huitoukan.phrase import Listing
from huitoukan.rules.people import holds_phone, names, written
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.subjects import SheetSubject

_NEAR = 2  # rows between a field and a picture that may belong to it


def _signed_by_picture(subject: SheetSubject, claim: FieldClaim) -> bool:
    return any(area.top - _NEAR <= claim.cell.row <= area.bottom + _NEAR for area in subject.grid.pictures)


def _missing(subject: SheetSubject, field: str) -> Iterator[Finding]:
    """A finding where the form has a field that nobody filled."""
    claim = subject.sheet.signatures.get(field)
    if claim is not None and not written(claim.text) and not _signed_by_picture(subject, claim):
        yield subject.finding(claim.cell)


@rule(
    "U331",
    severity=Severity.WARNING,
    on=SheetSubject,
    message="没有填检查人员。",
    fix="请填写检查 (填报) 人员的姓名。",
)
def inspectors_missing(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """检查人员未填。

    查什么: “检查人员”应填写姓名。
    为什么: 不知道由谁打分, 无法复核。
    例子: “检查人员”后面空着。
    怎么改: 填写检查 (填报) 人员的姓名。
    """
    yield from _missing(subject, "inspectors")


@rule(
    "U332",
    severity=Severity.WARNING,
    on=SheetSubject,
    message="没有被检查单位负责人签字。",
    fix="请单位负责人签字。",
)
def leader_missing(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """单位负责人未签字。

    查什么: “被检查单位负责人签字”应有姓名 (电子表里看不出印章和手写签名, 贴有图片的不报)。
    为什么: 没有签字, 单位是否认可这些分数说不清。
    例子: “单位负责人”后面空着, 或只有“（签字）”。
    怎么改: 请单位负责人签字。
    """
    yield from _missing(subject, "leader")


@rule(
    "U333",
    severity=Severity.WARNING,
    on=SheetSubject,
    message="没有填联系电话。",
    fix="请填写能联系到填报人的电话。",
)
def phone_missing(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """联系电话未填。

    查什么: 表上有“联系电话”栏的, 应填写。
    为什么: 表有问题时找不到人核对。
    例子: “联系电话”后面空着。
    怎么改: 填写能联系到填报人的电话。
    """
    yield from _missing(subject, "phone")


@rule(
    "U334", severity=Severity.WARNING, on=SheetSubject, message="联系电话“{text}”不像电话号码。",
    fix="请填写 11 位手机号, 或带区号的座机号, 如 0354-3021234。",
)  # fmt: skip
def phone_implausible(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """联系电话不像电话号码。

    查什么: 电话应是 11 位手机号、带区号的座机号或 7 至 8 位座机号, 不应全是同一个数字。
    为什么: 号码少一位就打不通; 填成数字时, 区号开头的 0 会丢失。
    例子: 1380013800 (少一位)、00000000。
    怎么改: 填写正确的号码; 单元格先设成文本格式, 开头的 0 就不会丢。
    """
    claim = subject.sheet.signatures.get("phone")
    if claim is not None and written(claim.text) and not holds_phone(claim.text):
        yield subject.finding(claim.cell, text=claim.text)


@rule(
    "U335", severity=Severity.WARNING, on=SheetSubject, message="“{field}”填的是“{text}”, 不像姓名。",
    fix="请填写本人姓名。",
)  # fmt: skip
def name_implausible(subject: SheetSubject, context: Context) -> Iterator[Finding]:
    """填的不像姓名。

    查什么: “检查人员”“被检查单位负责人签字”应是姓名。
    为什么: 填“无”“同上”“XXX”、日期或单位名称, 等于没有签字。
    例子: 检查人员填“同上”。
    怎么改: 填写本人姓名。
    """
    labels = context.campaign.rubric.form.fields.labels()
    for field in ("inspectors", "leader"):
        claim = subject.sheet.signatures.get(field)
        if claim is not None and written(claim.text) and not names(claim.text):
            yield subject.finding(claim.cell, field=labels[field].label, text=claim.text)


@rule(
    "U336", severity=Severity.WARNING, on=SheetSubject, message="{names}既是检查人员, 又是被检查单位负责人。",
    fix="请核对检查人员; 检查组不应由被检查单位的人组成。",
)  # fmt: skip
def inspector_from_the_unit(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """检查人员是被检查单位的负责人。

    查什么: 县级、市级检查的检查人员不应是被检查单位的负责人 (自评由本单位自己做, 不查)。
    为什么: 自己检查自己, 不能算上级检查; 也可能是签字填错了地方。
    例子: 县级检查表上, 检查人员和被检查单位负责人都是“王建军”。
    怎么改: 核对检查人员和负责人, 改正填错的一处。
    """
    claims = subject.sheet.signatures
    if subject.sheet.stage.stage in (None, Stage.SELF) or not {"inspectors", "leader"} <= set(claims):
        return
    inspectors, leaders = (names(claims[field].text) for field in ("inspectors", "leader"))
    same = tuple(name for name in leaders if name in inspectors)
    if same:
        yield subject.finding(claims["inspectors"].cell, names=Listing(same))
