"""I712-I715: the stages of one unit compared, beside those of the other units. Source: domain practice (自评虚高、检查放宽).

What stands in several columns of one sheet is compared there (S431, S432, I711), and not told a second time here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from huitoukan.model import Finding, Severity, Stage
from huitoukan.phrase import Phrase, say
from huitoukan.rules.clue_words import expected, listed, number, place, places
from huitoukan.rules.compared import Compared, Filled, Points
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.robust import Spread, spread

_ON_ONE_SHEET = ("S431", "S432", "I711")


@rule(
    "I712", severity=Severity.WARNING, on=Compared,
    message="{county} {count} 个单位的{later}与{earlier}逐项相同, 扣分的项目也一分不差: {units}。{usual}",
    fix="需核实: 请确认检查组到现场逐项核对过, 不是照抄{earlier}。",
)  # fmt: skip
def same_as_before(all_: Compared, context: Context) -> Iterator[Finding]:
    """检查得分与前一阶段逐项相同。

    查什么: 同一单位相邻两个阶段的评分表, 两次都有分数的项目是否逐项相同, 扣分的项目也不少 (都是满分的由 I706 列出, 填在同一张表上的由 I711 列出)。一个县的列在一起, 并按其他县两次打分的一致程度, 说明偶然相同的大约会有几个。
    为什么: 检查与自评一分不差, 可能是没有实地核对就照抄, 也可能自评确实准确。
    例子: 自评扣了 6 项共 5.5 分, 县级检查也扣这 6 项, 每项都一样。
    怎么改: 需核实, 不是结论: 查看检查记录和照片, 必要时复核。
    """
    agreements = _agreements(all_, context)
    for (before, after), units in agreements.items():
        for county in dict.fromkeys(one.later.county for one in units):
            own = [one for one in units if one.later.county == county]
            group = [one for one in own if one.is_complete]
            if group:
                usual = _expected(own, [one for one in units if one.later.county != county], before, after)
                yield _told_same(group, usual, context)


@dataclass(frozen=True, slots=True)
class _Agreement:
    """Two stages of a unit: the items that either found wanting, on how many of them they agree, all items scored twice."""

    earlier: Filled
    later: Filled
    lost: int
    agreed: int
    items: int

    @property
    def is_complete(self) -> bool:
        """Whether they agree on all of them."""
        return self.agreed == self.lost


def _agreements(all_: Compared, context: Context) -> dict[tuple[Stage, Stage], list[_Agreement]]:
    """The units with enough deductions to tell, by the stages compared."""
    settings = context.campaign.settings.integrity.gaps
    found: dict[tuple[Stage, Stage], list[_Agreement]] = {}
    for earlier, later in _stage_pairs(all_):
        both = earlier.points.keys() & later.points.keys()
        lost = [i for i in both if min(earlier.points[i], later.points[i]) < later.maxima[i]]
        agreed = sum(earlier.points[i] == later.points[i] for i in lost)
        enough = len(both) >= settings.items.value and len(lost) >= max(settings.deductions.value, 1)
        if enough and not _on_one_sheet(all_, later):
            one = _Agreement(earlier, later, len(lost), agreed, len(both))
            found.setdefault((earlier.stage, later.stage), []).append(one)
    return found


def _expected(
    own: Sequence[_Agreement], others: Sequence[_Agreement], before: Stage, after: Stage
) -> Phrase | str:
    """How many of a county's units would agree in every row if they agreed on each deduction as often as the others."""
    lost = sum(one.lost for one in others)
    if not lost:
        return ""
    share = sum(one.agreed for one in others) / lost
    return say(
        "其他县扣分的项目, {earlier}与{later}有 {share}% 一致; 照此推算, 本县偶然逐项相同的{number} 个。",
        earlier=before, later=after, share=number(100 * share, 0),
        number=expected(sum(share**one.lost for one in own)),
    )  # fmt: skip


def _told_same(group: Sequence[_Agreement], usual: Phrase | str, context: Context) -> Finding:
    roster = context.campaign.roster
    first = group[0]
    told = [
        say(
            "{unit_name} ({items} 项, 其中扣分 {lost} 项)",
            unit_name=roster.full_name(one.later.unit), items=one.items, lost=one.lost,
        )
        for one in group
    ]  # fmt: skip
    return first.later.finding(
        others=tuple(sheet.sheet.file for one in group for sheet in (one.later, one.earlier)),
        county=roster.county_name(first.later.county),
        count=len(group),
        later=first.later.stage,
        earlier=first.earlier.stage,
        units=listed(told),
        usual=usual,
        places=places(place(sheet) for one in group for sheet in (one.earlier, one.later)),
    )


@rule(
    "I713", severity=Severity.WARNING, on=Compared,
    message="{unit_name}自评 {before} 分, {later} {after} 分 (按百分制, 两次都有分数的 {items} 项), 自评高 {gap} 分{beside}。",
    fix="需核实: 请对照检查记录说明差距大的项目; 自评依据不足的应改正。",
)  # fmt: skip
def self_far_above_check(all_: Compared, context: Context) -> Iterator[Finding]:
    """自评远高于检查。

    查什么: 同一单位自评与检查的差距, 与其他单位的差距相比是否特别大 (按中位数和绝对中位差), 或者达到 comparison 一节的分数。
    为什么: 差距大, 可能是自查没有到位, 也可能是两次看的材料、掌握的尺度不同; 其他单位都没有这样的差距时更应说明。
    例子: 各单位自评一般比县级检查高 1 分左右, 某镇高 9 分。
    怎么改: 需核实, 不是结论: 对照检查记录, 说明差距大的项目。
    """
    for later in (Stage.COUNTY, Stage.CITY):
        for gap in _far(all_, Stage.SELF, later, context):
            if gap.points > 0:
                yield _told(gap, context)


