"""I701-I707: units that lost the same, wrote the same, lost nothing, or lie in a tiny band."""

import random
from decimal import Decimal

import pytest

from huitoukan.campaign.campaign import Campaign
from huitoukan.model import Level, Severity
from huitoukan.output.text import Words
from huitoukan.rules.compared import compared
from huitoukan.rules.integrity_vectors import Usual, alike
from huitoukan.rules.received import received
from tests.support.clues import CITY, COUNTY, N_A, SELF, clues, details, filled, of, townships, with_settings

RARE = {"T1.3": "1.5", "T2.4": "1", "T3.2": "0", "T4.2": "3.5", "T6.2": "1.5", "T7.2": "0"}
COMMON = {"T1.4": "1", "T5.3": "1", "T8.3": "1"}


def campaign_files(campaign: Campaign, own: dict[int, dict[str, str]], stage=SELF, seed=3, **more):
    """A self-assessment of every township: common weaknesses by lot, and what some of them have of their own."""
    rng = random.Random(seed)
    items = campaign.rubric.level(Level.TOWNSHIP).items()
    files = []
    for n, unit in enumerate(townships(campaign)):
        scores = {}
        for item in items:
            if rng.random() < (0.4 if item.id in COMMON else 0.12):
                low = item.choices() or (item.maximum, item.maximum - item.step.value)
                scores[item.id] = str(low[1])
        files.append(filled(campaign, unit, stage, own.get(n, scores), **more))
    return files


def fires(code, found, *units):
    assert [[f.unit for f in found], {f.code for f in found}] == [list(units), {code} if units else set()]
    assert all(f.file and f.sheet and not f.blocks for f in found)


def silent(code, found):
    assert [(f.code, details(f).get("units")) for f in found if f.code == code] == [], code


# ---------------------------------------------------------------------------------------------------------- vectors


def test_two_units_with_the_same_rare_deductions(campaign):
    found = clues(campaign, *campaign_files(campaign, {10: RARE, 90: RARE}))
    one, other = townships(campaign)[10], townships(campaign)[90]
    fires("I701", of("I701", found), one)
    silent("I702", found)
    (finding,) = of("I701", found)
    name = campaign.roster.full_name
    assert finding.others == (f"self/{other}.xlsx",)
    assert finding.severity is Severity.WARNING
    said = Words("zh").message(finding)
    assert (
        f"2 个单位的扣分项目和得分完全相同：{name(one)}、{name(other)}。相同的扣分有 6 项：T1.3 得 1.5、T2.4 得 1、"
        in said
    )
    assert details(finding)["places"].words == (
        f"self/{one}.xlsx「评分表」F7、F12、F15、F19、F27、F30",
        f"self/{other}.xlsx「评分表」F7、F12、F15、F19、F27、F30",
    )


def test_near_misses_of_the_same_deductions(campaign):
    few = dict(list(RARE.items())[:2])
    silent("I701", clues(campaign, *campaign_files(campaign, {10: few, 90: few})))
    # What most units lose points on tells nothing, however equal two of them are.
    usual = {**COMMON, "T1.3": "2.5"}
    own = dict.fromkeys(range(0, 110, 2), usual) | {n: {**COMMON, "T3.3": "2.5"} for n in range(1, 110, 3)}
    found = clues(campaign, *campaign_files(campaign, own))
    silent("I701", found)
    silent("I702", found)
    # Full marks everywhere look the same without any copying.
    silent("I701", clues(campaign, *(filled(campaign, unit) for unit in townships(campaign))))


def test_the_same_unit_at_two_stages_and_units_at_different_stages_are_not_compared(campaign):
    files = campaign_files(campaign, {10: RARE})
    unit, another = townships(campaign)[10], townships(campaign)[11]
    files += [filled(campaign, unit, COUNTY, RARE), filled(campaign, another, COUNTY, RARE)]
    found = clues(campaign, *files)
    silent("I701", found)  # two sheets of the county check are too few to tell what is usual


