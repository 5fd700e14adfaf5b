"""How long does `huitoukan report` take for a whole city, and how much memory?

Lays down the made-up city of the tests (12 county bodies and 118 townships at up to three stages, with reports, papers
and questionnaires) and runs `huitoukan report` on it with all outputs, beside `huitoukan validate --format json`, which
only reads and checks the same files; both in cold processes, alternating, in one run. Prints the time of each, the peak
resident memory of the main process and of the largest other one, and the size of what was written.

Usage: python benchmarks/bench_report.py [--repeat 3] [--seed 2024]     (Linux only: it reads /proc)
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench_memory import watched

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.city.city import city


def run(*command: str) -> tuple[float, float, float]:
    """Seconds, and the peak resident megabytes of the main process and of the largest that it started."""
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "huitoukan", *command, "--quiet"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        main, largest = watched(process)
    assert process.returncode in (0, 1), "1: errors in the data, which the city has"
    return time.perf_counter() - start, main, largest


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--seed", type=int, default=2024)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder, out = Path(name) / "city", Path(name) / "out"
        city(options.seed, papers=True).write(folder)
        files = [path for path in folder.rglob("*") if path.is_file()]
        books = sum(path.suffix in {".xlsx", ".xls", ".et", ".ods"} for path in files)
        print(f"{len(files)} files, {books} of them workbooks, {options.repeat} runs of each")
        commands = {
            "validate": ("validate", str(folder), "--format", "json"),
            "report": ("report", str(folder), "--out", str(out)),
        }
        measured: dict[str, list[tuple[float, float, float]]] = {kind: [] for kind in commands}
        for _ in range(options.repeat):
            for kind, command in commands.items():
                measured[kind].append(run(*command))
        for kind, runs in measured.items():
            seconds = statistics.median(one[0] for one in runs)
            own, other = (max(one[n] for one in runs) for n in (1, 2))
            print(
                f"{kind:9} {seconds:6.2f} s, main process {own:6.1f} MB, largest other process {other:6.1f} MB"
            )
        ratio = [r[0] / v[0] for r, v in zip(measured["report"], measured["validate"], strict=True)]
        print(f"report / validate = {statistics.median(ratio):.2f}")
        written = sorted(path for path in out.rglob("*") if path.is_file())
        print(f"written: {len(written)} files, {sum(path.stat().st_size for path in written) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
