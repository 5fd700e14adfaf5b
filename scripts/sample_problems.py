"""What is planted in the made-up sample inspection: which problem, on whose sheet, and what its note says.

Part of `make_sample_sheets.py`. Problems that stop a sheet from counting stand on self-assessments of units that a
complete later stage judges, or on units that are meant to stay open.
"""

from __future__ import annotations

from dataclasses import dataclass

from sample_forms import Stage
from sample_stages import CITY, COUNTY, SELF

PASSWORD = "tongji2024"

# Problems by what they do to a sheet: none of its scores can be read, or no unit can be told, or one of them cannot count.
UNREAD = frozenset({"F101", "F102", "F103", "F107", "L201"})
ASIDE = frozenset({"C606"})
NOBODYS = frozenset({"U301", "U302", "U303", "U307"})
NOTED = frozenset(
    {  # for information
        *("C604", "C605", "C606", "F105", "L210", "L219", "L229", "Q820", "Q821", "S403", "U306")
    }
)
SPOILING = (
    UNREAD
    | NOBODYS
    | ASIDE
    | {"L203", "L204", "L217"}
    | {"S401", "S402", "S404", "S405", "S408", "S409", "S410", "S411", "S413", "S414", "S415"}
)


@dataclass(frozen=True)
class Planted:
    """One planted problem: in whose sheet of which stage, at which item.

    `score` is what the item's score is meant to be, `value` what stands in the cell instead (or in a field, or below a
    title), `reason` what stands beside it; `note` is the text of the list. `variant` tells several sheets of one unit
    and stage apart.
    """

    code: str
    stage: Stage
    unit: str
    note: str
    item: str = ""
    score: str = ""
    value: str | int | float | None = None
    reason: str = ""
    variant: str = ""

    @property
    def spoils(self) -> bool:
        """Whether the sheet cannot be used for a verdict."""
        return self.code in SPOILING

    @property
    def alters(self) -> bool:
        """Whether scores stand on the sheet otherwise than they are meant."""
        return self.spoils or self.code in {"S403", "S406", "S407", "S421"}


STACKED_NOTE = "三个乡镇的评分表上下排在一张工作表上，已逐张读取"
DECISION = """\
decisions:
  - {unit: 左权县寒王乡, stage: county, file: 县级检查/左权县/评分表（寒王乡）县检(1).xls, reason: 6月5日县局电话确认，(1)是复核后改的}
"""

