"""The coverage matrix equals a truth that is counted here, from what was put into the folder."""

import csv
import io
import json
import random
from dataclasses import replace

import pytest

from huitoukan.campaign.roster import limit
from huitoukan.materials import MaterialKind, Presence
from huitoukan.model import Level, Stage, Verdict
from huitoukan.output.coverage import coverage_csv, coverage_record, holding_records, told
from huitoukan.output.records import to_json
from huitoukan.output.text import Words
from huitoukan.rules.received import received
from huitoukan.standing.aggregate import standings
from huitoukan.standing.coverage import Tally, coverage_matrix
from tests.support.arrivals import document, level_of, questionnaire, report, score, whole_folder

SELF, COUNTY, CITY = Stage
SHEET, QUESTIONNAIRE, REPORT = MaterialKind.SCORE_SHEET, MaterialKind.QUESTIONNAIRE, MaterialKind.REPORT
XIYANG, LEPING, URBAN, ZONE = "140724", "140724100", "140724400", "140702401"
LATE = "2024-07-05T08:00:00+08:00"


def county_of(unit):
    return unit if level_of(unit) is Level.COUNTY else unit[:6]


@pytest.fixture(scope="module")
def city(campaign):
    """A whole city from a seed: the files, and what was put into them by hand."""
    rng = random.Random(20240513)
    units = list(campaign.roster.units.values())
    required = [unit.code for unit in units if unit.required]
    bodies = [code for code in required if level_of(code) is Level.COUNTY]
    townships = {b: [c for c in required if county_of(c) == b and c != b] for b in bodies}
    truth = {
        "self": {code for code in required if rng.random() < 0.9} | {URBAN},
        "county": {
            c for own in townships.values() for c in rng.sample(own, min(len(own), rng.randint(4, 8)))
        },
        "bodies": set(rng.sample(bodies, 3)),
    }
    drawn = rng.sample([body for body in bodies if body != ZONE], 6)
    truth["city"] = {*drawn, *(c for body in drawn for c in townships[body][:4])}
    checked = truth["county"] | truth["bodies"]
    truth["questionnaires"] = {code for code in checked if rng.random() < 0.8}
    truth["late"] = set(rng.sample(sorted(checked), 5))
    truth["reports"] = {body for body in bodies if rng.random() < 0.8}
    files = [
        *(score(code, SELF) for code in truth["self"]),
        *(score(code, COUNTY, mailed=LATE if code in truth["late"] else "") for code in checked),
        *(score(code, CITY) for code in truth["city"]),
        *(questionnaire(code, COUNTY) for code in truth["questionnaires"]),
        *(report(code, COUNTY) for code in truth["reports"]),
    ]
    rng.shuffle(files)
    return files, truth, bodies, townships


def test_the_matrix_of_a_whole_city_equals_the_truth(campaign, city):
    files, truth, bodies, townships = city
    matrix = coverage_matrix(files, campaign)
    assert matrix.columns == (
        (SELF, SHEET), (COUNTY, SHEET), (COUNTY, QUESTIONNAIRE), (COUNTY, REPORT), (CITY, SHEET),
    )  # fmt: skip
    assert [county.code for county in matrix.counties] == bodies
    for county in matrix.counties:
        own = {county.code, *townships[county.code]}
        sent = own & truth["self"]
        tally = county.tallies[SELF, SHEET]
        assert (tally.due, tally.received, tally.missing) == (len(own), len(sent), len(own - sent))
        assert tally.welcome == (1 if county.code == XIYANG else 0)  # its 城区

        least = min(6, len(townships[county.code]))
        there = len(own & truth["county"])
        tally = county.tallies[COUNTY, SHEET]
        assert (tally.due, tally.received) == (least, min(there, least))
        assert tally.missing == max(0, least - there)
        assert tally.welcome == max(0, there - least) + (county.code in truth["bodies"])
        assert tally.late == len(own & truth["late"])

        checked = own & (truth["county"] | truth["bodies"])
        tally = county.tallies[COUNTY, QUESTIONNAIRE]
        assert (tally.due, tally.received) == (len(checked), len(checked & truth["questionnaires"]))
        assert tally.missing == len(checked - truth["questionnaires"])

        tally = county.tallies[COUNTY, REPORT]
        assert (tally.due, tally.received, tally.missing) == (
            (1, 1, 0) if county.code in truth["reports"] else (1, 0, 1)
        )
    assert matrix.totals[SELF, SHEET].due == 130
    assert matrix.totals[SELF, SHEET].received == len(truth["self"]) - 1
    total = matrix.totals[CITY, SHEET]
    assert (total.due, total.received, total.missing, total.extra) == (30, 30, 0, 0)
    assert (matrix.city.counties, matrix.city.townships) == (6, 24)


