"""The machine-readable contract of questionnaires: what `survey --format json|jsonl|csv` prints and --out writes.

Numbers are exact decimals as text without trailing zeros, null where there is none. A question that a unit's level is not
asked has no answer record; one that was left blank has one, with state `blank`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from huitoukan import __version__
from huitoukan.answers import AnswerState
from huitoukan.campaign.campaign import Campaign
from huitoukan.model import SheetResult
from huitoukan.output.files import csv_text
from huitoukan.output.records import SCHEMA, Record, campaign_record
from huitoukan.output.text import Words
from huitoukan.phrase import plain
from huitoukan.standing.opinions import Opinions
from huitoukan.standing.quantiles import NumberSummary
from huitoukan.standing.respondents import LeftAside, Respondent, Response
from huitoukan.standing.survey import Survey
from huitoukan.standing.tabulation import Cut, Group, RatioResult, Table, Variable, doubtful, reply

ANSWER_COLUMNS = (
    "unit", "name", "county", "level", "type", "question", "part", "title", "state", "number", "measure", "choices",
    "text", "doubtful", "file", "sheet", "cell",
)  # fmt: skip
_FIGURES = ("sum", "mean", "min", "q1", "median", "q3", "max", "zeros", "few")
TABLE_COLUMNS = (
    "by", "key", "level", "name", "id", "title", "kind", "measure", "units", "answered", "missing", "unreadable",
    "not_asked", "doubtful", "option", "option_title", "count", "share", *_FIGURES, "part", "whole", "value",
)  # fmt: skip
TEXT_COLUMNS = (
    "question",
    "title",
    "group",
    "same",
    "unit",
    "name",
    "county",
    "text",
    "file",
    "sheet",
    "cell",
)


def group_name(group: Group, campaign: Campaign, words: Words) -> str:
    """What a group is called: 全部单位, 县级, 昔阳县, 昔阳县乡级, 镇."""
    if group.cut is Cut.ALL:
        return words("全部单位")
    if group.cut is Cut.LEVEL:
        return words.value(group.level)
    if group.cut is Cut.TYPE:
        return group.key
    county = campaign.roster.county_name(group.key)
    if group.level is None:
        return county
    return words("{county}{level}").format(county=county, level=words.value(group.level))


# ---------------------------------------------------------------------------------------------------------- answers


def answer_records(survey: Survey, campaign: Campaign) -> Iterator[Record]:
    """Every answer with its cell, unit by unit and in the order of the form."""
    for respondent in survey.respondents:
        for variable in survey.asked:
            state, answer = reply(respondent, variable)
            if state is None:
                continue
            usable = answer if state is AnswerState.ANSWERED else None
            yield {
                **_unit(respondent, campaign),
                "question": variable.question.id,
                "part": variable.part,
                "title": variable.title,
                "state": state.value,
                "doubtful": usable is not None and doubtful(respondent, usable),
                "number": plain(usable.number) if usable and usable.number is not None else None,
                "measure": variable.unit or None,
                "choices": list(usable.choices) if usable and variable.question.options else None,
                "text": (answer.text or None) if answer else None,
                "file": respondent.sheet.file,
                "sheet": respondent.sheet.sheet,
                "cell": answer.cell if answer else None,
            }


def _unit(respondent: Respondent, campaign: Campaign) -> Record:
    unit = respondent.unit
    return {
        "unit": unit.code,
        "name": unit.name,
        "county": campaign.roster.county_name(unit.county),
        "level": unit.level.value,
        "type": unit.kind,
    }


def answers_csv(survey: Survey, campaign: Campaign) -> str:
    """One row an answer; the letters of a choice stand together: ACD."""
    rows = (
        record | {"choices": "".join(record["choices"]) if record["choices"] is not None else None}
        for record in answer_records(survey, campaign)
    )
    return csv_text(ANSWER_COLUMNS, rows)


# ---------------------------------------------------------------------------------------------------------- tables


def _figures(numbers: NumberSummary) -> Record:
    return {
        "sum": plain(numbers.total),
        "mean": plain(numbers.mean),
        "min": plain(numbers.minimum),
        "q1": plain(numbers.lower_quartile),
        "median": plain(numbers.median),
        "q3": plain(numbers.upper_quartile),
        "max": plain(numbers.maximum),
        "zeros": numbers.zeros,
        "few": numbers.few,
    }


def _group(group: Group, campaign: Campaign, words: Words) -> Record:
    return {
        "by": group.cut.value,
        "key": group.key or None,
        "level": group.level.value if group.level else None,
        "name": group_name(group, campaign, words),
    }


def _counts(table: Table) -> Record:
    counts = table.counts
    return {
        "units": counts.units,
        "answered": counts.answered,
        "missing": counts.missing,
        "unreadable": counts.unreadable,
        "not_asked": counts.not_asked,
    }


def _table_record(table: Table, campaign: Campaign, words: Words) -> Record:
    record = _group(table.group, campaign, words) | _counts(table) | {"doubtful": list(table.doubtful)}
    if table.variable.question.options:
        record["options"] = [
            {
                "key": option.key,
                "title": option.title,
                "count": option.count,
                "share": None if option.share is None else plain(option.share),
                "units": list(option.units),
            }
            for option in table.options
        ]
        record["none"] = list(table.none)
    elif table.variable.asked:
        record["numbers"] = table.numbers and {
            **_figures(table.numbers),
            "min_units": list(table.lowest),
            "max_units": list(table.highest),
        }
    return record


def _variable_record(
    variable: Variable, survey: Survey, campaign: Campaign, words: Words, cuts: Collection[Cut]
) -> Record:
    question = variable.question
    return {
        "id": variable.id,
        "question": question.id,
        "part": variable.part,
        "title": variable.title,
        "kind": question.type,
        "measure": variable.unit or None,
        "levels": [str(level) for level in question.levels],
        "results": [
            _table_record(table, campaign, words)
            for cut in cuts
            for table in survey.tables[cut]
            if table.variable == variable
        ],
    }


def _ratio_record(result: RatioResult, campaign: Campaign, words: Words) -> Record:
    ratio = result.ratio
    return {
        "title": ratio.title,
        "of": ratio.of,
        "per": ratio.per,
        "form": ratio.form,
        "measure": ratio.unit or None,
        **_group(result.group, campaign, words),
        "answered": result.n,
        "part": plain(result.part),
        "whole": plain(result.whole),
        "value": None if result.value is None else plain(result.value),
    }


def tables_csv(survey: Survey, campaign: Campaign, words: Words, cuts: Collection[Cut]) -> str:
    """One row an option, a number or a ratio, for every group of the cuts."""
    return csv_text(TABLE_COLUMNS, _table_rows(survey, campaign, words, cuts))


def _table_rows(survey: Survey, campaign: Campaign, words: Words, cuts: Collection[Cut]) -> Iterator[Record]:
    for table in (table for cut in cuts for table in survey.tables[cut]):
        variable = table.variable
        row = _group(table.group, campaign, words) | _counts(table)
        row |= {"id": variable.id, "title": variable.title, "kind": variable.question.type}
        row |= {"measure": variable.unit or None, "doubtful": len(table.doubtful)}
        for option in table.options:
            share = None if option.share is None else plain(option.share)
            counted = {
                "option": option.key,
                "option_title": option.title,
                "count": option.count,
                "share": share,
            }
            yield row | counted
        if not table.options:
            yield row | (_figures(table.numbers) if table.numbers else {})
    for result in (result for cut in cuts for result in survey.ratios[cut]):
        record = _ratio_record(result, campaign, words)
        yield record | {"id": f"{result.ratio.of}/{result.ratio.per}", "kind": "ratio"}


# ---------------------------------------------------------------------------------------------------------- the whole


def survey_record(
    survey: Survey, campaign: Campaign, words: Words, cuts: Collection[Cut] = tuple(Cut)
) -> Record:
    """What `survey --format json` prints: results are those of the cuts asked for."""
    questionnaire = campaign.questionnaire
    return {
        "schema": SCHEMA,
        "huitoukan": __version__,
        "campaign": campaign_record(campaign),
        "questionnaire": questionnaire
        and {"id": questionnaire.id, "version": questionnaire.version, "title": questionnaire.title},
        "due": campaign.settings.survey.due.value,
        "response": [_response_record(row, campaign) for row in survey.response],
        "questions": [_variable_record(one, survey, campaign, words, cuts) for one in survey.asked],
        "ratios": [_ratio_record(result, campaign, words) for cut in cuts for result in survey.ratios[cut]],
        "texts": [_opinions_record(one, campaign) for one in survey.opinions],
        "answers": list(answer_records(survey, campaign)),
        "aside": [_aside_record(left) for left in survey.aside],
    }


def _response_record(row: Response, campaign: Campaign) -> Record:
    return {
        "county": row.county,
        "name": campaign.roster.county_name(row.county) if row.county else None,
        "level": row.level.value if row.level else None,
        "due": len(row.due),
        "received": len(row.received),
        "rate": None if row.rate is None else plain(row.rate),
        "unusable": list(row.unusable),
        "missing": list(row.missing),
        "extra": list(row.extra),
    }


def _opinions_record(one: Opinions, campaign: Campaign) -> Record:
    return {
        "question": one.question.id,
        "title": one.question.title,
        "behind": one.behind_options or None,
        "units": one.units,
        "nothing": [remark.unit for remark in one.nothing],
        "opinions": [
            {
                "text": opinion.text,
                "count": len(opinion.remarks),
                "remarks": [
                    {
                        "unit": remark.unit,
                        "name": campaign.roster.full_name(remark.unit),
                        "text": remark.text,
                        "file": remark.file,
                        "sheet": remark.sheet,
                        "cell": remark.cell,
                    }
                    for remark in opinion.remarks
                ],
            }
            for opinion in one.opinions
        ],
    }


def texts_csv(survey: Survey, campaign: Campaign) -> str:
    """One row a text; `group` numbers those that say the same, `same` is how many units do."""
    return csv_text(TEXT_COLUMNS, _text_rows(survey, campaign))


def _text_rows(survey: Survey, campaign: Campaign) -> Iterator[Record]:
    for one in survey.opinions:
        for n, opinion in enumerate(one.opinions, start=1):
            for remark in opinion.remarks:
                unit = campaign.roster.units[remark.unit]
                yield {
                    "question": one.question.id,
                    "title": one.question.title,
                    "group": n,
                    "same": len(opinion.remarks),
                    "unit": unit.code,
                    "name": unit.name,
                    "county": campaign.roster.county_name(unit.county),
                    "text": remark.text,
                    "file": remark.file,
                    "sheet": remark.sheet,
                    "cell": remark.cell,
                }


def _aside_record(left: LeftAside) -> Record:
    return {
        "unit": left.unit.code if left.unit else None,
        "name": left.unit.name if left.unit else None,
        "why": left.why.value,
        "sheets": [_sheet_record(sheet) for sheet in left.sheets],
    }


def _sheet_record(sheet: SheetResult) -> Record:
    return {"file": sheet.file, "sheet": sheet.sheet}
