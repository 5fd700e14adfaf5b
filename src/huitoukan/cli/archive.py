"""`huitoukan archive`: the archive of an inspection (R34) as a folder or a zip; `huitoukan archive verify`: whether it is whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from huitoukan import __version__
from huitoukan.cli.console import UsageError, cause, existing, progress_bar, shown, tell, write_data
from huitoukan.cli.console import out as stdout
from huitoukan.cli.interrupt import as_exception
from huitoukan.cli.language import _
from huitoukan.cli.options import (
    SPOKEN,
    CampaignFile,
    County,
    Folder,
    Format,
    Inbox,
    Jobs,
    Lang,
    Output,
    Password,
    Quiet,
    RubricFile,
    chosen_county,
    run_inspection,
    words_for,
)
from huitoukan.intake.discover import arrivals
from huitoukan.output import records
from huitoukan.output.archive import Archive, Request, plan_archive
from huitoukan.output.archive_provenance import options_record
from huitoukan.output.archive_store import ChangedError, write_folder, write_zip
from huitoukan.output.archive_verify import FileState, NoArchiveError, State, Verification, listed
from huitoukan.output.archive_verify import verify as verify_archive
from huitoukan.output.files import csv_text
from huitoukan.output.places import lies_in
from huitoukan.output.text import Words
from huitoukan.standing.aggregate import standings

_ZIP = ".zip"
_STYLES = {State.CHANGED: "red", State.MISSING: "red", State.ADDED: "yellow"}
_STATES = {State.WHOLE: _("完好"), State.CHANGED: _("改动"), State.MISSING: _("缺少"), State.ADDED: _("多出")}
_COLUMNS = ("path", "state", "why", "moved")

Out = Annotated[
    Path, typer.Option("--out", metavar="DIR", help=_("归档到哪个文件夹; 写成 FILE.zip 就归档成一个压缩包。"))
]
With = Annotated[
    Path | None,
    typer.Option("--with", metavar="DIR", help=_("report 写出的结果文件夹, 一并归入检查阶段。")),
]
Date = Annotated[
    str | None, typer.Option("--date", metavar="DATE", help=_("立卷日期, 如 2024-07-01; 不写就空着待填。"))
]
Force = Annotated[bool, typer.Option("--force", help=_("换掉那里原有的归档; 补填过的目录会丢失, 请先备份。"))]
Place = Annotated[Path, typer.Argument(metavar="PLACE", help=_("归档的文件夹或 .zip 压缩包。"))]
Hash = Annotated[
    str | None,
    typer.Option("--hash", metavar="SHA256", help=_("归档时记下的指纹, 与之相比。")),
]


def archive(
    out: Out,
    folder: Folder = None,
    with_: With = None,
    date: Date = None,
    force: Force = False,
    campaign: CampaignFile = None,
    rubric: RubricFile = None,
    county: County = None,
    inbox: Inbox = None,
    password: Password = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
    lang: Lang = SPOKEN,
) -> None:
    """Put everything that arrived into the three groups of the archive, with lists and a manifest."""
    given = [existing(place) for place in (folder, inbox) if place is not None]
    if with_ is not None and not existing(with_).is_dir():
        raise UsageError(_("--with “{folder}”不是文件夹。").format(folder=with_))
    day = _day(date)
    _check_place(out, [*given, *([with_] if with_ else [])], force=force)
    aside = with_ if with_ and any(lies_in(with_, place) for place in given if place.is_dir()) else None
    inspection = run_inspection(
        folder, campaign, rubric, None, county, jobs, inbox, password, quiet=quiet, exclude=aside
    )
    words = words_for(inspection, lang)
    command = {
        "county": county, "campaign": campaign and campaign.name, "rubric": rubric and rubric.name,
        "inbox": inbox and inbox.resolve().name, "with": with_ and with_.resolve().name, "date": date,
        "passwords": len(password) if password else None, "lang": lang.value,
    }  # fmt: skip
    try:
        request = Request(
            inspection.campaign, inspection.files, inspection.findings,
            standings(inspection.by_unit, inspection.campaign),
            {one.path: one.location for one in arrivals(folder, inbox, aside)},
            with_, options_record(given[0].resolve().name, command), day,
            chosen_county(inspection.campaign, county),
        )  # fmt: skip
        planned = plan_archive(request, words)
        _write(planned, out, quiet=quiet)
    except ChangedError as error:
        why = _("“{file}”在归档过程中被改动了。没有写出归档, 请再运行一次。")
        raise UsageError(why.format(file=error.path)) from None
    except OSError as error:
        why = _("归档没有写成: “{file}”{why}。原有的文件都没有改动。")
        raise UsageError(why.format(file=error.filename or out, why=cause(error))) from None
    if not quiet:
        _tell(planned, out, words)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise UsageError(_("--date “{text}”不是日期, 请写成 2024-07-01 的样子。").format(text=text)) from None


def _check_place(out: Path, inputs: list[Path], *, force: bool) -> None:
    """Refuse, before anything is read, a place among the inputs, or one that holds what is not ours to replace."""
    try:
        for one in inputs:
            home = one if one.is_dir() else one.parent
            if (one.is_dir() and lies_in(out, one)) or lies_in(one, out) or lies_in(home, out):
                why = _("--out “{out}”和“{folder}”一个在另一个里面, 请另写一个地方。")
                raise UsageError(why.format(out=out, folder=one))
        if not out.exists() or (out.is_dir() and not any(out.iterdir())):
            return
        if (out.suffix.lower() == _ZIP) is out.is_dir():
            raise UsageError(_("--out “{out}”那里已有别的东西, 请另写一个地方。").format(out=out))
        due, there = listed(out)
    except NoArchiveError:
        raise UsageError(_("--out “{out}”那里已有别的东西, 请另写一个地方。").format(out=out)) from None
    except OSError as error:
        raise UsageError(_("“{folder}”打不开: {why}").format(folder=out, why=cause(error))) from None
    if not force:
        raise UsageError(
            _("--out “{out}”那里已有一份归档。请另写一个地方, 或用 --force 换掉它。").format(out=out)
        )
    if foreign := sorted(there - due):
        why = _("--out “{out}”那份归档里有后来放进去的“{file}”等 {count} 个文件, 换掉会丢失。请先取出来。")
        raise UsageError(why.format(out=out, file=foreign[0], count=len(foreign)))


def _write(planned: Archive, out: Path, *, quiet: bool) -> None:
    with progress_bar(quiet=quiet, doing=_("写出归档")) as progress, as_exception():
        if out.suffix.lower() == _ZIP:
            write_zip(planned.pieces, out, planned.moment, progress)
        else:
            write_folder(planned.pieces, out, progress)


def _tell(planned: Archive, out: Path, words: Words) -> None:
    counts = words("、").join(
        words("{group} {count} 件").format(group=group, count=n) for group, n in planned.counts.items()
    )
    tell(words("归档已写入 {place}: {counts}。").format(place=out, counts=counts))
    if planned.left_out:
        told = words("没有归档的有 {count} 个 (“{file}”等), 缘由在待归类的目录里。")
        tell(told.format(count=len(planned.left_out), file=planned.left_out[0]))
    if planned.strange:
        told = words(
            "--with 的结果不是由这些文件得出的: {count} 个文件 (“{file}”等) 不同。请重新运行 report 后再归档。"
        )
        tell(told.format(count=len(planned.strange), file=planned.strange[0]), style="yellow")
    tell(words("指纹 (MANIFEST.json 的 sha256): {hash}").format(hash=planned.fingerprint))
    tell(
        words("请把指纹另外记下来; 以后用 huitoukan archive verify {place} --hash 指纹 核对。").format(
            place=out
        )
    )


# ------------------------------------------------------------------------------------------------------------ verify


def verify(
    place: Place,
    hash: Hash = None,
    format: Output = Format.TABLE,
    quiet: Quiet = False,
    lang: Lang = SPOKEN,
) -> None:
    """Find every file of an archive that was changed, is missing or was added."""
    words = Words(lang.value)
    expected = hash.strip().lower() if hash is not None else None
    if expected is not None and not re.fullmatch(r"[0-9a-f]{64}", expected):
        raise UsageError(_("--hash 要写归档时显示的 64 位指纹。"))
    try:
        found = verify_archive(existing(place), expected)
    except NoArchiveError as error:
        why = _("“{place}”不是本工具的归档: {why}。").format(place=place, why=_.phrase(error.why))
        raise UsageError(why) from None
    told = [_record(one, words) for one in found.files]
    if format is Format.JSON:
        write_data(records.json_parts(_document(place, found, expected, told)))
    elif format is Format.JSONL:
        write_data(records.jsonl_parts(told))
    elif format is Format.CSV:
        write_data([csv_text(_COLUMNS, told)])
    elif not found.is_whole:
        _print(found, words)
    if not quiet:
        _tell_found(found, expected, words)
    if not found.is_whole:
        raise typer.Exit(1)


def _record(one: FileState, words: Words) -> records.Record:
    return {
        "path": one.path,
        "state": one.state.value,
        "why": words.phrase(one.why) if one.why else None,
        "moved": one.moved,
    }


def _document(
    place: Path, found: Verification, expected: str | None, told: list[records.Record]
) -> records.Record:
    return {
        "schema": records.SCHEMA,
        "huitoukan": __version__,
        "archive": place.name,
        "whole": found.is_whole,
        "fingerprint": found.fingerprint,
        "expected": expected,
        "files": told,
        "summary": {state.value: found.count(state) for state in State},
    }


def _print(found: Verification, words: Words) -> None:
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(words("情况"), no_wrap=True)
    table.add_column(words("文件"), overflow="fold")
    table.add_column(words("说明"), overflow="fold")
    for one in found.files:
        if one.state is not State.WHOLE:
            cells = (_STATES[one.state], one.path.replace("\n", "\\n"), words.phrase(one.why))
            table.add_row(*map(shown, cells), style=_STYLES[one.state])
    stdout().print(table)


def _tell_found(found: Verification, expected: str | None, words: Words) -> None:
    parts: Mapping[State, str] = {
        State.CHANGED: words("改动 {count} 个"), State.MISSING: words("缺少 {count} 个"), State.ADDED: words("多出 {count} 个"),
    }  # fmt: skip
    if found.is_whole:
        tell(words("归档完好: {count} 个文件都与归档时相同。").format(count=len(found.files)))
    else:
        told = [text.format(count=found.count(state)) for state, text in parts.items() if found.count(state)]
        whole = words("完好 {count} 个").format(count=found.count(State.WHOLE))
        line = words("归档与当初不同: {parts}, {whole}。")
        tell(line.format(parts=words("、").join(told), whole=whole), style="bold red")
    if expected is None and found.fingerprint is not None:
        line = words(
            "没有给 --hash, 只核对了文件与 MANIFEST.json 是否一致。现在的指纹: {hash}, 请与归档时记下的相比。"
        )
        tell(line.format(hash=found.fingerprint))
