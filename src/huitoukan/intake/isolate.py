"""Run one function over many inputs in worker processes, so that an input that kills its worker costs itself only.

Inputs travel in small chunks, for speed. Workers note in shared memory which input they are at: that names the one that
killed its worker, and gives every input a time limit of its own, however many it travels with. Whatever dies is tried
once more alone before it is given up; what takes too long is given up at once. Results come back as they are ready.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pebble import ProcessPool

Input = TypeVar("Input")
Output = TypeVar("Output")

_CHUNK = 32  # inputs at the most
_FORK_SERVER = "forkserver"
_AHEAD = 4  # chunks per worker that wait in the queue
_TRIES = 2
_TICK = 0.1  # seconds between two looks at where the workers are
_LONGEST_TICK = 1.0  # a longer one was no work: the machine slept
_STALL = 60.0  # seconds without any sign of life, beyond the time that an input may take
_RESTARTS = 3  # pools that break one after the other without a single result


@dataclass(frozen=True, slots=True)
class Lost:
    """An input that brought no result: it took longer or more memory than it may, or its worker died."""

    timed_out: bool
    out_of_memory: bool = False


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Input, Output]):
    """An input and what came of it."""

    input: Input
    result: Output | Lost


class WorkersError(RuntimeError):
    """Workers cannot be started here, or do not stay alive long enough to begin with anything."""


def run_isolated(
    function: Callable[[Input], Output], inputs: Sequence[Input], *, jobs: int, seconds: float,
    initializer: Callable[..., None], arguments: Sequence[Any], preload: Sequence[str] = (),
) -> Iterator[Outcome[Input, Output]]:  # fmt: skip
    """Yield the outcome of every input, in no particular order.

    `seconds` is the time limit of one input. Each worker calls `initializer(*arguments)` first; `preload` names modules
    that a fork server imports once for all workers.

    Raises:
        WorkersError: workers die before they begin with anything, again and again.
    """
    if not inputs:
        return
    context = _context(preload)
    progress = context.RawArray("b", len(inputs))
    # Pickled here and once: a worker may be started anew while this thread works with the very same objects.
    first = pickle.dumps((initializer, tuple(arguments)), pickle.HIGHEST_PROTOCOL)
    crew = _Crew(context, jobs, [progress, first])
    queue = _Queue(inputs, jobs, progress, seconds)
    try:
        while queue.waiting or queue.running:
            while queue.waiting and len(queue.running) < jobs * _AHEAD and not crew.broken:
                chunk = queue.waiting.pop()
                crew.schedule(queue, [function, [(n, inputs[n]) for n in chunk]], chunk)
            done, _ = wait(queue.running, timeout=_TICK, return_when=FIRST_COMPLETED)
            for future in done:
                # Asking for the results would raise whatever was raised in the worker, SystemExit too.
                chunk, error = queue.running.pop(future).chunk, future.exception()
                if error is None:
                    crew.barren = 0
                    for n, result in zip(chunk, pickle.loads(future.result()), strict=True):
                        yield Outcome(inputs[n], result)
                    continue
                crew.broken = crew.broken or isinstance(error, BrokenProcessPool)
                for n, lost in queue.failed(chunk, error):
                    crew.barren = 0
                    yield Outcome(inputs[n], lost)
            for n in queue.late():
                crew.barren = 0
                yield Outcome(inputs[n], Lost(timed_out=True))
            if (crew.broken and not queue.running) or queue.stalled():
                queue.recall()
                crew.replace()
        crew.pool.close()
    finally:
        crew.stop()


class _Crew:
    """The pool of workers, and a new one where it broke."""

    def __init__(self, context: Any, jobs: int, arguments: list[Any]) -> None:
        self._context, self._jobs, self._arguments = context, jobs, arguments
        self.pool = self._new_pool()
        self.broken = False
        self.barren = 0  # pools that broke since there was a result

    def _new_pool(self) -> Any:
        return ProcessPool(
            max_workers=self._jobs, initializer=_start, initargs=self._arguments, context=self._context
        )

    def schedule(self, queue: _Queue, arguments: list[Any], chunk: tuple[int, ...]) -> None:
        """Give a chunk to the pool, or back where the pool no longer takes any."""
        try:
            queue.running[self.pool.schedule(_run, args=arguments)] = _Watch(chunk)
        except RuntimeError:
            queue.waiting.append(chunk)
            self.broken = True

    def replace(self) -> None:
        """A new pool.

        Raises:
            WorkersError: this was tried often enough.
        """
        self.barren += 1
        if self.barren > _RESTARTS:
            raise WorkersError
        self.stop()
        self.pool, self.broken = self._new_pool(), False

    def stop(self) -> None:
        """End all workers."""
        self.pool.stop()
        self.pool.join()


@dataclass(slots=True)
class _Watch:
    """A chunk that is with the workers: the input it is at, and since when by the clock of the queue."""

    chunk: tuple[int, ...]
    at: int = -1
    since: float = 0.0


_BEGUN, _DONE = 1, 2


def _chunks(count: int, jobs: int) -> Iterator[tuple[int, ...]]:
    """The numbers of the inputs in chunks, smaller towards the end so that the workers finish together."""
    start = 0
    while start < count:
        size = min(_CHUNK, -(-(count - start) // (jobs * _AHEAD)))
        yield tuple(range(start, min(start + size, count)))
        start += size


class _Queue:
    """Which inputs wait and which are with the workers, by their number."""

    def __init__(self, inputs: Sequence[Any], jobs: int, progress: Any, seconds: float) -> None:
        self.waiting = list(_chunks(len(inputs), jobs))[::-1]
        self.running: dict[Future[Any], _Watch] = {}
        self.progress = progress
        self.seconds = seconds
        self.tries: dict[int, int] = {}
        self.clock, self.last_look, self.last_change = 0.0, time.monotonic(), 0.0

    def failed(self, chunk: tuple[int, ...], error: BaseException) -> Iterator[tuple[int, Lost]]:
        """What is lost of a chunk whose worker died; the rest waits again, the guilty one alone."""
        self.last_change = self.clock
        guilty = [n for n in chunk if self.progress[n] == _BEGUN]
        if not guilty and all(self.progress[n] == _DONE for n in chunk):
            guilty = list(chunk)  # their results did not arrive
        self._wait(tuple(n for n in chunk if n not in guilty))
        for n in guilty:
            self.tries[n] = self.tries.get(n, 0) + 1
            if self.tries[n] < _TRIES:
                self._wait((n,))
            else:
                yield n, Lost(timed_out=False, out_of_memory=isinstance(error, MemoryError))

    def late(self) -> Iterator[int]:
        """The inputs that take longer than they may: their workers are stopped, what travelled with them waits again."""
        now = time.monotonic()
        self.clock += min(now - self.last_look, _LONGEST_TICK)
        self.last_look = now
        for future, watch in list(self.running.items()):
            at = next((n for n in watch.chunk if self.progress[n] == _BEGUN), -1)
            if at != watch.at:
                watch.at, watch.since, self.last_change = at, self.clock, self.clock
            elif at >= 0 and self.clock - watch.since > self.seconds and not future.done():
                future.cancel()
                del self.running[future]
                self.last_change = self.clock
                self._wait(tuple(n for n in watch.chunk if n != at))
                yield at

    def stalled(self) -> bool:
        """Whether nothing at all has happened for longer than anything may take."""
        return self.clock - self.last_change > self.seconds + _STALL

    def recall(self) -> None:
        """Let everything that is with the workers wait again."""
        for watch in self.running.values():
            self._wait(watch.chunk)
        self.running.clear()
        self.last_change = self.clock

    def _wait(self, chunk: tuple[int, ...]) -> None:
        for n in chunk:
            self.progress[n] = 0
        if chunk:
            self.waiting.append(chunk)


# ---------------------------------------------------------------------------------------------------------- workers

_progress: Any = None


def _start(progress: Any, first: bytes) -> None:
    """What a worker does first; `first` is the initializer and its arguments, pickled."""
    global _progress  # noqa: PLW0603  one worker works for one run
    _progress = progress
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a worker that hangs outside Python would not hear of it
    threading.Thread(target=_end_with_parent, daemon=True).start()
    initializer, arguments = pickle.loads(first)
    initializer(*arguments)


def _end_with_parent() -> None:
    """A worker must not outlive a main process that was killed, busy or not."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run(function: Callable[[Input], Output], chunk: Sequence[tuple[int, Input]]) -> bytes:
    """The results of a chunk, pickled: a worker that died while the pool pickles them would leave its pipe locked."""
    results = []
    for number, one in chunk:
        _progress[number] = _BEGUN
        results.append(function(one))
        _progress[number] = _DONE
    return pickle.dumps(results, pickle.HIGHEST_PROTOCOL)


