"""I723-I724: files of several units that one person saved, one right after the other. Source: domain practice of checks.

Only the self-assessment must come from the unit itself; a check is typed by whoever checked. Blank forms that were handed out
share their author, so only who saved a file last, and when, is looked at. Accounts that name nobody are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from huitoukan.model import Finding, Severity, Stage
from huitoukan.rules.clue_words import place, places, units
from huitoukan.rules.compared import Compared, Filled
from huitoukan.rules.registry import Context, rule


@rule(
    "I723", severity=Severity.INFO, on=Compared,
    message="{county} {count} 个单位的自评表由同一用户“{name}”在 {start} 至 {end} 接连保存: {units}。",
    fix="供核实: 由县局代录的请注明, 并确认分数是各单位自己评的。",
)  # fmt: skip
def saved_by_one_person(all_: Compared, context: Context) -> Iterator[Finding]:
    """一个县里几个单位的自评表由同一用户接连保存。

    查什么: 自评文件的属性里, “上次保存者”是不是同一个人, 保存时间是不是前后相差不超过规定的分钟数; “Administrator”之类不代表个人的用户名不算。
    为什么: 自评应由各单位自己做。县局代为录入是常有的事, 所以只作提示。
    例子: 6 个乡镇的自评表都由“zhangli”在同一分钟内保存。
    怎么改: 供核实: 代录的请注明。
    """
    for series in _series(all_, context):
        if len({one.sheet.county for one in series}) == 1:
            yield _told(series, context)


@rule(
    "I724", severity=Severity.WARNING, on=Compared,
    message="不同县的 {count} 个单位的自评表由同一用户“{name}”在 {start} 至 {end} 接连保存: {units}。",
    fix="需核实: 请问清是谁在哪里填的表, 确认分数是各单位自己评的。",
)  # fmt: skip
def saved_by_one_person_in_several_counties(all_: Compared, context: Context) -> Iterator[Finding]:
    """不同县的单位的自评表由同一用户接连保存。

    查什么: 不同县的自评文件, “上次保存者”是不是同一个人, 保存时间是不是前后相差不超过规定的分钟数; “Administrator”之类不代表个人的用户名不算。
    为什么: 不同县的单位没有理由由同一个人同时填表; 也可能是收到以后由别人打开另存过, 或者用户名相同。
    例子: 昔阳县乐平镇和祁县昭馀镇的自评表都由“zhangli”在 10:32 保存。
    怎么改: 需核实, 不是结论: 问清填表的人和地点; 收表以后另存过的, 以原件为准。
    """
    for series in _series(all_, context):
        if len({one.sheet.county for one in series}) > 1:
            yield _told(series, context)


class _Saved(NamedTuple):
    """A sheet, and who saved its file at which time."""

    sheet: Filled
    name: str
    moment: datetime


def _series(all_: Compared, context: Context) -> Iterator[list[_Saved]]:
    """Files of different units that one person saved with no more minutes between one and the next than the campaign says."""
    settings = context.campaign.settings.integrity.authors
    pause = timedelta(minutes=settings.minutes.value)
    nobody = {name.casefold() for name in settings.accounts.value}
    by_name: dict[str, list[_Saved]] = {}
    for one in all_.of(Stage.SELF):
        known = all_.properties(one)
        if known and known.saved and known.saved_by and known.saved_by.casefold() not in nobody:
            by_name.setdefault(known.saved_by.casefold(), []).append(_Saved(one, known.saved_by, known.saved))
    for saved in by_name.values():
        saved.sort(key=lambda one: (one.moment, one.sheet.unit))
        series: list[_Saved] = []
        for next_ in saved:
            if series and next_.moment - series[-1].moment > pause:
                yield from _of_several(series, all_)
                series = []
            series.append(next_)
        yield from _of_several(series, all_)


def _of_several(series: list[_Saved], all_: Compared) -> Iterator[list[_Saved]]:
    """A series with more than one file and unit; one workbook with a sheet a unit, and copies of a file, are one file."""
    files = {all_.files[one.sheet.sheet.file].sha256 or one.sheet.sheet.file for one in series}
    if len(files) > 1 and len({one.sheet.unit for one in series}) > 1:
        yield series


def _told(series: list[_Saved], context: Context) -> Finding:
    sheets = [one.sheet for one in series]
    return sheets[0].finding(
        others=tuple(one.sheet.file for one in sheets),
        county=context.campaign.roster.county_name(sheets[0].county),
        count=len({one.unit for one in sheets}),
        name=series[0].name,
        start=_time(series[0].moment),
        end=_time(series[-1].moment),
        units=units(sheets, context.campaign),
        places=places(place(one) for one in sheets),
    )


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")
