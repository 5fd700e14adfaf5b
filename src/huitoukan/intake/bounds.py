"""Why a file that is what it says is not read all the same: it is too large, or broken."""

from __future__ import annotations

from collections.abc import Sequence

from huitoukan.grid import Range
from huitoukan.phrase import Phrase, say

MEGABYTE = 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 1048576, 16384  # of any worksheet
LONGEST_SHEET_NAME = 31  # characters
# A cell that is put together from tags takes ten times the memory of one in a grid, and the time of many.
TAGS_PER_CELL = 10


class TooLargeError(Exception):
    """The used area of the sheets is beyond the limit."""

    def __init__(self, why: Phrase) -> None:
        super().__init__()
        self.why = why


class BrokenError(Exception):
    """The content does not keep to its own format; `why` says it in words."""

    def __init__(self, why: Phrase) -> None:
        super().__init__()
        self.why = why


def too_large(sheet: str, rows: int, columns: int) -> Phrase:
    """That the sheets up to this one are larger than the limit."""
    return say(
        "到工作表“{sheet}” ({rows} 行 {columns} 列) 为止, 范围超过上限",
        sheet=sheet[:LONGEST_SHEET_NAME],
        rows=rows,
        columns=columns,
    )


def too_many_tags() -> Phrase:
    """That a text has more tags than a table within the limits could need."""
    return say("标签太多, 超过上限")


def damage(error: BaseException) -> Phrase:
    """What a reader says of a file that it cannot read."""
    return say(
        "文件损坏或不完整 ({detail})",
        detail=str(error).splitlines()[0][:120] if str(error) else type(error).__name__,
    )


_MANY_MERGES, _MOST_MERGES = 1000, 20_000  # of one worksheet; a form has dozens
_Corner = tuple[int, int]


def merged_areas(
    sheet: str, corners: Sequence[tuple[_Corner, _Corner]], rows: int, columns: int
) -> tuple[Range, ...]:
    """The merged areas of a worksheet whose used area has so many rows and columns.

    Raises:
        TooLargeError: there are more than a spreadsheet program would bear.
        BrokenError: they lie above each other, which no program writes and takes endless time to look through.
    """
    if len(corners) > _MOST_MERGES:
        why = say(
            "工作表“{sheet}”有 {count} 处合并单元格", sheet=sheet[:LONGEST_SHEET_NAME], count=len(corners)
        )
        raise TooLargeError(why)
    areas = tuple(Range(*first, *last) for first, last in corners)
    if len(areas) > _MANY_MERGES:
        covered = sum(
            max(0, min(area.bottom + 1, rows) - area.top) * max(0, min(area.right + 1, columns) - area.left)
            for area in areas
        )
        if covered > rows * columns:
            raise BrokenError(say("工作表“{sheet}”的合并单元格互相重叠", sheet=sheet[:LONGEST_SHEET_NAME]))
    return areas
