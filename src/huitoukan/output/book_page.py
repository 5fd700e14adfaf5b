"""Drawing a worksheet of the summary workbook: cells by what they hold, lists as tables, colours by rule, paper.

A cell with a formula carries its result (`Live`), a link leads to a cell of another worksheet (`Linked`). Where a list
stands is known before anything is drawn (`Lines`), so that formulas and links of one sheet can speak of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from huitoukan.grid import column_letters
from huitoukan.output.cached_results import Result, needs_all_digits
from huitoukan.output.files import is_formula_like, xml_text
from huitoukan.output.form_drawing import chinese_font, number
from huitoukan.output.form_page import DIGIT, LINE, PADDING, SIZE, set_up_page, text_width
from huitoukan.output.text import Words

ROWS = 1_048_576  # of a worksheet: what spreadsheet programs allow
_HIGHEST_ROW = 409.0
_NARROWEST, _WIDEST, _MARGIN = 6.5, 46.0, 2.5  # of a column, in digits
_HEAD_CHARACTERS = 5  # of a header that stay on one line
_BUTTON = 3.0  # digits that the button of a filter takes
# With a blank as wide as a bracket at the right: programs do not agree on the indent of numbers.
_FORMATS = {
    "number": "General_)",
    "percent": "0.00%_)",
    "signed": "+General_);-General_);0_)",
}
GREEN, RED, YELLOW, BLUE, GREY = "E2EFDA", "FFC7CE", "FFEB9C", "DDEBF7", "F2F2F2"
INKS = {GREEN: "375623", RED: "9C0006", YELLOW: "7F6000", BLUE: "1F4E78", GREY: "595959"}


class Live(NamedTuple):
    """A formula (without its =) and what it gives; None where it shows nothing."""

    formula: str
    result: Result


class Linked(NamedTuple):
    """A value that leads to a cell of this workbook, such as `'县区'!A5`."""

    value: str | Live
    place: str


Value = str | int | Decimal | Live | Linked | None


class Column(NamedTuple):
    """A column of a list: its key for formulas, its header and what its cells look like.

    `kind`: text (wrapped), word (short and centred), number, signed or percent; `width` in digits, else as wide as needed.
    """

    key: str
    title: str
    kind: str = "word"
    width: float | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """Where a list stands: `header` is the row of its titles, `keys` are those of its columns, `count` its rows."""

    sheet: str
    header: int
    keys: tuple[str, ...]
    count: int

    @property
    def first(self) -> int:
        """Its first row."""
        return self.header + 1

    @property
    def last(self) -> int:
        """Its last row; an empty list keeps one."""
        return self.header + max(1, self.count)

    def letter(self, key: str) -> str:
        """The letters of a column."""
        return column_letters(self.keys.index(key))

    def area(self, key: str) -> str:
        """A column as formulas of any worksheet name it: `'县区'!$D$5:$D$16`."""
        letter = self.letter(key)
        return f"{quoted(self.sheet)}!${letter}${self.first}:${letter}${self.last}"

    def place(self, n: int, key: str | None = None) -> str:
        """The cell in row `n` (from 0), as links and formulas of any worksheet name it."""
        return f"{quoted(self.sheet)}!{self.letter(key) if key else 'A'}{self.first + n}"

    @property
    def whole(self) -> str:
        """The list with its header: `A4:K16`."""
        return f"A{self.header}:{column_letters(len(self.keys) - 1)}{self.last}"


def quoted(sheet: str) -> str:
    """The name of a worksheet as formulas write it."""
    doubled = sheet.replace("'", "''")
    return f"'{doubled}'"


def quoted_text(text: str) -> str:
    """A text as formulas write it."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


class Look(NamedTuple):
    """How a cell looks: `kind` as in `Column`, the line above it (thin, pale or none), ground and weight."""

    kind: str = "text"
    line: str = ""
    fill: str = ""
    head: bool = False
    size: float = SIZE
    link: bool = False


HEAD = Look("head", "medium", "DCE6F1", head=True)
TITLE = Look("line", head=True, size=16.0)
SUBTITLE = Look("line", head=True, size=12.0)
PLAIN, PROSE = Look("line"), Look("text")
TOTAL = "total"  # the line above a row of totals


