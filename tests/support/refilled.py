"""Random fillings of the forms that check themselves: many copies of a blank form in one workbook, recalculated by LibreOffice.

One start of the program for all of them: a form is a worksheet whose formulas ask nothing outside of it.
"""

from __future__ import annotations

import io
import random
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from huitoukan.campaign.rubric import Item
from huitoukan.model import Level, SheetKind, Stage
from huitoukan.output.forms import BlankForm, workbook_of
from huitoukan.output.text import Words
from tests.support.forms import days, legal_scores, shipped
from tests.support.questionnaires import places, questions, random_answers

# ---------------------------------------------------------------------------------------------------------- values

NO_SCORES: Sequence[object] = (
    None, " ", "\u3000", "\u200b", "4.5分", "３", " 2 ", "'3", "O", "o", "l", "√", "满分", "90%", "百分之九十", "九成",
    "同上", "不适用", "/", "—", "N/A", "无", "四点五", "3-4", "4,5", "4。5", "3/4", "约3", "①", "良好", "扣1", True, False,
    "不适用（无此项）", "-1", "+3", ".5", "2.", "1e1", "#REF!", datetime(2024, 5, 20), "５", "２分", "1 ", "0分", "0",
)  # fmt: skip
STRANGE_NUMBERS = (-1, -0.5, 0.3, 0.25, 1.7, 7, 100, 1e9, 1.05, 2.0000001, 0.1 + 0.2, 3.3333333333)
REASONS = (
    "缺2项制度", "台账不连续，缺3月、4月", "无文件", "现场未见实物", "资料不全,\n已要求补齐", "未按时上报", "  缺册  ", "人员不足",
)  # fmt: skip
NO_REASONS: Sequence[object] = (
    None, None, None, "", " ", "\u3000", "无", "无。", "（无）", "同上", "同上项", "同第3项", "同T1.1", "同前", "扣1分", "扣0.5", "1", 2, 0.5,
    "-1分", "、", "/", "——", "略", "N/A", "见上表", "扣分", "x", "XX", "酌情扣分", "其他", "待补", "是", "…", "√", "扣 1 分", "减1",
)  # fmt: skip
NEARLY_NO_REASONS = (
    "同意整改",
    "扣",
    "无记录",
    "1次未报",
    "略有不足",
    "其他资料不全",
    "扣分见记录",
    "N/A表缺失",
    "同乡镇共用一室",
    "无A",
    "是否齐全不详",
)
EVIDENCE = ("见附件", "档案盒3", "平台截图", "台账、签到册", "文件〔2024〕2号", "照片2张")
NO_EVIDENCE: Sequence[object] = (
    None,
    "",
    " ",
    "无",
    "/",
    "同上",
    "略",
    "1",
    3,
    "—",
    "不详",
    "暂无",
    "（略）",
    "。",
)
PEOPLE = (
    "张建国、李秀英",
    "王志强",
    "王 伟",
    "张三 李四",
    "张建国，李秀英",
    "欧阳修文",
    "张建国（签字）",
    "王志强 李娜",
    "刘　洋",
    "张建国/李秀英",
    "买买提·艾力",
)
NOBODY: Sequence[object] = (
    None,
    "",
    "  ",
    "____",
    "无",
    "同上",
    "XXX",
    "乐平镇统计站",
    "（签字）",
    "本人",
    "王某",
    "张",
    "签字",
    "站长",
    "123",
    "市局检查组",
    "—",
)
PHONES = (
    "0354-4123456",
    "13800138000",
    "138 0013 8000",
    "138-0013-8000",
    "03544123456",
    "4123456",
    "0354-4123456-801",
    "王敏 13800138000",
    "（0354）4123456",
    "0354-4123456转8",
    "+86 13800138000",
)
NO_PHONES: Sequence[object] = (
    None,
    " ",
    "1380013800",
    "00000000",
    "12345",
    "无",
    "见附表",
    4123,
    "0354",
    "238001380001",
)


