"""The registry of rules: `@rule` enters a function with its code, severity and words; `check` runs all of a subject."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from huitoukan import catalogue
from huitoukan.campaign.campaign import Campaign
from huitoukan.model import Finding, Severity

Subject = TypeVar("Subject")
RuleFunction = Callable[[Any, "Context"], Iterator[Finding]]


@dataclass(frozen=True)
class Context:
    """What a rule may know beside its subject: the campaign, and through it rubric and roster."""

    campaign: Campaign


@dataclass(frozen=True, slots=True)
class Rule:
    """One check: the kind of subject it looks at, and its function."""

    code: str
    severity: Severity
    on: type
    function: RuleFunction
    blocks: bool


_rules: dict[type, list[Rule]] = {}


def rule(
    code: str, *, severity: Severity, on: type[Subject], message: str, fix: str, blocks: bool = False
) -> Callable[
    [Callable[[Subject, Context], Iterator[Finding]]], Callable[[Subject, Context], Iterator[Finding]]
]:
    """Enter a rule. `message` and `fix` are templates: fields of the finding and its details stand in braces.

    `blocks`: as long as it stands, the sheet (or the unit) cannot count for a verdict.
    """

    def enter(
        function: Callable[[Subject, Context], Iterator[Finding]],
    ) -> Callable[[Subject, Context], Iterator[Finding]]:
        catalogue.document(code, severity, message, fix, function, blocks=blocks)
        _rules.setdefault(on, []).append(Rule(code, severity, on, function, blocks))
        return function

    return enter


def rules() -> tuple[Rule, ...]:
    """All rules in the order of their codes."""
    return tuple(sorted((r for group in _rules.values() for r in group), key=lambda r: r.code))


def check(subject: object, context: Context) -> Iterator[Finding]:
    """Run every rule for this kind of subject; severities are those of the campaign."""
    for entry in _rules.get(type(subject), ()):
        for found in entry.function(subject, context):
            severity = context.campaign.severity(entry.code, entry.severity)
            if severity is not None:
                blocks = entry.blocks if found.blocks is None else found.blocks
                yield replace(found, code=entry.code, severity=severity, blocks=blocks)
