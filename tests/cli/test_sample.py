"""`huitoukan sample`: a draw needs a public seed, writes evidence that is not overwritten, and can be checked."""

import csv
import io
import json
import shutil
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import yaml

from huitoukan.campaign.campaign import DATA, load_campaign
from huitoukan.campaign.coverage import selection
from huitoukan.cli import app
from huitoukan.output.sample_workbook import sample_workbook
from huitoukan.output.text import Words
from huitoukan.standing.certificate_view import view_of
from tests.cli.test_cli import run as run_alone
from tests.support.lots import digest

FILES = {"certificate.html", "certificate.json", "coverage.yaml", "roster.txt", "sample.csv", "sample.xlsx"}
SEED = ("--seed", "2024093")


@pytest.fixture
def run(monkeypatch, capsys):
    """The command in this process: starting Python takes longer than drawing."""

    def do(*arguments):
        monkeypatch.setattr(sys, "argv", ["huitoukan", *map(str, arguments)])
        capsys.readouterr()
        code = app.run()
        return (code, *capsys.readouterr())

    return do


@pytest.fixture
def draw(run):
    return lambda folder, *arguments: drawn(run, folder, *arguments)


def drawn(run, folder, *arguments):
    code, out, err = run("sample", "--out", folder, *SEED, *arguments)
    assert code == 0, err
    return json.loads((folder / "certificate.json").read_text(encoding="utf-8")), out, err


def names(record, key="townships"):
    return [one["name"] for one in record["result"][key]]


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("抽样") / "市级"
    record, out, err = drawn(run_alone, folder)
    return folder, record, out, err


def test_the_files_of_a_draw(city):
    folder, record, out, err = city
    assert {path.name for path in folder.iterdir()} == FILES
    assert (len(names(record, "counties")), len(names(record))) == (6, 24)
    assert all(name in out for name in names(record))
    assert "抽中县（区、市）6 个，乡镇（街道）24 个。" in err
    assert digest((folder / "roster.txt").read_text(encoding="utf-8")) == record["roster"]["sha256"]
    rows = list(csv.DictReader(io.StringIO((folder / "sample.csv").read_text(encoding="utf-8-sig"))))
    assert [row["name"] for row in rows if row["level"] == "township"] == names(record)
    page = (folder / "certificate.html").read_text(encoding="utf-8")
    for text in (
        "2024093",
        record["plan_sha256"],
        record["roster"]["sha256"],
        record["fingerprint"],
        *names(record),
    ):
        assert text in page
    line = page.partition("例如：")[2].partition("<code>")[2].partition("</code>")[0]
    assert digest(line) in page
    assert "都是精确值" in page


def test_the_snippet_puts_the_units_into_a_campaign(city, tmp_path):
    folder, record, _, _ = city
    text = (folder / "coverage.yaml").read_text(encoding="utf-8")
    codes = [one["code"] for key in ("counties", "townships") for one in record["result"][key]]
    assert yaml.safe_load(text) == {"coverage": {"city_units": codes}}
    own = tmp_path / "campaign.yaml"
    shipped = (DATA / "campaign.yaml").read_text(encoding="utf-8")
    before, _, after = shipped.partition("  city_units: []")
    lines = text.partition("coverage:\n")[2]
    own.write_text(before + lines + after.partition("\n")[2], encoding="utf-8")
    campaign = load_campaign(own)
    assert selection(campaign.settings.coverage, campaign.roster).city == set(codes)


def test_the_workbook(city):
    folder, record, _, _ = city
    book = openpyxl.load_workbook(folder / "sample.xlsx")
    assert book.sheetnames == ["县级机构名单", "乡镇名单", "抽样底稿"]
    listed = book["乡镇名单"]
    assert [row[2].value for row in listed.iter_rows(min_row=3)] == names(record)
    assert listed.print_title_rows == "$2:$2"
    working = book["抽样底稿"]
    marked = [row[1].value for row in working.iter_rows(min_row=2) if row[9].value == "抽中"]
    assert len(marked) == 30
    formulas = [cell.value for row in working.iter_rows(min_row=2, min_col=7, max_col=7) for cell in row]
    assert all(formula.startswith("=") for formula in formulas)
    with zipfile.ZipFile(folder / "sample.xlsx") as archive:
        assert {part.date_time[:3] for part in archive.infolist()} == {(2024, 5, 10)}


