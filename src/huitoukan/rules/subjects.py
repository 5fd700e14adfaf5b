"""What rules look at: a file, a sheet, an item row or a sum, each able to make its own findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import NamedTuple

from huitoukan.campaign.rubric import Dimension, Item, LevelRubric
from huitoukan.grid import Cell, Grid, Range
from huitoukan.intake.extract import Extracted
from huitoukan.intake.normalise import read_score
from huitoukan.intake.reader import Workbook
from huitoukan.intake.stamp import Stamp
from huitoukan.materials import Material
from huitoukan.model import Finding, Reading, ReadingKind, Score, ScoreSheet, Sum
from huitoukan.phrase import Phrase, plain, say

NUMBERS = (ReadingKind.NUMBER, ReadingKind.TEXT_NUMBER)


@dataclass(frozen=True, slots=True)
class Mishap:
    """A file whose reading went wrong in a way that is not the file's content: a dead worker, a timeout, a bug."""

    path: str
    why: Phrase


@dataclass(frozen=True, slots=True)
class FileSubject:
    """One file and what was found in it; `material` is what a document was recognised to be."""

    path: str
    workbook: Workbook
    sheets: tuple[Extracted, ...]
    material: Material | None = None

    def finding(self, *, sheet: str | None = None, cell: Cell | None = None, **details: object) -> Finding:
        """A finding about the file, or about one of its sheets or cells."""
        return Finding(
            file=self.path,
            sheet=sheet,
            cell=cell.address if cell else None,
            value=cell.text if cell else None,
            details=tuple(details.items()),
        )


@dataclass(frozen=True)
class SheetSubject:
    """One score sheet beside the rubric of its level, the worksheet that it was read from, and the stamp of its form."""

    sheet: ScoreSheet
    rubric: LevelRubric
    grid: Grid
    stamp: Stamp | None = None

    def finding(
        self, cell: Cell | Range | None = None, *, item: str | None = None,
        expected: Phrase | str | None = None, blocks: bool | None = None, **details: object,
    ) -> Finding:  # fmt: skip
        """A finding on this sheet, at a cell, a range, or the sheet as a whole."""
        if isinstance(cell, Range) and (cell.top, cell.left) == (cell.bottom, cell.right):
            cell = self.grid.cell(cell.top, cell.left)
        # Of several forms on a worksheet, the first cell tells which one it is.
        place = cell or (self.grid.cell(self.grid.first, 0) if self.grid.part else None)
        return Finding(
            file=self.sheet.file,
            sheet=self.sheet.sheet,
            cell=place.address if place else None,
            unit=self.sheet.unit.unit,
            stage=self.sheet.stage.stage,
            item=item,
            value=cell.text if isinstance(cell, Cell) else None,
            expected=expected,
            details=tuple(details.items()),
            blocks=blocks,
        )

    @property
    def measured(self) -> bool:
        """Whether the sheet has a score column of its own that is not empty as a whole: else rows tell nothing."""
        return self.sheet.score_header is not None and self.sheet.filled is None

    @cached_property
    def dimension_of(self) -> Mapping[str, str]:
        """The id of the dimension of every item, by the item's id."""
        return {item.id: dimension.id for dimension in self.rubric.dimensions for item in dimension.items}

    @cached_property
    def rows(self) -> tuple[ScoreRow, ...]:
        """The item rows of the sheet, each beside its item of the rubric."""
        items = {item.id: item for item in self.rubric.items()}
        rows = []
        for score in self.sheet.scores:
            item, points = items[score.item], score.reading.value
            in_range = points is not None and 0 <= points <= item.maximum
            legal = in_range and points is not None and item.allows(points)
            rows.append(ScoreRow(score, item, self, points, in_range, legal))
        return tuple(rows)

    @cached_property
    def reasons(self) -> tuple[ReasonCell, ...]:
        """The reasons for deductions: those that are written, and those that should be."""
        by_cell: dict[tuple[int, int], list[ScoreRow]] = {}
        for row in self.rows:
            cell = row.score.reason
            if cell is not None and (cell.value is not None or row.lost):
                by_cell.setdefault((cell.row, cell.column), []).append(row)
        return tuple(
            ReasonCell(cell, cell.text or "", tuple(rows), sum((row.lost for row in rows), Decimal(0)))
            for rows in by_cell.values()
            if (cell := rows[0].score.reason) is not None
        )

    @cached_property
    def merged_maxima(self) -> Mapping[tuple[int, int], tuple[Range, int]]:
        """The merged area that holds the standard points of several items, and the first of their rows, by position."""
        maxima = [(s.maximum.row, s.maximum.column) for s in self.sheet.scores if s.maximum is not None]
        columns = {column for _, column in maxima}
        found = {}
        for area in self.grid.merges:
            if area.bottom > area.top and any(area.left <= column <= area.right for column in columns):
                inside = [
                    p for p in maxima if area.left <= p[1] <= area.right and area.top <= p[0] <= area.bottom
                ]
                if len(inside) > 1:
                    found.update(dict.fromkeys(inside, (area, min(inside)[0])))
        return found

    @cached_property
    def has_formulas(self) -> bool:
        """Whether any sum, of scores or of standard points, is a formula."""
        return any(
            formula is not None
            for sum_ in self.sums
            for formula in (sum_.written.formula, sum_.written.maximum_formula)
        )

    @cached_property
    def surpluses(self) -> dict[tuple[str | None, int], tuple[Decimal, ...]]:
        """What `SumRow.surplus` found already, by dimension and column: a sheet may repeat its sums without end."""
        return {}

    @cached_property
    def sums(self) -> tuple[SumRow, ...]:
        """The subtotals and the total, each with the scores it should add up."""
        return tuple(self._sums())

    def _sums(self) -> Iterator[SumRow]:
        by_item = {score.item: score for score in self.sheet.scores}
        for found in (*self.sheet.subtotals, *([self.sheet.total] if self.sheet.total else [])):
            dimensions = [d for d in self.rubric.dimensions if found.dimension in (None, d.id)]
            items = [item for dimension in dimensions for item in dimension.items]
            parts = tuple((by_item[item.id], item) for item in items if item.id in by_item)
            yield SumRow(found, dimensions[0] if found.dimension else None, parts, self)


