"""Score forms laid down in a folder as offices do: each county in its own way, with what lies in every folder besides."""

from __future__ import annotations

import io
import random
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from tests.support.city.decisions import ZONE, Key
from tests.support.city.folder import City, Spot
from tests.support.city.forms import draw
from tests.support.city.standards import STAGES, county_name, full_name, townships, units
from tests.support.city.workbooks import Properties, Sheet, workbook

_STAGE_FOLDERS = {"self": "自评阶段", "county": "县级检查"}


class Delivery:
    """Lays the forms down as offices do: each county in its own way."""

    def __init__(self, made: City) -> None:
        self.made, self.rng = made, random.Random(made.seed + 1)
        counties = sorted({units()[unit].county for unit, _, _ in made.decisions.forms})
        self.styles = {county: n % 5 for n, county in enumerate(self.rng.sample(counties, len(counties)))}
        roles = made.decisions.roles
        twice = ("copied", "resaved", "torn", "torn_but_checked", "decided", "misnamed", "one_writer")
        busy = {units()[unit].county for role in twice for unit in roles[role]} | {ZONE}
        self.in_one_book = self.rng.choice([county for county in counties if county not in busy])
        others = [county for county in counties if county not in (ZONE, self.in_one_book)]
        self.stacked, self.zipped = self.rng.sample(others, 2)

    def deliver(self) -> None:
        forms, made_twice = self.made.decisions.forms, self.made.decisions.roles["copied"]
        books: dict[tuple[str, str], list[Key]] = {}
        for key in forms:
            unit, stage, version = key
            county = units()[unit].county
            if units()[unit].level == "township" and not version and stage != "city":
                if county == self.in_one_book and stage == "self":
                    books.setdefault((county, stage), []).append(key)
                    continue
                if county == self.stacked and stage == "county":
                    books.setdefault((county, stage), []).append(key)
                    continue
            if version and unit in made_twice:
                first = self.made.spots[unit, stage, 0]
                self.made.spots[key] = replace(first, file=self._path(key))
                self.made.files[self._path(key)] = self.made.files[first.file]
                continue
            self._put(self._path(key), [(self._sheet_name(key), [key])])
        for (county, stage), keys in books.items():
            folder = f"{county_name(county)}/{county_name(county)}各乡镇汇总"
            if stage == "self":
                self._put(f"{folder}.xlsx", [(units()[unit].name, [(unit, s, v)]) for unit, s, v in keys])
            else:
                self._put(f"{folder}（县级检查）.xlsx", [("汇总", keys)])
                self.made.noted.add(("L229", f"{folder}（县级检查）.xlsx", "汇总", "None None"))
        self._junk()
        self._zip()
        self._one_writer()

    def _put(self, path: str, sheets: Sequence[tuple[str, Sequence[Key]]]) -> None:
        drawn: list[Sheet] = []
        for name, keys in sheets:
            sheet, places = draw([self.made.decisions.forms[key] for key in keys], name)
            drawn.append(sheet)
            for key, place in zip(keys, places, strict=True):
                self.made.spots[key] = Spot(path, name, place)
        keys = [key for _, keys in sheets for key in keys]
        assert path not in self.made.files, path
        self.made.files[path] = workbook(drawn, self._properties(keys))

    def _properties(self, keys: Sequence[Key]) -> Properties:
        """Saved after the last day that the forms name, by the first of those who filled them in."""
        forms = [self.made.decisions.forms[key] for key in keys]
        day = max((form.day for form in forms if form.day), default=None)
        author = next((form.inspectors[0] for form in forms if form.inspectors), forms[0].leader)
        moment = None
        if day is not None:
            moment = datetime.combine(day, time(8)) + timedelta(seconds=self.rng.randrange(36000))
        if keys[0][0] in self.made.decisions.roles["one_writer"]:
            return self._typed(keys[0])
        return Properties(author, author, moment)

    def _typed(self, key: Key) -> Properties:
        """Two units whose self-assessments one person typed and saved, one right after the other."""
        units_ = sorted(self.made.decisions.roles["one_writer"])
        moment = datetime(2024, 5, 22, 10, 31, 20) + timedelta(seconds=35 * units_.index(key[0]))
        return Properties("代录人员", "录入员小张", moment)

    def _sheet_name(self, key: Key) -> str:
        return self.rng.choice(("评分表", "Sheet1", units()[key[0]].name))

    def _path(self, key: Key) -> str:
        unit_code, stage, version = key
        unit = units()[unit_code]
        county, name = county_name(unit.county), unit.name
        again = (" 终稿", " (1)", "-修改2")[int(unit_code) % 3] if version else ""
        if unit_code in self.made.decisions.roles["misnamed"]:
            name, again = self._neighbour(unit_code), " 新"
        if stage == "city":
            return f"市局检查/第{self.rng.randint(1, 4)}组/{full_name(unit_code)} 市级检查{again}.xlsx"
        stage_name = _STAGE_FOLDERS[stage]
        style = self.styles[unit.county]
        if style == 0:
            return f"{county}/{stage_name}/{name}_评分表{again}.xlsx"
        if style == 1:
            return f"{county}报送材料/{STAGES.index(stage) + 1}.{stage_name}/统计评分表（{name}）{again}.xlsx"
        if style == 2:
            return f"{county}/{name}/{stage_name}/评分表{again}.xlsx"
        if style == 3:
            whole = f"{county}{name}" if unit.level == "township" else name
            return f"{whole}-{stage_name} {again}.xlsx"
        return f"{county}回头看/{name} {stage_name}  打分表{again}.xlsx"

    def _neighbour(self, code: str) -> str:
        """Another unit of the same county, whose name stands on the file by mistake."""
        names = Counter(unit.name for unit in units().values())
        inside = [unit for unit in townships(units()[code].county) if names[unit.name] == 1]
        return next(unit.name for unit in inside if unit.code != code)

    def _one_writer(self) -> None:
        one, other = sorted(self.made.decisions.roles["one_writer"])
        code = "I723" if units()[one].county == units()[other].county else "I724"
        spot = self.made.spots[one, "self", 0]
        self.made.noted.add((code, spot.file, spot.sheet, f"{one} self"))

    def _junk(self) -> None:
        """What lies in every folder and is nobody's form."""
        self.made.files["Thumbs.db"] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
        self.made.files["榆次区/~$汇总.xlsx"] = b"\x05admin" + bytes(160)
        self.made.files["市局检查/.DS_Store"] = bytes(64)

    def _zip(self) -> None:
        """One county sends all of its files in one archive."""
        county = county_name(self.zipped)
        name = f"{county}全部材料.zip"
        mine = [
            path
            for path in self.made.files
            if not path.startswith("市局检查/")
            and path.startswith((f"{county}/", f"{county}报", f"{county}回"))
        ]
        mine += [
            spot.file
            for (unit, stage, _), spot in self.made.spots.items()
            if units()[unit].county == self.zipped and stage != "city" and spot.file not in mine
        ]
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in mine:
                archive.writestr(zipfile.ZipInfo(path, (2024, 6, 28, 9, 0, 0)), self.made.files.pop(path))
        self.made.files[name] = stream.getvalue()
        for key, spot in self.made.spots.items():
            if spot.file in mine:
                self.made.spots[key] = Spot(f"{name}/{spot.file}", spot.sheet, spot.places)
