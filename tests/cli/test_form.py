"""`huitoukan form`: workbooks in their folders, words on stderr, and nothing that somebody filled in is lost."""

import shutil

import pytest

from huitoukan.campaign.campaign import DATA
from tests.cli.test_cli import run

ONE = "自评/昔阳县/自评-昔阳县-乐平镇.xlsx"


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}


def test_a_county(tmp_path):
    code, out, err = run("form", "--out", tmp_path / "表", "--county", "昔阳县")
    assert (code, out) == (0, "")
    assert "11 份空白评分表（自评）" in err
    written = files(tmp_path / "表")
    assert len(written) == 11
    assert ONE in written
    assert not list((tmp_path / "表").rglob(".*"))  # no temporary file is left


def test_level_stage_optional_quiet(tmp_path):
    arguments = ("form", "--out", tmp_path, "--county", "140724", "--quiet")
    assert run(*arguments, "--level", "county", "--stage", "city") == (0, "", "")
    assert set(files(tmp_path)) == {"市级检查/昔阳县/市级检查-昔阳县-昔阳县统计局.xlsx"}
    assert run(*arguments, "--level", "township", "--optional") == (0, "", "")
    assert "自评/昔阳县/自评-昔阳县-城区.xlsx" in files(tmp_path)


def test_what_is_there_is_not_overwritten(tmp_path):
    arguments = ("form", "--out", tmp_path, "--county", "昔阳县")
    assert run(*arguments)[0] == 0
    before = files(tmp_path)
    assert run(*arguments)[0] == 0  # the same bytes again: nothing to complain of
    (tmp_path / ONE).write_bytes(b"filled in")
    other = "自评/昔阳县/自评-昔阳县-大寨镇.xlsx"
    (tmp_path / other).unlink()
    code, _, err = run(*arguments)
    assert code == 2
    assert "自评-昔阳县-乐平镇.xlsx" in err
    assert "--force" in err
    assert (tmp_path / ONE).read_bytes() == b"filled in"
    assert not (tmp_path / other).exists()  # whole or not at all: nothing was written
    assert run(*arguments, "--force")[0] == 0
    assert files(tmp_path) == before


def test_the_campaign_of_the_folder_is_used(tmp_path):
    text = (DATA / "campaign.yaml").read_text(encoding="utf-8").replace("counties: []", "counties: [祁县]")
    (tmp_path / "campaign.yaml").write_text(text, encoding="utf-8")
    assert run("form", "--out", tmp_path, "--level", "county")[0] == 0
    assert [path.name for path in tmp_path.rglob("*.xlsx")] == ["自评-祁县-祁县统计局.xlsx"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--county", "昔阴县"), "昔阳县"),
        (("--county", "晋中开发区", "--level", "township"), "没有符合条件的单位"),
        (("--stage", "province"), "--stage"),
        (("--rubric", "nowhere.yaml"), "nowhere.yaml"),
    ],
)
def test_wrong_usage(tmp_path, arguments, words):
    code, out, err = run("form", "--out", tmp_path / "x", *arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert not (tmp_path / "x").exists()


def test_out_is_a_file(tmp_path):
    place = tmp_path / "x"
    shutil.copy(DATA / "campaign.yaml", place)
    assert run("form", "--out", place)[0] == 2


def test_out_is_missing():
    code, _, err = run("form")
    assert code == 2
    assert "--out" in err


def test_english(tmp_path):
    _, _, err = run("form", "--out", tmp_path, "--county", "祁县", "--level", "county", "--lang", "en")
    assert "Blank workbooks" in err


def test_questionnaires(tmp_path):
    arguments = ("form", "--county", "昔阳县", "--level", "county", "--stage", "city")
    code, out, err = run(*arguments, "--out", tmp_path / "a", "--kind", "both")
    assert (code, out) == (0, "")
    assert "1 份空白评分表（市级检查）" in err
    assert "1 份空白调查问卷（市级检查）" in err
    start = "市级检查/昔阳县/市级检查-昔阳县-昔阳县统计局"
    assert set(files(tmp_path / "a")) == {f"{start}.xlsx", f"{start}-调查问卷.xlsx"}
    code, _, err = run(*arguments, "--out", tmp_path / "b", "--kind", "questionnaire")
    assert (code, set(files(tmp_path / "b"))) == (0, {f"{start}-调查问卷.xlsx"})
    assert "评分表" not in err


def test_a_campaign_without_a_questionnaire(tmp_path):
    text = (DATA / "campaign.yaml").read_text(encoding="utf-8")
    (tmp_path / "campaign.yaml").write_text(
        text.replace("questionnaire: shipped", "questionnaire: none"), encoding="utf-8"
    )
    code, _, err = run("form", "--out", tmp_path, "--kind", "questionnaire")
    assert code == 2
    assert "没有调查问卷" in err
    assert run("form", "--out", tmp_path, "--county", "昔阳县")[0] == 0
