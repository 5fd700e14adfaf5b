"""From a worksheet to a questionnaire: whose it is, and every answer with its cell.

The answer stands in the column headed 填写, else in the first cell behind the question that the form does not print itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from huitoukan.answers import Answer, AnswerState
from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.questionnaire import Option, Question
from huitoukan.days import DateClaim
from huitoukan.grid import Cell, Grid
from huitoukan.intake.answering import (
    AnswerKind,
    ChoiceWords,
    Spoken,
    read_choice,
    read_mark,
    read_number,
    read_numbers,
    ticked_in,
)
from huitoukan.intake.fields import FieldValue, fields_in_row
from huitoukan.intake.identity import date_claim, find_hints, stage_claim, unit_claim
from huitoukan.intake.labels import label_key, legible, tidy
from huitoukan.intake.question_layout import Block, QuestionForm, forms_on, option_in_row
from huitoukan.intake.stamp import Stamp
from huitoukan.intake.vocabulary import vocabulary
from huitoukan.model import Hint, Level, Origin, StageClaim, UnitClaim

_EDGES = " \u3000\t\r\n_＿:：;；,，"
_STATES = {AnswerKind.ANSWERED: AnswerState.ANSWERED, AnswerKind.BLANK: AnswerState.BLANK}
_LINES = re.compile("[_＿]+")
_QUANTITY = re.compile(r"(?<=[^\d.\-+])([+-]?\d+(?:\.\d+)?\s*[^\d\s:：()（）]{0,3})\s*$")


class Response(NamedTuple):
    """One answer as it was found. `cell` is where it stands or should stand.

    `number` and `choices` are set for an answered one only; `text` is what was written (see `answers.Answer`), `guess` what a
    human may have meant by what is not used. `folded`: a number was read from a text; `joined`: several numbers share the
    cell. `marks` are cells beside options that say nothing clear; `other` is where the words behind an option should stand.
    """

    question: str
    part: str | None
    kind: AnswerKind
    cell: Cell
    number: Decimal | None = None
    choices: tuple[str, ...] = ()
    text: str = ""
    guess: str = ""
    folded: bool = False
    joined: bool = False
    marks: tuple[tuple[str, Cell], ...] = ()
    other: Cell | None = None

    def answer(self) -> Answer:
        """The answer as it travels."""
        state = _STATES.get(self.kind, AnswerState.UNREADABLE)
        cell = self.cell.address
        return Answer(self.question, self.part, state, cell, self.number, self.choices, self.text)


@dataclass(frozen=True, slots=True)
class QuestionnaireSheet:
    """One unit's questionnaire, as found on one worksheet.

    `missing` are the questions of its level that the form has not; `repeated` the questions that it has again, `unknown`
    the cells that name a question which is not asked of this level, `altered` the cells of questions with another text.
    """

    file: str
    sheet: str
    level: Level
    first: Cell
    unit: UnitClaim
    stage: StageClaim
    date: DateClaim
    responses: tuple[Response, ...]
    missing: tuple[str, ...] = ()
    repeated: tuple[tuple[str, Cell], ...] = ()
    unknown: tuple[Cell, ...] = ()
    altered: tuple[tuple[str, Cell], ...] = ()


def read_questionnaires(
    path: str, grid: Grid, campaign: Campaign, stamp: Stamp | None = None
) -> tuple[tuple[Grid, QuestionnaireSheet], ...]:
    """The questionnaires on a worksheet of the file at a relative path, from top to bottom; none where there is none.

    The stamp of a blank form of ours speaks for the first of them.
    """
    forms = forms_on(grid, campaign, stamp)
    if not forms:
        return ()
    starts = [0, *(before.bottom + 1 for before in forms[:-1])]
    parts = grid.cut(starts) if len(forms) > 1 else (grid,)
    return tuple(
        (part, _sheet(path, part, form, campaign, stamp if n == 0 else None))
        for n, (part, form) in enumerate(zip(parts, forms, strict=True))
    )


# ---------------------------------------------------------------------------------------------------------- answers


def _responses(grid: Grid, form: QuestionForm) -> Iterator[Response]:
    by_question = {block.question: block for block in form.blocks}
    for name, question in form.words.questions.items():
        block = by_question.get(name)
        if block is None:
            continue
        if question.type == "number":
            yield from _numbers(grid, form, block, question)
        elif question.type == "text":
            cell, text = _answer(grid, form, block.label, question)
            kind = AnswerKind.ANSWERED if tidy(text).strip(_EDGES) else AnswerKind.BLANK
            kind = AnswerKind.ERROR if cell.mark is not None else kind
            yield Response(name, None, kind, cell, text=text.strip() if kind is AnswerKind.ANSWERED else "")
        else:
            yield _choice(grid, form, block, question)


def _numbers(grid: Grid, form: QuestionForm, block: Block, question: Question) -> Iterator[Response]:
    words = form.words
    if not question.parts:
        cell, text = _answer(grid, form, block.label, question)
        yield _number(
            question.id, None, cell, read_number(_only(cell, text), question, words.units, words.nothing)
        )
        return
    if len(block.parts) > 1 or (block.parts and block.bottom > block.label.row):
        for part in question.parts:
            label = block.parts.get(part.id)
            if label is None:
                yield Response(question.id, part.id, AnswerKind.BLANK, block.label)
                continue
            cell, text = _answer(grid, form, label, question)
            yield _number(
                question.id, part.id, cell, read_number(_only(cell, text), part, words.units, words.nothing)
            )
        return
    cell, text = _answer(grid, form, block.label, question)
    spoken = read_numbers(_only(cell, text), question.parts, words.units, words.nothing)
    for part, one in zip(question.parts, spoken, strict=True):
        yield _number(question.id, part.id, cell, one)._replace(joined=True)


def _number(question: str, part: str | None, cell: Cell, spoken: Spoken) -> Response:
    return Response(
        question,
        part,
        spoken.kind,
        cell,
        spoken.number,
        text=spoken.text,
        guess=spoken.guess,
        folded=spoken.folded,
    )


def _only(cell: Cell, text: str) -> Cell:
    """The cell with the answer's part of its text alone."""
    return cell if not isinstance(cell.value, str) or text == cell.value else cell._replace(value=text)


