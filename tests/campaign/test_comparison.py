"""The settings of comparisons: shipped, written in part, and wrong."""

from decimal import Decimal

import pytest

from huitoukan.campaign.campaign import DATA, load_campaign
from huitoukan.campaign.problems import ConfigError


def edited(tmp_path, section):
    """The shipped campaign with another section `comparison`."""
    lines = (DATA / "campaign.yaml").read_text(encoding="utf-8").splitlines()
    start = lines.index("comparison:")
    end = next(n for n in range(start + 1, len(lines)) if lines[n] and not lines[n].startswith(" "))
    path = tmp_path / "campaign.yaml"
    path.write_text("\n".join([*lines[:start], section, *lines[end:]]), encoding="utf-8")
    return load_campaign(path).settings.comparison


def test_what_a_campaign_leaves_out_is_as_shipped(tmp_path, campaign):
    """A campaign file of an earlier version has only the first two keys."""
    found = edited(tmp_path, "comparison:\n  total_points: {value: 12, basis: assumed, source: A}")
    assert found.total_points.value == 12
    assert found.dimension_share == campaign.settings.comparison.dimension_share
    assert (found.least_units.value, found.steady_points.value) == (5, 1)
    assert found.steady_dimension_share.value == Decimal("0.05")


@pytest.mark.parametrize(
    "wrong", ["least_units: {value: 0,", "steady_points: {value: -1,", "steady_dimension_share: {value: 5,"]
)
def test_values_that_make_no_sense(tmp_path, wrong):
    with pytest.raises(ConfigError) as caught:
        edited(tmp_path, f"comparison:\n  {wrong} basis: assumed, source: A}}")
    assert [problem.code for problem in caught.value.problems] == ["R902"]
