"""The checks of a questionnaire's answers, as formulas: the same as the rules Q802 to Q817, as far as a formula sees what they see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from huitoukan.campaign.questionnaire import Checks, Measure, Option, Question, split_reference
from huitoukan.intake.answering import choice_words
from huitoukan.intake.labels import tidy
from huitoukan.model import Level
from huitoukan.output.form_checks import Check
from huitoukan.output.form_field_checks import Desk, holds_phone, people_in
from huitoukan.output.form_formulas import (
    DIGITS,
    WIDE_DIGITS,
    blank,
    chosen,
    is_listed,
    is_number,
    listed,
    only,
    quoted,
    rounded,
    squeezed,
    without,
)
from huitoukan.output.text import Words
from huitoukan.phrase import plain, say

_EDGES = " \u3000_＿:：;；,，。"
_BETWEEN = "、,，;；/／|.．+& "
Place = tuple[str, str | None]  # a question and its part
Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where the formulas of a form find their working: `work` writes a step, `keep` a text, each into a cell that it returns."""

    work: Desk
    keep: Desk
    words: Words


def missing(cell: str, shop: Workshop) -> str:
    """Whether there is no answer in a cell: nothing, blanks, or the line to write on."""
    return f"AND(NOT(ISNUMBER({cell})),{only(squeezed(cell), shop.keep(_EDGES))})"


def number_checks(
    cell: str, measure: Measure, question: Question, level: Level, shop: Workshop
) -> list[Check]:
    """The checks of a number by itself."""
    words = shop.words
    least, most, usual = measure.at_least, measure.at_most, measure.usual.get(level)
    number = rounded(cell)
    checks = [Check(("Q802",), missing(cell, shop), words("没有填, 没有的填 0"))] if question.required else []
    checks.append(
        Check(
            ("Q806", "Q807", "Q808", "Q818", "Q820"),
            f"NOT({is_number(cell)})",
            words("请只填一个数, 不写单位"),
        )
    )
    if least is not None:
        told = words.phrase(say("不能小于 {least}", least=least.value))
        checks.append(Check(("Q809",), f"{number}<{plain(least.value)}", told))
    if most is not None:
        told = words.phrase(say("不能大于 {most}", most=most.value))
        checks.append(Check(("Q809",), f"{number}>{plain(most.value)}", told))
    told = (
        words("请填整数")
        if measure.places == 0
        else words.phrase(say("最多 {places} 位小数", places=measure.places))
    )
    checks.append(Check(("Q810",), f"ROUND({cell},{measure.places})<>{number}", told))
    if usual is not None:
        told = words.phrase(say("比通常的 ({usual} 以内) 大得多, 请核对单位", usual=usual.value))
        checks.append(Check(("Q811",), f"{number}>{plain(usual.value)}", told))
    return checks


def as_number(cell: str, measure: Measure, shop: Workshop) -> str:
    """A cell with the number of an answer, also of one with its unit behind it (3人): it is added up all the same."""
    close = shop.work(squeezed(cell))
    units = [word for word in (measure.unit, *measure.unit_words) if word]
    units = sorted(dict.fromkeys(units), key=lambda word: (-len(word), word))
    cases = [
        (f"RIGHT({close},{len(word)})={quoted(word)}", f"LEFT({close},LEN({close})-{len(word)})")
        for word in units
    ]
    bare = shop.work(chosen(cases, close))
    for wide, digit in zip(WIDE_DIGITS + "．", DIGITS + ".", strict=True):
        bare = without(bare, (wide,), digit)
    bare = shop.work(bare)
    text = f'IF(LEN({bare})=0,"",IF({only(bare, shop.keep(DIGITS + "."))},IFERROR(VALUE({bare}),""),""))'
    return shop.work(f"IF({is_number(cell)},{cell},{text})")


def agreement_checks(
    checks: Checks, numbers: Mapping[Place, str], words: Words
) -> Mapping[Place, list[Check]]:
    """The checks of numbers with each other, by the answer at which they are told; `numbers` are the cells of `as_number`."""
    found: dict[Place, list[Check]] = {}
    greater: dict[str, list[str]] = {}
    for pair in checks.at_most:
        value, limit = split_reference(pair.value), split_reference(pair.limit)
        if value in numbers and limit in numbers:
            one, other = numbers[value], numbers[limit]
            when = f"IF(COUNT({one},{other})=2,{rounded(one)}>{rounded(other)},FALSE)"
            told = words.phrase(say("大于 {other}, 请核对", other=pair.limit.partition(".")[0]))
            found.setdefault(value, []).append(Check(("Q813",), when, told))
            greater.setdefault(pair.limit, []).append(when)
    for relation in checks.sums:
        places = [split_reference(name) for name in (relation.total, *relation.parts)]
        if all(place in numbers for place in places):
            cells = [numbers[place] for place in places]
            told_already = ",".join((*greater.get(relation.total, ()), "FALSE"))
            difference = rounded(f"{cells[0]}-({'+'.join(cells[1:])})")
            differs = f"AND(NOT(OR({told_already})),{difference}<>0)"
            when = f"IF(COUNT({','.join(cells)})={len(cells)},{differs},FALSE)"
            told = words.phrase(say("不等于 {parts} 之和", parts="+".join(relation.parts)))
            found.setdefault(places[0], []).append(Check(("Q812",), when, told))
    return found


