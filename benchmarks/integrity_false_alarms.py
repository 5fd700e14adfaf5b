"""How often the integrity rules (I7xx) speak about honest data: made-up campaigns in which nobody copies anything.

    python benchmarks/integrity_false_alarms.py --campaigns 200

Every model below draws its campaigns from a seed: units of the shipped roster, a true state of every unit, a self-assessment, a county
check of six townships a county and of the county bodies, a city check of six counties and 24 townships. Nothing is typed from anybody
else's form. The rules see exactly what they see of a folder. What they say of such data is a false alarm, unless the data really
are so (a unit without a single deduction *is* at full marks: I706; two stages may honestly agree on every row: I712).
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from huitoukan.authorship import Properties, Written
from huitoukan.campaign.campaign import Campaign, load_campaign
from huitoukan.campaign.rubric import Item
from huitoukan.days import SheetDate
from huitoukan.grid import Cell
from huitoukan.model import (
    FieldClaim,
    FileResult,
    FileStatus,
    ItemScore,
    Level,
    ScoreState,
    SheetKind,
    SheetResult,
    Stage,
    Unit,
)
from huitoukan.pipeline import INTEGRITY
from huitoukan.rules.compared import compared
from huitoukan.rules.received import received
from huitoukan.rules.registry import Context, check, rules

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))
from sample_texts import REASONS, SLOTS  # type: ignore[import-not-found]

CODES = sorted(rule.code for rule in rules() if rule.function.__module__ in {m.__name__ for m in INTEGRITY})
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华文建国红梅志永春海燕晓东玉峰云龙飞鹏宇浩亮辉"
PLACES_A_DAY = 3
LIKENESS = ("I701", "I702")
CHANGED = (0, 1, 2)


@dataclass(frozen=True)
class Model:
    """An honest world. `easy` shifts how many points are lost (higher: fewer), `ability` and `county` are standard deviations.

    `lenient` counties score so much milder that hardly anything is lost; `habits` are items that most units of a county lose
    for one common reason; `admitted` is the share of its shortcomings that a unit itself reports, `found` those that a check
    finds, `agreed` how often both measure a shortcoming alike. `counties` limits the campaign.
    """

    title: str
    easy: float = 1.2
    ability: float = 0.6
    county: float = 0.3
    lenient: int = 0
    habits: int = 0
    admitted: float = 0.8
    found: float = 0.9
    agreed: float = 0.85
    counties: int | None = None


MODELS = (
    Model("ordinary: a unit loses points on a quarter of the items"),
    Model("mild: on a tenth of the items", easy=2.5),
    Model("strict: on four tenths", easy=0.4),
    Model("counties differ a lot", county=0.9),
    Model("three lenient counties, hardly a point lost", lenient=3),
    Model("each county has five weaknesses that most of its units share", habits=5),
    Model("one small county only (--county)", counties=1),
    Model("three small counties", counties=3),
    Model("units and checks agree on nearly everything", admitted=0.98, found=0.98, agreed=0.99),
)


@dataclass
class World:
    """One made-up campaign."""

    campaign: Campaign
    model: Model
    random: random.Random
    files: list[FileResult] = field(default_factory=list)
    hardness: dict[str, float] = field(default_factory=dict)

    def draw(self) -> tuple[FileResult, ...]:
        """All files of the campaign."""
        rng, roster, model = self.random, self.campaign.roster, self.model
        items = [item for rubric in self.campaign.rubric.levels.values() for item in rubric.items()]
        self.hardness = {item.id: rng.gauss(-model.easy, 0.8) for item in items}
        bodies = [body for body in roster.bodies() if roster.townships(body.code)]
        rng.shuffle(bodies)
        if model.counties:
            small = sorted(bodies, key=lambda body: len(roster.townships(body.code)))
            bodies = small[: model.counties]
        inspected = {body.code for body in rng.sample(bodies, min(6, len(bodies)))}
        city, visited = self._team(), 0
        for n, body in enumerate(bodies):
            mildness = rng.gauss(0, model.county) + (3.5 if n < model.lenient else 0)
            townships = [unit for unit in roster.townships(body.code) if unit.required]
            habits = {
                level: {item.id: self._less(item) for item in rng.sample(rubric.items(), model.habits)}
                for level, rubric in self.campaign.rubric.levels.items()
            }
            states = {
                unit.code: self._state(unit, mildness, habits[unit.level]) for unit in (body, *townships)
            }
            for unit in (body, *townships):
                day = self._day(Stage.SELF, Counter())
                self._file(
                    unit,
                    Stage.SELF,
                    self._seen(unit, states[unit.code], model.admitted),
                    day,
                    self._team()[:1],
                )
            team, days = self._team(), Counter[date]()
            for unit in (body, *rng.sample(townships, min(6, len(townships)))):
                seen = self._seen(unit, states[unit.code], model.found)
                self._file(unit, Stage.COUNTY, seen, self._day(Stage.COUNTY, days), team)
            if body.code in inspected:
                first = self.campaign.settings.stages[Stage.CITY].window.start + timedelta(days=3 * visited)
                there, visited = (first, first + timedelta(days=1)), visited + 1
                for place, unit in enumerate((body, *rng.sample(townships, 4))):
                    seen = self._seen(unit, states[unit.code], model.found)
                    self._file(unit, Stage.CITY, seen, there[place // PLACES_A_DAY], city)
        return tuple(self.files)

    def with_a_copy(self, changed: int) -> tuple[FileResult, ...]:
        """The files once drawn, but a township's self-assessment is that of another one with so many items changed."""
        rng, roster = self.random, self.campaign.roster
        drawn = [n for n, file in enumerate(self.files) if file.path.startswith(Stage.SELF)]
        townships = [n for n in drawn if file_unit(self.files[n], roster.units).level is Level.TOWNSHIP]
        source, target = rng.sample(townships, 2)
        sheet, copied = self.files[target].sheets[0], list(self.files[source].sheets[0].items)
        items = {item.id: item for item in self.campaign.rubric.level(Level.TOWNSHIP).items()}
        for n in rng.sample(range(len(copied)), changed):
            item = items[copied[n].item]
            other = self._less(item) if copied[n].value == item.maximum else item.maximum
            copied[n] = copied[n]._replace(value=other)
        files = list(self.files)
        files[target] = replace(files[target], sheets=(replace(sheet, items=tuple(copied)),))
        return tuple(files)

    def _state(self, unit: Unit, mildness: float, habits: Mapping[str, Decimal]) -> dict[str, Decimal]:
        """What a unit truly deserves, item by item."""
        rng = self.random
        ability = rng.gauss(mildness, self.model.ability)
        state = {}
        for item in self.campaign.rubric.level(unit.level).items():
            if item.id in habits and rng.random() < 0.7:
                state[item.id] = habits[item.id]
            elif rng.random() < 1 / (1 + math.exp(ability - self.hardness[item.id])):
                state[item.id] = self._less(item)
            else:
                state[item.id] = item.maximum
        return state

    def _less(self, item: Item) -> Decimal:
        """A score below the maximum: mostly one step or tier less."""
        rng = self.random
        times = 1
        while rng.random() < 0.35:
            times += 1
        choices = item.choices()
        if choices is not None:
            return choices[min(times, len(choices) - 1)]
        step = item.step.value if item.step else Decimal(1)
        return max(item.maximum - step * times, Decimal(0))

    def _seen(self, unit: Unit, state: Mapping[str, Decimal], share: float) -> dict[str, Decimal]:
        """What somebody who looks for it finds of a state."""
        rng, seen = self.random, {}
        for item in self.campaign.rubric.level(unit.level).items():
            truly = state[item.id]
            if truly == item.maximum:
                seen[item.id] = truly if rng.random() > 0.1 * (1 - share) else self._less(item)
            elif rng.random() > share:
                seen[item.id] = item.maximum
            else:
                seen[item.id] = truly if rng.random() < self.model.agreed else self._less(item)
        return seen

    def _team(self) -> tuple[str, ...]:
        rng = self.random
        return tuple(rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, 2)) for _ in range(3))

    def _day(self, stage: Stage, days: Counter[date]) -> date:
        """A day of the stage on which there is still time."""
        window = self.campaign.settings.stages[stage].window
        while True:
            day = window.start + timedelta(days=self.random.randrange((window.end - window.start).days + 1))
            if days[day] < PLACES_A_DAY:
                days[day] += 1
                return day

    def _file(
        self, unit: Unit, stage: Stage, scores: Mapping[str, Decimal], day: date, team: tuple[str, ...]
    ) -> None:
        path = f"{stage}/{unit.code}.xlsx"
        items = tuple(
            ItemScore(item, ScoreState.SCORED, value, f"F{n}")
            for n, (item, value) in enumerate(scores.items(), 5)
        )
        texts = tuple(self._texts(unit, scores))
        leader = self._team()[0]
        signatures = tuple(
            (name, FieldClaim(Cell(50, column, text), text))
            for name, column, text in (("inspectors", 0, "、".join(team)), ("leader", 3, leader))
        )
        sheet = SheetResult(
            path, "评分表", SheetKind.SCORE, unit.code, stage, unit.level, SheetDate(day, str(day), (), "B2"), items,
            signatures=signatures, texts=texts,
        )  # fmt: skip
        saved = datetime(day.year, day.month, day.day, self.random.randrange(24), self.random.randrange(60))
        account = "Administrator" if self.random.random() < 0.3 else team[0]
        self.files.append(
            FileResult(
                path, path, FileStatus.OK, sheets=(sheet,), properties=Properties("huitoukan", account, saved)
            )
        )

    def _texts(self, unit: Unit, scores: Mapping[str, Decimal]) -> Iterator[Written]:
        """Reasons as offices write them, each from a few ways to say it."""
        items = {item.id: item for item in self.campaign.rubric.level(unit.level).items()}
        for n, (item, value) in enumerate(scores.items(), 5):
            if value == items[item].maximum or item not in REASONS:
                continue
            templates = REASONS[item]
            if isinstance(templates, dict):
                templates = templates.get(f"{value:f}", ("材料不全",))
            slots = {key: self.random.choice(values) for key, values in SLOTS.items()}
            slots["v"] = f"{unit.name[:2]}{slots['v']}"  # everybody writes of villages of their own
            step = items[item].step
            times = (items[item].maximum - value) / step.value if step else 1
            yield Written(item, f"G{n}", self.random.choice(templates).format(n=times, **slots))


