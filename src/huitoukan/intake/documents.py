"""Documents: what a file that is no workbook is for, whose it is and of which stage, by its names and its kind.

The kind of the file comes from its content. What it is for is told by the file's name, else by the title inside (of a
.docx), else by its folders, the inner ones first.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import PurePosixPath

from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.materials import Materials
from huitoukan.intake.identity import named_by
from huitoukan.intake.kinds import Kind
from huitoukan.intake.labels import legible, tidy
from huitoukan.intake.vocabulary import vocabulary
from huitoukan.intake.wordtext import paragraphs
from huitoukan.materials import Material, MaterialKind
from huitoukan.model import Level, Origin, Stage

DOCUMENTS = frozenset({
    Kind.WORD, Kind.SLIDES, Kind.PDF, Kind.OFD, Kind.RTF, Kind.PICTURE, Kind.TEXT, Kind.DOCUMENT, Kind.UOF, Kind.MHTML,
    Kind.HTML,
})  # fmt: skip
_BROKEN = frozenset({Kind.UNKNOWN, Kind.EMPTY})
_NAMES = frozenset(
    {".docx", ".doc", ".wps", ".pdf", ".ofd", ".rtf", ".odt", ".docm"}
)  # what is called so was a document
PARTS_UNCHECKED = "report_parts"
_SENTENCE_ENDS = ("。", "；", "：", "，", "！", ".", ";", ":", ",")
_TITLE_LINES, _LONGEST_TITLE = (
    3,
    60,
)  # lines at the top of a document that may be its title, and their characters


def recognise(
    path: str, kind: Kind, archive: zipfile.ZipFile | None, campaign: Campaign
) -> tuple[Material | None, tuple[str, ...]]:
    """What a document is, with what could not be checked of it; None for one that is no material of the inspection."""
    location = PurePosixPath(path)
    readable = kind in DOCUMENTS
    if not readable and not (kind in _BROKEN and location.suffix.lower() in _NAMES):
        return None, ()
    text = paragraphs(archive) if kind is Kind.WORD and archive is not None else None
    lines = takewhile(_may_be_title, (text or ())[:_TITLE_LINES])
    own = [(Origin.FILE_NAME, location.stem), (Origin.TITLE, "".join(lines))]
    folders = [(Origin.FOLDER, folder) for folder in reversed(location.parts[:-1])]
    settings = campaign.settings.materials
    what = _what([text for _, text in own], [text for _, text in folders], kind, settings)
    if what is None:
        return None, ()
    names = [(origin, text) for origin, text in (*own, *folders) if text]
    unit, county, stage = named_by(names, campaign.roster, vocabulary(campaign))
    if unit is None and county is not None and what is MaterialKind.REPORT:
        unit = _reporting(county, stage, campaign, own)
    if not readable:
        return Material(what, unit, stage, county, readable=False), ()
    county_report = unit is not None and campaign.roster.units[unit].level is Level.COUNTY
    if what is not MaterialKind.REPORT or not county_report or stage is Stage.SELF:
        return Material(what, unit, stage, county), ()
    if text is None:
        return Material(what, unit, stage, county), (PARTS_UNCHECKED,)
    whole = "".join("".join(text).split())
    parts = settings.report_parts.value
    lacking = tuple(part.title for part in parts if not any(word in whole for word in part.words))
    return Material(what, unit, stage, county, lacking), ()


def _may_be_title(line: str) -> bool:
    return len(line) <= _LONGEST_TITLE and not line.endswith(_SENTENCE_ENDS)


def _reporting(
    county: str, stage: Stage | None, campaign: Campaign, own: Sequence[tuple[Origin, str]]
) -> str | None:
    """Whose report it is that names a county and no unit: the county's, if its own name says so or only it owes one."""
    asked = campaign.settings.materials.asked_for(stage, MaterialKind.REPORT) if stage else None
    only_counties = asked is not None and asked.levels == (Level.COUNTY,)
    itself = any(named_by([one], campaign.roster, vocabulary(campaign))[1] == county for one in own if one[1])
    return county if only_counties or itself else None


def _what(own: Sequence[str], folders: Sequence[str], kind: Kind, settings: Materials) -> MaterialKind | None:
    """What a document is for; the longest word of the first name that has any decides."""
    all_names = [tidy(legible(text)) for text in (*own, *folders)]
    campaign = any(word in name for word in settings.campaign_words for name in all_names)
    for n, name in enumerate(all_names):
        found = max(_found(name, settings, campaign), default=None)
        if found is None:
            continue
        what = found[1]
        if not what.is_sent:
            return what
        if any(word in all_names[0] for word in settings.blank_words):
            return None  # 总结报告提纲, 评分表样表
        if n < len(own):
            return what
        # A folder of questionnaires or reports holds some, but for photographs; one of score sheets holds anything.
        if what is not MaterialKind.SCORE_SHEET and kind is not Kind.PICTURE:
            return what
    return None


def _found(name: str, settings: Materials, campaign: bool) -> Iterator[tuple[int, MaterialKind]]:
    for words in (settings.words, settings.with_campaign_words if campaign else {}):
        for what, own in words.items():
            for word in own:
                if word in name:
                    yield len(word), what
