"""The arguments and options that commands share, and what all of them do first."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from huitoukan import catalogue
from huitoukan.campaign.campaign import Campaign, load_campaign
from huitoukan.campaign.problems import ConfigError
from huitoukan.campaign.roster import county_code
from huitoukan.cli.console import UsageError, cause, existing, progress_bar, tell
from huitoukan.cli.language import _
from huitoukan.model import Stage
from huitoukan.output.text import Words
from huitoukan.pipeline import Inspection, inspect
from huitoukan.standing.baseline import Baseline, read_baseline


class Format(StrEnum):
    """What goes to stdout."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


class Language(StrEnum):
    """The language of everything that people read."""

    ZH = "zh"
    EN = "en"


SPOKEN = Language(_.language)


Folder = Annotated[
    Path | None,
    typer.Argument(metavar="FOLDER", help=_("放评分表的文件夹, 或者一个工作簿、一个 .zip 压缩包。")),
]
Inbox = Annotated[
    Path | None,
    typer.Option(
        "--inbox",
        metavar="DIR",
        help=_("放邮件 (.eml) 的文件夹, 读取邮件的附件; 可以代替 FOLDER, 也可以同时写。"),
    ),
]
Password = Annotated[
    list[str] | None,
    typer.Option(
        "--password", metavar="TEXT", help=_("打开加密文件的密码, 可以写几次; 需要 huitoukan\\[unlock]。")
    ),
]
CampaignFile = Annotated[
    Path | None,
    typer.Option(
        "--campaign",
        metavar="FILE",
        help=_("检查活动文件; 不写时用 FOLDER 里的 campaign.yaml, 没有则用自带的晋中 2024 年方案。"),
    ),
]
RubricFile = Annotated[
    Path | None, typer.Option("--rubric", metavar="FILE", help=_("另用一份评分标准 (YAML)。"))
]
StageOption = Annotated[
    Stage | None, typer.Option("--stage", help=_("只看一个阶段: self 自评, county 县级检查, city 市级检查。"))
]
County = Annotated[
    str | None, typer.Option("--county", metavar="NAME", help=_("只看一个县(区、市), 写名称或代码。"))
]
Output = Annotated[Format, typer.Option("--format", help=_("输出到屏幕 (stdout) 的格式。"))]
Jobs = Annotated[
    int | None, typer.Option("--jobs", min=1, metavar="N", help=_("同时读取的进程数; 不写时等于处理器个数。"))
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help=_("不显示进度和说明。"))]
BaselineFile = Annotated[
    Path | None,
    typer.Option(
        "--baseline",
        metavar="FILE",
        help=_("上年的结果: results.json, 或写有单位、得分、结论的工作簿; 与之相比。"),
    ),
]
Lang = Annotated[Language, typer.Option("--lang", help=_("语言: zh 中文, en 英文。"))]


def open_campaign(folder: Path, campaign: Path | None, rubric: Path | None) -> Campaign:
    """The campaign asked for: `--campaign`, else campaign.yaml in the folder, else the shipped one."""
    beside = (folder.parent if folder.is_file() else folder) / "campaign.yaml"
    rules = {entry.code: entry for entry in catalogue.entries()}
    return load_campaign(campaign or (beside if beside.is_file() else None), rubric, rules)


def chosen_county(campaign: Campaign, county: str | None) -> str | None:
    """The code of the county given by `--county`, or a usage problem that lists those there are."""
    if county is None:
        return None
    try:
        return county_code(campaign.roster, county)
    except KeyError:
        names = _("、").join(campaign.roster.county_name(body.code) for body in campaign.roster.bodies())
        raise UsageError(
            _("名录里没有“{county}”。可以写: {names}。").format(county=county, names=names)
        ) from None


def run_inspection(
    folder: Path | None, campaign_file: Path | None, rubric: Path | None, stage: Stage | None, county: str | None,
    jobs: int | None, inbox: Path | None, passwords: Sequence[str] | None, *, quiet: bool, exclude: Path | None = None,
) -> Inspection:  # fmt: skip
    """What validate, aggregate and report begin with: load the campaign and run the flow over the folder."""
    given = [existing(place) for place in (folder, inbox) if place is not None]
    if not given:
        usage = _("用法见 {command} --help").format(command="huitoukan")
        raise UsageError(_("缺少 {name}。").format(name="FOLDER") + "\n" + usage)
    campaign = open_campaign(given[0], campaign_file, rubric)
    code = chosen_county(campaign, county)
    try:
        with progress_bar(quiet=quiet) as progress:
            inspection = inspect(
                folder,
                campaign,
                jobs=jobs,
                stage=stage,
                county=code,
                exclude=exclude,
                inbox=inbox,
                passwords=passwords or (),
                progress=progress,
            )
    except OSError as error:
        if error.filename is None:  # nothing of the analyst's: the system has no room for what reading takes
            raise UsageError(_("系统没有条件读取: {why}").format(why=cause(error))) from None
        words = _("“{folder}”打不开: {why}").format(folder=error.filename, why=cause(error))
        raise UsageError(words) from None
    if not inspection.files and not (stage or county):
        raise UsageError(_("文件夹“{folder}”是空的。请把评分表放进去, 或核对路径。").format(folder=given[0]))
    return inspection


def last_year(
    baseline: Path | None, given: Sequence[Path | None], campaign_file: Path | None, rubric: Path | None
) -> Baseline | None:
    """Last year's results given by `--baseline`, read for the whole roster and before anything else is.

    `given` are the folders of the command (FOLDER, --inbox), beside which the campaign is looked for.
    """
    places = [place for place in given if place is not None]
    if baseline is None or not places:
        return None
    campaign = open_campaign(existing(places[0]), campaign_file, rubric)
    try:
        return read_baseline(baseline, campaign)
    except ConfigError as error:
        for problem in error.problems:
            tell(_.problem(problem))
        why = _("上年结果“{file}”有 {count} 处错误, 没有开始检查。")
        raise UsageError(why.format(file=baseline.name, count=len(error.problems))) from None


def words_for(inspection: Inspection, language: Language) -> Words:
    """Words in a language, with the analyst's own texts for rules."""
    return Words(language.value, inspection.campaign.settings.rules)
