"""The charts: what they show is what the context says, their drawings are safe and the same each time, and Chinese is Chinese."""

import io
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageFont

from huitoukan.campaign.campaign import load_campaign
from huitoukan.campaign.roster import limit
from huitoukan.model import Level, Verdict
from huitoukan.output import chart_font, chart_picture
from huitoukan.output.chart_picture import Chart
from huitoukan.output.chart_style import (
    FAIL,
    ON_COLOUR,
    PASS,
    PENDING,
    contrast,
    on,
    picture,
    shortened,
    text_width,
    texts,
    tint,
)  # fmt: skip
from huitoukan.output.charts import IDS, FontMissingError, charts, chinese_font
from huitoukan.output.context import report_context
from huitoukan.output.text import Words
from huitoukan.pipeline import inspect
from huitoukan.standing.aggregate import standings
from huitoukan.standing.compare import compare

SAMPLES = Path(__file__).parents[2] / "sample_sheets"
_SVG = "{http://www.w3.org/2000/svg}"
_DARK = "#1b222b"  # a dark page


def context_of(inspection):
    counties = standings(inspection.by_unit, inspection.campaign)
    compared = compare(inspection.by_unit, counties, inspection.campaign)
    return report_context(
        inspection.campaign,
        inspection.files,
        inspection.findings,
        inspection.by_unit,
        counties,
        comparison=compared,
    )


@pytest.fixture(scope="module")
def context():
    return context_of(inspect(SAMPLES, load_campaign(SAMPLES / "campaign.yaml")))


@pytest.fixture(scope="module")
def drawn(context):
    return {chart.id: chart for chart in charts(context, Words())}


@pytest.fixture(scope="module")
def parsed(drawn):
    return {id: ElementTree.fromstring(chart.svg()) for id, chart in drawn.items()}


def said(root):
    """The texts of a drawing."""
    return [text.text for text in root.iter(f"{_SVG}text")]


def rename(context, name):
    """The context with another name for the county 榆社县."""
    roster = context.campaign.roster
    unit = replace(roster.units["140721"], name=name)
    changed = replace(roster, units=dict(roster.units) | {"140721": unit})
    return replace(context, campaign=replace(context.campaign, roster=changed))


# ------------------------------------------------------------------------------------------------ what they show


def test_all_charts_in_their_order(drawn):
    assert tuple(drawn) == IDS
    assert all(chart.title and chart.description for chart in drawn.values())


def test_a_chart_without_data_is_left_out(context, tmp_path):
    assert [chart.id for chart in charts(replace(context, comparison=None), Words())] == [
        id for id in IDS if id != "stages"
    ]
    empty = context_of(inspect(tmp_path, load_campaign()))
    found = {chart.id: chart for chart in charts(empty, Words())}
    assert list(found) == ["coverage", "map"], "what is missing can be shown, scores cannot"
    assert "待定 12 个" in found["map"].description
    assert not re.search(r"\b0 分|\b0 个", found["map"].description + found["coverage"].description)
    assert all(chart.png().startswith(b"\x89PNG") for chart in found.values())


def test_the_dimension_profile_shows_the_rates_of_the_context(context, drawn, parsed):
    told = said(parsed["dimensions"])
    for level, word in ((Level.COUNTY, "县级"), (Level.TOWNSHIP, "乡级")):
        for one in context.dimensions[level]:
            rate = f"{(one.rate * 100).normalize():f}%"
            assert any(text.startswith(f"{word} {rate}") for text in told), one
            assert f"{one.title} {rate}" in drawn["dimensions"].description
    (below,) = [text for text in told if "低于底线" in text]
    assert below == "乡级 82.14%，1 个单位低于底线", (
        "counted apart: one township lies below 60 % in one dimension"
    )
    assert "底线 60%" in told


def test_bars_are_as_long_as_their_rates(context, parsed):
    paths = [p.get("d") for p in parsed["dimensions"].iter(f"{_SVG}path") if p.get("fill") == PASS]
    lengths = [abs(float(re.search(r"h(-?[\d.]+)v", d)[1])) for d in paths]
    rates = [float(one.rate) for level in Level for one in context.dimensions[level]]
    assert len(lengths) == len(rates) == 16
    unit = lengths[0] / rates[0]
    assert lengths == pytest.approx([rate * unit for rate in rates], rel=0.01)


