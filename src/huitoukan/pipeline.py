"""The flow over a folder: discovery, the per-file stage in worker processes, and what only the whole folder shows."""

from __future__ import annotations

import gc
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path

from huitoukan.campaign.campaign import Campaign
from huitoukan.days import DateClaim, DateKind, SheetDate
from huitoukan.grid import Cell
from huitoukan.intake.bounds import MEGABYTE
from huitoukan.intake.containers import CONTAINERS, Sniffed, list_members, load
from huitoukan.intake.contents import ContainerError, Contents
from huitoukan.intake.discover import Submission, arrivals
from huitoukan.intake.extract import Extracted, extract_all
from huitoukan.intake.isolate import Lost, limit_worker, run_isolated
from huitoukan.intake.kinds import Kind, sniff
from huitoukan.intake.reader import Outcome, Workbook, is_false_name, read
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
    dates,
    duplicates,
    evidence,
    file,
    flood,
    form,
    gaps,
    hidden,
    score,
    signature,
    sums,
    unit,
    wording,
)
from huitoukan.rules.flood import bounded, without_flood
from huitoukan.rules.received import received
from huitoukan.rules.registry import Context, check
from huitoukan.rules.subjects import FileSubject, Mishap, SheetSubject

# Importing them enters their rules into the registry.
MODULES = (
    file,
    flood,
    form,
    wording,
    hidden,
    unit,
    dates,
    signature,
    score,
    sums,
    gaps,
    evidence,
    coverage,
    duplicates,
)

_STATUS = {
    Outcome.DAMAGED: FileStatus.UNREADABLE,
    Outcome.EMPTY: FileStatus.UNREADABLE,
    Outcome.OTHER_KIND: FileStatus.UNREADABLE,
    Outcome.ENCRYPTED: FileStatus.ENCRYPTED,
    Outcome.REFUSED: FileStatus.REFUSED,
    Outcome.ARCHIVE: FileStatus.SKIPPED,
    Outcome.SKIPPED: FileStatus.SKIPPED,
}


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
        """The score sheets of each unit that count, in the order of the files; decisions of the campaign carried out."""
        return dict(received(self.files, self.campaign).by_unit)


# ---------------------------------------------------------------------------------------------------------- one file


@dataclass(frozen=True, slots=True)
class Processed:
    """What the per-file stage made of a file, and the files inside of it that are still to be read."""

    result: FileResult
    inside: tuple[Submission, ...] = ()


def process(path: str, data: bytes, campaign: Campaign, passwords: Sequence[str] = ()) -> FileResult:
    """The per-file stage, a pure function: read, extract, check. `path` is relative to the folder, with `/`.

    Of an archive or a mail it tells what there is to tell of itself; the files inside are files of their own.
    """
    submission = Submission(path, Path())
    return _process(submission, Sniffed(*sniff(data), data), Context(campaign), passwords).result


def _process(submission: Submission, file: Sniffed, context: Context, passwords: Sequence[str]) -> Processed:
    if file.kind in CONTAINERS:
        return _process_container(submission, file, context, passwords)
    limits = context.campaign.settings.limits
    workbook = read(submission.path, file.data, limits, passwords, (file.kind, file.archive))
    result = _result(submission.path, hashlib.sha256(file.data).hexdigest(), workbook, context)
    return Processed(replace(result, mail=submission.mail) if submission.mail else result)


def _process_container(
    submission: Submission, file: Sniffed, context: Context, passwords: Sequence[str]
) -> Processed:
    limits, depth = context.campaign.settings.limits, len(submission.inside)
    contents = Contents()
    try:
        contents = list_members(file, depth, limits, passwords)
        outcome = Outcome.ENCRYPTED if contents.lock and not contents.members else Outcome.CONTAINER
        false_name = is_false_name(submission.path, file.kind)
        workbook = Workbook(outcome, file.kind, false_name=false_name, contents=contents)
    except ContainerError as error:
        workbook = _unread(file.kind, error)
    mail = contents.mail or submission.mail
    result = _result(submission.path, _sha256(submission, file), workbook, context)
    inside = tuple(
        Submission(
            f"{submission.path}/{m.name}", submission.location, m.junk, (*submission.inside, m.place), mail
        )
        for m in contents.members
    )
    return Processed(replace(result, mail=mail), inside)


