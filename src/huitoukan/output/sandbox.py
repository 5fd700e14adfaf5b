"""The sandbox of templates: what a template, be it a stranger's, may reach and how much work it may make.

A template reads the report and our filters. It calls what this package and Jinja offer and the methods of plain values
(texts, lists, dates); anything else that happens to hang on a model, such as the loaders of pydantic, is out of reach.
Loops, calls and multiplication are bounded by counting, so that the same template always ends in the same way. What is
not bounded is memory: a template may still build a text that is too large for the machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.sandbox import SandboxedEnvironment

from huitoukan.phrase import Phrase, say

# Rounds of all loops and calls of one rendering; the report of a whole city takes some ten thousand.
_ROUNDS = 5_000_000
_LONGEST = 10_000_000  # characters of a repeated text, elements of a repeated list
_LARGEST_POWER = 1_000  # exponents beyond make numbers that nobody prints
_LARGEST_TEMPLATE = 4_000_000  # bytes
_CODE = ("huitoukan", "jinja2", "markupsafe")  # whose functions may be called
_COUNTED = "counted"  # the filter that every loop runs through
_PLAIN = (str, int, float, Decimal, date, list, tuple, dict, set, frozenset, Enum)


class Refused(Exception):  # noqa: N818  it is the sandbox's answer
    """A template asks for what it must not have, or cannot be read: `why` says so."""

    def __init__(self, why: Phrase) -> None:
        super().__init__(why.template)
        self.why = why


class Sandbox(SandboxedEnvironment):
    """A Jinja environment over some folders, the first of which wins; undefined names are mistakes."""

    intercepted_binops = frozenset(("*", "**"))

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folder.resolve() for folder in folders)
        self._rounds = 0
        super().__init__(
            loader=jinja2.FunctionLoader(self._source),
            autoescape=lambda name: name is not None and name.endswith((".html", ".docx")),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self.filters[_COUNTED] = self._counted

    def start(self) -> None:
        """Begin a rendering: its loops are counted from here."""
        self._rounds = 0

    # ------------------------------------------------------------------------------------------ which files

    def _source(self, name: str) -> tuple[str, str, None] | None:
        """The text of a template: a regular file that truly lies in one of the folders."""
        for folder in self.folders:
            try:
                path = (folder / name).resolve()
                if not path.is_file():
                    continue
                if not any(known in path.parents for known in self.folders):
                    raise Refused(say("“{name}”不在模板文件夹里", name=name))
                if path.stat().st_size > _LARGEST_TEMPLATE:
                    raise Refused(say("“{name}”太大", name=name))
                return path.read_text(encoding="utf-8-sig"), str(folder / name), None
            except UnicodeDecodeError:
                raise Refused(say("“{name}”不是 UTF-8 编码, 请另存为 UTF-8", name=name)) from None
            except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
                raise Refused(say("“{name}”读不出来 ({detail})", name=name, detail=str(error))) from None
        return None

    # ------------------------------------------------------------------------------------------ what may be called

    def is_safe_callable(self, obj: Any) -> bool:
        """Only what this package and Jinja offer, and the methods of plain values."""
        if not super().is_safe_callable(obj):
            return False
        module = getattr(obj, "__module__", None) or ""
        own = getattr(getattr(obj, "__wrapped__", obj), "__self__", None)  # Jinja wraps the `format` of texts
        return module.partition(".")[0] in _CODE or obj is dict or isinstance(own, _PLAIN)

    # ------------------------------------------------------------------------------------------ how much work

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805  as in Jinja
        """Call what a template calls, and count it."""
        __self._count()
        return super().call(__context, __obj, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Multiplication and powers, as long as the result is of a size that can be wanted."""
        if operator == "**" and (abs(left) > _LARGEST_POWER or abs(right) > _LARGEST_POWER):
            raise Refused(say("“{operator}”的结果太大", operator=operator))
        if operator == "*":
            for value, times in ((left, right), (right, left)):
                if isinstance(value, (str, list, tuple)) and len(value) * times > _LONGEST:
                    raise Refused(say("“{operator}”的结果太大", operator=operator))
        return super().call_binop(context, operator, left, right)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """The parsed template, with what every loop runs over handed through the counter."""
        tree = super()._parse(source, name, filename)
        for loop in list(tree.find_all(nodes.For)):
            if loop.recursive:  # what it calls itself with would escape the counter
                raise jinja2.TemplateSyntaxError(
                    "recursive loops are not allowed", loop.lineno, name, filename
                )
            loop.iter = nodes.Filter(loop.iter, _COUNTED, [], [], None, None, lineno=loop.lineno)
        tree.set_environment(self)
        return tree

    def _counted(self, values: Iterable[Any]) -> Iterator[Any]:
        for value in values:
            self._count()
            yield value

    def _count(self) -> None:
        self._rounds += 1
        if self._rounds > _ROUNDS:
            raise Refused(say("循环或调用的次数太多"))