def test_findings_and_matrix_agree(campaign, city):
    files, _, _, _ = city
    matrix = coverage_matrix(files, campaign)
    found = whole_folder(campaign, *files)

    def told_of(code):
        return {f.unit and county_of(f.unit): dict(f.details).get("count") for f in found if f.code == code}

    def missing(column):
        return {c.code: c.tallies[column].missing for c in matrix.counties if c.tallies[column].missing}

    assert told_of("C614") == missing((COUNTY, QUESTIONNAIRE))
    assert told_of("C615") == missing((COUNTY, REPORT))
    assert set(told_of("C602")) == set(missing((COUNTY, SHEET)))
    assert sum(f.code == "C601" for f in found) == matrix.totals[SELF, SHEET].missing
    assert sum(told_of("C617").values()) == matrix.totals[COUNTY, SHEET].late == 5
    assert not {f.code for f in found} & {"C608", "C609", "C610"}


def test_the_order_of_files_changes_nothing(campaign, city):
    files = city[0]
    one, other = coverage_matrix(files, campaign), coverage_matrix(files[::-1], campaign)
    assert (one.columns, one.totals, one.city) == (other.columns, other.totals, other.city)
    assert [c.tallies for c in one.counties] == [c.tallies for c in other.counties]


def test_a_questionnaire_without_a_stage_is_not_too_many_where_its_unit_was_not_drawn(campaign):
    def presence(of, unit, *files):
        matrix = coverage_matrix(files, of)
        [county] = [county for county in matrix.counties if county.code == county_of(unit)]
        return [county.holdings[unit][stage, QUESTIONNAIRE].presence for stage in (COUNTY, CITY)]

    def drawn(**units):
        coverage = campaign.settings.coverage.model_copy(update=units)
        return replace(campaign, settings=campaign.settings.model_copy(update={"coverage": coverage}))

    dazhai = "140724104"
    files = [score(c, stage) for c in (XIYANG, LEPING, dazhai) for stage in (COUNTY, CITY)]
    files += [questionnaire(code, None) for code in (LEPING, dazhai)]
    named = drawn(city_units=(XIYANG, LEPING))
    assert presence(named, LEPING, *files) == [Presence.RECEIVED, Presence.RECEIVED]
    assert presence(named, dazhai, *files) == [Presence.RECEIVED, Presence.NOT_DUE]
    assert presence(named, dazhai, *files, questionnaire(dazhai, CITY, "市.xlsx"))[1] is Presence.EXTRA
    nowhere = drawn(city_units=(XIYANG, LEPING), county_units={"昔阳县": ("乐平镇",)})
    assert presence(nowhere, dazhai, *files) == [Presence.EXTRA, Presence.EXTRA]


def test_states_of_one_unit(campaign):
    named = campaign.settings.coverage.model_copy(update={"city_units": (XIYANG, LEPING)})
    own = replace(campaign, settings=campaign.settings.model_copy(update={"coverage": named}))
    dazhai = "140724104"
    files = [
        score(LEPING, SELF, mailed=LATE),
        score(LEPING, SELF, "早.xlsx", day="2024-05-20"),
        score(dazhai, SELF, mailed=LATE),
        score(dazhai, CITY),
        score(XIYANG, CITY, day="2024-07-02"),
        document(QUESTIONNAIRE, LEPING, SELF),
    ]
    matrix = coverage_matrix(files, own)
    units = next(county for county in matrix.counties if county.code == XIYANG).holdings

    def state(unit, stage, kind=SHEET):
        return units[unit][stage, kind].presence

    assert state(LEPING, SELF) is Presence.RECEIVED  # it had come in time as well
    assert state(dazhai, SELF) is Presence.LATE
    assert state(XIYANG, SELF) is Presence.MISSING
    assert state(URBAN, SELF) is Presence.NOT_DUE
    assert state(dazhai, CITY) is Presence.EXTRA
    assert state(LEPING, CITY) is Presence.MISSING
    assert state(XIYANG, CITY) is Presence.LATE  # by its own date, where no mail tells
    assert state(LEPING, SELF, QUESTIONNAIRE) is Presence.EXTRA  # no part of that stage
    tally = next(c for c in matrix.counties if c.code == XIYANG).tallies[CITY, SHEET]
    assert (tally.due, tally.received, tally.missing, tally.late, tally.extra) == (2, 1, 1, 1, 1)
    assert matrix.totals[CITY, SHEET] == tally + Tally(
        not_due=matrix.totals[CITY, SHEET].not_due - tally.not_due
    )