def _unread(kind: Kind, error: ContainerError) -> Workbook:
    if error.lock is not None:
        return Workbook(Outcome.ENCRYPTED, kind, lock=error.lock)
    return Workbook(Outcome.REFUSED if error.refused else Outcome.DAMAGED, kind, why=error.why)


def _sha256(submission: Submission, file: Sniffed) -> str:
    """The hash of a file; that of an archive too large to be held is taken from the disk."""
    return hashlib.sha256(file.data).hexdigest() if file.data else _hash(submission)


def _result(path: str, sha256: str, workbook: Workbook, context: Context) -> FileResult:
    limits = context.campaign.settings.limits
    extracted = extract_all(path, [grid.upper(limits.rows) for grid in workbook.grids], context.campaign)
    if workbook.incidental and not any(one.sheet for one in extracted):
        workbook, extracted = Workbook(Outcome.SKIPPED, workbook.kind), ()  # some text, no form
    findings = list(check(FileSubject(path, workbook, extracted), context))
    for one in extracted:
        findings += check_sheet(one, context)
    if len(findings) > limits.findings:
        findings = without_flood(path, findings, context)
    findings = list(map(bounded, findings))
    status = _STATUS.get(workbook.outcome)
    serious = any(found.severity is not Severity.INFO for found in findings)
    if workbook.outcome is Outcome.CONTAINER:
        status = FileStatus.FINDINGS if serious else FileStatus.OK
    elif status is None:
        if not any(one.sheet or one.headless for one in extracted):
            status = FileStatus.NOT_A_FORM
        else:
            status = FileStatus.FINDINGS if serious else FileStatus.OK
    sheets = tuple(_sheet_result(path, one) for one in extracted if not one.spare)
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
        _sheet_date(sheet.date),
        items,
    )


def _sheet_date(claim: DateClaim) -> SheetDate | None:
    reading = claim.reading
    if claim.cell is None or reading.kind is DateKind.BLANK:
        return None
    return SheetDate(reading.value, reading.raw, reading.done, claim.cell.address)


@lru_cache(maxsize=16384)  # most scores of a folder are alike: one object travels and is kept for all of them
def _item_score(item: str, value: Decimal | None, kind: ReadingKind, row: int, column: int) -> ItemScore:
    cell = Cell(row, column).address
    if value is not None:
        return ItemScore(item, ScoreState.SCORED, value, cell)
    state = ScoreState.NOT_APPLICABLE if kind is ReadingKind.NOT_APPLICABLE else ScoreState.MISSING
    return ItemScore(item, state, None, cell)


# ---------------------------------------------------------------------------------------------------------- workers

_campaign: Campaign | None = None
_passwords: tuple[str, ...] = ()


def _start_worker(campaign: Campaign, passwords: tuple[str, ...]) -> None:
    limit_worker(campaign.settings.limits.memory_megabytes * MEGABYTE)
    global _campaign, _passwords  # both stay for the life of a worker
    _campaign, _passwords = campaign, passwords
    gc.freeze()  # what stays as long as the worker need not be looked through for garbage at every file


def _process_submission(submission: Submission) -> Processed:
    """What a worker does with one file. A bug of ours on one file must not cost the others their results."""
    assert _campaign is not None
    try:
        return process_submission(submission, _campaign, _passwords)
    except MemoryError:
        raise  # told as such by the main process
    except Exception as error:
        why = say("程序出错 ({detail})", detail=f"{type(error).__name__}: {error}"[:200])
        return Processed(mishap(submission, why, _campaign))


def process_submission(
    submission: Submission, campaign: Campaign, passwords: Sequence[str] = ()
) -> Processed:
    """Read one file, from disk or out of an archive or a mail, and run the per-file stage on it."""
    if submission.junk:
        return Processed(
            FileResult(submission.path, _hash(submission), FileStatus.SKIPPED, mail=submission.mail)
        )
    context = Context(campaign)
    try:
        return _process(submission, load(submission, campaign.settings.limits, passwords), context, passwords)
    except ContainerError as error:
        workbook = _unread(Kind.UNKNOWN, error)
    except OSError as error:
        why = say("系统不让读取 ({detail})", detail=error.strerror or "")
        workbook = Workbook(Outcome.DAMAGED, Kind.UNKNOWN, why=why)
    result = _result(submission.path, _hash(submission), workbook, context)
    return Processed(replace(result, mail=submission.mail))


