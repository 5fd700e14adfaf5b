"""Run one function over many inputs in worker processes, so that an input that kills its worker costs itself only.

Inputs travel in small chunks, for speed; the inputs of a chunk that failed are tried again one by one, which names
the guilty one. Results come back as they are ready.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, TimeoutError, wait
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pebble import ProcessExpired, ProcessPool

Input = TypeVar("Input")
Output = TypeVar("Output")

_CHUNK = 16
_FORK_SERVER = "forkserver"
_AHEAD = 4  # chunks per worker that wait in the queue


@dataclass(frozen=True, slots=True)
class Lost:
    """An input that brought no result: its worker died, or it took longer than it may."""

    timed_out: bool


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Input, Output]):
    """An input and what came of it."""

    input: Input
    result: Output | Lost


def run_isolated(
    function: Callable[[Input], Output], inputs: Sequence[Input], *, jobs: int, seconds: float,
    initializer: Callable[..., None], arguments: Sequence[Any], preload: Sequence[str] = (),
) -> Iterator[Outcome[Input, Output]]:  # fmt: skip
    """Yield the outcome of every input, in no particular order.

    `seconds` is the time limit of one input (and of a chunk before its inputs are tried one by one). Each worker
    calls `initializer(*arguments)` first; `preload` names modules that a fork server imports once for all workers.
    """
    size = max(1, min(_CHUNK, -(-len(inputs) // (jobs * _AHEAD))))
    chunks = [tuple(inputs[start : start + size]) for start in range(0, len(inputs), size)]
    waiting = list(reversed(chunks))
    running: dict[Future[Any], tuple[Input, ...]] = {}
    pool: Any = ProcessPool(
        max_workers=jobs, initializer=initializer, initargs=list(arguments), context=_context(preload)
    )
    try:
        while waiting or running:
            while waiting and len(running) < jobs * _AHEAD:
                chunk = waiting.pop()
                running[pool.schedule(_run, args=[function, chunk], timeout=seconds)] = chunk
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                chunk = running.pop(future)
                try:
                    yield from map(Outcome, chunk, future.result())
                except (ProcessExpired, TimeoutError) as error:
                    if len(chunk) == 1:
                        yield Outcome(chunk[0], Lost(isinstance(error, TimeoutError)))
                    else:
                        waiting.extend((single,) for single in reversed(chunk))
        pool.close()
    finally:
        pool.stop()
        pool.join()


def limit_worker(memory: int) -> None:
    """Called in a worker: no more than `memory` bytes where the system can limit it, no interrupt, nothing on stderr.

    An interrupt is the main process's to handle; what a reader prints when it panics is no message of ours.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        import resource  # noqa: PLC0415  (POSIX only)

        resource.setrlimit(resource.RLIMIT_AS, (memory, resource.getrlimit(resource.RLIMIT_AS)[1]))
    except (ImportError, ValueError, OSError):
        pass
    if not os.environ.get("HUITOUKAN_DEBUG"):
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 2)
        os.close(silent)


def _run(function: Callable[[Input], Output], chunk: tuple[Input, ...]) -> list[Output]:
    return [function(one) for one in chunk]


def warm_up(*preload: str) -> None:
    """Start the fork server already, where there is one, with these modules: it then starts beside other work.

    For the main thread only. The server and its workers leave an interrupt to the main process.
    """
    if _FORK_SERVER in multiprocessing.get_all_start_methods():
        from multiprocessing import forkserver  # noqa: PLC0415  (POSIX only)

        _context(preload)
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is ignored here is ignored there
        try:
            forkserver.ensure_running()
        finally:
            signal.signal(signal.SIGINT, handler)


def _context(preload: Sequence[str]) -> Any:
    """Workers never fork from this process, which has threads; a fork server where there is one, else spawn."""
    if _FORK_SERVER in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context(_FORK_SERVER)
        context.set_forkserver_preload(list(preload))
        return context
    return multiprocessing.get_context("spawn")
