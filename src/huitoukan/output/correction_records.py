"""What `validate --since` adds to the contracts: what became of each problem of the earlier run.

In the JSON every finding says `new` or `remaining` under the key `since`, and a document of the same name holds the counts and
the problems that are gone. In JSONL and CSV these come as lines of their own, after those of today.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from huitoukan.model import Finding
from huitoukan.output.files import csv_text
from huitoukan.output.records import FINDING_COLUMNS, Record, finding_record
from huitoukan.output.text import Words
from huitoukan.standing.corrections import Corrections, Progress
from huitoukan.standing.past_findings import PastFinding

_SINCE = "since"


def past_record(past: PastFinding) -> Record:
    """A problem of the earlier run, with the keys and words that it had."""
    return {
        "code": past.code,
        "severity": past.severity.value,
        "file": past.file,
        "sheet": past.sheet,
        "cell": past.cell,
        "unit": past.unit,
        "stage": past.stage,
        "item": past.item,
        "value": past.value,
        "expected": past.expected,
        "message": past.message,
        "fix": past.fix,
        "blocks": past.blocks,
    }


def add_corrections(document: Record, made: Corrections) -> None:
    """Add to the document of `validate` what became of the problems of the earlier run."""
    for record, state in zip(document["findings"], made.states, strict=True):
        record[_SINCE] = state.value
    document[_SINCE] = {
        "fixed": [past_record(one) for one in made.fixed],
        "new": made.count(Progress.NEW),
        "remaining": made.count(Progress.REMAINING),
        "absent": [past_record(one) for one in made.absent],
    }


def correction_rows(findings: Sequence[Finding], made: Corrections, words: Words) -> Iterator[dict[str, Any]]:
    """The findings of today, then those that are fixed, then those of whom nothing is known: each with `since`."""
    for finding, state in zip(findings, made.states, strict=True):
        yield finding_record(finding, words) | {_SINCE: state.value}
    for state, gone in ((Progress.FIXED, made.fixed), (Progress.ABSENT, made.absent)):
        yield from (past_record(one) | {_SINCE: state.value} for one in gone)


def corrections_csv(findings: Sequence[Finding], made: Corrections, words: Words) -> str:
    """The same as CSV: the columns of the findings, and `since`."""
    return csv_text((*FINDING_COLUMNS, _SINCE), correction_rows(findings, made, words))