class Page:
    """One worksheet of the workbook, and the results of its formulas."""

    def __init__(self, sheet: Any, words: Words) -> None:  # openpyxl's cells are a union of types
        self.sheet, self.words = sheet, words
        self.results: dict[str, Result] = {}
        self._styles: dict[Look, Any] = {}
        self._tables = 0

    # ------------------------------------------------------------------------------------------------ cells

    def put(self, row: int, column: int, value: Value, look: Look = PLAIN) -> None:
        """Write one cell (both from 1)."""
        cell = self.sheet.cell(row, column)
        cell._style = self._style(look)
        if isinstance(value, Linked):
            self._link(cell, value.place, look)
            value = value.value
        if look.head and isinstance(value, str):
            value = capital(value)
        if isinstance(value, Live):
            cell.value = f"={value.formula}"
            self.results[cell.coordinate] = value.result
        elif isinstance(value, str):
            self._text(cell, value)
        elif isinstance(value, Decimal):
            cell.value = number(value)
            if needs_all_digits(value):
                self.results[cell.coordinate] = value
        elif value is not None:
            cell.value = value

    def _text(self, cell: Any, value: str) -> None:
        cell.value = text = xml_text(value)
        cell.data_type = "s"
        if is_formula_like(text):
            cell._style = copy(cell._style)  # else all cells that look the same would say so
            cell.quotePrefix = True

    def _link(self, cell: Any, place: str, look: Look) -> None:
        from openpyxl.worksheet.hyperlink import Hyperlink  # noqa: PLC0415

        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=place)
        cell._style = self._style(look._replace(link=True))

    def _style(self, look: Look) -> Any:
        if look not in self._styles:  # shared: openpyxl is slow to find out that it knows a style
            cell = self.sheet.cell(1, 1)
            before, cell._style = cell._style, copy(cell._style)
            _dress(cell, look)
            self._styles[look], cell._style = cell._style, before
        return self._styles[look]

    def grow(self, row: int, texts: Sequence[str], widths: Sequence[float], least: float = 18.0) -> None:
        """Give a row the height that its texts need in columns of so many digits."""
        heights = (height_of(text, width - 1) for text, width in zip(texts, widths, strict=False))
        self.sheet.row_dimensions[row].height = max(least, *heights)

    def row(self, row: int, values: Iterable[Value], looks: Sequence[Look] | Look, first: int = 1) -> None:
        """Write cells from left to right."""
        for n, value in enumerate(values):
            self.put(row, first + n, value, looks if isinstance(looks, Look) else looks[n])

    def heading(self, title: str, notes: Sequence[str] = (), home: str | None = None) -> None:
        """The title in A1, notes below it; `home` is the way back to the first worksheet."""
        self.put(1, 1, title, TITLE)
        self.sheet.row_dimensions[1].height = 28
        for n, note in enumerate(notes, start=2):
            self.put(n, 1, note)
        if home is not None:
            self.put(
                2 + len(notes),
                1,
                Linked(self.words("返回“{sheet}”").format(sheet=home), f"{quoted(home)}!A1"),
            )

    def wide(self, row: int, first: int, last: int, text: str, width: float, look: Look = PROSE) -> None:
        """A text across columns, as high as it needs to be in so many digits."""
        self.put(row, first, text, look)
        self.sheet.merge_cells(start_row=row, start_column=first, end_row=row, end_column=last)
        self.sheet.row_dimensions[row].height = max(18.0, height_of(text, width))

    # ------------------------------------------------------------------------------------------------ lists

    def list(
        self, lines: Lines, columns: Sequence[Column], rows: Sequence[Sequence[Value]], name: str, group: int | None = None,
    ) -> None:  # fmt: skip
        """Draw a list that can be sorted and filtered; `name` is that of its table.

        Where the value in column `group` changes, a line is drawn.
        """
        columns = [
            column._replace(title=title) for column, title in zip(columns, _titles(columns), strict=True)
        ]
        widths = [self._width(column, [row[n] for row in rows]) for n, column in enumerate(columns)]
        self.heads(lines.header, [column.title for column in columns], widths)
        wrapped = [n for n, column in enumerate(columns) if column.kind == "text"]
        looks = {line: [Look(column.kind, line) for column in columns] for line in ("pale", "thin")}
        before: Value = None
        for place, values in enumerate(rows, start=lines.first):
            own = values[group] if group is not None else None
            new = before is not None and own != before
            before = own
            self.row(place, values, looks["thin" if new else "pale"])
            height = max((height_of(shown(values[n]), widths[n]) for n in wrapped), default=0.0)
            self.sheet.row_dimensions[place].height = max(18.0, height)
        if not rows:
            self.row(lines.first, [None] * len(columns), looks["pale"])
        self._table(lines, columns, name)

    def heads(self, row: int, titles: Sequence[str], widths: Sequence[float], first: int = 1) -> None:
        """The header of a table, and the widths of its columns."""
        self.row(row, titles, HEAD, first)
        for n, width in enumerate(widths):
            self.sheet.column_dimensions[column_letters(first - 1 + n)].width = round(width, 1)
        self.grow(row, titles, widths, 24.0)

    def _width(self, column: Column, values: Sequence[Value]) -> float:
        """Wide enough for what stands in a column, within reason; the header may take two lines."""
        if column.width is not None:
            return column.width
        texts = (_formatted(value, column.kind) for value in values)
        widest = max((text_width(line) for text in texts for line in text.split("\n")), default=0.0)
        head = text_width(column.title)
        if head > _HEAD_CHARACTERS * SIZE:
            head = head / 2 + SIZE / 2
        needed = max(widest / DIGIT + _MARGIN, head / DIGIT + _BUTTON + 1)
        return min(_WIDEST, max(_NARROWEST, needed))

    def _table(self, lines: Lines, columns: Sequence[Column], name: str) -> None:
        from openpyxl.worksheet.table import Table, TableStyleInfo  # noqa: PLC0415

        table: Any = Table(displayName=name, name=name, ref=lines.whole)
        table._initialise_columns()
        for own, column in zip(table.tableColumns, columns, strict=True):
            own.name = column.title
        table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
        self.sheet.add_table(table)

    # ------------------------------------------------------------------------------------------------ colours

    def colour(self, area: str, formula: str, fill: str) -> None:
        """Colour the cells of an area for which a formula, written for its first cell, holds."""
        from openpyxl.formatting.rule import FormulaRule  # noqa: PLC0415
        from openpyxl.styles import Font, PatternFill  # noqa: PLC0415

        ground = PatternFill(fill_type="solid", start_color=fill, end_color=fill)
        made: Any = FormulaRule  # openpyxl tells no types here
        rule = made(formula=[formula], fill=ground, font=Font(color=INKS[fill]))
        self.sheet.conditional_formatting.add(area, rule)

    def colour_words(self, lines: Lines, key: str, words: Mapping[str, str]) -> None:
        """Colour a column of a list by its words: grounds by the names of the cells in which the words stand."""
        letter = lines.letter(key)
        area = f"{letter}{lines.first}:{letter}{lines.last}"
        for name, fill in words.items():
            self.colour(area, f"${letter}{lines.first}={name}", fill)

    # ------------------------------------------------------------------------------------------------ paper

    def paper(self, header: int, area: str, freeze: str | None, *, portrait: bool = False) -> None:
        """A4, one page wide, the header on each page; what stays in view on the screen."""
        set_up_page(self.sheet, header, area, self.words, portrait=portrait)
        self.sheet.freeze_panes = freeze
        self.sheet.print_title_rows = f"1:{header}" if header == 1 else f"{header}:{header}"


