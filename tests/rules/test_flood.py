"""F120 and F121: what is not told of a file because it would be too much."""

from dataclasses import replace

import pytest

from huitoukan.grid import Grid
from huitoukan.intake.extract import extract_all
from huitoukan.intake.reader import Kind, Outcome, Workbook
from huitoukan.model import Finding, Severity
from huitoukan.output.text import Words
from huitoukan.phrase import Listing, say
from huitoukan.rules.flood import bounded, without_flood
from huitoukan.rules.registry import Context, check
from huitoukan.rules.subjects import FileSubject
from tests.conftest import grid_of

TABLE = """
    | 序号 | 检查项目     | 标准分 | 自评分 |
    | T1.1 | 常规调查任务 | 4      | 4      |
    | T1.2 | 普查与专项   | 3      | 3      |
"""


@pytest.fixture
def context(campaign) -> Context:
    limits = campaign.settings.limits.model_copy(update={"rows": 10, "findings": 5})
    return Context(replace(campaign, settings=campaign.settings.model_copy(update={"limits": limits})))


def found(count: int, code: str = "S403", **more) -> list[Finding]:
    return [Finding(code=code, file="a.xlsx", sheet="表", cell=f"F{n}", **more) for n in range(1, count + 1)]


def fires(code: str, findings: list[Finding]) -> Finding:
    (one,) = (one for one in findings if one.code == code)
    return one


def silent(code: str, findings: list[Finding]) -> None:
    assert code not in {one.code for one in findings}


def listed(findings: list[Finding]) -> dict[str, int]:
    return {code: sum(one.code == code for one in findings) for code in {one.code for one in findings}}


def test_findings_without_end_are_counted(context):
    kept = without_flood("a.xlsx", [*found(8), *found(3, "S405")], context)
    assert listed(kept) == {"S403": 5, "S405": 3, "F120": 1}
    more = fires("F120", kept)
    assert (more.severity, more.blocks, more.file) == (Severity.INFO, False, "a.xlsx")
    assert Words("zh").message(more) == "同类问题太多：S403 另有 3 处未逐条列出。"


def test_as_many_findings_as_allowed_are_all_listed(context):
    kept = without_flood("a.xlsx", [*found(5), *found(5, "S405")], context)
    silent("F120", kept)
    assert listed(kept) == {"S403": 5, "S405": 5}


def test_long_values_count_more(context):
    kept = without_flood("a.xlsx", found(5, value="长" * 1500), context)
    assert listed(kept) == {"S403": 2, "F120": 1}


def test_what_blocks_a_sheet_is_kept_once_for_every_sheet(context):
    sheets = [replace(one, sheet=f"表{n}") for n, one in enumerate(found(9, "S404", blocks=True))]
    kept = without_flood("a.xlsx", [*sheets, *sheets], context)
    assert {one.sheet for one in kept if one.code == "S404"} == {f"表{n}" for n in range(9)}
    assert dict(kept[-1].details)["count"] == 9


def test_texts_do_not_travel_whole():
    long = "甲" * 40_000
    one = Finding(
        value=long,
        expected=long,
        details=(("why", say("{x}", x=long)), ("names", Listing((long,) * 300)), ("n", 1)),
    )
    cut = bounded(one)
    assert cut.value == long[:32_767]
    assert len(str(cut.expected)) < 2000
    assert len(repr(cut.details)) < 300_000
    assert Words("zh").value(dict(cut.details)["why"]).endswith("甲…")
    fine = Finding(
        value="甲" * 32_767,
        expected="4",
        details=(("why", say("{x}", x="a")), ("names", Listing(("a", "b")))),
    )
    assert bounded(fine) is fine


def rows_found(grid: Grid, context: Context) -> list[Finding]:
    limit = context.campaign.settings.limits.rows
    extracted = extract_all("a.xlsx", [grid.upper(limit)], context.campaign)
    workbook = Workbook(Outcome.READ, Kind.XLSX, "test", (grid,))
    return list(check(FileSubject("a.xlsx", workbook, extracted), context))


def test_rows_without_end_are_told(context):
    form = grid_of(TABLE)
    more = fires("F121", rows_found(replace(form, rows=[*form.rows, *([["明细", 1]] * 20)]), context))
    assert (more.sheet, more.severity) == (form.name, Severity.WARNING)
    assert Words("zh").message(more) == f"工作表有 {len(form.rows) + 20} 行，只检查了前 10 行。"


def test_few_rows_and_long_sheets_that_are_no_form_are_silent(context):
    form = grid_of(TABLE)
    silent("F121", rows_found(form, context))
    silent("F121", rows_found(Grid("台账", [["明细", 1]] * 50), context))


def test_a_message_quotes_only_the_beginning_of_a_long_cell():
    found = Finding("S404", value="甲" * 32_767, details=(("label", "T1.1"), ("why", ""), ("kind", "")))
    assert len(Words("zh").message(found)) < 400
    assert found.value is not None and len(found.value) == 32_767
