"""Marked copies (标注副本) of all workbooks with problems: by county, each county's also in one zip to be sent.

What is told is what the feedback page of the county tells: clues that the campaign holds back are in no copy either.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from huitoukan.campaign.campaign import Campaign
from huitoukan.intake.bounds import MEGABYTE
from huitoukan.intake.containers import load, submission_at
from huitoukan.intake.contents import ContainerError
from huitoukan.intake.discover import Submission, discover
from huitoukan.intake.isolate import limit_worker, run_isolated
from huitoukan.intake.kinds import ARCHIVE_NAMES, NAMES, SPREADSHEET_NAMES, TABLES
from huitoukan.intake.kinds import Kind as FileKind
from huitoukan.model import FileResult, FileStatus, Finding, Severity
from huitoukan.output.annotate_cells import area_of
from huitoukan.output.annotate_copy import Copy, Setting, marked_copy
from huitoukan.output.annotate_list import Remark
from huitoukan.output.annotate_package import MARK
from huitoukan.output.clockless import moment_of
from huitoukan.output.feedback import Places, county_stems
from huitoukan.output.files import csv_text, file_name
from huitoukan.output.places import ANNOTATED, is_marked_copy
from huitoukan.output.text import Words
from huitoukan.phrase import Phrase
from huitoukan.pipeline import Inspection
from huitoukan.standing.clues import told_to_counties

_LONGEST_PART = 150  # bytes of a folder or a file name in a copy's path: what it says must be read again
_TABLE_NAMES = frozenset[str]().union(SPREADSHEET_NAMES, *(NAMES[kind] for kind in TABLES))
_CONTAINER_NAMES = ARCHIVE_NAMES | NAMES[FileKind.MAIL]
_COLUMNS = ("county", "file", "copy", "how", "error", "warning", "info", "blocking", "status", "notes")


@dataclass(frozen=True, slots=True)
class Order:
    """A copy to be made of the workbook at `path`, which lies in or is the file `outer` on disk, for one county.

    `county` is the code ("": what belongs to none), `remarks` what is told, `sha256` that of the original.
    """

    path: str
    outer: Submission
    county: str
    remarks: tuple[Remark, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class Annotated:
    """What became of one workbook with problems: where its copy is (None: there can be none), and what is not in it."""

    file: str
    county: str
    copy: str | None
    rebuilt: bool
    remarks: tuple[Remark, ...]
    status: FileStatus
    notes: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Annotations:
    """All files to be written, by their path in the folder of results, and what they are.

    `scope` are the folders of the counties that this run was about.
    """

    contents: Mapping[str, bytes]
    files: tuple[Annotated, ...]
    scope: tuple[str, ...]


# ---------------------------------------------------------------------------------------------------------- what to say


def orders(inspection: Inspection, submissions: Sequence[Submission], words: Words) -> tuple[Order, ...]:
    """A copy for each workbook with problems and each county that it belongs to, in the order of the files.

    A problem that belongs to no single county is told to all of them.
    """
    campaign = inspection.campaign
    places = Places(inspection.files, campaign)
    outer = {one.path: one for one in submissions}
    found: dict[str, list[Finding]] = {}
    for finding in told_to_counties(inspection.findings, campaign):
        for path in dict.fromkeys((finding.file, *finding.others)):
            if path is not None:
                found.setdefault(path, []).append(finding)
    made = []
    for file in inspection.files:
        own = found.get(file.path, [])
        by_county: dict[str, list[Finding]] = {
            county: [] for county in sorted(places.counties_of_file(file.path))
        }
        for finding in own:
            county = places.county(finding) if finding.file == file.path else ""
            for code in [county] if county in by_county else [*by_county]:
                by_county[code].append(finding)
        disk = _on_disk(file.path, outer)
        for county, findings in by_county.items():
            if disk is not None and any(one.severity is not Severity.INFO or one.blocks for one in findings):
                remarks = _remarks(file, findings, places, campaign, words)
                made.append(Order(file.path, disk, county, remarks, file.sha256))
    return tuple(made)


def _on_disk(path: str, outer: Mapping[str, Submission]) -> Submission | None:
    """The file on disk that a path leads to or into."""
    ways = (path, *(str(parent) for parent in PurePosixPath(path).parents))
    return next((outer[way] for way in ways if way in outer), None)


def _remarks(
    file: FileResult, findings: Iterable[Finding], places: Places, campaign: Campaign, words: Words
) -> tuple[Remark, ...]:
    """The findings of a file in words: what the file as a whole is told first, then by worksheet, row and column."""
    order = {sheet.sheet: n for n, sheet in enumerate(file.sheets)}
    rank = {severity: n for n, severity in enumerate(Severity)}

    def place(remark: Remark) -> tuple[int, tuple[int, int], int, str]:
        area = area_of(remark.cell or "")
        return (
            order.get(remark.sheet or "", -1),
            area[0] if area else (-1, -1),
            rank[remark.severity],
            remark.code,
        )

    made = []
    for finding in findings:
        own = finding.file == file.path  # else it stands in another file, which its words name
        unit = campaign.roster.units.get(places.unit(finding) or "")
        made.append(
            Remark(
                finding.severity,
                finding.code,
                finding.sheet if own else None,
                finding.cell if own else None,
                unit.name if unit else "",
                words.subject(finding),
                (finding.value or "") if own else "",
                words.message(finding)
                if own
                else f"{finding.file}{words.place(finding)}: {words.message(finding)}",
                words.short_message(finding)
                if own
                else f"{finding.file}{words.place(finding)}: {words.message(finding)}",
                words.fix(finding),
                bool(finding.blocks),
            )
        )
    return tuple(sorted(made, key=place))


# ---------------------------------------------------------------------------------------------------------- workers

_setting: Setting | None = None
_words: Words | None = None


def _start(setting: Setting, language: str, memory: int) -> None:
    limit_worker(memory)
    global _setting, _words  # both stay for the life of a worker
    _setting, _words = setting, Words(language)


def _make(order: Order) -> Copy | None:
    """What a worker does with one workbook. Whatever goes wrong costs this copy only."""
    assert _setting is not None
    assert _words is not None
    return make(order, _setting, _words)


def make(order: Order, setting: Setting, words: Words) -> Copy | None:
    """The copy that is ordered; None where the file cannot be read."""
    try:
        found = submission_at(order.path, order.outer, setting.limits, setting.passwords)
        if found is None or found.junk:
            return None
        file = load(found, setting.limits, setting.passwords)
        origin = f"{order.path} · sha256 {order.sha256}"
        return marked_copy(order.path, file, order.remarks, origin, setting, words)
    except (ContainerError, OSError):
        return None


def marked_copies(
    inspection: Inspection, submissions: Sequence[Submission], words: Words, *, passwords: Sequence[str] = (), jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Annotations:  # fmt: skip
    """Make all copies. `submissions` are the files on disk that were inspected."""
    campaign = inspection.campaign
    limits = campaign.settings.limits
    setting = Setting(limits, tuple(passwords), moment_of(campaign.settings.period.start))
    wanted = orders(inspection, submissions, words)
    files = {file.path: file for file in inspection.files}
    to_make = [order for order in wanted if files[order.path].reader is not None]
    copies: dict[tuple[str, str], Copy] = {}
    results = run_isolated(
        _make, to_make, jobs=max(1, min(jobs or os.cpu_count() or 1, len(to_make))), seconds=float(limits.seconds),
        initializer=_start, arguments=[setting, words.language, limits.memory_megabytes * MEGABYTE], preload=[__name__],
    )  # fmt: skip
    for done, outcome in enumerate(results, start=1):
        if progress:
            progress(done, len(to_make))
        if isinstance(outcome.result, Copy):
            copies[outcome.input.path, outcome.input.county] = outcome.result
    return _gathered(wanted, copies, files, setting.moment, campaign, words)


# ---------------------------------------------------------------------------------------------------------- files


def _gathered(
    wanted: Sequence[Order], copies: Mapping[tuple[str, str], Copy], files: Mapping[str, FileResult], moment: datetime,
    campaign: Campaign, words: Words,
) -> Annotations:  # fmt: skip
    stems = county_stems(campaign)
    taken: set[str] = set()
    contents: dict[str, bytes] = {}
    told = []
    for order in wanted:
        copy = copies.get((order.path, order.county))
        path = None
        if copy is not None:
            path = _free(_place(order, stems[order.county], files), copy.suffix, taken)
            contents[path] = copy.data
        told.append(
            Annotated(
                order.path,
                order.county,
                path,
                copy is not None and copy.rebuilt,
                order.remarks,
                files[order.path].status,
                copy.notes if copy else (),
            )
        )
    for county, stem in stems.items():
        own = {path: data for path, data in contents.items() if path.startswith(f"{stem}/")}
        if own:
            guide = words("请先看.txt")
            own = {f"{stem}/{guide}": _guide(county, told, words), **own}
            contents |= own
            contents[f"{stem}.zip"] = _zipped(own, stem, moment)
    if contents:
        contents[ANNOTATED] = _index(told, campaign, words).encode("utf-8-sig")
    return Annotations(contents, tuple(told), tuple(stems.values()))


def _place(order: Order, stem: str, files: Mapping[str, FileResult]) -> str:
    """Where a copy goes, without its extension: below its county, in the folders in which the original was.

    Folders are kept, since they may be all that tells the stage; one of the county's own name is not doubled. An archive or
    a mail becomes a folder.
    """
    parts = list(PurePosixPath(order.path).parts)
    for n in range(len(parts) - 1):
        suffix = PurePosixPath(parts[n]).suffix
        if "/".join(parts[: n + 1]) in files and suffix.lower() in _CONTAINER_NAMES:
            parts[n] = parts[n].removesuffix(suffix)
    name = PurePosixPath(parts[-1])
    last = name.stem if name.suffix.lower() in _TABLE_NAMES else name.name
    safe = [file_name(part, _LONGEST_PART) for part in (*parts[:-1], last)]
    if stem in safe[:-1]:
        safe.remove(stem)
    safe = [part for n, part in enumerate(safe) if n + 1 == len(safe) or part != safe[n - 1] or not n]
    return "/".join((stem, *safe))


def _free(stem: str, suffix: str, taken: set[str]) -> str:
    """A path that no other copy has; Windows does not tell apart what differs in case."""
    path, number = f"{stem}{suffix}", 1
    while path.casefold() in taken:
        number += 1
        path = f"{stem}({number}){suffix}"
    taken.add(path.casefold())
    return path


def _guide(county: str, told: Sequence[Annotated], words: Words) -> bytes:
    """What the colleagues in the county read first. Its first line is the mark by which a later run knows it."""
    own = [one for one in told if one.county == county]
    marked = [one for one in own if one.copy]
    lines = [
        MARK,
        "",
        words("这里是核对发现有问题的工作簿的标注副本, 共 {n} 份。").format(n=len(marked)),
        words("1. 打开副本, 第一张表“问题清单”列出全部问题, 点单元格地址可以跳过去。"),
        words("2. 有问题的单元格已着色 (红 错误, 黄 警告, 蓝 提示), 批注里写着问题和改法。"),
        words("3. 请在副本上改正, 保存后报回; 问题清单、底色和批注不必删除, 不影响再次核对。"),
        words("4. 不清楚的, 请与市统计局联系。"),
    ]
    noted = [one for one in marked if one.notes]
    if noted:
        lines += ["", words("下列副本与原件不完全相同:")]
        lines += [f"- {one.copy}: {words.joined(words.phrase(note) for note in one.notes)}" for one in noted]
    without = [one for one in own if not one.copy]
    if without:
        lines += ["", words("下列文件有问题, 但不能标注 (不是工作簿, 或者打不开), 请看核对反馈:")]
        lines += [
            f"- {one.file}: {words.joined(f'{remark.message} {remark.fix}' for remark in one.remarks)}"
            for one in without
        ]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode("utf-8", "replace")


def _zipped(contents: Mapping[str, bytes], stem: str, moment: datetime) -> bytes:
    """A county's folder as a zip; names are UTF-8 and say so, the guide comes first and is not packed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for n, (path, data) in enumerate(contents.items()):
            entry = zipfile.ZipInfo(path.removeprefix(f"{stem}/"), moment.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED if n else zipfile.ZIP_STORED
            entry.create_system, entry.external_attr = 0, 0
            archive.writestr(entry, data)
    return stream.getvalue()


def _index(told: Sequence[Annotated], campaign: Campaign, words: Words) -> str:
    """All workbooks with problems and their copies, as CSV."""
    return csv_text(_COLUMNS, _index_rows(told, campaign, words))


def _index_rows(told: Sequence[Annotated], campaign: Campaign, words: Words) -> Iterator[dict[str, object]]:
    for one in told:
        counts = {severity.value: sum(r.severity is severity for r in one.remarks) for severity in Severity}
        yield {
            "county": campaign.roster.county_name(one.county) if one.county else None,
            "file": one.file,
            "copy": one.copy,
            "how": None if one.copy is None else "rebuilt" if one.rebuilt else "marked",
            **counts,
            "blocking": sum(remark.blocks for remark in one.remarks),
            "status": one.status.value,
            "notes": words.joined(words.phrase(note) for note in one.notes) or None,
        }


def outdated(out: Path, written: Iterable[Path], scope: Sequence[str], *, whole: bool) -> list[Path]:
    """The copies of an earlier run that this one did not make again: what they say is no longer so.

    Only files that are known to be ours, and unchanged, are named; `scope` are the county folders that the run was about,
    all of them if it was about the `whole` campaign.

    Raises:
        OSError: the folder cannot be listed.
    """
    if not out.is_dir():
        return []
    kept = set(written)
    homes = {*scope, *(f"{stem}.zip" for stem in scope)}
    return [
        one.location
        for one in discover(out)
        if one.location not in kept
        and (whole or PurePosixPath(one.path).parts[0] in homes)
        and is_marked_copy(one.location)
    ]
