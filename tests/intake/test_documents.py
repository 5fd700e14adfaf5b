"""Documents are recognised by their names, the title inside and their folders; what they are not is not guessed."""

import io
import zipfile

import pytest

from huitoukan.campaign.campaign import DATA as SHIPPED
from huitoukan.campaign.campaign import load_campaign
from huitoukan.examination import process
from huitoukan.materials import MaterialKind
from huitoukan.model import FileStatus, Stage
from tests.conftest import DATA
from tests.hostile.containers import Compound
from tests.support.arrivals import docx

PDF, RTF, PNG = b"%PDF-1.4\n", b"{\\rtf1 x}", b"\x89PNG\r\n\x1a\n"
LEPING, XIYANG = "140724100", "140724"
REPORT, QUESTIONNAIRE, SHEET = MaterialKind.REPORT, MaterialKind.QUESTIONNAIRE, MaterialKind.SCORE_SHEET


@pytest.fixture
def recognised(campaign):
    def recognised(path, data=PDF):
        result = process(path, data, campaign)
        assert result.status is FileStatus.SKIPPED, "a document is not read as a workbook"
        return result.material and (result.material.kind, result.material.unit, result.material.stage)

    return recognised


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        ("昔阳县乐平镇自评总结报告.pdf", PDF, (REPORT, LEPING, Stage.SELF)),
        ("自评/昔阳县/乐平镇总结报告.rtf", RTF, (REPORT, LEPING, Stage.SELF)),
        ("县级检查/昔阳县总结报告.pdf", PDF, (REPORT, XIYANG, Stage.COUNTY)),
        ("昔阳县统计局 县级检查 总结报告.pdf", PDF, (REPORT, XIYANG, Stage.COUNTY)),
        ("晋中开发区自查报告.pdf", PDF, (REPORT, "140702401", Stage.SELF)),
        ("昔阳县/乐平镇/总结报告/扫描.pdf", PDF, (REPORT, LEPING, None)),
        ("昔阳县/乐平镇规范化建设“回头看”总结.pdf", PDF, (REPORT, LEPING, None)),
        ("昔阳县/乐平镇规范化建设“回头年”总结.pdf", PDF, (REPORT, LEPING, None)),
        ("县检/昔阳县/乐平镇调查问卷.pdf", PDF, (QUESTIONNAIRE, LEPING, Stage.COUNTY)),
        ("自评/昔阳县/乐平镇评分表.pdf", PDF, (SHEET, LEPING, Stage.SELF)),
        ("自评/昔阳县/乐平镇评分表.png", PNG, (SHEET, LEPING, Stage.SELF)),
        ("自评/榆次区/北关街道总结报告.pdf", PDF, (REPORT, "140702001", Stage.SELF)),
        ("自评/北关街道总结报告.pdf", PDF, (REPORT, None, Stage.SELF)),  # there are two of this name
    ],
)  # fmt: skip
def test_names(recognised, path, data, expected):
    assert recognised(path, data) == expected


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("昔阳县/完善阶段/宣传/IMG_001.png", MaterialKind.PUBLICITY),
        ("昔阳县/培训照片/1.png", MaterialKind.TRAINING),
        ("昔阳县/业务指导记录.pdf", MaterialKind.GUIDANCE),
        ("昔阳县/昔阳县回头看实施细则.pdf", MaterialKind.DOCUMENTS),
        ("昔阳县/转发回头看通知.pdf", MaterialKind.DOCUMENTS),
        ("昔阳县/检查领导小组名单.pdf", MaterialKind.ORGANISATION),
    ],
)
def test_what_a_county_keeps(campaign, path, kind):
    material = process(path, PNG if path.endswith("png") else PDF, campaign).material
    assert (material.kind, material.county) == (kind, XIYANG)


@pytest.mark.parametrize(
    "path",
    [
        "昔阳县/乐平镇2023年工作总结.pdf",  # a piece of evidence (T1.4), no report of this inspection
        "昔阳县/乐平镇任命文件.pdf",
        "昔阳县/通知.pdf",
        "说明.txt",
        "总结报告/照片.png",  # a photograph in the folder of reports is none
        "评分表/乐平镇.pdf",
        "昔阳县/乐平镇总结报告提纲.pdf",
        "附件2 评分表样表.pdf",
        "关于报送总结报告的通知.pdf",
    ],
)
def test_what_is_no_material(recognised, path):
    assert recognised(path, PNG if path.endswith("png") else PDF) is None


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("昔阳县统计局总结报告.doc", Compound({"WordDocument": b"x" * 5000}).build()),
        ("昔阳县统计局总结报告.wps", Compound({"WordDocument": b"x" * 5000, "WpsCustomData": b"x"}).build()),
        ("昔阳县统计局总结报告.wps", Compound({"CONTENTS": b"x" * 5000}).build()),
        ("昔阳县统计局总结报告.pdf", PDF),
        ("昔阳县统计局总结报告.rtf", RTF),
        ("昔阳县统计局总结报告.jpg", b"\xff\xd8\xff\xe0"),
        ("昔阳县统计局总结报告.txt", "经验、问题".encode("gb18030")),
    ],
)
def test_kinds_of_files_come_from_their_content(campaign, name, data):
    result = process(name, data, campaign)
    assert (result.status, result.material.kind, result.material.unit) == (FileStatus.SKIPPED, REPORT, XIYANG)
    assert result.unchecked == ("report_parts",)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 cut off", bytes(range(256)) * 8])
