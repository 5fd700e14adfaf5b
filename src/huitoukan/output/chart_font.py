"""A font that can draw Chinese: without one, a picture shows empty boxes, and nobody should be handed that.

An SVG needs none of it here: the program that shows it brings its own. A PNG is drawn on this machine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

# The usual ones of Windows, macOS and Linux, best first; a page or a drawing takes the first that it finds.
FAMILIES = (
    "Microsoft YaHei",
    "PingFang SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "SimHei",
    "SimSun",
)
# How the files of these and of their likes are called; whatever else there is comes after them.
_STEMS = (
    "msyh", "pingfang", "notosanscjk", "notosanssc", "sourcehansans", "wqy-microhei", "hiragino sans gb", "stheiti",
    "simhei", "simsun", "deng", "notoserifcjk",
)  # fmt: skip
_ENDINGS = (".ttf", ".ttc", ".otf")
_PROBE = (
    "晋榆达"  # three characters that every Chinese font has; boxes in place of them would be all the same
)
_MOST_FACES = 16  # in a collection


class FontMissingError(Exception):
    """There is no Chinese font on this machine, so that a picture cannot be drawn."""


@lru_cache(maxsize=1)
def chinese_font() -> str | None:
    """The family name of an installed font that draws simplified Chinese; None where there is none."""
    found = _find(_folders())
    return found[0] if found else None


@lru_cache(maxsize=1)
def font_folder() -> Path | None:
    """The folder in which the file of `chinese_font` lies."""
    found = _find(_folders())
    return found[1].parent if found else None


def _folders() -> tuple[Path, ...]:
    """Where fonts are installed, for everybody and for this user."""
    home = Path.home()
    if sys.platform == "win32":
        windows = Path(os.environ.get("WINDIR", r"C:\Windows"))
        own = Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"))
        return windows / "Fonts", own / "Microsoft" / "Windows" / "Fonts"
    if sys.platform == "darwin":
        return (
            Path("/System/Library/Fonts"),
            Path("/Library/Fonts"),
            home / "Library/Fonts",
            Path("/System/Library/AssetsV2"),
        )
    data = os.environ.get("XDG_DATA_HOME") or home / ".local/share"
    return Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path(data) / "fonts", home / ".fonts"


def _find(folders: tuple[Path, ...]) -> tuple[str, Path] | None:
    """The family and the file of the first font in the folders that has the characters."""
    for file in sorted(_files(folders), key=_order):
        family = _family(file)
        if family:
            return family, file
    return None


def _files(folders: tuple[Path, ...]) -> Iterator[Path]:
    for folder in folders:
        for place, _, names in os.walk(folder):  # silent about what cannot be listed
            yield from (Path(place, name) for name in names if name.lower().endswith(_ENDINGS))


def _order(file: Path) -> tuple[int, bool, str]:
    name = file.name.lower()
    likely = next((n for n, stem in enumerate(_STEMS) if name.startswith(stem)), len(_STEMS))
    return likely, "regular" not in name and file.stem.lower() not in _STEMS, str(file)


def _family(file: Path) -> str | None:
    """The family of the first face of a file that draws Chinese, that for mainland China if the file has several."""
    from PIL import ImageFont  # noqa: PLC0415

    names = []
    for index in range(_MOST_FACES):
        try:
            face = ImageFont.truetype(file, 16, index=index)
        except OSError:  # no further face, or no font at all
            break
        drawn = [bytes(face.getmask(character)) for character in _PROBE]
        name = face.getname()[0]
        if name and len(set(drawn)) == len(drawn) and all(map(any, drawn)):
            names.append(name)
    return next((name for name in names if name.endswith((" SC", " CN"))), names[0] if names else None)
