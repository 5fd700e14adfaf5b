"""Which group of the archive a received file belongs to (R34), and why some belong to none.

The groups stand in campaign.yaml (`materials.archive.groups`). A workbook goes by the stage of its forms, a document by what
it was recognised to be; a zip or a mail, which is kept as it arrived, by what it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import PurePosixPath

from huitoukan.campaign.campaign import Campaign
from huitoukan.intake.discover import is_junk
from huitoukan.materials import Material, MaterialKind
from huitoukan.model import FileResult, FileStatus, Mail, Severity, SheetKind, SheetResult, Stage
from huitoukan.output.text import Words
from huitoukan.phrase import Phrase, say
from huitoukan.rules.received import received

_KINDS = {SheetKind.SCORE: MaterialKind.SCORE_SHEET, SheetKind.QUESTIONNAIRE: MaterialKind.QUESTIONNAIRE}


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a file holds: a form, or what the whole document is. `group` counts the groups of the campaign.

    `aside` says that a decision of the campaign left it aside: it is kept like the rest, and does not count.
    """

    group: int
    kind: MaterialKind
    stage: Stage | None = None
    unit: str | None = None
    county: str | None = None
    day: date | None = None
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Filed:
    """A received file, or one inside of it, with its parts; without any, `why` says why it has no group.

    `path` is that of the result, `inside` what a zip or a mail holds, at any depth.
    """

    result: FileResult
    parts: tuple[Part, ...] = ()
    why: str = ""
    inside: tuple[Filed, ...] = ()

    @property
    def is_hollow(self) -> bool:
        """Whether it is a zip or a mail without a file of those that were looked at."""
        bare = not (self.inside or self.result.sheets or self.result.material)
        return bare and self.result.status in (FileStatus.OK, FileStatus.FINDINGS)

    @property
    def all_parts(self) -> tuple[Part, ...]:
        """Its own parts and those of what it holds."""
        return (*self.parts, *(part for one in self.inside for part in one.parts))

    @property
    def junk(self) -> bool:
        """Whether a program left it behind, and nobody meant to send it."""
        return is_junk(PurePosixPath(self.result.path).name)

    @property
    def group(self) -> int | None:
        """Where the file itself is kept: the first of its groups, in the order of the campaign; None where it has none."""
        return min((part.group for part in self.all_parts), default=None)

    @property
    def others(self) -> tuple[int, ...]:
        """The further groups that it has something of: their lists lead to it."""
        return tuple(sorted({part.group for part in self.all_parts} - {self.group}))

    @property
    def counties(self) -> tuple[str, ...]:
        """The counties of its parts in the group where it is kept; "" stands for none."""
        own = (part.county or "" for part in self.all_parts if part.group == self.group)
        return tuple(dict.fromkeys(own))

    @property
    def units(self) -> tuple[str, ...]:
        """The same for its units."""
        own = (part.unit or "" for part in self.all_parts if part.group == self.group)
        return tuple(dict.fromkeys(own))


def filed(
    files: Sequence[FileResult], on_disk: Iterable[str], campaign: Campaign, words: Words
) -> Iterator[Filed]:
    """Every file on disk (by the paths `on_disk`) with what it holds, in the order of the files.

    What is inside a zip or a mail has a path that begins with that of the zip; it is told with it, never alone.
    """
    outside = frozenset(on_disk)
    aside = _left_aside(files, campaign)
    inside: dict[str, list[FileResult]] = {}
    for file in files:
        if file.path not in outside:
            inside.setdefault(_container(file.path, outside), []).append(file)
    for file in files:
        if file.path in outside:
            held = tuple(_filed(one, campaign, words, aside) for one in inside.get(file.path, ()))
            yield _filed(file, campaign, words, aside, held)


def _container(path: str, outside: frozenset[str]) -> str:
    """The file on disk that a file lies in."""
    return next(str(one) for one in PurePosixPath(path).parents if str(one) in outside)


def _left_aside(files: Sequence[FileResult], campaign: Campaign) -> frozenset[tuple[str, str]]:
    choices = (choice for choice in received(files, campaign).choices if choice.carried_out)
    return frozenset((sheet.file, sheet.sheet) for choice in choices for sheet in choice.aside)


