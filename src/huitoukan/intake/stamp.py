"""The stamp: a hidden sheet by which a blank form of ours says what it was made from and for whom.

It is never required and never reported. Where it is there, it says whose form this is, before anything that is written
on it: codes cannot be mistyped. What people wrote instead is told as a contradiction (U337).
"""

from __future__ import annotations

from dataclasses import dataclass

from huitoukan.campaign.roster import Roster
from huitoukan.grid import Grid
from huitoukan.model import Level, SheetKind, Stage

SHEET = "_huitoukan"
_FORMAT = "1"
_LONGEST = 200  # rows and characters that are looked at: a stamp is small, whatever else somebody put there


@dataclass(frozen=True, slots=True)
class Stamp:
    """Ids of the rubric or, by `kind`, questionnaire (with its version), the campaign and the unit, and which form it is.

    `stage` and `level` are None when the stamp names one that is not known here.
    """

    rubric: str
    version: str
    campaign: str
    unit: str
    stage: Stage | None
    level: Level | None
    kind: SheetKind = SheetKind.SCORE

    def speaks_for(self, level: Level, roster: Roster) -> bool:
        """Whether it can say whose a table of some level is: its unit is known, and such a table was on its form.

        The form of another year or rubric says so too (codes of units stay); that it is one, L226 tells.
        """
        unit = roster.units.get(self.unit)
        return unit is not None and unit.level is level and self.level in (None, level)


def rows(stamp: Stamp) -> tuple[tuple[str, str], ...]:
    """The stamp as keys and values, in the order in which they stand on its sheet."""
    kind = (("kind", str(stamp.kind)),) if stamp.kind is not SheetKind.SCORE else ()
    return (
        ("format", _FORMAT),
        *kind,
        ("campaign", stamp.campaign),
        ("rubric", stamp.rubric),
        ("version", stamp.version),
        ("unit", stamp.unit),
        ("stage", stamp.stage or ""),
        ("level", stamp.level or ""),
    )


def read_stamp(grid: Grid) -> Stamp | None:
    """The stamp on a sheet; None for a sheet that is none, or one of a format that is not known here."""
    found: dict[str, str] = {}
    for row in range(min(len(grid.rows), _LONGEST)):
        key, value = (grid.cell(row, column).text or "" for column in (0, 1))
        found.setdefault(key.strip(), value.strip()[:_LONGEST])
    named = all(found.get(key) for key in ("rubric", "version", "campaign", "unit"))
    if grid.name != SHEET or found.get("format") != _FORMAT or not named:
        return None
    stage, level, kind = found.get("stage"), found.get("level"), found.get("kind", SheetKind.SCORE)
    return Stamp(
        found["rubric"],
        found["version"],
        found["campaign"],
        found["unit"],
        stage=Stage(stage) if stage in tuple(Stage) else None,
        level=Level(level) if level in tuple(Level) else None,
        kind=SheetKind(kind) if kind in tuple(SheetKind) else SheetKind.OTHER,
    )
