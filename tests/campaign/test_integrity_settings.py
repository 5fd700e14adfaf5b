"""The section `integrity` of campaign.yaml: shipped values, partial files, mistakes at their lines."""

import shutil
from decimal import Decimal

import pytest

from huitoukan import catalogue, pipeline
from huitoukan.campaign.campaign import DATA, load_campaign
from huitoukan.campaign.problems import ConfigError
from huitoukan.campaign.questionnaire import split_reference
from huitoukan.output.text import Words

assert pipeline.MODULES  # the rules are in the catalogue


def load(tmp_path, *replacements):
    """The shipped campaign with some text replaced; its problems as they are shown."""
    path = tmp_path / "campaign.yaml"
    shutil.copy(DATA / "campaign.yaml", path)
    text = path.read_text(encoding="utf-8")
    for old, new in replacements:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    try:
        return load_campaign(path), []
    except ConfigError as error:
        return None, [(p.code, p.line, Words().problem(p)) for p in error.problems]


def line_of(tmp_path, text):
    lines = (tmp_path / "campaign.yaml").read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if text in line)


def test_the_shipped_contradictions_speak_of_items_and_questions_of_one_level(campaign):
    levels = {item.id: level for level, rubric in campaign.rubric.levels.items() for item in rubric.items()}
    items = {item.id: item for rubric in campaign.rubric.levels.values() for item in rubric.items()}
    for one in campaign.settings.integrity.contradictions:
        question = campaign.questionnaire.by_id[split_reference(one.question)[0]]
        assert levels[one.item] in question.levels, one
        keys = {option.key for option in question.options}
        assert {*one.then.one_of, *one.then.none_of, *one.then.among} <= keys, one
        assert (one.then.count is not None) <= (question.type == "multiple"), one
        if one.when != "full":
            assert all(items[one.item].allows(score) for score in one.when), one
        assert one.item in question.items or one.question in ("Q2", "Q14"), one


def test_held_back_codes_are_codes(campaign):
    codes = {entry.code for entry in catalogue.entries()}
    assert set(campaign.settings.integrity.held_back.value) <= codes


def test_an_old_campaign_file_has_the_shipped_thresholds(tmp_path, campaign):
    text = (DATA / "campaign.yaml").read_text(encoding="utf-8")
    start = text.index("# From what on similarities")
    path = tmp_path / "campaign.yaml"
    path.write_text(text[:start] + text[text.index("\nnames:\n") :], encoding="utf-8")
    assert load_campaign(path).settings.integrity == campaign.settings.integrity


def test_part_of_the_section_may_be_written(tmp_path, campaign):
    path = tmp_path / "campaign.yaml"
    text = (DATA / "campaign.yaml").read_text(encoding="utf-8")
    start = text.index("# From what on similarities")
    own = "integrity:\n  people:\n    townships_a_day: {value: 9, basis: assumed, source: A}\n    homonyms: {value: 3, basis: assumed, source: A}\n"
    path.write_text(text[:start] + own + text[text.index("\nnames:\n") :], encoding="utf-8")
    settings = load_campaign(path).settings.integrity
    assert settings.people.townships_a_day.value == 9
    assert settings.gaps == campaign.settings.integrity.gaps


def test_values_are_exact(campaign):
    assert campaign.settings.integrity.gaps.deviations.value == Decimal("3.5")
    assert campaign.settings.integrity.gaps.deviations.basis == "grounded"


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("{item: T2.2, when: full", "{item: T2.9, when: full", "R907", "评分标准里没有这个项目"),
        ("question: Q10, ", "question: Q99, ", "R907", "调查问卷里没有这个问题"),
        ("question: Q11.staffed, then: {of: Q11.villages", "question: Q11.staffed, then: {of: Q11.towns", "R907", "Q11.towns"),
        ("then: {not_below: Q5}", "then: {not_below: Q55}", "R907", "Q55"),
        ("then: {one_of: [A]}, basis: grounded", "then: {}, basis: grounded", "R902", "then"),
        ("{of: Q11.villages, share: 1}", "{of: Q11.villages}", "R902", "then"),
        ("townships_a_day: {value: 4", "townships_a_day: {value: -1", "R902", "value"),
        ("{item: T2.2, when: full", "{item: T2.2, when: most", "R902", "when"),
        ("  people:\n", "  peple:\n", "R903", "peple"),
    ],
)  # fmt: skip
def test_mistakes_are_told_at_their_line(tmp_path, old, new, code, said):
    _, problems = load(tmp_path, (old, new))
    assert (code, line_of(tmp_path, new.strip().splitlines()[0])) in [(c, line) for c, line, _ in problems]
    assert any(said in shown for _, _, shown in problems), problems


def test_the_shipped_contradictions_go_with_the_shipped_rubric(tmp_path, campaign):
    assert campaign.settings.integrity.contradictions
    rubric = tmp_path / "own.yaml"
    shutil.copy(DATA / "rubric.yaml", rubric)
    assert load_campaign(None, rubric).settings.integrity.contradictions == ()
    text = (DATA / "campaign.yaml").read_text(encoding="utf-8").replace("rubric: shipped", "rubric: own.yaml")
    path = tmp_path / "campaign.yaml"
    path.write_text(text, encoding="utf-8")
    assert load_campaign(path).settings.integrity == campaign.settings.integrity  # written by the analyst
    start, end = text.index("# From what on similarities"), text.index("\nnames:\n")
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    assert load_campaign(path).settings.integrity.contradictions == ()
