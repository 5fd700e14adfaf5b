"""Materials (材料): what is sent beside the workbooks, and what became of each thing that a unit owes. No input or output."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from huitoukan.stages import Stage


class MaterialKind(StrEnum):
    """What a file is for: the three things that units send (R06, R07, R12), and what a county keeps besides (R34)."""

    SCORE_SHEET = "score_sheet"
    QUESTIONNAIRE = "questionnaire"
    REPORT = "report"  # 总结报告
    DOCUMENTS = "documents"  # 相关文件: notices, 实施细则
    ORGANISATION = "organisation"  # 组织实施
    PUBLICITY = "publicity"
    TRAINING = "training"
    GUIDANCE = "guidance"

    @property
    def is_sent(self) -> bool:
        """Whether units send it at a stage; the rest only fills the archive of a county."""
        return self in (MaterialKind.SCORE_SHEET, MaterialKind.QUESTIONNAIRE, MaterialKind.REPORT)


@dataclass(frozen=True, slots=True)
class Material:
    """What a document was recognised to be, by its name, the title inside (of a .docx) and its folders.

    `unit` and `county` are roster codes, None where they cannot be told; so is `stage`. `lacking` are the parts (R22)
    that the text of a county's report does not speak of; None where they were not looked for. One that is not `readable`
    is empty or damaged, and has not arrived.
    """

    kind: MaterialKind
    unit: str | None = None
    stage: Stage | None = None
    county: str | None = None
    lacking: tuple[str, ...] | None = None
    readable: bool = True


class Presence(StrEnum):
    """What became of one material of one unit at one stage. Nothing of this is ever a score: 缺报 is not 0 分."""

    RECEIVED = "received"
    LATE = "late"
    MISSING = "missing"
    EXTRA = "extra"  # received, though it was not due
    NOT_DUE = "not_due"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One arrival of a material: its file (and worksheet), the day of the mail that brought it, and its own date.

    `staged` is False where it names no stage: it then stands for all stages at which its unit may owe it.
    """

    file: str
    sheet: str | None = None
    mailed: date | None = None
    dated: date | None = None
    cell: str | None = None
    staged: bool = True

    @property
    def day(self) -> date | None:
        """The day by which lateness is judged: that of the mail, else the sheet's own; never that of the file."""
        return self.mailed or self.dated


@dataclass(frozen=True, slots=True)
class Holding:
    """One material of one unit at one stage. `due` is None where it is welcome, but not demanded of this very unit."""

    unit: str
    stage: Stage
    kind: MaterialKind
    due: bool | None
    presence: Presence
    receipts: tuple[Receipt, ...] = ()

    @property
    def is_there(self) -> bool:
        """Whether anything arrived."""
        return bool(self.receipts)
