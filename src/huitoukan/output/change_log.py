"""The log of repairs: changes.csv for the eye and the hand, changes.json for programs; either can be played again.

A text stands in quotation marks in the CSV, and what does not show is spelled out (“4\\u200b”): so blanks are seen, and no
spreadsheet program turns a text into a number on the way. The JSON holds every text exactly as it is.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from huitoukan import __version__
from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.problems import ConfigError, Problem, problem_kind
from huitoukan.grid import Place
from huitoukan.intake.encodings import decode
from huitoukan.intake.parts import column_number
from huitoukan.output.files import csv_text, harmless
from huitoukan.output.records import SCHEMA, to_json
from huitoukan.output.repairs import Change, Key, State, Wish
from huitoukan.output.text import Words
from huitoukan.phrase import Phrase, say

COLUMNS = (
    "apply", "file", "sheet", "cell", "before", "after", "repair", "code", "unit", "stage", "item", "state", "why",
)  # fmt: skip
_NEEDED = ("apply", "file", "sheet", "cell", "before", "after")
_YES = frozenset({"yes", "y", "是", "true", "1", "√"})
_NO = frozenset({"no", "n", "否", "false", "0", "×", "x", ""})
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(\\))")
_SHORT = 4  # hex digits
_SEEN_BLANKS = " \u3000"


def change_record(change: Change, words: Words) -> dict[str, Any]:
    """One change as JSON holds it."""
    return {
        "apply": _applies(change),
        "file": change.file,
        "sheet": change.sheet,
        "cell": change.cell,
        "before": change.before,
        "after": change.after_text,
        "type": "number" if isinstance(change.after, Decimal) else "text",
        "repair": change.kind.value,
        "code": change.code or None,
        "unit": change.unit,
        "stage": change.stage.value if change.stage else None,
        "item": change.item,
        "state": change.state.value,
        "why": reason(change, words),
    }


def reason(change: Change, words: Words) -> str:
    """What is put right, or why it is not."""
    told = words.phrase(change.refusal if change.refusal is not None else change.why)
    if change.sums and change.state in (State.DONE, State.PLANNED):
        told += words("; 表里有公式, 打开时会重新计算")
    return told


def _applies(change: Change) -> bool:
    return change.state in (State.DONE, State.PLANNED) or change.asked


def changes_csv(changes: Iterable[Change], words: Words) -> str:
    """The log as CSV."""
    answers = {True: words("是"), False: words("否")}
    rows = []
    for change in changes:
        after = change.after_text if isinstance(change.after, Decimal) else quoted(change.after)
        shown = {"apply": answers[_applies(change)], "before": quoted(change.before), "after": after}
        rows.append(change_record(change, words) | shown)
    return csv_text(COLUMNS, rows)


def changes_json(
    changes: Sequence[Change], copies: Mapping[str, str], campaign: Campaign, words: Words
) -> str:
    """The log as JSON; `copies` maps each file that was written to the sha256 of what was written."""
    return to_json(
        {
            "schema": SCHEMA,
            "huitoukan": __version__,
            "campaign": campaign.settings.id,
            "changes": [change_record(change, words) for change in changes],
            "files": [{"path": path, "sha256": sha256} for path, sha256 in copies.items()],
            "summary": summary(changes),
        }
    )


def summary(changes: Iterable[Change]) -> dict[str, int]:
    """How many changes there are in each state."""
    counts = Counter(change.state for change in changes)
    return {state.value: counts[state] for state in State}


def quoted(text: str) -> str:
    """A text in quotation marks in which everything can be seen."""
    return f"“{''.join(map(_spelled, text))}”"


def _spelled(sign: str) -> str:
    if sign == "\\":
        return "\\\\"
    if sign in _SEEN_BLANKS or unicodedata.category(sign)[0] not in "CZ":
        return sign
    code = f"{ord(sign):x}"
    return "\\u" + code.zfill(4) if len(code) <= _SHORT else "\\U" + code.zfill(8)


def _unquoted(text: str) -> str:
    if len(text) < 2 or text[0] != "“" or text[-1] != "”":  # noqa: PLR2004
        return text
    return _ESCAPED.sub(lambda found: found[3] or _sign(found[1] or found[2]), text[1:-1])


def _sign(code: str) -> str:
    number = int(code, 16)
    return chr(number) if number <= sys.maxunicode else ""


# ----------------------------------------------------------------------------------------------------------- reading


@dataclass(slots=True)
class _Mistakes:
    """Collects what is wrong in a log, so that all of it is told at once."""

    file: str
    found: list[Problem] = field(default_factory=list)

    @problem_kind(
        "R940",
        message="修复清单读不出来: {why}。",
        fix="请写 huitoukan fix 写出的 changes.csv 或 changes.json。",
    )
    def unreadable(self, why: Phrase, line: int = 0) -> None:
        """修复清单读不出来。

        查什么: --changes 的文件必须是本工具写出的 changes.csv 或 changes.json, 各列 (键) 齐全; 可以改 apply 一列, 可以删行。
        为什么: 缺了单元格或原来的内容, 就不能先核对再修改。
        例子: 删去了 before 一列, 或者写成了 findings.csv。
        怎么改: 用 huitoukan fix --dry-run 重新写一份清单, 只改 apply 一列。
        """
        self.found.append(Problem("R940", self.file, line, int(line > 0), (("why", why),)))

    @problem_kind("R941", message="“{value}”不能用: {why}。", fix="请照原样改回, 或者删去这一行。")
    def wrong(self, line: int, column: int, value: str, why: Phrase) -> None:
        """修复清单里的一行不能用。

        查什么: apply 只能是 是、否 (yes、no); cell 是一个单元格; file 和 sheet 不能空着。
        为什么: 看不懂的一行既不能照做, 也不能当作没有。
        例子: apply 填成“再看看”, cell 填成 F4:F9。
        怎么改: apply 改为 是 或 否; 其余各列照原样改回。
        """
        self.found.append(Problem("R941", self.file, line, column, (("value", value), ("why", why))))

    @problem_kind("R942", message="{cell} 在第 {other} 行已经写过, 内容不同。", fix="请只留一行。")
    def repeated(self, line: int, cell: str, other: int) -> None:
        """修复清单里一个单元格有两行。

        查什么: 一个单元格在清单里只能有一行要修复; 内容完全相同的算一行。
        为什么: 不知道照哪一行改。
        例子: 把两次的清单粘贴在一起。
        怎么改: 只留一行。
        """
        self.found.append(Problem("R942", self.file, line, 1, (("cell", cell), ("other", other))))


def read_log(data: bytes, name: str) -> dict[Key, Wish]:
    """The lines of a log that are to be carried out, by their cell.

    Raises:
        ConfigError: R940 to R942, every mistake at its line.
    """
    mistakes = _Mistakes(name)
    text = _text(data)
    lines: Iterator[tuple[int, Mapping[str, str]]]
    if text is None or not text.strip():
        mistakes.unreadable(say("不是文字") if text is None else say("是空的"))
        lines = iter(())
    elif text.lstrip()[0] in "{[":
        lines = _json_lines(text, mistakes)
    else:
        lines = _csv_lines(text, mistakes)
    wishes: dict[Key, Wish] = {}
    first: dict[Key, int] = {}
    for line, values in lines:
        wish = _wish(line, values, mistakes)
        if wish is None:
            continue
        key, said = wish
        if key in wishes and wishes[key] != said:
            mistakes.repeated(line, values["cell"], first[key])
        wishes.setdefault(key, said)
        first.setdefault(key, line)
    if mistakes.found:
        raise ConfigError(mistakes.found)
    return wishes


def _text(data: bytes) -> str | None:
    """UTF-8 as we write it, with whatever characters a cell may hold; else what a program has made of it."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return decode(data)


