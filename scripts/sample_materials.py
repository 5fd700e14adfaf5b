"""Documents of the made-up sample inspection: reports of the county checks, what a county keeps in its archive.

Part of `make_sample_sheets.py`. None of them needs Word: a .docx is a zip of a little XML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from sample_renderings import zipped

_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
</Types>
"""
_RELATIONS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="word/document.xml"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>
</Relationships>
"""


def docx(paragraphs: Sequence[str]) -> bytes:
    """A Word document of plain paragraphs, the first one its title."""
    body = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>\n" for text in paragraphs)
    document = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>\n'
        f"{body}</w:body></w:document>\n"
    )
    parts = {"[Content_Types].xml": _TYPES, "_rels/.rels": _RELATIONS, "word/document.xml": document}
    return zipped({name: text.encode() for name, text in parts.items()})


def pdf() -> bytes:
    """A PDF of one empty page: what a scanner leaves, as far as its text goes."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    )
    content, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        content
        + b"xref\n0 4\n0000000000 65535 f \n"
        + table
        + b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(content)
    )


@dataclass(frozen=True)
class Document:
    """A document: what it is (for the list), what is reported about it (nothing, where it has no code), its content."""

    path: str
    what: str
    content: bytes
    code: str = ""
    note: str = ""


_KEPT = "县级检查/榆社县/归档资料"
DOCUMENTS = (
    Document(
        "县级检查/榆社县/榆社县县级检查总结报告.docx",
        "县级检查总结报告，五个方面都写了",
        docx(
            (
                "榆社县统计基层基础工作规范化建设“回头看”县级检查总结报告",
                "一、主要做法和经验。县局成立检查组，实地检查6个乡镇，逐项查看原始记录和台账。",
                "二、工作亮点。箕城镇把电子台账备份纳入每月例会，做到当月备份、当月核对。",
                "三、存在的问题。部分乡镇统计人员变动后交接不及时，村级统计员有空缺。",
                "四、意见建议。建议把统计员补助列入县级预算，统一发放。",
                "五、下一步工作打算。对河峪乡、北寨乡逐项整改，三季度再查一次。",
            )
        ),
    ),
    Document(
        "县级检查/左权县/左权县县级检查总结报告.docx",
        "县级检查总结报告，缺两个方面",
        docx(
            (
                "左权县统计基层基础工作规范化建设“回头看”县级检查总结报告",
                "一、主要做法。县局班子成员分片带队，实地检查6个乡镇，听汇报、查资料、看台账。",
                "二、存在的问题。乡镇业务流程不够规范，个别月份报表迟报；统计经费支出台账登记不全。",
                "三、意见建议。建议市局每年组织一次乡镇统计员培训。",
            )
        ),
        "C619",
        "县级检查总结报告没有写亮点和下一步工作打算",
    ),
    Document(
        "县级检查/和顺县/和顺县县级检查总结报告.pdf",
        "县级检查总结报告的扫描件（空白页）：读不出文字，内容不核对，JSON 的 `unchecked` 里注明",
        pdf(),
    ),
    Document(
        f"{_KEPT}/榆社县“回头看”实施细则.docx",
        "归档资料：相关文件",
        docx(("榆社县统计基层基础工作规范化建设“回头看”实施细则", "县局主要负责人负总责，分管领导包乡镇。")),
    ),
    Document(
        f"{_KEPT}/检查组名单和检查安排.docx",
        "归档资料：组织实施",
        docx(
            (
                "榆社县“回头看”检查组名单和检查安排",
                "第一组：箕城镇、云簇镇、郝北镇。",
                "第二组：社城镇、河峪乡、北寨乡。",
            )
        ),
    ),
    Document(f"{_KEPT}/统计法宣传活动.pdf", "归档资料：宣传", pdf()),
    Document(f"{_KEPT}/乡镇统计员培训签到.pdf", "归档资料：培训", pdf()),
)
ARCHIVE_NOTE = "榆社县统计局（140721）报来了归档资料，完善阶段只有宣传、培训，没有对乡镇的指导"

FURTHER_FILES = (  # questionnaires and mails: path, what it is
    ("县级检查/榆社县/调查问卷/", "7份调查问卷，用 `huitoukan form --kind questionnaire` 写出的空白问卷填的"),
    ("县级检查/左权县/左权县统计局调查问卷.xlsx", "县级的调查问卷，自己画的表"),
    ("县级检查/左权县/左权县乡镇调查问卷（6个乡镇）.xlsx", "6个乡镇的调查问卷，各占一张工作表"),
    ("县级检查/和顺县/调查问卷（松烟镇）.xlsx 等3份", "乡镇的调查问卷，各占一个文件"),
    ("县级检查/和顺县/补报义兴镇调查问卷.eml", "逾期的邮件，调查问卷是附件"),
)
_BASELINE = "去年结果/results.json"
COMMANDS = (  # run on the samples: what there is to see
    ("coverage sample_sheets", "缺报2份自评表、2份调查问卷，逾期1份问卷；加 `--county 和顺县` 按单位列出"),
    (
        f"compare sample_sheets --baseline sample_sheets/{_BASELINE}",
        "自评比检查高多少；与上年相比提升、持平、下降",
    ),
    (
        f"aggregate sample_sheets --baseline sample_sheets/{_BASELINE}",
        "后续清单：新列入、继续、移出，按包县领导",
    ),
    ("aggregate sample_sheets --explain 河峪乡", "一个未达标的结论，追到单元格和扣分原因"),
    ("aggregate sample_sheets --what-if pass_mark=85", "达标线提高5分，左权县、和顺县变成未达标"),
    ("survey sample_sheets", "18份调查问卷的回收和汇总，有未填、看不清的"),
    (
        "sample --out 抽样 --campaign sample_sheets/campaign.yaml --design county --seed 7",
        "三个县各抽6个乡镇",
    ),
    ("validate sample_sheets", "I701、I703、I718、I727是对照几张表得到的线索，只请核实"),
    ("report sample_sheets --out report", "全部章节；核对反馈上印有包县领导、工作组、联系人"),
)
