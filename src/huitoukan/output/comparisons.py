"""What `compare --format json|jsonl|csv` prints, and what results.json holds under `comparison` and `last_year`.

As in the other contracts, numbers are exact decimals as text (means and shares rounded as docs/compare.md says), null where
there is none, and every score of a sheet stands beside its cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from huitoukan import __version__
from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.roster import Roster
from huitoukan.model import ItemScore, SheetResult, Unit
from huitoukan.output.files import csv_text
from huitoukan.output.records import SCHEMA, Record, campaign_record
from huitoukan.output.text import Words
from huitoukan.phrase import plain
from huitoukan.standing.baseline import Baseline
from huitoukan.standing.compare import Comparison, CountyComparison, Group, Overturned
from huitoukan.standing.differences import StagePair, UnitComparison
from huitoukan.standing.exact import CENT, half_up
from huitoukan.standing.inflation import Inflation
from huitoukan.standing.model import DimensionStanding, Standing
from huitoukan.standing.ranks import RankStability
from huitoukan.standing.trend import Trends, UnitTrend

COLUMNS = (
    "county", "code", "name", "level", "dimension", "item", "title", "max", "earlier", "later", "earlier_score", "later_score",
    "difference", "state", "earlier_file", "earlier_sheet", "earlier_cell", "later_file", "later_sheet", "later_cell",
)  # fmt: skip


def comparison_document(comparison: Comparison, campaign: Campaign, words: Words) -> Record:
    """What `compare --format json` prints."""
    head = {"schema": SCHEMA, "huitoukan": __version__, "campaign": campaign_record(campaign)}
    return head | comparison_record(comparison, campaign, words)


def comparison_record(comparison: Comparison, campaign: Campaign, words: Words) -> Record:
    """The whole comparison; `last_year` is null without a baseline."""
    roster = campaign.roster
    return {
        "counts": {
            "compared": len(comparison.compared),
            "left_out": len(comparison.left_out),
            "self_only": comparison.own_only,
            "check_only": comparison.check_only,
        },
        "least_units": comparison.least_units,
        "index": _group(comparison.whole),
        "levels": {level.value: _group(group) for level, group in comparison.levels.items()},
        "ranks": {"counties": _ranks(comparison.bodies), "townships": _ranks(comparison.townships)},
        "counties": [_county(county, roster, words) for county in comparison.counties],
        "overturned": [_overturned(one, roster, words) for one in comparison.overturned],
        "items": {
            level.value: [
                {
                    "item": cut.item,
                    "title": cut.title,
                    "units": cut.units,
                    "reduced": cut.reduced,
                    "raised": cut.raised,
                    "difference": plain(cut.difference),
                }
                for cut in cuts
            ]
            for level, cuts in comparison.cuts.items()
        },
        "units": [_unit(unit, roster, words) for unit in comparison.units],
        "last_year": None if comparison.trends is None else trends_record(comparison.trends, campaign, words),
    }


def _number(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


def _exact(number: Fraction | None) -> str | None:
    """An exact number to two places, half-up."""
    return None if number is None else plain(half_up(number, CENT))


def _named(unit: Unit, roster: Roster) -> Record:
    return {
        "code": unit.code,
        "name": roster.full_name(unit.code),
        "level": unit.level.value,
        "county": roster.county_name(unit.county),
    }


# ---------------------------------------------------------------------------------------------------------- indices


def _index(index: Inflation) -> Record:
    return {
        "n": index.n,
        "few": index.few,
        "index": _number(index.index),
        "median": _number(index.middle),
        "taken": _number(index.taken),
        "self": _number(index.own),
        "check": _number(index.check),
        "above": index.above,
        "equal": index.equal,
        "below": index.below,
    }


def _group(group: Group) -> Record:
    dimensions = [{"title": title, **_index(index)} for title, index in group.dimensions]
    return {**_index(group.index), "dimensions": dimensions}


def _ranks(ranks: RankStability) -> Record:
    return {"n": ranks.n, "few": ranks.few, "tau_b": _number(ranks.tau), "spearman": _number(ranks.rho)}


def _county(county: CountyComparison, roster: Roster, words: Words) -> Record:
    return {
        "code": county.body.code,
        "name": roster.county_name(county.body.code),
        "self_status": county.own.verdict.value,
        "status": county.now.verdict.value,
        "overturned": county.turned.value if county.turned else None,
        "reasons": [words.reason(reason) for reason in county.reasons],
        "index": _group(county.group),
        "levels": {level.value: _index(index) for level, index in county.levels.items()},
        "ranks": _ranks(county.ranks),
    }


# ---------------------------------------------------------------------------------------------------------- units


def _source(sheet: SheetResult) -> Record:
    return {"stage": sheet.stage.value if sheet.stage else None, "file": sheet.file, "sheet": sheet.sheet}


def _by(standing: Standing | None) -> Record | None:
    """A standing by one stage: verdict, score and the sheet that it rests on."""
    if standing is None:
        return None
    source = _source(standing.source) if standing.source else {"stage": None, "file": None, "sheet": None}
    return {"status": standing.verdict.value, "score": _number(standing.score), **source}


def _overturned(one: Overturned, roster: Roster, words: Words) -> Record:
    return {
        **_named(one.unit, roster),
        "to": one.to.value,
        "earlier": _by(one.earlier),
        "later": _by(one.later),
        "reasons": [words.reason(reason) for reason in one.reasons],
    }


def _unit(unit: UnitComparison, roster: Roster, words: Words) -> Record:
    open_ones = [s for _, s in unit.stages if s.source is None]
    return {
        **_named(unit.unit, roster),
        "self": _by(unit.own),
        "check": _by(unit.check),
        "above": _exact(unit.above),
        "contradicting": [stage.value for stage in unit.contradicting],
        "unusable": [words.reason(r) for s in open_ones for r in s.reasons if r.passed is None],
        "pairs": [_pair(pair) for pair in unit.pairs],
    }


def _points(dimension: DimensionStanding) -> Record:
    return {"score": _number(dimension.score), "max": plain(dimension.maximum)}


def _pair(pair: StagePair) -> Record:
    return {
        "earlier": _source(pair.earlier),
        "later": _source(pair.later),
        "complete": pair.complete,
        "difference": plain(pair.difference),
        "earlier_score": _number(pair.earlier_score),
        "later_score": _number(pair.later_score),
        "score_difference": _number(pair.score_difference),
        "dimensions": {
            d.dimension: {
                "title": d.title,
                "earlier": _points(d.earlier),
                "later": _points(d.later),
                "difference": plain(d.difference),
                "rate": _exact(d.rate),
            }
            for d in pair.dimensions
        },
        "items": {
            one.item: {
                "earlier": {"score": _number(one.earlier.value), "cell": one.earlier.cell},
                "later": {"score": _number(one.later.value), "cell": one.later.cell},
                "difference": plain(one.difference),
            }
            for one in pair.items
        },
        "missing": list(pair.missing),
        "not_applicable": list(pair.not_applicable),
    }


# ---------------------------------------------------------------------------------------------------------- last year


def trends_record(trends: Trends, campaign: Campaign, words: Words) -> Record:
    """This year's results beside last year's, with the places of both."""
    return {
        **_baseline(trends.baseline, words),
        "units": [_trend(one, campaign.roster) for one in trends.units],
        "new": [_named(unit, campaign.roster) for unit in trends.new],
    }


def _baseline(baseline: Baseline, words: Words) -> Record:
    return {
        "file": baseline.path.name,
        "title": baseline.title or None,
        "unmatched": [
            {"name": one.name, "place": one.place, "why": words.phrase(one.why)} for one in baseline.unmatched
        ],
        "dimensions_unmatched": list(baseline.dimensions),
        "columns_ignored": list(baseline.ignored),
    }


def _trend(one: UnitTrend, roster: Roster) -> Record:
    then = one.then
    return {
        **_named(one.unit, roster),
        "then": {
            "name": then.name,
            "status": then.verdict.value if then.verdict else None,
            "score": _number(then.score),
            "max": plain(then.maximum),
            "max_assumed": then.assumed,
            "place": then.place,
        },
        "now": _by(one.now),
        "change": _exact(one.change),
        "trend": one.trend.value if one.trend else None,
        "turned": one.turned.value if one.turned else None,
        "dimensions": {
            d.now.dimension: {
                "title": d.now.title,
                "then": {"score": _number(d.then.score), "max": plain(d.then.maximum), "place": d.then.place},
                "now": _points(d.now),
                "change": _exact(d.change),
                "trend": d.trend.value,
            }
            for d in one.dimensions
        },
    }


# ---------------------------------------------------------------------------------------------------------- rows


def comparison_csv(comparison: Comparison, campaign: Campaign) -> str:
    """One row for each item of each pair of stages of each unit; those left out have no difference, but a state."""
    return csv_text(COLUMNS, _rows(comparison.units, campaign))


def _rows(units: Iterable[UnitComparison], campaign: Campaign) -> Iterator[Record]:
    for unit in units:
        named = _named(unit.unit, campaign.roster)
        for pair in unit.pairs:
            earlier, later = ({s.item: s for s in sheet.items} for sheet in (pair.earlier, pair.later))
            differences = {one.item: one.difference for one in pair.items}
            for dimension in campaign.rubric.level(unit.unit.level).dimensions:
                for item in dimension.items:
                    state = "missing" if item.id in pair.missing else "not_applicable"
                    yield {
                        **named,
                        "dimension": dimension.id,
                        "item": item.id,
                        "title": item.title,
                        "max": plain(item.maximum),
                        "difference": _number(differences.get(item.id)),
                        "state": "compared" if item.id in differences else state,
                        **_cells("earlier", pair.earlier, earlier.get(item.id)),
                        **_cells("later", pair.later, later.get(item.id)),
                    }


def _cells(side: str, sheet: SheetResult, score: ItemScore | None) -> Record:
    return {
        side: sheet.stage.value if sheet.stage else None,
        f"{side}_score": _number(score.value) if score else None,
        f"{side}_file": sheet.file,
        f"{side}_sheet": sheet.sheet,
        f"{side}_cell": score.cell if score else None,
    }
