"""Make the pictures of docs/gallery.md, and the page itself: every output, made from sample_sheets by the real commands.

Workbooks and Word documents are printed by LibreOffice and drawn by pdftoppm, web pages are photographed in chromium, charts
are taken as the report writes them. An output that is not there is an error, and then nothing is written: the gallery never
shows less than there is, nor what was there once.

Usage: python scripts/make_gallery.py [--work DIR]     (DIR keeps what the commands wrote; needs soffice, chromium, pdftoppm)
"""

from __future__ import annotations

import argparse
import csv
import html
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).parents[1]
SAMPLES, PICTURES, PAGE = ROOT / "sample_sheets", ROOT / "docs/pictures", ROOT / "docs/gallery.md"
LARGEST, LARGEST_OF_ALL = 150_000, 2_500_000  # bytes
_COLOURS = (256, 128, 64, 32, 16)
_DPI = 80

# Each command once, in this order; {out} is the folder of all results.
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "report": (
        "report",
        "{samples}",
        "--baseline",
        "{samples}/去年结果/results.json",
        "--out",
        "{out}/report",
    ),
    "annotate": ("annotate", "{samples}", "--out", "{out}/annotate"),
    "fix": ("fix", "{samples}", "--out", "{out}/fix"),
    "archive": ("archive", "{samples}", "--out", "{out}/archive"),
    "form": ("form", "--out", "{out}/form", "--county", "榆社县", "--kind", "both"),
}


@dataclass(frozen=True)
class Printed:
    """A page of a workbook or a document as LibreOffice prints it: the first one that holds all of these words."""

    source: str
    words: tuple[str, ...] = ()
    width: int = 900


@dataclass(frozen=True)
class Browsed:
    """A web page in chromium: the window of so many points, in the light or in the dark."""

    source: str
    width: int = 1180
    height: int = 1240
    dark: bool = False
    scale: float = 1.0


@dataclass(frozen=True)
class Tabled:
    """The first columns of a CSV as a spreadsheet program shows it."""

    source: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Drawn:
    """A picture that a command wrote."""

    source: str
    width: int = 900


@dataclass(frozen=True)
class Shot:
    """A picture of the gallery: its name, what it shows, and how it is taken."""

    name: str
    caption: str
    how: Printed | Browsed | Tabled | Drawn


@dataclass(frozen=True)
class Chapter:
    """Pictures that belong together, with the command that made what they show."""

    title: str
    command: str
    text: str
    shots: tuple[Shot, ...]


