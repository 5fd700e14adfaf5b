"""What travels through the house: plain, frozen, picklable values without any input or output of their own.

Every room speaks in these words. Scores are `decimal.Decimal`. A missing score, a score of zero and a score that
does not apply are told apart by `Reading.kind`, never by a special number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

CellValue = str | float | int | bool | date | datetime | time | timedelta | None


class Severity(StrEnum):
    """How much a finding matters: an error blocks or falsifies a verdict, a warning wants a look, info is for the record."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Level(StrEnum):
    """The level of a statistical institution, and of the form that it fills in."""

    COUNTY = "county"
    TOWNSHIP = "township"


class Stage(StrEnum):
    """Who scored: the unit itself, the county, the city. Later members outrank earlier ones."""

    SELF = "self"
    COUNTY = "county"
    CITY = "city"

    @property
    def rank(self) -> int:
        """0 for self, 1 for county, 2 for city: the highest complete stage decides (design: city > county > self)."""
        return tuple(Stage).index(self)


class Verdict(StrEnum):
    """What a standing says; `pending` means that something missing could still change the answer."""

    PASS = "pass"
    FAIL = "fail"
    PENDING = "pending"


class FileStatus(StrEnum):
    """What became of one file of the folder."""

    OK = "ok"
    FINDINGS = "findings"
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    REFUSED = "refused"
    SKIPPED = "skipped"
    NOT_A_FORM = "not_a_form"


class SheetKind(StrEnum):
    """What a worksheet turned out to be."""

    SCORE = "score"
    QUESTIONNAIRE = "questionnaire"
    OTHER = "other"


# ---------------------------------------------------------------------------------------------------------- words


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that are not yet in a language: a template of the message catalogue and the values that go into it.

    Values may be strings, numbers, dates, members of the enumerations above, further phrases, or tuples of these
    (a list of alternatives).
    """

    template: str
    values: tuple[tuple[str, object], ...] = ()


def say(template: str, **values: object) -> Phrase:
    """Make a `Phrase`; the template is the Chinese source text with `{name}` fields."""
    return Phrase(template, tuple(values.items()))


def plain(number: Decimal) -> str:
    """An exact decimal as text without trailing zeros or exponent: `Decimal("92.50")` gives `"92.5"`."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


# ---------------------------------------------------------------------------------------------------------- roster


@dataclass(frozen=True, slots=True)
class Unit:
    """One inspected institution of the roster.

    `code` is the roster code (6 digits for a county bureau, 9 for a township); `county` is the code of the county
    body it belongs to, its own code for a county body. Optional units (`required=False`) are welcome, not demanded.
    """

    code: str
    name: str
    level: Level
    county: str
    kind: str
    required: bool = True
    variants: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class Match(StrEnum):
    """How a written name was matched with the roster."""

    OFFICIAL = "official"  # the name itself or an official variant of it: nothing to report
    ALIAS = "alias"
    FORMER = "former"  # a name abolished by merger, with one known successor
    AMBIGUOUS = "ambiguous"  # the name exists in several counties and none is named
    ABOLISHED = "abolished"  # abolished, and the successor is not known or not single
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class NameMatch:
    """The answer of the roster to a written name: `unit` is a code where exactly one unit is meant."""

    kind: Match
    unit: str | None = None
    candidates: tuple[str, ...] = ()


# ---------------------------------------------------------------------------------------------------------- cells


@lru_cache(maxsize=4096)
def column_letters(column: int) -> str:
    """Letters of a zero-based column index: 0 gives A, 26 gives AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Range:
    """A rectangle of cells by zero-based row and column, both ends inside."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def address(self) -> str:
        """`F12` for a single cell, else `F12:F14`."""
        first = f"{column_letters(self.left)}{self.top + 1}"
        last = f"{column_letters(self.right)}{self.bottom + 1}"
        return first if first == last else f"{first}:{last}"


class Mark(StrEnum):
    """What a value alone does not tell of its cell."""

    ERROR = "error"  # #REF!, #DIV/0! …: the reader gives a blank
    UNCACHED = "uncached"  # a formula whose result was never saved: the reader gives a blank


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as it was read. `row` and `column` count from zero; `value` is None when the cell is empty.

    `note` holds the error text (`#REF!`) of a cell marked as an error.
    """

    row: int
    column: int
    value: CellValue = None
    mark: Mark | None = None
    note: str = ""

    @property
    def address(self) -> str:
        """The A1 address."""
        return f"{column_letters(self.column)}{self.row + 1}"

    @property
    def text(self) -> str | None:
        """What the cell holds, as text; None for an empty one. Numbers carry no trailing zeros, dates are ISO."""
        if self.mark is Mark.ERROR:
            return self.note
        return value_text(self.value)


def value_text(value: CellValue) -> str | None:
    """The text of a cell value as findings quote it; text is left exactly as it stands."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        number = Decimal(str(value))
        return plain(number) if number.is_finite() else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


