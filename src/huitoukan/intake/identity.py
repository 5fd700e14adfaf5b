"""Whose a sheet is: unit, stage and date as the sheet states them, and what its surroundings say.

Unit and stage come from the stamp of our own form, else from the header field, else (for the stage) from the score
columns, else from the title, the sheet name, the file name and the folders, the inner ones first; a container (a zip, a
mail) counts as a folder. Whatever contradicts the answer is kept for the rules to report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import PurePosixPath

from huitoukan.campaign.roster import Mention, Roster
from huitoukan.days import DateChange, DateClaim, DateKind, DateReading
from huitoukan.grid import Grid
from huitoukan.intake.bounds import LONGEST_SHEET_NAME
from huitoukan.intake.dates import read_date
from huitoukan.intake.fields import FieldValue
from huitoukan.intake.labels import legible, tidy, without_brackets
from huitoukan.intake.layout import RowKind, Table
from huitoukan.intake.stamp import Stamp
from huitoukan.intake.vocabulary import SCORE_ROLES, Vocabulary
from huitoukan.model import Hint, Level, Match, NameMatch, Origin, ScoreSheet, Stage, StageClaim, UnitClaim

_NO_WITNESS = (Origin.STAMP, Origin.TITLE)  # the stamp has been asked before; titles are copied
_ABSENT = NameMatch(Match.UNKNOWN)


def find_hints(
    path: str, grid: Grid, place: tuple[int, Level], county: FieldValue | None, roster: Roster, words: Vocabulary,
    stamp: Stamp | None = None,
) -> tuple[Hint, ...]:  # fmt: skip
    """What our own stamp, a county field, the title, the sheet name, the file name and the folders say, strongest first.

    `place` is the first row of the table (or of the questions), and the level of the form.
    """
    return tuple(_hints(path, grid, place, county, roster, words, stamp))


def _hints(
    path: str, grid: Grid, place: tuple[int, Level], county: FieldValue | None, roster: Roster, words: Vocabulary,
    stamp: Stamp | None,
) -> Iterator[Hint]:  # fmt: skip
    top, level = place
    if stamp is not None and stamp.speaks_for(level, roster):
        name = roster.full_name(stamp.unit)
        yield Hint(Origin.STAMP, name, stamp.unit, roster.units[stamp.unit].county, stamp.stage)
    if county is not None and county.text:
        yield Hint(Origin.HEADER, county.text, county=_mention(roster, county.text).county)
    location = PurePosixPath(path)
    titles = [
        legible(value)
        for row in grid.rows[grid.first : top]
        for value in row
        if isinstance(value, str) and value and not words.field_pattern.search(legible(value))
    ]
    texts = [
        (Origin.TITLE, " ".join(titles)),
        (Origin.SHEET_NAME, "" if grid.name == location.stem[:LONGEST_SHEET_NAME] else grid.name),
        (Origin.FILE_NAME, location.stem),
    ]
    texts += [(Origin.FOLDER, folder) for folder in reversed(location.parts[:-1])]
    for origin, text in ((origin, legible(text)) for origin, text in texts):
        mention = _mention(roster, text) if text else Mention()
        # The county bureau that passes on a township's sheet is its sender: it tells the county, not the unit.
        sender = mention.unit and level is Level.TOWNSHIP and roster.units[mention.unit].level is Level.COUNTY
        yield Hint(
            origin,
            text,
            None if sender else mention.unit,
            mention.county,
            words.stage_named(text),
            mention.candidates,
        )


def hints_of_stacked(
    hints: Sequence[Sequence[Hint]],
    fields: Sequence[Mapping[str, FieldValue]],
    roster: Roster,
    words: Vocabulary,
) -> list[tuple[Hint, ...]]:
    """The hints of forms that stand below one another on one worksheet.

    The name of the sheet, file or folder can be that of one unit and one stage only: where the forms are of several, it
    says nothing of them. What the first form says of county and stage, and others do not, may be meant for them all.
    """
    units = {roster.find(own["unit"].text).unit if "unit" in own else None for own in fields}
    stages = {words.stage_of(own["stage"].text) for own in fields if "stage" in own and own["stage"].text}
    names = (Origin.SHEET_NAME, Origin.FILE_NAME, Origin.FOLDER)
    one_unit = len(units) == 1 and (None not in units or len(stages) == len(fields))
    said = [
        tuple(
            replace(
                hint,
                unit=hint.unit if one_unit else None,
                stage=hint.stage if len(stages) <= 1 else None,
                candidates=hint.candidates if one_unit else (),
            )
            if hint.origin in names
            else hint
            for hint in own
        )
        for own in hints
    ]
    at_the_top = tuple(
        Hint(Origin.TITLE, hint.text, None, hint.county, hint.stage if len(stages) <= 1 else None)
        for hint in said[0]
        if hint.origin in (Origin.HEADER, Origin.TITLE)
    )
    stage = fields[0].get("stage")
    if stage is not None and len(stages) == 1:
        at_the_top += (Hint(Origin.TITLE, stage.text, stage=next(iter(stages))),)
    return [said[0], *(own + at_the_top for own in said[1:])]


def named_by(
    texts: Sequence[tuple[Origin, str]], roster: Roster, words: Vocabulary
) -> tuple[str | None, str | None, Stage | None]:
    """The unit, the county and the stage that names tell, strongest name first: those of a document and its folders."""
    hints = []
    for origin, text in texts:
        mention = _mention(roster, legible(text))
        stage = words.stage_named(text)
        hints.append(Hint(origin, text, mention.unit, mention.county, stage, mention.candidates))
    unit, _ = _unit_named(hints, roster)
    county = roster.units[unit].county if unit else next((hint.county for hint in hints if hint.county), None)
    return unit, county, next((hint.stage for hint in hints if hint.stage), None)


@lru_cache(maxsize=4096)
def _mention(roster: Roster, text: str) -> Mention:
    """What a text names; titles, sheet names and folders come again in file after file."""
    return roster.mention(text)


def unit_claim(field: FieldValue | None, hints: Sequence[Hint], roster: Roster) -> UnitClaim:
    """Which unit a sheet says it is; a name that exists in several counties is settled by what names the county."""
    text = field.text.strip() if field else ""
    cell = field.cell if field else None
    stamped = next((hint.unit for hint in hints if hint.origin is Origin.STAMP), None)
    if not text:
        code, place = _unit_named(hints, roster)
        against = _contradicting(code, place, hints, roster) if code else ()
        return UnitClaim(cell, "", _ABSENT, code, place, against)
    match, origin = _match(text, hints, roster)
    if stamped is not None:
        match, differs = _beside_stamp(match, text, stamped, roster)
        against = _contradicting(stamped, Origin.STAMP, hints, roster)
        if differs and match.unit:  # what agrees with the header has the same cause
            others = _contradicting(match.unit, Origin.STAMP, hints, roster)
            against = tuple(hint for hint in against if hint in others)
        return UnitClaim(cell, text, match, stamped, Origin.STAMP, against, differs=differs)
    if match.unit is None:
        telling = next((hint for hint in hints if hint.county), None)
        county = _mention(roster, text).county or (telling.county if telling else None)
        return UnitClaim(cell, text, match, None, None, county=county)
    return UnitClaim(cell, text, match, match.unit, origin, _contradicting(match.unit, None, hints, roster))


def stamped_form(sheets: Sequence[ScoreSheet | None], stamp: Stamp) -> int | None:
    """Which of the sheets of a workbook, read without it, its stamp speaks for.

    A copy of a sheet may stand before the sheet itself, so it is the one that says the same; else the first form.
    """
    forms = [n for n, sheet in enumerate(sheets) if sheet is not None]
    for n in forms:
        sheet = sheets[n]
        assert sheet is not None
        if sheet.unit.text and (sheet.unit.unit, sheet.stage.stage) == (stamp.unit, stamp.stage):
            return n
    return forms[0] if forms else None


def _match(text: str, hints: Sequence[Hint], roster: Roster) -> tuple[NameMatch, Origin]:
    """What the name in the header means, and what told the county of one that exists in several."""
    match, origin = roster.find(text), Origin.HEADER
    telling = next((hint for hint in hints if hint.county and hint.origin is not Origin.STAMP), None)
    if match.kind is Match.AMBIGUOUS and telling:
        inside = roster.find(text, telling.county)
        if inside.unit and roster.units[inside.unit].county == telling.county:
            origin = telling.origin
            match = (
                inside if origin is Origin.HEADER else NameMatch(match.kind, inside.unit, match.candidates)
            )
    if match.kind is Match.UNKNOWN:
        match = _named_before_brackets(text, roster)
    return match, origin


def _beside_stamp(match: NameMatch, text: str, stamped: str, roster: Roster) -> tuple[NameMatch, bool]:
    """What the header means now that the stamp says whose form it is, and whether the two contradict each other."""
    if stamped in match.candidates:
        if match.kind is Match.AMBIGUOUS:  # the stamp tells the county
            inside = roster.find(text, roster.units[stamped].county)
            return (inside if inside.unit == stamped else NameMatch(Match.ALIAS, stamped, (stamped,))), False
        if match.kind is Match.ABOLISHED:  # and which of several successors
            return NameMatch(Match.FORMER, stamped, match.candidates), False
    return match, bool(match.candidates) and match.unit != stamped


def _unit_named(hints: Sequence[Hint], roster: Roster) -> tuple[str | None, Origin | None]:
    """The unit that the surroundings name; a name of several counties with the county that another of them names."""
    county = next((hint.county for hint in hints if hint.county), None)
    for hint in hints:
        inside = [code for code in hint.candidates if roster.units[code].county == county]
        code = hint.unit or (inside[0] if len(inside) == 1 else None)
        if code is not None:
            return code, hint.origin
    return None, None


def _named_before_brackets(text: str, roster: Roster) -> NameMatch:
    """What a name means without what it says in brackets: 乐平镇（县城所在地）, 北关街道（介休市）, not 乐平镇（大寨镇）."""
    bare = without_brackets(tidy(text))
    named = _mention(roster, text)
    found = roster.find(bare, named.county) if bare else _ABSENT
    return found if named.unit and found.unit == named.unit else _ABSENT


def _contradicting(
    code: str, origin: Origin | None, hints: Sequence[Hint], roster: Roster
) -> tuple[Hint, ...]:
    """What contradicts a unit, beside the place that it came from; each kind of place is heard once."""
    unit = roster.units[code]
    counties = {unit.county, unit.code[:6]}  # 晋中开发区 lies in 榆次区
    found: dict[Origin, Hint] = {}
    settled = {origin, *_NO_WITNESS}
    for hint in hints:
        if hint.origin in settled or not (hint.unit or hint.county or hint.candidates):
            continue
        settled.add(hint.origin)  # the folder nearest to the file speaks for all folders
        other_unit = hint.unit is not None and hint.unit != code
        other_name = hint.origin is not Origin.FOLDER and _is_another(hint.candidates, code, roster)
        if other_unit or other_name or (hint.county is not None and hint.county not in counties):
            found[hint.origin] = hint
    return tuple(found.values())


def _is_another(candidates: Sequence[str], code: str, roster: Roster) -> bool:
    """Whether a name that exists in several counties is another unit's in any of them (城区 is said of many places)."""
    return code not in candidates and any(roster.units[candidate].required for candidate in candidates)