def test_the_distribution_counts_every_unit_once(context, drawn, parsed):
    counts = [text.split() for text in said(parsed["scores"]) if re.fullmatch(r"[√×?] \d+", text)]
    units = [t for county in context.counties for t in (county.own, *county.townships) if t.score is not None]
    for sign, verdict in (("√", Verdict.PASS), ("×", Verdict.FAIL)):
        assert sum(int(n) for s, n in counts if s == sign) == sum(unit.verdict is verdict for unit in units)
    assert "达标线 80" in said(parsed["scores"])
    assert {"未达标", "达标", "优秀"} <= set(said(parsed["scores"]))
    townships = sorted(
        t.score for county in context.counties for t in county.townships if t.score is not None
    )
    line = f"乡级 {len(townships)} 个单位有得分，最低 {townships[0]:.0f} 分，中位数 {townships[10]:.0f} 分"
    assert len(townships) == 21 and line in drawn["scores"].description


def test_self_and_check_beside_each_other(context, drawn, parsed):
    told = said(parsed["stages"])
    for county in context.comparison.counties:
        name, index = context.campaign.roster.county_name(county.body.code), county.group.index
        own, check = (str(mean).rstrip("0").rstrip(".") for mean in (index.own, index.check))
        assert {name, own, check} <= set(told)
        assert f"{name} {own} 和 {check}（{index.n} 个）" in drawn["stages"].description
    assert "* 不足 5 个单位，仅供参考" in told and "2*" in told and "7" in told


def test_the_coverage_map_tells_received_and_due(context, drawn, parsed):
    told = said(parsed["coverage"])
    for county in context.matrix.counties:
        for tally in county.tallies.values():
            if tally.due:
                assert f"{tally.received}/{tally.due}" in told
                assert not tally.missing or f"缺 {tally.missing}" in told
    assert "和顺县 2" in drawn["coverage"].description
    assert "—" in told, "what nobody owes is a dash, not a nought"


def test_the_map_says_each_verdict_in_words_and_signs(context, drawn, parsed):
    told = said(parsed["map"])
    for county in context.counties:
        word = {Verdict.PASS: "√ 达标", Verdict.FAIL: "× 未达标", Verdict.PENDING: "? 待定"}[county.verdict]
        assert f"{word} {county.score} 分" in told
        assert context.campaign.roster.county_name(county.unit.code) in told
    assert "达标 1 个：左权县 84.5 分。" in drawn["map"].description


def test_the_map_puts_counties_where_the_campaign_says_and_others_in_a_grid(context):
    def centres(context):
        chart = next(chart for chart in charts(context, Words()) if chart.id == "map")
        root = ElementTree.fromstring(chart.svg())
        found = {}
        for text in root.iter(f"{_SVG}text"):
            x, y = re.match(r"translate\(([\d.]+),([\d.]+)\)", text.get("transform")).groups()
            found.setdefault(text.text, (float(x), float(y)))
        return found

    of = centres(context)
    assert of["和顺县"][1] < of["左权县"][1] == of["榆社县"][1], "north is above"
    assert of["榆社县"][0] < of["左权县"][0] == of["和顺县"][0], "west is on the left"
    other = context.campaign.settings.county_map.model_copy(
        update={"places": context.campaign.settings.county_map.places.model_copy(update={"value": ()})}
    )
    settings = context.campaign.settings.model_copy(update={"county_map": other})
    grid = centres(replace(context, campaign=replace(context.campaign, settings=settings)))
    assert grid["榆社县"][1] == grid["左权县"][1] == grid["和顺县"][1], "one row, in the order of the roster"
    assert grid["榆社县"][0] < grid["左权县"][0] < grid["和顺县"][0]


def test_numbers_stay_exact(context):
    """Vega would write 79.995 as 80.00 and 0.1 + 0.2 as it is in binary."""
    first, *rest = context.counties
    odd = replace(context, counties=(replace(first, score=Decimal("79.995")), *rest))
    told = said(ElementTree.fromstring(next(c for c in charts(odd, Words()) if c.id == "map").svg()))
    assert any(text.endswith(" 79.995 分") for text in told)