def _choice(grid: Grid, form: QuestionForm, block: Block, question: Question) -> Response:
    choices = form.words.choices[question.id]
    rows = list(_option_rows(grid, form, block, choices))
    if len(rows) > 1:
        return _from_rows(grid, form, block, question, rows)
    cell, text = _answer(grid, form, block.label, question)
    spoken = read_choice(text, choices)
    kind = AnswerKind.ERROR if cell.mark is not None else spoken.kind
    if kind is AnswerKind.BLANK:
        for row in range(block.label.row, block.bottom + 1):
            for column, value in enumerate(grid.rows[row]):
                if isinstance(value, str) and value:
                    ticked = ticked_in(value, choices)
                    if ticked.kind is not AnswerKind.BLANK:
                        cell, spoken, kind = grid.cell(row, column), ticked, ticked.kind
    other, place = _other_text(grid, form, block)
    words = spoken.text or (other if spoken.kind is AnswerKind.ANSWERED else "")
    return Response(
        question.id, None, kind, cell, choices=spoken.choices, text=words, guess=spoken.guess, other=place
    )


class _OptionRow(NamedTuple):
    """A row of one option, and the cell in which a mark says that it applies."""

    option: Option
    label: Cell
    mark: Cell


def _option_rows(grid: Grid, form: QuestionForm, block: Block, choices: ChoiceWords) -> Iterator[_OptionRow]:
    options = {option.key: option for option in choices.options}
    for row in range(block.label.row, block.bottom + 1):
        found = option_in_row(grid, row, form, choices)
        if found is None or found[0] not in options:
            continue
        label = grid.cell(row, found[1])
        if form.answers is not None:
            mark = grid.anchor(row, form.answers)
        else:
            mark = grid.cell(row, label.column + 1)
            before = grid.cell(row, label.column - 1) if label.column else mark
            if mark.text is None and before.text is not None and before.column > block.label.column:
                mark = before
        yield _OptionRow(options.pop(found[0]), label, mark)


