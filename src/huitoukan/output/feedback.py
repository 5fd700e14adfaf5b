"""The feedback of each county (核对反馈): what to send and what to correct, gathered once from files and findings.

What the folder as a whole lacks and files that could not be used come first, as requests. Everything else stands with
the unit it belongs to, sheet by sheet, as the sheet is read: from the top to the bottom.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.roster import Mention
from huitoukan.model import FileResult, FileStatus, Finding, Severity, SheetKind, SheetResult, Stage, Unit
from huitoukan.output.files import file_name
from huitoukan.phrase import Listing, Phrase, say

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

UNPLACED = "未能归县"
_READ = (FileStatus.OK, FileStatus.FINDINGS)
_COVERAGE = "C"  # the family of findings about who has sent what
_NAMED_UNIT = "unit_name"  # the detail by which a coverage finding names its unit


@dataclass(frozen=True, slots=True)
class Request:
    """Something to send, to send again or to decide.

    `told` says it: the finding itself, or one that speaks for several `findings` which differ only in their unit.
    `units` are those it is about, in the order of the roster; none where only the file is known.
    """

    told: Finding
    findings: tuple[Finding, ...]
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class SheetFeedback:
    """What to correct on one worksheet, by row and column; `sheet` is None for the file as a whole.

    `asked`: it is a questionnaire, which the unit fills in itself at every stage.
    """

    file: str
    sheet: str | None
    stage: Stage | None
    findings: tuple[Finding, ...]
    asked: bool = False


@dataclass(frozen=True, slots=True)
class UnitFeedback:
    """What to correct for one unit (None: the unit of the sheets could not be told), by stage and file.

    `notes` are for the record and need no answer: info that keeps nothing from counting.
    """

    unit: Unit | None
    sheets: tuple[SheetFeedback, ...]
    notes: tuple[Finding, ...]
    counts: Mapping[Severity, int]
    blocking: Mapping[Severity, int]


@dataclass(frozen=True, slots=True)
class CountyFeedback:
    """Everything that goes back to one county; `name` is empty and `body` None for what could be told to no county.

    `stem` names its page, `files` counts what arrived (a file with sheets of two counties counts for both; junk,
    archives and mails without a finding for none), `stage_sheets` the score sheets by stage and `stageless` those whose stage could not be told.
    `clean` are the units with a sheet and without a finding, be it on a file that only bears their name.
    """

    name: str
    stem: str
    body: Unit | None
    files: int
    stage_sheets: Mapping[Stage, int]
    stageless: int
    findings: tuple[Finding, ...]
    counts: Mapping[Severity, int]
    blocking: int
    requests: tuple[Request, ...]
    units: tuple[UnitFeedback, ...]
    clean: tuple[Unit, ...]

    @property
    def sheets(self) -> int:
        """How many score sheets arrived."""
        return sum(self.stage_sheets.values()) + self.stageless

    @property
    def by_file(self) -> Mapping[str, tuple[Finding, ...]]:
        """The findings by the path of their file; those about something absent last, under ""."""
        ordered = sorted(self.findings, key=lambda finding: not finding.file)
        return {path: tuple(found) for path, found in _grouped(ordered, lambda f: f.file or "").items()}

    @property
    def to_correct(self) -> bool:
        """Whether any unit has more than notes."""
        return any(unit.sheets for unit in self.units)


_FEW = 3  # findings about units of one county that are told one by one
_UNREMARKABLE = (
    FileStatus.SKIPPED,
    FileStatus.OK,
)  # without a sheet, a finding or a use: junk, archives, mails


class Places:
    """Where findings and sheets belong: by their own unit, else by the other sheets of the file, else by its path."""

    def __init__(self, files: Sequence[FileResult], campaign: Campaign) -> None:
        self._roster = campaign.roster
        self._by_sheet: dict[tuple[str, str], set[str | None]] = {}
        self._by_file: dict[str, set[str | None]] = {}
        self._by_path: dict[str, Mention] = {}
        for sheet in (sheet for file in files for sheet in file.sheets if sheet.kind is SheetKind.SCORE):
            self._by_sheet.setdefault((sheet.file, sheet.sheet), set()).add(sheet.unit)
            self._by_file.setdefault(sheet.file, set()).add(sheet.unit)
        for file in files:
            if file.material is not None and file.material.unit is not None:
                self._by_file.setdefault(file.path, set()).add(file.material.unit)

    def unit(self, finding: Finding) -> str | None:
        """The code of the unit that a finding is about; None where none, or not a single one, can be told."""
        if finding.unit is None and finding.file is not None:
            of_file = self._by_file.get(finding.file, set())
            units = self._by_sheet.get((finding.file, finding.sheet or ""), of_file)
            return next(iter(units)) if len(units) == 1 else None
        return finding.unit if finding.unit in self._roster.units else None

    def concerned(self, finding: Finding) -> str | None:
        """The unit of a finding or, where it has none, the one that its file's path names: who may be concerned."""
        return self.unit(finding) or self._named(finding.file or "").unit

    def county(self, finding: Finding) -> str:
        """The code of the county that a finding belongs to, "" for none."""
        return self._county(self.unit(finding), finding.file or "")

    def county_of_sheet(self, sheet: SheetResult) -> str:
        """The code of the county that a sheet belongs to, "" for none."""
        return self._county(sheet.unit, sheet.file)

    def counties_of_file(self, path: str) -> frozenset[str]:
        """The codes of the counties that a file has sheets of; without any, the one that its path names, or ""."""
        counties = {self._roster.units[unit].county for unit in self._by_file.get(path, ()) if unit}
        return frozenset(counties or {self._named(path).county or ""})

    def name(self, county: str) -> str:
        """The name of a county as people read it; "" for none."""
        return self._roster.county_name(county) if county else ""

    def _county(self, unit: str | None, path: str) -> str:
        if unit is not None:
            return self._roster.units[unit].county
        counties = self.counties_of_file(path)
        return next(iter(counties)) if len(counties) == 1 else self._named(path).county or ""

    def _named(self, path: str) -> Mention:
        """The county and the unit that a path names: its file name before its folders, the inner ones first."""
        if path not in self._by_path:
            mentions = [self._roster.mention(part) for part in reversed(path.split("/"))]
            county = next((one.county for one in mentions if one.county), None)
            self._by_path[path] = Mention(county, next((one.unit for one in mentions if one.unit), None))
        return self._by_path[path]


