"""Good workbooks changed at random, but the same for the same seed: bytes, or the XML inside."""

from __future__ import annotations

import random
import re
import zipfile
from collections.abc import Callable, Sequence
from functools import cache

from tests.conftest import DATA
from tests.hostile.case import good, pack, parts, plain
from tests.support.mails import Attachment, mail

_TELLING = (
    b"xl/worksheets",
    b"xl/workbook",
    b"xl/styles",
    b"xl/sharedStrings",
    b"xl/_rels",
    b"content.xml",
    b"[Content",
)
_ODD = (
    b"", b"0", b"-1", b"1e308", b"nan", b"99999999999999999999", b"\x00", b"&#0;", b"&x;", b"<", b">", b"\"", b"'", b"]]>", b"<!--",
    b"XFD1048576", b"A0", b"A1:XFD1048576", b"s", b"e", b"str", b"inlineStr", b"b", b"d", b"1.5", b"4294967295", b"\xff\xfe", b"../..",
    "合计".encode(), "序号".encode(), "单位名称：".encode(), b"&#x4E00;" * 50,
)  # fmt: skip


@cache
def seeds() -> tuple[bytes, ...]:
    """The good workbooks: several layouts, texts kept in both ways, and what spreadsheet programs saved."""
    saved = sorted(
        path
        for path in (DATA / "inbox/clean/自评").rglob("*")
        if path.suffix in (".xls", ".ods", ".et", ".xlsx")
    )
    kinds = {path.suffix: path for path in saved}
    return (
        plain(),
        *(good(200 + n) for n in range(5)),
        *(kinds[kind].read_bytes() for kind in sorted(kinds)),
    )


def mutant(seed: int) -> bytes:
    """The mutant of a number."""
    rng = random.Random(seed)
    data = rng.choice(seeds())
    if data.startswith(b"PK") and rng.random() < 0.8:
        return _changed_inside(data, rng)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        data = rng.choice(_ON_BYTES)(data, rng)
    return data


def container(seed: int) -> bytes:
    """The mutated archive or mail of a number: it holds good workbooks, perhaps an archive, perhaps a mail."""
    rng = random.Random(f"container {seed}")
    files = {f"{n}.xlsx": rng.choice(seeds()[:6]) for n in range(rng.randrange(1, 4))}
    for _ in range(rng.choice((0, 0, 1, 2))):
        files[rng.choice(("内.zip", "信.eml"))] = _wrapped(files, rng)
    data = _wrapped(files, rng)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        data = rng.choice((_in_the_structure, *_ON_BYTES))(data, rng)
    return data


def _wrapped(files: dict[str, bytes], rng: random.Random) -> bytes:
    if rng.random() < 0.5:
        return pack(files, rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)))
    headers = ("words", "rfc2231", "raw")
    return mail([Attachment(name, data, rng.choice(headers)) for name, data in files.items()])


_STRUCTURE = re.compile(
    rb"PK\x01\x02.{42}|PK\x03\x04.{26}|PK\x05\x06.{18}|(?m:^[A-Z][\w-]+:.*$)|--=_x", re.DOTALL
)


def _in_the_structure(data: bytes, rng: random.Random) -> bytes:
    """A record of a zip, or a header or a boundary of a mail, with something else in it."""
    found = list(_STRUCTURE.finditer(data))
    if not found:
        return data
    one = rng.choice(found)
    at = rng.randrange(one.start(), one.end())
    odd = rng.choice(
        (rng.choice(_ODD), rng.randbytes(2), b"\xff" * 4, b"\0" * 4, b";", b"=?", b"''", b"\r\n")
    )
    return data[:at] + odd + data[at + rng.choice((0, len(odd), len(odd))) :]


def _flip(data: bytes, rng: random.Random) -> bytes:
    if not data:
        return data
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def _span(data: bytes, rng: random.Random, longest: int = 512) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.choice((1, 2, 4, 16, longest)))


def _insert(data: bytes, rng: random.Random) -> bytes:
    at, _ = _span(data, rng)
    return data[:at] + rng.choice((rng.choice(_ODD), rng.randbytes(rng.randrange(1, 32)))) + data[at:]


def _delete(data: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + data[end:]


def _overwrite(data: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng, 64)
    return data[:start] + rng.choice((b"\0", b"\xff", b"\x7f")) * (end - start) + data[end:]


def _duplicate(data: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[start:end] * rng.choice((1, 2, 10)) + data[at:]


def _truncate(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _splice(data: bytes, rng: random.Random) -> bytes:
    other = rng.choice(seeds())
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other)) :]


