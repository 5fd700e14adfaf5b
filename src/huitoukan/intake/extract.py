"""From a worksheet to a score sheet: whose it is, and every score with its cell."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.roster import Roster
from huitoukan.days import DateClaim, DateKind
from huitoukan.grid import Cell, Grid, Range
from huitoukan.intake.fields import FieldValue, find_fields, lone_date
from huitoukan.intake.filling_aids import is_guide, without_checks
from huitoukan.intake.header import Header
from huitoukan.intake.identity import (
    date_claim,
    find_hints,
    hints_of_stacked,
    stage_claim,
    stamped_form,
    unit_claim,
)
from huitoukan.intake.layout import Row, RowKind, Table, find_table, headless, without_empty_twins
from huitoukan.intake.marked import is_problem_list
from huitoukan.intake.normalise import read_score
from huitoukan.intake.questionnaire import QuestionnaireSheet, read_questionnaires
from huitoukan.intake.renamed import with_renamed
from huitoukan.intake.stacked import forms_on
from huitoukan.intake.stamp import SHEET as STAMP_SHEET
from huitoukan.intake.stamp import Stamp, read_stamp
from huitoukan.intake.vocabulary import LONGEST_LABEL, SCORE_ROLES, Vocabulary, vocabulary
from huitoukan.model import (
    FieldClaim,
    Hint,
    Level,
    Reading,
    ReadingKind,
    RepeatedColumn,
    Score,
    ScoreSheet,
    SheetKind,
    Stage,
    StageClaim,
    Sum,
    UnknownRow,
)
from huitoukan.phrase import plain

_SIGNATURES = ("inspectors", "leader", "phone")
_UNIQUE = ("item", "max_points", "deduction_reason")  # roles, besides the score, that must not stand twice


@dataclass(frozen=True, slots=True)
class Extracted:
    """What one form brought: a score sheet, a questionnaire, the first item of a table without its header, or nothing.

    A worksheet has one, or one for each of the forms that stand on it below one another; the grid is its part of the
    worksheet. `stamp` is that of the blank form on which it was filled, where it is one of ours. `spare`: a form below
    or above others of its worksheet that nobody filled.
    """

    grid: Grid
    sheet: ScoreSheet | None = None
    headless: Cell | None = None
    stamp: Stamp | None = None
    spare: bool = False
    questionnaire: QuestionnaireSheet | None = None

    @property
    def is_form(self) -> bool:
        """Whether it is a form, or what is left of one."""
        return self.sheet is not None or self.headless is not None or self.questionnaire is not None


def extract_all(path: str, grids: Sequence[Grid], campaign: Campaign) -> tuple[Extracted, ...]:
    """Look for forms on the worksheets of the file at a relative path.

    The stamp of a blank form speaks for one form only: others were copied into the workbook.
    """
    stamps = [read_stamp(grid) for grid in grids if grid.name == STAMP_SHEET]
    forms = [
        without_checks(grid)
        for grid in grids
        if grid.name != STAMP_SHEET and not is_guide(grid) and not is_problem_list(grid)
    ]
    stamp = next((one for one in stamps if one and one.kind is SheetKind.SCORE), None)
    parts = [extract_sheet(path, grid, campaign, stamp if len(forms) == 1 else None) for grid in forms]
    places = [(n, place) for n, part in enumerate(parts) for place in range(len(part))]
    if stamp is not None and len(places) > 1:
        unstamped = parts if len(forms) > 1 else [extract_sheet(path, forms[0], campaign)]
        whose = stamped_form([one.sheet for part in unstamped for one in part], stamp)
        parts = unstamped
        if whose is not None:
            n, place = places[whose]
            parts[n] = extract_sheet(path, forms[n], campaign, stamp, place)
    sheets = _without_blank_forms([one for part in parts for one in part])
    if campaign.questionnaire is None or all(one.sheet or one.spare for one in sheets):
        return sheets
    stamp = next((one for one in stamps if one and one.kind is SheetKind.QUESTIONNAIRE), None)
    return tuple(_with_questionnaires(path, sheets, campaign, stamp))


def _with_questionnaires(
    path: str, sheets: Sequence[Extracted], campaign: Campaign, stamp: Stamp | None
) -> Iterator[Extracted]:
    """The sheets of a workbook, with the questionnaires on those that are no score sheets; a stamp speaks for the first."""
    for one in sheets:
        found = () if one.sheet or one.spare else read_questionnaires(path, one.grid, campaign, stamp)
        for grid, questionnaire in found:
            yield Extracted(grid, stamp=stamp, questionnaire=questionnaire)
            stamp = None
        if not found:
            yield one


def extract_sheet(
    path: str, grid: Grid, campaign: Campaign, stamp: Stamp | None = None, stamped: int = 0
) -> tuple[Extracted, ...]:
    """Look for the forms on one worksheet of the file at a relative path, from top to bottom; always at least one part.

    `stamped` is the one of them that the stamp speaks for.
    """
    words = vocabulary(campaign)
    table = find_table(grid, words)
    if table is None:
        return (Extracted(grid, headless=headless(grid, words)),)
    if _is_summary(grid, table, campaign.roster):
        return (Extracted(grid),)
    forms = forms_on(grid, table, words)
    fields = [find_fields(form.grid, form.table, words) for form in forms]
    hints = [
        find_hints(
            path,
            form.grid,
            (form.table.top, form.table.level),
            own.get("county"),
            campaign.roster,
            words,
            stamp if n == stamped else None,
        )
        for n, (form, own) in enumerate(zip(forms, fields, strict=True))
    ]
    if len(forms) > 1:
        hints = hints_of_stacked(hints, fields, campaign.roster, words)
    extracted = []
    for n, (form, own, said) in enumerate(zip(forms, fields, hints, strict=True)):
        table = with_renamed(form.grid, without_empty_twins(form.grid, form.table), words)
        stage = stage_claim(own.get("stage"), said, form.grid, table, words)
        sheet = _score_sheet(path, form.grid, table, campaign, own, said, stage)
        extracted.append(Extracted(form.grid, sheet, stamp=stamp if n == stamped else None))
    return _without_spare_forms(extracted) if len(forms) > 1 else tuple(extracted)


def _is_summary(grid: Grid, table: Table, roster: Roster) -> bool:
    """Whether the header names several units: a table of items by units, which is no unit's form.

    The names may stand in a row below 得分, right above the first item.
    """
    header = table.header
    labelled = {column.column for column in header.columns}
    named: dict[Level, set[str]] = {}
    below = header.bottom + 1
    last = header.bottom if any(row.row == below for row in table.rows) else below
    for row in range(header.top, min(last + 1, len(grid.rows))):
        for column, value in enumerate(grid.rows[row]):
            if isinstance(value, str) and 0 < len(value) <= LONGEST_LABEL and column not in labelled:
                unit = roster.find(value).unit
                if unit is not None:
                    named.setdefault(roster.units[unit].level, set()).add(unit)
    return any(len(units) > 1 for units in named.values())


def _without_spare_forms(forms: Sequence[Extracted]) -> tuple[Extracted, ...]:
    """The forms of one worksheet without those that nobody filled; where nobody filled any, the first stays."""
    blank = [one.sheet is not None and _is_blank(one.sheet) for one in forms]
    keep = 0 if all(blank) else None
    return tuple(
        Extracted(one.grid, spare=True) if empty and n != keep else one
        for n, (one, empty) in enumerate(zip(forms, blank, strict=True))
    )


def _without_blank_forms(sheets: Sequence[Extracted]) -> tuple[Extracted, ...]:
    """The sheets of a workbook; a form that nobody filled, beside one that somebody did, is a left-over sheet."""
    if not any(one.sheet and not _is_blank(one.sheet) for one in sheets):
        return tuple(sheets)
    return tuple(Extracted(one.grid) if one.sheet and _is_blank(one.sheet) else one for one in sheets)


def _is_blank(sheet: ScoreSheet) -> bool:
    scored = any(score.reading.kind is not ReadingKind.BLANK or score.reference for score in sheet.scores)
    return not scored and not sheet.unit.text


# ---------------------------------------------------------------------------------------------------------- scores


def _score_sheet(
    path: str, grid: Grid, table: Table, campaign: Campaign, fields: Mapping[str, FieldValue],
    hints: Sequence[Hint], stage: StageClaim,
) -> ScoreSheet:  # fmt: skip
    words = vocabulary(campaign)
    header = table.header
    panels = [_columns(grid, panel, stage.stage) for panel in table.panels]
    columns = panels[0]
    own = columns.own
    scores: dict[str, Score] = {}
    repeated = []
    for row in table.of(RowKind.ITEM):
        assert row.item is not None
        if row.item.id in scores:
            repeated.append((row.item.id, row.label))
        else:
            scores[row.item.id] = _score(grid, row, row.item.id, panels[row.panel], words)
    totals = table.of(RowKind.TOTAL)
    other_stage, filled = _filled_elsewhere(scores.values(), own, table)
    return ScoreSheet(
        file=path,
        sheet=grid.name,
        level=table.level,
        header=grid.cell(header.top, header.columns[0].column),
        headers={c.meaning.role: c.header for c in reversed(header.columns)},
        score_header=next((c.header for c in header.columns if c.column == own), None),
        unit=unit_claim(fields.get("unit"), hints, campaign.roster),
        stage=stage,
        date=_date(grid, table, fields.get("date")),
        scores=_without_shared(tuple(scores.values())),
        subtotals=tuple(_sum(grid, row, panels[row.panel], words) for row in table.of(RowKind.SUBTOTAL)),
        total=_sum(grid, totals[0], panels[totals[0].panel], words) if totals else None,
        repeated_columns=tuple(_repeated_columns(header, stage.stage)),
        repeated_items=tuple(repeated),
        unknown_rows=tuple(
            UnknownRow(row.label, row.dimension, _sum(grid, row, panels[row.panel], words).reading)
            for row in table.of(RowKind.UNKNOWN)
        ),
        other_stage=other_stage,
        filled=filled,
        signatures={
            name: FieldClaim(found.cell, found.text) for name in _SIGNATURES if (found := fields.get(name))
        },
        panels=tuple(panel.columns[0].header for panel in table.panels[1:]),
    )


def _date(grid: Grid, table: Table, field: FieldValue | None) -> DateClaim:
    """The date of the form: that of its field, else the only one that stands around the table without a label."""
    claim = date_claim(field, date_1904=grid.date_1904)
    if claim.reading.kind is DateKind.BLANK:
        lone = lone_date(grid, table)
        return date_claim(lone) if lone else claim
    return claim


def _own_column(header: Header, stage: Stage | None) -> int | None:
    """The score column of a stage: the one that names it, else one that names none (得分)."""
    named = header.first(f"score_{stage}") if stage else None
    if named is not None:
        # Of several the first is read, so that its mistakes are found; none of them counts (L203).
        return named
    unnamed = header.find("score")
    return unnamed[0].column if len(unnamed) == 1 else None


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the values of a row stand (`read`: those read in every row); `merged` has the merged area of every covered position in these columns."""

    own: int | None
    others: Mapping[Stage, int]
    maximum: int | None
    reason: int | None
    criterion: int | None
    evidence: int | None
    deduction: int | None
    read: tuple[int | None, ...]
    merged: Mapping[tuple[int, int], Range]