def test_the_formulas_of_the_working_draw_the_same(city):
    """The formulas as a spreadsheet works them out, in floating point."""
    folder, _, _, _ = city
    cells = openpyxl.load_workbook(folder / "sample.xlsx")["抽样底稿"]
    sums, wholes, blocks = {}, {}, 0
    for n in range(2, cells.max_row + 1):
        _, _, _, number, _, chance, total, whole, check, mark = (cell.value for cell in cells[n])
        assert whole == f"=INT(G{n})"
        if chance is None:  # the start of a pool
            blocks += 1
            assert total == f"=(HEX2DEC(MID(D{n},1,6))*16^6+HEX2DEC(MID(D{n},7,6)))/16^12"
            sums[n] = (int(number[:6], 16) * 16**6 + int(number[6:12], 16)) / 16**12
        else:
            assert total == f"=G{n - 1}+F{n}"
            above, _, below = chance[1:].partition("/")
            sums[n] = sums[n - 1] + int(above) / int(below or 1)
            assert check == f'=IF(H{n}>H{n - 1},"抽中","")'
        wholes[n] = int(sums[n])
        if chance is not None:
            assert (wholes[n] > wholes[n - 1]) == (mark == "抽中")
    assert blocks in (6, 7)


def test_the_few_lines_of_the_documentation_draw_the_same(city):
    folder, record, _, _ = city
    page = (Path(__file__).parents[2] / "docs/sampling.md").read_text(encoding="utf-8")
    lines = page.partition("```python\n")[2].partition("```")[0]
    command = [sys.executable, "-X", "utf8", "-W", "ignore", "-c", lines, str(folder / "certificate.json")]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    codes = [one["code"] for key in ("counties", "townships") for one in record["result"][key]]
    assert sorted(line.split()[0] for line in done.stdout.splitlines()) == sorted(codes)


def test_lists_are_grouped_by_those_in_charge(city):
    _, record, _, _ = city
    bodies = [one["code"] for one in record["result"]["counties"]]
    leaders = {bodies[0]: "乙", bodies[1]: "甲", bodies[2]: "乙"}
    view = view_of(record)
    book = openpyxl.load_workbook(
        io.BytesIO(sample_workbook(view, date(2024, 5, 10), Words(), leaders)), data_only=True
    )
    rows = list(book["县级机构名单"].iter_rows(min_row=2, values_only=True))
    assert rows[0][1] == "包县领导"
    assert [row[1] or "" for row in rows[1:]] == sorted(row[1] or "\uffff" for row in rows[1:])[:3] + [""] * 3
    assert {row[5]: row[1] for row in rows[1:4]} == leaders
    assert [row[0] for row in rows[1:]] == [1, 2, 3, 4, 5, 6]


def test_the_same_seed_gives_the_same_bytes(city, tmp_path, draw):
    folder, _, _, _ = city
    draw(tmp_path / "again")
    for name in FILES:
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name


def test_without_a_seed_nothing_is_drawn(tmp_path, city, run):
    code, out, err = run("sample", "--out", tmp_path / "x")
    assert (code, out) == (2, "")
    assert "--seed" in err
    _, record, _, _ = city
    assert record["plan_sha256"] in err  # what is published before the seed is the plan that is drawn by
    assert record["roster"]["sha256"] in err
    assert not (tmp_path / "x").exists()


