"""What rules about questionnaires look at: a questionnaire, and one answer of it, each able to make its own findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from huitoukan.campaign.questionnaire import Question, Questionnaire, split_reference
from huitoukan.grid import Cell, Grid
from huitoukan.intake.answering import AnswerKind
from huitoukan.intake.questionnaire import QuestionnaireSheet, Response
from huitoukan.intake.stamp import Stamp
from huitoukan.model import Finding
from huitoukan.phrase import Phrase


@dataclass(frozen=True)
class SurveySubject:
    """One questionnaire as it was filled in, beside the questions, the worksheet and the stamp of its form."""

    sheet: QuestionnaireSheet
    questionnaire: Questionnaire
    grid: Grid
    stamp: Stamp | None = None

    def finding(
        self, cell: Cell | None = None, *, question: str | None = None, expected: Phrase | str | None = None,
        blocks: bool | None = None, **details: object,
    ) -> Finding:  # fmt: skip
        """A finding on this questionnaire, at a cell or as a whole; `question` is the id of the question it is about."""
        # Of several forms on a worksheet, the first cell tells which one it is.
        place = cell or (self.grid.cell(self.grid.first, 0) if self.grid.part else None)
        return Finding(
            file=self.sheet.file,
            sheet=self.sheet.sheet,
            cell=place.address if place else None,
            unit=self.sheet.unit.unit,
            stage=self.sheet.stage.stage,
            item=question,
            value=cell.text if cell else None,
            expected=expected,
            details=tuple(details.items()),
            blocks=blocks,
        )

    @cached_property
    def answers(self) -> tuple[ResponseSubject, ...]:
        """The answers, each beside its question."""
        questions = self.questionnaire.by_id
        return tuple(ResponseSubject(one, questions[one.question], self) for one in self.sheet.responses)

    @cached_property
    def numbers(self) -> Mapping[tuple[str, str | None], ResponseSubject]:
        """The numbers that can be used, by question and part."""
        return {
            (one.response.question, one.response.part): one
            for one in self.answers
            if one.response.number is not None
        }

    def number(self, reference: str) -> ResponseSubject | None:
        """The number that a check names, where it can be used."""
        return self.numbers.get(split_reference(reference))

    @cached_property
    def empty(self) -> bool:
        """Whether nobody answered anything, apart from the name of the unit and who filled it in."""
        return all(
            one.response.kind is AnswerKind.BLANK for one in self.answers if one.question.holds is None
        )


@dataclass(frozen=True)
class ResponseSubject:
    """One answer beside its question."""

    response: Response
    question: Question
    of: SurveySubject

    @property
    def label(self) -> str:
        """The question as messages name it, with its part: `Q11 辖区村（居）数`."""
        part = self.question.part(self.response.part)
        return self.question.label() if part is None else f"{self.question.id} {part.title}"

    @property
    def number(self) -> Decimal:
        """The number of an answer that has one."""
        assert self.response.number is not None
        return self.response.number

    def finding(
        self, cell: Cell | None = None, *, expected: Phrase | str | None = None, **details: object
    ) -> Finding:
        """A finding at the cell of this answer, or at another one."""
        return self.of.finding(
            cell or self.response.cell,
            question=self.question.id,
            expected=expected,
            blocks=None,
            **{"label": self.label, **details},
        )
