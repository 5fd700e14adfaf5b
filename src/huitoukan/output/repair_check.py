"""The proof of a repair: the repaired workbook is read again, and must say what the original says.

Every score, every answer, the unit, the stage and the day are the same, the findings that the repairs stand for are gone, and
no other is gone or new. A change with which this does not hold is not made, whatever the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from huitoukan.campaign.campaign import Campaign
from huitoukan.examination import process
from huitoukan.model import FileResult, Finding, SheetResult
from huitoukan.output.cell_edit import EditError, Value, edited
from huitoukan.output.repairs import Change, State
from huitoukan.phrase import Phrase, say

_Told = tuple[object, ...]


def repaired(
    path: str, data: bytes, changes: Sequence[Change], campaign: Campaign
) -> tuple[bytes, tuple[Change, ...]]:
    """The workbook with as many of the planned changes as keep its meaning, and what became of each of them."""
    before = process(path, data, campaign)
    planned = [change for change in changes if change.state is State.PLANNED]
    made, refused = _made(data, planned, before, campaign, [])
    whole = edited(data, _by_sheet(made)) if made else data
    done = {change.key for change in made}
    return whole, tuple(
        replace(change, state=State.DONE) if change.key in done else refused.get(change.key, change)
        for change in changes
    )


def _made(
    data: bytes, planned: Sequence[Change], before: FileResult, campaign: Campaign, sure: list[Change]
) -> tuple[list[Change], dict[object, Change]]:
    """Those of the planned changes that can be made beside those that are sure; the others with the reason, by key.

    Most often all can. Else they are halved until the ones that cannot stand alone.
    """
    if not planned:
        return sure, {}
    why = _objection(data, [*sure, *planned], before, campaign)
    if why is None:
        return [*sure, *planned], {}
    if len(planned) == 1:
        return sure, {planned[0].key: planned[0].refused(why)}
    middle = len(planned) // 2
    sure, refused = _made(data, planned[:middle], before, campaign, sure)
    sure, more = _made(data, planned[middle:], before, campaign, sure)
    return sure, refused | more


def _objection(
    data: bytes, changes: Sequence[Change], before: FileResult, campaign: Campaign
) -> Phrase | None:
    """Why these changes cannot be made together; None where they can."""
    try:
        after = process(before.path, edited(data, _by_sheet(changes)), campaign)
    except EditError as error:
        return error.why
    if (after.reader, len(after.sheets)) != (before.reader, len(before.sheets)):
        return say("改动以后工作簿读出来不一样")
    touched = {(change.sheet, change.cell) for change in changes}
    for old, new in zip(before.sheets, after.sheets, strict=True):
        if _said(old, touched) != _said(new, touched):
            return say("改动以后这一格读出来不一样 (多半是单元格的格式, 如日期)")
    gone = {(change.code, change.sheet, change.cell) for change in changes if change.code}
    expected = Counter(_told(before.findings, touched, gone))
    found = Counter(_told(after.findings, touched, set()))
    surplus = next(iter(found - expected), None)
    if surplus is not None:
        code, cell = surplus[0], surplus[2]
        words = say(
            "改动以后 {cell} 会出现 {code}: 那里存的是原来的结果, 请先改正或重新计算",
            cell=cell,
            code=code,
        )
        return words if cell else say("改动以后会出现 {code}", code=code)
    if expected - found:
        return say("改动以后别的问题也不见了, 不能确定")
    return None


def _said(sheet: SheetResult, touched: set[tuple[str, str]]) -> _Told:
    """What a form says, apart from how it is written in the cells that were changed."""
    day = sheet.dating
    answers = tuple(
        (
            a.question,
            a.part,
            a.state,
            a.cell,
            a.number,
            a.choices,
            "" if (sheet.sheet, a.cell) in touched else a.text,
        )
        for a in sheet.answers
    )
    return (
        sheet.sheet, sheet.kind, sheet.unit, sheet.stage, sheet.level, sheet.items, answers, sheet.signatures, sheet.texts,
        day and (day.value, day.cell),
    )  # fmt: skip


def _told(
    findings: Sequence[Finding], touched: set[tuple[str, str]], gone: set[tuple[str, str, str]]
) -> Iterator[_Told]:
    """The findings as they are compared, without those that go: each cell of an area for itself.

    The words may change: a sum that left a text out is wrong for another reason as long as it is not worked out anew.
    """
    for found in findings:
        for cell in _cells(found.cell) if found.code == "L227" else (found.cell,):
            if (found.code, found.sheet or "", cell or "") not in gone:
                quoted = found.code != "L227" and (found.sheet or "", cell or "") not in touched
                value = found.value if quoted else None
                yield (
                    found.code,
                    found.sheet,
                    cell,
                    value,
                    found.severity,
                    found.unit,
                    found.stage,
                    found.item,
                    found.blocks,
                )


def _cells(area: str | None) -> Iterator[str]:
    """The cells of an area of one column."""
    first, _, last = (area or "").partition(":")
    letters = first.rstrip("0123456789")
    start = int(first[len(letters) :])
    for row in range(start, int(last.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or start) + 1):
        yield f"{letters}{row}"


def _by_sheet(changes: Sequence[Change]) -> dict[str, dict[tuple[int, int], Value]]:
    cells: dict[str, dict[tuple[int, int], Value]] = {}
    for change in changes:
        cells.setdefault(change.sheet, {})[change.place] = change.after
    return cells
