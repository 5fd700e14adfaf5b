"""U321-U325: the date of a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from huitoukan.days import DateKind
from huitoukan.intake.dates import days_of
from huitoukan.model import Finding, Severity
from huitoukan.phrase import Phrase, say
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.subjects import SheetSubject


@rule(
    "U321",
    severity=Severity.WARNING,
    on=SheetSubject,
    message="没有填检查日期。",
    fix="请填写日期, 如 2024年5月20日。",
)
def date_missing(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """日期未填。

    查什么: 评分表应写明检查 (填报) 日期。
    为什么: 没有日期, 不能核对是否在规定的阶段内完成。
    例子: “检查日期”后面空着, 或只有“年  月  日”。
    怎么改: 填写年、月、日。
    """
    if subject.sheet.date.reading.kind is DateKind.BLANK:
        yield subject.finding(subject.sheet.date.cell)


@rule(
    "U322",
    severity=Severity.WARNING,
    on=SheetSubject,
    message="日期“{text}”{why}。",
    fix="请改为年、月、日齐全的日期, 如 2024年5月20日。",
)
def date_unreadable(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """日期看不懂。

    查什么: 日期应是日历上有的日子, 年、月、日齐全。
    为什么: 看不懂的日期不能核对是否在阶段之内。
    例子: 2024年5月32日; 单元格里的数 5.2, 不知道是 5月2日还是 5月20日。
    怎么改: 改为正确的日期。
    """
    claim = subject.sheet.date
    why = {DateKind.UNREADABLE: say("看不懂"), DateKind.IMPOSSIBLE: say("日历上没有")}
    kind = claim.reading.kind
    if kind in why:
        typed = claim.cell is not None and isinstance(claim.cell.value, float)
        days = days_of(claim.text) if typed else ()
        told = (
            why[kind] if not days else say("是一个数, 看不出是{days}", days=tuple(_spoken(*d) for d in days))
        )
        yield subject.finding(claim.cell, text=claim.text, why=told)


def _spoken(month: int, day: int) -> Phrase:
    return say("{month}月{day}日", month=month, day=day)


@rule(
    "U323", severity=Severity.WARNING, on=SheetSubject, message="日期 {day} 不在{stage_name}阶段 ({start} 至 {end}) 之内。",
    fix="请核对日期; 确实逾期的请说明情况。",
)  # fmt: skip
def date_outside_window(subject: SheetSubject, context: Context) -> Iterator[Finding]:
    """日期不在阶段之内。

    查什么: 日期应在本阶段的起止日期之内, 首尾两天都算 (通知 R10、R20、R30)。
    为什么: 逾期填报, 或者沿用了去年的表。
    例子: 自评表的日期是 2024年6月1日。
    怎么改: 核对日期; 确实逾期的请说明情况。
    """
    stage = subject.sheet.stage.stage
    reading = subject.sheet.date.reading
    if stage is None or reading.kind not in (DateKind.DATE, DateKind.NO_YEAR):
        return
    window = context.campaign.stages[stage].window
    day = reading.value
    if day is None and reading.month and reading.day:
        day = next(
            (
                d
                for year in {window.start.year, window.end.year}
                if (d := _day(year, reading.month, reading.day))
            ),
            None,
        )
    if day is not None and day not in window and _is_of_this_campaign(day, context):
        expected = f"{window.start} – {window.end}"
        yield subject.finding(
            subject.sheet.date.cell,
            expected=expected,
            day=day,
            stage_name=stage,
            start=window.start,
            end=window.end,
        )


def _is_of_this_campaign(day: date, context: Context) -> bool:
    period = context.campaign.settings.period
    return period.start.year <= day.year <= period.end.year


@rule(
    "U325", severity=Severity.WARNING, on=SheetSubject, message="日期是 {year} 年的 ({day}), 本次检查在 {expected} 年。",
    fix="请核对是不是沿用了以前的表, 改正日期。",
)  # fmt: skip
def date_of_another_year(subject: SheetSubject, context: Context) -> Iterator[Finding]:
    """日期是别的年份的。

    查什么: 日期的年份应是本次检查的年份。
    为什么: 多半是沿用了去年的表, 分数可能也是去年的。
    例子: 2024 年的检查, 日期写 2023年5月20日。
    怎么改: 核对是不是沿用了以前的表, 改正日期。
    """
    day = subject.sheet.date.reading.value
    if day is not None and not _is_of_this_campaign(day, context):
        year = context.campaign.settings.period.start.year
        yield subject.finding(subject.sheet.date.cell, expected=str(year), day=day, year=day.year)


@rule(
    "U324",
    severity=Severity.WARNING,
    on=SheetSubject,
    message="日期“{text}”没有写年份。",
    fix="请补上年份, 如 2024年5月20日。",
)
def date_without_year(subject: SheetSubject, _context: Context) -> Iterator[Finding]:
    """日期没有年份。

    查什么: 日期应写明年份。
    为什么: 没有年份, 看不出是不是去年的表。
    例子: 5月20日, 5.20。
    怎么改: 补上年份。
    """
    if subject.sheet.date.reading.kind is DateKind.NO_YEAR:
        yield subject.finding(subject.sheet.date.cell, text=subject.sheet.date.text)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