def _filed(
    file: FileResult, campaign: Campaign, words: Words, aside: frozenset[tuple[str, str]],
    inside: tuple[Filed, ...] = (),
) -> Filed:  # fmt: skip
    forms = [sheet for sheet in file.sheets if sheet.kind is not SheetKind.OTHER]
    parts = tuple(part for form in forms for part in _form_part(form, file.mail, campaign, aside))
    if not forms and file.material is not None:
        parts = tuple(_document_part(file.material, file.mail, campaign))
    one = Filed(file, parts, "", inside)
    return one if one.all_parts else replace(one, why=_why(one, forms, words))


def _form_part(
    form: SheetResult, mail: Mail | None, campaign: Campaign, aside: frozenset[tuple[str, str]]
) -> Iterator[Part]:
    group = _group(_KINDS[form.kind], form.stage, form.unit, campaign)
    if form.unit is not None and group is not None:
        county = campaign.roster.units[form.unit].county
        yield Part(
            group, _KINDS[form.kind], form.stage, form.unit, county, form.dated or _sent(mail),
            (form.file, form.sheet) in aside,
        )  # fmt: skip


def _document_part(material: Material, mail: Mail | None, campaign: Campaign) -> Iterator[Part]:
    group = _group(material.kind, material.stage, material.unit, campaign)
    known = material.unit is not None or not material.kind.is_sent
    if group is not None and known and material.readable:
        yield Part(group, material.kind, material.stage, material.unit, material.county, _sent(mail))


def _group(kind: MaterialKind, stage: Stage | None, unit: str | None, campaign: Campaign) -> int | None:
    """The group of a material, by its place in the campaign; None where it has none, or may have several."""
    settings = campaign.settings.materials
    groups = list(enumerate(settings.archive.groups))
    if not kind.is_sent:
        return next((n for n, group in groups if kind in group.materials), None)
    if (
        stage is None and unit is not None
    ):  # of one that says no stage, those count at which its unit may owe it
        level = campaign.roster.units[unit].level
        asked = (settings.asked_for(one, kind) for one in campaign.stages)
        owed = {_group(kind, one.stage, unit, campaign) for one in asked if one and level in one.levels}
        return owed.pop() if len(owed) == 1 else None
    # Both checks are one: a city check has no group of its own, unless the campaign gives it one.
    alike = (stage,) if stage is Stage.SELF else (stage, Stage.COUNTY, Stage.CITY)
    return next((n for one in alike if one for n, group in groups if group.stage is one), None)


def _sent(mail: Mail | None) -> date | None:
    try:
        return datetime.fromisoformat(mail.sent).date() if mail else None
    except ValueError:
        return None


# ---------------------------------------------------------------------------------------------------- why not


_STATUS: Mapping[FileStatus, Phrase] = {
    FileStatus.UNREADABLE: say("文件打不开"),
    FileStatus.ENCRYPTED: say("文件加了密, 打不开"),
    FileStatus.REFUSED: say("文件没有读取"),
    FileStatus.NOT_A_FORM: say("里面没有评分表或调查问卷"),
}


def _why(one: Filed, forms: Sequence[SheetResult], words: Words) -> str:
    """Why a file has no group, in words: those of the rule that tells why it was not read, if there is one."""
    file = one.result
    unread = (FileStatus.UNREADABLE, FileStatus.ENCRYPTED, FileStatus.REFUSED, FileStatus.SKIPPED)
    told = sorted(file.findings, key=lambda found: found.severity is Severity.INFO)
    if file.status in unread and file.material is None and told:
        return words.message(told[0])
    return words.phrase(_reason(one, forms))


def _reason(one: Filed, forms: Sequence[SheetResult]) -> Phrase:
    file = one.result
    if one.inside:
        return say("里面的文件都认不出该归到哪里")
    if one.junk:
        return say("程序留下的临时文件")
    if one.is_hollow:
        return say("里面没有文件")
    if forms:
        kind = _KINDS[forms[0].kind]
        return _unknown(kind, forms[0].unit, forms[0].stage)
    material = file.material
    if material is not None and not material.readable:
        return say("这份{kind}是空的或已损坏", kind=material.kind)
    if material is not None:
        return _unknown(material.kind, material.unit, material.stage)
    return _STATUS.get(file.status, say("认不出是哪一类资料"))


def _unknown(kind: MaterialKind, unit: str | None, stage: Stage | None) -> Phrase:
    if unit is None and kind.is_sent:
        return say("看不出是哪个单位的{kind}", kind=kind)
    if stage is None and kind.is_sent:
        return say("看不出是哪个阶段的{kind}", kind=kind)
    return say("检查活动文件的归档分组里没有{kind}", kind=kind)
