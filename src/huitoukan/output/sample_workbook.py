"""The lists of a draw as a workbook for print, and the working with live formulas, so that Excel itself draws again."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from huitoukan.output.clockless import moment_of, without_clock
from huitoukan.output.files import harmless, xml_text
from huitoukan.output.form_page import set_up_page
from huitoukan.output.text import Words
from huitoukan.standing.certificate_view import CertificateView, Drawn

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_FONT = "宋体"
_WIDTHS = (6, 12, 14, 20, 9, 12, 10, 28, 14, 18)
_WORK_WIDTHS = (14, 22, 12, 70, 8, 12, 16, 8, 8, 8)
_ROW, _TITLE_ROW = 22.0, 34.0  # heights in points: there is something to be written in by hand
_FIRST = 3  # row of a list, below its title and its heads
_SIX_PLACES = "0.000000"


def sample_workbook(view: CertificateView, day: date, words: Words, leaders: Mapping[str, str]) -> bytes:
    """Three worksheets: county bodies (if any were drawn), townships by county, the working.

    `leaders` are the people in charge of counties (包县领导), by county code; where there are any, the lists are grouped by them.
    """
    from openpyxl import Workbook  # noqa: PLC0415

    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    if view.counties:
        sheet = workbook.create_sheet(words("县级机构名单"))
        _list(sheet, f"{view.title} {words('县级机构抽查名单')}".strip(), view.counties, leaders, words)
    sheet = workbook.create_sheet(words("乡镇名单"))
    townships = [one for place in view.places for one in place.townships]
    _list(sheet, f"{view.title} {words('乡镇(街道)抽查名单')}".strip(), townships, leaders, words)
    _working(workbook.create_sheet(words("抽样底稿")), view, words)
    workbook.calculation.fullCalcOnLoad = True  # openpyxl saves formulas without their results
    moment = moment_of(day)
    workbook.properties.creator = "huitoukan"
    workbook.properties.created = moment.replace(tzinfo=None)
    stream = io.BytesIO()
    workbook.save(stream)
    return without_clock(stream.getvalue(), moment)


def _list(
    sheet: Worksheet, title: str, units: Sequence[Drawn], leaders: Mapping[str, str], words: Words
) -> None:
    from openpyxl.styles import Alignment, Border, Font, Side  # noqa: PLC0415

    columns = (
        words("序号"), words("包县领导"), words("县(区、市)"), words("单位"), words("类型"), words("代码"), words("入样概率"),
        words("备注"), words("检查日期"), words("检查人员"),
    )  # fmt: skip
    shown = [n for n in range(len(columns)) if n != 1 or leaders]
    sheet.append([harmless(xml_text(title))])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(shown))
    sheet["A1"].font, sheet["A1"].alignment = Font(_FONT, 16, bold=True), Alignment("center", "center")
    sheet.append([columns[n] for n in shown])
    listed = sorted(units, key=lambda one: leaders.get(one.body, "\uffff"))
    for n, one in enumerate(listed, start=1):
        remark = words("选定: {reason}").format(reason=one.certain) if one.certain else ""
        chance = one.decimal if one.exact else words("约 {value}").format(value=one.decimal)
        texts = (leaders.get(one.body, ""), one.county, one.name, one.kind, one.code, chance, remark, "", "")
        values = (n, *(harmless(xml_text(text)) for text in texts))
        sheet.append([values[column] for column in shown])
    _look(sheet, 2, [_WIDTHS[n] for n in shown])
    thin, thick = Side("thin"), Side("medium")
    several = len({one.body for one in listed}) < len(listed)
    for place, one in enumerate(listed, start=_FIRST):
        sheet.row_dimensions[place].height = _ROW
        if (
            several and place > _FIRST and one.body != listed[place - _FIRST - 1].body
        ):  # a line between counties
            for cell in next(sheet.iter_rows(min_row=place, max_row=place)):
                cell.border = Border(thin, thin, thick, thin)
    sheet.row_dimensions[1].height, sheet.row_dimensions[2].height = _TITLE_ROW, _ROW
    set_up_page(sheet, 2, sheet.dimensions, words)


def _working(sheet: Worksheet, view: CertificateView, words: Words) -> None:
    """One block a pool: the start, then a line a unit; sum, whole part and result are formulas."""
    heads = [words("组"), words("单位"), words("层"), words("编号 (SHA-256)"), words("权数"), words("入样概率"), words("起点加累计"), words("整数部分"), words("复核"), words("抽中")]  # fmt: skip
    sheet.append(heads)
    for pool in view.pools:
        pool_id, title = pool.id, words.phrase(pool.title)
        start = sheet.max_row + 1
        left, right = f"HEX2DEC(MID(D{start},1,6))", f"HEX2DEC(MID(D{start},7,6))"
        sheet.append([pool_id, words("{title}: 起点").format(title=title), "", pool.start_number, "", "", f"=({left}*16^6+{right})/16^12", f"=INT(G{start})"])  # fmt: skip
        for row, step in enumerate(pool.steps, start=start + 1):
            texts = [harmless(xml_text(text)) for text in (pool_id, step.name, step.stratum, step.number)]
            mark = words("抽中") if step.drawn else ""
            check = f'=IF(H{row}>H{row - 1},"{words("抽中")}","")'
            sheet.append([*texts, step.weight, f"={step.probability}", f"=G{row - 1}+F{row}", f"=INT(G{row})", check, mark])  # fmt: skip
    _look(sheet, 1, _WORK_WIDTHS)
    for line in sheet.iter_rows(min_row=2, min_col=6, max_col=7):
        for cell in line:
            cell.number_format = _SIX_PLACES
    set_up_page(sheet, 1, sheet.dimensions, words)


def _look(sheet: Worksheet, head: int, widths: Sequence[int]) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    thin = Side("thin")
    box, fill = Border(thin, thin, thin, thin), PatternFill("solid", "F2F2F2")
    for row in sheet.iter_rows(min_row=head, max_col=len(widths)):
        for cell in row:
            cell.border = box
            cell.font = Font(_FONT, 11, bold=cell.row == head)
            cell.alignment = Alignment("center" if cell.row == head else None, "center", wrap_text=True)
            if cell.row == head:
                cell.fill = fill
    for n, size in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(n)].width = size
