"""Where the counties stand in the tile map: a setting, checked against the roster."""

import pytest

from huitoukan.campaign.campaign import DATA, load_campaign
from tests.campaign.test_problems import CAMPAIGN, edited, fires, silent  # noqa: F401

EAST = '- ["",     祁县,       太谷区, "",     昔阳县]'


@pytest.fixture
def load(tmp_path):
    def load(old, new):
        text = (DATA / CAMPAIGN).read_text("utf-8")
        assert old in text
        path = tmp_path / CAMPAIGN
        path.write_text(text.replace(old, new), "utf-8")
        return load_campaign(path)

    return load


def test_every_county_of_jinzhong_has_a_place_about_where_it_lies(campaign):
    roster = campaign.roster
    place = {roster.county_name(code): where for code, where in campaign.places.items()}
    assert set(campaign.places) == {body.code for body in roster.bodies()}
    assert len(set(place.values())) == 12
    west = ("榆次区", "太谷区", "祁县", "平遥县", "介休市", "灵石县")
    east = ("昔阳县", "和顺县", "左权县", "榆社县")
    assert max(place[name][1] for name in west) < min(place[name][1] for name in east)
    assert place["寿阳县"][1] > place["榆次区"][1] and place["寿阳县"][0] == 0
    row, column = place["榆次区"]
    assert place["晋中开发区"] in {(row, column - 1), (row, column + 1), (row + 1, column), (row - 1, column)}
    assert campaign.settings.county_map.places.basis == "assumed"


def test_a_roster_with_a_county_more_has_no_map(load):
    assert load(EAST, '- ["", 祁县, 太谷区]').places == {}, "昔阳县 would not be seen"


def test_a_part_of_the_roster_loses_the_empty_edges(campaign):
    assert campaign.limited_to("昔阳县").places == {"140724": (0, 0)}


def test_counties_by_code(load):
    places = load(EAST, '- ["", 祁县, 太谷区, "", "140724"]').places
    assert places["140724"] == (1, 4)


def test_an_unknown_county(edited):  # noqa: F811
    shown = edited(CAMPAIGN, (EAST, '- ["", 祁县, 太谷区, "", 析阳县]'))
    line = edited.line_of(CAMPAIGN, "析阳县]")
    fires("R943", shown, f"{CAMPAIGN}:{line}:", "“析阳县”不是名录里的县（区、市）")


def test_a_township_has_no_place(edited):  # noqa: F811
    fires("R943", edited(CAMPAIGN, (EAST, '- ["", 祁县, 太谷区, "", 昔阳县乐平镇]')), "“昔阳县乐平镇”")


def test_a_county_by_an_alias_and_rows_of_any_length(edited):  # noqa: F811
    shown = edited(CAMPAIGN, (EAST, '- ["", 祁县, 太谷统计局, "", 昔阳, ""]'))
    silent("R943", shown)
    silent("R944", shown)


def test_a_county_in_two_places(edited):  # noqa: F811
    shown = edited(CAMPAIGN, (EAST, '- ["", 祁县, 太谷区, 昔阳县, "140724"]'))
    line = edited.line_of(CAMPAIGN, '"140724"]')
    fires("R944", shown, f"{CAMPAIGN}:{line}:", "昔阳县写了两次", "“140724”")


def test_the_shipped_map_asks_nothing_of_a_roster_of_ones_own(tmp_path):
    """A campaign that does not speak of the map gets the shipped one, whose counties its roster may not have."""
    roster = (DATA / "roster.csv").read_text("utf-8").splitlines()
    kept = [line for line in roster if ",140724," in line or line.startswith("code,")]
    (tmp_path / "roster.csv").write_text("\n".join(kept), "utf-8")
    text = (DATA / CAMPAIGN).read_text("utf-8")
    start = text.index("county_map:")
    text = text[:start] + text[text.index("# Severity (error", start) :]
    path = tmp_path / CAMPAIGN
    path.write_text(text.replace("units: shipped", "units: roster.csv"), "utf-8")
    loaded = load_campaign(path)
    assert len(loaded.roster.bodies()) == 1
    assert loaded.places == {"140724": (0, 0)}
