"""docs/gallery.md names only pictures that there are, and every picture; the pages are small enough to be looked at."""

import importlib.util
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs/pictures"


def load():
    spec = importlib.util.spec_from_file_location("make_gallery", ROOT / "scripts/make_gallery.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_gallery_names_every_picture_and_no_other():
    text = (ROOT / "docs/gallery.md").read_text(encoding="utf-8")
    named = re.findall(r"!\[[^\]]+\]\(pictures/([^)]+)\)", text)
    assert len(named) == len(set(named)) > 20
    assert sorted(named) == sorted(path.name for path in PICTURES.iterdir())
    assert text == load().page()  # the page is the script's


def test_the_pictures_are_small():
    sizes = {path.name: path.stat().st_size for path in PICTURES.glob("*.png")}
    script = load()
    assert max(sizes.values()) <= script.LARGEST
    assert sum(sizes.values()) <= script.LARGEST_OF_ALL
