"""A made-up survey, filled into our own blank forms with a seed: every table equals what the test counts by itself."""

import csv
import io
import json
import random
import shutil
import statistics
from collections import Counter
from fractions import Fraction

import openpyxl
import pytest

from huitoukan.model import FileResult, FileStatus, Level, SheetKind, Stage
from huitoukan.output.survey_book import survey_workbook
from huitoukan.output.survey_records import answers_csv, survey_record, tables_csv
from huitoukan.output.text import Words
from huitoukan.pipeline import process
from huitoukan.standing.survey import survey
from huitoukan.standing.tabulation import Cut
from tests.cli.test_cli import run
from tests.support.answered import BLANK, UNREADABLE, filled_form, score_sheet

LEPING, GAOLUO = "140724100", "140724101"
COUNTIES = ("140721", "140722", "140724")
SINGLE, MULTIPLE = ("Q2", "Q10", "Q14", "Q16", "Q19"), ("Q18", "Q21")
NUMBERS = ("Q4", "Q5", "Q6", "Q7", "Q8", "Q9", "Q13", "Q15", "Q20")
PAIRS = {"Q11": ("villages", "staffed"), "Q12": ("townships", "staffed"), "Q17": ("times", "persons")}
TEXTS = ("建议多组织业务培训", "建议多组织业务培训。", "希望增加编制", "无", BLANK)


def made_up(random, level):
    """The answers of one unit: consistent numbers, some blanks, some that nobody can read."""
    five = random.randint(0, 5)
    six = random.randint(0, five)
    villages = random.randint(5, 40)
    answers = {
        "Q2": random.choice(["A", "B", "D", BLANK, UNREADABLE]),
        "Q3": "王敏 13800000000",
        "Q4": random.randint(5, 20),
        "Q5": five,
        "Q6": six,
        "Q7": five - six,
        "Q8": random.choice([0, 1, 3, BLANK]),
        "Q9": random.randint(0, five),
        "Q10": random.choice("AB"),
        "Q11": (villages, random.choice([BLANK, random.randint(0, villages)])),
        "Q12": (10, random.randint(0, 10)),
        "Q13": random.choice(["0", "1.5", "2.25", "12.5", BLANK, UNREADABLE]),
        "Q14": random.choice("ABCD"),
        "Q15": random.randint(0, 4),
        "Q16": random.choice("ABC"),
        "Q17": (random.randint(0, 4), random.randint(0, 60)),
        "Q18": "".join(letter for letter in "ABCDEFGH" if random.random() < 0.5) or BLANK,
        "Q19": random.choice("ABC"),
        "Q20": random.randint(0, 9),
        "Q21": random.choice(["A", "ACF", "BE", ("CG", "没有公务用车"), BLANK]),
        "Q22": random.choice(TEXTS),
    }
    asked = {"Q10", "Q11"} if level is Level.COUNTY else {"Q4", "Q12"}
    return {question: value for question, value in answers.items() if question not in asked}


@pytest.fixture(scope="module")
def truth(campaign):
    """What the units of three counties answered; about one in four did not send its questionnaire."""
    seeded = random.Random(20240610)
    units = [unit for unit in campaign.roster.units.values() if unit.county in COUNTIES and unit.required]
    return {unit.code: made_up(seeded, unit.level) for unit in units if seeded.random() < 0.75}


@pytest.fixture(scope="module")
def forms(campaign, truth):
    return {
        f"调查问卷/{code}.xlsx": filled_form(campaign, code, Stage.COUNTY, answers)
        for code, answers in truth.items()
    }


@pytest.fixture(scope="module")
def files(campaign, forms):
    """All forms read back, and a score sheet of a county check for every unit of the three counties."""
    read = [process(path, content, campaign) for path, content in forms.items()]
    checked = [
        score_sheet(unit.code, Stage.COUNTY)
        for unit in campaign.roster.units.values()
        if unit.county in COUNTIES and unit.required
    ]
    return (*read, *(FileResult(one.file, "", FileStatus.OK, "test", (one,)) for one in checked))


@pytest.fixture(scope="module")
def found(files, campaign):
    return survey(files, campaign)


def members(truth, campaign, group):
    """The units of a group, told by what the roster says of them."""
    units = campaign.roster.units
    belongs = {
        Cut.ALL: lambda unit: True,
        Cut.LEVEL: lambda unit: unit.level.value == group.key,
        Cut.COUNTY: lambda unit: unit.county == group.key and group.level in (None, unit.level),
        Cut.TYPE: lambda unit: unit.level is Level.TOWNSHIP and unit.name.endswith(group.key),
    }[group.cut]
    return [code for code in truth if belongs(units[code])]


