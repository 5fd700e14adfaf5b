"""Last year's results: what is read from a results.json and from tables, what is matched, and what is told to be wrong."""

import json
from decimal import Decimal

import pytest
from openpyxl import Workbook

import huitoukan.pipeline  # noqa: F401  enters the checks into the catalogue
from huitoukan.campaign.problems import ConfigError
from huitoukan.model import ItemScore, ScoreState, SheetKind, SheetResult, Stage, Verdict
from huitoukan.output import records
from huitoukan.output.text import Words
from huitoukan.standing.aggregate import standings
from huitoukan.standing.baseline import read_baseline

LEPING = "140724100"


@pytest.fixture
def book(tmp_path, campaign):
    """Write worksheets given as rows of values, and read them as last year's results."""

    def read(*sheets, name="上年.xlsx", merges=()):
        workbook = Workbook()
        workbook.remove(workbook.active)
        for title, rows in sheets:
            sheet = workbook.create_sheet(title)
            for row in rows:
                sheet.append(row)
            for area in merges:
                sheet.merge_cells(area)
        path = tmp_path / name
        workbook.save(path)
        return read_baseline(path, campaign)

    return read


@pytest.fixture
def document(tmp_path, campaign):
    """Write a results document, and read it as last year's results."""

    def read(content, name="results.json"):
        path = tmp_path / name
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        path.write_text(text, encoding="utf-8")
        return read_baseline(path, campaign)

    return read


def told(read, *arguments, **options):
    """What is said of the mistakes in a file; [] when it can be read."""
    try:
        read(*arguments, **options)
    except ConfigError as error:
        return [Words().problem(problem) for problem in error.problems]
    return []


def fires(code, shown, *parts):
    assert shown, f"{code} does not fire"
    assert f" {code} " in shown[0], shown[0]
    for part in parts:
        assert part in shown[0], shown[0]


def silent(code, shown):
    assert not [line for line in shown if f" {code} " in line], shown


HEADER = ["单位名称", "县(区、市)", "得分", "结论", "工作任务", "人员配备"]
TOWNSHIP = ["乐平镇", "昔阳县", 86.5, "达标", 10, 15.5]


# ---------------------------------------------------------------------------------------------------- results.json


def sheets(campaign, unit, **lost):
    level = campaign.roster.units[unit].level
    items = tuple(
        ItemScore(i.id, ScoreState.SCORED, i.maximum - Decimal(lost.pop(i.id.replace(".", "_"), "0")), "F1")
        for i in campaign.rubric.level(level).items()
    )
    assert not lost
    return [SheetResult("a.xlsx", "评分表", SheetKind.SCORE, unit, Stage.SELF, level, items=items)]


def test_our_own_results_come_back_as_they_were(campaign, document):
    by_unit = {
        LEPING: sheets(campaign, LEPING, T1_4="1.5"),
        "140724": sheets(campaign, "140724", C2_1="3"),  # a veto at zero
    }
    counties = standings(by_unit, campaign)
    found = document(records.aggregation(counties, campaign, Words()))
    assert found.title == campaign.settings.title
    assert (found.unmatched, found.dimensions, found.ignored) == ((), (), ())
    assert set(found.units) == {s.unit.code for c in counties for s in (c, *c.townships)}
    leping, body = found.units[LEPING], found.units["140724"]
    assert (leping.verdict, leping.score, leping.maximum) == (Verdict.PASS, Decimal("98.5"), 100)
    assert (leping.dimensions["T1"].score, leping.dimensions["T1"].maximum) == (Decimal("10.5"), 12)
    assert (body.verdict, body.score, body.dimensions["C2"].score) == (Verdict.FAIL, 97, 11)
    assert found.of(Verdict.FAIL) == {"140724"}
    silent_one = found.units["140724101"]
    assert (silent_one.verdict, silent_one.score, silent_one.share) == (Verdict.PENDING, None, None)
    assert {d.score for d in silent_one.dimensions.values()} == {None}
    assert leping.place == "counties[5].townships[0]"


