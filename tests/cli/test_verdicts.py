"""What `aggregate` can be asked: --explain and --what-if, as an analyst meets them."""

import csv
import io
import json

import pytest

from tests.cli.test_cli import SAMPLES, run

KEYS = {
    "code", "name", "level", "status", "score", "basis", "grade", "margin", "reasons", "open", "stages", "source", "dimensions",
    "findings", "remedy",
}  # fmt: skip


def output(*arguments):
    code, out, err = run("aggregate", *arguments)
    assert code == 0, err
    return out


@pytest.fixture(scope="module")
def result():
    return json.loads(output(SAMPLES, "--format", "json"))


# ------------------------------------------------------------------------------------------------------- --explain


def test_a_county_is_traced_to_its_cells(result):
    document = json.loads(output(SAMPLES, "--explain", "榆社县", "--format", "json"))
    (trace,) = document["traces"]
    (county,) = [one for one in result["counties"] if one["name"] == "榆社县"]
    assert (document["schema"], trace["status"], trace["gap"]["short"]) == (1, "fail", 1)
    assert set(trace["body"]) == KEYS
    assert [one["score"] for one in trace["townships"]] == [one["score"] for one in county["townships"]]
    assert [one["rule"] for one in trace["reasons"]] == ["body", "township_share"]
    assert trace["reasons"][1]["setting"] == {"key": "township_share", "basis": "assumed", "source": ["A"]}
    cells = {
        item["item"]: item["cell"] for dimension in trace["body"]["dimensions"] for item in dimension["items"]
    }
    assert cells == {id: item["cell"] for id, item in county["source"]["items"].items()}
    assert trace["body"]["source"] == {key: county["source"][key] for key in ("file", "sheet")}


def test_several_are_traced_each_once_and_by_any_name(result):
    asked = ("--explain", "河峪乡", "--explain", "140721", "--explain", "榆社县统计局")
    lines = [json.loads(line) for line in output(SAMPLES, *asked, "--format", "jsonl").splitlines()]
    assert [one["name"] for one in lines] == ["榆社县河峪乡", "榆社县"]
    assert set(lines[0]) == KEYS
    assert lines[0]["remedy"]["points"] == "1"
    (township,) = [t for c in result["counties"] for t in c["townships"] if t["name"] == "河峪乡"]
    assert township["remedy"] == lines[0]["remedy"]


def test_a_trace_as_rows():
    rows = list(csv.DictReader(io.StringIO(output(SAMPLES, "--explain", "和顺县", "--format", "csv"))))
    missing = [row for row in rows if row["unit"] == "和顺县喂马乡" and row["usable"] == "false"]
    assert [(row["item"], row["score"], row["findings"]) for row in missing] == [("T5.2", "", "S401")]
    unheard = [row for row in rows if row["unit"] == "和顺县马坊乡"]
    assert [(row["status"], row["item"]) for row in unheard] == [("pending", "")]


def test_a_trace_as_a_tree():
    out = output(SAMPLES, "--explain", "和顺县", "--quiet")
    for text in (
        "和顺县 待定",
        "要确定结论：待定的 2 个乡镇（街道）中有 1 个达标即达到要求。",
        "[township_share：暂定假设 A]",
        "T5.2 分析信息 没有分数/3 G25 不可用",
        "S401 G25",
        "县级检查：不完整，不能采用",
        "C4 业务流程 20/20 (100%)",
    ):
        assert text in out, text
    assert "采用" in output(SAMPLES, "--explain", "河峪乡", "--quiet")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--explain", "榆舍县"], "名录里没有“榆舍县”"),
        (["--explain", "榆社县", "--what-if", "pass_mark=85"], "请分两次运行"),
        (["--what-if", "pass_mrak=85"], "没有“pass_mrak”这条达标规则"),
        (["--what-if", "pass_mark=850"], "应是 0 到 100 的数"),
        (["pass_mark=85"], "“pass_mark=85”前面要写 --what-if。"),
        (["第二个文件夹"], "多了“第二个文件夹”"),
    ],
)
def test_what_cannot_be_asked(arguments, says):
    code, out, err = run("aggregate", SAMPLES, *arguments)
    assert (code, out) == (2, "")
    assert says in err


# ------------------------------------------------------------------------------------------------------- --what-if


