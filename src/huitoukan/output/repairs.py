"""What of a file can be put right without a doubt: what the reader reads without loss, written as it was read.

A repair never says anything new. A text that was read as the number 4.5 becomes the number 4.5; a name in which blanks
stand loses them; full-width figures of a date or an id become plain ones. Nothing that is a guess is ever listed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.roster import Roster
from huitoukan.days import DateChange, DateClaim, DateKind
from huitoukan.grid import Cell, Grid, Place, value_text
from huitoukan.intake.answering import AnswerKind
from huitoukan.intake.extract import Extracted
from huitoukan.intake.numerals import number_in
from huitoukan.intake.questionnaire import QuestionnaireSheet
from huitoukan.model import ReadingKind, ScoreSheet, Stage, UnitClaim
from huitoukan.phrase import Phrase, plain, say
from huitoukan.rules.subjects import as_shown

# Characters that do not show, as in texts pasted from web pages and chats; they move nothing.
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u2060\ufeff"))
# Figures and letters, and what stands between them in dates and ids; other full-width marks are proper Chinese.
_PLAIN = {
    wide: wide - 0xFEE0
    for wide in range(0xFF01, 0xFF5F)
    if chr(wide - 0xFEE0).isalnum() or chr(wide - 0xFEE0) in "./-"
}
_BETWEEN_WORDS = re.compile(r"(?<=[0-9A-Za-z])\s+(?=[0-9A-Za-z])")
_LETTERS = re.compile(r"[A-Za-z](?:[、,，;；]?[A-Za-z])*")
# What was done to read a date and leaves no doubt; a year of two digits, a serial number or a range does.
_SURE = frozenset({DateChange.WIDTH, DateChange.SEPARATORS, DateChange.COMPACT})
_DIGITS = 15  # what a spreadsheet keeps of a number


Key = tuple[str, str, Place]  # file, sheet and place of a cell


class RepairKind(StrEnum):
    """What is put right."""

    NUMBER = "number"  # a number that was written as a text
    SPACES = "spaces"  # blanks, and characters that do not show
    WIDTH = "width"  # full-width figures and letters


class State(StrEnum):
    """What became of a change."""

    DONE = "done"
    PLANNED = "planned"  # it would be made
    LEFT = "left"  # somebody decided against it
    REFUSED = "refused"  # it cannot be made, or not safely


class Wish(NamedTuple):
    """What a log says of one cell: what stood there, and what is to stand there instead, as text."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that can be put right: what stands there and what is to stand there instead.

    `after` is a number or a text. `code` is the finding that goes away with it, "" where nothing was ever found. `why`
    says what is put right, `refusal` why it is not made. `asked`: a log said that it is to be made.
    `sums`: there are formulas on the worksheet, whose saved results may be old ones now.
    """

    file: str
    sheet: str
    place: Place
    before: str
    after: Decimal | str
    kind: RepairKind
    code: str
    why: Phrase | None
    unit: str | None = None
    stage: Stage | None = None
    item: str | None = None
    state: State = State.PLANNED
    refusal: Phrase | None = None
    asked: bool = False
    sums: bool = False

    @property
    def cell(self) -> str:
        """The A1 address."""
        return Cell(*self.place).address

    @property
    def after_text(self) -> str:
        """What is to stand there, as text."""
        return plain(self.after) if isinstance(self.after, Decimal) else self.after

    @property
    def key(self) -> Key:
        """By this, changes are sorted; no two have the same."""
        return self.file, self.sheet, self.place

    def refused(self, why: Phrase) -> Change:
        """The same change, not made."""
        return replace(self, state=State.REFUSED, refusal=why)


def decided(change: Change, wishes: Mapping[Key, Wish] | None) -> Change:
    """A change after a log was asked: left where the log does not want it, refused where it speaks of something else."""
    if wishes is None:
        return change
    wish = wishes.get(change.key)
    if wish is None:
        return replace(change, state=State.LEFT) if change.state is State.PLANNED else change
    change = replace(change, asked=True)
    if change.state is State.PLANNED and wish.before != change.before:
        return change.refused(_otherwise(change.before, wish))
    if change.state is State.PLANNED and wish.after != change.after_text:
        return change.refused(
            say("清单里要改成“{after}”, 那不是本工具的读法, 请在表里自己改", after=wish.after)
        )
    return change


def _otherwise(now: str, wish: Wish) -> Phrase:
    return say("这一格现在是“{now}”, 不是清单里的“{before}”", now=now, before=wish.before)


def unmet(key: Key, wish: Wish, grids: Sequence[Grid] | None) -> Change:
    """The refused change of a line of a log that speaks of no cell to repair; `grids` is None where there is no such file."""
    grid = next((one for one in grids or () if one.name == key[1]), None)
    now = grid.cell(*key[2]).text if grid is not None else None
    if grids is None:
        why = say("文件夹里没有读到这个文件")
    elif grid is None:
        why = say("文件里没有这张工作表")
    elif now is None:
        why = say("这一格现在是空的")
    elif now == wish.after:
        why = say("这一格已经是“{now}”, 不用再改", now=now)
    elif now != wish.before:
        why = _otherwise(now, wish)
    else:
        why = say("这一处不是本工具能放心修复的")
    kind = RepairKind.NUMBER if number_in(wish.after) is not None else RepairKind.SPACES
    change = Change(key[0], key[1], key[2], wish.before, wish.after, kind, "", None, asked=True)
    return change.refused(why)


def proposals(path: str, extracted: Sequence[Extracted], campaign: Campaign) -> tuple[Change, ...]:
    """All that can be put right in the forms of the file at a relative path, in the order of sheets and cells.

    What cannot be changed in place is listed as refused: formulas, and cells whose format would show the number otherwise.
    """
    found: dict[tuple[str, str, Place], Change] = {}
    for one in extracted:
        if one.sheet is not None:
            changes = _of_scores(path, one.sheet, one.grid, campaign)
        elif one.questionnaire is not None:
            changes = _of_answers(path, one.questionnaire, campaign)
        else:
            continue
        for change in changes:
            found.setdefault(change.key, _checked(change, one.grid))
    order = {one.grid.name: n for n, one in reversed(list(enumerate(extracted)))}
    return tuple(sorted(found.values(), key=lambda change: (order[change.sheet], change.place)))


def _checked(change: Change, grid: Grid) -> Change:
    if change.place in grid.formulas:
        return change.refused(say("这一格是公式, 公式不改; 请改正公式"))
    if isinstance(change.after, Decimal):
        look = grid.looks.get(change.place)
        cell = Cell(*change.place)
        if look is not None and (
            look.percent or look.instead is not None or as_shown(change.after, cell, grid) != change.after
        ):
            return change.refused(
                say("单元格的数字格式会把 {number} 显示成别的样子, 请先改为常规格式", number=change.after)
            )
        if Decimal(f"{float(change.after):.{_DIGITS}g}") != change.after:
            return change.refused(say("位数太多, 表格软件存不下这个数"))
        return replace(change, sums=bool(grid.formulas))
    return change


# ------------------------------------------------------------------------------------------------------------ forms


@dataclass(frozen=True, slots=True)
class _Form:
    """Where a form stands and whose it is; it makes the changes of its cells."""

    path: str
    sheet: str
    unit: str | None
    stage: Stage | None

    def number(self, cell: Cell, value: Decimal, code: str, item: str) -> Change:
        """A text that was read as a number becomes that number."""
        why = say("文本改为数字, 求和时才不会漏掉")
        after = Decimal(plain(value))
        return self._change(cell, after, RepairKind.NUMBER, code, why, item)

    def text(self, cell: Cell, after: str, item: str | None = None) -> Iterator[Change]:
        """A text becomes another one that says the same in other characters; nothing where it is that already."""
        before = str(cell.value)
        if before == after or not after:
            return
        bare, wanted = "".join(before.translate(_UNSEEN).split()), "".join(after.split())
        if bare == wanted:
            why = say("去掉多余的空格和看不见的字符")
            yield self._change(cell, after, RepairKind.SPACES, "", why, item)
        elif bare.translate(_PLAIN) == wanted:
            yield self._change(cell, after, RepairKind.WIDTH, "", say("全角字符改为半角"), item)

    def _change(
        self, cell: Cell, after: Decimal | str, kind: RepairKind, code: str, why: Phrase, item: str | None
    ) -> Change:  # fmt: skip
        before, place = value_text(cell.value) or "", (cell.row, cell.column)
        return Change(
            self.path, self.sheet, place, before, after, kind, code, why, self.unit, self.stage, item
        )

    def of_header(self, name: UnitClaim, day: DateClaim, roster: Roster) -> Iterator[Change]:
        """The name of the unit and the date, where each has a cell of its own."""
        cell = name.cell
        certain = name.match.unit is not None and name.match.unit == name.unit
        if cell is not None and isinstance(cell.value, str) and certain:
            written = _squeezed(cell.value)
            known = roster.find(written).unit == roster.find(cell.value).unit
            if known and written == _squeezed(name.text):
                yield from self.text(cell, written)
        cell = day.cell
        if cell is not None and isinstance(cell.value, str) and day.reading.kind is DateKind.DATE:
            alone = cell.value.strip() == day.text.strip()
            if alone and set(day.reading.done) <= _SURE:
                yield from self.text(cell, cell.value.translate(_UNSEEN).translate(_PLAIN).strip())


def _of_scores(path: str, sheet: ScoreSheet, grid: Grid, campaign: Campaign) -> Iterator[Change]:
    form = _Form(path, sheet.sheet, sheet.unit.unit, sheet.stage.stage)
    items = {item.id: item for item in campaign.rubric.level(sheet.level).items()}
    number = sheet.headers.get("number")
    for score in sheet.scores:
        value = score.reading.value
        if score.reading.kind is ReadingKind.TEXT_NUMBER and value is not None:
            yield form.number(score.cell, value, "S403", score.item)
        maximum, reading = score.maximum, score.maximum_reading
        printed = reading.value if reading and reading.kind is ReadingKind.TEXT_NUMBER else None
        if maximum is not None and printed is not None and printed == items[score.item].maximum:
            yield form.number(maximum, printed, "L227", score.item)
        if number is not None and number.column != score.label.column:
            cell = grid.anchor(score.cell.row, number.column)
            if isinstance(cell.value, str):
                yield from form.text(cell, score.item, score.item)
    yield from form.of_header(sheet.unit, sheet.date, campaign.roster)


def _of_answers(path: str, sheet: QuestionnaireSheet, campaign: Campaign) -> Iterator[Change]:
    form = _Form(path, sheet.sheet, sheet.unit.unit, sheet.stage.stage)
    for response in sheet.responses:
        cell = response.cell
        if response.kind is not AnswerKind.ANSWERED or not isinstance(cell.value, str) or response.joined:
            continue
        alone = cell.value.strip() == response.text.strip()  # without the question before it
        if response.folded and response.number is not None and alone:
            yield form.number(cell, response.number, "Q820", response.question)
        elif response.choices:
            letters = _squeezed(cell.value).translate(_PLAIN)
            if _LETTERS.fullmatch(letters):
                yield from form.text(cell, letters, response.question)
    yield from form.of_header(sheet.unit, sheet.date, campaign.roster)


def _squeezed(text: str) -> str:
    """A text without blanks and what does not show; one blank stays between two words or numbers in Latin letters."""
    kept = _BETWEEN_WORDS.sub("\0", text.translate(_UNSEEN).strip())
    return "".join(kept.split()).replace("\0", " ")
