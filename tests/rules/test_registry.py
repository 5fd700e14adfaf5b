"""No rule is forgotten: every code of the catalogue is documented and tested, both ways."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from huitoukan import catalogue, pipeline
from huitoukan.campaign.campaign import RuleSettings
from huitoukan.model import Finding, ReadingKind, Severity
from huitoukan.rules import registry
from huitoukan.rules.registry import rules
from tests.conftest import findings_of, grid_of

TESTS = Path(__file__).parents[1]
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
CODES = [entry.code for entry in catalogue.entries()]


def codes_in(word: str) -> set[str]:
    """The codes that a call like `fires("S401", …)` or `fires_file("F101", …)` names first."""
    return set(re.findall(rf'\b{word}\w*\(\s*"([A-Z]\d{{3}})"', SOURCES))


def test_there_are_rules_of_every_family_of_this_version():
    assert {code[0] for code in CODES} == set("FLUSECIQR")
    assert {rule.function.__module__ for rule in rules()} == {module.__name__ for module in pipeline.MODULES}


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_test_that_fires_and_a_near_miss(code):
    assert code in codes_in("fires"), f"no test in which {code} fires"
    assert code in codes_in("silent"), f"no near miss of {code}"


@pytest.mark.parametrize("entry", catalogue.entries(), ids=lambda entry: entry.code)
def test_every_message_says_what_and_what_to_do(entry):
    assert entry.message.endswith(("。", "}"))
    assert entry.fix
    assert len(entry.title) < 30


def test_a_code_is_entered_once():
    entry = catalogue.entry("S405")
    with pytest.raises(ValueError, match="S405 is taken"):
        catalogue.document("S405", entry.severity, "", "", test_a_code_is_entered_once)
    with pytest.raises(ValueError, match="lacks"):
        catalogue.document("S499", entry.severity, "", "", test_a_code_is_entered_once)


def test_what_blocks_a_verdict_is_told_apart():
    blocking = {entry.code for entry in catalogue.entries() if entry.blocks}
    assert {"F101", "L204", "U301", "S401", "S405", "C603"} <= blocking
    assert blocking.isdisjoint({"F105", "L207", "U323", "S403", "S406", "S421", "E501", "C602"})


TABLE = "| 序号 | 检查项目 | 标准分 | 自评分 | 扣分原因 |\n| T1.2 | 普查与抽样 | 3 | 7 | |\n| T1.4 | 计划总结 | 2 | 1 | |\n"


def test_a_campaign_may_change_or_switch_off_a_rule(campaign):
    def found(**severities):
        rules = {code: RuleSettings(severity=severity) for code, severity in severities.items()}
        own = replace(campaign, settings=campaign.settings.model_copy(update={"rules": rules}))
        findings = findings_of(grid_of(TABLE), "a.xlsx", own)
        return {f.code: (f.severity, f.blocks) for f in findings if f.code in ("S405", "E501", "L204")}

    given = found()
    assert given == {
        "S405": (Severity.ERROR, True),
        "E501": (Severity.ERROR, False),
        "L204": (Severity.ERROR, True),
    }
    assert found(S405="info") == given | {"S405": (Severity.INFO, True)}
    assert "E501" not in found(E501="off")


def test_a_rule_is_asked_from_when_it_is_entered(campaign, monkeypatch):
    monkeypatch.setattr(registry, "_rules", {})
    monkeypatch.setattr(registry, "_for_kind", {})
    monkeypatch.setattr(catalogue, "document", lambda *_, **__: None)
    context = registry.Context(campaign)

    def enter(code, **options):
        registry.rule(code, severity=Severity.INFO, on=Row, message="", fix="", **options)(
            lambda *_: [Finding()]
        )

    def asked(kind):
        return [f.code for f in registry.check(Row(kind), context)]

    assert asked(ReadingKind.BLANK) == []
    enter("S998")
    assert asked(ReadingKind.BLANK) == ["S998"]
    enter("S997", kinds=(ReadingKind.NUMBER,))
    assert asked(ReadingKind.BLANK) == ["S998"]
    assert asked(ReadingKind.NUMBER) == ["S998", "S997"]
    assert list(registry.check(object(), context)) == []


@dataclass(frozen=True)
class Row:
    kind: ReadingKind
