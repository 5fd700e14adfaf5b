"""The report as a Word template: the chapters of report.md, laid out as an official document."""

from __future__ import annotations

from word_page import Column, Page

_COUNTY = "{{ roster.county_name(county.unit.code) }}"
_RANK = 'county.rank or "—"'


def report() -> Page:
    """The whole report."""
    page = Page("{{ report.campaign.settings.title }}")
    page.tag(
        'import "_sentences.txt" as say with context',
        'import "_word.txt" as told with context',
        "set roster = report.campaign.roster",
    )
    page.text("公文标题", "{{ say.title }}")
    page.text("公文署名机关", "{{ say.settings.issuer }}")
    page.tag("if say.scope")
    page.text("公文署名机关", "{{ say.scope }}")
    page.tag("endif")

    page.text("一级标题", '{{ say.chapters["overview"] }}')
    page.each("sentence in say.overview", "公文正文", "{{ sentence }}")
    _picture(page, "map")
    _verdicts(page)
    _dimensions(page)
    _comparison(page)
    _problems(page)
    _coverage(page)
    _integrity(page)
    _survey(page)
    _next_steps(page)
    _follow_up(page)
    _findings(page)
    _closing(page)
    _rules(page)
    return page


def _picture(page: Page, name: str) -> None:
    """A chart with its title below, where it could be drawn."""
    page.tag(f'if "{name}" in charts')
    page.text("图", f'{{{{ charts["{name}"] }}}}')
    page.text("图题", f'{{{{ charts["{name}"].title }}}}')
    page.tag("endif")


