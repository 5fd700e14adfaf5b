"""What happens in the made-up sample inspection: who sends which sheet, with which scores and which problems.

Part of `make_sample_sheets.py`. Rubric, roster and campaign are those that the package ships.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import yaml
from openpyxl.worksheet.worksheet import Worksheet
from sample_forms import (
    IDS,
    RUNNING,
    SYNONYMS,
    TWO_ROWS,
    Item,
    Layout,
    Places,
    Scores,
    Sheet,
    Stage,
    Unit,
    by_dimension,
    plain,
)
from sample_texts import GIVEN_NAMES, REASONS, SLOTS, SURNAMES

SEED = 20240510
DATA = Path(__file__).resolve().parent.parent / "src" / "huitoukan" / "campaign" / "data"
COUNTIES = ("榆社县", "左权县", "和顺县")
PASSWORD = "tongji2024"

ZERO = Decimal(0)

# ------------------------------------------------------------------------------------------ what is inspected


def workdays(first: date, last: date) -> tuple[date, ...]:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(day for day in days if day.weekday() < 5)


SELF = Stage("self", "自评", workdays(date(2024, 5, 13), date(2024, 5, 24)))
COUNTY = Stage("county", "县级检查", workdays(date(2024, 5, 27), date(2024, 6, 7)))
CITY = Stage("city", "市级检查", workdays(date(2024, 6, 11), date(2024, 6, 28)))
STAGES = (SELF, COUNTY, CITY)


def read_rubric() -> dict[bool, list[Item]]:
    """The items of the shipped rubric: by True for the township form, by False for the county form."""
    levels = yaml.safe_load((DATA / "rubric.yaml").read_text(encoding="utf-8"))["levels"]
    forms: dict[bool, list[Item]] = {}
    for level, form in levels.items():
        items = forms.setdefault(level == "township", [])
        for dimension in form["dimensions"]:
            for raw in dimension["items"]:
                mode, top = raw["mode"]["value"], Decimal(str(raw["max_points"]["value"]))
                step = Decimal(str(raw["step"]["value"])) if mode == "deduct" else ZERO
                if mode == "deduct":
                    legal = [top - step * n for n in range(int(top / step) + 1)]
                else:
                    legal = (
                        [Decimal(str(v)) for v in raw["tiers"]["value"]] if mode == "tiers" else [top, ZERO]
                    )
                veto = bool(raw.get("veto", {}).get("value"))
                words = (dimension["title"], raw["title"], raw["criterion"], tuple(raw["evidence"]))
                items.append(Item(raw["id"], *words, mode, step, tuple(legal), veto))
    return forms


def read_roster() -> list[Unit]:
    """The county body and the required townships of each sample county, the body first."""
    with (DATA / "roster.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["required"] == "yes"]
    bodies = {row["name"].removesuffix("统计局"): row for row in rows if row["level"] == "county"}
    units = []
    for county in COUNTIES:
        code = bodies[county]["code"]
        for row in rows:
            if row["county"] == code:
                units.append(Unit(row["code"], row["name"], county, row["level"] == "township"))
    return units


# -------------------------------------------------------------------------------------------- what is planted


@dataclass(frozen=True)
class Planted:
    """One planted problem: in whose sheet of which stage, at which item.

    `score` is what the item's score is meant to be, `value` what stands in the cell instead, `reason` what
    stands beside it; `note` is the text of the list.
    """

    code: str
    stage: Stage
    unit: str
    note: str
    item: str = ""
    score: str = ""
    value: str | int | float | None = None
    reason: str = ""

    @property
    def spoils(self) -> bool:
        """Whether the sheet cannot be used for a verdict."""
        return self.code in {"F101", "F102", "L204", "S401", "S402", "S405", "S409", "S414", "U302"}


PLANTED = (
    Planted("S405", SELF, "箕城镇", "“报表任务”标准分4分，得分填5分，超过标准分", "T1.1", "4", 5),
    Planted("S402", SELF, "云簇镇", "“服务党委政府”的得分填的是“良好”，不是分数", "T5.1", "3", "良好"),
    Planted("S403", SELF, "郝北镇", "“原始记录”的得分是文本“3.5分”，可无损读作3.5", "T4.1", "3.5", "3.5分"),
    Planted("S409", SELF, "社城镇", "“审核签章”的得分是出错的公式，显示#DIV/0!", "T4.3", "4", "=1/0"),
    Planted(
        "S406",
        SELF,
        "西马乡",
        "“统计人员”只能得6、4、2或0分，填了5分",
        item="T2.3",
        score="5",
        value=5,
        reason="配有1名专职、1名兼职统计员，兼职人员到岗时间不足，酌情扣1分",
    ),
    Planted("U305", SELF, "辽阳镇", "单位名称填“龙泉乡”，该乡已于2021年并入辽阳镇", value="龙泉乡"),
    Planted("S422", SELF, "桐峪镇", "“统计服务”小计比该维度各项之和少1分（合计正确）", "T5.1"),
    Planted(
        "L207", SELF, "麻田镇", "“报表任务”的标准分印成5分，应为4分（标准分合计仍为100）", "T1.1", "3.5", 5
    ),
    Planted(
        "U323", SELF, "拐儿镇", "检查日期2024年5月7日不在自评阶段（5月10日至25日）之内", value="2024-05-07"
    ),
    Planted("S421", SELF, "石匣乡", "合计比各项得分之和多1分"),
    Planted(
        "S407",
        COUNTY,
        "芹泉镇",
        "“制度齐全”每项扣0.5分，得分3.7与4分之差不是0.5的整数倍",
        item="T3.1",
        score="3.7",
        value=3.7,
        reason="“统计资料管理制度”内容不完整，酌情扣0.3分",
    ),
    Planted("E501", CITY, "麻田镇", "“单位核实”扣了1分，没有写扣分原因", "T1.3", "2"),
    Planted("L204", SELF, "义兴镇", "缺少检查项目“电子台账备份”（T6.3）一行", "T6.3"),
    Planted("S401", SELF, "喂马乡", "“分析信息”没有填得分", "T5.2", "3"),
    Planted("U302", SELF, "横岭镇", "单位名称“恒岭镇统计站”有错字，名录中没有", value="恒岭镇统计站"),
    Planted("S414", COUNTY, "松烟镇", "县级检查的评分表只有“自评”列有分数，“县级检查”列是空的"),
    Planted("F101", COUNTY, "喂马乡", "文件不完整（只传了一半），打不开"),
    Planted("F102", COUNTY, "平松乡", f"文件加了密码，打不开（密码是 {PASSWORD}）"),
)
ABSENT = "马坊乡"  # sent nothing at all
CHECKED = {  # by whom and where
    (COUNTY, "榆社县"): ("榆社县统计局", "箕城镇", "云簇镇", "郝北镇", "社城镇", "河峪乡", "北寨乡"),
    (COUNTY, "左权县"): ("左权县统计局", "辽阳镇", "桐峪镇", "麻田镇", "芹泉镇", "寒王乡", "羊角乡"),
    (COUNTY, "和顺县"): ("义兴镇", "李阳镇", "松烟镇", "青城镇", "喂马乡", "平松乡"),
    (CITY, "榆社县"): ("榆社县统计局", "箕城镇", "云簇镇"),
    (CITY, "左权县"): ("左权县统计局", "辽阳镇", "桐峪镇", "麻田镇"),
}

# Units whose verdict is decided here: bounds of the total by stage, and scores that are not left to chance.
BOUNDS = {("河峪乡", SELF): (83, 85), ("河峪乡", COUNTY): (77, 79), ("北寨乡", SELF): (88, 92)}
FORCED: dict[tuple[str, Stage], dict[str, str]] = {
    ("北寨乡", SELF): {"T4.5": "3"},
    ("北寨乡", COUNTY): {"T4.5": "0"},
    ("羊角乡", SELF): {"T7.1": "3", "T7.2": "1.5", "T7.3": "1"},
    ("羊角乡", COUNTY): {"T7.1": "2", "T7.2": "1.5", "T7.3": "1"},
}
VETO_REASON = "{v}{m}月{p}报表由他人代填代报，本项不得分"

# ------------------------------------------------------------------------------------------ offices and files

OFFICES: dict[tuple[str, str], tuple[Layout, ...]] = {  # the layouts in use, taken in turn from unit to unit
    ("self", "榆社县"): (SYNONYMS, RUNNING),
    ("self", "左权县"): (RUNNING, IDS),
    ("self", "和顺县"): (TWO_ROWS, IDS),
    ("county", "榆社县"): (SYNONYMS,),
    ("county", "左权县"): (RUNNING,),
    ("county", "和顺县"): (TWO_ROWS,),
    ("city", "榆社县"): (IDS,),
    ("city", "左权县"): (IDS,),
}
FILE_NAMES = {
    "self": (
        "{unit}评分表",
        "自评-{county}-{unit}",
        "评分表({unit})",
        "{unit} 统计规范化自评表 最终版",
        "附件2 {unit}自评打分表",
        "{county}{unit}",
        "{unit}2024年自评",
    ),
    "county": ("县级检查-{county}-{unit}", "{unit}县级检查评分表", "{unit}评分表", "评分表（{unit}）县检"),
    "city": ("{unit}市级检查", "市级检查-{county}-{unit}"),
}
UNNAMED_FILE = "评分表(1)"
SUFFIXES = {  # all others are .xlsx
    ("横岭镇", SELF): ".xls",
    ("北寨乡", SELF): ".xls",
    ("寒王乡", COUNTY): ".xls",
    ("平松乡", COUNTY): ".xls",
    ("左权县统计局", SELF): ".et",
    ("李阳镇", SELF): ".ods",
    ("河峪乡", COUNTY): ".ods",
}

# --------------------------------------------------------------------------------------------- scores, people


class Scorer:
    """Invents scores that look filled in by people and that differ plausibly from stage to stage."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.used: set[str] = set()

    def first(self, items: Sequence[Item], bounds: tuple[int, int], forced: Scores) -> Scores:
        """A self-assessment: full marks lowered notch by notch until the total lies within the bounds."""
        while True:
            scores = {item.id: forced.get(item.id, item.maximum) for item in items}
            goal = self.rng.randint(bounds[0] * 2, bounds[1] * 2) / 2
            for _ in range(60):
                if sum(scores.values()) <= goal:
                    break
                self._move(self.rng.choice(items), scores, forced, 1)
            if bounds[0] <= sum(scores.values()) <= bounds[1] and self._even(items, scores, forced):
                return scores

    def next(
        self, items: Sequence[Item], earlier: Sequence[Scores], bounds: tuple[int, int], forced: Scores
    ) -> Scores:
        """A check: some items of the stage before lowered, a few raised, no two stages far apart."""
        while True:
            scores = {**earlier[-1], **forced}
            for item in self.rng.sample(list(items), self.rng.randint(8, 12)):
                self._move(item, scores, forced, 1 if self.rng.random() < 0.75 else -1)
            total = sum(scores.values())
            if not (bounds[0] <= total <= bounds[1] and self._even(items, scores, forced)):
                continue
            if all(self._near(items, before, scores) for before in earlier):
                return scores

    def _move(self, item: Item, scores: Scores, forced: Scores, notches: int) -> None:
        """Lower one score, or raise it by a negative count; never to 0, and yes/no items stay."""
        if item.id in forced or item.mode == "yesno" or scores[item.id] not in item.legal:
            return
        place = item.legal.index(scores[item.id]) + notches
        lowest = 3 if item.mode == "deduct" else 2
        if 0 <= place <= lowest and place < len(item.legal) - 1:
            scores[item.id] = item.legal[place]

    def _even(self, items: Iterable[Item], scores: Scores, forced: Scores) -> bool:
        """Whether every dimension is safely above 60 %; one with several forced scores is left alone."""
        for _, group in by_dimension(items):
            share = sum(scores[item.id] for item in group) / sum(item.maximum for item in group)
            if share < Decimal("0.63") and len(forced.keys() & {item.id for item in group}) < 2:
                return False
        return True

    def _near(self, items: Iterable[Item], before: Scores, after: Scores) -> bool:
        """Whether two stages differ in several rows, though nowhere by much."""
        if sum(before[key] != after[key] for key in after) < 6:
            return False
        if not Decimal(-1) <= sum(before.values()) - sum(after.values()) <= 9:
            return False
        for _, group in by_dimension(items):
            gap = abs(sum((before[item.id] - after[item.id] for item in group), ZERO))
            if gap > Decimal("0.26") * sum(item.maximum for item in group):
                return False
        return True

    def reason(self, item: Item, score: Decimal) -> str:
        """A reason for the points lost that no other sheet has used, if there is one."""
        texts = REASONS[item.id]
        options = texts[str(score.normalize())] if isinstance(texts, dict) else texts
        if score == 0 and item.veto:
            options = (VETO_REASON,)
        text = ""
        for _ in range(200):
            slots = {name: self.rng.choice(words) for name, words in SLOTS.items()}
            count = (item.maximum - score) / item.step if item.step else ZERO
            text = self.rng.choice(options).format(n=int(count), **slots)
            if text not in self.used:
                break
        self.used.add(text)
        return text

    def evidence(self, item: Item, stage: Stage) -> str:
        words = "、".join(item.evidence)
        if stage is SELF:
            return self.rng.choice((words, f"{words}（附件{self.rng.randint(1, 8)}）", f"{words}等"))
        return self.rng.choice((words, f"已查看{words}", f"查看{item.evidence[0]}"))


