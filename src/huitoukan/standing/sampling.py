"""Drawing lots (抽样) so that anyone can draw them again: random order by SHA-256, then equal steps from a random start.

One method serves every draw (docs/sampling.md explains the choice). Each unit has a number, the SHA-256 of a line of text
that holds the seed, the roster's hash and the unit's code. A pool lists its units by stratum, and by number inside one.
Their inclusion probabilities are added up from the top, beginning with a start between 0 and 1 that comes from a hash too;
whoever lifts the sum to or over the next whole number is drawn. So a pool gives exactly the number due, every unit
is drawn with exactly its probability, and every stratum gets its share, rounded down or up.

All of it is integer arithmetic: the same on every machine and version of Python. No clock, no `random`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from math import lcm
from typing import NamedTuple

ALGORITHM = "huitoukan-sampling-1"
SEPARATOR = "|"
_START = "start:"
_START_DIGITS = 12  # hexadecimal: a spreadsheet holds numbers of that size exactly
START_SCALE: int = 16**_START_DIGITS


class Lots:
    """The numbers of one draw: of a unit, and the start of a pool."""

    def __init__(self, seed: str, roster: str, design: str) -> None:
        self._line = "".join(part + SEPARATOR for part in (ALGORITHM, seed, roster, design))
        self._begun = sha256(self._line.encode("utf-8"))

    def line(self, name: str) -> str:
        """The text whose SHA-256 is the number of `name`."""
        return self._line + name

    def number(self, name: str) -> str:
        """The number of a unit code (or of a pool's start): 64 lower-case hexadecimal digits."""
        hashed = self._begun.copy()
        hashed.update(name.encode("utf-8"))
        return hashed.hexdigest()


def start_name(pool: str) -> str:
    """What is hashed in the place of a unit code for the start of a pool."""
    return _START + pool


def seed_text(text: str) -> str | None:
    """A seed as it is hashed: full-width signs folded, blanks at the ends dropped; None for one that cannot be used.

    Empty ones cannot, nor those with the separator or characters that do not show.
    """
    seed = unicodedata.normalize("NFKC", text).strip()
    return seed if seed and seed.isprintable() and SEPARATOR not in seed else None


# -------------------------------------------------------------------------------------------------------------- pools


class Member(NamedTuple):
    """A unit that may be drawn: its code, its stratum, its weight (above 0), and whether it is chosen beforehand."""

    code: str
    stratum: str
    weight: Fraction = Fraction(1)
    certain: bool = False


@dataclass(frozen=True, slots=True)
class Pool:
    """Units of which `take` are drawn together; `probabilities` are those of `members`, and sum up to `take`.

    `due` is what was asked for: more than `take` where there are not as many units. `strata` are in their order.
    `parts` are the probabilities as whole numbers of `whole`.
    """

    id: str
    due: int
    strata: tuple[str, ...]
    members: tuple[Member, ...]
    probabilities: tuple[Fraction, ...]
    parts: tuple[int, ...]
    whole: int

    @property
    def take(self) -> int:
        """How many are drawn."""
        return min(self.due, len(self.members))


class Row(NamedTuple):
    """A member in the order of the draw: its number, the sum of probabilities up to and with it, and what came of it."""

    member: Member
    number: str
    probability: Fraction
    cumulative: Fraction
    drawn: bool


@dataclass(frozen=True, slots=True)
class PoolDraw:
    """A pool and what was drawn from it: `order` are the places of its members in the order of the draw, `drawn` some."""

    pool: Pool
    start_number: str
    numbers: tuple[str, ...]
    order: tuple[int, ...]
    drawn: frozenset[int]

    @property
    def start(self) -> int:
        """Where the sum begins, in parts of `START_SCALE`: the first 12 digits of its number."""
        return int(self.start_number[:_START_DIGITS], 16)

    def codes(self) -> tuple[str, ...]:
        """The codes of the units drawn, in the order of the pool."""
        return tuple(self.pool.members[n].code for n in sorted(self.drawn))

    def rows(self) -> tuple[Row, ...]:
        """The working, line by line."""
        rows, total = [], Fraction(0)
        for n in self.order:
            total += self.pool.probabilities[n]
            rows.append(
                Row(self.pool.members[n], self.numbers[n], self.pool.probabilities[n], total, n in self.drawn)
            )
        return tuple(rows)


def make_pool(name: str, due: int, members: Sequence[Member]) -> Pool:
    """A pool of members; its strata are in the order in which they first appear.

    Raises:
        ValueError: more members are certain than are due, or a weight is not above 0.
    """
    chances = inclusion_probabilities(
        [member.weight for member in members], due, [member.certain for member in members]
    )
    whole = lcm(*(chance.denominator for chance in chances))
    parts = tuple(chance.numerator * (whole // chance.denominator) for chance in chances)
    strata = tuple(dict.fromkeys(member.stratum for member in members))
    return Pool(name, due, strata, tuple(members), tuple(chances), parts, whole)


def inclusion_probabilities(
    weights: Sequence[Fraction], due: int, certain: Sequence[bool]
) -> tuple[Fraction, ...]:
    """The probability of each unit: proportional to its weight, at most 1, and `due` in all (or everyone).

    Certain units have 1. Where a weight is so great that its share would exceed 1, it is 1, and what is left is shared
    among the others.
    """
    if any(weight <= 0 for weight in weights):
        raise ValueError("a weight must be above 0")
    if sum(certain) > due:
        raise ValueError("more units are certain than are due")
    if due >= len(weights):
        return (Fraction(1),) * len(weights)
    sure = list(certain)
    while True:
        left = due - sum(sure)
        total = sum((weight for weight, one in zip(weights, sure, strict=True) if not one), Fraction(0))
        full = [not one and left * weight >= total for weight, one in zip(weights, sure, strict=True)]
        if not left or not any(full):
            shares = (left * weight / total if left else Fraction(0) for weight in weights)
            return tuple(Fraction(1) if one else share for one, share in zip(sure, shares, strict=True))
        sure = [one or more for one, more in zip(sure, full, strict=True)]


def draw_pool(pool: Pool, lots: Lots) -> PoolDraw:
    """Draw from a pool: order by stratum and number, add up, take whoever reaches the next whole number."""
    numbers = tuple(lots.number(member.code) for member in pool.members)
    place = {stratum: n for n, stratum in enumerate(pool.strata)}
    order = sorted(
        range(len(pool.members)),
        key=lambda n: (place[pool.members[n].stratum], numbers[n], pool.members[n].code),
    )
    start = lots.number(start_name(pool.id))
    unit = pool.whole * START_SCALE
    total, reached = int(start[:_START_DIGITS], 16) * pool.whole, 0
    drawn = set()
    for n in order:
        total += pool.parts[n] * START_SCALE
        if total // unit > reached:
            reached = total // unit
            drawn.add(n)
    return PoolDraw(pool, start, numbers, tuple(order), frozenset(drawn))


# --------------------------------------------------------------------------------------------------------- allocation


def allocate(total: int, sizes: Sequence[int], least: Sequence[int], most: Sequence[int]) -> tuple[int, ...]:
    """Share out `total` places proportionally to sizes, within bounds for each; by largest remainders.

    Of equal remainders the one that could give more (`most`) comes first, then the one listed first. Where all
    bounds together are less than `total`, each gets what it can give.

    Raises:
        ValueError: the lower bounds are more than `total`, or one of them exceeds its upper bound.
    """
    if sum(least) > total or any(low > high for low, high in zip(least, most, strict=True)):
        raise ValueError("more is certain than is due")
    if sum(most) <= total:
        return tuple(most)
    exact = _bounded_shares(total, sizes, least, most)
    given = [int(share) for share in exact]
    ranked = sorted(range(len(sizes)), key=lambda n: (given[n] - exact[n], -most[n], n))
    while (left := total - sum(given)) > 0:
        for n in [n for n in ranked if given[n] < most[n]][:left]:
            given[n] += 1
    return tuple(given)


def _bounded_shares(
    total: int, sizes: Sequence[int], least: Sequence[int], most: Sequence[int]
) -> list[Fraction]:
    """The exact shares: proportional for all that are not held at a bound."""
    fixed: dict[int, int] = {}
    while True:
        free = [n for n in range(len(sizes)) if n not in fixed]
        left = total - sum(fixed.values())
        size = sum(sizes[n] for n in free)
        shares = {n: Fraction(left * sizes[n], size) if size else Fraction(0) for n in free}
        over = {n: most[n] for n in free if shares[n] > most[n]}
        under = {n: least[n] for n in free if shares[n] < least[n]}
        if not over and not under:
            return [Fraction(fixed[n]) if n in fixed else shares[n] for n in range(len(sizes))]
        surplus = sum((shares[n] - over[n] for n in over), Fraction(0))
        missing = sum((under[n] - shares[n] for n in under), Fraction(0))
        fixed |= over if surplus >= missing else under
