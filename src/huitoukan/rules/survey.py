"""Q801-Q817: what is answered in a questionnaire: missing, no option, no number, numbers that do not agree (R07)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from huitoukan.intake.answering import AnswerKind
from huitoukan.model import Finding, Level, Severity
from huitoukan.phrase import Listing, Phrase, plain, say
from huitoukan.rules.people import holds_phone, names, written
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.responses import ResponseSubject, SurveySubject


@rule(
    "Q801", severity=Severity.ERROR, on=SurveySubject, message="调查问卷没有填写。",
    fix="请填写后重新报送。",
)  # fmt: skip
def nothing_answered(subject: SurveySubject, _context: Context) -> Iterator[Finding]:
    """问卷是空白的。

    查什么: 问卷至少要回答一道题 (单位名称和填表人不算)。
    为什么: 空白问卷不能参加汇总; 这样的问卷不再逐题列出没有填的题目。
    例子: 把下发的空白问卷原样报了上来。
    怎么改: 填写后重新报送。
    """
    if subject.empty:
        yield subject.finding(subject.sheet.first)


@rule(
    "Q802", severity=Severity.ERROR, on=ResponseSubject, message="{label} 没有填。",
    fix="请填写; 数值没有的填 0。",
)  # fmt: skip
def answer_missing(subject: ResponseSubject, _context: Context) -> Iterator[Finding]:
    """必填的题没有填。

    查什么: 问卷里必填的题都要有答案。空格、下划线不算答案。
    为什么: 没有填和填 0 是两回事; 没有填的单位不能计入这道题的汇总。
    例子: “实有统计人员数”空着。
    怎么改: 填写; 数值确实没有的填 0, 不要留空。
    """
    blank = subject.response.kind is AnswerKind.BLANK
    unit = subject.question.holds == "unit"  # U301 and U309 say so
    parts = subject.question.part_ids()
    again = subject.response.joined and subject.response.part != parts[0]  # the same blank cell
    if blank and subject.question.required and not (unit or again or subject.of.empty):
        yield subject.finding()


@rule(
    "Q803", severity=Severity.ERROR, on=ResponseSubject, message="{label} 填的“{text}”不是选项。",
    fix="请从选项里选: {expected}。",
)  # fmt: skip
def not_an_option(subject: ResponseSubject, _context: Context) -> Iterator[Finding]:
    """填的不是选项。

    查什么: 选择题要填选项的字母或名称, 也可以在选项旁打√。
    为什么: 认不出选的是哪一项, 就不能计入汇总。
    例子: 选项只有 A 到 E, 填了 F; 填“见附件”。
    怎么改: 从列出的选项里选。
    """
    response = subject.response
    if response.kind is AnswerKind.NO_OPTION and not response.marks:
        yield subject.finding(expected=_options(subject), text=response.text)


@rule(
    "Q804", severity=Severity.ERROR, on=ResponseSubject, message="{label} 是单选题, 却选了几项: {chosen}。",
    fix="请只选一项: {expected}。",
)  # fmt: skip
def several_options(subject: ResponseSubject, _context: Context) -> Iterator[Finding]:
    """单选题选了几项。

    查什么: 单选题只能选一项。
    为什么: 选了几项, 不知道以哪一项为准, 哪一项都不采用。
    例子: “经费来源”填 A、B。
    怎么改: 只留最符合的一项。
    """
    if subject.response.kind is AnswerKind.SEVERAL:
        chosen = Listing(tuple(subject.response.guess.split(" / ")))
        yield subject.finding(expected=_options(subject), chosen=chosen)


@rule(
    "Q805", severity=Severity.ERROR, on=ResponseSubject, message="{label} 的选项 {option} 旁填的“{text}”看不出选还是没选。",
    fix="选的请打“{mark}”, 没有选的留空。",
)  # fmt: skip
def unclear_mark(subject: ResponseSubject, context: Context) -> Iterator[Finding]:
    """选项旁的记号看不明白。

    查什么: 选项旁边打√表示选, 空着或打×表示没选。
    为什么: 有一项看不明白, 这道题选了哪几项就说不清, 整题不采用。
    例子: 选项旁写了“部分”。
    怎么改: 选的打√, 没有选的留空。
    """
    questionnaire = context.campaign.questionnaire
    for option, cell in subject.response.marks:
        mark = questionnaire.form.chosen[0] if questionnaire else "√"
        yield subject.finding(cell, option=option, text=cell.text or "", mark=mark)


@rule(
    "Q806", severity=Severity.ERROR, on=ResponseSubject, message="{label} 填的“{text}”不是数。",
    fix="请只填一个数, 单位不用写。",
)  # fmt: skip
def not_a_number(subject: ResponseSubject, _context: Context) -> Iterator[Finding]:
    """填的不是数。

    查什么: 数值题要填数。
    为什么: 读不出数, 就不能汇总; 工具不替人猜。
    例子: 填“若干”“见附表”, 或单元格里是日期。
    怎么改: 只填一个数。
    """
    if subject.response.kind is AnswerKind.UNREADABLE:
        yield subject.finding(text=subject.response.text)


@rule(
    "Q807", severity=Severity.WARNING, on=ResponseSubject, message="{label} 填的“{text}”不能确定是多少 (可能是 {guess}), 没有采用。",
    fix="请改填一个准确的数; 没有的填 0。",
)  # fmt: skip
def guessed_number(subject: ResponseSubject, _context: Context) -> Iterator[Finding]:
    """填的数要靠猜。

    查什么: 数值题不写“约”“左右”“无”, 不用汉字数字, 不写范围。
    为什么: “无”可能是 0, 也可能是不知道; 猜的数不能进汇总。
    例子: 约3、三人、3-4、无。
    怎么改: 填一个准确的数; 没有的填 0。
    """
    response = subject.response
    if response.kind is AnswerKind.GUESS:
        yield subject.finding(text=response.text, guess=response.guess)


@rule(
    "Q808", severity=Severity.WARNING, on=ResponseSubject,
    message="{label} 应以{unit}为单位, 填的是“{text}”, 没有换算, 也没有采用。",
    fix="请换算后只填数{converted}。",
)  # fmt: skip
def other_unit(subject: ResponseSubject, _context: Context) -> Iterator[Finding]:
    """写了别的单位。

    查什么: 数值题按规定的单位填, 不写单位; 写了规定的单位也认。
    为什么: 工具不悄悄换算: “125000元”是不是 12.5 万元, 要由填报人确认。
    例子: 以万元为单位的经费填“125000元”。
    怎么改: 换算成规定的单位, 只填数。
    """
    response = subject.response
    if response.kind is AnswerKind.OTHER_UNIT:
        measure = subject.question.measure(response.part)
        unit = measure.unit or say("规定的计量单位")
        converted = say(", 例如 {guess}", guess=response.guess) if response.guess else ""
        yield subject.finding(unit=unit, text=response.text, converted=converted)


@rule(
    "Q809", severity=Severity.ERROR, on=ResponseSubject, message="{label} 填的 {number} 超出范围。",
    fix="请核对, 应为{expected}。",
)  # fmt: skip
def out_of_range(subject: ResponseSubject, _context: Context) -> Iterator[Finding]:
    """数值超出范围。

    查什么: 数不得小于问卷规定的最小值 (人数、经费等不小于 0), 规定了最大值的不得大于它。
    为什么: 超出范围的数一定是填错了。
    例子: 人数填 -1。
    怎么改: 核对后改正。
    """
    response = subject.response
    if response.number is None:
        return
    measure, number = subject.question.measure(response.part), subject.number
    least, most = measure.at_least, measure.at_most
    if least is not None and number < least.value:
        expected = say("不小于 {least} 的数", least=least.value)
        yield subject.finding(expected=expected, number=number)
    elif most is not None and number > most.value:
        yield subject.finding(expected=say("不大于 {most} 的数", most=most.value), number=number)


@rule(
    "Q810", severity=Severity.WARNING, on=ResponseSubject, message="{label} 填的 {number} {what}。",
    fix="请填{expected}。",
)  # fmt: skip
def too_many_places(subject: ResponseSubject, _context: Context) -> Iterator[Finding]:
    """小数位数太多。

    查什么: 人数、台数、次数等只能是整数, 经费最多两位小数 (以问卷的规定为准)。
    为什么: 半个人多半是把别的数填到了这里; 位数太多多半是换算时没有四舍五入。
    例子: 人数填 2.5, 经费填 3.1416 万元。
    怎么改: 核对后填规定位数的数。
    """
    response = subject.response
    if response.number is None:
        return
    places = subject.question.measure(response.part).places
    digits = plain(subject.number).partition(".")[2]
    if len(digits) > places:
        what = say("不是整数") if places == 0 else say("有 {n} 位小数", n=len(digits))
        expected = say("整数") if places == 0 else say("最多 {places} 位小数", places=places)
        yield subject.finding(expected=expected, number=subject.number, what=what)


@rule(
    "Q811", severity=Severity.WARNING, on=ResponseSubject,
    message="{label} 填的 {number} {unit}, 比通常的 ({usual} 以内) 大得多, 可能弄错了计量单位。",
    fix="请核对计量单位; 确实无误的不用改。",
)  # fmt: skip
def unusually_large(subject: ResponseSubject, _context: Context) -> Iterator[Finding]:
    """数大得不寻常。

    查什么: 数值不超过问卷文件规定的通常的最大值 (usual), 县级、乡级分别规定。
    为什么: 经费以万元为单位, 按元填就大了一万倍, 会使汇总失真。
    例子: 乡镇的经费填 50000 万元。
    怎么改: 核对计量单位; 确实无误的不用改。数仍按填的采用。
    """
    response = subject.response
    if response.number is None:
        return
    measure = subject.question.measure(response.part)
    usual = measure.usual.get(subject.of.sheet.level)
    if usual is not None and subject.number > usual.value:
        most = measure.at_most
        if most is None or subject.number <= most.value:
            yield subject.finding(number=subject.number, unit=measure.unit, usual=usual.value)


@rule(
    "Q812", severity=Severity.ERROR, on=SurveySubject, message="{label} 填的 {number}, 与{parts}之和 {sum} 不符。",
    fix="请核对这几个数, 改正填错的。",
)  # fmt: skip
def sum_does_not_agree(subject: SurveySubject, _context: Context) -> Iterator[Finding]:
    """总数不等于各部分之和。

    查什么: 问卷文件 checks 一节规定的合计关系, 如实有统计人员数等于专职与兼职之和。
    为什么: 对不上, 说明至少有一个数填错了。
    例子: 实有 5 人, 专职 2 人, 兼职 2 人。
    怎么改: 核对后改正。
    """
    for relation in subject.questionnaire.checks.sums:
        total = subject.number(relation.total)
        parts = [subject.number(part) for part in relation.parts]
        if total is None or any(part is None for part in parts):
            continue
        known = [part for part in parts if part is not None]
        if _greater_told(subject, relation.total, relation.parts):
            continue
        added = sum((part.number for part in known), Decimal(0))
        if added != total.number:
            listed = Listing(tuple(part.label for part in known))
            yield total.finding(number=total.number, parts=listed, sum=added)


def _greater_told(subject: SurveySubject, total: str, parts: tuple[str, ...]) -> bool:
    """Whether Q813 says already that a part is greater than the total: one cause, one finding."""
    return any(
        pair.limit == total and pair.value in parts and _is_greater(subject, pair.value, pair.limit)
        for pair in subject.questionnaire.checks.at_most
    )


def _is_greater(subject: SurveySubject, value: str, limit: str) -> bool:
    one, other = subject.number(value), subject.number(limit)
    return one is not None and other is not None and one.number > other.number


@rule(
    "Q813", severity=Severity.ERROR, on=SurveySubject, message="{label} 填的 {number}, 大于 {other} 填的 {limit}。",
    fix="请核对这两个数, 改正填错的。",
)  # fmt: skip
def part_greater_than_whole(subject: SurveySubject, _context: Context) -> Iterator[Finding]:
    """部分大于总数。

    查什么: 问卷文件 checks 一节规定的大小关系, 如专职人数不大于实有人数, 已配统计员的村(居)数不大于村(居)数。
    为什么: 部分不可能大于总数, 至少有一个数填错了。
    例子: 辖区 10 个村, 已配统计员的村填 12。
    怎么改: 核对后改正; 两个数写反了的, 换过来。
    """
    for pair in subject.questionnaire.checks.at_most:
        value, limit = subject.number(pair.value), subject.number(pair.limit)
        if value is not None and limit is not None and value.number > limit.number:
            yield value.finding(number=value.number, other=limit.label, limit=limit.number)


@rule(
    "Q814", severity=Severity.WARNING, on=ResponseSubject, message="{label} 选了“{option}”, 没有写明是什么。",
    fix="请写明具体内容。",
)  # fmt: skip
def words_missing(subject: ResponseSubject, _context: Context) -> Iterator[Finding]:
    """选了“其他”, 没有写明内容。

    查什么: 选了要求写明内容的选项 (如“其他”), 应写明是什么。
    为什么: 只选“其他”, 看不出困难在哪里。
    例子: “主要困难”选了 G, 后面空着。
    怎么改: 在“其他”后面写明具体内容。
    """
    response = subject.response
    for option in subject.question.options:
        if option.needs_text and option.key in response.choices and not response.text:
            yield subject.finding(response.other, option=option.label())


@rule(
    "Q815", severity=Severity.WARNING, on=ResponseSubject, message="{label} 写了 {count} 字, 超过 {limit} 字。",
    fix="请压缩到 {limit} 字以内。",
)  # fmt: skip
def text_too_long(subject: ResponseSubject, _context: Context) -> Iterator[Finding]:
    """文字太长。

    查什么: 规定了字数的题, 不得超过 (标点算, 空格和换行不算)。
    为什么: 太长的文字在汇编时要删, 不如自己压缩。
    例子: “亮点做法及意见建议”写了 800 字。
    怎么改: 压缩到规定的字数以内。
    """
    limit, text = subject.question.longest, subject.response.text
    if limit is None or subject.question.type != "text":
        return
    count = sum(not c.isspace() for c in text)
    if count > limit.value:
        yield subject.finding(count=count, limit=limit.value)


@rule(
    "Q816", severity=Severity.WARNING, on=ResponseSubject, message="{label} 填的“{text}”里没有{missing}。",
    fix="请写姓名和能打通的电话, 如“王敏 0354-3021234”。",
)  # fmt: skip
def contact_incomplete(subject: ResponseSubject, _context: Context) -> Iterator[Finding]:
    """填表人或联系电话不全。

    查什么: “填表人及联系电话”要有姓名, 还要有像样的电话: 11 位手机号、带区号的座机号或 7 至 8 位座机号。
    为什么: 问卷有问题时找不到人核对。
    例子: 只写了“王敏”, 或电话少一位。
    怎么改: 写姓名和电话。
    """
    response = subject.response
    if subject.question.holds != "contact" or response.kind is not AnswerKind.ANSWERED:
        return
    text = response.text
    missing = []
    if not names(text):
        missing.append(say("姓名"))
    if not holds_phone(text):
        missing.append(say("像样的电话"))
    if missing:
        yield subject.finding(text=written(text) or text, missing=Listing(tuple(missing)))


@rule(
    "Q817", severity=Severity.WARNING, on=SurveySubject, message="{label} 填的 {number}, 名录里{county}是 {known}。",
    fix="请核对; 名录不对的, 请告知以便改正名录。",
)  # fmt: skip
def differs_from_roster(subject: SurveySubject, context: Context) -> Iterator[Finding]:
    """与名录不一致。

    查什么: 问卷文件 checks 一节规定与名录核对的数, 如县的辖区乡镇(街道)数 (名录里必须报送的乡、镇、街道)。
    为什么: 不一致, 可能是填错了, 也可能是名录漏了或多了单位。
    例子: 昔阳县填 12 个, 名录里是 10 个。
    怎么改: 核对后改正; 名录不对的, 告知以便改正。
    """
    unit, roster = subject.sheet.unit.unit, context.campaign.roster
    if unit is None or roster.units[unit].level is not Level.COUNTY:
        return
    known = sum(one.required for one in roster.townships(unit))
    for relation in subject.questionnaire.checks.roster:
        value = subject.number(relation.value)
        if value is not None and value.number != known:
            yield value.finding(number=value.number, county=roster.county_name(unit), known=known)


def _options(subject: ResponseSubject) -> Phrase:
    options = Listing(tuple(option.label() for option in subject.question.options))
    return say("{options}", options=options)
