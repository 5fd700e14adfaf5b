"""Last year's results from our own results.json, or from what `aggregate --format json` printed (schema 1)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from huitoukan.model import Level, Verdict
from huitoukan.phrase import say
from huitoukan.standing.past import (
    LONGEST_SHOWN,
    Mistakes,
    Past,
    PastDimension,
    PastUnit,
    not_a_number,
    number_of,
)

SCHEMA = 1
_STATUSES = {verdict.value: verdict for verdict in Verdict}


def read_results(data: bytes, mistakes: Mistakes) -> Past | None:
    """The units of a results document; None, with the reason among the mistakes, when it is none."""
    document = _document(data, mistakes)
    if document is None:
        return None
    if document.get("schema") != SCHEMA:
        mistakes.other_document(say("schema 不是 1"), "schema")
        return None
    counties = document.get("counties")
    if not isinstance(counties, list):
        mistakes.other_document(say("没有 counties, 也就没有各县的结论"))
        return None
    campaign = document.get("campaign")
    campaign = campaign if isinstance(campaign, dict) else {}
    totals = _totals(campaign.get("rubric_totals"), counties)
    units = tuple(_units(counties, totals, mistakes))
    return Past(units, _text(campaign.get("title")))


def _document(data: bytes, mistakes: Mistakes) -> dict[str, Any] | None:
    try:
        document = json.loads(
            data.decode("utf-8-sig"), parse_float=_literal, parse_int=_literal, parse_constant=str
        )
    except UnicodeDecodeError:
        mistakes.unreadable(say("不是 UTF-8 编码的文字"))
    except json.JSONDecodeError as error:
        mistakes.unreadable(say("JSON 不完整或写错了"), error.lineno, error.colno)
    except RecursionError:
        mistakes.unreadable(say("嵌套太深"))
    else:
        if isinstance(document, dict):
            return document
        mistakes.other_document(say("没有 counties, 也就没有各县的结论"))
    return None


def _literal(text: str) -> Decimal | str:
    """A number of the JSON, exact; one that is too long to be meant stays a text and is found wrong where it matters."""
    number = number_of(text)
    return text if number is None else number


def _text(value: object) -> str:
    """A text of the JSON; half characters (\\ud800), which no file can hold, are replaced."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _number(value: object) -> Decimal | None:
    if isinstance(value, Decimal):
        return value
    return number_of(value.strip()) if isinstance(value, str) else None


def _records(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _totals(told: object, counties: list[Any]) -> Mapping[Level, Decimal]:
    """The points of each level in all: as the document tells, else the most that the dimensions of any unit add up to.

    A unit with items that do not apply has fewer; the score itself is on the scale of the total.
    """
    totals = {}
    for level in Level:
        number = _number(told.get(level.value)) if isinstance(told, dict) else None
        if number is None:
            bodies = _records(counties)
            units = (
                bodies if level is Level.COUNTY else [t for c in bodies for t in _records(c.get("townships"))]
            )
            number = max(map(_sum_of_maxima, units), default=Decimal(0))
        if number > 0:
            totals[level] = number
    return totals


def _sum_of_maxima(record: Mapping[str, Any]) -> Decimal:
    dimensions = record.get("dimensions")
    if not isinstance(dimensions, dict):
        return Decimal(0)
    maxima = (_number(one.get("max")) for one in dimensions.values() if isinstance(one, dict))
    return sum((one for one in maxima if one is not None), Decimal(0))


def _units(counties: list[Any], totals: Mapping[Level, Decimal], mistakes: Mistakes) -> Iterator[PastUnit]:
    for n, county in enumerate(counties):
        place = f"counties[{n}]"
        if not isinstance(county, dict):
            mistakes.other_document(say("这里应当是一个县的结果"), place)
            continue
        yield _unit(county, place, "", totals.get(Level.COUNTY), mistakes)
        townships = county.get("townships")
        for m, township in enumerate(townships if isinstance(townships, list) else ()):
            below = f"{place}.townships[{m}]"
            if isinstance(township, dict):
                body = _text(county.get("code")) or _text(county.get("name"))
                yield _unit(township, below, body, totals.get(Level.TOWNSHIP), mistakes)
            else:
                mistakes.other_document(say("这里应当是一个单位的结果"), below)


def _unit(
    record: Mapping[str, Any], place: str, county: str, total: Decimal | None, mistakes: Mistakes
) -> PastUnit:
    status = record.get("status")
    verdict = _STATUSES.get(status) if isinstance(status, str) else None
    if status is not None and verdict is None:
        mistakes.wrong(
            f"{place}.status", _text(str(status))[:LONGEST_SHOWN], say("应为 pass、fail 或 pending")
        )
    dimensions = record.get("dimensions")
    return PastUnit(
        name=_text(record.get("name")),
        place=place,
        code=_text(record.get("code")),
        county=county,
        verdict=verdict,
        score=_score(record.get("score"), f"{place}.score", mistakes),
        score_place=f"{place}.score",
        maximum=total,
        dimensions=tuple(
            _dimension(one, f"{place}.dimensions.{_text(key)}", mistakes)
            for key, one in (dimensions.items() if isinstance(dimensions, dict) else ())
            if isinstance(one, dict)
        ),
        key_since=_key_since(record.get("follow_up")),
    )


def _key_since(told: object) -> str | None:
    """Since which year a unit was on the list of key checks (R53); None where it was not."""
    return _text(told.get("since")) if isinstance(told, dict) and told.get("list") == "key_checks" else None


def _dimension(record: Mapping[str, Any], place: str, mistakes: Mistakes) -> PastDimension:
    score = _score(record.get("score"), f"{place}.score", mistakes)
    maximum = _score(record.get("max"), f"{place}.max", mistakes)
    return PastDimension(_text(record.get("title")), score, maximum, f"{place}.score")


def _score(value: object, place: str, mistakes: Mistakes) -> Decimal | None:
    if value is None:
        return None
    number = _number(value)
    if number is None:
        mistakes.wrong(place, *not_a_number(_text(str(value))))
    return number
