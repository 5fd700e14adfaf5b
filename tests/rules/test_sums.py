"""S421-S426: subtotals, totals and their formulas."""

from collections import Counter

import pytest

from huitoukan.examination import check_sheet
from huitoukan.grid import Grid, Look
from huitoukan.intake.extract import extract_all
from huitoukan.intake.stamp import Stamp, rows
from huitoukan.model import Level, Stage
from huitoukan.output.text import Words
from huitoukan.rules.registry import Context
from huitoukan.rules.sums import summed_rows
from tests.conftest import dressed, findings_of, grid_of

HEAD = "| 序号 | 检查项目 | 标准分 | 自评分 | 扣分原因 |\n"


def sums(subtotal: str, total: str, score: str = "3") -> str:
    return (
        f"{HEAD}| T1.2 | 普查与抽样 | 3 | {score} | 缺验收单 |\n| T1.4 | 计划总结 | 2 | 2 | |\n"
        f"| 小计 | | 12 | {subtotal} | |\n| T2.2 | 分管领导 | 3 | 3 | |\n| 合 计 | | 100 | {total} | |\n"
    )


def test_total_wrong(fires, silent):
    fires("S421", sums("5", "9"), "D6 '9'")
    fires("S421", sums("5", "良好"), "D6 '良好'")
    fires("S421", sums("5", "#REF!"), "D6 '#REF!'")
    fires("S421", sums("5", "95%"), "D6 '95%'")
    silent("S421", sums("5", "8"))
    silent("S421", sums("5", "'8"))
    silent("S421", sums("2", "5", score=""))  # a blank counts nothing: the sum itself is right
    silent("S421", sums("2", "9", score="良好"))  # nobody can say what the right sum is
    silent("S421", sums("5", "8.0000000001"))  # binary noise of a saved formula
    renamed = sums("5", "8").replace("T1.2 | 普查与抽样", "2 | 普查核查")  # told as L206 and L204
    silent("S421", renamed)
    silent("S422", renamed)


def test_total_with_not_applicable_may_be_rescaled(fires, silent):
    fields = "单位名称：晋中开发区 检查阶段：自评 检查日期：2024年5月20日"
    head = "| 序号 | 检查项目 | 标准分 | 自评分 |\n| C2.1 | 独立机构 | 3 | 不适用 |\n| C2.2 | 编制到岗率 | 4 | 2 |\n"
    for total in ("2", "3.5"):
        silent("S421", f"{head}| 合计 | | 100 | {total} |\n", fields=fields)
    fires("S421", f"{head}| 合计 | | 100 | 3 |\n", "D4 '3'", fields=fields)


def test_subtotal_wrong(fires, silent):
    fires("S422", sums("6", "8"), "D4 '6'")
    silent("S422", sums("5", "9"))


def test_total_missing(fires, silent):
    fires("S423", sums("5", ""), "D6")
    fires("S423", sums("5", "="), "D6")
    fires("S423", sums("5", "—"), "D6 '—'")
    fires("S423", sums("5", "同上"), "D6 '同上'")
    fires("S423", f"{HEAD}| T1.2 | 普查与抽样 | 3 | 3 | |\n", "")
    silent("S423", sums("5", "8"))


FORMULAS = {"D4": "SUM(D2:D3)", "D6": "SUM(D2:D3,D5)", "C6": "SUM(C2:C3,C5)"}


def test_a_wrong_sum_says_why(says):
    why = "合计“9”与各项得分之和 8 不符"
    says("S421", sums("5", "9"), f"{why}。")
    says("S421", sums("5", "9"), f"{why}（公式被改成了数字）。", formulas={"D4": "SUM(D2:D3)"})
    says("S421", sums("5", "9"), f"{why}（公式被改成了数字）。", formulas={"C6": "SUM(C2:C5)"})
    skipping = FORMULAS | {"D6": "SUM(D3,D5)"}
    says("S421", sums("5", "5"), "合计“5”与各项得分之和 8 不符（求和公式漏了第 2 行）。", formulas=skipping)
    twice = FORMULAS | {"D6": "SUM(D2:D5)"}
    says(
        "S421",
        sums("5", "13"),
        "合计“13”与各项得分之和 8 不符（求和公式把第 2、3 行加了两次）。",
        formulas=twice,
    )
    text = sums("5", "5", score="'3分")
    says("S421", text, "合计“5”与各项得分之和 8 不符（D2 是文本，没有加进去）。", formulas=FORMULAS)
    says("S422", sums("6", "8"), "工作任务小计“6”与本维度各项得分之和 5 不符。")


