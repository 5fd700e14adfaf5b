"""`aggregate --explain`: whose verdict is asked about, and the tree from it down to the cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.roster import county_code
from huitoukan.cli.console import UsageError, out, shown, write_data
from huitoukan.cli.language import _
from huitoukan.cli.options import Format
from huitoukan.model import ScoreState, Unit, Verdict
from huitoukan.output import records, verdict_records
from huitoukan.output.text import Words, percent
from huitoukan.phrase import plain
from huitoukan.pipeline import Inspection
from huitoukan.standing.exact import SHARE, half_up, of_hundred
from huitoukan.standing.model import Standing
from huitoukan.standing.trace import (
    CountyTrace,
    DimensionTrace,
    ItemTrace,
    ReasonTrace,
    StageTrace,
    Trace,
    Tracer,
    UnitTrace,
)

if TYPE_CHECKING:
    from rich.tree import Tree

ExplainOption = Annotated[
    list[str] | None,
    typer.Option(
        "--explain",
        metavar="NAME",
        help=_("说明一个县或乡镇的结论从何而来, 直到单元格, 如 昔阳县、昔阳县乐平镇; 可以写几次。"),
    ),
]
_MARKS = {True: "√", False: "×", None: "?"}
_STYLES = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.PENDING: "yellow"}


def chosen_units(names: Sequence[str], campaign: Campaign) -> list[Unit]:
    """The units asked about, each once: by code, name of a county, or name of a unit as a form may have it."""
    return list({unit.code: unit for unit in (_unit(name.strip(), campaign) for name in names)}.values())


def _unit(name: str, campaign: Campaign) -> Unit:
    roster = campaign.roster
    if name in roster.units:
        return roster.units[name]
    try:
        return roster.units[county_code(roster, name)]
    except KeyError:
        found = roster.find(name)
    if found.unit is not None:
        return roster.units[found.unit]
    if found.candidates:
        names = _("、").join(roster.full_name(code) for code in found.candidates if code in roster.units)
        raise UsageError(_("“{name}”不止一个, 请写全称: {names}。").format(name=name, names=names))
    likely = _("、").join(roster.suggestions(name))
    hint = _("相近的有: {names}。").format(names=likely) if likely else ""
    raise UsageError(_("名录里没有“{name}”。").format(name=name) + hint)


def traced(names: Sequence[str], counties: Sequence[Standing], inspection: Inspection) -> list[Trace]:
    """The traces of the units asked about; `counties` carry their remedies."""
    tracer = Tracer(counties, inspection.by_unit, inspection.findings, inspection.campaign)
    found = []
    for unit in chosen_units(names, inspection.campaign):
        trace = tracer.trace(unit)
        if trace is None:
            name = inspection.campaign.roster.full_name(unit.code)
            raise UsageError(_("“{name}”不要求参加, 也没有报送, 没有结论可说明。").format(name=name))
        found.append(trace)
    return found


def write_traces(found: Sequence[Trace], campaign: Campaign, words: Words, kind: Format) -> None:
    """The traces in the format asked for."""
    if kind is Format.TABLE:
        print_traces(found, campaign, words)
    elif kind is Format.JSON:
        write_data(records.json_parts(verdict_records.traces(found, campaign, words)))
    elif kind is Format.JSONL:
        roster = campaign.roster
        write_data(records.jsonl_parts(verdict_records.trace_record(one, roster, words) for one in found))
    else:
        write_data([verdict_records.traces_csv(found, campaign.roster)])


# ---------------------------------------------------------------------------------------------------------- the tree


def print_traces(found: Iterable[Trace], campaign: Campaign, words: Words) -> None:
    """The traces as trees."""
    console = out()
    for trace in found:
        console.print(_Printer(campaign, words).tree(trace))


class _Printer:
    def __init__(self, campaign: Campaign, words: Words) -> None:
        self._roster, self._words = campaign.roster, words

    def tree(self, trace: Trace) -> Tree:
        from rich.tree import Tree  # noqa: PLC0415

        if isinstance(trace, UnitTrace):
            tree = Tree(shown(self._title(trace)), style=_STYLES[trace.standing.verdict], guide_style="dim")
            self._unit(tree, trace)
            return tree
        county = trace.standing
        name = self._roster.county_name(county.unit.code)
        title = f"{name} {self._words.value(county.verdict)}"
        tree = Tree(shown(title), style=_STYLES[county.verdict], guide_style="dim")
        self._county(tree, trace)
        return tree

    def _county(self, tree: Tree, trace: CountyTrace) -> None:
        words, county = self._words, trace.standing
        for one in trace.reasons:
            self._add(tree, self._reason(one))
        if county.gap is not None:
            names = {t.standing.unit.code: t.standing.unit.name for t in trace.townships}
            self._add(tree, words.gap(county.gap, names))
        self._open(tree, trace.open)
        body = self._add(tree, self._title(trace.body), trace.body.standing.verdict)
        self._unit(body, trace.body)
        for township in trace.townships:
            branch = self._add(tree, self._title(township), township.standing.verdict)
            self._unit(branch, township)

    def _title(self, trace: UnitTrace) -> str:
        words, standing = self._words, trace.standing
        parts = [standing.unit.name, words.value(standing.verdict)]
        if standing.score is not None:
            parts.append(words("{score} 分").format(score=plain(standing.score)))
        if standing.basis is not None:
            parts.append(words("依据{stage}").format(stage=words.value(standing.basis)))
        return " ".join(parts)

    def _unit(self, branch: Tree, trace: UnitTrace) -> None:
        for one in trace.reasons:
            # Dimensions and vetoes that hold are told by the dimensions and items below.
            if not (one.reason.passed and one.reason.rule in ("dimension_share", "veto", "complete")):
                self._add(branch, self._reason(one))
        self._open(branch, trace.open)
        if trace.standing.remedy is not None:
            self._add(branch, self._words.remedy(trace.standing.remedy))
        words = self._words
        stages = self._add(branch, words("各阶段的评分表"))
        for stage in trace.stages:
            self._add(stages, self._stage(stage))
        for finding in trace.findings:
            self._add(branch, f"{finding.code} {words.place(finding)} {words.message(finding)}")
        for dimension in trace.dimensions:
            self._dimension(branch, dimension)

    def _open(self, tree: Tree, phrases: Iterable[object]) -> None:
        words = self._words
        for phrase in phrases:
            self._add(tree, words("要确定结论: {what}").format(what=words.value(phrase)))

    def _reason(self, trace: ReasonTrace) -> str:
        words, text = self._words, f"{_MARKS[trace.reason.passed]} {self._words.reason(trace.reason)}"
        if trace.rule is None:
            return text
        basis = words("依据公开文件") if trace.rule.basis == "grounded" else words("暂定假设")
        sources = words("、").join(trace.rule.source_ids())
        return text + words(" [{key}: {basis} {sources}]").format(key=trace.key, basis=basis, sources=sources)

    def _stage(self, trace: StageTrace) -> str:
        words = self._words
        text = words("{stage}: {outcome}").format(
            stage=words.value(trace.stage), outcome=words.value(trace.outcome)
        )
        places = [words("{file}「{sheet}」").format(file=s.file, sheet=s.sheet) for s in trace.sheets]
        if trace.gaps:
            gaps = words("没有可用分数的项目 {n} 个: {items}").format(
                n=len(trace.gaps), items=words("、").join(trace.gaps)
            )
            places.append(gaps)
        return " ".join([text, *places])

    def _dimension(self, branch: Tree, trace: DimensionTrace) -> None:
        words, own = self._words, trace.standing
        if own.score is None:
            scored = any(item.value is not None for item in trace.items)
            told = words("没有得分 (评分表不完整)") if scored or own.maximum else words("不适用")
        else:
            rate = percent(half_up(of_hundred(own.score, own.maximum) / 100, SHARE))
            told = f"{plain(own.score)}/{plain(own.maximum)} ({rate})"
        mark = "" if own.passed is None else f"{_MARKS[own.passed]} "
        node = self._add(branch, f"{mark}{own.dimension} {own.title} {told}")
        for item in trace.items:
            if not item.full:
                self._item(node, item)
        full = [f"{item.item.id} ({item.cell})" for item in trace.items if item.full]
        if full:
            self._add(node, words("满分 {n} 项: {items}").format(n=len(full), items=words("、").join(full)))

    def _item(self, branch: Tree, trace: ItemTrace) -> None:
        words, item = self._words, trace.item
        value = {
            ScoreState.SCORED: plain(trace.value) if trace.value is not None else "",
            ScoreState.NOT_APPLICABLE: words("不适用"),
            ScoreState.MISSING: words("没有分数"),
        }[trace.state]
        parts = [f"{item.label()} {value}/{plain(item.maximum)}", trace.cell or words("表中没有这一行")]
        if item.is_veto:
            parts.append(words("否决项"))
        if not trace.usable:
            parts.append(words("不可用"))
        node = self._add(branch, " ".join(parts))
        for one in trace.written:
            self._add(node, words("扣分原因 {cell}: {text}").format(cell=one.cell, text=one.text))
        for finding in trace.findings:
            self._add(node, f"{finding.code} {finding.cell or ''} {words.message(finding)}")

    def _add(self, tree: Tree, text: str, verdict: Verdict | None = None) -> Tree:
        return tree.add(shown(" ".join(text.split())), style=_STYLES[verdict] if verdict else "default")
