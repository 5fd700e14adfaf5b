"""The campaign (检查活动): stages with their windows, coverage and pass rules, and the files they rest on.

Everything here is policy that the analyst may edit in campaign.yaml; the code holds no threshold of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from string import Formatter
from typing import Literal

from pydantic import Field

from huitoukan import catalogue
from huitoukan.campaign import checks
from huitoukan.campaign.comparison import Comparison
from huitoukan.campaign.county_map import CountyMap, Place, map_problems, places_by_code
from huitoukan.campaign.coverage import (
    Coverage,
    Selection,
    coverage_problems,
    forwarding_days,
    selection,
)
from huitoukan.campaign.decisions import Decision, Decisions, decision_problems, decisions_by_unit
from huitoukan.campaign.follow_up import FollowUpSettings, follow_up_problems
from huitoukan.campaign.integrity import IntegritySettings, contradiction_problems
from huitoukan.campaign.letters import Letters
from huitoukan.campaign.materials import Materials, material_problems
from huitoukan.campaign.people import CountyPeople, People, people_by_code, people_problems
from huitoukan.campaign.problems import ConfigError, Problem
from huitoukan.campaign.question_checks import read_questionnaire
from huitoukan.campaign.questionnaire import Questionnaire
from huitoukan.campaign.roster import NameForms, Roster, county_code, limit, read_roster
from huitoukan.campaign.rubric import Flag, Points, Rubric, Share, Sourced, Strict, Word
from huitoukan.campaign.sampling import Sampling
from huitoukan.campaign.survey import SurveySettings, survey_problems
from huitoukan.campaign.yamlfile import YamlFile, YamlPath, parse, read_yaml
from huitoukan.model import Severity, Stage
from huitoukan.phrase import Listing, say

SHIPPED, NONE = "shipped", "none"
_PARTIAL = (
    "coverage", "materials", "pass_rules", "comparison", "integrity", "sampling", "survey", "names", "limits", "follow_up",
    "letters",
    "county_map",
)  # fmt: skip
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

    title: Word
    window: Window
    source: str
    words: tuple[Word, ...] = Field(min_length=1)
    name_words: tuple[Word, ...] = ()


class Grade(Strict):
    """A grade from a score upwards (a number, or the pass mark); bands are half-open and leave no gap."""

    title: Word
    at_least: Decimal | Literal["pass_mark"]


class Grades(Sourced):
    """The grades, best first; one of them begins at the pass mark."""

    value: tuple[Grade, ...]


class CountyVerdict(Sourced):
    """What a county's verdict rests on: its own body and its townships, one of the two."""

    value: Literal["body_and_townships", "body", "townships"]


class PassRules(Strict):
    """Who passes. Shares are fractions of 1, points are on the scale of 100."""

    pass_mark: Points
    dimension_share: Share
    veto_fails: Flag
    not_applicable_points: Points
    township_share: Share
    county_verdict: CountyVerdict
    grades: Grades
    failed: Word

    def bands(self) -> tuple[tuple[str, Decimal], ...]:
        """The grades and the scores from which they begin, best first."""
        mark = self.pass_mark.value
        return tuple((g.title, mark if g.at_least == "pass_mark" else g.at_least) for g in self.grades.value)

    @property
    def lowest_grade(self) -> str:
        """The grade that begins at the pass mark."""
        return next(title for title, mark in self.bands() if mark == self.pass_mark.value)


class RuleSettings(Strict):
    """The analyst's own severity or words for a rule."""

    severity: Literal["error", "warning", "info", "off"] | None = None
    message: str | None = None
    fix: str | None = None