def test_another_rubric_is_matched_by_title_and_keeps_its_points(document):
    dimensions = {
        "A1": {"title": "一、工作任务", "score": "9", "max": "15"},
        "A2": {"title": "党的建设", "score": "5", "max": "5"},
        "A3": {"title": "信息化建设", "score": None, "max": "0"},
        "A4": {"title": "经费保障", "score": "100", "max": "180"},
    }
    county = {"code": "140724", "name": "昔阳县", "status": "pass", "score": "150", "dimensions": dimensions}
    found = document({"schema": 1, "counties": [county]})
    unit = found.units["140724"]
    assert (unit.maximum, unit.share) == (200, Decimal("0.75"))
    assert {key: (d.score, d.maximum) for key, d in unit.dimensions.items()} == {
        "C1": (9, 15), "C6": (None, 0), "C8": (100, 180)
    }  # fmt: skip
    assert unit.dimensions["C1"].share == Decimal("0.6")
    assert found.dimensions == ("党的建设",)


def test_the_total_that_the_document_tells_counts(document):
    county = {"code": "140724", "name": "昔阳县", "status": "pass", "score": "90", "dimensions": {}}
    told_total = {"rubric_totals": {"county": "120"}}
    assert (
        document({"schema": 1, "campaign": told_total, "counties": [county]}).units["140724"].maximum == 120
    )


def test_units_of_another_roster_are_found_by_name_or_listed(document):
    townships = [
        {"code": "999999001", "name": "乐平镇", "status": "fail", "score": "70"},
        {"code": "999999002", "name": "析阳镇", "status": "fail", "score": "70"},
    ]
    county = {"code": "999999", "name": "昔阳县", "status": "fail", "score": "70", "townships": townships}
    found = document({"schema": 1, "counties": [county]})
    assert set(found.units) == {"140724", LEPING}
    assert [(one.name, one.place) for one in found.unmatched] == [("析阳镇", "counties[0].townships[1]")]


# --------------------------------------------------------------------------------------------------------- tables


def test_a_table_is_read_by_its_labels(book):
    found = book(
        ("汇总", [["2023年度情况"], [], HEADER, TOWNSHIP, ["昔阳县统计局", "昔阳县", 79, "未达标", None, 0]])
    )
    leping, body = found.units[LEPING], found.units["140724"]
    assert (leping.verdict, leping.score, leping.maximum, leping.assumed) == (
        Verdict.PASS,
        Decimal("86.5"),
        100,
        True,
    )
    assert (leping.file, leping.place, leping.score_place) == ("上年.xlsx", "「汇总」A4", "「汇总」C4")
    assert {key: (d.score, d.maximum, d.place) for key, d in leping.dimensions.items()} == {
        "T1": (10, 12, "「汇总」E4"), "T2": (Decimal("15.5"), 18, "「汇总」F4")
    }  # fmt: skip
    assert (body.dimensions["C1"].score, body.dimensions["C2"].score) == (None, 0), "blank is no zero"
    assert (body.dimensions["C2"].maximum, found.unmatched) == (14, ())


def test_columns_may_stand_anywhere_and_say_their_points(book):
    header = ["等级", "2023年人员配备（满分15分）", "备注", "单位代码", "工作任务(15分)", "总分(120)"]
    found = book(("Sheet1", [header, ["优秀", 12, "无", 140724100, "13.5分", 110]]))
    leping = found.units[LEPING]
    assert (leping.verdict, leping.score, leping.maximum) == (Verdict.PASS, 110, 120)
    assert {key: (d.score, d.maximum, d.assumed) for key, d in leping.dimensions.items()} == {
        "T1": (Decimal("13.5"), 15, False),
        "T2": (12, 15, False),
    }
    assert "备注" in found.ignored


def test_a_header_of_two_rows_merged_counties_a_row_of_maxima_and_totals(book):
    rows = [
        ["县区", "单位", "各维度得分", None, "结论"],
        [None, None, "工作任务", "经费保障", None],
        [None, "满分", 20, 30, None],
        ["昔阳县", "乐平镇", 18, 15, "达标"],
        [None, "大寨镇", 9, "未报", "不达标"],
        [None, "合计", 27, 15, None],
        ["注: 去年的口径与今年不同", None, None, None, None],
    ]
    found = book(("表", rows), merges=("A1:A2", "B1:B2", "C1:D1", "E1:E2", "A4:A6"))
    assert {code: (u.verdict, u.dimensions["T1"].share) for code, u in found.units.items()} == {
        LEPING: (Verdict.PASS, Decimal("0.9")),
        "140724104": (Verdict.FAIL, Decimal("0.45")),
    }
    assert found.units["140724104"].dimensions["T8"].score is None
    assert found.unmatched == ()


