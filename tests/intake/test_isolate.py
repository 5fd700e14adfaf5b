"""A worker that dies, hangs or eats all memory costs its own input only."""

import multiprocessing
import os
import signal
import threading
import time

import pytest

from huitoukan.intake import isolate
from huitoukan.intake.isolate import Lost, WorkersError, limit_worker, run_isolated

STARTED: list[str] = []
MEGABYTE = 1024 * 1024
CRASHES = ("abort", "kill", "leave", "system exit", "memory", "many frames", "cannot travel")


class CannotTravel:
    def __reduce__(self):
        os.abort()


def start(prefix):
    limit_worker(600 * MEGABYTE)
    STARTED.append(prefix)


def start_in_vain(prefix):
    raise OSError(prefix)


def work(text):
    match text:
        case "abort":
            os.abort()
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        case "leave":
            os._exit(3)
        case "system exit":
            raise SystemExit(0)
        case "memory":
            return bytes(4000 * MEGABYTE)[:1].decode()
        case "many frames":
            return work_deeper(0)
        case "cannot travel":
            return CannotTravel()
        case "hang":
            while True:
                time.sleep(0.01)
        case "slow":
            time.sleep(0.4)
    return STARTED[-1] + text


def work_deeper(depth):
    return work_deeper(depth + 1)


def run(inputs, jobs=2, seconds=20.0):
    outcomes = list(
        run_isolated(work, inputs, jobs=jobs, seconds=seconds, initializer=start, arguments=[">"])
    )
    assert sorted(one.input for one in outcomes) == sorted(inputs), "every input has exactly one outcome"
    return {one.input: one.result for one in outcomes}


@pytest.fixture(params=["as here", "spawn"])
def start_method(request, monkeypatch):
    if request.param == "spawn":
        monkeypatch.setattr(isolate, "_context", lambda preload: multiprocessing.get_context("spawn"))


@pytest.mark.parametrize("jobs", [1, 2])
def test_all_results_arrive(jobs):
    inputs = [f"f{n}" for n in range(100)]
    assert run(inputs, jobs) == {text: f">{text}" for text in inputs}
    assert run([], jobs) == {}


def test_bad_inputs_cost_themselves_only(start_method):
    good = [f"f{n}" for n in range(60)]
    mixed = [
        text
        for n, text in enumerate(good)
        for text in ([CRASHES[n // 4]] if n % 4 == 1 and n // 4 < len(CRASHES) else []) + [text]
    ]
    results = run(mixed)
    assert {text: results.pop(text) for text in CRASHES} == {
        text: Lost(timed_out=False, out_of_memory=text == "memory") for text in CRASHES
    }
    assert results == {text: f">{text}" for text in good}


def test_a_hanging_input_is_given_up(start_method):
    inputs = [f"f{n}" for n in range(20)] + ["hang"] + [f"g{n}" for n in range(20)]
    results = run(inputs, seconds=1.0)
    assert results.pop("hang") == Lost(timed_out=True)
    assert all(result == f">{text}" for text, result in results.items())


def test_the_time_limit_is_that_of_one_input(monkeypatch):
    monkeypatch.setattr(isolate, "_AHEAD", 1)  # all of them travel together
    slow = ["slow"] * 10
    outcomes = list(run_isolated(work, slow, jobs=1, seconds=2.0, initializer=start, arguments=[">"]))
    assert [one.result for one in outcomes] == [">slow"] * 10


def test_workers_that_cannot_start_end_the_run(start_method):
    with pytest.raises(WorkersError):
        list(run_isolated(work, ["a", "b"], jobs=2, seconds=5.0, initializer=start_in_vain, arguments=["x"]))


def test_workers_killed_while_they_are_idle_or_busy():
    """Somebody else kills workers at random, as a system does that has no memory left."""
    inputs = [f"f{n}" for n in range(40)] + ["slow"] * 4
    stop = threading.Event()

    def killer():
        for _ in range(3):
            if stop.wait(0.3):
                return
            for child in multiprocessing.active_children()[:1]:
                child.kill()

    thread = threading.Thread(target=killer)
    thread.start()
    try:
        outcomes = list(run_isolated(work, inputs, jobs=2, seconds=20.0, initializer=start, arguments=[">"]))
    finally:
        stop.set()
        thread.join()
    assert sorted(one.input for one in outcomes) == sorted(inputs)


PICKLED: list[str] = []


class Argument:
    """What workers begin with; it notes each time that it is made ready to travel."""

    def __reduce__(self):
        PICKLED.append("once")
        return str, ("began ",)


def test_what_workers_begin_with_is_made_ready_once():
    """A worker is started anew by a thread of the pool, while the main thread goes on changing the same objects' caches."""
    PICKLED.clear()
    outcomes = run_isolated(
        work, ["a", "kill", "b"], jobs=2, seconds=5, initializer=start, arguments=[Argument()]
    )
    results = {outcome.input: outcome.result for outcome in outcomes}
    assert results == {"a": "began a", "b": "began b", "kill": Lost(timed_out=False)}
    assert PICKLED == ["once"]
