"""The machine-readable contracts: what `--format json|jsonl|csv` prints and results.json holds.

Keys may be added in later versions, never renamed. Scores are exact decimals as text without trailing zeros, null
where there is none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from huitoukan import __version__
from huitoukan.campaign.campaign import Campaign
from huitoukan.catalogue import Entry
from huitoukan.days import SheetDate
from huitoukan.materials import Material
from huitoukan.model import FileResult, Finding, ScoreState, Severity, Verdict
from huitoukan.output.files import csv_text
from huitoukan.output.text import Words
from huitoukan.phrase import plain
from huitoukan.standing.aggregate import totals
from huitoukan.standing.model import Reason, Remedy, Standing, TownshipGap

SCHEMA = 1
Record = dict[str, Any]
FINDING_COLUMNS = (
    "code", "severity", "file", "sheet", "cell", "unit", "stage", "item", "value", "expected", "message", "fix",
    "blocks",
)  # fmt: skip


def to_json(document: Record) -> str:
    """JSON as people can read it too: a line for each key, and for each element of a list; Chinese as it is."""
    return "".join(json_parts(document))


def json_parts(document: Record) -> Iterator[str]:
    """The same JSON piece by piece: that of a whole city need not be in memory at once."""
    # `indent` would do without the fast encoder, ten times as slow for a city's results.
    before = "{\n"
    for key, value in document.items():
        yield f"{before}  {_json(key)}: "
        before = ",\n"
        if isinstance(value, list) and value:
            for n, element in enumerate(value):
                yield f"{',' if n else '['}\n    {_json(element)}"
            yield "\n  ]"
        else:
            yield _json(value)
    yield "\n}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def jsonl_parts(records: Iterable[Record]) -> Iterator[str]:
    """One JSON object a line, line by line."""
    return (_json(record) + "\n" for record in records)


def _number(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


# ---------------------------------------------------------------------------------------------------------- validate


def finding_record(finding: Finding, words: Words) -> Record:
    """A finding with its words; keys that do not apply are null."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "file": finding.file,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "unit": finding.unit,
        "stage": finding.stage.value if finding.stage else None,
        "item": finding.item,
        "value": finding.value,
        "expected": words.phrase(finding.expected) or None,
        "message": words.message(finding),
        "fix": words.fix(finding),
        "blocks": bool(finding.blocks),
    }


def file_record(file: FileResult) -> Record:
    """A file: what became of it and which sheets were found in it."""
    return {
        "path": file.path,
        "sha256": file.sha256 or None,
        "status": file.status.value,
        "reader": file.reader,
        "sheets": [
            {
                "sheet": sheet.sheet,
                "kind": sheet.kind.value,
                "unit": sheet.unit,
                "stage": sheet.stage.value if sheet.stage else None,
                "date": date_record(sheet.dating) if sheet.dating else None,
            }
            for sheet in file.sheets
        ],
        "unchecked": list(file.unchecked),
        "material": material_record(file.material) if file.material else None,
        "mail": file.mail
        and {"from": file.mail.sender, "date": file.mail.sent, "subject": file.mail.subject},
    }


def material_record(material: Material) -> Record:
    """What a document was recognised to be; `lacking` are the parts that a county's report should have and has not."""
    return {
        "kind": material.kind.value,
        "unit": material.unit,
        "stage": material.stage.value if material.stage else None,
        "county": material.county,
        "lacking": None if material.lacking is None else list(material.lacking),
        "readable": material.readable,
    }


def date_record(date: SheetDate) -> Record:
    """The date of a sheet: the day, the text as it stands, what was done to read it, and where."""
    return {
        "value": date.value.isoformat() if date.value else None,
        "raw": date.raw,
        "done": [change.value for change in date.done],
        "cell": date.cell,
    }


def campaign_record(campaign: Campaign) -> Record:
    """Which campaign and rubric the results rest on."""
    return {
        "id": campaign.settings.id,
        "title": campaign.settings.title,
        "rubric": campaign.rubric.id,
        "rubric_version": campaign.rubric.version,
        "rubric_totals": {level.value: plain(own.total) for level, own in campaign.rubric.levels.items()},
    }


def summary(files: Sequence[FileResult], findings: Sequence[Finding]) -> dict[str, int]:
    """Counts of files, sheets and findings by severity; `blocking` are those that keep a verdict from being given."""
    counts = {severity.value: sum(found.severity is severity for found in findings) for severity in Severity}
    return {
        "files": len(files),
        "sheets": sum(len(file.sheets) for file in files),
        **counts,
        "blocking": sum(bool(found.blocks) for found in findings),
    }


def validation(
    campaign: Campaign, files: Sequence[FileResult], findings: Sequence[Finding], words: Words
) -> Record:
    """What `validate --format json` prints."""
    return {
        "schema": SCHEMA,
        "huitoukan": __version__,
        "campaign": campaign_record(campaign),
        "files": [file_record(file) for file in files],
        "findings": [finding_record(found, words) for found in findings],
        "summary": summary(files, findings),
    }


def findings_csv(findings: Iterable[Finding], words: Words) -> str:
    """Findings as CSV with the keys of the JSON as columns."""
    return csv_text(FINDING_COLUMNS, (finding_record(found, words) for found in findings))


