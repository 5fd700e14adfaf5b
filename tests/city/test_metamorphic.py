"""How forms arrive changes nothing: order, names, folders, archives, one workbook or many, one worker or several.

Every form of this small city names its unit and its stage, so all of these runs must say the same of every unit.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from huitoukan.campaign.campaign import Campaign, load_campaign
from huitoukan.output.comparisons import comparison_record
from huitoukan.output.coverage import coverage_record
from huitoukan.output.survey_records import survey_record
from huitoukan.output.text import Words
from huitoukan.pipeline import Inspection, inspect
from huitoukan.standing.aggregate import standings
from huitoukan.standing.compare import compare
from huitoukan.standing.coverage import coverage_matrix
from huitoukan.standing.model import Standing
from huitoukan.standing.survey import survey
from tests.support.city import arrangement
from tests.support.city.arrangement import Answered, Piece
from tests.support.city.city import city
from tests.support.city.decisions import Decisions
from tests.support.city.standards import DATA, items, units

COUNTIES = {"140725": "寿阳县", "140729": "灵石县"}  # one that the city checked too, and one that is open
# What is said of files as such, or of their names: it may differ, everything else may not.
OF_FILES = {"C604", "C605", "L229", "U304", "U312"}


@cache
def forms() -> tuple[Piece, ...]:
    """All forms and questionnaires of two counties; one unit contradicts itself on two forms of one stage."""
    decisions: Decisions = city().decisions
    answered = city().papers.questionnaires.items()
    found = [form for form in decisions.forms.values() if units()[form.unit].county in COUNTIES]
    torn = next(form for form in found if form.level == "township" and form.stage == "self")
    item = next(i for i in items("township") if torn.scores[i.id] == i.maximum and not i.veto)
    other = replace(
        torn,
        scores={**torn.scores, item.id: item.choices[1]},
        reasons={**torn.reasons, item.id: "3月的记录缺少签字"},
    )
    return (
        *found,
        other,
        *(Answered(unit, replies) for unit, replies in answered if units()[unit].county in COUNTIES),
    )


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """The shipped campaign for these two counties alone."""
    text = (DATA / "campaign.yaml").read_text(encoding="utf-8")
    assert "counties: []" in text
    path = tmp_path_factory.mktemp("campaign") / "campaign.yaml"
    path.write_text(
        text.replace("counties: []", f"counties: [{', '.join(COUNTIES.values())}]"), encoding="utf-8"
    )
    return load_campaign(path)


def inspected(written: Mapping[str, bytes], campaign: Campaign, jobs: int = 2) -> Inspection:
    with tempfile.TemporaryDirectory() as folder:
        return inspect(arrangement.lay_down(Path(folder), dict(written)), campaign, jobs=jobs)


def verdict(standing: Standing) -> tuple[object, ...]:
    """All that a standing says, but where it was read."""
    reasons = [(r.rule, r.passed, r.value, r.threshold, r.subject) for r in standing.reasons]
    return (
        standing.unit.code, standing.verdict, standing.score, standing.basis, standing.grade, standing.margin, standing.rank,
        standing.dimensions, tuple(reasons), tuple(verdict(township) for township in standing.townships),
    )  # fmt: skip


def verdicts(inspection: Inspection) -> list[tuple[object, ...]]:
    return [verdict(county) for county in standings(inspection.by_unit, inspection.campaign)]


def comparison(inspection: Inspection) -> object:
    """The whole comparison of stages, but where anything was read."""
    counties = standings(inspection.by_unit, inspection.campaign)
    found = compare(inspection.by_unit, counties, inspection.campaign)
    return elsewhere(comparison_record(found, inspection.campaign, Words("zh")))


def coverage(inspection: Inspection) -> object:
    """Who has sent what, but in which file."""
    matrix = coverage_matrix(inspection.files, inspection.campaign)
    return elsewhere(coverage_record(matrix, inspection.campaign))


def tabulation(inspection: Inspection) -> object:
    """All questionnaires counted, but where they lie."""
    found = survey(inspection.files, inspection.campaign)
    return elsewhere(survey_record(found, inspection.campaign, Words("zh")))


PLACES = {"file", "files", "sheet", "cell"}


def elsewhere(told: object) -> object:
    """A document without the places that it tells; what it says in words names files, so that goes too."""
    if isinstance(told, dict):
        return {
            key: elsewhere(one) for key, one in told.items() if key not in {*PLACES, "reasons", "unusable"}
        }
    return [elsewhere(one) for one in told] if isinstance(told, list) else told


def findings(inspection: Inspection) -> Counter[tuple[object, ...]]:
    """Everything found about units and their forms, but where."""
    return Counter(
        (f.code, f.severity, f.unit, f.stage, f.item, f.value, repr(f.expected), f.blocks)
        for f in inspection.findings
        if f.code not in OF_FILES
    )


@pytest.fixture(scope="module")
def plain(campaign: Campaign) -> Inspection:
    """One workbook for each form, one worker: what all the others are compared with."""
    return inspected(arrangement.files(random.Random(0), arrangement.one_each(forms())), campaign, jobs=1)


def same(again: Inspection, plain: Inspection) -> None:
    assert verdicts(again) == verdicts(plain)
    assert findings(again) == findings(plain)
    assert coverage(again) == coverage(plain)
    assert comparison(again) == comparison(plain)
    assert tabulation(again) == tabulation(plain)


def test_the_small_city_is_worth_comparing(plain: Inspection) -> None:
    told = [one for county in standings(plain.by_unit, plain.campaign) for one in (county, *county.townships)]
    assert {one.verdict for one in told} == {"pass", "fail", "pending"}
    assert {one.basis for one in told} == {"self", "county", "city", None}
    assert len(plain.findings) >= 8
    assert "C603" in {found.code for found in plain.findings}


@pytest.mark.parametrize("jobs", [2, 5])
def test_order_and_number_of_workers(plain: Inspection, campaign: Campaign, jobs: int) -> None:
    shuffled = random.Random(jobs).sample(forms(), len(forms()))
    written = arrangement.files(random.Random(jobs), arrangement.one_each(shuffled))
    same(inspected(written, campaign, jobs), plain)


@pytest.mark.parametrize("books", [arrangement.all_in_one, arrangement.stacked])
def test_many_workbooks_or_one(plain: Inspection, campaign: Campaign, books) -> None:  # type: ignore[no-untyped-def]
    same(inspected(arrangement.files(random.Random(1), books(forms())), campaign), plain)


@pytest.mark.parametrize("seed", range(6))
def test_any_workbooks_under_any_names(plain: Inspection, campaign: Campaign, seed: int) -> None:
    rng = random.Random(seed)
    same(inspected(arrangement.files(rng, arrangement.at_random(rng, forms())), campaign), plain)


@pytest.mark.parametrize("seed", range(6))
def test_archives(plain: Inspection, campaign: Campaign, seed: int) -> None:
    rng = random.Random(seed)
    loose = arrangement.files(rng, arrangement.at_random(rng, forms()))
    same(inspected(arrangement.zipped(rng, loose), campaign), plain)


@pytest.mark.parametrize("seed", range(6))
def test_names_that_mislead_are_reported_and_change_no_verdict(
    plain: Inspection, campaign: Campaign, seed: int
) -> None:
    rng = random.Random(seed)
    scored = [piece for piece in forms() if not isinstance(piece, Answered)]
    answered = [
        piece for piece in forms() if isinstance(piece, Answered)
    ]  # these name no stage: their names may
    written = arrangement.files(rng, arrangement.one_each(scored), arrangement.misleading_path)
    written |= arrangement.files(rng, arrangement.one_each(answered))
    again = inspected(written, campaign)
    same(again, plain)
    assert {"U304", "U312"} <= {found.code for found in again.findings}
