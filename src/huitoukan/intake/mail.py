"""Mails that were saved as `.eml`, or several in a mailbox: who sent them when, and their attachments.

They are taken apart by the standard library, whose time and memory depend on how many lines, parts and mails inside each
other there are: those are counted before it begins. What a mail says of itself is kept as it says it; nothing of it is believed for a score. Names come in every encoding that
mail programs make: `=?gb2312?B?…?=` with characters that gb2312 lacks, RFC 2231, or plain bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from huitoukan.campaign.campaign import Limits
from huitoukan.intake.bounds import MEGABYTE
from huitoukan.intake.contents import ContainerError, Contents, Member, excess, is_unsafe, members
from huitoukan.model import Mail
from huitoukan.phrase import say

if TYPE_CHECKING:
    from email.message import Message

_MOST_LINES = 1_500_000  # 50 MB in base64 are half as many
_MOST_PARTS = 20_000  # lines that may be boundaries
_MOST_WORK = 10_000_000  # lines times the multiparts and mails that each of them may lie in: every one is asked for its end
_INSIDE = re.compile(rb"^content-type:[ \t]*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_LONGEST_VALUE = 8192  # characters that are looked at of a header
_LONGEST_HEADER = 300  # characters that are kept of a sender or a subject
_LONGEST_WORDS = 4000  # characters of a header that are decoded at all
_GB18030 = frozenset({"gb2312", "gbk", "cp936", "x-gbk", "gb_2312-80", "hz-gb-2312", "gb18030"})
# The charsets of texts. Python decodes others too, some of them in quadratic time, or to characters that no text has.
_CHARSET = re.compile(
    r"(us-)?ascii|utf[-_]?(8|16|32)|gb|cp|big|euc|iso|windows|shift|sjis|koi|latin|ks|hz|johab|mac|tis",
    re.IGNORECASE,
)
_LONGEST_CHARSET = 40
_SPACES = re.compile(r"\s+")
_PATH = re.compile(r"[\\/]+")
_MAILBOX = b"From "  # with this, a line that is followed by headers, begins each mail of a mailbox
_MAILBOX_LINE = re.compile(rb"From [^\r\n]{0,300}\d{4}[^\r\n]{0,100}\r?\n[!-9;-~]{1,100}:")
_MOST_CANDIDATES = 100_000  # lines that may begin a mail of a mailbox


def list_mail(data: bytes, limits: Limits) -> Contents:
    """The attachments of a mail, and its sender, date and subject; of a mailbox, its mails.

    Raises:
        ContainerError: the mail is made of more parts, or holds more files, than it may.
    """
    mails = _mailbox(data)
    if len(mails) > 1:
        _check(mails, data, limits)
        inside = tuple(Member(f"邮件{n + 1}.eml", n) for n in range(len(mails)))
        return Contents(members=inside, unpacked=len(data))
    files = _attachments(data)
    _check(files, data, limits)
    top = _parse(data)
    mail = Mail(_header(top, "From"), _sent(top), _header(top, "Subject"))
    named = ((place, _file_name(part, place)) for place, part in enumerate(files))
    listed = (replace(m, junk=True) if _is_adornment(files[m.place]) else m for m in members(named))
    return Contents(members=tuple(listed), mail=mail, unpacked=len(data))


def _check(inside: Sequence[object], data: bytes, limits: Limits) -> None:
    why = excess(len(inside), len(data), limits)
    if why is not None:
        raise ContainerError(why, refused=True)


def read_attachment(data: bytes, place: int, limit: int) -> bytes:
    """One attachment of a mail, or one mail of a mailbox, by its place; `limit` is its largest size in bytes.

    Raises:
        ContainerError: it is damaged or larger than that.
    """
    mails = _mailbox(data)
    if len(mails) > 1:
        content: object = data[slice(*mails[place])]
    else:
        content = _attachments(data)[place].get_payload(decode=True)
    if not isinstance(content, bytes):
        raise ContainerError(say("附件损坏或不完整"))
    if len(content) > limit:
        size, most = len(content) // MEGABYTE, limit // MEGABYTE
        raise ContainerError(
            say("文件有 {size} MB, 超过上限 {limit} MB", size=size, limit=most), refused=True
        )
    return content


@lru_cache(maxsize=2)  # the attachments of a mail are read one after the other
def _parse(data: bytes) -> Message:
    """A mail, taken apart.

    Raises:
        ContainerError: it has more lines or parts than a mail has, or they lie too deep in each other.
    """
    import email  # noqa: PLC0415  (needed for few files)
    from email.policy import Compat32  # noqa: PLC0415

    class AsWritten(Compat32):
        """Headers as they stand: the usual policy replaces every byte that is not ASCII before we can decode it."""

        def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002
            return value[:_LONGEST_VALUE]

    lines, inside = data.count(b"\n"), len(_INSIDE.findall(data))
    if lines > _MOST_LINES or data.count(b"\n--") > _MOST_PARTS or lines * inside > _MOST_WORK:
        raise ContainerError(say("邮件由过多的部分拼成"), refused=True)
    try:
        return email.message_from_bytes(data, policy=AsWritten())
    except RecursionError:
        raise ContainerError(say("邮件由过多的部分拼成"), refused=True) from None
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        why = say("邮件损坏或不完整 ({detail})", detail=type(error).__name__)
        raise ContainerError(why) from None


def _attachments(data: bytes) -> list[Message]:
    """The parts that are files; those of a mail that is itself attached among them."""
    return [part for part in _parse(data).walk() if not part.is_multipart() and _is_file(part)]


@lru_cache(maxsize=2)
def _mailbox(data: bytes) -> tuple[tuple[int, int], ...]:
    """Where the mails of a mailbox begin and end; nothing where it is one mail."""
    if not data.startswith(_MAILBOX):
        return ()
    starts, at = [0], 0
    for _ in range(_MOST_CANDIDATES):
        at = data.find(b"\n" + _MAILBOX, at) + 1
        if not at:
            break
        after_blank = data[at - 2 : at - 1] == b"\n" or data[at - 3 : at - 1] == b"\n\r"
        if after_blank and _MAILBOX_LINE.match(data, at):
            starts.append(at)
    return tuple(zip(starts, [*starts[1:], len(data)], strict=True))


def _is_file(part: Message) -> bool:
    if part.get_content_disposition() == "attachment" or _written_name(part):
        return True
    return part.get_content_maintype() not in ("text", "multipart", "message")


def _is_adornment(part: Message) -> bool:
    """Whether it is a picture in the text of the mail, such as the logo below a signature."""
    shown = part.get("Content-ID") is not None and part.get_content_disposition() != "attachment"
    return shown and part.get_content_maintype() == "image"


def _written_name(part: Message) -> str | tuple[str | None, str | None, str]:
    try:
        return part.get_param("filename", header="content-disposition") or part.get_param("name") or ""
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""  # of broken parameters: the part is read all the same


def _file_name(part: Message, place: int) -> str:
    """The name of an attachment, without any folders; one that has no usable name gets a number."""
    written = _written_name(part)
    if isinstance(written, tuple):  # charset, language and percent-encoded bytes (RFC 2231)
        charset, _, value = written
        name = _words(value.encode("latin-1", "replace"), charset)
    else:
        name = _decoded(written)
    name = _SPACES.sub(" ", _PATH.split(name)[-1]).strip()
    return f"附件{place + 1}" if not name or is_unsafe(name) else name


def _header(mail: Message, name: str) -> str:
    """A header in words, without what commands a terminal or turns the order of characters round."""
    text = _decoded(str(mail.get(name, "")))[:_LONGEST_WORDS]
    seen = "".join(c if c.isprintable() else " " for c in text)
    return _SPACES.sub(" ", seen).strip()[:_LONGEST_HEADER]


def _sent(mail: Message) -> str:
    """The date of a mail as ISO text, with its own time zone; as it is written where it cannot be understood."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415  (needed for few files)

    written = _header(mail, "Date")
    try:
        return parsedate_to_datetime(written).isoformat() if written else ""
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return written


def _decoded(value: str) -> str:
    """A header in words: encoded words decoded, plain bytes taken for UTF-8, else for GB18030."""
    from email.header import decode_header  # noqa: PLC0415

    text = value[:_LONGEST_WORDS]
    try:
        pieces = decode_header(text)
    except (ValueError, LookupError):
        pieces = [(text, None)]
    return "".join(_words(piece, charset) for piece, charset in pieces)


def _words(piece: bytes | str, charset: str | None) -> str:
    # Bytes that are no ASCII came as surrogates.
    raw = piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogateescape")
    for encoding in _encodings(charset):
        try:
            return raw.decode(encoding)
        except (ValueError, LookupError):
            continue
    return raw.decode("utf-8", "replace")


def _encodings(charset: str | None) -> Iterator[str]:
    if charset and len(charset) <= _LONGEST_CHARSET and charset.isascii() and _CHARSET.match(charset):
        yield "gb18030" if charset.lower() in _GB18030 else charset
    yield from ("utf-8", "gb18030")
