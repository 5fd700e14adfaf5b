"""L213-L217: what a worksheet holds without showing it."""

from huitoukan.grid import Look
from huitoukan.rules.hidden import runs

TABLE = """\
| 序号 | 检查项目 | 标准分 | 自评分 | 扣分原因 | 备注 |
| T1.1 | 报表任务 | 4 | 3.5 | 漏报一次 | |
| T1.2 | 普查与抽样 | 3 | 3 | | |
| T1.3 | 单位核实 | 3 | 3 | | 已核 |
| 合计 | | 100 | 9.5 | | |
| 说明 | | | | | |
"""
WHITE = Look(invisible=True)


def test_hidden_rows(fires, silent, says):
    fires("L213", TABLE, "D3:D4", hidden_rows=[3, 4])
    fires("L213", TABLE, "D2 '3.5'", "D4:D5", hidden_rows=[2, 4, 5, 6])
    says("L213", TABLE, "第 3–4 行是隐藏的，里面有检查项目或合计。", hidden_rows=[3, 4])
    says("L213", TABLE, "第 2 行是隐藏的，里面有检查项目或合计。", hidden_rows=[2])
    silent("L213", TABLE, hidden_rows=[6])  # a note, not a row of the table


def test_hidden_columns(fires, silent, says):
    fires("L214", TABLE, "D2:D4", hidden_columns="D")
    fires("L214", TABLE, "C2:C4", "D2:D4", hidden_columns="CD")
    fires("L214", TABLE, "E2 '漏报一次'", hidden_columns="E")
    says("L214", TABLE, "D 列是隐藏的，里面填有内容。", hidden_columns="D")
    silent("L214", TABLE, hidden_columns="F")  # 备注 carries no score
    silent("L214", TABLE.replace("漏报一次", ""), hidden_columns="E")  # nothing in it


def test_hidden_columns_of_any_stage(fires):
    for stage, column in (("自评", "得分"), ("县级检查", "县级检查得分"), ("市级检查", "市级检查得分")):
        fields = f"单位名称：昔阳县乐平镇 检查阶段：{stage} 检查日期：2024年5月20日"
        fires("L214", TABLE.replace("自评分", column), "D2:D4", hidden_columns="D", fields=fields)


def test_hidden_sheet(fires, silent):
    fires("L215", TABLE, "", visible=False)
    silent("L215", TABLE)
    second = "单位名称：昔阳县大寨镇 检查阶段：自评 检查日期：2024年5月20日"
    stacked = f"{TABLE}| {second} |\n{TABLE}"
    fires("L215", stacked, "", visible=False)  # one sheet, one finding, however many forms stand on it


def test_invisible_text(fires, silent):
    fires("L216", TABLE, "D2 '3.5'", looks={"D2": WHITE})
    fires("L216", TABLE, "D3:D5", looks={"D3": WHITE, "D4": WHITE, "D5": WHITE})
    fires("L216", TABLE, "C4 '3'", "E2 '漏报一次'", looks={"C4": WHITE, "E2": WHITE})
    silent("L216", TABLE, looks={"E3": WHITE})  # an empty cell hides nothing
    silent("L216", TABLE, looks={"F4": WHITE, "A2": WHITE})  # nothing of the score
    silent("L216", TABLE, looks={"D2": Look(decimals=1)})


def test_value_under_a_merged_cell(fires, silent, says):
    merged = TABLE.replace("| T1.2 | 普查与抽样 | 3 | 3 |", "| T1.2 | 普查与抽样 | 3 | |")
    fires("L217", merged, "D2:D3", merges=["D2:D3"], covered={"D3": 3.0})
    says(
        "L217", merged, "D2:D3 合并成了一格，T1.1、T1.2 没有自己的得分（底下压着 3）。",
        merges=["D2:D3"], covered={"D3": 3.0, "A3": "x"},
    )  # fmt: skip
    says("L217", merged, "D2:D3 合并成了一格，T1.1、T1.2 没有自己的得分。", merges=["D2:D3"])
    silent("S401", merged, merges=["D2:D3"])  # one cause, one finding
    across = TABLE.replace("| T1.2 | 普查与抽样 | 3 | 3 |", "| T1.2 | 普查与抽样 | 3 | |")
    fires("L217", across, "C3:D3", merges=["C3:D3"])
    beside = "C3:D3 合并成了一格，T1.2 没有自己的得分（底下压着 2）。"
    says("L217", across, beside, merges=["C3:D3"], covered={"D3": 2.0})
    silent("L217", TABLE, merges=["D2:E2"])  # the score is the shown cell of the area
    silent("L217", TABLE, merges=["B2:B4", "F2:F4"])


def test_a_reason_merged_over_two_rows_counts_for_both_and_one_under_a_score_for_none(fires, silent):
    table = TABLE.replace("| T1.2 | 普查与抽样 | 3 | 3 |", "| T1.2 | 普查与抽样 | 3 | 2 |")
    silent("E501", table, merges=["E2:E3"])
    fires("E501", table, "E3", merges=["D3:E3"])


def test_runs_are_unbroken_and_each_in_its_column():
    cells = [(3, 1), (1, 1), (2, 1), (2, 2), (5, 1), (2, 1)]
    assert [area.address for area in runs(cells)] == ["B2:B4", "B6", "C3"]
    assert list(runs([])) == []
    assert [area.address for area in runs([(0, 0), (2, 0)])] == ["A1", "A3"]


def test_a_number_format_that_shows_another_text_hides_a_number(fires, silent):
    fires("L216", TABLE, "D2 '3.5'", looks={"D2": Look(instead="4")})
    silent("L216", TABLE, looks={"D2": Look(instead="3.5")})  # it shows what it holds
    silent("L216", TABLE, looks={"E2": Look(instead="")})  # a text shows all the same


def test_a_number_merged_over_several_items_is_the_score_of_none(fires, silent):
    shared = TABLE.replace("| T1.1 | 报表任务 | 4 | 3.5 |", "| T1.1 | 报表任务 | 4 | 6.7 |")
    shared = shared.replace("| T1.2 | 普查与抽样 | 3 | 3 |", "| T1.2 | 普查与抽样 | 3 | |").replace(
        "| 9.5 |", "| {} |"
    )
    merged = shared.format("9.7")
    fires("L217", merged, "D2:D3", merges=["D2:D3"])
    for code in ("S401", "S402", "S405", "S406", "S407", "S421"):
        silent(code, merged, merges=["D2:D3"])
    silent("S421", shared.format("12.7"), merges=["D2:D3"], covered={"D3": 3.0})  # a formula adds it up too
    fires("S421", shared.format("9"), "D5 '9'", merges=["D2:D3"])
    fires("S405", merged, "D2 '6.7'")
    # One item.
    fires("S405", merged.replace("| T1.2 |", "| |").replace("普查与抽样", ""), "D2 '6.7'", merges=["D2:D3"])
