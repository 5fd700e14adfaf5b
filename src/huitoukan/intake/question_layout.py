"""Where the questions of a questionnaire stand on a worksheet: its forms, the rows of each question, the column of answers.

Nothing is found by position. A row belongs to the question that a cell in it names, by its title or its id, and so do the
rows below it up to the next one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from huitoukan.campaign.campaign import Campaign
from huitoukan.grid import Cell, Grid
from huitoukan.intake.answering import ChoiceWords
from huitoukan.intake.labels import label_key, legible
from huitoukan.intake.question_words import Named, QuestionWords, question_words
from huitoukan.intake.stamp import Stamp
from huitoukan.model import Level

FEWEST = 3  # questions that a sheet must name to be a questionnaire
_HEADER_ROWS = 40  # in which a header is looked for
LONGEST_TITLE = 80  # characters of a title that says 调查问卷
# Sheets with other tables are looked through no longer than it takes to see that they ask nothing.
_QUIET = 150  # rows in which no question stands
_WIDEST = 40  # columns in which questions stand


@dataclass(slots=True)
class Block:
    """The rows of a question: the first one with the cell that names it, those of its parts by their ids, the last one."""

    question: str
    label: Cell
    altered: bool
    bottom: int
    parts: dict[str, Cell] = field(default_factory=dict)


@dataclass(slots=True)
class QuestionForm:
    """A questionnaire while it is gathered: the column of its answers, the blocks of its questions, what does not fit."""

    words: QuestionWords
    answers: int | None
    blocks: list[Block] = field(default_factory=list)
    repeated: list[tuple[str, Cell]] = field(default_factory=list)
    unknown: list[Cell] = field(default_factory=list)

    @property
    def top(self) -> int:
        """The row of the first question."""
        return self.blocks[0].label.row

    @property
    def bottom(self) -> int:
        """The last row of the last question."""
        return self.blocks[-1].bottom


def forms_on(grid: Grid, campaign: Campaign, stamp: Stamp | None) -> list[QuestionForm]:
    """The questionnaires on a worksheet, of the level of which it asks most questions; none where there are too few.

    Without a title that says so, a sheet is one only when it asks half of the questions.
    """
    questionnaire = campaign.questionnaire
    if questionnaire is None:
        return []
    read = {
        level: _forms_of_level(grid, question_words(campaign, level))
        for level in Level
        if questionnaire.of_level(level)
    }
    best = {level: max((len(form.blocks) for form in forms), default=0) for level, forms in read.items()}
    if not best or max(best.values()) < (1 if stamp else FEWEST):
        return []
    equal = [level for level in best if best[level] == max(best.values())]
    level = equal[0] if len(equal) == 1 else _level_told(grid, equal, read, campaign, stamp)
    words = question_words(campaign, level)
    titled = _titled(grid, read[level][0].top, words)
    kept = [form for form in read[level] if stamp or titled or len(form.blocks) * 2 >= len(words.questions)]
    return [form for form in kept if stamp or len(form.blocks) >= FEWEST]


def _level_told(
    grid: Grid,
    levels: Sequence[Level],
    read: Mapping[Level, Sequence[QuestionForm]],
    campaign: Campaign,
    stamp: Stamp | None,
) -> Level:
    """The level of a form with as many questions of the one as of the other: that of its unit, if it names one."""
    if stamp is not None and stamp.level is not None and stamp.level in levels:
        return stamp.level
    roster = campaign.roster
    for row in grid.rows[: read[levels[0]][0].bottom + 1]:
        for value in row:
            unit = roster.find(legible(value)).unit if isinstance(value, str) and value else None
            if unit is not None and roster.units[unit].level in levels:
                return roster.units[unit].level
    return levels[-1]


def _titled(grid: Grid, top: int, words: QuestionWords) -> bool:
    """Whether a text above the first question says that this is a questionnaire."""
    return any(
        isinstance(value, str)
        and len(value) <= LONGEST_TITLE
        and any(w in label_key(value) for w in words.title)
        for row in grid.rows[grid.first : top]
        for value in row
    )


def _forms_of_level(grid: Grid, words: QuestionWords) -> list[QuestionForm]:
    """The questionnaires on a worksheet if it is one of this level: another one begins where the questions begin again."""
    header, answers = _header(grid, words)
    order = {name: n for n, name in enumerate(words.questions)}
    form = QuestionForm(words, answers)
    forms = [form]
    last = grid.first
    for row in range(grid.first, len(grid.rows)):
        if row > last + _QUIET:
            break
        if row == header or _roles(grid, row, words).get("answer") is not None:
            continue
        found = _named_in_row(grid, row, form, words)
        if found is None:
            _continue(grid, row, form)
            continue
        last = row
        named, label, part = found
        seen = [block.question for block in form.blocks]
        if seen and named.question == seen[-1] and (part or _belongs(grid, row, form)):
            block = form.blocks[-1]
        elif named.question in seen:
            if order[named.question] < order[seen[-1]] and len(seen) * 2 >= len(words.questions):
                form = QuestionForm(words, answers)
                forms.append(form)
                block = _begin(form, named, label, row)
            else:
                form.repeated.append((named.question, label))
                continue
        else:
            block = _begin(form, named, label, row)
        block.bottom = row
        if part is not None:
            block.parts.setdefault(*part)
    return [form for form in forms if form.blocks]


def _begin(form: QuestionForm, named: Named, label: Cell, row: int) -> Block:
    block = Block(named.question, label, named.altered, row)
    form.blocks.append(block)
    return block


def _roles(grid: Grid, row: int, words: QuestionWords) -> dict[str, int]:
    """The columns of a header row by their roles; empty for a row that is none."""
    roles: dict[str, int] = {}
    for column, value in enumerate(grid.rows[row][:_WIDEST]):
        if isinstance(value, str) and 0 < len(value) <= LONGEST_TITLE:
            role = words.columns.get(label_key(value))
            if role is not None:
                roles.setdefault(role, column)
    return roles if "answer" in roles and {"question", "number"} & set(roles) else {}


def _header(grid: Grid, words: QuestionWords) -> tuple[int | None, int | None]:
    """The row of the header and the column of the answers, where there is one."""
    for row in range(grid.first, min(len(grid.rows), grid.first + _HEADER_ROWS)):
        roles = _roles(grid, row, words)
        if roles:
            return row, roles["answer"]
    return None, None


def _named_in_row(
    grid: Grid, row: int, form: QuestionForm, words: QuestionWords
) -> tuple[Named, Cell, tuple[str, Cell] | None] | None:
    """The question that a row names, the cell that does, and a part of it that the row names besides."""
    current = form.blocks[-1].question if form.blocks else None
    choices = words.choices.get(current) if current else None
    named: Named | None = None
    label: Cell | None = None
    part: tuple[str, Cell] | None = None
    for column, value in enumerate(grid.rows[row][:_WIDEST]):
        if form.answers is not None and column >= form.answers:
            break
        if not isinstance(value, str) or not value:
            continue
        cell = grid.cell(row, column)
        inside = (
            words.part_named(named.question if named else current or "", value) if named or current else None
        )
        if inside is not None:
            part = part or (inside, cell)
            if named is None:
                named, label = Named(current or "", inside, by_title=True), cell
            continue
        if choices is not None and choices.named(value) is not None:
            continue
        found = words.named(value)
        if found is None:
            continue
        if named is None or (found.by_title and not named.by_title):
            named, label = found, cell
            part = (found.part, cell) if found.part else None
    if named is None or label is None:
        _note_unknown(grid, row, form, words)
        return None
    if not named.by_title:
        named = named._replace(altered=_has_other_text(grid, row, label, form, words))
    return named, label, part


def _has_other_text(grid: Grid, row: int, label: Cell, form: QuestionForm, words: QuestionWords) -> bool:
    """Whether a row that is known by its id alone holds the text of a question, in that cell or the one behind it."""
    if len(label_key(label.text or "")) > len(words.id_in(label.text or "") or "") + 1:
        return True
    behind = grid.cell(row, label.column + 1)
    before_answers = form.answers is None or behind.column < form.answers
    return before_answers and isinstance(behind.value, str) and bool(label_key(behind.value))


def _note_unknown(grid: Grid, row: int, form: QuestionForm, words: QuestionWords) -> None:
    """Remember a row that looks like a question of ours (Q23) and is none of this level."""
    for column, value in enumerate(grid.rows[row][:_WIDEST]):
        if form.answers is not None and column >= form.answers:
            return
        if isinstance(value, str) and 0 < len(value) <= LONGEST_TITLE:
            found = words.id_in(value)
            prefixes = {name.rstrip("0123456789") for name in words.ids}
            if found and found.rstrip("0123456789") in prefixes - {""} and found not in words.ids:
                form.unknown.append(grid.cell(row, column))
                return


def _belongs(grid: Grid, row: int, form: QuestionForm) -> bool:
    """Whether a row that names the current question again only goes on with its options."""
    choices = form.words.choices.get(form.blocks[-1].question)
    return choices is not None and option_in_row(grid, row, form, choices) is not None


def _continue(grid: Grid, row: int, form: QuestionForm) -> None:
    """Take a row that names no question for the current one, where it holds one of its options or the words for 其他."""
    if not form.blocks:
        return
    block = form.blocks[-1]
    choices = form.words.choices.get(block.question)
    if choices is None:
        return
    option = option_in_row(grid, row, form, choices)
    texts = [v for v in grid.rows[row][:_WIDEST] if isinstance(v, str) and v]
    listed = any(len(choices.pattern.findall(legible(text))) > 1 for text in texts)
    if option is not None or listed or any(label_key(text) in form.words.other_text for text in texts):
        block.bottom = row


def option_in_row(grid: Grid, row: int, form: QuestionForm, choices: ChoiceWords) -> tuple[str, int] | None:
    """The option that a cell of a row is, alone, and its column."""
    for column, value in enumerate(grid.rows[row][:_WIDEST]):
        if form.answers is not None and column >= form.answers:
            return None
        if isinstance(value, str) and value and len(value) <= LONGEST_TITLE:
            key = choices.named(value)
            if key is not None:
                return key, column
    return None
