"""Where commands may write, and what is said when that cannot be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from huitoukan.cli.console import UsageError, cause
from huitoukan.cli.interrupt import as_exception
from huitoukan.cli.language import _
from huitoukan.output.charts import CHARTS
from huitoukan.output.files import WriteError, write_together
from huitoukan.output.places import LETTERS, foreign, lies_in, overwritten
from huitoukan.output.render import FEEDBACK, template_names, templates


def check_out(out: Path) -> None:
    """Results go to a folder."""
    try:
        is_file = out.exists() and not out.is_dir()
    except OSError as error:  # a path that is too long, say
        raise UsageError(_("“{folder}”打不开: {why}").format(folder=out, why=cause(error))) from None
    if is_file:
        raise UsageError(_("--out “{out}”是一个文件, 请写一个文件夹。").format(out=out))


def check_places(inputs: Sequence[Path], out: Path, template: Path | None) -> None:
    """Refuse, before anything is read, a place where results and inputs would meet.

    What lies inside `out` is not read. If it lies among the inputs, there must be nothing in it but earlier results.
    """
    check_out(out)
    if template is not None and not template.is_dir():
        raise UsageError(_("找不到模板文件夹“{folder}”。").format(folder=template))
    try:
        for one in inputs:
            _check_place(one, out, template)
    except OSError as error:
        raise UsageError(_("“{folder}”打不开: {why}").format(folder=out, why=cause(error))) from None


def _check_place(folder: Path, out: Path, template: Path | None) -> None:
    home = folder if folder.is_dir() else folder.parent
    if lies_in(out, home) and lies_in(home, out):
        raise UsageError(_("--out 不能就是放评分表的文件夹, 请另写一个文件夹。"))
    for place in (out / FEEDBACK, out / CHARTS, out / LETTERS):
        if lies_in(folder, place) or (lies_in(place, folder) and not lies_in(place, out)):
            raise UsageError(_("结果会写进“{place}”, 那里放着评分表。请另写一个 --out。").format(place=place))
    if folder.is_dir() and lies_in(out, folder):
        own = template_names(template) if template else ()
        found = foreign(out, own, template_names(templates()))
        if found:
            words = _(
                "--out “{out}”在“{folder}”里面, 其中有“{file}”等 {count} 个不是本工具写的文件, 它们会被当作结果而读不到。没有开始检查; 请另写一个文件夹。"
            )
            raise UsageError(words.format(out=out, folder=folder, file=found[0], count=len(found)))


def write_out(
    contents: Mapping[Path, bytes | Path], out: Path, inputs: Iterable[Path], outdated: Iterable[Path] = ()
) -> None:
    """Write results and remove outdated ones, unless one of them is an input; then nothing is written."""
    outdated = tuple(outdated)
    try:
        met = overwritten((*contents, *outdated), inputs, out)
        if met:
            raise UsageError(
                _("“{target}”就是输入文件“{input}”, 不能覆盖。没有写出任何文件; 请另写一个 --out。").format(
                    target=met[0], input=met[1]
                )
            )
        with as_exception():
            write_together(contents)
            for path in outdated:
                path.unlink(missing_ok=True)
    except WriteError as error:
        problem = _("写不进“{folder}”: {why}").format(folder=error.path, why=cause(error.why))
        names = _("、").join(path.name for path in error.written)
        effect = (
            _("已经更新的有: {names}; 其余文件没有改动。").format(names=names)
            if names
            else _("原有的文件都没有改动。")
        )
        raise UsageError(f"{problem}\n{effect}") from None
    except OSError as error:
        raise UsageError(_("写不进“{folder}”: {why}").format(folder=out, why=cause(error))) from None
