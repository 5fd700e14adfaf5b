"""The registry of rules: `@rule` enters a function with its code, severity and words; `check` runs all of a subject."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from huitoukan import catalogue
from huitoukan.campaign.campaign import Campaign
from huitoukan.model import Finding, ReadingKind, Severity

Subject = TypeVar("Subject")
RuleFunction = Callable[[Any, "Context"], Iterator[Finding]]


@dataclass(frozen=True)
class Context:
    """What a rule may know beside its subject: the campaign, and through it rubric and roster."""

    campaign: Campaign


@dataclass(frozen=True, slots=True)
class Rule:
    """One check: the kind of subject it looks at (an item row only where its reading is of one of `kinds`), its function."""

    code: str
    severity: Severity
    on: type
    function: RuleFunction
    blocks: bool
    kinds: tuple[ReadingKind, ...]


_rules: dict[type, list[Rule]] = {}
_for_kind: dict[tuple[type, ReadingKind | None], tuple[Rule, ...]] = {}


def rule(
    code: str, *, severity: Severity, on: type[Subject], message: str, fix: str, blocks: bool = False,
    kinds: tuple[ReadingKind, ...] = (), also: tuple[type, ...] = (),
) -> Callable[
    [Callable[[Subject, Context], Iterator[Finding]]], Callable[[Subject, Context], Iterator[Finding]]
]:  # fmt: skip
    """Enter a rule. `message` and `fix` are templates: fields of the finding and its details stand in braces.

    `blocks`: as long as it stands, the sheet (or the unit) cannot count for a verdict. `kinds`: the rule is asked only
    about item rows whose score was read as one of these. `also`: further kinds of subject that it may be asked about, which
    have what it looks at under the same names.
    """

    def enter(
        function: Callable[[Subject, Context], Iterator[Finding]],
    ) -> Callable[[Subject, Context], Iterator[Finding]]:
        catalogue.document(code, severity, message, fix, function, blocks=blocks)
        for subject in (on, *also):
            _rules.setdefault(subject, []).append(Rule(code, severity, subject, function, blocks, kinds))
        _for_kind.clear()
        return function

    return enter


def rules() -> tuple[Rule, ...]:
    """All rules in the order of their codes."""
    found = {r.code: r for group in _rules.values() for r in group}
    return tuple(found[code] for code in sorted(found))


def _applicable(subject: type, kind: ReadingKind | None) -> tuple[Rule, ...]:
    """The rules for a kind of subject, worked out once for each (there are hundreds of rows in a folder of forms)."""
    found = _for_kind.get((subject, kind))
    if found is None:
        found = tuple(r for r in _rules.get(subject, ()) if not r.kinds or kind in r.kinds)
        _for_kind[subject, kind] = found
    return found


def check(subject: object, context: Context) -> Iterator[Finding]:
    """Run every rule for this kind of subject; severities are those of the campaign."""
    return check_all((subject,), context)


def check_all(subjects: Iterable[object], context: Context) -> Iterator[Finding]:
    """The same for one subject after the other."""
    for subject in subjects:
        for entry in _applicable(type(subject), getattr(subject, "kind", None)):
            for found in entry.function(subject, context):
                severity = context.campaign.severity(entry.code, entry.severity)
                if severity is not None:
                    blocks = entry.blocks if found.blocks is None else found.blocks
                    yield replace(found, code=entry.code, severity=severity, blocks=blocks)
