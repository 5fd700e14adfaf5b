"""What must hold of every result, whatever the file was."""

from __future__ import annotations

import json
import re
from functools import cache

from huitoukan.campaign.campaign import Campaign, load_campaign
from huitoukan.model import FileResult, FileStatus
from huitoukan.output import records
from huitoukan.output.text import Words

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})(?::([A-Z]{1,3})([1-9]\d{0,6}))?")
_LONGEST_VALUE = 32_767


@cache
def _campaign() -> Campaign:
    return load_campaign()


def assert_sound(result: FileResult) -> None:
    """Assert that the findings of a file can be told, stand in cells that exist, and explain its status."""
    words = Words("zh")
    sheets = {sheet.sheet for sheet in result.sheets}
    for found in result.findings:
        assert found.file == result.path
        assert found.cell is None or _ADDRESS.fullmatch(found.cell), found
        assert found.cell is None or found.sheet in sheets, found
        assert len(found.value or "") <= _LONGEST_VALUE
        assert words.message(found) and words.fix(found)
    document = records.validation(_campaign(), [result], result.findings, words)
    assert json.loads(json.dumps(document))["files"][0]["status"] == result.status.value
    if result.status in (FileStatus.UNREADABLE, FileStatus.ENCRYPTED, FileStatus.REFUSED):
        assert result.findings and not result.sheets