def test_a_single_county_needs_no_map(context, tmp_path):
    roster = limit(context.campaign.roster, ["和顺县"])
    alone = context_of(inspect(SAMPLES, replace(load_campaign(SAMPLES / "campaign.yaml"), roster=roster)))
    assert [chart.id for chart in charts(alone, Words())] == ["dimensions", "scores", "stages", "coverage"]


def test_in_english(context):
    found = {chart.id: chart for chart in charts(context, Words("en"))}
    assert found["map"].title == "Verdicts of the counties"
    assert "Pass, 1: 左权县 84.5." in found["map"].description
    left = set(
        re.findall(
            "[\u4e00-\u9fff]+",
            " ".join(t for c in found.values() for t in said(ElementTree.fromstring(c.svg()))),
        )
    )
    names = {context.campaign.roster.county_name(county.unit.code) for county in context.counties}
    titles = {one.title for level in Level for one in context.dimensions[level]}
    assert left <= names | titles, "only names and titles of the data are Chinese"


# ------------------------------------------------------------------------------------------------ safe and the same


def test_a_drawing_can_stand_in_any_page(drawn, parsed):
    ids = []
    for id, root in parsed.items():
        chart = drawn[id]
        assert (root.get("role"), root.get("aria-label")) == ("img", f"{chart.title}: {chart.description}")
        assert root.find(f"{_SVG}title").text == chart.title
        names = {element.tag.removeprefix(_SVG) for element in root.iter()}
        assert names <= {"svg", "title", "g", "path", "line", "text", "rect", "defs", "clipPath"}
        attributes = {key for element in root.iter() for key in element.attrib}
        assert not {
            key for key in attributes if key.startswith("on") or key.endswith(("href", "class", "style"))
        }
        own = [element.get("id") for element in root.iter() if element.get("id")]
        assert all(one.startswith(f"{id}-") for one in own)
        ids += own
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", chart.svg())
    assert len(ids) == len(set(ids))


def test_ink_is_that_of_the_page_and_nothing_hides_what_is_behind(drawn):
    for chart in drawn.values():
        assert "currentColor" in chart.svg() and "currentColor" not in chart.svg(standalone=True)
        assert 'fill="#ffffff"/><' not in chart.svg().split("<text")[0]


def test_the_same_data_give_the_same_bytes_in_any_order(context, drawn):
    first = {id: (chart.svg(), chart.png(1)) for id, chart in drawn.items()}
    chart_picture._convert.cache_clear()
    again = {chart.id: (chart.svg(), chart.png(1)) for chart in reversed(charts(context, Words()))}
    assert again == first


@pytest.mark.parametrize("name", ["<script>alert(1)</script>&\"'{x}", "a\x00b\x1b[31m", "乡" * 60])
def test_names_are_only_ever_text(context, name):
    found = [(one.svg(), ElementTree.fromstring(one.svg())) for one in charts(rename(context, name), Words())]
    for drawing, root in found:
        assert not list(root.iter(f"{_SVG}script")) and "\x1b" not in drawing
        assert all(text_width(text) < 640 for text in said(root))
    kept = re.sub("[\x00-\x1f]", "", name)
    shown = said(found[-1][1])
    assert kept in shown or any(text.endswith("…") and kept.startswith(text[:-1]) for text in shown)


def test_nothing_is_fetched():
    spec = picture([texts([{"text": "x"}], "text:N", "text:N")], 50, 50, {})
    spec["layer"][0]["data"] = {"url": "https://example.com/data.json"}
    with pytest.raises(ValueError, match="not allowed"):
        Chart("map", "", "", spec).svg()


# ------------------------------------------------------------------------------------------------ colours


@pytest.mark.parametrize("colour", [PASS, FAIL, PENDING])
def test_surfaces_stand_out_on_light_and_dark_pages_and_carry_text(colour):
    assert contrast(colour, "#ffffff") >= 3 and contrast(colour, _DARK) >= 3
    assert contrast(colour, ON_COLOUR) >= 4.5


