"""Where the notice leaves room: nine settings, each with a documented default, and each makes a difference."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from huitoukan.campaign.campaign import DATA, load_campaign
from huitoukan.campaign.problems import ConfigError
from huitoukan.examination import process
from huitoukan.materials import MaterialKind
from huitoukan.model import Level, Severity, Stage, Verdict
from huitoukan.pipeline import MODULES
from huitoukan.standing.aggregate import standings
from tests.conftest import findings_of, grid_of
from tests.standing.test_aggregate import sheet
from tests.support.arrivals import score, whole_folder

assert MODULES
XIYANG, LEPING, QI, URBAN, ZONE = "140724", "140724100", "140727", "140724400", "140702401"
SHIPPED = (DATA / "campaign.yaml").read_text("utf-8")
PAGE = (Path(__file__).parents[2] / "docs/coverage.md").read_text("utf-8")
SELF, COUNTY, CITY = Stage


@pytest.fixture
def edited(tmp_path):
    """The shipped campaign with one line changed: read from the file as the analyst's would be."""

    def edited(old, new):
        assert SHIPPED.count(old) == 1, old
        (tmp_path / "campaign.yaml").write_text(SHIPPED.replace(old, new), "utf-8")
        return load_campaign(tmp_path / "campaign.yaml")

    return edited


def codes(campaign, *files):
    return [f.code for f in whole_folder(campaign, *files)]


def findings(code, campaign, *files):
    return [f for f in whole_folder(campaign, *files) if f.code == code]


def test_1_a_day_that_two_stages_share(edited):
    table = "| 序号 | 检查项目 | 标准分 | 自评分 | 县级检查得分 |\n| T1.2 | 普查与抽样 | 3 | 3 | 3 |\n"

    def outside(campaign, stage, day):
        fields = f"单位名称：昔阳县乐平镇 检查阶段：{stage} 检查日期：{day}"
        return any(f.code == "U323" for f in findings_of(grid_of(table, fields), "a.xlsx", campaign))

    days = [("自评", "2024年5月25日"), ("县级检查", "2024年5月25日"), ("县级检查", "2024年6月10日")]
    line = "shared_days: {value: both"
    both = load_campaign()
    assert [outside(both, *one) for one in days] == [False, False, False]
    assert [outside(edited(line, "shared_days: {value: earlier"), *one) for one in days] == [
        False,
        True,
        False,
    ]
    later = edited(line, "shared_days: {value: later")
    assert [outside(later, *one) for one in days] == [True, False, True]
    assert later.stages[CITY].window.end == date(2024, 6, 30), "only shared days are taken"
    assert later.settings.stages[SELF].window.end == date(2024, 5, 25), "what the analyst wrote stays"


def test_2_the_last_day(edited):
    on_the_day = score(LEPING, COUNTY, mailed="2024-07-01T12:00:00+08:00")
    assert "C617" not in codes(load_campaign(), on_the_day)
    strict = edited("deadline_inclusive: {value: true", "deadline_inclusive: {value: false")
    assert "C617" in codes(strict, on_the_day)
    assert "C617" not in codes(strict, score(LEPING, COUNTY, mailed="2024-06-30T23:59:00+08:00"))


TOWNSHIPS_OF_QI = 7  # 7 required ones; at least 80 % of them is 6


def test_3_how_a_county_becomes_up_to_standard(edited):
    line = "county_verdict: {value: body_and_townships"
    rules = {name: edited(line, f"county_verdict: {{value: {name}") for name in ("body", "townships")}
    rules["body_and_townships"] = load_campaign()
    weak = {"C2_1": "0"}  # a veto item

    def county(campaign, good, body):
        units = [u.code for u in campaign.roster.townships(QI) if u.required]
        assert len(units) == TOWNSHIPS_OF_QI
        sheets = {code: (sheet(campaign, code),) for code in units[:good]}
        sheets |= {code: (sheet(campaign, code, T2_3="0"),) for code in units[good:]}
        sheets[QI] = (sheet(campaign, QI, **body),)
        return next(s for s in standings(sheets, campaign) if s.unit.code == QI)

    verdicts = {
        name: [county(campaign, *one).verdict for one in ((7, {}), (5, {}), (7, weak), (5, weak))]
        for name, campaign in rules.items()
    }
    passed, failed = Verdict.PASS, Verdict.FAIL
    assert verdicts == {
        "body_and_townships": [passed, failed, failed, failed],
        "body": [passed, passed, failed, failed],
        "townships": [passed, failed, passed, failed],
    }
    # what did not decide is not told as a reason, and no county that passes is called 未达标
    by_body = county(rules["body"], 5, {})
    assert not [r.rule for r in by_body.reasons if r.passed is False]
    by_townships = county(rules["townships"], 7, weak)
    assert not [r.rule for r in by_townships.reasons if r.passed is False]
    assert by_townships.grade == "达标"
    assert county(rules["townships"], 7, {}).grade == "优秀"
    # a body without townships is judged by itself under every rule
    for campaign in rules.values():
        own = {ZONE: (sheet(campaign, ZONE),)}
        assert next(s.verdict for s in standings(own, campaign) if s.unit.code == ZONE) is passed


