"""`huitoukan report`: the summary report, the feedback of each county and the results, written into one folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from huitoukan.cli.aggregate import verdict_line
from huitoukan.cli.console import UsageError, tell
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
from huitoukan.output import records
from huitoukan.output.context import report_context
from huitoukan.output.files import write_whole
from huitoukan.output.render import FEEDBACK, TemplateError, outdated, render
from huitoukan.standing.aggregate import standings

Out = Annotated[Path, typer.Option("--out", metavar="DIR", help=_("报告写到哪个文件夹。"))]
Template = Annotated[
    Path | None,
    typer.Option("--template", metavar="DIR", help=_("用自己的模板文件夹 (可先复制 templates/ 再修改)。")),
]


def report(
    out: Out,
    folder: Folder = None,
    template: Template = None,
    campaign: CampaignFile = None,
    rubric: RubricFile = None,
    stage: StageOption = None,
    county: County = None,
    inbox: Inbox = None,
    password: Password = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
    lang: Lang = SPOKEN,
) -> None:
    """Write the report, the feedback of each county, the list of findings and the results into one folder."""
    _check_places(folder, out, template)
    inspection = run_inspection(
        folder, campaign, rubric, stage, county, jobs, inbox, password, quiet=quiet, exclude=out
    )
    words = words_for(inspection, lang)
    counties = standings(inspection.by_unit, inspection.campaign)
    context = report_context(
        inspection.campaign, inspection.files, inspection.findings, inspection.by_unit, counties, stage=stage
    )
    results = records.results(inspection.campaign, inspection.files, inspection.findings, counties, words)
    try:
        written = dict(render(context, words, template))
    except TemplateError as error:
        raise UsageError(_("模板有误: {error}").format(error=error)) from None
    written["results.json"] = records.to_json(results).encode("utf-8")
    # Excel takes a CSV for UTF-8 only when it begins with a byte order mark.
    written["findings.csv"] = records.findings_csv(inspection.findings, words).encode("utf-8-sig")
    try:
        for name, content in sorted(written.items()):
            write_whole(out / name, content)
        for name in outdated(written):
            (out / name).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(_("写不进“{folder}”: {why}").format(folder=out, why=error.strerror)) from None
    if not quiet:
        tell(summary_line(inspection, words))
        tell(verdict_line(counties, words))
        pages = [name for name in written if "/" in name]
        names = ", ".join(sorted(written.keys() - set(pages)))
        tell(_("报告已写入 {folder}: {names}").format(folder=out, names=names))
        if pages:
            place = out / FEEDBACK
            tell(_("核对反馈已写入 {folder}: {n} 份").format(folder=place, n=len(pages)))


def _check_places(folder: Path | None, out: Path, template: Path | None) -> None:
    """The report must not fall among the workbooks, and the templates must be there."""
    if folder and out.resolve() == (folder if folder.is_dir() else folder.parent).resolve():
        raise UsageError(_("--out 不能就是放评分表的文件夹, 请另写一个文件夹。"))
    if out.exists() and not out.is_dir():
        raise UsageError(_("--out “{out}”是一个文件, 请写一个文件夹。").format(out=out))
    if template is not None and not template.is_dir():
        raise UsageError(_("找不到模板文件夹“{folder}”。").format(folder=template))
