"""The list of problems (问题清单) that `annotate` puts in front of a workbook: known by its sign, never read as a form.

A marked copy comes back corrected, with the list still in it. It is ours, so it is neither a form nor a left-over sheet.
"""

from __future__ import annotations

from huitoukan.grid import Grid

SIGN = "huitoukan annotate 1"
_ROWS, _COLUMNS = 8, 12  # where the sign stands, with room for what people insert above and beside it


def is_problem_list(grid: Grid) -> bool:
    """Whether a worksheet is the list of problems of a marked copy."""
    return any(
        isinstance(value, str) and value.startswith(SIGN)
        for row in range(min(_ROWS, len(grid.rows)))
        for value in grid.rows[row][:_COLUMNS]
    )
