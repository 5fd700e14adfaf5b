"""The flow over a folder: discovery, the per-file stage in worker processes, and what only the whole folder shows."""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path

from huitoukan.campaign.campaign import Campaign, Limits
from huitoukan.grid import Cell
from huitoukan.intake.discover import Submission, discover
from huitoukan.intake.extract import Extracted, extract_all
from huitoukan.intake.isolate import Lost, limit_worker, run_isolated
from huitoukan.intake.reader import Kind, Outcome, Workbook, read
from huitoukan.model import (
    FileResult,
    FileStatus,
    Finding,
    ItemScore,
    Reading,
    ReadingKind,
    ScoreState,
    Severity,
    SheetKind,
    SheetResult,
    Stage,
)
from huitoukan.phrase import Phrase, say
from huitoukan.rules import (
    coverage,
    evidence,
    file,
    form,
    gaps,
    hidden,
    score,
    signature,
    sums,
    unit,
    wording,
)
from huitoukan.rules.registry import Context, check
from huitoukan.rules.subjects import FileSubject, FolderSubject, Mishap, SheetSubject

# Importing them enters their rules into the registry.
MODULES = (file, form, wording, hidden, unit, signature, score, sums, gaps, evidence, coverage)

_STATUS = {
    Outcome.DAMAGED: FileStatus.UNREADABLE,
    Outcome.EMPTY: FileStatus.UNREADABLE,
    Outcome.OTHER_KIND: FileStatus.UNREADABLE,
    Outcome.ENCRYPTED: FileStatus.ENCRYPTED,
    Outcome.REFUSED: FileStatus.REFUSED,
    Outcome.ARCHIVE: FileStatus.SKIPPED,
    Outcome.SKIPPED: FileStatus.SKIPPED,
}
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Inspection:
    """A folder after the flow: every file's result by path, and the findings about the folder as a whole."""

    campaign: Campaign
    files: tuple[FileResult, ...]
    coverage: tuple[Finding, ...]

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """All findings: by file and row, those of the folder last."""
        return (*(found for file in self.files for found in file.findings), *self.coverage)

    @cached_property
    def by_unit(self) -> dict[str, tuple[SheetResult, ...]]:
        """The score sheets of each unit, by stage and path."""
        return sheets_by_unit(self.files)


def sheets_by_unit(files: Iterable[FileResult]) -> dict[str, tuple[SheetResult, ...]]:
    """The recognised score sheets by unit code; sheets without a unit or a stage belong to nobody yet."""
    gathered: dict[str, list[SheetResult]] = {}
    for result in files:
        for sheet in result.sheets:
            if sheet.kind is SheetKind.SCORE and sheet.unit is not None and sheet.stage is not None:
                gathered.setdefault(sheet.unit, []).append(sheet)
    return {code: tuple(sheets) for code, sheets in sorted(gathered.items())}


# ---------------------------------------------------------------------------------------------------------- one file


def process(path: str, data: bytes, campaign: Campaign) -> FileResult:
    """The per-file stage, a pure function: read, extract, check. `path` is relative to the folder, with `/`."""
    context = Context(campaign)
    workbook = read(path, data, campaign.settings.limits)
    return _result(path, hashlib.sha256(data).hexdigest(), workbook, context)


def _result(path: str, sha256: str, workbook: Workbook, context: Context) -> FileResult:
    extracted = extract_all(path, workbook.grids, context.campaign)
    findings = list(check(FileSubject(path, workbook, extracted), context))
    for one in extracted:
        findings += check_sheet(one, context)
    status = _STATUS.get(workbook.outcome)
    if status is None:
        if not any(one.sheet or one.headless for one in extracted):
            status = FileStatus.NOT_A_FORM
        else:
            serious = any(found.severity is not Severity.INFO for found in findings)
            status = FileStatus.FINDINGS if serious else FileStatus.OK
    sheets = tuple(_sheet_result(path, one) for one in extracted)
    order = {sheet.sheet: n for n, sheet in enumerate(sheets)}
    findings.sort(
        key=lambda found: (order.get(found.sheet or "", -1), _row_and_column(found.cell), found.code)
    )
    return FileResult(path, sha256, status, workbook.reader, sheets, tuple(findings), workbook.unchecked)


