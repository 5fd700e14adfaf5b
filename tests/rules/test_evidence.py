"""E5xx."""

import pytest

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


def row(score: str, reason: str, evidence: str = "验收单", title: str = "T1.2 | 普查与抽样 | 3") -> str:
    head = "| 序号 | 检查项目 | 标准分 | 自评分 | 扣分原因 | 佐证材料 |\n"
    return f"{head}| {title} | {score} | {reason} | {evidence} |\n| T1.4 | 计划总结 | 2 | 2 | | 计划 |\n"


@pytest.mark.parametrize(
    "filler", ["无", "/", "同上", "、", "——", "略", "1", "1分", "xx", "（无）", "…", "扣分"]
)
def test_reason_is_a_filler(fires, silent, filler):
    fires("E502", row("2", filler), f"E2 {filler!r}")
    silent("E501", row("2", filler))
    silent("E503", row("3", filler))


def test_reason_is_a_filler_near_misses(silent):
    silent("E502", row("2", "无验收单"))
    silent("E502", row("3", "无"))  # nothing deducted: 无 is what one writes there
    silent("E502", row("2", "'  "))  # a space is a blank: E501


def test_reason_without_deduction(fires, silent):
    fires("E503", row("3", "缺验收单"), "E2 '缺验收单'")
    silent("E503", row("2", "缺验收单"))
    silent("E503", row("3", ""))
    silent("E503", row("3", "资料齐全，不扣分"))
    silent("E503", row("", "缺验收单"))  # not scored at all: S401
    silent("E503", row("4", "缺验收单"))  # above the maximum: S405


def test_reason_names_another_township(fires, silent, says):
    fires("E504", row("2", "皋落镇缺少会议记录"), "E2 '皋落镇缺少会议记录'")
    says("E504", row("2", "皋落镇缺少会议记录"), "T1.2 普查与抽样 的扣分原因说的是“皋落镇”，不是本单位。")
    fires("E504", row("2", "东观镇与皋落镇均缺记录"), *["E2 '东观镇与皋落镇均缺记录'"] * 2)
    silent("E504", row("2", "乐平镇缺少会议记录"))  # the unit itself
    silent("E504", row("2", "所辖村缺少会议记录"))
    county = row("3", "皋落镇迟报1次", title="C1.1 | 常规调查任务 | 4")
    bureau = "单位名称：昔阳县统计局 检查阶段：自评 检查日期：2024年5月20日"
    silent("E504", county, fields=bureau)  # a township of its own
    fires("E504", county.replace("皋落镇", "东观镇"), "E2 '东观镇迟报1次'", fields=bureau)
    silent(
        "E504", row("2", "皋落镇缺少会议记录"), fields="单位名称： 检查阶段：自评"
    )  # nobody knows whose it is


@pytest.mark.parametrize(
    ("reason", "said"),
    [("缺验收单，扣0.5分", "0.5"), ("迟报1次扣0.5分；漏报1项扣1分", "1.5"), ("每次扣0.5分，共扣1.5分", "1.5"), ("减2分", "2"), ("扣３分", "3")],
)  # fmt: skip
def test_amount_in_the_reason_contradicts_the_deduction(fires, says, reason, said):
    fires("E505", row("2", reason), f"E2 {reason!r}")
    says("E505", row("2", reason), f"T1.2 普查与抽样 实际扣了 1 分，扣分原因里写的是扣 {said} 分。")


@pytest.mark.parametrize(
    "reason",
    ["缺验收单，扣1分", "迟报2次，每次扣0.5分", "迟报1次扣0.5，漏报1项扣0.5", "每次扣0.5分，共扣1分", "缺2项", "扣留资料3份", "合计扣1分，其中迟报扣0.5分"],
)  # fmt: skip
def test_amount_in_the_reason_near_misses(silent, reason):
    silent("E505", row("2", reason))


def test_evidence_missing(fires, silent, says):
    fires("E506", row("3", "", ""), "F2")
    fires("E506", row("3", "", "无"), "F2 '无'")
    says("E506", row("3", "", ""), "T1.2 普查与抽样 没有写佐证材料。")
    silent("E506", row("3", "", "见附件1"))
    silent("E506", row("0", "没有开展", ""))  # nothing got, nothing to prove
    silent("E506", HEAD + "| T1.2 | 普查与抽样 | 3 | 3 | |\n")  # the form does not ask for it
    nowhere = row("3", "", "").replace("计划 |", "|")
    fires("E506", nowhere, "F2:F3")
    says("E506", nowhere, "得分的项目全都没有写佐证材料。")
