"""The plan of a sample (抽样方案): who may be drawn, how many from where, with which probability; and drawing by it.

Two designs: `city` draws counties and townships (R31, R32: 6 and 24), `county` draws townships in every county (R21: at
least 6). A plan knows no seed: it can be published before the seed is. What the notice leaves open (ambiguities 4, 5 and
7) are fields of `Request`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from itertools import combinations
from math import comb

from huitoukan.model import Level, Unit
from huitoukan.phrase import Listing, Phrase, say
from huitoukan.standing.sampling import Lots, Member, Pool, PoolDraw, allocate, draw_pool, make_pool

CITY_POOL, COUNTY_POOL = "city", "counties"
_BODY = "县级"
_MOST_SETS = 20_000  # of counties that are looked at one by one; C(12, 6) is 924
_TRIALS = 4_000  # of a simulation where they are not
_UNIT_FIELDS = ("code", "name", "level", "county", "kind", "required")


class Design(StrEnum):
    """What is drawn: counties and townships of the city, or townships of each county."""

    CITY = "city"
    COUNTY = "county"


class Allocation(StrEnum):
    """How the townships of the city design are shared out: the same for each drawn county, by size, or not at all."""

    EQUAL = "equal"
    PROPORTIONAL = "proportional"
    ANYWHERE = "anywhere"


class Types(StrEnum):
    """What becomes of township types (乡/镇/街道) inside a county: rounded by chance, fixed numbers, or no strata."""

    BY_CHANCE = "by_chance"
    FIXED = "fixed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit that a person leaves out, or chose beforehand, and why."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Weight:
    """How much more often than others a unit is to be drawn, and the rules that say so (keys of the settings)."""

    code: str
    value: Fraction
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """Everything that a draw depends on but the roster and the seed.

    `townships` are those of the whole city, or of each county in the county design; `bare` says whether county bodies
    without townships may be drawn; `only` limits the county design to some counties. Units without a weight have 1.
    """

    design: Design
    counties: int
    townships: int
    allocation: Allocation = Allocation.EQUAL
    types: Types = Types.BY_CHANCE
    bare: bool = True
    optional: bool = False
    only: tuple[str, ...] = ()
    exclusions: tuple[Choice, ...] = ()
    certain: tuple[Choice, ...] = ()
    weights: tuple[Weight, ...] = ()


@dataclass(frozen=True, slots=True)
class Shortage:
    """A place that has fewer units to draw from than are due: all of them are taken.

    `place` is the code of a county, `counties` for the county bodies or `city` for the townships of the city.
    """

    place: str
    due: int
    available: int


@dataclass(frozen=True, slots=True)
class Draw:
    """What was drawn, pool by pool; codes of counties (city design only) and townships in the roster's order."""

    pools: tuple[PoolDraw, ...]
    counties: tuple[str, ...]
    townships: tuple[str, ...]
    shortages: tuple[Shortage, ...]


class PlanError(Exception):
    """A request that cannot be carried out: `why` says so."""

    def __init__(self, why: Phrase) -> None:
        super().__init__(why.template)
        self.why = why


def roster_lines(units: Iterable[Unit]) -> tuple[str, ...]:
    """The roster as it is hashed: one line a unit, by code: code, name, level, county, kind, yes or no for required."""
    rows = ((u.code, u.name, u.level.value, u.county, u.kind, "yes" if u.required else "no") for u in units)
    return tuple(",".join(row) for row in sorted(rows))


def roster_text(lines: Iterable[str]) -> str:
    """The lines as a file, each ended by a line feed."""
    return "".join(line + "\n" for line in lines)


def roster_hash(lines: Iterable[str]) -> str:
    """The SHA-256 of that file in UTF-8."""
    return sha256(roster_text(lines).encode("utf-8")).hexdigest()


