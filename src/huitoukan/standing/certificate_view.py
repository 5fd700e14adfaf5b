"""A certificate as people read it: names beside codes, sentences that choose their words from the data, sums worked out.

Built from the document alone, so that a page always shows what its JSON says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from huitoukan.model import Level, Unit
from huitoukan.phrase import Phrase, say
from huitoukan.standing.certificate import Record, decimal_text
from huitoukan.standing.sample_plan import CITY_POOL, COUNTY_POOL, roster_text, units_of
from huitoukan.standing.sampling import SEPARATOR

_BUREAU = "统计局"
_DESIGNS = {
    "city": say("市级检查: 抽县(区、市), 再抽乡镇(街道)"),
    "county": say("县级检查: 每个县(区、市)抽乡镇(街道)"),
}
_ALLOCATIONS = {
    "equal": say("只在抽中的县(区、市)里抽, 各县个数尽量相等"),
    "proportional": say("只在抽中的县(区、市)里抽, 各县个数与可抽的个数成比例, 按最大余数取整"),
    "anywhere": say("在全市范围抽, 不限于抽中的县(区、市)"),
}
_TYPES = {
    "by_chance": say("按类型 (乡、镇、街道) 分层, 各类型的个数与机会成比例, 取整由随机起点决定"),
    "fixed": say("按类型 (乡、镇、街道) 分层, 各类型的个数与可抽的个数成比例, 按最大余数取整"),
    "none": say("不分类型"),
}
_BARE = {
    "drawn": say("没有乡镇(街道)的县级机构也参加抽取"),
    "left_out": say("没有乡镇(街道)的县级机构不参加抽取"),
}
_RULES = {
    "failed_last_year": say("上年未达标"),
    "inflated": say("自评明显偏高"),
    "not_inspected": say("多年没有检查"),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A unit with its probability as a fraction and as a decimal, and why it was chosen beforehand; `body` is its county's code."""

    code: str
    name: str
    kind: str
    body: str
    county: str
    probability: str
    decimal: str
    exact: bool
    certain: str


@dataclass(frozen=True, slots=True)
class County:
    """The townships drawn in one county."""

    name: str
    townships: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A unit with a remark: an exclusion, a choice beforehand, or a weight with its rules."""

    name: str
    code: str
    text: str = ""
    weight: str = ""
    rules: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Stratum:
    """A stratum of a pool: how many units, the share of the draw, and how many were drawn."""

    name: str
    size: int
    expected: str
    drawn: int


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the working: the sum includes the start; `whole` is what is before its decimal point."""

    code: str
    name: str
    stratum: str
    number: str
    weight: str
    probability: str
    sum: str
    whole: int
    drawn: bool


