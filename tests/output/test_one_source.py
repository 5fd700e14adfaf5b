"""One source: what stands in several outputs of one run is the same in all of them.

The report of the sample inspection is written once; every output is read by a reader of its own (lxml, python-docx,
openpyxl, csv, json, plain text), and their numbers are laid beside each other.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import docx
import pytest
from lxml import html
from openpyxl import load_workbook

from tests.cli.test_cli import run

SAMPLES = Path(__file__).parents[2] / "sample_sheets"
VERDICTS = {"pass": "达标", "fail": "未达标", "pending": "待定"}
SEVERITIES = {"error": "错误", "warning": "警告", "info": "提示"}
COUNTIES = ["名次", "县（区、市）", "结论", "得分", "等级", "依据", "距达标线", "乡镇达标", "主要理由"]
TOWNSHIPS = ["名次", "单位", "结论", "得分", "等级", "依据", "说明", "来源"]
DIMENSIONS = ["维度", "平均得分率"]
Rows = list[list[str]]
Table = tuple[list[str], Rows]


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("one-source") / "report"
    code, _, err = run("report", SAMPLES, "--out", out)
    assert code == 0, err
    return out


@pytest.fixture(scope="module")
def results(written) -> dict[str, Any]:
    return json.loads((written / "results.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def page(written):
    return html.parse(written / "report.html", html.HTMLParser(encoding="utf-8")).getroot()


@pytest.fixture(scope="module")
def document(written):
    return docx.Document(str(written / "report.docx"))


@pytest.fixture(scope="module")
def book(written):
    return load_workbook(written / "report.xlsx", data_only=True)


@pytest.fixture(scope="module")
def tables(written, page, document) -> dict[str, list[Table]]:
    """The tables of the three texts: their heads and their rows, as they read."""
    return {
        "report.html": list(_page_tables(page)),
        "report.md": list(_text_tables((written / "report.md").read_text("utf-8"))),
        "report.docx": [_split([[c.text for c in row.cells] for row in t.rows]) for t in document.tables],
    }


def _split(rows: Rows) -> Table:
    return rows[0], rows[1:]


def _words(element) -> str:
    return " ".join("".join(element.itertext()).split())


def _page_tables(page) -> Iterator[Table]:
    for table in page.iter("table"):
        head = [_words(cell) for cell in table.findall("./thead//th")]
        yield head, [[_words(cell) for cell in row] for row in table.findall("./tbody/tr")]


def _text_tables(text: str) -> Iterator[Table]:
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        rows = [[c.strip() for c in line.strip("|").split(" | ")] for line in block.strip().splitlines()]
        yield [c.strip() for c in rows[0]], [[c.strip() for c in row] for row in rows[2:]]


def _of(tables: list[Table], head: list[str]) -> list[Rows]:
    """The rows of the tables whose head begins so."""
    return [rows for own, rows in tables if own[: len(head)] == head]


def _sheet(book, name: str, first: str) -> list[dict[str, Any]]:
    """The list on a sheet as records, from the row whose first cell reads `first` to the next that is empty."""
    rows = list(book[name].iter_rows(values_only=True))
    start = next(n for n, row in enumerate(rows) if row[0] == first)
    found = []
    for row in rows[start + 1 :]:
        if row[0] is None:
            break
        found.append(dict(zip(rows[start], row, strict=True)))
    return found


def _all_words(page, document, text: str) -> dict[str, str]:
    return {
        "report.html": _words(page),
        "report.md": text,
        "report.docx": "\n".join(paragraph.text for paragraph in document.paragraphs),
    }


def _number(text: str) -> str | None:
    return None if text == "—" else text


def _plain(value: float | None) -> str | None:
    return None if value is None else format(Decimal(repr(value)).normalize(), "f")


def _percent(value: float) -> str:
    """A share as the texts tell it: per cent, two places at the most, half up."""
    share = (Decimal(repr(value)) * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{share.normalize():f}%"


# ------------------------------------------------------------------------------------------------------------ overview


def test_the_overview_reads_alike_and_counts_what_the_data_say(written, results, page, document, book):
    lines = (written / "report.md").read_text("utf-8").splitlines()
    start, end = (next(n for n, line in enumerate(lines) if line.startswith(f"## {n_}、")) for n_ in "一二")
    told = [line.replace(" ", "") for line in lines[start + 1 : end] if line]
    assert len(told) >= 4
    sections = {section.get("id"): section for section in page.iter("section")}
    assert told == [
        _words(p).replace(" ", "") for p in sections["overview"].iter("p") if p.get("class") is None
    ]
    in_word = [p.text.replace(" ", "") for p in document.paragraphs]
    in_excel = [str(row[0]).replace(" ", "") for row in book["总览"].iter_rows(values_only=True) if row[0]]
    assert set(told) <= set(in_word)
    assert set(told) <= set(in_excel)
    totals, summary = results["totals"], results["summary"]
    text = "".join(told)
    assert f"收到文件{summary['files']}个" in text
    assert (
        f"{len(results['counties'])}个县（区、市）中，达标{totals['pass']}个，未达标{totals['fail']}个，"
        f"待定{totals['pending']}个" in text
    )
    count = sum(summary[severity] for severity in SEVERITIES)
    kinds = "、".join(f"{word}{summary[severity]}处" for severity, word in SEVERITIES.items())
    assert f"检查发现问题{count}处：{kinds}。其中{summary['blocking']}处" in text


def test_the_totals_of_the_workbook_are_those_of_the_data(results, book):
    rows = list(book["总览"].iter_rows(values_only=True))
    head = next(n for n, row in enumerate(rows) if "未达标" in row and "合计" in row)
    columns = {word: rows[head].index(word) for word in VERDICTS.values()}
    townships = Counter(one["status"] for county in results["counties"] for one in county["townships"])
    for row, expected in ((rows[head + 1], results["totals"]), (rows[head + 2], townships)):
        assert {word: row[column] for word, column in columns.items()} == {
            word: expected[status] for status, word in VERDICTS.items()
        }


# ------------------------------------------------------------------------------------------------------------ verdicts


@pytest.mark.parametrize("name", ["report.html", "report.md", "report.docx"])
def test_every_text_gives_the_counties_of_the_data(results, tables, name):
    (rows,) = _of(tables[name], COUNTIES)
    found = {row[1]: (row[0], row[2], row[3], row[7].partition("（")[0].partition("待")[0]) for row in rows}
    expected = {}
    for county in results["counties"]:
        states = Counter(one["status"] for one in county["townships"])
        of = f"{states['pass']}/{states.total()}"
        expected[county["name"]] = (str(county["rank"]), VERDICTS[county["status"]], county["score"], of)
    assert found == expected
    assert len({rank for rank, *_ in found.values()}) > 1, "the samples must tell counties apart"


def test_the_workbook_gives_the_counties_of_the_data(results, book):
    rows = _sheet(book, "县区", "代码")
    for row, county in zip(rows, sorted(results["counties"], key=lambda c: c["code"]), strict=True):
        states = Counter(one["status"] for one in county["townships"])
        assert (row["代码"], row["结论"], row["名次"]) == (
            county["code"],
            VERDICTS[county["status"]],
            county["rank"],
        )
        assert (_plain(row["得分"]), _plain(row["距达标线"])) == (county["score"], county["margin"])
        assert (row["达标乡镇"], row["待定乡镇"]) == (states["pass"], states["pending"])
        for dimension in county["dimensions"].values():
            assert _plain(row[dimension["title"]]) == dimension["score"], dimension["title"]


@pytest.mark.parametrize("name", ["report.html", "report.md", "report.docx"])
def test_every_text_gives_the_townships_of_the_data(results, tables, name, written, page, document):
    found = Counter(
        (row[1], row[2], _number(row[3])) for rows in _of(tables[name], TOWNSHIPS) for row in rows
    )
    expected = Counter(
        (one["name"], VERDICTS[one["status"]], one["score"])
        for county in results["counties"]
        for one in county["townships"]
    )
    silent = expected - found  # a sentence names those that sent nothing
    assert found == expected - silent
    assert [name for name, _, _ in silent] == ["马坊乡"]
    text = "".join(_all_words(page, document, (written / "report.md").read_text("utf-8"))[name].split())
    assert "没有收到评分表的乡镇（街道）1个：马坊乡。" in text


def test_the_workbook_gives_the_townships_of_the_data(results, book):
    found = {row["代码"]: (row["结论"], _plain(row["得分"])) for row in _sheet(book, "乡镇", "代码")}
    assert found == {
        one["code"]: (VERDICTS[one["status"]], one["score"])
        for county in results["counties"]
        for one in county["townships"]
    }


# ---------------------------------------------------------------------------------------------------------- dimensions


def test_the_dimensions_are_the_same_in_every_output(tables, book):
    texts = [_of(tables[name], DIMENSIONS) for name in tables]
    rates = [[[(row[0], row[1]) for row in rows] for rows in levels] for levels in texts]
    assert len(rates[0]) == 2
    assert all(len(level) == 8 for level in rates[0])
    assert rates[0] == rates[1] == rates[2]
    rows = [
        row for row in book["维度"].iter_rows(values_only=True) if row[0] and isinstance(row[3], float | int)
    ]
    numbers = [(row[0], _percent(row[3])) for row in rows[: sum(map(len, rates[0]))]]
    assert numbers == [pair for level in rates[0] for pair in level]


# ------------------------------------------------------------------------------------------------------------ findings


def test_every_finding_is_in_every_list(written, results, page, book):
    expected = Counter(
        (one["code"], SEVERITIES[one["severity"]], one["file"] or "", one["cell"] or "")
        for one in results["findings"]
    )
    assert expected.total() == sum(results["summary"][severity] for severity in SEVERITIES)
    with (written / "findings.csv").open(encoding="utf-8-sig", newline="") as stream:
        listed = Counter(
            (one["code"], SEVERITIES[one["severity"]], one["file"], one["cell"])
            for one in csv.DictReader(stream)
        )
    assert listed == expected
    in_excel = Counter(
        (row["代码"], row["级别"], row["文件"] or "", row["单元格"] or "")
        for row in _sheet(book, "问题清单", "序号")
    )
    assert in_excel == expected


def test_every_county_is_asked_the_same_in_its_letter_and_on_its_page(written):
    """Every request, one in a line of a table: how pressing it is, and what is to be done."""
    letters = sorted((written / "letters").iterdir())
    assert len(letters) == 3
    for letter in letters:
        county = letter.stem.removeprefix("整改通知_")
        parser = html.HTMLParser(encoding="utf-8")
        page = html.parse(written / "feedback" / f"{county}.html", parser).getroot()
        told = Counter(
            (_words(cells[0]), _words(cells[-1]))
            for table in page.iter("table")
            if "要求" in [_words(cell) for cell in table.iter("th")]
            for row in table.iter("tr")
            if (cells := row.findall("td"))
        )
        said = Counter(
            (" ".join(row.cells[0].text.split()), " ".join(row.cells[-1].text.split()))
            for table in docx.Document(str(letter)).tables
            if table.rows[0].cells[0].text == "要求"
            for row in table.rows[1:]
            if row.cells[0].text != row.cells[-1].text  # the file, across the whole row
        )
        assert said.total() > 5
        assert said == told, county