@dataclass(frozen=True, slots=True)
class Grid:
    """One worksheet: values by row from A1, merged areas, and marks for what the values do not tell.

    `rows` is a list of lists, possibly empty, with `""` or None for empty cells.
    """

    name: str
    rows: Sequence[Sequence[CellValue]]
    merges: tuple[Range, ...] = ()
    marks: Mapping[tuple[int, int], tuple[Mark, str]] = field(default_factory=dict)
    visible: bool = True

    def cell(self, row: int, column: int) -> Cell:
        """The cell at a zero-based position, also beyond the used area (an empty cell)."""
        value: CellValue = None
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            value = self.rows[row][column]
        if value == "":
            value = None
        mark, note = self.marks.get((row, column), (None, ""))
        return Cell(row, column, value, mark, note)

    def anchor(self, row: int, column: int) -> Cell:
        """The cell that shows at a position: the top-left one of the merged area that covers it, else itself."""
        area = self.area(row, column)
        return self.cell(row, column) if area is None else self.cell(area.top, area.left)

    def area(self, row: int, column: int) -> Range | None:
        """The merged area that covers a position, if any."""
        for area in self.merges:
            if area.top <= row <= area.bottom and area.left <= column <= area.right:
                return area
        return None


# ---------------------------------------------------------------------------------------------------------- readings


class ReadingKind(StrEnum):
    """What a score cell was found to hold."""

    NUMBER = "number"
    TEXT_NUMBER = "text_number"  # text that is a number without loss: 4.5分, full-width digits
    BLANK = "blank"
    NOT_APPLICABLE = "not_applicable"
    DITTO = "ditto"  # 同上
    GUESS = "guess"  # a number can be suspected (O for 0, √, two numbers) but is not used
    UNREADABLE = "unreadable"
    ERROR = "error"
    UNCACHED = "uncached"


@dataclass(frozen=True, slots=True)
class Reading:
    """The number in a score cell: `value` is set only for a number that was read without loss.

    `guess` is what a human may have meant; it is shown to people and never used in a sum.
    """

    kind: ReadingKind
    value: Decimal | None = None
    guess: str = ""


# ---------------------------------------------------------------------------------------------------------- sheets


class Origin(StrEnum):
    """Where a statement about a sheet was found, strongest first."""

    HEADER = "header"
    TITLE = "title"
    COLUMNS = "columns"
    SHEET_NAME = "sheet_name"
    FILE_NAME = "file_name"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Hint:
    """What a sheet name, file name or folder says beside the header: its text, and the unit, county or stage meant."""

    origin: Origin
    text: str
    unit: str | None = None
    county: str | None = None
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class UnitClaim:
    """Which unit a sheet says it is.

    `cell` is where the name stands or, on a blank field, should stand (None when the form has no such field);
    `unit` is the roster code finally taken, `origin` where it came from.
    """

    cell: Cell | None
    text: str
    match: NameMatch
    unit: str | None
    origin: Origin | None
    contradictions: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True)
class StageClaim:
    """Which stage a sheet says it is; fields as in `UnitClaim`."""

    cell: Cell | None
    text: str
    stage: Stage | None
    origin: Origin | None
    contradictions: tuple[Hint, ...] = ()


class DateKind(StrEnum):
    """What a date field was found to hold."""

    DATE = "date"
    NO_YEAR = "no_year"
    BLANK = "blank"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class DateReading:
    """A date as written: `value` is set for a full date; without a year, `month` and `day` are set instead."""

    kind: DateKind
    value: date | None = None
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class DateClaim:
    """The date of a sheet and the cell it stands in (None when the form has no date field)."""

    cell: Cell | None
    text: str
    reading: DateReading