def test_a_broken_document_has_not_arrived(campaign, data):
    material = process("昔阳县统计局总结报告.docx", data, campaign).material
    assert (material.kind, material.readable) == (REPORT, False)
    assert process("培训照片.jpg", data, campaign).material is None
    assert process("昔阳县统计局总结报告.dat", data, campaign).material is None


def test_a_workbook_is_never_a_document(campaign):
    book = (DATA / "inbox/dirty/4_沾尚镇.xlsx").read_bytes()
    assert process("昔阳县乐平镇总结报告.pdf", book, campaign).material is None
    # and a document under the name of a workbook is reported as such (F107)
    result = process("昔阳县乐平镇总结报告.xlsx", PDF, campaign)
    assert (result.material, [f.code for f in result.findings]) == (None, ["F107"])


def test_the_title_inside_tells_what_the_name_does_not(recognised):
    title = ("昔阳县乐平镇", "统计基层基础规范化建设自评总结报告")
    for runs in (1, 7):
        data = docx(*title, "2024年5月，我镇……。", runs=runs)
        assert recognised("新建 Microsoft Word 文档.docx", data) == (REPORT, LEPING, Stage.SELF)
    body = docx("情况说明", "乐平镇的评分表附后。", "总结报告另送。")
    assert recognised("新建文档.docx", body) is None, "a sentence is no title"
    # the name of the file speaks before the title, which is copied from others
    data = docx("昔阳县大寨镇自评总结报告", "正文。")
    assert recognised("乐平镇总结报告.docx", data) == (REPORT, LEPING, Stage.SELF)


def test_a_report_of_a_county_that_names_no_unit(recognised):
    # In the folder of a county it may be anybody's, but for the county check: there only the county owes one.
    assert recognised("自评/昔阳县/自评总结报告.pdf") == (REPORT, None, Stage.SELF)
    assert recognised("县级检查/昔阳县/总结报告.pdf") == (REPORT, XIYANG, Stage.COUNTY)
    assert recognised("自评/昔阳县自评总结报告.pdf") == (REPORT, XIYANG, Stage.SELF)
    assert recognised("总结报告.pdf") == (REPORT, None, None)


def test_the_parts_of_a_countys_report(campaign):
    def material(*paragraphs, path="昔阳县统计局县级检查总结报告.docx"):
        return process(path, docx(*paragraphs), campaign)

    full = ("一、主要经 验", "二、存在问题", "三、亮点", "四、意见建议", "五、下一步工作打算")
    assert material(*full).material.lacking == ()
    assert material(*full[:1], *full[2:]).material.lacking == ("问题",)
    assert material("县局很重视。").material.lacking == ("经验", "问题", "亮点", "意见建议", "下一步工作打算")
    # those of townships, and what a bureau says of itself (R12), need no such parts
    assert material("。", path="昔阳县乐平镇总结报告.docx").material.lacking is None
    assert material("。", path="昔阳县统计局自评总结报告.docx").material.lacking is None


def test_what_cannot_be_looked_into_is_said(campaign):
    def unchecked(path, data):
        result = process(path, data, campaign)
        return result.unchecked, result.material.lacking

    assert unchecked("昔阳县统计局总结报告.pdf", PDF) == (("report_parts",), None)
    assert unchecked("昔阳县统计局总结报告.rtf", RTF) == (("report_parts",), None)
    broken = docx("x").replace(b"word/document.xml", b"word/document.xmx")
    assert unchecked("昔阳县统计局总结报告.docx", broken) == (("report_parts",), None)
    assert unchecked("昔阳县乐平镇总结报告.pdf", PDF) == ((), None)


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE d [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><d>&b;</d>',
        "<w:document><w:p>",
        "<d>" + "<p><t>字</t></p>" * 200_000 + "</d>",
    ],
)
def test_hostile_documents_cost_only_themselves(campaign, xml):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", xml)
    result = process("昔阳县统计局县级检查总结报告.docx", stream.getvalue(), campaign)
    assert result.status is FileStatus.SKIPPED
    assert result.material.unit == XIYANG


def test_words_are_the_campaigns_own(campaign, tmp_path):
    text = (
        (SHIPPED / "campaign.yaml")
        .read_text("utf-8")
        .replace("report: [总结报告,", "report: [小结, 总结报告,")
    )
    (tmp_path / "campaign.yaml").write_text(text, "utf-8")
    own = load_campaign(tmp_path / "campaign.yaml")
    assert process("昔阳县乐平镇小结.pdf", PDF, campaign).material is None
    assert process("昔阳县乐平镇小结.pdf", PDF, own).material.kind is REPORT
