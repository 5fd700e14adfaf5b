"""Make the Word templates templates/report.docx and templates/letter.docx.

They are ordinary documents with Jinja tags (docxtpl): open them in Word or WPS, change words, styles and tables, and hand
the folder to `huitoukan report --template`. This script makes the ones that are shipped, so that a change can be read in a diff.

Usage: python scripts/make_word_templates.py [--check]     (--check writes nothing and fails when a file differs)
"""

from __future__ import annotations

import argparse
import io
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from word_page import Column, Page
from word_report import report

from huitoukan.output.clockless import without_clock

TEMPLATES = Path(__file__).parents[1] / "templates"
_MOMENT = datetime(2024, 1, 1, tzinfo=UTC)


def letter() -> Page:
    """The letter that goes back to one county."""
    page = Page("{{ report.campaign.settings.title }}")
    page.tag(
        'import "_feedback_sentences.txt" as say with context', 'import "_letter.txt" as told with context'
    )
    page.tag("if told.number")
    page.text("发文字号", "{{ told.number }}")
    page.tag("endif")
    page.text("公文标题", "{{ told.title }}")
    page.text("主送机关", '{{ _("{unit}：", unit=county.body.name) }}')
    page.text("公文正文", "{{ say.opening }}{{ say.gap }}{{ told.deadline }}")

    page.tag("if letter.requests")
    page.text("一级标题", '{{ told.heads["send"] }}')
    page.table(
        (
            Column('{{ _("要求") }}', "{{ told.send(one.told)|trim }}", 18),
            Column("{{ say.file_or_unit }}", "{{ told.whose(one)|trim }}", 37, "l"),
            Column('{{ _("情况") }}', "{{ one.told|message }}", 53, "l"),
            Column('{{ _("怎么办") }}', "{{ one.told|fix }}", 48, "l"),
        ),
        ("for one in letter.requests",),
    )
    page.tag("endif")

    page.tag("if letter.units")
    page.text("一级标题", '{{ told.heads["correct"] }}')
    page.tag("for unit in letter.units")
    page.text("二级标题", '{{ _("（{n}）{title}", n=loop.index|numeral, title=told.name_of(unit)|trim) }}')
    page.table(
        (
            Column('{{ _("要求") }}', "{{ told.correct(finding)|trim }}", 18),
            Column('{{ _("单元格") }}', '{{ finding.cell or "—" }}', 18),
            Column('{{ _("项目") }}', '{{ (finding|subject) or "—" }}', 26, "l"),
            Column('{{ _("表中填的") }}', '{{ (finding.value or "—")|truncate(36, true, "…") }}', 20, "s"),
            Column('{{ _("问题") }}', "{{ finding|short_message }}", 40, "l"),
            Column('{{ _("怎么改") }}', "{{ finding|fix }}", 34, "l"),
        ),
        ("for sheet in unit.sheets", "for finding in sheet.findings"),
        before=("{{ told.place_of(sheet)|trim }}",),
    )
    page.tag("endfor")
    page.tag("endif")

    page.tag("if letter.notes")
    page.text("一级标题", '{{ told.heads["notes"] }}')
    page.table(
        (
            Column('{{ _("单位") }}', '{{ note.unit.name if note.unit else "—" }}', 28, "l"),
            Column('{{ _("位置") }}', '{{ note.finding.file or "—" }}{{ note.finding|place }}', 52, "l"),
            Column(
                '{{ _("情况") }}', "{{ note.finding|message }}{{ say.gap }}{{ note.finding|fix }}", 76, "l"
            ),
        ),
        ("for note in letter.notes",),
    )
    page.tag("endif")

    page.tag("if told.left_line")
    page.text("公文正文", "{{ told.left_line }}")
    page.tag("endif")
    page.tag("if county.clean and county.findings")
    page.text(
        "公文正文", '{{ _("以下单位没有问题：{units}。", units=county.clean|map(attribute="name")|names) }}'
    )
    page.tag("endif")

    page.tag("if told.heads.get('return')")
    page.text("一级标题", '{{ told.heads["return"] }}')
    page.each("sentence in say.instructions", "四级标题", "({{ loop.index }}) {{ sentence }}")
    page.tag("endif")
    page.each("sentence in told.contacts", "公文正文", "{{ sentence }}")
    page.text("落款", "{{ say.settings.issuer }}")
    page.text("成文日期", '{{ _("　　年　　月　　日") }}')
    return page


def documents() -> dict[str, bytes]:
    """The templates by their file names."""
    return {
        name: without_clock(page.save(), _MOMENT)
        for name, page in (("report.docx", report()), ("letter.docx", letter()))
    }


def parts(document: bytes) -> dict[str, bytes]:
    """What a document is made of, for comparison: how its zip was packed does not matter."""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def main() -> int:
    """Write, or check."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    differ = []
    for name, content in documents().items():
        path = TEMPLATES / name
        if path.exists() and parts(path.read_bytes()) == parts(content):
            continue
        differ.append(name)
        if not check:
            path.write_bytes(content)
    print(", ".join(differ) or "nothing differs")
    return 1 if check and differ else 0


if __name__ == "__main__":
    sys.exit(main())
