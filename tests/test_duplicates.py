"""Several files for one unit and stage, through the whole flow: what holds whatever they are called and wherever they lie."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from huitoukan.campaign.campaign import Campaign
from huitoukan.campaign.decisions import Decision
from huitoukan.cli.app import app
from huitoukan.model import FileStatus, Stage, Verdict
from huitoukan.output.text import Words
from huitoukan.pipeline import Inspection, inspect
from huitoukan.standing.aggregate import standings
from tests.support.forms import Layout, build, filling, items, shipped, units

COUNTY = "140724"
LEPING = "140724100"
FEW = settings(max_examples=12, deadline=None, derandomize=True)
NAMES = st.sampled_from(
    (
        "乐平镇",
        "乐平镇 终稿",
        "乐平镇最终版",
        "final",
        "乐平镇(1)",
        "乐平镇 - 副本",
        "修改2",
        "20240525",
        "评分表",
    )
)
FOLDERS = st.sampled_from(("", "昔阳县/", "自评/昔阳县/", "新建文件夹 (2)/", "昔阳县/自评/终稿/"))
PATHS = st.builds("{}{}.xlsx".format, FOLDERS, NAMES)


def form(seed: int, deducted: float = 0.2) -> bytes:
    """A filled self-assessment of 昔阳县乐平镇, another one for each seed."""
    unit = next(unit for unit in units() if unit.code == LEPING)
    return build(Layout(), [filling(random.Random(seed), unit, Stage.SELF, deducted=deducted)])[0]


def inspected(
    files: Mapping[str, bytes], decisions: Sequence[Decision] = (), **options: object
) -> Inspection:
    own = shipped().settings.model_copy(update={"decisions": tuple(decisions)})
    campaign = replace(shipped(), settings=own)
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), files)
        return inspect(Path(folder), campaign, jobs=1, **({"county": COUNTY} | options))  # type: ignore[arg-type]


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def verdicts(inspection: Inspection) -> dict[str, tuple[object, ...]]:
    """What is said of every unit, without the names of files."""
    counties = standings(inspection.by_unit, inspection.campaign)
    every = [one for county in counties for one in (county, *county.townships)]
    return {
        s.unit.code: (s.verdict, s.score, s.basis, s.grade, s.margin, s.rank, s.dimensions) for s in every
    }


def codes(inspection: Inspection) -> list[str]:
    return sorted(found.code for found in inspection.coverage if found.code not in ("C601", "C602"))


# ------------------------------------------------------------------------------------------ properties


@FEW
@given(st.lists(st.integers(0, 3), min_size=1, max_size=4), st.data())
def test_order_and_names_of_duplicates_change_no_verdict(seeds: list[int], data: st.DataObject) -> None:
    contents = [form(seed) for seed in seeds]
    every = st.lists(PATHS, min_size=len(seeds), max_size=len(seeds), unique=True)
    one, other = data.draw(every), data.draw(every)
    shuffled = data.draw(st.permutations(contents))
    first = inspected(dict(zip(one, contents, strict=True)))
    again = inspected(dict(zip(other, shuffled, strict=True)))
    assert verdicts(first) == verdicts(again)
    assert codes(first) == codes(again)
    assert (verdicts(first)[LEPING][0] is Verdict.PENDING) is (len(set(seeds)) > 1)


@FEW
@given(st.lists(st.integers(0, 3), min_size=1, max_size=2, unique=True), PATHS, st.integers(0, 1))
def test_a_copy_anywhere_changes_no_verdict(seeds: list[int], path: str, which: int) -> None:
    files = {f"收到/{n}.xlsx": form(seed) for n, seed in enumerate(seeds)}
    copied = {path: files[f"收到/{which % len(seeds)}.xlsx"]}
    before, after = inspected(files), inspected(files | copied)
    assert verdicts(before) == verdicts(after)
    assert codes(after) == sorted([*codes(before), "C604"])


@FEW
@given(st.integers(0, 3), st.integers(4, 7), PATHS, PATHS, st.booleans())
def test_a_decision_gives_the_verdict_of_its_file_alone(
    one: int, two: int, path: str, other: str, first: bool
) -> None:
    files = {path: form(one), f"另存/{other}": form(two)}
    chosen = path if first else f"另存/{other}"
    decision = Decision(unit="昔阳县乐平镇", stage=Stage.SELF, file=chosen, reason="电话确认")
    decided, alone = inspected(files, [decision]), inspected({chosen: files[chosen]})
    assert verdicts(decided) == verdicts(alone)
    assert codes(decided) == ["C606"]
    assert verdicts(inspected(files))[LEPING][0] is Verdict.PENDING


# ------------------------------------------------------------------------------------------ outputs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files of one unit that differ on one item, one of another unit, and a campaign file that decides nothing."""
    full = filling(random.Random(1), next(u for u in units() if u.code == LEPING), Stage.SELF, deducted=0)
    other = replace(full, scores=dict(full.scores) | {"T1.4": Decimal(0)})
    home = tmp_path / "in"
    write(
        home,
        {
            "昔阳县/乐平镇.xlsx": build(Layout(), [full])[0],
            "昔阳县/乐平镇 终稿.xlsx": build(Layout(), [other])[0],
        },
    )
    return home