class Limits(Strict):
    """What a single file may cost before it is refused; memory is limited where the system can (POSIX).

    `cells` bounds the used areas of all worksheets together, `rows` what is looked at of one worksheet, `findings` how many
    of one code are listed of one file: the rest is counted. Memory below 512 MB is not enough for a worker of its own.
    `archive_depth` counts archives and mails inside each other, the one on disk first; `archive_megabytes` bounds what
    one of them unpacks to, `archive_files` how many files one on disk may hold, at any depth.
    """

    file_megabytes: Decimal = Field(gt=0)
    unpacked_megabytes: Decimal = Field(gt=0)
    cells: int = Field(gt=0)
    sheets: int = Field(gt=0)
    rows: int = Field(gt=0)
    findings: int = Field(gt=0)
    seconds: Decimal = Field(gt=0)
    memory_megabytes: int = Field(ge=512)
    archive_megabytes: Decimal = Field(gt=0)
    archive_files: int = Field(gt=0)
    archive_depth: int = Field(ge=0)


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
    questionnaire: str = SHIPPED
    roster: RosterSettings = RosterSettings()
    names: NameForms
    stages: dict[Stage, StageSettings]
    coverage: Coverage
    materials: Materials
    pass_rules: PassRules
    comparison: Comparison
    integrity: IntegritySettings
    sampling: Sampling
    survey: SurveySettings
    decisions: tuple[Decision, ...] = ()
    follow_up: FollowUpSettings
    letters: Letters
    county_map: CountyMap
    people: dict[str, CountyPeople] = Field(default_factory=dict)
    rules: dict[str, RuleSettings] = Field(default_factory=dict)
    limits: Limits


@dataclass(frozen=True, eq=False)
class Campaign:
    """A campaign ready for use: settings, rubric, roster and questionnaire (None: there is none), already checked.

    `files` are those it was read from: nothing may be written over them. `partial` says that the roster is limited to
    some counties: what holds for the city as a whole cannot be judged then.
    Campaigns compare by identity, so that what is derived from one can be cached by it.
    """

    settings: Settings
    rubric: Rubric
    roster: Roster
    files: tuple[str, ...] = ()
    questionnaire: Questionnaire | None = None
    partial: bool = False

    @cached_property
    def stages(self) -> Mapping[Stage, StageSettings]:
        """The stages in their order; a day that two of them share belongs to whom `coverage.shared_days` says."""
        stages = [(stage, self.settings.stages[stage]) for stage in Stage if stage in self.settings.stages]
        return dict(_without_shared_days(stages, self.settings.coverage.shared_days.value))

    @cached_property
    def selection(self) -> Selection:
        """The units that were drawn for the city check, or chosen for that of a county."""
        return selection(self.settings.coverage, self.roster)

    @cached_property
    def forwarded(self) -> Mapping[str, date]:
        """The day on which each county passed the notice on, by its code, where it is known."""
        return forwarding_days(self.settings.coverage, self.roster)

    @cached_property
    def decisions(self) -> Decisions:
        """Which file counts where a unit sent several for a stage, by unit code and stage."""
        return decisions_by_unit(self.settings.decisions, self.roster)

    @cached_property
    def people(self) -> People:
        """Who is responsible for a county, by its code; empty where nobody is named."""
        return people_by_code(self.settings.people, self.roster)

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """Where each county stands in the tile map, by its code; {} where not all of them have a place."""
        return places_by_code(self.settings.county_map, self.roster)

    def severity(self, code: str, default: Severity) -> Severity | None:
        """The severity of a rule in this campaign; None when it is switched off."""
        override = self.settings.rules.get(code)
        if override is None or override.severity is None:
            return self._decided.get(code, default)
        return None if override.severity == "off" else Severity(override.severity)

    @cached_property
    def _decided(self) -> Mapping[str, Severity]:
        return self.settings.coverage.severities()

    def limited_to(self, county: str) -> Campaign:
        """The same campaign for one county (code or name); KeyError when the roster has none such."""
        return replace(self, roster=limit(self.roster, [county]), partial=True)


