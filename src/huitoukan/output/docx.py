"""Word documents from Word templates: the report, and the letter to each county. The templates are ours or the analyst's.

A template is an ordinary .docx with Jinja tags (docxtpl). It runs in the sandbox of all templates and speaks with their
sentences: `{%p import "_sentences.txt" as say with context %}`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huitoukan.intake.zipped import open_zip
from huitoukan.output import places
from huitoukan.output.context import ReportContext
from huitoukan.output.docx_layout import finished
from huitoukan.output.docx_pictures import Pictures
from huitoukan.output.files import xml_text
from huitoukan.output.letters import letter
from huitoukan.output.render import FEEDBACK, TemplateError, prepare, reason_of, templates
from huitoukan.output.sandbox import Sandbox
from huitoukan.output.text import Words

if TYPE_CHECKING:
    from jinja2.environment import Template

LETTERS, LETTER_NAME = places.LETTERS, "整改通知"
_LETTER = "letter.docx"  # the template of this name gives one letter a county
_LARGEST, _LARGEST_PART = 20_000_000, 40_000_000  # bytes of a template, and of one of its parts
_LINE_ENDS = re.compile(r"[\t\r\n\x0b\x0c\x85\u2028\u2029]+")
_TAG = re.compile(r"<[^>]+>")
_IN_TAG = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_LONGEST_PLACE = 60  # characters of a paragraph that a message quotes


@dataclass(frozen=True, slots=True)
class Enclosure:
    """Something that is written beside the report and belongs to it (附件): `n` counts the files of a folder, else it is 0.

    `title` is already in the language of the report; `kind` tells what it is: findings, summary, follow_up, feedback, letters.
    """

    kind: str
    title: str
    file: str
    n: int = 0


def template_names(folder: Path) -> tuple[str, ...]:
    """The Word templates of a folder, sorted; what Word keeps beside an open document (`~$…`) is none."""
    found = (path.name for path in folder.iterdir() if path.suffix == ".docx" and path.is_file())
    return tuple(sorted(name for name in found if not name.startswith(("_", ".", "~$"))))


def enclosures(written: Collection[str], words: Words) -> tuple[Enclosure, ...]:
    """What of the files written belongs to the report as its enclosures, in the order in which they are listed."""
    single = (
        Enclosure("findings", words("问题清单"), places.FINDINGS),
        Enclosure("summary", words("汇总表"), places.REPORT_BOOK),
        Enclosure("follow_up", words("后续工作清单"), places.FOLLOW_UP),
    )
    pages = sum(name.startswith(f"{FEEDBACK}/") for name in written)
    letters = sum(name.startswith(f"{LETTERS}/") for name in written)
    folders = (
        Enclosure("feedback", words("核对反馈"), FEEDBACK, pages),
        Enclosure("letters", words("整改通知"), LETTERS, letters),
    )
    return (*(one for one in single if one.file in written), *(one for one in folders if one.n))


def documents(
    context: ReportContext, words: Words, folder: Path | None = None, written: Collection[str] = (),
    drawn: Pictures | None = None,
) -> Iterator[tuple[str, bytes]]:  # fmt: skip
    """Render every Word template of a folder: yields (path in the report folder, content), the letters first.

    `written` are the names of what is written besides; the report lists what of it is an enclosure. `drawn` are its
    pictures (None: no pictures, and nothing is said of it).

    Raises:
        TemplateError: with the template's name and the paragraph.
    """
    folder = folder or templates()
    names = template_names(folder)
    made: list[str] = []
    for name in sorted(names, key=lambda name: name != _LETTER):
        template = _Template(folder / name, words, context, drawn or Pictures())
        if name == _LETTER:
            for county in context.feedback:
                if county.body is not None:
                    page = f"{FEEDBACK}/{county.stem}.html"
                    listed = letter(county, context.campaign, page if page in written else "")
                    made.append(f"{LETTERS}/{LETTER_NAME}_{county.stem}.docx")
                    yield made[-1], template.render({"county": county, "letter": listed})
        else:
            yield name, template.render({"enclosures": enclosures((*written, *made), words)})


class _Environment(Sandbox):
    """The sandbox for one Word template: what it prints is escaped, on one line, and of characters that XML can hold."""

    def __init__(self, folders: Sequence[Path], document: Path) -> None:
        super().__init__(folders)
        self.document, self.source = document, ""
        self.finalize = _printable
        self._compiled: dict[str, Any] = {}

    def from_string(self, source: Any, *_: Any, **__: Any) -> Template:
        """A part of the document as a template that knows its file: then mistakes in it are told by their place."""
        # In the document the marks of a tag are written as XML; docxtpl turns back all but this one.
        source = _IN_TAG.sub(lambda tag: tag[0].replace("&amp;", "&"), source)
        self.source = source
        if source not in self._compiled:
            name, file = self.document.name, str(self.document.resolve())
            self._compiled[source] = self.compile(source, name, file)
        return self.template_class.from_code(self, self._compiled[source], self.make_globals(None), None)

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805  as in Jinja
        """Call what a template calls; the text of a macro is text, no markup."""
        result = super().call(__context, __obj, *args, **kwargs)
        return str.__str__(result) if hasattr(result, "__html__") and isinstance(result, str) else result


def _printable(value: Any) -> Any:
    if hasattr(value, "__html__"):
        return value
    return xml_text(_LINE_ENDS.sub(" ", str(value)))


class _Template:
    """A Word template, opened with care and ready to be rendered any number of times."""

    def __init__(self, path: Path, words: Words, context: ReportContext, drawn: Pictures) -> None:
        self._path, self.words, self._context, self._drawn = path, words, context, drawn
        self._data = self._read()
        self._environment = _Environment((path.parent, templates()), path)
        prepare(self._environment, words, context)

    def render(self, variables: Mapping[str, Any]) -> bytes:
        """The document.

        Raises:
            TemplateError: the template cannot be rendered.
        """
        import jinja2  # noqa: PLC0415
        from docxtpl import DocxTemplate  # noqa: PLC0415

        document = DocxTemplate(io.BytesIO(self._data))
        try:
            document.init_docx()
        except Exception:  # python-docx raises whatever a damaged part leads it to
            raise self._unreadable() from None
        values = {"report": self._context, "charts": self._drawn.in_document(document), **variables}
        values["no_pictures"] = self.words("本机没有中文字体, 报告没有附图。") if self._drawn.missing else ""
        self._environment.start()
        try:
            document.render(values, self._environment)
        except jinja2.TemplateSyntaxError as error:
            if error.name != self._path.name:
                raise TemplateError(f"{error.name}:{error.lineno}: {error.message}") from None
            raise TemplateError(f"{self._place(error.lineno)}: {error.message}") from None
        except Exception as error:  # whatever a template does, it is the template that is wrong
            raise self._failed(error) from None
        day = self._context.campaign.settings.period.start
        return finished(document.docx, self.words.language, day)

    def _read(self) -> bytes:
        """The bytes of the template: a Word document of a size that can be wanted."""
        try:
            if self._path.stat().st_size > _LARGEST:
                raise TemplateError(self.words("{name}: 文件太大。").format(name=self._path.name))
            data = self._path.read_bytes()
        except OSError as error:
            why = self.words("“{name}”读不出来 ({detail})").format(
                name=self._path.name, detail=error.strerror
            )
            raise TemplateError(why) from None
        try:
            with open_zip(data) as archive:
                parts = archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
            raise self._unreadable() from None
        if sum(part.file_size for part in parts) > _LARGEST_PART:
            raise TemplateError(self.words("{name}: 文件太大。").format(name=self._path.name))
        if "word/document.xml" not in {part.filename for part in parts}:
            raise self._unreadable()
        return data

    def _unreadable(self) -> TemplateError:
        return TemplateError(
            self.words(
                "{name}: 打不开, 不是 Word 文档 (.docx) 或已损坏。请用 Word 或 WPS 另存为 .docx。"
            ).format(name=self._path.name)
        )

    def _failed(self, error: Exception) -> TemplateError:
        """A mistake at render time, by the place in this template, be it in one that it imports."""
        place, trace = self._path.name, error.__traceback__
        while trace is not None:
            file = Path(trace.tb_frame.f_code.co_filename)
            if file == self._path.resolve():
                place = self._place(trace.tb_lineno)
            elif file.suffix != ".py":
                for folder in self._environment.folders:
                    if file.is_relative_to(folder):
                        place = f"{file.relative_to(folder).as_posix()}:{trace.tb_lineno}"
            trace = trace.tb_next
        return TemplateError(f"{place}: {reason_of(error, self.words)}")

    def _place(self, line: int) -> str:
        """A place in the document as people find it: by the text of the paragraph. docxtpl begins a line with each."""
        lines = self._environment.source.splitlines()
        text = _TAG.sub("", lines[line - 1]).strip() if 0 < line <= len(lines) else ""
        if not text:
            return self._path.name
        short = text if len(text) <= _LONGEST_PLACE else text[:_LONGEST_PLACE] + "…"
        return self.words("{name}, 段落“{text}”").format(name=self._path.name, text=short)
