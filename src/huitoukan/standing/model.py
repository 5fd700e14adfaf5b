"""What standings are made of: verdicts with every step that led to them, plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from huitoukan.model import SheetResult, Stage, Unit, Verdict


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of a verdict: what was compared with what. `passed` is None when it could not be decided.

    `rule` names the pass rule; `subject` the dimension, item or unit it speaks of; `value` and `threshold` are exact.
    """

    rule: str
    passed: bool | None
    value: Decimal | None = None
    threshold: Decimal | None = None
    subject: str | None = None
    details: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class DimensionStanding:
    """Points got in one dimension; `maximum` counts only the items that apply, `score` is None when none does."""

    dimension: str
    title: str
    score: Decimal | None
    maximum: Decimal
    passed: bool | None


@dataclass(frozen=True, slots=True)
class RemedyStep:
    """One item on which points were lost: what it has, and the legal score that would do."""

    item: str
    title: str
    cell: str
    value: Decimal
    target: Decimal
    maximum: Decimal

    @property
    def gain(self) -> Decimal:
        """The points between the two."""
        return self.target - self.value


@dataclass(frozen=True, slots=True)
class Remedy:
    """The smallest set of items that keeps a unit below the line: fewest items first, then fewest points.

    `score` is the total with them; `ways` counts the choices of items and scores that are as small, this one among them
    (the first in the order of the form). Where points are so fine that not all choices could be compared, `exact` is
    False: fewer items would not do, fewer points might.
    """

    steps: tuple[RemedyStep, ...]
    points: Decimal
    score: Decimal
    ways: int
    exact: bool = True


@dataclass(frozen=True, slots=True)
class TownshipGap:
    """Townships that a county lacks: `needed` of `counted` must pass, `passing` do, and `pending` are not decided.

    `nearest` are the codes of those that fail, the one nearest to the line first.
    """

    needed: int
    counted: int
    passing: int
    pending: int
    nearest: tuple[str, ...]

    @property
    def short(self) -> int:
        """How many more must pass."""
        return self.needed - self.passing


@dataclass(frozen=True, slots=True)
class Standing:
    """What the scores mean for one unit, or for a county with its townships.

    `basis` is the stage that counted and `source` the sheet it was read from; both None without a complete sheet.
    `remedy` speaks of the unit itself, a county's `gap` of its townships (see standing/remedy.py). A county with townships
    keeps the standing of its own `body` apart: `reasons` are those of the county's verdict.
    """

    unit: Unit
    verdict: Verdict
    score: Decimal | None = None
    basis: Stage | None = None
    grade: str | None = None
    margin: Decimal | None = None
    rank: int | None = None
    dimensions: tuple[DimensionStanding, ...] = ()
    reasons: tuple[Reason, ...] = ()
    source: SheetResult | None = None
    townships: tuple[Standing, ...] = ()
    remedy: Remedy | None = None
    gap: TownshipGap | None = None

    body: Standing | None = None

    @property
    def own(self) -> Standing:
        """The standing of the unit itself, whatever that of a county's townships."""
        return self.body or self
