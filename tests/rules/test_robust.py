"""Robust statistics against independent formulas."""

import math
import random
import statistics
from itertools import combinations, product

import pytest

from huitoukan.rules.clusters import Clusters
from huitoukan.rules.robust import band_chance, densest, mad, overlap, pairs, spread, symmetric


def test_mad_of_a_known_sample():
    # R: mad(c(1, 1, 2, 2, 4, 6, 9), constant = 1) is 1; with its constant 1.4826.
    assert mad([1, 1, 2, 2, 4, 6, 9]) == 1
    found = spread([1, 1, 2, 2, 4, 6, 9])
    assert found.middle == 2
    assert found.sigma == pytest.approx(1 / statistics.NormalDist().inv_cdf(0.75), abs=1e-5)
    assert found.z(9) == pytest.approx(
        0.6744898 * 7, abs=1e-4
    )  # the modified z-score of Iglewicz and Hoaglin
    assert found.z(2) == 0


@pytest.mark.parametrize("values", [[], [5.0]])
def test_mad_of_too_few(values):
    assert mad(values) == 0


def test_a_spread_needs_values():
    with pytest.raises(statistics.StatisticsError):
        spread([])


def test_a_mad_of_zero_falls_back_to_the_mean_deviation():
    values = [3.0] * 9 + [13.0]
    found = spread(values)
    mean_deviation = sum(abs(v - 3) for v in values) / 10
    assert mad(values) == 0
    assert found.sigma == pytest.approx(mean_deviation * math.sqrt(math.pi / 2), abs=1e-5)
    assert found.z(13.0) == pytest.approx(10 / (mean_deviation * math.sqrt(math.pi / 2)), abs=1e-4)


def test_where_nothing_spreads_everything_else_is_infinitely_far():
    flat = spread([4.0, 4.0, 4.0])
    assert (flat.z(4.0), flat.z(5.0), flat.z(3.0)) == (0.0, math.inf, -math.inf)


def test_the_mad_estimates_the_standard_deviation_of_normal_data():
    rng = random.Random(1)
    sample = [rng.gauss(10, 3) for _ in range(20_001)]
    assert spread(sample).sigma == pytest.approx(statistics.stdev(sample), rel=0.03)


def test_the_mad_is_not_moved_by_a_third_of_outliers():
    honest = [10.0, 11.0, 12.0, 13.0, 14.0, 15.0]
    assert spread([*honest, 1e9, 1e9]).sigma < 4
    assert statistics.stdev([*honest, 1e9, 1e9]) > 1e8


def test_symmetric_polynomials_are_sums_of_products():
    odds = [0.5, 2.0, 3.0, 0.1]
    for degree, value in enumerate(symmetric(odds, 4)):
        assert value == pytest.approx(sum(math.prod(chosen) for chosen in combinations(odds, degree)))


@pytest.mark.parametrize(("total", "shared"), [(2, 2), (3, 2), (3, 3), (4, 1), (1, 0), (5, 4)])
def test_overlap_equals_the_sum_over_all_cases(total, shared):
    same_other = [(0.3, 0.2), (0.1, 0.4), (2.0, 0.5)]
    further = [0.7, 0.05, 1.5]
    everything = hits = 0.0
    for case in product(range(3), repeat=3):  # kept, the same, another way
        for rest in product(range(2), repeat=3):
            weight = math.prod((1.0, *pair)[c] for c, pair in zip(case, same_other, strict=True))
            weight *= math.prod(odds if hit else 1.0 for odds, hit in zip(further, rest, strict=True))
            if sum(c > 0 for c in case) + sum(rest) == total:
                everything += weight
                hits += weight * (case.count(1) >= shared)
    assert overlap(same_other, symmetric(further, 6), total, shared) == pytest.approx(hits / everything)


def test_overlap_of_equal_items_is_hypergeometric():
    # Ten items with equal odds, four of them mine, three hit: all three among my four.
    chance = overlap([(1.0, 0.0)] * 4, symmetric([1.0] * 6, 3), 3, 3)
    assert chance == pytest.approx(math.comb(4, 3) / math.comb(10, 3))


def test_overlap_of_the_impossible_is_certain_of_nothing():
    assert overlap([(1.0, 0.0)], [1.0, 0.0, 0.0], 2, 1) == 1.0  # nobody can lose two of one: no case at all


def test_the_densest_interval():
    assert densest([], 1) == 0
    assert densest([1, 2, 3, 10], 2) == 3 / 4
    assert densest([5, 5, 5, 9], 0) == 3 / 4


def test_the_chance_of_a_band():
    assert band_chance(1.0, 7) == 1.0
    assert band_chance(0.5, 0) == 1.0
    # Of uniform values, n lie within w with probability n w^(n-1) - (n-1) w^n: the bound is above, and near for small w.
    for n, width in ((3, 0.1), (6, 0.2)):
        exact = n * width ** (n - 1) - (n - 1) * width**n
        assert exact <= band_chance(width, n) <= 1.5 * exact


def test_pairs():
    assert [pairs(n) for n in (0, 1, 2, 118)] == [0, 0, 1, 6903]


def test_clusters():
    found = Clusters(6)
    found.join(4, 2)
    found.join(2, 5)
    found.keep(0)
    assert found.together(5, 4)
    assert not found.together(0, 4)
    assert found.groups() == ((0,), (2, 4, 5))