COUNTY = "榆社县"
FORM = f"form/自评/{COUNTY}/自评-{COUNTY}-"
MARKED = f"annotate/{COUNTY}/自评/自评-{COUNTY}-箕城镇.xlsx"
CHAPTERS = (
    Chapter(
        "The web page", "report", "One file without network: tiles, tables to sort and filter, from county to township, item and cell.",
        (
            Shot("report", "report.html", Browsed("report/report.html")),
            Shot("report-dark", "In the dark", Browsed("report/report.html", dark=True)),
            Shot("report-phone", "On a phone", Browsed("report/report.html", 390, 900, scale=1.5)),
            Shot("feedback", "feedback/榆社县.html: what a county gets back", Browsed(f"report/feedback/{COUNTY}.html")),
        ),
    ),
    Chapter(
        "Word", "report", "An official document and a letter to each county, rendered from templates that are edited in Word or WPS.",
        (
            Shot("word-report", "report.docx, its first page", Printed("report/report.docx")),
            Shot("word-report-charts", "A page with a chart", Printed("report/report.docx", ("县级统计机构各维度得分率",))),
            Shot("word-letter", "letters/整改通知_榆社县.docx", Printed(f"report/letters/整改通知_{COUNTY}.docx")),
        ),
    ),
    Chapter(
        "Excel", "report", "The report as a workbook: totals are live formulas that agree with the report.",
        (
            Shot("excel-summary", "report.xlsx, 总览", Printed("report/report.xlsx", width=1000)),
            Shot("excel-counties", "县区", Printed("report/report.xlsx", ("得分、名次、依据",), width=1000)),
            Shot("excel-findings", "问题清单", Printed("report/report.xlsx", ("位置是原文件里的工作表",), width=1000)),
        ),
    ),
    Chapter(
        "Charts", "report", "Drawn offline as SVG and PNG; Chinese text stays text.",
        tuple(
            Shot(f"chart-{name}", caption, Drawn(f"report/charts/{name}.png"))
            for name, caption in (
                ("dimensions", "The profile of the eight dimensions"),
                ("scores", "How the scores are distributed"),
                ("stages", "Self-assessment beside check"),
                ("coverage", "Who has sent what"),
                ("map", "The counties as tiles"),
            )
        ),
    ),
    Chapter(
        "Marked copies", "annotate", "The workbook itself goes back: cells coloured by severity, comments, and a list that leads to them.",
        (
            Shot("marked-list", "问题清单, the first sheet of a marked copy", Printed(MARKED)),
            Shot("marked-sheet", "The score sheet below it", Printed(MARKED, ("评分细则",))),
        ),
    ),
    Chapter(
        "Safe repair", "fix", "Copies in which what cannot change a meaning is put right, and the log of it.",
        (
            Shot(
                "fix-log", "changes.csv",
                Tabled("fix/changes.csv", ("apply", "file", "sheet", "cell", "before", "after", "code", "state", "why")),
            ),
        ),
    ),
    Chapter(
        "Blank forms", "form", "Forms that check themselves: what is missing or illegal shows while it is typed.",
        (
            Shot("form-township", "Score sheet of a township", Printed(f"{FORM}箕城镇.xlsx", ("检查项目",))),
            Shot("form-county", "Score sheet of a county body", Printed(f"{FORM}{COUNTY}统计局.xlsx", ("检查项目",))),
            Shot("questionnaire-township", "Questionnaire of a township", Printed(f"{FORM}箕城镇-调查问卷.xlsx", ("调查问卷",))),
            Shot("form-guide", "填报说明, the sheet that says how to fill it in", Printed(f"{FORM}箕城镇.xlsx", ("一、怎么填",))),
        ),
    ),
    Chapter(
        "Archive", "archive", "Everything that arrived, in the three groups of the notice, with its lists and hashes.",
        (
            Shot("archive-list", "检查阶段/卷内目录.docx", Printed("archive/检查阶段/卷内目录.docx")),
            Shot("archive-list-excel", "The same list as a workbook", Printed("archive/检查阶段/卷内目录.xlsx")),
        ),
    ),
)  # fmt: skip


class GalleryError(Exception):
    """An output is missing, or a picture cannot be made of it."""


# ------------------------------------------------------------------------------------------------------------ making


