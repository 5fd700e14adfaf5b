"""The draw of the city by the method that docs/sampling.md publishes, from the roster alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from fractions import Fraction

from tests.support.city import standards
from tests.support.city.standards import Unit, units

METHOD = "huitoukan-sampling-1"


class Lots:
    """The lots of one seed and design."""

    def __init__(self, seed: str, design: str) -> None:
        lines = sorted(
            f"{u.code},{u.name},{u.level},{u.county},{u.kind},{'yes' if u.required else 'no'}\n"
            for u in units().values()
        )
        self.roster = _sha("".join(lines))
        self._head = f"{METHOD}|{seed}|{self.roster}|{design}|"

    def number(self, name: str) -> str:
        """The number of a unit, or of the start of a pool."""
        return _sha(self._head + name)

    def draw(self, pool: str, inside: Sequence[Unit], due: int) -> list[str]:
        """Draw so many of the units of a pool, with equal chances, by type."""
        first = {u.kind: min(other.code for other in inside if other.kind == u.kind) for u in inside}
        ordered = sorted(inside, key=lambda u: (first[u.kind], self.number(u.code)))
        total = Fraction(int(self.number(f"start:{pool}")[:12], 16), 16**12)
        drawn = []
        for unit in ordered:
            before, total = total, total + Fraction(min(due, len(inside)), len(inside))
            if int(total) > int(before):
                drawn.append(unit.code)
        return drawn


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def city_draw(seed: str) -> tuple[list[str], list[str]]:
    """The counties and townships of the city's check: six counties, 24 townships shared out evenly among them."""
    lots = Lots(seed, "city")
    counties = lots.draw("counties", standards.bodies(), 6)
    with_townships = [code for code in counties if standards.townships(code)]
    share, more = divmod(24, len(with_townships))
    # Of equal remainders the county with more to draw from comes first, then the one with the smaller code.
    order = sorted(with_townships, key=lambda code: (-len(standards.townships(code)), code))
    townships = []
    for code in with_townships:
        townships += lots.draw(code, standards.townships(code), share + (order.index(code) < more))
    return counties, townships


def county_draw(seed: str) -> dict[str, list[str]]:
    """Six townships of every county that has any."""
    lots = Lots(seed, "county")
    bodies = [body.code for body in standards.bodies() if standards.townships(body.code)]
    return {code: lots.draw(code, standards.townships(code), 6) for code in bodies}
