"""The folder that the analyst of the made-up city has before him, and what must be found in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tests.support.city.decisions import Decisions, Key, Planted
from tests.support.city.forms import Places
from tests.support.city.paperwork import Paperwork
from tests.support.city.replies import Ref
from tests.support.city.standards import DATA

# What must be found: code, file, worksheet and cell; where there is no cell, the unit and the stage in its place.
Found = tuple[str, str | None, str | None, str | None]


@dataclass(frozen=True)
class Spot:
    """Where a form lies: the file as the product calls it, the worksheet, and the cells on it."""

    file: str
    sheet: str
    places: Places

    def cell(self, place: str) -> str | None:
        """The address of a place such as `total` or `scores:T1.1`."""
        name, _, item = place.partition(":")
        found = getattr(self.places, name) if name else None
        return found[item] if isinstance(found, dict) else found


@dataclass(frozen=True)
class PaperSpot:
    """Where a questionnaire lies, and the cell of every answer."""

    file: str
    sheet: str
    cells: dict[Ref, str]


@dataclass
class City:
    """A whole campaign: what was decided, the files by path, and where each form lies in them.

    `noted` is what must be found besides the plants of the forms; `drawn` are the units of the city's sample (none: no
    sample was written down).
    """

    seed: int
    decisions: Decisions
    papers: Paperwork
    files: dict[str, bytes] = field(default_factory=dict)
    spots: dict[Key, Spot] = field(default_factory=dict)
    noted: set[Found] = field(default_factory=set)
    questionnaires: dict[str, list[PaperSpot]] = field(default_factory=dict)
    reports: dict[tuple[str, str], str] = field(default_factory=dict)
    late: set[tuple[str, str]] = field(
        default_factory=set
    )  # units and stages whose form came after the deadline
    drawn: tuple[str, ...] = ()

    def write(self, folder: Path) -> Path:
        """Write all files below a folder, and the campaign file that the analyst keeps beside them."""
        for path, data in self.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        (folder / "campaign.yaml").write_text(self.campaign(), encoding="utf-8")
        return folder

    def campaign(self) -> str:
        """campaign.yaml: the shipped one, with what the analyst decided, and the sample of the city where it was drawn."""
        text = (DATA / "campaign.yaml").read_text(encoding="utf-8")
        lines = ["decisions:"]
        for unit, key in self.decisions.decided.items():
            lines.append(
                f"  - {{unit: '{unit}', stage: self, file: '{self.spots[key].file}', reason: 电话确认}}"
            )
        changes = {"\ndecisions: []\n": "\n" + "\n".join(lines) + "\n"}
        if self.drawn:
            changes["city_units: []"] = f"city_units: [{', '.join(map(repr, self.drawn))}]"
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        return text

    def expected(self) -> set[Found]:
        """What must be found, each once."""
        return {*(self._expected(one) for one in self.decisions.planted), *self.noted}

    def _told_at(self, code: str, key: Key) -> Spot:
        """Of two files, the contradiction is told at the first by path, the repetition at the last."""
        versions = [spot for (unit, stage, _), spot in self.spots.items() if (unit, stage) == key[:2]]
        ordered = sorted(versions, key=lambda spot: spot.file)
        return {"C603": ordered[0], "C604": ordered[-1], "C605": ordered[-1]}.get(code, self.spots[key])

    def _expected(self, one: Planted) -> Found:
        if one.form is None:
            return (one.code, None, None, f"{one.unit} {one.stage}")
        spot = self._told_at(one.code, one.form)
        sheet = None if one.code == "C604" else spot.sheet  # the file as a whole is a copy
        unit, stage, _ = one.form
        return (one.code, spot.file, sheet, spot.cell(one.place) or f"{unit} {stage}")
