"""S431-S432: stages that lie far apart on one sheet."""

from huitoukan.model import Level

COUNTY = "单位名称：昔阳县乐平镇 检查阶段：县级检查 检查日期：2024年6月1日"
HEAD = "| 序号 | 检查项目 | 标准分 | 自评分 | 县级检查得分 |\n"


def rows(*checked: tuple[str, str, float, float, float], total: str = "") -> str:
    lines = [f"| {i} | {title} | {most} | {own} | {county} |" for i, title, most, own, county in checked]
    return HEAD + "\n".join(lines) + "\n" + total


PEOPLE = [("T2.1", "机构设置", 3, 3, 3), ("T2.2", "分管领导", 3, 3, 3), ("T2.3", "统计人员", 6, 6, 6)]


def far(
    staff: float = 0, ledger: float = 2, paper: float = 4, total: str = "| 合计 | | 100 | 25 | 15 |\n"
) -> str:
    return rows(
        *PEOPLE[:2], ("T2.3", "统计人员", 6, 6, staff), ("T4.2", "统计台账", 6, 6, ledger),
        ("T4.3", "审核签章", 4, 4, paper), ("T5.1", "服务党委政府", 3, 3, 3), total=total,
    )  # fmt: skip


def test_self_far_above_the_county_check(fires, silent, says):
    fires("S431", far(), "E8 '15'", fields=COUNTY)
    says("S431", far(), "县级检查比自评低 10 分，主要在人员配备、业务流程。", fields=COUNTY)
    fires("S431", far(total=""), "E1 '县级检查得分'", fields=COUNTY)  # without a total at the header
    silent("S431", far(ledger=2.5), fields=COUNTY)  # 9.5 points
    silent("S432", far(), fields=COUNTY)  # the total says so already


def test_one_dimension_far_apart(fires, silent, says):
    fires("S432", far(staff=6, ledger=3), "E5 '3'", fields=COUNTY)  # 3 of 10 points: 30 %
    says("S432", far(staff=6, ledger=3), "“业务流程”县级检查比自评低 3 分。", fields=COUNTY)
    silent("S432", far(staff=6, ledger=3.2), fields=COUNTY)
    raised = rows(("T2.1", "机构设置", 3, 1, 3), ("T2.2", "分管领导", 3, 3, 3))
    says("S432", raised, "“人员配备”县级检查比自评高 2 分。", fields=COUNTY)
    silent("S432", rows(*PEOPLE), fields=COUNTY)


def test_items_scored_at_one_stage_only_are_not_compared(silent):
    silent("S432", rows(("T2.1", "机构设置", 3, "", 0), ("T2.2", "分管领导", 3, 3, 3)), fields=COUNTY)


def test_a_check_that_gives_more_points(says, silent):
    raised = rows(
        ("T2.1", "机构设置", 3, 0, 3), ("T2.2", "分管领导", 3, 0, 3), ("T2.3", "统计人员", 6, 2, 6),
    )  # fmt: skip
    says("S431", raised, "县级检查比自评高 10 分，主要在人员配备。", fields=COUNTY)
    silent("S432", raised, fields=COUNTY)


def test_small_differences_of_small_dimensions(says, silent):
    lower = rows(("T2.1", "机构设置", 3, 3, 2), ("T2.2", "分管领导", 3, "", 3))
    says("S432", lower, "“人员配备”县级检查比自评低 1 分。", fields=COUNTY)  # 1 of the 3 that both scored
    raised = rows(("T2.1", "机构设置", 3, 2, 3), ("T2.2", "分管领导", 3, 3, ""))
    says("S432", raised, "“人员配备”县级检查比自评高 1 分。", fields=COUNTY)
    silent("S432", rows(("T2.1", "机构设置", 3, 3, 2.5), ("T2.2", "分管领导", 3, "", 3)), fields=COUNTY)


def test_a_total_far_apart_of_dimensions_that_are_not(campaign, says):
    dimensions = campaign.rubric.levels[Level.TOWNSHIP].dimensions
    lower = {d.items[0].id for d in dimensions} | {d.items[1].id for d in dimensions[:2]}
    items = [item for dimension in dimensions for item in dimension.items]
    one_less = rows(*((i.id, i.title, i.maximum, i.maximum, i.maximum - (i.id in lower)) for i in items))
    says("S431", one_less, "县级检查比自评低 10 分。", fields=COUNTY)


def test_scores_out_of_range_are_not_compared(silent):
    silent("S431", rows(*PEOPLE[:2], ("T1.1", "报表任务", 4, 90, 4)), fields=COUNTY)
    silent("S432", rows(*PEOPLE[:2], ("T1.1", "报表任务", 4, 9, 4)), fields=COUNTY)
    silent("S432", rows(*PEOPLE[:2], ("T1.1", "报表任务", 4, 4, -1)), fields=COUNTY)
