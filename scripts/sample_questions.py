"""The questionnaires (调查问卷) of the made-up sample inspection: who fills in which, how it looks, what is planted.

Part of `make_sample_sheets.py`. One county fills in the blank forms of `huitoukan form --kind questionnaire`, one draws a
form of its own with all its townships in one workbook, one has a workbook for each unit.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet
from sample_answers import Answers, answers_of, letters_of
from sample_forms import Sheet, Unit
from sample_renderings import rendered

from huitoukan.campaign.campaign import load_campaign
from huitoukan.model import SheetKind, Stage
from huitoukan.output.forms import blank_forms, workbook_of
from huitoukan.output.text import Words

YEAR = 2023
BY_BLANK_FORM = "榆社县"
IN_ONE_WORKBOOK = "左权县"
WORKBOOK = "县级检查/左权县/左权县乡镇调查问卷（6个乡镇）.xlsx"
MAILED = "县级检查/和顺县/补报义兴镇调查问卷.eml"
FILLED_IN = (
    *("榆社县统计局", "箕城镇", "云簇镇", "郝北镇", "社城镇", "河峪乡", "北寨乡"),
    *("左权县统计局", "辽阳镇", "桐峪镇", "麻田镇", "芹泉镇", "寒王乡", "羊角乡"),
    *("义兴镇", "松烟镇", "青城镇", "横岭镇"),
)
NOT_SENT = (
    "榆社县西马乡（140721202）报来县级检查的空表（S413），也就算查过的单位，没有调查问卷",
    "和顺县李阳镇（140723101）查过了，没有报调查问卷",
)


@dataclass(frozen=True)
class Slip:
    """A planted problem: what stands as the answer to a question instead; `at` is the cell where it is reported, if another.

    One without a code belongs to another one. `score` is the item whose score contradicts the answer: it is reported there.
    """

    code: str
    unit: str
    question: str
    answer: str | int | float
    note: str = ""
    at: str = ""
    score: str = ""


SLIPS = (
    Slip("Q814", "云簇镇", "Q21", "A、G", "“主要困难”选了“其他”，没有写明是什么", at="Q21.other"),
    Slip("Q812", "社城镇", "Q5", 4, "实有统计人员4人，专职、兼职加起来不是4人"),
    Slip("Q802", "河峪乡", "Q20", "", "“撰写分析信息篇数”没有填"),
    Slip("", "北寨乡", "Q6", 0),
    Slip("I727", "北寨乡", "Q7", 3, "“统计人员”得满分6分，调查问卷却填没有专职人员", score="T2.3"),
    Slip("", "北寨乡", "Q5", 3),
    Slip("Q817", "左权县统计局", "Q12.townships", 9, "辖区乡镇填9个，名录里是8个"),
    Slip("Q816", "辽阳镇", "Q3", "统计站", "填表人和联系电话只写了“统计站”"),
    Slip("Q807", "桐峪镇", "Q8", "约3", "变动人次写“约3”，要靠猜，没有采用"),
    Slip("Q820", "麻田镇", "Q5", "{}人", "人数后面写了“人”，照样读取"),
    Slip("Q808", "芹泉镇", "Q13", "28500元", "经费以万元为单位，填的是28500元，没有换算"),
    Slip("Q804", "寒王乡", "Q14", "A、B", "经费来源是单选题，选了A、B两项"),
    Slip("Q821", "羊角乡", "Q11", "{villages}/{staffed}", "村数和已配统计员的村数写在一格，照样读取"),
    Slip("Q803", "青城镇", "Q2", "F", "机构设置形式填“F”，没有这个选项"),
    Slip("I727", "青城镇", "Q13", 0, "“列入预算”得满分5分，调查问卷却填经费为0", score="T8.1"),
)


@dataclass(frozen=True)
class Response:
    """One filled questionnaire: whose it is, in which file, and the cells of its answers."""

    unit: Unit
    path: str
    sheet: str
    cells: Mapping[str, str]


def path_of(unit: Unit) -> str:
    """The file of a unit's questionnaire."""
    if unit.county == BY_BLANK_FORM:
        return f"县级检查/榆社县/调查问卷/县级检查-榆社县-{unit.name}-调查问卷.xlsx"
    if unit.county == IN_ONE_WORKBOOK:
        return WORKBOOK if unit.township else "县级检查/左权县/左权县统计局调查问卷.xlsx"
    return (
        f"{MAILED}/义兴镇调查问卷.xlsx"
        if unit.name == "义兴镇"
        else f"县级检查/和顺县/调查问卷（{unit.name}）.xlsx"
    )