@dataclass(frozen=True, slots=True)
class Score:
    """One item row of a score sheet, every value still tied to its cell.

    `cell` is the score of the sheet's own stage; `maximum` the printed standard points, `reason` the reason of the
    deduction (both None when the form has no such column). `reference` holds filled scores of other stages.
    """

    item: str
    label: Cell
    cell: Cell
    reading: Reading
    maximum: Cell | None
    maximum_reading: Reading | None
    reason: Cell | None
    reference: tuple[tuple[Stage, Cell, Reading], ...] = ()


@dataclass(frozen=True, slots=True)
class Sum:
    """A subtotal (`dimension` is its id) or the total (`dimension` is None) as written on the form."""

    dimension: str | None
    label: Cell
    cell: Cell | None
    reading: Reading
    maximum: Cell | None
    maximum_reading: Reading | None


@dataclass(frozen=True, slots=True)
class RepeatedColumn:
    """A column role found twice: the columns' header cells, the first one first."""

    role: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """One unit's scores at one stage, as found on one worksheet.

    `headers` maps column roles of the form to their header cells; `score_header` is that of the own stage's scores, if
    there is one; `other_stage` is the stage whose column is filled
    while the column of the sheet's own stage is empty (then `filled` is its area).
    """

    file: str
    sheet: str
    level: Level
    header: Cell
    headers: Mapping[str, Cell]
    score_header: Cell | None
    unit: UnitClaim
    stage: StageClaim
    date: DateClaim
    scores: tuple[Score, ...]
    subtotals: tuple[Sum, ...]
    total: Sum | None
    repeated_columns: tuple[RepeatedColumn, ...] = ()
    repeated_items: tuple[tuple[str, Cell], ...] = ()
    unknown_rows: tuple[Cell, ...] = ()
    other_stage: Stage | None = None
    filled: Range | None = None


# ---------------------------------------------------------------------------------------------------------- findings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that one rule found, at one place.

    `file`, `sheet` and `cell` locate it (all None for something absent); `value` is what the cell holds as text;
    `details` are further values for the message template of the rule with this `code`.
    """

    code: str = ""
    severity: Severity = Severity.ERROR
    file: str | None = None
    sheet: str | None = None
    cell: str | None = None
    unit: str | None = None
    stage: Stage | None = None
    item: str | None = None
    value: str | None = None
    expected: Phrase | str | None = None
    details: tuple[tuple[str, object], ...] = ()


# ---------------------------------------------------------------------------------------------------------- results


class ScoreState(StrEnum):
    """The three things a score can be, kept apart to the last report."""

    SCORED = "scored"
    NOT_APPLICABLE = "not_applicable"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One item's score as the standing sees it: `value` only when scored, `cell` where it stands."""

    item: str
    state: ScoreState
    value: Decimal | None
    cell: str


@dataclass(frozen=True, slots=True)
class SheetResult:
    """What one worksheet brought: for a score sheet its unit, stage, date and item scores."""

    file: str
    sheet: str
    kind: SheetKind
    unit: str | None = None
    stage: Stage | None = None
    level: Level | None = None
    dated: date | None = None
    items: tuple[ItemScore, ...] = ()


@dataclass(frozen=True, slots=True)
class FileResult:
    """Everything known of one file after the per-file stage; `unchecked` names what its kind of file does not show."""

    path: str
    sha256: str
    status: FileStatus
    reader: str | None = None
    sheets: tuple[SheetResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    unchecked: tuple[str, ...] = ()


# ---------------------------------------------------------------------------------------------------------- standings


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of a verdict: what was compared with what. `passed` is None when it could not be decided.

    `rule` names the pass rule; `subject` the dimension, item or unit it speaks of; `value` and `threshold` are exact.
    """

    rule: str
    passed: bool | None
    value: Decimal | None = None
    threshold: Decimal | None = None
    subject: str | None = None
    details: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class DimensionStanding:
    """Points got in one dimension; `maximum` counts only the items that apply, `score` is None when none does."""

    dimension: str
    title: str
    score: Decimal | None
    maximum: Decimal
    passed: bool | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the scores mean for one unit, or for a county with its townships.

    `basis` is the stage that counted and `source` the sheet it was read from; both None without a complete sheet.
    """

    unit: Unit
    verdict: Verdict
    score: Decimal | None = None
    basis: Stage | None = None
    grade: str | None = None
    margin: Decimal | None = None
    rank: int | None = None
    dimensions: tuple[DimensionStanding, ...] = ()
    reasons: tuple[Reason, ...] = ()
    source: SheetResult | None = None
    townships: tuple[Standing, ...] = ()
