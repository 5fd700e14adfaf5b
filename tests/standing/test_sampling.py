"""Pools, numbers, probabilities and allocations; frequencies over many seeds, and that a biased draw would be caught."""

import math
import random
from collections import Counter
from fractions import Fraction
from itertools import combinations

import pytest

from huitoukan.standing.sampling import (
    START_SCALE,
    Lots,
    Member,
    allocate,
    draw_pool,
    inclusion_probabilities,
    make_pool,
    seed_text,
)
from tests.support.lots import LIMIT, digest, drawn_by_hand, furthest


def pool(sizes, take, name="p"):
    """A pool with strata of the given weights: {"镇": [1, 1, 2], …}; codes such as 镇0."""
    members = [
        Member(f"{stratum}{n}", stratum, Fraction(weight)) for stratum, weights in sizes.items() for n, weight in enumerate(weights)
    ]  # fmt: skip
    return make_pool(name, take, members)


def draws(one, trials, roster="r"):
    for n in range(trials):
        yield draw_pool(one, Lots(f"seed {n}", roster, "city"))


# ------------------------------------------------------------------------------------------------ known answers


def test_a_number_is_the_sha_256_of_a_line_of_text():
    lots = Lots("123", "abc", "city")
    assert lots.line("140724100") == "huitoukan-sampling-1|123|abc|city|140724100"
    # printf '%s' 'huitoukan-sampling-1|123|abc|city|140724100' | sha256sum
    assert lots.number("140724100") == digest("huitoukan-sampling-1|123|abc|city|140724100")
    assert lots.number("140724100").startswith("67dcf99c251a758e")


@pytest.mark.parametrize(
    ("sizes", "take"),
    [
        ({"": [1] * 12}, 6),
        ({"镇": [1] * 7, "乡": [1] * 5}, 4),
        ({"镇": [1, 2, 1, 4, 1], "乡": [1] * 8, "街道": [2, 1, 1]}, 4),
        ({"镇": [Fraction(3, 2), 1], "乡": [1, Fraction(1, 2), 1]}, 2),
        ({"镇": [1, 1, 1]}, 3),
    ],
)
def test_the_draw_is_the_one_worked_out_by_hand(sizes, take):
    one = pool(sizes, take)
    strata = [[(f"{s}{n}", w) for n, w in enumerate(weights)] for s, weights in sizes.items()]
    for n in range(300):
        drawn = draw_pool(one, Lots(f"{n}", "r", "county"))
        by_hand = drawn_by_hand(f"huitoukan-sampling-1|{n}|r|county|", "p", strata, take)
        assert set(drawn.codes()) == by_hand
        assert len(by_hand) == take


def test_the_working_shows_every_step():
    drawn = draw_pool(pool({"镇": [1, 1, 2], "乡": [1, 1]}, 3), Lots("7", "r", "city"))
    rows = drawn.rows()
    assert [row.member.stratum for row in rows] == ["镇"] * 3 + ["乡"] * 2
    assert [row.number for row in rows[:3]] == sorted(row.number for row in rows[:3])
    assert rows[-1].cumulative == 3
    start = Fraction(drawn.start, START_SCALE)
    assert drawn.start == int(digest("huitoukan-sampling-1|7|r|city|start:p")[:12], 16)
    before = start
    for row in rows:
        assert row.drawn == (math.floor(start + row.cumulative) > math.floor(before))
        before = start + row.cumulative
    assert tuple(sorted(row.member.code for row in rows if row.drawn)) == tuple(sorted(drawn.codes()))


# ------------------------------------------------------------------------------------------------ probabilities


