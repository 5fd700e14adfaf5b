"""`report` killed at any moment: inputs unchanged, every file old or new, and nothing left behind after the next run.

The moments are random but seeded. Some are spread over the usual length of a run, which is measured here; at the others
the run is killed when the first, second … of its files appears. To save time, most runs are forked from a process that has
loaded the libraries already; every fifth starts as a user starts it.
"""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from huitoukan.output.files import is_temporary
from tests.conftest import DATA

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL and /proc are things of POSIX")

MOMENTS = int(os.environ.get("HUITOUKAN_KILLS", "50"))  # set it higher for a longer look
SEED = 20241124
MARK = "HUITOUKAN_KILL_TEST"  # by this variable the processes of a run are found again
COUNTY = "昔阳县"
FOLDERS = ("charts", "feedback", "letters")
LONGEST = 60  # seconds that a run may take before the test gives up
DIRTY = sorted((DATA / "inbox/dirty").glob("*.xlsx"))
NURSERY = """
import os, signal, sys
import altair, docxtpl, pandas, huitoukan.output.context, huitoukan.output.sandbox
from huitoukan.cli.app import run
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever ended is gone at once
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.environ[sys.argv[1]] = line.strip()
        sys.argv[:2] = ["huitoukan"]
        os._exit(run())
    print(child, flush=True)
"""
# Kills itself at the n-th step of its writing: a temporary file is opened, or takes its place.
SUICIDE = """
import os, signal, sys
steps, last = 0, int(sys.argv[1])
def at_each_step(event, arguments):
    global steps
    if event == "os.rename" or event == "open" and ".huitoukan-" in str(arguments[0]):
        steps += 1
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)
sys.argv[:2] = ["huitoukan"]
from huitoukan.cli.app import run
sys.addaudithook(at_each_step)
sys.exit(run())
"""


@dataclass(frozen=True)
class Place:
    """A folder of inputs, its results, and what these are for the old and for the new inputs."""

    folder: Path
    out: Path
    old: dict[str, bytes]
    new: dict[str, bytes]

    @property
    def arguments(self) -> list[str]:
        places = [str(self.folder), "--out", str(self.out)]
        return ["report", *places, "--county", COUNTY, "--jobs", "1", "--quiet"]

    def begin_again(self) -> frozenset[int]:
        """Put the results of the old inputs in place; tells these files by their numbers."""
        shutil.rmtree(self.out, ignore_errors=True)
        for name, content in self.old.items():
            (self.out / name).parent.mkdir(parents=True, exist_ok=True)
            (self.out / name).write_bytes(content)
        return frozenset(path.stat().st_ino for path in self.out.rglob("*"))

    def progress(self, before: frozenset[int]) -> int:
        """How many files there are that were not there before: temporary ones, and results that were replaced."""
        found = 0
        for folder in (self.out, *(self.out / name for name in FOLDERS)):
            with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
                found += sum(entry.inode() not in before for entry in entries)
        return found

    def start(self, mark: str) -> int:
        """Start a run as a user starts it; its process."""
        command = [sys.executable, "-m", "huitoukan", *self.arguments]
        started = subprocess.Popen(command, env=os.environ | {MARK: mark})
        threading.Thread(target=started.wait, daemon=True).start()  # whoever ended is gone at once
        return started.pid

    def finish(self, mark: str) -> None:
        """A whole run."""
        command = [sys.executable, "-m", "huitoukan", *self.arguments]
        done = subprocess.run(command, env=os.environ | {MARK: mark}, check=False, timeout=LONGEST)
        assert done.returncode == 0


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def state(folder: Path) -> dict[str, tuple[str, int]]:
    """What must not change of the inputs: content and time of change."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path): (sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) for path in paths}


def gone(process: int) -> bool:
    return not Path(f"/proc/{process}").exists()


def alive(mark: str) -> list[int]:
    """The processes of a run, found by a variable of their environment."""
    found, wanted = [], f"{MARK}={mark}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return found


def waits(seconds: float, step: float = 0.001) -> Iterator[None]:
    """Go round until the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(step)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    home = tmp_path_factory.mktemp("kill")
    folder, out = home / "报送", home / "结果"
    folder.mkdir()
    (folder / "乱.xlsx").write_bytes(
        b"junk"
    )  # the old report has a page of what belongs nowhere, the new one not
    shutil.copy(DIRTY[0], folder)
    one = Place(folder, out, {}, {})
    one.finish("old")
    old = content(out)
    (folder / "乱.xlsx").unlink()
    for path in DIRTY[1:4]:
        shutil.copy(path, folder)
    one.finish("new")
    new = content(out)
    changed = {name for name in old if new.get(name) != old[name]}
    assert {"report.html", "results.json", "findings.csv", f"feedback/{COUNTY}.html"} <= changed
    assert old.keys() - new.keys() == {"feedback/未能归县.html"}
    assert {name.partition("/")[0] for name in new.keys() - old.keys()} == {"charts"}
    return Place(folder, out, old, new)