def day_written(rng: random.Random, stage: Stage) -> object:
    """A day of the stage, or something else, in one of the spellings of offices."""
    day = rng.choice(days(stage))
    spelled: Sequence[object] = (
        datetime.combine(day, datetime.min.time()), f"{day.year}年{day.month}月{day.day}日", f"{day.year}.{day.month}.{day.day}", day.isoformat(),
        f"{day:%Y/%m/%d}", f"{day:%Y%m%d}", int(f"{day:%Y%m%d}"), f"{day.year % 100}.{day.month}.{day.day}", f"{day.year} 年 {day.month} 月 {day.day} 日",
        (day - date(1899, 12, 30)).days,
    )  # fmt: skip
    wrong: Sequence[object] = (
        None, " ", "年  月  日", "2024年5月32日", "2024.2.30", f"{day.month}月{day.day}日", f"{day.month}.{day.day}", "见封面", 5.2, 5.15,
        datetime(2023, 5, 20), datetime(2024, 8, 1), "2024.8.1", datetime.combine(day, datetime.min.time()) - timedelta(days=60), "2024年5月", 12,
    )  # fmt: skip
    return rng.choice(spelled if rng.random() < 0.6 else wrong)


def score_row(rng: random.Random, item: Item, wrong: float) -> tuple[object, object, object]:
    """Score, reason and evidence of an item; `wrong` is the share of each that is not in order."""
    legal = rng.choice(legal_scores(item)) if rng.random() < 0.5 else item.maximum
    score: object = float(legal)
    if rng.random() < wrong:
        strange = rng.choice(STRANGE_NUMBERS)
        score = rng.choice((rng.choice(NO_SCORES), rng.choice(NO_SCORES), strange, float(item.maximum) + 0.5))
    lost = isinstance(score, float) and score < float(item.maximum)
    reason: object = rng.choice(REASONS) if lost else None
    if rng.random() < wrong:
        reason = rng.choice(NO_REASONS) if rng.random() < 0.8 else rng.choice(NEARLY_NO_REASONS)
    evidence: object = rng.choice(EVIDENCE)
    if rng.random() < wrong:
        evidence = rng.choice(NO_EVIDENCE)
    return score, reason, evidence


# ---------------------------------------------------------------------------------------------------------- answers

NO_NUMBERS: Sequence[object] = (
    None, " ", "____", "3人", "３", " 4 ", "约3", "三人", "无", "3-4", "若干", "见附表", True, datetime(2024, 5, 3), "2台", "12万", "125000元", "5个", "2 人", "１人", "3名",
)  # fmt: skip
ODD_NUMBERS = (-1, 2.5, 3.14159, 1e6, 99999, 151, 31, 100.001, -0.01, 0.1 + 0.2)
NO_OPTIONS: Sequence[object] = (
    None,
    " ",
    "F",
    "见附件",
    "AB",
    "A、B",
    "其他情况",
    1,
    "Z",
    "A或B",
    "√",
    "___",
    True,
)
NO_MARKS: Sequence[object] = (
    "部分",
    "B",
    "?",
    "见附件",
    "×",
    "是",
    "否",
    "1",
    0,
    "Y",
    "✓",
    "AB",
    "A、C",
    True,
    False,
    " ",
    "有一些",
    "已建立",
    "x",
)
CONTACTS = (
    "王敏 13800138000",
    "李建军 0354-3021234",
    "王敏、0354 3021234",
    "欧阳修文13800138000",
    "王 敏 13800138000",
    "办公室 王敏 13800138000",
)
NO_CONTACTS: Sequence[object] = (
    None,
    "王敏",
    "13800138000",
    "无",
    "同上 13800138000",
    "王敏 1380013800",
    "统计站 3021234",
    "____",
    13800138000,
    "王敏 12345",
)
OPINIONS: Sequence[object] = (
    "",
    None,
    "建立了月度会审制度。",
    "字" * 500,
    "字 " * 400,
    "字" * 501,
    "无",
    "\n",
    "A、B 两组轮岗;\n建议增加经费",
)


