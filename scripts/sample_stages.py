"""The stages of the made-up sample inspection. Part of `make_sample_sheets.py`."""

from __future__ import annotations

from datetime import date, timedelta

from sample_forms import Stage


def workdays(first: date, last: date) -> tuple[date, ...]:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(day for day in days if day.weekday() < 5)


SELF = Stage("self", "自评", workdays(date(2024, 5, 13), date(2024, 5, 24)))
COUNTY = Stage("county", "县级检查", workdays(date(2024, 5, 27), date(2024, 6, 7)))
CITY = Stage("city", "市级检查", workdays(date(2024, 6, 11), date(2024, 6, 28)))
STAGES = (SELF, COUNTY, CITY)
