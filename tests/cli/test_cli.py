"""The commands as an analyst meets them: data on stdout, words on stderr, exit codes, no traceback ever."""

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from huitoukan.campaign.campaign import DATA as SHIPPED
from huitoukan.cli.app import app
from huitoukan.output import chart_font
from huitoukan.output.charts import IDS
from tests.conftest import DATA
from tests.support.archives import locked, zipped
from tests.support.mails import Attachment, mail
from tests.support.terminal import on_a_terminal

DIRTY = DATA / "inbox/dirty"
SAMPLES = Path(__file__).parents[2] / "sample_sheets"


def _docx() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return stream.getvalue()


DOCX = _docx()


def run(*arguments, encoding="utf-8", **environment):
    command = [sys.executable, "-m", "huitoukan", *map(str, arguments)]
    variables = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"} | environment
    done = subprocess.run(command, capture_output=True, env=variables, check=False, timeout=120)
    assert b"Traceback" not in done.stderr, done.stderr.decode("utf-8", "replace")
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode(encoding, "replace")


@pytest.fixture
def folder(tmp_path):
    """Two of the dirty forms and some junk beside them."""
    place = tmp_path / "报送"
    (place / "昔阳县").mkdir(parents=True)
    for name in ("1_乐平镇.xlsx", "4_沾尚镇.xlsx"):
        shutil.copy(DIRTY / name, place / "昔阳县" / name)
    (place / "~$1_乐平镇.xlsx").write_bytes(b"lock")
    (place / "Thumbs.db").write_bytes(b"x")
    (place / "通知.docx").write_bytes(DOCX)
    return place


def test_validate_json(folder):
    code, out, err = run("validate", folder, "--format", "json")
    document = json.loads(out)
    assert code == 1
    assert list(document)[:3] == ["schema", "huitoukan", "campaign"]
    statuses = {file["path"]: file["status"] for file in document["files"]}
    assert statuses == {
        "Thumbs.db": "skipped",
        "~$1_乐平镇.xlsx": "skipped",
        "通知.docx": "skipped",
        "昔阳县/1_乐平镇.xlsx": "findings",
        "昔阳县/4_沾尚镇.xlsx": "findings",
    }
    finding = next(f for f in document["findings"] if f["code"] == "S405")
    assert finding == {
        "code": "S405", "severity": "error", "file": "昔阳县/1_乐平镇.xlsx", "sheet": "评分表", "cell": "F11",
        "unit": "140724100", "stage": "self", "item": "T2.3", "value": "7", "expected": "6、4、2 或 0",
        "message": "T2.3 统计人员 得分“7”高于标准分 6。", "fix": "请按评分标准改为 6、4、2 或 0。",
        "blocks": True,
    }  # fmt: skip
    counted = [f["severity"] for f in document["findings"]]
    assert document["summary"] == {
        "files": 5, "sheets": 2, "error": counted.count("error"), "warning": counted.count("warning"), "info": 0,
        "blocking": sum(f["blocks"] for f in document["findings"]),
    }  # fmt: skip
    assert "错误" in err
    assert f"其中 {document['summary']['blocking']} 处使评分表不能作为结论的依据" in err


def test_validate_jsonl_and_csv_tell_the_same(folder):
    _, out, _ = run("validate", folder, "--format", "jsonl")
    _, table, _ = run("validate", folder, "--format", "csv")
    records = [json.loads(line) for line in out.splitlines()]
    rows = list(csv.DictReader(io.StringIO(table)))
    told = [{key: _in_csv(value) for key, value in record.items()} for record in records]
    assert told == rows


def _in_csv(value):
    return str(value).lower() if isinstance(value, bool) else value or ""


def test_validate_table_groups_by_file(folder):
    code, out, _ = run("validate", folder)
    assert code == 1
    assert (
        out.index("昔阳县/1_乐平镇.xlsx")
        < out.index("S405")
        < out.index("昔阳县/4_沾尚镇.xlsx")
        < out.index("S406")
    )


def test_validate_table_has_one_heading_a_file_and_the_whole_folder_last():
    _, out, _ = run("validate", SAMPLES, COLUMNS="150")
    lines = [line.strip() for line in out.splitlines()]
    # It has L215, and C605 about the folder.
    assert lines.count("县级检查/左权县/评分表（桐峪镇）县检.xlsx") == 1
    whole = lines.index("整个文件夹")
    assert not any(line.endswith((".xlsx", ".xls", ".eml")) for line in lines[whole:])


