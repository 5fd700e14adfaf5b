"""What is known of units from before (`sample --history`), and the weights that follow from it.

A file is last year's results.json, what `compare --format json` printed, or a table of any kind that the intake reads, whose
columns are known by their labels: the unit, and one or more of last year's verdict, how far the self-assessment lay above
the check, and the year of the last inspection. A blank says nothing; it is neither a pass, nor 0 points, nor “never”.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.problems import ConfigError
from huitoukan.intake.bounds import MEGABYTE
from huitoukan.intake.reader import Outcome, read
from huitoukan.model import Verdict
from huitoukan.phrase import plain, say
from huitoukan.standing.baseline import read_baseline
from huitoukan.standing.history_table import STATEMENTS, Mistakes, Past, Table, header_of, says
from huitoukan.standing.past import number_of
from huitoukan.standing.sample_plan import Weight


class WeightRule(StrEnum):
    """The rules that give a weight: keys of the section `sampling`."""

    FAILED = "failed_last_year"
    INFLATED = "inflated"
    NOT_INSPECTED = "not_inspected"


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: `units` of the roster are spoken of in it, `unmatched` are those that the roster has not."""

    path: Path
    sha256: str
    units: int
    unmatched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """What all files together say of units, by code; `columns` are the kinds of statement that they make."""

    sources: tuple[Source, ...] = ()
    units: Mapping[str, Past] = field(default_factory=dict)
    columns: tuple[str, ...] = ()


def weights(history: History, campaign: Campaign) -> tuple[Weight, ...]:
    """The weights that differ from 1, by code: the product of the multipliers that apply."""
    rules = campaign.settings.sampling
    year = campaign.settings.period.start.year
    found = []
    for code, past in sorted(history.units.items()):
        applies = {}
        if past.verdict is Verdict.FAIL:
            applies[WeightRule.FAILED] = rules.failed_last_year.value
        if past.inflation is not None and past.inflation >= rules.inflated.points:
            applies[WeightRule.INFLATED] = rules.inflated.value
        if past.inspected is not None and year - past.inspected >= rules.not_inspected.years:
            applies[WeightRule.NOT_INSPECTED] = rules.not_inspected.value
        value = Fraction(1)
        for multiplier in applies.values():
            value *= Fraction(multiplier)
        if applies:
            found.append(Weight(code, value, tuple(rule.value for rule in applies)))
    return tuple(found)


def history_record(history: History, campaign: Campaign) -> dict[str, Any]:
    """What a certificate says of the files and the multipliers."""
    rules = campaign.settings.sampling
    return {
        "history": [
            {"file": source.path.name, "sha256": source.sha256, "units": source.units}
            for source in history.sources
        ],
        "multipliers": {
            WeightRule.FAILED.value: {"value": plain(rules.failed_last_year.value)},
            WeightRule.INFLATED.value: {
                "value": plain(rules.inflated.value),
                "points": plain(rules.inflated.points),
            },
            WeightRule.NOT_INSPECTED.value: {
                "value": plain(rules.not_inspected.value),
                "years": rules.not_inspected.years,
            },
        },
    }


# ---------------------------------------------------------------------------------------------------------- reading


def read_history(paths: Sequence[Path], campaign: Campaign) -> History:
    """Read what is known from before, from all files together.

    Of results.json the verdicts are used, and how far self-assessments lay above the check; of a comparison the latter.

    Raises:
        ConfigError: R925 to R927, or for results R920 to R924; every mistake of a file at its place.
    """
    history = History()
    for path in paths:
        mistakes = Mistakes(path.name)
        data = _bytes(path, campaign, mistakes)
        units, unmatched = ({}, ()) if data is None else _units(path, data, campaign, mistakes)
        if mistakes.found or data is None:
            raise ConfigError(mistakes.found)
        source = Source(path, sha256(data).hexdigest(), len(units), unmatched)
        history = _joined(history, source, units, campaign)
    return history


def _joined(history: History, source: Source, units: Mapping[str, Past], campaign: Campaign) -> History:
    """A history with what one more file says; two files may not say different things of the same."""
    mistakes = Mistakes(source.path.name)
    joined = dict(history.units)
    for code, past in units.items():
        before = joined.setdefault(code, past)
        if before is past:
            continue
        both = zip(says(before), says(past), strict=True)
        if any(None not in pair and pair[0] != pair[1] for pair in both):
            why = say("与{other}的内容不同", other=before.place)
            mistakes.unit(past.place, campaign.roster.full_name(code), why)
        joined[code] = Past(
            past.verdict if before.verdict is None else before.verdict,
            past.inflation if before.inflation is None else before.inflation,
            past.inspected if before.inspected is None else before.inspected,
            before.place,
        )
    if mistakes.found:
        raise ConfigError(mistakes.found)
    columns = [
        name for name in STATEMENTS if any(getattr(past, name) is not None for past in joined.values())
    ]
    return History((*history.sources, source), joined, tuple(columns))


def _units(
    path: Path, data: bytes, campaign: Campaign, mistakes: Mistakes
) -> tuple[dict[str, Past], tuple[str, ...]]:
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return _document(path, data, campaign)
    units: dict[str, Past] = {}
    workbook = read(path.name, data, campaign.settings.limits)
    if workbook.outcome is not Outcome.READ:
        mistakes.unreadable(workbook.why or say("不是能打开的表格"))
        return units, ()
    tables = [(grid, header) for grid in workbook.grids if grid.visible and (header := header_of(grid))]
    for grid, header in tables:
        Table(grid, *header, campaign, mistakes).into(units)
    if not tables:
        mistakes.unreadable(say("没有找到表头"))
    return units, ()


def _document(path: Path, data: bytes, campaign: Campaign) -> tuple[dict[str, Past], tuple[str, ...]]:
    """What results.json, or a comparison by itself, says."""
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        document = {}  # read_baseline says what is wrong with it
    units: dict[str, Past] = {}
    unmatched: tuple[str, ...] = ()
    if not {"units", "overturned"} <= document.keys():
        baseline = read_baseline(path, campaign)
        unmatched = tuple(one.name for one in baseline.unmatched)
        units = {
            code: Past(unit.verdict, None, None, f"{path.name} {unit.place}")
            for code, unit in baseline.units.items()
        }
        document = document.get("comparison")
    for n, unit in enumerate(_list(document, "units")):
        code, above = str(unit.get("code")), number_of(str(unit.get("above")))
        if code in campaign.roster.units and above is not None:
            empty = Past(None, None, None, f"{path.name} units[{n}]")
            units[code] = replace(units.get(code, empty), inflation=above)
    return units, unmatched


def _list(document: object, key: str) -> list[dict[str, Any]]:
    found = document.get(key) if isinstance(document, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _bytes(path: Path, campaign: Campaign, mistakes: Mistakes) -> bytes | None:
    limit = campaign.settings.limits.file_megabytes
    try:
        if path.stat().st_size > limit * MEGABYTE:
            mistakes.unreadable(say("超过上限 {limit} MB", limit=limit))
            return None
        return path.read_bytes()
    except FileNotFoundError:
        mistakes.unreadable(say("找不到这个文件"))
    except OSError as error:
        mistakes.unreadable(error.strerror or str(error))
    return None


def silent_cells(history: History) -> Iterator[tuple[str, int]]:
    """Of each kind of statement that the files make, about how many of their units they say nothing."""
    for column in history.columns:
        silent = sum(getattr(past, column) is None for past in history.units.values())
        if silent:
            yield column, silent
