"""The coverage matrix for machines and for people: JSON, JSONL and CSV, and how a tally is told in a cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from huitoukan import __version__
from huitoukan.campaign.campaign import Campaign
from huitoukan.materials import Holding
from huitoukan.output.files import csv_text
from huitoukan.output.records import SCHEMA, Record, campaign_record
from huitoukan.phrase import Listing, Phrase, say
from huitoukan.standing.coverage import CityCheck, Column, CoverageMatrix, Tally

_COLUMNS = (
    "code",
    "county",
    "name",
    "level",
    "required",
    "stage",
    "material",
    "due",
    "state",
    "day",
    "files",
)


def coverage_record(matrix: CoverageMatrix, campaign: Campaign) -> Record:
    """What `coverage --format json` prints."""
    return {
        "schema": SCHEMA,
        "huitoukan": __version__,
        "campaign": campaign_record(campaign),
        "counties": [
            {
                "code": county.code,
                "name": county.name,
                "stages": _by_stage({column: _tally(tally) for column, tally in county.tallies.items()}),
                "units": [
                    {
                        "code": code,
                        "name": campaign.roster.units[code].name.removesuffix("统计局"),
                        "level": campaign.roster.units[code].level.value,
                        "required": campaign.roster.units[code].required,
                        "stages": _by_stage({column: _holding(one) for column, one in holdings.items()}),
                    }
                    for code, holdings in county.holdings.items()
                ],
            }
            for county in matrix.counties
        ],
        "totals": _by_stage({column: _tally(tally) for column, tally in matrix.totals.items()}),
        "city_check": matrix.city and _city(matrix.city),
    }


def _by_stage(values: Mapping[Column, Record]) -> Record:
    found: Record = {}
    for (stage, kind), value in values.items():
        found.setdefault(stage.value, {})[kind.value] = value
    return found


def _tally(tally: Tally) -> Record:
    return {
        "due": tally.due,
        "received": tally.received,
        "missing": tally.missing,
        "late": tally.late,
        "welcome": tally.welcome,
        "extra": tally.extra,
        "not_due": tally.not_due,
    }


def _holding(holding: Holding) -> Record:
    """`due` is null where a material is welcome, and not demanded of this very unit."""
    days = [receipt.day for receipt in holding.receipts if receipt.day is not None]
    return {
        "due": holding.due,
        "state": holding.presence.value,
        "day": min(days).isoformat() if days else None,
        "files": list(dict.fromkeys(receipt.file for receipt in holding.receipts)),
    }


def _city(city: CityCheck) -> Record:
    return {
        "counties": {"due": city.counties_due, "received": city.counties},
        "townships": {"due": city.townships_due, "received": city.townships},
    }


def holding_records(matrix: CoverageMatrix, campaign: Campaign) -> Iterator[Record]:
    """One record for each unit, stage and material."""
    for county in matrix.counties:
        for code, holdings in county.holdings.items():
            unit = campaign.roster.units[code]
            for (stage, kind), holding in holdings.items():
                yield {
                    "code": code,
                    "county": county.name,
                    "name": unit.name,
                    "level": unit.level.value,
                    "required": unit.required,
                    "stage": stage.value,
                    "material": kind.value,
                    **_holding(holding),
                }


def coverage_csv(matrix: CoverageMatrix, campaign: Campaign) -> str:
    """The same as CSV, the files of a material in one field."""
    rows = ({**one, "files": "; ".join(one["files"])} for one in holding_records(matrix, campaign))
    return csv_text(_COLUMNS, rows)


def told(tally: Tally) -> Phrase | str:
    """A tally as a cell tells it: 11/11, 5/6 缺 1, 6/6 另收 1; a dash where nothing was due and nothing came."""
    if not (tally.due or tally.received or tally.welcome or tally.extra):
        return "—"
    counts = f"{tally.received}/{tally.due}" if tally.due else str(tally.received)
    more = (
        (say("缺 {n}", n=tally.missing), tally.missing),
        (say("逾期 {n}", n=tally.late), tally.late),
        (say("另收 {n}", n=tally.welcome), tally.welcome),
        (say("多报 {n}", n=tally.extra), tally.extra),
    )
    words = tuple(phrase for phrase, n in more if n)
    return say("{counts} {words}", counts=counts, words=Listing(words)) if words else counts


def city_line(city: CityCheck) -> Phrase:
    """How far the city check has come."""
    return say(
        "市级检查: 县 {counties}/{counties_due} 个, 乡镇(街道) {townships}/{townships_due} 个。",
        counties=city.counties,
        counties_due=city.counties_due,
        townships=city.townships,
        townships_due=city.townships_due,
    )
