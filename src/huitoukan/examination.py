"""One file from its bytes to its findings: read, extract, check. A pure function of plain values, run by workers."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from huitoukan.authorship import Written
from huitoukan.campaign.campaign import Campaign
from huitoukan.days import DateClaim, DateKind, SheetDate
from huitoukan.grid import Cell
from huitoukan.intake.containers import CONTAINERS, Sniffed, inside_of, list_members, load
from huitoukan.intake.contents import ContainerError, Contents
from huitoukan.intake.discover import Submission
from huitoukan.intake.documents import recognise
from huitoukan.intake.extract import Extracted, extract_all
from huitoukan.intake.kinds import Kind, sniff
from huitoukan.intake.reader import Outcome, Workbook, is_false_name, read
from huitoukan.model import (
    FieldClaim,
    FileResult,
    FileStatus,
    Finding,
    ItemScore,
    Reading,
    ReadingKind,
    ScoreSheet,
    ScoreState,
    Severity,
    SheetKind,
    SheetResult,
)
from huitoukan.phrase import Phrase, say
from huitoukan.rules import (
    dates,
    documents,
    evidence,
    file,
    flood,
    form,
    gaps,
    hidden,
    integrity_rows,
    score,
    signature,
    sums,
    survey,
    survey_form,
    unit,
    wording,
)
from huitoukan.rules.flood import bounded, without_flood
from huitoukan.rules.registry import Context, check, check_all
from huitoukan.rules.responses import SurveySubject
from huitoukan.rules.subjects import FileSubject, Mishap, SheetSubject

# Importing them enters their rules into the registry.
MODULES = (
    file,
    flood,
    documents,
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
    integrity_rows,
    survey,
    survey_form,
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
_LONGEST_TEXT = 500  # characters of a reason or a signature that are compared with others


@dataclass(frozen=True, slots=True)
class Processed:
    """What the per-file stage made of a file, and the files inside of it, of so many bytes, that are still to be read."""

    result: FileResult
    inside: tuple[Submission, ...] = ()
    unpacked: int = 0


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
    return Processed(
        _result(submission, hashlib.sha256(file.data).hexdigest(), workbook, context, file.archive)
    )


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
    # The hash of an archive too large to be held is taken from the disk.
    sha256 = hashlib.sha256(file.data).hexdigest() if file.data else _hash(submission)
    mail = contents.mail or submission.mail
    result = _result(replace(submission, mail=mail), sha256, workbook, context)
    return Processed(result, inside_of(submission, contents), contents.unpacked)


def _unread(kind: Kind, error: ContainerError) -> Workbook:
    if error.lock is not None:
        return Workbook(Outcome.ENCRYPTED, kind, lock=error.lock)
    return Workbook(Outcome.REFUSED if error.refused else Outcome.DAMAGED, kind, why=error.why)


def _result(
    submission: Submission, sha256: str, workbook: Workbook, context: Context,
    archive: zipfile.ZipFile | None = None,
) -> FileResult:  # fmt: skip
    path, limits = submission.path, context.campaign.settings.limits
    extracted = extract_all(path, [grid.upper(limits.rows) for grid in workbook.grids], context.campaign)
    if workbook.incidental and not any(one.sheet or one.questionnaire for one in extracted):
        workbook, extracted = Workbook(Outcome.SKIPPED, workbook.kind), ()  # some text, no form
    material, unchecked = None, workbook.unchecked
    if workbook.outcome is Outcome.SKIPPED:
        material, unchecked = recognise(path, workbook.kind, archive, context.campaign)
    findings = list(check(FileSubject(path, workbook, extracted, material), context))
    for one in extracted:
        findings += check_sheet(one, context)
    if len(findings) > limits.findings:
        findings = without_flood(path, findings, context)
    findings = list(map(bounded, findings))
    sheets = tuple(_sheet_result(path, one) for one in extracted if not one.spare)
    order = {sheet.sheet: n for n, sheet in enumerate(sheets)}
    findings.sort(
        key=lambda found: (order.get(found.sheet or "", -1), _row_and_column(found.cell), found.code)
    )
    status = _status(workbook, extracted, findings)
    return FileResult(
        path, sha256, status, workbook.reader, sheets, tuple(findings), unchecked, submission.mail,
        workbook.properties, material,
    )  # fmt: skip


def _status(workbook: Workbook, extracted: Sequence[Extracted], findings: Sequence[Finding]) -> FileStatus:
    told = _STATUS.get(workbook.outcome)
    if told is not None:
        return told
    if workbook.outcome is Outcome.READ and not any(one.is_form for one in extracted):
        return FileStatus.NOT_A_FORM
    serious = any(found.severity is not Severity.INFO for found in findings)
    return FileStatus.FINDINGS if serious else FileStatus.OK


def check_sheet(one: Extracted, context: Context) -> list[Finding]:
    """Everything that the rules find on one score sheet (on the sheet, its rows and its sums) or questionnaire."""
    if one.questionnaire is not None:
        return _check_questionnaire(one, context)
    if one.sheet is None:
        return []
    subject = SheetSubject(one.sheet, context.campaign.rubric.level(one.sheet.level), one.grid, one.stamp)
    findings = list(check(subject, context))
    findings += check_all(subject.rows, context)
    findings += check_all(subject.sums, context)
    return findings


def _check_questionnaire(one: Extracted, context: Context) -> list[Finding]:
    """Everything that the rules find on a questionnaire; no verdict waits for it."""
    assert one.questionnaire is not None
    assert context.campaign.questionnaire is not None
    subject = SurveySubject(one.questionnaire, context.campaign.questionnaire, one.grid, one.stamp)
    findings = list(check(subject, context))
    findings += check_all(subject.answers, context)
    return [replace(found, blocks=False) for found in findings]


def _row_and_column(cell: str | None) -> tuple[int, int, str]:
    if cell is None:
        return (0, 0, "")
    first = cell.partition(":")[0]
    letters = first.rstrip("0123456789")
    return (int(first[len(letters) :] or 0), len(letters), letters)


def _sheet_result(path: str, one: Extracted) -> SheetResult:
    sheet, asked = one.sheet, one.questionnaire
    if asked is not None:
        answers = tuple(response.answer() for response in asked.responses)
        dating = _sheet_date(asked.date)
        return SheetResult(
            path, asked.sheet, SheetKind.QUESTIONNAIRE, asked.unit.unit, asked.stage.stage, asked.level, dating,
            answers=answers,
        )  # fmt: skip
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
        signatures=tuple(_signatures(sheet)),
        texts=tuple(_texts(sheet)),
    )


def _signatures(sheet: ScoreSheet) -> Iterator[tuple[str, FieldClaim]]:
    for field, claim in sheet.signatures.items():
        if claim.text.strip():
            cell, text = claim.cell, claim.text
            if isinstance(cell.value, str) and len(cell.value) > _LONGEST_TEXT:
                cell, text = cell._replace(value=cell.value[:_LONGEST_TEXT]), text[:_LONGEST_TEXT]
            yield field, FieldClaim(cell, text)


def _texts(sheet: ScoreSheet) -> Iterator[Written]:
    """The reasons for deductions; one that is merged over several rows stands once, for the first of them."""
    told = set()
    for row in sheet.scores:
        cell = row.reason
        if cell is not None and isinstance(cell.value, str) and (cell.row, cell.column) not in told:
            told.add((cell.row, cell.column))
            yield Written(row.item, cell.address, cell.value[:_LONGEST_TEXT])


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
        workbook = _unread(Kind.UNKNOWN if error.refused else Kind.ZIP, error)  # for want of its bytes
    except OSError as error:
        why = say("系统不让读取 ({detail})", detail=error.strerror or "")
        workbook = Workbook(Outcome.DAMAGED, Kind.UNKNOWN, why=why)
    return Processed(_result(submission, _hash(submission), workbook, context))


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


def overfull(submission: Submission, why: Phrase, campaign: Campaign) -> FileResult:
    """The result of an archive inside another, which together are more than one may be."""
    workbook = Workbook(Outcome.REFUSED, Kind.ZIP, why=why)
    return _result(submission, _hash(submission), workbook, Context(campaign))