def test_a_table_of_counties(book):
    found = book(("表", [["名次", "县(区、市)", "结论"], [1, "榆次", "达标"], [2, "太谷县", "未达标"]]))
    assert {code: unit.verdict for code, unit in found.units.items()} == {
        "140702": Verdict.PASS,
        "140703": Verdict.FAIL,
    }


def test_former_names_and_names_that_nobody_has(book, campaign):
    found = book(
        (
            "表",
            [
                ["单位", "所属县", "结论"],
                ["什贴镇", "榆次区", "未达标"],  # merged into 乌金山镇, which is not in this table
                ["明星镇", "太谷区", "达标"],  # two former units of 水秀镇: there is no single result
                ["水秀乡", "太谷区", "达标"],
                ["城关镇", "", "达标"],
                ["乐平镇", "祁县", "达标"],
            ],
        )
    )
    assert {code: unit.name for code, unit in found.units.items()} == {"140702100": "什贴镇"}
    assert [one.name for one in found.unmatched] == ["明星镇", "水秀乡", "城关镇", "乐平镇"]
    words = [Words().phrase(one.why) for one in found.unmatched]
    assert "上年的结果不止一个" in words[0]
    assert "名录里没有" in words[2]
    assert "不属于祁县" in words[3]
    assert campaign.roster.units["140703103"].name == "水秀镇"


def test_a_code_that_is_not_the_name_matches_nobody(book):
    found = book(
        ("表", [["代码", "单位", "得分"], ["140724101", "昔阳县乐平镇", 90], ["140724", "昔阳县", 80]])
    )
    assert set(found.units) == {"140724"}
    assert "与名称不符" in Words().phrase(found.unmatched[0].why)


def test_the_same_row_twice_counts_once(book):
    assert set(book(("甲", [HEADER, TOWNSHIP]), ("乙", [HEADER, TOWNSHIP])).units) == {LEPING}


# ------------------------------------------------------------------------------------------------------- mistakes


def test_unreadable(book, document, tmp_path, campaign):
    silent("R920", told(book, ("表", [HEADER, TOWNSHIP])))
    fires("R920", told(document, '{"schema": 1,\n "counties": [}'), "results.json:2:", "R920")
    fires("R920", told(document, ""), "R920")
    fires("R920", told(document, "[" * 100_000), "嵌套太深")
    path = tmp_path / "上年.xlsx"
    path.write_bytes(b"PK\x03\x04 half a workbook")
    fires("R920", told(read_baseline, path, campaign), "上年.xlsx: ")
    fires("R920", told(read_baseline, tmp_path / "没有.xlsx", campaign), "找不到")
    fires("R920", told(read_baseline, tmp_path, campaign))


def test_without_header(book):
    silent("R921", told(book, ("表", [["单位", "得分"], ["昔阳县乐平镇", 90]])))
    fires("R921", told(book, ("表", [["昔阳县乐平镇", 90]])), "上年.xlsx: ")
    fires("R921", told(book, ("表", [["单位", "备注"], ["昔阳县乐平镇", "好"]])))


def test_a_header_that_says_one_thing_twice(book):
    two = ("表", [["单位", "2023年得分", "总分", "结论"], ["昔阳县乐平镇", 90, 85, "达标"]])
    fires("R921", told(book, two), "上年.xlsx「表」B1: ", "“2023年得分”有几列（B1、C1）")
    rows = [["单位", "工作任务", None], [None, "自评", "检查"], ["昔阳县乐平镇", 12, 10]]
    fires("R921", told(book, ("表", rows), merges=["A1:A2", "B1:C1"]), "“工作任务”有几列（B1、C1）")
    silent(
        "R921", told(book, ("表", [["序号", "县", "单位", "名称", "得分"], [1, "昔阳县", "乐平镇", "站", 9]]))
    )


def test_repeated(book):
    silent("R922", told(book, ("表", [HEADER, TOWNSHIP, TOWNSHIP])))
    other = ["昔阳县乐平镇", "", 86, "达标", 10, 15.5]
    fires(
        "R922", told(book, ("表", [HEADER, TOWNSHIP, other])), "上年.xlsx「表」A3", "「表」A2", "昔阳县乐平镇"
    )


