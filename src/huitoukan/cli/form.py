"""`huitoukan form`: blank score workbooks and questionnaires for the units of the roster."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from huitoukan.campaign.campaign import Campaign
from huitoukan.cli.console import UsageError, cause, progress_bar, tell
from huitoukan.cli.language import _
from huitoukan.cli.options import SPOKEN, County, Lang, Quiet, RubricFile, chosen_county, open_campaign
from huitoukan.cli.writing import check_out, write_out
from huitoukan.model import Level, SheetKind, Stage
from huitoukan.output.forms import blank_forms, workbook_of
from huitoukan.output.text import Words


class Kind(StrEnum):
    """Which blank forms are wanted."""

    SCORE = "score"
    QUESTIONNAIRE = "questionnaire"
    BOTH = "both"


Out = Annotated[Path, typer.Option("--out", metavar="DIR", help=_("空白表写到哪个文件夹。"))]
KindOption = Annotated[
    Kind, typer.Option("--kind", help=_("哪种空白表: score 评分表, questionnaire 调查问卷, both 两种都要。"))
]
CampaignFile = Annotated[
    Path | None,
    typer.Option(
        "--campaign",
        metavar="FILE",
        help=_("检查活动文件; 不写时用 DIR 里的 campaign.yaml, 没有则用自带的晋中 2024 年方案。"),
    ),
]
LevelOption = Annotated[
    Level | None, typer.Option("--level", help=_("只要一级的表: county 县级, township 乡级。"))
]
StageOption = Annotated[
    Stage, typer.Option("--stage", help=_("哪个阶段的表: self 自评, county 县级检查, city 市级检查。"))
]
Optional = Annotated[
    bool, typer.Option("--optional", help=_("名录里可报可不报的单位 (required 为 no) 也写。"))
]
Force = Annotated[
    bool, typer.Option("--force", help=_("覆盖内容不同的同名文件, 已填的内容会丢失, 请先备份。"))
]


def form(
    out: Out,
    campaign: CampaignFile = None,
    rubric: RubricFile = None,
    stage: StageOption = Stage.SELF,
    county: County = None,
    level: LevelOption = None,
    kind: KindOption = Kind.SCORE,
    optional: Optional = False,
    force: Force = False,
    quiet: Quiet = False,
    lang: Lang = SPOKEN,
) -> None:
    """Write a blank score workbook, a questionnaire, or one of each, for every unit asked for."""
    check_out(out)
    opened = open_campaign(out, campaign, rubric)
    code = chosen_county(opened, county)
    if kind is not Kind.SCORE and opened.questionnaire is None:
        raise UsageError(_("这次检查没有调查问卷 (检查活动文件里 questionnaire 是 none)。"))
    kinds = {Kind.SCORE: (SheetKind.SCORE,), Kind.QUESTIONNAIRE: (SheetKind.QUESTIONNAIRE,)}
    wanted = kinds.get(kind, (SheetKind.SCORE, SheetKind.QUESTIONNAIRE))
    forms = [
        form
        for one in wanted
        for form in blank_forms(opened, stage, county=code, level=level, optional=optional, kind=one)
    ]
    if not forms:
        raise UsageError(_("名录里没有符合条件的单位, 没有写出空白表。"))
    words = Words(lang.value)
    contents: dict[Path, bytes] = {}
    with progress_bar(quiet=quiet, doing=_("绘制空白表")) as progress:
        for one in forms:
            contents[out / one.path] = workbook_of(one, opened, words)
            if progress:
                progress(len(contents), len(forms))
    _write(contents, out, opened, force=force)
    if not quiet:
        title = opened.settings.stages[stage].title
        told = {
            SheetKind.SCORE: _("{count} 份空白评分表 ({stage}) 已写入 {folder}。"),
            SheetKind.QUESTIONNAIRE: _("{count} 份空白调查问卷 ({stage}) 已写入 {folder}。"),
        }
        for asked in wanted:
            count = sum(form.kind is asked for form in forms)
            tell(told[asked].format(count=count, stage=title, folder=out))


def _write(contents: Mapping[Path, bytes], out: Path, campaign: Campaign, *, force: bool) -> None:
    """Write all files, or none as long as one would overwrite what somebody may have filled in."""
    try:
        there = {path for path in contents if path.is_symlink() or path.exists()}
        other = [path for path in contents if path in there and path.read_bytes() != contents[path]]
    except OSError as error:
        raise UsageError(_("“{folder}”打不开: {why}").format(folder=out, why=cause(error))) from None
    if other and not force:
        raise UsageError(
            _(
                "“{path}”已经存在, 内容不同 (这样的文件共 {count} 个)。请另写一个文件夹, 或用 --force 覆盖。"
            ).format(path=other[0], count=len(other))
        )
    wanted = {path: content for path, content in contents.items() if path in other or path not in there}
    write_out(wanted, out, map(Path, campaign.files))
