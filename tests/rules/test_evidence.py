"""E5xx."""

HEAD = "| 序号 | 检查项目 | 标准分 | 自评分 | 扣分原因 |\n"


def test_reason_missing(fires, silent):
    fires("E501", HEAD + "| T1.2 | 普查与抽样 | 3 | 2 | |\n", "E2")
    fires("E501", HEAD + "| T1.2 | 普查与抽样 | 3 | 0 | '  |\n", "E2")
    fires("E501", HEAD + "| T1.2 | 普查与抽样 | 3 | 2.5 | |\n", "E2")  # also for a score that is no tier
    silent("E501", HEAD + "| T1.2 | 普查与抽样 | 3 | 3 | |\n")
    silent("E501", HEAD + "| T1.2 | 普查与抽样 | 3 | 2 | 缺验收单 |\n")
    silent(
        "E501", HEAD + "| T1.2 | 普查与抽样 | 3 | 4 | |\n| T1.4 | 计划总结 | 2 | 2 | |\n"
    )  # wrong in another way
