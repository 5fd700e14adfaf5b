"""L2xx."""

from huitoukan.grid import Grid
from huitoukan.intake.extract import extract_sheet
from huitoukan.intake.kinds import Kind
from huitoukan.intake.reader import Outcome, Workbook
from huitoukan.rules.registry import Context, check
from huitoukan.rules.subjects import FileSubject
from tests.conftest import findings_of, grid_of

HEAD = "| 序号 | 检查项目 | 标准分 | 自评分 | 扣分原因 |\n"
ROWS = "| T1.2 | 普查与抽样 | 3 | 3 | |\n| T1.4 | 计划总结 | 2 | 2 | |\n"
ITEMS = ("T1.1", "T1.2", "T1.3", "T1.4", "T2.1", "T2.2", "T2.3", "T2.4", "T2.5")


def test_header_missing(fires, silent):
    fires("L201", "".join(f"| {item} | 3 | 3 |\n" for item in ITEMS), "A1 'T1.1'")
    silent("L201", HEAD + ROWS)


def test_column_missing(fires, silent):
    # No standard points.
    fires("L202", "| 序号 | 检查项目 | 自评分 |\n| T1.2 | 普查与抽样 | 3 |\n", "A1 '序号'")
    fires("L202", "| 序号 | 检查项目 | 标准分 |\n| T1.2 | 普查与抽样 | 3 |\n", "A1 '序号'")  # no score
    silent("L202", "| 序号 | 检查项目 | 满分 | 得分 |\n| T1.2 | 普查与抽样 | 3 | 3 |\n")


def test_no_score_blocks_and_no_standard_points_do_not(campaign):
    def blocks(table):
        return [f.blocks for f in findings_of(grid_of(table), "a.xlsx", campaign) if f.code == "L202"]

    assert blocks("| 序号 | 检查项目 | 自评分 |\n| T1.2 | 普查与抽样 | 3 |\n") == [False]
    assert blocks("| 序号 | 检查项目 | 标准分 |\n| T1.2 | 普查与抽样 | 3 |\n") == [True]


def test_column_repeated(fires, silent):
    fires(
        "L203",
        "| 序号 | 检查项目 | 标准分 | 自评分 | 自评得分 |\n| T1.2 | 普查与抽样 | 3 | 3 | 2 |\n",
        "E1 '自评得分'",
    )
    silent(
        "L203", "| 序号 | 检查项目 | 标准分 | 自评分 | 县级检查得分 |\n| T1.2 | 普查与抽样 | 3 | 3 | 2 |\n"
    )


def test_a_column_of_scores_that_comes_again_blocks_and_another_does_not(silent, campaign):
    def blocks(columns):
        table = f"| 序号 | 检查项目 | 标准分 | {columns} |\n| T1.2 | 普查与抽样 | 3 | 3 | 3 | 3 |\n"
        return [f.blocks for f in findings_of(grid_of(table), "a.xlsx", campaign) if f.code == "L203"]

    assert blocks("自评分 | 自评得分 | 备注") == [True]
    assert blocks("自评分 | 扣分原因 | 扣分原因") == [False]
    assert blocks("得分 | 得分 | 备注") == [True]  # and which one is the sheet's own nobody knows
    assert blocks("备注 | 扣分原因 | 扣分原因") == [False]
    silent("L202", "| 序号 | 检查项目 | 标准分 | 得分 | 得分 |\n| T1.2 | 普查与抽样 | 3 | 3 | 3 |\n")


def all_but(missing: str, campaign) -> str:
    items = [i for i in campaign.rubric.levels["township"].items() if i.id != missing]
    return HEAD + "".join(f"| {i.id} | {i.title} | {i.maximum} | {i.maximum} | |\n" for i in items)


def test_item_missing(fires, silent, says, campaign):
    says("L204", all_but("T1.1", campaign), "缺少检查项目 T1.1 报表任务。")  # nothing stands before it
    says("L204", all_but("T1.2", campaign), "缺少检查项目 T1.2 普查与抽样（应在第 2 行之后）。")
    fires("L204", all_but("T2.4", campaign), "T2.4")
    silent("L204", all_but("", campaign))


def test_item_repeated(fires, silent):
    fires("L205", HEAD + ROWS + "| T1.2 | 普查与抽样 | 3 | 2 | 缺 |\n", "B4 '普查与抽样'")
    silent("L205", HEAD + ROWS)


def test_unknown_row(fires, silent):
    fires("L206", HEAD + ROWS + "| 31 | 特色工作 | 5 | 5 | |\n", "B4 '特色工作'")
    silent("L206", HEAD + ROWS + "| 注 | 满分才算 | | | |\n")  # a note has no points


def test_standard_points_altered(fires, silent):
    fires("L207", HEAD + "| T1.2 | 普查与抽样 | 4 | 3 | |\n", "C2 '4'")
    fires("L207", HEAD + "| T1.2 | 普查与抽样 | | 3 | |\n", "C2")
    silent("L207", HEAD + "| T1.2 | 普查与抽样 | 3.0 | 3 | |\n")
    silent("L207", HEAD + "| T1.2 | 普查与抽样 | = | 3 | |\n")  # a formula whose result was not saved


