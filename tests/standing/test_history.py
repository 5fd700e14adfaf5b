"""What is known from before: columns by their labels, blanks that say nothing, mistakes at their cells, and the weights."""

import io
import json
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from openpyxl import Workbook

import huitoukan.pipeline  # noqa: F401  enters the rules into the catalogue
from huitoukan.campaign.problems import ConfigError
from huitoukan.model import Verdict
from huitoukan.output.text import Words
from huitoukan.standing.history import read_history, silent_cells, weights
from huitoukan.standing.history_table import NEVER

HEAD = "县(区、市),单位名称,2023年结论,自评高出（分）,上次检查年份\r\n"


@pytest.fixture
def read(tmp_path, campaign):
    def do(content, name="历史.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return read_history([path], campaign)

    return do


@pytest.fixture
def told(read):
    """What is said of the mistakes in a file; [] when it can be read."""

    def do(content, name="历史.csv"):
        try:
            read(content, name)
        except ConfigError as error:
            return [Words().problem(problem) for problem in error.problems]
        return []

    return do


def fires(code, shown, *parts):
    assert shown, f"{code} does not fire"
    assert f" {code} " in shown[0], shown[0]
    for part in parts:
        assert part in shown[0], shown[0]


def silent(code, shown):
    assert not [line for line in shown if f" {code} " in line], shown


def workbook(rows):
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_columns_are_known_by_their_labels(read):
    found = read(HEAD + "昔阳县,乐平镇,未达标,12.5,2021\r\n昔阳县,大寨镇,达标,0,从未\r\n榆次区,北关街道,,,\r\n介休市,北关街道,优秀,,2023年6月\r\n")  # fmt: skip
    assert found.columns == ("verdict", "inflation", "inspected")
    told = {code: (past.verdict, past.inflation, past.inspected) for code, past in found.units.items()}
    assert told == {
        "140724100": (Verdict.FAIL, Decimal("12.5"), 2021),
        "140724104": (Verdict.PASS, Decimal(0), NEVER),
        "140781001": (Verdict.PASS, None, 2023),
    }
    assert dict(silent_cells(found)) == {"inflation": 1}


def test_a_workbook_with_dates_codes_and_a_title_above(read):
    rows = [["上年情况"], [], ["代码", "上次检查时间", "别的"], ["140724100", date(2020, 5, 1), 1], ["140724", "从未检查", 2], [None, None, "注"]]  # fmt: skip
    found = read(workbook(rows), "历史.xlsx")
    assert {code: past.inspected for code, past in found.units.items()} == {
        "140724100": 2020,
        "140724": NEVER,
    }
    assert found.units["140724100"].place == "历史.xlsx「Sheet」A4"


def test_a_table_of_counties(read):
    assert read("县区,结论\n昔阳县,未达标\n祁县,达标\n").units["140724"].verdict is Verdict.FAIL


def test_last_years_results(read):
    county = {
        "code": "140724",
        "name": "昔阳县",
        "status": "fail",
        "score": "70",
        "dimensions": {},
        "reasons": [],
    }
    township = {"code": "140724100", "name": "乐平镇", "status": "pass", "score": "90", "dimensions": {}}
    document = {"schema": 1, "campaign": {"title": "去年"}, "counties": [county | {"townships": [township]}]}
    found = read(json.dumps(document, ensure_ascii=False), "results.json")
    assert {code: past.verdict for code, past in found.units.items()} == {
        "140724": Verdict.FAIL,
        "140724100": Verdict.PASS,
    }
    assert found.columns == ("verdict",)


def compared(**above):
    units = [{"code": code.removeprefix("u"), "above": points} for code, points in above.items()]
    return {"schema": 1, "counties": [], "overturned": [], "units": units}


def test_a_comparison_tells_who_rated_itself_too_high(read):
    content = compared(u140724100="12.5", u140724101=None, u140724999="3", u140724102="-2") | {"x": 1}
    found = read(json.dumps(content), "compare.json")
    assert {code: past.inflation for code, past in found.units.items()} == {
        "140724100": Decimal("12.5"),
        "140724102": Decimal(-2),
    }
    assert found.columns == ("inflation",)
    county = {
        "code": "140724",
        "name": "昔阳县",
        "status": "fail",
        "score": "70",
        "dimensions": {},
        "reasons": [],
    }
    document = {"schema": 1, "counties": [county | {"townships": []}], "comparison": compared(u140724="4")}
    past = read(json.dumps(document), "results.json").units["140724"]
    assert (past.verdict, past.inflation) == (Verdict.FAIL, Decimal(4))


def test_several_files_complete_each_other(tmp_path, campaign):
    first, second, third = (tmp_path / name for name in ("一.csv", "二.csv", "三.csv"))
    first.write_text("单位,结论\n昔阳县乐平镇,未达标\n", encoding="utf-8")
    second.write_text("单位,上次检查,结论\n昔阳县乐平镇,2020,\n祁县,从未,达标\n", encoding="utf-8")
    third.write_text("单位,结论\n祁县,达标\n昔阳县乐平镇,达标\n", encoding="utf-8")
    found = read_history([first, second], campaign)
    past = found.units["140724100"]
    assert (past.verdict, past.inspected) == (Verdict.FAIL, 2020)
    assert [(source.path.name, source.units) for source in found.sources] == [("一.csv", 1), ("二.csv", 2)]
    with pytest.raises(ConfigError) as error:
        read_history([first, second, third], campaign)
    fires("R926", [Words().problem(p) for p in error.value.problems], "三.csv「三」A3", "一.csv「一」A2")


def test_what_is_no_table(told):
    silent("R925", told("单位名称,结论\n昔阳县,达标\n"))
    fires("R925", told("单位名称,地址\n昔阳县,x\n"), "历史.csv: ", "表头")
    fires("R925", told(b"\x00\x01"))
    fires("R925", told(b""))
    fires("R925", told(workbook([["结论"], ["达标"]]), "历史.xlsx"), "表头")


def test_units_that_are_none(told):
    silent("R926", told(HEAD + "介休市,北关街道,达标,,\n,榆次区北关街道,达标,,\n"))
    fires(
        "R926", told(HEAD + ",北关街道,达标,,\n"), "历史.csv「历史」B2: ", "榆次区北关街道", "介休市北关街道"
    )
    fires("R926", told(HEAD + "昔阳县,乐坪镇,达标,,\n"), "「历史」B2: ", "昔阳县乐平镇")
    fires("R926", told(HEAD + "昔阴县,乐平镇,达标,,\n"), "昔阴县")
    fires("R926", told(HEAD + "祁县,乐平镇,达标,,\n"))
    fires("R926", told("代码,结论\n140724999,达标\n140724100,达标\n"), "140724999")


def test_a_unit_of_which_two_things_are_said(told):
    silent("R926", told(HEAD + "昔阳县,乐平镇,达标,,\n昔阳县,乐平镇,达标,,\n"))
    fires("R926", told(HEAD + "昔阳县,乐平镇,达标,,\n昔阳县,乐平镇,未达标,,\n"), "「历史」B3: ", "「历史」B2")


def test_entries_that_cannot_be_read(told):
    silent("R927", told(HEAD + "昔阳县,乐平镇,不合格, 12.5 ,2021年度\n昔阳县,大寨镇,缺报,无,未检查\n"))
    fires("R927", told(HEAD + "昔阳县,乐平镇,较好,,\n"), "历史.csv「历史」C2: ", "较好")
    fires("R927", told(HEAD + "昔阳县,乐平镇,,很多,\n"), "「历史」D2: ", "很多")
    fires("R927", told(HEAD + "昔阳县,乐平镇,,,前年\n"), "「历史」E2: ", "从未")
    fires("R927", told(HEAD + "昔阳县,乐平镇,,,2031\n"), "「历史」E2: ", "晚于")


def test_all_mistakes_are_told_at_once(told):
    assert len(told(HEAD + "昔阳县,乐平镇,较好,很多,前年\n昔阳县,不存在镇,达标,,\n")) == 4


def test_missing_file(tmp_path, campaign):
    with pytest.raises(ConfigError) as error:
        read_history([tmp_path / "没有.csv"], campaign)
    assert error.value.problems[0].code == "R925"


def test_the_same_row_twice_is_one(read):
    assert len(read(HEAD + "昔阳县,乐平镇,达标,,\n昔阳县,乐平镇,达标,,\n").units) == 1


def test_weights_are_products_of_the_multipliers_that_apply(read, campaign):
    rows = [
        "昔阳县,乐平镇,未达标,12,2018",  # all three
        "昔阳县,大寨镇,达标,10,2023",  # exactly the points
        "昔阳县,沾尚镇,达标,9.9,2022",  # just below both
        "昔阳县,皋落镇,待定,,2021",  # exactly three years before 2024
        "昔阳县,孔氏乡,未达标,,从未",
    ]
    found = {w.code: (w.value, w.reasons) for w in weights(read(HEAD + "\r\n".join(rows)), campaign)}
    assert found == {
        "140724100": (Fraction(8), ("failed_last_year", "inflated", "not_inspected")),
        "140724104": (Fraction(2), ("inflated",)),
        "140724101": (Fraction(2), ("not_inspected",)),
        "140724204": (Fraction(4), ("failed_last_year", "not_inspected")),
    }
