"""L218-L225: old forms, renamed, reordered and inserted items, fields that went, panels side by side, links."""

import pytest

from huitoukan.intake.labels import wording
from huitoukan.rules.wording import _out_of_order
from tests.conftest import findings_of, grid_of

HEAD = "| 序号 | 检查项目 | 评分标准 | 标准分 | 自评分 |\n"
ROWS = (
    "| T1.1 | 报表任务 | 各专业报表无漏报 | 4 | 4 |\n"
    "| T1.2 | 普查与抽样 | 按期完成普查、抽样 | 3 | 3 |\n"
    "| T1.3 | 单位核实 | 名录核实、新增上报 | 3 | 3 |\n"
    "| T2.4 | 村级统计员 | 村居覆盖100% 3; ≥90 2; ≥70 1 | 3 | 3 |\n"
)
TABLE = HEAD + ROWS


def test_old_criterion_text(fires, silent):
    fires("L218", TABLE.replace("≥70 1", "≥60 1"), "C5 '村居覆盖100% 3; ≥90 2; ≥60 1'")
    fires("L218", TABLE.replace("无漏报", "无漏报漏审").replace("各专业", "各"), "C2 '各报表无漏报漏审'")
    silent("L218", TABLE)
    silent("L218", TABLE.replace("≥90 2; ≥70 1", "≧90  2；≧70 1。"))  # the same in other marks
    silent("L218", TABLE.replace("3; ≥90 2; ≥70 1", "得3分；不低于90得2分；>=70 1分"))  # and words
    silent("L218", TABLE.replace("各专业报表无漏报", "各专业报表无漏报，每漏 1 项扣 0.5 分"))  # and more
    silent("L218", TABLE.replace("各专业报表无漏报", ""))  # nothing printed
    partly = TABLE.replace("各专业报表无漏报", "").replace("≥70 1", "≥60 1")
    fires("L218", partly, "C5 '村居覆盖100% 3; ≥90 2; ≥60 1'")


@pytest.mark.parametrize(
    ("text", "same"),
    [(">=9", "≥9"), ("≧9", "≥9"), ("大于等于 9", "≥9"), ("不低于9", "≥9"), ("不少于9", "≥9"), ("<=9", "≤9"), ("≦9", "≤9"), ("小于等于9", "≤9"), ("得 3 分", "3"),
     ("１００％", "100%"), ("a_b、c;", "abc"), ("X", "X"), ("> 9 < 9", ">9<9")],
)  # fmt: skip
def test_words_for_the_same_criterion(text, same):
    assert wording(text) == same


def test_criteria_that_are_mostly_other_words_are_told_once(fires, silent, says):
    other = HEAD + (
        "| T1.1 | 报表任务 | 按时报表 | 4 | 4 |\n"
        "| T1.2 | 普查与抽样 | 做好普查 | 3 | 3 |\n"
        "| T1.3 | 单位核实 | 名录核实、新增上报 | 3 | 3 |\n"
    )
    fires("L219", other, "C1 '评分标准'")
    says("L219", other, "有 2 项的评分标准与本次的文字不一样。")
    silent("L218", other)
    silent("L219", TABLE.replace("≥70 1", "≥60 1"))
    half = TABLE.replace("各专业报表无漏报", "按时报表").replace("≥70 1", "≥60 1")
    silent("L219", half)
    fires("L218", half, "C2 '按时报表'", "C5 '村居覆盖100% 3; ≥90 2; ≥60 1'")


def test_item_renamed(fires, silent, says):
    renamed = TABLE.replace("村级统计员", "村级协统员")
    fires("L220", renamed, "B5 '村级协统员'")
    says("L220", renamed, "T2.4 的项目名称应为“村级统计员”，表中是“村级协统员”。")
    silent("L220", TABLE)
    silent("L220", TABLE.replace("村级统计员", "4、村级统计员（3分）"))
    silent("L220", TABLE.replace("| T2.4 | 村级统计员", "| T2.4 | T2.4 村级统计员"))
    silent("L220", TABLE.replace("| T2.4 | 村级统计员", "| T2.4 | T2.4"))  # an id alone renames nothing
    another = TABLE.replace("报表任务", "甲").replace("普查与抽样", "乙").replace("单位核实", "丙")
    silent("L220", TABLE.replace("报表任务", "甲").replace("普查与抽样", "乙"))  # as half of them are
    silent("L220", another)  # most names are none of ours: this is no column of titles


