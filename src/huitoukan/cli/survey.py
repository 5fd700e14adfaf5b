"""`huitoukan survey`: the questionnaires counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from huitoukan.campaign.campaign import Campaign
from huitoukan.cli.console import UsageError, existing, out, shown, tell, write_data
from huitoukan.cli.language import _
from huitoukan.cli.options import (
    SPOKEN,
    CampaignFile,
    County,
    Folder,
    Format,
    Inbox,
    Jobs,
    Lang,
    Output,
    Password,
    Quiet,
    RubricFile,
    open_campaign,
    run_inspection,
    words_for,
)
from huitoukan.cli.writing import check_places, write_out
from huitoukan.model import Level
from huitoukan.output import survey_records as records
from huitoukan.output.places import ANSWERS, SURVEY, SURVEY_BOOK, TABULATION, TEXTS
from huitoukan.output.records import json_parts, jsonl_parts, to_json
from huitoukan.output.survey_book import aside_reason, survey_workbook
from huitoukan.output.text import Words, percent, rounded
from huitoukan.phrase import plain
from huitoukan.standing.survey import Survey
from huitoukan.standing.survey import survey as counted
from huitoukan.standing.tabulation import Cut, RatioResult, Table


class By(StrEnum):
    """By what the units are grouped."""

    COUNTY = "county"
    TYPE = "type"
    LEVEL = "level"


ByOption = Annotated[
    By | None,
    typer.Option(
        "--by",
        help=_("分组: county 按县, type 按乡、镇、街道, level 按级别 (不写时屏幕按级别, JSON 全给)。"),
    ),
]
Questions = Annotated[
    list[str] | None,
    typer.Option("--question", metavar="ID", help=_("只看一题, 写题号 (如 Q5); 可以写几次。")),
]
LevelOption = Annotated[
    Level | None, typer.Option("--level", help=_("只看一级的问卷: county 县级, township 乡级。"))
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help=_("另把工作簿、CSV 和 JSON 写到这个文件夹。")),
]


def survey(
    folder: Folder = None,
    by: ByOption = None,
    question: Questions = None,
    level: LevelOption = None,
    out: Out = None,
    campaign: CampaignFile = None,
    rubric: RubricFile = None,
    county: County = None,
    format: Output = Format.TABLE,
    inbox: Inbox = None,
    password: Password = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
    lang: Lang = SPOKEN,
) -> None:
    """Count the questionnaires: who answered, every question, what people wrote."""
    given = [existing(place) for place in (folder, inbox) if place is not None]
    if out is not None:
        check_places(given, out, None)
    # A question that there is not is told before anything is read.
    asked = _questions(open_campaign(given[0], campaign, rubric), question) if given else None
    inspection = run_inspection(
        folder, campaign, rubric, None, county, jobs, inbox, password, quiet=quiet, exclude=out
    )
    words = words_for(inspection, lang)
    opened = inspection.campaign
    found = counted(inspection.files, opened, level=level, questions=asked)
    if out is not None:
        contents = _contents(found, opened, words)
        inputs = (*given, *map(Path, opened.files))
        write_out({out / name: content for name, content in sorted(contents.items())}, out, inputs)
    if format is Format.TABLE:
        _print(found, opened, words, Cut(by.value) if by else Cut.LEVEL)
    else:
        write_data(_document(found, opened, words, format, by))
    if not quiet:
        tell(summary_line(found, words))
        for left in found.aside:
            name = opened.roster.full_name(left.unit.code) if left.unit else words("不知单位")
            files = words("、").join(dict.fromkeys(sheet.file for sheet in left.sheets))
            why = aside_reason(left.why, words)
            tell(words("没有计入: {unit}, {why} ({files})。").format(unit=name, why=why, files=files))
        if out is not None:
            tell(_("调查结果已写入 {folder}: {names}").format(folder=out, names=", ".join(sorted(contents))))


def _questions(campaign: Campaign, wanted: Sequence[str] | None) -> Collection[str] | None:
    """The questions asked for, or a usage problem that lists those there are."""
    if campaign.questionnaire is None:
        raise UsageError(_("检查活动没有调查问卷 (questionnaire: none)。"))
    if not wanted:
        return None
    known = {one.id.casefold(): one.id for one in campaign.questionnaire.questions}
    for one in wanted:
        if one.casefold() not in known:
            ids = _("、").join(known.values())
            raise UsageError(_("调查问卷里没有“{question}”。可以写: {ids}。").format(question=one, ids=ids))
    return [known[one.casefold()] for one in wanted]


def _contents(found: Survey, campaign: Campaign, words: Words) -> dict[str, bytes]:
    bom = "utf-8-sig"  # Excel takes a CSV for UTF-8 only when it begins with a byte order mark
    return {
        SURVEY_BOOK: survey_workbook(found, campaign, words),
        SURVEY: to_json(records.survey_record(found, campaign, words)).encode("utf-8"),
        ANSWERS: records.answers_csv(found, campaign).encode(bom),
        TABULATION: records.tables_csv(found, campaign, words, tuple(Cut)).encode(bom),
        TEXTS: records.texts_csv(found, campaign).encode(bom),
    }


def _document(found: Survey, campaign: Campaign, words: Words, kind: Format, by: By | None) -> Iterable[str]:
    cuts = tuple(Cut) if by is None else (Cut.ALL, Cut(by.value))
    if kind is Format.JSON:
        return json_parts(records.survey_record(found, campaign, words, cuts))
    if kind is Format.JSONL:
        return jsonl_parts(records.answer_records(found, campaign))
    if by is None:
        return [records.answers_csv(found, campaign)]
    return [records.tables_csv(found, campaign, words, cuts)]


def summary_line(found: Survey, words: Words) -> str:
    """One line: how many questionnaires count, and how many of those that were due."""
    total = found.total
    line = words("计入问卷 {n} 份。").format(n=len(found.respondents))
    if not total.due:
        return line
    due = words("应报 {due} 个单位, 收到 {received} 个, 回收率 {rate}。").format(
        due=len(total.due), received=len(total.received), rate=percent(total.rate)
    )
    lines = [line, due]
    if total.unusable:
        lines.append(words("收到但不能计入 {n} 个。").format(n=len(total.unusable)))
    return ("" if words.language == "zh" else " ").join(lines)


# ---------------------------------------------------------------------------------------------------------- the screen


def _print(found: Survey, campaign: Campaign, words: Words, cut: Cut) -> None:
    from rich import box  # noqa: PLC0415
    from rich.table import Table as Screen  # noqa: PLC0415

    response = Screen(
        box=box.SIMPLE_HEAD, title=shown(words("回收情况")), title_justify="left", title_style="bold"
    )
    response.add_column(words("县(区、市)"), no_wrap=True)
    numbers = (
        words("应报"),
        words("收到"),
        words("回收率"),
        words("未计入"),
        words("未收到"),
        words("另收到"),
    )
    for head in numbers:
        response.add_column(head, justify="right", no_wrap=True)
    for row in (*found.by_county, found.total):
        if row.due or row.counted or row.unusable or row is found.total:
            name = campaign.roster.county_name(row.county) if row.county else words("合计")
            lengths = (len(row.due), len(row.received), len(row.unusable), len(row.missing), len(row.extra))
            due, received, *others = map(str, lengths)
            response.add_row(*map(shown, (name, due, received, percent(row.rate) or "—", *others)))
    out().print(response)
    if not found.respondents:
        return
    screen = Screen(
        box=box.SIMPLE_HEAD,
        expand=True,
        title=shown(words("各题汇总")),
        title_justify="left",
        title_style="bold",
    )
    screen.add_column(words("题号"), no_wrap=True)
    screen.add_column(words("问题"), overflow="fold")
    screen.add_column(words("范围"), no_wrap=True)
    for head in (words("回答"), words("未填"), words("看不清")):
        screen.add_column(head, justify="right", no_wrap=True)
    screen.add_column(words("结果"), ratio=1, overflow="fold")
    before = ""
    for variable in found.asked:
        if not variable.asked:
            continue
        for table in (t for t in found.tables[cut] if t.variable == variable):
            named = ("", "") if variable.id == before else (variable.id, variable.title)
            before = variable.id
            counts = (table.counts.answered, table.counts.missing, table.counts.unreadable)
            name = records.group_name(table.group, campaign, words)
            screen.add_row(*map(shown, (*named, name, *map(str, counts), _result(table, words))))
    for result in found.ratios[cut]:
        named = ("", "" if result.ratio.title == before else result.ratio.title)
        before = result.ratio.title
        name = records.group_name(result.group, campaign, words)
        screen.add_row(*map(shown, (*named, name, str(result.n), "", "", ratio_text(result))))
    if screen.row_count:  # texts alone may be asked for
        out().print(screen)
    for one in found.opinions:
        texts = Screen(
            box=box.SIMPLE_HEAD, expand=True, title=shown(f"{one.question.id} {one.question.title}"),
            title_justify="left", title_style="bold",
        )  # fmt: skip
        texts.add_column(words("单位数"), justify="right", no_wrap=True)
        texts.add_column(words("内容"), ratio=2, overflow="fold")
        texts.add_column(words("单位"), ratio=1, overflow="fold")
        for opinion in one.opinions:
            units = words("、").join(campaign.roster.full_name(remark.unit) for remark in opinion.remarks)
            texts.add_row(*map(shown, (str(len(opinion.remarks)), opinion.text, units)))
        out().print(texts)


def _result(table: Table, words: Words) -> str:
    """What was answered, on one line."""
    found = table.numbers
    if not table.counts.answered:
        return "—"
    if found is None:
        parts = [f"{o.key} {o.title} {o.count} ({percent(o.share)})" for o in table.options if o.count]
        if table.none:
            parts.append(words("都没有 {n}").format(n=len(table.none)))
        return "  ".join(parts)
    text = words(
        "合计 {total}{unit}, 平均 {mean}, 中位数 {median} ({lower}–{upper}), 最小 {minimum}, 最大 {maximum}"
    ).format(
        total=plain(found.total), unit=table.variable.unit, mean=rounded(found.mean), median=rounded(found.median),
        lower=rounded(found.lower_quartile), upper=rounded(found.upper_quartile),
        minimum=plain(found.minimum), maximum=plain(found.maximum),
    )  # fmt: skip
    if found.zeros:
        text += words(", 零值 {n} 个").format(n=found.zeros)
    if found.few:
        text += words(" [回答少]")
    return text + (words(" [{n} 个未过核对]").format(n=len(table.doubtful)) if table.doubtful else "")


def ratio_text(result: RatioResult) -> str:
    """A ratio with what it is made of: 83.33% (10/12), 1.17万元 (3.5/3)."""
    if result.value is None:
        return "—"
    share = result.ratio.form == "share"
    value = percent(result.value) if share else f"{rounded(result.value)}{result.ratio.unit}"
    return f"{value} ({plain(result.part)}/{plain(result.whole)})"
