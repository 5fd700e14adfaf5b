"""S401-S417: the scores themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta

from huitoukan.grid import CellValue, Range
from huitoukan.model import Change, Finding, ReadingKind, Severity
from huitoukan.phrase import Listing, Phrase, say
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.subjects import NUMBERS, ScoreRow, SheetSubject


@rule(
    "S401",
    severity=Severity.ERROR,
    on=ScoreRow,
    kinds=(ReadingKind.BLANK,),
    blocks=True,
    message="{label} 没有打分。",
    fix="请打分: {expected}; 得 0 分也要填 0。",
)
def score_blank(row: ScoreRow, _context: Context) -> Iterator[Finding]:
    """没有打分。

    查什么: 每个检查项目都应有得分, 得 0 分也要填 0。
    为什么: 空白不等于 0 分; 有空白的表不能作为达标的依据。
    例子: “专用计算机”的自评分空着。
    怎么改: 按评分标准打分。
    """
    merged = row.score.merged is not None  # L217 says so
    if row.of.measured and not merged:
        yield row.finding(expected=row.item.legal())


@rule(
    "S402",
    severity=Severity.ERROR,
    on=ScoreRow,
    kinds=(ReadingKind.UNREADABLE,),
    blocks=True,
    message="{label} 得分“{value}”{what}。",
    fix="请改为数字: {expected}。",
)
def score_not_a_number(row: ScoreRow, _context: Context) -> Iterator[Finding]:
    """得分不是数。

    查什么: 得分必须是数字。
    为什么: 文字、日期、逻辑值都不能相加。
    例子: 得分填“良好”, 或者 4.5 被自动变成了日期。
    怎么改: 改为数字。
    """
    if row.score.merged is None:  # else L217 says so
        yield row.finding(expected=row.item.legal(), what=_what_stands(row.score.cell.value))


def _what_stands(value: CellValue) -> Phrase:
    """What a score cell holds that is no number, in words."""
    if isinstance(value, bool):
        return say("是逻辑值, 不是数")
    if isinstance(value, date):
        return say("是日期 (输入 4.5 之类会被自动变成日期), 不是数")
    if isinstance(value, time | timedelta):
        return say("是时间, 不是数")
    return say("是文字, 不是数") if isinstance(value, str) else say("不是有限的数")


@rule(
    "S403", severity=Severity.INFO, on=ScoreRow, kinds=(ReadingKind.TEXT_NUMBER,), message="{label} 得分“{value}”是文本{done}, 已读作 {number}。",
    fix="请改为数字 {number}, 否则求和公式会漏掉它。",
)  # fmt: skip
def score_is_text(row: ScoreRow, _context: Context) -> Iterator[Finding]:
    """得分是文本型数字。

    查什么: 得分应是数字格式, 不带“分”字、空格和撇号, 不用全角。
    为什么: Excel 求和时会跳过文本, 合计就会少算。
    例子: 4.5分、４.５。
    怎么改: 改为数字 4.5。本工具已按数字读取。
    """
    done = row.reading.done
    yield row.finding(number=row.points, done=say(" ({changes})", changes=Listing(done)) if done else None)


@rule(
    "S404",
    severity=Severity.ERROR,
    on=ScoreRow,
    kinds=NUMBERS,
    blocks=True,
    message="{label} 得分“{value}”是负数。",
    fix="请填得到的分数 ({expected}), 不要填扣去的分数。",
)
def score_negative(row: ScoreRow, _context: Context) -> Iterator[Finding]:
    """得分是负数。

    查什么: 得分不得低于 0。
    为什么: 多半是把扣分填进了得分列。
    例子: 扣 0.5 分, 得分填成 -0.5。
    怎么改: 填标准分减去扣分以后的得分。
    """
    if row.points is not None and row.points < 0:
        yield row.finding(expected=row.item.legal())


@rule(
    "S405",
    severity=Severity.ERROR,
    on=ScoreRow,
    kinds=NUMBERS,
    blocks=True,
    message="{label} 得分“{value}”高于标准分 {maximum}。",
    fix="请按评分标准改为 {expected}。",
)
def score_above_maximum(row: ScoreRow, _context: Context) -> Iterator[Finding]:
    """得分高于标准分。

    查什么: 每个检查项目的得分不得高于该项标准分。
    为什么: 超出标准分的得分会抬高合计, 使达标结论失真。
    例子: 标准分 4, 自评分填 5。
    怎么改: 核对该项评分标准, 把得分改为 0 到标准分之间的数。
    """
    if row.points is not None and row.points > row.item.maximum:
        yield row.finding(expected=row.item.legal(), maximum=row.item.maximum)


@rule(
    "S406",
    severity=Severity.WARNING,
    on=ScoreRow,
    kinds=NUMBERS,
    message="{label} 得分“{value}”不是规定的档次。",
    fix="请按评分标准改为 {expected}。",
)
def score_not_a_tier(row: ScoreRow, _context: Context) -> Iterator[Finding]:
    """得分不在规定的档次里。

    查什么: 分档计分的项目, 得分只能是规定的几档之一; 全有全无的项目只能是满分或 0。
    为什么: 档次之外的分数没有评分标准作依据。
    例子: 分档是 3、2、1、0, 得分填 2.5。
    怎么改: 按评分标准改为其中一档。
    """
    if (
        row.in_range
        and row.item.choices() is not None
        and row.points is not None
        and not row.item.allows(row.points)
        and row.shown == row.points  # else S416 says so
    ):
        yield row.finding(expected=row.item.legal())


@rule(
    "S407", severity=Severity.WARNING, on=ScoreRow, kinds=NUMBERS, message="{label} 得分“{value}”不是按每{per}扣 {step} 分算出来的。",
    fix="请核对扣分次数, 得分应为标准分减去 {step} 的整数倍。",
)  # fmt: skip
def score_off_step(row: ScoreRow, _context: Context) -> Iterator[Finding]:
    """得分不合扣分步长。

    查什么: 逐次扣分的项目, 得分应是标准分减去步长的整数倍, 最低 0 分。
    为什么: 扣分不是整数次, 说明没有按评分标准扣。
    例子: 标准分 4, 每次扣 0.5, 得分填 3.3。
    怎么改: 核对扣分次数, 重新计算。
    """
    step = row.item.step
    if (
        row.in_range
        and row.points is not None
        and row.item.choices() is None
        and step
        and not row.item.allows(row.points)
        and row.shown == row.points
    ):
        yield row.finding(expected=row.item.legal(), per=say(step.per), step=step.value)


_FULL_MARKS = ("满分", "全分")


@rule(
    "S408", severity=Severity.WARNING, on=ScoreRow, kinds=(ReadingKind.GUESS,), blocks=True, message="{label} 得分{doubt}, 未采用。",
    fix="请改为数字: {expected}。",
)  # fmt: skip
def score_guess(row: ScoreRow, _context: Context) -> Iterator[Finding]:
    """得分要猜才能看懂。

    查什么: 得分应是一个明确的数字。
    为什么: 字母 O、√、满分、两个数字等写法可以猜出意思, 但猜出的分数不能作为依据。
    例子: √、满分、四点五、4,5、4.5/5、3-4、约4、O、①。
    怎么改: 改为数字。
    """
    why, value = row.reading.done, row.score.cell.text
    meant = say("满分") if Change.MARK in why else row.reading.guess
    doubt = (
        say("填的是“{value}”, 没有写明分数", value=value)
        if row.reading.raw.strip() in _FULL_MARKS
        else say("“{value}”可能是 {guess} ({why}), 不能确定", value=value, guess=meant, why=Listing(why))
    )
    yield row.finding(expected=row.item.legal(), doubt=doubt)


@rule(
    "S409",
    severity=Severity.ERROR,
    on=ScoreRow,
    kinds=(ReadingKind.ERROR,),
    blocks=True,
    message="{label} 得分显示为错误值“{value}”。",
    fix="请改正公式, 或直接填写数字: {expected}。",
)
def score_error_cell(row: ScoreRow, _context: Context) -> Iterator[Finding]:
    """得分是错误值。

    查什么: 得分单元格不得是 #REF!、#DIV/0! 等错误值。
    为什么: 错误值不是分数, 还会使合计也变成错误值。
    例子: 删去一列以后公式变成 #REF!。
    怎么改: 改正公式, 或直接填写数字。
    """
    yield row.finding(expected=row.item.legal())


@rule(
    "S410",
    severity=Severity.WARNING,
    on=ScoreRow,
    kinds=(ReadingKind.NOT_APPLICABLE,),
    blocks=True,
    message="{label} 填的是“{value}”, 但该项对本单位不能不适用。",
    fix="请打分: {expected}。",
)
def score_not_applicable(row: ScoreRow, _context: Context) -> Iterator[Finding]:
    """不该填“不适用”。

    查什么: 只有评分标准允许的单位、允许的项目才能填“不适用”。
    为什么: “不适用”会按比例折算总分, 不能随意使用。
    例子: 在“列入预算”填“/”。
    怎么改: 按评分标准打分; 确实不适用的, 由市局在评分标准里设定。
    """
    allowed = row.item.allows_not_applicable(row.of.sheet.unit.unit)
    if not allowed:
        yield row.finding(expected=row.item.legal())


@rule(
    "S411",
    severity=Severity.WARNING,
    on=ScoreRow,
    kinds=(ReadingKind.DITTO,),
    blocks=True,
    message="{label} 得分填的是“{value}”。",
    fix="请填写数字: {expected}。",
)
def score_ditto(row: ScoreRow, _context: Context) -> Iterator[Finding]:
    """得分填“同上”。

    查什么: 每个项目都要填自己的得分。
    为什么: “同上”不是分数, 排序或插行以后还会变意思。
    例子: 得分填“同上”。
    怎么改: 填写数字。
    """
    yield row.finding(expected=row.item.legal())


@rule(
    "S412", severity=Severity.WARNING, on=ScoreRow, kinds=(ReadingKind.UNCACHED,), blocks=True, message="{label} 得分是公式, 文件里没有保存计算结果。",
    fix="请用 Excel 或 WPS 打开, 重新计算并保存。",
)  # fmt: skip
def score_uncached(row: ScoreRow, _context: Context) -> Iterator[Finding]:
    """得分公式没有结果。

    查什么: 用公式得出的得分, 文件里应保存有计算结果。
    为什么: 没有结果就读不出分数。
    例子: 由其他软件导出的工作簿, 从未用 Excel 打开保存过。
    怎么改: 用 Excel 或 WPS 打开, 保存一次。
    """
    yield row.finding(expected=row.item.legal())


@rule(
    "S413",
    severity=Severity.ERROR,
    on=SheetSubject,
    blocks=True,
    message="得分列全部空着。",
    fix="请逐项打分后重新报送。",
)
def scores_all_blank(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """整张表没有打分。

    查什么: 得分列不得全部空白。
    为什么: 可能误报了空表。
    例子: 把下发的空白表样原样报回。
    怎么改: 逐项打分后重新报送。
    """
    if subject.sheet.filled is not None and subject.sheet.other_stage is None:
        yield subject.finding(subject.sheet.filled)


@rule(
    "S414", severity=Severity.ERROR, on=SheetSubject, blocks=True, message="本表是{stage_name}的表, 分数却填在{other}一列。",
    fix="请把分数填到{stage_name}的得分列, 或者改正检查阶段。",
)  # fmt: skip
def scores_in_other_column(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """分数填错列。

    查什么: 分数应填在本阶段的得分列。
    为什么: 填在别的列, 就成了别的阶段的分数。
    例子: 县级检查的表, 分数全填在“自评分”列。
    怎么改: 把分数移到本阶段的列, 或者改正检查阶段。
    """
    if subject.sheet.filled is not None and subject.sheet.other_stage is not None:
        yield subject.finding(
            subject.sheet.filled, stage_name=subject.sheet.stage.stage, other=subject.sheet.other_stage
        )


_SAMPLES = 3  # percentages that are quoted of a whole column


@rule(
    "S415",
    severity=Severity.WARNING,
    on=SheetSubject,
    blocks=True,
    message="{label} 得分填的是百分数“{guess}”。",
    fix="请填分数, 不要填百分比: {expected}。",
)
def score_is_percentage(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """得分填成百分数。

    查什么: 得分应是分数, 不是得分占标准分的百分比; 多数项目都是百分数的, 整列只报告一次。
    为什么: 不能确定百分数折合几分, 所以不采用; 90% 当作 90 分或 0.9 分都会使合计失真。
    例子: 标准分 4, 得分填“90%”或“百分之九十”。
    怎么改: 填写得到的分数。
    """
    rows = [row for row in subject.rows if row.kind is ReadingKind.PERCENT]
    if len(rows) * 2 <= len(subject.rows):
        for row in rows:
            yield row.finding(expected=row.item.legal(), guess=row.reading.guess)
        return
    at = [(row.score.cell.row, row.score.cell.column) for row in rows]
    (top, bottom), (left, right) = ((min(ends), max(ends)) for ends in zip(*at, strict=True))
    guesses = tuple(dict.fromkeys(row.reading.guess for row in rows))
    yield subject.finding(
        Range(top, left, bottom, right),
        expected=say("0 到标准分之间的数"),
        label=say("{count} 个检查项目", count=len(rows)),
        guess=Listing((*guesses[:_SAMPLES], *(["…"] if len(guesses) > _SAMPLES else []))),
    )


@rule(
    "S416", severity=Severity.WARNING, on=SheetSubject, message="{label} 显示的是 {shown}, 实际是 {value}。",
    fix="请改为 {shown} 或应得的分数 ({expected}), 单元格改成常规格式。",
)  # fmt: skip
def precision_hidden(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """显示的分数不是实际的分数。

    查什么: 单元格显示的分数应与实际的分数一致。
    为什么: 打印出来是一个数, 求和用的是另一个数, 合计就对不上。
    例子: 实际是 0.5, 因为格式不显示小数, 看上去是 1。
    怎么改: 改为应得的分数, 单元格改成常规格式。本工具按实际的数读取。
    """
    for row in subject.rows if subject.grid.looks else ():
        if row.shown != row.points:
            yield row.finding(shown=row.shown, expected=row.item.legal())


@rule(
    "S417", severity=Severity.WARNING, on=SheetSubject,
    message="{label} 得分 {value}、扣分 {lost}, 加起来不是标准分 {maximum}。", fix="请核对得分和扣分, 使两者相加等于标准分。",
)  # fmt: skip
def deduction_contradicts_score(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """得分与扣分对不上。

    查什么: 既填得分又填扣分的, 得分应等于标准分减扣分。
    为什么: 两个数有一个是错的, 不知道以哪个为准; 本工具以得分为准。
    例子: 标准分 4, 扣分填 1, 得分填 3.5。
    怎么改: 核对得分和扣分, 改正错的一处。
    """
    for row in subject.rows:
        deduction = row.score.deduction_reading
        lost = None if deduction is None or deduction.value is None else abs(deduction.value)
        if (
            lost is not None
            and row.in_range
            and row.points is not None
            and row.points + lost != row.item.maximum
        ):
            yield row.finding(lost=lost, maximum=row.item.maximum)