def _columns(grid: Grid, header: Header, stage: Stage | None) -> _Columns:
    own = _own_column(header, stage)
    others = {
        c.meaning.stage: c.column
        for c in header.columns
        if c.meaning.role in SCORE_ROLES and c.column != own and c.meaning.stage is not None
    }
    reason = header.first("deduction_reason", stage)
    criterion, evidence = header.first("criterion"), header.first("evidence", stage)
    criterion = criterion if criterion != header.first("item") else None
    maximum, deduction = header.first("max_points"), header.first("deduction")
    return _Columns(
        own=own,
        others=others,
        maximum=maximum,
        reason=reason,
        criterion=criterion,
        evidence=evidence,
        deduction=deduction,
        read=(own, maximum, deduction, reason, criterion, evidence),
        merged=_merged(grid, {c for c in (own, reason, criterion, evidence) if c is not None}),
    )


def _merged(grid: Grid, columns: Collection[int]) -> dict[tuple[int, int], Range]:
    """The merged area of every position in some columns that one covers, apart from its own first cell."""
    covered = {}
    for area in grid.merges:
        for column in columns:
            if area.left <= column <= area.right and (area.bottom > area.top or column > area.left):
                for row in range(area.top, min(area.bottom, len(grid.rows)) + 1):
                    if (row, column) != (area.top, area.left):
                        covered[row, column] = area
    return covered


