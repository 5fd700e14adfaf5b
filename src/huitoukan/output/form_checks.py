"""The checks of an item row of the score form, as a formula: √, or what is wrong and what to do about it.

Each names the rules that it stands for, so that a check goes with the rule that campaign.yaml switches off. What a formula cannot
see (the words of a reason beside full marks, E503 to E505, and the number format of a cell, S416) is left to `validate`; docs/forms.md
tells it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.rubric import Item
from huitoukan.model import Severity
from huitoukan.output.form_fillers import Taken
from huitoukan.output.form_formulas import (
    FINE,
    any_of,
    array,
    blank,
    chosen,
    is_number,
    quoted,
    rounded,
    squeezed,
    told,
    without,
)
from huitoukan.output.text import Words
from huitoukan.phrase import plain

# Rules that the form leaves to `validate`, because no formula can see what they look at.
UNSEEN = ("E503", "E504", "E505", "S416")


@dataclass(frozen=True, slots=True)
class Check:
    """A condition, as a formula, what the form says where it holds, and the codes of the rules that would find it."""

    codes: tuple[str, ...]
    when: str
    told: str


@dataclass(frozen=True, slots=True)
class ItemCells:
    """The cells of one item row: what is filled in, and its texts taken apart."""

    score: str
    reason: Taken
    evidence: Taken


def verdict(checks: Sequence[Check], campaign: Campaign) -> str:
    """The formula of a cell of the column of checks: what the first check that holds has to say, else √."""
    asked = [check for check in checks if any(is_on(code, campaign) for code in check.codes)]
    cases = [(check.when, quoted(check.told)) for check in asked]
    return chosen(cases, quoted(FINE)) if cases else quoted(FINE)


def is_on(code: str, campaign: Campaign) -> bool:
    """Whether campaign.yaml has not switched a rule off."""
    return campaign.severity(code, Severity.WARNING) is not None


def item_verdict(item: Item, unit: str, cells: ItemCells, campaign: Campaign, words: Words) -> str:
    """The formula that checks one item row of a unit (a roster code)."""
    score, form = cells.score, campaign.rubric.form
    asked, columns = words.phrase(item.legal()), form.columns
    maximum = plain(item.maximum)
    number = is_number(score)
    labels = {
        "legal": asked, "maximum": maximum, "reason": columns.deduction_reason.label,
        "evidence": columns.evidence.label, "standard": columns.max_points.label,
    }  # fmt: skip

    def say_it(template: str) -> str:
        return template.format(**labels)

    lost = f"AND({number},{rounded(score)}>=0,{rounded(score)}<{maximum})"
    scored = f"AND({number},{rounded(score)}<>0)"
    checks = [
        Check(("S409",), f"ISERROR({score})", say_it(words("公式出错, 请填 {legal}"))),
        Check(
            ("S401",), f"AND(NOT(ISNUMBER({score})),{blank(score)})", say_it(words("没有打分, 请填 {legal}"))
        ),
        *_no_numbers(number, score, say_it, words),
        Check(("S404",), f"{rounded(score)}<0", say_it(words("是负数, 请填得到的分数, 不填扣分"))),
        Check(("S405",), f"{rounded(score)}>{maximum}", say_it(words("高于{standard}, 请填 {legal}"))),
        Check(("S406", "S407"), f"NOT({is_legal(item, score)})", say_it(words("分数不合规定, 请填 {legal}"))),
        Check(("E501",), f"AND({lost},LEN({cells.reason.close})=0)", say_it(words("扣了分, 请写{reason}"))),
        Check(
            ("E502",),
            f"AND({lost},{cells.reason.nothing})",
            say_it(words("{reason}没有内容, 请写具体情况")),
        ),
        Check(
            ("E506",),
            f"AND({scored},{cells.evidence.nothing})",
            say_it(words("请写{evidence}的名称或存放处")),
        ),
    ]
    formula = verdict(checks, campaign)
    if item.allows_not_applicable(unit):
        formula = f"IF({is_not_applicable(score, form.not_applicable)},{quoted(FINE)},{formula})"
    return f"IFERROR({formula},{quoted(say_it(words('这一行有出错的公式, 请改正')))})"


def _no_numbers(number: str, score: str, say_it: Callable[[str], str], words: Words) -> list[Check]:
    """The checks of a score that is no number: a percentage is told apart, because people mean something by it."""
    share = f'AND(NOT({number}),ISNUMBER(FIND("%",SUBSTITUTE({score},"％","%"))))'
    return [
        Check(("S415",), share, say_it(words("是百分数, 请填分数: {legal}"))),
        Check(
            ("S402", "S403", "S408", "S410", "S411", "S412"),
            f"NOT({number})",
            say_it(words("不是数字, 请只填数: {legal}")),
        ),
    ]


def is_legal(item: Item, cell: str) -> str:
    """Whether a number in a cell is a score that the rubric allows."""
    choices = item.choices()
    if choices is not None:
        return any_of(f"{rounded(cell)}={array(choices)}")
    inside = f"{rounded(cell)}>=0,{rounded(cell)}<={plain(item.maximum)}"
    if item.step is not None:
        steps = f"({plain(item.maximum)}-{cell})/{plain(item.step.value)}"
        inside += f",OR({rounded(cell)}=0,{rounded(steps)}=ROUND({steps},0))"
    return f"AND({inside})"


def is_not_applicable(cell: str, words: Sequence[str]) -> str:
    """Whether a text says 不适用 in one of its words; what stands in brackets behind it does not matter."""
    text = without(squeezed(cell), ("(",), "（")
    text = without(without(text, ("／",), "/"), ("。", "."))
    bare = f'IF(ISNUMBER(FIND("（",{text})),LEFT({text},FIND("（",{text}&"（")-1),{text})'
    dashes = without(squeezed(cell), ("-", "—", "–", "―", "─"))
    dashed = f"AND(LEN({squeezed(cell)})>0,LEN({dashes})=0)"
    known = any_of(f"{bare}={array(word.replace(' ', '') for word in words)}")
    return f"AND(ISTEXT({cell}),OR({known},{dashed}))"


def open_problems(verdicts: Sequence[str], checked: int) -> str:
    """How many of so many verdicts, in some areas `J4:J7`, are no √."""
    return f"({checked}" + "".join(f"-COUNTIF({area},{quoted(FINE)})" for area in verdicts) + ")"


def filled(entries: Sequence[str]) -> str:
    """How many of the cells of some areas hold anything."""
    return f"COUNTA({','.join(entries)})"


def say_open(template: str, count: str, fine: str) -> str:
    """How many problems are open, in the words of a template with `{count}`, or that there are none."""
    return f"IF({count}=0,{quoted(fine)},{told(template, count=count)})"


def say_filled(template: str, count: str, wanted: int) -> str:
    """How much is filled, in the words of a template with `{count}`, `{wanted}` and `{share}`."""
    share = f'TEXT({count}/{wanted},"0%")'
    return told(template, count=count, wanted=str(wanted), share=share)
