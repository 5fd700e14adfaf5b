"""Whose a sheet is: unit, stage and date as the sheet states them, and what its surroundings say.

Unit and stage come from the header field, else from the columns, the title, the sheet name, the file name and the
folder, in that order; whatever contradicts the answer is kept for the rules to report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import PurePosixPath

from huitoukan.campaign.roster import Mention, Roster
from huitoukan.grid import Grid
from huitoukan.intake.dates import read_date
from huitoukan.intake.fields import FieldValue
from huitoukan.intake.labels import legible, tidy, without_brackets
from huitoukan.intake.layout import RowKind, Table
from huitoukan.intake.stamp import Stamp
from huitoukan.intake.vocabulary import SCORE_ROLES, Vocabulary
from huitoukan.model import (
    DateClaim,
    DateKind,
    DateReading,
    Hint,
    Level,
    Match,
    NameMatch,
    Origin,
    Stage,
    StageClaim,
    UnitClaim,
)

_NO_WITNESS = (Origin.TITLE, Origin.STAMP)  # titles are copied; that a stamp says otherwise is told by U337
_ABSENT = NameMatch(Match.UNKNOWN)


def find_hints(
    path: str, grid: Grid, table: Table, county: FieldValue | None, roster: Roster, words: Vocabulary,
    stamp: Stamp | None = None,
) -> tuple[Hint, ...]:  # fmt: skip
    """What a county field, our own stamp, the title, the sheet name, the file name and the folders say, strongest first."""
    return tuple(_hints(path, grid, table, county, roster, words, stamp))


def _hints(
    path: str, grid: Grid, table: Table, county: FieldValue | None, roster: Roster, words: Vocabulary,
    stamp: Stamp | None,
) -> Iterator[Hint]:  # fmt: skip
    if county is not None and county.text:
        yield Hint(Origin.HEADER, county.text, county=_mention(roster, county.text).county)
    if stamp is not None and stamp.unit in roster.units:
        name = roster.full_name(stamp.unit)
        yield Hint(Origin.STAMP, name, stamp.unit, roster.units[stamp.unit].county, stamp.stage)
    location = PurePosixPath(path)
    titles = [
        legible(value)
        for row in grid.rows[: table.header.top]
        for value in row
        if isinstance(value, str) and value and not words.field_pattern.search(legible(value))
    ]
    texts = [
        (Origin.TITLE, " ".join(titles)),
        (Origin.SHEET_NAME, grid.name),
        (Origin.FILE_NAME, location.stem),
    ]
    texts += [(Origin.FOLDER, folder) for folder in reversed(location.parts[:-1])]
    for origin, text in ((origin, legible(text)) for origin, text in texts):
        mention = _mention(roster, text) if text else Mention()
        # The county bureau that passes on a township's sheet is its sender: it tells the county, not the unit.
        sender = (
            mention.unit
            and table.level is Level.TOWNSHIP
            and roster.units[mention.unit].level is Level.COUNTY
        )
        yield Hint(origin, text, None if sender else mention.unit, mention.county, words.stage_named(text))


@lru_cache(maxsize=4096)
def _mention(roster: Roster, text: str) -> Mention:
    """What a text names; titles, sheet names and folders come again in file after file."""
    return roster.mention(text)


def unit_claim(field: FieldValue | None, hints: Sequence[Hint], roster: Roster) -> UnitClaim:
    """Which unit a sheet says it is; a name that exists in several counties is settled by what names the county."""
    text = field.text.strip() if field else ""
    cell = field.cell if field else None
    if not text:
        named = next((hint for hint in hints if hint.unit), None)
        return UnitClaim(cell, "", _ABSENT, named.unit if named else None, named.origin if named else None)
    match = roster.find(text)
    origin: Origin | None = Origin.HEADER
    telling = next((hint for hint in hints if hint.county), None)
    if match.kind is Match.AMBIGUOUS and telling:
        inside = roster.find(text, telling.county)
        if inside.unit and roster.units[inside.unit].county == telling.county:
            origin = telling.origin
            match = (
                inside if origin is Origin.HEADER else NameMatch(match.kind, inside.unit, match.candidates)
            )
    if match.kind is Match.UNKNOWN:
        match = _named_before_brackets(text, roster)
    if match.unit is None:
        county = _mention(roster, text).county or (telling.county if telling else None)
        return UnitClaim(cell, text, match, None, None, county=county)
    return UnitClaim(cell, text, match, match.unit, origin, _contradicting(match.unit, hints, roster))


def _named_before_brackets(text: str, roster: Roster) -> NameMatch:
    """What a name means without what it says in brackets: 乐平镇（县城所在地）, 北关街道（介休市）, not 乐平镇（大寨镇）."""
    bare = without_brackets(tidy(text))
    named = _mention(roster, text)
    found = roster.find(bare, named.county) if bare else _ABSENT
    return found if named.unit and found.unit == named.unit else _ABSENT


def _contradicting(code: str, hints: Sequence[Hint], roster: Roster) -> tuple[Hint, ...]:
    unit = roster.units[code]
    counties = {unit.county, unit.code[:6]}  # 晋中开发区 lies in 榆次区
    found: dict[Origin, Hint] = {}
    settled: set[Origin] = set()
    for hint in hints:
        if hint.origin in settled or hint.origin in _NO_WITNESS or not (hint.unit or hint.county):
            continue
        settled.add(hint.origin)  # the folder nearest to the file speaks for all folders
        other_unit = hint.unit is not None and hint.unit != code
        if other_unit or (hint.county is not None and hint.county not in counties):
            found[hint.origin] = hint
    return tuple(found.values())


def stage_claim(
    field: FieldValue | None, hints: Sequence[Hint], grid: Grid, table: Table, words: Vocabulary
) -> StageClaim:
    """Which stage a sheet says it is."""
    text = field.text.strip() if field else ""
    cell = field.cell if field else None
    stage, origin = (words.stage_of(text), Origin.HEADER) if text else (None, None)
    if not text:
        stage = _stage_of_columns(grid, table)
        origin = Origin.COLUMNS if stage else None
        if stage is None:
            hint = next((hint for hint in hints if hint.stage), None)
            stage, origin = (hint.stage, hint.origin) if hint else (None, None)
    settled: dict[Origin, Hint] = {}
    for hint in hints:
        if hint.stage and hint.origin not in _NO_WITNESS:
            settled.setdefault(hint.origin, hint)
    contradictions = tuple(hint for hint in settled.values() if stage and hint.stage is not stage)
    return StageClaim(cell, text, stage, origin if stage else None, contradictions)


def _stage_of_columns(grid: Grid, table: Table) -> Stage | None:
    """The stage of the only score column, or of the only filled one."""
    columns = [c for c in table.header.columns if c.meaning.role in SCORE_ROLES]
    if len(columns) > 1:
        columns = [
            c
            for c in columns
            if any(grid.cell(row.row, c.column).value is not None for row in table.of(RowKind.ITEM))
        ]
    return columns[0].meaning.stage if len(columns) == 1 else None


def date_claim(field: FieldValue | None, *, date_1904: bool = False) -> DateClaim:
    """The date of a sheet; `date_1904` is how its workbook counts days."""
    if field is None:
        return DateClaim(None, "", DateReading(DateKind.BLANK))
    reading = read_date(field.cell.value if field.whole else field.text, date_1904=date_1904)
    return DateClaim(field.cell, field.text, reading)
