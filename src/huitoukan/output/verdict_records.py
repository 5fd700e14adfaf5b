"""The machine-readable contracts of what can be asked of verdicts: traces, other pass rules tried, follow-up lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from huitoukan import __version__
from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.roster import Roster
from huitoukan.model import Finding, Level, ScoreState, Verdict
from huitoukan.output.files import csv_text
from huitoukan.output.records import SCHEMA, Record, campaign_record, gap_record, reason_record, remedy_record
from huitoukan.output.text import Words
from huitoukan.phrase import plain
from huitoukan.standing.followup import FollowUp, FollowUpEntry
from huitoukan.standing.trace import CountyTrace, ItemTrace, ReasonTrace, Trace, UnitTrace
from huitoukan.standing.whatif import Flip, MarkLimit, Value, WhatIf

TRACE_COLUMNS = (
    "code", "unit", "status", "stage", "file", "sheet", "dimension", "item", "title", "state", "score", "max", "cell",
    "veto", "usable", "deduction_reason", "findings",
)  # fmt: skip
FOLLOW_UP_COLUMNS = (
    "list", "titles", "code", "county", "name", "level", "status", "change", "since", "before", "leader", "reasons"
)  # fmt: skip
FLIP_COLUMNS = ("code", "county", "name", "level", "before", "after", "reasons")


def _number(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


# ---------------------------------------------------------------------------------------------------------- --explain


def traces(found: Sequence[Trace], campaign: Campaign, words: Words) -> Record:
    """What `aggregate --explain … --format json` prints."""
    return {
        "schema": SCHEMA,
        "huitoukan": __version__,
        "campaign": campaign_record(campaign),
        "traces": [trace_record(one, campaign.roster, words) for one in found],
    }


def trace_record(trace: Trace, roster: Roster, words: Words) -> Record:
    """A county with its body and its townships, or one unit, down to the cells."""
    if isinstance(trace, UnitTrace):
        return _unit_record(trace, roster, words)
    county = trace.standing
    return {
        "code": county.unit.code,
        "name": roster.county_name(county.unit.code),
        "level": Level.COUNTY.value,
        "status": county.verdict.value,
        "grade": county.grade,
        "reasons": [_reason_record(one, words) for one in trace.reasons],
        "open": [words.phrase(phrase) for phrase in trace.open],
        "gap": county.gap and gap_record(county.gap),
        "body": _unit_record(trace.body, roster, words),
        "townships": [_unit_record(one, roster, words) for one in trace.townships],
    }


def _unit_record(trace: UnitTrace, roster: Roster, words: Words) -> Record:
    standing, sheet = trace.standing, trace.sheet
    return {
        "code": standing.unit.code,
        "name": roster.full_name(standing.unit.code),
        "level": standing.unit.level.value,
        "status": standing.verdict.value,
        "score": _number(standing.score),
        "basis": standing.basis.value if standing.basis else None,
        "grade": standing.grade,
        "margin": _number(standing.margin),
        "reasons": [_reason_record(one, words) for one in trace.reasons],
        "open": [words.phrase(phrase) for phrase in trace.open],
        "stages": [
            {
                "stage": one.stage.value,
                "outcome": one.outcome.value,
                "sheets": [{"file": sheet.file, "sheet": sheet.sheet} for sheet in one.sheets],
                "gaps": list(one.gaps),
                "text": words.value(one.outcome),
            }
            for one in trace.stages
        ],
        "source": sheet and {"file": sheet.file, "sheet": sheet.sheet},
        "dimensions": [
            {
                "dimension": one.standing.dimension,
                "title": one.standing.title,
                "score": _number(one.standing.score),
                "max": plain(one.standing.maximum),
                "passed": one.standing.passed,
                "items": [_item_record(item, words) for item in one.items],
            }
            for one in trace.dimensions
        ],
        "findings": [_finding_record(finding, words) for finding in trace.findings],
        "remedy": standing.remedy and remedy_record(standing.remedy, words),
    }


def _reason_record(trace: ReasonTrace, words: Words) -> Record:
    """A reason with the pass rule behind it; null where no rule of campaign.yaml is."""
    rule = trace.rule
    setting = rule and {"key": trace.key, "basis": rule.basis, "source": list(rule.source_ids())}
    return reason_record(trace.reason, words) | {"setting": setting}


def _item_record(item: ItemTrace, words: Words) -> Record:
    return {
        "item": item.item.id,
        "title": item.item.title,
        "state": item.state.value,
        "score": _number(item.value),
        "max": plain(item.item.maximum),
        "cell": item.cell,
        "veto": item.item.is_veto,
        "usable": item.usable,
        "deduction_reasons": [{"cell": one.cell, "text": one.text} for one in item.written],
        "findings": [_finding_record(finding, words) for finding in item.findings],
    }


def _finding_record(finding: Finding, words: Words) -> Record:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "cell": finding.cell,
        "message": words.message(finding),
        "blocks": bool(finding.blocks),
    }


def traces_csv(found: Iterable[Trace], roster: Roster) -> str:
    """One row an item: of a county those of its body, then those of its townships; a unit without a sheet has one row."""
    return csv_text(TRACE_COLUMNS, (row for trace in found for row in _trace_rows(trace, roster)))


def _trace_rows(trace: Trace, roster: Roster) -> Iterator[Record]:
    if isinstance(trace, CountyTrace):
        for one in (trace.body, *trace.townships):
            yield from _trace_rows(one, roster)
        return
    standing, sheet = trace.standing, trace.sheet
    unit: dict[str, Any] = dict.fromkeys(TRACE_COLUMNS)
    unit |= {
        "code": standing.unit.code,
        "unit": roster.full_name(standing.unit.code),
        "status": standing.verdict.value,
    }
    if sheet is None:
        yield unit
        return
    place = {"stage": sheet.stage and sheet.stage.value, "file": sheet.file, "sheet": sheet.sheet}
    for dimension in trace.dimensions:
        for item in dimension.items:
            yield (
                unit
                | place
                | {
                    "dimension": dimension.standing.title,
                    "item": item.item.id,
                    "title": item.item.title,
                    "state": item.state.value,
                    "score": _number(item.value) if item.state is ScoreState.SCORED else None,
                    "max": plain(item.item.maximum),
                    "cell": item.cell,
                    "veto": item.item.is_veto,
                    "usable": item.usable,
                    "deduction_reason": "; ".join(one.text for one in item.written),
                    "findings": " ".join(sorted({finding.code for finding in item.findings})),
                }
            )


# ---------------------------------------------------------------------------------------------------------- --what-if


def what_if_record(tried: WhatIf, roster: Roster, words: Words) -> Record:
    """What `aggregate --what-if … --format json` prints beside the result itself, under `what_if`."""
    return {
        "changes": [
            {"key": one.key, "before": _value(one.before), "after": _value(one.after)}
            for one in tried.changes
        ],
        "totals": {
            level.value: {"before": _counts(tried.before[level]), "after": _counts(tried.after[level])}
            for level in Level
        },
        "flips": [flip_record(flip, roster, words) for flip in tried.flips],
        "pass_marks": [_limit_record(limit, roster) for limit in tried.limits],
    }


def _value(value: Value) -> str | bool:
    return plain(value) if isinstance(value, Decimal) else value


def _counts(counts: Mapping[Verdict, int]) -> Record:
    return {verdict.value: n for verdict, n in counts.items()}


def flip_record(flip: Flip, roster: Roster, words: Words) -> Record:
    """A unit whose verdict would be another one, and why."""
    unit = flip.unit
    return {
        "code": unit.code,
        "county": roster.county_name(unit.county),
        "name": unit.name.removesuffix("统计局"),
        "level": unit.level.value,
        "before": flip.before.value,
        "after": flip.after.value,
        "reasons": [reason_record(reason, words) for reason in flip.reasons],
    }


def _limit_record(limit: MarkLimit, roster: Roster) -> Record:
    """Up to which pass mark a county passes: for certain, and if everything undecided passed with full marks."""
    return {
        "code": limit.unit.code,
        "name": roster.county_name(limit.unit.code),
        "certain": _number(limit.certain),
        "possible": _number(limit.possible),
        "binding": limit.binding.value,
    }


def flips_csv(tried: WhatIf, roster: Roster, words: Words) -> str:
    """One row a unit that flips."""
    records = (flip_record(flip, roster, words) for flip in tried.flips)
    rows = (one | {"reasons": " ".join(reason["text"] for reason in one["reasons"])} for one in records)
    return csv_text(FLIP_COLUMNS, rows)


# ---------------------------------------------------------------------------------------------------------- follow-up


def list_titles(lists: FollowUp, campaign: Campaign, words: Words) -> Mapping[str, str]:
    """What each list is called: by the campaign's own words, and by ours for those who are on neither."""
    settings = campaign.settings.follow_up
    own = {
        "priority": words("、").join(words(title) for title in settings.priority.value),
        "key_checks": words("、").join(words(title) for title in settings.key_checks.value),
        "off": words("移出核查重点"),
        "undecided": words("未定, 不列入"),
    }
    return {key: own[key] for key in lists.by_list()}


