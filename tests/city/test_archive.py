"""The archive of the made-up city: every form in the group of its stage and the folder of its unit, as was decided."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from huitoukan.intake.discover import arrivals
from huitoukan.output.archive import Archive, Request, plan_archive
from huitoukan.output.archive_store import write_zip
from huitoukan.output.archive_verify import verify
from huitoukan.output.text import Words
from huitoukan.pipeline import Inspection
from huitoukan.standing.aggregate import standings
from tests.support.city.folder import City
from tests.support.filing import contents, manifest, sha256, table, unzipped


@pytest.fixture(scope="module")
def archive(folder: Path, inspection: Inspection) -> Archive:
    counties = tuple(standings(inspection.by_unit, inspection.campaign))
    locations = {one.path: one.location for one in arrivals(folder, None)}
    request = Request(inspection.campaign, inspection.files, inspection.findings, counties, locations)
    return plan_archive(request, Words("zh"))


@pytest.fixture(scope="module")
def filed(archive: Archive) -> dict[str, bytes]:
    return contents(archive)


def test_every_file_of_the_city_is_kept_once(made: City, filed: dict[str, bytes]) -> None:
    record = manifest(filed)
    kept = [file for file in record["files"] if file["role"] == "received"]
    assert len(kept) == len({file["source"] for file in kept})
    left = {one["source"] for one in record["left_out"]}
    assert {file["source"] for file in kept} | left == set(made.files)
    assert {PurePosixPath(path).name for path in left} == {"Thumbs.db", ".DS_Store", "~$汇总.xlsx"}
    assert all(file["sha256"] == sha256(made.files[file["source"]]) for file in kept)


def test_every_form_is_in_the_group_of_its_stage(
    made: City, inspection: Inspection, filed: dict[str, bytes]
) -> None:
    kept = {file["source"]: file for file in manifest(filed)["files"] if file["role"] == "received"}
    held = {
        source: {(part["unit"], part["stage"]) for one in (file, *file.get("members", ())) for part in one["holds"] if part["kind"] == "score_sheet"}
        for source, file in kept.items()
    }  # fmt: skip
    stages: dict[str, set[tuple[str, str]]] = {}
    for key, spot in made.spots.items():
        source = next(path for path in kept if spot.file == path or spot.file.startswith(f"{path}/"))
        stages.setdefault(source, set()).add((key[0], str(key[1])))
    assert {source: parts for source, parts in held.items() if parts} == stages
    roster = inspection.campaign.roster
    for source, parts in stages.items():
        path = PurePosixPath(kept[source]["path"])
        checks = {part for part in parts if part[1] != "self"}
        assert path.parts[0] == ("检查阶段" if checks else "自评阶段")
        units = {unit for unit, _ in checks or parts}
        if len(units) == 1 and not kept[source].get("members"):
            (unit,) = units
            folders = (roster.county_name(roster.units[unit].county), roster.units[unit].name)
            assert path.parts[1:3] == folders


def test_what_a_zip_of_both_stages_holds_is_found_from_the_other_list(filed: dict[str, bytes]) -> None:
    both = "榆社县全部材料.zip"
    checks = {row["原来的位置"]: row for row in table(filed["检查阶段/卷内目录.xlsx"])}
    assert "其中有自评阶段的内容" in checks[both]["备注"]
    number = checks[both]["序号"]
    see = {row["原来的位置"]: row for row in table(filed["自评阶段/卷内目录.xlsx"])}[both]
    assert (see["序号"], see["备注"]) == (None, f"原件在检查阶段第 {number} 件")


def test_a_whole_city_goes_through_a_zip(archive: Archive, filed: dict[str, bytes], tmp_path: Path) -> None:
    write_zip(archive.pieces, tmp_path / "a.zip", archive.moment)
    assert unzipped(tmp_path / "a.zip") == filed
    found = verify(tmp_path / "a.zip", archive.fingerprint)
    assert found.is_whole
    assert len(found.files) == len(filed)
