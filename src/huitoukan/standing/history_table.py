"""A table of what is known from before: its columns are known by their labels, and a blank cell says nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.problems import Problem, problem_kind
from huitoukan.campaign.roster import Roster, county_code
from huitoukan.grid import Cell, Grid, value_text
from huitoukan.intake.labels import label_key
from huitoukan.intake.normalise import read_score
from huitoukan.model import Match, ReadingKind, Verdict
from huitoukan.phrase import Listing, Phrase, say
from huitoukan.standing.past import (
    CODE,
    COUNTY,
    FIRST_ROWS,
    LABELS,
    LONGEST_SHOWN,
    NOTHING,
    UNIT,
    VERDICT,
    verdict_of,
    verdict_words,
    without_year,
)

INFLATION, INSPECTED = "inflation", "inspected"
_LABELS: Mapping[str, tuple[str, ...]] = {
    **LABELS,
    INFLATION: ("自评高出", "自评高出分数", "自评高出检查", "自评偏高", "虚高", "虚高分", "虚高分数", "inflation"),
    INSPECTED: ("上次检查", "上次检查年份", "上次检查年度", "上次检查时间", "最近检查", "最近检查年份", "最近检查时间", "最近一次检查", "inspected"),
}  # fmt: skip
_NEVER_WORDS = frozenset({"从未", "从未检查", "未检查", "没有检查过", "未检查过", "never"})
STATEMENTS = (VERDICT, INFLATION, INSPECTED)
_YEAR = re.compile(r"\s*((?:19|20)\d{2})(?!\d)")
NEVER = 0  # a year before all others


@dataclass(frozen=True, slots=True)
class Past:
    """What the file says of one unit; None: nothing. `inspected` is a year or `NEVER`; `place` where the unit stands."""

    verdict: Verdict | None
    inflation: Decimal | None
    inspected: int | None
    place: str


@dataclass(slots=True)
class Mistakes:
    """Collects what is wrong in the file, so that all of it is told at once."""

    file: str
    found: list[Problem] = field(default_factory=list)

    def _add(self, code: str, place: str, **details: object) -> None:
        self.found.append(Problem(code, place or self.file, 0, 0, tuple(details.items())))

    @problem_kind(
        "R925",
        message="历史情况表读不出来: {why}。",
        fix="表里要有一行表头, 写明单位名称 (或代码), 以及结论、自评高出、上次检查年份中的一列或几列。",
    )
    def unreadable(self, why: Phrase | str) -> None:
        """历史情况表读不出来。

        查什么: --history 的文件必须是能打开的表格 (xlsx、xls、et、ods、csv), 表头写明单位和至少一列情况。
        为什么: 各列按表头上的字认; 认不出来, 就不知道哪些单位应当加大抽中的机会。
        例子: 工作簿有密码, 或者只有单位名称一列。
        怎么改: 补上表头, 例如: 县(区、市)、单位名称、上年结论、自评高出、上次检查年份。
        """
        self._add("R925", "", why=why)

    @problem_kind("R926", message="“{unit}”不能用: {why}。", fix="请改正名称或代码, 或者删去这一行。")
    def unit(self, place: str, unit: str, why: Phrase) -> None:
        """历史情况表里的单位不能用。

        查什么: 表里的单位必须是名录里的一个单位, 一个单位只能有一种说法。
        为什么: 认错单位, 就把机会加给了别的单位; 悄悄跳过, 应当加权的就没有加。
        例子: 只写“北关街道”, 而榆次区和介休市都有北关街道。
        怎么改: 写全称 (介休市北关街道) 或代码, 重复的只留一行。
        """
        self._add("R926", place, unit=unit, why=why)

    @problem_kind("R927", message="“{value}”不能用: {why}。", fix="请改正; 不知道的留空。")
    def value(self, place: str, value: str, why: Phrase) -> None:
        """历史情况表里的内容不能用。

        查什么: 结论是达标、未达标或待定; 自评高出是一个数; 上次检查是不晚于本次的年份, 或者“从未”。
        为什么: 权数由这些内容算出来, 猜错一处, 抽中的机会就不对。
        例子: 上次检查写成“前年”, 自评高出写成“较多”。
        怎么改: 改成规定的写法; 不知道的留空, 空白的不加权。
        """
        self._add("R927", place, value=value, why=why)


def header_of(grid: Grid) -> tuple[int, dict[str, int]] | None:
    """The row of the header and the columns of the roles in it."""
    labels = {label_key(word).lower(): role for role, words in _LABELS.items() for word in words}
    for row in range(min(len(grid.rows), FIRST_ROWS)):
        roles: dict[str, int] = {}
        for column in range(len(grid.rows[row])):
            key = label_key(grid.anchor(row, column).text or "").lower()
            role = labels.get(key) or labels.get(without_year(key))
            if role is not None:
                roles.setdefault(role, column)
        if UNIT not in roles and COUNTY in roles:
            roles[UNIT] = roles[COUNTY]  # a table of counties
        if {UNIT, CODE} & roles.keys() and set(STATEMENTS) & roles.keys():
            return row, roles
    return None


@dataclass(slots=True)
class Table:
    """The rows below one header."""

    grid: Grid
    header: int
    roles: Mapping[str, int]
    campaign: Campaign
    mistakes: Mistakes

    def into(self, units: dict[str, Past]) -> None:
        """Add what the rows say to `units`; a unit of which two things are said is a mistake."""
        for row in range(self.header + 1, len(self.grid.rows)):
            said = [self._cell(row, role) for role in STATEMENTS]
            name, code = self._text(row, UNIT), self._text(row, CODE)
            if (not name and not code) or (not code and all(cell is None or not cell.text for cell in said)):
                continue
            place = self._place(self._cell(row, UNIT) or self._cell(row, CODE) or self.grid.cell(row, 0))
            found = self._find(name, code, row)
            if isinstance(found, Phrase):
                self.mistakes.unit(place, name or code, found)
                continue
            past = Past(self._verdict(said[0]), self._points(said[1]), self._year(said[2]), place)
            if found in units and says(units[found]) != says(past):
                why = say("与{other}的内容不同", other=units[found].place)
                self.mistakes.unit(place, name or code, why)
            units.setdefault(found, past)

    def _find(self, name: str, code: str, row: int) -> str | Phrase:
        roster = self.campaign.roster
        if code:
            return code if code in roster.units else say("名录里没有这个代码")
        county = self.roles.get(COUNTY)
        beside = "" if county in (None, self.roles.get(UNIT)) else self._text(row, COUNTY, merged=True)
        return find_unit(name, roster, beside)

    def _cell(self, row: int, role: str) -> Cell | None:
        column = self.roles.get(role)
        return None if column is None else self.grid.cell(row, column)

    def _text(self, row: int, role: str, *, merged: bool = False) -> str:
        column = self.roles.get(role)
        if column is None:
            return ""
        cell = self.grid.anchor(row, column) if merged else self.grid.cell(row, column)
        return " ".join((cell.text or "").split())

    def _place(self, cell: Cell) -> str:
        return f"{self.mistakes.file}「{self.grid.name}」{cell.address}"

    def _wrong(self, cell: Cell, why: Phrase) -> None:
        self.mistakes.value(self._place(cell), (cell.text or "")[:LONGEST_SHOWN], why)

    def _verdict(self, cell: Cell | None) -> Verdict | None:
        word = label_key(cell.text or "").lower() if cell else ""
        if cell is None or not word or word in NOTHING:
            return None
        verdict = verdict_of(cell.text or "", verdict_words(self.campaign.settings.pass_rules))
        if verdict is None:
            self._wrong(cell, say("不是达标、未达标、待定或检查活动的等级"))
        return verdict

    def _points(self, cell: Cell | None) -> Decimal | None:
        if cell is None or cell.text is None or label_key(cell.text) in NOTHING:
            return None
        reading = read_score(cell)
        if reading.value is None and reading.kind is not ReadingKind.BLANK:
            self._wrong(cell, say("不是一个数"))
        return reading.value

    def _year(self, cell: Cell | None) -> int | None:
        text = (value_text(cell.value) or cell.text or "") if cell else ""
        if cell is None or not text.strip():
            return None
        if label_key(text).lower() in _NEVER_WORDS:
            return NEVER
        year = _YEAR.match(text)
        if year is None:
            self._wrong(cell, say("不是年份, 也不是“从未”"))
            return None
        if int(year[1]) > self.campaign.settings.period.end.year:
            self._wrong(cell, say("晚于本次检查的年份"))
        return int(year[1])


def find_unit(name: str, roster: Roster, county: str = "") -> str | Phrase:
    """The code of the one unit that a name means (never by likeness), or why there is none."""
    if name in roster.units:
        return name
    try:
        beside = county_code(roster, county) if county else None
    except KeyError:
        return say("名录里没有“{county}”", county=county)
    found = roster.find(name, beside)
    if found.unit is not None and beside in (None, roster.units[found.unit].county):
        return found.unit
    if found.kind is Match.AMBIGUOUS:
        names = Listing(tuple(roster.full_name(code) for code in found.candidates))
        return say("几个县都有这个名称, 请写全称: {names}", names=names)
    close = roster.suggestions(name, beside)
    if close:
        return say("名录里没有这个名称, 相近的有: {names}", names=Listing(close))
    return say("名录里没有这个名称")


def says(past: Past) -> tuple[object, ...]:
    """What is said of a unit, in the order of `STATEMENTS`, wherever it stands."""
    return past.verdict, past.inflation, past.inspected