class ScoreRow(NamedTuple):
    """One item row: the score as written and the item of the rubric that it scores.

    `points` is the score where the cell holds a number; `in_range` says that it is one from 0 to the maximum, `legal`
    that the rubric allows it.
    """

    score: Score
    item: Item
    of: SheetSubject
    points: Decimal | None
    in_range: bool
    legal: bool

    @property
    def lost(self) -> Decimal:
        """Points lost by a row whose score is in range; 0 where there is nothing to judge."""
        return self.item.maximum - self.points if self.in_range and self.points is not None else Decimal(0)

    @property
    def reading(self) -> Reading:
        """What the score cell was found to hold."""
        return self.score.reading

    @property
    def kind(self) -> ReadingKind | None:
        """The kind of the reading, for which rules may be entered; None for a legal number: nothing is to be said."""
        kind = self.score.reading.kind
        return None if self.legal and kind is ReadingKind.NUMBER else kind

    @property
    def shown(self) -> Decimal | None:
        """The score as the number format of its cell shows it, where that differs; else the score itself."""
        looks = self.of.grid.looks
        if not looks or self.points is None or not self.in_range:
            return self.points
        return as_shown(self.points, self.score.cell, self.of.grid)

    def finding(
        self, cell: Cell | None = None, *, expected: Phrase | str | None = None, blocks: bool | None = None,
        **details: object,
    ) -> Finding:  # fmt: skip
        """A finding about this item, at its score cell unless another cell is given."""
        return self.of.finding(
            cell or self.score.cell, item=self.item.id, expected=expected, blocks=blocks,
            label=self.item.label(), **details,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReasonCell:
    """A cell for a reason, the rows that it stands for (several where it is merged), and the points that these lost."""

    cell: Cell
    text: str
    rows: tuple[ScoreRow, ...]
    lost: Decimal

    @property
    def row(self) -> ScoreRow:
        """The row to name: the first that lost points."""
        return next((row for row in self.rows if row.lost), self.rows[0])


def as_shown(number: Decimal, cell: Cell, grid: Grid) -> Decimal:
    """A number as the number format of its cell shows it, rounded to as many decimals."""
    look = grid.looks.get((cell.row, cell.column))
    if look is None or look.decimals is None:
        return number
    places = look.decimals + (2 if look.percent else 0)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or places >= -exponent:  # also far more places than a Decimal may have
        return number
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _sum_of(numbers: Iterable[Decimal | None]) -> Decimal:
    return sum((number for number in numbers if number is not None), Decimal(0))


@dataclass(frozen=True)
class SumRow:
    """A subtotal or the total, and the scores with their items that it should add up."""

    written: Sum
    dimension: Dimension | None
    parts: tuple[tuple[Score, Item], ...]
    of: SheetSubject

    @property
    def what(self) -> Phrase:
        """The total, or the subtotal of a dimension, in words."""
        return say("{dimension}小计", dimension=self.dimension.title) if self.dimension else say("合计")

    @cached_property
    def expected(self) -> tuple[Decimal, ...] | None:
        """The sums that are right, the proper one first; none where a score cannot be read.

        A blank counts nothing. With 不适用 the sum scaled to the full points is right too, and so is one that counts
        the rows which are no items, or items that come again: they are reported themselves.
        """
        # a number merged over several items is nobody's, and is added up all the same
        readings = [read_score(s.cell) if s.merged is not None else s.reading for s, _ in self.parts]
        kinds = {reading.kind for reading in readings}
        if not kinds <= {*NUMBERS, ReadingKind.BLANK, ReadingKind.NOT_APPLICABLE}:
            return None
        total = _sum_of(reading.value for reading in readings)
        right = [total]
        if ReadingKind.NOT_APPLICABLE in kinds:
            applying = (i for score, i in self.parts if score.reading.kind is not ReadingKind.NOT_APPLICABLE)
            applicable = _sum_of(item.maximum for item in applying)
            if applicable:
                right.append(total / applicable * _sum_of(item.maximum for _, item in self.parts))
        covered = self.of.grid.covered
        if covered:  # a formula adds up what lies under a merged cell too
            places = ((s.cell, covered.get((s.cell.row, s.cell.column))) for s, _ in self.parts)
            right.append(
                total + _sum_of(read_score(cell._replace(value=value)).value for cell, value in places)
            )
        return (*right, *(total + more for more in self.surplus(self.written.cell)))

    def surplus(self, beside: Cell | None) -> tuple[Decimal, ...]:
        """What the rows that should not be there may add to the sum in the column of a cell.

        These are the rows which are no items and the items that come again, the ones, the others, or both.
        """
        sheet, own = self.of.sheet, self.written.dimension
        if beside is None or not (sheet.unknown_rows or sheet.repeated_items):
            return ()
        known = self.of.surpluses.get((own, beside.column))
        if known is not None:
            return known
        unknown = [
            row.label.row
            for row in sheet.unknown_rows
            if None in (own, row.dimension) or own == row.dimension
        ]
        again = [cell.row for item, cell in sheet.repeated_items if own in (None, self.of.dimension_of[item])]
        first, second = (
            _sum_of(read_score(self.of.grid.cell(row, beside.column)).value for row in rows)
            for rows in (unknown, again)
        )
        self.of.surpluses[own, beside.column] = found = (first, second, first + second)
        return found

    def finding(self, cell: Cell, right: Decimal | None = None, **details: object) -> Finding:
        """A finding about this sum, with the number that would be right."""
        return self.of.finding(
            cell,
            item=None,
            expected=None if right is None else plain(right),
            blocks=None,
            what=self.what,
            **details,
        )
