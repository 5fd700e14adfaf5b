"""The section `survey` of campaign.yaml: filled in from the shipped one, its mistakes found where they stand."""

import pytest

from huitoukan.campaign.campaign import DATA, load_campaign
from huitoukan.campaign.problems import ConfigError

SHIPPED = (DATA / "campaign.yaml").read_text("utf-8")
BEFORE, _, REST = SHIPPED.partition("\nsurvey:\n")
AFTER = REST[REST.index("\nnames:\n") :]


@pytest.fixture
def load(tmp_path):
    def load(section, questionnaire=""):
        path = tmp_path / "campaign.yaml"
        text = BEFORE + section + AFTER
        if questionnaire:
            (tmp_path / "own.yaml").write_text(questionnaire, "utf-8")
            text = text.replace("questionnaire: shipped", "questionnaire: own.yaml")
        path.write_text(text, "utf-8")
        return load_campaign(path)

    return load


@pytest.fixture
def mistakes(load):
    """Codes and values, with what stands in the file at the line and column that they name."""

    def mistakes(section):
        with pytest.raises(ConfigError) as caught:
            load(section)
        lines = (BEFORE + section).splitlines()
        return [
            (p.code, dict(p.details)["value"], lines[p.line - 1][p.column - 1 :].split(",")[0])
            for p in caught.value.problems
        ]

    return mistakes


def test_an_old_campaign_has_the_shipped_settings(load):
    assert load("").settings.survey == load_campaign().settings.survey


def test_a_section_may_be_written_in_part(load):
    own = load("\nsurvey:\n  few: {value: 3, basis: assumed, source: A}\n").settings.survey
    assert own.few.value == 3
    assert own.due == load_campaign().settings.survey.due
    assert own.ratios == load_campaign().settings.survey.ratios


def test_questions_that_there_are_not(mistakes):
    section = """
survey:
  difficulties: [Q21, Q99]
  ratios:
    - {title: 一, of: Q98, per: Q5, form: share}
    - {title: 二, of: Q6, per: units, form: ratio}
"""
    assert mistakes(section) == [("R907", "Q99", "Q99]"), ("R907", "Q98", "Q98")]


def test_a_ratio_of_what_is_no_number(mistakes):
    section = """
survey:
  ratios:
    - {title: 一, of: Q2, per: Q5, form: share}
    - {title: 二, of: Q11, per: Q11.villages, form: share}
    - {title: 三, of: Q11.staffed, per: Q5.villages, form: share}
"""
    assert mistakes(section) == [
        ("R902", "Q2", "Q2"), ("R902", "Q11", "Q11"), ("R902", "Q5.villages", "Q5.villages"),
    ]  # fmt: skip


def test_the_shipped_settings_do_not_bind_a_questionnaire_of_ones_own(load):
    """What a questionnaire leaves out cannot be wrong where the file does not name it."""
    text = (DATA / "questionnaire.yaml").read_text("utf-8")
    cut = text.index("  - id: Q21\n"), text.index("  - id: Q22\n")
    campaign = load("", text[: cut[0]] + text[cut[1] :])
    assert "Q21" in campaign.settings.survey.difficulties
    assert "Q21" not in campaign.questionnaire.by_id
