"""Rendering templates: ours, or the analyst's own copies of them in a sandbox."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection, Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from huitoukan.model import Level, ScoreState, Severity, Stage, Verdict
from huitoukan.output.context import ReportContext, by_rank, rate, township_counts, unheard, weakest_dimension
from huitoukan.output.coverage import told
from huitoukan.output.feedback import UNPLACED, CountyFeedback, by_county
from huitoukan.output.records import deciding
from huitoukan.output.text import Words, percent, rounded, signed
from huitoukan.phrase import plain, say
from huitoukan.standing.exact import CENT, half_up
from huitoukan.standing.trend import Trend

if TYPE_CHECKING:
    from huitoukan.output.charts import Chart
    from huitoukan.output.sandbox import Sandbox

_PACKAGED = Path(__file__).parent.parent / "templates"
_REPOSITORY = Path(__file__).parents[3] / "templates"  # an editable install has no packaged copy
_SUFFIXES = (".html", ".md", ".txt")
FEEDBACK = "feedback"  # a template of this name gives one page a county, in a folder of this name
_MARKUP = re.compile(r"[\\`*<|~$@\[\]]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)|:(?=//)|(?<=\bwww)\.", re.IGNORECASE)
_UNSUITED = re.compile(r"[^\w.-]")
_UNSCORED = {ScoreState.MISSING: say("没有分数"), ScoreState.NOT_APPLICABLE: say("不适用")}
_BEGINNING = re.compile(r"^([0-9]{0,9})([#>+.)=-])(?=\s|[#=>-]|$)")


class TemplateError(Exception):
    """A template of the analyst's cannot be rendered: the message says where and why."""


def templates() -> Path:
    """The folder of our own templates, installed or in the repository."""
    return _PACKAGED if _PACKAGED.is_dir() else _REPOSITORY


def render(context: ReportContext, words: Words, folder: Path | None = None) -> Iterator[tuple[str, bytes]]:
    """Render every template of a folder: yields (path in the report folder, content).

    Parts beginning with `_` are only included. `feedback.html` gives one page for each county, `feedback/昔阳县.html`,
    which it sees as `county`.

    Raises:
        TemplateError: with the template's file and line.
    """
    import jinja2  # noqa: PLC0415

    from huitoukan.output.sandbox import Sandbox  # noqa: PLC0415

    folder = folder or templates()
    names = template_names(folder)
    if not names and not any(path.suffix == ".docx" for path in folder.iterdir()):
        raise TemplateError(
            words("模板文件夹“{folder}”里没有 .html、.md、.txt 或 .docx 模板。").format(folder=folder)
        )
    environment = Sandbox((folder, templates()))
    prepare(environment, words, context)
    environment.filters["feedback_link"] = lambda county: _link(county, names)
    environment.globals["chart"] = _Charts(context, words).drawn
    for name, path, variables in _outputs(names, context):
        environment.start()
        try:
            yield path, environment.get_template(name).render(report=context, **variables).encode("utf-8")
        except jinja2.TemplateSyntaxError as error:
            raise TemplateError(f"{error.name or name}:{error.lineno}: {error.message}") from None
        except Exception as error:  # whatever a template does, it is the template that is wrong
            place = _place(error, name, environment.folders)
            raise TemplateError(f"{place}: {reason_of(error, words)}") from None


def prepare(environment: Sandbox, words: Words, context: ReportContext) -> None:
    """Give an environment what every template of a report may use."""
    environment.globals |= _globals(words, environment)
    environment.filters |= _filters(words)
    environment.filters["together"] = lambda findings: list(by_county(findings, context.campaign))


def reason_of(error: Exception, words: Words) -> str:
    """Why a template failed, in plain words."""
    import jinja2  # noqa: PLC0415

    from huitoukan.output.sandbox import Refused  # noqa: PLC0415

    if isinstance(error, Refused):
        return words.phrase(error.why)
    if isinstance(error, jinja2.exceptions.SecurityError):
        return words("沙箱不允许 ({detail})").format(detail=error)
    if isinstance(error, jinja2.TemplateNotFound):
        return words("找不到模板“{name}”").format(name=error)
    if isinstance(error, MemoryError | RecursionError):
        return words("太大或嵌套太深")
    return str(error) or type(error).__name__


class _Charts:
    """The charts of a report by their ids, made when the first of them is asked for: not every template has any."""

    def __init__(self, context: ReportContext, words: Words) -> None:
        self._context, self._words = context, words
        self._all: dict[str, Chart] | None = None

    def drawn(self, name: str) -> Chart | None:
        """The chart of this id; None where there is nothing to show in it."""
        from huitoukan.output.charts import charts  # noqa: PLC0415  (heavy)

        if self._all is None:
            self._all = {chart.id: chart for chart in charts(self._context, self._words)}
        return self._all.get(name)


def render_part(name: str, words: Words, **variables: object) -> bytes:
    """Render one of our own templates, such as a page that belongs to no report."""
    from huitoukan.output.sandbox import Sandbox  # noqa: PLC0415

    environment = Sandbox((templates(),))
    environment.globals |= _globals(words, environment)
    environment.filters |= _filters(words)
    environment.start()
    return environment.get_template(name).render(**variables).encode("utf-8")


