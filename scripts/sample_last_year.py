"""Last year's results of the made-up sample inspection, to compare with. Part of `make_sample_sheets.py`.

Every unit had so many points more or less in each dimension than it has now; the table of differences is fixed, so that
some units have risen, some have fallen, and some stayed as they were.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from decimal import Decimal

from sample_forms import Sheet, Unit, by_dimension, plain

PATH = "去年结果/results.json"
TITLE = "2023年示例检查（数据纯属虚构）"
COUNTY_VERDICTS = {"榆社县": "pass", "左权县": "fail", "和顺县": "fail"}
KEY_CHECKS_SINCE = {"左权县": "2022", "和顺县": "2023"}  # key checks until they pass
DIFFERENCES = (  # by dimension, half points: this year minus last year, in turn from unit to unit
    (0, 1, 0, 0, 0, -1, 0, 0),
    (0, 0, 1, -1, 0, 0, 0, 1),
    (-2, -4, 0, -3, 0, -1, 0, -2),
    (1, 4, 2, 5, 0, 0, 3, 2),
    (3, 2, 4, 6, 1, 3, 2, 4),
)


def results(units: Sequence[Unit], sheet_of: Callable[[Unit], Sheet | None]) -> bytes:
    """The results.json of last year, as far as comparing needs it."""
    counties: list[dict[str, object]] = []
    for number, unit in enumerate(units):
        sheet = sheet_of(unit)
        if not unit.township:
            township: list[dict[str, object]] = []
            counties.append({"name": unit.county, "townships": township})
        if sheet is None:
            continue
        record = _record(unit, sheet, DIFFERENCES[number % len(DIFFERENCES)])
        if unit.township:
            township.append(record)
            continue
        since = KEY_CHECKS_SINCE.get(unit.county)
        listed = {"list": "key_checks", "since": since} if since else {"list": "priority"}
        status = COUNTY_VERDICTS[unit.county]
        counties[-1] = {
            **record,
            "name": unit.county,
            "status": status,
            "follow_up": listed,
            "townships": township,
        }
    document = {
        "schema": 1,
        "campaign": {
            "id": "sample-2023",
            "title": TITLE,
            "rubric_totals": {"county": "100", "township": "100"},
        },
        "counties": counties,
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _record(unit: Unit, sheet: Sheet, differences: Sequence[int]) -> dict[str, object]:
    dimensions: dict[str, object] = {}
    total = Decimal(0)
    for number, ((title, group), halves) in enumerate(
        zip(by_dimension(sheet.items), differences, strict=True), 1
    ):
        top = sum((item.maximum for item in group), Decimal(0))
        points = max(Decimal(0), min(top, sheet.subtotal(title) - Decimal(halves) / 2))
        total += points
        key = f"{'T' if unit.township else 'C'}{number}"
        dimensions[key] = {"title": title, "score": str(plain(points)), "max": str(plain(top))}
    return {
        "code": unit.code,
        "name": unit.name,
        "status": "pass" if total >= 80 else "fail",
        "score": str(plain(total)),
        "dimensions": dimensions,
    }
