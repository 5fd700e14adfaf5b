"""Workbooks without the clock: openpyxl stamps the time of saving into them, and the same input must give the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime, time

_FIRST_ZIP_YEAR = 1980
_CORE = "docProps/core.xml"
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def moment_of(day: date) -> datetime:
    """The moment that stands in for the clock; zip files know none before 1980."""
    return datetime.combine(day.replace(year=max(day.year, _FIRST_ZIP_YEAR)), time(), UTC)


def without_clock(workbook: bytes, moment: datetime) -> bytes:
    """The same workbook as if it had been saved at a given moment."""
    stream = io.BytesIO()
    saved = b"\\g<1>" + moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode("ascii")
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == _CORE:
                content = _MODIFIED.sub(saved, content)
            part = zipfile.ZipInfo(name, moment.timetuple()[:6])
            part.compress_type, part.create_system, part.external_attr = zipfile.ZIP_DEFLATED, 0, 0
            target.writestr(part, content)
    return stream.getvalue()