def test_a_renamed_item_without_an_id_is_an_inserted_and_a_missing_row(fires):
    table = TABLE.replace("| T2.4 | 村级统计员", "| 4 | 村级协统员")
    fires("L206", table, "B5 '村级协统员'")


def test_id_and_title_disagree(fires, silent):
    fires("L221", TABLE.replace("| T1.2 | 普查与抽样", "| T1.2 | 计划总结"), "B3 '计划总结'")
    silent("L221", TABLE.replace("| T1.2 | 普查与抽样", "| T1.2 | 普查、抽样"))  # L220
    silent("L221", TABLE.replace("T1.", "1."))


def test_items_reordered(fires, silent, says, campaign):
    lines = ROWS.splitlines(keepends=True)
    swapped = HEAD + lines[0] + lines[2] + lines[1] + lines[3]
    fires("L222", swapped, "B3 '单位核实'")
    first_last = HEAD + "".join(lines[1:]) + lines[0]
    fires("L222", first_last, "B5 '报表任务'")
    says("L222", first_last, "检查项目的顺序与表样不同，T1.1 换了位置。")
    backwards = HEAD + "".join(lines[::-1])
    fires("L222", backwards, "B2 '村级统计员'")
    assert [f.item for f in findings_of(grid_of(backwards), "a.xlsx", campaign) if f.code == "L222"] == [
        "T2.4"
    ]
    silent("L222", TABLE)
    silent("L222", HEAD + lines[0] + lines[3])  # rows that went are no other order


@pytest.mark.parametrize(
    ("places", "moved"),
    [
        ([], []),
        ([1, 2, 3], []),
        ([2, 1], [0]),
        ([3, 1, 2], [0]),
        ([3, 2, 1], [0, 1]),
        ([1, 3, 2, 4], [1]),
        ([1, 4, 2, 3], [1]),
    ],
)
def test_the_fewest_rows_are_called_moved(places, moved):
    assert _out_of_order(places) == moved


FIELDS = "单位名称：昔阳县乐平镇 检查阶段：自评 检查日期：2024年5月20日"


def test_signature_fields_missing(fires, silent, says):
    fires("L223", TABLE, "")
    says("L223", TABLE, "表上没有“检查人员、被检查单位负责人签字”栏。")
    half = FIELDS + " 检查人员：王伟"
    says("L223", TABLE, "表上没有“被检查单位负责人签字”栏。", fields=half)
    silent("L223", TABLE, fields=half + " 单位负责人：李娜")
    silent("L223", TABLE, fields=FIELDS + " 检查人员： 单位负责人：")  # there, and empty: U331 and U332


TWO_PANELS = """\
| 检查项目 | 标准分 | 自评分 | 检查项目 | 标准分 | 自评分 |
| 报表任务 | 4 | 4 | 分管领导 | 3 | 3 |
| 普查与抽样 | 3 | 7 | 统计人员 | 6 | 9 |
| 单位核实 | 3 | 3 | 合计 | 100 | 26 |
"""