def stage_claim(
    field: FieldValue | None, hints: Sequence[Hint], grid: Grid, table: Table | None, words: Vocabulary
) -> StageClaim:
    """Which stage a sheet says it is; a questionnaire has no table of scores."""
    text = field.text.strip() if field else ""
    cell = field.cell if field else None
    written = words.stage_of(text) if text else None
    stamped = next((hint.stage for hint in hints if hint.origin is Origin.STAMP), None)
    stage: Stage | None
    origin: Origin | None
    if stamped is not None:
        stage, origin = stamped, Origin.STAMP
    elif text:
        stage, origin = written, Origin.HEADER
    else:
        stage, origin = _stage_of_columns(grid, table) if table else None, Origin.COLUMNS
        if stage is None:
            hint = next((hint for hint in hints if hint.stage), None)
            stage, origin = (hint.stage, hint.origin) if hint else (None, None)
    settled: dict[Origin, Hint] = {}
    for hint in hints:
        if hint.stage and hint.origin not in _NO_WITNESS:
            settled.setdefault(hint.origin, hint)
    differs = stamped is not None and bool(text) and written is not stage
    contradictions = tuple(
        hint
        for hint in settled.values()
        if stage and hint.stage is not stage and not (differs and hint.stage is written)  # the same cause
    )
    return StageClaim(cell, text, stage, origin if stage else None, contradictions, differs)


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
    if field.joined and reading.kind in (DateKind.DATE, DateKind.NO_YEAR):
        reading = replace(reading, done=(DateChange.JOINED, *reading.done))
    return DateClaim(field.cell, field.text, reading)