def load_campaign(
    path: Path | None = None, rubric: Path | None = None, rules: Mapping[str, catalogue.Entry] | None = None
) -> Campaign:
    """Read a campaign and all that it names; without a path, the shipped one (Jinzhong 2024).

    File names inside campaign.yaml are relative to it; `rubric` overrides the one it names. Keys left out of the
    sections coverage, materials, pass_rules, comparison, integrity, sampling, survey, names, limits, follow_up and county_map are
    those of the shipped campaign. With `rules`, the catalogue by code, the campaign's own settings of rules are checked against it.

    Raises:
        ConfigError: with every mistake found, each at file, line and column.
    """
    path = path or DATA / "campaign.yaml"
    file = read_yaml(path)
    if path != DATA / "campaign.yaml":
        _fill_defaults(file)
    settings = parse(Settings, file)
    whole = _roster(settings, path, file)
    roster = limit(whole, settings.roster.counties) if settings.roster.counties else whole
    shipped_rubric = rubric is None and settings.rubric == SHIPPED
    if not shipped_rubric and (
        path == DATA / "campaign.yaml" or ("integrity", "contradictions") not in file.values
    ):
        settings = _without_contradictions(settings)  # those shipped speak of items of the shipped rubric
    rubric = rubric or _beside(path, settings.rubric, "rubric.yaml")
    rubric_file = read_yaml(rubric)
    parsed = parse(Rubric, rubric_file)
    shipped = _shipped_roster(settings) if SHIPPED in (settings.rubric, settings.roster.units) else roster
    problems = [
        *checks.rubric_problems(parsed, rubric_file, frozenset((*roster.units, *shipped.units))),
        *_problems(settings, file),
        *decision_problems(settings.decisions, file, roster),
        *people_problems(settings.people, file, whole),
        *follow_up_problems(settings.follow_up, file),
        *coverage_problems(settings.coverage, file, roster),
        *material_problems(settings.materials, file),
        *(_map_problems(settings, file, whole) if ("county_map", "places") in file.values else ()),
        *(rule_problems(settings, file, rules) if rules is not None else ()),
    ]
    if problems:
        raise ConfigError(problems)
    questionnaire = _questionnaire(settings, path, parsed)
    wrong = [*contradiction_problems(settings.integrity, file, parsed, questionnaire)]
    if questionnaire is not None:
        wrong += survey_problems(settings.survey, file, questionnaire)
    if wrong:
        raise ConfigError(wrong)
    beside = [_beside(path, settings.roster.units, "roster.csv")]
    if questionnaire is not None:
        beside.append(_beside(path, settings.questionnaire, "questionnaire.yaml"))
    if settings.roster.former_names is not None:
        beside.append(_beside(path, settings.roster.former_names, "former_names.csv"))
    files = tuple(map(str, (path, rubric, *beside)))
    return Campaign(settings, parsed, roster, files, questionnaire, bool(settings.roster.counties))


def _without_shared_days(
    stages: Sequence[tuple[Stage, StageSettings]], belongs: str
) -> Iterator[tuple[Stage, StageSettings]]:
    """The stages with windows that share no day, unless it belongs to `both`."""
    windows = [settings.window for _, settings in stages]
    for n, (stage, settings) in enumerate(stages):
        start, end = settings.window.start, settings.window.end
        if belongs == "earlier" and n and windows[n - 1].end == start:
            start += timedelta(days=1)
        if belongs == "later" and n + 1 < len(windows) and windows[n + 1].start == end:
            end -= timedelta(days=1)
        window = Window(start=start, end=end) if (start, end) != (windows[n].start, windows[n].end) else None
        yield stage, settings.model_copy(update={"window": window}) if window else settings


def _questionnaire(settings: Settings, path: Path, rubric: Rubric) -> Questionnaire | None:
    """The questionnaire of the campaign; the shipped one may name score items that a rubric of one's own has not."""
    if settings.questionnaire == NONE:
        return None
    items = {level: {item.id for item in one.items()} for level, one in rubric.levels.items()}
    file = _beside(path, settings.questionnaire, "questionnaire.yaml")
    return read_questionnaire(
        file, settings.material_year, None if settings.questionnaire == SHIPPED else items
    )


def _without_contradictions(settings: Settings) -> Settings:
    """The same settings, in which no score contradicts an answer."""
    integrity = settings.integrity.model_copy(update={"contradictions": ()})
    return settings.model_copy(update={"integrity": integrity})


def _beside(path: Path, name: str, shipped: str) -> Path:
    return DATA / shipped if name == SHIPPED else path.parent / name


def _fill_defaults(file: YamlFile) -> None:
    """Put the shipped campaign's keys where a section that may be written in part leaves them out."""
    shipped = read_yaml(DATA / "campaign.yaml").data
    if isinstance(file.data, dict):
        for section in _PARTIAL:
            own = file.data.get(section, {})
            if isinstance(own, dict):
                file.data[section] = shipped[section] | own


