"""Decisions in campaign.yaml: read, and their mistakes found with line and column."""

import pytest

from huitoukan.campaign.campaign import DATA, load_campaign
from huitoukan.campaign.problems import ConfigError
from huitoukan.model import Stage
from huitoukan.output.text import Words

LEPING = "140724100"


@pytest.fixture
def load(tmp_path):
    def load(*lines, counties="[]"):
        text = (DATA / "campaign.yaml").read_text("utf-8").replace("counties: []", f"counties: {counties}")
        decisions = "".join(f"\n  - {{{line}}}" for line in lines)
        path = tmp_path / "campaign.yaml"
        path.write_text(text.replace("decisions: []", f"decisions:{decisions}"), "utf-8")
        return load_campaign(path)

    return load


@pytest.fixture
def mistakes(load):
    """The codes of the mistakes, with the line of the decision (from 1) and the key at which they stand."""

    def mistakes(*lines):
        with pytest.raises(ConfigError) as caught:
            load(*lines)
        first = (DATA / "campaign.yaml").read_text("utf-8").splitlines().index("decisions: []") + 1
        return [
            (p.code, p.line - first, lines[p.line - first - 1][p.column - 6 :].partition(",")[0])
            for p in caught.value.problems
        ], [Words("zh").problem(p) for p in caught.value.problems]

    return mistakes


ONE = "unit: 昔阳县乐平镇, stage: self, file: 昔阳县/乐平镇 终稿.xlsx, reason: 6月3日电话确认"


def test_a_unit_may_be_called_by_code_or_name(load):
    for unit in ("140724100", '"140724100"', "昔阳县乐平镇", "乐平镇"):
        (decision,) = load(ONE.replace("昔阳县乐平镇,", f"{unit},")).decisions.items()
        assert decision[0] == (LEPING, Stage.SELF)
        assert decision[1].means("昔阳县/乐平镇 终稿.xlsx", "任何一张")


def test_paths_may_be_copied_out_of_windows(load):
    (decision,) = load(ONE.replace("昔阳县/", ".\\昔阳县\\")).decisions.values()
    assert decision.file == "昔阳县/乐平镇 终稿.xlsx"
    named = load(ONE + ", sheet: 二").decisions[LEPING, Stage.SELF]
    assert named.means("昔阳县/乐平镇 终稿.xlsx", "二")
    assert not named.means("昔阳县/乐平镇 终稿.xlsx", "一")


def test_a_unit_that_is_not_in_the_roster(mistakes):
    assert mistakes(ONE.replace("昔阳县乐平镇", "析阳县乐平镇"))[0] == [("R907", 1, "析阳县乐平镇")]
    places, told = mistakes(ONE, ONE.replace("昔阳县乐平镇", "北关街道"))
    assert places == [("R907", 2, "北关街道")]
    assert "几个县都有这个名称，请写代码或全称" in told[0]


def test_a_second_decision_about_the_same(mistakes, load):
    places, told = mistakes(ONE, ONE.replace("昔阳县乐平镇,", f"{LEPING},"))
    assert places == [("R906", 2, LEPING)]
    assert "昔阳县乐平镇自评" in told[0]
    assert len(load(ONE, ONE.replace("self", "county")).decisions) == 2


def test_an_unknown_stage_and_what_is_left_out(mistakes):
    assert mistakes(ONE.replace("self", "自评"))[0] == [("R902", 1, "自评")]
    assert [code for code, _, _ in mistakes(ONE.partition(", reason")[0])[0]] == ["R904"]
    assert [code for code, _, _ in mistakes(ONE + ", raeson: 1")[0]] == ["R903"]


def test_decisions_of_counties_that_are_not_looked_at_are_left_out(load):
    campaign = load(ONE)
    assert campaign.limited_to("祁县").decisions == {}
    assert len(campaign.limited_to("昔阳县").decisions) == 1
