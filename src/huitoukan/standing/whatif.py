"""Other pass rules tried on the same scores: who flips, by which reason, and up to which pass mark each county passes.

The campaign itself stays as it is: an experiment is a copy of it with other values, and its standings are thrown away
after the comparison.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import count
from typing import get_args

from huitoukan.campaign.campaign import Campaign
from huitoukan.model import Level, Unit, Verdict
from huitoukan.phrase import Listing, Phrase, say
from huitoukan.standing.aggregate import Sheets, standings, totals
from huitoukan.standing.model import Reason, Standing

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_YES, _NO = ("true", "yes", "1", "是"), ("false", "no", "0", "否")
_MOST_DIGITS = 12
Value = Decimal | bool | str


class WhatIfError(ValueError):
    """An experiment that cannot be made; `why` says it in words that are not yet in a language."""

    def __init__(self, why: Phrase) -> None:
        super().__init__(why.template)
        self.why = why


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One pass rule: its key in campaign.yaml, what it is and what it would be."""

    key: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Flip:
    """A unit whose verdict would be another one, and the reasons that would then be new or have another answer."""

    unit: Unit
    before: Verdict
    after: Verdict
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class MarkLimit:
    """Up to which pass mark a county passes, all other rules as they are tried; None: at none, whatever the mark.

    `certain` holds even if all undecided units fail, `possible` needs all of them to pass with full marks. `binding` is the
    level that sets the first of them: the county's own body or its townships.
    """

    unit: Unit
    certain: Decimal | None
    possible: Decimal | None
    binding: Level


@dataclass(frozen=True, slots=True)
class WhatIf:
    """An experiment: what was changed, how many units of each verdict there are before and after, who flips."""

    changes: tuple[RuleChange, ...]
    before: Mapping[Level, Mapping[Verdict, int]]
    after: Mapping[Level, Mapping[Verdict, int]]
    flips: tuple[Flip, ...]
    limits: tuple[MarkLimit, ...]


# ------------------------------------------------------------------------------------------------------- what to try


def parse_changes(texts: Sequence[str], campaign: Campaign) -> tuple[RuleChange, ...]:
    """The changes written as `pass_mark=85`, `township_share=0.9` (or 90%), `veto_fails=false`.

    Raises:
        WhatIfError: an unknown key, a value of the wrong type or out of range, or a key given twice.
    """
    changes: dict[str, RuleChange] = {}
    for text in texts:
        key, equals, written = (part.strip() for part in text.partition("="))
        known = Listing(tuple(_KEYS))
        if not equals:
            raise WhatIfError(
                say(
                    "“{text}”应写成 KEY=VALUE, 例如 pass_mark=85。可以改的有: {keys}。", text=text, keys=known
                )
            )
        if key not in _KEYS:
            raise WhatIfError(say("没有“{key}”这条达标规则。可以改的有: {keys}。", key=key, keys=known))
        if key in changes:
            raise WhatIfError(say("{key} 写了两次。", key=key))
        before: Value = getattr(campaign.settings.pass_rules, key).value
        changes[key] = RuleChange(key, before, _KEYS[key](key, written, campaign))
    if not changes:
        raise WhatIfError(say("没有写要改成什么, 例如 pass_mark=85。"))
    return tuple(changes.values())


def _points(key: str, written: str, campaign: Campaign) -> Decimal:
    most = max(level.total for level in campaign.rubric.levels.values())
    value = _number(written)
    if value is None or value > most:
        raise _out_of_range(key, written, say("0 到 {most} 的数", most=most))
    return value


def _share(key: str, written: str, _: Campaign) -> Decimal:
    percent = written.endswith(("%", "％"))
    value = _number(written[:-1].strip() if percent else written)
    if value is not None and percent:
        value /= 100
    if value is None or value > 1:
        raise _out_of_range(key, written, say("0 到 1 的数, 或百分数 (如 90%)"))
    return value


def _flag(key: str, written: str, _: Campaign) -> bool:
    if written.lower() not in (*_YES, *_NO):
        raise _out_of_range(key, written, say("true 或 false"))
    return written.lower() in _YES


def _basis(key: str, written: str, campaign: Campaign) -> str:
    choices = get_args(type(campaign.settings.pass_rules.county_verdict).model_fields["value"].annotation)
    if written not in choices:
        raise _out_of_range(key, written, say("{choices}", choices=choices))
    return written


def _number(written: str) -> Decimal | None:
    return Decimal(written) if _NUMBER.fullmatch(written) and len(written) <= _MOST_DIGITS else None


def _out_of_range(key: str, written: str, expected: Phrase) -> WhatIfError:
    return WhatIfError(
        say("{key} 不能是“{value}”, 应是 {expected}。", key=key, value=written, expected=expected)
    )


