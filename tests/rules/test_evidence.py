"""E5xx."""

import pytest

from huitoukan.rules.reasons import bare_words, claims_no_deduction, points_said, says_nothing

HEAD = "| 序号 | 检查项目 | 标准分 | 自评分 | 扣分原因 |\n"


def test_reason_missing(fires, silent):
    fires("E501", HEAD + "| T1.2 | 普查与抽样 | 3 | 2 | |\n", "E2")
    fires("E501", HEAD + "| T1.2 | 普查与抽样 | 3 | 0 | '  |\n", "E2")
    fires("E501", HEAD + "| T1.2 | 普查与抽样 | 3 | 2.5 | |\n", "E2")  # also for a score that is no tier
    silent("E501", HEAD + "| T1.2 | 普查与抽样 | 3 | 3 | |\n")
    silent("E501", HEAD + "| T1.2 | 普查与抽样 | 3 | 2 | 缺验收单 |\n")
    # Wrong in another way.
    silent("E501", HEAD + "| T1.2 | 普查与抽样 | 3 | 4 | |\n| T1.4 | 计划总结 | 2 | 2 | |\n")


def row(score: str, reason: str, evidence: str = "验收单", title: str = "T1.2 | 普查与抽样 | 3") -> str:
    head = "| 序号 | 检查项目 | 标准分 | 自评分 | 扣分原因 | 佐证材料 |\n"
    return f"{head}| {title} | {score} | {reason} | {evidence} |\n| T1.4 | 计划总结 | 2 | 2 | | 计划 |\n"


@pytest.mark.parametrize(
    "filler",
    [
        "无",
        "/",
        "同上",
        "、",
        "——",
        "略",
        "1",
        "1分",
        "xx",
        "（无）",
        "…",
        "扣分",
        "无\u200b",
        "同第2项",
        "扣 1 分",
    ],
)
def test_reason_is_a_filler(fires, silent, filler):
    fires("E502", row("2", filler), f"E2 {filler!r}")
    silent("E501", row("2", filler))
    silent("E503", row("3", filler))


def test_reason_is_a_filler_near_misses(silent):
    silent("E502", row("2", "无验收单"))
    silent("E502", row("3", "无"))  # nothing deducted: 无 is what one writes there
    silent("E502", row("2", "'  "))  # a space is a blank: E501
    silent("E502", row("4", "无"))  # above the maximum: S405
    silent("E502", row("", "无"))


def test_reason_without_deduction(fires, silent, says):
    fires("E503", row("3", "缺验收单"), "E2 '缺验收单'")
    silent("E503", row("2", "缺验收单"))
    silent("E503", row("3", ""))
    silent("E503", row("3", "资料齐全，不扣分"))
    fires("E503", row("3", "缺" * 100), f"E2 {'缺' * 100!r}")
    says("E503", row("3", "缺" * 100), f"T1.2 普查与抽样 得了满分，却写了扣分原因“{'缺' * 60}…”。")
    says("E503", row("3", "缺" * 60), f"T1.2 普查与抽样 得了满分，却写了扣分原因“{'缺' * 60}”。")
    silent("E503", row("", "缺验收单"))  # not scored at all: S401
    silent("E503", row("4", "缺验收单"))  # above the maximum: S405


def test_reason_names_another_township(fires, silent, says):
    fires("E504", row("2", "皋落镇缺少会议记录"), "E2 '皋落镇缺少会议记录'")
    says("E504", row("2", "皋落镇缺少会议记录"), "T1.2 普查与抽样 的扣分原因说的是“皋落镇”，不是本单位。")
    both = "皋落镇缺记录；东观镇缺台账"
    fires("E504", row("2", both), f"E2 {both!r}")
    says("E504", row("2", both), "T1.2 普查与抽样 的扣分原因说的是“皋落镇”、“东观镇”，不是本单位。")
    silent("E504", row("2", "从皋落镇调入人员未办理交接手续"))  # why it is named
    silent("E504", row("2", "与昔阳县皋落镇交接手续不全"))
    silent("E504", row("2", "未参加昔阳县统计局组织的培训"))  # its own county
    fires("E504", row("2", "平遥县统计局未通知"), "E2 '平遥县统计局未通知'")
    silent("E504", row("2", "乐平镇缺少会议记录"))  # the unit itself
    silent("E504", row("2", "所辖村缺少会议记录"))
    county = row("3", "皋落镇迟报1次", title="C1.1 | 常规调查任务 | 4")
    bureau = "单位名称：昔阳县统计局 检查阶段：自评 检查日期：2024年5月20日"
    silent("E504", county, fields=bureau)  # a township of its own
    fires("E504", county.replace("皋落镇", "东观镇"), "E2 '东观镇迟报1次'", fields=bureau)
    # Nobody knows whose it is.
    silent("E504", row("2", "皋落镇缺少会议记录"), fields="单位名称： 检查阶段：自评")


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


