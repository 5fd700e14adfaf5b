"""The parts of a mail, found in one pass over its bytes, whatever they are.

The parser of the standard library takes every line apart, once for each mail around it, keeps a part of nothing in two kilobytes,
and some parameters for ever: a mail made for it takes hours. Here all of that is counted.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from huitoukan.intake.bounds import MEGABYTE
from huitoukan.intake.contents import ContainerError
from huitoukan.phrase import say

_DEEPEST = 30  # parts in parts; one mail forwarded in another takes two or three
_MOST_BOUNDARIES = 20_000  # in one mail, those that turn out to be none counted
_MOST_HEADERS = 8 * MEGABYTE  # bytes of the headers of a mail and of all its parts
_LONGEST_VALUE = 8192  # characters that are kept of a header
_MOST_SECTIONS = 200  # of a parameter that is cut into several (RFC 2231)
_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_AFTER_BOUNDARY = re.compile(rb"(--)?[ \t]{0,200}+(?:\r?\n|\r|\Z)")
_PARAMETER = re.compile(r';\s*+([^\s=;"]{1,100}+)\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"?|([^;]*+))', re.DOTALL)
_UUENCODE = frozenset({"x-uuencode", "uuencode", "uue", "x-uue"})


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a mail: its headers by their names in lower case, and where its content lies in `data`.

    Headers are kept as they were written, bytes that are no ASCII as surrogates.
    """

    headers: dict[str, str]
    data: bytes = field(repr=False)
    start: int
    end: int

    @property
    def content_type(self) -> str:
        """`text/plain` where there is none, or none that makes sense."""
        told = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return told if told.count("/") == 1 else "text/plain"

    @property
    def disposition(self) -> str:
        """`attachment`, `inline` or nothing."""
        return self.headers.get("content-disposition", "").partition(";")[0].strip().lower()

    def parameter(self, header: str, name: str) -> str | tuple[bytes, str]:
        """A parameter of a header, "" where there is none; one in the way of RFC 2231 as its bytes and their charset."""
        _, semicolon, rest = self.headers.get(header, "").partition(";")
        found: dict[str, str] = {}
        for key, quoted, plain in _PARAMETER.findall(semicolon + rest):
            value = quoted.replace("\\\\", "\\").replace('\\"', '"') if quoted else plain.strip()
            found.setdefault(key.lower(), value)
        if f"{name}*" in found:
            charset, _, value = found[f"{name}*"].partition("'")
            return unquote_to_bytes(_raw(value.partition("'")[2])), charset
        if f"{name}*0" in found or f"{name}*0*" in found:
            return _joined(found, name)
        return found.get(name, "")

    def content(self) -> bytes:
        """The content, decoded.

        Raises:
            ContainerError: it cannot be.
        """
        raw = self.data[self.start : self.end]
        encoding = self.headers.get("content-transfer-encoding", "").strip().lower()
        try:
            if encoding == "base64":
                return _base64(raw)
            if encoding == "quoted-printable":
                return binascii.a2b_qp(raw)
            return _uuencoded(raw) if encoding in _UUENCODE else raw
        except binascii.Error:
            raise ContainerError(say("附件损坏或不完整")) from None


def parts(data: bytes) -> Iterator[Part]:
    """The parts of a mail that hold no others, in their order; those of a mail attached to it are among them.

    Raises:
        ContainerError: there are more, or they lie deeper in each other, than in any mail that people send.
    """
    return _Walk(data).parts(0, len(data), 0)


def header(data: bytes) -> Part:
    """A mail with its own headers."""
    walk = _Walk(data)
    return Part(*walk.headers(0, len(data)))


@dataclass(slots=True)
class _Budget:
    boundaries: int = _MOST_BOUNDARIES
    header_bytes: int = _MOST_HEADERS