def _verdicts(page: Page) -> None:
    page.text("一级标题", '{{ say.chapters["verdicts"] }}')
    page.each("sentence in say.verdict_notes", "公文正文", "{{ sentence }}")
    page.table(
        (
            Column('{{ _("名次") }}', f"{{{{ {_RANK} }}}}", 11, when="not say.one_county"),
            Column('{{ _("县(区、市)") }}', _COUNTY, 21),
            Column('{{ _("结论") }}', "{{ county.verdict|word }}", 15),
            Column('{{ _("得分") }}', "{{ county.score|number }}", 14),
            Column('{{ _("等级") }}', '{{ _(county.grade or "—") }}', 14),
            Column('{{ _("依据") }}', '{{ county.basis|word or "—" }}', 19),
            Column('{{ _("距达标线") }}', '{{ (county.margin|signed) or "—" }}', 17),
            Column('{{ _("乡镇达标") }}', "{{ told.townships[county.unit.code] }}", 19),
            Column('{{ _("主要理由") }}', "{{ say.why[county.unit.code]|join(say.gap) }}", 42, "l"),
        ),
        ("for county in report.ranked",),
        caption='{{ _("各县（区、市）达标结论") }}',
    )
    page.text("表注", "{{ say.verdict_note }}")
    _picture(page, "scores")
    page.tag("for county in report.ranked if county not in report.silent")
    page.text(
        "二级标题",
        '{{ _("（{n}）{title}", n=loop.index|numeral, title=told.county_heads[county.unit.code]) }}',
    )
    page.tag("if county.source")
    page.table(
        (
            Column('{{ _("维度") }}', "{{ dimension.title }}", 46, "l"),
            Column('{{ _("得分") }}', "{{ dimension.score|number }}", 26, "r"),
            Column(
                '{{ _("分值") }}',
                '{{ dimension.maximum|number if dimension.score is not none else "—" }}',
                26,
                "r",
            ),
            Column('{{ _("得分率") }}', '{{ dimension|rate|percent or "—" }}', 28, "r"),
            Column(
                '{{ _("不低于 {share}", share=say.dimension_share|percent) }}',
                '{{ _("不适用") if dimension.score is none else _("否") if dimension.passed is false else _("是") }}',
                30,
            ),
        ),
        ("for dimension in county.dimensions",),
        caption='{{ _("{county}县级统计机构各维度得分", county=roster.county_name(county.unit.code)) }}',
    )
    page.text(
        "表注",
        '{{ _("县级统计机构各维度得分，来自{stage}阶段评分表：{file}「{sheet}」", stage=county.basis, file=county.source.file, sheet=county.source.sheet) }}',
    )
    page.tag("else")
    page.text(
        "公文正文",
        '{{ say.own_reasons[county.unit.code]|join(say.gap) }}{{ say.gap }}{{ _("县级统计机构没有得分。") }}',
    )
    page.tag("endif", "set unheard = county|unheard", "if county.townships|length > unheard|length")
    page.table(
        (
            Column('{{ _("名次") }}', '{{ township.rank or "—" }}', 11),
            Column('{{ _("单位") }}', "{{ township.unit.name }}", 21, "l"),
            Column('{{ _("结论") }}', "{{ township.verdict|word }}", 14),
            Column('{{ _("得分") }}', "{{ township.score|number }}", 13),
            Column('{{ _("等级") }}', '{{ _(township.grade or "—") }}', 14),
            Column('{{ _("依据") }}', '{{ township.basis|word or "—" }}', 18),
            Column('{{ _("说明") }}', "{{ say.why[township.unit.code]|join(say.gap) }}", 32, "s"),
            Column(
                '{{ _("来源") }}',
                '{{ _("{file}「{sheet}」", file=township.source.file, sheet=township.source.sheet) if township.source else "—" }}',
                33,
                "s",
            ),
        ),
        ("for township in county.townships|by_rank if township not in unheard",),
        caption='{{ _("{county}乡镇（街道）达标情况", county=roster.county_name(county.unit.code)) }}',
    )
    page.tag("endif", "if unheard")
    page.text(
        "公文正文",
        '{{ _("没有收到评分表的乡镇（街道）{n} 个：{names}。", n=unheard|length, names=unheard|map(attribute="unit.name")|names) }}',
    )
    page.tag(
        "endif",
        'set failing = county.townships|selectattr("remedy")|list',
        "if county.gap or county.remedy or failing",
    )
    page.text(
        "公文正文",
        '{{ _("离达标线的差距（说明失分在哪里，供复核时参考；复核属实的才能更正，不得为达标改动分数）：") }}',
    )
    page.tag("if county.gap")
    page.text("四级标题", "{{ county|gap }}")
    page.tag("endif", "if county.remedy")
    page.text("四级标题", '{{ _("{unit}：{reason}", unit=county.unit.name, reason=county.remedy|remedy) }}')
    page.tag("endif")
    page.each(
        "township in failing",
        "四级标题",
        '{{ _("{unit}：{reason}", unit=township.unit.name, reason=township.remedy|remedy) }}',
    )
    page.tag("endif", "endfor", "if say.silent_line")
    page.text("公文正文", "{{ say.silent_line }}")
    page.tag("endif")