def _from_rows(
    grid: Grid, form: QuestionForm, block: Block, question: Question, rows: Sequence[_OptionRow]
) -> Response:
    """A choice whose options have a row each: the marks beside them, or letters that somebody wrote into one of the cells."""
    choices = form.words.choices[question.id]
    cells = {(row.mark.row, row.mark.column): row.mark for row in rows}
    filled = [cell for cell in cells.values() if cell.text is not None or cell.mark is not None]
    marked = [(row, read_mark(row.mark, row.option, choices)) for row in rows]
    asking = choices.needing_text()
    other, place = _other_text(grid, form, block)
    if asking is not None and place is None:
        place = next((row.mark for row in rows if row.option.key == asking.key), None)
    cell = next((row.mark for row, mark in marked if mark.chosen), rows[0].mark)
    answer = Response(question.id, None, AnswerKind.BLANK, cell, other=place)
    clear = any(mark.chosen is not None for _, mark in marked)
    if len(filled) == 1 and filled[0].mark is None and (len(cells) == 1 or not clear):
        spoken = read_choice(filled[0].text or "", choices)
        if spoken.kind is not AnswerKind.NO_OPTION:
            words = spoken.text or (other if spoken.kind is AnswerKind.ANSWERED else "")
            return answer._replace(
                kind=spoken.kind, cell=filled[0], choices=spoken.choices, text=words, guess=spoken.guess
            )
    unclear = tuple((row.option.key, row.mark) for row, mark in marked if not mark.clear)
    if unclear:
        at = unclear[0][1]
        return answer._replace(kind=AnswerKind.NO_OPTION, cell=at, text=at.text or "", marks=unclear)
    other = other or next((mark.text for _, mark in marked if mark.text), "")
    chosen = {row.option.key for row, mark in marked if mark.chosen}
    if asking is not None and other:
        chosen.add(asking.key)
    keys = tuple(option.key for option in choices.options if option.key in chosen)
    if choices.single and len(keys) > 1:
        told = " / ".join(keys)
        return answer._replace(kind=AnswerKind.SEVERAL, text=told, guess=told)
    if not keys and (choices.single or not filled):
        return answer
    return answer._replace(kind=AnswerKind.ANSWERED, choices=keys, text=other)


def _other_text(grid: Grid, form: QuestionForm, block: Block) -> tuple[str, Cell | None]:
    """The words in the row of the block that asks what 其他 is, and the cell for them; nothing where there is no such row."""
    for row in range(block.label.row, block.bottom + 1):
        for column, value in enumerate(grid.rows[row]):
            if not isinstance(value, str) or not value:
                continue
            head, colon, rest = legible(value).replace("：", ":").partition(":")
            if label_key(head) in form.words.other_text:
                if colon and rest.strip(_EDGES):
                    return rest.strip(_EDGES), grid.cell(row, column)
                cell = (
                    grid.anchor(row, form.answers) if form.answers is not None else grid.cell(row, column + 1)
                )
                return (cell.text or "").strip(), cell
    return "", None


