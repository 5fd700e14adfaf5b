"""The lists of follow-up work on the terminal."""

from __future__ import annotations

from huitoukan.campaign.campaign import Campaign
from huitoukan.cli.console import out, shown
from huitoukan.model import Level
from huitoukan.output.text import Words
from huitoukan.output.verdict_records import list_titles
from huitoukan.standing.followup import FollowUp, by_leader


def print_lists(lists: FollowUp, campaign: Campaign, words: Words) -> None:
    """One table: who is on which list, since when, and what became of last year's."""
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    if lists.empty:
        return
    table = Table(box=box.SIMPLE_HEAD, title=words("后续工作清单"), title_justify="left")
    titles = list_titles(lists, campaign, words)
    for name in (words("清单"), words("单位"), words("结论"), words("变化"), words("列入年份")):
        table.add_column(name)
    if campaign.people:
        table.add_column(words("包县领导"))
    for key, entries in lists.by_list().items():
        for group in by_leader(entries, campaign):
            for entry in group.entries:
                unit = entry.unit
                name = campaign.roster.county_name(unit.code) if unit.level is Level.COUNTY else (
                    campaign.roster.full_name(unit.code)
                )  # fmt: skip
                leader = [words.person(group.leader) if group.leader else ""] if campaign.people else []
                verdict, change = words.value(entry.verdict), words.value(entry.change)
                table.add_row(*map(shown, (titles[key], name, verdict, change, entry.since, *leader)))
    out().print(table)