@dataclass(slots=True)
class _Walk:
    """A walk through a mail, or through one that was decoded from another; what it may cost is shared."""

    data: bytes
    left: _Budget = field(default_factory=_Budget)

    def parts(self, start: int, end: int, depth: int) -> Iterator[Part]:
        if depth > _DEEPEST:
            why = say("邮件一层套一层, 超过上限 {limit} 层", limit=_DEEPEST)
            raise ContainerError(why, refused=True)
        part = Part(*self.headers(start, end))
        kind = part.content_type
        if kind.startswith("multipart/"):
            boundary = part.parameter("content-type", "boundary")
            text = boundary[0] if isinstance(boundary, tuple) else _raw(boundary)
            sections = list(self.sections(part.start, part.end, text.rstrip())) if text.strip() else []
            for section in sections:
                yield from self.parts(*section, depth + 1)
            if sections:
                return
        elif kind in ("message/rfc822", "message/global"):
            if part.headers.get("content-transfer-encoding", "").strip().lower() in (
                "base64",
                "quoted-printable",
            ):
                inner = part.content()
                yield from _Walk(inner, self.left).parts(0, len(inner), depth + 1)
            else:
                yield from self.parts(part.start, part.end, depth + 1)
            return
        yield part

    def headers(self, start: int, end: int) -> tuple[dict[str, str], bytes, int, int]:
        """The headers at the beginning of a part, and where its content begins and ends: what `Part` is made of."""
        data, at = self.data, start
        most = start + self.left.header_bytes
        found: dict[str, list[bytes]] = {}
        kept: list[bytes] | None = None
        while at < end:
            stop = data.find(b"\n", at, min(end, most))
            if stop < 0 and end > most:
                raise ContainerError(say("邮件头太长"), refused=True)
            after = end if stop < 0 else stop + 1
            line = data[at : after if stop < 0 else stop].removesuffix(b"\r")
            if not line:
                at = after
                break
            named = None if line[0] in b" \t" else _NAME.match(line)
            if named:
                name = named[1].lower().decode("ascii")
                kept = None if name in found else found.setdefault(name, [])
                line = line[named.end() :]
            elif line[0] not in b" \t" or not found:
                if at != start or not line.startswith(b"From "):  # as a mailbox begins
                    break
                line = b""
            if kept is not None and len(kept) < _LONGEST_VALUE:
                kept.append(line[:_LONGEST_VALUE])
            at = after
        self.left.header_bytes -= at - start
        texts = {name: _text(b"".join(lines)[:_LONGEST_VALUE]).strip() for name, lines in found.items()}
        return texts, data, at, end

    def sections(self, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int]]:
        """Where the parts between boundaries begin and end; the last one may lack its boundary."""
        data, mark, begun = self.data, b"\n--" + boundary, -1
        at = start - 1 if data.startswith(mark[1:], start) else data.find(mark, start, end)
        while at >= 0:
            self.left.boundaries -= 1
            if self.left.boundaries < 0:
                why = say("邮件里有 {limit} 个以上的部分", limit=_MOST_BOUNDARIES)
                raise ContainerError(why, refused=True)
            after = at + len(mark)
            found = _AFTER_BOUNDARY.match(data, after, end)
            if found:
                if begun >= 0:
                    last = at - 1 if data[at - 1 : at] == b"\r" else at
                    yield begun, max(begun, last)
                if found[1]:
                    return
                begun = found.end()
            at = data.find(mark, max(after, begun - 1), end)
        if begun >= 0:
            yield begun, end


def _joined(found: dict[str, str], name: str) -> str | tuple[bytes, str]:
    """A parameter that was cut into sections."""
    charset, encoded, pieces = "", False, []
    for n in range(_MOST_SECTIONS):
        if f"{name}*{n}*" in found:
            value, encoded = found[f"{name}*{n}*"], True
            if n == 0:
                charset, _, value = value.partition("'")
                value = value.partition("'")[2]
            pieces.append(unquote_to_bytes(_raw(value)))
        elif f"{name}*{n}" in found:
            pieces.append(_raw(found[f"{name}*{n}"]))
        else:
            break
    raw = b"".join(pieces)
    return (raw, charset) if encoded else _text(raw)


def _text(raw: bytes) -> str:
    return raw.decode("ascii", "surrogateescape")


def _raw(text: str) -> bytes:
    return text.encode("ascii", "surrogateescape")


def _base64(raw: bytes) -> bytes:
    """Base64, with whatever does not belong there left out, and padding that was lost."""
    for padding in (b"", b"=", b"=="):
        try:
            return binascii.a2b_base64(raw + padding)
        except binascii.Error:
            continue
    raise binascii.Error


def _uuencoded(raw: bytes) -> bytes:
    lines = iter(raw.splitlines())
    for line in lines:
        if line.startswith(b"begin "):
            break
    content = bytearray()
    for line in lines:
        if line.strip() in (b"end", b"`", b""):
            break
        length = (line[0] - 32) & 63
        content += binascii.a2b_uu(line[: 1 + (length + 2) // 3 * 4])  # some programs write a byte too many
    return bytes(content)
