"""Sums, means and quartiles against the standard library and by hand."""

import statistics
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitoukan.standing.quantiles import exact_sum, quotient, summarise

NUMBERS = st.decimals(-10_000, 10_000, allow_nan=False, allow_infinity=False, places=2)


@given(st.lists(NUMBERS, min_size=2, max_size=40))
def test_quartiles_are_those_of_excel(values):
    found = summarise(values, 5)
    exact = [Fraction(value) for value in values]
    expected = statistics.quantiles(exact, n=4, method="inclusive")
    assert [Fraction(q) for q in (found.lower_quartile, found.median, found.upper_quartile)] == expected
    assert Fraction(found.median) == statistics.median(exact)
    assert (found.minimum, found.maximum) == (min(values), max(values))


@given(st.lists(NUMBERS, min_size=1, max_size=40))
def test_sum_and_mean(values):
    found = summarise(values, 5)
    exact = [Fraction(value) for value in values]
    assert Fraction(found.total) == sum(exact)
    assert abs(Fraction(found.mean) - statistics.mean(exact)) <= Fraction(1, 20_000)
    assert found.n == len(values)
    assert found.zeros == sum(not value for value in values)
    assert found.few is (len(values) < 5)


def test_by_hand():
    # Excel: =QUARTILE.INC({1;2;4;8},1) is 1.75, QUARTILE.INC(...,3) is 5.
    found = summarise([Decimal(8), Decimal(1), Decimal(4), Decimal(2)], 5)
    figures = (found.lower_quartile, found.median, found.upper_quartile, found.mean, found.total)
    assert figures == tuple(map(Decimal, ("1.75", "3", "5", "3.75", "15")))


def test_nothing_is_no_zero():
    assert summarise([], 5) is None
    assert exact_sum([]) == 0
    one = summarise([Decimal(0)], 1)
    assert (one.n, one.zeros, one.median, one.few) == (1, 1, Decimal(0), False)


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [("1", "3", "0.3333"), ("2", "3", "0.6667"), ("1", "80000", "0.0000"), ("1", "20000", "0.0001")],
)
def test_shares_are_rounded_half_up(part, whole, expected):
    assert quotient(Decimal(part), Decimal(whole)) == Decimal(expected)


def test_no_digit_is_lost():
    large, small = Decimal("99999999999999999999999999.99"), Decimal("0.01")
    assert exact_sum([large, small]) == Decimal("100000000000000000000000000.00")