_KEYS: Mapping[str, Callable[[str, str, Campaign], Value]] = {
    "pass_mark": _points,
    "dimension_share": _share,
    "veto_fails": _flag,
    "not_applicable_points": _points,
    "township_share": _share,
    "county_verdict": _basis,
}


def changed(campaign: Campaign, changes: Sequence[RuleChange]) -> Campaign:
    """The same campaign with other pass rules."""
    rules = campaign.settings.pass_rules
    updates = {one.key: getattr(rules, one.key).model_copy(update={"value": one.after}) for one in changes}
    settings = campaign.settings.model_copy(update={"pass_rules": rules.model_copy(update=updates)})
    return replace(campaign, settings=settings)


# ------------------------------------------------------------------------------------------------------- what it does


def what_if(by_unit: Sheets, campaign: Campaign, changes: Sequence[RuleChange]) -> WhatIf:
    """Judge the same sheets by the changed rules and compare."""
    tried = changed(campaign, changes)
    before, after = standings(by_unit, campaign), standings(by_unit, tried)
    limits = tuple(mark_limit(county, tried) for county in after)
    flips = tuple(_flips(before, after))
    return WhatIf(tuple(changes), _totals(before), _totals(after), flips, limits)


def _totals(counties: Sequence[Standing]) -> dict[Level, Mapping[Verdict, int]]:
    townships = [township for county in counties for township in county.townships]
    return {Level.COUNTY: totals(counties), Level.TOWNSHIP: totals(townships)}


def _flips(before: Sequence[Standing], after: Sequence[Standing]) -> Iterator[Flip]:
    """Counties and townships in the order of the roster, each county before its townships."""
    for old, new in zip(before, after, strict=True):
        if old.verdict is not new.verdict:
            yield Flip(new.unit, old.verdict, new.verdict, _new_reasons(old, new))
        # Townships are in one order before and after: that of the roster.
        yield from _flips(old.townships, new.townships)


def _new_reasons(old: Standing, new: Standing) -> tuple[Reason, ...]:
    known = {(reason.rule, reason.subject, reason.passed) for reason in old.reasons}
    told = tuple(r for r in new.reasons if (r.rule, r.subject, r.passed) not in known)
    gone = {(r.rule, r.subject) for r in new.reasons}
    # A rule that is switched off leaves no reason behind: then what it said before is what changed.
    return told or tuple(r for r in old.reasons if (r.rule, r.subject) not in gone and r.passed is not True)


# ------------------------------------------------------------------------------------------------------- pass marks


def mark_limit(county: Standing, campaign: Campaign) -> MarkLimit:
    """Up to which pass mark a county passes: its own body by its score, its townships by the last one that is needed.

    `county` is a standing under any pass mark; a unit that fails by another rule than the mark passes at none.
    """
    own_certain, own_possible = _reached(county.own, campaign)
    basis = campaign.settings.pass_rules.county_verdict.value
    counted = [t for t in county.townships if t.unit.required or t.verdict is not Verdict.PENDING]
    if not counted or basis == "body":
        return MarkLimit(county.unit, own_certain, own_possible, Level.COUNTY)
    needed = next(n for n in count() if n >= campaign.settings.pass_rules.township_share.value * len(counted))
    top = campaign.rubric.level(Level.TOWNSHIP).total
    reached = [_reached(township, campaign) for township in counted]
    certain = _nth([least for least, _ in reached], needed, top)
    possible = _nth([most for _, most in reached], needed, top)
    if basis == "townships":
        return MarkLimit(county.unit, certain, possible, Level.TOWNSHIP)
    binding = Level.COUNTY if _key(own_certain) <= _key(certain) else Level.TOWNSHIP
    return MarkLimit(
        county.unit, min(own_certain, certain, key=_key), min(own_possible, possible, key=_key), binding
    )


def _reached(standing: Standing, campaign: Campaign) -> tuple[Decimal | None, Decimal | None]:
    """The highest pass mark that a unit reaches by itself, at the least and at the most: mostly its score twice.

    None where another rule than the mark fails it; one that is not decided may reach none, or full marks.
    """
    if standing.verdict is Verdict.PENDING or standing.score is None:
        return None, campaign.rubric.level(standing.unit.level).total
    others = (reason for reason in standing.reasons if reason.rule != "pass_mark")
    score = None if any(reason.passed is False for reason in others) else standing.score
    return score, score


def _nth(reached: Sequence[Decimal | None], number: int, top: Decimal) -> Decimal | None:
    """The mark that so many of them reach; where none need to, the top."""
    return sorted(reached, key=_key, reverse=True)[number - 1] if number else top


def _key(mark: Decimal | None) -> Decimal:
    return Decimal(-1) if mark is None else mark
