"""A Word document laid out as an official document of China (GB/T 9704-2012), for make_word_templates.py.

Paper, margins, fonts with what stands in for them, named styles, page numbers, tables with repeated headings. What Word needs
and python-docx has no words for is written as XML here, once.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle

TITLE, BODY, HEAD, SUBHEAD, SONG = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
LATIN = "Times New Roman"
# What a machine without a font takes in its place: Windows, macOS, Linux. Word and LibreOffice read these names.
STAND_INS = {
    TITLE: "方正小标宋_GBK,华文中宋,STZhongsong,宋体,SimSun,Noto Serif CJK SC,Songti SC",
    BODY: "仿宋,FangSong,华文仿宋,STFangsong,宋体,SimSun,Noto Serif CJK SC",
    SUBHEAD: "楷体,KaiTi,华文楷体,STKaiti,宋体,SimSun,Noto Serif CJK SC",
    HEAD: "SimHei,华文黑体,STHeiti,微软雅黑,Microsoft YaHei,Noto Sans CJK SC",
    SONG: "SimSun,华文宋体,STSong,Noto Serif CJK SC",
}
_FAMILIES = {HEAD: "swiss"}
WIDTH = 156  # mm between the margins
_KEPT = frozenset(("Normal", "Default Paragraph Font", "Normal Table", "No List", "Table Grid"))
_CREATED = datetime(2024, 1, 1)


@dataclass(frozen=True)
class Column:
    """One column: its heading and its cells as templates, its width in mm, `l`, `c`, `r`, or `s` (small); `when`: only where this holds.

    With `each` (`one in many`) there is such a column for each of many; `each_cell` says the same of a row, where that differs.
    """

    head: str
    cell: str
    width: float
    align: str = "c"
    when: str = ""
    each: str = ""
    each_cell: str = ""


class Page:
    """A document that is built from the top to the bottom."""

    def __init__(self, title: str) -> None:
        self.document = Document()
        self._paper()
        self._styles()
        self._fonts()
        self._numbers()
        properties = self.document.core_properties
        properties.author = properties.last_modified_by = "huitoukan"
        properties.title, properties.comments, properties.language = title, "", ""
        properties.created = properties.modified = _CREATED

    def save(self) -> bytes:
        """The document as bytes."""
        stream = io.BytesIO()
        self.document.save(stream)
        return stream.getvalue()

    # ------------------------------------------------------------------------------------------------ what is written

    def text(self, style: str, *texts: str) -> None:
        """Paragraphs of one style."""
        for text in texts:
            self.document.add_paragraph(text, style=style)

    def tag(self, *tags: str) -> None:
        """Paragraphs that hold a tag only (`{%p … %}`) and are gone from what is rendered."""
        for tag in tags:
            self.document.add_paragraph("{%p " + tag + " %}", style="标记")

    def each(self, loop: str, style: str, text: str) -> None:
        """A paragraph for each of many."""
        self.tag(f"for {loop}")
        self.text(style, text)
        self.tag("endfor")

    def table(
        self, columns: Sequence[Column], rows: Sequence[str], *, caption: str = "", before: Sequence[str] = (),
        total: Sequence[Column] = (), total_when: str = "",
    ) -> None:  # fmt: skip
        """A table: a repeated heading, one row for each of `rows` (loops and conditions, the outer ones first).

        `before` are rows over the whole width at the beginning of the loop `rows[0]`; `total` is one more row at the end.
        """
        if caption:
            self.text("表题", caption)
        wide = [cells for column in columns for cells in _tagged(column)]
        count = len(wide)
        table = self.document.add_table(rows=0, cols=count, style="表格")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        widths = [0.0 if isinstance(one, dict) else one.width for one in wide]
        for grid, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
            grid.w = Mm(width or 1)
        self._row(table, wide, "head")
        outer, inner = (rows[:1], rows[1:]) if before else (rows, ())
        for tag in outer:
            self._tag_row(table, tag)
        for text in before:
            row = table.add_row()
            cell = row.cells[0].merge(row.cells[-1])
            cell.paragraphs[0].text, cell.paragraphs[0].style = text, "表格分组"
            _shade(cell, "F2F2F2")
            _whole(row, heading=False)
        for tag in inner:
            self._tag_row(table, tag)
        self._row(table, wide, "cell")
        for tag in reversed(rows):
            self._tag_row(table, "endfor" if tag.startswith("for ") else "endif")
        if total:
            if total_when:
                self._tag_row(table, f"if {total_when}")
            self._row(table, [cells for column in total for cells in _tagged(column)], "cell")
            if total_when:
                self._tag_row(table, "endif")

    def _row(self, table, wide, part: str) -> None:  # type: ignore[no-untyped-def]
        row = table.add_row()
        for cell, one in zip(row.cells, wide, strict=True):
            if isinstance(one, dict):
                cell.paragraphs[0].text, cell.paragraphs[0].style = "{%tc " + one[part] + " %}", "标记"
                cell.width = Mm(1)
                continue
            style = (
                "表头"
                if part == "head"
                else {"l": "表格文字", "c": "表格居中", "r": "表格数字", "s": "表格小字"}[one.align]
            )
            cell.paragraphs[0].text, cell.paragraphs[0].style = getattr(one, part), style
            cell.width = Mm(one.width)
            if part == "head":
                _shade(cell, "E7E6E6")
        _whole(row, heading=part == "head")

    def _tag_row(self, table, tag: str) -> None:  # type: ignore[no-untyped-def]
        row = table.add_row()
        cell = row.cells[0].merge(row.cells[-1]) if len(row.cells) > 1 else row.cells[0]
        cell.paragraphs[0].text, cell.paragraphs[0].style = "{%tr " + tag + " %}", "标记"

    # ------------------------------------------------------------------------------------------------ paper and styles

    def _paper(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.header_distance, section.footer_distance = Mm(15), Mm(25)  # the number 7 mm below the text
        section.gutter = 0
        grid = section._sectPr.find(qn("w:docGrid"))
        if grid is not None:
            section._sectPr.remove(grid)

    def _styles(self) -> None:
        styles = self.document.styles
        for style in list(styles):
            if style.name not in _KEPT:
                style.delete()
        latent = styles.element.find(qn("w:latentStyles"))
        if latent is not None:
            styles.element.remove(latent)
        defaults = styles.element.find(qn("w:docDefaults"))
        for properties in defaults.iter(qn("w:rPr")):
            for child in list(properties):
                properties.remove(child)
            properties.append(_fonts_of(BODY))
            properties.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="en-US" w:eastAsia="zh-CN"/>'))
        for properties in defaults.iter(qn("w:pPr")):
            for child in list(properties):
                properties.remove(child)
        normal = styles["Normal"]
        _letters(normal, BODY, 16)
        _spacing(normal, 28)
        add = self._style
        # 22 points: 二号; 16: 三号; 14: 四号; 12: 小四; 10.5: 五号; 9: 小五. A body of 28 characters a line, as the standard has it.
        add("公文标题", TITLE, 22, line=34, align="c", after=6, keep=True)
        add("公文署名机关", SUBHEAD, 16, align="c", after=10)
        add("发文字号", BODY, 16, align="c", after=14)
        add("主送机关", BODY, 16, tight=True)
        add("公文正文", BODY, 16, indent=2, tight=True, align="j")
        add("一级标题", HEAD, 16, indent=2, outline=0, keep=True)
        add("二级标题", SUBHEAD, 16, indent=2, outline=1, keep=True)
        add("三级标题", BODY, 16, indent=2, outline=2, keep=True, bold=True)
        add("四级标题", BODY, 16, indent=2, tight=True, align="j")
        add("附件说明", BODY, 16, indent=2, keep=True)
        add("附件续行", BODY, 16, indent=5, keep=True)
        add("附件标题", HEAD, 16, outline=0, keep=True, fresh=True)
        add("落款", BODY, 16, align="r", right=4, keep=True, before=28)
        add("成文日期", BODY, 16, align="r", right=4)
        add("表题", HEAD, 12, line=22, align="c", before=8, after=2, keep=True)
        add("图", BODY, 10.5, line=0, align="c", before=6, keep=True)
        add("图题", HEAD, 12, line=22, align="c", after=6)
        add("表头", HEAD, 10.5, line=15, align="c")
        add("表格文字", BODY, 10.5, line=15)
        add("表格居中", BODY, 10.5, line=15, align="c")
        add("表格数字", BODY, 10.5, line=15, align="r", right=0.4)
        add("表格小字", BODY, 9, line=13)
        add("表格分组", SUBHEAD, 10.5, line=15, keep=True)
        add("表注", BODY, 10.5, line=16, before=3, after=6)
        add("标记", BODY, 9, line=12)
        add("页码", SONG, 14, line=18, latin=SONG)
        self._table_style()

    def _style(
        self, name: str, font: str, size: float, *, line: float = 28, indent: int = 0, align: str = "", right: float = 0,
        before: float = 0, after: float = 0, outline: int | None = None, keep: bool = False, bold: bool = False,
        tight: bool = False, fresh: bool = False, latin: str = LATIN,
    ) -> ParagraphStyle:  # fmt: skip
        style = self.document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = self.document.styles["Normal"]
        style.quick_style = name != "标记"
        _letters(style, font, size, latin=latin, bold=bold, tight=tight)
        _spacing(style, line, before=before, after=after)
        layout = style.paragraph_format
        if align:
            layout.alignment = {
                "c": WD_ALIGN_PARAGRAPH.CENTER, "r": WD_ALIGN_PARAGRAPH.RIGHT, "j": WD_ALIGN_PARAGRAPH.JUSTIFY
            }[align]  # fmt: skip
        layout.keep_with_next = keep
        layout.page_break_before = fresh
        properties = style.element.get_or_add_pPr()
        if indent or right:
            unit = int(size * 20)
            ind = parse_xml(f"<w:ind {nsdecls('w')}/>")
            if indent:
                ind.set(qn("w:firstLineChars"), str(indent * 100))
                ind.set(qn("w:firstLine"), str(indent * unit))
            if right:
                ind.set(qn("w:rightChars"), str(round(right * 100)))
                ind.set(qn("w:right"), str(round(right * unit)))
            properties._insert_ind(ind)
        if outline is not None:
            level = parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="{outline}"/>')
            properties.append(level)
        return style

    def _table_style(self) -> None:
        edges = "".join(
            f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="404040"/>'
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        self.document.styles.element.append(
            parse_xml(
                f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="BiaoGe"><w:name w:val="表格"/>'
                '<w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:qFormat/>'
                f"<w:tblPr><w:tblBorders>{edges}</w:tblBorders><w:tblCellMar>"
                '<w:top w:w="28" w:type="dxa"/><w:left w:w="68" w:type="dxa"/>'
                '<w:bottom w:w="28" w:type="dxa"/><w:right w:w="68" w:type="dxa"/></w:tblCellMar></w:tblPr>'
                '<w:tcPr><w:vAlign w:val="center"/></w:tcPr></w:style>'
            )
        )

    def _fonts(self) -> None:
        """The font table: by its other names a machine finds what stands in for a font that it has not."""
        fonts = "".join(
            f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
            f'<w:family w:val="{_FAMILIES.get(name, "roman")}"/><w:pitch w:val="variable"/></w:font>'
            for name, others in STAND_INS.items()
        )
        fonts += f'<w:font w:name="{LATIN}"><w:charset w:val="00"/><w:family w:val="roman"/><w:pitch w:val="variable"/></w:font>'
        for part in self.document.part.package.iter_parts():
            if part.partname.endswith("fontTable.xml"):
                part._blob = (
                    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
                    f"<w:fonts {nsdecls('w')}>{fonts}</w:fonts>"
                ).encode()
            if "/theme/" in part.partname:  # what stands in where a style names no font
                text = part.blob.decode("utf-8")
                text = re.sub(r'(<a:font script="Hans" typeface=")[^"]*', rf"\g<1>{SONG}", text)
                part._blob = re.sub(r'(<a:ea typeface=")[^"]*', rf"\g<1>{SONG}", text).encode("utf-8")

    def _numbers(self) -> None:
        """“— 1 —” below the text: on the right of odd pages and on the left of even ones, one character from the edge."""
        settings = self.document.settings
        settings.odd_and_even_pages_header_footer = True
        section = self.document.sections[0]
        for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
            footer.is_linked_to_previous = False
            paragraph = footer.paragraphs[0]
            paragraph.style = self.document.styles["页码"]
            properties = paragraph._p.get_or_add_pPr()
            ind = parse_xml(f'<w:ind {nsdecls("w")} w:{side}Chars="100" w:{side}="280"/>')
            properties._insert_ind(ind)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if side == "right" else WD_ALIGN_PARAGRAPH.LEFT
            paragraph.add_run("— ")
            for kind, text in (("begin", ""), ("", " PAGE "), ("separate", ""), ("text", "1"), ("end", "")):
                run = paragraph.add_run(text if kind == "text" else "")
                if kind in ("begin", "separate", "end"):
                    run._r.append(parse_xml(f'<w:fldChar {nsdecls("w")} w:fldCharType="{kind}"/>'))
                elif not kind:
                    run._r.append(
                        parse_xml(f'<w:instrText {nsdecls("w")} xml:space="preserve">{text}</w:instrText>')
                    )
            paragraph.add_run(" —")


def _tagged(column: Column) -> list[Column | dict[str, str]]:
    """The cells of a column in the template: with its loop or condition on either side, for the heading and for a row."""
    begin = f"if {column.when}" if column.when else f"for {column.each}" if column.each else ""
    if not begin:
        return [column]
    end = "endif" if column.when else "endfor"
    cell = f"for {column.each_cell}" if column.each_cell else begin
    return [{"head": begin, "cell": cell}, column, {"head": end, "cell": end}]


def _fonts_of(east: str, latin: str = LATIN):  # type: ignore[no-untyped-def]
    # The hint gives marks that both scripts have (“”‘’—…·) to the Chinese font, in which they are as wide as a character.
    return parse_xml(
        f'<w:rFonts {nsdecls("w")} w:hint="eastAsia" w:ascii="{latin}" w:eastAsia="{east}" w:hAnsi="{latin}" w:cs="{latin}"/>'
    )


def _letters(  # type: ignore[no-untyped-def]
    style, east: str, size: float, *, latin: str = LATIN, bold: bool = False, tight: bool = False
) -> None:
    properties = style.element.get_or_add_rPr()
    for child in list(properties):
        properties.remove(child)
    style.font.size, style.font.bold = Pt(size), bold or None
    properties.insert(0, _fonts_of(east, latin))
    if tight:  # a quarter of a point less: 28 characters a line between these margins
        properties.insert(
            list(properties).index(properties.find(qn("w:sz"))),
            parse_xml(f'<w:spacing {nsdecls("w")} w:val="-5"/>'),
        )


def _spacing(style, line: float, before: float = 0, after: float = 0) -> None:  # type: ignore[no-untyped-def]
    layout = style.paragraph_format
    layout.space_before, layout.space_after = Pt(before), Pt(after)
    layout.line_spacing = Pt(line) if line else 1.0
    layout.widow_control = False


def _shade(cell, colour: str) -> None:  # type: ignore[no-untyped-def]
    cell._tc.get_or_add_tcPr().append(
        parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{colour}"/>')
    )


def _whole(row, *, heading: bool) -> None:  # type: ignore[no-untyped-def]
    properties = row._tr.get_or_add_trPr()
    properties.append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
    if heading:
        properties.append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
