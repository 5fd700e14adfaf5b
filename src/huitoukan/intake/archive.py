"""Zip archives: their directory, and one file of them at a time, in memory.

Archives made on Chinese Windows carry names in GBK and do not say so; others carry UTF-8 and do not say so either.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence

from huitoukan.campaign.campaign import Limits
from huitoukan.intake.bounds import MEGABYTE
from huitoukan.intake.contents import ContainerError, Contents, excess, is_unsafe, members
from huitoukan.intake.unlock import Lock
from huitoukan.phrase import say

_UTF8, _ENCRYPTED = 0x800, 0x1  # flags of an entry
_AES = 99  # the compression method that stands for the encryption of WinZip and 7-Zip
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, IndexError)


def list_archive(archive: zipfile.ZipFile, limits: Limits, passwords: Sequence[str]) -> Contents:
    """What an archive holds, by its directory alone; a size that lies there fails when the file is read.

    Raises:
        ContainerError: it holds more, or more files, than it may.
    """
    entries = archive.infolist()
    named = [(place, _name(entry)) for place, entry in enumerate(entries)]
    files = [(place, name) for place, name in named if not name.endswith("/")]
    why = excess(len(files), sum(entry.file_size for entry in entries), limits)
    if why is not None:
        raise ContainerError(why, refused=True)
    encrypted = {place for place, _ in files if entries[place].flag_bits & _ENCRYPTED}
    lock = _lock(archive, entries[min(encrypted)], passwords) if encrypted else None
    to_read = [(place, name) for place, name in files if not (lock and place in encrypted)]
    return Contents(
        members=tuple(members((place, name) for place, name in to_read if not is_unsafe(name))),
        unsafe=tuple(name for _, name in files if is_unsafe(name)),
        lock=lock,
        unpacked=sum(entries[place].file_size for place, _ in to_read),
    )


def read_entry(archive: zipfile.ZipFile, place: int, limit: int, passwords: Sequence[str]) -> bytes:
    """One file of an archive, by its place in the directory; `limit` is its largest size in bytes.

    Raises:
        ContainerError: it is damaged, larger than that, or locked.
    """
    entry = archive.infolist()[place]
    if entry.file_size > limit:
        size = entry.file_size // MEGABYTE
        why = say("文件有 {size} MB, 超过上限 {limit} MB", size=size, limit=limit // MEGABYTE)
        raise ContainerError(why, refused=True)
    password = None
    if entry.flag_bits & _ENCRYPTED:
        password = _password(archive, entry, passwords)
        if password is None:
            raise ContainerError(lock=_lock(archive, entry, passwords))
    try:
        with archive.open(entry, pwd=password) as stream:
            data = stream.read(entry.file_size)  # no more is unpacked, whatever the packed bytes hold
            stream.read(1)  # at the end, the checksum is compared
    except NotImplementedError:
        raise ContainerError(say("压缩包用了不支持的压缩方法")) from None
    except _BROKEN as error:
        raise ContainerError(say("压缩包损坏或不完整 ({detail})", detail=_detail(error))) from None
    except RuntimeError:  # the password fitted by chance: one in 256 does
        raise ContainerError(lock=Lock.WRONG) from None
    if len(data) != entry.file_size:
        raise ContainerError(say("压缩包损坏或不完整"))
    return data


def _detail(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


def _lock(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, passwords: Sequence[str]) -> Lock | None:
    """Why an encrypted entry stays locked; None when one of the passwords opens it."""
    if _password(archive, entry, passwords) is not None:
        return None
    if entry.compress_type == _AES:
        return Lock.UNKNOWN
    return Lock.WRONG if passwords else Lock.NO_PASSWORD


def _password(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, passwords: Sequence[str]) -> bytes | None:
    """The password that opens an entry; None when none does, or its encryption (AES) is not to be had here."""
    for password in (encoded for word in passwords for encoded in _encodings(word)):
        try:
            with archive.open(entry, pwd=password) as stream:
                stream.read(1)
            return password
        except (RuntimeError, NotImplementedError, *_BROKEN):
            continue
    return None


def _encodings(password: str) -> Iterator[bytes]:
    """A password as the bytes that programs made of it: in GBK on Chinese Windows, else in UTF-8."""
    yield password.encode("utf-8", "replace")
    if not password.isascii():
        yield password.encode("gb18030", "replace")


def _name(entry: zipfile.ZipInfo) -> str:
    """The path of an entry with `/`, in the encoding in which it was written."""
    name = entry.orig_filename
    if not entry.flag_bits & _UTF8 and not name.isascii():
        raw = name.encode("cp437", "replace")  # zipfile took the bytes for this
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            name = raw.decode("gb18030", "replace")  # a backslash would be taken for a folder
    return name.replace("\\", "/").removeprefix("./")
