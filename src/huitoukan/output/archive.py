"""The archive of an inspection: what goes where, under which name and number, with its lists and its manifest.

Everything is decided here before a byte is written; `archive_store` then puts it down as a folder or as a zip.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any

from huitoukan.campaign.campaign import Campaign
from huitoukan.intake.discover import discover
from huitoukan.model import FileResult, Finding, Stage
from huitoukan.output.archive_document import list_document, overview_document
from huitoukan.output.archive_groups import Filed, filed
from huitoukan.output.archive_list import (
    FileList,
    Kept,
    Overview,
    Teller,
    day_text,
    days_of,
    folder_of,
    list_sheet,
    overview_sheets,
    place_in_list,
)
from huitoukan.output.archive_manifest import LIST_ROLE, MANIFEST, SUMS, Entry, manifest_bytes, sums_bytes
from huitoukan.output.archive_provenance import file_record, notes, other_files, provenance
from huitoukan.output.archive_store import Piece, held, on_disk
from huitoukan.output.clockless import moment_of
from huitoukan.output.files import file_name
from huitoukan.output.text import Words
from huitoukan.output.workbook import workbook
from huitoukan.phrase import Phrase, say
from huitoukan.standing.model import Standing

UNPLACED, RESULTS_FOLDER, CAMPAIGN_FOLDER = "待归类", "检查结果", "检查活动"
LIST, OVERVIEW = "卷内目录", "目录"
_LONGEST = 240  # bytes of a file name that systems take, with room for a number
# What our own results are, by their names; others are called by these.
_RESULTS: Mapping[str, Phrase] = {
    "report": say("检查情况报告"),
    "results": say("检查结果数据"),
    "findings": say("问题清单"),
    "follow_up": say("后续工作名单"),
    "survey": say("调查问卷汇总"),
}
_FEEDBACK = "feedback"


@dataclass(frozen=True)
class Request:
    """What is to be archived: a folder after the flow, with the place on disk of each of its files by path.

    `results` is a folder of results of `report` that goes in besides; `command` is what the manifest says of the command;
    `day` is the day that the lists bear, None for none; `county` is the code of the only county, None for all.
    """

    campaign: Campaign
    files: tuple[FileResult, ...]
    findings: tuple[Finding, ...]
    counties: tuple[Standing, ...]
    locations: Mapping[str, Path]
    results: Path | None = None
    command: Mapping[str, Any] = field(default_factory=dict)
    day: date | None = None
    county: str | None = None


@dataclass(frozen=True)
class Archive:
    """An archive that is ready to be put down: its pieces, MANIFEST.json first, and what there is to tell of it.

    `counts` are the files of each group by its folder, those without a group last; `left_out` are paths of what was not
    worth keeping (lock files and the like), `strange` the paths of files that the results given speak of differently.
    """

    pieces: tuple[Piece, ...]
    counts: Mapping[str, int]
    left_out: tuple[str, ...]
    strange: tuple[str, ...]
    moment: datetime

    @property
    def fingerprint(self) -> str:
        """The hash of MANIFEST.json, which stands for all of the archive."""
        return self.pieces[0].sha256


def plan_archive(request: Request, words: Words) -> Archive:
    """Decide everything about an archive.

    Raises:
        OSError: a file that goes in cannot be read.
    """
    return _Plan(request, words).archive()


class _Plan:
    """The steps of planning, each taken when it is first needed."""

    def __init__(self, request: Request, words: Words) -> None:
        self.request, self.campaign, self.words = request, request.campaign, words
        self.titles = [group.title for group in self.campaign.settings.materials.archive.groups]
        *self.groups, self.campaign_folder = _unlike(
            map(file_name, (*self.titles, UNPLACED, CAMPAIGN_FOLDER))
        )
        self.places: tuple[int | None, ...] = (*range(len(self.titles)), None)
        self.reserved = [
            f"{folder}/{name}"
            for folder in self.groups
            for name in (f"{LIST}.docx", f"{LIST}.xlsx", RESULTS_FOLDER)
        ]
        self.day = request.day or self.campaign.settings.period.start
        self.teller = Teller(self.campaign, words, self.groups)

    def archive(self) -> Archive:
        lists = [self._list(group) for group in self.places]
        drawn = [*self._drawn(lists)]
        pieces = [piece for _, _, piece in self.entries] + drawn
        pieces.sort(key=lambda piece: piece.path)
        manifest = manifest_bytes(self._provenance(), self._records(drawn))
        sums = sums_bytes((Entry(piece.path, piece.sha256) for piece in pieces), manifest)
        return Archive(
            (held(MANIFEST, manifest), held(SUMS, sums), *pieces),
            {one.folder: one.count for one in lists},
            tuple(one.result.path for one in self.left_out),
            self.strange or (),
            moment_of(self.day),
        )

    # ---------------------------------------------------------------------------------------------------- files

    @cached_property
    def _filed(self) -> tuple[tuple[Filed, ...], tuple[Filed, ...]]:
        """What is kept, and what is not. The campaign's own files are kept elsewhere."""
        own = {Path(file).resolve() for file in self.campaign.files}
        locations = self.request.locations
        kept: list[Filed] = []
        left: list[Filed] = []
        for one in filed(self.request.files, locations, self.campaign, self.words):
            location = locations[one.result.path]
            if location.resolve() not in own:
                why = self._not_worth_keeping(one, location)
                if why is None:
                    kept.append(one)
                else:
                    left.append(replace(one, why=self.words.phrase(why)))
        return tuple(kept), tuple(left)

    def _not_worth_keeping(self, one: Filed, location: Path) -> Phrase | None:
        """Why a file is left out: what programs left behind, and what has no bytes to be kept."""
        if one.junk:
            return say("程序留下的临时文件")
        if not location.is_file():
            return say("不是普通文件, 是链接之类")
        if self.request.county is not None and one.is_hollow:
            return say("里面没有这个县的文件")
        return None

    @property
    def left_out(self) -> tuple[Filed, ...]:
        return self._filed[1]

    @cached_property
    def received(self) -> tuple[Kept, ...]:
        """The received files in the order of their lists, numbered, each under the name that it has in the archive."""
        own = self._filed[0]
        paths = _names([(self._folder(one), one.result.path) for one in own], self.reserved)
        kept: list[Kept] = []
        first: dict[str, Kept] = {}
        for group in self.places:
            inside = sorted((one for one in own if one.group == group), key=self._order)
            for number, one in enumerate(inside, start=1):
                path, sha256 = one.result.path, one.result.sha256
                renamed = PurePosixPath(paths[path]).name != PurePosixPath(path).name
                new = Kept(paths[path], group, number, path, one, renamed=renamed, twin=first.get(sha256))
                first.setdefault(sha256, new)
                kept.append(new)
        return tuple(kept)

    def _order(self, one: Filed) -> tuple[object, ...]:
        return (one.result.path,) if one.group is None else place_in_list(one, self.campaign)

    def _folder(self, one: Filed) -> tuple[str, ...]:
        """Its folder: by group, county and unit; what has no group stays in the folders that it came in."""
        if one.group is None:
            parents = PurePosixPath(one.result.path).parts[:-1]
            return (self.groups[-1], *(file_name(part, _LONGEST) for part in parents))
        return (self.groups[one.group], *map(file_name, folder_of(one, self.campaign)))

    @cached_property
    def results(self) -> tuple[tuple[Kept, Piece], ...]:
        """The results of `report`, in the group of the checks and behind all that was received there."""
        if self.request.results is None:
            return ()
        groups = self.campaign.settings.materials.archive.groups
        checks = (n for n, group in enumerate(groups) if group.stage in (Stage.COUNTY, Stage.CITY))
        group = next(checks, 0)
        found = [one for one in discover(self.request.results) if not one.junk]
        top = (self.groups[group], RESULTS_FOLDER)
        parents = (PurePosixPath(one.path).parts[:-1] for one in found)
        folders = [(*top, *(file_name(part, _LONGEST) for part in own)) for own in parents]
        paths = _names(list(zip(folders, (one.path for one in found), strict=True)), ())
        before = sum(one.group == group for one in self.received)
        return tuple(
            (
                Kept(paths[one.path], group, number, one.path, title=self._result_title(one.path)),
                on_disk(paths[one.path], one.location),
            )
            for number, one in enumerate(found, start=before + 1)
        )

    @cached_property
    def strange(self) -> tuple[str, ...] | None:
        """The files of which the results say something else than is true; None where it cannot be told."""
        request = self.request
        if request.results is None:
            return None
        return other_files(request.results, request.files, whole=request.county is None)

    def _result_title(self, path: str) -> str:
        name = PurePosixPath(path)
        if name.parts[0] == _FEEDBACK and len(name.parts) > 1:
            return self.words("{name}核对反馈").format(name=name.stem)
        known = _RESULTS.get(name.stem) if len(name.parts) == 1 else None
        return self.words.phrase(known) if known else name.stem

    @cached_property
    def entries(self) -> tuple[tuple[str, Kept | None, Piece], ...]:
        """All that is copied: its role, what is known of it and its bytes."""
        locations = self.request.locations
        received = (
            ("received", one, on_disk(one.path, locations[one.source], one.filed.result.sha256 or None))
            for one in self.received
            if one.filed is not None
        )
        results = (("result", one, piece) for one, piece in self.results)
        return (*received, *results, *(("campaign", None, piece) for piece in self._campaign))

    @cached_property
    def _campaign(self) -> tuple[Piece, ...]:
        """The files that the campaign was read from, in their order, under their own names."""
        files = list(enumerate(map(Path, self.campaign.files)))
        paths = _names([((self.campaign_folder,), f"{n}/{file.name}") for n, file in files], ())
        return tuple(on_disk(paths[f"{n}/{file.name}"], file) for n, file in files)

    # ---------------------------------------------------------------------------------------------------- lists

    def _list(self, group: int | None) -> FileList:
        folder = self.teller.group_name(group)
        kept = [one for one in (*self.received, *(one for one, _ in self.results)) if one.group == group]
        rows = list(self.teller.rows(kept, self._elsewhere(group), folder))
        rows += map(self.teller.left_out, self.left_out) if group is None else ()
        closing = self.words("共 {count} 件。").format(count=len(kept)) if kept else self.words("没有文件。")
        day = day_text(self.request.day) if self.request.day else "__________"
        line = self.words("立卷人: {blank}    检查人: {blank}    立卷日期: {day}")
        closed = (closing, line.format(blank="__________", day=day))
        days = days_of(kept, group) if group is not None else ()
        return FileList(
            self._title(group), folder, len(kept), tuple(rows), days, closed, is_placed=group is not None
        )

    def _elsewhere(self, group: int | None) -> Iterator[Kept]:
        if group is not None:
            yield from (one for one in self.received if one.filed and group in one.filed.others)

    def _title(self, group: int | None) -> str:
        whom = (self.campaign.roster.county_name(self.request.county),) if self.request.county else ()
        what = self.words("待归类文件目录") if group is None else self.words("卷内目录")
        return self.words.joined([*whom, *(() if group is None else (self.titles[group],)), what])

    def _overview(self, lists: Sequence[FileList]) -> Overview:
        roster = self.campaign.roster
        counties = tuple(
            (
                roster.county_name(body.code),
                tuple(self._count(group, body.code) for group in self.places[:-1]),
            )
            for body in roster.bodies()
        )
        whom = (roster.county_name(self.request.county),) if self.request.county else ()
        titles = [f"{self.campaign.settings.title} · {title}" for title in self.titles]
        volumes = [*titles, self.words("待归类的文件")]
        named = tuple(replace(one, title=title) for one, title in zip(lists, volumes, strict=True))
        told = notes(
            self.campaign, self.request.files, self.request.findings, self.request.counties, self.words
        )
        return Overview(self.words.joined([*whom, self.words("归档目录")]), named, counties, tuple(told))

    def _count(self, group: int | None, county: str) -> int:
        inside = (one.filed for one in self.received if one.group == group and one.filed)
        return sum(county in one.counties for one in inside)

    def _drawn(self, lists: Sequence[FileList]) -> Iterator[Piece]:
        """The lists as documents and workbooks."""
        for one in lists:
            name = f"{one.folder}/{LIST}"
            yield held(f"{name}.docx", list_document(one, self.day, self.words))
            yield held(f"{name}.xlsx", workbook([list_sheet(one, self.words)], one.title, self.day))
        overview = self._overview(lists)
        yield held(f"{OVERVIEW}.docx", overview_document(overview, self.day, self.words))
        sheets = overview_sheets(overview, self.words)
        yield held(f"{OVERVIEW}.xlsx", workbook(sheets, overview.title, self.day))

    # ---------------------------------------------------------------------------------------------------- manifest

    def _provenance(self) -> dict[str, Any]:
        request = self.request
        rests = provenance(self.campaign, request.files, request.findings, request.counties, self._campaign)
        return {
            **rests,
            "command": dict(request.command),
            "date": request.day.isoformat() if request.day else None,
            "groups": [
                {"title": title, "folder": folder}
                for title, folder in zip((*self.titles, None), self.groups, strict=True)
            ],
            "results": None
            if request.results is None
            else {"other_files": None if self.strange is None else len(self.strange)},
            "left_out": [{"source": one.result.path, "why": one.why} for one in self.left_out],
        }

    def _records(self, drawn: Iterable[Piece]) -> Iterator[dict[str, Any]]:
        for role, kept, piece in self.entries:
            yield file_record(piece, role, kept, self.teller.group_name(kept.group) if kept else None)
        for piece in drawn:
            yield file_record(piece, LIST_ROLE, None, None)


