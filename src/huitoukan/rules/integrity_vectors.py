"""I701-I702: units that lost the same points on the same items. Source: domain practice of checks (雷同的评分表).

Only items below the maximum are compared: two sheets at full marks look the same without anybody having copied. How much a
likeness tells depends on how rare the shared deductions are among the other units. Sheets with many deductions share more of
them than others do, so everything is asked given how many there are: under the Rasch model, how good a unit is drops out then,
and only the odds of the items are left (G. Rasch 1960; the conditional likelihood by elementary symmetric polynomials).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from huitoukan.campaign.integrity import SameDeductions
from huitoukan.model import Finding, Level, Severity, Stage
from huitoukan.phrase import Listing, Phrase, say
from huitoukan.rules.clue_words import expected, item_scores, place, places, units
from huitoukan.rules.clusters import Clusters
from huitoukan.rules.compared import Compared, Filled
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.robust import overlap, pairs, symmetric

Deduction = tuple[str, Decimal]

# So many further sheets that lose points like the average stand beside those at hand when a frequency is told from them:
# where few can be compared, nothing is called rare. A county's own habits weigh like so many of its sheets.
_PRIOR, _SHRINK = 4, 5
_LEAST_KEPT = 0.02  # an item that everybody loses points on says nothing, and must not be divided by zero


@rule(
    "I701", severity=Severity.WARNING, on=Compared,
    message="{stage_name}阶段 {count} 个单位的扣分项目和得分完全相同: {units}。相同的扣分有 {shared} 项: {items}。按其他单位的扣分情况, 全部比较中偶然出现这样的巧合预计{chance} 对。",
    fix="需核实: 请分别调阅这几个单位的佐证材料, 确认各自的得分有依据。",
)  # fmt: skip
def same_deductions(all_: Compared, context: Context) -> Iterator[Finding]:
    """几个单位的扣分项目和得分完全相同。

    查什么: 同一阶段、同一级别的各单位, 低于满分的项目及其得分是否完全相同, 而且这些扣分在别的单位少见; 都是满分的不算。
    为什么: 各单位情况不同, 多项少见的扣分一分不差, 可能是照抄或由一人代填, 也可能确实情况相同。
    例子: 甲镇和乙镇都只在同样的 7 个项目上扣分, 每项得分都一样。
    怎么改: 需核实, 不是结论: 调阅佐证材料, 或派人实地复核。
    """
    yield from (_told(group, context) for group in _groups(all_, context) if len(group.nodes) == 1)


@rule(
    "I702", severity=Severity.WARNING, on=Compared,
    message="{stage_name}阶段 {count} 个单位的扣分项目和得分几乎相同: {units}。{exact}共同的扣分有 {shared} 项: {items}。按其他单位的扣分情况, 全部比较中偶然出现这样的巧合预计{chance} 对。",
    fix="需核实: 请分别调阅这几个单位的佐证材料, 确认各自的得分有依据。",
)  # fmt: skip
def nearly_the_same_deductions(all_: Compared, context: Context) -> Iterator[Finding]:
    """几个单位的扣分项目和得分几乎相同。

    查什么: 同一阶段、同一级别的单位, 相同的扣分占各自扣分项目的大部分, 而且这些扣分在别的单位少见。
    为什么: 照抄以后改动一两处, 也是照抄; 但也可能确实情况相近。
    例子: 甲镇扣了 8 项, 乙镇扣了 9 项, 其中 8 项的得分一样。
    怎么改: 需核实, 不是结论: 调阅佐证材料, 或派人实地复核。
    """
    yield from (_told(group, context) for group in _groups(all_, context) if len(group.nodes) > 1)


# ---------------------------------------------------------------------------------------------------------- groups


@dataclass(frozen=True, slots=True)
class Node:
    """The sheets with one set of deductions."""

    deductions: frozenset[Deduction]
    sheets: tuple[Filled, ...]
    counties: frozenset[str]


@dataclass(frozen=True, slots=True)
class Group:
    """Sets of deductions that are alike, and how many pairs as alike as the least telling two of them chance would bring."""

    nodes: tuple[Node, ...]
    expected: float

    @property
    def sheets(self) -> tuple[Filled, ...]:
        """All sheets of the group, by unit."""
        return tuple(sorted((one for node in self.nodes for one in node.sheets), key=lambda one: one.unit))

    @property
    def shared(self) -> frozenset[Deduction]:
        """The deductions that all of them share."""
        return frozenset.intersection(*(node.deductions for node in self.nodes))


@lru_cache(maxsize=1)  # two rules ask for the same
def _groups(all_: Compared, context: Context) -> tuple[Group, ...]:
    settings = context.campaign.settings.integrity.same_deductions
    families = [group for stage in Stage for level in Level if (group := all_.of(stage, level))]
    comparisons = sum(pairs(len(group)) for group in families)
    return tuple(
        found
        for group in families
        if len(group) >= settings.units.value
        for found in alike(group, settings, comparisons)
    )


def alike(sheets: Sequence[Filled], settings: SameDeductions, comparisons: int) -> Iterator[Group]:
    """The groups among the sheets of one stage and level whose deductions are too much alike for so many comparisons."""
    least, share = settings.items.value, float(settings.share.value)
    limit = float(settings.chance.value) / max(comparisons, 1)
    by_deductions: dict[frozenset[Deduction], list[Filled]] = {}
    for one in sheets:
        by_deductions.setdefault(one.deductions, []).append(one)
    nodes = [
        Node(deductions, tuple(own), frozenset(one.county for one in own))
        for deductions, own in by_deductions.items()
    ]
    found = sorted((n for n in nodes if len(n.deductions) >= least), key=lambda n: len(n.deductions))
    candidates = _candidates(found, least, share)
    near: dict[int, list[Node]] = {id(node): [node] for node in found}
    for a, b in candidates:
        near[id(found[a])].append(found[b])
        near[id(found[b])].append(found[a])
    usual = Usual(nodes, len(sheets[0].maxima), near)
    clusters = Clusters(len(found))
    chances: dict[int, float] = {}
    for a, node in enumerate(found):
        if len(node.sheets) > 1 and (chance := usual.chance(node, node)) <= limit:
            chances[a] = chance
            clusters.keep(a)
    for a, b in candidates:
        if not clusters.together(a, b) and (chance := usual.chance(found[a], found[b])) <= limit:
            clusters.join(a, b)
            chances[a] = max(chance, chances.get(a, 0.0))
    for members in clusters.groups():
        chance = max(chances[n] for n in members if n in chances)
        yield Group(tuple(found[n] for n in members), chance * comparisons)


def _candidates(nodes: Sequence[Node], least: int, share: float) -> list[tuple[int, int]]:
    """The pairs of nodes, sorted by how many deductions they have, that share enough of them."""
    found = []
    for a, node in enumerate(nodes):
        own = node.deductions
        for b in range(a + 1, len(nodes)):
            other = nodes[b].deductions
            if len(own) < share * len(other):
                break  # the further ones have even more
            shared = len(own & other)
            if shared >= least and shared >= share * len(other):
                found.append((a, b))
    return found


@dataclass
class Usual:
    """How usual deductions are: among the different sets of them (copies count once), and inside of each county.

    `near` are, by the identity of a node, those that share enough with it, itself among them: what they have in common is
    what is asked about, so they do not tell what is usual in a county.
    """

    nodes: Sequence[Node]
    items: int
    near: Mapping[int, Sequence[Node]]
    everywhere: Counter[Deduction] = field(default_factory=Counter)
    by_item: Counter[str] = field(default_factory=Counter)
    in_county: dict[str, Counter[Deduction]] = field(default_factory=dict)
    of_county: Counter[str] = field(default_factory=Counter)
    prior: float = 0.0
    _rest: dict[int, list[float]] = field(default_factory=dict)
    _left_out: dict[tuple[int, str], tuple[Counter[Deduction], int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in self.nodes:
            self.everywhere.update(node.deductions)
            self.by_item.update(item for item, _ in node.deductions)
            for county in node.counties:
                self.in_county.setdefault(county, Counter()).update(node.deductions)
                self.of_county[county] += 1
        lost = sum(len(node.deductions) for node in self.nodes)
        places = len(self.nodes) * self.items
        self.prior = _PRIOR * lost / places if places else 0.0

    def chance(self, one: Node, other: Node) -> float:
        """How likely it is, at the most, that a sheet with as many deductions as one of them shares so many with the other."""
        shared = len(one.deductions & other.deductions)
        return max(self._chance(one, other, shared), self._chance(other, one, shared))

    def _chance(self, given: Node, drawn: Node, shared: int) -> float:
        odds = [self._odds(deduction, given, drawn) for deduction in sorted(given.deductions)]
        return overlap(odds, self._others(given, len(drawn.deductions)), len(drawn.deductions), shared)

    def _odds(self, deduction: Deduction, given: Node, drawn: Node) -> tuple[float, float]:
        """The odds that an item of the one is lost in the same way by the other, and in another way, against not at all."""
        both = given is not drawn
        others = len(self.nodes) - 1 - both
        held = self.everywhere[deduction] - 1 - (both and deduction in drawn.deductions)
        same = highest = (held + self.prior) / (others + _PRIOR)
        for county in given.counties | drawn.counties:
            left_out, count = self._near(given, county)
            held = self.in_county[county][deduction] - left_out[deduction]
            here = (held + _SHRINK * same) / (self.of_county[county] - count + _SHRINK)
            highest = max(highest, here)
        otherwise = (self.by_item[deduction[0]] - self.everywhere[deduction]) / (len(self.nodes) + _PRIOR)
        kept = max(1 - highest - otherwise, _LEAST_KEPT)
        return highest / kept, otherwise / kept

    def _near(self, given: Node, county: str) -> tuple[Counter[Deduction], int]:
        """What the sheets of a county that are much like one have, and how many they are."""
        key = (id(given), county)
        if key not in self._left_out:
            near = [node for node in self.near[id(given)] if county in node.counties]
            self._left_out[key] = Counter(one for node in near for one in node.deductions), len(near)
        return self._left_out[key]

    def _others(self, given: Node, most: int) -> list[float]:
        """The elementary symmetric polynomials of the odds of the items on which a sheet lost nothing."""
        key = id(given)
        if len(self._rest.get(key, ())) <= most:
            lost = {item for item, _ in given.deductions}
            counts = [count for item, count in self.by_item.items() if item not in lost]
            counts += [0] * (
                self.items - len(lost) - len(counts)
            )  # what nobody lost points on, somebody might
            rates = (min((n + self.prior) / (len(self.nodes) + _PRIOR), 1 - _LEAST_KEPT) for n in counts)
            odds = [rate / (1 - rate) for rate in rates]
            self._rest[key] = symmetric(odds, most)
        return self._rest[key]


# ---------------------------------------------------------------------------------------------------------- words


def _told(group: Group, context: Context) -> Finding:
    sheets, campaign = group.sheets, context.campaign
    first = sheets[0]
    order = list(first.maxima)
    shared = sorted(group.shared, key=lambda one: order.index(one[0]))
    cells = [item for item, _ in shared]
    same = [node for node in group.nodes if len(node.sheets) > 1]
    exact: Phrase | str = ""
    if len(group.nodes) > 1 and same:
        told = tuple(
            say("{units} ({n} 个)", units=units(node.sheets, campaign), n=len(node.sheets)) for node in same
        )
        exact = say("其中完全相同的: {groups}。", groups=Listing(told))
    return first.finding(
        others=tuple(one.sheet.file for one in sheets),
        stage_name=first.stage,
        count=len(sheets),
        units=units(sheets, campaign),
        shared=len(shared),
        items=item_scores(shared),
        exact=exact,
        chance=expected(group.expected),
        places=places(place(one, map(one.cell_of, cells)) for one in sheets),
    )
