"""The stamp of our own blank forms: read back as written, and never a reason to stumble."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from huitoukan.grid import Grid, Mark
from huitoukan.intake import stamp
from huitoukan.intake.stamp import Stamp, read_stamp
from huitoukan.model import Level, Stage

TEXTS = st.text(min_size=1, max_size=20).map(str.strip).filter(bool)
STAMPS = st.builds(
    Stamp,
    TEXTS, TEXTS, TEXTS, TEXTS,
    stage=st.none() | st.sampled_from(Stage),
    level=st.none() | st.sampled_from(Level),
)  # fmt: skip
CELLS = st.one_of(st.none(), st.text(max_size=12), st.floats(), st.booleans(), st.dates(), st.integers())
ONE = Stamp("jinzhong-2024", "2024.1", "jinzhong-2024", "140724100", Stage.SELF, Level.TOWNSHIP)


def written(one, **changed):
    return Grid(stamp.SHEET, [[key, changed.get(key, value)] for key, value in stamp.rows(one)])


@given(STAMPS)
def test_a_stamp_reads_back(one):
    assert read_stamp(written(one)) == one


@settings(max_examples=300)
@given(st.lists(st.lists(CELLS, max_size=3), max_size=8), st.sampled_from((stamp.SHEET, "Sheet1")))
def test_no_sheet_makes_it_stumble(rows, name):
    read_stamp(Grid(name, rows))


def test_a_unit_code_that_became_a_number_is_still_the_unit():
    assert read_stamp(written(ONE, unit=140724100.0)) == ONE


def test_an_unknown_stage_or_level_is_none():
    found = read_stamp(written(ONE, stage="province", level=None))
    assert found is not None
    assert (found.unit, found.stage, found.level) == (ONE.unit, None, None)


def test_what_is_no_stamp():
    assert read_stamp(Grid(stamp.SHEET, [])) is None
    assert read_stamp(written(ONE, format="2")) is None
    assert read_stamp(written(ONE, unit="")) is None
    assert read_stamp(written(ONE, rubric=math.nan)) is not None
    assert read_stamp(Grid("评分表", written(ONE).rows)) is None
    assert read_stamp(Grid(stamp.SHEET, written(ONE).rows, marks={(4, 1): (Mark.UNCACHED, "")})) is not None


def test_the_first_of_two_values_counts():
    assert read_stamp(Grid(stamp.SHEET, [*written(ONE).rows, ["unit", "140724101"]])) == ONE