def test_every_tint_carries_its_text():
    for n in range(101):
        shade = tint(PASS, n / 100)
        assert contrast(shade, on(shade)) >= 4.5
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_a_long_text_is_cut_to_its_room():
    assert shortened("和顺县", 100) == "和顺县"
    cut = shortened("山西转型综合改革示范区晋中开发区", 100)
    assert cut.endswith("…") and text_width(cut) <= 100
    assert shortened("晋", 1) == "…"


# ------------------------------------------------------------------------------------------------ pictures


def pixels(text, family="sans-serif"):
    """A picture of one text, through the same way as the charts."""
    spec = picture([texts([{"text": text}], "x:Q", "y:Q", fontSize=40)], 120, 60, {})
    del spec["layer"][0]["encoding"]["x"], spec["layer"][0]["encoding"]["y"]
    image = Image.open(io.BytesIO(Chart("map", "", "", spec).png(1))).convert("L")
    return image.size, image.tobytes()


def test_pictures_show_characters_and_no_boxes():
    """Boxes in place of characters are all alike; characters differ, and one of few strokes takes less ink than one of many."""
    of = {text: pixels(text) for text in ("晋", "榆", "一", "龘", " ")}
    assert len(set(of.values())) == len(of)
    ink = {text: sum(value < 128 for value in data) for text, (_, data) in of.items()}
    assert ink[" "] == 0 < ink["一"] < ink["晋"] < ink["龘"]
    assert pixels("晋") == of["晋"]


def test_a_picture_has_the_size_of_its_drawing(drawn, parsed):
    for id, chart in drawn.items():
        width, height = (int(parsed[id].get(side)) for side in ("width", "height"))
        assert width == 640
        assert Image.open(io.BytesIO(chart.png())).size == (2 * width, 2 * height)
        assert Image.open(io.BytesIO(chart.png())).text == {"Software": "huitoukan"}


@pytest.fixture
def fonts(monkeypatch):
    """Look for fonts in some folder only."""

    def only(folder):
        monkeypatch.setattr(chart_font, "_folders", lambda: (folder,))
        chart_font.chinese_font.cache_clear()
        chart_font.font_folder.cache_clear()

    yield only
    chart_font.chinese_font.cache_clear()
    chart_font.font_folder.cache_clear()


def test_without_a_chinese_font_nothing_is_drawn_and_it_is_said(fonts, drawn, tmp_path):
    (tmp_path / "msyh.ttc").write_bytes(b"not a font")
    fonts(tmp_path)
    assert chinese_font() is None
    with pytest.raises(FontMissingError, match=r"没有找到中文字体.*微软雅黑.*fonts-noto-cjk"):
        drawn["map"].png()
    assert "榆社县" in drawn["map"].svg()


class Face:
    """A font that draws the same for every character, as fonts do for those that they lack."""

    def getmask(self, character):
        return b"\x01\x02" if character.isascii() else b"\x01\x01"

    def getname(self):
        return "Latin", "Regular"


def test_a_font_with_boxes_for_chinese_is_none(fonts, tmp_path, monkeypatch):
    (tmp_path / "latin.ttf").write_bytes(b"")
    monkeypatch.setattr(ImageFont, "truetype", lambda *_, index=0, **__: Face())
    fonts(tmp_path)
    assert chinese_font() is None


def test_a_font_without_a_known_name_will_do_and_known_ones_come_first(fonts, tmp_path, monkeypatch):
    class Chinese(Face):
        def __init__(self, file, *_, index=0, **__):
            if index:
                raise OSError
            self.name = Path(file).stem

        def getmask(self, character):
            return character.encode()

        def getname(self):
            return self.name, "Regular"

    monkeypatch.setattr(ImageFont, "truetype", Chinese)
    (tmp_path / "aaa.ttf").touch()
    fonts(tmp_path)
    assert chinese_font() == "aaa"
    (tmp_path / "simsun.ttc").touch()
    (tmp_path / "notes.txt").touch()
    fonts(tmp_path)
    assert chinese_font() == "simsun"