# ---------------------------------------------------------------------------------------------------------- names


def _fold(path: str) -> str:
    """A path as systems compare it that take no notice of case, or of how a character is put together."""
    return unicodedata.normalize("NFC", path).casefold()


def _unlike(names: Iterable[str]) -> list[str]:
    """The names, later ones numbered where they are alike."""
    taken: list[str] = []
    for name in names:
        taken.append(next(one for one in _numbered(name) if _fold(one) not in set(map(_fold, taken))))
    return taken


def _numbered(name: str) -> Iterator[str]:
    """A name, and what it is called where it is taken: `评分表(2).xls`."""
    path = PurePosixPath(name)
    yield name
    yield from (str(path.with_name(f"{path.stem}({n}){path.suffix}")) for n in count(2))


def _names(wanted: Sequence[tuple[tuple[str, ...], str]], reserved: Iterable[str]) -> dict[str, str]:
    """Where files go, by their path: each into its folder under its own name, or the nearest that every system takes.

    Of several that would have one name, the first path keeps it; the others are numbered, never by a name that a further
    file brings along. No file has the name of a folder.
    """
    folders = {"/".join(folder[:n]) for folder, _ in wanted for n in range(1, len(folder) + 1)}
    taken = set(map(_fold, (*reserved, *folders)))
    own = {
        path: "/".join((*folder, file_name(PurePosixPath(path).name, _LONGEST))) for folder, path in wanted
    }
    brought = set(map(_fold, own.values()))
    for path in sorted(own):
        names = _numbered(own[path])
        first = next(names)
        if _fold(first) in taken:
            own[path] = next(name for name in names if _fold(name) not in taken | brought)
        taken.add(_fold(own[path]))
    return own
