"""Questionnaires of the made-up city, counted by the product and by plain sums over what was answered."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tests.city.conftest import run
from tests.support.city import tabulated
from tests.support.city.folder import City

_FIGURES = ("sum", "mean", "min", "q1", "median", "q3", "max")


@pytest.fixture(scope="module")
def told(folder: Path) -> dict:
    return run("survey", folder)


def group(record: dict) -> tabulated.Group:
    return (record["by"], record["key"], record["level"])


def result(record: dict) -> dict:
    """One result of the JSON in the terms of the truth."""
    found = {name: record[name] for name in ("units", "answered", "missing", "unreadable", "not_asked")}
    if "options" in record:
        found["options"] = {
            one["key"]: (
                one["count"],
                None if one["share"] is None else Fraction(one["share"]),
                {*one["units"]},
            )
            for one in record["options"]
        }
        found["none"] = {*record["none"]}
    elif "numbers" in record:
        numbers = record["numbers"]
        found["numbers"] = numbers and {
            **{name: Fraction(numbers[name]) for name in _FIGURES},
            "zeros": numbers["zeros"], "few": numbers["few"],
            "min_units": {*numbers["min_units"]}, "max_units": {*numbers["max_units"]},
        }  # fmt: skip
    return found


def test_every_question_over_every_group(made: City, told: dict) -> None:
    seen = {
        (one["id"], group(record)): result(record) for one in told["questions"] for record in one["results"]
    }
    true = tabulated.results(made)
    assert {*seen} == {*true}
    assert seen == true


def test_ratios(made: City, told: dict) -> None:
    true = tabulated.ratios(made)
    seen = {(one["of"], one["per"]) for one in told["ratios"]}
    assert seen == tabulated.RATIOS
    for one in told["ratios"]:
        n, part, whole = true[one["of"], one["per"], group(one)]
        assert (one["answered"], Fraction(one["part"]), Fraction(one["whole"])) == (n, part, whole)
        value = tabulated.rounded(Fraction(part) / whole, 4) if whole else None
        assert (None if one["value"] is None else Fraction(one["value"])) == value


def test_response(made: City, told: dict) -> None:
    for row in told["response"]:
        true = tabulated.response(made, row["county"], row["level"])
        counts = {name: len(row[name]) if isinstance(row[name], list) else row[name] for name in true}
        assert counts == {name: len(found) for name, found in true.items()}


def test_answers_lead_back_to_their_cells(made: City, told: dict) -> None:
    spots = {unit: found[0] for unit, found in made.questionnaires.items()}
    replies = tabulated.counting(made)
    assert {one["unit"] for one in told["answers"]} == {*replies}
    for one in told["answers"]:
        ref = (one["question"], one["part"])
        reply, spot = replies[one["unit"]][ref], spots[one["unit"]]
        assert (one["file"], one["sheet"]) == (spot.file, spot.sheet)
        if one["question"] not in (
            "Q18",
            "Q21",
        ):  # with a row for each option the answer stands in several cells
            assert one["cell"] == spot.cells[ref]
        if reply.written is None:
            assert (None if one["number"] is None else Fraction(one["number"])) == reply.number
            assert one["choices"] is None or tuple(one["choices"]) == (reply.choices or ())
            assert one["state"] == ("blank" if reply.blank else "answered")


def test_texts_are_gathered(made: City, told: dict) -> None:
    """Texts that differ in a mark at the end are one; 无 is nothing to say."""
    written = {unit: replies["Q22", None].text for unit, replies in tabulated.counting(made).items()}
    true: dict[str, set[str]] = {}
    for unit, text in written.items():
        true.setdefault(text.removesuffix("。"), set()).add(unit)
    [opinions] = [one for one in told["texts"] if one["question"] == "Q22"]
    seen = {
        one["text"].removesuffix("。"): {remark["unit"] for remark in one["remarks"]}
        for one in opinions["opinions"]
    }
    assert {*opinions["nothing"]} == true.pop("无")
    true.pop("")
    assert seen == true
    [others] = [one for one in told["texts"] if one["question"] == "Q21"]
    assert others["units"] == sum(
        "G" in (one["Q21", None].choices or ()) for one in tabulated.counting(made).values()
    )
