"""Mails saved as .eml: their attachments are files, and who sent them when is kept."""

import pytest

from huitoukan.intake.contents import ContainerError
from huitoukan.intake.mail import list_mail, read_attachment
from huitoukan.model import Mail
from huitoukan.pipeline import inspect
from tests.conftest import DATA
from tests.support.archives import zipped
from tests.support.mails import Attachment, mail

CLEAN = DATA / "inbox/clean/自评/昔阳县"
GOOD = (CLEAN / "大寨镇评分表.xlsx").read_bytes()
OTHER = (CLEAN / "沾尚镇评分表.xlsx").read_bytes()
SENT = Mail("赵聂 <zhao@example.org>", "2024-05-20T09:30:00+08:00", "自评表")


@pytest.fixture
def limits(campaign):
    return campaign.settings.limits


@pytest.mark.parametrize("header", ["words", "rfc2231", "raw"])
@pytest.mark.parametrize("charset", ["gb2312", "gbk", "GB18030", "utf-8"])
def test_names_in_every_encoding(limits, header, charset):
    found = list_mail(mail([Attachment("昭馀镇 评分表.xlsx", GOOD, header, charset)]), limits)
    assert [member.name for member in found.members] == ["昭馀镇 评分表.xlsx"]


def test_sender_date_and_subject(limits):
    assert list_mail(mail(), limits).mail == SENT
    raw = mail(sender="王芳".encode("gbk"), subject="自评表 昔阳".encode(), date="五月二十日".encode())
    assert list_mail(raw, limits).mail == Mail("王芳", "五月二十日", "自评表 昔阳")
    assert list_mail(b"MIME-Version: 1.0\r\n\r\nhello", limits).mail == Mail()
    long = mail(subject=b"x" * 100_000)
    assert len(list_mail(long, limits).mail.subject) == 300


def test_what_is_an_attachment(limits):
    parts = [
        Attachment("a.xlsx", GOOD),
        Attachment("a.xlsx", OTHER),
        Attachment("", b"no name", "none"),
        Attachment("C:\\桌面\\b.xlsx", OTHER, "raw", "utf-8"),
        Attachment("../../c.xlsx", OTHER, "raw", "utf-8"),
        Attachment("logo.png", b"\x89PNG", inline=True),
    ]
    data = mail(parts)
    found = list_mail(data, limits)
    assert [m.name for m in found.members] == ["a.xlsx", "a(2).xlsx", "附件3", "b.xlsx", "c.xlsx", "logo.png"]
    assert [read_attachment(data, m.place, 10**9) for m in found.members] == [p.content for p in parts]


def test_a_mail_in_a_mail(limits):
    inner = mail([Attachment("a.xlsx", GOOD)])
    outer = mail().replace(
        b"--=_x--",
        b"--=_x\r\nContent-Type: message/rfc822\r\n\r\n" + inner.replace(b"=_x", b"=_y") + b"\r\n--=_x--",
    )
    found = list_mail(outer, limits)
    assert [m.name for m in found.members] == ["a.xlsx"]
    assert read_attachment(outer, 0, 10**9) == GOOD


def test_attachments_beyond_the_limits(limits):
    data = mail([Attachment("a.xlsx", GOOD)])
    with pytest.raises(ContainerError) as error:
        read_attachment(data, 0, 100)
    assert error.value.refused
    with pytest.raises(ContainerError) as error:
        list_mail(mail([Attachment("a", b"")] * 3), limits.model_copy(update={"archive_files": 2}))
    assert error.value.refused


def test_parts_nested_by_the_thousand_are_a_finding(limits):
    head = b"MIME-Version: 1.0\r\n"
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000)
    )
    with pytest.raises(ContainerError) as error:
        list_mail(head + nested, limits)
    assert error.value.refused


def test_an_inbox_beside_a_folder(campaign, tmp_path):
    inbox, folder = tmp_path / "邮件", tmp_path / "表"
    inbox.mkdir()
    folder.mkdir()
    (folder / "沾尚镇.xlsx").write_bytes(OTHER)
    packed = Attachment("全县.zip", zipped({"昔阳县/大寨镇.xlsx": GOOD}, "gbk"))
    (inbox / "1.eml").write_bytes(mail([packed, Attachment("说明.docx", b"")]))
    (inbox / "2.eml").write_bytes(mail(sender=b"nobody", date=b""))
    both = inspect(folder, campaign, inbox=inbox)
    alone = inspect(None, campaign, inbox=inbox)
    paths = [
        "邮件/1.eml",
        "邮件/1.eml/全县.zip",
        "邮件/1.eml/全县.zip/昔阳县/大寨镇.xlsx",
        "邮件/1.eml/说明.docx",
        "邮件/2.eml",
    ]
    assert [f.path for f in both.files] == ["沾尚镇.xlsx", *paths]
    assert [f.path for f in alone.files] == paths
    by_path = {f.path: f for f in both.files}
    assert {by_path[path].mail for path in paths[:4]} == {SENT}
    assert by_path["沾尚镇.xlsx"].mail is None
    assert [s.unit for s in by_path[paths[2]].sheets] == ["140724104"]
    assert [f.code for f in by_path["邮件/2.eml"].findings] == ["F113"]


def test_mails_in_the_folder_are_read_too_and_none_twice(campaign, tmp_path):
    (tmp_path / "邮件").mkdir()
    (tmp_path / "邮件/1.eml").write_bytes(mail([Attachment("大寨镇.xlsx", GOOD)]))
    inside = inspect(tmp_path, campaign)
    assert [f.path for f in inside.files] == ["邮件/1.eml", "邮件/1.eml/大寨镇.xlsx"]
    assert inspect(tmp_path, campaign, inbox=tmp_path / "邮件").files == inside.files


def test_one_path_for_each_file(campaign, tmp_path):
    for place in ("表/邮件", "邮件"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "1.eml").write_bytes(mail([Attachment("大寨镇.xlsx", GOOD)]))
    found = inspect(tmp_path / "表", campaign, inbox=tmp_path / "邮件")
    assert [f.path for f in found.files if f.sheets] == [
        "邮件/1.eml/大寨镇.xlsx",
        "邮件/邮件/1.eml/大寨镇.xlsx",
    ]
