"""The sheet 说明 of report.xlsx: the thresholds and words that formulas and colours name, the rules, and how to read it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from huitoukan.materials import Presence
from huitoukan.model import Severity, Verdict
from huitoukan.output.book_page import HEAD, SUBTITLE, Look, Page, height_of, quoted
from huitoukan.output.report_layout import COLOURS, Layout, Setting

_WIDTHS = (20.0, 14.0, 11.0, 24.0, 64.0)
_FIRST = 4
_LISTED = (*Verdict, *Severity, Presence.MISSING, Presence.LATE, Presence.EXTRA)


def draw_notes(page: Page, layout: Layout, book: Any) -> None:
    """Thresholds, words, rules, notes; the first two get names in the workbook."""
    words = layout.words
    page.heading(words("说明"), (), layout.sheets["overview"])
    for letter, width in zip("ABCDE", _WIDTHS, strict=True):
        page.sheet.column_dimensions[letter].width = width
    row = _block(
        page,
        _FIRST,
        words("分数线和比例"),
        (words("名称"), words("数值"), words("性质"), words("来源"), words("说明")),
    )
    for setting in layout.settings:
        _setting(page, layout, setting, row)
        _define(book, layout, setting.key, row)
        row += 1
    row = _block(page, row + 1, words("用词和颜色"), (words("类别"), words("用词"), "", "", words("说明")))
    for member in _LISTED:
        look = Look("word", "pale", COLOURS[member])
        page.put(row, 1, _kind(layout, member), Look("text", "pale"))
        page.put(row, 2, words.value(member), look)
        page.row(row, [None, None, _meaning(layout, member)], Look("text", "pale"), 3)
        _define(book, layout, member, row)
        row += 1
    row = _block(
        page, row + 1, words("评定规则"), (words("规则"), "", words("性质"), words("来源"), words("内容"))
    )
    for rule in layout.said.rules:
        by = rule["by"]
        sources = words("、").join(by.source_ids())
        page.row(
            row,
            [rule["title"], None, layout.said.basis_words[by.basis], sources, rule["text"]],
            Look("text", "pale"),
        )
        page.sheet.row_dimensions[row].height = max(18.0, height_of(rule["text"], _WIDTHS[-1]))
        row += 1
    page.put(row + 1, 1, words("怎么看"), SUBTITLE)
    row += 2
    for note in _notes(layout):
        page.wide(row, 1, len(_WIDTHS), note, sum(_WIDTHS))
        row += 1
    page.paper(1, f"A1:E{row - 1}", None)
    page.sheet.page_setup.fitToHeight = 1


def _block(page: Page, row: int, title: str, heads: tuple[str, ...]) -> int:
    """A title and the heads below it; returns the first row of the block."""
    page.put(row, 1, title, SUBTITLE)
    page.row(row + 1, heads, HEAD)
    page.sheet.row_dimensions[row + 1].height = 22
    return row + 2


def _setting(page: Page, layout: Layout, setting: Setting, row: int) -> None:
    basis = layout.said.basis_words[setting.by.basis] if setting.by else None
    sources = layout.words("、").join(setting.by.source_ids()) if setting.by else None
    hint = layout.words("公式里写作 {name}").format(name=layout.name(setting.key))
    page.put(row, 1, setting.title, Look("text", "pale"))
    page.put(row, 2, setting.value, Look("percent" if setting.share else "number", "pale"))
    page.row(row, [basis, sources, hint], Look("text", "pale"), 3)


def _define(book: Any, layout: Layout, key: str | StrEnum, row: int) -> None:
    from openpyxl.workbook.defined_name import DefinedName  # noqa: PLC0415

    name = layout.name(key)
    book.defined_names[name] = DefinedName(name, attr_text=f"{quoted(layout.sheets['notes'])}!$B${row}")


def _kind(layout: Layout, member: StrEnum) -> str:
    words = layout.words
    return {Verdict: words("结论"), Severity: words("问题级别"), Presence: words("报送状态")}[type(member)]


def _meaning(layout: Layout, member: StrEnum) -> str:
    words = layout.words
    return {
        Verdict.PASS: words("按评定规则达标。"),
        Verdict.FAIL: words("按评定规则未达标。"),
        Verdict.PENDING: words("还缺评分表或分数, 补齐以前不能定。"),
        Severity.ERROR: words("使结论错误或不能作出, 必须更正。"),
        Severity.WARNING: words("需要核实。"),
        Severity.INFO: words("记录在案, 不必答复。"),
        Presence.MISSING: words("应报没有收到, 不等于 0 分。"),
        Presence.LATE: words("收到, 但过了期限。"),
        Presence.EXTRA: words("收到, 但不要求报送。"),
    }[member]


def _notes(layout: Layout) -> Iterator[str]:
    words = layout.words
    yield layout.said.made_with
    yield words(
        "合计、占比、得分、名次和问题数是公式, 随各表的数变化; 改动“说明”里的分数线, 只影响距达标线和颜色, 不改变结论。"
    )
    yield words("结论由评分表逐项评定, 不是公式; 更正原文件后请重新生成。")
    yield words("筛选不影响公式和链接; 排序以后, 链接仍指向原来的行。")
    yield words("空格表示没有, 不是 0。没有收到的写缺报, 不适用的写不适用。")
    yield words("“县区”“乡镇”打印到主要理由为止, “问题清单”打印到单元格为止, 右边的各列在屏幕上查看。")