class People:
    """Made-up persons, none of them in two offices: inspectors and leaders are never the same."""

    def __init__(self, rng: random.Random) -> None:
        self.names = [surname + given for surname in SURNAMES for given in GIVEN_NAMES]
        rng.shuffle(self.names)
        self.known: dict[str, str] = {}

    def of(self, office: str, count: int) -> str:
        if office not in self.known:
            self.known[office] = "、".join(self.names.pop() for _ in range(count))
        return self.known[office]


def exact(values: dict[str, str]) -> Scores:
    return {key: Decimal(value) for key, value in values.items()}


# --------------------------------------------------------------------------------------------------- the plan


class Plan:
    """Decides all sheets of the inspection, stage by stage, from one seed."""

    def __init__(self, forms: dict[bool, list[Item]], units: list[Unit]) -> None:
        self.rng = random.Random(SEED)
        self.forms, self.units = forms, units
        self.scorer, self.people = Scorer(self.rng), People(self.rng)
        self.sheets: list[Sheet] = []
        self.planted: dict[str, Planted] = {}
        self.intended: dict[tuple[str, Stage], Scores] = {}
        self.phones = {unit.code: f"0354-555{self.rng.randint(0, 9999):04d}" for unit in units}
        for stage in STAGES:
            self._plan_stage(stage)

    def _plan_stage(self, stage: Stage) -> None:
        days_used = dict.fromkeys(("市", *COUNTIES), 0)
        for county in COUNTIES:
            members = [unit for unit in self.units if unit.county == county]
            office = "市" if stage is CITY else county
            for place, unit in enumerate(members):
                if self._takes_part(unit, stage):
                    layouts = OFFICES[stage.key, county]
                    day = self.rng.choice(stage.days) if stage is SELF else stage.days[days_used[office]]
                    days_used[office] += 1
                    self._add(unit, stage, layouts[place % len(layouts)], day, office)

    def _takes_part(self, unit: Unit, stage: Stage) -> bool:
        if stage is SELF:
            return unit.name != ABSENT
        return unit.name in CHECKED.get((stage, unit.county), ())

    def _add(self, unit: Unit, stage: Stage, layout: Layout, day: date, office: str) -> None:
        planted = next((p for p in PLANTED if (p.unit, p.stage) == (unit.name, stage)), None)
        items = self.forms[unit.township]
        scores = self._scores(unit, stage, planted, items)
        team, size = (unit.code, 2) if stage is SELF else (f"{office}检查组", 3)
        if planted and planted.code == "U323":
            day = date.fromisoformat(str(planted.value))
        sheet = Sheet(
            unit=unit,
            stage=stage,
            layout=layout,
            path=self._path(unit, stage, planted),
            dated=day,
            written_name=self._name(unit, planted),
            inspectors=self.people.of(team, size),
            leader=self.people.of(f"{unit.code}负责人", 1),
            phone=self.phones[unit.code],
            items=items,
            scores=scores,
            columns={stage.key: scores},
        )
        if planted and planted.code == "S414":
            sheet.columns = {SELF.key: scores}
        elif layout.column(SELF.key):
            sheet.columns = {**self._references(unit, stage), **sheet.columns}
        if planted:
            self.planted[sheet.path] = planted
            sheet.left_out = planted.item if planted.code == "L204" else ""
        for item in items:
            sheet.evidence[item.id] = self.scorer.evidence(item, stage)
            if planted and planted.reason and planted.item == item.id:
                sheet.reasons[item.id] = planted.reason
            elif scores[item.id] < item.maximum:
                sheet.reasons[item.id] = self.scorer.reason(item, scores[item.id])
        self.sheets.append(sheet)

    def _scores(self, unit: Unit, stage: Stage, planted: Planted | None, items: list[Item]) -> Scores:
        forced = exact(FORCED.get((unit.name, stage), {}))
        if planted and planted.score:
            forced[planted.item] = Decimal(planted.score)
        earlier = [self.intended[unit.code, s] for s in STAGES if (unit.code, s) in self.intended]
        if planted and planted.code == "S414":
            scores = dict(earlier[-1])  # the column of the self-assessment was carried over, nothing else
        elif stage is SELF:
            scores = self.scorer.first(items, BOUNDS.get((unit.name, stage), (89, 97)), forced)
        else:
            scores = self.scorer.next(items, earlier, BOUNDS.get((unit.name, stage), (84, 96)), forced)
        self.intended[unit.code, stage] = scores
        return scores

    def _references(self, unit: Unit, stage: Stage) -> dict[str, Scores]:
        """Scores of earlier stages for forms with three columns, where the earlier sheet is in order."""
        earlier = [s for s in self.sheets if s.unit == unit and s.stage is not stage]
        return {sheet.stage.key: sheet.scores for sheet in earlier if sheet.path not in self.planted}

    def _name(self, unit: Unit, planted: Planted | None) -> str:
        if planted and planted.code in {"U302", "U305"}:
            return str(planted.value)
        return (
            self.rng.choice((unit.name, unit.full_name, f"{unit.name}统计站")) if unit.township else unit.name
        )

    def _path(self, unit: Unit, stage: Stage, planted: Planted | None) -> str:
        pattern = self.rng.choice(FILE_NAMES[stage.key])
        name = pattern.format(unit=unit.name, county=unit.county if unit.township else "")
        name = name.replace("--", "-")
        if planted and planted.code == "U302":
            name = UNNAMED_FILE
        return f"{stage.title}/{unit.county}/{name}{SUFFIXES.get((unit.name, stage), '.xlsx')}"