def decide(folder: Path, *lines: str) -> None:
    shipped_text = (Path(__file__).parents[1] / "src/huitoukan/campaign/data/campaign.yaml").read_text(
        "utf-8"
    )
    decisions = "".join(f"\n  - {{{line}}}" for line in lines)
    text = shipped_text.replace("decisions: []", f"decisions:{decisions}")
    assert text != shipped_text
    (folder / "campaign.yaml").write_text(text, "utf-8")


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [*map(str, arguments), "--quiet"])
    assert result.exit_code in (0, 1), result.output
    return result.stdout


def test_every_file_of_a_contradiction_has_a_problem(folder: Path) -> None:
    inspection = inspect(folder, shipped(), jobs=1)
    statuses = {file.path: file.status for file in inspection.files}
    assert set(statuses.values()) == {FileStatus.FINDINGS}
    found = [f for f in inspection.findings if f.code == "C603"]
    assert [(f.file, f.others) for f in found] == [("昔阳县/乐平镇 终稿.xlsx", ("昔阳县/乐平镇.xlsx",))]
    message = Words("zh").message(found[0])
    assert "有 1 项不同：T1.4 计划总结（①F" in message
    assert len(items(found[0].unit and shipped().roster.units[found[0].unit].level)) > 1  # one of many items


def test_the_feedback_page_shows_a_contradiction_once(folder: Path, tmp_path: Path) -> None:
    run("report", folder, "--out", tmp_path / "out", "--county", "昔阳县")
    page = (tmp_path / "out/feedback/昔阳县.html").read_text("utf-8")
    assert page.count("分数不一致") == 1
    assert "①昔阳县/乐平镇 终稿.xlsx、②昔阳县/乐平镇.xlsx" in page


def test_a_decision_is_told_with_the_standing(folder: Path) -> None:
    decide(folder, "unit: 140724100, stage: self, file: 昔阳县/乐平镇 终稿.xlsx, reason: 6月3日电话确认")
    document = json.loads(run("aggregate", folder, "--county", "昔阳县", "--format", "json"))
    (own,) = (t for t in document["counties"][0]["townships"] if t["code"] == LEPING)
    assert own["source"]["file"] == "昔阳县/乐平镇 终稿.xlsx"
    assert own["status"] == "pass"
    assert [r["text"] for r in own["reasons"] if r["rule"] == "decided"] == [
        "自评阶段以昔阳县/乐平镇 终稿.xlsx 为准（检查活动文件的决定：6月3日电话确认）。"
    ]


@pytest.mark.parametrize(
    "selection", [("--stage", "county"), ("--stage", "city"), ("--county", "祁县"), ("--stage", "self")]
)
def test_selections_say_nothing_false_of_decisions(folder: Path, selection: tuple[str, str]) -> None:
    decide(folder, "unit: 昔阳县乐平镇, stage: self, file: 昔阳县\\乐平镇.xlsx, reason: 电话确认")
    document = json.loads(run("validate", folder, *selection, "--format", "json"))
    found = {f["code"] for f in document["findings"]}
    assert "C607" not in found
    assert "C603" not in found
    assert ("C606" in found) is (selection == ("--stage", "self"))


def test_a_decision_about_one_file_of_a_folder_concerns_no_other_run(folder: Path) -> None:
    """One workbook may be looked at alone: nothing is missed then, and it counts."""
    decide(folder, "unit: 昔阳县乐平镇, stage: self, file: 昔阳县/乐平镇.xlsx, reason: 电话确认")
    document = json.loads(
        run(
            "validate",
            folder / "昔阳县/乐平镇 终稿.xlsx",
            "--campaign",
            folder / "campaign.yaml",
            "--format",
            "json",
        )
    )
    assert not [f for f in document["findings"] if f["code"].startswith("C")]


def test_a_decision_that_names_no_file_of_the_folder(folder: Path, tmp_path: Path) -> None:
    decide(folder, "unit: 昔阳县乐平镇, stage: self, file: 乐平镇.xlsx, reason: 电话确认")
    document = json.loads(run("validate", folder, "--county", "昔阳县", "--format", "json"))
    (finding,) = (f for f in document["findings"] if f["code"] == "C607")
    assert (finding["severity"], finding["file"], finding["unit"], finding["stage"]) == (
        "error", None, None, "self",
    )  # fmt: skip
    assert "C603" in {f["code"] for f in document["findings"]}
    run("report", folder, "--out", tmp_path / "out", "--county", "昔阳县")
    page = (tmp_path / "out/feedback/昔阳县.html").read_text("utf-8")
    assert "没有着落" not in page  # the county cannot put the campaign file right


def test_campaigns_without_decisions_are_as_before(campaign: Campaign) -> None:
    assert campaign.decisions == {}
