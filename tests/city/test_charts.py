"""The charts of a whole city: small enough for one page, and about every county."""

from huitoukan.output.charts import IDS, charts
from huitoukan.output.context import report_context
from huitoukan.output.text import Words
from huitoukan.standing.aggregate import standings
from huitoukan.standing.compare import compare


def test_the_drawings_of_a_city_are_small(inspection):
    counties = standings(inspection.by_unit, inspection.campaign)
    context = report_context(
        inspection.campaign, inspection.files, inspection.findings, inspection.by_unit, counties,
        comparison=compare(inspection.by_unit, counties, inspection.campaign),
    )  # fmt: skip
    found = {chart.id: chart.svg() for chart in charts(context, Words())}
    assert tuple(found) == IDS
    assert sum(len(drawing.encode("utf-8")) for drawing in found.values()) < 250_000
    for body in inspection.campaign.roster.bodies():
        name = f">{inspection.campaign.roster.county_name(body.code)}</text>"
        assert name in found["map"] and name in found["coverage"]
