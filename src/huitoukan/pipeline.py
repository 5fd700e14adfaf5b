"""The flow over a folder: discovery, the examination of each file in worker processes, and what only the folder shows."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from huitoukan.campaign.campaign import Campaign
from huitoukan.examination import MODULES as EXAMINING
from huitoukan.examination import Processed, mishap, overfull, process, process_submission
from huitoukan.intake.bounds import MEGABYTE
from huitoukan.intake.contents import excess
from huitoukan.intake.discover import Submission, arrivals
from huitoukan.intake.isolate import Lost, limit_worker, run_isolated
from huitoukan.model import (
    FileResult,
    FileStatus,
    Finding,
    ItemScore,
    Severity,
    SheetKind,
    SheetResult,
    Stage,
)
from huitoukan.phrase import Phrase, say
from huitoukan.rules import (
    coverage,
    duplicates,
    integrity_answers,
    integrity_authors,
    integrity_bands,
    integrity_people,
    integrity_stages,
    integrity_texts,
    integrity_vectors,
    materials,
    selection,
)
from huitoukan.rules.compared import compared
from huitoukan.rules.receipts import ledger
from huitoukan.rules.received import received
from huitoukan.rules.registry import Context, check
from huitoukan.standing import past

__all__ = ["Inspection", "inspect", "process"]

INTEGRITY = (
    integrity_vectors,
    integrity_texts,
    integrity_bands,
    integrity_stages,
    integrity_people,
    integrity_authors,
    integrity_answers,
)
# Of all rules (importing them entered these into the registry), and the checks of files that steer a run and that no
# campaign names.
MODULES = (*EXAMINING, coverage, duplicates, selection, materials, *INTEGRITY)
CONFIGURATION = (past,)


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
    kept = duplicates.told_once(tuple(result for result in selected if result is not None), campaign)
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
    unpacked: Counter[Path] = Counter()  # and how many bytes they have
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
            unpacked[submission.location] += processed.unpacked
            limits = campaign.settings.limits
            why = excess(held[submission.location], unpacked[submission.location], limits)
            if why is not None:
                results[submission.path] = overfull(submission, why, campaign)
            else:
                waiting += processed.inside
        total += len(waiting)
    return [results[path] for path in sorted(results)]


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
    context, subject = Context(campaign), received(files, campaign)
    subjects = (subject, ledger(subject, campaign), compared(subject, campaign))
    found = (finding for one in subjects for finding in check(one, context))
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
    forms = [sheet for sheet in result.sheets if sheet.kind is not SheetKind.OTHER]
    if forms and not any(wanted(form.unit, form.stage) for form in forms):
        return None  # and its left-over worksheets with it
    material = result.material
    if material is not None:
        place = material.unit or material.county
        if not wanted(place, material.stage if material.kind.is_sent else None):
            return None
    sheets = tuple(sheet for sheet in result.sheets if wanted(sheet.unit, sheet.stage))
    findings = tuple(found for found in result.findings if wanted(found.unit, found.stage))
    return replace(result, sheets=sheets, findings=findings)