def test_amounts_beside_full_marks_or_a_wrong_score_are_not_compared(silent):
    silent("E505", row("3", "迟报扣2分"))  # E503
    silent("E505", row("4", "迟报扣2分"))  # S405


def test_evidence_missing(fires, silent, says):
    fires("E506", row("3", "", ""), "F2")
    fires("E506", row("3", "", "无"), "F2 '无'")
    says("E506", row("3", "", "同上"), "T1.2 普查与抽样 的佐证材料只写了“同上”。")
    says("E506", row("3", "", ""), "T1.2 普查与抽样 没有写佐证材料。")
    silent("E506", row("3", "", "见附件1"))
    silent("E506", row("0", "没有开展", ""))  # nothing got, nothing to prove
    silent("E506", HEAD + "| T1.2 | 普查与抽样 | 3 | 3 | |\n")  # the form does not ask for it
    nowhere = row("3", "", "").replace("计划 |", "|")
    fires("E506", nowhere, "F2:F3")
    says("E506", nowhere, "有 2 个得分的项目没有写佐证材料。")
    only = row("3", "", "").replace("| 2 | 2 | | 计划 |", "| 2 | 0 | 没有 | |")
    says("E506", only, "T1.2 普查与抽样 没有写佐证材料。")  # one item is told by its name
    more = "| T2.1 | 机构设置 | 3 | 3 | | |\n| T2.2 | 分管领导 | 3 | 3 | | 文件 |\n"
    fires("E506", row("3", "", "") + more, "F2", "F4")  # half of them: each by itself
    fires("E506", nowhere + more, "F2:F4")
    head = "| 检查项目 | 标准分 | 自评分 | 佐证材料 | 检查项目 | 标准分 | 自评分 | 佐证材料 |\n"
    panels = (
        head + "| 报表任务 | 4 | 4 | | 分管领导 | 3 | 3 | |\n| 普查与抽样 | 3 | 3 | | 统计人员 | 6 | 6 | |\n"
    )
    fires("E506", panels, "D2:H3")


@pytest.mark.parametrize(
    "remark",
    ["扣0分", "扣分：0", "0", "-0", "未扣", "不扣", "免扣", "无需扣分", "不失分", "未发现扣分情况", "不存在扣分情况", "无迟报", "无漏报、无缺项",
     "无异常", "无此情况", "未发现", "未发现问题", "齐全", "资料齐全", "合格", "完全符合", "达到标准", "优秀", "较好", "按要求完成", "均按时上报", "均已配备",
     "健全", "通过", "见佐证材料", "详见附件1", "符合要求"],
)  # fmt: skip
def test_remarks_beside_full_marks_that_claim_no_deduction(silent, remark):
    silent("E503", row("3", remark))


@pytest.mark.parametrize(
    "remark",
    ["不符合要求", "未达标", "没有达标", "未达到要求", "资料不正常", "制度不符合标准", "未发现问题台账缺失", "缺2项制度", "迟报1次", "无验收单", "资料齐全，但迟报1次", "无X", "台账1本"],
)  # fmt: skip
def test_remarks_beside_full_marks_that_name_a_fault(fires, remark):
    fires("E503", row("3", remark), f"E2 {remark!r}")