def _wish(line: int, values: Mapping[str, str], mistakes: _Mistakes) -> tuple[Key, Wish] | None:
    """What one line asks for; None where it asks for nothing, or is wrong."""
    answer = values["apply"].strip().lower()
    if answer in _NO:
        return None
    column = _NEEDED.index
    if answer not in _YES:
        mistakes.wrong(line, column("apply") + 1, values["apply"], say("只能写 是 或 否"))
        return None
    place = _place(values["cell"])
    if place is None:
        mistakes.wrong(line, column("cell") + 1, values["cell"], say("不是一个单元格"))
        return None
    for name in ("file", "sheet"):
        if not values[name]:
            mistakes.wrong(line, column(name) + 1, "", say("{column} 空着", column=name))
            return None
    return (values["file"], values["sheet"], place), Wish(values["before"], values["after"])


def _place(text: str) -> Place | None:
    found = _ADDRESS.fullmatch(text.strip().upper())
    return (int(found[2]) - 1, column_number(found[1].encode()) - 1) if found else None


def _csv_lines(text: str, mistakes: _Mistakes) -> Iterator[tuple[int, Mapping[str, str]]]:
    head = text.splitlines()[0]
    mark = next((mark for mark in ",\t;" if mark in head), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        columns = [name.strip().lower() for name in next(reader)]
        missing = [name for name in _NEEDED if name not in columns]
        if missing:
            mistakes.unreadable(say("第一行没有 {columns}", columns=missing[0]), 1)
            return
        start = reader.line_num + 1
        for row in reader:
            if any(row):
                padded = [*row, *[""] * (len(columns) - len(row))]
                yield start, _from_csv(dict(zip(columns, padded, strict=False)))
            start = reader.line_num + 1
    except csv.Error:
        mistakes.unreadable(say("引号没有成对"), reader.line_num)


def _from_csv(values: Mapping[str, str]) -> dict[str, str]:
    """A line as it was meant: without what kept spreadsheet programs from changing it."""
    own = {name: values[name] for name in _NEEDED}
    for name in ("file", "sheet"):
        bare = own[name].removeprefix("'")
        own[name] = bare if harmless(bare) == own[name] else own[name]
    return own | {name: _unquoted(own[name]) for name in ("before", "after")}


def _json_lines(text: str, mistakes: _Mistakes) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        mistakes.unreadable(say("不是完整的 JSON"), getattr(error, "lineno", 0))
        return
    changes = document.get("changes") if isinstance(document, dict) else document
    if not isinstance(changes, list):
        mistakes.unreadable(say("没有 changes"))
        return
    if isinstance(document, dict) and document.get("schema") != SCHEMA:
        mistakes.unreadable(say("不是这个版本能读的清单"))
        return
    lines = _lines_of(text, len(changes))
    for line, change in zip(lines, changes, strict=True):
        values = change if isinstance(change, dict) else {}
        missing = next((name for name in _NEEDED if name not in values), None)
        if missing is not None:
            mistakes.unreadable(say("有一项没有 {columns}", columns=missing), line)
        else:
            yield line, {name: _json_text(values[name]) for name in _NEEDED}


def _json_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _lines_of(text: str, count: int) -> list[int]:
    """The line of each change in a JSON: we write one a line; of a file laid out otherwise, the line of its `"file"`."""
    lines = [
        n for n, line in enumerate(text.splitlines(), 1) if '"file":' in line.replace('"file" :', '"file":')
    ]
    return lines if len(lines) == count else [1] * count
