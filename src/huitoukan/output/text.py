"""Words for people: findings, reasons and names in Chinese (the source language) or English (the gettext catalogue)."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from string import Formatter

from huitoukan import catalogue
from huitoukan.campaign.campaign import RuleSettings
from huitoukan.campaign.people import Person
from huitoukan.campaign.problems import Problem
from huitoukan.materials import MaterialKind, Presence
from huitoukan.model import Change, FileStatus, Finding, Level, Origin, Severity, Stage, Verdict
from huitoukan.phrase import Listing, Phrase, plain
from huitoukan.standing.followup import ListChange
from huitoukan.standing.model import Reason, Remedy, TownshipGap
from huitoukan.standing.trace import StageOutcome
from huitoukan.standing.trend import Trend

LANGUAGES = ("zh", "en")
_LOCALE = Path(__file__).parent.parent / "locale"

# By kind and member: Level.COUNTY and Stage.COUNTY are equal as text.
NAMES: Mapping[type[StrEnum], Mapping[str, str]] = {
    Severity: {"error": "错误", "warning": "警告", "info": "提示"},
    Level: {"county": "县级", "township": "乡级"},
    Stage: {"self": "自评", "county": "县级检查", "city": "市级检查"},
    Verdict: {"pass": "达标", "fail": "未达标", "pending": "待定"},
    Trend: {"up": "提升", "steady": "持平", "down": "下降"},
    Origin: {
        "header": "表头",
        "stamp": "下发时的标记",
        "title": "标题",
        "columns": "得分列",
        "sheet_name": "工作表名",
        "file_name": "文件名",
        "folder": "文件夹",
    },
    FileStatus: {
        "ok": "无问题",
        "findings": "有问题",
        "unreadable": "打不开",
        "encrypted": "加密",
        "refused": "未读取",
        "skipped": "跳过",
        "not_a_form": "不是评分表",
    },
    ListChange: {"new": "新列入", "still": "继续", "off": "移出"},
    StageOutcome: {
        "counted": "采用",
        "lower": "有更高阶段的表, 不取",
        "incomplete": "不完整, 不能采用",
        "contradictory": "几份分数不同, 待定",
        "held_up": "更高的阶段未定, 不取",
        "not_received": "没有收到",
    },
    MaterialKind: {
        "score_sheet": "评分表",
        "questionnaire": "调查问卷",
        "report": "总结报告",
        "documents": "相关文件",
        "organisation": "组织实施",
        "publicity": "宣传",
        "training": "培训",
        "guidance": "指导",
    },
    Presence: {
        "received": "已收",
        "late": "逾期",
        "missing": "缺报",
        "extra": "多报",
        "not_due": "不要求",
    },
    Change: {
        "apostrophe": "去掉了开头的撇号",
        "invisible": "去掉了看不见的字符",
        "spaces": "去掉了空格",
        "width": "全角转成了半角",
        "plus": "去掉了加号",
        "bare_point": "补全了小数",
        "unit_word": "去掉了“分”字",
        "letter": "把形似的字母看作数字",
        "point": "把标点看作小数点",
        "dash": "把横线看作负号",
        "gap": "去掉中间的空格",
        "grouping": "看作千位分隔",
        "numeral": "中文数字",
        "special": "特殊数字符号",
        "fraction": "取斜线前的数",
        "mark": "用文字或记号代替分数",
        "several": "不止一个数",
        "words": "数旁还有别的内容",
    },
}

# How each step of a verdict is told, by the pass rule, a variant of the case (see `_variant`) and whether it holds
# (None: not decided). Nobody says “0 个达标”.
# fmt: off
REASONS: Mapping[tuple[str, bool | None], str] = {
    ("complete", True): "采用{stage_name}阶段的评分表 ({file})。",
    ("complete", None): "{stage_name}阶段的评分表有 {value} 项没有可用的分数 ({items}), 不能采用 ({file})。",
    ("complete+empty", None): "{stage_name}阶段的评分表没有可用的分数, 不能采用 ({file})。",
    ("decided", True): "{stage_name}阶段以 {file} 为准 (检查活动文件的决定: {reason})。",
    ("received", None): "没有收到可用的评分表。",
    ("single_sheet", None): "{stage_name}阶段有 {value} 份分数不同的评分表, 待确定以哪一份为准 ({files})。",
    ("not_applicable", True): "不适用的项目共 {value} 分, 不超过 {threshold} 分, 按比例折算。",
    ("not_applicable", None): "不适用的项目共 {value} 分, 超过 {threshold} 分, 需要人工认定。",
    ("pass_mark", True): "总分 {value}, 不低于达标线 {threshold}。",
    ("pass_mark", False): "总分 {value}, 低于达标线 {threshold}。",
    ("dimension_share", True): "{title} {value} 分, 不低于 {threshold} 分 ({maximum} 分的 {share})。",
    ("dimension_share", False): "{title} {value} 分, 低于 {threshold} 分 ({maximum} 分的 {share}), 是短板。",
    ("veto", True): "否决项 {subject} {title} 得 {value} 分, 不是 0 分。",
    ("veto", False): "否决项 {subject} {title} 得 0 分 (单元格 {cell}), 不能达标。",
    ("body", True): "县级统计机构本身达标。",
    ("body", False): "县级统计机构本身未达标。",
    ("body", None): "县级统计机构本身待定。",
    ("township_share", True): "{all} 个乡镇(街道)中 {passing} 个达标, 占 {value}, 不低于 {threshold}。",
    ("township_share", False): "{all} 个乡镇(街道)中 {passing} 个达标, 占 {value}, 低于 {threshold}。",
    ("township_share+all", True): "{all} 个乡镇(街道)全部达标。",
    ("township_share+none", False): "{all} 个乡镇(街道)均未达标。",
    ("township_share+pending", True): "{all} 个乡镇(街道)中 {passing} 个达标, 占 {value}, 不低于 {threshold}; 待定的 {pending} 个不影响结论。",
    ("township_share+pending", False): "{all} 个乡镇(街道)中 {passing} 个达标; 待定的 {pending} 个即使全部达标, 也达不到 {threshold}。",
    ("township_share+pending", None): "{all} 个乡镇(街道)中 {passing} 个达标, {pending} 个待定, 能否达到 {threshold} 还不能确定。",
    ("township_share+none+pending", True): "{all} 个乡镇(街道)均待定, 不影响结论。",
    ("township_share+none+pending", False): "{all} 个乡镇(街道)还没有一个达标; 待定的 {pending} 个即使全部达标, 也达不到 {threshold}。",
    ("township_share+none+pending", None): "{all} 个乡镇(街道)还没有一个达标, {pending} 个待定, 能否达到 {threshold} 还不能确定。",
}
# fmt: on
_SHARES = {"township_share": ("value", "threshold"), "dimension_share": ("share",)}


# Half-width punctuation of our source texts, and what Chinese print wants in its place.
_PRINT = tuple(
    (re.compile(pattern), mark)
    for pattern, mark in (
        (r",( |$|(?=[\u3400-\u9fff]))", "，"),  # a docstring breaks its lines anywhere
        (r";( |$|(?=[\u3400-\u9fff]))", "；"),
        (r":( |$)", "："),
        (r" ?\(", "（"),
        (r"\) ?", "）"),
        (r"\?$", "？"),
    )
)

_CHINESE = re.compile("[\u3400-\u9fff]")
_BLANK_AFTER_CHINESE = re.compile("[\u3400-\u9fff] \\Z")


@lru_cache(maxsize=4096)
def typeset(text: str) -> str:
    """A Chinese source text in the punctuation of print. Values are filled in later and stay as they are."""
    for pattern, mark in _PRINT:
        text = pattern.sub(mark, text)
    return text


@lru_cache(maxsize=4)
def translation(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; Chinese is the source and needs none."""
    if language == "zh":
        return gettext.NullTranslations()
    return gettext.translation("huitoukan", _LOCALE, languages=[language])


