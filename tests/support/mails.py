"""Mails as programs save them: with names in the many encodings that are in use."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Attachment:
    """A file in a mail; `header` is how its name is written: words (RFC 2047), rfc2231, raw bytes, or none."""

    name: str
    content: bytes
    header: str = "words"
    charset: str = "gb2312"
    inline: bool = False

    def part(self) -> bytes:
        raw = self.name.encode("gb18030" if self.charset.startswith("gb") else self.charset)
        if self.header == "words":
            name = b'filename="=?%s?B?%s?="' % (self.charset.encode(), base64.b64encode(raw))
        elif self.header == "rfc2231":
            name = b"filename*=%s''%s" % (self.charset.encode(), quote(raw).encode())
        else:
            name = b'filename="%s"' % raw if self.header == "raw" else b""
        kind = b"inline" if self.inline else b"attachment"
        headers = [
            b"Content-Type: application/octet-stream",
            b"Content-Disposition: " + b"; ".join(filter(None, [kind, name])),
            b"Content-Transfer-Encoding: base64",
        ]
        return b"\r\n".join([*headers, b"", base64.encodebytes(self.content)])


def mail(
    attachments: Sequence[Attachment] = (), *, sender: bytes = b"=?gb2312?B?%s?= <zhao@example.org>" % base64.b64encode("赵聂".encode("gb2312")),
    subject: bytes = b"=?UTF-8?B?6Ieq6K+E6KGo?=", date: bytes = b"Mon, 20 May 2024 09:30:00 +0800",
    body: bytes = b"see attachment", first: bytes = b"Received: from mail.example.org",
) -> bytes:  # fmt: skip
    """A mail with a text and some attachments."""
    text = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + body + b"\r\n"
    parts = [text, *(attachment.part() for attachment in attachments)]
    headers = [
        first, b"From: " + sender, b"Subject: " + subject, b"Date: " + date, b"MIME-Version: 1.0",
        b'Content-Type: multipart/mixed; boundary="=_x"',
    ]  # fmt: skip
    return b"\r\n".join([*headers, b"", *(b"--=_x\r\n" + part for part in parts), b"--=_x--", b""])
