"""Shares and means without any rounding on the way; rounded once, half-up, where they are shown."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

CENT = Decimal("0.01")
SHARE = Decimal("0.0001")
HUNDRED = Decimal(100)


def of_hundred(points: Decimal, maximum: Decimal) -> Fraction:
    """Points as they would be on a scale of 100, exactly."""
    return Fraction(points) * 100 / Fraction(maximum)


def half_up(number: Fraction, places: Decimal) -> Decimal:
    """Rounded to a multiple of `places` (0.01), a half away from zero; always exact, never -0."""
    whole = int(abs(number) / Fraction(places) + Fraction(1, 2))
    return Decimal(whole if number > 0 else -whole) * places if whole else Decimal(0)