def check_sheet(one: Extracted, context: Context) -> list[Finding]:
    """Everything that the rules find on one score sheet: on the sheet, its rows and its sums."""
    if one.sheet is None:
        return []
    subject = SheetSubject(one.sheet, context.campaign.rubric.level(one.sheet.level), one.grid, one.stamp)
    findings = list(check(subject, context))
    for part in (*subject.rows, *subject.sums):
        findings += check(part, context)
    return findings


def _row_and_column(cell: str | None) -> tuple[int, int, str]:
    if cell is None:
        return (0, 0, "")
    first = cell.partition(":")[0]
    letters = first.rstrip("0123456789")
    return (int(first[len(letters) :] or 0), len(letters), letters)


def _sheet_result(path: str, one: Extracted) -> SheetResult:
    sheet = one.sheet
    if sheet is None:
        return SheetResult(path, one.grid.name, SheetKind.OTHER)
    several = any(sheet.score_header in repeated.cells for repeated in sheet.repeated_columns)
    unknown = Reading(ReadingKind.UNREADABLE)  # of two score columns nobody knows which one counts
    items = tuple(
        _item_score(score.item, reading.value, reading.kind, score.cell.row, score.cell.column)
        for score in sheet.scores
        for reading in (unknown if several else score.reading,)
    )
    return SheetResult(
        path,
        sheet.sheet,
        SheetKind.SCORE,
        sheet.unit.unit,
        sheet.stage.stage,
        sheet.level,
        sheet.date.reading.value,
        items,
    )


@lru_cache(maxsize=16384)  # most scores of a folder are alike: one object travels and is kept for all of them
def _item_score(item: str, value: Decimal | None, kind: ReadingKind, row: int, column: int) -> ItemScore:
    cell = Cell(row, column).address
    if value is not None:
        return ItemScore(item, ScoreState.SCORED, value, cell)
    state = ScoreState.NOT_APPLICABLE if kind is ReadingKind.NOT_APPLICABLE else ScoreState.MISSING
    return ItemScore(item, state, None, cell)


# ---------------------------------------------------------------------------------------------------------- workers

_campaign: Campaign | None = None


def _start_worker(campaign: Campaign) -> None:
    limit_worker(campaign.settings.limits.memory_megabytes * _MEGABYTE)
    global _campaign  # noqa: PLW0603  one campaign for the life of a worker
    _campaign = campaign
    gc.freeze()  # what stays as long as the worker need not be looked through for garbage at every file


def _process_submission(submission: Submission) -> FileResult:
    """What a worker does with one file. A bug of ours on one file must not cost the others their results."""
    assert _campaign is not None
    try:
        return process_submission(submission, _campaign)
    except MemoryError:
        raise  # told as such by the main process
    except Exception as error:
        why = say("程序出错 ({detail})", detail=f"{type(error).__name__}: {error}"[:200])
        return mishap(submission, why, _campaign)


def process_submission(submission: Submission, campaign: Campaign) -> FileResult:
    """Read one file from disk and run the per-file stage on it."""
    if submission.junk:
        return FileResult(submission.path, _hash(submission.location), FileStatus.SKIPPED)
    limits: Limits = campaign.settings.limits
    try:
        size = submission.location.stat().st_size
        if size > limits.file_megabytes * _MEGABYTE:
            why = say(
                "文件有 {size} MB, 超过上限 {limit} MB", size=size // _MEGABYTE, limit=limits.file_megabytes
            )
            workbook = Workbook(Outcome.REFUSED, Kind.UNKNOWN, why=why)
            return _result(submission.path, _hash(submission.location), workbook, Context(campaign))
        data = submission.location.read_bytes()
    except OSError as error:
        workbook = Workbook(
            Outcome.DAMAGED, Kind.UNKNOWN, why=say("系统不让读取 ({detail})", detail=error.strerror or "")
        )
        return _result(submission.path, "", workbook, Context(campaign))
    return process(submission.path, data, campaign)


