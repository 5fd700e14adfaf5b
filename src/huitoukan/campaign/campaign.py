"""The campaign (检查活动): stages with their windows, coverage and pass rules, and the files they rest on.

Everything here is policy that the analyst may edit in campaign.yaml; the code holds no threshold of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field

from huitoukan import catalogue
from huitoukan.campaign import checks
from huitoukan.campaign.problems import ConfigError, Problem
from huitoukan.campaign.roster import NameForms, Roster, county_code, limit, read_roster
from huitoukan.campaign.rubric import Flag, Points, Rubric, Sourced, Strict
from huitoukan.campaign.yamlfile import YamlFile, parse, read_yaml
from huitoukan.model import Severity, Stage
from huitoukan.phrase import say

SHIPPED = "shipped"
DATA = Path(__file__).parent / "data"


class Window(Strict):
    """First and last day, both inside (the notice gives 5月25日 and 6月10日 to two stages each)."""

    start: date
    end: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day <= self.end


class StageSettings(Strict):
    """One stage: its title, when its sheets are dated, and the words by which it is recognised.

    `words` are the contents of a 检查阶段 field; `name_words` are what file and folder names say (“县级” alone means
    a level there, so it stands only in the former).
    """

    title: str
    window: Window
    source: str
    words: tuple[str, ...]
    name_words: tuple[str, ...] = ()


class SelfAssessment(Sourced):
    """Which required units must send a self-assessment: all of them, or none (nothing is checked)."""

    value: Literal["all", "none"]


class AtLeast(Sourced):
    """A least number of units."""

    value: int = Field(ge=0)


class Coverage(Strict):
    """Who must have sent what (R11, R21 of the notice)."""

    self_assessment: SelfAssessment
    county_check_townships: AtLeast


class Grade(Strict):
    """A grade from a score upwards; bands are half-open and leave no gap."""

    title: str
    at_least: Decimal


class Grades(Sourced):
    """The grades, best first; one of them begins at the pass mark."""

    value: tuple[Grade, ...]


class PassRules(Strict):
    """Who passes. Shares are fractions of 1, points are on the scale of 100."""

    pass_mark: Points
    dimension_share: Points
    veto_fails: Flag
    not_applicable_points: Points
    township_share: Points
    grades: Grades
    failed: str


class RuleSettings(Strict):
    """The analyst's own severity or words for a rule."""

    severity: Literal["error", "warning", "info", "off"] | None = None
    message: str | None = None
    fix: str | None = None


class Limits(Strict):
    """What a single file may cost before it is refused; memory is limited where the system can (POSIX)."""

    file_megabytes: Decimal = Field(gt=0)
    unpacked_megabytes: Decimal = Field(gt=0)
    cells: int = Field(gt=0)
    seconds: Decimal = Field(gt=0)
    memory_megabytes: int = Field(gt=0)


class RosterSettings(Strict):
    """Where the roster stands; `counties` limits it to some counties (codes or names)."""

    units: str = SHIPPED
    former_names: str | None = SHIPPED
    counties: tuple[str, ...] = ()


class Settings(Strict):
    """campaign.yaml as it stands."""

    schema_version: Literal[1] = Field(alias="schema")
    id: str
    title: str
    issuer: str
    material_year: int
    period: Window
    rubric: str = SHIPPED
    roster: RosterSettings = RosterSettings()
    names: NameForms
    stages: dict[Stage, StageSettings]
    coverage: Coverage
    pass_rules: PassRules
    rules: dict[str, RuleSettings] = Field(default_factory=dict)
    limits: Limits


@dataclass(frozen=True, eq=False)
class Campaign:
    """A campaign ready for use: settings, rubric and roster, already checked against each other.

    Campaigns compare by identity, so that what is derived from one can be cached by it.
    """

    settings: Settings
    rubric: Rubric
    roster: Roster

    @property
    def stages(self) -> Mapping[Stage, StageSettings]:
        """The stages in their order."""
        return {stage: self.settings.stages[stage] for stage in Stage if stage in self.settings.stages}

    def severity(self, code: str, default: Severity) -> Severity | None:
        """The severity of a rule in this campaign; None when it is switched off."""
        override = self.settings.rules.get(code)
        if override is None or override.severity is None:
            return default
        return None if override.severity == "off" else Severity(override.severity)

    def limited_to(self, county: str) -> Campaign:
        """The same campaign for one county (code or name); KeyError when the roster has none such."""
        return replace(self, roster=limit(self.roster, [county]))


def load_campaign(path: Path | None = None, rubric: Path | None = None) -> Campaign:
    """Read a campaign and all that it names; without a path, the shipped one (Jinzhong 2024).

    File names inside campaign.yaml are relative to it; `rubric` overrides the one it names.

    Raises:
        ConfigError: with every mistake found, each at file, line and column.
    """
    path = path or DATA / "campaign.yaml"
    file = read_yaml(path)
    settings = parse(Settings, file)
    roster = _roster(settings, path, file)
    rubric = rubric or _beside(path, settings.rubric, "rubric.yaml")
    rubric_file = read_yaml(rubric)
    parsed = parse(Rubric, rubric_file)
    full = roster if settings.roster.units != SHIPPED else _full_roster(settings)
    problems = [
        *checks.rubric_problems(parsed, rubric_file, frozenset(full.units)),
        *_problems(settings, file),
    ]
    if problems:
        raise ConfigError(problems)
    return Campaign(settings, parsed, roster)


def _beside(path: Path, name: str, shipped: str) -> Path:
    return DATA / shipped if name == SHIPPED else path.parent / name


def _full_roster(settings: Settings) -> Roster:
    return read_roster(DATA / "roster.csv", DATA / "former_names.csv", settings.names)


def _roster(settings: Settings, path: Path, file: YamlFile) -> Roster:
    where = settings.roster
    former = None if where.former_names is None else _beside(path, where.former_names, "former_names.csv")
    roster = read_roster(_beside(path, where.units, "roster.csv"), former, settings.names)
    problems = []
    for n, county in enumerate(where.counties):
        try:
            county_code(roster, county)
        except KeyError:
            why = say("名录里没有这个县")
            problems.append(file.problem("R907", ("roster", "counties", n), value=county, why=why))
    if problems:
        raise ConfigError(problems)
    return limit(roster, where.counties) if where.counties else roster


def _problems(settings: Settings, file: YamlFile) -> list[Problem]:
    problems = []
    known = {entry.code for entry in catalogue.entries()}
    problems += [
        file.problem("R904", ("stages",), missing=stage.value)
        for stage in Stage
        if stage not in settings.stages
    ]
    for stage, stage_settings in settings.stages.items():
        if stage_settings.window.start > stage_settings.window.end:
            where = ("stages", stage.value, "window", "end")
            expected = say("不早于开始日期的日期")
            value = str(stage_settings.window.end)
            problems.append(file.problem("R902", where, key="end", value=value, expected=expected))
    marks = [grade.at_least for grade in settings.pass_rules.grades.value]
    if marks != sorted(set(marks), reverse=True) or settings.pass_rules.pass_mark.value not in marks:
        expected = say("由高到低的等级, 其中一级从达标线起")
        where_grades = ("pass_rules", "grades", "value")
        problems.append(file.problem("R902", where_grades, key="grades", value="…", expected=expected))
    problems += [
        file.problem("R907", ("rules", code), at_key=True, value=code, why=say("没有这条规则"))
        for code in settings.rules
        if code not in known
    ]
    return problems
