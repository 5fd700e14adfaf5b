"""The lists of an archive (卷内目录), one a group, and the list of them all: their rows and columns, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from huitoukan.campaign.campaign import Campaign
from huitoukan.materials import MaterialKind
from huitoukan.model import Stage
from huitoukan.output.archive_groups import Filed, Part
from huitoukan.output.text import Words
from huitoukan.output.workbook import TableSheet, Value

_FORMS = (MaterialKind.SCORE_SHEET, MaterialKind.QUESTIONNAIRE)
_NAMED = 2  # of several units or authors, so many are named


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in the archive: its path there, its number in the list of its group, and what it is.

    `group` is None where it has none. `filed` is None for what was not received: results, which have a `title`. `twin` is
    another file with the same bytes that comes before it.
    """

    path: str
    group: int | None
    number: int
    source: str
    filed: Filed | None = None
    title: str = ""
    renamed: bool = False
    twin: Kept | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list. One without a `number` tells what is inside the file above it, or where else something is kept.

    `below` stands in small letters below the title: where the file is.
    """

    number: int | None
    author: str
    title: str
    file: str
    day: str
    remark: str
    source: str
    below: str


@dataclass(frozen=True, slots=True)
class FileList:
    """The list of one group: `folder` is its folder in the archive, `count` the number of its files.

    That of what has no group, which is not `is_placed`, tells why in its remarks.
    """

    title: str
    folder: str
    count: int
    rows: tuple[Row, ...]
    days: tuple[date, ...] = ()
    notes: tuple[str, ...] = ()
    is_placed: bool = True


@dataclass(frozen=True, slots=True)
class Overview:
    """The list of the lists, how many files of each county they have, and what the archive rests on."""

    title: str
    lists: tuple[FileList, ...]
    counties: tuple[tuple[str, tuple[int, ...]], ...]
    notes: tuple[str, ...]


class Teller:
    """Puts kept files in words: the columns of a list."""

    def __init__(self, campaign: Campaign, words: Words, groups: Sequence[str]) -> None:
        self.campaign, self.words, self.groups = campaign, words, groups

    def rows(self, kept: Sequence[Kept], elsewhere: Iterable[Kept], folder: str) -> Iterator[Row]:
        """The rows of a group: its files, each with what is inside of it, then what of it is kept in another group."""
        for one in kept:
            yield self._row(one, folder)
            for inside in one.filed.inside if one.filed else ():
                if not inside.junk:
                    yield self._inside(inside, one, folder)
        for one in elsewhere:
            yield self._see(one, folder)

    def _row(self, one: Kept, folder: str) -> Row:
        file = one.path.removeprefix(f"{folder}/")
        if one.filed is None:
            return Row(one.number, self.campaign.settings.issuer, one.title, file, "", "", one.source, file)
        parts, source = _in_group(one.filed, one.group), PurePosixPath(one.source)
        remark = self._remark(one, parts)
        if one.group is None:  # all that is known of it is its name, and where it lay
            return Row(one.number, "", source.name, file, "", remark, one.source, _folder(source))
        title = self._title(parts, source.stem)
        return Row(one.number, self._author(parts), title, file, _days(parts), remark, one.source, file)

    def left_out(self, one: Filed) -> Row:
        """A file that is not kept, in the list of what has no group."""
        source = PurePosixPath(one.result.path)
        remark = self.words("{why}, 没有归档").format(why=one.why)
        return Row(None, "", source.name, "", "", remark, one.result.path, _folder(source))

    def _inside(self, inside: Filed, one: Kept, folder: str) -> Row:
        path = inside.result.path
        parts = inside.parts
        remark = [inside.why] if inside.why and one.group is not None else []
        if any(part.group != one.group for part in parts):
            other = next(part.group for part in parts if part.group != one.group)
            remark.append(self.words("属于{group}").format(group=self.groups[other]))
        held = path.removeprefix(f"{one.source}/")
        title = self.words("内有: {title}").format(title=self._title(parts, PurePosixPath(path).stem))
        return Row(
            None, self._author(parts), title, f"{one.path.removeprefix(f'{folder}/')}/{held}", _days(parts),
            self._joined(remark), path, held,
        )  # fmt: skip

    def _see(self, one: Kept, folder: str) -> Row:
        assert one.filed is not None
        assert one.group is not None
        own = self.groups.index(folder)
        parts = _in_group(one.filed, own)
        remark = self.words("原件在{group}第 {number} 件").format(
            group=self.groups[one.group], number=one.number
        )
        title = self._title(parts, PurePosixPath(one.source).stem)
        return Row(
            None, self._author(parts), self.words("另见: {title}").format(title=title), f"../{one.path}", _days(parts),
            remark, one.source, one.path,
        )  # fmt: skip

    def _title(self, parts: Sequence[Part], name: str) -> str:
        """What a workbook of forms is; any other file is called what its office called it."""
        forms = [part for part in parts if part.kind in _FORMS]
        if not forms:
            return name
        units = dict.fromkeys(self.campaign.roster.full_name(part.unit) for part in forms if part.unit)
        titles = dict.fromkeys(self._form(part) for part in forms)
        return self.words.joined([self._several(units), self.words("、").join(titles)])

    def _form(self, part: Part) -> str:
        return self.words.joined(self.words.value(one) for one in (part.stage, part.kind) if one)

    def _author(self, parts: Sequence[Part]) -> str:
        """Who wrote it: the unit itself, and of the sheets of a check whoever checked."""
        roster = self.campaign.roster
        names: dict[str, None] = {}
        for part in parts:
            if part.kind is MaterialKind.SCORE_SHEET and part.stage is Stage.CITY:
                names[self.campaign.settings.issuer] = None
            elif part.kind is MaterialKind.SCORE_SHEET and part.stage is Stage.COUNTY and part.county:
                names[roster.full_name(part.county)] = None
            elif part.unit:
                names[roster.full_name(part.unit)] = None
        return self._several(names)

    def _several(self, names: Iterable[str]) -> str:
        named = list(names)
        first = self.words("、").join(named[:_NAMED])
        if len(named) <= _NAMED:
            return first
        return self.words("{names}等 {count} 个单位").format(names=first, count=len(named))

    def _remark(self, one: Kept, parts: Sequence[Part]) -> str:
        assert one.filed is not None
        texts = [one.filed.why] if one.filed.why else []
        if one.renamed:
            texts.append(self.words("原名{name}").format(name=PurePosixPath(one.source).name))
        if parts and all(part.aside for part in parts):
            texts.append(self.words("同一单位以另一份为准"))
        if one.twin is not None:
            texts.append(self.words("与{place}第 {number} 件相同").format(
                place="" if one.twin.group == one.group else self.group_name(one.twin.group), number=one.twin.number
            ))  # fmt: skip
        inside = sum(not held.junk for held in one.filed.inside)
        if inside:
            texts.append(self.words("内有 {count} 个文件").format(count=inside))
        if one.filed.others:
            others = self.words("、").join(self.groups[n] for n in one.filed.others)
            texts.append(self.words("其中有{groups}的内容").format(groups=others))
        return self._joined(texts)

    def group_name(self, group: int | None) -> str:
        """The folder of a group, or that of what has none."""
        return self.groups[-1 if group is None else group]

    def _joined(self, texts: Iterable[str]) -> str:
        return self.words("; ").join(text.rstrip("。.") for text in texts)


def _in_group(filed: Filed, group: int | None) -> list[Part]:
    return [part for part in filed.all_parts if part.group == group]


def _folder(path: PurePosixPath) -> str:
    return "" if str(path.parent) == "." else str(path.parent)


def day_text(day: date) -> str:
    """A day as archives write it: 20240520."""
    return f"{day:%Y%m%d}"


def _days(parts: Iterable[Part]) -> str:
    days = sorted({part.day for part in parts if part.day})
    if not days:
        return ""
    first, last = day_text(days[0]), day_text(days[-1])
    return first if first == last else f"{first}—{last}"


def place_in_list(filed: Filed, campaign: Campaign) -> tuple[object, ...]:
    """By what a group is sorted: county and unit in the order of the roster, stage, material, path."""
    order: Mapping[str, int] = {code: n for n, code in enumerate(campaign.roster.units)}
    counties, units = filed.counties, filed.units
    own = [part for part in filed.all_parts if part.group == filed.group]
    stages, kinds = list(Stage), list(MaterialKind)
    return (
        order.get(counties[0], -1) if len(counties) == 1 else -1,
        order.get(units[0], -1) if len(units) == 1 else -1,
        min((stages.index(part.stage) for part in own if part.stage), default=len(stages)),
        min((kinds.index(part.kind) for part in own), default=len(kinds)),
        filed.result.path,
    )


def days_of(kept: Iterable[Kept], group: int | None) -> tuple[date, ...]:
    """The days of the files of a group, the first one first."""
    parts = (part for one in kept if one.filed for part in _in_group(one.filed, group))
    return tuple(sorted({part.day for part in parts if part.day}))


def folder_of(filed: Filed, campaign: Campaign) -> tuple[str, ...]:
    """The names of the folders of a file in its group: its county and unit, as far as it has only one."""
    roster = campaign.roster
    if len(filed.counties) != 1 or not filed.counties[0]:
        return ()
    county = roster.county_name(filed.counties[0])
    if len(filed.units) != 1 or not filed.units[0]:
        return (county,)
    unit = roster.units[filed.units[0]]
    return (county, unit.name)


# ------------------------------------------------------------------------------------------------------------- workbooks


def list_columns(one: FileList, words: Words) -> tuple[str, ...]:
    """The columns of a list. Numbers of documents and pages, and where the rest belongs, are the archivist's to fill in."""
    if not one.is_placed:
        return words("序号"), words("文件"), words("原因"), words("归入")
    number, numbers, author, title = words("序号"), words("文号"), words("责任者"), words("题名")
    return number, numbers, author, title, words("日期"), words("页号/份数"), words("备注")