@pytest.mark.parametrize(
    ("weights", "due", "certain", "expected"),
    [
        ([1, 1, 1, 1], 2, [0, 0, 0, 0], [Fraction(1, 2)] * 4),
        ([1, 2, 3, 4], 1, [0, 0, 0, 0], [Fraction(1, 10), Fraction(2, 10), Fraction(3, 10), Fraction(4, 10)]),
        (
            [1, 1, 8],
            2,
            [0, 0, 0],
            [Fraction(1, 2), Fraction(1, 2), 1],
        ),  # 2·8/10 > 1: certain, the rest share one place
        (
            [1, 1, 4, 10],
            3,
            [0, 0, 0, 0],
            [Fraction(1, 2), Fraction(1, 2), 1, 1],
        ),  # 4 becomes certain only after 10 is
        ([1, 1, 1, 1], 2, [1, 0, 0, 0], [1, Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)]),
        ([1, 1], 2, [1, 1], [1, 1]),
        ([1, 1], 5, [0, 0], [1, 1]),
        ([5, 1, 1], 1, [0, 1, 0], [0, 1, 0]),
        ([1, 1], 0, [0, 0], [0, 0]),
        ([], 3, [], []),
    ],
)
def test_inclusion_probabilities(weights, due, certain, expected):
    found = inclusion_probabilities([Fraction(w) for w in weights], due, [bool(c) for c in certain])
    assert list(found) == expected


def test_impossible_pools():
    with pytest.raises(ValueError, match="certain"):
        inclusion_probabilities([Fraction(1), Fraction(1)], 1, [True, True])
    with pytest.raises(ValueError, match="weight"):
        inclusion_probabilities([Fraction(0), Fraction(1)], 1, [False, False])


@pytest.mark.parametrize(
    "sizes",
    [
        {"镇": [1] * 5, "乡": [1] * 5},
        {"镇": [1, 1, 2, 2, 4], "乡": [1, 3, 1, 1], "街道": [1]},
        {"镇": [1, Fraction(5, 2)], "乡": [1] * 6},
        {"镇": [20, 1, 1], "乡": [1] * 6},  # one is certain by its weight
    ],
)
@pytest.mark.parametrize("take", [1, 4, 6])
def test_everyone_is_drawn_with_its_probability(sizes, take):
    one, trials, counts, taken = pool(sizes, take), 6000, Counter(), Counter()
    chances = {m.code: c for m, c in zip(one.members, one.probabilities, strict=True)}
    shares = {s: sum(chances[m.code] for m in one.members if m.stratum == s) for s in one.strata}
    for drawn in draws(one, trials):
        codes = drawn.codes()
        counts.update(codes)
        assert len(codes) == take
        inside = Counter(code[:-1] for code in codes)
        for stratum, share in shares.items():  # each stratum gets its share, rounded down or up
            assert math.floor(share) <= inside[stratum] <= math.ceil(share)
            taken[stratum, inside[stratum]] += 1
    assert furthest(counts, trials, chances) < LIMIT
    rounded_up = {(s, math.ceil(v)): v - math.floor(v) for s, v in shares.items() if v != int(v)}
    assert furthest(taken, trials, rounded_up) < LIMIT


def test_equal_chances_take_every_set_equally_often():
    one, trials = pool({"": [1] * 6}, 3), 20_000
    counts = Counter(drawn.codes() for drawn in draws(one, trials))
    sets = {codes: Fraction(1, 20) for codes in combinations([f"{n}" for n in range(6)], 3)}
    assert set(counts) <= set(sets)
    assert furthest(counts, trials, sets) < LIMIT


def test_what_other_pools_draw_says_nothing():
    """Pairs of two pools drawn with the same seeds: the joint frequency is the product."""
    first, second, trials = pool({"镇": [1, 2, 1]}, 2, "a"), pool({"乡": [1, 1, 1, 3]}, 2, "b"), 8000
    counts = Counter()
    for one, other in zip(draws(first, trials), draws(second, trials), strict=True):
        counts.update((a, b) for a in one.codes() for b in other.codes())
    product = {
        (a.code, b.code): p * q
        for a, p in zip(first.members, first.probabilities, strict=True)
        for b, q in zip(second.members, second.probabilities, strict=True)
    }
    assert furthest(counts, trials, product) < LIMIT


def _without_start(one, seed):
    """A biased draw: the numbers decide, but the sum begins at 0."""
    drawn, total = set(), Fraction(0)
    for row in draw_pool(one, Lots(seed, "r", "city")).rows():
        if math.floor(total + row.probability) > math.floor(total):
            drawn.add(row.member.code)
        total += row.probability
    return drawn


