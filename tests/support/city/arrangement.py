"""The same forms laid down in another way: in other files, in one workbook or many, below one another, in archives."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Sequence
from pathlib import Path

from tests.support.city.forms import Form, draw
from tests.support.city.standards import STAGE_WORDS, full_name, units
from tests.support.city.workbooks import Properties, Sheet, workbook

Book = list[list[Form]]  # worksheets, each with the forms that stand on it below one another


def one_each(forms: Sequence[Form]) -> list[Book]:
    """A workbook for every form."""
    return [[[form]] for form in forms]


def all_in_one(forms: Sequence[Form]) -> list[Book]:
    """One workbook with a worksheet for every form."""
    return [[[form] for form in forms]]


def stacked(forms: Sequence[Form]) -> list[Book]:
    """One worksheet a level, all forms of it below one another."""
    levels = sorted({form.level for form in forms})
    return [[[form for form in forms if form.level == level]] for level in levels]


def at_random(rng: random.Random, forms: Sequence[Form]) -> list[Book]:
    """Any parting of the forms into workbooks and worksheets, in any order."""
    left = list(forms)
    rng.shuffle(left)
    books: list[Book] = []
    while left:
        book: Book = []
        for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
            count = rng.choice((1, 1, 1, 2, 4))
            if left:
                level = left[0].level  # who stacks forms stacks those of one kind
                sheet = [form for form in left if form.level == level][:count]
                book.append(sheet)
                for form in sheet:
                    left.remove(form)
        books.append(book)
    return books


def neutral_path(rng: random.Random, n: int) -> str:
    """A path that says nothing of units and stages."""
    folders = ("", "收到/", "邮件附件/6月/", "未整理/1/", "D盘备份/新建文件夹/")
    return (
        rng.choice(folders)
        + rng.choice(("评分表", "Book", "新建 Microsoft Excel 工作表", "扫描"))
        + f"{n:03d}.xlsx"
    )


def misleading_path(rng: random.Random, n: int) -> str:
    """A path that speaks of some other unit and stage."""
    unit, stage = rng.choice([*units()]), rng.choice([*STAGE_WORDS.values()])
    name = full_name(unit)
    return rng.choice(
        (f"{name}/{stage}/{n}.xlsx", f"{stage}/{name}{n}.xlsx", f"材料/{n}{name}-{stage} 终稿.xlsx")
    )


def files(rng: random.Random, books: Sequence[Book], path=neutral_path) -> dict[str, bytes]:  # type: ignore[no-untyped-def]
    """The bytes of the workbooks, each under a path of its own."""
    written = {}
    for n, book in enumerate(books):
        sheets: list[Sheet] = []
        for k, forms in enumerate(book, start=1):
            sheets.append(draw(forms, f"表{k}")[0])
        written[path(rng, n)] = workbook(sheets, Properties(f"用户{n}"))
    return written


def zipped(rng: random.Random, loose: dict[str, bytes]) -> dict[str, bytes]:
    """Some of the files in an archive, some of those in an archive inside of it."""
    names = list(loose)
    rng.shuffle(names)
    inner, outer = names[: len(names) // 3], names[len(names) // 3 : len(names) * 2 // 3]
    nested = {"里面.zip": _archive({name: loose[name] for name in inner})} if inner else {}
    packed = {"打包.zip": _archive({name: loose[name] for name in outer} | nested)}
    return {name: loose[name] for name in names[len(names) * 2 // 3 :]} | packed


def _archive(held: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in held.items():
            archive.writestr(name, data)
    return stream.getvalue()


def lay_down(folder: Path, written: dict[str, bytes]) -> Path:
    """Write the files below a folder."""
    for path, data in written.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder
