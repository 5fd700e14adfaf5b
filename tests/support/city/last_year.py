"""Last year's results of the made-up city: decided on their own, written as results.json and as a table."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from tests.support.city import standards
from tests.support.city.standards import units
from tests.support.city.truth import Judged
from tests.support.city.workbooks import Sheet, Value, workbook

POINTS = 5  # a change of 5 points of 100 of a dimension, and of 1 point in all, is none


@dataclass(frozen=True)
class Past:
    """A unit last year: verdict, score, and points by dimension."""

    verdict: str
    score: Fraction
    dimensions: dict[str, Fraction]


def last_year(seed: int) -> dict[str, Past]:
    """Last year's results; some units were not inspected then."""
    rng = random.Random(seed + 11)
    found = {}
    for unit in standards.required():
        if rng.random() < 0.08:
            continue
        points = {
            d.id: Fraction(d.maximum) - Fraction(rng.choice((0, 0, 1, 2, 3, 5)), 2)
            for d in standards.rubric(unit.level)
        }
        exact = {name: Fraction(value) for name, value in points.items()}
        if rng.random() < 0.15:
            exact[rng.choice(list(exact))] -= 4
        score = sum(exact.values(), Fraction(0))
        short = any(exact[d.id] < Fraction(d.maximum) * 6 / 10 for d in standards.rubric(unit.level))
        found[unit.code] = Past("fail" if score < 80 or short else "pass", score, exact)
    return found


def trend(then: Fraction, now: Fraction, steady: int) -> str:
    """提升, 持平 or 下降."""
    change = now - then
    return "steady" if abs(change) <= steady else "up" if change > 0 else "down"


def trends(past: dict[str, Past], now: dict[str, Judged]) -> dict[str, tuple[str | None, dict[str, str]]]:
    """The trend of every unit of last year, in all and by dimension."""
    found = {}
    for code, then in past.items():
        one = now[code]
        dimensions = {}
        for dimension in standards.rubric(units()[code].level):
            got, maximum, _ = (one.dimensions or {}).get(dimension.id, (None, None, None))
            if got is not None and maximum:
                rate = then.dimensions[dimension.id] * 100 / Fraction(dimension.maximum)
                dimensions[dimension.id] = trend(rate, got * 100 / maximum, POINTS)
        found[code] = (None if one.score is None else trend(then.score, one.score, 1), dimensions)
    return found


# ---------------------------------------------------------------------------------------- files


def _text(value: Fraction) -> str:
    return str(int(value)) if value == int(value) else str(float(value))


def _record(code: str, past: dict[str, Past]) -> dict:
    unit = units()[code]
    then = past.get(code)
    return {
        "code": code,
        "name": standards.county_name(code) if unit.level == "county" else unit.name,
        "status": then.verdict if then else "pending",
        "score": _text(then.score) if then else None,
        "dimensions": {
            d.id: {"title": d.title, "score": _text(then.dimensions[d.id]), "max": _text(Fraction(d.maximum))}
            for d in standards.rubric(unit.level)
            if then
        },
    }


def write_json(path: Path, past: dict[str, Past]) -> Path:
    """As our own `aggregate --format json` printed it; units that were not inspected are left out."""
    counties = []
    for body in standards.bodies():
        townships = [_record(u.code, past) for u in standards.townships(body.code) if u.code in past]
        if body.code in past or townships:
            counties.append({**_record(body.code, past), "townships": townships})
    path.write_text(json.dumps({"schema": 1, "counties": counties}, ensure_ascii=False), encoding="utf-8")
    return path


def write_table(path: Path, past: dict[str, Past]) -> Path:
    """The same as the bureau keeps it in a workbook: townships and bodies on sheets of their own."""
    sheets = []
    for level, name in (("county", "县级"), ("township", "乡级")):
        dimensions = standards.rubric(level)
        rows: list[list[Value]] = [
            ["2022年结果"],
            ["县（市、区）", "单位名称", "得分", "结论", *(d.title for d in dimensions)],
        ]
        for code, then in past.items():
            unit = units()[code]
            if unit.level == level:
                verdict = "达标" if then.verdict == "pass" else "未达标"
                points = [_text(then.dimensions[d.id]) for d in dimensions]
                rows.append(
                    [standards.county_name(unit.county), unit.name, _text(then.score), verdict, *points]
                )
        sheets.append(Sheet(name, rows))
    path.write_bytes(workbook(sheets))
    return path
