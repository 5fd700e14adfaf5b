"""The coverage matrix: unit by stage by material, and what it adds up to for each county and the city.

It rests on the same ledger as the rules C608-C622. What did not come is counted as missing, and never as a score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from fractions import Fraction

from huitoukan.campaign.campaign import Campaign
from huitoukan.materials import Holding, MaterialKind, Presence
from huitoukan.model import FileResult, Level, Stage
from huitoukan.rules.receipts import SENT, Ledger, ledger, required_townships
from huitoukan.rules.received import received
from huitoukan.standing.exact import SHARE, half_up

Column = tuple[Stage, MaterialKind]
_SHEET = MaterialKind.SCORE_SHEET


@dataclass(frozen=True, slots=True)
class Tally:
    """How many units. `due` is what `received`, late ones among them, and `missing` add up to, but for the city check:
    there its numbers are due of the city as a whole, and a county has none.

    `welcome` is more than was due, from units that nobody demanded it of (a county bureau that the county checked too,
    城区, a seventh township where six are the least); `extra` came from units that were not to send it.
    """

    due: int = 0
    received: int = 0
    missing: int = 0
    late: int = 0
    welcome: int = 0
    extra: int = 0
    not_due: int = 0

    @property
    def there(self) -> int:
        """Everything that arrived, due or not."""
        return self.received + self.welcome + self.extra

    @property
    def share(self) -> Decimal | None:
        """What was received of what is due (0 to 1, 4 places, half-up); None where nothing is due."""
        return half_up(Fraction(self.received, self.due), SHARE) if self.due else None

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, name) + getattr(other, name) for name in _COUNTS))


_COUNTS = tuple(one.name for one in fields(Tally))


@dataclass(frozen=True, slots=True)
class CountyMatrix:
    """One county: the tally of every column, and the holdings of its units in the order of the roster."""

    code: str
    name: str
    tallies: Mapping[Column, Tally]
    holdings: Mapping[str, Mapping[Column, Holding]]


@dataclass(frozen=True, slots=True)
class CityCheck:
    """How many counties and townships the city was to check (R31, R32), and of how many a score sheet is there."""

    counties_due: int
    counties: int
    townships_due: int
    townships: int


@dataclass(frozen=True, slots=True)
class CoverageMatrix:
    """The whole matrix. `columns` are those demanded or received; `city` is None where the roster is a part of the city."""

    columns: tuple[Column, ...] = ()
    counties: tuple[CountyMatrix, ...] = ()
    totals: Mapping[Column, Tally] = field(default_factory=dict)
    city: CityCheck | None = None

    @property
    def stages(self) -> Mapping[Stage, tuple[MaterialKind, ...]]:
        """The materials of each stage that has a column."""
        stages = dict.fromkeys(stage for stage, _ in self.columns)
        return {stage: tuple(kind for one, kind in self.columns if one is stage) for stage in stages}


def coverage_matrix(
    files: Sequence[FileResult], campaign: Campaign, stages: Sequence[Stage] | None = None
) -> CoverageMatrix:
    """The matrix of a folder; `stages` are those that were looked at, all unless some are given."""
    found = ledger(received(files, campaign), campaign)
    looked_at = [stage for stage in campaign.stages if stages is None or stage in stages]
    held = {(stage, kind) for _, stage, kind in found.receipts}
    columns = tuple(
        (stage, kind)
        for stage in looked_at
        for kind in SENT
        if (stage, kind) in found.demanded or (stage, kind) in held
    )
    counties = tuple(_county(body.code, found, columns) for body in campaign.roster.bodies())
    totals = {column: sum((c.tallies[column] for c in counties), Tally()) for column in columns}
    city = _city(found) if Stage.CITY in looked_at and not campaign.partial else None
    if city is not None and not campaign.selection.city and (Stage.CITY, _SHEET) in totals:
        totals[Stage.CITY, _SHEET] += _of_any(city)
    return CoverageMatrix(columns, counties, totals, city)


def _county(code: str, found: Ledger, columns: Sequence[Column]) -> CountyMatrix:
    campaign = found.campaign
    units = (campaign.roster.units[code], *campaign.roster.townships(code))
    holdings = {unit.code: {column: found.holding(unit, *column) for column in columns} for unit in units}
    tallies = {}
    for column in columns:
        own = [holdings[unit.code][column] for unit in units]
        anyone = [one for one in own if found.counts_for_number(campaign.roster.units[one.unit], *column)]
        tally = _tally(own, anyone)
        if anyone and column[0] is Stage.COUNTY:
            least = _least(code, campaign)
            checked = sum(one.is_there for one in anyone)
            over = max(0, checked - least)
            tally += Tally(due=least, received=-over, missing=max(0, least - checked), welcome=over)
        tallies[column] = tally
    return CountyMatrix(code, campaign.roster.county_name(code), tallies, holdings)


def _tally(holdings: Sequence[Holding], anyone: Sequence[Holding]) -> Tally:
    """The tally of some units; those of `anyone` count towards a number that is due of all of them together."""
    there = [one for one in holdings if one.presence in (Presence.RECEIVED, Presence.LATE)]
    counting = [one for one in there if one.due or one in anyone]
    return Tally(
        due=sum(bool(one.due) for one in holdings),
        received=len(counting),
        missing=sum(one.presence is Presence.MISSING for one in holdings),
        late=sum(one.presence is Presence.LATE for one in there),
        welcome=len(there) - len(counting),
        extra=sum(one.presence is Presence.EXTRA for one in holdings),
        not_due=sum(one.presence is Presence.NOT_DUE for one in holdings),
    )


def _least(county: str, campaign: Campaign) -> int:
    """How many townships a county checks at least, whichever they are (R21; C602 judges by the same number)."""
    if not required_townships(county, campaign):
        return 0
    least = campaign.settings.coverage.county_check_townships.value
    return min(least, len(campaign.roster.townships(county)))


def _city(found: Ledger) -> CityCheck:
    settings = found.campaign.settings.coverage
    units = found.campaign.roster.units.values()
    checked = [unit.level for unit in units if found.is_checked(unit.code, [Stage.CITY])]
    return CityCheck(
        settings.city_check_counties.value,
        checked.count(Level.COUNTY),
        settings.city_check_townships.value,
        checked.count(Level.TOWNSHIP),
    )


def _of_any(city: CityCheck) -> Tally:
    """What the city as a whole owes where nobody was named: so many counties and townships, whichever they are."""
    pairs = ((city.counties_due, city.counties), (city.townships_due, city.townships))
    over = sum(max(0, there - due) for due, there in pairs)
    return Tally(
        due=sum(due for due, _ in pairs),
        received=-over,
        missing=sum(max(0, due - there) for due, there in pairs),
        extra=over,
    )