def _dimensions(page: Page) -> None:
    page.text("一级标题", '{{ say.chapters["dimensions"] }}')
    page.tag("for level in say.levels", "set dimensions = report.dimensions[level]")
    page.text("二级标题", '{{ _("（{n}）{title}", n=loop.index|numeral, title=say.bodies_word[level]) }}')
    page.text("公文正文", "{{ say.analysis[level] }}")
    page.tag("if loop.first")
    _picture(page, "dimensions")
    page.tag("endif", "if dimensions and not (say.one_county and level == Level.COUNTY)")
    page.table(
        (
            Column('{{ _("维度") }}', "{{ dimension.title }}", 34, "l"),
            Column('{{ _("平均得分率") }}', "{{ dimension.rate|percent }}", 28, "r"),
            Column(
                '{{ _("低于 {share} 的单位", share=say.dimension_share|percent) }}',
                "{{ dimension.below }}",
                34,
                "r",
            ),
            Column('{{ _("得分率最低的单位") }}', "{{ say.lowest[dimension.dimension] }}", 60, "l"),
        ),
        ("for dimension in dimensions",),
        caption='{{ _("{bodies}各维度得分率", bodies=say.bodies_word[level]) }}',
    )
    page.tag("endif", 'if level == Level.COUNTY and report.counties|selectattr("dimensions")|list|length > 1')
    page.table(
        (
            Column('{{ _("县(区、市)") }}', _COUNTY, 16),
            Column(
                "{{ dimension.title }}",
                '{{ dimension|rate|percent or "—" }}{{ _("（低）") if dimension.passed is false }}',
                17.5,
                "c",
                each="dimension in report.campaign.rubric.level(level).dimensions",
                each_cell="dimension in county.dimensions",
            ),
        ),
        ("for county in report.ranked if county.dimensions",),
        caption='{{ _("各县（区、市）各维度得分率") }}',
    )
    page.tag('if dimensions|selectattr("below")|list')
    page.text("表注", "{{ told.low_note }}")
    page.tag("endif", "endif", "if report.losses[level]")
    page.table(
        (
            Column('{{ _("检查项目") }}', "{{ loss.item }} {{ loss.title }}", 64, "l"),
            Column('{{ _("标准分") }}', "{{ loss.maximum|number }}", 20, "r"),
            Column('{{ _("失分单位") }}', "{{ loss.losing }}/{{ loss.units }}", 24, "r"),
            Column('{{ _("失分合计") }}', "{{ loss.lost|number }}", 24, "r"),
            Column('{{ _("平均失分") }}', "{{ loss.average|number }}", 24, "r"),
        ),
        ("for loss in report.losses[level][:10]",),
        caption='{{ _("{bodies}失分最多的项目", bodies=say.bodies_word[level]) }}',
    )
    page.tag("endif", "endfor")