def test_more_than_the_city_was_to_check(campaign):
    bodies = [body.code for body in campaign.roster.bodies()][:7]
    matrix = coverage_matrix([score(code, CITY) for code in bodies], campaign)
    total = matrix.totals[CITY, SHEET]
    assert (total.due, total.received, total.missing, total.extra) == (30, 6, 24, 1)


def test_a_date_of_another_year_is_not_late(campaign):
    matrix = coverage_matrix([score(LEPING, SELF, day="2025-05-20")], campaign)
    assert matrix.totals[SELF, SHEET].late == 0


def test_one_county_and_one_stage(campaign, city):
    files = city[0]
    part = campaign.limited_to(XIYANG)
    mine = [file for file in files if part.roster.units.get(_unit(file))]
    matrix = coverage_matrix(mine, part)
    whole = next(c for c in coverage_matrix(files, campaign).counties if c.code == XIYANG)
    assert [county.code for county in matrix.counties] == [XIYANG]
    assert matrix.counties[0].tallies == {column: whole.tallies[column] for column in matrix.columns}
    assert matrix.city is None, "a part of the city says nothing of its numbers"
    assert coverage_matrix(files, campaign, [SELF]).columns == ((SELF, SHEET),)


def _unit(file):
    return file.sheets[0].unit if file.sheets else file.material.unit


def test_what_is_missing_is_never_a_score(campaign, city):
    files, truth, _, _ = city
    by_unit = received([f for f in files if f.sheets], campaign).by_unit
    for county in standings(by_unit, campaign):
        for one in (county, *county.townships):
            if one.unit.code not in truth["self"] | truth["county"] | truth["bodies"] | truth["city"]:
                assert one.score is None
                assert one.townships or one.verdict is Verdict.PENDING


def test_cells_in_words():
    words = Words("zh")
    assert [words.value(told(tally)) for tally in (
        Tally(), Tally(not_due=3), Tally(due=11, received=11), Tally(due=6, received=5, missing=1),
        Tally(due=6, received=6, welcome=1, late=2), Tally(received=3), Tally(due=2, extra=1, missing=2),
    )] == ["—", "—", "11/11", "5/6 缺 1", "6/6 逾期 2、另收 1", "3", "0/2 缺 2、多报 1"]  # fmt: skip
    assert Words("en").value(told(Tally(due=6, received=5, missing=1))) == "5/6 (1 missing)"


def test_json_jsonl_and_csv_say_the_same(campaign, city):
    files = city[0]
    matrix = coverage_matrix(files, replace(campaign, roster=limit(campaign.roster, ["昔阳县"])))
    own = replace(campaign, roster=limit(campaign.roster, ["昔阳县"]))
    document = json.loads(to_json(coverage_record(matrix, own)))
    assert document["schema"] == 1
    flat = {
        (unit["code"], stage, material): cell["state"]
        for county in document["counties"]
        for unit in county["units"]
        for stage, materials in unit["stages"].items()
        for material, cell in materials.items()
    }
    lines = {(r["code"], r["stage"], r["material"]): r["state"] for r in holding_records(matrix, own)}
    rows = list(csv.DictReader(io.StringIO(coverage_csv(matrix, own).lstrip("\ufeff"))))
    assert flat == lines == {(r["code"], r["stage"], r["material"]): r["state"] for r in rows}
    assert len(flat) == 12 * len(matrix.columns)
    tally = document["counties"][0]["stages"]["self"]["score_sheet"]
    assert tally["due"] == tally["received"] + tally["missing"] == 11
    assert document["totals"]["self"]["score_sheet"]["due"] == 11