def _greatest_keys(one, seed):
    """Keys u^(1/w), the n greatest: a fine method, but the probabilities are not proportional to the weights."""
    die = random.Random(seed)
    keys = {m.code: die.random() ** (1 / float(m.weight)) for m in one.members}
    return set(sorted(keys, key=keys.get)[-one.take :])


def _in_roster_order(one, seed):
    """Equal steps through a list that nobody shuffled: each probability is right, pairs are not."""
    start = int(digest(seed)[:12], 16)
    sums = [sum(one.parts[: n + 1]) * START_SCALE + start * one.whole for n in range(len(one.parts))]
    wholes = [start * one.whole // (one.whole * START_SCALE), *(s // (one.whole * START_SCALE) for s in sums)]
    return {m.code for n, m in enumerate(one.members) if wholes[n + 1] > wholes[n]}


@pytest.mark.parametrize("biased", [_without_start, _greatest_keys])
def test_a_biased_draw_is_caught(biased):
    one, trials = pool({"镇": [1, 1, 2, 2, 4], "乡": [1, 3, 1, 1]}, 4), 6000
    counts = Counter(code for n in range(trials) for code in biased(one, f"seed {n}"))
    chances = {m.code: c for m, c in zip(one.members, one.probabilities, strict=True)}
    assert furthest(counts, trials, chances) > LIMIT


def test_a_list_that_is_not_shuffled_is_caught():
    one, trials = pool({"": [1] * 6}, 3), 20_000
    counts = Counter(tuple(sorted(_in_roster_order(one, f"{n}"))) for n in range(trials))
    assert (
        furthest(counts, trials, {c: Fraction(1, 20) for c in combinations([f"{n}" for n in range(6)], 3)})
        > LIMIT
    )


# ------------------------------------------------------------------------------------------------ allocation, seeds


@pytest.mark.parametrize(
    ("total", "sizes", "least", "most", "expected"),
    [
        (24, [1] * 6, [0] * 6, [18, 8, 7, 8, 10, 12], (4,) * 6),
        (24, [1] * 5, [0] * 5, [18, 8, 7, 8, 10], (5, 5, 4, 5, 5)),  # the one with the fewest goes without
        (24, [0, 1, 1], [0] * 3, [0, 18, 8], (0, 16, 8)),
        (24, [18, 8, 7, 8, 10, 12], [0] * 6, [18, 8, 7, 8, 10, 12], (7, 3, 3, 3, 4, 4)),
        (4, [5, 8, 3], [0] * 3, [5, 8, 3], (1, 2, 1)),
        (2, [9, 1, 1], [0, 1, 0], [9, 1, 1], (1, 1, 0)),
        (9, [1, 1], [0, 0], [3, 3], (3, 3)),
        (3, [1, 1, 1], [3, 0, 0], [5, 5, 5], (3, 0, 0)),
        (0, [1, 1], [0, 0], [3, 3], (0, 0)),
        (1, [1, 1, 1], [0] * 3, [2, 2, 2], (1, 0, 0)),
    ],
)
def test_allocation(total, sizes, least, most, expected):
    assert allocate(total, sizes, least, most) == expected


def test_allocation_keeps_its_bounds_and_its_sum():
    die = random.Random(5)
    for _ in range(2000):
        most = [die.randrange(0, 9) for _ in range(die.randrange(1, 8))]
        least = [die.randint(0, high) for high in most]
        sizes = [die.randrange(0, 5) for _ in most]
        total = die.randint(sum(least), sum(most) + 3)
        given = allocate(total, sizes, least, most)
        assert sum(given) == min(total, sum(most))
        assert all(low <= number <= high for low, number, high in zip(least, given, most, strict=True))


def test_allocation_that_cannot_be():
    with pytest.raises(ValueError, match="certain"):
        allocate(1, [1, 1], [1, 1], [2, 2])


@pytest.mark.parametrize(
    ("text", "seed"),
    [
        (" 2024093 ", "2024093"),
        ("２０２４０９３", "2024093"),
        ("福彩双色球 第2024093期", "福彩双色球 第2024093期"),
        ("", None),
        ("  ", None),
        ("1|2", None),
        ("1｜2", None),
        ("1\u200b2", None),
        ("1\n2", None),
    ],
)
def test_seeds(text, seed):
    assert seed_text(text) == seed