_ON_BYTES: Sequence[Callable[[bytes, random.Random], bytes]] = (
    _flip, _flip, _flip, _insert, _delete, _overwrite, _overwrite, _duplicate, _truncate, _splice,
)  # fmt: skip


# ---------------------------------------------------------------------------------------- XML

_TOKENS = re.compile(rb"<[^<>]*>|[^<>]+")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')


def _changed_inside(data: bytes, rng: random.Random) -> bytes:
    content = parts(data)
    names = [name for name in content if name.encode().startswith(_TELLING)]
    for _ in range(rng.choice((1, 1, 2, 4, 12))):
        name = rng.choice(names)
        content[name] = rng.choice(_ON_XML)(content[name], rng)
    if rng.random() < 0.05:
        content.pop(rng.choice(names), None)
    return pack(content, rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)))


def _tokens(xml: bytes, rng: random.Random, change: Callable[[list[bytes], int], None]) -> bytes:
    tokens = _TOKENS.findall(xml)
    if tokens:
        change(tokens, rng.randrange(len(tokens)))
    return b"".join(tokens)


def _other_attribute(xml: bytes, rng: random.Random) -> bytes:
    found = list(_ATTRIBUTE.finditer(xml))
    if not found:
        return xml
    one = rng.choice(found)
    value = rng.choice(
        (rng.choice(_ODD), rng.choice(found)[2], one[2] * 3, str(rng.randrange(-2, 70000)).encode())
    )
    return xml[: one.start(2)] + value + xml[one.end(2) :]


def _without_attribute(xml: bytes, rng: random.Random) -> bytes:
    found = list(_ATTRIBUTE.finditer(xml))
    if not found:
        return xml
    one = rng.choice(found)
    return xml[: one.start()] + xml[one.end() :]


def _other_text(xml: bytes, rng: random.Random) -> bytes:
    def change(tokens: list[bytes], at: int) -> None:
        if not tokens[at].startswith(b"<"):
            tokens[at] = rng.choice(_ODD)

    for _ in range(4):
        xml = _tokens(xml, rng, change)
    return xml


def _without_token(xml: bytes, rng: random.Random) -> bytes:
    return _tokens(xml, rng, lambda tokens, at: tokens.pop(at) and None)


def _token_again(xml: bytes, rng: random.Random) -> bytes:
    return _tokens(xml, rng, lambda tokens, at: tokens.insert(rng.randrange(len(tokens)), tokens[at]))


def _tokens_swapped(xml: bytes, rng: random.Random) -> bytes:
    def change(tokens: list[bytes], at: int) -> None:
        other = rng.randrange(len(tokens))
        tokens[at], tokens[other] = tokens[other], tokens[at]

    return _tokens(xml, rng, change)


def _rows_again(xml: bytes, rng: random.Random) -> bytes:
    rows = re.findall(rb"<row\b.*?</row>", xml, re.DOTALL)
    if not rows:
        return xml
    some = b"".join(rng.choices(rows, k=rng.choice((1, 3, 40))))
    return xml.replace(b"</sheetData>", some + b"</sheetData>", 1)


def _rows_shuffled(xml: bytes, rng: random.Random) -> bytes:
    rows = re.findall(rb"<row\b.*?</row>", xml, re.DOTALL)
    if not rows:
        return xml
    start, end = xml.index(rows[0]), xml.rindex(rows[-1]) + len(rows[-1])
    rng.shuffle(rows)
    return xml[:start] + b"".join(rows) + xml[end:]


def _another_number(xml: bytes, rng: random.Random) -> bytes:
    found = list(re.finditer(rb"<v>([^<]*)</v>", xml))
    if not found:
        return xml
    one = rng.choice(found)
    return (
        xml[: one.start(1)]
        + rng.choice((rng.choice(_ODD), str(rng.uniform(-9, 99)).encode()))
        + xml[one.end(1) :]
    )


_ON_XML: Sequence[Callable[[bytes, random.Random], bytes]] = (
    _other_attribute, _other_attribute, _other_attribute, _without_attribute, _other_text, _without_token, _token_again,
    _tokens_swapped, _rows_again, _rows_shuffled, _another_number, _another_number, _flip, _insert, _delete,
)  # fmt: skip