YUSHE_SELF = (
    Planted("S405", SELF, "箕城镇", "“报表任务”标准分4分，得分填5分，超过标准分", "T1.1", "4", 5),
    Planted("U331", SELF, "箕城镇", "“检查组成员”后面是空的"),
    Planted("S402", SELF, "云簇镇", "“服务党委政府”的得分填的是“良好”，不是分数", "T5.1", "3", "良好"),
    Planted("E502", SELF, "云簇镇", "“原始记录”扣了0.5分，扣分说明只写“同上”", "T4.1", "3.5", reason="同上"),
    Planted("U322", SELF, "云簇镇", "填表日期写成2024年5月32日，日历上没有这一天", value="2024年5月32日"),
    Planted("S403", SELF, "郝北镇", "“原始记录”的得分是文本“3.5分”，可无损读作3.5", "T4.1", "3.5", "3.5分"),
    Planted(
        "S424", SELF, "郝北镇", "求和公式加不上“3.5分”，就把“业务流程”小计改成了数字（数没有错）", "T4.1"
    ),
    Planted("S424", SELF, "郝北镇", "同一原因，合计也改成了数字（数没有错）"),
    Planted("S409", SELF, "社城镇", "“审核签章”的得分是出错的公式，显示#DIV/0!", "T4.3", "4", "=1/0"),
    Planted(
        "L222", SELF, "社城镇", "“原始记录”一行剪切到了“账表一致”下面，顺序与表样不同", "T4.1", value="T4.5"
    ),
    Planted("U309", SELF, "河峪乡", "“单位名称（盖章）”后面没有填单位，只能按工作表名、文件名推断"),
    Planted(
        "S404",
        SELF,
        "河峪乡",
        "“制度齐全”扣0.5分，把“-0.5”填进了得分",
        item="T3.1",
        score="3.5",
        value=-0.5,
        reason="缺统计资料管理制度1项",
    ),
    Planted("S408", SELF, "北寨乡", "“分管领导”的得分打了“√”，没有写几分", "T2.2", "3", "√"),
    Planted("S410", SELF, "北寨乡", "“列入预算”的得分填“/”，这一项不能不适用", "T8.1", "5", "/"),
    Planted(
        "S406",
        SELF,
        "西马乡",
        "“统计人员”只能得6、4、2或0分，填了5分",
        item="T2.3",
        score="5",
        value=5,
        reason="配有1名专职、1名兼职统计员，兼职人员到岗时间不足，酌情扣1分",
    ),
    Planted("U312", SELF, "西马乡", "自评表存成了“县级检查”的文件名，与表内的检查阶段不一致"),
)
ZUOQUAN_SELF = (
    Planted("U305", SELF, "辽阳镇", "单位名称填“龙泉乡”，该乡已于2021年并入辽阳镇", value="龙泉乡"),
    Planted("L220", SELF, "辽阳镇", "“村级统计员”（T2.4）改成了“村级协统员”", "T2.4", value="村级协统员"),
    Planted("S411", SELF, "辽阳镇", "“普法宣传”的得分填的是“同上”", "T7.3", "2", "同上"),
    Planted("S422", SELF, "桐峪镇", "“统计服务”小计比该维度各项之和少1分（合计正确）", "T5.1"),
    Planted("U324", SELF, "桐峪镇", "检查日期只有月、日，没有年份", value="5月20日"),
    Planted(
        "L207", SELF, "麻田镇", "“报表任务”的标准分印成5分，应为4分（标准分合计仍为100）", "T1.1", "3.5", 5
    ),
    Planted("L203", SELF, "芹泉镇", "“自评分”一列复制到了旁边，盖住“县级检查得分”，自评分有两列"),
    Planted(
        "S415",
        SELF,
        "芹泉镇",
        "“及时上报”的得分填的是百分数90%",
        item="T4.4",
        score="3.5",
        value=0.9,
        reason="3月工业月报迟报1次",
    ),
    Planted(
        "U323", SELF, "拐儿镇", "检查日期2024年5月7日不在自评阶段（5月10日至25日）之内", value="2024-05-07"
    ),
    Planted("E506", SELF, "拐儿镇", "“质量责任”得了分，佐证材料是空的", "T3.4", "3"),
    Planted("L210", SELF, "拐儿镇", "留着打草稿的工作表“Sheet2”，没有删去"),
    Planted("U304", SELF, "寒王乡", "左权县的表放进了榆社县的文件夹"),
    Planted("L205", SELF, "寒王乡", "“资料档案”一行复制了两次", "T3.3"),
    Planted("U334", SELF, "寒王乡", "联系电话少了一位：1383540217", value="1383540217"),
    Planted("S421", SELF, "石匣乡", "合计比各项得分之和多1分"),
    Planted(
        "S417",
        SELF,
        "石匣乡",
        "“统计台账”得5.5分，“扣分”一栏却填1分，加起来不是6分",
        item="T4.2",
        score="5.5",
        value=1,
        reason="村级台账未连续登记，计1本",
    ),
    Planted(
        "E503",
        SELF,
        "石匣乡",
        "“报表任务”得满分4分，却写了扣分原因",
        item="T1.1",
        score="4",
        reason="漏报农业报表1项，催报后补齐",
    ),
    Planted("L217", SELF, "羊角乡", "“公示上墙”“资料档案”的得分合并成一格，只填了一个数", "T3.2", "2"),
    Planted(
        "L206", SELF, "羊角乡", "自行加了“特色工作”一行，填2分（合计没有算它）", "T8.3", value="特色工作"
    ),
)
HESHUN_SELF = (
    Planted("L204", SELF, "义兴镇", "缺少检查项目“电子台账备份”（T6.3）一行", "T6.3"),
    Planted("L221", SELF, "义兴镇", "编号是T4.3，名称却是“及时上报”（与下一行写反了）", "T4.3"),
    Planted("L221", SELF, "义兴镇", "编号是T4.4，名称却是“审核签章”（与上一行写反了）", "T4.4"),
    Planted("U335", SELF, "义兴镇", "检查人员填的是“同上”，不是姓名", value="同上"),
    Planted("U302", SELF, "横岭镇", "单位名称“恒岭镇统计站”有错字，名录中没有", value="恒岭镇统计站"),
    Planted("S401", SELF, "喂马乡", "“分析信息”没有填得分", "T5.2", "3"),
    Planted("U321", SELF, "喂马乡", "检查时间只留着“年　月　日”，没有填", value="　　年　　月　　日"),
    Planted(
        "L218", SELF, "平松乡", "“及时上报”印的是旧标准“迟报每次1”，本次是每次0.5", "T4.4", value="迟报每次1"
    ),
    Planted(
        "L218", SELF, "平松乡", "“参加培训”印的是旧标准“缺训每次扣2”，本次是扣1", "T7.1", value="缺训每次扣2"
    ),
    Planted(
        "S416",
        SELF,
        "平松乡",
        "“原始记录”实际是3.5分，单元格不显示小数，看上去是4",
        item="T4.1",
        score="3.5",
        value=3.5,
    ),
)
COUNTY_CHECKS = (
    Planted(
        "E504",
        COUNTY,
        "郝北镇",
        "“分析信息”的扣分说明写的是云簇镇的事",
        item="T5.2",
        score="2",
        reason="云簇镇全年分析信息2篇，不足4篇",
    ),
    Planted(
        "E505",
        COUNTY,
        "郝北镇",
        "“及时上报”实际扣了1分，扣分说明写“扣0.5分”",
        item="T4.4",
        score="3",
        reason="收表登记显示7月工业月报迟报，扣0.5分",
    ),
    Planted(
        "L228",
        COUNTY,
        "郝北镇",
        "“电子台账备份”写成了“电子台账备份情况”，已认出",
        item="T6.3",
        value="电子台账备份情况",
    ),
    Planted("U333", COUNTY, "郝北镇", "“联系电话”后面是空的"),
    Planted("L215", COUNTY, "桐峪镇", "复制的一份评分表“桐峪镇 (2)”没有删，只是隐藏了（分数相同）"),
    Planted(
        "S425",
        COUNTY,
        "桐峪镇",
        "“人员配备”小计的公式漏了“分管领导”一行（该项得0分，数碰巧没有错）",
        item="T2.2",
        score="0",
        reason="分管领导4月调整后未发文明确",
    ),
    Planted("L213", COUNTY, "桐峪镇", "“制度管理”的三行筛选后没有恢复，看不见", "T3.1", value="T3.3"),
    Planted("L214", COUNTY, "桐峪镇", "“自评分”一列隐藏了，里面有分数"),
    Planted(
        "S407",
        COUNTY,
        "芹泉镇",
        "“制度齐全”每项扣0.5分，得分3.7与4分之差不是0.5的整数倍",
        item="T3.1",
        score="3.7",
        value=3.7,
        reason="“统计资料管理制度”内容不完整，酌情扣0.3分",
    ),
    Planted("E501", COUNTY, "羊角乡", "“参加培训”扣了1分，没有写扣分原因（在第三张评分表上）", "T7.1"),
    Planted("S423", COUNTY, "芹泉镇", "合计一格是空的"),
    Planted("U336", COUNTY, "义兴镇", "检查组里写了该镇负责人的名字，自己检查自己"),
    Planted("S431", COUNTY, "李阳镇", "县级检查的总分比自评低了10分"),
    Planted(
        "L225",
        COUNTY,
        "李阳镇",
        "“专用计算机”的得分是引用别的工作簿的公式（李阳镇设备登记.xlsx）",
        "T6.1",
        "4",
    ),
    Planted("S414", COUNTY, "松烟镇", "县级检查的评分表只有“自评”列有分数，“县级检查”列是空的"),
    Planted("L223", COUNTY, "松烟镇", "表尾的检查人员、负责人签字一行删掉了"),
    Planted("U306", COUNTY, "青城镇", "单位名称写“青城镇政府”，是别名", value="青城镇政府"),
    Planted("S432", COUNTY, "青城镇", "“教育培训”自评8分，县级检查5.5分，相差超过该维度的30%", "T7.1"),
    Planted("F105", SELF, "青城镇", "从旧系统导出的网页，扩展名是.xls，已按内容读取"),
    Planted("F105", COUNTY, "箕城镇", "从旧系统导出的2003版XML表格，扩展名是.xls，已按内容读取"),
    Planted("F101", COUNTY, "喂马乡", "文件不完整（只传了一半），打不开"),
    Planted("F102", COUNTY, "平松乡", f"文件加了密码，打不开（密码是 {PASSWORD}）"),
)
CITY_CHECKS = (
    Planted("U325", CITY, "榆社县统计局", "检查日期的年份写成2023年，像是沿用了去年的表", value="2023"),
    Planted("L216", CITY, "榆社县统计局", "“资料档案”的得分是白字，打印出来是空白", "C3.3"),
    Planted("E501", CITY, "麻田镇", "“单位核实”扣了1分，没有写扣分原因", "T1.3", "2"),
    Planted("U332", CITY, "麻田镇", "“被检查单位负责人签字”后面只有“（签字）”", value="（签字）"),
)
FURTHER = (  # sheets besides the one that every unit owes
    Planted(
        "L201",
        SELF,
        "郝北镇",
        "另存的打印版删掉了表头一行，不知道哪一列是得分",
        variant="打印版",
    ),
    Planted("F105", SELF, "郝北镇", "内容是.xlsx，扩展名却是.xls", variant="打印版"),
    Planted("C603", SELF, "麻田镇", "麻田镇的自评表有两份，“终稿”有两项的分数比另一份高", variant="终稿"),
    Planted("U303", SELF, "城区", "只写“城区”，三个县都有城区，文件又不在县的文件夹里"),
    Planted("U301", SELF, "", "“填报单位”后面是空的，文件名、工作表名里也没有单位"),
    Planted("L209", SELF, "", "标准分合计写成99，应为100", value=99),
    Planted("L211", SELF, "", "自己画的表没有“扣分原因”一列"),
    Planted("U307", SELF, "粟城乡", "粟城乡2021年拆分并入辽阳镇和桐峪镇，不知道分数归谁"),
    Planted("L219", SELF, "粟城乡", "沿用撤并前的旧表样，评分标准大多是另一种说法"),
    Planted("S413", COUNTY, "西马乡", "把没有打分的空表报了上来"),
    Planted("C604", COUNTY, "北寨乡", "同一份文件复制了一份，内容一个字节不差，只计一次", variant="副本"),
    Planted("U304", COUNTY, "横岭镇", "文件名是马坊乡，表内是横岭镇：发错了文件", variant="马坊乡副本"),
    Planted(
        "C604",
        COUNTY,
        "横岭镇",
        "压缩包里“马坊乡”的文件与横岭镇的一个字节不差，只计一次",
        variant="马坊乡副本",
    ),
    Planted(
        "C606",
        COUNTY,
        "寒王乡",
        "复核后又报了一份（(1)），`campaign.yaml` 的 decisions 写明以它为准，这一份不计",
    ),
)
CLUES = (  # what only comparing several sheets shows
    Planted(
        "I701", COUNTY, "辽阳镇", "辽阳镇、麻田镇的扣分项目和得分完全相同：一张表复制成了两张，只改了单位名称"
    ),
    Planted("I703", SELF, "拐儿镇", "“审核签章”的扣分原因与石匣乡的一字不差", "T4.3"),
    Planted("I718", COUNTY, "郝北镇", "县级检查的日期早于自评的日期（5月20日）"),
    Planted("U323", COUNTY, "郝北镇", "检查日期写成2024年5月18日，不在县级检查阶段之内", value="2024-05-18"),
)
SAME_TEXT = (  # who wrote it, at which item, what
    ("拐儿镇", "石匣乡"),
    "T4.3",
    "4月份劳动工资月报表填报人未签字，县局退回后补签，补签日期与收表登记簿不一致",
)
SAME_SCORES = ("麻田镇", "辽阳镇")  # whose county check was copied to whose
PLANTED = (*YUSHE_SELF, *ZUOQUAN_SELF, *HESHUN_SELF, *COUNTY_CHECKS, *CITY_CHECKS, *FURTHER, *CLUES)


def planted_on(unit: str, stage: Stage, variant: str = "") -> tuple[Planted, ...]:
    """Everything planted on one sheet."""
    return tuple(p for p in PLANTED if (p.unit, p.stage, p.variant) == (unit, stage, variant))
