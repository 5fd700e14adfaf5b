"""The problems that an earlier run found (`--since`): from the results.json of `report`, or what `validate --format json` printed."""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huitoukan.model import Severity
from huitoukan.phrase import Phrase, say

SCHEMA = 1
_KEYS = (
    "code", "severity", "file", "sheet", "cell", "unit", "stage", "item", "value", "expected", "message", "fix",
)  # fmt: skip
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # as PowerShell writes what is sent into a file


class PastFindingsError(Exception):
    """A file is no result of an earlier run of this campaign; `why` says what is wrong with it."""

    def __init__(self, why: Phrase) -> None:
        super().__init__(why.template)
        self.why = why


@dataclass(frozen=True, slots=True)
class PastFinding:
    """A problem as the earlier run told it: its place, what it is about, and its words then. Nothing is worked out anew."""

    code: str
    severity: Severity
    file: str | None = None
    sheet: str | None = None
    cell: str | None = None
    unit: str | None = None
    stage: str | None = None
    item: str | None = None
    value: str | None = None
    expected: str | None = None
    message: str = ""
    fix: str = ""
    blocks: bool = False


def read_past_findings(data: bytes, campaign: str) -> tuple[PastFinding, ...]:
    """The problems of an earlier run; `campaign` is the id of the one at hand.

    Raises:
        PastFindingsError: the file is broken, something else, or of another campaign.
    """
    document = _document(data)
    if document.get("schema") != SCHEMA or not isinstance(document.get("huitoukan"), str):
        raise PastFindingsError(say("不是本工具写出的结果, 或者是更新的版本写的"))
    findings = document.get("findings")
    if not isinstance(findings, list):
        raise PastFindingsError(say("没有 findings, 也就没有当时的问题"))
    told = document.get("campaign")
    other = told.get("id") if isinstance(told, dict) else None
    if other != campaign:
        name = _text(told.get("title")) if isinstance(told, dict) else None
        raise PastFindingsError(say("是另一次检查活动的结果 ({name})", name=name or _text(other) or "?"))
    return tuple(_finding(one, n) for n, one in enumerate(findings))


def _document(data: bytes) -> Mapping[str, Any]:
    try:
        text = data.decode("utf-16" if data.startswith(_WIDE) else "utf-8-sig")
        document = json.loads(text)
    except UnicodeDecodeError:
        raise PastFindingsError(say("不是 UTF-8 编码的文字")) from None
    except RecursionError:
        raise PastFindingsError(say("嵌套太深")) from None
    except ValueError:  # also a number too long to be read
        raise PastFindingsError(say("JSON 不完整或写错了")) from None
    if not isinstance(document, dict):
        raise PastFindingsError(say("没有 findings, 也就没有当时的问题"))
    return document


def _finding(record: object, number: int) -> PastFinding:
    if isinstance(record, dict):
        told = {key: record.get(key) for key in _KEYS}
        wrong = [key for key, value in told.items() if not (value is None or isinstance(value, str))]
        if not wrong and told["code"] and told["severity"] in tuple(Severity):
            texts = {key: _text(value) for key, value in told.items() if key not in ("code", "severity")}
            texts["message"], texts["fix"] = texts["message"] or "", texts["fix"] or ""
            code = _text(told["code"]) or ""
            blocks = record.get("blocks") is True
            return PastFinding(code, Severity(str(told["severity"])), **texts, blocks=blocks)  # type: ignore[arg-type]
    raise PastFindingsError(say("findings[{number}] 不是一个问题", number=number))


def _text(value: object) -> str | None:
    """A text of the JSON; half characters (\\ud800), which no file can hold, are replaced."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else None
