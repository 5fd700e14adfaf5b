"""Checking a certificate (核对抽样证书): drawing again by what it says, and naming what differs.

Nothing but the document is needed; the roster of today and the seed as it was announced can be compared too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from huitoukan.campaign.problems import ConfigError, Problem, problem_kind
from huitoukan.model import Unit
from huitoukan.phrase import Listing, Phrase, say
from huitoukan.standing.certificate import FINGERPRINT, KIND, Record, fingerprint, outcome, plan_hash
from huitoukan.standing.sample_plan import (
    Allocation,
    Choice,
    Design,
    Draw,
    Plan,
    PlanError,
    Request,
    Types,
    Weight,
    draw,
    make_plan,
    roster_hash,
    roster_lines,
    units_of,
)
from huitoukan.standing.sampling import ALGORITHM, seed_text

_SHOWN = 5  # units of one kind that are named one by one


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


class _Choice(_Part):
    code: str
    reason: str


class _Weight(_Part):
    code: str
    weight: str = Field(pattern=r"^[0-9]{1,40}(/[1-9][0-9]{0,40})?$")
    reasons: list[str]


class _Plan(_Part):
    design: Literal["city", "county"]
    counties: int = Field(ge=0)
    townships: int = Field(ge=0)
    allocation: Literal["equal", "proportional", "anywhere"]
    types: Literal["by_chance", "fixed", "none"]
    without_townships: Literal["drawn", "left_out"]
    optional: bool
    only: list[str]
    exclusions: list[_Choice]
    certain: list[_Choice]
    weights: list[_Weight]

    def request(self) -> Request:
        return Request(
            Design(self.design),
            self.counties,
            self.townships,
            Allocation(self.allocation),
            Types(self.types),
            self.without_townships == "drawn",
            self.optional,
            tuple(self.only),
            tuple(Choice(c.code, c.reason) for c in self.exclusions),
            tuple(Choice(c.code, c.reason) for c in self.certain),
            tuple(Weight(w.code, Fraction(w.weight), tuple(w.reasons)) for w in self.weights),
        )


class _Roster(_Part):
    sha256: str
    units: list[str]


class _Certificate(_Part):
    """What of a certificate drawing again takes."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    kind: Literal["huitoukan sampling certificate"]
    algorithm: str
    seed: str
    roster: _Roster
    plan: _Plan


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as it should be. `kind` is one of edited, plan, seed, roster, result, working."""

    kind: str
    words: Phrase


@dataclass(frozen=True, slots=True)
class Verification:
    """What drawing again gave. `same` says whether the same units are drawn by what the certificate itself says."""

    record: Record
    again: Draw
    same: bool
    differences: tuple[Difference, ...]


@problem_kind(
    "R928",
    message="抽样证书不能用: {why}。",
    fix="请写 huitoukan sample 写出的 certificate.json, 不要手工修改它。",
)
def read_certificate(text: bytes, name: str) -> tuple[Record, Plan]:
    """抽样证书不能用。

    查什么: --verify 的文件必须是 huitoukan sample 写出的 certificate.json, 算法版本相同, 所附名录和方案齐全。
    为什么: 缺了种子、名录或方案, 就不能重抽核对。
    例子: 写成了抽样名单, 或者证书只拷贝了一半。
    怎么改: 换成抽样时写出的 certificate.json。
    """

    def bad(why: Phrase) -> ConfigError:
        return ConfigError([Problem("R928", name, 0, 0, (("why", why),))])

    try:
        record = json.loads(text.decode("utf-8-sig"))
        json.dumps(
            record, ensure_ascii=False
        ).encode()  # refuses half characters (\ud800): no file can hold them
    except (ValueError, RecursionError):
        raise bad(say("读不出来, 不是完整的 JSON 文件")) from None
    if not isinstance(record, dict) or record.get("kind") != KIND:
        raise bad(say("这个文件不是抽样证书"))
    if record.get("algorithm") != ALGORITHM:
        used = str(record.get("algorithm"))
        raise bad(say("它的算法是“{used}”, 这个版本只会“{own}”", used=used, own=ALGORITHM))
    try:
        certificate = _Certificate.model_validate(record)
        units = units_of(certificate.roster.units)
        if seed_text(certificate.seed) != certificate.seed:
            raise bad(say("{key} 不对", key="seed"))
        unknown = [w.code for w in certificate.plan.weights if w.code not in units or not Fraction(w.weight)]
        if unknown:
            raise bad(say("{key} 不对", key="plan.weights"))
        plan = make_plan(units, certificate.plan.request())
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise bad(say("{key} 不对", key=place)) from None
    except (ValueError, KeyError):
        raise bad(say("{key} 不对", key="roster.units")) from None
    except PlanError as error:
        raise bad(say("方案行不通: {why}", why=error.why)) from None
    return record, plan


# ---------------------------------------------------------------------------------------------------------- verifying


def verify(
    record: Record, plan: Plan, units: Mapping[str, Unit] | None = None, seed: str | None = None
) -> Verification:
    """Draw again by what a certificate says, and compare.

    `units` are those of today's roster and `seed` is the seed as it was announced, where they are to be compared too.
    """
    found: list[Difference] = []
    if record.get(FINGERPRINT) != fingerprint(record):
        found.append(Difference("edited", say("证书写成以后被改动过: 内容与校验值 (fingerprint) 不符")))
    if record["roster"]["sha256"] != plan.roster:
        found.append(Difference("roster", say("证书所附的名录与证书写的名录指纹不符")))
    if record.get("plan_sha256") != plan_hash(plan):
        found.append(Difference("plan", say("方案 (设计、个数、权数、排除、选定) 或名录与方案指纹不符")))
    if seed is not None and seed != record["seed"]:
        words = say("证书的种子是“{own}”, 公布的种子是“{announced}”", own=record["seed"], announced=seed)
        found.append(Difference("seed", words))
    if units is not None:
        found += _roster_differences(plan.units, units)
    again = draw(plan, record["seed"])
    redone = outcome(plan, again)
    results = _result_differences(record, redone, plan.units)
    found += results
    if not results:
        found += [
            Difference("working", say("证书里的“{part}”与重抽的不一致", part=part))
            for part in ("pools", "shortages", "candidates", "result")
            if record.get(part) != redone[part]
        ]
    return Verification(record, again, not results, tuple(found))


def _roster_differences(then: Mapping[str, Unit], now: Mapping[str, Unit]) -> list[Difference]:
    before, after = (
        {line.partition(",")[0]: line for line in roster_lines(units.values())} for units in (then, now)
    )
    if roster_hash(before.values()) == roster_hash(after.values()):
        return []
    new, gone = sorted(set(after) - set(before)), sorted(set(before) - set(after))
    changed = sorted(code for code in set(before) & set(after) if before[code] != after[code])
    found = []
    if new:
        found.append(say("名录已变, 抽样后增加了: {names}", names=_names(new, now)))
    if gone:
        found.append(say("名录已变, 抽样后去掉了: {names}", names=_names(gone, then)))
    if changed:
        words = say("名录已变, 名称、类型、所属县或是否必报改了的有: {names}", names=_names(changed, now))
        found.append(words)
    return [Difference("roster", words) for words in found]


def _names(codes: Sequence[str], units: Mapping[str, Unit]) -> Phrase:
    names = Listing(tuple(f"{units[c].name} ({c})" if c in units else c for c in codes[:_SHOWN]))
    if len(codes) <= _SHOWN:
        return say("{names}", names=names)
    return say("{names} 等 {count} 个", names=names, count=len(codes))


def _result_differences(record: Record, redone: Record, units: Mapping[str, Unit]) -> list[Difference]:
    found = []
    for key in ("counties", "townships"):
        said, again = _codes(record, key), _codes(redone, key)
        if again - said:
            names = _names(sorted(again - said), units)
            found.append(Difference("result", say("重抽抽中、证书的名单里却没有: {names}", names=names)))
        if said - again:
            names = _names(sorted(said - again), units)
            found.append(Difference("result", say("证书的名单里有、重抽却没有抽中: {names}", names=names)))
    return found


def _codes(record: Record, key: str) -> set[str]:
    result = record.get("result")
    rows = result.get(key) if isinstance(result, dict) else None
    rows = rows if isinstance(rows, list) else []
    return {str(row.get("code")) if isinstance(row, dict) else str(row) for row in rows}
