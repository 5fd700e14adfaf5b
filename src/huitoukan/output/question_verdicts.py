"""What the questionnaire says of its answers beside them: the checks of every question, and the colours of what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from huitoukan.campaign.questionnaire import Option, Question, Questionnaire, split_reference
from huitoukan.model import Level, Unit
from huitoukan.output.check_column import CheckColumn
from huitoukan.output.form_checks import Check
from huitoukan.output.form_entry import AT_FAULT, colour_where
from huitoukan.output.form_formulas import FINE, quoted
from huitoukan.output.question_checks import (
    Marks,
    Place,
    Workshop,
    agreement_checks,
    as_number,
    mark_checks,
    number_checks,
    roster_check,
    single_checks,
    text_checks,
    words_check,
)


@dataclass(slots=True)
class AnswerCells:
    """The cells of the answers, noted while the form is drawn.

    `numbers`, `singles` and `texts` hold one cell each, `marks` those beside the options of a question, `others` that for the
    words behind an option; `given` are rows that the form fills in itself.
    """

    numbers: dict[Place, str] = field(default_factory=dict)
    singles: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    marks: dict[str, list[str]] = field(default_factory=dict)
    others: dict[str, tuple[Option, str, str]] = field(default_factory=dict)
    given: list[int] = field(default_factory=list)

    def of_questions(self) -> Mapping[str, str]:
        """The cells or the area of cells of each question."""
        found: dict[str, str] = {}
        for (question, _), cell in self.numbers.items():
            found[question] = f"{found[question]},{cell}" if question in found else cell
        found |= self.singles | self.texts
        return found | {question: f"{cells[0]}:{cells[-1]}" for question, cells in self.marks.items()}


def check_answers(checks: CheckColumn, cells: AnswerCells, asked: Questionnaire, unit: Unit) -> None:
    """Write the verdicts on all answers, and the cell at the top."""
    shop = Workshop(checks.work, checks.keep, checks.words)
    for row in cells.given:
        checks.verdict(row, quoted(FINE), FINE)
    for place, found in _numbers(checks, cells, asked, unit, shop):
        _write(checks, cells.numbers[place], found, asked.by_id[place[0]])
    for name, cell in cells.singles.items():
        _write(checks, cell, single_checks(cell, asked.by_id[name], shop), asked.by_id[name])
    for name, cell in cells.texts.items():
        _write(checks, cell, text_checks(cell, asked.by_id[name], shop), asked.by_id[name])
    form = asked.form
    marks = Marks(form.chosen, form.not_chosen, form.nothing)
    for name, several in cells.marks.items():
        _marks(checks, cells, asked.by_id[name], several, marks, shop)
    areas = cells.of_questions()
    answered = "+".join(f"(COUNTA({area})>0)" for area in areas.values())
    checks.top(f"({answered})", len(areas))


def _numbers(
    checks: CheckColumn, cells: AnswerCells, asked: Questionnaire, unit: Unit, shop: Workshop
) -> Iterator[tuple[Place, list[Check]]]:
    compared = {
        split_reference(name)
        for names in (
            *((one.total, *one.parts) for one in asked.checks.sums),
            *((one.value, one.limit) for one in asked.checks.at_most),
        )
        for name in names
    }
    values = {
        place: as_number(cell, asked.by_id[place[0]].measure(place[1]), shop)
        for place, cell in cells.numbers.items()
        if place in compared
    }
    agreements = agreement_checks(asked.checks, values, shop.words)
    known = (
        {split_reference(one.value) for one in asked.checks.roster} if unit.level is Level.COUNTY else set()
    )
    townships = sum(one.required for one in checks.campaign.roster.townships(unit.code)) if known else 0
    for place, cell in cells.numbers.items():
        question = asked.by_id[place[0]]
        found = number_checks(cell, question.measure(place[1]), question, unit.level, shop)
        found += agreements.get(place, ())
        if place in known:
            found.append(roster_check(cell, townships, shop.words))
        yield place, found


def _marks(
    checks: CheckColumn,
    cells: AnswerCells,
    question: Question,
    several: Sequence[str],
    marks: Marks,
    shop: Workshop,
) -> None:
    for cell, found in zip(several, mark_checks(several, question, marks, shop), strict=True):
        _write(checks, cell, found, question)
    if question.id in cells.others:
        option, mark, cell = cells.others[question.id]
        verdicts = f"{checks.letter}{_row(several[0])}:{checks.letter}{_row(several[-1])}"
        clear = f"COUNTIF({verdicts},{quoted(FINE)})={len(several)}"
        _write(checks, cell, [words_check(mark, cell, option, question, marks, shop, clear)], question)


def _write(checks: CheckColumn, cell: str, found: list[Check], question: Question) -> None:
    """The verdict on the row of an answer: an optional one may be left out, and a wrong one turns red."""
    blank = found[0].told if question.required and found[0].codes == ("Q802",) else ""
    optional = not question.required and question.type in ("number", "single")
    checks.checks(_row(cell), found, blank, optional=cell if optional else None)
    wrong = [check.when for check in found if check.codes != ("Q802",)]
    if wrong and question.type in ("number", "single"):
        formula = f"IFERROR(AND(LEN({cell})>0,OR({','.join(wrong)})),TRUE)"
        colour_where(checks.sheet, cell, formula, background=AT_FAULT)


def _row(cell: str) -> int:
    return int(re.sub("[A-Z]", "", cell))
