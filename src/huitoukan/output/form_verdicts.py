"""What the score form says of its rows and fields beside them, and the colours of what is wrong there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huitoukan.campaign.rubric import Item
from huitoukan.model import Stage
from huitoukan.output.check_column import CheckColumn
from huitoukan.output.form_checks import Check, ItemCells, is_legal, is_not_applicable, is_on, item_verdict
from huitoukan.output.form_entry import AT_FAULT, EMPTY, colour_blank, colour_where
from huitoukan.output.form_field_checks import day_checks, people_checks, people_in, phone_checks, same_person
from huitoukan.output.form_fillers import Fillers, Taken
from huitoukan.output.form_formulas import is_number
from huitoukan.phrase import plain, say

if TYPE_CHECKING:
    from huitoukan.output.form_sheet import FormSheet


def check_item(checks: CheckColumn, item: Item, unit: str, cells: tuple[str, str, str], row: int) -> None:
    """The verdict on an item row, and its colours; `cells` are score, reason and evidence."""
    campaign, words = checks.campaign, checks.words
    score, reason, evidence = cells
    desk = checks.own_working(row)
    own = ItemCells(score, Taken(*desk[:4]), Taken(*desk[4:8]))
    fillers = Fillers.kept(campaign.rubric.form.fillers, checks.keep)
    checks.working(own.reason.working(reason, fillers))
    checks.working(own.evidence.working(evidence, fillers))
    formula = item_verdict(item, unit, own, campaign, words)
    blank = words("没有打分, 请填 {legal}").format(legal=words.phrase(item.legal()))
    checks.verdict(row, formula, blank if is_on("S401", campaign) else "√")
    wrong = (
        f"OR(NOT({is_number(score)}),{score}<0,{score}>{plain(item.maximum)},NOT({is_legal(item, score)}))"
    )
    if item.allows_not_applicable(unit):
        wrong = f"AND(NOT({is_not_applicable(score, campaign.rubric.form.not_applicable)}),{wrong})"
    colour_where(checks.sheet, score, f"IFERROR(AND(LEN(TRIM({score}))>0,{wrong}),TRUE)", background=AT_FAULT)
    if is_on("E506", campaign):
        missing = f"AND(ISNUMBER({score}),{score}>0,LEN(TRIM({evidence}))=0)"
        colour_where(checks.sheet, evidence, f"IFERROR({missing},FALSE)", background=EMPTY)


def check_fields(form: FormSheet) -> None:
    """The verdicts on the day, the names and the telephone number of a form, and their colours."""
    checks, words, labels = form.checks, form.words, form.form.fields
    settings = form.campaign.stages[form.stage]
    window = settings.window

    def missing(label: str) -> str:
        return words("请填{label}").format(label=label)

    def implausible(label: str) -> str:
        return words("{label}不像姓名").format(label=label)

    unreadable = say("日期看不懂, 请填年月日, 如 {example}", example=window.start)
    outside = say(
        "不在{stage_name}阶段 ({start} 至 {end})",
        stage_name=settings.title,
        start=window.start,
        end=window.end,
    )
    days = day_checks(
        form.day, window.start, window.end, checks.work, checks.keep,
        (missing(labels.date.label), words.phrase(unreadable), words.phrase(outside)),
    )  # fmt: skip
    _verdict(form, form.day, days)
    _redden(form, form.day, days[1:])
    inspectors, leader = (
        people_in(form.inspectors, checks.work, checks.keep),
        people_in(form.leader, checks.work, checks.keep),
    )
    people = [
        *people_checks(
            inspectors, missing(labels.inspectors.label),
            implausible(labels.inspectors.label), ("U331", "U335"),
        ),
        *people_checks(
            leader, missing(labels.leader.label), implausible(labels.leader.label),
            ("U332", "U335"),
        ),
    ]  # fmt: skip
    if form.stage is not Stage.SELF:
        same = words("检查人员不应是被检查单位的负责人")
        people.append(Check(("U336",), same_person(inspectors, leader), same))
    _verdict(form, form.inspectors, people)
    colour_blank(form.sheet, form.leader)
    _redden(form, form.inspectors, people[1:2])
    _redden(form, form.leader, people[3:4])
    phones = phone_checks(
        form.phone, checks.work, checks.keep, missing(labels.phone.label),
        words("不像电话号码, 请填 11 位手机号或带区号的座机"),
    )  # fmt: skip
    _verdict(form, form.phone, phones)
    _redden(form, form.phone, phones[1:])


def _verdict(form: FormSheet, cell: str, checks: list[Check]) -> None:
    """The verdict on the row of a field, which is yellow as long as it is blank."""
    row = int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    form.checks.checks(row, checks, checks[0].told)
    colour_blank(form.sheet, cell)


def _redden(form: FormSheet, cell: str, checks: list[Check]) -> None:
    """Pale red for a field that is filled in, but not with what it asks for."""
    for check in checks:
        colour_where(form.sheet, cell, f"IFERROR({check.when},TRUE)", background=AT_FAULT)
