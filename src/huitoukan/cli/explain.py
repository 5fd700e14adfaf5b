"""`huitoukan explain`: what a code means, why it matters and what to do."""

from __future__ import annotations

from typing import Annotated

import typer

from huitoukan import catalogue, pipeline
from huitoukan.cli.console import UsageError, write_data
from huitoukan.cli.language import _
from huitoukan.cli.options import SPOKEN, Format, Lang, Output
from huitoukan.output import change_log, records
from huitoukan.output.files import csv_text
from huitoukan.output.text import Words
from huitoukan.standing import certificate_check, history_table

# The modules that enter codes into the catalogue when they are imported; other commands load only what they need.
CODES = (pipeline, certificate_check, history_table, change_log)


def explain(
    code: Annotated[str | None, typer.Argument(metavar="CODE", help=_("问题代码, 如 S405。"))] = None,
    all_: Annotated[bool, typer.Option("--all", help=_("列出全部代码。"))] = False,
    format: Output = Format.TABLE,
    lang: Lang = SPOKEN,
) -> None:
    """Explain one code, or all of them."""
    words = Words(lang.value)
    wanted = [entry for entry in catalogue.entries() if all_ or entry.code == (code or "").upper()]
    if not wanted:
        raise UsageError(
            _("没有代码“{code}”。用 huitoukan explain --all 查看全部代码。").format(code=code or "")
        )
    found = [records.entry_record(entry, words) for entry in wanted]
    if format is Format.JSON:
        write_data(records.json_parts({"schema": records.SCHEMA, "rules": found}))
    elif format is Format.JSONL:
        write_data(records.jsonl_parts(found))
    elif format is Format.CSV:
        write_data([csv_text(tuple(found[0]), found)])
    else:
        write_data(["\n".join(_text(entry, words) for entry in wanted)])


def _text(entry: catalogue.Entry, words: Words) -> str:
    parts = (
        ("查什么", entry.checks),
        ("为什么", entry.reason),
        ("例子", entry.example),
        ("怎么改", entry.remedy),
    )
    lines = [f"{entry.code} {words(entry.title)} ({words.value(entry.severity)})"]
    lines += [f"  {words(name)}: {words(text)}" for name, text in parts]
    if entry.blocks:
        lines.append("  " + words("不改正, 这张评分表 (或这个单位) 不能作为结论的依据。"))
    return "\n".join(lines) + "\n"