# ------------------------------------------------------------------------------------------ planting problems


def plant(sheet: Sheet, planted: Planted, ws: Worksheet, places: Places) -> str:
    """Plant a problem into the finished form and return the cell at which it must be reported, if any."""
    code, key = planted.code, planted.item
    if code.startswith("F") or code == "L204":
        if code == "L204":
            ws[places.maximum_total] = 100
        return ""
    cell = _place(sheet, code, key, places)
    if code == "S421":
        ws[cell] = plain(sheet.total + 1)
    elif code == "S422":
        ws[cell] = plain(sheet.subtotal(sheet.item(key).dimension) - 1)
    elif code == "E501":
        ws[cell] = None
    elif code not in {"S414", "U302", "U305", "U323"}:
        ws[cell] = planted.value
    # Sums that a formula would now get wrong are typed.
    if code == "S403":
        dimension = sheet.item(key).dimension
        ws[places.subtotals[dimension]] = plain(sheet.subtotal(dimension))
        ws[places.total] = plain(sheet.total)
    elif code == "S409":
        ws[places.total] = plain(sheet.total - sheet.scores[key])
    elif code == "L207":
        ws[places.maximum_total] = 100
    return cell


def _place(sheet: Sheet, code: str, key: str, places: Places) -> str:
    match code:
        case "U302" | "U305":
            return places.unit
        case "U323":
            return places.date
        case "L207":
            return places.maxima[key]
        case "E501":
            return places.reasons[key]
        case "S414":
            cells = list(places.scores.values())
            return f"{cells[0]}:{cells[-1]}"
        case "S421":
            return places.total
        case "S422":
            return places.subtotals[sheet.item(key).dimension]
    return places.scores[key]
