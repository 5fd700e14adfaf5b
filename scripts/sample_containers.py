"""Archives and mails of the made-up sample inspection, as offices send them. Part of `make_sample_sheets.py`."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sample_renderings import DAY

_GBK = "gbk"


class _Entry(zipfile.ZipInfo):
    """An entry whose name is written in GBK, without a word about it: as on Chinese Windows."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  (the hook of the standard library)
        return self.filename.encode(_GBK), self.flag_bits


def archive(files: Mapping[str, bytes]) -> bytes:
    """A zip of files, made on Chinese Windows, with entries for its folders."""
    stream = io.BytesIO()
    folders = sorted({f"{name.rpartition('/')[0]}/" for name in files if "/" in name})
    with zipfile.ZipFile(stream, "w") as target:
        for name in (*folders, *sorted(files)):
            entry: Any = _Entry(name, DAY)
            entry.create_system = 0  # Windows
            entry.compress_type = zipfile.ZIP_STORED if name.endswith("/") else zipfile.ZIP_DEFLATED
            target.writestr(entry, files.get(name, b""))
    return stream.getvalue()


@dataclass(frozen=True)
class Letter:
    """What a mail says; its attachments come with it."""

    sender: str
    address: str
    subject: str
    date: str
    text: str


def _words(text: str) -> bytes:
    """An encoded word in gb2312, as mail programs here write names."""
    return b"=?gb2312?B?" + base64.b64encode(text.encode(_GBK)) + b"?="


_BOUNDARY = b"----=_Part_20240520"


def mail(letter: Letter, attachments: Mapping[str, bytes]) -> bytes:
    """The mail as a mail program saves it."""
    headers = [
        b"Received: from mail.example.org (192.0.2.7) by mx.example.com",
        b"From: " + _words(letter.sender) + f" <{letter.address}>".encode(),
        b"To: <shegk@example.com>",
        b"Subject: " + _words(letter.subject),
        f"Date: {letter.date}".encode(),
        b"MIME-Version: 1.0",
        b'Content-Type: multipart/mixed; boundary="' + _BOUNDARY + b'"',
    ]
    parts = [
        b"Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(letter.text.encode(_GBK))
    ]
    parts += [
        b"Content-Type: application/octet-stream\r\n"
        b'Content-Disposition: attachment; filename="' + _words(name) + b'"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(content)
        for name, content in sorted(attachments.items())
    ]
    body = b"".join(b"--" + _BOUNDARY + b"\r\n" + part + b"\r\n" for part in parts)
    return b"\r\n".join([*headers, b"", body + b"--" + _BOUNDARY + b"--", b""])


LETTERS = {  # mails by their path
    "自评/左权县/报送羊角乡自评表.eml": Letter(
        "羊角乡统计站",
        "yangjiao@example.org",
        "羊角乡“回头看”自评表",
        "Tue, 21 May 2024 16:42:10 +0800",
        "县局：\r\n    我乡自评表见附件，请查收。\r\n",
    ),
    "县级检查/和顺县/补报义兴镇调查问卷.eml": Letter(
        "和顺县统计局",
        "heshun@example.org",
        "补报义兴镇调查问卷",
        "Wed, 03 Jul 2024 10:21:05 +0800",
        "设管科：\r\n    义兴镇的调查问卷漏报，现补报，请查收。\r\n",
    ),
    "自评/和顺县/喂马乡自评表（更正）.eml": Letter(
        "喂马乡统计站",
        "weima@example.org",
        "喂马乡自评表（更正）",
        "Thu, 23 May 2024 09:05:33 +0800",
        "“分析信息”的得分已补上。附件已作为超大附件上传，请于7日内点链接下载：\r\n"
        "https://mail.example.org/file?id=20240523\r\n",
    ),
}


def pack(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Files by their paths on disk: those whose path leads through an archive or a mail go into it."""
    outside: dict[str, bytes] = {}
    inside: dict[str, dict[str, bytes]] = {path: {} for path in LETTERS}
    for path, content in files.items():
        around, _, name = path.partition(".zip/") if ".zip/" in path else path.partition(".eml/")
        if name:
            container = path[: len(path) - len(name) - 1]
            inside.setdefault(container, {})[name] = content
        else:
            outside[around] = content
    for path, held in inside.items():
        outside[path] = mail(LETTERS[path], held) if path in LETTERS else archive(held)
    return outside