@dataclass(frozen=True, slots=True)
class PoolView:
    """A pool: what is drawn from it, its start, its strata and its working."""

    id: str
    title: Phrase
    due: int
    drawn: int
    start_text: str
    start_number: str
    start_decimal: str
    strata: tuple[Stratum, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class CertificateView:
    """Everything that the page and the workbook show. `line` is a text whose SHA-256 is a unit's number (`line_number`)."""

    record: Record
    title: str
    issuer: str
    design: Phrase
    settings: tuple[Phrase, ...]
    shares: tuple[Phrase, ...]
    counties: tuple[Drawn, ...]
    places: tuple[County, ...]
    shortages: tuple[Phrase, ...]
    excluded: tuple[Chosen, ...]
    certain: tuple[Chosen, ...]
    weights: tuple[Chosen, ...]
    rules: tuple[Phrase, ...]
    history: tuple[Mapping[str, Any], ...]
    pools: tuple[PoolView, ...]
    candidates: tuple[Drawn, ...]
    estimated: bool
    prefix: str
    line: str
    line_number: str
    roster_text: str

    @property
    def township_count(self) -> int:
        """How many townships were drawn."""
        return sum(len(place.townships) for place in self.places)


def view_of(record: Record) -> CertificateView:
    """The view of a certificate as `certify` writes it."""
    units = units_of(record["roster"]["units"])
    plan, result = record["plan"], record["result"]
    names = _Names(units)
    townships = [names.drawn(one) for one in result["townships"]]
    counties = dict.fromkeys(one.county for one in townships)
    prefix = SEPARATOR.join(
        (record["algorithm"], record["seed"], record["roster"]["sha256"], plan["design"], "")
    )
    first = next((unit for pool in record["pools"] for unit in pool["units"]), {"code": "", "number": ""})
    candidates = tuple(names.drawn(one) for one in record["candidates"])
    return CertificateView(
        record=record,
        title=record["campaign"].get("title", ""),
        issuer=record["campaign"].get("issuer", ""),
        design=_DESIGNS[plan["design"]],
        settings=tuple(_settings(plan)),
        shares=tuple(_shares(plan)),
        counties=tuple(names.drawn(one) for one in result["counties"]),
        places=tuple(County(name, tuple(t for t in townships if t.county == name)) for name in counties),
        shortages=tuple(_shortage(one, names) for one in record["shortages"]),
        excluded=tuple(Chosen(names.full(c["code"]), c["code"], c["reason"]) for c in plan["exclusions"]),
        certain=tuple(Chosen(names.full(c["code"]), c["code"], c["reason"]) for c in plan["certain"]),
        weights=tuple(
            Chosen(names.full(w["code"]), w["code"], "", decimal_text(w["weight"]), tuple(map(rule, w["reasons"])))
            for w in plan["weights"]
        ),
        rules=tuple(_rules(record["sources"])),
        history=tuple(record["sources"].get("history", ())),
        pools=tuple(_pool(pool, names) for pool in record["pools"]),
        candidates=candidates,
        estimated=not all(one.exact for one in candidates),
        prefix=prefix,
        line=prefix + first["code"],
        line_number=first["number"],
        roster_text=roster_text(record["roster"]["units"]),
    )  # fmt: skip


def rule(key: str) -> Phrase:
    """A rule of weights in words."""
    return _RULES.get(key) or say("{key}", key=key)


class _Names:
    """Names of units in the roster of the certificate."""

    def __init__(self, units: Mapping[str, Unit]) -> None:
        self._units = units

    def county(self, code: str) -> str:
        return self._units[code].name.removesuffix(_BUREAU) if code in self._units else code

    def full(self, code: str) -> str:
        unit = self._units.get(code)
        if unit is None:
            return code
        county = self.county(unit.county)
        return unit.name if unit.level is Level.COUNTY or unit.name.startswith(county) else county + unit.name

    def stratum(self, key: str) -> str:
        county, _, kind = key.rpartition("/")
        return self.county(county) + kind if county else self.county(kind)

    def drawn(self, one: Mapping[str, Any]) -> Drawn:
        is_body = self._units[one["code"]].level is Level.COUNTY
        name = self.county(one["code"]) if is_body else one["name"]
        decimal = decimal_text(one["probability"])
        return Drawn(
            one["code"], name, one["kind"], one["county"], self.county(one["county"]), one["probability"], decimal, one["exact"],
            one["certain"] or "",
        )  # fmt: skip


def _settings(plan: Mapping[str, Any]) -> list[Phrase]:
    if plan["design"] == "county":
        found = [say("每个县(区、市)抽 {townships} 个乡镇(街道)", townships=plan["townships"])]
        return [*found, _TYPES[plan["types"]], *_optional(plan)]
    due = say(
        "抽 {counties} 个县(区、市)、{townships} 个乡镇(街道)",
        counties=plan["counties"],
        townships=plan["townships"],
    )
    words = (_ALLOCATIONS[plan["allocation"]], _TYPES[plan["types"]], _BARE[plan["without_townships"]])
    return [due, *words, *_optional(plan)]


def _shares(plan: Mapping[str, Any]) -> list[Phrase]:
    """How whole numbers come about that are settled before a pool is drawn."""
    found = []
    townships = plan["townships"]
    if plan["design"] == "city" and plan["allocation"] == "equal":
        found.append(
            say(
                "各县个数: 先抽县(区、市)一组, 再把 {townships} 个乡镇(街道)平均分给抽中的县。",
                townships=townships,
            )
        )
    elif plan["design"] == "city" and plan["allocation"] == "proportional":
        found.append(
            say(
                "各县个数: 先抽县(区、市)一组, 再把 {townships} 个乡镇(街道)按可抽的个数成比例分给抽中的县。",
                townships=townships,
            )
        )
    if found:
        found.append(
            say(
                "取整: 应得数不超过可抽的个数, 不少于选定的个数; 先取整数部分, 剩下的依次给小数部分大的, "
                "相同的先给可抽个数多的, 再按代码先后。"
            )
        )
    if plan["types"] == "fixed":
        found.append(
            say(
                "各类型个数: 与该类型可抽的个数成比例, 先取整数部分, 剩下的依次给小数部分大的, 相同的先给可抽个数多的。"
            )
        )
    return found


def _optional(plan: Mapping[str, Any]) -> list[Phrase]:
    return [say("名录里可报可不报的单位也参加抽取")] if plan["optional"] else []


def _rules(sources: Mapping[str, Any]) -> list[Phrase]:
    multipliers = sources.get("multipliers", {})
    found = []
    for key, words in (
        ("failed_last_year", say("上年未达标的")),
        ("inflated", say("自评高出检查 {points} 分及以上的", points=multipliers.get("inflated", {}).get("points"))),
        ("not_inspected", say("{years} 年及以上没有检查过的", years=multipliers.get("not_inspected", {}).get("years"))),
    ):  # fmt: skip
        if key in multipliers:
            found.append(say("{who}, 权数乘以 {value}", who=words, value=multipliers[key]["value"]))
    return found


def _shortage(one: Mapping[str, Any], names: _Names) -> Phrase:
    due, available = one["due"], one["available"]
    if one["place"] == COUNTY_POOL:
        return say(
            "可抽的县级机构只有 {available} 个, 少于应抽的 {due} 个, 全部抽中。", due=due, available=available
        )
    if one["place"] == CITY_POOL:
        return say(
            "可抽的乡镇(街道)只有 {available} 个, 少于应抽的 {due} 个, 全部抽中。",
            due=due,
            available=available,
        )
    county = names.county(one["place"])
    if not available:
        return say("{county}没有可抽的乡镇(街道), 不抽。", county=county)
    return say(
        "{county}可抽的乡镇(街道)只有 {available} 个, 少于应抽的 {due} 个, 全部抽中。",
        county=county, due=due, available=available,
    )  # fmt: skip


def _cut(value: Fraction) -> str:
    """Six decimals, cut off and never rounded up: what is before the point must not change."""
    whole, part = divmod(value.numerator * 1_000_000 // value.denominator, 1_000_000)
    return f"{whole}.{part:06d}"


def _pool(pool: Mapping[str, Any], names: _Names) -> PoolView:
    start = Fraction(pool["start"])
    strata = tuple(
        Stratum(names.stratum(s["stratum"]), s["size"], decimal_text(s["expected"]), s["drawn"])
        for s in pool["strata"]
    )
    steps = []
    for unit in pool["units"]:
        total = start + Fraction(unit["cumulative"])
        steps.append(
            Step(
                unit["code"],
                names.full(unit["code"]),
                names.stratum(unit["stratum"]),
                unit["number"],
                decimal_text(unit["weight"]),
                unit["probability"],
                _cut(total),
                total.numerator // total.denominator,
                unit["drawn"],
            )
        )
    return PoolView(
        pool["pool"], _pool_title(pool["pool"], names), pool["due"], pool["drawn"], pool["start_text"],
        pool["start_number"], _cut(start), strata, tuple(steps),
    )  # fmt: skip


def _pool_title(pool: str, names: _Names) -> Phrase:
    if pool == COUNTY_POOL:
        return say("县(区、市)")
    place, _, rest = pool.partition("/")
    if place == CITY_POOL:
        return say("全市乡镇(街道)") if not rest else say("{stratum}", stratum=names.stratum(rest))
    kind = rest or say("乡镇(街道)")
    return say("{county}{kind}", county=names.county(place), kind=kind)