def test_4_whether_the_townships_lie_in_the_counties(edited):
    files = [score(XIYANG, CITY), score(LEPING, CITY), score(QI + "100", CITY)]
    assert [f.unit for f in findings("C610", load_campaign(), *files)] == [QI]
    line = "townships_inside_counties: {value: true"
    assert findings("C610", edited(line, line.replace("true", "false")), *files) == []


def test_5_a_body_without_townships(edited):
    assert ZONE not in [f.unit for f in findings("C602", load_campaign())]
    assert findings("C611", load_campaign()) == []
    body = edited("without_townships: {value: exempt", "without_townships: {value: body")
    assert [f.unit for f in findings("C611", body)] == [ZONE]
    assert findings("C611", body, score(ZONE, COUNTY)) == []


def test_6_the_slip_of_the_pen(edited):
    path = "昔阳县/乐平镇“回头年”总结.pdf"
    known = process(path, b"%PDF-1.4\n", load_campaign()).material
    assert (known.kind, known.unit) == (MaterialKind.REPORT, LEPING)
    assert process(path, b"%PDF-1.4\n", edited("[回头看, 回头年, 规范化]", "[回头看]")).material is None


def test_7_units_outside_the_wording(edited):
    missing = {f.unit for f in findings("C601", load_campaign())}
    assert URBAN not in missing
    assert len(missing) == 130
    required = edited("optional_units: {value: optional", "optional_units: {value: required")
    assert {f.unit for f in findings("C601", required)} == missing | {
        u.code for u in load_campaign().roster.units.values() if not u.required
    }
    townships = [u for u in required.roster.units.values() if u.level is Level.TOWNSHIP]
    assert all(unit.required for unit in townships)
    # the shares of townships that pass rest on them too
    assert len(next(s for s in standings({}, required) if s.unit.code == XIYANG).townships) == 11


def test_8_before_the_notice_was_passed_on(edited):
    early = score(LEPING, SELF, day="2024-05-12")
    assert "C621" not in codes(load_campaign(), early)
    told = edited("forwarded: {value: {}", "forwarded: {value: {昔阳县: 2024-05-13}")
    assert "C621" in codes(told, early)
    assert "C621" not in codes(told, score(LEPING, SELF, day="2024-05-13"))


def test_9_a_missing_self_assessment_by_who_looks(edited):
    def severity(campaign):
        return next(f.severity for f in findings("C601", campaign) if f.unit == LEPING)

    line = "missing_self_assessment: {value: {city: error"
    assert severity(load_campaign()) is Severity.ERROR
    milder = edited(line, line.replace("error", "warning"))
    assert severity(milder) is Severity.WARNING
    county = milder.settings.coverage
    county = county.model_copy(update={"run_by": county.run_by.model_copy(update={"value": "county"})})
    own = replace(milder, settings=milder.settings.model_copy(update={"coverage": county}))
    assert severity(own) is Severity.ERROR
    # what the analyst says of a rule comes first
    assert severity(edited("rules: {}", "rules: {C601: {severity: info}}")) is Severity.INFO


@pytest.mark.parametrize("number", range(1, 10))
def test_the_page_tells_each_with_its_default(number):
    (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| ({number}) |"))
    key = row.split("`")[1]
    assert key.split(".")[-1] + ":" in SHIPPED
    default = row.split("`")[3]
    assert default in SHIPPED


@pytest.mark.parametrize(
    ("old", "new", "code", "value"),
    [
        ("city_units: []", "city_units: [昔阳县, 大城市]", "R907", "大城市"),
        ("city_units: []", "city_units: [北关街道]", "R907", "北关街道"),
        ("county_units: {}", "county_units: {析阳县: [乐平镇]}", "R907", "析阳县"),
        ("county_units: {}", "county_units: {祁县: [乐平镇]}", "R907", "乐平镇"),
        ("forwarded: {value: {}", "forwarded: {value: {析阳县: 2024-05-13}", "R907", "析阳县"),
        ("shared_days: {value: both", "shared_days: {value: none", "R902", "none"),
        ("self, material: report,", "self, material: training,", "R902", "training"),
        ("self, material: report,", "self, material: score_sheet,", "R906", None),
        ("deadline: {value: 2024-07-01", "deadline: {value: 7月1日", "R902", "7月1日"),
    ],
)
def test_mistakes_are_found_at_their_place(edited, old, new, code, value):
    with pytest.raises(ConfigError) as caught:
        edited(old, new)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert value is None or dict(problem.details)["value"] == value
    line = SHIPPED.splitlines().index(next(one for one in SHIPPED.splitlines() if old in one)) + 1
    assert problem.line == line


def test_an_old_campaign_file_goes_on_working(tmp_path):
    start, end = SHIPPED.index("materials:\n"), SHIPPED.index("pass_rules:\n")
    text = SHIPPED[:start] + SHIPPED[end:]
    kept = ("self_assessment:", "county_check_townships:")
    inside = SHIPPED[SHIPPED.index("coverage:\n") + len("coverage:\n") : start]
    old = "".join(line for line in inside.splitlines(keepends=True) if line.strip().startswith(kept))
    text = text.replace(inside, old)
    text = "".join(line for line in text.splitlines(keepends=True) if "county_verdict" not in line)
    (tmp_path / "campaign.yaml").write_text(text, "utf-8")
    campaign = load_campaign(tmp_path / "campaign.yaml")
    assert campaign.settings.coverage == load_campaign().settings.coverage
    assert campaign.settings.materials == load_campaign().settings.materials
