"""What an archive says of itself: what it was made from and with, and what each of its files is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from huitoukan import __version__
from huitoukan.campaign.campaign import Campaign
from huitoukan.model import FileResult, Finding
from huitoukan.output.archive_groups import Filed, Part
from huitoukan.output.archive_list import Kept
from huitoukan.output.archive_store import Piece
from huitoukan.output.places import RESULTS
from huitoukan.output.records import Record, campaign_record, summary
from huitoukan.output.text import Words
from huitoukan.phrase import Listing
from huitoukan.standing.aggregate import totals
from huitoukan.standing.model import Standing

_INCOMPLETE = "C620"
_LARGEST_RESULTS = 256 * 1024 * 1024  # bytes of results.json that are looked into


def provenance(
    campaign: Campaign, files: Sequence[FileResult], findings: Sequence[Finding], counties: Sequence[Standing],
    copies: Sequence[Piece],
) -> Record:  # fmt: skip
    """What the archive rests on; `copies` are its copies of the campaign's files, in their order."""
    named = [{"file": piece.path, "sha256": piece.sha256} for piece in copies]
    townships = [township for county in counties for township in county.townships]
    return {
        "huitoukan": __version__,
        "campaign": {**campaign_record(campaign), "issuer": campaign.settings.issuer, **named[0]},
        "rubric": {"id": campaign.rubric.id, "version": campaign.rubric.version, **named[1]},
        "roster": {"units": len(campaign.roster.units), **named[2]},
        "counts": {
            **summary(files, findings),
            "counties": _verdicts(counties),
            "townships": _verdicts(townships),
        },
    }


def _verdicts(standings: Sequence[Standing]) -> dict[str, int]:
    return {verdict.value: n for verdict, n in totals(standings).items()}


def file_record(piece: Piece, role: str, kept: Kept | None, group: str | None) -> Record:
    """What the manifest says of a file; what does not apply is left out."""
    record: Record = {"path": piece.path, "size": piece.size, "sha256": piece.sha256, "role": role}
    if kept is None:
        return record
    record |= {"source": kept.source, "group": group, "number": kept.number}
    if kept.filed is not None:
        record |= {"holds": list(map(_part_record, kept.filed.parts))}
        if kept.filed.why:
            record["why"] = kept.filed.why
        if kept.filed.inside:
            record["members"] = [_member_record(one, kept) for one in kept.filed.inside]
    return record


def _part_record(part: Part) -> Record:
    return {
        "kind": part.kind.value,
        "stage": part.stage.value if part.stage else None,
        "unit": part.unit,
        "county": part.county,
        "date": part.day.isoformat() if part.day else None,
        "counts": not part.aside,
    }


def _member_record(one: Filed, kept: Kept) -> Record:
    path = one.result.path.removeprefix(f"{kept.source}/")
    return {"path": path, "sha256": one.result.sha256 or None, "holds": list(map(_part_record, one.parts))}


def other_files(folder: Path, files: Sequence[FileResult], *, whole: bool) -> tuple[str, ...] | None:
    """The files of which results.json in a folder of results says something else than is true; None where it cannot be told.

    Results of other files, or of files that were changed since, do not belong into an archive with these. `files` are all
    there are if they are the `whole` folder; else those that only the results name are of no interest.
    """
    path = folder / RESULTS
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_RESULTS:
            return None
        document = json.loads(path.read_bytes())
        told = {one["path"]: one["sha256"] or "" for one in document["files"]}
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return None
    now = {file.path: file.sha256 for file in files}
    paths = told.keys() | now.keys() if whole else now.keys()
    return tuple(sorted(path for path in paths if told.get(path) != now.get(path)))


def notes(
    campaign: Campaign, files: Sequence[FileResult], findings: Sequence[Finding], counties: Sequence[Standing],
    words: Words,
) -> Iterator[str]:  # fmt: skip
    """What the list of lists says of the archive."""
    settings = campaign.settings
    yield words("检查活动: {title} ({issuer})。").format(title=settings.title, issuer=settings.issuer)
    yield words("评分标准 {rubric} 第 {version} 版, 由 huitoukan {huitoukan} 核对、归档; 所用的检查活动文件在“检查活动”文件夹里。").format(
        rubric=campaign.rubric.id, version=campaign.rubric.version, huitoukan=__version__
    )  # fmt: skip
    counts = summary(files, findings)
    yield words("核对了 {files} 个文件, {sheets} 张工作表: 错误 {error} 处, 警告 {warning} 处, 提示 {info} 处。").format(**counts)  # fmt: skip
    told = [(words.value(verdict), n) for verdict, n in totals(counties).items() if n]
    if told:
        each = Listing(
            tuple(words("{verdict} {count} 个").format(verdict=verdict, count=n) for verdict, n in told)
        )
        yield words("各县(区、市)的结论: {verdicts}。").format(verdicts=words.value(each))
    for found in findings:
        if found.code == _INCOMPLETE:
            yield words.message(found)
    yield words("MANIFEST.json 记着每个文件的大小和 sha256; 用 huitoukan archive verify 核对, 有改动、缺少、多出的文件都会指出来。")  # fmt: skip


def options_record(folder: str, options: Mapping[str, Any]) -> Record:
    """The command as it was given: only what may change the archive, and no places of the machine."""
    return {
        "command": "archive",
        "folder": folder,
        "options": {k: v for k, v in options.items() if v is not None},
    }