def test_a_small_county_alone(campaign):
    units = townships(campaign, "140724")[:6]
    own = [
        {"T1.1": "3.5", "T3.1": "3.5"}, {"T1.4": "1", "T4.3": "3.5", "T5.1": "2"}, {"T5.3": "1"},
        {"T6.3": "2", "T1.1": "3"}, RARE, RARE,
    ]  # fmt: skip
    files = [filled(campaign, unit, SELF, scores) for unit, scores in zip(units, own, strict=True)]
    fires("I701", of("I701", clues(campaign, *files)), units[4])
    fires("I701", of("I701", clues(campaign, *files[1:])), units[4])
    silent("I701", clues(campaign, *files[2:]))  # four sheets cannot tell what is usual


def test_a_whole_county_with_one_sheet_is_one_finding(campaign):
    own = {n: RARE for n, unit in enumerate(townships(campaign)) if unit.startswith("140724")}
    (finding,) = of("I701", clues(campaign, *campaign_files(campaign, own)))
    assert details(finding)["count"] == len(own) == len(finding.others) + 1


def test_a_copy_with_an_item_changed(campaign):
    changed = {**RARE, "T8.2": "2"}
    found = clues(campaign, *campaign_files(campaign, {10: RARE, 40: RARE, 90: changed}))
    unit = townships(campaign)[10]
    fires("I702", of("I702", found), unit)
    silent("I701", found)  # one cause, one finding
    said = Words("zh").message(of("I702", found)[0])
    first, second = (campaign.roster.full_name(townships(campaign)[n]) for n in (10, 40))
    assert f"其中完全相同的：{first}、{second}（2 个）。共同的扣分有 6 项" in said
    other = {k: v for k, v in RARE.items() if k in ("T1.3", "T2.4", "T3.2")} | {
        "T8.2": "2",
        "T5.1": "1",
        "T4.1": "3",
    }
    silent("I702", clues(campaign, *campaign_files(campaign, {10: RARE, 90: other})))


def test_items_that_do_not_apply_are_no_deductions(campaign):
    bodies = [body.code for body in campaign.roster.bodies()]
    same = {"C1.1": "3", "C3.2": "2.5", "C4.5": "1", "C6.1": "2", "C7.2": "1", "C8.3": "2"}
    files = [
        filled(campaign, code, SELF, {"C4.3": "3.5"} if n % 2 else {"C5.1": "2"})
        for n, code in enumerate(bodies)
    ]
    files[3] = filled(campaign, bodies[3], SELF, same)
    files[5] = filled(campaign, bodies[5], SELF, {**same, "C2.1": N_A})
    fires("I701", of("I701", clues(campaign, *files)), *sorted([bodies[3], bodies[5]])[:1])


def test_contradicting_sheets_of_a_unit_are_not_compared(campaign):
    files = campaign_files(campaign, {10: RARE, 90: RARE})
    unit = townships(campaign)[10]
    silent(
        "I701", clues(campaign, *files, filled(campaign, unit, SELF, {"T1.1": "3"}, path="self/twice.xlsx"))
    )
    # A copy of the sheet is the same sheet.
    again = clues(campaign, *files, filled(campaign, unit, SELF, RARE, path="self/copy.xlsx"))
    fires("I701", of("I701", again), unit)


def test_most_pairs_are_never_weighed(campaign, monkeypatch):
    """A sheet is weighed against those that share enough with it, and not against those of its own group."""
    items = campaign.rubric.level(Level.TOWNSHIP).items()
    copies = {n: RARE | {items[n].id: "0"} for n in range(0, 24, 2) if items[n].id not in RARE}
    files = campaign_files(campaign, copies)
    sheets = compared(received(files, campaign), campaign).of(SELF)
    weighed = []
    chance = Usual.chance
    monkeypatch.setattr(Usual, "chance", lambda self, a, b: weighed.append(1) or chance(self, a, b))
    (group,) = alike(sheets, campaign.settings.integrity.same_deductions, 7000)
    assert len(group.sheets) == len(copies) == 8
    assert len(weighed) < 40 < len(sheets)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_the_order_of_files_changes_nothing(campaign, order):
    files = campaign_files(campaign, {10: RARE, 40: {**RARE, "T8.2": "2"}, 90: RARE})
    expected = clues(campaign, *files)
    random.Random(order).shuffle(files)
    files.sort(key=lambda file: file.path)  # as the flow does
    assert clues(campaign, *files) == expected