def answer(truth, code, variable):
    """What one unit answered; None where its level is not asked."""
    question, _, part = variable.partition(".")
    if question not in truth[code]:
        return None
    value = truth[code][question]
    return value[PAIRS[question].index(part)] if part else value


def test_everybody_is_there(found, truth, campaign):
    assert {one.unit.code for one in found.respondents} == set(truth)
    assert not found.aside
    units = campaign.roster.units
    due = {code for code, unit in units.items() if unit.county in COUNTIES and unit.required}
    assert set(found.total.due) == due
    assert set(found.total.missing) == due - set(truth)
    assert found.total.missing
    for row in found.by_county:
        own = {code for code in due if units[code].county == row.county}
        assert (len(row.due), len(row.received)) == (len(own), len(own & set(truth)))


@pytest.mark.parametrize("cut", list(Cut))
def test_every_table(found, truth, campaign, cut):
    checked = Counter()
    for table in found.tables[cut]:
        variable = table.variable.id
        given = [(code, answer(truth, code, variable)) for code in members(truth, campaign, table.group)]
        if table.variable.question.type == "text":
            continue
        counts = table.counts
        assert counts.units == len(given), (variable, table.group)
        assert counts.not_asked == sum(value is None for _, value in given)
        assert counts.missing == sum(value is BLANK for _, value in given), (variable, table.group)
        assert counts.unreadable == sum(value is UNREADABLE for _, value in given)
        answered = [(code, value) for code, value in given if value not in (None, BLANK, UNREADABLE)]
        assert counts.answered == len(answered)
        if table.options:
            letters = {code: value[0] if isinstance(value, tuple) else value for code, value in answered}
            for option in table.options:
                assert set(option.units) == {code for code, chosen in letters.items() if option.key in chosen}
                if answered:
                    exact = Fraction(option.count, len(answered))
                    assert abs(Fraction(option.share) - exact) <= Fraction(1, 20_000)
        elif answered:
            numbers = [Fraction(str(value)) for _, value in answered]
            figures = table.numbers
            assert (figures.n, figures.zeros) == (len(numbers), numbers.count(0))
            assert (Fraction(figures.total), Fraction(figures.median)) == (
                sum(numbers),
                statistics.median(numbers),
            )
            assert (Fraction(figures.minimum), Fraction(figures.maximum)) == (min(numbers), max(numbers))
        else:
            assert table.numbers is None
        checked[variable] += 1
    every = {*SINGLE, *MULTIPLE, *NUMBERS, *(f"{q}.{part}" for q, parts in PAIRS.items() for part in parts)}
    township_only = every - {"Q4", "Q12.townships", "Q12.staffed"}
    assert set(checked) == (township_only if cut is Cut.TYPE else every)


def test_ratios(found, truth):
    full_time = next(r for r in found.ratios[Cut.ALL] if r.ratio.of == "Q6")
    assert full_time.part == sum(one["Q6"] for one in truth.values())
    assert full_time.whole == sum(one["Q5"] for one in truth.values())
    staffed = next(r for r in found.ratios[Cut.ALL] if r.ratio.of == "Q11.staffed")
    pairs = [one["Q11"] for one in truth.values() if "Q11" in one and BLANK not in one["Q11"]]
    assert (staffed.n, staffed.part, staffed.whole) == (
        len(pairs), sum(b for _, b in pairs), sum(a for a, _ in pairs),
    )  # fmt: skip


def test_texts(found, truth):
    texts = next(one for one in found.opinions if one.question.id == "Q22")
    said = Counter(
        one["Q22"].rstrip("。") for one in truth.values() if one["Q22"] is not BLANK and one["Q22"] != "无"
    )
    assert {o.text.rstrip("。"): len(o.remarks) for o in texts.opinions} == said
    assert len(texts.nothing) == sum(one["Q22"] == "无" for one in truth.values())
    cars = next(one for one in found.opinions if one.question.id == "Q21")
    assert {r.unit for o in cars.opinions for r in o.remarks} == {
        code for code, one in truth.items() if isinstance(one["Q21"], tuple)
    }


