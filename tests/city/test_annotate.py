"""Marked copies of the whole made-up city say what their originals say."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

from huitoukan.examination import process
from huitoukan.intake.discover import arrivals
from huitoukan.model import Severity
from huitoukan.output.annotate import Order, make, marked_copies
from huitoukan.output.annotate_copy import Setting
from huitoukan.output.annotate_list import Remark
from huitoukan.output.clockless import moment_of
from huitoukan.output.text import Words

WORDS = Words("zh")


def said(sheets):
    return [(s.sheet, s.kind, s.unit, s.stage, s.dating, s.items, s.answers) for s in sheets]


def test_every_copy_reads_back(inspection, folder):
    made = marked_copies(inspection, arrivals(folder, None), WORDS, jobs=2)
    files = {file.path: file for file in inspection.files}
    copies = [one for one in made.files if one.copy]
    assert len(copies) > 40
    for one in copies:
        again = process(one.copy, made.contents[one.copy], inspection.campaign)
        assert said(again.sheets) == said(files[one.file].sheets), one.file
    sent = [name for name in made.contents if name.endswith(".zip")]
    inside = [name for zip_ in sent for name in zipfile.ZipFile(io.BytesIO(made.contents[zip_])).namelist()]
    assert len(inside) == len(copies) + len(sent)


def test_marks_anywhere_change_no_score(inspection, folder):
    """Files of every shape that the city sends, marked at random cells of all their worksheets."""
    rng = random.Random(2024)
    outer = {one.path: one for one in arrivals(folder, None)}
    campaign = inspection.campaign
    setting = Setting(campaign.settings.limits, (), moment_of(campaign.settings.period.start))
    files = [file for file in inspection.files if file.path in outer and file.sheets and file.reader]
    for file in rng.sample(files, 40):
        names = [sheet.sheet for sheet in file.sheets]
        remarks = tuple(
            Remark(
                rng.choice(list(Severity)), "S405", rng.choice(names), f"{rng.choice('ABCDEFGHI')}{rng.randint(1, 60)}",
                "", "", "", "高于标准分", "高于标准分", "请改正",
            )
            for _ in range(25)
        )  # fmt: skip
        copy = make(Order(file.path, outer[file.path], "", remarks, file.sha256), setting, WORDS)
        again = process(str(Path(file.path).with_suffix(copy.suffix)), copy.data, campaign)
        assert said(again.sheets) == said(file.sheets), file.path
