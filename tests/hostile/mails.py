"""Hostile mails: what is wrong lies in their headers, parts and names; the good attachments are read all the same."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from tests.hostile.archives import BESIDE, forms
from tests.hostile.case import READS, Corpus
from tests.hostile.zips import MEGABYTE
from tests.support.mails import Attachment, mail

corpus = Corpus()
HEAD = b"Received: x\r\nFrom: a@example.org\r\nMIME-Version: 1.0\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"


def good_attachments() -> list[Attachment]:
    """The good forms as attachments."""
    return [Attachment(name, data) for name, data in forms().items()]


def beside(*parts: bytes, **headers: bytes) -> bytes:
    """A mail of these parts behind two good attachments."""
    return mail(good_attachments(), **headers).replace(
        b"--=_x--", b"".join(b"--=_x\r\n" + part + b"\r\n" for part in parts) + b"--=_x--"
    )


def put(name: str, inside: dict[str, str], *parts: bytes, **headers: bytes) -> None:
    """Enter a mail of parts, which are cheap to make, behind two good attachments."""
    corpus.put(name, READS, lambda: beside(*parts, **headers), inside=BESIDE | inside)


def part(*lines: bytes, content: bytes = b"x") -> bytes:
    """A part with these header lines."""
    return b"\r\n".join([*lines, b"", content])


def attached(parameters: bytes, content: bytes = b"x") -> bytes:
    """A part with this name, or whatever stands in its place."""
    return part(b"Content-Disposition: attachment; " + parameters, content=content)


# ------------------------------------------------------------------------------------------------- parts


corpus.put("信-边界炸弹.eml", "F111", lambda: MIXED + b"--x\r\n\r\n" + b"--xy\n" * 2_000_000, inside={})
corpus.put("信-一百万部分.eml", "F111", lambda: MIXED + b"--x\n\n\n" * 1_000_000, inside={})
put("信-一万部分.eml", {}, *[part(b"Content-Type: text/plain")] * 10_000)


def deep(levels: int, inner: bytes) -> bytes:
    """Multiparts in multiparts, each with a boundary that begins like the one around it."""
    heads = (
        b"Content-Type: multipart/mixed; boundary=%s\r\n\r\n--%s\r\n" % (b"b" * n, b"b" * n)
        for n in range(1, levels + 1)
    )
    return HEAD + b"".join(heads) + inner


def in_mails(levels: int, inner: bytes) -> bytes:
    """Mails in mails."""
    return HEAD + b"Content-Type: message/rfc822\r\n\r\n" * levels + inner


def form_part() -> bytes:
    """A good attachment as a part."""
    return good_attachments()[0].part()


ONE = {"好1.xlsx": READS}
corpus.put("信-多层二十.eml", READS, lambda: deep(20, form_part()), inside=ONE)
corpus.put("信-多层九百.eml", "F111", lambda: deep(900, form_part() + b"\r\n" * 1_000_000), inside={})
corpus.put("信-信中信二十.eml", READS, lambda: in_mails(20, form_part()), inside=ONE)
corpus.put("信-信中信十万.eml", "F111", lambda: in_mails(100_000, form_part()), inside={})
corpus.put(
    "信-信中信编码.eml",
    READS,
    lambda: HEAD + b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(mail(good_attachments())),
    inside=BESIDE,
)  # fmt: skip
corpus.put("信-边界没有结尾.eml", READS, lambda: beside().removesuffix(b"--=_x--\r\n"), inside=BESIDE)
corpus.put("信-没有边界.eml", "F113", lambda: beside().replace(b'boundary="=_x"', b"x"), inside={})
corpus.put("信-边界为空.eml", "F113", lambda: beside().replace(b'"=_x"', b'""'), inside={})
corpus.put("信-边界没有闭合引号.eml", READS, lambda: beside().replace(b'"=_x"', b'"=_x'), inside=BESIDE)


# ------------------------------------------------------------------------------------------------- content


def encoded(encoding: bytes, content: bytes, name: bytes = b"a.bin") -> bytes:
    """An attachment in a transfer encoding."""
    return part(
        b"Content-Disposition: attachment; filename=" + name,
        b"Content-Transfer-Encoding: " + encoding,
        content=content,
    )


def heavy(name: str, encoding: bytes, content: bytes, megabytes: int) -> None:
    corpus.put(
        name,
        READS,
        lambda: beside(encoded(encoding, content * (megabytes * MEGABYTE // len(content)))),
        inside=BESIDE | {"a.bin": READS},
    )


corpus.put("信-60MB.eml", "F104", lambda: beside(encoded(b"base64", b"A" * (60 * MEGABYTE))), inside={})
heavy("信-base64四十MB.eml", b"base64", b"A" * 76 + b"\r\n", 40)
heavy("信-base64全是换行.eml", b"base64", b"\r\n", 40)
heavy("信-QP四十MB.eml", b"quoted-printable", b"=41", 40)
heavy("信-QP全是软换行.eml", b"quoted-printable", b"=\r\n", 40)
put("信-base64不完整.eml", {"a.bin": "F101", "b.bin": READS},
    encoded(b"base64", b"QUJDR"), encoded(b"base64", b"====\xff\x00QU=JD=", b"b.bin"))  # fmt: skip
put("信-编码名是胡写.eml", {"a.bin": READS}, encoded(b"x-" + b"y" * 9999, b"x"))


def uuencoded(content: bytes) -> bytes:
    """What old mail programs made of a file."""
    lines = (binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45))
    return b"begin 644 a.xlsx\n" + b"".join(lines) + b"`\nend\n"


corpus.put(
    "信-uuencode.eml",
    READS,
    lambda: beside(encoded(b"x-uuencode", uuencoded(forms()["好1.xlsx"]), b"a.xlsx")),
    inside=BESIDE | {"a.xlsx": READS},
)
put("信-uuencode垃圾.eml", {"a.bin": "F101"}, encoded(b"x-uuencode", b"begin 644 a\n\xff\xff\xff\n`\nend"))


# ------------------------------------------------------------------------------------------------- headers


corpus.put("信-头10MB.eml", "F111", lambda: beside(subject=b"x" * (10 * MEGABYTE)), inside={})
corpus.put("信-头5MB.eml", READS, lambda: beside(subject=b"x\r\n " * MEGABYTE), inside=BESIDE)
corpus.put("信-头五十万个.eml", READS, lambda: beside(subject=b"x" + b"\r\nAB: c" * 500_000), inside=BESIDE)
put(
    "信-发件人控制字符.eml",
    {},
    sender="\x1b]0;x\x07\x1b[2J\u202e\u2066\x9b31m\0</script>\"',<zhao@x>".encode(),
)
put("信-发件人不是文字.eml", {}, sender=bytes(range(128, 256)))
WORD = b"=?utf-8?B?5LiA?="
put("信-编码词十万个.eml", {}, subject=(WORD + b"\r\n ") * 100_000)
put("信-编码词不闭合.eml", {}, subject=b"=?" * 100_000, sender=b"=?utf-8?q?" + b"=" * 100_000)
CHARSETS = (
    b"x-nonsense", b"y" * 10_000, b"undefined", b"punycode", b"idna", b"utf-7", b"unicode_escape", b"rot13", b"zlib", b"a\0b",
    b"\xff\xfe", b"../../utf-8", b"utf-16", b"utf-32", b"hz-gb-2312", b"", b"utf-8*zh", b"cp99999", b"mbcs",
)  # fmt: skip
put("信-字符集.eml", {}, *(
    part(b"Content-Type: text/plain; charset=" + charset, b"Subject: =?" + charset + b"?B?K0AtLQ==?=") for charset in CHARSETS
), subject=b" ".join(b"=?%s?B?K2QwLQAtLQ==?=" % charset for charset in CHARSETS))  # fmt: skip
put("信-附件名字符集.eml", {"a.txt": READS, "附件4": READS} | {f"a({n}).txt": READS for n in range(2, 10)},
    *(attached(b"filename*=%s''a.txt" % charset) for charset in CHARSETS[:10]))  # fmt: skip
DATES = (
    b"Mon, 20 May 99999999999999999999 09:30:00 +0800", b"Mon, 20 May 0000 09:30:00 +0800", b"1 Jan 1 00:00:00 +9999999999",
    b"Mon, 31 Feb 2024 25:61:61 -9999", b"," * 300, b"Mon, 20 May 2024 09:30:00 " + b"9" * 270, b"\0", b"-1 -1 -1 -1:-1:-1 -1",
    b"Mon, 20 May 2024 1e9:00:00 +0800", b"(" * 200, "二〇二四年".encode(),
)  # fmt: skip
for n, date in enumerate(DATES):
    put(f"信-日期{n}.eml", {}, date=date)
TYPES = (
    b"", b"/", b"a", b"a/b/c", b";", b"application/;name", b'application/x; name="', b"application/x; =x; name*=; name*0=; ;;", b"application/x" + b";" * 8000,
    b'application/x; name="' + b"\\" * 8000, b"application/x; name*0*=x; name*2*=y", b"application/x; name*" + b"9" * 5000 + b"=x",
    b'application/x; name="' + b"; " * 4000, b"multipart/mixed", b"multipart/mixed; boundary*=x''y", b"message/rfc822", b"message/partial",
)  # fmt: skip
put("信-内容类型.eml", {"附件3": READS},  # one text each: what is no file stays none
    *(part(b"Content-Type: " + kind) for kind in TYPES if not kind.startswith(b"application")))  # fmt: skip
FILES = [kind for kind in TYPES if kind.startswith(b"application")]
FILE_NAMES = [f"附件{n + 3}" for n in range(len(FILES))]
put("信-附件参数.eml", dict.fromkeys(FILE_NAMES, READS), *(part(b"Content-Type: " + kind) for kind in FILES))


def named(names: Sequence[bytes]) -> list[bytes]:
    return [attached(b'filename="%s"' % name) for name in names]


put("信-附件名.eml", {"CON": READS, "b": READS, "附件5": READS, "附件6": READS, "附件7": READS, "附件8": READS, "附件9": READS, "c": READS, "a.exe": READS},
    *named((b"CON", b"a/b", b"", b"n" * 10_000, b"a\x1b[2J", b"..", b"a\0b", b"\\\\server\\c", "\u202ea.exe".encode())))  # fmt: skip
put("信-参数续段一万.eml", {"a" * 200: READS},
    part(b"Content-Disposition: attachment", b";\r\n ".join(b" filename*%d*=a" % n for n in range(10_000))),
    attached(b";\r\n ".join(b"filename*%d=a" % n for n in range(10_000))))  # fmt: skip


# ------------------------------------------------------------------------------------------------- what is no mail


corpus.put("信-其实是网页.eml", READS, lambda: b"<html><body><p>x</p></body></html>")
corpus.put("信-其实是文字.eml", READS, lambda: b"hello")
corpus.put("信-其实是空的.eml", "F103", lambda: b"")


@corpus.add(
    "信箱.mbox", READS,
    inside={f"邮件{n}.eml": READS for n in (1, 2)} | {f"邮件1.eml/{name}": READS for name in BESIDE} | {"邮件2.eml/a.txt": READS},
)  # fmt: skip
def mailbox() -> bytes:
    line = b"From a@example.org Mon May 20 09:30:00 2024\r\n"
    body = b"hello\r\n\r\nFrom here on it is text of 2024\r\nand no header\r\n"
    second = mail([Attachment("a.txt", b"x")], body=body)
    return line + mail(good_attachments()) + b"\r\n" + line + second


corpus.put(
    "信箱-行行都像.mbox",
    READS,
    lambda: b"From a 2024\n" + beside() + b"\n\nFrom a 2024\n" * 1_000_000,
    inside=BESIDE,
)
