"""Who is on which list of follow-up work, and how last year's list is carried on until a unit passes."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from huitoukan.campaign.people import CountyPeople, Person
from huitoukan.campaign.roster import limit
from huitoukan.model import Level, Verdict
from huitoukan.output import records, verdict_records
from huitoukan.output.text import Words
from huitoukan.standing.aggregate import standings
from huitoukan.standing.baseline import Baseline, BaselineUnit, read_baseline
from huitoukan.standing.followup import by_leader, follow_up
from tests.standing.test_aggregate import sheet

QIXIAN, XIYANG, ZUOQUAN = "140727", "140724", "140722"
PASS, FAIL, PENDING = Verdict.PASS, Verdict.FAIL, Verdict.PENDING


@pytest.fixture
def three(campaign):
    """Three counties, judged by their bodies alone: no township is required to pass."""
    roster = limit(campaign.roster, ["昔阳县", "祁县", "左权县"])
    rules = campaign.settings.pass_rules
    rules = rules.model_copy(
        update={"township_share": rules.township_share.model_copy(update={"value": Decimal(0)})}
    )
    settings = campaign.settings.model_copy(update={"pass_rules": rules})
    return replace(campaign, roster=roster, settings=settings)


def judged(campaign, **verdicts):
    """The standings with these verdicts on 左权县, 昔阳县 and 祁县 (others: pending)."""
    by_unit = {}
    for key, verdict in verdicts.items():
        code = {"zuoquan": ZUOQUAN, "xiyang": XIYANG, "qixian": QIXIAN}[key]
        if verdict is not PENDING:
            by_unit[code] = (sheet(campaign, code, **({} if verdict is PASS else {"C4_2": "0"})),)
    return standings(by_unit, campaign)


def last_year(title="2023年检查", name="上年.xlsx", **verdicts):
    codes = {"zuoquan": ZUOQUAN, "xiyang": XIYANG, "qixian": QIXIAN}
    units = {}
    for key, told in verdicts.items():
        verdict, since = told if isinstance(told, tuple) else (told, None)
        units[codes[key]] = BaselineUnit(
            verdict, None, Decimal(100), {}, name, "「汇总」A5", key, key_since=since
        )
    return Baseline(Path(name), title, units)


def told(entries):
    return [(entry.unit.code, entry.change and entry.change.value, entry.since) for entry in entries]


def test_without_last_year_nothing_is_called_new(three):
    lists = follow_up(judged(three, zuoquan=PASS, xiyang=FAIL), three)
    assert told(lists.priority) == [(ZUOQUAN, None, "")]
    assert told(lists.key_checks) == [(XIYANG, None, "2024")]
    assert told(lists.undecided) == [(QIXIAN, None, "")]
    assert (lists.off, lists.baseline) == ((), None)


def test_new_still_and_off(three):
    past = last_year(zuoquan=PASS, xiyang=FAIL, qixian=FAIL)
    lists = follow_up(judged(three, zuoquan=FAIL, xiyang=FAIL, qixian=PASS), three, past)
    assert told(lists.key_checks) == [(ZUOQUAN, "new", "2024"), (XIYANG, "still", "2023")]
    assert told(lists.off) == [(QIXIAN, "off", "2023")]
    assert told(lists.priority) == [(QIXIAN, "new", "")]
    assert lists.baseline == "2023年检查"


def test_who_was_on_the_list_stays_until_it_passes(three):
    pending = judged(three, zuoquan=PENDING, xiyang=PENDING, qixian=PENDING)
    lists = follow_up(pending, three, last_year(zuoquan=FAIL, xiyang=(PENDING, "2021"), qixian=PENDING))
    assert told(lists.key_checks) == [(ZUOQUAN, "still", "2023"), (XIYANG, "still", "2021")]
    assert [entry.verdict for entry in lists.key_checks] == [PENDING, PENDING]
    assert told(lists.undecided) == [(QIXIAN, None, "")]
    assert lists.priority == ()


def test_a_unit_that_last_year_does_not_know_is_neither_new_nor_old(three):
    lists = follow_up(judged(three, zuoquan=FAIL, xiyang=PASS), three, last_year(qixian=PASS))
    assert told(lists.key_checks) == [(ZUOQUAN, None, "2024")]
    assert told(lists.priority) == [(XIYANG, None, "")]


@pytest.mark.parametrize(
    ("title", "name", "since"),
    [
        ("2022年检查", "2023.xlsx", "2022"),
        ("", "2023年结果.xlsx", "2023"),
        ("", "上年.xlsx", ""),
        ("2024年检查", "上年.xlsx", ""),  # not before this year's
        ("编号202300001", "上年.xlsx", ""),
    ],
)
def test_since_when_as_far_as_is_known(three, title, name, since):
    lists = follow_up(judged(three, xiyang=FAIL), three, last_year(title, name, xiyang=FAIL))
    assert told(lists.key_checks) == [(XIYANG, "still", since)]


def test_townships_only_where_the_campaign_says_so(campaign):
    xiyang = replace(campaign, roster=limit(campaign.roster, ["昔阳县"]))
    leping = "140724100"
    counties = standings({leping: (sheet(xiyang, leping, T4_5="0"),)}, xiyang)
    assert leping not in {entry.unit.code for entry in follow_up(counties, xiyang).key_checks}
    lists = xiyang.settings.follow_up
    both = lists.key_checks.model_copy(update={"levels": (Level.TOWNSHIP,)})
    settings = xiyang.settings.model_copy(
        update={"follow_up": lists.model_copy(update={"key_checks": both, "priority": both})}
    )
    edited = replace(xiyang, settings=settings)
    found = follow_up(counties, edited)
    assert told(found.key_checks) == [(leping, None, "2024")]
    assert len(found.undecided) == 9, "the other required townships, and no county"
    none = settings.model_copy(
        update={
            "follow_up": lists.model_copy(
                update={
                    "key_checks": both.model_copy(update={"levels": ()}),
                    "priority": both.model_copy(update={"levels": ()}),
                }
            )
        }
    )
    assert follow_up(counties, replace(xiyang, settings=none)).empty


def test_lists_are_grouped_by_leader(three):
    chief, other = Person(name="张明", post="副局长"), Person(name="王芳")
    people = {
        "昔阳县": CountyPeople(leader=chief),
        "左权县": CountyPeople(leader=other),
        "祁县": CountyPeople(leader=chief),
    }
    named = replace(three, settings=three.settings.model_copy(update={"people": people}))
    entries = follow_up(judged(named, zuoquan=FAIL, xiyang=FAIL, qixian=FAIL), named).key_checks
    groups = by_leader(entries, named)
    assert [(group.leader, [e.unit.code for e in group.entries]) for group in groups] == [
        (other, [ZUOQUAN]),
        (chief, [XIYANG, QIXIAN]),
    ]
    del people["左权县"]
    assert [group.leader for group in by_leader(entries, named_again(named, people))] == [chief, None]
    assert [group.leader for group in by_leader(entries, three)] == [None]


def named_again(campaign, people):
    return replace(campaign, settings=campaign.settings.model_copy(update={"people": people}))


def test_results_carry_the_list_from_year_to_year(three, tmp_path):
    """Fails in 2022, is pending in 2023, passes in 2024: on the list since 2022, and off it in the end."""
    path, baseline, seen = tmp_path / "results.json", None, []
    for year, verdict in ((2022, FAIL), (2023, PENDING), (2024, PASS)):
        period = three.settings.period
        period = period.model_copy(update={"start": period.start.replace(year=year)})
        settings = three.settings.model_copy(update={"period": period, "title": f"{year}年检查"})
        campaign = replace(three, settings=settings)
        counties = judged(campaign, xiyang=verdict)
        lists = follow_up(counties, campaign, baseline)
        seen.append((told(lists.key_checks), told(lists.off)))
        document = records.aggregation(counties, campaign, Words())
        verdict_records.add_follow_up(document, lists, campaign, Words())
        path.write_text(records.to_json(document), encoding="utf-8")
        baseline = read_baseline(path, campaign)
    assert seen == [
        ([(XIYANG, None, "2022")], []),
        ([(XIYANG, "still", "2022")], []),
        ([], [(XIYANG, "off", "2022")]),
    ]
    county = next(c for c in json.loads(path.read_text("utf-8"))["counties"] if c["code"] == XIYANG)
    assert county["follow_up"] == {"list": None, "change": "off", "since": "2022"}


def test_rows_have_one_line_a_unit_and_list(three):
    lists = follow_up(judged(three, zuoquan=PASS, xiyang=FAIL), three)
    text = verdict_records.follow_up_csv(lists, three, Words())
    assert [line.split(",")[:3] for line in text.splitlines()] == [
        ["list", "titles", "code"],
        ["priority", "优先评优、优先培训", ZUOQUAN],
        ["key_checks", "执法检查重点、数据核查重点", XIYANG],
        ["undecided", "未定，不列入", QIXIAN],
    ]