def fill_answers(sheet: Worksheet, rng: random.Random, level: Level, wrong: float) -> None:
    """Answers to all questions; `wrong` is the share of those that are not in order."""
    rows = places(sheet)
    answers = random_answers(level, rng)

    def one(cell: str, usual: object, strange: Sequence[object]) -> None:
        value = rng.choice(strange) if rng.random() < wrong else usual
        enter(sheet, cell, float(value) if isinstance(value, Decimal) else value)

    for question in questions(level):
        own = rows[question.id]
        if question.type == "number":
            for row, part in zip(own, question.part_ids(), strict=True):
                one(f"D{row}", answers[question.id, part], (*NO_NUMBERS, *ODD_NUMBERS))
        elif question.type == "single":
            option = rng.choice(question.options)
            spelled = (
                option.label(),
                option.key,
                option.key.lower(),
                option.title,
                option.key + option.title,
                f"{option.key}. {option.title}",
            )
            one(f"D{own[0]}", rng.choice(spelled), NO_OPTIONS)
        elif question.type == "multiple":
            chosen = answers.get((question.id, None)) or ()
            if rng.random() < wrong / 2:  # nothing, or letters in one cell
                chosen = ()
                if rng.random() < 0.5:
                    enter(
                        sheet,
                        f"D{own[rng.randrange(len(question.options))]}",
                        rng.choice(("A、C", "ab", "B", "A,B,D", "A B")),
                    )
                    continue
            for row, option in zip(own, question.options, strict=False):
                strange = NO_MARKS if not option.needs_text else ("交通不便", "是", "×")
                if rng.random() < wrong / 4:
                    enter(sheet, f"D{row}", rng.choice(strange))
                elif option.key in chosen:
                    enter(sheet, f"D{row}", rng.choice(("√", "√", "✓", "是")))
            if len(own) > len(question.options):
                one(f"D{own[-1]}", answers.get((question.id, "other")), (None, " ", "交通不便"))
        elif question.holds == "contact":
            one(f"D{own[0]}", rng.choice(CONTACTS), NO_CONTACTS)
        elif question.holds is None:
            one(f"C{own[0]}", answers[question.id, None], OPINIONS)


# ---------------------------------------------------------------------------------------------------------- workbooks


@dataclass(frozen=True)
class Batch:
    """Some fillings of one blank form: a workbook with a worksheet for each, by the name of the batch."""

    name: str
    form: BlankForm
    data: bytes


def batch(
    name: str, form: BlankForm, count: int, fill: Callable[[Worksheet, random.Random, int], None]
) -> Batch:
    """So many copies of a blank form, filled in by a function of worksheet, random numbers and number of the copy."""
    rng = random.Random(name)
    workbook = load_workbook(io.BytesIO(workbook_of(form, shipped(), Words())))
    blank = workbook.worksheets[0]
    copies = [workbook.copy_worksheet(blank) for _ in range(count)]
    for n, sheet in enumerate(copies):
        sheet.title = f"f{n:03}"
        fill(sheet, rng, n)
    for sheet in list(workbook.worksheets):
        if sheet not in copies:
            workbook.remove(sheet)
    stream = io.BytesIO()
    workbook.save(stream)
    return Batch(name, form, stream.getvalue())


def enter(sheet: Worksheet, cell: str, value: object) -> None:
    """What a person types or pastes into an open cell; a text stays a text."""
    assert not sheet[cell].protection.locked, cell
    sheet[cell] = value  # type: ignore[assignment]
    if isinstance(value, str):
        sheet[cell].data_type = "s"


def recalculated(batches: Sequence[Batch], folder: Path) -> dict[str, bytes]:
    """The workbooks as LibreOffice saves them after working out all formulas, by name; the program starts once."""
    sources = []
    for one in batches:
        source = folder / f"{one.name}.xlsx"
        source.write_bytes(one.data)
        sources.append(str(source))
    profile = (folder / "profile").as_uri()
    command = [
        "soffice",
        f"-env:UserInstallation={profile}",
        "--headless",
        "--norestore",
        "--convert-to",
        "xlsx",
    ]
    subprocess.run(
        [*command, "--outdir", str(folder / "saved"), *sources], check=True, capture_output=True, timeout=300
    )
    return {one.name: (folder / "saved" / f"{one.name}.xlsx").read_bytes() for one in batches}


def values_of(data: bytes) -> dict[str, Mapping[str, object]]:
    """The values of every worksheet, by name and cell."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    found = {}
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        top, left = sheet.start or (0, 0)
        rows = sheet.to_python()
        found[name] = {
            f"{letters(column + left)}{row + top + 1}": value
            for row, values in enumerate(rows)
            for column, value in enumerate(values)
            if value != ""
        }
    return found


def letters(column: int) -> str:
    """A column, counted from zero, by its letters."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def score_form(unit: str, stage: Stage) -> BlankForm:
    """The blank score form of a unit."""
    return BlankForm(shipped().roster.units[unit], stage, "a.xlsx")


def question_form(unit: str, stage: Stage) -> BlankForm:
    """The blank questionnaire of a unit."""
    return BlankForm(shipped().roster.units[unit], stage, "a.xlsx", SheetKind.QUESTIONNAIRE)


LEVELS = {Level.COUNTY: "140724", Level.TOWNSHIP: "140724100"}