def county_feedback(
    campaign: Campaign, files: Sequence[FileResult], findings: Sequence[Finding], places: Places,
    stages: Sequence[Stage],
) -> tuple[CountyFeedback, ...]:  # fmt: skip
    """The feedback of every county in the order of the roster; last, if there is any, what belongs to none."""
    bodies: list[Unit | None] = [*campaign.roster.bodies(), None]
    names = [places.name(body.code) if body else "" for body in bodies]
    found = _grouped(findings, places.county)
    scored = [sheet for file in files for sheet in file.sheets if sheet.kind is SheetKind.SCORE]
    asked = frozenset(
        (sheet.file, sheet.sheet)
        for file in files
        for sheet in file.sheets
        if sheet.kind is SheetKind.QUESTIONNAIRE
    )
    sheets = _grouped(scored, places.county_of_sheet)
    arrived = [
        file for file in files
        if file.findings or file.sheets or file.material or file.status not in _UNREMARKABLE
    ]  # fmt: skip
    counties = [places.counties_of_file(file.path) for file in arrived]
    unread = {file.path for file in files if file.status not in _READ}
    bare = {file.path for file in files if not file.sheets}
    gathered = []
    for body, name, stem in zip(bodies, names, _stems(bodies, names), strict=True):
        code = body.code if body else ""
        own, own_sheets = found.get(code, []), sheets.get(code, [])
        number = sum(code in one for one in counties)
        if body is None and not own and not number:
            continue
        own_units = (body, *campaign.roster.townships(code)) if body else ()
        concerned = {places.concerned(finding) for finding in own}
        heard = {sheet.unit for sheet in own_sheets}
        gathered.append(
            CountyFeedback(
                name=name,
                stem=stem,
                body=body,
                files=number,
                stage_sheets={stage: sum(s.stage is stage for s in own_sheets) for stage in stages},
                stageless=sum(sheet.stage not in stages for sheet in own_sheets),
                findings=tuple(own),
                counts=_counts(own),
                blocking=sum(bool(finding.blocks) for finding in own),
                requests=tuple(_requests([f for f in own if _to_send(f, unread, bare)], campaign)),
                units=tuple(
                    _units(
                        [f for f in own if not _to_send(f, unread, bare)], scored, asked, own_units, places
                    )
                ),
                clean=tuple(
                    u for u in own_units if u.code in heard - concerned and u.name not in _listed(own)
                ),
            )
        )
    return tuple(gathered)


def _listed(findings: Iterable[Finding]) -> set[object]:
    """The names of units that a finding about several of a county lists: what is asked of them is no praise."""
    listings = (dict(finding.details).get("units") for finding in findings)
    return {name for listing in listings if isinstance(listing, Listing) for name in listing.words}


def _counts(findings: Iterable[Finding]) -> dict[Severity, int]:
    found = [finding.severity for finding in findings]
    return {severity: found.count(severity) for severity in Severity}


def _grouped(values: Iterable[Value], key: Callable[[Value], Key]) -> dict[Key, list[Value]]:
    groups: dict[Key, list[Value]] = {}
    for value in values:
        groups.setdefault(key(value), []).append(value)
    return groups


def county_stems(campaign: Campaign) -> dict[str, str]:
    """The file name of each county by its code (without an ending), last under "" that of what belongs to none."""
    bodies: list[Unit | None] = [*campaign.roster.bodies(), None]
    names = [campaign.roster.county_name(body.code) if body else "" for body in bodies]
    stems = _stems(bodies, names)
    return {body.code if body else "": stem for body, stem in zip(bodies, stems, strict=True)}