def _comparison(page: Page) -> None:
    page.tag(
        'if "comparison" in say.chapters',
        'import "_comparison.txt" as said with context',
        "set found = report.comparison",
    )
    page.text("一级标题", '{{ say.chapters["comparison"] }}')
    page.tag('if "index" in said.heads')
    page.text("二级标题", '{{ said.heads["index"] }}')
    page.text("公文正文", "{{ said.index_line }}")
    _picture(page, "stages")
    page.tag("if said.compared_counties")
    page.table(
        (
            Column('{{ _("县(区、市)") }}', "{{ roster.county_name(county.body.code) }}", 21),
            Column('{{ _("可比单位") }}', "{{ county.group.index.n }}", 15, "r"),
            Column('{{ _("自评均分") }}', "{{ county.group.index.own|number }}", 19, "r"),
            Column('{{ _("检查均分") }}', "{{ county.group.index.check|number }}", 19, "r"),
            Column('{{ _("偏高指数") }}', "{{ county.group.index.index|signed }}", 18, "r"),
            Column('{{ _("中位数") }}', "{{ county.group.index.middle|signed }}", 16, "r"),
            Column('{{ _("核减率") }}', '{{ county.group.index.taken|percent or "—" }}', 18, "r"),
            Column(
                '{{ _("乡镇名次 τ-b") }}',
                '{{ "—" if county.ranks.tau is none else county.ranks.tau|number ~ _("（{n} 个）", n=county.ranks.n) }}',
                30,
                "r",
            ),
        ),
        ("for county in said.compared_counties",),
        caption='{{ told.comparison_titles["counties"] }}',
    )
    page.text("表注", "{{ said.index_note }}{{ say.gap }}{{ said.few_line }}")
    page.table(
        (
            Column('{{ _("维度") }}', "{{ one[0] }}", 48, "l"),
            Column('{{ _("可比单位") }}', "{{ one[1].n }}", 24, "r"),
            Column('{{ _("自评得分率") }}', "{{ one[1].own|number }}", 28, "r"),
            Column('{{ _("检查得分率") }}', "{{ one[1].check|number }}", 28, "r"),
            Column('{{ _("自评高出") }}', "{{ one[1].index|signed }}", 28, "r"),
        ),
        ("for one in found.whole.dimensions",),
        caption='{{ told.comparison_titles["dimensions"] }}',
    )
    page.tag("for level, cuts in found.cuts.items() if cuts")
    page.table(
        (
            Column('{{ _("检查项目") }}', "{{ cut.item }} {{ cut.title }}", 60, "l"),
            Column('{{ _("可比单位") }}', "{{ cut.units }}", 20, "r"),
            Column('{{ _("核减的单位") }}', "{{ cut.reduced }}", 24, "r"),
            Column('{{ _("加分的单位") }}', "{{ cut.raised }}", 24, "r"),
            Column('{{ _("自评减检查合计") }}', "{{ cut.difference|signed }}", 28, "r"),
        ),
        ("for cut in cuts[:10]",),
        caption="{{ told.cut_titles[level] }}",
    )
    page.tag("endfor", "endif", "if said.left_out")
    page.text("公文正文", '{{ _("两种评分表都有、其中一种不能整张采用的单位（只逐项比较）：") }}')
    page.each("sentence in said.left_out", "四级标题", "({{ loop.index }}) {{ sentence }}")
    page.tag("endif", "endif", 'if "overturned" in said.heads')
    page.text("二级标题", '{{ said.heads["overturned"] }}')
    page.text("公文正文", "{{ said.overturned_line }}")
    page.tag("if found.overturned")
    page.table(
        (
            Column('{{ _("单位") }}', "{{ roster.full_name(one.unit.code) }}", 27, "l"),
            Column('{{ _("前一阶段") }}', "{{ told.verdict_of(one.earlier)|trim }}", 23),
            Column('{{ _("后一阶段") }}', "{{ told.verdict_of(one.later)|trim }}", 23),
            Column('{{ _("未达标的理由") }}', '{{ one.reasons|map("reason")|join(say.gap) }}', 36, "l"),
            Column(
                '{{ _("来源") }}', "{{ told.sources_of(one.earlier.source, one.later.source)|trim }}", 47, "s"
            ),
        ),
        ("for one in found.overturned",),
    )
    page.tag("endif", "endif", 'if "ranks" in said.heads')
    page.text("二级标题", '{{ said.heads["ranks"] }}')
    page.each("sentence in said.ranks_lines", "公文正文", "{{ sentence }}")
    page.text("公文正文", "{{ said.ranks_note }}")
    page.tag("endif", 'if "units" in said.heads')
    page.text("二级标题", '{{ said.heads["units"] }}')
    page.text("公文正文", "{{ told.pairs_note }}")
    page.table(
        (
            Column('{{ _("单位") }}', "{{ roster.full_name(unit.unit.code) }}", 42, "l"),
            Column('{{ _("前后阶段") }}', "{{ pair.earlier.stage|word }}→{{ pair.later.stage|word }}", 40),
            Column('{{ _("前得分") }}', "{{ pair.earlier_score|number }}", 17, "r"),
            Column('{{ _("后得分") }}', "{{ pair.later_score|number }}", 17, "r"),
            Column('{{ _("差") }}', '{{ (pair.score_difference|signed) or "—" }}', 17, "r"),
            Column(
                '{{ _("得分不同") }}', '{{ pair.items|selectattr("difference")|list|length or "—" }}', 23, "r"
            ),
        ),
        ("for unit in found.units", "for pair in unit.pairs"),
    )
    page.tag("endif", 'if "trends" in said.heads')
    _trends(page)
    page.tag("endif", "endif")


