"""Words that the integrity rules share: which units, which places, which scores. They say what is there, never why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from huitoukan.campaign.campaign import Campaign
from huitoukan.phrase import Listing, Phrase, plain, say
from huitoukan.rules.compared import Filled

MOST = 30  # units, items and places that one message lists
_LEAST_SHOWN = Decimal("0.0001")


def listed(words: Sequence[object]) -> Listing:
    """Words one after the other; of very many the first, and how many more there are."""
    if len(words) <= MOST:
        return Listing(tuple(words))
    return Listing((*words[:MOST], say("还有 {n} 个", n=len(words) - MOST)))


def units(sheets: Iterable[Filled], campaign: Campaign) -> Listing:
    """The names of the units of sheets, each once."""
    return listed([campaign.roster.full_name(code) for code in dict.fromkeys(one.unit for one in sheets)])


def item_scores(scores: Iterable[tuple[str, Decimal]]) -> Listing:
    """Items with their scores: `T1.1 得 3、T2.4 得 2`."""
    return listed([say("{item} 得 {score}", item=item, score=score) for item, score in scores])


def place(one: Filled, cells: Iterable[str] = ()) -> str:
    """Where a sheet, and cells of it, are: `榆次区/a.xlsx「评分表」F12、F15`."""
    return f"{one.sheet.file}「{one.sheet.sheet}」{'、'.join(cells)}"


def places(found: Iterable[str]) -> Listing:
    """Places, each once: the evidence that the report shows beside a clue."""
    return listed(list(dict.fromkeys(found)))


def expected(number: float) -> Phrase:
    """How many cases are expected by chance: one digit of it, or that it is less than any that is shown."""
    shown = Decimal(f"{number:.0e}")
    if shown < _LEAST_SHOWN:
        return say("不到 {number}", number=_LEAST_SHOWN)
    return say("约 {number}", number=shown)


def number(value: float, digits: int = 1) -> str:
    """A number of a statistic, rounded for reading."""
    return plain(Decimal(f"{value:.{digits}f}"))
