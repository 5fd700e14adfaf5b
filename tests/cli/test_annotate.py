"""`huitoukan annotate` and `validate --since`: round the whole way, from the folder to the corrected copy and back."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.cli.test_cli import run

SAMPLES = Path(__file__).parents[2] / "sample_sheets"
ONE = "自评/左权县/石匣乡评分表.xlsx"
OTHER = "自评/左权县/粟城乡评分表.xlsx"


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "报送"
    for name in (ONE, OTHER, "campaign.yaml", "自评/榆社县/北寨乡 统计规范化自评表 最终版.xls"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SAMPLES / name, place / name)
    return place


def test_there_and_back(folder, tmp_path):
    """Marked, corrected, sent back: what was corrected is fixed, and what was not remains."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    old = tmp_path / "以前.json"
    old.write_text(run("validate", folder, "--format", "json", "-q")[1], encoding="utf-8")
    out = folder / "标注"
    code, told, err = run("annotate", folder, "--out", out)
    assert (code, told) == (0, "")
    assert "3 份标注副本" in err
    assert "原件是 .xls" in err
    assert "当作又一份" in err  # it lies inside of the folder
    assert {path: path.read_bytes() for path in before} == before
    assert (out / "左权县" / ONE.replace("左权县/", "")).is_file()
    assert (out / "榆社县/自评/北寨乡 统计规范化自评表 最终版.xlsx").is_file()
    with zipfile.ZipFile(out / "左权县.zip") as archive:
        assert "自评/石匣乡评分表.xlsx" in archive.namelist()
        assert "问题清单" in archive.read("请先看.txt").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO((out / "annotated.csv").read_text(encoding="utf-8-sig"))))
    assert {row["how"] for row in rows} == {"marked", "rebuilt"}
    assert {row["file"] for row in rows} >= {ONE, OTHER}

    # The second run reads none of the copies, which lie inside of the folder, and writes the same again.
    written = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert run("annotate", folder, "--out", out, "-q") == (0, "", "")
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == written

    found = next(f for f in json.loads(old.read_text(encoding="utf-8"))["findings"] if f["code"] == "S421")
    copy = out / "左权县/自评/石匣乡评分表.xlsx"
    book = load_workbook(copy)
    book[found["sheet"]][found["cell"]] = float(found["expected"])
    book.save(copy)
    back = tmp_path / "再报"
    shutil.copytree(out / "左权县/自评", back / "自评/左权县")
    shutil.copy(folder / "campaign.yaml", back)
    code, told, err = run("validate", back, "--since", old, "--county", "左权县", "--format", "json")
    document = json.loads(told)
    assert "S421" in {one["code"] for one in document["since"]["fixed"]}
    assert "已改正" in err
    still = {f["code"] for f in document["findings"] if f["file"] and f["since"] == "remaining"}
    assert still
    assert document["since"]["absent"] == []
    assert not any(
        one["code"].startswith(("L", "F")) and one["since"] == "new" for one in document["findings"]
    )
    whole = json.loads(run("validate", back, "--since", old, "--format", "json")[1])
    assert {one["file"] for one in whole["since"]["absent"]} == {
        "自评/榆社县/北寨乡 统计规范化自评表 最终版.xls"
    }

    # Inside of the folder it would not even be read: that is refused as for every output.
    code, _, err = run("annotate", folder, "--out", out, "--force")
    assert code == 2
    assert "石匣乡评分表.xlsx" in err


def test_what_a_colleague_has_changed_is_not_written_over(folder, tmp_path):
    out = tmp_path / "标注"
    assert run("annotate", folder / ONE, "--out", out, "-q") == (0, "", "")
    copy = out / "左权县/石匣乡评分表.xlsx"
    first = copy.read_bytes()
    load_workbook(copy).save(copy)
    changed = copy.read_bytes()
    code, _, err = run("annotate", folder / ONE, "--out", out)
    assert code == 2
    assert "有人改过" in err
    assert copy.read_bytes() == changed
    assert run("annotate", folder / ONE, "--out", out, "--force", "-q")[0] == 0
    assert copy.read_bytes() == first


def test_copies_of_what_is_no_longer_wrong_go(folder, tmp_path):
    out = tmp_path / "标注"
    assert run("annotate", folder, "--out", out, "-q")[0] == 0
    kept = out / "榆社县/自己的.xlsx"
    shutil.copy(SAMPLES / ONE, kept)
    (folder / ONE).unlink()
    (folder / "自评/榆社县/北寨乡 统计规范化自评表 最终版.xls").unlink()
    assert run("annotate", folder, "--out", out, "--county", "左权县", "-q")[0] == 0
    assert not (out / "左权县/自评/石匣乡评分表.xlsx").exists()
    assert (out / "左权县/自评/粟城乡评分表.xlsx").exists()
    assert (out / "榆社县.zip").exists()  # the run was not about that county
    assert run("annotate", folder, "--out", out, "-q")[0] == 0
    assert not (out / "榆社县.zip").exists()
    assert [path.name for path in (out / "榆社县").rglob("*.*")] == [kept.name]


def test_one_workbook_in_english(folder, tmp_path):
    code, _, err = run("annotate", folder / ONE, "--out", tmp_path / "out", "--lang", "en")
    assert code == 0
    assert "1 marked copies" in err
    book = load_workbook(tmp_path / "out/左权县/石匣乡评分表.xlsx")
    assert book.sheetnames[0] == "List of problems"
    assert (tmp_path / "out/左权县/Read me first.txt").is_file()


def test_a_clean_folder_gives_nothing(tmp_path):
    place = tmp_path / "报送"
    place.mkdir()
    (place / "说明.txt").write_text("没有表", encoding="utf-8")
    code, _, err = run("annotate", place, "--out", tmp_path / "out")
    assert code == 0
    assert "没有需要标注的工作簿" in err
    assert not (tmp_path / "out").exists()


def test_results_must_not_meet_inputs(folder):
    assert run("annotate", folder, "--out", folder)[0] == 2
    assert run("annotate", folder, "--out", folder / "自评")[0] == 2


@pytest.mark.parametrize("form", ["table", "jsonl", "csv"])
def test_since_in_every_format(folder, tmp_path, form):
    old = tmp_path / "results.json"
    old.write_text(run("validate", folder, "--format", "json", "-q")[1], encoding="utf-8")
    (folder / OTHER).unlink()
    code, told, err = run("validate", folder, "--since", old, "--format", form)
    assert code == 1
    assert "与 results.json 相比" in err
    assert "这次没有收到" in err
    if form == "table":
        assert "仍在" in told
        assert "这次没有收到" in told
        return
    lines = (
        [json.loads(line) for line in told.splitlines()]
        if form == "jsonl"
        else list(csv.DictReader(io.StringIO(told)))
    )
    assert {"remaining", "absent"} <= {line["since"] for line in lines}
    assert all(
        line["unit"] == "140722202" or line["file"] == OTHER for line in lines if line["since"] == "absent"
    )


def test_since_something_else_is_bad_usage(folder):
    code, out, err = run("validate", folder, "--since", folder / "campaign.yaml")
    assert (code, out) == (2, "")
    assert "不能用来比较" in err
    assert run("validate", folder, "--since", folder / "none.json")[0] == 2
    assert run("validate", folder, "--since", folder)[0] == 2
