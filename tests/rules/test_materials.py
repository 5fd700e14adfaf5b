"""C614-C617, C620-C621: what else is to be sent, and when; C618-C619: documents of which something is not right."""

from dataclasses import replace
from datetime import date

import pytest

from huitoukan.examination import process
from huitoukan.materials import MaterialKind
from huitoukan.model import FileStatus, Stage
from huitoukan.output.text import Words
from huitoukan.phrase import Listing
from huitoukan.pipeline import MODULES
from huitoukan.rules.selection import listed
from tests.support.arrivals import document, docx, questionnaire, report, score, whole_folder

assert MODULES  # the rules are entered by importing them
SELF, COUNTY, CITY = Stage
XIYANG, QI = "140724", "140727"
LEPING, DAZHAI, GAOLUO = "140724100", "140724104", "140724101"
PDF = b"%PDF-1.4\n"
IN_TIME, LAST_DAY, LATE = (
    "2024-06-20T09:00:00+08:00",
    "2024-07-01T23:59:00+08:00",
    "2024-07-02T00:01:00+08:00",
)


def found(code, campaign, *files):
    return [f for f in whole_folder(campaign, *files) if f.code == code]


def fires(code, findings, *places):
    assert findings, code
    assert [(f.unit, f.stage) for f in findings] == list(places), code


def silent(code, findings):
    assert findings == [], code


def says(findings, *messages):
    assert [Words("zh").message(f) for f in findings] == list(messages)


@pytest.fixture
def demanding(campaign):
    """The shipped campaign with another demand for some (stage, material)."""

    def demanding(demand, *places):
        materials = campaign.settings.materials
        asked = tuple(
            one.model_copy(update={"demand": demand}) if (one.stage, one.material) in places else one
            for one in materials.asked
        )
        own = materials.model_copy(update={"asked": asked})
        return replace(campaign, settings=campaign.settings.model_copy(update={"materials": own}))

    return demanding


@pytest.fixture
def covering(campaign):
    def covering(**values):
        coverage = campaign.settings.coverage
        changes = {key: getattr(coverage, key).model_copy(update={"value": v}) for key, v in values.items()}
        own = campaign.settings.model_copy(update={"coverage": coverage.model_copy(update=changes)})
        return replace(campaign, settings=own)

    return covering


def test_questionnaire_missing(campaign, demanding):
    checked = [score(LEPING, COUNTY), score(DAZHAI, COUNTY), score(GAOLUO, SELF), score(QI + "100", COUNTY)]
    silent("C614", found("C614", campaign, *checked))  # nobody collects questionnaires here
    one = questionnaire(LEPING, COUNTY)
    fires("C614", found("C614", campaign, *checked, one), (DAZHAI, COUNTY), (QI + "100", COUNTY))
    says(
        found("C614", campaign, *checked, one)[:1],
        "昔阳县县级检查过的单位中，1 个没有调查问卷：大寨镇。",
    )
    scanned = [document(MaterialKind.QUESTIONNAIRE, code, COUNTY) for code in (DAZHAI, QI + "100")]
    silent("C614", found("C614", campaign, *checked, one, *scanned))
    without_stage = [questionnaire(code, None) for code in (LEPING, DAZHAI, QI + "100")]
    silent("C614", found("C614", campaign, *checked, *without_stage))
    always = demanding("always", (COUNTY, MaterialKind.QUESTIONNAIRE))
    fires("C614", found("C614", always, *checked[:2]), (XIYANG, COUNTY))
    never = demanding("never", (COUNTY, MaterialKind.QUESTIONNAIRE))
    silent("C614", found("C614", never, *checked, one))