def mishap(submission: Submission, why: Phrase, campaign: Campaign) -> FileResult:
    """The result of a file whose reading went wrong for a reason that is not in the file's content."""
    findings = tuple(check(Mishap(submission.path, why), Context(campaign)))
    return FileResult(
        submission.path, _hash(submission), FileStatus.UNREADABLE, findings=findings, mail=submission.mail
    )


def _hash(submission: Submission) -> str:
    """The hash of a file on disk; "" for one inside another, or one that cannot be read."""
    try:
        if submission.inside or not submission.location.is_file():
            return ""
        with submission.location.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


# ---------------------------------------------------------------------------------------------------------- a folder


def inspect(
    folder: Path | None, campaign: Campaign, *, jobs: int | None = None, stage: Stage | None = None, county: str | None = None,
    exclude: Path | None = None, inbox: Path | None = None, passwords: Sequence[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Inspection:  # fmt: skip
    """Run the whole flow over a folder (or one file), optionally for one stage or one county (a roster code).

    `inbox` is a folder of mails besides; at least one of the two is given. `passwords` are tried on locked files.
    `progress` is told (done, all) after each file. Coverage is not checked where one single workbook is given.

    Raises:
        OSError: the folder cannot be listed.
    """
    submissions = arrivals(folder, inbox, exclude)
    single = inbox is None and folder is not None and folder.is_file()
    results = _results(submissions, campaign, jobs, tuple(passwords), progress)
    selected = tuple(_select(result, campaign, stage, county) for result in results)
    kept = tuple(result for result in selected if result is not None)
    if county is not None:
        campaign = campaign.limited_to(county)
    whole = () if single and len(results) == 1 else _coverage(kept, campaign, stage)
    return Inspection(campaign, _with_status(kept, whole), whole)


def _fate(lost: Lost) -> Phrase:
    if lost.timed_out:
        return say("超时")
    return say("内存不足") if lost.out_of_memory else say("读取进程崩溃")


def _results(
    submissions: Sequence[Submission], campaign: Campaign, jobs: int | None, passwords: tuple[str, ...],
    progress: Callable[[int, int], None] | None,
) -> list[FileResult]:  # fmt: skip
    """The results of all files by path: first of those in the folder, then of those inside of them, and so on."""
    results: dict[str, FileResult] = {}
    known: dict[ItemScore, ItemScore] = {}
    held: Counter[Path] = Counter()  # how many files an archive on disk turned out to hold, at any depth
    waiting, total = list(submissions), len(submissions)
    while waiting:
        if progress:
            progress(len(results), total)
        opened: list[tuple[Submission, Processed]] = []
        for outcome in run_isolated(
            _process_submission, waiting, jobs=max(1, min(jobs or os.cpu_count() or 1, len(waiting))),
            seconds=float(campaign.settings.limits.seconds),
            initializer=_start_worker, arguments=[campaign, passwords], preload=[__name__],
        ):  # fmt: skip
            submission, processed = outcome.input, outcome.result
            if isinstance(processed, Lost):
                processed = Processed(mishap(submission, _fate(processed), campaign))
            results[submission.path] = _with_shared_scores(processed.result, known)
            if processed.inside:
                opened.append((submission, processed))
            if progress:
                progress(len(results), total)
        waiting = []
        for submission, processed in sorted(opened, key=lambda one: one[0].path):  # not as workers finished
            held[submission.location] += len(processed.inside)
            if held[submission.location] > campaign.settings.limits.archive_files:
                results[submission.path] = _overfull(submission, held[submission.location], campaign)
            else:
                waiting += processed.inside
        total += len(waiting)
    return [results[path] for path in sorted(results)]


def _overfull(submission: Submission, count: int, campaign: Campaign) -> FileResult:
    """The result of an archive inside another, which together hold more files than one may."""
    limit = campaign.settings.limits.archive_files
    why = say("里面有 {count} 个文件, 超过上限 {limit} 个", count=count, limit=limit)
    workbook = Workbook(Outcome.REFUSED, Kind.ZIP, why=why)
    return _result(submission.path, _hash(submission), workbook, Context(campaign))


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
    found = check(received(files, campaign), Context(campaign))
    return tuple(one for one in found if stage is None or one.stage in (None, stage))


def _with_status(files: tuple[FileResult, ...], whole: tuple[Finding, ...]) -> tuple[FileResult, ...]:
    """A file that only the whole folder shows to be wrong (a contradicting duplicate) is not `ok` either."""
    serious = [found for found in whole if found.severity is not Severity.INFO]
    hit = {path for found in serious for path in (found.file, *found.others)}
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
