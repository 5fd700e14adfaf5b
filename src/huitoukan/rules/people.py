"""Names and telephone numbers as they stand in the fields of a form."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LONGEST = 200  # characters that are looked at: no line of signatures is longer
_BRACKETED = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
_LINES_TO_WRITE_ON = re.compile(r"[\s_＿\-—/、,，.。:：]+")


@lru_cache(maxsize=1024)
def written(text: str) -> str:
    """What was written in a field, without （签字） and the lines to write on."""
    folded = _BRACKETED.sub(" ", unicodedata.normalize("NFKC", text[:_LONGEST]))
    return "" if not _LINES_TO_WRITE_ON.sub("", folded) else folded.strip(" _-—:：")


# ---------------------------------------------------------------------------------------------------------- names

_BETWEEN = re.compile(r"[\d、,，;；:：/|&+()（）—\-]+")
_JOINED = re.compile(r"(?<=\w\w)[和及](?=\w\w)")
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[·•・.](?=[^\W\d_]))+")
OFFICES = (
    "局",
    "站",
    "镇",
    "乡",
    "街道",
    "政府",
    "组",
    "办公室",
    "办",
    "所",
    "中心",
    "委",
    "单位",
    "科",
    "股",
    "村",
    "社区",
)
NOBODY = frozenset(
    {
        "同上", "同前", "本人", "他人", "领导", "主任", "站长", "局长", "组长", "镇长", "乡长", "书记", "统计员", "负责人", "经办人", "签字", "签名", "签章",
        "盖章", "签字盖章", "已签", "已签字", "未签", "未签字", "待签", "待签字", "手签", "电子签名", "见纸质件", "见附件", "姓名", "无人", "没有", "暂无", "不详", "待定",
        "年月日", "月日",
    }
)  # fmt: skip


@lru_cache(maxsize=1024)
def names(text: str) -> tuple[str, ...]:
    """The names of people in a field: two characters or more, no offices, no fillers.

    Single characters with a blank between them are one name (王 伟).
    """
    found: list[str] = []
    for group in _BETWEEN.split(written(text)):
        open_name = ""
        for part in (one.strip(".。·") for one in group.split()):
            if len(part) == 1 and not part.isascii():
                open_name += part
                continue
            found += [open_name, *_JOINED.split(part)]
            open_name = ""
        found.append(open_name)
    return tuple(filter(_is_name, found))


def _is_name(word: str) -> bool:
    nobody = word in NOBODY or "某" in word or len(set(word.lower())) == 1
    return bool(_NAME.fullmatch(word)) and not nobody and not word.endswith(OFFICES)


# ---------------------------------------------------------------------------------------------------------- telephones

_PHONE = re.compile(r"(?:\+?86|0086)?1[3-9]\d{9}|0\d{10,11}|[48]00\d{7}|[2-9]\d{6,7}")
_DIALLED = re.compile(r"\+?(?:\(\d+\)|\d)[\d\s()\-—转#*]*")
_LONGEST_EXTENSION = 5


@lru_cache(maxsize=1024)
def holds_phone(text: str) -> bool:
    """Whether a text holds a number that may be a telephone's; names and further numbers may stand beside it."""
    dialled = _DIALLED.findall(written(text))
    return any(_is_phone(number) for one in dialled for number in (one, *one.split()))


def _is_phone(dialled: str) -> bool:
    groups = re.split(r"[\-—转#*]+", re.sub(r"[\s()]", "", dialled))
    extended = len(groups) > 1 and len(groups[-1]) <= _LONGEST_EXTENSION
    numbers = {"".join(groups), "".join(groups[:-1]) if extended else ""}
    return any(_PHONE.fullmatch(number) and len(set(number)) > 1 for number in numbers)
