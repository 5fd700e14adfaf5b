"""Questionnaires counted, against answers that the test made and counts by itself."""

import statistics
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitoukan.campaign.campaign import DATA, load_campaign
from huitoukan.model import Level, Stage
from huitoukan.pipeline import MODULES  # the rules
from huitoukan.rules.received import received
from huitoukan.rules.registry import Context, check
from huitoukan.standing.respondents import Aside
from huitoukan.standing.survey import survey
from huitoukan.standing.tabulation import Cut
from tests.support.answered import BLANK, UNREADABLE, files_of, questionnaire_sheet, score_sheet

XIYANG = "140724"
LEPING, GAOLUO, SHEN = "140724100", "140724101", "140724200"
YUCI, BEIGUAN, WUJINSHAN = "140702", "140702001", "140702100"


@pytest.fixture(scope="module")
def small(campaign):
    """Four questionnaires with every kind of answer: two towns and the bureau of one county, a street of another."""
    return survey(
        files_of(
            questionnaire_sheet(
                campaign, LEPING, {"Q2": "A", "Q5": 3, "Q6": 1, "Q11": (10, 8), "Q13": "1.50", "Q18": "ABC", "Q21": ("AG", "没有车"), "Q22": "多培训。"},
            ),
            questionnaire_sheet(
                campaign, GAOLUO, {"Q2": "D", "Q5": 2, "Q6": BLANK, "Q11": (20, 0), "Q13": 0, "Q18": "", "Q21": "A", "Q22": "多培训 "},
            ),
            questionnaire_sheet(
                campaign, XIYANG, {"Q2": "A", "Q4": 12, "Q5": 9, "Q6": 9, "Q12": (10, 7), "Q13": UNREADABLE, "Q21": BLANK, "Q22": "无"},
            ),
            questionnaire_sheet(
                campaign, BEIGUAN, {"Q2": UNREADABLE, "Q5": BLANK, "Q6": 4, "Q11": (BLANK, 5), "Q13": 2, "Q18": "AH", "Q21": "CAF", "Q22": "少填表"},
            ),
            score_sheet(LEPING, Stage.COUNTY), score_sheet(LEPING, Stage.SELF), score_sheet(GAOLUO, Stage.SELF),
            score_sheet(WUJINSHAN, Stage.CITY), score_sheet(YUCI, Stage.CITY), score_sheet(XIYANG, Stage.CITY),
        ),
        campaign,
    )  # fmt: skip


def table(found, variable, cut=Cut.ALL, key="", level=None):
    return next(
        t for t in found.tables[cut] if t.variable.id == variable and t.group.key == key and level in (None, t.group.level)
    )  # fmt: skip


def counts(found, *where, **which):
    c = table(found, *where, **which).counts
    return c.units, c.answered, c.missing, c.unreadable, c.not_asked


def chosen(found, *where, **which):
    return {o.key: (o.count, o.share) for o in table(found, *where, **which).options if o.count}


# ---------------------------------------------------------------------------------------------------------- one choice


def test_one_of_several(small):
    assert counts(small, "Q2") == (4, 3, 0, 1, 0)
    assert chosen(small, "Q2") == {"A": (2, Decimal("0.6667")), "D": (1, Decimal("0.3333"))}
    assert table(small, "Q2").options[0].units == (XIYANG, LEPING)


def test_several_of_several_are_shares_of_those_who_answered(small):
    # 昔阳县统计局 left Q18 blank; 皋落镇 answered that it has none.
    assert counts(small, "Q18") == (4, 3, 1, 0, 0)
    third, two = Decimal("0.3333"), Decimal("0.6667")
    assert chosen(small, "Q18") == {"A": (2, two), "B": (1, third), "C": (1, third), "H": (1, third)}
    assert table(small, "Q18").none == (GAOLUO,)


def test_difficulties_are_ranked(small):
    assert [(o.key, o.count) for o in table(small, "Q21").ranked] == [
        ("A", 3), ("C", 1), ("F", 1), ("G", 1), ("B", 0), ("D", 0), ("E", 0),
    ]  # fmt: skip


# ---------------------------------------------------------------------------------------------------------- numbers


def test_numbers(small):
    figures = table(small, "Q5").numbers
    assert counts(small, "Q5") == (4, 3, 1, 0, 0)
    assert (figures.n, figures.total, figures.mean) == (3, 14, Decimal("4.6667"))
    assert (figures.minimum, figures.median, figures.maximum) == (2, 3, 9)
    assert (figures.lower_quartile, figures.upper_quartile) == (Decimal("2.5"), 6)
    assert figures.few, "three answers are fewer than five"
    assert (table(small, "Q5").lowest, table(small, "Q5").highest) == ((GAOLUO,), (XIYANG,))


