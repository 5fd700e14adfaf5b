"""Collect every text that people read and bring the English catalogue up to date with it.

Chinese is the source. Texts come from the rule catalogue, the tables of names and reasons, the calls `say("…")`,
`_("…")` and `words("…")` in the code, and `_("…")` in the templates. New texts are added empty, gone ones are dropped,
translations are kept; then the .po is compiled to the .mo that the program loads.

Usage: python scripts/update_translations.py [--check]     (--check changes nothing and fails when anything is missing)
"""

from __future__ import annotations

import argparse
import ast
import importlib
import io
import pkgutil
import string
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import jinja2
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from docxtpl import DocxTemplate
from jinja2 import nodes

import huitoukan
from huitoukan import catalogue
from huitoukan.campaign.campaign import load_campaign
from huitoukan.output.text import NAMES, REASONS

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src/huitoukan"
PO = SOURCE / "locale/en/LC_MESSAGES/huitoukan.po"
_NO_DATE = datetime(2024, 1, 1, tzinfo=UTC)
_SPEAKERS = {"say", "_", "words", "self"}


def texts() -> dict[str, set[str]]:
    """Every Chinese text, and where it stands."""
    found: dict[str, set[str]] = {}
    for place, text in (*_from_catalogue(), *_from_code(), *_from_templates()):
        if text:
            found.setdefault(text, set()).add(place)
    return found


def _from_catalogue() -> Iterator[tuple[str, str]]:
    for module in pkgutil.walk_packages(huitoukan.__path__, "huitoukan."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)  # enters its rules and checks into the catalogue
    for entry in catalogue.entries():
        yield from ((entry.code, text) for text in entry.texts())
    yield from (("names", text) for names in NAMES.values() for text in names.values())
    yield from (("reasons", text) for text in REASONS.values())


def _from_code() -> Iterator[tuple[str, str]]:
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and _name(node.func) in _SPEAKERS:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield path.relative_to(SOURCE).as_posix(), first.value
    # the four parts of `explain`, the grades and the lists of the shipped campaign
    yield from (("cli/explain.py", text) for text in ("查什么", "为什么", "例子", "怎么改"))
    yield from (("campaign.yaml", text) for text in ("优秀", "达标", "未达标"))
    lists = load_campaign().settings.follow_up
    yield from (("campaign.yaml", text) for one in (lists.priority, lists.key_checks) for text in one.value)
    items = (item for level in load_campaign().rubric.levels.values() for item in level.items())
    yield from (("rubric.yaml", item.step.per) for item in items if item.step)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return "words" if isinstance(function, ast.Attribute) and function.attr == "words" else ""


def _from_templates() -> Iterator[tuple[str, str]]:
    environment = jinja2.Environment(autoescape=True)
    for path in sorted((ROOT / "templates").iterdir()):
        tree = environment.parse(_source(path))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "_" and call.args:
                first = call.args[0]
                if isinstance(first, nodes.Const) and isinstance(first.value, str):
                    yield path.name, first.value
                elif isinstance(first, nodes.Name | nodes.Getattr | nodes.Getitem):
                    continue  # a value of the data, such as a grade or a rule's title: collected above


def _source(path: Path) -> str:
    """A template as Jinja reads it."""
    if path.suffix != ".docx":
        return path.read_text(encoding="utf-8")
    document = DocxTemplate(path)
    document.init_docx()
    return document.patch_xml(document.get_xml())


def fields(text: str) -> set[str]:
    """The `{names}` of a template."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def problems(catalog: Catalog, wanted: dict[str, set[str]]) -> list[str]:
    """What is missing, left over or does not fill the same fields."""
    have = {message.id: message.string for message in catalog if message.id}
    found = [
        f"missing: {text!r} ({', '.join(sorted(wanted[text]))})" for text in wanted if not have.get(text)
    ]
    found += [f"left over: {text!r}" for text in have if text not in wanted]
    for text, translation in have.items():
        if translation and fields(text) != fields(translation):
            found.append(f"fields differ: {text!r} / {translation!r}")
    return sorted(found)


def read(path: Path = PO) -> Catalog:
    """The English catalogue; an empty one when there is none yet."""
    if not path.exists():
        return Catalog(locale="en", domain="huitoukan")
    with path.open("rb") as stream:
        return read_po(stream, locale="en", domain="huitoukan")


def compiled(catalog: Catalog) -> bytes:
    """The .mo of a catalogue."""
    catalog.creation_date = catalog.revision_date = _NO_DATE  # the same texts give the same bytes
    stream = io.BytesIO()
    write_mo(stream, catalog)
    return stream.getvalue()


def stale(catalog: Catalog) -> bool:
    """Whether the .mo says anything else than the catalogue (its header names the version of Babel, and may differ)."""
    with PO.with_suffix(".mo").open("rb") as stream:
        loaded = {message.id: message.string for message in read_mo(stream) if message.id}
    return loaded != {message.id: message.string for message in catalog if message.id}


def update() -> Catalog:
    """Write the .po with exactly the wanted texts, in order of their places, and the .mo from it."""
    old = {message.id: message.string for message in read() if message.id}
    catalog = Catalog(locale="en", domain="huitoukan", project="huitoukan", fuzzy=False)
    wanted = texts()
    for text in sorted(wanted, key=lambda text: (sorted(wanted[text]), text)):
        catalog.add(text, old.get(text) or "", locations=[(place, None) for place in sorted(wanted[text])])
    stream = io.BytesIO()
    write_po(stream, catalog, width=110, omit_header=False, include_lineno=False, sort_output=False)
    lines = stream.getvalue().decode("utf-8").splitlines(keepends=True)
    dated = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By')
    PO.write_text("".join(line for line in lines if not line.startswith(dated)), encoding="utf-8")
    PO.with_suffix(".mo").write_bytes(compiled(read()))
    return read()


def main() -> int:
    """Update, or check."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    found = problems(read() if options.check else update(), texts())
    if options.check and stale(read()):
        found.append("the .mo is not the compiled .po: run scripts/update_translations.py")
    for problem in found:
        print(problem)
    print(f"{len(texts())} texts, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
