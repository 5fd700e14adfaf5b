"""Who sends what in the made-up city, and what it says: all that is decided before a single file is written.

Most units are honest and careful. The cast of `Cast` is not: each member does one thing that somebody must notice, and `planted`
says what: the code, the form (by its key) and the place on it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from tests.support.city import standards
from tests.support.city.forms import NOT_APPLICABLE, Entry, Form
from tests.support.city.marks import Marks, full, lowered, raised, seen_by_another, unusual
from tests.support.city.people import People
from tests.support.city.standards import ZERO, Unit, items, units

ZONE = "140702401"
OPTIONAL = "140724400"  # 昔阳县城区: nobody asks it for anything, it sends all the same
LAYOUTS = ("plain", "bands", "stages")
_WINDOWS = {  # the days of each stage; those that belong to two stages are left alone
    "self": (date(2024, 5, 10), 15),
    "county": (date(2024, 5, 26), 15),
    "city": (date(2024, 6, 11), 19),
}

# Part, who can play it (units that only assess themselves, that the county checks, that both check), how many do.
_PARTS = (
    ("absent", "alone", 2), ("blank", "alone", 1), ("above", "alone", 1), ("self_veto", "alone", 1),
    ("torn", "alone", 1), ("decided", "alone", 1), ("copied", "alone", 1), ("resaved", "alone", 1),
    ("unsent_but_checked", "checked", 1), ("torn_but_checked", "checked", 1), ("check_veto", "checked", 1),
    ("overturned", "checked", 3), ("overturned_by_city", "both", 2), ("blank_at_city", "both", 1),
    ("short", "checked", 1), ("failing", "checked", 3), ("failing_alone", "alone", 2), ("short_alone", "alone", 1),
    ("late", "alone", 2), ("undated", "alone", 1), ("unsigned", "alone", 1), ("wrong_phone", "checked", 1),
    ("wrong_total", "alone", 1), ("reasonless", "checked", 2), ("odd_tier", "alone", 1), ("odd_step", "both", 1),
    ("text_number", "both", 1), ("own_inspector", "checked", 1), ("misnamed", "alone", 1),
    ("full_marks", "alone", 1), ("twins", "alone", 2), ("near_twins", "alone", 2), ("one_writer", "alone", 2),
    ("copied_check", "checked", 1), ("check_first", "checked", 1), ("busy_inspector", "checked", 2), ("own_person", "checked", 1),
)  # fmt: skip

Key = tuple[str, str, int]  # unit, stage, version


@dataclass(frozen=True)
class Planted:
    """Something that must be found: `place` is a field of `Places` (`scores:T1.1`, `total` …), empty where there is no cell."""

    code: str
    form: Key | None = None
    place: str = ""
    unit: str | None = None
    stage: str | None = None


@dataclass
class Decisions:
    """All that was decided. `roles` tells which unit or county plays which part."""

    forms: dict[Key, Form] = field(default_factory=dict)
    planted: list[Planted] = field(default_factory=list)
    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    decided: dict[str, Key] = field(default_factory=dict)  # which version of a self-assessment counts
    layouts: dict[str, str] = field(default_factory=dict)  # by county
    true: dict[str, Marks] = field(default_factory=dict)  # what a unit is really worth


def decide(seed: int) -> Decisions:
    """The decisions of one seed."""
    return _Decider(seed).decisions


class _Decider:
    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.people = People(self.rng)
        self.decisions = Decisions()
        self.leaders = {unit: self.people.name() for unit in units()}
        self.phones = {unit: self.people.phone() for unit in units()}
        self.own = {unit: (self.people.name(), self.people.name()) for unit in units()}
        self.roles = self.decisions.roles
        while not self._choose():
            pass  # some draws leave too few ordinary units for all the parts
        self._worth()
        self._forms()
        self._plant()

    # -- who is checked, and who plays which part

    def _choose(self) -> bool:
        rng, roles = self.rng, self.roles
        counties = [body.code for body in standards.bodies() if body.code != ZONE]
        order = rng.sample(counties, len(counties))
        large = [county for county in order if len(standards.townships(county)) > 12]
        order = [county for county in order if county not in large]
        for place, county in zip((3, 6, 9), large, strict=True):  # ordinary ones: most parts are played there
            order.insert(place, county)
        roles["city_counties"] = tuple(sorted(order[:6]))
        roles["lenient"] = tuple(sorted(order[:2]))
        roles["too_few"] = (order[6],)
        roles["weak"] = (order[5], order[7])
        roles["body_veto"] = (order[4],)
        for n, county in enumerate((*counties, ZONE)):
            self.decisions.layouts[county] = LAYOUTS[n % len(LAYOUTS)]
        self.decisions.layouts[order[0]] = "stages"  # a lenient county whose form shows both scores
        checked: list[str] = []
        visited: list[str] = []
        for county in counties:
            inside = [unit.code for unit in standards.townships(county)]
            count = min(len(inside) - 1, 6 + (len(inside) > 9) * rng.randint(0, 2))
            chosen = rng.sample(inside, 5 if county in roles["too_few"] else count)
            checked += chosen
            if county in roles["city_counties"]:
                left = [code for code in inside if code not in chosen]
                visited += rng.sample(chosen, 3) + rng.sample(left, 1)
        roles["checked"] = tuple(sorted(checked))
        roles["visited"] = tuple(sorted(visited))
        both = [code for code in checked if code in visited]
        return self._cast(
            alone=[
                u.code
                for u in standards.required()
                if u.level == "township" and u.code not in {*checked, *visited}
            ],
            checked=[code for code in checked if code not in visited],
            both=both,
        )

    def _cast(self, **pools: list[str]) -> bool:
        """Give out the parts: each unit plays one at the most. Strange counties are left to their own story."""
        story = {*self.roles["lenient"], *self.roles["weak"]}
        for pool in pools.values():
            pool[:] = [code for code in pool if units()[code].county not in story]
            self.rng.shuffle(pool)
        for name, pool, count in _PARTS:
            if len(pools[pool]) < count:
                return False
            self.roles[name] = tuple(pools[pool].pop() for _ in range(count))
        counties = [
            {units()[unit].county for unit in self.roles[role]} for role in ("busy_inspector", "twins")
        ]
        return all(len(found) > 1 for found in counties)

    def _is(self, unit: str, *roles: str) -> bool:
        return any(unit in self.roles[role] for role in roles)

    # -- what each unit is worth

    def _worth(self) -> None:
        rng = self.rng
        for unit in units().values():
            low, high = 4, 15
            if self._is(unit.code, "overturned", "overturned_by_city", "failing", "failing_alone"):
                low, high = 22, 27
            elif unit.level == "township" and unit.county in self.roles["weak"]:
                low, high = 14, 24
            elif unit.county in self.roles["lenient"]:
                low, high = 12, 19
            marks = lowered(rng, unit.level, full(unit.level), rng.randint(low, high))
            if self._is(unit.code, "short", "short_alone"):
                marks = lowered(rng, "township", full("township"), 5)
                marks |= {"T8.1": Decimal(3), "T8.2": Decimal(1), "T8.3": Decimal(1)}
            if self._is(unit.code, "self_veto"):
                marks |= {"T2.3": ZERO}
            if self._is(unit.code, "check_veto"):
                marks |= {"T4.5": ZERO}
            self.decisions.true[unit.code] = full("township") if self._is(unit.code, "full_marks") else marks
        one, other = self.roles["twins"]
        twin = unusual(rng, "township")
        self.decisions.true |= {one: twin, other: dict(twin)}
        one, other = self.roles["near_twins"]
        twin = unusual(rng, "township")
        more = next(i for i in items("township") if twin[i.id] == i.maximum and not i.veto)
        self.decisions.true |= {one: twin, other: twin | {more.id: more.choices[1]}}
        self.decisions.true[self.roles["body_veto"][0]] |= {"C4.2": ZERO}

    def _marks(self, unit: Unit, stage: str) -> Marks:
        """What a stage gives. Whoever checks sees things a little otherwise; `copied_check` only copies."""
        earlier = [form.scores for key, form in self.decisions.forms.items() if key[0] == unit.code]
        if stage == "county" and self._is(unit.code, "copied_check"):
            return dict(earlier[0])  # type: ignore[arg-type]
        marks = self._given(unit, stage)
        if stage == "self":
            return marks
        seen = marks
        while seen in ([marks], *earlier) or seen is marks:
            seen = seen_by_another(self.rng, unit.level, marks, "T8" if self._is(unit.code, "short") else "-")
        return seen

    def _given(self, unit: Unit, stage: str) -> Marks:
        """The unit itself gives a little more than it is worth, lenient counties and their units a lot."""
        rng, true = self.rng, self.decisions.true[unit.code]
        if self._is(
            unit.code,
            "self_veto",
            "short",
            "short_alone",
            "failing",
            "failing_alone",
            "full_marks",
            "twins",
            "near_twins",
        ):
            return true
        lenient = unit.county in self.roles["lenient"] and unit.level == "township"
        if stage == "self":
            if self._is(unit.code, "check_veto"):
                return true | {"T4.5": Decimal(4)}
            if self._is(unit.code, "overturned", "overturned_by_city"):
                return raised(rng, unit.level, true, 14)
            if unit.code in self.roles["body_veto"]:
                return true
            return raised(rng, unit.level, true, rng.randint(8, 11) if lenient else rng.choice((0, 0, 1, 2)))
        if stage == "county":
            if self._is(unit.code, "overturned_by_city"):
                return raised(rng, unit.level, true, 8)
            return raised(rng, unit.level, true, rng.randint(3, 5) if lenient else rng.choice((0, 0, 1)))
        return true

    # -- the forms

    def _forms(self) -> None:
        self._schedule()
        for unit in units().values():
            if not unit.required and unit.code != OPTIONAL:
                continue
            if not self._is(unit.code, "absent", "unsent_but_checked"):
                self._form(unit, "self")
            if self._is(unit.code, "checked"):
                self._form(unit, "county")
            if self._is(unit.code, "visited") or unit.code in self.roles["city_counties"]:
                self._form(unit, "city")
        for role in ("absent", "unsent_but_checked"):
            for code in self.roles[role]:
                self.decisions.planted.append(Planted("C601", unit=code, stage="self"))
        for county in self.roles["too_few"]:
            self.decisions.planted.append(Planted("C602", unit=county, stage="county"))

    def _schedule(self) -> None:
        """Who checks whom on which day: a pair visits one unit a day, so that nobody is at two places at once."""
        self.visits: dict[tuple[str, str], tuple[tuple[str, ...], date]] = {}
        by_county: dict[str, list[str]] = {}
        for code in self.roles["checked"]:
            by_county.setdefault(units()[code].county, []).append(code)
        for codes in by_county.values():
            self._visits("county", codes, 2)
        self._visits("city", [*self.roles["visited"], *self.roles["city_counties"]], 4)

    def _visits(self, stage: str, codes: list[str], pairs: int) -> None:
        start, length = _WINDOWS[stage]
        teams = [(self.people.name(), self.people.name()) for _ in range(pairs)]
        for n, team in enumerate(teams):
            mine = codes[n::pairs]
            for code, day in zip(mine, sorted(self.rng.sample(range(length), len(mine))), strict=True):
                self.visits[code, stage] = (team, start + timedelta(day))

    def _form(self, unit: Unit, stage: str) -> None:
        start, length = _WINDOWS["self"]
        own = (self.own[unit.code][:1], start + timedelta(self.rng.randrange(length)))
        inspectors, day = self.visits.get((unit.code, stage), own)
        scores: dict[str, Entry] = dict(self._marks(unit, stage))
        if unit.code == ZONE:
            scores["C2.1"] = NOT_APPLICABLE
        layout = self.decisions.layouts[unit.county] if stage != "city" else "plain"
        earlier = {}
        if layout == "stages" and stage == "county" and (unit.code, "self", 0) in self.decisions.forms:
            earlier = {"self": self.decisions.forms[unit.code, "self", 0].scores}
        self.decisions.forms[unit.code, stage, 0] = Form(
            unit.code, stage, day, scores, self._reasons(unit, scores), inspectors, self.leaders[unit.code],
            self.phones[unit.code] if stage == "self" else self.people.phone(), layout, earlier,
            name=None if self.rng.random() < 0.8 or unit.level == "county" else self._other_name(unit),
        )  # fmt: skip

    def _other_name(self, unit: Unit) -> str:
        """The unit's name in other official words, which say the same."""
        full_name = standards.full_name(unit.code)
        return {"镇": full_name + "统计站", "乡": full_name + "人民政府", "街道": full_name + "办事处"}.get(
            unit.kind, full_name
        )

    def _reasons(self, unit: Unit, scores: dict[str, Entry]) -> dict[str, str]:
        return {
            item.id: self._reason(item, points)
            for item in items(unit.level)
            if isinstance(points := scores[item.id], Decimal) and points < item.maximum
        }

    def _reason(self, item: standards.Item, points: Decimal) -> str:
        rng, steps = self.rng, item.choices.index(points)
        month, village, minus = (
            f"{rng.randint(1, 12)}月{rng.randint(1, 28)}日",
            self.people.village(),
            item.maximum - points,
        )
        return rng.choice(
            (
                f"{item.title}：{month}查看{village}，有{steps}{item.per}不符合要求",
                f"{month}抽查{village}，{item.title}缺少记录，扣{minus}分",
                f"{village}{month}的资料未见，{item.title}扣{minus}分",
                f"查阅{month}{village}的档案，{item.title}有{steps}{item.per}不规范",
                f"{item.title}方面{month}以后的材料没有提供（{village}）",
            )
        )

    # -- what must be noticed

    def _change(self, unit: str, stage: str, **changes: object) -> Key:
        key = (unit, stage, 0)
        self.decisions.forms[key] = replace(self.decisions.forms[key], **changes)  # type: ignore[arg-type]
        return key

    def _score(self, unit: str, stage: str, item: str, entry: Entry) -> Key:
        """Another score for one item; what no longer needs a reason has none."""
        form = self.decisions.forms[unit, stage, 0]
        [known] = [i for i in items(form.level) if i.id == item]
        needs = isinstance(entry, Decimal) and entry < known.maximum
        reasons = {id_: text for id_, text in form.reasons.items() if id_ != item}
        if needs:
            reasons[item] = f"{known.title}：{self.people.village()}缺少记录"
        return self._change(unit, stage, scores={**form.scores, item: entry}, reasons=reasons)

    def _expect(self, code: str, form: Key, place: str = "") -> None:
        self.decisions.planted.append(Planted(code, form, place))

    def _each(self, *roles: str) -> Iterable[str]:
        return (unit for role in roles for unit in self.roles[role])

    def _plant(self) -> None:
        for unit in self._each("blank"):
            self._expect("S401", self._score(unit, "self", "T3.3", None), "scores:T3.3")
        for unit in self._each("blank_at_city"):
            self._expect("S401", self._score(unit, "city", "T7.3", None), "scores:T7.3")
        for unit in self._each("above"):
            self._expect("S405", self._score(unit, "self", "T1.1", Decimal(5)), "scores:T1.1")
        for unit in self._each("odd_tier"):
            self._expect("S406", self._score(unit, "self", "T1.2", Decimal("2.5")), "scores:T1.2")
        for unit in self._each("odd_step"):
            self._expect("S407", self._score(unit, "city", "T4.2", Decimal("4.8")), "scores:T4.2")
        for unit in self._each("text_number"):
            self._plant_text_number(unit)
        for unit in self._each("late"):
            self._expect("U323", self._change(unit, "self", day=date(2024, 5, 28)), "fields:day")
        for unit in self._each("undated"):
            self._expect("U321", self._change(unit, "self", day=None), "fields:day")
        for unit in self._each("unsigned"):
            self._expect("U331", self._change(unit, "self", inspectors=()), "fields:inspectors")
        for unit in self._each("wrong_phone"):
            self._expect("U334", self._change(unit, "county", phone="1380013800"), "fields:phone")
        for unit in self._each("own_inspector"):
            form = self.decisions.forms[unit, "county", 0]
            key = self._change(unit, "county", inspectors=(*form.inspectors, form.leader))
            self._expect("U336", key, "fields:inspectors")
        for unit in self._each("wrong_total"):
            form = self.decisions.forms[unit, "self", 0]
            total = sum((s for s in form.scores.values() if isinstance(s, Decimal)), ZERO)
            key = self._change(unit, "self", total=total + 2, layout="bands")
            self._expect("S421", key, "total")
        for unit in self._each("reasonless"):
            form = self.decisions.forms[unit, "county", 0]
            item = sorted(form.reasons)[0]
            reasons = {id_: text for id_, text in form.reasons.items() if id_ != item}
            self._expect("E501", self._change(unit, "county", reasons=reasons), f"reasons:{item}")
        for unit in self._each("misnamed"):
            self._expect("U304", (unit, "self", 0), "fields:unit")
        self._plant_suspicions()
        self._plant_versions()
        self._plant_gaps()

    def _plant_text_number(self, unit: str) -> None:
        """4分 is a text: a spreadsheet program adds nothing for it, somebody has added up by hand, and rightly."""
        key = self._score(unit, "county", "T4.1", "4分")
        scores = self.decisions.forms[key].scores
        total = sum((s for s in scores.values() if isinstance(s, Decimal)), Decimal(4))
        self._change(unit, "county", total=total, layout="bands", earlier={})
        self._expect("S403", key, "scores:T4.1")
        self._expect("S424", key, "total")

    def _plant_suspicions(self) -> None:
        """What only several forms beside each other show. Told at the first form, by the code of its unit."""
        forms, roles = self.decisions.forms, self.roles
        one, other = sorted(roles["twins"])
        key = self._change(other, "self", reasons=forms[one, "self", 0].reasons)
        assert forms[key].scores == forms[one, "self", 0].scores
        first = next(item.id for item in items("township") if item.id in forms[key].reasons)
        self._expect("I701", (one, "self", 0))
        self._expect("I703", (one, "self", 0), f"reasons:{first}")
        self._expect("I702", (min(roles["near_twins"]), "self", 0))
        for unit in roles["copied_check"]:
            key = (unit, "county", 0)
            shown = bool(forms[key].earlier)  # on one form: told there, at the head of its column
            self._expect("I711" if shown else "I712", key, "heads:county" if shown else "")
        for unit in roles["check_first"]:
            checked = forms[unit, "county", 0].day
            assert checked is not None
            self._expect("U323", self._change(unit, "self", day=checked + timedelta(1)), "fields:day")
            self._expect("I718", (unit, "county", 0), "fields:day")
        one, other = sorted(roles["busy_inspector"])
        team = (forms[one, "county", 0].inspectors[0], *forms[other, "county", 0].inspectors[1:])
        self._change(other, "county", inspectors=team, day=forms[one, "county", 0].day)
        self._expect("I719", (one, "county", 0), "fields:inspectors")
        for unit in roles["own_person"]:
            form = forms[unit, "county", 0]
            team = (*form.inspectors, *forms[unit, "self", 0].inspectors)
            self._expect("I720", self._change(unit, "county", inspectors=team), "fields:inspectors")

    def _plant_versions(self) -> None:
        """Units that sent their self-assessment twice: other scores, the same file, the same scores saved again."""
        forms = self.decisions.forms
        for unit in self._each("torn", "torn_but_checked", "decided"):
            first = forms[unit, "self", 0]
            again = dict(first.scores)
            item = next(i for i in items("township") if again[i.id] == i.maximum and not i.veto)
            again[item.id] = item.choices[1]
            reasons = {**first.reasons, item.id: f"{item.title}：{self.people.village()}缺少记录"}
            forms[unit, "self", 1] = replace(first, scores=again, reasons=reasons)
            if self._is(unit, "decided"):
                self.decisions.decided[unit] = (unit, "self", 1)
            self._expect("C606" if self._is(unit, "decided") else "C603", (unit, "self", 0))
        for unit in self._each("copied", "resaved"):
            first = forms[unit, "self", 0]
            changed = (
                {} if self._is(unit, "copied") else {"day": (first.day or date(2024, 5, 20)) + timedelta(1)}
            )
            forms[unit, "self", 1] = replace(first, **changed)  # type: ignore[arg-type]
            self._expect("C604" if self._is(unit, "copied") else "C605", (unit, "self", 1))

    def _plant_gaps(self) -> None:
        """On forms that show two stages, what lies far apart is said on the form itself (S431, S432)."""
        for key, form in self.decisions.forms.items():
            if not form.earlier:
                continue
            gaps = []
            for dimension in standards.rubric(form.level):
                pairs = [(form.scores[i.id], form.earlier["self"][i.id], i.maximum) for i in dimension.items]
                known = [(a, b, m) for a, b, m in pairs if isinstance(a, Decimal) and isinstance(b, Decimal)]
                gaps.append(
                    (dimension, sum((a - b for a, b, _ in known), ZERO), sum((m for *_, m in known), ZERO))
                )
            if abs(sum((gap for _, gap, _ in gaps), ZERO)) >= 10:
                self._expect("S431", key, "total")
                continue
            for dimension, gap, maximum in gaps:
                if abs(gap) >= maximum * Decimal("0.3"):
                    self._expect("S432", key, f"scores:{dimension.items[0].id}")
