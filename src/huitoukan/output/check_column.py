"""The column of checks (校验) beside a form: √ or what is wrong in each row, and at its top how many problems are open.

It stands outside the printed area, so that the form goes to paper as it was handed out. Columns further to the right, hidden, hold
the working of the formulas: in the same worksheet, so that a form that is copied to another workbook goes on checking itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from huitoukan.campaign.campaign import Campaign
from huitoukan.grid import column_letters
from huitoukan.intake.filling_aids import CHECK
from huitoukan.output.cached_results import Result
from huitoukan.output.form_checks import Check, open_problems, say_filled, say_open, verdict
from huitoukan.output.form_drawing import HEAD, Drawing, Look, put
from huitoukan.output.form_entry import AT_FAULT, colour_where
from huitoukan.output.form_formulas import FINE, quoted
from huitoukan.output.form_page import DIGIT
from huitoukan.output.text import Words

WORKING = 8  # cells of working that each row has
_WIDTH = 132.0  # points; longer verdicts run on over the empty columns behind
_EMPTY_COLUMNS = 5
_VERDICT = Look(size=10.0, border="box", wrap=False)
_TOP = Look("黑体", size=10.0, border="box")
_GREEN, _RED, _PALE_GREEN = "2E7D32", "B3261E", "E8F5E9"


class CheckColumn:
    """The column of checks of one form in the making; `results` are what its formulas give on the blank form."""

    def __init__(self, drawing: Drawing, campaign: Campaign, words: Words) -> None:
        self.drawing, self.sheet = drawing, drawing.sheet
        self.campaign, self.words = campaign, words
        place = len(drawing.widths)
        self.letter = column_letters(place)
        self._working = [column_letters(place + 1 + _EMPTY_COLUMNS + n) for n in range(WORKING)]
        self._taken: set[int] = set()
        self._free: Iterator[str] | None = None
        self._kept: dict[str, str] = {}
        self._verdicts: list[int] = []
        self.results: dict[str, Result] = {}
        self.sheet.column_dimensions[self.letter].width = round(_WIDTH / DIGIT, 2)
        for letter in self._working:
            self.sheet.column_dimensions[letter].hidden = True

    def head(self, row: int) -> None:
        """The label of the column, in the row of the table's header."""
        self.drawing.dress(self.sheet[f"{self.letter}{row}"], HEAD).value = CHECK

    def formula(self, cell: str, formula: str, blank: Result) -> None:
        """Write a formula and its result on the blank form."""
        self.sheet[cell] = f"={formula}"
        self.results[cell] = blank

    def own_working(self, row: int) -> tuple[str, ...]:
        """The cells of working of a row, for this row alone."""
        self._taken.add(row)
        return tuple(f"{letter}{row}" for letter in self._working)

    def working(self, formulas: Mapping[str, str]) -> None:
        """Write steps of the working into their cells."""
        for cell, formula in formulas.items():
            self.sheet[cell] = f"={formula}"

    def work(self, formula: str) -> str:
        """Write a step of the working into the next free cell, and return that cell. Rows of their own are taken before."""
        cell = self._next()
        self.sheet[cell] = f"={formula}"
        return cell

    def keep(self, text: str) -> str:
        """Write a text that formulas compare with into a cell of the working, once, and return that cell."""
        cell = self._kept.get(text)
        if cell is None:
            place = self._next()
            put(self.sheet[place], text)
            letters = place.rstrip("0123456789")
            cell = self._kept[text] = f"${letters}${place[len(letters) :]}"
        return cell

    def _next(self) -> str:
        if self._free is None:
            self._free = self._free_cells()
        return next(self._free)

    def _free_cells(self) -> Iterator[str]:
        row = 0
        while True:
            row += 1
            if row not in self._taken:
                yield from (f"{letter}{row}" for letter in self._working)

    def verdict(self, row: int, formula: str, blank: Result) -> None:
        """The verdict on a row."""
        cell = f"{self.letter}{row}"
        self.drawing.dress(self.sheet[cell], _VERDICT)
        self.formula(cell, formula, blank)
        self._verdicts.append(row)

    def checks(self, row: int, checks: Sequence[Check], blank: str, *, optional: str | None = None) -> None:
        """The verdict on a row by its checks; `blank` is what they say of the blank form, if anything.

        `optional` is a cell that may be left empty.
        """
        formula = verdict(checks, self.campaign)
        said = blank if blank and quoted(blank) in formula else FINE
        if optional is not None:
            formula = f'IF(LEN({optional}&"")=0,{quoted(FINE)},{formula})'
        wrong = quoted(self.words("这一行有出错的公式, 请改正"))
        self.verdict(row, f"IFERROR({formula},{wrong})", FINE if optional is not None else said)

    def sum_row(self, row: int, rows: Sequence[str]) -> None:
        """The verdict on the rows that a row sums up, written as `4:7`: √, or how many of them are not in order."""
        areas, checked = self._areas(rows)
        cell = f"{self.letter}{row}"
        self.drawing.dress(self.sheet[cell], _VERDICT)
        template = self.words("还有 {count} 处")
        open_ = self._open_when_blank(rows)
        blank = template.format(count=open_) if open_ else FINE
        self.formula(cell, say_open(template, open_problems(areas, checked), FINE), blank)
        self._colour([cell])

    def _areas(self, rows: Sequence[str]) -> tuple[list[str], int]:
        pairs = [tuple(map(int, part.split(":"))) for part in rows]
        areas = [f"{self.letter}{first}:{self.letter}{last}" for first, last in pairs]
        return areas, sum(last - first + 1 for first, last in pairs)

    def _open_when_blank(self, rows: Sequence[str]) -> int:
        pairs = [tuple(map(int, part.split(":"))) for part in rows]
        return sum(
            self.results.get(f"{self.letter}{row}") != FINE
            for first, last in pairs
            for row in range(first, last + 1)
        )

    def top(self, count: str, wanted: int) -> None:
        """The cell at the top: how many problems are open, and how much is filled; `count` is the formula of the latter."""
        rows = [f"{row}:{row}" for row in self._verdicts]
        areas, checked = self._areas(_joined(rows))
        cell = f"{self.letter}1"
        self.drawing.dress(self.sheet[cell], _TOP)
        open_, share = self.words("还有 {count} 处问题"), self.words("已填 {count}/{wanted} ({share})")
        fine = f"{FINE} {self.words('全部通过')}"
        formula = f"{say_open(open_, open_problems(areas, checked), fine)}&CHAR(10)&{say_filled(share, count, wanted)}"
        left = self._open_when_blank(rows)
        blank = open_.format(count=left) if left else fine
        self.formula(cell, formula, f"{blank}\n{share.format(count=0, wanted=wanted, share='0%')}")
        colour_where(self.sheet, cell, f'LEFT({cell},1)="{FINE}"', background=_PALE_GREEN, text=_GREEN)
        colour_where(self.sheet, cell, f'LEFT({cell},1)<>"{FINE}"', background=AT_FAULT, text=_RED)
        self._colour([f"{self.letter}{row}" for row in self._verdicts])

    def _colour(self, cells: Sequence[str]) -> None:
        cells = sorted(cells, key=lambda cell: int(cell[len(self.letter) :]))
        area, first = " ".join(cells), cells[0]  # a rule counts from the uppermost cell
        colour_where(self.sheet, area, f'{first}="{FINE}"', text=_GREEN)
        colour_where(self.sheet, area, f'{first}<>"{FINE}"', text=_RED)


def _joined(rows: Sequence[str]) -> list[str]:
    """Rows `4:4`, `5:5`, `7:7` in order as `4:5`, `7:7`."""
    found: list[list[int]] = []
    for row in sorted(int(part.split(":")[0]) for part in rows):
        if found and found[-1][1] == row - 1:
            found[-1][1] = row
        else:
            found.append([row, row])
    return [f"{first}:{last}" for first, last in found]
