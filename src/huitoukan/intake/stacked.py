"""Forms below one another on one worksheet: where one ends and the next begins.

A header that comes again may be a page break or another form. What decides is the items: those that go on belong to the
same form; those that begin again, or are the other level's, to another. The rows between two tables are shared out as
the first form has its fields above and the last one below, because stacked forms are copies of one blank.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from huitoukan.grid import CellValue, Grid
from huitoukan.intake.dates import DATE_IN_TEXT
from huitoukan.intake.fields import fields_in_row
from huitoukan.intake.header import Header, headers
from huitoukan.intake.labels import label_key, legible
from huitoukan.intake.layout import Row, RowKind, Table, find_table, read_table, table_under
from huitoukan.intake.vocabulary import Vocabulary
from huitoukan.model import Level

_HALF = 2  # a section is another form when more than half of its items were there already
# The fields of which a form has one each.
_FIELDS = frozenset({"unit", "stage", "date", "inspectors", "leader", "phone"})
# A form with two units, or without one that stands nearby, is odder than a field in an unusual place.
_HEAVY = 2
_MOST_FORMS = 1000  # on one worksheet: several for every unit of a prefecture
_PAGES = 3  # of a form, each with its header


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a worksheet: the rows that belong to it, at their own addresses, and its table."""

    grid: Grid
    table: Table


def forms_on(grid: Grid, table: Table, words: Vocabulary) -> tuple[Form, ...]:
    """The forms of a worksheet from top to bottom, from the table that was found on it: nearly always that one alone.

    Forms that cannot be told apart (no header and no unit between them) stay one, whose items come again.
    """
    if not _may_be_several(table):
        return (Form(grid, table),)
    parts = _parts(grid, table, words)
    if not 1 < len(parts) <= _MOST_FORMS:
        return (Form(grid, table),)
    starts = _starts(grid, parts, words)
    forms = []
    for own, part in zip(grid.cut(starts), parts, strict=True):
        found = (
            read_table(own, part.panels, words, part.level, borrowed=True)
            if part.borrowed
            else find_table(own, words)
        )
        if found is None:
            return (Form(grid, table),)
        forms.append(Form(own, found))
    return tuple(forms)


def _may_be_several(table: Table) -> bool:
    """A quick look: a header that comes again, or items that do."""
    rows = table.rows
    seen = [row.item.id for row in rows if row.item is not None]
    return len(set(seen)) < len(seen) or any(row.kind is RowKind.HEADER for row in rows)


# ---------------------------------------------------------------------------------------------------------- sections


@dataclass(slots=True)
class _Part:
    """A form while it is gathered from its pages: the first and last row of its table, and the items seen so far.

    The items are those of each level: a page with few of them may not tell its level yet.
    """

    top: int
    bottom: int
    panels: tuple[Header, ...]
    level: Level
    borrowed: bool
    seen: dict[Level, set[str]] = field(default_factory=dict)

    def goes_on(self, items: Mapping[Level, set[str]]) -> bool:
        """Whether the items of a section continue this form."""
        if not any(items.values()) or not any(self.seen.values()):
            return True
        here, there = _fullest(self.seen), _fullest(items)
        if len(items[there]) > len(items[here]) and len(self.seen[here]) > len(self.seen[there]):
            return False  # the other level's form
        level = _fullest({level: self.seen[level] | items[level] for level in items})
        return len(self.seen[level] & items[level]) * _HALF <= len(items[level])


def _fullest(items: Mapping[Level, set[str]]) -> Level:
    return max(items, key=lambda level: len(items[level]))


@dataclass(frozen=True, slots=True)
class _Section:
    """What stands under one header up to the next, or between two lines that name a unit."""

    top: int
    bottom: int
    panels: tuple[Header, ...]
    level: Level
    borrowed: bool
    items: Mapping[Level, set[str]]


def _parts(grid: Grid, table: Table, words: Vocabulary) -> list[_Part]:
    parts: list[_Part] = []
    for section in _sections(grid, table, words):
        last = parts[-1] if parts else None
        if last is None or not last.goes_on(section.items):
            last = _Part(
                section.top, section.bottom, section.panels, section.level, section.borrowed,
                {level: set() for level in words.levels},
            )  # fmt: skip
            parts.append(last)
        for level, items in section.items.items():
            last.seen[level] |= items
        last.bottom = max(last.bottom, section.bottom)
        if section.items[section.level]:
            last.level = _fullest(last.seen)
    return parts


def _sections(grid: Grid, table: Table, words: Vocabulary) -> Iterator[_Section]:
    tops: list[Header] = []
    for header in headers(grid, words):
        if not tops or header.top > tops[-1].bottom:
            tops.append(header)
    if len(tops) > _MOST_FORMS * _PAGES:
        return
    for n, header in enumerate(tops):
        end = tops[n + 1].top if n + 1 < len(tops) else len(grid.rows)
        part = grid.window(header.top, end)
        read = {level: table_under(part, header, words, level) for level in words.levels}
        known = {level: found for level, found in read.items() if found is not None}
        own = max(known.values(), key=Table.items, default=table)
        rows = {level: found.rows for level, found in known.items()}
        yield from _between_units(grid, own, rows, header, end, words)


