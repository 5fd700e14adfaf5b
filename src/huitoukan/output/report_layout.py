"""Where everything stands in report.xlsx: known before the first sheet is drawn, since each of them speaks of the others."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from huitoukan.campaign.rubric import Dimension
from huitoukan.materials import Holding, Presence
from huitoukan.model import Level, Severity, Verdict
from huitoukan.output.book_page import BLUE, GREEN, GREY, RED, ROWS, YELLOW, Lines
from huitoukan.output.context import ReportContext
from huitoukan.output.problem_list import ProblemList, problem_list
from huitoukan.output.text import Words
from huitoukan.standing.coverage import Column as Material
from huitoukan.standing.coverage import CountyMatrix
from huitoukan.standing.inflation import Inflation
from huitoukan.standing.model import Standing

HEADER = 4  # the row of the header of a list: below its title, a note and the way back
COLOURS: Mapping[StrEnum, str] = {
    Verdict.PASS: GREEN, Verdict.FAIL: RED, Verdict.PENDING: YELLOW,
    Severity.ERROR: RED, Severity.WARNING: YELLOW, Severity.INFO: BLUE,
    Presence.MISSING: RED, Presence.LATE: YELLOW, Presence.EXTRA: GREY,
}  # fmt: skip
UNIT_KEYS = ("error", "warning", "info")
COUNTY_KEYS = (
    "code", "name", "verdict", "score", "grade", "basis", "margin", "rank",
    "passing", "counted", "pending", "share", *UNIT_KEYS, "why",
)  # fmt: skip
TOWNSHIP_KEYS = (
    "code", "county", "name", "required", "verdict", "score", "grade", "basis", "margin", "rank", *UNIT_KEYS, "why",
)  # fmt: skip
PROBLEM_KEYS = (
    "n", "severity", "code", "county", "unit", "stage", "item", "message", "fix", "file", "sheet", "cell", "value", "expected",
    "blocks", "told", "county_code", "unit_code",
)  # fmt: skip

TOTAL_KEYS = ("county", "material", "due", "received", "missing", "late", "share")
MISSING_KEYS = ("county", "unit", "level", "stage", "material", "state", "day", "file")
STAGE_KEYS = (
    "county", "unit", "level", "self", "county_check", "city_check", "check", "own", "checked", "above", "before", "after", "left",
)  # fmt: skip
GROUP_KEYS = ("county", "n", "own", "check", "index", "middle", "taken", "above", "equal", "below")
CHART_ROWS = 18  # that a chart covers, with a note above it
_LISTED = (Presence.MISSING, Presence.LATE, Presence.EXTRA)
_NOTES = 2  # rows for what is said below the totals of 缺报


class Layout:
    """The sheets and lists of one workbook, in one language. `said` are the sentences that the reports share."""

    def __init__(self, context: ReportContext, words: Words, said: Any) -> None:
        self.context, self.words, self.said = context, words, said
        self.problems: ProblemList = problem_list(context)
        named = {
            "overview": words("总览"), "counties": words("县区"), "townships": words("乡镇"), "dimensions": words("维度"),
            "problems": words("问题清单"), "missing": words("缺报"), "stages": words("三阶段对比"), "notes": words("说明"),
        }  # fmt: skip
        self.sheets = {key: name[:1].upper() + name[1:] for key, name in named.items()}
        self.townships = [(county, t) for county in context.counties for t in county.townships]

    # ------------------------------------------------------------------------------------------------ lists

    @cached_property
    def county_lines(self) -> Lines:
        """The list of the sheet 县区."""
        keys = (*COUNTY_KEYS, *self._dimension_keys(Level.COUNTY), "file", "sheet")
        return Lines(self.sheets["counties"], HEADER, keys, len(self.context.counties))

    @cached_property
    def township_lines(self) -> Lines:
        """The list of the sheet 乡镇."""
        keys = (*TOWNSHIP_KEYS, *self._dimension_keys(Level.TOWNSHIP), "file", "sheet")
        return Lines(self.sheets["townships"], HEADER, keys, len(self.townships))

    @cached_property
    def problem_lines(self) -> Lines:
        """The list of the sheet 问题清单: as many as a worksheet holds."""
        count = min(len(self.problems.problems), ROWS - HEADER)
        return Lines(self.sheets["problems"], HEADER, PROBLEM_KEYS, count)

    @cached_property
    def total_lines(self) -> Lines:
        """The totals of the sheet 缺报, by stage and material."""
        return Lines(self.sheets["missing"], HEADER + 1, TOTAL_KEYS, len(self.context.matrix.columns))

    @cached_property
    def missing_rows(self) -> Sequence[tuple[CountyMatrix, Material, Holding]]:
        """What units owe and have not sent, sent late, or sent though they were not to, by county and unit."""
        return [
            (county, column, holding)
            for county in self.context.matrix.counties
            for holdings in county.holdings.values()
            for column, holding in holdings.items()
            if holding.presence in _LISTED
        ]

    @cached_property
    def missing_lines(self) -> Lines:
        """The units of the sheet 缺报."""
        header = self.total_lines.last + _NOTES + 3
        return Lines(self.sheets["missing"], header, MISSING_KEYS, len(self.missing_rows))

    @cached_property
    def coverage_rows(self) -> Sequence[tuple[CountyMatrix, Material]]:
        """The counties and materials of which anything was due or came."""
        matrix = self.context.matrix
        return [
            (county, column)
            for county in matrix.counties
            for column in matrix.columns
            if county.tallies[column].due or county.tallies[column].received
        ]

    @cached_property
    def coverage_lines(self) -> Lines:
        """The counties of the sheet 缺报."""
        return Lines(self.sheets["missing"], self.missing_lines.last + 3, TOTAL_KEYS, len(self.coverage_rows))

    @cached_property
    def groups(self) -> Sequence[tuple[str, Inflation]]:
        """All compared units, then those of each county that has any: the index by a name."""
        comparison = self.context.comparison
        if comparison is None or not comparison.whole.index.n:
            return ()
        roster = self.context.campaign.roster
        counties = [(roster.county_name(c.body.code), c.group.index) for c in comparison.counties]
        return ((self.words("全部"), comparison.whole.index), *(one for one in counties if one[1].n))

    @cached_property
    def group_lines(self) -> Lines:
        """The counties of the sheet 三阶段对比."""
        return Lines(self.sheets["stages"], HEADER + 1, GROUP_KEYS, len(self.groups))

    @cached_property
    def stage_lines(self) -> Lines:
        """The units of the sheet 三阶段对比, below the chart of the counties."""
        comparison = self.context.comparison
        header = self.group_lines.last + CHART_ROWS + 2 if self.groups else HEADER + 1
        return Lines(self.sheets["stages"], header, STAGE_KEYS, len(comparison.units) if comparison else 0)

    def material(self, column: Material) -> str:
        """A stage and a material in words: 自评评分表."""
        stage, kind = column
        gap = "" if self.words.language == "zh" else " "
        return f"{self.words.value(stage)}{gap}{self.words.value(kind)}"

    def unit_lines(self, level: Level) -> Lines:
        """The list of the units of a level."""
        return self.county_lines if level is Level.COUNTY else self.township_lines

    def dimensions(self, level: Level) -> tuple[Dimension, ...]:
        """The dimensions of a level; none where the rubric does not know it."""
        rubric = self.context.campaign.rubric.levels.get(level)
        return rubric.dimensions if rubric else ()

    def _dimension_keys(self, level: Level) -> tuple[str, ...]:
        ids = [dimension.id for dimension in self.dimensions(level)]
        return (*map(got_key, ids), *map(of_key, ids))

    # ------------------------------------------------------------------------------------------------ names

    @cached_property
    def settings(self) -> tuple[Setting, ...]:
        """The thresholds and totals that formulas and colours name."""
        campaign, words = self.context.campaign, self.words
        rules, gap = campaign.settings.pass_rules, campaign.settings.integrity.gaps.points
        least = campaign.settings.comparison.least_units
        totals = [
            Setting(_total_key(level), words("县级满分") if level is Level.COUNTY else words("乡级满分"), rubric.total)
            for level, rubric in campaign.rubric.levels.items()
        ]  # fmt: skip
        return (
            Setting("pass_mark", words("达标线"), rules.pass_mark.value, rules.pass_mark),
            Setting("dimension_share", words("维度底线"), rules.dimension_share.value, rules.dimension_share, True),
            Setting("township_share", words("乡镇达标比例"), rules.township_share.value, rules.township_share, True),
            Setting("not_applicable", words("不适用分值上限"), rules.not_applicable_points.value, rules.not_applicable_points),
            Setting("least_units", words("可比单位下限"), Decimal(least.value), least),
            Setting("gap", words("自评高出较多"), gap.value, gap),
            *totals,
        )  # fmt: skip

    def name(self, key: str | StrEnum) -> str:
        """The name, as formulas write it, of the cell in which a threshold or a word stands (on the sheet 说明)."""
        if isinstance(key, StrEnum):
            kind = {Verdict: "结论", Severity: "级别", Presence: "状态"}[type(key)]
            return identifier(f"{self.words(kind)}_{self.words.value(key)}")
        return identifier(next(setting.title for setting in self.settings if setting.key == key))

    def total(self, level: Level) -> str:
        """The name of the cell with the full marks of a level."""
        return self.name(_total_key(level))

    def counting(self, level: Level, key: str, member: StrEnum) -> str:
        """A formula that counts a word in a column of the list of a level."""
        return f"COUNTIF({self.unit_lines(level).area(key)},{self.name(member)})"

    def county_place(self, code: str, key: str | None = None) -> str:
        """The row of a county on 县区."""
        n = next(n for n, county in enumerate(self.context.counties) if county.unit.code == code)
        return self.county_lines.place(n, key)

    def why(self, standing: Standing) -> str:
        """Why a unit has its verdict, in the sentences of the report."""
        return self.words.joined(self.said.why[standing.unit.code])


@dataclass(frozen=True, slots=True)
class Setting:
    """A number of the campaign that formulas name: its title, value and (where it is policy) its basis."""

    key: str
    title: str
    value: Decimal
    by: Any = None
    share: bool = False


def identifier(text: str) -> str:
    """A text as the name of a cell."""
    return re.sub(r"\W+", "_", text)


def got_key(dimension: str) -> str:
    """The column of the points got in a dimension."""
    return f"got {dimension}"


def of_key(dimension: str) -> str:
    """The column of the points of a dimension that apply."""
    return f"of {dimension}"


def _total_key(level: Level) -> str:
    return f"total {level.value}"
