"""What travels through the house: plain, frozen, picklable values without any input or output of their own.

Every room speaks in these words. Scores are `decimal.Decimal`. A missing score, a score of zero and a score that
does not apply are told apart by `Reading.kind`, never by a special number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from huitoukan.answers import Answer
from huitoukan.authorship import Properties, Written
from huitoukan.days import DateClaim, SheetDate
from huitoukan.grid import Cell, Range
from huitoukan.materials import Material
from huitoukan.phrase import Phrase
from huitoukan.stages import Stage as Stage  # noqa: PLC0414  (everybody looks for it here)


class Severity(StrEnum):
    """How much a finding matters: an error blocks or falsifies a verdict, a warning wants a look, info is for the record."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Level(StrEnum):
    """The level of a statistical institution, and of the form that it fills in."""

    COUNTY = "county"
    TOWNSHIP = "township"


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


# ---------------------------------------------------------------------------------------------------------- readings


class ReadingKind(StrEnum):
    """What a score cell was found to hold."""

    NUMBER = "number"
    TEXT_NUMBER = "text_number"  # text that is a number without loss: 4.5分, full-width digits
    BLANK = "blank"
    NOT_APPLICABLE = "not_applicable"
    DITTO = "ditto"  # 同上
    GUESS = "guess"  # a number can be suspected (O for 0, √, two numbers) but is not used
    PERCENT = "percent"  # a share of full marks, not points
    UNREADABLE = "unreadable"
    ERROR = "error"
    UNCACHED = "uncached"


class Change(StrEnum):
    """What reading the text of a score cell took: first what loses nothing, then what makes the reading a guess."""

    APOSTROPHE = "apostrophe"  # '4.5
    INVISIBLE = "invisible"  # zero-width characters
    SPACES = "spaces"
    WIDTH = "width"  # ４．５
    PLUS = "plus"  # +4
    BARE_POINT = "bare_point"  # .5 and 4.
    UNIT_WORD = "unit_word"  # 4.5分

    LETTER = "letter"  # O for 0, l for 1
    POINT = "point"  # 4。5, 4,5 and 4、5
    DASH = "dash"  # a dash for a minus sign
    GAP = "gap"  # 4. 5
    GROUPING = "grouping"  # 1,000
    NUMERAL = "numeral"  # 四点五
    SPECIAL = "special"  # ①, ², ½ and the digits of other scripts
    FRACTION = "fraction"  # 4.5/5
    MARK = "mark"  # √, 满分
    SEVERAL = "several"  # 3-4
    WORDS = "words"  # 约4, 4分(扣1)


class Reading(NamedTuple):
    """The number in a score cell: `value` is set only for a number that was read without loss.

    `guess` is what a human may have meant; it is shown to people and never used in a sum. `raw` is the text exactly as
    it stands, and empty where the cell holds no text (a number, a date): those speak for themselves. `done` is what
    was done to that text for the value, or what the guess rests on; for everything else it is empty.
    """

    kind: ReadingKind
    value: Decimal | None = None
    guess: str = ""
    raw: str = ""
    done: tuple[Change, ...] = ()


# ---------------------------------------------------------------------------------------------------------- sheets


class Origin(StrEnum):
    """Where a statement about a sheet was found, strongest first."""

    STAMP = "stamp"  # the hidden sheet of our own blank forms
    HEADER = "header"
    COLUMNS = "columns"
    TITLE = "title"
    SHEET_NAME = "sheet_name"
    FILE_NAME = "file_name"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Hint:
    """What a stamp, title, sheet name, file name or folder says: its text, and the unit, county or stage meant.

    `candidates` are the units of a name that stands alone and exists in several counties (then `unit` is None).
    """

    origin: Origin
    text: str
    unit: str | None = None
    county: str | None = None
    stage: Stage | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitClaim:
    """Which unit a sheet says it is.

    `cell` is where the name stands or, on a blank field, should stand (None when the form has no such field);
    `text` and `match` are what is written there. `unit` is the roster code finally taken, `origin` where it came from:
    a stamp may say another one than the header, which `differs` tells; `contradictions` are other places that do.
    `county` is what the name itself or the surroundings say of a name that is not in the roster.
    """

    cell: Cell | None
    text: str
    match: NameMatch
    unit: str | None
    origin: Origin | None
    contradictions: tuple[Hint, ...] = ()
    county: str | None = None
    differs: bool = False


@dataclass(frozen=True, slots=True)
class StageClaim:
    """Which stage a sheet says it is; fields as in `UnitClaim`."""

    cell: Cell | None
    text: str
    stage: Stage | None
    origin: Origin | None
    contradictions: tuple[Hint, ...] = ()
    differs: bool = False


class FieldClaim(NamedTuple):
    """What stands in a field of the form, and the cell in which it stands or should stand."""

    cell: Cell
    text: str