def _trends(page: Page) -> None:
    page.text("二级标题", '{{ said.heads["trends"] }}')
    page.text("公文正文", "{{ said.trend_line }}")
    page.each("sentence in said.trend_lines", "公文正文", "{{ sentence }}")
    unit = (
        Column('{{ _("上年结论") }}', '{{ one.then.verdict|word or "—" }}', 16),
        Column('{{ _("今年结论") }}', "{{ one.now.verdict|word }}", 16),
        Column('{{ _("上年得分") }}', "{{ said.then(one.then)|trim }}", 20, "r"),
        Column('{{ _("今年得分") }}', "{{ one.now.score|number }}", 16, "r"),
        Column('{{ _("依据") }}', '{{ one.now.basis|word or "—" }}', 18),
        Column('{{ _("变化") }}', "{{ one.change|points }}", 14, "r"),
        Column('{{ _("升降") }}', '{{ one.trend|word or "—" }}', 12),
    )
    page.tag("if found.trends.bodies")
    page.table(
        (
            Column('{{ _("县(区、市)") }}', "{{ roster.county_name(one.unit.code) }}", 20),
            *unit,
            Column(
                '{{ _("乡镇提升、持平、下降") }}',
                '{{ found.trends.townships(one.unit.code)|join(_("、")) }}',
                22,
            ),
        ),
        ("for one in found.trends.bodies",),
        caption='{{ told.trend_titles["counties"] }}',
    )
    page.tag("endif", "if said.trend_counties")
    page.table(
        (Column('{{ _("乡镇（街道）") }}', "{{ roster.full_name(one.unit.code) }}", 42, "l"), *unit),
        ("for county in said.trend_counties", "for one in county.units"),
        caption='{{ told.trend_titles["townships"] }}',
    )
    page.tag("endif")
    page.text("表注", "{{ said.trend_note }}")
    page.tag("if said.unmatched")
    page.text("公文正文", '{{ _("上年有、今年的名录里对不上的单位：") }}')
    page.each("sentence in said.unmatched", "四级标题", "({{ loop.index }}) {{ sentence }}")
    page.tag("endif")


def _problems(page: Page) -> None:
    page.text("一级标题", '{{ say.chapters["problems"] }}')
    page.text("公文正文", "{{ say.common_line }}")
    page.tag("if report.problems")
    page.table(
        (
            Column('{{ _("级别") }}', "{{ problem.severity|word }}", 13),
            Column('{{ _("代码") }}', "{{ problem.code }}", 15),
            Column('{{ _("问题") }}', "{{ _(problem.title) }}", 54, "l"),
            Column('{{ _("处数") }}', "{{ problem.count }}", 13, "r"),
            Column('{{ _("文件") }}', '{{ problem.files or "—" }}', 13, "r"),
            Column(
                '{{ _("涉及的县（区、市）") }}', "{{ say.spread[problem.code ~ problem.severity] }}", 48, "l"
            ),
        ),
        ("for problem in report.problems",),
        caption='{{ _("各类问题") }}',
    )
    page.tag("endif")


def _coverage(page: Page) -> None:
    page.text("一级标题", '{{ say.chapters["coverage"] }}')
    page.text("公文正文", "{{ say.coverage_line }}")
    page.each("sentence in say.coverage_list", "四级标题", "({{ loop.index }}) {{ sentence }}")
    page.tag("if say.coverage_others")
    page.text("公文正文", '{{ _("其他没有报齐的：") }}')
    page.each("sentence in say.coverage_others", "四级标题", "({{ loop.index }}) {{ sentence }}")
    page.tag("endif")
    _picture(page, "coverage")
    page.tag("if report.matrix.columns")
    page.table(
        (
            Column('{{ _("县(区、市)") }}', "{{ county.name }}", 21),
            Column(
                "{{ column[0]|word }}{{ say.gap }}{{ column[1]|word }}",
                "{{ county.tallies[column]|tally }}",
                19,
                each="column in report.matrix.columns",
            ),
        ),
        ("for county in report.matrix.counties",),
        caption='{{ _("各阶段材料报送情况（收到/应报）") }}',
        total=(
            Column("", '{{ _("合计") }}', 21),
            Column(
                "", "{{ report.matrix.totals[column]|tally }}", 19, each="column in report.matrix.columns"
            ),
        ),
        total_when="report.matrix.counties|length > 1",
    )
    page.text("表注", "{{ say.matrix_note }}")
    page.tag("if say.city_line")
    page.text("公文正文", "{{ say.city_line }}")
    page.tag("endif", "endif")


