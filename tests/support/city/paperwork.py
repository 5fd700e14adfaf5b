"""Who sends questionnaires and reports, and what is wrong with some of them: decided apart from the score forms."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tests.support.city import standards
from tests.support.city.decisions import OPTIONAL, ZONE, Decisions
from tests.support.city.people import People
from tests.support.city.replies import Ref, Replies, Reply, replies
from tests.support.city.standards import ZERO, Unit, units
from tests.support.city.truth import counting, judged, number

# Whose answers contradict full marks of an item: that item, and its full marks.
_FULL = {"no_staff": ("T2.3", 6), "no_money": ("T8.1", 5), "no_articles": ("T5.2", 3)}
SUFFIXES = ("docx", "docx", "docx", "pdf", "wps")


@dataclass(frozen=True)
class Report:
    """A 总结报告: whose, of which stage, in what kind of file, and the parts that it lacks."""

    unit: str
    stage: str
    suffix: str
    lacking: tuple[str, ...] = ()


@dataclass
class Paperwork:
    """All questionnaires and reports. `roles` as in `Decisions`; `faults` are answers that are wrong, by code."""

    questionnaires: dict[str, Replies] = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)
    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    faults: list[tuple[str, str, Ref]] = field(default_factory=list)  # what is wrong, whose, where
    second: dict[str, Replies] = field(default_factory=dict)  # questionnaires that say something else


def paperwork(seed: int, decisions: Decisions) -> Paperwork:
    """The paperwork of one seed; it has dice of its own, so that the scores do not depend on it."""
    return _Clerk(seed, decisions).papers


class _Clerk:
    def __init__(self, seed: int, decisions: Decisions) -> None:
        self.rng, self.decisions, self.papers = random.Random(seed + 7), decisions, Paperwork()
        self.people = People(self.rng)
        sending = {unit for unit, _, _ in decisions.forms}
        self.sending = [unit for unit in standards.required() if unit.code in sending]
        self._roles()
        self._answers()
        self._mistakes()
        self._reports()

    def _roles(self) -> None:
        checked = {*self.decisions.roles["checked"], *self.decisions.roles["visited"]}
        stable = [
            u.code
            for u in self.sending
            if u.level == "township" and judged(self.decisions, u).verdict == "pass"
        ]
        self.rng.shuffle(stable)
        pools = {True: [u for u in stable if u in checked], False: [u for u in stable if u not in checked]}
        for role, among_checked, count in (
            ("questionless_checked", True, 3), ("questionless", False, 3), ("wrong_sum", True, 1), ("too_many", True, 1),
            ("unreadable", False, 1), ("unanswered", True, 1), ("two_letters", False, 1), ("torn_questionnaire", False, 1),
            ("no_staff", True, 1), ("no_money", True, 1), ("no_articles", False, 1), ("reportless", False, 3),
            ("reportless_checked", True, 2),
        ):  # fmt: skip
            pool = pools[among_checked]
            taken = [
                u
                for u in pool
                if role not in _FULL or self._worth(units()[u])[_FULL[role][0]] == _FULL[role][1]
            ]
            self.papers.roles[role] = tuple(taken[:count])
            pools[among_checked] = [u for u in pool if u not in taken[:count]]
        bodies = [body.code for body in standards.bodies() if body.code != ZONE]
        self.rng.shuffle(bodies)
        self.papers.roles["reportless_county"] = tuple(bodies[:1])
        self.papers.roles["incomplete_report"] = tuple(bodies[1:2])

    def _worth(self, unit: Unit) -> Mapping[str, Decimal]:
        """The scores that the unit is held to: those of its highest form, what it is really worth where that says nothing."""
        true = self.decisions.true[unit.code]
        forms = [counting(self.decisions, unit.code, stage) for stage in reversed(standards.STAGES)]
        form = next((one[0] for one in forms if len(one) == 1), None)
        if form is None:
            return true
        found = {}
        for item in standards.items(unit.level):
            points = number(form.scores[item.id])
            legal = [choice for choice in item.choices if points is not None and choice >= points]
            # An illegal score in between is taken for the next legal one above.
            found[item.id] = min(legal) if legal else true[item.id]
        return found

    def _answers(self) -> None:
        without = {*self.papers.roles["questionless"], *self.papers.roles["questionless_checked"]}
        for unit in self.sending:
            if unit.code not in without:
                contact = f"{self.people.name()} {self.people.phone()}"
                self.papers.questionnaires[unit.code] = replies(self.rng, unit, self._worth(unit), contact)

    def _fault(self, kind: str, unit: str, ref: Ref, **answers: Reply) -> None:
        for name, reply in answers.items():
            question, _, part = name.partition("_")
            self.papers.questionnaires[unit][question, part or None] = reply
        self.papers.faults.append((kind, unit, ref))

    def _mistakes(self) -> None:
        roles, sent = self.papers.roles, self.papers.questionnaires
        for unit in roles["wrong_sum"]:
            more = (sent[unit]["Q5", None].number or ZERO) + 2
            self._fault("sum", unit, ("Q5", None), Q5=Reply(number=more))
        for unit in roles["too_many"]:
            more = (sent[unit]["Q11", "villages"].number or ZERO) + 1
            self._fault("at_most", unit, ("Q11", "staffed"), Q11_staffed=Reply(number=more))
        for unit in roles["unreadable"]:
            self._fault("unreadable", unit, ("Q8", None), Q8=Reply(written="不太清楚"))
        for unit in roles["unanswered"]:
            self._fault("blank", unit, ("Q16", None), Q16=Reply())
        for unit in roles["two_letters"]:
            self._fault("several", unit, ("Q19", None), Q19=Reply(written="A、B"))
        for unit in roles["torn_questionnaire"]:
            self.papers.second[unit] = {
                **sent[unit],
                ("Q20", None): Reply(number=(sent[unit]["Q20", None].number or ZERO) + 5),
            }
        two = Reply(number=Decimal(2))
        part_time = {"Q5": two, "Q6": Reply(number=ZERO), "Q7": two, "Q9": Reply(number=ZERO)}
        for unit in roles["no_staff"]:
            self._fault("T2.3", unit, ("Q6", None), **part_time)
        for unit in roles["no_money"]:
            self._fault("T8.1", unit, ("Q13", None), Q13=Reply(number=ZERO))
        for unit in roles["no_articles"]:
            self._fault("T5.2", unit, ("Q20", None), Q20=Reply(number=ZERO))

    def _reports(self) -> None:
        without = {*self.papers.roles["reportless"], *self.papers.roles["reportless_checked"]}
        selves = {unit for unit, stage, _ in self.decisions.forms if stage == "self"} - {OPTIONAL}
        for unit in self.sending:
            if unit.code in selves - without:
                self.papers.reports.append(Report(unit.code, "self", self.rng.choice(SUFFIXES)))
        for body in standards.bodies():
            if body.code not in self.papers.roles["reportless_county"]:
                lacking = ("问题", "亮点") if body.code in self.papers.roles["incomplete_report"] else ()
                self.papers.reports.append(Report(body.code, "county", "docx", lacking))


def sent_by(papers: Paperwork) -> set[str]:
    """The units that sent a questionnaire."""
    return {unit for unit in papers.questionnaires if unit in units()}