class Words:
    """Speaks one language. `overrides` are the analyst's own words for rules, from campaign.yaml (used for Chinese)."""

    def __init__(self, language: str = "zh", overrides: Mapping[str, RuleSettings] | None = None) -> None:
        self.language = language
        self._translate = translation(language).gettext
        self._overrides = overrides if overrides and language == "zh" else {}

    def __call__(self, text: str) -> str:
        """A fixed text of the catalogue."""
        if self.language == "zh":
            return typeset(text)
        return self._translate(text) if text else ""

    def phrase(self, phrase: Phrase | str | None) -> str:
        """A phrase in this language; text of the user's data stays as it is."""
        if isinstance(phrase, Phrase):
            return self._fill(self(phrase.template), dict(phrase.values))
        return phrase or ""

    def value(self, value: object) -> str:
        """Any value that may stand in a template."""
        if value is None:
            return ""
        if isinstance(value, Phrase):
            return self.phrase(value)
        if isinstance(value, StrEnum):
            return self(NAMES[type(value)][value])
        if isinstance(value, Decimal):
            return plain(value)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Listing):
            return self("、").join(self.value(word) for word in value.words)
        if isinstance(value, tuple):
            return self._choices([self.value(one) for one in value])
        return str(value)

    def _choices(self, words: list[str]) -> str:
        if len(words) < 2:  # noqa: PLR2004
            return "".join(words)
        either = self("{first} 或 {last}")
        if self.language == "zh" and _CHINESE.match(words[-2][-1:]):
            either = either.replace(" 或", "或")
        return self._fill(either, {"first": self("、").join(words[:-1]), "last": words[-1]})

    def _fill(self, template: str, values: Mapping[str, object]) -> str:
        """A template with its values. The blank before a number is not wanted before a Chinese word: 可能是满分."""
        text = ""
        for literal, field, _, _ in Formatter().parse(template):
            text += literal
            if field is not None:
                value = self.value(values[field])
                if self.language == "zh" and _BLANK_AFTER_CHINESE.search(text) and _CHINESE.match(value):
                    text = text[:-1]
                text += value
        return text

    # ------------------------------------------------------------------------------------------------ findings

    def message(self, finding: Finding) -> str:
        """What is wrong."""
        override = self._overrides.get(finding.code)
        template = (
            override.message if override and override.message else catalogue.entry(finding.code).message
        )
        return self._fill(self(template), _values(finding))

    def subject(self, finding: Finding) -> str:
        """What on the sheet it is about: an item, a subtotal or the total; "" for everything else."""
        values = _values(finding)
        return self.value(values.get("label") or values.get("what") or finding.item)

    def short_message(self, finding: Finding) -> str:
        """What is wrong, for a place where the item stands beside it: an item named at the beginning is left out."""
        message = self.message(finding)
        named = re.match(re.escape(self.subject(finding)) + r"(:? )", message) if finding.item else None
        return (
            message[named.end() : named.end() + 1].upper() + message[named.end() + 1 :] if named else message
        )

    def fix(self, finding: Finding) -> str:
        """What to do."""
        override = self._overrides.get(finding.code)
        template = override.fix if override and override.fix else catalogue.entry(finding.code).fix
        return self._fill(self(template), _values(finding))

    def place(self, finding: Finding) -> str:
        """Where, within the file: `「评分表」F12`."""
        sheet = self("「{sheet}」").format(sheet=finding.sheet) if finding.sheet else ""
        return sheet + (finding.cell or "")

    def problem(self, problem: Problem) -> str:
        """A mistake in a campaign file: `rubric.yaml:12:7: R905 …`."""
        entry = catalogue.entry(problem.code)
        values = dict(problem.details)
        where = f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file
        gap = "" if self.language == "zh" else " "
        texts = (self._fill(self(text), values) for text in (entry.message, entry.fix))
        return f"{where}: {problem.code} {gap.join(texts)}"

    # ------------------------------------------------------------------------------------------------ standings

    def reason(self, reason: Reason) -> str:
        """One step of a verdict."""
        values: dict[str, object] = {
            "value": reason.value, "threshold": reason.threshold, "subject": reason.subject, **dict(reason.details)
        }  # fmt: skip
        for key in _SHARES.get(reason.rule, ()):
            values[key] = percent(values[key])
        return self._fill(self(REASONS[reason.rule + _variant(reason), reason.passed]), values)

    def joined(self, sentences: Iterable[str]) -> str:
        """Sentences one after the other; Chinese print has no blank between them."""
        return ("" if self.language == "zh" else " ").join(sentences)

    def remedy(self, remedy: Remedy) -> str:
        """Where the points were lost that keep a unit below the line; no invitation to change them."""
        step = self("{item} {title} ({cell}, 得 {value} 分, 标准分 {maximum}) 差 {gain} 分")
        items = [
            self._fill(
                step,
                {
                    "item": one.item, "title": one.title, "cell": one.cell, "value": one.value,
                    "maximum": one.maximum, "gain": one.gain,
                },
            )
            for one in remedy.steps
        ]  # fmt: skip
        values = {"n": len(items), "points": remedy.points, "items": self("; ").join(items)}
        told = (
            self("离达标线最近的失分是 1 项: {items}。")
            if len(items) == 1
            else self("离达标线最近的失分是 {n} 项, 共差 {points} 分: {items}。")
        )
        texts = [self._fill(told, values)]
        if remedy.ways > 1:
            texts.append(self._fill(self("项数和分数同样少的组合还有 {n} 种。"), {"n": remedy.ways - 1}))
        if not remedy.exact:
            texts.append(self("得分的小数位过多, 没有逐一比较各种组合。"))
        return self.joined(texts)

    def person(self, person: Person) -> str:
        """Somebody with the post, where one is given: 张明（副局长）."""
        return self._fill(self("{name} ({post})"), dict(person)) if person.post else person.name

    def numeral(self, number: int) -> str:
        """The number of a heading: 十二 in Chinese (1 to 99), 12 elsewhere."""
        if self.language != "zh" or not 0 < number < 100:  # noqa: PLR2004
            return str(number)
        tens, ones = divmod(number, 10)
        ten = ("" if tens == 1 else _NUMERALS[tens]) + "十" if tens else ""
        return ten + _NUMERALS[ones]

    def gap(self, gap: TownshipGap, names: Mapping[str, str]) -> str:
        """How many townships a county lacks and which are nearest to the line, by their names."""
        values: dict[str, object] = {
            "needed": gap.needed, "counted": gap.counted, "passing": gap.passing, "short": gap.short, "pending": gap.pending,
            "names": Listing(tuple(names[code] for code in gap.nearest[: max(gap.short, 1)])),
        }  # fmt: skip
        texts = [
            self._fill(
                self(
                    "参加评定的 {counted} 个乡镇(街道)须有 {needed} 个达标, 现有 {passing} 个, 还差 {short} 个。"
                ),
                values,
            )
        ]
        if gap.pending:
            texts.append(self._fill(self("待定的有 {pending} 个。"), values))
        if gap.nearest:
            texts.append(self._fill(self("未达标的单位中, 离达标线最近的是{names}。"), values))
        return ("" if self.language == "zh" else " ").join(texts)


