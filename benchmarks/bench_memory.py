"""Does the memory of `huitoukan validate` grow with the number of workbooks?

Makes two folders of filled township forms (see bench_validate.py), one ten times as large as the other, runs
`huitoukan validate DIR --format json` on each in a cold process, and prints the peak resident memory of the process that
gathers the results and of the largest of the others (workers and their server). What has to be kept of every file, its
findings and one score vector, is part of it: the goal holds even so.

Goal: each peak at ten times the files at most 1.3 times the peak.

Usage: python benchmarks/bench_memory.py [--files 450] [--times 10]     (Linux only: it reads /proc)
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench_validate import make

_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)
_SESSION = 3  # the place of the session among the fields of /proc/PID/stat that follow the name


def peaks(folder: Path) -> tuple[float, float]:
    """Peak resident megabytes of the main process, and of the largest process that it started."""
    command = [sys.executable, "-m", "huitoukan", "validate", "--quiet", "--format", "json", str(folder)]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        return watched(process)


def watched(process: subprocess.Popen[bytes]) -> tuple[float, float]:
    """The same of a process that leads a session of its own, which is waited for."""
    found: dict[int, float] = {}
    while process.poll() is None:
        for pid in _session(process.pid):
            found[pid] = max(found.get(pid, 0), _peak(pid))
        time.sleep(0.02)
    main = found.pop(process.pid)
    return main, max(found.values(), default=0.0)


def _session(leader: int) -> list[int]:
    """The processes of a session."""
    members = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if fields[_SESSION] == str(leader):
            members.append(int(path.parent.name))
    return members


def _peak(pid: int) -> float:
    try:
        peak = _PEAK.search(Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0
    return int(peak[1]) / 1024 if peak else 0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=450)
    parser.add_argument("--times", type=int, default=10)
    options = parser.parse_args()
    measured = []
    for count in (options.files, options.files * options.times):
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            make(Path(name), count)
            measured.append(peaks(Path(name)))
        print(
            f"{count:6} workbooks: main {measured[-1][0]:6.1f} MB, largest worker {measured[-1][1]:6.1f} MB"
        )
    own, worker = (measured[1][n] / measured[0][n] for n in (0, 1))
    print(f"ratio: main {own:.2f}, largest worker {worker:.2f}  (goal: at most 1.3)")


if __name__ == "__main__":
    main()
