"""`huitoukan report`: the summary report, the feedback of each county and the results, written into one folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from huitoukan.cli.aggregate import verdict_line
from huitoukan.cli.console import UsageError, existing, tell
from huitoukan.cli.language import _
from huitoukan.cli.options import (
    SPOKEN,
    BaselineFile,
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
    last_year,
    run_inspection,
    words_for,
)
from huitoukan.cli.validate import summary_line
from huitoukan.cli.writing import check_places, write_out
from huitoukan.output import records, verdict_records
from huitoukan.output.charts import CHARTS, chart_drawings, outdated_charts
from huitoukan.output.comparisons import comparison_record
from huitoukan.output.context import report_context
from huitoukan.output.docx import LETTERS, documents
from huitoukan.output.docx_pictures import pictures
from huitoukan.output.places import FINDINGS, FOLLOW_UP, REPORT_BOOK, RESULTS, known_charts
from huitoukan.output.render import FEEDBACK, TemplateError, outdated, render, templates
from huitoukan.output.xlsx import report_workbook
from huitoukan.standing.aggregate import standings
from huitoukan.standing.compare import compare
from huitoukan.standing.followup import follow_up
from huitoukan.standing.remedy import with_remedies

Out = Annotated[Path, typer.Option("--out", metavar="DIR", help=_("报告写到哪个文件夹。"))]
Template = Annotated[
    Path | None,
    typer.Option("--template", metavar="DIR", help=_("用自己的模板文件夹 (可先复制 templates/ 再修改)。")),
]


def report(
    out: Out,
    folder: Folder = None,
    template: Template = None,
    baseline: BaselineFile = None,
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
    given = [existing(place) for place in (folder, inbox) if place is not None]
    check_places(given, out, template)
    past = last_year(baseline, (folder, inbox), campaign, rubric)
    inspection = run_inspection(
        folder, campaign, rubric, stage, county, jobs, inbox, password, quiet=quiet, exclude=out
    )
    words = words_for(inspection, lang)
    counties = with_remedies(standings(inspection.by_unit, inspection.campaign), inspection.campaign)
    comparison = compare(inspection.by_unit, counties, inspection.campaign, past)
    lists = follow_up(counties, inspection.campaign, past)
    context = report_context(
        inspection.campaign, inspection.files, inspection.findings, inspection.by_unit, counties, stage=stage,
        comparison=comparison, follow_up=lists,
    )  # fmt: skip
    results = records.results(inspection.campaign, inspection.files, inspection.findings, counties, words)
    verdict_records.add_follow_up(results, lists, inspection.campaign, words)
    results["comparison"] = comparison_record(comparison, inspection.campaign, words)
    try:
        written = dict(render(context, words, template))
    except TemplateError as error:
        raise UsageError(_("模板有误: {error}").format(error=error)) from None
    written[REPORT_BOOK] = report_workbook(context, words)
    written[RESULTS] = records.to_json(results).encode("utf-8")
    # Excel takes a CSV for UTF-8 only when it begins with a byte order mark.
    written[FINDINGS] = records.findings_csv(inspection.findings, words).encode("utf-8-sig")
    written[FOLLOW_UP] = verdict_records.follow_up_csv(lists, inspection.campaign, words).encode("utf-8-sig")
    drawn = pictures(context, words)
    written |= chart_drawings(drawn.all)
    written |= drawn.files()
    try:  # last: the report lists what is written beside it
        written |= documents(context, words, template, set(written), drawn)
    except TemplateError as error:
        raise UsageError(_("模板有误: {error}").format(error=error)) from None
    inputs = (
        *given,
        *map(Path, inspection.campaign.files),
        *((template,) if template else ()),
        *((baseline,) if baseline else ()),
        templates(),
    )
    contents = {out / name: content for name, content in sorted(written.items())}
    write_out(
        contents,
        out,
        inputs,
        [*(out / name for name in outdated(written)), *known_charts(out, outdated_charts(written))],
    )
    if not quiet:
        tell(summary_line(inspection, words))
        tell(verdict_line(counties, words))
        pages = [name for name in written if name.startswith(f"{FEEDBACK}/")]
        names = ", ".join(sorted(name for name in written if "/" not in name))
        tell(_("报告已写入 {folder}: {names}").format(folder=out, names=names))
        if pages:
            tell(_("核对反馈已写入 {folder}: {n} 份").format(folder=out / FEEDBACK, n=len(pages)))
        letters = [name for name in written if name.startswith(f"{LETTERS}/")]
        if letters:
            tell(_("整改通知已写入 {folder}: {n} 份").format(folder=out / LETTERS, n=len(letters)))
        if drawn.all:
            tell(_("图已写入 {folder}: {n} 张").format(folder=out / CHARTS, n=len(drawn.all)))
    if drawn.missing:  # something is left out: that is said in any case
        tell(drawn.missing)