def _answer(grid: Grid, form: QuestionForm, label: Cell, question: Question) -> tuple[Cell, str]:
    """The cell of an answer and its text: that of the column of answers, else the first one behind the question.

    Where it is empty, what stands behind the question in its own cell (单位全称：昔阳县乐平镇, ____8____人).
    """
    area = grid.area(label.row, label.column)
    start = (area.right if area else label.column) + 1
    values = grid.rows[label.row] if label.row < len(grid.rows) else ()
    if form.answers is not None and form.answers > label.column:
        cell = grid.anchor(label.row, form.answers)
        if cell.column <= label.column:
            cell = grid.cell(label.row, form.answers)
    else:
        free = [
            grid.cell(label.row, column)
            for column in range(start, len(values) + 1)
            if not _printed(grid.cell(label.row, column), question, form)
        ]
        cell = next(
            (one for one in free if one.text is not None), free[0] if free else grid.cell(label.row, start)
        )
    if cell.text is None and cell.mark is None:
        for column in range(start, len(values)):
            beside = grid.cell(label.row, column)
            if beside.text is not None and question.type == "text" and not _printed(beside, question, form):
                return beside, beside.text
        behind = _behind(label.text or "", question)
        if behind and not _lists_options(behind, question, form):
            return label, behind
    return cell, cell.text or ""


def _behind(text: str, question: Question) -> str:
    """What is written behind a question in its own cell: after a colon, on a line to write on, or a number at its end."""
    text = legible(text)
    if question.type == "number" and not question.parts:
        found = _QUANTITY.search(_LINES.sub("", text))
        return found[1].strip() if found else ""
    for mark in ("：", ":", "＿", "_"):
        head, found_mark, rest = text.partition(mark)
        if found_mark and head.strip() and rest.strip(_EDGES):
            return rest.strip(_EDGES)
    return ""


def _lists_options(text: str, question: Question, form: QuestionForm) -> bool:
    choices = form.words.choices.get(question.id)
    return choices is not None and len(choices.pattern.findall(legible(text))) > 1


def _printed(cell: Cell, question: Question, form: QuestionForm) -> bool:
    """Whether a text is the form's own: a unit, a hint, the list of the options."""
    if not isinstance(cell.value, str):
        return False
    text = tidy(legible(cell.value)).strip(_EDGES + "()（）")
    notes = {label_key(question.note), *(label_key(part.title) for part in question.parts)} - {""}
    if text in form.words.units or label_key(cell.value) in notes:
        return True
    return _lists_options(cell.value, question, form) and not any(c in text for c in ",、;/")


# ---------------------------------------------------------------------------------------------------------- the sheet


def _sheet(
    path: str, grid: Grid, form: QuestionForm, campaign: Campaign, stamp: Stamp | None
) -> QuestionnaireSheet:
    roster, words = campaign.roster, vocabulary(campaign)
    responses = tuple(_responses(grid, form))
    fields: dict[str, FieldValue] = {}
    for row in (*range(grid.first, form.top), *range(form.bottom + 1, len(grid.rows))):
        for field, value in fields_in_row(grid, row, words):
            if field not in fields or (value.text and not fields[field].text):
                fields[field] = value
    hints = find_hints(path, grid, (form.top, form.words.level), fields.get("county"), roster, words, stamp)
    name = next(
        (
            FieldValue(response.cell, response.text, whole=True)
            for response in responses
            if form.words.questions[response.question].holds == "unit"
        ),
        None,
    )
    written = fields.get("unit")
    if name is not None and name.text and written is not None and written.text:
        beside = roster.find(written.text)  # the form asks for the unit twice: what differs is told
        place = roster.units[beside.unit].county if beside.unit else None
        hints = (*hints, Hint(Origin.HEADER, written.text, beside.unit, place, candidates=beside.candidates))
    unit = unit_claim(name if name is not None and (name.text or not written) else written, hints, roster)
    found = {block.question for block in form.blocks}
    return QuestionnaireSheet(
        file=path,
        sheet=grid.name,
        level=form.words.level,
        first=form.blocks[0].label,
        unit=unit,
        stage=stage_claim(fields.get("stage"), hints, grid, None, words),
        date=date_claim(fields.get("date"), date_1904=grid.date_1904),
        responses=responses,
        missing=tuple(question for question in form.words.questions if question not in found),
        repeated=tuple(form.repeated),
        unknown=tuple(form.unknown),
        altered=tuple((block.question, block.label) for block in form.blocks if block.altered),
    )