def make(work: Path) -> None:
    """Run the commands, take all pictures, and write them and the page together."""
    for command in COMMANDS.values():
        run_command(command, work)
    shots = [shot for chapter in CHAPTERS for shot in chapter.shots]
    missing = [shot.how.source for shot in shots if not (work / shot.how.source).is_file()]
    if missing:
        raise GalleryError("these outputs are missing: " + ", ".join(dict.fromkeys(missing)))
    pages = print_all(dict.fromkeys(s.how.source for s in shots if isinstance(s.how, Printed)), work)
    browsed = browse([shot for shot in shots if isinstance(shot.how, Browsed | Tabled)], work)
    taken: dict[str, bytes] = {}
    for shot in shots:
        if isinstance(shot.how, Printed):
            picture = draw(pages[shot.how.source], shot.how)
        elif isinstance(shot.how, Drawn):
            picture = fitted(Image.open(work / shot.how.source), shot.how.width)
        else:
            picture = browsed[shot.name]
        taken[shot.name] = packed(shot.name, picture)
    if sum(map(len, taken.values())) > LARGEST_OF_ALL:
        raise GalleryError(
            f"the pictures have {sum(map(len, taken.values()))} bytes, more than {LARGEST_OF_ALL}"
        )
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("*.png"):
        if old.stem not in taken:
            old.unlink()
    for name, data in taken.items():
        (PICTURES / f"{name}.png").write_bytes(data)
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{len(taken)} pictures, {sum(map(len, taken.values())) // 1024} KB")


def run_command(command: Sequence[str], work: Path) -> None:
    """One command of the program; stderr is shown where it fails."""
    words = [word.format(samples=SAMPLES, out=work) for word in command]
    done = subprocess.run(
        [sys.executable, "-m", "huitoukan", *words, "--quiet"], capture_output=True, check=False,
        env=os.environ | {"HUITOUKAN_LANG": "zh"},
    )  # fmt: skip
    if done.returncode:
        raise GalleryError(f"huitoukan {' '.join(words)}: {done.stderr.decode('utf-8', 'replace')}")


def page() -> str:
    """docs/gallery.md."""
    lines = [
        "# Gallery", "",
        "Every output, made from [sample_sheets](../sample_sheets/README.md) by the commands shown. `python scripts/make_gallery.py` makes pictures and page",
        "anew (LibreOffice prints workbooks and documents, chromium shows web pages); colours are reduced, and of long outputs one page is shown.",
    ]  # fmt: skip
    for chapter in CHAPTERS:
        words = " ".join(COMMANDS[chapter.command]).format(samples="sample_sheets", out="out")
        lines += ["", f"## {chapter.title}", "", chapter.text, "", "```", f"huitoukan {words}", "```"]
        for shot in chapter.shots:
            lines += ["", f"{shot.caption}:", "", f"![{shot.caption}](pictures/{shot.name}.png)"]
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------------------------------------------------- printing


def print_all(sources: Iterable[str], work: Path) -> dict[str, Path]:
    """A PDF of each workbook and document, all in one call of LibreOffice."""
    folder = work / "pdf"
    folder.mkdir(exist_ok=True)
    named = {}
    for n, source in enumerate(sources):
        copy = folder / f"{n:02}{Path(source).suffix}"
        shutil.copy(work / source, copy)
        named[source] = copy
    profile = f"-env:UserInstallation={(work / 'office').as_uri()}"
    tool(
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        *map(str, named.values()),
    )
    pdfs = {source: copy.with_suffix(".pdf") for source, copy in named.items()}
    lost = [source for source, pdf in pdfs.items() if not pdf.is_file()]
    if lost:
        raise GalleryError("LibreOffice does not print " + ", ".join(lost))
    return pdfs


def draw(pdf: Path, how: Printed) -> Image.Image:
    """The page of a PDF that holds the words, without its empty margins."""
    texts = tool("pdftotext", "-layout", str(pdf), "-").decode("utf-8").split("\f")
    squeezed = ["".join(text.split()) for text in texts]
    number = next(
        (n for n, text in enumerate(squeezed, 1) if all(word.replace(" ", "") in text for word in how.words)),
        None,
    )
    if number is None:
        raise GalleryError(f"no page of {how.source} holds {how.words}")
    stem = pdf.with_suffix("")
    tool(
        "pdftoppm",
        "-r",
        str(2 * _DPI),
        "-f",
        str(number),
        "-l",
        str(number),
        "-png",
        "-singlefile",
        str(pdf),
        str(stem),
    )
    return fitted(without_foot(Image.open(stem.with_suffix(".png"))), how.width)


def without_foot(picture: Image.Image) -> Image.Image:
    """A page without the empty rest below its contents, where that is large, and the page number there."""
    light = picture.convert("L")
    rows = [light.crop((0, y, light.width, y + 1)).getextrema()[0] < 200 for y in range(light.height)]
    last = max((y for y, inked in enumerate(rows) if inked), default=0)
    least, empty = light.height // 8, 0
    for y in range(last, 0, -1):
        empty = 0 if rows[y] else empty + 1
        if y < last - least and empty == 0:
            return picture
        if empty > least:
            content = max((n for n in range(y) if rows[n]), default=0)
            return picture.crop((0, 0, picture.width, content + 2 * _DPI // 4)) if content else picture
    return picture


def tool(*command: str) -> bytes:
    """What a program prints; an error where it is not there or fails."""
    program = shutil.which(command[0])
    if program is None:
        raise GalleryError(f"{command[0]} is not installed")
    done = subprocess.run([program, *command[1:]], capture_output=True, check=False, timeout=600)
    if done.returncode:
        raise GalleryError(f"{command[0]}: {done.stderr.decode('utf-8', 'replace')}")
    return done.stdout


# ---------------------------------------------------------------------------------------------------------- browsing


def browse(shots: Sequence[Shot], work: Path) -> dict[str, Image.Image]:
    """Web pages, and tables made into one, as chromium shows them."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (most of the script needs none)

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise GalleryError("chromium is not installed")
    taken = {}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for shot in shots:
            taken[shot.name] = photograph(browser, shot.how, work)
        browser.close()
    return taken


def photograph(browser: Any, how: Any, work: Path) -> Image.Image:
    """One page, as soon as it has loaded; a table as tall as it is."""
    table = isinstance(how, Tabled)
    size = {"width": 1180, "height": 100} if table else {"width": how.width, "height": how.height}
    dark = not table and how.dark
    context = browser.new_context(
        viewport=size, color_scheme="dark" if dark else "light", device_scale_factor=1 if table else how.scale
    )
    shown = context.new_page()
    if table:
        shown.set_content(as_page(work / how.source, how.columns))
    else:
        shown.goto((work / how.source).as_uri())
    picture = Image.open(io.BytesIO(shown.screenshot(full_page=table)))
    picture.load()
    context.close()
    return picture


def as_page(path: Path, columns: Sequence[str]) -> str:
    """Some columns of a CSV as a plain table."""
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    if not rows:
        raise GalleryError(f"{path.name} is empty")

    def line(tag: str, texts: Iterable[str]) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(text)}</{tag}>" for text in texts) + "</tr>"

    body = "".join(line("td", (row[column] for column in columns)) for row in rows)
    style = "body{font:15px sans-serif;margin:16px}table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:5px 8px;text-align:left}th{background:#eee}"
    return f"<meta charset=utf-8><style>{style}</style><table>{line('th', columns)}{body}</table>"


# ------------------------------------------------------------------------------------------------------------ packing


def fitted(picture: Image.Image, width: int) -> Image.Image:
    """A picture without what is white around it, no wider than so many points."""
    plain = picture.convert("RGB")
    box = Image.eval(plain.convert("L"), lambda light: 255 * (light < 250)).getbbox()
    if box is None:
        raise GalleryError("a picture is empty")
    edge = 24
    box = (
        max(box[0] - edge, 0),
        max(box[1] - edge, 0),
        min(box[2] + edge, plain.width),
        min(box[3] + edge, plain.height),
    )
    plain = plain.crop(box)
    if plain.width > width:
        plain = plain.resize((width, round(plain.height * width / plain.width)), Image.Resampling.LANCZOS)
    return plain


def packed(name: str, picture: Image.Image) -> bytes:
    """A PNG of as many colours as fit."""
    for colours in _COLOURS:
        stream = io.BytesIO()
        reduced = picture.convert("RGB").quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        reduced.save(stream, "PNG", optimize=True)
        if stream.tell() <= LARGEST:
            return stream.getvalue()
    raise GalleryError(f"{name} has {stream.tell()} bytes, more than {LARGEST}")


def main() -> None:
    """The script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--work", type=Path, help="a folder for what the commands write; default: a temporary one"
    )
    work = parser.parse_args().work
    try:
        if work is not None:
            work.mkdir(parents=True, exist_ok=True)
            make(work.resolve())
        else:
            with tempfile.TemporaryDirectory() as folder:
                make(Path(folder))
    except GalleryError as error:
        sys.exit(f"make_gallery: {error}")


if __name__ == "__main__":
    main()
