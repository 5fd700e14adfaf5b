"""C603-C607: copies, contradictions, and what a person decided between them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from huitoukan.campaign.decisions import Decision
from huitoukan.days import SheetDate
from huitoukan.model import (
    FileResult,
    FileStatus,
    ItemScore,
    Level,
    ScoreState,
    Severity,
    SheetKind,
    SheetResult,
    Stage,
)
from huitoukan.output.text import Words
from huitoukan.rules.received import received
from huitoukan.rules.registry import Context, check

LEPING, DAZHAI = "140724100", "140724103"
FIVE = {"T1.1": "4", "T1.2": "3", "T1.3": "3", "T1.4": "2"}


def sheet(file="a.xlsx", unit=LEPING, stage=Stage.SELF, name="评分表", level=Level.TOWNSHIP, **changed):
    """A sheet of four items; `T1_1="3"` changes one, None is a blank and "n/a" 不适用."""
    scores = FIVE | {key.replace("_", "."): value for key, value in changed.items()}

    def item(n, key, value):
        if value in (None, "n/a"):
            state = ScoreState.NOT_APPLICABLE if value else ScoreState.MISSING
            return ItemScore(key, state, None, f"F{n}")
        return ItemScore(key, ScoreState.SCORED, Decimal(value), f"F{n}")

    items = tuple(item(n, key, value) for n, (key, value) in enumerate(scores.items(), start=5))
    return SheetResult(file, name, SheetKind.SCORE, unit, stage, level, items=items)


def folder(*sheets, same=()):
    """The files of some sheets; those whose paths are in `same` have the same bytes."""
    paths = dict.fromkeys(sheet.file for sheet in sheets)
    return [
        FileResult(
            path, "same" if path in same else path, FileStatus.OK,
            sheets=tuple(sheet for sheet in sheets if sheet.file == path),
        )
        for path in paths
    ]  # fmt: skip


@pytest.fixture
def found(campaign):
    def found(code, files, *decisions):
        settings = campaign.settings.model_copy(update={"decisions": decisions})
        own = replace(campaign, settings=settings)
        return [f for f in check(received(files, own), Context(own)) if f.code == code]

    return found


def decide(file, **more):
    return Decision(**{"unit": LEPING, "stage": "self", "file": file, "reason": "电话确认"} | more)


def fires(code, findings, *files):
    assert [(f.code, f.file) for f in findings] == [(code, file) for file in files]


def silent(code, findings):
    assert findings == [], code


def says(findings, *messages):
    assert [Words("zh").message(f) for f in findings] == list(messages)


# ------------------------------------------------------------------------------------------ contradictions


def test_contradicting_duplicates(found):
    one, other = sheet(), sheet("b.xlsx", T1_1="3")
    findings = found("C603", folder(one, other))
    fires("C603", findings, "a.xlsx")
    assert findings[0].others == ("b.xlsx",)
    silent("C603", found("C603", folder(one, sheet("b.xlsx"))))
    silent("C603", found("C603", folder(one, sheet("b.xlsx", stage=Stage.COUNTY, T1_1="3"))))
    silent("C603", found("C603", folder(one, sheet("b.xlsx", unit=DAZHAI, T1_1="3"))))


def test_the_order_of_rows_is_no_contradiction(found):
    other = sheet("b.xlsx")
    silent("C603", found("C603", folder(sheet(), replace(other, items=other.items[::-1]))))
    without = replace(other, items=other.items[1:])  # the row was deleted: as good as blank
    silent("C603", found("C603", folder(sheet(T1_1=None), without)))


def test_the_form_of_another_level_is_no_contradiction(found):
    wrong = sheet("b.xlsx", level=Level.COUNTY, T1_1="3")  # it cannot count, and L208 tells of it
    silent("C603", found("C603", folder(sheet(), wrong)))


def test_the_differing_cells_are_listed(found):
    other = sheet("b.xlsx", T1_1="3.5", T1_2="n/a", T1_3=None)
    says(
        found("C603", folder(sheet(), other)),
        "昔阳县乐平镇自评的表有 2 份，分数不一致：①a.xlsx、②b.xlsx。有 3 项不同："
        "T1.1 报表任务（①F5 为 4、②F5 为 3.5）、T1.2 普查与抽样（①F6 为 3、②F6 为不适用）、"
        "T1.3 单位核实（①F7 为 3、②F7 没有可用的分数）。",
    )
    gone = replace(other, items=other.items[1:])
    assert "T1.1 报表任务（①F5 为 4、② 没有可用的分数）" in Words("zh").message(
        found("C603", folder(sheet(), gone))[0]
    )


def test_sheets_of_one_workbook_are_told_apart(found):
    (finding,) = found("C603", folder(sheet(), sheet(name="评分表 (2)", T1_4="1")))
    assert "①a.xlsx「评分表」、②a.xlsx「评分表 (2)」" in Words("zh").message(finding)
    assert finding.others == ()


def test_long_lists_are_cut(campaign, found):
    items = campaign.rubric.level(Level.TOWNSHIP).items()
    full = {item.id.replace(".", "_"): str(item.maximum) for item in items}
    none = dict.fromkeys(full, "0")
    (finding,) = found("C603", folder(sheet(**full), *(sheet(f"b{n:02}.xlsx", **none) for n in range(12))))
    message = Words("zh").message(finding)
    assert message.startswith("昔阳县乐平镇自评的表有 13 份")
    assert "⑩b08.xlsx、还有 3 份。" in message
    assert f"有 {len(items)} 项不同" in message
    assert f"、还有 {len(items) - 10} 项。" in message
    assert len(finding.others) == 12  # all of them have a problem, whatever the message lists


def test_a_copy_takes_no_side(found):
    files = folder(sheet(), sheet("b.xlsx", T1_1="3"), sheet("c.xlsx", T1_1="3"), same=("b.xlsx", "c.xlsx"))
    (finding,) = found("C603", files)
    assert "T1.1 报表任务（①F5 为 4、②F5 为 3）" in Words("zh").message(finding)
    assert finding.others == ("b.xlsx", "c.xlsx")


def test_what_blocks_the_verdict_of_a_unit(found):
    twice = sheet(), sheet("b.xlsx", T1_1="3")
    assert found("C603", folder(*twice))[0].blocks
    assert found("C603", folder(*twice, sheet("c.xlsx", stage=None)))[0].blocks  # no stage, no verdict
    assert not found("C603", folder(*twice, sheet("c.xlsx", stage=Stage.COUNTY)))[0].blocks


# ------------------------------------------------------------------------------------------ copies


def test_same_file_again(found):
    files = folder(
        sheet("乐平镇.xlsx"), sheet("包.zip/乐平镇.xlsx"), same=("乐平镇.xlsx", "包.zip/乐平镇.xlsx")
    )
    findings = found("C604", files)
    fires("C604", findings, "包.zip/乐平镇.xlsx")
    says(findings, "与“乐平镇.xlsx”是同一份文件（内容完全相同），只计一次。")
    assert (findings[0].unit, findings[0].stage) == (LEPING, Stage.SELF)
    silent("C604", found("C604", folder(sheet(), sheet("b.xlsx"))))
    silent("C605", found("C605", files))  # told once


def test_the_same_file_elsewhere_may_be_taken_for_another_stage(found):
    files = folder(sheet(), sheet("b.xlsx", stage=Stage.COUNTY), same=("a.xlsx", "b.xlsx"))
    says(
        found("C604", files),
        "与“a.xlsx”是同一份文件（内容完全相同），但文件名或文件夹不同，认出的单位或阶段也不同。",
    )


def test_a_copy_of_a_file_with_the_same_scores_is_told_of_once(found):
    files = folder(sheet(), sheet("b.xlsx"), sheet("c.xlsx"), same=("b.xlsx", "c.xlsx"))
    fires("C604", found("C604", files), "c.xlsx")
    fires("C605", found("C605", files), "b.xlsx")


def test_only_score_sheets_are_told_of(found):
    nothing = [FileResult(path, "same", FileStatus.UNREADABLE) for path in ("a.xlsx", "b.xlsx")]
    silent("C604", found("C604", nothing))


def test_same_scores_again(found):

    findings = found("C605", folder(sheet(), sheet("终稿.xlsx")))
    fires("C605", findings, "终稿.xlsx")
    says(findings, "昔阳县乐平镇自评的这张表与“a.xlsx”各项得分相同，只计一次。")
    dated = [
        replace(sheet(file), dating=SheetDate(date(2024, 5, day), "", (), "A1"))
        for file, day in (("a.xlsx", 20), ("b.xlsx", 21))
    ]
    says(
        found("C605", folder(*dated)),
        "昔阳县乐平镇自评的这张表与“a.xlsx”各项得分相同（日期不同：2024-05-20、2024-05-21），只计一次。",
    )
    silent("C605", found("C605", folder(sheet(), sheet("b.xlsx", T1_1="3"))))
    blank = dict.fromkeys((key.replace(".", "_") for key in FIVE), None)
    silent("C605", found("C605", folder(sheet(**blank), sheet("b.xlsx", **blank))))  # nothing to count


# ------------------------------------------------------------------------------------------ decisions


def test_left_aside(found, campaign):
    files = folder(sheet(), sheet("b.xlsx", T1_1="3"), sheet("c.xlsx"), sheet("d.xlsx", unit=DAZHAI))
    findings = found("C606", files, decide("a.xlsx"))
    fires("C606", findings, "b.xlsx")
    says(findings, "昔阳县乐平镇自评以“a.xlsx”为准，这张表不计（检查活动文件的决定：电话确认）。")
    assert findings[0].severity is Severity.INFO
    silent("C603", found("C603", files, decide("a.xlsx")))
    # It says the same: a copy, no other version.
    fires("C605", found("C605", files, decide("a.xlsx")), "c.xlsx")
    # What counts is named.
    says(found("C605", files, decide("c.xlsx")), "昔阳县乐平镇自评的这张表与“c.xlsx”各项得分相同，只计一次。")
    silent("C606", found("C606", files))


def test_a_decision_keeps_the_other_sheets_of_the_unit(campaign):
    files = folder(sheet(), sheet("b.xlsx", T1_1="3"), sheet("c.xlsx", stage=Stage.COUNTY))
    own = replace(campaign, settings=campaign.settings.model_copy(update={"decisions": (decide("b.xlsx"),)}))
    by_unit = received(files, own).by_unit
    assert [s.file for s in by_unit[LEPING]] == ["b.xlsx", "c.xlsx"]


def test_decision_without_effect(found):
    files = folder(sheet("昔阳县/a.xlsx"), sheet("昔阳县/b.xlsx", T1_1="3"), sheet("c.xlsx", unit=DAZHAI))
    findings = found("C607", files, decide("a.xlsx"))
    fires("C607", findings, None)
    says(
        findings,
        "检查活动文件的决定没有着落：昔阳县乐平镇自评以“a.xlsx”为准，但没有在其中找到这样的表。",
    )
    assert Words("zh").fix(findings[0]) == (
        "请改正检查活动文件的 decisions（这样的表有：昔阳县/a.xlsx、昔阳县/b.xlsx），或删去这条决定。"
    )
    fires("C607", found("C607", files, decide("c.xlsx")), None)  # there, but another unit's
    assert found("C603", files, decide("a.xlsx")) != []  # the contradiction remains
    silent("C607", found("C607", files, decide("昔阳县\\b.xlsx")))
    silent("C607", found("C607", folder(sheet()), decide("a.xlsx")))  # nothing to decide any more


def test_a_workbook_with_several_such_sheets_needs_the_sheet_named(found):
    files = folder(sheet(), sheet(name="二", T1_1="3"))
    findings = found("C607", files, decide("a.xlsx"))
    says(
        findings,
        "检查活动文件的决定没有着落：昔阳县乐平镇自评以“a.xlsx”为准，但其中有 2 张这样的表，分数不同。",
    )
    assert "用 sheet 写明工作表：评分表、二" in Words("zh").fix(findings[0])
    silent("C607", found("C607", files, decide("a.xlsx", sheet="二")))
    silent("C603", found("C603", files, decide("a.xlsx", sheet="二")))
    (aside,) = found("C606", files, decide("a.xlsx", sheet="二"))
    assert (aside.file, aside.sheet) == ("a.xlsx", "评分表")


def test_the_form_of_another_level_cannot_be_decided_for(found):
    files = folder(sheet(), sheet("b.xlsx", level=Level.COUNTY))
    fires("C607", found("C607", files, decide("b.xlsx")), None)


def test_decisions_about_units_of_other_counties_are_not_missed(campaign):
    own = campaign.settings.model_copy(update={"decisions": (decide("x.xlsx"),)})
    elsewhere = replace(campaign, settings=own).limited_to("祁县")
    assert [f for f in check(received([], elsewhere), Context(elsewhere)) if f.code == "C607"] == []
