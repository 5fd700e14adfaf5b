"""Cells full to the last character: what is no label, name or date costs no time, and changes nothing."""

from dataclasses import replace

import pytest

from huitoukan.examination import check_sheet
from huitoukan.intake.extract import extract_sheet
from huitoukan.intake.labels import LONGEST, label_key, legible, title_key
from huitoukan.rules.registry import Context
from tests.conftest import grid_of

FULL = 32_767  # characters of a cell
TABLE = "| 序号 | 检查项目 | 标准分 | 自评分 | 扣分原因 |\n| T1.2 | 普查与抽样 | 3 | 3 | |\n| T1.4 | 计划总结 | 2 | 2 | |\n"
HOSTILE = {
    "nested brackets": "(" * 16_000 + ")" * 16_000,
    "blanks": "a" + " " * (FULL - 2) + "b",
    "grows eighteenfold": "\ufdfa" * FULL,
    "digits": "9" * FULL,
    "labels": "单位：" * (FULL // 3),
    "line ends": "\n" * FULL,
    "underscores": "_" * FULL,
    "dates": "2024年5月20日 " * 3_000,
}
PLACES = ["title", "单位名称", "检查日期", "检查阶段", "县区", "item"]


def grid_with(place, text):
    grid = grid_of(TABLE)
    rows = [list(row) for row in grid.rows]
    if place == "title":
        rows.insert(0, [text])
    elif place == "item":
        rows[2][1] = text
    else:
        rows.append([place, text])
        rows.append([f"{place}：{text}"])
    return replace(grid, rows=rows)


def understood(grid, campaign):
    """What is read of a form, apart from the texts as they stand."""
    sheet = extract_sheet("a.xlsx", grid, campaign)[0].sheet
    readings = [(score.item, score.reading) for score in sheet.scores]
    return sheet.unit.unit, sheet.unit.match, sheet.stage.stage, sheet.date.reading, readings


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_of_a_full_cell_only_the_beginning_is_read(campaign, place, text):
    """Patterns that try every blank or bracket would take seconds over the rest, which says nothing."""
    full = understood(grid_with(place, text), campaign)
    assert full == understood(grid_with(place, legible(text)), campaign)
    assert full[-1][-1][1].value == 2


def test_a_finding_quotes_the_whole_cell(campaign):
    text = "甲" * FULL
    grid = grid_of(TABLE, f"单位名称：\n检查阶段：自评\n检查日期：{text}")
    (finding,) = [
        f
        for f in check_sheet(extract_sheet("a.xlsx", grid, campaign)[0], Context(campaign))
        if f.code == "U322"
    ]
    assert finding.value == f"检查日期：{text}"


def test_only_the_beginning_of_a_text_is_looked_at():
    assert legible("甲" * LONGEST) == "甲" * LONGEST
    assert legible("甲" * (LONGEST + 1)) == "甲" * LONGEST
    assert label_key("甲" * FULL) == title_key("甲" * FULL) == "甲" * LONGEST
