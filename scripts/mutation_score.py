"""The mutation score of the rules and of the grammar of score cells: `python scripts/mutation_score.py [module …]`.

cosmic-ray makes the mutants; each is loaded in a forked process, which runs the tests of its module there, so nothing on
disk is touched. Survivors are printed with `--survivors`. What is left out, and why, stands in docs/testing.md.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any, NamedTuple

import hypothesis
import parso.python.tree as tree
import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators import operator, provider

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src/huitoukan"
TESTS = {  # modules, and the tests that are theirs (with those of the severities, which are everybody's)
    "intake/normalise guess numerals": "intake/test_normalise",
    "rules/evidence reasons": "rules/test_evidence",
    "rules/people signature": "rules/test_signature",
    "rules/wording": "rules/test_wording rules/test_stamp_rules",
    "rules/coverage": "rules/test_coverage",
    "rules/file": "rules/test_file",
    "rules/registry": "rules/test_registry rules/test_coverage rules/test_score",
    "rules/gaps": "rules/test_gaps",
    "rules/form": "rules/test_form",
    "rules/hidden": "rules/test_hidden",
    "rules/score": "rules/test_score",
    "rules/sums": "rules/test_sums",
    "rules/unit": "rules/test_unit rules/test_stamp_rules",
    "rules/subjects": "rules/test_form rules/test_sums rules/test_score rules/test_file rules/test_gaps",
}
OPERATORS = """Add_Sub Sub_Add Mul_Div Div_Mul Mod_Mul BitOr_BitAnd BitAnd_BitOr Eq_NotEq NotEq_Eq Lt_LtE LtE_Lt Gt_GtE GtE_Gt
 Is_IsNot IsNot_Is Delete_Not Delete_USub AddNot TrueWithFalse FalseWithTrue AndWithOr OrWithAnd BreakWithContinue
 ContinueWithBreak NumberReplacer RemoveDecorator ZeroIterationForLoop"""
SWAPS = dict(zip("min max any all ERROR WARNING INFO".split(), "max min all any WARNING ERROR WARNING".split(), strict=True))
SLOW = "not any_length and not unpacked_size"  # they show that time and memory are bounded, for seconds


class Swap(operator.Operator):
    """`in` and `not in`, `min` and `max`, `any` and `all`, one severity and another, and any text."""

    def mutation_positions(self, node: Any) -> Iterator[tuple[Any, Any]]:
        if self.changed(node):
            yield node.start_pos, node.end_pos

    def changed(self, node: Any) -> str | None:
        code = node.get_code(include_prefix=False)
        if isinstance(node, tree.Name):
            return SWAPS.get(code)
        if isinstance(node, tree.String) and not code.startswith(("f", "rf")):
            quote = code.index(code[-1])
            return f"{code[: quote + 1]}XX{code[quote + 1 :]}"
        if code == "in" and node.parent.type == "comparison":
            return "not in"
        return "in" if node.type == "comp_op" and code.split() == ["not", "in"] else None

    def mutate(self, node: Any, index: int) -> Any:
        return tree.Name(self.changed(node), node.start_pos, prefix=node.get_first_leaf().prefix or " ")

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class Mutant(NamedTuple):
    line: int
    code: str


def left_out(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """From where to where texts for people, annotations, caches and the arguments of dataclasses stand."""
    nodes: list[Any] = []
    for node in ast.walk(ast.parse(source)):
        nodes += [getattr(node, name, None) for name in ("annotation", "returns")]
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            nodes.append(node)  # a docstring
        name = getattr(getattr(node, "func", None), "id", None)
        if name == "say":
            nodes.append(node.args[0])
        elif name == "rule":
            nodes += [keyword.value for keyword in node.keywords if keyword.arg in ("message", "fix")]
        elif name in ("dataclass", "lru_cache"):
            nodes += [keyword.value for keyword in node.keywords]
        nodes += [d for d in getattr(node, "decorator_list", ()) if "lru_cache" in ast.unparse(d)]
    lines = source.splitlines()
    place = lambda row, column: (row, len(lines[row - 1].encode()[:column].decode()))  # noqa: E731
    return [(place(n.lineno, n.col_offset), place(n.end_lineno, n.end_col_offset)) for n in nodes if n]


def mutants(source: str) -> dict[str, int]:
    """The code of every mutant, and the line that it changes."""
    core, found, spans = provider.OperatorProvider(), {}, left_out(source)
    chosen = [core[name]() for name in core if name.endswith(tuple(OPERATORS.split()))]
    for one in (*chosen, Swap()):
        nodes = [(node, place) for node in ast_nodes(get_ast(source)) for place in one.mutation_positions(node)]
        for number, (node, (start, _)) in enumerate(nodes):
            bare = node.type == "operator" and node.parent.type in ("parameters", "param", "argument")  # *, is no product
            at = (start[0], start[1] + (node.type == "decorator"))
            if not bare and not any(first <= at < last for first, last in spans):
                found.setdefault(mutate_code(source, one, number), start[0])
    return {code: line for code, line in found.items() if meaning(code) not in (None, meaning(source))}


def meaning(code: str) -> str | None:
    """The syntax tree of a module as text; None where it is no Python (that is no mutant, as 1e300 + 1 is none)."""
    try:
        return ast.dump(ast.parse(code))
    except SyntaxError:
        return None


def start(path: Path, code: str, tests: list[str], seconds: float) -> int:
    """Fork a process that runs the tests on a mutant; it ends with 0 when they pass, by an alarm when they hang."""
    if pid := os.fork():
        return pid
    signal.alarm(int(seconds) + 1)
    resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))
    original = SourceFileLoader.get_code
    SourceFileLoader.get_code = lambda loader, name: (  # type: ignore[method-assign]
        compile(code, loader.path, "exec") if Path(loader.path) == path else original(loader, name)
    )
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1), os.dup2(nowhere, 2)
    os._exit(int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore", "-k", SLOW, *tests])))


def outcome(status: int) -> str:
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
        return "timeout"
    return "survived" if status == 0 else "killed"


def measure(path: Path, tests: list[str], jobs: int) -> tuple[Counter[str], list[tuple[int, str]]]:
    source, began = path.read_text(encoding="utf-8"), time.monotonic()
    if os.waitpid(start(path, source, tests, 600), 0)[1]:
        raise SystemExit(f"the tests of {path.name} fail without a mutant: {' '.join(tests)}")
    seconds = 5 + 5 * (time.monotonic() - began)
    todo, running, counts, survivors = mutants(source), {}, Counter[str](), []
    while todo or running:
        while todo and len(running) < jobs:
            code = next(iter(todo))
            running[start(path, code, tests, seconds)] = code, todo.pop(code)
        pid, status = os.wait()
        code, line = running.pop(pid)
        counts[outcome(status)] += 1
        if status == 0:
            pairs = zip(source.splitlines(), code.splitlines(), strict=False)
            survivors.append((line, next(f"{a.strip()}  =>  {b.strip()}" for a, b in pairs if a != b)))
    return counts, sorted(survivors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="such as rules/wording; all of them when none is named")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--survivors", action="store_true", help="print what survived")
    chosen = parser.parse_args()
    os.chdir(ROOT)
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    for name in ("huitoukan.campaign.campaign", "openpyxl", "python_calamine", "pebble"):
        importlib.import_module(name)  # what no mutant touches is imported once
    hypothesis.settings.register_profile("few", max_examples=15, deadline=None, derandomize=True, database=None)
    hypothesis.settings.load_profile("few")
    total: Counter[str] = Counter()
    print(f"{'module':24}{'mutants':>8}{'killed':>8}{'timeouts':>9}{'survived':>9}{'score':>8}")
    for names, tests in TESTS.items():
        room, *modules = names.replace("/", " ").split()
        for module in (f"{room}/{name}" for name in modules):
            if not chosen.modules or module in chosen.modules:
                files = [f"tests/{name}.py" for name in f"{tests} rules/test_severities".split()]
                counts, survivors = measure(PACKAGE / f"{module}.py", files, chosen.jobs)
                total += counts
                report(module, counts)
                for line, change in survivors if chosen.survivors else ():
                    print(f"  {line}: {change}")
    report("all", total)


def report(name: str, counts: Counter[str]) -> None:
    every = sum(counts.values())
    caught = every - counts["survived"]
    print(
        f"{name:24}{every:8}{counts['killed']:8}{counts['timeout']:9}{counts['survived']:9}{caught / max(every, 1):8.1%}",
        flush=True,
    )


if __name__ == "__main__":
    main()