def test_answers_that_did_not_pass_the_checks_are_told(campaign):
    """A sum that does not agree and 元 for 万元: counted as they stand, and said in every output."""
    answers = {
        LEPING: {"Q5": 5, "Q6": 2, "Q7": 2, "Q13": 3, "Q11": (10, 12)},
        GAOLUO: {"Q5": 2, "Q6": 1, "Q7": 1, "Q13": 30000, "Q11": (10, 2)},
    }
    files = [
        process(f"{code}.xlsx", filled_form(campaign, code, Stage.CITY, one), campaign)
        for code, one in answers.items()
    ]
    found = survey(files, campaign)
    told = {t.variable.id: t.doubtful for t in found.tables[Cut.ALL] if t.doubtful}
    assert told == {"Q5": (LEPING,), "Q11.staffed": (LEPING,), "Q13": (GAOLUO,)}
    money = next(t for t in found.tables[Cut.ALL] if t.variable.id == "Q13")
    assert money.numbers.total == 30003, "as it stands, until somebody corrects it"
    record = survey_record(found, campaign, Words())
    doubtful = {(a["unit"], a["question"], a["part"]) for a in record["answers"] if a["doubtful"]}
    assert doubtful == {(LEPING, "Q5", None), (LEPING, "Q11", "staffed"), (GAOLUO, "Q13", None)}
    sheet = openpyxl.load_workbook(io.BytesIO(survey_workbook(found, campaign, Words())))["明细"]
    head = [cell.value for cell in sheet[3]]
    cell = sheet.cell(5, head.index("Q13 2023年统计工作经费 (万元)") + 1)
    assert (cell.value, cell.fill.fgColor.rgb) == (30000, "00FDE9D9")


def test_every_answer_leads_back_to_its_cell(found, campaign, forms):
    """Opened again by openpyxl, the cell of every number and text holds what the record says."""
    books = {
        path: openpyxl.load_workbook(io.BytesIO(content)).worksheets[0] for path, content in forms.items()
    }
    record = survey_record(found, campaign, Words())
    looked = 0
    for one in record["answers"]:
        sheet = books[one["file"]]
        assert sheet.title == one["sheet"]
        if one["number"] is not None:
            assert Fraction(str(sheet[one["cell"]].value)) == Fraction(one["number"])
            looked += 1
        elif one["state"] == "blank":
            assert sheet[one["cell"]].value is None
    assert looked > 200


def test_outputs_agree(found, campaign, truth):
    record = survey_record(found, campaign, Words())
    rows = list(csv.DictReader(io.StringIO(tables_csv(found, campaign, Words(), tuple(Cut)))))
    people = next(q for q in record["questions"] if q["id"] == "Q5")
    whole = next(r for r in people["results"] if r["by"] == "all")
    row = next(r for r in rows if r["id"] == "Q5" and r["by"] == "all")
    expected = str(sum(one["Q5"] for one in truth.values()))
    assert whole["numbers"]["sum"] == row["sum"] == expected
    answers = list(csv.DictReader(io.StringIO(answers_csv(found, campaign))))
    assert str(sum(int(a["number"]) for a in answers if a["question"] == "Q5")) == expected
    book = openpyxl.load_workbook(io.BytesIO(survey_workbook(found, campaign, Words())))
    assert book.sheetnames == [
        "说明", "回收情况", "单选题", "多选题", "数值题", "比率", "按县", "按类型", "文字意见", "明细", "出处",
    ]  # fmt: skip
    table = list(book["数值题"].values)
    head = table[1]
    q5 = next(r for r in table if r[0] == "Q5" and r[2] == "全部单位")
    assert q5[head.index("合计")] == int(expected)
    details = list(book["明细"].values)
    column = details[2].index("Q5 实有统计人员数 (人)")
    assert sum(r[column] for r in details[3:]) == int(expected)
    assert len(details) - 3 == len(truth)


def test_the_command(forms, truth, tmp_path):
    """Files on a disk, workers, stdout and a folder of results; a second run gives the same bytes."""
    folder, out = tmp_path / "报送", tmp_path / "结果"
    for path, content in forms.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    code, stdout, stderr = run("survey", folder, "--format", "json", "--by", "county", "--out", out)
    document = json.loads(stdout)
    assert (code, document["schema"]) == (0, 1)
    assert {a["unit"] for a in document["answers"]} == set(truth)
    assert {r["by"] for q in document["questions"] for r in q["results"]} == {"all", "county"}
    assert "survey.xlsx" in stderr
    names = {path.name for path in out.iterdir()}
    assert names == {
        "survey.json",
        "survey.xlsx",
        "survey_answers.csv",
        "survey_tables.csv",
        "survey_texts.csv",
    }
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    # Results inside the folder are known as ours and not read.
    shutil.move(out, folder / "结果")
    code, stdout, _ = run("survey", folder, "--out", folder / "结果", "--question", "q5", "--question", "Q18")
    assert code == 0
    assert "实有统计人员数" in stdout
    assert "经费来源" not in stdout
    run("survey", folder, "--out", folder / "结果")
    assert {path.name: path.read_bytes() for path in (folder / "结果").iterdir()} == before
    code, _, stderr = run("survey", folder, "--question", "Q99")
    assert code == 2
    assert "Q99" in stderr


def test_the_kinds_are_told(files):
    assert {sheet.kind for file in files for sheet in file.sheets} == {
        SheetKind.QUESTIONNAIRE,
        SheetKind.SCORE,
    }
