"""Rank correlations and the inflation index against formulas written another way."""

import random
from decimal import Decimal
from fractions import Fraction
from math import sqrt

import numpy as np
import pandas as pd
import pytest

from huitoukan.standing.exact import half_up, of_hundred
from huitoukan.standing.inflation import Inflation, inflation
from huitoukan.standing.ranks import kendall_tau_b, mean_ranks, rank_stability, spearman_rho


def tau_by_signs(xs, ys):
    """tau-b as the correlation of the signs of all ordered pairs (Kendall 1948)."""
    a = np.sign(np.subtract.outer(xs, xs)).astype(float)
    b = np.sign(np.subtract.outer(ys, ys)).astype(float)
    spread = sqrt((a * a).sum() * (b * b).sum())
    return (a * b).sum() / spread if spread else None


def rho_of_ranks(xs, ys):
    """Pearson's correlation of mean ranks, by pandas."""
    a, b = pd.Series(xs).rank(), pd.Series(ys).rank()
    return a.corr(b) if a.nunique() > 1 and b.nunique() > 1 else None


def same(found, expected):
    return found is None if expected is None else abs(float(found) - expected) <= 0.00005 + 1e-9


@pytest.mark.parametrize("seed", range(40))
def test_against_independent_formulas(seed):
    draw = random.Random(seed)
    n, spread = draw.randint(2, 40), draw.choice([2, 5, 1000])
    xs = [draw.randint(0, spread) for _ in range(n)]
    ys = [draw.randint(0, spread) for _ in range(n)]
    assert same(kendall_tau_b([*map(Fraction, xs)], [*map(Fraction, ys)]), tau_by_signs(xs, ys))
    assert same(spearman_rho([*map(Fraction, xs)], [*map(Fraction, ys)]), rho_of_ranks(xs, ys))


def test_by_hand():
    # 90 95 80 85 against 85 84 79 80: pairs (90,95) turned round, the five others kept: (5 - 1) / 6
    own, check = [90, 95, 80, 85], [85, 84, 79, 80]
    assert kendall_tau_b(own, check) == Decimal("0.6667")
    # ranks 2 1 4 3 and 1 2 4 3: 1 - 6 (1 + 1) / (4 · 15) = 0.8
    assert spearman_rho(own, check) == Decimal("0.8")
    # one tie in the first of three: C = 2, D = 0, sqrt((3 - 1) · 3)
    assert kendall_tau_b([1, 1, 2], [1, 2, 3]) == Decimal("0.8165")
    assert mean_ranks([90, 80, 90]) == [Fraction(3, 2), 3, Fraction(3, 2)]


def test_the_ends_and_where_there_is_no_answer():
    ten = [Fraction(n) for n in range(10)]
    assert rank_stability(ten, ten, 5).tau == rank_stability(ten, ten, 5).rho == 1
    assert (kendall_tau_b(ten, ten[::-1]), spearman_rho(ten, ten[::-1])) == (-1, -1)
    for xs, ys in (([], []), ([1], [2]), ([1, 1], [1, 2]), ([1, 2], [3, 3])):
        found = rank_stability(xs, ys, 1)
        assert (found.n, found.tau, found.rho) == (len(xs), None, None)
    assert [rank_stability(ten[:n], ten[:n], 5).few for n in (4, 5)] == [True, False]


def test_rounding_is_half_up_away_from_zero_and_exact():
    cent = Decimal("0.01")
    assert [half_up(Fraction(n, 1000), cent) for n in (5, -5, 4, -4, 15)] == [
        Decimal("0.01"), Decimal("-0.01"), 0, 0, Decimal("0.02")
    ]  # fmt: skip
    assert str(half_up(Fraction(-1, 1000), cent)) == "0"
    thirds = [of_hundred(Decimal(1), Decimal(3)), of_hundred(Decimal(2), Decimal(3))]
    assert sum(thirds) == 100


def test_the_index_by_hand():
    # s - c: 5, 0, -1, 20; mean 24 / 4; median (0 + 5) / 2; taken away 24 / 360
    pairs = [(95, 90), (90, 90), (80, 81), (95, 75)]
    found = inflation([(Fraction(s), Fraction(c)) for s, c in pairs], least=5)
    assert found == Inflation(
        n=4, few=True, index=Decimal(6), middle=Decimal("2.5"), taken=Decimal("0.0667"),
        own=Decimal(90), check=Decimal(84), above=2, equal=1, below=1,
    )  # fmt: skip
    assert not inflation([(Fraction(s), Fraction(c)) for s, c in pairs], least=4).few


def test_no_units_no_index_and_no_points_no_share():
    assert inflation([], 1) == Inflation(0, few=True)
    assert inflation([(Fraction(0), Fraction(0))], 1).taken is None


@pytest.mark.parametrize("seed", range(20))
def test_the_index_against_pandas(seed):
    draw = random.Random(seed)
    table = pd.DataFrame(
        [(draw.randint(0, 200) / 2, draw.randint(0, 200) / 2) for _ in range(draw.randint(1, 30))],
        columns=["own", "check"],
    )
    found = inflation([(Fraction(s), Fraction(c)) for s, c in table.itertuples(index=False)], 1)
    difference = table["own"] - table["check"]
    assert float(found.index) == pytest.approx(difference.mean(), abs=0.005001)
    assert float(found.middle) == pytest.approx(difference.median(), abs=0.005001)
    assert float(found.taken) == pytest.approx(difference.sum() / table["own"].sum(), abs=0.0000501)
    assert (found.above, found.below) == ((difference > 0).sum(), (difference < 0).sum())
