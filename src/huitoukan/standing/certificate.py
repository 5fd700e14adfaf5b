"""The certificate of a draw (抽样证书): everything that drawing again takes, and what came of it, as one JSON document.

`certificate_check.py` reads it again, redoes the draw and names what differs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

from huitoukan import __version__
from huitoukan.phrase import plain
from huitoukan.standing.exact import SHARE, half_up
from huitoukan.standing.sample_plan import Choice, Draw, Plan, chances, draw, roster_lines
from huitoukan.standing.sampling import ALGORITHM, START_SCALE, PoolDraw, start_name

Record = dict[str, Any]
KIND = "huitoukan sampling certificate"
FINGERPRINT = "fingerprint"


def fingerprint(record: Mapping[str, Any]) -> str:
    """The SHA-256 of a document without its own fingerprint: JSON with sorted keys and no blanks, in UTF-8."""
    content = {key: value for key, value in record.items() if key != FINGERPRINT}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# ---------------------------------------------------------------------------------------------------------- writing


def plan_record(plan: Plan) -> Record:
    """What is settled before the seed is known."""
    request = plan.request

    def choices(chosen: Sequence[Choice]) -> list[Record]:
        return [{"code": c.code, "name": plan.units[c.code].name, "reason": c.reason} for c in chosen]

    return {
        "design": request.design.value,
        "counties": request.counties,
        "townships": request.townships,
        "allocation": request.allocation.value,
        "types": request.types.value,
        "without_townships": "drawn" if request.bare else "left_out",
        "optional": request.optional,
        "only": list(request.only),
        "exclusions": choices(request.exclusions),
        "certain": choices(request.certain),
        "weights": [
            {
                "code": w.code,
                "name": plan.units[w.code].name,
                "weight": str(w.value),
                "reasons": list(w.reasons),
            }
            for w in request.weights
        ],
    }


def plan_hash(plan: Plan) -> str:
    """By what a plan is known before its seed is drawn (方案指纹): it covers the roster and everything settled."""
    return fingerprint({"algorithm": ALGORITHM, "roster": plan.roster, "plan": plan_record(plan)})


def certify(plan: Plan, seed: str, campaign: Mapping[str, str], sources: Mapping[str, Any]) -> Record:
    """Draw, and write down all of it.

    `campaign` names the campaign; `sources` is what else was used (multipliers, the history file): for the reader,
    drawing again takes neither.
    """
    record: Record = {
        "schema": 1,
        "kind": KIND,
        "huitoukan": __version__,
        "algorithm": ALGORITHM,
        "campaign": dict(campaign),
        "seed": seed,
        "roster": {"sha256": plan.roster, "units": list(roster_lines(plan.units.values()))},
        "plan": plan_record(plan),
        "plan_sha256": plan_hash(plan),
        "sources": dict(sources),
        **outcome(plan, draw(plan, seed)),
    }
    return record | {FINGERPRINT: fingerprint(record)}


def outcome(plan: Plan, drawn: Draw) -> Record:
    """The part of a certificate that comes of the draw: pools with their working, candidates, result."""
    found = chances(plan)
    names = plan.units
    reasons = {choice.code: choice.reason for choice in plan.request.certain}

    def one(code: str) -> Record:
        unit = names[code]
        return {
            "code": code,
            "name": unit.name,
            "county": unit.county,
            "kind": unit.kind,
            "probability": str(found.of[code]),
            "exact": code not in found.estimated,
            "certain": reasons.get(code),
        }

    return {
        "pools": [_pool_record(pool, plan) for pool in drawn.pools],
        "shortages": [{"place": s.place, "due": s.due, "available": s.available} for s in drawn.shortages],
        "candidates": [one(code) for code in sorted(found.of)],
        "result": {
            "counties": [one(code) for code in drawn.counties],
            "townships": [one(code) for code in drawn.townships],
        },
    }


def _pool_record(drawn: PoolDraw, plan: Plan) -> Record:
    rows = drawn.rows()
    strata = []
    for stratum in drawn.pool.strata:
        inside = [row for row in rows if row.member.stratum == stratum]
        expected = sum((row.probability for row in inside), Fraction(0))
        strata.append(
            {
                "stratum": stratum,
                "size": len(inside),
                "expected": str(expected),
                "drawn": sum(row.drawn for row in inside),
            }
        )
    return {
        "pool": drawn.pool.id,
        "due": drawn.pool.due,
        "drawn": len(drawn.drawn),
        "start_text": start_name(drawn.pool.id),
        "start_number": drawn.start_number,
        "start": f"{drawn.start}/{START_SCALE}",
        "strata": strata,
        "units": [
            {
                "code": row.member.code,
                "name": plan.units[row.member.code].name,
                "stratum": row.member.stratum,
                "number": row.number,
                "weight": str(row.member.weight),
                "probability": str(row.probability),
                "cumulative": str(row.cumulative),
                "drawn": row.drawn,
            }
            for row in rows
        ],
    }


def decimal_text(fraction: str, places: Decimal = SHARE) -> str:
    """A fraction such as `2/5` for people: `0.4`, rounded half up."""
    return plain(half_up(Fraction(fraction), places))