def units_of(lines: Iterable[str]) -> dict[str, Unit]:
    """The units of a roster written by `roster_lines`.

    Raises:
        ValueError: a line that is none of them.
    """
    units = {}
    for line in lines:
        code, name, level, county, kind, required = line.split(",")
        units[code] = Unit(code, name, Level(level), county, kind, {"yes": True, "no": False}[required])
    if any(u.county not in units or units[u.county].level is not Level.COUNTY for u in units.values()):
        raise ValueError("a unit of no county")
    return units


@dataclass(frozen=True, eq=False)
class Plan:
    """A request applied to a roster. Make it by `make_plan`, which checks it.

    `bodies` are the county bodies that can be drawn (city design) or draw themselves (county design); `townships` the
    candidates of each.
    """

    request: Request
    units: Mapping[str, Unit]
    roster: str
    bodies: tuple[str, ...]
    townships: Mapping[str, tuple[str, ...]]
    certain: frozenset[str]
    weights: Mapping[str, Fraction]
    _pools: dict[tuple[str, int], tuple[Pool, ...]] = field(default_factory=dict)

    @property
    def anywhere(self) -> bool:
        """Whether the townships of the city design are drawn without regard to the counties drawn."""
        return self.request.design is Design.CITY and self.request.allocation is Allocation.ANYWHERE

    @cached_property
    def counties(self) -> Pool | None:
        """The pool of county bodies, in the city design."""
        if self.request.design is Design.COUNTY:
            return None
        return make_pool(COUNTY_POOL, self.request.counties, [self._member(c, _BODY) for c in self.bodies])

    def _member(self, code: str, stratum: str) -> Member:
        return Member(code, stratum, self.weights.get(code, Fraction(1)), code in self.certain)

    def pools(self, county: str, due: int) -> tuple[Pool, ...]:
        """The pools of a county's townships when `due` of them are wanted: one, or one a type with fixed numbers."""
        key = (county, due)
        if key not in self._pools:
            members = [self._member(code, self.units[code].kind) for code in self.townships[county]]
            self._pools[key] = tuple(self._typed(county, due, members))
        return self._pools[key]

    def _typed(self, name: str, due: int, members: list[Member]) -> Iterator[Pool]:
        if self.request.types is Types.NONE:
            members = [member._replace(stratum="") for member in members]
        if self.request.types is not Types.FIXED or not members:
            yield make_pool(name, due, members)
            return
        strata: dict[str, list[Member]] = {}
        for member in members:
            strata.setdefault(member.stratum, []).append(member)
        sizes = [len(stratum) for stratum in strata.values()]
        least = [sum(member.certain for member in stratum) for stratum in strata.values()]
        for (stratum, inside), number in zip(strata.items(), allocate(due, sizes, least, sizes), strict=True):
            yield make_pool(f"{name}/{stratum}", number, inside)

    @cached_property
    def city_pools(self) -> tuple[Pool, ...]:
        """The pools of the city's townships, drawn anywhere: strata are the types of each county."""
        typed = self.request.types is not Types.NONE
        members = [
            self._member(code, f"{county}/{self.units[code].kind}" if typed else county)
            for county in self.bodies
            for code in self.townships[county]
        ]
        if not typed:
            return (make_pool(CITY_POOL, self.request.townships, members),)
        return tuple(self._typed(CITY_POOL, self.request.townships, members))

    def shares(self, counties: Sequence[str]) -> dict[str, int]:
        """How many townships are due in each of the counties drawn; in the county design, in each of those asked for."""
        if self.request.design is Design.COUNTY:
            return dict.fromkeys(counties, self.request.townships)
        most = [len(self.townships[county]) for county in counties]
        least = [len(self.certain.intersection(self.townships[county])) for county in counties]
        equal = self.request.allocation is Allocation.EQUAL
        sizes = [min(1, size) for size in most] if equal else most
        return dict(zip(counties, allocate(self.request.townships, sizes, least, most), strict=True))