def _integrity(page: Page) -> None:
    page.tag("if report.clues")
    page.text("一级标题", '{{ say.chapters["integrity"] }}')
    page.text("公文正文", "{{ say.clues_line }}", "{{ say.clues_note }}")
    page.tag("for kind in report.clues.kinds")
    page.text("二级标题", '{{ _("（{n}）{title}", n=loop.index|numeral, title=_(kind.title)) }}')
    page.text(
        "公文正文",
        "{{ _(kind.reason) }}{{ say.gap }}{{ kind.clues[0].finding|fix if say.same_fix[kind.code] }}",
    )
    page.table(
        (
            Column('{{ _("级别") }}', "{{ kind.severity|word }}", 13),
            Column('{{ _("代码") }}', "{{ kind.code }}", 15),
            Column(
                '{{ _("线索") }}',
                "{{ clue.finding|message }}{{ say.gap }}{{ clue.finding|fix if not say.same_fix[kind.code] }}",
                74,
                "l",
            ),
            Column('{{ _("依据（文件、工作表、单元格）") }}', "{{ told.places_of(clue)|trim }}", 54, "s"),
        ),
        ("for clue in kind.clues",),
    )
    page.tag("endfor", "endif")


def _survey(page: Page) -> None:
    page.tag(
        "if report.survey",
        'import "_survey_sentences.txt" as asked with context',
        "set found = report.survey",
    )
    page.text("一级标题", '{{ say.chapters["survey"] }}')
    page.text("公文正文", "{{ asked.response_line }}")
    page.each("sentence in asked.missing_lines", "四级标题", "({{ loop.index }}) {{ sentence }}")
    page.tag("if found.total.due or found.total.counted")
    page.table(
        (
            Column('{{ _("县(区、市)") }}', "{{ roster.county_name(row.county) }}", 30),
            Column('{{ _("应报") }}', "{{ row.due|length }}", 18, "r"),
            Column('{{ _("收到") }}', "{{ row.received|length }}", 18, "r"),
            Column('{{ _("回收率") }}', '{{ row.rate|percent or "—" }}', 22, "r"),
            Column('{{ _("未报") }}', "{{ row.missing|length }}", 18, "r"),
            Column('{{ _("收到但不能计入") }}', "{{ row.unusable|length }}", 28, "r"),
            Column('{{ _("另收到") }}', "{{ row.extra|length }}", 22, "r"),
        ),
        ("for row in found.by_county if row.due or row.counted or row.unusable",),
    )
    page.tag("endif", "if found.respondents")
    page.each("sentence in (asked.blank_line, asked.doubtful_line)|select", "公文正文", "{{ sentence }}")
    page.text("表注", "{{ asked.note }}")
    page.text("二级标题", '{{ _("（{n}）{title}", n=1|numeral, title=_("人员、经费和设备")) }}')
    page.each("sentence in asked.ratio_lines", "四级标题", "({{ loop.index }}) {{ sentence }}")
    page.table(
        (
            Column(
                '{{ _("问题") }}',
                '{{ variable.title }}{{ _("（{unit}）", unit=variable.unit) if variable.unit }}',
                34,
                "l",
            ),
            Column('{{ _("级别") }}', "{{ table.group.level|word }}", 12),
            Column('{{ _("回答") }}', "{{ table.counts.answered }}", 11, "r"),
            Column(
                '{{ _("未填、看不清") }}', "{{ table.counts.missing + table.counts.unreadable }}", 13, "r"
            ),
            Column('{{ _("合计") }}', "{{ table.numbers.total|number if table.numbers else '—' }}", 18, "r"),
            Column('{{ _("平均") }}', "{{ table.numbers.mean|rounded if table.numbers else '—' }}", 17, "r"),
            Column(
                '{{ _("中位数") }}',
                "{{ table.numbers.median|rounded if table.numbers else '—' }}{{ _('（少）') if table.numbers and table.numbers.few }}",
                16,
                "r",
            ),
            Column(
                '{{ _("四分位") }}',
                "{{ table.numbers.lower_quartile|rounded ~ '–' ~ table.numbers.upper_quartile|rounded if table.numbers else '—' }}",
                22,
                "r",
            ),
            Column('{{ _("填 0 的") }}', "{{ table.numbers.zeros if table.numbers else '—' }}", 13, "r"),
        ),
        (
            'for variable in found.asked if variable.question.type == "number"',
            "for table in found.by_level[variable.id].values()",
        ),
    )
    page.text("二级标题", '{{ _("（{n}）{title}", n=2|numeral, title=_("机构、制度和条件")) }}')
    _options(
        page,
        "for variable in found.asked if variable.question.options and variable not in asked.difficulties",
        "options",
    )
    page.tag("if asked.difficulties")
    page.text("二级标题", '{{ _("（{n}）{title}", n=3|numeral, title=_("主要困难")) }}')
    page.tag("if asked.difficulty_line")
    page.text("公文正文", "{{ asked.difficulty_line }}")
    page.tag("endif")
    _options(page, "for variable in asked.difficulties", "ranked")
    page.tag("endif", "if found.opinions")
    page.text(
        "二级标题",
        '{{ _("（{n}）{title}", n=(4 if asked.difficulties else 3)|numeral, title=_("意见建议")) }}',
    )
    page.tag("for one in found.opinions")
    page.text("公文正文", "{{ asked.text_lines[one.question.id] }}")
    page.each(
        "sentence in asked.voices.get(one.question.id, [])", "四级标题", "({{ loop.index }}) {{ sentence }}"
    )
    page.tag("endfor", "endif", "endif", "if asked.aside_lines")
    page.text("公文正文", '{{ _("没有计入的问卷") }}{{ _("：") }}')
    page.each("sentence in asked.aside_lines", "四级标题", "({{ loop.index }}) {{ sentence }}")
    page.tag("endif", "endif")


