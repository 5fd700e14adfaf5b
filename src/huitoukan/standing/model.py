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
class Standing:
    """What the scores mean for one unit, or for a county with its townships.

    `basis` is the stage that counted and `source` the sheet it was read from; both None without a complete sheet.
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
