"""What the cells of a row that hold no points say: the items, the dimension and the sum that they name.

The rows of a form read alike in every office's copy of it, so that each is worked out once and looked up afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from huitoukan.campaign.rubric import Item
from huitoukan.intake.labels import title_key
from huitoukan.intake.vocabulary import LONGEST_LABEL, LevelWords, Vocabulary, sum_key

_LAYOUTS = 16  # forms of one kind share one
_ROWS = 4096


@dataclass(frozen=True, slots=True)
class NamedSum:
    """A cell that says 小计 or 合计: its column, whether it is the sum of a part only, and the dimension it names."""

    column: int
    part: bool
    dimension: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says: the dimension that its first cell to name one names; the items by the column that names them.

    `title` is the text in the column of the items, `titled` the ids of the items with that title (see `Row`), and
    `is_dimension` whether it names a dimension.
    """

    dimension: str | None
    items: tuple[tuple[int, tuple[Item, ...]], ...]
    title: str
    titled: tuple[str, ...] | None
    is_dimension: bool
    sum: NamedSum | None


class RowLabels:
    """Reads the texts that stand in some columns of a layout; `number` and `item` are the columns of ids and titles."""

    def __init__(
        self,
        words: Vocabulary,
        level: LevelWords,
        columns: tuple[int, ...],
        number: int | None,
        item: int | None,
    ) -> None:
        self._words, self._level, self._columns = words, level, columns
        self._number, self._item = number, item
        self.said = lru_cache(maxsize=_ROWS)(self._said)

    def _said(self, texts: tuple[str, ...]) -> Said:
        level, by_column = self._level, dict(zip(self._columns, texts, strict=True))
        items = tuple(
            (column, named)
            for column in (self._number, self._item)
            if column is not None and (text := by_column.get(column)) and (named := level.items_named(text))
        )
        title = "" if self._item is None else by_column.get(self._item, "")
        return Said(
            dimension=next(
                (found for text in texts if text and (found := level.dimension_named(text))), None
            ),
            items=items,
            title=title,
            titled=level.ids_titled(title) if title else None,
            is_dimension=bool(title and level.dimension_named(title)),
            sum=self._sum(texts),
        )

    def _sum(self, texts: tuple[str, ...]) -> NamedSum | None:
        for column, text in zip(self._columns, texts, strict=True):
            key = sum_key(text) if 0 < len(text) <= LONGEST_LABEL else ""
            if key and key.endswith(self._words.sum_endings):
                ending = max((end for end in self._words.sum_endings if key.endswith(end)), key=len)
                own = self._level.dimensions.get(title_key(key.removesuffix(ending)))
                return NamedSum(column, bool(own) or key.endswith(self._words.subtotals), own)
        return None


@lru_cache(maxsize=_LAYOUTS)
def row_labels(
    words: Vocabulary, level: LevelWords, columns: tuple[int, ...], number: int | None, item: int | None
) -> RowLabels:
    """The reader of a layout; the same one for forms of the same layout."""
    return RowLabels(words, level, columns, number, item)
