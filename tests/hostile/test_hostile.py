"""Files made to do harm, all in one folder with good ones: the run ends, each says what is wrong, the good ones lose nothing."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from huitoukan import pipeline
from huitoukan.campaign.campaign import Campaign, load_campaign
from huitoukan.model import FileResult, FileStatus
from huitoukan.output import records
from huitoukan.output.text import Words
from tests.hostile import archives, containers, mails, sheets, zips
from tests.hostile.case import READS, Hostile, good
from tests.hostile.measure import measured, seconds_of
from tests.support.checks import assert_sound

CORPORA = (zips, sheets, containers, archives, mails)
CASES: list[Hostile] = [case for module in CORPORA for case in module.corpus.cases]
SECONDS, MEGABYTES = 5.0, 1024  # of the processor, and of address space
LARGEST_RESULT = 4 * 1024 * 1024  # bytes on their way from a worker
SOME = 20  # files of an archive that are looked at in every detail
QUICK = 0.1  # seconds: files that are read again and again to see that the answer stays the same
NEIGHBOURS = {f"好/{n}.xlsx": good(100 + n) for n in range(6)}


def limited(campaign: Campaign) -> Campaign:
    """The campaign with the memory that a worker may take here; time is measured, so that a busy machine fails nothing."""
    limits = campaign.settings.limits.model_copy(update={"memory_megabytes": MEGABYTES, "seconds": 120})
    return replace(campaign, settings=campaign.settings.model_copy(update={"limits": limits}))


@dataclass(frozen=True)
class Ran:
    """The run over everything: the folder, and the results by path."""

    folder: Path
    results: dict[str, FileResult]

    def quick(self) -> list[Hostile]:
        """The files that took no time worth speaking of."""
        took = {case.name: seconds_of(self.folder / case.name) for case in CASES}
        return [
            case for case in CASES if not case.isolated and took[case.name] and sum(took[case.name]) < QUICK
        ]

    def inside(self, case: Hostile) -> dict[str, FileResult]:
        """The results of the files in an archive or a mail, by their path in it."""
        start = f"{case.name}/"
        return {path.removeprefix(start): one for path, one in self.results.items() if path.startswith(start)}


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> Iterator[Ran]:
    root = tmp_path_factory.mktemp("敌意")
    folder = root / "files"
    (root / "measures").mkdir()
    write(folder, NEIGHBOURS)
    for case in CASES:
        (folder / case.name).write_bytes(case.build())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "_process_submission", measured)
        inspection = pipeline.inspect(folder, limited(load_campaign()), jobs=2)
    yield Ran(folder, {result.path: result for result in inspection.files})


def test_there_are_enough_of_them():
    assert len(CASES) >= 300
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_hostile_file(ran, case):
    inside = ran.inside(case)
    assert {path: codes(one) for path, one in inside.items()} == case.inside
    result = ran.results[case.name]
    said = [Words("zh").message(found) for found in result.findings[:3]]
    assert codes(result) == case.expect, said
    for one in (result, *inside.values()):
        assert not any("程序出错" in str(found.details) for found in one.findings)
        assert len(pickle.dumps(one)) < LARGEST_RESULT
        if case.expect:
            assert all(found.file == one.path for found in one.findings)
    for one in (result, *list(inside.values())[:SOME]):
        assert_sound(one)
    if not case.isolated:
        assert max(seconds_of(ran.folder / case.name)) < SECONDS


def codes(result: FileResult) -> str:
    return ",".join(found.code for found in result.findings if found.code.startswith("F"))


def test_the_good_files_beside_them_lose_nothing(ran):
    campaign = load_campaign()
    for path, data in NEIGHBOURS.items():
        assert ran.results[path] == pipeline.process(path, data, campaign)
        assert ran.results[path].sheets[0].items


def test_the_good_files_in_them_lose_nothing(ran):
    alone = {name: pipeline.process(name, data, load_campaign()) for name, data in archives.forms().items()}
    count, told = 0, {}
    for case in CASES:
        for path, one in ran.inside(case).items():
            name = path.rpartition("/")[2]
            if name in alone and case.inside[path] == READS:
                count += 1
                assert [sheet.items for sheet in one.sheets] == [sheet.items for sheet in alone[name].sheets]
                assert one.sha256 == alone[name].sha256
                told.setdefault(one.sha256, []).append([found.code for found in one.findings])
    assert count > 100
    for one in alone.values():
        if one.sha256 in told:  # of many copies one at the most says what is wrong, and no other repeats it
            said = [codes for codes in told[one.sha256] if codes]
            assert said in ([], [[found.code for found in one.findings]])


def test_what_mails_say_of_themselves_commands_nothing(ran):
    mails = [one.mail for one in ran.results.values() if one.mail]
    assert len(mails) > 50
    assert all(
        text.isprintable() and len(text) <= 300
        for one in mails
        for text in (one.sender, one.sent, one.subject)
    )


def test_every_file_has_one_result(ran):
    on_disk = {path.relative_to(ran.folder).as_posix() for path in ran.folder.rglob("*") if path.is_file()}
    inside = {f"{case.name}/{path}" for case in CASES for path in case.inside}
    assert set(ran.results) == on_disk | inside


def document(results: Iterable[FileResult]) -> str:
    files = tuple(results)
    findings = tuple(found for file in files for found in file.findings)
    record = records.validation(load_campaign(), files, findings, Words("zh"))
    return json.dumps(record, ensure_ascii=False)


def test_the_answer_is_the_same_however_many_workers_there_are(ran, tmp_path):
    cases = ran.quick()
    assert len(cases) > len(CASES) // 2
    write(tmp_path, NEIGHBOURS)
    for case in cases:
        (tmp_path / case.name).hardlink_to(ran.folder / case.name)
    one, four = (pipeline.inspect(tmp_path, limited(load_campaign()), jobs=jobs).files for jobs in (1, 4))
    assert document(one) == document(four)
    # What lies beside them changes nothing either, but which of several copies says what is wrong.
    assert [file.sheets for file in one] == [ran.results[file.path].sheets for file in one]


MEASURED_COMMAND = """
import re, sys
from pathlib import Path
from huitoukan.cli.app import run
code = run()
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1], file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of one process alone")
def test_the_command_survives_floods_of_findings(ran, tmp_path):
    for case in CASES:
        if case.name.startswith(("洪水-三万行", "洪水-得分", "洪水-许多", "biff")):
            (tmp_path / case.name).hardlink_to(ran.folder / case.name)
    write(tmp_path, NEIGHBOURS)
    done = subprocess.run(
        [sys.executable, "-c", MEASURED_COMMAND, "validate", str(tmp_path), "--format", "json", "--quiet"],
        capture_output=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr.decode()
    found = json.loads(done.stdout)
    assert {file["path"] for file in found["files"]} >= set(NEIGHBOURS)
    (kilobytes,) = done.stderr.split()
    assert int(kilobytes) < 200 * 1024


@pytest.mark.skipif(
    sys.platform == "win32", reason="pipes and sockets in a folder, and names of any bytes, are POSIX"
)
def test_what_is_no_file_does_not_stop_the_run(tmp_path):
    folder = tmp_path / "收件"
    write(folder, NEIGHBOURS)
    os.mkfifo(folder / "管道.xlsx")
    (folder / "断链.xlsx").symlink_to(folder / "没有.xlsx")
    (folder / "环1.xlsx").symlink_to(folder / "环2.xlsx")
    (folder / "环2.xlsx").symlink_to(folder / "环1.xlsx")
    (folder / "目录环").symlink_to(folder, target_is_directory=True)
    (folder / "文件夹.xlsx").mkdir()
    (folder / "设备.xlsx").symlink_to("/dev/zero")
    (folder / "不可读.xlsx").write_bytes(good(1))
    (folder / "不可读.xlsx").chmod(0)  # the superuser may read it all the same
    raw = os.fsencode(folder) + b"/\xff\xfe\x1b[2J.xlsx"
    with contextlib.suppress(OSError):  # some file systems take UTF-8 only
        Path(os.fsdecode(raw)).write_bytes(good(2))
    with socket.socket(socket.AF_UNIX) as server:
        place = Path.cwd()
        os.chdir(folder)  # the path of a socket may only be short
        try:
            server.bind("套接字.xlsx")
        finally:
            os.chdir(place)
        results = {result.path: result for result in pipeline.inspect(folder, load_campaign(), jobs=2).files}
    for path, data in NEIGHBOURS.items():
        assert results[path] == pipeline.process(path, data, load_campaign())
    status = {path: result.status for path, result in results.items()}
    assert status["管道.xlsx"] is status["套接字.xlsx"] is status["设备.xlsx"] is FileStatus.SKIPPED
    assert status["断链.xlsx"] is status["环1.xlsx"] is FileStatus.UNREADABLE
    for result in results.values():
        assert_sound(result)
