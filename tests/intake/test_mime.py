"""The parts of a mail, as the standard library sees them too, and where it sees less."""

import email
import random

import pytest

from huitoukan.intake.contents import ContainerError
from huitoukan.intake.mail import list_mail, read_attachment
from huitoukan.intake.mime import header, parts
from tests.support.mails import Attachment, mail

SEVERAL = [
    Attachment("甲.xlsx", bytes(range(256)) * 9),
    Attachment("乙.xlsx", b"", "rfc2231"),
    Attachment("丙.xlsx", b"\n--=_x-\n", "raw"),
]


def with_header(lines: bytes) -> bytes:
    return b"From: a\r\nTo: b\r\n" + lines + b"\r\n\r\nQUJD"


def the_part(lines):
    (part,) = parts(with_header(lines))
    return part


@pytest.mark.parametrize("newline", [b"\r\n", b"\n"])
def test_the_parts_are_those_of_the_standard_library(newline):
    inner = mail(SEVERAL).replace(b"=_x", b"=_xy")
    data = mail(SEVERAL).replace(
        b"--=_x--", b"--=_x\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--=_x--"
    )
    data = data.replace(b"\r\n", newline)
    theirs = [part for part in email.message_from_bytes(data).walk() if not part.is_multipart()]
    ours = list(parts(data))
    assert len(ours) == 8
    assert [part.content_type for part in ours] == [part.get_content_type() for part in theirs]
    assert [part.content() for part in ours] == [part.get_payload(decode=True) for part in theirs]


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_lost_or_invented_when_a_mail_is_damaged(seed):
    rng = random.Random(seed)
    data = bytearray(mail(SEVERAL))
    for _ in range(rng.randrange(1, 9)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    found = list(parts(bytes(data)))
    assert sum(part.end - part.start for part in found) <= len(data)
    assert all(0 <= part.start <= part.end <= len(data) for part in found)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (b'attachment; filename="a;b.xlsx"', "a;b.xlsx"),
        (b"attachment; FileName = a.xlsx ; size=1", "a.xlsx"),
        (b'attachment; filename="a\\"b.xlsx"', 'a"b.xlsx'),
        (b'attachment; filename="C:\\x\\a.xlsx"', "C:\\x\\a.xlsx"),
        (b'attachment; filename="not closed', "not closed"),
        (b"attachment;\r\n filename*0=a;\r\n\tfilename*1=b", "ab"),
        (b"attachment; filename*0*=gbk''%BC; filename*1*=%D7", (b"\xbc\xd7", "gbk")),
        (b"attachment; filename*=utf-8'zh'%E7%94%B2; filename=fallback", ("甲".encode(), "utf-8")),
        (b"attachment; filename*1=a", ""),
        (b"attachment", ""),
    ],
)
def test_parameters(written, value):
    part = the_part(b"Content-Disposition: " + written)
    assert part.parameter("content-disposition", "filename") == value
    assert part.disposition == "attachment"


@pytest.mark.parametrize(
    ("encoding", "raw", "content"),
    [
        (b"base64", b"QUJD\r\nREVG", b"ABCDEF"),
        (b"BASE64 ", b"QUJDRA", b"ABCD"),
        (b"base64", b"Q*U\xffJD", b"ABC"),
        (b"quoted-printable", b"=41=\r\nB=zz", b"AB=zz"),
        (b"x-uuencode", b"begin 644 a\r\n#04)#\r\n`\r\nend\r\n", b"ABC"),
        (b"8bit", b"\xff\x00", b"\xff\x00"),
        (b"nonsense", b"AB", b"AB"),
    ],
)
def test_contents(encoding, raw, content):
    (part,) = parts(b"From: a\r\nContent-Transfer-Encoding: " + encoding + b"\r\n\r\n" + raw)
    assert part.content() == content


def test_what_cannot_be_decoded_is_said():
    (part,) = parts(with_header(b"Content-Transfer-Encoding: base64") + b"R")
    with pytest.raises(ContainerError) as error:
        part.content()
    assert not error.value.refused


def test_headers_end_where_they_end():
    data = b"From: a\r\n  b\r\nnot a header\r\n\r\nSubject: c\r\n"
    assert header(data).headers == {"from": "a  b"}
    assert header(data).content().startswith(b"not a header")
    assert header(b"From a@b Mon\nFrom: x\n\ny").headers == {"from": "x"}
    assert header(b"Subject: one\nSubject: two\n\n").headers == {"subject": "one"}


def test_a_mailbox_is_its_mails(campaign):
    limits = campaign.settings.limits
    line = b"From a@b Mon May 20 09:30:00 2024\n"
    one, two = mail(SEVERAL[:1]), mail(SEVERAL[1:])
    box = line + one + b"\n" + line + two
    found = list_mail(box, limits)
    assert [(m.name, m.place) for m in found.members] == [("邮件1.eml", 0), ("邮件2.eml", 1)]
    assert found.mail is None
    assert read_attachment(box, 1, 10**9) == line + two
    alone = list_mail(line + one, limits)
    assert [m.name for m in alone.members] == ["甲.xlsx"]
    assert read_attachment(line + one, 0, 10**9) == SEVERAL[0].content
    with pytest.raises(ContainerError):
        list_mail(box, limits.model_copy(update={"archive_files": 1}))


def test_what_a_sender_writes_commands_nothing(campaign):
    sender = "\x1b[2J甲\u202e乙\x9b".encode()
    assert list_mail(mail(sender=sender), campaign.settings.limits).mail.sender == "[2J甲 乙"
