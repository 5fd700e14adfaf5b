"""`huitoukan annotate`: a marked copy of every workbook with problems, by county, ready to be sent back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from huitoukan.cli.console import UsageError, cause, existing, progress_bar, tell
from huitoukan.cli.language import _
from huitoukan.cli.options import (
    SPOKEN,
    CampaignFile,
    County,
    Folder,
    Inbox,
    Jobs,
    Lang,
    Password,
    Quiet,
    RubricFile,
    StageOption,
    run_inspection,
    words_for,
)
from huitoukan.cli.validate import summary_line
from huitoukan.cli.writing import check_places, write_out
from huitoukan.intake.discover import arrivals
from huitoukan.output.annotate import Annotations, marked_copies, outdated
from huitoukan.output.places import ANNOTATED, in_the_way, lies_in
from huitoukan.output.text import Words
from huitoukan.phrase import Phrase

Out = Annotated[Path, typer.Option("--out", metavar="DIR", help=_("标注副本写到哪个文件夹。"))]
Force = Annotated[
    bool,
    typer.Option(
        "--force", help=_("覆盖 --out 里有人改过的副本和别的同名文件, 其中的内容会丢失, 请先备份。")
    ),
]


def annotate(
    out: Out,
    folder: Folder = None,
    campaign: CampaignFile = None,
    rubric: RubricFile = None,
    stage: StageOption = None,
    county: County = None,
    force: Force = False,
    inbox: Inbox = None,
    password: Password = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
    lang: Lang = SPOKEN,
) -> None:
    """Write a marked copy of every workbook with problems, by county, and a zip for each county."""
    given = [existing(place) for place in (folder, inbox) if place is not None]
    check_places(given, out, None)
    inspection = run_inspection(
        folder, campaign, rubric, stage, county, jobs, inbox, password, quiet=quiet, exclude=out
    )
    words = words_for(inspection, lang)
    with progress_bar(quiet=quiet, doing=_("标注工作簿")) as progress:
        made = marked_copies(
            inspection,
            arrivals(folder, inbox, out),
            words,
            passwords=password or (),
            jobs=jobs,
            progress=progress,
        )
    contents = {out / name: content for name, content in sorted(made.contents.items())}
    _check(contents, out, force=force)
    old = outdated(out, contents, made.scope, whole=county is None)
    write_out(contents, out, (*given, *map(Path, inspection.campaign.files)), old)
    if not quiet:
        tell(summary_line(inspection, words))
        for line in _told(made, out, words):
            tell(line)
        if made.contents and folder is not None and folder.is_dir() and lies_in(out, folder):
            tell(
                _(
                    "副本在“{folder}”里面: 以后核对这个文件夹, 它们会当作又一份报送件 (分数不变), 请移到别处。"
                ).format(folder=folder)
            )


def _check(targets: Iterable[Path], out: Path, *, force: bool) -> None:
    """Nothing that somebody has corrected is written over."""
    try:
        met = [] if force else in_the_way(targets)
    except OSError as error:
        raise UsageError(_("“{folder}”打不开: {why}").format(folder=out, why=cause(error))) from None
    if met:
        raise UsageError(
            _(
                "“{path}”已经存在, 而且有人改过或不是本工具写的 (这样的文件共 {count} 个)。没有写出任何文件; 请另写一个 --out, 或用 --force 覆盖。"
            ).format(path=met[0], count=len(met))
        )


def _told(made: Annotations, out: Path, words: Words) -> list[str]:
    """What was written, what is not in the copies, and what has none."""
    copies = [one for one in made.files if one.copy]
    without = [one for one in made.files if not one.copy]
    lines = []
    if copies:
        counties = len({one.county for one in copies})
        text = words(
            "{n} 份标注副本已写入 {folder}, 分 {counties} 个文件夹, 各有一个 .zip 可以发送; 清单见 {index}。"
        )
        lines.append(text.format(n=len(copies), folder=out, counties=counties, index=ANNOTATED))
    else:
        lines.append(words("没有需要标注的工作簿。"))
    notes: dict[Phrase, list[str]] = {}
    for one in copies:
        for note in one.notes:
            notes.setdefault(note, []).append(one.file)
    for note, files in notes.items():
        such = words("如 {file}, 共 {n} 份") if len(files) > 1 else "{file}"
        lines.append(
            words("{note} ({files})").format(
                note=words.phrase(note), files=such.format(file=files[0], n=len(files))
            )
        )
    if without:
        text = words("{n} 个文件有问题但不能标注 (不是工作簿, 或者打不开): {files}。")
        lines.append(text.format(n=len(without), files=words("、").join(one.file for one in without)))
    return lines
