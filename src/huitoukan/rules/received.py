"""What arrived for each unit and stage, and which of it counts once the decisions of the campaign are carried out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.decisions import Decision
from huitoukan.model import FileResult, SheetKind, SheetResult, Stage


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision beside what arrived: the sheets that it names, and those of the same unit and stage that it does not.

    It is `carried_out` where it names one sheet, or several with the same scores; else it changes nothing.
    """

    unit: str
    stage: Stage
    decision: Decision
    named: tuple[SheetResult, ...]
    aside: tuple[SheetResult, ...]

    @property
    def carried_out(self) -> bool:
        """Whether the sheets that it names say one thing."""
        return len({sheet.scores for sheet in self.named}) == 1


@dataclass(frozen=True, slots=True)
class FolderSubject:
    """A folder as the rules about it as a whole see it: what counts for each unit, and what a decision left aside."""

    by_unit: Mapping[str, tuple[SheetResult, ...]]
    files: tuple[FileResult, ...] = ()
    choices: tuple[Choice, ...] = ()


def received(files: Sequence[FileResult], campaign: Campaign) -> FolderSubject:
    """The recognised score sheets of all units, by unit code; what a decision leaves aside is not among them."""
    by_unit = _sent(files)
    choices = tuple(_choices(by_unit, campaign))
    for choice in choices:
        if choice.carried_out:
            left = (sheet for sheet in by_unit[choice.unit] if sheet not in choice.aside)
            by_unit[choice.unit] = tuple(left)
    return FolderSubject(by_unit, tuple(files), choices)


def _sent(files: Iterable[FileResult]) -> dict[str, tuple[SheetResult, ...]]:
    """The score sheets of each unit in the order of the files; without a unit or a stage they are nobody's yet."""
    gathered: dict[str, list[SheetResult]] = {}
    for result in files:
        for sheet in result.sheets:
            if sheet.kind is SheetKind.SCORE and sheet.unit is not None and sheet.stage is not None:
                gathered.setdefault(sheet.unit, []).append(sheet)
    return {code: tuple(sheets) for code, sheets in sorted(gathered.items())}


def _choices(sent: Mapping[str, Sequence[SheetResult]], campaign: Campaign) -> Iterable[Choice]:
    for (unit, stage), decision in campaign.decisions.items():
        level = campaign.roster.units[unit].level
        group = [sheet for sheet in sent.get(unit, ()) if sheet.stage is stage]
        named = [s for s in group if decision.means(s.file, s.sheet) and s.level is level]
        yield Choice(unit, stage, decision, tuple(named), tuple(s for s in group if s not in named))
