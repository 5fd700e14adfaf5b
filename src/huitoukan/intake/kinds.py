"""What a file is, told by its content and never by its name."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from enum import StrEnum

from huitoukan.intake import ole
from huitoukan.intake.bounds import MEGABYTE
from huitoukan.intake.encodings import decode
from huitoukan.intake.markup import first_element
from huitoukan.intake.zipped import DirectoryTooLargeError, open_zip


class Kind(StrEnum):
    """What a file is by its content."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    HTML = "html"
    CSV = "csv"
    SPREADSHEETML = "spreadsheetml"  # the XML of Excel 2003
    ENCRYPTED = "encrypted"
    ZIP = "zip"  # an archive of files, not one of the many documents that are zipped
    ARCHIVE = "archive"  # one that is not opened: rar, 7z, tar, gz, bz2, xz
    MAIL = "mail"
    OUTLOOK = "outlook"  # .msg and winmail.dat
    MHTML = "mhtml"
    FRAMESET = "frameset"  # a web page whose worksheets lie in other files
    FODS = "fods"
    UOF = "uof"
    XML = "xml"
    WORD = "word"
    SLIDES = "slides"
    PDF = "pdf"
    OFD = "ofd"
    RTF = "rtf"
    PICTURE = "picture"
    TEXT = "text"
    DOCUMENT = "document"
    EMPTY = "empty"
    UNKNOWN = "unknown"


SPREADSHEETS = frozenset({Kind.XLSX, Kind.XLSB, Kind.XLS, Kind.ODS})
TABLES = frozenset({Kind.HTML, Kind.CSV, Kind.SPREADSHEETML})  # texts that hold a table
NAMES: dict[Kind, frozenset[str]] = {  # the extensions under which a kind is expected
    Kind.XLSX: frozenset({".xlsx", ".xlsm", ".xltx", ".xltm"}),
    Kind.XLSB: frozenset({".xlsb"}),
    Kind.XLS: frozenset({".xls", ".et", ".xlt", ".ett"}),
    Kind.ODS: frozenset({".ods", ".ots"}),
    Kind.HTML: frozenset({".html", ".htm"}),
    Kind.CSV: frozenset({".csv", ".tsv", ".txt"}),
    Kind.SPREADSHEETML: frozenset({".xml"}),
    Kind.ZIP: frozenset({".zip"}),
    Kind.MAIL: frozenset({".eml", ".mbox"}),
}
SPREADSHEET_NAMES = frozenset[str]().union(*(NAMES[kind] for kind in SPREADSHEETS))
ARCHIVE_NAMES = frozenset({".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"})

BROKEN_ZIP = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    LookupError,  # also an encoding that nobody knows, declared in a part of XML
    EOFError,
    zlib.error,
)
_TNEF = bytes.fromhex("789F3E22")  # winmail.dat
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"\xfd7zXZ\x00")
_BZIP2 = re.compile(rb"BZh[1-9]1AY&SY")
_TAR = (257, b"ustar")
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*")
_BITMAP = (b"BM", 6, b"\x00\x00\x00\x00")  # "BM" alone may begin a text: the reserved bytes are zero too
_BIFF = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")  # an xls stream without its container


def sniff(data: bytes) -> tuple[Kind, zipfile.ZipFile | None]:
    """The kind of a file by its content; with it, the opened archive of a zipped one.

    A zip whose directory is too large to be read is an archive (`Kind.ZIP`), and stays closed.
    """
    if data.startswith(b"PK"):
        try:
            archive = open_zip(data)
            return sniff_zip(archive), archive
        except DirectoryTooLargeError:
            return Kind.ZIP, None
        except BROKEN_ZIP:
            return Kind.UNKNOWN, None
    return _sniff_plain(data), None


def _sniff_plain(data: bytes) -> Kind:
    if not data:
        return Kind.EMPTY
    if data.startswith(ole.SIGNATURE):
        return _sniff_ole(data)
    if data.startswith(_TNEF):
        return Kind.OUTLOOK
    if data.startswith(_ARCHIVES) or data.startswith(_TAR[1], _TAR[0]) or _BZIP2.match(data):
        return Kind.ARCHIVE
    if b"%PDF-" in data[:1024]:
        return Kind.PDF
    if data.startswith(b"{\\rtf"):
        return Kind.RTF
    if data.startswith(_PICTURES) or (
        data.startswith(_BITMAP[0]) and data.startswith(_BITMAP[2], _BITMAP[1])
    ):
        return Kind.PICTURE
    if data.startswith(_BIFF):
        return Kind.XLS
    return _sniff_text(data)


_OLE_KINDS = {
    ole.Content.WORKBOOK: Kind.XLS,
    ole.Content.ENCRYPTED: Kind.ENCRYPTED,
    ole.Content.WORD: Kind.WORD,
    ole.Content.SLIDES: Kind.SLIDES,
    ole.Content.OUTLOOK: Kind.OUTLOOK,
    ole.Content.DOCUMENT: Kind.DOCUMENT,
    ole.Content.UNKNOWN: Kind.UNKNOWN,
}


def _sniff_ole(data: bytes) -> Kind:
    try:
        return _OLE_KINDS[ole.content(data)]
    except ole.BrokenContainerError:
        return Kind.UNKNOWN


