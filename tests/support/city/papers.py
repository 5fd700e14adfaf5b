"""Questionnaires and documents as they are sent: drawn, and written in the kinds of files that offices use."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from xml.sax.saxutils import escape

from tests.support.city.replies import ASKED as QUESTIONS
from tests.support.city.replies import LETTERS, MULTIPLE, PARTS, SINGLE, Ref, Replies, Reply
from tests.support.city.workbooks import Sheet, Value, letters

TITLES: Mapping[str, str] = {
    "Q1": "单位全称", "Q2": "统计机构设置形式", "Q3": "填表人及联系电话", "Q4": "核定编制数", "Q5": "实有统计人员数",
    "Q6": "其中专职", "Q7": "其中兼职", "Q8": "近三年统计岗位变动人次", "Q9": "具有统计相关专业学历或职称人数",
    "Q10": "分管领导是否有文件明确", "Q11": "辖区村（居）数和已配统计员的村（居）数",
    "Q12": "辖区乡镇（街道）数和已配专职统计员的乡镇（街道）数", "Q13": "2023年统计工作经费", "Q14": "经费来源", "Q15": "统计专用计算机",
    "Q16": "网络条件", "Q17": "2023年组织（参加）培训次数和人次", "Q18": "已建立的制度", "Q19": "台账形式",
    "Q20": "2023年撰写分析信息篇数", "Q21": "主要困难", "Q22": "亮点做法及意见建议",
}  # fmt: skip
OPTIONS: Mapping[str, Sequence[str]] = {
    "Q2": ("独立", "合署", "挂靠", "仅设岗位", "无"), "Q10": ("是", "否"), "Q14": ("列入财政预算", "专项下拨", "实报实销", "无"),
    "Q16": ("统计专网", "政务外网", "互联网", "无"),
    "Q18": ("岗位责任", "报表审核", "台账", "资料提供", "档案", "计算机", "质量责任", "保密"), "Q19": ("纸质", "电子", "两者", "无"),
    "Q21": ("人员少", "不稳定", "经费", "设备", "培训少", "重视不够", "其他"),
}  # fmt: skip
PART_TITLES: Mapping[Ref, str] = {
    ("Q11", "villages"): "辖区村（居）数", ("Q11", "staffed"): "已配统计员的村（居）数", ("Q12", "townships"): "辖区乡镇（街道）数",
    ("Q12", "staffed"): "已配专职统计员的乡镇（街道）数", ("Q17", "times"): "培训次数", ("Q17", "persons"): "培训人次",
}  # fmt: skip
UNITS: Mapping[str, str] = {
    **dict.fromkeys(("Q4", "Q5", "Q6", "Q7", "Q9"), "人"), "Q8": "人次", "Q11": "个", "Q12": "个", "Q13": "万元", "Q15": "台",
    "Q20": "篇",
}  # fmt: skip


def questionnaire(
    level: str, found: Replies, *, ticks: bool, name: str = "问卷"
) -> tuple[Sheet, dict[Ref, str]]:
    """A filled questionnaire and the cell of every answer; with `ticks` the options of a multiple choice have a row each."""
    sheet = Sheet(name, [["县乡级统计基层基础规范化建设情况调查问卷"]], ["A1:E1"])
    sheet.rows.append(["题号", "问题", "选项或填写要求", "填写", "计量单位"])
    cells: dict[Ref, str] = {}
    for n in QUESTIONS[level]:
        question = f"Q{n}"
        for k, part in enumerate(PARTS.get(question, (None,))):
            reply = found[question, part]
            cells[question, part] = f"{letters(4)}{len(sheet.rows) + 1}"
            first: list[Value] = [question, TITLES[question]] if not k else [None, None]
            told = PART_TITLES.get((question, part)) or _options(question)
            if ticks and question in MULTIPLE:
                _ticked(sheet, question, first, reply)
                continue
            sheet.rows.append([*first, told, _written(reply), UNITS.get(question)])
            if question == "Q21":
                sheet.rows.append([None, None, "请写明其他的内容", reply.text or None])
    return sheet, cells


def _options(question: str) -> str | None:
    if question not in SINGLE and question not in MULTIPLE:
        return None
    return "  ".join(f"{LETTERS[n]} {title}" for n, title in enumerate(OPTIONS[question]))


def _written(reply: Reply) -> Value:
    if reply.written is not None:
        return reply.written
    if reply.number is not None:
        return reply.number
    if reply.choices is not None:
        return "、".join(reply.choices) or "无"
    return reply.text or None


def _ticked(sheet: Sheet, question: str, first: list[Value], reply: Reply) -> None:
    for n, title in enumerate(OPTIONS[question]):
        chosen = LETTERS[n] in (reply.choices or ())
        mark = "√" if chosen else "×" if reply.choices is not None else None
        sheet.rows.append([*(first if not n else (None, None)), f"{LETTERS[n]} {title}", mark])
    if question == "Q21":
        sheet.rows.append([None, None, "请写明其他的内容", reply.text or None])


# ---------------------------------------------------------------------------------------- documents

REPORT_PARTS = (
    "经验做法：台账到村",
    "存在问题：兼职多",
    "工作亮点：一户一档",
    "意见建议：多培训",
    "下一步打算：补短板",
)


def docx(title: str, paragraphs: Sequence[str]) -> bytes:
    """A minimal .docx."""
    body = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in (title, *paragraphs))
    document = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>'
    )
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (
            ("[Content_Types].xml", types),
            ("_rels/.rels", relations),
            ("word/document.xml", document),
        ):
            archive.writestr(zipfile.ZipInfo(name, (2024, 5, 20, 9, 0, 0)), text)
    return stream.getvalue()


def pdf(day: date) -> bytes:
    """The beginning and the end of a .pdf: a scan, nothing to read in it."""
    return f"%PDF-1.4\n% {day}\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n".encode()