def test_fail_on(folder):
    only_warning = folder / "昔阳县/4_沾尚镇.xlsx"
    assert run("validate", only_warning)[0] == 0
    assert run("validate", only_warning, "--fail-on", "warning")[0] == 1
    assert run("validate", folder, "--fail-on", "never")[0] == 0


def test_one_workbook_is_a_folder_too():
    code, out, _ = run("validate", DIRTY / "1_乐平镇.xlsx", "--format", "json")
    document = json.loads(out)
    assert (code, [f["code"] for f in document["findings"]]) == (1, ["S405"])


def test_filters(folder):
    _, out, _ = run("validate", folder, "--county", "祁县", "--format", "json")
    document = json.loads(out)
    assert {f["unit"][:6] for f in document["findings"]} == {"140727"}
    _, out, _ = run("validate", folder, "--county", "昔阳县", "--stage", "county", "--format", "json")
    assert {f["code"] for f in json.loads(out)["findings"]} == {"C602"}


def test_aggregate_json(folder):
    code, out, _ = run("aggregate", folder, "--format", "json")
    document = json.loads(out)
    assert code == 0
    assert document["totals"] == {"pass": 0, "fail": 0, "pending": 12}
    county = next(c for c in document["counties"] if c["code"] == "140724")
    assert (county["name"], county["status"], county["score"]) == ("昔阳县", "pending", None)
    unit = next(t for t in county["townships"] if t["code"] == "140724103")
    assert {"name", "status", "score", "basis", "grade", "margin", "rank", "dimensions", "reasons"} < set(
        unit
    )
    assert unit["source"]["items"]["T5.1"] == {"cell": "F23", "score": "2.5", "not_applicable": False}
    assert unit["dimensions"]["T1"] == {
        "title": "工作任务",
        "score": unit["dimensions"]["T1"]["score"],
        "max": "12",
        "passed": True,
    }
    assert {"rule", "value", "threshold", "passed", "text"} <= set(unit["reasons"][0])


def test_aggregate_csv_has_a_row_a_unit():
    _, out, _ = run("aggregate", SAMPLES, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["name"] for row in rows if row["level"] == "county"] == ["榆社县", "左权县", "和顺县"]
    assert len(rows) == 3 + 23