def _between_units(
    grid: Grid, own: Table, rows: Mapping[Level, Sequence[Row]], header: Header, end: int, words: Vocabulary
) -> Iterator[_Section]:
    """The section under a header, cut where a unit is named between two of its items without a header of its own."""
    places = sorted(
        {
            row.row
            for row in own.rows
            if row.item or not (_is_header(row) or fields_in_row(grid, row.row, words))
        }
    )
    starts, stops = [header.top], []
    for between in _gaps(own):
        fields = [row for row in between if fields_in_row(grid, row, words)]
        if any(_names_unit(grid, row, words) for row in fields):
            stops.append(fields[0])
            starts.append(places[bisect_right(places, fields[-1])])
    items = {level: _shared(found, starts, stops) for level, found in rows.items()}
    for n, (start, stop) in enumerate(zip(starts, [*stops, end], strict=True)):
        inside = places[bisect_left(places, start) : bisect_left(places, stop)]
        yield _Section(
            top=start,
            bottom=inside[-1] if inside else start if n else header.bottom,
            panels=own.panels,
            level=own.level,
            borrowed=n > 0,
            items={level: found[n] for level, found in items.items()},
        )


def _shared(rows: Sequence[Row], starts: Sequence[int], stops: Sequence[int]) -> list[set[str]]:
    """The items of each section."""
    shares: list[set[str]] = [set() for _ in starts]
    for row in rows:
        n = bisect_right(starts, row.row) - 1
        if row.item and n >= 0 and (n == len(stops) or row.row < stops[n]):
            shares[n].add(row.item.id)
    return shares


def _is_header(row: Row) -> bool:
    return row.kind is RowKind.HEADER


def _gaps(table: Table) -> Iterator[list[int]]:
    """The rows between two items of a table that belong to nothing in it."""
    body = {row.row for row in table.rows}
    for before, after in pairwise(sorted({row.row for row in table.rows if row.item})):
        if after > before + 1:
            yield [row for row in range(before + 1, after) if row not in body]


def _names_unit(grid: Grid, row: int, words: Vocabulary) -> bool:
    return any(name == "unit" and value.text for name, value in fields_in_row(grid, row, words))


# ---------------------------------------------------------------------------------------------------------- sharing


def _starts(grid: Grid, parts: Sequence[_Part], words: Vocabulary) -> list[int]:
    """The first row of each form."""
    above = Counter(_content(grid, 0, parts[0].top, words).keys)
    below = Counter(_content(grid, parts[-1].bottom + 1, len(grid.rows), words).keys)
    starts, has = [0], above
    for one, other in pairwise(parts):
        between = _content(grid, one.bottom + 1, other.top, words)
        n = _border(between.keys, _Usual(has, above, below))
        while 0 < n < len(between.keys) and between.rows[n] == between.rows[n - 1]:
            n -= 1  # fields of one row stay together
        starts.append(between.rows[n] if n < len(between.rows) else other.top)
        has = Counter(between.keys[n:])
    return starts


@dataclass(frozen=True, slots=True)
class _Content:
    """What the rows between tables hold, in order: each field, or else the text of the row."""

    rows: tuple[int, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Usual:
    """What the upper form has above its table, and the first one above and the last one below theirs."""

    upper: Counter[str]
    above: Counter[str]
    below: Counter[str]

    def cost(self, key: str, over: int, under: int) -> int:
        """How odd it is that of something between two forms so many belong to the upper and so many to the lower one."""
        odd = abs(over - self.below[key]) + abs(under - self.above[key])
        if key not in _FIELDS:
            return odd
        twice = max(0, self.upper[key] + over - 1) + max(0, under - 1)
        missing = under > 0 and not self.upper[key] + over
        return odd + _HEAVY * (twice + missing)


def _border(keys: Sequence[str], usual: _Usual) -> int:
    """How many of the things between two forms belong to the upper one: so many that it is least odd.

    What fits nowhere goes to the lower form: titles differ, footers hardly do.
    """
    over: Counter[str] = Counter()
    under = Counter(keys)
    cost = best = border = 0
    for n, key in enumerate(keys, start=1):
        cost -= usual.cost(key, over[key], under[key])
        over[key] += 1
        under[key] -= 1
        cost += usual.cost(key, over[key], under[key])
        if cost < best:
            best, border = cost, n
    return border


def _content(grid: Grid, first: int, end: int, words: Vocabulary) -> _Content:
    """The names of the fields in some rows, a day without a label, else the texts."""
    found: list[tuple[int, str]] = []
    for row in range(first, end):
        values = grid.rows[row]
        if not any(value not in ("", None) for value in values):
            continue
        names = [name for name, _ in fields_in_row(grid, row, words)]
        if not names and any(map(_is_day, values)):
            names = ["date"]
        texts = "".join(label_key(value) for value in values if isinstance(value, str) and value)
        found.extend((row, name) for name in names or [texts])
    return _Content(tuple(row for row, _ in found), tuple(key for _, key in found))


def _is_day(value: CellValue) -> bool:
    if isinstance(value, str):
        return DATE_IN_TEXT.search(legible(value)) is not None
    return isinstance(value, date)