def test_the_experiment_stands_beside_the_result(result):
    tried = json.loads(output(SAMPLES, "--what-if", "pass_mark=85", "township_share=0.9", "--format", "json"))
    experiment = tried.pop("what_if")
    assert tried == result, "the result itself stays as it is"
    assert experiment["changes"] == [
        {"key": "pass_mark", "before": "80", "after": "85"},
        {"key": "township_share", "before": "0.8", "after": "0.9"},
    ]
    assert [(one["code"], one["before"], one["after"]) for one in experiment["flips"]] == [
        ("140721101", "pass", "fail"),
        ("140722", "pass", "fail"),
        ("140723", "pending", "fail"),
        ("140723100", "pass", "fail"),
        ("140723103", "pass", "fail"),
    ]
    assert experiment["totals"]["county"] == {
        "before": {"pass": 1, "fail": 1, "pending": 1},
        "after": {"pass": 0, "fail": 3, "pending": 0},
    }
    assert {one["name"]: (one["certain"], one["possible"]) for one in experiment["pass_marks"]} == {
        "榆社县": (None, None),
        "左权县": (None, None),
        "和顺县": (None, "84.5"),
    }


def test_the_order_on_the_command_line_does_not_matter():
    first = output(SAMPLES, "--what-if", "pass_mark=85", "township_share=0.9", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(first)))
    assert (len(rows), rows[0]["name"], rows[0]["reasons"]) == (5, "云簇镇", "总分 84，低于达标线 85。")
    for arguments in (
        ["--what-if", "pass_mark=85", "township_share=0.9", SAMPLES],
        ["--what-if", "pass_mark=85", SAMPLES, "--what-if", "township_share=0.9"],
    ):
        assert output(*arguments, "--format", "csv") == first


def test_the_tables_of_an_experiment():
    out = output(SAMPLES, "--what-if", "veto_fails=false", "--quiet")
    assert "试算：veto_fails: true → false" in out
    assert "肯定达标" in out
    assert "84.5" in out
    same = output(SAMPLES, "--what-if", "pass_mark=80", "--quiet")
    assert "没有单位的结论改变。" in same
    english = output(SAMPLES, "--what-if", "pass_mark=85", "--quiet", "--lang", "en")
    assert "Verdict as tried" in english


# ------------------------------------------------------------------------------------------------------- follow-up


def test_last_years_list_of_key_checks_is_carried_on(tmp_path, result):
    """Last year 和顺县 failed and 左权县 was on the list since 2021: one is pending now, the other passes."""
    past = json.loads(json.dumps(result))
    past["campaign"]["title"] = "2023年检查"
    for county in past["counties"]:
        county["status"] = {"和顺县": "fail", "左权县": "pending"}.get(county["name"], "pass")
        county["follow_up"] = {"list": "key_checks", "since": "2021"} if county["name"] == "左权县" else None
    path = tmp_path / "上年.json"
    path.write_text(json.dumps(past, ensure_ascii=False), encoding="utf-8")
    document = json.loads(output(SAMPLES, "--baseline", path, "--format", "json"))
    lists = document["follow_up"]

    def told(key):
        return [(entry["name"], entry["status"], entry["change"], entry["since"]) for entry in lists[key]]

    assert lists["baseline"] == "2023年检查"
    assert told("priority") == [("左权县", "pass", "new", None)]
    assert told("key_checks") == [("榆社县", "fail", "new", "2024"), ("和顺县", "pending", "still", "2023")]
    assert told("off") == [("左权县", "pass", "off", "2021")]
    assert told("undecided") == []
    shown = {county["name"]: county["follow_up"] for county in document["counties"]}
    assert shown["和顺县"] == {"list": "key_checks", "change": "still", "since": "2023"}
    assert shown["左权县"] == {"list": None, "change": "off", "since": "2021"}
    table = output(SAMPLES, "--baseline", path, "--quiet")
    for text in ("后续工作清单", "执法检查重点、数据核查重点", "移出核查重点", "新列入"):
        assert text in table, text


def test_without_last_year_the_lists_stand_in_the_result(result):
    lists = result["follow_up"]
    assert lists["titles"]["key_checks"] == "执法检查重点、数据核查重点"
    assert [(entry["name"], entry["change"]) for entry in lists["key_checks"]] == [("榆社县", None)]
    assert [entry["name"] for entry in lists["undecided"]] == ["和顺县"]