def _content(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_report(tmp_path):
    out = tmp_path / "out"
    assert run("report", SAMPLES, "--out", out)[0] == 0
    first = _content(out)
    assert set(first) == {
        "feedback/未能归县.html",
        "report.html",
        "report.md",
        "report.docx",
        "report.xlsx",
        "results.json",
        "findings.csv",
        "follow_up.csv",
        "feedback/榆社县.html",
        "feedback/左权县.html",
        "feedback/和顺县.html",
        *(f"letters/整改通知_{name}.docx" for name in ("榆社县", "左权县", "和顺县")),
        *(f"charts/{name}.{kind}" for name in IDS for kind in ("svg", "png")),
    }
    assert first["findings.csv"].startswith(b"\xef\xbb\xbf")
    assert run("report", SAMPLES, "--out", out, "--jobs", "1")[0] == 0
    assert _content(out) == first, "the same input gives the same bytes"


def test_feedback_of_an_earlier_run_does_not_lie_about(folder, tmp_path):
    out = tmp_path / "out"
    (folder / "乱.xlsx").write_bytes(b"junk")
    code, _, err = run("report", folder, "--out", out, "--county", "昔阳县")
    assert code == 0
    assert set(_content(out / "feedback")) == {"昔阳县.html", "未能归县.html"}
    assert f"{out / 'feedback'}：2 份" in err
    (folder / "乱.xlsx").unlink()
    (out / "feedback/我的笔记.html").write_text("不是本工具写的", encoding="utf-8")
    assert run("report", folder, "--out", out, "--county", "昔阳县")[0] == 0
    assert set(_content(out / "feedback")) == {"昔阳县.html", "我的笔记.html"}


def test_charts_of_an_earlier_run_do_not_lie_about(folder, tmp_path):
    out = tmp_path / "out"
    assert run("report", folder, "--out", out)[0] == 0
    first = _content(out / "charts")
    assert set(first) == {f"{name}.{kind}" for name in IDS if name != "stages" for kind in ("svg", "png")}
    assert first["map.png"].startswith(b"\x89PNG") and first["map.svg"].startswith(b"<svg ")
    (out / "charts/stages.svg").write_bytes(first["map.svg"])
    (out / "charts/stages.png").write_bytes(b"somebody's own")
    _, _, err = run("report", folder, "--out", out, "--county", "昔阳县")
    assert f"{out / 'charts'}：3 张" in err, "one county needs no map"
    left = _content(out / "charts")
    assert set(left) == set(first) - {"map.svg", "map.png"} | {"stages.png"}


def test_without_a_chinese_font_the_pictures_are_left_out_and_it_is_said(folder, tmp_path, monkeypatch):
    out = tmp_path / "out"
    assert run("report", folder, "--out", out, "--county", "昔阳县", "--quiet")[2] == ""
    monkeypatch.setattr(chart_font, "_folders", lambda: (tmp_path,))
    chart_font.chinese_font.cache_clear()
    chart_font.font_folder.cache_clear()
    result = CliRunner().invoke(
        app, ["report", str(folder), "--out", str(out), "--county", "昔阳县", "--quiet"]
    )
    chart_font.chinese_font.cache_clear()
    chart_font.font_folder.cache_clear()
    assert result.exit_code == 0, result.output
    assert result.stdout == "" and result.stderr.count("没有找到中文字体") == 1
    assert {path.suffix for path in (out / "charts").iterdir()} == {".svg"}, (
        "no picture of an earlier run either"
    )


def test_report_into_a_folder_of_the_inspection_does_not_read_itself(tmp_path):
    place = tmp_path / "in"
    shutil.copytree(DIRTY, place)
    for _ in range(2):
        assert run("report", place, "--out", place / "报告")[0] == 0
    results = json.loads((place / "报告/results.json").read_text(encoding="utf-8"))
    assert len(results["files"]) == 6


def test_report_with_the_analysts_own_template(tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "简报.md").write_text(
        "{{ report.counties | length }} {{ report.campaign.settings.id }}\n", encoding="utf-8"
    )
    assert run("report", SAMPLES, "--out", tmp_path / "out", "--template", own)[0] == 0
    assert (tmp_path / "out/简报.md").read_text(encoding="utf-8") == "3 sample-2024\n"


@pytest.mark.parametrize(
    "body", ["{{ report.nothing }}", "{% if %}", "{{ ().__class__.__bases__ }}", "{{ 1 / 0 }}"]
)
def test_a_wrong_or_hostile_template_is_a_usage_error(tmp_path, body):
    (tmp_path / "own").mkdir()
    (tmp_path / "own/a.md").write_text("一行\n" + body, encoding="utf-8")
    code, _, err = run("report", DIRTY, "--out", tmp_path / "out", "--template", tmp_path / "own")
    assert code == 2
    assert "a.md:2" in err
    assert not (tmp_path / "out").exists()


def test_explain_knows_every_code_in_a_process_of_its_own():
    """Commands load only what they need: a module that enters codes and is not loaded would hide them."""
    everything = """
import importlib, pkgutil, huitoukan
for module in pkgutil.walk_packages(huitoukan.__path__, "huitoukan."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(*sorted(entry.code for entry in huitoukan.catalogue.entries()))
"""
    codes = subprocess.run([sys.executable, "-c", everything], capture_output=True, text=True, check=True)
    listed = [sys.executable, "-m", "huitoukan", "explain", "--all", "--format", "json"]
    told = json.loads(subprocess.run(listed, capture_output=True, encoding="utf-8", check=True).stdout)
    assert sorted(rule["code"] for rule in told["rules"]) == codes.stdout.split()


def test_explain():
    code, out, _ = run("explain", "s405")
    assert code == 0
    assert all(part in out for part in ("S405 得分高于标准分", "查什么", "为什么", "例子", "怎么改"))
    everything = json.loads(run("explain", "--all", "--format", "json")[1])["rules"]
    assert len(everything) > 50
    assert run("explain", "S999")[0] == 2
    assert run("explain")[0] == 2


def test_the_help_is_not_cut_off_at_80_columns():
    """Chinese has no blanks to break a line at. One command shares its options with most, two have the longest of their own."""
    for command in ("report", "sample", "form"):
        text = run(command, "--help", COLUMNS="80")[1]
        assert "--county" in text
        assert "…" not in text
    assert "huitoukan[unlock]" in run("report", "--help", COLUMNS="80")[1]


def test_english():
    _, out, err = run("validate", DIRTY / "1_乐平镇.xlsx", "--format", "jsonl", "--lang", "en")
    assert json.loads(out)["message"].isascii() is False  # the item keeps its name
    assert "standard points" in out
    assert "得分" not in out + err
    assert (
        "Check" in run("--help", HUITOUKAN_LANG="en")[1] or "check" in run("--help", HUITOUKAN_LANG="en")[1]
    )


# ------------------------------------------------------------------------------------------------------- bad input


def usage_error(*arguments, says):
    code, out, err = run(*arguments)
    assert code == 2, (out, err)
    assert out == ""
    for part in says:
        assert part in err, err


def test_missing_and_empty_folder(tmp_path):
    usage_error("validate", tmp_path / "nowhere", says=["找不到", "nowhere"])
    usage_error("validate", tmp_path, says=["是空的"])
    usage_error("report", DIRTY, "--out", DIRTY, says=["--out"])
    usage_error("report", DIRTY, says=["--out"])
    usage_error("validate", says=["FOLDER", "--help"])
    usage_error("validate", DIRTY, "--nonsense", says=["--nonsense"])
    usage_error(
        "validate", DIRTY, "--stage", "town", says=["--stage 不能是“town”，可以写：self、county、city。"]
    )
    usage_error("validate", DIRTY, "--jobs", "many", says=["--jobs 不能是“many”。"])
    usage_error("validate", DIRTY, "更多", says=["多出了“更多”", "引号"])
    usage_error("validate", DIRTY, "--county", says=["--county 后面要写内容。"])
    usage_error("valdate", says=["没有命令“valdate”。", "--help"])
    usage_error("sample", "--verify", tmp_path / "x.json", says=["x.json", "找不到"])
    usage_error("validate", DIRTY, "--county", "太原市", says=["太原市", "昔阳县"])
    usage_error("validate", DIRTY, "--campaign", tmp_path / "x.yaml", says=["x.yaml", "R901"])


def test_no_command_shows_the_help():
    code, out, err = run()
    assert code in (0, 2)
    assert "validate" in out + err


def test_mistakes_in_the_rubric(tmp_path):
    rubric = tmp_path / "rubric.yaml"
    text = (SHIPPED / "rubric.yaml").read_text(encoding="utf-8")
    rubric.write_text(text.replace("mode: {value: deduct", "mode: {value: deduce", 1), encoding="utf-8")
    usage_error("validate", DIRTY, "--rubric", rubric, says=["rubric.yaml:", "R909", "deduce"])


def test_hostile_neighbours_cost_nobody_a_result(tmp_path):
    place = tmp_path / "in"
    shutil.copytree(DIRTY, place)
    good = (DIRTY / "1_乐平镇.xlsx").read_bytes()
    bad = {
        "空.xlsx": b"", "断.xlsx": good[:3000], "乱.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900),
        "锁.xlsx": (DATA / "encrypted.xlsx").read_bytes(), "网页.xls": b"<html></html>", "~$1.xlsx": b"x", "字.xlsx": b"hello",
    }  # fmt: skip
    for name, data in bad.items():
        (place / name).write_bytes(data)
    (place / "目录.xlsx").mkdir()
    before = json.loads(run("validate", DIRTY, "--format", "json")[1])
    code, out, _ = run("validate", place, "--format", "json")
    after = json.loads(out)
    assert code == 1
    assert [f for f in after["files"] if f["path"] not in bad] == before["files"]
    own = [f for f in after["findings"] if f["file"] in bad]
    assert {f["file"] for f in own} == set(bad) - {"~$1.xlsx"}
    assert [f for f in after["findings"] if f["file"] not in bad] == before["findings"]


def test_a_console_that_knows_only_gbk(folder):
    for arguments in (["validate", folder], ["aggregate", SAMPLES], ["--help"], ["explain", "--all"]):
        code, _, err = run(*arguments, encoding="gbk")
        assert code in (0, 1), err


def test_quiet_says_nothing(folder):
    _, out, err = run("validate", folder, "--quiet", "--format", "json")
    assert err == ""
    assert json.loads(out)


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are a thing of POSIX")
@pytest.mark.parametrize(
    ("folder", "options", "shown"), [("clean", [], True), ("dirty", [], False), ("clean", ["-q"], False)]
)
def test_a_progress_bar_for_many_files_on_a_terminal(folder, options, shown):
    place = str(DATA / "inbox" / folder)
    command = [sys.executable, "-m", "huitoukan", "validate", place, "--format", "json", *options]
    _, said, out = on_a_terminal(command, stream="stderr")
    assert json.loads(out)["summary"]["files"] in (43, 6)
    assert ("读取工作簿" in said) is shown


def test_a_reader_that_stops_early_is_no_bug(tmp_path):
    command = [sys.executable, "-m", "huitoukan", "explain", "--all", "--format", "json"]
    for _ in range(3):
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdout.close()
            said = process.stderr.read()
        assert (process.returncode, said) == (0, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="an interrupt reaches a process group on POSIX only")
@pytest.mark.parametrize("delay", [0.2, 0.5, 0.8])
def test_an_interrupt_ends_without_a_traceback(delay):
    command = [sys.executable, "-m", "huitoukan", "validate", str(DATA / "inbox"), "--format", "json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGINT)
        out, said = process.communicate(timeout=30)
    assert b"Traceback" not in said
    # 1: it was done before the interrupt came; -SIGINT: the interpreter itself was starting or ending
    assert process.returncode in (130, 1, -signal.SIGINT)
    # Whoever was interrupted while it printed says so by its code; else there is nothing, or all of it.
    assert process.returncode == 130 or out == b"" or json.loads(out)


def test_a_zip_and_an_inbox_of_mails(tmp_path):
    form = (DIRTY / "4_沾尚镇.xlsx").read_bytes()
    (tmp_path / "报送.zip").write_bytes(zipped({"昔阳县/沾尚镇.xlsx": form}, "gbk"))
    inbox = tmp_path / "邮件"
    inbox.mkdir()
    (inbox / "1.eml").write_bytes(mail([Attachment("乐平镇.xlsx", (DIRTY / "1_乐平镇.xlsx").read_bytes())]))
    code, out, _ = run("validate", tmp_path / "报送.zip", "--inbox", inbox, "--format", "json")
    document = json.loads(out)
    files = {file["path"]: file for file in document["files"]}
    assert code == 1
    assert list(files) == ["报送.zip", "报送.zip/昔阳县/沾尚镇.xlsx", "邮件/1.eml", "邮件/1.eml/乐平镇.xlsx"]
    assert files["邮件/1.eml/乐平镇.xlsx"]["mail"] == {
        "from": "赵聂 <zhao@example.org>", "date": "2024-05-20T09:30:00+08:00", "subject": "自评表",
    }  # fmt: skip
    assert files["报送.zip/昔阳县/沾尚镇.xlsx"]["mail"] is None
    assert {f["cell"] for f in document["findings"] if f["code"] == "S405"} == {"F11"}

    code, out, _ = run("aggregate", "--inbox", inbox, "--county", "昔阳县", "--format", "json")
    assert (code, [c["status"] for c in json.loads(out)["counties"]]) == (0, ["pending"])
    code, _, err = run("report", "--inbox", inbox, "--out", tmp_path / "out", "--quiet")
    assert (code, err) == (0, "")
    assert "1.eml/乐平镇.xlsx" in (tmp_path / "out/report.html").read_text(encoding="utf-8")


def test_a_password_opens_what_it_fits(tmp_path):
    form = (DIRTY / "4_沾尚镇.xlsx").read_bytes()
    (tmp_path / "报送.zip").write_bytes(locked("沾尚镇.xlsx", form, b"tj2024"))
    for passwords, status in (([], "encrypted"), (["--password", "x", "--password", "tj2024"], "ok")):
        _, out, _ = run("validate", tmp_path, *passwords, "--format", "json")
        assert json.loads(out)["files"][0]["status"] == status


def test_the_table_says_whose_form_a_cell_is_in():
    code, out, _ = run("validate", SAMPLES)
    assert code == 1
    (stacked,) = (line for line in out.splitlines() if "I124" in line)
    assert "羊角乡 I124" in stacked
    (alone,) = (line for line in out.splitlines() if "A43" in line)
    assert alone.split()[:3] == ["警告", "U331", "A43"]