class Questionnaires:
    """All questionnaires of the inspection: their files and the rows of the list of problems."""

    def __init__(self, campaign: Path, questions: Path) -> None:
        self.campaign = load_campaign(campaign)
        raw = yaml.safe_load(questions.read_text(encoding="utf-8"))
        self.title, self.questions = raw["title"], raw["questions"]
        self.blank = {
            form.unit.code: form
            for form in blank_forms(self.campaign, Stage.COUNTY, kind=SheetKind.QUESTIONNAIRE)
        }
        self.workbooks: dict[str, Workbook] = {}
        self.responses: list[Response] = []

    def fill(
        self, units: Sequence[Unit], highest: Callable[[Unit], Sheet], contact: Callable[[Unit], str]
    ) -> dict[str, bytes]:
        """Fill in all of them, in agreement with the highest sheet of each unit; the files by their paths."""
        townships = {unit.county: 0 for unit in units}
        for unit in units:
            townships[unit.county] += unit.township
        for place, unit in enumerate(unit for unit in units if unit.name in FILLED_IN):
            sheet = highest(unit)
            count = 9 + place * 5 % 17 if unit.township else townships[unit.county]
            answers = answers_of(sheet, place, count, contact(unit))
            for slip in (slip for slip in SLIPS if slip.unit == unit.name):
                old = answers.pop(slip.question, "")
                parts = {part: answers.get(f"Q11.{part}") for part in ("villages", "staffed")}
                text = slip.answer.format(old, **parts) if isinstance(slip.answer, str) else slip.answer
                answers[slip.question] = text
            if "Q11" in answers:
                del answers["Q11.villages"], answers["Q11.staffed"]
            day = date(2024, 6, 3 + place % 5)
            draw = self._on_our_form if unit.county == BY_BLANK_FORM else self._on_own_form
            draw(unit, answers, day)
        return {path: rendered(workbook, "plain") for path, workbook in self.workbooks.items()}

    def problems(self, score_cell: Callable[[Unit, str], tuple[str, str, str]]) -> Iterator[Sequence[str]]:
        """Rows of the list; `score_cell` gives file, worksheet and cell of an item on the sheet that counts."""
        for slip in (slip for slip in SLIPS if slip.code):
            one = next(response for response in self.responses if response.unit.name == slip.unit)
            if slip.score:
                yield *score_cell(one.unit, slip.score), slip.code, slip.note
            else:
                yield one.path, one.sheet, one.cells[slip.at or slip.question], slip.code, slip.note

    @property
    def contradicting(self) -> set[str]:
        """The files with an answer that contradicts a score, which is reported at the score."""
        named = {slip.unit for slip in SLIPS if slip.score}
        return {response.path for response in self.responses if response.unit.name in named}

    # ------------------------------------------------------------------------------------------ our own blank form

    def _on_our_form(self, unit: Unit, answers: Answers, day: date) -> None:
        blank = workbook_of(self.blank[unit.code], self.campaign, Words("zh"))
        workbook = load_workbook(io.BytesIO(blank))
        ws = workbook.worksheets[0]
        workbook.properties.creator = unit.full_name
        cells: dict[str, str] = {}
        titles = {
            part["title"]: f"{q['id']}.{part['id']}" for q in self.questions for part in q.get("parts", ())
        }
        asked = {q["id"]: q for q in self.questions}
        question = ""
        for row in ws.iter_rows(max_col=5):
            number, _, option, answer, unit_cell = row
            if answer.value == "检查日期":
                unit_cell.value = day
            question = str(number.value) if str(number.value) in asked else question
            if not question:
                continue
            key = titles.get(str(option.value), question)
            if asked[question]["type"] == "multiple":
                letter = str(option.value)[:1]
                other = str(option.value).startswith("请写明")
                cells.setdefault(question, answer.coordinate)
                if other:
                    cells[f"{question}.other"] = answer.coordinate
                elif letter in letters_of(answers[question]):
                    answer.value = "√"
                continue
            written = option if asked[question]["type"] == "text" and question == "Q22" else answer
            if question == "Q1":
                continue  # printed on the form
            cells[key] = written.coordinate
            value = answers[key]
            if asked[question]["type"] == "single" and value:
                value = next(line for line in str(option.value).splitlines() if line.startswith(str(value)))
            written.value = value if value != "" else None
        self.workbooks[path_of(unit)] = workbook
        self.responses.append(Response(unit, path_of(unit), ws.title, cells))

    # ------------------------------------------------------------------------------------------ a form of their own

    def _on_own_form(self, unit: Unit, answers: Answers, day: date) -> None:
        path = path_of(unit)
        if path in self.workbooks:
            ws = self.workbooks[path].create_sheet(unit.name)
        else:
            self.workbooks[path] = Workbook()
            ws = self.workbooks[path].worksheets[0]
            ws.title = unit.name if path == WORKBOOK else "Sheet1"
        level = "township" if unit.township else "county"
        ws.append([f"{self.title}（{'乡镇' if unit.township else '县级'}）"])
        ws.append(["序号", "题目", "选项", "答案"])
        cells: dict[str, str] = {}
        for question in (q for q in self.questions if level in q["levels"]):
            for key, title, option in _rows(question, answers):
                ws.append([ws.max_row - 1, title.replace("{year}", str(YEAR)), option, answers[key] or None])
                if answers[key] == 0:
                    ws.cell(ws.max_row, 4, 0)
                cells[key] = f"D{ws.max_row}"
        ws.append([])
        ws.append(["", "填表日期", "", f"{day.year}年{day.month}月{day.day}日"])
        _dress(ws)
        self.responses.append(Response(unit, path, ws.title, cells))


def _rows(question: Mapping[str, Any], answers: Answers) -> Iterator[tuple[str, str, str]]:
    """The rows of a question: the key of the answer, the title, the options or the unit."""
    options = " ".join(f"{one['key']}{one['title']}" for one in question.get("options", ()))
    if "parts" not in question or question["id"] in answers:
        yield question["id"], question["title"], options or question.get("unit", "")
        return
    for part in question["parts"]:
        yield f"{question['id']}.{part['id']}", part["title"], part.get("unit", "")


def _dress(ws: Worksheet) -> None:
    line = Side(style="thin")
    ws.merge_cells("A1:D1")
    ws["A1"].font = Font(name="黑体", size=15)
    ws["A1"].alignment = Alignment(horizontal="center")
    for letter, width in zip("ABCD", (6, 34, 44, 38), strict=True):
        ws.column_dimensions[letter].width = width
    for row in ws.iter_rows(min_row=2, max_row=ws.max_row - 2, max_col=4):
        for cell in row:
            cell.border = Border(line, line, line, line)
            cell.font = Font(name="宋体", size=11, bold=cell.row == 2)
            cell.alignment = Alignment(vertical="center", wrap_text=True)