def test_wrong_form(fires, silent):
    county = HEAD + "| C1.2 | 普查与专项 | 3 | 3 | |\n| C1.4 | 计划与分工 | 2 | 2 | |\n"
    fires("L208", county, "A4 '单位名称：昔阳县乐平镇 检查阶段：自评 检查日期：2024年5月20日'")
    silent("L208", county, fields="单位名称：昔阳县统计局 检查阶段：自评 检查日期：2024年5月20日")
    silent("L208", HEAD + ROWS)


def test_standard_points_do_not_add_up(fires, silent, campaign):
    whole = all_but("", campaign)
    fires("L209", whole + "| 合计 | | 99 | 100 | |\n", "C32 '99'")
    silent("L209", whole + "| 合计 | | 100 | 99 | |\n")
    altered = whole.replace("| T1.2 | 普查与抽样 | 3 |", "| T1.2 | 普查与抽样 | 4 |")
    silent("L209", altered + "| 合计 | | 101 | 100 | |\n")  # L207 says why


def leftover(grid: Grid, campaign) -> list[str]:
    grids = (grid_of(HEAD + ROWS), grid)
    sheets = tuple(extract_sheet("a.xlsx", one, campaign)[0] for one in grids)
    workbook = Workbook(Outcome.READ, Kind.XLSX, "test", grids)
    return [f"{f.code} {f.sheet}" for f in check(FileSubject("a.xlsx", workbook, sheets), Context(campaign))]


def test_leftover_sheet(campaign):
    def fires_on(code, *rows):
        assert leftover(Grid("Sheet2", rows), campaign) == [f"{code} Sheet2"]

    def silent_on(code, *rows):
        assert leftover(Grid("Sheet2", rows), campaign) == [], code

    fires_on("L210", ["草稿"])
    fires_on("L210", ["", None], ["", "草稿"])
    silent_on("L210", ["", None])  # empty: nobody misses it


def test_reason_column_missing(fires, silent):
    head = "| 序号 | 检查项目 | 标准分 | 自评分 |\n"
    fires("L211", head + "| T1.2 | 普查与抽样 | 3 | 2 |\n", "A1 '序号'")
    silent("L211", head + "| T1.2 | 普查与抽样 | 3 | 3 |\n")  # nothing was deducted
    fires("L211", head + "| T1.2 | 普查与抽样 | 3 | 2 |\n| T1.4 | 计划总结 | 2 | 2 |\n", "A1 '序号'")
    silent("L211", HEAD + ROWS)
    silent("L211", HEAD + "| T1.2 | 普查与抽样 | 3 | 2 | 缺验收单 |\n")


def test_second_form(fires, silent, says):
    fires("L212", HEAD + ROWS + ROWS, "B4 '普查与抽样'")
    says("L212", HEAD + ROWS + ROWS, "这张工作表从第 4 行起还有一张评分表，没有读取。")
    silent("L205", HEAD + ROWS + ROWS)  # one cause, one finding
    silent("L212", HEAD + ROWS + "| T1.2 | 普查与抽样 | 3 | 2 | 缺 |\n")
    silent("L212", HEAD + ROWS + HEAD + ROWS)  # each has its header: they are read


def test_what_is_absent_from_a_stacked_form_is_placed_at_its_first_row(fires):
    above, below = "| 单位名称：昔阳县乐平镇 |\n", "| 单位名称：昔阳县大寨镇 |\n"
    first = len((above + HEAD + ROWS).splitlines())
    fires(
        "U321",
        above + HEAD + ROWS + below + HEAD + ROWS,
        "A1",
        f"A{first + 1}",
        fields="",
    )


def test_stacked_forms(fires, silent, says):
    below = "| 单位名称：昔阳县皋落镇 检查阶段：自评 检查日期：2024年5月20日 |\n"
    above = below.replace("皋落镇", "乐平镇")
    fires("L229", above + HEAD + ROWS + below + HEAD + ROWS, "", fields="")
    says(
        "L229", above + HEAD + ROWS + below + HEAD + ROWS,
        "这张工作表里上下排着 2 张评分表，已逐张读取：昔阳县乐平镇（第 1 行起）、昔阳县皋落镇（第 5 行起）。", fields="",
    )  # fmt: skip
    says(
        "L229", above + HEAD + ROWS + below + ROWS + HEAD + "| T1.2 | 普查与抽样 | 3 | | |\n",
        "这张工作表里上下排着 2 张评分表，已逐张读取：昔阳县乐平镇（第 1 行起）、昔阳县皋落镇（第 5 行起）；另有没有填的（第 8 行起）。",
        fields="",
    )  # fmt: skip
    silent("L229", HEAD + ROWS)
    # A page break.
    silent("L229", HEAD + "| T1.2 | 普查与抽样 | 3 | 3 | |\n" + HEAD + "| T1.4 | 计划总结 | 2 | 2 | |\n")


