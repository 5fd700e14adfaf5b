"""Workbooks without the clock: openpyxl stamps the time of saving into them, and the same input must give the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime, time

_FIRST_ZIP_YEAR = 1980
_TYPES, _CORE = "[Content_Types].xml", "docProps/core.xml"
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def moment_of(day: date) -> datetime:
    """The moment that stands in for the clock; zip files know none before 1980."""
    return datetime.combine(day.replace(year=max(day.year, _FIRST_ZIP_YEAR)), time(), UTC)


def without_clock(workbook: bytes, moment: datetime) -> bytes:
    """The same workbook as if it had been saved at a given moment.

    Its properties come early and are not packed: the beginning of the file tells that it is ours (output/places.py), until
    another program saves it.
    """
    stream = io.BytesIO()
    saved = b"\\g<1>" + moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode("ascii")
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        names = source.namelist()
        for name in sorted(names, key=lambda name: (name != _TYPES, name != _CORE, names.index(name))):
            content = source.read(name)
            if name == _CORE:
                content = _MODIFIED.sub(saved, content)
            part = zipfile.ZipInfo(name, moment.timetuple()[:6])
            part.compress_type = zipfile.ZIP_STORED if name == _CORE else zipfile.ZIP_DEFLATED
            part.create_system, part.external_attr = 0, 0
            target.writestr(part, content)
    return stream.getvalue()