def test_formula_replaced_by_a_number(fires, silent, says):
    fires("S424", sums("5", "8"), "D6 '8'", formulas={"D4": "SUM(D2:D3)"})
    fires("S424", sums("5", "8"), "D4 '5'", formulas={"C6": "SUM(C2:C5)"})  # all of them: told once
    says(
        "S424",
        sums("5", "8"),
        "工作任务小计“5”等 2 处是填上去的数，不是公式。",
        formulas={"C6": "SUM(C2:C5)"},
    )
    says("S424", sums("5", "8"), "合计“8”是填上去的数，不是公式。", formulas={"D4": "SUM(D2:D3)"})
    silent("S424", sums("5", "8"), formulas=FORMULAS)
    silent("S424", sums("5", "8"))  # a form without any formula
    silent("S424", sums("5", "9"), formulas={"D4": "SUM(D2:D3)"})  # wrong too: S421 tells both


def test_sum_range_skips_rows(fires, silent, says):
    zero = sums("2", "5", score="0")
    skipping = FORMULAS | {"D6": "SUM(D3:D3,D5)"}
    fires("S425", zero, "D6 '5'", formulas=skipping)
    says("S425", zero, "合计的求和公式漏了第 2 行，现在的数碰巧没有错。", formulas=skipping)
    fires("S425", zero, "D4 '2'", formulas=FORMULAS | {"D4": "SUM(D3)"})
    fires("S425", zero, "D6 '5'", formulas=FORMULAS | {"D6": "D2+D2+D3+D5"})
    silent("S425", zero, formulas=FORMULAS)
    silent("S425", zero, formulas=FORMULAS | {"D6": "D4+D5"})  # a subtotal and the rest
    silent("S425", zero, formulas=FORMULAS | {"D6": "ROUND(SUM(D2:D5)/2,1)"})  # not ours to judge
    silent("S425", sums("5", "5"), formulas=skipping)  # wrong: S421


@pytest.mark.parametrize(
    ("formula", "rows"),
    [
        ("SUM(F4:F6)", {4: 1, 5: 1, 6: 1}), ("sum($F$4:$F$5, F7)", {4: 1, 5: 1, 7: 1}), ("F4+F5+F4", {4: 2, 5: 1}),
        ("=SUBTOTAL(9,F4:F5)", {4: 1, 5: 1}), ("SUM(F4)+SUM(F6)", {4: 1, 6: 1}), ("+F4", {4: 1}),
        ("SUM(E4:F6)", None), ("SUM(F6:F4)", None), ("F4*2", None), ("SUM(Sheet2!F4:F6)", None), ("SUM(F:F)", None), ("91", None),
        ("SUM(F1:F1048576)", None), (",".join(["F1:F1500"] * 2), None), ("", None), ("F4-F5", None), ("SUMIF(F4:F6,1)", None),
    ],
)  # fmt: skip
def test_which_rows_a_formula_adds_up(formula, rows):
    assert summed_rows(formula, "F") == (None if rows is None else Counter(rows))


def test_a_total_that_follows_a_wrong_subtotal_is_not_told_again(fires, silent, says):
    through = FORMULAS | {"D6": "D4+D5"}
    silent("S421", sums("6", "9"), formulas=through)
    fires("S422", sums("6", "9"), "D4 '6'", formulas=through)
    text = sums("2", "5", score="'3分")
    silent("S421", text, formulas=FORMULAS)  # S403 and S422 tell it
    says(
        "S422",
        text,
        "工作任务小计“2”与本维度各项得分之和 5 不符（D2 是文本，没有加进去）。",
        formulas=FORMULAS,
    )
    silent("S421", sums("#REF!", "#REF!"), formulas=through)
    fires("S421", sums("5", "#REF!"), "D6 '#REF!'", formulas=through)
    fires("S421", sums("6", "10"), "D6 '10'", formulas=through)  # wrong by more than the subtotal
    skipping = {"D4": "SUM(D3)", "D6": "SUM(D3,D5)"}
    fires("S421", sums("2", "5"), "D6 '5'", formulas=skipping)  # a range of its own to correct
    silent("S425", sums("2", "5"), formulas=skipping)
    fires("S424", sums("6", "9"), "D6 '9'", formulas={"D4": "SUM(D2:D3)"})  # it would stay wrong


def test_items_that_come_again_and_rows_that_are_no_items_may_be_added_up(fires, silent):
    again = "| T1.4 | 计划总结 | 2 | 1 | |\n| 小计 |"
    for subtotal, total in (("6", "9"), ("5", "8")):
        table = sums(subtotal, total).replace("| 小计 |", again)
        silent("S421", table)
        silent("S422", table)
    fires("S422", sums("7", "10").replace("| 小计 |", again), "D5 '7'")
    both = sums("10", "13").replace("| 小计 |", f"| 31 | 特色工作 | 5 | 4 | |\n{again}")
    silent("S422", both)
    silent("S421", both)


