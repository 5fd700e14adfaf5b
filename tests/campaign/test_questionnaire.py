"""The questionnaire of a campaign, and R912-R919: its mistakes at their line and column."""

import shutil

import pytest

import huitoukan.pipeline  # noqa: F401  enters the rules into the catalogue
from huitoukan.campaign.campaign import DATA, load_campaign
from huitoukan.campaign.problems import ConfigError
from huitoukan.campaign.question_checks import read_questionnaire
from huitoukan.model import Level
from huitoukan.output.text import Words

FILE = "questionnaire.yaml"


@pytest.fixture
def edited(tmp_path):
    """Copy the shipped campaign with its questionnaire beside it, replace text in that, and load it."""
    shutil.copy(DATA / FILE, tmp_path / FILE)
    campaign = (DATA / "campaign.yaml").read_text(encoding="utf-8")
    own = campaign.replace("questionnaire: shipped", f"questionnaire: {FILE}")
    (tmp_path / "campaign.yaml").write_text(own, encoding="utf-8")

    def load(*replacements: tuple[str, str]) -> list[str]:
        content = (DATA / FILE).read_text(encoding="utf-8")
        for old, new in replacements:
            assert content.count(old) >= 1, f"{old!r} is not in {FILE}"
            content = content.replace(old, new, 1)
        (tmp_path / FILE).write_text(content, encoding="utf-8")
        try:
            load_campaign(tmp_path / "campaign.yaml")
        except ConfigError as error:
            return [Words().problem(problem) for problem in error.problems]
        return []

    load.line_of = lambda text: next(
        n
        for n, line in enumerate((tmp_path / FILE).read_text(encoding="utf-8").splitlines(), 1)
        if text in line
    )
    return load


def fires(code: str, shown: list[str], *parts: str) -> None:
    """One problem is shown; it has this code and says these things."""
    assert len(shown) == 1, shown
    for part in (f" {code} ", *parts):
        assert part in shown[0], shown[0]


def silent(code: str, shown: list[str]) -> None:
    assert not [line for line in shown if f" {code} " in line]


def test_the_shipped_one(campaign, edited):
    questionnaire = campaign.questionnaire
    assert edited() == []
    assert [q.id for q in questionnaire.questions] == [f"Q{n}" for n in range(1, 23)]
    own = {level: {q.id for q in questionnaire.of_level(level)} for level in Level}
    assert own[Level.COUNTY] - own[Level.TOWNSHIP] == {"Q4", "Q12"}
    assert own[Level.TOWNSHIP] - own[Level.COUNTY] == {"Q10", "Q11"}
    types = {q.id: q.type for q in questionnaire.questions}
    assert {q for q, kind in types.items() if kind == "single"} == {"Q2", "Q10", "Q14", "Q16", "Q19"}
    assert {q for q, kind in types.items() if kind == "multiple"} == {"Q18", "Q21"}
    assert {q for q, kind in types.items() if kind == "text"} == {"Q1", "Q3", "Q22"}
    assert questionnaire.by_id["Q11"].part_ids() == ("villages", "staffed")
    assert questionnaire.by_id["Q13"].measure(None).unit == "万元"


def test_it_is_about_the_year_of_the_campaign():
    found = read_questionnaire(DATA / FILE, 2031, None)
    assert found.by_id["Q13"].title == "2031年统计工作经费"
    assert not [q.id for q in found.questions if "{" in q.title or any("{" in word for word in q.aliases)]


def test_a_campaign_without_one(tmp_path):
    text = (DATA / "campaign.yaml").read_text(encoding="utf-8")
    (tmp_path / "a.yaml").write_text(
        text.replace("questionnaire: shipped", "questionnaire: none"), encoding="utf-8"
    )
    assert load_campaign(tmp_path / "a.yaml").questionnaire is None
    old = "".join(line for line in text.splitlines(True) if not line.startswith("questionnaire:"))
    (tmp_path / "b.yaml").write_text(old, encoding="utf-8")
    assert load_campaign(tmp_path / "b.yaml").questionnaire is not None


