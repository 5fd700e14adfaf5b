"""Last year's results from a table in a workbook: its columns are known by their labels, never by position.

Any kind of workbook that the intake reads will do. A maximum that differs from this year's is written in the header,
工作任务(15分), or in a row of its own that is called 满分.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from huitoukan.campaign.campaign import Campaign
from huitoukan.grid import Cell, Grid
from huitoukan.intake.labels import label_key
from huitoukan.intake.normalise import read_score
from huitoukan.intake.reader import Outcome, read
from huitoukan.model import ReadingKind, Verdict
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
    Mistakes,
    Past,
    PastDimension,
    PastUnit,
    dimension_key,
    verdict_of,
    verdict_words,
    without_year,
)

SCORE, GRADE = "score", "grade"
_LABELS: Mapping[str, tuple[str, ...]] = {
    **LABELS,
    SCORE: ("得分", "总分", "总得分", "合计", "合计得分", "综合得分", "最终得分", "score"),
    GRADE: ("等级", "评定等级", "grade"),
}
_MAXIMA = frozenset({"满分", "分值", "标准分", "最高分"})
_SUMMARY = frozenset({"合计", "总计", "小计", "平均", "平均分", "全市", "全市平均"})
_POINTS = re.compile(r"[(（\[【]\D{0,6}(\d{1,5}(?:\.\d{1,4})?)\s*分?\s*[)）\]】]")


def read_table(path: str, data: bytes, campaign: Campaign, mistakes: Mistakes) -> Past | None:
    """The units of the tables in a workbook; None, with the reason among the mistakes, when there is no table."""
    workbook = read(path, data, campaign.settings.limits)
    if workbook.outcome is not Outcome.READ:
        mistakes.unreadable(workbook.why or _OUTCOMES.get(workbook.outcome, _NO_WORKBOOK))
        return None
    columns = _Columns(campaign)
    tables = [(grid, header) for grid in workbook.grids if grid.visible and (header := columns.find(grid))]
    if not tables:
        mistakes.bad_header(say("没有找到既写明单位、又写明得分、结论或维度的一行"))
        return None
    for grid, header in tables:
        for label, cells in header.twice:
            why = say("“{label}”有几列 ({cells}), 不知道取哪一列", label=label, cells=Listing(cells))
            mistakes.bad_header(why, f"「{grid.name}」{cells[0]}")
    grades = verdict_words(campaign.settings.pass_rules)
    absent = campaign.rubric.form.not_applicable
    units = tuple(
        unit for grid, header in tables for unit in _Table(grid, header, grades, absent, mistakes).units()
    )
    ignored = tuple(dict.fromkeys(label for _, header in tables for label in header.ignored))
    return Past(units, "", ignored)


_NO_WORKBOOK = say("不是工作簿")
_OUTCOMES = {Outcome.ENCRYPTED: say("工作簿有密码"), Outcome.EMPTY: say("文件是空的")}


# ---------------------------------------------------------------------------------------------------------- header


@dataclass(frozen=True, slots=True)
class _Header:
    """Where the table of a worksheet begins, and what its columns are: `dimensions` by their titles as printed.

    `twice` are what several columns claim to be, with the cells that say so.
    """

    below: int
    roles: Mapping[str, int]
    dimensions: Mapping[int, str]
    maxima: Mapping[int, Decimal]
    ignored: tuple[str, ...]
    twice: tuple[tuple[str, tuple[str, ...]], ...]


class _Columns:
    """Knows the labels of columns: fixed words, those of the campaign's form, and the titles of its dimensions."""

    def __init__(self, campaign: Campaign) -> None:
        form = campaign.rubric.form
        more = {
            UNIT: form.fields.unit.words(),
            COUNTY: form.fields.county.words(),
            SCORE: form.total.words(),
        }
        self._roles = {
            label_key(word).lower(): role
            for role, words in _LABELS.items()
            for word in (*more.get(role, ()), *words)
        }
        self._dimensions = {
            dimension_key(title)
            for level in campaign.rubric.levels.values()
            for dimension in level.dimensions
            for title in (dimension.title, *dimension.aliases)
        }

    def find(self, grid: Grid) -> _Header | None:
        """The header of a worksheet: the first row that names units and something said of them (with the row below)."""
        for row in range(min(len(grid.rows), FIRST_ROWS)):
            found = self._row(grid, (row,))
            if not _suffices(found):
                continue
            both = self._row(grid, (row, row + 1))
            # A header of two rows has the dimensions in the second one, and no unit there.
            if len(both.dimensions) > len(found.dimensions) or _suffices(both) > _suffices(found):
                return both
            return found
        return None

    def _row(self, grid: Grid, rows: tuple[int, ...]) -> _Header:
        width = max((len(grid.rows[row]) for row in rows if row < len(grid.rows)), default=0)
        roles: dict[str, int] = {}
        dimensions: dict[int, str] = {}
        maxima: dict[int, Decimal] = {}
        ignored: list[str] = []
        claims: dict[str, tuple[str, list[str]]] = {}
        for column in range(width):
            cells = [cell for row in reversed(rows) if (cell := grid.anchor(row, column)).text]
            known = next((cell for cell in cells if self._is_known(cell.text or "")), None)
            if known is None:
                ignored += [cell.text or "" for cell in cells[:1]]
                continue
            text = known.text or ""
            points = _POINTS.search(text)
            if points:
                maxima[column] = Decimal(points[1])
            role = self._role(text)
            if role is None:
                dimensions[column] = " ".join(text.split())
            else:
                roles.setdefault(role, column)
            if role in (None, SCORE, VERDICT):
                _, addresses = claims.setdefault(role or dimension_key(text), (text, []))
                addresses.append(grid.cell(rows[-1], column).address)
        if GRADE in roles and VERDICT not in roles:
            roles[VERDICT] = roles[GRADE]
        if UNIT not in roles and COUNTY in roles:
            roles[UNIT] = roles[COUNTY]  # a table of counties
        twice = tuple((text, tuple(cells)) for text, cells in claims.values() if len(cells) > 1)
        return _Header(rows[-1] + 1, roles, dimensions, maxima, tuple(ignored), twice)

    def _is_known(self, text: str) -> bool:
        return self._role(text) is not None or dimension_key(text) in self._dimensions

    def _role(self, text: str) -> str | None:
        key = label_key(text).lower()
        return self._roles.get(key) or self._roles.get(without_year(key))