def _score(grid: Grid, row: Row, item: str, columns: _Columns, words: Vocabulary) -> Score:
    own, at = columns.own, row.row
    found, maximum, deduction, reason, criterion, evidence = grid.cells(at, columns.read)
    cell = grid.cell(at, row.label.column) if found is None else found
    if columns.merged:
        reason, criterion, evidence = (
            _shown(grid, at, column, columns)
            for column in (columns.reason, columns.criterion, columns.evidence)
        )
    reference = []
    for other, column in columns.others.items():
        found = grid.cell(at, column)
        if found.value is not None:
            reference.append((other, found, _read(grid, found, words)))
    return Score(
        item=item,
        label=row.label,
        cell=cell,
        reading=Reading(ReadingKind.BLANK) if own is None else _read(grid, cell, words),
        maximum=maximum,
        maximum_reading=read_score(maximum) if maximum else None,
        reason=reason,
        reference=tuple(reference),
        criterion=criterion,
        evidence=evidence,
        deduction=deduction,
        deduction_reading=read_score(deduction) if deduction else None,
        titled=row.titled,
        merged=columns.merged.get((at, cell.column)),
        renamed=row.renamed,
    )


def _without_shared(scores: tuple[Score, ...]) -> tuple[Score, ...]:
    """The scores of a sheet; a number that shows in a merged area over several items belongs to none of them."""
    areas = {(score.merged.top, score.merged.left): score.merged for score in scores if score.merged}
    if not areas:
        return scores
    return tuple(
        score._replace(merged=area, reading=Reading(ReadingKind.UNREADABLE, raw=score.reading.raw))
        if (area := areas.get((score.cell.row, score.cell.column)))
        and score.reading.kind is not ReadingKind.BLANK
        else score
        for score in scores
    )