def sentences(context: ReportContext, words: Words) -> Any:
    """The sentences that all reports share (templates/_sentences.txt), as attributes, for writers that render no template."""
    from huitoukan.output.sandbox import Sandbox  # noqa: PLC0415

    environment = Sandbox((templates(),))
    environment.globals |= _globals(words, environment)
    environment.filters |= _filters(words)
    environment.start()
    return environment.get_template("_sentences.txt").make_module({"report": context})


def template_names(folder: Path) -> tuple[str, ...]:
    """The templates of a folder that are rendered by themselves, sorted.

    Raises:
        OSError: the folder cannot be listed.
    """
    found = (path for path in folder.iterdir() if path.suffix in _SUFFIXES and path.is_file())
    return tuple(sorted(path.name for path in found if not path.name.startswith(("_", "."))))


def _outputs(names: Collection[str], context: ReportContext) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What the templates are rendered to: template, path in the report folder, and what the template sees more."""
    for name in names:
        if Path(name).stem == FEEDBACK:
            yield from ((name, _page(county, name), {"county": county}) for county in context.feedback)
        else:
            yield name, name, {}


def _page(county: CountyFeedback, template: str) -> str:
    return f"{FEEDBACK}/{county.stem}{Path(template).suffix}"


def _link(county: CountyFeedback, names: Collection[str]) -> str:
    """The relative address of a county's page; "" when the folder of templates makes none."""
    template = f"{FEEDBACK}.html"
    return quote(_page(county, template)) if template in names else ""


def outdated(written: Collection[str]) -> tuple[str, ...]:
    """The pages of an earlier run that must not lie beside these as if they were of today.

    Every county of the campaign gets its page in each run; only the one for what belongs to no county may be gone.
    """
    suffixes = {Path(name).suffix for name in written if name.startswith(f"{FEEDBACK}/")}
    pages = {f"{FEEDBACK}/{UNPLACED}{suffix}" for suffix in suffixes}
    return tuple(sorted(pages.difference(written)))


def _place(error: BaseException, name: str, folders: Collection[Path]) -> str:
    """`file:line` of the template that an error at render time came from, be it only included by the one named."""
    place, trace = name, error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        for folder in folders:
            if file.is_relative_to(folder):
                place = f"{file.relative_to(folder).as_posix()}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _globals(words: Words, sandbox: Any) -> dict[str, Any]:
    from jinja2.sandbox import SandboxedFormatter  # noqa: PLC0415

    formatter = SandboxedFormatter(sandbox)

    def say(text: str, **values: object) -> str:
        return formatter.vformat(words(text), (), {key: words.value(value) for key, value in values.items()})

    return {
        "_": say,
        "lang": words.language,
        "Verdict": Verdict,
        "Severity": Severity,
        "Level": Level,
        "Stage": Stage,
        "Trend": Trend,
    }


def _filters(words: Words) -> dict[str, Any]:
    return {
        "number": number,
        "signed": lambda value: ("+" if value is not None and value > 0 else "") + number(value),
        "points": lambda value: "—" if value is None else signed(half_up(value, CENT)),
        "percent": percent,
        "rounded": rounded,
        "word": words.value,
        "reason": words.reason,
        "deciding": deciding,
        "message": words.message,
        "short_message": words.short_message,
        "subject": words.subject,
        "fix": words.fix,
        "place": words.place,
        "names": lambda values: words("、").join(str(value) for value in values),
        "remedy": words.remedy,
        "gap": lambda county: words.gap(county.gap, {t.unit.code: t.unit.name for t in county.townships}),
        "person": words.person,
        "numeral": words.numeral,
        "by_rank": by_rank,
        "rate": rate,
        "weakest_dimension": weakest_dimension,
        "township_counts": township_counts,
        "unheard": unheard,
        "tally": lambda value: words.value(told(value)),
        "md": markdown,
        "anchor": anchor,
        "csp_hash": csp_hash,
        "item_score": lambda item: (
            words.value(_UNSCORED[item.state]) if item.state in _UNSCORED else number(item.value)
        ),
    }


def number(value: Decimal | int | None) -> str:
    """A number as people write it; a dash for none."""
    return "—" if value is None else plain(Decimal(value))


def anchor(text: object) -> str:
    """A text as the name of a place that an address can end with; numbers and letters stay as they are."""
    return _UNSUITED.sub("_", str(text))


def csp_hash(script: object) -> str:
    """By what a page tells its browser that this script, and no other, may run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(str(script).encode("utf-8")).digest()).decode("ascii")


def markdown(text: object) -> str:
    """A text inside a Markdown paragraph or table cell: on one line, and shown as it is written.

    Escaped are the marks, references such as `&lt;`, what begins a heading, a list or a quotation, and what programs
    make into links by themselves (addresses with `://`, `www.` or `@`).
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return _BEGINNING.sub(r"\1\\\2", _MARKUP.sub(lambda mark: "\\" + mark[0], line))
