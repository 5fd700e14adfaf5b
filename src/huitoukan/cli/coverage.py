"""`huitoukan coverage`: who has sent what, and who has not: unit by stage by material."""

from __future__ import annotations

from collections.abc import Iterable

from huitoukan.campaign.campaign import Campaign
from huitoukan.cli.console import out, shown, tell, write_data
from huitoukan.cli.options import (
    SPOKEN,
    CampaignFile,
    County,
    Folder,
    Format,
    Inbox,
    Jobs,
    Lang,
    Output,
    Password,
    Quiet,
    RubricFile,
    StageOption,
    run_inspection,
    words_for,
)
from huitoukan.cli.validate import summary_line
from huitoukan.materials import Presence
from huitoukan.output import coverage as records
from huitoukan.output.records import json_parts, jsonl_parts
from huitoukan.output.text import Words
from huitoukan.standing.coverage import Column, CountyMatrix, CoverageMatrix, Tally, coverage_matrix

_STYLES = {
    Presence.MISSING: "red",
    Presence.LATE: "yellow",
    Presence.EXTRA: "yellow",
    Presence.NOT_DUE: "dim",
}


def coverage(
    folder: Folder = None,
    campaign: CampaignFile = None,
    rubric: RubricFile = None,
    stage: StageOption = None,
    county: County = None,
    format: Output = Format.TABLE,
    inbox: Inbox = None,
    password: Password = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
    lang: Lang = SPOKEN,
) -> None:
    """Say for every county, and with --county for every unit, what was due and what arrived."""
    inspection = run_inspection(folder, campaign, rubric, stage, county, jobs, inbox, password, quiet=quiet)
    words = words_for(inspection, lang)
    matrix = coverage_matrix(inspection.files, inspection.campaign, None if stage is None else [stage])
    if format is not Format.TABLE:
        write_data(_document(matrix, inspection.campaign, format))
    elif county is not None:
        for one in matrix.counties:
            _print_units(one, matrix, inspection.campaign, words)
    else:
        _print_counties(matrix, words)
    if not quiet:
        tell(summary_line(inspection, words))


def _document(matrix: CoverageMatrix, campaign: Campaign, kind: Format) -> Iterable[str]:
    if kind is Format.JSON:
        return json_parts(records.coverage_record(matrix, campaign))
    if kind is Format.JSONL:
        return jsonl_parts(records.holding_records(matrix, campaign))
    return [records.coverage_csv(matrix, campaign)]


def _heading(column: Column, words: Words) -> str:
    return "\n".join(words.value(part) for part in column)


def _print_counties(matrix: CoverageMatrix, words: Words) -> None:
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, show_footer=True)
    table.add_column(words("县(区、市)"), no_wrap=True, footer=words("合计"))
    for column in matrix.columns:
        total = words.phrase(records.told(matrix.totals[column]))
        table.add_column(_heading(column, words), justify="right", footer=total)
    for county in matrix.counties:
        tallies = [county.tallies[column] for column in matrix.columns]
        cells = (shown(words.phrase(records.told(tally))) for tally in tallies)
        table.add_row(shown(county.name), *cells, style=_style(tallies))
    console = out()
    console.print(table)
    console.print(shown(words("各格为“收到/应报”; 另收的是应报之外收到的。")))
    console.print(shown(words("多报的是不该有的 (如名单之外的); 没有写明阶段的调查问卷, 各级检查都计。")))
    if matrix.city is not None:
        console.print(shown(words.phrase(records.city_line(matrix.city))))


def _style(tallies: Iterable[Tally]) -> str:
    lacking = [bool(tally.missing) for tally in tallies]
    return "red" if any(lacking) else ""


def _print_units(county: CountyMatrix, matrix: CoverageMatrix, campaign: Campaign, words: Words) -> None:
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, show_footer=True, title=shown(county.name), title_justify="left")
    table.add_column(words("单位"), no_wrap=True, footer=words("收到/应报"))
    for column in matrix.columns:
        total = words.phrase(records.told(county.tallies[column]))
        table.add_column(_heading(column, words), footer=total)
    for code, holdings in county.holdings.items():
        unit = campaign.roster.units[code]
        name = unit.name if unit.required else words("{unit}(不作要求)").format(unit=unit.name)
        cells = [
            Text(words.value(holdings[column].presence), style=_STYLES.get(holdings[column].presence, ""))
            for column in matrix.columns
        ]
        table.add_row(shown(name), *cells)
    out().print(table)
