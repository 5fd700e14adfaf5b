"""Planting problems: into a sheet before it is drawn, and into the worksheet afterwards.

Part of `make_sample_sheets.py`.
"""

from __future__ import annotations

from copy import copy
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.utils import get_column_letter as letter_of
from openpyxl.utils.cell import coordinate_from_string
from openpyxl.worksheet.worksheet import Worksheet
from sample_forms import Places, Sheet, plain, ranges
from sample_problems import Planted

FIELD_OF = {
    "U301": "unit",
    "U302": "unit",
    "U303": "unit",
    "U304": "unit",
    "U305": "unit",
    "U306": "unit",
    "U307": "unit",
    "U309": "unit",
    "U312": "stage",
    "U321": "date",
    "U322": "date",
    "U323": "date",
    "I718": "date",
    "U324": "date",
    "U325": "date",
    "U331": "inspectors",
    "U332": "leader",
    "U333": "phone",
    "U334": "phone",
    "U335": "inspectors",
    "U336": "inspectors",
}
HEADER_OF = {"L203": "county", "L211": "dimension", "L219": "criterion"}
CELLS_OF = {
    "L205": "added",
    "L206": "added",
    "L207": "maxima",
    "L218": "criteria",
    "L220": "titles",
    "L221": "titles",
    "L222": "titles",
    "L228": "titles",
    "E501": "reasons",
    "E502": "reasons",
    "E503": "reasons",
    "E504": "reasons",
    "E505": "reasons",
    "E506": "evidence",
    "I703": "reasons",
}
WHOLE_SHEET = frozenset({"I701", "L204", "L210", "L215", "L223", "C603", "C606"})
TYPED = frozenset(f"S4{n:02}" for n in range(1, 12))  # a score is typed otherwise
WHITE = "FFFFFFFF"
DRAFT = (
    ("5月份要补的材料", ""),
    ("前街村", "责任书"),
    ("东沟村", "台账第2本"),
    ("培训签到", "问老张要"),
    ("合计扣", 3.5),
)


def prepare(sheet: Sheet, planted: Planted) -> None:
    """Plant what must be on the sheet before it is drawn."""
    key, value = planted.item, planted.value
    match planted.code:
        case "U309" | "U331" | "U333":
            sheet.texts[FIELD_OF[planted.code]] = ""
        case "U321" | "U322" | "U324" | "U332" | "U334" | "U335":
            sheet.texts[FIELD_OF[planted.code]] = str(value)
        case "U325":
            sheet.dated = sheet.dated.replace(year=int(str(value)))
        case "U336":
            sheet.texts["inspectors"] = f"{sheet.inspectors.split('、')[0]}、{sheet.leader}"
        case "E506":
            sheet.evidence[key] = ""
        case "F105":
            sheet.saved_as = sheet.saved_as or "xlsx"
        case "L203":
            sheet.labels["county"] = "自评分"
            sheet.columns["county"] = sheet.scores
        case "L204":
            sheet.left_out = key
        case "L205":
            sheet.added[key] = (sheet.item(key).title, sheet.scores[key])
        case "L206":
            sheet.added[key] = (str(value), Decimal(2))
        case "L218":
            sheet.criteria[key] = str(value)
        case "L220" | "L228":
            sheet.titles[key] = str(value)
        case "L221":
            number = {"T4.3": "T4.4", "T4.4": "T4.3"}[key]
            sheet.titles[key] = sheet.item(number).title
        case "L222":
            moved = sheet.item(key)
            sheet.items.remove(moved)
            sheet.items.insert(sheet.items.index(sheet.item(str(value))) + 1, moved)


def plant(sheet: Sheet, planted: Planted, workbook: Workbook, places: Places) -> tuple[str, str]:
    """Plant a problem into the finished form; return the worksheet and the cell at which it must be reported."""
    ws: Worksheet = workbook.worksheets[0]
    code, name = planted.code, ws.title
    if code.startswith("F") or code == "C604":
        return "", ""
    if code == "L210":
        draft = workbook.create_sheet("Sheet2")
        for row in DRAFT:
            draft.append(row)
        return "Sheet2", ""
    if code == "L215":
        hidden = workbook.copy_worksheet(ws)
        hidden.title, hidden.sheet_state = f"{name} (2)", "hidden"
        return hidden.title, ""
    if code == "L201":
        return name, _without_header(sheet, ws, places)
    _write_number(sheet, planted, ws, places)
    _change_form(sheet, planted, ws, places)
    return name, "" if code in WHOLE_SHEET else _place(sheet, planted, places)


