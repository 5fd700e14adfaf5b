"""Scores, reasons and people of the made-up sample inspection, from a random generator. Part of `make_sample_sheets.py`."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from decimal import Decimal

from sample_forms import Item, Scores, Stage, by_dimension
from sample_stages import SELF
from sample_texts import GIVEN_NAMES, REASONS, SLOTS, SURNAMES

ZERO = Decimal(0)
GAP = (-1, 9)  # by how many points a later stage may lie below an earlier one
VETO_REASON = "{v}{m}月{p}报表由他人代填代报，本项不得分"


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
        self,
        items: Sequence[Item],
        earlier: Sequence[Scores],
        bounds: tuple[int, int],
        forced: Scores,
        gap: tuple[int, int] = GAP,
    ) -> Scores:
        """A check: some items of the stage before lowered, a few raised, no two stages farther apart than the gap."""
        while True:
            scores = {**earlier[-1], **forced}
            for item in self.rng.sample(list(items), self.rng.randint(8, 12)):
                self._move(item, scores, forced, 1 if self.rng.random() < 0.75 else -1)
            total = sum(scores.values())
            if not (bounds[0] <= total <= bounds[1] and self._even(items, scores, forced)):
                continue
            if all(self._near(items, before, scores, forced, gap) for before in earlier):
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

    def _near(
        self, items: Iterable[Item], before: Scores, after: Scores, forced: Scores, gap: tuple[int, int]
    ) -> bool:
        """Whether two stages differ in several rows, though by much in no dimension that is left to chance."""
        if sum(before[key] != after[key] for key in after) < 6:
            return False
        if not gap[0] <= sum(before.values()) - sum(after.values()) <= gap[1]:
            return False
        for _, group in by_dimension(items):
            lost = abs(sum((before[item.id] - after[item.id] for item in group), ZERO))
            chance = len(forced.keys() & {item.id for item in group}) < 2
            if chance and lost > Decimal("0.26") * sum(item.maximum for item in group):
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