def test_what_to_do_follows_what_made_a_sum_wrong(remedy):
    typed = {"D4": "SUM(D2:D3)"}
    assert remedy("S421", sums("5", "9")) == "请核对各项得分，把合计改为 8。"
    assert remedy("S421", sums("5", "9"), formulas=typed) == "请恢复求和公式。"
    assert remedy("S421", sums("5", "9"), formulas={"D6": "D4*2"}) == "请核对各项得分和求和公式，合计应为 8。"
    assert remedy("S421", sums("5", "5"), formulas=typed | {"D6": "SUM(D3,D5)"}) == "请改正求和公式的范围。"
    text = sums("5", "5", score="'3分")
    assert remedy("S421", text, formulas=FORMULAS) == "请把 D2 改为数字，合计会自动更正。"
    assert remedy("S421", text) == "请把 D2 改为数字，把合计改为 8。"
    assert remedy("S422", sums("6", "8")) == "请核对各项得分，把工作任务小计改为 5。"


@pytest.fixture
def remedy(campaign):
    def fix(code: str, table: str, **dress) -> str:
        found = findings_of(dressed(grid_of(table), **dress), "a.xlsx", campaign)
        (finding,) = (f for f in found if f.code == code)
        return Words("zh").fix(finding)

    return fix


def test_a_sum_shows_another_number_than_it_is(fires, silent, says):
    whole = {"D4": Look(decimals=0), "D6": Look(decimals=0)}
    half = sums("4.5", "7.5", score="2.5")
    fires("S426", half, "D4 '4.5'", "D6 '7.5'", looks=whole)
    says("S426", half, "合计显示的是 8，实际是 7.5。", looks={"D6": Look(decimals=0)})
    silent("S426", half, looks={"D6": Look(decimals=1)})
    silent("S426", sums("5", "8.0000000001"), looks=whole)  # binary noise
    silent("S426", half)
    silent("S426", sums("5", str(10**40)), looks=whole)
    silent("S426", half, looks={"D6": Look(decimals=0, percent=True)})  # 750 % loses nothing
    fires("S426", sums("5.005", "8"), "D4 '5.005'", looks={"D4": Look(decimals=0, percent=True)})
    fields = "单位名称：晋中开发区 检查阶段：自评 检查日期：2024年5月20日"
    head = "| 序号 | 检查项目 | 标准分 | 自评分 |\n| C2.1 | 独立机构 | 3 | 不适用 |\n| C2.2 | 编制到岗率 | 4 | 2 |\n"
    scaled = f"{head}| 合计 | | 100 | 3.333333 |\n"
    silent("S426", scaled, fields=fields, looks={"D4": Look(decimals=2)})
    fires("S426", scaled, "D4 '3.333333'", fields=fields, looks={"D4": Look(decimals=0)})


def test_how_many_rows_a_formula_may_have():
    assert summed_rows("F1:F1000,F1001:F2000", "F") == Counter(range(1, 2001))
    assert summed_rows("F1:F1000,F1001:F2001", "F") is None
    assert summed_rows("F1:F2001", "F") is None


def test_a_formula_that_nobody_understands_is_no_reason(says):
    odd = FORMULAS | {"D6": "ROUND(D4+D5,0)+1"}
    says("S421", sums("5", "9"), "合计“9”与各项得分之和 8 不符。", formulas=odd)


def test_a_total_follows_wrong_subtotals_also_where_an_item_does_not_apply(fires, silent):
    fields = "单位名称：晋中开发区 检查阶段：自评 检查日期：2024年5月20日"
    head = "| 序号 | 检查项目 | 标准分 | 自评分 |\n| C2.1 | 独立机构 | 3 | 不适用 |\n| C2.2 | 编制到岗率 | 4 | 2 |\n"
    table = head + "| 小计 | | 14 | 3 |\n| 合计 | | 100 | 3 |\n"
    fires("S422", table, "D4 '3'", fields=fields)
    silent("S421", table, fields=fields)


def dimensions(*subtotals: str, total: str = "13", last: str = "") -> str:
    """A form with an item and a subtotal in each of the first dimensions: the subtotals stand in rows 3, 5, 7 and 9."""
    items = [
        ("T1.2", "普查与抽样", 3),
        ("T2.2", "分管领导", 3),
        ("T4.2", "统计台账", 6),
        ("T5.1", "服务党委政府", 1),
    ]
    lines = [
        f"| {item} | {title} | {points} | {points} | |\n| 小计 | | | {subtotal} | |\n"
        for (item, title, points), subtotal in zip(items, subtotals, strict=False)
    ]
    return f"{HEAD}{''.join(lines)}{last}| 合计 | | | {total} | |\n"