def test_zero_is_an_answer_and_nothing_is_none(small):
    figures = table(small, "Q13").numbers
    assert (figures.n, figures.zeros, figures.total) == (3, 1, Decimal("3.50"))
    assert counts(small, "Q13") == (4, 3, 0, 1, 0)


def test_the_cells_of_one_question_are_counted_apart(small):
    assert counts(small, "Q11.villages") == (4, 2, 1, 0, 1)
    assert counts(small, "Q11.staffed") == (4, 3, 0, 0, 1)
    assert table(small, "Q11.staffed").numbers.total == 13


def test_what_a_level_is_not_asked_is_missing_from_nobody(small):
    assert counts(small, "Q4") == (4, 1, 0, 0, 3)
    assert counts(small, "Q10") == (4, 0, 3, 0, 1)
    assert not [
        t for t in small.tables[Cut.LEVEL] if t.variable.id == "Q4" and t.group.level is Level.TOWNSHIP
    ]
    assert table(small, "Q10").options[0].share is None, "nobody answered: no share, not 0 %"


# ---------------------------------------------------------------------------------------------------------- groups


def test_by_level_county_and_type(small):
    assert table(small, "Q5", Cut.LEVEL, "township").numbers.total == 5
    assert table(small, "Q5", Cut.LEVEL, "county").numbers.total == 9
    assert table(small, "Q5", Cut.COUNTY, XIYANG).numbers.total == 14
    assert table(small, "Q5", Cut.COUNTY, XIYANG, level=Level.TOWNSHIP).numbers.total == 5
    assert counts(small, "Q5", Cut.COUNTY, YUCI) == (1, 0, 1, 0, 0)
    assert table(small, "Q5", Cut.COUNTY, YUCI).numbers is None
    assert table(small, "Q6", Cut.TYPE, "街道").numbers.total == 4
    assert table(small, "Q6", Cut.TYPE, "镇").numbers.total == 1
    assert [t.group.key for t in small.tables[Cut.TYPE] if t.variable.id == "Q6"] == ["镇", "街道"]
    # What only townships are asked is not shown for body and townships together as well.
    q10 = [(t.group.key, t.group.level) for t in small.tables[Cut.COUNTY] if t.variable.id == "Q10"]
    assert q10 == [(YUCI, Level.TOWNSHIP), (XIYANG, Level.TOWNSHIP)]


def test_one_level_or_some_questions_only(campaign, small):
    files = files_of(*(one.sheet for one in small.respondents))
    townships = survey(files, campaign, level=Level.TOWNSHIP, questions=["Q5", "Q11"])
    assert [v.id for v in townships.asked] == ["Q5", "Q11.villages", "Q11.staffed"]
    assert counts(townships, "Q5") == (3, 2, 1, 0, 0)
    assert not townships.opinions
    assert {r.level for r in townships.response} == {Level.TOWNSHIP}


# ---------------------------------------------------------------------------------------------------------- ratios


def test_ratios_rest_on_units_that_answered_both(small):
    found = {r.ratio.title: r for r in small.ratios[Cut.ALL]}
    full_time = found["专职人员占比"]  # 乐平镇 1 of 3, 昔阳县统计局 9 of 9; the others gave one of the two
    assert (full_time.n, full_time.part, full_time.whole) == (2, 10, 12)
    assert full_time.value == Decimal("0.8333")
    villages = found["村（居）统计员配备率"]
    assert (villages.n, villages.part, villages.whole, villages.value) == (2, 8, 30, Decimal("0.2667"))
    money = found["每个单位的统计工作经费"]
    assert (money.n, money.part, money.value) == (3, Decimal("3.50"), Decimal("1.1667"))
    computers = found["每名统计人员的专用计算机"]
    assert (computers.n, computers.value) == (0, None)


def test_nothing_out_of_nothing_is_no_share(campaign):
    found = survey(files_of(questionnaire_sheet(campaign, LEPING, {"Q5": 0, "Q6": 0})), campaign)
    ratio = found.ratios[Cut.ALL][0]
    assert (ratio.n, ratio.whole, ratio.value) == (1, 0, None)


# ---------------------------------------------------------------------------------------------------------- texts


