"""Mails that were saved as `.eml`: who sent them when, and their attachments, with the standard library.

What a mail says of itself is kept as it says it; nothing of it is believed for a score. Names come in every encoding that
mail programs make: `=?gb2312?B?…?=` with characters that gb2312 lacks, RFC 2231, or plain bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from huitoukan.campaign.campaign import Limits
from huitoukan.intake.contents import ContainerError, Contents, is_unsafe, members
from huitoukan.model import Mail
from huitoukan.phrase import say

if TYPE_CHECKING:
    from email.message import Message

_MEGABYTE = 1024 * 1024
_LONGEST_HEADER = 300  # characters that are kept of a sender or a subject
_LONGEST_WORDS = 4000  # characters of a header that are decoded at all
_GB18030 = frozenset({"gb2312", "gbk", "cp936", "x-gbk", "gb_2312-80", "hz-gb-2312", "gb18030"})
_SPACES = re.compile(r"\s+")
_PATH = re.compile(r"[\\/]+")


def list_mail(data: bytes, limits: Limits) -> Contents:
    """The attachments of a mail, and its sender, date and subject.

    Raises:
        ContainerError: the mail is damaged beyond reading, or holds more files than it may.
    """
    message = _parse(data)
    mail = Mail(_header(message, "From"), _sent(message), _header(message, "Subject"))
    parts = _attachments(message)
    if len(parts) > limits.archive_files:
        why = say("里面有 {count} 个文件, 超过上限 {limit} 个", count=len(parts), limit=limits.archive_files)
        raise ContainerError(why, refused=True)
    named = ((place, _file_name(part, place)) for place, part in enumerate(parts))
    listed = tuple(replace(m, junk=True) if _is_adornment(parts[m.place]) else m for m in members(named))
    return Contents(members=listed, mail=mail)


def read_attachment(data: bytes, place: int, limit: int) -> bytes:
    """One attachment of a mail, by its place; `limit` is its largest size in bytes.

    Raises:
        ContainerError: it is damaged or larger than that.
    """
    content = _attachments(_parse(data))[place].get_payload(decode=True)
    if not isinstance(content, bytes):
        raise ContainerError(say("附件损坏或不完整"))
    if len(content) > limit:
        size, most = len(content) // _MEGABYTE, limit // _MEGABYTE
        raise ContainerError(
            say("文件有 {size} MB, 超过上限 {limit} MB", size=size, limit=most), refused=True
        )
    return content


def _parse(data: bytes) -> Message:
    import email  # noqa: PLC0415  (needed for few files)
    from email.policy import Compat32  # noqa: PLC0415

    class AsWritten(Compat32):
        """Headers as they stand: the usual policy replaces every byte that is not ASCII before we can decode it."""

        def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002
            return value

    try:
        return email.message_from_bytes(data, policy=AsWritten())
    except (RecursionError, ValueError, LookupError, TypeError, IndexError, AttributeError) as error:
        detail = type(
            error
        ).__name__  # the parser forgives nearly everything; parts nested by the thousand it does not
        raise ContainerError(say("邮件损坏或不完整 ({detail})", detail=detail)) from None


def _attachments(message: Message) -> list[Message]:
    """The parts that are files; those of a mail that is itself attached among them."""
    return [part for part in message.walk() if not part.is_multipart() and _is_file(part)]


def _is_file(part: Message) -> bool:
    if part.get_content_disposition() == "attachment" or part.get_filename() is not None:
        return True
    return part.get_content_maintype() not in ("text", "multipart", "message")


def _is_adornment(part: Message) -> bool:
    """Whether it is a picture in the text of the mail, such as the logo below a signature."""
    shown = part.get("Content-ID") is not None and part.get_content_disposition() != "attachment"
    return shown and part.get_content_maintype() == "image"


def _file_name(part: Message, place: int) -> str:
    """The name of an attachment, without any folders; one that has no usable name gets a number."""
    written = part.get_param("filename", header="content-disposition") or part.get_param("name") or ""
    if isinstance(written, tuple):  # charset, language and percent-encoded bytes (RFC 2231)
        charset, _, value = written
        name = _words(value.encode("latin-1", "replace"), charset)
    else:
        name = _decoded(written)
    name = _SPACES.sub(" ", _PATH.split(name)[-1]).strip()
    return f"附件{place + 1}" if not name or is_unsafe(name) else name


def _header(message: Message, name: str) -> str:
    return _SPACES.sub(" ", _decoded(message.get(name, ""))).strip()[:_LONGEST_HEADER]


def _sent(message: Message) -> str:
    """The date of a mail as ISO text, with its own time zone; as it is written where it cannot be understood."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415

    written = _header(message, "Date")
    try:
        return parsedate_to_datetime(written).isoformat() if written else ""
    except (ValueError, TypeError, IndexError, OverflowError):
        return written


def _decoded(value: object) -> str:
    """A header in words: encoded words decoded, plain bytes taken for UTF-8, else for GB18030."""
    from email.header import decode_header  # noqa: PLC0415

    text = str(value)[:_LONGEST_WORDS]
    try:
        pieces = decode_header(text)
    except (ValueError, LookupError):
        pieces = [(text, None)]
    return "".join(_words(piece, charset) for piece, charset in pieces)


def _words(piece: bytes | str, charset: str | None) -> str:
    raw = (
        piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogateescape")
    )  # bytes as they came
    for encoding in _encodings(charset):
        try:
            return raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("utf-8", "replace")


def _encodings(charset: str | None) -> Iterator[str]:
    if charset and charset.lower() != "unknown-8bit":
        yield "gb18030" if charset.lower() in _GB18030 else charset
    yield from ("utf-8", "gb18030")
