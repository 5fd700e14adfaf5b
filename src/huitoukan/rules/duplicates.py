"""C603-C607: one unit and stage, several sheets: copies, contradictions, and a person's decision between them.

What a file is called (终稿, 最终版, (1), 副本) decides nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from huitoukan.campaign.campaign import Campaign
from huitoukan.model import (
    FileResult,
    Finding,
    ItemScore,
    ScoreState,
    Severity,
    SheetKind,
    SheetResult,
    Stage,
)
from huitoukan.phrase import Listing, Phrase, say
from huitoukan.rules.received import FolderSubject, received
from huitoukan.rules.registry import Context, rule

_MOST = 10  # files and items that one message lists: more than that nobody compares by reading
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"


@rule(
    "C603", severity=Severity.ERROR, on=FolderSubject, blocks=True,
    message="{unit_name}{stage_name}的表有 {count} 份, 分数不一致: {files}。{differences}",
    fix="请确定以哪一份为准并告知, 或只重报这一份。",
)  # fmt: skip
def contradicting_duplicates(folder: FolderSubject, context: Context) -> Iterator[Finding]:
    """同一单位同一阶段有几份不同的表。

    查什么: 一个单位在一个阶段只应有一份评分表, 内容相同的副本不计。
    为什么: “终稿”“最终版”“(1)”之类的名称不能说明以哪一份为准, 要由人决定; 决定之前哪一份都不采用。
    例子: “乐平镇.xlsx”和“乐平镇 终稿.xlsx”分数不同。
    怎么改: 对照列出的单元格, 确定以哪一份为准, 只留这一份; 或在检查活动文件的 decisions 一节写明以哪一份为准和理由。
    """
    for code, stage, sheets in _groups(folder, context):
        versions = _versions(sheets)
        if len(versions) < 2:  # noqa: PLR2004
            continue
        first = sheets[0]
        places = _places(sheets[:_MOST])
        numbered = [f"{_CIRCLED[n]}{place}" for n, place in enumerate(places)]
        more = [say("还有 {n} 份", n=len(sheets) - _MOST)] if len(sheets) > _MOST else []
        higher = any(s.stage and s.stage.rank > stage.rank for s in folder.by_unit[code])
        yield Finding(
            file=first.file, sheet=first.sheet, unit=code, stage=stage, blocks=not higher,
            others=tuple(dict.fromkeys(sheet.file for sheet in sheets if sheet.file != first.file)),
            details=(
                ("unit_name", context.campaign.roster.full_name(code)), ("stage_name", stage), ("count", len(sheets)),
                ("files", Listing((*numbered, *more))),
                ("differences", _differences(sheets[:_MOST], versions, context)),
            ),
        )  # fmt: skip


def _differences(sheets: Sequence[SheetResult], versions: Sequence[SheetResult], context: Context) -> Phrase:
    """The items on which the versions differ, with the cell of each: T2.3 统计人员 (①F12 为 4、②F12 为 3)."""
    numbers = [(_CIRCLED[sheets.index(one)], one) for one in versions if one in sheets]
    level = context.campaign.roster.units[versions[0].unit or ""].level
    differing = []
    for item in context.campaign.rubric.level(level).items():
        scores = [next((s for s in one.items if s.item == item.id), None) for one in versions]
        if len({(s.state, s.value) if s else (ScoreState.MISSING, None) for s in scores}) > 1:
            differing.append(item)
    told = []
    for item in differing[:_MOST]:
        cells = (
            _cell(number, next((s for s in one.items if s.item == item.id), None)) for number, one in numbers
        )
        told.append(say("{item} ({cells})", item=item.label(), cells=Listing(tuple(cells))))
    more = [say("还有 {n} 项", n=len(differing) - _MOST)] if len(differing) > _MOST else []
    return say("有 {n} 项不同: {items}。", n=len(differing), items=Listing((*told, *more)))


def _cell(number: str, score: ItemScore | None) -> Phrase:
    """Where one version has an item, and with which score."""
    place = number + (score.cell if score else "")
    if score is None or score.state is ScoreState.MISSING:
        return say("{place} 没有可用的分数", place=place)
    if score.state is ScoreState.NOT_APPLICABLE:
        return say("{place} 为不适用", place=place)
    return say("{place} 为 {score}", place=place, score=score.value)


@rule(
    "C604", severity=Severity.INFO, on=FolderSubject, message="与“{source}”是同一份文件 (内容完全相同), {how}。",
    fix="多余的一份不用再报; 如果是发错了文件, 请补报。",
)  # fmt: skip
def same_file_again(folder: FolderSubject, _context: Context) -> Iterator[Finding]:
    """同一份文件重复报送。

    查什么: 有没有内容完全相同 (一个字节不差) 的评分表或调查问卷文件, 不论放在哪里、叫什么名称, 压缩包和邮件里的也算。
    为什么: 相同的副本只计一次, 不算矛盾; 列出来备查。
    例子: “包.zip/乐平镇.xlsx”和“乐平镇 (1).xlsx”。
    怎么改: 不改也不影响结果; 多余的可以移出文件夹。文件名或文件夹使它计成了另一个单位或阶段的, 要改正表内的单位或阶段。
    """
    for file, source in _copies(folder):
        sheets = _forms(file)
        same = [(s.unit, s.stage) for s in sheets] == [(s.unit, s.stage) for s in _forms(source)]
        how = say("只计一次") if same else say("但文件名或文件夹不同, 认出的单位或阶段也不同")
        units, stages = {s.unit for s in sheets}, {s.stage for s in sheets}
        yield Finding(
            file=file.path,
            unit=units.pop() if len(units) == 1 else None,
            stage=stages.pop() if len(stages) == 1 else None,
            details=(("source", source.path), ("how", how)),
        )


@rule(
    "C605", severity=Severity.INFO, on=FolderSubject, message="{unit_name}{stage_name}的这张表与“{source}”各项得分相同{dates}, 只计一次。",
    fix="多余的一份不用再报; 如果是发错了文件, 请补报。",
)  # fmt: skip
def same_scores_again(folder: FolderSubject, context: Context) -> Iterator[Finding]:
    """同一单位同一阶段的表得分相同。

    查什么: 一个单位在一个阶段的几份表, 各项得分是不是都相同 (例如另存过一次)。
    为什么: 得分相同的只计一次, 不算矛盾; 列出来备查。
    例子: “乐平镇.xls”另存为“乐平镇 最终版.xlsx”。
    怎么改: 不改也不影响结果; 多余的可以移出文件夹。
    """
    told = {file.path for file, _ in _copies(folder)}
    for code, stage, sheets in _groups(folder, context, aside=True):
        sources: dict[object, SheetResult] = {}
        for sheet in sheets:
            source = sources.setdefault(sheet.scores, sheet)
            if source is sheet or sheet.file in told or not sheet.scores:
                continue
            differ = sheet.dated and source.dated and sheet.dated != source.dated
            dates = say(" (日期不同: {one}、{other})", one=source.dated, other=sheet.dated) if differ else ""
            yield Finding(
                file=sheet.file, sheet=sheet.sheet, unit=code, stage=stage,
                details=(
                    ("unit_name", context.campaign.roster.full_name(code)), ("stage_name", stage),
                    ("source", _places([source, sheet])[0]), ("dates", dates),
                ),
            )  # fmt: skip


@rule(
    "C606", severity=Severity.INFO, on=FolderSubject,
    message="{unit_name}{stage_name}以“{chosen}”为准, 这张表不计 (检查活动文件的决定: {reason})。",
    fix="决定有变的, 请改正检查活动文件的 decisions。",
)  # fmt: skip
def left_aside(folder: FolderSubject, context: Context) -> Iterator[Finding]:
    """按决定不计的表。

    查什么: 一个单位在一个阶段有几份分数不同的表, 检查活动文件的 decisions 已经写明以哪一份为准的, 其余的不计。
    为什么: 以哪一份为准由人决定, 不计的也要列出来备查。
    例子: decisions 写明以“乐平镇 终稿.xlsx”为准, “乐平镇.xlsx”不计。
    怎么改: 不用改; 决定有变的, 改正 decisions。
    """
    for choice in folder.choices:
        scores = {sheet.scores for sheet in choice.named}
        for sheet in choice.aside if choice.carried_out else ():
            if sheet.scores not in scores:
                yield Finding(
                    file=sheet.file, sheet=sheet.sheet, unit=choice.unit, stage=choice.stage,
                    details=(
                        ("unit_name", context.campaign.roster.full_name(choice.unit)), ("stage_name", choice.stage),
                        ("chosen", _places([choice.named[0], sheet])[0]), ("reason", choice.decision.reason),
                    ),
                )  # fmt: skip


@rule(
    "C607", severity=Severity.ERROR, on=FolderSubject,
    message="检查活动文件的决定没有着落: {unit}{stage_name}以“{chosen}”为准, 但{why}。",
    fix="请改正检查活动文件的 decisions{hint}, 或删去这条决定。",
)  # fmt: skip
def decision_without_effect(folder: FolderSubject, context: Context) -> Iterator[Finding]:
    """决定没有着落。

    查什么: decisions 写明的文件应在文件夹里, 其中应有该单位该阶段的评分表; 有几张分数不同的, 要写明工作表。
    为什么: 找不到这张表, 决定就不起作用, 几份不同的表仍然待定。
    例子: decisions 里的文件名少写了所在文件夹。
    怎么改: 照抄问题清单里的文件路径; 一个文件里有几张这样的表的, 加上 sheet。
    """
    roster = context.campaign.roster
    for choice in folder.choices:
        if choice.carried_out:
            continue
        name, decision = roster.full_name(choice.unit), choice.decision
        if choice.named:
            why = say("其中有 {count} 张这样的表, 分数不同", count=len(choice.named))
            sheets = Listing(tuple(dict.fromkeys(sheet.sheet for sheet in choice.named)))
            hint: Phrase | str = say(", 用 sheet 写明工作表: {sheets}", sheets=sheets)
        else:
            why = say("没有在其中找到这样的表")
            files = Listing(tuple(dict.fromkeys(_places(choice.aside)))[:_MOST])
            hint = say(" (这样的表有: {files})", files=files) if choice.aside else ""
        chosen = decision.file + (f"「{decision.sheet}」" if decision.sheet else "")
        # It is the analyst's file that must change: no unit is asked for anything.
        yield Finding(
            stage=choice.stage,
            details=(("unit", name), ("stage_name", choice.stage), ("chosen", chosen), ("why", why), ("hint", hint)),
        )  # fmt: skip


# ---------------------------------------------------------------------------------------------------------- groups


def _groups(
    folder: FolderSubject, context: Context, *, aside: bool = False
) -> Iterator[tuple[str, Stage, list[SheetResult]]]:
    """The sheets of every unit and stage that are on the form of the unit's level, those that count first.

    With `aside`, those are among them which a decision left aside and which say the same as one that counts.
    """
    left: Mapping[tuple[str, Stage], tuple[SheetResult, ...]] = {
        (choice.unit, choice.stage): choice.aside for choice in folder.choices if aside and choice.carried_out
    }
    for code, sheets in folder.by_unit.items():
        level = context.campaign.roster.units[code].level
        for stage in Stage:
            counting = [s for s in sheets if s.stage is stage and s.level in (None, level)]
            scores = {sheet.scores for sheet in counting}
            same = [s for s in left.get((code, stage), ()) if s.level in (None, level) and s.scores in scores]
            if len(counting) + len(same) > 1:
                yield code, stage, counting + same


def _copies(folder: FolderSubject) -> Iterator[tuple[FileResult, FileResult]]:
    """Every file with forms whose bytes are those of an earlier one, and that one: what counts comes first."""
    counting = {sheet.file for choice in folder.choices if choice.carried_out for sheet in choice.named}
    sources: dict[str, FileResult] = {}
    for file in sorted(folder.files, key=lambda file: file.path not in counting):
        if file.sha256 and _forms(file):
            source = sources.setdefault(file.sha256, file)
            if source is not file:
                yield file, source


def told_once(files: tuple[FileResult, ...], campaign: Campaign) -> tuple[FileResult, ...]:
    """The files without what a copy repeats, finding by finding, of the file that it is a copy of (C604)."""
    sources = {file.path: source for file, source in _copies(received(files, campaign))}
    return tuple(_without(file, sources[file.path]) if file.path in sources else file for file in files)


def _without(copy: FileResult, source: FileResult) -> FileResult:
    told = {replace(found, file=copy.path) for found in source.findings}
    return replace(copy, findings=tuple(found for found in copy.findings if found not in told))


def _versions(sheets: Sequence[SheetResult]) -> list[SheetResult]:
    """The first sheet of each of the different sets of scores."""
    found: dict[object, SheetResult] = {}
    for sheet in sheets:
        found.setdefault(sheet.scores, sheet)
    return list(found.values())


def _places(sheets: Sequence[SheetResult]) -> list[str]:
    """The paths of sheets, with the worksheet where several of them are of one file."""
    files = [sheet.file for sheet in sheets]
    return [s.file + (f"「{s.sheet}」" if files.count(s.file) > 1 else "") for s in sheets]


def _forms(file: FileResult) -> list[SheetResult]:
    """The score sheets and questionnaires of a file."""
    return [sheet for sheet in file.sheets if sheet.kind is not SheetKind.OTHER]
