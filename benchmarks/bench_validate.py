"""How fast is `huitoukan validate`, beside two loops that only read the same workbooks?

Makes workbooks (60 rows by 10 columns, a filled township form with saved totals and rows of notes below it) and times
cold processes side by side, alternating, in one run:

  validate   huitoukan validate DIR --format json
  pandas     a loop of pandas.read_excel(engine="openpyxl")
  calamine   a loop that only reads every sheet with python-calamine

Start-up apart: each time is reduced by the time that the same command needs for one workbook.
Goals: validate at most 1/8 of pandas, and at most 4 times calamine.

Usage: python benchmarks/bench_validate.py [--files 450] [--repeat 3]
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Side

from huitoukan.campaign.campaign import load_campaign
from huitoukan.model import Level, Unit

ROWS, COLUMNS = 60, 10
_THIN = Border(*(Side(style="thin"),) * 4)

_PANDAS = """
import sys, pathlib, pandas
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    pandas.read_excel(path, engine="openpyxl", sheet_name=None, header=None)
"""
_CALAMINE = """
import sys, pathlib
from python_calamine import CalamineWorkbook
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    workbook = CalamineWorkbook.from_path(path)
    for name in workbook.sheet_names:
        workbook.get_sheet_by_name(name).to_python()
"""


def workbook(unit: Unit, county: str) -> bytes:
    """A filled self-assessment of a township, with its totals saved as a spreadsheet program saves them."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "评分表"
    rubric = load_campaign().rubric.level(Level.TOWNSHIP)
    rows: list[list[object]] = [
        ["乡级统计基础工作规范化建设“回头看”评分表"],
        ["单位名称", county + unit.name, None, "检查阶段", "自评", None, "检查日期", date(2024, 5, 20)],
        [
            "序号",
            "检查内容",
            "检查项目",
            "评分标准",
            "标准分",
            "自评分",
            "扣分原因",
            "佐证材料",
            "备注",
            "联系电话",
        ],
    ]
    for dimension in rubric.dimensions:
        for item in dimension.items:
            rows.append(
                [
                    item.id,
                    dimension.title,
                    item.title,
                    item.criterion,
                    item.maximum,
                    item.maximum,
                    None,
                    "见附件",
                    None,
                    None,
                ]
            )
    rows.append(["合计", None, None, None, rubric.total, "=SUM(F4:F33)"])
    rows += [[f"说明{n}", *("填表说明文字",) * (COLUMNS - 1)] for n in range(ROWS - len(rows))]
    for r, row in enumerate(rows, start=1):
        for c in range(1, COLUMNS + 1):
            cell = sheet.cell(r, c, row[c - 1] if c <= len(row) else None)
            cell.border = _THIN
            cell.alignment = Alignment(wrap_text=True)
    stream = io.BytesIO()
    book.save(stream)
    return _with_saved_total(stream.getvalue(), str(rubric.total))


def _with_saved_total(data: bytes, total: str) -> bytes:
    """openpyxl writes formulas without their results; put the result in, as Excel does."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content, count = re.subn(
                    rb"(</f>)<v\s*/>|(</f>)<v></v>", rb"</f><v>" + total.encode() + rb"</v>", content
                )
                assert count == 1, "one formula, one saved total"
            archive.writestr(name, content)
    return target.getvalue()


def make(folder: Path, count: int) -> None:
    """`count` workbooks of distinct units; the roster is gone through as often as needed."""
    campaign = load_campaign()
    townships = [u for u in campaign.roster.units.values() if u.level is Level.TOWNSHIP and u.required]
    made = {
        unit.code: workbook(unit, campaign.roster.county_name(unit.county))
        for unit in townships[: min(count, 118)]
    }
    for n in range(count):
        unit = townships[n % len(made)]
        (folder / f"{n:04d}.xlsx").write_bytes(made[unit.code])


def seconds(command: list[str]) -> float:
    """Wall time of a cold process."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def main() -> None:
    """Measure and print the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=450)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="bench-"))
    many, one = root / "many", root / "one"
    many.mkdir()
    one.mkdir()
    make(many, options.files)
    make(one, 1)
    validate = [sys.executable, "-m", "huitoukan", "validate", "--quiet", "--format", "json"]
    commands = {
        "validate": lambda folder: [*validate, str(folder)],
        "pandas": lambda folder: [sys.executable, "-c", _PANDAS, str(folder)],
        "calamine": lambda folder: [sys.executable, "-c", _CALAMINE, str(folder)],
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    try:
        for _ in range(options.repeat):
            for name, command in commands.items():
                times[name].append((seconds(command(many)), seconds(command(one))))
    finally:
        shutil.rmtree(root)
    print(f"{options.files} workbooks of {ROWS} rows by {COLUMNS} columns, {options.repeat} runs of each")
    # Other guests of a machine only ever make a run slower: the fastest one says what the work costs, the median what to expect.
    for label, pick in (("median", statistics.median), ("fastest", min)):
        net = {}
        for name, pairs in times.items():
            total, start = (pick(values) for values in zip(*pairs, strict=True))
            net[name] = total - start
            print(
                f"{label:8} {name:9} {total:6.2f} s in all, {start:5.2f} s for one file, "
                f"{net[name]:6.2f} s start-up apart"
            )
        print(
            f"{label:8} validate / pandas = {net['validate'] / net['pandas']:.3f} (goal: at most 0.125), "
            f"validate / calamine = {net['validate'] / net['calamine']:.2f} (goal: at most 4)"
        )


if __name__ == "__main__":
    main()
