"""Last year's results (`--baseline`), matched with this year's roster and rubric.

Units are matched by code, else by name (official names, aliases and former names of the roster, never by likeness);
dimensions by their titles, since their ids and points may have changed. What cannot be matched is listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.problems import ConfigError
from huitoukan.campaign.roster import Roster, county_code, name_key
from huitoukan.campaign.rubric import Dimension
from huitoukan.intake.bounds import MEGABYTE
from huitoukan.intake.kinds import Kind, sniff
from huitoukan.model import Level, Match, Verdict
from huitoukan.phrase import Listing, Phrase, say
from huitoukan.standing.past import Mistakes, Past, PastDimension, PastUnit, dimension_key
from huitoukan.standing.past_results import read_results
from huitoukan.standing.past_table import read_table


@dataclass(frozen=True, slots=True)
class BaselineDimension:
    """Last year's points in the dimension that has the same title this year.

    `score` is None where there was none. `maximum` is last year's where the file tells it, else this year's
    (`assumed`). `place` is where the points stand in the file.
    """

    title: str
    score: Decimal | None
    maximum: Decimal
    place: str
    assumed: bool = False

    @property
    def share(self) -> Decimal | None:
        """Points got out of the points that applied, 0 to 1, not rounded; None without points."""
        return None if self.score is None or not self.maximum else self.score / self.maximum


@dataclass(frozen=True, slots=True)
class BaselineUnit:
    """Last year's result of a unit of this year's roster, as the file says it: nothing is worked out anew.

    `verdict` is None where the file says none; a county's is that of the whole county, its `score` that of its own body.
    `dimensions` are by this year's ids. `place` is where the unit stands in `file` (`「汇总」A5`, `counties[0]`), `name`
    what it is called there. `key_since` is the year since which it was on the list of key checks ("": not
    known), None if it was not on it.
    """

    verdict: Verdict | None
    score: Decimal | None
    maximum: Decimal
    dimensions: Mapping[str, BaselineDimension]
    file: str
    place: str
    name: str
    score_place: str = ""
    assumed: bool = False
    key_since: str | None = None

    @property
    def share(self) -> Decimal | None:
        """The score as a share of its maximum, 0 to 1, not rounded; None without a score."""
        return None if self.score is None or not self.maximum else self.score / self.maximum


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A unit of last year's file that is no single unit of this year's roster, and why."""

    name: str
    place: str
    why: Phrase


@dataclass(frozen=True, slots=True)
class Baseline:
    """Last year's results by unit code. `path` is the file: nothing may be written over it.

    `dimensions` are titles of last year that no dimension of this year has; `ignored` are labels of columns that
    nothing was taken from.
    """

    path: Path
    title: str
    units: Mapping[str, BaselineUnit]
    unmatched: tuple[Unmatched, ...] = ()
    dimensions: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    def of(self, verdict: Verdict) -> frozenset[str]:
        """The codes of the units with a verdict last year."""
        return frozenset(code for code, unit in self.units.items() if unit.verdict is verdict)


def read_baseline(path: Path, campaign: Campaign) -> Baseline:
    """Read last year's results: results.json, what `aggregate --format json` printed, or a table in a workbook.

    Raises:
        ConfigError: R920 to R924, every mistake found in the file at its place.
    """
    mistakes = Mistakes(path.name)
    past = _past(path, campaign, mistakes)
    baseline = _matched(path, past, campaign, mistakes) if past is not None else None
    if mistakes.found or baseline is None:
        raise ConfigError(mistakes.found)
    return baseline


def _past(path: Path, campaign: Campaign, mistakes: Mistakes) -> Past | None:
    limit = campaign.settings.limits.unpacked_megabytes
    if path.is_dir():
        mistakes.unreadable(say("这是一个文件夹"))
        return None
    try:
        if path.stat().st_size > limit * MEGABYTE:
            mistakes.unreadable(say("超过上限 {limit} MB", limit=limit))
            return None
        data = path.read_bytes()
    except FileNotFoundError:
        mistakes.unreadable(say("找不到这个文件"))
        return None
    except OSError as error:
        mistakes.unreadable(error.strerror or str(error))
        return None
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return read_results(data, mistakes)
    if path.suffix.lower() == ".json" and sniff(data)[0] in (Kind.TEXT, Kind.EMPTY, Kind.UNKNOWN):
        return read_results(data, mistakes)  # which says what is wrong with it
    return read_table(path.name, data, campaign, mistakes)


# ---------------------------------------------------------------------------------------------------------- matching


def _matched(path: Path, past: Past, campaign: Campaign, mistakes: Mistakes) -> Baseline:
    found = [(unit, *_find(unit, campaign.roster)) for unit in past.units]
    merged = Counter(code for _, code, kind in found if kind is Match.FORMER)
    named = {code for _, code, kind in found if kind is not Match.FORMER and isinstance(code, str)}
    units: dict[str, BaselineUnit] = {}
    unmatched: list[Unmatched] = []
    strange: dict[str, None] = {}
    for unit, code, kind in found:
        if isinstance(code, Phrase):
            unmatched.append(Unmatched(unit.name or unit.code, unit.place, code))
            continue
        if kind is Match.FORMER and (merged[code] > 1 or code in named):
            why = say("已并入{name}, 上年的结果不止一个", name=campaign.roster.full_name(code))
            unmatched.append(Unmatched(unit.name, unit.place, why))
            continue
        one, others = _unit(unit, code, path.name, campaign, mistakes)
        strange |= dict.fromkeys(others)
        if code not in units:
            units[code] = one
        elif _says(units[code]) != _says(one):
            mistakes.repeated(unit.place, unit.name or unit.code, units[code].place)
    return Baseline(path, past.title, units, tuple(unmatched), tuple(strange), past.ignored)


