"""The mutants of a module, made with cosmic-ray's operators and one of our own. Part of `mutation_score.py`."""

import ast
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators import operator, provider
from parso.python import tree

OPERATORS = """Add_Sub Sub_Add Mul_Div Div_Mul Mod_Mul BitOr_BitAnd BitAnd_BitOr Eq_NotEq NotEq_Eq Lt_LtE LtE_Lt Gt_GtE
 GtE_Gt Is_IsNot IsNot_Is Delete_Not Delete_USub AddNot TrueWithFalse FalseWithTrue AndWithOr OrWithAnd BreakWithContinue
 ContinueWithBreak NumberReplacer RemoveDecorator ZeroIterationForLoop"""
SWAPS = {"min": "max", "max": "min", "any": "all", "all": "any", "ERROR": "WARNING", "WARNING": "ERROR", "INFO": "ERROR"}  # fmt: skip


class Swap(operator.Operator):
    """`in` and `not in`, `min` and `max`, `any` and `all`, one severity and another; XX at the beginning of any text."""

    def changed(self, node: Any) -> str | None:
        code = node.get_code(include_prefix=False)
        if node.type == "string" and not code.startswith(("f", "rf")):
            quote = code.index(code[-1]) + 1
            return f"{code[:quote]}XX{code[quote:]}"
        if code == "in" and node.parent.type == "comparison":
            return "not in"
        return "in" if node.type == "comp_op" and code.startswith("not") else SWAPS.get(code)

    def mutation_positions(self, node):
        return [(node.start_pos, node.end_pos)] * bool(self.changed(node))

    def mutate(self, node, index):  # noqa: ARG002
        return tree.Name(self.changed(node), node.start_pos, node.get_first_leaf().prefix or " ")

    @classmethod
    def examples(cls):
        return ()


def left_out(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """From where to where texts for people, annotations, caches and the arguments of dataclasses stand."""
    nodes: list[Any] = []
    for node in ast.walk(ast.parse(source)):
        nodes += [getattr(node, "annotation", None), getattr(node, "returns", None)]
        nodes += [found for found in getattr(node, "decorator_list", ()) if "lru_cache" in ast.unparse(found)]
        name = getattr(getattr(node, "func", None), "id", None)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            nodes.append(node)  # a docstring
        elif name == "say":
            nodes.append(node.args[0])
        elif name in ("rule", "dataclass"):
            nodes += [k.value for k in node.keywords if k.arg in ("message", "fix", "frozen", "slots")]
    lines = source.splitlines()

    def place(row: int, column: int) -> tuple[int, int]:
        return row, len(lines[row - 1].encode()[:column].decode())

    return [(place(n.lineno, n.col_offset), place(n.end_lineno, n.end_col_offset)) for n in nodes if n]


def mutants(source: str) -> dict[str, int]:
    """The code of every mutant, and the line that it changes."""
    core, found, spans = provider.OperatorProvider(), {}, left_out(source)
    for one in (*(core[name]() for name in core if name.endswith(tuple(OPERATORS.split()))), Swap()):
        tree_nodes = ast_nodes(get_ast(source))
        nodes = [(node, begin) for node in tree_nodes for begin, _ in one.mutation_positions(node)]
        for number, (node, (line, column)) in enumerate(nodes):
            at = line, column + (node.type == "decorator")  # behind the @, as ast counts
            star = node.type == "operator" and node.parent.type == "parameters"
            if not star and not any(first <= at < last for first, last in spans):
                found.setdefault(mutate_code(source, one, number), line)
    return {code: line for code, line in found.items() if meaning(code) not in (None, meaning(source))}


def meaning(code: str) -> str | None:
    """The syntax tree of a module as text; None where it is no Python (that is no mutant, as 1e300 + 1 is none)."""
    try:
        return ast.dump(ast.parse(code))
    except SyntaxError:
        return None
