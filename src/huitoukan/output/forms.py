"""Blank workbooks (下发的空白评分表和调查问卷): one for each unit of the roster, the same input giving the same bytes."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from huitoukan.campaign.campaign import Campaign
from huitoukan.intake import stamp
from huitoukan.intake.filling_aids import GUIDE
from huitoukan.intake.stamp import Stamp
from huitoukan.model import Level, SheetKind, Stage, Unit
from huitoukan.output.cached_results import with_results
from huitoukan.output.clockless import moment_of, without_clock
from huitoukan.output.files import file_name, xml_text
from huitoukan.output.form_drawing import chinese_font, put
from huitoukan.output.form_guide import GuideSheet
from huitoukan.output.form_sheet import FormSheet, form_title
from huitoukan.output.question_sheet import QuestionSheet, questionnaire_title
from huitoukan.output.text import Words

SHEET, QUESTIONS = "评分表", "调查问卷"


@dataclass(frozen=True, slots=True)
class BlankForm:
    """One workbook to be written: whose it is, where below the output folder it goes (with `/`), and what it asks."""

    unit: Unit
    stage: Stage
    path: str
    kind: SheetKind = SheetKind.SCORE


def blank_forms(
    campaign: Campaign, stage: Stage, *, county: str | None = None, level: Level | None = None,
    optional: bool = False, kind: SheetKind = SheetKind.SCORE,
) -> tuple[BlankForm, ...]:  # fmt: skip
    """The forms of a stage, by county and unit; `county` is a roster code, optional units come only when asked for.

    Questionnaires are made for the levels that have questions.
    """
    roster = campaign.roster
    title = campaign.settings.stages[stage].title
    last = (QUESTIONS,) if kind is SheetKind.QUESTIONNAIRE else ()
    found, taken = [], set()
    for unit in sorted(roster.units.values(), key=lambda unit: (unit.county, unit.level, unit.code)):
        if not unit.required and not optional:
            continue
        if county not in (None, unit.county) or level not in (None, unit.level):
            continue
        if last and not (campaign.questionnaire and campaign.questionnaire.of_level(unit.level)):
            continue
        place = roster.county_name(unit.county)
        path = _path(title, place, unit.name, *last)
        if path.casefold() in taken:
            path = _path(title, place, unit.name, unit.code, *last)
        taken.add(path.casefold())
        found.append(BlankForm(unit, stage, path, kind))
    return tuple(found)


def _path(stage: str, county: str, *unit: str) -> str:
    parts = [file_name(part) for part in (stage, county, *unit)]
    return str(PurePosixPath(*parts[:2], "-".join(parts) + ".xlsx"))


def workbook_of(form: BlankForm, campaign: Campaign, words: Words) -> bytes:
    """The workbook of a form, as a file."""
    from openpyxl import Workbook  # noqa: PLC0415

    workbook = Workbook()
    # Column widths are counted in digits of the standard font; openpyxl has no public way to set it.
    fonts: Any = workbook._fonts  # type: ignore[attr-defined]
    fonts[0] = chinese_font("宋体", 11)
    sheet = workbook.worksheets[0]
    asks = form.kind is SheetKind.QUESTIONNAIRE
    sheet.title = QUESTIONS if asks else SHEET
    guide = workbook.create_sheet(GUIDE)
    hidden = workbook.create_sheet(stamp.SHEET)
    hidden.sheet_state = "veryHidden"
    for n, row in enumerate(stamp.rows(_stamp(form, campaign)), start=1):
        for column, text in zip("AB", row, strict=True):
            put(hidden[f"{column}{n}"], text)
    draw = QuestionSheet if asks else FormSheet
    drawn = draw(sheet, hidden, campaign, form.unit, form.stage, words)
    drawn.draw()
    GuideSheet(guide, hidden, campaign, form.unit, form.stage, words, form.kind).draw()
    workbook.calculation.fullCalcOnLoad = True  # openpyxl saves formulas without their results
    properties = workbook.properties
    title = questionnaire_title(campaign, form.unit) if asks else form_title(campaign, form.unit)
    properties.creator, properties.title = "huitoukan", xml_text(title)
    moment = moment_of(campaign.settings.period.start)
    properties.created = moment.replace(tzinfo=None)
    stream = io.BytesIO()
    workbook.save(stream)
    results = {"xl/worksheets/sheet1.xml": drawn.checks.results}
    calculated = with_results(stream.getvalue(), results, to_fill_in=True)
    return without_clock(calculated, moment)


def _stamp(form: BlankForm, campaign: Campaign) -> Stamp:
    asked = campaign.questionnaire if form.kind is SheetKind.QUESTIONNAIRE else campaign.rubric
    assert asked is not None
    unit = form.unit
    return Stamp(asked.id, asked.version, campaign.settings.id, unit.code, form.stage, unit.level, form.kind)