def test_report_missing(campaign, demanding):
    limited = campaign.limited_to(XIYANG)
    required = [u.code for u in limited.roster.units.values() if u.required]
    reports = [report(code) for code in required]
    silent("C615", found("C615", limited, score(LEPING)))
    silent("C615", found("C615", limited, *reports))
    fires("C615", found("C615", limited, *(r for r in reports if r.material.unit != LEPING)), (LEPING, SELF))
    fires("C615", found("C615", limited, *reports[2:]), (XIYANG, SELF))
    says(
        found("C615", limited, *reports[2:]),
        "昔阳县应报自评总结报告的单位中，2 个没有收到：昔阳县统计局、乐平镇。",
    )
    # that of the county check is the county's
    fires("C615", found("C615", campaign, report(QI, COUNTY))[:1], ("140702", COUNTY))
    counties = [report(body.code, COUNTY) for body in campaign.roster.bodies()]
    silent("C615", found("C615", campaign, *counties))
    # one without a stage serves every stage at which its unit owes one
    fires("C615", found("C615", limited, *(report(code, None) for code in required[1:])), (XIYANG, SELF))
    silent("C615", found("C615", limited, *(report(code, None) for code in required)))
    always = demanding("always", (COUNTY, MaterialKind.REPORT))
    assert len(found("C615", always)) == 12


def test_one_finding_for_a_county_lists_its_units(campaign):
    findings = found("C615", campaign, report(LEPING))
    assert len(findings) == 12, "not one for each of 129 units"
    message = Words("zh").message(next(f for f in findings if f.unit == "140702"))
    names = [u.name for u in campaign.roster.units.values() if u.county == "140702" and u.required]
    assert len(names) == 19
    assert message.endswith(f"19 个没有收到：{'、'.join(names)}。"), "a county must see who it is"


def test_lists_without_end_are_cut():
    assert listed(list("甲乙")) == Listing(("甲", "乙"))
    assert Words("zh").value(listed([str(n) for n in range(40)])).endswith("29、还有 10 个")


def test_document_in_place_of_a_workbook(campaign):
    scan = document(MaterialKind.SCORE_SHEET, LEPING, SELF, "自评/乐平镇评分表.pdf")
    fires("C616", found("C616", campaign, scan), (LEPING, SELF))
    fires("C616", found("C616", campaign, scan, score(LEPING, COUNTY)), (LEPING, SELF))
    silent("C616", found("C616", campaign, scan, score(LEPING, SELF)))  # the stamped copy of the workbook
    says(
        found("C616", campaign, scan), "昔阳县乐平镇的评分表是文档或图片，读不出分数；没有收到自评的工作簿。"
    )
    assert any(f.unit == LEPING for f in found("C601", campaign, scan)), "a scan is no self-assessment"


def test_sent_late(campaign):
    silent("C617", found("C617", campaign, score(LEPING, COUNTY, mailed=IN_TIME)))
    silent("C617", found("C617", campaign, score(LEPING, COUNTY, mailed=LAST_DAY)))
    silent("C617", found("C617", campaign, score(LEPING, COUNTY, mailed="nobody knows")))
    late = score(LEPING, COUNTY, mailed=LATE)
    fires("C617", found("C617", campaign, late), (LEPING, COUNTY))
    both = [
        late,
        report(LEPING, COUNTY, "报告.docx", mailed=LATE),
        score(DAZHAI, COUNTY, mailed="2024-07-03"),
    ]
    (finding,) = found("C617", campaign, *both)
    says(
        [finding],
        "昔阳县有 2 个单位的县级检查材料在 2024-07-01 之后才发来（最晚的 2024-07-03）：乐平镇、大寨镇。",
    )
    assert {finding.file, *finding.others} == {file.path for file in (both[0], both[2])}
    # it had come in time before; and a sheet's own date, told by U323, is not told again
    silent("C617", found("C617", campaign, late, score(LEPING, COUNTY, "早.xlsx", mailed=IN_TIME)))
    silent("C617", found("C617", campaign, score(LEPING, COUNTY, day="2024-07-05")))


