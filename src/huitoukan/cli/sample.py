"""`huitoukan sample`: draw counties and townships so that anyone can draw them again, or check a draw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from huitoukan.campaign.campaign import Campaign
from huitoukan.cli.console import UsageError, cause, out, shown, tell, write_data
from huitoukan.cli.language import _
from huitoukan.cli.options import (
    SPOKEN,
    County,
    Format,
    Lang,
    Output,
    Quiet,
    RubricFile,
    chosen_county,
    open_campaign,
)
from huitoukan.cli.writing import check_out, write_out
from huitoukan.output import records
from huitoukan.output.files import csv_text
from huitoukan.output.sample_files import CERTIFICATE, LIST_COLUMNS, list_records, sample_files
from huitoukan.output.text import Words
from huitoukan.phrase import Phrase
from huitoukan.standing.certificate import Record, certify, plan_hash
from huitoukan.standing.certificate_check import read_certificate, verify
from huitoukan.standing.certificate_view import CertificateView, view_of
from huitoukan.standing.history import History, history_record, read_history, silent_cells, weights
from huitoukan.standing.history_table import find_unit
from huitoukan.standing.sample_plan import (
    Allocation,
    Choice,
    Design,
    Plan,
    PlanError,
    Request,
    Types,
    make_plan,
)
from huitoukan.standing.sampling import seed_text

_COLUMNS = {"verdict": _("结论"), "inflation": _("自评高出"), "inspected": _("上次检查")}

Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help=_("抽样证书和名单写到哪个文件夹。"))]
Seed = Annotated[
    str | None,
    typer.Option("--seed", metavar="TEXT", help=_("公开约定的种子, 例如某一期彩票的开奖号码。")),
]
DesignOption = Annotated[
    Design, typer.Option("--design", help=_("city 市级检查 (抽县和乡镇), county 县级检查 (每县抽乡镇)。"))
]
Counties = Annotated[int | None, typer.Option("--counties", min=1, metavar="N", help=_("抽几个县(区、市)。"))]
Townships = Annotated[
    int | None,
    typer.Option("--townships", min=1, metavar="N", help=_("抽几个乡镇; --design county 时是每县几个。")),
]
AllocationOption = Annotated[
    Allocation | None,
    typer.Option(
        "--allocation", help=_("乡镇怎么分到县: equal 相等, proportional 按个数, anywhere 不限于抽中的县。")
    ),
]
HistoryFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--history",
        metavar="FILE",
        help=_(
            "历史情况, 可以写几次: 上年的 results.json、compare 的 JSON 或一张表; 按 campaign.yaml 加权。"
        ),
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude",
        metavar="UNIT=REASON",
        help=_("排除一个单位, 写明理由, 可以写几次: 昔阳县乐平镇=刚检查过。"),
    ),
]
Include = Annotated[
    list[str] | None,
    typer.Option("--include", metavar="UNIT=REASON", help=_("选定一个单位 (必抽), 写明理由, 可以写几次。")),
]
Optional = Annotated[bool, typer.Option("--optional", help=_("名录里可报可不报的单位也参加抽取。"))]
Verify = Annotated[
    Path | None,
    typer.Option("--verify", metavar="FILE", help=_("核对一份抽样证书: 重抽一遍, 指出不同之处。")),
]
CampaignFile = Annotated[
    Path | None,
    typer.Option(
        "--campaign",
        metavar="FILE",
        help=_(
            "检查活动文件; 不写时用 DIR (或证书所在文件夹) 里的 campaign.yaml, 没有则用自带的晋中 2024 年方案。"
        ),
    ),
]
Force = Annotated[bool, typer.Option("--force", help=_("覆盖文件夹里另一次抽样的证书和名单。"))]


def sample(
    out: Out = None,
    seed: Seed = None,
    design: DesignOption = Design.CITY,
    counties: Counties = None,
    townships: Townships = None,
    allocation: AllocationOption = None,
    county: County = None,
    history: HistoryFiles = None,
    exclude: Exclude = None,
    include: Include = None,
    optional: Optional = False,
    verify: Verify = None,
    campaign: CampaignFile = None,
    rubric: RubricFile = None,
    format: Output = Format.TABLE,
    force: Force = False,
    quiet: Quiet = False,
    lang: Lang = SPOKEN,
) -> None:
    """Draw units and write the certificate and the lists; or, with --verify, draw again and compare."""
    words = Words(lang.value)
    used_seed = None if seed is None else _checked_seed(seed)
    if verify is not None:
        _verify(verify, campaign, rubric, used_seed, words, format, quiet=quiet)
        return
    if out is None:
        raise UsageError(_("缺少 {name}。").format(name="--out"))
    check_out(out)
    opened = open_campaign(out, campaign, rubric)
    if county is not None and design is Design.CITY:
        raise UsageError(_("--county 只用于 --design county。"))
    if design is Design.COUNTY and (counties is not None or allocation is not None):
        raise UsageError(_("--counties 和 --allocation 只用于 --design city。"))
    past = read_history(history, opened) if history else None
    settings, due = opened.settings.sampling, opened.settings.coverage
    code = chosen_county(opened, county)
    default = due.city_check_townships if design is Design.CITY else due.county_check_townships
    request = Request(
        design=design,
        counties=(counties or due.city_check_counties.value) if design is Design.CITY else 0,
        townships=townships or default.value,
        allocation=allocation or Allocation(settings.allocation.value),
        types=Types(settings.types.value),
        bare=settings.without_townships.value == "drawn",
        optional=optional,
        only=(code,) if code else (),
        exclusions=_choices(exclude, opened, "--exclude"),
        certain=_choices(include, opened, "--include"),
        weights=weights(past, opened) if past else (),
    )
    plan = _plan(request, opened)
    if used_seed is None:
        raise UsageError(_no_seed(plan))
    record = certify(plan, used_seed, _campaign_record(opened), history_record(past, opened) if past else {})
    _write(record, out, opened, words, history or (), force=force)
    _print(record, words, format)
    if not quiet:
        if plan.anywhere and due.townships_inside_counties.value:
            tell(
                words(
                    "乡镇在全市范围抽, 而 coverage.townships_inside_counties 要求在抽中的县里, 请改其中一处。"
                ),
                style="yellow",
            )
        _tell_about(record, past, out, words)


def _checked_seed(text: str) -> str:
    seed = seed_text(text)
    if seed is None:
        raise UsageError(_("种子“{seed}”不能用: 不能是空的, 不能有“|”和看不见的字符。").format(seed=text))
    return seed


def _no_seed(plan: Plan) -> str:
    lines = (
        _(
            "缺少 --seed。种子决定抽中谁, 所以不能由程序或一个人来定: 请先公布方案, 再用一个事先约定、人人都能查到、"
            "公布方案时还没有产生的号码, 例如约定日期以后第一期福利彩票的开奖号码, 或当众掷骰子的结果。"
        ),
        _("名录指纹: {hash}").format(hash=plan.roster),
        _("方案指纹: {hash}").format(hash=plan_hash(plan)),
        _("先公布这两个指纹, 产生号码以后加上 --seed 号码 再运行一次。没有写出任何文件。"),
    )
    return "\n".join(lines)


def _choices(given: Sequence[str] | None, campaign: Campaign, option: str) -> tuple[Choice, ...]:
    found: dict[str, Choice] = {}
    for text in given or ():
        name, sign, reason = (part.strip() for part in text.replace("＝", "=").partition("="))
        if not (name and sign and reason):
            raise UsageError(
                _("{option} “{text}”要写明单位和理由, 例如: 昔阳县乐平镇=刚检查过。").format(
                    option=option, text=text
                )
            )
        code = find_unit(name, campaign.roster)
        if isinstance(code, Phrase):
            raise UsageError(
                _("{option} “{name}”不能用: {why}。").format(option=option, name=name, why=_.phrase(code))
            )
        if code in found:
            raise UsageError(_("{option} “{name}”写了两次。").format(option=option, name=name))
        found[code] = Choice(code, reason)
    return tuple(found[code] for code in sorted(found))


def _plan(request: Request, campaign: Campaign) -> Plan:
    try:
        return make_plan(campaign.roster.units, request)
    except PlanError as error:
        names = _("、").join(campaign.roster.full_name(code) for code in error.units)
        texts = {
            "foreign": _("这次抽样不抽这些单位, 不能排除或选定: {names}。"),
            "certain_excluded": _("这些单位又排除又选定: {names}。"),
            "too_many_certain": _("选定的单位比应抽的 {due} 个还多: {names}。"),
            "nobody": _("没有可抽的单位。"),
        }
        raise UsageError(texts[error.kind].format(names=names, due=error.due)) from None


def _campaign_record(campaign: Campaign) -> dict[str, str]:
    settings = campaign.settings
    return {"id": settings.id, "title": settings.title, "issuer": settings.issuer}


def _write(
    record: Record, folder: Path, campaign: Campaign, words: Words, inputs: Iterable[Path], *, force: bool
) -> None:
    """Write all files, or none where the folder holds another draw: a certificate is evidence."""
    contents = {
        folder / name: content
        for name, content in sample_files(record, campaign.settings.period.start, words, {}).items()
    }
    certificate = folder / CERTIFICATE
    try:
        other = certificate.exists() and certificate.read_bytes() != contents[certificate]
    except OSError as error:
        raise UsageError(_("“{folder}”打不开: {why}").format(folder=certificate, why=cause(error))) from None
    if other and not force:
        raise UsageError(
            _("“{folder}”里已有另一次抽样的证书。请另写一个 --out, 或用 --force 覆盖。").format(folder=folder)
        )
    write_out(contents, folder, (*map(Path, campaign.files), *inputs))


def _print(record: Record, words: Words, kind: Format) -> None:
    view = view_of(record)
    if kind is Format.JSON:
        write_data([records.to_json(record)])
    elif kind is Format.JSONL:
        write_data(records.jsonl_parts(list_records(view)))
    elif kind is Format.CSV:
        write_data([csv_text(LIST_COLUMNS, list_records(view))])
    else:
        _print_table(view, words)


def _print_table(view: CertificateView, words: Words) -> None:
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD)
    for head in (
        words("县(区、市)"),
        words("单位"),
        words("类型"),
        words("代码"),
        words("入样概率"),
        words("备注"),
    ):
        table.add_column(head)
    townships = [one for place in view.places for one in place.townships]
    for one in (*view.counties, *townships):
        chance = one.decimal if one.exact else words("约 {value}").format(value=one.decimal)
        remark = words("选定: {reason}").format(reason=one.certain) if one.certain else ""
        table.add_row(*map(shown, (one.county, one.name, one.kind, one.code, chance, remark)))
    out().print(table)


def _tell_about(record: Record, past: History | None, folder: Path, words: Words) -> None:
    view = view_of(record)
    for shortage in view.shortages:
        tell(words.phrase(shortage), style="yellow")
    if past is not None:
        weighted = len(record["plan"]["weights"])
        tell(
            words("历史情况说到 {units} 个单位, 其中 {weighted} 个加权; 没有说到的权数为 1。").format(
                units=len(past.units), weighted=weighted
            )
        )
        for source in past.sources:
            if source.unmatched:
                line = words("{file} 里这些单位在名录里没有对应: {names}。")
                tell(
                    line.format(file=source.path.name, names=words("、").join(source.unmatched)),
                    style="yellow",
                )
        for column, count in silent_cells(past):
            tell(words("“{column}”一栏有 {count} 个单位空白, 不据此加权。").format(column=_COLUMNS[column], count=count))  # fmt: skip
    if view.counties:
        line = words("抽中县(区、市) {counties} 个, 乡镇(街道) {townships} 个。")
    else:
        line = words("抽中乡镇(街道) {townships} 个。")
    tell(line.format(counties=len(view.counties), townships=view.township_count))
    tell(words("证书、名单和底稿已写入 {folder}; coverage.yaml 里的几行可以并入 campaign.yaml。").format(folder=folder))  # fmt: skip


def _verify(
    path: Path,
    campaign: Path | None,
    rubric: Path | None,
    seed: str | None,
    words: Words,
    kind: Format,
    *,
    quiet: bool,
) -> None:
    try:
        text = path.read_bytes()
    except OSError as error:
        raise UsageError(_("“{folder}”打不开: {why}").format(folder=path, why=cause(error))) from None
    record, plan = read_certificate(text, path.name)
    opened = open_campaign(path.parent, campaign, rubric)
    found = verify(record, plan, opened.roster.units, seed)
    named = [{"kind": one.kind, "text": words.phrase(one.words)} for one in found.differences]
    if kind is Format.JSON:
        document = {
            "schema": records.SCHEMA,
            "certificate": path.name,
            "same": found.same,
            "differences": named,
        }
        write_data([records.to_json(document)])
    elif kind is Format.JSONL:
        write_data(records.jsonl_parts(named))
    elif kind is Format.CSV:
        write_data([csv_text(("kind", "text"), named)])
    else:
        write_data(one["text"] + "\n" for one in named)
    if not quiet:
        tell(words("重抽结果与证书相同。") if found.same else words("重抽结果与证书不同。"))
        if found.same and not found.differences:
            tell(words("种子“{seed}”, 名录和方案都没有变。").format(seed=record["seed"]))
    if found.differences:
        raise typer.Exit(1)
