"""The workbook of a survey (调查问卷.xlsx): who answered, every table, what people wrote, and every answer with its cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from huitoukan.answers import Answer, AnswerState
from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.questionnaire import Question
from huitoukan.model import Level
from huitoukan.output.survey_records import group_name
from huitoukan.output.text import Words
from huitoukan.output.workbook import Marked, Percent, TableSheet, Value, workbook
from huitoukan.standing.respondents import Respondent
from huitoukan.standing.survey import Survey
from huitoukan.standing.tabulation import Cut, Group, RatioResult, Table, Variable, doubtful, reply


def survey_workbook(survey: Survey, campaign: Campaign, words: Words) -> bytes:
    """All sheets; those of kinds of questions that the survey has not are left out."""
    title = campaign.questionnaire.title if campaign.questionnaire else words("调查问卷")
    sheets = [
        _explanation(survey, campaign, words, title),
        _response(survey, campaign, words),
        *_choices(survey, campaign, words),
        *_numbers(survey, campaign, words),
        *_ratios(survey, campaign, words),
        *_crossed(survey, campaign, words, Cut.COUNTY, words("按县")),
        *_crossed(survey, campaign, words, Cut.TYPE, words("按类型")),
        *_texts(survey, campaign, words),
        *_answers(survey, campaign, words),
    ]
    return workbook(sheets, title, campaign.settings.period.start)


# ---------------------------------------------------------------------------------------------------------- explanation


def definitions(campaign: Campaign, words: Words) -> tuple[str, ...]:
    """What the figures mean, in sentences."""
    few = campaign.settings.survey.few.value
    due = {
        "checked": words("应报: 有县级检查或市级检查评分表的单位 (通知要求被检查的县、乡填写调查问卷)。"),
        "all": words("应报: 名录里必须参加的全部单位。"),
    }[campaign.settings.survey.due.value]
    return (
        words(
            "每个单位只计一份问卷。几个阶段都填的, 以最后一个阶段的为准。同一阶段内容相同的重复件计一份; 内容不同的都不计, 列在下面, 待核实。"
        ),
        due,
        words(
            "回答: 填了而且读得懂的单位数; 未填、看不清、不问该级的分别列出, 从不当作 0。填 0 是回答, 另列零值个数。"
        ),
        words("占比: 占回答该题的单位。多选题一个单位可选几项, 各项占比之和可以超过 100%。"),
        words("平均数四舍五入到四位小数; 四分位数按 Excel 的 QUARTILE.INC 计算; 其余数字没有舍入。"),
        words("比率: 两题都回答了的单位, 分子之和除以分母之和。"),
        words("回答不足 {few} 个的, 中位数和四分位数标“少”, 不宜引用。").format(few=few),
    )


def aside_reason(why: str, words: Words) -> str:
    """Why a questionnaire does not count."""
    return {
        "contradicting": words("同一单位报了几份, 内容不同"),
        "other_level": words("填的是另一级的问卷"),
        "earlier": words("另有后一阶段的问卷"),
        "empty": words("一题也没有填"),
        "unplaced": words("认不出是哪个单位"),
    }[why]


def _explanation(survey: Survey, campaign: Campaign, words: Words, title: str) -> TableSheet:
    notes = [campaign.settings.title]
    if campaign.questionnaire:
        notes.append(
            words("调查问卷 {id} ({version}), 计入 {n} 个单位。").format(
                id=campaign.questionnaire.id,
                version=campaign.questionnaire.version,
                n=len(survey.respondents),
            )
        )
    notes += definitions(campaign, words)
    if survey.aside:
        notes.append(words("没有计入的问卷:"))
    for left in survey.aside:
        name = campaign.roster.full_name(left.unit.code) if left.unit else words("不知单位")
        places = "、".join(words("{file}「{sheet}」").format(file=s.file, sheet=s.sheet) for s in left.sheets)
        notes.append(
            words("{unit}: {why} ({places})").format(
                unit=name, why=aside_reason(left.why, words), places=places
            )
        )
    return TableSheet(words("说明"), title, notes=tuple(notes))


# ---------------------------------------------------------------------------------------------------------- response


def _response(survey: Survey, campaign: Campaign, words: Words) -> TableSheet:
    columns = (
        words("县(区、市)"),
        words("级别"),
        words("应报"),
        words("收到"),
        words("回收率"),
        words("收到但不能计入"),
        words("未收到"),
        words("不应报而收到"),
        words("未收到的单位"),
        words("不能计入的单位"),
    )
    rows: list[tuple[Value, ...]] = []
    for row in survey.response:
        if not row.due and not row.counted and row.county is not None:
            continue
        names = [_names(codes, campaign) for codes in (row.missing, row.unusable)]
        rows.append(
            (
                campaign.roster.county_name(row.county) if row.county else words("全部"),
                words.value(row.level) if row.level else words("合计"),
                len(row.due),
                len(row.received),
                Percent(row.rate) if row.rate is not None else None,
                len(row.unusable),
                len(row.missing),
                len(row.extra),
                *(name if row.county and row.level else "" for name in names),
            )
        )
    return TableSheet(
        words("回收情况"), words("调查问卷回收情况"), columns, rows, fixed=2, groups=1,
        widths={8: 46.0, 9: 30.0},
    )  # fmt: skip


def _names(codes: Sequence[str], campaign: Campaign) -> str:
    return "、".join(campaign.roster.units[code].name for code in codes)


# ---------------------------------------------------------------------------------------------------------- questions


def _main_tables(survey: Survey, variable: Variable) -> Iterator[Table]:
    """A variable over all units (where both levels are asked) and over each level."""
    both = len(variable.question.levels) > 1 and len(survey.tables[Cut.LEVEL]) > 0
    if both:
        yield from (t for t in survey.tables[Cut.ALL] if t.variable == variable)
    yield from (t for t in survey.tables[Cut.LEVEL] if t.variable == variable)


def _choices(survey: Survey, campaign: Campaign, words: Words) -> Iterator[TableSheet]:
    columns = (
        words("题号"),
        words("问题"),
        words("范围"),
        words("单位"),
        words("回答"),
        words("未填"),
        words("看不清"),
        words("选项"),
        words("内容"),
        words("个数"),
        words("占比"),
    )
    for kind, name in (("single", words("单选题")), ("multiple", words("多选题"))):
        rows: list[tuple[Value, ...]] = []
        for variable in survey.asked:
            if variable.question.type != kind:
                continue
            for table in _main_tables(survey, variable):
                before = _before(table, campaign, words)
                for option in table.options:
                    share = Percent(option.share) if option.share is not None else None
                    rows.append((*before, option.key, option.title, option.count, share))
                if table.none:
                    rows.append((*before, "", words("(都没有)"), len(table.none), None))
        if rows:
            yield TableSheet(name, name, columns, rows, fixed=3, groups=3)


def _before(table: Table, campaign: Campaign, words: Words) -> tuple[Value, ...]:
    counts = table.counts
    asked = counts.units - counts.not_asked
    name = group_name(table.group, campaign, words)
    variable = table.variable
    return (variable.id, variable.title, name, asked, counts.answered, counts.missing, counts.unreadable)


def _numbers(survey: Survey, campaign: Campaign, words: Words) -> Iterator[TableSheet]:
    columns = (
        words("题号"),
        words("问题"),
        words("范围"),
        words("单位"),
        words("回答"),
        words("未填"),
        words("看不清"),
        words("零值"),
        words("合计"),
        words("平均"),
        words("最小"),
        words("下四分位"),
        words("中位数"),
        words("上四分位"),
        words("最大"),
        words("计量单位"),
        words("提示"),
        words("最小的单位"),
        words("最大的单位"),
    )
    rows: list[tuple[Value, ...]] = []
    for variable in survey.asked:
        if variable.question.type != "number":
            continue
        for table in _main_tables(survey, variable):
            found = table.numbers
            before = _before(table, campaign, words)
            if found is None:
                rows.append((*before, *(None,) * 8, variable.unit, None, None, None))
                continue
            rows.append(
                (
                    *before,
                    found.zeros,
                    found.total,
                    found.mean,
                    found.minimum,
                    found.lower_quartile,
                    found.median,
                    found.upper_quartile,
                    found.maximum,
                    variable.unit,
                    _hints(table, words),
                    _some(table.lowest, campaign, words),
                    _some(table.highest, campaign, words),
                )
            )
    if rows:
        name = words("数值题")
        yield TableSheet(name, name, columns, rows, fixed=3, groups=2)


def _hints(table: Table, words: Words) -> str | None:
    few = [words("少")] if table.numbers and table.numbers.few else []
    doubts = [words("{n} 个未过核对").format(n=len(table.doubtful))] if table.doubtful else []
    return words("、").join((*few, *doubts)) or None


def _some(codes: Sequence[str], campaign: Campaign, words: Words) -> str:
    """The first unit, and how many there are; all of them stand in the JSON."""
    name = campaign.roster.full_name(codes[0])
    return name if len(codes) == 1 else words("{name}等 {n} 个").format(name=name, n=len(codes))


def _ratios(survey: Survey, campaign: Campaign, words: Words) -> Iterator[TableSheet]:
    columns = (
        words("比率"),
        words("计算方法"),
        words("范围"),
        words("单位"),
        words("分子合计"),
        words("分母合计"),
        words("比率值"),
        words("计量单位"),
    )
    rows = [
        (
            result.ratio.title,
            f"{result.ratio.of} ÷ {words('单位数') if result.ratio.per == 'units' else result.ratio.per}",
            group_name(result.group, campaign, words),
            result.n,
            result.part,
            result.whole,
            ratio_value(result),
            result.ratio.unit or None,
        )
        for ratio in campaign.settings.survey.ratios
        for cut in Cut
        for result in survey.ratios[cut]
        if result.ratio == ratio and result.n
    ]
    if rows:
        name = words("比率")
        yield TableSheet(name, name, columns, rows, fixed=3, groups=1)


def ratio_value(result: RatioResult) -> Value:
    """A ratio as it is shown: per cent of a share, else the number."""
    if result.value is None:
        return None
    return Percent(result.value) if result.ratio.form == "share" else result.value


# ---------------------------------------------------------------------------------------------------------- crossed


def _crossed(survey: Survey, campaign: Campaign, words: Words, cut: Cut, name: str) -> Iterator[TableSheet]:
    """Counts and figures of every question, a column for each county or type; a level at a time."""
    tables = survey.tables[cut]
    keys = list(dict.fromkeys(table.group.key for table in tables))
    if not keys:
        return
    by_place = {(t.variable.id, t.group.level, t.group.key): t for t in tables}
    heads = [group_name(Group(cut, key), campaign, words) for key in keys]
    rows: list[tuple[Value, ...]] = []
    for variable in survey.asked:
        if not variable.asked:
            continue
        for level in (None, *Level):
            group = [by_place.get((variable.id, level, key)) for key in keys]
            if any(table is not None for table in group):
                scope = words.value(level) if level else words("合计")
                rows += [
                    (variable.id, variable.title, scope, *line) for line in _lines(variable, group, words)
                ]
    columns = (words("题号"), words("问题"), words("级别"), words("指标"), *heads)
    notes = (words("“回答”是有效回答的单位数。空格表示没有单位回答, 不是 0。"),)
    yield TableSheet(name, name, columns, rows, notes, fixed=4, groups=3, widths={1: 30.0})


def _lines(variable: Variable, group: Sequence[Table | None], words: Words) -> Iterator[tuple[Value, ...]]:
    def line(name: str, values: Iterable[Value]) -> tuple[Value, ...]:
        return (name, *values)

    yield line(words("回答"), (t.counts.answered if t else None for t in group))
    yield line(words("未填"), (t.counts.missing if t else None for t in group))
    if any(t and t.counts.unreadable for t in group):
        yield line(words("看不清"), (t.counts.unreadable if t else None for t in group))
    if variable.question.type == "number":
        figures = [t.numbers if t else None for t in group]
        yield line(words("合计"), (f.total if f else None for f in figures))
        yield line(words("平均"), (f.mean if f else None for f in figures))
        yield line(words("中位数"), (f.median if f else None for f in figures))
        yield line(words("零值"), (f.zeros if f else None for f in figures))
        return
    for n, option in enumerate(variable.question.options):
        found = [t.options[n] if t and t.counts.answered else None for t in group]
        yield line(option.label(), (o.count if o else None for o in found))
        shares = (Percent(o.share) if o and o.share is not None else None for o in found)
        yield line(words("{option} 占比").format(option=option.key), shares)


# ---------------------------------------------------------------------------------------------------------- words


def _texts(survey: Survey, campaign: Campaign, words: Words) -> Iterator[TableSheet]:
    columns = (
        words("题号"),
        words("问题"),
        words("内容"),
        words("相同的单位数"),
        words("单位"),
        words("文件"),
        words("工作表"),
        words("单元格"),
    )
    rows: list[tuple[Value, ...]] = []
    for one in survey.opinions:
        title = one.question.title
        if one.behind_options:
            title = words("{title} ({option})").format(title=title, option=one.behind_options)
        for opinion in one.opinions:
            same = len(opinion.remarks)
            for remark in opinion.remarks:
                place = (campaign.roster.full_name(remark.unit), remark.file, remark.sheet, remark.cell)
                rows.append((one.question.id, title, remark.text, same, *place))
    if rows:
        name = words("文字意见")
        yield TableSheet(
            name,
            name,
            columns,
            rows,
            fixed=1,
            groups=1,
            widths={1: 24.0, 2: 60.0, 5: 30.0},
        )


# ---------------------------------------------------------------------------------------------------------- answers


def _answers(survey: Survey, campaign: Campaign, words: Words) -> Iterator[TableSheet]:
    """One row a unit, one column a question; and a second sheet with the cell that each of them stands in."""
    if not survey.respondents:
        return
    heads = (
        words("代码"),
        words("县(区、市)"),
        words("单位"),
        words("级别"),
        words("类型"),
    )
    answers: list[tuple[Value, ...]] = []
    cells: list[tuple[Value, ...]] = []
    for one in survey.respondents:
        unit = one.unit
        who = (
            unit.code, campaign.roster.county_name(unit.county), unit.name, words.value(unit.level), unit.kind,
        )  # fmt: skip
        replies = [(variable, *reply(one, variable)) for variable in survey.asked]
        answers.append((*who, *(_entry(one, v, state, answer, words) for v, state, answer in replies)))
        place = (one.sheet.file, one.sheet.sheet)
        cells.append((*who, *place, *(answer.cell if answer else None for _, _, answer in replies)))
    titles = tuple(f"{variable.id} {variable.title}" for variable in survey.asked)
    units = tuple(
        f"{title} ({v.unit})" if v.unit else title for title, v in zip(titles, survey.asked, strict=True)
    )
    places = (words("文件"), words("工作表"))
    note = words(
        "空格: 未填; “—”: 不问该级; 有底色的文字: 看不清, 照原样列出, 没有计入; 有底色的数: 没有通过核对, 仍按所填计入。"
    )
    columns = (*heads, *units)
    texts = {n: 30.0 for n, v in enumerate(survey.asked, start=len(heads)) if v.question.type == "text"}
    yield TableSheet(words("明细"), words("各单位的回答"), columns, answers, (note,), fixed=3, widths=texts)
    where = words("明细里各个回答在原文件中的位置。")
    columns = (*heads, *places, *(variable.id for variable in survey.asked))
    yield TableSheet(words("出处"), words("回答的出处"), columns, cells, (where,), fixed=3)


def _entry(
    one: Respondent, variable: Variable, state: AnswerState | None, answer: Answer | None, words: Words
) -> Value:
    if state is None:
        return "—"
    if answer is None or state is AnswerState.BLANK:
        return None
    if state is AnswerState.UNREADABLE:
        return Marked(answer.text or "?")
    if variable.question.type == "number":
        return Marked(answer.number) if answer.number is not None and doubtful(one, answer) else answer.number
    return answer.text if variable.question.type == "text" else _chosen(variable.question, answer, words)


def _chosen(question: Question, answer: Answer, words: Words) -> str:
    """`A 独立`; of several `A、C、G (没有车)`; 无 where none applies."""
    labels = {option.key: option.label() for option in question.options}
    if not answer.choices:
        return words("无")
    letters = labels[answer.choices[0]] if question.type == "single" else "、".join(answer.choices)
    return words("{letters} ({text})").format(letters=letters, text=answer.text) if answer.text else letters
