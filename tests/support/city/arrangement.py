"""The same forms laid down in another way: in other files, in one workbook or many, below one another, in archives."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.city.forms import Form, draw
from tests.support.city.papers import questionnaire
from tests.support.city.replies import Replies
from tests.support.city.standards import STAGE_WORDS, full_name, units
from tests.support.city.workbooks import Properties, Sheet, workbook


@dataclass(frozen=True)
class Answered:
    """A filled questionnaire."""

    unit: str
    replies: Replies

    @property
    def level(self) -> str:
        return f"questionnaire {units()[self.unit].level}"


Piece = Form | Answered
Book = list[list[Piece]]  # worksheets, each with what stands on it below one another


def one_each(pieces: Sequence[Piece]) -> list[Book]:
    """A workbook for every form."""
    return [[[piece]] for piece in pieces]


def all_in_one(pieces: Sequence[Piece]) -> list[Book]:
    """One workbook with a worksheet for every form."""
    return [[[piece] for piece in pieces]]


def stacked(pieces: Sequence[Piece]) -> list[Book]:
    """One worksheet a level, all score forms of it below one another; the questionnaires on worksheets beside them."""
    forms = [piece for piece in pieces if isinstance(piece, Form)]
    levels = sorted({form.level for form in forms})
    others: Book = [[piece] for piece in pieces if not isinstance(piece, Form)]
    return [[[form for form in forms if form.level == level] for level in levels] + others]


def at_random(rng: random.Random, pieces: Sequence[Piece]) -> list[Book]:
    """Any parting of the forms into workbooks and worksheets, in any order."""
    left = list(pieces)
    rng.shuffle(left)
    books: list[Book] = []
    while left:
        book: Book = []
        for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
            count = rng.choice((1, 1, 1, 2, 4))
            if left:
                level = left[0].level  # who stacks forms stacks those of one kind
                sheet = [piece for piece in left if piece.level == level][
                    : count if isinstance(left[0], Form) else 1
                ]
                book.append(sheet)
                for piece in sheet:
                    left.remove(piece)
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
        sheets += [_drawn(pieces, f"表{k}") for k, pieces in enumerate(book, start=1)]
        written[path(rng, n)] = workbook(sheets, Properties(f"用户{n}"))
    return written


def _drawn(pieces: Sequence[Piece], name: str) -> Sheet:
    if isinstance(pieces[0], Answered):
        one = pieces[0]
        return questionnaire(units()[one.unit].level, one.replies, ticks=int(one.unit) % 2 == 0, name=name)[0]
    return draw([piece for piece in pieces if isinstance(piece, Form)], name)[0]


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