# ---------------------------------------------------------------------------------------------------------- texts

LONG = "3月份劳动工资台账缺负责人签字，补签日期与收表登记簿记载的日期不符"
TEXTS = {
    "T4.1": "北街商户原始凭证缺2个月，补录的没有经手人",
    "T4.2": "工业台账4月以后没有登记，只有电子表",
    "T3.3": "汇总资料散放在两个柜子，没有编目",
}


def test_units_that_wrote_the_same(campaign):
    one, other, third = townships(campaign)[3], townships(campaign)[77], townships(campaign)[78]
    found = clues(
        campaign,
        filled(campaign, one, SELF, {"T4.2": "5.5"}, texts={"T4.2": LONG}),
        filled(campaign, other, SELF, {"T4.3": "3.5"}, texts={"T4.3": LONG.replace("，", ", ")}),
        filled(campaign, third, SELF, texts={"T4.3": "劳动工资台账缺负责人签字"}),
    )
    fires("I703", of("I703", found), one)
    (finding,) = of("I703", found)
    assert (finding.cell, finding.value, finding.others) == ("G19", LONG, (f"self/{other}.xlsx",))
    assert "2 个单位写的扣分原因有 1 处一字不差" in Words("zh").message(finding)
    assert details(finding)["places"].words == (
        f"self/{one}.xlsx「评分表」G19",
        f"self/{other}.xlsx「评分表」G20",
    )


def test_several_shorter_texts_together(campaign):
    one, other = townships(campaign)[3], townships(campaign)[4]
    lost = {"T4.1": "3", "T4.2": "5.5", "T3.3": "2.5"}
    both = [filled(campaign, unit, SELF, lost, texts=TEXTS) for unit in (one, other)]
    fires("I703", of("I703", clues(campaign, *both)), one)
    less = filled(campaign, other, SELF, lost, texts=dict(list(TEXTS.items())[:1]))
    silent("I703", clues(campaign, both[0], less))


@pytest.mark.parametrize(
    "text",
    [
        "无", "资料齐全，符合要求，无迟报、无漏报、无差错，按时完成上报，全部达标",
        "迟报1次，扣0.5分",
    ],
)  # fmt: skip
def test_usual_phrases_tell_nothing(campaign, text):
    files = [
        filled(campaign, unit, SELF, {"T4.4": "3.5"}, texts={"T4.4": text})
        for unit in townships(campaign)[:2]
    ]
    silent("I703", clues(campaign, *files))


def test_the_words_of_the_form_and_of_most_units_tell_nothing(campaign):
    item = campaign.rubric.level(Level.TOWNSHIP).items()[6]
    own = with_settings(campaign, "same_texts", characters=4, alone=6, together=6)
    files = [filled(campaign, u, SELF, texts={item.id: item.criterion}) for u in townships(campaign)[:2]]
    silent("I703", clues(own, *files))
    phrase = "村级统计员变动后没有及时备案"
    own = with_settings(campaign, "same_texts", together=10)
    some = [filled(campaign, u, SELF, texts={"T2.4": phrase}) for u in townships(campaign)[:20]]
    fires("I703", of("I703", clues(own, *some[:5])), townships(campaign)[0])
    silent("I703", clues(own, *some))


def test_one_team_uses_the_same_words(campaign):
    near = townships(campaign, "140724")[:2]
    far = [near[0], townships(campaign, "140727")[0]]
    for units, stage, told in ((near, COUNTY, 0), (far, COUNTY, 1), (far, CITY, 0), (near, SELF, 1)):
        files = [filled(campaign, u, stage, texts={"T4.2": LONG}) for u in units]
        assert len(of("I703", clues(campaign, *files))) == told, (units, stage)


