"""The questionnaires of a folder, counted once: who answered, what they answered, and what they wrote."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from huitoukan.campaign.campaign import Campaign
from huitoukan.model import FileResult, Level
from huitoukan.standing.opinions import Opinions, opinions
from huitoukan.standing.respondents import LeftAside, Respondent, Response, response, returns
from huitoukan.standing.tabulation import Cut, RatioResult, Table, Variable, ratios, tables, variables


@dataclass(frozen=True)
class Survey:
    """Everything that questionnaires say. All counts are taken from `respondents`, one questionnaire a unit.

    `aside` are questionnaires that do not count. `response` holds the response of everything first. `asked` is what this
    survey was limited to: a level, some questions.
    """

    respondents: tuple[Respondent, ...]
    aside: tuple[LeftAside, ...]
    response: tuple[Response, ...]
    asked: tuple[Variable, ...]
    tables: Mapping[Cut, tuple[Table, ...]]
    ratios: Mapping[Cut, tuple[RatioResult, ...]]
    opinions: tuple[Opinions, ...]

    @property
    def arrived(self) -> bool:
        """Whether any questionnaire arrived at all, be it one that does not count."""
        return bool(self.respondents or self.aside)

    @property
    def sheets_aside(self) -> int:
        """How many questionnaires do not count."""
        return sum(len(left.sheets) for left in self.aside)

    @property
    def doubtful(self) -> int:
        """How many answers that count did not pass the checks of the questionnaire."""
        return sum(len(table.doubtful) for table in self.tables[Cut.ALL])

    @property
    def total(self) -> Response:
        """The response of all units."""
        return self.response[0]

    @property
    def by_county(self) -> tuple[Response, ...]:
        """The response of each county, both levels together."""
        level = self.total.level
        return tuple(row for row in self.response if row.county is not None and row.level is level)

    @property
    def by_level(self) -> Mapping[str, Mapping[Level, Table]]:
        """What the units of each level answered, by the id of the variable; levels that are not asked are left out."""
        found: dict[str, dict[Level, Table]] = {variable.id: {} for variable in self.asked}
        for table in self.tables[Cut.LEVEL]:
            if table.group.level is not None:
                found[table.variable.id][table.group.level] = table
        return found

    def ratios_by_county(self, level: Level) -> Mapping[str, Mapping[str, RatioResult]]:
        """The ratios of the units of a level: by the code of the county, then by the title of the ratio."""
        found: dict[str, dict[str, RatioResult]] = {}
        for result in self.ratios[Cut.COUNTY]:
            if result.group.level is level:
                found.setdefault(result.group.key, {})[result.ratio.title] = result
        return found


def survey(
    files: Sequence[FileResult], campaign: Campaign, *, level: Level | None = None,
    questions: Collection[str] | None = None,
) -> Survey:  # fmt: skip
    """Count the questionnaires of a folder, limited to one level and to some questions (ids) where asked for.

    The order of the files changes nothing.
    """
    came = returns(files, campaign)
    respondents = tuple(one for one in came.respondents if level in (None, one.unit.level))
    aside = tuple(one for one in came.aside if one.unit is None or level in (None, one.unit.level))
    known = variables(campaign.questionnaire) if campaign.questionnaire else ()
    asked = tuple(
        variable
        for variable in known
        if (questions is None or variable.question.id in questions)
        and (level is None or level in variable.question.levels)
    )
    return Survey(
        respondents=respondents,
        aside=aside,
        response=response(files, came, campaign, level),
        asked=asked,
        tables={cut: tables(respondents, asked, cut, campaign) for cut in Cut},
        ratios={cut: ratios(respondents, asked if questions else known, cut, campaign) for cut in Cut},
        opinions=opinions(respondents, asked, campaign),
    )
