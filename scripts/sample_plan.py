"""What happens in the made-up sample inspection: who sends which sheet, with which scores and which problems.

Part of `make_sample_sheets.py`. Rubric, roster and campaign are those that the package ships.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import yaml
from sample_forms import (
    IDS,
    RUNNING,
    SYNONYMS,
    TWO_ROWS,
    Column,
    Item,
    Layout,
    Scores,
    Sheet,
    Stage,
    Unit,
    with_columns,
)
from sample_problems import SAME_SCORES, SAME_TEXT, Planted, planted_on
from sample_scores import GAP, ZERO, People, Scorer, exact
from sample_stages import CITY, COUNTY, SELF, STAGES
from sample_texts import OLD_CRITERIA

SEED = 20240510
DATA = Path(__file__).resolve().parent.parent / "src" / "huitoukan" / "campaign" / "data"
COUNTIES = ("榆社县", "左权县", "和顺县")

# ------------------------------------------------------------------------------------------ what is inspected


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


# --------------------------------------------------------------------------------------------- who takes part

ABSENT = "马坊乡"  # sent nothing that can be read
CHECKED = {  # by whom and where
    (COUNTY, "榆社县"): ("榆社县统计局", "箕城镇", "云簇镇", "郝北镇", "社城镇", "河峪乡", "北寨乡"),
    (COUNTY, "左权县"): ("左权县统计局", "辽阳镇", "桐峪镇", "麻田镇", "芹泉镇", "寒王乡", "羊角乡"),
    (COUNTY, "和顺县"): ("义兴镇", "李阳镇", "松烟镇", "青城镇", "喂马乡", "平松乡"),
    (CITY, "榆社县"): ("榆社县统计局", "箕城镇", "云簇镇"),
    (CITY, "左权县"): ("左权县统计局", "辽阳镇", "桐峪镇", "麻田镇"),
}

# Units whose verdict is decided here: bounds of the total by stage, and scores that are not left to chance.
BOUNDS = {
    ("河峪乡", SELF): (83, 85),
    ("河峪乡", COUNTY): (77, 79),
    ("北寨乡", SELF): (88, 92),
    ("李阳镇", SELF): (95, 97),
    ("李阳镇", COUNTY): (84, 87),
}
FAR_APART = {("李阳镇", COUNTY): (10, 13)}
FORCED: dict[tuple[str, Stage], dict[str, str]] = {
    ("北寨乡", SELF): {"T4.5": "3"},
    ("北寨乡", COUNTY): {"T4.5": "0"},
    ("羊角乡", SELF): {"T7.1": "3", "T7.2": "1.5", "T7.3": "1"},
    ("羊角乡", COUNTY): {"T7.1": "2", "T7.2": "1.5", "T7.3": "1"},
    ("青城镇", SELF): {"T7.1": "3", "T7.2": "3", "T7.3": "2"},
    ("青城镇", COUNTY): {"T7.1": "2", "T7.2": "1.5", "T7.3": "2"},
    ("桐峪镇", CITY): {"T2.2": "3"},
}

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
    ("青城镇", SELF): ".xls",
    ("箕城镇", COUNTY): ".xls",
    ("社城镇", COUNTY): ".csv",
}
RENDERED = {  # what LibreOffice does not save: kinds of sample_renderings.py
    ("青城镇", SELF): "web page",
    ("箕城镇", COUNTY): "spreadsheetml",
    ("社城镇", COUNTY): "delimited",
    ("云簇镇", CITY): "strict",
    ("桐峪镇", CITY): "1904",
}
ARCHIVE = "县级检查/和顺县/横岭镇、马坊乡.zip"
FOLDER_INSIDE = "横岭镇、马坊乡"
STACKED = "县级检查/左权县/左权县乡镇县级检查评分表（3个乡镇）.xlsx"
ELSEWHERE = {  # sheets that lie in a mail, or below one another on one worksheet
    ("辽阳镇", COUNTY): STACKED,
    ("麻田镇", COUNTY): STACKED,
    ("羊角乡", COUNTY): STACKED,
    ("羊角乡", SELF): "自评/左权县/报送羊角乡自评表.eml/左权县羊角乡.xlsx",
}

# --------------------------------------------------------------------------------------------------- the plan


class Plan:
    """Decides all sheets of the inspection, stage by stage, from one seed."""

    def __init__(self, forms: dict[bool, list[Item]], units: list[Unit]) -> None:
        self.rng = random.Random(SEED)
        self.forms, self.units = forms, units
        self.scorer, self.people = Scorer(self.rng), People(self.rng)
        self.sheets: list[Sheet] = []
        self.planted: dict[str, tuple[Planted, ...]] = {}
        self.intended: dict[tuple[str, Stage], Scores] = {}
        self.phones = {unit.code: f"0354-555{self.rng.randint(0, 9999):04d}" for unit in units}
        self.copies: dict[str, str] = {}  # files with the bytes of another one
        for stage in STAGES:
            self._plan_stage(stage)
        self._plan_further()

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
                    self._add(unit, stage, layouts[place % len(layouts)], day)

    def _takes_part(self, unit: Unit, stage: Stage) -> bool:
        if stage is SELF:
            return unit.name != ABSENT
        return unit.name in CHECKED.get((stage, unit.county), ())

    def _add(self, unit: Unit, stage: Stage, layout: Layout, day: date) -> None:
        planted = planted_on(unit.name, stage)
        scores = self._scores(unit, stage, planted)
        dated = next((p for p in planted if p.code == "U323"), None)
        if dated:
            day = date.fromisoformat(str(dated.value))
        path = self._path(unit, stage, planted)
        sheet = self._sheet(unit, stage, self._layout(layout, planted), path, day, scores, planted)
        sheet.saved_as = RENDERED.get((unit.name, stage), "plain" if (unit.name, stage) in ELSEWHERE else "")
        if any(p.code == "S414" for p in planted):
            sheet.columns = {SELF.key: scores}
        elif layout.column(SELF.key):
            sheet.columns = {**self._references(unit, stage), **sheet.columns}
        self._write_texts(sheet, planted)
        self.sheets.append(sheet)

    def _sheet(
        self,
        unit: Unit,
        stage: Stage,
        layout: Layout,
        path: str,
        day: date,
        scores: Scores,
        planted: Sequence[Planted],
    ) -> Sheet:
        """A sheet with its scores, whose reasons and evidence are still missing."""
        office = "市" if stage is CITY else unit.county
        team, size = (unit.code or path, 2) if stage is SELF else (f"{office}检查组", 3)
        self.planted[path] = (*self.planted.get(path, ()), *planted)
        return Sheet(
            unit=unit,
            stage=stage,
            layout=layout,
            path=path,
            dated=day,
            written_name=self._name(unit, planted),
            inspectors=self.people.of(team, size),
            leader=self.people.of(f"{unit.code or path}负责人", 1),
            phone=self.phones.get(unit.code, f"0354-555{self.rng.randint(0, 9999):04d}"),
            items=list(self.forms[unit.township]),
            scores=scores,
            columns={stage.key: scores},
        )

    def _write_texts(self, sheet: Sheet, planted: Sequence[Planted]) -> None:
        """Evidence and reasons; those of planted problems are given."""
        given = {p.item: p.reason for p in planted if p.reason}
        for item in sheet.items:
            sheet.evidence[item.id] = self.scorer.evidence(item, sheet.stage)
            if item.id in given:
                sheet.reasons[item.id] = given[item.id]
            elif sheet.scores[item.id] < item.maximum:
                sheet.reasons[item.id] = self.scorer.reason(item, sheet.scores[item.id])

    def _layout(self, layout: Layout, planted: Sequence[Planted]) -> Layout:
        codes = {p.code for p in planted}
        if "S417" in codes:
            layout = with_columns(layout, ("score", Column("deduction", "扣分", 7)))
        if "L223" in codes:
            signed = ("{inspectors}", "{leader}", "检查人员", "负责人")
            foot = tuple(spot for spot in layout.foot if not any(word in spot.text for word in signed))
            layout = replace(layout, foot=foot)
        return layout

    # ------------------------------------------------------------------------------ sheets that nobody asked for

    def _plan_further(self) -> None:
        """Copies, sheets of units that are not on the roster, a blank form, sheets inside an archive."""
        named = {unit.name: unit for unit in self.units}
        own = {(sheet.unit.name, sheet.stage): sheet for sheet in self.sheets}
        printed = own["郝北镇", SELF]
        self._copy(printed, printed.path.replace(".xlsx", "（打印版）.xls"), "打印版")
        draft = own["麻田镇", SELF]
        final = self._copy(draft, draft.path.replace(".xlsx", " 终稿.xlsx"), "终稿")
        _raise_two(final)
        plain_form = with_columns(SYNONYMS, without="reason")
        self._stray(Unit("", "", "和顺县", True), plain_form, "自评/和顺县/新建 XLSX 工作表.xlsx")
        old = self._stray(Unit("", "粟城乡", "左权县", True), IDS, "自评/左权县/粟城乡评分表.xlsx")
        old.criteria = dict(OLD_CRITERIA)
        blank = self._check("县级检查/榆社县/西马乡县级检查评分表.xlsx", named["西马乡"], SYNONYMS)
        blank.columns, blank.reasons, blank.evidence = {COUNTY.key: {}}, {}, {}
        inside = f"{ARCHIVE}/{FOLDER_INSIDE}/县级检查-和顺县-横岭镇.xlsx"
        self._check(inside, named["横岭镇"], TWO_ROWS).saved_as = "plain"
        again = inside.replace("-横岭镇", f"-{ABSENT}")
        self._same_file(inside, again, "马坊乡副本")
        checked = own["北寨乡", COUNTY].path
        self._same_file(checked, checked.replace(".xlsx", "（副本）.xlsx"), "副本")
        self._stray(Unit("", "城区", "", True), SYNONYMS, "自评/城区评分表.xlsx")
        before = own["寒王乡", COUNTY]
        after = self._copy(before, before.path.replace(".xls", "(1).xls"), "复核后")
        _raise_two(after)
        self._make_alike(own)

    def _make_alike(self, own: dict[tuple[str, Stage], Sheet]) -> None:
        """What one sheet has from another: a reason, and all scores with their reasons."""
        writers, item, text = SAME_TEXT
        for name in writers:
            own[name, SELF].reasons[item] = text
        source, copy = (own[name, COUNTY] for name in SAME_SCORES)
        copy.scores.clear()
        copy.scores.update(source.scores)
        copy.reasons = dict(source.reasons)

    def contact(self, unit: Unit) -> str:
        """Who fills in a unit's questionnaire: one of those who filled in its self-assessment."""
        return f"{self.people.of(unit.code, 2).split('、')[0]} {self.phones[unit.code]}"

    def _same_file(self, path: str, copy: str, variant: str) -> None:
        """A file once more under another name."""
        sheet = next(sheet for sheet in self.sheets if sheet.path == path)
        self.planted[copy] = planted_on(sheet.unit.name, sheet.stage, variant)
        self.copies[copy] = path

    def _copy(self, sheet: Sheet, path: str, variant: str) -> Sheet:
        """A copy of a sheet under another name."""
        self.planted[path] = planted_on(sheet.unit.name, sheet.stage, variant)
        scores = dict(sheet.scores)
        copy = replace(
            sheet,
            path=path,
            scores=scores,
            columns={sheet.stage.key: scores},
            reasons=dict(sheet.reasons),
            texts={},
        )
        self.sheets.append(copy)
        return copy

    def _stray(self, unit: Unit, layout: Layout, path: str) -> Sheet:
        """A self-assessment of a unit that the roster does not know by this name."""
        planted = planted_on(unit.name, SELF)
        scores = self.scorer.first(self.forms[True], (89, 95), {})
        sheet = self._sheet(unit, SELF, layout, path, self.rng.choice(SELF.days), scores, planted)
        self._write_texts(sheet, planted)
        self.sheets.append(sheet)
        return sheet

    def _check(self, path: str, unit: Unit, layout: Layout) -> Sheet:
        """A check by the county of a unit outside its round."""
        planted = planted_on(unit.name, COUNTY)
        scores = self.scorer.first(self.forms[True], (84, 92), {})
        day = COUNTY.days[-1]
        sheet = self._sheet(unit, COUNTY, layout, path, day, scores, planted)
        self._write_texts(sheet, planted)
        self.sheets.append(sheet)
        return sheet

    def _scores(self, unit: Unit, stage: Stage, planted: Sequence[Planted]) -> Scores:
        items = self.forms[unit.township]
        forced = exact(FORCED.get((unit.name, stage), {}))
        forced |= {p.item: Decimal(p.score) for p in planted if p.score}
        earlier = [self.intended[unit.code, s] for s in STAGES if (unit.code, s) in self.intended]
        if any(p.code == "S414" for p in planted):
            scores = dict(earlier[-1])  # the column of the self-assessment was carried over, nothing else
        elif stage is SELF:
            scores = self.scorer.first(items, BOUNDS.get((unit.name, stage), (89, 97)), forced)
        else:
            gap = FAR_APART.get((unit.name, stage), GAP)
            scores = self.scorer.next(items, earlier, BOUNDS.get((unit.name, stage), (84, 96)), forced, gap)
        self.intended[unit.code, stage] = scores
        return scores

    def _references(self, unit: Unit, stage: Stage) -> dict[str, Scores]:
        """Scores of earlier stages for forms with three columns, where the earlier sheet is in order."""
        earlier = [s for s in self.sheets if s.unit == unit and s.stage is not stage]
        return {
            sheet.stage.key: sheet.scores
            for sheet in earlier
            if not any(p.alters for p in self.planted[sheet.path])
        }

    def _name(self, unit: Unit, planted: Sequence[Planted]) -> str:
        given = next((p for p in planted if p.code in {"U302", "U305", "U306"}), None)
        if given:
            return str(given.value)
        if not unit.code:
            return unit.name
        return (
            self.rng.choice((unit.name, unit.full_name, f"{unit.name}统计站")) if unit.township else unit.name
        )

    def _path(self, unit: Unit, stage: Stage, planted: Sequence[Planted]) -> str:
        codes = {p.code for p in planted}
        pattern = self.rng.choice(FILE_NAMES[stage.key])
        if (unit.name, stage) in ELSEWHERE:
            return ELSEWHERE[unit.name, stage]
        if "U312" in codes:
            pattern = FILE_NAMES[COUNTY.key][0]
        name = pattern.format(unit=unit.name, county=unit.county if unit.township else "")
        name = name.replace("--", "-")
        if "U302" in codes:
            name = UNNAMED_FILE
        county = "榆社县" if "U304" in codes else unit.county
        return f"{stage.title}/{county}/{name}{SUFFIXES.get((unit.name, stage), '.xlsx')}"


def _raise_two(sheet: Sheet) -> None:
    """Full marks on the first two items that lost points."""
    for item in [item for item in sheet.items if sheet.scores[item.id] < item.maximum][:2]:
        sheet.scores[item.id] = item.maximum
        sheet.reasons.pop(item.id)
