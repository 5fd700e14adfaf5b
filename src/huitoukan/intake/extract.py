"""From a worksheet to a score sheet: which unit, which stage, which date, and every score with its cell.

Unit and stage come from the header field, else from the columns, the title, the sheet name, the file name and the
folder, in that order; whatever contradicts the answer is kept for the rules to report.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.roster import Mention, Roster
from huitoukan.intake.layout import FieldValue, Header, Row, RowKind, Table, find_fields, find_table, headless
from huitoukan.intake.normalise import read_date, read_score
from huitoukan.intake.vocabulary import SCORE_ROLES, Vocabulary, vocabulary
from huitoukan.model import (
    Cell,
    DateClaim,
    DateKind,
    DateReading,
    Grid,
    Hint,
    Match,
    NameMatch,
    Origin,
    Range,
    Reading,
    ReadingKind,
    RepeatedColumn,
    Score,
    ScoreSheet,
    Stage,
    StageClaim,
    Sum,
    UnitClaim,
)

_ABSENT = NameMatch(Match.UNKNOWN)
_UNIQUE = ("item", "max_points", "deduction_reason")  # roles, besides the score, that must not stand twice


@dataclass(frozen=True, slots=True)
class Extracted:
    """What one worksheet brought: a score sheet, or the first item of a table that lacks its header, or neither."""

    grid: Grid
    sheet: ScoreSheet | None = None
    headless: Cell | None = None


def extract(path: str, grid: Grid, campaign: Campaign) -> Extracted:
    """Look for the form on one worksheet of the file at a relative path."""
    words = vocabulary(campaign)
    table = find_table(grid, words)
    if table is None:
        return Extracted(grid, headless=headless(grid, words))
    fields = find_fields(grid, table, words)
    hints = tuple(_hints(path, grid, table, campaign.roster, words))
    stage = _stage(fields.get("stage"), hints, grid, table, words)
    return Extracted(grid, _score_sheet(path, grid, table, campaign, fields, hints, stage))


# ---------------------------------------------------------------------------------------------------------- claims


def _hints(path: str, grid: Grid, table: Table, roster: Roster, words: Vocabulary) -> Iterator[Hint]:
    """What the title, the sheet name, the file name and the nearest telling folder say of unit and stage."""
    location = PurePosixPath(path)
    titles = [
        value
        for row in grid.rows[: table.header.top]
        for value in row
        if isinstance(value, str) and value and not words.field_pattern.search(value)
    ]
    yield _hint(Origin.TITLE, " ".join(titles), roster, words)
    yield _hint(Origin.SHEET_NAME, grid.name, roster, words)
    yield _hint(Origin.FILE_NAME, location.stem, roster, words)
    for folder in reversed(location.parts[:-1]):
        yield _hint(Origin.FOLDER, folder, roster, words)


@lru_cache(maxsize=4096)
def _mention(roster: Roster, text: str) -> Mention:
    """What a text names; titles, sheet names and folders come again in file after file."""
    return roster.mention(text)


def _hint(origin: Origin, text: str, roster: Roster, words: Vocabulary) -> Hint:
    mention = _mention(roster, text) if text else Mention()
    return Hint(origin, text, mention.unit, mention.county, words.stage_named(text))


def _unit(field: FieldValue | None, hints: Sequence[Hint], roster: Roster) -> UnitClaim:
    county = next((hint.county for hint in hints if hint.county), None)
    text = field.text.strip() if field else ""
    cell = field.cell if field else None
    if not text:
        named = next((hint for hint in hints if hint.unit), None)
        return UnitClaim(cell, "", _ABSENT, named.unit if named else None, named.origin if named else None)
    match = roster.find(text)
    if match.kind is Match.AMBIGUOUS and county:
        inside = roster.find(text, county)
        if inside.unit and roster.units[inside.unit].county == county:
            return UnitClaim(
                cell, text, match, inside.unit, Origin.FOLDER, _contradicting(inside.unit, hints, roster)
            )
    contradictions = _contradicting(match.unit, hints, roster) if match.unit else ()
    return UnitClaim(cell, text, match, match.unit, Origin.HEADER if match.unit else None, contradictions)


def _contradicting(code: str, hints: Sequence[Hint], roster: Roster) -> tuple[Hint, ...]:
    unit = roster.units[code]
    counties = {unit.county, unit.code[:6]}  # 晋中开发区 lies in 榆次区
    found: dict[Origin, Hint] = {}
    settled: set[Origin] = set()
    for hint in hints:
        if hint.origin in settled or hint.origin is Origin.TITLE or not (hint.unit or hint.county):
            continue
        settled.add(hint.origin)  # the folder nearest to the file speaks for all folders
        other_unit = hint.unit is not None and hint.unit != code
        if other_unit or (hint.county is not None and hint.county not in counties):
            found[hint.origin] = hint
    return tuple(found.values())


def _stage(
    field: FieldValue | None, hints: Sequence[Hint], grid: Grid, table: Table, words: Vocabulary
) -> StageClaim:
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
        if hint.stage and hint.origin is not Origin.TITLE:
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
            if any(grid.cell(row.row, c.column).value is not None for row in _of(table, RowKind.ITEM))
        ]
    return columns[0].meaning.stage if len(columns) == 1 else None


def _date(field: FieldValue | None) -> DateClaim:
    if field is None:
        return DateClaim(None, "", DateReading(DateKind.BLANK))
    reading = read_date(field.cell.value if field.whole else field.text)
    return DateClaim(field.cell, field.text, reading)


# ---------------------------------------------------------------------------------------------------------- scores


def _of(table: Table, kind: RowKind) -> list[Row]:
    return [row for row in table.rows if row.kind is kind]


def _score_sheet(
    path: str, grid: Grid, table: Table, campaign: Campaign, fields: Mapping[str, FieldValue],
    hints: Sequence[Hint], stage: StageClaim,
) -> ScoreSheet:  # fmt: skip
    words = vocabulary(campaign)
    header = table.header
    columns = _columns(header, stage.stage)
    own = columns.own
    scores: dict[str, Score] = {}
    repeated = []
    for row in _of(table, RowKind.ITEM):
        assert row.item is not None
        if row.item.id in scores:
            repeated.append((row.item.id, row.label))
        else:
            scores[row.item.id] = _score(grid, row, row.item.id, columns, words)
    totals = _of(table, RowKind.TOTAL)
    other_stage, filled = _filled_elsewhere(scores.values(), own, table)
    return ScoreSheet(
        file=path,
        sheet=grid.name,
        level=table.level,
        header=grid.cell(header.top, header.columns[0].column),
        headers={c.meaning.role: c.header for c in reversed(header.columns)},
        score_header=next((c.header for c in header.columns if c.column == own), None),
        unit=_unit(fields.get("unit"), hints, campaign.roster),
        stage=stage,
        date=_date(fields.get("date")),
        scores=tuple(scores.values()),
        subtotals=tuple(_sum(grid, row, columns, words) for row in _of(table, RowKind.SUBTOTAL)),
        total=_sum(grid, totals[0], columns, words) if totals else None,
        repeated_columns=tuple(_repeated_columns(header, stage.stage)),
        repeated_items=tuple(repeated),
        unknown_rows=tuple(row.label for row in _of(table, RowKind.UNKNOWN)),
        other_stage=other_stage,
        filled=filled,
    )


def _own_column(header: Header, stage: Stage | None) -> int | None:
    """The score column of a stage: the one that names it, else one that names none (得分)."""
    named = header.first(f"score_{stage}") if stage else None
    return named if named is not None else header.first("score")


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the values of a row stand: own score, scores of other stages, standard points and reason."""

    own: int | None
    others: Mapping[Stage, int]
    maximum: int | None
    reason: int | None


