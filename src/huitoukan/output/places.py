"""The places that results go to: what there is ours to replace, and what is somebody's input and must stay."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from huitoukan.intake.discover import discover
from huitoukan.output import annotate_package, chart_picture
from huitoukan.output.charts import CHARTS
from huitoukan.output.render import FEEDBACK

RESULTS, FINDINGS, FOLLOW_UP = "results.json", "findings.csv", "follow_up.csv"
REPORT_BOOK, REPORT_DOCUMENT = "report.xlsx", "report.docx"
LETTERS = "letters"  # the folder of the letters to the counties
SURVEY, SURVEY_BOOK = "survey.json", "survey.xlsx"
CHANGES, CHANGES_DATA = "changes.csv", "changes.json"
ANSWERS, TABULATION, TEXTS = "survey_answers.csv", "survey_tables.csv", "survey_texts.csv"
ANNOTATED = "annotated.csv"
_DOCUMENT_MARK = b">huitoukan</dc:creator>"
# By what a file of an earlier run is known: a few words at its beginning, since anybody may use its name. A workbook that
# somebody has saved since is not known any more, and is kept.
_MARKS = {
    RESULTS: b'"huitoukan": "',
    FINDINGS: b"code,severity,file,",
    CHANGES: b"apply,file,sheet,cell,before,after,",
    CHANGES_DATA: b'"huitoukan": "',
    FOLLOW_UP: b"list,titles,code,",
    REPORT_BOOK: _DOCUMENT_MARK,
    REPORT_DOCUMENT: _DOCUMENT_MARK,
    SURVEY: b'"huitoukan": "',
    SURVEY_BOOK: _DOCUMENT_MARK,
    ANSWERS: b"unit,name,county,level,type,question,",
    TABULATION: b"by,key,level,name,id,",
    TEXTS: b"question,title,group,same,",
    ANNOTATED: b"county,file,copy,how,",
}
_COPY_MARK = annotate_package.MARK.encode(
    "ascii"
)  # of marked copies, the zips of them, and what is to be read first
_COPY_NAMES = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".zip", ".txt"})
_PAGE_MARK = b'<meta name="generator" content="huitoukan '
_CHART_MARKS = {
    ".svg": chart_picture.MARK.encode("ascii"),
    ".png": chart_picture.MARK.replace(":", "\0").encode("ascii"),
}
_BEGINNING = 4096  # bytes


def lies_in(path: Path, folder: Path) -> bool:
    """Whether a path is a folder or lies inside it, links and the case of names notwithstanding."""
    resolved, own = path.resolve(), _identity(folder)
    if resolved.is_relative_to(folder.resolve()):
        return True
    return own is not None and any(_identity(one) == own for one in (resolved, *resolved.parents))


def foreign(out: Path, own_templates: Collection[str], shipped_templates: Collection[str]) -> list[str]:
    """What lies in a folder of results without being recognisably ours: paths relative to it, sorted.

    `own_templates` are the names of the analyst's templates in use, if any; the files they were rendered to are known by
    their names alone. Junk and our own temporary files are left out.

    Raises:
        OSError: the folder cannot be listed.
    """
    if not out.is_dir():
        return []
    named = {*own_templates, *(name for name in shipped_templates if not name.endswith(".html"))}
    pages = {Path(name).suffix for name in own_templates if Path(name).stem == FEEDBACK}
    return [
        one.path
        for one in discover(out)
        if not one.junk and not _is_ours(one.location, one.path, named, pages)
    ]


def _is_ours(location: Path, path: str, named: Collection[str], pages: Collection[str]) -> bool:
    folder, _, name = path.rpartition("/")
    if is_marked_copy(location):
        return True
    if folder not in ("", FEEDBACK, CHARTS, LETTERS):
        return False
    beginning = _beginning(location)
    if folder == CHARTS:
        return _CHART_MARKS.get(Path(name).suffix, b"\0") in beginning
    if path in _MARKS:
        return _MARKS[path] in beginning
    if folder == LETTERS or name.endswith(".docx"):
        return name.endswith(".docx") and _DOCUMENT_MARK in beginning
    if name.endswith(".html") and _PAGE_MARK in beginning:
        return True
    return name in named if folder == "" else Path(name).suffix in pages


def known_charts(out: Path, names: Iterable[str]) -> list[Path]:
    """Those of some files of charts in a folder of results that an earlier run wrote."""
    there = (out / name for name in names)
    return [path for path in there if path.is_file() and _is_ours(path, f"{CHARTS}/{path.name}", (), ())]


def is_marked_copy(location: Path) -> bool:
    """Whether a file is a marked copy of ours that nobody has saved since, a zip of such, or the guide to them."""
    return location.suffix.lower() in _COPY_NAMES and _COPY_MARK in _beginning(location)


def in_the_way(targets: Iterable[Path]) -> list[Path]:
    """Those of the files to be written where one lies that is not ours, or that somebody has changed: it would be lost."""
    return [
        path
        for path in targets
        if path.is_file()
        and not is_marked_copy(path)
        and not (path.name in _MARKS and _MARKS[path.name] in _beginning(path))
    ]


def _beginning(location: Path) -> bytes:
    try:
        with location.open("rb") as stream:
            return stream.read(_BEGINNING)
    except OSError:
        return b""


def overwritten(
    targets: Iterable[Path], inputs: Iterable[Path], out: Path | None = None
) -> tuple[Path, Path] | None:
    """The first file to be written that is an input under whatever name (a link, another case), with that input.

    `inputs` are files and folders; what lies in `out` is none.

    Raises:
        OSError: a folder cannot be listed.
    """
    there = {found: target for target in targets if (found := _identity(target)) is not None}
    if there:
        for path in _files(inputs, out):
            identity = _identity(path)
            if identity is not None and identity in there:
                return there[identity], path
    return None


def _files(inputs: Iterable[Path], out: Path | None) -> Iterator[Path]:
    for one in inputs:
        if one.is_dir():
            yield from (submission.location for submission in discover(one, out))
        else:
            yield one


def _identity(path: Path) -> tuple[int, int] | str | None:
    """What is the same for two names of one file; None where there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    # Some file systems of Windows number nothing: then its one true path must do.
    return (found.st_dev, found.st_ino) if found.st_ino else os.path.normcase(path.resolve())