@pytest.mark.parametrize(
    "reason",
    ["迟报2次，各扣0.5分", "扣2分中的1分", "扣1分，其中报表迟报扣0.5分，漏报扣0.5分", "扣1分：迟报扣0.5分，漏报扣0.5分", "应扣2分，实扣1分", "应扣1.5分，酌情扣1分",
     "迟报一次扣0.5分，共迟报2次，扣1分", "迟报两次，一次扣0.5分", "少2人，1人扣0.5分", "少2人，扣0.5分/人", "扣0.5分/次，2次", "迟报1次，扣0.5分×2=1分",
     "扣0.5*2=1分", "1.扣0.5 2.扣0.5", "资料缺失，扣2次共1分", "减2人，扣1分", "编制扣减2名，扣1分", "代扣2人个税凭证缺失", "人员减2人", "扣1分。县局已扣1分",
     "2022年扣2分，今年扣1分", "每缺一项扣0.5分，缺2项，扣1分", "扣1分（每次0.5分×2）", "扣一分", "缺2项制度（共6项），每项扣0.5", "12月迟报，扣1分", "得2分"],
)  # fmt: skip
def test_amounts_that_agree_or_cannot_be_judged(silent, reason):
    silent("E505", row("2", reason))


@pytest.mark.parametrize(
    ("reason", "said"),
    [("扣两分", "2"), ("扣一分半", "1.5"), ("扣零点五分", "0.5"), ("扣分2分", "2"), ("-2分", "2"), ("迟报3次，每次扣0.5分，共1.5分", "1.5"), ("迟报3次，每次扣0.5分", "1.5"),
     ("扣2", "2"), ("扣\u200b2分", "2"), ("共扣2分，合计扣3分", "3"), ("—2分", "2"), ("–2分", "2")],
)  # fmt: skip
def test_amounts_in_other_words(says, reason, said):
    says("E505", row("2", reason), f"T1.2 普查与抽样 实际扣了 1 分，扣分原因里写的是扣 {said} 分。")


@pytest.mark.parametrize("text", ["3-4分", "3—4 分", "第 1–2分"])
def test_ranges_are_no_deductions(text):
    assert points_said(text) is None


def test_words_are_compared_without_marks():
    assert bare_words(("（无）", "N/A")) == {"无", "NA"}


def test_the_longest_fault_is_taken_out_first():
    assert claims_no_deduction("无迟报", frozenset(), frozenset({"迟", "报", "迟报单"})) is True
    assert claims_no_deduction("无迟报单", frozenset(), frozenset({"迟", "迟报单"})) is True


def test_a_reason_merged_over_several_rows_is_judged_once(fires, silent, says):
    def table(reason, one="3.5", two="2"):
        return (
            "| 序号 | 检查项目 | 标准分 | 自评分 | 扣分原因 |\n"
            f"| T1.1 | 报表任务 | 4 | {one} | {reason} |\n| T1.2 | 普查与抽样 | 3 | {two} | |\n"
        )

    merged = {"merges": ["E2:E3"]}
    silent("E505", table("迟报3处，共扣1.5分"), **merged)
    silent("E505", table("漏报1次，扣0.5分"), **merged)
    fires("E505", table("共扣2分"), "E2 '共扣2分'", **merged)
    silent("E503", table("漏报1次，扣0.5分", two="3"), **merged)  # one of its rows lost points
    fires("E503", table("漏报1次", one="4", two="3"), "E2 '漏报1次'", **merged)
    says(
        "E503",
        table("漏报1次", one="4", two="3"),
        "T1.1 报表任务 得了满分，却写了扣分原因“漏报1次”。",
        **merged,
    )
    fires("E501", table(""), "E2", **merged)
    says("E501", table("", one="4"), "T1.2 普查与抽样 扣了 1 分，没有写扣分原因。", **merged)
    fires("E502", table("同上"), "E2 '同上'", **merged)


@pytest.mark.parametrize("part", ["扣", "扣1分，", "(", "无", "1", "每", "迟报1次扣0.5分；", "\ufdfa"])
def test_of_a_reason_only_the_beginning_is_read(part):
    full, beginning, words = part * 10000, (part * 300)[:300], frozenset({"无"})
    assert points_said(full) == points_said(beginning)
    assert says_nothing(full, words) == says_nothing(beginning, words)
    assert claims_no_deduction(full, words, words) == claims_no_deduction(beginning, words, words)
