"""YAML with places: every value read knows its line and column, so that a mistake can be shown where it stands.

Numbers with a decimal point become `decimal.Decimal` (a score is never a float); keys are always text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from huitoukan.campaign.problems import ConfigError, Problem, problem_kind
from huitoukan.phrase import Phrase, say

# The parser of libyaml is ten times as fast where it was built.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DECIMAL = re.compile(r"[-+]?\d+\.\d*|[-+]?\.\d+")
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9_]*)")
_DEPTH = 40
_NODES = 100_000

YamlPath = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(slots=True)
class YamlFile:
    """A YAML document: plain data, and for each path in it the (line, column) of its value and of its key."""

    name: str
    data: Any
    values: dict[YamlPath, tuple[int, int]] = field(default_factory=dict)
    keys: dict[YamlPath, tuple[int, int]] = field(default_factory=dict)

    def place(self, path: YamlPath, *, key: bool = False) -> tuple[int, int]:
        """Line and column (from 1) of a value or, with `key`, of its key; of the nearest thing around it if absent."""
        while path:
            found = (self.keys.get(path) if key else None) or self.values.get(path)
            if found:
                return found
            path = path[:-1]
        return self.values.get((), (1, 1))

    def problem(self, code: str, path: YamlPath, *, at_key: bool = False, **details: object) -> Problem:
        """A `Problem` at a path of this document."""
        line, column = self.place(path, key=at_key)
        return Problem(code, self.name, line, column, tuple(details.items()))


@problem_kind(
    "R901", message="文件读不出来: {why}。", fix="请检查该处的缩进、冒号和引号, 并用 UTF-8 编码保存。"
)
def read_yaml(path: Path, name: str | None = None) -> YamlFile:
    """配置文件读不出来。

    查什么: 评分标准和检查活动文件必须是 UTF-8 编码、语法正确的 YAML 文件。
    为什么: 文件读不出来, 就没有评分标准可依。
    例子: 用制表符缩进, 冒号写成全角, 引号没有配对。
    怎么改: 按提示的行、列检查缩进、冒号和引号, 保存为 UTF-8。
    """
    name = name or path.name
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError([Problem("R901", name, 0, 0, (("why", say("找不到这个文件")),))]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([Problem("R901", name, 0, 0, (("why", str(error)),))]) from None
    file = YamlFile(name, None)
    if _flow_depth(text) > _DEPTH:  # the parser itself would die of it
        raise ConfigError([Problem("R901", name, 0, 0, (("why", say("嵌套太深")),))])
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            file.data = _plain(loader, node, (), file) if node is not None else None
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        why = _syntax(str(getattr(error, "problem", None) or error))
        raise ConfigError([Problem("R901", name, line, column, (("why", why),))]) from None
    if file.data is None:
        raise ConfigError([Problem("R901", name, 0, 0, (("why", say("文件是空的")),))])
    return file


def _flow_depth(text: str) -> int:
    """How deep brackets are nested, roughly (those in quotes count too)."""
    depth = deepest = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


_SYNTAX = (
    ("mapping values are not allowed", say("此处多了一个冒号, 或者上一行缩进不对")),
    ("cannot start any token", say("此处有不能用的字符, 例如制表符缩进")),
    ("could not find expected ':'", say("此处缺少冒号")),
    ("expected <block end>", say("此处缩进与上文不一致")),
    ("did not find expected", say("此处缩进、括号或逗号不对")),
    ("unexpected end of stream", say("引号或括号没有配对")),
)


def _syntax(problem: str) -> Phrase:
    """The parser's English in the words of the analyst; the original where we have none."""
    return next(
        (words for part, words in _SYNTAX if part in problem), say("语法不对 ({detail})", detail=problem)
    )


@problem_kind("R906", message="“{value}”重复了。", fix="请只保留一处, 或改成另一个名称。")
def _plain(loader: Any, node: yaml.Node, path: YamlPath, file: YamlFile) -> Any:
    """编号或键重复。

    查什么: 同一文件内, 维度编号、检查项目编号、单位代码以及同一层的键都不得重复。
    为什么: 重复的编号会使后写的内容悄悄盖掉先写的内容。
    例子: 两个检查项目都写成 C1.1。
    怎么改: 删去多余的一处, 或改正编号。
    """
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    file.values[path] = (line, column)
    # Aliases could repeat a part without end, or contain themselves.
    if len(path) > _DEPTH or len(file.values) > _NODES:
        raise ConfigError([file.problem("R901", path, why=say("嵌套太深, 或者内容太多"))])
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            place = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if key in mapping:
                raise ConfigError([Problem("R906", file.name, *place, (("value", key),))])
            file.keys[(*path, key)] = place
            mapping[key] = _plain(loader, value_node, (*path, key), file)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_plain(loader, child, (*path, index), file) for index, child in enumerate(node.value)]
    if node.tag.endswith(":float") and _DECIMAL.fullmatch(node.value):
        return Decimal(node.value)
    if node.tag.endswith(":int") and not _WHOLE.fullmatch(node.value):
        return node.value  # 03541234567 is a telephone number, no octal one; 12:30 is a time of the day
    if node.tag.endswith(":bool") and node.value.lower() not in ("true", "false"):
        return node.value  # the yes, no, on and off of old YAML are words here
    try:
        return loader.construct_object(node)
    except Exception:  # 2024-02-30 looks like a date and is none: the model says so, with its key
        return node.value