def test_two_panels_side_by_side(fires, silent, says):
    fires("L224", TWO_PANELS, "D1 '检查项目'")
    says("L224", TWO_PANELS, "这张表分左右 2 栏排列，已逐栏读取。")
    fires("S405", TWO_PANELS, "C3 '7'", "F3 '9'")  # both panels are read
    three = (
        "| 检查项目 | 标准分 | 自评分 | 检查项目 | 标准分 | 自评分 | 检查项目 | 标准分 | 自评分 |\n"
        "| 报表任务 | 4 | 4 | 分管领导 | 3 | 3 | 统计台账 | 6 | 6 |\n| 单位核实 | 3 | 3 | 统计人员 | 6 | 6 | 审核签章 | 4 | 4 |\n"
    )
    fires("L224", three, "D1 '检查项目'")
    says("L224", three, "这张表分左右 3 栏排列，已逐栏读取。")
    silent("L203", TWO_PANELS)
    silent("S421", TWO_PANELS)  # the total below the right panel adds up both
    fires("S421", TWO_PANELS.replace("26", "25"), "F4 '25'")
    silent("L224", TABLE)
    silent("L224", TABLE.replace("标准分 | 自评分 |", "标准分 | 自评分 | 自评分 |"))  # a column twice: L203


def test_external_links(fires, silent, says):
    fires("L225", TABLE, "E2 '4'", formulas={"E2": "[1]Sheet1!F35"})
    fires("L225", TABLE, "E2:E3", formulas={"E2": "[1]Sheet1!F35", "E3": "'C:\\x\\[去年.xlsx]表'!A1"})
    says("L225", TABLE, "公式引用了别的工作簿：=[1]Sheet1!F35。", formulas={"E2": "[1]Sheet1!F35"})
    silent("L225", TABLE, formulas={"E2": "Sheet2!F35", "E3": "SUM(表1[得分])"})


RENAMED = (
    "| 序号 | 检查内容 | 检查项目 | 评分标准 | 标准分 | 自评分 | 扣分原因 |\n"
    "| 1 | 人员配备 | 分管领导 | | 3 | 3 | |\n| 2 | 人员配备 | {} | {} | {} | 6 | |\n"
)


def test_item_slightly_renamed(fires, silent, says, campaign):
    asked = next(item.criterion for item in campaign.rubric.levels["township"].items() if item.id == "T2.3")
    for name in ("统计人员情况", "2.统计人员配备（6分）", "统计工作人员", "统计 人 员情况"):
        fires("L228", RENAMED.format(name, "", 6), f"C3 '{name}'")
    says("L228", RENAMED.format("统计人员情况", "", 6), "“统计人员情况”按 T2.3 统计人员 读取。")
    fires("L228", RENAMED.format("专职人员", asked, 6), "C3 '专职人员'")  # the criterion tells
    fires("L228", RENAMED.format("统计人员情况", asked[:-3], 6), "C3 '统计人员情况'")

    silent("L228", RENAMED.format("统计人员", "", 6))  # the name itself
    silent("L228", RENAMED.format("T2.3 统计人员情况", "", 6))  # the id tells (L220)
    silent("L228", RENAMED.format("统计人员情况", "", 5))  # other points
    silent("L228", RENAMED.format("专职人员", "", 6))  # the name is not like it
    silent("L228", RENAMED.format("做好工作，统计人员", "", 6))  # a sentence
    # About something else.
    silent("L228", RENAMED.format("统计人员情况", "有独立办公场所和统计专用设备，能正常使用", 6))
    silent("L228", RENAMED.format("统计人员情况", "", 6).replace("人员配备", "工作任务"))  # another dimension
    twice = RENAMED.format("统计人员情况", "", 6) + "| 3 | 人员配备 | 统计人员配置 | | 6 | 6 | |\n"
    silent("L228", twice)  # which of them is it?
    # It is there.
    silent("L228", RENAMED.format("统计人员情况", "", 6) + "| 3 | 人员配备 | 统计人员 | | 6 | 6 | |\n")


def test_a_renamed_item_is_neither_missing_nor_unknown(campaign):
    def codes(name):
        found = findings_of(grid_of(RENAMED.format(name, "", 6)), "a.xlsx", campaign)
        return [
            f.code for f in found if f.code in ("L206", "L228") or (f.code == "L204" and f.item == "T2.3")
        ]

    assert codes("统计人员情况") == ["L228"]
    assert codes("专职情况") == ["L204", "L206"]
