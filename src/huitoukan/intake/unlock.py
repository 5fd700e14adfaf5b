"""Opening encrypted workbooks with the passwords that the user gave; needs the extra `unlock`.

A workbook that is only protected against changes is encrypted too, with a password that every spreadsheet program
knows: it is tried always.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from enum import StrEnum

EVERYBODYS = "VelvetSweatshop"  # of workbooks that are protected and not secret ([MS-OFFCRYPTO] 2.1.5)
_MOST_SPINS = 1_000_000  # rounds of the key derivation of one password: ten times what Excel asks for
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")


class Lock(StrEnum):
    """Why a workbook stays locked."""

    NO_PASSWORD = "no_password"  # none was given
    WRONG = "wrong"  # none of those given fits
    NO_PACKAGE = "no_package"  # the extra is not installed
    UNKNOWN = "unknown"  # a kind of encryption that cannot be opened here


def unlock(data: bytes, passwords: Sequence[str]) -> bytes | Lock:
    """The content of an encrypted xlsx, xlsb or xls as a file without encryption, or why it stays locked."""
    try:
        import msoffcrypto  # noqa: PLC0415  (optional, and needed for few files)
    except ImportError:
        return Lock.NO_PACKAGE if passwords else Lock.NO_PASSWORD
    if any(word in data for word in _DECLARATIONS):
        return Lock.UNKNOWN
    try:
        locked = msoffcrypto.OfficeFile(io.BytesIO(data))
        info = getattr(locked, "info", None) or {}
        if info.get("spinValue", 0) > _MOST_SPINS:
            return Lock.UNKNOWN
    except Exception:  # whatever it meets in a container that is broken or strange
        return Lock.UNKNOWN
    for password in dict.fromkeys((EVERYBODYS, *passwords)):
        opened = _opened(data, password) if password else None
        if opened is not None:
            return opened
    return Lock.WRONG if passwords else Lock.NO_PASSWORD


def _opened(data: bytes, password: str) -> bytes | None:
    import msoffcrypto  # noqa: PLC0415

    target = io.BytesIO()
    try:
        locked = msoffcrypto.OfficeFile(io.BytesIO(data))
        locked.load_key(password=password)
        locked.decrypt(target)
    except Exception:  # a wrong password shows itself in many ways, down to garbage that is no zip
        return None
    return target.getvalue() or None
