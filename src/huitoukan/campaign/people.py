"""Who is responsible for a county (R50): the leader in charge of it (包县领导), the work group, and whom to ask.

Keys of the section are names or codes of counties. Nothing here decides anything: names are printed on feedback pages, and
lists are grouped by leader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from huitoukan.campaign.problems import Problem, problem_kind
from huitoukan.campaign.roster import Roster, county_code
from huitoukan.campaign.rubric import Strict, Word
from huitoukan.campaign.yamlfile import YamlFile, YamlPath

_DIALLED = re.compile(r"\+?[0-9 ()（）\-—转,、;；/]+")
_FEWEST, _MOST = 5, 15  # digits of a telephone number with its extension


class Person(Strict):
    """Somebody named in campaign.yaml; `post` (职务) and `phone` only where they are to be printed."""

    name: Word
    post: Word | None = None
    phone: Word | None = None


class CountyPeople(Strict):
    """The people of one county: its leader, the members of its work group, and the contact printed on its feedback page."""

    leader: Person | None = None
    group: tuple[Person, ...] = ()
    contact: Person | None = None


People = Mapping[str, CountyPeople]


def people_by_code(people: People, roster: Roster) -> People:
    """The people by code of their county; those of counties that a limited roster leaves out are left out too."""
    found = {_code(county, roster): one for county, one in people.items()}
    return {code: found[code] for code in roster.units if code in found}


def _code(county: str, roster: Roster) -> str | None:
    try:
        return county_code(roster, county.strip())
    except KeyError:
        return None


def people_problems(people: People, file: YamlFile, roster: Roster) -> Iterator[Problem]:
    """R930 to R933; `roster` is the whole one, whatever counties this inspection is limited to."""
    yield from unknown_counties(people, file, roster)
    yield from counties_named_twice(people, file, roster)
    yield from leaders_written_in_two_ways(people, file)
    for county, its in people.items():
        for person, where in _persons(county, its):
            yield from wrong_telephone(person, file, where)


def _persons(county: str, its: CountyPeople) -> Iterator[tuple[Person, YamlPath]]:
    path: YamlPath = ("people", county)
    if its.leader:
        yield its.leader, (*path, "leader")
    yield from ((member, (*path, "group", n)) for n, member in enumerate(its.group))
    if its.contact:
        yield its.contact, (*path, "contact")


@problem_kind(
    "R930", message="people 一节里的“{value}”不是名录里的县(区、市)。", fix="请写县(区、市)的名称或代码。"
)
def unknown_counties(people: People, file: YamlFile, roster: Roster) -> Iterator[Problem]:
    """包县人员写在不存在的县下。

    查什么: people 一节的键必须是名录里县级单位的名称或代码。
    为什么: 写错的县名对不上任何县, 包县领导和联系人就不会出现在核对反馈和清单里。
    例子: 把昔阳县写成“析阳县”, 或者写了一个乡镇。
    怎么改: 改成名录里县(区、市)的名称或 6 位代码。
    """
    for county in people:
        if _code(county, roster) is None:
            yield file.problem("R930", ("people", county), at_key=True, value=county)


@problem_kind("R931", message="people 一节里{county}写了两次: “{first}”和“{value}”。", fix="请并成一处。")
def counties_named_twice(people: People, file: YamlFile, roster: Roster) -> Iterator[Problem]:
    """一个县的包县人员写了两处。

    查什么: people 一节里, 一个县只能写一处, 写名称还是代码都一样。
    为什么: 两处内容不同时, 不知道以哪一处为准。
    例子: 既写了“昔阳县”, 又写了“140724”。
    怎么改: 把两处并成一处。
    """
    seen: dict[str, str] = {}
    for county in people:
        code = _code(county, roster)
        if code is not None and code in seen:
            name = roster.county_name(code)
            yield file.problem(
                "R931", ("people", county), at_key=True, county=name, first=seen[code], value=county
            )
        elif code is not None:
            seen[code] = county


@problem_kind(
    "R932",
    message="{name}的电话“{value}”不像一个电话号码。",
    fix="请写数字, 如 0354-1234567 或 13800000000。",
)
def wrong_telephone(person: Person, file: YamlFile, where: YamlPath) -> Iterator[Problem]:
    """电话号码不对。

    查什么: people 一节里的电话由数字组成 (可以有空格、横线、括号和“转”), 不能是别的文字。
    为什么: 核对反馈上印的电话打不通, 县里就没法问。
    例子: 电话写成“见通讯录”, 或者少写了几位。
    怎么改: 写完整的号码; 不想印电话的, 删去 phone。
    """
    if person.phone is None:
        return
    digits = sum(sign.isdigit() for sign in person.phone)
    # Two numbers may stand beside each other.
    numbers = 1 + len(re.findall(r"[,、;；/]", person.phone))
    if not _DIALLED.fullmatch(person.phone) or not _FEWEST <= digits <= _MOST * numbers:
        yield file.problem("R932", (*where, "phone"), name=person.name, value=person.phone)


@problem_kind(
    "R933",
    message="包县领导{name}写得不一样: 这里是“{value}”, 前面是“{first}”。",
    fix="同一个人请写得一样; 同名的两个人, 请在姓名后面注明。",
)
def leaders_written_in_two_ways(people: People, file: YamlFile) -> Iterator[Problem]:
    """同一位包县领导写得不一样。

    查什么: 一位领导包几个县的, 各处的职务和电话要写得一样。
    为什么: 清单按包县领导归并, 写得不一样会被当成两个人。
    例子: 一处写“副局长”, 另一处写“党组成员、副局长”。
    怎么改: 改成一样的写法; 真是同名的两个人, 在姓名后面注明以便区分。
    """
    seen: dict[str, Person] = {}
    for county, its in people.items():
        leader = its.leader
        if leader is None:
            continue
        first = seen.setdefault(leader.name, leader)
        if first != leader:
            texts = (" ".join(filter(None, (one.post, one.phone))) or "—" for one in (leader, first))
            value, before = texts
            where = ("people", county, "leader")
            yield file.problem("R933", where, name=leader.name, value=value, first=before)
