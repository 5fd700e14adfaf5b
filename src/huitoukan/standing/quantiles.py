"""Numbers that several units gave, in a few figures: exact sums, the mean to four places, quartiles.

Quartiles are those of Excel's QUARTILE.INC (type 7 of Hyndman and Fan): the value at position (n - 1) x k/4 of the sorted
numbers, counted from 0, and between two of them in proportion. With exact decimals nothing is rounded there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

from huitoukan.standing.exact import SHARE, half_up

_EXACT = Context(prec=100)  # whatever people type, no digit of a sum is lost
_QUARTERS = 4


@dataclass(frozen=True, slots=True)
class NumberSummary:
    """What `n` numbers come to (n is at least 1): a missing one is none of them, a zero is one and counted in `zeros`.

    `mean` is rounded half up to four places, everything else is exact. `few` says that n is below the campaign's
    least number for a median to mean much.
    """

    n: int
    zeros: int
    total: Decimal
    mean: Decimal
    minimum: Decimal
    lower_quartile: Decimal
    median: Decimal
    upper_quartile: Decimal
    maximum: Decimal
    few: bool


def summarise(values: Sequence[Decimal], few: int) -> NumberSummary | None:
    """The figures of some numbers, in whatever order they come; None when there are none. Fewer than `few` are few."""
    if not values:
        return None
    ordered = sorted(values)
    total = exact_sum(ordered)
    return NumberSummary(
        n=len(ordered),
        zeros=sum(value == 0 for value in ordered),
        total=total,
        mean=quotient(total, Decimal(len(ordered))),
        minimum=ordered[0],
        lower_quartile=_quartile(ordered, 1),
        median=_quartile(ordered, 2),
        upper_quartile=_quartile(ordered, 3),
        maximum=ordered[-1],
        few=len(ordered) < few,
    )


def exact_sum(values: Sequence[Decimal]) -> Decimal:
    """The sum of decimals without rounding."""
    total = Decimal(0)
    for value in values:
        total = _EXACT.add(total, value)
    return total


def quotient(part: Decimal, whole: Decimal) -> Decimal:
    """One decimal by another, half up to four places; the divisor is not 0."""
    return half_up(Fraction(part) / Fraction(whole), SHARE)


def _quartile(ordered: Sequence[Decimal], quarter: int) -> Decimal:
    below, rest = divmod((len(ordered) - 1) * quarter, _QUARTERS)
    if not rest:
        return ordered[below]
    step = _EXACT.multiply(
        _EXACT.subtract(ordered[below + 1], ordered[below]), Decimal(rest) / Decimal(_QUARTERS)
    )
    return _EXACT.add(ordered[below], step)
