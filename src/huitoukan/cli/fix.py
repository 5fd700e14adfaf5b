"""`huitoukan fix`: what can be put right without a doubt, in copies, with a log that can be edited and played again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from huitoukan.campaign.problems import ConfigError
from huitoukan.cli.console import UsageError, cause, existing, out, shown, tell, write_data
from huitoukan.cli.language import _
from huitoukan.cli.options import (
    SPOKEN,
    CampaignFile,
    County,
    Folder,
    Format,
    Jobs,
    Lang,
    Output,
    Password,
    Quiet,
    RubricFile,
    StageOption,
    run_inspection,
    words_for,
)
from huitoukan.cli.writing import check_out, write_out
from huitoukan.output import records
from huitoukan.output.change_log import (
    change_record,
    changes_csv,
    changes_json,
    quoted,
    read_log,
    reason,
    summary,
)
from huitoukan.output.copies import copies, digest, worked_on, written_before
from huitoukan.output.places import CHANGES, CHANGES_DATA, lies_in
from huitoukan.output.repair_run import Repairs, repair
from huitoukan.output.repairs import Change, Key, State, Wish
from huitoukan.output.text import Words
from huitoukan.pipeline import Inspection

_STATES = {
    State.DONE: _("已修复"),
    State.PLANNED: _("可修复"),
    State.LEFT: _("不修复"),
    State.REFUSED: _("没有修复"),
}
_STYLES = {State.DONE: "green", State.PLANNED: "cyan", State.LEFT: "dim", State.REFUSED: "yellow"}

Out = Annotated[
    Path, typer.Option("--out", metavar="DIR", help=_("副本和清单写到哪个文件夹; 原来的文件不动。"))
]
Changes = Annotated[
    Path | None,
    typer.Option(
        "--changes",
        metavar="FILE",
        help=_("按一份清单 (changes.csv 或 changes.json) 修复: 只改 apply 写“是”的各行。"),
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help=_("只写清单, 不写副本。"))]
Force = Annotated[bool, typer.Option("--force", help=_("覆盖副本里别人改过的文件。"))]


def fix(
    out: Out,
    folder: Folder = None,
    changes: Changes = None,
    dry_run: DryRun = False,
    campaign: CampaignFile = None,
    rubric: RubricFile = None,
    stage: StageOption = None,
    county: County = None,
    format: Output = Format.TABLE,
    password: Password = None,
    jobs: Jobs = None,
    force: Force = False,
    quiet: Quiet = False,
    lang: Lang = SPOKEN,
) -> None:
    """Repair what cannot change a meaning, in copies, and write the log of it."""
    check_out(out)
    wishes = _wishes(changes) if changes is not None else None
    if folder is not None:
        home = existing(folder) if folder.is_dir() else existing(folder).parent
        if lies_in(out, home) or lies_in(home, out):
            raise UsageError(
                _(
                    "--out “{out}”和“{folder}”一个在另一个里面, 副本会和原件混在一起。请另写一个文件夹。"
                ).format(out=out, folder=home)
            )
    inspection = run_inspection(folder, campaign, rubric, stage, county, jobs, None, password, quiet=quiet)
    assert folder is not None
    words = words_for(inspection, lang)
    try:
        done = repair(folder, inspection, jobs=jobs, passwords=password or (), wishes=wishes, dry=dry_run)
        contents: dict[str, bytes | Path] = {} if dry_run else copies(folder, done.contents)
        _write(contents, done.changes, out, inspection, words, (folder, changes), force=force)
    except OSError as error:
        raise UsageError(
            _("“{folder}”打不开: {why}").format(folder=error.filename or folder, why=cause(error))
        ) from None
    _print(done.changes, words, format)
    if not quiet:
        _tell(done, words, out, dry=dry_run)


def _wishes(path: Path) -> dict[Key, Wish]:
    try:
        return read_log(existing(path).read_bytes(), path.name)
    except OSError as error:
        raise UsageError(_("“{folder}”打不开: {why}").format(folder=path, why=cause(error))) from None
    except ConfigError as error:
        for problem in error.problems:
            tell(_.problem(problem))
        why = _("修复清单“{file}”有 {count} 处错误, 没有修复任何文件。")
        raise UsageError(why.format(file=path.name, count=len(error.problems))) from None


def _write(
    contents: Mapping[str, bytes | Path], changes: Sequence[Change], out: Path, inspection: Inspection, words: Words,
    inputs: Sequence[Path | None], *, force: bool,
) -> None:  # fmt: skip
    """Write copies and log together; nothing as long as a copy would be lost that somebody has worked on."""
    logged = "\ufeff" + changes_csv(changes, words)
    files: dict[str, bytes | Path] = {**contents, CHANGES: logged.encode("utf-8")}
    hashes = {path: digest(content) for path, content in sorted(files.items())}
    data = changes_json(changes, hashes, inspection.campaign, words)
    before = written_before(out / CHANGES_DATA)
    other = worked_on(out, files, hashes, before)
    if other and not force:
        raise UsageError(
            _(
                "“{path}”已经存在, 内容不同 (这样的文件共 {count} 个)。请另写一个文件夹, 或用 --force 覆盖。"
            ).format(path=out / other[0], count=len(other))
        )
    gone = [out / path for path in before if path not in files and not worked_on(out, [path], {}, before)]
    wanted = {out / path: content for path, content in (files | {CHANGES_DATA: data.encode()}).items()}
    given = [path for path in inputs if path is not None] + [Path(file) for file in inspection.campaign.files]
    write_out(wanted, out, given, gone)


def _print(changes: Sequence[Change], words: Words, kind: Format) -> None:
    if kind is Format.CSV:
        write_data([changes_csv(changes, words)])
    elif kind is Format.JSON:
        write_data(
            records.json_parts(
                {
                    "schema": records.SCHEMA,
                    "changes": [change_record(change, words) for change in changes],
                    "summary": summary(changes),
                }
            )
        )
    elif kind is Format.JSONL:
        write_data(records.jsonl_parts(change_record(change, words) for change in changes))
    elif changes:
        _print_table(changes, words)


def _print_table(changes: Sequence[Change], words: Words) -> None:
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    console = out()
    files: dict[str, list[Change]] = {}
    for change in changes:
        files.setdefault(change.file, []).append(change)
    for file, own in files.items():
        table = Table(
            title=shown(file.replace("\n", "\\n")), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD,
            expand=True,
        )  # fmt: skip
        table.add_column(words("结果"), no_wrap=True)
        table.add_column(words("位置"), min_width=6, overflow="fold")
        table.add_column(words("原来"), overflow="fold", ratio=1)
        table.add_column(words("改为"), overflow="fold", ratio=1)
        table.add_column(words("说明"), overflow="fold", ratio=3)
        for change in own:
            place = words("「{sheet}」").format(sheet=change.sheet) + change.cell
            after = change.after_text if change.kind == "number" else quoted(change.after_text)
            cells = (words(_STATES[change.state]), place, quoted(change.before), after, reason(change, words))
            table.add_row(*map(shown, cells), style=_STYLES[change.state])
        console.print(table)


def _tell(done: Repairs, words: Words, folder: Path, *, dry: bool) -> None:
    """What was done, in one line each."""
    counts = summary(done.changes)
    made = State.PLANNED if dry else State.DONE
    files = len({change.file for change in done.changes if change.state is made})
    if not counts[made]:
        tell(words("没有要修复的地方。"))
    else:
        told = (
            words("可以修复 {count} 处, 在 {files} 个文件里。")
            if dry
            else words("修复了 {count} 处, 在 {files} 个文件里。")
        )
        tell(told.format(count=counts[made], files=files))
    if counts[State.REFUSED]:
        tell(
            words("另有 {count} 处没有修复, 逐处的原因见 {file}。").format(
                count=counts[State.REFUSED], file=CHANGES
            )
        )
    if any(change.sums and change.state is State.DONE for change in done.changes):
        tell(
            words(
                "有的表里有公式: 请用 Excel 或 WPS 打开再保存一次, 合计才会按改好的数重新计算 (没有变的, 按 Ctrl+Alt+F9)。"
            )
        )
    wrote = words("清单已写入 {folder}。") if dry else words("副本和清单已写入 {folder}。")
    tell(wrote.format(folder=folder))