def _without_header(sheet: Sheet, ws: Worksheet, places: Places) -> str:
    """Clear the header; the first cell that names an item is where it is missed."""
    for cell in ws[sheet.layout.header_row]:
        cell.value = None
    return places.titles[sheet.items[0].id]


def _write_number(sheet: Sheet, planted: Planted, ws: Worksheet, places: Places) -> None:
    """Scores and sums that are wrong, or typed over."""
    code, key, value = planted.code, planted.item, planted.value
    score = places.scores.get(key, "")
    match code:
        case "S415" | "S416":
            ws[score] = value
            ws[score].number_format = "0%" if code == "S415" else "0"
            if code == "S415" and "county" in sheet.labels:  # the column was copied with it
                ws[_beside(score, 1)] = value
                ws[_beside(score, 1)].number_format = "0%"
        case "S417":
            ws[_beside(score, 1)] = value
        case "S421":
            ws[places.total] = plain(sheet.total + 1)
        case "S422":
            ws[places.subtotals[sheet.item(key).dimension]] = plain(
                sheet.subtotal(sheet.item(key).dimension) - 1
            )
        case "S423":
            ws[places.total] = None
        case "S424":
            dimension = sheet.item(key).dimension if key else ""
            right = sheet.subtotal(dimension) if dimension else sheet.total
            ws[places.subtotals[dimension] if dimension else places.total] = plain(right)
        case "S425":
            dimension = sheet.item(key).dimension
            cells = [places.scores[i.id] for i in sheet.items if i.dimension == dimension and i.id != key]
            letter = coordinate_from_string(score)[0]
            rows = [coordinate_from_string(cell)[1] for cell in cells]
            ws[places.subtotals[dimension]] = f"=SUM({','.join(ranges(letter, rows))})"
        case _ if code in TYPED:
            ws[score] = value
    if code == "S409":  # a sum that its formula would now get wrong is typed
        ws[places.total] = plain(sheet.total - sheet.scores[key])


def _change_form(sheet: Sheet, planted: Planted, ws: Worksheet, places: Places) -> None:
    """Printed points, and what cannot be seen."""
    key, value = planted.item, planted.value
    score = places.scores.get(key, "")
    match planted.code:
        case "E501":
            ws[places.reasons[key]] = None
        case "L204":
            ws[places.maximum_total] = 100
        case "L207":
            ws[places.maxima[key]] = value
            ws[places.maximum_total] = 100
        case "L209":
            ws[places.maximum_total] = value
        case "L213":
            for row in range(_row(score), _row(places.scores[str(value)]) + 1):
                ws.row_dimensions[row].hidden = True
        case "L214":
            ws.column_dimensions[letter_of(sheet.layout.column("self"))].hidden = True
        case "L216":
            font = copy(ws[score].font)
            font.color = WHITE
            ws[score].font = font
        case "L217":
            ws.merge_cells(f"{score}:{_below(score)}")


def _row(cell: str) -> int:
    return coordinate_from_string(cell)[1]


def _below(cell: str) -> str:
    letter, row = coordinate_from_string(cell)
    return f"{letter}{row + 1}"


def _beside(cell: str, columns: int) -> str:
    letter, row = coordinate_from_string(cell)
    return f"{chr(ord(letter) + columns)}{row}"


def _place(sheet: Sheet, planted: Planted, places: Places) -> str:
    code, key = planted.code, planted.item
    if code in FIELD_OF:
        return places.fields[FIELD_OF[code]]
    if code in HEADER_OF:
        return places.headers[HEADER_OF[code]]
    if code in CELLS_OF:
        cells: dict[str, str] = getattr(places, CELLS_OF[code])
        return cells[key]
    first, last = (list(places.scores.values())[n] for n in (0, -1))
    match code:
        case "L209":
            return places.maximum_total
        case "L213":
            return f"{places.scores[key]}:{places.scores[str(planted.value)]}"
        case "L214":
            letter = letter_of(sheet.layout.column("self"))
            return f"{letter}{_row(first)}:{letter}{_row(last)}"
        case "L217":
            return f"{places.scores[key]}:{_below(places.scores[key])}"
        case "S413" | "S414":
            return f"{first}:{last}"
        case "S421" | "S423" | "S431":
            return places.total
        case "S422" | "S424" | "S425":
            return places.subtotals[sheet.item(key).dimension] if key else places.total
    return places.scores[key]
