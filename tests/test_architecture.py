"""The house stands: imports only point down, and heavy libraries are loaded where they are needed."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import huitoukan

SOURCE = Path(huitoukan.__file__).parent
FLOORS = (
    "phrase",
    "grid",
    "days",
    "answers",
    "authorship",
    "stages",
    "materials",
    "model",
    "catalogue",
    "campaign",
    "intake",
    "rules",
    "standing",
    "examination",
    "pipeline",
    "output",
    "cli",
)
HEAVY = ("pandas", "openpyxl", "docxtpl", "altair")


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def imports(path: Path) -> set[str]:
    """The modules of this package that a file imports, wherever in the file it does so."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path}: imports are absolute"
    return {name for name in found if name.startswith("huitoukan.")}


FILES = sorted(SOURCE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_imports_only_point_down(path):
    own = path.relative_to(SOURCE).with_suffix("").parts[0]
    if own.startswith("__"):
        return
    floor = FLOORS.index(own)
    above = {name for name in imports(path) if room(name) in FLOORS and FLOORS.index(room(name)) > floor}
    assert not above, f"{own} must not know {above}"


def test_the_ground_floor_needs_no_third_party():
    top = set(sys.stdlib_module_names) | {"huitoukan", "__future__"}
    trees = [
        ast.parse((SOURCE / name).read_text(encoding="utf-8"))
        for name in (
            "phrase.py",
            "grid.py",
            "days.py",
            "answers.py",
            "authorship.py",
            "stages.py",
            "materials.py",
            "model.py",
        )
    ]
    tree = ast.Module([node for tree in trees for node in tree.body], [])
    names = {
        node.module.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
    }
    names |= {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert names <= top


def test_the_architecture_page_names_every_room():
    page = (Path(__file__).parents[1] / "docs/architecture.md").read_text(encoding="utf-8")
    for path in FILES:
        name = path.relative_to(SOURCE).as_posix()
        if path.name not in ("__init__.py", "__main__.py"):
            assert f"`{name}`" in page, f"docs/architecture.md does not name {name}"


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_nothing_heavy(option):
    code = (
        "import sys; sys.argv = ['huitoukan', sys.argv[1]]\n"
        "from huitoukan.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"print('LOADED', [name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, option], capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert done.stdout.splitlines()[-1] == "LOADED []"
    assert len(done.stdout.splitlines()) > 1, "the option printed something before"


def test_only_the_face_prints():
    for path in FILES:
        if room("huitoukan." + path.relative_to(SOURCE).parts[0]) == "cli":
            continue
        calls = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
        assert not [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"], path