def test_keys_and_type(edited):
    place = "title: 统计机构设置形式"
    fires("R912", edited(("type: single\n    " + place, "type: text\n    " + place)), "options 用不上", "Q2")
    fires("R912", edited(("    options:\n      - {key: A, title: 是, aliases: [有, 明确, 已明确]}\n      - {key: B, title: 否, aliases: [无, 没有, 未明确]}\n", "")), "却没有 options")  # fmt: skip
    silent("R912", edited())


def test_unusable_options(edited):
    fires("R913", edited(("{key: B, title: 合署", "{key: A, title: 合署")), "编号重复", "“A”")
    fires("R913", edited(("{key: B, title: 合署", "{key: b, title: 合署")), "大写字母")
    fires("R913", edited(("aliases: [合署办公]", "aliases: [独立设置]")), "与选项 A 同名")
    shown = edited(("title: 重视不够, aliases: [领导重视不够]", "title: 重视不够, needs_text: true"))
    fires("R913", shown, "只能有一个", "Q21")
    silent("R913", edited(("aliases: [合署办公]", "aliases: [合署办公室]")))


def test_unresolved_references(edited):
    fires(
        "R914", edited(("{total: Q5, parts: [Q6, Q7]", "{total: Q50, parts: [Q6, Q7]")), "Q50", "没有这道题"
    )
    fires("R914", edited(("parts: [Q6, Q7]", "parts: [Q6, Q2]")), "不是数值题")
    fires("R914", edited(("parts: [Q6, Q7]", "parts: [Q6, Q6]")), "写了两次")
    fires("R914", edited(("limit: Q11.villages", "limit: Q11.towns")), "没有这一格")
    fires("R914", edited(("limit: Q11.villages", "limit: Q12.townships")), "不是问同一级单位")
    silent("R914", edited(("parts: [Q6, Q7]", "parts: [Q7, Q6]")))


def test_impossible_range(edited):
    line = "at_least: {value: 0, basis: assumed, source: A}"
    more = (
        "at_least: {value: 10, basis: assumed, source: A}\n    at_most: {value: 1, basis: assumed, source: A}"
    )
    shown = edited((f"unit_words: [部]\n    {line}\n    usual:\n      county: {{value: 200", f"unit_words: [部]\n    {more}\n    usual:\n      county: {{value: 1"))  # fmt: skip
    assert any("最小值 10 大于最大值 1" in one and " R915 " in one for one in shown)
    fires("R915", edited(("longest: {value: 500", "longest: {value: 0")), "小于 1")
    fires(
        "R915", edited(("usual: {township: {value: 150", "usual: {county: {value: 150")), "county 不填这道题"
    )
    silent("R915", edited(("longest: {value: 500", "longest: {value: 1")))


def test_titles_alike(edited):
    shown = edited(("aliases: [兼职, 其中兼职人数", "aliases: [专职, 其中兼职人数"))
    fires("R916", shown, "Q6 和 Q7", "“专职”", f"{FILE}:{edited.line_of('aliases: [专职, 其中兼职人数')}:")
    silent("R916", edited(("title: 核定编制数", "title: 分管领导是否有文件明确（县）")))  # never on one form


def test_words_alike(edited):
    fires("R917", edited(("not_chosen: [×", "not_chosen: [√")), "“√”", "not_chosen")
    fires("R917", edited(("option: {label: 选项或填写要求", "option: {label: 题号")), "“题号”")
    silent("R917", edited(("not_chosen: [×", "not_chosen: [叉")))


def test_unknown_items(edited):
    fires("R918", edited(("items: [T2.2]", "items: [T2.9]")), "T2.9", "没有这一项")
    fires("R918", edited(("items: [T2.2]", "items: [C2.2]")), "另一级单位")
    silent("R918", edited(("items: [T2.2]", "items: []")))


def test_held_twice(edited):
    fires("R919", edited(("holds: contact", "holds: unit")), "Q3", "已有别的题问它")
    fires("R919", edited(("    type: number\n    title: 核定编制数", "    type: number\n    holds: contact\n    title: 核定编制数")), "不是文本题")  # fmt: skip
    silent("R919", edited(("    holds: contact\n", "")))


def test_ids_and_sources(edited):
    fires("R906", edited(("  - id: Q22", "  - id: Q21")), "“Q21”")
    fires("R907", edited(("source: [S35, A]", "source: [S99, A]")), "S99")
    fires("R903", edited(("required: false", "requierd: false")), "requierd")