def capital(text: str) -> str:
    """English words of the catalogue stand in sentences, too: at the beginning of a cell they want a capital."""
    return text[:1].upper() + text[1:]


def _titles(columns: Sequence[Column]) -> Iterator[str]:
    """The titles of a table, which must be different, and not only in the case of their letters."""
    seen: set[str] = set()
    for column in columns:
        wanted = title = capital(xml_text(column.title)) or "-"
        n = 1
        while title.casefold() in seen:
            n += 1
            title = f"{wanted} ({n})"
        seen.add(title.casefold())
        yield title


def shown(value: Value) -> str:
    """What a cell shows, near enough to measure it."""
    if isinstance(value, Linked):
        return shown(value.value)
    if isinstance(value, Live):
        return shown(value.result)
    return "" if value is None else str(value)


def _formatted(value: Value, kind: str) -> str:
    text = shown(value)
    if not text or kind not in _FORMATS:
        return text
    return "100.00%" if kind == "percent" else f"+{text}" if kind == "signed" else text


def height_of(text: str, width: float) -> float:
    """How high a row must be for a text in a column of so many digits."""
    room = max(2 * SIZE, (width - _MARGIN / 2) * DIGIT)
    lines = sum(max(1, -(-int(text_width(line)) // int(room))) for line in text.split("\n"))
    return min(_HIGHEST_ROW, PADDING + LINE * lines)


def _dress(cell: Any, look: Look) -> None:
    from openpyxl.styles import Alignment, Border, PatternFill, Side  # noqa: PLC0415

    font = chinese_font("黑体" if look.head else "宋体", look.size)
    if look.link:
        font = copy(font)
        font.color, font.underline = "0563C1", "single"
    cell.font = font
    centred = look.kind in ("word", "head")
    wraps = look.kind in ("text", "head", "word")
    side = "center" if centred else "left" if look.kind in ("text", "line") else "right"
    cell.alignment = Alignment(
        horizontal=side,
        vertical="center",
        wrap_text=wraps,
        indent=1 if look.kind == "text" and look.line else 0,
    )
    if look.fill:
        cell.fill = PatternFill("solid", start_color=look.fill)
    if look.line:
        pale, thin = Side(style="thin", color="BFBFBF"), Side(style="thin")
        top = {"pale": pale, "thin": thin, "medium": Side(style="medium"), TOTAL: thin}[look.line]
        cell.border = Border(top=top, bottom=thin if look.line in ("medium", TOTAL) else pale)
    cell.number_format = _FORMATS.get(look.kind, "General")
