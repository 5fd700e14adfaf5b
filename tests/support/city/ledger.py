"""The truth about coverage: what every unit owed at every stage and what of it came, from the decisions alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tests.support.city import standards
from tests.support.city.folder import City
from tests.support.city.standards import STAGES, Unit, units

DEADLINE = date(2024, 7, 1)
MATERIALS = ("score_sheet", "questionnaire", "report")
LEAST = 6  # townships that a county checks


@dataclass(frozen=True)
class Entry:
    """One material of one unit at one stage; `due` is None where it is welcome, and not demanded of this very unit."""

    due: bool | None
    state: str
    files: frozenset[str] = frozenset()


def entry(made: City, unit: Unit, stage: str, material: str) -> Entry:
    """What became of a material. Nothing here comes late but what a late mail brought."""
    due, files = owed(made, unit, stage, material), came(made, unit, stage, material)
    if not files:
        return Entry(due, "missing" if due else "not_due")
    if due is False:
        return Entry(due, "extra", files)
    late = material == "score_sheet" and (unit.code, stage) in made.late
    return Entry(due, "late" if late else "received", files)


def owed(made: City, unit: Unit, stage: str, material: str) -> bool | None:
    """Whether a unit owes a material, in the words of the notice: all assess themselves, those drawn are checked."""
    if material == "report":
        if stage == "county":
            return unit.level == "county"
        return (unit.required or None) if stage == "self" else False
    if stage == "self":
        return (unit.required or None) if material == "score_sheet" else False
    if stage == "city":
        return unit.code in made.drawn
    # Which townships it checks is for the county to choose: only a questionnaire follows from a score sheet.
    checked = (unit.code, "county", 0) in made.spots
    return True if material == "questionnaire" and checked else None


def came(made: City, unit: Unit, stage: str, material: str) -> frozenset[str]:
    """The files that brought a material. A questionnaire names no stage: it serves all checks of its unit."""
    if material == "score_sheet":
        left_aside = {(u, "self", 0) for u in made.decisions.decided}
        keys = [key for key in made.spots if key[:2] == (unit.code, stage) and key not in left_aside]
        return frozenset(made.spots[key].file for key in keys)
    if material == "report":
        return frozenset({made.reports[unit.code, stage]} if (unit.code, stage) in made.reports else ())
    if owed(made, unit, stage, material) is False:
        return frozenset()
    return frozenset(spot.file for spot in made.questionnaires.get(unit.code, ()))


def entries(made: City) -> dict[tuple[str, str, str], Entry]:
    """All entries by unit, stage and material."""
    return {
        (unit.code, stage, material): entry(made, unit, stage, material)
        for unit in units().values()
        for stage in STAGES
        for material in MATERIALS
    }


def tally(made: City, county: str, stage: str, material: str) -> Mapping[str, int]:
    """What a county owes and what came of it: the townships of its own check are counted, whichever they are."""
    inside = [unit for unit in units().values() if unit.county == county]
    found = {unit.code: entry(made, unit, stage, material) for unit in inside}
    states = Counter(one.state for one in found.values())
    there = [code for code, one in found.items() if one.state in ("received", "late")]
    counting = [code for code in there if found[code].due]
    due, missing = sum(one.due is True for one in found.values()), states["missing"]
    if (stage, material) == ("county", "score_sheet") and standards.townships(county):
        # Of more than are asked for, the rest is welcome, so that received and missing add up to what is due.
        counting = [code for code in there if units()[code].level == "township"][:LEAST]
        due, missing = LEAST, LEAST - len(counting)
    return {
        "due": due, "received": len(counting), "missing": missing, "late": states["late"],
        "welcome": len(there) - len(counting), "extra": states["extra"], "not_due": states["not_due"],
    }  # fmt: skip
