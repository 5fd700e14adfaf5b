"""The certificate says everything, and whatever is changed in it or in the roster is named."""

import json
from copy import deepcopy
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitoukan.campaign.problems import ConfigError
from huitoukan.model import Level, Unit
from huitoukan.output.text import Words
from huitoukan.standing.certificate import certify, decimal_text, fingerprint, plan_hash
from huitoukan.standing.certificate_check import read_certificate, verify
from huitoukan.standing.certificate_view import view_of
from huitoukan.standing.sample_plan import (
    Allocation,
    Choice,
    Design,
    PlanError,
    Request,
    Types,
    Weight,
    draw,
    make_plan,
)
from tests.support.lots import digest

REQUEST = Request(
    Design.CITY,
    6,
    24,
    exclusions=(Choice("140724100", "刚检查过"),),
    certain=(Choice("140729", "群众反映"),),
    weights=(Weight("140728", Fraction(3, 2), ("failed_last_year",)),),
)


@pytest.fixture
def made(campaign):
    plan = make_plan(campaign.roster.units, REQUEST)
    return certify(plan, "2024093", {"id": "x", "title": "检查", "issuer": "局"}, {})


def checked(record, units=None, seed=None):
    """The verification of a record as if it had been read from a file."""
    record, plan = read_certificate(
        json.dumps(record, ensure_ascii=False).encode("utf-8"), "certificate.json"
    )
    return verify(record, plan, units, seed)


def signed(record):
    """A record edited by somebody who knows how the fingerprint is made."""
    return record | {"fingerprint": fingerprint(record)}


def kinds(found):
    return [difference.kind for difference in found.differences]


def said(found):
    return " ".join(Words().phrase(difference.words) for difference in found.differences)


def test_an_honest_certificate(made, campaign):
    found = checked(made, campaign.roster.units, "2024093")
    assert found.same
    assert not found.differences


def test_what_is_in_it(made, campaign):
    assert (made["schema"], made["seed"], made["algorithm"]) == (1, "2024093", "huitoukan-sampling-1")
    lines = made["roster"]["units"]
    assert len(lines) == 141
    assert made["roster"]["sha256"] == digest("".join(line + "\n" for line in lines))
    assert made["plan"]["exclusions"] == [{"code": "140724100", "name": "乐平镇", "reason": "刚检查过"}]
    assert made["plan"]["weights"][0] == {
        "code": "140728",
        "name": "平遥县统计局",
        "weight": "3/2",
        "reasons": ["failed_last_year"],
    }
    pools = {pool["pool"]: pool for pool in made["pools"]}
    assert set(pools) == {"counties", *(c["code"] for c in made["result"]["counties"])} - {"140702401"}
    for pool in pools.values():
        assert pool["units"][-1]["cumulative"] == str(pool["drawn"])
        assert sum(s["drawn"] for s in pool["strata"]) == pool["drawn"]
        assert sum(Fraction(s["expected"]) for s in pool["strata"]) == pool["drawn"]
        assert sum(unit["drawn"] for unit in pool["units"]) == pool["drawn"]
        number = f"huitoukan-sampling-1|2024093|{made['roster']['sha256']}|city|{pool['units'][0]['code']}"
        assert pool["units"][0]["number"] == digest(number)
    drawn = draw(make_plan(campaign.roster.units, REQUEST), "2024093")
    assert [c["code"] for c in made["result"]["counties"]] == list(drawn.counties)
    assert [t["code"] for t in made["result"]["townships"]] == list(drawn.townships)
    weight = {u["code"]: u for u in pools["counties"]["units"]}
    assert weight["140729"]["probability"] == "1"
    assert Fraction(weight["140728"]["probability"]) == 5 * Fraction(3, 2) / (10 + Fraction(3, 2))
    certain = {c["code"]: c["certain"] for c in made["result"]["counties"]}
    assert certain["140729"] == "群众反映"


def test_the_fingerprint_does_not_depend_on_layout(made):
    again = json.loads(json.dumps(made, indent=4, sort_keys=True))
    assert fingerprint(again) == made["fingerprint"]


def test_an_edited_reason(made):
    record = deepcopy(made)
    record["plan"]["exclusions"][0]["reason"] = "本人请求"
    found = checked(record)
    assert found.same
    assert kinds(found) == ["edited", "plan"]


def test_an_edited_result(made):
    record = deepcopy(made)
    drawn = {one["code"] for one in record["result"]["townships"]}
    gone = record["result"]["townships"][0]["code"]
    put = next(one for one in record["candidates"] if one["code"] not in drawn and one["kind"] != "县级")
    record["result"]["townships"][0] = put
    found = checked(record)
    assert not found.same
    assert kinds(found) == ["edited", "result", "result"]
    assert gone in said(found)
    assert put["name"] in said(found)
    assert kinds(checked(signed(record))) == ["result", "result"]  # a fitting fingerprint does not help


def test_another_seed(made):
    found = checked(signed(made | {"seed": "2024094"}))
    assert not found.same
    assert set(kinds(found)) == {"result"}
    found = checked(made, seed="2024094")
    assert found.same
    assert kinds(found) == ["seed"]
    assert "2024094" in said(found)


def test_an_edited_working(made):
    record = deepcopy(made)
    record["pools"][1]["units"][0]["number"] = "0" * 64
    found = checked(signed(record))
    assert found.same
    assert kinds(found) == ["working"]
    record = deepcopy(made)
    record["candidates"][5]["probability"] = "1/7"
    assert "candidates" in said(checked(signed(record)))


