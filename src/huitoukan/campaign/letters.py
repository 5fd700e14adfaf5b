"""The letters that go back to the counties (整改通知): how long they may be, by when they ask for an answer, their number."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from huitoukan.campaign.rubric import Sourced, Strict, Word


class MostFindings(Sourced):
    """So many findings are listed in one letter, the weightiest first; the rest is counted, and said to stand elsewhere."""

    value: int = Field(ge=1)


class Letters(Strict):
    """The section `letters`.

    `return_by` is the last day for what the letter asks for; None: the letter names only the day by which the campaign
    wants everything (`coverage.deadline`). `number` is the line for the number of the document as it is to be filled in
    by hand; None: there is no such line.
    """

    findings: MostFindings
    return_by: date | None = None
    number: Word | None = None