def add_follow_up(document: Record, lists: FollowUp, campaign: Campaign, words: Words) -> None:
    """Add the lists to a results document, and to each county and township in it the list that it is on."""
    titles = list_titles(lists, campaign, words)
    document["follow_up"] = {
        "baseline": lists.baseline,
        "titles": dict(titles),
        **{
            key: [_entry_record(entry, campaign, words) for entry in entries]
            for key, entries in lists.by_list().items()
        },
    }
    listed = {
        entry.unit.code: {
            "list": key if key in ("priority", "key_checks") else None,
            "change": entry.change.value if entry.change else None,
            "since": entry.since or None,
        }
        for key, entries in lists.by_list().items()
        for entry in entries
    }
    for county in document["counties"]:
        for record in (county, *county["townships"]):
            record["follow_up"] = listed.get(record["code"])


def _entry_record(entry: FollowUpEntry, campaign: Campaign, words: Words) -> Record:
    unit, people = entry.unit, campaign.people.get(entry.unit.county)
    return {
        "code": unit.code,
        "county": campaign.roster.county_name(unit.county),
        "name": unit.name.removesuffix("统计局"),
        "level": unit.level.value,
        "status": entry.verdict.value,
        "change": entry.change.value if entry.change else None,
        "since": entry.since or None,
        "before": entry.before.value if entry.before else None,
        "leader": people.leader.name if people and people.leader else None,
        "reasons": [words.reason(reason) for reason in entry.reasons],
    }


def follow_up_csv(lists: FollowUp, campaign: Campaign, words: Words) -> str:
    """One row a unit and list."""
    titles = list_titles(lists, campaign, words)
    rows = (
        {"list": key, "titles": titles[key], **record, "reasons": " ".join(record["reasons"])}
        for key, entries in lists.by_list().items()
        for record in (_entry_record(entry, campaign, words) for entry in entries)
    )
    return csv_text(FOLLOW_UP_COLUMNS, rows)
