"""What must hold inside a rubric and between the files of a campaign, beyond types: sums, ids, tiers, labels.

Each check looks at models that have already been parsed and reports every mistake at its place in the YAML file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from huitoukan.campaign.problems import Problem, problem_kind
from huitoukan.campaign.rubric import Item, LevelRubric, Rubric, Sourced
from huitoukan.campaign.yamlfile import YamlFile, YamlPath
from huitoukan.model import Level
from huitoukan.phrase import plain, say


def rubric_problems(rubric: Rubric, file: YamlFile, units: frozenset[str]) -> Iterator[Problem]:
    """Every mistake of a rubric; `units` are the codes of the roster."""
    for level in Level:
        if level not in rubric.levels:
            yield file.problem("R904", ("levels",), missing=level.value)
    for name, level_rubric in rubric.levels.items():
        path: YamlPath = ("levels", name.value)
        yield from points_do_not_add_up(level_rubric, file, path)
        yield from repeated_ids(level_rubric, file, path)
        yield from orphans(rubric, level_rubric, file, path, units)
        for item, item_path in _items(level_rubric, path):
            yield from tiers_and_maximum(item, file, item_path)
            yield from incomplete_mode(item, file, item_path)
    yield from ambiguous_labels(rubric, file)


def _items(level: LevelRubric, path: YamlPath) -> Iterator[tuple[Item, YamlPath]]:
    for d, dimension in enumerate(level.dimensions):
        for i, item in enumerate(dimension.items):
            yield item, (*path, "dimensions", d, "items", i)


@problem_kind(
    "R905",
    message="“{what}”的各项分值合计是 {sum}, 与规定的 {expected} 不符。",
    fix="请改正分值, 使合计等于 {expected}。",
)
def points_do_not_add_up(level: LevelRubric, file: YamlFile, path: YamlPath) -> Iterator[Problem]:
    """分值加起来不等于规定的数。

    查什么: 维度内各检查项目的标准分之和必须等于该维度的分值, 各维度分值之和必须等于总分。
    为什么: 分值合计不对, 得分率和达标线都会失真。
    例子: 工作任务维度 12 分, 但四个项目的标准分之和是 13。
    怎么改: 改正项目的标准分, 或者改正维度的分值。
    """
    for d, dimension in enumerate(level.dimensions):
        points = sum((item.maximum for item in dimension.items), Decimal(0))
        if points != dimension.max_points:
            where = (*path, "dimensions", d, "max_points")
            what = f"{dimension.id} {dimension.title}"
            yield file.problem("R905", where, what=what, sum=points, expected=dimension.max_points)
    total = sum((dimension.max_points for dimension in level.dimensions), Decimal(0))
    if total != level.total:
        yield file.problem("R905", (*path, "total"), what=level.title, sum=total, expected=level.total)


def repeated_ids(level: LevelRubric, file: YamlFile, path: YamlPath) -> Iterator[Problem]:
    """R906 for dimension and item ids, and for two items of one dimension with one title (rows are matched by it)."""
    seen: set[str] = set()
    for d, dimension in enumerate(level.dimensions):
        if dimension.id in seen:
            yield file.problem("R906", (*path, "dimensions", d, "id"), value=dimension.id)
        seen.add(dimension.id)
    titles: set[tuple[YamlPath, str]] = set()
    for item, item_path in _items(level, path):
        if item.id in seen:
            yield file.problem("R906", (*item_path, "id"), value=item.id)
        seen.add(item.id)
        if (item_path[:-1], item.title) in titles:
            yield file.problem("R906", (*item_path, "title"), value=item.title)
        titles.add((item_path[:-1], item.title))


@problem_kind("R907", message="“{value}”没有着落: {why}。", fix="请改正, 或在相应的地方补上它。")
def orphans(
    rubric: Rubric, level: LevelRubric, file: YamlFile, path: YamlPath, units: frozenset[str]
) -> Iterator[Problem]:
    """编号没有着落。

    查什么: 检查项目编号要以所在维度的编号开头; 引用的来源、单位代码、维度和规则编号必须存在。
    为什么: 没有着落的编号不会起作用, 或者归错维度。
    例子: C2 维度下的项目编号写成 C3.1; source 写了 sources 里没有的编号。
    怎么改: 改正编号, 或者在相应的地方补上定义。
    """
    for d, dimension in enumerate(level.dimensions):
        for i, item in enumerate(dimension.items):
            item_path = (*path, "dimensions", d, "items", i)
            if not item.id.startswith(f"{dimension.id}."):
                why = say("编号应以 {start} 开头", start=f"{dimension.id}.")
                yield file.problem("R907", (*item_path, "id"), value=item.id, why=why)
            for key in ("item", "max_points", "mode", "step", "tiers", "veto"):
                based: Sourced | None = getattr(item, key)
                for source in based.source_ids() if based else ():
                    if source not in rubric.sources:
                        yield file.problem(
                            "R907",
                            (*item_path, key, "source"),
                            value=source,
                            why=say("sources 里没有这个来源"),
                        )
            codes: Sequence[str] = () if isinstance(item.na_allowed, bool) else item.na_allowed
            for n, code in enumerate(codes):
                if code not in units:
                    yield file.problem(
                        "R907", (*item_path, "na_allowed", n), value=code, why=say("名录里没有这个单位")
                    )


@problem_kind(
    "R908",
    message="{item} 的分档“{value}”不对: {why}。",
    fix="分档应从标准分 {maximum} 起, 由高到低, 不得低于 0。",
)
def tiers_and_maximum(item: Item, file: YamlFile, path: YamlPath) -> Iterator[Problem]:
    """分档与标准分不符。

    查什么: 分档必须由高到低, 最高一档等于标准分, 最低不低于 0; 扣分步长不得大于标准分。
    为什么: 分档高于标准分, 得分就会超过满分。
    例子: 标准分 3, 分档写成 4、2、0。
    怎么改: 使最高一档等于标准分, 由高到低排列。
    """
    if item.maximum <= 0:
        yield file.problem(
            "R908", (*path, "max_points", "value"), item=item.id, value=plain(item.maximum), why=say("标准分应大于 0"),
            maximum=item.maximum,
        )  # fmt: skip
    if item.tiers is not None and item.tiers.value:
        tiers = item.tiers.value
        bad = [n for n, tier in enumerate(tiers) if not 0 <= tier <= item.maximum]
        if bad:
            why, where = say("超出 0 到标准分的范围"), bad[0]
        elif tiers[0] != item.maximum:
            why, where = say("最高一档不等于标准分"), 0
        elif list(tiers) != sorted(set(tiers), reverse=True):
            why, where = say("没有由高到低排列, 或有重复"), 0
        else:
            return
        value = plain(tiers[where])
        yield file.problem(
            "R908", (*path, "tiers", "value", where), item=item.id, value=value, why=why, maximum=item.maximum
        )
    if item.step is not None and item.step.value > item.maximum:
        yield file.problem(
            "R908", (*path, "step", "value"), item=item.id, value=plain(item.step.value), why=say("步长大于标准分"),
            maximum=item.maximum,
        )  # fmt: skip


def incomplete_mode(item: Item, file: YamlFile, path: YamlPath) -> Iterator[Problem]:
    """R909 for a mode without the key it needs, or with a key that it cannot use."""
    mode = item.mode.value
    needs = {"deduct": "step", "tiers": "tiers"}.get(mode)
    if needs and getattr(item, needs) is None:
        why = say("{item} 缺少 {key}", item=item.id, key=needs)
        yield file.problem(
            "R909", (*path, "mode"), value=mode, why=why, expected=say("补上 {key}", key=needs)
        )
    for key in ("step", "tiers"):
        if key != needs and getattr(item, key) is not None:
            why = say("{item} 的 {key} 用不上", item=item.id, key=key)
            yield file.problem(
                "R909", (*path, key), at_key=True, value=mode, why=why, expected=say("删去 {key}", key=key)
            )


@problem_kind(
    "R911", message="标签“{value}”同时指“{first}”和“{second}”。", fix="请从其中一处的 aliases 删去它。"
)
def ambiguous_labels(rubric: Rubric, file: YamlFile) -> Iterator[Problem]:
    """同一个标签指两样东西。

    查什么: form 一节中, 每个列名、栏目名及其别名只能指一样东西。
    为什么: 表头靠标签识别, 一个标签指两列就无法判断取哪一列。
    例子: “得分”既写在 score_self 的别名里, 又写在 score 里。
    怎么改: 从其中一处删去这个别名。
    """
    form = rubric.form
    for section, labels in (("columns", form.columns.labels()), ("fields", form.fields.labels())):
        seen: dict[str, str] = {}
        for role, label in labels.items():
            for n, word in enumerate(label.words()):
                if word in seen:
                    where = (
                        ("form", section, role, "label")
                        if n == 0
                        else ("form", section, role, "aliases", n - 1)
                    )
                    yield file.problem("R911", where, value=word, first=seen[word], second=role)
                seen.setdefault(word, role)
