"""Q818-Q829: how a questionnaire was filled in and on which form, and several questionnaires of one unit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from huitoukan.answers import Answer, AnswerState
from huitoukan.campaign.campaign import Campaign
from huitoukan.intake.answering import AnswerKind
from huitoukan.model import FileResult, Finding, Severity, SheetKind, SheetResult, Stage
from huitoukan.phrase import Listing, Phrase, say
from huitoukan.rules.received import FolderSubject
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.responses import ResponseSubject, SurveySubject
from huitoukan.rules.subjects import FileSubject

_MOST = 10  # files and questions that one message lists: more than that nobody compares by reading


@rule(
    "Q818", severity=Severity.ERROR, on=ResponseSubject, message="{label} 的公式{what}。",
    fix="请直接填写答案。",
)  # fmt: skip
def formula_without_result(subject: ResponseSubject, _context: Context) -> Iterator[Finding]:
    """答案是出错的公式。

    查什么: 答案的单元格里不应是出错的公式, 也不应是没有保存结果的公式。
    为什么: 读不到结果, 就没有答案。
    例子: #REF!、#DIV/0!。
    怎么改: 直接填写答案; 用公式的, 打开文件重新计算后保存。
    """
    kind = subject.response.kind
    if kind is AnswerKind.ERROR:
        yield subject.finding(what=say("出错"))
    elif kind is AnswerKind.UNCACHED:
        yield subject.finding(what=say("没有保存计算结果"))


@rule(
    "Q819", severity=Severity.ERROR, on=ResponseSubject,
    message="{title} 要填 {count} 个数, 这一格里填的是“{text}”{guess}, 没有采用。",
    fix="请分别填写: {expected}。",
)  # fmt: skip
def wrong_count_of_numbers(subject: ResponseSubject, _context: Context) -> Iterator[Finding]:
    """一格里的数个数不对。

    查什么: 一道题要填几个数而只有一格时, 写成“12/10”也认, 但个数必须相符; Excel 会把 12/10 变成日期。
    为什么: 个数不对, 不知道是哪一个数。
    例子: 村(居)数和已配统计员的村(居)数只填了一个 12; 填 12/10 变成了 12 月 10 日。
    怎么改: 分别填写各个数, 或用“、”隔开; 变成日期的, 把单元格设成文本格式再填。
    """
    parts, response = subject.question.parts, subject.response
    if response.kind is AnswerKind.COUNT and response.part == parts[0].id:
        guess = say(" (可能是 {guess})", guess=response.guess) if response.guess else ""
        expected = say("{parts}", parts=Listing(tuple(part.title for part in parts)))
        yield subject.finding(
            expected=expected,
            title=subject.question.label(),
            count=len(parts),
            text=response.text,
            guess=guess,
        )


@rule(
    "Q820", severity=Severity.INFO, on=ResponseSubject, message="{label} 是文字“{text}”, 已按 {number} 采用。",
    fix="建议只填数 {number}。",
)  # fmt: skip
def number_as_text(subject: ResponseSubject, _context: Context) -> Iterator[Finding]:
    """数写成了文字。

    查什么: 带规定单位的数 (3人)、全角数字、带空格的数, 读得出又不会读错的, 按数采用。
    为什么: 列出来备查: 文字在表格里不能直接相加。
    例子: 3人、１２。
    怎么改: 只填数; 不改也不影响结果。
    """
    response = subject.response
    if response.folded and not response.joined and response.number is not None:
        yield subject.finding(text=response.text, number=response.number)


@rule(
    "Q821", severity=Severity.INFO, on=ResponseSubject, message="{title} 的几个数写在一格: “{text}”, 已依次读作 {read}。",
    fix="请核对; 建议分开填写。",
)  # fmt: skip
def numbers_in_one_cell(subject: ResponseSubject, _context: Context) -> Iterator[Finding]:
    """几个数写在一格里。

    查什么: 要填几个数的题, 写在一格里、个数又相符的, 依次采用。
    为什么: 列出来备查: 次序写反了工具看不出来。
    例子: 村(居)数和已配统计员的村(居)数写成“12/10”。
    怎么改: 核对次序; 建议分开填写。
    """
    response = subject.response
    parts = subject.question.parts
    if not response.joined or not parts or response.part != parts[0].id:
        return
    numbers = subject.of.numbers
    found = [numbers.get((subject.question.id, part.id)) for part in parts]
    if all(found):
        read = Listing(
            tuple(
                say("{part} {number}", part=part.title, number=one.number)
                for part, one in zip(parts, found, strict=True)
                if one is not None
            )
        )
        yield subject.finding(title=subject.question.label(), text=response.text, read=read)


@rule(
    "Q822", severity=Severity.WARNING, on=SurveySubject, message="问卷里缺少 {count} 道题: {questions}。",
    fix="请用下发的问卷填报, 不要删去题目。",
)  # fmt: skip
def questions_missing(subject: SurveySubject, _context: Context) -> Iterator[Finding]:
    """问卷缺少题目。

    查什么: 县级、乡级问卷各有规定的题目, 一道也不能少。
    为什么: 缺少的题没有答案, 不能计入汇总。
    例子: 删去了“近三年统计岗位变动人次”一行。
    怎么改: 用下发的问卷填报; 题目的文字改得认不出的, 改回来。
    """
    missing = subject.sheet.missing
    if missing:
        labels = [subject.questionnaire.by_id[question].label() for question in missing[:_MOST]]
        more = [say("还有 {n} 道", n=len(missing) - _MOST)] if len(missing) > _MOST else []
        yield subject.finding(count=len(missing), questions=Listing((*labels, *more)))


@rule(
    "Q823", severity=Severity.WARNING, on=SurveySubject, message="{label} 在问卷里又出现了一次, 只采用前面的答案。",
    fix="请删去多余的一处。",
)  # fmt: skip
def question_repeated(subject: SurveySubject, _context: Context) -> Iterator[Finding]:
    """题目重复。

    查什么: 一道题在一份问卷里只能出现一次。
    为什么: 两处答案不同时, 不知道以哪一处为准; 工具只采用前面的。
    例子: 复制行以后, “实有统计人员数”出现了两行。
    怎么改: 删去多余的一处, 核对留下的答案。
    """
    for question, cell in subject.sheet.repeated:
        label = subject.questionnaire.by_id[question].label()
        yield subject.finding(cell, question=question, label=label)


@rule(
    "Q824", severity=Severity.WARNING, on=SurveySubject, message="“{text}”不是{level}问卷的题目, 没有读取。",
    fix="请核对是不是用错了表, 或自行增加了题目。",
)  # fmt: skip
def question_unknown(subject: SurveySubject, context: Context) -> Iterator[Finding]:
    """问卷里有不认识的题目。

    查什么: 题号应是本级问卷里有的。
    为什么: 没有读取的答案不会计入汇总。
    例子: 乡级的问卷里有只问县级的 Q4; 自行加了 Q23。
    怎么改: 用本级的问卷填报; 自行增加的题可以删去。
    """
    level = context.campaign.rubric.level(subject.sheet.level).title
    for cell in subject.sheet.unknown:
        yield subject.finding(cell, text=(cell.text or "")[: _MOST * 2], level=level)


@rule(
    "Q825", severity=Severity.WARNING, on=SurveySubject, message="{id} 的题目与下发的“{title}”不同, 答案照样采用。",
    fix="请用下发的问卷填报; 问的是别的年份或别的内容的, 请改正答案。",
)  # fmt: skip
def question_altered(subject: SurveySubject, _context: Context) -> Iterator[Finding]:
    """题目的文字被改动。

    查什么: 题目的文字应与下发的问卷一致 (标点、空格和括号里的字不算), 年份也要一致。
    为什么: 题目改了, 答案说的可能是另一件事, 例如上一年的经费。
    例子: “2023年统计工作经费”改成了“2022年统计工作经费”。
    怎么改: 用下发的问卷填报; 核对答案说的是不是这件事。
    """
    for question, cell in subject.sheet.altered:
        title = subject.questionnaire.by_id[question].title
        yield subject.finding(cell, question=question, id=question, title=title)


@rule(
    "Q826", severity=Severity.WARNING, on=SurveySubject, message="用的是另一份问卷 ({used}), 本次检查下发的是 {expected}。",
    fix="请用本次检查下发的问卷填报。",
)  # fmt: skip
def another_questionnaire(subject: SurveySubject, _context: Context) -> Iterator[Finding]:
    """用的是别的检查或旧版的问卷。

    查什么: 用本工具生成的空白问卷填报的, 应是本次检查的这一版。
    为什么: 题目可能有变化, 答案会对不上。
    例子: 用的是上一年的问卷。
    怎么改: 用本次检查下发的问卷填报。
    """
    stamp, asked = subject.stamp, subject.questionnaire
    if stamp is not None and (stamp.rubric, stamp.version) != (asked.id, asked.version):
        used = f"{stamp.rubric} {stamp.version}"
        yield subject.finding(expected=f"{asked.id} {asked.version}", used=used)


@rule(
    "Q827", severity=Severity.ERROR, on=SurveySubject, message="{unit_name}填的是{level}的问卷。",
    fix="请用{expected}的问卷重新填报。",
)  # fmt: skip
def form_of_another_level(subject: SurveySubject, context: Context) -> Iterator[Finding]:
    """县乡用错了问卷。

    查什么: 县级统计机构填县级的问卷, 乡级统计机构填乡级的问卷。
    为什么: 两级问的题不同, 用错了就缺少该答的题。
    例子: 乡镇填了县级的问卷。
    怎么改: 用本级的问卷重新填报。
    """
    unit, roster, rubric = subject.sheet.unit.unit, context.campaign.roster, context.campaign.rubric
    if unit is not None and roster.units[unit].level is not subject.sheet.level:
        yield subject.finding(
            subject.sheet.first, unit_name=roster.full_name(unit), level=rubric.level(subject.sheet.level).title,
            expected=rubric.level(roster.units[unit].level).title,
        )  # fmt: skip


@rule(
    "Q828", severity=Severity.ERROR, on=FolderSubject,
    message="{unit_name}的调查问卷有 {count} 份, 答案不一致: {files}。不同的题: {questions}。",
    fix="请确定以哪一份为准并告知, 或只重报这一份。",
)  # fmt: skip
def contradicting_questionnaires(folder: FolderSubject, context: Context) -> Iterator[Finding]:
    """同一单位有几份不同的问卷。

    查什么: 一个单位在一个阶段只应有一份调查问卷, 答案相同的副本不计 (空白的、用错级别的另有提示, 联系人不同不算)。
    为什么: “终稿”“(1)”之类的名称不能说明以哪一份为准; 决定之前哪一份都不计入汇总。
    例子: “乐平镇问卷.xlsx”和“乐平镇问卷 终稿.xlsx”的人数不同。
    怎么改: 确定以哪一份为准, 把其余的移出文件夹, 或只重报这一份。
    """
    ignored = naming(context.campaign)
    for (unit, stage), sheets in _by_unit(folder.files, ignored, context.campaign).items():
        if len({said(sheet, ignored) for sheet in sheets}) > 1:
            first = sheets[0]
            places: list[Phrase | str] = [f"{sheet.file}「{sheet.sheet}」" for sheet in sheets[:_MOST]]
            more = [say("还有 {n} 份", n=len(sheets) - _MOST)] if len(sheets) > _MOST else []
            yield Finding(
                file=first.file, sheet=first.sheet, unit=unit, stage=stage,
                others=tuple(dict.fromkeys(sheet.file for sheet in sheets if sheet.file != first.file)),
                details=(
                    ("unit_name", context.campaign.roster.full_name(unit)), ("count", len(sheets)),
                    ("files", Listing((*places, *more))), ("questions", _differing(sheets, ignored)),
                ),
            )  # fmt: skip


def _by_unit(
    files: Sequence[FileResult], ignored: Collection[str], campaign: Campaign
) -> Mapping[tuple[str, Stage | None], Sequence[SheetResult]]:
    """The questionnaires of each unit and stage (None: of no stage) on the form of its level, in the order of the files."""
    found: dict[tuple[str, Stage | None], list[SheetResult]] = {}
    for sheet in (sheet for file in files for sheet in file.sheets):
        unit = campaign.roster.units.get(sheet.unit or "")
        own = sheet.kind is SheetKind.QUESTIONNAIRE and unit is not None and sheet.level is unit.level
        if own and sheet.unit is not None and said(sheet, ignored):
            found.setdefault((sheet.unit, sheet.stage), []).append(sheet)
    return {key: found[key] for key in sorted(found, key=str)}


_Key = tuple[AnswerState, Decimal | None, tuple[str, ...], str]


def naming(campaign: Campaign) -> frozenset[str]:
    """The questions of who fills in a questionnaire: their answers say nothing of the unit."""
    questions = campaign.questionnaire.questions if campaign.questionnaire else ()
    return frozenset(question.id for question in questions if question.holds is not None)


def said(sheet: SheetResult, ignored: Collection[str]) -> frozenset[tuple[str, str | None, _Key]]:
    """What a questionnaire says of the unit, wherever its answers stand; nothing where nobody filled it in.

    By this, copies are known from contradictions, here and where questionnaires are counted. `ignored` are the questions
    of `naming`.
    """
    return frozenset(
        (answer.question, answer.part, _key(answer))
        for answer in sheet.answers
        if answer.state is not AnswerState.BLANK and answer.question not in ignored
    )


def latest(sheets: Iterable[SheetResult]) -> tuple[tuple[SheetResult, ...], tuple[SheetResult, ...]]:
    """Of the questionnaires of one unit those of its latest stage, as with score sheets, and the earlier ones.

    One that names no stage may be of any, and is among the former.
    """
    sheets = tuple(sheets)
    last = max((s.stage for s in sheets if s.stage), key=lambda stage: stage.rank, default=None)
    earlier = tuple(s for s in sheets if s.stage not in (None, last))
    return tuple(s for s in sheets if s.stage in (None, last)), earlier


def _key(answer: Answer) -> _Key:
    text = "" if answer.number is not None else " ".join(answer.text.split())
    return answer.state, answer.number, answer.choices, text


def _differing(sheets: Sequence[SheetResult], ignored: Collection[str]) -> Listing:
    """The questions on which questionnaires differ, with the cells of the first one."""
    cells: dict[str, str] = {}
    keys_of: dict[tuple[str, str | None], set[_Key]] = {}
    for sheet in sheets:
        for answer in sheet.answers:
            if answer.question not in ignored:
                keys_of.setdefault((answer.question, answer.part), set()).add(_key(answer))
                cells.setdefault(answer.question, answer.cell)
    differing = dict.fromkeys(question for (question, _), keys in keys_of.items() if len(keys) > 1)
    told: list[Phrase | str] = [f"{question} ({cells[question]})" for question in differing]
    more = [say("还有 {n} 道", n=len(told) - _MOST)] if len(told) > _MOST else []
    return Listing((*told[:_MOST], *more))


@rule(
    "Q829", severity=Severity.WARNING, on=FileSubject, message="这张工作表是隐藏的, 里面有调查问卷, 答案已经读取。",
    fix="请取消隐藏并核对; 不用的请删去。",
)  # fmt: skip
def hidden_questionnaire(file: FileSubject, _context: Context) -> Iterator[Finding]:
    """调查问卷所在的工作表是隐藏的。

    查什么: 调查问卷不应放在隐藏的工作表里。
    为什么: 打开文件看不到它, 答案却会被计入。
    例子: 旧的一份问卷没有删, 只是隐藏了。
    怎么改: 取消隐藏并核对; 不用的请删去。
    """
    names = [one.grid.name for one in file.sheets if one.questionnaire and not one.grid.visible]
    for name in dict.fromkeys(names):
        yield file.finding(sheet=name)
