"""The list of problems (问题清单) in front of a marked copy: every problem with a link to its cell, and how to go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from huitoukan.grid import column_letters
from huitoukan.intake.marked import SIGN
from huitoukan.model import Severity
from huitoukan.output.annotate_package import MAIN, OFFICE, WORKBOOK, Package, PackageError, main
from huitoukan.output.annotate_styles import GROUNDS, Styles
from huitoukan.output.annotate_values import SHEET_TYPE, cell_xml
from huitoukan.output.files import xml_text
from huitoukan.output.form_page import SIZE, height_of
from huitoukan.output.text import Words

_DIGIT = 6.0  # points of a digit, what column widths count
_WIDTHS = (5.0, 7.0, 13.0, 12.0, 9.0, 18.0, 14.0, 38.0, 36.0, 7.0)
_LONGEST_VALUE = 120  # characters of a cell that are shown in the list
_LONGEST_NAME = 31
_GREY = "FF7F7F7F"


@dataclass(frozen=True, slots=True)
class Remark:
    """A problem in words, where it stands (`sheet` and `cell` None: the file, the sheet as a whole) and how much it matters.

    `unit` is the name of the unit, `subject` the item or the sum that it is about, `short` the message beside it, `blocks`
    whether the sheet cannot count.
    """

    severity: Severity
    code: str
    sheet: str | None
    cell: str | None
    unit: str
    subject: str
    value: str
    message: str
    short: str
    fix: str
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class ListTexts:
    """What stands above the list: the title, what there is to know, and which file this is a copy of."""

    title: str
    notes: tuple[str, ...]
    origin: str


def put_list(
    package: Package, styles: Styles, remarks: Sequence[Remark], texts: ListTexts, words: Words, old: str | None, shown: frozenset[str],
) -> None:  # fmt: skip
    """Put the list in front of the workbook, or in the place of the list of an earlier copy (its part: `old`).

    `shown` are the worksheets that a link can lead to: those that are not hidden.
    """
    notes = [*texts.notes]
    head = len(notes) + 3  # the title, the notes, the sign, the header
    xml = _sheet(styles, remarks, texts, notes, words, shown, head).encode("utf-8", "replace")
    book = package.tree(WORKBOOK)
    if old is not None:
        name = _name_of(package, old)
        for relation in list(package.relations(old)):
            package.unrelate(old, frozenset({relation.kind}))
        package.put(old, xml)
    else:
        name = _free_name(book, words("问题清单"))
        part = package.free("xl/worksheets/sheet{}.xml")
        package.put(part, xml)
        package.declare(SHEET_TYPE, part=part)
        _enter(package, name, package.relate(WORKBOOK, "worksheet", part))
    _define(book, name, head, head + max(1, len(remarks)))
    _show_first(book, name)


def _sheets(book: Any) -> Any:
    sheets = book.find(main("sheets"))
    if sheets is None:
        raise PackageError(WORKBOOK)
    return sheets


def _name_of(package: Package, part: str) -> str:
    ids = {one.id for one in package.relations(WORKBOOK) if one.target == part}
    found = [s.get("name") for s in _sheets(package.tree(WORKBOOK)) if s.get(f"{{{OFFICE}}}id") in ids]
    return str(found[0])


def _free_name(book: Any, wanted: str) -> str:
    taken = {(sheet.get("name") or "").casefold() for sheet in _sheets(book)}
    name, number = wanted, 1
    while name.casefold() in taken:
        number += 1
        name = f"{wanted[:_LONGEST_NAME]}({number})"
    return name


def _enter(package: Package, name: str, relation: str) -> None:
    """The list as the first worksheet: what counts worksheets by their place counts on by one."""
    from lxml import etree  # noqa: PLC0415

    book = package.tree(WORKBOOK)
    sheets = _sheets(book)
    number = 1 + max((int(sheet.get("sheetId") or 0) for sheet in sheets), default=0)
    made = etree.Element(main("sheet"), nsmap={None: MAIN, "r": OFFICE}, name=name, sheetId=str(number))
    made.set(f"{{{OFFICE}}}id", relation)
    sheets.insert(0, made)
    for defined in book.iter(main("definedName")):
        if defined.get("localSheetId") is not None:
            defined.set("localSheetId", str(int(defined.get("localSheetId")) + 1))


def _show_first(book: Any, name: str) -> None:
    place = next((n for n, sheet in enumerate(_sheets(book)) if sheet.get("name") == name), 0)
    for view in book.iter(main("workbookView")):
        view.set("activeTab", str(place))
        view.attrib.pop("firstSheet", None)


def _define(book: Any, name: str, head: int, last: int) -> None:
    """The rows that each page repeats, and the area of the filter."""
    from lxml import etree  # noqa: PLC0415

    place = str(next((n for n, sheet in enumerate(_sheets(book)) if sheet.get("name") == name), 0))
    names = book.find(main("definedNames"))
    if names is None:
        names = etree.Element(main("definedNames"))
        before = [
            child
            for child in book
            if child.tag in {main(n) for n in ("sheets", "functionGroups", "externalReferences")}
        ]
        book.insert(book.index(before[-1]) + 1, names)
    for one in list(names):
        if one.get("localSheetId") == place:
            names.remove(one)
    quoted = _quoted(name)
    end = column_letters(len(_WIDTHS) - 1)
    for told, text in (
        ("_xlnm._FilterDatabase", f"{quoted}!$A${head}:${end}${last}"),
        ("_xlnm.Print_Titles", f"{quoted}!${head}:${head}"),
    ):
        made = etree.SubElement(names, main("definedName"), name=told, localSheetId=place)
        made.text = text
        if told.endswith("FilterDatabase"):
            made.set("hidden", "1")


def _quoted(name: str) -> str:
    doubled = name.replace("'", "''")
    return f"'{doubled}'"


# ---------------------------------------------------------------------------------------------------------- drawing


def _font(
    size: float, *, bold: bool = False, colour: str = "", underlined: bool = False, name: str = "宋体"
) -> str:
    return (
        f'<font>{"<b/>" if bold else ""}{"<u/>" if underlined else ""}<sz val="{size:g}"/>'
        + (f'<color rgb="{colour}"/>' if colour else "")
        + f'<name val="{name}"/><charset val="134"/></font>'
    )


def _ground(colour: str) -> str:
    return f'<fill><patternFill patternType="solid"><fgColor rgb="{colour}"/><bgColor indexed="64"/></patternFill></fill>'


def _sheet(
    styles: Styles, remarks: Sequence[Remark], texts: ListTexts, notes: Sequence[str], words: Words, shown: frozenset[str], head: int,
) -> str:  # fmt: skip
    side = '<{0} style="thin"><color rgb="FFBFBFBF"/></{0}>'
    box = (
        "<border>"
        + "".join(side.format(s) for s in ("left", "right", "top", "bottom"))
        + "<diagonal/></border>"
    )
    wrapped = '<alignment horizontal="left" vertical="center" wrapText="1"/>'
    indented = '<alignment horizontal="left" vertical="center" wrapText="1" indent="1"/>'
    centred = '<alignment horizontal="center" vertical="center" wrapText="1"/>'
    title = styles.style(_font(16, name="黑体"), alignment='<alignment vertical="center"/>')
    note = styles.style(_font(SIZE), alignment=wrapped)
    sign = styles.style(_font(8, colour=_GREY), alignment='<alignment vertical="center"/>')
    header = styles.style(_font(SIZE, name="黑体"), _ground("FFDCE6F1"), box, centred)
    text, middle = styles.style(_font(SIZE), "", box, indented), styles.style(_font(SIZE), "", box, centred)
    link = styles.style(_font(SIZE, colour="FF0563C1", underlined=True), "", box, centred)
    grounds = {s: styles.style(_font(SIZE), _ground(colour), box, centred) for s, colour in GROUNDS.items()}
    rows = [_row(1, 26, [cell_xml((0, 0), title, texts.title)])]
    width = sum(_WIDTHS) * _DIGIT
    for n, one in enumerate(notes, start=1):
        rows.append(_row(n + 1, height_of(one, width), [cell_xml((n, 0), note, one)]))
    rows.append(_row(head - 1, 13, [cell_xml((head - 2, 0), sign, f"{SIGN} · {texts.origin}")]))
    heads = (
        words("序号"), words("级别"), words("单位"), words("工作表"), words("单元格"), words("项目"), words("单元格内容"),
        words("问题"), words("怎么改"), words("代码"),
    )  # fmt: skip
    rows.append(_row(head, 22, [cell_xml((head - 1, n), header, one) for n, one in enumerate(heads)]))
    links = []
    for n, remark in enumerate(remarks):
        row = head + n
        value = remark.value[:_LONGEST_VALUE] + ("…" if len(remark.value) > _LONGEST_VALUE else "")
        linked = remark.cell is not None and remark.sheet in shown
        if linked:
            target = f"{_quoted(remark.sheet or '')}!{remark.cell}"
            links.append(
                f'<hyperlink ref="E{row + 1}" location="{escape(xml_text(target))}" display="{remark.cell}"/>'
            )
        said: tuple[tuple[str | int | None, int], ...] = (
            (n + 1, middle), (words.value(remark.severity), grounds[remark.severity]), (remark.unit, text),
            (remark.sheet, text), (remark.cell, link if linked else middle), (remark.subject, text), (value, text),
            (remark.short, text), (remark.fix, text), (remark.code, middle),
        )  # fmt: skip
        cells = [cell_xml((row, c), style, one) for c, (one, style) in enumerate(said)]
        high = max(
            height_of(str(one or ""), w * _DIGIT - SIZE) for (one, _), w in zip(said, _WIDTHS, strict=True)
        )
        rows.append(_row(row + 1, min(409.0, max(18.0, high)), cells))
    end = column_letters(len(_WIDTHS) - 1)
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{w}" customWidth="1"/>' for n, w in enumerate(_WIDTHS, start=1)
    )
    merged = "".join(f'<mergeCell ref="A{n}:{end}{n}"/>' for n in range(2, len(notes) + 2))
    last = head + max(1, len(remarks))
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{MAIN}"><sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="A1:{end}{last}"/>'
        f'<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0"><pane ySplit="{head}" topLeftCell="A{head + 1}" activePane="bottomLeft" state="frozen"/>'
        f'<selection pane="bottomLeft" activeCell="A{head + 1}" sqref="A{head + 1}"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>{"".join(rows)}</sheetData>'
        f'<autoFilter ref="A{head}:{end}{last}"/>'
        + (f'<mergeCells count="{len(notes)}">{merged}</mergeCells>' if notes else "")
        + (f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else "")
        + '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        f"<headerFooter><oddFooter>{escape('&C' + words('第 &P 页 共 &N 页'))}</oddFooter></headerFooter></worksheet>"
    )


def _row(number: int, height: float, cells: Sequence[str]) -> str:
    return f'<row r="{number}" ht="{height:g}" customHeight="1">{"".join(cells)}</row>'
