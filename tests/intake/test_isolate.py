"""A worker that dies or hangs costs its own input only."""

import os
import time

import pytest

from huitoukan.intake.isolate import Lost, run_isolated

STARTED: list[str] = []


def start(prefix):
    STARTED.append(prefix)


def work(text):
    if text == "die":
        os.abort()
    if text == "leave":
        os._exit(3)
    if text == "hang":
        time.sleep(60)
    return STARTED[-1] + text


def run(inputs, jobs=2, seconds=3.0):
    outcomes = list(
        run_isolated(work, inputs, jobs=jobs, seconds=seconds, initializer=start, arguments=[">"])
    )
    assert sorted(one.input for one in outcomes) == sorted(inputs), "every input has exactly one outcome"
    return {one.input: one.result for one in outcomes}


@pytest.mark.parametrize("jobs", [1, 2])
def test_all_results_arrive(jobs):
    inputs = [f"f{n}" for n in range(100)]
    assert run(inputs, jobs) == {text: f">{text}" for text in inputs}
    assert run([], jobs) == {}


@pytest.mark.parametrize(("bad", "timed_out"), [("die", False), ("leave", False), ("hang", True)])
def test_a_bad_input_costs_itself_only(bad, timed_out):
    inputs = [f"f{n}" for n in range(20)] + [bad] + [f"g{n}" for n in range(20)]
    results = run(inputs)
    assert results.pop(bad) == Lost(timed_out)
    assert all(result == f">{text}" for text, result in results.items())