def make_plan(units: Mapping[str, Unit], request: Request) -> Plan:
    """Apply a request to the units of a roster.

    A township chosen beforehand brings its county along where townships are drawn inside counties. Excluded counties
    take their townships with them. Optional units are candidates only if the request says so.

    Raises:
        PlanError: a unit both excluded and chosen, more chosen than due, nobody left to draw from, a unit that the
            design does not draw.
    """
    excluded = {choice.code for choice in request.exclusions}
    chosen = {choice.code for choice in request.certain}
    foreign = sorted((excluded | chosen) - set(units))
    if request.design is Design.COUNTY:
        foreign += sorted(code for code in chosen if code in units and units[code].level is Level.COUNTY)
    if foreign:
        raise PlanError(_not_drawn(foreign, units))
    gone = {unit.code for unit in units.values() if {unit.code, unit.county} & excluded}
    if gone & chosen:
        raise PlanError(say("这些单位又排除又选定: {names}", names=_named(sorted(gone & chosen), units)))
    wanted = {c for c in chosen if units[c].level is Level.TOWNSHIP}
    candidates = [
        unit
        for unit in sorted(units.values(), key=lambda unit: unit.code)
        if unit.code not in gone and (unit.required or request.optional or unit.code in chosen)
    ]
    only = set(request.only)
    bodies = [u.code for u in candidates if u.level is Level.COUNTY and (not only or u.code in only)]
    inside: dict[str, list[str]] = {body: [] for body in bodies}
    for unit in candidates:
        if unit.level is Level.TOWNSHIP and unit.county in inside:
            inside[unit.county].append(unit.code)
    outside = sorted(wanted - {code for codes in inside.values() for code in codes})
    if outside:
        raise PlanError(_not_drawn(outside, units))
    if request.design is Design.CITY and not request.bare:
        settled = {unit.county for unit in units.values() if unit.level is Level.TOWNSHIP}
        bodies = [body for body in bodies if body in settled or body in chosen]
    nested = request.design is Design.CITY and request.allocation is not Allocation.ANYWHERE
    certain = frozenset(chosen | ({units[code].county for code in wanted} if nested else set()))
    plan = Plan(
        request,
        units,
        roster_hash(roster_lines(units.values())),
        tuple(bodies),
        {body: tuple(inside[body]) for body in bodies},
        certain,
        {weight.code: weight.value for weight in request.weights},
    )
    _check(plan)
    return plan


def _check(plan: Plan) -> None:
    request = plan.request
    if not any(plan.townships.values()) and not (request.design is Design.CITY and plan.bodies):
        raise PlanError(say("没有可抽的单位"))
    groups: list[tuple[Sequence[str], int]] = []
    if request.design is Design.CITY:
        groups.append((plan.bodies, request.counties))
        groups.append(([c for codes in plan.townships.values() for c in codes], request.townships))
    else:
        groups += [(codes, request.townships) for codes in plan.townships.values()]
    for codes, due in groups:
        sure = [code for code in codes if code in plan.certain]
        if len(sure) > due:
            names = _named(sure, plan.units)
            raise PlanError(say("选定的单位比应抽的 {due} 个还多: {names}", due=due, names=names))


def _not_drawn(codes: Sequence[str], units: Mapping[str, Unit]) -> Phrase:
    return say("这次抽样不抽这些单位, 不能排除或选定: {names}", names=_named(codes, units))


def _named(codes: Sequence[str], units: Mapping[str, Unit]) -> Listing:
    return Listing(tuple(f"{units[code].name} ({code})" if code in units else code for code in codes))