# ---------------------------------------------------------------------------------------------------------- aggregate


def reason_record(reason: Reason, words: Words) -> Record:
    """One step of a verdict."""
    return {
        "rule": reason.rule,
        "value": _number(reason.value),
        "threshold": _number(reason.threshold),
        "passed": reason.passed,
        "subject": reason.subject,
        "text": words.reason(reason),
    }


def standing_record(standing: Standing, words: Words) -> Record:
    """A unit or a county; a county carries its townships in the same shape. `source` leads back to the cells."""
    source = standing.source
    return {
        "code": standing.unit.code,
        "name": standing.unit.name.removesuffix("统计局"),
        "status": standing.verdict.value,
        "score": _number(standing.score),
        "basis": standing.basis.value if standing.basis else None,
        "grade": standing.grade,
        "margin": _number(standing.margin),
        "rank": standing.rank,
        "dimensions": {
            d.dimension: {
                "title": d.title,
                "score": _number(d.score),
                "max": plain(d.maximum),
                "passed": d.passed,
            }
            for d in standing.dimensions
        },
        "reasons": [reason_record(reason, words) for reason in standing.reasons],
        "source": source
        and {
            "file": source.file,
            "sheet": source.sheet,
            "items": {
                score.item: {
                    "cell": score.cell,
                    "score": _number(score.value),
                    "not_applicable": score.state is ScoreState.NOT_APPLICABLE,
                }
                for score in source.items
            },
        },
        "townships": [standing_record(township, words) for township in standing.townships],
        "remedy": standing.remedy and remedy_record(standing.remedy, words),
        "gap": standing.gap and gap_record(standing.gap),
    }


def remedy_record(remedy: Remedy, words: Words) -> Record:
    """The smallest set of items that keeps a unit below the line: where points were lost, no invitation to change them."""
    return {
        "items": [
            {
                "item": step.item,
                "title": step.title,
                "cell": step.cell,
                "score": plain(step.value),
                "needed": plain(step.target),
                "max": plain(step.maximum),
            }
            for step in remedy.steps
        ],
        "points": plain(remedy.points),
        "score": plain(remedy.score),
        "ways": remedy.ways,
        "exact": remedy.exact,
        "text": words.remedy(remedy),
    }


def gap_record(gap: TownshipGap) -> Record:
    """How many townships a county lacks; `nearest` are the codes of those that fail, the one nearest to the line first."""
    return {
        "needed": gap.needed,
        "counted": gap.counted,
        "passing": gap.passing,
        "pending": gap.pending,
        "short": gap.short,
        "nearest": list(gap.nearest),
    }


def aggregation(counties: Sequence[Standing], campaign: Campaign, words: Words) -> Record:
    """What `aggregate --format json` prints."""
    return {
        "schema": SCHEMA,
        "huitoukan": __version__,
        "campaign": campaign_record(campaign),
        "counties": [standing_record(county, words) for county in counties],
        "totals": {verdict.value: count for verdict, count in totals(counties).items()},
    }


def standings_csv(counties: Sequence[Standing], campaign: Campaign, words: Words) -> str:
    """One row a unit: each county followed by its townships, dimensions by their position (1 to 8)."""
    count = max(len(level.dimensions) for level in campaign.rubric.levels.values())
    dimensions = [f"dimension_{n}" for n in range(1, count + 1)]
    columns = (
        "code", "county", "name", "level", "status", "score", "basis", "grade", "margin", "rank", *dimensions, "reasons"
    )  # fmt: skip
    return csv_text(columns, _standing_rows(counties, campaign, words))


def _standing_rows(counties: Sequence[Standing], campaign: Campaign, words: Words) -> Iterator[Record]:
    for county in counties:
        for standing in (county, *county.townships):
            record = standing_record(standing, words)
            scores = {f"dimension_{n}": _number(d.score) for n, d in enumerate(standing.dimensions, start=1)}
            decisive = [words.reason(reason) for reason in deciding(standing)]
            yield {
                **record,
                **scores,
                "county": campaign.roster.county_name(county.unit.code),
                "level": standing.unit.level.value,
                "reasons": " ".join(decisive),
            }


def deciding(standing: Standing) -> tuple[Reason, ...]:
    """The reasons that decide a verdict: those against it, or those that leave it open, or all when it is a pass."""
    wanted = {Verdict.FAIL: (False,), Verdict.PENDING: (None,), Verdict.PASS: (True,)}[standing.verdict]
    return tuple(reason for reason in standing.reasons if reason.passed in wanted)


def results(
    campaign: Campaign,
    files: Sequence[FileResult],
    findings: Sequence[Finding],
    counties: Sequence[Standing],
    words: Words,
) -> Record:
    """What results.json holds: the validation and the aggregation in one document."""
    return validation(campaign, files, findings, words) | aggregation(counties, campaign, words)


# ---------------------------------------------------------------------------------------------------------- rules


def entry_record(entry: Entry, words: Words) -> Record:
    """A rule of the catalogue."""
    return {
        "code": entry.code,
        "severity": entry.severity.value,
        "title": words(entry.title),
        "checks": words(entry.checks),
        "why": words(entry.reason),
        "example": words(entry.example),
        "remedy": words(entry.remedy),
        "blocks": entry.blocks,
    }
