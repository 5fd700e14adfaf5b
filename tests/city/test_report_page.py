"""The web page of the whole city: one file of a size that any mail takes, with every cell that counted."""

import re

from huitoukan.output.context import report_context
from huitoukan.output.render import render
from huitoukan.output.text import Words
from huitoukan.standing.aggregate import standings

LIMIT = 2_000_000  # bytes


def test_the_page_of_the_city_is_small_and_leads_to_every_cell(inspection):
    counties = standings(inspection.by_unit, inspection.campaign)
    context = report_context(
        inspection.campaign, inspection.files, inspection.findings, inspection.by_unit, counties
    )
    html = next(content for name, content in render(context, Words()) if name == "report.html")
    assert len(html) < LIMIT
    shown = dict(re.findall(r'<tr id="([\w.-]+)".*?<td class="at">(\w+)</td>', html.decode("utf-8")))
    units = [unit for county in counties for unit in (county.own, *county.townships) if unit.source]
    wanted = {f"{unit.unit.code}-{score.item}": score.cell for unit in units for score in unit.source.items}
    assert len(wanted) > 3000
    assert wanted.items() <= shown.items()