def _read(grid: Grid, cell: Cell, words: Vocabulary) -> Reading:
    """The number in a score cell. 0.9 shown as 90 % is a percentage, however it was typed."""
    reading = read_score(cell, words.not_applicable)
    if grid.looks and reading.kind is ReadingKind.NUMBER and reading.value is not None:
        look = grid.looks.get((cell.row, cell.column))
        if look is not None and look.percent:
            return Reading(ReadingKind.PERCENT, guess=f"{plain(reading.value * 100)}%")
    return reading


def _shown(grid: Grid, row: int, column: int | None, columns: _Columns) -> Cell | None:
    """The cell of a text column that shows in a row: one merged down its own column speaks for all its rows."""
    if column is None:
        return None
    area = columns.merged.get((row, column))
    return grid.cell(area.top, column) if area is not None and area.left == column else grid.cell(row, column)


def _cell(grid: Grid, row: int, column: int | None) -> Cell | None:
    return None if column is None else grid.cell(row, column)


def _filled_elsewhere(
    scores: Collection[Score], own: int | None, table: Table
) -> tuple[Stage | None, Range | None]:
    """The stage whose column holds the scores while the sheet's own column is empty, and the area of the empty one."""
    if own is None or any(score.reading.kind is not ReadingKind.BLANK for score in scores):
        return None, None
    rows = [row.row for row in table.of(RowKind.ITEM)]
    area = Range(min(rows), own, max(rows), own)
    stages = {stage for score in scores for stage, _, _ in score.reference}
    return max(stages, key=lambda stage: stage.rank, default=None), area


def _sum(grid: Grid, row: Row, columns: _Columns, words: Vocabulary) -> Sum:
    formulas = grid.formulas
    cell, maximum = _cell(grid, row.row, columns.own), _cell(grid, row.row, columns.maximum)
    return Sum(
        dimension=row.dimension,
        label=row.label,
        cell=cell,
        reading=read_score(cell, words.not_applicable) if cell else Reading(ReadingKind.BLANK),
        maximum=maximum,
        maximum_reading=read_score(maximum) if maximum else None,
        formula=formulas.get((cell.row, cell.column)) if cell else None,
        maximum_formula=formulas.get((maximum.row, maximum.column)) if maximum else None,
    )


def _repeated_columns(header: Header, stage: Stage | None) -> Iterator[RepeatedColumn]:
    if len({column.meaning.role for column in header.columns}) == len(header.columns):
        return
    for role in (*_UNIQUE, *SCORE_ROLES, "score"):
        found = header.find(role, SCORE_ROLES.get(role, stage))
        if len(found) > 1:
            yield RepeatedColumn(role, tuple(column.header for column in found))
