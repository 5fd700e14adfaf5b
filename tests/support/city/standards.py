"""What is inspected, read from the campaign's data files by plain means: nothing of the product is used here.

The truth about the made-up city rests on this, so that a mistake in the product's own models cannot hide in both.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml

import huitoukan

DATA = Path(huitoukan.__file__).parent / "campaign" / "data"
STAGES = ("self", "county", "city")
STAGE_WORDS = {"self": "自评", "county": "县级检查", "city": "市级检查"}
ZERO = Decimal(0)


@dataclass(frozen=True)
class Item:
    """One item; `choices` are its legal scores, highest first, `per` what one deduction is counted in."""

    id: str
    title: str
    criterion: str
    maximum: Decimal
    choices: tuple[Decimal, ...]
    veto: bool
    per: str
    na: tuple[str, ...]


@dataclass(frozen=True)
class Dimension:
    id: str
    title: str
    maximum: Decimal
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Unit:
    """One institution; `county` is the code of the county body it belongs to."""

    code: str
    name: str
    level: str
    county: str
    kind: str
    required: bool


@cache
def rubric(level: str) -> tuple[Dimension, ...]:
    """The dimensions of a level."""
    text = (DATA / "rubric.yaml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    levels = yaml.load(text, Loader=loader)["levels"]
    return tuple(
        Dimension(
            dimension["id"],
            dimension["title"],
            Decimal(str(dimension["max_points"])),
            tuple(_item(item) for item in dimension["items"]),
        )
        for dimension in levels[level]["dimensions"]
    )


def _item(data: dict) -> Item:
    maximum = Decimal(str(data["max_points"]["value"]))
    mode = data["mode"]["value"]
    step = Decimal(str(data["step"]["value"])) if mode == "deduct" else ZERO
    if mode == "tiers":
        choices = tuple(Decimal(str(value)) for value in data["tiers"]["value"])
    elif mode == "yesno":
        choices = (maximum, ZERO)
    else:
        choices = tuple(maximum - step * n for n in range(int(maximum / step) + 1))
    veto = bool(data.get("veto", {}).get("value"))
    na = data.get("na_allowed") or []
    per = data["step"]["per"] if mode == "deduct" else "处"
    return Item(data["id"], data["title"], data["criterion"], maximum, choices, veto, per, tuple(na))


@cache
def items(level: str) -> tuple[Item, ...]:
    """All items of a level in the order of the form."""
    return tuple(item for dimension in rubric(level) for item in dimension.items)


@cache
def units() -> dict[str, Unit]:
    """The whole roster by code, optional units too."""
    with (DATA / "roster.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["code"]: Unit(
            row["code"], row["name"], row["level"], row["county"], row["kind"], row["required"] == "yes"
        )
        for row in rows
    }


def bodies() -> tuple[Unit, ...]:
    """The 12 county bodies."""
    return tuple(unit for unit in units().values() if unit.level == "county")


def townships(county: str) -> tuple[Unit, ...]:
    """The required townships of a county."""
    return tuple(u for u in units().values() if u.county == county and u.level == "township" and u.required)


def required() -> Iterator[Unit]:
    """The 130 units that must be assessed."""
    return (unit for unit in units().values() if unit.required)


def county_name(county: str) -> str:
    """The name of a county as people write it."""
    return units()[county].name.removesuffix("统计局")


def full_name(code: str) -> str:
    """County and unit, as a form names it."""
    unit = units()[code]
    county = county_name(unit.county)
    return unit.name if unit.level == "county" or unit.name.startswith(county) else county + unit.name
