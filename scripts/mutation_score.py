"""The mutation score of the rules and of the grammar of score cells; how to run and read it: docs/testing.md.

cosmic-ray makes the mutants; each is loaded in a forked process, which runs the tests of its module there, so nothing on
disk is touched.
"""

import argparse
import importlib
import os
import resource
import signal
import sys
import time
from collections import Counter
from importlib.machinery import SourceFileLoader
from pathlib import Path

import hypothesis
import pytest
from mutants import mutants

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src/huitoukan"
TESTS = {  # of a module; the others have rules/test_NAME; the severities are everybody's
    **dict.fromkeys(("intake/normalise", "intake/guess", "intake/numerals"), "intake/test_normalise"),
    "rules/reasons": "rules/test_evidence",
    "rules/people": "rules/test_signature",
    "rules/wording": "rules/test_wording rules/test_stamp_rules",
    "rules/dates": "rules/test_unit",
    "rules/unit": "rules/test_unit rules/test_stamp_rules",
    "rules/registry": "rules/test_registry rules/test_coverage rules/test_score",
    "rules/subjects": " ".join(
        f"rules/test_{name}" for name in ("form", "sums", "score", "file", "hidden", "coverage", "evidence")
    ),
}
SLOW = "not only_the_beginning and not unpacked_size"  # they read texts and files of the greatest length, and take long


def start(path: Path, code: str, tests: list[str], seconds: float) -> int:
    """Fork a process that runs the tests on a mutant; it ends with 0 when they pass, by an alarm when they hang."""
    if pid := os.fork():
        return pid
    signal.alarm(int(seconds))
    resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))
    original = SourceFileLoader.get_code
    SourceFileLoader.get_code = lambda loader, name: (
        compile(code, loader.path, "exec") if Path(loader.path) == path else original(loader, name)
    )
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    os._exit(int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore", "-k", SLOW, *tests])))


def measure(path: Path, tests: list[str], show: bool) -> Counter[str]:
    source, began = path.read_text(encoding="utf-8"), time.monotonic()
    if os.waitpid(start(path, source, tests, 600), 0)[1]:
        raise SystemExit(f"the tests of {path.name} fail without a mutant: {' '.join(tests)}")
    seconds = 6 + 5 * (time.monotonic() - began)
    todo, running, counts = list(mutants(source).items()), {}, Counter[str]()
    while todo or running:
        while todo and len(running) < (os.cpu_count() or 1):
            mutant = todo.pop()
            running[start(path, mutant[0], tests, seconds)] = mutant
        pid, status = os.wait()
        code, line = running.pop(pid)
        late = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM
        counts["timeouts" if late else "killed" if status else "survived"] += 1
        if show and status == 0:
            pairs = zip(source.splitlines(), code.splitlines(), strict=False)
            print(next(f"  {line}: {a.strip()}  =>  {b.strip()}" for a, b in pairs if a != b), flush=True)
    return counts


def report(name: str, counts: Counter[str]) -> None:
    every, columns = counts.total(), (counts[kind] for kind in ("killed", "timeouts", "survived"))
    score = 1 - counts["survived"] / every
    print(f"{name:18}", *(f"{number:9}" for number in (every, *columns)), f"{score:9.1%}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    known = [*list(TESTS)[:3], *(f"rules/{p.stem}" for p in sorted(PACKAGE.glob("rules/[!_]*.py")))]
    parser.add_argument(
        "modules", nargs="*", default=known, help="such as rules/wording; all when none is named"
    )
    parser.add_argument("--survivors", action="store_true", help="print what survives, by line")
    chosen, total = parser.parse_args(), Counter[str]()
    os.chdir(ROOT)
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    for name in ("huitoukan.campaign.campaign", "openpyxl", "python_calamine", "pebble"):
        importlib.import_module(name)  # what no mutant touches is imported once
    few = hypothesis.settings(max_examples=15, deadline=None, derandomize=True, database=None)
    hypothesis.settings.register_profile("few", few)
    hypothesis.settings.load_profile("few")
    print(f"{'module':18}", *(f"{w:>9}" for w in ("mutants", "killed", "timeouts", "survived", "score")))
    for module in chosen.modules:
        tests = f"{TESTS.get(module, module.replace('/', '/test_'))} rules/test_severities".split()
        counts = measure(PACKAGE / f"{module}.py", [f"tests/{t}.py" for t in tests], chosen.survivors)
        report(module, counts)
        total += counts
    report("all", total)


if __name__ == "__main__":
    main()