@pytest.mark.parametrize(
    ("row", "place", "words"),
    [
        (["乐平镇", "昔阳县", "约90", "达标"], "「表」C2", "不是一个数"),
        (["乐平镇", "昔阳县", 101, "达标"], "「表」C2", "高于今年的满分 100"),
        (["乐平镇", "昔阳县", -1, "达标"], "「表」C2", "低于 0 分"),
        (["乐平镇", "昔阳县", 90, "较好"], "「表」D2", "较好"),
        (["乐平镇", "昔阳县", 90, "达标", 12.5], "「表」E2", "工作任务（15分）"),
    ],
)
def test_wrong_values(book, row, place, words):
    fires("R923", told(book, ("表", [HEADER, row])), f"上年.xlsx{place}: R923", words)


def test_right_values(book):
    for verdict in ("达标", " 未达标 ", "不合格", "优秀", "待定", "PASS", None, "/"):
        silent("R923", told(book, ("表", [HEADER, ["乐平镇", "昔阳县", None, verdict, "不适用", "缺报"]])))


def test_every_wrong_value_is_told(document):
    county = {"code": "140724", "name": "昔阳县", "status": "good", "score": "9e9"}
    county["dimensions"] = {"C1": {"title": "工作任务", "score": True, "max": "12"}}
    shown = told(document, {"schema": 1, "counties": [county]})
    assert [line.split(": R923")[0] for line in shown] == [
        "results.json counties[0].dimensions.C1.score",
        "results.json counties[0].score",
        "results.json counties[0].status",
    ]


def test_another_document(document):
    silent("R924", told(document, {"schema": 1, "counties": []}))
    fires("R924", told(document, {"schema": 2, "counties": []}), "results.json schema")
    fires("R924", told(document, {"schema": 1, "findings": []}), "没有 counties")
    fires("R924", told(document, ["counties"]))
    fires("R924", told(document, {"schema": 1, "counties": ["昔阳县"]}), "counties[0]")


def test_strange_shapes_raise_nothing_else(document):
    for county in ({}, {"code": 5, "name": None, "townships": 3, "dimensions": []}, {"townships": [None]}):
        assert not [line for line in told(document, {"schema": 1, "counties": [county]}) if "R92" not in line]


def test_our_own_csv_will_do_for_verdicts_and_scores(campaign, tmp_path):
    counties = standings({LEPING: sheets(campaign, LEPING, T1_4="1.5")}, campaign)
    path = tmp_path / "上年.csv"
    path.write_text(records.standings_csv(counties, campaign, Words()), encoding="utf-8-sig")
    found = read_baseline(path, campaign)
    assert (found.units[LEPING].verdict, found.units[LEPING].score) == (Verdict.PASS, Decimal("98.5"))
    assert set(found.units) == {s.unit.code for c in counties for s in (c, *c.townships)}
    assert found.units[LEPING].dimensions == {}, (
        "its columns are numbered, and do not say which dimension they are"
    )
    assert "dimension_1" in found.ignored


def test_the_results_tell_the_total_of_their_rubric(campaign, document):
    results = records.aggregation(standings({}, campaign), campaign, Words())
    assert results["campaign"]["rubric_totals"] == {"county": "100", "township": "100"}
    results["campaign"]["rubric_totals"]["township"] = "200"
    assert {document(results).units[code].maximum for code in (LEPING, "140724101")} == {200}
    assert document(results).units["140724"].maximum == 100


def test_half_characters_do_not_reach_the_outputs(document):
    county = {
        "code": "1\ud800",
        "name": "\ud800县",
        "status": "\ud801",
        "dimensions": {"\ud802": {"title": "x", "score": "\ud803"}},
    }
    text = json.dumps({"schema": 1, "counties": [county]})
    shown = told(document, text)
    assert len(shown) == 2
    "".join(shown).encode("utf-8")
    county |= {"status": "fail", "dimensions": {}}
    (one,) = document(json.dumps({"schema": 1, "counties": [county]})).unmatched
    assert one.name == "?县"
    Words().phrase(one.why).encode("utf-8")
