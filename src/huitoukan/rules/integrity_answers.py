"""I727: a score beside the answers of the questionnaire. Which pairs cannot both be right stands in campaign.yaml as data.

A questionnaire that contradicts itself is the business of the Q8xx rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from huitoukan.answers import Answer, AnswerState
from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.integrity import Contradiction, Expected
from huitoukan.campaign.questionnaire import split_reference
from huitoukan.model import Finding, Severity
from huitoukan.phrase import Listing, Phrase, say
from huitoukan.rules.clue_words import place, places
from huitoukan.rules.compared import Compared, Filled
from huitoukan.rules.registry import Context, rule

Answers = Mapping[str, Answer]


@rule(
    "I727", severity=Severity.WARNING, on=Compared,
    message="{label}: {stage_name}得 {score} 分, 调查问卷 {question} 却填“{answer}”, 应{wanted} ({where})。",
    fix="请核对评分表和调查问卷, 改正不实的一处。",
)  # fmt: skip
def score_contradicts_questionnaire(all_: Compared, context: Context) -> Iterator[Finding]:
    """得分与调查问卷矛盾。

    查什么: 检查活动文件 integrity 一节的 contradictions 列出了哪些得分要求问卷怎样填 (如“统计人员”得 6 分, 专职人数不能是 0)。比较的是该单位最高一级的评分表; 问卷没有填、填得不清的不比较。
    为什么: 两处说的是同一件事, 必有一处不对; 也可能两张表说的时间不同。
    例子: T2.3 得 6 分, 问卷 Q6 专职人数填 0; T8.1 满分, Q13 经费填 0。
    怎么改: 核对评分表和调查问卷, 改正不实的一处。
    """
    checks = context.campaign.settings.integrity.contradictions
    for unit, (sheet, sent) in all_.answers.items():
        stages = all_.by_unit.get(unit)
        if not stages:
            continue
        one = stages[max(stages, key=lambda stage: stage.rank)]
        answers = {_reference(answer): answer for answer in sent if answer.state is AnswerState.ANSWERED}
        told: set[tuple[str, str]] = set()
        for check in checks:
            answer = answers.get(check.question)
            if answer is None or not _applies(check, one) or (check.item, check.question) in told:
                continue
            wanted = missed(check.then, answer, answers)
            if wanted is not None:
                told.add((check.item, check.question))
                yield _told(
                    check, one, answer, wanted, f"{sheet.file}「{sheet.sheet}」{answer.cell}", context
                )


def _reference(answer: Answer) -> str:
    return f"{answer.question}.{answer.part}" if answer.part else answer.question


def _applies(check: Contradiction, one: Filled) -> bool:
    """Whether the item has one of the scores that ask for something."""
    points = one.points.get(check.item)
    if points is None:
        return False
    return points == one.maxima[check.item] if check.when == "full" else points in check.when


def missed(then: Expected, answer: Answer, answers: Answers) -> Phrase | None:
    """What the answer should be and is not; None where it is, or where it cannot be told."""
    number = answer.number
    if number is not None:
        return _missed_number(then, number, answers)
    if then.one_of and answer.choices and not set(answer.choices) & set(then.one_of):
        return say("选 {options}", options=then.one_of)
    if then.none_of and set(answer.choices) & set(then.none_of):
        return say("选 {options} 以外的项", options=Listing(then.none_of))
    chosen = [key for key in answer.choices if not then.among or key in then.among]
    if then.count is not None and len(chosen) < then.count:
        return say("至少选 {n} 项", n=then.count)
    return None


def _missed_number(then: Expected, number: Decimal, answers: Answers) -> Phrase | None:
    if then.at_least is not None and number < then.at_least:
        return say("不小于 {number}", number=then.at_least)
    if then.at_most is not None and number > then.at_most:
        return say("不大于 {number}", number=then.at_most)
    if then.not_below is not None:
        other = answers.get(then.not_below)
        if other is not None and other.number is not None and number < other.number:
            return say("不小于 {question} 的 {number}", question=then.not_below, number=other.number)
    if then.of is not None and then.share is not None:
        whole = answers.get(then.of)
        if whole is not None and whole.number and number < then.share * whole.number:
            return say("不小于 {number} (按 {share} 计)", number=then.share * whole.number, share=then.share)
    return None


def _told(
    check: Contradiction, one: Filled, answer: Answer, wanted: Phrase, where: str, context: Context
) -> Finding:  # fmt: skip
    cell = one.cell_of(check.item)
    shown: object = answer.number if answer.number is not None else Listing(answer.choices or ("无",))
    item = next(i for i in context.campaign.rubric.level(one.level).items() if i.id == check.item)
    return one.finding(
        cell,
        item=check.item,
        others=(where.partition("「")[0],),
        label=item.label(),
        stage_name=one.stage,
        score=one.points[check.item],
        question=_title(check.question, context.campaign),
        answer=shown,
        wanted=wanted,
        where=where,
        places=places([place(one, [cell]), where]),
    )


def _title(reference: str, campaign: Campaign) -> str:
    """A question as people know it: `Q6 其中专职`."""
    question, part = split_reference(reference)
    known = campaign.questionnaire.by_id.get(question) if campaign.questionnaire else None
    if known is None:
        return reference
    one = known.part(part)
    return f"{known.id} {one.title if one else known.title}"