def _variant(reason: Reason) -> str:
    """Which of several sentences tells a step: a sheet without any score, all or no townships, some of them pending."""
    details = dict(reason.details)
    if reason.rule == "complete":
        return "+empty" if reason.passed is None and reason.value == details["all"] else ""
    if reason.rule == "township_share":
        extreme = (
            "+none" if not details["passing"] else "+all" if details["passing"] == details["all"] else ""
        )
        return extreme + ("+pending" if details["pending"] else "")
    return ""


_NUMERALS: tuple[str, ...] = ("", *"一二三四五六七八九")
_HUNDREDTH = Decimal("0.01")
_LONGEST_QUOTED = 200  # characters of a cell in a sentence; `value` has all of them


def _values(finding: Finding) -> dict[str, object]:
    value = finding.value
    if value is not None and len(value) > _LONGEST_QUOTED:
        value = value[:_LONGEST_QUOTED] + "…"
    own = {"value": value, "expected": finding.expected, "item": finding.item}
    return own | dict(finding.details)


def rounded(number: Decimal) -> str:
    """A number with at most two places, half up, for the eye; files have all of them."""
    return plain(number.quantize(_HUNDREDTH, ROUND_HALF_UP))


def percent(share: object) -> str:
    """A share of 1 as a percentage with at most two places: 0.7143 gives 71.43%."""
    return f"{plain(share * 100)}%" if isinstance(share, Decimal) else ""


def signed(number: Decimal | None) -> str:
    """A difference with its sign: `+3.5`, `-1`, `0`; "" for none."""
    return "" if number is None else ("+" if number > 0 else "") + plain(number)