def test_the_archive_of_a_county(campaign):
    def kept(*kinds):
        return [document(kind, None, None, f"昔阳县/{kind}.png", county=XIYANG) for kind in kinds]

    sheets = [score(LEPING, COUNTY), score(LEPING, SELF), report(LEPING)]
    silent("C620", found("C620", campaign, *sheets))  # nobody sent an archive
    kinds = MaterialKind
    fires("C620", found("C620", campaign, *sheets, *kept(kinds.TRAINING)), (XIYANG, COUNTY), (XIYANG, None))
    says(
        found("C620", campaign, *sheets, *kept(kinds.TRAINING)),
        "昔阳县的档案里，检查阶段的资料还缺相关文件、组织实施。",
        "昔阳县的档案里，完善阶段的资料还缺宣传、指导。",
    )
    everything = kept(kinds.TRAINING, kinds.PUBLICITY, kinds.GUIDANCE, kinds.DOCUMENTS, kinds.ORGANISATION)
    silent("C620", found("C620", campaign, *sheets, *everything))
    fires("C620", found("C620", campaign, *sheets[:1], *everything), (XIYANG, SELF))
    own = campaign.settings.materials
    for demand, count in (("never", 0), ("always", 3 * 12)):
        archive = own.model_copy(update={"archive": own.archive.model_copy(update={"demand": demand})})
        changed = replace(campaign, settings=campaign.settings.model_copy(update={"materials": archive}))
        assert len(found("C620", changed, *kept(kinds.TRAINING))) == count


def test_dated_before_the_notice_came(campaign, covering):
    early = score(LEPING, day="2024-05-11")
    silent("C621", found("C621", campaign, early))
    forwarded = covering(forwarded={"昔阳县": date(2024, 5, 13)})
    (finding,) = found("C621", forwarded, early, score(DAZHAI, day="2024-05-13"))
    fires("C621", [finding], (LEPING, SELF))
    assert (finding.file, finding.sheet, finding.cell) == (early.path, "评分表", "B3")
    fires("C621", found("C621", forwarded, early, score(DAZHAI, day="2024-05-12")), (XIYANG, SELF))
    silent("C621", found("C621", forwarded, score(DAZHAI, day="2024-05-13"), score(QI, day="2024-05-10")))


def fires_document(code, campaign, path, data=PDF, message=None):
    result = process(path, data, campaign)
    assert [f.code for f in result.findings] == [code]
    assert result.status is FileStatus.SKIPPED
    if message:
        assert Words("zh").message(result.findings[0]) == message


def silent_document(code, campaign, path, data=PDF):
    assert code not in {f.code for f in process(path, data, campaign).findings}


def test_document_of_an_unknown_unit(campaign):
    path = "自评/昔阳县/自评总结报告.pdf"
    fires_document("C618", campaign, path, message="这份总结报告看不出是哪个单位的，没有计入。")
    fires_document("C618", campaign, "调查问卷.pdf", message="这份调查问卷看不出是哪个单位的，没有计入。")
    silent_document("C618", campaign, "自评/昔阳县/乐平镇自评总结报告.pdf")
    silent_document("C618", campaign, "培训照片.pdf")  # whose it is matters to nobody
    silent_document("C618", campaign, "说明.pdf")


def test_report_without_its_parts(campaign):
    path = "县级检查/昔阳县总结报告.docx"
    fires_document(
        "C619", campaign, path, docx("主要经验、亮点", "意见建议", "下一步打算"), "总结报告里没有提到问题。"
    )
    full = docx("主要做法", "存在的短板", "特色工作", "对策建议", "今后工作")
    silent_document("C619", campaign, path, full)
    silent_document("C619", campaign, "县级检查/昔阳县总结报告.pdf")  # its text is not read, and that is said
    silent_document("C619", campaign, "自评/昔阳县乐平镇总结报告.docx", docx("主要经验"))


def test_broken_document(campaign):
    path = "自评/昔阳县/乐平镇自评总结报告.docx"
    fires_document("C622", campaign, path, b"", "这份总结报告是空的或已损坏，没有计入。")
    fires_document("C622", campaign, "总结报告.pdf", b"")  # whose it is can wait
    silent_document("C622", campaign, path, docx("正文"))
    result = process(path, b"", campaign)
    assert result.findings[0].unit == LEPING
    limited = campaign.limited_to(XIYANG)
    everybody = [report(u.code) for u in limited.roster.units.values() if u.required and u.code != LEPING]
    fires("C615", found("C615", limited, *everybody, result), (LEPING, SELF))
    broken = replace(result, material=replace(result.material, kind=MaterialKind.SCORE_SHEET))
    silent("C616", found("C616", campaign, broken))