def _options(page: Page, loop: str, options: str) -> None:
    """Questions with options below one another, each with a row that names it and says who gave no answer."""
    levels = "level in told.survey_levels"
    page.table(
        (
            Column('{{ _("选项") }}', "{{ option.key }} {{ option.title }}", 76, "l"),
            Column(
                "{{ level|word }}", "{{ told.count_of(variable, level, option)|trim }}", 20, "r", each=levels
            ),
            Column(
                '{{ level|word }}{{ _("占比") }}',
                "{{ told.share_of(variable, level, option)|trim }}",
                20,
                "r",
                each=levels,
            ),
        ),
        (loop, f"for option in (found.by_level[variable.id].values()|list|last).{options}"),
        before=("{{ told.question_of(variable)|trim }}",),
    )


def _next_steps(page: Page) -> None:
    page.text("一级标题", '{{ say.chapters["next"] }}')
    page.tag("if say.next_note")
    page.text("公文正文", "{{ say.next_note }}")
    page.tag("endif", "for step in say.next_steps")
    page.text("二级标题", '{{ _("（{n}）{title}", n=loop.index|numeral, title=step.title) }}')
    page.each("sentence in step.lines", "公文正文", "{{ sentence }}")
    page.each("sentence in step.list", "四级标题", "({{ loop.index }}) {{ sentence }}")
    page.tag("for county in step.counties")
    page.text("三级标题", "{{ loop.index }}. {{ county.name }}")
    page.each("sentence in county.lines", "四级标题", "({{ loop.index }}) {{ sentence }}")
    page.tag("endfor", "endfor")