def test_another_plan(made):
    record = deepcopy(made)
    record["plan"]["weights"] = []
    assert kinds(checked(signed(record)))[0] == "plan"


def test_the_roster_of_the_certificate_was_edited(made):
    record = deepcopy(made)
    record["roster"]["units"] = [line.replace("大寨镇", "大塞镇") for line in record["roster"]["units"]]
    found = checked(signed(record))
    assert "roster" in kinds(found)
    assert not found.same  # every number hangs on the roster's hash


def test_the_roster_has_changed_since(made, campaign):
    units = dict(campaign.roster.units)
    del units["140724101"]
    units["140724300"] = Unit("140724300", "新设镇", units["140724102"].level, "140724", "镇")
    units["140724102"] = Unit("140724102", "改名镇", units["140724102"].level, "140724", "镇")
    found = checked(made, units)
    assert found.same
    assert kinds(found) == ["roster"] * 3
    assert all(word in said(found) for word in ("新设镇", "改名镇", "140724101"))
    many = {code: unit for code, unit in campaign.roster.units.items() if not code.startswith("140724")}
    assert "等 12 个" in said(checked(made, many))


def test_the_plan_hash_covers_what_is_settled(campaign):
    def of(**changes):
        fields = {"design": Design.CITY, "counties": 6, "townships": 24} | changes
        return plan_hash(make_plan(campaign.roster.units, Request(**fields)))

    hashes = [
        of(),
        of(townships=25),
        of(bare=False),
        of(exclusions=(Choice("140724100", "甲"),)),
        of(exclusions=(Choice("140724100", "乙"),)),
        of(weights=(Weight("140724100", Fraction(2)),)),
    ]
    assert len(set(hashes)) == len(hashes)
    assert of() == hashes[0]


def broken(made):
    yield b"", "JSON"
    yield b"{", "JSON"
    yield b"[" * 100_000, "JSON"
    yield b"\xff\xfe", "JSON"
    yield made | {"result": {"counties": [{"code": "\ud800"}], "townships": []}}, "JSON"
    yield [], "不是抽样证书"
    yield {"kind": "other"}, "不是抽样证书"
    yield made | {"algorithm": "huitoukan-sampling-9"}, "huitoukan-sampling-9"
    yield made | {"seed": ""}, "seed"
    yield made | {"seed": 5}, "seed"
    yield {key: value for key, value in made.items() if key != "roster"}, "roster"
    yield made | {"roster": {"sha256": "x", "units": ["a,b"]}}, "roster.units"
    for key, value in (("design", "province"), ("counties", -1), ("townships", "24"), ("weights", [{"code": "140724", "weight": "0", "reasons": []}]), ("weights", [{"code": "140724", "weight": "1/0", "reasons": []}]), ("certain", [{"code": "9", "reason": "x"}])):  # fmt: skip
        yield made | {"plan": made["plan"] | {key: value}}, ""


def told(content):
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    try:
        read_certificate(data, "certificate.json")
    except ConfigError as error:
        return [Words().problem(problem) for problem in error.problems]
    return []


def fires(code, shown, words):
    assert len(shown) == 1
    assert shown[0].startswith(f"certificate.json: {code} ")
    assert words in shown[0]


def silent(code, shown):
    assert not [line for line in shown if f" {code} " in line], shown


def test_what_is_no_certificate(made):
    silent("R928", told(made))
    for content, words in broken(made):
        fires("R928", told(content), words)


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_any_draw_can_be_drawn_again(campaign, data):
    units = campaign.roster.units
    townships = sorted(code for code, unit in units.items() if unit.level is Level.TOWNSHIP)
    some = data.draw(st.lists(st.sampled_from(townships), max_size=6, unique=True))
    cut = data.draw(st.integers(0, len(some)))
    request = Request(
        data.draw(st.sampled_from(Design)),
        data.draw(st.integers(6, 14)),
        data.draw(st.integers(6, 130)),
        data.draw(st.sampled_from(Allocation)),
        data.draw(st.sampled_from(Types)),
        data.draw(st.booleans()),
        data.draw(st.booleans()),
        (),
        tuple(Choice(code, "理由") for code in some[:cut]),
        tuple(Choice(code, "另一个理由") for code in some[cut:]),
        tuple(
            Weight(code, Fraction(data.draw(st.integers(1, 50)), data.draw(st.integers(1, 9))))
            for code in data.draw(st.lists(st.sampled_from(sorted(units)), max_size=5, unique=True))
        ),
    )
    try:
        plan = make_plan(units, request)
    except PlanError:
        return
    record = certify(
        plan, data.draw(st.sampled_from(["1", "2024093", "福彩"])), {"title": "", "issuer": ""}, {}
    )
    found = checked(record, units)
    assert found.same
    assert not found.differences
    for pool in record["pools"]:
        assert pool["drawn"] == min(pool["due"], len(pool["units"]))
        for stratum in pool["strata"]:
            assert abs(stratum["drawn"] - Fraction(stratum["expected"])) < 1
    everyone = {one["code"] for key in ("counties", "townships") for one in record["result"][key]}
    assert {choice.code for choice in request.certain} <= everyone
    assert not {choice.code for choice in request.exclusions} & everyone
    page = view_of(record)
    assert page.township_count == len(record["result"]["townships"])


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        ("1", "1"),
        ("1/2", "0.5"),
        ("2/3", "0.6667"),
        ("1/8", "0.125"),
        ("1/20000", "0.0001"),
        ("0", "0"),
        ("24", "24"),
    ],
)
def test_decimals_of_fractions(fraction, text):
    assert decimal_text(fraction) == text
