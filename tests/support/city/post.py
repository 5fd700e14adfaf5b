"""Questionnaires, reports and mails laid down beside the score forms, and what coverage must say of them all."""

from __future__ import annotations

import random
from datetime import date

from tests.support.binary import compound
from tests.support.city import standards
from tests.support.city.folder import City, PaperSpot
from tests.support.city.papers import REPORT_PARTS, docx, pdf, questionnaire
from tests.support.city.standards import county_name, units
from tests.support.city.workbooks import Properties, Sheet, workbook
from tests.support.mails import Attachment, mail

_ON_TIME, _LATE = b"Sun, 30 Jun 2024 17:40:00 +0800", b"Wed, 03 Jul 2024 08:15:00 +0800"
_CODES = {"sum": "Q812", "at_most": "Q813", "unreadable": "Q806", "blank": "Q802", "several": "Q804"}
_ARCHIVE = ("实施方案", "领导小组会议记录", "宣传照片说明", "培训签到", "指导记录")


class Post:
    """Lays down all but the score forms, and sends two of those by mail."""

    def __init__(self, made: City) -> None:
        self.made, self.rng = made, random.Random(made.seed + 2)
        bodies = [body.code for body in standards.bodies() if len(body.code) == 6]
        self.in_one_book, self.archive, self.part_of_archive = self.rng.sample(bodies, 3)

    def deliver(self) -> None:
        self._questionnaires()
        self._reports()
        self._archives()
        self._mails()
        self._wrong_answers()
        self._draw()
        self._missing()

    # -- questionnaires

    def _questionnaires(self) -> None:
        book: list[tuple[str, Sheet, dict]] = []
        for unit, found in self.made.papers.questionnaires.items():
            ticks = standards.bodies().index(units()[units()[unit].county]) % 2 == 0
            one = units()[unit]
            if one.county == self.in_one_book:
                book.append((unit, *questionnaire(one.level, found, ticks=ticks, name=one.name)))
                continue
            sheet, cells = questionnaire(one.level, found, ticks=ticks)
            self._put_questionnaire(unit, sheet, cells, "")
            if unit in self.made.papers.second:
                again = questionnaire(one.level, self.made.papers.second[unit], ticks=ticks)
                self._put_questionnaire(unit, *again, "（新）")
        county = county_name(self.in_one_book)
        path = f"{county}调查问卷汇总.xlsx"
        self.made.files[path] = workbook([sheet for _, sheet, _ in book], Properties("汇总"))
        for unit, sheet, cells in book:
            self.made.questionnaires[unit] = [PaperSpot(path, sheet.name, cells)]

    def _put_questionnaire(self, unit: str, sheet: Sheet, cells: dict, again: str) -> None:
        one = units()[unit]
        path = f"{county_name(one.county)}/调查问卷/{one.name}问卷{again}.xlsx"
        self.made.files[path] = workbook([sheet], Properties(one.name))
        self.made.questionnaires.setdefault(unit, []).append(PaperSpot(path, sheet.name, cells))

    def _wrong_answers(self) -> None:
        """What must be said of wrong answers, each at its cell; of two questionnaires that differ, at the first by path."""
        for kind, unit, ref in self.made.papers.faults:
            if kind in _CODES:
                [spot] = self.made.questionnaires[unit]
                self.made.noted.add((_CODES[kind], spot.file, spot.sheet, spot.cells[ref]))
            else:  # against a score: told at the score of the highest stage
                stage = max(
                    (stage for u, stage, _ in self.made.spots if u == unit), key=standards.STAGES.index
                )
                form = self.made.spots[unit, stage, 0]
                self.made.noted.add(("I727", form.file, form.sheet, form.places.scores[kind]))
        for unit in self.made.papers.second:
            first = min(self.made.questionnaires[unit], key=lambda spot: spot.file)
            self.made.noted.add(("Q828", first.file, first.sheet, f"{unit} None"))

    # -- reports

    def _reports(self) -> None:
        for n, report in enumerate(self.made.papers.reports):
            unit = units()[report.unit]
            county, name = county_name(unit.county), unit.name
            if report.stage == "county":
                path = f"{county}/{county}县级检查总结报告.{report.suffix}"
            else:
                path = (
                    f"{county}/总结报告/{name}自评总结报告.{report.suffix}",
                    f"{county}/自评阶段/{name} “回头看”自评总结.{report.suffix}",
                )[n % 2]
            parts = [part for part in REPORT_PARTS if not any(word in part for word in report.lacking)]
            title = "统计基层基础规范化建设总结报告"
            self.made.files[path] = {
                "docx": lambda parts=parts, title=title: docx(title, parts),
                "pdf": lambda n=n: pdf(date(2024, 5, 1 + n % 28)),
                "wps": lambda n=n: compound({"WordDocument": bytes(4096) + str(n).encode()}),
            }[report.suffix]()
            self.made.reports[report.unit, report.stage] = path
            if report.lacking:
                self.made.noted.add(("C619", path, None, f"{report.unit} {report.stage}"))

    def _archives(self) -> None:
        """One county sends all of its archive, one a single document of it."""
        for county, names in ((self.archive, _ARCHIVE), (self.part_of_archive, _ARCHIVE[:1])):
            name = county_name(county)
            for title in names:
                self.made.files[f"{name}/档案/{name}回头看{title}.docx"] = docx(f"{name}{title}", ["见附件"])
        self.made.noted.add(("C620", None, None, f"{self.part_of_archive} county"))
        self.made.noted.add(("C620", None, None, f"{self.part_of_archive} None"))

    # -- mails

    def _mails(self) -> None:
        """Two county checks come by mail, one of them after the deadline."""
        ordinary = [
            key
            for key, spot in self.made.spots.items()
            if key[1] == "county" and spot.file in self.made.files and spot.sheet != "汇总"
        ]
        chosen = self.rng.sample(ordinary, 2)
        for key, sent, name in zip(chosen, (_ON_TIME, _LATE), ("6月30日来信", "补报"), strict=True):
            spot = self.made.spots[key]
            data = self.made.files.pop(spot.file)
            inside = f"{units()[key[0]].name}.xlsx"
            path = f"邮件/{name}.eml"
            self.made.files[path] = mail([Attachment(inside, data)], date=sent)
            self._moved(spot.file, f"{path}/{inside}")
            if sent == _LATE:
                self.made.late.add(key[:2])
                self.made.noted.add(("C617", f"{path}/{inside}", None, f"{key[0]} county"))

    def _moved(self, old: str, new: str) -> None:
        from dataclasses import replace  # noqa: PLC0415

        for key, spot in self.made.spots.items():
            if spot.file == old:
                self.made.spots[key] = replace(spot, file=new)

    # -- who was drawn

    def _draw(self) -> None:
        """The sample of the city as it was drawn: one township of it was not visited, another one in its place."""
        visited = self.made.decisions.roles["visited"]
        counties = self.made.decisions.roles["city_counties"]
        roles = self.made.decisions.roles
        playing = {u for role, us in roles.items() for u in us if role not in ("visited", "checked")}
        instead = next(unit for unit in visited if unit not in playing)
        inside = standards.townships(units()[instead].county)
        self.passed_over = next(u.code for u in inside if u.code not in {*visited, *playing})
        self.made.drawn = tuple(sorted({*visited, *counties, self.passed_over} - {instead}))
        self.made.noted.add(("C611", None, None, f"{self.passed_over} city"))
        self.made.noted.add(("C612", self.made.spots[instead, "city", 0].file, None, f"{instead} city"))

    def _missing(self) -> None:
        """Questionnaires and reports that are due and did not come, told by county and stage."""
        lacking: dict[tuple[str, str, str], list[str]] = {}
        for unit in standards.required():
            for stage in ("county", "city"):
                due = (
                    (unit.code, stage, 0) in self.made.spots
                    if stage == "county"
                    else unit.code in self.made.drawn
                )
                if due and unit.code not in self.made.questionnaires:
                    lacking.setdefault(("C614", unit.county, stage), []).append(unit.code)
            if (unit.code, "self") not in self.made.reports:
                lacking.setdefault(("C615", unit.county, "self"), []).append(unit.code)
            if unit.level == "county" and (unit.code, "county") not in self.made.reports:
                lacking.setdefault(("C615", unit.county, "county"), []).append(unit.code)
        for (code, county, stage), codes in lacking.items():
            told = codes[0] if len(codes) == 1 else county
            self.made.noted.add((code, None, None, f"{told} {stage}"))