def parse(model: type[Model], file: YamlFile) -> Model:
    """Validate a document against a pydantic model.

    Raises:
        ConfigError: every wrong type, unknown key and missing key, each at its line and column.
    """
    try:
        return model.model_validate(file.data)
    except ValidationError as error:
        known = sorted(set(_keys(model)))
        raise ConfigError(
            [_translate(file, item, known) for item in error.errors(include_url=False)]
        ) from None


def _keys(model: type[BaseModel]) -> Iterator[str]:
    """Every key that may stand anywhere below a model: what an unknown key is compared with."""
    seen: set[type[BaseModel]] = set()

    def walk(annotation: Any) -> Iterator[str]:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            if annotation not in seen:
                seen.add(annotation)
                for key, info in annotation.model_fields.items():
                    yield info.alias or key
                    yield from walk(info.annotation)
        else:
            for argument in getattr(annotation, "__args__", ()):
                yield from walk(argument)

    return walk(model)


def _translate(file: YamlFile, error: Any, known: list[str]) -> Problem:
    path: YamlPath = tuple(error["loc"])
    if error["type"] not in ("extra_forbidden", "missing"):
        while path and path not in file.values:  # the tail may name an alternative of a union
            path = path[:-1]
    kind = error["type"]
    reporters: dict[str, Callable[..., Problem]] = {"extra_forbidden": unknown_key, "missing": missing_key}
    if kind in reporters:
        return reporters[kind](file, path, known)
    if path[-2:] == ("mode", "value") and kind == "literal_error":
        return unknown_mode(file, path, error)
    return wrong_value(file, path, error)


_EXPECTED = {
    "decimal": say("一个数, 例如 4 或 0.5"),
    "int": say("一个整数"),
    "bool": say("true 或 false"),
    "date": say("日期, 例如 2024-05-10"),
    "string": say("文字"),
    "list": say("列表, 例如 [3, 2, 1, 0]"),
    "tuple": say("列表, 例如 [3, 2, 1, 0]"),
    "dict": say("若干行“键: 值”"),
    "model": say("若干行“键: 值”"),
    "greater": say("更大的数"),
    "less": say("更小的数"),
    "too": say("规定的个数"),
}


@problem_kind("R902", message="“{key}”的值“{value}”不对。", fix="请改为{expected}。")
def wrong_value(file: YamlFile, path: YamlPath, error: Any) -> Problem:
    """值的类型或取值不对。

    查什么: 每个键的值必须是规定的类型: 数、文字、日期、列表或几个固定词之一。
    为什么: 类型不对时, 分值和日期无法计算和比较。
    例子: max_points 写成“四”, 日期写成 2024.5.10。
    怎么改: 按提示改成规定的类型, 例如 4、0.5、2024-05-10。
    """
    kind = error["type"]
    expected: object = _EXPECTED.get(kind.split("_")[0], say("规定的类型"))
    if kind in ("literal_error", "enum"):
        listed = str(error["ctx"]["expected"])
        expected = say("{choices}", choices=tuple(re.findall(r"'([^']+)'", listed)) or (listed,))
    value = error.get("input")
    shown = "…" if isinstance(value, (dict, list)) else str(value)
    key = next((str(part) for part in reversed(path) if isinstance(part, str)), "…")
    return file.problem("R902", path, key=key, value=shown, expected=expected)


@problem_kind("R903", message="不认识的键“{key}”。", fix="{suggestion}")
def unknown_key(file: YamlFile, path: YamlPath, known: list[str]) -> Problem:
    """不认识的键。

    查什么: 配置文件里只能使用规定的键。
    为什么: 拼错的键如果被忽略, 分析人员以为设好的规则其实没有生效。
    例子: 把 max_points 写成 max_point。
    怎么改: 改成提示的键, 或者删去。
    """
    key = str(path[-1])
    close = get_close_matches(key, known, n=1)
    suggestion = (
        say("是不是“{key}”? 请改正或删去。", key=close[0]) if close else say("请删去; 可用的键见说明文档。")
    )
    return file.problem("R903", path, at_key=True, key=key, suggestion=suggestion)


@problem_kind("R904", message="缺少键“{missing}”。", fix="请在此处补上“{missing}: …”。")
def missing_key(file: YamlFile, path: YamlPath, _known: list[str]) -> Problem:
    """缺少必需的键。

    查什么: 评分标准和检查活动文件必须写全规定的键。
    为什么: 缺少分值、评分方式等内容就无法评分。
    例子: 检查项目没有写 max_points。
    怎么改: 在提示的位置补上这个键。
    """
    return file.problem("R904", path[:-1], missing=str(path[-1]))


@problem_kind("R909", message="评分方式“{value}”不能用: {why}。", fix="请改为: {expected}。")
def unknown_mode(file: YamlFile, path: YamlPath, error: Any) -> Problem:
    """评分方式不认识或不完整。

    查什么: 评分方式 mode 只能是 deduct (逐次扣分)、tiers (分档) 或 yesno (满分或 0 分); deduct 要有 step, tiers 要有 tiers。
    为什么: 不知道评分方式, 就不能判断得分是否合规。
    例子: mode 写成 tier, 或者 mode 是 deduct 却没有写 step。
    怎么改: 改成三种方式之一, 并补上相应的 step 或 tiers。
    """
    return file.problem(
        "R909", path, value=str(error.get("input")), why=say("没有这种方式"), expected="deduct, tiers, yesno"
    )