@rule(
    "I714", severity=Severity.WARNING, on=Compared,
    message="{unit_name}自评 {before} 分, {later} {after} 分 (按百分制, 两次都有分数的 {items} 项), 检查反而高 {gap} 分{beside}。",
    fix="需核实: 请检查组说明加分的依据。",
)  # fmt: skip
def check_far_above_self(all_: Compared, context: Context) -> Iterator[Finding]:
    """检查远高于自评。

    查什么: 检查得分是否比自评高出许多, 与其他单位相比特别突出, 或者达到 comparison 一节的分数。
    为什么: 检查比本单位自己打的还高, 可能是检查放宽, 也可能是自评时漏了材料。
    例子: 自评 82 分, 县级检查 91 分。
    怎么改: 需核实, 不是结论: 请检查组说明加分的依据。
    """
    for later in (Stage.COUNTY, Stage.CITY):
        for gap in _far(all_, Stage.SELF, later, context):
            if gap.points < 0:
                yield _told(gap, context)


@rule(
    "I715", severity=Severity.WARNING, on=Compared,
    message="{unit_name}县级检查 {before} 分, 市级检查 {after} 分 (按百分制, 两次都有分数的 {items} 项), 市级{direction} {gap} 分{beside}。",
    fix="需核实: 请对照两级检查的记录, 说明差距大的项目。",
)  # fmt: skip
def county_and_city_far_apart(all_: Compared, context: Context) -> Iterator[Finding]:
    """县级检查与市级检查相差很大。

    查什么: 同一单位县级检查与市级检查的差距, 与其他单位相比特别大, 或者达到 comparison 一节的分数。
    为什么: 两级检查用同一标准, 相差太大说明有一级的尺度不准。
    例子: 县级检查 95 分, 市级检查 83 分。
    怎么改: 需核实, 不是结论: 对照两级检查的记录。
    """
    for gap in _far(all_, Stage.COUNTY, Stage.CITY, context):
        direction = say("低") if gap.points > 0 else say("高")
        yield _told(gap, context, direction)


# ---------------------------------------------------------------------------------------------------------- gaps


@dataclass(frozen=True, slots=True)
class _Gap:
    """How far the earlier stage of a unit lies above the later one, on the scale of 100, over the items scored at both."""

    earlier: Filled
    later: Filled
    before: Decimal
    after: Decimal
    items: int
    beside: Phrase | str = ""

    @property
    def points(self) -> Decimal:
        """Earlier minus later."""
        return self.before - self.after


def _far(all_: Compared, earlier: Stage, later: Stage, context: Context) -> Iterator[_Gap]:
    """The gaps between two stages that are large beside the others, or by themselves."""
    settings = context.campaign.settings.integrity.gaps
    comparison = context.campaign.settings.comparison
    gaps = [gap for gap in _gaps(all_, earlier, later) if gap.items >= settings.items.value]
    usual: Spread | None = None
    if len(gaps) >= max(settings.units.value, 1):
        usual = spread([float(gap.points) for gap in gaps])
    for gap in gaps:
        z = usual.z(float(gap.points)) if usual else 0.0
        odd = abs(z) >= float(settings.deviations.value) and abs(gap.points) >= settings.points.value
        # What is odd must be so in its own direction: a gap of -1 among gaps of 9 is no favour.
        odd = odd and (z > 0) == (gap.points > 0)
        if (odd or abs(gap.points) >= comparison.total_points.value) and not _on_one_sheet(all_, gap.later):
            beside = say(
                "; {n} 个单位的差距, 中位数是{direction} {usual} 分", n=len(gaps),
                direction=say("高") if (usual.middle > 0) == (gap.points > 0) else say("低"),
                usual=number(abs(usual.middle)),
            ) if usual and usual.middle else ""  # fmt: skip
            yield _Gap(gap.earlier, gap.later, gap.before, gap.after, gap.items, beside)


def _gaps(all_: Compared, earlier: Stage, later: Stage) -> Iterator[_Gap]:
    for stages in all_.by_unit.values():
        if earlier in stages and later in stages:
            one, other = stages[earlier], stages[later]
            both = one.points.keys() & other.points.keys()
            before, after = (_points(sheet, both) for sheet in (one, other))
            yield _Gap(one, other, before.scaled, after.scaled, len(both))


def _points(one: Filled, items: set[str]) -> Points:
    got = sum((one.points[item] for item in items), Decimal(0))
    return Points(got, sum((one.maxima[item] for item in items), Decimal(0)))


def _stage_pairs(all_: Compared) -> Iterator[tuple[Filled, Filled]]:
    """Each stage of a unit beside the one before it."""
    for stages in all_.by_unit.values():
        found = [stages[stage] for stage in Stage if stage in stages]
        yield from pairwise(found)


def _on_one_sheet(all_: Compared, later: Filled) -> bool:
    """Whether the sheet of the later stage holds the earlier one too, and was found to tell of it."""
    return all_.told(later, *_ON_ONE_SHEET)


def _told(gap: _Gap, context: Context, direction: Phrase | str = "") -> Finding:
    return gap.later.finding(
        others=(gap.earlier.sheet.file,),
        unit_name=context.campaign.roster.full_name(gap.later.unit),
        before=_rounded(gap.before),
        after=_rounded(gap.after),
        later=gap.later.stage,
        items=gap.items,
        gap=_rounded(abs(gap.points)),
        direction=direction,
        beside=gap.beside,
        places=places((place(gap.earlier), place(gap.later))),
    )


def _rounded(points: Decimal) -> Decimal:
    return points.quantize(Decimal("0.01"), ROUND_HALF_UP)
