"""What every unit owes at every stage, and what of it is there: one `Holding` for each unit, stage and material.

Rules and the coverage matrix both read this, so that the findings and the numbers cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from huitoukan.campaign.campaign import Campaign
from huitoukan.materials import Holding, MaterialKind, Presence, Receipt
from huitoukan.model import FileResult, Level, Mail, SheetKind, Stage, Unit
from huitoukan.rules.received import FolderSubject

SENT = tuple(kind for kind in MaterialKind if kind.is_sent)
Key = tuple[str, Stage, MaterialKind]


@dataclass(frozen=True, eq=False)
class Ledger:
    """The receipts of a folder beside what is due; `receipts` by unit, stage and material, `files` those of the folder."""

    campaign: Campaign
    receipts: Mapping[Key, tuple[Receipt, ...]]
    files: tuple[FileResult, ...] = ()

    @cached_property
    def demanded(self) -> frozenset[tuple[Stage, MaterialKind]]:
        """The materials that are demanded at a stage: always, or because the folder holds any (campaign.yaml says)."""
        held = {(stage, kind) for _, stage, kind in self.receipts}
        asked = self.campaign.settings.materials.asked
        return frozenset(
            (one.stage, one.material)
            for one in asked
            if one.demand == "always" or (one.demand == "if_any" and (one.stage, one.material) in held)
        )

    @cached_property
    def holdings(self) -> tuple[Holding, ...]:
        """All holdings in the order of the roster, the stages and the materials."""
        return tuple(
            self.holding(unit, stage, kind)
            for unit in self.campaign.roster.units.values()
            for stage in self.campaign.stages
            for kind in SENT
        )

    def holding(self, unit: Unit, stage: Stage, kind: MaterialKind) -> Holding:
        """What became of one material."""
        receipts = self.receipts.get((unit.code, stage, kind), ())
        due = self.due(unit, stage, kind)
        if due is False and receipts and self._may_be_due_at_another(unit, stage, kind):
            receipts = tuple(receipt for receipt in receipts if receipt.staged)
        return Holding(unit.code, stage, kind, due, self._presence(receipts, due), receipts)

    def _may_be_due_at_another(self, unit: Unit, stage: Stage, kind: MaterialKind) -> bool:
        """Whether a material that names no stage can be meant for another one; else it is too many here."""
        others = (one for one in self.campaign.stages if one is not stage)
        return any(self.due(unit, other, kind) is not False for other in others)

    def _presence(self, receipts: Sequence[Receipt], due: bool | None) -> Presence:
        if not receipts:
            return Presence.MISSING if due else Presence.NOT_DUE
        if due is False:
            return Presence.EXTRA
        coverage = self.campaign.settings.coverage
        late = all(receipt.day is not None and coverage.is_late(receipt.day) for receipt in receipts)
        return Presence.LATE if late else Presence.RECEIVED

    def is_checked(self, unit: str, stages: Iterable[Stage] = (Stage.COUNTY, Stage.CITY)) -> bool:
        """Whether a unit has a score sheet of a check."""
        return any((unit, stage, MaterialKind.SCORE_SHEET) in self.receipts for stage in stages)

    def chosen(self, county: str, stage: Stage) -> frozenset[str] | None:
        """The units of a county that were drawn or chosen for a check; None where any will do."""
        selected = self.campaign.selection
        if stage is Stage.CITY and selected.city:
            units = self.campaign.roster.units
            return frozenset(c for c in selected.city if c in units and units[c].county == county)
        return selected.county.get(county) if stage is Stage.COUNTY else None

    def due(self, unit: Unit, stage: Stage, kind: MaterialKind) -> bool | None:
        """Whether a unit owes a material at a stage; None where it is welcome, and only numbers are demanded."""
        asked = self.campaign.settings.materials.asked_for(stage, kind)
        if asked is None or unit.level not in asked.levels:
            return False
        if (stage, kind) not in self.demanded:
            return None
        if stage is Stage.SELF:
            return self._due_of_itself(unit)
        if kind is MaterialKind.REPORT and asked.levels == (Level.COUNTY,):
            return unit.required or None
        chosen = self.chosen(unit.county, stage)
        if chosen is not None:
            if unit.code in chosen:
                return True
            return None if stage is Stage.COUNTY and unit.level is Level.COUNTY else False
        if kind is MaterialKind.SCORE_SHEET:
            return self._checked_itself(unit, stage) or None
        return self.is_checked(unit.code, [stage]) or None

    def counts_for_number(self, unit: Unit, stage: Stage, kind: MaterialKind) -> bool:
        """Whether the sheet of a unit counts towards a number that is due of anyone: 6 townships, 6 counties, 24 townships."""
        if kind is not MaterialKind.SCORE_SHEET or self.chosen(unit.county, stage) is not None:
            return False
        return stage is Stage.CITY or (stage is Stage.COUNTY and unit.level is Level.TOWNSHIP)

    def _due_of_itself(self, unit: Unit) -> bool | None:
        demanded = self.campaign.settings.coverage.self_assessment.value
        if demanded == "checked":
            return self.is_checked(unit.code) or None
        return True if demanded == "all" and unit.required else None

    def _checked_itself(self, unit: Unit, stage: Stage) -> bool:
        """Whether a body without townships takes their place in the county check (the fifth ambiguity of the notice)."""
        body = stage is Stage.COUNTY and unit.level is Level.COUNTY
        settings = self.campaign.settings.coverage.without_townships
        return body and settings.value == "body" and not required_townships(unit.code, self.campaign)


def required_townships(county: str, campaign: Campaign) -> tuple[Unit, ...]:
    """The townships of a county that must be inspected."""
    return tuple(unit for unit in campaign.roster.townships(county) if unit.required)


def ledger(folder: FolderSubject, campaign: Campaign) -> Ledger:
    """The receipts of a folder, by unit, stage and material."""
    receipts: dict[Key, list[Receipt]] = {}
    for key, receipt in _receipts(folder, campaign):
        receipts.setdefault(key, []).append(receipt)
    return Ledger(campaign, {key: tuple(own) for key, own in receipts.items()}, folder.files)


def _receipts(folder: FolderSubject, campaign: Campaign) -> Iterator[tuple[Key, Receipt]]:
    mails = {file.path: _day(file.mail) for file in folder.files if file.mail is not None}
    for code, sheets in folder.by_unit.items():
        for sheet in sheets:
            assert sheet.stage is not None
            receipt = Receipt(
                sheet.file, sheet.sheet, mails.get(sheet.file), _own_day(sheet.dated, campaign),
                sheet.dating.cell if sheet.dating else None,
            )  # fmt: skip
            yield (code, sheet.stage, MaterialKind.SCORE_SHEET), receipt
    for file in folder.files:
        for sheet in file.sheets:
            if sheet.kind is SheetKind.QUESTIONNAIRE and sheet.unit is not None:
                receipt = Receipt(
                    sheet.file, sheet.sheet, mails.get(file.path), _own_day(sheet.dated, campaign),
                    staged=sheet.stage is not None,
                )  # fmt: skip
                for stage in _stages(sheet.unit, sheet.stage, MaterialKind.QUESTIONNAIRE, campaign):
                    yield (sheet.unit, stage, MaterialKind.QUESTIONNAIRE), receipt
        material = file.material
        # A picture of a score sheet is none: nobody can add it up.
        if (
            material is None
            or material.unit is None
            or material.kind not in SENT[1:]
            or not material.readable
        ):
            continue
        for stage in _stages(material.unit, material.stage, material.kind, campaign):
            receipt = Receipt(file.path, mailed=mails.get(file.path), staged=material.stage is not None)
            yield (material.unit, stage, material.kind), receipt


def _stages(unit: str, stage: Stage | None, kind: MaterialKind, campaign: Campaign) -> tuple[Stage, ...]:
    """The stage that a material names, else all stages at which its unit may owe it."""
    if stage is not None:
        return (stage,)
    known = campaign.roster.units.get(unit)
    asked = (campaign.settings.materials.asked_for(one, kind) for one in campaign.stages)
    return tuple(one.stage for one in asked if one and known and known.level in one.levels)


def _day(mail: Mail) -> date | None:
    """The day on which a mail says that it was sent."""
    try:
        return datetime.fromisoformat(mail.sent).date()
    except ValueError:
        return None


def _own_day(day: date | None, campaign: Campaign) -> date | None:
    """The date of a sheet, where it is one of this year: another year is a slip of the pen, and reported as such (U325)."""
    return day if day and day.year == campaign.settings.coverage.deadline.value.year else None


def documents_of(files: Iterable[FileResult], kind: MaterialKind) -> Iterator[FileResult]:
    """The files that were recognised as documents of a kind, and can be read."""
    materials = ((file, file.material) for file in files if file.material is not None)
    return (file for file, material in materials if material.kind is kind and material.readable)