def sniff_zip(archive: zipfile.ZipFile) -> Kind:
    """The kind of a zipped file, by the names inside."""
    names = archive.NameToInfo
    if "xl/workbook.xml" in names:
        return Kind.XLSX
    if "xl/workbook.bin" in names:
        return Kind.XLSB
    if "content.xml" in names and "META-INF/manifest.xml" in names:
        with archive.open("META-INF/manifest.xml") as stream:
            manifest = stream.read(MEGABYTE)
        if b"opendocument.spreadsheet" not in manifest:
            return Kind.DOCUMENT
        return Kind.ENCRYPTED if b"encryption-data" in manifest else Kind.ODS
    if "[Content_Types].xml" in names:
        if any(name.startswith("word/") for name in names):
            return Kind.WORD
        return Kind.SLIDES if any(name.startswith("ppt/") for name in names) else Kind.XLSX
    if "OFD.xml" in names:
        return Kind.OFD
    if "uof.xml" in names:
        return Kind.UOF
    return Kind.DOCUMENT if "Index/Document.iwa" in names else Kind.ZIP  # …: Numbers and Pages of a Mac


# ---------------------------------------------------------------------------------------------------------- texts

_HEAD = 65536  # bytes within which a text says what it is
_SPREADSHEETML = "urn:schemas-microsoft-com:office:spreadsheet"
_WORD_ROOTS = frozenset({"worddocument", "package"})
_HTML_ROOTS = frozenset({
    "html", "head", "body", "table", "meta", "title", "style", "div", "p", "span", "center", "font", "script", "tr",
    "td", "th", "link", "base", "form", "br", "hr", "b", "i", "a", "img", "h1", "h2", "h3",
    "h4", "h5", "h6", "thead", "tbody", "caption", "frameset",
})  # fmt: skip


def _sniff_text(data: bytes) -> Kind:
    head = data[:_HEAD]
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    # Tags and headers are ASCII in every charset: what else stands there need not be understood yet.
    start = head.decode("utf-16" if wide else "latin-1", "replace").lstrip("\ufeff\xef\xbb\xbf \t\r\n")
    told = _sniff_markup(start) if start.startswith("<") else _sniff_mail(start)
    if told is not None:
        return told
    text = decode(data)
    if text is None:
        return Kind.UNKNOWN
    from huitoukan.intake.delimited import delimiter_of  # noqa: PLC0415  (csv, which few files need)

    return Kind.CSV if delimiter_of(text) else Kind.TEXT


def _sniff_markup(start: str) -> Kind | None:
    name, attributes = first_element(start)
    local = name.rpartition(":")[2].lower()
    if local == "workbook" and _SPREADSHEETML in attributes:
        return Kind.SPREADSHEETML
    if name == "office:document":
        return Kind.FODS if "opendocument.spreadsheet" in attributes else Kind.DOCUMENT
    if name.lower().startswith("uof:"):
        return Kind.UOF
    if local in _WORD_ROOTS and ("Word.Document" in start or "wordprocessingml" in start):
        return Kind.WORD
    if local in _HTML_ROOTS or "<table" in start.lower():
        return Kind.HTML
    return Kind.XML if name and (start.startswith("<?xml") or "</" in start) else None


_HEADER_LINE = re.compile(r"([!-9;-~]{2,76}):(?:[ \t]|$)")
_LONGEST_HEADERS = 400  # lines; the headers of a mail that passed many servers are long
_KNOWN = frozenset({
    "from", "to", "cc", "subject", "date", "received", "return-path", "message-id", "mime-version", "content-type", "delivered-to", "reply-to", "x-mailer",
})  # fmt: skip
_TELLING = frozenset({"from", "received", "return-path", "message-id", "mime-version"})
_SENT = frozenset({"to", "received", "return-path", "message-id", "delivered-to"})
_FEW_HEADERS = 5
_LONG_HEADERS = 16384  # characters that hold nothing but headers


def _sniff_mail(start: str) -> Kind | None:
    """A mail or a single-file web page: nothing but header lines up to a blank one, and among them the telling ones."""
    headers = dict[str, str]()
    last, ended = "", False
    for n, line in enumerate(_lines(start)):
        if not line.strip():
            ended = True
            break
        if n == 0 and line.startswith("From "):  # as a mailbox begins
            continue
        found = _HEADER_LINE.match(line)
        if found:
            last = found[1].lower()
            headers[last] = line[found.end() :]
        elif line[0] in " \t" and last:
            headers[last] += line
        else:
            return None
    known = headers.keys() & _KNOWN
    ended = ended or len(headers) >= _FEW_HEADERS or len(start) > _LONG_HEADERS  # cut off, or without end
    if not (known & _TELLING and len(known) > 1 and ended):
        return None
    if "multipart/related" in headers.get("content-type", "").lower() and not headers.keys() & _SENT:
        return Kind.MHTML
    return Kind.MAIL


def _lines(text: str) -> Iterator[str]:
    start = 0
    for _ in range(_LONGEST_HEADERS):
        if start >= len(text):
            return
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield text[start:end].rstrip("\r")
        start = end + 1


# ---------------------------------------------------------------------------------------------------------- cut short

_ZIP_END = b"PK\x05\x06"
_ZIP_TAIL = 65557  # the end record with the longest comment


def is_cut_short(data: bytes) -> bool:
    """Whether a zip or a compound file ends before its own directory says: a copy that was broken off."""
    if data.startswith(b"PK\x03\x04"):
        return _ZIP_END not in data[-_ZIP_TAIL:]
    return ole.is_cut_short(data)