def test_a_row_too_many_explains_the_sum_of_standard_points(fires, silent, campaign):
    inserted = all_but("", campaign) + "| 31 | 特色工作 | 2 | 2 | |\n"
    silent("L209", inserted + "| 合计 | | 102 | 102 | |\n")
    silent("L209", inserted + "| 合计 | | 100 | 100 | |\n")
    fires("L209", inserted + "| 合计 | | 101 | 101 | |\n", "C33 '101'")
    again = all_but("", campaign) + "| T1.2 | 普查与抽样 | 3 | 3 | |\n"
    silent("L209", again + "| 合计 | | 103 | 103 | |\n")
    fires("L205", again + "| 合计 | | 103 | 103 | |\n", "B32 '普查与抽样'")


def test_standard_points_are_text(fires, silent, says, campaign):
    text = all_but("", campaign).replace("| T1.2 | 普查与抽样 | 3 |", "| T1.2 | 普查与抽样 | 3分 |")
    fires("L227", text, "C3 '3分'")
    says("L227", text, "C3 的标准分是文本，已按数字读取。")
    silent("L209", text + "| 合计 | | 97 | 100 | |\n")  # the formula left it out
    fires("L209", text + "| 合计 | | 96 | 100 | |\n", "C32 '96'")
    fires("L227", HEAD + "| T1.2 | 普查与抽样 | '3 | 3 | |\n| T1.4 | 计划总结 | 2分 | 2 | |\n", "C2:C3")
    silent("L227", HEAD + "| T1.2 | 普查与抽样 | 4分 | 3 | |\n")  # L207
    silent("L227", HEAD + ROWS)


def test_standard_points_merged_over_several_items_are_told_once(fires, silent, says):
    merged = (
        HEAD
        + "| T1.2 | 普查与抽样 | 12 | 3 | |\n| T1.4 | 计划总结 | | 2 | |\n| T2.2 | 分管领导 | 3 | 3 | |\n"
    )
    fires("L207", merged, "C2 '12'", merges=["C2:C3"])
    says("L207", merged, "T1.2 普查与抽样的标准分应为 3，表中 C2:C3 合并成了一格。", merges=["C2:C3"])
    says("L207", HEAD + "| T1.2 | 普查与抽样 | | 3 | |\n", "T1.2 普查与抽样的标准分应为 3，表中空着。")
    says("L207", HEAD + "| T1.2 | 普查与抽样 | 4 | 3 | |\n", "T1.2 普查与抽样的标准分应为 3，表中是“4”。")
    silent("L207", HEAD + ROWS, merges=["C2:C2", "A2:A3"])
    silent(
        "L207",
        HEAD + "| T1.2 | 普查与抽样 | 3 | 3 | |\n| | 说明 | | | |\n| T1.4 | 计划总结 | 2 | 2 | |\n",
        merges=["C2:C3"],
    )
    fires(
        "L207", merged.replace("| 分管领导 | 3 |", "| 分管领导 | 4 |"), "C2 '12'", "C4 '4'", merges=["C2:C3"]
    )
    head = "| 检查项目 | 标准分 | 自评分 | 检查项目 | 标准分 | 自评分 |\n"
    panels = head + "| 报表任务 | 7 | 4 | 分管领导 | 3 | 3 |\n| 普查与抽样 | | 3 | 统计人员 | 6 | 6 |\n"
    fires("L207", panels, "B2 '7'", merges=["B2:B3"])


def test_a_form_without_scores_may_have_rows_and_sums_too_many(fires):
    table = (
        "| 序号 | 检查项目 | 标准分 |\n| T1.2 | 普查与抽样 | 3 |\n| 31 | 特色工作 | 5 |\n| 合计 | | 100 |\n"
    )
    fires("L202", table, "A1 '序号'")


def test_a_missing_column_is_told_with_where_the_scores_are(says):
    county = "单位名称：昔阳县乐平镇 检查阶段：县级检查 检查日期：2024年6月1日"
    says("L202", HEAD + ROWS, "表头缺少“县级检查得分”列，分数填在“自评分”列。", fields=county)


def test_an_unknown_row_may_be_the_one_item_that_is_missing(says):
    rows = "| 1 | 报表任务 | 4 | 4 | |\n| 2 | 普查核查 | 3 | 3 | |\n| 3 | 单位核实 | 3 | 3 | |\n| 4 | 计划总结 | 2 | 2 | |\n"
    told = "“普查核查”不是评分标准里的检查项目（可能是 T1.2 普查与抽样 改了名称），其分数不计入。"
    says("L206", HEAD + rows, told)
    says(
        "L206",
        HEAD + rows.replace("单位核实", "普查与抽样"),
        "“普查核查”不是评分标准里的检查项目（可能是 T1.3 单位核实 改了名称），其分数不计入。",
    )
    says(
        "L206",
        HEAD + rows.replace("| 3 | 单位核实 | 3 | 3 | |\n", ""),
        "“普查核查”不是评分标准里的检查项目，其分数不计入。",
    )