def limit_worker(memory: int) -> None:
    """Called in a worker: no more than `memory` bytes where the system can limit it, no interrupt, nothing on stderr.

    An interrupt is the main process's to handle; what a reader prints when it panics is no message of ours.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # numpy, which openpyxl loads, would set aside address space for a thread on every core
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        import resource  # noqa: PLC0415  (POSIX only)

        resource.setrlimit(resource.RLIMIT_AS, (memory, resource.getrlimit(resource.RLIMIT_AS)[1]))
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    except (ImportError, ValueError, OSError):
        pass
    _silence()


def _silence() -> None:
    """Nothing more on stderr, unless it is asked for."""
    if not os.environ.get("HUITOUKAN_DEBUG"):
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 2)
        os.close(silent)


def warm_up(*preload: str) -> None:
    """Start the fork server already, where there is one, with these modules: it then starts beside other work.

    For the main thread only. The server and its workers leave an interrupt to the main process, and have nothing to say
    when it ends before they have begun.
    """
    if _FORK_SERVER in multiprocessing.get_all_start_methods():
        from multiprocessing import forkserver  # noqa: PLC0415  (POSIX only)

        _context(preload)
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is ignored here is ignored there
        stderr = os.dup(2)
        try:
            _silence()  # the server inherits it
            forkserver.ensure_running()
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            signal.signal(signal.SIGINT, handler)


def _context(preload: Sequence[str]) -> Any:
    """Workers never fork from this process, which has threads; a fork server where there is one, else spawn."""
    if _FORK_SERVER in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context(_FORK_SERVER)
        context.set_forkserver_preload(list(preload))
        return context
    return multiprocessing.get_context("spawn")