@pytest.fixture(scope="module")
def nursery(place):
    command = [sys.executable, "-c", NURSERY, MARK, *place.arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def fork(mark):
            process.stdin.write(f"{mark}\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield fork
        process.stdin.close()


def check_after_a_kill(place: Place, before: dict[str, tuple[str, int]], mark: str) -> bool:
    """Everything that must hold after a kill; whether the writing had begun by then and was not done."""
    assert any(not alive(mark) for _ in waits(20, 0.02)), "workers outlive their run"
    assert state(place.folder) == before
    left = content(place.out)
    temporary = {name for name in left if is_temporary(name.rpartition("/")[2])}
    for name in left.keys() - temporary:
        assert left[name] in (place.old.get(name), place.new.get(name)), f"{name} is neither old nor new"
    assert left.keys() >= place.old.keys() & place.new.keys(), "a file that both runs write is never absent"
    return bool(temporary) or left not in (place.old, place.new)


def test_killed_at_any_moment(place, nursery):
    before = state(place.folder)
    lengths = {}
    for begin in (place.start, nursery):
        place.begin_again()
        start = time.monotonic()
        process = begin("whole")
        assert any(gone(process) for _ in waits(LONGEST))
        lengths[begin] = time.monotonic() - start
        assert content(place.out) == place.new
    moments, in_the_writing = random.Random(SEED), 0
    for n in range(MOMENTS):
        there = place.begin_again()
        mark = f"kill {n}"
        begin = nursery if n % 5 else place.start
        seconds, files = moments.uniform(0, lengths[begin]), moments.randint(1, len(place.new))
        process = begin(mark)
        # Every second one in the writing: when so many of its files have appeared.
        watching = n % 2 == 0
        for _ in waits(LONGEST if watching else seconds):
            if gone(process) or (watching and place.progress(there) >= files):
                break
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        assert any(gone(process) for _ in waits(LONGEST))
        in_the_writing += check_after_a_kill(place, before, mark)
    assert in_the_writing >= MOMENTS // 5, "the kills must reach the writing"
    place.finish("last")
    assert content(place.out) == place.new, "the next run repairs everything"
    assert state(place.folder) == before


@pytest.mark.parametrize("share", [0, 0.25, 0.5, 0.75])
def test_killed_at_a_step_of_the_writing(place, share):
    step = 1 + int(share * 2 * len(place.new))  # each file is written, then each takes its place
    before = state(place.folder)
    place.begin_again()
    command = [sys.executable, "-c", SUICIDE, str(step), *place.arguments]
    mark = f"step {step}"
    done = subprocess.run(command, env=os.environ | {MARK: mark}, check=False, timeout=LONGEST)
    assert done.returncode == -signal.SIGKILL
    written = check_after_a_kill(place, before, mark)
    assert written == (step > 1), "nothing is there before the first temporary file is opened"
    place.finish("after")
    assert content(place.out) == place.new, "the next run repairs everything"