def _stems(bodies: Sequence[Unit | None], names: Sequence[str]) -> Iterator[str]:
    """File names for the pages: names as they are, made harmless; those that would meet carry their code."""
    stems = [file_name(name or UNPLACED) for name in names]
    folded = [stem.casefold() for stem in stems]
    for body, stem in zip(bodies, stems, strict=True):
        meets = folded.count(stem.casefold()) > 1
        yield f"{stem}_{file_name(body.code)}" if body and meets else stem


# ---------------------------------------------------------------------------------------------------------- to send


def _to_send(finding: Finding, unread: Collection[str], bare: Collection[str]) -> bool:
    """Whether a finding asks for a file, or for a decision between files, rather than for a correction on a sheet.

    `bare` are files without a worksheet: what an archive or a mail lacks can only be sent.
    """
    asks = finding.code.startswith(_COVERAGE) or (finding.sheet is None and finding.file in bare)
    return finding.file is None or finding.file in unread or (asks and not _for_the_record(finding))


def _requests(findings: Sequence[Finding], campaign: Campaign) -> Iterator[Request]:
    """What is absent first, then by file; findings that differ only in the unit they name are told together."""
    ordered = sorted(findings, key=lambda finding: finding.file is not None)
    for same in _grouped(ordered, _but_for_unit).values():
        first = told = same[0]
        codes = [finding.unit for finding in same]
        if len(same) > 1:
            told = _named(first, say("这 {n} 个单位", n=len(same)))
        units = tuple(unit for unit in campaign.roster.units.values() if unit.code in codes)
        yield Request(told, tuple(same), units)


def by_county(findings: Iterable[Finding], campaign: Campaign) -> Iterator[tuple[Finding, Finding]]:
    """Findings; those at no file that differ only in the unit they name come as one for each county that lists the units.

    The second of a pair is for the words of what to do: it speaks of “these units” and lists them not once more.
    """
    units = campaign.roster.units

    def alike(finding: Finding) -> tuple[str, Finding | int]:
        unit = units.get(finding.unit or "")
        if finding.file is not None or unit is None or _NAMED_UNIT not in dict(finding.details):
            return "", id(finding)
        return unit.county, replace(_but_for_unit(finding), blocks=False)

    for (county, _), same in _grouped(findings, alike).items():
        if len(same) <= _FEW:
            yield from ((finding, finding) for finding in same)
            continue
        names = Listing(tuple(units[finding.unit].name for finding in same if finding.unit))
        listed = say(
            "{county} {n} 个单位 ({units})",
            county=campaign.roster.county_name(county),
            n=len(same),
            units=names,
        )
        yield _named(same[0], listed), _named(same[0], say("这些单位"))


def _named(finding: Finding, unit: Phrase) -> Finding:
    """A finding that speaks of other units than its own."""
    details = tuple((key, unit if key == _NAMED_UNIT else value) for key, value in finding.details)
    return replace(finding, unit=None, details=details)


def _but_for_unit(finding: Finding) -> Finding:
    if finding.file is not None or _NAMED_UNIT not in dict(finding.details):
        return finding
    details = tuple((key, value) for key, value in finding.details if key != _NAMED_UNIT)
    return replace(finding, unit=None, details=details)


# ------------------------------------------------------------------------------------------------------- to correct


def _units(
    findings: Sequence[Finding], scored: Sequence[SheetResult], asked: Collection[tuple[str, str]],
    units: Sequence[Unit], places: Places,
) -> Iterator[UnitFeedback]:  # fmt: skip
    """The units with findings in the order given; last what no unit could be told of."""
    by_sheet = _grouped(scored, lambda sheet: (sheet.file, sheet.sheet))
    stages = {key: sheets[0].stage for key, sheets in by_sheet.items() if len({s.stage for s in sheets}) == 1}
    by_unit = _grouped(findings, places.unit)
    for unit in (*units, None):
        own = by_unit.get(unit.code if unit else None, [])
        if own:
            sheets = _sheets([finding for finding in own if not _for_the_record(finding)], stages, asked)
            notes = tuple(finding for finding in own if _for_the_record(finding))
            blocking = _counts(finding for finding in own if finding.blocks)
            yield UnitFeedback(unit, tuple(sheets), notes, _counts(own), blocking)


def _for_the_record(finding: Finding) -> bool:
    return finding.severity is Severity.INFO and not finding.blocks


def _sheets(
    findings: Sequence[Finding], stages: Mapping[tuple[str, str], Stage | None],
    asked: Collection[tuple[str, str]],
) -> list[SheetFeedback]:  # fmt: skip
    """Findings by worksheet, sorted by stage and file; inside a file they come in the order of sheets and rows.

    A worksheet on which forms of several stages stand comes once for each of them.
    """

    def place(finding: Finding) -> tuple[str, str | None, Stage | None]:
        file, sheet = finding.file or "", finding.sheet
        return file, sheet, stages.get((file, sheet or ""), finding.stage)

    sheets = [
        SheetFeedback(file, sheet, stage, tuple(own), (file, sheet) in asked)
        for (file, sheet, stage), own in _grouped(findings, place).items()
    ]
    return sorted(sheets, key=lambda s: (len(Stage) if s.stage is None else s.stage.rank, s.file))