def test_a_certificate_is_not_overwritten(tmp_path, run, draw):
    draw(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    draw(tmp_path)  # the same again: nothing to complain of
    code, _, err = run("sample", "--out", tmp_path, "--seed", "2024094")
    assert code == 2
    assert "--force" in err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert run("sample", "--out", tmp_path, "--seed", "2024094", "--force")[0] == 0
    assert json.loads((tmp_path / "certificate.json").read_bytes())["seed"] == "2024094"


def test_a_county_draws_its_six(tmp_path, draw):
    record, _, err = draw(tmp_path, "--design", "county", "--county", "昔阳县")
    assert len(names(record)) == 6
    assert "抽中乡镇（街道）6 个" in err
    snippet = yaml.safe_load((tmp_path / "coverage.yaml").read_text(encoding="utf-8"))
    codes = [one["code"] for one in record["result"]["townships"]]
    assert snippet == {"coverage": {"county_units": {"昔阳县": codes}}}
    assert openpyxl.load_workbook(tmp_path / "sample.xlsx").sheetnames == ["乡镇名单", "抽样底稿"]
    everyone, _, err = draw(tmp_path / "all", "--design", "county", "--townships", "7")
    assert len(names(everyone)) == 77
    assert "晋中开发区没有可抽的乡镇（街道），不抽。" in err


def test_people_choose_with_reasons(tmp_path, draw):
    record, out, _ = draw(
        tmp_path, "--exclude", "昔阳县乐平镇=刚检查过", "--include", "平遥县=群众反映", "--include", "介休市北关街道＝举报",
        "--counties", "5", "--townships", "20", "--allocation", "proportional",
    )  # fmt: skip
    assert (len(names(record, "counties")), len(names(record))) == (5, 20)
    assert "选定：群众反映" in out
    assert "选定：举报" in (tmp_path / "certificate.html").read_text(encoding="utf-8")
    assert "刚检查过" in (tmp_path / "certificate.html").read_text(encoding="utf-8")


def test_weights_from_a_history(tmp_path, run, draw):
    (tmp_path / "历史.csv").write_text(
        "单位名称,结论,上次检查\n昔阳县,未达标,\n祁县,达标,从未\n", encoding="utf-8"
    )
    record, _, err = draw(tmp_path / "o", "--history", tmp_path / "历史.csv")
    assert {w["code"]: w["weight"] for w in record["plan"]["weights"]} == {"140724": "2", "140727": "2"}
    assert record["sources"]["history"][0]["sha256"] == digest(
        (tmp_path / "历史.csv").read_text(encoding="utf-8")
    )
    assert "2 个单位，其中 2 个加权" in err
    assert "“上次检查”一栏有 1 个单位空白" in err
    page = (tmp_path / "o/certificate.html").read_text(encoding="utf-8")
    assert "上年未达标" in page
    assert "近似" in page
    code, _, err = run("sample", "--out", tmp_path / "p", *SEED, "--history", tmp_path / "没有.csv")
    assert code == 2
    assert "R925" in err


def test_settings_of_the_campaign(tmp_path, run, draw):
    text = (DATA / "campaign.yaml").read_text(encoding="utf-8")
    text = text.replace("without_townships: {value: drawn", "without_townships: {value: left_out")
    text = text.replace("types: {value: by_chance", "types: {value: fixed").replace(
        "value: equal", "value: anywhere"
    )
    (tmp_path / "campaign.yaml").write_text(text, encoding="utf-8")
    record, _, err = draw(tmp_path)
    assert "townships_inside_counties" in err  # the two settings contradict each other
    plan = record["plan"]
    assert (plan["without_townships"], plan["types"], plan["allocation"]) == ("left_out", "fixed", "anywhere")
    (tmp_path / "campaign.yaml").write_text(
        text.replace("value: anywhere", "value: everywhere"), encoding="utf-8"
    )
    code, _, err = run("sample", "--out", tmp_path, *SEED, "--force")
    assert code == 2
    assert "R902" in err


@pytest.mark.parametrize(
    ("form", "read"), [("json", json.loads), ("jsonl", str.splitlines), ("csv", str.splitlines)]
)
def test_data_on_stdout(tmp_path, form, read, draw):
    record, out, err = draw(tmp_path, "--format", form, "--quiet")
    assert err == ""
    found = read(out)
    assert found == record if form == "json" else len(found) == 30 + (form == "csv")


# ------------------------------------------------------------------------------------------------ checking


def test_an_honest_certificate(city, run):
    folder, _, _, _ = city
    code, out, err = run("sample", "--verify", folder / "certificate.json", *SEED)
    assert (code, out) == (0, "")
    assert "重抽结果与证书相同" in err


def test_what_differs_is_named(city, tmp_path, run):
    folder, record, _, _ = city
    place = tmp_path / "certificate.json"
    place.write_text(json.dumps(record | {"seed": "1"}), encoding="utf-8")
    code, out, err = run("sample", "--verify", place)
    assert code == 1
    assert "校验值" in out
    assert "重抽结果与证书不同" in err
    code, out, _ = run("sample", "--verify", folder / "certificate.json", "--seed", "5")
    assert code == 1
    assert "公布的种子是“5”" in out
    shutil.copy(folder / "certificate.json", place)
    for name in ("campaign.yaml", "roster.csv"):
        shutil.copy(DATA / name, tmp_path / name)
    for name, old, new in (
        ("campaign.yaml", "units: shipped", "units: roster.csv"),
        ("roster.csv", "大寨镇,township,140724,镇,yes", "大寨镇,township,140724,镇,no"),
    ):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert old in text
        (tmp_path / name).write_text(text.replace(old, new), encoding="utf-8")
    code, out, err = run("sample", "--verify", place)
    assert code == 1
    assert "名录已变" in out
    assert "大寨镇" in out
    assert "重抽结果与证书相同" in err


def test_a_check_as_data(city, run):
    folder, _, _, _ = city
    code, out, _ = run("sample", "--verify", folder / "certificate.json", "--seed", "5", "--format", "json")
    found = json.loads(out)
    assert (code, found["same"], [one["kind"] for one in found["differences"]]) == (1, True, ["seed"])


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"kind": "huitoukan sampling certificate"}'])
def test_no_certificate(tmp_path, content, run):
    (tmp_path / "c.json").write_text(content, encoding="utf-8")
    code, out, err = run("sample", "--verify", tmp_path / "c.json")
    assert (code, out) == (2, "")
    assert "R928" in err


