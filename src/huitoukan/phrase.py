"""Words that are not yet in a language, and numbers as text."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that are not yet in a language: a template of the message catalogue and the values that go into it.

    Values may be strings, numbers, dates, members of the enumerations above, further phrases, or tuples of these
    (alternatives, told with “or”).
    """

    template: str
    values: tuple[tuple[str, object], ...] = ()


def say(template: str, **values: object) -> Phrase:
    """Make a `Phrase`; the template is the Chinese source text with `{name}` fields."""
    return Phrase(template, tuple(values.items()))


@dataclass(frozen=True, slots=True)
class Listing:
    """Words or names that are listed one after the other: 甲、乙、丙."""

    words: tuple[object, ...]


def plain(number: Decimal) -> str:
    """An exact decimal as text without trailing zeros or exponent: `Decimal("92.50")` gives `"92.5"`."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
