"""Sheets for the tests of the integrity rules: units, scores, dates, names and texts given in a line each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from huitoukan.authorship import Properties, Written
from huitoukan.campaign.campaign import Campaign
from huitoukan.days import SheetDate
from huitoukan.grid import Cell
from huitoukan.model import (
    FieldClaim,
    FileResult,
    FileStatus,
    Finding,
    ItemScore,
    Level,
    ScoreState,
    SheetKind,
    SheetResult,
    Stage,
)
from huitoukan.pipeline import INTEGRITY
from huitoukan.rules.compared import compared
from huitoukan.rules.received import received
from huitoukan.rules.registry import Context, check

SELF, COUNTY, CITY = Stage.SELF, Stage.COUNTY, Stage.CITY
N_A = "不适用"


def filled(
    campaign: Campaign, unit: str, stage: Stage = SELF, scores: Mapping[str, str] | None = None, *, day: str = "",
    inspectors: str = "", leader: str = "", texts: Mapping[str, str] | None = None, saved: tuple[str, str] | None = None,
    path: str = "", leave_out: Sequence[str] = (), findings: tuple[Finding, ...] = (), sha256: str = "",
) -> FileResult:  # fmt: skip
    """A file with one sheet: full marks but for `scores`; row n of the items is row n + 5 of the worksheet."""
    level = campaign.roster.units[unit].level
    items, written = [], []
    for row, item in enumerate(campaign.rubric.level(level).items(), 5):
        if item.id in leave_out:
            continue
        given = (scores or {}).get(item.id, str(item.maximum))
        state = ScoreState.NOT_APPLICABLE if given == N_A else ScoreState.SCORED
        items.append(ItemScore(item.id, state, None if given == N_A else Decimal(given), f"F{row}"))
        if texts and item.id in texts:
            written.append(Written(item.id, f"G{row}", texts[item.id]))
    path = path or f"{stage}/{unit}.xlsx"
    names = (("inspectors", 0, inspectors), ("leader", 3, leader))
    signatures = tuple(
        (field, FieldClaim(Cell(40, column, text), text)) for field, column, text in names if text
    )
    dating = SheetDate(date.fromisoformat(day), day, (), "B2") if day else None
    sheet = SheetResult(
        path, "评分表", SheetKind.SCORE, unit, stage, level, dating, tuple(items),
        signatures=signatures, texts=tuple(written),
    )  # fmt: skip
    properties = Properties("huitoukan", saved[0], datetime.fromisoformat(saved[1])) if saved else None
    return FileResult(
        path, sha256 or path, FileStatus.OK, sheets=(sheet,), findings=findings, properties=properties
    )


def townships(campaign: Campaign, county: str = "") -> list[str]:
    """The codes of required townships, of one county or of all."""
    units = campaign.roster.units.values()
    return [u.code for u in units if u.level is Level.TOWNSHIP and u.required and county in ("", u.county)]


def clues(campaign: Campaign, *files: FileResult) -> list[Finding]:
    """What the integrity rules find: they are entered as soon as the flow is loaded."""
    assert INTEGRITY
    return list(check(compared(received(files, campaign), campaign), Context(campaign)))


def of(code: str, found: Sequence[Finding]) -> list[Finding]:
    """The findings of one code."""
    return [finding for finding in found if finding.code == code]


def details(finding: Finding) -> dict[str, object]:
    """What the message of a finding tells."""
    return dict(finding.details)


def with_settings(campaign: Campaign, section: str, **values: object) -> Campaign:
    """The campaign with other thresholds in one part of its integrity section."""
    integrity = campaign.settings.integrity
    part = getattr(integrity, section)
    update = {key: getattr(part, key).model_copy(update={"value": value}) for key, value in values.items()}
    integrity = integrity.model_copy(update={section: part.model_copy(update=update)})
    return replace(campaign, settings=campaign.settings.model_copy(update={"integrity": integrity}))