def _follow_up(page: Page) -> None:
    page.tag('if "follow-up" in say.chapters')
    page.text("一级标题", '{{ say.chapters["follow-up"] }}')
    page.each("sentence in say.follow_up_lines", "公文正文", "{{ sentence }}")
    page.tag("for one in say.follow_up_lists")
    page.text("二级标题", '{{ _("（{n}）{title}", n=loop.index|numeral, title=one.title) }}')
    page.text("公文正文", "{{ one.lines|join(say.gap) }}")
    page.table(
        (
            Column(
                '{{ _("包县领导") }}',
                '{{ group.leader|person if group.leader else "—" }}',
                26,
                when="report.campaign.people",
            ),
            Column('{{ _("单位") }}', "{{ told.unit_of(entry)|trim }}", 36),
            Column('{{ _("结论") }}', "{{ entry.verdict|word }}", 17),
            Column('{{ _("变化") }}', '{{ entry.change|word or "—" }}', 17, when="report.follow_up.baseline"),
            Column('{{ _("列入年份") }}', '{{ entry.since or _("上年或更早") }}', 20, when="one.since"),
            Column(
                '{{ _("主要理由") }}', "{{ say.why[entry.unit.code]|join(say.gap) }}", 60, "l", when="one.why"
            ),
        ),
        ("for group in report.by_leader(one.entries)", "for entry in group.entries"),
    )
    page.tag("endfor", "endif")


def _findings(page: Page) -> None:
    page.text("一级标题", '{{ say.chapters["findings"] }}')
    page.text("公文正文", "{{ told.findings_line }}")
    page.tag("if report.by_county")
    page.table(
        (
            Column('{{ _("县(区、市)") }}', '{{ county.name or _("不能确定所属县（区、市）") }}', 40),
            Column(
                "{{ severity|word }}",
                '{{ county.counts[severity] or "—" }}',
                20,
                "r",
                each="severity in Severity",
            ),
            Column('{{ _("合计") }}', "{{ county.findings|length }}", 20, "r"),
            Column('{{ _("不能计入") }}', '{{ county.blocking or "—" }}', 24, "r"),
        ),
        ("for county in report.by_county",),
        caption="{{ told.findings_title }}",
    )
    page.tag("endif")


def _closing(page: Page) -> None:
    """附件, the issuer, room for the date: nobody's clock is asked."""
    page.tag("for one in told.enclosed", "if loop.first")
    page.text("附件说明", "{{ one }}")
    page.tag("else")
    page.text("附件续行", "{{ one }}")
    page.tag("endif", "endfor")
    page.text("落款", "{{ say.settings.issuer }}")
    page.text("成文日期", '{{ _("　　年　　月　　日") }}')


def _rules(page: Page) -> None:
    page.text("附件标题", '{{ say.chapters["rules"] }}')
    page.table(
        (
            Column('{{ _("规则") }}', "{{ rule.title }}", 28),
            Column('{{ _("内容") }}', "{{ rule.text }}", 84, "l"),
            Column('{{ _("性质") }}', "{{ say.basis_words[rule.by.basis] }}", 22),
            Column('{{ _("来源") }}', "{{ rule.by.source_ids()|names }}", 22),
        ),
        ("for rule in say.rules",),
    )
    page.each("sentence in say.rule_notes", "公文正文", "{{ sentence }}")
    page.tag("if say.sources")
    page.text("表注", '{{ _("来源：") }}')
    page.each("source in say.sources", "表注", "{{ source }}")
    page.tag("endif", "if no_pictures")
    page.text("表注", "{{ no_pictures }}")
    page.tag("endif")
    page.text("表注", "{{ say.made_with }}")
