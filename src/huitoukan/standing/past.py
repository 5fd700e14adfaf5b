"""What a file of last year's results says, before it is matched with this year's roster; and what may be wrong in it.

Both readers, of our own results.json and of a table in a workbook, give the same rows. Mistakes are collected and told
together, each at its place (a cell, a key of the JSON, a line and column).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from huitoukan.campaign.campaign import PassRules
from huitoukan.campaign.problems import Problem, problem_kind
from huitoukan.intake.labels import title_key
from huitoukan.model import Verdict
from huitoukan.phrase import Phrase, say

_NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,12})?")
_YEAR = re.compile(r"^(?:\d{4}年?度?|上年度?|上一年度?|去年)")
# What columns are called, in a table of last year's results and in one of what is known from before.
UNIT, CODE, COUNTY, VERDICT = "unit", "code", "county", "verdict"
LABELS: Mapping[str, tuple[str, ...]] = {
    UNIT: ("单位", "单位名称", "单位全称", "机构", "机构名称", "名称", "乡镇", "乡镇街道", "乡镇名称", "unit", "name"),
    CODE: ("代码", "单位代码", "机构代码", "区划代码", "行政区划代码", "code"),
    COUNTY: ("县", "县区", "县市区", "县区市", "所属县", "所属县区", "所在县", "所在县区", "county"),
    VERDICT: ("结论", "达标结论", "达标情况", "是否达标", "检查结果", "评定结果", "评定结论", "status", "verdict"),
}  # fmt: skip
NOTHING = frozenset(
    {"缺报", "未报", "未检查", "未参加", "无", "缺", "空"}
)  # a cell that says so says nothing
FIRST_ROWS = 40  # of a worksheet, in which its header is looked for
LONGEST_SHOWN = 60  # characters of a cell that a message repeats
_VERDICTS: Mapping[Verdict, tuple[str, ...]] = {
    Verdict.PASS: ("达标", "已达标", "合格", "基本合格", "优秀", "良好", "通过", "是", "pass"),
    Verdict.FAIL: ("未达标", "不达标", "没有达标", "不合格", "未通过", "否", "fail"),
    Verdict.PENDING: ("待定", "待核实", "pending"),
}


@dataclass(frozen=True, slots=True)
class PastDimension:
    """Last year's points in one dimension, by its title then; `maximum` is None where the file does not tell it.

    `score` is None where there was none (nothing was scored, or nothing applied).
    """

    title: str
    score: Decimal | None
    maximum: Decimal | None
    place: str


@dataclass(frozen=True, slots=True)
class PastUnit:
    """One unit as last year's file has it: names as written, `place` is where (`「汇总」A5`, `counties[0]`).

    `key_since` is the year since which it was on the list of key checks ("": not known), None where it was not on it.
    """

    name: str
    place: str
    code: str = ""
    county: str = ""
    verdict: Verdict | None = None
    score: Decimal | None = None
    score_place: str = ""
    maximum: Decimal | None = None
    dimensions: tuple[PastDimension, ...] = ()
    key_since: str | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """All units of a file, its own title, and the labels of columns that nothing was taken from."""

    units: tuple[PastUnit, ...]
    title: str = ""
    ignored: tuple[str, ...] = ()


def without_year(label: str) -> str:
    """A label without the year before it: 2023年得分 gives 得分."""
    return _YEAR.sub("", label)


def dimension_key(title: str) -> str:
    """The title of a dimension as it is compared with this year's: without numbering, brackets and the year."""
    return without_year(title_key(title))


def verdict_of(text: str, grades: Mapping[str, Verdict]) -> Verdict | None:
    """What a text says of 达标, folded; `grades` are further words (the grades of the campaign). None: nothing known."""
    word = "".join(unicodedata.normalize("NFKC", text).split()).lower()
    known = {word: verdict for verdict, words in _VERDICTS.items() for word in words}
    return {**known, **grades}.get(word)


def verdict_words(rules: PassRules) -> dict[str, Verdict]:
    """The grades of the campaign as further words for a verdict."""
    return {title: Verdict.PASS for title, _ in rules.bands()} | {rules.failed: Verdict.FAIL}