def file_unit(file: FileResult, units: Mapping[str, Unit]) -> Unit:
    """The unit of a file with one sheet."""
    return units[file.sheets[0].unit or ""]


def clues(files: tuple[FileResult, ...], campaign: Campaign) -> Counter[str]:
    """How often each integrity rule speaks."""
    found = check(compared(received(files, campaign), campaign), Context(campaign))
    return Counter(finding.code for finding in found)


def main() -> None:
    """Measure every model and print one table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--campaigns", type=int, default=200, help="made-up campaigns a model")
    parser.add_argument("--seed", type=int, default=2024)
    arguments = parser.parse_args()
    campaign = load_campaign()
    print(
        f"{arguments.campaigns} campaigns a model, seed {arguments.seed}: share of campaigns with a finding (findings a campaign)"
    )
    for number, model in enumerate(MODELS):
        hit: Counter[str] = Counter()
        found: Counter[str] = Counter()
        caught = [0] * len(CHANGED)
        sheets = spent = 0.0
        for n in range(arguments.campaigns):
            world = World(campaign, model, random.Random(f"{arguments.seed}/{number}/{n}"))
            files = world.draw()
            sheets += len(files)
            start = time.perf_counter()
            codes = clues(files, campaign)
            spent += time.perf_counter() - start
            hit.update(codes.keys())
            found.update(codes)
            for place, changed in enumerate(CHANGED):
                caught[place] += any(clues(world.with_a_copy(changed), campaign)[code] for code in LIKENESS)
        runs = arguments.campaigns
        print(f"\n{model.title}: {sheets / runs:.0f} sheets, {1000 * spent / runs:.0f} ms a campaign")
        told = [f"{code} {hit[code] / runs:.1%} ({found[code] / runs:.2f})" for code in CODES if found[code]]
        print("  " + ("; ".join(told) or "nothing"))
        silent = [code for code in CODES if not found[code]]
        print("  never: " + " ".join(silent))
        shares = (f"{n} items changed {share / runs:.0%}" for n, share in zip(CHANGED, caught, strict=True))
        print("  one planted copy (I701, I702) is found: " + ", ".join(shares))


if __name__ == "__main__":
    main()
