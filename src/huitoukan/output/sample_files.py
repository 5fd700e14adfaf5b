"""The files of a draw: its certificate as JSON and as a page, the lists as CSV and as a workbook, and what campaign.yaml takes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date

from huitoukan.output.files import csv_text
from huitoukan.output.render import render_part
from huitoukan.output.sample_workbook import sample_workbook
from huitoukan.output.text import Words
from huitoukan.standing.certificate import Record
from huitoukan.standing.certificate_view import CertificateView, Drawn, view_of

CERTIFICATE = "certificate.json"
LIST_COLUMNS = ("level", "county", "code", "name", "kind", "probability", "exact", "certain")


def sample_files(record: Record, day: date, words: Words, leaders: Mapping[str, str]) -> dict[str, bytes]:
    """The files by name; `day` stands in for the clock in the workbook, `leaders` are those in charge of counties, by code."""
    view = view_of(record)
    files = {
        CERTIFICATE: certificate_json(record),
        "certificate.html": render_part("_certificate.html", words, view=view),
        "roster.txt": view.roster_text.encode("utf-8"),
        "sample.csv": b"\xef\xbb\xbf" + csv_text(LIST_COLUMNS, list_records(view)).encode("utf-8"),
        "sample.xlsx": sample_workbook(view, day, words, leaders),
    }
    return files | {"coverage.yaml": coverage_yaml(view, words)}


def certificate_json(record: Record) -> bytes:
    """The certificate as people can read it too; its fingerprint does not depend on how it is laid out."""
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def list_records(view: CertificateView) -> list[Record]:
    """The units drawn, counties first: one record a unit."""
    return [*_records("county", view.counties), *_records("township", _townships(view))]


def _townships(view: CertificateView) -> Iterator[Drawn]:
    for place in view.places:
        yield from place.townships


def _records(level: str, units: Iterator[Drawn] | tuple[Drawn, ...]) -> Iterator[Record]:
    for one in units:
        yield {
            "level": level,
            "county": one.county,
            "code": one.code,
            "name": one.name,
            "kind": one.kind,
            "probability": one.probability,
            "exact": one.exact,
            "certain": one.certain or None,
        }


def coverage_yaml(view: CertificateView, words: Words) -> bytes:
    """The lines that make the units drawn those of the campaign: `coverage.city_units` or `coverage.county_units`."""
    plan = view.record["plan"]
    lines = [
        "# " + words("把下面几行并入 campaign.yaml 的 coverage 一节, 抽中的单位就是这个阶段应当检查的单位。"),
        f"# seed: {json.dumps(view.record['seed'], ensure_ascii=False)}  fingerprint: {view.record['fingerprint']}",
        "coverage:",
    ]
    if plan["design"] == "city":
        lines.append("  city_units:")
        lines += [f'    - "{one.code}"  # {one.name}' for one in view.counties]
        lines += [f'    - "{one.code}"  # {one.county}{one.name}' for one in _townships(view)]
    else:
        lines.append("  county_units:")
        for place in view.places:
            units = ", ".join(f'"{one.code}"' for one in place.townships)
            names = words("、").join(one.name for one in place.townships)
            lines += [f"    {json.dumps(place.name, ensure_ascii=False)}: [{units}]  # {names}"]
    return ("\n".join(lines) + "\n").encode("utf-8")
