"""Repairs over a folder: which cells of which files, made in copies, in worker processes like all reading.

A zip is repaired as a zip: the workbooks in it are replaced, and every other byte of it stays. What cannot be changed in
place (an old .xls, the attachment of a mail, a locked file) is told with what to do about it.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from huitoukan.campaign.campaign import Campaign
from huitoukan.examination import MODULES
from huitoukan.intake.bounds import MEGABYTE
from huitoukan.intake.containers import CONTAINERS, Sniffed, list_members, load
from huitoukan.intake.contents import ContainerError
from huitoukan.intake.discover import Submission, arrivals
from huitoukan.intake.extract import extract_all
from huitoukan.intake.isolate import Lost, limit_worker, run_isolated
from huitoukan.intake.kinds import Kind
from huitoukan.intake.reader import read
from huitoukan.model import FileStatus
from huitoukan.output.repair_check import repaired
from huitoukan.output.repairs import Change, Key, State, Wish, decided, proposals, unmet
from huitoukan.output.zip_parts import SpliceError, splice
from huitoukan.phrase import Phrase, say
from huitoukan.pipeline import Inspection

_RULES = MODULES  # importing them enters the rules with which a worker reads the copy again
_READ = frozenset({FileStatus.OK, FileStatus.FINDINGS})
_PATIENCE = 10  # times as long as for a file: a zip is one task here, with all that it holds


@dataclass(frozen=True, slots=True)
class Repairs:
    """What a run over a folder gave: every change with what became of it, and the new bytes of the files with one made."""

    changes: tuple[Change, ...] = ()
    contents: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Task:
    """What workers are told once: the campaign, the forms that were read, and what a log wishes (None: all that can be)."""

    campaign: Campaign
    passwords: tuple[str, ...]
    forms: Collection[tuple[str, str, str | None, object]]
    wishes: Mapping[Key, Wish] | None
    dry: bool


def repair(
    folder: Path, inspection: Inspection, *, jobs: int | None = None, passwords: Sequence[str] = (),
    wishes: Mapping[Key, Wish] | None = None, dry: bool = False,
) -> Repairs:  # fmt: skip
    """Repair the files of a folder that was inspected, in memory.

    `wishes` are the lines of a log that are to be carried out, and nothing else is; `dry`: nothing is made, all is planned.

    Raises:
        OSError: the folder cannot be listed.
    """
    campaign = inspection.campaign
    files = [file for file in inspection.files if file.status in _READ]
    forms = frozenset((f.path, s.sheet, s.unit, s.stage) for f in files for s in f.sheets)
    paths = {file.path for file in files}
    waiting = [
        one
        for one in arrivals(folder, None)
        if not one.junk and (one.path in paths or any(path.startswith(f"{one.path}/") for path in paths))
    ]
    task = Task(campaign, tuple(passwords), forms, wishes, dry)
    changes: list[Change] = []
    contents: dict[str, bytes] = {}
    for outcome in run_isolated(
        _mend_submission, waiting, jobs=max(1, min(jobs or os.cpu_count() or 1, len(waiting))),
        seconds=float(campaign.settings.limits.seconds * _PATIENCE),
        initializer=_start_worker, arguments=[task], preload=[__name__],
    ):  # fmt: skip
        if not isinstance(outcome.result, Lost):
            found, content = outcome.result
            changes += found
            if content is not None:
                contents[outcome.input.path] = content
    told = {change.key for change in changes}
    changes += [unmet(key, wish, None) for key, wish in (wishes or {}).items() if key not in told]
    return Repairs(tuple(sorted(changes, key=lambda change: change.key)), dict(sorted(contents.items())))


_task: Task | None = None


def _start_worker(task: Task) -> None:
    limit_worker(task.campaign.settings.limits.memory_megabytes * MEGABYTE)
    global _task  # noqa: PLW0603  it stays for the life of a worker
    _task = task


_Mended = tuple[tuple[Change, ...], bytes | None]


def _mend_submission(submission: Submission) -> _Mended:
    """What a worker does with one file on disk: the changes, and its new bytes where one was made."""
    assert _task is not None
    try:
        file = load(submission, _task.campaign.settings.limits, _task.passwords)
        return _mend(submission, file, _task, None)
    except (ContainerError, OSError):
        return (), None  # the inspection has told of it


def _mend(submission: Submission, file: Sniffed, task: Task, obstacle: Phrase | None) -> _Mended:
    if file.kind in CONTAINERS:
        return _mend_container(submission, file, task, obstacle)
    return mend(submission.path, file, task, obstacle)


def _mend_container(submission: Submission, file: Sniffed, task: Task, obstacle: Phrase | None) -> _Mended:
    """A zip or a mail with the workbooks inside; `obstacle` is why nothing around them can be written again."""
    limits = task.campaign.settings.limits
    if file.kind is Kind.MAIL:
        obstacle = obstacle or say("邮件的附件不能就地修改; 请把附件存到文件夹里再修复")
    elif not file.data:
        obstacle = obstacle or say("压缩包太大, 不能就地修改; 请先解压")
    changes: list[Change] = []
    contents: dict[int, bytes] = {}
    locked = (
        {place for place, e in enumerate(file.archive.infolist()) if e.flag_bits & 1}
        if file.archive
        else set()
    )
    for member in list_members(file, len(submission.inside), limits, task.passwords).members:
        if member.junk:
            continue
        inside = (*submission.inside, member.place)
        one = Submission(f"{submission.path}/{member.name}", submission.location, inside=inside)
        lock = say("压缩包里的这个文件有密码; 请先解压") if member.place in locked else None
        try:
            found, content = _mend(one, load(one, limits, task.passwords), task, obstacle or lock)
        except (ContainerError, OSError):
            continue
        changes += found
        if content is not None:
            contents[member.place] = content
    if not contents:
        return tuple(changes), None
    try:
        return tuple(changes), splice(file.data, contents)
    except SpliceError:
        why = say("压缩包的结构特别, 不能就地修改; 请先解压")
        return tuple(c.refused(why) if c.state is State.DONE else c for c in changes), None


def mend(path: str, file: Sniffed, task: Task, obstacle: Phrase | None = None) -> _Mended:
    """One workbook: what can be put right in it and what becomes of that, and its new bytes where something was."""
    campaign = task.campaign
    workbook = read(path, file.data, campaign.settings.limits, task.passwords, (file.kind, file.archive))
    grids = [grid.upper(campaign.settings.limits.rows) for grid in workbook.grids]
    found = [
        change
        for change in proposals(path, extract_all(path, grids, campaign), campaign)
        if (path, change.sheet, change.unit, change.stage) in task.forms
    ]
    why = obstacle or _obstacle(file.kind)
    changes = [decided(change, task.wishes) for change in found]
    if why is not None:
        changes = [c.refused(why) if c.state is State.PLANNED else c for c in changes]
    content = None
    if not task.dry and any(change.state is State.PLANNED for change in changes):
        whole, made = repaired(path, file.data, changes, campaign)
        changes = list(made)
        content = whole if whole != file.data else None
    known = {change.key for change in found}
    changes += [
        unmet(key, wish, workbook.grids)
        for key, wish in (task.wishes or {}).items()
        if key[0] == path and key not in known
    ]
    return tuple(changes), content


_SAVE_AS = say("这种文件不能就地修改; 请用 Excel 或 WPS 打开, 另存为 .xlsx, 再修复一次")


def _obstacle(kind: Kind) -> Phrase | None:
    """Why a file of a kind cannot be changed in place."""
    if kind is Kind.ENCRYPTED:
        return say("文件有密码; 请去掉密码另存, 再修复一次")
    return None if kind is Kind.XLSX else _SAVE_AS