def _columns(header: Header, stage: Stage | None) -> _Columns:
    own = _own_column(header, stage)
    others = {
        c.meaning.stage: c.column
        for c in header.columns
        if c.meaning.role in SCORE_ROLES and c.column != own and c.meaning.stage is not None
    }
    return _Columns(own, others, header.first("max_points"), header.first("deduction_reason", stage))


def _score(grid: Grid, row: Row, item: str, columns: _Columns, words: Vocabulary) -> Score:
    own, at = columns.own, row.row
    maximum = _cell(grid, at, columns.maximum)
    cell = grid.cell(at, row.label.column if own is None else own)
    reference = []
    for other, column in columns.others.items():
        found = grid.cell(at, column)
        if found.value is not None:
            reference.append((other, found, read_score(found, words.not_applicable)))
    return Score(
        item=item,
        label=row.label,
        cell=cell,
        reading=Reading(ReadingKind.BLANK) if own is None else read_score(cell, words.not_applicable),
        maximum=maximum,
        maximum_reading=read_score(maximum) if maximum else None,
        reason=None if columns.reason is None else grid.anchor(at, columns.reason),
        reference=tuple(reference),
    )


def _cell(grid: Grid, row: int, column: int | None) -> Cell | None:
    return None if column is None else grid.cell(row, column)


def _filled_elsewhere(
    scores: Collection[Score], own: int | None, table: Table
) -> tuple[Stage | None, Range | None]:
    """The stage whose column holds the scores while the sheet's own column is empty, and the area of the empty one."""
    if own is None or any(score.reading.kind is not ReadingKind.BLANK for score in scores):
        return None, None
    rows = [row.row for row in _of(table, RowKind.ITEM)]
    area = Range(min(rows), own, max(rows), own)
    stages = {stage for score in scores for stage, _, _ in score.reference}
    return max(stages, key=lambda stage: stage.rank, default=None), area


def _sum(grid: Grid, row: Row, columns: _Columns, words: Vocabulary) -> Sum:
    cell, maximum = _cell(grid, row.row, columns.own), _cell(grid, row.row, columns.maximum)
    return Sum(
        dimension=row.dimension,
        label=row.label,
        cell=cell,
        reading=read_score(cell, words.not_applicable) if cell else Reading(ReadingKind.BLANK),
        maximum=maximum,
        maximum_reading=read_score(maximum) if maximum else None,
    )


def _repeated_columns(header: Header, stage: Stage | None) -> Iterator[RepeatedColumn]:
    for role in (*_UNIQUE, *SCORE_ROLES, "score"):
        found = header.find(role, SCORE_ROLES.get(role, stage))
        if len(found) > 1:
            yield RepeatedColumn(role, tuple(column.header for column in found))
