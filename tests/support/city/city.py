"""The made-up city: everything of it, from a seed."""

from __future__ import annotations

from functools import cache

from tests.support.city.decisions import decide
from tests.support.city.delivery import Delivery
from tests.support.city.folder import City
from tests.support.city.paperwork import paperwork
from tests.support.city.post import Post


@cache
def city(seed: int = 2024, *, papers: bool = False) -> City:
    """The city of a seed; the same seed gives the same bytes. With `papers` it sends questionnaires and reports too."""
    decisions = decide(seed)
    made = City(seed, decisions, paperwork(seed, decisions))
    Delivery(made).deliver()
    if papers:
        Post(made).deliver()
    return made
