"""A marked copy of one workbook: cells coloured, comments with what is wrong and what to do, and the list of problems in front.

An xlsx keeps all else part by part, byte for byte. Of other kinds the copy is made from the values that were read. Nothing
here is computed: the remarks are those of the checks, in words.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huitoukan.campaign.campaign import Limits
from huitoukan.grid import Place
from huitoukan.intake.bounds import BrokenError, TooLargeError
from huitoukan.intake.containers import Sniffed
from huitoukan.intake.kinds import BROKEN_ZIP, NAMES, Kind, sniff
from huitoukan.intake.marked import is_problem_list
from huitoukan.intake.parts import structure
from huitoukan.intake.reader import Outcome, Workbook, extension, read
from huitoukan.intake.stamp import SHEET as STAMP_SHEET
from huitoukan.intake.strict import is_strict, to_transitional
from huitoukan.intake.unlock import unlock
from huitoukan.model import Severity
from huitoukan.output.annotate_cells import SheetCells, area_of
from huitoukan.output.annotate_comments import SIGN, comment_on
from huitoukan.output.annotate_list import ListTexts, Remark, put_list
from huitoukan.output.annotate_package import WORKBOOK, Package, PackageError
from huitoukan.output.annotate_styles import Styles
from huitoukan.output.annotate_values import workbook_of
from huitoukan.output.text import Words
from huitoukan.phrase import Phrase, say

_MOST_CELLS = 500  # of one range that are coloured; the first of a larger one
_MOST_IN_COMMENT = 6  # problems told in one comment; the list has all of them
_SELECTED = re.compile(rb"""\stabSelected=["'](?:1|true)["']""")
# Programs refuse a workbook whose extension says otherwise than the type of its main part.
_SUFFIXES = {
    "template.macroEnabled": ".xltm",
    "sheet.macroEnabled": ".xlsm",
    "template.main": ".xltx",
    "sheet.main": ".xlsx",
}
_REVISIONS = frozenset({"revisionHeaders", "usernames"})
_SIGNATURES = frozenset({"origin"})  # of digital signatures
_UNKNOWN = (PackageError, BrokenError, TooLargeError, *BROKEN_ZIP, TypeError, AttributeError, IndexError)


@dataclass(frozen=True, slots=True)
class Copy:
    """A marked copy, the extension that its kind wants, and what of the original is not in it.

    `rebuilt`: it was made from the values alone.
    """

    data: bytes
    suffix: str
    notes: tuple[Phrase, ...] = ()
    rebuilt: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """What copies of one run have in common: limits of reading, passwords, the moment that stands in for the clock."""

    limits: Limits
    passwords: tuple[str, ...]
    moment: datetime


def marked_copy(
    path: str, file: Sniffed, remarks: Sequence[Remark], origin: str, setting: Setting, words: Words
) -> Copy | None:
    """The marked copy of the workbook at a relative path; None for a file that cannot be read.

    `origin` says which file this is a copy of.
    """
    workbook = read(path, file.data, setting.limits, setting.passwords, (file.kind, file.archive))
    if workbook.outcome is not Outcome.READ:
        return None
    data, archive, notes = file.data, file.archive, list[Phrase]()
    if file.kind is Kind.ENCRYPTED:
        opened = unlock(data, setting.passwords)
        if not isinstance(opened, bytes):
            return None
        data, archive = opened, sniff(opened)[1]
        notes.append(say("原件要密码才能打开, 副本不要密码。"))
    if workbook.kind is Kind.XLSX and archive is not None:
        try:
            return _of_package(archive, workbook, remarks, origin, notes, setting, words)
        except _UNKNOWN:  # a package of an unusual build: its values were read all the same
            pass
    rows = setting.limits.rows
    grids = [grid for grid in workbook.grids if not is_problem_list(grid)]
    package = workbook_of([grid.upper(rows) for grid in grids])
    notes.append(_rebuilt(path, workbook))
    if any(len(grid.rows) > rows for grid in grids):
        notes.append(say("副本里每张工作表只有前 {rows} 行, 与核对的范围相同。", rows=rows))
    return _finished(package, workbook, remarks, origin, notes, setting, words, rebuilt=True)


def _rebuilt(path: str, workbook: Workbook) -> Phrase:
    """What is not in a copy that was made from the values."""
    if workbook.kind is Kind.XLSX:
        return say("原件的内部结构特殊, 副本只按读到的内容写成: 格式、公式、图片、批注和打印设置没有保留。")
    own = extension(path)
    name = own if own in NAMES[workbook.kind] else str(workbook.kind)
    if "merged_cells" in workbook.unchecked:
        return say(
            "原件是 {kind}, 副本按读到的内容写成 .xlsx: 格式、公式、合并的单元格、图片、批注和打印设置没有保留。",
            kind=name,
        )
    return say(
        "原件是 {kind}, 副本按读到的内容写成 .xlsx: 格式、公式、图片、批注和打印设置没有保留。", kind=name
    )


def _of_package(
    archive: zipfile.ZipFile, workbook: Workbook, remarks: Sequence[Remark], origin: str, notes: Sequence[Phrase],
    setting: Setting, words: Words,
) -> Copy:  # fmt: skip
    notes = list(notes)
    if is_strict(archive):
        archive = zipfile.ZipFile(io.BytesIO(to_transitional(archive)))
        notes.append(say("原件是“严格的 Open XML”格式, 副本是通用的 xlsx 格式。"))
    package = Package(archive)
    if any(package.unrelate("", _SIGNATURES)):
        for name in package.names():
            if name.startswith("_xmlsignatures/"):
                package.drop(name)
        notes.append(say("原件有数字签名, 改动过的副本不能再用, 已去掉; 签名以原件为准。"))
    revisions = package.unrelate(WORKBOOK, _REVISIONS)
    for name in revisions:
        package.drop(name)
    if revisions:
        notes.append(say("原件是共享工作簿, 它的修订记录没有保留。"))
    if package.related(WORKBOOK, "vbaProject"):
        notes.append(say("工作簿里有宏, 照原样保留; 按顺序找工作表的宏要注意, 现在第一张是问题清单。"))
    return _finished(package, workbook, remarks, origin, notes, setting, words)


def _finished(
    package: Package, workbook: Workbook, remarks: Sequence[Remark], origin: str, notes: Sequence[Phrase],
    setting: Setting, words: Words, *, rebuilt: bool = False,
) -> Copy:  # fmt: skip
    archive = zipfile.ZipFile(io.BytesIO(package.save(setting.moment)))
    parts = structure(archive, setting.limits.sheets).parts
    styles = Styles(package)
    lists = [grid.name for grid in workbook.grids if is_problem_list(grid) and grid.name in parts]
    for name, part in parts.items():
        if name in lists:
            continue
        own = [remark for remark in remarks if remark.sheet == name and remark.cell]
        if own or styles.has_ours or package.related(part, "comments"):
            _mark(package, styles, part, own, words)
        # With the list in front, two sheets would be selected, and edited together.
        head, rows, cells = package.read(part).partition(b"sheetData")
        if _SELECTED.search(head):
            package.put(part, _SELECTED.sub(b"", head) + rows + cells)
    shown = frozenset(grid.name for grid in workbook.grids if grid.visible and grid.name != STAMP_SHEET)
    texts = _texts(remarks, origin, [words.phrase(note) for note in notes], words)
    put_list(package, styles, remarks, texts, words, parts[lists[0]] if lists else None, shown)
    styles.settle()
    kind = package.content_type(WORKBOOK)
    suffix = next((suffix for word, suffix in _SUFFIXES.items() if word in kind), ".xlsx")
    return Copy(package.save(setting.moment), suffix, tuple(notes), rebuilt)


def _mark(package: Package, styles: Styles, part: str, remarks: Sequence[Remark], words: Words) -> None:
    """Colour the cells of one worksheet and comment on them."""
    root: Any = package.tree(part)
    cells = SheetCells(root, styles)
    if styles.has_ours:
        cells.clear()
    grounds: dict[Place, Severity] = {}
    told: dict[Place, list[Remark]] = {}
    for remark in remarks:
        area = area_of(remark.cell or "")
        if area is None:
            continue
        (top, left), (bottom, right) = area
        first = cells.shown_at((top, left))
        told.setdefault(first, []).append(remark)
        whole = (bottom - top + 1) * (right - left + 1) <= _MOST_CELLS
        places = (
            [(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)]
            if whole
            else [(top, left)]
        )
        for place in places:
            shown = cells.shown_at(place)
            grounds[shown] = min(grounds.get(shown, remark.severity), remark.severity, key=_RANK.__getitem__)
    cells.colour(grounds)
    threaded = _threaded(package, part)
    comment_on(
        package, part, cells, {p: _comment(own, words) for p, own in told.items() if p not in threaded}
    )


_RANK = {severity: n for n, severity in enumerate(Severity)}


def _threaded(package: Package, part: str) -> frozenset[Place]:
    """The cells with a conversation of newer programs, which show that in the place of any other comment."""
    found = package.related(part, "threadedComment")
    if found is None:
        return frozenset()
    areas = (area_of(one.get("ref") or "") for one in package.tree(found.target))
    return frozenset(area[0] for area in areas if area is not None)


def _comment(remarks: Sequence[Remark], words: Words) -> str:
    """What a comment says: each problem with its severity and code, and what to do."""
    lines = []
    for remark in remarks[:_MOST_IN_COMMENT]:
        lines.append(f"{SIGN} {words.value(remark.severity)} {remark.code}\n{remark.message}\n→ {remark.fix}")
    if len(remarks) > _MOST_IN_COMMENT:
        more = words("另有 {n} 处, 见问题清单。").format(n=len(remarks) - _MOST_IN_COMMENT)
        lines.append(more)
    return "\n".join(lines)


def _texts(remarks: Sequence[Remark], origin: str, notes: Sequence[str], words: Words) -> ListTexts:
    counts = [(s, sum(one.severity is s for one in remarks)) for s in Severity]
    told = words("、").join(f"{words.value(s)} {n}" for s, n in counts if n)
    stop = sum(one.blocks for one in remarks)
    sentences = [words("共 {n} 处问题: {counts}。").format(n=len(remarks), counts=told)]
    if stop:
        sentences.append(words("其中 {blocking} 处使评分表不能作为结论的依据。").format(blocking=stop))
    how = words(
        "点“单元格”一列可以跳到原表; 请在原表上改正后报回本文件。本表、底色和名为 huitoukan 的批注不影响核对, 不必删除。"
    )
    return ListTexts(words("问题清单"), (words.joined(sentences), how, *notes), origin)