def mishap(submission: Submission, why: Phrase, campaign: Campaign) -> FileResult:
    """The result of a file whose reading went wrong for a reason that is not in the file's content."""
    findings = tuple(check(Mishap(submission.path, why), Context(campaign)))
    return FileResult(submission.path, _hash(submission.location), FileStatus.UNREADABLE, findings=findings)


def _hash(location: Path) -> str:
    try:
        if not location.is_file():
            return ""
        with location.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


# ---------------------------------------------------------------------------------------------------------- a folder


def inspect(
    folder: Path, campaign: Campaign, *, jobs: int | None = None, stage: Stage | None = None, county: str | None = None,
    exclude: Path | None = None, progress: Callable[[int, int], None] | None = None,
) -> Inspection:  # fmt: skip
    """Run the whole flow over a folder (or one file), optionally for one stage or one county (a roster code).

    `progress` is told (done, all) after each file. Coverage is checked for folders only.

    Raises:
        OSError: the folder cannot be listed.
    """
    submissions = discover(folder, exclude)
    results: dict[Submission, FileResult] = {}
    known: dict[ItemScore, ItemScore] = {}
    jobs = max(1, min(jobs or os.cpu_count() or 1, len(submissions)))
    if progress:
        progress(0, len(submissions))
    for outcome in run_isolated(
        _process_submission, submissions, jobs=jobs, seconds=float(campaign.settings.limits.seconds),
        initializer=_start_worker, arguments=[campaign], preload=[__name__],
    ):  # fmt: skip
        submission, result = outcome.input, outcome.result
        if isinstance(result, Lost):
            result = mishap(submission, _fate(result), campaign)
        results[submission] = _with_shared_scores(result, known)
        if progress:
            progress(len(results), len(submissions))
    files = (results[submission] for submission in submissions)
    selected = tuple(_select(result, campaign, stage, county) for result in files)
    kept = tuple(result for result in selected if result is not None)
    if county is not None:
        campaign = campaign.limited_to(county)
    whole = () if folder.is_file() else _coverage(kept, campaign, stage)
    return Inspection(campaign, _with_status(kept, whole), whole)


def _fate(lost: Lost) -> Phrase:
    if lost.timed_out:
        return say("超时")
    return say("内存不足") if lost.out_of_memory else say("读取进程崩溃")


def _with_shared_scores(result: FileResult, known: dict[ItemScore, ItemScore]) -> FileResult:
    """The same result; scores that other files hold too are kept once: what comes from workers shares nothing."""
    if not result.sheets:
        return result
    sheets = (
        replace(sheet, items=tuple(known.setdefault(score, score) for score in sheet.items))
        for sheet in result.sheets
    )
    return replace(result, sheets=tuple(sheets))


def _coverage(files: tuple[FileResult, ...], campaign: Campaign, stage: Stage | None) -> tuple[Finding, ...]:
    found = check(FolderSubject(sheets_by_unit(files)), Context(campaign))
    return tuple(one for one in found if stage is None or one.stage is stage)


def _with_status(files: tuple[FileResult, ...], whole: tuple[Finding, ...]) -> tuple[FileResult, ...]:
    """A file that only the whole folder shows to be wrong (a contradicting duplicate) is not `ok` either."""
    hit = {found.file for found in whole if found.severity is not Severity.INFO}
    return tuple(
        replace(file, status=FileStatus.FINDINGS)
        if file.path in hit and file.status is FileStatus.OK
        else file
        for file in files
    )


def _select(
    result: FileResult, campaign: Campaign, stage: Stage | None, county: str | None
) -> FileResult | None:
    """A file cut down to one stage and county. What could not be told where it belongs stays: nothing is lost."""

    def wanted(code: str | None, at: Stage | None) -> bool:
        elsewhere = code is not None and county is not None and campaign.roster.units[code].county != county
        return not elsewhere and (stage is None or at in (None, stage))

    if stage is None and county is None:
        return result
    sheets = tuple(sheet for sheet in result.sheets if wanted(sheet.unit, sheet.stage))
    if result.sheets and not sheets:
        return None
    findings = tuple(found for found in result.findings if wanted(found.unit, found.stage))
    return replace(result, sheets=sheets, findings=findings)