def number_of(text: str) -> Decimal | None:
    """A number in plain digits; None for anything else (also one so long that nobody meant it)."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


@dataclass(slots=True)
class Mistakes:
    """Collects what is wrong in one file, so that all of it is told at once."""

    file: str
    found: list[Problem] = field(default_factory=list)

    def at(self, place: str) -> str:
        """How a place in the file is shown: `上年.xlsx「汇总」E12`, `results.json counties[0].score`."""
        if not place:
            return self.file
        return f"{self.file}{'' if place.startswith('「') else ' '}{place}"

    @problem_kind(
        "R920", message="上年结果读不出来: {why}。", fix="请写上年的 results.json, 或一个没有加密的工作簿。"
    )
    def unreadable(self, why: Phrase | str, line: int = 0, column: int = 0) -> None:
        """上年结果文件读不出来。

        查什么: --baseline 的文件必须是本工具写出的 results.json, 或者能打开的工作簿 (xlsx、xls、et、ods、csv)。
        为什么: 读不出来, 就没有上年的结果可比。
        例子: 工作簿有密码, JSON 文件只拷贝了一半, 或者写的是一个文件夹。
        怎么改: 在表格软件里打开另存一份, 或者重新拷贝上年的 results.json。
        """
        self.found.append(Problem("R920", self.file, line, column, (("why", why),)))

    @problem_kind(
        "R921", message="上年结果的表头不能用: {why}。",
        fix="表里要有一行表头, 写明单位名称 (或代码), 以及得分、结论、各维度名称中的一列或几列, 每样只有一列。",
    )  # fmt: skip
    def bad_header(self, why: Phrase, place: str = "") -> None:
        """上年结果表的表头不能用。

        查什么: 工作簿里要有一张表, 表头写明单位名称或代码、所属县, 以及得分、结论、各维度名称中的一列或几列, 每样只有一列。
        为什么: 各列按表头上的字认, 不按位置认; 认不出表头, 或者有两列得分, 就不知道哪一列是什么。
        例子: 只有数字没有表头; 写的是一份评分表而不是汇总表; 每个维度下面有自评、检查两列。
        怎么改: 补上表头, 例如: 单位名称、县(区、市)、得分、结论、工作任务(12分); 多余的列改名或删去。
        """
        self.found.append(Problem("R921", self.at(place), 0, 0, (("why", why),)))

    @problem_kind(
        "R922", message="“{unit}”在上年结果里有几处, 内容不同 (另一处: {other})。", fix="请只留一处。"
    )
    def repeated(self, place: str, unit: str, other: str) -> None:
        """一个单位在上年结果里有几处, 内容不同。

        查什么: 一个单位在上年结果里只能有一个得分、一个结论; 几处内容完全相同的算一处。
        为什么: 不知道以哪一处为准, 与上年的比较就没有依据。
        例子: 乐平镇一行写在第 5 行, 昔阳县乐平镇又写在第 40 行, 得分不同。
        怎么改: 删去多余的一行, 只留一处。
        """
        self.found.append(Problem("R922", self.at(place), 0, 0, (("unit", unit), ("other", other))))

    @problem_kind("R923", message="“{value}”不能用: {why}。", fix="请改正; 上年没有的, 留空。")
    def wrong(self, place: str, value: str, why: Phrase) -> None:
        """上年结果里的得分或结论不能用。

        查什么: 得分必须是 0 到满分之间的数, 结论必须是达标、未达标、待定或检查活动的等级。没有得分的留空, 不写 0。
        为什么: 认错一个数, 提升和下降就会颠倒; 把没有得分当作 0 分, 谁都成了提升。
        例子: 得分写成“约90”, 结论写成“较好”, 或者上年这个维度满分 15 分而表头没有写明。
        怎么改: 改成数或规定的结论; 上年满分与今年不同的, 在表头写明, 例如: 工作任务(15分)。
        """
        self.found.append(Problem("R923", self.at(place), 0, 0, (("value", value), ("why", why))))

    @problem_kind(
        "R924",
        message="不是能比较的结果文件: {why}。",
        fix="请写本工具 report 写出的 results.json, 或 aggregate --format json 的输出。",
    )
    def other_document(self, why: Phrase, place: str = "") -> None:
        """JSON 文件不是本工具的结果。

        查什么: --baseline 的 JSON 文件必须是 report 写出的 results.json 或 aggregate --format json 的输出 (schema 1), 有各县的结果。
        为什么: 别的 JSON 里没有达标结论, 更新的版本里各键的含义可能不同。
        例子: 写成了 validate --format json 的输出, 其中没有 counties。
        怎么改: 换成上年的 results.json。
        """
        self.found.append(Problem("R924", self.at(place), 0, 0, (("why", why),)))


def not_a_number(value: str) -> tuple[str, Phrase]:
    """The last two arguments of `Mistakes.wrong` for a text that should be a number."""
    return value[:LONGEST_SHOWN], say("不是一个数")
