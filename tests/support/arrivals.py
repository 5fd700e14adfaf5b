"""What arrived, made by hand: files with score sheets, questionnaires and documents, as the per-file stage leaves them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from huitoukan.campaign.campaign import Campaign
from huitoukan.days import SheetDate
from huitoukan.materials import Material, MaterialKind
from huitoukan.model import (
    FileResult,
    FileStatus,
    Finding,
    ItemScore,
    Level,
    Mail,
    ScoreState,
    SheetKind,
    SheetResult,
    Stage,
)
from huitoukan.rules.receipts import ledger
from huitoukan.rules.received import received
from huitoukan.rules.registry import Context, check

TYPES = "<Types/>"


def level_of(unit: str) -> Level:
    """The level of a unit by its code: 6 digits, and 晋中开发区."""
    return Level.COUNTY if len(unit) == 6 or unit == "140702401" else Level.TOWNSHIP


def score(
    unit: str, stage: Stage = Stage.SELF, file: str = "", *, day: str = "", mailed: str = ""
) -> FileResult:
    """A file with the score sheet of a unit."""
    path = file or f"{stage}/{unit}.xlsx"
    dated = date.fromisoformat(day) if day else None
    dating = SheetDate(dated, day, (), "B3") if day else None
    items = (ItemScore("T1.1", ScoreState.SCORED, Decimal(4), "F5"),)
    sheet = SheetResult(path, "评分表", SheetKind.SCORE, unit, stage, level_of(unit), dating, items)
    return _file(path, (sheet,), mailed)


def questionnaire(unit: str, stage: Stage | None, file: str = "") -> FileResult:
    """A workbook with the questionnaire of a unit."""
    path = file or f"{stage}/{unit}问卷.xlsx"
    return _file(path, (SheetResult(path, "问卷", SheetKind.QUESTIONNAIRE, unit, stage, level_of(unit)),))


def document(
    kind: MaterialKind, unit: str | None, stage: Stage | None = None, file: str = "", *,
    county: str | None = None, mailed: str = "",
) -> FileResult:  # fmt: skip
    """A document that was recognised."""
    path = file or f"{stage}/{unit}{kind}.docx"
    material = Material(kind, unit, stage, county or (unit and unit[:6]))
    return FileResult(path, path, FileStatus.SKIPPED, mail=_mail(mailed), material=material)


def report(unit: str, stage: Stage | None = Stage.SELF, file: str = "", *, mailed: str = "") -> FileResult:
    """The report of a unit."""
    return document(MaterialKind.REPORT, unit, stage, file, mailed=mailed)


def _file(path: str, sheets: tuple[SheetResult, ...], mailed: str = "") -> FileResult:
    return FileResult(path, path, FileStatus.OK, "test", sheets, mail=_mail(mailed))


def _mail(sent: str) -> Mail | None:
    return Mail("a@example.com", sent, "材料") if sent else None


def docx(*paragraphs: str, runs: int = 1, more: Sequence[tuple[str, str]] = ()) -> bytes:
    """A Word document; every paragraph is cut into so many runs, as Word does."""
    body = "".join(f"<w:p>{_runs(text, runs)}</w:p>" for text in paragraphs)
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        xml = f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
        archive.writestr("word/document.xml", xml)
        for name, content in more:
            archive.writestr(name, content)
    return stream.getvalue()


def _runs(text: str, runs: int) -> str:
    size = max(1, -(-len(text) // runs))
    parts = [text[n : n + size] for n in range(0, len(text), size)]
    return "".join(f'<w:r><w:t xml:space="preserve">{part}</w:t></w:r>' for part in parts)


def whole_folder(campaign: Campaign, *files: FileResult) -> list[Finding]:
    """Everything that the rules about a folder as a whole find."""
    subject, context = received(files, campaign), Context(campaign)
    return [*check(subject, context), *check(ledger(subject, campaign), context)]
