"""S4xx: each rule fires where it should, and stays silent at a near miss."""

from datetime import time, timedelta
from decimal import Decimal

import pytest

from huitoukan.grid import Grid, Look
from huitoukan.output.text import Words
from huitoukan.rules.subjects import as_shown
from tests.conftest import findings_of, grid_of

HEAD = "| 序号 | 检查项目 | 标准分 | 自评分 | 扣分原因 |\n"
PLACE = "D2"


def row(
    score: str, item: str = "T1.2", title: str = "普查与抽样", points: str = "3", reason: str = "缺验收单"
) -> str:
    return f"{HEAD}| {item} | {title} | {points} | {score} | {reason} |\n| T1.4 | 计划总结 | 2 | 2 | |\n"


def deduct(score: str) -> str:
    return row(score, "T1.1", "报表任务", "4", "漏报一项")


@pytest.fixture
def told(campaign):
    """What a rule says on a table, without the name of the item."""

    def message(code: str, table: str, language: str = "zh") -> str:
        (finding,) = (f for f in findings_of(grid_of(table), "a.xlsx", campaign) if f.code == code)
        return Words(language).message(finding).partition("普查与抽样")[2].strip(" :")

    return message


def test_score_blank(fires, silent):
    fires("S401", row(""), "D2")
    fires("S401", row("'\u00a0"), "D2 '\\xa0'")  # a space is a blank
    fires("S401", row("'\u200b"), "D2 '\\u200b'")  # so is a character that does not show
    silent("S401", row("0"))


def test_score_not_a_number(fires, silent):
    fires("S402", row("良好"), "D2 '良好'")
    fires("S402", row("TRUE"), "D2 'TRUE'")
    fires("S402", row("2024-04-05"), "D2 '2024-04-05'")  # 4.5 turned into a date
    fires("S402", row("nan"), "D2 'nan'")
    fires("S402", row("inf"), "D2 'inf'")
    silent("S402", row("'3"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("良好", "得分“良好”是文字，不是数。"),
        ("4月5日", "得分“4月5日”是文字，不是数。"),
        ("2024-04-05", "得分“2024-04-05”是日期（输入 4.5 之类会被自动变成日期），不是数。"),
        ("TRUE", "得分“TRUE”是逻辑值，不是数。"),
        ("nan", "得分“nan”不是有限的数。"),
        ("inf", "得分“inf”不是有限的数。"),
    ],
)
def test_score_that_is_no_number_says_what_it_is(told, text, words):
    assert told("S402", row(text)) == words


def test_score_that_is_a_time_of_the_day(campaign):
    grid = grid_of(row("3"))
    for value in (time(4, 30), timedelta(hours=4.5)):
        grid.rows[1][3] = value
        (finding,) = (f for f in findings_of(grid, "a.xlsx", campaign) if f.code == "S402")
        assert "是时间，不是数。" in Words().message(finding)


@pytest.mark.parametrize("text", ["3分", "３", "'3", "'\u00a03\u3000", "'3.0", "''3", "+3", "3."])
def test_score_is_text(fires, text):
    fires("S403", row(text), f"D2 {text.removeprefix(chr(39))!r}")


def test_score_is_text_near_misses(silent):
    silent("S403", row("3"))
    silent("S403", row("'三"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("'3", "得分“3”是文本，已读作 3。"),
        ("'3.0", "得分“3.0”是文本，已读作 3。"),
        ("３分", "得分“３分”是文本（全角转成了半角、去掉了“分”字），已读作 3。"),
        ("'\u00a03", "得分“\u00a03”是文本（去掉了空格），已读作 3。"),
        ("'\u200b3", "得分“\u200b3”是文本（去掉了看不见的字符），已读作 3。"),
        ("''3", "得分“'3”是文本（去掉了开头的撇号），已读作 3。"),
        ("+3", "得分“+3”是文本（去掉了加号），已读作 3。"),
        (".5", "得分“.5”是文本（补全了小数），已读作 0.5。"),
    ],
)
def test_score_is_text_says_what_was_done(told, text, words):
    assert told("S403", row(text)) == words


def test_score_negative(fires, silent):
    fires("S404", row("-0.5"), "D2 '-0.5'")
    fires("S404", row("'-1"), "D2 '-1'")
    silent("S404", row("0"))


def test_score_above_maximum(fires, silent):
    fires("S405", row("4"), "D2 '4'")
    fires("S405", row("'3.5分"), "D2 '3.5分'")
    silent("S405", row("3"))


def test_score_not_a_tier(fires, silent):
    fires("S406", row("2.5"), "D2 '2.5'")
    fires("S406", row("2", "T6.1", "专用计算机", "4"), "D2 '2'")  # yes or no: 4 or 0
    silent("S406", row("2"))
    silent("S406", row("4"))  # above the maximum: one cause, one finding
    silent("S406", deduct("3.5"))