def draw(plan: Plan, seed: str) -> Draw:
    """Draw by a plan; `seed` as `seed_text` gives it."""
    lots = Lots(seed, plan.roster, plan.request.design)
    drawn: list[PoolDraw] = []
    shortages: list[Shortage] = []
    counties: tuple[str, ...] = ()
    if plan.counties is not None:
        first = draw_pool(plan.counties, lots)
        counties = first.codes()
        drawn.append(first)
        if plan.counties.take < plan.counties.due:
            shortages.append(Shortage(COUNTY_POOL, plan.counties.due, plan.counties.take))
    if plan.anywhere:
        pools: list[Pool] = list(plan.city_pools)
        due = {}
    else:
        places = counties if plan.counties is not None else plan.bodies
        due = plan.shares(places)
        pools = [pool for county in places for pool in plan.pools(county, due[county])]
    if plan.request.design is Design.COUNTY:
        shortages += [
            Shortage(county, number, len(plan.townships[county]))
            for county, number in due.items()
            if len(plan.townships[county]) < number
        ]
    elif (available := sum(pool.take for pool in pools)) < plan.request.townships:
        shortages.append(Shortage(CITY_POOL, plan.request.townships, available))
    townships = [draw_pool(pool, lots) for pool in pools if pool.members]
    codes = sorted(code for one in townships for code in one.codes())
    return Draw((*drawn, *townships), counties, tuple(codes), tuple(shortages))


# ---------------------------------------------------------------------------------------------------- probabilities


@dataclass(frozen=True, slots=True)
class Chances:
    """The probability of each candidate to be drawn at all, and the codes of those for which it is an estimate."""

    of: Mapping[str, Fraction]
    estimated: frozenset[str]


def chances(plan: Plan) -> Chances:
    """The probability of each candidate, over both steps of the draw.

    Exact, but where the number of townships that a county gives depends on which other counties are drawn and these
    have unequal weights: there it is that of a simulation of 4,000 draws of counties, whose own probability is exact.
    """
    found: dict[str, Fraction] = {}
    if plan.counties is not None:
        found |= _of((plan.counties,))
    if plan.anywhere:
        return Chances(found | _of(plan.city_pools), frozenset())
    if plan.counties is None:
        for county, due in plan.shares(plan.bodies).items():
            found |= _of(plan.pools(county, due))
        return Chances(found, frozenset())
    numbers, exact = _numbers(plan, plan.counties)
    estimated: set[str] = set()
    for county, distribution in numbers.items():
        if not exact and len(distribution) > 1:
            estimated.update(plan.townships[county])
        for due, share in distribution.items():
            for code, chance in _of(plan.pools(county, due)).items():
                found[code] = found.get(code, Fraction(0)) + found[county] * share * chance
    return Chances(found, frozenset(estimated))


def _of(pools: Iterable[Pool]) -> dict[str, Fraction]:
    return {
        member.code: chance
        for pool in pools
        for member, chance in zip(pool.members, pool.probabilities, strict=True)
    }


def _numbers(plan: Plan, counties: Pool) -> tuple[dict[str, dict[int, Fraction]], bool]:
    """For each county, how many townships it gives if it is drawn: each number with its share; and whether exactly."""
    sets, exact = _county_sets(counties, plan)
    codes = [member.code for member in counties.members]
    counted: dict[str, Counter[int]] = {code: Counter() for code in codes}
    for one in sets:
        for county, due in plan.shares(one).items():
            counted[county][due] += 1
    for code in codes:
        if not counted[code]:  # so seldom drawn that no trial drew it
            others = [other for other in codes if other != code][: counties.take - 1]
            counted[code][plan.shares((code, *others))[code]] += 1
    shares = {
        county: {due: Fraction(times, numbers.total()) for due, times in sorted(numbers.items())}
        for county, numbers in counted.items()
    }
    return shares, exact


def _county_sets(pool: Pool, plan: Plan) -> tuple[Iterator[tuple[str, ...]], bool]:
    sure = [m.code for m, chance in zip(pool.members, pool.probabilities, strict=True) if chance == 1]
    open_ = {m.code: c for m, c in zip(pool.members, pool.probabilities, strict=True) if c != 1}
    free = pool.take - len(sure)
    if len(set(open_.values())) <= 1 and comb(len(open_), free) <= _MOST_SETS:
        # In random order, equal steps take every set of a size equally often.
        return (tuple(sorted((*sure, *some))) for some in combinations(open_, free)), True
    trials = (Lots(f"trial {n}", plan.roster, plan.request.design) for n in range(_TRIALS))
    return (draw_pool(pool, lots).codes() for lots in trials), False