def _suffices(header: _Header) -> int:
    """How many kinds of statement it has about units; 0 also where it names none."""
    if not {UNIT, CODE} & header.roles.keys():
        return 0
    return sum((SCORE in header.roles, VERDICT in header.roles, bool(header.dimensions)))


# ---------------------------------------------------------------------------------------------------------- rows


@dataclass(slots=True)
class _Table:
    """The rows of one table."""

    grid: Grid
    header: _Header
    grades: Mapping[str, Verdict]
    absent: tuple[str, ...]
    mistakes: Mistakes

    def units(self) -> Iterator[PastUnit]:
        maxima = dict(self.header.maxima)
        for row in range(self.header.below, len(self.grid.rows)):
            name, code = self._text(row, UNIT), self._text(row, CODE)
            key = label_key(name)
            if key in _MAXIMA:
                maxima |= self._maxima(row)
            elif (name or code) and key not in _SUMMARY:
                unit = self._unit(row, name, code, maxima)
                if unit is not None:
                    yield unit

    def _unit(self, row: int, name: str, code: str, maxima: Mapping[int, Decimal]) -> PastUnit | None:
        score = self._cell(row, SCORE)
        verdict = self._cell(row, VERDICT)
        cells = [self.grid.cell(row, column) for column in self.header.dimensions]
        if all(one is None or one.text is None for one in (score, verdict, *cells)) and not code:
            return None  # a note below the table
        where = self._cell(row, UNIT) or self._cell(row, CODE)
        county = self._text(row, COUNTY, self.grid.anchor)
        return PastUnit(
            name=name,
            place=self._place(where or self.grid.cell(row, 0)),
            code=code,
            county="" if self.header.roles.get(COUNTY) == self.header.roles.get(UNIT) else county,
            verdict=self._verdict(verdict),
            score=None if score is None else self._points(score),
            score_place="" if score is None else self._place(score),
            maximum=maxima.get(self.header.roles.get(SCORE, -1)),
            dimensions=tuple(
                PastDimension(title, self._points(cell), maxima.get(column), self._place(cell))
                for (column, title), cell in zip(self.header.dimensions.items(), cells, strict=True)
            ),
        )

    def _cell(self, row: int, role: str) -> Cell | None:
        column = self.header.roles.get(role)
        return None if column is None else self.grid.cell(row, column)

    def _text(self, row: int, role: str, look: Callable[[int, int], Cell] | None = None) -> str:
        column = self.header.roles.get(role)
        cell = None if column is None else (look or self.grid.cell)(row, column)
        return " ".join((cell.text or "").split()) if cell else ""

    def _place(self, cell: Cell) -> str:
        return f"「{self.grid.name}」{cell.address}"

    def _maxima(self, row: int) -> dict[int, Decimal]:
        columns = [
            *self.header.dimensions,
            *([self.header.roles[SCORE]] if SCORE in self.header.roles else ()),
        ]
        found = {column: self._points(self.grid.cell(row, column)) for column in columns}
        return {column: points for column, points in found.items() if points}

    def _points(self, cell: Cell) -> Decimal | None:
        """The points in a cell; None where there are none, and for what is no number, which is a mistake."""
        reading = read_score(cell, self.absent)
        if reading.value is not None:
            return reading.value
        if (
            reading.kind in (ReadingKind.BLANK, ReadingKind.NOT_APPLICABLE)
            or label_key(cell.text or "") in NOTHING
        ):
            return None
        self.mistakes.wrong(self._place(cell), (cell.text or "")[:LONGEST_SHOWN], _why(reading.kind))
        return None

    def _verdict(self, cell: Cell | None) -> Verdict | None:
        text = (cell.text or "").strip() if cell else ""
        if cell is None or not text or label_key(text) in NOTHING or text in self.absent:
            return None
        verdict = verdict_of(text, self.grades)
        if verdict is None:
            self.mistakes.wrong(
                self._place(cell), text[:LONGEST_SHOWN], say("不是达标、未达标、待定或检查活动的等级")
            )
        return verdict


def _why(kind: ReadingKind) -> Phrase:
    if kind is ReadingKind.UNCACHED:
        return say("公式没有保存结果, 请在表格软件里打开并保存")
    return say("单元格出错") if kind is ReadingKind.ERROR else say("不是一个数")
