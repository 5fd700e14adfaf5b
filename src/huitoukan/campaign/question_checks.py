"""Reading a questionnaire file, and what must hold inside it beyond types: options, ranges, references, labels."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from huitoukan.campaign.problems import ConfigError, Problem, problem_kind
from huitoukan.campaign.questionnaire import Measure, Question, Questionnaire, split_reference
from huitoukan.campaign.yamlfile import YamlFile, YamlPath, parse, read_yaml
from huitoukan.model import Level
from huitoukan.phrase import Phrase, plain, say

_CHOICES = ("single", "multiple")
_FEWEST_OPTIONS = 2


def read_questionnaire(path: Path, year: int, items: Mapping[Level, Collection[str]] | None) -> Questionnaire:
    """Read a questionnaire about the material of a year; `items` are the score items of each level (None: not checked).

    Raises:
        ConfigError: with every mistake found, each at file, line and column.
    """
    file = read_yaml(path)
    found = parse(Questionnaire, file).about_year(year)
    problems = list(questionnaire_problems(found, file, items))
    if problems:
        raise ConfigError(problems)
    return found


def questionnaire_problems(
    questionnaire: Questionnaire, file: YamlFile, items: Mapping[Level, Collection[str]] | None
) -> Iterator[Problem]:
    """Every mistake of a questionnaire."""
    seen: set[str] = set()
    for n, question in enumerate(questionnaire.questions):
        path: YamlPath = ("questions", n)
        if question.id in seen:
            yield file.problem("R906", (*path, "id"), value=question.id)
        seen.add(question.id)
        yield from keys_and_type(question, file, path)
        yield from unusable_options(question, file, path)
        yield from impossible_range(question, file, path)
        yield from unknown_items(question, file, path, items)
        for source in (question.source,) if isinstance(question.source, str) else question.source:
            if source not in questionnaire.sources:
                why = say("sources 里没有这个来源")
                yield file.problem("R907", (*path, "source"), value=source, why=why)
    yield from unresolved_references(questionnaire, file)
    yield from titles_alike(questionnaire, file)
    yield from words_alike(questionnaire, file)
    yield from held_twice(questionnaire, file)


@problem_kind("R912", message="{question} 的类型是 {type}, {why}。", fix="请改正 type, 或{expected}。")
def keys_and_type(question: Question, file: YamlFile, path: YamlPath) -> Iterator[Problem]:
    """题目的类型与内容不符。

    查什么: 选择题 (single、multiple) 要有 options; 数值题 (number) 才有计量单位、取值范围和 parts; 文本题 (text) 才有 longest。
    为什么: 类型与内容对不上, 就不知道该按选项还是按数来核对答案。
    例子: type 写成 single 却没有 options。
    怎么改: 改正 type, 或补上、删去提示的键。
    """
    kind = question.type
    needed = {"single": "options", "multiple": "options"}.get(kind)
    if needed and not question.options:
        why, expected = say("却没有 {key}", key=needed), say("补上 {key}", key=needed)
        yield file.problem(
            "R912", (*path, "type"), question=question.id, type=kind, why=why, expected=expected
        )
    keys = ["options"] if kind not in _CHOICES else []
    keys += (
        ["unit", "unit_words", "places", "at_least", "at_most", "usual", "parts"] if kind != "number" else []
    )
    keys += ["longest"] if kind != "text" else []
    for key in keys:
        if getattr(question, key):
            why, expected = say("{key} 用不上", key=key), say("删去 {key}", key=key)
            yield file.problem(
                "R912", (*path, key), at_key=True, question=question.id, type=kind, why=why, expected=expected
            )
    ids = [part.id for part in question.parts]
    for n, part in enumerate(ids):
        if part in ids[:n] or "." in part:
            yield file.problem("R906", (*path, "parts", n, "id"), value=part)


@problem_kind(
    "R913",
    message="{question} 的选项“{value}”不能用: {why}。",
    fix="选项用不同的单个大写字母编号, 每题至少两个, 名称各不相同。",
)
def unusable_options(question: Question, file: YamlFile, path: YamlPath) -> Iterator[Problem]:
    """选项不能用。

    查什么: 选项用单个大写字母 A 到 Z 编号, 一题之内编号和名称都不重复, 至少有两个; 要求写明内容的选项 (needs_text) 每题最多一个。
    为什么: 填报人写“AC”或写选项的名称, 都要能看出选的是哪几项。
    例子: 两个选项都写成 A; 选项编号写成 1。
    怎么改: 改正选项的编号或名称。
    """
    names: dict[str, str] = {}
    options = question.options
    if 0 < len(options) < _FEWEST_OPTIONS:
        yield _option(file, (*path, "options"), question, options[0].key, say("只有一个选项"))
    writing = [n for n, option in enumerate(options) if option.needs_text]
    for n in writing[1:]:
        why = say("要求写明内容的选项只能有一个")
        yield _option(file, (*path, "options", n, "needs_text"), question, options[n].key, why)
    for n, option in enumerate(options):
        where = (*path, "options", n)
        if len(option.key) != 1 or not option.key.isascii() or not option.key.isupper():
            yield _option(file, (*where, "key"), question, option.key, say("不是单个大写字母"))
        if option.key in [other.key for other in options[:n]]:
            yield _option(file, (*where, "key"), question, option.key, say("编号重复"))
        for word in (option.title, *option.aliases):
            if names.setdefault(word, option.key) != option.key:
                key = "title" if word == option.title else "aliases"
                yield _option(file, (*where, key), question, word, say("与选项 {key} 同名", key=names[word]))


def _option(file: YamlFile, path: YamlPath, question: Question, value: str, why: Phrase) -> Problem:
    return file.problem("R913", path, question=question.id, value=value, why=why)


@problem_kind(
    "R914",
    message="核对关系里的“{value}”不能用: {why}。",
    fix="请改为数值题的编号, 分几格填的写成“题号.格”, 如 Q11.villages。",
)
def unresolved_references(questionnaire: Questionnaire, file: YamlFile) -> Iterator[Problem]:
    """核对关系引用的题目不能用。

    查什么: checks 里引用的题目必须存在、是数值题, 一条关系里的题目至少有一级单位都要填, 并且不重复。
    为什么: 引用不到数, 这条核对关系就不起作用。
    例子: 把 Q5 写成 Q50; 一条关系里既有只问县级的题, 又有只问乡级的题。
    怎么改: 改正题目的编号。
    """
    checks = questionnaire.checks
    relations: list[tuple[YamlPath, list[tuple[YamlPath, str]]]] = []
    for n, total in enumerate(checks.sums):
        where: YamlPath = ("checks", "sums", n)
        parts: list[tuple[YamlPath, str]] = [
            ((*where, "parts", m), part) for m, part in enumerate(total.parts)
        ]
        relations.append((where, [((*where, "total"), total.total), *parts]))
    for n, pair in enumerate(checks.at_most):
        where = ("checks", "at_most", n)
        relations.append((where, [((*where, "value"), pair.value), ((*where, "limit"), pair.limit)]))
    for n, known in enumerate(checks.roster):
        where = ("checks", "roster", n)
        relations.append((where, [((*where, "value"), known.value)]))
    for _, references in relations:
        levels, seen = set(Level), set()
        for path, reference in references:
            why = _unresolved(questionnaire, reference)
            if why is None and reference in seen:
                why = say("在同一条关系里写了两次")
            if why is None:
                seen.add(reference)
                levels &= set(questionnaire.by_id[split_reference(reference)[0]].levels)
                why = None if levels else say("与同一条关系里别的题目不是问同一级单位的")
            if why is not None:
                yield file.problem("R914", path, value=reference, why=why)
                break


def _unresolved(questionnaire: Questionnaire, reference: str) -> Phrase | None:
    name, part = split_reference(reference)
    question = questionnaire.by_id.get(name)
    if question is None:
        return say("没有这道题")
    if question.type != "number":
        return say("不是数值题")
    return None if part in question.part_ids() else say("这道题没有这一格")


@problem_kind("R915", message="{question} 的取值范围不对: {why}。", fix="请改正 at_least、at_most 或 usual。")
def impossible_range(question: Question, file: YamlFile, path: YamlPath) -> Iterator[Problem]:
    """取值范围不对。

    查什么: 最小值 at_least 不大于最大值 at_most, 通常的最大值 usual 在两者之间, 并且只写要填这道题的级别; 文本长度 longest 至少为 1。
    为什么: 范围写反了, 每个答案都会被当成错的。
    例子: at_least 写成 100, at_most 写成 10。
    怎么改: 改正范围。
    """
    if question.longest is not None and question.longest.value < 1:
        short = say("长度 {value} 小于 1", value=plain(question.longest.value))
        yield file.problem("R915", (*path, "longest", "value"), question=question.id, why=short)
    measures: list[tuple[Measure, YamlPath]] = [(question, path)]
    measures += [(part, (*path, "parts", n)) for n, part in enumerate(question.parts)]
    for measure, where in measures:
        least = measure.at_least.value if measure.at_least else None
        most = measure.at_most.value if measure.at_most else None
        if least is not None and most is not None and least > most:
            wrong = say("最小值 {least} 大于最大值 {most}", least=least, most=most)
            yield file.problem("R915", (*where, "at_most", "value"), question=question.id, why=wrong)
        for level, usual in measure.usual.items():
            why: Phrase | None = None
            if level not in question.levels:
                why = say("usual 里的 {level} 不填这道题", level=level.value)
            elif (least is not None and usual.value < least) or (most is not None and usual.value > most):
                why = say("通常的最大值 {usual} 不在范围内", usual=usual.value)
            if why is not None:
                place = (*where, "usual", level.value)
                yield file.problem("R915", place, at_key=True, question=question.id, why=why)


@problem_kind(
    "R916",
    message="{question} 和 {other} 的题目都有“{value}”这个名称。",
    fix="请改掉其中一处的 title 或 aliases。",
)
def titles_alike(questionnaire: Questionnaire, file: YamlFile) -> Iterator[Problem]:
    """两道题同名。

    查什么: 同一级单位的问卷里, 题目的名称和别名不得相同 (括号里的字、标点和空格不算)。
    为什么: 问卷靠题目的文字识别, 同名的两道题分不清哪个答案是哪道题的。
    例子: Q6 的别名和 Q7 的别名都写了“人员数”。
    怎么改: 删去其中一处的别名, 或改掉题目。
    """
    for level in Level:
        seen: dict[str, str] = {}
        for n, question in enumerate(questionnaire.questions):
            if level not in question.levels:
                continue
            for m, word in enumerate((question.title, *question.aliases)):
                other = seen.setdefault(_folded(word), question.id)
                if other != question.id:
                    place = ("questions", n, *(("aliases", m - 1) if m else ("title",)))
                    yield file.problem("R916", place, question=other, other=question.id, value=word)


def _folded(word: str) -> str:
    """A title as titles are compared here: letters and digits alone, outside of brackets."""
    folded, depth = [], 0
    for c in unicodedata.normalize("NFKC", word):
        depth += (c in "([【〔") - (c in ")]】〕")
        if not depth and c.isalnum():
            folded.append(c)
    return "".join(folded) or word


@problem_kind("R917", message="“{value}”既写在 {first} 里, 又写在 {second} 里。", fix="请从其中一处删去它。")
def words_alike(questionnaire: Questionnaire, file: YamlFile) -> Iterator[Problem]:
    """问卷表样的一个词有两种意思。

    查什么: form 一节里, 一个词只能是一栏的名称; 表示“选了”的词不能又表示“没有选”。
    为什么: 表头和选项旁的记号靠这些词识别, 一个词两种意思就无法判断。
    例子: “有”既写在 chosen 里, 又写在 not_chosen 里。
    怎么改: 从其中一处删去这个词。
    """
    form = questionnaire.form
    seen: dict[str, str] = {}
    for role, label in form.columns.labels().items():
        for n, word in enumerate(label.words()):
            first = seen.setdefault(word, role)
            if first != role:
                tail: YamlPath = ("aliases", n - 1) if n else ("label",)
                where = ("form", "columns", role, *tail)
                yield file.problem("R917", where, value=word, first=first, second=role)
    for n, word in enumerate(form.not_chosen):
        if word in form.chosen:
            where = ("form", "not_chosen", n)
            yield file.problem("R917", where, value=word, first="chosen", second="not_chosen")


@problem_kind(
    "R918",
    message="{question} 的 items 里的“{value}”不能用: {why}。",
    fix="请改为评分标准里同级检查项目的编号, 或删去。",
)
def unknown_items(
    question: Question, file: YamlFile, path: YamlPath, items: Mapping[Level, Collection[str]] | None
) -> Iterator[Problem]:
    """题目对应的检查项目不存在。

    查什么: items 里的编号必须是评分标准里的检查项目, 并且属于要填这道题的级别。
    为什么: 问卷要和评分核对, 编号不对就核对不上。
    例子: 只问乡级的题目, items 里写了 C2.1。
    怎么改: 改正编号, 或者删去。
    """
    if items is None:
        return
    for n, item in enumerate(question.items):
        levels = [level for level in items if item in items[level]]
        why = None if levels else say("评分标准里没有这一项")
        if levels and not set(levels) & set(question.levels):
            why = say("这一项是另一级单位的")
        if why is not None:
            yield file.problem("R918", (*path, "items", n), question=question.id, value=item, why=why)


@problem_kind(
    "R919",
    message="{question} 的 holds 不能写“{value}”: {why}。",
    fix="holds 只写在文本题里, 一级单位的问卷每种最多一处。",
)
def held_twice(questionnaire: Questionnaire, file: YamlFile) -> Iterator[Problem]:
    """单位名称或联系人的题目重复。

    查什么: 问单位名称 (unit) 和联系人 (contact) 的题必须是文本题, 一级单位的问卷里每种最多一道。
    为什么: 两道题都问单位名称, 就不知道以哪个答案为准。
    例子: Q1 和 Q3 都写了 holds: unit。
    怎么改: 删去多余的一处。
    """
    seen: set[tuple[str, Level]] = set()
    for n, question in enumerate(questionnaire.questions):
        if question.holds is None:
            continue
        why = None if question.type == "text" else say("不是文本题")
        if why is None and any((question.holds, level) in seen for level in question.levels):
            why = say("已有别的题问它")
        seen |= {(question.holds, level) for level in question.levels}
        if why is not None:
            yield file.problem(
                "R919", ("questions", n, "holds"), question=question.id, value=question.holds, why=why
            )