# ------------------------------------------------------------------------------------------------ wrong usage


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--exclude", "昔阳县乐平镇"), "理由"),
        (("--exclude", "北关街道=x"), "榆次区北关街道"),
        (("--exclude", "昔阳县乐坪镇=x"), "昔阳县乐平镇"),
        (("--exclude", "昔阳县=x", "--include", "昔阳县乐平镇=y"), "又排除又选定"),
        (("--include", "昔阳县=x", "--include", "昔阳=y"), "两次"),
        (("--include", "昔阳县=x", "--counties", "1", "--include", "祁县=y"), "应抽的 1 个"),
        (("--county", "昔阳县"), "--design county"),
        (("--design", "county", "--counties", "3"), "--design city"),
        (("--design", "county", "--county", "晋中开发区"), "没有可抽的单位"),
        (("--design", "county", "--include", "昔阳县=x"), "不抽这些单位"),
        (("--counties", "0"), "--counties"),
        (("--seed", "a|b"), "种子"),
    ],
)
def test_wrong_usage(tmp_path, arguments, words, run):
    code, out, err = run("sample", "--out", tmp_path / "x", *SEED, *arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert not (tmp_path / "x").exists()


def test_out_is_missing(run):
    code, _, err = run("sample", *SEED)
    assert code == 2
    assert "--out" in err


def test_an_input_is_not_overwritten(tmp_path, run):
    history = tmp_path / "sample.csv"
    history.write_text("单位名称,结论\n昔阳县,未达标\n", encoding="utf-8")
    code, _, err = run("sample", "--out", tmp_path, *SEED, "--history", history)
    assert code == 2
    assert "sample.csv" in err
    assert {path.name for path in tmp_path.iterdir()} == {"sample.csv"}