def test_an_error_in_one_of_two_wrong_subtotals_goes_to_the_total(fires, silent):
    table = dimensions("#REF!", "4", total="#REF!")
    fires("S422", table, "D3 '#REF!'", "D5 '4'")
    silent("S421", table)


def test_typed_sums_are_told_together_from_half_of_them_on(fires):
    formulas = {"D3": "D2", "D5": "D4"}
    half = dimensions("3", "3", "6", total="12")
    fires("S424", half, "D7 '6'", formulas=formulas)
    few = dimensions("3", "3", "6", "1", total="13")
    fires("S424", few, "D9 '1'", "D10 '13'", formulas=formulas | {"D7": "D6"})


def test_what_is_wrong_beside_the_reasons_that_are_known(fires, silent, says):
    # The text explains another sum.
    says("S421", sums("5", "9", score="'3分"), "合计“9”与各项得分之和 8 不符。")
    fires("S421", sums("良好", "良好"), "D6 '良好'")
    fires("S421", sums("6", "#REF!"), "D6 '#REF!'")
    silent("S426", sums("5", ""), looks={"D6": Look(decimals=0)})


def test_the_right_sum_leaves_out_rows_that_are_no_items(campaign, says):
    def expected(code, table, **dress):
        return [
            f.expected
            for f in findings_of(dressed(grid_of(table), **dress), "a.xlsx", campaign)
            if f.code == code
        ]

    more = "| 31 | 特色工作 | 5 | 5 | |\n"
    says("S421", dimensions("3", "3", total="7", last=more), "合计“7”与各项得分之和 6 不符。")
    assert expected("S423", dimensions("3", "3", total="", last=more)) == ["6"]
    assert expected(
        "S424", dimensions("3", "3", total="6", last=more), formulas={"D3": "D2", "D5": "D4"}
    ) == ["6"]


def test_on_our_own_form_a_total_that_was_never_calculated_stands(campaign, fires, silent):
    uncalculated = sums("5", "=")
    fires("S423", uncalculated, "D6", formulas=FORMULAS)
    silent("S423", sums("5", "8"), formulas=FORMULAS)
    stamp = Stamp("jinzhong-2024", "2024.1", "jinzhong-2024", "140724100", Stage.SELF, Level.TOWNSHIP)
    hidden = Grid("_huitoukan", [list(row) for row in rows(stamp)], visible=False)
    form, *_ = extract_all("a.xlsx", [dressed(grid_of(uncalculated), formulas=FORMULAS), hidden], campaign)
    assert "S423" not in {finding.code for finding in check_sheet(form, Context(campaign))}


def test_how_much_is_noise(silent, says):
    silent("S421", sums("5", "8.000001"))
    silent("S421", sums("6", "9.000001"))  # it follows the subtotal
    text = sums("5", "5.000001", score="'3分")
    says("S421", text, "合计“5.000001”与各项得分之和 8 不符（D2 是文本，没有加进去）。", formulas=FORMULAS)
    fields = "单位名称：晋中开发区 检查阶段：自评 检查日期：2024年5月20日"
    head = "| 序号 | 检查项目 | 标准分 | 自评分 |\n| C2.1 | 独立机构 | 3 | 不适用 |\n| C2.2 | 编制到岗率 | 4 | 2 |\n"
    silent("S426", head + "| 合计 | | 100 | 3.125 |\n", fields=fields, looks={"D4": Look(decimals=2)})


def test_numbers_texts_blanks_and_not_applicable_are_added_up_together(fires):
    fields = "单位名称：晋中开发区 检查阶段：自评 检查日期：2024年5月20日"
    items = [
        ("C2.1", "独立机构", 3, "不适用"),
        ("C2.2", "编制到岗率", 4, "2"),
        ("C2.3", "专业岗位覆盖", 3, "'1"),
        ("C2.4", "队伍稳定与交接", 2, ""),
    ]
    table = "| 序号 | 检查项目 | 标准分 | 自评分 |\n" + "".join(
        f"| {i} | {t} | {m} | {s} |\n" for i, t, m, s in items
    )
    fires("S421", table + "| 合计 | | 100 | 9 |\n", "D6 '9'", fields=fields)


def test_a_missing_total_is_told_where_it_can_be_worked_out(campaign):
    def fix(table):
        (found,) = [f for f in findings_of(grid_of(table), "a.xlsx", campaign) if f.code == "S423"]
        return Words("zh").fix(found)

    assert fix(sums("5", "")) == "请填写合计：8。"
    assert fix(sums("5", "", score="良好")) == "请填写合计。"
