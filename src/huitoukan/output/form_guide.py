"""The guide (填报说明) that goes with a form: how it is filled in and scored, what the checks say, when it is due, whom to ask.

Everything comes from the campaign, the rubric and the questionnaire. A rule that rests on no public document says so (暂定).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.rubric import Sourced
from huitoukan.intake.filling_aids import CHECK, GUIDE
from huitoukan.model import Level, SheetKind, Stage, Unit
from huitoukan.output.form_drawing import NOTE, Drawing, Look
from huitoukan.output.form_page import height_of, lines_of, set_up_page
from huitoukan.output.text import Words
from huitoukan.phrase import Listing, Phrase, plain, say

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_COLUMNS = {"label": 92.0, "text": 435.0}  # points: the width of A4 portrait
_TITLE = Look("黑体", 16.0, "center")
_HEADING = Look("黑体", 12.0)
_LABEL = Look(side="center", border="box", shaded=True)
_TEXT = Look(border="box")
_TITLE_ROW, _HEADING_ROW, _ROW, _GAP = 34.0, 24.0, 20.0, 8.0
_NUMERALS = "一二三四五六七八九"

Line = tuple[str, str]  # what stands on the left and on the right


class GuideSheet(Drawing):
    """The guide of one form in the making: draw it once, top down."""

    def __init__(
        self, sheet: Worksheet, hidden: Worksheet, campaign: Campaign, unit: Unit, stage: Stage, words: Words,
        kind: SheetKind,
    ) -> None:  # fmt: skip
        super().__init__(sheet, hidden, _COLUMNS)
        self.campaign, self.unit, self.stage, self.words, self.kind = campaign, unit, stage, words, kind
        self.assumed = False

    def draw(self) -> None:
        """Title and sections; then what concerns the whole sheet."""
        self.set_widths()
        words, roster = self.words, self.campaign.roster
        # The first cell says what this is, so that it is never taken for a form.
        name = words.phrase(
            say("{unit}, {stage_name}", unit=roster.full_name(self.unit.code), stage_name=self._stage_title())
        )
        title = f"{GUIDE}（{name}）"
        self.span("label", "text", title, _TITLE)
        self.end_row(_TITLE_ROW * lines_of(title, sum(_COLUMNS.values()), _TITLE.size))
        asks = self.kind is SheetKind.QUESTIONNAIRE
        sections = [
            (words("怎么填"), self._answering() if asks else self._filling()),
            (words("边填边看“校验”"), self._checking()),
            *([(words("数与数的关系"), self._relations())] if asks else []),
            *([] if asks else [(words("怎么打分"), self._scoring()), (words("怎样算达标"), self._passing())]),
            (words("什么时候报"), self._times()),
            (words("问谁"), self._contacts()),
        ]
        drawn = ((heading, list(lines)) for heading, lines in sections)
        for n, (heading, lines) in enumerate((h, found) for h, found in drawn if found):
            self._section(n, heading, lines)
        if self.assumed:
            note = words("标“暂定”的没有公开文件作依据, 以下发单位的正式规定为准。")
            self.span("label", "text", note, NOTE)
            self.end_row(height_of(note, sum(_COLUMNS.values()), NOTE.size))
        area = f"{self.letters['label']}1:{self.letters['text']}{self.row - 1}"
        set_up_page(self.sheet, 1, area, words, portrait=True)
        protection = self.sheet.protection
        protection.sheet = True
        protection.formatColumns = protection.formatRows = False  # what is False is allowed

    def _section(self, n: int, heading: str, lines: list[Line]) -> None:
        self.span(
            "label", "text", self.words("{n}、{heading}").format(n=_NUMERALS[n], heading=heading), _HEADING
        )
        self.end_row(_HEADING_ROW)
        for label, text in lines:
            self.cell("label", label, _LABEL)
            self.cell("text", text, _TEXT)
            height = max(_ROW, height_of(text, _COLUMNS["text"]), height_of(label, _COLUMNS["label"]))
            self.end_row(height)
        self.end_row(_GAP)

    def _stage_title(self) -> str:
        return self.campaign.stages[self.stage].title

    def _rule(self, template: Phrase, *sources: Sourced) -> str:
        """A rule in words, marked where it rests on no public document."""
        text = self.words.phrase(template)
        if all(source.basis != "assumed" for source in sources):
            return text
        self.assumed = True
        return text + self.words("(暂定)")

    # -------------------------------------------------------------------------------------------- how to fill it in

    def _filling(self) -> Iterator[Line]:
        words, form = self.words, self.campaign.rubric.form
        columns, fields = form.columns, form.fields
        score, reason, evidence = (
            columns.of_stage(self.stage).label,
            columns.deduction_reason.label,
            columns.evidence.label,
        )
        standard, criterion = columns.max_points.label, columns.criterion.label
        yield (
            words("填哪里"),
            words("只填淡黄色的单元格、表中的白色空格和表下签字处; 其余已锁定, 请勿增删行列、改动表样。"),
        )
        yield (
            score,
            words("每项都按“{criterion}”打分, 只填数字, 不写“分”字; 不得分填 0, 不能留空。").format(
                criterion=criterion
            ),
        )
        yield (
            reason,
            words("得分低于“{standard}”的都要写清具体情况, 不能只写“无”“同上”或一个数。").format(
                standard=standard
            ),
        )
        yield evidence, words("得了分的项目写明材料的名称或存放的地方; 点中单元格会提示要看哪些材料。")
        signed = Listing(
            (fields.date.label, fields.inspectors.label, fields.leader.label, fields.phone.label)
        )
        yield words("日期和签字"), words.phrase(say("{fields}都要填。", fields=signed))

    def _answering(self) -> Iterator[Line]:
        words, asked = self.words, self.campaign.questionnaire
        assert asked is not None
        own = asked.of_level(self.unit.level)
        yield (
            words("填哪里"),
            words("只填淡黄色的单元格和表中的白色空格; 其余已锁定, 请勿增删行列、改动题目。"),
        )
        kinds = {question.type for question in own}
        if "single" in kinds:
            yield words("单选题"), words("从下拉列表里选一项。")
        if "multiple" in kinds:
            told = words("在所选各项后面选“{mark}”, 没有选的留空。")
            yield words("多选题"), told.format(mark=asked.form.chosen[0])
        if "number" in kinds:
            yield words("填数的题"), words("只填数, 不写单位; 没有的填 0, 不能留空。")
        optional = [question.label() for question in own if not question.required]
        if optional:
            told_all = say("除{questions}以外都要答。", questions=Listing(tuple(optional)))
            yield words("必答题"), words.phrase(told_all)
        else:
            yield words("必答题"), words("每道题都要答。")

    def _checking(self) -> Iterator[Line]:
        words = self.words
        yield (
            CHECK,
            words("表右边的“{check}”一列随填随变: “√”表示这一行没有问题, 红字写着哪里不对、怎么改。").format(
                check=CHECK
            ),
        )
        yield words("最上面一格"), words("写着还有几处问题、已经填了多少; 显示“全部通过”再上报。")
        yield words("颜色"), words("淡黄色: 还没有填。淡红色: 填得不对, 或者还缺扣分原因。")
        yield words("打印"), words("“{check}”一列不打印, 不用删去, 也不要改动。").format(check=CHECK)
        yield words("看不出的"), words("文字写得对不对、与别的表是否一致, 表里看不出来, 收到后还要核对。")

    def _relations(self) -> Iterator[Line]:
        asked = self.campaign.questionnaire
        assert asked is not None
        own = {question.id for question in asked.of_level(self.unit.level)}

        def known(*names: str) -> bool:
            return all(name.partition(".")[0] in own for name in names)

        def label(name: str) -> str:
            question, _, part = name.partition(".")
            one = asked.by_id[question]
            found = one.part(part or None)
            return f"{question} {found.title}" if found else one.label()

        for total in asked.checks.sums:
            if known(total.total, *total.parts):
                parts = Listing(tuple(label(part) for part in total.parts))
                yield (
                    total.total,
                    self._rule(say("{total}等于{parts}之和。", total=label(total.total), parts=parts), total),
                )
        for pair in asked.checks.at_most:
            if known(pair.value, pair.limit):
                told = say("{value}不大于{limit}。", value=label(pair.value), limit=label(pair.limit))
                yield pair.value.partition(".")[0], self._rule(told, pair)
        for one in asked.checks.roster if self.unit.level is Level.COUNTY else ():
            if known(one.value):
                told = say("{value}与名录核对。", value=label(one.value))
                yield one.value.partition(".")[0], self._rule(told, one)

    # -------------------------------------------------------------------------------------------- how it is scored

    def _scoring(self) -> Iterator[Line]:
        words, level = self.words, self.campaign.rubric.level(self.unit.level)
        items = list(level.items())
        modes = {
            "deduct": (words("逐次扣分"), words("标准分减去每次扣的分, 扣完为止, 最低 0 分。")),
            "tiers": (words("分档"), words("只能是评分标准列出的几档之一。")),
            "yesno": (words("全有全无"), words("只能是标准分或 0 分。")),
        }
        for mode, (title, text) in modes.items():
            count = sum(item.mode.value == mode for item in items)
            if count:
                yield title, words.phrase(say("{text}共 {count} 项。", text=text, count=count))
        spared = [item.label() for item in items if item.allows_not_applicable(self.unit.code)]
        if spared:
            told = say(
                "{items}可以填“{word}”。",
                items=Listing(tuple(spared)),
                word=self.campaign.rubric.form.not_applicable[0],
            )
            yield words("不适用"), words.phrase(told)

    def _passing(self) -> Iterator[Line]:
        words, rules = self.words, self.campaign.settings.pass_rules
        level = self.campaign.rubric.level(self.unit.level)
        mark, share = rules.pass_mark, rules.dimension_share
        yield (
            words("总分"),
            self._rule(say("满分 {total}, 不低于 {mark} 分。", total=level.total, mark=mark.value), mark),
        )
        yield (
            words("各维度"),
            self._rule(say("每个维度的得分不低于该维度的 {share}。", share=_percent(share.value)), share),
        )
        vetoes = [item.label() for item in level.items() if item.is_veto]
        if rules.veto_fails.value and vetoes:
            told = say("{items}: 得 0 分的, 总分多少都不能达标。", items=Listing(tuple(vetoes)))
            yield words("否决项"), self._rule(told, rules.veto_fails)
        if any(item.allows_not_applicable(self.unit.code) for item in level.items()):
            told = say(
                "按其余项目折算成百分; 不适用的超过 {points} 分的, 由人工认定。",
                points=rules.not_applicable_points.value,
            )
            yield words("不适用"), self._rule(told, rules.not_applicable_points)
        if self.unit.level is Level.COUNTY and rules.county_verdict.value != "body":
            told = say("所辖乡镇(街道)至少 {share} 达标。", share=_percent(rules.township_share.value))
            yield words("乡镇(街道)"), self._rule(told, rules.township_share)
        bands = Listing(
            tuple(say("{title} {mark} 分起", title=title, mark=mark) for title, mark in rules.bands())
        )
        told = say("{bands}; 其余{failed}。", bands=bands, failed=rules.failed)
        yield words("等次"), self._rule(told, rules.grades)

    # -------------------------------------------------------------------------------------------- when, and whom to ask

    def _times(self) -> Iterator[Line]:
        words, coverage = self.words, self.campaign.settings.coverage
        for stage, settings in self.campaign.stages.items():
            window = settings.window
            told = say("{start} 至 {end}, 首尾两天都算。", start=_day(window.start), end=_day(window.end))
            own = words("(本表)") if stage is self.stage else ""
            yield settings.title, words.phrase(told) + own
        last = _day(coverage.deadline.value)
        told = (
            say("材料最迟 {day} 报齐, 当天有效。", day=last)
            if coverage.deadline_inclusive.value
            else say("材料在 {day} 之前报齐, 当天不算。", day=last)
        )
        yield words("截止"), self._rule(told, coverage.deadline, coverage.deadline_inclusive)

    def _contacts(self) -> Iterator[Line]:
        words = self.words
        yield words("下发单位"), self.campaign.settings.issuer
        people = self.campaign.people.get(self.unit.county)
        if people is not None and people.leader is not None:
            yield words("包县领导"), words.person(people.leader)
        contact = people.contact if people is not None else None
        name, phone = (words.person(contact), contact.phone or "") if contact is not None else ("", "")
        yield words("联系人"), " ".join(filter(None, (name, phone)))


def pointer(words: Words) -> str:
    """Where a form says that there is more than it prints."""
    text = words("边填边看表右边的“{check}”; 怎么填、什么时候报, 见工作表“{guide}”。")
    return text.format(check=CHECK, guide=GUIDE)


def _percent(share: Decimal) -> str:
    return f"{plain(share * 100)}%"


def _day(day: date) -> Phrase:
    return say("{year}年{month}月{day}日", year=day.year, month=day.month, day=day.day)
