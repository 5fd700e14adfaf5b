"""The stages of an inspection, in their order."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Who scored: the unit itself, the county, the city. Later members outrank earlier ones."""

    SELF = "self"
    COUNTY = "county"
    CITY = "city"

    @property
    def rank(self) -> int:
        """0 for self, 1 for county, 2 for city: the highest complete stage decides (design: city > county > self)."""
        return tuple(Stage).index(self)
