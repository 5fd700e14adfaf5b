"""The English catalogue is complete, fills the same fields, and its compiled form is up to date."""

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "scripts/update_translations.py"


def load():
    spec = importlib.util.spec_from_file_location("update_translations", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_english_covers_every_text_and_nothing_else():
    script = load()
    wanted = script.texts()
    assert len(wanted) > 800
    assert script.problems(script.read(), wanted) == []
    assert not script.stale(script.read())
    changed = script.read()
    next(message for message in changed if message.id).string = "something else"
    assert script.stale(changed)


def test_a_missing_or_wrong_translation_is_a_problem():
    script = load()
    catalog = script.read()
    message = next(m for m in catalog if m.id and script.fields(m.id))
    wanted = {message.id: {"x"}, "新的文字": {"x"}}
    message.string = "no field"
    found = script.problems(catalog, wanted)
    assert any(line.startswith("fields differ") for line in found)
    assert "missing: '新的文字' (x)" in found
    assert any(line.startswith("left over") for line in found)
