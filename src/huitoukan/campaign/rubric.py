"""The rubric (评分标准): eight dimensions and their items for both levels, and the form that carries them.

Source of the shipped one: the public scoring documents listed under `sources` in data/rubric.yaml; every maximum,
step, list of tiers and veto says whether it is grounded in one of them or assumed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from huitoukan.model import Level, Stage
from huitoukan.phrase import Phrase, say

Basis = Literal["grounded", "assumed"]


Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Strict(BaseModel):
    """Base of everything read from a campaign file: frozen, and no key passes unnoticed."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class Sourced(Strict):
    """Something that says whether it is grounded in a public source or assumed by us."""

    basis: Basis
    source: str | tuple[str, ...]

    def source_ids(self) -> tuple[str, ...]:
        """The ids of the sources, always as a tuple."""
        return (self.source,) if isinstance(self.source, str) else self.source


class Points(Sourced):
    """Points, or a share of them, with their basis."""

    value: Decimal


class Share(Points):
    """A fraction of 1."""

    value: Decimal = Field(ge=0, le=1)


class Step(Points):
    """Points lost per occurrence, and the occurrence's measure word (次, 家, 处 …)."""

    value: Decimal = Field(gt=0)
    per: Word


class Tiers(Sourced):
    """The legal scores of a tiered item, highest first."""

    value: tuple[Decimal, ...] = Field(min_length=1)


class ModeChoice(Sourced):
    """How an item is scored: points deducted per occurrence, one of several tiers, or all or nothing."""

    value: Literal["deduct", "tiers", "yesno"]


class Flag(Sourced):
    """Yes or no, with its basis."""

    value: bool


class Source(Strict):
    """A public document that a number was taken from."""

    title: str
    url: str | None = None


class Item(Strict):
    """One thing that is scored. Points are exact decimals; `na_allowed` may name the units (roster codes) it applies to."""

    id: Word
    title: Word
    criterion: str
    evidence: tuple[str, ...] = ()
    item: Sourced | None = None
    max_points: Points
    mode: ModeChoice
    step: Step | None = None
    tiers: Tiers | None = None
    veto: Flag | None = None
    na_allowed: bool | tuple[str, ...] = False
    aliases: tuple[Word, ...] = ()
    note: str | None = None

    @property
    def maximum(self) -> Decimal:
        """The standard points (标准分)."""
        return self.max_points.value

    @property
    def is_veto(self) -> bool:
        """Whether a zero here fails the unit whatever its total."""
        return self.veto is not None and self.veto.value

    def choices(self) -> tuple[Decimal, ...] | None:
        """The legal scores of a tiered or yes/no item, highest first; None for an item with deductions."""
        if self.mode.value == "tiers" and self.tiers is not None:
            return self.tiers.value
        return (self.maximum, Decimal(0)) if self.mode.value == "yesno" else None

    def allows(self, points: Decimal) -> bool:
        """Whether points within 0..maximum are a legal tier, or the maximum minus whole steps (0 is the floor)."""
        choices = self.choices()
        if choices is not None:
            return points in choices
        return points == 0 or self.step is None or (self.maximum - points) % self.step.value == 0

    def allows_not_applicable(self, unit: str | None) -> bool:
        """Whether 不适用 may stand here for a unit (roster code)."""
        return self.na_allowed if isinstance(self.na_allowed, bool) else unit in self.na_allowed

    def legal(self) -> Phrase:
        """The legal scores in words: “6、4、2 或 0”, or the range and its step."""
        choices = self.choices()
        if choices is not None:
            return say("{choices}", choices=choices)
        if self.step is None:
            return say("0–{maximum}", maximum=self.maximum)
        return say(
            "0–{maximum}, 每{per}扣 {step}",
            maximum=self.maximum,
            step=self.step.value,
            per=say(self.step.per),
        )

    def label(self) -> str:
        """Id and title as messages name an item: `T2.3 统计人员`."""
        return f"{self.id} {self.title}"


class Dimension(Strict):
    """One of the eight dimensions (维度)."""

    id: Word
    title: Word
    max_points: Decimal = Field(gt=0)
    aliases: tuple[Word, ...] = ()
    items: tuple[Item, ...] = Field(min_length=1)


class LevelRubric(Strict):
    """The rubric of one level of institution; `total` is what its dimensions add up to."""

    title: str
    total: Decimal
    dimensions: tuple[Dimension, ...] = Field(min_length=1)

    def items(self) -> tuple[Item, ...]:
        """All items in the order of the form."""
        return tuple(item for dimension in self.dimensions for item in dimension.items)


class Label(Strict):
    """A label of the form and the other words that offices print for it; `required` columns and fields must be on every form."""

    label: Word
    aliases: tuple[Word, ...] = ()
    required: bool = False

    def words(self) -> tuple[str, ...]:
        """The label and its aliases."""
        return (self.label, *self.aliases)


class Columns(Strict):
    """The column roles of the form. `score` is a score column that does not say its stage (得分); `deduction` are points lost."""

    number: Label
    dimension: Label
    item: Label
    criterion: Label
    max_points: Label
    score_self: Label
    score_county: Label
    score_city: Label
    score: Label
    deduction: Label = Label(label="扣分")
    deduction_reason: Label
    evidence: Label
    remark: Label

    def labels(self) -> dict[str, Label]:
        """Labels by role, in the order of the form."""
        return {role: getattr(self, role) for role in type(self).model_fields}

    def of_stage(self, stage: Stage) -> Label:
        """The label of a stage's score column."""
        label: Label = getattr(self, f"score_{stage}")
        return label


class Fields(Strict):
    """The header and footer fields of the form; `county` stands beside the unit on some forms."""

    county: Label
    unit: Label
    stage: Label
    date: Label
    inspectors: Label
    leader: Label
    phone: Label

    def labels(self) -> dict[str, Label]:
        """Labels by field, in the order of the form."""
        return {name: getattr(self, name) for name in type(self).model_fields}


class Form(Strict):
    """How the form is recognised: by these words, never by position. `not_applicable` are the words for 不适用.

    `fillers` are the words that say nothing where a reason or evidence is asked for. Beside full marks, `no_deduction`
    are words of praise, and `faults` what a reason may say that there was none of (无迟报).
    """

    columns: Columns
    fields: Fields
    subtotal: Label
    total: Label
    not_applicable: tuple[Word, ...]
    fillers: tuple[Word, ...] = ("无", "同上", "略")
    no_deduction: tuple[Word, ...] = ("符合要求", "齐全")
    faults: tuple[Word, ...] = ("迟报", "漏报", "问题")


class Rubric(Strict):
    """The whole rubric: both levels, the form, and the sources behind every number."""

    schema_version: Literal[1] = Field(alias="schema")
    id: str
    version: str
    title: str
    sources: dict[str, Source]
    form: Form
    levels: dict[Level, LevelRubric]

    def level(self, level: Level) -> LevelRubric:
        """The rubric of one level."""
        return self.levels[level]
