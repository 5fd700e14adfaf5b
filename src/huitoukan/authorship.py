"""Who wrote what, as it travels: texts of a form with their cells, and what a document says of who saved it and when.

No input or output of its own. What a document says of itself is what the program wrote into it: nobody checked it.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class Written(NamedTuple):
    """A reason for a deduction as somebody wrote it: the item that it stands for, its cell (`G12`), the text."""

    item: str
    cell: str
    text: str


class Properties(NamedTuple):
    """What a document says of itself: who made it, who saved it last, and when that was (to the second).

    Names are those of accounts, often of nobody in particular (Administrator). `saved` is Beijing time: converted where the
    kind of file keeps UTC (xlsx, xls), else the time of the writer's clock (ods). Empty, or None, where it says nothing.
    """

    author: str = ""
    saved_by: str = ""
    saved: datetime | None = None