class Score(NamedTuple):
    """One item row of a score sheet, every value still tied to its cell.

    `cell` is the score of the sheet's own stage; `maximum` the printed standard points, `reason` the reason of the
    deduction, `criterion`, `evidence` and `deduction` (points lost) what the form prints beside it: None when it has no
    such column. `reference` holds filled scores of other stages. `titled` are the items that the title of the row names
    (not its id); None when it has no title. `renamed`: the row has another name than its item. `merged` is the merged
    area under which the score cell lies, or which it shares with other items.
    """

    item: str
    label: Cell
    cell: Cell
    reading: Reading
    maximum: Cell | None
    maximum_reading: Reading | None
    reason: Cell | None
    reference: tuple[tuple[Stage, Cell, Reading], ...] = ()
    criterion: Cell | None = None
    evidence: Cell | None = None
    deduction: Cell | None = None
    deduction_reading: Reading | None = None
    titled: tuple[str, ...] | None = None
    merged: Range | None = None
    renamed: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """A subtotal (`dimension` is its id) or the total (`dimension` is None) as written on the form.

    `formula` is that of its cell: None for a typed number, and where the kind of file does not show formulas.
    """

    dimension: str | None
    label: Cell
    cell: Cell | None
    reading: Reading
    maximum: Cell | None
    maximum_reading: Reading | None
    formula: str | None = None
    maximum_formula: str | None = None


@dataclass(frozen=True, slots=True)
class UnknownRow:
    """A row with points that is no item of the rubric, and the dimension it stands in."""

    label: Cell
    dimension: str | None
    reading: Reading


@dataclass(frozen=True, slots=True)
class RepeatedColumn:
    """A column role found twice: the columns' header cells, the first one first."""

    role: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """One unit's scores at one stage, as found on one worksheet.

    `headers` maps column roles of the form to their header cells; `score_header` is that of the own stage's scores, if
    there is one; `other_stage` is the stage whose column is filled while the column of the sheet's own stage is empty
    (then `filled` is the area of the empty one). `signatures` are the fields inspectors, leader and phone, those that
    the form has; `panels` the header cells of further panels beside the first, where the table is printed in several.
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
    unknown_rows: tuple[UnknownRow, ...] = ()
    other_stage: Stage | None = None
    filled: Range | None = None
    signatures: Mapping[str, FieldClaim] = field(default_factory=dict)
    panels: tuple[Cell, ...] = ()


# ---------------------------------------------------------------------------------------------------------- findings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that one rule found, at one place.

    `file`, `sheet` and `cell` locate it (all None for something absent); `value` is what the cell holds as text;
    `details` are further values for the message template of the rule with this `code`. `blocks` says that a sheet, or
    a unit, cannot count for a verdict as long as this stands (None: what the rule says of all its findings). `others`
    are the paths of further files that it is about.
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
    blocks: bool | None = None
    others: tuple[str, ...] = ()


# ---------------------------------------------------------------------------------------------------------- results


class ScoreState(StrEnum):
    """The three things a score can be, kept apart to the last report."""

    SCORED = "scored"
    NOT_APPLICABLE = "not_applicable"
    MISSING = "missing"


class ItemScore(NamedTuple):
    """One item's score as the standing sees it: `value` only when scored, `cell` where it stands."""

    item: str
    state: ScoreState
    value: Decimal | None
    cell: str


@dataclass(frozen=True)
class SheetResult:
    """What one form of a worksheet brought: its unit, stage, date (None: blank), and item scores or answers.

    `signatures` are the filled fields inspectors, leader and phone of a score sheet; `texts` the reasons for deductions.
    """

    file: str
    sheet: str
    kind: SheetKind
    unit: str | None = None
    stage: Stage | None = None
    level: Level | None = None
    dating: SheetDate | None = None
    items: tuple[ItemScore, ...] = ()
    answers: tuple[Answer, ...] = ()
    signatures: tuple[tuple[str, FieldClaim], ...] = ()
    texts: tuple[Written, ...] = ()

    @property
    def dated(self) -> date | None:
        """The day of the sheet, where it could be read in full."""
        return self.dating.value if self.dating else None

    @cached_property
    def scores(self) -> frozenset[tuple[str, ScoreState, Decimal | None]]:
        """What it says of each item that is scored, wherever its row stands: by this, sheets are the same or not."""
        return frozenset((s.item, s.state, s.value) for s in self.items if s.state is not ScoreState.MISSING)


@dataclass(frozen=True, slots=True)
class Mail:
    """The mail that brought a file: sender and subject as written, and the ISO date and time at which it was sent.

    All of them are what the mail says of itself; nobody checked them. Empty where it says nothing.
    """

    sender: str = ""
    sent: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class FileResult:
    """Everything known of one file after the per-file stage; `unchecked` names what its kind of file does not show.

    `mail` is the mail that brought the file, or that the file is; `properties` what the document says of who saved it,
    `material` what it was recognised to be.
    """

    path: str
    sha256: str
    status: FileStatus
    reader: str | None = None
    sheets: tuple[SheetResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    unchecked: tuple[str, ...] = ()
    mail: Mail | None = None
    properties: Properties | None = None
    material: Material | None = None
