"""Words: one language at a time, every step of a verdict has its sentence, print has its punctuation."""

import itertools
from datetime import date
from decimal import Decimal

import pytest

from huitoukan.campaign.campaign import RuleSettings
from huitoukan.model import Finding, Severity, Stage
from huitoukan.output.text import LANGUAGES, NAMES, REASONS, Words, typeset
from huitoukan.phrase import plain, say
from huitoukan.standing.model import Reason


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("3", "3"),
        ("92.50", "92.5"),
        ("100", "100"),
        ("1E+2", "100"),
        ("0.10", "0.1"),
        ("-0", "0"),
        ("-0.5", "-0.5"),
        ("0E-5", "0"),
    ],
)
def test_plain_numbers(number, text):
    assert plain(Decimal(number)) == text


def test_values_in_phrases():
    words = Words()
    phrase = say(
        "{a} {b} {c} {d}",
        a=Decimal("1.50"),
        b=Stage.SELF,
        c=date(2024, 5, 10),
        d=say("{choices}", choices=("6", "4", "0")),
    )
    assert words.phrase(phrase) == "1.5 自评 2024-05-10 6、4 或 0"
    assert words.value(()) == ""
    assert words.value(("一",)) == "一"


def test_values_are_never_taken_for_templates():
    finding = Finding(
        "S411", Severity.ERROR, value="{expected}", expected="{value}", details=(("label", "{0}"),)
    )
    assert "{expected}" in Words().message(finding)


def test_typesetting_leaves_values_alone():
    assert typeset("合计 ({file}), 共 {n} 个: 完; 好?") == "合计（{file}），共 {n} 个：完；好？"
    assert Words().phrase(say("文件 ({name}), 好。", name="a, b (1).xlsx")) == "文件（a, b (1).xlsx），好。"


def test_the_analysts_own_words_for_a_rule():
    finding = Finding("S401", Severity.ERROR, expected="4 或 0", details=(("label", "T6.1 专用计算机"),))
    own = Words("zh", {"S401": RuleSettings(message="{label} 还空着。", fix="填 {expected}。")})
    assert (own.message(finding), own.fix(finding)) == ("T6.1 专用计算机 还空着。", "填 4 或 0。")


DETAILS = {
    "complete": {"stage_name": Stage.SELF, "file": "a.xlsx", "items": "T1.1", "all": 30},
    "decided": {"stage_name": Stage.SELF, "file": "a.xlsx", "reason": "电话确认"},
    "single_sheet": {"stage_name": Stage.CITY, "files": "a; b"},
    "dimension_share": {"title": "统计服务", "maximum": Decimal(8), "share": Decimal("0.6")},
    "veto": {"title": "账表一致", "cell": "F22"},
}


def reasons():
    for rule, passed in REASONS:
        base = rule.partition("+")[0]
        if base == "township_share":
            for passing, pending in itertools.product((0, 3, 5), (0, 2, 5)):
                if passing + pending <= 5 and (pending or passed is not None):
                    yield Reason(
                        base,
                        passed,
                        Decimal(passing) / 5,
                        Decimal("0.8"),
                        details=(("passing", passing), ("pending", pending), ("all", 5)),
                    )
        else:
            value = Decimal(30 if rule == "complete+empty" else 1)
            yield Reason(base, passed, value, Decimal(80), "T4.5", tuple(DETAILS.get(base, {}).items()))


def possible(reason):
    """Leave out what the share cannot be: a pass with nobody passing, or a fail with everybody."""
    details = dict(reason.details)
    if reason.rule != "township_share":
        return True
    passing, pending = details["passing"], details["pending"]
    expected = True if passing >= 4 else False if passing + pending < 4 else None
    return reason.passed is expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_of_a_verdict_has_its_sentence(language):
    words = Words(language)
    told = {words.reason(reason) for reason in reasons() if possible(reason)}
    assert len(told) >= 20
    assert not [text for text in told if "{" in text or " 0 个" in text]


def test_english_is_complete():
    english = Words("en")
    assert all(english(text) != text for names in NAMES.values() for text in names.values())
    assert english(REASONS["body", True]).isascii()