def test_score_off_step(fires, silent):
    fires("S407", deduct("3.3"), "D2 '3.3'")
    silent("S407", deduct("3.5"))
    silent("S407", deduct("0"))  # the floor
    silent("S407", row("2.5"))


@pytest.mark.parametrize(
    "text", ["√", "满分", "O", "2.O", "2,5", "2。5", "2/3", "①", "½", "约2分", "三", "二点五", "2 5"]
)
def test_score_guess(fires, text):
    fires("S408", row(text), f"D2 {text!r}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("√", "满分（用文字或记号代替分数）"),
        ("O", "0（把形似的字母看作数字）"),
        ("l,5", "1.5（把形似的字母看作数字、把标点看作小数点）"),
        ("二点五", "2.5（中文数字）"),
        ("2/3", "2（取斜线前的数）"),
        ("½", "0.5（特殊数字符号）"),
        ("2-3", "2 / 3（不止一个数）"),
        ("约2", "2（数旁还有别的内容）"),
        ("1,000", "1000（看作千位分隔）"),
        ("−2", "-2（把横线看作负号）"),
        ("2. 5", "2.5（去掉中间的空格）"),
    ],
)
def test_score_guess_says_what_it_rests_on(told, text, words):
    gap = "" if text == "√" else " "  # a blank before a number, none before a Chinese word
    assert told("S408", row(text)) == f"得分“{text}”可能是{gap}{words}，不能确定，未采用。"


def test_scores_are_told_in_english(told):
    assert told("S403", row("３分"), "en") == (
        "the score “３分” is text (full width folded, the word “分” (points) dropped); it was read as 3."
    )
    assert "may mean full marks (a word or a mark in place of a score)" in told("S408", row("√"), "en")
    assert told("S402", row("良好"), "en") == "the score “良好” is text, not a number."


def test_the_words_for_full_marks_are_not_explained_by_themselves(told):
    assert told("S408", row("满分")) == "得分填的是“满分”，没有写明分数，未采用。"
    assert told("S408", row("全分")) == "得分填的是“全分”，没有写明分数，未采用。"
    assert told("S408", row("合格")).startswith("得分“合格”可能是满分（")


def test_a_column_of_percentages_is_told_once(fires, says):
    table = row("90%").replace("| 2 | 2 | |", "| 2 | 100% | |")
    fires("S415", table, "D2:D3")
    says("S415", table, "2 个检查项目 得分填的是百分数“90%、100%”。")
    fires("S415", row("90%"), "D2 '90%'")


def test_score_guess_near_misses(silent):
    silent("S408", row("2分"))
    silent("S408", row("良好"))


def test_score_error_cell(fires, silent):
    fires("S409", row("#REF!"), "D2 '#REF!'")
    silent("S409", row("REF"))


def test_score_not_applicable(fires, silent):
    fires("S410", row("不适用"), "D2 '不适用'")
    fires("S410", row("/"), "D2 '/'")
    fires("S410", row("—"), "D2 '—'")
    form = "| 序号 | 检查项目 | 标准分 | 自评分 |\n| C2.1 | 独立机构 | 3 | 不适用 |\n| C2.2 | 编制到岗率 | 4 | 4 |\n"
    fires("S410", form, "D2 '不适用'", fields="单位名称：昔阳县统计局 检查阶段：自评 检查日期：2024年5月20日")
    silent("S410", form, fields="单位名称：晋中开发区 检查阶段：自评 检查日期：2024年5月20日")


def test_score_ditto(fires, silent):
    fires("S411", row("同上"), "D2 '同上'")
    silent("S411", row("上同"))


def test_score_uncached(fires, silent):
    fires("S412", row("="), "D2")
    silent("S412", row(""))


@pytest.mark.parametrize("text", ["90%", "90％", "百分之九十"])
def test_score_is_percentage(fires, silent, text):
    fires("S415", row(text), f"D2 {text!r}")
    silent("S408", row(text))  # one cause, one finding


def test_score_is_percentage_near_misses(fires, silent):
    silent("S415", row("0.9"))
    silent("S415", row("约90%"))
    fires("S408", row("约90%"), "D2 '约90%'")


BLANK = HEAD + "| T1.2 | 普查与抽样 | 3 | | |\n| T1.4 | 计划总结 | 2 | | |\n"


def test_scores_all_blank(fires, silent):
    fires("S413", BLANK, "D2:D3")
    silent("S401", BLANK)  # one cause, one finding
    silent("S413", row(""))