def test_identical_texts_are_told_together(small):
    q22 = next(o for o in small.opinions if o.question.id == "Q22")
    assert [[r.unit for r in o.remarks] for o in q22.opinions] == [[LEPING, GAOLUO], [BEIGUAN]]
    assert q22.opinions[0].text == "多培训。"
    assert q22.opinions[0].remarks[1].cell == "D24"
    assert [r.unit for r in q22.nothing] == [XIYANG]
    q21 = next(o for o in small.opinions if o.question.id == "Q21")
    assert [(o.text, o.remarks[0].unit) for o in q21.opinions] == [("没有车", LEPING)]
    assert q21.behind_options == "G 其他"


def test_names_and_telephones_are_no_opinions(campaign):
    sheet = questionnaire_sheet(campaign, LEPING, {"Q1": "昔阳县乐平镇", "Q3": "王敏 13800000000"})
    assert survey(files_of(sheet), campaign).opinions == ()


# ---------------------------------------------------------------------------------------------------------- response


def test_response(small):
    """Due are the units that were checked on site (R07): not 皋落镇, of which there is a self-assessment only."""
    total = small.total
    assert set(total.due) == {LEPING, XIYANG, YUCI, WUJINSHAN}
    assert set(total.received) == {LEPING, XIYANG}
    assert (total.rate, total.missing) == (Decimal("0.5"), (YUCI, WUJINSHAN))
    assert set(total.extra) == {GAOLUO, BEIGUAN}
    by_county = {row.county: row for row in small.by_county}
    assert (by_county[XIYANG].rate, by_county[YUCI].rate) == (1, 0)
    assert by_county["140725"].rate is None, "nothing is due there: no rate, not 0 %"
    level = {row.level: row for row in small.response if row.county is None and row.level}
    assert (len(level[Level.COUNTY].due), len(level[Level.TOWNSHIP].due)) == (2, 2)


def test_everybody_may_be_due(tmp_path):
    path = tmp_path / "campaign.yaml"
    shipped = (DATA / "campaign.yaml").read_text(encoding="utf-8")
    path.write_text(
        shipped.replace("due: {value: checked, basis: grounded", "due: {value: all, basis: assumed"), "utf-8"
    )
    campaign = load_campaign(path)
    found = survey(files_of(questionnaire_sheet(campaign, LEPING, {"Q5": 1})), campaign)
    assert len(found.total.due) == 130
    assert found.total.received == (LEPING,)


# ---------------------------------------------------------------------------------------------------------- duplicates


def test_copies_count_once_and_contradictions_not_at_all(campaign):
    same = {"Q5": 3, "Q22": "多培训"}
    sheets = [
        questionnaire_sheet(campaign, LEPING, same, file="b.xlsx"),
        questionnaire_sheet(campaign, LEPING, same | {"Q22": "多培训 "}, file="a.xlsx"),
        questionnaire_sheet(campaign, GAOLUO, {"Q5": 2}, file="c.xlsx"),
        questionnaire_sheet(campaign, GAOLUO, {"Q5": 4}, file="d.xlsx"),
        questionnaire_sheet(campaign, SHEN, {}, file="e.xlsx"),
        questionnaire_sheet(campaign, SHEN, {"Q5": 5}, file="f.xlsx"),
        questionnaire_sheet(campaign, BEIGUAN, {"Q4": 1}, file="g.xlsx", level=Level.COUNTY),
        questionnaire_sheet(campaign, None, {"Q5": 7}, file="h.xlsx"),
        score_sheet(GAOLUO, Stage.CITY),
    ]
    found = survey(files_of(*sheets), campaign)
    assert [(r.unit.code, r.sheet.file, [c.file for c in r.copies]) for r in found.respondents] == [
        (LEPING, "a.xlsx", ["b.xlsx"]), (SHEN, "f.xlsx", []),
    ]  # fmt: skip
    assert [(a.unit.code if a.unit else None, a.why, [s.file for s in a.sheets]) for a in found.aside] == [
        (BEIGUAN, Aside.OTHER_LEVEL, ["g.xlsx"]),
        (GAOLUO, Aside.CONTRADICTING, ["c.xlsx", "d.xlsx"]),
        (SHEN, Aside.EMPTY, ["e.xlsx"]),
        (None, Aside.UNPLACED, ["h.xlsx"]),
    ]
    assert table(found, "Q5").numbers.total == 8
    assert found.total.unusable == (GAOLUO,)
    assert found.total.missing == ()


