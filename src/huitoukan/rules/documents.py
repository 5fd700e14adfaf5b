"""C618-C619, C622: a document that was recognised, of which something is not right: nobody's, without its parts, broken."""

from __future__ import annotations

from collections.abc import Iterator

from huitoukan.materials import MaterialKind
from huitoukan.model import Finding, Severity
from huitoukan.phrase import Listing
from huitoukan.rules.registry import Context, rule
from huitoukan.rules.subjects import FileSubject


@rule(
    "C618", severity=Severity.WARNING, on=FileSubject, message="这份{kind}看不出是哪个单位的, 没有计入。",
    fix="请在文件名里写明单位, 如“昔阳县乐平镇{kind}”。",
)  # fmt: skip
def document_of_an_unknown_unit(file: FileSubject, _context: Context) -> Iterator[Finding]:
    """材料看不出是哪个单位的。

    查什么: 总结报告、调查问卷等文档, 文件名、(.docx 的) 标题或文件夹里应写明单位。
    为什么: 看不出单位的材料不能计入, 该单位会被当作没有报送。
    例子: 昔阳县文件夹里的“自评总结报告.docx”, 不知道是县局的还是哪个乡镇的。
    怎么改: 在文件名里写明单位, 或放进该单位的文件夹。
    """
    material = file.material
    if material is not None and material.kind.is_sent and material.readable and material.unit is None:
        yield file.finding(kind=material.kind)


@rule(
    "C619", severity=Severity.WARNING, on=FileSubject, message="总结报告里没有提到{parts}。",
    fix="请对照通知的要求补充, 或核对这些内容是不是换了说法。",
)  # fmt: skip
def report_without_its_parts(file: FileSubject, _context: Context) -> Iterator[Finding]:
    """总结报告内容不全。

    查什么: 县里的总结报告要有经验、问题、亮点、意见建议、下一步工作打算 (通知 R22)。
    只按检查活动文件 materials.report_parts 的词语查找 .docx 的正文; .doc、.pdf、.wps 等读不出文字的不查, 在 JSON 的 unchecked 里注明。
    为什么: 通知要求认真提炼经验, 梳理问题和亮点, 提出意见建议和下一步打算。
    例子: 报告只写了做法和成绩, 没有写存在的问题。
    怎么改: 补充缺少的内容; 换了说法的不用改。写得好不好, 软件看不出来。
    """
    material = file.material
    if material is not None and material.kind is MaterialKind.REPORT and material.lacking:
        found = file.finding(parts=Listing(material.lacking))
        yield Finding(file=found.file, unit=material.unit, stage=material.stage, details=found.details)


@rule(
    "C622", severity=Severity.WARNING, on=FileSubject, message="这份{kind}是空的或已损坏, 没有计入。", fix="请核对文件后重新报送。",
)  # fmt: skip
def broken_document(file: FileSubject, _context: Context) -> Iterator[Finding]:
    """材料是空文件或已损坏。

    查什么: 总结报告、调查问卷等文档的内容应与扩展名相符, 不应是空文件。
    为什么: 打不开的材料不能计入, 该单位会被当作没有报送。
    例子: “乐平镇自评总结报告.docx”只有 0 字节。
    怎么改: 在原来的电脑上打开核对, 重新报送。
    """
    material = file.material
    if material is not None and material.kind.is_sent and not material.readable:
        found = file.finding(kind=material.kind)
        yield Finding(file=found.file, unit=material.unit, stage=material.stage, details=found.details)
