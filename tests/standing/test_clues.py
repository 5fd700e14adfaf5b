"""The clues of an inspection, and what of them the counties are told."""

from dataclasses import replace

from huitoukan import catalogue
from huitoukan.model import Finding, Severity
from huitoukan.phrase import Listing
from huitoukan.standing.clues import Clue, clues, told_to_counties


def finding(code, severity=Severity.WARNING, **more):
    return Finding(code, severity, file="a.xlsx", sheet="评分表", **more)


FINDINGS = [
    finding("S405"),
    finding("I712", details=(("places", Listing(("a.xlsx「评分表」", "b.xlsx「评分表」"))),)),
    finding("I701", unit="140724100", details=(("places", Listing(("a.xlsx「评分表」F5",))),)),
    finding("I711", cell="F4"),
    finding("I701"),
]


def test_clues_by_kind_with_their_evidence(campaign):
    found = clues(FINDINGS, campaign)
    assert [(kind.code, len(kind.clues)) for kind in found.kinds] == [("I701", 2), ("I711", 1), ("I712", 1)]
    assert (found.count, found.held_back) == (4, 2)
    first, _, last = found.kinds
    assert first.title == catalogue.entry("I701").title
    assert first.clues[0] == Clue(FINDINGS[2], ("a.xlsx「评分表」F5",))
    assert first.clues[1].places == ("a.xlsx「评分表」",)
    assert found.kinds[1].clues[0].places == ("a.xlsx「评分表」F4",)
    assert last.clues[0].places == ("a.xlsx「评分表」", "b.xlsx「评分表」")


def test_a_code_of_two_severities_stands_twice(campaign):
    found = clues([finding("I706"), finding("I706", Severity.INFO)], campaign)
    assert [(kind.code, kind.severity) for kind in found.kinds] == [
        ("I706", Severity.INFO),
        ("I706", Severity.WARNING),
    ]


def test_without_clues_there_is_nothing_to_tell(campaign):
    assert clues([finding("S405"), finding("C601")], campaign) is None


def test_what_the_counties_are_told(campaign):
    assert [f.code for f in told_to_counties(FINDINGS, campaign)] == ["S405", "I712", "I711"]
    held = campaign.settings.integrity.held_back.model_copy(update={"value": ()})
    integrity = campaign.settings.integrity.model_copy(update={"held_back": held})
    open_ = replace(campaign, settings=campaign.settings.model_copy(update={"integrity": integrity}))
    assert told_to_counties(FINDINGS, open_) == FINDINGS
