"""Where the counties stand in the tile map of a report: rows from north to south, each from west to east.

It is a drawing and decides nothing. A county is written by its name or code, an empty place as "".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from huitoukan.campaign.problems import Problem, problem_kind
from huitoukan.campaign.roster import Roster, county_code
from huitoukan.campaign.rubric import Sourced, Strict
from huitoukan.campaign.yamlfile import YamlFile

Place = tuple[int, int]  # row and column, from 0


class MapRows(Sourced):
    """The rows of the map; they need not be equally long."""

    value: tuple[tuple[str, ...], ...]


class CountyMap(Strict):
    """The tile map."""

    places: MapRows


def places_by_code(county_map: CountyMap, roster: Roster) -> Mapping[str, Place]:
    """The place of every county, by code, without rows and columns that are empty at the edges.

    {} unless each county of the roster has one: a map that lacks some would show them as if they did not exist.
    """
    bodies = {body.code for body in roster.bodies()}
    found = {
        code: place for place, county in _written(county_map) if (code := _code(county, roster)) in bodies
    }
    if not bodies or set(found) != bodies:
        return {}
    first_row, first_column = (min(place[n] for place in found.values()) for n in (0, 1))
    return {code: (row - first_row, column - first_column) for code, (row, column) in found.items()}


def _written(county_map: CountyMap) -> Iterator[tuple[Place, str]]:
    for n, row in enumerate(county_map.places.value):
        yield from (((n, k), county.strip()) for k, county in enumerate(row) if county.strip())


def _code(county: str, roster: Roster) -> str | None:
    try:
        return county_code(roster, county)
    except KeyError:
        return None


def map_problems(county_map: CountyMap, file: YamlFile, roster: Roster, shipped: Roster) -> Iterator[Problem]:
    """R943 and R944; `roster` is the whole one, whatever counties this inspection is limited to.

    Counties of the `shipped` roster are no mistakes: a copy of the shipped campaign may come with a roster of one's own.
    """
    yield from unknown_places(county_map, file, (roster, shipped))
    yield from places_named_twice(county_map, file, roster)


@problem_kind(
    "R943",
    message="county_map 一节里的“{value}”不是名录里的县(区、市)。",
    fix='请写县(区、市)的名称或代码; 空着的位置写 ""。',
)
def unknown_places(county_map: CountyMap, file: YamlFile, rosters: Collection[Roster]) -> Iterator[Problem]:
    """方格地图上有不认识的县。

    查什么: county_map 一节里, 每个位置写的要么是名录里县级单位的名称或代码, 要么是空的。
    为什么: 写错的县名对不上任何县, 那个县就没有位置, 地图只好按名录顺序排。
    例子: 把昔阳县写成“析阳县”, 或者写了一个乡镇。
    怎么改: 改成名录里的名称; 不用的位置写 ""。
    """
    for (row, column), county in _written(county_map):
        if all(_code(county, roster) is None for roster in rosters):
            yield file.problem("R943", ("county_map", "places", "value", row, column), value=county)


@problem_kind("R944", message="county_map 一节里{county}写了两次: “{first}”和“{value}”。", fix="请只留一处。")
def places_named_twice(county_map: CountyMap, file: YamlFile, roster: Roster) -> Iterator[Problem]:
    """方格地图上一个县有两个位置。

    查什么: county_map 一节里, 一个县只能写一处, 写名称还是代码都一样。
    为什么: 一个县画在两处, 看图的人会以为是两个县。
    例子: 既写了“昔阳县”, 又写了“140724”。
    怎么改: 删去多余的一处。
    """
    seen: dict[str, str] = {}
    for (row, column), county in _written(county_map):
        code = _code(county, roster)
        if code is not None and code in seen:
            where = ("county_map", "places", "value", row, column)
            yield file.problem("R944", where, county=roster.county_name(code), first=seen[code], value=county)
        elif code is not None:
            seen[code] = county
