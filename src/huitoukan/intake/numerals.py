"""How numbers are written: in ASCII digits, and in Chinese."""

from __future__ import annotations

import re
from decimal import Decimal

# 15 digits as a spreadsheet keeps them, and the 17 places that a float may show: longer ones are no scores, and no
# text, however long, becomes a number of its length.
DIGITS = r"[0-9]{1,15}(?:\.[0-9]{0,17})?|\.[0-9]{1,17}"
NUMBER = re.compile(rf"(?P<number>[+-]?(?:{DIGITS}))\s*(?P<unit>分?)")

_CHINESE = "零一二三四五六七八九"
_VARIANTS = str.maketrans("〇○两壹贰叁肆伍陆柒捌玖拾佰點", "零零二一二三四五六七八九十百点")
_NUMERAL = re.compile(
    rf"(?:(?P<digits>[0-9]{{1,3}})|(?:(?P<hundreds>[{_CHINESE}])百零?)?(?:(?P<tens>[{_CHINESE}]?)(?P<ten>十))?"
    rf"(?P<ones>[{_CHINESE}]?))(?:点(?P<places>[0-9{_CHINESE}]{{1,9}}))?\s*分?(?P<half>半?)分?"
)


def number_in(text: str) -> Decimal | None:
    """The number of a text that is one in ASCII digits, with 分 behind it or without."""
    number = NUMBER.fullmatch(text)
    return Decimal(number["number"]) if number else None


def numeral_in(text: str) -> Decimal | None:
    """The number of a text that is a Chinese numeral: 四点五 gives 4.5, 两分半 2.5, 一百零五分 105."""
    found = _NUMERAL.fullmatch(text.translate(_VARIANTS))
    if not found or (found["half"] and found["places"]):
        return None
    if not any(found[part] for part in ("hundreds", "ten", "ones", "places", "half")):
        return None  # nothing Chinese in it
    whole = int(found["digits"] or 0) + 100 * _digit(found["hundreds"]) + _digit(found["ones"])
    if found["ten"]:
        whole += 10 * (_digit(found["tens"]) if found["tens"] else 1)
    places = "".join(str(_digit(c)) for c in found["places"] or "")
    return Decimal(f"{whole}.{places or (5 if found['half'] else 0)}")


def _digit(character: str | None) -> int:
    if not character:
        return 0
    return int(character) if character.isascii() else _CHINESE.index(character)
