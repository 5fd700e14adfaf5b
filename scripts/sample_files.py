"""Files of the made-up sample inspection that are no forms: a list of names, a web page, an archive, what programs leave.

Part of `make_sample_sheets.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from sample_materials import docx


@dataclass(frozen=True)
class OtherFile:
    """A file that is no form: what is reported about it (nothing, where it has no code), and its content."""

    path: str
    code: str
    note: str
    content: bytes = b""


@dataclass(frozen=True)
class OtherWorkbook:
    """A workbook that is no form."""

    code: str
    note: str
    rows: tuple[tuple[str | int, ...], ...]

    def workbook(self) -> Workbook:
        """The workbook: a title above a table."""
        workbook = Workbook()
        ws = workbook.worksheets[0]
        ws.title = "花名册"
        for row in self.rows:
            ws.append(row)
        ws.merge_cells("A1:E1")
        ws["A1"].font = Font(name="黑体", size=16)
        ws["A1"].alignment = Alignment(horizontal="center")
        line = Side(style="thin")
        for cells in ws.iter_rows(min_row=2):
            for cell in cells:
                cell.border = Border(line, line, line, line)
                cell.font = Font(name="宋体", size=11, bold=cell.row == 2)
        for letter, width in zip("ABCDE", (7, 12, 16, 20, 16), strict=True):
            ws.column_dimensions[letter].width = width
        return workbook


OTHER_WORKBOOKS = {
    "自评/左权县/桐峪镇村级统计员花名册.xlsx": OtherWorkbook(
        "F106",
        "不是评分表，是佐证材料里的花名册",
        (
            ("桐峪镇村级统计员花名册",),
            ("序号", "姓名", "所在村", "职务", "任职时间"),
            (1, "赵小军", "前街村", "村级统计员", "2021年3月"),
            (2, "钱玉芳", "东沟村", "村级统计员", "2021年3月"),
            (3, "孙建国", "西坡村", "村级统计员", "2022年5月"),
            (4, "李秀兰", "南庄村", "村级统计员", "2021年3月"),
            (5, "周德明", "北坪村", "村级统计员", "2023年1月"),
        ),
    )
}


WEB_PAGE = """MIME-Version: 1.0
X-Document-Type: Workbook
Content-Type: multipart/related; boundary="----=_NextPart_1"

------=_NextPart_1
Content-Location: file:///C:/sheet001.htm
Content-Transfer-Encoding: 8bit
Content-Type: text/html; charset="utf-8"

<html>
<head><meta charset="utf-8"><title>评分表</title></head>
<body>
<table border="1">
<tr><td colspan="6">统计基层基础工作规范化建设“回头看”评分表</td></tr>
<tr><td>单位名称</td><td colspan="2">马坊乡</td><td>检查阶段</td><td colspan="2">自评</td></tr>
<tr><th>序号</th><th>检查内容</th><th>检查项目</th><th>标准分</th><th>自评分</th><th>扣分原因</th></tr>
<tr><td>1</td><td>工作任务</td><td>报表任务</td><td>4</td><td>4</td><td></td></tr>
<tr><td>2</td><td>工作任务</td><td>普查与专项</td><td>3</td><td>3</td><td></td></tr>
<tr><td>3</td><td>工作任务</td><td>单位核实</td><td>3</td><td>2</td><td>1家新增单位5月才上报</td></tr>
</table>
</body>
</html>

------=_NextPart_1--
"""
_STATEMENT = ("左权县统计规范化自评情况说明", "全县8个乡镇已完成自评，评分表附后。")
OTHER_FILES = {
    file.path: file
    for file in (
        OtherFile(
            "自评/和顺县/马坊乡评分表.xls",
            "F107",
            "从业务系统导出的单个文件网页，改名成了.xls",
            WEB_PAGE.encode(),
        ),
        OtherFile("自评/和顺县/横岭镇评分表(更正).xlsx", "F103", "更正后重报的表没有传上来，文件是空的"),
        OtherFile("自评/左权县/左权县自评情况说明.docx", "", "", docx(_STATEMENT)),
        OtherFile(
            "县级检查/榆社县/~$榆社县县级检查汇总.xlsx",
            "",
            "",
            b"\x04" + "统计站".encode("utf-16-le").ljust(164, b"\x00"),
        ),
        OtherFile(
            "县级检查/和顺县/马坊乡（补报）.rar",
            "F108",
            "补报的表打成了.rar，不能直接读取（只有开头几个字节是真的，里面没有内容）",
            b"Rar!\x1a\x07\x01\x00" + bytes(range(1, 121)),
        ),
        OtherFile(
            "自评/榆社县/winmail.dat",
            "F112",
            "乡镇用Outlook发的邮件，附件包没有拆开（只有开头几个字节是真的，里面没有内容）",
            bytes.fromhex("789F3E22") + bytes(range(1, 121)),
        ),
        OtherFile(
            "自评/和顺县/喂马乡自评表（更正）.eml", "F113", "邮件没有附件，正文里只有一个会过期的下载链接"
        ),
    )
}
BESIDE = (
    "\n`左权县自评情况说明.docx`（文字材料）和 `~$` 开头的文件（打开工作簿时留下的）不是评分表，不报出来。"
)
READ_TOO = (  # kinds of files that are read like any other: path, what it is
    ("县级检查/和顺县/横岭镇、马坊乡.zip", "压缩包，里面还有一层文件夹，文件名是GBK编码"),
    ("自评/左权县/报送羊角乡自评表.eml", "邮件，评分表是附件；发件人、日期记在 JSON 结果的 `mail` 里"),
    ("自评/和顺县/附件2 青城镇自评打分表.xls", "旧系统导出的网页，扩展名是 .xls（提示F105）"),
    ("县级检查/榆社县/县级检查-榆社县-箕城镇.xls", "2003版XML表格，扩展名是 .xls（提示F105）"),
    ("县级检查/榆社县/社城镇评分表.csv", "文本表格，GBK编码"),
    ("自评/左权县/左权县统计局 统计规范化自评表 最终版.et", "WPS表格；.xls、.ods 也有"),
    ("县级检查/左权县/左权县乡镇县级检查评分表（3个乡镇）.xlsx", "三个乡镇的评分表上下排在一张工作表上"),
    ("市级检查/榆社县/市级检查-榆社县-云簇镇.xlsx", "按“Strict Open XML”另存的工作簿"),
    ("市级检查/左权县/桐峪镇市级检查.xlsx", "日期从1904年起算的工作簿"),
)