def _says(unit: BaselineUnit) -> object:
    """What is said of a unit, wherever it stands."""
    points = {key: (d.score, d.maximum) for key, d in unit.dimensions.items()}
    return unit.verdict, unit.score, unit.maximum, points


def _find(unit: PastUnit, roster: Roster) -> tuple[str | Phrase, Match]:
    """The code of the unit meant and how it was found, or why there is none."""
    county = _county(unit.county, roster)
    by_name = roster.find(unit.name, county) if name_key(unit.name) else None
    by_code = unit.code if unit.code in roster.units else None
    if by_code is not None:
        other = by_name is not None and by_name.kind is Match.OFFICIAL and by_name.unit != by_code
        if other and not _county_named(unit.name, by_code, roster):
            name = roster.full_name(by_code)
            return say("代码 {code} 是{name}, 与名称不符", code=by_code, name=name), Match.UNKNOWN
        return by_code, Match.OFFICIAL
    if by_name is None:
        return say("名录里没有代码 {code}", code=unit.code), Match.UNKNOWN
    if by_name.unit is not None:
        if county is not None and roster.units[by_name.unit].county != county:
            return say("名录里{name}不属于{county}", name=unit.name, county=unit.county), Match.UNKNOWN
        return by_name.unit, by_name.kind
    names = Listing(tuple(roster.full_name(code) for code in by_name.candidates if code in roster.units))
    if by_name.kind is Match.AMBIGUOUS:
        return say("几个县都有这个名称: {names}", names=names), by_name.kind
    if by_name.kind is Match.ABOLISHED:
        return say("已撤销, 没有唯一的接续单位"), by_name.kind
    close = roster.suggestions(unit.name, county)
    if close:
        return say("名录里没有这个名称, 相近的有: {names}", names=Listing(close)), by_name.kind
    return say("名录里没有这个名称"), by_name.kind


def _county(text: str, roster: Roster) -> str | None:
    """The code of the county named beside a unit; None where none is, or it is not known."""
    try:
        return county_code(roster, text) if text else None
    except KeyError:
        return None


def _county_named(name: str, code: str, roster: Roster) -> bool:
    """Whether a name is that of the county of a body: 榆次区 for 榆次区统计局, as our own results have it."""
    return roster.units[code].level is Level.COUNTY and _county(name, roster) == code


# ---------------------------------------------------------------------------------------------------------- points


def _unit(
    past: PastUnit, code: str, file: str, campaign: Campaign, mistakes: Mistakes
) -> tuple[BaselineUnit, tuple[str, ...]]:
    """A unit's results by this year's dimensions, and the titles of those that there are no longer."""
    rubric = campaign.rubric.level(campaign.roster.units[code].level)
    titles = {dimension_key(t): d for d in rubric.dimensions for t in (d.title, *d.aliases)}
    dimensions: dict[str, BaselineDimension] = {}
    strange = []
    for one in past.dimensions:
        asked = titles.get(dimension_key(one.title))
        if asked is None:
            strange.append(one.title)
        elif asked.id not in dimensions:
            dimensions[asked.id] = _dimension(one, asked, mistakes)
    assumed = past.maximum is None
    maximum = rubric.total if past.maximum is None else past.maximum
    _check(past.score, maximum, past.score_place, assumed, mistakes)
    unit = BaselineUnit(
        verdict=past.verdict,
        score=past.score,
        maximum=maximum,
        dimensions=dimensions,
        file=file,
        place=past.place,
        name=past.name or past.code,
        score_place=past.score_place,
        assumed=assumed,
        key_since=past.key_since,
    )
    return unit, tuple(strange)


def _dimension(past: PastDimension, asked: Dimension, mistakes: Mistakes) -> BaselineDimension:
    assumed = past.maximum is None
    maximum = asked.max_points if past.maximum is None else past.maximum
    _check(past.score, maximum, past.place, assumed, mistakes)
    return BaselineDimension(asked.title, past.score, maximum, past.place, assumed)


def _check(score: Decimal | None, maximum: Decimal, place: str, assumed: bool, mistakes: Mistakes) -> None:
    for why in _faults(score, maximum, assumed):
        mistakes.wrong(place, f"{score:f}", why)


def _faults(score: Decimal | None, maximum: Decimal, assumed: bool) -> Iterator[Phrase]:
    if score is None:
        return
    if score < 0:
        yield say("低于 0 分")
    elif score > maximum and assumed:
        yield say(
            "高于今年的满分 {maximum}; 上年满分不同时, 请在表头写明, 例如: 工作任务(15分)", maximum=maximum
        )
    elif score > maximum:
        yield say("高于满分 {maximum}", maximum=maximum)
