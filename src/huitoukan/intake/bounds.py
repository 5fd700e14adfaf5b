"""Why a file that is what it says is not read all the same: it is too large, or broken."""

from __future__ import annotations

from huitoukan.phrase import Phrase, say

MOST_ROWS, MOST_COLUMNS = 1048576, 16384  # of any worksheet
LONGEST_SHEET_NAME = 31  # characters
# What a tag costs: a cell that is put together from tags takes ten times the memory of one in a grid, and the time of many.
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
        sheet=sheet,
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