def _map_problems(settings: Settings, file: YamlFile, whole: Roster) -> Iterator[Problem]:
    own = settings.roster.units != SHIPPED
    return map_problems(settings.county_map, file, whole, _shipped_roster(settings) if own else whole)


def _shipped_roster(settings: Settings) -> Roster:
    return read_roster(DATA / "roster.csv", DATA / "former_names.csv", settings.names)


def _roster(settings: Settings, path: Path, file: YamlFile) -> Roster:
    """The whole roster, whatever counties the inspection is limited to."""
    where = settings.roster
    former = None if where.former_names is None else _beside(path, where.former_names, "former_names.csv")
    # The shipped former names may speak of units that a roster of one's own leaves out.
    lenient = where.former_names == SHIPPED and where.units != SHIPPED
    roster = read_roster(_beside(path, where.units, "roster.csv"), former, settings.names, lenient=lenient)
    problems = []
    for n, county in enumerate(where.counties):
        try:
            county_code(roster, county)
        except KeyError:
            why = say("名录里没有这个县")
            problems.append(file.problem("R907", ("roster", "counties", n), value=county, why=why))
    if problems:
        raise ConfigError(problems)
    if settings.coverage.optional_units.value == "required":
        required = {u.code: replace(u, required=True) for u in roster.units.values()}
        return Roster(required, roster.former, roster.forms)
    return roster


def _problems(settings: Settings, file: YamlFile) -> list[Problem]:
    problems = [
        file.problem("R904", ("stages",), missing=stage.value)
        for stage in Stage
        if stage not in settings.stages
    ]
    windows: list[tuple[YamlPath, Window]] = [(("period",), settings.period)]
    windows += [(("stages", stage.value, "window"), s.window) for stage, s in settings.stages.items()]
    for where, window in windows:
        if window.start > window.end:
            expected = say("不早于开始日期的日期")
            place = (*where, "end")
            problems.append(file.problem("R902", place, key="end", value=str(window.end), expected=expected))
    marks = [mark for _, mark in settings.pass_rules.bands()]
    if marks != sorted(set(marks), reverse=True) or settings.pass_rules.pass_mark.value not in marks:
        expected = say("由高到低的等级, 其中一级从达标线起")
        where_grades = ("pass_rules", "grades", "value")
        problems.append(file.problem("R902", where_grades, key="grades", value="…", expected=expected))
    return [*problems, *_stage_words(settings, file)]


def _stage_words(settings: Settings, file: YamlFile) -> Iterator[Problem]:
    """R911 for a word that stands for two stages."""
    for key in ("words", "name_words"):
        seen: dict[str, Stage] = {}
        for stage, stage_settings in settings.stages.items():
            for n, word in enumerate(getattr(stage_settings, key)):
                if word in seen and seen[word] is not stage:
                    where = ("stages", stage.value, key, n)
                    yield file.problem("R911", where, value=word, first=seen[word].value, second=stage.value)
                seen.setdefault(word, stage)


def rule_problems(
    settings: Settings, file: YamlFile, rules: Mapping[str, catalogue.Entry]
) -> Iterator[Problem]:
    """R907 for a rule that there is not, R902 for words of a rule that use a field which it has not."""
    for code, own in settings.rules.items():
        if code not in rules:
            yield file.problem("R907", ("rules", code), at_key=True, value=code, why=say("没有这条规则"))
            continue
        known = _fields(rules[code].message) | _fields(rules[code].fix) | {"value", "expected", "item"}
        for key in ("message", "fix"):
            text = getattr(own, key)
            if text is not None and not _fields(text) <= known:
                fields = Listing(tuple("{" + field + "}" for field in sorted(known)))
                expected = say("只用这些字段的文字: {fields}", fields=fields)
                yield file.problem("R902", ("rules", code, key), key=key, value=text, expected=expected)


def _fields(text: str) -> set[str]:
    """The fields of a template; a template that is malformed or formats its fields has the field "!"."""
    try:
        parsed = list(Formatter().parse(text))
    except ValueError:
        return {"!"}
    formatted = any(spec or conversion for _, name, spec, conversion in parsed if name is not None)
    return {name for _, name, _, _ in parsed if name is not None} | ({"!"} if formatted else set())