def list_sheet(one: FileList, words: Words) -> TableSheet:
    """A list as a worksheet: the columns of the printed one, then where the file is and where it was."""
    rows: list[Sequence[Value]]
    if one.is_placed:
        rows = [
            (row.number, None, row.author, row.title, row.day, None, row.remark, row.file, row.source)
            for row in one.rows
        ]
        columns = (*list_columns(one, words), words("文件位置"), words("原来的位置"))
        widths = {0: 6.0, 1: 14.0, 2: 20.0, 3: 36.0, 4: 18.0, 5: 11.0, 6: 26.0, 7: 40.0, 8: 40.0}
    else:
        rows = [(row.number, row.title, row.remark, None, row.source) for row in one.rows]
        columns = (*list_columns(one, words), words("原来的位置"))
        widths = {0: 6.0, 1: 36.0, 2: 46.0, 3: 14.0, 4: 46.0}
    return TableSheet(words("卷内目录"), one.title, columns, rows, one.notes[:1], fixed=1, widths=widths)


def overview_columns(words: Words) -> tuple[str, ...]:
    """The columns of the list of lists."""
    number, title, folder = words("序号"), words("案卷题名"), words("文件夹")
    return number, title, folder, words("件数"), words("起止日期"), words("备注")


def overview_rows(one: Overview) -> list[tuple[int, str, str, int, str, str]]:
    """Its rows."""
    return [
        (
            n, each.title, each.folder, each.count,
            "—".join(dict.fromkeys(map(day_text, (each.days[0], each.days[-1])))) if each.days else "", "",
        )
        for n, each in enumerate(one.lists, start=1)
    ]  # fmt: skip


def county_columns(one: Overview, words: Words) -> tuple[str, ...]:
    """The columns of the counts by county."""
    return (words("县(区、市)"), *(each.folder for each in one.lists if each.is_placed))


def overview_sheets(one: Overview, words: Words) -> list[TableSheet]:
    """The list of lists as worksheets."""
    counties: list[Sequence[Value]] = [(name, *counts) for name, counts in one.counties]
    return [
        TableSheet(words("目录"), one.title, overview_columns(words), overview_rows(one)),
        TableSheet(words("县区"), words("各县(区、市)件数"), county_columns(one, words), counties, fixed=1),
        TableSheet(words("说明"), words("说明"), notes=one.notes),
    ]