def roster_check(cell: str, known: int, words: Words) -> Check:
    """The check of a number that the roster tells."""
    told = words.phrase(say("名录里是 {known}, 请核对", known=known))
    return Check(("Q817",), f"{rounded(cell)}<>{known}", told)


# ---------------------------------------------------------------------------------------------------------- choices


def single_checks(cell: str, question: Question, shop: Workshop) -> list[Check]:
    """The checks of a choice of one: a letter, a title, or both."""
    names = choice_words(question, (), (), ()).names
    text = f"UPPER({without(squeezed(cell), ('.', '．', '、', '，', ',', '（', '）', '(', ')'))})"
    checks = [
        Check(
            ("Q803", "Q804"), f"NOT({is_listed(text, shop.keep(listed(sorted(names))))})",
            shop.words("不是选项, 请从列表里选一项"),
        )
    ]  # fmt: skip
    if question.required:
        checks.insert(0, Check(("Q802",), missing(cell, shop), shop.words("没有选")))
    return checks


@dataclass(frozen=True, slots=True)
class Marks:
    """The words that stand beside options: those that choose it, those that do not, and those for none of them."""

    chosen: Sequence[str]
    not_chosen: Sequence[str]
    nothing: Sequence[str]


def mark_checks(cells: Sequence[str], question: Question, marks: Marks, shop: Workshop) -> list[list[Check]]:
    """The checks of each cell beside an option of a choice of several; in the first, that any is chosen at all."""
    words = choice_words(question, marks.chosen, marks.not_chosen, marks.nothing)
    area = f"{cells[0]}:{cells[-1]}"
    keys = "".join(option.key for option in question.options)
    anything = shop.keep(listed(sorted({*words.names, *_upper(marks.nothing)})))
    letters = shop.keep(keys + keys.lower() + _BETWEEN)
    found = []
    for n, (cell, option) in enumerate(zip(cells, question.options, strict=True)):
        text = shop.work(f"UPPER({squeezed(cell)})")
        own = is_listed(text, _own_marks(option, words.names, marks, shop))
        alone = f"AND(COUNTA({area})=1,OR({only(text, letters)},{is_listed(text, anything)}))"
        clear = f"OR(LEN({text})=0,ISLOGICAL({cell}),{own},{alone})"
        if option.needs_text:  # what it is may stand in its own cell
            clear = f"OR({clear},AND(ISTEXT({cell}),NOT({is_listed(text, anything)})))"
        told = shop.words("看不出选没选, 选的填“{mark}”").format(mark=marks.chosen[0])
        checks = [Check(("Q805",), f"NOT({clear})", told)]
        if n == 0 and question.required:
            checks.insert(0, Check(("Q802",), none_filled(cells), shop.words("一项也没有选")))
        found.append(checks)
    return found


def none_filled(cells: Sequence[str]) -> str:
    """Whether nothing stands in any of some cells."""
    return f"AND({','.join(blank(cell) for cell in cells)})"


def words_check(
    mark: str, cell: str, option: Option, question: Question, marks: Marks, shop: Workshop, clear: str
) -> Check:
    """The check of the words behind an option that asks for them; `clear` is whether all marks of the question are."""
    names = choice_words(question, marks.chosen, marks.not_chosen, marks.nothing).names
    own = [name for name, key in names.items() if key == option.key]
    chosen_words = shop.keep(listed(sorted({*_upper(marks.chosen), *own})))
    ticked = (
        f'OR({is_listed(f"UPPER({squeezed(mark)})", chosen_words)},AND(ISLOGICAL({mark}),{mark}&""="TRUE"))'
    )
    told = shop.words("选了“{option}”, 请写明内容").format(option=option.label())
    return Check(("Q814",), f"AND({clear},{ticked},{blank(cell)})", told)


def _own_marks(option: Option, names: Mapping[str, str], marks: Marks, shop: Workshop) -> str:
    own = [name for name, key in names.items() if key == option.key]
    return shop.keep(listed(sorted({*_upper(marks.chosen), *_upper(marks.not_chosen), *own})))


def _upper(words: Sequence[str]) -> list[str]:
    return [tidy(word).upper() for word in words]


# ---------------------------------------------------------------------------------------------------------- texts


def text_checks(cell: str, question: Question, shop: Workshop) -> list[Check]:
    """The checks of an answer in words."""
    words, checks = shop.words, []
    if question.required:
        checks.append(Check(("Q802",), missing(cell, shop), words("没有填")))
    if question.longest is not None:
        told = words.phrase(say("超过 {limit} 字, 请压缩", limit=question.longest.value))
        checks.append(Check(("Q815",), f"LEN({squeezed(cell)})>{plain(question.longest.value)}", told))
    if question.holds == "contact":
        people = people_in(cell, shop.work, shop.keep)
        incomplete = f"OR(({'+'.join(people.valid)})=0,NOT({holds_phone(cell, shop.work)}))"
        checks.append(Check(("Q816",), incomplete, words("请写姓名和能打通的电话")))
    return checks