def test_what_counts_is_what_the_rule_says(campaign):
    """Q828 and the survey agree on what contradicts: who filled it in does not, a number does."""

    assert MODULES

    def finds(*answers):
        sheets = [
            replace(questionnaire_sheet(campaign, LEPING, one, file=f"{n}.xlsx"), stage=Stage.CITY)
            for n, one in enumerate(answers)
        ]
        files = files_of(*sheets)
        told = any(f.code == "Q828" for f in check(received(files, campaign), Context(campaign)))
        return told, len(survey(files, campaign).respondents)

    assert finds({"Q5": 1, "Q3": "王敏 13800000000"}, {"Q5": 1, "Q3": "李军 13900000000"}) == (False, 1)
    assert finds({"Q5": 1}, {"Q5": 2}) == (True, 0)


# ---------------------------------------------------------------------------------------------------------- properties

UNITS = [LEPING, GAOLUO, SHEN, BEIGUAN, WUJINSHAN, XIYANG, YUCI]
ANSWERS = st.fixed_dictionaries(
    {
        "Q2": st.sampled_from(["A", "B", "E", BLANK, UNREADABLE]),
        "Q5": st.one_of(st.integers(0, 30), st.sampled_from([BLANK, UNREADABLE])),
        "Q13": st.one_of(st.decimals(0, 100, places=2), st.just(BLANK)),
        "Q18": st.one_of(st.sets(st.sampled_from("ABCDEFGH")).map(sorted).map("".join), st.just(BLANK)),
        "Q22": st.sampled_from(["多培训", "多培训。", "无", "加人", BLANK]),
    }
)
FILLED = st.dictionaries(st.sampled_from(UNITS), ANSWERS, min_size=1)


@settings(max_examples=40, deadline=None)
@given(FILLED, st.randoms(use_true_random=False))
def test_counts_add_up_and_the_order_of_files_changes_nothing(campaign, filled, random):
    sheets = [questionnaire_sheet(campaign, unit, answers) for unit, answers in filled.items()]
    found = survey(files_of(*sheets), campaign)
    random.shuffle(sheets)
    again = survey(files_of(*sheets), campaign)
    assert [again.respondents, again.tables, again.ratios, again.opinions] == [found.respondents, found.tables, found.ratios, found.opinions]  # fmt: skip
    for cut in Cut:
        for one in found.tables[cut]:
            c = one.counts
            assert c.units == c.answered + c.missing + c.unreadable + c.not_asked
            if one.variable.question.type == "single":
                assert sum(option.count for option in one.options) == c.answered
            if one.variable.question.type == "number":
                assert (one.numbers.n if one.numbers else 0) == c.answered
    for variable in ("Q2", "Q5", "Q18"):
        whole = table(found, variable).counts
        for cut in (Cut.LEVEL, Cut.COUNTY):
            parts = [t.counts for t in found.tables[cut] if t.variable.id == variable and t.group.level]
            assert sum(part.answered for part in parts) == whole.answered
            assert sum(part.missing for part in parts) == whole.missing


@settings(max_examples=40, deadline=None)
@given(FILLED)
def test_against_counting_by_hand(campaign, filled):
    sheets = [questionnaire_sheet(campaign, unit, answers) for unit, answers in filled.items()]
    # A questionnaire without a single answer is none.
    filled = {u: a for u, a in filled.items() if any(v is not BLANK for v in a.values())}
    found = survey(files_of(*sheets), campaign)
    assert {r.unit.code for r in found.respondents} == set(filled)
    if not filled:
        return
    numbers = [Fraction(a["Q13"]) for a in filled.values() if a["Q13"] is not BLANK]
    figures = table(found, "Q13").numbers
    assert (figures is None) == (not numbers)
    if numbers:
        assert (Fraction(figures.total), figures.n) == (sum(numbers), len(numbers))
        assert Fraction(figures.median) == statistics.median(numbers)
        assert figures.zeros == numbers.count(0)
    rules = [a["Q18"] for a in filled.values() if a["Q18"] is not BLANK]
    for option in table(found, "Q18").options:
        assert option.count == sum(option.key in letters for letters in rules)


@settings(max_examples=30, deadline=None)
@given(FILLED)
def test_a_blank_answer_changes_nothing_but_the_count_of_missing(campaign, filled):
    """A unit more that leaves Q5 blank: every figure stays, and it is no zero."""
    filled.pop(SHEN, None)
    sheets = [questionnaire_sheet(campaign, unit, answers) for unit, answers in filled.items()]
    before = survey(files_of(*sheets), campaign)
    after = survey(files_of(*sheets, questionnaire_sheet(campaign, SHEN, {"Q2": "A"})), campaign)
    one, other = table(before, "Q5"), table(after, "Q5")
    assert other.numbers == one.numbers
    assert (other.counts.answered, other.counts.missing) == (one.counts.answered, one.counts.missing + 1)