def test_scores_in_other_column(fires, silent):
    table = (
        "| 序号 | 检查项目 | 标准分 | 自评分 | 县级检查得分 |\n"
        "| T1.2 | 普查与抽样 | 3 | 3 | {} |\n| T1.4 | 计划总结 | 2 | 2 | |\n"
    )
    county = "单位名称：昔阳县乐平镇 检查阶段：县级检查 检查日期：2024年6月1日"
    fires("S414", table.format(""), "E2:E3", fields=county)
    silent("S401", table.format(""), fields=county)
    silent("S414", table.format("3"), fields=county)
    silent("S414", BLANK)  # S413
    silent("S414", table.format(""))  # at self stage the self column is the right one


def test_a_number_shown_as_a_percentage_is_one(fires, silent, says):
    percent = {"D2": Look(decimals=0, percent=True)}
    fires("S415", row("0.9"), "D2 '0.9'", looks=percent)
    says("S415", row("0.9"), "T1.2 普查与抽样 得分填的是百分数“90%”。", looks=percent)
    silent("S406", row("0.9"), looks=percent)  # one cause, one finding
    silent("S415", row("0.9"), looks={"C2": Look(decimals=0, percent=True)})


def test_precision_hidden_by_a_number_format(fires, silent, says):
    whole, tenth = {"D2": Look(decimals=0)}, {"D2": Look(decimals=1)}
    fires("S416", deduct("0.5"), "D2 '0.5'", looks=whole)
    says("S416", deduct("0.5"), "T1.1 报表任务 显示的是 1，实际是 0.5。", looks=whole)
    fires("S416", deduct("3.4999999"), "D2 '3.4999999'", looks=tenth)
    silent("S407", deduct("3.4999999"), looks=tenth)  # one cause, one finding
    fires("S416", row("2.5"), "D2 '2.5'", looks=whole)
    silent("S406", row("2.5"), looks=whole)
    silent("S416", deduct("3.5"), looks=tenth)
    silent("S416", deduct("3.5"), looks={"D2": Look(decimals=30)})  # as many as Excel can show
    silent("S416", deduct("3"), looks={"D2": Look(decimals=2)})
    silent("S416", row("9.5"), looks=whole)  # above the maximum: S405
    fires("S407", deduct("3.4999999"), "D2 '3.4999999'")


def test_deduction_contradicts_score(fires, silent, says):
    def both(score, lost):
        head = "| 序号 | 检查项目 | 标准分 | 扣分 | 自评分 | 扣分原因 |\n"
        return f"{head}| T1.1 | 报表任务 | 4 | {lost} | {score} | 漏报 |\n| T1.4 | 计划总结 | 2 | 0 | 2 | |\n"

    fires("S417", both("3.5", "1"), "E2 '3.5'")
    says("S417", both("3.5", "1"), "T1.1 报表任务 得分 3.5、扣分 1，加起来不是标准分 4。")
    fires("S417", both("3.5", "0"), "E2 '3.5'")
    silent("S417", both("3", "1"))
    silent("S417", both("3", "-1"))  # written with its sign
    silent("S417", both("3", ""))
    silent("S417", both("", "1"))  # S401
    silent("S417", both("5", "1"))  # S405


def test_a_column_of_percentages_quotes_three(says):
    items = [
        ("T1.1", "报表任务", 4),
        ("T1.2", "普查与抽样", 3),
        ("T1.3", "单位核实", 3),
        ("T1.4", "计划总结", 2),
    ]
    head = "| 序号 | 检查项目 | 标准分 | 自评分 |\n"
    rows = [f"| {item} | {title} | {most} | 9{n}% |\n" for n, (item, title, most) in enumerate(items)]
    says("S415", head + "".join(rows[:3]), "3 个检查项目 得分填的是百分数“90%、91%、92%”。")
    says("S415", head + "".join(rows), "4 个检查项目 得分填的是百分数“90%、91%、92%、…”。")


def test_a_negative_score_is_told_once(fires, silent):
    fires("S404", row("-1"), "D2 '-1'")
    for code in ("S406", "S407", "E501", "E505"):
        silent(code, row("-1", reason="") if code == "E501" else row("-1"))


def test_percentages_show_two_places_more():
    grid = Grid("a", [[0.955]], looks={(0, 0): Look(decimals=0, percent=True)})
    assert as_shown(Decimal("0.955"), grid.cell(0, 0), grid) == Decimal("0.96")


def test_a_blank_says_that_a_later_column_is_filled(says):
    table = (
        "| 序号 | 检查项目 | 标准分 | 自评分 | 县级检查得分 |\n"
        "| T1.2 | 普查与抽样 | 3 | | 2 |\n| T1.4 | 计划总结 | 2 | 2 | |\n"
    )
    says("S401", table, "T1.2 普查与抽样 没有打分（“县级检查”一列填了 2）。")
    says("S401", table.replace("| 2 |\n| T1.4", "| |\n| T1.4"), "T1.2 普查与抽样 没有打分。")