# ---------------------------------------------------------------------------------------------------------- bands


def test_full_marks(campaign):
    first, second, third = townships(campaign, "140724")[:3]
    files = [
        filled(campaign, first), filled(campaign, second), filled(campaign, third, SELF, {"T1.1": "3.5"}),
        filled(campaign, first, COUNTY), filled(campaign, "140702401", SELF, {"C2.1": N_A}),
    ]  # fmt: skip
    found = of("I706", clues(campaign, *files))
    assert {(f.unit, f.stage, details(f)["count"]) for f in found} == {
        (first, SELF, 2), (first, COUNTY, 1), ("140702401", SELF, 1)
    }  # fmt: skip
    fires("I706", found, "140702401", first, first)


def test_what_is_not_at_full_marks_everywhere(campaign):
    unit = townships(campaign)[0]
    silent("I706", clues(campaign, filled(campaign, unit, SELF, {"T1.1": "3.5"})))
    silent("I706", clues(campaign, filled(campaign, unit, leave_out=["T1.1"])))  # nobody knows that one
    n_a = {item.id: N_A for item in campaign.rubric.level(Level.TOWNSHIP).items()}
    silent("I706", clues(campaign, filled(campaign, unit, SELF, n_a)))


def spread_out(campaign, narrow, *, width=(0, "0.5"), others=range(0, 20, 2)):
    """Self-assessments of three counties: one in a narrow band, the totals of the two others over many points."""
    files = []
    for county, steps in (("140724", None), ("140727", others), ("140722", others)):
        for n, unit in enumerate(townships(campaign, county)):
            if steps is None:
                lost = Decimal(width[n % 2]) if narrow else Decimal(n * 2)
            else:
                lost = Decimal(steps[n % len(steps)])
            files.append(filled(campaign, unit, SELF, deducted(lost + 3)))
    return files


def deducted(points):
    """Scores that lose so many points in half steps."""
    scores, left = {}, Decimal(points)
    for item, most in (
        ("T4.2", 6),
        ("T1.1", 4),
        ("T3.1", 4),
        ("T4.1", 4),
        ("T4.3", 4),
        ("T4.4", 4),
        ("T1.3", 3),
    ):
        lost = min(left, Decimal(most))
        if lost:
            scores[item] = str(Decimal(most) - lost)
        left -= lost
    assert not left
    return scores


def test_a_county_in_a_tiny_band(campaign):
    found = clues(campaign, *spread_out(campaign, narrow=True))
    first = townships(campaign, "140724")[0]
    fires("I707", of("I707", found), first)
    told = details(of("I707", found)[0])
    assert (told["low"], told["high"], told["count"]) == ("96.5", "97", len(townships(campaign, "140724")))
    assert "昔阳县自评的" in Words("zh").message(of("I707", found)[0])


def test_counties_that_are_as_wide_as_others(campaign):
    silent("I707", clues(campaign, *spread_out(campaign, narrow=False)))
    # All counties lie close: then one of them is not narrower than the others.
    silent("I707", clues(campaign, *spread_out(campaign, narrow=True, others=(0, 0, 1))))
    # Nothing to compare with.
    silent("I707", clues(campaign, *spread_out(campaign, narrow=True)[: len(townships(campaign, "140724"))]))
    few = [f for f in spread_out(campaign, narrow=True) if f.path not in
           {f"self/{u}.xlsx" for u in townships(campaign, "140724")[4:]}]  # fmt: skip
    silent("I707", clues(campaign, *few))


def test_totals_are_compared_on_the_scale_of_100(campaign):
    files = spread_out(campaign, narrow=True)
    county = townships(campaign, "140724")
    n_a = [filled(campaign, u, SELF, {**deducted(3), "T8.1": N_A}) for u in county]
    found = clues(campaign, *n_a, *files[len(county) :])
    # 92 of 95 points: all alike, and told on the scale of 100.
    assert details(of("I707", found)[0])["low"] == "96.84"
