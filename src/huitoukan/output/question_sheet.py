"""Drawing the questionnaire (调查问卷) on a worksheet: A4 portrait, one row a question, in which only answers can be written.

A choice of one is a list to choose from; a choice of several has a row for each option, in which a √ is chosen: on paper and in
every spreadsheet program that is how offices fill in such a form. Labels and titles are those of the questionnaire and the
rubric, because forms are recognised by them; hints speak the language asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.questionnaire import Option, Part, Question
from huitoukan.model import Stage, Unit
from huitoukan.output.check_column import CheckColumn
from huitoukan.output.form_drawing import (
    ENTRY,
    FIELD,
    GIVEN,
    HEAD,
    MIDDLE,
    NOTE,
    TEXT,
    TITLE,
    Drawing,
    Look,
)
from huitoukan.output.form_entry import colour_blank, date_validation
from huitoukan.output.form_guide import pointer
from huitoukan.output.form_page import break_pages, growing_row, height_of, lines_of, set_up_page
from huitoukan.output.form_sheet import DATE_FORMAT, TEXT_FORMAT
from huitoukan.output.question_entry import (
    colour_disagreeing,
    colour_unanswered,
    colour_unexplained,
    list_validation,
    literal_list,
    number_hint,
    number_validation,
    text_validation,
)
from huitoukan.output.question_verdicts import AnswerCells, check_answers
from huitoukan.output.text import Words
from huitoukan.phrase import Phrase, say

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

# Columns from left to right: role and width in points; all together they fill the width of A4 portrait.
_COLUMNS = {"number": 36.0, "question": 142.0, "option": 150.0, "answer": 117.0, "unit": 82.0}
_MARKED = Look(side="center", border="box", locked=False)
_LOCKED = Look(border="box")
_TITLE_ROW, _FIELD_ROW, _HEAD_ROW, _ROW, _GAP = 30.0, 21.0, 24.0, 20.0, 6.0
_LONG_TEXT = 12  # characters on a line for each of which a long answer gets room


class QuestionSheet(Drawing):
    """One blank questionnaire in the making: draw it once, top down."""

    def __init__(
        self, sheet: Worksheet, hidden: Worksheet, campaign: Campaign, unit: Unit, stage: Stage, words: Words
    ) -> None:
        super().__init__(sheet, hidden, _COLUMNS)
        assert campaign.questionnaire is not None
        self.campaign, self.unit, self.stage, self.words = campaign, unit, stage, words
        self.asked = campaign.questionnaire
        self.checks = CheckColumn(self, campaign, words)
        self.answers = AnswerCells()
        self._groups: list[tuple[int, int]] = []

    def draw(self) -> None:
        """Title, fields, notes, questions; then what concerns the whole sheet."""
        self.set_widths()
        self._title()
        self._fields()
        self._notes()
        header = self.row
        for role, label in self.asked.form.columns.labels().items():
            self.cell(role, label.label, HEAD)
        self.checks.head(self.row)
        self.end_row(_HEAD_ROW)
        for question in self.asked.of_level(self.unit.level):
            first = self.row
            self._question(question)
            self._groups.append((first, self.row - 1))
        colour_disagreeing(self.sheet, self.asked.checks, self.answers.numbers)
        check_answers(self.checks, self.answers, self.asked, self.unit)
        area = f"{self.letters['number']}1:{self.letters['unit']}{self.row - 1}"
        set_up_page(self.sheet, header, area, self.words, portrait=True)
        break_pages(self.sheet, header, self._groups, sum(self.widths.values()), portrait=True)
        protection = self.sheet.protection
        protection.sheet = True
        protection.formatColumns = protection.formatRows = False  # what is False is allowed

    # -------------------------------------------------------------------------------------------- around the questions

    def _title(self) -> None:
        title = questionnaire_title(self.campaign, self.unit)
        look = TITLE._replace(size=16.0)
        self.span("number", "unit", title, look)
        self.end_row(_TITLE_ROW * lines_of(title, sum(self.widths.values()), look.size))

    def _fields(self) -> None:
        labels, settings = self.campaign.rubric.form.fields, self.campaign.settings.stages[self.stage]
        # A title of the analyst's that is none of the words for the stage would not be recognised.
        stage = settings.title if settings.title in settings.words else settings.words[0]
        self.label("number", "question", labels.stage.label)
        self.span("option", "option", stage, GIVEN)
        self.label("answer", "answer", labels.date.label)
        day = self.span("unit", "unit", None, FIELD)
        day.number_format = DATE_FORMAT
        self.sheet.add_data_validation(
            date_validation(day.coordinate, settings, labels.date.label, self.words)
        )
        colour_blank(self.sheet, day.coordinate)
        self.end_row(_FIELD_ROW)

    def _notes(self) -> None:
        words, mark = self.words, self.asked.form.chosen[0]
        notes = (
            words("只填淡黄色的单元格和表中的白色空格, 其余单元格已锁定; 请勿增删行列、改动题目。"),
            words("单选题从下拉列表里选; 多选题在所选各项后面选“{mark}”, 没有选的留空。").format(mark=mark),
            words("数只填数, 不写单位; 没有的填 0, 不能留空。几个数互相对不上的, 该格显示为淡红色。"),
            pointer(words),
        )
        lines = [words("填表说明:"), *(f"{n}. {note}" for n, note in enumerate(notes, 1))]
        text = "\n".join(lines)
        # All in one cell: one that begins with a number might be taken for the number of a question.
        self.span("number", "unit", text, NOTE)
        self.end_row(height_of(text, sum(self.widths.values()), NOTE.size) + _GAP)

    # -------------------------------------------------------------------------------------------- questions

    def _question(self, question: Question) -> None:
        if question.type == "multiple":
            self._multiple(question)
        elif question.type == "number" and question.parts:
            self._parts(question)
        elif question.type == "number":
            hint = number_hint(question)
            answer = self._row(question, self._asked(question, hint), question.unit, _MARKED)
            self.answers.numbers[question.id, None] = answer.coordinate
            self.sheet.add_data_validation(
                number_validation(answer.coordinate, question, question, hint, self.words)
            )
        elif question.type == "single":
            self._single(question)
        else:
            self._text(question)

    def _asked(self, question: Question, hint: Phrase) -> str:
        """What the column of options says of a question that has none."""
        return question.note or self.words.phrase(hint)

    def _row(self, question: Question, option: str, unit: str, look: Look) -> Cell:
        """The row of a question with one answer."""
        self.cell("number", question.id, MIDDLE)
        self.cell("question", question.title, TEXT)
        self.cell("option", option, TEXT)
        answer = self._answer(unit, look)
        self._colour(question, answer.coordinate, [answer.coordinate])
        texts = {"question": question.title, "option": option}
        height = max(_ROW, *(height_of(text, self.widths[role]) for role, text in texts.items()))
        growing_row(self.sheet, self.row, height)
        self.row += 1
        return answer

    def _colour(self, question: Question, area: str, cells: list[str]) -> None:
        if question.required:
            colour_unanswered(self.sheet, area, cells)

    def _single(self, question: Question) -> None:
        entries = [option.label() for option in question.options]
        hint = say("从下拉列表里选一项。")
        answer = self._row(question, "\n".join(entries), "", _MARKED)
        self.answers.singles[question.id] = answer.coordinate
        source = literal_list(entries) or self.keep(entries)
        self.sheet.add_data_validation(list_validation(answer.coordinate, source, question, hint, self.words))

    def _multiple(self, question: Question) -> None:
        first, mark = self.row, self.asked.form.chosen[0]
        hint = say("可以选几项: 在所选各项后面选“{mark}”, 没有选的留空。", mark=mark)
        marks: list[str] = []
        texts: list[tuple[Option, str]] = []
        for option in question.options:
            answer = self._part_row(question, option.label(), "", _MARKED)
            marks.append(answer.coordinate)
            source = literal_list([mark]) or self.keep([mark])
            self.sheet.add_data_validation(
                list_validation(answer.coordinate, source, question, hint, self.words)
            )
            if option.needs_text:
                texts.append((option, answer.coordinate))
        self.answers.marks[question.id] = marks
        for option, needed in texts:
            answer = self._part_row(question, self.asked.form.other_text.label, "", ENTRY)
            self.answers.others[question.id] = (option, needed, answer.coordinate)
            colour_unexplained(self.sheet, answer.coordinate, needed)
            told = say("选了“其他”的, 写明具体内容。")
            self.sheet.add_data_validation(text_validation(answer.coordinate, question, told, self.words))
        self._join(first, question)
        self._colour(question, f"{marks[0]}:{marks[-1]}", marks)

    def _parts(self, question: Question) -> None:
        first = self.row
        for part in question.parts:
            hint = number_hint(part)
            answer = self._part_row(question, part.title, part.unit, _MARKED)
            self.answers.numbers[question.id, part.id] = answer.coordinate
            self._colour(question, answer.coordinate, [answer.coordinate])
            self.sheet.add_data_validation(self._part_validation(answer, part, question, hint))
        self._join(first, question)

    def _part_validation(self, answer: Cell, part: Part, question: Question, hint: Phrase) -> DataValidation:
        told = say("{part}: {hint}", part=part.title, hint=hint)
        return number_validation(answer.coordinate, part, question, told, self.words)

    def _answer(self, unit: str, look: Look) -> Cell:
        """The cell of an answer; without a unit, it stretches over the column of units."""
        if not unit:
            return self.span("answer", "unit", None, look)
        answer = self.cell("answer", None, look)
        self.cell("unit", unit, MIDDLE)
        return answer

    def _part_row(self, question: Question, option: str, unit: str, look: Look) -> Cell:
        """One of the rows of a question with several answers."""
        self.cell("number", question.id, MIDDLE)
        self.cell("question", question.title, TEXT)
        self.cell("option", option, TEXT)
        answer = self._answer(unit, look)
        growing_row(self.sheet, self.row, max(_ROW, height_of(option, self.widths["option"])))
        self.row += 1
        return answer

    def _join(self, first: int, question: Question) -> None:
        """Merge number and title of a question over its rows, and make these high enough for the title."""
        last = self.row - 1
        if last > first:
            for role in ("number", "question"):
                self.sheet.merge_cells(f"{self.letters[role]}{first}:{self.letters[role]}{last}")
        rows = range(first, last + 1)
        height = sum(float(self.sheet.row_dimensions[row].height or 0) for row in rows)
        missing = height_of(question.title, self.widths["question"]) - height
        if missing > 0:
            growing_row(self.sheet, last, float(self.sheet.row_dimensions[last].height or 0) + missing)

    def _text(self, question: Question) -> None:
        given = self.campaign.roster.full_name(self.unit.code) if question.holds == "unit" else None
        look = _LOCKED if given else ENTRY
        self.cell("number", question.id, MIDDLE)
        title, limit = question.title, question.longest
        if limit is not None:
            title += self.words.phrase(say("（不超过 {limit} 字）", limit=limit.value))
        self.cell("question", title, TEXT)
        roles = ("option", "answer", "unit")
        height = max(_ROW, height_of(title, self.widths["question"]))
        if limit is not None or not question.note or given:
            answer = self.span("option", "unit", given, look)
            width = sum(self.widths[role] for role in roles)
            longest = int(limit.value) if limit is not None else 0
            height = max(height, height_of("字" * longest, width)) if longest else height
        else:
            self.cell("option", question.note, TEXT)
            answer = self.span("answer", "unit", None, look)
            height = max(height, height_of(question.note, self.widths["option"]))
        answer.number_format = TEXT_FORMAT  # a telephone number would lose its leading zero
        self.sheet.row_dimensions[self.row].height = height
        self.row += 1
        if given is not None:
            self.answers.given.append(self.row - 1)
        else:
            self.answers.texts[question.id] = answer.coordinate
            self._colour(question, answer.coordinate, [answer.coordinate])
            hint = say("最多 {limit} 字。", limit=limit.value) if limit is not None else say("请填写。")
            self.sheet.add_data_validation(text_validation(answer.coordinate, question, hint, self.words))


def questionnaire_title(campaign: Campaign, unit: Unit) -> str:
    """The title of a questionnaire, and the level it is for."""
    assert campaign.questionnaire is not None
    return f"{campaign.questionnaire.title}（{campaign.rubric.level(unit.level).title}）"
